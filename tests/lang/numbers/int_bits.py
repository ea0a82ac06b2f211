"""Bit tricks as programs write them: masks, rotations, checksums, random number generators, population counts."""


def rotate(x, by):
    return ((x << by) | (x >> (32 - by))) & 0xFFFFFFFF


def xorshift64(n):
    x = 88172645463325252
    for _ in range(n):
        x ^= x << 13 & 0xFFFFFFFFFFFFFFFF
        x ^= x >> 7
        x ^= x << 17 & 0xFFFFFFFFFFFFFFFF
    return x


def crc32(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xEDB88320 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def adler(data):
    a, b = 1, 0
    for byte in data:
        a = (a + byte) % 65521
        b = (b + a) % 65521
    return b << 16 | a


def popcount(x):
    count = 0
    while x:
        x &= x - 1
        count += 1
    return count


def sign_extend(x, bits):
    top = 1 << (bits - 1)
    return (x & (top - 1)) - (x & top)


def gray(n):
    return n ^ n >> 1


def morton(x, y):
    code = 0
    for bit in range(24):
        code |= (x >> bit & 1) << (2 * bit) | (y >> bit & 1) << (2 * bit + 1)
    return code


def murmur_mix(h):
    h ^= h >> 33
    h = h * 0xFF51AFD7ED558CCD & 0xFFFFFFFFFFFFFFFF
    h ^= h >> 33
    h = h * 0xC4CEB9FE1A85EC53 & 0xFFFFFFFFFFFFFFFF
    return h ^ h >> 33


x = 0x12345678
for i in range(2000):
    x = rotate(x, i % 31 + 1) + i & 0xFFFFFFFF
print(hex(x))
print(xorshift64(3000))
data = bytes(range(256)) * 3
print(hex(crc32(data)), hex(adler(data)))
print(sum(popcount(i * 2654435761) for i in range(2000)), sum(sign_extend(i * 77, 8) for i in range(2000)))
print(sum(popcount(gray(i) ^ gray(i + 1)) for i in range(3000)), sum(morton(i, i * 3) for i in range(300)))
h = 0
for i in range(3000):
    h = murmur_mix(h + i)
print(hex(h))

# Shifts whose amount crosses the word size while the loop is hot.
total = 0
for i in range(3000):
    total ^= 1 << i % 130
    total += -1 >> i % 130
    total += (1 << 200) >> i % 210
print(hex(total))
negative = -1
for i in range(2000):
    negative = (negative << 1 | i & 1) >> 1
print(negative, ~0, ~-1, -1 & 0xFF, -1 ^ 5, -256 | 3, -2**70 >> 69, -1 >> 1000, 1 >> 1000)
state = 1
out = []
for i in range(1000):
    state = state * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
    out.append(state >> 33)
print(out[:3], sum(out), max(out).bit_length())
