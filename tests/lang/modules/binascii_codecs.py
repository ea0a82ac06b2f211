"""binascii: every codec on random and malformed input, checksums, argument errors."""
import binascii
import random

def attempt(f, *a, **k):
    try:
        return repr(f(*a, **k))
    except Exception as e:
        return f"{type(e).__module__}.{type(e).__name__}: {e}"

rng = random.Random(5)
texts = [bytes(rng.choices(b"abcXYZ012+/=  \n\r\t!`_.,-\x00\xff\x7f", k=rng.randrange(40))) for _ in range(300)]
raw = [rng.randbytes(rng.randrange(60)) for _ in range(200)]
for data in texts + raw:
    for name in ("a2b_uu", "a2b_hex", "a2b_base64", "a2b_qp", "b2a_uu", "b2a_base64", "b2a_hex", "b2a_qp", "crc32"):
        print(name, attempt(getattr(binascii, name), data))
    print(attempt(binascii.a2b_base64, data, strict_mode=True), attempt(binascii.b2a_uu, data, backtick=True))
    print(attempt(binascii.b2a_base64, data, newline=False), binascii.crc_hqx(data, 0x1234), binascii.crc32(data, 77))
    for header in (False, True):
        print(attempt(binascii.a2b_qp, data, header=header))
        for tabs in (False, True):
            for text in (False, True):
                print(attempt(binascii.b2a_qp, data, tabs, text, header))
    print(attempt(binascii.hexlify, data, ":", 3), attempt(binascii.hexlify, data, b"-", -2))
for data in raw:
    assert binascii.a2b_hex(binascii.b2a_hex(data)) == data
    assert binascii.a2b_base64(binascii.b2a_base64(data), strict_mode=False) == data
    if len(data) <= 45:
        assert binascii.a2b_uu(binascii.b2a_uu(data)) == data
    assert binascii.a2b_qp(binascii.b2a_qp(data, istext=False)) == data
for text in (b"=", b"a===", b"ab=c", b"ab==c", b"=ab==", b"abcd=", b"abcde", b"ab=\n=", b"YWI=\n", b"YW!I="):
    print(text, attempt(binascii.a2b_base64, text), attempt(binascii.a2b_base64, text, strict_mode=True))
long = b"a b=c\tdef. " * 30 + b"\r\n" + b"x" * 80 + b" \n.\n\tq \r\n"
print(binascii.b2a_qp(long), binascii.b2a_qp(long, True), binascii.b2a_qp(long, istext=False), binascii.b2a_qp(long, header=True))
for argument in ("abc", "aé", "é", None, 1, [1], bytearray(b"6162"), memoryview(b"6162"), memoryview(b"abcdefgh").cast("I"), memoryview(b"61626364")[::2]):
    for name in ("a2b_uu", "a2b_hex", "unhexlify", "a2b_base64", "a2b_qp", "b2a_uu", "b2a_base64", "hexlify", "b2a_qp", "crc32"):
        print(argument if not isinstance(argument, memoryview) else "view", name, attempt(getattr(binascii, name), argument))
for crc in (-1, 1 << 40, -(1 << 70), 1.5, "a", None):
    print(crc, attempt(binascii.crc32, b"abc", crc), attempt(binascii.crc_hqx, b"abc", crc))
print(attempt(binascii.crc_hqx, b"abc"), attempt(binascii.hexlify, b"abc", "::"), attempt(binascii.hexlify, b"abc", ""))
print(attempt(binascii.hexlify, b"abc", 1), attempt(binascii.hexlify, b"abc", ":", 1 << 40), attempt(binascii.hexlify, data=b"abc", sep="_"), attempt(binascii.hexlify, b"ab", ":", 0))
print(attempt(binascii.b2a_uu, b"a" * 46), attempt(binascii.b2a_uu, b"a", True), attempt(binascii.b2a_base64, b"a", newline="x"))
print(binascii.Error.__mro__, binascii.Incomplete.__mro__, binascii.hexlify.__text_signature__)
