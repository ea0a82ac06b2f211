// What encoders and decoders do with what they cannot convert: native error modes, and handlers in Python.
#pragma once
#include "runtime/objects/byte_builder.h"
#include "runtime/objects/codecs.h"
#include "runtime/objects/str_builder.h"

namespace krait {

// Of one encode call.
class EncodeErrors {
 public:
  EncodeErrors(Thread& t, Str* text, const char* encoding, NativeCodec codec, const char* errors);
  // The code points [start, end) cannot be encoded: writes what stands for them and gives the position to go on from; -1: raised.
  int64_t handle(ByteBuilder& out, int64_t start, int64_t end, const char* reason);

 private:
  int64_t callHandler(ByteBuilder& out, int64_t start, int64_t end, const char* reason);
  bool putText(ByteBuilder& out, const Str* replacement, int64_t start, int64_t end, const char* reason);

  Thread& t_;
  Str* text_;
  const char* encoding_;
  NativeCodec codec_;
  const char* name_;
  ErrorMode mode_;
  Ref<> handler_;
};

// Of one decode call.
class DecodeErrors {
 public:
  DecodeErrors(Thread& t, std::string_view data, const char* encoding, NativeCodec codec, const char* errors);
  int64_t handle(StrBuilder& out, int64_t start, int64_t end, const char* reason);
  // A handler may replace the input (UnicodeDecodeError.object).
  std::string_view data() const { return data_; }

 private:
  int64_t callHandler(StrBuilder& out, int64_t start, int64_t end, const char* reason);
  int64_t surrogatePass(StrBuilder& out, int64_t start);

  Thread& t_;
  std::string_view data_;
  const char* encoding_;
  NativeCodec codec_;
  const char* name_;
  ErrorMode mode_;
  Ref<> handler_;
  Ref<> replaced_;  // the object whose bytes data_ is, once a handler replaced it
};

// Bytes and byte order of the units of a UTF-16/32 codec (0 for others).
int unitSize(NativeCodec codec);
bool isBigEndian(NativeCodec codec);
// \N{NAME} for a code point when it has a name, else its \x escape.
void putNamed(Thread& t, StrBuilder& out, uint32_t c);

}  // namespace krait
