// itertools: iterators that make or repeat items - count, cycle, repeat, accumulate, tee.
#include "runtime/modules/itertools/itertools.h"
#include "runtime/objects/generic_alias.h"
#include "runtime/objects/int.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/str.h"
#include "runtime/objects/str_builder.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait::itertools {

namespace {

Type count_type, cycle_type, repeat_type, accumulate_type, tee_type, tee_data_type;

Ref<> step(Thread& t, Value iterator) { return stepWrapped(t, iterator); }

// --- count ---

struct Count : Fields<2> {};  // next value, step

bool isNumber(Value v) {
  Type* type = typeOf(v);
  return type->slots.index || type->slots.int_ || type->slots.float_ || isInstance(v, &types::Complex);
}
Ref<> countNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew = method("count", NativeBound(nullptr), "(start=0, step=1)");
  Value bound[2];
  Ref<> keep[2];
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  if (!isNumber(bound[0]) || !isNumber(bound[1])) return raise(t, exc::TypeError, "a number is required");
  Ref<Count> result = makeFields<Count>(t, type);
  if (!result) return kRaised;
  result->v[0] = share(bound[0]).leak();
  result->v[1] = share(bound[1]).leak();
  return result;
}
Ref<> countNext(Thread& t, Value self) {
  auto* c = fieldsOf<Count>(self);
  Ref<> current = share(c->v[0]);
  Ref<> following = binaryOp(t, kOp_add, current, c->v[1]);
  if (!following) return kRaised;
  assign(c->v[0], std::move(following));
  return current;
}
// Exact ints that step by one leave the step out of repr and pickles.
bool plainStep(Count* c) { return c->v[1] == Value::fromInt(1); }
Ref<> countRepr(Thread& t, Value self) {
  auto* c = fieldsOf<Count>(self);
  StrBuilder out(t);
  out.append(typeOf(self)->name);
  Ref<Str> start = repr(t, c->v[0]);
  if (!start) return kRaised;
  out.appendAscii("(");
  out.append(start.get());
  if (!plainStep(c)) {
    Ref<Str> stride = repr(t, c->v[1]);
    if (!stride) return kRaised;
    out.appendAscii(", ");
    out.append(stride.get());
  }
  out.appendAscii(")");
  return out.finish();
}
Ref<> countReduce(Thread& t, Value self) {
  auto* c = fieldsOf<Count>(self);
  Ref<Tuple> arguments = plainStep(c) ? packTuple(t, c->v[0]) : packTuple(t, c->v[0], c->v[1]);
  return arguments ? Ref<>(packTuple(t, Value(typeOf(self)), arguments.value())) : kRaised;
}
const MethodDef kCountMethods[] = {method("__reduce__", countReduce, "($self, /)", "Return state information for pickling."), {}};

// --- cycle ---

struct Cycle : Fields<2> {  // iterator (empty: used up), list of saved items
  int64_t index;
  bool first_pass;          // __setstate__: items are not saved any more
};

Ref<> cycleNew(Thread& t, Type* type, Args args) {
  if (!noKeywords(t, type, &cycle_type, args) || !arity(t, "cycle", args, 1, 1)) return kRaised;
  Ref<> iterator = iterate(t, args[0]);
  Ref<List> saved = iterator ? newList(t) : Ref<List>();
  Ref<Cycle> result = saved ? makeFields<Cycle>(t, type) : Ref<Cycle>();
  if (!result) return kRaised;
  result->v[0] = iterator.leak();
  result->v[1] = saved.leak();
  return result;
}
Ref<> cycleNext(Thread& t, Value self) {
  auto* c = fieldsOf<Cycle>(self);
  List* saved = asList(c->v[1]);
  if (!c->v[0].empty()) {
    Ref<> item = step(t, c->v[0]);
    if (item) {
      if (!c->first_pass && !listAppend(t, saved, share(item))) return kRaised;
      return item;
    }
    if (t.raised()) {
      if (!raisedIs(t, exc::StopIteration)) return {};
      clearException(t);
    }
    assign(c->v[0], Ref<>());
  }
  if (saved->size == 0) return {};
  Ref<> item = listGet(saved, c->index);
  if (++c->index >= saved->size) c->index = 0;
  return item;
}
Ref<> cycleReduce(Thread& t, Value self) {
  auto* c = fieldsOf<Cycle>(self);
  Ref<> iterator;
  bool first_pass = c->first_pass;
  if (c->v[0].empty()) {
    iterator = listIterator(t, c->v[1]);
    if (!iterator) return kRaised;
    static_cast<ListIterator*>(iterator.value().asObject())->index = c->index;
    first_pass = true;
  } else {
    iterator = share(c->v[0]);
  }
  Ref<Tuple> arguments = packTuple(t, iterator.value());
  Ref<Tuple> state = arguments ? packTuple(t, c->v[1], Value::fromInt(first_pass)) : Ref<Tuple>();
  return state ? Ref<>(packTuple(t, Value(typeOf(self)), arguments.value(), state.value())) : kRaised;
}
Ref<> cycleSetState(Thread& t, Value self, Value state) {
  if (!isTuple(state)) return raise(t, exc::TypeError, "state is not a tuple");
  if (asTuple(state)->size != 2 || !isList(asTuple(state)->items[0])) return raise(t, exc::TypeError, "invalid state");
  int64_t first_pass = toInt64(t, asTuple(state)->items[1]);
  if (t.raised()) return kRaised;
  auto* c = fieldsOf<Cycle>(self);
  assign(c->v[1], share(asTuple(state)->items[0]));
  c->first_pass = first_pass != 0;
  c->index = 0;
  return share(kNone);
}
const MethodDef kCycleMethods[] = {
    method("__reduce__", cycleReduce, "($self, /)", "Return state information for pickling."),
    method("__setstate__", cycleSetState, "($self, state, /)", "Set state information for unpickling."),
    {},
};

// --- repeat ---

struct Repeat : Fields<1> {
  int64_t left;  // -1: for ever
};

Ref<> repeatNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew = method("repeat", NativeBound(nullptr), "(object, times=<unrepresentable>)");
  Value bound[2];
  Ref<> keep[2];
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  int64_t times = bound[1].empty() ? -1 : toIndex(t, bound[1]);
  if (t.raised()) return kRaised;
  Ref<Repeat> result = makeFields<Repeat>(t, type);
  if (!result) return kRaised;
  result->v[0] = share(bound[0]).leak();
  result->left = !bound[1].empty() && times < 0 ? 0 : times;
  return result;
}
Ref<> repeatNext(Thread&, Value self) {
  auto* r = fieldsOf<Repeat>(self);
  if (r->left == 0) return {};
  if (r->left > 0) --r->left;
  return share(r->v[0]);
}
Ref<> repeatRepr(Thread& t, Value self) {
  auto* r = fieldsOf<Repeat>(self);
  Ref<Str> item = repr(t, r->v[0]);
  if (!item) return kRaised;
  StrBuilder out(t);
  out.append(typeOf(self)->name);
  out.appendAscii("(");
  out.append(item.get());
  if (r->left >= 0) {
    Ref<Str> left = intToText(t, Value::fromInt(r->left));
    if (!left) return kRaised;
    out.appendAscii(", ");
    out.append(left.get());
  }
  out.appendAscii(")");
  return out.finish();
}
Ref<> repeatHint(Thread& t, Value self) {
  auto* r = fieldsOf<Repeat>(self);
  if (r->left < 0) return raise(t, exc::TypeError, "len() of unsized object");
  return newInt(t, r->left);
}
Ref<> repeatReduce(Thread& t, Value self) {
  auto* r = fieldsOf<Repeat>(self);
  Ref<Tuple> arguments = r->left < 0 ? packTuple(t, r->v[0]) : packTuple(t, r->v[0], Value::fromInt(r->left));
  return arguments ? Ref<>(packTuple(t, Value(typeOf(self)), arguments.value())) : kRaised;
}
const MethodDef kRepeatMethods[] = {
    method("__length_hint__", repeatHint, "($self, /)", "Private method returning an estimate of len(list(it))."),
    method("__reduce__", repeatReduce, "($self, /)", "Return state information for pickling."),
    {},
};

// --- accumulate ---

struct Accumulate : Fields<4> {};  // iterator, function (None: +), total, initial

Ref<> accumulateNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew = method("accumulate", NativeBound(nullptr), "(iterable, func=None, *, initial=None)");
  Value bound[3];
  Ref<> keep[2];
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  Ref<> iterator = iterate(t, bound[0]);
  Ref<Accumulate> result = iterator ? makeFields<Accumulate>(t, type) : Ref<Accumulate>();
  if (!result) return kRaised;
  result->v[0] = iterator.leak();
  result->v[1] = share(bound[1]).leak();
  result->v[3] = share(bound[2]).leak();
  return result;
}
Ref<> accumulateNext(Thread& t, Value self) {
  auto* a = fieldsOf<Accumulate>(self);
  if (!a->v[3].isNone()) {
    Ref<> initial = share(a->v[3]);
    assign(a->v[3], share(kNone));
    assign(a->v[2], share(initial));
    return initial;
  }
  Ref<> item = step(t, a->v[0]);
  if (!item) return {};
  if (a->v[2].empty()) {
    assign(a->v[2], share(item));
    return item;
  }
  Ref<> total = share(a->v[2]);
  Ref<> sum = a->v[1].isNone() ? binaryOp(t, kOp_add, total, item) : call(t, a->v[1], total, item);
  if (!sum) return kRaised;
  assign(a->v[2], share(sum));
  return sum;
}
Ref<> accumulateReduce(Thread& t, Value self) {
  auto* a = fieldsOf<Accumulate>(self);
  Value total = a->v[2].empty() ? kNone : a->v[2];
  if (!a->v[3].isNone()) {
    Ref<> chain = importModule(t, "itertools");
    if (chain) chain = getAttr(t, chain, "chain");
    Ref<Tuple> first = chain ? packTuple(t, a->v[3]) : Ref<Tuple>();
    Ref<> joined = first ? call(t, chain, first, a->v[0]) : Ref<>();
    Ref<Tuple> arguments = joined ? packTuple(t, joined.value(), a->v[1]) : Ref<Tuple>();
    return arguments ? Ref<>(packTuple(t, Value(typeOf(self)), arguments.value(), kNone)) : kRaised;
  }
  if (total.isNone() && !a->v[2].empty()) {
    // A total of None would read as "no total yet": the iterator is made to start with it.
    Ref<> module = importModule(t, "itertools");
    Ref<> chain = module ? getAttr(t, module, "chain") : Ref<>();
    Ref<> islice = chain ? getAttr(t, module, "islice") : Ref<>();
    Ref<Tuple> first = islice ? packTuple(t, kNone) : Ref<Tuple>();
    Ref<> joined = first ? call(t, chain, first, a->v[0]) : Ref<>();
    Ref<Tuple> inner = joined ? packTuple(t, joined.value(), a->v[1]) : Ref<Tuple>();
    Ref<> rebuilt = inner ? call(t, Value(typeOf(self)), joined, a->v[1]) : Ref<>();
    Ref<Tuple> arguments = rebuilt ? packTuple(t, rebuilt.value(), Value::fromInt(1), kNone) : Ref<Tuple>();
    return arguments ? Ref<>(packTuple(t, islice.value(), arguments.value())) : kRaised;
  }
  Ref<Tuple> arguments = packTuple(t, a->v[0], a->v[1]);
  return arguments ? Ref<>(packTuple(t, Value(typeOf(self)), arguments.value(), total)) : kRaised;
}
Ref<> accumulateSetState(Thread&, Value self, Value state) {
  assign(fieldsOf<Accumulate>(self)->v[2], share(state));
  return share(kNone);
}
const MethodDef kAccumulateMethods[] = {
    method("__reduce__", accumulateReduce, "($self, /)", "Return state information for pickling."),
    method("__setstate__", accumulateSetState, "($self, state, /)", "Set state information for unpickling."),
    {},
};

// --- tee: iterators over a shared chain of blocks ---

constexpr int kBlockItems = 57;

struct TeeData : Fields<3> {  // iterator, list of items, the next block
  bool running;
};
struct Tee : Fields<1> {  // block
  int64_t index;
};

Ref<TeeData> makeTeeData(Thread& t, Value iterator) {
  Ref<List> items = newList(t);
  Ref<TeeData> data = items ? makeFields<TeeData>(t, &tee_data_type) : Ref<TeeData>();
  if (!data) return kRaised;
  data->v[0] = share(iterator).leak();
  data->v[1] = items.leak();
  return data;
}
// A long chain of blocks that dies together must not recurse.
void deallocTeeData(Object* self) {
  auto* data = static_cast<TeeData*>(self);
  Value following = data->v[2];
  data->v[2] = Value();
  while (following.isObject() && following.asObject()->count == 1) {
    auto* block = fieldsOf<TeeData>(following);
    Value after = block->v[2];
    block->v[2] = Value();
    release(following);
    following = after;
  }
  release(following);
  deallocFields<TeeData>(self);
}
Ref<> teeNext(Thread& t, Value self) {
  auto* tee = fieldsOf<Tee>(self);
  auto* data = fieldsOf<TeeData>(tee->v[0]);
  if (tee->index >= kBlockItems) {
    if (data->v[2].empty()) {
      Ref<TeeData> fresh = makeTeeData(t, data->v[0]);
      if (!fresh) return kRaised;
      data->v[2] = fresh.leak();
    }
    assign(tee->v[0], share(data->v[2]));
    tee->index = 0;
    data = fieldsOf<TeeData>(tee->v[0]);
  }
  List* items = asList(data->v[1]);
  if (tee->index < items->size) return listGet(items, tee->index++);
  if (data->running) return raise(t, exc::RuntimeError, "cannot re-enter the tee iterator");
  Ref<> keep = share(tee->v[0]);
  data->running = true;
  Ref<> item = step(t, data->v[0]);
  data->running = false;
  if (!item || !listAppend(t, items, share(item))) return kRaised;
  ++tee->index;
  return item;
}
Ref<Tee> copyTee(Thread& t, Tee* tee) {
  Ref<Tee> copy = makeFields<Tee>(t, &tee_type);
  if (!copy) return kRaised;
  copy->v[0] = share(tee->v[0]).leak();
  copy->index = tee->index;
  return copy;
}
Ref<> makeTee(Thread& t, Value iterable) {
  Ref<> iterator = iterate(t, iterable);
  if (!iterator) return kRaised;
  if (isExact(iterator, &tee_type)) return copyTee(t, fieldsOf<Tee>(iterator));
  Ref<TeeData> data = makeTeeData(t, iterator);
  Ref<Tee> tee = data ? makeFields<Tee>(t, &tee_type) : Ref<Tee>();
  if (tee) tee->v[0] = data.leak();
  return tee;
}
Ref<> teeNew(Thread& t, Type*, Args args) {
  if (!noKeywords(t, "_tee", args) || !arity(t, "_tee", args, 1, 1)) return kRaised;
  return makeTee(t, args[0]);
}
Ref<> teeCopy(Thread& t, Value self) { return copyTee(t, fieldsOf<Tee>(self)); }
Ref<> teeReduce(Thread& t, Value self) {
  auto* tee = fieldsOf<Tee>(self);
  Ref<Tuple> empty_arguments = packTuple(t, Value(emptyTuple()));
  Ref<Tuple> state = empty_arguments ? packTuple(t, tee->v[0], Value::fromInt(tee->index)) : Ref<Tuple>();
  return state ? Ref<>(packTuple(t, Value(typeOf(self)), empty_arguments.value(), state.value())) : kRaised;
}
Ref<> teeSetState(Thread& t, Value self, Value state) {
  if (!isTuple(state)) return raise(t, exc::TypeError, "state is not a tuple");
  if (asTuple(state)->size != 2 || !isExact(asTuple(state)->items[0], &tee_data_type)) {
    return raise(t, exc::TypeError, "state is not a tuple of _tee_dataobject and index");
  }
  int64_t index = toInt64(t, asTuple(state)->items[1]);
  if (t.raised()) return kRaised;
  if (index < 0 || index > kBlockItems) return raise(t, exc::ValueError, "Index out of range");
  assign(fieldsOf<Tee>(self)->v[0], share(asTuple(state)->items[0]));
  fieldsOf<Tee>(self)->index = index;
  return share(kNone);
}
const MethodDef kTeeMethods[] = {
    method("__copy__", teeCopy, "($self, /)", "Returns an independent iterator."),
    method("__reduce__", teeReduce, "($self, /)", "Return state information for pickling."),
    method("__setstate__", teeSetState, "($self, state, /)", "Set state information for unpickling."),
    {},
};

Ref<> teeDataNew(Thread& t, Type*, Args args) {
  if (!noKeywords(t, "teedataobject", args) || !arity(t, "teedataobject", args, 3, 3)) return kRaised;
  if (!isList(args[1]))
    return raise(t, exc::TypeError, "teedataobject() argument 2 must be list, not %.50s", typeName(args[1]));
  int64_t size = asList(args[1])->size;
  if (size > kBlockItems) return raise(t, exc::ValueError, "Invalid arguments");
  if (size == kBlockItems ? !args[2].isNone() && !isExact(args[2], &tee_data_type) : !args[2].isNone()) {
    return raise(t, exc::ValueError, size == kBlockItems ? "_tee_dataobject next link is invalid" : "_tee_dataobject "
           "shouldn't have a next");
  }
  Ref<TeeData> data = makeTeeData(t, args[0]);
  if (!data || !listExtend(t, asList(data->v[1]), args[1])) return kRaised;
  if (!args[2].isNone()) data->v[2] = share(args[2]).leak();
  return data;
}
Ref<> teeDataReduce(Thread& t, Value self) {
  auto* data = fieldsOf<TeeData>(self);
  Ref<Tuple> arguments = packTuple(t, data->v[0], data->v[1], data->v[2].empty() ? kNone : data->v[2]);
  return arguments ? Ref<>(packTuple(t, Value(typeOf(self)), arguments.value())) : kRaised;
}
const MethodDef kTeeDataMethods[] = {method("__reduce__", teeDataReduce, "($self, /)", "Return state information for pickling."), {}};

Ref<> teeFunction(Thread& t, Value, const Value* args) {
  int64_t n = toIndex(t, args[1]);
  if (t.raised()) return kRaised;
  if (n < 0) return raise(t, exc::ValueError, "n must be >= 0");
  Ref<Tuple> result = newTupleBlank(t, n);
  if (!result || n == 0) return result;
  // An iterator that can copy itself is its own tee.
  Ref<> iterator = iterate(t, args[0]);
  if (!iterator) return kRaised;
  Ref<> copy = getAttrOrEmpty(t, iterator, internStatic("__copy__"));
  if (t.raised()) return kRaised;
  if (!copy) {
    iterator = makeTee(t, iterator);
    copy = iterator ? getAttr(t, iterator, "__copy__") : Ref<>();
    if (!copy) return kRaised;
  }
  result->items[0] = iterator.leak();
  for (int64_t i = 1; i < n; ++i) {
    Ref<> twin = call(t, copy);
    if (!twin) return kRaised;
    result->items[i] = twin.leak();
  }
  return result;
}

}  // namespace

const MethodDef kTeeFunctions[] = {
    method("tee", teeFunction, "($module, iterable, n=2, /)", "Returns a tuple of n independent iterators."),
    {},
};

bool addGenerators(Thread& t, ModuleObject* module) {
  TypeSpec count = iteratorSpec<Count, countNew, countNext>(
      &count_type, kCountMethods,
      "Return a count object whose .__next__() method returns consecutive values.\n\n"
      "Equivalent to:\n    def count(firstval=0, step=1):\n        x = firstval\n        while 1:\n            yield "
      "x\n            x += step");
  count.fill = [](Slots& slots) {
    slots.new_ = countNew;
    slots.iter = iteratorSelf;
    slots.next = countNext;
    slots.repr = countRepr;
  };
  TypeSpec repeat = iteratorSpec<Repeat, repeatNew, repeatNext>(
      &repeat_type, kRepeatMethods,
      "repeat(object [,times]) -> create an iterator which returns the object\n"
      "for the specified number of times.  If not specified, returns the object\nendlessly.");
  repeat.fill = [](Slots& slots) {
    slots.new_ = repeatNew;
    slots.iter = iteratorSelf;
    slots.next = repeatNext;
    slots.repr = repeatRepr;
  };
  TypeSpec tee_data{.type = &tee_data_type,
                    .basic_size = sizeof(TeeData),
                    .doc = "Data container common to multiple tee objects.",
                    .methods = kTeeDataMethods,
                    .dealloc = deallocTeeData,
                    .traverse = traverseFields<TeeData>,
                    .clear = clearFields<TeeData>,
                    .fill = [](Slots& slots) { slots.new_ = teeDataNew; }};
  return addNativeType(t, module, count, "itertools.count") &&
         addNativeType(t, module,
                       iteratorSpec<Cycle, cycleNew, cycleNext>(
                           &cycle_type, kCycleMethods,
                           "Return elements from the iterable until it is exhausted. Then repeat the sequence indefinitely."),
                       "itertools.cycle") &&
         addNativeType(t, module, repeat, "itertools.repeat") &&
         addNativeType(t, module,
                       iteratorSpec<Accumulate, accumulateNew, accumulateNext>(&accumulate_type, kAccumulateMethods,
                                                                               "Return series of accumulated sums."),
                       "itertools.accumulate") &&
         addNativeType(t, module,
                       iteratorSpec<Tee, teeNew, teeNext>(&tee_type, kTeeMethods, "Iterator wrapped to make it copyable."),
                       "itertools._tee", kTypeCollectable | kTypeWeakrefable | kTypeFinal) &&
         addNativeType(t, module, tee_data, "itertools._tee_dataobject", kTypeCollectable | kTypeFinal);
}

}  // namespace krait::itertools
