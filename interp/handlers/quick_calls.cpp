// Calls whose callee was seen before. The forms stand at PRECALL and do the work of CALL two cells further.
//
//   cells   pc[0] PRECALL  [1] its counter  [2] CALL  [3] names of keywords  [4] .arg version, .op number of arguments
//           [5] MethodDef*, or the __init__ of a class   [6] Type*
//
// Arguments move from the caller's stack into the callee's slots; the callable's reference becomes the frame's.
#include <cstring>

#include "interp/call.h"
#include "interp/handlers/generators.h"
#include "interp/handlers/quick.h"
#include "runtime/core/names.h"
#include "runtime/core/runtime.h"
#include "runtime/objects/int.h"
#include "runtime/objects/instance.h"

namespace krait {

namespace {

// The callable and its arguments, as they stand before CALL n.
struct CallSite {
  Value* base;
  Value* args;
  Value callee;
  size_t count;
};
inline CallSite callSite(Cell* pc, Value* sp) {
  Value* base = sp - pc->arg - 2;
  Value* args = base + 1 + base[0].empty();
  return {base, args, args[-1], size_t(sp - args)};
}

inline bool hasRoom(Thread* thread, const Code* code) {
  return KRAIT_LIKELY(size_t(thread->stack_limit - thread->stack_top) >= code->frame_words &&
                      thread->recursion_depth < thread->recursion_limit);
}

// A linked frame for a function whose reference it takes over; there is room.
inline Frame* quickFrame(Thread* thread, Function* function, Code* code, Frame* caller) {
  Frame* f = reinterpret_cast<Frame*>(thread->stack_top);
  thread->stack_top += code->frame_words;
  ++thread->recursion_depth;
  retain(code);
  initFrame(f, code, function, function->globals, function->builtins, Value());
  f->previous = caller;
  thread->frame = f;
  return f;
}

inline void fillSlots(Frame* f, const Value* args, size_t count) {
  Value* slot = f->slots;
  for (size_t i = 0; i < count; ++i) *slot++ = args[i];
  for (Value* end = f->stackBase(); slot < end;) {
    *slot++ = Value();
    asm volatile("" : "+r"(slot));  // a few words: a call of memset would cost more
  }
}

// Only plain positional parameters.
bool plainParameters(const Code* code) {
  return !code->keyword_only_count && !(code->flags & (kCodeVarArgs | kCodeVarKeywords));
}

}  // namespace

HANDLER(PRECALL_FUNCTION) {
  CallSite site = callSite(pc, sp);
  if (KRAIT_UNLIKELY(!isFunction(site.callee) || asFunction(site.callee)->version != pc[4].arg || site.count != pc[4].op)) {
    TAIL_CALL handle_PRECALL(pc, sp, frame, thread, table);
  }
  Function* function = asFunction(site.callee);
  Code* code = function->code;
  if (KRAIT_UNLIKELY(!hasRoom(thread, code))) TAIL_CALL handle_PRECALL(pc, sp, frame, thread, table);
  frame->pc = pc + 2;
  frame->top = site.base;
  frame->return_offset = 5;
  Frame* f = quickFrame(thread, function, code, frame);
  fillSlots(f, site.args, site.count);
  TAIL_CALL advance(code->cells, f->stackBase(), f, thread, table);
}

HANDLER(PRECALL_FUNCTION_DEFAULTS) {
  CallSite site = callSite(pc, sp);
  if (KRAIT_UNLIKELY(!isFunction(site.callee) || asFunction(site.callee)->version != pc[4].arg || site.count != pc[4].op)) {
    TAIL_CALL handle_PRECALL(pc, sp, frame, thread, table);
  }
  Function* function = asFunction(site.callee);
  Code* code = function->code;
  if (KRAIT_UNLIKELY(!hasRoom(thread, code))) TAIL_CALL handle_PRECALL(pc, sp, frame, thread, table);
  frame->pc = pc + 2;
  frame->top = site.base;
  frame->return_offset = 5;
  Frame* f = quickFrame(thread, function, code, frame);
  fillSlots(f, site.args, site.count);
  Tuple* defaults = asTuple(function->defaults);
  for (size_t i = site.count, first = size_t(code->arg_count) - size_t(defaults->size); i < size_t(code->arg_count); ++i) {
    Value v = defaults->items[i - first];
    retain(v);
    f->slots[i] = v;
  }
  TAIL_CALL advance(code->cells, f->stackBase(), f, thread, table);
}

HANDLER(PRECALL_CLASS) {
  Value* base = sp - pc->arg - 2;
  Type* type = reinterpret_cast<Type*>(pc[6].raw());
  Function* init = reinterpret_cast<Function*>(pc[5].raw());
  if (KRAIT_UNLIKELY(!base[0].empty() || base[1] != Value(type) || type->version != pc[4].arg)) {
    TAIL_CALL handle_PRECALL(pc, sp, frame, thread, table);
  }
  Code* code = init->code;
  if (KRAIT_UNLIKELY(!hasRoom(thread, code) || !code->cells || size_t(code->arg_count) != pc->arg + 1 || !plainParameters(code))) {
    TAIL_CALL handle_PRECALL(pc, sp, frame, thread, table);
  }
  frame->pc = pc + 2;
  Value instance = newInstance(*thread, type).leak();
  if (KRAIT_UNLIKELY(instance.empty())) TAIL_CALL raisedAt(pc + 2, sp, frame, thread, table);
  // The instance waits below the frame for __init__ to end; self is its second owner.
  base[0] = instance;
  base[1] = instance;
  retain(instance.asObject());
  release(static_cast<Object*>(type));
  frame->top = base + 1;
  frame->return_offset = 5;
  retain(init);
  Frame* f = quickFrame(thread, init, code, frame);
  f->flags = kFrameConstructor;
  fillSlots(f, base + 1, pc->arg + 1);
  TAIL_CALL advance(code->cells, f->stackBase(), f, thread, table);
}

// --- native functions ---

// The result is *sp: drops callable and arguments, polls.
__attribute__((preserve_none, always_inline)) static inline Value called(HANDLER_STATE) {
  Value v = *sp;
  if (KRAIT_UNLIKELY(v.empty())) TAIL_CALL raisedAt(pc + 2, sp, frame, thread, table);
  Value* base = sp - pc->arg - 2;
  for (Value* p = base; p < sp; ++p) release(*p);
  *base = v;
  if (mustPoll(thread)) TAIL_CALL servePolls(pc + 7, base + 1, frame, thread, table);
  TAIL_CALL advance(pc + 7, base + 1, frame, thread, table);
}

static inline bool cachedNative(Value callee, Cell* pc) {
  return callee.isObject() && callee.asObject()->kind == kKindNativeFunction &&
         static_cast<NativeFunction*>(callee.asObject())->def == reinterpret_cast<const MethodDef*>(pc[5].raw());
}
static inline bool cachedMethod(const CallSite& site, Cell* pc) {
  return site.callee.isObject() && site.callee.asObject()->kind == kKindMethodDescr &&
         static_cast<MethodDescr*>(site.callee.asObject())->def == reinterpret_cast<const MethodDef*>(pc[5].raw()) &&
         site.args[0].isObject() && site.args[0].asObject()->type() == reinterpret_cast<Type*>(pc[6].raw());
}

// Functions of no and of one argument count against the recursion limit, as in CPython.
static inline Ref<> callNone(Thread& t, const MethodDef& def, Value self) {
  NativeScope scope(t, " while calling a Python object");
  return scope ? reinterpret_cast<NativeNone>(def.function)(t, self) : Ref<>();
}
static inline Ref<> callOne(Thread& t, const MethodDef& def, Value self, Value arg) {
  NativeScope scope(t, " while calling a Python object");
  return scope ? reinterpret_cast<NativeOne>(def.function)(t, self, arg) : Ref<>();
}

#define NATIVE_CALL(name, call_expression)                                                                            \
  HANDLER(PRECALL_NATIVE_##name) {                                                                                    \
    CallSite site = callSite(pc, sp);                                                                                 \
    if (KRAIT_UNLIKELY(!cachedNative(site.callee, pc) || site.count != pc[4].op)) {                                   \
      TAIL_CALL handle_PRECALL(pc, sp, frame, thread, table);                                                         \
    }                                                                                                                 \
    frame->pc = pc + 2;                                                                                               \
    Value self = static_cast<NativeFunction*>(site.callee.asObject())->self;                                          \
    const MethodDef& def = *static_cast<NativeFunction*>(site.callee.asObject())->def;                                \
    const Value* args = site.args;                                                                                    \
    size_t count = site.count;                                                                                        \
    *sp = (call_expression).leak();                                                                                   \
    TAIL_CALL called(pc, sp, frame, thread, table);                                                                   \
  }                                                                                                                   \
  HANDLER(PRECALL_METHOD_##name) {                                                                                    \
    CallSite site = callSite(pc, sp);                                                                                 \
    if (KRAIT_UNLIKELY(site.count != pc[4].op || !cachedMethod(site, pc))) {                                          \
      TAIL_CALL handle_PRECALL(pc, sp, frame, thread, table);                                                         \
    }                                                                                                                 \
    frame->pc = pc + 2;                                                                                               \
    Value self = site.args[0];                                                                                        \
    const MethodDef& def = *static_cast<MethodDescr*>(site.callee.asObject())->def;                                   \
    const Value* args = site.args + 1;                                                                                \
    size_t count = site.count - 1;                                                                                    \
    *sp = (call_expression).leak();                                                                                   \
    TAIL_CALL called(pc, sp, frame, thread, table);                                                                   \
  }
NATIVE_CALL(NONE, ((void)args, (void)count, callNone(*thread, def, self)))
NATIVE_CALL(ONE, ((void)count, callOne(*thread, def, self, args[0])))
NATIVE_CALL(BOUND, ((void)count, reinterpret_cast<NativeBound>(def.function)(*thread, self, args)))
NATIVE_CALL(RAW, (callNative(*thread, def, self, Args{args, count, nullptr})))
#undef NATIVE_CALL

HANDLER(PRECALL_LIST_APPEND) {
  CallSite site = callSite(pc, sp);
  if (KRAIT_UNLIKELY(site.count != 2 || site.callee != Value(pc[5].raw()) || !isExactList(site.args[0]))) {
    TAIL_CALL handle_PRECALL(pc, sp, frame, thread, table);
  }
  List* list = asList(site.args[0]);
  Value v = site.args[1];
  if (KRAIT_LIKELY(list->size > 0 && list->size < list->capacity && list->kind == kKindList)) {
    list->items[list->size++] = v;
  } else if (list->size > 0 && list->size < list->capacity && list->kind == kKindListInt && v.isInt()) {
    list->ints[list->size++] = v.asInt();
  } else if (list->size > 0 && list->size < list->capacity && list->kind == kKindListFloat && v.isDouble()) {
    list->floats[list->size++] = v.asDouble();
  } else {
    frame->pc = pc + 2;
    if (KRAIT_UNLIKELY(!listAppend(*thread, list, steal(v)))) TAIL_CALL raisedAt(pc + 2, sp - 1, frame, thread, table);
  }
  release(static_cast<Object*>(list));
  release(site.callee.asObject());
  *site.base = kNone;
  if (mustPoll(thread)) {
    frame->pc = pc + 2;
    TAIL_CALL servePolls(pc + 7, site.base + 1, frame, thread, table);
  }
  // The None of a statement is dropped at once.
  if (pc[7].op == op_POP_TOP) TAIL_CALL advance(pc + 8, site.base, frame, thread, table);
  TAIL_CALL advance(pc + 7, site.base + 1, frame, thread, table);
}

// The length of the builtin containers without a call; -1: something else.
static inline int64_t quickLength(Value v) {
  if (!v.isObject()) return -1;
  switch (v.asObject()->kind) {
    case kKindList:
    case kKindListInt:
    case kKindListFloat: return asList(v)->size;
    case kKindTuple: return asTuple(v)->size;
    case kKindStr: return asStr(v)->length;
    case kKindDict: return asDict(v)->size;
    default: return -1;
  }
}

HANDLER(PRECALL_LEN) {
  CallSite site = callSite(pc, sp);
  if (KRAIT_UNLIKELY(site.count != 1 || !cachedNative(site.callee, pc))) TAIL_CALL handle_PRECALL(pc, sp, frame, thread, table);
  frame->pc = pc + 2;
  int64_t length = quickLength(site.args[0]);
  if (length < 0) length = lengthOf(*thread, site.args[0]);
  *sp = length < 0 ? Value() : fitsInt(length) ? Value::fromInt(length) : newInt(*thread, length).leak();
  TAIL_CALL called(pc, sp, frame, thread, table);
}

HANDLER(PRECALL_ISINSTANCE) {
  CallSite site = callSite(pc, sp);
  if (KRAIT_UNLIKELY(site.count != 2 || !cachedNative(site.callee, pc))) TAIL_CALL handle_PRECALL(pc, sp, frame, thread, table);
  frame->pc = pc + 2;
  int answer = Value(typeOf(site.args[0])) == site.args[1] ? 1 : isInstanceOf(*thread, site.args[0], site.args[1]);
  *sp = answer < 0 ? Value() : Value::fromBool(answer);
  TAIL_CALL called(pc, sp, frame, thread, table);
}

HANDLER(PRECALL_TYPE) {
  CallSite site = callSite(pc, sp);
  if (KRAIT_UNLIKELY(site.count != 1 || site.callee != Value(&types::Type))) TAIL_CALL handle_PRECALL(pc, sp, frame, thread, table);
  frame->pc = pc + 2;
  Type* type = typeOf(site.args[0]);
  retain(type);
  *sp = Value(type);
  TAIL_CALL called(pc, sp, frame, thread, table);
}

// --- choosing ---

namespace {

int functionForm(Thread& t, Function* function, size_t count, Cell* pc) {
  Code* code = function->code;
  if (!plainParameters(code) || count > size_t(code->arg_count) || count > 0xfff) return 0;
  if (!code->cells && !prepareCode(t, code)) {
    clearException(t);  // the call itself reports it
    return 0;
  }
  size_t missing = size_t(code->arg_count) - count;
  if (missing && (!function->defaults || size_t(asTuple(function->defaults)->size) < missing ||
                  asTuple(function->defaults)->size > code->arg_count)) {
    return 0;
  }
  pc[4].arg = functionVersion(function);
  pc[4].op = uint16_t(count);
  if (!pc[4].arg) return 0;
  return missing ? op_PRECALL_FUNCTION_DEFAULTS : op_PRECALL_FUNCTION;
}

// The form for a native definition called with `count` positional arguments; `first` is the opcode of the family's NONE.
int nativeForm(const MethodDef* def, size_t count, int first) {
  switch (def->convention) {
    case Convention::kNone: return count == 0 ? first : 0;
    case Convention::kOne: return count == 1 ? first + 1 : 0;
    case Convention::kBound:
      // With every parameter given by position the arguments are the array that the function wants.
      if (def->signature && !strchr(def->signature, '*') && parameterCount(*def) == count) return first + 2;
      return first + 3;
    default: return first + 3;
  }
}
static_assert(op_PRECALL_NATIVE_RAW == op_PRECALL_NATIVE_NONE + 3 && op_PRECALL_METHOD_RAW == op_PRECALL_METHOD_NONE + 3);

Value builtin(Thread& t, const char* name) { return dictGetStr(interpreterOf(t).builtins, internStatic(name)); }

int callForm(Thread& t, Cell* pc, Value* sp) {
  if (genericOp(pc + 2) != op_CALL || pc[3].arg != 0) return 0;  // EXTENDED_ARG between them, or keywords
  CallSite site = callSite(pc, sp);
  if (!site.callee.isObject()) return 0;
  if (isFunction(site.callee)) return functionForm(t, asFunction(site.callee), site.count, pc);
  uint32_t kind = site.callee.asObject()->kind;
  if (kind == kKindNativeFunction) {
    const MethodDef* def = static_cast<NativeFunction*>(site.callee.asObject())->def;
    pc[4].op = uint16_t(site.count);
    pc[5].raw() = reinterpret_cast<uint64_t>(def);
    if (site.callee == builtin(t, "len") && site.count == 1) return op_PRECALL_LEN;
    if (site.callee == builtin(t, "isinstance") && site.count == 2) return op_PRECALL_ISINSTANCE;
    return nativeForm(def, site.count, op_PRECALL_NATIVE_NONE);
  }
  if (kind == kKindMethodDescr && site.count >= 1 && site.args[0].isObject()) {
    MethodDescr* descr = static_cast<MethodDescr*>(site.callee.asObject());
    if (!isInstance(site.args[0], descr->owner)) return 0;
    if (descr->owner == &types::List && isExactList(site.args[0]) && site.count == 2 && strcmp(descr->def->name, "append") == 0) {
      pc[5].raw() = site.callee.bits;
      return op_PRECALL_LIST_APPEND;
    }
    pc[4].op = uint16_t(site.count);
    pc[5].raw() = reinterpret_cast<uint64_t>(descr->def);
    pc[6].raw() = reinterpret_cast<uint64_t>(typeOf(site.args[0]));
    return nativeForm(descr->def, site.count - 1, op_PRECALL_METHOD_NONE);
  }
  if (!isExact(site.callee, &types::Type) || !site.base[0].empty()) return 0;
  Type* type = static_cast<Type*>(site.callee.asObject());
  if (type == &types::Type) return site.count == 1 ? op_PRECALL_TYPE : 0;
  Function* init = plainConstructor(type);
  if (!init || !plainParameters(init->code) || size_t(init->code->arg_count) != site.count + 1 || !typeVersion(type)) return 0;
  if (!init->code->cells && !prepareCode(t, init->code)) {
    clearException(t);
    return 0;
  }
  pc[4].arg = typeVersion(type);
  pc[5].raw() = reinterpret_cast<uint64_t>(init);
  pc[6].raw() = reinterpret_cast<uint64_t>(type);
  return op_PRECALL_CLASS;
}

}  // namespace

HANDLER_TAIL(specialisePrecall) {
  patch(pc, callForm(*thread, pc, sp));
  TAIL_CALL kHandlers[pc->op].run(pc, sp, frame, thread, table);
}

}  // namespace krait
