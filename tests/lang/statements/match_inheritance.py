"""What a class with several bases matches: sequence or mapping patterns, by the first base that says."""

import collections
import collections.abc as abc


def kind(subject):
    match subject:
        case [*_]:
            return "sequence"
        case {}:
            return "mapping"
        case _:
            return "neither"


class S(collections.UserList):
    pass


class M(collections.UserDict):
    pass


class SM(collections.UserList, collections.UserDict):
    pass


class MS(collections.UserDict, collections.UserList):
    pass


class Plain:
    pass


class PlainMapping(Plain, dict):
    pass


class DictSequence(abc.Sequence, dict):
    __getitem__ = __len__ = None


class ListMapping(abc.Mapping, list):
    __getitem__ = __len__ = __iter__ = None


class Registered:
    pass


class Child(Registered):
    pass


abc.Sequence.register(Registered)
for made in (S(), M(), SM(), MS(), Plain(), PlainMapping(), Registered(), Child(), collections.deque(), range(3), "text", b"bytes", bytearray(), memoryview(b""), (), [], {}, set()):
    print(type(made).__name__, kind(made))
for cls in (DictSequence, ListMapping):
    print(cls.__name__, kind(cls.__new__(cls)))
