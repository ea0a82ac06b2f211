// Tuples with named fields (time.struct_time, os.stat_result, sys.flags): the first `visible` fields are items, the rest attributes.
#pragma once
#include <initializer_list>
#include "runtime/core/type.h"

namespace krait {

struct StructSequence {
  const char* name;   // "time.struct_time"
  const char* doc;
  const char* fields[40];  // ended by null
  int visible;
  bool constructible = true;
  Type* type = nullptr;
};
// The type, made at first use; null: raised.
Type* structSequenceType(Thread& t, StructSequence& definition);
// An instance; the values are shared. values has an entry for each field.
Ref<> newStructSequence(Thread& t, StructSequence& definition, const Value* values);

}  // namespace krait
