// Structural pattern matching.
#include "interp/semantics.h"
#include "runtime/objects/list.h"
#include "runtime/objects/set.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

int opMatchMapping(Value v) { return typeOf(v)->has(kTypeMappingPattern); }
int opMatchSequence(Value v) { return typeOf(v)->has(kTypeSequencePattern); }

Ref<> opMatchKeys(Thread& t, Value subject, Value keys) {
  if (!isTuple(keys)) return raise(t, exc::SystemError, "bad internal call");
  int64_t count = asTuple(keys)->size;
  if (count == 0) return share(emptyTuple());
  Ref<Str> get_name = intern(t, newStrLatin1(t, "get"));
  Ref<> self;
  Ref<> get = getMethod(t, subject, get_name.get(), &self);
  if (!get) return kRaised;
  Ref<Set> seen = newSet(t, Value());
  Ref<Tuple> values = newTupleBlank(t, count);
  // A fresh object that no mapping holds tells "absent".
  Ref<> absent = call(t, Value(&types::Object));
  if (!seen || !values || !absent) return kRaised;
  for (int64_t i = 0; i < count; ++i) {
    Value key = asTuple(keys)->items[i];
    int dup = setContains(t, seen.get(), key);
    if (dup < 0) return kRaised;
    if (dup) return raise(t, exc::ValueError, "mapping pattern checks duplicate key (%s)", Utf8(repr(t, key).get()).c_str());
    if (!setAdd(t, seen.get(), key)) return kRaised;
    Ref<> v = self ? call(t, get, self, key, absent) : call(t, get, key, absent);
    if (!v) return kRaised;
    if (v.value() == absent.value()) return share(kNone);
    values->items[i] = v.leak();
  }
  return values;
}

namespace {

// One attribute of a class pattern; empty without exception: the pattern does not match.
Ref<> matchAttribute(Thread& t, Value subject, Type* type, Value name, Set* seen) {
  int dup = setContains(t, seen, name);
  if (dup < 0) return kRaised;
  if (dup) {
    return raise(t, exc::TypeError, "%s() got multiple sub-patterns for attribute %s", Utf8(type->name).c_str(),
                 Utf8(repr(t, name).get()).c_str());
  }
  if (!setAdd(t, seen, name)) return kRaised;
  return getAttrOrEmpty(t, subject, asStr(name));
}

inline constexpr uint32_t kMatchSelf = kTypeIntSubclass | kTypeFloatSubclass | kTypeListSubclass | kTypeTupleSubclass |
                                       kTypeBytesSubclass | kTypeStrSubclass | kTypeDictSubclass;

bool matchesSelf(Type* type) {
  return type->has(kMatchSelf) || isSubtype(type, &types::Set) || isSubtype(type, &types::FrozenSet) ||
         isSubtype(type, &types::ByteArray);
}

}  // namespace

Ref<> opMatchClass(Thread& t, Value subject, Value pattern, int64_t positional, Value names) {
  if (!isType(pattern)) return raise(t, exc::TypeError, "called match pattern must be a type");
  if (!isExactTuple(names)) return raise(t, exc::SystemError, "bad internal call");
  Type* type = static_cast<Type*>(pattern.asObject());
  int is_instance = isInstanceOf(t, subject, pattern);
  if (is_instance < 0) return kRaised;
  if (!is_instance) return share(kNone);
  Ref<Set> seen = newSet(t, Value());
  Ref<List> attributes = newList(t);
  if (!seen || !attributes) return kRaised;
  if (positional > 0) {
    Ref<> match_args = getAttrOrEmpty(t, pattern, internStatic("__match_args__"));
    if (t.raised()) return kRaised;
    bool match_self = false;
    int64_t allowed = 0;
    if (match_args) {
      if (!isExactTuple(match_args)) {
        return raise(t, exc::TypeError, "%s.__match_args__ must be a tuple (got %s)", Utf8(type->name).c_str(), typeName(match_args));
      }
      allowed = asTuple(match_args)->size;
    } else {
      match_self = matchesSelf(type);
      allowed = match_self;
    }
    if (allowed < positional) {
      return raise(t, exc::TypeError, "%s() accepts %ld positional sub-pattern%s (%ld given)", Utf8(type->name).c_str(), long(allowed),
                   allowed == 1 ? "" : "s", long(positional));
    }
    if (match_self) {
      if (!listAppend(t, attributes.get(), share(subject))) return kRaised;
    } else {
      for (int64_t i = 0; i < positional; ++i) {
        Value name = asTuple(match_args)->items[i];
        if (!isExactStr(name)) {
          return raise(t, exc::TypeError, "__match_args__ elements must be strings (got %s)", typeName(name));
        }
        Ref<Str> interned = intern(t, share(asStr(name)));
        Ref<> v = matchAttribute(t, subject, type, interned, seen.get());
        if (!v) return t.raised() ? Ref<>(kRaised) : share(kNone);
        if (!listAppend(t, attributes.get(), std::move(v))) return kRaised;
      }
    }
  }
  for (int64_t i = 0; i < asTuple(names)->size; ++i) {
    Value name = asTuple(names)->items[i];
    if (!isExactStr(name)) return raise(t, exc::SystemError, "bad internal call");
    Ref<> v = matchAttribute(t, subject, type, name, seen.get());
    if (!v) return t.raised() ? Ref<>(kRaised) : share(kNone);
    if (!listAppend(t, attributes.get(), std::move(v))) return kRaised;
  }
  return sequenceToTuple(t, attributes);
}

}  // namespace krait
