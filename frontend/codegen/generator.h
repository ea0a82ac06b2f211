// Code generation: from the tree and its scopes to blocks of instructions.
//
// One class, because every construct may contain every other; its parts are spread over files by families of constructs
// (the sections below name them). Errors are sticky (session.h), so these functions return nothing.
//
// Locations: the generator has a current location that instructions get. A statement sets it and leaves it set; an
// expression sets it and restores the one before. Code that no line of the source stands for has none.
#pragma once

#include <string>

#include "frontend/assemble/code_unit.h"
#include "frontend/scope/scope.h"
#include "frontend/session.h"

namespace krait::frontend {

// Beside `ast::Constant`, the node, where both are visible.
using ConstantValue = Constant;

// What a jump out of a statement has to undo on its way.
struct FrameBlock {
  enum class Kind : uint8_t {
    WhileLoop,
    ForLoop,
    TryExcept,
    FinallyTry,
    FinallyEnd,
    With,
    AsyncWith,
    HandlerCleanup,
    PopValue,
    ExceptionHandler,
    ExceptionGroupHandler,
    AsyncComprehensionGenerator,
  };
  Kind kind;
  Block* block = nullptr;
  Block* exit = nullptr;
  Seq<ast::StmtNode*> finally_body;      // FinallyTry
  ast::StmtNode* statement = nullptr;    // With, AsyncWith
  Identifier name;                       // HandlerCleanup: `except ... as name`
};

struct UnitState {
  static constexpr int kMaxFrameBlocks = 20;

  CodeUnit unit;
  UnitState* outer = nullptr;
  Location location{};
  int frame_block_count = 0;
  FrameBlock frame_blocks[kMaxFrameBlocks];
};

// While a pattern is compiled: what is on the stack, and where to go when it does not match.
struct PatternContext {
  explicit PatternContext(Arena& arena) : stores(arena), fail_pop(arena) {}

  SeqBuilder<Identifier> stores;  // names to bind on success; their values are on the stack, in this order
  bool allow_irrefutable = false;
  // fail_pop[n] pops n values, then goes on with the next case.
  SeqBuilder<Block*> fail_pop;
  int32_t on_top = 0;  // values above those of `stores`
};

class CodeGenerator {
 public:
  CodeGenerator(Session& session, ScopeTable& scopes);

  const Code* compileModule(ast::ModNode* tree);

 private:
  using ExprNode = ast::ExprNode;
  using StmtNode = ast::StmtNode;
  using Body = Seq<ast::StmtNode*>;
  using Exprs = Seq<ast::ExprNode*>;

  // ---- generator.cpp: units, emission ----
  void enterUnit(UnitKind kind, Identifier name, const void* node, int32_t first_line);
  // Ends the unit: a code object that returns None at its end, when `returns_none` and it gets there.
  const Code* leaveUnit(bool returns_none = true);
  Identifier qualifiedName() const;
  int32_t codeFlags() const;

  CodeUnit& unit() { return state_->unit; }
  const CodeUnit& unit() const { return state_->unit; }
  FlowGraph& graph() { return state_->unit.graph; }
  Scope& scope() const { return *state_->unit.scope; }

  void setLocation(const Location& location) { state_->location = location; }
  void clearLocation() { state_->location = kNoLocation; }
  const Location& location() const { return state_->location; }

  Block* newBlock() { return graph().newBlock(); }
  void place(Block* block) { graph().place(block); }

  void emit(Op op, int32_t arg = 0) { graph().add(op, arg, location()); }
  void emitNoLine(Op op, int32_t arg = 0) { graph().add(op, arg, kNoLocation); }
  void emitJump(Op op, Block* target) { graph().add(op, 0, location(), target); }
  void emitJumpNoLine(Op op, Block* target) { graph().add(op, 0, kNoLocation, target); }
  void emitName(Op op, Identifier name);
  void emitCall(int32_t argument_count);
  void emitBinary(ast::Operator op, bool in_place = false);
  void emitCompare(ast::CompareOperator op);
  void emitYield();
  // Drives the awaitable or iterator on the stack to its end.
  void emitYieldFrom(bool await);

  void loadConst(const ConstantValue* constant) { emit(Op::LOAD_CONST, static_cast<int32_t>(unit().constants.add(constant))); }
  void loadNone() { loadConst(none_); }
  void loadInt(int64_t value);
  void loadString(Identifier text) { loadConst(stringConstant(text)); }
  const ConstantValue* stringConstant(Identifier text);
  const ConstantValue* nameTuple(Seq<Identifier> names);

  void error(std::string message) { session_.syntaxError(location(), std::move(message)); }
  void warn(std::string message) { session_.syntaxWarning(location(), std::move(message)); }
  static std::string quoted(std::string_view before, Identifier name, std::string_view after);

  bool topLevelAwait() const {
    return (session_.options.flags & kFlagAllowTopLevelAwait) && unit().kind == UnitKind::Module;
  }

  // ---- names.cpp ----
  Identifier mangled(Identifier name) { return mangle(arena_, unit().private_class, name); }
  void accessName(Identifier name, ast::ExprContext context);
  void load(Identifier name) { accessName(name, ast::ExprContext::Load); }
  void store(Identifier name) { accessName(name, ast::ExprContext::Store); }
  void remove(Identifier name) { accessName(name, ast::ExprContext::Del); }
  bool forbiddenName(Identifier name, ast::ExprContext context);
  // `except E as name`: the name is unbound at the end of the handler.
  void unbindHandlerName(Identifier name);

  // ---- statements.cpp ----
  void visit(StmtNode* node);
  void visitBody(Body body) {
    for (StmtNode* statement : body) visit(statement);
  }
  void visitScopeBody(Body body);
  void visitIf(ast::If* node);
  void visitReturn(ast::Return* node);
  void visitRaise(ast::Raise* node);
  void visitAssert(ast::Assert* node);
  void visitExpressionStatement(ast::Expr* node);

  // ---- loops.cpp ----
  void visitFor(ast::For* node);
  void visitAsyncFor(ast::AsyncFor* node);
  void visitWhile(ast::While* node);
  void visitBreak();
  void visitContinue();
  void push(const FrameBlock& block);
  void pop() { --state_->frame_block_count; }
  // Undoes the blocks around the current point, innermost first: all of them, or, for break and continue, those inside the
  // innermost loop, which is the result.
  void unwindAll(bool preserve_top) { unwind(preserve_top, nullptr); }
  void unwind(bool preserve_top, FrameBlock** loop);
  void unwindOne(const FrameBlock& block, bool preserve_top);

  // ---- assignments.cpp ----
  void visitAssign(ast::Assign* node);
  void visitAugAssign(ast::AugAssign* node);
  void visitAnnAssign(ast::AnnAssign* node);
  void badTarget(ExprNode* node, std::string_view assignment);
  void evaluateAndDrop(ExprNode* node);
  void evaluateSubscriptAndDrop(ExprNode* node);
  void unpackTargets(Exprs targets);
  // An attribute access on several lines points at the attribute's name.
  void pointAtAttribute(ast::Attribute* node);

  // ---- functions.cpp, classes.cpp ----
  template <typename Def>
  void visitFunction(Def* node, UnitKind kind);
  void visitLambda(ast::Lambda* node);
  void visitClass(ast::ClassDef* node);
  void visitDecorators(Exprs decorators);
  void applyDecorators(Exprs decorators);
  bool checkParameters(ast::Arguments* args);
  int32_t visitDefaults(ast::Arguments* args);
  bool visitKeywordDefaults(ast::Arguments* args);
  bool visitAnnotations(ast::Arguments* args, ExprNode* returns);
  void visitAnnotation(Identifier name, ExprNode* annotation, int32_t& count);
  void loadAnnotationText(ExprNode* annotation);
  void countArguments(ast::Arguments* args);
  void makeClosure(const Code* code, int32_t flags);

  // ---- imports.cpp ----
  void visitImport(ast::Import* node);
  void visitImportFrom(ast::ImportFrom* node);
  void importAs(Identifier name, Identifier as_name);

  // ---- try.cpp, with.cpp ----
  void visitTry(Body body, Seq<ast::ExceptHandlerNode*> handlers, Body orelse, Body final_body, bool star);
  void visitTryFinally(Body body, Seq<ast::ExceptHandlerNode*> handlers, Body orelse, Body final_body, bool star);
  void visitTryExcept(Body body, Seq<ast::ExceptHandlerNode*> handlers, Body orelse);
  void visitHandler(ast::ExceptHandler* handler, bool last, Block* end);
  void visitTryStarExcept(Body body, Seq<ast::ExceptHandlerNode*> handlers, Body orelse);
  void visitStarHandler(ast::ExceptHandler* handler, bool first, Block* next);
  void popExceptAndReraise();
  void visitWith(ast::With* node, size_t position);
  void visitAsyncWith(ast::AsyncWith* node, size_t position);
  void callExitWithNones();
  void finishWithHandler(Block* cleanup);

  // ---- match.cpp, patterns.cpp ----
  void visitMatch(ast::Match* node);
  void visitPattern(ast::PatternNode* node, PatternContext& context);
  void visitSubpattern(ast::PatternNode* node, PatternContext& context);
  void visitPatternAs(ast::MatchAs* node, PatternContext& context);
  void visitPatternOr(ast::MatchOr* node, PatternContext& context);
  bool reorderStores(PatternContext& context, Seq<Identifier> control);
  void visitPatternValue(ast::MatchValue* node, PatternContext& context);
  void visitPatternSequence(ast::MatchSequence* node, PatternContext& context);
  void unpackPatterns(Seq<ast::PatternNode*> patterns, PatternContext& context);
  void subscriptPatterns(Seq<ast::PatternNode*> patterns, int32_t star, PatternContext& context);
  void visitPatternMapping(ast::MatchMapping* node, PatternContext& context);
  bool visitMappingKeys(ast::MatchMapping* node);
  void visitPatternClass(ast::MatchClass* node, PatternContext& context);
  bool checkKeywordPatterns(ast::MatchClass* node);
  void storeLater(Identifier name, PatternContext& context);
  void rotate(int32_t count);
  void jumpToFailPop(Op op, PatternContext& context);
  void ensureFailPop(PatternContext& context, size_t pops);
  void emitFailPop(PatternContext& context);

  // ---- expressions.cpp ----
  void visit(ExprNode* node);
  void visitHere(ExprNode* node);
  void visitAll(Exprs nodes) {
    for (ExprNode* node : nodes) visit(node);
  }
  void visitAttribute(ast::Attribute* node);
  void visitSubscript(ast::Subscript* node);
  void visitSlice(ast::Slice* node);
  void visitYield(ast::Yield* node);
  void visitYieldFrom(ast::YieldFrom* node);
  void visitAwait(ast::Await* node);

  // ---- conditions.cpp ----
  void visitBoolOp(ast::BoolOp* node);
  void visitIfExp(ast::IfExp* node);
  void visitCompare(ast::Compare* node);
  void jumpIf(ExprNode* test, Block* target, bool condition);
  void jumpIfChain(ast::Compare* node, Block* target, bool condition);

  // ---- displays.cpp ----
  enum class Display : uint8_t { List, Tuple, Set };
  // Builds from the elements, `pushed` of which are on the stack already.
  void buildDisplay(Exprs elements, int32_t pushed, Display display);
  void visitDict(ast::Dict* node);
  void buildDictPart(ast::Dict* node, size_t begin, size_t end);
  void visitJoinedStr(ast::JoinedStr* node);
  void visitFormattedValue(ast::FormattedValue* node);

  // ---- calls.cpp ----
  void visitCall(ast::Call* node);
  bool callMethod(ast::Call* node);
  void callWith(int32_t pushed, Exprs args, Seq<ast::Keyword*> keywords);
  void callWithStars(int32_t pushed, Exprs args, Seq<ast::Keyword*> keywords);
  void visitKeywordArguments(Seq<ast::Keyword*> keywords);
  void buildKeywordDict(Seq<ast::Keyword*> keywords, size_t begin, size_t end);
  bool checkKeywords(Seq<ast::Keyword*> keywords);

  // ---- comprehensions.cpp ----
  void visitComprehension(ExprNode* node, Identifier name, Seq<ast::Comprehension*> generators, ExprNode* element,
                          ExprNode* value);
  void visitGenerators(Seq<ast::Comprehension*> generators, size_t index, int32_t depth, ExprNode* element,
                       ExprNode* value);
  void visitSyncGenerator(Seq<ast::Comprehension*> generators, size_t index, int32_t depth, ExprNode* element,
                          ExprNode* value);
  void visitAsyncGenerator(Seq<ast::Comprehension*> generators, size_t index, int32_t depth, ExprNode* element,
                           ExprNode* value);
  void addElement(int32_t depth, ExprNode* element, ExprNode* value);

  // ---- checks.cpp: SyntaxWarnings ----
  void checkCompare(ast::Compare* node);
  void checkCaller(ExprNode* node);
  void checkSubscripted(ExprNode* node);
  void checkIndex(ExprNode* node, ExprNode* index);

  Session& session_;
  Arena& arena_;
  ScopeTable& scopes_;
  UnitState* state_ = nullptr;
  int nesting_ = 0;
  bool interactive_ = false;

  const ConstantValue* none_;

  struct {
    Identifier annotations, class_, classcell, debug, doc, empty, future, join, lambda, listcomp, setcomp, dictcomp,
        genexpr, module, module_scope, name, qualname, return_;
  } names_;
};

// Up to this many values are collected on the stack; more of them go into their container one by one.
inline constexpr size_t kStackUseGuideline = 30;

// `_`, the pattern that matches everything and binds nothing.
bool isWildcard(ast::PatternNode* node);

// The source text of an annotation that is kept as a string.
std::string unparse(Session& session, ast::ExprNode* node);

}  // namespace krait::frontend
