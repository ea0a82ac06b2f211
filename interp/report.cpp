// What becomes of an exception that ends a program or an interactive statement: sys.last_*, sys.excepthook, the exit
// code.
#include "interp/report.h"

#include <cstdio>

#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/core/runtime.h"
#include "runtime/modules/sys.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/int.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// The exit code of a SystemExit, printing a message that is no number.
int exitCode(Thread& t, Value exception) {
  Ref<> code = getAttr(t, exception, "code");
  if (!code) {
    clearException(t);
    return 1;
  }
  if (code.value().isNone()) return 0;
  int64_t n;
  if (isIntLike(code)) return intFits64(code, &n) ? int(n & 0xff) : 255;
  Ref<Str> text = str(t, code);
  if (!text) {
    clearException(t);
    return 1;
  }
  Ref<> file = share(dictGetStr(interpreterOf(t).sys->dict, internStatic("stderr")));
  if (!file || file.value().isNone()) {
    fprintf(stderr, "%s", Utf8(text.get()).c_str());
  } else if (!callMethod(t, file, "write", text)) {
    clearException(t);
  }
  writeError(t, "\n");
  return 1;
}

Outcome exited(Thread& t, Value exception) { return Outcome{exitCode(t, exception), true, false}; }

}  // namespace

Outcome reportException(Thread& t, bool inspect) {
  Ref<> exception = takeException(t);
  if (isInstance(exception, &exc::SystemExit) && !inspect) return exited(t, exception);
  Outcome outcome;
  outcome.interrupted = isInstance(exception, &exc::KeyboardInterrupt);
  Dict* sys = interpreterOf(t).sys->dict;
  Value traceback = asException(exception)->traceback;
  Value shown = traceback ? traceback : kNone;
  struct Row {
    const char* name;
    Value v;
  };
  for (const Row& row : {Row{"last_type", Value(typeOf(exception))}, Row{"last_value", exception.value()},
                         Row{"last_traceback", shown}}) {
    if (!dictSetStr(t, sys, internStatic(row.name), row.v)) clearException(t);
  }
  Ref<> hook = share(dictGetStr(sys, internStatic("excepthook")));
  Value type = Value(typeOf(exception));
  if (!audit(t, "sys.excepthook", hook ? hook.value() : kNone, type, exception, shown)) {
    if (raisedIs(t, exc::RuntimeError)) {
      clearException(t);
      return outcome;
    }
    writeUnraisable(t, Value(), "Exception ignored in audit hook");
  }
  if (!hook) {
    writeError(t, "sys.excepthook is missing\n");
    printException(t, exception);
    return outcome;
  }
  Ref<> keep = share(shown);
  Ref<> result = call(t, hook, type, exception, shown);
  if (!result) {
    Ref<> second = takeException(t);
    if (isInstance(second, &exc::SystemExit) && !inspect) return exited(t, second);
    writeError(t, "Error in sys.excepthook:\n");
    printException(t, second);
    writeError(t, "\nOriginal exception was:\n");
    printException(t, exception);
  }
  return outcome;
}

}  // namespace krait
