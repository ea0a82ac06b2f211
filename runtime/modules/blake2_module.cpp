// _blake2: BLAKE2b and BLAKE2s with all their parameters (keys, salts, trees), by libb2.
#include <blake2.h>
#include <pthread.h>

#include <cstring>

#include "runtime/modules/compression.h"
#include "runtime/modules/fields.h"
#include "runtime/modules/hash_object.h"
#include "runtime/objects/bytes_internal.h"
#include "runtime/objects/int.h"
#include "runtime/objects/int_internal.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// What differs between the two.
struct Blake2b {
  using State = blake2b_state;
  using Param = blake2b_param;
  static constexpr const char* kName = "blake2b";
  static constexpr int kDigest = BLAKE2B_OUTBYTES, kKey = BLAKE2B_KEYBYTES, kSalt = BLAKE2B_SALTBYTES,
                       kPerson = BLAKE2B_PERSONALBYTES, kBlock = BLAKE2B_BLOCKBYTES;
  static constexpr uint64_t kMostOffset = UINT64_MAX;
  static int start(State* s, const Param* p) { return blake2b_init_param(s, p); }
  static void update(State* s, const uint8_t* data, size_t size) { blake2b_update(s, data, size); }
  static void finish(State* s, uint8_t* out, size_t size) { blake2b_final(s, out, size); }
  static void setOffset(Param* p, uint64_t offset) { memcpy(&p->node_offset, &offset, sizeof p->node_offset); }
};
struct Blake2s {
  using State = blake2s_state;
  using Param = blake2s_param;
  static constexpr const char* kName = "blake2s";
  static constexpr int kDigest = BLAKE2S_OUTBYTES, kKey = BLAKE2S_KEYBYTES, kSalt = BLAKE2S_SALTBYTES,
                       kPerson = BLAKE2S_PERSONALBYTES, kBlock = BLAKE2S_BLOCKBYTES;
  static constexpr uint64_t kMostOffset = (uint64_t(1) << 48) - 1;
  static int start(State* s, const Param* p) { return blake2s_init_param(s, p); }
  static void update(State* s, const uint8_t* data, size_t size) { blake2s_update(s, data, size); }
  static void finish(State* s, uint8_t* out, size_t size) { blake2s_final(s, out, size); }
  static void setOffset(Param* p, uint64_t offset) { memcpy(p->node_offset, &offset, 6); }
};

// Pool cells are aligned to 16 bytes, the library's state wants 64: the state stands in memory of its own.
template <class B>
struct Blake2 : Object {
  typename B::State* state;  // owned
  pthread_mutex_t mutex;
  int digest_size;
};
template <class B>
Blake2<B>* as(Value v) {
  return static_cast<Blake2<B>*>(v.asObject());
}

bool intWithin(Thread& t, Value v, const char* name, int least, int most, const char* text, int* out) {
  int64_t number = toInt64(t, v);
  if (number == -1 && t.raised()) return false;
  if (number != int(number)) return raise(t, exc::OverflowError, "Python int too large to convert to C int");
  if (number < least || number > most) return raise(t, exc::ValueError, text, name, least, most);
  *out = int(number);
  return true;
}
bool unsignedArgument(Thread& t, Value v, uint64_t* out) {
  *out = 0;
  if (!v) return true;
  if (!isIntLike(v)) return raise(t, exc::TypeError, "an integer is required");
  Digits digits(intValue(v));
  if (digits.negative) return raise(t, exc::ValueError, "value must be positive");
  if (digits.count > 1) return raise(t, exc::OverflowError, "int too big to convert");
  *out = digits.low();
  return true;
}
bool bytesArgument(Thread& t, Value v, const char* name, int most, uint8_t* out, uint8_t* size) {
  if (!v) return true;
  Buffer data;
  if (!data.get(t, v)) return false;
  if (data.size() > size_t(most)) return raise(t, exc::ValueError, "maximum %s length is %d bytes", name, most);
  memcpy(out, data.data(), data.size());
  if (size) *size = uint8_t(data.size());
  return true;
}

template <class B>
Ref<Blake2<B>> allocateBlake(Thread& t, Type* type) {
  Blake2<B>* made = allocateInstance<Blake2<B>>(type);
  if (!made) return raiseNoMemory(t);
  made->state = static_cast<typename B::State*>(aligned_alloc(64, (sizeof(typename B::State) + 63) / 64 * 64));
  made->digest_size = 0;
  pthread_mutex_init(&made->mutex, nullptr);
  Ref<Blake2<B>> owner = steal(made);
  if (!made->state) return raiseNoMemory(t);
  return owner;
}
template <class B>
void blakeDealloc(Object* self) {
  Blake2<B>* blake = static_cast<Blake2<B>*>(self);
  free(blake->state);
  pthread_mutex_destroy(&blake->mutex);
  freeInstance(self);
}
template <class B>
void feed(Thread& t, Blake2<B>* blake, const Buffer& data) {
  BusyScope busy(t, &blake->mutex);
  if (data.size() < kLargeHashInput) {
    B::update(blake->state, data.data(), data.size());
    return;
  }
  WithoutGil released(t);
  B::update(blake->state, data.data(), data.size());
}

Ref<> unreachable(Thread&, Value, const Value*) { return nullptr; }  // the definition below is only bound, never called
enum {
  kData,
  kDigestSize,
  kKeyBytes,
  kSaltBytes,
  kPersonBytes,
  kFanout,
  kDepth,
  kLeafSize,
  kNodeOffset,
  kNodeDepth,
  kInnerSize,
  kLastNode,
  kForSecurity,
  kArgumentCount
};
#define BLAKE2_SIGNATURE(digest_size)                             \
  "($self, data=<none>, /, *, digest_size=" #digest_size          \
  ", key=<none>, salt=<none>, person=<none>, fanout=1, depth=1, " \
  "leaf_size=<none>, node_offset=<none>, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True)"

template <class B>
Ref<> blakeNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew =
      method(B::kName, unreachable, B::kDigest == 64 ? BLAKE2_SIGNATURE(64) : BLAKE2_SIGNATURE(32));
  Value bound[kArgumentCount];
  Ref<> keep[2];
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  typename B::Param param{};
  uint8_t key[B::kBlock] = {};
  constexpr const char* kBetween = "%s must be between %d and %d";
  int digest_size, fanout, depth, node_depth, inner_size;
  uint64_t leaf_size, offset;
  if (!intWithin(t, bound[kDigestSize], "digest_size", 1, B::kDigest, "%s must be between %d and %d bytes",
                 &digest_size) ||
      !bytesArgument(t, bound[kSaltBytes], "salt", B::kSalt, param.salt, nullptr) ||
      !bytesArgument(t, bound[kPersonBytes], "person", B::kPerson, param.personal, nullptr) ||
      !intWithin(t, bound[kFanout], "fanout", 0, 255, kBetween, &fanout) ||
      !intWithin(t, bound[kDepth], "depth", 1, 255, kBetween, &depth) ||
      !unsignedArgument(t, bound[kLeafSize], &leaf_size)) {
    return kRaised;
  }
  if (leaf_size > UINT32_MAX) return raise(t, exc::OverflowError, "leaf_size is too large");
  if (!unsignedArgument(t, bound[kNodeOffset], &offset)) return kRaised;
  if (offset > B::kMostOffset) return raise(t, exc::OverflowError, "node_offset is too large");
  if (!intWithin(t, bound[kNodeDepth], "node_depth", 0, 255, kBetween, &node_depth) ||
      !intWithin(t, bound[kInnerSize], "inner_size", 0, B::kDigest, "%s must be between %d and is %d", &inner_size) ||
      !bytesArgument(t, bound[kKeyBytes], "key", B::kKey, key, &param.key_length)) {
    return kRaised;
  }
  int last_node = truth(t, bound[kLastNode]);
  if (last_node < 0) return kRaised;
  param.digest_length = uint8_t(digest_size);
  param.fanout = uint8_t(fanout);
  param.depth = uint8_t(depth);
  uint32_t leaf = uint32_t(leaf_size);
  memcpy(&param.leaf_length, &leaf, sizeof leaf);
  B::setOffset(&param, offset);
  param.node_depth = uint8_t(node_depth);
  param.inner_length = uint8_t(inner_size);
  Ref<Blake2<B>> made = allocateBlake<B>(t, type);
  if (!made) return kRaised;
  made->digest_size = digest_size;
  if (B::start(made->state, &param) < 0) return raise(t, exc::RuntimeError, "error initializing hash state");
  made->state->last_node = uint8_t(last_node > 0);
  if (param.key_length) B::update(made->state, key, B::kBlock);
  explicit_bzero(key, sizeof key);
  if (bound[kData]) {
    Buffer data;
    if (!hashData(t, bound[kData], &data)) return kRaised;
    feed(t, made.get(), data);
  }
  return made;
}

template <class B>
Ref<> update(Thread& t, Value self, Value data) {
  Buffer bytes;
  if (!hashData(t, data, &bytes)) return kRaised;
  Ref<> keep = share(self);
  feed(t, as<B>(self), bytes);
  return steal(kNone);
}
template <class B>
Ref<> copyHash(Thread& t, Value self) {
  Ref<> keep = share(self);
  Blake2<B>* from = as<B>(self);
  Ref<Blake2<B>> made = allocateBlake<B>(t, from->type());
  if (!made) return kRaised;
  BusyScope busy(t, &from->mutex);
  memcpy(static_cast<void*>(made->state), from->state, sizeof *from->state);
  made->digest_size = from->digest_size;
  return made;
}
template <class B>
Ref<Bytes> digestOf(Thread& t, Value self) {
  Blake2<B>* blake = as<B>(self);
  alignas(64) typename B::State copy;
  {
    BusyScope busy(t, &blake->mutex);
    memcpy(static_cast<void*>(&copy), blake->state, sizeof copy);
  }
  uint8_t out[64];
  B::finish(&copy, out, size_t(blake->digest_size));
  return newBytes(t, {reinterpret_cast<char*>(out), size_t(blake->digest_size)});
}
template <class B>
Ref<> digest(Thread& t, Value self) {
  return digestOf<B>(t, self);
}
template <class B>
Ref<> hexDigest(Thread& t, Value self) {
  return hexOfBytes(t, digestOf<B>(t, self));
}
template <class B>
Ref<> getName(Thread& t, Value) {
  return newStrUtf8(t, B::kName);
}
template <class B>
Ref<> getBlockSize(Thread& t, Value) {
  return newInt(t, B::kBlock);
}
template <class B>
Ref<> getDigestSize(Thread& t, Value self) {
  return newInt(t, as<B>(self)->digest_size);
}

template <class B>
bool addType(Thread& t, ModuleObject* m, const char* name, const char* doc, const char* prefix) {
  static const MethodDef methods[] = {
      method("update", update<B>, "($self, data, /)",
             "Update this hash object's state with the provided bytes-like object."),
      method("digest", digest<B>, "($self, /)", "Return the digest value as a bytes object."),
      method("hexdigest", hexDigest<B>, "($self, /)", "Return the digest value as a string of hexadecimal digits."),
      method("copy", copyHash<B>, "($self, /)", "Return a copy of the hash object."),
      {},
  };
  static const GetSetDef getsets[] = {{"name", getName<B>, nullptr, nullptr},
                                      {"block_size", getBlockSize<B>, nullptr, nullptr},
                                      {"digest_size", getDigestSize<B>, nullptr, nullptr},
                                      {}};
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(Blake2<B>),
                             .doc = doc,
                             .methods = methods,
                             .getsets = getsets,
                             .dealloc = blakeDealloc<B>,
                             .fill = [](Slots& slots) { slots.new_ = blakeNew<B>; }};
  Ref<Type> made = makeNativeType(t, spec, name, nullptr, 0);
  if (!made) return false;
  const struct {
    const char* in_type;
    const char* in_module;
    int size;
  } kSizes[] = {{"SALT_SIZE", "_SALT_SIZE", B::kSalt},
                {"PERSON_SIZE", "_PERSON_SIZE", B::kPerson},
                {"MAX_KEY_SIZE", "_MAX_KEY_SIZE", B::kKey},
                {"MAX_DIGEST_SIZE", "_MAX_DIGEST_SIZE", B::kDigest}};
  for (const auto& row : kSizes) {
    char text[40];
    snprintf(text, sizeof text, "%s%s", prefix, row.in_module);
    if (!setTypeAttribute(t, made.get(), internStatic(row.in_type), Value::fromInt(row.size)) ||
        !moduleAdd(t, m, text, steal(Value::fromInt(row.size)))) {
      return false;
    }
  }
  return moduleAdd(t, m, B::kName, std::move(made));
}
bool init(Thread& t, ModuleObject* m) {
  return addType<Blake2b>(t, m, "_blake2.blake2b", "Return a new BLAKE2b hash object.", "BLAKE2B") &&
         addType<Blake2s>(t, m, "_blake2.blake2s", "Return a new BLAKE2s hash object.", "BLAKE2S");
}

}  // namespace

const ModuleDef& blake2Module() {
  static const ModuleDef def{"_blake2", "_blake2b provides BLAKE2b for hashlib\n", nullptr, init};
  return def;
}

}  // namespace krait
