// int() and float() of text: str with any Unicode digits, or bytes.
#pragma once
#include "runtime/core/error.h"
#include "runtime/objects/str.h"

namespace krait {

// The ASCII form of a number written with Unicode digits and spaces; other characters become '?', so that parsing fails there.
class NumberText {
 public:
  NumberText() = default;
  NumberText(const NumberText&) = delete;
  ~NumberText();
  [[nodiscard]] bool set(Thread& t, const Str* s);
  std::string_view view() const { return {text_, size_}; }

 private:
  const char* text_ = "";
  size_t size_ = 0;
  char* owned_ = nullptr;
  char local_[64];
};

Ref<> intFromStr(Thread& t, Value str, int base);
// float(v) for str, bytes and other buffers; TypeError for anything else.
Ref<> floatFromText(Thread& t, Value v);
// The number in text with underscores and surrounding spaces allowed, as float() reads it; false: no number there (nothing raised).
bool readFloat(std::string_view text, double* out);

}  // namespace krait
