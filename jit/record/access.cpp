// Recording names and attributes.
#include "interp/opcodes.h"
#include "jit/record/recorder.h"
#include "jit/trace/manager.h"
#include "runtime/core/frame.h"
#include "runtime/core/error.h"
#include "runtime/objects/descriptors.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str.h"

namespace krait::jit {
namespace {

Ty slotType(Repr repr) { return repr == Repr::kInt ? Ty::kI64 : repr == Repr::kFloat ? Ty::kF64 : Ty::kValue; }

// Distance of a __slots__ field from its object; 0: the descriptor is another one.
uint32_t slotMemberOffset(Value descriptor) {
  if (!isExact(descriptor, &types::MemberDescr)) return 0;
  auto* member = static_cast<MemberDescr*>(descriptor.asObject());
  return member->def || member->behind_data ? 0 : member->offset;
}

// Whether attribute lookup on instances of the type is the generic one.
bool plainLookup(const Type* type) { return !type->has(kTypeCustomGetattr) && type->slots.getattr == types::Object.slots.getattr; }
bool plainStore(const Type* type) { return !type->has(kTypeCustomSetattr) && type->slots.setattr == types::Object.slots.setattr; }

}  // namespace

// The binding of a global or builtin as a constant, watched; kNoId when the name is rebound too often (or absent).
Id Recorder::watchedGlobal(Str* name, Value globals, Value builtins) {
  if (!isExactDict(globals) || !isExactDict(builtins)) return kNoId;
  Dict* module = asDict(globals);
  Value v = dictGetStr(module, name);
  if (!v.empty()) {
    if (unstableKey(module, name)) return kNoId;
    assume({Assumption::kKey, globals, name});
    return b_.constValue(v);
  }
  v = dictGetStr(asDict(builtins), name);
  if (v.empty() || unstableKey(module, name) || unstableKey(asDict(builtins), name)) return kNoId;
  assume({Assumption::kKey, globals, name});
  assume({Assumption::kKey, builtins, name});
  return b_.constValue(v);
}

bool Recorder::recordLoadGlobal(uint32_t arg, Cell* pc) {
  Str* name = asStr(top().code->names->items[arg >> 1]);
  Id id = watchedGlobal(name, top().globals, top().builtins);
  if (arg & 1) push(b_.constEmpty());
  if (id != kNoId) {
    push(id);
    return true;
  }
  if (!isExactDict(top().globals) || dictGetStr(asDict(top().globals), name).empty()) {
    if (arg & 1) --top().depth;
    if (!recordResidual(op_LOAD_GLOBAL, arg, pc)) return false;
    if (arg & 1) setSlot(top().base() + top().depth - 2, b_.constEmpty());
    return true;
  }
  // A name that changes: looked up each time, by its entry.
  Id v = b_.call(Helper::k_global_get, {b_.constValue(top().globals), b_.constValue(Value(name))});
  if (arg & 1) --top().depth;
  v = b_.op(Op::k_guard_nonempty, v);
  if (arg & 1) ++top().depth;
  push(v);
  return true;
}

bool Recorder::recordLoadName(uint32_t arg, Cell* pc) {
  RecFrame& f = top();
  Str* name = asStr(f.code->names->items[arg]);
  bool module = f.frame->locals == f.globals && isExactDict(f.globals) && isExactDict(f.builtins);
  if (!module || (dictGetStr(asDict(f.globals), name).empty() && dictGetStr(asDict(f.builtins), name).empty()))
    return recordResidual(op_LOAD_NAME, arg, pc);  // class bodies, names that are not there
  return recordLoadGlobal(arg << 1, pc);
}

bool Recorder::recordStoreName(uint32_t arg, bool global, Cell* pc) {
  RecFrame& f = top();
  if (!isExactDict(f.globals) || (!global && !(f.frame->locals == f.globals)))
    return recordResidual(global ? op_STORE_GLOBAL : op_STORE_NAME, arg, pc);
  Str* name = asStr(f.code->names->items[arg]);
  markUnstable(asDict(f.globals), name);
  // A trace that embeds the binding which it changes itself would invalidate itself in every iteration.
  for (const Assumption& a : assumptions_)
    if (a.kind == Assumption::kKey && a.subject == f.globals && a.key == name) return abort(Abort::kInvalidated);
  return residual(Helper::k_global_set, {b_.constValue(f.globals), b_.constValue(Value(name)), peek(0)}, 1, false);
}

// --- attributes ---

bool Recorder::recordLoadAttr(uint32_t arg, bool method, Cell* pc) {
  Str* name = asStr(top().code->names->items[arg]);
  Value owner = concrete(0);
  Id id = peek(0);
  auto give = [&](Id v) {
    pop(1);
    if (method) push(b_.constEmpty());
    push(v);
    return true;
  };
  auto giveMethod = [&](Id function, Id self) {
    --top().depth;  // the owner moves up by one: it does not leave the frames
    push(function);
    push(self);
    return true;
  };
  auto slowly = [&]() -> bool {
    if (method) {
      check_method_word_ = true;
      return recordResidual(op_LOAD_METHOD, arg, pc);
    }
    return residual(Helper::k_get_attr, {id, b_.constValue(Value(name))}, 1, true);
  };
  if (!owner.isObject()) {
    // Methods of numbers: found on the type, which cannot change.
    Value found = lookupType(typeOf(owner), name);
    if (!method || found.empty() || !found.isObject() || !typeOf(found)->has(kTypeMethodDescriptor)) return slowly();
    if (owner.isInt()) asInt(id, owner);
    else if (owner.isDouble()) asFloat(id, owner);
    else guardIdentical(id, owner);
    return giveMethod(b_.constValue(found), peek(0));
  }
  Type* type = typeOf(owner);
  if (owner.asObject()->kind == kKindModule) {
    Dict* dict = asModule(owner)->dict;
    Value v = dictGetStr(dict, name);
    if (v.empty() || unstableKey(dict, name)) return slowly();
    guardIdentical(id, owner);
    assume({Assumption::kKey, Value(dict), name});
    return give(b_.constValue(v));
  }
  if (isType(owner)) {
    // Class attributes that are neither descriptors nor hidden by the metaclass.
    Type* cls = static_cast<Type*>(owner.asObject());
    Value v = lookupType(cls, name);
    if (v.empty() || !lookupType(type, name).empty() || type->has(kTypeCustomGetattr)) return slowly();
    if (!isConst(id) && beginsHere()) return slowly();  // the parent was made for another class
    bool descriptor = typeOf(v)->slots.descr_get != nullptr;
    if (descriptor && !isFunction(v)) return slowly();
    guardIdentical(id, owner);
    assume({Assumption::kType, owner});
    return give(b_.constValue(v));
  }
  if (!plainLookup(type)) return slowly();
  Value on_type = lookupType(type, name);
  bool data_descriptor = !on_type.empty() && typeOf(on_type)->slots.descr_set != nullptr;
  if (data_descriptor) {
    uint32_t offset = slotMemberOffset(on_type);  // __slots__
    if (offset == 0) {
      Value getter = isExact(on_type, &types::Property) ? static_cast<Property*>(on_type.asObject())->getter : Value();
      if (!method && type->has(kTypeHeap) && isFunction(getter)) {
        assumeMethods(id, owner);
        if (followMethod(asFunction(getter), 1, false)) return !aborted();
      }
      return slowly();
    }
    Id object = asKind(id, owner);
    assume({Assumption::kType, Value(type)});
    Id v = b_.op(Op::k_load_attr, object, kNoId, kNoId, offset, Ty::kValue);
    v = b_.op(Op::k_guard_nonempty, v);
    return give(v);
  }
  if (hasAttributes(owner)) {
    Shape* shape = shapeOf(owner.asObject());
    if (!shape || shape->dictionary_mode || shape->deprecated || type->attrs_offset == kAttrsBehindData) return slowly();
    int slot = shapeFind(shape, name);
    Id object = asKind(id, owner);
    assume({Assumption::kType, Value(type)});
    if (slot >= 0) {
      Repr repr = shape->slots[slot].repr;
      if (repr == Repr::kUnknown) return slowly();
      Id v;
      if (slot < type->inline_capacity)
        v = b_.op(Op::k_load_attr, object, kNoId, kNoId, type->attrs_offset + 8 + 8 * uint64_t(slot), slotType(repr));
      else
        v = b_.op(Op::k_load_far, object, kNoId, b_.constInt(type->attrs_offset), uint64_t(slot - type->inline_capacity), slotType(repr));
      return give(v);
    }
    if (on_type.empty()) return slowly();
    if (method && on_type.isObject() && typeOf(on_type)->has(kTypeMethodDescriptor)) return giveMethod(b_.constValue(on_type), object);
    if (typeOf(on_type)->slots.descr_get != nullptr) return slowly();
    return give(b_.constValue(on_type));
  }
  // Builtin types and classes with __slots__ only: nothing on the instance can hide the type's attribute, unless the type gives its
  // instances a dict of their own, which has to be absent.
  if (on_type.empty()) return slowly();
  if (method && on_type.isObject() && typeOf(on_type)->has(kTypeMethodDescriptor)) {
    if (type->dict_offset && *reinterpret_cast<Dict**>(reinterpret_cast<char*>(owner.asObject()) + type->dict_offset)) return slowly();
    Id object = asKind(id, owner);
    if (type->dict_offset) b_.op(Op::k_guard_empty, b_.op(Op::k_load_attr, object, kNoId, kNoId, type->dict_offset, Ty::kValue));
    if (type->has(kTypeHeap)) assume({Assumption::kType, Value(type)});
    return giveMethod(b_.constValue(on_type), object);
  }
  return slowly();
}

bool Recorder::recordStoreAttr(uint32_t arg) {
  Str* name = asStr(top().code->names->items[arg]);
  Value owner = concrete(0), value = concrete(1);
  Id id = peek(0);
  auto slowly = [&] { return residual(Helper::k_set_attr, {peek(0), b_.constValue(Value(name)), peek(1)}, 2, false); };
  if (!owner.isObject() || isType(owner) || owner.asObject()->kind == kKindModule) return slowly();
  Type* type = typeOf(owner);
  if (!plainStore(type)) return slowly();
  Value on_type = lookupType(type, name);
  bool data_descriptor = !on_type.empty() && typeOf(on_type)->slots.descr_set != nullptr;
  if (data_descriptor) {
    uint32_t offset = slotMemberOffset(on_type);
    if (offset == 0) return slowly();
    Id object = asKind(id, owner);
    assume({Assumption::kType, Value(type)});
    Id old = b_.op(Op::k_load_attr, object, kNoId, kNoId, offset, Ty::kValue);
    Id word = boxed(peek(1));
    b_.op(Op::k_store_attr, object, word, kNoId, offset);
    b_.op(Op::k_release, old);
    pop(2);
    candidate(old, *reinterpret_cast<Value*>(reinterpret_cast<char*>(owner.asObject()) + offset));
    return true;
  }
  if (!hasAttributes(owner)) return slowly();
  Shape* shape = shapeOf(owner.asObject());
  if (!shape || shape->dictionary_mode || shape->deprecated || type->attrs_offset == kAttrsBehindData) return slowly();
  int slot = shapeFind(shape, name);
  Shape* added = nullptr;
  if (slot < 0) {
    // A new attribute: the transition that the interpreter is about to take.
    added = shapeAdd(thread_, shape, name, reprOf(value));
    if (thread_.raised()) clearException(thread_);
    if (!added || added->deprecated || added->dictionary_mode || shape->deprecated) return slowly();
    slot = shape->slot_count;
    if (slot >= type->inline_capacity) return slowly();
  }
  Shape* target = added ? added : shape;
  Repr repr = target->slots[slot].repr;
  Id word = kNoId;
  if (repr == Repr::kFloat && value.isDouble()) word = asFloat(peek(1), value);
  else if (repr == Repr::kInt && value.isInt()) {
    word = asInt(peek(1), value);
    if (b_.typeOf(word) != Ty::kI64) return slowly();
    if (!b_.range(word).within(kIntMin, kIntMax)) {
      // The slot holds immediate ints only.
      b_.op(Op::k_guard_true, b_.op(Op::k_le, word, b_.constInt(kIntMax)));
      b_.op(Op::k_guard_true, b_.op(Op::k_ge, word, b_.constInt(kIntMin)));
    }
  } else if (repr != Repr::kValue) {
    return slowly();
  }
  Id object = asKind(id, owner);
  assume({Assumption::kType, Value(type)});
  if (word == kNoId) word = boxed(peek(1));
  uint64_t place = slot < type->inline_capacity ? type->attrs_offset + 8 + 8 * uint64_t(slot) : uint64_t(slot - type->inline_capacity);
  bool near = slot < type->inline_capacity;
  Id offset = near ? kNoId : b_.constInt(type->attrs_offset);
  Id old = kNoId;
  if (!added && repr == Repr::kValue) old = b_.op(near ? Op::k_load_attr : Op::k_load_far, object, kNoId, offset, place, Ty::kValue);
  b_.op(near ? Op::k_store_attr : Op::k_store_far, object, word, offset, place);
  if (added) {
    assume({Assumption::kShape, Value(), nullptr, added->kind});
    b_.op(Op::k_set_kind, object, kNoId, kNoId, added->kind);
  }
  if (old != kNoId) b_.op(Op::k_release, old);
  pop(2);
  if (old != kNoId) candidate(old, Value(*slotAddress(owner.asObject(), slot)));
  return true;
}

}  // namespace krait::jit
