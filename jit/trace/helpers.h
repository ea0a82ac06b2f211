// The functions behind helpers.def. Operands are borrowed unless the row says stolen; results are owned where it says so.
#pragma once
#include "runtime/core/native.h"
#include "runtime/core/object.h"

namespace krait::jit {
Ref<> helperBinaryOp(Thread& t, Value a, Value b, int64_t op);
Ref<> helperInplaceOp(Thread& t, Value a, Value b, int64_t op);
Ref<> helperPower(Thread& t, Value a, Value b);
Ref<> helperInplacePower(Thread& t, Value a, Value b);
Ref<> helperUnaryOp(Thread& t, Value v, int64_t opcode);
Ref<> helperCompareOp(Thread& t, Value a, Value b, int64_t op);
int64_t helperContains(Thread& t, Value container, Value item);
int64_t helperTruth(Thread& t, Value v);
int64_t helperIsSame(Value a, Value b);
double helperFloatPower(double a, double b);
double helperFloatRemainder(double a, double b);
double helperFloatFloorDivide(double a, double b);
Ref<> helperStrConcat(Thread& t, Ref<> a, Value b);
int64_t helperStrEqual(Object* a, Object* b);
int64_t helperStrCompare(Object* a, Object* b);
double helperMath1(int64_t f, double x);
double helperMath2(int64_t f, double x, double y);
int64_t helperStrOrd(Object* s);  // of a one-character string; -1: another length
Ref<> helperGetAttr(Thread& t, Value v, Object* name);
int64_t helperSetAttr(Thread& t, Value v, Object* name, Value to);
Ref<> helperGetItem(Thread& t, Value v, Value key);
int64_t helperSetItem(Thread& t, Value v, Value key, Value to);
Ref<> helperDictGetItem(Thread& t, Object* dict, Value key);
int64_t helperDictSetItem(Thread& t, Object* dict, Value key, Value to);
// Quiet operations (runtime/protocols/quiet.h); empty or -1: the interpreter has to do it, nothing has happened.
Ref<> helperDictFind(Thread& t, Object* dict, Value key);
Ref<> helperDictStore(Thread& t, Object* dict, Value key, Value to);  // what was replaced, or None
int64_t helperSetAdd(Thread& t, Object* set, Value key);
Ref<> helperListPop(Thread& t, Object* list, int64_t index);
int64_t helperQuietContains(Thread& t, Value container, Value item);
Ref<> helperQuietItem(Thread& t, Value container, Value key);
Value helperGlobalGet(Object* dict, Object* name);  // borrowed; empty: absent
int64_t helperGlobalSet(Thread& t, Object* dict, Object* name, Value v);
Ref<> helperNewInstance(Thread& t, Object* type);
Ref<> helperNewTuple(Thread& t, int64_t size);
Ref<> helperNewList(Thread& t, int64_t capacity);
Ref<> helperNewCell(Thread& t, Ref<> content);
Ref<> helperNewMethod(Thread& t, Value function, Value self);
Ref<> helperNewSlice(Thread& t, Value start, Value stop, Value step);
int64_t helperListAppend(Thread& t, Object* list, Ref<> item);
// Slices with bounds as Python counts them; open: bit 0 without start, bit 1 without stop. The step is not 0.
Ref<> helperListSlice(Thread& t, Object* list, int64_t start, int64_t stop, int64_t step, int64_t open);
int64_t helperListSetSlice(Thread& t, Object* list, int64_t start, int64_t stop, int64_t open, Object* items);
Ref<> helperRangeIterator(Thread& t, int64_t start, int64_t stop, int64_t step);  // small ints; the step is not 0
Ref<> helperBuiltinIterator(Thread& t, Object* iterable);
Ref<> helperGetIterator(Thread& t, Value v);
Ref<> helperNext(Thread& t, Value iterator);  // empty: exhausted; kRaisedMarker: an exception is set
Object* helperCharOf(int64_t latin1);   // the immortal one-character string; borrowed
// Native methods by their definition, in each calling convention; self was checked to be of the method's type.
Ref<> helperNative0(Thread& t, int64_t function, Value self);
Ref<> helperNative1(Thread& t, int64_t function, Value self, Value argument);
Ref<> helperNativeBound0(Thread& t, int64_t def, Value self);
Ref<> helperNativeBound1(Thread& t, int64_t def, Value self, Value a);
Ref<> helperNativeBound2(Thread& t, int64_t def, Value self, Value a, Value b);
// The instruction at the cell, by its handler: see residual.h. `inlined` is the Function or Generator whose frame it
// stands in, or empty for the entered frame. 0: the next instruction follows; 1: it jumped; -1: raised.
int64_t helperStep(Thread& t, int64_t cell, Value inlined, Value* words);
// The exception that is set, when its type is exactly this one, with the entered frame's traceback entry for the
// instruction at `unit` unless `unit` is negative; empty: it is of another type, and still set.
Ref<> helperCatch(Thread& t, Object* type, int64_t unit);
// What LOAD_CLASSDEREF finds in the entered frame.
Ref<> helperClassDeref(Thread& t, int64_t slot);
void helperGeneratorState(Object* generator, int64_t running);
Ref<> helperFormatValue(Thread& t, Value v, Value spec, int64_t conversion);
// The references of the arguments are taken over.
// A native or a builtin type, called in place: no frame is pushed.
Ref<> helperQuietCall1(Thread& t, Value f, Value a);
Ref<> helperQuietCall2(Thread& t, Value f, Value a, Value b);
Ref<> helperCall0(Thread& t, Value f);
Ref<> helperCall1(Thread& t, Value f, Value a);
Ref<> helperCall2(Thread& t, Value f, Value a, Value b);
Ref<> helperCall3(Thread& t, Value f, Value a, Value b, Value c);
Ref<> helperCall4(Thread& t, Value f, Value a, Value b, Value c, Value d);
Ref<> helperCall5(Thread& t, Value f, Value a, Value b, Value c, Value d, Value e);
Ref<> helperCall6(Thread& t, Value f, Value a, Value b, Value c, Value d, Value e, Value g);
// The same with the caller's inlined frames counted already, for a direct call with this many arguments (at most 6).
void* callThroughFrames(uint32_t arguments);

}  // namespace krait::jit
