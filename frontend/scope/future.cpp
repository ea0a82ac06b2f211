// The features that `from __future__ import` switches on.
#include "frontend/session.h"

namespace krait::frontend {

using namespace ast;

namespace {

struct Feature {
  std::string_view name;
  uint32_t flag;  // 0: always on by now
};
constexpr Feature kFeatures[] = {
    {"nested_scopes", 0},     {"generators", 0},
    {"division", 0},          {"absolute_import", 0},
    {"with_statement", 0},    {"print_function", 0},
    {"unicode_literals", 0},  {"barry_as_FLUFL", kFutureBarryAsBdfl},
    {"generator_stop", 0},    {"annotations", kFutureAnnotations},
};

// These errors have a start and no end.
Position startOf(StmtNode* node) {
  return {node->position.lineno, node->position.col_offset, node->position.lineno, kNoEndColumn};
}

void readFeatures(Session& session, ImportFrom* node) {
  for (Alias* alias : node->names) {
    const Feature* found = nullptr;
    for (const Feature& feature : kFeatures)
      if (alias->name == feature.name) found = &feature;
    if (found) {
      session.features |= found->flag;
    } else if (alias->name == "braces") {
      return session.syntaxError(startOf(node), "not a chance");
    } else {
      std::string name(alias->name.view().substr(0, 100));
      return session.syntaxError(startOf(node), "future feature " + name + " is not defined");
    }
  }
}

bool isString(StmtNode* node) {
  auto* statement = asIf<Expr>(node);
  auto* constant = statement ? asIf<ast::Constant>(statement->value) : nullptr;
  return constant && constant->value->kind == frontend::Constant::Kind::Str;
}

}  // namespace

// They may stand behind the docstring and behind each other, and behind what is on the same line.
void readFutureFeatures(Session& session, ModNode* tree) {
  Seq<StmtNode*> body;
  if (auto* module = asIf<Module>(tree)) body = module->body;
  if (auto* interactive = asIf<Interactive>(tree)) body = interactive->body;
  bool done = false;
  int32_t previous_line = 0;
  for (StmtNode* node : body) {
    if (session.failed() || (done && node->position.lineno > previous_line)) return;
    previous_line = node->position.lineno;
    auto* import = asIf<ImportFrom>(node);
    if (import && import->module == "__future__") {
      if (done) {
        Position position = startOf(node);
        --position.col_offset;  // CPython counts this column from 0
        return session.syntaxError(position, "from __future__ imports must occur at the beginning of the file");
      }
      readFeatures(session, import);
      session.future_line = node->position.lineno;
    } else if (node != body[0] || !isString(node)) {
      done = true;
    }
  }
}

}  // namespace krait::frontend
