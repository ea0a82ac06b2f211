"""pyexpat: handlers, attributes, errors, encodings, external entities; wrong arguments."""
import io
import pyexpat


def tell(f, *args, **keywords):
    try:
        return f(*args, **keywords)
    except BaseException as e:
        return f"{type(e).__name__}: {e}"


P = pyexpat.ParserCreate
p = P()
print([n for n in dir(p) if n[0] != "_"], p.intern, p.buffer_size, p.buffer_text, p.buffer_used, p.namespace_prefixes, p.ErrorCode, p.CurrentLineNumber)
print(sorted(pyexpat.errors.codes.items()), sorted(pyexpat.errors.messages.items()), sorted((n, v) for n, v in vars(pyexpat.errors).items() if n[0] == "X"))
print(sorted((n, v) for n, v in vars(pyexpat.model).items() if n[0] == "X"), pyexpat.features, pyexpat.EXPAT_VERSION, pyexpat.version_info, pyexpat.native_encoding)
for args in ((1,), ("x", "y", "z", "w"), (b"x",), (None, "ab"), (None, "", 3)):
    print(args, tell(P, *args))
print(tell(P, foo=1), tell(P, namespace_separator="ab"), tell(P, intern=3), tell(P().Parse, 3), tell(P().Parse, "<a", 1), tell(P().Parse, "<a>", True), tell(P().Parse, "<a></b>"))
for name in ("buffer_size", "buffer_text", "foo", "StartElementHandler", "intern", "ErrorCode"):
    for v in (0, -1, "x", 2**40, None, 100):
        print(name, v, tell(setattr, p, name, v), tell(getattr, p, name))
    print(tell(delattr, p, name))
print(tell(p.ParseFile, 3), tell(p.SetBase, 3), tell(p.SetBase, "x"), p.GetBase(), p.GetInputContext(), tell(p.UseForeignDTD, 1), tell(p.SetParamEntityParsing, 9))
print(pyexpat.ExpatError.__mro__, pyexpat.XMLParserType, pyexpat.ErrorString(3), tell(pyexpat.ErrorString, 999), tell(pyexpat.ErrorString, 0), tell(pyexpat.XMLParserType))
try:
    P().Parse("<a>\n <b></c>")
except pyexpat.ExpatError as e:
    print(vars(e))

DOCUMENT = """<?xml version='1.0' standalone='yes'?>
<!DOCTYPE a SYSTEM "sys" [<!ELEMENT a (b|(c,d)*)+><!ATTLIST a x CDATA #REQUIRED z (u|v) "u"><!ENTITY e "val"><!ENTITY ext SYSTEM "file">
<!NOTATION n PUBLIC "pub"><!ENTITY un SYSTEM "s" NDATA n>]>
<p:a xmlns:p='u' p:x='1' y='2' x='\u20ac'>text &e; &amp; \u20ac<![CDATA[cdata]]><?target content?><!--comment-->&ext;\n</p:a>"""
NAMES = [n for n in dir(p) if "Handler" in n]
for settings in ({}, {"ordered_attributes": 1}, {"specified_attributes": True, "buffer_text": 1}, {"namespace_prefixes": True, "buffer_text": True, "buffer_size": 3}):
    for source in (DOCUMENT, DOCUMENT.encode(), io.BytesIO(DOCUMENT.encode())):
        q = P(namespace_separator=" ")
        for name, v in settings.items():
            setattr(q, name, v)
        for name in NAMES:
            if name == "NotStandaloneHandler" or name.startswith("Default"):
                continue
            setattr(q, name, lambda *a, name=name: print(name, sorted(a[0].split("\f")) if "External" in name else a, q.CurrentLineNumber, q.CurrentColumnNumber, q.CurrentByteIndex) or 1)
        print(settings, tell(q.ParseFile, source) if isinstance(source, io.BytesIO) else tell(q.Parse, source, 1), q.ErrorCode, sorted(q.intern, key=str)[:3], None in q.intern)
for name in ("DefaultHandler", "DefaultHandlerExpand"):
    q = P()
    setattr(q, name, lambda *a: print(name, a))
    print(q.Parse("<a>x&lt;<b/><!-- c --></a>", True))
q = P()
q.NotStandaloneHandler = lambda: 0
print(tell(q.Parse, "<?xml version='1.0'?><!DOCTYPE a SYSTEM 's'><a/>", 1))

# external entities share the handlers
q = P()
q.SetParamEntityParsing(pyexpat.XML_PARAM_ENTITY_PARSING_ALWAYS)


def external(context, base, system, public):
    print(context, base, system, public, q.GetInputContext())
    inner = q.ExternalEntityParserCreate(context, "utf-8")
    return inner.Parse("<inner>\u20ac</inner>", 1)


q.ExternalEntityRefHandler = external
q.StartElementHandler = lambda *a: print(a)
q.CharacterDataHandler = lambda *a: print(a)
print(q.Parse("<!DOCTYPE a [<!ENTITY e SYSTEM 'x'>]><a>&e;</a>", 1))

# encodings
for encoding in ("iso-8859-1", "cp1252", "koi8-r", "utf-16", "nosuch"):
    q = P()
    q.CharacterDataHandler = lambda *a: print(ascii(a))
    text = "<?xml version='1.0' encoding='%s'?><a>\xe4</a>" % encoding
    print(encoding, tell(q.Parse, text.encode("utf-16" if encoding == "utf-16" else "latin-1"), 1))
    q = P(encoding)
    q.CharacterDataHandler = lambda *a: print(ascii(a))
    print(encoding, tell(q.Parse, b"<a>\xe4</a>", 1))


# exceptions and changes within handlers
def fail(*args):
    raise KeyError(args[0])


q = P()
q.StartElementHandler = fail
print(tell(q.Parse, "<a><b/></a>", 1), tell(P().ParseFile, io.StringIO("<a/>")))
q = P()


def once(text):
    print(repr(text))
    q.CharacterDataHandler = None


q.CharacterDataHandler = once
q.StartElementHandler = lambda *a: setattr(q, "StartElementHandler", None) or print(a)
print(q.Parse("<a>one<b>two\n</b></a>", 1), tell(q.Parse, "<c/>", 1))
q = P(intern=None)
print(q.intern, q.Parse("<a/>", 1))
d = {}
q = P(intern=d)
q.StartElementHandler = lambda *a: None
print(q.Parse("<a x=''/>", 1), d)
