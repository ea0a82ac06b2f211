"""audioop: every function on random fragments of each width, states carried over, errors."""
import random
import warnings
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import audioop

def attempt(f, *a):
    try:
        return repr(f(*a))
    except Exception as e:
        return f"{type(e).__module__}.{type(e).__name__}: {e}"

rng = random.Random(4)
fragments = [b"", b"\0" * 12, b"\x7f" * 12, b"\x80" * 12, b"\xff" * 24, bytes(range(24)), b"\0\x80" * 12, b"\xff\x7f" * 12] + [rng.randbytes(24 * rng.randrange(1, 5)) for _ in range(12)]
for data in fragments:
    for width in (1, 2, 3, 4):
        for name in ("max", "minmax", "avg", "maxpp", "avgpp", "rms", "cross", "lin2ulaw", "ulaw2lin", "lin2alaw", "alaw2lin", "reverse", "byteswap"):
            print(name, width, attempt(getattr(audioop, name), data, width))
        print([attempt(audioop.mul, data, width, factor) for factor in (0, 1, -1, 0.5, 2.5, 1e10)], [attempt(audioop.bias, data, width, b) for b in (0, 1, -1, 1000, 2**31 - 1, -2**31, 2**40)])
        print(attempt(audioop.tomono, data, width, 0.5, 0.5), attempt(audioop.tomono, data, width, 1, -2), attempt(audioop.tostereo, data, width, 1, 0.3), [attempt(audioop.lin2lin, data, width, new) for new in (1, 2, 3, 4)])
        print(attempt(audioop.add, data, data, width), attempt(audioop.add, data, data[::-1], width), [attempt(audioop.getsample, data, width, i) for i in (0, 1, 5, -1, 100)])
        for state in (None, (100, 5), (-32768, 88)):
            print(attempt(audioop.lin2adpcm, data, width, state), attempt(audioop.adpcm2lin, data, width, state))
        for channels, rates, weights in ((1, (8000, 8000), ()), (1, (8000, 11025), ()), (2, (44100, 8000), (3, 1)), (3, (3, 7), (2, 5)), (1, (1, 50), ())):
            first = attempt(audioop.ratecv, data, width, channels, *rates, None, *weights)
            print(first if len(first) < 2000 else sum(first.encode()))
            if first.startswith("("):
                again = attempt(audioop.ratecv, data, width, channels, *rates, eval(first)[1], *weights)
                print(again if len(again) < 2000 else sum(again.encode()))
    print(attempt(audioop.findfit, data, data[:4]), attempt(audioop.findmax, data, 2), attempt(audioop.findfactor, data, data[::-1]), attempt(audioop.findmax, data, -1), attempt(audioop.findmax, data, 1000))
for code in range(256):
    print(audioop.ulaw2lin(bytes([code]), 2), audioop.alaw2lin(bytes([code]), 2), audioop.lin2ulaw(bytes([code]), 1), audioop.lin2alaw(bytes([code]), 1))
for v in range(-32768, 32768, 97):
    sample = v.to_bytes(2, "little", signed=True)
    print(audioop.lin2ulaw(sample, 2), audioop.lin2alaw(sample, 2))
for call in (("max", b"abc", 2), ("max", b"abc", 5), ("max", "abc", 1), ("max", b"abc"), ("max", b"abc", "a"), ("add", b"ab", b"abcd", 2), ("tomono", b"ab", 2, 1, 1), ("findfit", b"ab", b"abcd"), ("findfit", b"abc", b"ab"), ("findfactor", b"ab", b"abcd"),
             ("lin2adpcm", b"ab", 2, 5), ("lin2adpcm", b"ab", 2, (1 << 20, 0)), ("lin2adpcm", b"ab", 2, (0, 89)), ("adpcm2lin", b"ab", 2, (0, -1)), ("lin2lin", b"ab", 2, 9), ("ratecv", b"ab", 2, 0, 1, 1, None), ("ratecv", b"ab", 2, 1, 0, 1, None), ("ratecv", b"ab", 2, 1, 1, 1, 5), ("ratecv", b"ab", 2, 1, 1, 1, (1, 2)),
             ("ratecv", b"ab", 2, 1, 1, 1, (-1, ())), ("ratecv", b"ab", 2, 1, 1, 1, (-1, (1,))), ("ratecv", b"ab", 2, 1, 1, 1, None, 0), ("ratecv", b"abc", 2, 1, 1, 1, None), ("ratecv", b"", 2, 2**31 - 1, 1, 1, None), ("mul", b"ab", 2, "a"), ("getsample", b"ab", 2, 1)):
    print(call, attempt(getattr(audioop, call[0]), *call[1:]))
total = 0
for i in range(3000):
    total += audioop.rms(fragments[8], 2) + audioop.max(fragments[i % 20], 1)
print(total, audioop.error.__mro__)
