// Lowering of int operations: i64 and i128. Plain operations are proved not to overflow (nsw); the _ovf forms leave.
#include "jit/backend/llvm/lowering.h"
#include "jit/backend/support.h"

namespace krait::jit {

llvm::Value* Lowering::intOperation(const Ins& ins) {
  V a = get(ins.a), b = ins.b != kNoId ? get(ins.b) : nullptr;
  switch (ins.op) {
    case Op::k_add: return b_.CreateNSWAdd(a, b);
    case Op::k_sub: return b_.CreateNSWSub(a, b);
    case Op::k_mul: return b_.CreateNSWMul(a, b);
    case Op::k_add_ovf: return withOverflow(llvm::Intrinsic::sadd_with_overflow, a, b, ins);
    case Op::k_sub_ovf: return withOverflow(llvm::Intrinsic::ssub_with_overflow, a, b, ins);
    case Op::k_mul_ovf: return withOverflow(llvm::Intrinsic::smul_with_overflow, a, b, ins);
    case Op::k_small: return a;
    case Op::k_neg_ovf: return withOverflow(llvm::Intrinsic::ssub_with_overflow, llvm::Constant::getNullValue(a->getType()), a, ins);
    case Op::k_widen: return b_.CreateSExt(a, b_.getInt128Ty());
    case Op::k_narrow: {
      V low = b_.CreateTrunc(a, b_.getInt64Ty());
      guard(b_.CreateICmpEQ(b_.CreateSExt(low, b_.getInt128Ty()), a), ins.snapshot);
      return low;
    }
    case Op::k_narrow_fit: return b_.CreateTrunc(a, b_.getInt64Ty());
    case Op::k_mul_wide: return b_.CreateNSWMul(b_.CreateSExt(a, b_.getInt128Ty()), b_.CreateSExt(b, b_.getInt128Ty()));
    case Op::k_and: return b_.CreateAnd(a, b);
    case Op::k_or: return b_.CreateOr(a, b);
    case Op::k_xor: return b_.CreateXor(a, b);
    case Op::k_shl: return b_.CreateShl(a, b, "", false, true);
    case Op::k_shl_ovf: return shiftOverflow(ins);
    case Op::k_shr: return b_.CreateAShr(a, b);
    case Op::k_div_pos: return ins.type == Ty::kI128 ? divFloor(ins) : b_.CreateUDiv(a, b);
    case Op::k_mod_pos: return ins.type == Ty::kI128 ? modFloor(ins) : b_.CreateURem(a, b);
    case Op::k_div_floor: return divFloor(ins);
    case Op::k_mod_floor: return modFloor(ins);
    case Op::k_lt: return b_.CreateICmpSLT(a, b);
    case Op::k_le: return b_.CreateICmpSLE(a, b);
    case Op::k_gt: return b_.CreateICmpSGT(a, b);
    case Op::k_ge: return b_.CreateICmpSGE(a, b);
    case Op::k_eq: return b_.CreateICmpEQ(a, b);
    case Op::k_ne: return b_.CreateICmpNE(a, b);
    case Op::k_below: return b_.CreateICmpULT(a, b);
    default: llvm_unreachable("not an int operation");
  }
}

llvm::Value* Lowering::withOverflow(llvm::Intrinsic::ID intrinsic, V a, V b, const Ins& ins) {
  V pair = b_.CreateBinaryIntrinsic(intrinsic, a, b);
  V result = b_.CreateExtractValue(pair, 0);
  guard(b_.CreateExtractValue(pair, 1), ins.snapshot, false);
  return result;
}

llvm::Value* Lowering::shiftOverflow(const Ins& ins) {
  V a = get(ins.a), b = get(ins.b);
  V result = b_.CreateShl(a, b);
  guard(b_.CreateICmpEQ(b_.CreateAShr(result, b), a), ins.snapshot);
  return result;
}

namespace {

// k when n = 2^k, k > 0; else 0.
int powerOfTwo(__int128 n) {
  if (n <= 1 || (n & (n - 1)) != 0) return 0;
  int k = 0;
  while (n > 1) {
    n >>= 1;
    ++k;
  }
  return k;
}

}  // namespace

// The machine's division truncates; the floor is one less when the signs differ and something is left.
llvm::Value* Lowering::divFloor(const Ins& ins) {
  V a = get(ins.a), b = get(ins.b);
  __int128 divisor = 0;
  isConstantInt(ins.b, &divisor);
  if (divisor == 1) return a;
  if (int k = powerOfTwo(divisor)) return b_.CreateAShr(a, llvm::ConstantInt::get(a->getType(), uint64_t(k)));
  if (ins.type == Ty::kI128) return runtimeCall(b_.getInt128Ty(), reinterpret_cast<void*>(&divFloorWide), {a, b}, true);
  V quotient = b_.CreateSDiv(a, b);
  V rest = b_.CreateSub(a, b_.CreateMul(quotient, b));
  V minus;  // -1 when the floor is lower
  if (divisor > 0) {
    minus = b_.CreateAShr(rest, 63);
  } else {
    V lower = b_.CreateAnd(b_.CreateICmpNE(rest, word(0)), b_.CreateICmpSLT(b_.CreateXor(rest, b), word(0)));
    minus = b_.CreateSExt(lower, b_.getInt64Ty());
  }
  return b_.CreateAdd(quotient, minus);
}

llvm::Value* Lowering::modFloor(const Ins& ins) {
  V a = get(ins.a), b = get(ins.b);
  __int128 divisor = 0;
  isConstantInt(ins.b, &divisor);
  llvm::Type* type = a->getType();
  if (divisor == 1) return llvm::Constant::getNullValue(type);
  if (powerOfTwo(divisor)) return b_.CreateAnd(a, b_.CreateSub(b, llvm::ConstantInt::get(type, 1)));
  if (ins.type == Ty::kI128) return runtimeCall(type, reinterpret_cast<void*>(&modFloorWide), {a, b}, true);
  V rest = b_.CreateSRem(a, b);
  if (divisor > 0) return b_.CreateAdd(rest, b_.CreateAnd(b_.CreateAShr(rest, 63), b));
  V wrong_sign = b_.CreateAnd(b_.CreateICmpNE(rest, word(0)), b_.CreateICmpSLT(b_.CreateXor(rest, b), word(0)));
  return b_.CreateAdd(rest, b_.CreateSelect(wrong_sign, b, word(0)));
}

}  // namespace krait::jit
