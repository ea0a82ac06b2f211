// Hash objects on OpenSSL: _hashlib, and the small modules of single algorithms (_md5, _sha1, _sha256, _sha512) that share them.
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>

#include <strings.h>

#include <string>

#include "runtime/core/error.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/int.h"
#include "runtime/objects/module.h"
#include "runtime/objects/set.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

struct HashObject : Object {
  EVP_MD_CTX* context;  // owned
  const char* name;     // as Python spells it
  bool extendable;      // shake: the length is given by who asks
};
HashObject* asHash(Value v) { return static_cast<HashObject*>(v.asObject()); }
Type *hash_type = nullptr, *extendable_type = nullptr;
constexpr size_t kLargeInput = 2048;  // from here on other threads may run meanwhile

struct Algorithm {
  const char* name;      // Python's
  const char* openssl;
  bool extendable;
};
const Algorithm kAlgorithms[] = {
    {"md5", "MD5", false},
    {"sha1", "SHA1", false},
    {"sha224", "SHA224", false},
    {"sha256", "SHA256", false},
    {"sha384", "SHA384", false},
    {"sha512", "SHA512", false},
    {"sha512_224", "SHA512-224", false},
    {"sha512_256", "SHA512-256", false},
    {"sha3_224", "SHA3-224", false},
    {"sha3_256", "SHA3-256", false},
    {"sha3_384", "SHA3-384", false},
    {"sha3_512", "SHA3-512", false},
    {"shake_128", "SHAKE128", true},
    {"shake_256", "SHAKE256", true},
    {"blake2b", "BLAKE2b512", false},
    {"blake2s", "BLAKE2s256", false},
    {"sm3", "SM3", false},
    {"md5-sha1", "MD5-SHA1", false},
    {"ripemd160", "RIPEMD160", false},
};
const Algorithm* findAlgorithm(std::string_view name) {
  for (const Algorithm& a : kAlgorithms) {
    if (name == a.name || strcasecmp(std::string(name).c_str(), a.openssl) == 0) return &a;
  }
  return nullptr;
}

Raised unsupported(Thread& t, const char* name) { return raise(t, exc::ValueError, "unsupported hash type %s", name); }

// The bytes to be hashed: text is refused as hashlib does.
bool dataArgument(Thread& t, Value v, Buffer* out) {
  if (isStr(v)) return raise(t, exc::TypeError, "Strings must be encoded before hashing");
  if (!hasBuffer(v)) return raise(t, exc::TypeError, "object supporting the buffer API required");
  if (!out->get(t, v)) return false;
  if (out->raw().dimensions > 1) return raise(t, exc::BufferError, "Buffer must be single dimension");
  return true;
}
void feed(Thread& t, EVP_MD_CTX* context, const Buffer& data) {
  if (data.size() < kLargeInput) {
    EVP_DigestUpdate(context, data.data(), data.size());
    return;
  }
  WithoutGil released(t);
  EVP_DigestUpdate(context, data.data(), data.size());
}

Ref<> makeHash(Thread& t, const Algorithm& algorithm, Value data) {
  const EVP_MD* md = EVP_get_digestbyname(algorithm.openssl);
  if (!md) return unsupported(t, algorithm.name);
  HashObject* hash = allocateInstance<HashObject>(algorithm.extendable ? extendable_type : hash_type);
  if (!hash) return raiseNoMemory(t);
  hash->context = EVP_MD_CTX_new();
  hash->name = algorithm.name;
  hash->extendable = algorithm.extendable;
  Ref<> owner = steal(Value(hash));
  if (!hash->context || !EVP_DigestInit_ex(hash->context, md, nullptr)) return unsupported(t, algorithm.name);
  if (data && !data.isNone()) {
    Buffer bytes;
    if (!dataArgument(t, data, &bytes)) return kRaised;
    feed(t, hash->context, bytes);
  }
  return owner;
}

void hashDealloc(Object* self) {
  EVP_MD_CTX_free(static_cast<HashObject*>(self)->context);
  freeInstance(self);
}
Ref<> update(Thread& t, Value self, Value data) {
  Buffer bytes;
  if (!dataArgument(t, data, &bytes)) return kRaised;
  Ref<> keep = share(self);
  feed(t, asHash(self)->context, bytes);
  return steal(kNone);
}
// The digest so far; `length` counts for extendable ones.
bool finish(Thread& t, HashObject* hash, size_t length, std::string* out) {
  EVP_MD_CTX* copy = EVP_MD_CTX_new();
  bool good = copy && EVP_MD_CTX_copy_ex(copy, hash->context);
  if (good) {
    out->resize(hash->extendable ? length : size_t(EVP_MD_CTX_size(hash->context)));
    unsigned char* to = reinterpret_cast<unsigned char*>(out->data());
    good = hash->extendable ? length == 0 || EVP_DigestFinalXOF(copy, to, length) : EVP_DigestFinal_ex(copy, to, nullptr);
  }
  EVP_MD_CTX_free(copy);
  return good || raise(t, exc::ValueError, "the digest cannot be computed").operator bool();
}
Ref<> hexText(Thread& t, std::string_view bytes) {
  static const char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (unsigned char b : bytes) {
    hex += kDigits[b >> 4];
    hex += kDigits[b & 15];
  }
  return newStrUtf8(t, hex);
}
Ref<> digest(Thread& t, Value self) {
  std::string out;
  return finish(t, asHash(self), 0, &out) ? newBytes(t, out) : Ref<Bytes>();
}
Ref<> hexDigest(Thread& t, Value self) {
  std::string out;
  return finish(t, asHash(self), 0, &out) ? hexText(t, out) : Ref<>();
}
template <bool hex>
Ref<> digestOfLength(Thread& t, Value self, const Value* args) {
  int64_t length = toIndex(t, args[0]);
  if (t.raised()) return kRaised;
  if (length < 0) return raise(t, exc::ValueError, "value must be positive");
  std::string out;
  if (!finish(t, asHash(self), size_t(length), &out)) return kRaised;
  if (hex) return hexText(t, out);
  return newBytes(t, out);
}
Ref<> copyHash(Thread& t, Value self) {
  HashObject* from = asHash(self);
  HashObject* hash = allocateInstance<HashObject>(from->type());
  if (!hash) return raiseNoMemory(t);
  hash->context = EVP_MD_CTX_new();
  hash->name = from->name;
  hash->extendable = from->extendable;
  Ref<> owner = steal(Value(hash));
  if (!hash->context || !EVP_MD_CTX_copy_ex(hash->context, from->context)) return raiseNoMemory(t);
  return owner;
}
Ref<> hashName(Thread& t, Value self) { return newStrUtf8(t, asHash(self)->name); }
Ref<> digestSize(Thread& t, Value self) { return newInt(t, asHash(self)->extendable ? 0 : EVP_MD_CTX_size(asHash(self)->context)); }
Ref<> blockSize(Thread& t, Value self) { return newInt(t, EVP_MD_CTX_block_size(asHash(self)->context)); }
Ref<> hashRepr(Thread& t, Value self) {
  return strFormat(t, "<%s %s object @ %p>", asHash(self)->name, typeName(self), static_cast<void*>(self.asObject()));
}

const MethodDef kHashMethods[] = {
    method("update", update, "($self, obj, /)", "Update this hash object's state with the provided string."),
    method("digest", digest, "($self, /)", "Return the digest value as a bytes object."),
    method("hexdigest", hexDigest, "($self, /)", "Return the digest value as a string of hexadecimal digits."),
    method("copy", copyHash, "($self, /)", "Return a copy of the hash object."),
    {},
};
const MethodDef kExtendableMethods[] = {
    method("digest", digestOfLength<false>, "($self, /, length)", "Return the digest value as a bytes object."),
    method("hexdigest", digestOfLength<true>, "($self, /, length)", "Return the digest value as a string of hexadecimal digits."),
    {},
};
const GetSetDef kHashGetSets[] = {{"name", hashName, nullptr, nullptr},
                                  {"digest_size", digestSize, nullptr, nullptr},
                                  {"block_size", blockSize, nullptr, nullptr},
                                  {}};

// Both types, made for the first of the modules that is imported.
bool readyTypes(Thread& t) {
  if (hash_type) return true;
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(HashObject),
                             .doc = "A hash is an object used to calculate a checksum of a string of information.",
                             .methods = kHashMethods,
                             .getsets = kHashGetSets,
                             .dealloc = hashDealloc,
                             .fill = [](Slots& slots) { slots.repr = hashRepr; }};
  static const TypeSpec extendable{
      .type = nullptr,
      .basic_size = sizeof(HashObject),
      .doc = "A hash is an object used to calculate a checksum of a string of information.",
      .methods = kExtendableMethods};
  Ref<Type> made = makeNativeType(t, spec, "_hashlib.HASH", nullptr, kTypeDisallowNew);
  if (!made) return false;
  hash_type = made.leakObject();
  made = makeNativeType(t, extendable, "_hashlib.HASHXOF", hash_type, kTypeDisallowNew);
  if (!made) return false;
  extendable_type = made.leakObject();
  return true;
}

template <int index>
Ref<> construct(Thread& t, Value, const Value* args) {
  return makeHash(t, kAlgorithms[index], args[0]);
}
Ref<> newHash(Thread& t, Value, const Value* args) {
  if (!isStr(args[0])) return raise(t, exc::TypeError, "name must be a string");
  Utf8 name(asStr(args[0]));
  const Algorithm* algorithm = findAlgorithm(name.view());
  return algorithm ? makeHash(t, *algorithm, args[1]) : Ref<>(unsupported(t, name.c_str()));
}

// --- derivation of keys, comparison ---

const EVP_MD* digestArgument(Thread& t, Value name) {
  if (!isStr(name)) return raise(t, exc::TypeError, "argument 1 must be str, not %s", typeName(name));
  Utf8 text(asStr(name));
  const Algorithm* algorithm = findAlgorithm(text.view());
  const EVP_MD* md = algorithm ? EVP_get_digestbyname(algorithm->openssl) : nullptr;
  if (!md) return unsupported(t, text.c_str());
  return md;
}
Ref<> pbkdf2(Thread& t, Value, const Value* args) {
  const EVP_MD* md = digestArgument(t, args[0]);
  Buffer password, salt;
  if (!md || !password.get(t, args[1]) || !salt.get(t, args[2])) return kRaised;
  int64_t iterations = toIndex(t, args[3]);
  if (t.raised()) return kRaised;
  if (iterations < 1) return raise(t, exc::ValueError, "iteration value must be greater than 0.");
  if (iterations > INT32_MAX) return raise(t, exc::OverflowError, "iteration value is too great.");
  int64_t length = args[4].isNone() ? EVP_MD_size(md) : toIndex(t, args[4]);
  if (t.raised()) return kRaised;
  if (length < 1) return raise(t, exc::ValueError, "key length must be greater than 0.");
  if (length > INT32_MAX) return raise(t, exc::OverflowError, "key length is too great.");
  std::string key(size_t(length), 0);
  int good;
  {
    WithoutGil released(t);
    good = PKCS5_PBKDF2_HMAC(password.chars(), int(password.size()), salt.data(), int(salt.size()), int(iterations), md, int(length),
                             reinterpret_cast<unsigned char*>(key.data()));
  }
  return good ? Ref<>(newBytes(t, key)) : Ref<>(raise(t, exc::ValueError, "the key cannot be derived"));
}
Ref<> scryptKey(Thread& t, Value, const Value* args) {
  Buffer password, salt;
  if (!password.get(t, args[0])) return kRaised;
  if (args[1].isNone()) return raise(t, exc::TypeError, "salt is required");
  if (!salt.get(t, args[1])) return kRaised;
  int64_t n[5];
  static const char* const kNames[] = {"n", "r", "p"};
  for (int i = 0; i < 3; ++i) {
    if (args[2 + i].isNone() || !isIntLike(args[2 + i]))
      return raise(t, exc::TypeError, "%s is required and must be an unsigned int", kNames[i]);
    n[i] = toInt64(t, args[2 + i]);
    if (t.raised()) return kRaised;
  }
  if (n[0] < 2 || (n[0] & (n[0] - 1))) return raise(t, exc::ValueError, "n must be a power of 2.");
  n[3] = toInt64(t, args[5]);
  if (t.raised()) return kRaised;
  n[4] = toInt64(t, args[6]);
  if (t.raised()) return kRaised;
  if (n[3] < 0 || n[3] > INT32_MAX) return raise(t, exc::ValueError, "maxmem must be positive and smaller than %d", INT32_MAX);
  if (n[4] < 1 || n[4] > INT32_MAX) return raise(t, exc::ValueError, "dklen must be greater than 0 and smaller than %d", INT32_MAX);
  std::string key(size_t(n[4]), 0);
  int good;
  {
    WithoutGil released(t);
    good = EVP_PBE_scrypt(password.chars(), password.size(), salt.data(), salt.size(), uint64_t(n[0]), uint64_t(n[1]), uint64_t(n[2]),
                          uint64_t(n[3]), reinterpret_cast<unsigned char*>(key.data()), key.size());
  }
  return good ? Ref<>(newBytes(t, key)) : Ref<>(raise(t, exc::ValueError, "Invalid parameter combination for n, r, p, maxmem."));
}
Ref<> hmacDigest(Thread& t, Value, const Value* args) {
  Buffer key, message;
  if (!key.get(t, args[0]) || !message.get(t, args[1])) return kRaised;
  const EVP_MD* md = digestArgument(t, args[2]);
  if (!md) return kRaised;
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (!HMAC(md, key.data(), int(key.size()), message.data(), message.size(), out, &size)) {
    return raise(t, exc::ValueError, "the digest cannot be computed");
  }
  return newBytes(t, std::string_view(reinterpret_cast<char*>(out), size));
}
// Takes the same time wherever the difference is.
Ref<> compareDigest(Thread& t, Value, const Value* args) {
  std::string_view a, b;
  Buffer left, right;
  if (isStr(args[0]) && isStr(args[1])) {
    if (!asStr(args[0])->ascii || !asStr(args[1])->ascii) {
      return raise(t, exc::TypeError, "comparing strings with non-ASCII characters is not supported");
    }
    a = asciiView(asStr(args[0]));
    b = asciiView(asStr(args[1]));
  } else {
    if (!hasBuffer(args[0]) || !hasBuffer(args[1])) {
      return raise(t, exc::TypeError, "unsupported operand types(s) or combination of types: '%.100s' and '%.100s'",
                   typeName(args[0]), typeName(args[1]));
    }
    if (!left.get(t, args[0]) || !right.get(t, args[1])) return kRaised;
    a = left.view();
    b = right.view();
  }
  bool same = a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), b.size()) == 0;
  return steal(Value::fromBool(same));
}
Ref<> fipsMode(Thread&, Value) { return steal(Value::fromInt(EVP_default_properties_is_fips_enabled(nullptr))); }

#define DATA "($module, /, string=b'', *, usedforsecurity=True)"
const MethodDef kHashlibFunctions[] = {
    method("new", newHash, "($module, /, name, string=b'', *, usedforsecurity=True)",
           "Return a new hash object using the named algorithm."),
    method("openssl_md5", construct<0>, DATA),
    method("openssl_sha1", construct<1>, DATA),
    method("openssl_sha224", construct<2>, DATA),
    method("openssl_sha256", construct<3>, DATA),
    method("openssl_sha384", construct<4>, DATA),
    method("openssl_sha512", construct<5>, DATA),
    method("openssl_sha3_224", construct<8>, DATA),
    method("openssl_sha3_256", construct<9>, DATA),
    method("openssl_sha3_384", construct<10>, DATA),
    method("openssl_sha3_512", construct<11>, DATA),
    method("openssl_shake_128", construct<12>, DATA),
    method("openssl_shake_256", construct<13>, DATA),
    method("pbkdf2_hmac", pbkdf2, "($module, /, hash_name, password, salt, iterations, dklen=None)",
           "Password based key derivation function 2 (PKCS #5 v2.0) with HMAC as pseudorandom function."),
    method("scrypt", scryptKey, "($module, /, password, *, salt=None, n=None, r=None, p=None, maxmem=0, dklen=64)",
           "scrypt password-based key derivation function."),
    method("hmac_digest", hmacDigest, "($module, /, key, msg, digest)", "Single-shot HMAC."),
    method("compare_digest", compareDigest, "($module, a, b, /)", "Return 'a == b'."),
    method("get_fips_mode", fipsMode, "($module, /)"),
    {},
};
const MethodDef kMd5Functions[] = {method("md5", construct<0>, DATA), {}};
const MethodDef kSha1Functions[] = {method("sha1", construct<1>, DATA), {}};
const MethodDef kSha256Functions[] = {method("sha224", construct<2>, DATA), method("sha256", construct<3>, DATA), {}};
const MethodDef kSha512Functions[] = {method("sha384", construct<4>, DATA), method("sha512", construct<5>, DATA), {}};
#undef DATA

bool initSingle(Thread& t, ModuleObject*) { return readyTypes(t); }
bool initHashlib(Thread& t, ModuleObject* m) {
  if (!readyTypes(t)) return false;
  Ref<> names = call(t, Value(&types::Set));
  for (const Algorithm& a : kAlgorithms) {
    if (!EVP_get_digestbyname(a.openssl)) continue;
    if (!names || !callMethod(t, names, "add", Value(internStatic(a.name)))) return false;
  }
  Ref<> frozen = names ? call(t, Value(&types::FrozenSet), names) : Ref<>();
  Ref<Type> error = makeClass(t, &types::Type, Value(internStatic("UnsupportedDigestmodError")),
                              packTuple(t, Value(&exc::ValueError)), newDict(t), Args{});
  return error && setAttr(t, error, internStatic("__module__"), Value(internStatic("_hashlib"))) &&
         moduleAdd(t, m, "openssl_md_meth_names", std::move(frozen)) && moduleAdd(t, m, "HASH", share(Value(hash_type))) &&
         moduleAdd(t, m, "HASHXOF", share(Value(extendable_type))) && moduleAdd(t, m, "UnsupportedDigestmodError", std::move(error));
}

}  // namespace

const ModuleDef& hashlibModule() {
  static const ModuleDef def{"_hashlib", "OpenSSL interface for hashlib module", kHashlibFunctions, initHashlib};
  return def;
}
const ModuleDef& md5Module() {
  static const ModuleDef def{"_md5", nullptr, kMd5Functions, initSingle};
  return def;
}
const ModuleDef& sha1Module() {
  static const ModuleDef def{"_sha1", nullptr, kSha1Functions, initSingle};
  return def;
}
const ModuleDef& sha256Module() {
  static const ModuleDef def{"_sha256", nullptr, kSha256Functions, initSingle};
  return def;
}
const ModuleDef& sha512Module() {
  static const ModuleDef def{"_sha512", nullptr, kSha512Functions, initSingle};
  return def;
}

}  // namespace krait
