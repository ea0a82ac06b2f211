// What a backend is: it makes something that runs traces.
//
// A package of traces becomes one function, entered as  uint32_t entry(Thread*, Frame*, Activation*)  in the C calling
// convention. It answers the number of the exit through which it left, after storing that snapshot's values into
// activation->buffer (exit_layout.h): exits are numbered through the package's traces, each by its snapshots. `exit`
// and `link` leave in the same way, `ret` with kReturned. Where the package links an exit to another of its traces,
// control goes on there instead. Frames are exits' business (dispatch.cpp), but for the slots that a link to a root
// writes back.
#pragma once
#include <memory>
#include <string>
#include "jit/ir/ir.h"
#include "jit/trace/activation.h"

namespace krait::jit {

using TraceEntry = uint32_t (*)(Thread*, Frame*, Activation*);
enum class Gear : uint8_t { kEvaluate, kQuick, kBest };

// From this exit of traces[from] control goes on in traces[to]: in a side trace with the exit's values, in a root
// through the slots of the frame.
struct PackageLink {
  uint32_t from, snapshot, to;
};
// Calls of this function (a word) go to the code whose address stands at `entry`.
struct DirectCall {
  uint64_t callee;
  void* const* entry;
};
// How calls enter the package's function trace without a frame (lower_direct.cpp).
struct DirectEntry {
  bool wanted = false;
  uint32_t trace = 0;  // index
  uint32_t arguments = 0, slots = 0, frame_words = 0;
  void* slowly = nullptr;  // a function with the same arguments, for calls that cannot be made here
  uint64_t (*finish)(Thread*, Activation*, uint32_t exit) = nullptr;  // after any exit but a return
};

// What is compiled as one function. Closed: nothing in it may change while a compiler thread works on it.
struct Package {
  std::vector<Trace> traces;  // [0] is entered first, other roots by activation->entry
  std::vector<PackageLink> links;
  std::vector<DirectCall> calls;
  DirectEntry direct;
  const CodeUnit* unit = nullptr;               // for activations
  uint32_t words = 0, levels = 0, reserve = 0;  // what an activation needs: buffer, recursion, frame stack
};

// Native code of one package; freeing it gives the memory back (the caller knows that no thread is inside).
struct NativeCode {
  TraceEntry entry = nullptr;
  void* direct = nullptr;     // for calls; null unless wanted
  uint64_t size = 0;          // bytes of machine code
  uint64_t compile_ns = 0;    // thread CPU time
  std::shared_ptr<void> owner;
};

struct Listing {              // filled when asked for
  bool wanted = false;
  std::string llvm, llvm_optimised, assembly;
};

// jit/backend/eval: interprets the IR. The trace must outlive the run. `left_at`: the instruction that left.
uint32_t evaluate(const Trace& trace, Thread* thread, Frame* frame, Activation* activation, Id* left_at = nullptr);

// jit/backend/llvm. Thread-safe per Compiler object; each compiler thread owns one.
class Compiler {
 public:
  static std::unique_ptr<Compiler> create(std::string* error);
  virtual ~Compiler() = default;
  // False with *error set when LLVM refuses; never aborts the process for verified traces.
  // `between_stages` is called at points where nothing of LLVM's process-wide state is in use.
  virtual bool compile(const Package& package, Gear gear, NativeCode* out, Listing* listing, std::string* error,
                       void (*between_stages)() = nullptr) = 0;
};

}  // namespace krait::jit
