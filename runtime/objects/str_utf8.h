// UTF-8 views of strings, for C interfaces and messages.
#pragma once
#include "runtime/memory/memory.h"
#include "runtime/objects/str.h"

namespace krait {

// The UTF-8 bytes of a string, ended by a zero byte: ASCII strings are not copied, others go into a buffer of this object.
class Utf8 {
 public:
  Utf8() = default;
  explicit Utf8(const Str* s) { setLossy(s); }  // for messages
  Utf8(const Utf8&) = delete;
  ~Utf8() {
    if (owned_) freeBuffer(owned_);
  }
  // False: a lone surrogate (UnicodeEncodeError) or no memory, raised. `s` stays alive as long as the view is used.
  [[nodiscard]] bool set(Thread& t, const Str* s);
  // For messages: surrogates become "\udc80"-like escapes; cannot raise (memory failure gives an empty view).
  void setLossy(const Str* s);
  std::string_view view() const { return {text_, size_}; }
  const char* c_str() const { return text_; }
  size_t size() const { return size_; }

 private:
  char* room(size_t size);

  const char* text_ = "";
  size_t size_ = 0;
  char* owned_ = nullptr;
  char local_[120];
};

// Writes the UTF-8 form (1 to 4 bytes, surrogates as three) and gives the end.
inline char* putUtf8(char* p, uint32_t c) {
  if (c < 0x80) {
    *p++ = char(c);
  } else if (c < 0x800) {
    *p++ = char(0xC0 | c >> 6);
    *p++ = char(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    *p++ = char(0xE0 | c >> 12);
    *p++ = char(0x80 | (c >> 6 & 0x3F));
    *p++ = char(0x80 | (c & 0x3F));
  } else {
    *p++ = char(0xF0 | c >> 18);
    *p++ = char(0x80 | (c >> 12 & 0x3F));
    *p++ = char(0x80 | (c >> 6 & 0x3F));
    *p++ = char(0x80 | (c & 0x3F));
  }
  return p;
}
// The number of UTF-8 bytes of a string (surrogates count three).
size_t utf8Size(const Str* s);
// Index of the first surrogate, or -1.
int64_t findSurrogate(const Str* s);

}  // namespace krait
