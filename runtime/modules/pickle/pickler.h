// Pickler objects: the stream that is written, the memo, and the functions that save each kind of object.
#pragma once
#include "runtime/modules/pickle/pickle.h"

namespace krait::pickle {

// Which objects were written already: object -> number. Holds the objects, as their addresses may not be used again.
class Memo {
 public:
  int64_t find(Value v) const;  // -1: absent
  [[nodiscard]] bool insert(Thread& t, Value v, int64_t number);
  size_t size() const { return count_; }
  void clear();
  void traverse(Visitor& visitor);
  [[nodiscard]] bool copyFrom(Thread& t, const Memo& other);
  template <class F>
  bool each(F f) const {
    for (size_t i = 0; i < capacity_; ++i) {
      if (entries_[i].object && !f(entries_[i].object, entries_[i].number)) return false;
    }
    return true;
  }

 private:
  struct Entry {
    Value object;  // owned; empty: free
    int64_t number;
  };
  static size_t slot(Value v) {
    uint64_t h = (v.bits >> 4) * 0x9E37'79B9'7F4A'7C15u;
    return size_t(h ^ h >> 32);
  }
  bool grow();

  Entry* entries_;  // zero memory is an empty memo
  size_t capacity_, count_;
};

//  zero behind the header: an object on which __init__ was not called
struct Pickler : Object {
  Memo memo;
  Hook persistent_id;
  Value dispatch_table, reducer_override, write, buffer_callback;  // owned or empty
  Value fast_memo;                                                 // dict of the open containers in fast mode, or empty
  uint8_t* data;                                                   // what was written but not given to `write`
  size_t size, room;
  int64_t frame_start;  // where the open frame's header goes; -1: none is open
  int32_t protocol, fast, fast_nesting, bin;
  bool framing, fix_imports, initialised;
};
inline Pickler* asPickler(Value v) { return static_cast<Pickler*>(v.asObject()); }

class Saver {
 public:
  Saver(Thread& t, Pickler* p) : t_(t), p_(p) {}
  // One object and the end of the pickle. False: raised.
  [[nodiscard]] bool dump(Value v);
  [[nodiscard]] bool flush();  // to `write`

 private:
  // --- the stream (stream.cpp) ---
  [[nodiscard]] bool put(const void* data, size_t size);
  [[nodiscard]] bool put(uint8_t op) { return put(&op, 1); }
  [[nodiscard]] bool put(uint8_t op, uint64_t number, int bytes);
  [[nodiscard]] bool putText(const char* format, ...) __attribute__((format(printf, 2, 3)));
  [[nodiscard]] bool putLarge(const uint8_t* header, size_t header_size, const void* data, size_t size, Value payload);
  [[nodiscard]] bool reserve(size_t more);
  void commitFrame();
  [[nodiscard]] bool opcodeBoundary();
  [[nodiscard]] bool memoize(Value v);
  [[nodiscard]] bool putGet(int64_t number);

  // --- atoms and containers (save.cpp) ---
  [[nodiscard]] bool save(Value v, bool persistent = true);
  int savePersistent(Value v);
  [[nodiscard]] bool saveKnown(Value v, bool* done);
  [[nodiscard]] bool saveInt(Value v);
  [[nodiscard]] bool saveFloat(double d);
  [[nodiscard]] bool saveBytes(Value v);
  [[nodiscard]] bool saveByteArray(Value v);
  [[nodiscard]] bool saveBuffer(Value v);
  [[nodiscard]] bool putBytes(Value memo_as, std::string_view data, Value payload);
  [[nodiscard]] bool putByteArray(Value memo_as, std::string_view data, Value payload);
  [[nodiscard]] bool saveStr(Value v);
  [[nodiscard]] bool saveTuple(Value v);
  [[nodiscard]] bool saveItems(const Tuple* tuple);
  [[nodiscard]] bool saveList(Value v);
  [[nodiscard]] bool saveDict(Value v);
  [[nodiscard]] bool saveSet(Value v);
  [[nodiscard]] bool saveFrozenSet(Value v);
  [[nodiscard]] bool batchList(Value iterator);
  [[nodiscard]] bool batchDict(Value iterator);
  [[nodiscard]] bool enterFast(Value v);
  void leaveFast(Value v);

  // --- everything else (save_objects.cpp) ---
  [[nodiscard]] bool saveObject(Value v);
  [[nodiscard]] bool saveByReduction(Value v, Value reduced);
  [[nodiscard]] bool saveReduce(Tuple* parts, Value v);
  [[nodiscard]] bool saveNewObj(Tuple* args, Value v);
  [[nodiscard]] bool saveNewObjEx(Tuple* args);
  [[nodiscard]] bool saveState(Value state, Value setter, Value v);
  [[nodiscard]] bool saveType(Value v);
  [[nodiscard]] bool saveGlobal(Value v, Value name);
  [[nodiscard]] bool saveExtension(Value v, Value module, Value name, bool* done);
  [[nodiscard]] bool putGlobal(Ref<> module, Ref<> name);

  Thread& t_;
  Pickler* p_;
};

}  // namespace krait::pickle
