// _random: the Mersenne Twister MT19937 behind random.Random, with the same numbers for the same seed as everywhere.
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "runtime/core/error.h"
#include "runtime/objects/int.h"
#include "runtime/objects/module.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

constexpr int kWords = 624, kShift = 397;
constexpr uint32_t kMatrix = 0x9908b0df, kUpper = 0x80000000, kLower = 0x7fffffff;

struct Random : Object {
  int32_t index;  // of the next word; kWords: make new ones
  uint32_t state[kWords];
};
Random* asRandom(Value v) { return static_cast<Random*>(v.asObject()); }

void refill(Random* r) {
  uint32_t* s = r->state;
  auto mix = [](uint32_t a, uint32_t b) {
    uint32_t y = (a & kUpper) | (b & kLower);
    return (y >> 1) ^ (b & 1 ? kMatrix : 0);
  };
  for (int i = 0; i < kWords - kShift; ++i) s[i] = s[i + kShift] ^ mix(s[i], s[i + 1]);
  for (int i = kWords - kShift; i < kWords - 1; ++i) s[i] = s[i + kShift - kWords] ^ mix(s[i], s[i + 1]);
  s[kWords - 1] = s[kShift - 1] ^ mix(s[kWords - 1], s[0]);
  r->index = 0;
}
inline uint32_t nextWord(Random* r) {
  if (r->index >= kWords) refill(r);
  uint32_t y = r->state[r->index++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return y ^ (y >> 18);
}

void seedWord(Random* r, uint32_t seed) {
  r->state[0] = seed;
  for (uint32_t i = 1; i < kWords; ++i) r->state[i] = 1812433253u * (r->state[i - 1] ^ (r->state[i - 1] >> 30)) + i;
  r->index = kWords;
}
void seedArray(Random* r, const uint32_t* key, size_t length) {
  seedWord(r, 19650218);
  uint32_t* s = r->state;
  size_t i = 1, j = 0;
  auto turn = [&] {
    if (++i >= kWords) {
      s[0] = s[kWords - 1];
      i = 1;
    }
  };
  for (size_t k = kWords > length ? kWords : length; k; --k) {
    s[i] = (s[i] ^ ((s[i - 1] ^ (s[i - 1] >> 30)) * 1664525u)) + key[j] + uint32_t(j);
    if (++j >= length) j = 0;
    turn();
  }
  for (size_t k = kWords - 1; k; --k) {
    s[i] = (s[i] ^ ((s[i - 1] ^ (s[i - 1] >> 30)) * 1566083941u)) - uint32_t(i);
    turn();
  }
  s[0] = kUpper;
}

bool seedFrom(Thread& t, Random* r, Value seed) {
  if (!seed || seed.isNone()) {
    uint32_t key[kWords];
    if (getrandom(key, sizeof key, GRND_NONBLOCK) != ssize_t(sizeof key)) {
      timespec now;
      clock_gettime(CLOCK_REALTIME, &now);
      uint32_t poor[] = {uint32_t(now.tv_nsec), uint32_t(now.tv_sec), uint32_t(getpid())};
      seedArray(r, poor, 3);
      return true;
    }
    seedArray(r, key, kWords);
    return true;
  }
  Ref<> number;
  if (isIntLike(seed)) {
    number = intAbsolute(t, seed);
  } else {
    Hash hash = hashOf(t, seed);
    if (hash == -1) return false;
    number = newIntUnsigned(t, uint64_t(hash));
  }
  if (!number) return false;
  std::vector<uint32_t> key;
  Value plain = intValue(number);
  if (plain.isInt()) {
    uint64_t n = uint64_t(plain.asInt());
    key.push_back(uint32_t(n));
    if (n >> 32) key.push_back(uint32_t(n >> 32));
  } else {
    const Int* big = static_cast<const Int*>(plain.asObject());
    for (size_t i = 0; i < big->limbCount(); ++i) {
      key.push_back(uint32_t(big->limbs[i]));
      key.push_back(uint32_t(big->limbs[i] >> 32));
    }
    if (key.back() == 0) key.pop_back();
  }
  seedArray(r, key.data(), key.size());
  return true;
}

// The state stays zero until __init__ or seed(), which subclasses call with seeds of their own.
Ref<> randomNew(Thread& t, Type* type, Args) {
  Random* r = allocateInstance<Random>(type);
  if (!r) return raiseNoMemory(t);
  memset(r->state, 0, sizeof r->state);
  r->index = 0;
  return steal(Value(r));
}
bool randomInit(Thread& t, Value self, Args args) {
  if (!noKeywords(t, "Random", args)) return false;
  if (args.positional > 1) return raise(t, exc::TypeError, "Random() requires 0 or 1 argument");
  return seedFrom(t, asRandom(self), args.positional ? args[0] : Value());
}

Ref<> randomDouble(Thread&, Value self) {
  Random* r = asRandom(self);
  uint32_t a = nextWord(r) >> 5, b = nextWord(r) >> 6;
  return steal(Value::fromDouble((a * 67108864.0 + b) * (1.0 / 9007199254740992.0)));
}
Ref<> seedMethod(Thread& t, Value self, const Value* args) { return seedFrom(t, asRandom(self), args[0]) ? steal(kNone) : Ref<>(); }

Ref<> randomBits(Thread& t, Value self, Value count) {
  int64_t k = toIndex(t, count, false, &exc::OverflowError);
  if (t.raised()) return kRaised;
  if (k < 0) return raise(t, exc::ValueError, "number of bits must be non-negative");
  Random* r = asRandom(self);
  if (k == 0) return steal(Value::fromInt(0));
  if (k <= 32) return steal(Value::fromInt(nextWord(r) >> (32 - k)));
  if (k <= 64) {
    uint64_t low = nextWord(r);
    uint64_t high = nextWord(r) >> (64 - k);
    return newIntUnsigned(t, low | high << 32);
  }
  size_t words = size_t((k - 1) / 32 + 1);
  std::vector<uint32_t> data(words);
  for (size_t i = 0; i < words; ++i, k -= 32) {
    data[i] = nextWord(r);
    if (k < 32) data[i] >>= 32 - k;
  }
  return newIntFromBytes(t, reinterpret_cast<const uint8_t*>(data.data()), words * 4, true, false);
}

Ref<> getState(Thread& t, Value self) {
  Random* r = asRandom(self);
  Ref<Tuple> state = newTupleBlank(t, kWords + 1);
  if (!state) return kRaised;
  for (int i = 0; i < kWords; ++i) state->items[i] = Value::fromInt(r->state[i]);
  state->items[kWords] = Value::fromInt(r->index);
  return state;
}
Ref<> setState(Thread& t, Value self, Value state) {
  if (!isTuple(state)) return raise(t, exc::TypeError, "state vector must be a tuple");
  if (asTuple(state)->size != kWords + 1) return raise(t, exc::ValueError, "state vector is the wrong size");
  uint32_t words[kWords];
  for (int i = 0; i < kWords; ++i) {
    Value v = asTuple(state)->items[i];
    if (!isIntLike(v)) return raise(t, exc::TypeError, "expected int, got %s", typeName(v));
    int64_t word;
    if (intSign(v) < 0 || !intFits64(v, &word)) return raise(t, exc::OverflowError, "can't convert negative int to unsigned");
    words[i] = uint32_t(word);
  }
  int64_t index = toInt64(t, asTuple(state)->items[kWords]);
  if (t.raised()) return kRaised;
  if (index < 0 || index > kWords) return raise(t, exc::ValueError, "invalid state");
  Random* r = asRandom(self);
  memcpy(r->state, words, sizeof words);
  r->index = int32_t(index);
  return steal(kNone);
}

const MethodDef kMethods[] = {
    method("random", randomDouble, "($self, /)", "random() -> x in the interval [0, 1).", MethodKind::kInstance,
           kNoPython | kNoRaise),
    method("seed", seedMethod, "($self, n=None, /)",
           "seed([n]) -> None.\n\nDefaults to use urandom and falls back to a combination\nof the current time and the "
           "process identifier."),
    method("getstate", getState, "($self, /)", "getstate() -> tuple containing the current state."),
    method("setstate", setState, "($self, state, /)", "setstate(state) -> None.  Restores generator state."),
    method("getrandbits", randomBits, "($self, k, /)", "getrandbits(k) -> x.  Generates an int with k random bits."),
    {},
};
const MethodDef kFunctions[] = {{}};

bool init(Thread& t, ModuleObject* m) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(Random),
                             .doc = "Random() -> create a random number generator with its own internal state.",
                             .methods = kMethods,
                             .dealloc = [](Object* self) { freeInstance(self); },
                             .fill =
                                 [](Slots& slots) {
                                   slots.new_ = randomNew;
                                   slots.init = randomInit;
                                 }};
  Ref<Type> type = makeNativeType(t, spec, "_random.Random", nullptr, 0);
  return type && moduleAdd(t, m, "Random", std::move(type));
}

}  // namespace

const ModuleDef& randomModule() {
  static const ModuleDef def{"_random", "Module implements the Mersenne Twister random number generator.", kFunctions, init};
  return def;
}

}  // namespace krait
