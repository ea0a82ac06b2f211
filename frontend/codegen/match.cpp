// match: the subject stays on the stack until a case has taken it; names are bound only after the whole pattern matched.
#include <algorithm>

#include "frontend/codegen/generator.h"

namespace krait::frontend {

using namespace ast;

void CodeGenerator::visitMatch(Match* node) {
  visit(node->subject);
  Block* end = newBlock();
  size_t count = node->cases.size();
  MatchCase* last = node->cases[count - 1];
  // A trailing `case _` needs no copy of the subject, nor a test.
  bool has_default = isWildcard(last->pattern) && count > 1;
  size_t tested = count - has_default;
  for (size_t i = 0; i < tested && !session_.failed(); ++i) {
    MatchCase* one = node->cases[i];
    bool keep_subject = i + 1 != tested;
    setLocation(one->pattern->position);
    if (keep_subject) emit(Op::COPY, 1);
    PatternContext context(arena_);
    context.allow_irrefutable = one->guard || i + 1 == count;
    visitPattern(one->pattern, context);
    for (Identifier name : context.stores) store(name);
    if (one->guard) {
      ensureFailPop(context, 0);
      jumpIf(one->guard, context.fail_pop[0], false);
    }
    if (keep_subject) emit(Op::POP_TOP);
    visitBody(one->body);
    emitJump(Op::JUMP, end);
    setLocation(one->pattern->position);
    emitFailPop(context);
  }
  if (has_default) {
    setLocation(last->pattern->position);
    if (count == 1)
      emit(Op::POP_TOP);
    else
      emit(Op::NOP);
    if (last->guard) jumpIf(last->guard, end, false);
    visitBody(last->body);
  }
  place(end);
}

// ---- failing: what lies on the stack has to go first ----

void CodeGenerator::ensureFailPop(PatternContext& context, size_t pops) {
  while (context.fail_pop.size() <= pops) context.fail_pop.push(newBlock());
}

void CodeGenerator::jumpToFailPop(Op op, PatternContext& context) {
  size_t pops = static_cast<size_t>(context.on_top) + context.stores.size();
  ensureFailPop(context, pops);
  emitJump(op, context.fail_pop[pops]);
}

void CodeGenerator::emitFailPop(PatternContext& context) {
  if (context.fail_pop.empty()) return;
  for (size_t i = context.fail_pop.size() - 1; i > 0; --i) {
    place(context.fail_pop[i]);
    emit(Op::POP_TOP);
  }
  place(context.fail_pop[0]);
  context.fail_pop.clear();
}

// ---- captures ----

void CodeGenerator::rotate(int32_t count) {
  while (count > 1) emit(Op::SWAP, count--);
}

// Keeps the value on top for `name`, below everything that is still needed.
void CodeGenerator::storeLater(Identifier name, PatternContext& context) {
  if (!name) return emit(Op::POP_TOP);
  if (forbiddenName(name, ExprContext::Store)) return;
  if (std::find(context.stores.begin(), context.stores.end(), name) != context.stores.end())
    return error(quoted("multiple assignments to name ", name, " in pattern"));
  rotate(context.on_top + static_cast<int32_t>(context.stores.size()) + 1);
  context.stores.push(name);
}

}  // namespace krait::frontend
