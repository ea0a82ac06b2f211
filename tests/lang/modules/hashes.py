"""hashlib's modules: digests, parameters, copies, keys, HMAC, errors; OpenSSL's and the others agree."""
import _blake2
import _hashlib
import _md5
import _sha1
import _sha256
import _sha3
import _sha512
import hashlib
import hmac

def attempt(f, *a, **k):
    try:
        return repr(f(*a, **k)).split(" object ")[0]
    except Exception as e:
        return f"{type(e).__module__}.{type(e).__name__}: {e}"

constructors = [_md5.md5, _sha1.sha1, _sha256.sha224, _sha256.sha256, _sha512.sha384, _sha512.sha512, _sha3.sha3_224, _sha3.sha3_256, _sha3.sha3_384, _sha3.sha3_512,
                _blake2.blake2b, _blake2.blake2s]
shakes = [_sha3.shake_128, _sha3.shake_256]
data = bytes(range(256)) * 20
for make in constructors + shakes:
    argument = (33,) if make in shakes else ()
    h = make()
    print(type(h), h.name, h.digest_size, h.block_size, h.digest(*argument), h.hexdigest(*argument))
    h.update(b"abc")
    other = h.copy()
    h.update(data)
    print(h.hexdigest(*argument), other.hexdigest(*argument), make(b"abc").digest(*argument) == other.digest(*argument), make(memoryview(data)[::2].tobytes()).hexdigest(*argument)[:9])
    print(attempt(make, "a"), attempt(make, 1), attempt(h.update, "a"), attempt(h.update, None), attempt(h.update), attempt(make, b"", usedforsecurity=False), attempt(make, nothing=1), attempt(make, memoryview(data).cast("B", [64, 80])))
    reference = hashlib.new(make.__name__, b"abc")
    print(reference.name, reference.digest(*argument) == other.digest(*argument), type(reference).__name__)
    print(attempt(type(h)), attempt(type("Sub", (type(h),), {}) if False else len, h))
for make in constructors[6:10] + shakes:
    h = make()
    print(h._capacity_bits, h._rate_bits, h._suffix)
for make in shakes:
    h = make(b"x")
    print(h.digest(0), h.digest(1), h.hexdigest(3), len(h.digest(5000)), attempt(h.digest), attempt(h.digest, -1), attempt(h.digest, 1 << 30), attempt(h.digest, 1 << 70), attempt(h.hexdigest, "a"), attempt(h.digest, length=3))
x = _hashlib.openssl_shake_128(b"x")
print(x.digest(5), x.hexdigest(length=5), x.digest(0), attempt(x.digest), attempt(x.digest, "a"), attempt(x.digest, 1 << 60), x.digest_size)

B, S = _blake2.blake2b, _blake2.blake2s
for make, most in ((B, 64), (S, 32)):
    for k in ({}, {"digest_size": 1}, {"digest_size": 20}, {"digest_size": 0}, {"digest_size": 65}, {"key": b"k"}, {"key": b"k" * most}, {"key": b"k" * (most + 1)}, {"salt": b"s" * 8}, {"salt": b"s" * 17}, {"person": b"p"},
              {"person": b"p" * 17}, {"fanout": 0}, {"fanout": 255}, {"fanout": 256}, {"depth": 2}, {"depth": 0}, {"leaf_size": 5000}, {"leaf_size": 1 << 32}, {"leaf_size": -1}, {"node_offset": 77},
              {"node_offset": (1 << 48) - 1}, {"node_offset": 1 << 48}, {"node_offset": 1 << 64}, {"node_depth": 3}, {"node_depth": 256}, {"inner_size": 32}, {"inner_size": 65}, {"last_node": True},
              {"fanout": 2, "depth": 2, "leaf_size": 4096, "node_offset": 1, "node_depth": 0, "inner_size": 32, "last_node": True, "key": b"kk", "salt": b"ss", "person": b"pp", "digest_size": 16},
              {"digest_size": "a"}, {"key": "a"}, {"salt": 1}, {"leaf_size": "a"}, {"nothing": 1}):
        print(make.__name__, k if len(repr(k)) < 40 else list(k), attempt(lambda: make(data, **k).hexdigest()), attempt(lambda: make(**k).digest_size))
    print(make.SALT_SIZE, make.PERSON_SIZE, make.MAX_KEY_SIZE, make.MAX_DIGEST_SIZE, make(b"a", last_node=True).copy().hexdigest(), attempt(make, b"", b""))
print(sorted((k, v) for k, v in vars(_blake2).items() if isinstance(v, int)))

print(sorted(_hashlib.openssl_md_meth_names), sorted(_hashlib._constructors.values()), sorted(hashlib.algorithms_guaranteed))
for name in ("SHA256", "sha256", "SHA2-256", "blake2b", "nope", "", 1, None):
    print(name, attempt(_hashlib.new, name, b"a"), attempt(hashlib.new, name, b"a"))
for digest in ("sha256", "md5", "nope", _hashlib.openssl_sha1, _sha1.sha1, 5, None):
    shown = digest if not callable(digest) else digest.__name__
    print(shown, attempt(lambda: _hashlib.hmac_new(b"key", b"msg", digest).hexdigest()).split(" at 0x")[0], attempt(_hashlib.hmac_digest, b"key", b"msg", digest).split(" at 0x")[0])
m = _hashlib.hmac_new(b"key", digestmod="sha256")
m.update(data)
c = m.copy()
c.update(msg=b"more")
print(m.name, m.digest_size, m.block_size, m.hexdigest(), c.digest(), attempt(m.update, "a"), attempt(_hashlib.hmac_new, b"key"), attempt(_hashlib.hmac_new, "key", b"", "md5"), attempt(type(m)))
print(hmac.new(b"k", b"m", "sha1").hexdigest(), hmac.new(b"k", b"m", hashlib.sha512).hexdigest(), hmac.digest(b"k", b"m", "md5"))
print(hashlib.pbkdf2_hmac("sha256", b"pw", b"salt", 10), hashlib.scrypt(b"pw", salt=b"salt", n=16, r=8, p=1), attempt(hashlib.pbkdf2_hmac, "nope", b"", b"", 1), attempt(hashlib.pbkdf2_hmac, 1, b"", b"", 1))
print(_hashlib.UnsupportedDigestmodError.__mro__, hashlib.file_digest(__import__("io").BytesIO(data), "sha1").hexdigest())
total = 0
for i in range(3000):
    total += hashlib.sha256(b"%d" % i).digest()[0] + hashlib.blake2b(b"%d" % i, digest_size=4).digest()[0]
print(total)
