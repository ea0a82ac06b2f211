"""_locale, _uuid and _crypt: results and errors of every function."""
import _crypt
import _locale
import _uuid
import locale

def attempt(f, *a, **k):
    try:
        return repr(f(*a, **k))
    except Exception as e:
        return f"{type(e).__module__}.{type(e).__name__}: {e}"

print(sorted((k, v) for k, v in vars(_locale).items() if isinstance(v, int)))
print(_locale.localeconv(), list(_locale.localeconv()))
for category in (_locale.LC_CTYPE, _locale.LC_NUMERIC, _locale.LC_ALL, 99, "a", 1 << 40):
    for name in ((), (None,), ("C",), ("C.UTF-8",), ("no_such",), (1,), ("a\0b",)):
        print(category, name, attempt(_locale.setlocale, category, *name))
_locale.setlocale(_locale.LC_ALL, "C.UTF-8")
for name, v in sorted(vars(_locale).items()):
    if isinstance(v, int) and not name.startswith("LC_"):
        print(name, attempt(_locale.nl_langinfo, v))
print(attempt(_locale.nl_langinfo, -1), attempt(_locale.nl_langinfo, "a"), _locale.getencoding(), locale.getpreferredencoding())
def order(a, b):
    """The sign: how far apart two texts are is left to the C library, and depends on where they stand in memory."""
    distance = _locale.strcoll(a, b)
    return (distance > 0) - (distance < 0)

words = ["", "a", "b", "é", "Z", "\U0001f600", "a\0", "\ud800"]
for a in words:
    print(ascii(a), attempt(_locale.strxfrm, a), [attempt(_locale.strcoll, a, b) for b in words])
print(attempt(_locale.strcoll, 1, "a"), attempt(_locale.strcoll, "a", 1), attempt(_locale.strxfrm, 1), attempt(_locale.strcoll, "a"))
print(attempt(_locale.gettext, "abc"), attempt(_locale.dgettext, None, "abc"), attempt(_locale.dgettext, "x", "é"), attempt(_locale.dcgettext, "x", "y", 5), attempt(_locale.dcgettext, "x", "y", "z"), attempt(_locale.gettext, 1))
print(attempt(_locale.textdomain, None), attempt(_locale.textdomain, "mine"), attempt(_locale.textdomain, None), attempt(_locale.textdomain, 1))
print(attempt(_locale.bindtextdomain, "mine", "/tmp"), attempt(_locale.bindtextdomain, "mine", None), attempt(_locale.bindtextdomain, "", None), attempt(_locale.bindtextdomain, 1, None), attempt(_locale.bindtextdomain, "mine", 1))
print(attempt(_locale.bind_textdomain_codeset, "mine", None), attempt(_locale.bind_textdomain_codeset, "mine", "UTF-8"), attempt(_locale.bind_textdomain_codeset, "mine", 1))
print(_locale.Error.__mro__, locale.atof("1.5"), locale.format_string("%d", 1234567, grouping=True))

a, status = _uuid.generate_time_safe()
print(len(a), type(status), _uuid.has_uuid_generate_time_safe, attempt(_uuid.generate_time_safe, 1), _uuid.generate_time_safe()[0] != a)

for salt in ("xx", "$1$salt", "$5$salt", "$6$salt", "$2b$04$abcdefghijklmnopqrstuu", "", "*0", "$9$", "\0", "é"):
    for word in ("", "word", "wörd", "a\0"):
        print(salt, ascii(word), attempt(_crypt.crypt, word, salt))
print(attempt(_crypt.crypt, 1, "xx"), attempt(_crypt.crypt, "a", 1), attempt(_crypt.crypt, "a"), attempt(_crypt.crypt, "\ud800", "xx"))
