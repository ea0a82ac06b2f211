// _socket: what its files share.
#pragma once
#include <poll.h>
#include <sys/socket.h>

#include <cmath>
#include <ctime>
#include <string>

#include "runtime/modules/posix/posix.h"

namespace krait::posix {

struct Socket : Object {
  int fd;  // -1: closed
  int family, type, protocol;
  double timeout;  // seconds; -1: blocks, 0: does not
};
extern Type* host_error;
inline Socket* asSocket(Value v) { return static_cast<Socket*>(v.asObject()); }

inline double monotonic() {
  timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return double(ts.tv_sec) + 1e-9 * double(ts.tv_nsec);
}

// Runs a call of a socket with its timeout: waits for `events` first when it has one. Below 0: errno is set or
// something raised.
template <class F>
int64_t socketCall(Thread& t, Socket* s, short events, F f) {
  double end = s->timeout > 0 ? monotonic() + s->timeout : 0;
  for (;;) {
    if (s->timeout > 0) {
      pollfd p{s->fd, events, 0};
      int ready, error;
      double left = end - monotonic();
      {
        WithoutGil released(t);
        ready = poll(&p, 1, left < 0 ? 0 : int(std::ceil(left * 1000)));
        error = errno;
      }
      if (ready == 0) return raise(t, exc::TimeoutError, "timed out");
      if (ready < 0) {
        if (error != EINTR) {
          errno = error;
          return -1;
        }
        if (!servePoll(t)) return -1;
        continue;
      }
    }
    int64_t result;
    int error;
    {
      WithoutGil released(t);
      result = f();
      error = errno;
    }
    errno = error;
    if (result >= 0) return result;
    if (error == EINTR) {
      if (!servePoll(t)) return -1;
      continue;
    }
    if (s->timeout > 0 && (error == EWOULDBLOCK || error == EAGAIN)) continue;
    return -1;
  }
}

struct Address {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

Raised raiseResolve(Thread& t, int error);
// A host name as bytes: str (IDNA), bytes.
[[nodiscard]] bool hostText(Thread& t, Value v, std::string* out);
// A host name or number as an address of the family.
[[nodiscard]] bool resolveHost(Thread& t, int family, const std::string& host, Address* out);
[[nodiscard]] bool addressArgument(Thread& t, Socket* s, const char* function, Value v, Address* out);
Ref<> makeAddress(Thread& t, Address& a);

// sendmsg and recvmsg (socket_messages.cpp).
Ref<> sendMessage(Thread& t, Value self, const Value* args);
Ref<> receiveMessage(Thread& t, Value self, const Value* args);
Ref<> receiveMessageInto(Thread& t, Value self, const Value* args);
extern const MethodDef kMessageFunctions[], kNameFunctions[];  // of the module

}  // namespace krait::posix
