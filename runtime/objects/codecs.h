// Text <-> bytes: the codecs that every program needs natively, and raising Unicode errors.
#pragma once
#include <string_view>
#include "runtime/core/error.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/str.h"

namespace krait {
struct Dict;

// --- raising; each returns kRaised ---
Raised raiseEncodeError(Thread& t, const char* encoding, Value text, int64_t start, int64_t end, const char* reason);
Raised raiseDecodeError(Thread& t, const char* encoding, std::string_view data, int64_t start, int64_t end, const char* reason);

// What to do with what cannot be converted. kOther: a name that is looked up in the registry of handlers.
enum class ErrorMode : uint8_t {
  kStrict, kIgnore, kReplace, kBackslashReplace, kXmlCharRefReplace, kSurrogateEscape, kSurrogatePass, kNameReplace, kOther,
};
ErrorMode errorMode(std::string_view name);

// The codec a name stands for ("UTF-8", "utf8", "latin_1", ...): kOther needs the codecs module.
enum class NativeCodec : uint8_t { kUtf8, kLatin1, kAscii, kUtf16, kUtf16Le, kUtf16Be, kUtf32, kUtf32Le, kUtf32Be, kOther };
NativeCodec nativeCodec(std::string_view name);

// `errors` is a handler's name, null for strict.
Ref<Bytes> encodeText(Thread& t, Str* s, NativeCodec codec, const char* errors);
// Decodes; with `consumed` an incomplete end is left alone and *consumed tells how much was used (incremental decoders).
Ref<Str> decodeText(Thread& t, std::string_view data, NativeCodec codec, const char* errors, size_t* consumed = nullptr);
// *byte_order: -1 little, 0 from the mark, 1 big; updated when a mark was found.
Ref<Str> decodeUtf16(Thread& t, std::string_view data, const char* errors, int* byte_order, size_t* consumed);
Ref<Str> decodeUtf32(Thread& t, std::string_view data, const char* errors, int* byte_order, size_t* consumed);

// str.encode and bytes.decode: native codecs at once, others through the codecs module. Names may be null.
Ref<> encodeStr(Thread& t, Value s, const char* encoding, const char* errors);
Ref<> decodeBytes(Thread& t, Value object, const char* encoding, const char* errors);

// The handler registry (codecs.register_error / lookup_error); a native handler is a function of this module.
Dict* errorHandlers(Thread& t);  // name -> callable; null: raised
void releaseErrorHandlers();
Ref<> lookupErrorHandler(Thread& t, const char* name);

}  // namespace krait
