"""zlib, bz2 and lzma: round trips at once and in pieces, limited output, what is left over, formats and filters, errors."""
import _lzma
import bz2
import copy
import lzma
import random
import threading
import zlib

def attempt(f, *a, **k):
    try:
        return repr(f(*a, **k))
    except Exception as e:
        return f"{type(e).__module__}.{type(e).__name__}: {e}"

rng = random.Random(9)
text = b"".join(rng.choices([b"alpha ", b"beta ", b"gamma\n", bytes(3), b"\xff\xfe"], k=4000))
noise = rng.randbytes(5000)

print(zlib.adler32(text), zlib.crc32(text), zlib.crc32(noise, 5), zlib.adler32(noise, -1), zlib.adler32(b""), zlib.crc32(b"", 1 << 40), attempt(zlib.crc32, "a"), attempt(zlib.crc32, b"", 1.5))
for data in (b"", b"a", text, noise):
    for level in range(-1, 10):
        for wbits in (9, 15, -15, -9, 31):
            packed = zlib.compress(data, level, wbits)
            assert zlib.decompress(packed, wbits) == data and zlib.decompress(packed, wbits, bufsize=1) == data
            print(len(packed), zlib.crc32(packed))
print(attempt(zlib.compress, b"a", 10), attempt(zlib.compress, b"a", wbits=3), attempt(zlib.decompress, b"abc"), attempt(zlib.decompress, b""), attempt(zlib.decompress, zlib.compress(text)[:-5]),
      attempt(zlib.decompress, b"", 99), attempt(zlib.decompress, b"", bufsize=-1), attempt(zlib.decompress, zlib.compress(b"a") + b"rest"), attempt(zlib.compress), attempt(zlib.compress, 1), attempt(zlib.compress, b"", "a"),
      attempt(zlib.compress, b"", 1 << 40), attempt(zlib.decompress, zlib.compress(text)[:50] + b"xxx" + zlib.compress(text)[50:]))
for strategy in range(5):
    for flush in (zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH, zlib.Z_PARTIAL_FLUSH, zlib.Z_BLOCK, zlib.Z_NO_FLUSH):
        c = zlib.compressobj(6, zlib.DEFLATED, -12, 5, strategy)
        out = []
        for i in range(0, len(text), 1000):
            out.append(c.compress(text[i:i + 1000]))
            out.append(c.flush(flush))
        out.append(c.flush())
        packed = b"".join(out)
        print(strategy, flush, len(packed), zlib.crc32(packed), attempt(c.compress, b"a"), attempt(c.flush))
        assert zlib.decompress(packed, -12) == text
packed = zlib.compress(text)
d = zlib.decompressobj()
pieces = [d.decompress(packed + b"more", 100)]
while d.unconsumed_tail and not d.eof:
    pieces.append(d.decompress(d.unconsumed_tail, 777))
pieces.append(d.flush())
print(b"".join(pieces) == text, len(pieces), d.eof, d.unused_data, d.unconsumed_tail, attempt(d.decompress, b"x"), attempt(d.flush), attempt(d.copy))
d = zlib.decompressobj()
print(len(d.decompress(packed, 50)), len(d.unconsumed_tail), len(d.flush()), d.eof, attempt(d.decompress, b"", -1), attempt(d.flush, 0), attempt(d.flush, "a"))
d = zlib.decompressobj()
print(len(d.decompress(packed)), d.eof, d.decompress(b"after"), d.unused_data, d.decompress(b"2"), d.unused_data)
dictionary = b"alpha beta gamma"
c = zlib.compressobj(zdict=dictionary)
packed = c.compress(text) + c.flush()
print(len(packed), zlib.decompressobj(zdict=dictionary).decompress(packed) == text, attempt(zlib.decompressobj().decompress, packed), attempt(zlib.decompressobj(zdict=b"wrong").decompress, packed), attempt(zlib.decompress, packed))
c = zlib.compressobj(wbits=-15, zdict=dictionary)
packed = c.compress(text) + c.flush()
print(zlib.decompressobj(-15, zdict=dictionary).decompress(packed) == text, attempt(zlib.decompressobj, zdict=5), attempt(zlib.compressobj, zdict=5), attempt(zlib.compressobj, zdict=b"")[:10],
      attempt(zlib.compressobj, 99), attempt(zlib.compressobj, 1, 2), attempt(zlib.decompressobj, 3), attempt(zlib.compressobj, memLevel=0), attempt(type(c)), attempt(zlib.compressobj, nothing=1))
c = zlib.compressobj()
first = c.compress(text)
for other in (c.copy(), copy.copy(c), copy.deepcopy(c)):
    assert zlib.decompress(first + other.compress(b"tail") + other.flush()) == text + b"tail"
d = zlib.decompressobj()
d.decompress(zlib.compress(text)[:100], 10)
e = d.copy()
print(d.flush() == e.flush(), e.unconsumed_tail == d.unconsumed_tail, type(c), type(d))

for level in range(1, 10):
    packed = bz2.compress(text, level)
    print(level, len(packed), zlib.crc32(packed), bz2.decompress(packed) == text)
for data in (b"", b"a", noise):
    print(bz2.compress(data) if len(data) < 10 else zlib.crc32(bz2.compress(data)), bz2.decompress(bz2.compress(data) * 2) == data * 2)
packed = bz2.compress(text)
for step in (1, 7, 100000):
    for limit in (-1, 0, 1, 50, 100000):
        d = bz2.BZ2Decompressor()
        out = 0
        calls = 0
        for i in range(0, len(packed), step):
            out += len(d.decompress(packed[i:i + step], limit))
            calls += 1
        for _ in range(20):
            if not d.eof and not d.needs_input:
                out += len(d.decompress(b"", limit))
        print(step, limit, out, calls, d.eof, d.needs_input, d.unused_data)
d = bz2.BZ2Decompressor()
d.decompress(packed + b"rest")
print(d.unused_data, d.eof, d.needs_input, attempt(d.decompress, b"a"), attempt(bz2.BZ2Decompressor, 1), attempt(bz2.BZ2Compressor, 0), attempt(bz2.BZ2Compressor, "a"), attempt(bz2.BZ2Compressor, compresslevel=1))
d = bz2.BZ2Decompressor()
print(attempt(d.decompress, b"not bzip2 at all, sorry" * 10), d.needs_input, attempt(d.decompress, b"x"), attempt(bz2.BZ2Decompressor().decompress, "a"), attempt(bz2.decompress, packed[:-10]))
c = bz2.BZ2Compressor()
print(c.compress(b"a"), c.flush() == bz2.compress(b"a"), attempt(c.flush), attempt(c.compress, b"b"), attempt(copy.copy, c))

print(sorted((k, v) for k, v in vars(_lzma).items() if k.isupper()))
for format in (lzma.FORMAT_XZ, lzma.FORMAT_ALONE):
    for preset in (0, 3, 6 | lzma.PRESET_EXTREME):
        packed = lzma.compress(text, format, preset=preset)
        print(format, preset, len(packed), zlib.crc32(packed), lzma.decompress(packed) == text)
for check in (0, 1, 4, 10, -1, 2, 15, 99):
    print(check, attempt(lambda: lzma.LZMADecompressor().decompress(lzma.compress(b"x", check=check))), attempt(lzma.is_check_supported, check))
chains = [[{"id": lzma.FILTER_LZMA2}], [{"id": lzma.FILTER_LZMA2, "preset": 1, "dict_size": 4096, "lc": 2, "lp": 1, "pb": 1, "mode": 1, "nice_len": 32, "mf": 4, "depth": 5}],
          [{"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2}], [{"id": lzma.FILTER_X86, "start_offset": 16}, {"id": lzma.FILTER_LZMA2}], [{"id": lzma.FILTER_LZMA1}]]
for chain in chains:
    packed = attempt(lzma.compress, text, lzma.FORMAT_RAW, filters=chain)
    print(len(packed), zlib.crc32(packed.encode()), attempt(lambda: lzma.decompress(lzma.compress(text, lzma.FORMAT_RAW, filters=chain), lzma.FORMAT_RAW, filters=chain) == text))
    for each in chain:
        encoded = attempt(_lzma._encode_filter_properties, each)
        print(encoded, attempt(lambda: _lzma._decode_filter_properties(each["id"], _lzma._encode_filter_properties(each))))
for bad in ([{"id": 99}], [{}], [1], 5, ["a"], [{"id": "a"}], [{"id": 33, "nothing": 1}], [{"id": 33, "preset": 99}], [{"id": 33, "lc": "a"}], [{"id": 33, "lc": -1}], [{"id": 33, "lc": 1 << 40}],
            [{"id": 3, "dist": 1000}], [{"id": 3, "x": 1}], [{"id": 4, "start_offset": -1}], [{"id": 33}] * 5, [], {}, [{"id": -1}], [{"id": 1 << 80}]):
    print(bad, attempt(lzma.LZMACompressor, lzma.FORMAT_RAW, filters=bad)[:90].split(" object at")[0], attempt(lzma.LZMADecompressor, lzma.FORMAT_RAW, filters=bad)[:90].split(" object at")[0])
for k in ({"format": 9}, {"preset": 1, "filters": []}, {"format": 2, "check": 4}, {"preset": "a"}, {"preset": -1}, {"preset": 1 << 40}, {"preset": 99}, {"format": 3}, {"format": 2, "filters": [{"id": 33}]}, {"nothing": 1}, {"format": "a"}, {"format": 2, "preset": 99}):
    print(k, attempt(lzma.LZMACompressor, **k).split(" object at")[0])
for k in ({"format": 9}, {"format": 3}, {"format": 1, "filters": []}, {"format": 3, "memlimit": 1}, {"memlimit": "a"}, {"memlimit": -1}, {"memlimit": 1 << 70}, {"nothing": 1}):
    print(k, attempt(lzma.LZMADecompressor, **k).split(" object at")[0])
packed = lzma.compress(text)
for step in (1, 7, 100000):
    for limit in (-1, 1, 50, 100000):
        d = lzma.LZMADecompressor()
        out = 0
        for i in range(0, len(packed), step):
            out += len(d.decompress(packed[i:i + step], limit))
        for _ in range(20):
            if not d.eof and not d.needs_input:
                out += len(d.decompress(b"", limit))
        print(step, limit, out, d.eof, d.needs_input, d.unused_data, d.check)
d = lzma.LZMADecompressor()
d.decompress(packed + b"rest")
print(d.unused_data, d.eof, d.check, attempt(d.decompress, b"x"), attempt(lzma.decompress, packed[:-3]), attempt(lzma.decompress, b"nothing of the sort"), attempt(lzma.decompress, packed, memlimit=10),
      attempt(lzma.decompress, packed[:200] + b"zzzzzzz" + packed[207:]), attempt(lzma.LZMADecompressor(memlimit=1024).decompress, packed))
c = lzma.LZMACompressor()
print(len(c.compress(b"a")), len(c.flush()), attempt(c.flush), attempt(c.compress, b"b"), attempt(copy.copy, c), attempt(c.compress, "a"))

# One object in several threads: each call is whole.
c = zlib.compressobj()
out = []
lock = threading.Lock()
def work():
    for _ in range(20):
        out.append(c.compress(text))
threads = [threading.Thread(target=work) for _ in range(4)]
for each in threads:
    each.start()
for each in threads:
    each.join()
out.append(c.flush())
total = sum(len(zlib.compress(noise[i % 50:i % 50 + 40])) for i in range(3000))
print(total)
