// int() and float() of text: see number_text.h.
#include "runtime/objects/number_text.h"
#include <cstring>
#include "runtime/memory/memory.h"
#include "runtime/objects/float_text.h"
#include "runtime/objects/int.h"
#include "runtime/objects/unicode.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait {

NumberText::~NumberText() {
  if (owned_) freeBuffer(owned_);
}

bool NumberText::set(Thread& t, const Str* s) {
  size_ = size_t(s->length);
  text_ = reinterpret_cast<const char*>(s->data);
  if (s->ascii) return true;
  char* out = local_;
  if (size_ > sizeof local_) out = owned_ = static_cast<char*>(allocateBuffer(size_));
  if (!out) return raiseNoMemory(t);
  text_ = out;
  for (int64_t i = 0; i < s->length; ++i) {
    uint32_t c = s->at(i);
    int digit;
    if (c < 0x80) {
      out[i] = char(c);
    } else if (unicode::isSpace(c)) {
      out[i] = ' ';
    } else if ((digit = unicode::decimalValue(c)) >= 0) {
      out[i] = char('0' + digit);
    } else {
      out[i] = '?';
    }
  }
  return true;
}

Ref<> intFromStr(Thread& t, Value str, int base) {
  NumberText text;
  if (!text.set(t, asStr(str))) return kRaised;
  return newIntFromText(t, text.view().data(), text.view().size(), base, str);
}

bool readFloat(std::string_view text, double* out) {
  auto isSpace = [](char c) { return c == ' ' || (c >= 9 && c <= 13) || (c >= 28 && c <= 31); };
  while (!text.empty() && isSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && isSpace(text.back())) text.remove_suffix(1);
  if (!memchr(text.data(), '_', text.size())) return parseFloat(text, out);
  // Underscores stand between digits only.
  auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
  char local[256];
  char* clean = text.size() <= sizeof local ? local : static_cast<char*>(allocateBuffer(text.size()));
  if (!clean) return false;
  size_t size = 0;
  bool good = true;
  for (size_t i = 0; i < text.size() && good; ++i) {
    if (text[i] == '_') {
      good = i > 0 && i + 1 < text.size() && isDigit(text[i - 1]) && isDigit(text[i + 1]);
    } else {
      clean[size++] = text[i];
    }
  }
  good = good && parseFloat({clean, size}, out);
  if (clean != local) freeBuffer(clean);
  return good;
}

Ref<> floatFromText(Thread& t, Value v) {
  double d;
  bool good;
  if (isStr(v)) {
    NumberText text;
    if (!text.set(t, asStr(v))) return kRaised;
    good = readFloat(text.view(), &d);
  } else {
    Buffer buffer;
    if (!buffer.tryGet(t, v)) {
      if (t.raised()) return kRaised;
      return raise(t, exc::TypeError, "float() argument must be a string or a real number, not '%.200s'", typeName(v));
    }
    good = readFloat(buffer.view(), &d);
  }
  if (good) return steal(Value::fromDouble(d));
  Ref<Str> shown = repr(t, v);
  if (!shown) return kRaised;
  Ref<Str> lead = newStrLatin1(t, "could not convert string to float: ");
  if (!lead) return kRaised;
  Ref<> message = strConcat(t, lead, shown);
  return message ? Ref<>(raiseWith(t, exc::ValueError, message)) : Ref<>();
}

}  // namespace krait
