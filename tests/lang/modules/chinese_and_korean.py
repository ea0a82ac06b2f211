"""Multibyte codecs: both directions, error handlers, incremental and stream forms."""
import codecs
import io


def tell(f, *args, **keywords):
    try:
        return f(*args, **keywords)
    except BaseException as e:
        return f"{type(e).__name__}: {e}"


TEXT = {"gb2312": "\u4e2d\u6587 abc", "gbk": "\u4e2d\u6587\u9f98x", "gb18030": "\u4e2d\U00020000\u20acx", "iso2022_jp": "\u65e5\u672c\u8a9e abc\u3042",
        "euc_jp": "\u65e5\u672c\u8a9e \uff76\u3042", "cp949": "\ud55c\uae00 \ub620x"}
codecs.register_error("test.number", lambda e: ("<%d>" % ord(e.object[e.start]) if isinstance(e, UnicodeEncodeError) else "?%d?" % e.start, e.end))
codecs.register_error("test.bytes", lambda e: (b"!", e.end))
codecs.register_error("test.wrong", lambda e: 5)
for name, text in TEXT.items():
    data = text.encode(name)
    print(name, data, data.decode(name) == text, codecs.lookup(name).name)
    for errors in ("strict", "ignore", "replace", "xmlcharrefreplace", "backslashreplace", "test.number", "test.bytes", "test.wrong", "nosuch"):
        print(errors, ascii(tell(("x\u0e01\U0001f600y" + text).encode, name, errors)), ascii(tell((b"a\xff\xffb" + data + b"\xb0").decode, name, errors)))
    decoder, encoder = codecs.getincrementaldecoder(name)(), codecs.getincrementalencoder(name)()
    pieces = [decoder.decode(bytes([b])) for b in data] + [decoder.decode(b"", True)]
    print("".join(pieces) == text, b"".join([encoder.encode(c) for c in text] + [encoder.encode("", True)]) == data, encoder.errors)
    if name != "iso2022_jp":
        print(decoder.decode(data[:1]) or decoder.getstate(), tell(decoder.decode, b"", True), decoder.reset())
    stream = io.BytesIO()
    writer = codecs.getwriter(name)(stream)
    writer.write(text)
    writer.writelines(["\n", text])
    writer.reset()
    stream.seek(0)
    reader = codecs.getreader(name)(stream)
    print(reader.read(1) in text, reader.readline().endswith("\n"), reader.read() == text, reader.read())
print(b"\x80\x80".decode("euc_jp", "replace"), tell("\x80".encode, "euc_jp"), tell("\u20ac".encode, "gbk"), tell(b"\x80".decode, "gbk"))
