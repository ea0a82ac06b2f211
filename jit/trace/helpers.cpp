// Residual calls: the semantic functions of the runtime and the interpreter, with operands as words.
#include "jit/trace/helpers.h"
#include <cmath>
#include "interp/opcodes.h"
#include "interp/semantics.h"
#include "jit/record/recorder.h"
#include "jit/trace/compiled.h"
#include "runtime/core/error.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/float.h"
#include "runtime/objects/function.h"
#include "runtime/objects/generator.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/list.h"
#include "runtime/objects/set.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"
#include "runtime/protocols/quiet.h"

namespace krait::jit {
namespace {
int64_t done(bool ok) { return ok ? 0 : -1; }
}  // namespace

Ref<> helperBinaryOp(Thread& t, Value a, Value b, int64_t op) { return binaryOp(t, BinaryOp(op), a, b); }
Ref<> helperInplaceOp(Thread& t, Value a, Value b, int64_t op) { return inplaceOp(t, BinaryOp(op), a, b); }
Ref<> helperPower(Thread& t, Value a, Value b) { return power(t, a, b); }
Ref<> helperInplacePower(Thread& t, Value a, Value b) { return inplacePower(t, a, b); }
Ref<> helperUnaryOp(Thread& t, Value v, int64_t opcode) {
  return opcode == op_UNARY_NEGATIVE ? negative(t, v) : opcode == op_UNARY_POSITIVE ? positive(t, v) : invert(t, v);
}
Ref<> helperCompareOp(Thread& t, Value a, Value b, int64_t op) { return compare(t, a, b, CompareOp(op)); }
int64_t helperContains(Thread& t, Value container, Value item) { return contains(t, container, item); }
int64_t helperTruth(Thread& t, Value v) { return truth(t, v); }
int64_t helperIsSame(Value a, Value b) { return isSame(a, b); }
double helperFloatPower(double a, double b) { return std::pow(a, b); }
double helperFloatRemainder(double a, double b) { return floatRemainder(a, b); }
double helperFloatFloorDivide(double a, double b) { return floatFloorDivide(a, b); }
Ref<> helperStrConcat(Thread& t, Ref<> a, Value b) { return strAppend(t, std::move(a), b); }
int64_t helperStrEqual(Object* a, Object* b) { return a == b || strEqual(static_cast<Str*>(a), static_cast<Str*>(b)); }
int64_t helperStrCompare(Object* a, Object* b) { return strCompare(static_cast<Str*>(a), static_cast<Str*>(b)); }
double helperMath1(int64_t f, double x) { return reinterpret_cast<double (*)(double)>(f)(x); }
double helperMath2(int64_t f, double x, double y) { return reinterpret_cast<double (*)(double, double)>(f)(x, y); }
int64_t helperStrOrd(Object* s) { return static_cast<Str*>(s)->length == 1 ? int64_t(static_cast<Str*>(s)->at(0)) : -1; }
Ref<> helperGetAttr(Thread& t, Value v, Object* name) { return getAttr(t, v, static_cast<Str*>(name)); }
int64_t helperSetAttr(Thread& t, Value v, Object* name, Value to) { return done(setAttr(t, v, static_cast<Str*>(name), to)); }
Ref<> helperGetItem(Thread& t, Value v, Value key) { return getItem(t, v, key); }
int64_t helperSetItem(Thread& t, Value v, Value key, Value to) { return done(setItem(t, v, key, to)); }
Ref<> helperDictGetItem(Thread& t, Object* dict, Value key) {
  Value found = dictGet(t, static_cast<Dict*>(dict), key);
  if (!found.empty()) return share(found);
  if (t.raised()) return Ref<>();
  return raiseKeyError(t, key);
}
int64_t helperDictSetItem(Thread& t, Object* dict, Value key, Value to) { return done(dictSet(t, static_cast<Dict*>(dict), key, to)); }
Ref<> helperDictFind(Thread& t, Object* dict, Value key) {
  Value found = quietDictGet(t, static_cast<Dict*>(dict), key);
  return found.empty() ? Ref<>() : share(found);
}
Ref<> helperDictStore(Thread& t, Object* dict, Value key, Value to) { return quietDictSet(t, static_cast<Dict*>(dict), key, to); }
int64_t helperSetAdd(Thread& t, Object* set, Value key) { return quietSetAdd(t, static_cast<Set*>(set), key) ? 0 : -1; }
Ref<> helperListPop(Thread& t, Object* object, int64_t index) {
  auto* list = static_cast<List*>(object);
  if (index < 0) index += list->size;
  return index >= 0 && index < list->size ? listPop(t, list, index) : Ref<>();
}
int64_t helperQuietContains(Thread& t, Value container, Value item) { return quietContains(t, container, item); }
Ref<> helperQuietItem(Thread& t, Value container, Value key) { return quietGetItem(t, container, key); }
Value helperGlobalGet(Object* dict, Object* name) { return dictGetStr(static_cast<Dict*>(dict), static_cast<Str*>(name)); }
int64_t helperGlobalSet(Thread& t, Object* dict, Object* name, Value v) {
  return done(dictSetStr(t, static_cast<Dict*>(dict), static_cast<Str*>(name), v));
}
Ref<> helperNewInstance(Thread& t, Object* type) { return newInstance(t, static_cast<Type*>(type)); }
Ref<> helperNewTuple(Thread& t, int64_t size) { return newTupleBlank(t, size); }
Ref<> helperNewList(Thread& t, int64_t capacity) { return newList(t, capacity); }
Ref<> helperNewCell(Thread& t, Ref<> content) { return newCell(t, std::move(content)); }
Ref<> helperNewMethod(Thread& t, Value function, Value self) { return newMethod(t, function, self); }
Ref<> helperNewSlice(Thread& t, Value start, Value stop, Value step) { return newSlice(t, start, stop, step); }
int64_t helperListAppend(Thread& t, Object* list, Ref<> item) { return done(listAppend(t, static_cast<List*>(list), std::move(item))); }
namespace {
// The bound as an index into `size` items for this step.
int64_t sliceBound(int64_t bound, int64_t size, int64_t step) {
  if (bound < 0) bound += size;
  if (bound < 0) return step > 0 ? 0 : -1;
  return bound < size ? bound : step > 0 ? size : size - 1;
}
}  // namespace
Ref<> helperListSlice(Thread& t, Object* o, int64_t start, int64_t stop, int64_t step, int64_t open) {
  auto* list = static_cast<List*>(o);
  start = open & 1 ? (step > 0 ? 0 : list->size - 1) : sliceBound(start, list->size, step);
  stop = open & 2 ? (step > 0 ? list->size : -1) : sliceBound(stop, list->size, step);
  return listSlice(t, list, start, stop, step);
}
int64_t helperListSetSlice(Thread& t, Object* o, int64_t start, int64_t stop, int64_t open, Object* items) {
  auto* list = static_cast<List*>(o);
  start = open & 1 ? 0 : sliceBound(start, list->size, 1);
  stop = open & 2 ? list->size : sliceBound(stop, list->size, 1);
  return done(listSetSlice(t, list, start, stop, Value(items)));
}
Ref<> helperRangeIterator(Thread& t, int64_t start, int64_t stop, int64_t step) {
  return newRangeIterator(t, start, stop, step);
}
Ref<> helperBuiltinIterator(Thread& t, Object* iterable) { return iterate(t, Value(iterable)); }
Ref<> helperGetIterator(Thread& t, Value v) { return iterate(t, v); }
Ref<> helperNext(Thread& t, Value iterator) {
  Ref<> item = next(t, iterator);
  if (item.empty() && t.raised()) return steal(kRaisedMarker);
  return item;
}
Object* helperCharOf(int64_t latin1) { return charStr(uint32_t(latin1)); }
Ref<> helperNative0(Thread& t, int64_t function, Value self) { return reinterpret_cast<NativeNone>(function)(t, self); }
Ref<> helperNative1(Thread& t, int64_t function, Value self, Value argument) {
  return reinterpret_cast<NativeOne>(function)(t, self, argument);
}
Ref<> helperNativeBound0(Thread& t, int64_t def, Value self) {
  return callNative(t, *reinterpret_cast<const MethodDef*>(def), self, Args{});
}
Ref<> helperNativeBound1(Thread& t, int64_t def, Value self, Value a) {
  return callNative(t, *reinterpret_cast<const MethodDef*>(def), self, Args{&a, 1, nullptr});
}
Ref<> helperNativeBound2(Thread& t, int64_t def, Value self, Value a, Value b) {
  Value args[] = {a, b};
  return callNative(t, *reinterpret_cast<const MethodDef*>(def), self, Args{args, 2, nullptr});
}
Ref<> helperCatch(Thread& t, Object* type, int64_t unit) {
  if (typeOf(t.exception) != type) return Ref<>();
  // The traceback holds the frame: it is one like any other from now on.
  Frame *outer = linkEntryFrame(t.activation), *frame = t.activation->frame;
  if (t.frame == outer) t.frame = frame;
  if (unit >= 0) {
    frame->pc = frame->code->cells + unit;
    // An error of addTraceback replaces the exception: it is another one then.
    (void)addTraceback(t, asException(t.exception), frame);
    if (typeOf(t.exception) != type) return Ref<>();
  }
  return takeException(t);
}
Ref<> helperClassDeref(Thread& t, int64_t slot) { return opLoadClassDeref(t, t.activation->frame, int(slot)); }
void helperGeneratorState(Object* generator, int64_t running) {
  static_cast<Generator*>(generator)->state = running ? GeneratorState::kRunning : GeneratorState::kSuspended;
}
Ref<> helperFormatValue(Thread& t, Value v, Value spec, int64_t conversion) { return opFormatValue(t, v, spec, int(conversion)); }
// The references of the arguments are taken over.
Ref<> helperQuietCall1(Thread& t, Value f, Value a) { return call(t, f, Args{&a, 1, nullptr}); }
Ref<> helperQuietCall2(Thread& t, Value f, Value a, Value b) {
  Value args[] = {a, b};
  return call(t, f, Args{args, 2, nullptr});
}
Ref<> helperCall0(Thread& t, Value f) { return callFromTrace(t, f, nullptr, 0); }
Ref<> helperCall1(Thread& t, Value f, Value a) { return callFromTrace(t, f, &a, 1); }
Ref<> helperCall2(Thread& t, Value f, Value a, Value b) {
  Value args[] = {a, b};
  return callFromTrace(t, f, args, 2);
}
Ref<> helperCall3(Thread& t, Value f, Value a, Value b, Value c) {
  Value args[] = {a, b, c};
  return callFromTrace(t, f, args, 3);
}
Ref<> helperCall4(Thread& t, Value f, Value a, Value b, Value c, Value d) {
  Value args[] = {a, b, c, d};
  return callFromTrace(t, f, args, 4);
}
Ref<> helperCall5(Thread& t, Value f, Value a, Value b, Value c, Value d, Value e) {
  Value args[] = {a, b, c, d, e};
  return callFromTrace(t, f, args, 5);
}
Ref<> helperCall6(Thread& t, Value f, Value a, Value b, Value c, Value d, Value e, Value g) {
  Value args[] = {a, b, c, d, e, g};
  return callFromTrace(t, f, args, 6);
}

namespace {
// What the entry of a function is while it has no trace with an entry of its own.
template <class... Arguments>
Ref<> callThroughFrame(Thread& t, Value f, Arguments... arguments) {
  Value args[sizeof...(Arguments) + 1] = {arguments...};
  return callCounted(t, f, args, sizeof...(Arguments));
}
template <class... Arguments>
void* through() {
  return reinterpret_cast<void*>(&callThroughFrame<Arguments...>);
}
}  // namespace

void* callThroughFrames(uint32_t arguments) {
  switch (arguments) {
    case 0: return through<>();
    case 1: return through<Value>();
    case 2: return through<Value, Value>();
    case 3: return through<Value, Value, Value>();
    case 4: return through<Value, Value, Value, Value>();
    case 5: return through<Value, Value, Value, Value, Value>();
    default: return through<Value, Value, Value, Value, Value, Value>();
  }
}

}  // namespace krait::jit
