// _hashlib: OpenSSL's hashes, HMAC and derivation of keys.
#define OPENSSL_SUPPRESS_DEPRECATED  // HMAC_CTX, which can be copied
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>

#include <strings.h>

#include <string>

#include "runtime/core/error.h"
#include "runtime/modules/compression.h"
#include "runtime/modules/fields.h"
#include "runtime/modules/hash_object.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/set.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

Type *hash_type = nullptr, *extendable_type = nullptr, *hmac_type = nullptr, *unsupported_error = nullptr;
Dict* constructors = nullptr;  // constructor function -> name, owned

Raised unsupported(Thread& t) { return raise(t, exc::ValueError, "[digital envelope routines] unsupported"); }

// The algorithm of a name, Python's or one of OpenSSL's in any case; null: unknown.
const HashAlgorithm* findAlgorithm(const char* name) {
  for (const HashAlgorithm& a : kHashAlgorithms) {
    if (strcmp(name, a.name) == 0 || strcasecmp(name, a.openssl) == 0) return &a;
  }
  const EVP_MD* md = EVP_get_digestbyname(name);
  for (const HashAlgorithm& a : kHashAlgorithms) {
    if (md && EVP_MD_is_a(md, a.openssl)) return &a;
  }
  return nullptr;
}
Ref<> makeHash(Thread& t, const HashAlgorithm& algorithm, Value data) {
  return newHashObject(t, algorithm.extendable ? extendable_type : hash_type, algorithm, data);
}

template <bool hex>
Ref<> digestOfLength(Thread& t, Value self, const Value* args) {
  int64_t length = toIndex(t, args[0]);
  if (length == -1 && t.raised()) return kRaised;
  if (length < 0) return raise(t, exc::SystemError, "Negative size passed to PyBytes_FromStringAndSize");
  Ref<Bytes> digest = hashDigest(t, asHash(self), size_t(length));
  return hex ? hexOfBytes(t, std::move(digest)) : Ref<>(std::move(digest));
}
Ref<> hashRepr(Thread& t, Value self) {
  return strFormat(t, "<%s %s object @ %p>", asHash(self)->algorithm->name, typeName(self),
                   static_cast<void*>(self.asObject()));
}

const MethodDef kHashMethods[] = {
    method("update", hashUpdate, "($self, obj, /)", "Update this hash object's state with the provided string."),
    method("digest", hashDigestMethod, "($self, /)", "Return the digest value as a bytes object."),
    method("hexdigest", hashHexDigestMethod, "($self, /)",
           "Return the digest value as a string of hexadecimal digits."),
    method("copy", hashCopy, "($self, /)", "Return a copy of the hash object."),
    {},
};
const MethodDef kExtendableMethods[] = {
    method("digest", digestOfLength<false>, "($self, /, length)", "Return the digest value as a bytes object."),
    method("hexdigest", digestOfLength<true>, "($self, /, length)",
           "Return the digest value as a string of hexadecimal digits."),
    {},
};
const GetSetDef kHashGetSets[] = {{"name", hashName, nullptr, nullptr},
                                  {"digest_size", hashDigestSize, nullptr, nullptr},
                                  {"block_size", hashBlockSize, nullptr, nullptr},
                                  {}};
const GetSetDef kExtendableGetSets[] = {{"digest_size", hashDigestSize, nullptr, nullptr}, {}};

template <int index>
Ref<> construct(Thread& t, Value, const Value* args) {
  return makeHash(t, kHashAlgorithms[index], args[0]);
}
Ref<> newHash(Thread& t, Value, const Value* args) {
  if (!isStr(args[0])) return raise(t, exc::TypeError, "name must be a string");
  Utf8 name(asStr(args[0]));
  const HashAlgorithm* algorithm = findAlgorithm(name.c_str());
  return algorithm ? makeHash(t, *algorithm, args[1]) : Ref<>(unsupported(t));
}

// --- derivation of keys, comparison ---

// The digest that a name or one of this module's constructors stands for.
const HashAlgorithm* digestArgument(Thread& t, Value v) {
  Ref<> name = share(v);
  if (!isStr(v)) {
    Value known = dictGet(t, constructors, v);
    if (t.raised() && !raisedIs(t, exc::TypeError)) return kRaised;
    if (t.raised()) clearException(t);
    if (!known) {
      Ref<Str> shown = repr(t, v);
      if (!shown) return kRaised;
      return raise(t, *unsupported_error, "Unsupported digestmod %s", Utf8(shown.get()).c_str());
    }
    name = share(known);
  }
  Utf8 text(asStr(name));
  const HashAlgorithm* algorithm = findAlgorithm(text.c_str());
  if (!algorithm) return unsupported(t);
  return algorithm;
}
Ref<> pbkdf2(Thread& t, Value, const Value* args) {
  if (!isStr(args[0]))
    return raise(t, exc::TypeError, "pbkdf2_hmac() argument 'hash_name' must be str, not %.50s", typeName(args[0]));
  const HashAlgorithm* algorithm = digestArgument(t, args[0]);
  const EVP_MD* md = algorithm ? EVP_get_digestbyname(algorithm->openssl) : nullptr;
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
    good = PKCS5_PBKDF2_HMAC(password.chars(), int(password.size()), salt.data(), int(salt.size()), int(iterations), md,
                             int(length), reinterpret_cast<unsigned char*>(key.data()));
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
  if (n[3] < 0 || n[3] > INT32_MAX)
    return raise(t, exc::ValueError, "maxmem must be positive and smaller than %d", INT32_MAX);
  if (n[4] < 1 || n[4] > INT32_MAX)
    return raise(t, exc::ValueError, "dklen must be greater than 0 and smaller than %d", INT32_MAX);
  std::string key(size_t(n[4]), 0);
  int good;
  {
    WithoutGil released(t);
    good = EVP_PBE_scrypt(password.chars(), password.size(), salt.data(), salt.size(), uint64_t(n[0]), uint64_t(n[1]),
                          uint64_t(n[2]), uint64_t(n[3]), reinterpret_cast<unsigned char*>(key.data()), key.size());
  }
  return good ? Ref<>(newBytes(t, key))
              : Ref<>(raise(t, exc::ValueError, "Invalid parameter combination for n, r, p, maxmem."));
}
Ref<> hmacDigest(Thread& t, Value, const Value* args) {
  Buffer key, message;
  const HashAlgorithm* algorithm = digestArgument(t, args[2]);
  if (!algorithm || !key.get(t, args[0]) || !message.get(t, args[1])) return kRaised;
  if (key.size() > INT32_MAX) return raise(t, exc::OverflowError, "key is too long.");
  if (message.size() > INT32_MAX) return raise(t, exc::OverflowError, "msg is too long.");
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (!HMAC(EVP_get_digestbyname(algorithm->openssl), key.data(), int(key.size()), message.data(), message.size(), out,
            &size)) {
    return unsupported(t);
  }
  return newBytes(t, std::string_view(reinterpret_cast<char*>(out), size));
}

// --- HMAC objects ---

struct HmacObject : Object {
  HMAC_CTX* context;  // owned
  const HashAlgorithm* algorithm;
  pthread_mutex_t mutex;
};
HmacObject* asHmac(Value v) { return static_cast<HmacObject*>(v.asObject()); }

Ref<HmacObject> emptyHmac(Thread& t, const HashAlgorithm* algorithm) {
  HmacObject* hmac = allocateInstance<HmacObject>(hmac_type);
  if (!hmac) return raiseNoMemory(t);
  hmac->context = HMAC_CTX_new();
  hmac->algorithm = algorithm;
  pthread_mutex_init(&hmac->mutex, nullptr);
  Ref<HmacObject> owner = steal(hmac);
  if (!hmac->context) return raiseNoMemory(t);
  return owner;
}
void hmacDealloc(Object* self) {
  HMAC_CTX_free(static_cast<HmacObject*>(self)->context);
  pthread_mutex_destroy(&static_cast<HmacObject*>(self)->mutex);
  freeInstance(self);
}
bool feedHmac(Thread& t, HmacObject* hmac, Value data) {
  Buffer bytes;
  if (!hashData(t, data, &bytes)) return false;
  Ref<> keep = share(Value(hmac));
  BusyScope busy(t, &hmac->mutex);
  int good;
  if (bytes.size() < kLargeHashInput) {
    good = HMAC_Update(hmac->context, bytes.data(), bytes.size());
  } else {
    WithoutGil released(t);
    good = HMAC_Update(hmac->context, bytes.data(), bytes.size());
  }
  return good || unsupported(t).operator bool();
}
Ref<> hmacNew(Thread& t, Value, const Value* args) {
  Buffer key;
  if (!key.get(t, args[0])) return kRaised;
  if (key.size() > INT32_MAX) return raise(t, exc::OverflowError, "key is too long.");
  if (!args[2]) return raise(t, exc::TypeError, "Missing required parameter 'digestmod'.");
  const HashAlgorithm* algorithm = digestArgument(t, args[2]);
  Ref<HmacObject> hmac = algorithm ? emptyHmac(t, algorithm) : Ref<HmacObject>();
  if (!hmac) return kRaised;
  if (!HMAC_Init_ex(hmac->context, key.data(), int(key.size()), EVP_get_digestbyname(algorithm->openssl), nullptr))
    return unsupported(t);
  if (args[1] && !args[1].isNone() && !feedHmac(t, hmac.get(), args[1])) return kRaised;
  return hmac;
}
Ref<> hmacUpdate(Thread& t, Value self, const Value* args) {
  return feedHmac(t, asHmac(self), args[0]) ? steal(kNone) : Ref<>();
}
Ref<> hmacCopy(Thread& t, Value self) {
  Ref<> keep = share(self);
  Ref<HmacObject> made = emptyHmac(t, asHmac(self)->algorithm);
  if (!made) return kRaised;
  BusyScope busy(t, &asHmac(self)->mutex);
  return HMAC_CTX_copy(made->context, asHmac(self)->context) ? Ref<>(std::move(made)) : Ref<>(unsupported(t));
}
Ref<Bytes> hmacResult(Thread& t, Value self) {
  Ref<> copy = hmacCopy(t, self);
  if (!copy) return kRaised;
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (!HMAC_Final(asHmac(copy)->context, out, &size)) return unsupported(t);
  return newBytes(t, {reinterpret_cast<char*>(out), size});
}
Ref<> hmacDigestMethod(Thread& t, Value self) { return hmacResult(t, self); }
Ref<> hmacHexDigest(Thread& t, Value self) { return hexOfBytes(t, hmacResult(t, self)); }
Ref<> hmacRepr(Thread& t, Value self) {
  return strFormat(t, "<%s HMAC object @ %p>", asHmac(self)->algorithm->name, static_cast<void*>(self.asObject()));
}
Ref<> hmacName(Thread& t, Value self) { return strFormat(t, "hmac-%s", asHmac(self)->algorithm->name); }
Ref<> hmacDigestSize(Thread& t, Value self) {
  return newInt(t, EVP_MD_get_size(HMAC_CTX_get_md(asHmac(self)->context)));
}
Ref<> hmacBlockSize(Thread& t, Value self) {
  return newInt(t, EVP_MD_get_block_size(HMAC_CTX_get_md(asHmac(self)->context)));
}
const MethodDef kHmacMethods[] = {
    method("update", hmacUpdate, "($self, /, msg)", "Update the HMAC object with msg."),
    method("digest", hmacDigestMethod, "($self, /)",
           "Return the digest of the bytes passed to the update() method so far."),
    method("hexdigest", hmacHexDigest, "($self, /)",
           "Return hexadecimal digest of the bytes passed to the update() method so far."),
    method("copy", hmacCopy, "($self, /)", "Return a copy (\"clone\") of the HMAC object."),
    {},
};
const GetSetDef kHmacGetSets[] = {{"digest_size", hmacDigestSize, nullptr, nullptr},
                                  {"block_size", hmacBlockSize, nullptr, nullptr},
                                  {"name", hmacName, nullptr, nullptr},
                                  {}};

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

#define DATA "($module, /, string=<unrepresentable>, *, usedforsecurity=True)"
const MethodDef kHashlibFunctions[] = {
    method("new", newHash, "($module, /, name, string=<unrepresentable>, *, usedforsecurity=True)",
           "Return a new hash object using the named algorithm."),
    method("openssl_md5", construct<kMd5>, DATA),
    method("openssl_sha1", construct<kSha1>, DATA),
    method("openssl_sha224", construct<kSha224>, DATA),
    method("openssl_sha256", construct<kSha256>, DATA),
    method("openssl_sha384", construct<kSha384>, DATA),
    method("openssl_sha512", construct<kSha512>, DATA),
    method("openssl_sha3_224", construct<kSha3_224>, DATA),
    method("openssl_sha3_256", construct<kSha3_256>, DATA),
    method("openssl_sha3_384", construct<kSha3_384>, DATA),
    method("openssl_sha3_512", construct<kSha3_512>, DATA),
    method("openssl_shake_128", construct<kShake128>, DATA),
    method("openssl_shake_256", construct<kShake256>, DATA),
    method("pbkdf2_hmac", pbkdf2, "($module, /, hash_name, password, salt, iterations, dklen=None)",
           "Password based key derivation function 2 (PKCS #5 v2.0) with HMAC as pseudorandom function."),
    method("scrypt", scryptKey, "($module, /, password, *, salt=None, n=None, r=None, p=None, maxmem=0, dklen=64)",
           "scrypt password-based key derivation function."),
    method("hmac_digest", hmacDigest, "($module, /, key, msg, digest)", "Single-shot HMAC."),
    method("hmac_new", hmacNew, "($module, /, key, msg=<unrepresentable>, digestmod=<unrepresentable>)",
           "Return a new hmac object."),
    method("compare_digest", compareDigest, "($module, a, b, /)", "Return 'a == b'."),
    method("get_fips_mode", fipsMode, "($module, /)"),
    {},
};
#undef DATA

bool addType(Thread& t, ModuleObject* m, const TypeSpec& spec, const char* name, Type* base, Type** out) {
  // A second import of the module shows the types of the first: its functions make objects of them as well.
  Ref<Type> made = *out ? share(*out) : makeNativeType(t, spec, name, base, kTypeDisallowNew);
  if (!made) return false;
  *out = made.get();
  return moduleAdd(t, m, strrchr(name, '.') + 1, std::move(made));
}
bool addTypes(Thread& t, ModuleObject* m) {
  constexpr const char* kHashDoc = "A hash is an object used to calculate a checksum of a string of information.";
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(HashObject),
                             .doc = kHashDoc,
                             .methods = kHashMethods,
                             .getsets = kHashGetSets,
                             .dealloc = hashDealloc,
                             .fill = [](Slots& slots) { slots.repr = hashRepr; }};
  static const TypeSpec extendable{.type = nullptr,
                                   .basic_size = sizeof(HashObject),
                                   .doc = kHashDoc,
                                   .methods = kExtendableMethods,
                                   .getsets = kExtendableGetSets};
  static const TypeSpec hmac{.type = nullptr,
                             .basic_size = sizeof(HmacObject),
                             .doc = "The object used to calculate HMAC of a message.",
                             .methods = kHmacMethods,
                             .getsets = kHmacGetSets,
                             .dealloc = hmacDealloc,
                             .fill = [](Slots& slots) { slots.repr = hmacRepr; }};
  return addType(t, m, spec, "_hashlib.HASH", nullptr, &hash_type) &&
         addType(t, m, extendable, "_hashlib.HASHXOF", hash_type, &extendable_type) &&
         addType(t, m, hmac, "_hashlib.HMAC", nullptr, &hmac_type);
}
// openssl_md_meth_names, and _constructors: what may stand for a digest's name.
bool addNames(Thread& t, ModuleObject* m) {
  Ref<> names = call(t, Value(&types::Set));
  Ref<Dict> dict = names ? newDict(t) : Ref<Dict>();
  if (!dict) return false;
  for (const HashAlgorithm& a : kHashAlgorithms) {
    if (!EVP_get_digestbyname(a.openssl)) continue;
    if (!callMethod(t, names, "add", Value(internStatic(a.name)))) return false;
    char text[40];
    snprintf(text, sizeof text, "openssl_%s", a.name);
    Value function = dictGetStr(m->dict, internStatic(text));
    if (function && !dictSet(t, dict.get(), function, Value(internStatic(a.name)))) return false;
  }
  constructors = share(dict.get()).leakObject();
  return moduleAdd(t, m, "openssl_md_meth_names", call(t, Value(&types::FrozenSet), names)) &&
         moduleAdd(t, m, "_constructors", call(t, Value(&types::MappingProxy), dict));
}
bool initHashlib(Thread& t, ModuleObject* m) {
  unsupported_error = addException(t, m, "_hashlib.UnsupportedDigestmodError", Value(&exc::ValueError));
  return unsupported_error && addTypes(t, m) && addNames(t, m);
}

}  // namespace

const ModuleDef& hashlibModule() {
  static const ModuleDef def{"_hashlib", "OpenSSL interface for hashlib module", kHashlibFunctions, initHashlib};
  return def;
}
}  // namespace krait
