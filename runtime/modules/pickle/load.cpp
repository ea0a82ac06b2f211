// The opcodes of a pickle: dispatch, atoms, containers, memo.
#include <bit>
#include <cctype>
#include <cmath>
#include <cstring>

#include "runtime/memory/memory.h"
#include "runtime/modules/pickle/unpickler.h"
#include "runtime/objects/codecs.h"
#include "runtime/objects/escapes.h"
#include "runtime/objects/float_text.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/memoryview.h"
#include "runtime/objects/set.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/protocols/protocols.h"

namespace krait::pickle {

Ref<> Loader::load() {
  u_->stack.clear();
  u_->mark_count = u_->fence = 0;
  u_->protocol = 0;
  bool stop = false;
  while (!stop) {
    const uint8_t* op = u_->at < u_->size ? u_->data + u_->at++ : read(1);
    if (!op) {
      if (!raisedIs(t_, *unpickling_error)) return kRaised;
      clearException(t_);
      return raise(t_, exc::EOFError, "Ran out of input");
    }
    if (!step(*op, &stop)) return kRaised;
  }
  if (u_->read && !skipUsed()) return kRaised;
  return pop();
}

bool Loader::step(uint8_t op, bool* stop) {
  uint64_t n;
  int64_t index;
  switch (op) {
    case kStop: *stop = true; return true;
    case kOpNone: return push(steal(kNone));
    case kNewTrue: return push(steal(kTrue));
    case kNewFalse: return push(steal(kFalse));
    case kBinInt: return readNumber(4, &n) && push(newInt(t_, int32_t(n)));
    case kBinInt1: return readNumber(1, &n) && push(newInt(t_, int64_t(n)));
    case kBinInt2: return readNumber(2, &n) && push(newInt(t_, int64_t(n)));
    case kInt: return loadIntLine();
    case kLong: return loadLongLine();
    case kLong1: return loadLong(1);
    case kLong4: return loadLong(4);
    case kFloat: return loadFloatLine();
    case kBinFloat: return loadBinFloat();
    case kString: return loadStringLine();
    case kBinString: return loadBinString(4);
    case kShortBinString: return loadBinString(1);
    case kShortBinBytes: return loadBinBytes(1);
    case kBinBytes: return loadBinBytes(4);
    case kBinBytes8: return loadBinBytes(8);
    case kByteArray8: return loadByteArray();
    case kUnicode: return loadUnicodeLine();
    case kShortBinUnicode: return loadBinUnicode(1);
    case kBinUnicode: return loadBinUnicode(4);
    case kBinUnicode8: return loadBinUnicode(8);
    case kEmptyTuple: return loadTuple(0);
    case kTuple1: return loadTuple(1);
    case kTuple2: return loadTuple(2);
    case kTuple3: return loadTuple(3);
    case kTupleOp:
    case kListOp:
    case kFrozenSetOp: return loadMarked(op);
    case kEmptyList: return push(newList(t_));
    case kEmptyDict: return push(newDict(t_));
    case kEmptySet: return push(newSet(t_, Value()));
    case kDictOp: return loadDict();
    case kAppend: return loadAppends(u_->stack.size - 1);
    case kAppends: return (index = popMark()) >= 0 && loadAppends(index);
    case kSetItem: return loadSetItems(u_->stack.size - 2);
    case kSetItems: return (index = popMark()) >= 0 && loadSetItems(index);
    case kAddItems: return loadAddItems();
    case kMark:
      if (u_->mark_count == u_->mark_room) {
        int64_t room = u_->mark_room ? u_->mark_room * 2 : 32;
        void* grown = u_->marks ? resizeBuffer(u_->marks, size_t(room) * sizeof(int64_t))
                                : allocateBuffer(size_t(room) * sizeof(int64_t));
        if (!grown) return raiseNoMemory(t_);
        u_->marks = static_cast<int64_t*>(grown);
        u_->mark_room = room;
      }
      u_->marks[u_->mark_count++] = u_->fence = u_->stack.size;
      return true;
    case kPop: return loadPop();
    case kPopMark:
      if ((index = popMark()) < 0) return false;
      u_->stack.truncate(index);
      return true;
    case kDup: {
      Value top;
      return peekTop(&top) && push(share(top));
    }
    case kGet: return lineIndex(&index, false) && loadGet(index);
    case kBinGet: return readNumber(1, &n) && loadGet(int64_t(n));
    case kLongBinGet: return readNumber(4, &n) && loadGet(int64_t(n));
    case kPut:
      if (!lineIndex(&index, true)) return false;
      return index < 0 ? raise(t_, exc::ValueError, "negative PUT argument").operator bool() : loadPut(index);
    case kBinPut: return readNumber(1, &n) && loadPut(int64_t(n));
    case kLongBinPut: return readNumber(4, &n) && loadPut(int64_t(n));
    case kMemoize: return loadPut(u_->memo.size);
    case kFrame: return loadFrame();
    case kProto:
      if (!readNumber(1, &n)) return false;
      if (n > kHighestProtocol) return raise(t_, exc::ValueError, "unsupported pickle protocol: %d", int(n));
      u_->protocol = int32_t(n);
      return true;
    case kNextBuffer: return loadNextBuffer();
    case kReadonlyBuffer: return loadReadonlyBuffer();
    case kGlobal: return loadGlobalLines();
    case kStackGlobal: return loadStackGlobal();
    case kExt1: return loadExtension(1);
    case kExt2: return loadExtension(2);
    case kExt4: return loadExtension(4);
    case kPersId: return loadPersistentLine();
    case kBinPersId: return loadPersistent(pop());
    case kInst: return loadInst();
    case kObj: return loadObj();
    case kNewObj: return loadNewObj(false);
    case kNewObjEx: return loadNewObj(true);
    case kReduce: return loadReduce();
    case kBuild: return loadBuild();
    default:
      if (isprint(op) && op != '\'' && op != '\\') return raise(t_, *unpickling_error, "invalid load key, '%c'.", op);
      return raise(t_, *unpickling_error, "invalid load key, '\\x%02x'.", op);
  }
}

// --- numbers ---

namespace {

// A line without its end; a zero byte ends it as well.
std::string_view withoutEnd(const char* line, size_t size) {
  std::string_view text{line, size ? size - 1 : 0};
  return text.substr(0, text.find('\0'));
}
// The number of a text; `shown` is what the error shows.
Ref<> intOfText(Thread& t, std::string_view text, int base, std::string_view shown) {
  Ref<Str> original = decodeText(t, shown, NativeCodec::kUtf8, nullptr);
  return original ? newIntFromText(t, text.data(), text.size(), base, original) : Ref<>();
}

}  // namespace

bool Loader::loadIntLine() {
  size_t size;
  const char* line = readLine(&size);
  if (!line) return false;
  if (size < 2) return truncated();
  std::string_view text = withoutEnd(line, size);
  if (text == "00") return push(steal(kFalse));
  if (text == "01") return push(steal(kTrue));
  Ref<> v = intOfText(t_, text, 0, text);
  if (!v && raisedIs(t_, exc::ValueError)) {
    clearException(t_);
    return raise(t_, exc::ValueError, "could not convert string to int");
  }
  return push(std::move(v));
}
bool Loader::loadLongLine() {
  size_t size;
  const char* line = readLine(&size);
  if (!line) return false;
  if (size < 2) return truncated();
  std::string_view text = withoutEnd(line, size);
  bool suffix = !text.empty() && text.back() == 'L';
  if (suffix) text.remove_suffix(1);
  std::string_view digits = text.substr(!text.empty() && (text[0] == '-' || text[0] == '+'));
  bool prefixed = !digits.empty() && digits[0] == '0';
  bool whole = !suffix && text.size() == size - 1;
  return push(intOfText(t_, text, prefixed ? 0 : 10, whole ? std::string_view(line, size) : text));
}
bool Loader::loadLong(int size_bytes) {
  uint64_t size;
  if (!readNumber(size_bytes, &size)) return false;
  if (size_bytes == 4 && int32_t(size) < 0) return raise(t_, *unpickling_error, "LONG pickle has negative byte count");
  const uint8_t* p = read(size);
  return p && push(newIntFromBytes(t_, p, size, true, true));
}
bool Loader::loadFloatLine() {
  size_t size;
  const char* line = readLine(&size);
  if (!line) return false;
  if (size < 2) return truncated();
  double d;
  size_t used = 0;
  if (!parseFloat(withoutEnd(line, size), &d, &used) || used == 0) {
    return raise(t_, exc::ValueError, "could not convert string to float: '%.*s'", int(size < 200 ? size : 200), line);
  }
  if (used != size - 1 && line[used] != 0) return raise(t_, exc::ValueError, "could not convert string to float");
  if (std::isinf(d) && isdigit(static_cast<unsigned char>(line[used - 1]))) {
    return raise(t_, exc::OverflowError, "value too large to convert to float: '%.*s'", int(size < 200 ? size : 200),
                 line);
  }
  return push(steal(Value::fromDouble(canonicalNaN(d))));
}
bool Loader::loadBinFloat() {
  uint64_t bits;
  return readNumber(8, &bits) &&
         push(steal(Value::fromDouble(canonicalNaN(std::bit_cast<double>(__builtin_bswap64(bits))))));
}

// --- text and bytes ---

// A string of Python 2 is text in the encoding that the reader says, or bytes.
bool Loader::pushString(Ref<Bytes> content) {
  if (!content) return false;
  if (strEqualsAscii(asStr(u_->encoding), "bytes")) return push(std::move(content));
  return push(decodeBytes(t_, content, Utf8(asStr(u_->encoding)).c_str(), Utf8(asStr(u_->errors)).c_str()));
}
bool Loader::loadStringLine() {
  size_t size;
  const char* line = readLine(&size);
  if (!line) return false;
  std::string_view text{line, size - 1};
  if (text.size() < 2 || text.front() != text.back() || (text.front() != '\'' && text.front() != '"')) {
    return raise(t_, *unpickling_error, "the STRING opcode argument must be quoted");
  }
  return pushString(decodeEscape(t_, text.substr(1, text.size() - 2), nullptr));
}
bool Loader::loadBinString(int size_bytes) {
  uint64_t size;
  if (!readNumber(size_bytes, &size)) return false;
  const uint8_t* p = read(size);
  return p && pushString(newBytes(t_, {reinterpret_cast<const char*>(p), size}));
}
bool Loader::loadBinBytes(int size_bytes) {
  size_t size;
  if (!readSize(size_bytes, "BINBYTES", &size)) return false;
  if (size <= 4096 || size <= u_->size - u_->at || !u_->read) {
    const uint8_t* p = read(size);
    return p && push(newBytes(t_, {reinterpret_cast<const char*>(p), size}));
  }
  Ref<Bytes> bytes = newBytesBlank(t_, int64_t(size));
  return bytes && readInto(bytes->data, size) && push(std::move(bytes));
}
bool Loader::loadByteArray() {
  size_t size;
  if (!readSize(8, "BYTEARRAY8", &size)) return false;
  if (!u_->read && size > u_->size - u_->at) return truncated();
  Ref<ByteArray> array = newByteArray(t_, {});
  return array && byteArrayResize(t_, array.get(), int64_t(size)) && readInto(array->data, size) &&
         push(std::move(array));
}
bool Loader::loadUnicodeLine() {
  size_t size;
  const char* line = readLine(&size);
  return line && push(decodeRawUnicodeEscape(t_, {line, size - 1}, nullptr, nullptr));
}
bool Loader::loadBinUnicode(int size_bytes) {
  size_t size;
  if (!readSize(size_bytes, "BINUNICODE", &size)) return false;
  const uint8_t* p = read(size);
  return p && push(decodeText(t_, {reinterpret_cast<const char*>(p), size}, NativeCodec::kUtf8, "surrogatepass"));
}

// --- containers ---

bool Loader::loadTuple(int64_t count) {
  if (u_->stack.size - count < u_->fence) return underflow();
  return push(count ? popTuple(u_->stack.size - count) : share(emptyTuple()));
}
bool Loader::loadMarked(uint8_t op) {
  int64_t from = popMark();
  if (from < 0) return false;
  if (op == kTupleOp) return push(popTuple(from));
  if (op == kListOp) return push(popList(from));
  Ref<Tuple> items = popTuple(from);
  return items && push(newFrozenSet(t_, items));
}
bool Loader::loadDict() {
  int64_t from = popMark();
  if (from < 0) return false;
  if ((u_->stack.size - from) % 2) return raise(t_, *unpickling_error, "odd number of items for DICT");
  Ref<Dict> dict = newDict(t_);
  for (int64_t i = from; dict && i + 1 < u_->stack.size; i += 2) {
    if (!dictSet(t_, dict.get(), u_->stack.items[i], u_->stack.items[i + 1])) return false;
  }
  u_->stack.truncate(from);
  return push(std::move(dict));
}
bool Loader::loadAppends(int64_t from) {
  int64_t size = u_->stack.size;
  if (from > size || from <= u_->fence) return underflow();
  if (from == size) return true;
  Ref<> list = share(u_->stack.items[from - 1]);
  Ref<List> items = popList(from);
  if (!items) return false;
  if (isExactList(list)) return listExtend(t_, asList(list), items);
  Ref<> extend = getAttrOrEmpty(t_, list, internStatic("extend"));
  if (extend) return bool(call(t_, extend, items));
  if (t_.raised()) return false;
  Ref<> append = getAttr(t_, list, "append");
  for (int64_t i = 0; append && i < items->size; ++i) {
    if (!call(t_, append, listGet(items.get(), i))) return false;
  }
  return bool(append);
}
bool Loader::loadSetItems(int64_t from) {
  int64_t size = u_->stack.size;
  if (from > size || from <= u_->fence) return underflow();
  if (from == size) return true;
  if ((size - from) % 2) return raise(t_, *unpickling_error, "odd number of items for SETITEMS");
  Ref<> dict = share(u_->stack.items[from - 1]);
  for (int64_t i = from; i + 1 < size; i += 2) {
    Ref<> key = share(u_->stack.items[i]), v = share(u_->stack.items[i + 1]);
    if (isExactDict(dict) ? !dictSet(t_, asDict(dict), key, v) : !setItem(t_, dict, key, v)) return false;
  }
  u_->stack.truncate(from);
  return true;
}
bool Loader::loadAddItems() {
  int64_t from = popMark();
  if (from < 0) return false;
  int64_t size = u_->stack.size;
  if (from > size || from <= u_->fence) return underflow();
  if (from == size) return true;
  Ref<> set = share(u_->stack.items[from - 1]);
  Ref<Tuple> items = popTuple(from);
  if (!items) return false;
  if (isInstance(set, &types::Set)) return setUpdate(t_, asSet(set), items);
  Ref<> add = getAttr(t_, set, "add");
  for (int64_t i = 0; add && i < items->size; ++i) {
    if (!call(t_, add, items->items[i])) return false;
  }
  return bool(add);
}

// Values and marks stand on two stacks: the last mark goes when nothing stands above it.
bool Loader::loadPop() {
  int64_t size = u_->stack.size;
  if (u_->mark_count > 0 && u_->marks[u_->mark_count - 1] == size) return popMark() >= 0;
  if (size <= u_->fence) return underflow();
  u_->stack.pop().reset();
  return true;
}

// --- memo ---

bool Loader::lineIndex(int64_t* out, bool on_stack) {
  size_t size;
  const char* line = readLine(&size);
  if (!line) return false;
  if (size < 2) return truncated();
  Value top;
  if (on_stack && !peekTop(&top)) return false;
  Ref<> number = intOfText(t_, withoutEnd(line, size), 10, {line, size});
  if (!number) return false;
  *out = toIndex(t_, number);
  return *out != -1 || !t_.raised();
}
bool Loader::loadGet(int64_t index) {
  Value v = index >= 0 && index < u_->memo.size ? u_->memo.items[index] : Value();
  if (!v) return raise(t_, *unpickling_error, "Memo value not found at index %lld", static_cast<long long>(index));
  return push(share(v));
}
bool Loader::loadPut(int64_t index) {
  Value top;
  if (!peekTop(&top)) return false;
  ValueArray& memo = u_->memo;
  if (index >= memo.size) {
    if (index >= memo.room) {
      if (index > (int64_t(1) << 40)) return raiseNoMemory(t_);
      int64_t room = (index + 1) * 2;
      void* grown = memo.items ? resizeBuffer(memo.items, size_t(room) * sizeof(Value))
                               : allocateBuffer(size_t(room) * sizeof(Value));
      if (!grown) return raiseNoMemory(t_);
      memo.items = static_cast<Value*>(grown);
      memo.room = room;
    }
    while (memo.size <= index) memo.items[memo.size++] = Value();
  }
  assign(memo.items[index], share(top));
  return true;
}

// --- frames and buffers ---

bool Loader::loadFrame() {
  uint64_t size;
  if (!readNumber(8, &size)) return false;
  if (size > uint64_t(INT64_MAX)) {
    return raise(t_, exc::OverflowError, "FRAME length exceeds system's maximum of %lld bytes",
                 static_cast<long long>(INT64_MAX));
  }
  if (!read(size)) return false;
  u_->at -= size;  // it is all there: back to its start
  return true;
}
bool Loader::loadNextBuffer() {
  if (!u_->buffers) {
    return raise(t_, *unpickling_error, "pickle stream refers to out-of-band data but no *buffers* argument was given");
  }
  Ref<> keep = share(u_->buffers);
  Ref<> buffer = next(t_, keep);
  if (!buffer && !t_.raised()) return raise(t_, *unpickling_error, "not enough out-of-band buffers");
  return push(std::move(buffer));
}
bool Loader::loadReadonlyBuffer() {
  Value top;
  if (!peekTop(&top)) return false;
  Ref<> view = newMemoryView(t_, top);
  if (!view) return false;
  if (asMemoryView(view)->readonly) return true;
  Ref<> readonly = callMethod(t_, view, "toreadonly");
  if (!readonly) return false;
  assign(u_->stack.items[u_->stack.size - 1], std::move(readonly));
  return true;
}

}  // namespace krait::pickle
