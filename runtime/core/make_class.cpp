// Making classes: what type.__new__ does between a namespace and a finished type.
#include <cstdlib>
#include <cstring>

#include "runtime/code/code.h"
#include "runtime/code/opcodes.h"
#include "runtime/core/destroy.h"
#include "runtime/core/error.h"
#include "runtime/core/frame.h"
#include "runtime/core/names.h"
#include "runtime/core/type_internal.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/function.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

extern const GetSetDef kInstanceDictGetSet;     // object_object.cpp
extern const GetSetDef kInstanceWeakrefGetSet;

namespace {

constexpr uint16_t kDefaultCapacity = 4;  // inline slots of classes whose code tells nothing
constexpr uint16_t kMostInline = 24;

constexpr uint32_t kPassedOn = kTypeIntSubclass | kTypeFloatSubclass | kTypeListSubclass | kTypeTupleSubclass |
                               kTypeBytesSubclass | kTypeStrSubclass | kTypeDictSubclass | kTypeExceptionSubclass |
                               kTypeTypeSubclass | kTypeHasDict | kTypeWeakrefable;

// The parts of a class while it is being made.
class ClassMaker {
 public:
  ClassMaker(Thread& t, Type* metatype, Str* name, Tuple* bases, Dict* namespace_) : t_(t), metatype_(metatype), name_(name) {
    bases_ = share(bases);
    given_ = namespace_;
  }

  Ref<Type> make(Args kwargs) {
    base_ = bestBase(t_, bases_.get());
    if (!base_) return kRaised;
    dict_ = dictCopy(t_, given_);
    if (!dict_ || !readSlots() || !allocate() || !fillNamespace() || !finish()) return kRaised;
    if (!callSetName() || !callInitSubclass(kwargs)) return kRaised;
    return std::move(type_);
  }

 private:
  // --- __slots__ ---

  bool checkSlotName(Value name) {
    if (!isStr(name)) return raise(t_, exc::TypeError, "__slots__ items must be strings, not '%.200s'", typeName(name));
    Ref<> ok = callMethod(t_, name, "isidentifier");
    if (!ok) return kRaised;
    if (ok.value() != kTrue) return raise(t_, exc::TypeError, "__slots__ must be identifiers");
    return true;
  }

  // Private names as the compiler mangles them.
  Ref<Str> mangle(Str* name) {
    if (name->length < 2 || name->at(0) != '_' || name->at(1) != '_') return share(name);
    if (name->at(name->length - 1) == '_' && name->at(name->length - 2) == '_') return share(name);
    int64_t start = 0;
    while (start < name_->length && name_->at(start) == '_') ++start;
    if (start == name_->length) return share(name);
    Ref<Str> prefix = newStrUtf8(t_, "_");
    Ref<Str> stripped = strSlice(t_, name_, start, name_->length, 1);
    if (!prefix || !stripped) return kRaised;
    Ref<> whole = strConcat(t_, prefix, stripped);
    return whole ? strConcat(t_, whole, name).as<Str>() : Ref<Str>();
  }

  bool readSlots() {
    bool base_has_dict = base_->attrs_offset != 0 || base_->dict_offset != 0 || base_->has(kTypeTypeSubclass);
    bool base_has_weakrefs = base_->has(kTypeWeakrefable);
    // CPython finds no place for weak references behind items; types have theirs.
    bool items_inside =
        (base_->flags & (kTypeIntSubclass | kTypeBytesSubclass | kTypeTupleSubclass | kTypeTypeSubclass)) != 0;
    Value slots = dictGetStr(dict_.get(), names::dunder_slots);
    if (slots.empty()) {
      add_dict_ = !base_has_dict;
      add_weakrefs_ = !base_has_weakrefs && !items_inside;
      return true;
    }
    Ref<Tuple> list = isStr(slots) ? packTuple(t_, slots) : sequenceToTuple(t_, slots);
    if (!list) return kRaised;
    if (list->size > 0 && items_inside) {
      return raise(t_, exc::TypeError, "nonempty __slots__ not supported for subtype of '%s'", base_->cname);
    }
    Ref<List> fields = newList(t_, list->size);
    if (!fields) return kRaised;
    for (int64_t i = 0; i < list->size; ++i) {
      Value each = list->items[i];
      if (!checkSlotName(each)) return false;
      if (strEqual(asStr(each), names::dunder_dict)) {
        if (base_has_dict || add_dict_) return raise(t_, exc::TypeError, "__dict__ slot disallowed: we already got one");
        add_dict_ = true;
        continue;
      }
      if (strEqual(asStr(each), names::dunder_weakref)) {
        if (base_has_weakrefs || add_weakrefs_ || items_inside) {
          return raise(t_, exc::TypeError,
                       "__weakref__ slot disallowed: either we already got one, or __itemsize__ != 0");
        }
        add_weakrefs_ = true;
        continue;
      }
      Ref<Str> mangled = mangle(asStr(each));
      if (!mangled) return kRaised;
      mangled = intern(t_, std::move(mangled));
      if (!mangled) return kRaised;
      if (dictGetStr(dict_.get(), mangled.get()) && mangled.get() != names::dunder_qualname && mangled.get() != names::dunder_classcell) {
        Ref<Str> shown = strRepr(t_, mangled.get());
        if (!shown) return kRaised;
        return raise(t_, exc::ValueError, "%s in __slots__ conflicts with class variable", asciiView(shown.get()).data());
      }
      if (!listAppend(t_, fields.get(), std::move(mangled).as<void>())) return kRaised;
    }
    Ref<> sorted = std::move(fields).as<void>();
    if (!listSort(t_, asList(sorted), kNone, false)) return kRaised;
    slot_names_ = sequenceToTuple(t_, sorted);
    if (!slot_names_) return kRaised;
    // Secondary bases may bring a dict or weak references.
    for (int64_t i = 0; i < bases_->size; ++i) {
      Type* other = static_cast<Type*>(bases_->items[i].asObject());
      if (other == base_) continue;
      if (!base_has_dict && (other->attrs_offset || other->dict_offset)) add_dict_ = true;
      if (!base_has_weakrefs && other->has(kTypeWeakrefable) && !items_inside) add_weakrefs_ = true;
    }
    return true;
  }

  // --- the object ---

  bool allocate() {
    Object* o = allocateObject(sizeof(Type), Sort::kCollectable, metatype_, metatype_->instance_kind);
    if (!o) return raiseNoMemory(t_);
    memset(reinterpret_cast<char*>(o) + sizeof(Object), 0, sizeof(Type) - sizeof(Object));
    Type* type = static_cast<Type*>(o);
    type_ = steal(type);
    type->dealloc = deallocHeapInstance;
    type->traverse = traverseHeapInstance;
    type->clear = clearHeapInstance;
    type->name = share(name_).leakObject();
    type->base = share(base_).leakObject();
    type->bases = share(bases_.get()).leakObject();
    type->dict = std::move(dict_).leakObject();
    type->flags = kTypeHeap | kTypeCollectable | (base_->flags & kPassedOn) | (base_->flags & kTypeDisallowNew);
    type->solid_base = base_->solid_base;
    type->dict_offset = base_->dict_offset;
    return setName();
  }

  bool setName() {
    Ref<> bytes;
    std::string_view text;
    if (name_->ascii) {
      text = asciiView(name_);
    } else {
      bytes = callMethod(t_, name_, "encode");
      if (!bytes) return kRaised;
      text = asBytes(bytes)->view();
    }
    if (text.find('\0') != text.npos) return raise(t_, exc::ValueError, "type name must not contain null characters");
    char* copy = static_cast<char*>(allocateBuffer(text.size() + 1));
    if (!copy) return raiseNoMemory(t_);
    memcpy(copy, text.data(), text.size());
    copy[text.size()] = 0;
    type_->cname = copy;
    return true;
  }

  Dict* dict() { return type_->dict; }

  // --- the namespace ---

  bool setQualname() {
    Value given = dictGetStr(dict(), names::dunder_qualname);
    if (given.empty()) {
      type_->qualname = share(name_).leakObject();
      return true;
    }
    if (!isStr(given)) return raise(t_, exc::TypeError, "type __qualname__ must be a str, not %s", typeName(given));
    type_->qualname = share(asStr(given)).leakObject();
    return dictDeleteStr(t_, dict(), names::dunder_qualname) >= 0;
  }

  bool setModule() {
    if (dictGetStr(dict(), names::dunder_module)) return true;
    Frame* frame = visibleFrame(t_);
    if (!frame) return !t_.raised();
    Value module = dictGetStr(frame->globals, names::dunder_name);
    return module.empty() || dictSetStr(t_, dict(), names::dunder_module, module);
  }

  // Functions with these names are static or class methods without a decorator.
  bool wrapFunction(Str* name, Ref<> (*wrap)(Thread&, Value)) {
    Value found = dictGetStr(dict(), name);
    if (found.empty() || !isFunction(found)) return true;
    Ref<> wrapped = wrap(t_, found);
    return wrapped && dictSetStr(t_, dict(), name, wrapped);
  }

  bool fillClassCell() {
    Value cell = dictGetStr(dict(), names::dunder_classcell);
    if (cell.empty()) return true;
    if (!isExact(cell, &types::Cell)) {
      return raise(t_, exc::TypeError, "__classcell__ must be a nonlocal cell, not <class '%.200s'>", typeName(cell));
    }
    assign(static_cast<CellObject*>(cell.asObject())->content, share(type_.get()).as<void>());
    return dictDeleteStr(t_, dict(), names::dunder_classcell) >= 0;
  }

  bool addSlotDescriptors() {
    Type* type = type_.get();
    bool behind = (type->flags & kTypeVariableSize) != 0;
    type->slots_offset = base_->basic_size;
    type->slot_count = base_->slot_count;
    type->basic_size = base_->basic_size;
    for (int64_t i = 0; slot_names_ && i < slot_names_->size; ++i) {
      Str* name = asStr(slot_names_->items[i]);
      uint32_t offset = behind ? type->slot_count : type->basic_size;
      Ref<> descr = newSlotDescr(t_, type, name, offset, behind);
      if (!descr || !dictSetStr(t_, dict(), name, descr)) return kRaised;
      ++type->slot_count;
      if (!behind) type->basic_size += sizeof(Value);
    }
    if (add_dict_) type->flags |= kTypeHasDict;
    if (add_weakrefs_) type->flags |= kTypeWeakrefable;
    if (type->has(kTypeHasDict)) {
      type->attrs_offset = behind ? kAttrsBehindData : type->basic_size;
      type->inline_capacity = behind ? 0 : inlineCapacity();
    }
    return addGetSet(add_dict_, kInstanceDictGetSet) && addGetSet(add_weakrefs_, kInstanceWeakrefGetSet);
  }

  bool addGetSet(bool wanted, const GetSetDef& def) {
    Str* name = internStatic(def.name);
    if (!wanted || dictGetStr(dict(), name)) return true;
    Ref<> descr = newGetSetDescr(t_, type_.get(), &def);
    return descr && dictSetStr(t_, dict(), name, descr);
  }

  bool fillNamespace() {
    if (!setQualname() || !setModule()) return false;
    if (!wrapFunction(names::dunder_new, newStaticMethod)) return false;
    if (!wrapFunction(names::dunder_init_subclass, newClassMethod)) return false;
    if (!wrapFunction(names::dunder_class_getitem, newClassMethod)) return false;
    if (!addSlotDescriptors() || !fillClassCell()) return false;
    // A class with its own equality does not inherit the hash.
    if (dictGetStr(dict(), names::dunder_eq) && !dictGetStr(dict(), names::dunder_hash)) {
      if (!dictSetStr(t_, dict(), names::dunder_hash, kNone)) return false;
    }
    if (Value doc = dictGetStr(dict(), names::dunder_doc); doc && isStr(doc)) {
      Utf8 text;  // a doc string must be encodable
      if (!text.set(t_, asStr(doc))) return false;
    }
    if (!dictGetStr(dict(), names::dunder_doc) && !dictSetStr(t_, dict(), names::dunder_doc, kNone)) return false;
    return true;
  }

  // --- how many attributes will instances have? The methods' code tells: names stored to their first argument. ---

  void countStores(Code* code, Str** found, uint16_t* count) {
    if (code->arg_count < 1) return;
    std::string_view bytes = code->bytecode->view();
    uint32_t arg = 0;
    bool self_loaded = false;
    for (size_t i = 0; i + 1 < bytes.size() && *count < kMostInline; i += 2) {
      uint8_t op = uint8_t(bytes[i]);
      arg = arg << 8 | uint8_t(bytes[i + 1]);
      if (op == op_EXTENDED_ARG) continue;
      if (op == op_STORE_ATTR && self_loaded && arg < uint64_t(code->names->size)) {
        Str* name = asStr(code->names->items[arg]);
        bool known = false;
        for (uint16_t k = 0; k < *count; ++k) known |= found[k] == name;
        if (!known) found[(*count)++] = name;
      }
      self_loaded = op == op_LOAD_FAST && arg == 0;
      i += 2 * kOpcodeInfo[op].caches;
      arg = 0;
    }
  }

  uint16_t inlineCapacity() {
    Str* found[kMostInline];
    uint16_t count = 0;
    int64_t position = 0;
    Value key, v;
    while (dictNext(dict(), &position, &key, &v)) {
      if (isFunction(v)) countStores(asFunction(v)->code, found, &count);
    }
    uint32_t capacity = count + (base_->has(kTypeHeap) ? base_->inline_capacity : 0);
    if (capacity == 0) capacity = kDefaultCapacity;
    return uint16_t(capacity > kMostInline ? kMostInline : capacity);
  }

  // --- mro, slots, kind ---

  bool finish() {
    Type* type = type_.get();
    Ref<Tuple> mro = computeMro(t_, type);
    if (!mro) return kRaised;
    type->mro = std::move(mro).leakObject();
    updateSlots(type);
    // A class matches sequence or mapping patterns, not both: the first in the mro that says decides.
    constexpr uint32_t kPatterns = kTypeSequencePattern | kTypeMappingPattern;
    for (int64_t i = 1; i < type->mro->size && !(type->flags & kPatterns); ++i) {
      type->flags |= static_cast<Type*>(type->mro->items[i].asObject())->flags & kPatterns;
    }
    type->flags |= kTypeReady;
    if (!makeInstanceKind(t_, type)) return false;
    for (int64_t i = 0; i < bases_->size; ++i) {
      if (!addSubclass(t_, static_cast<Type*>(bases_->items[i].asObject()), type)) return false;
    }
    return true;
  }

  bool callSetName() {
    Ref<Dict> members = dictCopy(t_, dict());
    if (!members) return kRaised;
    int64_t position = 0;
    Value key, v;
    while (dictNext(members.get(), &position, &key, &v)) {
      if (!v.isObject()) continue;
      Ref<> self;
      Ref<> method = lookupSpecial(t_, v, names::dunder_set_name, &self);
      if (!method) {
        if (t_.raised()) return false;
        continue;
      }
      Value args[] = {self.value(), type_.get(), key};
      Ref<> result = self ? call(t_, method, Args{args, 3}) : call(t_, method, Args{args + 1, 2});
      if (!result) return setNameFailed(key, v);
    }
    return true;
  }

  bool setNameFailed(Value key, Value v) {
    Ref<> cause = takeException(t_);
    Ref<Str> shown = repr(t_, key);
    if (!shown) return kRaised;
    (void)raise(t_, exc::RuntimeError, "Error calling __set_name__ on '%.100s' instance %s in '%.100s'", typeName(v),
                asciiView(shown.get()).data(), type_->cname);
    if (t_.raised() && isException(t_.exception)) {
      BaseException* e = asException(t_.exception);
      assign(e->cause, share(cause));
      assign(e->context, std::move(cause));
      e->suppress_context = true;
    }
    return false;
  }

  bool callInitSubclass(Args kwargs) {
    // mro() may leave the class itself out.
    bool listed = false;
    for (int64_t i = 0; i < type_->mro->size && !listed; ++i) listed = type_->mro->items[i] == Value(type_.get());
    if (!listed) {
      return raise(t_, exc::TypeError, "super(type, obj): obj must be an instance or subtype of type");
    }
    Ref<> method = superGetAttr(t_, type_.get(), type_.get(), names::dunder_init_subclass);
    if (!method) return kRaised;
    Args only_keywords{kwargs.values + kwargs.positional, 0, kwargs.names};
    return bool(call(t_, method, only_keywords));
  }

  Thread& t_;
  Type* metatype_;
  Str* name_;
  Dict* given_;
  Ref<Tuple> bases_;
  Ref<Dict> dict_;
  Ref<Tuple> slot_names_;
  Type* base_ = nullptr;
  bool add_dict_ = false, add_weakrefs_ = false;
  Ref<Type> type_;
};

}  // namespace

Ref<Type> makeClass(Thread& t, Type* metatype, Value name, Value bases, Value dict, Args kwargs) {
  Ref<Tuple> parents = asTuple(bases)->size ? share(asTuple(bases)) : packTuple(t, Value(&types::Object));
  if (!parents) return kRaised;
  return ClassMaker(t, metatype, asStr(name), parents.get(), asDict(dict)).make(kwargs);
}

}  // namespace krait
