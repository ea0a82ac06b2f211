// itertools: iterators that pass on, drop, join or group the items of others.
#include "runtime/modules/itertools/itertools.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/generic_alias.h"
#include "runtime/objects/int.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait::itertools {

namespace {

Type chain_type, compress_type, dropwhile_type, takewhile_type, filterfalse_type, starmap_type, islice_type, pairwise_type,
    groupby_type, grouper_type, zip_longest_type;

// Steps an iterator; a StopIteration that it raised is left pending, as empty is passed on by whoever steps us.
Ref<> step(Thread& t, Value iterator) { return stepWrapped(t, iterator); }

Ref<> reduceTo(Thread& t, Value self, std::initializer_list<Value> arguments, Value state = Value()) {
  Ref<Tuple> tuple = newTuple(t, arguments.begin(), int64_t(arguments.size()));
  if (!tuple) return kRaised;
  if (state.empty()) return packTuple(t, Value(typeOf(self)), tuple.value());
  return packTuple(t, Value(typeOf(self)), tuple.value(), state);
}

// --- chain ---

struct Chain : Fields<2> {};  // iterator of iterables (empty: exhausted), the active iterator

Ref<> makeChain(Thread& t, Type* type, Value iterables) {
  Ref<> source = iterate(t, iterables);
  Ref<Chain> chain = source ? makeFields<Chain>(t, type) : Ref<Chain>();
  if (chain) chain->v[0] = source.leak();
  return chain;
}
Ref<> chainNew(Thread& t, Type* type, Args args) {
  if (!noKeywords(t, type, &chain_type, args)) return kRaised;
  Ref<Tuple> iterables = newTuple(t, args.values, int64_t(args.positional));
  return iterables ? makeChain(t, type, iterables) : kRaised;
}
Ref<> chainFromIterable(Thread& t, Value cls, Value iterables) {
  return makeChain(t, static_cast<Type*>(cls.asObject()), iterables);
}
Ref<> chainNext(Thread& t, Value self) {
  auto* chain = fieldsOf<Chain>(self);
  while (!chain->v[0].empty()) {
    if (chain->v[1].empty()) {
      Ref<> iterable = step(t, chain->v[0]);
      Ref<> active = iterable ? iterate(t, iterable) : Ref<>();
      if (!active) {
        assign(chain->v[0], Ref<>());
        return {};
      }
      assign(chain->v[1], std::move(active));
    }
    Ref<> active = share(chain->v[1]);
    Ref<> item = step(t, active);
    if (item) return item;
    if (t.raised()) {
      if (!raisedIs(t, exc::StopIteration)) return {};
      clearException(t);
    }
    assign(chain->v[1], Ref<>());
  }
  return {};
}
Ref<> chainReduce(Thread& t, Value self) {
  auto* chain = fieldsOf<Chain>(self);
  if (chain->v[0].empty()) return reduceTo(t, self, {});
  Ref<Tuple> state = chain->v[1].empty() ? packTuple(t, chain->v[0]) : packTuple(t, chain->v[0], chain->v[1]);
  return state ? reduceTo(t, self, {}, state) : kRaised;
}
Ref<> chainSetState(Thread& t, Value self, Value state) {
  if (!isTuple(state)) return raise(t, exc::TypeError, "state is not a tuple");
  Tuple* parts = asTuple(state);
  if (parts->size < 1 || parts->size > 2) return raise(t, exc::TypeError, "function takes at least 1 argument (0 given)");
  for (int64_t i = 0; i < parts->size; ++i) {
    if (!typeOf(parts->items[i])->slots.next) return raise(t, exc::TypeError, "Arguments must be iterators.");
  }
  assign(fieldsOf<Chain>(self)->v[0], share(parts->items[0]));
  assign(fieldsOf<Chain>(self)->v[1], parts->size == 2 ? share(parts->items[1]) : Ref<>());
  return share(kNone);
}
const MethodDef kChainMethods[] = {
    method("from_iterable", chainFromIterable, "($type, iterable, /)",
           "Alternative chain() constructor taking a single iterable argument that evaluates lazily.", MethodKind::kClass),
    method("__reduce__", chainReduce, "($self, /)", "Return state information for pickling."),
    method("__setstate__", chainSetState, "($self, state, /)", "Set state information for unpickling."),
    method("__class_getitem__", classGetItem, "($cls, item, /)", "See PEP 585", MethodKind::kClass),
    {},
};

// --- compress ---

struct Compress : Fields<2> {};

Ref<> compressNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew = method("compress", NativeBound(nullptr), "(data, selectors)");
  Value bound[2];
  Ref<> keep[2];
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  Ref<> data = iterate(t, bound[0]);
  Ref<> selectors = data ? iterate(t, bound[1]) : Ref<>();
  Ref<Compress> result = selectors ? makeFields<Compress>(t, type) : Ref<Compress>();
  if (!result) return kRaised;
  result->v[0] = data.leak();
  result->v[1] = selectors.leak();
  return result;
}
Ref<> compressNext(Thread& t, Value self) {
  auto* c = fieldsOf<Compress>(self);
  for (;;) {
    Ref<> item = step(t, c->v[0]);
    Ref<> selector = item ? step(t, c->v[1]) : Ref<>();
    if (!selector) return {};
    int wanted = truth(t, selector);
    if (wanted > 0) return item;
    if (wanted < 0) return {};
  }
}
Ref<> compressReduce(Thread& t, Value self) {
  return reduceTo(t, self, {fieldsOf<Compress>(self)->v[0], fieldsOf<Compress>(self)->v[1]});
}
const MethodDef kCompressMethods[] = {method("__reduce__", compressReduce, "($self, /)", "Return state information for pickling."), {}};

// --- dropwhile, takewhile, filterfalse, starmap: a function and an iterator ---

struct WithFunction : Fields<2> {  // function, iterator
  bool done;
};

template <Type* type_object>
Ref<> withFunctionNew(Thread& t, Type* type, Args args) {
  const char* name = strrchr(type_object->cname, '.') + 1;
  if (!noKeywords(t, type, type_object, args) || !arity(t, name, args, 2, 2)) return kRaised;
  Ref<> iterator = iterate(t, args[1]);
  Ref<WithFunction> result = iterator ? makeFields<WithFunction>(t, type) : Ref<WithFunction>();
  if (!result) return kRaised;
  result->v[0] = share(args[0]).leak();
  result->v[1] = iterator.leak();
  return result;
}
// Truth of function(item), for None and bool of the item itself; -1: raised.
int test(Thread& t, Value function, Value item) {
  if (function.isNone() || function == Value(&types::Bool)) return truth(t, item);
  Ref<> verdict = call(t, function, item);
  return verdict ? truth(t, verdict) : -1;
}
int testCall(Thread& t, Value function, Value item) {
  Ref<> verdict = call(t, function, item);
  return verdict ? truth(t, verdict) : -1;
}
Ref<> dropwhileNext(Thread& t, Value self) {
  auto* w = fieldsOf<WithFunction>(self);
  for (;;) {
    Ref<> item = step(t, w->v[1]);
    if (!item || w->done) return item;
    int good = testCall(t, w->v[0], item);
    if (good < 0) return {};
    if (!good) {
      w->done = true;
      return item;
    }
  }
}
Ref<> takewhileNext(Thread& t, Value self) {
  auto* w = fieldsOf<WithFunction>(self);
  if (w->done) return {};
  Ref<> item = step(t, w->v[1]);
  if (!item) return {};
  int good = testCall(t, w->v[0], item);
  if (good > 0) return item;
  if (good == 0) w->done = true;
  return {};
}
Ref<> filterfalseNext(Thread& t, Value self) {
  auto* w = fieldsOf<WithFunction>(self);
  for (;;) {
    Ref<> item = step(t, w->v[1]);
    if (!item) return {};
    int good = test(t, w->v[0], item);
    if (good == 0) return item;
    if (good < 0) return {};
  }
}
Ref<> starmapNext(Thread& t, Value self) {
  auto* w = fieldsOf<WithFunction>(self);
  Ref<> arguments = step(t, w->v[1]);
  if (!arguments) return {};
  Ref<Tuple> tuple = sequenceToTuple(t, arguments);
  return tuple ? callWith(t, w->v[0], tuple, Value()) : kRaised;
}
Ref<> withFunctionReduce(Thread& t, Value self) {
  auto* w = fieldsOf<WithFunction>(self);
  return reduceTo(t, self, {w->v[0], w->v[1]});
}
Ref<> whileReduce(Thread& t, Value self) {
  auto* w = fieldsOf<WithFunction>(self);
  return reduceTo(t, self, {w->v[0], w->v[1]}, Value::fromInt(w->done));
}
Ref<> whileSetState(Thread& t, Value self, Value state) {
  int done = truth(t, state);
  if (done < 0) return kRaised;
  fieldsOf<WithFunction>(self)->done = done != 0;
  return share(kNone);
}
const MethodDef kFunctionMethods[] = {
    method("__reduce__", withFunctionReduce, "($self, /)", "Return state information for pickling."), {}};
const MethodDef kWhileMethods[] = {
    method("__reduce__", whileReduce, "($self, /)", "Return state information for pickling."),
    method("__setstate__", whileSetState, "($self, state, /)", "Set state information for unpickling."),
    {},
};

// --- islice ---

struct Islice : Fields<1> {  // iterator; empty: exhausted
  int64_t next, stop, step, position;
};

// A bound: None or a non-negative index. False: raised.
bool isliceBound(Thread& t, Value v, int64_t none, int64_t* out, const char* message) {
  *out = none;
  if (v.isNone()) return true;
  *out = isIntLike(v) || typeOf(v)->slots.index ? toIndex(t, v) : -1;
  if (*out >= 0 && !t.raised()) return true;
  bool negative = *out < -1;
  clearException(t);
  return raise(t, exc::ValueError, "%s",
               negative ? "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize." : message);
}

Ref<> isliceNew(Thread& t, Type* type, Args args) {
  if (!noKeywords(t, type, &islice_type, args) || !arity(t, "islice", args, 2, 4)) return kRaised;
  int64_t start = 0, stop = -1, stride = 1;
  if (args.positional == 2) {
    if (!isliceBound(t, args[1], -1, &stop, "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.")) {
      return kRaised;
    }
  } else {
    if (!isliceBound(t, args[2], -1, &stop, "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.") ||
        !isliceBound(t, args[1], 0, &start, "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.")) {
      return kRaised;
    }
    if (args.positional == 4 &&
        (!isliceBound(t, args[3], 1, &stride, "Step for islice() must be a positive integer or None.") || stride < 1)) {
      if (t.raised()) return kRaised;
      return raise(t, exc::ValueError, "Step for islice() must be a positive integer or None.");
    }
  }
  Ref<> iterator = iterate(t, args[0]);
  Ref<Islice> result = iterator ? makeFields<Islice>(t, type) : Ref<Islice>();
  if (!result) return kRaised;
  result->v[0] = iterator.leak();
  result->next = start;
  result->stop = stop;
  result->step = stride;
  return result;
}
Ref<> isliceNext(Thread& t, Value self) {
  auto* s = fieldsOf<Islice>(self);
  if (s->v[0].empty()) return {};
  Ref<> iterator = share(s->v[0]);
  auto exhausted = [&] {
    assign(s->v[0], Ref<>());
    return Ref<>();
  };
  while (s->position < s->next) {
    Ref<> skipped = step(t, iterator);
    if (!skipped) return exhausted();
    ++s->position;
  }
  if (s->stop >= 0 && s->position >= s->stop) return exhausted();
  Ref<> item = step(t, iterator);
  if (!item) return exhausted();
  ++s->position;
  // A next beyond the range of ints means: at the stop, or never.
  if (__builtin_add_overflow(s->next, s->step, &s->next) || (s->stop >= 0 && s->next > s->stop)) {
    s->next = s->stop >= 0 ? s->stop : INT64_MAX;
  }
  return item;
}
Ref<> isliceReduce(Thread& t, Value self) {
  auto* s = fieldsOf<Islice>(self);
  if (s->v[0].empty()) {
    Ref<List> empty = newList(t);
    Ref<> iterator = empty ? listIterator(t, empty) : Ref<>();
    return iterator ? reduceTo(t, self, {iterator, Value::fromInt(0)}, Value::fromInt(0)) : kRaised;
  }
  Ref<> next = newInt(t, s->next), stride = newInt(t, s->step), position = newInt(t, s->position);
  Ref<> stop = s->stop < 0 ? share(kNone) : newInt(t, s->stop);
  if (!next || !stride || !position || !stop) return kRaised;
  return reduceTo(t, self, {s->v[0], next, stop, stride}, position);
}
Ref<> isliceSetState(Thread& t, Value self, Value state) {
  int64_t count = toInt64(t, state);
  if (t.raised()) return kRaised;
  fieldsOf<Islice>(self)->position = count;
  return share(kNone);
}
const MethodDef kIsliceMethods[] = {
    method("__reduce__", isliceReduce, "($self, /)", "Return state information for pickling."),
    method("__setstate__", isliceSetState, "($self, state, /)", "Set state information for unpickling."),
    {},
};

// --- pairwise ---

struct Pairwise : Fields<2> {};  // iterator, the item before

Ref<> pairwiseNew(Thread& t, Type* type, Args args) {
  if (!noKeywords(t, type, &pairwise_type, args) || !arity(t, "pairwise", args, 1, 1)) return kRaised;
  Ref<> iterator = iterate(t, args[0]);
  Ref<Pairwise> result = iterator ? makeFields<Pairwise>(t, type) : Ref<Pairwise>();
  if (result) result->v[0] = iterator.leak();
  return result;
}
Ref<> pairwiseNext(Thread& t, Value self) {
  auto* p = fieldsOf<Pairwise>(self);
  if (p->v[0].empty()) return {};
  if (p->v[1].empty()) {
    Ref<> first = step(t, p->v[0]);
    if (!first) {
      assign(p->v[0], Ref<>());
      return {};
    }
    assign(p->v[1], std::move(first));
    if (p->v[0].empty()) return {};
  }
  Ref<> old = share(p->v[1]);
  Ref<> item = step(t, p->v[0]);
  if (!item) {
    assign(p->v[0], Ref<>());
    assign(p->v[1], Ref<>());
    return {};
  }
  Ref<Tuple> pair = packTuple(t, old.value(), item.value());
  assign(p->v[1], std::move(item));
  return pair;
}

// --- groupby ---

struct GroupBy : Fields<5> {  // iterator, key function (None: identity), target key, current key, current value
  const void* current;        // the grouper that may go on
};
struct Grouper : Fields<2> {};  // groupby, its key

Ref<> groupbyNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew = method("groupby", NativeBound(nullptr), "(iterable, key=None)");
  Value bound[2];
  Ref<> keep[2];
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  Ref<> iterator = iterate(t, bound[0]);
  Ref<GroupBy> result = iterator ? makeFields<GroupBy>(t, type) : Ref<GroupBy>();
  if (!result) return kRaised;
  result->v[0] = iterator.leak();
  result->v[1] = share(bound[1]).leak();
  return result;
}
// Moves to the next item; false at the end or when raised.
bool groupbyStep(Thread& t, GroupBy* g) {
  Ref<> item = step(t, g->v[0]);
  if (!item) return false;
  Ref<> key = g->v[1].isNone() ? share(item) : call(t, g->v[1], item);
  if (!key) return false;
  assign(g->v[4], std::move(item));
  assign(g->v[3], std::move(key));
  return true;
}
Ref<> groupbyNext(Thread& t, Value self) {
  auto* g = fieldsOf<GroupBy>(self);
  g->current = nullptr;
  for (;;) {
    if (!g->v[3].empty()) {
      if (g->v[2].empty()) break;
      Ref<> target = share(g->v[2]), key = share(g->v[3]);
      int same = compareBool(t, target, key, CompareOp::kEqual);
      if (same < 0) return {};
      if (!same) break;
    }
    if (!groupbyStep(t, g)) return {};
  }
  assign(g->v[2], share(g->v[3]));
  Ref<Grouper> grouper = makeFields<Grouper>(t, &grouper_type);
  if (!grouper) return kRaised;
  grouper->v[0] = share(self).leak();
  grouper->v[1] = share(g->v[2]).leak();
  g->current = grouper.get();
  return packTuple(t, g->v[3], grouper.value());
}
Ref<> groupbyReduce(Thread& t, Value self) {
  auto* g = fieldsOf<GroupBy>(self);
  if (g->v[2].empty() || g->v[3].empty() || g->v[4].empty()) return reduceTo(t, self, {g->v[0], g->v[1]});
  Ref<Tuple> state = packTuple(t, g->v[3], g->v[4], g->v[2]);
  return state ? reduceTo(t, self, {g->v[0], g->v[1]}, state) : kRaised;
}
Ref<> groupbySetState(Thread& t, Value self, Value state) {
  if (!isTuple(state)) return raise(t, exc::TypeError, "state is not a tuple");
  if (asTuple(state)->size != 3) return raise(t, exc::TypeError, "function takes exactly 3 arguments (%zd given)",
      ssize_t(asTuple(state)->size));
  auto* g = fieldsOf<GroupBy>(self);
  assign(g->v[3], share(asTuple(state)->items[0]));
  assign(g->v[4], share(asTuple(state)->items[1]));
  assign(g->v[2], share(asTuple(state)->items[2]));
  return share(kNone);
}
const MethodDef kGroupbyMethods[] = {
    method("__reduce__", groupbyReduce, "($self, /)", "Return state information for pickling."),
    method("__setstate__", groupbySetState, "($self, state, /)", "Set state information for unpickling."),
    {},
};

Ref<> grouperNew(Thread& t, Type* type, Args args) {
  if (!noKeywords(t, "_grouper", args) || !arity(t, "_grouper", args, 2, 2)) return kRaised;
  if (!isExact(args[0], &groupby_type)) {
    return raise(t, exc::TypeError, "_grouper() argument 1 must be itertools.groupby, not %.50s", typeName(args[0]));
  }
  Ref<Grouper> grouper = makeFields<Grouper>(t, type);
  if (!grouper) return kRaised;
  grouper->v[0] = share(args[0]).leak();
  grouper->v[1] = share(args[1]).leak();
  fieldsOf<GroupBy>(args[0])->current = grouper.get();
  return grouper;
}
Ref<> grouperNext(Thread& t, Value self) {
  auto* grouper = fieldsOf<Grouper>(self);
  auto* g = fieldsOf<GroupBy>(grouper->v[0]);
  if (g->current != grouper) return {};
  if (g->v[4].empty() && !groupbyStep(t, g)) return {};
  Ref<> key = share(grouper->v[1]), current = share(g->v[3]);
  int same = compareBool(t, key, current, CompareOp::kEqual);
  if (same <= 0) return {};
  Ref<> item = steal(g->v[4]);
  g->v[4] = Value();
  return item;
}
Ref<> grouperReduce(Thread& t, Value self) {
  auto* grouper = fieldsOf<Grouper>(self);
  if (fieldsOf<GroupBy>(grouper->v[0])->current != grouper) return reduceToIter(t, Value(emptyTuple()));
  return reduceTo(t, self, {grouper->v[0], grouper->v[1]});
}
const MethodDef kGrouperMethods[] = {method("__reduce__", grouperReduce, "($self, /)", "Return state information for pickling."), {}};

// --- zip_longest ---

struct ZipLongest : Fields<2> {  // tuple of iterators (empty slots: exhausted), fill value
  int64_t active;
};

Ref<> zipLongestNew(Thread& t, Type* type, Args args) {
  Value fill = kNone;
  if (args.keywords()) {
    if (args.keywords() > 1 || !strEqualsAscii(asStr(args.names->items[0]), "fillvalue")) {
      return raise(t, exc::TypeError, "zip_longest() got an unexpected keyword argument");
    }
    fill = args.values[args.positional];
  }
  Ref<Tuple> sources = newTupleBlank(t, int64_t(args.positional));
  if (!sources) return kRaised;
  for (int64_t i = 0; i < sources->size; ++i) {
    Ref<> iterator = iterate(t, args[size_t(i)]);
    if (!iterator) return kRaised;
    sources->items[i] = iterator.leak();
  }
  Ref<ZipLongest> result = makeFields<ZipLongest>(t, type);
  if (!result) return kRaised;
  result->active = sources->size;
  result->v[0] = sources.leak();
  result->v[1] = share(fill).leak();
  return result;
}
Ref<> zipLongestNext(Thread& t, Value self) {
  auto* z = fieldsOf<ZipLongest>(self);
  Tuple* sources = asTuple(z->v[0]);
  if (sources->size == 0 || z->active == 0) return {};
  Ref<Tuple> row = newTupleBlank(t, sources->size);
  if (!row) return kRaised;
  for (int64_t i = 0; i < sources->size; ++i) {
    Ref<> item;
    if (!sources->items[i].empty()) {
      item = step(t, sources->items[i]);
      if (!item) {
        if (t.raised()) {
          if (!raisedIs(t, exc::StopIteration)) {
            z->active = 0;
            return {};
          }
          clearException(t);
        }
        if (--z->active == 0) return {};
        assign(sources->items[i], Ref<>());
      }
    }
    row->items[i] = item ? item.leak() : share(z->v[1]).leak();
  }
  return row;
}
Ref<> zipLongestReduce(Thread& t, Value self) {
  auto* z = fieldsOf<ZipLongest>(self);
  Tuple* sources = asTuple(z->v[0]);
  Ref<Tuple> arguments = newTupleBlank(t, sources->size);
  if (!arguments) return kRaised;
  for (int64_t i = 0; i < sources->size; ++i) {
    arguments->items[i] = share(sources->items[i].empty() ? Value(emptyTuple()) : sources->items[i]).leak();
  }
  return packTuple(t, Value(typeOf(self)), arguments.value(), z->v[1]);
}
Ref<> zipLongestSetState(Thread&, Value self, Value state) {
  assign(fieldsOf<ZipLongest>(self)->v[1], share(state));
  return share(kNone);
}
const MethodDef kZipLongestMethods[] = {
    method("__reduce__", zipLongestReduce, "($self, /)", "Return state information for pickling."),
    method("__setstate__", zipLongestSetState, "($self, state, /)", "Set state information for unpickling."),
    {},
};

}  // namespace

bool addAdaptors(Thread& t, ModuleObject* module) {
  return addNativeType(t, module,
                       iteratorSpec<Chain, chainNew, chainNext>(
                           &chain_type, kChainMethods,
                           "chain(*iterables) --> chain object\n\n"
                           "Return a chain object whose .__next__() method returns elements from the\n"
                           "first iterable until it is exhausted, then elements from the next\n"
                           "iterable, until all of the iterables are exhausted."),
                       "itertools.chain") &&
         addNativeType(t, module,
                       iteratorSpec<Compress, compressNew, compressNext>(
                           &compress_type, kCompressMethods,
                           "Return data elements corresponding to true selector elements.\n\n"
                           "Forms a shorter iterator from selected data elements using the selectors to\nchoose the data elements."),
                       "itertools.compress") &&
         addNativeType(t, module,
                       iteratorSpec<WithFunction, withFunctionNew<&dropwhile_type>, dropwhileNext>(
                           &dropwhile_type, kWhileMethods,
                           "Drop items from the iterable while predicate(item) is true.\n\n"
                           "Afterwards, return every element until the iterable is exhausted."),
                       "itertools.dropwhile") &&
         addNativeType(t, module,
                       iteratorSpec<WithFunction, withFunctionNew<&takewhile_type>, takewhileNext>(
                           &takewhile_type, kWhileMethods,
                           "Return successive entries from an iterable as long as the predicate evaluates to true for each entry."),
                       "itertools.takewhile") &&
         addNativeType(t, module,
                       iteratorSpec<WithFunction, withFunctionNew<&filterfalse_type>, filterfalseNext>(
                           &filterfalse_type, kFunctionMethods,
                           "Return those items of iterable for which function(item) is false.\n\n"
                           "If function is None, return the items that are false."),
                       "itertools.filterfalse") &&
         addNativeType(t, module,
                       iteratorSpec<WithFunction, withFunctionNew<&starmap_type>, starmapNext>(
                           &starmap_type, kFunctionMethods,
                           "Return an iterator whose values are returned from the function evaluated with an argument "
                           "tuple taken from the given sequence."),
                       "itertools.starmap") &&
         addNativeType(t, module,
                       iteratorSpec<Islice, isliceNew, isliceNext>(
                           &islice_type, kIsliceMethods,
                           "islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice object\n\n"
                           "Return an iterator whose next() method returns selected values from an\n"
                           "iterable.  If start is specified, will skip all preceding elements;\n"
                           "otherwise, start defaults to zero.  Step defaults to one.  If\n"
                           "specified as another value, step determines how many values are\n"
                           "skipped between successive calls.  Works like a slice() on a list\nbut returns an iterator."),
                       "itertools.islice") &&
         addNativeType(t, module,
                       iteratorSpec<Pairwise, pairwiseNew, pairwiseNext>(
                           &pairwise_type, nullptr,
                           "Return an iterator of overlapping pairs taken from the input iterator.\n\n    s -> "
                           "(s0,s1), (s1,s2), (s2, s3), ..."),
                       "itertools.pairwise") &&
         addNativeType(t, module,
                       iteratorSpec<GroupBy, groupbyNew, groupbyNext>(
                           &groupby_type, kGroupbyMethods,
                           "make an iterator that returns consecutive keys and groups from the iterable\n\n"
                           "  iterable\n    Elements to divide into groups according to the key function.\n"
                           "  key\n    A function for computing the group category for each element.\n"
                           "    If the key function is not specified or is None, the element itself\n    is used for grouping."),
                       "itertools.groupby") &&
         addNativeType(t, module, iteratorSpec<Grouper, grouperNew, grouperNext>(&grouper_type, kGrouperMethods, nullptr),
                       "itertools._grouper", kTypeCollectable | kTypeFinal) &&
         addNativeType(t, module,
                       iteratorSpec<ZipLongest, zipLongestNew, zipLongestNext>(
                           &zip_longest_type, kZipLongestMethods,
                           "zip_longest(iter1 [,iter2 [...]], [fillvalue=None]) --> zip_longest object\n\n"
                           "Return a zip_longest object whose .__next__() method returns a tuple where\n"
                           "the i-th element comes from the i-th iterable argument.  The .__next__()\n"
                           "method continues until the longest iterable in the argument sequence\n"
                           "is exhausted and then it raises StopIteration.  When the shorter iterables\n"
                           "are exhausted, the fillvalue is substituted in their place.  The fillvalue\n"
                           "defaults to None or can be specified by a keyword argument."),
                       "itertools.zip_longest");
}

}  // namespace krait::itertools
