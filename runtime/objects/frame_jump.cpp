// frame.f_lineno = n: a debugger moves execution of a traced frame to another line.
//
// What lies on the value stack is not only deep but of some kind: a loop's iterator, a handled exception, the NULL
// below a callable. A jump is allowed where the stack that there is, cut to the depth of the target, is of the kinds
// that the target's code expects. The kinds are found by following every path through the code, as CPython does: the
// same jumps are possible, and the refusals have the same words.
#include "runtime/code/code.h"
#include "runtime/code/opcodes.h"
#include "runtime/core/error.h"
#include "runtime/core/frame.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/bytes.h"

namespace krait {

namespace {

// What a stack holds, top in the lowest three bits: up to 21 items in a word, an empty stack is 0.
using Kinds = int64_t;
enum Kind : int64_t { kNothing = 0, kIterator = 1, kException = 2, kObject = 3, kNull = 4, kLasti = 5 };
constexpr Kinds kTooDeep = -1, kUnreached = -2;
constexpr Kinds kDeepest = Kinds(1) << 60;

Kinds push(Kinds stack, Kind kind) { return stack < 0 || stack >= kDeepest ? kTooDeep : stack << 3 | kind; }
Kinds pop(Kinds stack) { return stack < 0 ? stack : stack >> 3; }
Kind top(Kinds stack) { return Kind(stack & 7); }
Kind peek(Kinds stack, int n) { return Kind(stack >> 3 * (n - 1) & 7); }
Kinds swapTop(Kinds stack, int n) {
  if (stack < 0) return stack;
  Kind low = peek(stack, 1), high = peek(stack, n);
  Kinds cleared = stack & ~(Kinds(7) | Kinds(7) << 3 * (n - 1));
  return cleared | high | Kinds(low) << 3 * (n - 1);
}
int depthOf(Kinds stack) {
  int depth = 0;
  for (; stack > 0; stack >>= 3) ++depth;
  return depth;
}

class StackKinds {
 public:
  StackKinds(const Code* code, Kinds* at) : code_(code), at_(at) {
    for (int i = 0; i < code->units(); ++i) at[i] = kUnreached;
    at[0] = 0;
    do {
      again_ = false;
      for (int unit = 0; unit < code->units(); unit += 1 + kOpcodeInfo[opcode(unit)].caches) {
        if (at[unit] != kUnreached) follow(unit);
      }
      handlers();
    } while (again_);
  }

 private:
  const Code* code_;
  Kinds* at_;
  bool again_ = false;

  int opcode(int unit) const { return code_->bytecode->data[unit * 2]; }

  void reach(int unit, Kinds stack, int from) {
    if (at_[unit] != kUnreached) return;
    at_[unit] = stack;
    again_ |= unit < from;
  }

  void follow(int unit) {
    Kinds stack = at_[unit];
    int op = opcode(unit), argument = int(code_->cells[unit].arg), next = unit + 1 + kOpcodeInfo[op].caches;
    switch (op) {
      case op_JUMP_FORWARD: return reach(next + argument, stack, unit);
      case op_JUMP_BACKWARD:
      case op_JUMP_BACKWARD_NO_INTERRUPT: return reach(next - argument, stack, unit);
      case op_RETURN_VALUE:
      case op_RAISE_VARARGS:
      case op_RERAISE: return;
      case op_JUMP_IF_FALSE_OR_POP:
      case op_JUMP_IF_TRUE_OR_POP:
        reach(next + argument, stack, unit);
        stack = pop(stack);
        break;
      case op_SEND: reach(next + argument, pop(stack), unit); break;
      case op_FOR_ITER:
        reach(next + argument, pop(stack), unit);
        stack = push(stack, kObject);
        break;
      case op_GET_ITER:
      case op_GET_AITER: stack = push(pop(stack), kIterator); break;
      case op_END_ASYNC_FOR: stack = pop(pop(stack)); break;
      case op_PUSH_EXC_INFO: stack = push(stack, kException); break;
      case op_POP_EXCEPT: stack = pop(stack); break;
      case op_PUSH_NULL: stack = push(stack, kNull); break;
      case op_LOAD_GLOBAL: stack = push(argument & 1 ? push(stack, kNull) : stack, kObject); break;
      case op_LOAD_METHOD: stack = push(push(pop(stack), kNull), kObject); break;
      case op_PRECALL: break;  // CPython counts its effect here and CALL's for the rest: together they are CALL's
      case op_CALL:
        for (int i = 0; i < argument + 2; ++i) stack = pop(stack);
        stack = push(stack, kObject);
        break;
      case op_SWAP: stack = swapTop(stack, argument); break;
      case op_COPY: stack = stack < 0 ? stack : push(stack, peek(stack, argument)); break;
      case op_RETURN_GENERATOR: stack = push(stack, kObject); break;  // what the first send() sends
      default: {
        bool jumps = kOpcodeInfo[op].argument == OpArgument::forward,
             back = kOpcodeInfo[op].argument == OpArgument::backward;
        int effect = stackEffect(op, code_->cells[unit].arg, false);
        for (; effect < 0; ++effect) stack = pop(stack);
        for (; effect > 0; --effect) stack = push(stack, kObject);
        if (jumps) reach(next + argument, stack, unit);
        if (back) reach(next - argument, stack, unit);
      }
    }
    if (next < code_->units()) reach(next, stack, unit);
  }

  // A handler begins with what its block's stack has below the handler's depth, and the exception.
  void handlers() {
    const uint8_t* cursor = code_->exception_table->data;
    HandlerEntry entry;
    while (nextHandler(code_, &cursor, &entry)) {
      if (at_[entry.start] == kUnreached || at_[entry.target] != kUnreached) continue;
      Kinds stack = at_[entry.start];
      for (int depth = depthOf(stack); depth > entry.depth; --depth) stack = pop(stack);
      if (entry.push_lasti) stack = push(stack, kLasti);
      at_[entry.target] = push(stack, kException);
      again_ = true;
    }
  }
};

bool fits(Kind from, Kind to) {
  if (to == kNothing) return false;
  if (to == kObject) return from != kNull;
  return to == kNull || from == to;
}
bool fits(Kinds from, Kinds to) {
  if (to < 0) return false;
  while (from > to) from = pop(from);
  for (; from; from = pop(from), to = pop(to)) {
    if (!fits(top(from), top(to))) return false;
  }
  return to == 0;
}

const char* misfit(Kinds to) {
  if (to == kTooDeep) return "stack is too deep to analyze";
  if (to == kUnreached) return "can't jump into an exception handler, or code may be unreachable";
  switch (top(to)) {
    case kException: return "can't jump into an 'except' block as there's no exception";
    case kLasti: return "can't jump into a re-raising block as there's no location";
    case kIterator: return "can't jump into the body of a for loop";
    default: return "incompatible stacks";
  }
}

// The nearest line at or behind `line` that has code; -1: none.
int nearestLine(const Code* code, int line) {
  LocationTable rows(code);
  LocationRow row;
  int best = -1;
  while (rows.next(&row)) {
    int each = row.position.line;
    if (each >= line && (best < 0 || each < best)) best = each;
  }
  return best;
}

struct Landing {
  int unit = -1;
  Kinds stack = kTooDeep;
  const char* refusal = "cannot find bytecode for specified line";
};

// The beginning of the line's code whose stack keeps most of what is there.
Landing landingFor(const Code* code, const Kinds* stacks, Kinds start, int line) {
  Landing best;
  bool misfits = false;
  LocationTable rows(code);
  LocationRow row;
  int before = -1;
  while (rows.next(&row)) {
    // A line begins where another one, or none, comes before.
    int previous = before;
    if (row.position.line >= 0) before = row.position.line;
    if (row.position.line != line || previous == line) continue;
    Kinds stack = stacks[row.start];
    if (fits(start, stack)) {
      if (stack > best.stack) best.unit = row.start, best.stack = stack;
    } else if (best.unit < 0 && !misfits) {
      misfits = start >= 0;
      best.refusal = start == kTooDeep     ? "stack to deep to analyze"
                     : start == kUnreached ? "can't jump from unreachable code"
                                           : misfit(stack);
    }
  }
  return best;
}

bool mayJump(Thread& t, FrameObject* object) {
  switch (t.trace_event) {
    case TraceEvent::kLine:
    case TraceEvent::kYield: break;
    case TraceEvent::kNone:
    case TraceEvent::kCall: return raise(t, exc::ValueError, "can't jump from the 'call' trace event of a new frame");
    case TraceEvent::kOther: return raise(t, exc::ValueError, "can only jump from a 'line' trace event");
  }
  if (!object->trace) return raise(t, exc::ValueError, "f_lineno can only be set by a trace function");
  return true;
}

}  // namespace

bool jumpTo(Thread& t, FrameObject* object, int line) {
  Frame* frame = object->frame;
  if (!frame || frame->owner == FrameOwner::kFrameObject) {
    return raise(t, exc::ValueError, "f_lineno can only be set by a trace function");
  }
  if (!mayJump(t, object)) return false;
  Code* code = frame->code;
  if (line < code->first_line) return raise(t, exc::ValueError, "line %d comes before the current code block", line);
  int found_line = nearestLine(code, line);
  if (found_line < 0) return raise(t, exc::ValueError, "line %d comes after the current code block", line);
  Kinds* stacks = static_cast<Kinds*>(allocateBuffer(size_t(code->units()) * sizeof(Kinds)));
  if (!stacks) return raiseNoMemory(t);
  StackKinds kinds(code, stacks);
  Kinds start = stacks[frame->unit()];
  if (start >= 0 && depthOf(start) != frame->top - frame->stackBase())
    start = kUnreached;  // bytecode that no compiler makes
  Landing landing = landingFor(code, stacks, start, found_line);
  freeBuffer(stacks);
  if (landing.unit < 0) return raise(t, exc::ValueError, "%s", landing.refusal);
  if (t.trace_event == TraceEvent::kYield) {
    // The frame is about to be left, and goes on there when it is resumed, if it still is traced then.
    if (landing.stack != pop(start)) return raise(t, exc::ValueError, "incompatible stacks");
    object->new_line = found_line;
    object->resume_unit = landing.unit;
    return true;
  }
  for (; start > landing.stack; start = pop(start)) {
    Value v = *--frame->top;
    if (top(start) != kException) {
      release(v);
      continue;
    }
    // A handled exception gives way to the one before it.
    Value& handled = t.handled->handled;
    Value old = handled;
    handled = v.isNone() ? Value() : v;
    release(old);
  }
  object->new_line = found_line;
  frame->pc = code->cells + landing.unit;
  return true;
}

}  // namespace krait
