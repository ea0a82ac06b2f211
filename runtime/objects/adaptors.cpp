// enumerate, reversed, zip, map, filter: iterators over iterators.
#include "runtime/core/error.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/generic_alias.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/int.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/str.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

struct Enumerate : Object {
  Value iterator;
  Value count;    // a plain int
  Tuple* result;  // the last pair, used again when nobody else has it
};
struct Reversed : Object {
  Value sequence;  // empty: exhausted
  int64_t index;
};
struct Zip : Object {
  Tuple* iterators;
  Tuple* result;  // as in Enumerate
  bool strict;
};
struct Map : Object {
  Value function;
  Tuple* iterators;
};
struct Filter : Object {
  Value function;  // None: truth
  Value iterator;
};

template <class T>
T* as(Value v) {
  return static_cast<T*>(v.asObject());
}

// Memory of an instance, zero behind the header.
template <class T>
Ref<T> make(Thread& t, Type* type) {
  T* object = allocateInstance<T>(type);
  if (!object) return raiseNoMemory(t);
  memset(reinterpret_cast<char*>(object) + sizeof(Object), 0, sizeof(T) - sizeof(Object));
  return steal(object);
}

// A tuple that only its iterator still holds may be filled again: programs that drop each pair never see it.
bool reusable(Tuple* tuple) { return tuple && tuple->count == 1 && !tuple->hasFlag(kFlagsAtDeath); }

// --- enumerate ---

Ref<> enumerateNew(Thread& t, Type* type, const Value* args) {
  Ref<> count = args[1].empty() ? steal(Value::fromInt(0)) : toIndexValue(t, args[1]);
  if (!count) return kRaised;
  Ref<> iterator = iterate(t, args[0]);
  if (!iterator) return kRaised;
  Ref<Enumerate> result = make<Enumerate>(t, type);
  if (!result) return kRaised;
  result->iterator = iterator.leak();
  result->count = count.leak();
  return result;
}

const MethodDef kEnumerateNew = method("enumerate", NativeBound(nullptr), "(iterable, start=0)");

Ref<> enumerateNewSlot(Thread& t, Type* type, Args args) {
  bool given = args.positional > 0;
  for (size_t i = 0; i < args.keywords(); ++i) given = given || strEqualsAscii(asStr(args.names->items[i]), "iterable");
  if (!given) return raise(t, exc::TypeError, "enumerate() missing required argument 'iterable'");
  Value bound[2] = {};
  Ref<> keep[2];
  if (!bindArguments(t, kEnumerateNew, args, bound, keep)) return kRaised;
  return enumerateNew(t, type, bound);
}

void deallocEnumerate(Object* self) {
  auto* e = static_cast<Enumerate*>(self);
  release(e->iterator);
  release(e->count);
  releaseIfAny(e->result);
  freeInstance(self);
}
void traverseEnumerate(Object* self, Visitor& visitor) {
  auto* e = static_cast<Enumerate*>(self);
  visitor.visit(e->iterator);
  visitor.visit(e->count);
  visitor.visit(e->result);
}

Ref<> enumerateNext(Thread& t, Value self) {
  auto* e = as<Enumerate>(self);
  Ref<> item = stepWrapped(t, e->iterator);
  if (!item) return {};
  Ref<> count = share(e->count);
  Ref<> following = count.value().isInt() && count.value().asInt() < kIntMax ? steal(Value::fromInt(count.value().asInt() + 1))
                                                                             : intAdd(t, count, Value::fromInt(1));
  if (!following) return kRaised;
  assign(e->count, std::move(following));
  if (reusable(e->result)) {
    Ref<Tuple> pair = share(e->result);
    Value old_count = pair->items[0], old_item = pair->items[1];
    pair->items[0] = count.leak();
    pair->items[1] = item.leak();
    release(old_count);
    release(old_item);
    return pair;
  }
  Value items[] = {count.leak(), item.leak()};
  Ref<Tuple> pair = newTupleSteal(t, items, 2);
  if (pair && !e->result) e->result = share(pair.get()).leakObject();
  return pair;
}

Ref<> enumerateReduce(Thread& t, Value self) {
  auto* e = as<Enumerate>(self);
  Ref<Tuple> arguments = packTuple(t, e->iterator, e->count);
  return arguments ? Ref<>(packTuple(t, Value(typeOf(self)), arguments.value())) : kRaised;
}

const MethodDef kEnumerateMethods[] = {
    method("__reduce__", enumerateReduce, "($self, /)", "Return state information for pickling."),
    method("__class_getitem__", classGetItem, "($cls, item, /)", "See PEP 585", MethodKind::kClass),
    {},
};

// --- reversed ---

Ref<> reversedNew(Thread& t, Type* type, Args args) {
  if (!noKeywords(t, type, &types::Reversed, args) || !arity(t, "reversed", args, 1, 1)) return kRaised;
  Value sequence = args[0];
  static Str* const name = internStatic("__reversed__");
  Ref<> receiver;
  Ref<> method = lookupSpecial(t, sequence, name, &receiver);
  if (t.raised()) return kRaised;
  if (method && method.value().isNone()) {
    return raise(t, exc::TypeError, "'%.200s' object is not reversible", typeName(sequence));
  }
  if (method) return receiver ? call(t, method, receiver) : call(t, method);
  if (!subscriptsByIndex(typeOf(sequence)) || isDict(sequence) || typeOf(sequence) == &types::MappingProxy) {
    return raise(t, exc::TypeError, "'%.200s' object is not reversible", typeName(sequence));
  }
  int64_t length = lengthOf(t, sequence);
  if (length < 0) return kRaised;
  Ref<Reversed> result = make<Reversed>(t, type);
  if (!result) return kRaised;
  result->index = length - 1;
  result->sequence = share(sequence).leak();
  return result;
}

void deallocReversed(Object* self) {
  release(static_cast<Reversed*>(self)->sequence);
  freeInstance(self);
}
void traverseReversed(Object* self, Visitor& visitor) { visitor.visit(static_cast<Reversed*>(self)->sequence); }

Ref<> reversedNext(Thread& t, Value self) {
  auto* r = as<Reversed>(self);
  if (r->index >= 0) {
    Ref<> sequence = share(r->sequence);
    Ref<> index = newInt(t, r->index);
    Ref<> item = index ? getItem(t, sequence, index) : Ref<>();
    if (item) {
      --r->index;
      return item;
    }
    if (raisedIs(t, exc::IndexError) || raisedIs(t, exc::StopIteration)) clearException(t);
  }
  r->index = -1;
  assign(r->sequence, Ref<>());
  return {};
}
Ref<> reversedHint(Thread& t, Value self) {
  auto* r = as<Reversed>(self);
  if (r->sequence.empty()) return steal(Value::fromInt(0));
  int64_t length = lengthOf(t, r->sequence);
  if (length < 0) return kRaised;
  return steal(Value::fromInt(length < r->index + 1 ? 0 : r->index + 1));
}
Ref<> reversedReduce(Thread& t, Value self) {
  auto* r = as<Reversed>(self);
  Ref<Tuple> arguments = r->sequence.empty() ? packTuple(t, Value(emptyTuple())) : packTuple(t, r->sequence);
  if (!arguments) return kRaised;
  if (r->sequence.empty()) return packTuple(t, Value(typeOf(self)), arguments.value());
  return packTuple(t, Value(typeOf(self)), arguments.value(), Value::fromInt(r->index));
}
Ref<> reversedSetState(Thread& t, Value self, Value state) {
  auto* r = as<Reversed>(self);
  int64_t index = positionParameter(t, state);
  if (index == -1 && t.raised()) return kRaised;
  if (r->sequence.empty()) return share(kNone);
  int64_t length = lengthOf(t, r->sequence);
  if (length < 0) return kRaised;
  r->index = index < -1 ? -1 : index > length - 1 ? length - 1 : index;
  return share(kNone);
}

const MethodDef kReversedMethods[] = {
    method("__length_hint__", reversedHint, "($self, /)", "Private method returning an estimate of len(list(it))."),
    method("__reduce__", reversedReduce, "($self, /)", "Return state information for pickling."),
    method("__setstate__", reversedSetState, "($self, state, /)", "Set state information for unpickling."),
    {},
};

// --- zip ---

// iter() of each positional argument from the first-th on; the message names the argument of zip, map keeps iter's.
Ref<Tuple> iterators(Thread& t, Args args, size_t first) {
  Ref<Tuple> result = newTupleBlank(t, int64_t(args.positional - first));
  if (!result) return kRaised;
  for (size_t i = first; i < args.positional; ++i) {
    Ref<> iterator = iterate(t, args[i]);
    if (!iterator) return kRaised;
    result->items[i - first] = iterator.leak();
  }
  return result;
}

// The keyword `strict` alone is taken; -1: raised.
int strictArgument(Thread& t, Args args) {
  int strict = 0;
  for (size_t i = 0; i < args.keywords(); ++i) {
    Str* name = asStr(args.names->items[i]);
    if (!strEqualsAscii(name, "strict")) {
      if (args.keywords() > 1) return raise(t, exc::TypeError, "zip() takes at most 1 keyword argument (%zu given)", args.keywords());
      Ref<Str> text = str(t, Value(name));
      return raise(t, exc::TypeError, "'%.*s' is an invalid keyword argument for zip()",
                   name->ascii ? int(name->length) : 0, reinterpret_cast<const char*>(name->data));
    }
    strict = truth(t, args.values[args.positional + i]);
    if (strict < 0) return -1;
  }
  return strict;
}

Ref<> zipNew(Thread& t, Type* type, Args args) {
  int strict = type == &types::Zip || type->slots.init == types::Zip.slots.init ? strictArgument(t, args) : 0;
  if (strict < 0) return kRaised;
  Ref<Tuple> sources = iterators(t, args, 0);
  if (!sources) return kRaised;
  Ref<Zip> result = make<Zip>(t, type);
  if (!result) return kRaised;
  result->iterators = sources.leakObject();
  result->strict = strict != 0;
  return result;
}

void deallocZip(Object* self) {
  releaseIfAny(static_cast<Zip*>(self)->iterators);
  releaseIfAny(static_cast<Zip*>(self)->result);
  freeInstance(self);
}
void traverseZip(Object* self, Visitor& visitor) {
  visitor.visit(static_cast<Zip*>(self)->iterators);
  visitor.visit(static_cast<Zip*>(self)->result);
}

// Argument i ended, the first of them; with strict, all must end together.
Ref<> zipEnded(Thread& t, Zip* zip, int64_t i) {
  if (!zip->strict) return {};
  if (t.raised()) {
    if (!raisedIs(t, exc::StopIteration)) return {};
    clearException(t);
  }
  if (i) {
    const char* plural = i == 1 ? " " : "s 1-";
    return raise(t, exc::ValueError, "zip() argument %zd is shorter than argument%s%zd", ssize_t(i + 1), plural, ssize_t(i));
  }
  for (i = 1; i < zip->iterators->size; ++i) {
    Ref<> extra = next(t, zip->iterators->items[i]);
    if (extra) {
      const char* plural = i == 1 ? " " : "s 1-";
      return raise(t, exc::ValueError, "zip() argument %zd is longer than argument%s%zd", ssize_t(i + 1), plural, ssize_t(i));
    }
    if (t.raised()) return {};
  }
  return {};
}

Ref<> zipNext(Thread& t, Value self) {
  auto* zip = as<Zip>(self);
  Tuple* sources = zip->iterators;
  if (sources->size == 0) return {};
  if (reusable(zip->result)) {
    Ref<Tuple> row = share(zip->result);
    for (int64_t i = 0; i < sources->size; ++i) {
      Ref<> item = stepWrapped(t, sources->items[i]);
      if (!item) return zipEnded(t, zip, i);
      assign(row->items[i], std::move(item));
    }
    return row;
  }
  Ref<Tuple> row = newTupleBlank(t, sources->size);
  if (!row) return kRaised;
  for (int64_t i = 0; i < sources->size; ++i) {
    Ref<> item = stepWrapped(t, sources->items[i]);
    if (!item) return zipEnded(t, zip, i);
    row->items[i] = item.leak();
  }
  if (!zip->result) zip->result = share(row.get()).leakObject();
  return row;
}

Ref<> zipReduce(Thread& t, Value self) {
  auto* zip = as<Zip>(self);
  if (zip->strict) return packTuple(t, Value(typeOf(self)), Value(zip->iterators), kTrue);
  return packTuple(t, Value(typeOf(self)), Value(zip->iterators));
}
Ref<> zipSetState(Thread& t, Value self, Value state) {
  int strict = truth(t, state);
  if (strict < 0) return kRaised;
  as<Zip>(self)->strict = strict != 0;
  return share(kNone);
}

const MethodDef kZipMethods[] = {
    method("__reduce__", zipReduce, "($self, /)", "Return state information for pickling."),
    method("__setstate__", zipSetState, "($self, state, /)", "Set state information for unpickling."),
    {},
};

// --- map ---

Ref<> mapNew(Thread& t, Type* type, Args args) {
  if (!noKeywords(t, type, &types::Map, args)) return kRaised;
  if (args.positional < 2) return raise(t, exc::TypeError, "map() must have at least two arguments.");
  Ref<Tuple> sources = iterators(t, args, 1);
  if (!sources) return kRaised;
  Ref<Map> result = make<Map>(t, type);
  if (!result) return kRaised;
  result->function = share(args[0]).leak();
  result->iterators = sources.leakObject();
  return result;
}

void deallocMap(Object* self) {
  release(static_cast<Map*>(self)->function);
  releaseIfAny(static_cast<Map*>(self)->iterators);
  freeInstance(self);
}
void traverseMap(Object* self, Visitor& visitor) {
  visitor.visit(static_cast<Map*>(self)->function);
  visitor.visit(static_cast<Map*>(self)->iterators);
}

Ref<> mapNext(Thread& t, Value self) {
  auto* map = as<Map>(self);
  Tuple* sources = map->iterators;
  Value small[8];
  Ref<Tuple> large;
  Value* items = small;
  if (sources->size > 8) {
    large = newTupleBlank(t, sources->size);
    if (!large) return kRaised;
    items = large->items;
  }
  int64_t got = 0;
  for (; got < sources->size; ++got) {
    items[got] = stepWrapped(t, sources->items[got]).leak();
    if (items[got].empty()) break;
  }
  Ref<> result;
  if (got == sources->size) result = call(t, map->function, Args{items, size_t(got), nullptr});
  if (!large) {
    for (int64_t i = 0; i < got; ++i) release(items[i]);
  }
  return result;
}

Ref<> mapReduce(Thread& t, Value self) {
  auto* map = as<Map>(self);
  Ref<Tuple> arguments = newTupleBlank(t, map->iterators->size + 1);
  if (!arguments) return kRaised;
  arguments->items[0] = share(map->function).leak();
  for (int64_t i = 0; i < map->iterators->size; ++i) arguments->items[i + 1] = share(map->iterators->items[i]).leak();
  return packTuple(t, Value(typeOf(self)), arguments.value());
}

const MethodDef kMapMethods[] = {
    method("__reduce__", mapReduce, "($self, /)", "Return state information for pickling."),
    {},
};

// --- filter ---

Ref<> filterNew(Thread& t, Type* type, Args args) {
  if (!noKeywords(t, type, &types::Filter, args) || !arity(t, "filter", args, 2, 2)) return kRaised;
  Ref<> iterator = iterate(t, args[1]);
  if (!iterator) return kRaised;
  Ref<Filter> result = make<Filter>(t, type);
  if (!result) return kRaised;
  result->function = share(args[0]).leak();
  result->iterator = iterator.leak();
  return result;
}

void deallocFilter(Object* self) {
  release(static_cast<Filter*>(self)->function);
  release(static_cast<Filter*>(self)->iterator);
  freeInstance(self);
}
void traverseFilter(Object* self, Visitor& visitor) {
  visitor.visit(static_cast<Filter*>(self)->function);
  visitor.visit(static_cast<Filter*>(self)->iterator);
}

Ref<> filterNext(Thread& t, Value self) {
  auto* filter = as<Filter>(self);
  bool by_truth = filter->function.isNone() || filter->function == Value(&types::Bool);
  while (Ref<> item = stepWrapped(t, filter->iterator)) {
    int good;
    if (by_truth) {
      good = truth(t, item);
    } else {
      Ref<> verdict = call(t, filter->function, item);
      good = verdict ? truth(t, verdict) : -1;
    }
    if (good > 0) return item;
    if (good < 0) return {};
  }
  return {};
}

Ref<> filterReduce(Thread& t, Value self) {
  Ref<Tuple> arguments = packTuple(t, as<Filter>(self)->function, as<Filter>(self)->iterator);
  return arguments ? Ref<>(packTuple(t, Value(typeOf(self)), arguments.value())) : kRaised;
}

const MethodDef kFilterMethods[] = {
    method("__reduce__", filterReduce, "($self, /)", "Return state information for pickling."),
    {},
};

template <NewFunction make_new, UnaryFunction step>
void fillAdaptor(Slots& slots) {
  slots.new_ = make_new;
  slots.iter = iteratorSelf;
  slots.next = step;
}

}  // namespace

#define ADAPTOR_SPEC(function, Name, METHODS, dealloc_function, traverse_function, make_new, step, text)                      \
  const TypeSpec& function() {                                                                                                \
    static const TypeSpec spec{.type = &types::Name, .basic_size = sizeof(Name), .doc = text, .methods = METHODS,            \
                               .dealloc = dealloc_function, .traverse = traverse_function, .fill = fillAdaptor<make_new, step>}; \
    return spec;                                                                                                              \
  }
ADAPTOR_SPEC(enumerateTypeSpec, Enumerate, kEnumerateMethods, deallocEnumerate, traverseEnumerate, enumerateNewSlot, enumerateNext,
             "Return an enumerate object.\n\n  iterable\n    an object supporting iteration\n\n"
             "The enumerate object yields pairs containing a count (from start, which\n"
             "defaults to zero) and a value yielded by the iterable argument.\n\n"
             "enumerate is useful for obtaining an indexed list:\n    (0, seq[0]), (1, seq[1]), (2, seq[2]), ...")
ADAPTOR_SPEC(reversedTypeSpec, Reversed, kReversedMethods, deallocReversed, traverseReversed, reversedNew, reversedNext,
             "Return a reverse iterator over the values of the given sequence.")
ADAPTOR_SPEC(zipTypeSpec, Zip, kZipMethods, deallocZip, traverseZip, zipNew, zipNext,
             "zip(*iterables, strict=False) --> Yield tuples until an input is exhausted.\n\n"
             "   >>> list(zip('abcdefg', range(3), range(4)))\n   [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]\n\n"
             "The zip object yields n-length tuples, where n is the number of iterables\n"
             "passed as positional arguments to zip().  The i-th element in every tuple\n"
             "comes from the i-th iterable argument to zip().  This continues until the\n"
             "shortest argument is exhausted.\n\n"
             "If strict is true and one of the arguments is exhausted before the others,\nraise a ValueError.")
ADAPTOR_SPEC(mapTypeSpec, Map, kMapMethods, deallocMap, traverseMap, mapNew, mapNext,
             "map(func, *iterables) --> map object\n\n"
             "Make an iterator that computes the function using arguments from\n"
             "each of the iterables.  Stops when the shortest iterable is exhausted.")
ADAPTOR_SPEC(filterTypeSpec, Filter, kFilterMethods, deallocFilter, traverseFilter, filterNew, filterNext,
             "filter(function or None, iterable) --> filter object\n\n"
             "Return an iterator yielding those items of iterable for which function(item)\n"
             "is true. If function is None, return the items that are true.")
#undef ADAPTOR_SPEC

}  // namespace krait
