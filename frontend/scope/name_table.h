// An ordered map from names to small numbers: symbols with their flags, a code object's names with their indices.
//
// Most scopes have a handful of names, so small tables are searched linearly; names are interned, so a comparison is one
// of pointers. Lives in the arena, entries move when it grows.
#pragma once

#include <cstdint>
#include <cstring>

#include "frontend/ast/arena.h"

namespace krait::frontend {

class NameTable {
 public:
  struct Entry {
    Identifier name;
    uint32_t value;
  };

  explicit NameTable(Arena& arena) : arena_(arena) {}

  uint32_t size() const { return size_; }
  Entry* begin() const { return entries_; }
  Entry* end() const { return entries_ + size_; }
  Entry& operator[](uint32_t i) const { return entries_[i]; }

  Entry* find(Identifier name) const {
    if (!slots_) {
      for (Entry& entry : *this)
        if (entry.name == name) return &entry;
      return nullptr;
    }
    uint32_t index = slots_[slotOf(name)];
    return index ? &entries_[index - 1] : nullptr;
  }
  bool contains(Identifier name) const { return find(name) != nullptr; }

  // The entry of `name`, which is new with value 0 when it was not there.
  Entry& add(Identifier name) {
    if (Entry* entry = find(name)) return *entry;
    if (size_ == capacity_) grow();
    entries_[size_] = {name, 0};
    ++size_;
    if (slots_)
      slots_[slotOf(name)] = size_;
    else if (size_ > kLinear)
      rehash(32);
    if (slots_ && size_ * 2 > mask_) rehash((mask_ + 1) * 2);
    return entries_[size_ - 1];
  }

  // The position of `name`, added at the end when it was not there.
  uint32_t indexOf(Identifier name) { return static_cast<uint32_t>(&add(name) - entries_); }

 private:
  static constexpr uint32_t kLinear = 8;

  uint32_t slotOf(Identifier name) const {
    uint32_t slot = name.hash() & mask_;
    while (slots_[slot] && entries_[slots_[slot] - 1].name != name) slot = (slot + 1) & mask_;
    return slot;
  }
  void grow() {
    uint32_t capacity = capacity_ ? capacity_ * 2 : 8;
    auto* entries = static_cast<Entry*>(arena_.allocate(sizeof(Entry) * capacity, alignof(Entry)));
    if (size_) std::memcpy(static_cast<void*>(entries), entries_, sizeof(Entry) * size_);
    entries_ = entries;
    capacity_ = capacity;
  }
  void rehash(uint32_t slots) {
    slots_ = static_cast<uint32_t*>(arena_.allocate(sizeof(uint32_t) * slots, alignof(uint32_t)));
    std::memset(slots_, 0, sizeof(uint32_t) * slots);
    mask_ = slots - 1;
    for (uint32_t i = 0; i < size_; ++i) slots_[slotOf(entries_[i].name)] = i + 1;
  }

  Arena& arena_;
  Entry* entries_ = nullptr;
  uint32_t* slots_ = nullptr;
  uint32_t size_ = 0;
  uint32_t capacity_ = 0;
  uint32_t mask_ = 0;
};

}  // namespace krait::frontend
