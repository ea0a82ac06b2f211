"""fcntl, resource, pwd, grp, _posixshmem and _multiprocessing: what they give, and their messages for wrong arguments."""
import fcntl
import grp
import os
import pwd
import resource
import struct
import tempfile

import _multiprocessing
import _posixshmem


def tell(f, *args, **keywords):
    try:
        return f(*args, **keywords)
    except BaseException as e:
        return f"{type(e).__name__}: {e}"


def constants(module):
    return sorted((name, v) for name, v in vars(module).items() if isinstance(v, int))


print(constants(fcntl))
print(constants(resource))

# pwd and grp
me = pwd.getpwuid(0)
print(me, me.pw_name, me[0] == me.pw_name, type(me), len(me), pwd.getpwnam(me.pw_name) == me)
print(grp.getgrgid(0), grp.getgrnam("root") == grp.getgrgid(id=0), grp.getgrnam(name="root").gr_mem)
print(me in pwd.getpwall(), grp.getgrgid(0) in grp.getgrall(), pwd.struct_passwd.__doc__, grp.struct_group.__doc__)
for v in (-1, -2, 2**32, 2**32 - 1, 2**70, "x", 1.5, 123456, None):
    print(v, tell(pwd.getpwuid, v), tell(grp.getgrgid, v))
for v in ("a\0b", 1, b"root", "nosuch", "\udc80", ""):
    print(ascii(v), ascii(tell(pwd.getpwnam, v)), ascii(tell(grp.getgrnam, v)))

# resource
for v in ((99,), (-1,), (2**40,), ("x",), (1.5,), ()):
    print(v, tell(resource.getrlimit, *v), tell(resource.prlimit, 0, *v), tell(resource.setrlimit, *v, (1, 1)))
print(tell(resource.getrusage, 99), tell(resource.getrusage, "x"), tell(resource.getrusage, 2**40), tell(resource.prlimit))
usage = resource.getrusage(resource.RUSAGE_SELF)
print(type(usage), len(usage), usage.ru_utime >= 0, usage.ru_maxrss > 0, resource.getpagesize(), resource.struct_rusage.__doc__)
for limits in ((1,), (1, 2, 3), [2, 1], (2**70, 1), ("a", 1), 5, (1.5, 1)):
    print(limits, tell(resource.setrlimit, resource.RLIMIT_CORE, limits), tell(resource.prlimit, 0, resource.RLIMIT_CORE, limits))
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0], resource.prlimit(0, resource.RLIMIT_NOFILE, (soft, hard))[0],
      resource.getrlimit(resource.RLIMIT_NOFILE) == (soft, hard))

# fcntl
for f in (fcntl.fcntl, fcntl.ioctl):
    for args in (("a", 1), (1, "a"), (1, 1, []), (99, 1, b"x" * 1025), (99, 1), (-1, 1), (1, 1, 1.5), (99, 1, "\udc80"), (99,), (99, 1, None)):
        print(f.__name__, ascii(args)[:30], tell(f, *args))
print(tell(fcntl.ioctl, 99, 1, bytearray(1025), False), tell(fcntl.ioctl, 99, 1, bytearray(1025)))
print(tell(fcntl.flock, 99, 1), tell(fcntl.lockf, 99, 1), tell(fcntl.lockf, 99, 4), tell(fcntl.lockf, 99, 1, "a"), tell(fcntl.lockf, 99, 1, 2**65))
with tempfile.TemporaryFile() as file:
    file.write(b"x" * 100)
    flags = fcntl.fcntl(file, fcntl.F_GETFD)
    print(flags, fcntl.fcntl(file.fileno(), fcntl.F_SETFD, 0), fcntl.fcntl(file, fcntl.F_GETFD), fcntl.fcntl(file, fcntl.F_SETFD, flags))
    print(fcntl.fcntl(file, fcntl.F_GETFD, "abc"), fcntl.fcntl(file, fcntl.F_GETFD, b"abc\0def"), tell(fcntl.fcntl, file, fcntl.F_GETFD, bytearray(3)))
    lock = struct.pack("hhqqhh", fcntl.F_WRLCK, 0, 0, 10, 0, 0)
    print(fcntl.fcntl(file, fcntl.F_SETLK, lock) == lock, fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB), fcntl.flock(file, fcntl.LOCK_UN))
    print(fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 5, 1, os.SEEK_SET), fcntl.lockf(file, fcntl.LOCK_UN))
reader, writer = os.pipe()
os.write(writer, b"seven..")
room = bytearray(8)
FIONREAD = 0x541B
print(fcntl.ioctl(reader, FIONREAD, room), room, fcntl.ioctl(reader, FIONREAD, bytes(4)), fcntl.ioctl(reader, FIONREAD, bytearray(4), False))
print(tell(fcntl.ioctl, reader, FIONREAD, "abcd"), fcntl.ioctl(reader, FIONREAD, memoryview(room)[2:6], True), room)

# shared memory
name = f"/krait-test-{os.getpid()}"
fd = _posixshmem.shm_open(name, os.O_CREAT | os.O_RDWR | os.O_EXCL, mode=0o600)
print(os.ftruncate(fd, 10), os.write(fd, b"abc"), os.pread(fd, 10, 0), os.close(fd), _posixshmem.shm_unlink(name))
print(tell(_posixshmem.shm_open, "/nosuch", 0), tell(_posixshmem.shm_open, b"/x", 0), tell(_posixshmem.shm_open, "/x\0y", 0), tell(_posixshmem.shm_unlink, "/nosuch"))

# semaphores
SemLock = _multiprocessing.SemLock
print(SemLock.SEM_VALUE_MAX, _multiprocessing.flags, SemLock.__doc__)
for args in ((2, 1, 1, name, True), (0, -1, 1, name, True), (0, 1, 1, b"x", True), (0, 1, 1, "/xa\0a", True), (0, 1, 1, name), (0, 1, 2**40, name, 1),
             (0, 1, 1, "/x/y/z", 1), (0, 1.5, 1, name, 1)):
    print(args[:3], ascii(tell(SemLock, *args)).replace(str(os.getpid()), "PID"))
for kind, value, most in ((0, 1, 1), (1, 2, 2), (1, 0, 1)):
    s = SemLock(kind, value, most, name, unlink=True)
    print(tell(s.release), s.acquire(False), s.acquire(block=True, timeout=0.001), s.acquire(False, None), s._count(), s._is_mine(), s._get_value(), s._is_zero())
    print(tell(s.release), tell(s.release), tell(s.release), s._count(), s.kind, s.maxvalue, s.name, type(s.handle), s._after_fork(), s._count())
    print(tell(s.acquire, 1, "x"), tell(s.acquire, bloc=1), tell(s.__exit__, 1, 2, 3, 4), s.acquire(True, -5))
with SemLock(0, 1, 1, name, True) as taken:
    print(taken)
s = SemLock(1, 3, 5, name, False)
print(s.name == name, SemLock._rebuild(0, 1, 5, name)._get_value(), tell(SemLock, 1, 3, 5, name, False), _multiprocessing.sem_unlink(name))
print(tell(_multiprocessing.sem_unlink, "/nosuch"), tell(_multiprocessing.sem_unlink, 3), tell(SemLock._rebuild, 0, 0, 0, "/nosuch"), tell(SemLock._rebuild, 0, 0, 0, 3))
