// object: the methods and slots that every value has, and the __dict__ and __weakref__ descriptors of Python classes.
#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/core/names.h"
#include "runtime/core/type_internal.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/weakref.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

bool hasArguments(Args args) { return args.positional != 0 || args.keywords() != 0; }

Raised abstractClass(Thread& t, Type* type) {
  Value abstract = dictGetStr(type->dict, names::dunder_abstractmethods);
  if (abstract.empty()) return raise(t, exc::AttributeError, "__abstractmethods__");
  Ref<List> sorted = sequenceToList(t, abstract);
  if (!sorted || !listSort(t, sorted.get(), kNone, false)) return kRaised;
  Ref<Str> comma = newStrUtf8(t, ", ");
  if (!comma || !listMakeGeneric(t, sorted.get())) return kRaised;
  Ref<Str> joined = strJoin(t, comma, sorted->items, size_t(sorted->size));
  if (!joined) return kRaised;
  Utf8 text;
  text.setLossy(joined.get());
  return raise(t, exc::TypeError, "Can't instantiate abstract class %s with abstract method%s %s", type->cname,
               sorted->size > 1 ? "s" : "", text.c_str());
}

void objectDealloc(Object* o) { freeObject(o, sizeof(Object), sortOf(o->type())); }

// "<module.Qualname object at ...>"; what calls itself a builtin shows its plain name.
Ref<> objectRepr(Thread& t, Value self) {
  Type* type = typeOf(self);
  Ref<> module = getAttrOrEmpty(t, type, names::dunder_module);
  if (!module && t.raised()) return kRaised;
  Ref<> qualname = getAttr(t, type, names::dunder_qualname);
  if (!qualname) return kRaised;
  void* address = reinterpret_cast<void*>(self.bits);
  if (!module || !isStr(module) || strEqualsAscii(asStr(module), "builtins"))
    return strFormat(t, "<%s object at %p>", type->cname, address);
  Utf8 prefix, name;
  prefix.setLossy(asStr(module));
  name.setLossy(asStr(qualname));
  return strFormat(t, "<%s.%s object at %p>", prefix.c_str(), name.c_str(), address);
}
Ref<> objectStr(Thread& t, Value self) {
  UnaryFunction function = typeOf(self)->slots.repr;
  return function(t, self);
}
Hash objectHash(Thread& t, Value self) {
  uint64_t h = (self.bits >> 4) | (self.bits << 60);
  return Hash(h) == -1 ? -2 : Hash(h);
}
Ref<> objectCompare(Thread& t, Value a, Value b, CompareOp op) {
  switch (op) {
    case CompareOp::kEqual: return steal(isSame(a, b) ? kTrue : kNotImplemented);
    case CompareOp::kNotEqual: {
      CompareFunction equal = typeOf(a)->slots.compare;
      if (!equal) return steal(kNotImplemented);
      Ref<> result = equal(t, a, b, CompareOp::kEqual);
      if (!result || result.value() == kNotImplemented) return result;
      int yes = truth(t, result);
      if (yes < 0) return kRaised;
      return steal(Value::fromBool(!yes));
    }
    default: return steal(kNotImplemented);
  }
}

Ref<> objectFormat(Thread& t, Value self, Value spec) {
  if (!isStr(spec)) return raise(t, exc::TypeError, "__format__() argument must be str, not %s", spec.isNone() ? "None" : typeName(spec));
  if (asStr(spec)->length > 0) {
    return raise(t, exc::TypeError, "unsupported format string passed to %.200s.__format__", typeName(self));
  }
  return str(t, self).as<void>();
}

Ref<> objectSizeof(Thread& t, Value self) {
  if (!self.isObject()) return newInt(t, 24);
  return newInt(t, int64_t(instanceSize(self.asObject())));
}

// Merges the namespaces of a class and its bases, so that dir() shows them.
bool mergeClassNames(Thread& t, Dict* into, Value cls) {
  Ref<> own = getAttrOrEmpty(t, cls, names::dunder_dict);
  if (own ? !dictUpdate(t, into, own) : t.raised()) return false;
  Ref<> bases = getAttrOrEmpty(t, cls, names::dunder_bases);
  if (!bases) return !t.raised();
  if (!isTuple(bases)) return true;
  for (int64_t i = 0; i < asTuple(bases)->size; ++i) {
    if (!mergeClassNames(t, into, asTuple(bases)->items[i])) return false;
  }
  return true;
}

Ref<> objectDir(Thread& t, Value self) {
  Ref<Dict> found = newDict(t);
  if (!found) return kRaised;
  Ref<> own = getAttrOrEmpty(t, self, names::dunder_dict);
  if (!own && t.raised()) return kRaised;
  if (own && isDict(own) && !dictUpdate(t, found.get(), own)) return kRaised;
  Ref<> cls = getAttrOrEmpty(t, self, names::dunder_class);
  if (!cls && t.raised()) return kRaised;
  if (cls && !mergeClassNames(t, found.get(), cls)) return kRaised;
  return dictKeysList(t, found.get());
}

Ref<> initSubclass(Thread& t, Value cls) { return steal(kNone); }
Ref<> subclassHook(Thread& t, Value cls, Args args) { return steal(kNotImplemented); }

// --- pickling ---

Ref<> copyregFunction(Thread& t, const char* name) {
  Ref<> copyreg = importModule(t, "copyreg");
  if (!copyreg) return kRaised;
  return getAttr(t, copyreg, name);
}

Ref<> stateOf(Thread& t, Value self, bool required) {
  Type* type = typeOf(self);
  // What pickle can make anew from nothing: CPython looks for fields behind the header, and for items.
  bool plain = type->solid_base == &types::Object || type->solid_base->has(kTypeListSubclass | kTypeDictSubclass) ||
               self.isNone();
  bool items = type->solid_base == &types::MemoryView || type->solid_base == &types::Code;
  if (required && items) return raise(t, exc::TypeError, "cannot pickle %.200s objects", type->cname);
  if (required && !plain) return raise(t, exc::TypeError, "cannot pickle '%.200s' object", type->cname);
  Ref<> state = getAttrOrEmpty(t, self, names::dunder_dict);
  if (!state) {
    if (t.raised()) return kRaised;
    state = steal(kNone);
  } else if (isDict(state) && asDict(state)->size == 0) {
    state = steal(kNone);
  }
  Ref<> slot_names = copyregFunction(t, "_slotnames");
  if (slot_names) slot_names = call(t, slot_names, type);
  if (!slot_names) return kRaised;
  if (slot_names.value().isNone()) return state;
  Ref<Tuple> list = sequenceToTuple(t, slot_names);
  if (!list) return kRaised;
  if (list->size == 0) return state;
  Ref<Dict> slots = newDict(t);
  if (!slots) return kRaised;
  for (int64_t i = 0; i < list->size; ++i) {
    Ref<Str> name = intern(t, share(asStr(list->items[i])));
    if (!name) return kRaised;
    Ref<> v = getAttrOrEmpty(t, self, name.get());
    if (!v) {
      if (t.raised()) return kRaised;
      continue;
    }
    if (!dictSetStr(t, slots.get(), name.get(), v)) return kRaised;
  }
  if (slots->size == 0) return state;
  return packTuple(t, state.value(), Value(slots));
}

Ref<> getState(Thread& t, Value self) { return stateOf(t, self, false); }

Ref<> callGetState(Thread& t, Value self, bool required) {
  Value method = lookupType(typeOf(self), names::dunder_getstate);
  Value own = dictGetStr(types::Object.dict, names::dunder_getstate);
  if (method == own) return stateOf(t, self, required);
  return callMethod(t, self, "__getstate__");
}

// Arguments for __new__: from __getnewargs_ex__ or __getnewargs__; *any says whether the class has one of them.
bool newArguments(Thread& t, Value self, Ref<>* args, Ref<>* kwargs, bool* any) {
  *any = true;
  Ref<> receiver;  // as for all dunders the type is asked, not the object
  if (Ref<> method = lookupSpecial(t, self, names::dunder_getnewargs_ex, &receiver)) {
    Ref<> both = receiver ? call(t, method, receiver) : call(t, method);
    if (!both) return false;
    if (!isTuple(both)) {
      return raise(t, exc::TypeError, "__getnewargs_ex__ should return a tuple, not '%.200s'", typeName(both));
    }
    Tuple* pair = asTuple(both);
    if (pair->size != 2) {
      return raise(t, exc::ValueError, "__getnewargs_ex__ should return a tuple of length 2, not %zd", size_t(pair->size));
    }
    if (!isTuple(pair->items[0])) {
      return raise(t, exc::TypeError, "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '%.200s'",
                   typeName(pair->items[0]));
    }
    if (!isDict(pair->items[1])) {
      return raise(t, exc::TypeError, "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '%.200s'",
                   typeName(pair->items[1]));
    }
    *args = share(pair->items[0]);
    *kwargs = share(pair->items[1]);
    return true;
  }
  if (t.raised()) return false;
  if (Ref<> method = lookupSpecial(t, self, names::dunder_getnewargs, &receiver)) {
    *args = receiver ? call(t, method, receiver) : call(t, method);
    if (!*args) return false;
    if (!isTuple(*args)) return raise(t, exc::TypeError, "__getnewargs__ should return a tuple, not '%.200s'", typeName(*args));
    return true;
  }
  *any = false;
  return !t.raised();
}

Ref<> reduceNewobj(Thread& t, Value self) {
  Type* type = typeOf(self);
  if (!type->slots.new_) return raise(t, exc::TypeError, "cannot pickle '%.200s' object", type->cname);
  Ref<> args, kwargs;
  bool any;
  if (!newArguments(t, self, &args, &kwargs, &any)) return kRaised;
  Ref<> maker, maker_args;
  if (kwargs && asDict(kwargs)->size > 0) {
    maker = copyregFunction(t, "__newobj_ex__");
    maker_args = packTuple(t, Value(type), args.value(), kwargs.value());
  } else {
    maker = copyregFunction(t, "__newobj__");
    int64_t count = args ? asTuple(args)->size : 0;
    Ref<Tuple> all = newTupleBlank(t, count + 1);
    if (!all) return kRaised;
    all->items[0] = share(type).leak();
    for (int64_t i = 0; i < count; ++i) all->items[i + 1] = share(asTuple(args)->items[i]).leak();
    maker_args = std::move(all).as<void>();
  }
  if (!maker || !maker_args) return kRaised;
  bool is_list = isList(self), is_dict = isDict(self);
  Ref<> state = callGetState(t, self, !any && !is_list && !is_dict);
  if (!state) return kRaised;
  Ref<> items = is_list ? iterate(t, self) : steal(kNone);
  if (!items) return kRaised;
  Ref<> pairs = steal(kNone);
  if (is_dict) {
    pairs = callMethod(t, self, "items");
    if (pairs) pairs = iterate(t, pairs);
    if (!pairs) return kRaised;
  }
  return packTuple(t, maker.value(), maker_args.value(), state.value(), items.value(), pairs.value());
}

Ref<> commonReduce(Thread& t, Value self, int64_t protocol) {
  if (protocol >= 2) return reduceNewobj(t, self);
  Ref<> function = copyregFunction(t, "_reduce_ex");
  if (!function) return kRaised;
  return call(t, function, self, Value::fromInt(protocol));
}

Ref<> objectReduce(Thread& t, Value self) { return commonReduce(t, self, 0); }

Ref<> objectReduceEx(Thread& t, Value self, Value protocol) {
  int64_t number = toInt64(t, protocol);
  if (number == -1 && t.raised()) return kRaised;
  Ref<> reduce = getAttrOrEmpty(t, self, names::dunder_reduce);
  if (!reduce && t.raised()) return kRaised;
  if (reduce) {
    Value of_class = lookupType(typeOf(self), names::dunder_reduce);
    if (of_class != dictGetStr(types::Object.dict, names::dunder_reduce)) return call(t, reduce);
  }
  return commonReduce(t, self, number);
}

// --- __class__ ---

Ref<> getClass(Thread& t, Value self) { return share(Value(typeOf(self))); }

bool sameSlots(const Type* a, const Type* b) {
  if (a->solid_base != b->solid_base || a->basic_size != b->basic_size || a->slot_count != b->slot_count) return false;
  return (a->attrs_offset != 0) == (b->attrs_offset != 0) && a->dict_offset == b->dict_offset;
}

// The classes whose __slots__ make up the layout, compared pairwise: equal or with equal names.
bool compatible(const Type* a, const Type* b) {
  if (!sameSlots(a, b)) return false;
  const Type* x = layoutBase(a);
  const Type* y = layoutBase(b);
  if (x == y) return true;
  if (!x->has(kTypeHeap) || !y->has(kTypeHeap) || layoutBase(x->base) != layoutBase(y->base)) return false;
  Value mine = dictGetStr(x->dict, names::dunder_slots), other = dictGetStr(y->dict, names::dunder_slots);
  if (mine.empty() || other.empty()) return false;
  Thread& t = Thread::current();
  int equal = compareBool(t, mine, other, CompareOp::kEqual);
  if (equal < 0) clearException(t);
  return equal == 1;
}

bool setClass(Thread& t, Value self, Value to) {
  if (to.empty()) return raise(t, exc::TypeError, "can't delete __class__ attribute");
  if (!isType(to)) return raise(t, exc::TypeError, "__class__ must be set to a class, not '%s' object", typeName(to));
  if (!auditWrite(t, self, "__class__", to)) return false;
  Type* fresh = static_cast<Type*>(to.asObject());
  Type* old = typeOf(self);
  bool modules = isSubtype(fresh, &types::Module) && isSubtype(old, &types::Module);
  if (!modules && (!fresh->has(kTypeHeap) || !old->has(kTypeHeap))) {
    return raise(t, exc::TypeError, "__class__ assignment only supported for mutable types or ModuleType subclasses");
  }
  if (!compatible(fresh, old)) {
    return raise(t, exc::TypeError, "__class__ assignment: '%s' object layout differs from '%s'", fresh->cname, old->cname);
  }
  return instanceSetClass(t, self.asObject(), fresh);
}

const MethodDef kMethods[] = {
    method("__reduce_ex__", objectReduceEx, "($self, protocol, /)", "Helper for pickle."),
    method("__reduce__", objectReduce, "($self, /)", "Helper for pickle."),
    method("__getstate__", getState, "($self, /)", "Helper for pickle."),
    method("__subclasshook__", subclassHook, nullptr,
           "Abstract classes can override this to customize issubclass().\n\n"
           "This is invoked early on by abc.ABCMeta.__subclasscheck__().\n"
           "It should return True, False or NotImplemented.  If it returns\n"
           "NotImplemented, the normal algorithm is used.  Otherwise, it\n"
           "overrides the normal algorithm (and the outcome is cached).\n",
           MethodKind::kClass),
    method("__init_subclass__", initSubclass, nullptr,
           "This method is called when a class is subclassed.\n\nThe default implementation does nothing. It may be\n"
           "overridden to extend subclasses.\n",
           MethodKind::kClass),
    method("__format__", objectFormat, "($self, format_spec, /)", "Default object formatter."),
    method("__sizeof__", objectSizeof, "($self, /)", "Size of object in memory, in bytes."),
    method("__dir__", objectDir, "($self, /)", "Default dir() implementation."),
    {},
};
const GetSetDef kGetSets[] = {{"__class__", getClass, setClass, "the object's class"}, {}};

// --- __dict__ and __weakref__ of instances ---

// A base with a __dict__ of its own kind (a module, an exception) answers for its subclasses.
Ref<> getInstanceDict(Thread& t, Value self) {
  Type* type = typeOf(self);
  if (type->attrs_offset) return instanceDict(t, self.asObject()).as<void>();
  return raise(t, exc::AttributeError, "This object has no __dict__");
}
bool setInstanceDict(Thread& t, Value self, Value to) {
  if (!typeOf(self)->attrs_offset) return raise(t, exc::AttributeError, "This object has no __dict__");
  return instanceSetDict(t, self.asObject(), to);
}
Ref<> getWeakref(Thread& t, Value self) {
  Ref<> first = firstWeakref(self);
  return first ? std::move(first) : steal(kNone);
}

}  // namespace

extern const GetSetDef kInstanceDictGetSet;
extern const GetSetDef kInstanceWeakrefGetSet;
const GetSetDef kInstanceDictGetSet = {"__dict__", getInstanceDict, setInstanceDict, "dictionary for instance variables (if defined)"};
const GetSetDef kInstanceWeakrefGetSet = {"__weakref__", getWeakref, nullptr, "list of weak references to the object (if defined)"};

Ref<> objectNew(Thread& t, Type* type, Args args) {
  if (KRAIT_UNLIKELY(hasArguments(args))) {
    if (type->slots.new_ != objectNew) {
      return raise(t, exc::TypeError, "object.__new__() takes exactly one argument (the type to instantiate)");
    }
    if (type->slots.init == objectInit) return raise(t, exc::TypeError, "%.200s() takes no arguments", type->cname);
  }
  if (KRAIT_UNLIKELY(type->has(kTypeAbstract))) return abstractClass(t, type);
  return newInstance(t, type);
}

bool objectInit(Thread& t, Value self, Args args) {
  if (KRAIT_LIKELY(!hasArguments(args))) return true;
  Type* type = typeOf(self);
  if (type->slots.init != objectInit) {
    return raise(t, exc::TypeError, "object.__init__() takes exactly one argument (the instance to initialize)");
  }
  if (type->slots.new_ == objectNew) {
    return raise(t, exc::TypeError, "%.200s.__init__() takes exactly one argument (the instance to initialize)", type->cname);
  }
  return true;
}

const TypeSpec& objectTypeSpec() {
  static const TypeSpec spec{
      .type = &types::Object,
      .basic_size = sizeof(Object),
      .doc =
          "The base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new "
          "featureless\ninstance that has no instance attributes and cannot be given any.\n",
      .methods = kMethods,
      .getsets = kGetSets,
      .dealloc = objectDealloc,
      .fill =
          [](Slots& s) {
            s.new_ = objectNew;
            s.init = objectInit;
            s.repr = objectRepr;
            s.str = objectStr;
            s.hash = objectHash;
            s.compare = objectCompare;
            s.getattr = genericGetAttr;
            s.setattr = genericSetAttr;
          }};
  return spec;
}

}  // namespace krait
