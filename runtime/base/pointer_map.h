// A small open-addressing map from one or two pointers to a pointer, for side tables (weak references, watchers).
// Growth can fail: insert says so. Nothing here owns anything.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace krait {

template <class V>
class PointerMap {
 public:
  struct Entry {
    const void* key = nullptr;  // null: free; kDeleted: was used
    const void* second = nullptr;
    V value{};
  };

  PointerMap() = default;
  PointerMap(const PointerMap&) = delete;
  ~PointerMap() { free(entries_); }

  // The entry's value, or null.
  V* find(const void* key, const void* second = nullptr) {
    if (count_ == 0) return nullptr;
    for (size_t i = hash(key, second) & mask_;; i = (i + 1) & mask_) {
      Entry& e = entries_[i];
      if (e.key == key && e.second == second) return &e.value;
      if (!e.key) return nullptr;
    }
  }
  // The value of a key, made (value-initialised) when absent; null: no memory.
  V* insert(const void* key, const void* second = nullptr) {
    if (V* found = find(key, second)) return found;
    if ((used_ + 1) * 4 > capacity() * 3 && !rehash()) return nullptr;
    for (size_t i = hash(key, second) & mask_;; i = (i + 1) & mask_) {
      Entry& e = entries_[i];
      if (e.key && e.key != kDeleted) continue;
      if (!e.key) ++used_;
      ++count_;
      e = Entry{key, second, V{}};
      return &e.value;
    }
  }
  void erase(const void* key, const void* second = nullptr) {
    if (count_ == 0) return;
    for (size_t i = hash(key, second) & mask_;; i = (i + 1) & mask_) {
      Entry& e = entries_[i];
      if (e.key == key && e.second == second) {
        e = Entry{kDeleted, nullptr, V{}};
        --count_;
        return;
      }
      if (!e.key) return;
    }
  }
  size_t size() const { return count_; }
  // Calls f(entry) for all entries; f may not insert.
  template <class F>
  void each(F f) {
    for (size_t i = 0; i < capacity(); ++i) {
      if (entries_[i].key && entries_[i].key != kDeleted) f(entries_[i]);
    }
  }

 private:
  static inline const void* const kDeleted = reinterpret_cast<const void*>(1);
  static size_t hash(const void* key, const void* second) {
    uint64_t h = (reinterpret_cast<uint64_t>(key) >> 4) * 0x9E37'79B9'7F4A'7C15u;
    h ^= (reinterpret_cast<uint64_t>(second) >> 4) * 0xC2B2'AE3D'27D4'EB4Fu;
    return h ^ (h >> 32);
  }
  size_t capacity() const { return entries_ ? mask_ + 1 : 0; }
  bool rehash() {
    size_t size = 16;
    while (size < (count_ + 1) * 2) size *= 2;
    Entry* fresh = static_cast<Entry*>(calloc(size, sizeof(Entry)));
    if (!fresh) return false;
    for (size_t i = 0; i < capacity(); ++i) {
      const Entry& e = entries_[i];
      if (!e.key || e.key == kDeleted) continue;
      size_t at = hash(e.key, e.second) & (size - 1);
      while (fresh[at].key) at = (at + 1) & (size - 1);
      fresh[at] = e;
    }
    free(entries_);
    entries_ = fresh;
    mask_ = size - 1;
    used_ = count_;
    return true;
  }

  Entry* entries_ = nullptr;
  size_t mask_ = 0;
  size_t count_ = 0;  // live
  size_t used_ = 0;   // live and deleted
};

}  // namespace krait
