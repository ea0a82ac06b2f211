// A package of traces becomes one LLVM function: uint32_t unit(Thread*, Frame*, Activation*).
//
// A trace's hot path is a chain of blocks in trace order. Behind it stand the cold blocks: one for each snapshot, which
// stores the snapshot's values into the exit buffer and jumps to the common return, and the slow halves of single
// operations. An exit that is linked goes on in another trace of the package: a side trace continues the block, with
// the values in registers; a root begins with the slots of the frame, which the exit writes back (lower_link.cpp).
// Every value and obj is an i64 word; objects have a pointer beside it, made once. Lowering assumes verified traces.
#pragma once
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>
#include "jit/backend/backend.h"
#include "jit/backend/llvm/alias.h"
#include "jit/ir/exit_layout.h"
#include "jit/ir/immediate.h"

namespace krait::jit {

class Lowering {
 public:
  Lowering(const Package& package, llvm::Module& module, const std::string& name);
  llvm::Function* run();
  // The function by which calls enter the package (lower_direct.cpp).
  void directEntry(const std::string& name);

 private:
  using V = llvm::Value*;

  // One trace of the package.
  struct Part {
    const Trace* trace;
    uint32_t first_exit;  // number of its snapshot 0
    llvm::BasicBlock* start = nullptr;
    const Part* parent = nullptr;  // side traces that are linked: where their inputs come from
    uint32_t parent_exit = 0;
    std::vector<V> values, pointers;
    std::vector<llvm::BasicBlock*> exits, leaves;  // by snapshot: to where it is linked; out
    std::vector<const Part*> linked;               // by snapshot
    std::vector<std::unique_ptr<ExitLayout>> layouts;
  };

  // lower.cpp: structure
  void place(Part& part);
  void instruction(const Ins& ins);
  V structure(const Ins& ins);
  V input(const Ins& ins);
  void backEdge();
  void countAdd(uint64_t TraceCounters::* counter, uint64_t more);
  void finishExits();
  void leaveWith(V number);

  // lower_link.cpp
  void linkExits();
  bool writesBack(uint32_t snapshot);
  void writeBack(uint32_t snapshot);
  V slotWord(const SnapSlot& slot);
  void returnFrom(uint32_t snapshot);
  void addReference(Id id);
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
  const DirectCall* directCall(const Ins& ins);
  V callDirectly(const Ins& ins, const DirectCall& direct, llvm::ArrayRef<V> arguments);
  V array();  // operands and results of calls that take an array: one for the whole trace
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
  void guardOrLeave(V condition, uint32_t snapshot);  // never through a link
  void coldFrom(llvm::BasicBlock* first); // the blocks from here to the last one go behind the hot path
  llvm::BasicBlock* newBlock(const char* name);
  llvm::BasicBlock* exitBlock(uint32_t snapshot);
  llvm::BasicBlock* leaveBlock(uint32_t snapshot);
  V exitNumber(uint32_t snapshot) { return b_.getInt32(part_->first_exit + snapshot); }
  V runtimeCall(llvm::Type* result, void* function, llvm::ArrayRef<V> arguments, bool pure = false);
  const ExitLayout& layoutOf(uint32_t snapshot);

  const Package& package_;
  std::vector<Part> parts_;
  Part* part_ = nullptr;          // the one at hand
  const Trace* trace_ = nullptr;  // its trace
  llvm::LLVMContext& context_;
  llvm::IRBuilder<> b_;
  AliasClasses alias_;
  llvm::Function* function_;
  V thread_, frame_, activation_;
  llvm::BasicBlock* header_ = nullptr;
  llvm::MDNode *likely_, *unlikely_, *often_, *seldom_;
  llvm::BasicBlock* leave_;
  llvm::PHINode* number_;
  std::vector<llvm::BasicBlock*> cold_;
  std::vector<Part*> pending_;  // traces that something is linked to, not placed yet
  bool unsettled_ = false;      // behind a call that ran Python, in front of its guard_forced: links are not taken
  std::vector<Id> held_;                          // what a word of the exit buffer is known to hold at this point
  V wide_scratch_ = nullptr;                      // memory for an i128 result
  V array_ = nullptr;
};

}  // namespace krait::jit
