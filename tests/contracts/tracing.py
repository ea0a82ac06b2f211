"""Contract: a trace or profile function that a callee switches on is obeyed from the next line on, also in the caller's hot loop."""

import sys

events = []


def tracer(frame, event, argument):
    events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno))
    return tracer


def switch(on):
    if on:
        frame = sys._getframe(1)
        frame.f_trace = tracer
        sys.settrace(tracer)
    else:
        sys.settrace(None)


def callee(x):
    y = x + 1
    return y


def loop(n):
    total = 0
    for i in range(n):
        if i == n - 3:
            switch(True)
        total += callee(i)
        if i == n - 2:
            switch(False)
    return total


print(loop(3000))
print(events)
events.clear()
print(loop(3000), len(events))
events.clear()


def every_event(n):
    def raising():
        raise ValueError("traced")
    total = 0
    for i in range(n):
        try:
            if i % 2:
                raising()
            total += sum(x for x in range(3))
        except ValueError:
            total += 1
    return total


every_event(2000)
sys.settrace(tracer)
every_event(4)
sys.settrace(None)
print(events)
events.clear()


def profiler(frame, event, argument):
    events.append((frame.f_code.co_name, event, getattr(argument, "__name__", None) if event.startswith("c_") else None))


def profiled(n):
    total = 0
    for i in range(n):
        total += callee(i) + len("abc") + abs(-i)
    return total


profiled(2000)
sys.setprofile(profiler)
profiled(3)
sys.setprofile(None)
print(events)
events.clear()


def limited(frame, event, argument):
    """A local trace function that returns None, and one that changes a line's meaning by jumping."""
    if event == "call" and frame.f_code.co_name == "callee":
        return None
    events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno))
    return limited


loop_again = loop
sys.settrace(limited)
loop_again(2)
sys.settrace(None)
print(events)
events.clear()


def raises(frame, event, argument):
    if event == "line" and frame.f_code.co_name == "callee":
        raise RuntimeError("from the trace function")
    return raises


profiled(2000)
sys.settrace(raises)
try:
    profiled(3)
except RuntimeError as error:
    print(error, sys.gettrace())
sys.settrace(None)


def count_lines(n):
    lines = 0

    def counter(frame, event, argument):
        nonlocal lines
        lines += event == "line"
        return counter
    callee(1)
    for i in range(n):
        if i % 100 == 50:
            sys.settrace(counter)
        callee(i)
        if i % 100 == 59:
            sys.settrace(None)
    sys.settrace(None)
    return lines


print(count_lines(2000))
