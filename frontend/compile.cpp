// The whole way from source text to marshal data.
#include "frontend/compile.h"

#include "frontend/codegen/generator.h"
#include "frontend/fold/fold.h"
#include "frontend/marshal/marshal.h"
#include "frontend/scope/scope.h"
#include "frontend/session.h"

namespace krait::frontend {

namespace {

const Code* compileToCode(Session& session, ast::ModNode* tree) {
  session.features = session.options.flags & kFutureMask;
  readFutureFeatures(session, tree);
  if (!session.failed()) foldConstants(session, tree);
  ScopeTable* scopes = session.failed() ? nullptr : buildScopes(session, tree);
  if (scopes) return CodeGenerator(session, *scopes).compileModule(tree);
  session.error.place_is_attributes = true;
  return nullptr;
}

}  // namespace

CompileResult compileTree(ast::ModNode* tree, Arena& arena, const CompileOptions& options) {
  Session session(arena, options);
  const Code* code = compileToCode(session, tree);
  CompileResult result;
  if (code && !session.failed()) result.code = marshalCode(*code, options.filename, arena);
  result.error = std::move(session.error);
  result.warnings = std::move(session.warnings);
  return result;
}

CompileResult compileToMarshal(std::string_view source, const CompileOptions& options) {
  Arena arena;
  ParseResult parsed = parse(source, options, arena);
  CompileResult result;
  if (parsed.tree)
    result = compileTree(parsed.tree, arena, options);
  else
    result.error = std::move(parsed.error);
  result.warnings.insert(result.warnings.begin(), parsed.warnings.begin(), parsed.warnings.end());
  return result;
}

}  // namespace krait::frontend
