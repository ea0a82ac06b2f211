// str.format, format_map and the % operator of str.
#pragma once
#include "runtime/core/native.h"
#include "runtime/objects/str.h"

namespace krait {
struct Bytes;

Ref<> strFormatMethod(Thread& t, Value self, Args args);
Ref<> strFormatMapMethod(Thread& t, Value self, Value mapping);
// format % arguments
Ref<> percentFormat(Thread& t, Str* format, Value arguments);
// The same for bytes and bytearray: an exact bytes object with the result.
Ref<Bytes> percentFormatBytes(Thread& t, std::string_view format, Value arguments);

}  // namespace krait
