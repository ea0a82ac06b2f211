// Exceptions that nobody can receive (from __del__, callbacks): sys.UnraisableHookArgs, and their plain report.
#include <string>

#include "runtime/core/error.h"
#include "runtime/modules/sys.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/exception_types.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/struct_sequence.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {
StructSequence unraisable_args{"UnraisableHookArgs",
                               "UnraisableHookArgs\n\nType used to pass arguments to sys.unraisablehook.",
                               {"exc_type", "exc_value", "exc_traceback", "err_msg", "object"},
                               5};
}  // namespace

Ref<> newUnraisableArgs(Thread& t, Value exception, Value where, const char* message) {
  Value traceback = asException(exception)->traceback;
  Ref<> text = share(kNone);
  if (message && !(text = newStrUtf8(t, message))) return kRaised;
  Value v[] = {Value(typeOf(exception)), exception, traceback ? traceback : kNone, text, where ? where : kNone};
  return newStructSequence(t, unraisable_args, v);
}

void printUnraisable(Thread& t, Value exception, Value where, const char* message) {
  PreserveException preserve(t);
  std::string head = message ? message : where && !where.isNone() ? "Exception ignored in" : "";
  if (where && !where.isNone()) {
    Ref<Str> text = repr(t, where);
    if (!text) clearException(t);
    head += ": " + (text ? std::string(Utf8(text.get()).view()) : std::string("<object repr() failed>"));
  } else if (!head.empty()) {
    head += ":";
  }
  if (!head.empty()) writeError(t, head + "\n");
  printException(t, exception);
}

}  // namespace krait
