// The reasons by name.
#pragma once
#include <cstdint>

namespace krait::jit {
enum class Abort : uint8_t {
#define ABORT(name, sentence) k##name,
#include "jit/record/aborts.def"
#undef ABORT
};
const char* abortName(Abort reason);      // "TooLong"
const char* abortSentence(Abort reason);
}  // namespace krait::jit
