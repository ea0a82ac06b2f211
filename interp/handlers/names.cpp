// Names, attributes, imports.
#include "interp/handlers/quick.h"

namespace krait {

HANDLER(LOAD_NAME) {
  frame->pc = pc;
  *sp = opLoadName(*thread, frame, nameAt(frame, pc->arg)).leak();
  TAIL_CALL pushed<1>(pc, sp, frame, thread, table);
}

HANDLER(STORE_NAME) {
  frame->pc = pc;
  bool ok = opStoreName(*thread, frame, nameAt(frame, pc->arg), sp[-1]);
  if (KRAIT_UNLIKELY(!ok)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL dropped<1, 1>(pc, sp, frame, thread, table);
}

HANDLER(DELETE_NAME) {
  frame->pc = pc;
  bool ok = opDeleteName(*thread, frame, nameAt(frame, pc->arg));
  if (KRAIT_UNLIKELY(!ok)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL dropped<0, 1>(pc, sp, frame, thread, table);
}

HANDLER(LOAD_GLOBAL) {
  if (KRAIT_UNLIKELY(--pc[1].counter == 0)) TAIL_CALL specialiseLoadGlobal(pc, sp, frame, thread, table);
  frame->pc = pc;
  Value v = opLoadGlobal(*thread, frame, nameAt(frame, pc->arg >> 1)).leak();
  *sp = Value();
  sp += pc->arg & 1;  // the second word of a call
  *sp = v;
  TAIL_CALL pushed<6>(pc, sp, frame, thread, table);
}

HANDLER(STORE_GLOBAL) {
  frame->pc = pc;
  bool ok = opStoreGlobal(*thread, frame, nameAt(frame, pc->arg), sp[-1]);
  if (KRAIT_UNLIKELY(!ok)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL dropped<1, 1>(pc, sp, frame, thread, table);
}

HANDLER(DELETE_GLOBAL) {
  frame->pc = pc;
  bool ok = opDeleteGlobal(*thread, frame, nameAt(frame, pc->arg));
  if (KRAIT_UNLIKELY(!ok)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL dropped<0, 1>(pc, sp, frame, thread, table);
}

HANDLER(SETUP_ANNOTATIONS) {
  frame->pc = pc;
  bool ok = opSetupAnnotations(*thread, frame);
  if (KRAIT_UNLIKELY(!ok)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL dropped<0, 1>(pc, sp, frame, thread, table);
}

HANDLER(LOAD_BUILD_CLASS) {
  frame->pc = pc;
  *sp = opLoadBuildClass(*thread, frame).leak();
  TAIL_CALL pushed<1>(pc, sp, frame, thread, table);
}

HANDLER(LOAD_ASSERTION_ERROR) {
  *sp = opLoadAssertionError(*thread).leak();
  TAIL_CALL pushed<1>(pc, sp, frame, thread, table);
}

HANDLER(LOAD_ATTR) {
  if (KRAIT_UNLIKELY(--pc[1].counter == 0)) TAIL_CALL specialiseLoadAttr(pc, sp, frame, thread, table);
  frame->pc = pc;
  *sp = getAttr(*thread, sp[-1], nameAt(frame, pc->arg)).leak();
  TAIL_CALL replaced<1, 5>(pc, sp, frame, thread, table);
}

HANDLER(STORE_ATTR) {
  if (KRAIT_UNLIKELY(--pc[1].counter == 0)) TAIL_CALL specialiseStoreAttr(pc, sp, frame, thread, table);
  frame->pc = pc;
  bool ok = setAttr(*thread, sp[-1], nameAt(frame, pc->arg), sp[-2]);
  if (KRAIT_UNLIKELY(!ok)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL dropped<2, 5>(pc, sp, frame, thread, table);
}

HANDLER(DELETE_ATTR) {
  frame->pc = pc;
  bool ok = setAttr(*thread, sp[-1], nameAt(frame, pc->arg), Value());
  if (KRAIT_UNLIKELY(!ok)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL dropped<1, 1>(pc, sp, frame, thread, table);
}

// The two words that LOAD_METHOD leaves: (function, self), or (nothing, callable). One operation, so that no Ref is alive
// in the handler.
static bool loadMethod(Thread& t, Value v, Str* name, Value* out) {
  Ref<> self;
  Ref<> method = getMethod(t, v, name, &self);
  if (!method) return false;
  if (self) {
    out[0] = method.leak();
    out[1] = self.leak();
  } else {
    out[0] = Value();
    out[1] = method.leak();
  }
  return true;
}

HANDLER(LOAD_METHOD) {
  if (KRAIT_UNLIKELY(--pc[1].counter == 0)) TAIL_CALL specialiseLoadMethod(pc, sp, frame, thread, table);
  frame->pc = pc;
  Value owner = sp[-1];
  if (KRAIT_UNLIKELY(!loadMethod(*thread, owner, nameAt(frame, pc->arg), sp - 1))) {
    sp[-1] = owner;
    TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  }
  release(owner);
  TAIL_CALL advance(pc + 11, sp + 1, frame, thread, table);
}

HANDLER(IMPORT_NAME) {
  frame->pc = pc;
  *sp = opImportName(*thread, frame, nameAt(frame, pc->arg), sp[-1], sp[-2]).leak();
  TAIL_CALL replaced<2, 1>(pc, sp, frame, thread, table);
}

HANDLER(IMPORT_FROM) {
  frame->pc = pc;
  *sp = opImportFrom(*thread, sp[-1], nameAt(frame, pc->arg)).leak();
  TAIL_CALL pushed<1>(pc, sp, frame, thread, table);
}

HANDLER(IMPORT_STAR) {
  frame->pc = pc;
  bool ok = opImportStar(*thread, frame, sp[-1]);
  if (KRAIT_UNLIKELY(!ok)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL dropped<1, 1>(pc, sp, frame, thread, table);
}

}  // namespace krait
