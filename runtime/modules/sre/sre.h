// Regular expressions: what the files of _sre share.
//
// The re package compiles a pattern to a list of 32-bit codes; prepareProgram checks them once, so that the matcher need not.
// Positions are indices into the text throughout.
#pragma once
#include <cstdint>
#include <vector>

#include "runtime/core/error.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait::sre {

inline constexpr uint32_t kMagic = 20220615;
inline constexpr uint32_t kMaxRepeat = 0xFFFFFFFF;
inline constexpr uint32_t kMaxGroups = 0x3FFFFFFF;

enum Code : uint32_t {
#define SRE_CODE(name) k##name,
#include "runtime/modules/sre/codes.def"
  kCodeCount
};
enum Place : uint32_t {
#define SRE_PLACE(name) kAt##name,
#include "runtime/modules/sre/codes.def"
  kPlaceCount
};
enum Category : uint32_t {
#define SRE_CATEGORY(name) kIs##name,
#include "runtime/modules/sre/codes.def"
  kCategoryCount
};
enum Flag : uint32_t { kFlagIgnoreCase = 2, kFlagLocale = 4, kFlagMultiline = 8, kFlagDotAll = 16, kFlagUnicode = 32, kFlagVerbose = 64,
                       kFlagDebug = 128, kFlagAscii = 256, kFlagTemplate = 1 };
enum Info : uint32_t { kInfoPrefix = 1, kInfoLiteral = 2, kInfoCharset = 4 };

// Which of the first 256 characters a set holds.
struct Bitmap {
  uint64_t words[4];
  bool has(uint32_t c) const { return words[c >> 6] >> (c & 63) & 1; }
};

struct Program {
  std::vector<uint32_t> code;
  std::vector<uint32_t> bitmap_of;  // by index of a set's first code: number of its bitmap; 0 elsewhere
  std::vector<Bitmap> bitmaps;      // [0] is unused
  uint32_t groups = 0;
  // How a search finds candidates, from the INFO block.
  uint32_t least = 0;               // width of the shortest match
  uint32_t prefix = 0, prefix_length = 0;  // index of the literal prefix
  bool all_literal = false;         // the prefix is the whole pattern
  uint32_t first_set = 0;           // index of a set that holds every first character
};
// Checks the code and fills the rest. False: the code is not one that re makes.
bool prepareProgram(Program& program);

// Character facts.
bool isCategory(uint32_t category, uint32_t c);
bool inSet(const uint32_t* set, uint32_t c);
uint32_t lowerAscii(uint32_t c);
uint32_t lowerUnicode(uint32_t c);
uint32_t upperUnicode(uint32_t c);
uint32_t lowerLocale(uint32_t c);
uint32_t upperLocale(uint32_t c);

// The text that is searched: str, or an object with a buffer (held as long as this lives).
struct Subject {
  const void* data = nullptr;
  int64_t length = 0;
  int width = 1;
  bool bytes = false;
  Buffer buffer;

  [[nodiscard]] bool open(Thread& t, Value text);  // raises TypeError
};

// One choice to come back to, or one change to undo (matcher.cpp).
struct Entry {
  uint32_t kind;
  uint32_t pc;
  int64_t at;
  int64_t a, b;
};
struct Repeat {
  uint32_t pc;      // of its REPEAT code
  int64_t count;
  int64_t last;     // where the last iteration began, -1
  int32_t outer;    // index of the enclosing repeat, -1
};

// A matcher's state; reused for all matches of a findall, sub, ...
struct State {
  State(Thread& t, const Program& p, const Subject& s) : thread(t), program(p), subject(s), marks(size_t(p.groups) * 2, -1) {}
  State(const State&) = delete;
  ~State();

  Thread& thread;
  const Program& program;
  const Subject& subject;
  int64_t start = 0;          // where the match begins (set by search)
  int64_t end = 0;            // of the text that may be looked at
  int64_t at = 0;             // where the match ends
  bool full = false;          // fullmatch
  int64_t must_advance = -1;  // an empty match here does not count
  std::vector<int64_t> marks;
  int32_t last_index = -1;

  // The matcher's own stacks.
  Entry inline_entries[48];
  Entry* entries = inline_entries;
  size_t entry_count = 0, entry_capacity = 48;
  std::vector<Repeat> repeats;
};
// 1: matched, 0: no, -1: raised. match begins at state.start; search looks from state.start on and sets it.
int match(State& state);
int search(State& state);

// --- Python objects ---

struct Pattern : Object {
  Program* program;   // owned
  Value pattern, group_index, index_group;  // owned
  uint32_t flags;
  bool bytes;
};
struct Match : Object {
  Value string, pattern;  // owned; string may be None when... never empty
  Value regs;             // owned; empty: not made yet
  int64_t pos, endpos;
  int64_t* marks;         // 2 * (groups + 1): start and end of group 0, 1, ...
  int32_t last_index;
  uint32_t groups;
};
inline Pattern* asPattern(Value v) { return static_cast<Pattern*>(v.asObject()); }
inline Match* asMatch(Value v) { return static_cast<Match*>(v.asObject()); }
Type* patternType();
// None or a match object. Empty: raised.
Ref<> makeMatch(Thread& t, Pattern* pattern, Value string, State& state, int64_t pos, int64_t endpos, int status);
// text[start:end] as str or bytes.
Ref<> sliceText(Thread& t, const Subject& subject, Value string, int64_t start, int64_t end);
[[nodiscard]] bool addPatternTypes(Thread& t, ModuleObject* m);
[[nodiscard]] bool addMatchType(Thread& t, ModuleObject* m);
Ref<> newPattern(Thread& t, const Value* args);  // pattern, flags, code, groups, groupindex, indexgroup

}  // namespace krait::sre
