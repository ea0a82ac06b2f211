"""Exceptions: raising in every form, matching, else and finally, nesting, attributes, the text of the common ones."""


def attempt(code):
    try:
        exec(code, {"E": ValueError("instance"), "T": (ValueError, KeyError)})
        print(code, "fine")
    except BaseException as error:
        print(code, "!", type(error).__name__, error, error.args)


for code in """
raise ValueError
raise ValueError()
raise ValueError('a')
raise ValueError('a', 2)
raise E
raise 5
raise 'x'
raise None
raise int
raise
raise ValueError('a') from KeyError('b')
raise ValueError from None
raise ValueError from 5
raise KeyError('k')
raise KeyError
raise KeyError('a', 'b')
raise OSError(2, 'No such file')
raise OSError(2, 'No such file', 'name')
raise OSError('just text')
raise FileNotFoundError(2, 'x', 'y')
raise SystemExit(3)
raise KeyboardInterrupt
raise StopIteration(5)
raise UnicodeDecodeError('utf-8', b'abc', 1, 2, 'reason')
raise UnicodeDecodeError('utf-8')
raise SyntaxError('m', ('f', 1, 2, 'text'))
raise type('Made', (Exception,), {})('custom')
raise ImportError('m', name='n', path='p')
raise AttributeError('a', name='n', obj=1)
raise AssertionError
raise NotImplementedError('later')
raise ZeroDivisionError(None)
raise Exception(Exception('nested'))
raise BaseException('base')
assert False
assert 0, 'message'
assert (), [1, 2]
assert 1
1 / 0
[][0]
{}['k']
{}[(1, 2)]
None.x
undefined_name
int('x')
'a' + 1
[1, 2].index(5)
{1: 2}.pop(3)
[].pop()
set().pop()
next(iter([]))
import nonexistent_module
from sys import nonexistent_name
from nonexistent import x
'abc'.encode('utf-7x')
open('/nonexistent/file')
float('x')
chr(-1)
(1).nope
len(5)
max([])
'%d' % 'a'
try: 1/0\nexcept: raise
try: 1/0\nexcept (KeyError, 5): pass
try: 1/0\nexcept 5: pass
try: 1/0\nexcept ZeroDivisionError as e: del e
try: raise KeyError\nexcept T: pass
""".strip().splitlines():
    attempt(code.replace("\\n", "\n"))


def flow(action):
    log = []
    try:
        log.append("try")
        if action == "raise":
            raise ValueError("v")
        if action == "other":
            raise KeyError("k")
        if action == "return":
            return log
    except ValueError as error:
        log.append(f"except {error}")
    else:
        log.append("else")
    finally:
        log.append("finally")
    log.append("after")
    return log


for action in ("none", "raise", "return"):
    print(action, flow(action))
try:
    flow("other")
except KeyError as error:
    print("other", error)


def finally_wins():
    try:
        raise ValueError
    finally:
        return "finally"


def finally_in_loop():
    out = []
    for i in range(5):
        try:
            if i == 1:
                continue
            if i == 3:
                break
            out.append(i)
        finally:
            out.append(f"f{i}")
    return out


def nested():
    log = []
    try:
        try:
            raise ValueError("inner")
        finally:
            log.append("inner finally")
            try:
                raise KeyError("in finally")
            except KeyError as error:
                log.append(repr(error))
    except ValueError as error:
        log.append(repr(error))
    return log


def reraise():
    try:
        try:
            1 / 0
        except ZeroDivisionError:
            raise
    except ArithmeticError as error:
        return type(error).__name__


def variable_is_deleted():
    e = "before"
    try:
        raise ValueError
    except ValueError as e:
        pass
    try:
        return e
    except UnboundLocalError as error:
        return str(error)


print(finally_wins(), finally_in_loop(), nested(), reraise(), variable_is_deleted())


class Custom(Exception):
    def __init__(self, code, *rest):
        super().__init__(code, *rest)
        self.code = code

    def __str__(self):
        return f"custom {self.code}"


class Child(Custom):
    pass


try:
    raise Child(7, "x")
except Custom as error:
    print(error, repr(error), error.args, error.code, isinstance(error, Child))
try:
    raise Custom
except TypeError as error:
    print(error)
e = ValueError("a", 1)
e.extra = 5
e.add_note("a note")
print(e.args, e.extra, e.__notes__, repr(e), str(e), e.with_traceback(None) is e, e.__traceback__, e.__cause__, e.__context__, e.__suppress_context__)
e.args = (1,)
print(e, repr(e), str(ValueError()), repr(KeyError("a")), str(KeyError("a")), str(KeyError()), ValueError("x") == ValueError("x"))
print([each.__name__ for each in FileNotFoundError.__mro__], issubclass(KeyError, LookupError), issubclass(UnicodeError, ValueError), IOError is OSError, issubclass(RecursionError, RuntimeError))
o = OSError(2, "text", "file")
print(o.errno, o.strerror, o.filename, type(o).__name__, o, OSError(13, "p").__class__.__name__, OSError(99999, "q").__class__.__name__)
s = SystemExit()
print(s.code, SystemExit(5).code, SystemExit(1, 2).code, StopIteration(3).value, StopIteration().value)
