// _socket: sockets of the Internet and Unix families, addresses and name resolution.
#include <arpa/inet.h>
#include <linux/can.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmath>
#include <ctime>
#include <string>

#include "runtime/core/audit.h"
#include "runtime/modules/arguments.h"
#include "runtime/modules/fields.h"
#include "runtime/modules/posix/socket.h"
#include "runtime/objects/codecs.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/buffer.h"

namespace krait::posix {

namespace {

Type* gai_error = nullptr;
double default_timeout = -1;

// --- addresses ---

}  // namespace

Type* host_error = nullptr;

Raised raiseResolve(Thread& t, int error) {
  if (error == EAI_SYSTEM) return raiseOSError(t, errno);
  Ref<Str> text = newStrUtf8(t, gai_strerror(error));
  Ref<> exception = text ? call(t, Value(gai_error), Value::fromInt(error), text) : Ref<>();
  if (!exception) return kRaised;
  return raiseInstance(t, std::move(exception));
}
bool hostText(Thread& t, Value v, std::string* out) {
  if (isStr(v)) {
    Utf8 text;
    if (!text.set(t, asStr(v))) return false;
    *out = text.view();
    if (!asStr(v)->ascii) {
      Ref<> encoded = callMethod(t, v, "encode", Value(internStatic("idna")));
      if (!encoded) return false;
      *out = asBytes(encoded)->view();
    }
  } else if (isBytes(v)) {
    *out = asBytes(v)->view();
  } else {
    return raise(t, exc::TypeError, "str, bytes or bytearray expected, not %s", typeName(v));
  }
  return out->find('\0') == std::string::npos ||
         raise(t, exc::ValueError, "host name must not contain null character").operator bool();
}
bool resolveHost(Thread& t, int family, const std::string& host, Address* out) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_family = family;
  hints.ai_socktype = SOCK_DGRAM;
  if (host.empty()) hints.ai_flags = AI_PASSIVE;
  if (host == "<broadcast>") {
    auto* in = reinterpret_cast<sockaddr_in*>(&out->storage);
    in->sin_family = AF_INET;
    in->sin_addr.s_addr = INADDR_BROADCAST;
    out->size = sizeof *in;
    return true;
  }
  int error;
  {
    WithoutGil released(t);
    error = getaddrinfo(host.empty() ? nullptr : host.c_str(), host.empty() ? "0" : nullptr, &hints, &found);
  }
  if (error) return raiseResolve(t, error);
  memcpy(&out->storage, found->ai_addr, found->ai_addrlen);
  out->size = found->ai_addrlen;
  freeaddrinfo(found);
  return true;
}
bool addressArgument(Thread& t, Socket* s, const char* function, Value v, Address* out) {
  if (s->family == AF_UNIX) {
    auto* un = reinterpret_cast<sockaddr_un*>(&out->storage);
    Ref<> path;
    Buffer bytes;
    std::string_view text;
    if (isStr(v)) {
      path = encodeText(t, asStr(v), NativeCodec::kUtf8, "surrogateescape");
      if (!path) return false;
      text = asBytes(path)->view();
    } else {
      if (!bytes.get(t, v)) return false;
      text = bytes.view();
    }
    bool abstract = text.empty() || text[0] == 0;
    if (text.size() + !abstract > sizeof un->sun_path) return raise(t, exc::OSError, "AF_UNIX path too long");
    un->sun_family = AF_UNIX;
    memcpy(un->sun_path, text.data(), text.size());
    out->size = socklen_t(offsetof(sockaddr_un, sun_path) + text.size() + !abstract);
    return true;
  }
  if (s->family == AF_VSOCK) {
    auto* vm = reinterpret_cast<sockaddr_vm*>(&out->storage);
    uint64_t context, port;
    if (!isTuple(v) || asTuple(v)->size != 2) {
      return raise(t, exc::TypeError, "%s(): AF_VSOCK address must be tuple, not %.500s", function, typeName(v));
    }
    if (!maskArgument(t, asTuple(v)->items[0], &context) || !maskArgument(t, asTuple(v)->items[1], &port)) return false;
    *vm = {};
    vm->svm_family = AF_VSOCK;
    vm->svm_cid = unsigned(context);
    vm->svm_port = unsigned(port);
    out->size = sizeof *vm;
    return true;
  }
  if (s->family != AF_INET && s->family != AF_INET6) return raise(t, exc::OSError, "%s(): bad family", function);
  if (!isTuple(v)) {
    return raise(t, exc::TypeError, "%s(): %s address must be tuple, not %.500s", function,
                 s->family == AF_INET ? "AF_INET" : "AF_INET6", typeName(v));
  }
  Tuple* parts = asTuple(v);
  if (parts->size < 2 || parts->size > (s->family == AF_INET ? 2 : 4)) {
    return raise(t, exc::TypeError, "%s(): wrong number of items in the address", function);
  }
  std::string host;
  int port, flow = 0, scope = 0;
  if (!hostText(t, parts->items[0], &host) || !intArgument(t, parts->items[1], &port)) return false;
  if (parts->size > 2 && !intArgument(t, parts->items[2], &flow)) return false;
  if (parts->size > 3 && !intArgument(t, parts->items[3], &scope)) return false;
  if (flow < 0 || flow > 0xfffff) return raise(t, exc::OverflowError, "%s(): flowinfo must be 0-1048575.", function);
  if (port < 0 || port > 0xffff) return raise(t, exc::OverflowError, "%s(): port must be 0-65535.", function);
  if (!resolveHost(t, s->family, host, out)) return false;
  if (s->family == AF_INET) {
    reinterpret_cast<sockaddr_in*>(&out->storage)->sin_port = htons(uint16_t(port));
  } else {
    auto* in6 = reinterpret_cast<sockaddr_in6*>(&out->storage);
    in6->sin6_port = htons(uint16_t(port));
    in6->sin6_flowinfo = htonl(uint32_t(flow));
    in6->sin6_scope_id = uint32_t(scope);
  }
  return true;
}
Ref<> makeAddress(Thread& t, Address& a) {
  if (a.size == 0) return steal(kNone);
  char host[INET6_ADDRSTRLEN];
  switch (a.storage.ss_family) {
    case AF_INET: {
      auto* in = reinterpret_cast<sockaddr_in*>(&a.storage);
      Ref<Str> text = newStrUtf8(t, inet_ntop(AF_INET, &in->sin_addr, host, sizeof host));
      return text ? packTuple(t, text.value(), Value::fromInt(ntohs(in->sin_port))) : Ref<Tuple>();
    }
    case AF_INET6: {
      auto* in = reinterpret_cast<sockaddr_in6*>(&a.storage);
      Ref<Str> text = newStrUtf8(t, inet_ntop(AF_INET6, &in->sin6_addr, host, sizeof host));
      return text ? packTuple(t, text.value(), Value::fromInt(ntohs(in->sin6_port)),
                              Value::fromInt(ntohl(in->sin6_flowinfo)), Value::fromInt(in->sin6_scope_id))
                  : Ref<Tuple>();
    }
    case AF_UNIX: {
      auto* un = reinterpret_cast<sockaddr_un*>(&a.storage);
      size_t size = a.size > offsetof(sockaddr_un, sun_path) ? a.size - offsetof(sockaddr_un, sun_path) : 0;
      if (size && un->sun_path[0] == 0) return newBytes(t, {un->sun_path, size});
      return decodePath(t, {un->sun_path, strnlen(un->sun_path, size)});
    }
    case AF_VSOCK: {
      auto* vm = reinterpret_cast<sockaddr_vm*>(&a.storage);
      return packTuple(t, Value::fromInt(vm->svm_cid), Value::fromInt(vm->svm_port));
    }
    default: return newBytes(t, {reinterpret_cast<char*>(&a.storage), a.size});
  }
}

namespace {

Type* socket_type = nullptr;

// --- the type ---

bool setNonBlocking(int fd, bool on) {
  int flags = fcntl(fd, F_GETFL);
  return flags >= 0 && fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK) >= 0;
}
Ref<> socketNew(Thread& t, Type* type, Args) {
  Socket* s = allocateInstance<Socket>(type);
  if (!s) return raiseNoMemory(t);
  s->fd = -1;
  s->family = s->type = s->protocol = 0;
  s->timeout = -1;
  return steal(Value(s));
}
Ref<> unreachable(Thread&, Value, const Value*) { return nullptr; }  // the definition below is only bound, never called
bool socketInit(Thread& t, Value self, Args args) {
  static const MethodDef kInit = method("socket", unreachable, "($self, family=-1, type=-1, proto=-1, fileno=None)");
  Value bound[4];
  Ref<> keep[4];
  int family, type, protocol, fd = -1;
  if (!bindArguments(t, kInit, args, bound, keep) || !intArgument(t, bound[0], &family) ||
      !intArgument(t, bound[1], &type) || !intArgument(t, bound[2], &protocol)) {
    return false;
  }
  if (!audit(t, "socket.__new__", self, Value::fromInt(family), Value::fromInt(type), Value::fromInt(protocol)))
    return false;
  Socket* s = asSocket(self);
  if (!bound[3].isNone()) {
    if (isFloatLike(bound[3])) return raise(t, exc::TypeError, "integer argument expected, got float");
    if (!intArgument(t, bound[3], &fd)) return false;
    if (fd < 0) return raise(t, exc::ValueError, "negative file descriptor");
    Address a;
    if (getsockname(fd, a.get(), &a.size) < 0 && (errno == EBADF || errno == ENOTSOCK || family == -1))
      return raiseOSError(t, errno);
    if (family == -1) family = a.storage.ss_family;
    socklen_t size = sizeof(int);
    if (type == -1 && getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0) return raiseOSError(t, errno);
    if (protocol == -1 && getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) < 0) return raiseOSError(t, errno);
  } else {
    if (family == -1) family = AF_INET;
    if (type == -1) type = SOCK_STREAM;
    if (protocol == -1) protocol = 0;
    fd = socket(family, type | SOCK_CLOEXEC, protocol);
    if (fd < 0) return raiseOSError(t, errno);
  }
  s->fd = fd;
  s->family = family;
  s->type = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
  s->protocol = protocol;
  s->timeout = type & SOCK_NONBLOCK ? 0 : default_timeout;
  if (default_timeout >= 0 && !setNonBlocking(fd, true)) return raiseOSError(t, errno);
  return true;
}
void socketFinalize(Thread& t, Object* self) {
  Socket* s = static_cast<Socket*>(self);
  if (s->fd < 0) return;
  PreserveException preserve(t);
  Ref<Str> shown = repr(t, Value(self));
  if (!shown || !warn(t, exc::ResourceWarning, 1, "unclosed %s", Utf8(shown.get()).c_str())) {
    // Other errors are what to expect at shutdown.
    if (raisedIs(t, exc::Warning)) {
      writeUnraisable(t, Value(self));
    } else {
      clearException(t);
    }
  }
  close(s->fd);
  s->fd = -1;
}
void socketDealloc(Object* self) {
  if (static_cast<Socket*>(self)->fd >= 0) close(static_cast<Socket*>(self)->fd);
  freeInstance(self);
}
Ref<> socketRepr(Thread& t, Value self) {
  Socket* s = asSocket(self);
  return strFormat(t, "<socket object, fd=%d, family=%d, type=%d, proto=%d>", s->fd, s->family, s->type, s->protocol);
}

Ref<> acceptRaw(Thread& t, Value self) {
  Socket* s = asSocket(self);
  Address a;
  int64_t fd = socketCall(t, s, POLLIN, [&] {
    a.size = sizeof a.storage;
    return accept4(s->fd, a.get(), &a.size, SOCK_CLOEXEC);
  });
  if (fd < 0) return failed(t);
  Ref<> address = makeAddress(t, a);
  if (!address) {
    close(int(fd));
    return kRaised;
  }
  return packTuple(t, Value::fromInt(fd), address.value());
}
Ref<> bindTo(Thread& t, Value self, Value v) {
  Address a;
  if (!addressArgument(t, asSocket(self), "bind", v, &a)) return kRaised;
  if (!audit(t, "socket.bind", self, v)) return kRaised;
  return noneOr(t, bind(asSocket(self)->fd, a.get(), a.size));
}
// 0, or an errno; -1: raised.
int connectError(Thread& t, Socket* s, Address& a) {
  int result, error;
  {
    WithoutGil released(t);
    result = connect(s->fd, a.get(), a.size);
    error = errno;
  }
  if (result == 0) return 0;
  if (error == EINTR ? s->timeout == 0 : !(s->timeout > 0 && error == EINPROGRESS)) return error;
  if (error == EINTR && !servePoll(t)) return -1;
  int64_t done = socketCall(t, s, POLLOUT, [&]() -> int64_t {
    int pending = 0;
    socklen_t size = sizeof pending;
    getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &pending, &size);
    return pending;
  });
  return done < 0 ? (t.raised() ? -1 : errno) : int(done);
}
Ref<> connectTo(Thread& t, Value self, Value v) {
  Address a;
  if (!addressArgument(t, asSocket(self), "connect", v, &a)) return kRaised;
  if (!audit(t, "socket.connect", self, v)) return kRaised;
  int error = connectError(t, asSocket(self), a);
  return error == 0 ? steal(kNone) : error < 0 ? Ref<>(kRaised) : Ref<>(raiseOSError(t, error));
}
Ref<> connectEx(Thread& t, Value self, Value v) {
  Address a;
  if (!addressArgument(t, asSocket(self), "connect_ex", v, &a)) return kRaised;
  if (!audit(t, "socket.connect", self, v)) return kRaised;
  int error = connectError(t, asSocket(self), a);
  if (error < 0 && raisedIs(t, exc::TimeoutError)) {
    clearException(t);
    error = EWOULDBLOCK;
  }
  return error < 0 ? Ref<>(kRaised) : newInt(t, error);
}
Ref<> listenFor(Thread& t, Value self, const Value* args) {
  int backlog = 128;
  if (args[0] && !intArgument(t, args[0], &backlog)) return kRaised;
  return noneOr(t, listen(asSocket(self)->fd, backlog < 0 ? 0 : backlog));
}
Ref<> closeSocket(Thread& t, Value self) {
  int fd = asSocket(self)->fd;
  asSocket(self)->fd = -1;
  return fd < 0 || close(fd) == 0 || errno == ECONNRESET ? steal(kNone) : Ref<>(failed(t));
}
Ref<> detach(Thread& t, Value self) {
  int fd = asSocket(self)->fd;
  asSocket(self)->fd = -1;
  return newInt(t, fd);
}
Ref<> filenoOf(Thread& t, Value self) { return newInt(t, asSocket(self)->fd); }
template <int (*function)(int, sockaddr*, socklen_t*)>
Ref<> ownAddress(Thread& t, Value self) {
  Address a;
  return function(asSocket(self)->fd, a.get(), &a.size) < 0 ? Ref<>(failed(t)) : makeAddress(t, a);
}
Ref<> shutdownSocket(Thread& t, Value self, Value how_value) {
  int how;
  return intArgument(t, how_value, &how) ? noneOr(t, shutdown(asSocket(self)->fd, how)) : Ref<>();
}
Ref<> getOption(Thread& t, Value self, const Value* args) {
  int level, option, size = 0;
  if (!intArgument(t, args[0], &level) || !intArgument(t, args[1], &option) ||
      (args[2] && !intArgument(t, args[2], &size)))
    return kRaised;
  if (size < 0 || size > 1024) return raise(t, exc::OSError, "getsockopt buflen out of range");
  char data[1024];
  socklen_t length = size ? socklen_t(size) : socklen_t(sizeof(int));
  if (getsockopt(asSocket(self)->fd, level, option, data, &length) < 0) return failed(t);
  if (size) return newBytes(t, {data, length});
  int number;
  memcpy(&number, data, sizeof number);
  return newInt(t, number);
}
Ref<> setOption(Thread& t, Value self, const Value* args) {
  int level, option, number;
  if (!intArgument(t, args[0], &level) || !intArgument(t, args[1], &option)) return kRaised;
  if (isIntLike(args[2])) {
    if (!intArgument(t, args[2], &number)) return kRaised;
    return noneOr(t, setsockopt(asSocket(self)->fd, level, option, &number, sizeof number));
  }
  if (args[2].isNone()) {
    if (!args[3] || !intArgument(t, args[3], &number))
      return t.raised() ? Ref<>(kRaised) : Ref<>(raise(t, exc::TypeError, "optlen is required"));
    return noneOr(t, setsockopt(asSocket(self)->fd, level, option, nullptr, socklen_t(number)));
  }
  Buffer data;
  if (!data.get(t, args[2])) return kRaised;
  return noneOr(t, setsockopt(asSocket(self)->fd, level, option, data.data(), socklen_t(data.size())));
}

Ref<> receive(Thread& t, Value self, Value size_value, Value flags_value, bool with_address) {
  int flags;
  int64_t size;
  if (!int64Argument(t, size_value, &size) || !intArgument(t, flags_value, &flags)) return kRaised;
  if (size < 0) return raise(t, exc::ValueError, "negative buffersize in %s", with_address ? "recvfrom" : "recv");
  Socket* s = asSocket(self);
  std::string data(size_t(size), 0);
  Address a;
  int64_t got = socketCall(t, s, POLLIN, [&] {
    a.size = sizeof a.storage;
    return with_address ? recvfrom(s->fd, data.data(), data.size(), flags, a.get(), &a.size)
                        : recv(s->fd, data.data(), data.size(), flags);
  });
  if (got < 0) return failed(t);
  Ref<> bytes = newBytes(t, std::string_view(data).substr(0, size_t(got)));
  if (!bytes || !with_address) return bytes;
  Ref<> address = makeAddress(t, a);
  return address ? packTuple(t, bytes.value(), address.value()) : Ref<Tuple>();
}
Ref<> recvBytes(Thread& t, Value self, const Value* args) { return receive(t, self, args[0], args[1], false); }
Ref<> recvFrom(Thread& t, Value self, const Value* args) { return receive(t, self, args[0], args[1], true); }
template <bool with_address>
Ref<> recvInto(Thread& t, Value self, const Value* args) {
  Buffer buffer;
  int64_t size;
  int flags;
  if (!buffer.getWritable(t, args[0]) || !int64Argument(t, args[1], &size) || !intArgument(t, args[2], &flags))
    return kRaised;
  if (size < 0)
    return raise(t, exc::ValueError, "negative buffersize in %s", with_address ? "recvfrom_into" : "recv_into");
  if (size == 0) size = int64_t(buffer.size());
  if (size > int64_t(buffer.size())) return raise(t, exc::ValueError, "buffer too small for requested bytes");
  Socket* s = asSocket(self);
  Address a;
  int64_t got = socketCall(t, s, POLLIN, [&] {
    a.size = sizeof a.storage;
    return with_address ? recvfrom(s->fd, buffer.writable(), size_t(size), flags, a.get(), &a.size)
                        : recv(s->fd, buffer.writable(), size_t(size), flags);
  });
  if (got < 0) return failed(t);
  if (!with_address) return newInt(t, got);
  Ref<> address = makeAddress(t, a);
  return address ? packTuple(t, Value::fromInt(got), address.value()) : Ref<Tuple>();
}
Ref<> sendBytes(Thread& t, Value self, const Value* args) {
  Buffer data;
  int flags;
  if (!data.get(t, args[0]) || !intArgument(t, args[1], &flags)) return kRaised;
  Socket* s = asSocket(self);
  int64_t done = socketCall(t, s, POLLOUT, [&] { return send(s->fd, data.data(), data.size(), flags); });
  return done < 0 ? Ref<>(failed(t)) : newInt(t, done);
}
Ref<> sendAll(Thread& t, Value self, const Value* args) {
  Buffer data;
  int flags;
  if (!data.get(t, args[0]) || !intArgument(t, args[1], &flags)) return kRaised;
  Socket* s = asSocket(self);
  for (size_t at = 0; at < data.size();) {
    int64_t done = socketCall(t, s, POLLOUT, [&] { return send(s->fd, data.data() + at, data.size() - at, flags); });
    if (done < 0) return failed(t);
    at += size_t(done);
    if (!servePoll(t)) return kRaised;
  }
  return steal(kNone);
}
Ref<> sendTo(Thread& t, Value self, Args args) {
  if (args.positional < 2 || args.positional > 3) {
    return raise(t, exc::TypeError, "sendto() takes 2 or 3 arguments (%zu given)", args.positional);
  }
  Buffer data;
  int flags = 0;
  Address a;
  Socket* s = asSocket(self);
  if (!data.get(t, args[0]) || (args.positional == 3 && !intArgument(t, args[1], &flags)) ||
      !addressArgument(t, s, "sendto", args[args.positional - 1], &a)) {
    return kRaised;
  }
  if (!audit(t, "socket.sendto", self, args[args.positional - 1])) return kRaised;
  int64_t done =
      socketCall(t, s, POLLOUT, [&] { return sendto(s->fd, data.data(), data.size(), flags, a.get(), a.size); });
  return done < 0 ? Ref<>(failed(t)) : newInt(t, done);
}

bool timeoutValue(Thread& t, Value v, double* out) {
  *out = -1;
  if (v.isNone()) return true;
  Ref<> number = toFloat(t, v);
  if (!number) return false;
  *out = number.value().asDouble();
  if (std::isnan(*out)) return raise(t, exc::ValueError, "Invalid value NaN (not a number)");
  return *out >= 0 || raise(t, exc::ValueError, "Timeout value out of range").operator bool();
}
Ref<> timeoutResult(double timeout) { return timeout < 0 ? steal(kNone) : steal(Value::fromDouble(timeout)); }
Ref<> setTimeout(Thread& t, Value self, Value v) {
  double timeout;
  if (!timeoutValue(t, v, &timeout)) return kRaised;
  asSocket(self)->timeout = timeout;
  return setNonBlocking(asSocket(self)->fd, timeout >= 0) ? steal(kNone) : Ref<>(failed(t));
}
Ref<> getTimeout(Thread&, Value self) { return timeoutResult(asSocket(self)->timeout); }
Ref<> setBlocking(Thread& t, Value self, Value v) {
  int blocking = truth(t, v);
  if (blocking < 0) return kRaised;
  asSocket(self)->timeout = blocking ? -1 : 0;
  return setNonBlocking(asSocket(self)->fd, !blocking) ? steal(kNone) : Ref<>(failed(t));
}
Ref<> getBlocking(Thread&, Value self) { return steal(Value::fromBool(asSocket(self)->timeout != 0)); }
Ref<> familyOf(Thread& t, Value self) { return newInt(t, asSocket(self)->family); }
Ref<> typeNumber(Thread& t, Value self) { return newInt(t, asSocket(self)->type); }
Ref<> protocolOf(Thread& t, Value self) { return newInt(t, asSocket(self)->protocol); }

const MethodDef kMethods[] = {
    method("_accept", acceptRaw, "($self, /)", "_accept() -> (integer, address info)"),
    method("bind", bindTo, "($self, address, /)", "Bind the socket to a local address."),
    method("connect", connectTo, "($self, address, /)", "Connect the socket to a remote address."),
    method("connect_ex", connectEx, "($self, address, /)",
           "Like connect(address), but returns an error code instead of raising an exception."),
    method("listen", listenFor, "($self, backlog=<unrepresentable>, /)", "Enable a server to accept connections."),
    method("close", closeSocket, "($self, /)", "Close the socket."),
    method("detach", detach, "($self, /)", "Close the socket object without closing the underlying file descriptor."),
    method("fileno", filenoOf, "($self, /)", "Return the integer file descriptor of the socket."),
    method("getsockname", ownAddress<getsockname>, "($self, /)", "Return the address of the local endpoint."),
    method("getpeername", ownAddress<getpeername>, "($self, /)", "Return the address of the remote endpoint."),
    method("getsockopt", getOption, "($self, level, option, buffersize=0, /)", "Get a socket option."),
    method("setsockopt", setOption, "($self, level, option, value, optlen=<none>, /)", "Set a socket option."),
    method("shutdown", shutdownSocket, "($self, flag, /)", "Shut down the reading side, the writing side or both."),
    method("recv", recvBytes, "($self, buffersize, flags=0, /)", "Receive up to buffersize bytes from the socket."),
    method("recvfrom", recvFrom, "($self, buffersize, flags=0, /)",
           "Like recv(buffersize, flags) but also return the sender's address info."),
    method("recv_into", recvInto<false>, "($self, buffer, nbytes=0, flags=0)",
           "A version of recv() that stores its data into a buffer."),
    method("recvfrom_into", recvInto<true>, "($self, buffer, nbytes=0, flags=0)",
           "Like recv_into(buffer) but also return the sender's address info."),
    method("send", sendBytes, "($self, data, flags=0, /)", "Send a data string to the socket."),
    method("sendall", sendAll, "($self, data, flags=0, /)", "Send a data string to the socket, until all is sent."),
    method("sendmsg", sendMessage, "($self, buffers, ancdata=<none>, flags=0, address=None, /)",
           "Send data gathered from buffers, with ancillary data; gives the number of bytes sent."),
    method("recvmsg", receiveMessage, "($self, bufsize, ancbufsize=0, flags=0, /)",
           "Receive data and ancillary data: (data, ancdata, msg_flags, address)."),
    method("recvmsg_into", receiveMessageInto, "($self, buffers, ancbufsize=0, flags=0, /)",
           "Receive data into buffers, and ancillary data: (nbytes, ancdata, msg_flags, address)."),
    method("sendto", sendTo, nullptr, "sendto(data[, flags], address) -> count"),
    method("settimeout", setTimeout, "($self, timeout, /)", "Set a timeout on socket operations."),
    method("gettimeout", getTimeout, "($self, /)",
           "Returns the timeout in seconds (float) associated with socket operations."),
    method("setblocking", setBlocking, "($self, flag, /)",
           "Set the socket to blocking (flag is true) or non-blocking (false)."),
    method("getblocking", getBlocking, "($self, /)",
           "Returns True if socket is in blocking mode, or False if it is in non-blocking mode."),
    {},
};
const GetSetDef kGetSets[] = {{"family", familyOf, nullptr, "the socket family"},
                              {"type", typeNumber, nullptr, "the socket type"},
                              {"proto", protocolOf, nullptr, "the socket protocol"},
                              {"timeout", getTimeout, nullptr, "the socket timeout"},
                              {}};

// --- functions ---

Ref<> socketPair(Thread& t, Value, const Value* args) {
  int family = AF_UNIX, type = SOCK_STREAM, protocol = 0, fds[2];
  if ((args[0] && !args[0].isNone() && !intArgument(t, args[0], &family)) || !intArgument(t, args[1], &type) ||
      !intArgument(t, args[2], &protocol))
    return kRaised;
  if (socketpair(family, type | SOCK_CLOEXEC, protocol, fds) < 0) return failed(t);
  Ref<> pair[2];
  for (int i = 0; i < 2; ++i) {
    pair[i] = socketNew(t, socket_type, {});
    if (!pair[i]) return kRaised;
    Socket* s = asSocket(pair[i]);
    s->fd = fds[i];
    s->family = family;
    s->type = type;
    s->protocol = protocol;
    s->timeout = default_timeout;
  }
  return packTuple(t, pair[0].value(), pair[1].value());
}
Ref<> closeFd(Thread& t, Value, Value v) {
  int fd;
  return intArgument(t, v, &fd) ? noneOr(t, close(fd)) : Ref<>();
}
Ref<> dupFd(Thread& t, Value, Value v) {
  int fd;
  if (!intArgument(t, v, &fd)) return kRaised;
  int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  return copy < 0 ? Ref<>(failed(t)) : newInt(t, copy);
}
Ref<> hostName(Thread& t, Value) {
  if (!audit(t, "socket.gethostname")) return kRaised;
  char name[1024];
  return gethostname(name, sizeof name) < 0 ? Ref<>(failed(t)) : decodePath(t, name);
}
Ref<> hostByName(Thread& t, Value, Value v) {
  std::string host;
  Address a;
  if (!hostText(t, v, &host) || !audit(t, "socket.gethostbyname", v) || !resolveHost(t, AF_INET, host, &a))
    return kRaised;
  char text[INET_ADDRSTRLEN];
  return newStrUtf8(t, inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in*>(&a.storage)->sin_addr, text, sizeof text));
}
Ref<> addressInfo(Thread& t, Value, const Value* args) {
  std::string host, port;
  bool has_host = !args[0].isNone(), has_port = !args[1].isNone();
  addrinfo hints{}, *found = nullptr;
  if (has_host && !hostText(t, args[0], &host)) return kRaised;
  if (has_port) {
    if (isIntLike(args[1])) {
      int64_t number;
      if (!int64Argument(t, args[1], &number)) return kRaised;
      port = std::to_string(number);
    } else if (isStr(args[1]) || isBytes(args[1])) {
      if (!hostText(t, args[1], &port)) return kRaised;
    } else {
      return raise(t, exc::OSError, "Int or String expected");
    }
  }
  if (!intArgument(t, args[2], &hints.ai_family) || !intArgument(t, args[3], &hints.ai_socktype) ||
      !intArgument(t, args[4], &hints.ai_protocol) || !intArgument(t, args[5], &hints.ai_flags)) {
    return kRaised;
  }
  if (!audit(t, "socket.getaddrinfo", args[0], args[1], args[2], args[3], args[4])) return kRaised;
  int error;
  {
    WithoutGil released(t);
    error = getaddrinfo(has_host ? host.c_str() : nullptr, has_port ? port.c_str() : nullptr, &hints, &found);
  }
  if (error) return raiseResolve(t, error);
  Ref<List> list = newList(t);
  for (addrinfo* i = found; i && list; i = i->ai_next) {
    Address a;
    memcpy(&a.storage, i->ai_addr, i->ai_addrlen);
    a.size = i->ai_addrlen;
    Ref<> address = makeAddress(t, a);
    Ref<Str> name = newStrUtf8(t, i->ai_canonname ? i->ai_canonname : "");
    if (!address || !name ||
        !listAppend(t, list.get(),
                    packTuple(t, Value::fromInt(i->ai_family), Value::fromInt(i->ai_socktype),
                              Value::fromInt(i->ai_protocol), name.value(), address.value()))) {
      list.reset();
    }
  }
  freeaddrinfo(found);
  return list;
}
Ref<> toNumber(Thread& t, Value, Value v) {
  if (!isStr(v)) return raise(t, exc::TypeError, "inet_aton() argument must be str, not %s", typeName(v));
  in_addr a;
  if (!inet_aton(Utf8(asStr(v)).c_str(), &a))
    return raise(t, exc::OSError, "illegal IP address string passed to inet_aton");
  return newBytes(t, {reinterpret_cast<char*>(&a), 4});
}
Ref<> toText(Thread& t, Value, Value v) {
  Buffer data;
  if (!data.get(t, v)) return kRaised;
  if (data.size() != 4) return raise(t, exc::OSError, "packed IP wrong length");
  char text[INET_ADDRSTRLEN];
  return newStrUtf8(t, inet_ntop(AF_INET, data.data(), text, sizeof text));
}
Ref<> presentationToNumber(Thread& t, Value, const Value* args) {
  int family;
  char data[16];
  if (!intArgument(t, args[0], &family)) return kRaised;
  if (!isStr(args[1])) return raise(t, exc::TypeError, "inet_pton() argument 2 must be str, not %s", typeName(args[1]));
  int result = inet_pton(family, Utf8(asStr(args[1])).c_str(), data);
  if (result < 0) return failed(t);
  if (result == 0) return raise(t, exc::OSError, "illegal IP address string passed to inet_pton");
  return newBytes(t, {data, family == AF_INET ? size_t(4) : size_t(16)});
}
Ref<> numberToPresentation(Thread& t, Value, const Value* args) {
  int family;
  Buffer data;
  if (!intArgument(t, args[0], &family) || !data.get(t, args[1])) return kRaised;
  if (family != AF_INET && family != AF_INET6) return raise(t, exc::ValueError, "unknown address family %d", family);
  if (data.size() != (family == AF_INET ? 4 : 16))
    return raise(t, exc::ValueError, "invalid length of packed IP address string");
  char text[INET6_ADDRSTRLEN];
  return newStrUtf8(t, inet_ntop(family, data.data(), text, sizeof text));
}
template <auto swap, int64_t most>
Ref<> swapBytes(Thread& t, Value, Value v) {
  int64_t n;
  if (!int64Argument(t, v, &n)) return kRaised;
  if (n < 0)
    return raise(t, exc::OverflowError, "can't convert negative Python int to C %d-bit unsigned integer",
                 most == 0xffff ? 16 : 32);
  if (n > most)
    return raise(t, exc::OverflowError, "Python int too large to convert to C %d-bit unsigned integer",
                 most == 0xffff ? 16 : 32);
  return newInt(t, int64_t(swap(decltype(swap(0))(n))));
}
uint16_t swapShort(uint16_t n) { return htons(n); }
uint32_t swapLong(uint32_t n) { return htonl(n); }
Ref<> getDefault(Thread&, Value) { return timeoutResult(default_timeout); }
Ref<> setDefault(Thread& t, Value, Value v) { return timeoutValue(t, v, &default_timeout) ? steal(kNone) : Ref<>(); }

const MethodDef kFunctions[] = {
    method("socketpair", socketPair, "($module, family=<none>, type=1, proto=0, /)",
           "Create a pair of socket objects from the sockets returned by the platform socketpair() function."),
    method("close", closeFd, "($module, fd, /)", "Close an integer socket file descriptor."),
    method("dup", dupFd, "($module, fd, /)", "Duplicate an integer socket file descriptor."),
    method("gethostname", hostName, "($module, /)", "Return the current host name."),
    method("gethostbyname", hostByName, "($module, host, /)",
           "Return the IP address (a string of the form '255.255.255.255') for a host."),
    method("getaddrinfo", addressInfo, "($module, host, port, family=0, type=0, proto=0, flags=0)",
           "Resolve host and port into addrinfo struct."),
    method("inet_aton", toNumber, "($module, ip_addr, /)",
           "Convert an IP address in string format to the 32-bit packed binary format."),
    method("inet_ntoa", toText, "($module, packed_ip, /)",
           "Convert an IP address from 32-bit packed binary format to string format."),
    method("inet_pton", presentationToNumber, "($module, af, ip, /)",
           "Convert an IP address from string format to a packed string."),
    method("inet_ntop", numberToPresentation, "($module, af, packed_ip, /)",
           "Convert a packed IP address of the given family to string format."),
    method("htons", swapBytes<swapShort, 0xffff>, "($module, x, /)",
           "Convert a 16-bit unsigned integer from host to network byte order."),
    method("ntohs", swapBytes<swapShort, 0xffff>, "($module, x, /)",
           "Convert a 16-bit unsigned integer from network to host byte order."),
    method("htonl", swapBytes<swapLong, 0xffffffff>, "($module, x, /)",
           "Convert a 32-bit integer from host to network byte order."),
    method("ntohl", swapBytes<swapLong, 0xffffffff>, "($module, x, /)",
           "Convert a 32-bit integer from network to host byte order."),
    method("getdefaulttimeout", getDefault, "($module, /)",
           "Returns the default timeout in seconds (float) for new socket objects."),
    method("setdefaulttimeout", setDefault, "($module, timeout, /)",
           "Set the default timeout in seconds (float) for new socket objects."),
    {},
};
const struct {
  const char* name;
  int64_t value;
} kConstants[] = {
#define CONSTANT(name) {#name, int64_t(name)},
#define NUMBER(name, value) {#name, value},
#include "runtime/modules/posix/socket_constants.def"
#undef NUMBER
#undef CONSTANT
};

Type* addError(Thread& t, ModuleObject* m, const char* name) {
  Ref<Dict> space = newDict(t);
  if (!space || !dictSetStr(t, space.get(), internStatic("__module__"), Value(internStatic("socket")))) return nullptr;
  Ref<Tuple> bases = packTuple(t, Value(&exc::OSError));
  Ref<Type> type = bases ? makeClass(t, &types::Type, Value(internStatic(name)), bases, space, Args{}) : Ref<Type>();
  Type* made = type.get();
  return type && moduleAdd(t, m, name, std::move(type)) ? made : nullptr;
}
bool init(Thread& t, ModuleObject* m) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(Socket),
                             .doc = "socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object",
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .dealloc = socketDealloc,
                             .fill = [](Slots& slots) {
                               slots.new_ = socketNew;
                               slots.init = socketInit;
                               slots.repr = socketRepr;
                               slots.finalize = socketFinalize;
                             }};
  for (const auto& c : kConstants) {
    if (!moduleAdd(t, m, c.name, newInt(t, c.value))) return false;
  }
  Ref<Str> module_name = newStrUtf8(t, "_socket");
  for (const MethodDef* table : {kMessageFunctions, kNameFunctions}) {
    for (const MethodDef* def = table; module_name && def->name; ++def) {
      if (!moduleAdd(t, m, def->name, newNativeFunction(t, def, Value(m), module_name))) return false;
    }
  }
  Ref<Type> made = makeNativeType(t, spec, "_socket.socket", nullptr, 0);
  if (!made) return false;
  socket_type = made.get();
  gai_error = addError(t, m, "gaierror");
  host_error = gai_error ? addError(t, m, "herror") : nullptr;
  return host_error && moduleAdd(t, m, "SocketType", share(Value(socket_type))) &&
         moduleAdd(t, m, "socket", std::move(made)) && moduleAdd(t, m, "error", share(Value(&exc::OSError))) &&
         moduleAdd(t, m, "timeout", share(Value(&exc::TimeoutError))) && moduleAdd(t, m, "has_ipv6", steal(kTrue)) &&
         moduleAdd(t, m, "BDADDR_ANY", newStrUtf8(t, "00:00:00:00:00:00")) &&
         moduleAdd(t, m, "BDADDR_LOCAL", newStrUtf8(t, "00:00:00:FF:FF:FF"));
}

}  // namespace

}  // namespace krait::posix

namespace krait {
const ModuleDef& socketModule() {
  static const ModuleDef def{"_socket", "Implementation module for socket operations.", posix::kFunctions, posix::init};
  return def;
}
}  // namespace krait
