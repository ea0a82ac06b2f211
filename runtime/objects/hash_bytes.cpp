// SipHash-1-3 and its key: see hash_bytes.h.
#include "runtime/objects/hash_bytes.h"
#include <cstdlib>
#include <cstring>
#include <sys/random.h>

namespace krait {
namespace {

uint64_t key0, key1;
bool ready = false;
bool randomised = true;

// CPython fills the secret from a seed with this generator (the bytes above the 16 bits that it drops).
void keysFromSeed(uint32_t seed) {
  uint8_t secret[16];
  uint32_t state = seed;
  for (uint8_t& byte : secret) {
    state = state * 214013 + 2531011;
    byte = uint8_t(state >> 16);
  }
  memcpy(&key0, secret, 8);
  memcpy(&key1, secret + 8, 8);
}

void randomKeys() {
  uint64_t words[2];
  if (getrandom(words, sizeof words, 0) != ssize_t(sizeof words)) {
    words[0] = reinterpret_cast<uint64_t>(&words) * 0x9E3779B97F4A7C15;  // address space randomisation is what is left
    words[1] = ~words[0] * 0xD1B54A32D192ED03;
  }
  key0 = words[0];
  key1 = words[1];
}

inline uint64_t rotate(uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }

struct SipState {
  uint64_t a, b, c, d;
  void round() {
    a += b;
    c += d;
    b = rotate(b, 13) ^ a;
    d = rotate(d, 16) ^ c;
    a = rotate(a, 32);
    c += b;
    a += d;
    b = rotate(b, 17) ^ c;
    d = rotate(d, 21) ^ a;
    c = rotate(c, 32);
  }
};

uint64_t sipHash13(uint64_t low_key, uint64_t high_key, const void* data, size_t size) {
  SipState s{low_key ^ 0x736f6d6570736575, high_key ^ 0x646f72616e646f6d, low_key ^ 0x6c7967656e657261, high_key ^ 0x7465646279746573};
  const uint8_t* p = static_cast<const uint8_t*>(data);
  size_t left = size;
  for (; left >= 8; left -= 8, p += 8) {
    uint64_t word;
    memcpy(&word, p, 8);
    s.d ^= word;
    s.round();
    s.a ^= word;
  }
  uint64_t last = uint64_t(size) << 56;
  for (size_t i = 0; i < left; ++i) last |= uint64_t(p[i]) << (8 * i);
  s.d ^= last;
  s.round();
  s.a ^= last;
  s.c ^= 0xFF;
  s.round();
  s.round();
  s.round();
  return s.a ^ s.b ^ s.c ^ s.d;
}

}  // namespace

bool initHashSecret(bool use_environment) {
  const char* text = use_environment ? getenv("PYTHONHASHSEED") : nullptr;
  ready = true;
  if (!text || !*text || strcmp(text, "random") == 0) {
    randomised = true;
    randomKeys();
    return true;
  }
  char* end;
  unsigned long seed = strtoul(text, &end, 10);
  if (*end || seed > 0xFFFF'FFFF || *text == '-') return false;
  randomised = seed != 0;
  if (seed == 0) {
    key0 = key1 = 0;
  } else {
    keysFromSeed(uint32_t(seed));
  }
  return true;
}

bool hashesAreRandom() { return randomised; }

Hash hashBytes(const void* data, size_t size) {
  if (size == 0) return 0;
  if (KRAIT_UNLIKELY(!ready)) initHashSecret(true);
  Hash hash = Hash(sipHash13(key0, key1, data, size));
  return hash == -1 ? -2 : hash;
}

uint64_t keyedHash(uint64_t key, const void* data, size_t size) { return sipHash13(key, 0, data, size); }

}  // namespace krait
