// What a backend is: it makes something that runs a trace.
//
// A trace is entered as  uint32_t entry(Thread*, Frame*, Activation*)  in the C calling convention, and answers the number
// of the snapshot through which it left, after storing that snapshot's values into activation->buffer (exit_layout.h).
// `link` and `exit` leave in the same way. The backend never touches frames: exits are dispatch.cpp's business.
#pragma once
#include <memory>
#include <string>
#include "jit/ir/ir.h"
#include "jit/trace/activation.h"

namespace krait::jit {

using TraceEntry = uint32_t (*)(Thread*, Frame*, Activation*);
enum class Gear : uint8_t { kEvaluate, kQuick, kBest };

// Native code of one trace; freeing it gives the memory back (the caller knows that no thread is inside).
struct NativeCode {
  TraceEntry entry = nullptr;
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
  // False with *error set when LLVM refuses; never aborts the process for a verified trace.
  // `between_stages` is called at points where nothing of LLVM's process-wide state is in use.
  virtual bool compile(const Trace& trace, Gear gear, NativeCode* out, Listing* listing, std::string* error,
                       void (*between_stages)() = nullptr) = 0;
};

}  // namespace krait::jit
