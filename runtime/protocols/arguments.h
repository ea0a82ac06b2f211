// Checks of raw arguments, with the messages of CPython's argument parsers: for constructors, which get Args unbound.
#pragma once
#include "runtime/core/error.h"
#include "runtime/core/native.h"
#include "runtime/objects/tuple.h"

namespace krait {

// "f() takes no keyword arguments"
[[nodiscard]] bool noKeywords(Thread& t, const char* name, Args args);
// The same for a constructor of `base`; subclasses that bring their own __init__ or __new__ may be given keywords.
[[nodiscard]] bool noKeywords(Thread& t, const Type* type, const Type* base, Args args);
// The same for an __init__ of `base`: subclasses with a __new__ of their own may be given keywords.
[[nodiscard]] bool noInitKeywords(Thread& t, const Type* type, const Type* base, Args args);
// "f expected at most 1 argument, got 2"
[[nodiscard]] bool arity(Thread& t, const char* name, Args args, size_t least, size_t most);

// How messages name the type of an argument: "None" for None.
inline const char* argumentTypeName(Value v) { return v.isNone() ? "None" : typeName(v); }
// The str given for a parameter; null: "PARAMETER must be str, not int" is raised ("replace() argument 1").
Str* strParameter(Thread& t, Value v, const char* parameter);
// An integer (by __index__) that must fit a Py_ssize_t or an int of C; -1 with an exception: it does not.
int64_t sizeParameter(Thread& t, Value v);
int intParameter(Thread& t, Value v);
// The position that __setstate__ of an iterator takes: an int, nothing that becomes one.
int64_t positionParameter(Thread& t, Value v);

}  // namespace krait
