// Looking at the frames of a thread without touching them: for signal handlers and for threads without the GIL, where
// nothing may be allocated, locked or changed. Frames that live in the registers of compiled code are read from the
// record of their call site (hooks.peek_trace); outside of a call only the loop that the trace was entered at is known.
//
// What another thread changes meanwhile may be seen half changed, as with CPython's faulthandler.
#pragma once
#include "runtime/core/frame.h"

namespace krait {

struct PeekedFrame {
  const Code* code;
  int line;  // -1: not known
};

// From the innermost frame outwards.
class FramePeek {
 public:
  explicit FramePeek(const Thread& t);
  // False: no further frame.
  bool next(PeekedFrame* out);

 private:
  const Frame* frame_;
  const Activation* activation_;
  uint32_t level_ = 0;  // frames of activation_ that were shown
};

}  // namespace krait
