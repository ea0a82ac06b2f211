// Codecs that go by a table: charmap_encode, charmap_decode and the compact encoding table of charmap_build.
#pragma once
#include "runtime/objects/codecs.h"

namespace krait {

// mapping: str (index by byte), or a mapping from int to int, str or None.
Ref<Str> decodeCharmap(Thread& t, std::string_view data, const char* errors, Value mapping);
// mapping: an EncodingMap, or a mapping from int to int, bytes or None.
Ref<Bytes> encodeCharmap(Thread& t, Str* s, const char* errors, Value mapping);
// The inverse of a 256-character decoding table.
Ref<> buildCharmap(Thread& t, Str* table);

}  // namespace krait
