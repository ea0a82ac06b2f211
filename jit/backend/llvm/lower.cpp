// Lowering: the structure of the function, constants, exits; and the switch that sends operations to their family.
#include "jit/backend/llvm/lowering.h"
#include "jit/trace/activation.h"
#include "runtime/core/frame.h"

namespace krait::jit {

Lowering::Lowering(const Package& package, llvm::Module& module, const std::string& name)
    : package_(package), parts_(package.traces.size()), context_(module.getContext()), b_(context_), alias_(context_) {
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
  often_ = metadata.createBranchWeights(4, 1);
  seldom_ = metadata.createBranchWeights(1, 4);
  uint32_t exits = 0;
  for (size_t i = 0; i < parts_.size(); ++i) {
    Part& part = parts_[i];
    part.trace = &package.traces[i];
    part.first_exit = exits;
    size_t snapshots = part.trace->snapshots.size();
    exits += uint32_t(snapshots);
    part.values.resize(part.trace->code_list.size());
    part.pointers.resize(part.trace->code_list.size());
    part.exits.resize(snapshots);
    part.leaves.resize(snapshots);
    part.linked.resize(snapshots);
    part.layouts.resize(snapshots);
  }
  for (const PackageLink& link : package.links) {
    Part& target = parts_[link.to];
    parts_[link.from].linked[link.snapshot] = &target;
    if (target.trace->kind != TraceKind::kSide) continue;
    target.parent = &parts_[link.from];
    target.parent_exit = link.snapshot;
  }
}

llvm::Function* Lowering::run() {
  llvm::BasicBlock* entry = newBlock("entry");
  leave_ = llvm::BasicBlock::Create(context_, "leave");
  number_ = llvm::PHINode::Create(b_.getInt32Ty(), 8, "", leave_);
  // What can be entered: the first trace, and every other root.
  b_.SetInsertPoint(entry);
  llvm::SwitchInst* choice = nullptr;
  for (size_t i = 0; i < parts_.size(); ++i) {
    if (i > 0 && parts_[i].trace->kind == TraceKind::kSide) continue;
    parts_[i].start = newBlock("start");
    pending_.push_back(&parts_[i]);
    if (i == 0) continue;
    if (!choice) {
      V which = load(b_.getInt32Ty(), at(activation_, offsetof(Activation, entry)), Place::kActivation,
                     offsetof(Activation, entry));
      choice = b_.CreateSwitch(which, parts_[0].start);
    }
    choice->addCase(b_.getInt32(uint32_t(i)), parts_[i].start);
  }
  if (!choice) b_.CreateBr(parts_[0].start);
  for (size_t next = 0; next < pending_.size(); ++next) place(*pending_[next]);
  leave_->insertInto(function_);
  for (llvm::BasicBlock* block : cold_) block->moveBefore(leave_);
  b_.SetInsertPoint(leave_);
  b_.CreateRet(number_);
  return function_;
}

void Lowering::place(Part& part) {
  part_ = &part;
  trace_ = part.trace;
  header_ = nullptr;
  held_.clear();
  unsettled_ = false;
  b_.SetInsertPoint(part.start);
  countAdd(&TraceCounters::entries, 1);
  for (Id id = 1; id < trace_->code_list.size(); ++id) instruction(trace_->code_list[id]);
  linkExits();
  finishExits();
}

void Lowering::instruction(const Ins& ins) {
  V result = nullptr;
  if (ins.op < Op::k_unbox_int) result = structure(ins);
  else if (ins.op < Op::k_guard_forced) result = valueGuard(ins);
  else if (ins.op == Op::k_guard_forced) {
    V state = load(b_.getInt32Ty(), at(activation_, offsetof(Activation, state)), Place::kActivation, offsetof(Activation, state));
    guardOrLeave(b_.CreateICmpEQ(b_.CreateOr(state, pollWord()), b_.getInt32(0)), ins.snapshot);
    unsettled_ = false;
  }
  else if (ins.op < Op::k_fadd) result = intOperation(ins);
  else if (ins.op < Op::k_not) result = floatOperation(ins);
  else if (ins.op < Op::k_load) result = boxing(ins);
  else if (ins.op < Op::k_call) result = memoryOperation(ins);
  else if (ins.op == Op::k_call) result = call(ins);
  else if (ins.op == Op::k_result)
    result = b_.CreateLoad(b_.getInt64Ty(), at(array(), ins.imm * 8));
  else count(ins);
  if (result) define(ins, result);
}

void Lowering::define(const Ins& ins, V v) {
  size_t index = size_t(&ins - trace_->code_list.data());
  part_->values[index] = v;
  if (!context_.shouldDiscardValueNames() && !llvm::isa<llvm::Constant>(v) && !v->hasName()) v->setName("v" + std::to_string(index));
}

llvm::Value* Lowering::structure(const Ins& ins) {
  switch (ins.op) {
    case Op::k_slot:
      return load(b_.getInt64Ty(), at(frame_, offsetof(Frame, slots) + ins.imm * sizeof(Value)), Place::kFrameSlot);
    case Op::k_input: return input(ins);
    case Op::k_loop: {
      header_ = newBlock("loop");
      countAdd(&TraceCounters::passes, 1);
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
    case Op::k_ret: returnFrom(ins.snapshot); return nullptr;
    case Op::k_poll: guardOrLeave(b_.CreateICmpEQ(pollWord(), b_.getInt32(0)), ins.snapshot); return nullptr;
    default: llvm_unreachable("constants are not lowered as instructions");
  }
}

// From the exit buffer; or, behind a link, the value itself that the exit would have stored there.
llvm::Value* Lowering::input(const Ins& ins) {
  uint64_t index = ins.imm & ~kInputOwned, offset = offsetof(Activation, buffer) + index * 8;
  if (const Part* parent = part_->parent) {
    for (const ExitValue& value : parent->layouts[part_->parent_exit]->values)
      if (value.word == index) return parent->values[value.id];
    llvm_unreachable("an input that the exit does not give");
  }
  if (held_.size() <= index) held_.resize(index + 1);
  held_[index] = Id(&ins - trace_->code_list.data());
  if (ins.type == Ty::kF64) return load(b_.getDoubleTy(), at(activation_, offset), Place::kExitBuffer);
  V low = load(b_.getInt64Ty(), at(activation_, offset), Place::kExitBuffer);
  if (ins.type == Ty::kBool) return b_.CreateICmpNE(low, word(0));
  if (ins.type != Ty::kI128) return low;
  V high = load(b_.getInt64Ty(), at(activation_, offset + 8), Place::kExitBuffer);
  return b_.CreateOr(b_.CreateZExt(low, b_.getInt128Ty()),
                     b_.CreateShl(b_.CreateZExt(high, b_.getInt128Ty()), llvm::ConstantInt::get(b_.getInt128Ty(), 64)));
}

void Lowering::backEdge() {
  for (Id id = trace_->loop + 1; trace_->code_list[id].op == Op::k_phi; ++id)
    llvm::cast<llvm::PHINode>(part_->values[id])->addIncoming(get(trace_->code_list[id].b), b_.GetInsertBlock());
  countAdd(&TraceCounters::passes, 1);
  b_.CreateBr(header_);
}

// For --jit-stats.
void Lowering::countAdd(uint64_t TraceCounters::* counter, uint64_t more) {
  if (!trace_->counters) return;
  V address = asPointer(uint64_t(&(trace_->counters->*counter)));
  b_.CreateStore(b_.CreateAdd(b_.CreateLoad(b_.getInt64Ty(), address), word(more)), address);
}

void Lowering::leaveWith(V number) {
  number_->addIncoming(number, b_.GetInsertBlock());
  b_.CreateBr(leave_);
}

// The ways out are filled last, when every value exists.
void Lowering::finishExits() {
  for (uint32_t snapshot = 0; snapshot < part_->leaves.size(); ++snapshot) {
    llvm::BasicBlock* block = part_->leaves[snapshot];
    if (!block) continue;
    cold_.push_back(block);
    block->insertInto(function_);
    b_.SetInsertPoint(block);
    countAdd(&TraceCounters::bytecodes, trace_->snapshots[snapshot].bytecodes);
    for (const ExitValue& value : layoutOf(snapshot).values) storeToBuffer(value);
    leaveWith(exitNumber(snapshot));
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

llvm::Value* Lowering::get(Id id) { return isConst(id) ? constant(trace_->at(id)) : part_->values[id]; }

llvm::Value* Lowering::constant(const Ins& c) {
  switch (c.op) {
    case Op::k_const_wide: {
      __int128 number = trace_->wide_constants[c.imm];
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
  const Ins& c = trace_->at(id);
  if (c.op == Op::k_const_int) *out = int64_t(c.imm);
  else if (c.op == Op::k_const_wide)
    *out = trace_->wide_constants[c.imm];
  else return false;
  return true;
}

llvm::Value* Lowering::pointer(Id id) {
  if (isConst(id)) return asPointer(trace_->at(id).imm);
  V& pointer = part_->pointers[id];
  if (!pointer) pointer = b_.CreateIntToPtr(part_->values[id], b_.getPtrTy());
  return pointer;
}
llvm::Value* Lowering::asPointer(uint64_t address) { return llvm::ConstantExpr::getIntToPtr(word(address), b_.getPtrTy()); }

llvm::Value* Lowering::isHeap(V bits) { return b_.CreateICmpEQ(b_.CreateLShr(bits, 48), word(0)); }

// --- control ---

llvm::BasicBlock* Lowering::newBlock(const char* name) { return llvm::BasicBlock::Create(context_, name, function_); }

llvm::BasicBlock* Lowering::exitBlock(uint32_t snapshot) {
  if (!part_->linked[snapshot]) return leaveBlock(snapshot);
  llvm::BasicBlock*& block = part_->exits[snapshot];
  if (!block) block = llvm::BasicBlock::Create(context_, "on" + llvm::Twine(snapshot));
  return block;
}

llvm::BasicBlock* Lowering::leaveBlock(uint32_t snapshot) {
  llvm::BasicBlock*& block = part_->leaves[snapshot];
  if (!block) block = llvm::BasicBlock::Create(context_, "exit" + llvm::Twine(snapshot));
  return block;
}

void Lowering::guard(V condition, uint32_t snapshot, bool wanted) {
  llvm::BasicBlock *next = newBlock(""), *exit = unsettled_ ? leaveBlock(snapshot) : exitBlock(snapshot);
  bool linked = exit == part_->exits[snapshot];
  if (wanted)
    b_.CreateCondBr(condition, next, exit, linked ? often_ : likely_);
  else
    b_.CreateCondBr(condition, exit, next, linked ? seldom_ : unlikely_);
  b_.SetInsertPoint(next);
}

void Lowering::guardOrLeave(V condition, uint32_t snapshot) {
  llvm::BasicBlock* next = newBlock("");
  b_.CreateCondBr(condition, next, leaveBlock(snapshot), likely_);
  b_.SetInsertPoint(next);
}

void Lowering::coldFrom(llvm::BasicBlock* first) {
  for (auto block = first->getIterator(); block != function_->end(); ++block) cold_.push_back(&*block);
}

const ExitLayout& Lowering::layoutOf(uint32_t snapshot) {
  std::unique_ptr<ExitLayout>& layout = part_->layouts[snapshot];
  if (!layout) layout = std::make_unique<ExitLayout>(exitLayout(*trace_, snapshot));
  return *layout;
}

}  // namespace krait::jit
