// One trace becomes one LLVM function: uint32_t trace(Thread*, Frame*, Activation*).
//
// The hot path is a chain of blocks in trace order. Behind it stand the cold blocks: one for each snapshot, which stores the
// snapshot's values into the exit buffer and jumps to the common return, and the slow halves of single operations.
// Every value and obj is an i64 word; objects have a pointer beside it, made once. Lowering assumes a verified trace.
#pragma once
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>
#include "jit/backend/llvm/alias.h"
#include "jit/ir/exit_layout.h"
#include "jit/ir/immediate.h"

namespace krait::jit {

class Lowering {
 public:
  Lowering(const Trace& trace, llvm::Module& module, const std::string& name);
  llvm::Function* run();

 private:
  using V = llvm::Value*;

  // lower.cpp: structure
  void instruction(const Ins& ins);
  V structure(const Ins& ins);
  void backEdge();
  void finishExits();
  void define(const Ins& ins, V v);

  // lower_value.cpp
  V valueGuard(const Ins& ins);
  V unboxWideInt(const Ins& ins);
  V boxing(const Ins& ins);
  V boxWideInt(const Ins& ins);
  V floatOperation(const Ins& ins);
  V toInt(const Ins& ins);

  // lower_int.cpp
  V intOperation(const Ins& ins);
  V withOverflow(llvm::Intrinsic::ID intrinsic, V a, V b, const Ins& ins);
  V shiftOverflow(const Ins& ins);
  V divFloor(const Ins& ins);
  V modFloor(const Ins& ins);

  // lower_memory.cpp
  V memoryOperation(const Ins& ins);
  V itemAddress(const Ins& ins, llvm::Type* element);
  V farAddress(const Ins& ins);
  V call(const Ins& ins);
  void count(const Ins& ins);
  void decrement(const Ins& ins, V object);
  void enterSite(uint32_t snapshot, bool conditional);
  void leaveSite();

  // --- values ---
  V get(Id id);
  V constant(const Ins& c);
  V pointer(Id id);                       // of an obj
  bool isConstantInt(Id id, __int128* out) const;
  llvm::Type* typeOf(Ty type);
  llvm::ConstantInt* word(uint64_t bits) { return b_.getInt64(bits); }
  V asPointer(uint64_t address);
  V isHeap(V bits);                       // a value is a heap object

  // --- memory ---
  V at(V base, uint64_t offset);
  V load(llvm::Type* type, V address, Place place, uint64_t index = 0);
  void store(V v, V address, Place place, uint64_t index = 0);
  V pollWord();
  void storeToBuffer(const ExitValue& value);

  // --- control ---
  void guard(V condition, uint32_t snapshot, bool wanted = true);
  void coldFrom(llvm::BasicBlock* first); // the blocks from here to the last one go behind the hot path
  llvm::BasicBlock* newBlock(const char* name);
  llvm::BasicBlock* exitBlock(uint32_t snapshot);
  V runtimeCall(llvm::Type* result, void* function, llvm::ArrayRef<V> arguments, bool pure = false);
  const ExitLayout& layoutOf(uint32_t snapshot);

  const Trace& trace_;
  llvm::LLVMContext& context_;
  llvm::IRBuilder<> b_;
  AliasClasses alias_;
  llvm::Function* function_;
  V thread_, frame_, activation_;
  llvm::BasicBlock* header_ = nullptr;
  llvm::MDNode *likely_, *unlikely_;
  std::vector<V> values_, pointers_;
  std::vector<llvm::BasicBlock*> exits_;          // by snapshot
  std::vector<llvm::BasicBlock*> cold_;
  std::vector<std::unique_ptr<ExitLayout>> layouts_;
  std::vector<Id> held_;                          // what a word of the exit buffer is known to hold at this point
  V wide_scratch_ = nullptr;                      // memory for an i128 result
};

}  // namespace krait::jit
