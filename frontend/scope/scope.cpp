// The table of scopes, and the two passes that fill it: see scope.h.
#include "frontend/scope/scope.h"

#include <string>

#include "frontend/session.h"

namespace krait::frontend {

uint32_t ScopeTable::slotOf(const void* node) const {
  uint32_t slot = static_cast<uint32_t>((reinterpret_cast<uintptr_t>(node) >> 3) * 0x9E3779B97F4A7C15ull >> 32) & mask_;
  while (slots_[slot].node && slots_[slot].node != node) slot = (slot + 1) & mask_;
  return slot;
}

Scope* ScopeTable::find(const void* node) const { return slots_ ? slots_[slotOf(node)].scope : nullptr; }

void ScopeTable::insert(const void* node, Scope* scope) {
  if (count_ * 2 >= mask_) {
    uint32_t old_size = slots_ ? mask_ + 1 : 0;
    uint32_t size = old_size ? old_size * 2 : 32;
    Slot* old = slots_;
    slots_ = static_cast<Slot*>(arena_.allocate(sizeof(Slot) * size, alignof(Slot)));
    std::memset(static_cast<void*>(slots_), 0, sizeof(Slot) * size);
    mask_ = size - 1;
    for (uint32_t i = 0; i < old_size; ++i)
      if (old[i].node) slots_[slotOf(old[i].node)] = old[i];
  }
  slots_[slotOf(node)] = {node, scope};
  ++count_;
}

Identifier mangle(Arena& arena, Identifier private_class, Identifier name) {
  std::string_view text = name.view();
  if (!private_class || !text.starts_with("__") || text.ends_with("__") || text.find('.') != text.npos) return name;
  std::string_view class_name = private_class.view();
  size_t start = class_name.find_first_not_of('_');
  if (start == class_name.npos) return name;
  std::string mangled = "_";
  mangled += class_name.substr(start);
  mangled += text;
  return arena.intern(mangled);
}

ScopeTable* buildScopes(Session& session, ast::ModNode* tree) {
  ScopeTable* table = session.arena.make<ScopeTable>(session.arena);
  collectSymbols(session, *table, tree);
  if (!session.failed()) analyzeScopes(session, table->top);
  return session.failed() ? nullptr : table;
}

}  // namespace krait::frontend
