// Hash objects on OpenSSL, for the modules that show them: _hashlib, and those of single algorithms (_md5, _sha1, ...).
#pragma once
#include <openssl/evp.h>
#include <pthread.h>

#include "runtime/core/error.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/module.h"
#include "runtime/protocols/buffer.h"

namespace krait {

struct HashAlgorithm {
  const char* name;  // Python's
  const char* openssl;
  bool extendable;  // shake: the length is given by who asks
};
enum HashId : int {
  kMd5,
  kSha1,
  kSha224,
  kSha256,
  kSha384,
  kSha512,
  kSha512_224,
  kSha512_256,
  kSha3_224,
  kSha3_256,
  kSha3_384,
  kSha3_512,
  kShake128,
  kShake256,
  kBlake2b,
  kBlake2s,
  kSm3,
  kMd5Sha1,
  kRipemd160,
  kHashCount,
};
extern const HashAlgorithm kHashAlgorithms[kHashCount];  // by HashId

struct HashObject : Object {
  EVP_MD_CTX* context;  // owned
  const HashAlgorithm* algorithm;
  pthread_mutex_t mutex;  // large inputs are hashed without the GIL
};
inline HashObject* asHash(Value v) { return static_cast<HashObject*>(v.asObject()); }
inline constexpr size_t kLargeHashInput = 2048;  // from here on other threads may run meanwhile

// The bytes to be hashed: text is refused as hashlib does. False: raised.
[[nodiscard]] bool hashData(Thread& t, Value v, Buffer* out);
// A new hash of `type`, fed with data (empty or None: nothing).
Ref<> newHashObject(Thread& t, Type* type, const HashAlgorithm& algorithm, Value data);
void hashDealloc(Object* self);
// The digest so far; `length` counts for extendable ones.
Ref<Bytes> hashDigest(Thread& t, HashObject* hash, size_t length);
Ref<> hexOfBytes(Thread& t, Ref<Bytes> bytes);

// Methods and attributes that all hash types share.
Ref<> hashUpdate(Thread& t, Value self, Value data);
Ref<> hashDigestMethod(Thread& t, Value self);
Ref<> hashHexDigestMethod(Thread& t, Value self);
Ref<> hashCopy(Thread& t, Value self);
Ref<> hashName(Thread& t, Value self);
Ref<> hashDigestSize(Thread& t, Value self);
Ref<> hashBlockSize(Thread& t, Value self);

}  // namespace krait
