"""Contract: an exception keeps the frames it passed through, with their locals, as long as it lives and not longer."""

import sys


class D:
    alive = 0

    def __init__(self, n):
        self.n = n
        D.alive += 1

    def __del__(self):
        D.alive -= 1


def deep(i):
    local = D(i)
    if i % 3 == 0:
        raise ValueError(i)
    return local.n


def middle(i):
    holder = [D(i), i]
    return deep(i) + holder[1]


def hot(n):
    worst = 0
    kept = []
    total = 0
    for i in range(n):
        try:
            total += middle(i)
        except ValueError as error:
            if D.alive < 2:
                return "frames died too early", i
            if i % 600 == 0:
                kept.append(error)
        worst = max(worst, D.alive)
        if D.alive != 2 * len(kept):
            return "frames live too long", i, D.alive, len(kept)
    return total, worst, kept


total, worst, kept = hot(3000)
print(total, worst, len(kept), D.alive)
for error in kept:
    frames = []
    traceback = error.__traceback__
    while traceback:
        frame = traceback.tb_frame
        frames.append((frame.f_code.co_name, traceback.tb_lineno - frame.f_code.co_firstlineno, {k: v.n if isinstance(v, D) else v for k, v in frame.f_locals.items() if isinstance(v, (int, D)) and k != "worst"} if frame.f_code.co_name != "hot" else None))
        traceback = traceback.tb_next
    print(error, frames)
kept.pop(0)
error = traceback = frame = None
print(D.alive)
kept.clear()
print(D.alive)


def handler_body(n):
    """The exception's variable is dropped at the end of the handler, and with it the frames."""
    seen = [0, 0, 0]
    for i in range(n):
        try:
            deep(3 * i)
        except ValueError as error:
            seen[0] += D.alive
        seen[1] += D.alive
        try:
            deep(3 * i)
        except ValueError:
            seen[2] += D.alive
    return seen, D.alive


def exc_info_inside(n):
    wrong = 0
    for i in range(n):
        try:
            middle(i)
        except ValueError:
            kind, value, traceback = sys.exc_info()
            if value.args != (i,) or traceback.tb_next.tb_next.tb_frame.f_locals["local"].n != i:
                wrong += 1
            del kind, value, traceback
        if sys.exc_info() != (None, None, None):
            wrong += 1
    return wrong, D.alive


def generator_frames(n):
    def g(i):
        local = D(i)
        yield i
        if i % 2:
            raise KeyError(i)
        yield i
    errors = 0
    for i in range(n):
        try:
            for x in g(i):
                pass
        except KeyError:
            errors += 1
        if D.alive:
            return "alive", i
    return errors


def chained(n):
    for i in range(n):
        try:
            try:
                deep(0)
            except ValueError as inner:
                raise KeyError(i) from inner
        except KeyError as error:
            if D.alive != 1 or error.__cause__.__traceback__.tb_next.tb_frame.f_locals["i"] != 0:
                return "wrong", i
        if D.alive:
            return "alive", i
    return "fine"


print(handler_body(2000), exc_info_inside(2000), generator_frames(2000), chained(2000))
