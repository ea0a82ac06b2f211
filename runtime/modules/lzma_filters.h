// Filter chains and errors of liblzma, for the _lzma module.
#pragma once
#include <lzma.h>

#include "runtime/core/error.h"

namespace krait {

extern Type* lzma_error;

// True when the result is no error.
[[nodiscard]] bool checkLzma(Thread& t, lzma_ret result);
// A number that fits 32 bits. False: raised.
[[nodiscard]] bool lzmaUint32(Thread& t, Value v, uint32_t* out);

// Filters as liblzma wants them, made from the dicts that describe them.
class FilterChain {
 public:
  FilterChain() { filters_[0].id = LZMA_VLI_UNKNOWN; }
  FilterChain(const FilterChain&) = delete;
  ~FilterChain();
  [[nodiscard]] bool parse(Thread& t, Value specs);    // a sequence
  [[nodiscard]] bool parseOne(Thread& t, Value spec);  // a single one
  const lzma_filter* get() const { return filters_; }

 private:
  lzma_filter filters_[LZMA_FILTERS_MAX + 1];
};

Ref<> encodeFilterProperties(Thread& t, Value module, Value spec);
Ref<> decodeFilterProperties(Thread& t, Value module, const Value* args);

}  // namespace krait
