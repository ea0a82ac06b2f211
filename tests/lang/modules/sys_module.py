"""sys: what programs ask of it: argv, version, limits, exc_info, stdout replaced, hooks, intern, getsizeof, modules."""

import sys

print(sys.version_info[:2], sys.version_info >= (3, 11), sys.version_info.major, sys.maxsize == 2**63 - 1, sys.maxunicode, sys.byteorder, sys.hexversion >> 16 == 0x30b, sys.platform, len(sys.argv), sys.getrecursionlimit(), sys.version.startswith("3.11"))
print(sys.int_info.bits_per_digit > 0, sys.hash_info.modulus, sys.hash_info.inf, sys.float_info.dig, sys.getdefaultencoding(), sys.getfilesystemencoding(), sys.flags.optimize, sys.dont_write_bytecode, sys.implementation.name != "", sys.stdin is not None)
print(sys.intern("ab" + "c") is sys.intern("abc"), sys.exc_info(), sys.gettrace(), sys.getprofile(), sys.is_finalizing(), sys.getswitchinterval(), type(sys.modules).__name__, "sys" in sys.builtin_module_names, sys.getsizeof([]) > 0, sys.getsizeof(5, 1) > 0)
print(sys.int_max_str_digits if hasattr(sys, "int_max_str_digits") else sys.get_int_max_str_digits(), sys.executable != "", isinstance(sys.path, list), sys.api_version, sys.copyright.startswith("Copyright"), sys.warnoptions, isinstance(sys.prefix, str), sys.stdout.encoding, sys.stdout.isatty())


class Writer:
    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text
        return len(text)

    def flush(self):
        self.text += "<flush>"


real = sys.stdout
sys.stdout = writer = Writer()
print("captured", 1, flush=True)
sys.stdout.write("directly")
sys.stdout = real
print(repr(writer.text), sys.__stdout__ is real)
sys.stdout = None
print("nobody hears this")
sys.stdout = real
old = sys.displayhook
seen = []
sys.displayhook = seen.append
exec(compile("'shown'", "<s>", "single"))
sys.displayhook = old
print(seen)
exec(compile("5\n", "<s>", "single"))
del sys.modules["__main__"].seen
print(_)


def caller():
    return sys._getframe(1).f_code.co_name, sys._getframe().f_lineno - sys._getframe().f_code.co_firstlineno


def named():
    return caller()


print(named())
for text in ("sys._getframe(1000)", "sys.setrecursionlimit(-5)", "sys.intern(5)", "sys.exit(5)", "sys.setswitchinterval(-1)", "sys.nothing", "sys._getframe('a')", "sys.getsizeof()", "sys.settrace()"):
    try:
        print(text, eval(text))
    except BaseException as error:
        print(text, type(error).__name__, error)
print(sys.unraisablehook is not None, sys.breakpointhook is not None, sys.audit("nothing.happens"), sys.call_tracing(lambda x: x + 1, (5,)))


def hot(n):
    total = 0
    for i in range(n):
        total += sys.maxsize % 7 + len(sys.argv) + sys.getrecursionlimit() % 3
        if i % 500 == 0:
            sys.custom = i
        total += sys.custom
    return total


print(hot(3000))
