// Objects whose size depends on their content (str, bytes, tuple), and where their subclasses keep attributes.
//
// Data of such a base has no fixed end, so an instance of a Python subclass keeps its words behind the data:
//
//   [ base part: variableBaseSize(o) bytes, a multiple of 8 ] [ AttrBlock*, when the class has __dict__ ] [ __slots__ fields ]
//
// A class with such a base has attrs_offset kAttrsBehindData instead of an offset and inline_capacity 0: attributes go to
// the AttrBlock (instance.h). Instances of subclasses of int and float have fixed structs (IntInstance, FloatInstance).
#pragma once
#include "runtime/core/thread.h"
#include "runtime/core/type.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"

namespace krait {

inline constexpr uint32_t kAttrsBehindData = 1;  // no real offset is odd
inline constexpr uint32_t kTypeVariableSize = kTypeStrSubclass | kTypeBytesSubclass | kTypeTupleSubclass;

// Bytes of the base part of a str, bytes or tuple, or of an instance of their subclasses.
inline size_t variableBaseSize(const Object* o) {
  uint32_t flags = o->type()->flags;
  if (flags & kTypeStrSubclass) return strSize(static_cast<const Str*>(o)->capacity);
  if (flags & kTypeBytesSubclass) return bytesSize(static_cast<const Bytes*>(o)->size);
  return sizeof(Tuple) + size_t(static_cast<const Tuple*>(o)->size) * sizeof(Value);
}

// Bytes behind the base part that instances of this class need (0 for the builtin types themselves).
inline size_t variableExtraSize(const Type* type) {
  return (type->attrs_offset ? sizeof(void*) : 0) + type->slot_count * sizeof(Value);
}
// Where the __slots__ fields of such an instance begin.
inline Value* variableSlots(Object* o) {
  return reinterpret_cast<Value*>(reinterpret_cast<char*>(o) + variableBaseSize(o) + (o->type()->attrs_offset ? sizeof(void*) : 0));
}

// The size an instance was allocated with: any type whose instances are a fixed struct or have a variable base. Deallocation of
// a builtin base type that can be subclassed ends with freeInstance.
inline size_t instanceSize(const Object* o) {
  const Type* type = o->type();
  if (type->flags & kTypeVariableSize) return variableBaseSize(o) + variableExtraSize(type);
  return type->attrs_offset ? type->attrs_offset + sizeof(void*) + type->inline_capacity * sizeof(Value) : type->basic_size;
}
inline Sort sortOf(const Type* type) { return type->has(kTypeCollectable) ? Sort::kCollectable : Sort::kPlain; }
inline void freeInstance(Object* o) { freeObject(o, instanceSize(o), sortOf(o->type())); }

// An instance of `type` (a variable-sized builtin or a subclass) with this many bytes of base part; the words behind are zero.
inline Object* allocateVariable(Type* type, size_t base_size) {
  size_t extra = variableExtraSize(type);
  Object* o = allocateObject(base_size + extra, sortOf(type), type, type->instance_kind);
  if (o && extra) memset(reinterpret_cast<char*>(o) + base_size, 0, extra);
  return o;
}
// The same for a fixed struct: the attribute words (AttrBlock*, inline slots, __slots__ fields) are zero.
template <class T>
T* allocateInstance(Type* type) {
  size_t size = type->attrs_offset ? type->attrs_offset + sizeof(void*) + type->inline_capacity * sizeof(Value) : type->basic_size;
  Object* o = allocateObject(size, sortOf(type), type, type->instance_kind);
  if (o && size > sizeof(T)) memset(reinterpret_cast<char*>(o) + sizeof(T), 0, size - sizeof(T));
  return static_cast<T*>(o);
}

}  // namespace krait
