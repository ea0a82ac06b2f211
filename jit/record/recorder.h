// The recorder: writes down as IR what the interpreter does in one iteration, for exactly the types and branches seen.
//
// The interpreter calls step() before each instruction, with the real frame, pc and stack pointer. The recorder keeps a
// symbolic copy of the frames: an Id for each slot, unboxed where the trace knows more than the interpreter. Each
// instruction's recorder reads the concrete operands to choose types and branches, emits guards (whose snapshot is the state
// before the instruction), then the effect, then updates the symbolic stack. Calls of Python functions are followed:
// their frames are symbolic only. What has no recording of its own becomes a call of the semantic function that the
// interpreter uses, or ends the trace with an exit before the instruction.
//
// Reference counts: the frames hold one collective claim for each distinct object. When an instruction takes an id out
// of all frames, `drop` (the object lives on) or `drop_last` (it died, seen through a watchpoint on its death) says so.
#pragma once
#include <memory>
#include "interp/jit_link.h"
#include "jit/ir/builder.h"
#include "jit/opt/pass.h"
#include "jit/record/aborts.h"
#include "jit/trace/activation.h"
#include "jit/trace/residual.h"
#include "runtime/core/watch.h"

namespace krait {
struct Function;
struct MethodDef;
struct MethodDescr;
}

namespace krait::jit {

// A symbolic frame.
struct RecFrame {
  Frame* frame = nullptr;          // the interpreter's; null until its first instruction is recorded
  krait::Code* code = nullptr;
  Id function = kNoId;             // inlined frames: the Function
  SnapFrameKind kind = SnapFrameKind::kEntry;
  uint32_t unit = 0;               // of the instruction being recorded (callers: the call)
  uint16_t depth = 0;              // of the value stack
  uint16_t suspended_depth = 0;    // generators: stack words that memory keeps across yields
  std::vector<Id> slots;           // locals, cells, free variables, stack; kNoId: untouched (entry frame)
  std::vector<bool> dirty;         // entry frame: differs from memory
  Value globals, builtins;         // borrowed

  uint32_t base() const { return uint32_t(code->slot_count); }
};

// One of two ways on from an instruction.
struct ForkWay {
  uint32_t unit = 0;
  uint16_t kept = 0;  // words of the stack that stay after all, and what comes on top of them
  std::vector<Id> pushed;
};

// Where an assumption of the trace must be watched, once it is installed.
struct Assumption {
  enum Kind : uint8_t { kType, kKey, kFunction, kShape, kObject } kind;
  Value subject;   // Type, Dict, Function
  Str* key = nullptr;
  uint32_t shape_kind = 0;
  bool operator==(const Assumption&) const = default;
};
void watchAssumption(const Assumption& assumption, Dependent* dependent);

// What the helper `next` answers when an exception is set: an unused special word.
inline constexpr Value kRaisedMarker{kSpecialBase | 8};

// Distance of a slot of its frame from a generator object.
uint64_t generatorSlotOffset(uint32_t slot);

// How a recording ended.
enum class Ending : uint8_t { kLoop, kLink, kExit };

class Recorder final : public SnapshotSource {
 public:
  // Root trace that starts at `target` of frame (a loop header or a function's first instruction).
  Recorder(Thread& t, TraceKind kind, Frame* frame, Cell* target, Value* sp);
  // Side trace from a taken exit: the frames of the parent's snapshot stand rebuilt, innermost last in `frames`.
  Recorder(Thread& t, const Trace& parent, uint32_t snapshot, const std::vector<Frame*>& frames);
  ~Recorder();

  // Records the instruction at pc. False: recording ended; see aborted() and ending().
  bool step(Frame* frame, Cell* pc, Value* sp);
  const FollowedMethod& followed() const { return followed_; }  // by the instruction of the last step
  bool raised(Frame* frame, Cell* pc, Value* sp);

  bool aborted() const { return abort_ != Abort::kNone; }
  Abort abortReason() const { return abort_; }
  bool broken() const { return broken_; }     // an assumption does not hold any more
  Ending ending() const { return ending_; }
  uint32_t linkTarget() const { return link_target_; }
  Trace& trace() { return *trace_; }
  std::unique_ptr<Trace> takeTrace() { return std::move(trace_); }
  const std::vector<Assumption>& assumptions() const { return assumptions_; }
  uint32_t instructions() const { return instructions_; }
  std::string where() const;   // the instruction recorded last, for the log
  Thread& thread() { return thread_; }
  // Loop traces: what peeling needs (the builder with what it knows, the slots that changed).
  const Builder& builder() const { return b_; }
  const std::vector<LoopSlot>& loopSlots() const { return loop_slots_; }
  uint32_t loopDepth() const { return start_depth_; }

  uint32_t snapshot() override;

 private:
  // --- state (recorder.cpp) ---
  RecFrame& top() { return frames_.back(); }
  bool abort(Abort reason) {
    if (abort_ == Abort::kNone) abort_ = reason;
    return false;
  }
  bool stopBefore(Abort why);                 // ends the trace with an exit before this instruction
  Id slotId(RecFrame& f, uint32_t slot);      // content of a slot, reading the entry frame's memory at first use
  Id peek(uint32_t n) { return slotId(top(), top().base() + top().depth - 1 - n); }
  Value concrete(uint32_t n) { return sp_[-1 - int64_t(n)]; }   // the real stack
  Value concreteSlot(uint32_t slot) { return top().frame->slots[slot]; }
  void push(Id id);
  void pop(uint32_t n);                       // n words leave; candidates for drops
  void setSlot(uint32_t slot, Id id);
  void refine(Id old, Id narrowed);           // everywhere in the frames
  void candidate(Id id, Value concrete);
  void leafCandidate(Id id, Value concrete);  // an object whose death frees memory and nothing else
  void settleDrops();
  bool staysOfKind(Id id, uint32_t kind) const;
  void guardPlainDeath(Id id, uint32_t kind);
  std::vector<Id*> candidateIds();
  void forgetCandidates(Id from);  // those among instructions that were taken back
  bool occurs(Id root_id);
  uint32_t buildSnapshot(uint32_t unit, bool raises);
  void noteTemporary(Id word);                // a box made for a call: given back by the next settleDrops
  void next(uint32_t unit) { next_unit_ = unit; }
  // --- assumptions (assumptions.cpp) ---
  void assume(const Assumption& assumption);
  void watch(const Assumption& assumption);
  void watchConstants();
  void unwatchAll();

  // --- values (values.cpp) ---
  Id boxed(Id id);                            // as value or obj
  Id asInt(Id id, Value concrete);            // i64 or i128 by the concrete number; kNoId when it is not a plain int
  Id asFloat(Id id, Value concrete);          // floats, and ints converted
  Id asBool(Id id, Value concrete);           // kTrue/kFalse only
  Id asKind(Id id, Value concrete);           // guards the concrete kind
  Id truthOf(Id id, Value concrete);          // bool id; kNoId: aborted
  bool isInt(Value v) const;
  void guardIdentical(Id id, Value constant);

  // A side trace begins with this instruction: what the parent assumed of its operands did not hold.
  bool beginsHere() const { return kind_ == TraceKind::kSide && instructions_ == 1; }

  // --- instructions, by concept ---
  bool dispatch(uint8_t op, uint32_t arg, Cell* pc);
  bool recordBinaryOp(uint32_t arg);
  Id intArithmetic(uint32_t operation, Id a, Id b, Value ca, Value cb);
  Id floatArithmetic(uint32_t operation, Id a, Id b, Value ca, Value cb);
  bool recordCompare(uint32_t arg);
  bool recordUnary(uint8_t op);
  bool recordSubscr();
  bool recordStoreSubscr();
  Id quiet(Helper helper, std::initializer_list<Id> operands);
  Id latin1Char(Id text, Id i);
  Id dictItem(Id dict, Value concrete_dict, Id key, Value concrete_key);
  Id charCode(Id id, Value concrete);
  bool guardInterned(Id text, Value concrete);
  Id listIndex(Id list, Id index, Value concrete_index, int64_t size);
  bool recordLoadGlobal(uint32_t arg, Cell* pc);
  bool recordLoadName(uint32_t arg, Cell* pc);
  bool recordStoreName(uint32_t arg, bool global, Cell* pc);
  bool recordLoadAttr(uint32_t arg, bool method, Cell* pc);
  bool recordStoreAttr(uint32_t arg);
  bool recordCall(uint32_t arg, Cell* pc);
  bool canInline(Function* function);
  bool bindInlined(Function* function, bool constant, const std::vector<Id>& args, size_t positional, Tuple* names,
                   std::vector<Id>* slots);
  // The method that the instruction calls, with its operands as arguments; false: it is not followed.
  bool followMethod(Function* method, uint32_t count, bool waits);
  static Function* methodOf(Value v, Str* name);
  void assumeMethods(Id id, Value concrete);
  bool inlineCall(Function* function, Id function_id, std::vector<Id> slots, uint32_t popped, SnapFrameKind kind, Id self);
  bool recordNativeCall(Value callee, Id callee_id, const std::vector<Id>& args, uint32_t count, bool* done);
  Id recordKnownNative(Value callee, Id callee_id, const std::vector<Id>& args, const Value* concrete_args);
  bool recordQuietCall(Value callee, Id callee_id, const std::vector<Id>& args, const Value* concrete_args, uint32_t popped);
  bool recordFormat(uint32_t arg);
  Id recordIsinstance(Id object, Value concrete_object, Id cls, Value concrete_class);
  Id recordMath(const char* name, const std::vector<Id>& args, const Value* concrete_args);
  Id recordConversion(Type* type, Id id, Value concrete);
  bool guardTypeOf(Id id, Value concrete);
  bool appendTo(Id list, Id item, uint32_t popped, bool* done);
  // fused.cpp
  struct Deferred {
    enum Kind : uint8_t { kNone, kSuper, kRange, kSlice } kind = kNone;
    uint32_t unit = 0;  // of the instruction that uses it up
    Id parts[3] = {};   // function and self; or start, stop, step
    uint8_t open = 0;   // slices: bit 0 without start, bit 1 without stop
  };
  Cell* following();
  bool defer(Deferred what, uint32_t popped);
  bool deferSuper();
  bool deferRange(const std::vector<Id>& args, const Value* concrete_args);
  bool deferSlice(uint32_t count);
  bool finishDeferred();
  void guardSmall(Id id);
  bool recordReturn();
  bool returnFromEntry();
  bool recordForIter(uint32_t arg);
  bool recordGetIter();
  bool followsGenerator(Value generator);
  bool enterGenerator(uint32_t iterator_depth);
  // Handlers that look at the exception being handled find the thread's, not that of a generator that the trace
  // follows.
  bool insideGenerator() const;
  bool recordYield();
  void markGenerators(bool running);
  void storeFast(uint32_t slot);
  bool recordUnpack(uint32_t count, Cell* pc);
  bool recordBuild(uint8_t op, uint32_t count, Cell* pc);
  bool recordJump(uint8_t op, uint32_t arg);
  bool recordIs(uint32_t arg);
  bool recordContains(uint32_t arg);
  bool closeLoop();
  bool headerFits(RecFrame& f, uint32_t root);  // whether the loop's entry takes our slots as they are
  // --- residual instructions (residual.cpp) ---
  // A call of a semantic function with operands that leave the stack and one result that is pushed.
  bool residual(Helper helper, std::initializer_list<Id> operands, uint32_t popped, bool pushes);
  bool residualList(Helper helper, std::vector<Id> operands, uint32_t popped, bool pushes);
  bool forIterText(uint32_t exhausted);         // over bytes and ASCII text
  bool callNativeDirectly(const MethodDef* def, const std::vector<Id>& args, bool quiet, uint32_t popped);
  bool guardQuietMethod(const MethodDescr* method, const std::vector<Id>& args, const Value* concrete_args);
  // The instruction by its handler, as its row of residual.def says.
  bool recordResidual(uint8_t op, uint32_t arg, Cell* pc);
  Id stepCall(Cell* pc, const ResidualShape& shape);  // the status: 0 the next instruction follows, 1 it jumped
  bool recordSend(uint32_t arg, Cell* pc);
  bool recordNextOf(uint32_t exhausted);  // FOR_ITER over any iterator
  bool recordSlowTruth(uint32_t target, uint32_t after, bool wanted, bool keeps);
  // A helper's answer that says whether it raised: guarded, and the place where an exception is followed from. `runs`:
  // frames may have been looked at.
  Id checkRaised(Id answer, bool runs);
  void afterRunning();  // leaves, behind the instruction, when the frames were forced meanwhile
  bool resolveFork(uint32_t unit);
  void enterWay(const ForkWay& way);
  // Does something with the frames as they are on that way.
  template <class F>
  void goWay(const ForkWay& way, F then) {
    RecFrame before = top();
    enterWay(way);
    then();
    top() = std::move(before);
  }
  void checkMethodWord();
  // --- exceptions (exceptions.cpp) ---
  bool leaveOtherwise();  // the trace goes on only if the instruction raised
  Id catchException(Frame* frame);
  Type* exceptionType(Id id) const;  // null: not known
  bool recordExceptionMatch(Cell* pc);
  bool recordReraise();
  bool recordEndAsyncFor();
  void deleteLocal(uint32_t slot);
  bool recordDeleteDeref(uint32_t slot);
  static bool concreteTruth(Value v);
  Id watchedGlobal(Str* name, Value globals, Value builtins);

  Thread& thread_;
  std::unique_ptr<Trace> trace_;
  Builder b_;
  std::vector<RecFrame> frames_;
  std::vector<Id> entry_slots_;      // the `slot` instruction of each slot of the entry frame
  std::vector<LoopSlot> loop_slots_;
  std::vector<Assumption> assumptions_;
  struct Watch {
    Dependent dependent;             // first: the callback gets its address
    Recorder* recorder = nullptr;
  };
  std::vector<std::unique_ptr<Watch>> watches_;   // of the assumptions and the constants, until the trace is installed
  size_t watched_constants_ = 0;
  bool broken_ = false;
  Abort abort_ = Abort::kNone;
  Ending ending_ = Ending::kLoop;
  uint32_t link_target_ = 0;
  TraceKind kind_;
  Frame* start_frame_;
  uint32_t start_unit_;
  uint32_t start_depth_;
  uint32_t instructions_ = 0;
  uint32_t done_ = 0;  // of them, before the one being recorded
  // per instruction
  FollowedMethod followed_;
  Value* sp_ = nullptr;
  uint32_t next_unit_ = 0;
  bool jumped_back_ = false;         // the instruction before was a backward jump that was taken
  std::vector<uint32_t> headers_;    // of loops that the recording has come by, in the entry frame
  uint32_t snapshot_ = kNoSnapshot;  // cached: state before the instruction
  enum class Mode : uint8_t { kBefore, kRaise, kAfter } mode_ = Mode::kBefore;
  struct Candidate;
  std::vector<std::unique_ptr<Candidate>> candidates_;
  // What may have raised in the instruction being recorded. Several calls in one: it cannot be told which.
  struct RaisePoint {
    Id answer = kNoId;  // of the helper; kNoId: nothing to ask (a side trace begins with the exception, or RERAISE)
    Id mark = 0;        // how many instructions there were behind the call
    std::vector<RecFrame> frames;  // as unwinding finds them
    bool runs = false;
    Id exception = kNoId;  // RERAISE: what is raised again
  };
  std::unique_ptr<RaisePoint> raise_point_;
  bool raise_ambiguous_ = false;
  // Where the instruction leads is known when it has run: `test` is true when it jumps.
  struct Fork {
    Id test;
    ForkWay fall, jump;
    bool runs = true;
    bool poll = false;    // when it jumps
    int jump_answer = 1;  // of the helper: 0 or 1, the other one falls through
  };
  std::unique_ptr<Fork> fork_;
  bool check_method_word_ = false;  // whether LOAD_METHOD left a function and self, or nothing and a callable
  std::vector<std::pair<Id, Type*>> exception_types_;  // by root
  Deferred deferred_;
  std::vector<Id> pending_drops_;    // owned by nobody any more, released by exits until their drop is emitted
};

}  // namespace krait::jit
