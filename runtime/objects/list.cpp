// list: the primitives of list.h over the three kinds of storage. Methods are in list_methods.cpp, sorting in list_sort.cpp.
//
// All kinds have items of 8 bytes, so moving, growing and cutting work on words whatever the kind; only what enters or leaves
// the list looks at the kind. A raw list that was emptied item by item stays raw (a stack of ints would else change its kind
// at each turn); its next first item chooses the kind anew.
#include "runtime/objects/list.h"

#include <algorithm>
#include <cstring>

#include "runtime/memory/memory.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/list_storage.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/iteration.h"

namespace krait {

// --- storage ---

// CPython's growth pattern: about an eighth more than asked for.
bool listResizeStorage(Thread& t, List* list, int64_t size) {
  size_t capacity = (size_t(size) + (size_t(size) >> 3) + 6) & ~size_t(3);
  if (size - list->size > int64_t(capacity - size_t(size))) capacity = (size_t(size) + 3) & ~size_t(3);
  if (size == 0) capacity = 0;
  return listSetCapacity(t, list, int64_t(capacity));
}

bool listSetCapacity(Thread& t, List* list, int64_t capacity) {
  if (capacity == 0) {
    if (list->items) freeBuffer(list->items);
    list->items = nullptr;
    list->capacity = 0;
    return true;
  }
  if (capacity > kMaxListItems) return raiseNoMemory(t);
  size_t bytes = size_t(capacity) * sizeof(Value);
  void* items = list->items ? resizeBuffer(list->items, bytes) : allocateBuffer(bytes);
  if (!items) return raiseNoMemory(t);
  list->items = static_cast<Value*>(items);
  list->capacity = capacity;
  return true;
}

uint32_t listKindFor(const Value* items, int64_t size) {
  if (size == 0) return kKindList;
  if (items[0].isInt()) {
    for (int64_t i = 1; i < size; ++i) {
      if (!items[i].isInt()) return kKindList;
    }
    return kKindListInt;
  }
  if (items[0].isDouble()) {
    for (int64_t i = 1; i < size; ++i) {
      if (!items[i].isDouble()) return kKindList;
    }
    return kKindListFloat;
  }
  return kKindList;
}

// Writes boxed items into storage of this kind, which fits them. References move.
void listStoreItems(uint32_t kind, void* to, const Value* items, int64_t size) {
  if (kind == kKindListInt) {
    for (int64_t i = 0; i < size; ++i) static_cast<int64_t*>(to)[i] = items[i].asInt();
  } else if (kind == kKindListFloat) {
    for (int64_t i = 0; i < size; ++i) static_cast<double*>(to)[i] = items[i].asDouble();
  } else {
    memmove(to, items, size_t(size) * sizeof(Value));
  }
}

void listBoxItems(uint32_t kind, const void* from, Value* items, int64_t size) {
  if (kind == kKindListInt) {
    for (int64_t i = 0; i < size; ++i) items[i] = Value::fromInt(static_cast<const int64_t*>(from)[i]);
  } else if (kind == kKindListFloat) {
    for (int64_t i = 0; i < size; ++i) items[i] = Value::fromDouble(static_cast<const double*>(from)[i]);
  } else {
    memmove(items, from, size_t(size) * sizeof(Value));
  }
}

bool listMakeGeneric(Thread&, List* list) {
  if (!isRawListKind(list->kind)) return true;
  listBoxItems(list->kind, list->items, list->items, list->size);
  list->kind = kKindList;
  return true;
}

void listBecomeRaw(List* list) {
  if (list->kind != kKindList) return;
  uint32_t kind = listKindFor(list->items, list->size);
  if (kind == kKindList) return;
  listStoreItems(kind, list->items, list->items, list->size);
  list->kind = kind;
}

// Gives an item the right to enter: afterwards the list's kind holds it.
static void admit(List* list, Value v) {
  if (list->kind == kKindListInt) {
    if (v.isInt()) return;
  } else if (list->kind == kKindListFloat) {
    if (v.isDouble()) return;
  } else if (list->kind != kKindList || list->size) {
    return;
  }
  if (list->size == 0) {
    list->kind = v.isInt() ? kKindListInt : v.isDouble() ? kKindListFloat : kKindList;
    return;
  }
  listBoxItems(list->kind, list->items, list->items, list->size);
  list->kind = kKindList;
}

static void storeItem(List* list, int64_t i, Value v) {
  if (list->kind == kKindListInt) {
    list->ints[i] = v.asInt();
  } else if (list->kind == kKindListFloat) {
    list->floats[i] = v.asDouble();
  } else {
    list->items[i] = v;
  }
}

// --- making ---

Ref<List> newList(Thread& t, int64_t capacity) {
  auto* list = static_cast<List*>(allocateObject(sizeof(List), Sort::kCollectable, &types::List, kKindList));
  if (KRAIT_UNLIKELY(!list)) return raiseNoMemory(t);
  list->items = nullptr;
  list->size = 0;
  list->capacity = 0;
  Ref<List> result = steal(list);
  if (capacity && !listSetCapacity(t, list, capacity)) return kRaised;
  return result;
}

Ref<List> newListSteal(Thread& t, Value* items, int64_t size) {
  Ref<List> list = newList(t, size);
  if (!list) {
    for (int64_t i = 0; i < size; ++i) release(items[i]);
    return kRaised;
  }
  list->kind = listKindFor(items, size);
  if (size) listStoreItems(list->kind, list->items, items, size);
  list->size = size;
  return list;
}

Ref<List> newListFrom(Thread& t, const Value* items, int64_t size) {
  Ref<List> list = newList(t, size);
  if (!list) return kRaised;
  for (int64_t i = 0; i < size; ++i) retain(items[i]);
  list->kind = listKindFor(items, size);
  if (size) listStoreItems(list->kind, list->items, items, size);
  list->size = size;
  return list;
}

Ref<List> sequenceToList(Thread& t, Value iterable) {
  Ref<List> list = newList(t);
  if (!list || !listExtend(t, list.get(), iterable)) return kRaised;
  return list;
}

// --- one item ---

bool listSet(Thread&, List* list, int64_t i, Ref<> v) {
  if (KRAIT_LIKELY(list->kind == kKindListInt && v.value().isInt())) {
    list->ints[i] = v.value().asInt();
    return true;
  }
  if (list->kind == kKindListFloat && v.value().isDouble()) {
    list->floats[i] = v.value().asDouble();
    return true;
  }
  if (isRawListKind(list->kind)) {
    listBoxItems(list->kind, list->items, list->items, list->size);
    list->kind = kKindList;
  }
  assign(list->items[i], std::move(v));
  return true;
}

bool listAppend(Thread& t, List* list, Ref<> v) {
  Value item = v.value();
  admit(list, item);
  if (KRAIT_UNLIKELY(list->size == list->capacity) && !listResizeStorage(t, list, list->size + 1)) return false;
  storeItem(list, list->size, v.leak());
  ++list->size;
  return true;
}

bool listInsert(Thread& t, List* list, int64_t i, Ref<> v) {
  admit(list, v);
  if (list->size == list->capacity && !listResizeStorage(t, list, list->size + 1)) return false;
  if (i < 0) i = i + list->size < 0 ? 0 : i + list->size;
  if (i > list->size) i = list->size;
  memmove(list->items + i + 1, list->items + i, size_t(list->size - i) * sizeof(Value));
  storeItem(list, i, v.leak());
  ++list->size;
  return true;
}

// Shrinking storage cannot fail in a way that matters: the old block stays.
static void shrinkStorage(List* list) {
  if (list->size >= list->capacity >> 1) return;
  if (list->size == 0) {
    freeBuffer(list->items);
    list->items = nullptr;
    list->capacity = 0;
    return;
  }
  int64_t capacity = int64_t((size_t(list->size) + (size_t(list->size) >> 3) + 6) & ~size_t(3));
  if (capacity >= list->capacity) return;
  if (void* items = resizeBuffer(list->items, size_t(capacity) * sizeof(Value))) {
    list->items = static_cast<Value*>(items);
    list->capacity = capacity;
  }
}

Ref<> listPop(Thread&, List* list, int64_t i) {
  Ref<> item;
  if (list->kind == kKindListInt) {
    item = steal(Value::fromInt(list->ints[i]));
  } else if (list->kind == kKindListFloat) {
    item = steal(Value::fromDouble(list->floats[i]));
  } else {
    item = steal(list->items[i]);
  }
  --list->size;
  if (i != list->size) memmove(list->items + i, list->items + i + 1, size_t(list->size - i) * sizeof(Value));
  shrinkStorage(list);
  return item;
}

// --- many items ---

void listClear(List* list) {
  Value* items = list->items;
  int64_t size = list->size;
  bool raw = isRawListKind(list->kind);
  list->items = nullptr;
  list->size = list->capacity = 0;
  if (raw) list->kind = kKindList;
  if (!items) return;
  if (!raw) {
    for (int64_t i = size; --i >= 0;) release(items[i]);
  }
  freeBuffer(items);
}

// Appends words of `kind` from another list or tuple (kKindList for boxed items), sharing them.
static bool appendItems(Thread& t, List* list, uint32_t kind, const void* from, int64_t count) {
  if (count == 0) return true;
  if (list->size == 0 && isExactList(list)) {
    // A tuple or a generic list may still hold nothing but numbers.
    list->kind = isRawListKind(kind) ? kind : listKindFor(static_cast<const Value*>(from), count);
  } else if (isRawListKind(list->kind) && list->kind != kind) {
    bool fits = !isRawListKind(kind) && listKindFor(static_cast<const Value*>(from), count) == list->kind;
    if (!fits && !listMakeGeneric(t, list)) return false;
  }
  bool self = from == list->items;
  // A list that had nothing gets room for just these, as CPython's: most such lists never grow.
  if (!list->items && !listSetCapacity(t, list, (count + 1) & ~int64_t(1))) return false;
  if (list->size + count > list->capacity && !listResizeStorage(t, list, list->size + count)) return false;
  if (self) from = list->items;
  Value* to = list->items + list->size;
  if (isRawListKind(kind) && kind == list->kind) {
    memmove(to, from, size_t(count) * sizeof(Value));
  } else if (isRawListKind(list->kind)) {
    listStoreItems(list->kind, to, static_cast<const Value*>(from), count);
  } else {
    listBoxItems(kind, from, to, count);
    if (!isRawListKind(kind)) {
      for (int64_t i = 0; i < count; ++i) retain(to[i]);
    }
  }
  list->size += count;
  return true;
}

static bool extendFromIterator(Thread& t, List* list, Value iterable) {
  Iteration items(t, iterable);
  if (t.raised()) return false;
  int64_t hint = items.hint(8);
  if (hint < 0) return false;
  // The hint may lie; a wild one must not make extend() fail. What knows its length gets room for just that.
  if (hint > list->capacity - list->size && hint < (int64_t(1) << 40)) {
    bool exact = !list->items && typeOf(iterable)->slots.length;
    bool grown =
        exact ? listSetCapacity(t, list, (hint + 1) & ~int64_t(1)) : listResizeStorage(t, list, list->size + hint);
    if (!grown) clearException(t);
  }
  while (Ref<> item = items.next()) {
    if (!listAppend(t, list, std::move(item))) return false;
  }
  if (t.raised()) return false;
  shrinkStorage(list);
  return true;
}

bool listExtend(Thread& t, List* list, Value iterable) {
  if (isExactList(iterable) || iterable == Value(list)) {  // a list that extends itself must not walk what it appends
    List* from = asList(iterable);
    return appendItems(t, list, from->kind, from->items, from->size);
  }
  if (isExactTuple(iterable)) return appendItems(t, list, kKindList, asTuple(iterable)->items, asTuple(iterable)->size);
  return extendFromIterator(t, list, iterable);
}

// Replaces items[start, stop) by `count` boxed items (shared).
static bool replaceItems(Thread& t, List* list, int64_t start, int64_t stop, const Value* items, int64_t count) {
  if (count) {
    uint32_t kind = listKindFor(items, count);
    bool everything = stop - start == list->size && isExactList(list);
    if (everything && list->kind == kKindList && list->size == 0) {
      list->kind = kind;
    } else if (isRawListKind(list->kind) && kind != list->kind && !listMakeGeneric(t, list)) {
      return false;
    }
  }
  int64_t removed = stop - start, grow = count - removed;
  bool raw = isRawListKind(list->kind);
  Value small[8];
  Value* old = small;
  if (!raw && removed) {
    if (removed > 8) {
      old = static_cast<Value*>(allocateBuffer(size_t(removed) * sizeof(Value)));
      if (!old) return raiseNoMemory(t);
    }
    memcpy(old, list->items + start, size_t(removed) * sizeof(Value));
  }
  if (list->size + grow > list->capacity && !listResizeStorage(t, list, list->size + grow)) {
    if (old != small) freeBuffer(old);
    return false;
  }
  if (grow) memmove(list->items + stop + grow, list->items + stop, size_t(list->size - stop) * sizeof(Value));
  list->size += grow;
  for (int64_t i = 0; i < count; ++i) retain(items[i]);
  if (count) listStoreItems(list->kind, list->items + start, items, count);
  if (grow < 0) shrinkStorage(list);
  // Only now may anything die: destructors see the finished list.
  if (!raw) {
    for (int64_t i = removed; --i >= 0;) release(old[i]);
    if (old != small) freeBuffer(old);
  }
  return true;
}

static bool replaceRawItems(Thread& t, List* list, int64_t start, int64_t stop, const List* from) {
  start = std::clamp(start, int64_t(0), list->size);
  stop = std::clamp(stop, start, list->size);
  int64_t grow = from->size - (stop - start);
  if (list->size + grow > list->capacity && !listResizeStorage(t, list, list->size + grow)) return false;
  if (grow) memmove(list->items + stop + grow, list->items + stop, size_t(list->size - stop) * sizeof(Value));
  list->size += grow;
  if (from->size) memcpy(list->items + start, from->items, size_t(from->size) * sizeof(Value));
  if (grow < 0) shrinkStorage(list);
  return true;
}

bool listSetSlice(Thread& t, List* list, int64_t start, int64_t stop, Value iterable) {
  if (iterable.empty()) {
    if (start < 0) start = 0;
    if (stop > list->size) stop = list->size;
    if (start >= stop) return true;
    return replaceItems(t, list, start, stop, nullptr, 0);
  }
  // Raw items of the same kind: nothing is boxed, nothing dies.
  if (isRawListKind(list->kind) && iterable.isObject() && iterable.asObject() != list &&
      iterable.asObject()->kind == list->kind)
    return replaceRawItems(t, list, start, stop, asList(iterable));
  Ref<Tuple> items = sequenceToTuple(t, iterable);
  if (!items) return false;
  // Making the tuple may have run code that changed the list.
  if (start < 0) start = 0;
  if (start > list->size) start = list->size;
  if (stop < start) stop = start;
  if (stop > list->size) stop = list->size;
  return replaceItems(t, list, start, stop, items->items, items->size);
}

Ref<List> listSlice(Thread& t, List* list, int64_t start, int64_t stop, int64_t step) {
  int64_t count = step > 0 ? (stop > start ? (stop - start - 1) / step + 1 : 0) : (stop < start ? (start - stop - 1) / -step + 1 : 0);
  Ref<List> result = newList(t, count);
  if (!result || count == 0) return result;
  if (step == 1) {
    memcpy(result->items, list->items + start, size_t(count) * sizeof(Value));
  } else {
    for (int64_t i = 0; i < count; ++i) result->items[i] = list->items[start + i * step];
  }
  result->size = count;
  if (isRawListKind(list->kind)) {
    result->kind = list->kind;
  } else {
    for (int64_t i = 0; i < count; ++i) retain(result->items[i]);
    listBecomeRaw(result.get());
  }
  return result;
}

bool listReverse(Thread&, List* list) {
  for (int64_t i = 0, j = list->size - 1; i < j; ++i, --j) std::swap(list->items[i], list->items[j]);
  return true;
}

}  // namespace krait
