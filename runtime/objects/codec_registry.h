// The codec registry: search functions, cached codecs (codecs.register, codecs.lookup).
#pragma once
#include "runtime/core/error.h"

namespace krait {

[[nodiscard]] bool registerCodecSearch(Thread& t, Value function);
void unregisterCodecSearch(Thread& t, Value function);
// The CodecInfo tuple for a name; LookupError "unknown encoding: X".
Ref<> lookupCodec(Thread& t, const char* encoding);
// codecs.encode / codecs.decode: any object through any codec. encoding null: utf-8.
Ref<> codecEncode(Thread& t, Value object, const char* encoding, const char* errors);
Ref<> codecDecode(Thread& t, Value object, const char* encoding, const char* errors);

// At the end of the program: search functions, codecs and error handlers of Python code are let go.
void releaseCodecs(Thread& t);

}  // namespace krait
