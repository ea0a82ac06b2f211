"""__cause__ and __context__: implicit, explicit, suppressed, through finally, generators, with and re-raising."""


def chain(error):
    parts = []
    while error is not None:
        parts.append(f"{type(error).__name__}({error})" + ("'" if error.__suppress_context__ else ""))
        error = error.__cause__ or error.__context__
    return " <- ".join(parts)


def run(function):
    try:
        function()
        print(function.__name__, "fine")
    except Exception as error:
        print(function.__name__, chain(error))


def implicit():
    try:
        1 / 0
    except ZeroDivisionError:
        raise ValueError("second")


def explicit():
    try:
        1 / 0
    except ZeroDivisionError as error:
        raise ValueError("second") from error


def suppressed():
    try:
        1 / 0
    except ZeroDivisionError:
        raise ValueError("second") from None


def from_other():
    try:
        1 / 0
    except ZeroDivisionError:
        raise ValueError("second") from KeyError("unrelated")


def in_finally():
    try:
        1 / 0
    finally:
        raise ValueError("from finally")


def three():
    try:
        try:
            raise KeyError("one")
        except KeyError:
            raise ValueError("two")
    except ValueError:
        raise TypeError("three")


def same_again():
    error = ValueError("same")
    try:
        raise error
    except ValueError:
        raise error


def cycle():
    a, b = ValueError("a"), KeyError("b")
    try:
        raise a
    except ValueError:
        try:
            raise b
        except KeyError:
            raise a


def after_handled():
    try:
        raise KeyError("handled")
    except KeyError:
        pass
    raise ValueError("alone")


def in_called():
    def helper():
        raise ValueError("in helper")
    try:
        1 / 0
    except ZeroDivisionError:
        helper()


def in_generator():
    def g():
        try:
            yield 1
        except KeyError:
            raise ValueError("in generator")
    iterator = g()
    next(iterator)
    iterator.throw(KeyError("thrown in"))


def generator_inside_handler():
    def g():
        yield 1
        raise ValueError("no context of its own")
    iterator = g()
    next(iterator)
    try:
        1 / 0
    except ZeroDivisionError:
        next(iterator)


def in_exit():
    class Manager:
        def __enter__(self):
            pass

        def __exit__(self, *details):
            raise ValueError("from exit")
    with Manager():
        1 / 0


def swallowed_inside():
    try:
        1 / 0
    except ZeroDivisionError:
        try:
            [][0]
        except IndexError:
            pass
        raise ValueError("context is the division")


def bare_raise_later():
    try:
        1 / 0
    except ZeroDivisionError:
        try:
            raise KeyError("k")
        except KeyError:
            pass
        raise


for function in (implicit, explicit, suppressed, from_other, in_finally, three, same_again, cycle, after_handled, in_called, in_generator, generator_inside_handler, in_exit, swallowed_inside, bare_raise_later):
    run(function)

import sys

print(sys.exc_info())
try:
    1 / 0
except ZeroDivisionError:
    print(sys.exc_info()[0].__name__, sys.exception() is sys.exc_info()[1])

    def inside():
        return sys.exc_info()[0].__name__
    print(inside())

    def generator():
        yield sys.exc_info()[0]
    print(next(generator()).__name__)
print(sys.exc_info())
for wrong in ("e.__cause__ = 5", "e.__context__ = 'x'", "del e.__cause__", "e.__traceback__ = 1", "e.__cause__ = None; print(e.__suppress_context__)"):
    e = ValueError()
    try:
        exec(wrong)
    except TypeError as error:
        print(wrong, error)


def hot(n):
    lengths = {}
    for i in range(n):
        try:
            try:
                if i % 2:
                    1 / 0
                [][i]
            except LookupError as error:
                raise ValueError(i) from (error if i % 4 else None)
        except (ValueError, ZeroDivisionError) as error:
            text = chain(error)[:10] + str(error.__suppress_context__) + str(error.__context__ is None)
            lengths[text] = lengths.get(text, 0) + 1
    return lengths


print(hot(3000), sys.exc_info())
