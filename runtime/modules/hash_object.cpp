// Hash objects on OpenSSL: creation, feeding, digests.
#include "runtime/modules/hash_object.h"

#include "runtime/modules/compression.h"
#include "runtime/objects/bytes_internal.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str.h"
#include "runtime/objects/variable.h"

namespace krait {

const HashAlgorithm kHashAlgorithms[kHashCount] = {
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

bool hashData(Thread& t, Value v, Buffer* out) {
  if (isStr(v)) return raise(t, exc::TypeError, "Strings must be encoded before hashing");
  if (!hasBuffer(v)) return raise(t, exc::TypeError, "object supporting the buffer API required");
  return out->get(t, v);
}

namespace {

Ref<HashObject> emptyHash(Thread& t, Type* type, const HashAlgorithm& algorithm) {
  HashObject* hash = allocateInstance<HashObject>(type);
  if (!hash) return raiseNoMemory(t);
  hash->context = EVP_MD_CTX_new();
  hash->algorithm = &algorithm;
  pthread_mutex_init(&hash->mutex, nullptr);
  Ref<HashObject> owner = steal(hash);
  if (!hash->context) return raiseNoMemory(t);
  return owner;
}
void feed(Thread& t, HashObject* hash, const Buffer& data) {
  BusyScope busy(t, &hash->mutex);
  if (data.size() < kLargeHashInput) {
    EVP_DigestUpdate(hash->context, data.data(), data.size());
    return;
  }
  WithoutGil released(t);
  EVP_DigestUpdate(hash->context, data.data(), data.size());
}

}  // namespace

Ref<> newHashObject(Thread& t, Type* type, const HashAlgorithm& algorithm, Value data) {
  const EVP_MD* md = EVP_get_digestbyname(algorithm.openssl);
  Ref<HashObject> hash = emptyHash(t, type, algorithm);
  if (!hash) return kRaised;
  if (!md || !EVP_DigestInit_ex(hash->context, md, nullptr))
    return raise(t, exc::ValueError, "[digital envelope routines] unsupported");
  if (data && !data.isNone()) {
    Buffer bytes;
    if (!hashData(t, data, &bytes)) return kRaised;
    feed(t, hash.get(), bytes);
  }
  return hash;
}
void hashDealloc(Object* self) {
  HashObject* hash = static_cast<HashObject*>(self);
  EVP_MD_CTX_free(hash->context);
  pthread_mutex_destroy(&hash->mutex);
  freeInstance(self);
}

Ref<Bytes> hashDigest(Thread& t, HashObject* hash, size_t length) {
  if (!hash->algorithm->extendable) length = size_t(EVP_MD_CTX_get_size(hash->context));
  if (length > size_t(kMaxBytes)) return raiseNoMemory(t);
  if (length == 0) return share(emptyBytes());
  // A byte more than needed: a bytes object of one byte would be a shared one.
  Ref<Bytes> out = newBytesBlank(t, int64_t(length < 2 ? 2 : length));
  EVP_MD_CTX* copy = out ? EVP_MD_CTX_new() : nullptr;
  if (!out) return kRaised;
  BusyScope busy(t, &hash->mutex);
  bool good = copy && EVP_MD_CTX_copy_ex(copy, hash->context) &&
              (hash->algorithm->extendable ? EVP_DigestFinalXOF(copy, out->data, length)
                                           : EVP_DigestFinal_ex(copy, out->data, nullptr));
  EVP_MD_CTX_free(copy);
  if (!good) return raise(t, exc::ValueError, "the digest cannot be computed");
  return length < 2 ? newBytes(t, out->view().substr(0, length)) : std::move(out);
}
Ref<> hexOfBytes(Thread& t, Ref<Bytes> bytes) { return bytes ? hexText(t, bytes->view(), Value(), 1) : Ref<>(); }

Ref<> hashUpdate(Thread& t, Value self, Value data) {
  Buffer bytes;
  if (!hashData(t, data, &bytes)) return kRaised;
  Ref<> keep = share(self);
  feed(t, asHash(self), bytes);
  return steal(kNone);
}
Ref<> hashDigestMethod(Thread& t, Value self) { return hashDigest(t, asHash(self), 0); }
Ref<> hashHexDigestMethod(Thread& t, Value self) { return hexOfBytes(t, hashDigest(t, asHash(self), 0)); }
Ref<> hashCopy(Thread& t, Value self) {
  Ref<> keep = share(self);
  HashObject* from = asHash(self);
  Ref<HashObject> made = emptyHash(t, from->type(), *from->algorithm);
  if (!made) return kRaised;
  BusyScope busy(t, &from->mutex);
  if (!EVP_MD_CTX_copy_ex(made->context, from->context)) return raiseNoMemory(t);
  return made;
}
Ref<> hashName(Thread& t, Value self) { return newStrUtf8(t, asHash(self)->algorithm->name); }
Ref<> hashDigestSize(Thread& t, Value self) {
  return newInt(t, asHash(self)->algorithm->extendable ? 0 : EVP_MD_CTX_get_size(asHash(self)->context));
}
Ref<> hashBlockSize(Thread& t, Value self) { return newInt(t, EVP_MD_CTX_get_block_size(asHash(self)->context)); }

}  // namespace krait
