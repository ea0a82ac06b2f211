// The C++ structs of the builtin exceptions with fields of their own, and how exceptions are made natively.
#pragma once
#include "runtime/objects/exception.h"

namespace krait {
struct Tuple;
struct Str;

struct StopIterationError : BaseException {
  Value value;
};
struct SystemExitError : BaseException {
  Value code;
};
struct ImportErrorObject : BaseException {
  Value msg, name, path;
};
struct OSErrorObject : BaseException {
  Value error_number, strerror, filename, filename2;
  int64_t written;   // BlockingIOError.characters_written, -1: not set
};
struct SyntaxErrorObject : BaseException {
  Value msg, filename, lineno, offset, text, end_lineno, end_offset, print_file_and_line;
};
struct UnicodeErrorObject : BaseException {
  Value encoding, object, reason;
  int64_t start, end;
};
struct AttributeErrorObject : BaseException {
  Value obj, name;
};
struct NameErrorObject : BaseException {
  Value name;
};
struct ExceptionGroupObject : BaseException {
  Value message, exceptions;
};

// BaseException's own __new__ and __init__: types with both are made by newException without a call.
Ref<> exceptionNew(Thread& t, Type* type, Args args);
bool exceptionInit(Thread& t, Value self, Args args);
// An instance with these args; fields of subclasses are empty.
Ref<> newException(Thread& t, Type* type, Tuple* args);

// AttributeError(message, name=name, obj=obj), raised.
Raised raiseAttributeError(Thread& t, Value obj, Str* name, const char* format, ...) __attribute__((format(printf, 4, 5), cold));
// The type ExceptionGroup, which has two bases.
extern Type exception_group_type;

// UnicodeDecodeError(encoding, object, start, end, reason) and the like, as an instance; empty: raised.
Ref<> newUnicodeDecodeError(Thread& t, const char* encoding, Value object, int64_t start, int64_t end, const char* reason);
Ref<> newUnicodeEncodeError(Thread& t, const char* encoding, Value object, int64_t start, int64_t end, const char* reason);

// Unraisable exceptions: the argument of sys.unraisablehook, and the default output.
Ref<> newUnraisableArgs(Thread& t, Value exception, Value where, const char* message);
bool isUnraisableArgs(Value v);
void printUnraisable(Thread& t, Value exception, Value where, const char* message);

}  // namespace krait
