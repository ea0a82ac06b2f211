"""Contract: `s += t` may append in place only when nobody else can see the string; compiled code that borrows is somebody."""


def alias_local(n):
    s = "".join(["start", "ing"])
    wrong = 0
    for i in range(n):
        t = s
        before = len(t)
        s += "x"
        if len(t) != before or t is s:
            wrong += 1
        if len(s) > 100:
            s = s[:5]
    return wrong


def alias_in_list(n):
    s = str(n)
    items = [s]
    for i in range(n):
        items[0] = s
        s += "y"
        if items[0] == s or len(items[0]) + 1 != len(s):
            return "wrong", i
        if len(s) > 50:
            s = "z" * 3
    return "fine"


def alias_attribute(n):
    class Holder:
        pass
    h = Holder()
    h.s = str(n)
    for i in range(n):
        t = h.s
        h.s += "a"
        if len(t) + 1 != len(h.s):
            return "wrong", i
        if len(t) > 40:
            h.s = str(i)
    return "fine"


def alias_argument(n):
    def extend(s):
        s += "!"
        return s
    text = str(n) + "abc"
    for i in range(n):
        longer = extend(text)
        if longer == text or len(text) != len(str(n)) + 3:
            return "wrong", i
    return "fine"


def alias_constant(n):
    total = 0
    for i in range(n):
        s = "constant"
        s += "x"
        s += str(i % 10)
        total += len(s)
    return total, "constant"


def alias_dict_key(n):
    table = {}
    s = str(n)
    for i in range(n):
        table[s] = i
        s += "k"
        if s in table:
            return "wrong", i
        if i % 30 == 29:
            s = "r" + str(i)
    return len(table), all(isinstance(key, str) and table[key] >= 0 for key in table)


def alias_cell(n):
    s = str(n)

    def get():
        return s
    for i in range(n):
        t = get()
        s += "c"
        if t == s or get() is not s and get() != s:
            return "wrong"
        if len(s) > 60:
            s = "c" * 2
    return "fine"


def alias_global(n):
    global text
    text = str(n)
    for i in range(n):
        t = text
        text += "g"
        if len(t) + 1 != len(text):
            return "wrong"
        if len(text) > 60:
            text = "g" * (i % 5)
    return "fine"


def alias_loop_variable(n):
    words = [str(i) + "w" for i in range(50)]
    total = 0
    for k in range(n // 50):
        for word in words:
            word += "x"
            total += len(word)
    return total, words[:3]


def zip_tuple_reused(n):
    """zip may reuse its tuple only while nobody keeps it."""
    kept = []
    for i, pair in enumerate(zip(range(n), range(n, 2 * n))):
        if i % 500 == 0:
            kept.append(pair)
        a, b = pair
        if b - a != n:
            return "wrong"
    return kept


def enumerate_tuple_reused(n):
    kept = []
    last = None
    for pair in enumerate(range(n)):
        if last is not None and last[0] + 1 != pair[0]:
            return "wrong"
        last = pair
        if pair[0] % 700 == 0:
            kept.append(pair)
    return kept


def list_concatenation(n):
    items = [0]
    for i in range(n):
        other = items
        items = items + [i]
        if len(other) + 1 != len(items):
            return "wrong"
        same = items
        items += [i]
        if same is not items:
            return "wrong"
        if len(items) > 30:
            items = [0]
    return "fine"


for function in (alias_local, alias_in_list, alias_attribute, alias_argument, alias_constant, alias_dict_key, alias_cell, alias_global, alias_loop_variable, zip_tuple_reused, enumerate_tuple_reused, list_concatenation):
    print(function.__name__, function(3000))
