// functools.lru_cache's wrapper: a dict from arguments to results, or to links in order of use when the cache is bounded.
#include <cstddef>

#include "runtime/modules/functools/functools.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/dict_table.h"
#include "runtime/objects/function.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait::functools {

namespace {

Type wrapper_type, link_type;

// A cached result, owned by the dict; neighbours by age are not owned.
struct Link : Fields<2> {  // key, result
  Link *older, *newer;
  Hash hash;
};

struct Wrapper : Fields<4> {  // function, cache (dict), cache_info type, the object that separates keywords in keys
  Dict* dict;
  Link *oldest, *newest;
  int64_t most;               // -1: unbounded, 0: no cache
  int64_t hits, misses;
  bool typed;
};
Wrapper* asWrapper(Value v) { return fieldsOf<Wrapper>(v); }
Dict* cacheOf(Wrapper* w) { return asDict(w->v[1]); }

// --- the list by age ---

void unlink(Wrapper* w, Link* link) {
  (link->older ? link->older->newer : w->oldest) = link->newer;
  (link->newer ? link->newer->older : w->newest) = link->older;
  link->older = link->newer = nullptr;
}
void linkNewest(Wrapper* w, Link* link) {
  link->older = w->newest;
  link->newer = nullptr;
  (w->newest ? w->newest->newer : w->oldest) = link;
  w->newest = link;
}
// The dict let go of its links, or is about to: nobody may follow them any more.
void forgetLinks(Wrapper* w) {
  for (Link* link = w->oldest; link;) {
    Link* newer = link->newer;
    link->older = link->newer = nullptr;
    link = newer;
  }
  w->oldest = w->newest = nullptr;
}

// --- keys ---

// One argument that is a plain int or str stands for itself; else a tuple of arguments, keywords and types.
Ref<> makeKey(Thread& t, Wrapper* w, Args args) {
  size_t keywords = args.keywords();
  if (!w->typed && keywords == 0 && args.positional == 1 && (args[0].isInt() || isExact(args[0], &types::Int) || isExactStr(args[0]))) {
    return share(args[0]);
  }
  size_t size = args.positional + (keywords ? 1 + 2 * keywords : 0) + (w->typed ? args.positional + keywords : 0);
  Ref<Tuple> key = newTupleBlank(t, int64_t(size));
  if (!key) return kRaised;
  Value* to = key->items;
  for (size_t i = 0; i < args.positional; ++i) *to++ = share(args[i]).leak();
  if (keywords) {
    *to++ = share(w->v[3]).leak();
    for (size_t i = 0; i < keywords; ++i) {
      *to++ = share(args.names->items[i]).leak();
      *to++ = share(args.values[args.positional + i]).leak();
    }
  }
  for (size_t i = 0; w->typed && i < args.positional + keywords; ++i) *to++ = share(Value(typeOf(args.values[i]))).leak();
  return key;
}

// --- calls ---

Ref<> callUncached(Thread& t, Wrapper* w, Args args) {
  ++w->misses;
  return call(t, w->v[0], args);
}

Ref<> callUnbounded(Thread& t, Wrapper* w, Args args) {
  Ref<> key = makeKey(t, w, args);
  if (!key) return kRaised;
  Hash hash = keyHash(t, key);
  if (hash == -1) return kRaised;
  Value found = dictGetHashed(t, cacheOf(w), key, hash);
  if (!found.empty()) {
    ++w->hits;
    return share(found);
  }
  if (t.raised()) return kRaised;
  ++w->misses;
  Ref<> result = call(t, w->v[0], args);
  if (!result || !dictSetHashed(t, cacheOf(w), key, hash, result)) return kRaised;
  return result;
}

// Puts a result in; the oldest one goes when the cache is full.
bool enter(Thread& t, Wrapper* w, Value key, Hash hash, Value result) {
  Ref<Link> fresh = makeFields<Link>(t, &link_type);
  if (!fresh) return false;
  fresh->v[0] = share(key).leak();
  fresh->v[1] = share(result).leak();
  fresh->hash = hash;
  Ref<> dead;  // dies last: its destruction may call us
  if (cacheOf(w)->size >= w->most && w->oldest) {
    Link* oldest = w->oldest;
    dead = share(Value(oldest));
    unlink(w, oldest);
    int64_t entry = dictFind(t, cacheOf(w), oldest->v[0], oldest->hash);
    if (entry == kFindRaised) {
      linkNewest(w, oldest);
      return false;
    }
    // Someone may have taken it out while keys were compared.
    Ref<> dead_key, dead_link;
    if (entry >= 0) dictRemoveEntry(cacheOf(w), entry, &dead_key, &dead_link);
  }
  if (!dictSetHashed(t, cacheOf(w), key, hash, fresh)) return false;
  linkNewest(w, fresh.get());
  return true;
}

Ref<> callBounded(Thread& t, Wrapper* w, Args args) {
  Ref<> key = makeKey(t, w, args);
  if (!key) return kRaised;
  Hash hash = keyHash(t, key);
  if (hash == -1) return kRaised;
  Value found = dictGetHashed(t, cacheOf(w), key, hash);
  if (!found.empty()) {
    auto* link = fieldsOf<Link>(found);
    unlink(w, link);
    linkNewest(w, link);
    ++w->hits;
    return share(link->v[1]);
  }
  if (t.raised()) return kRaised;
  ++w->misses;
  Ref<> result = call(t, w->v[0], args);
  if (!result) return kRaised;
  // The call itself may have entered the result.
  Value present = dictGetHashed(t, cacheOf(w), key, hash);
  if (present.empty() && (t.raised() || !enter(t, w, key, hash, result))) return kRaised;
  return result;
}

Ref<> wrapperCall(Thread& t, Value callee, Args args) {
  Ref<> keep = share(callee);
  Wrapper* w = asWrapper(callee);
  return w->most == 0 ? callUncached(t, w, args) : w->most < 0 ? callUnbounded(t, w, args) : callBounded(t, w, args);
}

// --- the wrapper as an object ---

Ref<> wrapperNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew = method("lru_cache", NativeBound(nullptr), "(user_function, maxsize, typed, cache_info_type)");
  Value bound[4];
  Ref<> keep[2];
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  if (!isCallable(bound[0])) return raise(t, exc::TypeError, "the first argument must be callable");
  int typed = truth(t, bound[2]);
  if (typed < 0) return kRaised;
  int64_t most = -1;
  if (!bound[1].isNone()) {
    if (!isIntLike(bound[1]) && !typeOf(bound[1])->slots.index) return raise(t, exc::TypeError, "maxsize should be integer or None");
    most = toIndex(t, bound[1], false, &exc::OverflowError);
    if (t.raised()) return kRaised;
    if (most < 0) most = 0;
  }
  Ref<Dict> cache = newDict(t);
  Ref<> mark = cache ? call(t, Value(&types::Object)) : Ref<>();
  Ref<Wrapper> w = mark ? makeFields<Wrapper>(t, type) : Ref<Wrapper>();
  if (!w) return kRaised;
  w->v[0] = share(bound[0]).leak();
  w->v[1] = cache.leak();
  w->v[2] = share(bound[3]).leak();
  w->v[3] = mark.leak();
  w->most = most;
  w->typed = typed != 0;
  return w;
}
void deallocWrapper(Object* self) {
  auto* w = static_cast<Wrapper*>(self);
  forgetLinks(w);
  releaseIfAny(w->dict);
  deallocFields<Wrapper>(self);
}
void traverseWrapper(Object* self, Visitor& visitor) {
  visitor.visit(static_cast<Wrapper*>(self)->dict);
  traverseFields<Wrapper>(self, visitor);
}
// The cache may hold the way back to us; everything else stays usable.
void clearWrapper(Object* self) {
  auto* w = static_cast<Wrapper*>(self);
  forgetLinks(w);
  dictClear(Thread::current(), cacheOf(w));
}

Ref<> wrapperGet(Thread& t, Value descr, Value instance, Type*) {
  if (instance.empty() || instance.isNone()) return share(descr);
  return newMethod(t, descr, instance);
}

Ref<> cacheInfo(Thread& t, Value self) {
  Wrapper* w = asWrapper(self);
  Value args[] = {Value::fromInt(w->hits), Value::fromInt(w->misses), w->most < 0 ? kNone : Value::fromInt(w->most),
                  Value::fromInt(cacheOf(w)->size)};
  return call(t, w->v[2], Args{args, 4, nullptr});
}
Ref<> cacheClear(Thread& t, Value self) {
  Wrapper* w = asWrapper(self);
  forgetLinks(w);
  w->hits = w->misses = 0;
  dictClear(t, cacheOf(w));
  return share(kNone);
}
Ref<> wrapperReduce(Thread& t, Value self) { return getAttr(t, self, "__qualname__"); }
Ref<> wrapperCopy(Thread&, Value self) { return share(self); }
Ref<> wrapperDeepCopy(Thread&, Value self, Value) { return share(self); }

const MethodDef kMethods[] = {
    method("cache_info", cacheInfo, "($self, /)", "Report cache statistics"),
    method("cache_clear", cacheClear, "($self, /)", "Clear the cache and cache statistics"),
    method("__reduce__", wrapperReduce, "($self, /)"),
    method("__copy__", wrapperCopy, "($self, /)"),
    method("__deepcopy__", wrapperDeepCopy, "($self, memo, /)"),
    {},
};

const GetSetDef kGetSets[] = {{"__dict__", getDictField, setDictField, nullptr}, {}};

}  // namespace

bool addLruCache(Thread& t, ModuleObject* module) {
  TypeSpec link{.type = &link_type, .basic_size = sizeof(Link), .doc = nullptr, .dealloc = deallocFields<Link>,
                .traverse = traverseFields<Link>};
  Ref<Type> link_made = makeNativeType(t, link, "functools._lru_list_elem", &types::Object, kTypeCollectable | kTypeDisallowNew);
  if (!link_made) return false;
  TypeSpec spec{.type = &wrapper_type, .basic_size = sizeof(Wrapper),
                .doc = "Create a cached callable that wraps another function.\n\n"
                       "user_function:      the function being cached\n\n"
                       "maxsize:  0         for no caching\n          None      for unlimited cache size\n          n  "
                       "       for a bounded cache\n\n"
                       "typed:    False     cache f(3) and f(3.0) as identical calls\n          True      cache f(3) "
                       "and f(3.0) as distinct calls\n\n"
                       "cache_info_type:    namedtuple class with the fields:\n                        hits misses currsize maxsize\n",
                .methods = kMethods, .getsets = kGetSets, .dealloc = deallocWrapper, .traverse = traverseWrapper, .clear = clearWrapper,
                .fill = [](Slots& slots) {
                  slots.new_ = wrapperNew;
                  slots.call = wrapperCall;
                  slots.descr_get = wrapperGet;
                }};
  spec.dict_offset = offsetof(Wrapper, dict);
  return addNativeType(t, module, spec, "functools._lru_cache_wrapper",
                       kTypeCollectable | kTypeWeakrefable | kTypeMethodDescriptor | kTypeFinal);
}

}  // namespace krait::functools
