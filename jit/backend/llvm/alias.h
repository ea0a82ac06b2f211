// What the memory of the runtime looks like to LLVM: one alias class for each kind of place, so that a store into a list's items
// does not make it reload the list's size, an attribute, a header or the exit buffer.
//
// Attribute slots are classes by offset: two places at different offsets are different words, whether the objects are the same or
// not, and no field of fields.def is an attribute slot.
#pragma once
#include <llvm/ADT/DenseMap.h>
#include <llvm/IR/MDBuilder.h>
#include "jit/ir/ir.h"

namespace krait::jit {

enum class Place : uint8_t {
  kFrameSlot,
  kExitBuffer,
  kActivation,
  kPoll,
  kCount,
  kKind,
  kField,
  kItemInt,
  kItemFloat,
  kItemValue,
  kByte,
  kAttribute,
  kAttributeBlock,
  kFarAttribute,
  kDepth,
  kEntry,
};

class AliasClasses {
 public:
  explicit AliasClasses(llvm::LLVMContext& context);
  // `index`: the field, or the offset of an attribute.
  llvm::MDNode* tag(Place place, uint64_t index = 0);
  static Place item(Ty type) { return type == Ty::kI64 ? Place::kItemInt : type == Ty::kF64 ? Place::kItemFloat : Place::kItemValue; }

 private:
  llvm::MDBuilder builder_;
  llvm::MDNode* root_;
  llvm::DenseMap<uint64_t, llvm::MDNode*> tags_;
};

}  // namespace krait::jit
