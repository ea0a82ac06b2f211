// Units (a code object each) and the emission of instructions: see generator.h.
#include "frontend/codegen/generator.h"

#include <algorithm>

#include "frontend/assemble/assemble.h"
#include "frontend/fold/fold.h"

namespace krait::frontend {

using namespace ast;

namespace {

// Whether a scope needs __annotations__. CPython does not look into `match` here, so neither do we: there, annotating a name
// raises NameError unless another annotation made the dict.
bool containsAnnotation(Seq<StmtNode*> body);

bool containsAnnotation(StmtNode* node) {
  switch (node->kind) {
    case StmtKind::AnnAssign: return true;
    case StmtKind::For: return containsAnnotation(as<For>(node)->body) || containsAnnotation(as<For>(node)->orelse);
    case StmtKind::AsyncFor:
      return containsAnnotation(as<AsyncFor>(node)->body) || containsAnnotation(as<AsyncFor>(node)->orelse);
    case StmtKind::While:
      return containsAnnotation(as<While>(node)->body) || containsAnnotation(as<While>(node)->orelse);
    case StmtKind::If: return containsAnnotation(as<If>(node)->body) || containsAnnotation(as<If>(node)->orelse);
    case StmtKind::With: return containsAnnotation(as<With>(node)->body);
    case StmtKind::AsyncWith: return containsAnnotation(as<AsyncWith>(node)->body);
    case StmtKind::Try: {
      auto* attempt = as<Try>(node);
      for (ExceptHandlerNode* handler : attempt->handlers)
        if (containsAnnotation(as<ExceptHandler>(handler)->body)) return true;
      return containsAnnotation(attempt->body) || containsAnnotation(attempt->finalbody) ||
             containsAnnotation(attempt->orelse);
    }
    case StmtKind::TryStar: {
      auto* attempt = as<TryStar>(node);
      for (ExceptHandlerNode* handler : attempt->handlers)
        if (containsAnnotation(as<ExceptHandler>(handler)->body)) return true;
      return containsAnnotation(attempt->body) || containsAnnotation(attempt->finalbody) ||
             containsAnnotation(attempt->orelse);
    }
    default: return false;
  }
}

bool containsAnnotation(Seq<StmtNode*> body) {
  return std::any_of(body.begin(), body.end(), [](StmtNode* node) { return containsAnnotation(node); });
}

// The names of a scope that are free or cells, sorted: their order must not depend on where they were used.
void collectSorted(const Scope& scope, SymbolScope wanted, uint32_t flag, Arena& arena, NameTable& table) {
  SeqBuilder<Identifier> names(arena);
  for (const NameTable::Entry& symbol : scope.symbols) {
    auto kind = static_cast<SymbolScope>(symbol.value >> kSymbolScopeShift & 15);
    if (kind == wanted || (symbol.value & flag)) names.push(symbol.name);
  }
  std::sort(names.begin(), names.end(), [](Identifier a, Identifier b) { return a.view() < b.view(); });
  for (Identifier name : names) table.add(name);
}

}  // namespace

CodeGenerator::CodeGenerator(Session& session, ScopeTable& scopes)
    : session_(session), arena_(session.arena), scopes_(scopes) {
  none_ = arena_.make<ConstantValue>(ConstantValue::singleton(ConstantValue::Kind::None));
  auto intern = [this](std::string_view text) { return arena_.intern(text); };
  names_ = {.annotations = intern("__annotations__"),
            .class_ = intern("__class__"),
            .classcell = intern("__classcell__"),
            .debug = intern("__debug__"),
            .doc = intern("__doc__"),
            .empty = intern(""),
            .future = intern("__future__"),
            .join = intern("join"),
            .lambda = intern("<lambda>"),
            .listcomp = intern("<listcomp>"),
            .setcomp = intern("<setcomp>"),
            .dictcomp = intern("<dictcomp>"),
            .genexpr = intern("<genexpr>"),
            .module = intern("__module__"),
            .module_scope = intern("<module>"),
            .name = intern("__name__"),
            .qualname = intern("__qualname__"),
            .return_ = intern("return")};
}

const Code* CodeGenerator::compileModule(ModNode* tree) {
  enterUnit(UnitKind::Module, names_.module_scope, tree, 1);
  bool returns_none = true;
  switch (tree->kind) {
    case ModKind::Module: visitScopeBody(as<Module>(tree)->body); break;
    case ModKind::Interactive:
      if (containsAnnotation(as<Interactive>(tree)->body)) emit(Op::SETUP_ANNOTATIONS);
      interactive_ = true;
      visitBody(as<Interactive>(tree)->body);
      break;
    case ModKind::Expression:
      visit(as<Expression>(tree)->body);
      returns_none = false;
      break;
    case ModKind::FunctionType: break;
  }
  return leaveUnit(returns_none);
}

// The statements of a module or class.
void CodeGenerator::visitScopeBody(Body body) {
  if (unit().kind == UnitKind::Module && !body.empty()) setLocation(body[0]->position);
  if (containsAnnotation(body)) emit(Op::SETUP_ANNOTATIONS);
  size_t first = 0;
  if (session_.options.optimize < 2 && docstringOf(body)) {
    first = 1;
    visit(as<Expr>(body[0])->value);
    clearLocation();
    store(names_.doc);
  }
  for (size_t i = first; i < body.size(); ++i) visit(body[i]);
}

// ---- units ----

void CodeGenerator::enterUnit(UnitKind kind, Identifier name, const void* node, int32_t first_line) {
  Scope* scope = scopes_.find(node);
  auto* state = new (arena_.allocate(sizeof(UnitState), alignof(UnitState)))
      UnitState{.unit = CodeUnit(arena_, kind, scope, name, first_line)};
  CodeUnit& unit = state->unit;
  for (const NameTable::Entry& parameter : scope->parameters) unit.locals.add(parameter.name);
  collectSorted(*scope, SymbolScope::Cell, 0, arena_, unit.cells);
  if (scope->needs_class_closure) unit.cells.add(names_.class_);
  collectSorted(*scope, SymbolScope::Free, kDefFreeClass, arena_, unit.frees);

  state->outer = state_;
  state->location = {first_line, 0, first_line, 0};
  if (state_) unit.private_class = state_->unit.private_class;
  state_ = state;
  ++nesting_;
  // A module starts before its first line.
  if (kind == UnitKind::Module) state->location.lineno = 0;
  emit(Op::RESUME, 0);
  state->location.lineno = first_line;
  unit.qualified_name = qualifiedName();
}

const Code* CodeGenerator::leaveUnit(bool returns_none) {
  Block* last = graph().current();
  if (last->empty() || last->last().op != Op::RETURN_VALUE) {
    clearLocation();
    if (returns_none) loadNone();
    emit(Op::RETURN_VALUE);
  }
  unit().flags = codeFlags();
  const Code* code = session_.failed() ? nullptr : assemble(unit(), arena_);
  state_ = state_->outer;
  --nesting_;
  return code;
}

// Where the thing is defined, as a path: `Class.method`, `function.<locals>.inner`.
Identifier CodeGenerator::qualifiedName() const {
  const UnitState* outer = state_->outer;
  Identifier name = state_->unit.name;
  if (!outer || !outer->outer) return name;
  const CodeUnit& parent = outer->unit;
  UnitKind kind = state_->unit.kind;
  if (kind == UnitKind::Function || kind == UnitKind::AsyncFunction || kind == UnitKind::Class) {
    Identifier known = mangle(arena_, parent.private_class, name);
    if (parent.scope->scopeOf(known) == SymbolScope::GlobalExplicit) return name;
  }
  std::string path(parent.qualified_name.view());
  if (parent.kind == UnitKind::Function || parent.kind == UnitKind::AsyncFunction || parent.kind == UnitKind::Lambda)
    path += ".<locals>";
  path += '.';
  path += name.view();
  return arena_.intern(path);
}

int32_t CodeGenerator::codeFlags() const {
  const Scope& scope = *state_->unit.scope;
  int32_t flags = 0;
  if (scope.isFunction()) {
    flags |= kCodeNewLocals | kCodeOptimized;
    if (scope.nested) flags |= kCodeNested;
    if (scope.generator) flags |= scope.coroutine ? kCodeAsyncGenerator : kCodeGenerator;
    if (!scope.generator && scope.coroutine) flags |= kCodeCoroutine;
    if (scope.varargs) flags |= kCodeVarargs;
    if (scope.varkeywords) flags |= kCodeVarkeywords;
  }
  flags |= static_cast<int32_t>(session_.features & kFutureMask);
  if (topLevelAwait() && scope.coroutine && !scope.generator) flags |= kCodeCoroutine;
  return flags;
}

// ---- emission ----

void CodeGenerator::emitName(Op op, Identifier name) {
  emit(op, static_cast<int32_t>(unit().names.indexOf(mangled(name))));
}

void CodeGenerator::emitCall(int32_t argument_count) {
  emit(Op::PRECALL, argument_count);
  emit(Op::CALL, argument_count);
}

void CodeGenerator::emitBinary(Operator op, bool in_place) {
  // The numbers of BINARY_OP, in the order of ast::Operator.
  static constexpr uint8_t kNumbers[] = {/*Add*/ 0, /*Sub*/ 10, /*Mult*/ 5, /*MatMult*/ 4, /*Div*/ 11,
                                         /*Mod*/ 6, /*Pow*/ 8, /*LShift*/ 3, /*RShift*/ 9, /*BitOr*/ 7,
                                         /*BitXor*/ 12, /*BitAnd*/ 1, /*FloorDiv*/ 2};
  constexpr int32_t kInPlace = 13;
  emit(Op::BINARY_OP, kNumbers[static_cast<size_t>(op)] + (in_place ? kInPlace : 0));
}

void CodeGenerator::emitCompare(CompareOperator op) {
  switch (op) {
    case CompareOperator::Lt: return emit(Op::COMPARE_OP, 0);
    case CompareOperator::LtE: return emit(Op::COMPARE_OP, 1);
    case CompareOperator::Eq: return emit(Op::COMPARE_OP, 2);
    case CompareOperator::NotEq: return emit(Op::COMPARE_OP, 3);
    case CompareOperator::Gt: return emit(Op::COMPARE_OP, 4);
    case CompareOperator::GtE: return emit(Op::COMPARE_OP, 5);
    case CompareOperator::Is: return emit(Op::IS_OP, 0);
    case CompareOperator::IsNot: return emit(Op::IS_OP, 1);
    case CompareOperator::In: return emit(Op::CONTAINS_OP, 0);
    case CompareOperator::NotIn: return emit(Op::CONTAINS_OP, 1);
  }
}

void CodeGenerator::emitYield() {
  if (scope().generator && scope().coroutine) emit(Op::ASYNC_GEN_WRAP);
  emit(Op::YIELD_VALUE);
  emit(Op::RESUME, 1);
}

void CodeGenerator::emitYieldFrom(bool await) {
  Block *start = newBlock(), *resume = newBlock(), *exit = newBlock();
  place(start);
  emitJump(Op::SEND, exit);
  place(resume);
  emit(Op::YIELD_VALUE);
  emit(Op::RESUME, await ? 3 : 2);
  emitJump(Op::JUMP_NO_INTERRUPT, start);
  place(exit);
}

void CodeGenerator::loadInt(int64_t value) {
  loadConst(arena_.make<ConstantValue>(ConstantValue::ofInt(value)));
}

const ConstantValue* CodeGenerator::stringConstant(Identifier text) {
  return arena_.make<ConstantValue>(ConstantValue::ofStr(text.view()));
}

const ConstantValue* CodeGenerator::nameTuple(Seq<Identifier> names) {
  SeqBuilder<const ConstantValue*> items(arena_);
  for (Identifier name : names) items.push(stringConstant(name));
  return arena_.make<ConstantValue>(
      ConstantValue::ofItems(ConstantValue::Kind::Tuple, items.finish()));
}

std::string CodeGenerator::quoted(std::string_view before, Identifier name, std::string_view after) {
  std::string text(before);
  text += '\'';
  text += name.view();
  text += '\'';
  text += after;
  return text;
}

}  // namespace krait::frontend
