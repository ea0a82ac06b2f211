// The operations of quiet.h.
#include "runtime/protocols/quiet.h"
#include "runtime/core/error.h"
#include "runtime/objects/dict_table.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/list.h"
#include "runtime/objects/set_table.h"
#include "runtime/objects/tuple.h"

namespace krait {
namespace {

constexpr int kDeepestTuple = 4;

bool isPlainWithin(Value v, int depth) {
  if (!v.isObject()) return true;
  Object* object = v.asObject();
  switch (object->kind) {
    case kKindStr: case kKindInt: case kKindBytes: case kKindComplex: return true;
    case kKindTuple: {
      if (depth == kDeepestTuple) return false;
      Tuple* tuple = asTuple(v);
      for (int64_t i = 0; i < tuple->size; ++i)
        if (!isPlainWithin(tuple->items[i], depth + 1)) return false;
      return true;
    }
    default: {
      const Slots& slots = object->type()->slots;
      return slots.hash == types::Object.slots.hash && slots.compare == types::Object.slots.compare;
    }
  }
}

// 1 or 0 for plain values of equal hash, -1 when either is not plain.
int plainEqual(Thread& t, Value a, Value b) {
  if (a == b) return 1;
  if (!isPlain(a) || !isPlain(b)) return -1;
  auto bytes = [](Value v) { return v.isObject() && v.asObject()->kind == kKindBytes; };
  if (bytes(a) != bytes(b)) return -1;  // -b warns of comparing bytes with str
  int same = compareBool(t, a, b, CompareOp::kEqual);
  if (same < 0) clearException(t);
  return same;
}

// The hash of a plain key; -1: not plain.
Hash plainHash(Thread& t, Value key) {
  if (isExactStr(key) || key.isInt()) return keyHash(t, key);
  if (!isPlain(key)) return -1;
  Hash hash = hashOf(t, key);
  if (hash == -1) clearException(t);
  return hash;
}

bool plainIndex(Value v) { return v.isInt() || v.isNone(); }

}  // namespace

bool isPlain(Value v) { return isPlainWithin(v, 0); }

Value quietDictGet(Thread& t, Dict* dict, Value key) {
  Hash hash = plainHash(t, key);
  if (hash == -1) return Value();
  int64_t entry = dictFindQuiet(t, dict, key, hash, plainEqual);
  if (entry < 0) return Value();
  dict->remembered = uint32_t(entry);
  return dict->entries[entry].value;
}

Ref<> quietDictSet(Thread& t, Dict* dict, Value key, Value v) {
  // Who watches a binding may be the caller's own code: the interpreter tells it.
  if (dict->hasFlag(kFlagKeysWatched)) return Ref<>();
  Hash hash = plainHash(t, key);
  if (hash == -1) return Ref<>();
  int64_t entry = dict->remembered;
  if (entry >= dict->used || dict->entries[entry].key != key) {
    entry = dictFindQuiet(t, dict, key, hash, plainEqual);
    if (entry == kFindUnsure) return Ref<>();
    if (entry == kAbsent) {
      if (dictInsertNew(t, dict, key, hash, v)) return share(kNone);
      clearException(t);
      return Ref<>();
    }
  }
  Value& field = dict->entries[entry].value;
  retain(v);
  Ref<> old = steal(field);
  field = v;
  return old;
}

bool quietSetAdd(Thread& t, Set* set, Value key) {
  Hash hash = plainHash(t, key);
  if (hash == -1) return false;
  int found = setContainsQuiet(t, set, key, hash, plainEqual);
  if (found != 0) return found > 0;
  if (setAddHashed(t, set, key, hash)) return true;
  clearException(t);
  return false;
}

int quietContains(Thread& t, Value container, Value item) {
  if (!container.isObject()) return -1;
  auto among = [&](const Value* items, int64_t size) {
    bool unsure = !isPlain(item);
    for (int64_t i = 0; i < size; ++i) {
      if (items[i] == item) return 1;
      if (unsure || !isPlain(items[i])) return -1;
      int same = compareBool(t, items[i], item, CompareOp::kEqual);
      if (same < 0) clearException(t);
      if (same) return same;
    }
    return unsure ? -1 : 0;
  };
  switch (container.asObject()->kind) {
    case kKindDict: {
      Hash hash = plainHash(t, item);
      if (hash == -1) return -1;
      int64_t entry = dictFindQuiet(t, asDict(container), item, hash, plainEqual);
      return entry >= 0 ? 1 : entry == kAbsent ? 0 : -1;
    }
    case kKindSet: case kKindFrozenSet: {
      Hash hash = plainHash(t, item);
      return hash == -1 ? -1 : setContainsQuiet(t, asSet(container), item, hash, plainEqual);
    }
    case kKindStr:
      if (!isExactStr(item)) return -1;
      return strFind(asStr(container), asStr(item), 0, asStr(container)->length, false) >= 0;
    case kKindTuple: return among(asTuple(container)->items, asTuple(container)->size);
    case kKindList: return among(asList(container)->items, asList(container)->size);
    case kKindListInt:
      if (!item.isInt()) return -1;
      for (int64_t i = 0; i < asList(container)->size; ++i)
        if (asList(container)->ints[i] == item.asInt()) return 1;
      return 0;
    default: return -1;
  }
}

Ref<> quietGetItem(Thread& t, Value container, Value key) {
  if (!container.isObject()) return Ref<>();
  switch (container.asObject()->kind) {
    case kKindStr: case kKindBytes: case kKindTuple: case kKindList: case kKindListInt: case kKindListFloat: break;
    default: return Ref<>();
  }
  if (!key.isInt()) {
    if (!key.isObject() || key.asObject()->kind != kKindSlice) return Ref<>();
    auto* slice = static_cast<Slice*>(key.asObject());
    if (!plainIndex(slice->start) || !plainIndex(slice->stop) || !plainIndex(slice->step)) return Ref<>();
  }
  Ref<> item = getItem(t, container, key);
  if (!item) clearException(t);
  return item;
}

}  // namespace krait
