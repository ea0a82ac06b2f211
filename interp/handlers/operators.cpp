// Unary and binary operators, comparison, identity, membership, subscripts.
#include "interp/handlers/quick.h"

namespace krait {

HANDLER(UNARY_POSITIVE) {
  frame->pc = pc;
  *sp = positive(*thread, sp[-1]).leak();
  TAIL_CALL replaced<1, 1>(pc, sp, frame, thread, table);
}

HANDLER(UNARY_NEGATIVE) {
  Value v = sp[-1];
  if (v.isInt() && v.asInt() != kIntMin) {
    sp[-1] = Value::fromInt(-v.asInt());
    TAIL_CALL advance(pc + 1, sp, frame, thread, table);
  }
  if (v.isDouble()) {
    sp[-1] = Value::fromDouble(-v.asDouble());
    TAIL_CALL advance(pc + 1, sp, frame, thread, table);
  }
  frame->pc = pc;
  *sp = negative(*thread, v).leak();
  TAIL_CALL replaced<1, 1>(pc, sp, frame, thread, table);
}

HANDLER(UNARY_INVERT) {
  frame->pc = pc;
  *sp = invert(*thread, sp[-1]).leak();
  TAIL_CALL replaced<1, 1>(pc, sp, frame, thread, table);
}

HANDLER(UNARY_NOT) {
  if (sp[-1].isBool()) {
    sp[-1] = Value(sp[-1].bits ^ 1);
    TAIL_CALL advance(pc + 1, sp, frame, thread, table);
  }
  frame->pc = pc;
  int is_true = truth(*thread, sp[-1]);
  *sp = is_true < 0 ? Value() : Value::fromBool(!is_true);
  TAIL_CALL replaced<1, 1>(pc, sp, frame, thread, table);
}

HANDLER(BINARY_OP) {
  if (KRAIT_UNLIKELY(--pc[1].counter == 0)) TAIL_CALL specialiseBinaryOp(pc, sp, frame, thread, table);
  frame->pc = pc;
  *sp = opBinary(*thread, int(pc->arg), sp[-2], sp[-1]).leak();
  TAIL_CALL replaced<2, 2>(pc, sp, frame, thread, table);
}

HANDLER(COMPARE_OP) {
  if (KRAIT_UNLIKELY(--pc[1].counter == 0)) TAIL_CALL specialiseCompareOp(pc, sp, frame, thread, table);
  frame->pc = pc;
  *sp = compare(*thread, sp[-2], sp[-1], CompareOp(pc->arg)).leak();
  TAIL_CALL replaced<2, 3>(pc, sp, frame, thread, table);
}

HANDLER(IS_OP) {
  *sp = Value::fromBool(isSame(sp[-2], sp[-1]) != bool(pc->arg));
  TAIL_CALL replaced<2, 1>(pc, sp, frame, thread, table);
}

HANDLER(CONTAINS_OP) {
  frame->pc = pc;
  int found = contains(*thread, sp[-1], sp[-2]);
  *sp = found < 0 ? Value() : Value::fromBool(bool(found) != bool(pc->arg));
  TAIL_CALL replaced<2, 1>(pc, sp, frame, thread, table);
}

HANDLER(BINARY_SUBSCR) {
  if (KRAIT_UNLIKELY(--pc[1].counter == 0)) TAIL_CALL specialiseBinarySubscr(pc, sp, frame, thread, table);
  frame->pc = pc;
  *sp = getItem(*thread, sp[-2], sp[-1]).leak();
  TAIL_CALL replaced<2, 5>(pc, sp, frame, thread, table);
}

HANDLER(STORE_SUBSCR) {
  if (KRAIT_UNLIKELY(--pc[1].counter == 0)) TAIL_CALL specialiseStoreSubscr(pc, sp, frame, thread, table);
  frame->pc = pc;
  bool ok = setItem(*thread, sp[-2], sp[-1], sp[-3]);
  if (KRAIT_UNLIKELY(!ok)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL dropped<3, 2>(pc, sp, frame, thread, table);
}

HANDLER(DELETE_SUBSCR) {
  frame->pc = pc;
  bool ok = setItem(*thread, sp[-2], sp[-1], Value());
  if (KRAIT_UNLIKELY(!ok)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL dropped<2, 1>(pc, sp, frame, thread, table);
}

HANDLER(BUILD_SLICE) {
  frame->pc = pc;
  if (pc->arg == 3) {
    *sp = newSlice(*thread, sp[-3], sp[-2], sp[-1]).leak();
    TAIL_CALL replaced<3, 1>(pc, sp, frame, thread, table);
  }
  *sp = newSlice(*thread, sp[-2], sp[-1], kNone).leak();
  TAIL_CALL replaced<2, 1>(pc, sp, frame, thread, table);
}

HANDLER(FORMAT_VALUE) {
  frame->pc = pc;
  int conversion = int(pc->arg & 3);
  if (pc->arg & 4) {
    *sp = opFormatValue(*thread, sp[-2], sp[-1], conversion).leak();
    TAIL_CALL replaced<2, 1>(pc, sp, frame, thread, table);
  }
  *sp = opFormatValue(*thread, sp[-1], Value(), conversion).leak();
  TAIL_CALL replaced<1, 1>(pc, sp, frame, thread, table);
}

HANDLER(PRINT_EXPR) {
  frame->pc = pc;
  bool ok = opPrintExpr(*thread, sp[-1]);
  if (KRAIT_UNLIKELY(!ok)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL dropped<1, 1>(pc, sp, frame, thread, table);
}

}  // namespace krait
