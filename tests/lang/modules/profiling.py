"""cProfile: counts of calls, recursion, callers; timers; wrong arguments. Times are not compared, but those of a timer are."""
import cProfile
import io
import pstats
import _lsprof


def tell(f, *args, **keywords):
    try:
        return f(*args, **keywords)
    except BaseException as e:
        return f"{type(e).__name__}: {e}"


ticks = 0


def timer():
    global ticks
    ticks += 1
    return ticks


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def natives(items):
    items.append(len(items))
    sorted(items)
    try:
        items.index("absent")
    except ValueError:
        pass
    return "".join(["a", "b"])


def generator(n):
    for i in range(n):
        yield i


def program():
    fibonacci(6)
    natives([3, 1, 2])
    total = 0
    for v in generator(3):
        total += v
    return total


def shown(stats):
    for (file, line, name), (cc, nc, tt, ct, callers) in sorted(stats.items(), key=str):
        print(line, name, cc, nc, sorted((caller[1:], values[:2]) for caller, values in callers.items()))


profile = cProfile.Profile()
print(profile.runcall(program))
profile.create_stats()
shown(profile.stats)
profile = cProfile.Profile(timer, 0.5)
profile.runcall(fibonacci, 4)
profile.create_stats()
for key, value in sorted(profile.stats.items(), key=str):
    if key[2] == "fibonacci":
        print(value[:4], {k[2]: v for k, v in value[4].items()})
profile = cProfile.Profile(builtins=False, subcalls=False)
profile.enable(subcalls=False, builtins=False)
program()
profile.disable()
profile.disable()
for entry in sorted(profile.getstats(), key=str):
    if not isinstance(entry.code, str):
        print(entry.code.co_name, entry.callcount, entry.reccallcount, entry.calls, len(entry))
profile.clear()
print(profile.getstats(), type(profile).__mro__[1], _lsprof.profiler_entry, _lsprof.profiler_subentry.n_fields)
p = cProfile.Profile()
p.enable()
fibonacci(3)
p.disable()
out = io.StringIO()
pstats.Stats(p, stream=out).sort_stats("name").print_stats("fibonacci")
print([line.split()[0] for line in out.getvalue().splitlines() if "(fibonacci)" in line])
print(tell(_lsprof.Profiler, 1, 2, 3, 4, 5), tell(_lsprof.Profiler, timeunit="x"), tell(_lsprof.Profiler, foo=1), tell(profile.enable, 1, 2, 3))


def failing():
    raise KeyError("timer")


import sys
sys.unraisablehook = lambda u: None
profile = cProfile.Profile(failing)
profile.enable()
fibonacci(2)
profile.disable()
print(len(profile.getstats()) > 0)
for i in range(3):
    with cProfile.Profile() as p:
        for n in range(2000):
            natives([1])
    print([(e.callcount, e.code.co_name) for e in p.getstats() if not isinstance(e.code, str) and e.code.co_name == "natives"])
