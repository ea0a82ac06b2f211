// Lowering of guards on values, boxing and floats. The encodings are those of runtime/core/value.h.
#include "jit/backend/llvm/lowering.h"
#include "jit/backend/support.h"
#include "runtime/core/object.h"

namespace krait::jit {

llvm::Value* Lowering::valueGuard(const Ins& ins) {
  V a = get(ins.a);
  switch (ins.op) {
    case Op::k_unbox_int:
      guard(b_.CreateICmpUGE(a, word(kIntBase)), ins.snapshot);
      return b_.CreateAShr(b_.CreateShl(a, 64 - kIntBits), 64 - kIntBits);
    case Op::k_unbox_wide: return unboxWideInt(ins);
    case Op::k_unbox_float: {
      V bits = b_.CreateSub(a, word(kDoubleOffset));
      guard(b_.CreateICmpULE(bits, word(uint64_t(0xFFF8) << 48)), ins.snapshot);
      return b_.CreateBitCast(bits, b_.getDoubleTy());
    }
    case Op::k_unbox_bool:
      guard(b_.CreateICmpEQ(b_.CreateOr(a, word(1)), word(kTrue.bits)), ins.snapshot);
      return b_.CreateTrunc(a, b_.getInt1Ty());
    case Op::k_guard_same: guard(b_.CreateICmpEQ(a, get(ins.b)), ins.snapshot); return nullptr;
    case Op::k_guard_true: guard(a, ins.snapshot); return nullptr;
    case Op::k_guard_false: guard(a, ins.snapshot, false); return nullptr;
    case Op::k_guard_nonempty:
    case Op::k_guard_ok: guard(b_.CreateICmpNE(a, word(0)), ins.snapshot); return a;
    case Op::k_guard_empty: guard(b_.CreateICmpEQ(a, word(0)), ins.snapshot); return nullptr;
    default: break;
  }
  // Guards on heap objects.
  if (trace_->typeOf(ins.a) != Ty::kObj) guard(isHeap(a), ins.snapshot);
  V object = pointer(ins.a);
  if (ins.op == Op::k_guard_kind) {
    V kind = load(b_.getInt32Ty(), at(object, offsetof(Object, kind)), Place::kKind);
    guard(b_.CreateICmpEQ(kind, b_.getInt32(uint32_t(ins.imm))), ins.snapshot);
  } else if (ins.op == Op::k_guard_type) {
    V header = load(b_.getInt64Ty(), at(object, offsetof(Object, type_and_flags)), Place::kField, uint64_t(Field::k_object_header_type));
    guard(b_.CreateICmpEQ(b_.CreateAnd(header, word(kTypeMask)), word(ins.imm)), ins.snapshot);
  }
  part_->pointers[size_t(&ins - trace_->code_list.data())] = object;
  return a;
}

// Immediates inline; heap ints by a call.
llvm::Value* Lowering::unboxWideInt(const Ins& ins) {
  V a = get(ins.a);
  llvm::Type* type = typeOf(ins.type);
  if (!wide_scratch_) {
    llvm::IRBuilder<> entry(&function_->getEntryBlock(), function_->getEntryBlock().begin());
    wide_scratch_ = entry.CreateAlloca(b_.getInt128Ty());
  }
  V small = b_.CreateAShr(b_.CreateShl(a, 64 - kIntBits), 64 - kIntBits);
  if (ins.type == Ty::kI128) small = b_.CreateSExt(small, type);
  V immediate = b_.CreateICmpUGE(a, word(kIntBase));
  llvm::BasicBlock *start = b_.GetInsertBlock(), *slow = newBlock("heap_int");

  b_.SetInsertPoint(slow);
  guard(runtimeCall(b_.getInt1Ty(), reinterpret_cast<void*>(&unboxWide), {a, wide_scratch_}), ins.snapshot);
  V large = b_.CreateLoad(b_.getInt128Ty(), wide_scratch_);
  if (ins.type == Ty::kI64) {
    V narrow = b_.CreateTrunc(large, type);
    guard(b_.CreateICmpEQ(b_.CreateSExt(narrow, b_.getInt128Ty()), large), ins.snapshot);
    large = narrow;
  }
  llvm::BasicBlock* slow_end = b_.GetInsertBlock();
  coldFrom(slow);

  llvm::BasicBlock* join = newBlock("int");
  b_.CreateBr(join);
  b_.SetInsertPoint(start);
  b_.CreateCondBr(immediate, join, slow, likely_);
  b_.SetInsertPoint(join);
  llvm::PHINode* phi = b_.CreatePHI(type, 2);
  phi->addIncoming(small, start);
  phi->addIncoming(large, slow_end);
  return phi;
}

llvm::Value* Lowering::boxing(const Ins& ins) {
  if (ins.op == Op::k_select) return b_.CreateSelect(get(ins.a), get(ins.b), get(ins.c));
  V a = get(ins.a);
  switch (ins.op) {
    case Op::k_not: return b_.CreateNot(a);
    case Op::k_bool_to_int: return b_.CreateZExt(a, b_.getInt64Ty());
    case Op::k_same: return b_.CreateICmpEQ(a, get(ins.b));
    case Op::k_is_empty: return b_.CreateICmpEQ(a, word(0));
    case Op::k_box_int: return b_.CreateOr(a, word(kIntBase));
    case Op::k_box_wide: return boxWideInt(ins);
    case Op::k_box_float: return b_.CreateAdd(b_.CreateBitCast(a, b_.getInt64Ty()), word(kDoubleOffset));
    case Op::k_box_bool: return b_.CreateOr(b_.CreateZExt(a, b_.getInt64Ty()), word(kFalse.bits));
    default: llvm_unreachable("not a boxing operation");
  }
}

llvm::Value* Lowering::boxWideInt(const Ins& ins) {
  V a = get(ins.a), wide = a->getType()->isIntegerTy(128) ? a : nullptr;
  llvm::Type* type = a->getType();
  V shifted = b_.CreateAdd(a, llvm::ConstantInt::get(type, uint64_t(1) << (kIntBits - 1)));
  V fits = b_.CreateICmpULT(shifted, llvm::ConstantInt::get(type, uint64_t(1) << kIntBits));
  V small = b_.CreateOr(wide ? b_.CreateTrunc(a, b_.getInt64Ty()) : a, word(kIntBase));
  llvm::BasicBlock *start = b_.GetInsertBlock(), *slow = newBlock("new_int");
  coldFrom(slow);
  llvm::BasicBlock* join = newBlock("boxed");
  b_.CreateCondBr(fits, join, slow, likely_);

  b_.SetInsertPoint(slow);
  if (!wide) wide = b_.CreateSExt(a, b_.getInt128Ty());
  V large = runtimeCall(b_.getInt64Ty(), reinterpret_cast<void*>(&boxWide), {thread_, wide});
  b_.CreateBr(join);

  b_.SetInsertPoint(join);
  llvm::PHINode* phi = b_.CreatePHI(b_.getInt64Ty(), 2);
  phi->addIncoming(small, start);
  phi->addIncoming(large, slow);
  return phi;
}

llvm::Value* Lowering::floatOperation(const Ins& ins) {
  V a = get(ins.a), b = ins.b != kNoId ? get(ins.b) : nullptr;
  switch (ins.op) {
    case Op::k_fadd: return b_.CreateFAdd(a, b);
    case Op::k_fsub: return b_.CreateFSub(a, b);
    case Op::k_fmul: return b_.CreateFMul(a, b);
    case Op::k_fdiv: return b_.CreateFDiv(a, b);
    case Op::k_fneg: return b_.CreateFNeg(a);
    case Op::k_fabs: return b_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, a);
    case Op::k_fsqrt: return b_.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, a);
    case Op::k_flt: return b_.CreateFCmpOLT(a, b);
    case Op::k_fle: return b_.CreateFCmpOLE(a, b);
    case Op::k_fgt: return b_.CreateFCmpOGT(a, b);
    case Op::k_fge: return b_.CreateFCmpOGE(a, b);
    case Op::k_feq: return b_.CreateFCmpOEQ(a, b);
    case Op::k_fne: return b_.CreateFCmpUNE(a, b);
    case Op::k_to_float: return b_.CreateSIToFP(a, b_.getDoubleTy());
    case Op::k_to_int: return toInt(ins);
    default: llvm_unreachable("not a float operation");
  }
}

// The bounds are exact doubles; both comparisons are false for nan.
llvm::Value* Lowering::toInt(const Ins& ins) {
  V a = get(ins.a);
  guard(b_.CreateFCmpOGE(a, llvm::ConstantFP::get(b_.getDoubleTy(), -0x1p63)), ins.snapshot);
  guard(b_.CreateFCmpOLT(a, llvm::ConstantFP::get(b_.getDoubleTy(), 0x1p63)), ins.snapshot);
  return b_.CreateFPToSI(a, b_.getInt64Ty());
}

}  // namespace krait::jit
