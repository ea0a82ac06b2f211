// Exceptions that nobody can receive: what sys.unraisablehook is told, and the text that is printed otherwise.
#include <unistd.h>

#include "runtime/core/runtime.h"
#include "runtime/objects/exception_types.h"
#include "runtime/objects/module.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/str.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/struct_sequence.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

StructSequence unraisable_args{"UnraisableHookArgs",
                               "UnraisableHookArgs\n\nType used to pass arguments to sys.unraisablehook.",
                               {"exc_type", "exc_value", "exc_traceback", "err_msg", "object"},
                               5};

// To sys.stderr, or to the descriptor when there is none.
void writeText(Thread& t, Value text) {
  Interpreter& interpreter = interpreterOf(t);
  Value file = interpreter.sys ? dictGetStr(interpreter.sys->dict, internStatic("stderr")) : Value();
  if (!file.empty() && !file.isNone()) {
    if (callMethod(t, file, "write", text)) return;
    clearException(t);
  }
  Utf8 bytes;
  bytes.setLossy(asStr(text));
  if (write(2, bytes.c_str(), bytes.size()) < 0) return;
}

}  // namespace

bool isUnraisableArgs(Value v) { return unraisable_args.type && isExact(v, unraisable_args.type); }

Ref<> newUnraisableArgs(Thread& t, Value exception, Value where, const char* message) {
  Ref<> text = message ? newStrUtf8(t, message).as<void>() : steal(kNone);
  Ref<> traceback = getAttr(t, exception, "__traceback__");
  if (!text || !traceback) return kRaised;
  const Value fields[] = {Value(typeOf(exception)), exception, traceback, text, where.empty() ? kNone : where};
  return newStructSequence(t, unraisable_args, fields);
}

void printUnraisable(Thread& t, Value exception, Value where, const char* message) {
  Ref<Str> shown = where.empty() || where.isNone() ? Ref<Str>() : repr(t, where);
  if (t.raised()) clearException(t);
  Utf8 text;
  if (shown) text.setLossy(shown.get());
  const char* start = message ? message : "Exception ignored in";
  Ref<Str> line = shown ? strFormat(t, "%s: %s\n", start, text.c_str()) : strFormat(t, "%s:\n", start);
  if (line) writeText(t, line);
  if (t.raised()) clearException(t);
  printException(t, exception);
}

}  // namespace krait
