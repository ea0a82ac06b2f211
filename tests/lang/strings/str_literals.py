"""String and bytes literals: escapes, raw, prefixes, concatenation, line continuation, named characters; and their errors."""

print(ascii("\a\b\f\n\r\t\v\0\\\'\"\101\x41\u0041\U00000041"), ascii(r"\n\x"), ascii("\
joined"), ascii('''a
'b' "c"'''), ascii("\7\77\377"), ascii("\08"))
print(b"\a\x00\xff\101\\n", rb"\x", Rb"\n", bR"\t", b"a" b"b", b'''x
y''')
print(u"old", "a" "b" r"\c" f"{1}", ("x"
      "y"), "tab\there", 'single "double"', "double 'single'", """triple "quoted" string""")
print(ascii("\N{BULLET}\N{LATIN SMALL LETTER E WITH ACUTE}"), len("\N{SNOWMAN}"))
for source in [r"'\x4'", r"'\u123'", r"'\U00110000'", r"'\N{nothing such}'", r"'\N'", "'abc", "'''abc", "b'\u00e9'", "'a\nb'", "b'a' 'b'", "ub'a'", "f'{1}' b'x'", r"b'\x4'", "'\\", "r'\\'", r"'\8'", r"'\d'",
               r"b'\400'", r"'\400'"]:
    try:
        print(ascii(source), ascii(eval(source)))
    except SyntaxError as error:
        print(ascii(source), error.msg, error.lineno, error.offset)
for value in ["", "a", "'", '"', "'\"", "\\", "\n", "\u00e9", "\u200b", "\ue000", "\U0001f600", "\x7f", "a'b", 'a"b']:
    print(ascii(repr(value)), eval(repr(value)) == value, ascii(ascii(value)), eval(ascii(value)) == value)
count = 0
for i in range(3000):
    c = chr(i)
    if 0xD800 > i:
        count += len(repr(c)) + (eval(repr(c)) == c if i < 300 else 0)
print(count)
