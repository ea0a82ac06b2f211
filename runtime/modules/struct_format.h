// The format strings of struct: parsing, packing and unpacking.
#pragma once
#include <string_view>
#include "runtime/core/error.h"

namespace krait {

// One group of like items: `count` items of `size` bytes, the first at `offset`. 's' and 'p' are one item of `size` bytes.
struct StructField {
  char letter;
  int64_t offset;
  int64_t size;
  int64_t count;
};

struct StructLayout {
  StructField* fields = nullptr;  // a buffer
  int64_t field_count = 0;
  int64_t item_count = 0;         // values that are packed or unpacked
  int64_t size = 0;
  bool native = true;             // '@': C's sizes and alignment, range errors of C types
  bool big = false;
};

// struct.error; made by the module's init.
Type* structError();
void setStructError(Type* type);

// False: raised. The layout's buffer belongs to the caller.
[[nodiscard]] bool parseStruct(Thread& t, std::string_view format, StructLayout* out);
[[nodiscard]] bool packStruct(Thread& t, const StructLayout& layout, const Value* values, uint8_t* data);
Ref<> unpackStruct(Thread& t, const StructLayout& layout, const uint8_t* data);

}  // namespace krait
