"""with: enter and exit order, swallowing, several managers, errors of the protocol, leaving by return, break and continue."""

log = []


class Manager:
    def __init__(self, name, swallow=False, fail=None):
        self.name, self.swallow, self.fail = name, swallow, fail

    def __enter__(self):
        log.append("enter " + self.name)
        if self.fail == "enter":
            raise ValueError("enter " + self.name)
        return self.name.upper()

    def __exit__(self, kind, value, traceback):
        log.append(f"exit {self.name} {kind and kind.__name__} {value} {traceback is not None}")
        if self.fail == "exit":
            raise ValueError("exit " + self.name)
        return self.swallow


def flush():
    print(log)
    log.clear()


with Manager("a") as a, Manager("b") as b:
    log.append(a + b)
flush()
with (
    Manager("a") as a,
    Manager("b"),
    Manager("c") as (x),
):
    log.append(x)
flush()
with Manager("a", swallow=True):
    raise KeyError("swallowed")
flush()
try:
    with Manager("a"), Manager("b", swallow=True), Manager("c"):
        raise KeyError("k")
    log.append("after")
    with Manager("a"), Manager("b", fail="enter"), Manager("c"):
        log.append("never")
except ValueError as error:
    log.append(str(error))
flush()
try:
    with Manager("a", fail="exit"):
        raise KeyError("original")
except ValueError as error:
    log.append((str(error), repr(error.__context__)))
flush()


def returns():
    with Manager("r"):
        return log.append("returning") or "value"


def loops():
    for i in range(4):
        with Manager(str(i)):
            if i == 1:
                continue
            if i == 2:
                break
            log.append(i)


log.append(returns())
loops()
flush()
data = {}
with Manager("item") as data["k"], Manager("multi") as (data["a"], *data["rest"]):
    pass
print(data)
flush()


class NoExit:
    def __enter__(self):
        pass


class NoEnter:
    def __exit__(self, *args):
        pass


for code in ("with 5: pass", "with NoExit(): pass", "with NoEnter(): pass", "with Manager('x') as 5: pass", "with Manager('u') as (p, q): pass"):
    try:
        exec(code)
        print(code, "fine")
    except (TypeError, AttributeError, ValueError, SyntaxError) as error:
        print(code, type(error).__name__, getattr(error, "msg", error))
flush()
instance = Manager("i")
instance.__exit__ = lambda *args: True
try:
    with instance:
        1 / 0
except ZeroDivisionError:
    log.append("the type's __exit__ counts")
flush()


class Depth:
    level = 0

    def __enter__(self):
        Depth.level += 1
        return Depth.level

    def __exit__(self, kind, value, traceback):
        Depth.level -= 1
        return kind is KeyError


def hot(n):
    total = swallowed = escaped = 0
    manager = Depth()
    for i in range(n):
        try:
            with manager as a, manager as b:
                total += a * b
                if i % 5 == 0:
                    raise KeyError(i)
                if i % 7 == 0:
                    raise ValueError(i)
                if i % 11 == 0:
                    continue
                total += i
            swallowed += i % 5 == 0
        except ValueError:
            escaped += 1
        if i == n // 2:
            Depth.__exit__ = lambda self, kind, value, traceback: setattr(Depth, "level", Depth.level - 1)
        if i == n // 2 + 1:
            n -= 0
            Depth.__exit__ = exit_and_swallow
    return total, swallowed, escaped, Depth.level


def exit_and_swallow(self, kind, value, traceback):
    Depth.level -= 1
    return True


try:
    print(hot(3000))
except KeyError as error:
    print("escaped", error, Depth.level)
