// Displays, comprehensions' appends, unpacking, patterns.
#include "interp/handlers/quick.h"
#include "runtime/objects/int.h"
#include "runtime/objects/set.h"

namespace krait {

HANDLER(BUILD_TUPLE) {
  frame->pc = pc;
  int64_t n = pc->arg;
  sp[-n] = n == 0 ? share(Value(emptyTuple())).leak() : Value(newTupleSteal(*thread, sp - n, n).leak());
  TAIL_CALL pushed<1>(pc, sp - n, frame, thread, table);
}

HANDLER(BUILD_LIST) {
  frame->pc = pc;
  int64_t n = pc->arg;
  sp[-n] = opBuildList(*thread, sp - n, n).leak();
  TAIL_CALL pushed<1>(pc, sp - n, frame, thread, table);
}

HANDLER(BUILD_SET) {
  frame->pc = pc;
  int64_t n = pc->arg;
  *sp = opBuildSet(*thread, sp - n, n).leak();
  TAIL_CALL replacedMany<1, 0>(pc, sp, frame, thread, table);
}

HANDLER(BUILD_MAP) {
  frame->pc = pc;
  int64_t n = pc->arg;
  *sp = opBuildMap(*thread, sp - 2 * n, n).leak();
  TAIL_CALL replacedMany<2, 0>(pc, sp, frame, thread, table);
}

HANDLER(BUILD_CONST_KEY_MAP) {
  frame->pc = pc;
  int64_t n = pc->arg;
  *sp = opBuildConstKeyMap(*thread, sp[-1], sp - 1 - n, n).leak();
  TAIL_CALL replacedMany<1, 1>(pc, sp, frame, thread, table);
}

HANDLER(BUILD_STRING) {
  frame->pc = pc;
  int64_t n = pc->arg;
  *sp = opBuildString(*thread, sp - n, n).leak();
  TAIL_CALL replacedMany<1, 0>(pc, sp, frame, thread, table);
}

HANDLER(LIST_APPEND) {
  frame->pc = pc;
  Value list = sp[-1 - int64_t(pc->arg)];
  Value item = sp[-1];
  bool ok = isList(list) && listAppend(*thread, asList(list), steal(item));
  if (KRAIT_UNLIKELY(!ok)) TAIL_CALL raisedAt(pc, sp - 1, frame, thread, table);
  TAIL_CALL advance(pc + 1, sp - 1, frame, thread, table);
}

HANDLER(SET_ADD) {
  frame->pc = pc;
  Value set = sp[-1 - int64_t(pc->arg)];
  bool ok = isAnySet(set) && setAdd(*thread, asSet(set), sp[-1]);
  if (KRAIT_UNLIKELY(!ok)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL dropped<1, 1>(pc, sp, frame, thread, table);
}

HANDLER(MAP_ADD) {
  frame->pc = pc;
  Value dict = sp[-2 - int64_t(pc->arg)];
  bool ok = isDict(dict) && dictSet(*thread, asDict(dict), sp[-2], sp[-1]);
  if (KRAIT_UNLIKELY(!ok)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL dropped<2, 1>(pc, sp, frame, thread, table);
}

HANDLER(LIST_EXTEND) {
  frame->pc = pc;
  bool ok = opListExtend(*thread, sp[-1 - int64_t(pc->arg)], sp[-1]);
  if (KRAIT_UNLIKELY(!ok)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL dropped<1, 1>(pc, sp, frame, thread, table);
}

HANDLER(SET_UPDATE) {
  frame->pc = pc;
  Value set = sp[-1 - int64_t(pc->arg)];
  bool ok = isAnySet(set) && setUpdate(*thread, asSet(set), sp[-1]);
  if (KRAIT_UNLIKELY(!ok)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL dropped<1, 1>(pc, sp, frame, thread, table);
}

HANDLER(DICT_UPDATE) {
  frame->pc = pc;
  bool ok = opDictUpdate(*thread, sp[-1 - int64_t(pc->arg)], sp[-1]);
  if (KRAIT_UNLIKELY(!ok)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL dropped<1, 1>(pc, sp, frame, thread, table);
}

HANDLER(DICT_MERGE) {
  frame->pc = pc;
  bool ok = opDictMerge(*thread, sp[-1 - int64_t(pc->arg)], sp[-1], sp[-3 - int64_t(pc->arg)]);
  if (KRAIT_UNLIKELY(!ok)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL dropped<1, 1>(pc, sp, frame, thread, table);
}

HANDLER(LIST_TO_TUPLE) {
  frame->pc = pc;
  *sp = opListToTuple(*thread, sp[-1]).leak();
  TAIL_CALL replaced<1, 1>(pc, sp, frame, thread, table);
}

HANDLER(UNPACK_SEQUENCE) {
  if (KRAIT_UNLIKELY(--pc[1].counter == 0)) TAIL_CALL specialiseUnpackSequence(pc, sp, frame, thread, table);
  frame->pc = pc;
  int64_t n = pc->arg;
  Value source = sp[-1];
  if (KRAIT_UNLIKELY(!opUnpackSequence(*thread, source, n, sp - 1))) {
    sp[-1] = source;
    TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  }
  release(source);
  TAIL_CALL advance(pc + 2, sp - 1 + n, frame, thread, table);
}

HANDLER(UNPACK_EX) {
  frame->pc = pc;
  int64_t before = pc->arg & 0xff, after = pc->arg >> 8;
  Value source = sp[-1];
  if (KRAIT_UNLIKELY(!opUnpackEx(*thread, source, before, after, sp - 1))) {
    sp[-1] = source;
    TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  }
  release(source);
  TAIL_CALL advance(pc + 1, sp + before + after, frame, thread, table);
}

// --- match ---

HANDLER(GET_LEN) {
  frame->pc = pc;
  int64_t length = lengthOf(*thread, sp[-1]);
  *sp = length < 0 ? Value() : fitsInt(length) ? Value::fromInt(length) : newInt(*thread, length).leak();
  TAIL_CALL pushed<1>(pc, sp, frame, thread, table);
}

HANDLER(MATCH_MAPPING) {
  *sp = Value::fromBool(opMatchMapping(sp[-1]));
  TAIL_CALL advance(pc + 1, sp + 1, frame, thread, table);
}

HANDLER(MATCH_SEQUENCE) {
  *sp = Value::fromBool(opMatchSequence(sp[-1]));
  TAIL_CALL advance(pc + 1, sp + 1, frame, thread, table);
}

HANDLER(MATCH_KEYS) {
  frame->pc = pc;
  *sp = opMatchKeys(*thread, sp[-2], sp[-1]).leak();
  TAIL_CALL pushed<1>(pc, sp, frame, thread, table);
}

HANDLER(MATCH_CLASS) {
  frame->pc = pc;
  *sp = opMatchClass(*thread, sp[-3], sp[-2], pc->arg, sp[-1]).leak();
  TAIL_CALL replaced<3, 1>(pc, sp, frame, thread, table);
}

}  // namespace krait
