"""str: building by +=, where another name may hold the same string; join; repetition; equality and hash of equal texts."""


def build(n):
    text = ""
    for i in range(n):
        text += str(i)
    return text


def build_with_alias(n):
    """Appending in place is allowed only while nobody else holds the string."""
    text = "start"
    kept = []
    for i in range(n):
        alias = text
        text += chr(97 + i % 26)
        if i % 100 == 0:
            kept.append(alias)
        if len(alias) + 1 != len(text):
            print("wrong", i)
        if len(text) > 40:
            text = text[20:]
    return text, kept[:3], [len(each) for each in kept]


def widening(n):
    text = ""
    for i in range(n):
        text += "a" if i % 10 else "\u00e9" if i < n // 3 else "\u20ac" if i < n * 2 // 3 else "\U0001f600"
    return len(text), text.count("a"), text.count("\u20ac"), ascii(text[-3:]), ascii(text[:12])


class Holder:
    pass


def attribute_append(n):
    holder = Holder()
    holder.text = ""
    for i in range(n):
        holder.text += "ab"
    return len(holder.text)


def item_append(n):
    items = ["", ""]
    table = {"k": ""}
    for i in range(n):
        items[i & 1] += "x"
        table["k"] += "yz"
    return len(items[0]), len(items[1]), len(table["k"])


def global_append(n):
    global shared
    shared = ""
    for i in range(n):
        shared += "g"
        if i % 1000 == 0:
            before = shared
            shared += "!"
            if before.endswith("!"):
                print("wrong")
    return len(shared)


def prepend(n):
    text = ""
    for i in range(n):
        text = str(i % 10) + text
    return text[:20], len(text)


def types_that_do_not_add(n):
    text = ""
    errors = []
    for i in range(n):
        try:
            text += "a" if i % 500 else i
        except TypeError as error:
            errors.append(str(error))
    return len(text), errors


print(len(build(3000)), build(30))
print(build_with_alias(3000))
print(widening(3000))
print(attribute_append(3000), item_append(3000), global_append(3000), prepend(3000), types_that_do_not_add(3000))
parts = ["alpha", "beta", "\u03b3"]
print(ascii(", ".join(parts)), ascii("".join(parts)), ascii("\u20ac".join("ab")), "".join([]), "".join(["x"]) is not None)
print("ab" "cd" 'e', "a" + "b" * 3, "=" * 20, ("x" * 5).upper(), "a\
b")
a = "hello world"
b = " ".join(["hello", "world"])
print(a == b, hash(a) == hash(b), {a: 1}[b], a in {b}, a != b, a <= b)
total = 0
for i in range(3000):
    total += ("key" + str(i % 50)) == ("key" + str(i % 25))
print(total)
