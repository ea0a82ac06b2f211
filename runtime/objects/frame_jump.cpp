// frame.f_lineno = n: a debugger moves execution of a traced frame to another line.
//
// The stack depth at the target must be what it is now, in kind as well: we compare the sequence of enclosing exception
// handlers and the depth that the stream's check found, and refuse what cannot be proved.
#include "runtime/code/code.h"
#include "runtime/code/opcodes.h"
#include "runtime/core/error.h"
#include "runtime/core/frame.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/bytes.h"

namespace krait {

namespace {

// The first unit of the first row of a line at or after `line`; -1: the code has none.
int unitOfLine(const Code* code, int line, int* found_line) {
  LocationTable rows(code);
  LocationRow row;
  int best = -1, best_line = INT32_MAX;
  while (rows.next(&row)) {
    int l = row.position.line;
    if (l >= line && l < best_line) {
      best = row.start;
      best_line = l;
    }
  }
  *found_line = best_line;
  return best;
}

// Depth of the value stack at each unit, by the same walk as in the stream's check; -1 where no path leads.
void stackDepths(const Code* code, int* depths, int* work) {
  int units = code->units(), count = 0;
  for (int i = 0; i < units; ++i) depths[i] = -1;
  auto reach = [&](int unit, int depth) {
    if (unit < 0 || unit >= units || depths[unit] >= 0) return;
    depths[unit] = depth;
    work[count++] = unit;
  };
  reach(0, 0);
  while (count > 0) {
    int unit = work[--count];
    const Cell& cell = code->cells[unit];
    int op = code->bytecode->data[unit * 2];
    const OpcodeInfo& info = kOpcodeInfo[op];
    int depth = depths[unit], next = unit + 1 + info.caches;
    int effect = op == op_PRECALL            ? 0
                 : op == op_CALL             ? -1 - int(cell.arg)
                 : op == op_RETURN_GENERATOR ? 1
                                             : stackEffect(op, cell.arg, false);
    HandlerEntry entry;
    if (findHandler(code, unit, &entry)) reach(entry.target, entry.depth + entry.push_lasti + 1);
    if (info.argument == OpArgument::forward) reach(next + int(cell.arg), depth + stackEffect(op, cell.arg, true));
    if (info.argument == OpArgument::backward) reach(next - int(cell.arg), depth + stackEffect(op, cell.arg, true));
    bool ends = op == op_RETURN_VALUE || op == op_RERAISE || op == op_RAISE_VARARGS || op == op_JUMP_FORWARD || op == op_JUMP_BACKWARD ||
                op == op_JUMP_BACKWARD_NO_INTERRUPT;
    if (!ends) reach(next, depth + effect);
  }
}

}  // namespace

bool jumpTo(Thread& t, FrameObject* object, int line) {
  Frame* frame = object->frame;
  if (!frame || frame->owner == FrameOwner::kFrameObject)
    return raise(t, exc::ValueError, "can't jump from the 'call' trace event of a new frame");
  if (!object->trace) return raise(t, exc::ValueError, "f_lineno can only be set by a trace function");
  if (t.tracing == 0) return raise(t, exc::ValueError, "f_lineno can only be set in a trace function");
  Code* code = frame->code;
  if (line < code->first_line) return raise(t, exc::ValueError, "line %d comes before the current code block", line);
  int found_line;
  int target = unitOfLine(code, line, &found_line);
  if (target < 0) return raise(t, exc::ValueError, "line %d comes after the current code block", line);
  int units = code->units();
  int* depths = static_cast<int*>(allocateBuffer(size_t(units) * 2 * sizeof(int)));
  if (!depths) return raiseNoMemory(t);
  stackDepths(code, depths, depths + units);
  int from = depths[frame->unit()], to = depths[target];
  freeBuffer(depths);
  HandlerEntry from_handler, to_handler;
  bool in_from = findHandler(code, frame->unit(), &from_handler), in_to = findHandler(code, target, &to_handler);
  if (to < 0 || from < 0) return raise(t, exc::ValueError, "can't jump to unreachable code");
  if (to > from || (to == from && to > 0 && (in_from != in_to || (in_from && from_handler.target != to_handler.target)))) {
    return raise(t, exc::ValueError, "can't jump into the middle of a block");
  }
  while (frame->top > frame->stackBase() + to) release(*--frame->top);
  object->new_line = found_line;
  frame->pc = code->cells + target;
  return true;
}

}  // namespace krait
