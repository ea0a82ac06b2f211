// More facts about code points, Unicode 14.0.0: categories, names, decompositions, normal forms. Tables that
// tools/make_unicode_data.pl generates at build time; what every program needs is in unicode.h.
#pragma once
#include <cstdint>
#include <string_view>
#include "runtime/core/error.h"
#include "runtime/objects/str.h"

namespace krait::unicode {

struct DataRecord {
  uint8_t category, bidi_class, width;  // indices into the lists of names
  uint8_t combining;
  bool mirrored;
  bool in_3_2;             // assigned in Unicode 3.2
  uint16_t decomposition;  // index into kDecompositions, 0: none
};
struct Composition {
  uint32_t first, second, composed;
};
struct NumericValue {
  uint32_t code_point;
  double number;
};
struct NameRange {  // names that end in the code point's number
  const char* prefix;
  uint32_t first, last;
};
struct NameEntry {
  uint32_t code_point;
  uint32_t words;  // index into kNameWords; the last word of a name has bit 15
};
struct NameSequence {
  uint32_t codes[4];
  uint32_t words;
};

// Generated (unicode_data_tables.cpp in the build folder).
extern const char* const kCategories[];
extern const char* const kBidiClasses[];
extern const char* const kWidths[];
extern const DataRecord kDataRecords[];
extern const uint16_t kDataIndex1[];
extern const uint16_t kDataIndex2[];
extern const char* const kDecompositionTags[];
extern const uint32_t kDecompositions[];  // tag << 8 | count, then the code points
extern const Composition kCompositions[];
extern const int kCompositionCount;
extern const NumericValue kNumericValues[];
extern const int kNumericValueCount;
extern const NameRange kNameRanges[];
extern const int kNameRangeCount;
extern const NameEntry kNames[];          // by code point
extern const int kNameCount;
extern const NameEntry kAliases[];
extern const int kAliasCount;
extern const NameSequence kSequences[];
extern const int kSequenceCount;
extern const uint16_t kNameWords[];
extern const uint32_t kWordOffsets[];
extern const char kWordText[];

inline const DataRecord& dataRecord(uint32_t c) {
  return kDataRecords[kDataIndex2[(uint32_t(kDataIndex1[c >> 7]) << 7) + (c & 127)]];
}

// The numeric value; false: none.
bool numericValue(uint32_t c, double* out);

inline constexpr int kLongestName = 128;
// The name into out[kLongestName]; its length, 0: no name.
int characterName(uint32_t c, char* out);
// The code points of a name, alias or named sequence (up to 4 into out; case does not matter); how many, 0: unknown.
int charactersNamed(std::string_view name, bool with_sequences, uint32_t* out);

enum class Form : uint8_t { kNfc, kNfd, kNfkc, kNfkd };
Ref<Str> normalize(Thread& t, Str* s, Form form);

}  // namespace krait::unicode
