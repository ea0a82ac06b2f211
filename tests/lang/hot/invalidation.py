"""What a hot loop relies on changes under it: globals, builtins, classes, methods, instances' layouts, modules, functions."""

scale = 2
table = {"k": 1}


def helper(x):
    return x * scale


class Base:
    factor = 1

    def compute(self, x):
        return x * self.factor


class Derived(Base):
    pass


def use(n, thing):
    total = 0
    for i in range(n):
        total += helper(i) + thing.compute(i) + len(table)
    return total


def from_inside(n):
    """The change comes out of the loop's own body, every so often."""
    global scale
    thing = Derived()
    total = 0
    for i in range(n):
        total += helper(1) + thing.compute(1)
        if i % 300 == 299:
            scale += 1
        if i % 700 == 699:
            Base.factor += 1
        if i == n // 2:
            Derived.compute = lambda self, x: -x
        if i == n * 3 // 4:
            del Derived.compute
    scale, Base.factor = 2, 1
    return total


def from_a_callee(n):
    """The change comes out of a function that the loop calls, and holds at once after the call."""
    global scale

    def change(i):
        global scale
        if i % 400 == 399:
            scale = scale * 2 % 17 + 1
        return scale

    wrong = 0
    total = 0
    for i in range(n):
        expected = change(i)
        if helper(1) != expected:
            wrong += 1
        total += expected
    scale = 2
    return wrong, total


def from_an_operator(n):
    global scale

    class Sneaky:
        def __init__(self, v):
            self.v = v

        def __add__(self, other):
            global scale
            if other % 500 == 499:
                scale += 1
                Base.factor += 1
            return Sneaky(self.v + scale)

        def __del__(self):
            pass

    s = Sneaky(0)
    thing = Base()
    wrong = 0
    for i in range(n):
        s = s + i
        if helper(1) != scale or thing.compute(1) != Base.factor:
            wrong += 1
    scale, Base.factor = 2, 1
    return wrong, s.v


def from_del(n):
    """A destructor changes the global between two statements."""
    global scale

    class Bomb:
        def __del__(self):
            global scale
            scale += 1

    wrong = 0
    for i in range(n):
        before = scale
        bomb = Bomb() if i % 200 == 100 else None
        bomb = None
        if scale != before + (i % 200 == 100) or helper(1) != scale:
            wrong += 1
    result = scale
    scale = 2
    return wrong, result


def builtins_shadowed(n):
    import builtins
    original = builtins.len
    total = 0
    for i in range(n):
        total += len(table)
        if i == n // 3:
            builtins.len = lambda x: 100
        elif i == n // 2:
            builtins.len = original
        elif i == n * 2 // 3:
            globals()["len"] = lambda x: 7
        elif i == n * 3 // 4:
            del globals()["len"]
    return total


def class_of_instance(n):
    thing = Base()
    thing.v = 5
    total = 0
    for i in range(n):
        total += thing.compute(i % 3) + thing.v
        if i == n // 2:
            thing.__class__ = type("Fresh", (Base,), {"compute": lambda self, x: 50})
        if i == n * 3 // 4:
            thing.compute = lambda x: 1000
            thing.v = 0.5
    return total


def bases_change(n):
    class One:
        def f(self):
            return 1

    class Two:
        def f(self):
            return 2

    class Sub(One):
        pass

    s = Sub()
    total = 0
    for i in range(n):
        total += s.f()
        if i == n // 2:
            Sub.__bases__ = (Two,)
    return total


def class_attribute_gains_descriptor(n):
    class T:
        pass
    t = T()
    t.x = 1
    total = 0
    for i in range(n):
        total += t.x
        if i == n // 2:
            T.x = property(lambda self: 100)
        if i == n * 3 // 4:
            del T.x
    return total


def many_classes(n):
    total = 0
    for i in range(n // 100):
        class Local(Base):
            factor = i

            def compute(self, x):
                return super().compute(x) + 1
        thing = Local()
        for k in range(100):
            total += thing.compute(k)
    return total


def global_deleted(n):
    global temporary
    missing = 0
    for i in range(n):
        try:
            temporary
        except NameError:
            missing += 1
        if i % 100 == 0:
            temporary = i
        elif i % 100 == 50:
            del temporary
    return missing


def dict_version(n):
    total = 0
    for i in range(n):
        total += table["k"]
        if i % 100 == 0:
            table["k"] += 1
        if i % 250 == 0:
            table["extra" + str(i)] = 0
    count = len(table)
    table.clear()
    table["k"] = 1
    return total, count


print(use(3000, Base()), use(3000, Derived()))
for function in (from_inside, from_a_callee, from_an_operator, from_del, builtins_shadowed, class_of_instance, bases_change, class_attribute_gains_descriptor, many_classes, global_deleted, dict_version):
    print(function.__name__, function(3000))
print(use(3000, Base()), use(3000, Derived()))
