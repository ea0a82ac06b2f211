// Blocks and the table of names behind Arena: see arena.h.
#include "frontend/ast/arena.h"

#include <cstdlib>

namespace krait::frontend {

namespace {

constexpr size_t kLargestBlock = 1024 * 1024;

uint32_t hashName(std::string_view text) {
  uint32_t hash = 2166136261u;
  for (unsigned char c : text) hash = (hash ^ c) * 16777619u;
  return hash ? hash : 1;
}

}  // namespace

Arena::~Arena() {
  for (Block* block = blocks_; block;) {
    Block* previous = block->previous;
    std::free(block);
    block = previous;
  }
  std::free(names_);
}

void* Arena::allocateSlow(size_t size, size_t align) {
  size_t wanted = size + align + sizeof(Block);
  // A large request gets a block of its own, so that the rest of the current block is not lost.
  bool own_block = wanted > block_size_ / 2;
  size_t block_size = own_block ? wanted : block_size_;
  auto* block = static_cast<Block*>(std::malloc(block_size));
  if (!block) std::abort();
  block->previous = blocks_;
  blocks_ = block;
  uintptr_t start = reinterpret_cast<uintptr_t>(block + 1);
  start = (start + align - 1) & ~(uintptr_t(align) - 1);
  if (!own_block) {
    next_ = start + size;
    limit_ = reinterpret_cast<uintptr_t>(block) + block_size;
    if (block_size_ < kLargestBlock) block_size_ *= 2;
  }
  return reinterpret_cast<void*>(start);
}

void Arena::growNames() {
  uint32_t capacity = name_capacity_ ? name_capacity_ * 2 : 256;
  auto** table = static_cast<const Identifier::Entry**>(std::calloc(capacity, sizeof(*names_)));
  if (!table) std::abort();
  for (uint32_t i = 0; i < name_capacity_; ++i) {
    if (!names_[i]) continue;
    uint32_t slot = names_[i]->hash & (capacity - 1);
    while (table[slot]) slot = (slot + 1) & (capacity - 1);
    table[slot] = names_[i];
  }
  std::free(names_);
  names_ = table;
  name_capacity_ = capacity;
}

Identifier Arena::intern(std::string_view text) {
  if ((name_count_ + 1) * 2 > name_capacity_) growNames();
  uint32_t hash = hashName(text);
  uint32_t slot = hash & (name_capacity_ - 1);
  for (; names_[slot]; slot = (slot + 1) & (name_capacity_ - 1)) {
    const Identifier::Entry* entry = names_[slot];
    if (entry->hash == hash && entry->size == text.size() && std::memcmp(entry->data, text.data(), text.size()) == 0) {
      return Identifier(entry);
    }
  }
  std::string_view stored = copy(text);
  auto* entry = make<Identifier::Entry>(hash, static_cast<uint32_t>(stored.size()), stored.data());
  names_[slot] = entry;
  ++name_count_;
  return Identifier(entry);
}

}  // namespace krait::frontend
