// Globals, attributes and methods whose place was seen before.
//
// Keys of the caches: the kind of an instance (class and shape in one compare) with the version of its type, which changes when
// anything that lookup on the class finds may change; the keys_version of a dict with the index of an entry. What a cache
// points to is borrowed: it lives as long as the version stands.
//
//   LOAD_ATTR, STORE_ATTR   [1].arg kind       [2].arg type version, [2].op: offset of the slot in words   [3] Type*   [4] value or Shape*
//   LOAD_METHOD             [1].arg kind       [2].arg type version, [2].op: offset of a builtin's own dict   [3] Type*   [4] function
//   modules                 [1].arg keys_version   [2].arg entry index
//   LOAD_GLOBAL             [1].arg keys_version of globals   [2].arg entry index   [3].arg keys_version of builtins
#include "interp/call.h"
#include "interp/handlers/quick.h"
#include "runtime/core/names.h"
#include "runtime/objects/descriptors.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/module.h"

namespace krait {

// --- globals ---

HANDLER(LOAD_GLOBAL_MODULE) {
  Dict* globals = frame->globals;
  if (KRAIT_UNLIKELY(globals->keys_version != pc[1].arg)) TAIL_CALL handle_LOAD_GLOBAL(pc, sp, frame, thread, table);
  Value v = globals->entries[pc[2].arg].value;
  retain(v);
  *sp = Value();
  sp += pc->arg & 1;
  *sp = v;
  TAIL_CALL advance(pc + 6, sp + 1, frame, thread, table);
}

HANDLER(LOAD_GLOBAL_BUILTIN) {
  Dict* builtins = asDict(frame->builtins);
  if (KRAIT_UNLIKELY(frame->globals->keys_version != pc[1].arg || builtins->keys_version != pc[3].arg)) {
    TAIL_CALL handle_LOAD_GLOBAL(pc, sp, frame, thread, table);
  }
  Value v = builtins->entries[pc[2].arg].value;
  retain(v);
  *sp = Value();
  sp += pc->arg & 1;
  *sp = v;
  TAIL_CALL advance(pc + 6, sp + 1, frame, thread, table);
}

HANDLER_TAIL(specialiseLoadGlobal) {
  Str* name = nameAt(frame, pc->arg >> 1);
  int op = 0;
  if (isExactDict(Value(frame->globals)) && isExactDict(frame->builtins)) {
    Dict *globals = frame->globals, *builtins = asDict(frame->builtins);
    int64_t index = dictEntryIndex(globals, name);
    uint32_t version = dictKeysVersion(globals);
    if (version && index >= 0) {
      pc[1].arg = version;
      pc[2].arg = uint32_t(index);
      op = op_LOAD_GLOBAL_MODULE;
    } else if (version && (index = dictEntryIndex(builtins, name)) >= 0 && dictKeysVersion(builtins)) {
      pc[1].arg = version;
      pc[2].arg = uint32_t(index);
      pc[3].arg = dictKeysVersion(builtins);
      op = op_LOAD_GLOBAL_BUILTIN;
    }
  }
  patch(pc, op);
  TAIL_CALL kHandlers[pc->op].run(pc, sp, frame, thread, table);
}

// --- attributes of instances ---

static inline bool cachedKind(Value v, Cell* pc) {
  return v.isObject() && v.asObject()->kind == pc[1].arg && reinterpret_cast<Type*>(pc[3].raw())->version == pc[2].arg;
}
static inline uint64_t* cachedSlot(Value v, Cell* pc) { return reinterpret_cast<uint64_t*>(v.asObject()) + pc[2].op; }

HANDLER(LOAD_ATTR_SLOT) {
  Value owner = sp[-1];
  if (KRAIT_UNLIKELY(!cachedKind(owner, pc))) TAIL_CALL handle_LOAD_ATTR(pc, sp, frame, thread, table);
  Value v(*cachedSlot(owner, pc));
  retain(v);
  sp[-1] = v;
  release(owner.asObject());
  TAIL_CALL advance(pc + 5, sp, frame, thread, table);
}

HANDLER(LOAD_ATTR_SLOT_INT) {
  Value owner = sp[-1];
  if (KRAIT_UNLIKELY(!cachedKind(owner, pc))) TAIL_CALL handle_LOAD_ATTR(pc, sp, frame, thread, table);
  sp[-1] = Value::fromInt(int64_t(*cachedSlot(owner, pc)));
  release(owner.asObject());
  TAIL_CALL advance(pc + 5, sp, frame, thread, table);
}

HANDLER(LOAD_ATTR_SLOT_FLOAT) {
  Value owner = sp[-1];
  if (KRAIT_UNLIKELY(!cachedKind(owner, pc))) TAIL_CALL handle_LOAD_ATTR(pc, sp, frame, thread, table);
  sp[-1] = Value::fromDouble(std::bit_cast<double>(*cachedSlot(owner, pc)));
  release(owner.asObject());
  TAIL_CALL advance(pc + 5, sp, frame, thread, table);
}

// A __slots__ field: guarded by the type alone, and an unset one is an error that the generic handler words.
HANDLER(LOAD_ATTR_FIELD) {
  Value owner = sp[-1];
  if (KRAIT_UNLIKELY(!owner.isObject() || owner.asObject()->type() != reinterpret_cast<Type*>(pc[3].raw()) ||
                     owner.asObject()->type()->version != pc[2].arg)) {
    TAIL_CALL handle_LOAD_ATTR(pc, sp, frame, thread, table);
  }
  Value v(*cachedSlot(owner, pc));
  if (KRAIT_UNLIKELY(v.empty())) TAIL_CALL handle_LOAD_ATTR(pc, sp, frame, thread, table);
  retain(v);
  sp[-1] = v;
  release(owner.asObject());
  TAIL_CALL advance(pc + 5, sp, frame, thread, table);
}

HANDLER(LOAD_ATTR_CLASS_VALUE) {
  Value owner = sp[-1];
  if (KRAIT_UNLIKELY(!cachedKind(owner, pc))) TAIL_CALL handle_LOAD_ATTR(pc, sp, frame, thread, table);
  Value v(pc[4].raw());
  retain(v);
  sp[-1] = v;
  release(owner.asObject());
  TAIL_CALL advance(pc + 5, sp, frame, thread, table);
}

HANDLER(LOAD_ATTR_CLASS) {
  Value owner = sp[-1];
  Type* type = reinterpret_cast<Type*>(pc[3].raw());
  if (KRAIT_UNLIKELY(owner != Value(type) || type->version != pc[2].arg)) TAIL_CALL handle_LOAD_ATTR(pc, sp, frame, thread, table);
  Value v(pc[4].raw());
  retain(v);
  sp[-1] = v;
  release(owner.asObject());
  TAIL_CALL advance(pc + 5, sp, frame, thread, table);
}

HANDLER(LOAD_ATTR_MODULE) {
  Value owner = sp[-1];
  if (KRAIT_UNLIKELY(!owner.isObject() || owner.asObject()->kind != kKindModule || asModule(owner)->dict->keys_version != pc[1].arg)) {
    TAIL_CALL handle_LOAD_ATTR(pc, sp, frame, thread, table);
  }
  Value v = asModule(owner)->dict->entries[pc[2].arg].value;
  retain(v);
  sp[-1] = v;
  release(owner.asObject());
  TAIL_CALL advance(pc + 5, sp, frame, thread, table);
}

// A property with a Python getter: its frame is pushed, the instance is its argument.
HANDLER(LOAD_ATTR_PROPERTY) {
  Value owner = sp[-1];
  if (KRAIT_UNLIKELY(!cachedKind(owner, pc))) TAIL_CALL handle_LOAD_ATTR(pc, sp, frame, thread, table);
  Function* getter = reinterpret_cast<Function*>(pc[4].raw());
  frame->pc = pc;
  frame->return_offset = 5;
  frame->top = sp - 1;
  retain(getter);
  if (KRAIT_UNLIKELY(!bindFrame(*thread, getter, sp - 1, 1, nullptr))) TAIL_CALL raisedAt(pc, sp - 1, frame, thread, table);
  TAIL_CALL enterCallee(pc, sp, frame, thread, table);
}

namespace {

bool isDataDescriptor(Value v) { return typeOf(v)->slots.descr_set != nullptr; }

// The offset in words of a slot that stands inside the instance; 0: it does not.
uint16_t slotOffset(const Type* type, int slot) {
  if (slot >= type->inline_capacity || type->attrs_offset % 8 != 0) return 0;
  size_t words = type->attrs_offset / 8 + 1 + size_t(slot);
  return words < 0xffff ? uint16_t(words) : 0;
}

// Fills the part of a cache that instances share. False: versions are exhausted.
bool fillKind(Cell* pc, Value owner, Type* type) {
  pc[1].arg = owner.asObject()->kind;
  pc[2].arg = typeVersion(type);
  pc[3].raw() = reinterpret_cast<uint64_t>(type);
  return pc[2].arg != 0;
}

// A __slots__ field of a class with a fixed layout; its offset in words, or 0.
uint16_t fieldOffset(Value descriptor, Type* type) {
  if (!isExact(descriptor, &types::MemberDescr)) return 0;
  MemberDescr* member = static_cast<MemberDescr*>(descriptor.asObject());
  if (member->def || member->behind_data || !isSubtype(type, member->owner)) return 0;
  return member->offset % 8 == 0 && member->offset / 8 < 0xffff ? uint16_t(member->offset / 8) : 0;
}

int loadAttrForm(Value owner, Str* name, Cell* pc) {
  if (!owner.isObject()) return 0;
  Type* type = typeOf(owner);
  if (owner.asObject()->kind == kKindModule) {
    Dict* dict = asModule(owner)->dict;
    int64_t index = dict ? dictEntryIndex(dict, name) : -1;
    if (index < 0 || !dictKeysVersion(dict) || lookupType(type, name)) return 0;
    pc[1].arg = dictKeysVersion(dict);
    pc[2].arg = uint32_t(index);
    return op_LOAD_ATTR_MODULE;
  }
  if (isType(owner)) {
    if (type != &types::Type || lookupType(type, name)) return 0;
    Type* self = static_cast<Type*>(owner.asObject());
    Value v = lookupType(self, name);
    if (!v || (typeOf(v)->slots.descr_get && !isFunction(v))) return 0;
    pc[2].arg = typeVersion(self);
    pc[3].raw() = owner.bits;
    pc[4].raw() = v.bits;
    return pc[2].arg ? op_LOAD_ATTR_CLASS : 0;
  }
  if (!type->has(kTypeHeap) || type->slots.getattr != types::Object.slots.getattr) return 0;
  Value found = lookupType(type, name);
  if (found) {
    if (uint16_t offset = fieldOffset(found, type)) {
      if (!fillKind(pc, owner, type)) return 0;
      pc[2].op = offset;
      return op_LOAD_ATTR_FIELD;
    }
    if (isExact(found, &types::Property)) {
      Value getter = static_cast<Property*>(found.asObject())->getter;
      if (!isFunction(getter) || !fillKind(pc, owner, type)) return 0;
      pc[4].raw() = getter.bits;
      return op_LOAD_ATTR_PROPERTY;
    }
    if (isDataDescriptor(found)) return 0;
  }
  if (!type->has(kTypeHasDict)) return 0;
  Shape* shape = shapeOf(owner.asObject());
  if (!shape || shape->dictionary_mode || shape->deprecated) return 0;
  int slot = shapeFind(shape, name);
  if (slot >= 0) {
    uint16_t offset = slotOffset(type, slot);
    if (!offset || !fillKind(pc, owner, type)) return 0;
    pc[2].op = offset;
    Repr repr = shape->slots[slot].repr;
    return repr == Repr::kInt     ? op_LOAD_ATTR_SLOT_INT
           : repr == Repr::kFloat ? op_LOAD_ATTR_SLOT_FLOAT
           : repr == Repr::kValue ? op_LOAD_ATTR_SLOT
                                  : 0;
  }
  if (!found || typeOf(found)->slots.descr_get || !fillKind(pc, owner, type)) return 0;
  pc[4].raw() = found.bits;
  return op_LOAD_ATTR_CLASS_VALUE;
}

}  // namespace

HANDLER_TAIL(specialiseLoadAttr) {
  patch(pc, loadAttrForm(sp[-1], nameAt(frame, pc->arg), pc));
  TAIL_CALL kHandlers[pc->op].run(pc, sp, frame, thread, table);
}

// --- stores ---

HANDLER(STORE_ATTR_SLOT) {
  Value owner = sp[-1];
  if (KRAIT_UNLIKELY(!cachedKind(owner, pc))) TAIL_CALL handle_STORE_ATTR(pc, sp, frame, thread, table);
  uint64_t* slot = cachedSlot(owner, pc);
  Value old(*slot);
  *slot = sp[-2].bits;
  release(old);
  release(owner.asObject());
  TAIL_CALL advance(pc + 5, sp - 2, frame, thread, table);
}

HANDLER(STORE_ATTR_SLOT_INT) {
  Value owner = sp[-1], v = sp[-2];
  if (KRAIT_UNLIKELY(!cachedKind(owner, pc) || !v.isInt())) TAIL_CALL handle_STORE_ATTR(pc, sp, frame, thread, table);
  *cachedSlot(owner, pc) = uint64_t(v.asInt());
  release(owner.asObject());
  TAIL_CALL advance(pc + 5, sp - 2, frame, thread, table);
}

HANDLER(STORE_ATTR_SLOT_FLOAT) {
  Value owner = sp[-1], v = sp[-2];
  if (KRAIT_UNLIKELY(!cachedKind(owner, pc) || !v.isDouble())) TAIL_CALL handle_STORE_ATTR(pc, sp, frame, thread, table);
  *cachedSlot(owner, pc) = std::bit_cast<uint64_t>(v.asDouble());
  release(owner.asObject());
  TAIL_CALL advance(pc + 5, sp - 2, frame, thread, table);
}

// A new attribute: the instance goes from the shape of its kind to the cached successor.
HANDLER(STORE_ATTR_ADD) {
  Value owner = sp[-1], v = sp[-2];
  Shape* shape = reinterpret_cast<Shape*>(pc[4].raw());
  if (KRAIT_UNLIKELY(!cachedKind(owner, pc) || shape->deprecated)) TAIL_CALL handle_STORE_ATTR(pc, sp, frame, thread, table);
  Repr repr = shape->slots[shape->slot_count - 1].repr;
  uint64_t word;
  if (repr == Repr::kInt) {
    if (KRAIT_UNLIKELY(!v.isInt())) TAIL_CALL handle_STORE_ATTR(pc, sp, frame, thread, table);
    word = uint64_t(v.asInt());
  } else if (repr == Repr::kFloat) {
    if (KRAIT_UNLIKELY(!v.isDouble())) TAIL_CALL handle_STORE_ATTR(pc, sp, frame, thread, table);
    word = std::bit_cast<uint64_t>(v.asDouble());
  } else {
    word = v.bits;
  }
  *cachedSlot(owner, pc) = word;
  owner.asObject()->kind = shape->kind;
  release(owner.asObject());
  TAIL_CALL advance(pc + 5, sp - 2, frame, thread, table);
}

HANDLER(STORE_ATTR_FIELD) {
  Value owner = sp[-1];
  if (KRAIT_UNLIKELY(!owner.isObject() || owner.asObject()->type() != reinterpret_cast<Type*>(pc[3].raw()) ||
                     owner.asObject()->type()->version != pc[2].arg)) {
    TAIL_CALL handle_STORE_ATTR(pc, sp, frame, thread, table);
  }
  uint64_t* slot = cachedSlot(owner, pc);
  Value old(*slot);
  *slot = sp[-2].bits;
  release(old);
  release(owner.asObject());
  TAIL_CALL advance(pc + 5, sp - 2, frame, thread, table);
}

namespace {

int storeAttrForm(Thread& t, Value owner, Value v, Str* name, Cell* pc) {
  if (!owner.isObject() || isType(owner)) return 0;
  Type* type = typeOf(owner);
  if (!type->has(kTypeHeap) || type->slots.setattr != types::Object.slots.setattr) return 0;
  Value found = lookupType(type, name);
  if (found && isDataDescriptor(found)) {
    uint16_t offset = fieldOffset(found, type);
    if (!offset || !fillKind(pc, owner, type)) return 0;
    pc[2].op = offset;
    return op_STORE_ATTR_FIELD;
  }
  if (!type->has(kTypeHasDict)) return 0;
  Shape* shape = shapeOf(owner.asObject());
  if (!shape || shape->dictionary_mode || shape->deprecated) return 0;
  int slot = shapeFind(shape, name);
  if (slot >= 0) {
    uint16_t offset = slotOffset(type, slot);
    Repr repr = shape->slots[slot].repr, given = reprOf(v);
    if (!offset || (repr != Repr::kValue && repr != given) || !fillKind(pc, owner, type)) return 0;
    pc[2].op = offset;
    return repr == Repr::kInt ? op_STORE_ATTR_SLOT_INT : repr == Repr::kFloat ? op_STORE_ATTR_SLOT_FLOAT : op_STORE_ATTR_SLOT;
  }
  uint16_t offset = slotOffset(type, shape->slot_count);
  if (!offset) return 0;
  Shape* next = shapeAdd(t, shape, name, reprOf(v));
  if (!next) {
    if (t.raised()) clearException(t);
    return 0;
  }
  if (next->deprecated || next->dictionary_mode || next->slot_count != shape->slot_count + 1 || shape->deprecated) return 0;
  Repr repr = next->slots[shape->slot_count].repr;
  if ((repr != Repr::kValue && repr != reprOf(v)) || repr == Repr::kUnknown || !fillKind(pc, owner, type)) return 0;
  pc[2].op = offset;
  pc[4].raw() = reinterpret_cast<uint64_t>(next);
  return op_STORE_ATTR_ADD;
}

}  // namespace

HANDLER_TAIL(specialiseStoreAttr) {
  patch(pc, storeAttrForm(*thread, sp[-1], sp[-2], nameAt(frame, pc->arg), pc));
  TAIL_CALL kHandlers[pc->op].run(pc, sp, frame, thread, table);
}

// --- methods ---

HANDLER(LOAD_METHOD_KIND) {
  Value owner = sp[-1];
  if (KRAIT_UNLIKELY(!cachedKind(owner, pc))) TAIL_CALL handle_LOAD_METHOD(pc, sp, frame, thread, table);
  Value method(pc[4].raw());
  retain(method.asObject());
  sp[-1] = method;
  *sp = owner;
  TAIL_CALL advance(pc + 11, sp + 1, frame, thread, table);
}

HANDLER(LOAD_METHOD_TYPE) {
  Value owner = sp[-1];
  Type* type = reinterpret_cast<Type*>(pc[3].raw());
  if (KRAIT_UNLIKELY(!owner.isObject() || owner.asObject()->type() != type || type->version != pc[2].arg ||
                     (pc[2].op && *cachedSlot(owner, pc)))) {
    TAIL_CALL handle_LOAD_METHOD(pc, sp, frame, thread, table);
  }
  Value method(pc[4].raw());
  retain(method.asObject());
  sp[-1] = method;
  *sp = owner;
  TAIL_CALL advance(pc + 11, sp + 1, frame, thread, table);
}

HANDLER(LOAD_METHOD_CLASS) {
  Value owner = sp[-1];
  Type* type = reinterpret_cast<Type*>(pc[3].raw());
  if (KRAIT_UNLIKELY(owner != Value(type) || type->version != pc[2].arg)) TAIL_CALL handle_LOAD_METHOD(pc, sp, frame, thread, table);
  Value v(pc[4].raw());
  retain(v);
  sp[-1] = Value();
  *sp = v;
  release(owner.asObject());
  TAIL_CALL advance(pc + 11, sp + 1, frame, thread, table);
}

HANDLER(LOAD_METHOD_MODULE) {
  Value owner = sp[-1];
  if (KRAIT_UNLIKELY(!owner.isObject() || owner.asObject()->kind != kKindModule || asModule(owner)->dict->keys_version != pc[1].arg)) {
    TAIL_CALL handle_LOAD_METHOD(pc, sp, frame, thread, table);
  }
  Value v = asModule(owner)->dict->entries[pc[2].arg].value;
  retain(v);
  sp[-1] = Value();
  *sp = v;
  release(owner.asObject());
  TAIL_CALL advance(pc + 11, sp + 1, frame, thread, table);
}

namespace {

int loadMethodForm(Value owner, Str* name, Cell* pc) {
  if (!owner.isObject()) return 0;
  Type* type = typeOf(owner);
  if (owner.asObject()->kind == kKindModule || isType(owner)) {
    switch (loadAttrForm(owner, name, pc)) {
      case op_LOAD_ATTR_MODULE: return op_LOAD_METHOD_MODULE;
      case op_LOAD_ATTR_CLASS: return op_LOAD_METHOD_CLASS;
      default: return 0;
    }
  }
  Value method = lookupType(type, name);
  if (!method || (!isFunction(method) && !isExact(method, &types::MethodDescr))) return 0;
  bool plain = type->slots.getattr == types::Object.slots.getattr;
  if (!plain) return 0;
  pc[4].raw() = method.bits;
  if (!type->has(kTypeHasDict)) {
    pc[2].op = uint16_t(type->dict_offset / 8);  // of the Dict* that has to be null: what it holds may hide the method
    if (pc[2].op && *cachedSlot(owner, pc)) return 0;
    return fillKind(pc, owner, type) ? op_LOAD_METHOD_TYPE : 0;
  }
  Shape* shape = shapeOf(owner.asObject());
  if (!shape || shape->dictionary_mode || shapeFind(shape, name) >= 0 || !fillKind(pc, owner, type)) return 0;
  return op_LOAD_METHOD_KIND;
}

}  // namespace

HANDLER_TAIL(specialiseLoadMethod) {
  patch(pc, loadMethodForm(sp[-1], nameAt(frame, pc->arg), pc));
  TAIL_CALL kHandlers[pc->op].run(pc, sp, frame, thread, table);
}

}  // namespace krait
