// itertools: product, permutations, combinations, combinations_with_replacement.
//
// The four keep their pools (tuples), the indices of the current choice, and the last result, which is filled again when nobody
// else holds it.
#include "runtime/modules/itertools/itertools.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait::itertools {

namespace {

Type product_type, permutations_type, combinations_type, replacement_type;

struct Choice : Fields<2> {  // pool (product: tuple of pools), last result (empty: not started)
  int64_t* indices;          // permutations: the pool's size of them, then `length` cycles
  int64_t length;            // of a result
  bool stopped;
  bool product;  // the pool is a tuple of pools, one for each place
};

Tuple* pool(Choice* c) { return asTuple(c->v[0]); }

void deallocChoice(Object* self) {
  auto* c = static_cast<Choice*>(self);
  if (c->indices) freeBuffer(c->indices);
  deallocFields<Choice>(self);
}

// A choice with room for this many indices. Empty: raised.
Ref<Choice> makeChoice(Thread& t, Type* type, Ref<Tuple> pool, int64_t count, int64_t indices) {
  if (count > INT64_MAX / 64 || indices > INT64_MAX / 64) return raiseNoMemory(t);
  Ref<Choice> c = makeFields<Choice>(t, type);
  if (!c) return kRaised;
  c->v[0] = pool.leak();
  c->length = count;
  c->indices = static_cast<int64_t*>(allocateBuffer(size_t(indices) * sizeof(int64_t)));
  if (!c->indices) return raiseNoMemory(t);
  memset(c->indices, 0, size_t(indices) * sizeof(int64_t));
  return c;
}

// Item i of the current choice.
Value chosen(Choice* c, int64_t i) {
  Tuple* p = pool(c);
  return c->product ? asTuple(p->items[i])->items[c->indices[i]] : p->items[c->indices[i]];
}

// The result for the current indices, of which only those from `first` on changed.
Ref<> currentResult(Thread& t, Choice* c, int64_t first) {
  if (!c->v[1].empty() && c->v[1].asObject()->count == 1) {
    Ref<> result = share(c->v[1]);
    Tuple* tuple = asTuple(c->v[1]);
    for (int64_t i = first; i < c->length; ++i) assign(tuple->items[i], share(chosen(c, i)));
    return result;
  }
  Ref<Tuple> tuple = newTupleBlank(t, c->length);
  if (!tuple) return kRaised;
  for (int64_t i = 0; i < c->length; ++i) tuple->items[i] = share(chosen(c, i)).leak();
  assign(c->v[1], share(tuple));
  return tuple;
}

Ref<> stop(Choice* c) {
  c->stopped = true;
  return {};
}

Ref<> reduceChoice(Thread& t, Value self, Ref<Tuple> arguments, int64_t indices) {
  auto* c = fieldsOf<Choice>(self);
  if (!arguments) return kRaised;
  if (c->v[1].empty()) return packTuple(t, Value(typeOf(self)), arguments.value());
  Ref<Tuple> state = newTupleBlank(t, indices);
  if (!state) return kRaised;
  for (int64_t i = 0; i < indices; ++i) state->items[i] = Value::fromInt(c->indices[i]);
  return packTuple(t, Value(typeOf(self)), arguments.value(), state.value());
}

// Indices from a state tuple, each clamped to [0, limit(i)]; false: raised.
template <class Limit>
bool readIndices(Thread& t, Choice* c, Value state, int64_t count, Limit limit) {
  if (!isTuple(state) || asTuple(state)->size != count) return raise(t, exc::ValueError, "invalid arguments");
  for (int64_t i = 0; i < count; ++i) {
    int64_t index = toInt64(t, asTuple(state)->items[i]);
    if (t.raised()) return false;
    c->indices[i] = index < 0 ? 0 : index > limit(i) ? limit(i) : index;
  }
  return true;
}
// After a state was set the last result is that of the indices.
Ref<> afterState(Thread& t, Choice* c) {
  Ref<> result = currentResult(t, c, 0);
  return result ? share(kNone) : kRaised;
}

// --- product ---

Ref<> productNew(Thread& t, Type* type, Args args) {
  int64_t repeat = 1;
  for (size_t i = 0; i < args.keywords(); ++i) {
    Str* name = asStr(args.names->items[i]);
    if (!strEqualsAscii(name, "repeat")) {
      return raise(t, exc::TypeError, "'%s' is an invalid keyword argument for product()",
                   name->ascii ? reinterpret_cast<const char*>(name->data) : "?");
    }
    repeat = toIndex(t, args.values[args.positional + i]);
    if (t.raised()) return kRaised;
    if (repeat < 0) return raise(t, exc::ValueError, "repeat argument cannot be negative");
  }
  int64_t given = repeat == 0 ? 0 : int64_t(args.positional);
  if (given && repeat > (int64_t(1) << 40) / given) return raise(t, exc::OverflowError, "repeat argument too large");
  Ref<Tuple> pools = newTupleBlank(t, given * repeat);
  if (!pools) return kRaised;
  bool empty = false;
  for (int64_t i = 0; i < pools->size; ++i) {
    Ref<Tuple> one = i < given ? sequenceToTuple(t, args[size_t(i)]) : share(asTuple(pools->items[i - given]));
    if (!one) return kRaised;
    empty = empty || one->size == 0;
    pools->items[i] = one.leak();
  }
  int64_t count = pools->size;
  Ref<Choice> c = makeChoice(t, type, std::move(pools), count, count);
  if (c) c->product = true;
  if (c) c->stopped = empty;
  return c;
}
Ref<> productNext(Thread& t, Value self) {
  auto* c = fieldsOf<Choice>(self);
  if (c->stopped) return {};
  if (c->v[1].empty()) return currentResult(t, c, 0);
  for (int64_t i = c->length - 1; i >= 0; --i) {
    if (++c->indices[i] < asTuple(pool(c)->items[i])->size) return currentResult(t, c, i);
    c->indices[i] = 0;
  }
  return stop(c);
}
Ref<> productReduce(Thread& t, Value self) {
  auto* c = fieldsOf<Choice>(self);
  if (c->stopped) {
    Ref<Tuple> nothing = packTuple(t, Value(emptyTuple()));
    return nothing ? Ref<>(packTuple(t, Value(typeOf(self)), nothing.value())) : kRaised;
  }
  return reduceChoice(t, self, share(pool(c)), c->length);
}
Ref<> productSetState(Thread& t, Value self, Value state) {
  auto* c = fieldsOf<Choice>(self);
  for (int64_t i = 0; i < c->length; ++i) {
    if (asTuple(pool(c)->items[i])->size == 0) {
      c->stopped = true;
      return share(kNone);
    }
  }
  if (!readIndices(t, c, state, c->length, [&](int64_t i) { return asTuple(pool(c)->items[i])->size - 1; })) return kRaised;
  return afterState(t, c);
}
Ref<> productSizeof(Thread&, Value self) {
  return steal(Value::fromInt(int64_t(instanceSize(self.asObject())) + fieldsOf<Choice>(self)->length * 8));
}

// --- permutations ---

Ref<> permutationsNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew = method("permutations", NativeBound(nullptr), "(iterable, r=None)");
  Value bound[2];
  Ref<> keep[2];
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  Ref<Tuple> items = sequenceToTuple(t, bound[0]);
  if (!items) return kRaised;
  int64_t n = items->size, r = n;
  if (!bound[1].isNone()) {
    if (!isIntLike(bound[1])) return raise(t, exc::TypeError, "Expected int as r");
    r = toIndex(t, bound[1]);
    if (t.raised()) return kRaised;
    if (r < 0) return raise(t, exc::ValueError, "r must be non-negative");
  }
  bool impossible = r > n;
  Ref<Choice> c = makeChoice(t, type, std::move(items), r, impossible ? n : n + r);
  if (!c) return kRaised;
  for (int64_t i = 0; i < n; ++i) c->indices[i] = i;
  for (int64_t i = 0; !impossible && i < r; ++i) c->indices[n + i] = n - i;
  c->stopped = impossible;
  return c;
}
Ref<> permutationsNext(Thread& t, Value self) {
  auto* c = fieldsOf<Choice>(self);
  if (c->stopped) return {};
  if (c->v[1].empty()) return currentResult(t, c, 0);
  int64_t n = pool(c)->size, r = c->length;
  int64_t *indices = c->indices, *cycles = c->indices + n;
  for (int64_t i = r - 1; i >= 0; --i) {
    if (--cycles[i] == 0) {
      // The item goes to the end, the ones behind it move up.
      int64_t index = indices[i];
      memmove(indices + i, indices + i + 1, size_t(n - 1 - i) * sizeof(int64_t));
      indices[n - 1] = index;
      cycles[i] = n - i;
    } else {
      std::swap(indices[i], indices[n - cycles[i]]);
      return currentResult(t, c, i);
    }
  }
  return stop(c);
}
Ref<> permutationsReduce(Thread& t, Value self) {
  auto* c = fieldsOf<Choice>(self);
  Ref<Tuple> arguments;
  if (c->v[1].empty() || c->stopped) {
    arguments = c->stopped && !c->v[1].empty() ? packTuple(t, Value(emptyTuple()), Value::fromInt(c->length))
                                               : packTuple(t, c->v[0], Value::fromInt(c->length));
    return arguments ? Ref<>(packTuple(t, Value(typeOf(self)), arguments.value())) : kRaised;
  }
  int64_t n = pool(c)->size;
  arguments = packTuple(t, c->v[0], Value::fromInt(c->length));
  Ref<Tuple> indices = newTupleBlank(t, n), cycles = newTupleBlank(t, c->length);
  if (!arguments || !indices || !cycles) return kRaised;
  for (int64_t i = 0; i < n; ++i) indices->items[i] = Value::fromInt(c->indices[i]);
  for (int64_t i = 0; i < c->length; ++i) cycles->items[i] = Value::fromInt(c->indices[n + i]);
  Ref<Tuple> state = packTuple(t, indices.value(), cycles.value());
  return state ? Ref<>(packTuple(t, Value(typeOf(self)), arguments.value(), state.value())) : kRaised;
}
Ref<> permutationsSetState(Thread& t, Value self, Value state) {
  auto* c = fieldsOf<Choice>(self);
  int64_t n = pool(c)->size;
  if (!isTuple(state) || asTuple(state)->size != 2 || !isTuple(asTuple(state)->items[1]) || c->stopped ||
      asTuple(asTuple(state)->items[1])->size != c->length) {
    return raise(t, exc::ValueError, "invalid arguments");
  }
  if (!readIndices(t, c, asTuple(state)->items[0], n, [&](int64_t) { return n - 1; })) return kRaised;
  for (int64_t i = 0; i < c->length; ++i) {
    int64_t cycle = toInt64(t, asTuple(asTuple(state)->items[1])->items[i]);
    if (t.raised()) return kRaised;
    c->indices[n + i] = cycle < 1 ? 1 : cycle > n - i ? n - i : cycle;
  }
  return afterState(t, c);
}

// --- combinations, with and without replacement ---

template <bool replacement>
Ref<> combinationsNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew =
      method(replacement ? "combinations_with_replacement" : "combinations", NativeBound(nullptr), "(iterable, r)");
  Value bound[2];
  Ref<> keep[2];
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  int64_t r = toIndex(t, bound[1]);
  if (t.raised()) return kRaised;
  Ref<Tuple> items = sequenceToTuple(t, bound[0]);
  if (!items) return kRaised;
  int64_t n = items->size;
  if (r < 0) return raise(t, exc::ValueError, "r must be non-negative");
  bool impossible = replacement ? n == 0 && r > 0 : r > n;
  Ref<Choice> c = makeChoice(t, type, std::move(items), r, impossible ? 0 : r);
  if (!c) return kRaised;
  for (int64_t i = 0; !replacement && !impossible && i < r; ++i) c->indices[i] = i;
  c->stopped = impossible;
  return c;
}
template <bool replacement>
Ref<> combinationsNext(Thread& t, Value self) {
  auto* c = fieldsOf<Choice>(self);
  if (c->stopped) return {};
  if (c->v[1].empty()) return currentResult(t, c, 0);
  int64_t n = pool(c)->size, r = c->length, i = r - 1;
  while (i >= 0 && c->indices[i] == (replacement ? n - 1 : i + n - r)) --i;
  if (i < 0) return stop(c);
  int64_t index = ++c->indices[i];
  for (int64_t j = i + 1; j < r; ++j) c->indices[j] = replacement ? index : c->indices[j - 1] + 1;
  return currentResult(t, c, i);
}
Ref<> combinationsReduce(Thread& t, Value self) {
  auto* c = fieldsOf<Choice>(self);
  if (c->stopped && !c->v[1].empty()) {
    Ref<Tuple> arguments = packTuple(t, Value(emptyTuple()), Value::fromInt(c->length));
    return arguments ? Ref<>(packTuple(t, Value(typeOf(self)), arguments.value())) : kRaised;
  }
  return reduceChoice(t, self, packTuple(t, c->v[0], Value::fromInt(c->length)), c->length);
}
template <bool replacement>
Ref<> combinationsSetState(Thread& t, Value self, Value state) {
  auto* c = fieldsOf<Choice>(self);
  int64_t n = pool(c)->size;
  if (c->stopped) return raise(t, exc::ValueError, "invalid arguments");
  if (!readIndices(t, c, state, c->length, [&](int64_t i) { return replacement ? n - 1 : i + n - c->length; })) return kRaised;
  return afterState(t, c);
}

#define CHOICE_METHODS(reduce, set_state)                                                           \
  {                                                                                                 \
    method("__reduce__", reduce, "($self, /)", "Return state information for pickling."),           \
        method("__setstate__", set_state, "($self, state, /)", "Set state information for unpickling."), \
        method("__sizeof__", productSizeof, "($self, /)", "Returns size in memory, in bytes."), {}  \
  }
const MethodDef kProductMethods[] = CHOICE_METHODS(productReduce, productSetState);
const MethodDef kPermutationsMethods[] = CHOICE_METHODS(permutationsReduce, permutationsSetState);
const MethodDef kCombinationsMethods[] = CHOICE_METHODS(combinationsReduce, combinationsSetState<false>);
const MethodDef kReplacementMethods[] = CHOICE_METHODS(combinationsReduce, combinationsSetState<true>);

template <NewFunction make, UnaryFunction step>
bool addChoice(Thread& t, ModuleObject* module, Type* type, const MethodDef* methods, const char* name, const char* doc) {
  TypeSpec spec = iteratorSpec<Choice, make, step>(type, methods, doc);
  spec.dealloc = deallocChoice;
  return addNativeType(t, module, spec, name);
}

}  // namespace

bool addCombinatorics(Thread& t, ModuleObject* module) {
  return addChoice<productNew, productNext>(
             t, module, &product_type, kProductMethods, "itertools.product",
             "product(*iterables, repeat=1) --> product object\n\n"
             "Cartesian product of input iterables.  Equivalent to nested for-loops.") &&
         addChoice<permutationsNew, permutationsNext>(
             t, module, &permutations_type, kPermutationsMethods, "itertools.permutations",
             "Return successive r-length permutations of elements in the iterable.\n\n"
             "permutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)") &&
         addChoice<combinationsNew<false>, combinationsNext<false>>(
             t, module, &combinations_type, kCombinationsMethods, "itertools.combinations",
             "Return successive r-length combinations of elements in the iterable.\n\n"
             "combinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)") &&
         addChoice<combinationsNew<true>, combinationsNext<true>>(
             t, module, &replacement_type, kReplacementMethods, "itertools.combinations_with_replacement",
             "Return successive r-length combinations of elements in the iterable allowing individual elements to have "
             "successive repeats.\n\n"
             "combinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), ('C','C')");
}

}  // namespace krait::itertools
