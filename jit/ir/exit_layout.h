// Where an exit puts its values: both backends, the exits and side traces agree through this one function.
//
// The values of a snapshot that are neither constants nor empty, each once, in order of first appearance (frames outermost
// first: function, then slots in order; virtual objects expand to their fields in place; the drops last), take consecutive words of the
// exit buffer, unboxed; an i128 takes two (low first), a bool one (0 or 1).
#pragma once
#include "jit/ir/ir.h"

namespace krait::jit {

struct ExitValue {
  Id id;
  Ty type;
  uint16_t word;
};
struct ExitLayout {
  std::vector<ExitValue> values;
  uint32_t words = 0;
  // Word of a value in the buffer; -1 when it is not there (constants).
  int wordOf(Id id) const {
    for (const ExitValue& v : values)
      if (v.id == id) return v.word;
    return -1;
  }
};
ExitLayout exitLayout(const Trace& trace, uint32_t snapshot);

}  // namespace krait::jit
