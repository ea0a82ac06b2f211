// dict: insertion-ordered compact hash table (int32 index into an array of entries).
//
// Keys have kinds: only str (pointer equality first), only immediate ints, or any. `keys_version` names the state of
// the key table for caches: it changes when a key is inserted, removed or the table is rebuilt, not when a value is
// replaced; 0 means "not assigned" (dictKeysVersion assigns). A dict with kFlagKeysWatched tells watch.h about every
// change of a binding.
#pragma once
#include "runtime/core/type.h"

namespace krait {

struct DictEntry {
  Hash hash;
  Value key;    // owned; empty: deleted entry
  Value value;  // owned
};

enum class KeyKind : uint8_t { kStr, kInt, kAny };

//  16 entries   24 index (int32 x (mask+1): -1 empty, -2 deleted)   32 size (live)   40 used (entries, deleted included)
//  48 mask   52 keys_version   56 capacity of entries   60 key_kind  61..63 spare
//  64 remembered: entry index of the last successful probe
struct Dict : Object {
  DictEntry* entries;
  int32_t* index;
  int64_t size;
  int64_t used;
  uint32_t mask;
  uint32_t keys_version;
  uint32_t capacity;
  KeyKind key_kind;
  uint8_t reserved;
  uint16_t reserved1;
  uint32_t remembered;
  uint32_t reserved2;
};
// Some binding of the dict is watched.
inline constexpr uint64_t kFlagKeysWatched = kFlagImmutable;
inline Dict* asDict(Value v) { return static_cast<Dict*>(v.asObject()); }
inline bool isExactDict(Value v) { return v.isObject() && v.asObject()->kind == kKindDict; }

Ref<Dict> newDict(Thread& t, int64_t expected = 0);
// Lookups give a borrowed value, supported by the dict; empty: absent, or raised (check t.raised()).
Value dictGet(Thread& t, Dict* dict, Value key);
Value dictGetStr(Dict* dict, Str* key);                        // exact str key: cannot raise for str-only dicts; else compares strs only
Value dictGetHashed(Thread& t, Dict* dict, Value key, Hash hash);
[[nodiscard]] bool dictSet(Thread& t, Dict* dict, Value key, Value v);        // shares both
[[nodiscard]] bool dictSetStr(Thread& t, Dict* dict, Str* key, Value v);
[[nodiscard]] bool dictSetHashed(Thread& t, Dict* dict, Value key, Hash hash, Value v);
// 1 deleted, 0 absent, -1 raised.
int dictDelete(Thread& t, Dict* dict, Value key);
int dictDeleteStr(Thread& t, Dict* dict, Str* key);
int dictContains(Thread& t, Dict* dict, Value key);            // 0, 1, -1
Ref<> dictPop(Thread& t, Dict* dict, Value key, Value fallback /* empty: KeyError */);
Value dictSetDefault(Thread& t, Dict* dict, Value key, Value v);              // borrowed result; empty: raised
void dictClear(Thread& t, Dict* dict);
Ref<Dict> dictCopy(Thread& t, Dict* dict);
[[nodiscard]] bool dictUpdate(Thread& t, Dict* dict, Value mapping_or_pairs);
// merge for calls: -1.. see CPython's _PyDict_MergeEx: 0 ok, -1 raised; duplicates raise KeyError(key) when !override.
[[nodiscard]] bool dictMerge(Thread& t, Dict* dict, Value mapping, bool override_existing);
// Iterates: start with position 0; false at the end. Borrowed; the dict must not change meanwhile.
bool dictNext(Dict* dict, int64_t* position, Value* key, Value* v, Hash* hash = nullptr);
Ref<> dictKeysList(Thread& t, Dict* dict);
Ref<> dictValuesList(Thread& t, Dict* dict);
Ref<> dictItemsList(Thread& t, Dict* dict);
uint32_t dictKeysVersion(Dict* dict);                          // assigns one when 0
// Index of the entry of an exact-str key, -1 when absent: for caches, with keys_version.
int64_t dictEntryIndex(Dict* dict, Str* key);

}  // namespace krait
