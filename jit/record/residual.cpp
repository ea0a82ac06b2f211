// Recording what the interpreter's own functions do: residual calls, instructions left to their handlers, and those
// whose way on is known only when they have run.
//
// A residual call that may raise leaves two words of knowledge behind: the helper's answer, guarded, and a raise point,
// so that an exception which comes out of it is followed to its handler (exceptions.cpp). One that may run Python code
// is followed by guard_forced.
#include "interp/opcodes.h"
#include "jit/record/recorder.h"
#include "runtime/objects/generator.h"

namespace krait::jit {

Id Recorder::checkRaised(Id answer, bool runs) {
  raise_ambiguous_ = raise_point_ != nullptr;
  raise_point_ = std::make_unique<RaisePoint>(RaisePoint{answer, Id(trace_->code_list.size()), frames_, runs});
  mode_ = Mode::kRaise;
  if (b_.typeOf(answer) == Ty::kI64)
    b_.op(Op::k_guard_true, b_.op(Op::k_ge, answer, b_.constInt(0)));
  else
    answer = b_.op(Op::k_guard_ok, answer);
  mode_ = Mode::kBefore;
  return answer;
}

void Recorder::afterRunning() {
  mode_ = Mode::kAfter;
  b_.op(Op::k_guard_forced);
  mode_ = Mode::kBefore;
  markGenerators(false);
}

bool Recorder::residual(Helper helper, std::initializer_list<Id> operands, uint32_t popped, bool pushes) {
  const char* letter = kHelpers[int(helper)].arguments;
  if (*letter == 't') ++letter;
  std::vector<Id> ids;
  for (Id id : operands) ids.push_back(*letter++ == 'i' ? id : boxed(id));
  return residualList(helper, std::move(ids), popped, pushes);
}

bool Recorder::residualList(Helper helper, std::vector<Id> operands, uint32_t popped, bool pushes) {
  const HelperInfo& row = kHelpers[int(helper)];
  bool runs = row.effects & kHelperRuns;
  if (runs) markGenerators(true);
  Id result = b_.call(helper, operands.data(), operands.size());
  pop(popped);
  if (row.effects & kHelperRaises) result = checkRaised(result, runs);
  if (pushes) push(result);
  if (runs) afterRunning();
  return true;
}

// The call of `step` with the words that the instruction reads, which stay where they are.
Id Recorder::stepCall(Cell* pc, const ResidualShape& shape) {
  RecFrame& f = top();
  bool inlined = f.kind != SnapFrameKind::kEntry;
  if (inlined) assume({Assumption::kObject, Value(f.code)});  // known by the address of its cells
  std::vector<Id> operands{b_.constInt(int64_t(pc)), inlined ? f.function : b_.constEmpty()};
  for (uint32_t i = shape.reads; i-- > 0;) operands.push_back(boxed(peek(i)));
  if (shape.runs) markGenerators(true);
  return b_.call(shape.runs ? Helper::k_step : Helper::k_step_making, operands.data(), operands.size());
}

bool Recorder::recordResidual(uint8_t op, uint32_t arg, Cell* pc) {
  ResidualShape shape = residualShape(op, arg);
  if (!shape.exists) return stopBefore(Abort::kUnsupported);
  Id status = stepCall(pc, shape);
  pop(shape.consumed);
  checkRaised(status, shape.runs);
  for (uint32_t i = 0; i < shape.pushed; ++i) push(b_.op(Op::k_result, status, kNoId, kNoId, i));
  if (shape.runs) afterRunning();
  return !aborted();
}

bool Recorder::recordSend(uint32_t arg, Cell* pc) {
  uint32_t after = next_unit_;
  thread_.call_nested = true;
  Id receiver = peek(1);
  Value concrete_receiver = concrete(1);
  Id status = stepCall(pc, residualShape(op_SEND, arg));
  pop(1);
  candidate(receiver, concrete_receiver);
  --top().depth;
  checkRaised(status, true);
  // It yielded: the receiver, by one more reference, and the value. It returned: the result.
  Id first = b_.op(Op::k_result, status, kNoId, kNoId, 0), second = b_.op(Op::k_result, status, kNoId, kNoId, 1);
  candidate(first, concrete_receiver);
  Id returned = b_.op(Op::k_ne, status, b_.constInt(0));
  fork_ = std::make_unique<Fork>(Fork{returned, {after, 1, {second}}, {after + arg, 0, {first}}});
  return !aborted();
}

// The item, a word that says "raised", or nothing more.
bool Recorder::recordNextOf(uint32_t exhausted) {
  uint32_t after = next_unit_;
  Id iterator = peek(0);
  if (concrete(0).isObject() && concrete(0).asObject()->kind == kKindGenerator) thread_.call_nested = true;
  markGenerators(true);
  Id item = b_.call(Helper::k_next, {boxed(iterator)});
  mode_ = Mode::kRaise;
  b_.op(Op::k_guard_false, b_.op(Op::k_same, item, b_.constValue(kRaisedMarker)));
  mode_ = Mode::kBefore;
  candidate(iterator, concrete(0));  // exhausted: it is gone
  --top().depth;
  fork_ = std::make_unique<Fork>(Fork{b_.op(Op::k_is_empty, item), {after, 1, {item}}, {exhausted, 0, {}}});
  return true;
}

// A branch on an object whose truth may run Python code. It jumps when the truth is `wanted`, and keeps the operand
// then if `keeps`.
bool Recorder::recordSlowTruth(uint32_t target, uint32_t after, bool wanted, bool keeps) {
  Id id = peek(0);
  markGenerators(true);
  Id answer = b_.call(Helper::k_truth, {boxed(id)});
  pop(1);
  checkRaised(answer, true);
  Id test = b_.op(wanted ? Op::k_ne : Op::k_eq, answer, b_.constInt(0));
  fork_ = std::make_unique<Fork>(Fork{test, {after, 0, {}}, {target, keeps, {}}});
  fork_->poll = target < after;
  fork_->jump_answer = wanted;
  return !aborted();
}

void Recorder::enterWay(const ForkWay& way) {
  top().depth = uint16_t(top().depth + way.kept);
  for (Id id : way.pushed) push(id);
  next(way.unit);
}

// The instruction before has run: the guard on the way that it took leaves to the other one.
bool Recorder::resolveFork(uint32_t unit) {
  std::unique_ptr<Fork> fork = std::move(fork_);
  bool jumped = unit == fork->jump.unit;
  const ForkWay &taken = jumped ? fork->jump : fork->fall, &other = jumped ? fork->fall : fork->jump;
  if (unit != taken.unit || taken.unit == other.unit) return false;
  if (taken.kept < other.kept && top().kind == SnapFrameKind::kGenerator) return false;  // its memory owns the iterator
  mode_ = Mode::kAfter;
  goWay(other, [&] { b_.op(jumped ? Op::k_guard_true : Op::k_guard_false, fork->test); });
  enterWay(taken);
  if (fork->runs) afterRunning();
  mode_ = Mode::kAfter;
  if (jumped && fork->poll) b_.op(Op::k_poll);
  mode_ = Mode::kBefore;
  return true;
}

// LOAD_METHOD by its handler left (function, self) or (nothing, callable): which of them is known now.
void Recorder::checkMethodWord() {
  check_method_word_ = false;
  Id word = peek(1);
  if (concrete(1).empty()) {
    b_.op(Op::k_guard_empty, word);
    setSlot(top().base() + top().depth - 2, b_.constEmpty());
  } else {
    refine(word, b_.op(Op::k_guard_nonempty, word));
  }
}

// While a call runs Python code, the generators whose frames this trace is in are running, and say so.
void Recorder::markGenerators(bool running) {
  for (RecFrame& f : frames_)
    if (f.kind == SnapFrameKind::kGenerator) b_.call(Helper::k_generator_state, {f.function, b_.constInt(running)});
}

}  // namespace krait::jit
