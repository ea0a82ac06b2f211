"""faulthandler: what it writes at crashes, signals and timeouts, from interpreted and from compiled code; its arguments."""
import faulthandler
import os
import re
import signal
import subprocess
import sys
import tempfile


def tell(f, *args, **keywords):
    try:
        return f(*args, **keywords)
    except BaseException as e:
        return f"{type(e).__name__}: {e}"


def crash(code, *options):
    done = subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True)
    print(done.returncode, re.sub("0x[0-9a-f]{16}", "ADDRESS", done.stderr))


LOOP = """
import faulthandler, signal, os
def inner(i):
    if i == 5000:
        ACTION
    return i
def outer():
    total = 0
    for i in range(9000):
        total += inner(i)
    return total
SETUP
outer()
"""
for action in ("faulthandler._sigsegv()", "faulthandler._sigabrt()", "faulthandler._sigfpe()", "faulthandler._read_null()", "faulthandler._sigsegv(True)",
               "os.kill(os.getpid(), signal.SIGBUS)", "faulthandler._stack_overflow()"):
    crash(LOOP.replace("ACTION", action).replace("SETUP", ""), "-X", "faulthandler")
crash(LOOP.replace("ACTION", "signal.raise_signal(signal.SIGUSR1)").replace("SETUP", "faulthandler.register(signal.SIGUSR1)"))
crash("import faulthandler; faulthandler.enable(all_threads=False); faulthandler._sigsegv()")
crash("import faulthandler; faulthandler._sigsegv()")
crash("import faulthandler; faulthandler.enable(); print(faulthandler.disable(), faulthandler.disable()); faulthandler._sigsegv()")
crash("import faulthandler; faulthandler._fatal_error_c_thread()")
crash("def f(n):\n    if n == 0: faulthandler._sigsegv()\n    f(n - 1)\nimport faulthandler; f(150)", "-X", "faulthandler")
crash("import faulthandler, threading, time\ndef f(): e.set(); time.sleep(60)\ne = threading.Event(); threading.Thread(target=f, daemon=True).start(); e.wait(); time.sleep(0.1)\n"
      "faulthandler._sigsegv()", "-X", "faulthandler")
crash("import sys; print(__import__('faulthandler').is_enabled(), file=sys.stderr)", "-X", "dev")
crash("import faulthandler, time; faulthandler.dump_traceback_later(0.05, exit=True); time.sleep(60)")
crash("import faulthandler, time; faulthandler.dump_traceback_later(3661.5); faulthandler.dump_traceback_later(0.05); time.sleep(2)")
crash("import faulthandler\nexec(compile('def \\u00e9(): faulthandler.dump_traceback()', 'na\\u20acme', 'exec'))\n\u00e9()")

print(faulthandler.is_enabled(), faulthandler.disable(), tell(faulthandler.enable, -1), tell(faulthandler.enable, "x"), tell(faulthandler.enable, 2**40))
for number in (signal.SIGSEGV, 0, 1000, "a", 2**40):
    print(tell(faulthandler.register, number), tell(faulthandler.unregister, number))
print(faulthandler.unregister(signal.SIGUSR1), faulthandler.register(signal.SIGUSR1, 2), faulthandler.unregister(signal.SIGUSR1), faulthandler.unregister(signal.SIGUSR1))
for timeout in (0, -1, "x", float("nan"), 1e300, 2**80):
    print(timeout, tell(faulthandler.dump_traceback_later, timeout))
print(faulthandler.cancel_dump_traceback_later(), faulthandler.cancel_dump_traceback_later())
with tempfile.TemporaryFile() as file:
    called = []
    signal.signal(signal.SIGUSR1, lambda *a: called.append(a[0]))
    print(faulthandler.register(signal.SIGUSR1, file, all_threads=False, chain=True))
    os.kill(os.getpid(), signal.SIGUSR1)
    faulthandler.unregister(signal.SIGUSR1)
    file.seek(0)
    print(called, file.read().decode().split("\n")[0])
    p = subprocess.run([sys.executable, "-c", f"import os; os.write({file.fileno()}, b'!')"], pass_fds=[file.fileno()])
    file.seek(0)
    print(p.returncode, file.read()[-1:])
sys.stderr = None
print(tell(faulthandler.enable), tell(faulthandler.dump_traceback))
