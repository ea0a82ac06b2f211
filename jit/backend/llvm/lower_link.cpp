// Lowering of what leads from one trace of a package to another, and of returns.
//
// A root reads its slots from the frame. So an exit that goes on in a root does what rebuilding the frame would do, in
// place: values are boxed and stored, and references move or are added as the snapshot says. A number that needs a heap
// int leaves instead.
#include "jit/backend/llvm/lowering.h"
#include "jit/trace/activation.h"
#include "runtime/core/frame.h"
#include "runtime/core/object.h"

namespace krait::jit {

void Lowering::linkExits() {
  for (uint32_t snapshot = 0; snapshot < part_->exits.size(); ++snapshot) {
    llvm::BasicBlock* block = part_->exits[snapshot];
    if (!block) continue;
    block->insertInto(function_);
    auto* target = const_cast<Part*>(part_->linked[snapshot]);
    if (target->trace->kind == TraceKind::kSide) {
      layoutOf(snapshot);
      b_.SetInsertPoint(block);
      countAdd(&TraceCounters::bytecodes, trace_->snapshots[snapshot].bytecodes);
      target->start = block;
      pending_.push_back(target);
      continue;
    }
    b_.SetInsertPoint(block);
    if (!writesBack(snapshot)) {
      b_.CreateBr(leaveBlock(snapshot));
      continue;
    }
    writeBack(snapshot);
    countAdd(&TraceCounters::bytecodes, trace_->snapshots[snapshot].bytecodes);
    b_.CreateBr(target->start);
  }
}

// Whether the snapshot is the entry frame alone, all of whose values can be slots without a call.
bool Lowering::writesBack(uint32_t number) {
  const Snapshot& snap = trace_->snapshots[number];
  if (snap.frame_count != 1 || snap.drop_count != 0 || snap.raises) return false;
  const SnapFrame& frame = trace_->snap_frames[snap.first_frame];
  if (frame.kind != SnapFrameKind::kEntry) return false;
  for (uint32_t i = 0; i < frame.slot_count; ++i) {
    Id id = trace_->snap_slots[frame.first_slot + i].value;
    if (id == kNoId) continue;
    if (isVirtual(id)) return false;
    __int128 number_of;
    if (isConstantInt(id, &number_of) && (number_of < kIntMin || number_of > kIntMax)) return false;
  }
  return true;
}

// The word for a slot; leaves when it would have to be made.
llvm::Value* Lowering::slotWord(const SnapSlot& slot) {
  if (slot.value == kNoId) return word(0);
  V v = get(slot.value);
  switch (trace_->typeOf(slot.value)) {
    case Ty::kF64: return b_.CreateAdd(b_.CreateBitCast(v, b_.getInt64Ty()), word(kDoubleOffset));
    case Ty::kBool: return b_.CreateOr(b_.CreateZExt(v, b_.getInt64Ty()), word(kFalse.bits));
    case Ty::kI64:
    case Ty::kI128: return b_.CreateOr(b_.CreateTrunc(v, b_.getInt64Ty()), word(kIntBase));
    default: return v;
  }
}

void Lowering::writeBack(uint32_t number) {
  const Snapshot& snap = trace_->snapshots[number];
  const SnapFrame& frame = trace_->snap_frames[snap.first_frame];
  const SnapSlot* slots = &trace_->snap_slots[frame.first_slot];
  for (uint32_t i = 0; i < frame.slot_count; ++i) {
    if (slots[i].value == kNoId || isConst(slots[i].value)) continue;
    Ty type = trace_->typeOf(slots[i].value);
    if (type != Ty::kI64 && type != Ty::kI128) continue;
    V v = get(slots[i].value);
    llvm::Type* wide = v->getType();
    V shifted = b_.CreateAdd(v, llvm::ConstantInt::get(wide, uint64_t(1) << (kIntBits - 1)));
    V fits = b_.CreateICmpULT(shifted, llvm::ConstantInt::get(wide, uint64_t(1) << kIntBits));
    guardOrLeave(fits, number);
  }
  for (uint32_t i = 0; i < frame.slot_count; ++i)
    if (slots[i].value != kNoId && !slots[i].owned) addReference(slots[i].value);
  for (uint32_t i = 0; i < frame.slot_count; ++i)
    store(slotWord(slots[i]), at(frame_, offsetof(Frame, slots) + slots[i].slot * sizeof(Value)), Place::kFrameSlot);
}

void Lowering::addReference(Id id) {
  Ty type = trace_->typeOf(id);
  if (type != Ty::kValue && type != Ty::kObj) return;
  Ins ins{Op::k_inc};
  ins.a = id;
  count(ins);
}

// The result goes to whoever called; every other slot was emptied before.
void Lowering::returnFrom(uint32_t number) {
  const Snapshot& snap = trace_->snapshots[number];
  const SnapFrame& frame = trace_->snap_frames[snap.first_frame];
  const SnapSlot* result = nullptr;
  for (uint32_t i = 0; i < frame.slot_count; ++i) {
    const SnapSlot& slot = trace_->snap_slots[frame.first_slot + i];
    if (slot.value != kNoId) result = result ? nullptr : &slot;
  }
  bool word_type = result && (trace_->typeOf(result->value) == Ty::kValue || trace_->typeOf(result->value) == Ty::kObj);
  if (!word_type || snap.frame_count != 1 || snap.drop_count != 0) {
    b_.CreateBr(leaveBlock(number));
    return;
  }
  if (!result->owned) addReference(result->value);
  countAdd(&TraceCounters::bytecodes, snap.bytecodes);
  store(get(result->value), at(activation_, offsetof(Activation, buffer)), Place::kExitBuffer);
  leaveWith(b_.getInt32((part_->first_exit + number) | kReturned));
}

}  // namespace krait::jit
