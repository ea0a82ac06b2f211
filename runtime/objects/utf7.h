// UTF-7 (RFC 2152).
#pragma once
#include "runtime/objects/codecs.h"

namespace krait {

Ref<Bytes> encodeUtf7(Thread& t, const Str* s);
Ref<Str> decodeUtf7(Thread& t, std::string_view data, const char* errors, size_t* consumed);

}  // namespace krait
