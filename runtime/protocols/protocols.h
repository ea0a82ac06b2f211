// The operations of the language on arbitrary values: what bytecodes mean. The interpreter's handlers, the JIT's residual calls and
// native code share these; each has CPython's semantics and error messages.
#pragma once
#include <string>
#include "runtime/core/error.h"
#include "runtime/core/type.h"

namespace krait {

// --- numbers (protocols/number.cpp) ---
Ref<> binaryOp(Thread& t, BinaryOp op, Value a, Value b);
Ref<> inplaceOp(Thread& t, BinaryOp op, Value a, Value b);
Ref<> power(Thread& t, Value a, Value b, Value modulus = kNone);
Ref<> inplacePower(Thread& t, Value a, Value b);
Ref<> negative(Thread& t, Value v);
Ref<> positive(Thread& t, Value v);
Ref<> invert(Thread& t, Value v);
Ref<> absolute(Thread& t, Value v);
Ref<> toInt(Thread& t, Value v);                 // int(v) for numbers and text
Ref<> toIndexValue(Thread& t, Value v);          // operator.index: a plain int
Ref<> toFloat(Thread& t, Value v);               // float(v)

// --- comparison, truth, hash (protocols/compare.cpp) ---
bool isSame(Value a, Value b);                   // `is`: numbers by value
Ref<> compare(Thread& t, Value a, Value b, CompareOp op);
int compareBool(Thread& t, Value a, Value b, CompareOp op);  // identity shortcut for == and !=; 0, 1, -1
int truth(Thread& t, Value v);                   // 0, 1, -1
Hash hashOf(Thread& t, Value v);                 // -1: raised

// --- attributes (protocols/attribute.cpp); names are interned str ---
Ref<> getAttr(Thread& t, Value v, Str* name);
Ref<> getAttr(Thread& t, Value v, const char* name);
Ref<> getAttrOrEmpty(Thread& t, Value v, Str* name);         // AttributeError becomes empty without exception
[[nodiscard]] bool setAttr(Thread& t, Value v, Str* name, Value to);  // to empty: delete
Ref<> genericGetAttr(Thread& t, Value v, Str* name);         // object.__getattribute__
[[nodiscard]] bool genericSetAttr(Thread& t, Value v, Str* name, Value to);
// LOAD_METHOD: *self empty means "callable stands alone", else call it with self first (no bound method was made).
Ref<> getMethod(Thread& t, Value v, Str* name, Ref<>* self);
Ref<> lookupSpecial(Thread& t, Value v, Str* name, Ref<>* self);  // on the type only, as `with` and the dunders do; empty: absent or raised
Ref<> superGetAttr(Thread& t, Type* start, Value self, Str* name);

// --- containers (protocols/container.cpp) ---
Ref<> getItem(Thread& t, Value v, Value key);
[[nodiscard]] bool setItem(Thread& t, Value v, Value key, Value to);  // to empty: delete
bool hasSequenceMethods(Type* type);  // the type has a place for sequence operations, as messages and *= ask
int contains(Thread& t, Value container, Value item);        // 0, 1, -1
int64_t lengthOf(Thread& t, Value v);                        // -1: raised
int64_t lengthHint(Thread& t, Value v, int64_t fallback);
Ref<> newSlice(Thread& t, Value start, Value stop, Value step);
// start, stop, step of a slice for a sequence of `length`; returns the number of items, -1: raised.
int64_t sliceIndices(Thread& t, Value slice, int64_t length, int64_t* start, int64_t* stop, int64_t* step);
// The same for a sequence that may change: the length is read once the parts of the slice are ints, since their __index__ may change it.
int64_t sliceIndicesOf(Thread& t, Value slice, const int64_t* length, int64_t* start, int64_t* stop, int64_t* step);
// An index argument of sequence.index(x, start, stop): clamped; negative ones count from the end. Empty: *out stays.
[[nodiscard]] bool toSearchBound(Thread& t, Value v, int64_t length, int64_t* out);
[[nodiscard]] bool unpackSequence(Thread& t, Value v, int64_t before, int64_t after /* -1: exact */,
                                  Value* out);               // out owned, last to first on the stack
Ref<> concatSequence(Thread& t, Value a, Value b);           // operator.concat

// --- iteration (protocols/iterate.cpp) ---
Ref<> iterate(Thread& t, Value v);                           // iter(v)
Ref<> next(Thread& t, Value iterator);                       // empty without exception: exhausted (StopIteration is swallowed)

// --- calls (protocols/call.cpp) ---
Ref<> call(Thread& t, Value callee, Args args);
Ref<> call(Thread& t, Value callee);
Ref<> call(Thread& t, Value callee, Value a);
Ref<> call(Thread& t, Value callee, Value a, Value b);
Ref<> call(Thread& t, Value callee, Value a, Value b, Value c);
Ref<> callPrepended(Thread& t, Value callee, Value first, Args args);   // callee(first, *args)
Ref<> callWith(Thread& t, Value callee, Value positional_tuple, Value keywords_dict /* or empty */);
Ref<> callMethod(Thread& t, Value self, const char* name, Args args = {});
Ref<> callMethod(Thread& t, Value self, const char* name, Value a);
bool isCallable(Value v);

// --- text (protocols/text.cpp) ---
Ref<Str> repr(Thread& t, Value v);
Ref<Str> str(Thread& t, Value v);
Ref<Str> ascii(Thread& t, Value v);
Ref<> format(Thread& t, Value v, Value spec /* str or empty */);
// The recursion guard of container reprs: 1 when v is being shown already, 0 entered (leaveRepr later), -1 raised.
int enterRepr(Thread& t, Value v);
void leaveRepr(Thread& t, Value v);

// --- types (protocols/isinstance.cpp) ---
int isInstanceOf(Thread& t, Value v, Value type_or_tuple);   // isinstance(): 0, 1, -1
int isSubclassOf(Thread& t, Value v, Value type_or_tuple);

// --- import (protocols/import.cpp) ---
Ref<> importModule(Thread& t, const char* name);             // importlib.import_module semantics for dotted names
Ref<> importName(Thread& t, Value name, Value globals, Value locals, Value from_list, Value level);  // __import__

}  // namespace krait
