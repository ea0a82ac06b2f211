// UTF-8 views of strings: see str_utf8.h.
#include "runtime/objects/str_utf8.h"
#include <cstdio>
#include "runtime/objects/codecs.h"
#include "runtime/objects/str_internal.h"

namespace krait {

size_t utf8Size(const Str* s) {
  if (s->ascii) return size_t(s->length);
  return visitText(s, [s](auto* text) {
    size_t size = 0;
    for (int64_t i = 0; i < s->length; ++i) {
      uint32_t c = text[i];
      size += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    }
    return size;
  });
}

int64_t findSurrogate(const Str* s) {
  if (s->width == 1) return -1;
  return visitText(s, [s](auto* text) {
    for (int64_t i = 0; i < s->length; ++i) {
      if ((uint32_t(text[i]) & 0xFFFFF800) == 0xD800) return i;
    }
    return int64_t(-1);
  });
}

char* Utf8::room(size_t size) {
  if (size < sizeof local_) return local_;
  return owned_ = static_cast<char*>(allocateBuffer(size + 1));
}

bool Utf8::set(Thread& t, const Str* s) {
  size_ = size_t(s->length);
  text_ = reinterpret_cast<const char*>(s->data);
  if (s->ascii) return true;
  if (int64_t bad = findSurrogate(s); bad >= 0) {
    int64_t end = bad + 1;
    while (end < s->length && (s->at(end) & 0xFFFFF800) == 0xD800) ++end;
    return raiseEncodeError(t, "utf-8", Value(s), bad, end, "surrogates not allowed");
  }
  size_ = utf8Size(s);
  char* out = room(size_);
  if (!out) return raiseNoMemory(t);
  text_ = out;
  for (int64_t i = 0; i < s->length; ++i) out = putUtf8(out, s->at(i));
  *out = 0;
  return true;
}

void Utf8::setLossy(const Str* s) {
  size_ = size_t(s->length);
  text_ = reinterpret_cast<const char*>(s->data);
  if (s->ascii) return;
  char* out = room(size_t(s->length) * 6);
  text_ = "";
  size_ = 0;
  if (!out) return;
  text_ = out;
  for (int64_t i = 0; i < s->length; ++i) {
    uint32_t c = s->at(i);
    out = (c & 0xFFFFF800) == 0xD800 ? out + snprintf(out, 7, "\\u%04x", c) : putUtf8(out, c);
  }
  *out = 0;
  size_ = size_t(out - text_);
}

}  // namespace krait
