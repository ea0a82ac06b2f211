// Rules on neighbouring instructions of a block, and on a jump and what it jumps to.
//
// Jump threading keeps what a debugger sees: a jump to a jump is shortened only when both are on one line.
#include "frontend/assemble/assemble.h"
#include "frontend/fold/arithmetic.h"

namespace krait::frontend {

namespace {

class Peephole {
 public:
  Peephole(CodeUnit& unit, Arena& arena, Block* block) : unit_(unit), arena_(arena), block_(block) {}

  void run();

 private:
  Instruction& at(uint32_t i) { return block_->instructions[i]; }
  Op opAt(uint32_t i) { return i < block_->size ? at(i).op : Op::CACHE; }

  void afterLoadConst(uint32_t i);
  void decideJump(uint32_t i, bool taken);
  void afterBuildTuple(uint32_t i);
  void foldTuple(uint32_t i, uint32_t count);
  // These answer whether the instruction changed and should be looked at again.
  bool threadShortCircuit(Instruction& jump, const Instruction& target);
  bool thread(Instruction& jump, const Instruction& target, Op op);

  CodeUnit& unit_;
  Arena& arena_;
  Block* block_;
};

void Peephole::run() {
  static const Instruction kNop{Op::NOP, 0, kNoLocation, nullptr, nullptr};
  for (uint32_t i = 0; i < block_->size;) {
    Instruction& instruction = at(i);
    const Instruction* target = &kNop;
    if (instruction.target) {
      while (instruction.target->empty()) instruction.target = instruction.target->next;
      target = &instruction.target->first();
    }
    bool again = false;
    switch (instruction.op) {
      case Op::LOAD_CONST: afterLoadConst(i); break;
      case Op::BUILD_TUPLE: afterBuildTuple(i); break;
      case Op::JUMP_IF_FALSE_OR_POP:
      case Op::JUMP_IF_TRUE_OR_POP: again = threadShortCircuit(instruction, *target); break;
      case Op::POP_JUMP_IF_FALSE:
      case Op::POP_JUMP_IF_TRUE:
      case Op::POP_JUMP_IF_NONE:
      case Op::POP_JUMP_IF_NOT_NONE:
      case Op::JUMP:
        if (target->op == Op::JUMP) again = thread(instruction, *target, instruction.op);
        break;
      case Op::SWAP:
        if (instruction.arg == 1) {
          instruction.makeNop();
          break;
        }
        i = shortenSwaps(arena_, block_, i);
        applyStaticSwaps(block_, i);
        break;
      case Op::PUSH_NULL:
        // LOAD_GLOBAL can push the NULL of a call itself.
        if (opAt(i + 1) == Op::LOAD_GLOBAL) {
          instruction.makeNop();
          at(i + 1).arg |= 1;
        }
        break;
      default: break;
    }
    if (!again) ++i;
  }
}

// A jump on a constant is always taken or never; a comparison with None and a jump are one instruction.
void Peephole::afterLoadConst(uint32_t i) {
  Op next = opAt(i + 1);
  bool pops = next == Op::POP_JUMP_IF_FALSE || next == Op::POP_JUMP_IF_TRUE;
  if (pops || next == Op::JUMP_IF_FALSE_OR_POP || next == Op::JUMP_IF_TRUE_OR_POP) {
    const PoolItem& item = unit_.constants[at(i).arg];
    bool truth = !item.constant || isTrue(*item.constant);
    bool taken = truth == (next == Op::POP_JUMP_IF_TRUE || next == Op::JUMP_IF_TRUE_OR_POP);
    if (pops || !taken) at(i).makeNop();
    return decideJump(i + 1, taken);
  }
  if (next != Op::IS_OP) return;
  Op jump = opAt(i + 2);
  const PoolItem& item = unit_.constants[at(i).arg];
  bool is_none = item.constant && item.constant->kind == Constant::Kind::None;
  if (!is_none || (jump != Op::POP_JUMP_IF_FALSE && jump != Op::POP_JUMP_IF_TRUE)) return;
  bool negated = at(i + 1).arg == 1;
  at(i).makeNop();
  at(i + 1).makeNop();
  at(i + 2).op = negated != (jump == Op::POP_JUMP_IF_FALSE) ? Op::POP_JUMP_IF_NOT_NONE : Op::POP_JUMP_IF_NONE;
}

void Peephole::decideJump(uint32_t i, bool taken) {
  if (!taken) return at(i).makeNop();
  at(i).op = Op::JUMP;
  block_->no_fallthrough = true;
}

// a, b = c, d needs no tuple.
void Peephole::afterBuildTuple(uint32_t i) {
  uint32_t count = static_cast<uint32_t>(at(i).arg);
  if (opAt(i + 1) == Op::UNPACK_SEQUENCE && at(i + 1).arg == at(i).arg && count >= 1 && count <= 3) {
    at(i).makeNop();
    count == 1 ? at(i + 1).makeNop() : void(at(i + 1).op = Op::SWAP);
    return;
  }
  if (i >= count) foldTuple(i, count);
}

void Peephole::foldTuple(uint32_t i, uint32_t count) {
  SeqBuilder<const Constant*> items(arena_);
  for (uint32_t k = i - count; k < i; ++k) {
    if (at(k).op != Op::LOAD_CONST || !unit_.constants[at(k).arg].constant) return;
    items.push(unit_.constants[at(k).arg].constant);
  }
  const Constant* tuple = arena_.make<Constant>(Constant::ofItems(Constant::Kind::Tuple, items.finish()));
  for (uint32_t k = i - count; k < i; ++k) at(k).makeNop();
  at(i).op = Op::LOAD_CONST;
  at(i).arg = static_cast<int32_t>(unit_.constants.add(tuple));
}

// `a and b and c`, `a and b or c`: the first test decides, or makes superfluous, the test that it jumps to.
bool Peephole::threadShortCircuit(Instruction& jump, const Instruction& target) {
  bool on_false = jump.op == Op::JUMP_IF_FALSE_OR_POP;
  Op same_popping = on_false ? Op::POP_JUMP_IF_FALSE : Op::POP_JUMP_IF_TRUE;
  Op opposite = on_false ? Op::JUMP_IF_TRUE_OR_POP : Op::JUMP_IF_FALSE_OR_POP;
  Op opposite_popping = on_false ? Op::POP_JUMP_IF_TRUE : Op::POP_JUMP_IF_FALSE;
  if (target.op == same_popping) return thread(jump, target, same_popping);
  if (target.op == Op::JUMP || target.op == jump.op) return thread(jump, target, jump.op);
  if (target.op != opposite && target.op != opposite_popping) return false;
  if (jump.location.lineno != target.location.lineno) return false;
  jump.op = same_popping;
  jump.target = jump.target->next;
  return true;
}

bool Peephole::thread(Instruction& jump, const Instruction& target, Op op) {
  if (jump.location.lineno != target.location.lineno || jump.target == target.target) return false;
  jump.target = target.target;
  jump.op = op;
  return true;
}

}  // namespace

void optimizeBlock(CodeUnit& unit, Arena& arena, Block* block) { Peephole(unit, arena, block).run(); }

}  // namespace krait::frontend
