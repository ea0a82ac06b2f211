// _socket: names of hosts, services, protocols and network interfaces.
#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

#include <vector>

#include "runtime/core/audit.h"
#include "runtime/modules/arguments.h"
#include "runtime/modules/posix/socket.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/tuple.h"

namespace krait::posix {

namespace {

Raised raiseHost(Thread& t, int error) {
  Ref<Str> text = newStrUtf8(t, hstrerror(error));
  Ref<> exception = text ? call(t, Value(host_error), Value::fromInt(error), text) : Ref<>();
  if (!exception) return kRaised;
  return raiseInstance(t, std::move(exception));
}
// A look-up by one of the _r functions, with a buffer that grows.
template <class Find>
Ref<> lookUpHost(Thread& t, int family, Find find) {
  std::vector<char> buffer(8192);
  hostent entry, *found = nullptr;
  int error = 0, status;
  do {
    {
      WithoutGil released(t);
      status = find(&entry, buffer.data(), buffer.size(), &found, &error);
    }
    if (status == ERANGE) buffer.resize(buffer.size() * 2);
  } while (status == ERANGE);
  if (!found) return raiseHost(t, error);
  if (found->h_addrtype != family) return raiseOSError(t, EAFNOSUPPORT);
  Ref<List> names = newList(t), addresses = newList(t);
  for (char** name = found->h_aliases; names && name && *name; ++name) {
    Ref<Str> text = newStrUtf8(t, *name);
    if (!text || !listAppend(t, names.get(), std::move(text))) return kRaised;
  }
  for (char** address = found->h_addr_list; addresses && *address; ++address) {
    char text[INET6_ADDRSTRLEN];
    Ref<Str> shown = newStrUtf8(t, inet_ntop(family, *address, text, sizeof text));
    if (!shown || !listAppend(t, addresses.get(), std::move(shown))) return kRaised;
  }
  Ref<Str> name = newStrUtf8(t, found->h_name);
  return names && addresses && name ? packTuple(t, Value(name), Value(names), Value(addresses)) : Ref<Tuple>();
}
Ref<> hostByNameEx(Thread& t, Value, Value v) {
  std::string host;
  Address a;
  if (!isStr(v) && !isBytes(v))
    return raise(t, exc::TypeError, "gethostbyname_ex() argument 1 must be str, bytes or bytearray, not %s",
                 typeName(v));
  if (!hostText(t, v, &host) || !audit(t, "socket.gethostbyname", v) || !resolveHost(t, AF_INET, host, &a))
    return kRaised;
  return lookUpHost(t, a.storage.ss_family, [&](hostent* e, char* b, size_t n, hostent** f, int* error) {
    return gethostbyname_r(host.c_str(), e, b, n, f, error);
  });
}
Ref<> hostByAddress(Thread& t, Value, Value v) {
  std::string host;
  Address a;
  if (!hostText(t, v, &host) || !audit(t, "socket.gethostbyaddr", v) || !resolveHost(t, AF_UNSPEC, host, &a))
    return kRaised;
  int family = a.storage.ss_family;
  const void* address = family == AF_INET ? static_cast<void*>(&reinterpret_cast<sockaddr_in*>(&a.storage)->sin_addr)
                                          : static_cast<void*>(&reinterpret_cast<sockaddr_in6*>(&a.storage)->sin6_addr);
  if (family != AF_INET && family != AF_INET6) return raise(t, exc::OSError, "unsupported address family");
  return lookUpHost(t, family, [&](hostent* e, char* b, size_t n, hostent** f, int* error) {
    return gethostbyaddr_r(address, family == AF_INET ? 4 : 16, family, e, b, n, f, error);
  });
}

Ref<> nameInfo(Thread& t, Value, const Value* args) {
  int flags, port = 0, flow = 0, scope = 0;
  if (!isTuple(args[0])) return raise(t, exc::TypeError, "getnameinfo() argument 1 must be a tuple");
  if (!intArgument(t, args[1], &flags)) return kRaised;
  Tuple* parts = asTuple(args[0]);
  if (parts->size < 2 || parts->size > 4) return raise(t, exc::TypeError, "getnameinfo(): illegal sockaddr argument");
  Utf8 host;
  if (!textArgument(t, "getnameinfo() argument 1", parts->items[0], &host) || !intArgument(t, parts->items[1], &port) ||
      (parts->size > 2 && !intArgument(t, parts->items[2], &flow)) ||
      (parts->size > 3 && !intArgument(t, parts->items[3], &scope))) {
    return kRaised;
  }
  if (flow < 0 || flow > 0xfffff) return raise(t, exc::OverflowError, "getnameinfo(): flowinfo must be 0-1048575.");
  if (!audit(t, "socket.getnameinfo", args[0])) return kRaised;
  addrinfo hints{}, *found = nullptr;
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_NUMERICHOST;
  std::string service = std::to_string(port);
  int error;
  {
    WithoutGil released(t);
    error = getaddrinfo(host.c_str(), service.c_str(), &hints, &found);
  }
  if (error) return raiseResolve(t, error);
  struct Free {
    addrinfo* list;
    ~Free() { freeaddrinfo(list); }
  } free_later{found};
  if (found->ai_next) return raise(t, exc::OSError, "sockaddr resolved to multiple addresses");
  if (found->ai_family == AF_INET && parts->size != 2) return raise(t, exc::OSError, "IPv4 sockaddr must be 2 tuple");
  if (found->ai_family == AF_INET6) {
    auto* in6 = reinterpret_cast<sockaddr_in6*>(found->ai_addr);
    in6->sin6_flowinfo = htonl(uint32_t(flow));
    in6->sin6_scope_id = uint32_t(scope);
  }
  char host_name[NI_MAXHOST], service_name[NI_MAXSERV];
  {
    WithoutGil released(t);
    error = getnameinfo(found->ai_addr, found->ai_addrlen, host_name, sizeof host_name, service_name,
                        sizeof service_name, flags);
  }
  if (error) return raiseResolve(t, error);
  Ref<> shown_host = decodePath(t, host_name), shown_service = newStrUtf8(t, service_name);
  return shown_host && shown_service ? packTuple(t, shown_host.value(), shown_service.value()) : Ref<Tuple>();
}

bool protocolText(Thread& t, const char* what, Value v, Utf8* out, const char** text) {
  *text = nullptr;
  if (!v) return true;
  if (!textArgument(t, what, v, out)) return false;
  *text = out->c_str();
  return true;
}
Ref<> serviceByName(Thread& t, Value, const Value* args) {
  Utf8 name, protocol;
  const char* chosen;
  if (!textArgument(t, "getservbyname() argument 1", args[0], &name) ||
      !protocolText(t, "getservbyname() argument 2", args[1], &protocol, &chosen) ||
      !audit(t, "socket.getservbyname", args[0], args[1] ? args[1] : Value(emptyStr()))) {
    return kRaised;
  }
  servent entry, *found = nullptr;
  char buffer[2048];
  getservbyname_r(name.c_str(), chosen, &entry, buffer, sizeof buffer, &found);
  return found ? newInt(t, ntohs(uint16_t(found->s_port))) : Ref<>(raise(t, exc::OSError, "service/proto not found"));
}
Ref<> serviceByPort(Thread& t, Value, const Value* args) {
  int port;
  Utf8 protocol;
  const char* chosen;
  if (!pidArgument(t, args[0], &port) || !protocolText(t, "getservbyport() argument 2", args[1], &protocol, &chosen))
    return kRaised;
  if (port < 0 || port > 0xffff) return raise(t, exc::OverflowError, "getservbyport: port must be 0-65535.");
  if (!audit(t, "socket.getservbyport", args[0], args[1] ? args[1] : Value(emptyStr()))) return kRaised;
  servent entry, *found = nullptr;
  char buffer[2048];
  getservbyport_r(htons(uint16_t(port)), chosen, &entry, buffer, sizeof buffer, &found);
  return found ? Ref<>(newStrUtf8(t, found->s_name)) : Ref<>(raise(t, exc::OSError, "port/proto not found"));
}
Ref<> protocolByName(Thread& t, Value, Value v) {
  Utf8 name;
  if (!textArgument(t, "getprotobyname() argument", v, &name)) return kRaised;
  protoent entry, *found = nullptr;
  char buffer[2048];
  getprotobyname_r(name.c_str(), &entry, buffer, sizeof buffer, &found);
  return found ? newInt(t, found->p_proto) : Ref<>(raise(t, exc::OSError, "protocol not found"));
}

Ref<> interfaceIndex(Thread& t, Value, Value v) {
  Ref<> name = isStr(v) ? callMethod(t, v, "encode") : isBytes(v) ? share(v) : Ref<>();
  if (!name)
    return t.raised()
               ? Ref<>()
               : Ref<>(raise(t, exc::TypeError, "expected str, bytes or os.PathLike object, not %s", typeName(v)));
  unsigned index = if_nametoindex(reinterpret_cast<char*>(asBytes(name)->data));
  return index ? newInt(t, index) : Ref<>(raise(t, exc::OSError, "no interface with this name"));
}
Ref<> interfaceName(Thread& t, Value, Value v) {
  Ref<> number = toIndexValue(t, v);
  if (!number) return kRaised;
  int64_t index;
  if (intSign(number) < 0) return raise(t, exc::OverflowError, "can't convert negative value to unsigned int");
  if (!intFits64(number, &index))
    return raise(t, exc::OverflowError, "Python int too large to convert to C unsigned long");
  char name[IF_NAMESIZE];
  if (index > UINT32_MAX || !if_indextoname(unsigned(index), name)) return raiseOSError(t, errno ? errno : ENXIO);
  return decodePath(t, name);
}
Ref<> interfaceList(Thread& t, Value) {
  struct if_nameindex* all = if_nameindex();
  if (!all) return failed(t);
  Ref<List> list = newList(t);
  for (struct if_nameindex* i = all; list && i->if_index && i->if_name; ++i) {
    Ref<> name = decodePath(t, i->if_name);
    if (!name || !listAppend(t, list.get(), packTuple(t, Value::fromInt(i->if_index), name.value()))) list.reset();
  }
  if_freenameindex(all);
  return list;
}
Ref<> setHostName(Thread& t, Value, Value v) {
  Ref<> name = isStr(v) ? callMethod(t, v, "encode") : isBytes(v) ? share(v) : Ref<>();
  if (!name)
    return t.raised()
               ? Ref<>()
               : Ref<>(raise(t, exc::TypeError, "expected str, bytes or os.PathLike object, not %s", typeName(v)));
  if (!audit(t, "socket.sethostname", v)) return kRaised;
  return noneOr(t, sethostname(reinterpret_cast<char*>(asBytes(name)->data), size_t(asBytes(name)->size)));
}

}  // namespace

const MethodDef kNameFunctions[] = {
    method("gethostbyname_ex", hostByNameEx, "($module, host, /)", "(name, aliaslist, addresslist) of a host."),
    method("gethostbyaddr", hostByAddress, "($module, host, /)",
           "(name, aliaslist, addresslist) of a host, by its address."),
    method("getnameinfo", nameInfo, "($module, sockaddr, flags, /)", "(host, port) of a socket address."),
    method("getservbyname", serviceByName, "($module, servicename, protocolname=<none>, /)",
           "Port number of a service."),
    method("getservbyport", serviceByPort, "($module, port, protocolname=<none>, /)", "Name of the service at a port."),
    method("getprotobyname", protocolByName, "($module, name, /)", "Number of a protocol."),
    method("if_nametoindex", interfaceIndex, "($module, if_name, /)", "Index of a network interface."),
    method("if_indextoname", interfaceName, "($module, if_index, /)", "Name of a network interface."),
    method("if_nameindex", interfaceList, "($module, /)", "All network interfaces, as (index, name)."),
    method("sethostname", setHostName, "($module, name, /)", "Set the name of this host."),
    {},
};

}  // namespace krait::posix
