// Type objects: protocol slots, method resolution order, version, watchers.
#pragma once
#include "runtime/core/kind.h"
#include "runtime/core/native.h"

namespace krait {
struct Dict;
struct Dependent;
struct Visitor;

enum class CompareOp : uint8_t { kLess, kLessEqual, kEqual, kNotEqual, kGreater, kGreaterEqual };  // CPython's numbers

using Hash = int64_t;  // never -1, which means "raised" where a Hash is a result

using UnaryFunction = Ref<> (*)(Thread&, Value self);
using BinaryFunction = Ref<> (*)(Thread&, Value a, Value b);       // either operand may be the one of this type
using TernaryFunction = Ref<> (*)(Thread&, Value a, Value b, Value c);
using CompareFunction = Ref<> (*)(Thread&, Value a, Value b, CompareOp op);
using HashFunction = Hash (*)(Thread&, Value self);                // -1: raised
using LengthFunction = int64_t (*)(Thread&, Value self);           // -1: raised
using TruthFunction = int (*)(Thread&, Value self);                // 0, 1; -1: raised
using ContainsFunction = int (*)(Thread&, Value self, Value item); // 0, 1; -1: raised
using SetItemFunction = bool (*)(Thread&, Value self, Value key, Value v);  // v empty: delete; false: raised
using GetAttrFunction = Ref<> (*)(Thread&, Value self, Str* name);
using SetAttrFunction = bool (*)(Thread&, Value self, Str* name, Value v);  // v empty: delete; false: raised
using CallFunction = Ref<> (*)(Thread&, Value callee, Args args);
using NewFunction = Ref<> (*)(Thread&, Type* type, Args args);
using InitFunction = bool (*)(Thread&, Value self, Args args);     // false: raised
using DescrGetFunction = Ref<> (*)(Thread&, Value descr, Value instance /* or empty */, Type* owner /* or null */);
using DescrSetFunction = bool (*)(Thread&, Value descr, Value instance, Value v /* empty: delete */);
using FinalizeFunction = void (*)(Thread&, Object* self);          // what it raises goes to the unraisable hook
using DeallocFunction = void (*)(Object* self);                    // releases the contents and frees the memory
using TraverseFunction = void (*)(Object* self, Visitor& visitor); // visits every owned reference, once each
using ClearFunction = void (*)(Object* self);                      // drops references that may close a cycle

enum BinaryOp : uint8_t {
#define BINARY(name, symbol, dunder, reflected, inplace) kOp_##name,
#include "runtime/core/slots.def"
  kBinaryOpCount
};

struct Slots {
#define SLOT(field, FunctionType, dunder) FunctionType field;
#include "runtime/core/slots.def"
  BinaryFunction binary[kBinaryOpCount];
  BinaryFunction inplace[kBinaryOpCount];
};

enum TypeFlag : uint32_t {
  kTypeFinal = 1 << 0,            // cannot be a base class
  kTypeHeap = 1 << 1,             // made at run time (class statement or type())
  kTypeCollectable = 1 << 2,      // instances can be part of cycles: they live in collectable pools
  kTypeAbstract = 1 << 3,         // has abstract methods: cannot be instantiated
  kTypeHasDict = 1 << 4,          // instances have attribute slots / __dict__
  kTypeImmutable = 1 << 5,        // attributes cannot be set from Python
  kTypeHasFinalizer = 1 << 6,     // __del__ somewhere in the mro
  kTypeCustomGetattr = 1 << 7,    // __getattribute__ or __getattr__ defined in Python
  kTypeCustomSetattr = 1 << 8,
  kTypeSequencePattern = 1 << 9,  // matches sequence patterns
  kTypeMappingPattern = 1 << 10,
  kTypeReady = 1 << 11,
  kTypeDisallowNew = 1 << 12,     // "cannot create 'X' instances"
  kTypeMethodDescriptor = 1 << 13,  // instances are bound like functions by LOAD_METHOD without a bound method
  kTypeWeakrefable = 1 << 14,
  // one bit for each builtin base, inherited by subclasses, as in CPython
  kTypeIntSubclass = 1 << 24,
  kTypeFloatSubclass = 1 << 23,
  kTypeListSubclass = 1 << 25,
  kTypeTupleSubclass = 1 << 26,
  kTypeBytesSubclass = 1 << 27,
  kTypeStrSubclass = 1 << 28,
  kTypeDictSubclass = 1 << 29,
  kTypeExceptionSubclass = 1 << 30,
  kTypeTypeSubclass = 1u << 31,
};

// What a builtin type is made from; initTypes() fills the type object from it.
struct TypeSpec {
  Type* type;
  uint32_t basic_size;             // sizeof the C++ struct
  const char* doc;
  const MethodDef* methods = nullptr;   // ended by a row with name null
  const GetSetDef* getsets = nullptr;
  const MemberDef* members = nullptr;
  DeallocFunction dealloc = nullptr;
  TraverseFunction traverse = nullptr;
  ClearFunction clear = nullptr;
  void (*fill)(Slots& slots) = nullptr;  // sets the protocol slots
  uint32_t dict_offset = 0;              // of a field `Dict*` (may be null) that generic attribute access uses
};

struct Type : Object {
  const char* cname;        // name as it stands in messages: "int", "collections.OrderedDict"; owned for heap types
  Str* name;                // __name__
  Str* qualname;
  Type* base;
  Tuple* bases;
  Tuple* mro;               // tuple of types, this one first
  Dict* dict;               // owned; every change goes through setTypeAttribute, which bumps versions and fires watchers
  Type** subclasses;        // direct ones, in order of creation; not owned; a buffer or null
  uint32_t flags;
  uint32_t basic_size;      // bytes of an instance before inline attribute slots
  uint32_t version;         // 0: no cache may be filled; changes whenever an attribute lookup on it may change
  uint32_t instance_kind;   // kind of a new instance (root shape's kind for Python classes)
  uint32_t attrs_offset;    // where AttrBlock* stands (instance.h); 0: no attribute slots; kAttrsBehindData: variable.h
  uint32_t slots_offset;    // where the __slots__ of this class begin
  uint16_t inline_capacity; // attribute slots that follow AttrBlock* inside the instance
  uint16_t slot_count;      // number of Value fields for __slots__, this class and bases
  Shape* root_shape;
  Dependent* watchers;      // list, see watch.h
  Type* solid_base;         // the nearest ancestor with a C++ layout of its own
  DeallocFunction dealloc;
  TraverseFunction traverse;
  ClearFunction clear;
  uint32_t subclass_count;
  uint32_t shape_count;     // live shapes of this class, see kMaxShapes
  struct Representations* representations;  // what was seen for each attribute, by shape.cpp; or null
  uint32_t dict_offset;     // builtin types with a Dict* field for attributes (functions, modules): its offset, else 0
  Slots slots;

  bool has(uint32_t flag) const { return (flags & flag) != 0; }
};

namespace types {
#define TYPE(Name, python_name, Base, flags) extern ::krait::Type Name;
#include "runtime/core/types.def"
#undef TYPE
}  // namespace types

inline Type* typeOf(Value v) {
  if (v.isObject()) return v.asObject()->type();
  if (v.isInt()) return &types::Int;
  if (v.isDouble()) return &types::Float;
  if (v.isBool()) return &types::Bool;
  if (v.isNone()) return &types::NoneType;
  return v == kEllipsis ? &types::EllipsisType : &types::NotImplementedType;
}
inline const char* typeName(Value v) { return typeOf(v)->cname; }

// Whether sub is base or derives from it, by the mro.
bool isSubtype(const Type* sub, const Type* base);
inline bool isInstance(Value v, const Type* type) { return typeOf(v) == type || isSubtype(typeOf(v), type); }
inline bool isExact(Value v, const Type* type) { return v.isObject() && v.asObject()->type() == type; }
inline bool hasTypeFlag(Value v, uint32_t flag) { return typeOf(v)->has(flag); }
// Subclasses included (bool is an int).
inline bool isIntLike(Value v) { return v.isInt() || hasTypeFlag(v, kTypeIntSubclass); }
inline bool isFloatLike(Value v) { return v.isDouble() || hasTypeFlag(v, kTypeFloatSubclass); }
inline bool isStr(Value v) { return v.isObject() && v.asObject()->type()->has(kTypeStrSubclass); }
inline bool isBytes(Value v) { return v.isObject() && v.asObject()->type()->has(kTypeBytesSubclass); }
inline bool isTuple(Value v) { return v.isObject() && v.asObject()->type()->has(kTypeTupleSubclass); }
inline bool isList(Value v) { return v.isObject() && v.asObject()->type()->has(kTypeListSubclass); }
inline bool isDict(Value v) { return v.isObject() && v.asObject()->type()->has(kTypeDictSubclass); }
inline bool isType(Value v) { return v.isObject() && v.asObject()->type()->has(kTypeTypeSubclass); }
inline bool isException(Value v) { return v.isObject() && v.asObject()->type()->has(kTypeExceptionSubclass); }

// Attribute lookup along the mro, through the per-thread method cache; borrowed from the class's dict; empty when absent
// (never raises). name must be interned.
Value lookupType(Type* type, Str* name);
// Sets or deletes (v empty) an attribute of a type: versions, slots of subclasses and watchers follow. False: raised.
[[nodiscard]] bool setTypeAttribute(Thread& t, Type* type, Str* name, Value v);
// A version for caches; assigns one when it has none. 0 when versions are exhausted.
uint32_t typeVersion(Type* type);
// The attribute namespace changed outside setTypeAttribute (mro, bases): as above for every attribute.
void typeModified(Type* type);

// type(name, bases, dict) with kwargs for __init_subclass__, metaclass already chosen.
Ref<Type> makeClass(Thread& t, Type* metatype, Value name, Value bases, Value dict, Args kwargs);
// Best metaclass for these bases; null: metaclass conflict or a base that is no type, raised.
Type* calculateMetaclass(Thread& t, Type* candidate, Tuple* bases);
// bases with __mro_entries__ applied, for class statements; the same tuple when nothing changes.
Ref<Tuple> resolveBases(Thread& t, Tuple* bases);
// Makes builtin types ready from specs: called by runtime start-up only, bases first.
void readyType(Thread& t, const TypeSpec& spec);
// A builtin type of a native module (not in types.def): immutable, like CPython's static types. base null means object.
Ref<Type> makeNativeType(Thread& t, const TypeSpec& spec, const char* module_and_name, Type* base, uint32_t flags);

}  // namespace krait
