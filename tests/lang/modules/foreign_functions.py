"""ctypes: conversions, layouts, calls, callbacks, errno, pointers, buffers - right values and wrong ones."""
import _ctypes
import errno
import os
import pickle
import re
import threading
from ctypes import *


def tell(f, *args):
    try:
        return re.sub(r"0x[0-9a-f]{5,}|\b\d{7,}\b", "ADDRESS", repr(f(*args)))
    except BaseException as e:
        return f"{type(e).__name__}: {e}"


libc = CDLL(None)
for t in (c_char_p, c_wchar_p, c_void_p, c_int, POINTER(c_int), c_char, c_double, c_bool, py_object, c_wchar, c_byte, c_ubyte, c_short, c_float, c_longdouble, c_char * 3):
    print(t, [tell(t.from_param, v) for v in (None, 1, -1, b"a", "a", 1.5, [], 2**70)])
    print([tell(t, v) for v in (None, 1, -1, b"a", "a", 1.5, [], 2**70, 300)], sizeof(t), alignment(t), memoryview(t() if t is not py_object else t(1)).format)

f = libc.abs
print(tell(f, []), tell(f, 2**70), f(-3), f.restype, f.argtypes, f.errcheck)
f.argtypes = [c_int]
print(tell(f, "a"), tell(f), f(-3), f(-3, 4), f.argtypes)
for a in ((c_int,), c_int, "x", [1], None):
    print(tell(setattr, f, "argtypes", a))
for a in (3, None, c_int, lambda x: x + 1, "x", c_short, c_bool):
    print(tell(setattr, f, "restype", a), tell(f, -3))
print(tell(setattr, f, "errcheck", 3))


class S(Structure):
    _fields_ = [("a", c_int), ("b", c_char), ("c", c_int, 3), ("d", c_int, 7), ("e", c_longlong, 40), ("f", c_char * 5), ("g", c_wchar * 3), ("h", c_double)]


class U(Union):
    _fields_ = [("i", c_int), ("d", c_double), ("s", c_short * 3)]


class N(Structure):
    _anonymous_ = ["u"]
    _fields_ = [("u", U), ("s", S), ("p", POINTER(c_int)), ("z", c_char_p)]


class P(Structure):
    _pack_ = 1
    _fields_ = [("a", c_char), ("b", c_int), ("c", c_double)]


class B(BigEndianStructure):
    _fields_ = [("a", c_short), ("b", c_int, 5), ("c", c_int, 20), ("d", c_double)]


for t in (S, U, N, P, B):
    print(t.__name__, sizeof(t), alignment(t), [(n[0], getattr(t, n[0])) for n in t._fields_], memoryview(t()).format)
s = S(1, b"x", 2, -5, 2**39 - 1, b"hello", "abc", 1.5)
print([getattr(s, n[0]) for n in S._fields_], bytes(s)[:30])
s.c, s.d, s.e, s.f, s.g = 9, 63, -1, b"hi", "\u20ac"
print([getattr(s, n[0]) for n in S._fields_], tell(setattr, s, "f", b"toolong"), tell(setattr, s, "g", "long"), tell(setattr, s, "f", "x"))
n = N(i=5, z=b"text", p=pointer(c_int(7)))
print(n.i, n.u.i, n.z, n.p[0], n.p.contents, sorted(n._objects), n.s._b_base_ is n, N.i, n.s.a)
print(bytes(B(0x102, 3, 0x12345, 1.0)).hex(), B(1, 2, 3, 4.0).c, bytes(P(b"a", 1, 2.0)).hex(), B.a)

# arrays and pointers
a = (c_int * 5)(1, 2, 3)
print(list(a), a[1:4], a[::-2], a[-1], len(a), sizeof(a), type(a).__name__, c_int * 5 is c_int * 5, memoryview(a).tolist(), memoryview((c_int * 2 * 3)()).shape)
a[1:3] = [8, 9]
print(a[:], tell(a.__setitem__, slice(0, 2), [1]), tell(a.__getitem__, "x"), tell(a.__delitem__, 0))
p = cast(a, POINTER(c_int))
p[0] = 77
print(a[0], p[:3], p.contents, bool(p), bool(POINTER(c_int)()), tell(p.__getitem__, slice(None)), p[3:0:-1], p._objects is a._objects)
text = create_string_buffer(b"abc", 6)
print(text.value, text.raw, text[:3], tell(setattr, text, "value", b"1234567"), sizeof(text), create_unicode_buffer("x\u20ac").value)
print(string_at(text), string_at(text, 2), wstring_at("abc", 2), cast(text, c_char_p).value, cast(text, c_void_p).value == addressof(text))
data = bytearray(b"\1\0\0\0\2\0\0\0")
both = (c_int * 2).from_buffer(data)
both[1] = 5
print(data, list((c_int * 2).from_buffer_copy(data)), c_int.from_address(addressof(both)), tell(data.append, 1))
print(pickle.loads(pickle.dumps(a))[:], pickle.loads(pickle.dumps(P(b"q", 5, 2.5))).c, tell(pickle.dumps, p), tell(pickle.dumps, n))
resize(text, 10)
print(sizeof(text), text.value, tell(resize, text, 2), tell(resize, both, 100))

# calls
libc.strlen.restype = c_size_t
print(libc.strlen(b"hello"), libc.strlen(text), libc.strlen(byref(text, 1)), libc.strlen(c_char_p(b"ab")))
libm = CDLL("libm.so.6")
libm.pow.argtypes, libm.pow.restype = [c_double, c_double], c_double
libm.sqrtf.argtypes, libm.sqrtf.restype = [c_float], c_float
print(libm.pow(2, 10), libm.sqrtf(2.25), tell(libm.pow, "a", 1))


class Div(Structure):
    _fields_ = [("quot", c_long), ("rem", c_long)]


libc.ldiv.argtypes, libc.ldiv.restype = [c_long, c_long], Div
d = libc.ldiv(17, 5)
print(d.quot, d.rem)
libc.div.restype = type("IntDiv", (Structure,), {"_fields_": [("q", c_int), ("r", c_int)]})
print(libc.div(-17, 5).q, libc.div(-17, 5).r)


class Float2(Structure):
    _fields_ = [("x", c_float), ("y", c_float)]


class Mixed(Structure):
    _fields_ = [("x", c_double), ("n", c_int)]


class Big(Structure):
    _fields_ = [("v", c_long * 5)]


class Either(Union):
    _fields_ = [("d", c_double), ("f", c_float)]


for t, v in ((Float2, Float2(1.5, 2.5)), (Mixed, Mixed(0.25, 7)), (Big, Big((1, 2, 3, 4, 5))), (U, U(d=2.5)), (Either, Either(1.25)), (P, P(b"z", 3, 4.5))):
    prototype = CFUNCTYPE(c_int, c_int, t, c_double)
    back = prototype(lambda i, value, x: print(i, bytes(value).hex(), x) or 3)
    print(t.__name__, back(11, v, 0.5), prototype(cast(back, c_void_p).value)(12, v, 1.5))

compare = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int))
numbers = (c_int * 6)(5, 3, 9, -1, 7, 0)
libc.qsort(numbers, 6, sizeof(c_int), compare(lambda x, y: x[0] - y[0]))
print(numbers[:])
for result, v in ((c_int, -5), (c_short, -3), (c_byte, -1), (c_ubyte, 200), (c_bool, True), (c_float, 1.5), (c_double, 2.5), (c_longlong, -2**40), (c_char, b"x"),
                  (py_object, [1]), (None, None), (c_void_p, 5), (c_void_p, None), (c_int, "wrong")):
    import sys
    sys.unraisablehook = lambda u: print("unraisable:", u.exc_value, u.err_msg)
    print(result, tell(CFUNCTYPE(result)(lambda: v)))


def failing(x):
    raise KeyError(x)


print(CFUNCTYPE(c_int, c_int)(failing)(4))
out = []
thread = threading.Thread(target=lambda: out.append(CFUNCTYPE(c_int, c_int)(lambda x: x * 2)(21)))
thread.start()
thread.join()
print(out)
start = CFUNCTYPE(c_void_p, c_void_p)(lambda p: out.append(threading.current_thread() is threading.main_thread()))
pthread = c_ulong()
libc.pthread_create(byref(pthread), None, start, None)
libc.pthread_join(pthread, None)
print(out)

# errno
with_errno = CDLL(None, use_errno=True)
set_errno(0)
print(with_errno.open(b"/nosuch/file", os.O_RDONLY), get_errno() == errno.ENOENT, set_errno(5) == errno.ENOENT, get_errno())

# flags of parameters, errcheck
prototype = CFUNCTYPE(c_int, c_int)
print(prototype(("abs", libc))(-5), prototype(("abs", libc), ((1, "x", 5),))(), tell(prototype(("abs", libc), ((1, "x"),))), tell(prototype(("abs", libc), ((1, "x"),)), 1, 2))
print(prototype(("abs", libc), ((1, "x"),))(x=-8), tell(prototype, ("abs", libc), ((2, "x", 5),)), tell(prototype, ("abs", libc), ((1, "x"), (1, "y"))), tell(prototype, ("abs", 3)))
frexp = CFUNCTYPE(c_double, c_double, POINTER(c_int))(("frexp", libm), ((1, "x"), (2, "exponent")))
print(frexp(10.0))
frexp.errcheck = lambda result, function, arguments: (result, arguments[1].value, function is frexp)
print(frexp(10.0))

for a in (lambda: c_int * -1, lambda: c_int * "a", lambda: (c_int * 2)(1, 2, 3), lambda: (c_int * 2)()[5], lambda: POINTER(c_int)()[0],
          lambda: POINTER(c_int)().contents, lambda: POINTER(5), lambda: pointer(3), lambda: byref(3), lambda: sizeof(3), lambda: addressof(3),
          lambda: alignment(3), lambda: resize(3, 3), lambda: P(1, 2, 3, 4), lambda: U(1, i=2), lambda: Structure(), lambda: c_int("a"),
          lambda: S.from_buffer(b"a"), lambda: S.from_buffer(bytearray(2)), lambda: S.from_buffer_copy(b"a"), lambda: S.from_address("a"),
          lambda: cast(3, c_int), lambda: cast("a", POINTER(c_int)), lambda: hash(c_int()), lambda: CFUNCTYPE(c_int)(3.5), lambda: CFUNCTYPE(S)(lambda: 0),
          lambda: type(c_int)("x", (_ctypes._SimpleCData,), {}), lambda: type(c_int)("x", (_ctypes._SimpleCData,), {"_type_": "y"}),
          lambda: POINTER(c_int)(3), lambda: POINTER("abc")(), lambda: S.a.__get__(3), lambda: delattr(S(), "a"), lambda: libc.abs((1,)),
          lambda: c_char(b"ab"), lambda: c_wchar("ab"), lambda: setattr((c_char * 2)(), "raw", b"abc"), lambda: setattr(c_int(), "value", "x"),
          lambda: type(S)("T", (Structure,), {"_fields_": [(1, 2)]}), lambda: type(S)("T", (Structure,), {"_fields_": [("a", 2)]}),
          lambda: type(S)("T", (Structure,), {"_fields_": [("a", c_double, 3)]}), lambda: type(S)("T", (Structure,), {"_fields_": [("a", c_int, 33)]}),
          lambda: type(S)("T", (Structure,), {"_fields_": 3}), lambda: type(S)("T", (Structure,), {"_pack_": -1, "_fields_": []}),
          lambda: setattr(S, "_fields_", []), lambda: type(S)("T", (Structure,), {"_anonymous_": ["x"], "_fields_": []}), lambda: py_object().value,
          lambda: py_object(), lambda: CDLL("nosuch"), lambda: c_int.in_dll(libc, "nosuch").value, lambda: libc.nosuch(), lambda: S.from_buffer(s, -1)):
    print(tell(a).replace(os.path.realpath(sys.executable), "EXE").replace(sys.executable, "EXE"))
