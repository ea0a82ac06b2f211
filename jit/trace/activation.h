// A running trace: what it needs in memory, and what others can see of it.
//
// run (dispatch.cpp) makes one Activation for each entry into native code and links it from the thread. Offsets are part
// of the contract with the backends.
#pragma once
#include <cstdint>

namespace krait {
class Thread;
struct Frame;
}

namespace krait::jit {
struct CompiledTrace;

inline constexpr uint32_t kBufferWords = 1024;  // a snapshot needing more is refused at recording
inline constexpr uint32_t kNoSite = ~uint32_t(0);

enum ActivationState : uint32_t {
  kStateForced = 1,       // someone looked at the frames: they were built from the record and are real now
  kStateInvalidated = 2,  // an assumption broke while the trace was on the stack
};

}  // namespace krait::jit

namespace krait {
// Declared in core/thread.h as Activation.
struct Activation {
  Activation* previous;
  jit::CompiledTrace* trace;
  Frame* frame;            // the real frame that the trace was entered with
  uint32_t site;           // snapshot of the call being made (kNoSite outside calls that run Python)
  uint32_t state;          // ActivationState bits
  // The exit buffer: what an exit hands to its snapshot, a side trace's inputs, and the live values of a call site.
  uint64_t buffer[1024];
};
}  // namespace krait
