// Identity of constants: see constant_pool.h.
#include "frontend/assemble/constant_pool.h"

#include <bit>
#include <cmath>

namespace krait::frontend {

namespace {

using Kind = Constant::Kind;

constexpr uint64_t mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15ull;
  return hash ^ hash >> 29;
}

uint64_t hashText(uint64_t hash, std::string_view text) {
  while (text.size() >= 8) {
    uint64_t word;
    std::memcpy(&word, text.data(), 8);
    hash = mix(hash, word);
    text.remove_prefix(8);
  }
  uint64_t word = text.size();
  for (unsigned char c : text) word = word << 8 | c;
  return mix(hash, word);
}

uint64_t hashConstant(const Constant& c) {
  uint64_t hash = mix(1, static_cast<uint64_t>(c.kind));
  switch (c.kind) {
    case Kind::Int: return mix(hash, static_cast<uint64_t>(c.integer));
    case Kind::BigInt:
      for (uint32_t i = 0; i < c.big.count; ++i) hash = mix(hash, c.big.limbs[i]);
      return hash;
    case Kind::Float: return mix(hash, std::bit_cast<uint64_t>(c.real));
    case Kind::Complex:
      return mix(mix(hash, std::bit_cast<uint64_t>(c.complex.real)), std::bit_cast<uint64_t>(c.complex.imag));
    case Kind::Str:
    case Kind::Bytes: return hashText(hash, c.view());
    case Kind::Tuple:
      for (const Constant* item : c.elements()) hash = mix(hash, hashConstant(*item));
      return hash;
    case Kind::FrozenSet: {
      uint64_t sum = 0;  // the order does not matter
      for (const Constant* item : c.elements()) sum += hashConstant(*item);
      return mix(hash, sum);
    }
    default: return hash;
  }
}

uint64_t hashItem(const PoolItem& item) {
  if (item.constant) return hashConstant(*item.constant);
  return hashText(mix(2, static_cast<uint64_t>(item.code->first_line)), item.code->bytecode);
}

// A NaN equals nothing but itself, and here "itself" is the same literal.
bool sameDouble(double left, double right) {
  return std::bit_cast<uint64_t>(left) == std::bit_cast<uint64_t>(right) && !std::isnan(left);
}

bool sameItem(const PoolItem& left, const PoolItem& right) {
  if (left.constant && right.constant) return sameConstant(*left.constant, *right.constant);
  return left.code && right.code && sameCode(*left.code, *right.code);
}

template <typename T, typename Same>
bool sameSequence(Seq<T> left, Seq<T> right, Same same) {
  if (left.size() != right.size()) return false;
  for (size_t i = 0; i < left.size(); ++i)
    if (!same(left[i], right[i])) return false;
  return true;
}

}  // namespace

bool sameConstant(const Constant& left, const Constant& right) {
  if (&left == &right) return true;
  if (left.kind != right.kind) return false;
  switch (left.kind) {
    case Kind::Int: return left.integer == right.integer;
    case Kind::BigInt:
      return left.big.count == right.big.count && left.big.negative == right.big.negative &&
             std::memcmp(left.big.limbs, right.big.limbs, left.big.count * sizeof(uint64_t)) == 0;
    case Kind::Float: return sameDouble(left.real, right.real);
    case Kind::Complex:
      return sameDouble(left.complex.real, right.complex.real) && sameDouble(left.complex.imag, right.complex.imag);
    case Kind::Str:
    case Kind::Bytes: return left.view() == right.view();
    case Kind::Tuple:
      return sameSequence(left.elements(), right.elements(),
                          [](const Constant* a, const Constant* b) { return sameConstant(*a, *b); });
    case Kind::FrozenSet: {
      auto contains_all = [](const Constant& outer, const Constant& inner) {
        for (const Constant* wanted : inner.elements()) {
          bool found = false;
          for (const Constant* item : outer.elements()) found = found || sameConstant(*item, *wanted);
          if (!found) return false;
        }
        return true;
      };
      return contains_all(left, right) && contains_all(right, left);
    }
    default: return true;
  }
}

bool sameCode(const Code& left, const Code& right) {
  auto same_name = [](Identifier a, Identifier b) { return a == b; };
  return left.name == right.name && left.argument_count == right.argument_count &&
         left.positional_only_count == right.positional_only_count &&
         left.keyword_only_count == right.keyword_only_count && left.flags == right.flags &&
         left.first_line == right.first_line && left.bytecode == right.bytecode &&
         left.line_table == right.line_table && left.exception_table == right.exception_table &&
         sameSequence(left.names, right.names, same_name) && sameSequence(left.locals, right.locals, same_name) &&
         sameSequence(left.constants, right.constants, sameItem);
}

void ConstantPool::grow() {
  uint32_t capacity = capacity_ ? capacity_ * 2 : 16;
  auto* entries = static_cast<Entry*>(arena_.allocate(sizeof(Entry) * capacity, alignof(Entry)));
  if (size_) std::memcpy(static_cast<void*>(entries), entries_, sizeof(Entry) * size_);
  entries_ = entries;
  capacity_ = capacity;
  uint32_t slots = capacity * 2;
  slots_ = static_cast<uint32_t*>(arena_.allocate(sizeof(uint32_t) * slots, alignof(uint32_t)));
  std::memset(slots_, 0, sizeof(uint32_t) * slots);
  for (uint32_t i = 0; i < size_; ++i) {
    uint64_t slot = entries_[i].hash & (slots - 1);
    while (slots_[slot]) slot = (slot + 1) & (slots - 1);
    slots_[slot] = i + 1;
  }
}

uint32_t ConstantPool::add(PoolItem item) {
  if (size_ == capacity_) grow();
  uint64_t hash = hashItem(item);
  uint32_t mask = capacity_ * 2 - 1;
  uint64_t slot = hash & mask;
  for (; slots_[slot]; slot = (slot + 1) & mask) {
    Entry& entry = entries_[slots_[slot] - 1];
    if (entry.hash == hash && sameItem(entry.item, item)) return slots_[slot] - 1;
  }
  entries_[size_] = {item, hash};
  slots_[slot] = ++size_;
  return size_ - 1;
}

Seq<const PoolItem> ConstantPool::finish(uint32_t count) const {
  auto* items = static_cast<PoolItem*>(arena_.allocate(sizeof(PoolItem) * (count + 1), alignof(PoolItem)));
  for (uint32_t i = 0; i < count; ++i) items[i] = entries_[i].item;
  return {items, count};
}

}  // namespace krait::frontend
