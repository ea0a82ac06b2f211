// A running unit of compiled code: what it needs in memory, and what others can see of it.
//
// run (dispatch.cpp) makes one Activation for each entry into native code from C++, compiled code makes one for each
// call between functions; both link it from the thread. Offsets are part of the contract with the backends.
#pragma once
#include <cstdint>
#include <vector>

namespace krait {
class Thread;
struct Frame;
struct Function;
struct Value;
}  // namespace krait

namespace krait::jit {
struct CodeUnit;

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

// The entry frame of an activation that compiled code made for a call: its slots are in their place, the rest is filled
// in when somebody needs it.
enum class EntryFrame : uint32_t {
  kReal = 0,    // a frame like any other, linked from the thread
  kBare = 1,    // the slots alone
  kFilled = 2,  // complete, with references of its own, but not linked
};

// In what compiled code answers: the entered frame returns, its slots are empty, and the result is in buffer[0].
inline constexpr uint32_t kReturned = uint32_t(1) << 31;

}  // namespace krait::jit

namespace krait {
// Declared in core/thread.h as Activation.
struct Activation {
  Activation* previous;
  const jit::CodeUnit* unit;
  Frame* frame;            // the frame that the unit was entered with
  uint32_t site;           // exit number of the call being made (kNoSite outside calls that run Python)
  uint32_t state;          // ActivationState bits
  uint32_t entry;          // which of the unit's traces was entered
  jit::EntryFrame entry_frame;
  // --- the backends know the fields above, the buffer, and what direct entries fill in ---
  Value* stack_top;        // of the frame stack at entry: inlined frames are rebuilt from here
  jit::ForcedFrames* forced;     // not null: kStateForced
  Function* function;            // entry_frame is not real: what was called, borrowed while the frame is bare
  Frame* outer;                  // likewise: the thread's frame at the call
  char* native_limit;            // lowest address of the C++ stack for calls between traces
  uint32_t words;                // of the buffer
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
