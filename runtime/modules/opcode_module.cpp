// _opcode: what the standard library asks about instructions.
#include "runtime/code/opcodes.h"
#include "runtime/core/error.h"
#include "runtime/objects/int.h"
#include "runtime/objects/module.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// The compiler's instructions that never reach the bytecode have negative numbers, as dis knows them.
constexpr struct {
  int number, falls, jumps;  // effects of both outcomes
} kPseudo[] = {
    {-1, 0, 1},     // SETUP_FINALLY
    {-2, 0, 2},     // SETUP_CLEANUP
    {-3, 0, 1},     // SETUP_WITH
    {-4, 0, 0},     // POP_BLOCK
    {-5, 0, 0},     // JUMP
    {-6, 0, 0},     // JUMP_NO_INTERRUPT
    {-7, -1, -1},   // POP_JUMP_IF_FALSE
    {-8, -1, -1},   // POP_JUMP_IF_TRUE
    {-9, -1, -1},   // POP_JUMP_IF_NONE
    {-10, -1, -1},  // POP_JUMP_IF_NOT_NONE
};

bool intArgument(Thread& t, Value v, int* out) {
  int64_t number = toInt64(t, v);
  if (number == -1 && t.raised()) return false;
  if (number != int(number)) return raise(t, exc::OverflowError, "Python int too large to convert to C int");
  *out = int(number);
  return true;
}

// False: there is no such instruction.
bool effectOf(int opcode, int argument, bool jump, int* out) {
  for (const auto& row : kPseudo) {
    if (row.number != opcode) continue;
    *out = jump ? row.jumps : row.falls;
    return true;
  }
  if (opcode < 0 || opcode >= kOpcodeCount || !kOpcodeInfo[opcode].name) return false;
  *out = stackEffect(opcode, uint32_t(argument), jump);
  return true;
}

Ref<> stackEffectFunction(Thread& t, Value, const Value* args) {
  int opcode, argument = 0;
  if (!intArgument(t, args[0], &opcode)) return kRaised;
  bool given = !args[1].isNone();
  if (opcode >= kHaveArgument && !given) {
    return raise(t, exc::ValueError, "stack_effect: opcode requires oparg but oparg was not specified");
  }
  if (opcode < kHaveArgument && given) {
    return raise(t, exc::ValueError, "stack_effect: opcode does not permit oparg but oparg was specified");
  }
  if (given && !intArgument(t, args[1], &argument)) return kRaised;
  if (!args[2].isNone() && !args[2].isBool())
    return raise(t, exc::ValueError, "stack_effect: jump must be False, True or None");
  int falls, jumps;
  if (!effectOf(opcode, argument, false, &falls) || !effectOf(opcode, argument, true, &jumps)) {
    return raise(t, exc::ValueError, "invalid opcode or oparg");
  }
  int effect = args[2] == kTrue ? jumps : args[2] == kFalse ? falls : falls > jumps ? falls : jumps;
  return newInt(t, effect);
}

// CPython answers None as well unless it was built to count.
Ref<> specializationStats(Thread&, Value) { return steal(kNone); }

const MethodDef kFunctions[] = {
    method("stack_effect", stackEffectFunction, "($module, opcode, oparg=None, /, *, jump=None)",
           "Compute the stack effect of the opcode."),
    method("get_specialization_stats", specializationStats, "($module, /)", "Return the specialization stats"),
    {},
};

}  // namespace

const ModuleDef& opcodeModule() {
  static const ModuleDef def{"_opcode", "Opcode support module.", kFunctions, nullptr};
  return def;
}

}  // namespace krait
