// Case mappings over the generated tables: see unicode.h.
#include "runtime/objects/unicode.h"

namespace krait::unicode {
namespace {

int map(uint32_t c, const Record& r, int32_t mapping, uint32_t* out) {
  if (!(r.flags & kLongCase)) {
    out[0] = c + uint32_t(mapping);
    return 1;
  }
  const uint32_t* entry = kLongCases + mapping;
  for (uint32_t i = 0; i < entry[0]; ++i) out[i] = entry[1 + i];
  return int(entry[0]);
}

}  // namespace

int toLower(uint32_t c, uint32_t* out) {
  const Record& r = record(c);
  return map(c, r, r.lower, out);
}
int toUpper(uint32_t c, uint32_t* out) {
  const Record& r = record(c);
  return map(c, r, r.upper, out);
}
int toTitle(uint32_t c, uint32_t* out) {
  const Record& r = record(c);
  return map(c, r, r.title, out);
}
int toFolded(uint32_t c, uint32_t* out) {
  const Record& r = record(c);
  return map(c, r, r.fold, out);
}

}  // namespace krait::unicode
