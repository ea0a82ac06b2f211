"""Slices whose bounds change the sequence while they are converted."""
class X:
    def __index__(self):
        del e[:]
        return 1
class O: pass
for make in (lambda: [O() for _ in range(100)], lambda: list(range(100)), lambda: [1.5]*100, lambda: bytearray(100)):
    for s in (lambda: slice(None, X()), lambda: slice(0,10,X()), lambda: slice(X(),50)):
        e = make(); print(len(e[s()]))
        e = make()
        try: e[s()] = e[:3]; print(len(e))
        except Exception as x: print(x)
        e = make()
        try: del e[s()]; print(len(e))
        except Exception as x: print(x)
import array

e = array.array("i", range(100))
print(len(e[X():50]))
