// Names and normal forms: see unicode_data.h.
#include "runtime/objects/unicode_data.h"
#include <algorithm>
#include <cstdio>
#include <cstring>
#include "runtime/memory/memory.h"
#include "runtime/objects/str_internal.h"

namespace krait::unicode {

bool numericValue(uint32_t c, double* out) {
  const NumericValue* end = kNumericValues + kNumericValueCount;
  const NumericValue* found = std::lower_bound(
      kNumericValues, end, c, [](const NumericValue& v, uint32_t code) { return v.code_point < code; });
  if (found == end || found->code_point != c) return false;
  *out = found->number;
  return true;
}

// ---- names ----

namespace {

// Hangul syllables: names and decompositions are computed from the parts.
constexpr uint32_t kSyllables = 0xAC00, kLeads = 0x1100, kVowels = 0x1161, kTails = 0x11A7;
constexpr int kLeadCount = 19, kVowelCount = 21, kTailCount = 28;
constexpr int kSyllableCount = kLeadCount * kVowelCount * kTailCount;
const char* const kLeadNames[] = {"G", "GG", "N", "D", "DD", "R", "M", "B", "BB", "S", "SS", "", "J", "JJ", "C", "K", "T", "P", "H"};
const char* const kVowelNames[] = {"A",  "AE", "YA", "YAE", "EO", "E",  "YEO", "YE", "O",  "WA", "WAE",
                                   "OE", "YO", "U",  "WEO", "WE", "WI", "YU",  "EU", "YI", "I"};
const char* const kTailNames[] = {"",   "G",  "GG", "GS", "N",  "NJ", "NH", "D",  "L", "LG", "LM", "LB", "LS", "LT",
                                  "LP", "LH", "M",  "B",  "BS", "S",  "SS", "NG", "J", "C",  "K",  "T",  "P",  "H"};
constexpr std::string_view kSyllablePrefix = "HANGUL SYLLABLE ";

int nameOfWords(uint32_t at, char* out) {
  char* p = out;
  while (true) {
    uint16_t word = kNameWords[at++];
    uint32_t begin = kWordOffsets[word & 0x7FFF], end = kWordOffsets[(word & 0x7FFF) + 1];
    memcpy(p, kWordText + begin, end - begin);
    p += end - begin;
    if (word & 0x8000) return int(p - out);
    *p++ = ' ';
  }
}

uint32_t hashName(std::string_view name) {
  uint32_t hash = 2166136261u;
  for (char c : name) hash = (hash ^ uint8_t(c)) * 16777619u;
  return hash;
}

// Name -> entry, made at the first lookup: names, then aliases, then sequences. Zero is "free".
constexpr uint32_t kNameTableSize = 1 << 17;
uint32_t* name_table = nullptr;

uint32_t wordsOf(uint32_t entry) {
  if (entry < uint32_t(kNameCount)) return kNames[entry].words;
  entry -= uint32_t(kNameCount);
  if (entry < uint32_t(kAliasCount)) return kAliases[entry].words;
  return kSequences[entry - uint32_t(kAliasCount)].words;
}

bool makeNameTable() {
  if (name_table) return true;
  uint32_t* table = static_cast<uint32_t*>(allocateBuffer(kNameTableSize * sizeof(uint32_t)));
  if (!table) return false;
  memset(table, 0, kNameTableSize * sizeof(uint32_t));
  char name[kLongestName];
  uint32_t count = uint32_t(kNameCount + kAliasCount + kSequenceCount);
  for (uint32_t entry = 0; entry < count; ++entry) {
    uint32_t i = hashName({name, size_t(nameOfWords(wordsOf(entry), name))}) % kNameTableSize;
    while (table[i]) i = (i + 1) % kNameTableSize;
    table[i] = entry + 1;
  }
  name_table = table;
  return true;
}

// The part of a syllable's name that text starts with: the longest; -1: none. The text advances.
int syllablePart(std::string_view* text, const char* const* names, int count) {
  int best = -1;
  size_t best_size = 0;
  for (int i = 0; i < count; ++i) {
    std::string_view name(names[i]);
    if (text->starts_with(name) && (best < 0 || name.size() > best_size)) {
      best = i;
      best_size = name.size();
    }
  }
  if (best >= 0) text->remove_prefix(best_size);
  return best;
}

}  // namespace

int characterName(uint32_t c, char* out) {
  if (c >= kSyllables && c < kSyllables + kSyllableCount) {
    int i = int(c - kSyllables);
    return snprintf(out, kLongestName, "HANGUL SYLLABLE %s%s%s", kLeadNames[i / (kVowelCount * kTailCount)],
                    kVowelNames[i / kTailCount % kVowelCount], kTailNames[i % kTailCount]);
  }
  for (int i = 0; i < kNameRangeCount; ++i) {
    const NameRange& range = kNameRanges[i];
    if (c >= range.first && c <= range.last) return snprintf(out, kLongestName, "%s%04X", range.prefix, c);
  }
  const NameEntry* end = kNames + kNameCount;
  const NameEntry* found = std::lower_bound(kNames, end, c, [](const NameEntry& e, uint32_t code) { return e.code_point < code; });
  return found != end && found->code_point == c ? nameOfWords(found->words, out) : 0;
}

int charactersNamed(std::string_view given, bool with_sequences, uint32_t* out) {
  char upper[kLongestName];
  if (given.empty() || given.size() >= sizeof upper) return 0;
  for (size_t i = 0; i < given.size(); ++i) upper[i] = given[i] >= 'a' && given[i] <= 'z' ? char(given[i] - 32) : given[i];
  std::string_view name(upper, given.size());
  if (name.starts_with(kSyllablePrefix)) {
    std::string_view rest = name.substr(kSyllablePrefix.size());
    int lead = syllablePart(&rest, kLeadNames, kLeadCount);
    int vowel = syllablePart(&rest, kVowelNames, kVowelCount);
    int tail = syllablePart(&rest, kTailNames, kTailCount);
    if (lead < 0 || vowel < 0 || tail < 0 || !rest.empty()) return 0;
    out[0] = kSyllables + uint32_t((lead * kVowelCount + vowel) * kTailCount + tail);
    return 1;
  }
  for (int i = 0; i < kNameRangeCount; ++i) {
    const NameRange& range = kNameRanges[i];
    if (!name.starts_with(range.prefix)) continue;
    std::string_view digits = name.substr(strlen(range.prefix));
    uint32_t c = 0;
    bool good = digits.size() == 4 || digits.size() == 5;
    for (char d : digits) {
      good &= (d >= '0' && d <= '9') || (d >= 'A' && d <= 'F');
      c = c << 4 | uint32_t(d <= '9' ? d - '0' : d - 'A' + 10);
    }
    if (good && c >= range.first && c <= range.last) {
      out[0] = c;
      return 1;
    }
  }
  if (!makeNameTable()) return 0;
  for (uint32_t i = hashName(name) % kNameTableSize; name_table[i]; i = (i + 1) % kNameTableSize) {
    uint32_t entry = name_table[i] - 1;
    char known[kLongestName];
    if (std::string_view(known, size_t(nameOfWords(wordsOf(entry), known))) != name) continue;
    if (entry < uint32_t(kNameCount + kAliasCount)) {
      out[0] = entry < uint32_t(kNameCount) ? kNames[entry].code_point : kAliases[entry - uint32_t(kNameCount)].code_point;
      return 1;
    }
    if (!with_sequences) return 0;
    const NameSequence& sequence = kSequences[entry - uint32_t(kNameCount + kAliasCount)];
    int count = 0;
    while (count < 4 && sequence.codes[count]) {
      out[count] = sequence.codes[count];
      ++count;
    }
    return count;
  }
  return 0;
}

// ---- normal forms ----

namespace {

// Code points collected in a buffer of our own; false from push: no memory.
class CodePoints {
 public:
  ~CodePoints() {
    if (data_) freeBuffer(data_);
  }
  bool push(uint32_t c) {
    if (size_ == room_) {
      int64_t room = room_ * 2 + 64;
      void* grown = data_ ? resizeBuffer(data_, size_t(room) * 4) : allocateBuffer(size_t(room) * 4);
      if (!grown) return false;
      data_ = static_cast<uint32_t*>(grown);
      room_ = room;
    }
    data_[size_++] = c;
    return true;
  }
  uint32_t* data() { return data_; }
  int64_t size() const { return size_; }
  void shrink(int64_t size) { size_ = size; }

 private:
  uint32_t* data_ = nullptr;
  int64_t size_ = 0, room_ = 0;
};

bool decompose(uint32_t c, bool compatible, CodePoints* out) {
  if (c >= kSyllables && c < kSyllables + kSyllableCount) {
    uint32_t i = c - kSyllables;
    uint32_t tail = i % kTailCount;
    return out->push(kLeads + i / (kVowelCount * kTailCount)) && out->push(kVowels + i / kTailCount % kVowelCount) &&
           (tail == 0 || out->push(kTails + tail));
  }
  uint16_t at = dataRecord(c).decomposition;
  if (at == 0 || (!compatible && *kDecompositionTags[kDecompositions[at] >> 8])) return out->push(c);
  for (uint32_t i = 0; i < (kDecompositions[at] & 0xFF); ++i) {
    if (!decompose(kDecompositions[at + 1 + i], compatible, out)) return false;
  }
  return true;
}

// Runs of combining characters in the order of their classes, equal ones as they come.
void orderCanonically(CodePoints* text) {
  uint32_t* data = text->data();
  for (int64_t i = 1; i < text->size(); ++i) {
    uint8_t combining = dataRecord(data[i]).combining;
    if (!combining) continue;
    for (int64_t k = i; k > 0 && dataRecord(data[k - 1]).combining > combining; --k) std::swap(data[k - 1], data[k]);
  }
}

uint32_t composePair(uint32_t first, uint32_t second) {
  if (first >= kLeads && first < kLeads + kLeadCount && second >= kVowels && second < kVowels + kVowelCount) {
    return kSyllables + ((first - kLeads) * kVowelCount + (second - kVowels)) * kTailCount;
  }
  if (first >= kSyllables && first < kSyllables + kSyllableCount && (first - kSyllables) % kTailCount == 0 && second > kTails &&
      second < kTails + kTailCount) {
    return first + (second - kTails);
  }
  const Composition* end = kCompositions + kCompositionCount;
  const Composition* found = std::lower_bound(kCompositions, end, 0, [&](const Composition& c, int) {
    return c.first != first ? c.first < first : c.second < second;
  });
  return found != end && found->first == first && found->second == second ? found->composed : 0;
}

void compose(CodePoints* text) {
  uint32_t* data = text->data();
  int64_t out = 0, starter = -1;
  int last_class = 0;
  for (int64_t i = 0; i < text->size(); ++i) {
    uint32_t c = data[i];
    int combining = dataRecord(c).combining;
    bool adjacent = starter >= 0 && starter == out - 1;
    if (starter >= 0 && (adjacent || last_class < combining)) {
      if (uint32_t composed = composePair(data[starter], c)) {
        data[starter] = composed;
        continue;
      }
    }
    if (combining == 0) starter = out;
    last_class = combining;
    data[out++] = c;
  }
  text->shrink(out);
}

}  // namespace

Ref<Str> normalize(Thread& t, Str* s, Form form) {
  if (s->ascii || (form == Form::kNfc && s->width == 1)) return strSlice(t, s, 0, s->length, 1);
  bool compatible = form == Form::kNfkc || form == Form::kNfkd;
  CodePoints text;
  for (int64_t i = 0; i < s->length; ++i) {
    if (!decompose(s->at(i), compatible, &text)) return raiseNoMemory(t);
  }
  orderCanonically(&text);
  if (form == Form::kNfc || form == Form::kNfkc) compose(&text);
  return newStrUcs4(t, text.data(), text.size());
}

}  // namespace krait::unicode
