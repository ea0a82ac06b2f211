// TextIOWrapper's state, for text.cpp (reading, writing) and text_position.cpp (decoding, positions).
#pragma once
#include "runtime/modules/io/io.h"
#include "runtime/objects/codecs.h"

namespace krait::io {

struct Text : IoObject {
  Value buffer;    // empty: detached
  Value encoding, errors;
  Value encoder, decoder;      // of codecs that are not native here
  NativeCodec codec;           // kUtf8, kLatin1, kAscii; kOther: encoder and decoder
  const char* newline;         // null: universal and translated; "", "\n", "\r", "\r\n"
  const char* write_newline;   // what \n becomes; null: \n
  bool universal, translate;
  bool ready, detached, readable, writable, seekable, telling, has_read1, line_buffering, write_through, finalizing;

  char* pending;               // encoded text that waits to be written
  size_t pending_size, pending_capacity;

  Value decoded;               // str
  int64_t decoded_used;        // characters of it that were given out
  uint8_t partial[4];          // native: the incomplete end of the input so far
  int partial_size;
  bool pending_cr;             // a \r was held back: \n may follow
  int seen;                    // NewlineSeen
  Value snapshot;              // bytes that `decoded` came from; empty: none
  int64_t snapshot_flags;      // decoder state in front of them
  int64_t chunk_size;
};
inline Text* asText(Value v) { return static_cast<Text*>(v.asObject()); }

bool textReady(Thread& t, Text* text);
bool textOpen(Thread& t, Text* text);
[[nodiscard]] bool textWritePending(Thread& t, Text* text);

inline void textForgetDecoded(Text* text) {
  assign(text->decoded, Ref<>());
  text->decoded_used = 0;
}
// Decodes the next bytes, newlines included.
Ref<Str> textDecode(Thread& t, Text* text, std::string_view input, bool final);
// The state of the decoder: bytes that it holds back, and flags (bit 0: a \r is held back). False: raised.
[[nodiscard]] bool textDecoderState(Thread& t, Text* text, Ref<>* bytes, int64_t* flags);
[[nodiscard]] bool textSetDecoderState(Thread& t, Text* text, std::string_view bytes, int64_t flags);
[[nodiscard]] bool textResetDecoder(Thread& t, Text* text);
Ref<> textTell(Thread& t, Value self);
Ref<> textSeek(Thread& t, Value self, const Value* args);

}  // namespace krait::io
