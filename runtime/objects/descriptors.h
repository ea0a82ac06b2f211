// Descriptors: what stands in a type's dict and computes an attribute.
#pragma once
#include "runtime/core/native.h"
#include "runtime/core/type.h"

namespace krait {

// One row of the dunder table (core/dunders.cpp): the relation of a special method and a native slot.
struct DunderDef;
using WrapperFunction = Ref<> (*)(Thread& t, Value self, Args args, void* slot);
struct DunderDef {
  const char* name;
  uint16_t slot;              // index of the function pointer in Slots
  void* generic;              // the slot function that calls the method of a Python class; may be null
  WrapperFunction wrapper;    // calls the native slot with the method's arguments; null: no wrapper is made
  const char* signature;
  const char* doc;
  Str* interned;              // the name, from start-up on
};

struct WrapperDescr : Object {  // "slot wrapper": a native slot as method
  Type* owner;
  const DunderDef* def;
  void* function;               // the slot's content in the owner
};
struct MethodWrapper : Object {  // a slot wrapper bound to an instance
  WrapperDescr* descr;
  Value self;
};
struct GetSetDescr : Object {
  Type* owner;
  Str* name;
  const GetSetDef* def;
};
// A field of the C++ struct, or one of __slots__ (def null): then `offset` is the field's distance from the object, or with
// behind_data the index into variableSlots().
struct MemberDescr : Object {
  Type* owner;
  Str* name;
  const MemberDef* def;
  uint32_t offset;
  bool behind_data;
  const GetSetDef* computed;  // not null: no field, see GetSetDef::member
};
struct Property : Object {
  Value getter, setter, deleter, doc;  // None when absent
  bool getter_doc;                     // doc was taken from the getter
};
struct ClassMethod : Object {
  Value callable;
  Dict* dict;   // or null
};
struct StaticMethod : Object {
  Value callable;
  Dict* dict;
};
struct Super : Object {
  Type* start;      // super(start, ...)
  Value self;       // or empty: unbound
  Type* self_type;
};

Ref<> newMethodDescr(Thread& t, Type* owner, const MethodDef* def);   // method_descriptor, or for classes, or staticmethod
Ref<> newGetSetDescr(Thread& t, Type* owner, const GetSetDef* def);
Ref<> newMemberDescr(Thread& t, Type* owner, const MemberDef* def);
Ref<> newSlotDescr(Thread& t, Type* owner, Str* name, uint32_t offset, bool behind_data);
Ref<> newWrapperDescr(Thread& t, Type* owner, const DunderDef* def, void* function);
Ref<> newStaticMethod(Thread& t, Value callable);
Ref<> newClassMethod(Thread& t, Value callable);
Ref<> newProperty(Thread& t, Value getter, Value setter, Value deleter, Value doc);
// The field of a __slots__ descriptor in an instance that was checked to be of its owner.
Value* slotField(Object* self, const MemberDescr* descr);
// Calls a slot wrapper with self separate from the arguments.
Ref<> callWrapper(Thread& t, WrapperDescr* descr, Value self, Args args);

}  // namespace krait
