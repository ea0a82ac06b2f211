// Quiet operations: lookups and comparisons that never run Python code.
//
// Compiled code calls these where the operands seen at recording were of builtin types: nothing that a trace knows can change
// during such a call. Each answers "unsure" where CPython's semantics could call a method written in Python; nothing has
// happened then, and the caller takes the ordinary way. None leaves an exception set.
#pragma once
#include "runtime/core/type.h"

namespace krait {

struct Dict;
struct Set;

// Whether hashing the value, and comparing it with another plain one, runs no Python code: numbers, str, bytes, None, tuples
// of these, and objects that are equal only to themselves.
bool isPlain(Value v);

// The entry's value, borrowed; empty: absent, or unsure.
Value quietDictGet(Thread& t, Dict* dict, Value key);
// dict[key] = v. The value that was replaced (owned), None when the key is new; empty: unsure, or memory is exhausted.
Ref<> quietDictSet(Thread& t, Dict* dict, Value key, Value v);
// set.add(key). False: unsure, or memory is exhausted.
bool quietSetAdd(Thread& t, Set* set, Value key);
// `item in container` for exact dicts, sets, frozensets, str, lists and tuples: 1, 0, -1 unsure.
int quietContains(Thread& t, Value container, Value item);
// container[key] with an int or a slice of ints, of exact str, bytes, lists and tuples; empty: unsure, or it would raise.
Ref<> quietGetItem(Thread& t, Value container, Value key);

}  // namespace krait
