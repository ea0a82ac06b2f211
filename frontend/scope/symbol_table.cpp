// The scopes of a source as plain data, for the `symtable` module.
#include "frontend/compile.h"
#include "frontend/scope/scope.h"
#include "frontend/session.h"

namespace krait::frontend {

namespace {

SymbolTable describe(const Scope& scope) {
  SymbolTable table{static_cast<uint32_t>(scope.kind), std::string(scope.name.view()), scope.position.lineno, scope.nested};
  for (const NameTable::Entry& symbol : scope.symbols) table.symbols.emplace_back(symbol.name.view(), symbol.value);
  for (const NameTable::Entry& parameter : scope.parameters) table.varnames.emplace_back(parameter.name.view());
  for (const Scope* child = scope.first_child; child; child = child->next_sibling)
    table.children.push_back(describe(*child));
  return table;
}

}  // namespace

SymbolTableResult symbolTable(std::string_view source, const CompileOptions& options) {
  Arena arena;
  SymbolTableResult result;
  ParseResult parsed = parse(source, options, arena);
  result.warnings = std::move(parsed.warnings);
  result.error = std::move(parsed.error);
  if (!parsed.tree) return result;
  Session session(arena, options);
  session.features = options.flags & kFutureMask;
  readFutureFeatures(session, parsed.tree);
  ScopeTable* scopes = session.failed() ? nullptr : buildScopes(session, parsed.tree);
  if (scopes) result.top = describe(*scopes->top);
  result.error = std::move(session.error);
  result.error.place_is_attributes = true;
  return result;
}

}  // namespace krait::frontend
