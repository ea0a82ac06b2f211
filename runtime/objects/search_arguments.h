// Arguments of find, index, count, startswith, ... for str, bytes and bytearray: (what[, start[, end]]).
#pragma once
#include <algorithm>
#include "runtime/core/error.h"
#include "runtime/core/native.h"

namespace krait {

struct SearchArguments {
  Value what;
  int64_t start = 0;
  int64_t end = 0;  // within the length; start may be beyond it: then nothing is found, not even an empty text
};

// The bound of a slice: None or missing leaves *out, negative values count from the end. False: raised.
[[nodiscard]] bool searchBound(Thread& t, Value v, int64_t length, int64_t* out);
[[nodiscard]] bool searchArguments(Thread& t, Value self, const char* name, Args args, int64_t length, SearchArguments* out);

}  // namespace krait
