// Reading marshal data: plain values and code objects, with references. Nothing in the data is trusted.
#include <climits>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "runtime/code/code.h"
#include "runtime/code/marshal.h"
#include "runtime/core/error.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/float.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/set.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

inline constexpr int kMaxDepth = 2000;
inline constexpr int64_t kTrusted = 1 << 16;
inline constexpr int kMagic = 3495;  // of CPython 3.11's .pyc files

// Well-formed UTF-8, surrogates allowed (marshal writes with "surrogatepass").
bool validWtf8(std::string_view s) {
  for (size_t i = 0; i < s.size();) {
    uint8_t c = uint8_t(s[i]);
    int more = c < 0x80 ? 0 : c >= 0xc2 && c < 0xe0 ? 1 : (c & 0xf0) == 0xe0 ? 2 : c >= 0xf0 && c < 0xf5 ? 3 : -1;
    if (more < 0 || i + size_t(more) >= s.size()) return false;
    for (int k = 1; k <= more; ++k) {
      if ((uint8_t(s[i + size_t(k)]) & 0xc0) != 0x80) return false;
    }
    uint8_t second = more ? uint8_t(s[i + 1]) : 0;
    if ((c == 0xe0 && second < 0xa0) || (c == 0xf0 && second < 0x90) || (c == 0xf4 && second >= 0x90)) return false;
    i += size_t(more) + 1;
  }
  return true;
}

// Reads from memory or from a file object, whose bytes are asked for one piece after the other: what stands behind the value
// is not touched.
// A NaN keeps its sign: the compiler folds constants to negative ones.
double signedNaN(double d) { return std::copysign(canonicalNaN(d), d); }

class Loader {
 public:
  Loader(Thread& t, std::string_view data) : thread_(t), at_(data.data()), end_(at_ + data.size()) {}
  Loader(Thread& t, Value file) : thread_(t), file_(file), at_(nullptr), end_(nullptr) {}

  void limitDepth(int most) { most_depth_ = most; }
  Ref<> object() {
    bool null = false;
    Ref<> v = read(&null);
    if (null && !thread_.raised()) return raise(thread_, exc::TypeError, "NULL object in marshal data for object");
    return v;
  }

 private:
  Thread& thread_;
  Value file_;   // empty: memory
  Ref<> piece_;  // a bytearray: what was read from the file last
  const char* at_;
  const char* end_;
  Ref<List> references_;
  int depth_ = 0, most_depth_ = kMaxDepth;

  // --- bytes and numbers; false: the data ends, raised ---

  // The next n bytes are at at_. The bytes before are gone when there is a file.
  bool need(size_t n) {
    if (file_) return fetch(n);
    if (size_t(end_ - at_) >= n) return true;
    return raise(thread_, exc::EOFError, "marshal data too short");
  }
  bool fetch(size_t n) {
    at_ = end_;
    if (n == 0) return true;
    Ref<> size = newInt(thread_, int64_t(n));
    piece_ = size ? call(thread_, Value(&types::ByteArray), size) : Ref<>();
    // A view, so that no method of the file can change the size.
    Ref<> view = piece_ ? call(thread_, Value(&types::MemoryView), piece_) : Ref<>();
    Ref<> result = view ? callMethod(thread_, file_, "readinto", view) : Ref<>();
    if (!result) return false;
    int64_t got = toIndex(thread_, result, false, &exc::ValueError);
    if (thread_.raised()) return false;
    if (got != int64_t(n)) {
      if (got < int64_t(n)) return raise(thread_, exc::EOFError, "EOF read where not expected");
      return raise(thread_, exc::ValueError, "read() returned too much data: %lld bytes requested, %lld returned",
                   static_cast<long long>(n), static_cast<long long>(got));
    }
    Buffer buffer;
    if (!buffer.get(thread_, piece_)) return false;
    at_ = buffer.chars();
    end_ = at_ + n;
    return true;
  }
  bool byte(uint8_t* out) { return need(1) && (*out = uint8_t(*at_++), true); }
  template <class T>
  bool number(T* out) {
    if (!need(sizeof(T))) return false;
    memcpy(out, at_, sizeof(T));
    at_ += sizeof(T);
    return true;
  }
  bool view(std::string_view* out, int64_t size, const char* what = "bytes object") {
    if (size < 0) return raise(thread_, exc::ValueError, "bad marshal data (%s size out of range)", what);
    if (!need(size_t(size))) return false;
    *out = {at_, size_t(size)};
    at_ += size;
    return true;
  }
  Raised bad(const char* what) { return raise(thread_, exc::ValueError, "bad marshal data (%s)", what); }

  // --- references: an index is reserved before the parts of a container are read ---
  int64_t reserve(bool flag) {
    if (!flag) return -1;
    if (!references_ && !(references_ = newList(thread_))) return -2;
    if (!listAppend(thread_, references_.get(), share(kNone))) return -2;
    return references_->size - 1;
  }
  Ref<> remember(int64_t index, Ref<> v) {
    if (index >= 0 && v && !listSet(thread_, references_.get(), index, share(v))) return kRaised;
    return v;
  }

  Ref<> read(bool* null) {
    uint8_t head;
    if (!byte(&head)) {
      clearException(thread_);
      return raise(thread_, exc::EOFError, "EOF read where object expected");
    }
    if (!checkNativeStack(thread_, "")) return kRaised;
    if (++depth_ > most_depth_) return raise(thread_, exc::ValueError, "recursion limit exceeded");
    bool flag = (head & 0x80) != 0;
    Ref<> v = readBody(char(head & 0x7f), flag, null);
    --depth_;
    return v;
  }
  // A part of a container: NULL is not allowed there.
  Ref<> part(const char* container) {
    bool null = false;
    Ref<> v = read(&null);
    if (null && !thread_.raised()) return raise(thread_, exc::TypeError, "NULL object in marshal data for %s", container);
    return v;
  }

  Ref<> readBody(char type, bool flag, bool* null) {
    switch (type) {
      case '0': *null = true; return {};
      case 'N': return share(kNone);
      case 'T': return share(kTrue);
      case 'F': return share(kFalse);
      case '.': return share(kEllipsis);
      case 'S': return remember(reserve(false), share(Value(&exc::StopIteration)));
      case 'i': {
        int32_t i;
        return number(&i) ? whole(flag, newInt(thread_, i)) : Ref<>();
      }
      case 'I': {
        int64_t i;
        return number(&i) ? whole(flag, newInt(thread_, i)) : Ref<>();
      }
      case 'l': return whole(flag, readLong());
      case 'g': {
        double d;
        return number(&d) ? whole(flag, steal(Value::fromDouble(signedNaN(d)))) : Ref<>();
      }
      case 'f': {
        double d;
        return textDouble(&d) ? whole(flag, steal(Value::fromDouble(d))) : Ref<>();
      }
      case 'y': {
        double re, im;
        return number(&re) && number(&im) ? whole(flag, newComplex(thread_, re, im)) : Ref<>();
      }
      case 'x': {
        double re, im;
        return textDouble(&re) && textDouble(&im) ? whole(flag, newComplex(thread_, re, im)) : Ref<>();
      }
      case 's': return whole(flag, readBytes());
      case 't':
      case 'u': return whole(flag, readText(4, false, type == 't'));
      case 'a':
      case 'A': return whole(flag, readText(4, true, type == 'A'));
      case 'z':
      case 'Z': return whole(flag, readText(1, true, type == 'Z'));
      case '(':
      case ')': return readTuple(type == ')', flag);
      case '[': return readList(flag);
      case '{': return readDict(flag);
      case '<':
      case '>': return readSet(type == '>', flag);
      case 'c': return readCode(flag);
      case 'r': return readReference();
      default: return bad("unknown type code");
    }
  }
  // Values without parts: the index may be taken after reading.
  Ref<> whole(bool flag, Ref<> v) {
    if (!flag || !v) return v;
    int64_t index = reserve(true);
    if (index == -2) return kRaised;
    return remember(index, std::move(v));
  }

  Ref<> readReference() {
    uint32_t index;
    if (!number(&index)) return kRaised;
    if (!references_ || index >= uint64_t(references_->size)) return bad("invalid reference");
    Ref<> v = listGet(references_.get(), index);
    if (v.value().isNone()) return bad("invalid reference");  // a container that is not complete yet
    return v;
  }

  Ref<> readLong() {
    int32_t digits;
    if (!number(&digits)) return kRaised;
    if (digits == INT32_MIN) return bad("long size out of range");
    int64_t count = digits < 0 ? -int64_t(digits) : digits;
    if (!need(size_t(count) * 2)) return kRaised;
    // 15-bit digits, least significant first: gathered into bytes.
    size_t size = size_t(count) * 2 + 9;
    uint8_t* bytes = static_cast<uint8_t*>(allocateBuffer(size));
    if (!bytes) return raiseNoMemory(thread_);
    memset(bytes, 0, size);
    for (int64_t i = 0; i < count; ++i) {
      uint16_t digit;
      memcpy(&digit, at_ + 2 * i, 2);
      if (digit >= 0x8000 || (i == count - 1 && digit == 0)) {
        freeBuffer(bytes);
        return bad(digit >= 0x8000 ? "digit out of range in long" : "unnormalized long data");
      }
      uint64_t bit = uint64_t(i) * 15, word;
      memcpy(&word, bytes + bit / 8, 4);
      uint32_t low;
      memcpy(&low, bytes + bit / 8, 4);
      low |= uint32_t(digit) << (bit % 8);
      memcpy(bytes + bit / 8, &low, 4);
    }
    at_ += count * 2;
    Ref<> v = newIntFromBytes(thread_, bytes, size, true, false);
    freeBuffer(bytes);
    if (v && digits < 0) return intNegative(thread_, v);
    return v;
  }

  bool textDouble(double* out) {
    uint8_t size;
    std::string_view text;
    if (!byte(&size) || !view(&text, size)) return false;
    char buffer[256];
    memcpy(buffer, text.data(), text.size());
    buffer[text.size()] = 0;
    char* end;
    *out = signedNaN(strtod(buffer, &end));
    if (end == buffer || *end) return raise(thread_, exc::ValueError, "could not convert string to float: '%s'", buffer);
    return true;
  }

  Ref<> readBytes() {
    int32_t size;
    std::string_view content;
    if (!number(&size) || !view(&content, size)) return kRaised;
    return newBytes(thread_, content);
  }

  Ref<> readText(int size_bytes, bool ascii, bool interned) {
    int32_t size;
    uint8_t small;
    std::string_view content;
    if (size_bytes == 1 ? !byte(&small) : !number(&size)) return kRaised;
    if (!view(&content, size_bytes == 1 ? small : size, "string")) return kRaised;
    if (!ascii && !validWtf8(content)) return decode(content);
    Ref<Str> s = ascii ? newStrLatin1(thread_, content) : newStrUtf8(thread_, content);
    if (s && interned) return intern(thread_, std::move(s));
    return s;
  }

  // What the decoder says of bytes that are no text.
  Ref<> decode(std::string_view content) {
    Ref<Bytes> bytes = newBytes(thread_, content);
    Value args[] = {Value(internStatic("utf-8")), Value(internStatic("surrogatepass"))};
    return bytes ? callMethod(thread_, bytes, "decode", Args{args, 2, nullptr}) : Ref<>();
  }

  // A count of parts: each needs at least one byte, so that few bytes cannot ask for much memory. (A file's size is not known,
  // so containers of a file grow with what comes.)
  bool count(int64_t* out, bool small, const char* what) {
    int32_t n;
    uint8_t b;
    if (small) {
      if (!byte(&b)) return false;
      *out = b;
    } else {
      if (!number(&n)) return false;
      if (n < 0) return raise(thread_, exc::ValueError, "bad marshal data (%s size out of range)", what);
      *out = n;
    }
    return file_ || need(size_t(*out));
  }

  // Room that may be taken for so many parts before they came.
  int64_t ahead(int64_t size) const { return file_ && size > kTrusted ? kTrusted : size; }

  bool readParts(List* list, int64_t size, const char* container) {
    for (int64_t i = 0; i < size; ++i) {
      Ref<> item = part(container);
      if (!item || !listAppend(thread_, list, std::move(item))) return false;
    }
    return true;
  }

  Ref<> readTuple(bool small, bool flag) {
    int64_t size;
    if (!count(&size, small, "tuple")) return kRaised;
    int64_t index = reserve(flag);
    if (index == -2) return kRaised;
    if (size == 0) return remember(index, share(emptyTuple()));
    if (size > ahead(size)) {
      Ref<List> parts = newList(thread_, ahead(size));
      if (!parts || !readParts(parts.get(), size, "tuple")) return kRaised;
      return remember(index, sequenceToTuple(thread_, parts));
    }
    // A list inside may hold the tuple itself, so it is known before its items are; until they come they are None.
    Ref<Tuple> tuple = newTupleBlank(thread_, size);
    if (!tuple) return kRaised;
    for (int64_t i = 0; i < size; ++i) tuple->items[i] = kNone;
    if (!remember(index, share(tuple))) return kRaised;
    for (int64_t i = 0; i < size; ++i) {
      Ref<> item = part("tuple");
      if (!item) return kRaised;
      tuple->items[i] = item.leak();
    }
    return tuple;
  }

  Ref<> readList(bool flag) {
    int64_t size;
    if (!count(&size, false, "list")) return kRaised;
    int64_t index = reserve(flag);
    if (index == -2) return kRaised;
    Ref<List> list = newList(thread_, ahead(size));
    if (!list || !remember(index, share(list)) || !readParts(list.get(), size, "list")) return kRaised;
    return list;
  }

  Ref<> readDict(bool flag) {
    int64_t index = reserve(flag);
    if (index == -2) return kRaised;
    Ref<Dict> dict = newDict(thread_);
    if (!dict || !remember(index, share(dict))) return kRaised;
    for (;;) {
      bool null = false;
      Ref<> key = read(&null);
      if (null) return dict;
      if (!key) return kRaised;
      Ref<> v = read(&null);
      if (null) return dict;
      if (!v || !dictSet(thread_, dict.get(), key, v)) return kRaised;
    }
  }

  Ref<> readSet(bool frozen, bool flag) {
    int64_t size;
    if (!count(&size, false, "set")) return kRaised;
    // A frozenset cannot contain itself, but its parts may be numbered after it.
    int64_t index = reserve(flag);
    if (index == -2) return kRaised;
    Ref<List> items = newList(thread_, ahead(size));
    if (!items || !readParts(items.get(), size, "set")) return kRaised;
    Ref<> set;
    if (frozen) {
      set = newFrozenSet(thread_, items);
    } else {
      set = newSet(thread_, items);
    }
    return remember(index, std::move(set));
  }

  Ref<> readCode(bool flag) {
    int64_t index = reserve(flag);
    if (index == -2) return kRaised;
    int32_t first[5], first_line;
    for (int32_t& n : first) {
      if (!number(&n)) return kRaised;
    }
    Ref<> before[8], after[2];
    for (Ref<>& v : before) {
      if (!(v = part("code"))) return kRaised;
    }
    if (!number(&first_line)) return kRaised;
    for (Ref<>& v : after) {
      if (!(v = part("code"))) return kRaised;
    }
    CodeParts parts{.arg_count = first[0],
                    .positional_only_count = first[1],
                    .keyword_only_count = first[2],
                    .stack_size = first[3],
                    .first_line = first_line,
                    .flags = uint32_t(first[4]),
                    .bytecode = before[0],
                    .consts = before[1],
                    .names = before[2],
                    .slot_names = before[3],
                    .slot_kinds = before[4],
                    .filename = before[5],
                    .name = before[6],
                    .qualname = before[7],
                    .line_table = after[0],
                    .exception_table = after[1]};
    return remember(index, newCode(thread_, parts));
  }
};

}  // namespace

Ref<> marshalLoad(Thread& t, std::string_view data) { return Loader(t, data).object(); }

Ref<> marshalLoadOwn(Thread& t, std::string_view data) {
  Loader loader(t, data);
  loader.limitDepth(INT_MAX);
  return loader.object();
}

Ref<> marshalLoadFile(Thread& t, Value file) { return Loader(t, file).object(); }

Ref<> loadPyc(Thread& t, std::string_view file, Value filename) {
  if (file.size() < 16) return raise(t, exc::EOFError, "reached EOF while reading pyc header of %s", "file");
  int magic = uint8_t(file[0]) | uint8_t(file[1]) << 8;
  if (magic != kMagic || file[2] != '\r' || file[3] != '\n') return raise(t, exc::ImportError, "bad magic number in .pyc file");
  Ref<> code = marshalLoad(t, file.substr(16));
  if (code && !isExact(code, &types::Code)) return raise(t, exc::ImportError, "non-code object in .pyc file");
  return code;
}

}  // namespace krait
