// The matcher: a backtracking machine without recursion.
//
// It runs codes forward. Where several ways lead on it pushes a choice; where it changes something that a later choice must not see
// (a mark, a repeat's counter) it pushes an undo entry. Failing pops entries, undoing, until a choice gives another way.
// Lookarounds, atomic groups and possessive repeats push a barrier: their inner SUCCESS drops the choices above it (the undo
// entries stay, for those below), and failing down to it means that the inside does not match.
#include <cstring>

#include "runtime/memory/memory.h"
#include "runtime/modules/sre/sre.h"

namespace krait::sre {

namespace {

enum EntryKind : uint32_t {
  // choices
  kChoice,          // go on at pc, at
  kGreedyOne,       // one-character repeat: the tail (pc) was tried at `at`; a: least end
  kLazyOne,         // pc of the repeat's skip; at: position so far; a: characters so far
  kUntilTail,       // leave repeat a: go on behind its MAX_UNTIL (pc), at
  kUntilMore,       // repeat a: another iteration of a lazy repeat; pc: of its MIN_UNTIL
  // barriers; b: index + 1 of the enclosing barrier
  kAssertBarrier,   // pc: of the skip; at: where the assertion stands
  kAssertNotBarrier,
  kAtomicBarrier,
  kPossessiveBarrier,  // a: iterations so far; at: where this one began
  // undo
  kUndoMark,        // a: number, at: old value, b: old last_index
  kUndoRepeat,      // a: index of the repeat; at: old count; b: old last
  kUndoCurrent,     // at: old current repeat
  kUndoPush,        // at: old current repeat; the repeat a is gone
};

bool isUndo(uint32_t kind) { return kind >= kUndoMark; }

template <class Char>
class Matcher {
 public:
  explicit Matcher(State& state)
      : s_(state), p_(state.program), code_(p_.code.data()), text_(static_cast<const Char*>(state.subject.data)), end_(state.end) {}

  int match();
  int search();

 private:
  bool push(uint32_t kind, uint32_t pc, int64_t at, int64_t a = 0, int64_t b = 0) {
    if (KRAIT_UNLIKELY(s_.entry_count == s_.entry_capacity) && !grow()) return false;
    s_.entries[s_.entry_count++] = Entry{kind, pc, at, a, b};
    return true;
  }
  bool grow();
  // Entries above the barrier but for the undo ones go; the barrier too.
  void cut(size_t barrier);
  void undo(const Entry& e);

  bool inSetAt(uint32_t set, uint32_t c) const {
    if (c < 256) return p_.bitmaps[p_.bitmap_of[set]].has(c);
    return inSet(code_ + set, c);
  }
  bool inLocaleSet(uint32_t set, uint32_t c) const { return inSet(code_ + set, lowerLocale(c)) || inSet(code_ + set, upperLocale(c)); }
  // Whether the one-character code at pc takes c.
  bool takes(uint32_t pc, uint32_t c) const;
  // How many characters from `at` on, at most `most`, the one-character code takes.
  int64_t count(uint32_t pc, int64_t at, int64_t most) const;
  bool isAt(uint32_t place, int64_t at) const;
  template <class F>
  bool isBoundary(int64_t at, F is_word) const {
    if (s_.subject.length == 0) return false;
    bool before = at > 0 && is_word(text_[at - 1]), here = at < end_ && is_word(text_[at]);
    return before != here;
  }
  // The text of a group again; false: no.
  template <class F>
  bool sameAsGroup(uint32_t group, int64_t* at, F fold) const {
    int64_t from = s_.marks[group * 2], to = s_.marks[group * 2 + 1];
    if (from < 0 || to < from || to - from > end_ - *at) return false;
    for (int64_t i = from; i < to; ++i, ++*at) {
      if (text_[i] != text_[*at] && fold(text_[i]) != fold(text_[*at])) return false;
    }
    return true;
  }
  static uint32_t same(uint32_t c) { return c; }

  State& s_;
  const Program& p_;
  const uint32_t* code_;
  const Char* text_;
  int64_t end_;
  int32_t current_ = -1;   // innermost repeat
  size_t barrier_ = 0;     // index + 1 of the innermost barrier
};

template <class Char>
bool Matcher<Char>::grow() {
  size_t capacity = s_.entry_capacity * 2;
  Entry* bigger = static_cast<Entry*>(allocateBuffer(capacity * sizeof(Entry)));
  if (!bigger) return raiseNoMemory(s_.thread);
  memcpy(static_cast<void*>(bigger), s_.entries, s_.entry_count * sizeof(Entry));
  if (s_.entries != s_.inline_entries) freeBuffer(s_.entries);
  s_.entries = bigger;
  s_.entry_capacity = capacity;
  return true;
}

template <class Char>
void Matcher<Char>::undo(const Entry& e) {
  switch (e.kind) {
    case kUndoMark:
      s_.marks[size_t(e.a)] = e.at;
      s_.last_index = int32_t(e.b);
      break;
    case kUndoRepeat:
      s_.repeats[size_t(e.a)].count = e.at;
      s_.repeats[size_t(e.a)].last = e.b;
      break;
    case kUndoCurrent: current_ = int32_t(e.at); break;
    case kUndoPush:
      current_ = int32_t(e.at);
      s_.repeats.resize(size_t(e.a));
      break;
  }
}

template <class Char>
void Matcher<Char>::cut(size_t barrier) {
  size_t kept = barrier;
  for (size_t i = barrier + 1; i < s_.entry_count; ++i) {
    if (isUndo(s_.entries[i].kind)) s_.entries[kept++] = s_.entries[i];
  }
  s_.entry_count = kept;
}

template <class Char>
bool Matcher<Char>::takes(uint32_t pc, uint32_t c) const {
  switch (code_[pc]) {
    case kAny: return c != '\n';
    case kAnyAll: return true;
    case kLiteral: return c == code_[pc + 1];
    case kNotLiteral: return c != code_[pc + 1];
    case kLiteralIgnore: return lowerAscii(c) == code_[pc + 1];
    case kNotLiteralIgnore: return lowerAscii(c) != code_[pc + 1];
    case kLiteralUniIgnore: return lowerUnicode(c) == code_[pc + 1];
    case kNotLiteralUniIgnore: return lowerUnicode(c) != code_[pc + 1];
    case kLiteralLocIgnore: return c == code_[pc + 1] || lowerLocale(c) == code_[pc + 1] || upperLocale(c) == code_[pc + 1];
    case kNotLiteralLocIgnore: return !(c == code_[pc + 1] || lowerLocale(c) == code_[pc + 1] || upperLocale(c) == code_[pc + 1]);
    case kCategory: return isCategory(code_[pc + 1], c);
    case kIn: return inSetAt(pc + 2, c);
    case kInIgnore: return c < 256 ? inSetAt(pc + 2, c) : inSet(code_ + pc + 2, lowerAscii(c));
    case kInUniIgnore: return c < 256 ? inSetAt(pc + 2, c) : inSet(code_ + pc + 2, lowerUnicode(c));
    case kInLocIgnore: return inLocaleSet(pc + 2, c);
    default: return false;
  }
}

template <class Char>
int64_t Matcher<Char>::count(uint32_t pc, int64_t at, int64_t most) const {
  const Char* p = text_ + at;
  const Char* stop = text_ + (most < end_ - at ? at + most : end_);
  const Char* from = p;
  uint32_t c = code_[pc + 1];
  switch (code_[pc]) {
    case kAnyAll: return stop - p;
    case kAny:
      if constexpr (sizeof(Char) == 1) {
        const void* found = memchr(p, '\n', size_t(stop - p));
        return found ? static_cast<const Char*>(found) - from : stop - from;
      } else {
        while (p < stop && *p != '\n') ++p;
        return p - from;
      }
    case kLiteral:
      while (p < stop && *p == c) ++p;
      return p - from;
    case kNotLiteral:
      while (p < stop && *p != c) ++p;
      return p - from;
    case kIn: {
      const Bitmap& map = p_.bitmaps[p_.bitmap_of[pc + 2]];
      if constexpr (sizeof(Char) == 1) {
        while (p < stop && map.has(*p)) ++p;
      } else {
        while (p < stop && (*p < 256 ? map.has(*p) : inSet(code_ + pc + 2, *p))) ++p;
      }
      return p - from;
    }
    default:
      while (p < stop && takes(pc, *p)) ++p;
      return p - from;
  }
}

template <class Char>
bool Matcher<Char>::isAt(uint32_t place, int64_t at) const {
  auto word = [](uint32_t c) { return isCategory(kIsWord, c); };
  auto locale_word = [](uint32_t c) { return isCategory(kIsLocWord, c); };
  auto unicode_word = [](uint32_t c) { return isCategory(kIsUniWord, c); };
  switch (place) {
    case kAtBeginning: case kAtBeginningString: return at == 0;
    case kAtBeginningLine: return at == 0 || text_[at - 1] == '\n';
    case kAtEnd: return at == end_ || (at + 1 == end_ && text_[at] == '\n');
    case kAtEndLine: return at == end_ || text_[at] == '\n';
    case kAtEndString: return at == end_;
    case kAtBoundary: return isBoundary(at, word);
    case kAtNonBoundary: return s_.subject.length != 0 && !isBoundary(at, word);
    case kAtLocBoundary: return isBoundary(at, locale_word);
    case kAtLocNonBoundary: return s_.subject.length != 0 && !isBoundary(at, locale_word);
    case kAtUniBoundary: return isBoundary(at, unicode_word);
    case kAtUniNonBoundary: return s_.subject.length != 0 && !isBoundary(at, unicode_word);
    default: return false;
  }
}

// Each case either goes on with `continue` or leaves the switch, which means failure.
template <class Char>
int Matcher<Char>::match() {
  uint32_t pc = 0;
  int64_t at = s_.start;
  uint32_t steps = 0;
  s_.entry_count = 0;
  s_.repeats.clear();
  current_ = -1;
  barrier_ = 0;
  for (;;) {
    switch (code_[pc]) {
      case kFailure: break;
      case kSuccess: {
        if (barrier_ == 0) {
          if ((s_.full && at != end_) || at == s_.must_advance) break;
          s_.at = at;
          return 1;
        }
        Entry b = s_.entries[barrier_ - 1];
        size_t index = barrier_ - 1;
        barrier_ = size_t(b.b);
        switch (b.kind) {
          case kAssertBarrier:
            cut(index);
            at = b.at;
            pc = b.pc + code_[b.pc];
            continue;
          case kAssertNotBarrier:
            while (s_.entry_count > index + 1) undo(s_.entries[--s_.entry_count]);
            --s_.entry_count;
            break;
          case kAtomicBarrier:
            cut(index);
            pc = b.pc + code_[b.pc];
            continue;
          case kPossessiveBarrier: {
            cut(index);
            int64_t done = b.a + 1;
            uint32_t most = code_[b.pc + 2];
            bool again = done < int64_t(code_[b.pc + 1]) || ((most == kMaxRepeat || done < int64_t(most)) && at != b.at);
            if (again) {
              if (!push(kPossessiveBarrier, b.pc, at, done, int64_t(barrier_))) return -1;
              barrier_ = s_.entry_count;
              pc = b.pc + 3;
            } else {
              pc = b.pc + code_[b.pc] + 1;
            }
            continue;
          }
        }
        break;
      }
      case kMark: {
        uint32_t number = code_[pc + 1];
        if (s_.entry_count && !push(kUndoMark, 0, s_.marks[number], number, s_.last_index)) return -1;
        s_.marks[number] = at;
        if (number & 1) s_.last_index = int32_t(number / 2 + 1);
        pc += 2;
        continue;
      }
      case kLiteral:
        if (at >= end_ || text_[at] != code_[pc + 1]) break;
        ++at;
        pc += 2;
        continue;
      case kNotLiteral:
      case kLiteralIgnore:
      case kNotLiteralIgnore:
      case kLiteralUniIgnore:
      case kNotLiteralUniIgnore:
      case kLiteralLocIgnore:
      case kNotLiteralLocIgnore: case kCategory:
        if (at >= end_ || !takes(pc, text_[at])) break;
        ++at;
        pc += 2;
        continue;
      case kAny:
        if (at >= end_ || text_[at] == '\n') break;
        ++at;
        ++pc;
        continue;
      case kAnyAll:
        if (at >= end_) break;
        ++at;
        ++pc;
        continue;
      case kIn: case kInIgnore: case kInUniIgnore: case kInLocIgnore:
        if (at >= end_ || !takes(pc, text_[at])) break;
        ++at;
        pc += 1 + code_[pc + 1];
        continue;
      case kAt:
        if (!isAt(code_[pc + 1], at)) break;
        pc += 2;
        continue;
      case kJump: pc += 1 + code_[pc + 1]; continue;
      case kInfo: pc += 1 + code_[pc + 1]; continue;
      case kBranch: {
        // pc + 1 is the skip of the first alternative; those whose first character cannot fit are passed over.
        uint32_t alternative = pc + 1;
        auto possible = [&](uint32_t a) {
          if (code_[a + 1] == kLiteral) return at < end_ && text_[at] == code_[a + 2];
          if (code_[a + 1] == kIn) return at < end_ && inSetAt(a + 3, text_[at]);
          return true;
        };
        while (code_[alternative] && !possible(alternative)) alternative += code_[alternative];
        if (!code_[alternative]) break;
        uint32_t other = alternative + code_[alternative];
        while (code_[other] && !possible(other)) other += code_[other];
        // A choice resumes at a BRANCH code or at kSkipEntry; the next alternative is found from its skip.
        if (code_[other] && !push(kChoice, other, at, 1)) return -1;
        pc = alternative + 1;
        continue;
      }
      case kRepeatOne: case kPossessiveRepeatOne: {
        uint32_t skip = pc + 1;
        int64_t least = code_[pc + 2], most = code_[pc + 3] == kMaxRepeat ? INT64_MAX : int64_t(code_[pc + 3]);
        if (end_ - at < least) break;
        int64_t taken = count(pc + 4, at, most);
        if (taken < least) break;
        uint32_t tail = skip + code_[skip];
        bool choice = code_[pc] == kRepeatOne && taken > least;
        if (choice && !push(kGreedyOne, tail, at + taken, at + least)) return -1;
        at += taken;
        pc = tail;
        continue;
      }
      case kMinRepeatOne: {
        int64_t least = code_[pc + 2];
        if (end_ - at < least || (least && count(pc + 4, at, least) < least)) break;
        at += least;
        if (!push(kLazyOne, pc + 1, at, least)) return -1;
        pc = pc + 1 + code_[pc + 1];
        continue;
      }
      case kRepeat: {
        int32_t index = int32_t(s_.repeats.size());
        s_.repeats.push_back(Repeat{pc, 0, -1, current_});
        if (!push(kUndoPush, 0, current_, index)) return -1;
        current_ = index;
        pc += 1 + code_[pc + 1];
        continue;
      }
      case kMaxUntil: case kMinUntil: {
        Repeat& r = s_.repeats[size_t(current_)];
        int64_t least = code_[r.pc + 2];
        uint32_t most = code_[r.pc + 3];
        int32_t index = current_;
        if (r.count < least) {
          if (!push(kUndoRepeat, 0, r.count, index, r.last)) return -1;
          ++r.count;
          pc = r.pc + 4;
          continue;
        }
        if (code_[pc] == kMaxUntil && (most == kMaxRepeat || r.count < int64_t(most)) && at != r.last) {
          if (!push(kUntilTail, pc, at, index) || !push(kUndoRepeat, 0, r.count, index, r.last)) return -1;
          ++r.count;
          r.last = at;
          pc = r.pc + 4;
          continue;
        }
        if (code_[pc] == kMinUntil && !push(kUntilMore, pc, at, index)) return -1;
        if (!push(kUndoCurrent, 0, current_)) return -1;
        current_ = r.outer;
        ++pc;
        continue;
      }
      case kPossessiveRepeat: {
        uint32_t skip = pc + 1;
        if (code_[skip + 2] == 0) {
          pc = skip + code_[skip] + 1;
          continue;
        }
        if (!push(kPossessiveBarrier, skip, at, 0, int64_t(barrier_))) return -1;
        barrier_ = s_.entry_count;
        pc = skip + 3;
        continue;
      }
      case kAtomicGroup:
        if (!push(kAtomicBarrier, pc + 1, at, 0, int64_t(barrier_))) return -1;
        barrier_ = s_.entry_count;
        pc += 2;
        continue;
      case kAssert: {
        int64_t back = code_[pc + 2];
        if (at < back) break;
        if (!push(kAssertBarrier, pc + 1, at, 0, int64_t(barrier_))) return -1;
        barrier_ = s_.entry_count;
        at -= back;
        pc += 3;
        continue;
      }
      case kAssertNot: {
        int64_t back = code_[pc + 2];
        if (at < back) {
          pc += 1 + code_[pc + 1];
          continue;
        }
        if (!push(kAssertNotBarrier, pc + 1, at, 0, int64_t(barrier_))) return -1;
        barrier_ = s_.entry_count;
        at -= back;
        pc += 3;
        continue;
      }
      case kGroupRef: {
        int64_t next = at;
        if (!sameAsGroup(code_[pc + 1], &next, same)) break;
        at = next;
        pc += 2;
        continue;
      }
      case kGroupRefIgnore: case kGroupRefUniIgnore: case kGroupRefLocIgnore: {
        int64_t next = at;
        auto fold = code_[pc] == kGroupRefIgnore ? lowerAscii : code_[pc] == kGroupRefUniIgnore ? lowerUnicode : lowerLocale;
        if (!sameAsGroup(code_[pc + 1], &next, fold)) break;
        at = next;
        pc += 2;
        continue;
      }
      case kGroupRefExists: {
        uint32_t group = code_[pc + 1];
        int64_t from = s_.marks[group * 2], to = s_.marks[group * 2 + 1];
        pc = from < 0 || to < from ? pc + 1 + code_[pc + 2] : pc + 3;
        continue;
      }
      default: break;
    }
    // Failure: back to the last choice.
    if ((++steps & 0xFFF) == 0 && s_.thread.poll.load(std::memory_order_relaxed) && !servePoll(s_.thread)) return -1;
    for (bool found = false; !found;) {
      if (s_.entry_count == 0) return 0;
      Entry& e = s_.entries[s_.entry_count - 1];
      switch (e.kind) {
        case kChoice: {
          // Another alternative of a branch: e.pc is its skip.
          uint32_t alternative = e.pc;
          at = e.at;
          uint32_t other = alternative + code_[alternative];
          if (code_[other]) {
            e.pc = other;
          } else {
            --s_.entry_count;
          }
          pc = alternative + 1;
          found = true;
          break;
        }
        case kGreedyOne: {
          at = e.at - 1;
          pc = e.pc;
          // A literal behind the repeat tells where it can end.
          if (code_[pc] == kLiteral) {
            uint32_t c = code_[pc + 1];
            while (at >= e.a && text_[at] != c) --at;
          }
          if (at < e.a) {
            --s_.entry_count;
            break;
          }
          if (at == e.a) {
            --s_.entry_count;
          } else {
            e.at = at;
          }
          found = true;
          break;
        }
        case kLazyOne: {
          uint32_t most = code_[e.pc + 2];
          if ((most != kMaxRepeat && e.a >= int64_t(most)) || e.at >= end_ || !takes(e.pc + 3, text_[e.at])) {
            --s_.entry_count;
            break;
          }
          ++e.a;
          at = ++e.at;
          pc = e.pc + code_[e.pc];
          found = true;
          break;
        }
        case kUntilTail: {
          at = e.at;
          pc = e.pc + 1;
          int32_t repeat = int32_t(e.a);
          --s_.entry_count;
          if (!push(kUndoCurrent, 0, repeat)) return -1;
          current_ = s_.repeats[size_t(repeat)].outer;
          found = true;
          break;
        }
        case kUntilMore: {
          int32_t index = int32_t(e.a);
          at = e.at;
          --s_.entry_count;
          Repeat& r = s_.repeats[size_t(index)];
          uint32_t most = code_[r.pc + 3];
          if ((most != kMaxRepeat && r.count >= int64_t(most)) || at == r.last) break;
          current_ = index;
          if (!push(kUndoRepeat, 0, r.count, index, r.last)) return -1;
          ++r.count;
          r.last = at;
          pc = r.pc + 4;
          found = true;
          break;
        }
        case kAssertBarrier: case kAtomicBarrier:
          barrier_ = size_t(e.b);
          --s_.entry_count;
          break;
        case kAssertNotBarrier:
          barrier_ = size_t(e.b);
          at = e.at;
          pc = e.pc + code_[e.pc];
          --s_.entry_count;
          found = true;
          break;
        case kPossessiveBarrier:
          barrier_ = size_t(e.b);
          --s_.entry_count;
          if (e.a >= int64_t(code_[e.pc + 1])) {
            at = e.at;
            pc = e.pc + code_[e.pc] + 1;
            found = true;
          }
          break;
        default:
          undo(e);
          --s_.entry_count;
      }
    }
  }
}

template <class Char>
int Matcher<Char>::search() {
  int64_t last = end_ - int64_t(p_.least);
  bool anchored = false;
  uint32_t first = code_[0] == kInfo ? 1 + code_[1] : 0;
  if (code_[first] == kAt && (code_[first + 1] == kAtBeginning || code_[first + 1] == kAtBeginningString)) anchored = true;
  for (int64_t at = s_.start; at <= last; ++at) {
    if (p_.prefix_length && !anchored) {
      uint32_t c = code_[p_.prefix];
      if (c > Char(-1)) return 0;
      if constexpr (sizeof(Char) == 1) {
        const void* found = at < end_ ? memchr(text_ + at, int(c), size_t(end_ - at)) : nullptr;
        if (!found) return 0;
        at = static_cast<const Char*>(found) - text_;
      } else {
        while (at < end_ && text_[at] != c) ++at;
        if (at >= end_) return 0;
      }
      if (at > last) return 0;
      uint32_t i = 1;
      while (i < p_.prefix_length && at + i < end_ && text_[at + i] == code_[p_.prefix + i]) ++i;
      if (i < p_.prefix_length) continue;
      if (p_.all_literal && !s_.full && s_.must_advance < 0) {
        s_.start = at;
        s_.at = at + p_.prefix_length;
        return 1;
      }
    } else if (p_.first_set && !anchored) {
      while (at < end_ && !inSetAt(p_.first_set, text_[at])) ++at;
      if (at >= end_) return 0;
    }
    s_.start = at;
    if (int status = match()) return status;
    s_.must_advance = -1;
    if (anchored) return 0;
    for (int64_t& mark : s_.marks) mark = -1;
    s_.last_index = -1;
  }
  return 0;
}

template <class F>
int withWidth(State& state, F f) {
  switch (state.subject.width) {
    case 1: return f(Matcher<uint8_t>(state));
    case 2: return f(Matcher<uint16_t>(state));
    default: return f(Matcher<uint32_t>(state));
  }
}

}  // namespace

State::~State() {
  if (entries != inline_entries) freeBuffer(entries);
}

int match(State& state) {
  return withWidth(state, [](auto matcher) { return matcher.match(); });
}
int search(State& state) {
  return withWidth(state, [](auto matcher) { return matcher.search(); });
}

}  // namespace krait::sre
