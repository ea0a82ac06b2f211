// Recording calls and returns: Python functions are followed, a few natives are operations of the IR, the rest is residual.
#include <cstring>
#include "interp/call.h"
#include "interp/opcodes.h"
#include "jit/record/recorder.h"
#include "jit/trace/manager.h"
#include "runtime/core/names.h"
#include "runtime/core/frame.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"

namespace krait::jit {
namespace {

constexpr uint32_t kNotInlined = kCodeVarArgs | kCodeVarKeywords | kCodeGenerator | kCodeCoroutine | kCodeAsyncGenerator;

// A function that loops is better called: its loop has a trace of its own.
bool hasLoop(krait::Code* code) {
  for (int unit = 0; unit < code->units();) {
    uint16_t op = genericOp(&code->cells[unit]);
    if (kOpcodeInfo[op].argument == OpArgument::backward) return true;
    unit += 1 + kOpcodeInfo[op].caches;
  }
  return false;
}

bool nativeModule(NativeFunction* native, const char* module) {
  return isExactStr(native->module) && strEqualsAscii(asStr(native->module), module);
}

// Natives whose answer depends on counts or on the frames as memory shows them: the interpreter calls those.
bool readsFrames(Value callee) {
  if (callee.asObject()->kind != kKindNativeFunction) return false;
  auto* native = static_cast<NativeFunction*>(callee.asObject());
  static constexpr const char* kNames[] = {"getrefcount", "_getframe", "_current_frames", "locals", "globals", "eval", "exec", "vars",
                                           "dir", "settrace", "setprofile", "exc_info", "super"};
  for (const char* name : kNames)
    if (!strcmp(native->def->name, name)) return true;
  return false;
}

}  // namespace

// Whether a call of the function is followed: its arguments can be bound at recording time.
bool Recorder::canInline(Function* function) {
  krait::Code* code = function->code;
  if ((code->flags & kNotInlined) || !(code->flags & kCodeOptimized) || !code->cells) return false;
  if (frames_.size() > parameters().inline_depth || hasLoop(code) || raisesOften(code)) return false;
  int same = 0;
  for (RecFrame& f : frames_) same += f.code == code;
  return same <= int(parameters().recursion_inline);
}

// Binds the arguments as bindFrame does, at recording time; false: they do not fit, or need more than constants.
bool Recorder::bindInlined(Function* function, bool constant, const std::vector<Id>& args, size_t positional, Tuple* names,
                           std::vector<Id>* slots) {
  krait::Code* code = function->code;
  size_t parameters = size_t(code->arg_count + code->keyword_only_count);
  slots->assign(size_t(code->slot_count + code->stack_size), b_.constEmpty());
  std::vector<bool> given(parameters, false);
  if (positional > size_t(code->arg_count)) return false;
  for (size_t i = 0; i < positional; ++i) {
    (*slots)[i] = args[i];
    given[i] = true;
  }
  for (size_t k = 0; names && k < size_t(names->size); ++k) {
    size_t i = size_t(code->positional_only_count);
    while (i < parameters && !(code->slot_names->items[i] == names->items[k])) ++i;
    if (i == parameters || given[i]) return false;
    (*slots)[i] = args[positional + k];
    given[i] = true;
  }
  for (size_t i = 0; i < parameters; ++i) {
    if (given[i]) continue;
    if (!constant) return false;  // defaults belong to the function object, not to the code
    Value v;
    if (i < size_t(code->arg_count)) {
      if (function->defaults.empty()) return false;
      Tuple* defaults = asTuple(function->defaults);
      int64_t first = code->arg_count - defaults->size;
      if (int64_t(i) < first) return false;
      v = defaults->items[int64_t(i) - first];
    } else {
      if (function->kw_defaults.empty() || !isExactDict(function->kw_defaults)) return false;
      v = dictGetStr(asDict(function->kw_defaults), asStr(code->slot_names->items[i]));
      if (v.empty()) return false;
    }
    (*slots)[i] = b_.constValue(v);
  }
  return true;
}

bool Recorder::inlineCall(Function* function, Id function_id, std::vector<Id> slots, uint32_t popped, SnapFrameKind kind, Id self) {
  // The arguments move into the callee's slots; the callee itself is held by the new frame.
  for (uint32_t i = 0; i < popped; ++i) candidate(peek(i), concrete(i));
  top().depth = uint16_t(top().depth - popped);
  if (kind == SnapFrameKind::kConstructor) push(self);  // the instance waits on the caller's stack
  RecFrame f;
  f.code = function->code;
  f.function = function_id;
  f.kind = kind;
  f.slots = std::move(slots);
  f.dirty.assign(f.slots.size(), true);
  f.globals = Value(reinterpret_cast<Object*>(function->globals));
  f.builtins = function->builtins;
  frames_.push_back(std::move(f));
  next(0);
  return true;
}

bool Recorder::followMethod(Function* method, uint32_t count, bool waits) {
  if (!method || !canInline(method)) return false;
  std::vector<Id> args, slots;
  for (uint32_t i = count; i-- > 0;) args.push_back(peek(i));
  if (!bindInlined(method, true, args, count, nullptr, &slots)) return false;
  assume({Assumption::kFunction, Value(method)});
  followed_ = {method, uint8_t(count), waits};
  SnapFrameKind kind = waits ? SnapFrameKind::kOperator : SnapFrameKind::kInlined;
  return inlineCall(method, b_.constValue(Value(method)), std::move(slots), waits ? 0 : count, kind, kNoId);
}

// The Python function that instances of a class have under the name, when the value is one; null: it is not.
Function* Recorder::methodOf(Value v, Str* name) {
  if (!v.isObject() || isType(v) || !typeOf(v)->has(kTypeHeap)) return nullptr;
  Value found = lookupType(typeOf(v), name);
  return isFunction(found) ? asFunction(found) : nullptr;
}

// Guards what the method was found by.
void Recorder::assumeMethods(Id id, Value concrete) {
  if (guardTypeOf(id, concrete) && typeOf(concrete)->has(kTypeHeap)) assume({Assumption::kType, Value(typeOf(concrete))});
}

bool Recorder::recordCall(uint32_t count, Cell* pc) {
  Tuple* names = callNames(top().code, pc);  // not noted at KW_NAMES: a side trace may begin between the two
  Value method = concrete(count + 1), second = concrete(count);
  bool has_self = !method.empty();
  Value callee = has_self ? method : second;
  Id callee_id = has_self ? peek(count + 1) : peek(count);
  size_t keywords = names ? size_t(names->size) : 0;
  std::vector<Id> args;
  if (has_self) args.push_back(peek(count));
  for (uint32_t i = count; i-- > 0;) args.push_back(peek(i));
  size_t positional = args.size() - keywords;
  if (!callee.isObject()) return recordResidual(op_CALL, count, pc);

  if (isConst(callee_id) && isType(callee) && keywords == 0 && !has_self) {
    if (callee == Value(&types::Super) && count == 0 && deferSuper()) return true;
    if (callee == Value(&types::Range) && deferRange(args, sp_ - count)) return true;
  }
  // A bound method is its function with one more argument.
  Id bound_self = kNoId;
  if (callee.asObject()->kind == kKindMethod && isFunction(static_cast<Method*>(callee.asObject())->function)) {
    Id m = asKind(callee_id, callee);
    bound_self = b_.load(Field::k_method_self, m);
    callee = static_cast<Method*>(callee.asObject())->function;
    callee_id = b_.load(Field::k_method_function, m);
    args.insert(args.begin(), bound_self);
    ++positional;
  }
  if (!has_self && bound_self == kNoId) {
    if (Function* method = methodOf(callee, names::dunder_call)) {
      assumeMethods(callee_id, callee);
      args.insert(args.begin(), peek(count));
      ++positional;
      callee = Value(method);
      callee_id = b_.constValue(callee);
    }
  }
  if (isFunction(callee) && canInline(asFunction(callee))) {
    Function* function = asFunction(callee);
    bool closes = !function->closure.empty();
    bool constant = isConst(callee_id) || !closes;
    std::vector<Id> slots;
    if (bindInlined(function, constant, args, positional, names, &slots)) {
      if (constant) {
        if (!isConst(callee_id)) guardIdentical(callee_id, callee);
        assume({Assumption::kFunction, callee});
        callee_id = b_.constValue(callee);
      } else {
        // Closures share their code: that is what the trace depends on.
        Id f = b_.op(Op::k_guard_kind, callee_id, kNoId, kNoId, kKindFunction);
        b_.op(Op::k_guard_same, b_.load(Field::k_function_code, f), b_.constValue(Value(function->code)));
        callee_id = f;
      }
      return inlineCall(function, callee_id, std::move(slots), count + 2, SnapFrameKind::kInlined, kNoId);
    }
  }
  if (isType(callee) && keywords == 0) {
    // A class whose instances are made by object.__new__ and filled by a Python __init__.
    Type* type = static_cast<Type*>(callee.asObject());
    Function* init = plainConstructor(type);
    if (init && canInline(init) && init->closure.empty() && type->instance_kind >= kKindFirstDynamic) {
      args.insert(args.begin(), kNoId);
      std::vector<Id> slots;
      if (bindInlined(init, true, args, args.size(), nullptr, &slots)) {
        guardIdentical(callee_id, callee);
        assume({Assumption::kType, callee});
        assume({Assumption::kFunction, Value(init)});
        Id self = b_.call(Helper::k_new_instance, {b_.constValue(callee)});
        mode_ = Mode::kRaise;
        self = b_.op(Op::k_guard_ok, self);
        mode_ = Mode::kBefore;
        b_.learnKind(self, type->instance_kind);
        slots[0] = self;
        return inlineCall(init, b_.constValue(Value(init)), std::move(slots), count + 2, SnapFrameKind::kConstructor, self);
      }
    }
  }
  auto byHandler = [&] {
    thread_.call_nested = true;
    return recordResidual(op_CALL, count, pc);
  };
  if (keywords != 0) return byHandler();
  bool done = false;
  if (!recordNativeCall(callee, callee_id, args, count, &done)) return false;
  if (done) return true;
  if (readsFrames(callee)) return stopBefore(Abort::kUnsupported);
  if (args.size() > 6) return byHandler();
  static constexpr Helper kCalls[] = {Helper::k_call_0, Helper::k_call_1, Helper::k_call_2, Helper::k_call_3,
                                      Helper::k_call_4, Helper::k_call_5, Helper::k_call_6};
  // A function that is found as a constant is called without C++ in between (trace/direct.cpp): its code must stay.
  if (isFunction(callee) && isConst(callee_id)) assume({Assumption::kFunction, callee});
  std::vector<Id> operands{boxed(callee_id)};
  for (Id id : args) operands.push_back(boxed(id));
  thread_.call_nested = true;
  return residualList(kCalls[args.size()], operands, count + 2, true);
}

// Natives that are operations of the IR. done stays false when the call is left to the residual form.
bool Recorder::recordNativeCall(Value callee, Id callee_id, const std::vector<Id>& args, uint32_t count, bool* done) {
  auto argument = [&](size_t i) { return concrete(uint32_t(args.size() - 1 - i)); };  // valid when self is not from a bound method
  auto finish = [&](Id result) {
    pop(count + 2);
    push(result);
    *done = true;
    return true;
  };
  uint32_t kind = callee.asObject()->kind;
  if (Id known = recordKnownNative(callee, callee_id, args, &sp_[-int64_t(args.size())]); known != kNoId) return finish(known);
  if (aborted()) return false;
  if (recordQuietCall(callee, callee_id, args, &sp_[-int64_t(args.size())], count + 2)) {
    *done = true;
    return !aborted();
  }
  if (kind == kKindMethodDescr && args.size() == count + 1) {
    auto* descr = static_cast<MethodDescr*>(callee.asObject());
    if (descr->owner == &types::List && !strcmp(descr->def->name, "append") && args.size() == 2) {
      Value list = argument(0);
      if (!list.isObject() || !isExactListKind(list.asObject()->kind)) return true;
      guardIdentical(callee_id, callee);
      Id object = asKind(args[0], list);
      return appendTo(object, args[1], count + 2, done);
    }
    Value self = argument(0);
    if (isInstance(self, descr->owner) && !readsFrames(callee)) {
      guardIdentical(callee_id, callee);
      *done = callNativeDirectly(descr->def, args, guardQuietMethod(descr, args, &sp_[-int64_t(args.size())]), count + 2);
      return !aborted();
    }
    return true;
  }
  if (kind != kKindNativeFunction || args.size() != count) return true;
  auto* native = static_cast<NativeFunction*>(callee.asObject());
  const char* name = native->def->name;
  bool builtin = nativeModule(native, "builtins"), math = nativeModule(native, "math");
  if (builtin && count == 1 && !strcmp(name, "len")) {
    Value v = argument(0);
    if (!v.isObject()) return true;
    Field size;
    switch (v.asObject()->kind) {
      case kKindList: case kKindListInt: case kKindListFloat: size = Field::k_list_size; break;
      case kKindTuple: size = Field::k_tuple_size; break;
      case kKindStr: size = Field::k_str_length; break;
      case kKindDict: size = Field::k_dict_size; break;
      case kKindSet: case kKindFrozenSet: size = Field::k_set_size; break;
      default: return true;
    }
    guardIdentical(callee_id, callee);
    return finish(b_.load(size, asKind(args[0], v)));
  }
  if (builtin && count == 1 && !strcmp(name, "abs")) {
    Value v = argument(0);
    if (v.isDouble()) {
      guardIdentical(callee_id, callee);
      return finish(b_.op(Op::k_fabs, asFloat(args[0], v)));
    }
    if (v.isInt()) {
      guardIdentical(callee_id, callee);
      Id i = asInt(args[0], v);
      if (b_.typeOf(i) != Ty::kI64) return true;
      bool negative = v.asInt() < 0;
      b_.op(negative ? Op::k_guard_true : Op::k_guard_false, b_.op(Op::k_lt, i, b_.constInt(0)));
      return finish(negative ? b_.op(Op::k_neg_ovf, i) : i);
    }
    return true;
  }
  if (builtin && count == 2 && (!strcmp(name, "min") || !strcmp(name, "max"))) {
    Value x = argument(0), y = argument(1);
    bool least = name[1] == 'i';
    Id second_wins;  // the first of equal ones is the answer
    if (x.isInt() && y.isInt()) {
      guardIdentical(callee_id, callee);
      Id a = asInt(args[0], x), b = asInt(args[1], y);
      if (b_.typeOf(a) != Ty::kI64 || b_.typeOf(b) != Ty::kI64) return true;
      second_wins = b_.op(least ? Op::k_lt : Op::k_gt, b, a);
      return finish(b_.op(Op::k_select, second_wins, b, a, 0, Ty::kI64));
    }
    if (x.isDouble() && y.isDouble()) {
      guardIdentical(callee_id, callee);
      Id a = asFloat(args[0], x), b = asFloat(args[1], y);
      second_wins = b_.op(least ? Op::k_flt : Op::k_fgt, b, a);
      return finish(b_.op(Op::k_select, second_wins, b, a, 0, Ty::kF64));
    }
    return true;
  }
  if (math && count == 1 && !strcmp(name, "sqrt") && argument(0).isDouble() && argument(0).asDouble() >= 0) {
    guardIdentical(callee_id, callee);
    Id d = asFloat(args[0], argument(0));
    b_.op(Op::k_guard_true, b_.op(Op::k_fge, d, b_.constFloat(0.0)));
    return finish(b_.op(Op::k_fsqrt, d));
  }
  if (builtin && count == 1 && !strcmp(name, "ord")) {
    Value v = argument(0);
    if (!v.isObject() || v.asObject()->kind != kKindStr || asStr(v)->length != 1 || asStr(v)->width != 1) return true;
    guardIdentical(callee_id, callee);
    if (Id known = charCode(args[0], v); known != kNoId) return finish(known);
    Id code = b_.call(Helper::k_str_ord, {asKind(args[0], v)});
    b_.op(Op::k_guard_true, b_.op(Op::k_ge, code, b_.constInt(0)));
    return finish(code);
  }
  return true;
}

// list.append and LIST_APPEND: `popped` words leave; pushes None for the method.
bool Recorder::appendTo(Id list, Id item, uint32_t popped, bool* done) {
  Id ok = b_.call(Helper::k_list_append, {list, boxed(item)});
  pop(popped);
  mode_ = Mode::kRaise;
  b_.op(Op::k_guard_true, b_.op(Op::k_ge, ok, b_.constInt(0)));
  mode_ = Mode::kBefore;
  if (done) {
    push(b_.constValue(kNone));
    *done = true;
  }
  return true;
}

bool Recorder::recordReturn() {
  if (frames_.size() == 1) return returnFromEntry();
  RecFrame& f = top();
  Id result = peek(0);
  if (f.kind == SnapFrameKind::kGenerator)
    return stopBefore(Abort::kUnsupported);  // it is over: FOR_ITER goes on elsewhere
  if (f.kind == SnapFrameKind::kConstructor) {
    if (!concrete(0).isNone()) return stopBefore(Abort::kUnsupported);
    guardIdentical(result, kNone);
  }
  if (f.kind == SnapFrameKind::kOperator) {
    if (concrete(0) == kNotImplemented) return stopBefore(Abort::kUnsupported);  // the operator goes on
    Ty type = b_.typeOf(result);
    if ((type == Ty::kValue || type == Ty::kObj) && !isConst(result))
      b_.op(Op::k_guard_false, b_.op(Op::k_same, result, b_.constValue(kNotImplemented)));
  }
  // The frame's contents go; the result moves to the caller.
  bool waits = f.kind == SnapFrameKind::kOperator;
  bool constructor = f.kind == SnapFrameKind::kConstructor;
  for (uint32_t i = 0; i < f.base() + f.depth; ++i) candidate(f.slots[i], f.frame->slots[i]);
  candidate(f.function, Value(f.frame->function));
  frames_.pop_back();
  RecFrame& caller = top();
  if (waits) {
    sp_ = caller.frame->top;
    pop(2);
  }
  if (!constructor) push(result);
  uint16_t op = genericOp(&caller.code->cells[caller.unit]);
  next(caller.unit + 1 + kOpcodeInfo[op].caches);
  return true;
}

}  // namespace krait::jit
