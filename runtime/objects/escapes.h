// Text with backslash escapes: the unicode_escape and raw_unicode_escape codecs, and escapes of bytes.
#pragma once
#include "runtime/objects/codecs.h"

namespace krait {

Ref<Str> decodeUnicodeEscape(Thread& t, std::string_view data, const char* errors, size_t* consumed);
Ref<Bytes> encodeUnicodeEscape(Thread& t, const Str* s);
Ref<Str> decodeRawUnicodeEscape(Thread& t, std::string_view data, const char* errors, size_t* consumed);
Ref<Bytes> encodeRawUnicodeEscape(Thread& t, const Str* s);
Ref<Bytes> decodeEscape(Thread& t, std::string_view data, const char* errors);
Ref<Bytes> encodeEscape(Thread& t, std::string_view data);

}  // namespace krait
