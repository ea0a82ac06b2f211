// list.sort: which keys are compared, how, and what the list looks like meanwhile.
//
// Keys that are all immediate ints, all floats or all exact strs are compared in C++, and then nothing can look at the list
// while it is sorted. Otherwise comparing runs Python: the items are moved out first, so that the list is empty to whoever
// looks, and a list that is not empty afterwards was modified.
#include <cstring>

#include "runtime/memory/memory.h"
#include "runtime/objects/less.h"
#include "runtime/objects/list_storage.h"
#include "runtime/objects/merge_sort.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

struct LessInt {
  int operator()(int64_t a, int64_t b) const { return a < b; }
};
struct LessFloat {
  int operator()(double a, double b) const { return a < b; }
};
struct LessStr {
  int operator()(Value a, Value b) const {
    const Str *x = asStr(a), *y = asStr(b);
    if (x->width == 1 && y->width == 1 && x->length >= 8 && y->length >= 8) {  // most differ within eight bytes
      uint64_t p, q;
      memcpy(&p, x->data, sizeof p);
      memcpy(&q, y->data, sizeof q);
      if (p != q) return __builtin_bswap64(p) < __builtin_bswap64(q);
    }
    return strCompare(x, y) < 0;
  }
};
struct LessAny {
  Thread* thread;
  int operator()(Value a, Value b) const { return lessThan(*thread, a, b); }
};

enum class Order { kInt, kFloat, kStr, kAny };

bool allExactStrs(const Value* keys, int64_t size) {
  for (int64_t i = 0; i < size; ++i) {
    if (!isExactStr(keys[i])) return false;
  }
  return true;
}

template <class Key, class Less>
bool runSort(Thread& t, Value* keys, Value* values, int64_t size, bool reverse, Less less) {
  SortSpan<Key> span{reinterpret_cast<Key*>(keys), values};
  // Reversing before and after keeps equal items in their order.
  if (reverse) span.reverse(size);
  MergeSort<Key, Less> sort(span, size, less);
  auto result = sort.run();
  if (reverse) span.reverse(size);
  if (result == decltype(result)::kNoMemory) return raiseNoMemory(t);
  return result == decltype(result)::kDone;
}

bool sortWords(Thread& t, Order order, Value* keys, Value* values, int64_t size, bool reverse) {
  switch (order) {
    case Order::kInt: return runSort<int64_t>(t, keys, values, size, reverse, LessInt{});
    case Order::kFloat: return runSort<double>(t, keys, values, size, reverse, LessFloat{});
    case Order::kStr: return runSort<Value>(t, keys, values, size, reverse, LessStr{});
    case Order::kAny: break;
  }
  return runSort<Value>(t, keys, values, size, reverse, LessAny{&t});
}

// Items taken out of a list, and put back whatever happened meanwhile. The list gets room for one item with a mark in it, which
// every change overwrites or gives away, even one that leaves the list empty again.
struct TakenItems {
  static constexpr Value kMark{kSpecialBase | 0xFFFF};
  Value* items;
  int64_t size, capacity;
  uint32_t kind;
  Value* marked;

  TakenItems(List* list, Value* room)
      : items(list->items), size(list->size), capacity(list->capacity), kind(list->kind), marked(room) {
    *room = kMark;
    list->items = room;
    list->size = 0;
    list->capacity = 1;
    if (isRawListKind(kind)) list->kind = kKindList;
  }
  // False: the list was changed meanwhile; what it was given is dropped.
  bool putBack(List* list) {
    List other{};
    other.kind = list->kind;
    other.items = list->items;
    other.size = list->size;
    bool unchanged = list->items == marked && list->size == 0 && *marked == kMark;
    list->items = items;
    list->size = size;
    list->capacity = capacity;
    list->kind = kind;
    if (other.items) listClear(&other);
    return unchanged;
  }
  Ref<> item(int64_t i) const {
    if (kind == kKindListInt) return steal(Value::fromInt(reinterpret_cast<int64_t*>(items)[i]));
    if (kind == kKindListFloat) return steal(Value::fromDouble(reinterpret_cast<double*>(items)[i]));
    return share(items[i]);
  }
};

// Calls key(item) for each; owned keys in a fresh buffer. Null: raised.
Value* makeKeys(Thread& t, const TakenItems& taken, Value key) {
  auto* keys = static_cast<Value*>(allocateBuffer(size_t(taken.size) * sizeof(Value)));
  if (!keys) return raiseNoMemory(t);
  for (int64_t i = 0; i < taken.size; ++i) {
    Ref<> item = taken.item(i);
    keys[i] = call(t, key, item).leak();
    if (keys[i].empty()) {
      while (--i >= 0) release(keys[i]);
      freeBuffer(keys);
      return nullptr;
    }
  }
  return keys;
}

bool sortByKey(Thread& t, const TakenItems& taken, Value key, bool reverse) {
  Value* keys = makeKeys(t, taken, key);
  if (!keys) return false;
  uint32_t kind = listKindFor(keys, taken.size);
  Order order = kind == kKindListInt     ? Order::kInt
                : kind == kKindListFloat ? Order::kFloat
                : allExactStrs(keys, taken.size) ? Order::kStr
                                                 : Order::kAny;
  listStoreItems(kind, keys, keys, taken.size);
  bool ok = sortWords(t, order, keys, taken.items, taken.size, reverse);
  if (!isRawListKind(kind)) {
    for (int64_t i = 0; i < taken.size; ++i) release(keys[i]);
  }
  freeBuffer(keys);
  return ok;
}

}  // namespace

bool listSort(Thread& t, List* list, Value key, bool reverse) {
  if (key.isNone()) {
    if (list->kind == kKindListInt) return sortWords(t, Order::kInt, list->items, nullptr, list->size, reverse);
    if (list->kind == kKindListFloat) return sortWords(t, Order::kFloat, list->items, nullptr, list->size, reverse);
    if (allExactStrs(list->items, list->size)) return sortWords(t, Order::kStr, list->items, nullptr, list->size, reverse);
  }
  auto* room = static_cast<Value*>(allocateBuffer(sizeof(Value)));
  if (!room) return raiseNoMemory(t);
  TakenItems taken(list, room);
  bool ok;
  if (key.isNone()) {
    // All ints or all floats, in a list that became generic for another reason.
    uint32_t kind = listKindFor(taken.items, taken.size);
    listStoreItems(kind, taken.items, taken.items, taken.size);
    Order order = kind == kKindListInt ? Order::kInt : kind == kKindListFloat ? Order::kFloat : Order::kAny;
    ok = sortWords(t, order, taken.items, nullptr, taken.size, reverse);
    listBoxItems(kind, taken.items, taken.items, taken.size);
  } else {
    ok = sortByKey(t, taken, key, reverse);
  }
  bool unchanged = taken.putBack(list);
  if (ok && !unchanged) return raise(t, exc::ValueError, "list modified during sort");
  return ok;
}

}  // namespace krait
