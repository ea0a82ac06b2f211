// Trace and profile functions: the events of sys.settrace and sys.setprofile, with CPython's sequence.
//
// While a thread is traced its instructions come through the tracing table, one by one, into traceInstruction; a frame
// that has no local trace function costs a test an instruction. Compiled traces are not entered.
#include "interp/tracing.h"

#include "interp/dispatch.h"
#include "interp/semantics.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/function.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// Calls a trace or profile function with (frame, event, argument); its result, or empty: raised (and tracing ends).
Ref<> callTracer(Thread& t, Value function, Frame* frame, TraceEvent kind, const char* event, Value argument) {
  FrameObject* object = frameObject(t, frame);
  if (!object) return kRaised;
  Ref<> alive = share(Value(object)), callee = share(function);
  bool native = isExact(callee, &types::NativeFunction);  // _lsprof: wants no locals
  if (!native && (frame->locals || (frame->code->flags & kCodeOptimized))) {
    if (!frameLocals(t, frame)) return kRaised;
  }
  ++t.tracing;
  TraceEvent outer = t.trace_event;
  t.trace_event = kind;
  Ref<> result = call(t, callee, alive, Value(internStatic(event)), argument ? argument : kNone);
  t.trace_event = outer;
  --t.tracing;
  if (!native) frameLocalsToSlots(t, frame, true);
  return result;
}

void stopTracing(Thread& t, Value& function) {
  assign(function, Ref<>());
  if (!t.trace_function && !t.profile_function) t.poll.fetch_and(~uint32_t(kPollTrace));
}

// An event for the trace function of a frame (f_trace) or, at `call`, of the thread. False: raised.
bool traceEvent(Thread& t, Frame* frame, TraceEvent kind, const char* event, Value argument) {
  if (!t.trace_function) return true;
  Value function = kind == TraceEvent::kCall ? t.trace_function : frame->object ? frame->object->trace : Value();
  if (!function) return true;
  FrameObject* made = frameObject(t, frame);
  if (!made) return false;
  Ref<FrameObject> object = share(made);  // the function may make the frame end
  Ref<> result = callTracer(t, function, frame, kind, event, argument);
  if (!result) {
    stopTracing(t, t.trace_function);
    assign(object->trace, Ref<>());
    return false;
  }
  if (!result.value().isNone()) assign(object->trace, std::move(result));
  return true;
}

bool profileEvent(Thread& t, Frame* frame, const char* event, Value argument) {
  if (!t.profile_function) return true;
  Ref<> result = callTracer(t, t.profile_function, frame, TraceEvent::kOther, event, argument);
  if (!result) {
    stopTracing(t, t.profile_function);
    return false;
  }
  return true;
}

// The first instruction that is reported: RESUME. What runs before it makes cells and the generator.
int firstTraceable(const Code* code) {
  int unit = 0;
  while (unit < code->units() && genericOp(code->cells + unit) != op_RESUME) ++unit;
  return unit;
}

// Whether the instruction begins a line for the tracer: its line is another one than that of the instruction executed
// before in this frame, or a jump led backwards (a loop reports its line each time; waiting in SEND does not).
bool beginsLine(const Code* code, int previous, int unit, int op) {
  int line = codeLine(code, unit);
  if (line < 0) return false;
  if (previous <= firstTraceable(code)) return true;
  return line != codeLine(code, previous) || (unit < previous && op != op_SEND);
}

// What a profiler sees of a native callable: a method of a type together with the object it is called on. Empty: not
// native.
Ref<> nativeCallable(Thread& t, Value v, const Value* args, size_t count) {
  if (isExact(v, &types::NativeFunction)) return share(v);
  if (!isExact(v, &types::MethodDescr) || count == 0) return {};
  return typeOf(v)->slots.descr_get(t, v, args[0], typeOf(args[0]));
}

// CALL of a native function under a profiler: c_call, the call itself, c_return or c_exception. The stack is left as
// the instruction leaves it. 1: done; 0: not such a call; -1: raised.
int profileNativeCall(Thread& t, Frame* frame, Cell* pc, Value** sp) {
  size_t total = pc->arg;
  Value* base = *sp - total - 2;
  Value callee = base[0] ? base[0] : base[1];
  Value* args = base[0] ? base + 1 : base + 2;
  total = size_t(*sp - args);
  uint32_t names_at = pc[1].arg;
  Tuple* names = names_at ? asTuple(frame->code->consts->items[names_at - 1]) : nullptr;
  Ref<> shown = nativeCallable(t, callee, args, total - (names ? size_t(names->size) : 0));
  if (!shown) {
    if (!t.raised()) return 0;
    clearException(t);  // the object does not fit: the call will say so
    return 0;
  }
  if (!profileEvent(t, frame, "c_call", shown)) return -1;
  Ref<> result = call(t, callee, Args{args, total - (names ? size_t(names->size) : 0), names});
  if (!result) {
    PreserveException preserve(t);
    if (!profileEvent(t, frame, "c_exception", shown)) clearException(t);
    return -1;
  }
  if (!profileEvent(t, frame, "c_return", shown)) return -1;
  for (Value* p = base; p < *sp; ++p) release(*p);
  *base = result.leak();
  *sp = base + 1;
  return 1;
}

}  // namespace

bool traceInstruction(Thread& t, Frame* frame, Cell** pc, Value** sp) {
  Cell* at = *pc;
  int op = genericOp(at);
  int previous = frame->unit();
  frame->pc = at;
  frame->top = *sp;
  if (op == op_RESUME) {
    if (FrameObject* object = frame->object) {
      object->new_line = 0;
      if (object->resume_unit >= 0) {
        // The value that was sent is for code that is not gone on with.
        release(*--*sp);
        frame->pc = *pc = frame->code->cells + object->resume_unit;
        frame->top = *sp;
        object->resume_unit = -1;
      }
    }
    return traceEvent(t, frame, TraceEvent::kCall, "call", kNone) && profileEvent(t, frame, "call", kNone);
  }
  FrameObject* object = frame->object;
  if (t.trace_function && object && object->trace) {
    if (object->trace_lines && beginsLine(frame->code, previous, frame->unit(), op)) {
      object->new_line = 0;
      if (!traceEvent(t, frame, TraceEvent::kLine, "line", kNone)) return false;
      if (frame->pc != at) {  // f_lineno was assigned
        *pc = frame->pc;
        *sp = frame->top;
        return true;
      }
    }
    if (object->trace_opcodes && !traceEvent(t, frame, TraceEvent::kOther, "opcode", kNone)) return false;
  }
  if (op == op_RETURN_VALUE || op == op_YIELD_VALUE) {
    Ref<> result = share((*sp)[-1]);
    TraceEvent kind = op == op_YIELD_VALUE ? TraceEvent::kYield : TraceEvent::kOther;
    if (!traceEvent(t, frame, kind, "return", result) || !profileEvent(t, frame, "return", result)) return false;
  } else if (op == op_CALL && t.profile_function) {
    int done = profileNativeCall(t, frame, at, sp);
    if (done < 0) return false;
    if (done > 0) {
      *pc = at + 5;
      return traceInstruction(t, frame, pc, sp);
    }
  }
  return true;
}

void traceException(Thread& t, Frame* frame) {
  if (!t.trace_function || !frame->object || !frame->object->trace) return;
  Ref<> exception = takeException(t);
  Value traceback = asException(exception)->traceback;
  Ref<Tuple> argument = packTuple(t, Value(typeOf(exception)), exception.value(), traceback ? traceback : kNone);
  if (!argument || !traceEvent(t, frame, TraceEvent::kOther, "exception", argument))
    return;  // the trace function's exception replaces it
  restoreException(t, std::move(exception));
}

bool traceStopIteration(Thread& t, Frame* frame) {
  if (!tracingActive(t)) return true;
  traceException(t, frame);
  return raisedIs(t, exc::StopIteration);
}

void traceThrow(Thread& t, Frame* frame) {
  Ref<> exception = takeException(t);
  if (!traceEvent(t, frame, TraceEvent::kCall, "call", kNone) || !profileEvent(t, frame, "call", kNone)) return;
  restoreException(t, std::move(exception));
}

void traceReturn(Thread& t, Frame* frame, Value result) {
  Ref<> exception = takeException(t);
  if (!traceEvent(t, frame, TraceEvent::kOther, "return", result ? result : kNone) ||
      !profileEvent(t, frame, "return", result ? result : kNone))
    return;
  restoreException(t, std::move(exception));
}

}  // namespace krait
