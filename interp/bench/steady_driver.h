// The Python program that repeats a script inside one process, for the steady state. It is run as `python -c`, by krait and
// by every Python that krait is compared with, so it uses nothing that a young runtime may lack.
//
// The script is executed once as __main__. When it defines a function `main` that takes no arguments, the repetitions call
// that: executing the module again would make its classes and functions anew, and no runtime is ever steady then. Else the
// compiled script is executed again in a fresh namespace. The script's output goes where it would go; the parent checks
// that it is the same each time. Times go to standard error as the last line.
#pragma once

namespace krait::bench {

// Between this mark and the end of its line stand the seconds of each iteration.
inline constexpr char kTimesMark[] = "krait-bench-times:";

// sys.argv: -c, the script, the least number of iterations, the budget in seconds, then the script's own arguments.
inline constexpr char kSteadyDriver[] = R"python(
import sys, time

def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()

def fresh_main():
    module = type(sys)("__main__")
    module.__file__ = path
    module.__builtins__ = __builtins__
    sys.modules["__main__"] = module
    return module.__dict__

def takes_nothing(function):
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    optional = len(function.__defaults__ or ())
    required_by_name = code.co_kwonlyargcount - len(function.__kwdefaults__ or {})
    return code.co_argcount == optional and required_by_name == 0

def once():
    start = clock()
    try:
        if repeat_main:
            namespace["main"]()
        else:
            exec(code, fresh_main())
    except SystemExit as leaving:
        if leaving.code:
            raise
    sys.stdout.flush()
    return clock() - start

clock = time.perf_counter
path, least, budget = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
sys.argv = [path] + sys.argv[4:]
if "/" in path:
    sys.path.insert(0, path[:path.rindex("/")])
code = compile(read(path), path, "exec")
repeat_main = False
namespace = fresh_main()
begin = clock()
try:
    exec(code, namespace)
except SystemExit as leaving:
    if leaving.code:
        raise
sys.stdout.flush()
times = [clock() - begin]
repeat_main = takes_nothing(namespace.get("main"))
while len(times) < least or clock() - begin < budget:
    times.append(once())
print("krait-bench-times:", " ".join([repr(each) for each in times]), file=sys.stderr)
)python";

}  // namespace krait::bench
