// Lowering: the structure of the function, constants, exits; and the switch that sends operations to their family.
#include "jit/backend/llvm/lowering.h"
#include "jit/trace/activation.h"
#include "runtime/core/frame.h"

namespace krait::jit {

Lowering::Lowering(const Trace& trace, llvm::Module& module, const std::string& name)
    : trace_(trace), context_(module.getContext()), b_(context_), alias_(context_), values_(trace.code_list.size()),
      pointers_(trace.code_list.size()), exits_(trace.snapshots.size()), layouts_(trace.snapshots.size()) {
  llvm::Type* pointer_type = b_.getPtrTy();
  auto* type = llvm::FunctionType::get(b_.getInt32Ty(), {pointer_type, pointer_type, pointer_type}, false);
  function_ = llvm::Function::Create(type, llvm::Function::ExternalLinkage, name, module);
  function_->setDoesNotThrow();
  thread_ = function_->getArg(0);
  frame_ = function_->getArg(1);
  activation_ = function_->getArg(2);
  llvm::MDBuilder metadata(context_);
  likely_ = metadata.createBranchWeights(1 << 20, 1);
  unlikely_ = metadata.createBranchWeights(1, 1 << 20);
}

llvm::Function* Lowering::run() {
  b_.SetInsertPoint(newBlock("entry"));
  for (Id id = 1; id < trace_.code_list.size(); ++id) {
    const Ins& ins = trace_.code_list[id];
    instruction(ins);
  }
  finishExits();
  return function_;
}

void Lowering::instruction(const Ins& ins) {
  V result = nullptr;
  if (ins.op < Op::k_unbox_int) result = structure(ins);
  else if (ins.op < Op::k_guard_forced) result = valueGuard(ins);
  else if (ins.op == Op::k_guard_forced) {
    V state = load(b_.getInt32Ty(), at(activation_, offsetof(Activation, state)), Place::kActivation, offsetof(Activation, state));
    guard(b_.CreateICmpEQ(b_.CreateOr(state, pollWord()), b_.getInt32(0)), ins.snapshot);
  }
  else if (ins.op < Op::k_fadd) result = intOperation(ins);
  else if (ins.op < Op::k_not) result = floatOperation(ins);
  else if (ins.op < Op::k_load) result = boxing(ins);
  else if (ins.op < Op::k_call) result = memoryOperation(ins);
  else if (ins.op == Op::k_call) result = call(ins);
  else count(ins);
  if (result) define(ins, result);
}

void Lowering::define(const Ins& ins, V v) {
  size_t index = size_t(&ins - trace_.code_list.data());
  values_[index] = v;
  if (!context_.shouldDiscardValueNames() && !llvm::isa<llvm::Constant>(v) && !v->hasName()) v->setName("v" + std::to_string(index));
}

llvm::Value* Lowering::structure(const Ins& ins) {
  switch (ins.op) {
    case Op::k_slot:
      return load(b_.getInt64Ty(), at(frame_, offsetof(Frame, slots) + ins.imm * sizeof(Value)), Place::kFrameSlot);
    case Op::k_input: {
      uint64_t index = ins.imm & ~kInputOwned, offset = offsetof(Activation, buffer) + index * 8;
      if (held_.size() <= index) held_.resize(index + 1);
      held_[index] = Id(&ins - trace_.code_list.data());
      if (ins.type == Ty::kF64) return load(b_.getDoubleTy(), at(activation_, offset), Place::kExitBuffer);
      V low = load(b_.getInt64Ty(), at(activation_, offset), Place::kExitBuffer);
      if (ins.type == Ty::kBool) return b_.CreateICmpNE(low, word(0));
      if (ins.type != Ty::kI128) return low;
      V high = load(b_.getInt64Ty(), at(activation_, offset + 8), Place::kExitBuffer);
      return b_.CreateOr(b_.CreateZExt(low, b_.getInt128Ty()),
                         b_.CreateShl(b_.CreateZExt(high, b_.getInt128Ty()), llvm::ConstantInt::get(b_.getInt128Ty(), 64)));
    }
    case Op::k_loop: {
      header_ = newBlock("loop");
      b_.CreateBr(header_);
      b_.SetInsertPoint(header_);
      held_.clear();
      return nullptr;
    }
    case Op::k_phi: {
      llvm::PHINode* phi = b_.CreatePHI(typeOf(ins.type), 2);
      phi->addIncoming(get(ins.a), header_->getSinglePredecessor());
      return phi;
    }
    case Op::k_jump: backEdge(); return nullptr;
    case Op::k_exit:
    case Op::k_link: b_.CreateBr(exitBlock(ins.snapshot)); return nullptr;
    case Op::k_poll: guard(b_.CreateICmpEQ(pollWord(), b_.getInt32(0)), ins.snapshot); return nullptr;
    default: llvm_unreachable("constants are not lowered as instructions");
  }
}

void Lowering::backEdge() {
  for (Id id = trace_.loop + 1; trace_.code_list[id].op == Op::k_phi; ++id)
    llvm::cast<llvm::PHINode>(values_[id])->addIncoming(get(trace_.code_list[id].b), b_.GetInsertBlock());
  b_.CreateBr(header_);
}

// The cold blocks are filled last, when every value exists.
void Lowering::finishExits() {
  llvm::BasicBlock* leave = newBlock("leave");
  b_.SetInsertPoint(leave);
  llvm::PHINode* number = b_.CreatePHI(b_.getInt32Ty(), unsigned(exits_.size()));
  b_.CreateRet(number);
  for (llvm::BasicBlock* block : cold_) block->moveBefore(leave);
  for (uint32_t snapshot = 0; snapshot < exits_.size(); ++snapshot) {
    if (!exits_[snapshot]) continue;
    exits_[snapshot]->insertInto(function_, leave);
    b_.SetInsertPoint(exits_[snapshot]);
    for (const ExitValue& value : layoutOf(snapshot).values) storeToBuffer(value);
    b_.CreateBr(leave);
    number->addIncoming(b_.getInt32(snapshot), exits_[snapshot]);
  }
}

void Lowering::storeToBuffer(const ExitValue& value) {
  V v = get(value.id);
  V address = at(activation_, offsetof(Activation, buffer) + value.word * 8);
  if (value.type == Ty::kBool) v = b_.CreateZExt(v, b_.getInt64Ty());
  if (value.type == Ty::kI128) {
    V high = b_.CreateTrunc(b_.CreateLShr(v, llvm::ConstantInt::get(b_.getInt128Ty(), 64)), b_.getInt64Ty());
    store(high, at(activation_, offsetof(Activation, buffer) + value.word * 8 + 8), Place::kExitBuffer);
    v = b_.CreateTrunc(v, b_.getInt64Ty());
  }
  store(v, address, Place::kExitBuffer);
}

// --- values ---

llvm::Type* Lowering::typeOf(Ty type) {
  switch (type) {
    case Ty::kBool: return b_.getInt1Ty();
    case Ty::kI128: return b_.getInt128Ty();
    case Ty::kF64: return b_.getDoubleTy();
    case Ty::kNone: return b_.getVoidTy();
    default: return b_.getInt64Ty();
  }
}

llvm::Value* Lowering::get(Id id) { return isConst(id) ? constant(trace_.at(id)) : values_[id]; }

llvm::Value* Lowering::constant(const Ins& c) {
  switch (c.op) {
    case Op::k_const_wide: {
      __int128 number = trace_.wide_constants[c.imm];
      uint64_t words[] = {uint64_t(number), uint64_t(number >> 64)};
      return llvm::ConstantInt::get(context_, llvm::APInt(128, words));
    }
    case Op::k_const_int: return llvm::ConstantInt::get(typeOf(c.type), c.imm, true);
    case Op::k_const_float: return llvm::ConstantFP::get(context_, llvm::APFloat(std::bit_cast<double>(c.imm)));
    case Op::k_const_bool: return b_.getInt1(c.imm != 0);
    default: return word(c.imm);
  }
}

bool Lowering::isConstantInt(Id id, __int128* out) const {
  if (!isConst(id)) return false;
  const Ins& c = trace_.at(id);
  if (c.op == Op::k_const_int) *out = int64_t(c.imm);
  else if (c.op == Op::k_const_wide) *out = trace_.wide_constants[c.imm];
  else return false;
  return true;
}

llvm::Value* Lowering::pointer(Id id) {
  if (isConst(id)) return asPointer(trace_.at(id).imm);
  V& pointer = pointers_[id];
  if (!pointer) pointer = b_.CreateIntToPtr(values_[id], b_.getPtrTy());
  return pointer;
}
llvm::Value* Lowering::asPointer(uint64_t address) { return llvm::ConstantExpr::getIntToPtr(word(address), b_.getPtrTy()); }

llvm::Value* Lowering::isHeap(V bits) { return b_.CreateICmpEQ(b_.CreateLShr(bits, 48), word(0)); }

// --- control ---

llvm::BasicBlock* Lowering::newBlock(const char* name) { return llvm::BasicBlock::Create(context_, name, function_); }

llvm::BasicBlock* Lowering::exitBlock(uint32_t snapshot) {
  llvm::BasicBlock*& block = exits_[snapshot];
  if (!block) block = llvm::BasicBlock::Create(context_, "exit" + llvm::Twine(snapshot));
  return block;
}

void Lowering::guard(V condition, uint32_t snapshot, bool wanted) {
  llvm::BasicBlock *next = newBlock(""), *exit = exitBlock(snapshot);
  if (wanted) b_.CreateCondBr(condition, next, exit, likely_);
  else b_.CreateCondBr(condition, exit, next, unlikely_);
  b_.SetInsertPoint(next);
}

void Lowering::coldFrom(llvm::BasicBlock* first) {
  for (auto block = first->getIterator(); block != function_->end(); ++block) cold_.push_back(&*block);
}

const ExitLayout& Lowering::layoutOf(uint32_t snapshot) {
  if (!layouts_[snapshot]) layouts_[snapshot] = std::make_unique<ExitLayout>(exitLayout(trace_, snapshot));
  return *layouts_[snapshot];
}

}  // namespace krait::jit
