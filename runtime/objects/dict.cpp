// dict: the table and the primitives of dict.h. Methods are in dict_methods.cpp, views and iterators in dict_views.cpp.
//
// Lookups are specialised by key kind: in a dict of strs a key is found by its pointer nearly always, in a dict of ints by its
// bits; only mixed dicts compare through Python, and then the table may change under the lookup, which starts over.
// The table grows when CPython's does, so that iteration over a changing dict meets the same entries.
#include "runtime/objects/dict.h"

#include <cstring>

#include "runtime/memory/memory.h"
#include "runtime/objects/dict_table.h"
#include "runtime/objects/list.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/iteration.h"

namespace krait {

namespace {

int32_t free_index = kIndexFree;  // the index of every empty dict; never written
uint32_t last_keys_version = 0;

constexpr uint32_t kSmallestIndex = 8;
constexpr int64_t kMostEntries = int64_t(1) << 30;

constexpr uint32_t usableEntries(uint64_t index_size) { return uint32_t(index_size * 2 / 3); }

// Walks the probe sequence of a hash; `match` looks at the entry.
template <class Match>
inline int64_t probe(const Dict* dict, Hash hash, Match match) {
  const int32_t* index = dict->index;
  const uint64_t mask = dict->mask;
  uint64_t perturb = uint64_t(hash), i = uint64_t(hash) & mask;
  for (;;) {
    int32_t entry = index[i];
    if (entry >= 0) {
      if (match(dict->entries[entry])) return entry;
    } else if (entry == kIndexFree) {
      return kAbsent;
    }
    perturb >>= 5;
    i = (i * 5 + perturb + 1) & mask;
  }
}

inline int64_t findStr(const Dict* dict, Str* key, Hash hash) {
  const Value wanted(key);
  return probe(dict, hash, [=](const DictEntry& e) {
    return e.key == wanted || (KRAIT_UNLIKELY(e.hash == hash) && strEqual(asStr(e.key), key));
  });
}
inline int64_t findInt(const Dict* dict, Value key) {
  return probe(dict, immediateIntHash(key), [=](const DictEntry& e) { return e.key == key; });
}

// Any key in any dict: comparing may run Python, which may change the table; then the search starts over.
__attribute__((noinline)) int64_t findAny(Thread& t, Dict* dict, Value key, Hash hash) {
  for (;;) {
    DictEntry* entries = dict->entries;
    bool restart = false;
    bool raised = false;
    int64_t found = probe(dict, hash, [&](DictEntry& e) {
      if (e.key == key) return true;
      if (e.hash != hash) return false;
      if (isExactStr(e.key) && isExactStr(key)) return strEqual(asStr(e.key), asStr(key));
      int64_t position = &e - entries;
      Ref<> stored = share(e.key);
      int same = compareBool(t, stored, key, CompareOp::kEqual);
      if (same < 0) return raised = true;
      if (dict->entries != entries || position >= dict->used || entries[position].key != stored.value()) return restart = true;
      return same > 0;
    });
    if (raised) return kFindRaised;
    if (!restart) return found;
  }
}

// The place in the index that names this entry.
int32_t* indexPlace(Dict* dict, Hash hash, int64_t entry) {
  const uint64_t mask = dict->mask;
  uint64_t perturb = uint64_t(hash), i = uint64_t(hash) & mask;
  while (dict->index[i] != entry) {
    perturb >>= 5;
    i = (i * 5 + perturb + 1) & mask;
  }
  return &dict->index[i];
}

void enterIndex(Dict* dict, Hash hash, int32_t entry) {
  const uint64_t mask = dict->mask;
  uint64_t perturb = uint64_t(hash), i = uint64_t(hash) & mask;
  while (dict->index[i] >= 0) {
    perturb >>= 5;
    i = (i * 5 + perturb + 1) & mask;
  }
  dict->index[i] = entry;
}

// A table without entries. Null: memory exhausted.
DictEntry* allocateTable(uint64_t index_size, int32_t** index) {
  size_t entry_bytes = size_t(usableEntries(index_size)) * sizeof(DictEntry);
  auto* block = static_cast<char*>(allocateBuffer(entry_bytes + index_size * sizeof(int32_t)));
  if (!block) return nullptr;
  *index = reinterpret_cast<int32_t*>(block + entry_bytes);
  memset(*index, 0xFF, index_size * sizeof(int32_t));
  return reinterpret_cast<DictEntry*>(block);
}

void forgetTable(Dict* dict) {
  dict->entries = nullptr;
  dict->index = &free_index;
  dict->size = dict->used = 0;
  dict->mask = 0;
  dict->capacity = 0;
  dict->keys_version = 0;
  dict->key_kind = KeyKind::kStr;
  dict->remembered = 0;
}

// Moves the live entries into a table with this many places.
bool resizeTable(Thread& t, Dict* dict, uint64_t index_size) {
  int32_t* index;
  DictEntry* entries = index_size / 2 > kMostEntries ? nullptr : allocateTable(index_size, &index);
  if (!entries) return raiseNoMemory(t);
  DictEntry* old = dict->entries;
  int64_t used = 0;
  if (dict->size == dict->used) {
    if (dict->size) memcpy(entries, old, size_t(dict->size) * sizeof(DictEntry));
    used = dict->size;
  } else {
    for (int64_t i = 0; i < dict->used; ++i) {
      if (!old[i].key.empty()) entries[used++] = old[i];
    }
  }
  dict->entries = entries;
  dict->index = index;
  dict->mask = uint32_t(index_size - 1);
  dict->capacity = usableEntries(index_size);
  dict->used = used;
  dict->keys_version = 0;
  for (int64_t i = 0; i < used; ++i) enterIndex(dict, entries[i].hash, int32_t(i));
  if (old) freeBuffer(old);
  return true;
}

uint64_t indexSizeFor(int64_t at_least) {
  uint64_t size = kSmallestIndex;
  while (size < uint64_t(at_least)) size <<= 1;
  return size;
}

}  // namespace

void dictInit(Dict* dict) {
  forgetTable(dict);
  dict->reserved = 0;
  dict->reserved1 = 0;
  dict->reserved2 = 0;
}

Ref<Dict> newDict(Thread& t, int64_t expected) {
  auto* dict = allocate<Dict>(Sort::kCollectable, &types::Dict, kKindDict);
  if (KRAIT_UNLIKELY(!dict)) return raiseNoMemory(t);
  dictInit(dict);
  Ref<Dict> result = steal(dict);
  if (expected > 5 && !dictReserve(t, dict, expected)) return kRaised;
  return result;
}

bool dictReserve(Thread& t, Dict* dict, int64_t entries) {
  if (entries <= int64_t(dict->capacity)) return true;
  return resizeTable(t, dict, indexSizeFor((entries * 3 + 1) / 2));
}

int64_t dictFind(Thread& t, Dict* dict, Value key, Hash hash) {
  switch (dict->key_kind) {
    case KeyKind::kStr:
      if (KRAIT_LIKELY(isExactStr(key))) return findStr(dict, asStr(key), hash);
      break;
    case KeyKind::kInt:
      if (KRAIT_LIKELY(key.isInt())) return findInt(dict, key);
      break;
    case KeyKind::kAny: break;
  }
  return findAny(t, dict, key, hash);
}

int64_t dictFindQuiet(Thread& t, Dict* dict, Value key, Hash hash, QuietEqual equal) {
  if (KRAIT_LIKELY(dict->key_kind == KeyKind::kStr && isExactStr(key))) return findStr(dict, asStr(key), hash);
  if (KRAIT_LIKELY(dict->key_kind == KeyKind::kInt && key.isInt())) return findInt(dict, key);
  bool unsure = false;
  int64_t found = probe(dict, hash, [&](const DictEntry& e) {
    if (e.key == key) return true;
    if (e.hash != hash || e.key.empty()) return false;
    int same = equal(t, e.key, key);
    unsure = same < 0;
    return same != 0;
  });
  return unsure ? kFindUnsure : found;
}

bool dictInsertNew(Thread& t, Dict* dict, Value key, Hash hash, Value v) {
  if (KRAIT_UNLIKELY(dict->used >= int64_t(dict->capacity)) && !resizeTable(t, dict, indexSizeFor(dict->size * 3))) return false;
  KeyKind kind = keyKindOf(key);
  if (KRAIT_UNLIKELY(kind != dict->key_kind)) dict->key_kind = dict->used == 0 ? kind : KeyKind::kAny;
  bindingChanges(dict, key);
  retain(key);
  retain(v);
  int64_t entry = dict->used++;
  dict->entries[entry] = DictEntry{hash, key, v};
  enterIndex(dict, hash, int32_t(entry));
  ++dict->size;
  dict->keys_version = 0;
  dict->remembered = uint32_t(entry);
  return true;
}

void dictReplaceValue(Dict* dict, int64_t entry, Value v) {
  Value& field = dict->entries[entry].value;
  if (field == v) return;
  bindingChanges(dict, dict->entries[entry].key);
  retain(v);
  Value old = field;
  field = v;
  release(old);
}

void dictRemoveEntry(Dict* dict, int64_t entry, Ref<>* key, Ref<>* v) {
  DictEntry& e = dict->entries[entry];
  bindingChanges(dict, e.key);
  *indexPlace(dict, e.hash, entry) = kIndexDeleted;
  *key = steal(e.key);
  *v = steal(e.value);
  e.key = e.value = Value();
  e.hash = 0;
  --dict->size;
  dict->keys_version = 0;
}

void dictFreeTable(Dict* dict) {
  DictEntry* entries = dict->entries;
  if (!entries) return;
  int64_t used = dict->used;
  forgetTable(dict);
  for (int64_t i = 0; i < used; ++i) {
    release(entries[i].key);
    release(entries[i].value);
  }
  freeBuffer(entries);
}

// --- lookups ---

Value dictGetHashed(Thread& t, Dict* dict, Value key, Hash hash) {
  int64_t entry = dictFind(t, dict, key, hash);
  if (entry < 0) return Value();
  dict->remembered = uint32_t(entry);
  return dict->entries[entry].value;
}

Value dictGet(Thread& t, Dict* dict, Value key) {
  Hash hash = keyHash(t, key);
  if (hash == -1) return kRaised;
  return dictGetHashed(t, dict, key, hash);
}

Value dictGetStr(Dict* dict, Str* key) {
  int64_t entry = dictEntryIndex(dict, key);
  return entry < 0 ? Value() : dict->entries[entry].value;
}

int64_t dictEntryIndex(Dict* dict, Str* key) {
  Hash hash = key->hash != -1 ? key->hash : strHash(key);
  if (KRAIT_LIKELY(dict->key_kind == KeyKind::kStr)) return findStr(dict, key, hash);
  if (dict->key_kind == KeyKind::kInt) return kAbsent;
  return probe(dict, hash, [=](const DictEntry& e) {
    return e.key == Value(key) || (e.hash == hash && isStr(e.key) && strEqual(asStr(e.key), key));
  });
}

int dictContains(Thread& t, Dict* dict, Value key) {
  Hash hash = keyHash(t, key);
  if (hash == -1) return -1;
  int64_t entry = dictFind(t, dict, key, hash);
  if (entry >= 0) dict->remembered = uint32_t(entry);
  return entry >= 0 ? 1 : entry == kAbsent ? 0 : -1;
}

// --- changes ---

bool dictSetHashed(Thread& t, Dict* dict, Value key, Hash hash, Value v) {
  // `d[k] = d.get(k, 0) + 1`: the entry that the last lookup found is the one wanted now.
  int64_t entry = dict->remembered;
  if (entry >= dict->used || dict->entries[entry].key != key) {
    entry = dictFind(t, dict, key, hash);
    if (entry == kFindRaised) return false;
    if (entry == kAbsent) return dictInsertNew(t, dict, key, hash, v);
  }
  dictReplaceValue(dict, entry, v);
  return true;
}

bool dictSet(Thread& t, Dict* dict, Value key, Value v) {
  Hash hash = keyHash(t, key);
  if (hash == -1) return false;
  return dictSetHashed(t, dict, key, hash, v);
}

bool dictSetStr(Thread& t, Dict* dict, Str* key, Value v) {
  return dictSetHashed(t, dict, Value(key), key->hash != -1 ? key->hash : strHash(key), v);
}

static int deleteHashed(Thread& t, Dict* dict, Value key, Hash hash) {
  int64_t entry = dictFind(t, dict, key, hash);
  if (entry < 0) return entry == kAbsent ? 0 : -1;
  Ref<> old_key, old_value;
  dictRemoveEntry(dict, entry, &old_key, &old_value);
  return 1;
}

int dictDelete(Thread& t, Dict* dict, Value key) {
  Hash hash = keyHash(t, key);
  return hash == -1 ? -1 : deleteHashed(t, dict, key, hash);
}

int dictDeleteStr(Thread& t, Dict* dict, Str* key) { return deleteHashed(t, dict, Value(key), strHash(key)); }

Ref<> dictPop(Thread& t, Dict* dict, Value key, Value fallback) {
  int64_t entry = kAbsent;
  if (dict->size != 0 || fallback.empty()) {
    // An empty dict does not even hash the key when there is something to fall back to, as in CPython.
    Hash hash = dict->size ? keyHash(t, key) : 0;
    if (hash == -1) return kRaised;
    entry = dict->size ? dictFind(t, dict, key, hash) : kAbsent;
  }
  if (entry == kFindRaised) return kRaised;
  if (entry == kAbsent) return fallback.empty() ? Ref<>(raiseKeyError(t, key)) : share(fallback);
  Ref<> old_key, v;
  dictRemoveEntry(dict, entry, &old_key, &v);
  return v;
}

Value dictSetDefault(Thread& t, Dict* dict, Value key, Value v) {
  Hash hash = keyHash(t, key);
  if (hash == -1) return kRaised;
  int64_t entry = dictFind(t, dict, key, hash);
  if (entry == kFindRaised) return kRaised;
  if (entry >= 0) return dict->entries[entry].value;
  if (!dictInsertNew(t, dict, key, hash, v)) return kRaised;
  return v;
}

void dictClear(Thread&, Dict* dict) {
  if (dict->hasFlag(kFlagKeysWatched)) fireAllKeys(dict);
  dictFreeTable(dict);
}

// --- whole dicts ---

// Takes over the layout of another dict that has no holes.
static bool cloneTable(Thread& t, Dict* dict, const Dict* from) {
  uint64_t index_size = uint64_t(from->mask) + 1;
  int32_t* index;
  DictEntry* entries = allocateTable(index_size, &index);
  if (!entries) return raiseNoMemory(t);
  memcpy(index, from->index, index_size * sizeof(int32_t));
  memcpy(entries, from->entries, size_t(from->used) * sizeof(DictEntry));
  for (int64_t i = 0; i < from->used; ++i) {
    retain(entries[i].key);
    retain(entries[i].value);
  }
  if (dict->entries) freeBuffer(dict->entries);
  dict->entries = entries;
  dict->index = index;
  dict->size = from->size;
  dict->used = from->used;
  dict->mask = from->mask;
  dict->capacity = from->capacity;
  dict->key_kind = from->key_kind;
  dict->keys_version = 0;
  return true;
}

Ref<Dict> dictCopy(Thread& t, Dict* dict) {
  Ref<Dict> copy = newDict(t);
  if (!copy || !dictMerge(t, copy.get(), Value(dict), true)) return kRaised;
  return copy;
}

// Pre: `from` is a dict whose iteration nobody overrides.
static bool mergeDict(Thread& t, Dict* dict, Dict* from, bool override_existing) {
  if (from == dict || from->size == 0) return true;
  if (dict->size == 0 && dict->used == 0 && from->size == from->used && !dict->hasFlag(kFlagKeysWatched)) {
    return cloneTable(t, dict, from);
  }
  if (dict->size == 0 && from->size > int64_t(dict->capacity) && !dictReserve(t, dict, from->size)) return false;
  Ref<> keep = share(Value(from));
  int64_t size = from->size;
  for (int64_t i = 0; i < from->used; ++i) {
    DictEntry& e = from->entries[i];
    if (e.key.empty()) continue;
    Ref<> key = share(e.key), v = share(e.value);
    Hash hash = e.hash;
    int64_t entry = dictFind(t, dict, key, hash);
    if (entry == kFindRaised) return false;
    if (entry == kAbsent) {
      if (!dictInsertNew(t, dict, key, hash, v)) return false;
    } else if (override_existing) {
      dictReplaceValue(dict, entry, v);
    } else {
      return raiseKeyError(t, key);
    }
    if (from->size != size) return raise(t, exc::RuntimeError, "dict mutated during update");
  }
  return true;
}

bool dictMerge(Thread& t, Dict* dict, Value mapping, bool override_existing) {
  if (isDict(mapping) && typeOf(mapping)->slots.iter == types::Dict.slots.iter) {
    return mergeDict(t, dict, asDict(mapping), override_existing);
  }
  Ref<> keys = callMethod(t, mapping, "keys");
  if (!keys) return false;
  Ref<> iterator = iterate(t, keys);
  if (!iterator) return false;
  while (Ref<> key = next(t, iterator)) {
    if (!override_existing) {
      int present = dictContains(t, dict, key);
      if (present < 0) return false;
      if (present) return raiseKeyError(t, key);
    }
    Ref<> v = getItem(t, mapping, key);
    if (!v || !dictSet(t, dict, key, v)) return false;
  }
  return !t.raised();
}

// Key and value of an element of dict(pairs); false: raised.
static bool updateFromPair(Thread& t, Dict* dict, Value element, int64_t number) {
  Ref<Tuple> pair = sequenceToTuple(t, element);
  if (!pair) {
    if (!raisedIs(t, exc::TypeError)) return false;
    clearException(t);
    return raise(t, exc::TypeError, "cannot convert dictionary update sequence element #%zd to a sequence", ssize_t(number));
  }
  if (pair->size != 2) {
    return raise(t, exc::ValueError, "dictionary update sequence element #%zd has length %zd; 2 is required", ssize_t(number),
                 ssize_t(pair->size));
  }
  return dictSet(t, dict, pair->items[0], pair->items[1]);
}

bool dictUpdate(Thread& t, Dict* dict, Value mapping_or_pairs) {
  if (isExact(mapping_or_pairs, &types::Dict)) return dictMerge(t, dict, mapping_or_pairs, true);
  Ref<> keys = getAttrOrEmpty(t, mapping_or_pairs, internStatic("keys"));
  if (t.raised()) return false;
  if (keys) return dictMerge(t, dict, mapping_or_pairs, true);
  Iteration pairs(t, mapping_or_pairs);
  int64_t number = 0;
  while (Ref<> element = pairs.next()) {
    if (!updateFromPair(t, dict, element, number++)) return false;
  }
  return !t.raised();
}

bool dictNext(Dict* dict, int64_t* position, Value* key, Value* v, Hash* hash) {
  int64_t i = *position;
  while (i < dict->used && dict->entries[i].key.empty()) ++i;
  if (i >= dict->used) return false;
  const DictEntry& e = dict->entries[i];
  if (key) *key = e.key;
  if (v) *v = e.value;
  if (hash) *hash = e.hash;
  *position = i + 1;
  return true;
}

// --- lists of the contents ---

template <class Pick>
static Ref<> contentsList(Thread& t, Dict* dict, Pick pick) {
  Ref<List> list = newList(t, dict->size);
  if (!list) return kRaised;
  for (int64_t i = 0; i < dict->used; ++i) {
    const DictEntry& e = dict->entries[i];
    if (e.key.empty()) continue;
    Ref<> item = pick(e);
    if (!item || !listAppend(t, list.get(), std::move(item))) return kRaised;
  }
  return list;
}
Ref<> dictKeysList(Thread& t, Dict* dict) {
  return contentsList(t, dict, [](const DictEntry& e) { return share(e.key); });
}
Ref<> dictValuesList(Thread& t, Dict* dict) {
  return contentsList(t, dict, [](const DictEntry& e) { return share(e.value); });
}
Ref<> dictItemsList(Thread& t, Dict* dict) {
  return contentsList(t, dict, [&](const DictEntry& e) -> Ref<> { return packTuple(t, e.key, e.value); });
}

uint32_t dictKeysVersion(Dict* dict) {
  // Versions are never reused: when they run out, caches on dicts stop being filled.
  if (dict->keys_version == 0 && last_keys_version != UINT32_MAX) dict->keys_version = ++last_keys_version;
  return dict->keys_version;
}

}  // namespace krait
