// Iterators over lists, tuples, and anything with __getitem__ or that can be called; what iterators share.
#include "runtime/objects/iterators.h"

#include "runtime/core/error.h"
#include "runtime/core/runtime.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

Ref<> iteratorSelf(Thread&, Value self) { return share(self); }

Ref<> builtinFunction(Thread& t, const char* name) {
  Value v = dictGetStr(interpreterOf(t).builtins, internStatic(name));
  if (v.empty()) return raise(t, exc::AttributeError, "%s", name);
  return share(v);
}

Ref<> reduceToIter(Thread& t, Value sequence) {
  Ref<> iter = builtinFunction(t, "iter");
  if (!iter) return kRaised;
  Ref<Tuple> arguments = packTuple(t, sequence);
  return arguments ? Ref<>(packTuple(t, iter.value(), arguments.value())) : kRaised;
}
Ref<> reduceToIter(Thread& t, Value sequence, int64_t index) {
  Ref<> iter = builtinFunction(t, "iter");
  if (!iter) return kRaised;
  Ref<Tuple> arguments = packTuple(t, sequence);
  return arguments ? Ref<>(packTuple(t, iter.value(), arguments.value(), Value::fromInt(index))) : kRaised;
}

namespace {

Ref<> emptyReduce(Thread& t, bool as_list) {
  if (!as_list) return reduceToIter(t, Value(emptyTuple()));
  Ref<List> empty = newList(t);
  return empty ? reduceToIter(t, empty) : kRaised;
}

// __setstate__(index) of an iterator that counts: clamped below, and above by the length where it is known.
bool stateIndex(Thread& t, Value state, int64_t least, int64_t most, int64_t* out) {
  int64_t index = positionParameter(t, state);
  if (index == -1 && t.raised()) return false;
  *out = index < least ? least : index > most ? most : index;
  return true;
}

// --- list_iterator, list_reverseiterator ---

ListIterator* asListIterator(Value v) { return static_cast<ListIterator*>(v.asObject()); }

void deallocListIterator(Object* self) {
  releaseIfAny(static_cast<ListIterator*>(self)->list);
  freeObject(self, sizeof(ListIterator), Sort::kCollectable);
}
void traverseListIterator(Object* self, Visitor& visitor) { visitor.visit(static_cast<ListIterator*>(self)->list); }

Ref<> listIteratorNext(Thread&, Value self) {
  ListIterator* iterator = asListIterator(self);
  List* list = iterator->list;
  if (!list) return {};
  if (KRAIT_LIKELY(iterator->index < list->size)) return listGet(list, iterator->index++);
  iterator->list = nullptr;
  release(list);
  return {};
}
Ref<> listIteratorHint(Thread&, Value self) {
  ListIterator* iterator = asListIterator(self);
  int64_t left = iterator->list ? iterator->list->size - iterator->index : 0;
  return steal(Value::fromInt(left < 0 ? 0 : left));
}
Ref<> listIteratorReduce(Thread& t, Value self) {
  ListIterator* iterator = asListIterator(self);
  return iterator->list ? reduceToIter(t, Value(iterator->list), iterator->index) : emptyReduce(t, true);
}
Ref<> listIteratorSetState(Thread& t, Value self, Value state) {
  ListIterator* iterator = asListIterator(self);
  int64_t index;
  if (!stateIndex(t, state, 0, INT64_MAX, &index)) return kRaised;
  if (iterator->list) iterator->index = index > iterator->list->size ? iterator->list->size : index;
  return share(kNone);
}

Ref<> listReverseNext(Thread&, Value self) {
  ListIterator* iterator = asListIterator(self);
  List* list = iterator->list;
  if (!list) return {};
  if (iterator->index >= 0 && iterator->index < list->size) return listGet(list, iterator->index--);
  iterator->index = -1;
  iterator->list = nullptr;
  release(list);
  return {};
}
Ref<> listReverseHint(Thread&, Value self) {
  ListIterator* iterator = asListIterator(self);
  int64_t left = iterator->index + 1;
  return steal(Value::fromInt(!iterator->list || iterator->list->size < left ? 0 : left));
}
Ref<> listReverseReduce(Thread& t, Value self) {
  ListIterator* iterator = asListIterator(self);
  if (!iterator->list) return emptyReduce(t, true);
  Ref<> reversed = builtinFunction(t, "reversed");
  if (!reversed) return kRaised;
  Ref<Tuple> arguments = packTuple(t, Value(iterator->list));
  return arguments ? Ref<>(packTuple(t, reversed.value(), arguments.value(), Value::fromInt(iterator->index))) : kRaised;
}
Ref<> listReverseSetState(Thread& t, Value self, Value state) {
  ListIterator* iterator = asListIterator(self);
  if (!iterator->list) return share(kNone);
  if (!stateIndex(t, state, -1, iterator->list->size - 1, &iterator->index)) return kRaised;
  return share(kNone);
}

const MethodDef kListIteratorMethods[] = {
    method("__length_hint__", listIteratorHint, "($self, /)", "Private method returning an estimate of len(list(it))."),
    method("__reduce__", listIteratorReduce, "($self, /)", "Return state information for pickling."),
    method("__setstate__", listIteratorSetState, "($self, state, /)", "Set state information for unpickling."),
    {},
};
const MethodDef kListReverseMethods[] = {
    method("__length_hint__", listReverseHint, "($self, /)", "Private method returning an estimate of len(list(it))."),
    method("__reduce__", listReverseReduce, "($self, /)", "Return state information for pickling."),
    method("__setstate__", listReverseSetState, "($self, state, /)", "Set state information for unpickling."),
    {},
};

// --- tuple_iterator ---

TupleIterator* asTupleIterator(Value v) { return static_cast<TupleIterator*>(v.asObject()); }

void deallocTupleIterator(Object* self) {
  releaseIfAny(static_cast<TupleIterator*>(self)->tuple);
  freeObject(self, sizeof(TupleIterator), Sort::kCollectable);
}
void traverseTupleIterator(Object* self, Visitor& visitor) { visitor.visit(static_cast<TupleIterator*>(self)->tuple); }

Ref<> tupleIteratorNext(Thread&, Value self) {
  TupleIterator* iterator = asTupleIterator(self);
  Tuple* tuple = iterator->tuple;
  if (!tuple) return {};
  if (iterator->index < tuple->size) return share(tuple->items[iterator->index++]);
  iterator->tuple = nullptr;
  release(tuple);
  return {};
}
Ref<> tupleIteratorHint(Thread&, Value self) {
  TupleIterator* iterator = asTupleIterator(self);
  return steal(Value::fromInt(iterator->tuple ? iterator->tuple->size - iterator->index : 0));
}
Ref<> tupleIteratorReduce(Thread& t, Value self) {
  TupleIterator* iterator = asTupleIterator(self);
  return iterator->tuple ? reduceToIter(t, Value(iterator->tuple), iterator->index) : emptyReduce(t, false);
}
Ref<> tupleIteratorSetState(Thread& t, Value self, Value state) {
  TupleIterator* iterator = asTupleIterator(self);
  int64_t most = iterator->tuple ? iterator->tuple->size : 0;
  if (!stateIndex(t, state, 0, most, &iterator->index)) return kRaised;
  return share(kNone);
}

const MethodDef kTupleIteratorMethods[] = {
    method("__length_hint__", tupleIteratorHint, "($self, /)", "Private method returning an estimate of len(list(it))."),
    method("__reduce__", tupleIteratorReduce, "($self, /)", "Return state information for pickling."),
    method("__setstate__", tupleIteratorSetState, "($self, state, /)", "Set state information for unpickling."),
    {},
};

// --- iterator: over __getitem__ ---

SequenceIterator* asSequenceIterator(Value v) { return static_cast<SequenceIterator*>(v.asObject()); }

void deallocSequenceIterator(Object* self) {
  release(static_cast<SequenceIterator*>(self)->sequence);
  freeObject(self, sizeof(SequenceIterator), Sort::kCollectable);
}
void traverseSequenceIterator(Object* self, Visitor& visitor) { visitor.visit(static_cast<SequenceIterator*>(self)->sequence); }

Ref<> sequenceIteratorNext(Thread& t, Value self) {
  SequenceIterator* iterator = asSequenceIterator(self);
  if (iterator->sequence.empty()) return {};
  if (iterator->index == INT64_MAX) return raise(t, exc::OverflowError, "iter index too large");
  Ref<> sequence = share(iterator->sequence);
  Ref<> index = newInt(t, iterator->index);
  Ref<> item = index ? getItem(t, sequence, index) : Ref<>();
  if (item) {
    ++iterator->index;
    return item;
  }
  if (!raisedIs(t, exc::IndexError) && !raisedIs(t, exc::StopIteration)) return {};
  clearException(t);
  assign(iterator->sequence, Ref<>());
  return {};
}
Ref<> sequenceIteratorHint(Thread& t, Value self) {
  SequenceIterator* iterator = asSequenceIterator(self);
  if (iterator->sequence.empty()) return steal(Value::fromInt(0));
  if (!typeOf(iterator->sequence)->slots.length) return share(kNotImplemented);
  int64_t length = lengthOf(t, iterator->sequence);
  if (length < 0) return kRaised;
  return steal(Value::fromInt(length > iterator->index ? length - iterator->index : 0));
}
Ref<> sequenceIteratorReduce(Thread& t, Value self) {
  SequenceIterator* iterator = asSequenceIterator(self);
  return iterator->sequence.empty() ? emptyReduce(t, false) : reduceToIter(t, iterator->sequence, iterator->index);
}
Ref<> sequenceIteratorSetState(Thread& t, Value self, Value state) {
  SequenceIterator* iterator = asSequenceIterator(self);
  int64_t index;
  if (!stateIndex(t, state, 0, INT64_MAX, &index)) return kRaised;
  if (!iterator->sequence.empty()) iterator->index = index;
  return share(kNone);
}

const MethodDef kSequenceIteratorMethods[] = {
    method("__length_hint__", sequenceIteratorHint, "($self, /)", "Private method returning an estimate of len(list(it))."),
    method("__reduce__", sequenceIteratorReduce, "($self, /)", "Return state information for pickling."),
    method("__setstate__", sequenceIteratorSetState, "($self, state, /)", "Set state information for unpickling."),
    {},
};

// --- callable_iterator ---

CallIterator* asCallIterator(Value v) { return static_cast<CallIterator*>(v.asObject()); }

void deallocCallIterator(Object* self) {
  auto* iterator = static_cast<CallIterator*>(self);
  release(iterator->callable);
  release(iterator->sentinel);
  freeObject(self, sizeof(CallIterator), Sort::kCollectable);
}
void traverseCallIterator(Object* self, Visitor& visitor) {
  visitor.visit(static_cast<CallIterator*>(self)->callable);
  visitor.visit(static_cast<CallIterator*>(self)->sentinel);
}

Ref<> callIteratorNext(Thread& t, Value self) {
  CallIterator* iterator = asCallIterator(self);
  if (iterator->callable.empty()) return {};
  Ref<> callable = share(iterator->callable);
  Ref<> result = call(t, callable);
  if (result && iterator->sentinel.empty()) return {};  // exhausted by a nested call
  int end;
  if (result) {
    Ref<> sentinel = share(iterator->sentinel);
    end = compareBool(t, sentinel, result, CompareOp::kEqual);
    if (end == 0) return result;
    if (end < 0) return {};
  } else {
    if (!raisedIs(t, exc::StopIteration)) return {};
    clearException(t);
  }
  assign(iterator->callable, Ref<>());
  assign(iterator->sentinel, Ref<>());
  return {};
}
Ref<> callIteratorReduce(Thread& t, Value self) {
  CallIterator* iterator = asCallIterator(self);
  if (iterator->callable.empty()) return emptyReduce(t, false);
  Ref<> iter = builtinFunction(t, "iter");
  if (!iter) return kRaised;
  Ref<Tuple> arguments = packTuple(t, iterator->callable, iterator->sentinel);
  return arguments ? Ref<>(packTuple(t, iter.value(), arguments.value())) : kRaised;
}

const MethodDef kCallIteratorMethods[] = {
    method("__reduce__", callIteratorReduce, "($self, /)", "Return state information for pickling."),
    {},
};

template <UnaryFunction step>
void fillIterator(Slots& slots) {
  slots.iter = iteratorSelf;
  slots.next = step;
}

}  // namespace

Ref<> listIterator(Thread& t, Value list) {
  auto* iterator = allocate<ListIterator>(Sort::kCollectable, &types::ListIterator, kKindListIterator);
  if (KRAIT_UNLIKELY(!iterator)) return raiseNoMemory(t);
  retain(list);
  iterator->list = asList(list);
  iterator->index = 0;
  return steal(Value(iterator));
}

Ref<> tupleIterator(Thread& t, Value tuple) {
  auto* iterator = allocate<TupleIterator>(Sort::kCollectable, &types::TupleIterator, kKindTupleIterator);
  if (KRAIT_UNLIKELY(!iterator)) return raiseNoMemory(t);
  retain(tuple);
  iterator->tuple = asTuple(tuple);
  iterator->index = 0;
  return steal(Value(iterator));
}

Ref<> sequenceIterator(Thread& t, Value sequence) {
  auto* iterator = allocate<SequenceIterator>(Sort::kCollectable, &types::SequenceIterator, kKindSequenceIterator);
  if (!iterator) return raiseNoMemory(t);
  retain(sequence);
  iterator->sequence = sequence;
  iterator->index = 0;
  return steal(Value(iterator));
}

Ref<> callIterator(Thread& t, Value callable, Value sentinel) {
  auto* iterator = allocate<CallIterator>(Sort::kCollectable, &types::CallIterator, kKindCallIterator);
  if (!iterator) return raiseNoMemory(t);
  retain(callable);
  retain(sentinel);
  iterator->callable = callable;
  iterator->sentinel = sentinel;
  return steal(Value(iterator));
}

#define ITERATOR_SPEC(function, Struct, METHODS, dealloc_function, traverse_function, step)                                   \
  const TypeSpec& function() {                                                                                                \
    static const TypeSpec spec{.type = &types::Struct, .basic_size = sizeof(krait::Struct), .doc = nullptr, .methods = METHODS, \
                               .dealloc = dealloc_function, .traverse = traverse_function, .fill = fillIterator<step>};       \
    return spec;                                                                                                              \
  }
using ListReverseIterator = ListIterator;
ITERATOR_SPEC(listIteratorTypeSpec, ListIterator, kListIteratorMethods, deallocListIterator, traverseListIterator,
              listIteratorNext)
ITERATOR_SPEC(listReverseIteratorTypeSpec, ListReverseIterator, kListReverseMethods, deallocListIterator, traverseListIterator,
              listReverseNext)
ITERATOR_SPEC(tupleIteratorTypeSpec, TupleIterator, kTupleIteratorMethods, deallocTupleIterator, traverseTupleIterator,
              tupleIteratorNext)
ITERATOR_SPEC(sequenceIteratorTypeSpec, SequenceIterator, kSequenceIteratorMethods, deallocSequenceIterator,
              traverseSequenceIterator, sequenceIteratorNext)
ITERATOR_SPEC(callIteratorTypeSpec, CallIterator, kCallIteratorMethods, deallocCallIterator, traverseCallIterator,
              callIteratorNext)
#undef ITERATOR_SPEC

}  // namespace krait
