// Exceptions and tracebacks.
#pragma once
#include "runtime/core/error.h"
#include "runtime/core/type.h"

namespace krait {
struct FrameObject;
struct Dict;

struct BaseException : Object {
  Value args;         // tuple
  Value traceback;    // Traceback or None/empty
  Value cause, context;      // __notes__ is an ordinary attribute
  bool suppress_context;
  // subclass fields (SystemExit.code, OSError.errno, ...) follow in structs of exception_types.cpp; attributes in AttrBlock
};
inline BaseException* asException(Value v) { return static_cast<BaseException*>(v.asObject()); }

struct Traceback : Object {
  Value next;          // Traceback or None
  FrameObject* frame;
  int32_t last_unit;   // code unit
  int32_t line;
};
// Adds an entry for `frame` in front of the exception's traceback; false: MemoryError raised instead.
[[nodiscard]] bool addTraceback(Thread& t, BaseException* exception, struct Frame* frame);
// The pending exception gets this one as __cause__ and __context__ ("raised from" within native code).
void setCauseAndContext(Thread& t, Ref<> cause);
// Instance from what `raise X` gave (class or instance), with CPython's errors; empty: raised.
Ref<> makeException(Thread& t, Value type_or_instance);
// Prints as the top level does (chained, with carets, groups, suggestions) to sys.stderr or fd 2.
void printException(Thread& t, Value exception);

}  // namespace krait
