// A running trace: what it needs in memory, and what others can see of it.
//
// run (dispatch.cpp) makes one Activation for each entry into native code and links it from the thread. Offsets are part
// of the contract with the backends.
#pragma once
#include <cstdint>
#include <vector>

namespace krait {
class Thread;
struct Frame;
struct Value;
}  // namespace krait

namespace krait::jit {
struct CompiledTrace;

// Slots of real frames that forcing filled, each with a reference of its own.
struct ForcedFrames {
  std::vector<Value*> slots;
};

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
  // --- the backends know the fields above and the buffer ---
  Thread* thread;
  Value* stack_top;        // of the frame stack at entry: inlined frames are rebuilt from here
  jit::ForcedFrames* forced;     // not null: kStateForced
  Activation* next_running;      // all activations of all threads, under the GIL
  Activation** running_link;
  uint32_t words;          // of the buffer: as many as the tree of traces needs
  // The exit buffer: what an exit hands to its snapshot, a side trace's inputs, and the live values of a call site.
  uint64_t buffer[];
};
}  // namespace krait

namespace krait::jit {
// An activation with the largest buffer there can be, outside of any thread's chain: for tests of backends.
struct FullActivation {
  Activation activation{};
  uint64_t buffer[kBufferWords];
};
}  // namespace krait::jit
