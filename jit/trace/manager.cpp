// Decisions about traces: when to record, what to do with a recording, what an invalidation means.
#include "jit/trace/manager.h"
#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdlib>
#include <cstring>
#include <utility>
#include "interp/opcodes.h"
#include "jit/dump/dump.h"
#include "jit/ir/text.h"
#include "jit/ir/verify.h"
#include "jit/opt/pass.h"
#include "jit/trace/compile.h"
#include "jit/trace/compiled.h"
#include "jit/trace/helpers.h"
#include "jit/trace/log.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/function.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"

namespace krait::jit {
namespace {

// What code->jit_data points to.
struct CodeData : JitCode {
  std::vector<void*> table;                             // traces by the index in their cell's counter
  std::vector<std::pair<uint32_t, uint32_t>> loops;     // code unit -> number of the looping root
  std::vector<CompiledTrace*> owned;
  void* direct = nullptr;  // what calls of the code from traces enter (DirectCall)
  uint32_t raised = 0;     // exceptions seen in inlined frames of it
};

struct Attempt {
  uint32_t failures = 0;
};

struct State {
  Parameters parameters;
  JitMode mode = kJitOn;
  std::vector<std::unique_ptr<CompiledTrace>> traces;   // by number - 1; null once freed
  std::vector<CompiledTrace*> retired;
  boost::unordered_flat_map<Cell*, Attempt> attempts;
  boost::unordered_flat_map<uint64_t, uint32_t> unstable;  // (dict, name) mixed
  // the recording in progress
  std::unique_ptr<Recorder> recorder;
  Cell* cell = nullptr;              // roots: where it will be entered
  CompiledTrace* parent = nullptr;   // side traces
  uint32_t parent_exit = 0;
};
State state;

uint64_t keyOf(Dict* dict, Str* name) { return uint64_t(dict) * 31 + uint64_t(name); }

CodeData* dataOf(krait::Code* code) {
  if (!code->jit_data) {
    code->jit_data = new CodeData;
    static_cast<CodeData*>(code->jit_data)->traces = nullptr;
  }
  return static_cast<CodeData*>(code->jit_data);
}

// The next value of a cell's counter after a failed attempt: each failure doubles the patience, up to the counter's
// width. Some failures say nothing about the next attempt: the recording came upon the loop's last turn, or it learned
// something.
uint16_t backOff(Cell* cell, uint32_t threshold, Abort reason) {
  constexpr uint32_t kQuickAttempts = 4;
  uint32_t failures = ++state.attempts[cell].failures;
  bool again = reason == Abort::kLeftLoop || reason == Abort::kInvalidated || reason == Abort::kRaised;
  if (again && failures <= kQuickAttempts) return uint16_t(1 + failures);
  uint64_t wait = uint64_t(threshold) << std::min(failures, 16u);
  return uint16_t(std::clamp<uint64_t>(wait, 2, 65535));
}

uint32_t thresholdOf(Cell* cell) {
  return genericOp(cell) == op_RESUME ? state.parameters.function_threshold : state.parameters.loop_threshold;
}

// Whether the trace is installed: the cell of one that waits for the compiler is the interpreter's.
bool enteredAt(const CompiledTrace* trace) {
  const Cell* cell = trace->cell;
  const auto& table = dataOf(trace->owner)->table;
  return cell->op != genericOp(cell) && cell->counter < table.size() && table[cell->counter] == trace;
}

// Calls of this many plain arguments; ~0: the code takes others.
uint32_t plainArguments(const krait::Code* code) {
  bool plain =
      !code->keyword_only_count && code->arg_count <= 6 && (code->flags & kCodeOptimized) &&
      !(code->flags & (kCodeVarArgs | kCodeVarKeywords | kCodeGenerator | kCodeCoroutine | kCodeAsyncGenerator));
  return plain ? uint32_t(code->arg_count) : ~0u;
}

// The word that holds what calls of the code enter.
void** directEntryOf(krait::Code* code) {
  CodeData* data = dataOf(code);
  if (!data->direct) data->direct = callThroughFrames(plainArguments(code));
  return &data->direct;
}
void closeDirectEntry(krait::Code* code) {
  auto* data = static_cast<CodeData*>(code->jit_data);
  if (data && data->direct) data->direct = callThroughFrames(plainArguments(code));
}
void openDirectEntry(CompiledTrace* trace) {
  if (!trace->valid || !takesDirectCalls(trace) || !enteredAt(trace)) return;
  *directEntryOf(trace->owner) =
      trace->entered->code.direct ? trace->entered->code.direct : callThroughFrames(plainArguments(trace->owner));
}

// The code that contained a trace which is invalid now is not entered any more.
void enterAlone(CompiledTrace* trace) {
  retireUnit(std::exchange(trace->entered, trace->alone));
  trace->entry = 0;
  openDirectEntry(trace);
}

// The functions that the trace calls, as constants with fitting arguments.
void findDirectCalls(CompiledTrace* trace) {
  const Trace& ir = *trace->ir;
  for (const Ins& ins : ir.code_list) {
    if (ins.op != Op::k_call || ins.imm < uint64_t(Helper::k_call_0) || ins.imm > uint64_t(Helper::k_call_6)) continue;
    Id callee = ir.extra[ins.a];
    if (!isConst(callee) || ir.at(callee).op != Op::k_const_value || !isFunction(Value(ir.at(callee).imm))) continue;
    krait::Code* code = asFunction(Value(ir.at(callee).imm))->code;
    if (plainArguments(code) != ins.imm - uint64_t(Helper::k_call_0)) continue;
    trace->calls.push_back({ir.at(callee).imm, directEntryOf(code)});
  }
}

void invalidate(CompiledTrace* trace, const char* why) {
  if (!trace->valid) return;
  trace->valid = false;
  ++statistics().invalidated;
  logEvent("invalidated trace %u: %s", trace->number, why);
  fillBareFrames();  // what the trace called was kept alive by what it assumed
  markInvalidated(trace);
  if (trace->cell) {
    if (trace->ir->kind == TraceKind::kFunction) closeDirectEntry(trace->owner);
    for (Cell* cell : trace->more_cells)
      removeTrace(trace->owner, cell, uint16_t(std::min<uint32_t>(thresholdOf(cell), 65535)));
    if (enteredAt(trace)) removeTrace(trace->owner, trace->cell, uint16_t(std::min<uint32_t>(thresholdOf(trace->cell), 65535)));
    auto& loops = dataOf(trace->owner)->loops;
    std::erase_if(loops, [&](auto& l) { return l.second == trace->number; });
  }
  // Its bridges die with it; whoever bridges to it takes the exit again.
  for (auto& other : state.traces) {
    if (!other) continue;
    for (Exit& exit : other->exits)
      if (exit.bridge == trace) {
        exit.bridge = nullptr;
        exit.count = 0;
        exit.limit = state.parameters.exit_threshold;
      }
    if (other->parent == trace && other->valid) invalidate(other.get(), "its parent");
    if (other->valid && other->entered && other->entered->contains(trace)) enterAlone(other.get());
  }
  for (auto& d : trace->dependents) unwatch(&d->dependent);
  state.retired.push_back(trace);
}

void assumptionBroke(Dependent* dependent) {
  auto* d = reinterpret_cast<TraceDependent*>(dependent);
  static constexpr const char* kWhy[] = {"a class changed", "a binding changed", "a function changed",
                                         "a shape was deprecated", "an object died"};
  if (d->assumption.kind == Assumption::kObject) fillFramesOf(d->assumption.subject.asObject());
  if (d->assumption.kind == Assumption::kKey) markUnstable(static_cast<Dict*>(d->assumption.subject.asObject()), d->assumption.key);
  invalidate(d->trace, kWhy[d->assumption.kind]);
}

// Its inlined callees raise: it is recorded again, with them called.
void retireForRaising(CompiledTrace* trace, const Snapshot& snap) {
  for (uint32_t i = 1; i < snap.frame_count; ++i)
    for (int twice = 0; twice < 2; ++twice) noteRaising(trace->ir->snap_frames[snap.first_frame + i].code);
  while (trace->parent) trace = trace->parent;
  invalidate(trace, "an inlined function raises often");
}

void watch(CompiledTrace* trace, const Assumption& assumption) {
  for (auto& d : trace->dependents)
    if (d->assumption == assumption) return;
  auto d = std::make_unique<TraceDependent>();
  d->trace = trace;
  d->assumption = assumption;
  d->dependent.invalidate = assumptionBroke;
  watchAssumption(assumption, &d->dependent);
  trace->dependents.push_back(std::move(d));
}

void checkTrace(const Trace& trace, const char* after) {
  auto complaints = verifyTrace(trace);
  if (complaints.empty()) return;
  fprintf(stderr, "%s\n", printTrace(trace).c_str());
  for (auto& c : complaints) fprintf(stderr, "[jit] %%%u: %s\n", c.id, c.text.c_str());
  KRAIT_FATAL("trace %u is not well-formed after %s", trace.number, after);
}

void install(CompiledTrace* trace) {
  if (trace->parent) {
    trace->parent->exits[trace->parent_exit].bridge = trace;
    if (trace->ir->kind == TraceKind::kSide)
      for (CompiledTrace* above = trace->parent; above; above = above->parent) {
        above->reserve = std::max(above->reserve, trace->reserve);
        above->levels = std::max(above->levels, trace->levels);
        above->words = std::max(above->words, trace->words);
      }
    compileTree(trace);
    return;
  }
  CodeData* data = dataOf(trace->owner);
  data->table.push_back(trace);
  data->traces = data->table.data();
  if (trace->ir->kind == TraceKind::kLoop) data->loops.push_back({trace->unit, trace->number});
  installTrace(trace->owner, trace->cell, uint16_t(data->table.size() - 1));
  openDirectEntry(trace);
  compileTree(trace);
}

void summarise(const CompiledTrace* trace) {
  const TraceCounters& c = trace->counters;
  keepSummary({trace->number, trace->place, c.entries, c.passes, c.passes * trace->loop_bytecodes + c.bytecodes});
}

// From a finished recording to an installed trace. The reason when it comes to nothing.
Abort finishRecording(Recorder& recorder) {
  if (recorder.aborted()) return recorder.abortReason();
  if (recorder.broken() || (state.parent && !state.parent->valid)) return Abort::kInvalidated;
  std::unique_ptr<Trace> ir;
  if (recorder.ending() == Ending::kLoop) {
    ir = peel(recorder.builder(), recorder.loopSlots());
    if (!ir) return Abort::kTypesUnstable;
  } else {
    ir = recorder.takeTrace();
  }
  ir->number = uint32_t(state.traces.size() + 1);
  dumpTrace("trace", *ir);
  eliminateDeadCode(*ir);
  countReferences(*ir);
  eliminateDeadCode(*ir);
  checkTrace(*ir, "refcount");
  for (uint32_t s = 0; s < ir->snapshots.size(); ++s)
    if (exitLayout(*ir, s).words > kBufferWords) return Abort::kTooManyValues;

  auto trace = std::make_unique<CompiledTrace>();
  trace->number = ir->number;
  trace->ending = recorder.ending();
  trace->link = recorder.linkTarget();
  trace->parent = state.parent;
  trace->parent_exit = state.parent_exit;
  trace->owner = ir->code;
  trace->unit = ir->unit;
  trace->cell = state.parent ? nullptr : state.cell;
  trace->exits.resize(ir->snapshots.size());
  for (uint32_t s = 0; s < ir->snapshots.size(); ++s) {
    trace->exits[s].layout = exitLayout(*ir, s);
    trace->exits[s].limit = state.parameters.exit_threshold;
    trace->words = std::max(trace->words, trace->exits[s].layout.words);
    const SnapFrame& frame = ir->snap_frames[ir->snapshots[s].first_frame];
    trace->exits[s].returns = ir->snapshots[s].frame_count == 1 && !ir->snapshots[s].raises &&
                              (ir->code_list.back().op == Op::k_exit || ir->code_list.back().op == Op::k_ret) &&
                              ir->code_list.back().snapshot == s && frame.kind == SnapFrameKind::kEntry &&
                              genericOp(frame.code->cells + frame.unit) == op_RETURN_VALUE;
  }
  if (state.parent) trace->words = std::max(trace->words, state.parent->exits[state.parent_exit].layout.words);
  trace->header_depth = recorder.loopDepth();
  trace->loop_bytecodes = recorder.instructions();
  trace->reserve = reservedWords(*ir);
  trace->levels = inlinedLevels(*ir);
  if (countsBytecodes()) {
    ir->counters = &trace->counters;
    static constexpr const char* kKinds[] = {"loop ", "function ", "side trace "};
    trace->place = kKinds[int(ir->kind)] + placeName(ir->code, ir->unit);
  }
  trace->ir = std::move(ir);
  findDirectCalls(trace.get());
  dumpTrace("ir", *trace->ir);
  for (const Assumption& a : recorder.assumptions()) watch(trace.get(), a);
  for (const Ins& c : trace->ir->constants)
    if (c.op == Op::k_const_value && Value(c.imm).isObject() && !Value(c.imm).asObject()->immortal())
      watch(trace.get(), {Assumption::kObject, Value(c.imm)});
  CompiledTrace* made = trace.get();
  state.traces.push_back(std::move(trace));
  // From now on, not from installation on: the code may die while the compiler thread has the trace.
  if (!made->parent) dataOf(made->owner)->owned.push_back(made);
  if (!compileTrace(made)) {
    invalidate(made, "the compiler refused it");
    return Abort::kCompiler;
  }
  if (made->alone) install(made);  // else the compiler thread has it
  return Abort::kNone;
}

void endRecording(Thread& t) {
  std::unique_ptr<Recorder> recorder = std::move(state.recorder);
  t.recorder = nullptr;
  Trace& trace = recorder->trace();
  krait::Code* code = trace.code;
  uint32_t unit = trace.unit;
  Abort outcome = finishRecording(*recorder);
  statistics().recorded_instructions += recorder->instructions();
  if (outcome == Abort::kNone) {
    if (state.parent) state.parent->exits[state.parent_exit].limit = ~0u;  // until this one is invalidated
    logEvent("recorded trace %zu at %s: %u bytecodes%s", state.traces.size(), placeName(code, unit).c_str(), recorder->instructions(),
             state.parent ? ", side trace" : "");
  } else {
    ++statistics().aborted;
    ++statistics().aborts[int(outcome)];
    logEvent("recording at %s given up: %s (%s) at %s", placeName(code, unit).c_str(), abortName(outcome), abortSentence(outcome),
             recorder->where().c_str());
    if (state.parent) {
      Exit& exit = state.parent->exits[state.parent_exit];
      if (outcome == Abort::kRaised && state.parent->valid)
        retireForRaising(state.parent, state.parent->ir->snapshots[state.parent_exit]);
      exit.count = 0;
      exit.limit = std::min<uint32_t>(exit.limit * 4, 1u << 28);
    } else {
      state.cell->counter = backOff(state.cell, thresholdOf(state.cell), outcome);
    }
  }
  state.parent = nullptr;
  state.cell = nullptr;
}

}  // namespace

const Parameters& parameters() { return state.parameters; }

bool setParameters(const char* text, const char** bad) {
  while (text && *text) {
    const char* equals = strchr(text, '=');
    *bad = text;
    if (!equals) return false;
    char* end;
    unsigned long v = strtoul(equals + 1, &end, 10);
    if (end == equals + 1 || (*end && *end != ',') || v > 0x7fffffff) return false;
    bool known = false;
#define PARAMETER(name, value, sentence)                                                                     \
  if (size_t(equals - text) == strlen(#name) && !strncmp(text, #name, strlen(#name))) {                      \
    state.parameters.name = uint32_t(v);                                                                     \
    known = true;                                                                                            \
  }
#include "interp/jit_parameters.def"
#undef PARAMETER
    if (!known) return false;
    text = *end ? end + 1 : end;
  }
  return true;
}

uint32_t loopTraceAt(krait::Code* code, uint32_t unit) {
  if (!code->jit_data) return 0;
  for (auto& [at, number] : static_cast<CodeData*>(code->jit_data)->loops)
    if (at == unit) return number;
  return 0;
}

std::vector<std::pair<uint16_t, Ty>> entryTypes(uint32_t root) {
  std::vector<std::pair<uint16_t, Ty>> types;
  const Trace& ir = *state.traces[root - 1]->ir;
  for (Id i = 1; i < ir.code_list.size() && (ir.loop == kNoId || i < ir.loop); ++i) {
    const Ins& ins = ir.code_list[i];
    if (ins.op != Op::k_unbox_int && ins.op != Op::k_unbox_wide && ins.op != Op::k_unbox_float && ins.op != Op::k_unbox_bool) continue;
    Id source = ins.a;
    while (!isConst(source) && ir.at(source).op == Op::k_guard_nonempty) source = ir.at(source).a;
    if (!isConst(source) && ir.at(source).op == Op::k_slot) types.push_back({uint16_t(ir.at(source).imm), ins.type});
  }
  return types;
}

bool unstableKey(Dict* dict, Str* name) {
  auto it = state.unstable.find(keyOf(dict, name));
  return it != state.unstable.end();
}
void noteRaising(krait::Code* code) { ++dataOf(code)->raised; }
bool raisesOften(krait::Code* code) { return code->jit_data && static_cast<CodeData*>(code->jit_data)->raised > 1; }
void markUnstable(Dict* dict, Str* name) { ++state.unstable[keyOf(dict, name)]; }

bool kindIsLeaf(uint32_t kind) {
  switch (kind) {
    case kKindStr: case kKindInt: case kKindBytes: case kKindComplex: case kKindRange: case kKindRangeIterator: case kKindListInt:
    case kKindListFloat:
      return true;
    default: return false;
  }
}

CompiledTrace* functionTrace(Value callee, uint32_t count) {
  if (!isFunction(callee)) return nullptr;
  krait::Code* code = asFunction(callee)->code;
  if (!code->cells || code->cells[0].op != op_ENTER_TRACE_FUNCTION || code->arg_count != int32_t(count) || code->keyword_only_count ||
      (code->flags & (kCodeVarArgs | kCodeVarKeywords)))
    return nullptr;
  return static_cast<CompiledTrace*>(static_cast<CodeData*>(code->jit_data)->traces[code->cells[0].counter]);
}

CompiledTrace* linkedTrace(CompiledTrace* trace) {
  if (!trace->link || trace->link > state.traces.size()) return nullptr;
  return state.traces[trace->link - 1].get();
}

// Versions of the loop at whose header this exit resumes; 0: it resumes elsewhere.
static uint32_t versionsAt(CompiledTrace* trace, uint32_t snapshot) {
  const Snapshot& snap = trace->ir->snapshots[snapshot];
  const SnapFrame& at = trace->ir->snap_frames[snap.first_frame];
  if (snap.frame_count != 1 || !loopTraceAt(at.code, at.unit)) return 0;
  uint32_t versions = 1;
  for (auto& other : state.traces)
    versions += other && other->valid && other->parent && other->ir->kind == TraceKind::kLoop &&
                other->owner == at.code && other->unit == at.unit;
  return versions;
}

bool mayRecordSide(Thread& t, CompiledTrace* trace, uint32_t snapshot) {
  if (state.recorder || t.recorder || !trace->valid || t.poll.load(std::memory_order_relaxed) != 0) return false;
  const Snapshot& snap = trace->ir->snapshots[snapshot];
  if (snap.raises && snap.frame_count > 1) {
    retireForRaising(trace, snap);
    return false;
  }
  if (versionsAt(trace, snapshot) >= state.parameters.version_limit) return false;
  CompiledTrace* root = trace;
  while (root->parent) root = root->parent;
  uint32_t size = 0;
  for (auto& other : state.traces)
    if (other && other->valid && other->parent) {
      CompiledTrace* top = other.get();
      while (top->parent) top = top->parent;
      size += top == root;
    }
  return size < state.parameters.tree_limit;
}

// Words on the value stack where the looping root at this place begins.
static uint32_t headerDepth(krait::Code* code, uint32_t unit) {
  const CompiledTrace* root = state.traces[loopTraceAt(code, unit) - 1].get();
  return root ? root->header_depth : ~0u;
}

// Whether the loop at this header is over: its FOR_ITER stands at an exhausted iterator. That is no other version of
// the loop, but the way on from it.
static bool iterationEnds(Frame* frame, const SnapFrame& at) {
  if (genericOp(at.code->cells + at.unit) != op_FOR_ITER || at.stack_depth == 0) return false;
  Value iterator = frame->stackBase()[at.stack_depth - 1];
  if (!iterator.isObject()) return false;
  Object* o = iterator.asObject();
  switch (o->kind) {
    case kKindRangeIterator: return static_cast<RangeIterator*>(o)->left <= 0;
    case kKindListIterator: {
      auto* it = static_cast<ListIterator*>(o);
      return !it->list || it->index >= it->list->size;
    }
    case kKindTupleIterator: {
      auto* it = static_cast<TupleIterator*>(o);
      return !it->tuple || it->index >= it->tuple->size;
    }
    case kKindBytesIterator: {
      Value sequence = static_cast<ByteIterator*>(o)->sequence;
      return !sequence.isObject() || sequence.asObject()->kind != kKindBytes ||
             static_cast<ByteIterator*>(o)->index >= static_cast<Bytes*>(sequence.asObject())->size;
    }
    case kKindStrAsciiIterator: {
      Value text = static_cast<StrIterator*>(o)->text;
      return !text.isObject() || static_cast<StrIterator*>(o)->index >= asStr(text)->length;
    }
    default: return false;
  }
}

// The root of a loop at whose header this exit stands, if the trace does not belong to that loop itself.
static CompiledTrace* otherLoopAt(CompiledTrace* trace, uint32_t snapshot) {
  const Snapshot& snap = trace->ir->snapshots[snapshot];
  const SnapFrame& at = trace->ir->snap_frames[snap.first_frame];
  if (snap.frame_count != 1 || at.kind != SnapFrameKind::kEntry) return nullptr;
  uint32_t number = loopTraceAt(at.code, at.unit);
  if (!number || at.stack_depth != headerDepth(at.code, at.unit)) return nullptr;
  CompiledTrace* root = trace;
  while (root->ir->kind == TraceKind::kSide) root = root->parent;
  bool own = root->ir->kind == TraceKind::kLoop && root->owner == at.code && root->unit == at.unit;
  return own ? nullptr : state.traces[number - 1].get();
}

bool startSideTrace(Thread& t, CompiledTrace* trace, uint32_t snapshot, const std::vector<Frame*>& frames) {
  // Where another loop begins that has a trace, that is the way on.
  if (CompiledTrace* loop = otherLoopAt(trace, snapshot)) {
    trace->exits[snapshot].bridge = loop;
    compileTree(trace);
    return false;
  }
  // An exit back at the loop's header, for other types than the trace is made for, begins another version of the loop.
  const Snapshot& snap = trace->ir->snapshots[snapshot];
  const SnapFrame& at = trace->ir->snap_frames[snap.first_frame];
  bool header = snap.frame_count == 1 && at.kind == SnapFrameKind::kEntry && loopTraceAt(at.code, at.unit) != 0 &&
                at.stack_depth == headerDepth(at.code, at.unit) && !iterationEnds(frames.front(), at);
  if (header)
    state.recorder = std::make_unique<Recorder>(t, TraceKind::kLoop, frames.front(), at.code->cells + at.unit,
                                                frames.front()->stackBase() + at.stack_depth);
  else
    state.recorder = std::make_unique<Recorder>(t, *trace->ir, snapshot, frames);
  state.parent = trace;
  state.parent_exit = snapshot;
  t.recorder = state.recorder.get();
  ++statistics().recordings;
  return true;
}

void collectRetired() {
  // What the compiler thread still works on stays until it is handed back.
  if (state.retired.empty() || anythingRuns() || state.recorder) return;
  std::erase_if(state.retired, [](CompiledTrace* trace) {
    if (trace->compiling) return false;
    if (countsBytecodes()) summarise(trace);
    if (!trace->parent && trace->owner && trace->owner->jit_data) std::erase(dataOf(trace->owner)->owned, trace);
    state.traces[trace->number - 1].reset();
    return true;
  });
}

HotVerdict hotLoop(Thread& t, Frame* frame, Cell* pc, Cell* target, Value* sp) {
  pc->counter = uint16_t(std::min<uint32_t>(std::max<uint32_t>(state.parameters.loop_threshold, 2), 65535));
  takeCompiled();
  if (pc->op != genericOp(pc)) return HotVerdict::kEnter;  // it has just been installed
  // Another way back to a header that has a trace.
  if (uint32_t number = loopTraceAt(frame->code, uint32_t(target - frame->code->cells))) {
    CompiledTrace* root = state.traces[number - 1].get();
    const auto& table = dataOf(frame->code)->table;
    size_t index = size_t(std::find(table.begin(), table.end(), root) - table.begin());
    if (index < table.size()) {
      root->more_cells.push_back(pc);
      installTrace(frame->code, pc, uint16_t(index));
      return HotVerdict::kEnter;
    }
  }
  if (state.recorder || t.recorder || pendingCompile(pc)) return HotVerdict::kInterpret;
  state.recorder = std::make_unique<Recorder>(t, TraceKind::kLoop, frame, target, sp);
  state.cell = pc;
  state.parent = nullptr;
  t.recorder = state.recorder.get();
  ++statistics().recordings;
  return HotVerdict::kRecord;
}

HotVerdict hotFunction(Thread& t, Frame* frame, Cell* pc, Value* sp) {
  pc->counter = uint16_t(std::min<uint32_t>(std::max<uint32_t>(state.parameters.function_threshold, 2), 65535));
  if (state.recorder || t.recorder || pendingCompile(pc) || frame->owner != FrameOwner::kThread || pc->arg != 0)
    return HotVerdict::kInterpret;
  if (frame->code->flags & (kCodeGenerator | kCodeCoroutine | kCodeAsyncGenerator)) return HotVerdict::kInterpret;
  state.recorder = std::make_unique<Recorder>(t, TraceKind::kFunction, frame, pc + 1, sp);
  state.cell = pc;
  state.parent = nullptr;
  t.recorder = state.recorder.get();
  ++statistics().recordings;
  return HotVerdict::kRecord;
}

bool recordStep(Thread& t, Frame* frame, Cell* pc, Value* sp, FollowedMethod* followed) {
  if (!state.recorder || t.recorder != state.recorder.get()) return false;
  if (state.recorder->step(frame, pc, sp)) {
    *followed = state.recorder->followed();
    return true;
  }
  endRecording(t);
  return false;
}

bool recordRaise(Thread& t, Frame* frame, Cell* pc, Value* sp) {
  if (!state.recorder || t.recorder != state.recorder.get()) return false;
  if (state.recorder->raised(frame, pc, sp)) return true;
  endRecording(t);
  return false;
}

void servePoll(Thread&) { takeCompiled(); }

void codeDies(krait::Code* code) {
  if (!code->jit_data) return;
  auto* data = static_cast<CodeData*>(code->jit_data);
  for (CompiledTrace* trace : std::vector<CompiledTrace*>(data->owned)) {
    invalidate(trace, "its code died");
    forgetPending(trace->cell);
    trace->owner = nullptr;
    trace->cell = nullptr;
    trace->more_cells.clear();
  }
  if (code->cells)
    boost::unordered::erase_if(state.attempts, [&](auto& a) { return a.first >= code->cells && a.first < code->cells + code->units(); });
  delete data;
  code->jit_data = nullptr;
}

void shutDown(Thread&) {
  state.recorder.reset();
  finishDump();
}

void installCompiled(CompiledTrace* trace) {
  if (trace->valid) install(trace);
}

void enterUnit(CompiledTrace* root, const std::shared_ptr<CodeUnit>& unit, uint32_t entry) {
  if (root->entered != unit) retireUnit(std::exchange(root->entered, unit));
  root->entry = entry;
  openDirectEntry(root);
}

bool takesDirectCalls(const CompiledTrace* trace) {
  return trace->ir->kind == TraceKind::kFunction && trace->ir->unit == 1 && trace->owner &&
         plainArguments(trace->owner) != ~0u;
}

void refuseTrace(CompiledTrace* trace) { invalidate(trace, "the compiler refused it"); }

void startManager(const JitParameters& from) {
  state.mode = JitMode(from.mode);
  state.parameters.loop_threshold = from.loop_threshold;  // --jit=stress, and what the loader parsed
  state.parameters.function_threshold = from.function_threshold;
}

JitMode jitMode() { return state.mode; }

void collectSummaries() {
  for (auto& trace : state.traces)
    if (trace) summarise(trace.get());
}

}  // namespace krait::jit
