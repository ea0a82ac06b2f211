// What the runtime needs from above, as function pointers: it knows neither the interpreter, nor the frontend, nor the JIT.
#pragma once
#include "runtime/core/native.h"

namespace krait {
struct Code;
struct Frame;
struct Function;
struct Dict;
struct Generator;
struct Activation;

// One of the frames that a running trace holds, for frame_peek.h.
struct PeekedTrace {
  const Frame* entry;         // the frame that the trace was entered with; if it is not linked, the one that it hangs behind
  const Activation* outer;    // the trace that runs around this one
  const Code* code;           // null: the trace makes no call, or its frames are real by now
  int unit;
  bool last;                  // this is the entry frame, or code is null
  bool linked;                // the entry frame is part of the thread's chain
};

// What compile() is asked for besides the source.
struct CompileRequest {
  const char* mode = "exec";  // exec, eval, single, func_type
  int flags = 0;
  int optimize = -1;          // -1: as the interpreter was told
  int feature_version = -1;   // the minor version whose grammar a tree is asked for; -1: this one's
};

struct Hooks {
  // Runs a Python function with vectorcall arguments.
  Ref<> (*call_function)(Thread& t, Function* function, Args args);
  // The same in a frame that Python does not see (kFrameHidden).
  Ref<> (*call_hidden)(Thread& t, Function* function, Args args);
  // Runs a code object with these namespaces (module and class bodies, exec, eval); closure may be empty.
  Ref<> (*run_code)(Thread& t, Code* code, Dict* globals, Value locals, Value closure);
  // Resumes a generator's frame; v as in generatorSend. Gives the yielded or returned value (the generator's state tells).
  Ref<> (*resume)(Thread& t, Generator* generator, Value v);
  // A code object (or a tree, when the flags ask for one) from text, bytes or a syntax tree; filename is a str.
  Ref<> (*compile)(Thread& t, Value source, Value filename, const CompileRequest& request);
  bool (*is_syntax_tree)(Value v);
  // A code object dies, or its execution stream is about to be freed.
  void (*code_dies)(Code* code);
  // Makes the frames of running traces visible before someone walks the chain; null without a JIT.
  void (*force_frames)(Thread& t);
  // The frame at `level` (0: innermost) of a running trace. Reads only: it is called from signal handlers. Null without a JIT.
  void (*peek_trace)(const Activation* activation, uint32_t level, PeekedTrace* out);
  // Runs the Python handlers of signals that arrived, and pending calls; null before there is a signal module. False: raised.
  bool (*serve_signals)(Thread& t);
};
extern Hooks hooks;

}  // namespace krait
