// print and input.
#include "runtime/builtins/builtins.h"
#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/core/runtime.h"
#include "runtime/modules/io/io.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

Value sysAttribute(Thread& t, const char* name) { return dictGetStr(interpreterOf(t).sys->dict, internStatic(name)); }

struct PrintOptions {
  Value separator = kNone, end = kNone, file = kNone, flush = kFalse;
};

bool readOptions(Thread& t, Args args, PrintOptions* out) {
  for (size_t i = 0; i < args.keywords(); ++i) {
    Str* name = asStr(args.names->items[i]);
    Value v = args.values[args.positional + i];
    if (strEqualsAscii(name, "sep")) {
      out->separator = v;
    } else if (strEqualsAscii(name, "end")) {
      out->end = v;
    } else if (strEqualsAscii(name, "file")) {
      out->file = v;
    } else if (strEqualsAscii(name, "flush")) {
      out->flush = v;
    } else {
      return raise(t, exc::TypeError, "'%s' is an invalid keyword argument for print()",
                   name->ascii ? reinterpret_cast<const char*>(name->data) : "?");
    }
  }
  for (Value* v : {&out->separator, &out->end}) {
    if (v->isNone() || isStr(*v)) continue;
    return raise(t, exc::TypeError, "%s must be None or a string, not %.200s", v == &out->separator ? "sep" : "end", typeName(*v));
  }
  return true;
}

Ref<> builtinPrint(Thread& t, Value, Args args) {
  PrintOptions options;
  if (args.keywords() && !readOptions(t, args, &options)) return kRaised;
  Ref<> file = share(options.file);
  if (options.file.isNone()) {
    Value out = sysAttribute(t, "stdout");
    if (out.empty()) return raise(t, exc::RuntimeError, "lost sys.stdout");
    if (out.isNone()) return share(kNone);  // a program without a console
    file = share(out);
  }
  static Str* const write_name = internStatic("write");
  static Str* const blank = internStatic(" ");
  static Str* const newline = internStatic("\n");
  Value separator = options.separator.isNone() ? Value(blank) : options.separator;
  Value end = options.end.isNone() ? Value(newline) : options.end;
  auto put = [&](Value text) {
    if (io::isPlainText(file)) return io::textWriteStr(t, file, text);
    // The method is looked up for each piece, as CPython does: write() may replace itself.
    Ref<> self;
    Ref<> write = getMethod(t, file, write_name, &self);
    if (!write) return false;
    Ref<> result = self ? call(t, write, self, text) : call(t, write, text);
    return bool(result);
  };
  for (size_t i = 0; i < args.positional; ++i) {
    if (i && !put(separator)) return kRaised;
    Ref<> text = isExactStr(args[i]) ? share(args[i]) : Ref<>(str(t, args[i]));
    if (!text || !put(text)) return kRaised;
  }
  if (!put(end)) return kRaised;
  int flush = truth(t, options.flush);
  if (flush < 0) return kRaised;
  if (flush) {
    Ref<> result = callMethod(t, file, "flush");
    if (!result) return kRaised;
  }
  return share(kNone);
}

// sys.stdin and the like, which input() cannot do without.
Ref<> console(Thread& t, const char* name) {
  Value v = sysAttribute(t, name);
  if (v.empty() || v.isNone()) return raise(t, exc::RuntimeError, "input(): lost sys.%s", name);
  return share(v);
}

Ref<> builtinInput(Thread& t, Value, const Value* args) {
  Ref<> in = console(t, "stdin");
  Ref<> out = in ? console(t, "stdout") : Ref<>();
  Ref<> err = out ? console(t, "stderr") : Ref<>();
  if (!err) return kRaised;
  if (!audit(t, "builtins.input", args[0] ? args[0] : kNone)) return kRaised;
  Ref<> flushed = callMethod(t, err, "flush");
  if (!flushed) clearException(t);
  if (!args[0].empty()) {
    Ref<Str> prompt = str(t, args[0]);
    if (!prompt) return kRaised;
    Ref<> written = callMethod(t, out, "write", prompt);
    if (!written) return kRaised;
  }
  flushed = callMethod(t, out, "flush");
  if (!flushed) clearException(t);
  Ref<> line = callMethod(t, in, "readline");
  if (!line) return kRaised;
  if (!isStr(line)) return raise(t, exc::TypeError, "object.readline() returned non-string");
  Str* text = asStr(line);
  if (text->length == 0) return raise(t, exc::EOFError, "EOF when reading a line");
  if (text->at(text->length - 1) != '\n') return line;
  return strSlice(t, text, 0, text->length - 1, 1);
}

}  // namespace

const MethodDef kConsoleFunctions[] = {
    method("input", builtinInput, "($module, prompt=<unrepresentable>, /)",
           "Read a string from standard input.  The trailing newline is stripped.\n\n"
           "The prompt string, if given, is printed to standard output without a\n"
           "trailing newline before reading input.\n\n"
           "If the user hits EOF (*nix: Ctrl-D, Windows: Ctrl-Z+Return), raise EOFError.\n"
           "On *nix systems, readline is used if available."),
    method("print", builtinPrint, "($module, /, *args, sep=' ', end='\\n', file=None, flush=False)",
           "Prints the values to a stream, or to sys.stdout by default.\n\n"
           "  sep\n    string inserted between values, default a space.\n"
           "  end\n    string appended after the last value, default a newline.\n"
           "  file\n    a file-like object (stream); defaults to the current sys.stdout.\n"
           "  flush\n    whether to forcibly flush the stream."),
    {},
};

}  // namespace krait
