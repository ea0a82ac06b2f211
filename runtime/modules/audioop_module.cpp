// audioop: arithmetic on fragments of sound, samples of 1 to 4 bytes in the machine's order, and the codings of
// telephony.
#include <climits>
#include <cmath>
#include <cstring>
#include <numeric>

#include "runtime/memory/memory.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/float.h"
#include "runtime/objects/int.h"
#include "runtime/objects/module.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

Type* audioop_error = nullptr;
Raised fail(Thread& t, const char* message) { return raise(t, *audioop_error, "%s", message); }

// --- samples ---

int32_t getSample(const uint8_t* p, int width) {
  switch (width) {
    case 1: return int8_t(p[0]);
    case 2: return int16_t(p[0] | p[1] << 8);
    case 3: return p[0] | p[1] << 8 | int8_t(p[2]) * 65536;
    default: {
      int32_t v;
      memcpy(&v, p, 4);
      return v;
    }
  }
}
void setSample(uint8_t* p, int width, int32_t v) { memcpy(p, &v, size_t(width)); }
// Samples of any width as 32 bits.
int32_t getScaled(const uint8_t* p, int width) { return int32_t(uint32_t(getSample(p, width)) << (32 - 8 * width)); }
void setScaled(uint8_t* p, int width, int32_t v) { setSample(p, width, v >> (32 - 8 * width)); }
int32_t leastOf(int width) { return int32_t(-(int64_t(1) << (8 * width - 1))); }
int32_t mostOf(int width) { return int32_t((int64_t(1) << (8 * width - 1)) - 1); }
// Rounded down and held within the samples' range.
int32_t bounded(double v, int width) {
  double least = leastOf(width), most = mostOf(width);
  if (v > most) {
    v = most;
  } else if (v < least + 1.0) {
    v = least;
  }
  return int32_t(std::floor(v));
}

// --- arguments ---

bool intArgument(Thread& t, Value v, int* out) {
  int64_t number = toInt64(t, v);
  if (number == -1 && t.raised()) return false;
  if (number != int(number)) return raise(t, exc::OverflowError, "Python int too large to convert to C int");
  *out = int(number);
  return true;
}
bool doubleArgument(Thread& t, Value v, double* out) {
  *out = toDouble(t, v);
  return *out != -1.0 || !t.raised();
}
bool checkWidth(Thread& t, int width) {
  return (width >= 1 && width <= 4) || fail(t, "Size should be 1, 2, 3 or 4").operator bool();
}

// A fragment of whole samples.
struct Fragment {
  Buffer buffer;
  int width = 0;

  bool set(Thread& t, Value data, Value width_value, int channels = 1) {
    if (!buffer.get(t, data) || !intArgument(t, width_value, &width) || !checkWidth(t, width)) return false;
    return buffer.size() % size_t(width * channels) == 0 || fail(t, "not a whole number of frames").operator bool();
  }
  size_t count() const { return buffer.size() / size_t(width); }
  const uint8_t* at(size_t i) const { return buffer.data() + i * size_t(width); }
  int32_t operator[](size_t i) const { return getSample(at(i), width); }
};
// Bytes that a function fills in: a shared object of one byte would not do.
class Output {
 public:
  bool make(Thread& t, size_t size) {
    size_ = size;
    bytes_ = newBytesBlank(t, int64_t(size < 2 ? 2 : size));
    return bool(bytes_);
  }
  uint8_t* data() { return bytes_->data; }
  Ref<> finish(Thread& t, size_t used) {
    if (used == size_ && size_ >= 2) return std::move(bytes_);
    return newBytes(t, bytes_->view().substr(0, used));
  }
  Ref<> finish(Thread& t) { return finish(t, size_); }

 private:
  Ref<Bytes> bytes_;
  size_t size_ = 0;
};
// A fragment whose samples are those of another one, each put through f(sample, width).
template <class F>
Ref<> mapSamples(Thread& t, const Fragment& in, F f) {
  Output out;
  if (!out.make(t, in.buffer.size())) return kRaised;
  for (size_t i = 0; i < in.count(); ++i) setSample(out.data() + i * size_t(in.width), in.width, f(in[i]));
  return out.finish(t);
}

// --- looking ---

Ref<> getSampleFunction(Thread& t, Value, const Value* args) {
  Fragment in;
  if (!in.set(t, args[0], args[1])) return kRaised;
  int64_t index = toIndex(t, args[2]);
  if (index == -1 && t.raised()) return kRaised;
  if (index < 0 || index >= int64_t(in.count())) return fail(t, "Index out of range");
  return newInt(t, in[size_t(index)]);
}
Ref<> maxFunction(Thread& t, Value, const Value* args) {
  Fragment in;
  if (!in.set(t, args[0], args[1])) return kRaised;
  int64_t most = 0;
  for (size_t i = 0; i < in.count(); ++i) most = std::max(most, std::abs(int64_t(in[i])));
  return newInt(t, most);
}
Ref<> minMax(Thread& t, Value, const Value* args) {
  Fragment in;
  if (!in.set(t, args[0], args[1])) return kRaised;
  int32_t least = INT32_MAX, most = INT32_MIN;
  for (size_t i = 0; i < in.count(); ++i) {
    least = std::min(least, in[i]);
    most = std::max(most, in[i]);
  }
  return packTuple(t, Value::fromInt(least), Value::fromInt(most));
}
Ref<> average(Thread& t, Value, const Value* args) {
  Fragment in;
  if (!in.set(t, args[0], args[1])) return kRaised;
  double sum = 0;
  for (size_t i = 0; i < in.count(); ++i) sum += in[i];
  return newInt(t, in.count() ? int64_t(std::floor(sum / double(in.count()))) : 0);
}
Ref<> rootMeanSquare(Thread& t, Value, const Value* args) {
  Fragment in;
  if (!in.set(t, args[0], args[1])) return kRaised;
  double sum = 0;
  for (size_t i = 0; i < in.count(); ++i) sum += double(in[i]) * in[i];
  return newInt(t, in.count() ? int64_t(uint32_t(std::sqrt(sum / double(in.count())))) : 0);
}
Ref<> crossings(Thread& t, Value, const Value* args) {
  Fragment in;
  if (!in.set(t, args[0], args[1])) return kRaised;
  int64_t count = -1;
  int before = 17;  // neither of both signs
  for (size_t i = 0; i < in.count(); ++i) {
    int negative = in[i] < 0;
    if (negative != before) ++count;
    before = negative;
  }
  return newInt(t, count);
}

// Calls f with the distance of each pair of neighbouring extremes.
template <class F>
void eachPeak(const Fragment& in, F f) {
  if (in.count() < 2) return;
  int32_t before = in[0], extreme = 0;
  bool any = false;
  int falling = 17;  // neither of both directions
  for (size_t i = 1; i < in.count(); ++i) {
    int32_t v = in[i];
    if (v == before) continue;
    int falls = v < before;
    if (falling == !falls) {
      if (any) f(uint32_t(before < extreme ? int64_t(extreme) - before : int64_t(before) - extreme));
      any = true;
      extreme = before;
    }
    before = v;
    falling = falls;
  }
}
Ref<> averagePeak(Thread& t, Value, const Value* args) {
  Fragment in;
  if (!in.set(t, args[0], args[1])) return kRaised;
  double sum = 0;
  int64_t count = 0;
  eachPeak(in, [&](uint32_t distance) {
    sum += distance;
    ++count;
  });
  return newInt(t, count ? int64_t(uint32_t(sum / double(count))) : 0);
}
Ref<> largestPeak(Thread& t, Value, const Value* args) {
  Fragment in;
  if (!in.set(t, args[0], args[1])) return kRaised;
  uint32_t most = 0;
  eachPeak(in, [&](uint32_t distance) { most = std::max(most, distance); });
  return newInt(t, most);
}

// --- searching, in samples of two bytes ---

struct Shorts {
  Buffer buffer;
  bool set(Thread& t, Value data) {
    if (!buffer.get(t, data)) return false;
    return buffer.size() % 2 == 0 || fail(t, "Strings should be even-sized").operator bool();
  }
  int64_t count() const { return int64_t(buffer.size() / 2); }
  double operator[](int64_t i) const { return getSample(buffer.data() + 2 * i, 2); }
};
double product(const Shorts& a, int64_t from, const Shorts& b, int64_t other_from, int64_t count) {
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += a[from + i] * b[other_from + i];
  return sum;
}

Ref<> findFit(Thread& t, Value, const Value* args) {
  Shorts in, reference;
  if (!in.set(t, args[0]) || !reference.set(t, args[1])) return kRaised;
  int64_t length = reference.count();
  if (in.count() < length) return fail(t, "First sample should be longer");
  double reference_square = product(reference, 0, reference, 0, length), square = product(in, 0, in, 0, length);
  double both = product(in, 0, reference, 0, length);
  double best = (reference_square * square - both * both) / square;
  int64_t best_at = 0;
  for (int64_t j = 1; j <= in.count() - length; ++j) {
    double first = in[j - 1], last = in[j + length - 1];
    square = square + last * last - first * first;
    both = product(in, j, reference, 0, length);
    double result = (reference_square * square - both * both) / square;
    if (result < best) {
      best = result;
      best_at = j;
    }
  }
  Ref<> factor = steal(Value::fromDouble(canonicalNaN(product(in, best_at, reference, 0, length) / reference_square)));
  return packTuple(t, Value::fromInt(best_at), factor.value());
}
Ref<> findFactor(Thread& t, Value, const Value* args) {
  Shorts in, reference;
  if (!in.set(t, args[0]) || !reference.set(t, args[1])) return kRaised;
  if (in.count() != reference.count()) return fail(t, "Samples should be same size");
  double square = product(reference, 0, reference, 0, in.count());
  return steal(Value::fromDouble(canonicalNaN(product(in, 0, reference, 0, in.count()) / square)));
}
Ref<> findMax(Thread& t, Value, const Value* args) {
  Shorts in;
  if (!in.set(t, args[0])) return kRaised;
  int64_t length = toIndex(t, args[1]);
  if (length == -1 && t.raised()) return kRaised;
  if (length < 0 || in.count() < length) return fail(t, "Input sample should be longer");
  double result = product(in, 0, in, 0, length), best = result;
  int64_t best_at = 0;
  for (int64_t j = 1; j <= in.count() - length; ++j) {
    double first = in[j - 1], last = in[j + length - 1];
    result = result + last * last - first * first;
    if (result > best) {
      best = result;
      best_at = j;
    }
  }
  return newInt(t, best_at);
}

// --- changing ---

Ref<> multiply(Thread& t, Value, const Value* args) {
  Fragment in;
  double factor;
  if (!in.set(t, args[0], args[1]) || !doubleArgument(t, args[2], &factor)) return kRaised;
  return mapSamples(t, in, [&](int32_t v) { return bounded(v * factor, in.width); });
}
Ref<> toMono(Thread& t, Value, const Value* args) {
  Fragment in;
  double left, right;
  Output out;
  if (!in.set(t, args[0], args[1]) || !doubleArgument(t, args[2], &left) || !doubleArgument(t, args[3], &right))
    return kRaised;
  if (in.count() % 2) return fail(t, "not a whole number of frames");
  if (!out.make(t, in.buffer.size() / 2)) return kRaised;
  for (size_t i = 0; i < in.count(); i += 2) {
    setSample(out.data() + i / 2 * size_t(in.width), in.width, bounded(in[i] * left + in[i + 1] * right, in.width));
  }
  return out.finish(t);
}
Ref<> toStereo(Thread& t, Value, const Value* args) {
  Fragment in;
  double factors[2];
  Output out;
  if (!in.set(t, args[0], args[1]) || !doubleArgument(t, args[2], &factors[0]) ||
      !doubleArgument(t, args[3], &factors[1]))
    return kRaised;
  if (!out.make(t, in.buffer.size() * 2)) return kRaised;
  for (size_t i = 0; i < in.count(); ++i) {
    for (size_t side = 0; side < 2; ++side) {
      setSample(out.data() + (2 * i + side) * size_t(in.width), in.width, bounded(in[i] * factors[side], in.width));
    }
  }
  return out.finish(t);
}
Ref<> addFragments(Thread& t, Value, const Value* args) {
  Fragment a, b;
  if (!a.set(t, args[0], args[2]) || !b.buffer.get(t, args[1])) return kRaised;
  b.width = a.width;
  if (a.buffer.size() != b.buffer.size()) return fail(t, "Lengths should be the same");
  size_t i = 0;
  return mapSamples(t, a, [&](int32_t v) {
    int64_t sum = int64_t(v) + b[i++];
    return int32_t(sum < leastOf(a.width) ? leastOf(a.width) : sum > mostOf(a.width) ? mostOf(a.width) : sum);
  });
}
Ref<> biasFunction(Thread& t, Value, const Value* args) {
  Fragment in;
  int bias;
  if (!in.set(t, args[0], args[1]) || !intArgument(t, args[2], &bias)) return kRaised;
  return mapSamples(t, in, [&](int32_t v) { return int32_t(uint32_t(v) + uint32_t(bias)); });
}
Ref<> reverse(Thread& t, Value, const Value* args) {
  Fragment in;
  if (!in.set(t, args[0], args[1])) return kRaised;
  size_t i = in.count();
  return mapSamples(t, in, [&](int32_t) { return in[--i]; });
}
Ref<> byteSwap(Thread& t, Value, const Value* args) {
  Fragment in;
  Output out;
  if (!in.set(t, args[0], args[1]) || !out.make(t, in.buffer.size())) return kRaised;
  size_t width = size_t(in.width);
  for (size_t i = 0; i < in.buffer.size(); ++i)
    out.data()[i] = in.buffer.data()[i / width * width + width - 1 - i % width];
  return out.finish(t);
}
Ref<> changeWidth(Thread& t, Value, const Value* args) {
  Fragment in;
  int width;
  Output out;
  if (!in.set(t, args[0], args[1]) || !intArgument(t, args[2], &width) || !checkWidth(t, width)) return kRaised;
  if (!out.make(t, in.count() * size_t(width))) return kRaised;
  for (size_t i = 0; i < in.count(); ++i)
    setScaled(out.data() + i * size_t(width), width, getScaled(in.at(i), in.width));
  return out.finish(t);
}

// --- rates ---

// What a conversion carries over to the next fragment: the position between two frames, and both frames.
struct RateState {
  int position;
  int32_t* before;  // of each channel; a buffer that holds `current` as well
  int32_t* current;
  ~RateState() { freeBuffer(before); }
};
bool readState(Thread& t, Value v, int channels, RateState* state) {
  constexpr const char* kIllegal = "ratecv(): illegal state argument";
  if (!isTuple(v)) return raise(t, exc::TypeError, "state must be a tuple or None");
  const Tuple* tuple = asTuple(v);
  if (tuple->size != 2 || !isTuple(tuple->items[1])) return raise(t, exc::TypeError, "%s", kIllegal);
  if (!intArgument(t, tuple->items[0], &state->position)) return false;
  const Tuple* samples = asTuple(tuple->items[1]);
  if (samples->size != channels) return fail(t, "illegal state argument");
  for (int c = 0; c < channels; ++c) {
    Value pair = samples->items[c];
    if (!isTuple(pair) || asTuple(pair)->size != 2) return raise(t, exc::TypeError, "%s", kIllegal);
    if (!intArgument(t, asTuple(pair)->items[0], &state->before[c]) ||
        !intArgument(t, asTuple(pair)->items[1], &state->current[c]))
      return false;
  }
  return true;
}
Ref<> convertRate(Thread& t, Value, const Value* args) {
  Fragment in;
  int channels, in_rate, out_rate, weight_a, weight_b;
  if (!in.buffer.get(t, args[0]) || !intArgument(t, args[1], &in.width) || !intArgument(t, args[2], &channels) ||
      !intArgument(t, args[3], &in_rate) || !intArgument(t, args[4], &out_rate) ||
      !intArgument(t, args[6], &weight_a) || !intArgument(t, args[7], &weight_b) || !checkWidth(t, in.width)) {
    return kRaised;
  }
  if (channels < 1) return fail(t, "# of channels should be >= 1");
  if (in.width > INT_MAX / channels) return raise(t, exc::OverflowError, "width * nchannels too big for a C int");
  if (weight_a < 1 || weight_b < 0) return fail(t, "weightA should be >= 1, weightB should be >= 0");
  size_t frame = size_t(in.width) * size_t(channels);
  if (in.buffer.size() % frame) return fail(t, "not a whole number of frames");
  if (in_rate <= 0 || out_rate <= 0) return fail(t, "sampling rate not > 0");
  int common = std::gcd(in_rate, out_rate), common_weight = std::gcd(weight_a, weight_b);
  in_rate /= common;
  out_rate /= common;
  double a = weight_a / common_weight, b = weight_b / common_weight;
  RateState state{-out_rate, static_cast<int32_t*>(allocateBuffer(size_t(channels) * 2 * sizeof(int32_t))), nullptr};
  if (!state.before) return raiseNoMemory(t);
  state.current = state.before + channels;
  memset(state.before, 0, size_t(channels) * 2 * sizeof(int32_t));
  if (!args[5].isNone() && !readState(t, args[5], channels, &state)) return kRaised;
  size_t frames = in.buffer.size() / frame, parts = frames ? 1 + (frames - 1) / size_t(in_rate) : 0;
  if (parts && size_t(out_rate) > size_t(INT64_MAX) / parts / frame)
    return raise(t, exc::MemoryError, "not enough memory for output buffer");
  Output out;
  size_t room = parts * size_t(out_rate) * frame;
  if (!out.make(t, room)) return kRaised;
  size_t used = 0;
  const uint8_t* p = in.buffer.data();
  int64_t d = state.position;
  while (frames > 0 || d >= 0) {
    while (d < 0 && frames > 0) {
      for (int c = 0; c < channels; ++c, p += in.width) {
        state.before[c] = state.current[c];
        // a simple filter
        state.current[c] = int32_t((a * getScaled(p, in.width) + b * state.before[c]) / (a + b));
      }
      --frames;
      d += out_rate;
    }
    for (; d >= 0; d -= in_rate) {
      if (used + frame > room) return fail(t, "illegal state argument");  // a position that no conversion leaves
      for (int c = 0; c < channels; ++c, used += size_t(in.width)) {
        double v =
            (double(state.before[c]) * double(d) + double(state.current[c]) * double(out_rate - d)) / double(out_rate);
        setScaled(out.data() + used, in.width, int32_t(v));
      }
    }
  }
  Ref<Tuple> samples = newTupleBlank(t, channels);
  for (int c = 0; samples && c < channels; ++c) {
    Ref<Tuple> pair = packTuple(t, Value::fromInt(state.before[c]), Value::fromInt(state.current[c]));
    if (!pair) return kRaised;
    samples->items[c] = pair.leak();
  }
  Ref<Tuple> next = samples ? packTuple(t, Value::fromInt(d), samples.value()) : Ref<Tuple>();
  Ref<> data = next ? out.finish(t, used) : Ref<>();
  return data ? packTuple(t, data.value(), next.value()) : Ref<Tuple>();
}

// --- G.711 ---

// The segment of a magnitude: segment s ends at (first << s) - 1 more.
int segmentOf(int magnitude, int first) {
  int segment = 0;
  for (int end = first; segment < 8 && magnitude > end; end = end * 2 + 1) ++segment;
  return segment;
}
uint8_t linearToUlaw(int v) {  // 14 bits
  constexpr int kBias = 0x84, kClip = 8159;
  int mask = v < 0 ? 0x7F : 0xFF;
  if (v < 0) v = -v;
  v = std::min(v, kClip) + (kBias >> 2);
  int segment = segmentOf(v, 0x3F);
  return uint8_t(segment >= 8 ? 0x7F ^ mask : (segment << 4 | (v >> (segment + 1) & 15)) ^ mask);
}
int ulawToLinear(uint8_t u) {  // 16 bits
  u = uint8_t(~u);
  int v = (((u & 15) << 3) + 0x84) << (u >> 4 & 7);
  return u & 0x80 ? 0x84 - v : v - 0x84;
}
uint8_t linearToAlaw(int v) {  // 13 bits
  int mask = v >= 0 ? 0xD5 : 0x55;
  if (v < 0) v = -v - 1;
  int segment = segmentOf(v, 0x1F);
  return uint8_t(segment >= 8 ? 0x7F ^ mask : (segment << 4 | (v >> (segment < 2 ? 1 : segment) & 15)) ^ mask);
}
int alawToLinear(uint8_t a) {  // 16 bits
  a ^= 0x55;
  int v = (a & 15) << 4, segment = a >> 4 & 7;
  v += segment ? 0x108 : 8;
  if (segment > 1) v <<= segment - 1;
  return a & 0x80 ? v : -v;
}
template <uint8_t (*code)(int), int shift>
Ref<> encode(Thread& t, Value, const Value* args) {
  Fragment in;
  Output out;
  if (!in.set(t, args[0], args[1]) || !out.make(t, in.count())) return kRaised;
  for (size_t i = 0; i < in.count(); ++i) out.data()[i] = code(getScaled(in.at(i), in.width) >> shift);
  return out.finish(t);
}
template <int (*decode)(uint8_t)>
Ref<> decodeFrom(Thread& t, Value, const Value* args) {
  Buffer in;
  int width;
  Output out;
  if (!in.get(t, args[0]) || !intArgument(t, args[1], &width) || !checkWidth(t, width) ||
      !out.make(t, in.size() * size_t(width)))
    return kRaised;
  for (size_t i = 0; i < in.size(); ++i) {
    setScaled(out.data() + i * size_t(width), width, int32_t(uint32_t(decode(in.data()[i])) << 16));
  }
  return out.finish(t);
}

// --- Intel/DVI ADPCM: four bits a sample ---

constexpr int kIndexSteps[8] = {-1, -1, -1, -1, 2, 4, 6, 8};
constexpr int kStepSizes[89] = {
    7,    8,     9,     10,    11,    12,    13,    14,    16,    17,    19,    21,    23,    25,   28,
    31,   34,    37,    41,    45,    50,    55,    60,    66,    73,    80,    88,    97,    107,  118,
    130,  143,   157,   173,   190,   209,   230,   253,   279,   307,   337,   371,   408,   449,  494,
    544,  598,   658,   724,   796,   876,   963,   1060,  1166,  1282,  1411,  1552,  1707,  1878, 2066,
    2272, 2499,  2749,  3024,  3327,  3660,  4026,  4428,  4871,  5358,  5894,  6484,  7132,  7845, 8630,
    9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767};

struct Adpcm {
  int value = 0, index = 0;

  bool read(Thread& t, Value v) {
    if (v.isNone()) return true;
    if (!isTuple(v)) return raise(t, exc::TypeError, "state must be a tuple or None");
    if (asTuple(v)->size != 2)
      return raise(t, exc::TypeError, "function takes exactly 2 arguments (%lld given)",
                   static_cast<long long>(asTuple(v)->size));
    if (!intArgument(t, asTuple(v)->items[0], &value) || !intArgument(t, asTuple(v)->items[1], &index)) return false;
    if (value < -0x8000 || value > 0x7FFF || index < 0 || index > 88) return raise(t, exc::ValueError, "bad state");
    return true;
  }
  // Takes one coded step.
  void step(int delta) {
    int size = kStepSizes[index], change = size >> 3;
    if (delta & 4) change += size;
    if (delta & 2) change += size >> 1;
    if (delta & 1) change += size >> 2;
    value += delta & 8 ? -change : change;
    value = std::max(-32768, std::min(32767, value));
    index = std::max(0, std::min(88, index + kIndexSteps[delta & 7]));
  }
  // The code that comes nearest to v.
  int codeOf(int v) const {
    int size = kStepSizes[index], difference = v - value, delta = 0;
    if (difference < 0) {
      delta = 8;
      difference = -difference;
    }
    for (int bit = 4; bit; bit >>= 1, size >>= 1) {
      if (difference < size) continue;
      delta |= bit;
      difference -= size;
    }
    return delta;
  }
  Ref<> result(Thread& t, Ref<> data) {
    Ref<Tuple> state = data ? packTuple(t, Value::fromInt(value), Value::fromInt(index)) : Ref<Tuple>();
    return state ? packTuple(t, data.value(), state.value()) : Ref<Tuple>();
  }
};
Ref<> encodeAdpcm(Thread& t, Value, const Value* args) {
  Fragment in;
  Adpcm state;
  Output out;
  if (!in.set(t, args[0], args[1]) || !state.read(t, args[2]) || !out.make(t, in.count() / 2)) return kRaised;
  int high = 0;
  for (size_t i = 0; i < in.count(); ++i) {
    int delta = state.codeOf(getScaled(in.at(i), in.width) >> 16);
    state.step(delta);
    if (i % 2) {
      out.data()[i / 2] = uint8_t(high << 4 | delta);
    } else {
      high = delta;
    }
  }
  return state.result(t, out.finish(t));
}
Ref<> decodeAdpcm(Thread& t, Value, const Value* args) {
  Buffer in;
  int width;
  Adpcm state;
  Output out;
  if (!in.get(t, args[0]) || !intArgument(t, args[1], &width) || !checkWidth(t, width) || !state.read(t, args[2]))
    return kRaised;
  if (!out.make(t, in.size() * size_t(width) * 2)) return kRaised;
  for (size_t i = 0; i < in.size() * 2; ++i) {
    state.step(i % 2 ? in.data()[i / 2] & 15 : in.data()[i / 2] >> 4);
    setScaled(out.data() + i * size_t(width), width, int32_t(uint32_t(state.value) << 16));
  }
  return state.result(t, out.finish(t));
}

const MethodDef kFunctions[] = {
    method("max", maxFunction, "($module, fragment, width, /)",
           "Return the maximum of the absolute value of all samples in a fragment."),
    method("minmax", minMax, "($module, fragment, width, /)",
           "Return the minimum and maximum values of all samples in the sound fragment."),
    method("avg", average, "($module, fragment, width, /)", "Return the average over all samples in the fragment."),
    method("maxpp", largestPeak, "($module, fragment, width, /)",
           "Return the maximum peak-peak value in the sound fragment."),
    method("avgpp", averagePeak, "($module, fragment, width, /)",
           "Return the average peak-peak value over all samples in the fragment."),
    method("rms", rootMeanSquare, "($module, fragment, width, /)",
           "Return the root-mean-square of the fragment, i.e. sqrt(sum(S_i^2)/n)."),
    method("findfit", findFit, "($module, fragment, reference, /)",
           "Try to match reference as well as possible to a portion of fragment."),
    method("findmax", findMax, "($module, fragment, length, /)",
           "Search fragment for a slice of specified number of samples with maximum energy."),
    method("findfactor", findFactor, "($module, fragment, reference, /)",
           "Return a factor F such that rms(add(fragment, mul(reference, -F))) is minimal."),
    method("cross", crossings, "($module, fragment, width, /)",
           "Return the number of zero crossings in the fragment passed as an argument."),
    method("mul", multiply, "($module, fragment, width, factor, /)",
           "Return a fragment that has all samples multiplied by the floating-point value factor."),
    method("add", addFragments, "($module, fragment1, fragment2, width, /)",
           "Return a fragment which is the addition of the two samples passed as parameters."),
    method("bias", biasFunction, "($module, fragment, width, bias, /)",
           "Return a fragment that is the original fragment with a bias added to each sample."),
    method("ulaw2lin", decodeFrom<ulawToLinear>, "($module, fragment, width, /)",
           "Convert sound fragments in u-LAW encoding to linearly encoded sound fragments."),
    method("lin2ulaw", encode<linearToUlaw, 18>, "($module, fragment, width, /)",
           "Convert samples in the audio fragment to u-LAW encoding."),
    method("alaw2lin", decodeFrom<alawToLinear>, "($module, fragment, width, /)",
           "Convert sound fragments in a-LAW encoding to linearly encoded sound fragments."),
    method("lin2alaw", encode<linearToAlaw, 19>, "($module, fragment, width, /)",
           "Convert samples in the audio fragment to a-LAW encoding."),
    method("lin2lin", changeWidth, "($module, fragment, width, newwidth, /)",
           "Convert samples between 1-, 2-, 3- and 4-byte formats."),
    method("adpcm2lin", decodeAdpcm, "($module, fragment, width, state, /)",
           "Decode an Intel/DVI ADPCM coded fragment to a linear fragment."),
    method("lin2adpcm", encodeAdpcm, "($module, fragment, width, state, /)",
           "Convert samples to 4 bit Intel/DVI ADPCM encoding."),
    method("tomono", toMono, "($module, fragment, width, lfactor, rfactor, /)",
           "Convert a stereo fragment to a mono fragment."),
    method("tostereo", toStereo, "($module, fragment, width, lfactor, rfactor, /)",
           "Generate a stereo fragment from a mono fragment."),
    method("getsample", getSampleFunction, "($module, fragment, width, index, /)",
           "Return the value of sample index from the fragment."),
    method("reverse", reverse, "($module, fragment, width, /)",
           "Reverse the samples in a fragment and returns the modified fragment."),
    method("byteswap", byteSwap, "($module, fragment, width, /)",
           "Convert big-endian samples to little-endian and vice versa."),
    method("ratecv", convertRate,
           "($module, fragment, width, nchannels, inrate, outrate, state,\n       weightA=1, weightB=0, /)",
           "Convert the frame rate of the input fragment."),
    {},
};

bool init(Thread& t, ModuleObject* m) {
  audioop_error = addException(t, m, "audioop.error", Value(&exc::Exception));
  return audioop_error != nullptr;
}

}  // namespace

const ModuleDef& audioopModule() {
  static const ModuleDef def{"audioop", nullptr, kFunctions, init};
  return def;
}

}  // namespace krait
