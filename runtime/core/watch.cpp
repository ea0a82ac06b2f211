// Watchpoints: lists of dependents at types, keys of dicts, and objects embedded weakly.
#include "runtime/core/watch.h"

#include "runtime/base/pointer_map.h"
#include "runtime/core/error.h"
#include "runtime/core/type.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/str.h"

namespace krait {

namespace {

// Lists of dependents stand in entries of their own, because a Dependent points back at what points to it and the maps
// move their entries when they grow.
struct Watched {
  Dependent* head;
};
PointerMap<Watched*> keys;    // (dict, key); holds a reference to the key
PointerMap<Watched*> deaths;  // object

void attach(Dependent*& head, Dependent* dependent) {
  KRAIT_ASSERT(!dependent->link, "a dependent watches one thing at a time");
  dependent->next = head;
  dependent->link = &head;
  if (head) head->link = &dependent->next;
  head = dependent;
}

void detach(Dependent* dependent) {
  if (dependent->next) dependent->next->link = dependent->link;
  *dependent->link = dependent->next;
  dependent->next = nullptr;
  dependent->link = nullptr;
}

void fire(Dependent*& head) {
  while (Dependent* dependent = head) {
    detach(dependent);
    dependent->invalidate(dependent);
  }
}

Watched* entryOf(PointerMap<Watched*>& map, const void* key, const void* second, bool* fresh) {
  Watched** slot = map.insert(key, second);
  KRAIT_ASSERT(slot, "no memory to watch %p", key);
  *fresh = !*slot;
  if (*fresh) *slot = new Watched{nullptr};
  return *slot;
}

// Takes an entry out before its dependents are told: they may watch again.
void fireEntry(PointerMap<Watched*>& map, const void* key, const void* second) {
  Watched** slot = map.find(key, second);
  if (!slot) return;
  Watched* watched = *slot;
  map.erase(key, second);
  fire(watched->head);
  delete watched;
}

void fireInterned(Dict* dict, Str* key) {
  if (!keys.find(dict, key)) return;
  fireEntry(keys, dict, key);
  release(key);
}

}  // namespace

void watchType(Type* type, Dependent* dependent) {
  typeVersion(type);
  attach(type->watchers, dependent);
}

void watchKey(Dict* dict, Str* key, Dependent* dependent) {
  bool fresh;
  Watched* watched = entryOf(keys, dict, key, &fresh);
  if (fresh) retain(key);
  dict->setFlag(kFlagWatched | kFlagKeysWatched);
  attach(watched->head, dependent);
}

void watchDeath(Object* object, Dependent* dependent) {
  if (object->immortal()) return;
  bool fresh;
  Watched* watched = entryOf(deaths, object, nullptr, &fresh);
  object->setFlag(kFlagWatched);
  attach(watched->head, dependent);
}

void unwatch(Dependent* dependent) {
  if (dependent->link) detach(dependent);
}

void watchShape(Shape* shape, Dependent* dependent) { attach(shape->watchers, dependent); }

void fireType(Type* type) { fire(type->watchers); }
void fireShape(Shape* shape) { fire(shape->watchers); }

void fireKey(Dict* dict, Value key) {
  if (!isStr(key)) return;
  if (!isExactStr(key)) return fireAllKeys(dict);
  Str* name = asStr(key);
  if (isInterned(name)) return fireInterned(dict, name);
  Thread& t = Thread::current();
  PreserveException keep(t);
  Ref<Str> canonical = intern(t, share(name));
  if (!canonical) {
    clearException(t);
    return fireAllKeys(dict);
  }
  fireInterned(dict, canonical.get());
}

void fireAllKeys(Dict* dict) {
  // Keys one by one: telling dependents may change the map.
  for (;;) {
    const void* key = nullptr;
    keys.each([&](auto& entry) {
      if (entry.key == dict) key = entry.second;
    });
    if (!key) return;
    fireInterned(dict, static_cast<Str*>(const_cast<void*>(key)));
  }
}

void fireDeath(Object* object) {
  if (isDict(Value(object)) && object->hasFlag(kFlagKeysWatched)) fireAllKeys(static_cast<Dict*>(object));
  fireEntry(deaths, object, nullptr);
}

}  // namespace krait
