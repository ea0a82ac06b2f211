"""str: indexing, slicing with every sign, iteration, immutability; the same for each width of character."""


def attempt(function):
    try:
        print(ascii(function()))
    except Exception as error:
        print(type(error).__name__, error)


def every_slice(text):
    bounds = [None, 0, 1, 2, -1, -2, 5, -5, 100, -100]
    pieces = []
    for start in bounds:
        for stop in bounds:
            pieces.append(text[start:stop])
            for step in (1, 2, 3, -1, -2, 7):
                pieces.append(text[start:stop:step])
    return len(pieces), sum(len(piece) for piece in pieces), "".join(pieces[::7])


for text in ("", "a", "hello", "h\u00e9llo w\u00f6rld", "\u20ac12\u20ac", "a\U0001f600b\U0001f680c"):
    print(ascii(every_slice(text)))
    print(ascii([c for c in text]), ascii(text[::-1]), ascii(list(enumerate(text))))

s = "hello"
attempt(lambda: s[5])
attempt(lambda: s[-6])
attempt(lambda: s["a"])
attempt(lambda: s[1.0])
attempt(lambda: s[::0])
attempt(lambda: s["a":])
attempt(lambda: s[10**30])
attempt(lambda: s[:10**30])
attempt(lambda: s[-10**30:2])
attempt(lambda: s[True])
attempt(lambda: s[None:None:None])


def store():
    s[0] = "x"


def delete():
    del s[0]


attempt(store)
attempt(delete)
print(s[:] is s, s[0:5] == s, s[1:1] == "", s[slice(1, 3)], s.__getitem__(slice(None, None, 2)))


def palindromes(n):
    """Indexing from both ends in a hot loop; the text's width changes in the middle."""
    count = 0
    checked = 0
    for i in range(n):
        text = str(i) if i < n // 2 else "\u00e9" + str(i) + "\u20ac" if i % 3 else str(i) + "\U0001f600" + str(i)[::-1]
        left, right = 0, len(text) - 1
        while left < right and text[left] == text[right]:
            left += 1
            right -= 1
            checked += 1
        if left >= right:
            count += 1
    return count, checked


def vowels(text, rounds):
    counts = {}
    for _ in range(rounds):
        for c in text:
            if c in "aeiou\u00e9":
                counts[c] = counts.get(c, 0) + 1
    return counts


def windows(text):
    seen = set()
    for i in range(len(text) - 3):
        seen.add(text[i:i + 3])
    return len(seen)


def past_the_end(text, n):
    errors = 0
    length = 0
    for i in range(n):
        try:
            length += ord(text[i % 7])
        except IndexError:
            errors += 1
    return length, errors


print(palindromes(4000))
print(vowels("the quick brown fox \u00e9t\u00e9", 300))
print(windows("abracadabra" * 200), windows("\u20ac1\u20ac22" * 300))
print(past_the_end("hello", 4000), past_the_end("h\u20acllo", 4000))
