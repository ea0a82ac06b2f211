// Lists, tuples, sets, dicts and f-strings.
#include "frontend/codegen/generator.h"
#include "frontend/fold/arithmetic.h"
#include "frontend/fold/fold.h"

namespace krait::frontend {

using namespace ast;

namespace {

bool allConstant(Seq<ExprNode*> nodes, size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i)
    if (!nodes[i] || !is<ast::Constant>(nodes[i])) return false;
  return true;
}

}  // namespace

void CodeGenerator::buildDisplay(Exprs elements, int32_t pushed, Display display) {
  bool tuple = display == Display::Tuple, set = display == Display::Set;
  Op build = set ? Op::BUILD_SET : Op::BUILD_LIST;
  Op add = set ? Op::SET_ADD : Op::LIST_APPEND;
  Op extend = set ? Op::SET_UPDATE : Op::LIST_EXTEND;
  size_t count = elements.size();
  auto total = static_cast<int32_t>(count) + pushed;

  if (count > 2 && allConstant(elements, 0, count)) {
    SeqBuilder<const ConstantValue*> values(arena_);
    for (ExprNode* element : elements) values.push(as<ast::Constant>(element)->value);
    const ConstantValue* whole =
        set ? makeFrozenSet(arena_, values.finish())
            : arena_.make<ConstantValue>(ConstantValue::ofItems(ConstantValue::Kind::Tuple, values.finish()));
    if (tuple && !pushed) return loadConst(whole);
    emit(build, pushed);
    loadConst(whole);
    emit(extend, 1);
    if (tuple) emit(Op::LIST_TO_TUPLE);
    return;
  }

  bool big = static_cast<size_t>(total) > kStackUseGuideline;
  if (!big && !hasStarred(elements)) {
    visitAll(elements);
    return emit(tuple ? Op::BUILD_TUPLE : build, total);
  }
  bool built = big;
  if (big) emit(build, pushed);
  for (size_t i = 0; i < count; ++i) {
    if (auto* starred = asIf<Starred>(elements[i])) {
      if (!built) emit(build, static_cast<int32_t>(i) + pushed);
      built = true;
      visit(starred->value);
      emit(extend, 1);
    } else {
      visit(elements[i]);
      if (built) emit(add, 1);
    }
  }
  if (tuple) emit(Op::LIST_TO_TUPLE);
}

// Runs of `key: value` are built as parts, and merged with what `**mapping` and earlier parts gave.
void CodeGenerator::visitDict(Dict* node) {
  size_t count = node->values.size(), run = 0;
  bool have_dict = false;
  auto end_run = [&](size_t end) {
    buildDictPart(node, end - run, end);
    if (have_dict) emit(Op::DICT_UPDATE, 1);
    have_dict = true;
    run = 0;
  };
  for (size_t i = 0; i < count; ++i) {
    if (node->keys[i]) {
      ++run;
      if ((run - 1) * 2 > kStackUseGuideline) end_run(i + 1);
      continue;
    }
    if (run) end_run(i);
    if (!have_dict) emit(Op::BUILD_MAP, 0);
    have_dict = true;
    visit(node->values[i]);
    emit(Op::DICT_UPDATE, 1);
  }
  if (run) end_run(count);
  if (!have_dict) emit(Op::BUILD_MAP, 0);
}

void CodeGenerator::buildDictPart(Dict* node, size_t begin, size_t end) {
  size_t count = end - begin;
  bool big = count * 2 > kStackUseGuideline;
  if (count > 1 && !big && allConstant(node->keys, begin, end)) {
    SeqBuilder<const ConstantValue*> keys(arena_);
    for (size_t i = begin; i < end; ++i) {
      visit(node->values[i]);
      keys.push(as<ast::Constant>(node->keys[i])->value);
    }
    loadConst(arena_.make<ConstantValue>(ConstantValue::ofItems(ConstantValue::Kind::Tuple, keys.finish())));
    return emit(Op::BUILD_CONST_KEY_MAP, static_cast<int32_t>(count));
  }
  if (big) emit(Op::BUILD_MAP, 0);
  for (size_t i = begin; i < end; ++i) {
    visit(node->keys[i]);
    visit(node->values[i]);
    if (big) emit(Op::MAP_ADD, 1);
  }
  if (!big) emit(Op::BUILD_MAP, static_cast<int32_t>(count));
}

void CodeGenerator::visitJoinedStr(JoinedStr* node) {
  size_t count = node->values.size();
  if (count > kStackUseGuideline) {
    loadString(names_.empty);
    emitName(Op::LOAD_METHOD, names_.join);
    emit(Op::BUILD_LIST, 0);
    for (ExprNode* value : node->values) {
      visit(value);
      emit(Op::LIST_APPEND, 1);
    }
    return emitCall(1);
  }
  visitAll(node->values);
  if (count != 1) emit(Op::BUILD_STRING, static_cast<int32_t>(count));
}

void CodeGenerator::visitFormattedValue(FormattedValue* node) {
  constexpr int32_t kHasSpec = 4;
  visit(node->value);
  int32_t arg = 0;
  switch (node->conversion) {
    case -1: break;
    case 's': arg = 1; break;
    case 'r': arg = 2; break;
    case 'a': arg = 3; break;
    default:
      return session_.fail(Diagnostic::Kind::SystemError,
                           "Unrecognized conversion character " + std::to_string(node->conversion));
  }
  if (node->format_spec) {
    visit(node->format_spec);
    arg |= kHasSpec;
  }
  emit(Op::FORMAT_VALUE, arg);
}

}  // namespace krait::frontend
