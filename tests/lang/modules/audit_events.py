"""Audit events: what a hook is told, and that it can forbid it."""
import array
import gc
import io
import marshal
import os
import re
import signal
import socket
import sys
import tempfile
import types

events = []
listening = False


def hook(event, arguments):
    if listening:
        events.append((event, arguments))


sys.addaudithook(hook)


def show(label, action):
    """The events of an action; addresses and the test's folder are taken out."""
    global listening
    events.clear()
    listening = True
    try:
        action()
        raised = ""
    except BaseException as error:
        raised = type(error).__name__
    finally:
        listening = False
    texts = []
    for event, arguments in events:
        text = re.sub("0x[0-9a-f]+", "0x", repr(arguments)).replace(folder, "FOLDER")
        if event == "import":
            text = repr((arguments[0], arguments[1], arguments[2] is sys.path, arguments[4] is sys.path_hooks))
        texts.append(f"{event} {text[:160]}")
    print(label, raised, texts)


class C:
    x = 1


def generator():
    yield


async def coroutine():
    pass


async def async_generator():
    yield


folder = tempfile.mkdtemp()
instance = C()
running = generator()
waiting = coroutine()
several = async_generator()

show("compile", lambda: compile("1", "name", "eval"))
show("eval", lambda: eval("1"))
show("exec", lambda: exec("1"))
show("exec of code", lambda: exec(compile(b"1", "f", "exec")))
show("import", lambda: __import__("this_is_nothing"))
show("open", lambda: open("/dev/null").close())
show("open for writing", lambda: open("/dev/null", "wb").close())
show("FileIO", lambda: io.FileIO("/dev/null", "rb+").close())
show("os.open", lambda: os.close(os.open("/dev/null", 0)))
show("__code__", lambda: generator.__code__)
show("defaults", lambda: (generator.__defaults__, generator.__kwdefaults__, generator.__closure__, generator.__globals__))
show("set __code__", lambda: setattr(generator, "__code__", generator.__code__))
show("set defaults", lambda: (setattr(generator, "__defaults__", ()), setattr(generator, "__kwdefaults__", {})))
show("del defaults", lambda: (delattr(generator, "__defaults__"), delattr(generator, "__kwdefaults__")))
show("generator", lambda: (running.gi_code, running.gi_frame, running.gi_running))
show("coroutine", lambda: (waiting.cr_frame, waiting.cr_code, waiting.cr_await))
show("async generator", lambda: (several.ag_frame, several.ag_code))
show("frame", lambda: sys._getframe().f_code)
show("__name__", lambda: setattr(C, "__name__", "D"))
show("__qualname__", lambda: setattr(C, "__qualname__", "D"))
show("__bases__", lambda: setattr(C, "__bases__", (object,)))
show("__class__", lambda: setattr(instance, "__class__", C))
show("plain", lambda: (setattr(C, "x", 1), C.x, C.__dict__ and None))
try:
    1 / 0
except ZeroDivisionError as error:
    traceback = error.__traceback__
show("traceback", lambda: (traceback.tb_frame, traceback.tb_next, traceback.tb_lineno))
code = generator.__code__
show("code", lambda: code.replace(co_code=b"\0" * 8, co_name="x", co_filename="file"))
show("function", lambda: types.FunctionType(code, {}))
show("gc", lambda: (gc.get_objects(2), gc.get_referrers(instance), gc.get_referents(instance)) and None)
show("marshal", lambda: (marshal.loads(marshal.dumps(None)), marshal.load(io.BytesIO(b"N")), marshal.dump(None, io.BytesIO())))
show("trace", lambda: (sys.settrace(None), sys.setprofile(None)))
show("frames", lambda: (sys._current_frames(), sys._current_exceptions()) and None)
show("asyncgen", lambda: sys.set_asyncgen_hooks(firstiter=None, finalizer=None))
show("environment", lambda: (os.putenv("a", "b"), os.unsetenv("a")))
show("folders", lambda: (os.listdir("/proc/self/task") and None, os.scandir("/proc").close(), os.listdir() and None, os.scandir().close()))
path, other = os.path.join(folder, "a"), os.path.join(folder, "b")
show("names", lambda: (os.mkdir(path), os.chmod(path, 0o777), os.rename(path, other), os.rmdir(other)))
show("files", lambda: (open(path, "w").close(), os.truncate(path, 1), os.utime(path), os.link(path, other), os.unlink(path), os.remove(other)))
show("links", lambda: (os.symlink("x", path), os.remove(path), os.chdir("/")))
show("exec", lambda: os.execv("/nonexistent", ["a"]))
show("execve", lambda: os.execve("/nonexistent", ["a"], {"a": "b"}))
show("system", lambda: os.system("true"))
show("array", lambda: array.array("i", [1]))
show("socket", lambda: socket.socket().close())
show("unraisable", lambda: None)


# A hook can forbid.
def forbid(event, arguments):
    if event == "test.forbidden":
        raise PermissionError(arguments)
    if event == "sys.addaudithook":
        raise RuntimeError("no more hooks")


sys.addaudithook(forbid)
try:
    sys.audit("test.forbidden", 1, "two")
except PermissionError as error:
    print("forbidden", error)
sys.audit("test.allowed")
seen = []
print(sys.addaudithook(lambda event, arguments: seen.append(event)), seen)
for wrong in ((), (1,)):
    try:
        sys.audit(*wrong)
    except TypeError as error:
        print(error)
waiting.close()
