// Scopes: which variable a name means, decided for the whole source before any code is generated.
//
// A first pass (builder.cpp) walks the tree and notes in each scope how every name is used; a second one (analyze.cpp)
// decides from that whether a name is local, global, free, or a local that an inner function captures (a cell).
// The numbers of flags and kinds are those that Python's `symtable` module shows.
#pragma once

#include <cstdint>

#include "frontend/ast/ast.h"
#include "frontend/scope/name_table.h"

namespace krait::frontend {

class Session;

enum SymbolFlag : uint32_t {
  kDefGlobal = 1,
  kDefLocal = 2,
  kDefParam = 4,
  kDefNonlocal = 8,
  kUse = 16,
  kDefFree = 32,
  kDefFreeClass = 64,  // free in a method of this class, and bound in the class itself
  kDefImport = 128,
  kDefAnnotated = 256,
  kDefComprehensionTarget = 512,
  kDefBound = kDefLocal | kDefParam | kDefImport,
  kSymbolScopeShift = 11,
};

enum class SymbolScope : uint8_t { Unknown, Local, GlobalExplicit, GlobalImplicit, Free, Cell };

enum class BlockKind : uint8_t { Function, Class, Module, Annotation };

enum class ComprehensionKind : uint8_t { None, List, Dict, Set, Generator };

struct Directive {
  Identifier name;
  ast::Position position;
  const Directive* previous;
};

struct Scope {
  Scope(Arena& arena, BlockKind kind, Identifier name) : symbols(arena), parameters(arena), kind(kind), name(name) {}

  NameTable symbols;     // values: SymbolFlag, with the SymbolScope above kSymbolScopeShift
  NameTable parameters;  // in the order in which a frame holds them

  BlockKind kind;
  Identifier name;
  ast::Position position{};
  Scope* parent = nullptr;
  Scope* first_child = nullptr;
  Scope* last_child = nullptr;
  Scope* next_sibling = nullptr;
  const Directive* directives = nullptr;  // where `global` and `nonlocal` stand, for errors; the last one first

  ComprehensionKind comprehension = ComprehensionKind::None;
  bool nested = false;
  bool generator = false;
  bool coroutine = false;
  bool varargs = false;
  bool varkeywords = false;
  bool returns_value = false;
  bool needs_class_closure = false;
  bool comprehension_target = false;       // the builder is inside the target of a comprehension
  int32_t comprehension_iterable = 0;      // ... and how deep inside its iterables

  bool isFunction() const { return kind == BlockKind::Function; }

  SymbolScope scopeOf(Identifier mangled) const {
    NameTable::Entry* entry = symbols.find(mangled);
    return entry ? static_cast<SymbolScope>(entry->value >> kSymbolScopeShift & 15) : SymbolScope::Unknown;
  }
};

// Finds the scope that a node opens (a module, function, class, lambda, comprehension).
class ScopeTable {
 public:
  explicit ScopeTable(Arena& arena) : arena_(arena) {}

  Scope* top = nullptr;

  Scope* find(const void* node) const;
  void insert(const void* node, Scope* scope);

 private:
  struct Slot {
    const void* node;
    Scope* scope;
  };
  uint32_t slotOf(const void* node) const;

  Arena& arena_;
  Slot* slots_ = nullptr;
  uint32_t count_ = 0;
  uint32_t mask_ = 0;
};

// Null when the session failed.
ScopeTable* buildScopes(Session& session, ast::ModNode* tree);

// The first pass: opens the scopes and notes the uses of names.
void collectSymbols(Session& session, ScopeTable& table, ast::ModNode* tree);

// The second pass: decides the scope of every symbol below `top`.
void analyzeScopes(Session& session, Scope* top);

// `__name` in a class body means `_Class__name`; `private_class` is empty outside classes.
Identifier mangle(Arena& arena, Identifier private_class, Identifier name);

}  // namespace krait::frontend
