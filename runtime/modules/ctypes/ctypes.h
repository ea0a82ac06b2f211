// _ctypes: what its files share.
//
//   class c_int(_SimpleCData)   a class made by one of the metatypes; its dict holds a Layout (hidden under
//   kLayoutName) c_int(5)                    a Data: memory of its own or a window on another Data's, with what that
//   memory points to kept alive
//
// A class without a Layout is abstract. Memory is only ever read and written through Layouts: sizes are checked where
// views are made, but an address that the program made up is followed blindly, as in C.
#pragma once
#include <ffi.h>

#include "runtime/core/error.h"
#include "runtime/modules/fields.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait::ctypes {

// How values of one type code are read and written; `size` carries a bit field's width and place (see bits in
// simple.cpp). set gives what must be kept alive as long as the memory: None for nothing; empty: raised.
using Getter = Ref<> (*)(Thread& t, const uint8_t* from, int64_t size);
using Setter = Ref<> (*)(Thread& t, uint8_t* to, Value v, int64_t size);
struct Code {
  char letter;
  ffi_type* native;
  int size;
  Getter get;
  Setter set;
  Getter get_swapped;  // null: has no other byte order
  Setter set_swapped;
};
const Code* codeOf(char letter);  // null: no such code

enum LayoutFlag : uint32_t {
  kUseErrno = 8,
  kPythonApi = 4,
  kIsPointer = 0x100,
  kHasPointer = 0x200,
  kHasUnion = 0x400,
  kHasBits = 0x800,
  kFinal = 0x1000,
};
enum class Form : uint8_t { kStruct, kUnion, kArray, kPointer, kSimple, kFunction };

struct Layout : Object {
  Value proto;                      // owned: type of items; the code of simple types (str)
  Value argtypes;                   // owned tuple or empty; functions
  Value converters;                 // owned tuple of from_param methods or empty
  Value restype;                    // owned or empty
  Value checker;                    // owned or empty: restype._check_retval_
  int64_t size, alignment, length;  // length: fields, items
  Getter get;
  Setter set;
  ffi_type native;  // what libffi calls the type; its elements, if any, are `elements`
  ffi_type* elements[5];
  uint32_t flags;
  Form form;
  int dimensions;
  int64_t* shape;  // owned buffer or null
  char* format;    // owned buffer or null, as in PEP 3118
};
inline constexpr const char* kLayoutName = "__ctypes_layout__";

struct Data : Object {
  uint8_t* memory;
  int64_t size;
  int64_t length;  // of the layout, when it was made
  int64_t index;   // in base
  Value base;      // owned Data or empty: whose memory this is
  Value objects;   // owned or empty: what the memory refers to (a dict by unique keys, or one value)
  int32_t owns;    // the memory is this object's
  bool separate;   // ... and is a buffer, not `small`
  alignas(16) uint8_t small[16];
};
struct FunctionData : Data {
  Value thunk;                                                         // owned or empty
  Value callable;                                                      // owned or empty
  Value argtypes, converters, restype, checker, errcheck, paramflags;  // owned or empty: the layout's count then
};

// An argument that was converted.
struct Argument : Object {
  ffi_type* native;
  char tag;
  alignas(16) uint8_t bytes[16];
  Value object;    // owned: keeps alive what the bytes point to
  uint8_t* block;  // owned buffer or null: a struct passed by value
};

struct FieldObject : Object {
  Value proto;  // owned
  int64_t offset, size, index;
  Getter get;
  Setter set;
  bool anonymous;
};

extern Type *data_type, *struct_type, *union_type, *array_type, *pointer_type, *simple_type, *function_type;
extern Type *struct_meta, *union_meta, *array_meta, *pointer_meta, *simple_meta, *function_meta;
extern Type *layout_type, *argument_type, *field_type, *thunk_type, *argument_error;
extern Dict* pointer_cache;  // POINTER's: type -> pointer type

inline Data* asData(Value v) { return static_cast<Data*>(v.asObject()); }
inline Type* asClass(Value v) { return static_cast<Type*>(v.asObject()); }
inline bool isData(Value v) { return v.isObject() && isInstance(v, data_type); }
inline bool isArgument(Value v) { return isExact(v, argument_type); }
template <class F>
F* castTo(Value v) {
  return static_cast<F*>(v.asObject());
}

// --- layouts (layout.cpp) ---
Layout* layoutOf(const Type* type);  // borrowed; null: none
Layout* layoutOfClass(Value v);      // null also when v is no class
inline Layout* layoutOfData(Value v) { return layoutOf(typeOf(v)); }
Ref<Layout> newLayout(Thread& t, Form form);
[[nodiscard]] bool setLayout(Thread& t, Type* type, Ref<Layout> layout);
char* copyText(Thread& t, std::string_view text);  // a buffer; null: raised
[[nodiscard]] bool addLayoutTypes(Thread& t, ModuleObject* m);
// Makes a class through its metatype.
Ref<Type> makeDerived(Thread& t, Type* metatype, const char* name, Type* base, Dict* space);
// The class, made by type.__new__ for a metatype, or empty.
Ref<Type> makePlainClass(Thread& t, Type* metatype, Args args);

// --- data (data.cpp) ---
Ref<> newData(Thread& t, Type* type, Args args);            // __new__: fresh, zeroed memory
Ref<Data> dataAt(Thread& t, Type* type, uint8_t* address);  // a window on an address
Ref<Data> dataInside(Thread& t, Type* type, Value base /* or empty: a copy */, int64_t index, uint8_t* address);
Ref<> getData(Thread& t, Value type, Getter get, Value source, int64_t index, int64_t size, uint8_t* address);
[[nodiscard]] bool setData(Thread& t, Value target, Value type, Setter set, Value v, int64_t index, int64_t size,
                           uint8_t* address);
[[nodiscard]] bool keepAlive(Thread& t, Data* target, int64_t index, Ref<> what);
Ref<> keptObjects(Thread& t, Data* data);
void clearData(Data* data);
void traverseData(Object* self, Visitor& visitor);
void deallocData(Object* self);
[[nodiscard]] bool resizeData(Thread& t, Data* data, int64_t size);
[[nodiscard]] bool addDataType(Thread& t, ModuleObject* m);
extern const MethodDef kMetaMethods[];  // from_address and the like, for every metatype
Ref<> fromParameter(Thread& t, Value cls, Value v);
Ref<> repeatType(Thread& t, Value a, Value b);
bool isSimpleSubclass(Value type);  // of c_int and the like: values are not unpacked

// --- the kinds of types ---
[[nodiscard]] bool addSimpleTypes(Thread& t, ModuleObject* m);
[[nodiscard]] bool addStructTypes(Thread& t, ModuleObject* m);
[[nodiscard]] bool addArrayTypes(Thread& t, ModuleObject* m);
[[nodiscard]] bool addPointerTypes(Thread& t, ModuleObject* m);
[[nodiscard]] bool addFunctionTypes(Thread& t, ModuleObject* m);
Ref<> arrayTypeOf(Thread& t, Value item_type, int64_t length);
Ref<> pointerTypeTo(Thread& t, Value type);  // POINTER()
// The PEP 3118 format of a simple type.
std::string_view simpleFormat(char letter, bool big, char* buffer);
void setNativeClass(Layout* layout);  // structs and unions: how registers carry them
extern const MethodDef kFunctions[];  // of the module

// A metatype, or a type made by one: its metatype is set afterwards, which native types know nothing of.
Type* addMeta(Thread& t, const TypeSpec& spec, const char* dotted_name);
Type* addBase(Thread& t, ModuleObject* m, const TypeSpec& spec, const char* dotted_name, Type* metatype);

// --- calls ---
Ref<Argument> newArgument(Thread& t, char tag, ffi_type* native, Value object);
Ref<Argument> argumentOf(Thread& t, Value data);  // a Data as an argument
Ref<> callForeign(Thread& t, void (*function)(), Tuple* args, uint32_t flags, Value argument_types, Value restype,
                  Value checker);
Ref<> newThunk(Thread& t, Value callable, Tuple* argument_types, Value restype, uint32_t flags, void** address);
Ref<Tuple> convertersOf(Thread& t, Value types);
int& errnoCopy();
// The Python thread that is outside in foreign code on this native thread; null: none.
extern thread_local Thread* outside;

}  // namespace krait::ctypes
