// The second pass over the scopes: which variable each name means.
//
// A name that its own scope does not bind is looked up outwards: the first enclosing function that binds it owns the
// variable, which becomes a cell there and a free variable in every scope in between. Classes are skipped on the way out,
// except for `__class__`, which methods see.
#include <string>

#include "frontend/scope/scope.h"
#include "frontend/session.h"

namespace krait::frontend {

namespace {

class ScopeAnalyzer {
 public:
  explicit ScopeAnalyzer(Session& session) : session_(session), class_(session.arena.intern("__class__")) {}

  void analyze(Scope* scope);

 private:
  void decide(Scope* scope, NameTable::Entry& entry);
  Scope* ownerOf(Scope* scope, Identifier name) const;
  void makeFree(Scope* scope, Scope* owner, Identifier name);
  void errorAtDirective(Scope* scope, Identifier name, std::string message);

  static SymbolScope decided(const NameTable::Entry& entry) {
    return static_cast<SymbolScope>(entry.value >> kSymbolScopeShift & 15);
  }
  static void set(NameTable::Entry& entry, SymbolScope scope) {
    entry.value = (entry.value & ((1u << kSymbolScopeShift) - 1)) | static_cast<uint32_t>(scope) << kSymbolScopeShift;
  }

  Session& session_;
  const Identifier class_;
};

void ScopeAnalyzer::analyze(Scope* scope) {
  // By index: deciding adds names to outer scopes only, but an outer scope's table is never walked at the same time.
  for (uint32_t i = 0; i < scope->symbols.size() && !session_.failed(); ++i) decide(scope, scope->symbols[i]);
  for (Scope* child = scope->first_child; child && !session_.failed(); child = child->next_sibling) analyze(child);
}

void ScopeAnalyzer::decide(Scope* scope, NameTable::Entry& entry) {
  uint32_t flags = entry.value;
  if (flags & kDefGlobal) {
    if (flags & kDefNonlocal)
      return errorAtDirective(scope, entry.name, "name '" + std::string(entry.name.view()) + "' is nonlocal and global");
    return set(entry, SymbolScope::GlobalExplicit);
  }
  if (flags & kDefNonlocal) {
    if (!scope->parent)
      return errorAtDirective(scope, entry.name, "nonlocal declaration not allowed at module level");
    Scope* owner = ownerOf(scope, entry.name);
    if (!owner)
      return errorAtDirective(scope, entry.name,
                              "no binding for nonlocal '" + std::string(entry.name.view()) + "' found");
    return makeFree(scope, owner, entry.name);
  }
  if (flags & kDefBound) return set(entry, SymbolScope::Local);
  if (decided(entry) != SymbolScope::Unknown) return;
  if (Scope* owner = ownerOf(scope, entry.name)) return makeFree(scope, owner, entry.name);
  set(entry, SymbolScope::GlobalImplicit);
}

// The enclosing function (or class, for __class__) whose variable `name` is when seen from inside `scope`.
Scope* ScopeAnalyzer::ownerOf(Scope* scope, Identifier name) const {
  for (Scope* outer = scope->parent; outer; outer = outer->parent) {
    if (outer->kind == BlockKind::Class && name == class_) return outer;
    if (outer->kind != BlockKind::Function) continue;
    NameTable::Entry* entry = outer->symbols.find(name);
    if (!entry) continue;
    SymbolScope known = decided(*entry);
    if (known == SymbolScope::GlobalExplicit) return nullptr;
    if (known == SymbolScope::Local || known == SymbolScope::Cell) return outer;
  }
  return nullptr;
}

void ScopeAnalyzer::makeFree(Scope* scope, Scope* owner, Identifier name) {
  set(*scope->symbols.find(name), SymbolScope::Free);
  for (Scope* between = scope->parent; between != owner; between = between->parent) {
    if (NameTable::Entry* entry = between->symbols.find(name)) {
      // A class that binds the name itself passes the outer variable on to its methods beside it.
      if (between->kind == BlockKind::Class && (entry->value & (kDefBound | kDefGlobal))) entry->value |= kDefFreeClass;
      continue;
    }
    set(between->symbols.add(name), SymbolScope::Free);
  }
  if (owner->kind == BlockKind::Class) {
    owner->needs_class_closure = true;
    return;
  }
  set(*owner->symbols.find(name), SymbolScope::Cell);
}

void ScopeAnalyzer::errorAtDirective(Scope* scope, Identifier name, std::string message) {
  const Directive* first = nullptr;
  for (const Directive* directive = scope->directives; directive; directive = directive->previous)
    if (directive->name == name) first = directive;
  assert(first && "a global or nonlocal name has no statement that says so");
  session_.syntaxError(first->position, std::move(message));
}

}  // namespace

void analyzeScopes(Session& session, Scope* top) { ScopeAnalyzer(session).analyze(top); }

}  // namespace krait::frontend
