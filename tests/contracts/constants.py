"""Contract: what compiled code embeds (functions, classes, modules, strings, tuples) keeps its reference count and its lifetime."""

import sys
import weakref

count = sys.getrefcount


def make_helper():
    def helper(x):
        return x + len(TABLE)
    return helper


class Tool:
    size = 3

    def use(self, x):
        return x * self.size


TABLE = {"a": 1}
helper = make_helper()
tool = Tool()
NAME = "".join(["a", "name", "made", "at", "run", "time"])
PAIR = tuple([1, 2, NAME])


def hot(n):
    total = 0
    for i in range(n):
        total += helper(i) + tool.use(i) + TABLE["a"] + PAIR[0] + (NAME == "x") + Tool.size
    return total


objects = {"helper": helper, "Tool": Tool, "tool": tool, "TABLE": TABLE, "NAME": NAME, "PAIR": PAIR, "hot": hot, "code": helper.__code__, "use": Tool.use}
before = {name: count(thing) for name, thing in objects.items()}
for _ in range(4):
    print(hot(3000))
after = {name: count(thing) for name, thing in objects.items()}
print({name: after[name] - before[name] for name in before})
del objects

# What the hot code uses dies when its last name goes: neither trace nor cache keeps it.
log = []
refs = [weakref.ref(helper, lambda ref: log.append("helper died"))]
del helper
print(log, refs[0]())
try:
    hot(10)
except NameError as error:
    print(error)
refs.append(weakref.ref(tool, lambda ref: log.append("tool died")))


def helper(x):
    return -x


print(hot(3000))
tool = None
print(log)
tool = Tool()
refs.append(weakref.ref(Tool, lambda ref: log.append("Tool died")))
print(hot(3000))


class Tool:
    size = 5

    def use(self, x):
        return 1


print(hot(3000), log)
tool = Tool()
import gc
gc.collect()
print(log, hot(3000))


def replaced_while_hot(n):
    """The function that the running loop calls is replaced and must die at that statement."""
    global helper
    deaths = 0

    def died(ref):
        nonlocal deaths
        deaths += 1

    for i in range(n):
        total = helper(i)
        if i % 200 == 199:
            ref = weakref.ref(helper, died)
            expected = deaths + 1
            helper = make_helper()
            if deaths != expected or ref() is not None:
                return "kept alive", i
    return deaths


helper = make_helper()
print(replaced_while_hot(3000))


def addresses_are_reused(n):
    """A new object at the address of a dead one must not be taken for it."""
    wrong = 0
    for i in range(n):
        class Short:
            value = i

            def get(self):
                return self.value
        f = eval(f"lambda x: x + {i}")
        s = Short()
        for k in range(20):
            if f(k) != k + i or s.get() != i:
                wrong += 1
        del Short, f, s
        if i % 50 == 0:
            gc.collect()
    return wrong


print(addresses_are_reused(300))
