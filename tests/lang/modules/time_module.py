"""time: clocks that run forwards, sleeping, struct_time and its text; only what does not depend on the moment is printed."""

import time

a = time.perf_counter()
b = time.monotonic()
c = time.time()
d = time.process_time()
time.sleep(0.02)
print(0.015 < time.perf_counter() - a < 5, 0.015 < time.monotonic() - b < 5, 0.01 < time.time() - c < 5, 0 <= time.process_time() - d < 5, type(a).__name__)
print(type(time.time_ns()).__name__, type(time.perf_counter_ns()).__name__, abs(time.time_ns() / 1e9 - time.time()) < 1, time.monotonic_ns() > 0)
t = time.gmtime(1_000_000_000)
print(t, t.tm_year, t[3], tuple(t), time.strftime("%Y-%m-%d %H:%M:%S %a %b %j", t), time.asctime(t), len(t), t == time.gmtime(1_000_000_000), t.tm_zone)
print(time.gmtime(0)[:6], time.gmtime(-1)[:6], time.gmtime(2**33)[:6], time.strptime("2001-02-03", "%Y-%m-%d")[:3], time.mktime(time.localtime(12345)))
for text in ("time.sleep(-1)", "time.sleep('a')", "time.gmtime('a')", "time.gmtime(1e30)", "time.strftime(5)", "time.nothing", "time.sleep()"):
    try:
        print(text, eval(text))
    except Exception as error:
        print(text, type(error).__name__, error)


def hot(n):
    last = time.perf_counter()
    backwards = 0
    for _ in range(n):
        now = time.perf_counter()
        if now < last:
            backwards += 1
        last = now
    return backwards


print(hot(5000))
