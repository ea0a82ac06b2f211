// The stable adaptive merge sort that Python's sort is: natural runs, short ones extended by binary insertion, merged in the
// order that powersort gives, with galloping where one run wins for long. See Peters' description in CPython's listsort.txt.
//
// The sort asks `less` alone, in CPython's order and number, so that counting or inconsistent comparisons behave alike.
// Whatever happens, the arrays hold a permutation of what they held; a failing comparison stops the sort.
#pragma once
#include <cstring>

#include "runtime/memory/memory.h"

namespace krait {

// Keys are compared; values, when there are any, move with them. Both are words of 8 bytes.
template <class Key>
struct SortSpan {
  Key* keys;
  Value* values;  // or null

  SortSpan operator+(int64_t n) const { return {keys + n, values ? values + n : nullptr}; }
  void put(int64_t i, SortSpan from, int64_t j) const {
    keys[i] = from.keys[j];
    if (values) values[i] = from.values[j];
  }
  void move(int64_t i, SortSpan from, int64_t j, int64_t count) const {
    memmove(keys + i, from.keys + j, size_t(count) * sizeof(Key));
    if (values) memmove(values + i, from.values + j, size_t(count) * sizeof(Value));
  }
  void reverse(int64_t count) const {
    for (int64_t i = 0, j = count - 1; i < j; ++i, --j) {
      std::swap(keys[i], keys[j]);
      if (values) std::swap(values[i], values[j]);
    }
  }
};

// Less: int operator()(Key, Key): 1, 0, or -1 when the comparison failed.
template <class Key, class Less>
class MergeSort {
 public:
  using Span = SortSpan<Key>;
  enum class Result { kDone, kFailed, kNoMemory };

  MergeSort(Span all, int64_t length, Less less) : all_(all), length_(length), less_(less) {}
  ~MergeSort() {
    if (spare_.keys) freeBuffer(spare_.keys);
    if (spare_.values) freeBuffer(spare_.values);
  }
  MergeSort(const MergeSort&) = delete;

  Result run() {
    if (length_ >= 2) sortRuns();
    return no_memory_ ? Result::kNoMemory : failed_ ? Result::kFailed : Result::kDone;
  }

 private:
  static constexpr int kMinGallop = 7;
  static constexpr int kMaxPending = 85;
  struct Run {
    int64_t start, length;
    int power;
  };

  // True when a < b; a failure is remembered and reads as "not less": callers test failed_.
  bool isLess(const Key& a, const Key& b) {
    int r = less_(a, b);
    if (__builtin_expect(r < 0, 0)) {
      failed_ = true;
      return false;
    }
    return r != 0;
  }

  void sortRuns() {
    int64_t start = 0, left = length_;
    const int64_t minimum = minimumRun(length_);
    while (left) {
      bool descending;
      int64_t length = countRun(start, start + left, &descending);
      if (failed_) return;
      if (descending) (all_ + start).reverse(length);
      if (length < minimum) {
        int64_t forced = left <= minimum ? left : minimum;
        insertionSort(start, start + forced, start + length);
        if (failed_) return;
        length = forced;
      }
      if (!pushRun(start, length)) return;
      start += length;
      left -= length;
    }
    while (pending_count_ > 1) {
      int i = pending_count_ - 2;
      if (i > 0 && pending_[i - 1].length < pending_[i + 1].length) --i;
      if (!mergeAt(i)) return;
    }
  }

  static int64_t minimumRun(int64_t n) {
    int64_t odd = 0;
    while (n >= 64) {
      odd |= n & 1;
      n >>= 1;
    }
    return n + odd;
  }

  int64_t countRun(int64_t low, int64_t high, bool* descending) {
    *descending = false;
    Key* k = all_.keys;
    if (low + 1 == high) return 1;
    int64_t i = low + 1;
    *descending = isLess(k[i], k[low]);
    for (++i; i < high && !failed_; ++i) {
      if (isLess(k[i], k[i - 1]) != *descending) break;
    }
    return i - low;
  }

  // [low, start) is sorted; puts the others in by binary search.
  void insertionSort(int64_t low, int64_t high, int64_t start) {
    Key* k = all_.keys;
    for (; start < high; ++start) {
      int64_t left = low, right = start;
      Key pivot = k[start];
      while (left < right) {
        int64_t middle = left + ((right - left) >> 1);
        if (isLess(pivot, k[middle])) {
          right = middle;
        } else {
          left = middle + 1;
        }
        if (failed_) return;
      }
      memmove(k + left + 1, k + left, size_t(start - left) * sizeof(Key));
      k[left] = pivot;
      if (Value* v = all_.values) {
        Value moved = v[start];
        memmove(v + left + 1, v + left, size_t(start - left) * sizeof(Value));
        v[left] = moved;
      }
    }
  }

  // Depth, in the ideal merge tree, of the node between two neighbouring runs.
  int nodePower(int64_t start, int64_t length1, int64_t length2) const {
    int64_t a = 2 * start + length1, b = a + length1 + length2;
    for (int power = 1;; ++power) {
      if (a >= length_) {
        a -= length_;
        b -= length_;
      } else if (b >= length_) {
        return power;
      }
      a <<= 1;
      b <<= 1;
    }
  }

  bool pushRun(int64_t start, int64_t length) {
    if (pending_count_) {
      Run* top = &pending_[pending_count_ - 1];
      int power = nodePower(top->start, top->length, length);
      while (pending_count_ > 1 && pending_[pending_count_ - 2].power > power) {
        if (!mergeAt(pending_count_ - 2)) return false;
      }
      pending_[pending_count_ - 1].power = power;
    }
    pending_[pending_count_++] = Run{start, length, 0};
    return true;
  }

  // First place in a[0, n) where key could stand before its equals. a[hint] is where to begin looking.
  int64_t gallopLeft(Key key, const Key* a, int64_t n, int64_t hint) {
    int64_t last = 0, offset = 1;
    a += hint;
    if (isLess(*a, key)) {
      const int64_t most = n - hint;
      while (offset < most && isLess(a[offset], key)) {
        last = offset;
        offset = (offset << 1) + 1;
      }
      if (failed_) return -1;
      if (offset > most) offset = most;
      last += hint;
      offset += hint;
    } else {
      if (failed_) return -1;
      const int64_t most = hint + 1;
      while (offset < most && !isLess(a[-offset], key)) {
        if (failed_) return -1;
        last = offset;
        offset = (offset << 1) + 1;
      }
      if (offset > most) offset = most;
      int64_t k = last;
      last = hint - offset;
      offset = hint - k;
    }
    a -= hint;
    ++last;
    while (last < offset) {
      int64_t middle = last + ((offset - last) >> 1);
      if (isLess(a[middle], key)) {
        last = middle + 1;
      } else {
        offset = middle;
      }
      if (failed_) return -1;
    }
    return offset;
  }

  // The same behind its equals.
  int64_t gallopRight(Key key, const Key* a, int64_t n, int64_t hint) {
    int64_t last = 0, offset = 1;
    a += hint;
    if (isLess(key, *a)) {
      const int64_t most = hint + 1;
      while (offset < most && isLess(key, a[-offset])) {
        last = offset;
        offset = (offset << 1) + 1;
      }
      if (failed_) return -1;
      if (offset > most) offset = most;
      int64_t k = last;
      last = hint - offset;
      offset = hint - k;
    } else {
      if (failed_) return -1;
      const int64_t most = n - hint;
      while (offset < most && !isLess(key, a[offset])) {
        if (failed_) return -1;
        last = offset;
        offset = (offset << 1) + 1;
      }
      if (offset > most) offset = most;
      last += hint;
      offset += hint;
    }
    a -= hint;
    ++last;
    while (last < offset) {
      int64_t middle = last + ((offset - last) >> 1);
      if (isLess(key, a[middle])) {
        offset = middle;
      } else {
        last = middle + 1;
      }
      if (failed_) return -1;
    }
    return offset;
  }

  bool mergeAt(int i) {
    Span a = all_ + pending_[i].start, b = all_ + pending_[i + 1].start;
    int64_t na = pending_[i].length, nb = pending_[i + 1].length;
    pending_[i].length = na + nb;
    if (i == pending_count_ - 3) pending_[i + 1] = pending_[i + 2];
    --pending_count_;

    int64_t skip = gallopRight(b.keys[0], a.keys, na, 0);
    if (skip < 0) return false;
    a = a + skip;
    na -= skip;
    if (na == 0) return true;
    nb = gallopLeft(a.keys[na - 1], b.keys, nb, nb - 1);
    if (nb <= 0) return nb == 0;
    return na <= nb ? mergeLow(a, na, b, nb) : mergeHigh(a, na, b, nb);
  }

  bool needSpare(int64_t n) {
    if (n <= spare_size_) return true;
    if (spare_.keys) freeBuffer(spare_.keys);
    if (spare_.values) freeBuffer(spare_.values);
    spare_size_ = n;
    spare_.keys = static_cast<Key*>(allocateBuffer(size_t(n) * sizeof(Key)));
    spare_.values = all_.values ? static_cast<Value*>(allocateBuffer(size_t(n) * sizeof(Value))) : nullptr;
    if (spare_.keys && (spare_.values || !all_.values)) return true;
    no_memory_ = true;
    spare_size_ = 0;
    return false;
  }

  // Merges neighbours a and b, na <= nb, from the left, with a moved out. The first of b goes first, the last of a last.
  bool mergeLow(Span a, int64_t na, Span b, int64_t nb) {
    if (!needSpare(na)) return false;
    spare_.move(0, a, 0, na);
    Span to = a;
    a = spare_;
    bool done = mergeLowLoop(to, a, na, b, nb);
    // What is left of a, by design one item at most unless comparing failed or lied, goes behind what is left of b.
    if (!failed_ && nb) {
      to.move(0, b, 0, nb);
      to = to + nb;
    }
    if (na) to.move(0, a, 0, na);
    return done;
  }

  // Both ends advance; returns false when a comparison failed.
  bool mergeLowLoop(Span& to, Span& a, int64_t& na, Span& b, int64_t& nb) {
    auto take = [&](Span& from, int64_t& left, int64_t count) {
      to.move(0, from, 0, count);
      to = to + count;
      from = from + count;
      left -= count;
    };
    take(b, nb, 1);
    if (nb == 0 || na == 1) return true;
    int64_t min_gallop = min_gallop_;
    for (;;) {
      int64_t a_count = 0, b_count = 0;
      for (;;) {
        bool less = isLess(b.keys[0], a.keys[0]);
        if (failed_) return false;
        if (less) {
          to.put(0, b, 0), to = to + 1, b = b + 1, --nb;
          ++b_count;
          a_count = 0;
          if (nb == 0) return true;
          if (b_count >= min_gallop) break;
        } else {
          to.put(0, a, 0), to = to + 1, a = a + 1, --na;
          ++a_count;
          b_count = 0;
          if (na == 1) return true;
          if (a_count >= min_gallop) break;
        }
      }
      ++min_gallop;
      do {
        min_gallop -= min_gallop > 1;
        min_gallop_ = min_gallop;
        a_count = gallopRight(b.keys[0], a.keys, na, 0);
        if (a_count < 0) return false;
        if (a_count) {
          take(a, na, a_count);
          if (na <= 1) return true;
        }
        take(b, nb, 1);
        if (nb == 0) return true;
        b_count = gallopLeft(a.keys[0], b.keys, nb, 0);
        if (b_count < 0) return false;
        if (b_count) {
          take(b, nb, b_count);
          if (nb == 0) return true;
        }
        take(a, na, 1);
        if (na == 1) return true;
      } while (a_count >= kMinGallop || b_count >= kMinGallop);
      ++min_gallop;
      min_gallop_ = min_gallop;
    }
  }

  // Merges neighbours a and b, na > nb, from the right, with b moved out.
  bool mergeHigh(Span a, int64_t na, Span b, int64_t nb) {
    if (!needSpare(nb)) return false;
    spare_.move(0, b, 0, nb);
    Span base = a;
    bool done = mergeHighLoop(base, na, nb);
    // What is left: base[0, na) and spare_[0, nb), for the places base[0, na + nb).
    if (!failed_ && nb && na) base.move(nb, base, 0, na);
    if (nb) base.move(failed_ ? na : 0, spare_, 0, nb);
    return done;
  }

  bool mergeHighLoop(Span base, int64_t& na, int64_t& nb) {
    Span b = spare_;
    auto takeA = [&](int64_t count) {
      na -= count;
      base.move(na + nb, base, na, count);
    };
    auto takeB = [&](int64_t count) {
      nb -= count;
      base.move(na + nb, b, nb, count);
    };
    takeA(1);
    if (na == 0 || nb == 1) return true;
    int64_t min_gallop = min_gallop_;
    for (;;) {
      int64_t a_count = 0, b_count = 0;
      for (;;) {
        bool less = isLess(b.keys[nb - 1], base.keys[na - 1]);
        if (failed_) return false;
        if (less) {
          takeA(1);
          ++a_count;
          b_count = 0;
          if (na == 0) return true;
          if (a_count >= min_gallop) break;
        } else {
          takeB(1);
          ++b_count;
          a_count = 0;
          if (nb == 1) return true;
          if (b_count >= min_gallop) break;
        }
      }
      ++min_gallop;
      do {
        min_gallop -= min_gallop > 1;
        min_gallop_ = min_gallop;
        int64_t place = gallopRight(b.keys[nb - 1], base.keys, na, na - 1);
        if (place < 0) return false;
        a_count = na - place;
        if (a_count) {
          takeA(a_count);
          if (na == 0) return true;
        }
        takeB(1);
        if (nb == 1) return true;
        place = gallopLeft(base.keys[na - 1], b.keys, nb, nb - 1);
        if (place < 0) return false;
        b_count = nb - place;
        if (b_count) {
          takeB(b_count);
          if (nb <= 1) return true;
        }
        takeA(1);
        if (na == 0) return true;
      } while (a_count >= kMinGallop || b_count >= kMinGallop);
      ++min_gallop;
      min_gallop_ = min_gallop;
    }
  }

  Span all_;
  int64_t length_;
  Less less_;
  Run pending_[kMaxPending];
  int pending_count_ = 0;
  int64_t min_gallop_ = kMinGallop;
  Span spare_{nullptr, nullptr};
  int64_t spare_size_ = 0;
  bool failed_ = false;
  bool no_memory_ = false;
};

}  // namespace krait
