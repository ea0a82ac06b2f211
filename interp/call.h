// Frames for calls of Python functions.
#pragma once
#include "runtime/core/error.h"
#include "runtime/core/frame.h"
#include "runtime/objects/function.h"

namespace krait {

// A frame for function(args...), bound as CPython binds, linked behind thread.frame and made innermost. Takes over the
// references of function and of the total() values at args, also when it fails. Null: raised.
Frame* bindFrame(Thread& t, Function* function, Value* args, size_t positional, Tuple* names);
// f(*tuple, **dict): the tuple and dict are borrowed; dict may be null.
Frame* bindFrameFromTuple(Thread& t, Function* function, Tuple* positional, Dict* keywords);
// A frame without arguments for a code object: module or class body, exec.
Frame* bindCode(Thread& t, Code* code, Dict* globals, Value locals, Value closure);

// Counts the frame against the recursion limit. False: RecursionError raised.
Raised raiseRecursion(Thread& t);
[[nodiscard]] inline bool enterPython(Thread& t) {
  if (KRAIT_LIKELY(t.recursion_depth < t.recursion_limit)) {
    ++t.recursion_depth;
    return true;
  }
  return raiseRecursion(t);
}
inline void leavePython(Thread& t) { --t.recursion_depth; }

// Runs the innermost frame (thread.frame) in an interpreter loop of its own until it is left.
Ref<> runInnermost(Thread& t, Frame* frame);
// The loop itself, from any state; frame has kFrameEntry.
// `record`: a recording that the JIT has begun goes on here.
Value runLoop(Thread& t, Frame* frame, Cell* pc, Value* sp, bool raised, bool record = false);

// True when a call of this type object may push a frame for a Python __init__: its __new__ is object's and tp_call is type's.
Function* plainConstructor(Type* type);

}  // namespace krait
