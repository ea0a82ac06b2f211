// See frame_peek.h.
#include "runtime/core/frame_peek.h"

#include "runtime/core/hooks.h"

namespace krait {

FramePeek::FramePeek(const Thread& t) : frame_(t.frame), activation_(t.activation) {}

bool FramePeek::next(PeekedFrame* out) {
  while (frame_) {
    // The frames that a trace holds stand between its entry frame and what it calls; the last of them is the entry
    // frame itself.
    if (activation_ && hooks.peek_trace) {
      PeekedTrace seen;
      hooks.peek_trace(activation_, level_, &seen);
      if (seen.entry == frame_) {
        ++level_;
        if (seen.last) {
          activation_ = seen.outer;
          level_ = 0;
        }
        if (seen.code) {
          if (seen.last && seen.linked) frame_ = frame_->previous;
          *out = {seen.code, codeLine(seen.code, seen.unit)};
          return true;
        }
        continue;  // nothing is recorded: the frame's own memory tells
      }
    }
    const Frame* frame = frame_;
    frame_ = frame->previous;
    if ((frame->flags & kFrameHidden) || !frame->code) continue;
    *out = {frame->code, frame->line_override ? int(frame->line_override)
                                              : codeLine(frame->code, int(frame->pc - frame->code->cells))};
    return true;
  }
  return false;
}

}  // namespace krait
