// Recording exceptions: raised in the frame that the trace was entered with, and caught there.
//
// An instruction is recorded before it runs, as if it went well. When it raises, what was written down behind its call
// is taken back and the guard is turned around: the trace goes on only if the helper raised, an exception of exactly
// this type. Catching takes the exception from the thread, with the traceback entry that the interpreter would have
// added, and goes on at the handler. A traceback holds frames. The entered frame is real; inlined ones are not, so a
// function in whose frame an exception was seen is called instead of inlined from then on (noteRaising), and its own
// trace catches it.
#include <algorithm>
#include "interp/opcodes.h"
#include "jit/record/recorder.h"
#include "jit/trace/manager.h"
#include "runtime/core/frame.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/function.h"

namespace krait::jit {

bool Recorder::raised(Frame* frame, Cell*, Value* sp) {
  if (aborted()) return false;
  if (broken_) return abort(Abort::kInvalidated);
  sp_ = sp;
  check_method_word_ = false;
  if (top().frame != frame) return abort(Abort::kNotFollowed);
  if (frames_.size() != 1) {
    for (size_t i = 1; i < frames_.size(); ++i) noteRaising(frames_[i].code);
    return abort(Abort::kRaised);
  }
  if (!raise_point_ || raise_ambiguous_) return abort(Abort::kRaised);
  HandlerEntry handler;
  bool caught = frame->code->exception_table->size != 0 && findHandler(frame->code, int(top().unit), &handler);
  if (!caught && kind_ == TraceKind::kLoop) return abort(Abort::kLeftLoop);
  if (!caught && raise_point_->answer == kNoId) return stopBefore(Abort::kRaised);
  if (raise_point_->answer != kNoId && !leaveOtherwise()) return false;
  if (!caught) {
    Ins ins{Op::k_exit};
    mode_ = Mode::kRaise;
    ins.snapshot = snapshot();
    b_.raw(ins);
    mode_ = Mode::kBefore;
    ending_ = Ending::kExit;
    return false;
  }
  Id exception = raise_point_->exception != kNoId ? raise_point_->exception : catchException(frame);
  RecFrame& f = top();
  if (f.depth < handler.depth) return abort(Abort::kRaised);
  for (; f.depth > handler.depth; --f.depth)
    candidate(slotId(f, f.base() + f.depth - 1u), frame->stackBase()[f.depth - 1]);
  if (handler.push_lasti) push(b_.constValue(Value::fromInt(frame->unit())));
  push(exception);
  next(uint32_t(handler.target));
  if (raise_point_->runs) afterRunning();
  return !aborted();
}

bool Recorder::leaveOtherwise() {
  Id answer = raise_point_->answer, mark = raise_point_->mark;
  if (b_.typeOf(answer) == Ty::kObj) return abort(Abort::kRaised);  // want of memory
  // The frames behind the instruction, in terms of what stays: the answer, and words that the call left, which are
  // asked for again.
  std::vector<RecFrame> after = frames_;
  std::vector<Id*> moved;
  for (RecFrame& f : after)
    for (Id& id : f.slots) moved.push_back(&id);
  std::unique_ptr<Fork> fork = std::move(fork_);
  if (fork)
    for (ForkWay* way : {&fork->fall, &fork->jump})
      for (Id& id : way->pushed) moved.push_back(&id);
  std::erase_if(moved, [mark](Id* id) { return isConst(*id) || *id < mark; });
  for (Id* id : candidateIds())
    if (*id >= mark) moved.push_back(id);
  std::vector<std::pair<Id*, uint64_t>> results;
  for (Id* id : moved) {
    *id = b_.root(*id);
    if (b_.at(*id).op == Op::k_result)
      results.push_back({id, b_.at(*id).imm});
    else if (*id >= mark)
      return abort(Abort::kRaised);
  }
  b_.rollback(mark, answer);
  std::vector<std::pair<uint64_t, Id>> asked;
  for (auto& [id, index] : results) {
    auto again = std::find_if(asked.begin(), asked.end(), [index = index](auto& a) { return a.first == index; });
    if (again == asked.end())
      again = asked.insert(asked.end(), {index, b_.op(Op::k_result, answer, kNoId, kNoId, index)});
    *id = again->second;
  }
  frames_ = std::move(after);
  mode_ = Mode::kAfter;
  if (fork) {
    for (bool jump : {true, false}) {
      Id status = b_.constInt(jump ? fork->jump_answer : 1 - fork->jump_answer);
      goWay(jump ? fork->jump : fork->fall, [&] { b_.op(Op::k_guard_false, b_.op(Op::k_eq, answer, status)); });
    }
  } else if (b_.typeOf(answer) == Ty::kI64) {
    b_.op(Op::k_guard_true, b_.op(Op::k_lt, answer, b_.constInt(0)));
  } else {
    b_.op(Op::k_guard_empty, answer);
  }
  mode_ = Mode::kBefore;
  forgetCandidates(mark);
  frames_ = std::move(raise_point_->frames);
  snapshot_ = kNoSnapshot;
  return !b_.impossible() || abort(Abort::kRaised);
}

Id Recorder::catchException(Frame* frame) {
  Type* type = typeOf(thread_.exception);
  mode_ = Mode::kRaise;
  Id exception = b_.call(Helper::k_catch, {b_.constValue(Value(type)), b_.constInt(frame->unit())});
  exception = b_.op(Op::k_guard_ok, exception);
  mode_ = Mode::kBefore;
  exception_types_.push_back({b_.root(exception), type});
  watchConstants();
  return exception;
}

Type* Recorder::exceptionType(Id id) const {
  for (auto& [root, type] : exception_types_)
    if (root == b_.root(id)) return type;
  return nullptr;
}

bool Recorder::insideGenerator() const {
  for (const RecFrame& f : frames_)
    if (f.kind == SnapFrameKind::kGenerator) return true;
  return false;
}

bool Recorder::recordExceptionMatch(Cell* pc) {
  Type* type = exceptionType(peek(1));
  Value wanted = concrete(0);
  if (!type || !isConst(peek(0)) || !isType(wanted) ||
      !isSubtype(static_cast<Type*>(wanted.asObject()), &exc::BaseException))
    return recordResidual(op_CHECK_EXC_MATCH, 0, pc);
  assume({Assumption::kType, Value(type)});  // its bases
  pop(1);
  push(b_.constBool(isSubtype(type, static_cast<Type*>(wanted.asObject()))));
  return true;
}

// Nothing happens but a jump, when a handler in this frame takes the exception: it moves from one place on the stack to
// another.
bool Recorder::recordReraise() {
  raise_point_ = std::make_unique<RaisePoint>();
  raise_point_->exception = peek(0);
  return true;
}

bool Recorder::recordEndAsyncFor() {
  Type* type = exceptionType(peek(0));
  if (!type) return stopBefore(Abort::kUnsupported);
  assume({Assumption::kType, Value(type)});
  if (!isSubtype(type, &exc::StopAsyncIteration)) return recordReraise();
  pop(2);
  return true;
}

}  // namespace krait::jit
