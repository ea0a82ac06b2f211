// Text tests: a trace with directives in its comments.
//
//   ; eval: l0=7 in1=1.5 poll=1 exits s0 { l0=8 @l+24=3 }     run in the evaluator and in both gears; slots of the outermost frame
//   ; error: used before                                      at the end of a line: the verifier complains about it, with this text
//
//   ; pass: dce refcount                                      runs these passes; the result must match the lines behind '=>'
//
// Behind '=>' stand instructions of the result in order, with names of their own; `...` stands for any number of lines. A snap or
// virtual line there is compared with the result's line of that name. --update writes what came out into the file.
// Numbers in slots are boxed, in0... are raw words of the exit buffer. Several eval lines make several runs; traces separated by a
// line of '---' are separate tests. Every test is verified, and round-trips through its text form.
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include "jit/ir/exit_layout.h"
#include "jit/ir/verify.h"
#include "jit/opt/pass.h"
#include "runtime/code/code.h"
#include "tests/jit/irtest/run.h"

namespace krait::jit {
namespace {

struct Expectation {
  std::string where, what;   // "l0", "@l+24"
};
struct EvalLine {
  int line = 0;
  Setup setup;
  uint32_t exit = kNoSnapshot;
  std::vector<Expectation> expected;
};
struct ErrorLine {
  int line = 0;
  std::string text;
  bool met = false;
};

class TestCase {
 public:
  TestCase(Engine& engine, std::string path, std::string text, int first_line)
      : engine_(engine), path_(std::move(path)), text_(std::move(text)), first_line_(first_line) {}

  bool run() {
    std::string error;
    size_t arrow = text_.find("\n=>\n");
    if (arrow != std::string::npos) {
      expected_ = text_.substr(arrow + 4);
      text_.resize(arrow + 1);
    }
    directives();
    if (!parseTrace(text_, &parsed_, &error)) return report(0, error);
    if (!verify() || !roundTrip()) return false;
    if (!passes_.empty()) runPasses();
    else if (arrow != std::string::npos) report(0, "'=>' without '; pass:'");
    for (const EvalLine& eval : evals_)
      if (good_) runEval(eval);
    return good_;
  }
  // The test with what its passes made, for --update.
  std::string updated() const { return result_.empty() ? text_ : text_ + "=>\n" + result_; }

 private:
  bool report(int line, const std::string& message) {
    good_ = false;
    printf("%s:%d: %s\n", path_.c_str(), first_line_ + line, message.c_str());
    return false;
  }

  // --- directives ---
  void directives() {
    std::istringstream lines(text_);
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
      size_t at = line.find(';');
      if (at == std::string::npos) continue;
      std::string comment = line.substr(at + 1);
      comment.erase(0, comment.find_first_not_of(' '));
      if (comment.compare(0, 5, "eval:") == 0) {
        evalDirective(number, comment.substr(5));
        continue;
      }
      if (comment.compare(0, 5, "pass:") == 0) passes_ = trimmed(comment.substr(5));
      for (size_t from = 0; (from = comment.find("error:", from)) != std::string::npos; from += 6)
        errors_.push_back({number, trimmed(comment.substr(from + 6, comment.find(';', from) - from - 6))});
    }
  }
  static std::string trimmed(const std::string& text) {
    size_t first = text.find_first_not_of(' '), last = text.find_last_not_of(" \r");
    return first == std::string::npos ? "" : text.substr(first, last - first + 1);
  }
  void evalDirective(int number, const std::string& text) {
    EvalLine eval{.line = number};
    std::istringstream words(text);
    std::string word;
    bool after_exit = false;
    while (words >> word) {
      size_t equals = word.find('=');
      if (word == "exits") {
        words >> word;
        eval.exit = uint32_t(atoi(word.c_str() + 1));
        after_exit = true;
      } else if (word == "{" || word == "}") {
        continue;
      } else if (equals == std::string::npos) {
        report(number, "'" + word + "' is not an assignment");
      } else if (after_exit) {
        eval.expected.push_back({word.substr(0, equals), word.substr(equals + 1)});
      } else {
        start(number, &eval.setup, word.substr(0, equals), word.substr(equals + 1));
      }
    }
    if (!after_exit) report(number, "'exits' is missing");
    evals_.push_back(std::move(eval));
  }
  void start(int number, Setup* setup, const std::string& where, const std::string& what) {
    if (where == "poll") {
      setup->poll = uint32_t(atoi(what.c_str()));
    } else if (where == "state") {
      setup->state = uint32_t(atoi(what.c_str()));
    } else if (where.compare(0, 2, "in") == 0) {
      place(&setup->inputs, atoi(where.c_str() + 2), rawWord(number, what));
    } else if (where[0] == 'l') {
      starts_.push_back({evals_.size(), size_t(atoi(where.c_str() + 1)), what});
    } else {
      report(number, "'" + where + "' cannot be set");
    }
  }
  static void place(std::vector<uint64_t>* words, int index, uint64_t word) {
    if (words->size() <= size_t(index)) words->resize(size_t(index) + 1);
    (*words)[size_t(index)] = word;
  }

  // A literal, read by the parser of traces: `words @x { literal }`.
  bool literal(const std::string& text, Value* out, bool* is_number) {
    if (text[0] == '@') {
      const StandIns::Memory* m = parsed_.stand_ins.find(text.substr(1));
      if (!m) return false;
      *out = Value(uint64_t(m->words));
      *is_number = false;
      return true;
    }
    ParsedTrace scratch;
    std::string error;
    if (!parseTrace("words @x { " + text + " }\n", &scratch, &error)) return false;
    *out = Value(scratch.stand_ins.memory[0].initial[0]);
    *is_number = isdigit(static_cast<unsigned char>(text[text[0] == '-' ? 1 : 0])) || text == "inf" || text == "-inf" || text == "nan";
    return true;
  }
  uint64_t rawWord(int number, const std::string& text) {
    Value v;
    bool is_number;
    if (text == "true" || text == "false") return text == "true";
    if (!literal(text, &v, &is_number)) report(number, "'" + text + "' is not a value");
    return v.bits;
  }
  uint64_t boxedWord(int number, const std::string& text) {
    Value v;
    bool is_number;
    if (text == "true" || text == "false") return Value::fromBool(text == "true").bits;
    if (!literal(text, &v, &is_number)) report(number, "'" + text + "' is not a value");
    if (!is_number) return v.bits;
    bool hex = text.find("0x") != std::string::npos;
    bool is_float = text.find_first_of(".ni") != std::string::npos || (!hex && text.find('e') != std::string::npos);
    return is_float ? Value::fromDouble(std::bit_cast<double>(v.bits)).bits : Value::fromInt(int64_t(v.bits)).bits;
  }

  // --- passes ---
  void runPasses() {
    std::istringstream names(passes_);
    std::string name;
    while (names >> name) {
      if (!runPass(name.c_str(), parsed_.trace)) {
        report(0, "no pass is called '" + name + "'");
        return;
      }
      for (const Complaint& complaint : verifyTrace(parsed_.trace))
        report(0, "verifier, after " + name + ": %" + std::to_string(complaint.id) + ": " + complaint.text);
    }
    std::vector<std::string> lines, wanted;
    std::istringstream printed(printTrace(parsed_.trace, &parsed_.stand_ins)), expected(expected_);
    std::string line;
    while (std::getline(printed, line)) {
      bool head = line[0] != ' ';
      if (!head) lines.push_back(trimmed(line));
      if (!head || line.compare(0, 4, "snap") == 0 || line.compare(0, 7, "virtual") == 0) result_ += line + "\n";
    }
    while (std::getline(expected, line)) {
      line = trimmed(line.substr(0, line.find(';')));
      if (line.compare(0, 4, "snap") == 0 || line.compare(0, 7, "virtual") == 0) heads_wanted_.push_back(line);
      else if (!line.empty()) wanted.push_back(line);
    }
    if (!match(wanted, 0, lines, 0, {})) {
      report(0, "after " + passes_ + " the trace is\n" + result_);
      return;
    }
  }
  using Names = std::vector<std::pair<std::string, std::string>>;  // expected, found
  bool match(const std::vector<std::string>& wanted, size_t i, const std::vector<std::string>& lines, size_t k, Names names) {
    if (i == wanted.size()) return k == lines.size() && headsMatch(names);
    if (wanted[i] == "...") {
      for (; k <= lines.size(); ++k)
        if (match(wanted, i + 1, lines, k, names)) return true;
      return false;
    }
    return k < lines.size() && sameLine(wanted[i], lines[k], &names) && match(wanted, i + 1, lines, k + 1, std::move(names));
  }
  bool headsMatch(const Names& names) {
    std::istringstream printed(result_);
    std::vector<std::string> heads;
    std::string line;
    while (std::getline(printed, line))
      if (line[0] != ' ') heads.push_back(line);
    for (const std::string& wanted : heads_wanted_) {
      bool found = false;
      for (const std::string& head : heads) {
        Names copy = names;
        found |= sameLine(wanted, head, &copy);
      }
      if (!found) return false;
    }
    return true;
  }
  // Word by word; names of values are bound to each other, one to one.
  static bool sameLine(const std::string& wanted, const std::string& found, Names* names) {
    std::vector<std::string> a = pieces(wanted), b = pieces(found);
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i) {
      if (a[i][0] != '%' || b[i][0] != '%') {
        if (a[i] != b[i]) return false;
        continue;
      }
      bool known = false;
      for (auto& [mine, theirs] : *names) {
        if ((mine == a[i]) != (theirs == b[i])) return false;
        known |= mine == a[i];
      }
      if (!known) names->push_back({a[i], b[i]});
    }
    return true;
  }
  static std::vector<std::string> pieces(const std::string& line) {
    std::vector<std::string> out;
    for (size_t i = 0; i < line.size();) {
      size_t start = i++;
      if (line[start] == ' ') continue;
      auto isName = [](char c) { return isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.'; };
      if (line[start] == '%' || line[start] == '@' || isName(line[start]))
        while (i < line.size() && isName(line[i])) ++i;
      out.push_back(line.substr(start, i - start));
    }
    return out;
  }

  // --- checks ---
  bool verify() {
    for (const Complaint& complaint : verifyTrace(parsed_.trace)) {
      int line = complaint.id < parsed_.lines.size() ? parsed_.lines[complaint.id] : 0;
      bool expected = false;
      for (ErrorLine& error : errors_) {
        bool here = error.line == line || complaint.id == kNoId;
        if (error.met || !here || complaint.text.find(error.text) == std::string::npos) continue;
        error.met = expected = true;
        break;
      }
      if (!expected) report(line, "verifier: " + complaint.text);
    }
    for (const ErrorLine& error : errors_)
      if (!error.met) report(error.line, "the verifier does not complain: " + error.text);
    return good_;
  }

  bool roundTrip() {
    std::string once = printTrace(parsed_.trace, &parsed_.stand_ins), error;
    ParsedTrace again;
    if (!parseTrace(once, &again, &error)) return report(0, "what is printed does not parse, " + error + "\n" + once);
    std::string twice = printTrace(again.trace, &again.stand_ins);
    if (once != twice) return report(0, "printed, parsed and printed again:\n" + once + "becomes\n" + twice);
    return true;
  }

  void runEval(EvalLine eval) {
    for (auto& [index, slot, text] : starts_)
      if (evals_[index].line == eval.line) place(&eval.setup.slots, int(slot), boxedWord(eval.line, text));
    Outcome reference = engine_.run(parsed_.trace, &parsed_.stand_ins, eval.setup, nullptr);
    if (reference.exit != eval.exit) {
      report(eval.line, "leaves through " + outcomeText(parsed_.trace, reference));
      return;
    }
    for (const Expectation& e : eval.expected) expect(eval, e, reference);
    for (Gear gear : {Gear::kQuick, Gear::kBest})
      if (engine_.native()) runNative(eval, reference, gear);
  }

  void expect(const EvalLine& eval, const Expectation& e, const Outcome& outcome) {
    if (e.where[0] == '@') return expectMemory(eval, e);
    const Snapshot& snap = parsed_.trace.snapshots[outcome.exit];
    const SnapFrame& frame = parsed_.trace.snap_frames[snap.first_frame];
    int locals = frame.code ? frame.code->slot_count : 0;
    int number = atoi(e.where.c_str() + 1) + (e.where[0] == 's' ? locals : 0);
    for (uint32_t i = 0; i < frame.slot_count; ++i) {
      const SnapSlot& slot = parsed_.trace.snap_slots[frame.first_slot + i];
      if (slot.slot != number) continue;
      std::string found = slotText(slot.value, outcome);
      if (found != e.what) report(eval.line, e.where + " is " + found + ", expected " + e.what);
      return;
    }
    report(eval.line, "the snapshot has no slot " + e.where);
  }
  std::string slotText(Id id, const Outcome& outcome) const {
    const Trace& trace = parsed_.trace;
    if (id == kNoId) return "-";
    if (isVirtual(id)) return "v" + std::to_string(id & ~kVirtualBit);
    if (isConst(id)) return printLiteral(trace.at(id), trace);
    uint32_t word = uint32_t(exitLayout(trace, outcome.exit).wordOf(id));
    uint64_t bits = outcome.values[word];
    Trace scratch;
    switch (trace.typeOf(id)) {
      case Ty::kI64: return printLiteral({.op = Op::k_const_int, .type = Ty::kI64, .imm = bits}, trace);
      case Ty::kF64: return printLiteral({.op = Op::k_const_float, .type = Ty::kF64, .imm = bits}, trace);
      case Ty::kBool: return bits == 1 ? "true" : bits == 0 ? "false" : "not a bool";
      case Ty::kI128:
        scratch.wide_constants = {__int128((unsigned __int128)outcome.values[word + 1] << 64 | bits)};
        return printLiteral({.op = Op::k_const_wide, .type = Ty::kI128, .imm = 0}, scratch);
      default: break;
    }
    if (const StandIns::Memory* m = parsed_.stand_ins.containing(bits)) return "@" + m->name;
    return printLiteral({.op = Op::k_const_value, .type = Ty::kValue, .imm = bits}, trace);
  }
  // @name+offset=literal, the raw word.
  void expectMemory(const EvalLine& eval, const Expectation& e) {
    size_t plus = e.where.find('+');
    const StandIns::Memory* m = parsed_.stand_ins.find(e.where.substr(1, plus - 1));
    size_t index = plus == std::string::npos ? 0 : size_t(atoi(e.where.c_str() + plus + 1)) / 8;
    if (!m || index >= m->initial.size()) {
      report(eval.line, "there is no word " + e.where);
      return;
    }
    uint64_t wanted = rawWord(eval.line, e.what), found = m->words[index];
    if (wanted != found) report(eval.line, e.where + " is " + std::to_string(int64_t(found)) + ", expected " + e.what);
  }

  void runNative(const EvalLine& eval, const Outcome& reference, Gear gear) {
    const char* name = gear == Gear::kQuick ? "quick" : "best";
    NativeCode& code = native_[int(gear)];
    std::string error;
    if (!code.entry && !engine_.compile(parsed_.trace, gear, &code, &error)) {
      report(eval.line, std::string(name) + " does not compile: " + error);
      return;
    }
    Outcome outcome = engine_.run(parsed_.trace, &parsed_.stand_ins, eval.setup, code.entry);
    if (outcome == reference) return;
    report(eval.line, std::string(name) + " leaves through " + outcomeText(parsed_.trace, outcome) + ", the evaluator through " +
                          outcomeText(parsed_.trace, reference) + (outcome.memory != reference.memory ? "; memory differs" : ""));
  }

  struct Start {
    size_t eval;
    size_t slot;
    std::string text;
  };
  Engine& engine_;
  std::string path_, text_;
  int first_line_;
  bool good_ = true;
  ParsedTrace parsed_;
  std::string passes_, expected_, result_;
  std::vector<std::string> heads_wanted_;
  std::vector<EvalLine> evals_;
  std::vector<ErrorLine> errors_;
  std::vector<Start> starts_;
  NativeCode native_[3];
};

}  // namespace

void runTestFile(Engine& engine, const std::string& path, bool update, Totals* totals) {
  std::ifstream file(path);
  if (!file) {
    printf("%s: cannot be read\n", path.c_str());
    ++totals->failed;
    return;
  }
  std::string line, text, whole;
  int number = 0, first = 0, tests = 0;
  auto finish = [&] {
    TestCase test(engine, path, text, first);
    bool good = test.run();
    ++(good ? totals->passed : totals->failed);
    whole += (tests++ ? "---\n" : "") + test.updated();
    text.clear();
    first = number;
  };
  while (std::getline(file, line)) {
    ++number;
    if (line == "---") finish();
    else text += line + "\n";
  }
  if (!text.empty() || tests == 0) finish();
  if (update) std::ofstream(path) << whole;
}

}  // namespace krait::jit
