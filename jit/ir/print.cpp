// Traces as text (text.h describes the form; parse.cpp reads it back).
#include <charconv>
#include <cstdio>
#include <cstring>
#include "jit/ir/immediate.h"
#include "jit/ir/text.h"
#include "runtime/code/code.h"
#include "runtime/objects/function.h"
#include "runtime/objects/str.h"

namespace krait::jit {
namespace {

constexpr const char* kTraceKinds[] = {"loop", "function", "side"};
constexpr const char* kFrameKinds[] = {"entry", "inlined", "constructor", "generator", "operator"};
constexpr const char* kVirtualKinds[] = {"tuple", "list", "slice", "method", "cell"};
constexpr size_t kLongestDescription = 40;

std::string hex(uint64_t number) {
  char text[24];
  snprintf(text, sizeof text, "0x%lx", (unsigned long)number);
  return text;
}

std::string wideText(__int128 number) {
  if (number == 0) return "0";
  bool negative = number < 0;
  unsigned __int128 rest = negative ? -(unsigned __int128)number : (unsigned __int128)number;
  std::string digits;
  for (; rest; rest /= 10) digits.insert(digits.begin(), char('0' + int(rest % 10)));
  return negative ? "-" + digits : digits;
}

// ASCII, with quotes, backslashes and everything else escaped; long texts are cut.
std::string quoted(const Str* str, size_t longest) {
  std::string out = "\"";
  for (int64_t i = 0; i < str->length; ++i) {
    if (size_t(i) == longest) {
      out += "...";
      break;
    }
    uint32_t c = str->at(i);
    char text[16];
    if (c == '"' || c == '\\') snprintf(text, sizeof text, "\\%c", char(c));
    else if (c >= 32 && c < 127) snprintf(text, sizeof text, "%c", char(c));
    else snprintf(text, sizeof text, "\\u{%x}", c);
    out += text;
  }
  return out + '"';
}
std::string quoted(const char* text) {
  std::string out = "\"";
  for (; *text; ++text) {
    if (*text == '"' || *text == '\\') out += '\\';
    out += *text;
  }
  return out + '"';
}

// One line about an object that a trace embeds. Only what cannot change without the GIL is read: dumps are made anywhere.
std::string describe(const Object* object) {
  switch (object->kind) {
    case kKindStr: return quoted(static_cast<const Str*>(object), kLongestDescription);
    case kKindFunction: {
      Value name = static_cast<const Function*>(object)->qualname;
      return name.isObject() ? quoted(asStr(name), kLongestDescription) : "\"function\"";
    }
    case kKindCode: return quoted(static_cast<const Code*>(object)->qualname, kLongestDescription);
    default: break;
  }
  const Type* type = object->type();
  if (!type) return "\"\"";
  if (type->has(kTypeTypeSubclass)) return quoted(static_cast<const Type*>(object)->cname);
  return quoted(type->cname);
}

class Printer {
 public:
  Printer(const Trace& trace, const StandIns* stand_ins) : trace_(trace), stand_ins_(stand_ins) {
    collectCodes();
    collectObjects();
  }

  std::string all() {
    head();
    for (uint32_t i = 0; i < trace_.virtuals.size(); ++i) virtualObject(i);
    for (uint32_t i = 0; i < trace_.snapshots.size(); ++i) snapshot(i);
    for (Id id = 1; id < trace_.code_list.size(); ++id) out_ += "  " + instruction(id) + "\n";
    return std::move(out_);
  }

  std::string instruction(Id id) const {
    const Ins& ins = trace_.at(id);
    std::string line;
    if (ins.type != Ty::kNone) line = "%" + std::to_string(id) + " = ";
    line += info(ins.op).name;
    const OperandRow& row = operandsOf(ins.op);
    const char* separator = " ";
    auto next = [&](const std::string& text) {
      line += separator + text;
      separator = ", ";
    };
    if (row.variable) {
      line += " " + immediate(ins) + "(" + values(ins.a, ins.extra_count) + ")";
    } else {
      for (int i = 0; i < row.count; ++i)
        if (row.letter[i] != 'c') next(value(operand(ins, row.place[i])));
      if (row.immediate) next(immediate(ins));
      for (int i = 0; i < row.count; ++i)
        if (row.letter[i] == 'c') next(value(operand(ins, row.place[i])));
    }
    if (ins.type != Ty::kNone) line += std::string(" : ") + tyName(ins.type);
    if (ins.snapshot != kNoSnapshot) line += " -> s" + std::to_string(ins.snapshot);
    return line;
  }

 private:
  void collectCodes() {
    auto add = [&](const Code* code) {
      if (!code) return;
      for (auto& [known, name] : codes_)
        if (known == code) return;
      std::string base = quoted(code->qualname, ~size_t(0)), name = base;
      for (int n = 2; codeNamed(name); ++n) name = base.substr(0, base.size() - 1) + "#" + std::to_string(n) + "\"";
      codes_.push_back({code, name});
    };
    add(trace_.code);
    for (const SnapFrame& frame : trace_.snap_frames) add(frame.code);
  }
  bool codeNamed(const std::string& name) const {
    for (auto& [code, known] : codes_)
      if (known == name) return true;
    return false;
  }
  std::string codeName(const Code* code) const {
    for (auto& [known, name] : codes_)
      if (known == code) return name;
    return "-";
  }

  void collectObjects() {
    auto add = [&](uint64_t address) {
      if (objectName(address).empty()) objects_.push_back({address, "@o" + std::to_string(objects_.size() + 1)});
    };
    for (const Ins& constant : trace_.constants)
      if (constant.op == Op::k_const_value && Value(constant.imm).isObject()) add(constant.imm);
    for (const Ins& ins : trace_.code_list)
      if (immediateOf(ins.op) == Immediate::kType) add(ins.imm);
  }
  std::string objectName(uint64_t address) const {
    if (stand_ins_) {
      for (const StandIns::Memory& m : stand_ins_->memory)
        if ((m.address ? m.address : uint64_t(m.words)) == address) return "@" + m.name;
    }
    for (auto& [known, name] : objects_)
      if (known == address) return name;
    return "";
  }

  void head() {
    out_ += "trace " + std::to_string(trace_.number) + " " + kTraceKinds[int(trace_.kind)] + " " + codeName(trace_.code) + " unit " +
            std::to_string(trace_.unit);
    if (trace_.kind == TraceKind::kSide)
      out_ += " parent " + std::to_string(trace_.parent) + " exit " + std::to_string(trace_.parent_exit);
    out_ += "\n";
    for (auto& [code, name] : codes_) {
      out_ += "code " + name + " " + (code->filename ? quoted(code->filename, ~size_t(0)) : "\"\"") + " line " +
              std::to_string(code->first_line) + " slots " + std::to_string(code->slot_count) + " stack " +
              std::to_string(code->stack_size) + "\n";
    }
    if (stand_ins_)
      for (const StandIns::Memory& m : stand_ins_->memory) standIn(m);
    for (auto& [address, name] : objects_)
      out_ += "object " + name + " " + hex(address) + " " + describe(reinterpret_cast<const Object*>(address)) + "\n";
  }
  void standIn(const StandIns::Memory& m) {
    if (m.address) {
      out_ += "object @" + m.name + " " + hex(m.address) + " " + m.description + "\n";
      return;
    }
    out_ += m.header ? "object @" + m.name + " kind " + kindName(m.kind) + " count " + std::to_string(m.count) : "words @" + m.name;
    out_ += " {";
    for (size_t i = 0; i < m.texts.size(); ++i) out_ += (i ? ", " : " ") + m.texts[i];
    out_ += " }\n";
  }

  void virtualObject(uint32_t index) {
    const Virtual& v = trace_.virtuals[index];
    out_ += "virtual v" + std::to_string(index) + " " + kVirtualKinds[int(v.kind)] + "(" + values(v.first, v.count) + ")\n";
  }
  // Of Trace::extra, with commas.
  std::string values(uint32_t first, uint32_t count) const {
    std::string out;
    for (uint32_t i = 0; i < count; ++i) out += (i ? ", " : "") + value(trace_.extra[first + i]);
    return out;
  }

  void snapshot(uint32_t index) {
    const Snapshot& snap = trace_.snapshots[index];
    out_ += "snap s" + std::to_string(index) + (snap.raises ? " raises {" : " {");
    for (uint32_t f = 0; f < snap.frame_count; ++f) frame(trace_.snap_frames[snap.first_frame + f]);
    if (snap.drop_count) out_ += " drops(" + values(snap.first_drop, snap.drop_count) + ")";
    out_ += " }\n";
  }
  void frame(const SnapFrame& frame) {
    out_ += std::string(" ") + kFrameKinds[int(frame.kind)] + " " + codeName(frame.code);
    if (frame.function != kNoId) out_ += " function " + value(frame.function) + (frame.function_owned ? "!" : "");
    out_ += " unit " + std::to_string(frame.unit) + " depth " + std::to_string(frame.stack_depth) + " {";
    int locals = frame.code ? frame.code->slot_count : 0;
    for (uint32_t i = 0; i < frame.slot_count; ++i) {
      const SnapSlot& slot = trace_.snap_slots[frame.first_slot + i];
      bool local = slot.slot < locals;
      out_ += local ? " l" : " s";
      out_ += std::to_string(local ? slot.slot : slot.slot - locals) + "=" + value(slot.value);
      if (slot.owned) out_ += "!";
    }
    out_ += " }";
  }

  std::string value(Id id) const {
    if (id == kNoId) return "-";
    if (isVirtual(id)) return "v" + std::to_string(id & ~kVirtualBit);
    if (!isConst(id)) return "%" + std::to_string(id);
    const Ins& constant = trace_.at(id);
    if (constant.op == Op::k_const_value && Value(constant.imm).isObject()) return objectName(constant.imm);
    return printLiteral(constant, trace_);
  }

  std::string immediate(const Ins& ins) const {
    switch (immediateOf(ins.op)) {
      case Immediate::kField:
      case Immediate::kArray: return kFields[ins.imm].name;
      case Immediate::kHelper: return kHelpers[ins.imm].name;
      case Immediate::kKind: return kindName(uint32_t(ins.imm));
      case Immediate::kType: return objectName(ins.imm);
      case Immediate::kAddress: return address(ins.imm);
      default:
        if (ins.op == Op::k_input && (ins.imm & kInputOwned)) return std::to_string(ins.imm & ~kInputOwned) + " owned";
        return std::to_string(ins.imm);
    }
  }
  std::string address(uint64_t address) const {
    const StandIns::Memory* m = stand_ins_ ? stand_ins_->containing(address) : nullptr;
    if (!m) return hex(address);
    return "@" + m->name + "+" + std::to_string(address - uint64_t(m->words));
  }

  const Trace& trace_;
  const StandIns* stand_ins_;
  std::vector<std::pair<const Code*, std::string>> codes_;
  std::vector<std::pair<uint64_t, std::string>> objects_;
  std::string out_;
};

}  // namespace

std::string floatText(double d) {
  uint64_t bits = std::bit_cast<uint64_t>(d);
  if (d != d) return bits == uint64_t(0x7FF8) << 48 ? "nan" : "nan(" + hex(bits) + ")";
  char text[40];
  char* end = std::to_chars(text, text + sizeof text, d).ptr;
  std::string out(text, end);
  return out.find_first_of(".en") == std::string::npos ? out + ".0" : out;  // "inf" has an n
}

std::string printLiteral(const Ins& constant, const Trace& trace) {
  switch (constant.op) {
    case Op::k_const_int: return std::to_string(int64_t(constant.imm)) + (constant.type == Ty::kI128 ? "w" : "");
    case Op::k_const_wide: return wideText(trace.wide_constants[constant.imm]) + "w";
    case Op::k_const_float: return floatText(std::bit_cast<double>(constant.imm));
    case Op::k_const_bool: return constant.imm ? "true" : "false";
    case Op::k_const_empty: return "empty";
    default: break;
  }
  Value v(constant.imm);
  if (v == kNone) return "None";
  if (v == kTrue) return "True";
  if (v == kFalse) return "False";
  if (v == kEllipsis) return "Ellipsis";
  if (v == kNotImplemented) return "NotImplemented";
  if (v.isInt()) return "box(" + std::to_string(v.asInt()) + ")";
  if (v.isDouble()) return "box(" + floatText(v.asDouble()) + ")";
  return "bits(" + hex(v.bits) + ")";
}

std::string printTrace(const Trace& trace, const StandIns* stand_ins) { return Printer(trace, stand_ins).all(); }
std::string printIns(const Trace& trace, Id id, const StandIns* stand_ins) { return Printer(trace, stand_ins).instruction(id); }

std::string kindName(uint32_t kind) {
  static constexpr const char* kNames[] = {
      "None",
#define TYPE(Name, python_name, Base, flags) #Name,
#include "runtime/core/types.def"
#undef TYPE
      "ListInt", "ListFloat"};
  static_assert(std::size(kNames) == kKindFirstDynamic);
  if (kind == 0 || kind >= kKindFirstDynamic) return std::to_string(kind);
  std::string out;
  for (const char* p = kNames[kind]; *p; ++p) {
    bool upper = *p >= 'A' && *p <= 'Z';
    if (upper && !out.empty()) out += '_';
    out += upper ? char(*p - 'A' + 'a') : *p;
  }
  return out;
}

bool kindFromName(std::string_view name, uint32_t* out) {
  auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), *out);
  if (error == std::errc() && end == name.data() + name.size()) return true;
  for (uint32_t kind = 1; kind < kKindFirstDynamic; ++kind) {
    if (kindName(kind) != name) continue;
    *out = kind;
    return true;
  }
  return false;
}

}  // namespace krait::jit
