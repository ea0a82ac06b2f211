// Making shapes; what a shape is stands in instance.h.
#pragma once
#include "runtime/objects/instance.h"

namespace krait {

// The empty shape of a class; null: no memory.
Shape* newRootShape(Type* type, uint32_t kind);
// The shape of instances of the class whose attributes are all in a dict; null: no memory.
Shape* dictionaryShape(Type* type);
// The live shape with the same names as a deprecated one, in its order; null: no memory or the class has too many.
Shape* successorOf(Thread& t, Shape* shape);
// All shapes of a dying class.
void freeShapes(Type* type);
// The class has seen this representation of the attribute: the one that instances must use from now on. Deprecates shapes.
Repr widenRepresentation(Type* type, Str* name, Repr repr);

}  // namespace krait
