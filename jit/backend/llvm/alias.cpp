// Alias classes as LLVM's type-based alias metadata (alias.h).
#include "jit/backend/llvm/alias.h"

namespace krait::jit {

AliasClasses::AliasClasses(llvm::LLVMContext& context) : builder_(context), root_(builder_.createTBAARoot("krait")) {}

llvm::MDNode* AliasClasses::tag(Place place, uint64_t index) {
  uint64_t key = uint64_t(place) << 32 | index;
  llvm::MDNode*& tag = tags_[key];
  if (!tag) {
    llvm::MDNode* type = builder_.createTBAAScalarTypeNode("place " + std::to_string(int(place)) + "." + std::to_string(index), root_);
    tag = builder_.createTBAAStructTagNode(type, type, 0);
  }
  return tag;
}

}  // namespace krait::jit
