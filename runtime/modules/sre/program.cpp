// Compiled patterns: facts about characters, and the check that code given to _sre.compile is well formed, which also collects
// what makes matching fast (bitmaps of sets, how to search).
#include <ctype.h>

#include "runtime/modules/sre/sre.h"
#include "runtime/objects/unicode.h"

namespace krait::sre {

// ---- characters ----

uint32_t lowerAscii(uint32_t c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }
uint32_t lowerUnicode(uint32_t c) {
  if (c < 128) return lowerAscii(c);
  uint32_t out[4];
  unicode::toLower(c, out);
  return out[0];
}
// The simple mapping: where the full one has several characters, only some Greek letters with iota have one of their own.
uint32_t upperUnicode(uint32_t c) {
  uint32_t out[4];
  if (unicode::toUpper(c, out) == 1) return out[0];
  if (c >= 0x1F80 && c <= 0x1FAF) return c | 8;
  if (c == 0x1FB3 || c == 0x1FC3 || c == 0x1FF3) return c + 9;
  return c;
}
uint32_t lowerLocale(uint32_t c) { return c < 256 ? uint32_t(tolower(int(c))) : c; }
uint32_t upperLocale(uint32_t c) { return c < 256 ? uint32_t(toupper(int(c))) : c; }

namespace {
bool asciiDigit(uint32_t c) { return c - '0' < 10; }
bool asciiSpace(uint32_t c) { return c == ' ' || (c >= 9 && c <= 13); }
bool asciiWord(uint32_t c) { return asciiDigit(c) || (c | 32) - 'a' < 26 || c == '_'; }
bool localeWord(uint32_t c) { return c < 256 && (isalnum(int(c)) || c == '_'); }
bool unicodeWord(uint32_t c) { return c < 128 ? asciiWord(c) : unicode::isAlnum(c); }
}  // namespace

bool isCategory(uint32_t category, uint32_t c) {
  switch (category) {
    case kIsDigit: return asciiDigit(c);
    case kIsNotDigit: return !asciiDigit(c);
    case kIsSpace: return asciiSpace(c);
    case kIsNotSpace: return !asciiSpace(c);
    case kIsWord: return asciiWord(c);
    case kIsNotWord: return !asciiWord(c);
    case kIsLineBreak: return c == '\n';
    case kIsNotLineBreak: return c != '\n';
    case kIsLocWord: return localeWord(c);
    case kIsLocNotWord: return !localeWord(c);
    case kIsUniDigit: return unicode::isDecimal(c);
    case kIsUniNotDigit: return !unicode::isDecimal(c);
    case kIsUniSpace: return unicode::isSpace(c);
    case kIsUniNotSpace: return !unicode::isSpace(c);
    case kIsUniWord: return unicodeWord(c);
    case kIsUniNotWord: return !unicodeWord(c);
    case kIsUniLineBreak: return unicode::isLineBreak(c);
    case kIsUniNotLineBreak: return !unicode::isLineBreak(c);
    default: return false;
  }
}

bool inSet(const uint32_t* set, uint32_t c) {
  bool found = true;
  for (;;) {
    switch (*set++) {
      case kFailure: return !found;
      case kLiteral:
        if (c == *set++) return found;
        break;
      case kCategory:
        if (isCategory(*set++, c)) return found;
        break;
      case kCharset:
        if (c < 256 && (set[c >> 5] >> (c & 31) & 1)) return found;
        set += 8;
        break;
      case kRange:
        if (c >= set[0] && c <= set[1]) return found;
        set += 2;
        break;
      case kRangeUniIgnore: {
        if (c >= set[0] && c <= set[1]) return found;
        uint32_t upper = upperUnicode(c);
        if (upper >= set[0] && upper <= set[1]) return found;
        set += 2;
        break;
      }
      case kNegate: found = !found; break;
      case kBigCharset: {
        uint32_t count = *set++;
        if (c < 65536) {
          uint32_t block = reinterpret_cast<const uint8_t*>(set)[c >> 8];
          if (set[64 + block * 8 + (c >> 5 & 7)] >> (c & 31) & 1) return found;
        }
        set += 64 + count * 8;
        break;
      }
      default: return false;
    }
  }
}

// ---- checking ----

namespace {

class Check {
 public:
  explicit Check(Program& program) : p_(program), code_(program.code.data()) {}

  // The codes [at, end) with everything inside; `closed` is what must follow (and is not part of it).
  bool run(uint32_t at, uint32_t end, uint32_t depth) {
    if (depth > 10000) return false;
    while (at < end) {
      uint32_t op = code_[at++];
      uint32_t skip;
      switch (op) {
        case kMark:
          if (!has(at, 1, end) || code_[at] >= p_.groups * 2) return false;
          ++at;
          break;
        case kLiteral: case kNotLiteral: case kLiteralIgnore: case kNotLiteralIgnore: case kLiteralUniIgnore: case kNotLiteralUniIgnore:
        case kLiteralLocIgnore: case kNotLiteralLocIgnore:
          if (!has(at, 1, end)) return false;
          ++at;
          break;
        case kSuccess: case kFailure: case kAny: case kAnyAll: break;
        case kAt:
          if (!has(at, 1, end) || code_[at] >= kPlaceCount) return false;
          ++at;
          break;
        case kCategory:
          if (!has(at, 1, end) || code_[at] >= kCategoryCount) return false;
          ++at;
          break;
        case kIn: case kInIgnore: case kInUniIgnore: case kInLocIgnore:
          if (!jump(at, end, &skip) || !set(at + 1, at + skip, op)) return false;
          at += skip;
          break;
        case kInfo:
          if (!jump(at, end, &skip) || !info(at, at + skip)) return false;
          at += skip;
          break;
        case kBranch: {
          uint32_t target = 0;
          for (;;) {
            if (!has(at, 1, end)) return false;
            if (code_[at] == 0) break;
            if (!jump(at, end, &skip) || skip < 3) return false;
            // The alternative ends with a jump behind the last one.
            uint32_t tail = at + skip - 2;
            if (!run(at + 1, tail, depth + 1) || code_[tail] != kJump) return false;
            uint32_t to = tail + 1 + code_[tail + 1];
            if (code_[tail + 1] > end || to > end || (target && to != target)) return false;
            target = to;
            at += skip;
          }
          ++at;
          if (target && target != at) return false;
          break;
        }
        case kRepeatOne: case kMinRepeatOne: case kPossessiveRepeatOne: {
          if (!jump(at, end, &skip) || skip < 4 || !bounds(at)) return false;
          uint32_t tail = at + skip - 1;
          if (!single(at + 3, tail) || code_[tail] != kSuccess) return false;
          at += skip;
          break;
        }
        case kRepeat: case kPossessiveRepeat: {
          if (!jump(at, end, &skip) || skip < 3 || !bounds(at) || !run(at + 3, at + skip, depth + 1)) return false;
          at += skip;
          if (!has(at, 1, end)) return false;
          uint32_t until = code_[at++];
          if (op == kRepeat ? until != kMaxUntil && until != kMinUntil : until != kSuccess) return false;
          break;
        }
        case kAtomicGroup:
          if (!jump(at, end, &skip) || skip < 2 || !run(at + 1, at + skip - 1, depth + 1) || code_[at + skip - 1] != kSuccess) return false;
          at += skip;
          break;
        case kGroupRef: case kGroupRefIgnore: case kGroupRefLocIgnore: case kGroupRefUniIgnore:
          if (!has(at, 1, end) || code_[at] >= p_.groups) return false;
          ++at;
          break;
        case kGroupRefExists: {
          if (!has(at, 2, end) || code_[at] >= p_.groups) return false;
          uint32_t to = at + code_[at + 1];
          if (code_[at + 1] < 2 || code_[at + 1] > end || to > end) return false;
          // With a "no" part the "yes" part ends with a jump over it.
          if (to >= at + 4 && code_[to - 2] == kJump && to - 1 + code_[to - 1] <= end && code_[to - 1] >= 1 &&
              run(at + 2, to - 2, depth + 1)) {
            uint32_t after = to - 1 + code_[to - 1];
            if (!run(to, after, depth + 1)) return false;
            at = after;
          } else {
            if (!run(at + 2, to, depth + 1)) return false;
            at = to;
          }
          break;
        }
        case kAssert: case kAssertNot:
          if (!jump(at, end, &skip) || skip < 3 || !run(at + 2, at + skip - 1, depth + 1) || code_[at + skip - 1] != kSuccess) return false;
          at += skip;
          break;
        default: return false;
      }
    }
    return at == end;
  }

 private:
  bool has(uint32_t at, uint32_t count, uint32_t end) const { return at <= end && count <= end - at; }
  // A skip is relative to its own place.
  bool jump(uint32_t at, uint32_t end, uint32_t* skip) const {
    if (!has(at, 1, end)) return false;
    *skip = code_[at];
    return *skip >= 1 && *skip <= end - at;
  }
  bool bounds(uint32_t at) const { return code_[at + 1] <= code_[at + 2]; }

  // The body of a one-character repeat: exactly one code that takes one character.
  bool single(uint32_t at, uint32_t end) {
    if (at >= end) return false;
    uint32_t skip, op = code_[at];
    switch (op) {
      case kAny: case kAnyAll: return end - at == 1;
      case kLiteral: case kNotLiteral: case kLiteralIgnore: case kNotLiteralIgnore: case kLiteralUniIgnore: case kNotLiteralUniIgnore:
      case kLiteralLocIgnore: case kNotLiteralLocIgnore: return end - at == 2;
      case kCategory: return end - at == 2 && code_[at + 1] < kCategoryCount;
      case kIn: case kInIgnore: case kInUniIgnore: case kInLocIgnore:
        return jump(at + 1, end, &skip) && at + 1 + skip == end && set(at + 2, at + 1 + skip, op);
      default: return false;
    }
  }

  bool set(uint32_t at, uint32_t end, uint32_t op) {
    uint32_t first = at;
    bool closed = false;
    while (at < end && !closed) {
      uint32_t width;
      switch (code_[at++]) {
        case kFailure: closed = true; width = 0; break;
        case kNegate: width = 0; break;
        case kLiteral: width = 1; break;
        case kCategory:
          if (!has(at, 1, end) || code_[at] >= kCategoryCount) return false;
          width = 1;
          break;
        case kRange: case kRangeUniIgnore: width = 2; break;
        case kCharset: width = 8; break;
        case kBigCharset: {
          if (!has(at, 65, end) || code_[at] > 256) return false;
          uint32_t count = code_[at];
          const uint8_t* blocks = reinterpret_cast<const uint8_t*>(code_ + at + 1);
          for (int i = 0; i < 256; ++i) {
            if (blocks[i] >= count) return false;
          }
          width = 65 + count * 8;
          break;
        }
        default: return false;
      }
      if (!has(at, width, end)) return false;
      at += width;
    }
    if (!closed || at != end) return false;
    Bitmap map{};
    for (uint32_t c = 0; c < 256; ++c) {
      bool yes;
      switch (op) {
        case kInIgnore: yes = inSet(code_ + first, lowerAscii(c)); break;
        case kInUniIgnore: yes = inSet(code_ + first, lowerUnicode(c)); break;
        case kInLocIgnore: continue;  // depends on the locale of the moment
        default: yes = inSet(code_ + first, c);
      }
      if (yes) map.words[c >> 6] |= uint64_t(1) << (c & 63);
    }
    p_.bitmap_of[first] = uint32_t(p_.bitmaps.size());
    p_.bitmaps.push_back(map);
    return true;
  }

  // skip flags min max [prefix] [set]
  bool info(uint32_t at, uint32_t end) {
    if (!has(at, 4, end)) return false;
    uint32_t flags = code_[at + 1];
    bool outermost = at == 1;
    if (outermost) p_.least = code_[at + 2];
    uint32_t next = at + 4;
    if (flags & ~(kInfoPrefix | kInfoLiteral | kInfoCharset)) return false;
    if ((flags & kInfoPrefix) && (flags & kInfoCharset)) return false;
    if ((flags & kInfoLiteral) && !(flags & kInfoPrefix)) return false;
    if (flags & kInfoPrefix) {
      if (!has(next, 2, end)) return false;
      uint32_t length = code_[next];
      if (code_[next + 1] > length || !has(next + 2, length, end) || !has(next + 2 + length, length, end)) return false;
      if (outermost) {
        p_.prefix = next + 2;
        p_.prefix_length = length;
        p_.all_literal = flags & kInfoLiteral;
      }
      next += 2 + 2 * length;
    }
    if (flags & kInfoCharset) {
      if (!set(next, end, kIn)) return false;
      if (outermost) p_.first_set = next;
      next = end;
    }
    return next == end;
  }

  Program& p_;
  const uint32_t* code_;
};

}  // namespace

bool prepareProgram(Program& program) {
  program.bitmap_of.assign(program.code.size(), 0);
  program.bitmaps.assign(1, Bitmap{});
  size_t size = program.code.size();
  if (size == 0 || size > 0x7FFFFFFF || program.code[size - 1] != kSuccess) return false;
  return Check(program).run(0, uint32_t(size) - 1, 0);
}

}  // namespace krait::sre
