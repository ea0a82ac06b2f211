// list as Python sees it: constructor, operators, methods.
#include <cstring>

#include "runtime/core/error.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/generic_alias.h"
#include "runtime/objects/int.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/list_storage.h"
#include "runtime/objects/sequence.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/arguments.h"

namespace krait {

namespace {

struct ListItems {
  List* list;
  int64_t size() const { return list->size; }
  Ref<> item(int64_t i) const { return listGet(list, i); }
  static bool shortcut() { return true; }
};

void deallocList(Object* self) {
  auto* list = static_cast<List*>(self);
  if (list->items) {
    if (!isRawListKind(self->kind)) {
      for (int64_t i = list->size; --i >= 0;) release(list->items[i]);
    }
    freeBuffer(list->items);
  }
  if (KRAIT_LIKELY(self->type() == &types::List)) {
    freeObject(self, sizeof(List), Sort::kCollectable);
  } else {
    freeInstance(self);
  }
}

void traverseList(Object* self, Visitor& visitor) {
  auto* list = static_cast<List*>(self);
  if (isRawListKind(self->kind)) return;
  for (int64_t i = 0; i < list->size; ++i) visitor.visit(list->items[i]);
}

void clearList(Object* self) { listClear(static_cast<List*>(self)); }

Ref<> listNew(Thread& t, Type* type, Args) {
  if (type == &types::List) return newList(t);
  auto* list = allocateInstance<List>(type);
  if (!list) return raiseNoMemory(t);
  list->items = nullptr;
  list->size = list->capacity = 0;
  return steal(Value(list));
}

bool listInit(Thread& t, Value self, Args args) {
  if (!noInitKeywords(t, typeOf(self), &types::List, args) || !arity(t, "list", args, 0, 1)) return false;
  if (asList(self)->items) listClear(asList(self));
  return args.positional == 0 || listExtend(t, asList(self), args[0]);
}

Ref<> listRepr(Thread& t, Value self) {
  List* list = asList(self);
  StrBuilder out(t);
  if (list->size == 0) {
    out.appendAscii("[]");
    return out.finish();
  }
  ReprScope scope(t, self);
  if (scope.failed()) return kRaised;
  if (scope.recursive()) {
    out.appendAscii("[...]");
    return out.finish();
  }
  out.appendAscii("[");
  if (!appendReprs(t, out, ListItems{list})) return kRaised;
  out.appendAscii("]");
  return out.finish();
}

Ref<> listCompare(Thread& t, Value a, Value b, CompareOp op) {
  if (!isList(a) || !isList(b)) return share(kNotImplemented);
  List *x = asList(a), *y = asList(b);
  if (x->kind == kKindListInt && y->kind == kKindListInt && (op == CompareOp::kEqual || op == CompareOp::kNotEqual)) {
    bool equal = x->size == y->size && memcmp(x->ints, y->ints, size_t(x->size) * sizeof(int64_t)) == 0;
    return steal(Value::fromBool(equal == (op == CompareOp::kEqual)));
  }
  NativeScope scope(t, " in comparison");
  if (!scope) return kRaised;
  return compareSequences(t, ListItems{x}, ListItems{y}, op);
}

int64_t listLength(Thread&, Value self) { return asList(self)->size; }

// Index of the first item equal to v at or after start: -1 absent, -2 raised.
int64_t findItem(Thread& t, List* list, Value v, int64_t start, int64_t stop) {
  if (list->kind == kKindListInt && v.isInt()) {
    int64_t wanted = v.asInt();
    if (stop > list->size) stop = list->size;
    for (int64_t i = start; i < stop; ++i) {
      if (list->ints[i] == wanted) return i;
    }
    return -1;
  }
  bool text = isExactStr(v);
  for (int64_t i = start; i < stop && i < list->size; ++i) {
    if (text && list->kind == kKindList && isExactStr(list->items[i])) {
      if (strEqual(asStr(list->items[i]), asStr(v))) return i;
      continue;
    }
    Ref<> item = listGet(list, i);
    if (item.value() == v) return i;
    int same = compareBool(t, item, v, CompareOp::kEqual);
    if (same < 0) return -2;
    if (same) return i;
  }
  return -1;
}

int listContains(Thread& t, Value self, Value item) {
  int64_t i = findItem(t, asList(self), item, 0, INT64_MAX);
  return i >= 0 ? 1 : i == -1 ? 0 : -1;
}

// An index key as int64, from the end when negative; false: raised. Range is not checked.
bool indexKey(Thread& t, List* list, Value key, int64_t* out) {
  int64_t i;
  if (KRAIT_LIKELY(key.isInt())) {
    i = key.asInt();
  } else {
    if (!isIntLike(key) && !typeOf(key)->slots.index) {
      return raise(t, exc::TypeError, "list indices must be integers or slices, not %.200s", typeName(key));
    }
    i = toIndex(t, key, false, &exc::IndexError);
    if (i == -1 && t.raised()) return false;
  }
  *out = i < 0 ? i + list->size : i;
  return true;
}

Ref<> listGetItem(Thread& t, Value self, Value key) {
  List* list = asList(self);
  if (KRAIT_UNLIKELY(isSlice(key))) {
    int64_t start, stop, step;
    if (sliceIndicesOf(t, key, &list->size, &start, &stop, &step) < 0) return kRaised;
    return listSlice(t, list, start, stop, step);
  }
  int64_t i;
  if (!indexKey(t, list, key, &i)) return kRaised;
  if (KRAIT_UNLIKELY(uint64_t(i) >= uint64_t(list->size))) return raise(t, exc::IndexError, "list index out of range");
  return listGet(list, i);
}

// del list[start:stop:step] for a step other than 1.
bool deleteExtended(Thread& t, List* list, int64_t start, int64_t step, int64_t count) {
  if (count <= 0) return true;
  if (step < 0) {
    start += step * (count - 1);
    step = -step;
  }
  auto* dead = static_cast<Value*>(allocateBuffer(size_t(count) * sizeof(Value)));
  if (!dead) return raiseNoMemory(t);
  int64_t to = start, taken = 0;
  for (int64_t i = start; i < list->size; ++i) {
    if (taken < count && i == start + taken * step) {
      dead[taken++] = list->items[i];
    } else {
      list->items[to++] = list->items[i];
    }
  }
  list->size -= count;
  if (!isRawListKind(list->kind)) {
    for (int64_t i = 0; i < count; ++i) release(dead[i]);
  }
  freeBuffer(dead);
  return true;
}

bool assignExtended(Thread& t, List* list, int64_t start, int64_t step, int64_t count, Value v) {
  if (!isList(v) && !isTuple(v) && !typeOf(v)->slots.iter && !typeOf(v)->slots.getitem) {
    return raise(t, exc::TypeError, "must assign iterable to extended slice");
  }
  Ref<Tuple> items = sequenceToTuple(t, v);
  if (!items) return false;
  if (items->size != count) {
    return raise(t, exc::ValueError, "attempt to assign sequence of size %zd to extended slice of size %zd",
                 ssize_t(items->size), ssize_t(count));
  }
  // Replaced items die after all are in place.
  Ref<Tuple> dead = newTupleBlank(t, count);
  if (!dead) return false;
  for (int64_t k = 0; k < count; ++k) {
    int64_t i = start + k * step;
    dead->items[k] = listGet(list, i).leak();
    if (!listSet(t, list, i, share(items->items[k]))) return false;
  }
  return true;
}

bool setSlice(Thread& t, List* list, Value slice, Value v) {
  int64_t start, stop, step;
  int64_t count = sliceIndicesOf(t, slice, &list->size, &start, &stop, &step);
  if (count < 0) return false;
  if (step == 1) {
    if (v.empty() || isList(v) || isTuple(v)) return listSetSlice(t, list, start, start + count, v);
    // The iterable is used up before the indices count: it may change the list.
    Ref<Tuple> items = sequenceToTuple(t, v);
    if (!items) {
      if (raisedIs(t, exc::TypeError) && !typeOf(v)->slots.iter && !typeOf(v)->slots.getitem) {
        clearException(t);
        return raise(t, exc::TypeError, "can only assign an iterable");
      }
      return false;
    }
    if (stop < start) stop = start;
    return listSetSlice(t, list, start, stop, items);
  }
  return v.empty() ? deleteExtended(t, list, start, step, count) : assignExtended(t, list, start, step, count, v);
}

bool listSetItem(Thread& t, Value self, Value key, Value v) {
  List* list = asList(self);
  if (KRAIT_UNLIKELY(isSlice(key))) return setSlice(t, list, key, v);
  int64_t i;
  if (!indexKey(t, list, key, &i)) return false;
  if (KRAIT_UNLIKELY(uint64_t(i) >= uint64_t(list->size))) {
    return raise(t, exc::IndexError, "list assignment index out of range");
  }
  if (v.empty()) {
    Ref<> dead = listPop(t, list, i);
    return true;
  }
  return listSet(t, list, i, share(v));
}

Ref<> listConcat(Thread& t, Value a, Value b) {
  if (!isList(b)) return raise(t, exc::TypeError, "can only concatenate list (not \"%.200s\") to list", typeName(b));
  Ref<List> result = newList(t, asList(a)->size + asList(b)->size);
  if (!result) return kRaised;
  for (Value part : {a, b}) {
    List* from = asList(part);
    // Subclasses too are taken by their items, not by their iterator.
    if (isExactList(part) ? !listExtend(t, result.get(), part)
                          : !listSetSlice(t, result.get(), result->size, result->size, newTuple(t, from->items, from->size))) {
      return kRaised;
    }
  }
  return result;
}

// Fills the list with `times` copies of its first `size` items. Room is there.
void repeatItems(List* list, int64_t size, int64_t times) {
  int64_t total = size * times;
  if (!isRawListKind(list->kind)) {
    for (int64_t i = 0; i < size; ++i) {
      if (list->items[i].isObject()) list->items[i].asObject()->count += uint32_t(times - 1);
    }
  }
  for (int64_t done = size; done < total;) {
    int64_t part = done < total - done ? done : total - done;
    memcpy(list->items + done, list->items, size_t(part) * sizeof(Value));
    done += part;
  }
  list->size = total;
}

Ref<> listRepeat(Thread& t, Value self, Value times) {
  List* list = asList(self);
  int64_t n = toIndex(t, times, false, &exc::OverflowError);
  if (n == -1 && t.raised()) return kRaised;
  if (n <= 0 || list->size == 0) return newList(t);
  if (list->size > kMaxListItems / n) return raiseNoMemory(t);
  int64_t size = list->size;
  Ref<List> result = newList(t, size * n);
  if (!result) return kRaised;
  memcpy(result->items, list->items, size_t(size) * sizeof(Value));
  if (isRawListKind(list->kind)) {
    result->kind = list->kind;
  } else {
    for (int64_t i = 0; i < size; ++i) retain(result->items[i]);
    result->size = size;
    listBecomeRaw(result.get());
  }
  repeatItems(result.get(), size, n);
  return result;
}

Ref<> listInplaceConcat(Thread& t, Value self, Value other) {
  if (!listExtend(t, asList(self), other)) return kRaised;
  return share(self);
}

Ref<> listInplaceRepeat(Thread& t, Value self, Value times) {
  List* list = asList(self);
  int64_t n = toIndex(t, times, false, &exc::OverflowError);
  if (n == -1 && t.raised()) return kRaised;
  if (n <= 0) {
    listClear(list);
  } else if (n > 1 && list->size) {
    if (list->size > kMaxListItems / n) return raiseNoMemory(t);
    if (list->size * n > list->capacity && !listSetCapacity(t, list, list->size * n)) return kRaised;
    repeatItems(list, list->size, n);
  }
  return share(self);
}

// --- methods ---

Ref<> methodAppend(Thread& t, Value self, Value item) {
  if (!listAppend(t, asList(self), share(item))) return kRaised;
  return share(kNone);
}

Ref<> methodExtend(Thread& t, Value self, Value iterable) {
  if (!listExtend(t, asList(self), iterable)) return kRaised;
  return share(kNone);
}

Ref<> methodInsert(Thread& t, Value self, const Value* args) {
  int64_t i = sizeParameter(t, args[0]);
  if (i == -1 && t.raised()) return kRaised;
  if (!listInsert(t, asList(self), i, share(args[1]))) return kRaised;
  return share(kNone);
}

Ref<> methodPop(Thread& t, Value self, const Value* args) {
  List* list = asList(self);
  int64_t i = sizeParameter(t, args[0]);
  if (i == -1 && t.raised()) return kRaised;
  if (list->size == 0) return raise(t, exc::IndexError, "pop from empty list");
  if (i < 0) i += list->size;
  if (uint64_t(i) >= uint64_t(list->size)) return raise(t, exc::IndexError, "pop index out of range");
  return listPop(t, list, i);
}

Ref<> methodRemove(Thread& t, Value self, Value item) {
  List* list = asList(self);
  int64_t i = findItem(t, list, item, 0, INT64_MAX);
  if (i == -2) return kRaised;
  if (i == -1) return raise(t, exc::ValueError, "list.remove(x): x not in list");
  if (i < list->size) Ref<> dead = listPop(t, list, i);
  return share(kNone);
}

Ref<> methodIndex(Thread& t, Value self, const Value* args) {
  List* list = asList(self);
  int64_t start = 0, stop = INT64_MAX;
  if (!toSearchBound(t, args[1], list->size, &start) || !toSearchBound(t, args[2], list->size, &stop)) return kRaised;
  int64_t i = findItem(t, list, args[0], start, stop);
  if (i == -2) return kRaised;
  if (i >= 0) return steal(Value::fromInt(i));
  Ref<Str> text = repr(t, args[0]);
  if (!text) return kRaised;
  StrBuilder message(t);
  message.append(text.get());
  message.appendAscii(" is not in list");
  Ref<Str> whole = message.finish();
  return whole ? raiseWith(t, exc::ValueError, whole) : kRaised;
}

Ref<> methodCount(Thread& t, Value self, Value item) {
  List* list = asList(self);
  int64_t count = 0;
  for (int64_t i = 0; (i = findItem(t, list, item, i, INT64_MAX)) >= 0; ++i) ++count;
  if (t.raised()) return kRaised;
  return steal(Value::fromInt(count));
}

Ref<> methodReverse(Thread& t, Value self) {
  if (!listReverse(t, asList(self))) return kRaised;
  return share(kNone);
}

Ref<> methodClear(Thread&, Value self) {
  listClear(asList(self));
  return share(kNone);
}

Ref<> methodCopy(Thread& t, Value self) { return listSlice(t, asList(self), 0, asList(self)->size, 1); }

Ref<> methodSort(Thread& t, Value self, const Value* args) {
  int reverse = args[1].isBool() ? args[1] == kTrue : int(toInt64(t, args[1]) != 0);
  if (t.raised() || !listSort(t, asList(self), args[0], reverse != 0)) return kRaised;
  return share(kNone);
}

Ref<> methodSizeof(Thread&, Value self) {
  return steal(Value::fromInt(int64_t(instanceSize(self.asObject())) + asList(self)->capacity * int64_t(sizeof(Value))));
}

Ref<> methodReversed(Thread& t, Value self) {
  auto* iterator = allocate<ListIterator>(Sort::kCollectable, &types::ListReverseIterator, kKindListReverseIterator);
  if (!iterator) return raiseNoMemory(t);
  retain(self);
  iterator->list = asList(self);
  iterator->index = iterator->list->size - 1;
  return steal(Value(iterator));
}

const MethodDef kListMethods[] = {
    method("__reversed__", methodReversed, "($self, /)", "Return a reverse iterator over the list."),
    method("__sizeof__", methodSizeof, "($self, /)", "Return the size of the list in memory, in bytes."),
    method("__getitem__", listGetItem, nullptr, "x.__getitem__(y) <==> x[y]"),
    method("append", methodAppend, "($self, object, /)", "Append object to the end of the list."),
    method("clear", methodClear, "($self, /)", "Remove all items from list."),
    method("copy", methodCopy, "($self, /)", "Return a shallow copy of the list."),
    method("count", methodCount, "($self, value, /)", "Return number of occurrences of value."),
    method("extend", methodExtend, "($self, iterable, /)", "Extend list by appending elements from the iterable."),
    method("index", methodIndex, "($self, value, start=0, stop=sys.maxsize, /)",
           "Return first index of value.\n\nRaises ValueError if the value is not present."),
    method("insert", methodInsert, "($self, index, object, /)", "Insert object before index."),
    method("pop", methodPop, "($self, index=-1, /)",
           "Remove and return item at index (default last).\n\nRaises IndexError if list is empty or index is out of "
           "range."),
    method("remove", methodRemove, "($self, value, /)",
           "Remove first occurrence of value.\n\nRaises ValueError if the value is not present."),
    method("reverse", methodReverse, "($self, /)", "Reverse *IN PLACE*."),
    method("sort", methodSort, "($self, /, *, key=None, reverse=False)",
           "Sort the list in ascending order and return None.\n\n"
           "The sort is in-place (i.e. the list itself is modified) and stable (i.e. the\n"
           "order of two equal elements is maintained).\n\n"
           "If a key function is given, apply it once to each list item and sort them,\n"
           "ascending or descending, according to their function values.\n\n"
           "The reverse flag can be set to sort in descending order."),
    method("__class_getitem__", classGetItem, "($cls, item, /)", "See PEP 585", MethodKind::kClass),
    {},
};

void fillListSlots(Slots& slots) {
  slots.new_ = listNew;
  slots.init = listInit;
  slots.repr = listRepr;
  slots.compare = listCompare;
  slots.iter = listIterator;
  slots.length = listLength;
  slots.getitem = listGetItem;
  slots.setitem = listSetItem;
  slots.contains = listContains;
  slots.concat = listConcat;
  slots.repeat = listRepeat;
  slots.inplace_concat = listInplaceConcat;
  slots.inplace_repeat = listInplaceRepeat;
}

}  // namespace

const TypeSpec& listTypeSpec() {
  static const TypeSpec spec{
      .type = &types::List,
      .basic_size = sizeof(List),
      .doc =
          "Built-in mutable sequence.\n\nIf no argument is given, the constructor creates a new empty list.\n"
          "The argument must be an iterable if specified.",
      .methods = kListMethods,
      .dealloc = deallocList,
      .traverse = traverseList,
      .clear = clearList,
      .fill = fillListSlots,
  };
  return spec;
}

}  // namespace krait
