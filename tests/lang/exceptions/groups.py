"""Exception groups and except*: splitting, nesting, what is raised again, errors in handlers, construction rules."""


def shape(error):
    if isinstance(error, BaseExceptionGroup):
        return f"{type(error).__name__}[{error.message}: " + ", ".join(shape(each) for each in error.exceptions) + "]"
    return f"{type(error).__name__}({error})"


def group(*names):
    kinds = {"v": ValueError, "k": KeyError, "t": TypeError, "o": OSError}
    return ExceptionGroup("g", [kinds[name[0]](name) for name in names])


def run(error):
    log = []
    try:
        try:
            raise error
        except* ValueError as caught:
            log.append("V " + shape(caught))
        except* (KeyError, TypeError) as caught:
            log.append("KT " + shape(caught))
        else:
            log.append("else")
        finally:
            log.append("finally")
    except BaseException as rest:
        log.append("rest " + shape(rest))
    print(log)


run(group("v1"))
run(group("v1", "v2", "k1"))
run(group("v1", "o1"))
run(group("o1"))
run(ValueError("naked"))
run(OSError("naked other"))
run(ExceptionGroup("outer", [group("v1", "k1"), ValueError("v2"), ExceptionGroup("deep", [group("t1", "o1")])]))
try:
    try:
        pass
    except* ValueError:
        pass
    else:
        print("else runs")
finally:
    print("finally runs")


def handler_raises():
    try:
        raise group("v1", "k1")
    except* ValueError:
        raise OSError("from handler")
    except* KeyError:
        raise


try:
    handler_raises()
except ExceptionGroup as error:
    print(shape(error), shape(error.exceptions[0].__context__) if error.exceptions[0].__context__ else None)
try:
    try:
        raise group("v1", "v2")
    except* ValueError as caught:
        raise
except ExceptionGroup as error:
    print(shape(error))

g = ExceptionGroup("top", [ValueError(1), ExceptionGroup("in", [KeyError(2), ValueError(3)])])
print(shape(g.subgroup(ValueError)), g.subgroup(OSError), [each and shape(each) for each in g.split(KeyError)], shape(g.subgroup(lambda e: e.args == (3,))), repr(g), str(g), g.exceptions, g.message)
print(shape(g.derive([TypeError("d")])), isinstance(g, Exception), type(BaseExceptionGroup("b", [ValueError()])).__name__, type(BaseExceptionGroup("b", [KeyboardInterrupt()])).__name__)
for code in ("ExceptionGroup('m', [])", "ExceptionGroup('m', 5)", "ExceptionGroup(5, [ValueError()])", "ExceptionGroup('m', [5])", "ExceptionGroup('m', [KeyboardInterrupt()])", "ExceptionGroup('m')", "g.split(5)",
             "exec('try: pass\\nexcept* ExceptionGroup: pass')", "exec('try: raise g\\nexcept* ExceptionGroup: pass')", "exec('try: 1/0\\nexcept* 5: pass')"):
    try:
        eval(code)
        print(code, "fine")
    except Exception as error:
        print(code, type(error).__name__, error)
for source in ("try: pass\nexcept* ValueError: pass\nexcept KeyError: pass", "try: pass\nexcept*: pass", "for i in x:\n try: pass\n except* ValueError: break", "def f():\n try: pass\n except* ValueError: return"):
    try:
        compile(source, "<s>", "exec")
        print(repr(source), "compiles")
    except SyntaxError as error:
        print(repr(source), error.msg)


def hot(n):
    counts = [0, 0, 0]
    for i in range(n):
        try:
            try:
                raise group("v", "k") if i % 3 else group("o", "v")
            except* ValueError as caught:
                counts[0] += len(caught.exceptions)
            except* KeyError:
                counts[1] += 1
        except ExceptionGroup as rest:
            counts[2] += len(rest.exceptions)
    return counts


print(hot(1500))
