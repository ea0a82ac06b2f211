// What the files of the builtin exceptions share.
#pragma once
#include "runtime/objects/exception_types.h"

namespace krait {

// The Values that a builtin exception has behind BaseException's fields (integers follow them).
size_t exceptionFieldCount(const Type* native_type);
inline Value* exceptionFields(BaseException* e) {
  return reinterpret_cast<Value*>(reinterpret_cast<char*>(e) + sizeof(BaseException));
}
// What a builtin exception adds to its base (exception_fields.cpp).
const TypeSpec& exceptionSpec(Type* type);
bool exceptionSetArgs(Thread& t, Value self, Args args);
Ref<> exceptionStr(Thread& t, Value self);
Ref<> exceptionReduce(Thread& t, Value self);

// exception_group.cpp
const TypeSpec& baseExceptionGroupSpec();
void readyExceptionGroup(Thread& t);

// ready.cpp: the native header of a static type object.
void startStaticType(Type* type, const char* name, Type* base, uint32_t flags);

}  // namespace krait
