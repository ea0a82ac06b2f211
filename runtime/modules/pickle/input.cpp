// The input of an unpickler: memory, or a file that is read as far as the pickle reaches; and the stack.
#include <cstring>

#include "runtime/memory/memory.h"
#include "runtime/modules/pickle/unpickler.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/memoryview.h"
#include "runtime/protocols/protocols.h"

namespace krait::pickle {

// --- arrays ---

bool ValueArray::push(Thread& t, Ref<> v) {
  if (size == room) {
    int64_t wanted = room ? room * 2 : 32;
    void* grown =
        items ? resizeBuffer(items, size_t(wanted) * sizeof(Value)) : allocateBuffer(size_t(wanted) * sizeof(Value));
    if (!grown) return raiseNoMemory(t);
    items = static_cast<Value*>(grown);
    room = wanted;
  }
  items[size++] = v.leak();
  return true;
}
void ValueArray::truncate(int64_t to) {
  while (size > to) pop().reset();
}
void ValueArray::clear() {
  truncate(0);
  if (items) freeBuffer(items);
  items = nullptr;
  room = 0;
}

// --- input ---

// New input, from the file.
bool Loader::fetch(Ref<> data) {
  if (!data) return false;
  if (!isBytes(data)) {
    Buffer buffer;
    if (!buffer.get(t_, data)) return false;
    data = newBytes(t_, buffer.view());
    if (!data) return false;
  }
  u_->data = asBytes(data)->data;
  u_->size = size_t(asBytes(data)->size);
  u_->at = 0;
  assign(u_->source, std::move(data));
  return true;
}
// What was only peeked at and is used by now is read, so that the file stands behind it.
bool Loader::skipUsed() {
  size_t used = u_->peeked ? u_->at : 0;
  u_->peeked = 0;
  if (used == 0) return true;
  Ref<> keep = share(u_->read), count = newInt(t_, int64_t(used));
  return count && call(t_, keep, count);
}
// At least `size` bytes behind the used ones, in one piece; what was left before is empty or only peeked at.
bool Loader::more(size_t size) {
  size_t left = u_->peeked ? 0 : u_->size - u_->at;
  Ref<> rest;
  if (left && !(rest = newBytes(t_, {reinterpret_cast<const char*>(u_->data + u_->at), left}))) return false;
  if (!skipUsed()) return false;
  constexpr size_t kPeek = 128 * 1024;
  if (u_->peek && left == 0 && size < kPeek) {
    Ref<> keep = share(u_->peek);
    Ref<> seen = call(t_, keep, Value::fromInt(kPeek));
    if (seen && isBytes(seen) && size_t(asBytes(seen)->size) >= size) {
      u_->peeked = size_t(asBytes(seen)->size);
      return fetch(std::move(seen));
    }
    if (!seen) {
      if (!raisedIs(t_, exc::NotImplementedError)) return false;
      clearException(t_);
      assign(u_->peek, Ref<>());
    }
  }
  Ref<> keep = share(u_->read), count = newInt(t_, int64_t(size - left));
  Ref<> data = count ? call(t_, keep, count) : Ref<>();
  if (!data) return false;
  if (rest) data = concatSequence(t_, rest, data);
  return fetch(std::move(data));
}
const uint8_t* Loader::read(size_t size) {
  if (u_->size - u_->at < size) {
    if (!u_->read) return truncated();
    if (size > size_t(INT64_MAX)) return raise(t_, exc::OverflowError, "read would overflow (invalid bytecode)");
    if (!more(size)) return nullptr;
    if (u_->size - u_->at < size) return truncated();
  }
  const uint8_t* p = u_->data + u_->at;
  u_->at += size;
  return p;
}
// Large contents go from the file to their place without a copy between, when the file can do that.
bool Loader::readInto(uint8_t* to, size_t size) {
  size_t left = u_->size - u_->at;
  if (size <= left || !u_->read || !u_->read_into || size < 4096) {
    const uint8_t* p = read(size);
    if (p) memcpy(to, p, size);
    return p != nullptr;
  }
  memcpy(to, u_->data + u_->at, left);
  u_->at += left;
  if (!skipUsed()) return false;
  u_->size = u_->at = 0;
  Ref<> keep = share(u_->read_into);
  Ref<> view = newMemoryViewOf(t_, to + left, int64_t(size - left), false, kNone);
  Ref<> count = view ? call(t_, keep, view) : Ref<>();
  if (view) releaseMemoryView(asMemoryView(view));
  if (!count) return false;
  int64_t got = toIndex(t_, count);
  if (got == -1 && t_.raised()) return false;
  if (got < 0) return raise(t_, exc::ValueError, "readinto() returned negative size");
  return size_t(got) == size - left || truncated().operator bool();
}
const char* Loader::readLine(size_t* size) {
  for (int attempt = 0;; ++attempt) {
    const uint8_t* start = u_->data + u_->at;
    size_t left = u_->size - u_->at;
    if (const void* end = left ? memchr(start, '\n', left) : nullptr) {
      *size = size_t(static_cast<const uint8_t*>(end) - start) + 1;
      u_->at += *size;
      return reinterpret_cast<const char*>(start);
    }
    if (!u_->read || attempt) return truncated();
    Ref<> rest;
    if (!u_->peeked && left && !(rest = newBytes(t_, {reinterpret_cast<const char*>(start), left}))) return nullptr;
    if (!skipUsed()) return nullptr;
    Ref<> keep = share(u_->read_line);
    Ref<> line = call(t_, keep);
    if (line && rest) line = concatSequence(t_, rest, line);
    if (!fetch(std::move(line))) return nullptr;
  }
}
bool Loader::readNumber(int bytes, uint64_t* out) {
  const uint8_t* p = read(size_t(bytes));
  *out = 0;
  if (p) memcpy(out, p, size_t(bytes));
  return p != nullptr;
}
bool Loader::readSize(int bytes, const char* what, size_t* out) {
  uint64_t size;
  if (!readNumber(bytes, &size)) return false;
  if (size > uint64_t(INT64_MAX)) {
    return raise(t_, exc::OverflowError, "%s exceeds system's maximum size of %lld bytes", what,
                 static_cast<long long>(INT64_MAX));
  }
  *out = size;
  return true;
}

// --- stack ---

Raised Loader::underflow() {
  return raise(t_, *unpickling_error, u_->mark_count ? "unexpected MARK found" : "unpickling stack underflow");
}
Ref<> Loader::pop() {
  if (u_->stack.size <= u_->fence) return underflow();
  return u_->stack.pop();
}
bool Loader::peekTop(Value* out) {
  if (u_->stack.size <= u_->fence) return underflow();
  *out = u_->stack.items[u_->stack.size - 1];
  return true;
}
int64_t Loader::popMark() {
  if (u_->mark_count < 1) return raise(t_, *unpickling_error, "could not find MARK");
  int64_t mark = u_->marks[--u_->mark_count];
  u_->fence = u_->mark_count ? u_->marks[u_->mark_count - 1] : 0;
  return mark;
}
Ref<Tuple> Loader::popTuple(int64_t from) {
  if (from < u_->fence) return underflow();
  int64_t count = u_->stack.size - from;
  u_->stack.size = from;
  return newTupleSteal(t_, u_->stack.items + from, count);
}
Ref<List> Loader::popList(int64_t from) {
  int64_t count = u_->stack.size - from;
  u_->stack.size = from;
  return newListSteal(t_, u_->stack.items + from, count);
}

}  // namespace krait::pickle
