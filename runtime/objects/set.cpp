// set and frozenset: the table and the primitives of set.h.
//
// Programs print sets, so iteration has to meet the keys in CPython's order: the table has the same sizes at the same moments,
// and a key the same place. From its first place a search looks at up to nine neighbours, then jumps as dict's does; an
// insertion takes the last deleted place that it passed.
#include "runtime/objects/set.h"

#include <cstring>

#include "runtime/memory/memory.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/dict_table.h"
#include "runtime/objects/list.h"
#include "runtime/objects/set_table.h"
#include "runtime/protocols/iteration.h"

namespace krait {

namespace {

constexpr uint64_t kSmallestTable = 8;
constexpr uint64_t kNeighbours = 9;

SetEntry empty_table[kSmallestTable] = {};  // of every empty set; copied before the first write

SetEntry* allocateTable(uint64_t size) {
  auto* table = static_cast<SetEntry*>(allocateBuffer(size * sizeof(SetEntry)));
  if (table) memset(static_cast<void*>(table), 0, size * sizeof(SetEntry));
  return table;
}

// Calls visit(entry) along the probe sequence until it returns true.
template <class Visit>
inline void walk(SetEntry* table, uint64_t mask, Hash hash, Visit visit) {
  uint64_t perturb = uint64_t(hash), i = uint64_t(hash) & mask;
  for (;;) {
    uint64_t last = i + kNeighbours <= mask ? i + kNeighbours : i;
    for (uint64_t j = i; j <= last; ++j) {
      if (visit(table[j])) return;
    }
    perturb >>= 5;
    i = (i * 5 + 1 + perturb) & mask;
  }
}

void insertClean(SetEntry* table, uint64_t mask, Value key, Hash hash) {
  walk(table, mask, hash, [&](SetEntry& e) {
    if (!e.key.empty()) return false;
    e.key = key;
    e.hash = hash;
    return true;
  });
}

bool resize(Thread& t, Set* set, int64_t at_least) {
  uint64_t size = kSmallestTable;
  while (size <= uint64_t(at_least)) size <<= 1;
  SetEntry* table = allocateTable(size);
  if (!table) return raiseNoMemory(t);
  for (uint64_t i = 0; i <= set->mask; ++i) {
    if (!set->table[i].key.empty()) insertClean(table, size - 1, set->table[i].key, set->table[i].hash);
  }
  if (set->table != empty_table) freeBuffer(set->table);
  set->table = table;
  set->mask = size - 1;
  set->fill = set->used;
  return true;
}

enum class Match { kYes, kNo, kRaised, kChanged };

// Compares a stored key with the wanted one, which has the same hash; that may run Python, which may change the set.
__attribute__((noinline)) Match matches(Thread& t, Set* set, SetEntry& e, Value key) {
  if (isExactStr(e.key) && isExactStr(key)) return strEqual(asStr(e.key), asStr(key)) ? Match::kYes : Match::kNo;
  SetEntry* table = set->table;
  Ref<> stored = share(e.key);
  int same = compareBool(t, stored, key, CompareOp::kEqual);
  if (same < 0) return Match::kRaised;
  // A new table may stand where the old one stood, and be smaller.
  if (set->table != table || uint64_t(&e - table) > set->mask || e.key != stored.value()) return Match::kChanged;
  return same ? Match::kYes : Match::kNo;
}

// The entry of a key, null when it is absent; *raised tells why. `unused`, when given, receives the place to insert at:
// the last deleted one that the search passed, or the free one where it ended.
inline SetEntry* find(Thread& t, Set* set, Value key, Hash hash, bool* raised, SetEntry** unused = nullptr) {
  *raised = false;
restart:
  SetEntry* const table = set->table;
  const uint64_t mask = set->mask;
  SetEntry* deleted = nullptr;
  uint64_t perturb = uint64_t(hash), i = uint64_t(hash) & mask;
  for (;;) {
    SetEntry *e = &table[i], *last = i + kNeighbours <= mask ? e + kNeighbours : e;
    do {
      if (e->key.empty()) {
        if (e->hash != kSetDeleted) {
          if (unused) *unused = deleted ? deleted : e;
          return nullptr;
        }
        deleted = e;
      } else if (e->hash == hash) {
        if (e->key == key) return e;
        if (e->key.isInt() && key.isInt()) continue;
        switch (matches(t, set, *e, key)) {
          case Match::kYes: return e;
          case Match::kNo:
            if (deleted && !deleted->key.empty()) goto restart;  // taken by what comparing did
            break;
          case Match::kRaised: *raised = true; return nullptr;
          case Match::kChanged: goto restart;
        }
      }
    } while (++e <= last);
    perturb >>= 5;
    i = (i * 5 + 1 + perturb) & mask;
  }
}

}  // namespace

void setInit(Set* set) {
  set->table = empty_table;
  set->fill = set->used = 0;
  set->mask = kSmallestTable - 1;
  set->hash = -1;
  set->finger = 0;
}

void setFreeTable(Set* set) {
  SetEntry* table = set->table;
  if (table == empty_table) return;
  uint64_t mask = set->mask;
  setInit(set);
  for (uint64_t i = 0; i <= mask; ++i) release(table[i].key);
  freeBuffer(table);
}

// A table that may be written. False: MemoryError raised.
static bool ownTable(Thread& t, Set* set) {
  if (set->table != empty_table) return true;
  SetEntry* table = allocateTable(kSmallestTable);
  if (!table) return raiseNoMemory(t);
  set->table = table;
  return true;
}

bool setAddHashed(Thread& t, Set* set, Value key, Hash hash) {
  SetEntry* place;
  do {
    bool raised;
    if (!ownTable(t, set)) return false;
    if (find(t, set, key, hash, &raised, &place)) return true;
    if (raised) return false;
    // Comparing may have cleared the set, and with it the table that is its own.
  } while (KRAIT_UNLIKELY(set->table == empty_table));
  retain(key);
  bool reused = place->hash == kSetDeleted;
  place->key = key;
  place->hash = hash;
  ++set->used;
  if (reused) return true;
  ++set->fill;
  if (uint64_t(set->fill) * 5 < set->mask * 3) return true;
  return resize(t, set, set->used > 50000 ? set->used * 2 : set->used * 4);
}

int setContainsHashed(Thread& t, Set* set, Value key, Hash hash) {
  bool raised;
  if (find(t, set, key, hash, &raised)) return 1;
  return raised ? -1 : 0;
}

int setContainsQuiet(Thread& t, Set* set, Value key, Hash hash, QuietEqual equal) {
  int same = 0;
  walk(set->table, set->mask, hash, [&](SetEntry& e) {
    if (e.key.empty()) return e.hash != kSetDeleted;
    if (e.hash != hash) return false;
    same = e.key == key ? 1 : equal(t, e.key, key);
    return same != 0;
  });
  return same;
}

int setDiscardHashed(Thread& t, Set* set, Value key, Hash hash) {
  bool raised;
  SetEntry* entry = find(t, set, key, hash, &raised);
  if (!entry) return raised ? -1 : 0;
  Ref<> dead = steal(entry->key);
  entry->key = Value();
  entry->hash = kSetDeleted;
  --set->used;
  return 1;
}

bool setAdd(Thread& t, Set* set, Value key) {
  Hash hash = keyHash(t, key);
  return hash != -1 && setAddHashed(t, set, key, hash);
}

int setContains(Thread& t, Set* set, Value key) {
  Hash hash = keyHash(t, key);
  return hash == -1 ? -1 : setContainsHashed(t, set, key, hash);
}

int setDiscard(Thread& t, Set* set, Value key) {
  Hash hash = keyHash(t, key);
  return hash == -1 ? -1 : setDiscardHashed(t, set, key, hash);
}

int setLookupThroughFrozen(Thread& t, Set* set, Value key, int (*f)(Thread&, Set*, Value)) {
  int result = f(t, set, key);
  if (result >= 0 || !isInstance(key, &types::Set) || !raisedIs(t, exc::TypeError)) return result;
  clearException(t);
  Ref<Set> frozen = newFrozenSet(t, Value());
  if (!frozen || !setMerge(t, frozen.get(), asSet(key))) return -1;
  return f(t, set, frozen);
}

bool setMerge(Thread& t, Set* set, Set* from) {
  if (set == from || from->used == 0) return true;
  if (uint64_t(set->fill + from->used) * 5 >= set->mask * 3 && !resize(t, set, (set->used + from->used) * 2)) return false;
  if (set->fill == 0 && from->fill == from->used && set->mask == from->mask) {
    if (!ownTable(t, set)) return false;
    memcpy(static_cast<void*>(set->table), from->table, (set->mask + 1) * sizeof(SetEntry));
    for (uint64_t i = 0; i <= set->mask; ++i) retain(set->table[i].key);
    set->fill = set->used = from->used;
    return true;
  }
  if (set->fill == 0) {
    if (!ownTable(t, set)) return false;
    for (uint64_t i = 0; i <= from->mask; ++i) {
      const SetEntry& e = from->table[i];
      if (e.key.empty()) continue;
      retain(e.key);
      insertClean(set->table, set->mask, e.key, e.hash);
    }
    set->fill = set->used = from->used;
    return true;
  }
  for (uint64_t i = 0; i <= from->mask; ++i) {
    if (from->table[i].key.empty()) continue;
    Ref<> key = share(from->table[i].key);
    if (!setAddHashed(t, set, key, from->table[i].hash)) return false;
  }
  return true;
}

bool setUpdate(Thread& t, Set* set, Value iterable) {
  if (isAnySet(iterable)) return setMerge(t, set, asSet(iterable));
  if (isExactDict(iterable)) {
    Dict* dict = asDict(iterable);
    if (uint64_t(set->fill + dict->size) * 5 >= set->mask * 3 && !resize(t, set, (set->used + dict->size) * 2)) return false;
    int64_t position = 0;
    Value key;
    Hash hash;
    while (dictNext(dict, &position, &key, nullptr, &hash)) {
      Ref<> kept = share(key);
      if (!setAddHashed(t, set, kept, hash)) return false;
    }
    return true;
  }
  if (isExactList(iterable)) {
    List* list = asList(iterable);
    for (int64_t i = 0; i < list->size; ++i) {
      Ref<> item = listGet(list, i);
      if (!setAdd(t, set, item)) return false;
    }
    return true;
  }
  Iteration items(t, iterable);
  while (Ref<> item = items.next()) {
    if (!setAdd(t, set, item)) return false;
  }
  return !t.raised();
}

static Ref<Set> makeSet(Thread& t, Type* type, uint32_t kind, Value iterable) {
  auto* set = static_cast<Set*>(allocateObject(sizeof(Set), Sort::kCollectable, type, kind));
  if (!set) return raiseNoMemory(t);
  setInit(set);
  Ref<Set> result = steal(set);
  if (!iterable.empty() && !setUpdate(t, set, iterable)) return kRaised;
  return result;
}

Ref<Set> newSet(Thread& t, Value iterable) { return makeSet(t, &types::Set, kKindSet, iterable); }
Ref<Set> newFrozenSet(Thread& t, Value iterable) { return makeSet(t, &types::FrozenSet, kKindFrozenSet, iterable); }

bool setNext(Set* set, int64_t* position, Value* key, Hash* hash) {
  uint64_t i = uint64_t(*position);
  while (i <= set->mask && set->table[i].key.empty()) ++i;
  if (i > set->mask) return false;
  *key = set->table[i].key;
  if (hash) *hash = set->table[i].hash;
  *position = int64_t(i + 1);
  return true;
}

}  // namespace krait
