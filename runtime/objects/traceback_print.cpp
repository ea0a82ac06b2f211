// Exceptions as the top level prints them: tracebacks with source lines and carets, chains, groups, notes.
//
// The text is collected first and written at once to sys.stderr, so that threads do not mix their lines.
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include "runtime/code/code.h"
#include "runtime/core/error.h"
#include "runtime/core/frame.h"
#include "runtime/core/names.h"
#include "runtime/core/runtime.h"
#include "runtime/modules/sys.h"
#include "runtime/objects/caret_anchors.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/int.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/list.h"
#include "runtime/objects/module.h"
#include "runtime/objects/source_line.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/suggestions.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

int tracebackLine(Traceback* tb);

namespace {

inline constexpr int kRepeatsShown = 3;
inline constexpr int kGroupWidth = 15, kGroupDepth = 10;

std::string textOf(Value v) { return isStr(v) ? std::string(Utf8(asStr(v)).view()) : std::string(); }

size_t characters(std::string_view s) {
  size_t n = 0;
  for (char c : s) n += (c & 0xc0) != 0x80;
  return n;
}

class Printer {
 public:
  explicit Printer(Thread& t) : thread_(t) {}

  void chained(Value exception) {
    printChain(exception, 0);
    writeError(thread_, out_);
  }

 private:
  Thread& thread_;
  std::string out_;
  int indent_ = 0;       // columns of the margin
  bool need_close_ = false;
  int group_depth_ = 0;
  Value seen_[64];
  int seen_count_ = 0;

  void margin() {
    out_.append(size_t(indent_), ' ');
    if (group_depth_ > 0) out_ += "| ";
  }
  void line(std::string_view text) {
    // Each line of a text with newlines gets the margin.
    while (true) {
      size_t newline = text.find('\n');
      margin();
      out_ += text.substr(0, newline);
      out_ += '\n';
      if (newline == std::string_view::npos) break;
      text.remove_prefix(newline + 1);
    }
  }

  bool seen(Value e) {
    for (int i = 0; i < seen_count_; ++i) {
      if (seen_[i] == e) return true;
    }
    return false;
  }

  void printChain(Value value, int depth) {
    BaseException* e = asException(value);
    if (seen_count_ < 64) seen_[seen_count_++] = value;
    if (depth < 200) {
      bool cause = e->cause && !e->cause.isNone();
      bool context = !cause && e->context && !e->context.isNone() && !e->suppress_context;
      Value other = cause ? e->cause : context ? e->context : Value();
      if (other && isException(other) && !seen(other)) {
        printChain(other, depth + 1);
        line("");
        line(cause ? "The above exception was the direct cause of the following exception:"
                   : "During handling of the above exception, another exception occurred:");
        line("");
      }
    }
    if (isInstance(value, &exc::BaseExceptionGroup)) {
      printGroup(value);
    } else {
      printOne(value);
    }
  }

  void printOne(Value value) {
    BaseException* e = asException(value);
    if (e->traceback && isExact(e->traceback, &types::Traceback)) {
      line("Traceback (most recent call last):");
      printTraceback(e->traceback);
    }
    printSyntaxLocation(value);
    printMessage(value);
    printNotes(value);
  }

  void printGroup(Value value) {
    BaseException* e = asException(value);
    if (group_depth_ > kGroupDepth) {
      line("... (max_group_depth is " + std::to_string(kGroupDepth) + ")");
      return;
    }
    bool outermost = group_depth_ == 0;
    if (outermost) {
      indent_ += 2;
      group_depth_ = 1;
    }
    if (e->traceback && isExact(e->traceback, &types::Traceback)) {
      if (outermost) {
        out_.append(size_t(indent_), ' ');
        out_ += "+ Exception Group Traceback (most recent call last):\n";
      } else {
        line("Exception Group Traceback (most recent call last):");
      }
      printTraceback(e->traceback);
    }
    printMessage(value);
    printNotes(value);
    Ref<> parts = getAttr(thread_, value, "exceptions");
    if (!parts) clearException(thread_);
    int64_t count = parts && isTuple(parts) ? asTuple(parts)->size : 0;
    int64_t shown = count > kGroupWidth ? kGroupWidth : count;
    need_close_ = false;
    for (int64_t i = 0; i < shown + (count > shown); ++i) {
      bool last = i == shown + (count > shown) - 1;
      if (last) need_close_ = true;
      bool truncated = i >= shown;
      out_.append(size_t(indent_), ' ');
      out_ += i == 0 ? "+-+" : "  +";
      out_ += "---------------- " + (truncated ? std::string("...") : std::to_string(i + 1)) + " ----------------\n";
      indent_ += 2;
      ++group_depth_;
      if (truncated) {
        int64_t more = count - shown;
        line("and " + std::to_string(more) + " more exception" + (more > 1 ? "s" : ""));
      } else {
        printChain(asTuple(parts)->items[i], 0);
      }
      --group_depth_;
      if (last && need_close_) {
        out_.append(size_t(indent_), ' ');
        out_ += "+------------------------------------\n";
        need_close_ = false;
      }
      indent_ -= 2;
    }
    if (outermost) {
      indent_ -= 2;
      group_depth_ = 0;
    }
  }

  // --- traceback ---

  void printTraceback(Value first) {
    int64_t limit = 1000;
    Value setting = dictGetStr(interpreterOf(thread_).sys->dict, internStatic("tracebacklimit"));
    if (setting && isIntLike(setting)) {
      int64_t n;
      limit = intFits64(setting, &n) ? n : limit;
      if (limit <= 0) return;
    }
    int64_t depth = 0;
    for (Value p = first; p && isExact(p, &types::Traceback); p = next(p)) ++depth;
    Value at = first;
    for (; depth > limit; --depth) at = next(at);
    std::string last_file, last_name;
    int last_line = -1, repeats = 0;
    for (; at && isExact(at, &types::Traceback); at = next(at)) {
      Traceback* tb = static_cast<Traceback*>(at.asObject());
      if (!tb->frame->frame) continue;
      Code* code = tb->frame->frame->code;
      std::string file = textOf(Value(code->filename)), name = textOf(Value(code->name));
      int line_number = tracebackLine(tb);
      if (file != last_file || name != last_name || line_number != last_line) {
        flushRepeats(repeats);
        last_file = file;
        last_name = name;
        last_line = line_number;
        repeats = 0;
      }
      if (++repeats <= kRepeatsShown) printEntry(tb, code, file, name, line_number);
    }
    flushRepeats(repeats);
  }
  static Value next(Value tb) { return static_cast<Traceback*>(tb.asObject())->next; }

  void flushRepeats(int repeats) {
    if (repeats <= kRepeatsShown) return;
    int more = repeats - kRepeatsShown;
    line("  [Previous line repeated " + std::to_string(more) + " more time" + (more == 1 ? "" : "s") + "]");
  }

  void printEntry(Traceback* tb, Code* code, const std::string& file, const std::string& name, int line_number) {
    line("  File \"" + file + "\", line " + (line_number < 0 ? "None" : std::to_string(line_number)) + ", in " + name);
    std::string source;
    if (line_number <= 0 || !sourceLine(thread_, file, line_number, &source)) return;
    size_t blank = source.find_first_not_of(" \t\f");
    if (blank == std::string::npos) blank = source.size();
    line("    " + source.substr(blank));
    printCarets(codePosition(code, tb->last_unit), source, blank);
  }

  void printCarets(const Position& p, const std::string& source, size_t blank) {
    if (p.line < 0 || p.end_line < 0 || p.column < 0 || p.end_column < 0) return;
    size_t begin_byte = size_t(p.column) < source.size() ? size_t(p.column) : source.size();
    size_t end_byte = size_t(p.end_column) < source.size() ? size_t(p.end_column) : source.size();
    size_t start = characters(std::string_view(source).substr(0, begin_byte));
    size_t end = characters(std::string_view(source).substr(0, end_byte));
    CaretAnchors anchors;
    if (p.line == p.end_line) {
      if (begin_byte < end_byte) anchors = findCaretAnchors(std::string_view(source).substr(begin_byte, end_byte - begin_byte));
    } else {
      size_t last = source.find_last_not_of(" \t\f");
      end = last == std::string::npos ? 0 : characters(std::string_view(source).substr(0, last + 1));
    }
    size_t length = characters(source) - blank;
    if (end - start == length && !anchors.found) return;
    if (end <= blank) return;
    std::string marks = "    ";
    for (size_t i = blank; i < end; ++i) {
      if (i < start) {
        marks += ' ';
      } else if (!anchors.found) {
        marks += '^';
      } else {
        size_t in = i - start;
        marks += in >= anchors.left && in < anchors.right ? '^' : '~';
      }
    }
    line(marks);
  }

  // --- the last lines ---

  void printSyntaxLocation(Value value) {
    if (!isInstance(value, &exc::SyntaxError)) return;
    Ref<> filename = attribute(value, "filename"), number = attribute(value, "lineno"), offset = attribute(value, "offset"),
          text = attribute(value, "text"), end_offset = attribute(value, "end_offset"), end_line = attribute(value, "end_lineno"),
          flag = attribute(value, "print_file_and_line");
    if (!number || !number.value().isInt()) return;
    std::string file = filename && isStr(filename) ? textOf(filename) : "<string>";
    line("  File \"" + file + "\", line " + std::to_string(number.value().asInt()));
    if (!text || !isStr(text)) return;
    std::string source = textOf(text);
    while (!source.empty() && source.back() == '\n') source.pop_back();
    size_t newline = source.rfind('\n');
    if (newline != std::string::npos) source = source.substr(newline + 1);
    size_t blank = source.find_first_not_of(" \t\f");
    if (blank == std::string::npos) blank = source.size();
    line("    " + source.substr(blank));
    if (!offset || !offset.value().isInt() || offset.value().asInt() < 1) return;
    int64_t start = offset.value().asInt() - 1 - int64_t(blank);
    int64_t end = end_offset && end_offset.value().isInt() ? end_offset.value().asInt() - 1 - int64_t(blank) : start + 1;
    bool same_line = !end_line || !end_line.value().isInt() || end_line.value().asInt() == number.value().asInt();
    if (!same_line) end = int64_t(characters(source)) - int64_t(blank);
    if (end_offset && end_offset.value().isInt() && end_offset.value().asInt() <= 0) end = start + 1;
    if (typeOf(value) != &exc::SyntaxError) end = start + 1;  // subclasses point at a column, not at a range
    if (end <= start) end = start + 1;
    if (start < 0) return;
    int64_t limit = int64_t(characters(source.substr(blank)));
    if (start > limit) start = limit;
    if (end > limit + 1) end = limit > start ? limit : start + 1;
    line("    " + std::string(size_t(start), ' ') + std::string(size_t(end - start), '^'));
  }

  Ref<> attribute(Value v, const char* name) {
    Ref<> found = getAttrOrEmpty(thread_, v, internStatic(name));
    if (thread_.raised()) clearException(thread_);
    return found;
  }

  void printMessage(Value value) {
    Type* type = typeOf(value);
    std::string head;
    Ref<> module = attribute(Value(type), "__module__");
    if (!module || !isStr(module)) {
      head = "<unknown>.";
    } else if (!strEqualsAscii(asStr(module), "builtins") && !strEqualsAscii(asStr(module), "__main__")) {
      head = textOf(module) + ".";
    }
    Ref<> qualname = attribute(Value(type), "__qualname__");
    head += qualname && isStr(qualname) ? textOf(qualname) : "<unknown>";
    Ref<> message;
    if (isInstance(value, &exc::SyntaxError)) {
      message = attribute(value, "msg");
      if (message && !isStr(message)) message = str(thread_, message);
    } else {
      message = str(thread_, value);
    }
    if (!message) {
      clearException(thread_);
      head += ": <exception str() failed>";
    } else if (asStr(message)->length > 0) {
      head += ": " + textOf(message);
    }
    head += suggestion(thread_, value);
    line(head);
  }

  void printNotes(Value value) {
    Ref<> notes = attribute(value, "__notes__");
    if (!notes || notes.value().isNone()) return;
    if (!subscriptsByIndex(typeOf(notes)) || isDict(notes)) {
      Ref<Str> shown = repr(thread_, notes);
      if (!shown) clearException(thread_);
      line(shown ? textOf(shown) : "<__notes__ repr() failed>");
      return;
    }
    Ref<List> all = sequenceToList(thread_, notes);
    if (!all) clearException(thread_);
    for (int64_t i = 0; all && i < all->size; ++i) {
      Ref<> note = listGet(all.get(), i);
      Ref<> text = isStr(note) ? share(note) : Ref<>(str(thread_, note));
      if (!text) {
        clearException(thread_);
        line("<note str() failed>");
        continue;
      }
      line(textOf(text));
    }
  }
};

}  // namespace

void printException(Thread& t, Value exception) {
  if (!isException(exception)) return;
  PreserveException preserve(t);
  Ref<> alive = share(exception);
  Printer(t).chained(exception);
}

}  // namespace krait
