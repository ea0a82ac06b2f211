// The function by which compiled code calls a function trace: value direct(Thread*, value function, value
// arguments...).
//
// It does what the interpreter does for a call - room for the frame, the recursion limit, the poll at the function's
// entry - and makes an activation. The frame's slots are filled, its head is not: whoever needs it (an exit, somebody
// who looks at frames) completes it from the activation. The references of the arguments are the frame's. A call that
// cannot be made here, because a limit is reached or a poll is due, is made by C++.
#include "jit/backend/llvm/lowering.h"
#include "jit/trace/activation.h"
#include "runtime/core/frame.h"
#include "runtime/core/thread.h"

namespace krait::jit {

void Lowering::directEntry(const std::string& name) {
  const DirectEntry& direct = package_.direct;
  llvm::Function* unit = function_;
  llvm::Type *i32 = b_.getInt32Ty(), *i64 = b_.getInt64Ty(), *pointer_type = b_.getPtrTy();
  llvm::SmallVector<llvm::Type*, 8> types{pointer_type, i64};
  for (uint32_t i = 0; i < direct.arguments; ++i) types.push_back(i64);
  auto* type = llvm::FunctionType::get(i64, types, false);
  function_ = llvm::Function::Create(type, llvm::Function::ExternalLinkage, name, unit->getParent());
  function_->setDoesNotThrow();
  V thread = function_->getArg(0), callee = function_->getArg(1);
  auto field = [&](V base, uint64_t offset) { return at(base, offset); };
  auto get = [&](llvm::Type* of, V base, uint64_t offset) { return b_.CreateLoad(of, field(base, offset)); };
  auto set = [&](V v, V base, uint64_t offset) { b_.CreateStore(v, field(base, offset)); };

  b_.SetInsertPoint(newBlock("entry"));
  V a = b_.CreateAlloca(b_.getInt8Ty(), word(sizeof(Activation) + 8 * uint64_t(package_.words)));
  llvm::cast<llvm::AllocaInst>(a)->setAlignment(llvm::Align(16));
  V frame = get(pointer_type, thread, offsetof(Thread, stack_top));
  V top = at(frame, 8 * uint64_t(direct.frame_words));
  V reserved = at(top, 8 * uint64_t(package_.reserve));
  V depth = b_.CreateAdd(get(i32, thread, offsetof(Thread, recursion_depth)), b_.getInt32(1));
  V previous = get(pointer_type, thread, offsetof(Thread, activation));
  V native_limit = get(pointer_type, previous, offsetof(Activation, native_limit));
  llvm::LoadInst* poll = b_.CreateLoad(i32, field(thread, offsetof(Thread, poll)), /*isVolatile=*/true);
  V fine = b_.CreateICmpULE(reserved, get(pointer_type, thread, offsetof(Thread, stack_limit)));
  fine = b_.CreateAnd(fine, b_.CreateICmpULE(b_.CreateAdd(depth, b_.getInt32(package_.levels)),
                                             get(i32, thread, offsetof(Thread, recursion_limit))));
  fine = b_.CreateAnd(fine, b_.CreateICmpUGT(a, native_limit));
  fine = b_.CreateAnd(fine, b_.CreateICmpEQ(poll, b_.getInt32(0)));
  llvm::BasicBlock *go = newBlock("go"), *slowly = newBlock("slowly");
  b_.CreateCondBr(fine, go, slowly, likely_);

  b_.SetInsertPoint(go);
  set(previous, a, offsetof(Activation, previous));
  set(asPointer(uint64_t(package_.unit)), a, offsetof(Activation, unit));
  set(frame, a, offsetof(Activation, frame));
  set(b_.getInt32(kNoSite), a, offsetof(Activation, site));
  set(b_.getInt32(0), a, offsetof(Activation, state));
  set(b_.getInt32(direct.trace), a, offsetof(Activation, entry));
  set(b_.getInt32(uint32_t(EntryFrame::kBare)), a, offsetof(Activation, entry_frame));
  set(top, a, offsetof(Activation, stack_top));
  set(asPointer(0), a, offsetof(Activation, forced));
  set(callee, a, offsetof(Activation, function));
  set(get(pointer_type, thread, offsetof(Thread, frame)), a, offsetof(Activation, outer));
  set(native_limit, a, offsetof(Activation, native_limit));
  set(b_.getInt32(package_.words), a, offsetof(Activation, words));
  set(reserved, thread, offsetof(Thread, stack_top));
  set(depth, thread, offsetof(Thread, recursion_depth));
  set(a, thread, offsetof(Thread, activation));
  for (uint32_t i = 0; i < direct.slots; ++i)
    set(i < direct.arguments ? static_cast<V>(function_->getArg(2 + i)) : word(0), frame,
        offsetof(Frame, slots) + 8 * uint64_t(i));
  V number = b_.CreateCall(unit, {thread, frame, a});
  V bare = b_.CreateICmpEQ(get(i32, a, offsetof(Activation, entry_frame)), b_.getInt32(uint32_t(EntryFrame::kBare)));
  V returned = b_.CreateAnd(b_.CreateICmpSLT(number, b_.getInt32(0)), bare);
  llvm::BasicBlock *done = newBlock("done"), *finish = newBlock("finish");
  b_.CreateCondBr(returned, done, finish, likely_);

  b_.SetInsertPoint(done);
  set(previous, thread, offsetof(Thread, activation));
  set(frame, thread, offsetof(Thread, stack_top));
  set(b_.CreateSub(get(i32, thread, offsetof(Thread, recursion_depth)), b_.getInt32(1)), thread,
      offsetof(Thread, recursion_depth));
  b_.CreateRet(get(i64, a, offsetof(Activation, buffer)));

  b_.SetInsertPoint(finish);
  b_.CreateRet(runtimeCall(i64, reinterpret_cast<void*>(direct.finish), {thread, a, number}));

  b_.SetInsertPoint(slowly);
  llvm::SmallVector<V, 8> arguments;
  for (llvm::Argument& argument : function_->args()) arguments.push_back(&argument);
  b_.CreateRet(runtimeCall(i64, direct.slowly, arguments));
  function_ = unit;
}

}  // namespace krait::jit
