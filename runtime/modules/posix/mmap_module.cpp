// mmap: files and anonymous memory as one changeable sequence of bytes.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <climits>

#include "runtime/modules/arguments.h"
#include "runtime/modules/fields.h"
#include "runtime/modules/posix/posix.h"
#include "runtime/objects/int.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/buffer.h"

namespace krait::posix {

namespace {

enum Access : int { kDefault, kRead, kWrite, kCopy };

struct Map : Object {
  uint8_t* data;  // null: closed
  int64_t size;
  int64_t position;
  int64_t offset;   // of data in the file
  int64_t exports;  // buffers that are out: no closing or moving meanwhile
  int fd;           // our own duplicate; -1: anonymous memory
  Access access;
};
Type* map_type = nullptr;
Map* asMap(Value v) { return static_cast<Map*>(v.asObject()); }

// Every method asks this after its arguments were converted, too: the conversion of an argument may close the map.
bool isOpen(Thread& t, Map* m) {
  return m->data || raise(t, exc::ValueError, "mmap closed or invalid").operator bool();
}
bool isWritable(Thread& t, Map* m) {
  return m->access != kRead || raise(t, exc::TypeError, "mmap can't modify a readonly memory map.").operator bool();
}
// A Py_ssize_t argument.
bool sizeArgument(Thread& t, Value v, int64_t* out) {
  Ref<> index = toIndexValue(t, v);
  if (!index) return false;
  return intFits64(index, out) ||
         raise(t, exc::OverflowError, "Python int too large to convert to C ssize_t").operator bool();
}

// --- making and closing ---

Ref<> onlyBound(Thread&, Value, const Value*) { return nullptr; }  // the definition below is only bound, never called
// What access, flags and prot mean together. False: raised.
bool chooseAccess(Thread& t, int* access, int* flags, int* protection) {
  if (*access != kDefault && (*flags != MAP_SHARED || *protection != (PROT_WRITE | PROT_READ))) {
    return raise(t, exc::ValueError, "mmap can't specify both access and flags, prot.");
  }
  switch (*access) {
    case kRead: *protection = PROT_READ; return true;
    case kWrite: return true;
    case kCopy: *flags = MAP_PRIVATE; return true;
    case kDefault:
      if (!(*protection & PROT_WRITE)) {
        *access = kRead;
      } else if (!(*protection & PROT_READ)) {
        *access = kWrite;
      }
      return true;
    default: return raise(t, exc::ValueError, "mmap invalid access parameter.");
  }
}
// Length 0 means the rest of a file. False: raised.
bool fitToFile(Thread& t, int fd, int64_t offset, int64_t* length) {
  struct stat info;
  if (fd == -1 || fstat(fd, &info) < 0 || !S_ISREG(info.st_mode)) return true;
  if (*length == 0) {
    if (info.st_size == 0) return raise(t, exc::ValueError, "cannot mmap an empty file");
    if (offset >= info.st_size) return raise(t, exc::ValueError, "mmap offset is greater than file size");
    *length = info.st_size - offset;
  } else if (offset > info.st_size || info.st_size - offset < *length) {
    return raise(t, exc::ValueError, "mmap length is greater than file size");
  }
  return true;
}
Ref<> mapNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew =
      method("mmap", onlyBound, "($self, /, fileno, length, flags=1, prot=3, access=0, offset=0)");
  Value bound[6];
  Ref<> keep[6];
  int fd, flags, protection, access;
  int64_t length, offset;
  if (!bindArguments(t, kNew, args, bound, keep) || !pidArgument(t, bound[0], &fd) ||
      !sizeArgument(t, bound[1], &length) || !pidArgument(t, bound[2], &flags) ||
      !pidArgument(t, bound[3], &protection) || !pidArgument(t, bound[4], &access) ||
      !int64Argument(t, bound[5], &offset)) {
    return kRaised;
  }
  if (length < 0) return raise(t, exc::OverflowError, "memory mapped length must be positive");
  if (offset < 0) return raise(t, exc::OverflowError, "memory mapped offset must be positive");
  if (!chooseAccess(t, &access, &flags, &protection) || !fitToFile(t, fd, offset, &length)) return kRaised;
  int own_fd = -1;
  if (fd == -1) {
    flags |= MAP_ANONYMOUS;
  } else if ((own_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0) {
    return failed(t);
  }
  void* data = mmap(nullptr, size_t(length), protection, flags, own_fd, offset);
  int error = errno;
  Map* m = data == MAP_FAILED ? nullptr : allocateInstance<Map>(type);
  if (!m) {
    if (own_fd >= 0) close(own_fd);
    if (data == MAP_FAILED) return raiseOSError(t, error);
    munmap(data, size_t(length));
    return raiseNoMemory(t);
  }
  m->data = static_cast<uint8_t*>(data);
  m->size = length;
  m->position = 0;
  m->offset = offset;
  m->exports = 0;
  m->fd = own_fd;
  m->access = Access(access);
  return steal(Value(m));
}
void closeMap(Map* m) {
  uint8_t* data = m->data;
  int fd = m->fd;
  m->data = nullptr;
  m->fd = -1;
  if (data) munmap(data, size_t(m->size));
  if (fd >= 0) close(fd);
}
void mapDealloc(Object* self) {
  closeMap(static_cast<Map*>(self));
  freeInstance(self);
}
Ref<> mapClose(Thread& t, Value self) {
  if (asMap(self)->exports) return raise(t, exc::BufferError, "cannot close exported pointers exist");
  closeMap(asMap(self));
  return steal(kNone);
}
Ref<> mapEnter(Thread& t, Value self) { return isOpen(t, asMap(self)) ? share(self) : Ref<>(); }
Ref<> mapExit(Thread& t, Value self, Args) { return mapClose(t, self); }
Ref<> mapClosed(Thread&, Value self) { return steal(Value::fromBool(!asMap(self)->data)); }

bool exportMap(Thread& t, Value v, BufferView* view, bool writable) {
  Map* m = asMap(v);
  if (!isOpen(t, m)) return false;
  if (writable && m->access == kRead) return raise(t, exc::BufferError, "Object is not writable.");
  view->data = m->data;
  view->bytes = m->size;
  view->readonly = m->access == kRead;
  view->done = [](BufferView* done) { --asMap(done->exporter)->exports; };
  ++m->exports;
  return true;
}

// --- as a file ---

std::string_view rest(Map* m) {
  int64_t left = std::max<int64_t>(m->size - m->position, 0);
  return {reinterpret_cast<const char*>(m->data) + (m->size - left), size_t(left)};
}
Ref<> take(Thread& t, Map* m, size_t count) {
  Ref<> result = newBytes(t, rest(m).substr(0, count));
  if (result) m->position += int64_t(count);
  return result;
}
Ref<> mapRead(Thread& t, Value self, const Value* args) {
  Map* m = asMap(self);
  if (!isOpen(t, m)) return kRaised;
  int64_t count = -1;
  if (!args[0].isNone()) {
    if (!isIntLike(args[0]) && !typeOf(args[0])->slots.index) {
      return raise(t, exc::TypeError, "argument should be integer or None, not '%.200s'", typeName(args[0]));
    }
    count = toIndex(t, args[0], false, &exc::OverflowError);
    if (t.raised() || !isOpen(t, m)) return kRaised;
  }
  size_t left = rest(m).size();
  return take(t, m, count < 0 ? left : std::min(left, size_t(count)));
}
Ref<> mapReadByte(Thread& t, Value self) {
  Map* m = asMap(self);
  if (!isOpen(t, m)) return kRaised;
  if (m->position >= m->size) return raise(t, exc::ValueError, "read byte out of range");
  return steal(Value::fromInt(m->data[m->position++]));
}
Ref<> mapReadLine(Thread& t, Value self) {
  Map* m = asMap(self);
  if (!isOpen(t, m)) return kRaised;
  std::string_view left = rest(m);
  const void* end = left.empty() ? nullptr : memchr(left.data(), '\n', left.size());
  return take(t, m, end ? size_t(static_cast<const char*>(end) - left.data()) + 1 : left.size());
}
Ref<> mapWrite(Thread& t, Value self, const Value* args) {
  Map* m = asMap(self);
  Buffer source;
  if (!isOpen(t, m) || !source.get(t, args[0]) || !isWritable(t, m) || !isOpen(t, m)) return kRaised;
  if (rest(m).size() < source.size()) return raise(t, exc::ValueError, "data out of range");
  memmove(m->data + m->position, source.data(), source.size());
  m->position += int64_t(source.size());
  return newInt(t, int64_t(source.size()));
}
Ref<> mapWriteByte(Thread& t, Value self, const Value* args) {
  Map* m = asMap(self);
  int64_t byte;
  if (!isOpen(t, m) || !int64Argument(t, args[0], &byte)) return kRaised;
  if (byte < 0) return raise(t, exc::OverflowError, "unsigned byte integer is less than minimum");
  if (byte > 255) return raise(t, exc::OverflowError, "unsigned byte integer is greater than maximum");
  if (!isWritable(t, m) || !isOpen(t, m)) return kRaised;
  if (m->position >= m->size) return raise(t, exc::ValueError, "write byte out of range");
  m->data[m->position++] = uint8_t(byte);
  return steal(kNone);
}
Ref<> mapSeek(Thread& t, Value self, const Value* args) {
  Map* m = asMap(self);
  int64_t distance, target;
  int from;
  if (!isOpen(t, m) || !sizeArgument(t, args[0], &distance) || !pidArgument(t, args[1], &from) || !isOpen(t, m))
    return kRaised;
  if (from < 0 || from > 2) return raise(t, exc::ValueError, "unknown seek type");
  int64_t origin = from == 0 ? 0 : from == 1 ? m->position : m->size;
  if (__builtin_add_overflow(origin, distance, &target) || target < 0 || target > m->size) {
    return raise(t, exc::ValueError, "seek out of range");
  }
  m->position = target;
  return steal(kNone);
}
Ref<> mapTell(Thread& t, Value self) { return isOpen(t, asMap(self)) ? newInt(t, asMap(self)->position) : Ref<>(); }
Ref<> mapSize(Thread& t, Value self) {
  struct stat info;
  if (!isOpen(t, asMap(self))) return kRaised;
  return fstat(asMap(self)->fd, &info) < 0 ? Ref<>(failed(t)) : newInt(t, info.st_size);
}
Ref<> mapFlush(Thread& t, Value self, const Value* args) {
  Map* m = asMap(self);
  int64_t offset = 0, size = m->size;
  if (!isOpen(t, m) || (args[0] && !sizeArgument(t, args[0], &offset)) ||
      (args[1] && !sizeArgument(t, args[1], &size)) || !isOpen(t, m)) {
    return kRaised;
  }
  if (offset < 0 || size < 0 || m->size - offset < size) return raise(t, exc::ValueError, "flush values out of range");
  if (m->access == kRead || m->access == kCopy) return steal(kNone);
  return noneOr(t, msync(m->data + offset, size_t(size), MS_SYNC));
}
Ref<> mapResize(Thread& t, Value self, const Value* args) {
  Map* m = asMap(self);
  int64_t size;
  if (!isOpen(t, m) || !sizeArgument(t, args[0], &size)) return kRaised;
  if (m->exports) return raise(t, exc::BufferError, "mmap can't resize with extant buffers exported.");
  if (m->access == kRead || m->access == kCopy) {
    return raise(t, exc::TypeError, "mmap can't resize a readonly or copy-on-write memory map.");
  }
  if (size < 0 || INT64_MAX - size < m->offset) return raise(t, exc::ValueError, "new size out of range");
  if (!isOpen(t, m)) return kRaised;
  if (m->fd != -1 && ftruncate(m->fd, m->offset + size) < 0) return failed(t);
  void* moved = mremap(m->data, size_t(m->size), size_t(size), MREMAP_MAYMOVE);
  if (moved == MAP_FAILED) return failed(t);
  m->data = static_cast<uint8_t*>(moved);
  m->size = size;
  return steal(kNone);
}
Ref<> mapMove(Thread& t, Value self, const Value* args) {
  Map* m = asMap(self);
  int64_t to, from, count;
  if (!isOpen(t, m) || !sizeArgument(t, args[0], &to) || !sizeArgument(t, args[1], &from) ||
      !sizeArgument(t, args[2], &count) || !isWritable(t, m) || !isOpen(t, m)) {
    return kRaised;
  }
  if (to < 0 || from < 0 || count < 0 || m->size - to < count || m->size - from < count) {
    return raise(t, exc::ValueError, "source, destination, or count out of range");
  }
  memmove(m->data + to, m->data + from, size_t(count));
  return steal(kNone);
}
Ref<> mapAdvise(Thread& t, Value self, const Value* args) {
  Map* m = asMap(self);
  int advice;
  int64_t start = 0, length = m->size;
  if (!isOpen(t, m) || !pidArgument(t, args[0], &advice) || (args[1] && !sizeArgument(t, args[1], &start)) ||
      (args[2] && !sizeArgument(t, args[2], &length)) || !isOpen(t, m)) {
    return kRaised;
  }
  if (start < 0 || start >= m->size) return raise(t, exc::ValueError, "madvise start out of bounds");
  if (length < 0) return raise(t, exc::ValueError, "madvise length invalid");
  if (INT64_MAX - start < length) return raise(t, exc::OverflowError, "madvise length too large");
  return noneOr(t, madvise(m->data + start, size_t(std::min(length, m->size - start)), advice));
}

// --- searching ---

Ref<> search(Thread& t, Value self, const Value* args, bool backwards) {
  Map* m = asMap(self);
  Buffer part;
  if (!isOpen(t, m) || !part.get(t, args[0])) return kRaised;
  int64_t start = m->position, end = m->size;
  if ((args[1] && !sizeArgument(t, args[1], &start)) || (args[2] && !sizeArgument(t, args[2], &end)) || !isOpen(t, m))
    return kRaised;
  auto clamp = [&](int64_t at) { return at < 0 ? std::max<int64_t>(at + m->size, 0) : std::min(at, m->size); };
  start = clamp(start);
  end = clamp(end);
  // CPython finds an empty part between bounds in the wrong order, too.
  if (start > end) return newInt(t, part.size() ? -1 : backwards ? end : start);
  std::string_view all(reinterpret_cast<const char*>(m->data) + start, size_t(end - start));
  size_t found = backwards ? all.rfind(part.view()) : all.find(part.view());
  return newInt(t, found == std::string_view::npos ? -1 : start + int64_t(found));
}
Ref<> mapFind(Thread& t, Value self, const Value* args) { return search(t, self, args, false); }
Ref<> mapFindBackwards(Thread& t, Value self, const Value* args) { return search(t, self, args, true); }

// --- as a sequence ---

int64_t mapLength(Thread& t, Value self) { return isOpen(t, asMap(self)) ? asMap(self)->size : -1; }
bool indexIn(Thread& t, Map* m, Value key, int64_t* out) {
  int64_t i = toIndex(t, key, false, &exc::IndexError);
  if (t.raised()) return false;
  if (i < 0) i += m->size;
  *out = i;
  return (i >= 0 && i < m->size) || raise(t, exc::IndexError, "mmap index out of range").operator bool();
}
bool isIndex(Value key) { return isIntLike(key) || typeOf(key)->slots.index; }
Ref<> mapItem(Thread& t, Value self, Value key) {
  Map* m = asMap(self);
  if (!isOpen(t, m)) return kRaised;
  if (isSlice(key)) {
    int64_t start, stop, step, count = sliceIndicesOf(t, key, &m->size, &start, &stop, &step);
    if (count < 0 || !isOpen(t, m)) return kRaised;
    Ref<Bytes> result = newBytesBlank(t, count);
    for (int64_t i = 0; result && i < count && start + i * step < m->size; ++i)
      result->data[i] = m->data[start + i * step];
    return result;
  }
  int64_t i;
  if (!isIndex(key)) return raise(t, exc::TypeError, "mmap indices must be integers");
  if (!indexIn(t, m, key, &i) || !isOpen(t, m)) return kRaised;
  return steal(Value::fromInt(m->data[i]));
}
bool setSlice(Thread& t, Map* m, Value key, Value v) {
  int64_t start, stop, step, count = sliceIndicesOf(t, key, &m->size, &start, &stop, &step);
  if (count < 0) return false;
  if (!v) return raise(t, exc::TypeError, "mmap object doesn't support slice deletion");
  Buffer source;
  if (!source.get(t, v)) return false;
  if (int64_t(source.size()) != count) return raise(t, exc::IndexError, "mmap slice assignment is wrong size");
  if (!isOpen(t, m)) return false;
  if (step == 1) {
    if (count && start + count <= m->size) memmove(m->data + start, source.data(), size_t(count));
    return true;
  }
  for (int64_t i = 0; i < count && start + i * step < m->size; ++i) m->data[start + i * step] = source.data()[i];
  return true;
}
bool mapSetItem(Thread& t, Value self, Value key, Value v) {
  Map* m = asMap(self);
  if (!isOpen(t, m) || !isWritable(t, m)) return false;
  if (isSlice(key)) return setSlice(t, m, key, v);
  int64_t i;
  if (!isIndex(key)) return raise(t, exc::TypeError, "mmap indices must be integer");
  if (!indexIn(t, m, key, &i)) return false;
  if (!v) return raise(t, exc::TypeError, "mmap doesn't support item deletion");
  if (!isIndex(v)) return raise(t, exc::TypeError, "mmap item value must be an int");
  int64_t byte = toIndex(t, v, false, &exc::TypeError);
  if (t.raised()) return false;
  if (byte < 0 || byte > 255) return raise(t, exc::ValueError, "mmap item value must be in range(0, 256)");
  if (!isOpen(t, m)) return false;
  if (i >= m->size) return raise(t, exc::IndexError, "mmap index out of range");
  m->data[i] = uint8_t(byte);
  return true;
}

// Iterating gives bytes of length 1, unlike indexing: CPython's sequence and mapping views of a map differ.
struct MapIterator : Fields<1> {
  int64_t index;
};
Type* iterator_type = nullptr;
Ref<> mapIterate(Thread& t, Value self) {
  Ref<MapIterator> iterator = makeFields<MapIterator>(t, iterator_type);
  if (iterator) iterator->v[0] = share(self).leak();
  return iterator;
}
Ref<> mapIteratorNext(Thread& t, Value self) {
  MapIterator* iterator = fieldsOf<MapIterator>(self);
  if (!iterator->v[0]) return {};
  Map* m = asMap(iterator->v[0]);
  if (!isOpen(t, m)) return kRaised;
  if (iterator->index < m->size) return share(Value(byteBytes(m->data[iterator->index++])));
  assign(iterator->v[0], Ref<>());
  return {};
}
int mapContains(Thread& t, Value self, Value item) {
  Map* m = asMap(self);
  if (!isOpen(t, m)) return -1;
  for (int64_t i = 0; m->data && i < m->size; ++i) {
    int equal = compareBool(t, Value(byteBytes(m->data[i])), item, CompareOp::kEqual);
    if (equal) return equal;
  }
  return isOpen(t, m) ? 0 : -1;
}

Ref<> mapRepr(Thread& t, Value self) {
  static const char* const kNames[] = {"ACCESS_DEFAULT", "ACCESS_READ", "ACCESS_WRITE", "ACCESS_COPY"};
  Map* m = asMap(self);
  if (!m->data) return strFormat(t, "<%s closed=True>", typeName(self));
  return strFormat(t, "<%s closed=False, access=%s, length=%lld, pos=%lld, offset=%lld>", typeName(self),
                   kNames[m->access], static_cast<long long>(m->size), static_cast<long long>(m->position),
                   static_cast<long long>(m->offset));
}

const MethodDef kMethods[] = {
    method("close", mapClose, "($self, /)"),
    method("find", mapFind, "($self, sub, start=<none>, end=<none>, /)"),
    method("rfind", mapFindBackwards, "($self, sub, start=<none>, end=<none>, /)"),
    method("flush", mapFlush, "($self, offset=<none>, size=<none>, /)"),
    method("madvise", mapAdvise, "($self, option, start=<none>, length=<none>, /)"),
    method("move", mapMove, "($self, dest, src, count, /)"),
    method("read", mapRead, "($self, n=None, /)"),
    method("read_byte", mapReadByte, "($self, /)"),
    method("readline", mapReadLine, "($self, /)"),
    method("resize", mapResize, "($self, newsize, /)"),
    method("seek", mapSeek, "($self, pos, whence=0, /)"),
    method("size", mapSize, "($self, /)"),
    method("tell", mapTell, "($self, /)"),
    method("write", mapWrite, "($self, bytes, /)"),
    method("write_byte", mapWriteByte, "($self, byte, /)"),
    method("__enter__", mapEnter, "($self, /)"),
    method("__exit__", mapExit, nullptr),
    {},
};
const GetSetDef kGetSets[] = {{"closed", mapClosed, nullptr, nullptr}, {}};

const IntConstant kConstants[] = {
#define CONSTANT(name) {#name, int64_t(name)},
    CONSTANT(MADV_DODUMP) CONSTANT(MADV_DOFORK) CONSTANT(MADV_DONTDUMP) CONSTANT(MADV_DONTFORK) CONSTANT(MADV_DONTNEED)
        CONSTANT(MADV_FREE) CONSTANT(MADV_HUGEPAGE) CONSTANT(MADV_HWPOISON) CONSTANT(MADV_MERGEABLE)
            CONSTANT(MADV_NOHUGEPAGE) CONSTANT(MADV_NORMAL) CONSTANT(MADV_RANDOM) CONSTANT(MADV_REMOVE)
                CONSTANT(MADV_SEQUENTIAL) CONSTANT(MADV_UNMERGEABLE) CONSTANT(MADV_WILLNEED) CONSTANT(MAP_ANON)
                    CONSTANT(MAP_ANONYMOUS) CONSTANT(MAP_DENYWRITE) CONSTANT(MAP_EXECUTABLE) CONSTANT(MAP_POPULATE)
                        CONSTANT(MAP_PRIVATE) CONSTANT(MAP_SHARED) CONSTANT(MAP_STACK) CONSTANT(PROT_EXEC)
                            CONSTANT(PROT_READ) CONSTANT(PROT_WRITE)
#undef CONSTANT
                                {"ACCESS_DEFAULT", kDefault},
    {"ACCESS_READ", kRead},
    {"ACCESS_WRITE", kWrite},
    {"ACCESS_COPY", kCopy},
};

bool init(Thread& t, ModuleObject* m) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(Map),
                             .doc =
                                 "mmap(fileno, length[, flags[, prot[, access[, offset]]]])\n\nA file, or anonymous "
                                 "memory with fileno -1, as a "
                                 "mutable sequence of bytes. Length 0 stands for the whole file.",
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .dealloc = mapDealloc,
                             .fill = [](Slots& slots) {
                               slots.new_ = mapNew;
                               slots.repr = mapRepr;
                               slots.length = mapLength;
                               slots.getitem = mapItem;
                               slots.setitem = mapSetItem;
                             }};
  static const TypeSpec iterator_spec = iteratorSpec<MapIterator, nullptr, mapIteratorNext>(nullptr, nullptr, nullptr);
  Ref<Type> type = makeNativeType(t, spec, "mmap.mmap", nullptr, kTypeWeakrefable);
  Ref<Type> iterator =
      makeNativeType(t, iterator_spec, "iterator", nullptr, kTypeCollectable | kTypeFinal | kTypeDisallowNew);
  if (!type || !iterator) return false;
  map_type = type.get();
  iterator_type = iterator.leakObject();
  // As sequence operations without a name in the type's dict, which is what they are in CPython.
  map_type->slots.iter = mapIterate;
  map_type->slots.contains = mapContains;
  registerBuffer(map_type, exportMap);
  int64_t page = sysconf(_SC_PAGESIZE);
  return addIntConstants(t, m, kConstants) && moduleAdd(t, m, "PAGESIZE", newInt(t, page)) &&
         moduleAdd(t, m, "ALLOCATIONGRANULARITY", newInt(t, page)) &&
         moduleAdd(t, m, "error", share(Value(&exc::OSError))) && moduleAdd(t, m, "mmap", std::move(type));
}

}  // namespace

}  // namespace krait::posix

namespace krait {
const ModuleDef& mmapModule() {
  static const MethodDef kFunctions[] = {{}};
  static const ModuleDef def{"mmap", nullptr, kFunctions, posix::init};
  return def;
}
}  // namespace krait
