// The prompt: statements from standard input, one at a time.
//
// A statement is read line by line until the frontend calls it complete. What CPython's tokenizer decides while it
// reads is decided here by compiling what there is: "incomplete input" asks for more, and so does a compound statement,
// which is complete without its last line end only when an empty line was entered.
#include "interp/interactive.h"

#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "interp/compile.h"
#include "runtime/code/code.h"
#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/core/hooks.h"
#include "runtime/core/runtime.h"
#include "runtime/modules/io/standard_streams.h"
#include "runtime/modules/sys.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

Dict* sysDict(Thread& t) { return interpreterOf(t).sys->dict; }

void flushAll(Thread& t) {
  PreserveException preserve(t);
  for (const char* name : {"stderr", "stdout"}) {
    Ref<> stream = share(dictGetStr(sysDict(t), internStatic(name)));
    if (stream && !stream.value().isNone() && !callMethod(t, stream, "flush")) clearException(t);
  }
}

// sys.ps1 and sys.ps2 may be any objects: they are asked for their text before each line.
std::string prompt(Thread& t, const char* name) {
  Ref<> v = share(dictGetStr(sysDict(t), internStatic(name)));
  Ref<Str> text = v ? str(t, v) : Ref<Str>();
  if (!text) {
    clearException(t);
    return "";
  }
  return std::string(Utf8(text.get()).view());
}

enum class Line { kText, kEnd, kRaised };

// One line with its end, from the C stream: sys.stdin belongs to the program.
Line readLine(Thread& t, const std::string& shown, std::string* out) {
  flushAll(t);
  fputs(shown.c_str(), stderr);
  fflush(stderr);
  for (;;) {
    char* text = nullptr;
    size_t room = 0;
    ssize_t n;
    int error;
    {
      WithoutGil released(t);
      errno = 0;
      n = getline(&text, &room, stdin);
      error = errno;
    }
    if (n >= 0) out->append(text, size_t(n));
    free(text);
    if (n >= 0) return Line::kText;
    bool interrupted = ferror(stdin) && error == EINTR;
    clearerr(stdin);
    if (!interrupted) return Line::kEnd;
    if (hooks.serve_signals && !hooks.serve_signals(t)) return Line::kRaised;
  }
}

bool isBlank(std::string_view line) {
  size_t at = line.find_first_not_of(" \t\f");
  return at == std::string_view::npos || line[at] == '\n' || line[at] == '#';
}
std::string_view lastLine(std::string_view text) {
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  size_t newline = text.rfind('\n');
  return newline == std::string_view::npos ? text : text.substr(newline + 1);
}

class Session {
 public:
  Session(Thread& t, ModuleObject* main) : t_(t), main_(share(Value(main))), space_(share(main->dict)) {}

  Outcome run() {
    setPrompt("ps1", ">>> ");
    setPrompt("ps2", "... ");
    Outcome outcome{0, false, false};
    int out_of_memory = 0;
    while (!ended_) {
      if (statement()) {
        out_of_memory = 0;
      } else {
        // No memory again and again: there is no use in going on.
        bool no_memory = raisedIs(t_, exc::MemoryError);
        if (no_memory && ++out_of_memory > 16) return Outcome{1, false, false};
        outcome = reportException(t_, interpreterOf(t_).config.inspect != 0);
        if (outcome.exits) return outcome;
      }
      flushAll(t_);
    }
    return Outcome{0, false, false};
  }

 private:
  Thread& t_;
  Ref<> main_;
  Ref<Dict> space_;
  unsigned futures_ = 0;  // `from __future__ import` holds for what follows
  bool ended_ = false;

  void setPrompt(const char* name, const char* text) {
    if (dictGetStr(sysDict(t_), internStatic(name))) return;
    if (!dictSetStr(t_, sysDict(t_), internStatic(name), Value(internStatic(text)))) clearException(t_);
  }

  Ref<> compile(std::string_view text, unsigned flags) {
    return compileScript(t_, text, "<stdin>", futures_ | flags | kCompileIgnoreCookie, false, "single");
  }

  // The message of the pending SyntaxError; empty for other exceptions.
  std::string syntaxMessage() {
    if (!raisedIs(t_, exc::SyntaxError)) return "";
    Ref<> exception = takeException(t_);
    Ref<> message = getAttrOrEmpty(t_, exception, internStatic("msg"));
    std::string text = message && isStr(message) ? std::string(Utf8(asStr(message)).view()) : "";
    if (t_.raised()) clearException(t_);
    restoreException(t_, std::move(exception));
    return text;
  }

  // The code of what was entered so far. Empty with nothing raised: more is needed.
  Ref<> codeOf(const std::string& text) {
    std::string_view last = lastLine(text), tried(text.data(), text.size() - (text.back() == '\n'));
    bool first = tried.find('\n') == std::string_view::npos, blank = isBlank(last);
    if (!first && blank && !last.empty()) return {};  // spaces and comments end nothing
    constexpr unsigned kAsk = kCompileDontImplyDedent | kCompileIncompleteInput;
    Ref<> code = compile(text, kAsk);
    if (!code && syntaxMessage() != "incomplete input") return code;
    if (code) {
      // A compound statement may go on, until an empty line: without its last line end it is incomplete.
      if (compile(tried, kAsk)) return code;
      if (syntaxMessage().empty()) return kRaised;
      clearException(t_);
      return {};
    }
    clearException(t_);
    if (first || !last.empty()) return {};
    // An empty line ends what is open, except strings and brackets.
    code = compile(text, 0);
    std::string message = code ? "" : syntaxMessage();
    if (message.ends_with("was never closed") || message.starts_with("unterminated triple-quoted")) {
      clearException(t_);
      return {};
    }
    return code;
  }

  // Text of another encoding than UTF-8, as sys.stdin has it.
  bool decode(std::string* text) {
    Ref<> in = share(dictGetStr(sysDict(t_), internStatic("stdin")));
    Ref<> encoding = in && !in.value().isNone() ? getAttrOrEmpty(t_, in, internStatic("encoding")) : Ref<>();
    if (!encoding || !isStr(encoding) || strEqualsAscii(asStr(encoding), "utf-8")) {
      if (t_.raised()) clearException(t_);
      return true;
    }
    Ref<Bytes> raw = newBytes(t_, *text);
    Ref<> decoded = raw ? callMethod(t_, raw, "decode", encoding) : Ref<>();
    Utf8 utf8;
    if (!decoded || !isStr(decoded) || !utf8.set(t_, asStr(decoded))) return false;
    *text = std::string(utf8.view());
    return true;
  }

  bool statement() {
    std::string text;
    Ref<> code;
    while (!code) {
      std::string line;
      Line read = readLine(t_, prompt(t_, text.empty() ? "ps1" : "ps2"), &line);
      if (read == Line::kRaised || !decode(&line)) return false;
      if (read == Line::kEnd) {
        ended_ = true;
        if (text.empty()) return true;
        code = compile(text, 0);
        if (!code) return false;
        break;
      }
      if (text.empty() && isBlank(line)) return true;
      text += line;
      code = codeOf(text);
      if (!code && t_.raised()) return false;
    }
    futures_ |= unsigned(asCode(code)->flags) & kCompileFutures;
    if (!audit(t_, "exec", code)) return false;
    return bool(hooks.run_code(t_, asCode(code), space_.get(), space_, Value()));
  }
};

Ref<> runStartupFile(Thread& t, ModuleObject* main, const char* path) {
  Ref<Str> name = newStrUtf8(t, path);
  if (!name || !audit(t, "cpython.run_startup", name)) return kRaised;
  FILE* f = fopen(path, "r");
  if (!f) {
    writeError(t, std::string("Could not open PYTHONSTARTUP\n"));
    return raiseOSError(t, errno, name);
  }
  std::string source;
  char chunk[4096];
  size_t n;
  while ((n = fread(chunk, 1, sizeof chunk, f)) > 0) source.append(chunk, n);
  fclose(f);
  Ref<> code = compileScript(t, source, path, 0, true);
  return code ? hooks.run_code(t, asCode(code), main->dict, Value(main->dict), Value()) : Ref<>(kRaised);
}

}  // namespace

bool isInteractive(Thread& t) { return isatty(0) || interpreterOf(t).config.interactive; }

void greet(Thread& t) {
  const Config& config = interpreterOf(t).config;
  if (config.quiet) return;
  fputs("Python 3.11.2 (main, Krait) [Clang 19] on linux\n", stderr);
  if (!config.no_site)
    fputs("Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n", stderr);
}

bool runInteractiveHook(Thread& t) {
  Ref<> hook = share(dictGetStr(sysDict(t), internStatic("__interactivehook__")));
  if (!hook) return true;
  if (!audit(t, "cpython.run_interactivehook", hook)) return false;
  if (call(t, hook)) return true;
  writeError(t, "Failed calling sys.__interactivehook__\n");
  return false;
}

Outcome prepareInteractive(Thread& t, ModuleObject* main) {
  Outcome outcome;
  if (const char* path = pythonEnvironment(interpreterOf(t).config, "PYTHONSTARTUP")) {
    if (!runStartupFile(t, main, path)) outcome = reportException(t, false);
  }
  if (!outcome.exits && !runInteractiveHook(t)) outcome = reportException(t, false);
  flushAll(t);
  return outcome;
}

Outcome runInteractive(Thread& t, ModuleObject* main) { return Session(t, main).run(); }

}  // namespace krait
