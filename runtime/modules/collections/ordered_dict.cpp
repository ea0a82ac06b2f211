// OrderedDict: the linked list beside the table, and the methods. See ordered_dict.h for the layout.
#include "runtime/modules/collections/ordered_dict.h"

#include "runtime/modules/collections/collections.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/list.h"
#include "runtime/objects/sequence.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/iteration.h"

namespace krait::collections {

Type ordered_dict_type;

namespace {

// --- nodes ---

OrderNode* newNode(Thread& t, Value key, Hash hash) {
  auto* node = static_cast<OrderNode*>(allocateBuffer(sizeof(OrderNode)));
  if (!node) return raiseNoMemory(t);
  *node = OrderNode{nullptr, nullptr, share(key).leak(), hash, kAbsent};
  return node;
}
void freeNode(OrderNode* node) {
  Value key = node->key;
  freeBuffer(node);
  release(key);
}

void linkLast(OrderedDict* od, OrderNode* node) {
  node->previous = od->last;
  node->next = nullptr;
  (od->last ? od->last->next : od->first) = node;
  od->last = node;
  ++od->state;
}
void linkFirst(OrderedDict* od, OrderNode* node) {
  node->previous = nullptr;
  node->next = od->first;
  (od->first ? od->first->previous : od->last) = node;
  od->first = node;
  ++od->state;
}
void unlink(OrderedDict* od, OrderNode* node) {
  (node->previous ? node->previous->next : od->first) = node->next;
  (node->next ? node->next->previous : od->last) = node->previous;
  ++od->state;
}
// Takes a node out of the list and of `nodes`; the caller frees it.
void dropNode(OrderedDict* od, OrderNode* node) {
  unlink(od, node);
  if (node->entry >= 0 && node->entry < od->nodes_size && od->nodes[node->entry] == node)
    od->nodes[node->entry] = nullptr;
}

void forgetNodes(OrderedDict* od) {
  freeBuffer(od->nodes);
  od->nodes = nullptr;
  od->nodes_table = nullptr;
  od->nodes_size = 0;
}
bool nodesAreCurrent(const OrderedDict* od) {
  return od->nodes && od->nodes_table == od->entries && od->used <= od->nodes_size;
}

// Makes `nodes` anew for the table of now. Looking keys up may run Python, which may change everything: then once more.
bool makeNodes(Thread& t, OrderedDict* od) {
  while (!nodesAreCurrent(od)) {
    int64_t size = int64_t(od->capacity) > od->used ? int64_t(od->capacity) : od->used;
    auto** nodes = static_cast<OrderNode**>(allocateBuffer(size_t(size + 1) * sizeof(OrderNode*)));
    if (!nodes) return raiseNoMemory(t);
    memset(nodes, 0, size_t(size + 1) * sizeof(OrderNode*));
    const DictEntry* table = od->entries;
    const uint64_t state = od->state;
    bool same = true;
    for (OrderNode* node = od->first; node && same; node = node->next) {
      Ref<> key = share(node->key);
      int64_t entry = od->used ? dictFind(t, od, key, node->hash) : kAbsent;
      if (entry == kFindRaised) {
        freeBuffer(nodes);
        return false;
      }
      same = od->state == state && od->entries == table && entry < size;
      if (!same) break;
      node->entry = entry;
      if (entry >= 0) nodes[entry] = node;
    }
    if (!same) {
      freeBuffer(nodes);
      continue;
    }
    forgetNodes(od);
    od->nodes = nodes;
    od->nodes_table = table;
    od->nodes_size = size;
  }
  return true;
}

// The entry of a key, and its node when it has one. kAbsent, kFindRaised as dictFind.
int64_t findNode(Thread& t, OrderedDict* od, Value key, Hash hash, OrderNode** node) {
  *node = nullptr;
  int64_t entry;
  do {
    if (!nodesAreCurrent(od) && !makeNodes(t, od)) return kFindRaised;
    entry = od->used ? dictFind(t, od, key, hash) : kAbsent;
    if (entry == kFindRaised) return entry;
  } while (!nodesAreCurrent(od));
  if (entry < 0) return entry;
  OrderNode* found = od->nodes[entry];
  if (found && found->key == od->entries[entry].key) *node = found;
  return entry;
}

void clearNodes(OrderedDict* od) {
  OrderNode* node = od->first;
  od->first = od->last = nullptr;
  ++od->state;
  forgetNodes(od);
  while (node) {
    OrderNode* next = node->next;
    freeNode(node);
    node = next;
  }
}

// --- the table and the list together ---

bool setHashed(Thread& t, OrderedDict* od, Value key, Hash hash, Value v) {
  int64_t entry = od->used ? dictFind(t, od, key, hash) : kAbsent;
  if (entry == kFindRaised) return false;
  OrderNode* node = nullptr;
  if (entry >= 0) {
    entry = findNode(t, od, key, hash, &node);
    if (entry == kFindRaised) return false;
  }
  if (entry >= 0 && node) {
    dictReplaceValue(od, entry, v);
    return true;
  }
  OrderNode* fresh = newNode(t, entry >= 0 ? od->entries[entry].key : key, hash);
  if (!fresh) return false;
  if (entry >= 0) {  // dict put it there, without a node
    fresh->entry = entry;
    od->nodes[entry] = fresh;
    linkLast(od, fresh);
    dictReplaceValue(od, entry, v);
    return true;
  }
  if (!dictInsertNew(t, od, key, hash, v)) {
    freeNode(fresh);
    return false;
  }
  if (nodesAreCurrent(od)) {
    fresh->entry = od->used - 1;
    od->nodes[fresh->entry] = fresh;
  } else {
    forgetNodes(od);
  }
  linkLast(od, fresh);
  return true;
}

// Removes a key: 1, 0 absent, -1 raised. The value goes to *v.
int removeHashed(Thread& t, OrderedDict* od, Value key, Hash hash, Ref<>* v) {
  OrderNode* node;
  int64_t entry = findNode(t, od, key, hash, &node);
  if (entry < 0) return entry == kAbsent ? 0 : -1;
  if (node) dropNode(od, node);
  Ref<> dead_key;
  dictRemoveEntry(od, entry, &dead_key, v);
  if (node) freeNode(node);
  return 1;
}

bool orderedSetItem(Thread& t, Value self, Value key, Value v) {
  Hash hash = keyHash(t, key);
  if (hash == -1) return false;
  if (!v.empty()) return setHashed(t, asOrdered(self), key, hash, v);
  Ref<> dead;
  int removed = removeHashed(t, asOrdered(self), key, hash, &dead);
  if (removed == 0) return raiseKeyError(t, key);
  return removed > 0;
}

// What pop does; fallback empty: KeyError. Empty without exception: the key is not in the list.
Ref<> popKey(Thread& t, OrderedDict* od, Value key, Hash hash, Value fallback) {
  OrderNode* node;
  int64_t entry = findNode(t, od, key, hash, &node);
  if (entry == kFindRaised) return kRaised;
  if (!node) return fallback.empty() ? kRaised : share(fallback);
  Ref<> v;
  return removeHashed(t, od, key, hash, &v) < 0 ? kRaised : std::move(v);
}
Ref<> popOrKeyError(Thread& t, Value self, Value key, Value fallback) {
  Hash hash = keyHash(t, key);
  if (hash == -1) return kRaised;
  Ref<> v = popKey(t, asOrdered(self), key, hash, fallback);
  if (!v && !t.raised()) return keyIsMissing(t, key);
  return v;
}

// --- life ---

Ref<> orderedNew(Thread& t, Type* type, Args) {
  auto* od = allocateInstance<OrderedDict>(type);
  if (!od) return raiseNoMemory(t);
  dictInit(od);
  od->first = od->last = nullptr;
  od->nodes = nullptr;
  od->nodes_table = nullptr;
  od->nodes_size = 0;
  od->state = 0;
  return steal(Value(od));
}
bool orderedInit(Thread& t, Value self, Args args) {
  if (args.positional > 1) return raise(t, exc::TypeError, "expected at most 1 arguments, got %zu", args.positional);
  return updateMapping(t, self, args);
}
void deallocOrdered(Object* self) {
  instanceRelease(self);
  clearNodes(static_cast<OrderedDict*>(self));
  types::Dict.dealloc(self);
}
void traverseOrdered(Object* self, Visitor& visitor) {
  instanceTraverse(self, visitor);
  for (OrderNode* node = static_cast<OrderedDict*>(self)->first; node; node = node->next) visitor.visit(node->key);
  types::Dict.traverse(self, visitor);
}
void clearOrdered(Object* self) {
  instanceClear(self);
  clearNodes(static_cast<OrderedDict*>(self));
  types::Dict.clear(self);
}

// --- protocol ---

// The keys of both in the same order: 1, 0, -1 raised.
int sameOrder(Thread& t, OrderedDict* a, OrderedDict* b) {
  OrderNode *x = a->first, *y = b->first;
  const uint64_t a_state = a->state, b_state = b->state;
  while (x && y) {
    Ref<> p = share(x->key), q = share(y->key);
    int same = compareBool(t, p, q, CompareOp::kEqual);
    if (same <= 0) return same;
    if (a->state != a_state || b->state != b_state)
      return raise(t, exc::RuntimeError, "OrderedDict mutated during iteration");
    x = x->next;
    y = y->next;
  }
  return !x && !y;
}
Ref<> orderedCompare(Thread& t, Value a, Value b, CompareOp op) {
  if ((op != CompareOp::kEqual && op != CompareOp::kNotEqual) || !isDict(b)) return share(kNotImplemented);
  Ref<> equal = types::Dict.slots.compare(t, a, b, CompareOp::kEqual);
  if (!equal) return kRaised;
  int result = equal == kTrue;
  if (result && isOrdered(b)) result = sameOrder(t, asOrdered(a), asOrdered(b));
  if (result < 0) return kRaised;
  return steal(Value::fromBool((result != 0) == (op == CompareOp::kEqual)));
}

// [(key, value), ...] of an exact OrderedDict.
Ref<> listOfPairs(Thread& t, OrderedDict* od) {
  Ref<List> list = newList(t, od->size);
  if (!list) return kRaised;
  for (OrderNode* node = od->first; node;) {
    int64_t entry = entryOfNode(t, od, node);
    if (entry < 0) return entry == kAbsent ? Ref<>(keyIsMissing(t, node->key)) : kRaised;
    Ref<Tuple> pair = packTuple(t, node->key, od->entries[entry].value);
    node = node->next;
    if (!pair || !listAppend(t, list.get(), std::move(pair))) return kRaised;
  }
  return list;
}
Ref<> orderedRepr(Thread& t, Value self) {
  if (asOrdered(self)->size == 0) {
    StrBuilder empty(t);
    empty.append(typeOf(self)->name);
    empty.appendAscii("()");
    return empty.finish();
  }
  ReprScope scope(t, self);
  if (scope.failed()) return kRaised;
  if (scope.recursive()) return newStrUtf8(t, "...");
  Ref<> pairs;
  if (isExactOrdered(self)) {
    pairs = listOfPairs(t, asOrdered(self));
  } else if (Ref<> items = callMethod(t, self, "items")) {
    pairs = sequenceToList(t, items);
  }
  Ref<Str> text = pairs ? repr(t, pairs) : Ref<Str>();
  if (!text) return kRaised;
  StrBuilder out(t);
  out.append(typeOf(self)->name);
  out.appendAscii("(");
  out.append(text.get());
  out.appendAscii(")");
  return out.finish();
}

Ref<> orderedOr(Thread& t, Value a, Value b) {
  Value self = isOrdered(a) ? a : b;
  if (!isDict(self == a ? b : a)) return share(kNotImplemented);
  Ref<> result = call(t, Value(typeOf(self)), a);
  if (!result || !updateMapping(t, result, b)) return kRaised;
  return result;
}
Ref<> orderedInplaceOr(Thread& t, Value self, Value other) {
  return updateMapping(t, self, other) ? share(self) : kRaised;
}

// --- methods ---

Ref<> methodFromKeys(Thread& t, Value cls, const Value* args) {
  Ref<> result = call(t, cls);
  if (!result) return kRaised;
  Iteration keys(t, args[0]);
  while (Ref<> key = keys.next()) {
    if (!setItem(t, result, key, args[1])) return kRaised;
  }
  return t.raised() ? Ref<>() : std::move(result);
}

Ref<> methodSetDefault(Thread& t, Value self, const Value* args) {
  OrderedDict* od = asOrdered(self);
  if (isExactOrdered(self)) {
    Value v = dictGet(t, od, args[0]);
    if (!v.empty()) return share(v);
    if (t.raised() || !orderedSetItem(t, self, args[0], args[1])) return kRaised;
    return share(args[1]);
  }
  int present = contains(t, self, args[0]);
  if (present < 0) return kRaised;
  if (present) return getItem(t, self, args[0]);
  return setItem(t, self, args[0], args[1]) ? share(args[1]) : kRaised;
}

Ref<> methodPop(Thread& t, Value self, const Value* args) { return popOrKeyError(t, self, args[0], args[1]); }

Ref<> methodPopItem(Thread& t, Value self, const Value* args) {
  OrderedDict* od = asOrdered(self);
  int last = truth(t, args[0]);
  if (last < 0) return kRaised;
  OrderNode* node = last ? od->last : od->first;
  if (!node) return raise(t, exc::KeyError, "dictionary is empty");
  Ref<> key = share(node->key);
  Ref<> v = popKey(t, od, key, node->hash, Value());
  if (!v) return t.raised() ? Ref<>() : Ref<>(keyIsMissing(t, key));
  return packTuple(t, key.value(), v.value());
}

Ref<> methodMoveToEnd(Thread& t, Value self, const Value* args) {
  OrderedDict* od = asOrdered(self);
  int last = truth(t, args[1]);
  if (last < 0) return kRaised;
  if (!od->first) return keyIsMissing(t, args[0]);
  OrderNode* node = last ? od->last : od->first;
  if (node->key == args[0]) return share(kNone);
  Hash hash = keyHash(t, args[0]);
  if (hash == -1 || findNode(t, od, args[0], hash, &node) == kFindRaised) return kRaised;
  if (!node) return keyIsMissing(t, args[0]);
  if (last && node != od->last) {
    unlink(od, node);
    linkLast(od, node);
  } else if (!last && node != od->first) {
    unlink(od, node);
    linkFirst(od, node);
  }
  return share(kNone);
}

Ref<> methodUpdate(Thread& t, Value self, Args args) {
  if (args.positional > 1) {
    return raise(t, exc::TypeError, "update() takes at most 1 positional argument (%zu given)", args.positional);
  }
  return updateMapping(t, self, args) ? share(kNone) : kRaised;
}

Ref<> methodClear(Thread& t, Value self) {
  dictClear(t, asDict(self));
  clearNodes(asOrdered(self));
  return share(kNone);
}

Ref<> methodCopy(Thread& t, Value self) {
  OrderedDict* od = asOrdered(self);
  bool exact = isExactOrdered(self);
  Ref<> copy = exact ? orderedNew(t, &ordered_dict_type, {}) : call(t, Value(typeOf(self)));
  if (!copy) return kRaised;
  const uint64_t state = od->state;
  for (OrderNode* node = od->first; node; node = node->next) {
    Ref<> key = share(node->key);
    if (exact) {
      int64_t entry = entryOfNode(t, od, node);
      if (entry < 0) return entry == kAbsent ? Ref<>(keyIsMissing(t, key)) : kRaised;
      Ref<> v = share(od->entries[entry].value);
      if (!setHashed(t, asOrdered(copy), key, node->hash, v)) return kRaised;
    } else {
      Ref<> v = getItem(t, self, key);
      if (!v || !setItem(t, copy, key, v)) return kRaised;
    }
    if (od->state != state) return raise(t, exc::RuntimeError, "OrderedDict mutated during iteration");
  }
  return copy;
}

Ref<> methodReduce(Thread& t, Value self) {
  Ref<> state = callMethod(t, self, "__getstate__");
  Ref<> items = state ? callMethod(t, self, "items") : Ref<>();
  Ref<> iterator = items ? iterate(t, items) : Ref<>();
  if (!iterator) return kRaised;
  return packTuple(t, Value(typeOf(self)), Value(emptyTuple()), state.value(), kNone, iterator.value());
}

Ref<> methodSizeof(Thread& t, Value self) {
  static Str* const name = internStatic("__sizeof__");
  Ref<> base = call(t, lookupType(&types::Dict, name), self);
  if (!base) return kRaised;
  int64_t count = 0;
  for (OrderNode* node = asOrdered(self)->first; node; node = node->next) ++count;
  int64_t more = count * int64_t(sizeof(OrderNode)) + asOrdered(self)->nodes_size * int64_t(sizeof(OrderNode*));
  return binaryOp(t, kOp_add, base, Value::fromInt(more));
}

Ref<> getDict(Thread& t, Value self) { return instanceDict(t, self.asObject()); }
bool setDict(Thread& t, Value self, Value to) {
  if (to.empty()) return raise(t, exc::TypeError, "cannot delete __dict__");
  return instanceSetDict(t, self.asObject(), to);
}

const MethodDef kMethods[] = {
    method("fromkeys", methodFromKeys, "($type, /, iterable, value=None)",
           "A new OrderedDict with the keys of an iterable, all with one value.", MethodKind::kClass),
    method("setdefault", methodSetDefault, "($self, /, key, default=None)",
           "The value of the key; an absent key is inserted with the default."),
    method("pop", methodPop, "($self, /, key, default=<unrepresentable>)",
           "Removes a key and returns its value. For an absent key the default, or KeyError when there is none."),
    method("popitem", methodPopItem, "($self, /, last=True)",
           "Removes and returns a pair (key, value): the last one, or the first one if last is false."),
    method("keys", orderedKeys, "($self, /)"),
    method("values", orderedValues, "($self, /)"),
    method("items", orderedItems, "($self, /)"),
    method("update", methodUpdate, nullptr),
    method("clear", methodClear, "($self, /)", "Removes all items."),
    method("copy", methodCopy, "($self, /)", "A shallow copy."),
    method(
        "move_to_end", methodMoveToEnd, "($self, /, key, last=True)",
        "Moves an existing key to the end, or to the beginning if last is false. KeyError when there is no such key."),
    method("__reversed__", orderedReversed, "($self, /)", "An iterator over the keys from last to first."),
    method("__reduce__", methodReduce, "($self, /)", "State for pickling."),
    method("__sizeof__", methodSizeof, "($self, /)"),
    {},
};
const GetSetDef kGetSets[] = {{"__dict__", getDict, setDict, nullptr}, {}};

}  // namespace

Raised keyIsMissing(Thread& t, Value key) {
  if (!isTuple(key)) return raiseWith(t, exc::KeyError, key.isNone() ? Value() : key);
  Ref<> error = call(t, Value(&exc::KeyError), Args{asTuple(key)->items, size_t(asTuple(key)->size), nullptr});
  return error ? raiseInstance(t, std::move(error)) : kRaised;
}

int64_t entryOfNode(Thread& t, OrderedDict* od, OrderNode* node) {
  Ref<> key = share(node->key);
  Hash hash = keyHash(t, key);  // asked again each time: a key may have changed its mind
  if (hash == -1) return kFindRaised;
  if (KRAIT_LIKELY(hash == node->hash && nodesAreCurrent(od) && node->entry >= 0 &&
                   od->entries[node->entry].key == key.value() && od->nodes[node->entry] == node)) {
    return node->entry;
  }
  OrderNode* found;
  return findNode(t, od, key, hash, &found);
}

// --- updating, as MutableMapping does it ---

namespace {

bool updateFromPairs(Thread& t, Value self, Value pairs) {
  Iteration elements(t, pairs);
  while (Ref<> element = elements.next()) {
    Iteration parts(t, element);
    if (t.raised()) return false;
    Ref<> both[2];
    for (int i = 0; i < 2; ++i) {
      both[i] = parts.next();
      if (both[i]) continue;
      if (t.raised()) return false;
      return raise(t, exc::ValueError, "need more than %d value%s to unpack", i, i == 1 ? "" : "s");
    }
    if (parts.next()) return raise(t, exc::ValueError, "too many values to unpack (expected 2)");
    if (t.raised() || !setItem(t, self, both[0], both[1])) return false;
  }
  return !t.raised();
}

}  // namespace

bool updateMapping(Thread& t, Value self, Value other) {
  if (isExactDict(other)) {
    Ref<> items = dictItemsList(t, asDict(other));
    return items && updateFromPairs(t, self, items);
  }
  Ref<> keys_method = getAttrOrEmpty(t, other, internStatic("keys"));
  if (t.raised()) return false;
  if (keys_method) {
    Ref<> keys = call(t, keys_method);
    if (!keys) return false;
    Iteration each(t, keys);
    while (Ref<> key = each.next()) {
      Ref<> v = getItem(t, other, key);
      if (!v || !setItem(t, self, key, v)) return false;
    }
    return !t.raised();
  }
  Ref<> items_method = getAttrOrEmpty(t, other, internStatic("items"));
  if (t.raised()) return false;
  if (!items_method) return updateFromPairs(t, self, other);
  Ref<> items = call(t, items_method);
  return items && updateFromPairs(t, self, items);
}

bool updateMapping(Thread& t, Value self, Args args) {
  if (args.positional && !updateMapping(t, self, args[0])) return false;
  for (size_t i = 0; i < args.keywords(); ++i) {
    if (!setItem(t, self, args.names->items[i], args.values[args.positional + i])) return false;
  }
  return true;
}

bool addOrderedDict(Thread& t, ModuleObject* module) {
  TypeSpec spec{.type = &ordered_dict_type,
                .basic_size = sizeof(OrderedDict),
                .doc = "Dictionary that remembers insertion order",
                .methods = kMethods,
                .getsets = kGetSets,
                .dealloc = deallocOrdered,
                .traverse = traverseOrdered,
                .clear = clearOrdered,
                .fill = [](Slots& slots) {
                  slots.new_ = orderedNew;
                  slots.init = orderedInit;
                  slots.repr = orderedRepr;
                  slots.compare = orderedCompare;
                  slots.iter = orderedIterator;
                  slots.setitem = orderedSetItem;
                  slots.binary[kOp_or_] = orderedOr;
                  slots.inplace[kOp_or_] = orderedInplaceOr;
                }};
  Ref<Type> made = makeNativeType(t, spec, "collections.OrderedDict", &types::Dict,
                                  kTypeCollectable | kTypeWeakrefable | kTypeHasDict);
  return made && moduleAdd(t, module, "OrderedDict", std::move(made)) && makeOrderedViews(t);
}

}  // namespace krait::collections
