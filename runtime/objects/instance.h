// Instances of Python classes: shapes, attribute slots, materialised __dict__.
//
//   [ C++ base part: basic_size bytes, __slots__ fields included ]
//   [ AttrBlock* at type->attrs_offset ]                        absent when the class has no __dict__
//   (subclasses of str, bytes and tuple keep it behind their data: variable.h)
//   [ inline slots: type->inline_capacity words, slot 0 first ]
//   slot i: inline for i < inline_capacity, else block->slots[i - inline_capacity]
//
// The kind in the header says class and shape. A shape says, per attribute, the slot and its representation:
// a Value, a raw double or a raw int64 (within the immediate range). Raw words are touched by instance.cpp (and compiled
// code) alone. Representation belongs to (class, attribute) and only widens; widening deprecates shapes, whose
// instances migrate at their next miss.
//
// Dictionary mode: shape->dictionary_mode, one such shape (and kind) a class; all attributes are in block->dict, an
// ordinary dict that the instance owns; null means "no attributes yet". It is entered by asking for __dict__ (the values move
// into the dict in order: writes through either side are seen by the other because there is one storage, and the dict
// outlives the instance), by assigning __dict__, by a class past kMaxShapes or kMaxSlots. Caches of attributes on
// dictionary-mode kinds use the dict's keys_version. When nobody else holds the dict any more, a slow lookup moves the
// values back to slots: `vars(x)` or `x.__dict__.update(...)` in __init__ does not make an object slow for ever.
#pragma once
#include "runtime/core/type.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/variable.h"

namespace krait {

enum class Repr : uint8_t { kUnknown, kInt, kFloat, kValue };  // ordered: only ever widens; kInt and kFloat meet at kValue

inline constexpr uint32_t kMaxShapes = 128;   // live shapes a class
inline constexpr uint32_t kMaxSlots = 128;    // attributes an instance before dictionary mode

struct ShapeSlot {
  Str* name;   // interned, owned
  Repr repr;
};

struct Shape {
  Type* type;              // not owned: shapes die with their class
  uint32_t kind;
  uint16_t slot_count;
  bool dictionary_mode;
  bool deprecated;         // a slot's representation was widened: instances migrate to successor
  Shape* parent;
  Shape* successor;        // of a deprecated shape; found at migration
  ShapeSlot* slots;        // slot_count of them, in order of insertion; a buffer
  Dependent* watchers;     // who assumes that this shape is not deprecated
  struct ShapeTable* table;        // name -> slot, made when slot_count is large
  struct ShapeTransitions* next;   // name -> child shape
  Shape* sibling;          // all shapes of the class, the root first
  Shape* dictionary;       // of a root shape: the class's shape for dictionary mode, once made
};

struct AttrBlock {
  Dict* dict;              // materialised __dict__ (owned) or null; in dictionary mode the only storage
  uint32_t capacity;       // of slots
  uint32_t materialised;   // how often __dict__ was asked for
  uint64_t slots[];
};

struct Instance : Object {};  // of a Python class whose C++ base is object

inline AttrBlock*& attrBlock(Object* o) {
  size_t offset = o->type()->attrs_offset;
  if (KRAIT_UNLIKELY(offset == kAttrsBehindData)) offset = variableBaseSize(o);
  return *reinterpret_cast<AttrBlock**>(reinterpret_cast<char*>(o) + offset);
}
inline uint64_t* inlineSlots(Object* o) {
  return reinterpret_cast<uint64_t*>(reinterpret_cast<char*>(o) + o->type()->attrs_offset + 8);
}
inline Shape* shapeOf(const Object* o) { return kindInfo(o->kind).shape; }

// Slot of a name in a shape, -1 when absent.
int shapeFind(const Shape* shape, Str* name);
// Address of slot i of the instance.
inline uint64_t* slotAddress(Object* o, int slot) {
  int inline_capacity = o->type()->inline_capacity;
  return slot < inline_capacity ? inlineSlots(o) + slot : &attrBlock(o)->slots[slot - inline_capacity];
}
// The dict of an instance in dictionary mode, borrowed; null: no attributes yet.
inline Dict* dictionaryOf(Object* o) {
  AttrBlock* block = attrBlock(o);
  return block ? block->dict : nullptr;
}
inline Ref<> readSlot(Object* o, const Shape* shape, int slot) {
  uint64_t word = *slotAddress(o, slot);
  switch (shape->slots[slot].repr) {
    case Repr::kInt: return steal(Value::fromInt(int64_t(word)));
    case Repr::kFloat: return steal(Value::fromDouble(std::bit_cast<double>(word)));
    default: return share(Value(word));
  }
}
// The shape after adding `name` with a value of this representation (existing transition or a new one; widens when the
// class has seen another representation of the name). Null: dictionary mode or no memory.
Shape* shapeAdd(Thread& t, Shape* shape, Str* name, Repr repr);
Repr reprOf(Value v);   // of an immediate int, a float, anything else

// A new instance without attributes: the root shape, __slots__ empty. Used by object.__new__ and by caches of CALL.
Ref<> newInstance(Thread& t, Type* type);
// Instances of subclasses of builtin types: allocateInstance, allocateVariable, freeInstance in variable.h.

// Own attributes of the instance (not the class's); name interned. Missing: empty without exception.
Ref<> instanceGet(Thread& t, Object* o, Str* name);
[[nodiscard]] bool instanceSet(Thread& t, Object* o, Str* name, Value v);
// Whether the class gives its instances attributes of this kind (a __dict__), so that the functions here apply.
inline bool hasAttributes(Value v) { return v.isObject() && v.asObject()->type()->attrs_offset != 0; }
int instanceDelete(Thread& t, Object* o, Str* name);          // 1, 0 absent, -1 raised
Ref<Dict> instanceDict(Thread& t, Object* o);                 // materialises
[[nodiscard]] bool instanceSetDict(Thread& t, Object* o, Value dict);  // empty: delete
// __class__ assignment to a class with the same layout.
[[nodiscard]] bool instanceSetClass(Thread& t, Object* o, Type* type);
// Moves an instance of a deprecated shape to the successor; false: no memory (raised).
[[nodiscard]] bool migrateInstance(Thread& t, Object* o);
// For destruction, traversal and sizes.
void instanceRelease(Object* o);
void instanceTraverse(Object* o, Visitor& visitor);
void instanceClear(Object* o);

}  // namespace krait
