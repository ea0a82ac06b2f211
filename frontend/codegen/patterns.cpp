// Patterns. Each consumes the value on top of the stack, or jumps away with as much on the stack as it was told.
#include <algorithm>

#include "frontend/codegen/generator.h"
#include "frontend/codegen/repr.h"
#include "frontend/fold/arithmetic.h"

namespace krait::frontend {

using namespace ast;

bool isWildcard(PatternNode* node) {
  auto* capture = asIf<MatchAs>(node);
  return capture && !capture->name;
}

namespace {

bool isWildcardStar(PatternNode* node) {
  auto* star = asIf<MatchStar>(node);
  return star && !star->name;
}

// What a value pattern may be: literals (numbers with sign and imaginary part are folded), dotted names.
bool isValueExpression(ExprNode* node) {
  return is<ast::Constant>(node) || is<Attribute>(node);
}

}  // namespace

void CodeGenerator::visitPattern(PatternNode* node, PatternContext& context) {
  Session::Nesting nesting(session_);
  if (session_.failed()) return;
  setLocation(node->position);
  switch (node->kind) {
    case PatternKind::MatchValue: return visitPatternValue(as<MatchValue>(node), context);
    case PatternKind::MatchSingleton:
      loadConst(as<MatchSingleton>(node)->value);
      emitCompare(CompareOperator::Is);
      return jumpToFailPop(Op::POP_JUMP_IF_FALSE, context);
    case PatternKind::MatchSequence: return visitPatternSequence(as<MatchSequence>(node), context);
    case PatternKind::MatchMapping: return visitPatternMapping(as<MatchMapping>(node), context);
    case PatternKind::MatchClass: return visitPatternClass(as<MatchClass>(node), context);
    case PatternKind::MatchStar: return storeLater(as<MatchStar>(node)->name, context);
    case PatternKind::MatchAs: return visitPatternAs(as<MatchAs>(node), context);
    case PatternKind::MatchOr: return visitPatternOr(as<MatchOr>(node), context);
  }
}

// Inside another pattern, one that always matches is fine.
void CodeGenerator::visitSubpattern(PatternNode* node, PatternContext& context) {
  bool outer = context.allow_irrefutable;
  context.allow_irrefutable = true;
  visitPattern(node, context);
  context.allow_irrefutable = outer;
}

void CodeGenerator::visitPatternValue(MatchValue* node, PatternContext& context) {
  if (!isValueExpression(node->value)) return error("patterns may only match literals and attribute lookups");
  visit(node->value);
  emitCompare(CompareOperator::Eq);
  jumpToFailPop(Op::POP_JUMP_IF_FALSE, context);
}

void CodeGenerator::visitPatternAs(MatchAs* node, PatternContext& context) {
  if (!node->pattern) {
    if (!context.allow_irrefutable)
      return error(node->name ? quoted("name capture ", node->name, " makes remaining patterns unreachable")
                              : "wildcard makes remaining patterns unreachable");
    return storeLater(node->name, context);
  }
  ++context.on_top;
  emit(Op::COPY, 1);
  visitPattern(node->pattern, context);
  --context.on_top;
  storeLater(node->name, context);
}

// ---- alternatives ----

void CodeGenerator::visitPatternOr(MatchOr* node, PatternContext& outer) {
  Block* end = newBlock();
  Seq<Identifier> control;  // the names that the first alternative binds, in its order; the others must bind the same
  size_t count = node->patterns.size();
  for (size_t i = 0; i < count && !session_.failed(); ++i) {
    PatternNode* alternative = node->patterns[i];
    setLocation(alternative->position);
    PatternContext context(arena_);
    context.allow_irrefutable = i + 1 == count && outer.allow_irrefutable;
    emit(Op::COPY, 1);
    visitPattern(alternative, context);
    if (i == 0)
      control = context.stores.finish();
    else if (!reorderStores(context, control))
      return error("alternative patterns bind different names");
    emitJump(Op::JUMP, end);
    emitFailPop(context);
  }
  // No match: drop the last copy of the subject, and fail as the whole pattern does.
  emit(Op::POP_TOP);
  jumpToFailPop(Op::JUMP, outer);
  place(end);
  auto rotations = static_cast<int32_t>(control.size() + 1 + outer.stores.size()) + outer.on_top;
  for (Identifier name : control) {
    rotate(rotations);
    if (std::find(outer.stores.begin(), outer.stores.end(), name) != outer.stores.end())
      return error(quoted("multiple assignments to name ", name, " in pattern"));
    outer.stores.push(name);
  }
  emit(Op::POP_TOP);
}

// Brings the captures on the stack into the order of `control`. False when the names differ.
bool CodeGenerator::reorderStores(PatternContext& context, Seq<Identifier> control) {
  auto& stores = context.stores;
  if (stores.size() != control.size()) return false;
  for (size_t wanted = control.size(); wanted-- > 0;) {
    auto* found = std::find(stores.begin(), stores.end(), control[wanted]);
    if (found == stores.end()) return false;
    size_t position = static_cast<size_t>(found - stores.begin());
    if (position == wanted) continue;
    // Rotating the stack moves the first `position + 1` names behind the others up to `wanted`.
    std::rotate(stores.begin(), stores.begin() + position + 1, stores.begin() + wanted + 1);
    for (size_t i = 0; i <= position; ++i) rotate(static_cast<int32_t>(wanted) + 1);
  }
  return true;
}

// ---- sequences ----

void CodeGenerator::visitPatternSequence(MatchSequence* node, PatternContext& context) {
  Seq<PatternNode*> patterns = node->patterns;
  auto count = static_cast<int32_t>(patterns.size());
  int32_t star = -1;
  bool only_wildcards = true, star_wildcard = false;
  for (int32_t i = 0; i < count; ++i) {
    if (is<MatchStar>(patterns[i])) {
      if (star >= 0) return error("multiple starred names in sequence pattern");
      star_wildcard = isWildcardStar(patterns[i]);
      only_wildcards &= star_wildcard;
      star = i;
    } else {
      only_wildcards &= isWildcard(patterns[i]);
    }
  }
  ++context.on_top;
  emit(Op::MATCH_SEQUENCE);
  jumpToFailPop(Op::POP_JUMP_IF_FALSE, context);
  if (star < 0 || count > 1) {
    emit(Op::GET_LEN);
    loadInt(star < 0 ? count : count - 1);
    emitCompare(star < 0 ? CompareOperator::Eq : CompareOperator::GtE);
    jumpToFailPop(Op::POP_JUMP_IF_FALSE, context);
  }
  --context.on_top;
  if (only_wildcards)
    emit(Op::POP_TOP);
  else if (star_wildcard)
    subscriptPatterns(patterns, star, context);
  else
    unpackPatterns(patterns, context);
}

void CodeGenerator::unpackPatterns(Seq<PatternNode*> patterns, PatternContext& context) {
  constexpr size_t kMaxBeforeStar = 256, kMaxAfterStar = 1 << 23;
  size_t count = patterns.size();
  bool seen_star = false;
  for (size_t i = 0; i < count; ++i) {
    if (!is<MatchStar>(patterns[i])) continue;
    if (i >= kMaxBeforeStar || count - i - 1 >= kMaxAfterStar)
      return error("too many expressions in star-unpacking sequence pattern");
    emit(Op::UNPACK_EX, static_cast<int32_t>(i + ((count - i - 1) << 8)));
    seen_star = true;
  }
  if (!seen_star) emit(Op::UNPACK_SEQUENCE, static_cast<int32_t>(count));
  context.on_top += static_cast<int32_t>(count);
  for (PatternNode* pattern : patterns) {
    --context.on_top;
    visitSubpattern(pattern, context);
  }
}

// With `*_` nothing is unpacked: the few elements that matter are fetched by index, from the end by length.
void CodeGenerator::subscriptPatterns(Seq<PatternNode*> patterns, int32_t star, PatternContext& context) {
  auto count = static_cast<int32_t>(patterns.size());
  ++context.on_top;
  for (int32_t i = 0; i < count; ++i) {
    if (i == star || isWildcard(patterns[i])) continue;
    emit(Op::COPY, 1);
    if (i < star) {
      loadInt(i);
    } else {
      emit(Op::GET_LEN);
      loadInt(count - i);
      emitBinary(Operator::Sub);
    }
    emit(Op::BINARY_SUBSCR);
    visitSubpattern(patterns[i], context);
  }
  --context.on_top;
  emit(Op::POP_TOP);
}

// ---- mappings ----

void CodeGenerator::visitPatternMapping(MatchMapping* node, PatternContext& context) {
  auto size = static_cast<int32_t>(node->keys.size());
  ++context.on_top;
  emit(Op::MATCH_MAPPING);
  jumpToFailPop(Op::POP_JUMP_IF_FALSE, context);
  if (!size && !node->rest) {
    --context.on_top;
    return emit(Op::POP_TOP);
  }
  if (size) {
    emit(Op::GET_LEN);
    loadInt(size);
    emitCompare(CompareOperator::GtE);
    jumpToFailPop(Op::POP_JUMP_IF_FALSE, context);
  }
  if (!visitMappingKeys(node)) return;
  emit(Op::BUILD_TUPLE, size);
  emit(Op::MATCH_KEYS);
  // Now the stack has the subject, the keys, and the values or None.
  context.on_top += 2;
  emit(Op::COPY, 1);
  loadNone();
  emit(Op::IS_OP, 1);
  jumpToFailPop(Op::POP_JUMP_IF_FALSE, context);
  emit(Op::UNPACK_SEQUENCE, size);
  context.on_top += size - 1;
  for (PatternNode* pattern : node->patterns) {
    --context.on_top;
    visitSubpattern(pattern, context);
  }
  context.on_top -= 2;
  if (!node->rest) {
    emit(Op::POP_TOP);
    return emit(Op::POP_TOP);
  }
  // **rest: a copy of the subject without the keys.
  emit(Op::BUILD_MAP, 0);
  emit(Op::SWAP, 3);
  emit(Op::DICT_UPDATE, 2);
  emit(Op::UNPACK_SEQUENCE, size);
  for (int32_t left = size; left > 0; --left) {
    emit(Op::COPY, 1 + left);
    emit(Op::SWAP, 2);
    emit(Op::DELETE_SUBSCR);
  }
  storeLater(node->rest, context);
}

bool CodeGenerator::visitMappingKeys(MatchMapping* node) {
  SeqBuilder<const ConstantValue*> seen(arena_);
  for (size_t i = 0; i < node->keys.size(); ++i) {
    ExprNode* key = node->keys[i];
    if (!key) {
      setLocation(node->patterns[i]->position);
      error("can't use NULL keys in MatchMapping (set 'rest' parameter instead)");
      return false;
    }
    if (auto* constant = asIf<ast::Constant>(key)) {
      for (const ConstantValue* other : seen) {
        if (!equalValues(*other, *constant->value)) continue;
        error("mapping pattern checks duplicate key (" + reprConstant(*constant->value, session_.options.hooks) + ")");
        return false;
      }
      seen.push(constant->value);
    } else if (!is<Attribute>(key)) {
      error("mapping pattern keys may only match literals and attribute lookups");
      return false;
    }
    visit(key);
  }
  return true;
}

// ---- classes ----

void CodeGenerator::visitPatternClass(MatchClass* node, PatternContext& context) {
  if (!checkKeywordPatterns(node)) return;
  auto positional = static_cast<int32_t>(node->patterns.size());
  int32_t total = positional + static_cast<int32_t>(node->kwd_attrs.size());
  visit(node->cls);
  loadConst(nameTuple(node->kwd_attrs));
  emit(Op::MATCH_CLASS, positional);
  emit(Op::COPY, 1);
  loadNone();
  emit(Op::IS_OP, 1);
  // On top is a tuple of the attributes, or None.
  ++context.on_top;
  jumpToFailPop(Op::POP_JUMP_IF_FALSE, context);
  emit(Op::UNPACK_SEQUENCE, total);
  context.on_top += total - 1;
  for (int32_t i = 0; i < total; ++i) {
    --context.on_top;
    PatternNode* pattern = i < positional ? node->patterns[i] : node->kwd_patterns[i - positional];
    if (isWildcard(pattern))
      emit(Op::POP_TOP);
    else
      visitSubpattern(pattern, context);
  }
}

bool CodeGenerator::checkKeywordPatterns(MatchClass* node) {
  Seq<Identifier> names = node->kwd_attrs;
  for (size_t i = 0; i < names.size(); ++i) {
    setLocation(node->kwd_patterns[i]->position);
    if (forbiddenName(names[i], ExprContext::Store)) return false;
    for (size_t j = i + 1; j < names.size(); ++j) {
      if (names[i] != names[j]) continue;
      setLocation(node->kwd_patterns[j]->position);
      error("attribute name repeated in class pattern: " + std::string(names[i].view()));
      return false;
    }
  }
  setLocation(node->position);
  return true;
}

}  // namespace krait::frontend
