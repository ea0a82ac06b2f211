// Unpickler objects: the input, the stack with its marks, the memo, and the functions that each opcode calls.
#pragma once
#include "runtime/modules/pickle/pickle.h"
#include "runtime/objects/list.h"
#include "runtime/protocols/buffer.h"

namespace krait::pickle {

// A growing array of owned values; zero memory is an empty one.
struct ValueArray {
  Value* items;
  int64_t size, room;

  [[nodiscard]] bool push(Thread& t, Ref<> v);
  Ref<> pop() { return Ref<>::steal(items[--size]); }
  void truncate(int64_t to);
  void clear();
  void traverse(Visitor& visitor) const {
    for (int64_t i = 0; i < size; ++i) visitor.visit(items[i]);
  }
};

struct Unpickler : Object {
  ValueArray stack, memo;  // entries of the memo may be empty
  int64_t* marks;          // sizes of the stack
  int64_t mark_count, mark_room, fence;
  Hook persistent_load;
  Value read, read_line, read_into, peek;  // owned or empty; without read all of the input is there
  Value source;                            // bytes that were read from the file, or what loads() was given a buffer of
  const uint8_t* data;                     // of the input at hand
  size_t size, at;
  size_t peeked;           // bytes of the input that the file still has; those used are to be read
  Value buffers;           // iterator or empty
  Value encoding, errors;  // str
  int32_t protocol;
  bool fix_imports, initialised, loading;
};
inline Unpickler* asUnpickler(Value v) { return static_cast<Unpickler*>(v.asObject()); }

// One pickle from the input. Everything raises.
class Loader {
 public:
  Loader(Thread& t, Unpickler* u) : t_(t), u_(u) {}
  Ref<> load();
  Ref<> findClass(Ref<> module, Ref<> name);

 private:
  // --- input (input.cpp) ---
  // `size` bytes, valid until the next read. Null: raised.
  const uint8_t* read(size_t size);
  [[nodiscard]] bool readInto(uint8_t* to, size_t size);
  const char* readLine(size_t* size);  // with its end
  bool readNumber(int bytes, uint64_t* out);
  bool readSize(int bytes, const char* what, size_t* out);
  bool fetch(Ref<> data);
  bool skipUsed();
  bool more(size_t size);
  Raised truncated() { return raise(t_, *unpickling_error, "pickle data was truncated"); }

  // --- stack ---
  [[nodiscard]] bool push(Ref<> v) { return v && u_->stack.push(t_, std::move(v)); }
  Ref<> pop();
  bool peekTop(Value* out);
  int64_t popMark();  // -1: raised
  Ref<Tuple> popTuple(int64_t from);
  Ref<List> popList(int64_t from);
  Raised underflow();

  // --- opcodes (load.cpp, load_objects.cpp) ---
  bool step(uint8_t op, bool* stop);
  bool loadIntLine();
  bool loadLongLine();
  bool loadLong(int size_bytes);
  bool loadFloatLine();
  bool loadBinFloat();
  bool loadStringLine();
  bool loadBinString(int size_bytes);
  bool pushString(Ref<Bytes> content);
  bool loadBinBytes(int size_bytes);
  bool loadByteArray();
  bool loadUnicodeLine();
  bool loadBinUnicode(int size_bytes);
  bool loadTuple(int64_t count);
  bool loadMarked(uint8_t op);
  bool loadDict();
  bool loadAppends(int64_t from);
  bool loadSetItems(int64_t from);
  bool loadAddItems();
  bool loadGet(int64_t index);
  bool loadPut(int64_t index);
  bool lineIndex(int64_t* out, bool on_stack);  // on_stack: there must be a value to be put away
  bool loadPop();
  bool loadFrame();
  bool loadNextBuffer();
  bool loadReadonlyBuffer();
  bool loadGlobalLines();
  bool loadStackGlobal();
  Ref<> findByMethod(Ref<> module, Ref<> name);
  bool loadExtension(int bytes);
  bool loadPersistent(Ref<> id);
  bool loadPersistentLine();
  bool loadInst();
  bool loadObj();
  Ref<> instantiate(Value cls, Tuple* args);
  bool loadNewObj(bool keywords);
  bool loadReduce();
  bool loadBuild();
  bool setAttributes(Value v, Value state);

  Thread& t_;
  Unpickler* u_;
};

}  // namespace krait::pickle
