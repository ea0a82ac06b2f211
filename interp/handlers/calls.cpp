// Calls and returns. A call of a Python function pushes a frame and goes on in this loop; nothing recurses in C++.
//
//   stack before CALL n:   nothing, callable, arg1 ... argn      or      method, self, arg1 ... argn
//
// Keyword values come last among the n; their names were resolved when the stream was made (first cache cell, arg - 1).
#include "interp/call.h"
#include "interp/handlers/generators.h"
#include "interp/handlers/quick.h"
#include "interp/jit_link.h"
#include "runtime/core/names.h"
#include "runtime/objects/generator.h"
#include "runtime/objects/instance.h"

namespace krait {

HANDLER(KW_NAMES) { TAIL_CALL advance(pc + 1, sp, frame, thread, table); }
// CALL does it all; specialised forms of both stand here.
HANDLER(PRECALL) {
  if (KRAIT_UNLIKELY(--pc[1].counter == 0)) TAIL_CALL specialisePrecall(pc, sp, frame, thread, table);
  TAIL_CALL advance(pc + 2, sp, frame, thread, table);
}

Tuple* callNames(const Code* code, const Cell* call) {
  uint32_t names = call[1].arg;
  return names ? asTuple(code->consts->items[names - 1]) : nullptr;
}

HANDLER_TAIL(enterCallee) {
  frame = thread->frame;
  TAIL_CALL advance(frame->code->cells, frame->stackBase(), frame, thread, table);
}

// A bound method in the callable's place is taken apart: function and self fill the two words.
static void openMethod(Value* base) {
  Method* method = static_cast<Method*>(base[1].asObject());
  Value function = method->function, self = method->self;
  retain(function);
  retain(self);
  base[0] = function;
  base[1] = self;
  release(method);
}

// An instance of a Python class with a Python __call__ becomes the self of that function.
static void openCallable(Value* base) {
  if (!base[1].isObject() || isType(base[1]) || !typeOf(base[1])->has(kTypeHeap)) return;
  Value function = lookupType(typeOf(base[1]), names::dunder_call);
  if (!function || !isFunction(function)) return;
  retain(function);
  base[0] = function;
}

static void releaseOperands(Value* base, Value* sp) {
  for (Value* p = base; p < sp; ++p) release(*p);
}

// type(...) whose instance is made by object.__new__ and initialised by a Python __init__: the frame of __init__ is pushed,
// the instance waits below it. 1: pushed; 0: not of this sort; -1: raised (operands consumed).
static int enterConstructor(Thread& t, Frame* frame, Value* base, size_t positional, size_t total, Tuple* names) {
  Type* type = static_cast<Type*>(base[1].asObject());
  Function* init = plainConstructor(type);
  if (!init) return 0;
  Value instance = newInstance(t, type).leak();
  if (instance.empty()) {
    releaseOperands(base, base + 2 + total);
    return -1;
  }
  // base[0] keeps the instance for the caller; base[1] becomes self. The type's reference goes last.
  base[0] = instance;
  retain(instance);
  base[1] = instance;
  frame->top = base + 1;
  retain(init);
  Frame* callee = bindFrame(t, init, base + 1, positional + 1, names);
  release(type);
  if (!callee) {
    release(instance);
    return -1;
  }
  callee->flags |= kFrameConstructor;
  return 1;
}

HANDLER(CALL) {
  size_t total = pc->arg;
  Value* base = sp - total - 2;
  frame->pc = pc;
  if (base[0].empty() && base[1].isObject() && base[1].asObject()->kind == kKindMethod) openMethod(base);
  if (base[0].empty()) openCallable(base);
  Value* args = base[0] ? base + 1 : base + 2;
  Value callee = args[-1];
  total = size_t(sp - args);
  Tuple* names = callNames(frame->code, pc);
  size_t positional = total - (names ? size_t(names->size) : 0);
  bool follow = followsCalls(thread, table);
  if (isFunction(callee) && KRAIT_LIKELY(follow)) {
    frame->return_offset = 5;
    frame->top = base;
    if (KRAIT_UNLIKELY(!bindFrame(*thread, asFunction(callee), args, positional, names))) {
      TAIL_CALL raisedAt(pc, base, frame, thread, table);
    }
    TAIL_CALL enterCallee(pc, sp, frame, thread, table);
  }
  if (isExact(callee, &types::Type) && base[0].empty() && follow) {
    frame->return_offset = 5;
    int entered = enterConstructor(*thread, frame, base, positional, total, names);
    if (entered > 0) TAIL_CALL enterCallee(pc, sp, frame, thread, table);
    if (entered < 0) TAIL_CALL raisedAt(pc, base, frame, thread, table);
  }
  Value v = call(*thread, callee, Args{args, positional, names}).leak();
  if (KRAIT_UNLIKELY(v.empty())) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  releaseOperands(base, sp);
  *base = v;
  if (mustPoll(thread)) TAIL_CALL servePolls(pc + 5, base + 1, frame, thread, table);
  TAIL_CALL advance(pc + 5, base + 1, frame, thread, table);
}

// The operands of f(*positional, **keywords), as a tuple and a dict in place. False: raised.
static bool openCallOperands(Thread& t, Value* base, bool has_keywords) {
  if (has_keywords && !isExactDict(base[3])) {
    Ref<> dict = callDict(t, base[1], base[3]);
    if (!dict) return false;
    assign(base[3], std::move(dict));
  }
  if (!isExactTuple(base[2])) {
    Ref<> tuple = callTuple(t, base[1], base[2]);
    if (!tuple) return false;
    assign(base[2], std::move(tuple));
  }
  return true;
}

HANDLER(CALL_FUNCTION_EX) {
  // Stack: nothing, callable, positional, keywords if bit 0.
  frame->pc = pc;
  bool has_keywords = pc->arg & 1;
  Value* base = sp - 3 - has_keywords;
  bool follow = followsCalls(thread, table);
  if (KRAIT_UNLIKELY(!openCallOperands(*thread, base, has_keywords))) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  Value callee = base[1];
  if (isFunction(callee) && follow) {
    frame->return_offset = 1;
    frame->top = sp;
    retain(callee);
    Frame* entered = bindFrameFromTuple(*thread, asFunction(callee), asTuple(base[2]), has_keywords ? asDict(base[3]) : nullptr);
    if (KRAIT_UNLIKELY(!entered)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
    releaseOperands(base, sp);
    frame->top = base;
    TAIL_CALL enterCallee(pc, sp, frame, thread, table);
  }
  Value v = callWith(*thread, callee, base[2], has_keywords ? base[3] : Value()).leak();
  if (KRAIT_UNLIKELY(v.empty())) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  releaseOperands(base, sp);
  *base = v;
  if (mustPoll(thread)) TAIL_CALL servePolls(pc + 1, base + 1, frame, thread, table);
  TAIL_CALL advance(pc + 1, base + 1, frame, thread, table);
}

HANDLER(MAKE_FUNCTION) {
  frame->pc = pc;
  int extras = __builtin_popcount(pc->arg);
  Value* base = sp - 1 - extras;
  Value v = opMakeFunction(*thread, frame, sp[-1], int(pc->arg), base).leak();
  if (KRAIT_UNLIKELY(v.empty())) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  releaseOperands(base, sp);
  *base = v;
  TAIL_CALL advance(pc + 1, base + 1, frame, thread, table);
}

// --- returns ---

// From the method of an operator: its answer may not be the last word.
static HANDLER_TAIL(returnFromOperator) {
  Value answer = *sp;
  Frame* caller = frame->previous;
  leaveFrame(*thread, frame);
  sp = caller->top;
  Value v = opAnswered(*thread, caller->pc, sp[-2], sp[-1], steal(answer)).leak();
  if (KRAIT_UNLIKELY(v.empty())) TAIL_CALL raisedAt(caller->pc, sp, caller, thread, table);
  releaseOperands(sp - 2, sp);
  sp[-2] = v;
  TAIL_CALL advance(caller->pc + caller->return_offset, sp - 1, caller, thread, table);
}

// From a frame that C++ entered, a constructor's __init__, an operator's method, or a generator. The result is *sp.
static HANDLER_TAIL(returnSpecial) {
  Value result = *sp;
  if (frame->owner == FrameOwner::kGenerator) TAIL_CALL returnFromGenerator(pc, sp, frame, thread, table);
  if (frame->flags & kFrameOperator) TAIL_CALL returnFromOperator(pc, sp, frame, thread, table);
  Frame* caller = frame->previous;
  uint8_t flags = frame->flags;
  if ((flags & kFrameConstructor) && !result.isNone()) {
    // The error belongs to the caller.
    leaveFrame(*thread, frame);
    (void)raise(*thread, exc::TypeError, "__init__() should return None, not '%.200s'", typeName(result));
    release(result);
    if (flags & kFrameEntry) return Value();
    TAIL_CALL raisedAt(caller->pc, caller->top, caller, thread, table);
  }
  leaveFrame(*thread, frame);
  if (flags & kFrameEntry) return result;
  sp = caller->top;
  if (!(flags & kFrameConstructor)) *sp++ = result;  // else the instance stands there
  TAIL_CALL advance(caller->pc + caller->return_offset, sp, caller, thread, table);
}

// The usual return is done here: a function's frame that nobody holds and that does not open a chunk. Locals die by slot.
HANDLER(RETURN_VALUE) {
  frame->pc = pc;
  --sp;
  frame->top = sp;
  if (KRAIT_UNLIKELY(frame->flags != 0 || frame->owner != FrameOwner::kThread)) {
    TAIL_CALL returnSpecial(pc, sp, frame, thread, table);
  }
  Value result = *sp;
  Frame* caller = frame->previous;
  Function* function = frame->function;
  StackChunk* chunk = static_cast<StackChunk*>(thread->stack_chunk);
  if (KRAIT_UNLIKELY(frame->object || !function || !frame->locals.empty() || reinterpret_cast<Value*>(frame) == chunk->data ||
                     sp != frame->stackBase())) {
    leaveFrame(*thread, frame);
  } else {
    thread->frame = caller;
    Code* code = frame->code;
    for (Value *p = frame->slots, *end = sp; p < end; ++p) {
      Value v = *p;
      if (v.isObject() && KRAIT_UNLIKELY(--v.asObject()->count == 0)) {
        *p = Value();
        destroy(v.asObject());
      }
    }
    release(function);
    release(code);
    --thread->recursion_depth;
    thread->stack_top = reinterpret_cast<Value*>(frame);
  }
  sp = caller->top;
  *sp = result;
  TAIL_CALL advance(caller->pc + caller->return_offset, sp + 1, caller, thread, table);
}

}  // namespace krait
