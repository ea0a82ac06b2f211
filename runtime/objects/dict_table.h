// The table inside a dict, for objects/dict*.cpp, set-like views and the modules that build on dict (OrderedDict).
//
// One allocation holds the entries and, behind them, the index. An empty dict has no allocation: its index is a static
// word that says "free", so that lookups need no test for it.
#pragma once
#include "runtime/core/watch.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/protocols.h"

namespace krait {

inline constexpr int32_t kIndexFree = -1;
inline constexpr int32_t kIndexDeleted = -2;
inline constexpr int64_t kAbsent = -1;  // results of find
inline constexpr int64_t kFindRaised = -2;
inline constexpr int64_t kFindUnsure = -3;

inline Hash immediateIntHash(Value v) {
  int64_t i = v.asInt();
  return i == -1 ? -2 : i;
}
// The hash of a key, short for the common ones. -1: raised.
inline Hash keyHash(Thread& t, Value key) {
  if (isExactStr(key)) return asStr(key)->hash != -1 ? asStr(key)->hash : strHash(asStr(key));
  if (key.isInt()) return immediateIntHash(key);
  return hashOf(t, key);
}
inline KeyKind keyKindOf(Value key) { return isExactStr(key) ? KeyKind::kStr : key.isInt() ? KeyKind::kInt : KeyKind::kAny; }

// Makes fresh memory of a Dict an empty dict.
void dictInit(Dict* dict);
// The entry of a key: index, kAbsent or kFindRaised.
int64_t dictFind(Thread& t, Dict* dict, Value key, Hash hash);
// Compares keys of equal hash without running Python code: 1, 0, -1 unsure.
using QuietEqual = int (*)(Thread& t, Value a, Value b);
// The entry of a key: index, kAbsent or kFindUnsure.
int64_t dictFindQuiet(Thread& t, Dict* dict, Value key, Hash hash, QuietEqual equal);
// Appends an entry for a key that is absent. Shares both.
[[nodiscard]] bool dictInsertNew(Thread& t, Dict* dict, Value key, Hash hash, Value v);
// Replaces the value of an entry.
void dictReplaceValue(Dict* dict, int64_t entry, Value v);
// Takes an entry out; the key and value go to the caller.
void dictRemoveEntry(Dict* dict, int64_t entry, Ref<>* key, Ref<>* v);
// Room for this many entries without another resize.
[[nodiscard]] bool dictReserve(Thread& t, Dict* dict, int64_t entries);
// Releases all entries and the table, at the death of the dict.
void dictFreeTable(Dict* dict);

// Every change of a binding is told to those who watch the dict.
inline void bindingChanges(Dict* dict, Value key) {
  if (KRAIT_UNLIKELY(dict->hasFlag(kFlagKeysWatched))) fireKey(dict, key);
}

}  // namespace krait
