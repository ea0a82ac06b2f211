// Calls.
#include <algorithm>

#include "frontend/codegen/generator.h"
#include "frontend/fold/fold.h"

namespace krait::frontend {

using namespace ast;

namespace {

bool hasStars(Seq<ExprNode*> args, Seq<Keyword*> keywords) {
  return hasStarred(args) || std::any_of(keywords.begin(), keywords.end(), [](Keyword* keyword) { return !keyword->arg; });
}

}  // namespace

void CodeGenerator::visitCall(Call* node) {
  if (!checkKeywords(node->keywords)) return;
  if (callMethod(node)) return;
  checkCaller(node->func);
  setLocation(node->func->position);
  emit(Op::PUSH_NULL);
  setLocation(node->position);
  visit(node->func);
  callWith(0, node->args, node->keywords);
}

// obj.method(...) without stars needs no bound method.
bool CodeGenerator::callMethod(Call* node) {
  auto* method = asIf<Attribute>(node->func);
  if (!method || method->ctx != ExprContext::Load) return false;
  size_t count = node->args.size(), keyword_count = node->keywords.size();
  if (count + keyword_count + (keyword_count != 0) >= kStackUseGuideline) return false;
  if (hasStars(node->args, node->keywords)) return false;
  // A function of an imported module is no method; looking it up as one would be slower.
  if (auto* name = asIf<Name>(method->value)) {
    NameTable::Entry* symbol = scopes_.top->symbols.find(name->id);
    if (symbol && (symbol->value & kDefImport)) return false;
  }

  visit(method->value);
  setLocation(method->position);
  pointAtAttribute(method);
  emitName(Op::LOAD_METHOD, method->attr);
  visitAll(node->args);
  if (keyword_count) visitKeywordArguments(node->keywords);
  setLocation(node->position);
  pointAtAttribute(method);
  emitCall(static_cast<int32_t>(count + keyword_count));
  return true;
}

// The function, and `pushed` arguments, are on the stack.
void CodeGenerator::callWith(int32_t pushed, Exprs args, Seq<Keyword*> keywords) {
  if (!checkKeywords(keywords)) return;
  if (args.size() + keywords.size() * 2 > kStackUseGuideline || hasStars(args, keywords))
    return callWithStars(pushed, args, keywords);
  visitAll(args);
  if (!keywords.empty()) visitKeywordArguments(keywords);
  emitCall(pushed + static_cast<int32_t>(args.size() + keywords.size()));
}

// The general form: one tuple and, when there are keywords, one dict.
void CodeGenerator::callWithStars(int32_t pushed, Exprs args, Seq<Keyword*> keywords) {
  if (pushed == 0 && args.size() == 1 && is<Starred>(args[0]))
    visit(as<Starred>(args[0])->value);
  else
    buildDisplay(args, pushed, Display::Tuple);

  size_t run = 0;
  bool have_dict = false;
  auto end_run = [&](size_t end) {
    buildKeywordDict(keywords, end - run, end);
    if (have_dict) emit(Op::DICT_MERGE, 1);
    have_dict = true;
    run = 0;
  };
  for (size_t i = 0; i < keywords.size(); ++i) {
    if (keywords[i]->arg) {
      ++run;
      continue;
    }
    if (run) end_run(i);
    if (!have_dict) emit(Op::BUILD_MAP, 0);
    have_dict = true;
    visit(keywords[i]->value);
    emit(Op::DICT_MERGE, 1);
  }
  if (run) end_run(keywords.size());
  emit(Op::CALL_FUNCTION_EX, !keywords.empty());
}

void CodeGenerator::visitKeywordArguments(Seq<Keyword*> keywords) {
  SeqBuilder<Identifier> names(arena_);
  for (Keyword* keyword : keywords) {
    visit(keyword->value);
    names.push(keyword->arg);
  }
  emit(Op::KW_NAMES, static_cast<int32_t>(unit().constants.add(nameTuple(names.finish()))));
}

void CodeGenerator::buildKeywordDict(Seq<Keyword*> keywords, size_t begin, size_t end) {
  size_t count = end - begin;
  bool big = count * 2 > kStackUseGuideline;
  if (count > 1 && !big) {
    SeqBuilder<Identifier> names(arena_);
    for (size_t i = begin; i < end; ++i) {
      visit(keywords[i]->value);
      names.push(keywords[i]->arg);
    }
    loadConst(nameTuple(names.finish()));
    return emit(Op::BUILD_CONST_KEY_MAP, static_cast<int32_t>(count));
  }
  if (big) emitNoLine(Op::BUILD_MAP, 0);
  for (size_t i = begin; i < end; ++i) {
    loadString(keywords[i]->arg);
    visit(keywords[i]->value);
    if (big) emitNoLine(Op::MAP_ADD, 1);
  }
  if (!big) emit(Op::BUILD_MAP, static_cast<int32_t>(count));
}

bool CodeGenerator::checkKeywords(Seq<Keyword*> keywords) {
  for (size_t i = 0; i < keywords.size(); ++i) {
    if (!keywords[i]->arg) continue;
    if (forbiddenName(keywords[i]->arg, ExprContext::Store)) return false;
    for (size_t j = i + 1; j < keywords.size(); ++j) {
      if (keywords[j]->arg != keywords[i]->arg) continue;
      setLocation(keywords[j]->position);
      error("keyword argument repeated: " + std::string(keywords[i]->arg.view()));
      return false;
    }
  }
  return true;
}

}  // namespace krait::frontend
