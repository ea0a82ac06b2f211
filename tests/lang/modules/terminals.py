"""termios on a pseudo terminal; syslog's arguments."""
import os
import pty
import syslog
import termios


def tell(f, *args, **keywords):
    try:
        return f(*args, **keywords)
    except BaseException as e:
        return f"{type(e).__name__}: {e}"


for module in (termios, syslog):
    print(sorted((name, v) for name, v in vars(module).items() if isinstance(v, int)))

main, b = pty.openpty()
x = termios.tcgetattr(b)
print(x)
for attributes in (x[:-1], tuple(x), x[:-1] + [[b"a"]], x[:-1] + [["a"] * 32], x[:-1] + [(1,) * 32], ["a"] + x[1:], x[:-1] + [[b"aa"] * 32], 5):
    print(str(attributes)[-40:], tell(termios.tcsetattr, b, 0, attributes))
print(tell(termios.tcgetattr, 99), tell(termios.tcgetattr, "a"), tell(termios.tcgetattr, -1), tell(termios.tcsetattr, b, 9, x), tell(termios.tcsetattr, b, 0, x))
print(tell(termios.tcgetwinsize, b), tell(termios.tcsetwinsize, b, (3, 4)), tell(termios.tcgetwinsize, b))
for size in ((3,), 3, ("a", 3), (2**20, 3), (2**70, 3), (-1, 3), [5, 6], (1.5, 2)):
    print(size, tell(termios.tcsetwinsize, b, size))
print(termios.error.__mro__, termios.error.__module__, tell(termios.tcdrain, 99), tell(termios.tcflow, b, 77), tell(termios.tcflush, b, 77))
print(tell(termios.tcsendbreak, 99, 0), tell(termios.tcflow, b, 0), tell(termios.tcflow, b, 1), tell(termios.tcflush, b, termios.TCIOFLUSH), tell(termios.tcgetwinsize, 99))
x[3] &= ~termios.ICANON
termios.tcsetattr(b, termios.TCSANOW, x)
y = termios.tcgetattr(b)
print(y)
x[6][4] = b"\x05"
x[6][5] = 7
termios.tcsetattr(b, termios.TCSAFLUSH, x)
print(termios.tcgetattr(b) == x, x, os.isatty(b))

print(tell(syslog.openlog, "a", 1, 2, 3), tell(syslog.openlog, 5), tell(syslog.openlog, x=3), tell(syslog.setlogmask), tell(syslog.setlogmask, "a"))
print(tell(syslog.syslog), tell(syslog.syslog, 1), tell(syslog.syslog, "a", "b"), tell(syslog.syslog, 1, 2, 3))
print(tell(syslog.LOG_MASK, 3), tell(syslog.LOG_UPTO, 3), tell(syslog.LOG_MASK, "x"), tell(syslog.setlogmask, syslog.LOG_UPTO(7)), tell(syslog.LOG_UPTO, 7))
print(tell(syslog.syslog, "a\udc80b"), tell(syslog.closelog), tell(syslog.openlog, "name", syslog.LOG_PID, syslog.LOG_USER), tell(syslog.openlog, ident="a\0b"))
print(tell(syslog.openlog), tell(syslog.closelog))
