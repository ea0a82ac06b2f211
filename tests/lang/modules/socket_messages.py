"""socket: sendmsg and recvmsg with descriptors, buffers and wrong arguments; the databases of names."""
import array
import os
import re
import socket
import sys


def tell(f, *args):
    try:
        return f(*args)
    except BaseException as e:
        return f"{type(e).__name__}: {e}"


a, b = socket.socketpair()
print(a.sendmsg([b"one ", bytearray(b"two"), memoryview(b" three")]), b.recvmsg(100))
reader, writer = os.pipe()
os.write(writer, b"through")
print(socket.send_fds(a, [b"fd"], [reader]))
data, fds, flags, address = socket.recv_fds(b, 10, 3)
print(data, len(fds), flags, address, os.read(fds[0], 10), os.get_inheritable(fds[0]))
room = [bytearray(2), bytearray(5)]
a.send(b"abcdef")
print(b.recvmsg_into(room), room)
a.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [reader, writer]))])
data, controls, flags, address = b.recvmsg(10, socket.CMSG_SPACE(4 * 2))
print(data, [(level, kind, len(content)) for level, kind, content in controls], flags)
a.sendmsg([b"y"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [reader]))])
print([x if not isinstance(x, list) else len(x) for x in b.recvmsg(10)])
for length in (0, 1, 4, 100, -1, 2**31, 2**70, "x"):
    print(length, tell(socket.CMSG_LEN, length), tell(socket.CMSG_SPACE, length))
for args in ((5,), ([5],), (["a"],), ([b"a"], 5), ([b"a"], [5]), ([b"a"], [(1, 2)]), ([b"a"], [("a", 2, b"")]), ([b"a"], [(1, 2, "x")]), ([b"a"], [], "x"), ([], [], 0, 5)):
    print(args, tell(a.sendmsg, *args))
for args in ((-1,), ("x",), (1, -1), (1, 2**40), (1, 1, "x")):
    print(args, tell(b.recvmsg, *args))
print(tell(b.recvmsg_into, 5), tell(b.recvmsg_into, [b"a"]), tell(b.recvmsg_into, [bytearray(1)], -1))

print(socket.getservbyname("http"), socket.getservbyname("http", "tcp"), tell(socket.getservbyname, "nosuch"), tell(socket.getservbyname, 5), socket.getservbyport(80, "tcp"))
print(tell(socket.getservbyport, 70000), tell(socket.getservbyport, "x"), tell(socket.getservbyport, 1, "nosuch"), tell(socket.getprotobyname, "tcp"), tell(socket.getprotobyname, "nosuch"))
print(socket.getnameinfo(("127.0.0.1", 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV), tell(socket.getnameinfo, 5, 0), tell(socket.getnameinfo, (1,), 0),
      tell(socket.getnameinfo, ("127.0.0.1", 80, 0), 0), socket.getnameinfo(("::1", 8080, 0, 0), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV))
print(socket.gethostbyname_ex("127.0.0.1"), tell(socket.gethostbyname_ex, 5), tell(socket.if_nametoindex, "nosuch"), tell(socket.if_indextoname, 99999), tell(socket.if_indextoname, -1))
names = socket.if_nameindex()
print(all(socket.if_nametoindex(name) == index and socket.if_indextoname(index) == name for index, name in names), tell(socket.if_nametoindex, 5))
print(sorted((name, v) for name, v in vars(socket._socket if hasattr(socket, "_socket") else socket).items() if isinstance(v, int) and not isinstance(v, type(socket.AF_INET)))[:400])
