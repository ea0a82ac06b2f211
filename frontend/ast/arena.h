// Memory of one compilation: syntax trees, names and constants live here and die together.
//
// Nothing in an arena has a destructor; whatever is put in is plain data. Names are interned, so two identifiers of one
// arena are equal exactly when their handles are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

namespace krait::frontend {

// An interned name: UTF-8, NFKC-normalised by the lexer. The empty handle stands for an absent identifier.
class Identifier {
 public:
  struct Entry {
    uint32_t hash;
    uint32_t size;
    const char* data;
  };

  constexpr Identifier() = default;
  constexpr explicit Identifier(const Entry* entry) : entry_(entry) {}

  explicit operator bool() const { return entry_ != nullptr; }
  std::string_view view() const { return entry_ ? std::string_view(entry_->data, entry_->size) : std::string_view(); }
  uint32_t hash() const { return entry_ ? entry_->hash : 0; }
  const Entry* entry() const { return entry_; }
  friend bool operator==(Identifier a, Identifier b) { return a.entry_ == b.entry_; }
  friend bool operator==(Identifier a, std::string_view b) { return a.entry_ && a.view() == b; }

 private:
  const Entry* entry_ = nullptr;
};

// A fixed array in an arena.
template <typename T>
class Seq {
 public:
  constexpr Seq() = default;
  constexpr Seq(T* data, size_t size) : data_(data), size_(static_cast<uint32_t>(size)) {}

  uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](size_t i) const { return data_[i]; }
  T& front() const { return data_[0]; }
  T& back() const { return data_[size_ - 1]; }
  T* begin() const { return data_; }
  T* end() const { return data_ + size_; }
  T* data() const { return data_; }

 private:
  T* data_ = nullptr;
  uint32_t size_ = 0;
};

class Arena {
 public:
  Arena() = default;
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void* allocate(size_t size, size_t align = alignof(std::max_align_t)) {
    uintptr_t start = (next_ + align - 1) & ~(uintptr_t(align) - 1);
    if (start + size > limit_) return allocateSlow(size, align);
    next_ = start + size;
    return reinterpret_cast<void*>(start);
  }

  template <typename T, typename... Args>
  T* make(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (allocate(sizeof(T), alignof(T))) T{std::forward<Args>(args)...};
  }

  template <typename T>
  Seq<T> seq(const T* items, size_t count) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (count == 0) return {};
    T* copy = static_cast<T*>(allocate(sizeof(T) * count, alignof(T)));
    std::memcpy(static_cast<void*>(copy), items, sizeof(T) * count);
    return {copy, count};
  }
  template <typename T>
  Seq<T> seq(std::initializer_list<T> items) {
    return seq(items.begin(), items.size());
  }

  std::string_view copy(std::string_view text) {
    char* data = static_cast<char*>(allocate(text.size() + 1, 1));
    if (!text.empty()) std::memcpy(data, text.data(), text.size());
    data[text.size()] = 0;
    return {data, text.size()};
  }

  Identifier intern(std::string_view text);

 private:
  struct Block {
    Block* previous;
  };

  void* allocateSlow(size_t size, size_t align);
  void growNames();

  uintptr_t next_ = 0;
  uintptr_t limit_ = 0;
  Block* blocks_ = nullptr;
  size_t block_size_ = 16 * 1024;
  const Identifier::Entry** names_ = nullptr;
  uint32_t name_count_ = 0;
  uint32_t name_capacity_ = 0;
};

// Collects a sequence of unknown length and then copies it into the arena. Lives on the C++ stack; the first items need
// no allocation, and what is outgrown stays in the arena.
template <typename T, size_t kInline = 8>
class SeqBuilder {
 public:
  explicit SeqBuilder(Arena& arena) : arena_(arena), data_(reinterpret_cast<T*>(inline_)) {}
  SeqBuilder(const SeqBuilder&) = delete;
  SeqBuilder& operator=(const SeqBuilder&) = delete;

  void push(T item) {
    if (size_ == capacity_) grow();
    new (data_ + size_++) T(item);
  }
  void append(Seq<T> items) {
    for (const T& item : items) push(item);
  }
  void pop() { --size_; }
  void clear() { size_ = 0; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](size_t i) { return data_[i]; }
  T& back() { return data_[size_ - 1]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  Seq<T> finish() { return arena_.seq(static_cast<const T*>(data_), size_); }

 private:
  void grow() {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
    T* bigger = static_cast<T*>(arena_.allocate(sizeof(T) * capacity_ * 2, alignof(T)));
    std::memcpy(static_cast<void*>(bigger), data_, sizeof(T) * size_);
    data_ = bigger;
    capacity_ *= 2;
  }

  Arena& arena_;
  T* data_;
  size_t size_ = 0;
  size_t capacity_ = kInline;
  alignas(T) unsigned char inline_[sizeof(T) * kInline];
};

}  // namespace krait::frontend
