// What the files of handlers share: one declaration an opcode, and the usual ends of a handler.
#pragma once
#include "interp/dispatch.h"
#include "interp/semantics.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

#define KRAIT_OPCODE(name, number, caches, argument, effect) HANDLER(name);
#include "runtime/code/opcodes.def"
#define SPECIALISED(name, generic) HANDLER(name);
#include "interp/specialised.def"

// Whether a call of Python code goes on in this loop. A recorder that does not follow it has it made in C++, where
// traces run; so does compiled code, which is in no loop.
inline bool followsCalls(Thread* thread, const DispatchEntry* table) {
  bool nested = thread->call_nested;
  thread->call_nested = false;
  return KRAIT_LIKELY(!nested && table != kStepTable);
}

// Ends of handlers. A result on its way stands at *sp (every frame has a word to spare); empty means raised. `cells` is the
// length of the instruction. Operands that are still on the stack when an instruction fails are released by unwinding.

// Keeps the result as the new top.
template <int cells>
__attribute__((preserve_none, always_inline)) inline Value pushed(HANDLER_STATE) {
  if (KRAIT_UNLIKELY(sp->empty())) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL advance(pc + cells, sp + 1, frame, thread, table);
}
// The result replaces the n topmost operands (released deepest first).
template <int n, int cells>
__attribute__((preserve_none, always_inline)) inline Value replaced(HANDLER_STATE) {
  Value v = *sp;
  if (KRAIT_UNLIKELY(v.empty())) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  Value old[n];
  for (int i = 0; i < n; ++i) old[i] = sp[i - n];
  sp[-n] = v;
  for (int i = 0; i < n; ++i) release(old[i]);
  TAIL_CALL advance(pc + cells, sp - n + 1, frame, thread, table);
}
// The result replaces factor * oparg + extra operands.
template <int factor, int extra>
__attribute__((preserve_none, always_inline)) inline Value replacedMany(HANDLER_STATE) {
  Value v = *sp;
  if (KRAIT_UNLIKELY(v.empty())) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  Value* base = sp - (factor * int64_t(pc->arg) + extra);
  for (Value* p = base; p < sp; ++p) release(*p);
  *base = v;
  TAIL_CALL advance(pc + 1, base + 1, frame, thread, table);
}
// Drops the n topmost operands after success.
template <int n, int cells>
__attribute__((preserve_none, always_inline)) inline Value dropped(HANDLER_STATE) {
  for (int i = 0; i < n; ++i) release(sp[i - n]);
  TAIL_CALL advance(pc + cells, sp - n, frame, thread, table);
}

}  // namespace krait
