// Numbers in memory: see native_pack.h.
#include "runtime/objects/native_pack.h"
#include <cmath>
#include <cstring>
#include "runtime/objects/bytes.h"
#include "runtime/objects/float.h"
#include "runtime/objects/int.h"
#include "runtime/protocols/protocols.h"

namespace krait {

int nativeSize(char letter) {
  switch (letter) {
    case 'c': case 'b': case 'B': case '?': return 1;
    case 'h': case 'H': case 'e': return 2;
    case 'i': case 'I': case 'f': return 4;
    case 'l': case 'L': case 'q': case 'Q': case 'n': case 'N': case 'P': case 'd': return 8;
    default: return 0;
  }
}

double halfToDouble(uint16_t bits) {
  int exponent = (bits >> 10) & 31;
  int mantissa = bits & 0x3FF;
  double d;
  if (exponent == 31) {
    d = mantissa ? NAN : HUGE_VAL;
  } else if (exponent == 0) {
    d = std::ldexp(double(mantissa), -24);
  } else {
    d = std::ldexp(double(mantissa + 1024), exponent - 25);
  }
  return bits & 0x8000 ? -d : d;
}

bool doubleToHalf(double d, uint16_t* bits) {
  uint16_t sign = std::signbit(d) ? 0x8000 : 0;
  d = std::fabs(d);
  if (std::isnan(d)) {
    *bits = 0x7E00;
    return true;
  }
  if (std::isinf(d)) {
    *bits = sign | 0x7C00;
    return true;
  }
  int exponent;
  (void)std::frexp(d, &exponent);             // d < 2**exponent
  int quantum = std::max(exponent - 11, -24); // the weight of the last bit
  double scaled = std::nearbyint(std::ldexp(d, -quantum));  // half to even
  if (scaled == 2048.0) {
    scaled = 1024.0;
    ++quantum;
  }
  int stored = scaled < 1024.0 ? 0 : quantum + 25;
  if (stored >= 31) return false;
  *bits = uint16_t(sign | stored << 10 | (int(scaled) & 0x3FF));
  return true;
}

namespace {

template <class T>
T load(const uint8_t* data) {
  T v;
  memcpy(&v, data, sizeof v);
  return v;
}
template <class T>
void store(uint8_t* data, T v) {
  memcpy(data, &v, sizeof v);
}

PackResult packInteger(Thread& t, char letter, Value v, uint8_t* data) {
  if (!v.isInt() && !typeOf(v)->slots.index) return PackResult::kWrongType;
  Ref<> index = toIndexValue(t, v);
  if (!index) return PackResult::kRaisedError;
  int size = nativeSize(letter);
  bool is_signed = letter >= 'a' && letter != 'c';
  int64_t number;
  if (!is_signed && size == 8 && index.value().isObject()) {
    // Beyond int64, but perhaps within uint64.
    Int* heap = static_cast<Int*>(index.value().asObject());
    if (heap->size != 1) return PackResult::kWrongValue;
    store(data, heap->limbs[0]);
    return PackResult::kDone;
  }
  if (!intFits64(index, &number)) return PackResult::kWrongValue;
  int64_t low = is_signed ? INT64_MIN >> (64 - 8 * size) : 0;
  int64_t high = size == 8 ? INT64_MAX : is_signed ? ~low : (int64_t(1) << (8 * size)) - 1;
  if (number < low || number > high) return PackResult::kWrongValue;
  memcpy(data, &number, size_t(size));
  return PackResult::kDone;
}

}  // namespace

Ref<> unpackNative(Thread& t, char letter, const uint8_t* data) {
  switch (letter) {
    case 'c': return newBytes(t, {reinterpret_cast<const char*>(data), 1});
    case 'b': return steal(Value::fromInt(load<int8_t>(data)));
    case 'B': return steal(Value::fromInt(load<uint8_t>(data)));
    case '?': return steal(Value::fromBool(load<uint8_t>(data) != 0));
    case 'h': return steal(Value::fromInt(load<int16_t>(data)));
    case 'H': return steal(Value::fromInt(load<uint16_t>(data)));
    case 'i': return steal(Value::fromInt(load<int32_t>(data)));
    case 'I': return steal(Value::fromInt(load<uint32_t>(data)));
    case 'l': case 'q': case 'n': return newInt(t, load<int64_t>(data));
    case 'L': case 'Q': case 'N': case 'P': return newIntUnsigned(t, load<uint64_t>(data));
    case 'e': return steal(Value::fromDouble(canonicalNaN(halfToDouble(load<uint16_t>(data)))));
    case 'f': return steal(Value::fromDouble(canonicalNaN(double(load<float>(data)))));
    case 'd': return steal(Value::fromDouble(canonicalNaN(load<double>(data))));
    default: return raise(t, exc::NotImplementedError, "unsupported format %c", letter);
  }
}

PackResult packNative(Thread& t, char letter, Value v, uint8_t* data) {
  switch (letter) {
    case 'c':
      if (!isBytes(v)) return PackResult::kWrongType;
      if (asBytes(v)->size != 1) return PackResult::kWrongValue;
      *data = asBytes(v)->data[0];
      return PackResult::kDone;
    case '?': {
      int truth_value = truth(t, v);
      if (truth_value < 0) return PackResult::kRaisedError;
      *data = uint8_t(truth_value);
      return PackResult::kDone;
    }
    case 'e': case 'f': case 'd': {
      if (!isFloatLike(v) && !typeOf(v)->slots.float_ && !typeOf(v)->slots.index) return PackResult::kWrongType;
      double d = toDouble(t, v);
      if (d == -1.0 && t.raised()) return PackResult::kRaisedError;
      if (letter == 'd') {
        store(data, d);
      } else if (letter == 'f') {
        float narrow = float(d);
        if (std::isinf(narrow) && !std::isinf(d)) return PackResult::kWrongValue;
        store(data, narrow);
      } else {
        uint16_t half;
        if (!doubleToHalf(d, &half)) return PackResult::kWrongValue;
        store(data, half);
      }
      return PackResult::kDone;
    }
    default: return packInteger(t, letter, v, data);
  }
}

}  // namespace krait
