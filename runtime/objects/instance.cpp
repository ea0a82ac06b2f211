// Instances: making them, their attributes in slots or in a dict, moving between the two, and their end.
#include "runtime/objects/instance.h"

#include <cstring>

#include "runtime/core/destroy.h"
#include "runtime/core/error.h"
#include "runtime/core/watch.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/pool.h"
#include "runtime/objects/shape.h"
#include "runtime/objects/str.h"

namespace krait {

namespace {

constexpr uint32_t kMostReslots = 16;  // an object whose __dict__ is asked for again and again keeps it

uint64_t rawWord(Value v, Repr repr) {
  switch (repr) {
    case Repr::kInt: return uint64_t(v.asInt());
    case Repr::kFloat: return std::bit_cast<uint64_t>(v.asDouble());
    default: return v.bits;
  }
}
Value boxedWord(uint64_t word, Repr repr) {
  switch (repr) {
    case Repr::kInt: return Value::fromInt(int64_t(word));
    case Repr::kFloat: return Value::fromDouble(std::bit_cast<double>(word));
    default: return Value(word);
  }
}

// Room for `slots` slots in the block; null: raised.
AttrBlock* growBlock(Thread& t, Object* o, uint32_t slots) {
  AttrBlock*& block = attrBlock(o);
  if (block && block->capacity >= slots) return block;
  uint32_t capacity = slots <= 4 ? slots : (slots + 7) & ~7u;
  bool fresh = !block;
  void* grown = resizeBuffer(block, sizeof(AttrBlock) + capacity * sizeof(uint64_t));
  if (!grown) {
    (void)raiseNoMemory(t);
    return nullptr;
  }
  block = static_cast<AttrBlock*>(grown);
  if (fresh) *block = AttrBlock{nullptr, 0, 0};
  block->capacity = capacity;
  return block;
}

bool roomForSlot(Thread& t, Object* o, int slot) {
  int overflow = slot - o->type()->inline_capacity;
  return overflow < 0 || growBlock(t, o, uint32_t(overflow) + 1) != nullptr;
}

// Moves all attributes into a new dict, which the instance owns.
bool enterDictionaryMode(Thread& t, Object* o, Dict* given = nullptr) {
  const Shape* shape = shapeOf(o);
  Shape* target = dictionaryShape(o->type());
  if (!target) return raiseNoMemory(t);
  Ref<Dict> dict = given ? share(given) : newDict(t, shape->slot_count);
  if (!dict) return false;
  AttrBlock* block = growBlock(t, o, 0);
  if (!block) return false;
  if (!given) {
    for (int i = 0; i < shape->slot_count; ++i) {
      Value v = boxedWord(*slotAddress(o, i), shape->slots[i].repr);
      if (!dictSetStr(t, dict.get(), shape->slots[i].name, v)) return false;
    }
  }
  // The dict shares the values: now the slots let go. With an assigned dict the old values die last.
  uint64_t old[kMaxSlots];
  int count = 0;
  for (int i = 0; i < shape->slot_count; ++i) {
    if (shape->slots[i].repr == Repr::kValue) old[count++] = *slotAddress(o, i);
  }
  block = attrBlock(o);
  block->dict = dict.leakObject();
  o->kind = target->kind;
  for (int i = 0; i < count; ++i) release(Value(old[i]));
  return true;
}

// The dict of dictionary mode, made when the instance has none yet.
Dict* ownDict(Thread& t, Object* o) {
  AttrBlock* block = growBlock(t, o, 0);
  if (!block) return nullptr;
  if (!block->dict) block->dict = newDict(t).leakObject();
  return block->dict;
}

// Back to slots when the instance alone holds the dict. Says nothing: failing to do so is no error.
void leaveDictionaryMode(Thread& t, Object* o) {
  AttrBlock* block = attrBlock(o);
  if (!block || !block->dict || block->dict->count != 1 || block->materialised > kMostReslots) return;
  Dict* dict = block->dict;
  if (dict->kind != kKindDict || dict->hasFlag(kFlagWatched | kFlagKeysWatched | kFlagWeakrefs) || dict->size > int64_t(kMaxSlots)) return;
  Type* type = o->type();
  if (type->shape_count + uint32_t(dict->size) >= kMaxShapes) return;
  // Two passes: representations first, because adding names may deprecate what the walk has found.
  int64_t position = 0;
  Value key, v;
  while (dictNext(dict, &position, &key, &v)) {
    if (!isExactStr(key) || !isInterned(asStr(key))) return;
    widenRepresentation(type, asStr(key), reprOf(v));
  }
  Shape* shape = type->root_shape;
  position = 0;
  while (dictNext(dict, &position, &key, &v)) {
    shape = shapeAdd(t, shape, asStr(key), reprOf(v));
    if (!shape) return;
  }
  if (shape->slot_count > 0 && !roomForSlot(t, o, shape->slot_count - 1)) return clearException(t);
  position = 0;
  for (int slot = 0; dictNext(dict, &position, &key, &v); ++slot) {
    retain(v);
    *slotAddress(o, slot) = rawWord(v, shape->slots[slot].repr);
  }
  attrBlock(o)->dict = nullptr;
  o->kind = shape->kind;
  release(dict);
}

Shape* liveShape(Thread& t, Object* o) {
  Shape* shape = shapeOf(o);
  if (KRAIT_LIKELY(!shape->deprecated)) return shape;
  return migrateInstance(t, o) ? shapeOf(o) : nullptr;
}

bool storeInSlot(Thread& t, Object* o, Shape* shape, int slot, Value v) {
  Repr repr = shape->slots[slot].repr;
  if (repr != Repr::kValue && reprOf(v) != repr) {
    Str* name = shape->slots[slot].name;
    widenRepresentation(o->type(), name, reprOf(v));
    if (!shape->deprecated) return raiseNoMemory(t);  // the class could not note what it saw
    if (!migrateInstance(t, o)) return false;
    return instanceSet(t, o, name, v);
  }
  uint64_t* word = slotAddress(o, slot);
  if (repr != Repr::kValue) {
    *word = rawWord(v, repr);
    return true;
  }
  Value old(*word);
  retain(v);
  *word = v.bits;
  release(old);
  return true;
}

bool addSlot(Thread& t, Object* o, Shape* shape, Str* name, Value v) {
  Shape* target = shapeAdd(t, shape, name, reprOf(v));
  if (!target) return enterDictionaryMode(t, o) && instanceSet(t, o, name, v);
  int slot = target->slot_count - 1;
  if (!roomForSlot(t, o, slot)) return false;
  retain(v);
  *slotAddress(o, slot) = rawWord(v, target->slots[slot].repr);
  o->kind = target->kind;
  return true;
}

// Removes a slot that is not the last: the shape is built anew without it, the words move down.
bool removeSlot(Thread& t, Object* o, Shape* shape, int slot) {
  Shape* target = slot == 0 ? o->type()->root_shape : shape;
  if (slot > 0) {
    while (target->slot_count > slot) target = target->parent;
  }
  for (int i = slot + 1; target && i < shape->slot_count; ++i) {
    target = shapeAdd(t, target, shape->slots[i].name, shape->slots[i].repr);
  }
  if (!target) return enterDictionaryMode(t, o) && instanceDelete(t, o, shape->slots[slot].name) > 0;
  uint64_t old = *slotAddress(o, slot);
  for (int i = slot + 1; i < shape->slot_count; ++i) {
    *slotAddress(o, i - 1) = rawWord(boxedWord(*slotAddress(o, i), shape->slots[i].repr), target->slots[i - 1].repr);
  }
  o->kind = target->kind;
  if (shape->slots[slot].repr == Repr::kValue) release(Value(old));
  return true;
}

Value* slotFieldsBegin(Object* o, const Type* type, size_t* count) {
  *count = type->slot_count;
  if (type->flags & kTypeVariableSize) return variableSlots(o);
  return reinterpret_cast<Value*>(reinterpret_cast<char*>(o) + type->solid_base->basic_size);
}

}  // namespace

Ref<> newInstance(Thread& t, Type* type) {
  size_t base = type->basic_size;
  size_t size = type->attrs_offset ? type->attrs_offset + sizeof(void*) + type->inline_capacity * sizeof(Value) : base;
  Object* o;
  if (KRAIT_LIKELY(size <= kLargestCell && type->has(kTypeHeap))) {
    o = takeCell(smallClass(size), Sort::kCollectable);
    if (KRAIT_UNLIKELY(!o)) return raiseNoMemory(t);
    o->count = 1;
    o->kind = type->instance_kind;
    o->type_and_flags = reinterpret_cast<uint64_t>(type) | (type->has(kTypeHasFinalizer) ? kFlagFinalizer : 0);
    retain(type);
  } else {
    o = allocateObject(size, sortOf(type), type, type->instance_kind);
    if (!o) return raiseNoMemory(t);
  }
  for (size_t at = sizeof(Object); at < base; at += sizeof(Value)) {
    *reinterpret_cast<uint64_t*>(reinterpret_cast<char*>(o) + at) = 0;
  }
  if (type->attrs_offset) attrBlock(o) = nullptr;
  return steal(Value(o));
}

Ref<> instanceGet(Thread& t, Object* o, Str* name) {
  Shape* shape = shapeOf(o);
  if (KRAIT_UNLIKELY(shape->dictionary_mode)) {
    leaveDictionaryMode(t, o);
    shape = shapeOf(o);
    if (shape->dictionary_mode) {
      Dict* dict = dictionaryOf(o);
      if (!dict) return Ref<>();
      Value found = dict->key_kind == KeyKind::kStr ? dictGetStr(dict, name) : dictGet(t, dict, name);
      return share(found);
    }
  }
  int slot = shapeFind(shape, name);
  if (slot < 0) return Ref<>();
  return readSlot(o, shape, slot);
}

bool instanceSet(Thread& t, Object* o, Str* name, Value v) {
  Shape* shape = liveShape(t, o);
  if (!shape) return false;
  if (KRAIT_UNLIKELY(shape->dictionary_mode)) {
    leaveDictionaryMode(t, o);
    shape = shapeOf(o);
    if (shape->dictionary_mode) {
      Dict* dict = ownDict(t, o);
      return dict && dictSetStr(t, dict, name, v);
    }
  }
  int slot = shapeFind(shape, name);
  if (slot >= 0) return storeInSlot(t, o, shape, slot, v);
  return addSlot(t, o, shape, name, v);
}

int instanceDelete(Thread& t, Object* o, Str* name) {
  Shape* shape = liveShape(t, o);
  if (!shape) return -1;
  if (shape->dictionary_mode) {
    Dict* dict = dictionaryOf(o);
    return dict ? dictDeleteStr(t, dict, name) : 0;
  }
  int slot = shapeFind(shape, name);
  if (slot < 0) return 0;
  if (slot == shape->slot_count - 1) {
    uint64_t old = *slotAddress(o, slot);
    o->kind = shape->parent->kind;
    if (shape->slots[slot].repr == Repr::kValue) release(Value(old));
    return 1;
  }
  return removeSlot(t, o, shape, slot) ? 1 : -1;
}

Ref<Dict> instanceDict(Thread& t, Object* o) {
  if (!shapeOf(o)->dictionary_mode && !enterDictionaryMode(t, o)) return kRaised;
  Dict* dict = ownDict(t, o);
  if (!dict) return kRaised;
  ++attrBlock(o)->materialised;
  return share(dict);
}

bool instanceSetDict(Thread& t, Object* o, Value dict) {
  if (!dict.empty() && !isDict(dict)) {
    return raise(t, exc::TypeError, "__dict__ must be set to a dictionary, not a '%s'", typeName(dict));
  }
  Ref<Dict> fresh = dict.empty() ? newDict(t) : share(asDict(dict));
  if (!fresh) return false;
  if (!shapeOf(o)->dictionary_mode) return enterDictionaryMode(t, o, fresh.get());
  AttrBlock* block = growBlock(t, o, 0);
  if (!block) return false;
  Dict* old = block->dict;
  block->dict = fresh.leakObject();
  releaseIfAny(old);
  return true;
}

// Shapes belong to a class, so the attributes go to a dict; they come back to slots of the new class at the next slow lookup,
// unless its instances have more inline slots than this one was made with.
bool instanceSetClass(Thread& t, Object* o, Type* type) {
  Type* old = o->type();
  if (old == type) return true;
  retain(type);
  if (!old->attrs_offset) {
    o->setType(type);
    o->kind = type->instance_kind;
  } else {
    Shape* target = dictionaryShape(type);
    bool in_dict = shapeOf(o)->dictionary_mode;
    if (!target || (!in_dict && !enterDictionaryMode(t, o))) {
      release(type);
      return t.raised() ? false : bool(raiseNoMemory(t));
    }
    AttrBlock* block = growBlock(t, o, 0);
    if (!block) {
      release(type);
      return false;
    }
    if (type->inline_capacity > old->inline_capacity) block->materialised = kMostReslots + 1;
    o->setType(type);
    o->kind = target->kind;
  }
  if (type->has(kTypeHasFinalizer)) o->setFlag(kFlagFinalizer);
  else o->clearFlag(kFlagFinalizer);
  if (old->has(kTypeHeap)) release(old);
  return true;
}

bool migrateInstance(Thread& t, Object* o) {
  Shape* shape = shapeOf(o);
  if (!shape || !shape->deprecated) return true;
  Shape* target = successorOf(t, shape);
  if (!target) return enterDictionaryMode(t, o);
  for (int i = 0; i < shape->slot_count; ++i) {
    Repr from = shape->slots[i].repr, to = target->slots[i].repr;
    if (from == to) continue;
    uint64_t* word = slotAddress(o, i);
    *word = rawWord(boxedWord(*word, from), to);
  }
  o->kind = target->kind;
  return true;
}

void instanceRelease(Object* o) {
  Type* type = o->type();
  if (!type->attrs_offset) return;
  const Shape* shape = shapeOf(o);
  if (shape) {
    for (int i = 0; i < shape->slot_count; ++i) {
      if (shape->slots[i].repr == Repr::kValue) release(Value(*slotAddress(o, i)));
    }
  }
  AttrBlock* block = attrBlock(o);
  if (block) {
    releaseIfAny(block->dict);
    freeBuffer(block);
    attrBlock(o) = nullptr;
  }
  o->kind = type->instance_kind;
}

void instanceTraverse(Object* o, Visitor& visitor) {
  if (!o->type()->attrs_offset) return;
  if (const Shape* shape = shapeOf(o)) {
    for (int i = 0; i < shape->slot_count; ++i) {
      if (shape->slots[i].repr == Repr::kValue) visitor.visit(Value(*slotAddress(o, i)));
    }
  }
  if (AttrBlock* block = attrBlock(o)) visitor.visit(block->dict);
}

// For the cycle collector: the instance stays usable, without attributes.
void instanceClear(Object* o) {
  if (!o->type()->attrs_offset) return;
  uint64_t old[kMaxSlots];
  int count = 0;
  if (const Shape* shape = shapeOf(o); shape && !shape->dictionary_mode) {
    for (int i = 0; i < shape->slot_count; ++i) {
      if (shape->slots[i].repr == Repr::kValue) old[count++] = *slotAddress(o, i);
    }
    o->kind = o->type()->instance_kind;
  }
  if (AttrBlock* block = attrBlock(o); block && block->dict) {
    Dict* dict = block->dict;
    block->dict = nullptr;
    release(dict);
  }
  for (int i = 0; i < count; ++i) release(Value(old[i]));
}

// --- instances of Python classes as a whole ---

void deallocHeapInstance(Object* o) {
  Type* type = o->type();
  size_t count;
  Value* fields = slotFieldsBegin(o, type, &count);
  for (size_t i = 0; i < count; ++i) {
    Value old = fields[i];
    fields[i] = Value();
    release(old);
  }
  instanceRelease(o);
  type->solid_base->dealloc(o);
}

void traverseHeapInstance(Object* o, Visitor& visitor) {
  Type* type = o->type();
  visitor.visit(static_cast<Object*>(type));
  size_t count;
  Value* fields = slotFieldsBegin(o, type, &count);
  for (size_t i = 0; i < count; ++i) visitor.visit(fields[i]);
  bool base_does_attributes = type->solid_base->attrs_offset != 0;
  if (!base_does_attributes) instanceTraverse(o, visitor);
  if (type->solid_base->traverse) type->solid_base->traverse(o, visitor);
}

void clearHeapInstance(Object* o) {
  Type* type = o->type();
  size_t count;
  Value* fields = slotFieldsBegin(o, type, &count);
  for (size_t i = 0; i < count; ++i) assign(fields[i], Ref<>());
  instanceClear(o);
  if (type->solid_base->clear) type->solid_base->clear(o);
}

}  // namespace krait
