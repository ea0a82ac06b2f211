// Imports.
#include "frontend/codegen/generator.h"

namespace krait::frontend {

using namespace ast;

void CodeGenerator::visitImport(Import* node) {
  for (Alias* alias : node->names) {
    loadInt(0);
    loadNone();
    emitName(Op::IMPORT_NAME, alias->name);
    if (alias->asname) {
      importAs(alias->name, alias->asname);
      continue;
    }
    // `import a.b` binds a.
    std::string_view name = alias->name.view();
    store(arena_.intern(name.substr(0, name.find('.'))));
  }
}

// `import a.b.c as d`: IMPORT_NAME gave a; walk down to c.
void CodeGenerator::importAs(Identifier name, Identifier as_name) {
  std::string_view path = name.view();
  size_t dot = path.find('.');
  if (dot == path.npos) return store(as_name);
  while (true) {
    path = path.substr(dot + 1);
    dot = path.find('.');
    Identifier part = arena_.intern(path.substr(0, dot));
    emit(Op::IMPORT_FROM, static_cast<int32_t>(unit().names.indexOf(part)));
    if (dot == path.npos) break;
    emit(Op::SWAP, 2);
    emit(Op::POP_TOP);
  }
  store(as_name);
  emit(Op::POP_TOP);
}

void CodeGenerator::visitImportFrom(ImportFrom* node) {
  loadInt(node->level);
  SeqBuilder<Identifier> names(arena_);
  for (Alias* alias : node->names) names.push(alias->name);
  if (node->module == names_.future && node->position.lineno > session_.future_line)
    return error("from __future__ imports must occur at the beginning of the file");
  loadConst(nameTuple(names.finish()));
  emitName(Op::IMPORT_NAME, node->module ? node->module : names_.empty);
  for (Alias* alias : node->names) {
    if (alias->name == "*") return emit(Op::IMPORT_STAR);
    emitName(Op::IMPORT_FROM, alias->name);
    store(alias->asname ? alias->asname : alias->name);
  }
  emit(Op::POP_TOP);
}

}  // namespace krait::frontend
