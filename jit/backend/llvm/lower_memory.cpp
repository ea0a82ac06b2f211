// Lowering of loads and stores, calls, call sites and reference counts.
#include "jit/backend/llvm/lowering.h"
#include "jit/trace/activation.h"
#include "runtime/core/object.h"
#include "runtime/core/thread.h"
#include "runtime/objects/instance.h"

namespace krait::jit {

llvm::Value* Lowering::at(V base, uint64_t offset) {
  return offset == 0 ? base : b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), base, offset);
}

// Never marked invariant, not even for fields that do not change: LLVM would move such a load past the release of its object.
llvm::Value* Lowering::load(llvm::Type* type, V address, Place place, uint64_t index) {
  llvm::LoadInst* load = b_.CreateLoad(type, address);
  load->setMetadata(llvm::LLVMContext::MD_tbaa, alias_.tag(place, index));
  return load;
}
void Lowering::store(V v, V address, Place place, uint64_t index) {
  b_.CreateStore(v, address)->setMetadata(llvm::LLVMContext::MD_tbaa, alias_.tag(place, index));
}

// Other threads write it: never kept in a register.
llvm::Value* Lowering::pollWord() {
  llvm::LoadInst* load = b_.CreateLoad(b_.getInt32Ty(), at(thread_, offsetof(Thread, poll)), /*isVolatile=*/true);
  load->setMetadata(llvm::LLVMContext::MD_tbaa, alias_.tag(Place::kPoll));
  return load;
}

llvm::Value* Lowering::itemAddress(const Ins& ins, llvm::Type* element) {
  const FieldInfo& field = kFields[ins.imm];
  V array = at(pointer(ins.a), field.offset);
  if (field.mutability != kInline) array = load(b_.getPtrTy(), array, Place::kField, ins.imm);
  return b_.CreateInBoundsGEP(element, array, get(ins.b));
}

namespace {
// Items inside the object are a class of their own: after initialisation they are constant.
uint64_t isInline(const Ins& ins) { return kFields[ins.imm].mutability == kInline; }
}  // namespace

llvm::Value* Lowering::farAddress(const Ins& ins) {
  uint64_t offset = trace_->at(ins.c).imm;
  V block = load(b_.getPtrTy(), at(pointer(ins.a), offset), Place::kAttributeBlock);
  return at(block, offsetof(AttrBlock, slots) + ins.imm * 8);
}

llvm::Value* Lowering::memoryOperation(const Ins& ins) {
  switch (ins.op) {
    case Op::k_load: {
      const FieldInfo& field = kFields[ins.imm];
      return load(typeOf(ins.type), at(pointer(ins.a), field.offset), Place::kField, ins.imm);
    }
    case Op::k_store: store(get(ins.b), at(pointer(ins.a), kFields[ins.imm].offset), Place::kField, ins.imm); return nullptr;
    case Op::k_set_kind:
      store(b_.getInt32(uint32_t(ins.imm)), at(pointer(ins.a), offsetof(Object, kind)), Place::kKind);
      return nullptr;
    case Op::k_load_attr: return load(typeOf(ins.type), at(pointer(ins.a), ins.imm), Place::kAttribute, ins.imm);
    case Op::k_store_attr: store(get(ins.b), at(pointer(ins.a), ins.imm), Place::kAttribute, ins.imm); return nullptr;
    case Op::k_load_far: return load(typeOf(ins.type), farAddress(ins), Place::kFarAttribute, ins.imm);
    case Op::k_store_far: store(get(ins.b), farAddress(ins), Place::kFarAttribute, ins.imm); return nullptr;
    case Op::k_load_item:
      return load(typeOf(ins.type), itemAddress(ins, b_.getInt64Ty()), AliasClasses::item(ins.type), isInline(ins));
    case Op::k_store_item:
      store(get(ins.c), itemAddress(ins, b_.getInt64Ty()), AliasClasses::item(trace_->typeOf(ins.c)), isInline(ins));
      return nullptr;
    case Op::k_load_byte:
      return b_.CreateZExt(load(b_.getInt8Ty(), itemAddress(ins, b_.getInt8Ty()), Place::kByte), b_.getInt64Ty());
    // A fixed word may be the content of a cell that other instructions reach through its object.
    case Op::k_load_cell: return load(b_.getInt64Ty(), asPointer(ins.imm), Place::kField, uint64_t(Field::k_cell_content));
    case Op::k_kind_of:
      return b_.CreateZExt(load(b_.getInt32Ty(), at(pointer(ins.a), offsetof(Object, kind)), Place::kKind), b_.getInt64Ty());
    default: llvm_unreachable("not a memory operation");
  }
}

// --- calls ---

// By absolute address; bool as the C++ convention has it.
llvm::Value* Lowering::runtimeCall(llvm::Type* result, void* function, llvm::ArrayRef<V> arguments, bool pure) {
  llvm::SmallVector<llvm::Type*, 8> types;
  for (V argument : arguments) types.push_back(argument->getType());
  auto* type = llvm::FunctionType::get(result, types, false);
  llvm::CallInst* call = b_.CreateCall(type, asPointer(uint64_t(function)), arguments);
  call->setDoesNotThrow();
  if (result->isIntegerTy(1)) call->addRetAttr(llvm::Attribute::ZExt);
  for (unsigned i = 0; i < arguments.size(); ++i)
    if (types[i]->isIntegerTy(1)) call->addParamAttr(i, llvm::Attribute::ZExt);
  if (pure) {
    call->setDoesNotAccessMemory();
    call->addFnAttr(llvm::Attribute::WillReturn);
  }
  return call;
}

llvm::Value* Lowering::array() {
  if (array_) return array_;
  uint32_t words = 0;
  for (const Part& part : parts_) words = std::max(words, arrayWords(*part.trace));
  llvm::IRBuilder<> entry(&function_->getEntryBlock(), function_->getEntryBlock().begin());
  return array_ = entry.CreateAlloca(b_.getInt64Ty(), b_.getInt32(words));
}

llvm::Value* Lowering::call(const Ins& ins) {
  const HelperInfo& helper = kHelpers[ins.imm];
  llvm::SmallVector<V, 8> arguments;
  uint32_t next = 0;
  for (const char* letter = helper.arguments; *letter; ++letter) {
    if (*letter == 't') {
      arguments.push_back(thread_);
      continue;
    }
    if (*letter == '*') {
      arguments.push_back(array());
      for (uint64_t i = 0; next < ins.extra_count; ++i)
        b_.CreateStore(get(trace_->extra[ins.a + next++]), at(array(), i * 8));
      continue;
    }
    arguments.push_back(get(trace_->extra[ins.a + next++]));
  }
  bool runs = helper.effects & kHelperRuns;
  if (runs && ins.snapshot != kNoSnapshot) enterSite(ins.snapshot, false);
  const DirectCall* direct = directCall(ins);
  V result = direct ? callDirectly(ins, *direct, arguments) : runtimeCall(typeOf(ins.type), helper.function, arguments);
  unsettled_ |= runs;
  // A function that looks into objects reads memory, however constant their contents: it must not move past their release.
  bool numbers_only = std::string_view(helper.arguments).find_first_of("vo") == std::string_view::npos;
  if (!(helper.effects & ~(kHelperPure | kHelperReads))) {
    auto* call = llvm::cast<llvm::CallInst>(result);
    call->addFnAttr(llvm::Attribute::WillReturn);
    if (numbers_only && (helper.effects & kHelperPure)) call->setDoesNotAccessMemory();
    else call->setOnlyReadsMemory();
  }
  if (runs && ins.snapshot != kNoSnapshot) leaveSite();
  return ins.type == Ty::kNone ? nullptr : result;
}

// The entry for a call of a function that is known to take its arguments as they are; null: the helper's business.
const DirectCall* Lowering::directCall(const Ins& ins) {
  bool calls = ins.imm >= uint64_t(Helper::k_call_0) && ins.imm <= uint64_t(Helper::k_call_6);
  if (!calls || !isConst(trace_->extra[ins.a]) || ins.snapshot == kNoSnapshot) return nullptr;
  uint64_t callee = trace_->at(trace_->extra[ins.a]).imm;
  for (const DirectCall& call : package_.calls)
    if (call.callee == callee) return &call;
  return nullptr;
}

// Through the callee's entry. The frames that this trace has inlined count against the recursion limit.
llvm::Value* Lowering::callDirectly(const Ins& ins, const DirectCall& direct, llvm::ArrayRef<V> arguments) {
  uint32_t inlined = trace_->snapshots[ins.snapshot].frame_count - 1;
  auto deepen = [&](uint32_t by) {
    V address = at(thread_, offsetof(Thread, recursion_depth));
    store(b_.CreateAdd(load(b_.getInt32Ty(), address, Place::kDepth), b_.getInt32(by)), address, Place::kDepth);
  };
  if (inlined) deepen(inlined);
  V entry = load(b_.getPtrTy(), asPointer(uint64_t(direct.entry)), Place::kEntry);
  llvm::SmallVector<llvm::Type*, 8> types;
  for (V argument : arguments) types.push_back(argument->getType());
  llvm::CallInst* call = b_.CreateCall(llvm::FunctionType::get(b_.getInt64Ty(), types, false), entry, arguments);
  call->setDoesNotThrow();
  if (inlined) deepen(0u - inlined);
  return call;
}

// Whoever looks at this thread's frames during a call finds the call's snapshot in the activation and its values in the buffer.
// Values that the buffer holds already are not stored again; `conditional`: the code runs on a side path.
void Lowering::enterSite(uint32_t snapshot, bool conditional) {
  const ExitLayout& layout = layoutOf(snapshot);
  if (held_.size() < layout.words) held_.resize(layout.words);
  for (const ExitValue& value : layout.values) {
    if (held_[value.word] == value.id) continue;
    storeToBuffer(value);
    held_[value.word] = conditional ? kNoId : value.id;
    if (value.type == Ty::kI128) held_[value.word + 1u] = kNoId;
  }
  store(exitNumber(snapshot), at(activation_, offsetof(Activation, site)), Place::kActivation,
        offsetof(Activation, site));
}
void Lowering::leaveSite() {
  store(b_.getInt32(kNoSite), at(activation_, offsetof(Activation, site)), Place::kActivation, offsetof(Activation, site));
}

// --- reference counts ---

void Lowering::count(const Ins& ins) {
  if (ins.op == Op::k_drop || ins.op == Op::k_drop_last || ins.op == Op::k_release) return;
  if (isConst(ins.a) && trace_->typeOf(ins.a) != Ty::kObj) return;
  llvm::BasicBlock* after = nullptr;
  if (trace_->typeOf(ins.a) != Ty::kObj) {
    // A value is counted only when it is a heap object.
    llvm::BasicBlock* object = newBlock("object");
    after = newBlock("counted");
    // The empty word, which a value may be before its guard, is not counted either.
    V counted = b_.CreateICmpULT(b_.CreateSub(get(ins.a), word(1)), word(kTypeMask));
    b_.CreateCondBr(counted, object, after);
    b_.SetInsertPoint(object);
  }
  V object = trace_->typeOf(ins.a) == Ty::kObj ? pointer(ins.a) : b_.CreateIntToPtr(get(ins.a), b_.getPtrTy());
  if (ins.op == Op::k_inc) {
    V old = load(b_.getInt32Ty(), object, Place::kCount);
    store(b_.CreateAdd(old, b_.getInt32(1)), object, Place::kCount);
  } else if (ins.op == Op::k_dec_live) {
    V old = load(b_.getInt32Ty(), object, Place::kCount);
    guard(b_.CreateICmpNE(old, b_.getInt32(1)), ins.snapshot);
    store(b_.CreateSub(old, b_.getInt32(1)), object, Place::kCount);
  } else {
    decrement(ins, object);
    unsettled_ |= ins.op == Op::k_dec;
  }
  if (!after) return;
  b_.CreateBr(after);
  after->moveAfter(b_.GetInsertBlock());
  b_.SetInsertPoint(after);
}

void Lowering::decrement(const Ins& ins, V object) {
  V left = b_.CreateSub(load(b_.getInt32Ty(), object, Place::kCount), b_.getInt32(1));
  store(left, object, Place::kCount);
  llvm::BasicBlock* last = newBlock("last");
  coldFrom(last);
  llvm::BasicBlock* next = newBlock("released");
  b_.CreateCondBr(b_.CreateICmpEQ(left, b_.getInt32(0)), last, next, unlikely_);
  b_.SetInsertPoint(last);
  bool site = ins.op == Op::k_dec && ins.snapshot != kNoSnapshot;
  if (site) enterSite(ins.snapshot, true);
  runtimeCall(b_.getVoidTy(), reinterpret_cast<void*>(&destroy), {object});
  if (site) leaveSite();
  b_.CreateBr(next);
  b_.SetInsertPoint(next);
}

}  // namespace krait::jit
