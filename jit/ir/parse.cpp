// Text to traces (text.h describes the form). Names of instructions are free (%acc); numbers follow the order of the lines.
#include <charconv>
#include <cstring>
#include <unordered_map>
#include "jit/ir/immediate.h"
#include "jit/ir/text.h"
#include "runtime/code/code.h"
#include "runtime/objects/str.h"

namespace krait::jit {
namespace {

enum class Token : uint8_t { kEnd, kNewline, kWord, kName, kObject, kNumber, kString, kPunctuation };

struct Lexeme {
  Token token;
  std::string text;   // names without % or @, strings unescaped
  int line;
};

bool isWordCharacter(char c) { return isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Newlines end statements, except inside braces and parentheses.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Lexeme> all() {
    std::vector<Lexeme> out;
    do out.push_back(next());
    while (out.back().token != Token::kEnd);
    return out;
  }

 private:
  Lexeme next() {
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (c == ';') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else if (c == '\n') {
        ++at_;
        ++line_;
        if (depth_ == 0) return {Token::kNewline, "", line_ - 1};
      } else if (c == ' ' || c == '\t' || c == '\r') {
        ++at_;
      } else {
        return lexeme(c);
      }
    }
    return {Token::kEnd, "", line_};
  }
  Lexeme lexeme(char c) {
    if (c == '"') return string();
    if (c == '%' || c == '@') {
      ++at_;
      return {c == '%' ? Token::kName : Token::kObject, word(), line_};
    }
    bool sign = c == '-' && at_ + 1 < text_.size() && (isdigit(static_cast<unsigned char>(text_[at_ + 1])) || text_[at_ + 1] == 'i');
    if (isdigit(static_cast<unsigned char>(c)) || sign) return number();
    if (isWordCharacter(c)) return {Token::kWord, word(), line_};
    if (c == '-' && at_ + 1 < text_.size() && text_[at_ + 1] == '>') {
      at_ += 2;
      return {Token::kPunctuation, "->", line_};
    }
    if (c == '{' || c == '(') ++depth_;
    if (c == '}' || c == ')') --depth_;
    ++at_;
    return {Token::kPunctuation, std::string(1, c), line_};
  }
  std::string word() {
    size_t start = at_;
    while (at_ < text_.size() && isWordCharacter(text_[at_])) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }
  Lexeme number() {
    size_t start = at_++;
    while (at_ < text_.size()) {
      char c = text_[at_], before = text_[at_ - 1];
      bool exponent_sign = (c == '-' || c == '+') && before == 'e' && text_.substr(start, 2) != "0x";
      if (!isWordCharacter(c) && c != '.' && !exponent_sign) break;
      ++at_;
    }
    return {Token::kNumber, std::string(text_.substr(start, at_ - start)), line_};
  }
  Lexeme string() {
    std::string out;
    int line = line_;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        // \u{...} stays as it is written: stand-ins need names, not characters.
        if (text_[at_ + 1] != 'u') ++at_;
      }
      if (text_[at_] == '\n') ++line_;
      out += text_[at_];
    }
    ++at_;
    return {Token::kString, out, line};
  }

  std::string_view text_;
  size_t at_ = 0;
  int line_ = 1, depth_ = 0;
};

bool parseInteger(const std::string& text, __int128* out) {
  size_t i = text[0] == '-' ? 1 : 0;
  int base = 10;
  if (text.compare(i, 2, "0x") == 0) {
    base = 16;
    i += 2;
  }
  if (i == text.size()) return false;
  unsigned __int128 number = 0;
  for (; i < text.size(); ++i) {
    int digit = isdigit(static_cast<unsigned char>(text[i])) ? text[i] - '0'
                : text[i] >= 'a' && text[i] <= 'f'           ? text[i] - 'a' + 10
                                                             : base;
    if (digit >= base) return false;
    number = number * unsigned(base) + unsigned(digit);
  }
  *out = __int128(text[0] == '-' ? -number : number);
  return true;
}

Str* standInStr(StandIns& stand_ins, const std::string& text) {
  uint32_t capacity = strCapacityFor(int64_t(text.size()), 1);
  stand_ins.blocks.push_back(std::make_unique<uint64_t[]>((strSize(capacity) + 7) / 8));
  auto* str = reinterpret_cast<Str*>(stand_ins.blocks.back().get());
  str->count = 1;
  str->kind = kKindStr;
  str->length = int64_t(text.size());
  str->capacity = capacity;
  str->width = 1;
  memcpy(str->data, text.data(), text.size());
  return str;
}

class Parser {
 public:
  Parser(std::string_view text, ParsedTrace* out) : lexemes_(Lexer(text).all()), out_(*out), trace_(out->trace) {}

  bool run(std::string* error) {
    trace_.code_list.push_back({Op::k_exit});  // the filler
    out_.lines.push_back(0);
    while (error_.empty() && !at(Token::kEnd)) {
      if (accept(Token::kNewline)) continue;
      statement();
      if (error_.empty() && !at(Token::kEnd) && !accept(Token::kNewline)) fail("'" + peek().text + "' is too much");
    }
    if (error_.empty()) resolve();
    *error = error_;
    return error_.empty();
  }

 private:
  // --- lexemes ---
  const Lexeme& peek() const { return lexemes_[at_]; }
  bool at(Token token) const { return peek().token == token; }
  bool at(const char* text) const { return (at(Token::kWord) || at(Token::kPunctuation)) && peek().text == text; }
  bool accept(Token token) {
    if (!at(token)) return false;
    ++at_;
    return true;
  }
  bool accept(const char* text) {
    if (!at(text)) return false;
    ++at_;
    return true;
  }
  std::string take(Token token, const char* what) {
    if (!at(token)) {
      fail(std::string("expected ") + what + ", found '" + peek().text + "'");
      return "";
    }
    return lexemes_[at_++].text;
  }
  void expect(const char* text) {
    if (!accept(text)) fail(std::string("expected '") + text + "', found '" + peek().text + "'");
  }
  void fail(const std::string& message) {
    if (error_.empty()) error_ = "line " + std::to_string(peek().line) + ": " + message;
  }
  uint64_t number(const char* what) {
    __int128 number = 0;
    std::string text = take(Token::kNumber, what);
    if (error_.empty() && !parseInteger(text, &number)) fail("'" + text + "' is not a number");
    return uint64_t(number);
  }
  uint64_t numberAfter(const char* word) {
    expect(word);
    return error_.empty() ? number(word) : 0;
  }
  template <size_t N>
  int oneOf(const char* const (&words)[N], const char* what) {
    std::string text = take(Token::kWord, what);
    for (size_t i = 0; i < N; ++i)
      if (text == words[i]) return int(i);
    fail("'" + text + "' is not " + what);
    return 0;
  }

  // --- statements ---
  void statement() {
    if (at(Token::kName)) return instruction();
    if (accept("trace")) return traceHead();
    if (accept("code")) return codeStandIn();
    if (accept("object")) return object();
    if (accept("words")) return words();
    if (accept("virtual")) return virtualObject();
    if (accept("snap")) return snapshot();
    instruction();
  }

  void traceHead() {
    static constexpr const char* kKinds[] = {"loop", "function", "side"};
    trace_.number = uint32_t(number("the trace's number"));
    trace_.kind = TraceKind(oneOf(kKinds, "a kind of trace"));
    code_of_trace_ = codeReference();
    trace_.unit = uint32_t(numberAfter("unit"));
    if (trace_.kind != TraceKind::kSide) return;
    trace_.parent = uint32_t(numberAfter("parent"));
    trace_.parent_exit = uint32_t(numberAfter("exit"));
  }
  // A code's name; empty for '-', no code.
  std::string codeReference() { return accept("-") ? "" : take(Token::kString, "a code's name"); }

  void codeStandIn() {
    std::string name = take(Token::kString, "a name"), file = take(Token::kString, "a file name");
    out_.stand_ins.blocks.push_back(std::make_unique<uint64_t[]>(sizeof(Code) / 8));
    auto* code = reinterpret_cast<Code*>(out_.stand_ins.blocks.back().get());
    code->count = 1;
    code->kind = kKindCode;
    code->first_line = int32_t(numberAfter("line"));
    code->slot_count = code->local_count = int32_t(numberAfter("slots"));
    code->stack_size = int32_t(numberAfter("stack"));
    code->qualname = code->name = standInStr(out_.stand_ins, name);
    code->filename = standInStr(out_.stand_ins, file);
    out_.stand_ins.codes.push_back({name, code});
  }

  void object() {
    StandIns::Memory m{.name = take(Token::kObject, "@name"), .header = true};
    if (at(Token::kNumber)) {
      m.address = number("an address");
      if (at(Token::kString)) m.description = "\"" + escaped(take(Token::kString, "a description")) + "\"";
      out_.stand_ins.memory.push_back(std::move(m));
      return;
    }
    expect("kind");
    m.kind = kind();
    m.count = at("count") ? uint32_t(numberAfter("count")) : 1;
    m.initial = {uint64_t(m.kind) << 32 | m.count, 0};
    content(std::move(m));
  }
  void words() { content({.name = take(Token::kObject, "@name"), .header = false}); }
  static std::string escaped(const std::string& text) {
    std::string out;
    for (char c : text) {
      if (c == '"') out += '\\';
      out += c;
    }
    return out;
  }
  // The words are filled at the end, when all objects have their addresses.
  void content(StandIns::Memory m) {
    expect("{");
    std::vector<std::vector<Lexeme>> parts;
    while (error_.empty() && !accept("}")) {
      std::vector<Lexeme> part;
      while (!at("}") && !at(",") && !at(Token::kEnd)) part.push_back(lexemes_[at_++]);
      accept(",");
      if (at(Token::kEnd)) fail("'}' is missing");
      m.texts.push_back(wordText(part));
      m.initial.push_back(0);
      parts.push_back(std::move(part));
    }
    out_.stand_ins.blocks.push_back(std::make_unique<uint64_t[]>(m.initial.size() + 1));
    m.words = out_.stand_ins.blocks.back().get();
    out_.stand_ins.memory.push_back(std::move(m));
    pending_words_.push_back({out_.stand_ins.memory.size() - 1, std::move(parts)});
  }
  static std::string wordText(const std::vector<Lexeme>& part) {
    std::string out;
    for (const Lexeme& lexeme : part) out += (lexeme.token == Token::kObject ? "@" : "") + lexeme.text;
    return out;
  }

  void virtualObject() {
    static constexpr const char* kKinds[] = {"tuple", "list", "slice", "method", "cell"};
    std::string name = take(Token::kWord, "v and a number");
    if (name != "v" + std::to_string(trace_.virtuals.size())) return fail("virtual objects are numbered in order");
    VirtualKind kind = VirtualKind(oneOf(kKinds, "a kind of virtual object"));
    std::vector<Id> fields = arguments();
    trace_.virtuals.push_back({kind, uint32_t(trace_.extra.size()), uint32_t(fields.size())});
    trace_.extra.insert(trace_.extra.end(), fields.begin(), fields.end());
  }

  void snapshot() {
    std::string name = take(Token::kWord, "s and a number");
    if (name != "s" + std::to_string(trace_.snapshots.size())) return fail("snapshots are numbered in order");
    Snapshot snap{.first_frame = uint32_t(trace_.snap_frames.size()), .frame_count = 0, .raises = accept("raises")};
    expect("{");
    while (error_.empty() && !accept("}")) {
      if (accept("drops")) {
        std::vector<Id> dropped = arguments();
        snap.first_drop = uint32_t(trace_.extra.size());
        snap.drop_count = uint32_t(dropped.size());
        trace_.extra.insert(trace_.extra.end(), dropped.begin(), dropped.end());
        continue;
      }
      frame();
      ++snap.frame_count;
    }
    trace_.snapshots.push_back(snap);
  }
  void frame() {
    static constexpr const char* kKinds[] = {"entry", "inlined", "constructor", "generator", "operator"};
    SnapFrame frame{};
    frame.kind = SnapFrameKind(oneOf(kKinds, "a kind of frame"));
    std::string code_name = codeReference();
    frame.code = code_name.empty() ? nullptr : out_.stand_ins.code(code_name);
    if (!code_name.empty() && !frame.code) return fail("no code is called \"" + code_name + "\"");
    if (accept("function")) {
      frame.function = value();
      frame.function_owned = accept("!");
    }
    frame.unit = uint32_t(numberAfter("unit"));
    frame.stack_depth = uint16_t(numberAfter("depth"));
    frame.first_slot = uint32_t(trace_.snap_slots.size());
    expect("{");
    while (error_.empty() && !accept("}")) {
      slot(frame.code ? frame.code->slot_count : 0);
      ++frame.slot_count;
    }
    trace_.snap_frames.push_back(frame);
  }
  void slot(int locals) {
    std::string name = take(Token::kWord, "a slot");
    int number = 0;
    const char* end = name.data() + name.size();
    bool good = name.size() > 1 && (name[0] == 'l' || name[0] == 's') && std::from_chars(name.data() + 1, end, number).ptr == end;
    if (!good) return fail("'" + name + "' is not a slot");
    SnapSlot slot{};
    slot.slot = uint16_t(name[0] == 'l' ? number : number + locals);
    expect("=");
    slot.value = value();
    slot.owned = accept("!");
    trace_.snap_slots.push_back(slot);
  }

  void instruction() {
    Ins ins{};
    int line = peek().line;
    std::string name;
    if (at(Token::kName)) {
      name = take(Token::kName, "a name");
      expect("=");
    }
    std::string op_name = take(Token::kWord, "an operation");
    if (!findOp(op_name, &ins.op)) return fail("no operation is called '" + op_name + "'");
    operands(ins);
    if (accept(":")) {
      std::string type = take(Token::kWord, "a type");
      if (error_.empty() && !tyFromName(type.data(), type.size(), &ins.type)) return fail("no type is called '" + type + "'");
    }
    if (accept("->")) {
      std::string snap = take(Token::kWord, "a snapshot");
      const char* end = snap.data() + snap.size();
      if (snap.size() < 2 || snap[0] != 's' || std::from_chars(snap.data() + 1, end, ins.snapshot).ptr != end)
        return fail("'" + snap + "' is not a snapshot");
    }
    if (!error_.empty()) return;
    Id id = Id(trace_.code_list.size());
    if (ins.op == Op::k_loop) trace_.loop = id;
    if (!name.empty() && !names_.emplace(name, id).second) return fail("%" + name + " is there twice");
    if (!name.empty()) out_.names.push_back({name, id});
    trace_.code_list.push_back(ins);
    out_.lines.push_back(line);
  }
  static bool findOp(const std::string& name, Op* out) {
    for (int i = 0; i < int(Op::kCount_); ++i) {
      if (name != kOps[i].name || isConstantOp(Op(i))) continue;
      *out = Op(i);
      return true;
    }
    return false;
  }

  void operands(Ins& ins) {
    const OperandRow& row = operandsOf(ins.op);
    if (row.variable) {
      ins.imm = immediate(ins.op);
      std::vector<Id> list = arguments();
      ins.a = Id(trace_.extra.size());
      ins.extra_count = uint16_t(list.size());
      trace_.extra.insert(trace_.extra.end(), list.begin(), list.end());
      return;
    }
    bool first = true;
    auto comma = [&] {
      if (!first) expect(",");
      first = false;
    };
    for (int pass = 0; pass < 2; ++pass) {
      if (pass == 1 && row.immediate) {
        comma();
        ins.imm = immediate(ins.op);
      }
      for (int i = 0; i < row.count && error_.empty(); ++i) {
        if ((row.letter[i] == 'c') != (pass == 1)) continue;
        comma();
        operand(ins, row.place[i]) = value();
      }
    }
  }
  std::vector<Id> arguments() {
    std::vector<Id> out;
    expect("(");
    while (error_.empty() && !accept(")")) {
      if (!out.empty()) expect(",");
      out.push_back(value());
    }
    return out;
  }

  uint64_t immediate(Op op) {
    switch (immediateOf(op)) {
      case Immediate::kField:
      case Immediate::kArray: return row(kFields, size_t(Field::kCount_), "field");
      case Immediate::kHelper: return row(kHelpers, size_t(Helper::kCount_), "helper");
      case Immediate::kKind: return kind();
      case Immediate::kType: return address();
      case Immediate::kAddress: return address();
      default: break;
    }
    uint64_t plain = number("a number");
    return op == Op::k_input && accept("owned") ? plain | kInputOwned : plain;
  }
  template <class T>
  uint64_t row(const T* rows, size_t count, const char* what) {
    std::string name = take(Token::kWord, what);
    for (size_t i = 0; i < count; ++i)
      if (name == rows[i].name) return i;
    fail(std::string("no ") + what + " is called '" + name + "'");
    return 0;
  }
  uint32_t kind() {
    uint32_t kind = 0;
    std::string name = at(Token::kNumber) ? take(Token::kNumber, "a kind") : take(Token::kWord, "a kind");
    if (error_.empty() && !kindFromName(name, &kind)) fail("no kind is called '" + name + "'");
    return kind;
  }
  uint64_t address() {
    if (at(Token::kNumber)) return number("an address");
    uint64_t base = objectAddress(take(Token::kObject, "an address"));
    return accept("+") ? base + number("an offset") : base;
  }
  uint64_t objectAddress(const std::string& name) {
    const StandIns::Memory* m = out_.stand_ins.find(name);
    if (!m) {
      fail("no object is called @" + name);
      return 0;
    }
    return m->address ? m->address : uint64_t(m->words);
  }

  // --- operands ---
  Id value() {
    if (accept("-")) return kNoId;
    if (at(Token::kName)) {
      forward_.push_back(take(Token::kName, "a name"));
      return kForward | Id(forward_.size() - 1);
    }
    if (at(Token::kWord) && peek().text.size() > 1 && peek().text[0] == 'v' && isdigit(static_cast<unsigned char>(peek().text[1]))) {
      std::string name = take(Token::kWord, "a virtual object");
      return kVirtualBit | Id(atoi(name.c_str() + 1));
    }
    Ins constant{};
    literal(&constant);
    return addConstant(constant);
  }
  void literal(Ins* out) {
    if (at(Token::kObject)) {
      *out = {.op = Op::k_const_value, .type = Ty::kObj, .imm = objectAddress(take(Token::kObject, "an object"))};
      return;
    }
    if (at(Token::kNumber)) return numberLiteral(take(Token::kNumber, "a number"), out);
    std::string word = take(Token::kWord, "a value");
    struct Named {
      const char* name;
      Op op;
      Ty type;
      uint64_t bits;
    };
    static const Named kNamed[] = {
        {"true", Op::k_const_bool, Ty::kBool, 1},
        {"false", Op::k_const_bool, Ty::kBool, 0},
        {"empty", Op::k_const_empty, Ty::kValue, 0},
        {"None", Op::k_const_value, Ty::kValue, kNone.bits},
        {"True", Op::k_const_value, Ty::kValue, kTrue.bits},
        {"False", Op::k_const_value, Ty::kValue, kFalse.bits},
        {"Ellipsis", Op::k_const_value, Ty::kValue, kEllipsis.bits},
        {"NotImplemented", Op::k_const_value, Ty::kValue, kNotImplemented.bits},
        {"inf", Op::k_const_float, Ty::kF64, uint64_t(0x7FF0) << 48},
    };
    for (const Named& named : kNamed) {
      if (word != named.name) continue;
      *out = {.op = named.op, .type = named.type, .imm = named.bits};
      return;
    }
    if (word == "nan") {
      uint64_t bits = uint64_t(0x7FF8) << 48;
      if (accept("(")) {
        bits = number("bits");
        expect(")");
      }
      *out = {.op = Op::k_const_float, .type = Ty::kF64, .imm = bits};
    } else if (word == "box") {
      expect("(");
      Ins inner{};
      literal(&inner);
      expect(")");
      uint64_t bits = inner.type == Ty::kF64 ? Value::fromDouble(std::bit_cast<double>(inner.imm)).bits
                                             : Value::fromInt(int64_t(inner.imm)).bits;
      *out = {.op = Op::k_const_value, .type = Ty::kValue, .imm = bits};
    } else if (word == "bits") {
      expect("(");
      *out = {.op = Op::k_const_value, .type = Ty::kValue, .imm = number("bits")};
      expect(")");
    } else {
      fail("'" + word + "' is not a value");
    }
  }
  void numberLiteral(const std::string& text, Ins* out) {
    bool wide = text.back() == 'w';
    __int128 number;
    if (parseInteger(wide ? text.substr(0, text.size() - 1) : text, &number)) {
      bool fits = number == int64_t(number);
      if (!wide && !fits && (number >> 64) != 0) return fail(text + " needs the suffix w");
      if (!wide || fits) {
        *out = {.op = Op::k_const_int, .type = wide ? Ty::kI128 : Ty::kI64, .imm = uint64_t(number)};
        return;
      }
      size_t i = 0;
      while (i < trace_.wide_constants.size() && trace_.wide_constants[i] != number) ++i;
      if (i == trace_.wide_constants.size()) trace_.wide_constants.push_back(number);
      *out = {.op = Op::k_const_wide, .type = Ty::kI128, .imm = i};
      return;
    }
    double d = 0;
    auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), d);
    if (failed != std::errc() || end != text.data() + text.size()) return fail("'" + text + "' is not a number");
    *out = {.op = Op::k_const_float, .type = Ty::kF64, .imm = std::bit_cast<uint64_t>(d)};
  }
  Id addConstant(const Ins& constant) {
    for (size_t i = 0; i < trace_.constants.size(); ++i) {
      const Ins& known = trace_.constants[i];
      if (known.op == constant.op && known.type == constant.type && known.imm == constant.imm) return kConstBit | Id(i);
    }
    trace_.constants.push_back(constant);
    return kConstBit | Id(trace_.constants.size() - 1);
  }

  // --- the end: names, the trace's code, the words of objects ---
  static constexpr Id kForward = 0x2000'0000;  // in this file only: index into forward_

  void resolve() {
    for (Ins& ins : trace_.code_list) {
      if (operandsOf(ins.op).variable) continue;
      for (int place = 0; place < 3; ++place) resolveName(operand(ins, place));
    }
    for (Id& id : trace_.extra) resolveName(id);
    for (SnapFrame& frame : trace_.snap_frames) resolveName(frame.function);
    for (SnapSlot& slot : trace_.snap_slots) resolveName(slot.value);
    if (!code_of_trace_.empty() && !(trace_.code = out_.stand_ins.code(code_of_trace_)))
      fail("no code is called \"" + code_of_trace_ + "\"");
    for (auto& [index, parts] : pending_words_) fillWords(index, parts);
    out_.stand_ins.restore();
  }
  void resolveName(Id& id) {
    if (isConst(id) || isVirtual(id) || !(id & kForward)) return;
    const std::string& name = forward_[id & ~kForward];
    auto found = names_.find(name);
    if (found == names_.end()) return fail("no instruction is called %" + name);
    id = found->second;
  }
  void fillWords(size_t index, std::vector<std::vector<Lexeme>>& parts) {
    size_t first = out_.stand_ins.memory[index].header ? 2 : 0;
    for (size_t i = 0; i < parts.size(); ++i) {
      parts[i].push_back({Token::kEnd, "", 0});
      std::swap(lexemes_, parts[i]);
      at_ = 0;
      Ins constant{};
      literal(&constant);
      out_.stand_ins.memory[index].initial[first + i] = constant.imm;
      std::swap(lexemes_, parts[i]);
    }
  }

  std::vector<Lexeme> lexemes_;
  size_t at_ = 0;
  ParsedTrace& out_;
  Trace& trace_;
  std::string error_, code_of_trace_;
  std::unordered_map<std::string, Id> names_;
  std::vector<std::string> forward_;
  std::vector<std::pair<size_t, std::vector<std::vector<Lexeme>>>> pending_words_;
};

}  // namespace

Code* StandIns::code(const std::string& name) const {
  for (auto& [known, code] : codes)
    if (known == name) return code;
  return nullptr;
}
const StandIns::Memory* StandIns::find(const std::string& name) const {
  for (const Memory& m : memory)
    if (m.name == name) return &m;
  return nullptr;
}
const StandIns::Memory* StandIns::containing(uint64_t address) const {
  for (const Memory& m : memory)
    if (!m.address && address >= uint64_t(m.words) && address < uint64_t(m.words + m.initial.size())) return &m;
  return nullptr;
}
void StandIns::restore() {
  for (const Memory& m : memory)
    if (!m.address && !m.initial.empty()) memcpy(m.words, m.initial.data(), m.initial.size() * sizeof(uint64_t));
}

bool parseTrace(std::string_view text, ParsedTrace* out, std::string* error) { return Parser(text, out).run(error); }

}  // namespace krait::jit
