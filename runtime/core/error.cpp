// Raising: making the instance, chaining its context, and what becomes of exceptions that nobody can receive.
#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/core/startup.h"

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "runtime/core/frame.h"
#include "runtime/core/runtime.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/exception_types.h"
#include "runtime/objects/int.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// The exception that is being handled: the context of a new one.
Value handledException(Thread& t) {
  for (ExceptionState* state = t.handled; state; state = state->previous) {
    if (!state->handled.empty() && !state->handled.isNone()) return state->handled;
  }
  return Value();
}

// Makes `context` the __context__ of the exception; a chain that would become a ring is cut where it meets the exception.
void chain(BaseException* exception, Value context) {
  if (context.empty() || context == Value(exception)) return;
  Value slow = context;
  bool step = false;
  for (Value each = context; !each.empty() && !each.isNone();) {
    BaseException* current = asException(each);
    if (current->context == Value(exception)) {
      assign(current->context, Ref<>());
      break;
    }
    each = current->context;
    if (step) slow = asException(slow)->context;
    step = !step;
    if (each == slow) break;  // a ring that was there before
  }
  assign(exception->context, share(context));
}

void setException(Thread& t, Ref<> exception) {
  Value old = t.exception;
  t.exception = exception.leak();
  release(old);
}

// Instance of an exception type from its argument (empty: none).
Ref<> instantiate(Thread& t, Type& type, Value argument) {
  if (type.slots.new_ == exceptionNew && type.slots.init == exceptionInit) {
    Ref<Tuple> args = argument.empty() ? share(emptyTuple()) : packTuple(t, argument);
    if (!args) return kRaised;
    return newException(t, &type, args.get());
  }
  return argument.empty() ? call(t, &type) : call(t, &type, argument);
}

}  // namespace

Raised raiseInstance(Thread& t, Ref<> exception) {
  chain(asException(exception), handledException(t));
  setException(t, std::move(exception));
  return kRaised;
}

Raised raiseWith(Thread& t, Type& type, Value argument) {
  Ref<> keep = share(argument);
  if (t.raised()) clearException(t);
  Ref<> exception = instantiate(t, type, argument);
  if (!exception) return kRaised;  // the error of making it
  if (!isException(exception)) {
    return raise(t, exc::TypeError, "calling %s should have returned an instance of BaseException, not %s", type.cname,
                 typeName(exception));
  }
  return raiseInstance(t, std::move(exception));
}

Raised raise(Thread& t, Type& type, const char* format, ...) {
  char fixed[512];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(fixed, sizeof(fixed), format, arguments);
  va_end(arguments);
  Ref<Str> message;
  if (length < int(sizeof(fixed))) {
    message = newStrUtf8(t, std::string_view(fixed, size_t(length < 0 ? 0 : length)));
  } else {
    char* longer = static_cast<char*>(malloc(size_t(length) + 1));
    if (!longer) return raiseNoMemory(t);
    va_start(arguments, format);
    vsnprintf(longer, size_t(length) + 1, format, arguments);
    va_end(arguments);
    message = newStrUtf8(t, std::string_view(longer, size_t(length)));
    free(longer);
  }
  if (!message) return kRaised;
  return raiseWith(t, type, message);
}

// One instance is kept from the start: when there is no memory, there is none for the exception either.
static BaseException* memory_error_reserve = nullptr;

void reserveMemoryError(Thread& t) {
  Ref<> exception = newException(t, &exc::MemoryError, emptyTuple());
  KRAIT_ASSERT(exception, "no memory at start-up");
  memory_error_reserve = asException(exception.leak());
}

Raised raiseNoMemory(Thread& t) {
  static bool making = false;
  Ref<> exception;
  if (memory_error_reserve->count == 1 || making) {
    exception = share(memory_error_reserve);
  } else {
    // The reserve is held by someone, who must not see another traceback: a fresh one, if that is possible.
    making = true;
    exception = newException(t, &exc::MemoryError, emptyTuple());
    making = false;
    if (!exception) return kRaised;  // the reserve was raised in its place
  }
  BaseException* e = asException(exception);
  assign(e->traceback, Ref<>());
  assign(e->context, Ref<>());
  chain(e, handledException(t));
  setException(t, std::move(exception));
  return kRaised;
}

Raised raiseOSError(Thread& t, int error, Value filename) {
  Ref<> number = newInt(t, error);
  Ref<Str> text = newStrUtf8(t, strerror(error));
  if (!number || !text) return kRaised;
  Ref<> exception = filename.empty() ? call(t, &exc::OSError, number, text) : call(t, &exc::OSError, number, text, filename);
  if (!exception) return kRaised;
  return raiseInstance(t, std::move(exception));
}

// KeyError((1, 2)) must have one argument, not two, which `raise KeyError, key` would not give.
Raised raiseKeyError(Thread& t, Value key) { return raiseWith(t, exc::KeyError, key); }

Raised raiseStopIteration(Thread& t, Value v) {
  if (v.empty() || v.isNone()) return raiseWith(t, exc::StopIteration, Value());
  return raiseWith(t, exc::StopIteration, v);
}

Raised raiseBadArgument(Thread& t, const char* function, const char* expected, Value got) {
  return raise(t, exc::TypeError, "%s() argument must be %s, not %s", function, expected, got.isNone() ? "None" : typeName(got));
}

bool raisedIs(Thread& t, Type& type) { return !t.exception.empty() && isSubtype(typeOf(t.exception), &type); }

Ref<> takeException(Thread& t) {
  Ref<> exception = Ref<>::steal(t.exception);
  t.exception = Value();
  return exception;
}

void restoreException(Thread& t, Ref<> exception) { setException(t, std::move(exception)); }

int exceptionMatches(Thread& t, Value exception, Value type) {
  if (isTuple(type)) {
    Tuple* types = asTuple(type);
    for (int64_t i = 0; i < types->size; ++i) {
      int found = exceptionMatches(t, exception, types->items[i]);
      if (found != 0) return found;
    }
    return 0;
  }
  if (!isType(type)) {
    return int(raise(t, exc::TypeError, "catching classes that do not inherit from BaseException is not allowed"));
  }
  Type* wanted = static_cast<Type*>(type.asObject());
  if (!wanted->has(kTypeExceptionSubclass)) {
    return int(raise(t, exc::TypeError, "catching classes that do not inherit from BaseException is not allowed"));
  }
  return isSubtype(typeOf(exception), wanted);
}

bool warn(Thread& t, Type& category, int stack_level, const char* format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof(text), format, arguments);
  va_end(arguments);
  Ref<Str> message = newStrUtf8(t, text);
  if (!message) return kRaised;
  Dict* modules = interpreterOf(t).modules;
  if (!modules || interpreterOf(t).finalizing) return true;
  Ref<> module = importModule(t, "_warnings");
  if (!module) return false;
  Ref<> function = getAttr(t, module, "warn");
  if (!function) return false;
  return bool(call(t, function, message, &category, Value::fromInt(stack_level)));
}

void writeUnraisable(Thread& t, Value where, const char* message) {
  Ref<> exception = takeException(t);
  if (!exception) return;
  // Raised by native code, it has met no frame yet: the innermost one tells where.
  Frame* frame = visibleFrame(t);
  if (frame && !asException(exception)->traceback && !addTraceback(t, asException(exception), frame)) clearException(t);
  // sys.unraisablehook gets an object with the five attributes; without one (start-up, shut-down) the text goes to stderr.
  Interpreter& interpreter = interpreterOf(t);
  Value hook = interpreter.sys ? dictGetStr(interpreter.sys->dict, internStatic("unraisablehook")) : Value();
  if (!hook.empty() && !hook.isNone()) {
    Ref<> args = newUnraisableArgs(t, exception, where, message);
    if (args) {
      Ref<> keep = share(hook);
      if (audit(t, "sys.unraisablehook", hook, args) && call(t, hook, args)) return;
    }
    exception = takeException(t);
    if (!exception) return;
  }
  printUnraisable(t, exception, where, message);
  clearException(t);
}

}  // namespace krait
