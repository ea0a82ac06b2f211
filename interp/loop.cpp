// The interpreter loop: its tables, how C++ enters it, unwinding, and what happens at poll points.
#include <string_view>
#include "interp/call.h"
#include "interp/handlers/generators.h"
#include "interp/handlers/quick.h"
#include "interp/interp.h"
#include "interp/jit_link.h"
#include "interp/tracing.h"
#include "runtime/core/hooks.h"
#include "runtime/core/runtime.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/generator.h"

namespace krait {

JitLink jit_link{};
JitParameters jit_parameters{};
uint64_t interpreted_bytecodes = 0;

// --- tables ---

namespace {

// What runs for an instruction that is looked at: its plain form. A cell that enters a trace keeps the entering form, whose counter
// names the trace; it does not enter while the table is not the normal one.
inline uint16_t plainOp(const Cell* pc) {
  return pc->op >= op_ENTER_TRACE_LOOP && pc->op <= op_ENTER_TRACE_FUNCTION ? pc->op : genericOp(pc);
}

HANDLER_TAIL(handle_illegal) {
  frame->pc = pc;
  (void)raise(*thread, exc::SystemError, "unknown opcode %u", unsigned(pc->op));
  TAIL_CALL raisedAt(pc, sp, frame, thread, table);
}

// The frame of a method that the recorder follows. False: raised.
bool enterMethod(Thread& t, Frame* frame, Value* sp, const FollowedMethod& followed) {
  Value args[2];
  Value* operands = sp - followed.count;
  for (size_t i = 0; i < followed.count; ++i) {
    args[i] = operands[i];
    if (followed.waits) retain(args[i]);
  }
  frame->top = followed.waits ? sp : operands;
  frame->return_offset = uint16_t(1 + kOpcodeInfo[genericOp(frame->pc)].caches);
  retain(followed.function);
  Frame* callee = bindFrame(t, followed.function, args, followed.count, nullptr);
  if (!callee) return false;
  if (followed.waits) callee->flags |= kFrameOperator;
  return true;
}

// Entry of the recording table: the recorder sees the state before the plain instruction runs.
HANDLER_TAIL(recordStep) {
  frame->pc = pc;
  ++interpreted_bytecodes;
  FollowedMethod followed;
  if (!jit_link.record_step(*thread, frame, pc, sp, &followed)) table = normal_table;
  if (followed.function) {
    if (KRAIT_UNLIKELY(!enterMethod(*thread, frame, sp, followed))) TAIL_CALL raisedAt(pc, frame->top, frame, thread, table);
    frame = thread->frame;
    TAIL_CALL advance(frame->code->cells, frame->stackBase(), frame, thread, table);
  }
  TAIL_CALL kHandlers[plainOp(pc)].run(pc, sp, frame, thread, table);
}

// Entry of the tracing table: sys.settrace and sys.setprofile see the instruction first.
HANDLER_TAIL(traceStep) {
  if (!traceInstruction(*thread, frame, &pc, &sp)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  if (!tracingActive(*thread)) table = normal_table;
  TAIL_CALL kHandlers[plainOp(pc)].run(pc, sp, frame, thread, table);
}

// How many instructions a handler executes: pairs, and forms that do the next one's work as well.
constexpr uint8_t instructionsOf(const char* name) {
  std::string_view form(name);
  bool two = form.find("__") != form.npos || form.ends_with("_JUMP") || form.starts_with("PRECALL_") ||
             form == "BINARY_OP_APPEND_STR";
  return two ? 2 : 1;
}
struct InstructionCounts {
  uint8_t row[kOpCount];
  constexpr InstructionCounts() : row() {
    for (uint8_t& count : row) count = 1;
#define SPECIALISED(name, generic) row[op_##name] = instructionsOf(#name);
#include "interp/specialised.def"
  }
};
constexpr InstructionCounts kInstructionCounts;

// Entry of the counting table, which --jit-stats puts in the normal one's place.
HANDLER_TAIL(countStep) {
  interpreted_bytecodes += kInstructionCounts.row[pc->op];
  TAIL_CALL kHandlers[pc->op].run(pc, sp, frame, thread, table);
}

}  // namespace

namespace {
struct NormalTable {
  DispatchEntry row[kOpCount];
  constexpr NormalTable() : row() {
    for (DispatchEntry& entry : row) entry.run = handle_illegal;
#define KRAIT_OPCODE(name, number, caches, argument, effect) row[number].run = handle_##name;
#include "runtime/code/opcodes.def"
#define SPECIALISED(name, generic) row[op_##name].run = handle_##name;
#include "interp/specialised.def"
  }
};
template <Handler handler>
struct UniformTable {
  DispatchEntry row[kOpCount];
  constexpr UniformTable() : row() {
    for (DispatchEntry& entry : row) entry.run = handler;
  }
};
constexpr NormalTable kNormal;
constexpr UniformTable<countStep> kCount;
constexpr UniformTable<recordStep> kRecord;
constexpr UniformTable<traceStep> kTrace;
}  // namespace
const DispatchEntry* const kHandlers = kNormal.row;
const DispatchEntry* normal_table = kNormal.row;
void countBytecodes() { normal_table = kCount.row; }
const DispatchEntry* const kRecordTable = kRecord.row;
const DispatchEntry* const kTraceTable = kTrace.row;

HANDLER(CACHE) { TAIL_CALL handle_illegal(pc, sp, frame, thread, table); }

// --- unwinding ---

HANDLER_TAIL(raisedAt) {
  if (KRAIT_UNLIKELY(table == kStepTable)) TAIL_CALL stepRaised(pc, sp, frame, thread, table);
  frame->pc = pc;
  // An error of addTraceback replaces the exception: it is unwound instead.
  (void)addTraceback(*thread, asException(thread->exception), frame);
  if (KRAIT_UNLIKELY(tracingActive(*thread))) traceException(*thread, frame);
  TAIL_CALL unwindAt(pc, sp, frame, thread, table);
}

// Cuts the value stack to what the handler expects, and pushes the exception for it.
static Value* enterHandler(Thread& t, Frame* frame, Value* sp, const HandlerEntry& entry) {
  Value* base = frame->stackBase() + entry.depth;
  while (sp > base) release(*--sp);
  while (sp < base) *sp++ = kNone;  // only in bytecode that no compiler makes
  if (entry.push_lasti) *sp++ = Value::fromInt(frame->unit());
  *sp++ = takeException(t).leak();
  return sp;
}

// The instruction that unwinds decides; frame->pc may be one that raised earlier (RERAISE restores it for tracebacks).
static bool findFrameHandler(Frame* frame, Cell* pc, HandlerEntry* entry) {
  return frame->code->exception_table->size != 0 && findHandler(frame->code, int(pc - frame->code->cells), entry);
}

// The rest of the stack of a frame that is left goes first, then its locals.
static void cutStack(Frame* frame) {
  Value* base = frame->stackBase();
  while (frame->top > base) release(*--frame->top);
}

// The handler in this frame, with frame->top as it expects the stack; null: there is none, and the stack is empty.
static Cell* unwindInFrame(Thread& t, Frame* frame, Cell* pc) {
  HandlerEntry entry;
  if (!findFrameHandler(frame, pc, &entry)) {
    cutStack(frame);
    return nullptr;
  }
  frame->top = enterHandler(t, frame, frame->top, entry);
  return frame->code->cells + entry.target;
}

HANDLER_TAIL(unwindAt) {
  if (KRAIT_UNLIKELY(table == kStepTable)) TAIL_CALL stepRaised(pc, sp, frame, thread, table);
  if (KRAIT_UNLIKELY(table == kRecordTable) && !jit_link.record_raise(*thread, frame, frame->pc, sp))
    table = normal_table;
  frame->top = sp;
  pc = unwindInFrame(*thread, frame, pc);
  if (pc) TAIL_CALL advance(pc, frame->top, frame, thread, table);
  if (KRAIT_UNLIKELY(tracingActive(*thread))) traceReturn(*thread, frame, Value());
  if (frame->owner == FrameOwner::kGenerator) TAIL_CALL raiseFromGenerator(frame->pc, frame->top, frame, thread, table);
  Frame* caller = frame->previous;
  bool entry = frame->flags & kFrameEntry;
  leaveFrame(*thread, frame);
  if (entry) return Value();
  TAIL_CALL raisedAt(caller->pc, caller->top, caller, thread, table);
}

// --- poll points ---

static void serveJitPoll(Thread& t) {
  t.poll.fetch_and(~uint32_t(kPollJit), std::memory_order_relaxed);
  if (jit_link.serve_poll) jit_link.serve_poll(t);
}

HANDLER_TAIL(servePolls) {
  if (KRAIT_UNLIKELY(table == kStepTable)) TAIL_CALL advance(pc, sp, frame, thread, table);  // the trace polls itself
  frame->top = sp;
  if (thread->poll.load(std::memory_order_relaxed) & kPollJit) serveJitPoll(*thread);
  if (KRAIT_UNLIKELY(!servePoll(*thread))) TAIL_CALL raisedAt(frame->pc, sp, frame, thread, table);
  if (tracingActive(*thread)) {
    table = kTraceTable;
  } else if (table == kTraceTable) {
    table = normal_table;
  }
  TAIL_CALL advance(pc, sp, frame, thread, table);
}

// --- compiled traces ---

// What a trace left behind, for the tail call that follows.
static HANDLER_TAIL(continueFrom) {
  if (KRAIT_UNLIKELY(thread->raised())) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  if (mustPoll(thread)) {
    frame->pc = pc - 1;
    TAIL_CALL servePolls(pc, sp, frame, thread, table);
  }
  TAIL_CALL advance(pc, sp, frame, thread, table);
}

static void* traceAt(Frame* frame, Cell* pc) { return static_cast<JitCode*>(frame->code->jit_data)->traces[pc->counter]; }

HANDLER(ENTER_TRACE_LOOP) {
  frame->pc = pc;
  Cell* target = pc + 1 - pc->arg;
  // A poll is served by the interpreter first; a thread that records or is traced runs the loop itself.
  if (mustPoll(thread)) TAIL_CALL servePolls(target, sp, frame, thread, table);
  if (KRAIT_UNLIKELY(table != normal_table)) TAIL_CALL advance(target, sp, frame, thread, table);
  ResumePoint to = jit_link.run_trace(*thread, frame, traceAt(frame, pc), target, sp);
  if (to.record) table = kRecordTable;
  TAIL_CALL continueFrom(to.pc, to.sp, to.frame, thread, table);
}

HANDLER(ENTER_TRACE_FUNCTION) {
  frame->pc = pc;
  if (mustPoll(thread)) TAIL_CALL servePolls(pc + 1, sp, frame, thread, table);
  if (KRAIT_UNLIKELY(table != normal_table)) TAIL_CALL advance(pc + 1, sp, frame, thread, table);
  ResumePoint to = jit_link.run_trace(*thread, frame, traceAt(frame, pc), pc + 1, sp);
  if (to.record) table = kRecordTable;
  TAIL_CALL continueFrom(to.pc, to.sp, to.frame, thread, table);
}

void installTrace(Code* code, Cell* cell, uint16_t index) {
  static constexpr uint16_t kEntering[] = {op_ENTER_TRACE_LOOP,     op_ENTER_TRACE_FUNCTION, op_ENTER_TRACE_IF_FALSE,
                                           op_ENTER_TRACE_IF_TRUE,  op_ENTER_TRACE_IF_NONE,  op_ENTER_TRACE_IF_NOT_NONE};
  for (uint16_t op : kEntering)
    if (kGenericOp[op] == genericOp(cell)) cell->op = op;
  cell->counter = index;
}

void removeTrace(Code* code, Cell* cell, uint16_t counter) {
  cell->op = genericOp(cell);
  cell->counter = counter;
}

// --- entry from C++ ---

Value runLoop(Thread& t, Frame* frame, Cell* pc, Value* sp, bool raised, bool record) {
  const DispatchEntry* table = record ? kRecordTable : tracingActive(t) ? kTraceTable : normal_table;
  if (raised) return raisedAt(pc, sp, frame, &t, table);
  return table[pc->op].run(pc, sp, frame, &t, table);
}

Ref<> runInnermost(Thread& t, Frame* frame) {
  // The frame counts against the recursion limit; the C++ call beneath it is only measured.
  if (!checkNativeStack(t, "")) {
    PreserveException preserve(t);
    leaveFrame(t, frame);
    return kRaised;
  }
  frame->flags |= kFrameEntry;
  return steal(runLoop(t, frame, frame->code->cells, frame->stackBase(), false));
}

Ref<> runFrom(Thread& t, Frame* frame, Cell* pc, Value* sp, bool raised) {
  frame->flags |= kFrameEntry;
  return steal(runLoop(t, frame, pc, sp, raised));
}

namespace {

Ref<> callWithFlags(Thread& t, Function* function, Args args, uint8_t flags) {
  size_t total = args.total();
  Value small[8];
  Value* values = small;
  if (total > 8) {
    values = static_cast<Value*>(allocateBuffer(total * sizeof(Value)));
    if (!values) return raiseNoMemory(t);
  }
  for (size_t i = 0; i < total; ++i) values[i] = share(args.values[i]).leak();
  retain(function);
  Frame* frame = bindFrame(t, function, values, args.positional, args.names);
  if (values != small) freeBuffer(values);
  if (!frame) return kRaised;
  frame->flags |= flags;
  return runInnermost(t, frame);
}

Ref<> callFunction(Thread& t, Function* function, Args args) { return callWithFlags(t, function, args, 0); }
Ref<> callHidden(Thread& t, Function* function, Args args) { return callWithFlags(t, function, args, kFrameHidden); }

Ref<> runCode(Thread& t, Code* code, Dict* globals, Value locals, Value closure) {
  Frame* frame = bindCode(t, code, globals, locals, closure);
  if (!frame) return kRaised;
  return runInnermost(t, frame);
}

Ref<> resumeGenerator(Thread& t, Generator* generator, Value v) {
  if (!checkNativeStack(t, "")) return kRaised;
  Frame* frame = &generator->frame;
  bool raised = v.empty();
  Ref<> alive = share(Value(generator));
  if (!startResuming(t, generator, raised ? Value() : share(v).leak())) return kRaised;
  if (raised) {
    --frame->top;
    // As if raised at the yield: what the generator handles there is its context.
    Value handled = generator->handled.handled;
    if (handled && !handled.isNone()) (void)raiseInstance(t, takeException(t));
  }
  frame->flags |= kFrameEntry;
  if (raised && tracingActive(t)) traceThrow(t, frame);
  return steal(runLoop(t, frame, raised ? frame->pc : frame->pc + 1, frame->top, raised));
}

void codeDies(Code* code) {
  if (jit_link.code_dies) jit_link.code_dies(code);
}

void forceFrames(Thread& t) {
  if (jit_link.force_frames) jit_link.force_frames(t);
}

void peekTrace(const Activation* activation, uint32_t level, PeekedTrace* out) {
  jit_link.peek_trace(activation, level, out);  // there are activations: the library is loaded
}

}  // namespace

void installInterpreter() {
  stream_made = fuseLocals;
  hooks.call_function = callFunction;
  hooks.call_hidden = callHidden;
  hooks.run_code = runCode;
  hooks.resume = resumeGenerator;
  hooks.code_dies = codeDies;
  hooks.force_frames = forceFrames;
  hooks.peek_trace = peekTrace;
}

}  // namespace krait
