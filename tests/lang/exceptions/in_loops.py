"""Exceptions raised and caught while loops are hot: at every place, of changing types, through calls, out of the loop."""


def every_third(n):
    caught = total = 0
    for i in range(n):
        try:
            if i % 3 == 0:
                raise ValueError(i)
            total += i
        except ValueError as error:
            caught += error.args[0]
        finally:
            total += 1
    return caught, total


def types_alternate(n):
    counts = {}
    actions = [lambda: 1 / 0, lambda: [][5], lambda: {}["k"], lambda: int("x"), lambda: None.a, lambda: undefined, lambda: 5]
    for i in range(n):
        try:
            actions[i % 7]()
            name = "none"
        except ArithmeticError:
            name = "arithmetic"
        except LookupError as error:
            name = type(error).__name__
        except (ValueError, AttributeError) as error:
            name = "value or attribute"
        except Exception as error:
            name = str(error)
        counts[name] = counts.get(name, 0) + 1
    return counts


def through_calls(n):
    def low(i):
        if i % 5 == 0:
            raise KeyError(i)
        return i

    def middle(i):
        try:
            return low(i)
        finally:
            passed.append(i) if i % 100 == 0 else None

    passed = []
    total = 0
    for i in range(n):
        try:
            total += middle(i)
        except KeyError as error:
            total -= error.args[0]
    return total, len(passed)


def leaves_the_loop(n):
    try:
        for i in range(n):
            if i == n - 10:
                raise StopAsyncIteration(i)
    except StopAsyncIteration as error:
        return error.args, i


def outer_handler(n):
    """The handler stands outside of the inner loop and inside of the outer one."""
    total = 0
    for i in range(n):
        try:
            for j in range(10):
                total += j
                if j == i % 12:
                    raise IndexError
            total += 1000
        except IndexError:
            continue
    return total


def starts_late(n):
    """Nothing is raised until the loop is hot; then always."""
    caught = 0
    divisor = 1
    total = 0
    for i in range(n):
        if i == n // 2:
            divisor = 0
        try:
            total += i // divisor
        except ZeroDivisionError:
            caught += 1
            if caught > 100:
                divisor = 2
    return total, caught


def nested_handlers(n):
    log = [0, 0, 0, 0]
    for i in range(n):
        try:
            try:
                if i % 2:
                    raise ValueError("a")
                log[0] += 1
            except ValueError:
                log[1] += 1
                if i % 3 == 0:
                    raise KeyError("b")
            else:
                if i % 4 == 0:
                    raise KeyError("c")
        except KeyError as error:
            log[2] += 1
            assert (error.__context__ is None) == (error.args[0] == "c")
        finally:
            log[3] += 1
    return log


def return_from_finally(i):
    for k in range(3):
        try:
            if k == i % 3:
                return k
        finally:
            if i % 5 == 0:
                return "finally"
    return None


def builtin_stops(n):
    total = 0
    stops = 0
    iterator = iter(())
    for i in range(n):
        try:
            total += next(iterator)
        except StopIteration:
            stops += 1
            iterator = iter([i, i + 1, i + 2])
    return total, stops


def custom(n):
    class Problem(Exception):
        def __init__(self, value):
            self.value = value

    class Other(Problem):
        pass

    total = 0
    for i in range(n):
        try:
            raise (Problem if i < n // 2 else Other)(i)
        except Other as error:
            total += error.value
        except Problem as error:
            total -= error.value
    return total


def kept_exceptions(n):
    """Some of the exceptions outlive the loop, with their frames."""
    kept = []
    for i in range(n):
        marker = i
        try:
            raise RuntimeError(i)
        except RuntimeError as error:
            if i % 700 == 0:
                kept.append(error)
    return [(error.args, error.__traceback__.tb_frame.f_code.co_name, error.__traceback__.tb_frame.f_locals["marker"] == marker) for error in kept]


def loop_of_while(n):
    i = errors = 0
    items = [1, 2, 3]
    while True:
        try:
            i += 1
            if i > n:
                break
            items[i % 5]
        except IndexError:
            errors += 1
    return errors


def unwinds_deep(n):
    def down(k):
        if k == 0:
            raise OverflowError
        return down(k - 1) + 1

    caught = 0
    for i in range(n):
        try:
            down(i % 20)
        except OverflowError:
            caught += 1
    return caught


print(every_third(4000), types_alternate(4200), through_calls(4000), leaves_the_loop(4000), outer_handler(1500), starts_late(3000))
print(nested_handlers(4000), [return_from_finally(i) for i in range(3000)][-6:], builtin_stops(4000), custom(3000), kept_exceptions(3000), loop_of_while(4000), unwinds_deep(1000))
