"""str beyond ASCII: case mappings that change the length, categories, digits, identifiers, surrogates, comparison."""

words = ["stra\u00dfe", "\u0130stanbul", "\u01c6", "\ufb01n", "\u0390", "\u03a3\u03a3", "\u039f\u0394\u039f\u03a3", "\u1e9e", "\u00b5", "\u212a", "\u0149", "\u1f80", "\u00e9COLE", "\u0436\u0416", "\U00010400x",
         "\u4e2d\u6587", "\u0661\u0662", "\u2167", "\u00aa", "x\u0301"]
for word in words:
    print(ascii([word, word.upper(), word.lower(), word.title(), word.capitalize(), word.swapcase(), word.casefold()]))
    print(len(word), word.isalpha(), word.isdigit(), word.isdecimal(), word.isnumeric(), word.isalnum(), word.isupper(), word.islower(), word.istitle(), word.isidentifier(),
          word.isprintable(), word.isspace())

spaces = "".join(chr(i) for i in range(0x3001) if chr(i).isspace())
print(ascii(spaces), len(spaces.split()), ascii("a\u2003b\u00a0c\u3000".split()), ascii("\u2003x\u00a0".strip()))
print(ascii("".join(chr(i) for i in range(0x250) if chr(i).isupper() and chr(i).lower() == chr(i))))
print(sum(chr(i).isalpha() for i in range(0x3000)), sum(chr(i).isdecimal() for i in range(0x3000)), sum(chr(i).isnumeric() for i in range(0x3000)),
      sum(chr(i).isprintable() for i in range(0x3000)), sum(chr(i).isidentifier() for i in range(0x3000)), sum(chr(i).isupper() for i in range(0x3000)),
      sum(chr(i).islower() for i in range(0x3000)), sum(chr(i).istitle() for i in range(0x3000)))
print(repr("\u00e9\u00ad\u200b\ue000\U0001f600\x7f\x80\xa0\u3000\ud800"[:4] + "\ud83d".encode("utf-8", "surrogatepass").hex()))
print(ascii("\ud800"), ascii("\x00\x1f\x7f\x80\xff\u0100\uffff\U00010000\U0010ffff"), repr("it's"), repr('say "it\'s"'), repr("tab\tnl\ncr\r\\"))
print(ascii(sorted(["\u00e9", "e", "z", "\u20ac", "\U0001f600", "\uffff", "E", ""])), "\uffff" < "\U00010000", "\u00e9" < "\u20ac", "a" < "\u00e9")
print(ascii("\N{GREEK SMALL LETTER ALPHA}") if True else "")
print(hash("\u00e9") == hash("\xe9"), "\u00e9" == "e\u0301", len("e\u0301"), {"\u20ac": 1}["\u20ac"])
for bad in [("\ud800", "utf-8"), ("\u20ac", "latin-1"), ("a\u20ac\u20acb", "ascii")]:
    try:
        bad[0].encode(bad[1])
    except UnicodeEncodeError as error:
        print(error, error.encoding, ascii(error.object), error.start, error.end, error.reason)
for bad in [b"\xff", b"a\xc3", b"\xc3(", b"\xe2\x82", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"\xf0\x9f\x98", b"ok\x80ok"]:
    try:
        bad.decode("utf-8")
    except UnicodeDecodeError as error:
        print(error, error.start, error.end, error.reason)
    print(ascii(bad.decode("utf-8", "replace")), ascii(bad.decode("utf-8", "ignore")), ascii(bad.decode("utf-8", "surrogateescape")), ascii(bad.decode("utf-8", "backslashreplace")),
          ascii(bad.decode("latin-1")))
print("\u20ac".encode("utf-8"), "\U0001f600".encode("utf-16-be"), "a\u20ac".encode("utf-32-le"), ascii(b"\xe2\x82\xac".decode()))
text = "".join(chr(0x41 + i * 37 % 0x2000) for i in range(500))
total = 0
for i in range(3000):
    c = text[i % 500]
    total = (total * 31 + ord(c) + len(c.upper()) + (c.lower() != c) * 7 + c.isalpha()) % 1000003
print(total)
