// Checks that a trace is what backends and passes assume; the pass runner calls it after every pass in debug and stress modes.
#pragma once
#include <string>
#include <vector>
#include "jit/ir/ir.h"

namespace krait::jit {

struct Complaint {
  Id id;             // the instruction; kNoId: the trace as a whole, or a snapshot that nothing uses
  std::string text;
};
std::vector<Complaint> verifyTrace(const Trace& trace);

}  // namespace krait::jit
