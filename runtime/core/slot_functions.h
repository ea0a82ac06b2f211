// Slot functions of Python classes: each calls the special method that stands in the mro (slot_functions.cpp).
#pragma once
#include "runtime/core/type.h"

namespace krait {
Ref<> slotGetattr(Thread& t, Value self, Str* name);
bool slotSetattr(Thread& t, Value self, Str* name, Value v);
Ref<> slotRepr(Thread& t, Value self);
Ref<> slotStr(Thread& t, Value self);
Hash slotHash(Thread& t, Value self);
Ref<> slotCall(Thread& t, Value callee, Args args);
Ref<> slotCompare(Thread& t, Value a, Value b, CompareOp op);
Ref<> slotIter(Thread& t, Value self);
Ref<> slotNext(Thread& t, Value self);
Ref<> slotDescrGet(Thread& t, Value descr, Value instance, Type* owner);
bool slotDescrSet(Thread& t, Value descr, Value instance, Value v);
bool slotInit(Thread& t, Value self, Args args);
Ref<> slotNew(Thread& t, Type* type, Args args);
void slotFinalize(Thread& t, Object* self);
Ref<> slotAwait(Thread& t, Value self);
Ref<> slotAiter(Thread& t, Value self);
Ref<> slotAnext(Thread& t, Value self);
Ref<> slotPower(Thread& t, Value a, Value b, Value c);
Ref<> slotInplacePower(Thread& t, Value a, Value b, Value c);
Ref<> slotNegative(Thread& t, Value self);
Ref<> slotPositive(Thread& t, Value self);
Ref<> slotAbsolute(Thread& t, Value self);
Ref<> slotInvert(Thread& t, Value self);
Ref<> slotInt(Thread& t, Value self);
Ref<> slotFloat(Thread& t, Value self);
Ref<> slotIndex(Thread& t, Value self);
int slotTruth(Thread& t, Value self);
int64_t slotLength(Thread& t, Value self);
Ref<> slotGetitem(Thread& t, Value self, Value key);
bool slotSetitem(Thread& t, Value self, Value key, Value v);
int slotContains(Thread& t, Value self, Value item);
template <BinaryOp op>
Ref<> slotBinary(Thread& t, Value a, Value b);
// b's reflected method with a; NotImplemented when there is none.
Ref<> callReflected(Thread& t, BinaryOp op, Value a, Value b);
// The method of a's type that slotBinary calls for the left operand; empty: none.
Value leftMethod(BinaryOp op, Type* type);
template <BinaryOp op>
Ref<> slotInplace(Thread& t, Value a, Value b);
}  // namespace krait
