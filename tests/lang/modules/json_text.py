"""json: the native scanner and encoder against each option, malformed text, and recursion."""
import json
import json.decoder
import json.encoder
import json.scanner
import random

def attempt(f, *a, **k):
    try:
        return repr(f(*a, **k))
    except Exception as e:
        return f"{type(e).__name__}: {e}"

print(json.scanner.c_make_scanner, json.encoder.c_make_encoder, json.decoder.c_scanstring)
rng = random.Random(3)
pieces = ['{', '}', '[', ']', ',', ':', '"', '"a"', '"b\\n"', '1', '-', '0', '.5', 'e3', 'E+2', 'true', 'false', 'null', 'NaN', '-Infinity', 'Infinity',
          ' ', '\n', '\t', '\\u00e9', '"\\ud83d\\ude00"', '"\\ud83d"', '"\\u12"', '"\\x"', 'é', '"é\U0001f600"', '\x01', '"\x01"', '12345678901234567890', '1.5', '01', '-0']
for _ in range(3000):
    text = "".join(rng.choices(pieces, k=rng.randrange(1, 8)))
    print(repr(text), attempt(json.loads, text))
    print(attempt(json.JSONDecoder(strict=False, object_pairs_hook=list, parse_float=repr, parse_int=repr, parse_constant=repr).raw_decode, text))
for text in ('"abc', '"ab\\', '"\\u', '"\\u1234', '"\\ud800\\udc00"', '"\\ud800\\u0041"', '"\\ud800\\u00zz"', '"a\nb"', '', '[1,]', '[1', '{"a"', '{"a":', '{"a":1,', '{"a":1,}', '{1:2}', '[', '{', '-', '[-', '1e', '1.', '1.e5'):
    print(text, attempt(json.loads, text), attempt(json.decoder.scanstring, text, 1), attempt(json.decoder.scanstring, text, 1, False))
print(attempt(json.decoder.scanstring, "abc", 10), attempt(json.decoder.scanstring, "abc", -1), attempt(json.decoder.scanstring, b"abc", 1), attempt(json.decoder.scanstring, 'a"', 0))
scan = json.scanner.c_make_scanner(json.JSONDecoder())
print(scan("[1, 2] x", 0), attempt(scan, "", 0), attempt(scan, "1", -1), attempt(scan, b"1", 0), attempt(scan, "1"), attempt(json.scanner.c_make_scanner, 1))
print(scan.strict, scan.object_hook, scan.parse_int, attempt(setattr, scan, "strict", 1))
print(json.loads('{"a": {"b": 1}}', object_hook=lambda d: sorted(d.items())), attempt(json.loads, "1" * 5000))
keys = json.loads('[{"key": 1}, {"key": 2}]')
print(next(iter(keys[0])) is next(iter(keys[1])))

class I(int):
    def __repr__(self): return "I!"
class F(float):
    def __repr__(self): return "F!"
class S(str): pass
class D(dict):
    def items(self): return [("x", 1), ("y", 2)]
class L(list):
    def __iter__(self): return iter([7, 8])
import enum
class E(enum.IntEnum):
    A = 5
values = [None, True, False, 1, -1, 10 ** 30, 1.5, -0.0, 1e300, float("nan"), float("inf"), float("-inf"), "a", "é\n\"\\\x7f\u2028\U0001f600\ud800", [], {}, (), [1, [2, (3,)]],
          {"a": 1, "b": [None]}, {1: 2, None: 3, True: 4, 1.5: 5, "k": 6}, {(1, 2): 3}, {b"a": 1}, b"x", {1, 2}, I(5), F(2.5), S("s"), D(a=1), D(), L(), L([1]), E.A, {E.A: E.A}, {I(3): F(1.5)},
          {float("nan"): 1}, object, {"b": 1, "a": 2}, {"a": 1, 2: 3}]
for v in values:
    for k in ({}, {"ensure_ascii": False}, {"sort_keys": True}, {"skipkeys": True}, {"allow_nan": False}, {"separators": (",", ":")}, {"check_circular": False}, {"indent": 1}, {"default": repr},
              {"default": lambda o: [1]}):
        print(attempt(json.dumps, v, **k))
loop = []
loop.append({"x": loop})
print(attempt(json.dumps, loop), attempt(json.dumps, loop, check_circular=False)[:15], attempt(json.dumps, object(), default=lambda o: o)[:40])
deep = []
for _ in range(100000):
    deep = [deep]
print(attempt(json.dumps, deep)[:60], attempt(json.loads, "[" * 100000)[:80], attempt(json.loads, '{"a":' * 100000)[:80])
encoder = json.encoder.c_make_encoder
print(attempt(encoder, 1, 2), attempt(encoder, 1, None, None, None, ":", ",", 0, 0, 0), attempt(encoder, None, None, None, None, 1, ",", 0, 0, 0))
bad = encoder(None, None, lambda s: 5, None, ":", ",", False, False, True)
print(attempt(bad, "a", 0), attempt(bad, 1, 0), bad.sort_keys, bad.key_separator, attempt(bad, 1), attempt(bad, 1, "a"))
for f in (json.encoder.c_encode_basestring, json.encoder.c_encode_basestring_ascii):
    print(f("a\x00\x1f\x7f\xe9\u1234\U0001f600\"\\/"), attempt(f, 1), attempt(f), attempt(f, b"x"))
total = 0
document = {"a": [1, 2.5, None, True, "text"], "b": {"c": "é"}}
for i in range(2000):
    document["i"] = i
    total += len(json.dumps(document)) + json.loads(json.dumps(document))["i"]
print(total)
