// _socket: messages with ancillary data - descriptors that travel through Unix sockets, and the like.
#include <cstring>
#include <vector>

#include "runtime/modules/posix/socket.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/buffer.h"

namespace krait::posix {

namespace {

constexpr int64_t kMostControl = INT32_MAX;  // of ancillary data, in bytes

// Buffers that are written or read in one go.
struct Gather {
  Ref<Tuple> objects;
  std::vector<Buffer> buffers;
  std::vector<iovec> parts;

  bool fill(Thread& t, const char* function, Value iterable, bool writable) {
    objects = sequenceToTuple(t, iterable);
    if (!objects) {
      if (!raisedIs(t, exc::TypeError)) return false;
      clearException(t);
      return raise(t, exc::TypeError, "%s() argument 1 must be an iterable", function);
    }
    buffers = std::vector<Buffer>(size_t(objects->size));
    for (int64_t i = 0; i < objects->size; ++i) {
      Buffer& buffer = buffers[size_t(i)];
      if (writable && !buffer.getWritable(t, objects->items[i])) {
        if (!raisedIs(t, exc::TypeError)) return false;
        clearException(t);
        return raise(t, exc::TypeError, "%s() argument 1 must be an iterable of single-segment read-write buffers",
                     function);
      }
      if (!writable && !buffer.get(t, objects->items[i])) return false;
      parts.push_back({const_cast<uint8_t*>(buffer.data()), buffer.size()});
    }
    return true;
  }
};

// One item of ancillary data to be sent.
struct Control {
  int level, type;
  Buffer data;
};
bool readControl(Thread& t, Value ancillary, std::vector<char>* out) {
  Ref<Tuple> items = sequenceToTuple(t, ancillary);
  if (!items) {
    if (!raisedIs(t, exc::TypeError)) return false;
    clearException(t);
    return raise(t, exc::TypeError, "sendmsg() argument 2 must be an iterable");
  }
  std::vector<Control> controls(size_t(items->size));
  size_t total = 0;
  for (int64_t i = 0; i < items->size; ++i) {
    Value item = items->items[i];
    Ref<Tuple> parts = isTuple(item) || isList(item) ? sequenceToTuple(t, item) : Ref<Tuple>();
    if (t.raised()) return false;
    constexpr const char* kWhat = "[sendmsg() ancillary data items]() argument must be";
    if (!parts) return raise(t, exc::TypeError, "%s 3-item sequence, not %s", kWhat, typeName(item));
    if (parts->size != 3)
      return raise(t, exc::TypeError, "%s sequence of length 3, not %lld", kWhat, static_cast<long long>(parts->size));
    Control& c = controls[size_t(i)];
    if (!intArgument(t, parts->items[0], &c.level) || !intArgument(t, parts->items[1], &c.type) ||
        !c.data.get(t, parts->items[2]))
      return false;
    if (c.data.size() > size_t(kMostControl) || total > size_t(kMostControl))
      return raise(t, exc::OSError, "ancillary data item too large");
    total += CMSG_SPACE(c.data.size());
  }
  out->assign(total, 0);
  msghdr header{};
  header.msg_control = out->data();
  header.msg_controllen = total;
  cmsghdr* place = total ? CMSG_FIRSTHDR(&header) : nullptr;
  for (const Control& c : controls) {
    place->cmsg_level = c.level;
    place->cmsg_type = c.type;
    place->cmsg_len = CMSG_LEN(c.data.size());
    memcpy(CMSG_DATA(place), c.data.data(), c.data.size());
    // The next place, computed here: CMSG_NXTHDR looks at lengths that are not written yet.
    place = reinterpret_cast<cmsghdr*>(reinterpret_cast<char*>(place) + CMSG_SPACE(c.data.size()));
  }
  return true;
}
// The ancillary data of a received message as [(level, type, bytes)].
Ref<> controlList(Thread& t, msghdr* header) {
  Ref<List> list = newList(t);
  for (cmsghdr* c = CMSG_FIRSTHDR(header); list && c; c = CMSG_NXTHDR(header, c)) {
    size_t room = size_t(static_cast<char*>(header->msg_control) + header->msg_controllen -
                         reinterpret_cast<char*>(CMSG_DATA(c)));
    size_t size = c->cmsg_len > CMSG_LEN(0) ? c->cmsg_len - CMSG_LEN(0) : 0;
    if (size > room) {
      if (!warn(t, exc::RuntimeWarning, 1, "received malformed or improperly-truncated ancillary data")) return kRaised;
      size = room;
    }
    Ref<Bytes> data = newBytes(t, {reinterpret_cast<char*>(CMSG_DATA(c)), size});
    if (!data || !listAppend(t, list.get(),
                             packTuple(t, Value::fromInt(c->cmsg_level), Value::fromInt(c->cmsg_type), Value(data))))
      return kRaised;
    if (c->cmsg_len < CMSG_LEN(0)) break;
  }
  return list;
}
// Receives into `parts`; `first` makes the first item of the result from the number of bytes.
template <class First>
Ref<> receiveParts(Thread& t, Value self, std::vector<iovec>& parts, Value control_size, Value flags_value,
                   const char* function, First first) {
  int64_t size;
  int flags;
  if (!int64Argument(t, control_size, &size) || !intArgument(t, flags_value, &flags)) return kRaised;
  if (size < 0 || size > kMostControl) return raise(t, exc::ValueError, "invalid ancillary data buffer length");
  std::vector<char> control(static_cast<size_t>(size));
  Socket* s = asSocket(self);
  Address a;
  msghdr header{};
  int64_t got = socketCall(t, s, POLLIN, [&] {
    a.size = sizeof a.storage;
    header = {};
    header.msg_name = a.get();
    header.msg_namelen = a.size;
    header.msg_iov = parts.data();
    header.msg_iovlen = parts.size();
    header.msg_control = control.empty() ? nullptr : control.data();
    header.msg_controllen = control.size();
    return recvmsg(s->fd, &header, flags);
  });
  if (got < 0) return failed(t);
  Ref<> items = controlList(t, &header), head = items ? first(got) : Ref<>();
  a.size = header.msg_namelen;
  Ref<> address = head ? makeAddress(t, a) : Ref<>();
  return address ? packTuple(t, head.value(), items.value(), Value::fromInt(header.msg_flags), address.value())
                 : Ref<Tuple>();
}

bool controlLength(Thread& t, Value v, const char* function, size_t header, size_t* out) {
  Ref<> index = toIndexValue(t, v);
  if (!index) return false;
  int64_t length;
  if (!intFits64(index, &length)) return raise(t, exc::OverflowError, "Python int too large to convert to C ssize_t");
  // The sum must fit the socklen_t that carries it, signed.
  if (length < 0 || length > kMostControl - int64_t(header))
    return raise(t, exc::OverflowError, "%s() argument out of range", function);
  *out = size_t(length);
  return true;
}
Ref<> controlLengthOf(Thread& t, Value, Value v) {
  size_t length;
  return controlLength(t, v, "CMSG_LEN", CMSG_LEN(0), &length) ? newInt(t, int64_t(CMSG_LEN(length))) : Ref<>();
}
Ref<> controlSpaceOf(Thread& t, Value, Value v) {
  size_t length;
  return controlLength(t, v, "CMSG_SPACE", CMSG_SPACE(1), &length) ? newInt(t, int64_t(CMSG_SPACE(length))) : Ref<>();
}

}  // namespace

Ref<> sendMessage(Thread& t, Value self, const Value* args) {
  Gather gather;
  std::vector<char> control;
  int flags;
  Address a;
  Socket* s = asSocket(self);
  if (!gather.fill(t, "sendmsg", args[0], false) || (args[1] && !readControl(t, args[1], &control)) ||
      !intArgument(t, args[2], &flags)) {
    return kRaised;
  }
  bool addressed = !args[3].isNone();
  if (addressed && !addressArgument(t, s, "sendmsg", args[3], &a)) return kRaised;
  msghdr header{};
  if (addressed) {
    header.msg_name = a.get();
    header.msg_namelen = a.size;
  }
  header.msg_iov = gather.parts.data();
  header.msg_iovlen = gather.parts.size();
  header.msg_control = control.empty() ? nullptr : control.data();
  header.msg_controllen = control.size();
  int64_t done = socketCall(t, s, POLLOUT, [&] { return sendmsg(s->fd, &header, flags); });
  return done < 0 ? Ref<>(failed(t)) : newInt(t, done);
}
Ref<> receiveMessage(Thread& t, Value self, const Value* args) {
  int64_t size;
  if (!int64Argument(t, args[0], &size)) return kRaised;
  if (size < 0) return raise(t, exc::ValueError, "negative buffer size in recvmsg()");
  std::string data;
  data.resize(size_t(size));
  std::vector<iovec> parts{{data.data(), data.size()}};
  return receiveParts(t, self, parts, args[1], args[2], "recvmsg",
                      [&](int64_t got) -> Ref<> { return newBytes(t, std::string_view(data).substr(0, size_t(got))); });
}
Ref<> receiveMessageInto(Thread& t, Value self, const Value* args) {
  Gather gather;
  if (!gather.fill(t, "recvmsg_into", args[0], true)) return kRaised;
  return receiveParts(t, self, gather.parts, args[1], args[2], "recvmsg_into",
                      [&](int64_t got) { return newInt(t, got); });
}

const MethodDef kMessageFunctions[] = {
    method("CMSG_LEN", controlLengthOf, "($module, length, /)",
           "Length of an ancillary data item with this much data, without padding."),
    method("CMSG_SPACE", controlSpaceOf, "($module, length, /)",
           "Room that an ancillary data item with this much data takes."),
    {},
};

}  // namespace krait::posix
