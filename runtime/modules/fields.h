// Objects of native modules that are some owned Values and some plain data: allocation, destruction and traversal in one place.
//
//   struct Chain : Fields<2> { bool flag; };      // v[0], v[1] are owned
#pragma once
#include <cstring>

#include "runtime/core/error.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/module.h"
#include "runtime/objects/variable.h"

namespace krait {

template <int number>
struct Fields : Object {
  static constexpr int kCount = number;
  Value v[number];
};

template <class T>
T* fieldsOf(Value v) {
  return static_cast<T*>(v.asObject());
}

// An instance, zero behind the header. Empty: raised.
template <class T>
Ref<T> makeFields(Thread& t, Type* type) {
  T* object = allocateInstance<T>(type);
  if (!object) return raiseNoMemory(t);
  memset(reinterpret_cast<char*>(object) + sizeof(Object), 0, sizeof(T) - sizeof(Object));
  return steal(object);
}
template <class T>
void deallocFields(Object* self) {
  for (Value v : static_cast<T*>(self)->v) release(v);
  freeInstance(self);
}
template <class T>
void traverseFields(Object* self, Visitor& visitor) {
  for (Value v : static_cast<T*>(self)->v) visitor.visit(v);
}
template <class T>
void clearFields(Object* self) {
  for (Value& v : static_cast<T*>(self)->v) assign(v, Ref<>());
}

// The spec of an iterator type made of fields.
template <class T, NewFunction make, UnaryFunction step>
TypeSpec iteratorSpec(Type* type, const MethodDef* methods, const char* doc) {
  return TypeSpec{.type = type, .basic_size = sizeof(T), .doc = doc, .methods = methods, .dealloc = deallocFields<T>,
                  .traverse = traverseFields<T>, .clear = clearFields<T>, .fill = [](Slots& slots) {
                    slots.new_ = make;
                    slots.iter = iteratorSelf;
                    slots.next = step;
                  }};
}

// The attribute __dict__ of types with a dict_offset: {"__dict__", getDictField, setDictField, nullptr} in their getset tables.
Ref<> getDictField(Thread& t, Value self);
bool setDictField(Thread& t, Value self, Value to);

// Makes a type and enters it into the module under the last part of its name. False: raised.
[[nodiscard]] inline bool addNativeType(Thread& t, ModuleObject* module, const TypeSpec& spec, const char* dotted_name,
                                        uint32_t flags = kTypeCollectable) {
  Ref<Type> made = makeNativeType(t, spec, dotted_name, &types::Object, flags);
  const char* dot = strrchr(dotted_name, '.');
  return made && moduleAdd(t, module, dot ? dot + 1 : dotted_name, std::move(made));
}

}  // namespace krait
