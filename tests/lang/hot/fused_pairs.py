"""Pairs of instructions that are recorded as one: super().name, range in a for statement, slices of lists."""


class A:
    def f(self, x): return x + 1
    def g(self): return 'A.g'
class B(A):
    def f(self, x): return super().f(x) * 2
    def g(self): return super().g() + 'B'
class C(B):
    def f(self, x): return super().f(x) - 3
def run(n):
    o = [B(), C()]; s = 0; k = ''
    for i in range(n):
        s += o[i & 1].f(i)
        if i % 1000 == 0: k += o[i & 1].g()
    return s, len(k)
print(run(20000))
A.f = lambda self, x: x + 100
print(run(20000))
def slices(n):
    a = list(range(10)); b = ['x', 'y', 'z', 'w']; f = [1.0, 2.0, 3.0]; out = 0
    for i in range(n):
        j = i % 7 - 3
        a[:j] = a[j::-1]
        c = a[i % 5:]
        d = b[-2:i % 4]
        out += len(c) * 3 + len(d) + len(f[j:j + 2])
        f[1:2] = f[:2]
        a = a[:10]
        if len(a) < 10: a = list(range(10))
        if len(f) > 5: f = [1.0, 2.0, 3.0]
        for q in range(i % 3, 5, 2): out += q
        for q in range(5, i % 3, -1): out += q
        a[2:4] = a
        a[3:1] = [7, 8]
        b[1:2] = ['q', 'r'] if i & 1 else ['u']
        if len(b) > 6: b = ['x', 'y', 'z', 'w']
    return out, a, b, f, c, d
print(slices(20000))
