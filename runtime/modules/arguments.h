// What native modules share around the system's interfaces: tables of constants, and arguments of C types with
// CPython's errors. Numbers and descriptors are converted by posix.h (intArgument, descriptorArgument, ...).
#pragma once
#include "runtime/objects/bytes.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/protocols/protocols.h"

namespace krait {

struct IntConstant {
  const char* name;
  int64_t value;
};
[[nodiscard]] bool addIntConstants(Thread& t, ModuleObject* m, const IntConstant* rows, size_t count);
template <size_t count>
[[nodiscard]] bool addIntConstants(Thread& t, ModuleObject* m, const IntConstant (&rows)[count]) {
  return addIntConstants(t, m, rows, count);
}

// A str without null characters as UTF-8; `what` begins the message for other types: "f() argument 'x'".
[[nodiscard]] bool textArgument(Thread& t, const char* what, Value v, Utf8* out);
// A str in the file system's encoding (surrogateescape), as bytes. Null characters are an error unless `cut_at_null`.
Ref<Bytes> systemTextArgument(Thread& t, const char* what, Value v, bool cut_at_null = false);
// The low 64 bits of an int (two's complement), as C code takes unsigned masks; __index__ honoured.
[[nodiscard]] bool maskArgument(Thread& t, Value v, uint64_t* out);

// An exception class of a module, as PyErr_NewException makes it: "termios.error".
Ref<Type> newExceptionType(Thread& t, const char* dotted_name, Type* base);

}  // namespace krait
