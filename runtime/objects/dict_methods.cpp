// dict as Python sees it: constructor, operators, methods. Views and iterators are in dict_views.cpp.
#include "runtime/core/error.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/dict_table.h"
#include "runtime/objects/dict_views.h"
#include "runtime/objects/generic_alias.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/sequence.h"
#include "runtime/objects/set.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/iteration.h"

namespace krait {

namespace {

void deallocDict(Object* self) {
  dictFreeTable(static_cast<Dict*>(self));
  if (KRAIT_LIKELY(self->kind == kKindDict)) {
    freeObject(self, sizeof(Dict), Sort::kCollectable);
  } else {
    freeInstance(self);
  }
}

void traverseDict(Object* self, Visitor& visitor) {
  auto* dict = static_cast<Dict*>(self);
  for (int64_t i = 0; i < dict->used; ++i) {
    visitor.visit(dict->entries[i].key);
    visitor.visit(dict->entries[i].value);
  }
}

void clearDict(Object* self) {
  auto* dict = static_cast<Dict*>(self);
  if (self->hasFlag(kFlagKeysWatched)) fireAllKeys(dict);
  dictFreeTable(dict);
}

Ref<> dictNew(Thread& t, Type* type, Args) {
  if (type == &types::Dict) return newDict(t);
  auto* dict = allocateInstance<Dict>(type);
  if (!dict) return raiseNoMemory(t);
  dictInit(dict);
  return steal(Value(dict));
}

// dict(mapping_or_pairs, **keywords), also update().
bool updateFromArguments(Thread& t, Dict* dict, Args args, const char* name) {
  if (!arity(t, name, args, 0, 1)) return false;
  if (args.positional && !dictUpdate(t, dict, args[0])) return false;
  for (size_t i = 0; i < args.keywords(); ++i) {
    if (!dictSet(t, dict, args.names->items[i], args.values[args.positional + i])) return false;
  }
  return true;
}

bool dictInitSlot(Thread& t, Value self, Args args) { return updateFromArguments(t, asDict(self), args, "dict"); }

Ref<> dictRepr(Thread& t, Value self) {
  Dict* dict = asDict(self);
  ReprScope scope(t, self);
  if (scope.failed()) return kRaised;
  StrBuilder out(t);
  if (scope.recursive() || dict->size == 0) {
    out.appendAscii(scope.recursive() ? "{...}" : "{}");
    return out.finish();
  }
  int64_t position = 0;
  Value key, v;
  const char* before = "{";
  while (dictNext(dict, &position, &key, &v)) {
    Ref<> kept_key = share(key), kept_value = share(v);
    Ref<Str> key_text = repr(t, kept_key);
    if (!key_text) return kRaised;
    Ref<Str> value_text = repr(t, kept_value);
    if (!value_text) return kRaised;
    out.appendAscii(before);
    out.append(key_text.get());
    out.appendAscii(": ");
    out.append(value_text.get());
    before = ", ";
  }
  out.appendAscii("}");
  return out.finish();
}

// 1 equal, 0 not, -1 raised.
int dictEqual(Thread& t, Dict* a, Dict* b) {
  if (a->size != b->size) return 0;
  int64_t position = 0;
  Value key, v;
  Hash hash;
  while (dictNext(a, &position, &key, &v, &hash)) {
    Ref<> kept_key = share(key), kept_value = share(v);
    int64_t entry = dictFind(t, b, kept_key, hash);
    if (entry < 0) return entry == kAbsent ? 0 : -1;
    Ref<> other = share(b->entries[entry].value);
    int same = compareBool(t, kept_value, other, CompareOp::kEqual);
    if (same <= 0) return same;
  }
  return 1;
}

Ref<> dictCompare(Thread& t, Value a, Value b, CompareOp op) {
  if (!isDict(a) || !isDict(b) || (op != CompareOp::kEqual && op != CompareOp::kNotEqual)) return share(kNotImplemented);
  NativeScope scope(t, " in comparison");
  if (!scope) return kRaised;
  int same = dictEqual(t, asDict(a), asDict(b));
  return same < 0 ? Ref<>() : steal(Value::fromBool((same != 0) == (op == CompareOp::kEqual)));
}

int64_t dictLength(Thread&, Value self) { return asDict(self)->size; }
int dictContainsSlot(Thread& t, Value self, Value key) { return dictContains(t, asDict(self), key); }

__attribute__((noinline)) Ref<> missing(Thread& t, Value self, Value key) {
  if (t.raised()) return kRaised;
  if (!isExactDict(self)) {
    static Str* const name = internStatic("__missing__");
    Ref<> receiver;
    Ref<> method = lookupSpecial(t, self, name, &receiver);
    if (method) return receiver ? call(t, method, receiver, key) : call(t, method, key);
    if (t.raised()) return kRaised;
  }
  return raiseKeyError(t, key);
}

Ref<> dictGetItem(Thread& t, Value self, Value key) {
  Value v = dictGet(t, asDict(self), key);
  if (KRAIT_LIKELY(!v.empty())) return share(v);
  return missing(t, self, key);
}

bool dictSetItem(Thread& t, Value self, Value key, Value v) {
  if (KRAIT_LIKELY(!v.empty())) return dictSet(t, asDict(self), key, v);
  int deleted = dictDelete(t, asDict(self), key);
  if (deleted == 0) return raiseKeyError(t, key);
  return deleted > 0;
}

Ref<> dictOr(Thread& t, Value a, Value b) {
  if (!isDict(a) || !isDict(b)) return share(kNotImplemented);
  Ref<Dict> result = dictCopy(t, asDict(a));
  if (!result || !dictUpdate(t, result.get(), b)) return kRaised;
  return result;
}

Ref<> dictInplaceOr(Thread& t, Value self, Value other) {
  if (!dictUpdate(t, asDict(self), other)) return kRaised;
  return share(self);
}

// --- methods ---

Ref<> methodGet(Thread& t, Value self, const Value* args) {
  Value v = dictGet(t, asDict(self), args[0]);
  if (!v.empty()) return share(v);
  return t.raised() ? Ref<>() : share(args[1]);
}

Ref<> methodSetDefault(Thread& t, Value self, const Value* args) {
  Value v = dictSetDefault(t, asDict(self), args[0], args[1]);
  return v.empty() ? Ref<>() : share(v);
}

Ref<> methodPop(Thread& t, Value self, const Value* args) { return dictPop(t, asDict(self), args[0], args[1]); }

Ref<> methodPopItem(Thread& t, Value self) {
  Dict* dict = asDict(self);
  if (dict->size == 0) return raise(t, exc::KeyError, "popitem(): dictionary is empty");
  Ref<Tuple> pair = newTupleBlank(t, 2);
  if (!pair) return kRaised;
  int64_t last = dict->used - 1;
  while (dict->entries[last].key.empty()) --last;
  Ref<> key, v;
  dictRemoveEntry(dict, last, &key, &v);
  // The place in the index stays taken, so the room for entries shrinks by as many as go: the index cannot fill up.
  dict->capacity -= uint32_t(dict->used - last);
  dict->used = last;
  pair->items[0] = key.leak();
  pair->items[1] = v.leak();
  return pair;
}

Ref<> methodUpdate(Thread& t, Value self, Args args) {
  if (!updateFromArguments(t, asDict(self), args, "update")) return kRaised;
  return share(kNone);
}

Ref<> methodClear(Thread& t, Value self) {
  dictClear(t, asDict(self));
  return share(kNone);
}

Ref<> methodCopy(Thread& t, Value self) { return dictCopy(t, asDict(self)); }

Ref<> methodContains(Thread& t, Value self, Value key) {
  int present = dictContains(t, asDict(self), key);
  return present < 0 ? Ref<>() : steal(Value::fromBool(present));
}

Ref<> methodSizeof(Thread&, Value self) {
  Dict* dict = asDict(self);
  int64_t table = dict->entries ? int64_t(dict->mask + 1) * 4 + int64_t(dict->capacity) * int64_t(sizeof(DictEntry)) : 0;
  return steal(Value::fromInt(int64_t(instanceSize(self.asObject())) + table));
}

bool addKeysOfSet(Thread& t, Dict* dict, Set* keys, Value v) {
  int64_t position = 0;
  Value key;
  Hash hash;
  while (setNext(keys, &position, &key, &hash)) {
    Ref<> kept = share(key);
    if (!dictSetHashed(t, dict, kept, hash, v)) return false;
  }
  return true;
}
bool addKeysOfDict(Thread& t, Dict* dict, Dict* keys, Value v) {
  int64_t position = 0;
  Value key;
  Hash hash;
  while (dictNext(keys, &position, &key, nullptr, &hash)) {
    Ref<> kept = share(key);
    if (!dictSetHashed(t, dict, kept, hash, v)) return false;
  }
  return true;
}

// Keys of sets and exact dicts come with their hashes; otherwise cls() decides what setting means.
Ref<> methodFromKeys(Thread& t, Value cls, const Value* args) {
  Ref<> result = call(t, cls);
  if (!result) return kRaised;
  bool exact = isExactDict(result);
  if (exact && isAnySet(args[0]) && typeOf(args[0])->slots.iter == types::Set.slots.iter) {
    return addKeysOfSet(t, asDict(result), asSet(args[0]), args[1]) ? std::move(result) : Ref<>();
  }
  if (exact && isExactDict(args[0])) return addKeysOfDict(t, asDict(result), asDict(args[0]), args[1]) ? std::move(result) : Ref<>();
  Iteration keys(t, args[0]);
  while (Ref<> key = keys.next()) {
    if (exact ? !dictSet(t, asDict(result), key, args[1]) : !setItem(t, result, key, args[1])) return kRaised;
  }
  return t.raised() ? Ref<>() : std::move(result);
}

const MethodDef kDictMethods[] = {
    method("__contains__", methodContains, "($self, key, /)", "True if the dictionary has the specified key, else False."),
    method("__getitem__", dictGetItem, "($self, key, /)", "x.__getitem__(y) <==> x[y]"),
    method("__sizeof__", methodSizeof, "($self, /)", "D.__sizeof__() -> size of D in memory, in bytes"),
    method("get", methodGet, "($self, key, default=None, /)",
           "Return the value for key if key is in the dictionary, else default."),
    method("setdefault", methodSetDefault, "($self, key, default=None, /)",
           "Insert key with a value of default if key is not in the dictionary.\n\n"
           "Return the value for key if key is in the dictionary, else default."),
    method("pop", methodPop, "($self, key, default=<unrepresentable>, /)",
           "D.pop(k[,d]) -> v, remove specified key and return the corresponding value.\n\n"
           "If the key is not found, return the default if given; otherwise,\nraise a KeyError."),
    method("popitem", methodPopItem, "($self, /)",
           "Remove and return a (key, value) pair as a 2-tuple.\n\n"
           "Pairs are returned in LIFO (last-in, first-out) order.\nRaises KeyError if the dict is empty."),
    method("keys", dictKeysView, "($self, /)", "D.keys() -> a set-like object providing a view on D's keys"),
    method("items", dictItemsView, "($self, /)", "D.items() -> a set-like object providing a view on D's items"),
    method("values", dictValuesView, "($self, /)", "D.values() -> an object providing a view on D's values"),
    method("update", methodUpdate, nullptr,
           "D.update([E, ]**F) -> None.  Update D from dict/iterable E and F.\n"
           "If E is present and has a .keys() method, then does:  for k in E: D[k] = E[k]\n"
           "If E is present and lacks a .keys() method, then does:  for k, v in E: D[k] = v\n"
           "In either case, this is followed by: for k in F:  D[k] = F[k]"),
    method("fromkeys", methodFromKeys, "($type, iterable, value=None, /)",
           "Create a new dictionary with keys from iterable and values set to value.", MethodKind::kClass),
    method("clear", methodClear, "($self, /)", "D.clear() -> None.  Remove all items from D."),
    method("copy", methodCopy, "($self, /)", "D.copy() -> a shallow copy of D"),
    method("__reversed__", dictReversed, "($self, /)", "Return a reverse iterator over the dict keys."),
    method("__class_getitem__", classGetItem, "($cls, item, /)", "See PEP 585", MethodKind::kClass),
    {},
};

void fillDictSlots(Slots& slots) {
  slots.new_ = dictNew;
  slots.init = dictInitSlot;
  slots.repr = dictRepr;
  slots.compare = dictCompare;
  slots.iter = dictIterator;
  slots.length = dictLength;
  slots.getitem = dictGetItem;
  slots.setitem = dictSetItem;
  slots.contains = dictContainsSlot;
  slots.binary[kOp_or_] = dictOr;
  slots.inplace[kOp_or_] = dictInplaceOr;
}

}  // namespace

const TypeSpec& dictTypeSpec() {
  static const TypeSpec spec{
      .type = &types::Dict,
      .basic_size = sizeof(Dict),
      .doc = "dict() -> new empty dictionary\n"
             "dict(mapping) -> new dictionary initialized from a mapping object's\n    (key, value) pairs\n"
             "dict(iterable) -> new dictionary initialized as if via:\n    d = {}\n    for k, v in iterable:\n        d[k] = v\n"
             "dict(**kwargs) -> new dictionary initialized with the name=value pairs\n"
             "    in the keyword argument list.  For example:  dict(one=1, two=2)",
      .methods = kDictMethods,
      .dealloc = deallocDict,
      .traverse = traverseDict,
      .clear = clearDict,
      .fill = fillDictSlots,
  };
  return spec;
}

}  // namespace krait
