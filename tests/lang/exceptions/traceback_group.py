# krait: stderr=full
# krait: fails
"""The printed form of an exception group with nested groups, causes and notes."""


def leaf(kind, text):
    try:
        raise kind(text)
    except Exception as error:
        return error


noted = leaf(ValueError, "noted")
noted.add_note("first note\nsecond line")
inner = ExceptionGroup("inner", [leaf(KeyError, "k"), noted])
try:
    leaf_error = leaf(OSError, "plain")
    raise ExceptionGroup("outer", [leaf_error, inner, ExceptionGroup("deeper", [leaf(TypeError, "t")])])
except ExceptionGroup as group:
    raise RuntimeError("caused") from group
