"""Runs one module of CPython's test suite in the interpreter under test, and writes what became of each test, line by line.

usage: INTERPRETER driver.py REPORT MODULE

A line of the report is "start ID" or "pass|skip|fail ID"; the last one is "done", so that a crash or a hang can be told from an
end, with the test that it hit. The C helpers of CPython's build (_testcapi and its like) are not part of Python: a module that
cannot be imported without them is given stand-ins, and a test that calls one is skipped.
"""

import os
import sys

HELPERS = ("_testcapi", "_testinternalcapi", "_testbuffer", "_testmultiphase", "_testimportmultiple", "_testclinic", "_ctypes_test",
           "_xxsubinterpreters")


class Report:
    """Lines appended to a file at once; a forked child of a test reports nothing."""

    def __init__(self, path):
        self.path, self.owner = path, os.getpid()

    def write(self, word, test=""):
        if os.getpid() != self.owner:
            return
        line = f"{word} {test}".replace("\n", "\\n") + "\n"
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line.encode("utf-8", "backslashreplace"))
        finally:
            os.close(descriptor)


class StandIn:
    """An attribute of a helper that is not there: while modules are imported it may be used for nothing, later it skips the test."""

    importing = True

    def __init__(self, name):
        self.name = name

    def __call__(self, *args, **kwargs):
        import unittest
        if StandIn.importing:
            return StandIn(self.name + "()")
        raise unittest.SkipTest("needs " + self.name)

    def __getattr__(self, attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return StandIn(f"{self.name}.{attribute}")

    def __mro_entries__(self, bases):
        return ()


def stand_in_module(name):
    module = type(sys)(name)

    def attribute(wanted):
        if wanted.startswith("__"):
            raise AttributeError(wanted)
        return StandIn(f"{name}.{wanted}")

    module.__getattr__ = attribute
    if name == "_testinternalcapi":
        module.get_config = lambda: {"code_debug_ranges": 1}  # asked for while test.support is imported
    return module


def load(module):
    """The module's tests; raises what its import raises."""
    import importlib
    import unittest
    loaded = importlib.import_module("test." + module)
    loader = unittest.TestLoader()
    suite = loader.loadTestsFromModule(loaded)
    if loader.errors:
        raise ImportError(loader.errors[0])
    return suite


def load_with_stand_ins(module):
    """As load(), at first without the helpers that are missing, then with stand-ins."""
    missing = [name for name in HELPERS if not importable(name)]
    for name in missing:
        sys.modules[name] = stand_in_module(name) if name == "_testinternalcapi" else None
    known = set(sys.modules)
    try:
        return load(module)
    except (ImportError, AttributeError) as error:
        if not any(name in str(error) for name in (*missing, "'NoneType'")):
            raise
    for name in set(sys.modules) - known:
        del sys.modules[name]
    for name in missing:
        sys.modules[name] = stand_in_module(name)
    return load(module)


def importable(name):
    try:
        __import__(name)
    except ImportError:
        return False
    return True


def each_test(suite):
    try:
        inner = iter(suite)
    except TypeError:
        yield suite
        return
    for part in inner:
        yield from each_test(part)


def make_result(report, names):
    import unittest

    class Result(unittest.TestResult):
        """The worst that happened to a test, its subtests included."""

        order = ("pass", "skip", "fail")

        def startTest(self, test):
            self.worst = "pass"
            report.write("start", names[test])

        def stopTest(self, test):
            report.write(self.worst, names[test])

        def note(self, test, what):
            if test in names and self.order.index(what) > self.order.index(self.worst):
                self.worst = what

        def addSkip(self, test, reason):
            self.note(test, "skip")

        def addSubTest(self, test, subtest, error):
            if error is not None:
                self.note(test, "fail")

        def addFailure(self, test, error):
            self.note(test, "fail")

        addError = addFailure

        def addUnexpectedSuccess(self, test):
            self.note(test, "fail")

    return Result()


def main():
    report_path, module = sys.argv[1:]
    sys.argv[1:] = []
    sys.path[0] = ""  # nothing of this folder is seen by the tests
    report = Report(report_path)
    import unittest
    try:
        from test import support
        suite = load_with_stand_ins(module)
    except unittest.SkipTest:
        report.write("done")
        return
    support.use_resources = []
    support.verbose = 0
    StandIn.importing = False
    names, seen = {}, {}
    for test in each_test(suite):
        name = test.id().removeprefix(f"test.{module}.")
        seen[name] = seen.get(name, 0) + 1
        names[test] = name if seen[name] == 1 else f"{name}#{seen[name]}"
    result = make_result(report, names)
    unittest.TestSuite(list(each_test(suite))).run(result)
    report.write("done")


main()
sys.stdout.flush()
os._exit(0)  # threads that a test left behind, and what it registered, are not waited for
