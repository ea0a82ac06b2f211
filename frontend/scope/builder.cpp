// The first pass over the tree: opens a scope for every module, class, function, lambda and comprehension, and notes how
// each name is used in it. Conflicting uses within one scope are found here.
#include <string>

#include "frontend/scope/scope.h"
#include "frontend/session.h"

namespace krait::frontend {

namespace {

using namespace ast;

std::string quoted(std::string_view before, Identifier name, std::string_view after) {
  std::string text(before);
  text += '\'';
  text += name.view();
  text += '\'';
  text += after;
  return text;
}

class ScopeBuilder {
 public:
  ScopeBuilder(Session& session, ScopeTable& table)
      : session_(session),
        arena_(session.arena),
        table_(table),
        top_name_(arena_.intern("top")),
        lambda_(arena_.intern("lambda")),
        annotation_(arena_.intern("_annotation")),
        class_(arena_.intern("__class__")),
        super_(arena_.intern("super")),
        implicit_argument_(arena_.intern(".0")) {}

  void build(ModNode* tree);

 private:
  // ---- scopes ----
  Scope* enter(BlockKind kind, Identifier name, const void* node, const Position& position);
  void leave() { current_ = current_->parent; }

  uint32_t flagsOf(Identifier name) const {
    NameTable::Entry* entry = current_->symbols.find(mangle(arena_, private_, name));
    return entry ? entry->value : 0;
  }
  void define(Identifier name, uint32_t flag, const Position& position) { defineIn(current_, name, flag, position); }
  void defineIn(Scope* scope, Identifier name, uint32_t flag, const Position& position);
  void recordDirective(Identifier name, const Position& position);
  void declare(Identifier name, uint32_t flag, const Position& position);

  // ---- statements ----
  void visitBody(Seq<StmtNode*> body) {
    for (StmtNode* statement : body) visit(statement);
  }
  void visit(StmtNode* statement);
  void visitFunction(StmtNode* statement, Identifier name, Arguments* args, Seq<StmtNode*> body, Seq<ExprNode*> decorators,
                     ExprNode* returns, bool is_async);
  void visitClass(ClassDef* statement);
  void visitAnnotatedAssignment(AnnAssign* statement);
  void visitHandlers(Seq<ExceptHandlerNode*> handlers);
  void visitItems(Seq<WithItem*> items);
  void visitMatch(Match* statement);
  void visitAliases(Seq<Alias*> names);

  // ---- expressions ----
  void visit(ExprNode* expression);
  void visitOptional(ExprNode* expression) {
    if (expression) visit(expression);
  }
  void visitAll(Seq<ExprNode*> expressions) {
    for (ExprNode* expression : expressions) visitOptional(expression);
  }
  void visitKeywords(Seq<Keyword*> keywords) {
    for (Keyword* keyword : keywords) visit(keyword->value);
  }
  void visitName(Name* name);
  void visitNamedExpression(NamedExpr* expression);
  void bindOutsideComprehensions(Name* target);
  void visitYield(ExprNode* expression, ExprNode* value);
  void visitLambda(Lambda* lambda);
  void visitComprehension(ExprNode* node, std::string_view name, ComprehensionKind kind, Seq<Comprehension*> generators,
                          ExprNode* element, ExprNode* value);
  void visitTarget(ExprNode* target);
  void visitIterable(ExprNode* iterable);
  void forbidInAnnotation(std::string_view what, const Position& position);

  // ---- parameters and annotations ----
  void visitDefaults(Arguments* args) {
    visitAll(args->defaults);
    visitAll(args->kw_defaults);
  }
  void visitParameters(Arguments* args);
  void visitParameter(Arg* arg) { define(arg->arg, kDefParam, arg->position); }
  void visitAnnotations(StmtNode* function, Arguments* args, ExprNode* returns);
  void visitAnnotation(ExprNode* annotation);

  // ---- patterns ----
  void visit(PatternNode* pattern);
  void visitPatterns(Seq<PatternNode*> patterns) {
    for (PatternNode* pattern : patterns) visit(pattern);
  }

  void error(const Position& position, std::string message) { session_.syntaxError(position, std::move(message)); }

  Session& session_;
  Arena& arena_;
  ScopeTable& table_;
  Scope* current_ = nullptr;
  Identifier private_;  // the class whose name mangles `__names`
  const Identifier top_name_, lambda_, annotation_, class_, super_, implicit_argument_;
};

Scope* ScopeBuilder::enter(BlockKind kind, Identifier name, const void* node, const Position& position) {
  Scope* scope = arena_.make<Scope>(arena_, kind, name);
  scope->position = position;
  scope->parent = current_;
  if (current_) {
    scope->nested = current_->nested || current_->isFunction();
    scope->comprehension_iterable = current_->comprehension_iterable;
    // Annotations that stay text must not have any effect: their scope hangs in the air and is never analysed.
    if (kind != BlockKind::Annotation) {
      (current_->last_child ? current_->last_child->next_sibling : current_->first_child) = scope;
      current_->last_child = scope;
    }
  }
  table_.insert(node, scope);
  current_ = scope;
  return scope;
}

void ScopeBuilder::build(ModNode* tree) {
  table_.top = enter(BlockKind::Module, top_name_, tree, Position{0, 0, 0, 0});
  switch (tree->kind) {
    case ModKind::Module: visitBody(as<Module>(tree)->body); break;
    case ModKind::Interactive: visitBody(as<Interactive>(tree)->body); break;
    case ModKind::Expression: visit(as<Expression>(tree)->body); break;
    case ModKind::FunctionType: session_.fail(Diagnostic::Kind::SystemError, "this compiler does not handle FunctionTypes");
  }
}

void ScopeBuilder::defineIn(Scope* scope, Identifier name, uint32_t flag, const Position& position) {
  Identifier mangled = mangle(arena_, private_, name);
  NameTable::Entry& entry = scope->symbols.add(mangled);
  if ((flag & kDefParam) && (entry.value & kDefParam))
    return error(position, quoted("duplicate argument ", name, " in function definition"));
  entry.value |= flag;
  if (scope->comprehension_target) {
    if (entry.value & (kDefGlobal | kDefNonlocal))
      return error(position, quoted("comprehension inner loop cannot rebind assignment expression target ", name, ""));
    entry.value |= kDefComprehensionTarget;
  }
  if (flag & kDefParam)
    scope->parameters.add(mangled);
  else if (flag & kDefGlobal)
    table_.top->symbols.add(mangled).value |= flag;
}

void ScopeBuilder::recordDirective(Identifier name, const Position& position) {
  current_->directives = arena_.make<Directive>(mangle(arena_, private_, name), position, current_->directives);
}

// `global name` or `nonlocal name`.
void ScopeBuilder::declare(Identifier name, uint32_t flag, const Position& position) {
  uint32_t used = flagsOf(name);
  std::string kind = flag == kDefGlobal ? "global" : "nonlocal";
  if (used & (kDefParam | kDefLocal | kUse | kDefAnnotated)) {
    std::string message = used & kDefParam       ? quoted("name ", name, " is parameter and " + kind)
                          : used & kUse          ? quoted("name ", name, " is used prior to " + kind + " declaration")
                          : used & kDefAnnotated ? quoted("annotated name ", name, " can't be " + kind)
                                                 : quoted("name ", name, " is assigned to before " + kind + " declaration");
    return error(position, std::move(message));
  }
  define(name, flag, position);
  recordDirective(name, position);
}

// ---- statements ----

void ScopeBuilder::visit(StmtNode* node) {
  Session::Nesting nesting(session_);
  if (session_.failed()) return;
  switch (node->kind) {
    case StmtKind::FunctionDef: {
      auto* def = as<FunctionDef>(node);
      return visitFunction(def, def->name, def->args, def->body, def->decorator_list, def->returns, false);
    }
    case StmtKind::AsyncFunctionDef: {
      auto* def = as<AsyncFunctionDef>(node);
      return visitFunction(def, def->name, def->args, def->body, def->decorator_list, def->returns, true);
    }
    case StmtKind::ClassDef: return visitClass(as<ClassDef>(node));
    case StmtKind::Return:
      if (ExprNode* value = as<Return>(node)->value) {
        visit(value);
        current_->returns_value = true;
      }
      return;
    case StmtKind::Delete: return visitAll(as<Delete>(node)->targets);
    case StmtKind::Assign:
      visitAll(as<Assign>(node)->targets);
      return visit(as<Assign>(node)->value);
    case StmtKind::AugAssign:
      visit(as<AugAssign>(node)->target);
      return visit(as<AugAssign>(node)->value);
    case StmtKind::AnnAssign: return visitAnnotatedAssignment(as<AnnAssign>(node));
    case StmtKind::For: {
      auto* loop = as<For>(node);
      visit(loop->target);
      visit(loop->iter);
      visitBody(loop->body);
      return visitBody(loop->orelse);
    }
    case StmtKind::AsyncFor: {
      auto* loop = as<AsyncFor>(node);
      visit(loop->target);
      visit(loop->iter);
      visitBody(loop->body);
      return visitBody(loop->orelse);
    }
    case StmtKind::While: {
      auto* loop = as<While>(node);
      visit(loop->test);
      visitBody(loop->body);
      return visitBody(loop->orelse);
    }
    case StmtKind::If: {
      auto* branch = as<If>(node);
      visit(branch->test);
      visitBody(branch->body);
      return visitBody(branch->orelse);
    }
    case StmtKind::With:
      visitItems(as<With>(node)->items);
      return visitBody(as<With>(node)->body);
    case StmtKind::AsyncWith:
      visitItems(as<AsyncWith>(node)->items);
      return visitBody(as<AsyncWith>(node)->body);
    case StmtKind::Match: return visitMatch(as<Match>(node));
    case StmtKind::Raise:
      visitOptional(as<Raise>(node)->exc);
      return visitOptional(as<Raise>(node)->cause);
    case StmtKind::Try: {
      auto* attempt = as<Try>(node);
      visitBody(attempt->body);
      visitBody(attempt->orelse);
      visitHandlers(attempt->handlers);
      return visitBody(attempt->finalbody);
    }
    case StmtKind::TryStar: {
      auto* attempt = as<TryStar>(node);
      visitBody(attempt->body);
      visitBody(attempt->orelse);
      visitHandlers(attempt->handlers);
      return visitBody(attempt->finalbody);
    }
    case StmtKind::Assert:
      visit(as<Assert>(node)->test);
      return visitOptional(as<Assert>(node)->msg);
    case StmtKind::Import: return visitAliases(as<Import>(node)->names);
    case StmtKind::ImportFrom: return visitAliases(as<ImportFrom>(node)->names);
    case StmtKind::Global:
      for (Identifier name : as<Global>(node)->names) declare(name, kDefGlobal, node->position);
      return;
    case StmtKind::Nonlocal:
      for (Identifier name : as<Nonlocal>(node)->names) declare(name, kDefNonlocal, node->position);
      return;
    case StmtKind::Expr: return visit(as<Expr>(node)->value);
    case StmtKind::Pass:
    case StmtKind::Break:
    case StmtKind::Continue: return;
  }
}

void ScopeBuilder::visitFunction(StmtNode* node, Identifier name, Arguments* args, Seq<StmtNode*> body,
                                 Seq<ExprNode*> decorators, ExprNode* returns, bool is_async) {
  define(name, kDefLocal, node->position);
  visitDefaults(args);
  visitAnnotations(node, args, returns);
  visitAll(decorators);
  enter(BlockKind::Function, name, node, node->position)->coroutine = is_async;
  visitParameters(args);
  visitBody(body);
  leave();
}

void ScopeBuilder::visitClass(ClassDef* node) {
  define(node->name, kDefLocal, node->position);
  visitAll(node->bases);
  visitKeywords(node->keywords);
  visitAll(node->decorator_list);
  enter(BlockKind::Class, node->name, node, node->position);
  Identifier outer = private_;
  private_ = node->name;
  visitBody(node->body);
  private_ = outer;
  leave();
}

void ScopeBuilder::visitAnnotatedAssignment(AnnAssign* node) {
  if (auto* name = asIf<Name>(node->target)) {
    uint32_t used = flagsOf(name->id);
    if ((used & (kDefGlobal | kDefNonlocal)) && current_ != table_.top && node->simple)
      return error(node->position,
                   quoted("annotated name ", name->id, used & kDefGlobal ? " can't be global" : " can't be nonlocal"));
    if (node->simple)
      define(name->id, kDefAnnotated | kDefLocal, name->position);
    else if (node->value)
      define(name->id, kDefLocal, name->position);
  } else {
    visit(node->target);
  }
  visitAnnotation(node->annotation);
  visitOptional(node->value);
}

void ScopeBuilder::visitHandlers(Seq<ExceptHandlerNode*> handlers) {
  for (ExceptHandlerNode* node : handlers) {
    auto* handler = as<ExceptHandler>(node);
    visitOptional(handler->type);
    if (handler->name) define(handler->name, kDefLocal, handler->position);
    visitBody(handler->body);
  }
}

void ScopeBuilder::visitItems(Seq<WithItem*> items) {
  for (WithItem* item : items) {
    visit(item->context_expr);
    visitOptional(item->optional_vars);
  }
}

void ScopeBuilder::visitMatch(Match* node) {
  visit(node->subject);
  for (MatchCase* one : node->cases) {
    visit(one->pattern);
    visitOptional(one->guard);
    visitBody(one->body);
  }
}

void ScopeBuilder::visitAliases(Seq<Alias*> names) {
  for (Alias* alias : names) {
    Identifier name = alias->asname ? alias->asname : alias->name;
    std::string_view text = name.view();
    if (size_t dot = text.find('.'); dot != text.npos) name = arena_.intern(text.substr(0, dot));
    if (name == "*") {
      if (current_->kind != BlockKind::Module) error(alias->position, "import * only allowed at module level");
      continue;
    }
    define(name, kDefImport, alias->position);
  }
}

// ---- expressions ----

void ScopeBuilder::visit(ExprNode* node) {
  Session::Nesting nesting(session_);
  if (session_.failed()) return;
  switch (node->kind) {
    case ExprKind::NamedExpr: return visitNamedExpression(as<NamedExpr>(node));
    case ExprKind::BoolOp: return visitAll(as<BoolOp>(node)->values);
    case ExprKind::BinOp:
      visit(as<BinOp>(node)->left);
      return visit(as<BinOp>(node)->right);
    case ExprKind::UnaryOp: return visit(as<UnaryOp>(node)->operand);
    case ExprKind::Lambda: return visitLambda(as<Lambda>(node));
    case ExprKind::IfExp:
      visit(as<IfExp>(node)->test);
      visit(as<IfExp>(node)->body);
      return visit(as<IfExp>(node)->orelse);
    case ExprKind::Dict:
      visitAll(as<Dict>(node)->keys);
      return visitAll(as<Dict>(node)->values);
    case ExprKind::Set: return visitAll(as<Set>(node)->elts);
    case ExprKind::ListComp: {
      auto* comp = as<ListComp>(node);
      return visitComprehension(node, "listcomp", ComprehensionKind::List, comp->generators, comp->elt, nullptr);
    }
    case ExprKind::SetComp: {
      auto* comp = as<SetComp>(node);
      return visitComprehension(node, "setcomp", ComprehensionKind::Set, comp->generators, comp->elt, nullptr);
    }
    case ExprKind::DictComp: {
      auto* comp = as<DictComp>(node);
      return visitComprehension(node, "dictcomp", ComprehensionKind::Dict, comp->generators, comp->key, comp->value);
    }
    case ExprKind::GeneratorExp: {
      auto* comp = as<GeneratorExp>(node);
      return visitComprehension(node, "genexpr", ComprehensionKind::Generator, comp->generators, comp->elt, nullptr);
    }
    case ExprKind::Await:
      forbidInAnnotation("await expression", node->position);
      visit(as<Await>(node)->value);
      current_->coroutine = true;
      return;
    case ExprKind::Yield: return visitYield(node, as<Yield>(node)->value);
    case ExprKind::YieldFrom: return visitYield(node, as<YieldFrom>(node)->value);
    case ExprKind::Compare:
      visit(as<Compare>(node)->left);
      return visitAll(as<Compare>(node)->comparators);
    case ExprKind::Call:
      visit(as<Call>(node)->func);
      visitAll(as<Call>(node)->args);
      return visitKeywords(as<Call>(node)->keywords);
    case ExprKind::FormattedValue:
      visit(as<FormattedValue>(node)->value);
      return visitOptional(as<FormattedValue>(node)->format_spec);
    case ExprKind::JoinedStr: return visitAll(as<JoinedStr>(node)->values);
    case ExprKind::Constant: return;
    case ExprKind::Attribute: return visit(as<Attribute>(node)->value);
    case ExprKind::Subscript:
      visit(as<Subscript>(node)->value);
      return visit(as<Subscript>(node)->slice);
    case ExprKind::Starred: return visit(as<Starred>(node)->value);
    case ExprKind::Name: return visitName(as<Name>(node));
    case ExprKind::List: return visitAll(as<List>(node)->elts);
    case ExprKind::Tuple: return visitAll(as<Tuple>(node)->elts);
    case ExprKind::Slice:
      visitOptional(as<Slice>(node)->lower);
      visitOptional(as<Slice>(node)->upper);
      return visitOptional(as<Slice>(node)->step);
  }
}

void ScopeBuilder::visitName(Name* name) {
  bool load = name->ctx == ExprContext::Load;
  define(name->id, load ? kUse : kDefLocal, name->position);
  // super() without arguments finds its class in the cell __class__.
  if (load && current_->isFunction() && name->id == super_) define(class_, kUse, name->position);
}

void ScopeBuilder::visitNamedExpression(NamedExpr* node) {
  forbidInAnnotation("named expression", node->position);
  if (current_->comprehension_iterable > 0)
    return error(node->position, "assignment expression cannot be used in a comprehension iterable expression");
  if (current_->comprehension != ComprehensionKind::None) {
    auto* target = asIf<Name>(node->target);
    if (!target) return session_.fail(Diagnostic::Kind::SystemError, "the target of := is not a name");
    bindOutsideComprehensions(target);
    if (session_.failed()) return;
  }
  visit(node->value);
  visit(node->target);
}

// `:=` inside a comprehension binds in the scope that contains the outermost comprehension.
void ScopeBuilder::bindOutsideComprehensions(Name* target) {
  Identifier name = target->id;
  for (Scope* scope = current_; scope; scope = scope->parent) {
    NameTable::Entry* entry = scope->symbols.find(name);
    uint32_t flags = entry ? entry->value : 0;
    if (scope->comprehension != ComprehensionKind::None) {
      if (flags & kDefComprehensionTarget)
        return error(target->position,
                     quoted("assignment expression cannot rebind comprehension iteration variable ", name, ""));
      continue;
    }
    switch (scope->kind) {
      case BlockKind::Function:
        define(name, flags & kDefGlobal ? kDefGlobal : kDefNonlocal, target->position);
        recordDirective(name, target->position);
        return defineIn(scope, name, kDefLocal, target->position);
      case BlockKind::Module:
        define(name, kDefGlobal, target->position);
        recordDirective(name, target->position);
        return defineIn(scope, name, kDefGlobal, target->position);
      case BlockKind::Class:
        return error(target->position, "assignment expression within a comprehension cannot be used in a class body");
      case BlockKind::Annotation: break;
    }
  }
}

void ScopeBuilder::visitYield(ExprNode* node, ExprNode* value) {
  forbidInAnnotation("yield expression", node->position);
  visitOptional(value);
  current_->generator = true;
  switch (current_->comprehension) {
    case ComprehensionKind::None: return;
    case ComprehensionKind::List: return error(node->position, "'yield' inside list comprehension");
    case ComprehensionKind::Set: return error(node->position, "'yield' inside set comprehension");
    case ComprehensionKind::Dict: return error(node->position, "'yield' inside dict comprehension");
    case ComprehensionKind::Generator: return error(node->position, "'yield' inside generator expression");
  }
}

void ScopeBuilder::visitLambda(Lambda* lambda) {
  visitDefaults(lambda->args);
  enter(BlockKind::Function, lambda_, lambda, lambda->position);
  visitParameters(lambda->args);
  visit(lambda->body);
  leave();
}

void ScopeBuilder::visitTarget(ExprNode* target) {
  current_->comprehension_target = true;
  visit(target);
  current_->comprehension_target = false;
}

void ScopeBuilder::visitIterable(ExprNode* iterable) {
  ++current_->comprehension_iterable;
  visit(iterable);
  --current_->comprehension_iterable;
}

void ScopeBuilder::visitComprehension(ExprNode* node, std::string_view name, ComprehensionKind kind,
                                      Seq<Comprehension*> generators, ExprNode* element, ExprNode* value) {
  bool is_generator = kind == ComprehensionKind::Generator;
  Comprehension* outermost = generators[0];
  // The first iterable is evaluated outside, and comes in as an argument.
  visitIterable(outermost->iter);
  Scope* scope = enter(BlockKind::Function, arena_.intern(name), node, node->position);
  scope->comprehension = kind;
  if (outermost->is_async) scope->coroutine = true;
  define(implicit_argument_, kDefParam, node->position);
  visitTarget(outermost->target);
  visitAll(outermost->ifs);
  for (size_t i = 1; i < generators.size(); ++i) {
    Comprehension* inner = generators[i];
    visitTarget(inner->target);
    visitIterable(inner->iter);
    visitAll(inner->ifs);
    if (inner->is_async) scope->coroutine = true;
  }
  visitOptional(value);
  visit(element);
  scope->generator = is_generator;
  bool is_async = scope->coroutine && !is_generator;
  leave();
  if (is_async) current_->coroutine = true;
}

void ScopeBuilder::forbidInAnnotation(std::string_view what, const Position& position) {
  if (current_->kind == BlockKind::Annotation)
    error(position, "'" + std::string(what) + "' can not be used within an annotation");
}

// ---- parameters and annotations ----

void ScopeBuilder::visitParameters(Arguments* args) {
  for (Arg* arg : args->posonlyargs) visitParameter(arg);
  for (Arg* arg : args->args) visitParameter(arg);
  for (Arg* arg : args->kwonlyargs) visitParameter(arg);
  if (args->vararg) {
    visitParameter(args->vararg);
    current_->varargs = true;
  }
  if (args->kwarg) {
    visitParameter(args->kwarg);
    current_->varkeywords = true;
  }
}

void ScopeBuilder::visitAnnotations(StmtNode* function, Arguments* args, ExprNode* returns) {
  // Annotations that stay text get a scope that nobody looks at, so that their names leave no trace.
  bool stay_text = session_.futureAnnotations();
  if (stay_text) enter(BlockKind::Annotation, annotation_, args, function->position);
  for (Arg* arg : args->posonlyargs) visitOptional(arg->annotation);
  for (Arg* arg : args->args) visitOptional(arg->annotation);
  if (args->vararg) visitOptional(args->vararg->annotation);
  if (args->kwarg) visitOptional(args->kwarg->annotation);
  for (Arg* arg : args->kwonlyargs) visitOptional(arg->annotation);
  if (stay_text) leave();
  if (returns) visitAnnotation(returns);
}

void ScopeBuilder::visitAnnotation(ExprNode* annotation) {
  bool stay_text = session_.futureAnnotations();
  if (stay_text) enter(BlockKind::Annotation, annotation_, annotation, annotation->position);
  visit(annotation);
  if (stay_text) leave();
}

// ---- patterns ----

void ScopeBuilder::visit(PatternNode* node) {
  Session::Nesting nesting(session_);
  if (session_.failed()) return;
  switch (node->kind) {
    case PatternKind::MatchValue: return visit(as<MatchValue>(node)->value);
    case PatternKind::MatchSingleton: return;
    case PatternKind::MatchSequence: return visitPatterns(as<MatchSequence>(node)->patterns);
    case PatternKind::MatchStar:
      if (as<MatchStar>(node)->name) define(as<MatchStar>(node)->name, kDefLocal, node->position);
      return;
    case PatternKind::MatchMapping: {
      auto* mapping = as<MatchMapping>(node);
      visitAll(mapping->keys);
      visitPatterns(mapping->patterns);
      if (mapping->rest) define(mapping->rest, kDefLocal, node->position);
      return;
    }
    case PatternKind::MatchClass:
      visit(as<MatchClass>(node)->cls);
      visitPatterns(as<MatchClass>(node)->patterns);
      return visitPatterns(as<MatchClass>(node)->kwd_patterns);
    case PatternKind::MatchAs:
      if (as<MatchAs>(node)->pattern) visit(as<MatchAs>(node)->pattern);
      if (as<MatchAs>(node)->name) define(as<MatchAs>(node)->name, kDefLocal, node->position);
      return;
    case PatternKind::MatchOr: return visitPatterns(as<MatchOr>(node)->patterns);
  }
}

}  // namespace

void collectSymbols(Session& session, ScopeTable& table, ModNode* tree) { ScopeBuilder(session, table).build(tree); }

}  // namespace krait::frontend
