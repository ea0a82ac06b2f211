// Writing marshal data, version 0 to 4, as CPython does: objects seen more than once become references from version 3 on,
// floats are text before version 2, and the elements of sets come in the order of their own data, so that the same value is
// always written in the same way.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "runtime/code/code.h"
#include "runtime/code/marshal.h"
#include "runtime/core/error.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/float.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/set.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

inline constexpr int kMaxDepth = 2000;

class Writer {
 public:
  Writer(Thread& t, int version, std::string* out) : thread_(t), version_(version), out_(*out) {}

  bool write(Value v) {
    if (++depth_ > kMaxDepth) return raise(thread_, exc::ValueError, "object too deeply nested to marshal");
    bool ok = writeBody(v);
    --depth_;
    return ok;
  }

 private:
  Thread& thread_;
  int version_;
  std::string& out_;
  int depth_ = 0;
  boost::unordered_flat_map<uint64_t, uint32_t> seen_;

  void byte(int b) { out_.push_back(char(b)); }
  template <class T>
  void number(T n) {
    out_.append(reinterpret_cast<const char*>(&n), sizeof n);
  }
  bool size(size_t n) {
    if (n > INT32_MAX) return unmarshallable();
    number(int32_t(n));
    return true;
  }
  bool text(std::string_view s) {
    if (!size(s.size())) return false;
    out_.append(s);
    return true;
  }
  bool unmarshallable() { return raise(thread_, exc::ValueError, "unmarshallable object"); }
  // Begins an object of this type code; a second sight of a shared object is written as a reference, and true.
  bool reference(Value v, int* flag) {
    *flag = 0;
    if (version_ < 3 || !v.isObject() || v.asObject()->count == 1) return false;
    auto [at, fresh] = seen_.try_emplace(v.bits, uint32_t(seen_.size()));
    if (fresh) {
      *flag = 0x80;
      return false;
    }
    byte('r');
    number(at->second);
    return true;
  }

  bool writeBody(Value v) {
    if (v.empty()) return byte('0'), true;
    if (v.isNone()) return byte('N'), true;
    if (v == kTrue) return byte('T'), true;
    if (v == kFalse) return byte('F'), true;
    if (v == kEllipsis) return byte('.'), true;
    if (v.isObject() && v.asObject() == &exc::StopIteration) return byte('S'), true;
    int flag;
    if (v.isInt()) return writeInt(v, 0);
    if (v.isDouble()) {
      byte(version_ > 1 ? 'g' : 'f');
      writeDouble(v.asDouble());
      return true;
    }
    if (reference(v, &flag)) return true;
    Type* type = typeOf(v);
    if (type == &types::Int) return writeInt(v, flag);
    if (type == &types::Complex) {
      Complex* c = static_cast<Complex*>(v.asObject());
      byte((version_ > 1 ? 'y' : 'x') | flag);
      writeDouble(c->real);
      writeDouble(c->imaginary);
      return true;
    }
    if (type == &types::Bytes) {
      byte('s' | flag);
      return text(asBytes(v)->view());
    }
    if (type == &types::Str) return writeStr(asStr(v), flag);
    if (type == &types::Tuple) return writeTuple(asTuple(v), flag);
    if (type == &types::List) return writeList(v, flag);
    if (type == &types::Dict) return writeDict(asDict(v), flag);
    if (type == &types::Set || type == &types::FrozenSet) return writeSet(asSet(v), flag, type == &types::FrozenSet);
    if (type == &types::Code) return writeCode(asCode(v), flag);
    return hasBuffer(v) ? writeBuffer(v, flag) : unmarshallable();
  }

  bool writeInt(Value v, int flag) {
    int64_t i;
    if (intFits64(v, &i) && i >= INT32_MIN && i <= INT32_MAX) {
      byte('i' | flag);
      number(int32_t(i));
      return true;
    }
    byte('l' | flag);
    uint64_t small;
    const uint64_t* limbs;
    size_t count;
    bool negative;
    if (v.isInt()) {
      negative = v.asInt() < 0;
      small = negative ? uint64_t(-v.asInt()) : uint64_t(v.asInt());
      limbs = &small;
      count = 1;
    } else {
      Int* big = static_cast<Int*>(v.asObject());
      negative = big->negative();
      limbs = big->limbs;
      count = big->limbCount();
    }
    size_t bits = intBitLength(v), digits = (bits + 14) / 15;
    if (digits > INT32_MAX) return unmarshallable();
    number(int32_t(negative ? -int64_t(digits) : int64_t(digits)));
    for (size_t d = 0; d < digits; ++d) {
      size_t bit = d * 15, limb = bit / 64, shift = bit % 64;
      uint64_t word = limbs[limb] >> shift;
      if (shift > 49 && limb + 1 < count) word |= limbs[limb + 1] << (64 - shift);
      number(uint16_t(word & 0x7fff));
    }
    return true;
  }
  void writeDouble(double d) {
    if (version_ > 1) return number(d);
    char digits[32];
    int length = snprintf(digits, sizeof digits, "%.17g", d != d ? std::fabs(d) : d);  // the text "nan" has no sign
    byte(length);
    out_.append(digits, size_t(length));
  }
  bool writeBuffer(Value v, int flag) {
    Buffer buffer;
    if (!buffer.get(thread_, v)) {
      clearException(thread_);
      return unmarshallable();
    }
    byte('s' | flag);
    return text(buffer.view());
  }

  bool writeStr(Str* s, int flag) {
    bool interned = isInterned(s);
    if (version_ >= 4 && s->ascii) {
      bool brief = s->length < 256;
      byte((brief ? (interned ? 'Z' : 'z') : (interned ? 'A' : 'a')) | flag);
      if (!brief) return text(asciiView(s));
      byte(int(s->length));
      out_.append(asciiView(s));
      return true;
    }
    byte((interned && version_ >= 3 ? 't' : 'u') | flag);
    return text(utf8WithSurrogates(s));
  }

  bool writeTuple(Tuple* tuple, int flag) {
    bool brief = version_ >= 4 && tuple->size < 256;
    byte((brief ? ')' : '(') | flag);
    if (brief) {
      byte(int(tuple->size));
    } else if (!size(size_t(tuple->size))) {
      return false;
    }
    for (int64_t i = 0; i < tuple->size; ++i) {
      if (!write(tuple->items[i])) return false;
    }
    return true;
  }
  bool writeList(Value v, int flag) {
    byte('[' | flag);
    if (!size(size_t(asList(v)->size))) return false;
    for (int64_t i = 0; i < asList(v)->size; ++i) {
      Ref<> item = listGet(asList(v), i);
      if (!write(item)) return false;
    }
    return true;
  }
  bool writeDict(Dict* dict, int flag) {
    byte('{' | flag);
    int64_t position = 0;
    Value key, v;
    while (dictNext(dict, &position, &key, &v)) {
      if (!write(key) || !write(v)) return false;
    }
    byte('0');
    return true;
  }
  bool writeSet(Set* set, int flag, bool frozen) {
    byte((frozen ? '>' : '<') | flag);
    if (!size(size_t(set->used))) return false;
    struct Element {
      std::string data;
      Value v;
      size_t position;
    };
    std::vector<Element> elements;
    int64_t position = 0;
    Value key;
    while (setNext(set, &position, &key)) {
      elements.push_back({std::string(), key, elements.size()});
      if (!marshalDump(thread_, key, version_, &elements.back().data)) return false;
    }
    std::sort(elements.begin(), elements.end(), [](const Element& a, const Element& b) {
      int order = a.data.compare(b.data);
      return order < 0 || (order == 0 && a.position < b.position);
    });
    for (const Element& element : elements) {
      if (!write(element.v)) return false;
    }
    return true;
  }
  bool writeCode(Code* c, int flag) {
    byte('c' | flag);
    for (int32_t n : {c->arg_count, c->positional_only_count, c->keyword_only_count, c->stack_size, int32_t(c->flags)}) number(n);
    for (Object* o : {static_cast<Object*>(c->bytecode), static_cast<Object*>(c->consts), static_cast<Object*>(c->names),
                      static_cast<Object*>(c->slot_names), static_cast<Object*>(c->slot_kinds),
                      static_cast<Object*>(c->filename), static_cast<Object*>(c->name), static_cast<Object*>(c->qualname)}) {
      if (!write(o)) return false;
    }
    number(c->first_line);
    return write(c->line_table) && write(c->exception_table);
  }

  std::string utf8WithSurrogates(const Str* s) {
    std::string bytes(utf8Size(s), '\0');
    char* p = bytes.data();
    for (int64_t i = 0; i < s->length; ++i) p = putUtf8(p, s->at(i));
    return bytes;
  }
};

}  // namespace

bool marshalDump(Thread& t, Value v, int version, std::string* out) { return Writer(t, version, out).write(v); }

}  // namespace krait
