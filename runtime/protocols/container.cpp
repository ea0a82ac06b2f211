// Subscripts, membership, length, slices, unpacking: what they mean on any value.
#include <cstring>

#include "runtime/objects/int.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/list_storage.h"
#include "runtime/objects/generic_alias.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/iteration.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// Class[item]: __class_getitem__, or a generic alias of `type` itself.
Ref<> subscriptClass(Thread& t, Value cls, Value key) {
  if (cls == Value(&types::Type)) return newGenericAlias(t, cls, key);
  Ref<> method = getAttrOrEmpty(t, cls, internStatic("__class_getitem__"));
  if (t.raised()) return kRaised;
  if (method && !method.value().isNone()) return call(t, method, key);
  return raise(t, exc::TypeError, "type '%.200s' is not subscriptable", static_cast<Type*>(cls.asObject())->cname);
}

}  // namespace

Ref<> getItem(Thread& t, Value v, Value key) {
  if (BinaryFunction get = typeOf(v)->slots.getitem) return get(t, v, key);
  if (isType(v)) return subscriptClass(t, v, key);
  return raise(t, exc::TypeError, "'%.200s' object is not subscriptable", typeName(v));
}

// Python classes always have, builtin types that are sized, searched, joined or repeated.
bool hasSequenceMethods(Type* type) {
  const Slots& slots = type->slots;
  return type->flags & kTypeHeap || slots.length || slots.contains || slots.concat || slots.repeat;
}

bool setItem(Thread& t, Value v, Value key, Value to) {
  if (SetItemFunction set = typeOf(v)->slots.setitem) return set(t, v, key, to);
  if (!to.empty()) return raise(t, exc::TypeError, "'%.200s' object does not support item assignment", typeName(v));
  // Two wordings: of sequences with an index, and of everything else.
  bool by_index = hasSequenceMethods(typeOf(v)) && typeOf(key)->slots.index;
  return raise(t, exc::TypeError, "'%.200s' object does%s support item deletion", typeName(v), by_index ? "n't" : " not");
}

// Membership by iteration, for types without __contains__.
static int containsByIteration(Thread& t, Value container, Value item) {
  Type* type = typeOf(container);
  if (!type->slots.iter && !type->slots.getitem) {
    return raise(t, exc::TypeError, "argument of type '%.200s' is not iterable", type->cname);
  }
  Iteration items(t, container);
  if (t.raised() && raisedIs(t, exc::TypeError)) {
    clearException(t);
    return raise(t, exc::TypeError, "argument of type '%.200s' is not iterable", type->cname);
  }
  while (Ref<> each = items.next()) {
    int same = compareBool(t, each, item, CompareOp::kEqual);
    if (same) return same;
  }
  return t.raised() ? -1 : 0;
}

int contains(Thread& t, Value container, Value item) {
  if (ContainsFunction f = typeOf(container)->slots.contains) return f(t, container, item);
  return containsByIteration(t, container, item);
}

int64_t lengthOf(Thread& t, Value v) {
  if (LengthFunction length = typeOf(v)->slots.length) return length(t, v);
  return raise(t, exc::TypeError, "object of type '%.200s' has no len()", typeName(v));
}

int64_t lengthHint(Thread& t, Value v, int64_t fallback) {
  if (LengthFunction length = typeOf(v)->slots.length) {
    int64_t n = length(t, v);
    if (n >= 0) return n;
    if (!raisedIs(t, exc::TypeError)) return -1;
    clearException(t);
  }
  Ref<> self;
  static Str* const name = internStatic("__length_hint__");
  Ref<> method = lookupSpecial(t, v, name, &self);
  if (!method) return t.raised() ? -1 : fallback;
  Ref<> result = self ? call(t, method, self) : call(t, method);
  if (!result) {
    if (!raisedIs(t, exc::TypeError)) return -1;
    clearException(t);
    return fallback;
  }
  if (result.value() == kNotImplemented) return fallback;
  if (!isIntLike(result)) {
    return raise(t, exc::TypeError, "__length_hint__ must be an integer, not %.100s", typeName(result));
  }
  int64_t hint = toInt64(t, result);
  if (hint == -1 && t.raised()) return -1;
  if (hint < 0) return raise(t, exc::ValueError, "__length_hint__() should return >= 0");
  return hint;
}

// --- slices ---

// A bound of a slice as int64, clamped; None gives `none`. False: raised.
static bool sliceBound(Thread& t, Value v, int64_t none, int64_t* out) {
  if (v.isInt()) {
    *out = v.asInt();
    return true;
  }
  if (v.isNone()) {
    *out = none;
    return true;
  }
  if (!isIntLike(v) && !typeOf(v)->slots.index) {
    return raise(t, exc::TypeError, "slice indices must be integers or None or have an __index__ method");
  }
  *out = toIndex(t, v, true);
  return *out != -1 || !t.raised();
}

static int64_t clampBound(int64_t i, int64_t length, int64_t step) {
  if (i < 0) {
    i += length;
    if (i < 0) return step < 0 ? -1 : 0;
  } else if (i >= length) {
    return step < 0 ? length - 1 : length;
  }
  return i;
}

int64_t sliceIndices(Thread& t, Value v, int64_t length, int64_t* start, int64_t* stop, int64_t* step) {
  return sliceIndicesOf(t, v, &length, start, stop, step);
}
int64_t sliceIndicesOf(Thread& t, Value v, const int64_t* length, int64_t* start, int64_t* stop, int64_t* step) {
  Slice* slice = asSlice(v);
  if (!sliceBound(t, slice->step, 1, step)) return -1;
  if (*step == 0) return raise(t, exc::ValueError, "slice step cannot be zero");
  if (*step < -INT64_MAX) *step = -INT64_MAX;  // so that it can be negated
  if (!sliceBound(t, slice->start, *step < 0 ? INT64_MAX : 0, start)) return -1;
  if (!sliceBound(t, slice->stop, *step < 0 ? INT64_MIN : INT64_MAX, stop)) return -1;
  *start = clampBound(*start, *length, *step);
  *stop = clampBound(*stop, *length, *step);
  if (*step < 0) return *stop < *start ? (*start - *stop - 1) / -*step + 1 : 0;
  return *start < *stop ? (*stop - *start - 1) / *step + 1 : 0;
}

bool toSearchBound(Thread& t, Value v, int64_t length, int64_t* out) {
  if (v.empty()) return true;
  if (!isIntLike(v) && !typeOf(v)->slots.index) {
    return raise(t, exc::TypeError, "slice indices must be integers or have an __index__ method");
  }
  int64_t i = toIndex(t, v, true);
  if (i == -1 && t.raised()) return false;
  if (i < 0) i = i + length < 0 ? 0 : i + length;
  *out = i;
  return true;
}

// --- unpacking ---

namespace {

bool tooFew(Thread& t, int64_t expected, int64_t after, int64_t got) {
  if (after < 0) {
    return raise(t, exc::ValueError, "not enough values to unpack (expected %zd, got %zd)", ssize_t(expected), ssize_t(got));
  }
  return raise(t, exc::ValueError, "not enough values to unpack (expected at least %zd, got %zd)", ssize_t(expected + after),
               ssize_t(got));
}

void releaseAll(Value* from, Value* to) {
  for (; from < to; ++from) release(*from);
}

// Exact unpacking of a tuple or list, whose items are there.
bool unpackItems(Thread& t, Value v, int64_t count, Value* out) {
  int64_t size = isExactTuple(v) ? asTuple(v)->size : asList(v)->size;
  if (size < count) return tooFew(t, count, -1, size);
  if (size > count) return raise(t, exc::ValueError, "too many values to unpack (expected %zd)", ssize_t(count));
  for (int64_t i = 0; i < count; ++i) {
    out[count - 1 - i] = isExactTuple(v) ? share(asTuple(v)->items[i]).leak() : listGet(asList(v), i).leak();
  }
  return true;
}

}  // namespace

// The stack grows upwards and the first target pops first: item i goes to out[total - 1 - i].
bool unpackSequence(Thread& t, Value v, int64_t before, int64_t after, Value* out) {
  if (after < 0 && (isExactTuple(v) || isExactList(v))) return unpackItems(t, v, before, out);
  Type* type = typeOf(v);
  if (!type->slots.iter && !type->slots.getitem) {
    return raise(t, exc::TypeError, "cannot unpack non-iterable %.200s object", type->cname);
  }
  Ref<> iterator = iterate(t, v);
  if (!iterator) return false;
  const int64_t total = after < 0 ? before : before + 1 + after;
  Value* const end = out + total;
  for (int64_t i = 0; i < before; ++i) {
    Ref<> item = next(t, iterator);
    if (!item) {
      releaseAll(end - i, end);
      return t.raised() ? false : tooFew(t, before, after, i);
    }
    end[-1 - i] = item.leak();
  }
  if (after < 0) {
    Ref<> extra = next(t, iterator);
    if (!extra && !t.raised()) return true;
    releaseAll(out, end);
    if (extra) raise(t, exc::ValueError, "too many values to unpack (expected %zd)", ssize_t(before)).operator bool();
    return false;
  }
  Ref<List> rest = sequenceToList(t, iterator);
  if (!rest) {
    releaseAll(end - before, end);
    return false;
  }
  if (rest->size < after) {
    int64_t got = before + rest->size;
    releaseAll(end - before, end);
    return tooFew(t, before, after, got);
  }
  for (int64_t i = 0; i < after; ++i) out[i] = listPop(t, rest.get(), rest->size - 1).leak();
  out[after] = rest.leak();
  return true;
}

Ref<> concatSequence(Thread& t, Value a, Value b) {
  if (BinaryFunction concat = typeOf(a)->slots.concat) return concat(t, a, b);
  // Classes in Python with __getitem__ and __add__ count as sequences.
  bool adds = typeOf(a)->slots.binary[kOp_add] || typeOf(b)->slots.binary[kOp_add];
  if (adds && typeOf(a)->slots.getitem && typeOf(b)->slots.getitem && !isDict(a) && !isDict(b)) {
    return binaryOp(t, kOp_add, a, b);
  }
  return raise(t, exc::TypeError, "'%.200s' object can't be concatenated", typeName(a));
}

}  // namespace krait
