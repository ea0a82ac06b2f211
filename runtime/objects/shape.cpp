// Shapes: the transition tree of a class, representations that widen, deprecation.
//
// Children of a shape are found by name alone, because the representation of a name belongs to the class. When a name
// widens, every shape that has it is deprecated and unhooked from its parent, so that no new instance gets it; the
// instances that have it migrate (instance.cpp).
#include "runtime/objects/shape.h"

#include <cstdlib>
#include <cstring>

#include "runtime/base/pointer_map.h"
#include "runtime/core/error.h"
#include "runtime/core/watch.h"
#include "runtime/objects/str.h"

namespace krait {

struct Representations {
  PointerMap<uint8_t> seen;  // interned name -> Repr; names are owned
};

// The first transition stands alone: most shapes have one.
struct ShapeTransitions {
  Str* name;
  Shape* child;
  PointerMap<Shape*> more;
};

// For shapes with many slots: open addressing over slot numbers.
struct ShapeTable {
  uint32_t mask;
  uint8_t index[];  // slot + 1; 0: free
};

namespace {

constexpr int kLinearSlots = 8;
static_assert(kMaxSlots < 255);

uint32_t nameHash(const Str* name) { return uint32_t((reinterpret_cast<uint64_t>(name) >> 4) * 0x9E37'79B1u >> 8); }

ShapeTable* makeTable(const Shape* shape) {
  uint32_t size = 16;
  while (size < shape->slot_count * 2u) size *= 2;
  ShapeTable* table = static_cast<ShapeTable*>(calloc(1, sizeof(ShapeTable) + size));
  if (!table) return nullptr;
  table->mask = size - 1;
  for (int i = 0; i < shape->slot_count; ++i) {
    uint32_t at = nameHash(shape->slots[i].name) & table->mask;
    while (table->index[at]) at = (at + 1) & table->mask;
    table->index[at] = uint8_t(i + 1);
  }
  return table;
}

Shape* findChild(const Shape* shape, Str* name) {
  ShapeTransitions* next = shape->next;
  if (!next) return nullptr;
  if (next->name == name) return next->child;
  Shape** found = next->more.find(name);
  return found ? *found : nullptr;
}

bool addChild(Shape* shape, Str* name, Shape* child) {
  if (!shape->next) {
    shape->next = new (std::nothrow) ShapeTransitions{};
    if (!shape->next) return false;
  }
  if (!shape->next->child) {
    shape->next->name = name;
    shape->next->child = child;
    return true;
  }
  Shape** slot = shape->next->more.insert(name);
  if (!slot) return false;
  *slot = child;
  return true;
}

Shape* newShape(Type* type, Shape* parent, Str* name, Repr repr) {
  Shape* shape = static_cast<Shape*>(calloc(1, sizeof(Shape)));
  if (!shape) return nullptr;
  uint16_t inherited = parent ? parent->slot_count : 0;
  shape->type = type;
  shape->parent = parent;
  shape->slot_count = uint16_t(inherited + (name ? 1 : 0));
  shape->slots = static_cast<ShapeSlot*>(malloc(sizeof(ShapeSlot) * (shape->slot_count + 1)));
  if (!shape->slots) {
    free(shape);
    return nullptr;
  }
  for (int i = 0; i < inherited; ++i) {
    shape->slots[i] = parent->slots[i];
    retain(shape->slots[i].name);
  }
  if (name) {
    shape->slots[inherited] = ShapeSlot{name, repr};
    retain(name);
  }
  if (shape->slot_count > kLinearSlots) shape->table = makeTable(shape);
  if (type->root_shape) {
    shape->sibling = type->root_shape->sibling;
    type->root_shape->sibling = shape;
  }
  ++type->shape_count;
  return shape;
}

// Deprecates the shape and what grows from it.
void deprecate(Shape* shape) {
  if (shape->deprecated) return;
  shape->deprecated = true;
  kindInfo(shape->kind).retired = true;
  --shape->type->shape_count;
  if (ShapeTransitions* next = shape->next) {
    if (next->child) deprecate(next->child);
    next->more.each([](auto& entry) { deprecate(entry.value); });
  }
  fireShape(shape);
}

// All live shapes below that add `name` go.
void deprecateName(Shape* shape, Str* name) {
  ShapeTransitions* next = shape->next;
  if (!next) return;
  if (next->child) {
    if (next->name == name) {
      deprecate(next->child);
      next->name = nullptr;
      next->child = nullptr;
    } else {
      deprecateName(next->child, name);
    }
  }
  if (Shape** child = next->more.find(name)) {
    deprecate(*child);
    next->more.erase(name);
  }
  next->more.each([&](auto& entry) { deprecateName(entry.value, name); });
}

uint8_t* representationOf(Type* type, Str* name) {
  if (!type->representations) type->representations = new (std::nothrow) Representations{};
  if (!type->representations) return nullptr;
  uint8_t* found = type->representations->seen.find(name);
  if (found) return found;
  found = type->representations->seen.insert(name);
  if (found) retain(name);
  return found;
}

}  // namespace

Repr reprOf(Value v) { return v.isInt() ? Repr::kInt : v.isDouble() ? Repr::kFloat : Repr::kValue; }

int shapeFind(const Shape* shape, Str* name) {
  if (const ShapeTable* table = shape->table) {
    for (uint32_t at = nameHash(name) & table->mask;; at = (at + 1) & table->mask) {
      int slot = table->index[at] - 1;
      if (slot < 0) return -1;
      if (shape->slots[slot].name == name) return slot;
    }
  }
  for (int i = 0; i < shape->slot_count; ++i) {
    if (shape->slots[i].name == name) return i;
  }
  return -1;
}

Shape* newRootShape(Type* type, uint32_t kind) {
  Shape* shape = newShape(type, nullptr, nullptr, Repr::kUnknown);
  if (shape) shape->kind = kind;
  return shape;
}

Shape* dictionaryShape(Type* type) {
  Shape* root = type->root_shape;
  if (root->dictionary) return root->dictionary;
  Shape* shape = newShape(type, nullptr, nullptr, Repr::kUnknown);
  if (!shape) return nullptr;
  shape->dictionary_mode = true;
  shape->kind = newKind(type, shape);
  return root->dictionary = shape;
}

Repr widenRepresentation(Type* type, Str* name, Repr repr) {
  uint8_t* seen = representationOf(type, name);
  if (!seen) return Repr::kValue;
  Repr old = Repr(*seen);
  if (old == repr || old == Repr::kValue) return old;
  *seen = uint8_t(old == Repr::kUnknown ? repr : Repr::kValue);
  if (old != Repr::kUnknown) deprecateName(type->root_shape, name);
  return Repr(*seen);
}

Shape* shapeAdd(Thread& t, Shape* shape, Str* name, Repr repr) {
  Shape* child = findChild(shape, name);
  if (KRAIT_LIKELY(child != nullptr)) {
    Repr have = child->slots[child->slot_count - 1].repr;
    if (have == repr || have == Repr::kValue) return child;
  }
  Repr settled = widenRepresentation(shape->type, name, repr);
  if ((child = findChild(shape, name))) return child;
  Type* type = shape->type;
  if (shape->slot_count >= kMaxSlots || type->shape_count >= kMaxShapes) return nullptr;
  child = newShape(type, shape, name, settled);
  if (!child) return nullptr;
  child->kind = newKind(type, child);
  if (!addChild(shape, name, child)) return nullptr;  // stays in the class's list, used by nobody
  return child;
}

Shape* successorOf(Thread& t, Shape* shape) {
  while (shape && shape->deprecated) {
    if (!shape->successor) {
      Shape* fresh = shape->type->root_shape;
      for (int i = 0; fresh && i < shape->slot_count; ++i) {
        fresh = shapeAdd(t, fresh, shape->slots[i].name, shape->slots[i].repr);
      }
      if (!fresh) return nullptr;
      shape->successor = fresh;
    }
    shape = shape->successor;
  }
  return shape;
}

void freeShapes(Type* type) {
  for (Shape* shape = type->root_shape; shape;) {
    Shape* next = shape->sibling;
    fireShape(shape);
    for (int i = 0; i < shape->slot_count; ++i) release(shape->slots[i].name);
    kindInfo(shape->kind) = KindInfo{nullptr, nullptr, true};
    free(shape->slots);
    free(shape->table);
    delete shape->next;
    free(shape);
    shape = next;
  }
  type->root_shape = nullptr;
  if (type->representations) {
    type->representations->seen.each([](auto& entry) { release(static_cast<Str*>(const_cast<void*>(entry.key))); });
    delete type->representations;
    type->representations = nullptr;
  }
}

}  // namespace krait
