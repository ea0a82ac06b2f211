# krait: skip-cpython
"""docs/differences.md, introspection: names, sizes, and what the collector tracks."""

import gc
import sys
from collections import deque

print(sys.implementation.name, sys.implementation.cache_tag)
print("Krait" in sys.version, sys.version_info[:3])
print("sizes are Krait's:", [sys.getsizeof(v) for v in (1, 1.5, True)])


def automatic_collections(objects):
    """How many collections so many new live containers cause."""
    gc.collect()
    before = sum(each["collections"] for each in gc.get_stats())
    kept = [[i] for i in range(objects)]
    return sum(each["collections"] for each in gc.get_stats()) - before, len(kept)


print("thresholds as reported:", gc.get_threshold())
collections, _ = automatic_collections(50000)
print("fewer automatic collections while they find nothing:", collections < 15)
gc.set_threshold(700, 10, 10)
collections, _ = automatic_collections(50000)
print("thresholds that were set are obeyed:", collections > 60)

print("a tuple of atoms is never tracked:", gc.is_tracked(tuple([1, "a"])), gc.is_tracked(tuple([[]])))
print("numbers are no referents:", gc.get_referents([1, 2]), gc.get_referents([1, "a"]))
print("signatures of what has none in CPython:", dict.keys.__text_signature__, "".join.__text_signature__, deque.append.__text_signature__)
print("one __getattribute__ for all:", "__getattribute__" in vars(int), "__getattribute__" in vars(object))
