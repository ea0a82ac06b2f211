// The modules of single algorithms: _md5, _sha1, _sha256, _sha512 make their hashes by functions, _sha3 by its types.
#include "runtime/modules/fields.h"
#include "runtime/modules/hash_object.h"
#include "runtime/objects/int.h"
#include "runtime/objects/int_internal.h"
#include "runtime/objects/str.h"

namespace krait {

namespace {

Type* made_types[kHashCount];

#define DATA "($module, /, string=<unrepresentable>, *, usedforsecurity=True)"
template <int id>
Ref<> construct(Thread& t, Value, const Value* args) {
  return newHashObject(t, made_types[id], kHashAlgorithms[id], args[0]);
}
const MethodDef kMethods[] = {
    method("update", hashUpdate, "($self, obj, /)", "Update this hash object's state with the provided string."),
    method("digest", hashDigestMethod, "($self, /)", "Return the digest value as a bytes object."),
    method("hexdigest", hashHexDigestMethod, "($self, /)",
           "Return the digest value as a string of hexadecimal digits."),
    method("copy", hashCopy, "($self, /)", "Return a copy of the hash object."),
    {},
};
const GetSetDef kGetSets[] = {{"name", hashName, nullptr, nullptr},
                              {"digest_size", hashDigestSize, nullptr, nullptr},
                              {"block_size", hashBlockSize, nullptr, nullptr},
                              {}};
const MethodDef kMd5Functions[] = {method("md5", construct<kMd5>, DATA), {}};
const MethodDef kSha1Functions[] = {method("sha1", construct<kSha1>, DATA), {}};
const MethodDef kSha256Functions[] = {
    method("sha224", construct<kSha224>, DATA), method("sha256", construct<kSha256>, DATA), {}};
const MethodDef kSha512Functions[] = {
    method("sha384", construct<kSha384>, DATA), method("sha512", construct<kSha512>, DATA), {}};
#undef DATA

bool addType(Thread& t, ModuleObject* m, HashId id, const char* attribute, const char* name) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(HashObject),
                             .doc = nullptr,
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .dealloc = hashDealloc};
  Ref<Type> made = makeNativeType(t, spec, name, nullptr, kTypeDisallowNew);
  if (!made) return false;
  made_types[id] = made.get();
  return moduleAdd(t, m, attribute, std::move(made));
}
bool initMd5(Thread& t, ModuleObject* m) { return addType(t, m, kMd5, "MD5Type", "_md5.md5"); }
bool initSha1(Thread& t, ModuleObject* m) { return addType(t, m, kSha1, "SHA1Type", "_sha1.sha1"); }
bool initSha256(Thread& t, ModuleObject* m) {
  return addType(t, m, kSha224, "SHA224Type", "_sha256.sha224") &&
         addType(t, m, kSha256, "SHA256Type", "_sha256.sha256");
}
bool initSha512(Thread& t, ModuleObject* m) {
  return addType(t, m, kSha384, "SHA384Type", "_sha512.sha384") &&
         addType(t, m, kSha512, "SHA512Type", "_sha512.sha512");
}

// --- _sha3 ---

Ref<> unreachable(Thread&, Value, const Value*) {
  return nullptr;
}  // the definitions below are only bound, never called

template <int id>
Ref<> sha3New(Thread& t, Type* type, Args args) {
  static const MethodDef kNew =
      method("sha3_224", unreachable, "($self, data=<unrepresentable>, /, *, usedforsecurity=True)");
  Value bound[2];
  Ref<> keep[2];
  if (args.positional > 1) {
    return raise(t, exc::TypeError, "%s() takes at most 1 positional argument (%zu given)", kHashAlgorithms[id].name,
                 args.positional);
  }
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  return newHashObject(t, type, kHashAlgorithms[id], bound[0]);
}
bool lengthArgument(Thread& t, Value v, size_t* out) {
  if (!isIntLike(v)) return raise(t, exc::TypeError, "an integer is required");
  Digits digits(intValue(v));
  if (digits.negative) return raise(t, exc::ValueError, "value must be positive");
  if (digits.count > 1) return raise(t, exc::OverflowError, "Python int too large to convert to C unsigned long");
  if (digits.low() >= 1u << 29) return raise(t, exc::ValueError, "length is too large");
  *out = digits.low();
  return true;
}
Ref<> shakeDigest(Thread& t, Value self, Value length) {
  size_t size;
  return lengthArgument(t, length, &size) ? Ref<>(hashDigest(t, asHash(self), size)) : Ref<>();
}
Ref<> shakeHexDigest(Thread& t, Value self, Value length) {
  size_t size;
  return lengthArgument(t, length, &size) ? hexOfBytes(t, hashDigest(t, asHash(self), size)) : Ref<>();
}
int64_t rateOf(Value self) { return EVP_MD_CTX_get_block_size(asHash(self)->context) * 8; }
Ref<> rateBits(Thread& t, Value self) { return newInt(t, rateOf(self)); }
Ref<> capacityBits(Thread& t, Value self) { return newInt(t, 1600 - rateOf(self)); }
Ref<> suffix(Thread&, Value self) { return share(Value(byteBytes(asHash(self)->algorithm->extendable ? 0x1F : 0x06))); }

const MethodDef kShakeMethods[] = {
    method("update", hashUpdate, "($self, data, /)",
           "Update this hash object's state with the provided bytes-like object."),
    method("digest", shakeDigest, "($self, length, /)", "Return the digest value as a bytes object."),
    method("hexdigest", shakeHexDigest, "($self, length, /)",
           "Return the digest value as a string of hexadecimal digits."),
    method("copy", hashCopy, "($self, /)", "Return a copy of the hash object."),
    {},
};
const GetSetDef kSha3GetSets[] = {{"name", hashName, nullptr, nullptr},
                                  {"digest_size", hashDigestSize, nullptr, nullptr},
                                  {"block_size", hashBlockSize, nullptr, nullptr},
                                  {"_rate_bits", rateBits, nullptr, nullptr},
                                  {"_capacity_bits", capacityBits, nullptr, nullptr},
                                  {"_suffix", suffix, nullptr, nullptr},
                                  {}};
template <int id>
bool addSha3(Thread& t, ModuleObject* m, const char* name, const char* doc) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(HashObject),
                             .doc = doc,
                             .methods = kHashAlgorithms[id].extendable ? kShakeMethods : kMethods,
                             .getsets = kSha3GetSets,
                             .dealloc = hashDealloc,
                             .fill = [](Slots& slots) { slots.new_ = sha3New<id>; }};
  return addNativeType(t, m, spec, name, kTypeFinal);
}
bool initSha3(Thread& t, ModuleObject* m) {
  constexpr const char* kDoc = "([data], *, usedforsecurity=True) -> SHA3 object\n\nReturn a new SHA3 hash object.";
  constexpr const char* kShakeDoc =
      "([data], *, usedforsecurity=True) -> SHAKE object\n\nReturn a new SHAKE hash object.";
  return addSha3<kSha3_224>(t, m, "_sha3.sha3_224", kDoc) && addSha3<kSha3_256>(t, m, "_sha3.sha3_256", kDoc) &&
         addSha3<kSha3_384>(t, m, "_sha3.sha3_384", kDoc) && addSha3<kSha3_512>(t, m, "_sha3.sha3_512", kDoc) &&
         addSha3<kShake128>(t, m, "_sha3.shake_128", kShakeDoc) &&
         addSha3<kShake256>(t, m, "_sha3.shake_256", kShakeDoc) &&
         moduleAdd(t, m, "keccakopt", steal(Value::fromInt(0))) &&
         moduleAdd(t, m, "implementation", newStrUtf8(t, "OpenSSL"));
}

}  // namespace

const ModuleDef& md5Module() {
  static const ModuleDef def{"_md5", nullptr, kMd5Functions, initMd5};
  return def;
}
const ModuleDef& sha1Module() {
  static const ModuleDef def{"_sha1", nullptr, kSha1Functions, initSha1};
  return def;
}
const ModuleDef& sha256Module() {
  static const ModuleDef def{"_sha256", nullptr, kSha256Functions, initSha256};
  return def;
}
const ModuleDef& sha512Module() {
  static const ModuleDef def{"_sha512", nullptr, kSha512Functions, initSha512};
  return def;
}
const ModuleDef& sha3Module() {
  static const ModuleDef def{"_sha3", nullptr, nullptr, initSha3};
  return def;
}

}  // namespace krait
