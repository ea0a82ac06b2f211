// Generators and coroutines: state, send, throw, close. The interpreter runs their frames (hooks.resume).
#include "runtime/objects/generator.h"

#include <cstring>

#include "runtime/code/opcodes.h"
#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/core/hooks.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/function.h"
#include "runtime/objects/generator_internal.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

size_t generatorSize(const Code* code) { return offsetof(Generator, frame) + code->frame_words * sizeof(Value); }

}  // namespace

Ref<> newGenerator(Thread& t, Frame* frame) {
  Code* code = frame->code;
  Type* type = code->flags & kCodeCoroutine ? &types::Coroutine
               : code->flags & kCodeAsyncGenerator ? &types::AsyncGenerator : &types::Generator;
  uint32_t kind = type == &types::Coroutine ? kKindCoroutine : type == &types::AsyncGenerator ? kKindAsyncGenerator : kKindGenerator;
  Generator* g = static_cast<Generator*>(allocateObject(generatorSize(code), Sort::kCollectable, type, kind));
  if (!g) return raiseNoMemory(t);
  g->name = share(frame->function ? frame->function->name : Value(code->name)).leak();
  g->qualname = share(frame->function ? frame->function->qualname : Value(code->qualname)).leak();
  g->setFlag(kFlagFinalizer);
  retain(code);
  g->code = code;
  g->origin = Value();
  g->handled = ExceptionState();
  g->state = GeneratorState::kCreated;
  g->hooks_inited = g->closed = g->running_async = false;
  size_t used = size_t(frame->top - reinterpret_cast<Value*>(frame));
  memcpy(static_cast<void*>(&g->frame), frame, used * sizeof(Value));
  g->frame.top = reinterpret_cast<Value*>(&g->frame) + used;
  g->setFlag(kFlagFinalizer);  // a suspended generator is closed when it dies
  g->frame.owner = FrameOwner::kGenerator;
  g->frame.flags = 0;
  g->frame.previous = nullptr;
  if (g->frame.object) g->frame.object->frame = &g->frame;
  if (type == &types::Coroutine && !noteCoroutineOrigin(t, g, frame->previous)) {
    release(g);
    return kRaised;
  }
  return steal(g);
}

Value delegateOf(Generator* g) {
  if (g->state != GeneratorState::kSuspended) return Value();
  // A yield that belongs to `yield from` or `await` is followed by RESUME 2 or 3.
  Cell* next = g->frame.pc + 1;
  if (g->frame.unit() < 0 || g->code->bytecode->data[size_t(g->frame.unit() + 1) * 2] != op_RESUME || (next->arg & 3) < 2) return Value();
  return g->frame.top[-1];
}

const char* generatorSort(const Generator* g) {
  Type* type = g->type();
  return type == &types::Generator ? "generator" : type == &types::Coroutine ? "coroutine" : "async generator";
}

Ref<> stopIterationValue(Thread& t) {
  Ref<> exception = takeException(t);
  Ref<> v = getAttr(t, exception, internStatic("value"));
  return v;
}

Resume generatorSend(Thread& t, Generator* g, Value v, Ref<>* result) {
  *result = Ref<>();
  if (g->state == GeneratorState::kRunning) {
    Ref<> dropped = takeException(t);
    (void)raise(t, exc::ValueError, "%s already executing", generatorSort(g));
    return Resume::kRaise;
  }
  if (g->state == GeneratorState::kFinished) {
    if (g->type() == &types::Coroutine) {
      (void)raise(t, exc::RuntimeError, "cannot reuse already awaited coroutine");
      return Resume::kRaise;
    }
    if (v.empty()) return Resume::kRaise;
    *result = share(kNone);
    return Resume::kReturn;
  }
  if (g->state == GeneratorState::kCreated && v && !v.isNone()) {
    (void)raise(t, exc::TypeError, "can't send non-None value to a just-started %s", generatorSort(g));
    return Resume::kRaise;
  }
  *result = hooks.resume(t, g, v);
  if (!*result) return Resume::kRaise;
  return g->state == GeneratorState::kSuspended ? Resume::kYield : Resume::kReturn;
}

namespace {

Generator* self_(Value v) { return asGenerator(v); }
// A tracer sees how a generator is closed that could not notice it itself.
bool isTraced(Thread& t) { return (t.poll.load(std::memory_order_relaxed) & kPollTrace) && t.tracing == 0; }

// As send() and next() report the end: StopIteration with the value.
Ref<> asMethodResult(Thread& t, Generator* g, Resume outcome, Ref<> result) {
  if (outcome == Resume::kReturn) {
    if (g->type() == &types::AsyncGenerator) return raiseWith(t, exc::StopAsyncIteration, Value());
    return raiseStopIteration(t, result.value().isNone() ? Value() : result.value());
  }
  return result;
}

}  // namespace

Ref<> generatorSendMethod(Thread& t, Value self, Value v) {
  Ref<> result;
  Resume outcome = generatorSend(t, self_(self), v, &result);
  return asMethodResult(t, self_(self), outcome, std::move(result));
}

// tp_iternext: a return of None ends without an exception.
Ref<> generatorNext(Thread& t, Value self) {
  Ref<> result;
  Resume outcome = generatorSend(t, self_(self), kNone, &result);
  if (outcome == Resume::kReturn && result.value().isNone()) return {};
  return asMethodResult(t, self_(self), outcome, std::move(result));
}

namespace {

// close() of what a generator delegates to. False: raised.
bool closeDelegate(Thread& t, Value delegate) {
  Ref<> result;
  if (isExact(delegate, &types::Generator) || isExact(delegate, &types::Coroutine)) {
    result = generatorClose(t, delegate);
    return bool(result);
  }
  Ref<> close = getAttrOrEmpty(t, delegate, internStatic("close"));
  if (!close) {
    if (t.raised()) {
      writeUnraisable(t, delegate);
    }
    return true;
  }
  result = call(t, close);
  return bool(result);
}

// Raises inside the generator what is pending now.
Ref<> throwInto(Thread& t, Generator* g) {
  Ref<> result;
  if (g->state == GeneratorState::kFinished) {
    if (g->type() == &types::Coroutine) {
      clearException(t);
      return raise(t, exc::RuntimeError, "cannot reuse already awaited coroutine");
    }
    return kRaised;
  }
  Resume outcome = generatorSend(t, g, Value(), &result);
  return asMethodResult(t, g, outcome, std::move(result));
}

// The frame is suspended at SEND ... YIELD_VALUE: execution goes on behind the whole delegation.
void leaveDelegation(Generator* g) {
  Frame& f = g->frame;
  release(*--f.top);
  f.pc -= 1;  // from YIELD_VALUE to SEND
  f.pc += f.pc->arg;
}

}  // namespace

namespace {

// The frame of a generator that only passes a throw on: the delegate's frames find it behind them (tracebacks,
// sys._getframe).
class PassingFrame {
 public:
  PassingFrame(Thread& t, Generator* g) : thread_(t), generator_(g) {
    g->frame.previous = t.frame;
    t.frame = &g->frame;
    g->state = GeneratorState::kRunning;
  }
  ~PassingFrame() {
    // Not what the constructor saw: frames of a running trace may have been hooked in between since.
    thread_.frame = generator_->frame.previous;
    generator_->frame.previous = nullptr;
    generator_->state = GeneratorState::kSuspended;
  }
  PassingFrame(const PassingFrame&) = delete;

 private:
  Thread& thread_;
  Generator* generator_;
};

bool isGeneratorExit(Value type) {
  if (isType(type)) return isSubtype(static_cast<Type*>(type.asObject()), &exc::GeneratorExit);
  return isInstance(type, &exc::GeneratorExit);
}

// What throw(type, value) raises in the generator. When the class cannot be called, that error is raised there instead.
// Empty: the arguments are not allowed, which is the caller's error.
Ref<> exceptionToThrow(Thread& t, Value type, Value v, Value traceback) {
  Ref<> exception;
  if (isType(type) && static_cast<Type*>(type.asObject())->has(kTypeExceptionSubclass)) {
    if (v && isInstance(v, static_cast<Type*>(type.asObject()))) {
      exception = share(v);
      assign(asException(exception)->traceback, Ref<>());
    } else if (!v || v.isNone()) {
      exception = call(t, type);
    } else if (isTuple(v)) {
      exception = callWith(t, type, v, Value());
    } else {
      exception = call(t, type, v);
    }
    if (exception && !isException(exception)) {
      Ref<Str> shown = repr(t, type);
      if (shown) {
        (void)raise(t, exc::TypeError, "calling %s should have returned an instance of BaseException, not %s",
                    Utf8(shown.get()).c_str(), typeName(exception));
      }
      exception.reset();
    }
    if (!exception) exception = takeException(t);
  } else if (isException(type)) {
    if (v && !v.isNone()) return raise(t, exc::TypeError, "instance exception may not have a separate value");
    exception = share(type);
  } else {
    return raise(t, exc::TypeError, "exceptions must be classes or instances deriving from BaseException, not %s", typeName(type));
  }
  if (traceback) assign(asException(exception)->traceback, share(traceback));
  return exception;
}

// throw() of what a generator delegates to; *direct: it has none, the exception goes to the generator itself.
Ref<> throwIntoDelegate(Thread& t, Generator* g, Value delegate, Value type, Value v, Value traceback,
                        DelegateExit on_exit, bool* direct) {
  if (isExact(delegate, &types::Generator) || isExact(delegate, &types::Coroutine)) {
    PassingFrame passing(t, g);
    return generatorThrowException(t, asGenerator(delegate), type, v, traceback, on_exit);
  }
  Ref<> throw_method = getAttrOrEmpty(t, delegate, internStatic("throw"));
  if (!throw_method) {
    *direct = !t.raised();
    return kRaised;
  }
  g->state = GeneratorState::kRunning;
  Value args[] = {type, v, traceback};
  // An argument that is missing ends the list.
  size_t count = !v ? 1 : !traceback ? 2 : 3;
  Ref<> result = call(t, throw_method, Args{args, count, nullptr});
  g->state = GeneratorState::kSuspended;
  return result;
}

}  // namespace

Ref<> generatorThrowException(Thread& t, Generator* g, Value type, Value v, Value traceback, DelegateExit on_exit) {
  if (!checkNativeStack(t, "")) return kRaised;
  Ref<> delegate = share(delegateOf(g));
  bool direct = !delegate;
  if (delegate && on_exit == DelegateExit::kClose && isGeneratorExit(type)) {
    g->state = GeneratorState::kRunning;
    bool closed = closeDelegate(t, delegate);
    g->state = GeneratorState::kSuspended;
    if (!closed) return throwInto(t, g);
    direct = true;
  }
  if (!direct) {
    Ref<> result = throwIntoDelegate(t, g, delegate, type, v, traceback, on_exit, &direct);
    if (result) return result;
    if (!direct) {
      leaveDelegation(g);
      if (!raisedIs(t, exc::StopIteration)) return throwInto(t, g);
      Ref<> value = stopIterationValue(t);
      if (!value) return throwInto(t, g);
      return generatorSendMethod(t, g, value);
    }
  }
  if (traceback && traceback.isNone()) traceback = Value();
  if (traceback && !isExact(traceback, &types::Traceback)) {
    return raise(t, exc::TypeError, "throw() third argument must be a traceback object");
  }
  Ref<> exception = exceptionToThrow(t, type, v, traceback);
  if (!exception) return kRaised;
  restoreException(t, std::move(exception));
  return throwInto(t, g);
}

Ref<> generatorThrow(Thread& t, Value self, Args args) {
  if (args.keywords()) return raise(t, exc::TypeError, "%s.throw() takes no keyword arguments", typeName(self));
  if (args.positional < 1) return raise(t, exc::TypeError, "throw expected at least 1 argument, got 0");
  if (args.positional > 3) return raise(t, exc::TypeError, "throw expected at most 3 arguments, got %zu", args.positional);
  return generatorThrowException(t, self_(self), args[0], args.positional > 1 ? args[1] : Value(),
                                 args.positional > 2 ? args[2] : Value(), DelegateExit::kClose);
}

Ref<> generatorClose(Thread& t, Value self) {
  Generator* g = self_(self);
  if (g->state == GeneratorState::kFinished) return share(kNone);
  if (g->state == GeneratorState::kCreated && !isTraced(t)) {
    // Nothing ran: there is nobody to tell.
    g->state = GeneratorState::kFinished;
    g->closed = true;
    clearFrame(t, &g->frame);
    return share(kNone);
  }
  Ref<> delegate = share(delegateOf(g));
  bool closed = true;
  if (delegate) {
    g->state = GeneratorState::kRunning;
    closed = closeDelegate(t, delegate);
    g->state = GeneratorState::kSuspended;
  }
  if (closed) {
    Ref<> exit = call(t, Value(&exc::GeneratorExit));
    if (!exit) return kRaised;
    (void)raiseInstance(t, std::move(exit));
  }
  g->closed = true;
  Ref<> result;
  Resume outcome = generatorSend(t, g, Value(), &result);
  if (outcome == Resume::kYield) {
    return raise(t, exc::RuntimeError, "%s ignored GeneratorExit", generatorSort(g));
  }
  if (outcome == Resume::kReturn) return share(kNone);
  if (raisedIs(t, exc::StopIteration) || raisedIs(t, exc::GeneratorExit)) {
    clearException(t);
    return share(kNone);
  }
  return kRaised;
}

// --- attributes ---

Ref<> generatorName(Thread&, Value self) { return share(self_(self)->name); }
bool setGeneratorName(Thread& t, Value self, Value v) {
  if (!v || !isStr(v)) return raise(t, exc::TypeError, "__name__ must be set to a string object");
  assign(self_(self)->name, share(v));
  return true;
}
Ref<> generatorQualname(Thread&, Value self) { return share(self_(self)->qualname); }
bool setGeneratorQualname(Thread& t, Value self, Value v) {
  if (!v || !isStr(v)) return raise(t, exc::TypeError, "__qualname__ must be set to a string object");
  assign(self_(self)->qualname, share(v));
  return true;
}
Ref<> generatorDelegate(Thread&, Value self) {
  Value v = delegateOf(self_(self));
  return v ? share(v) : share(kNone);
}
Ref<> generatorRunning(Thread&, Value self) { return share(Value::fromBool(self_(self)->state == GeneratorState::kRunning)); }
Ref<> generatorSuspended(Thread&, Value self) { return share(Value::fromBool(self_(self)->state == GeneratorState::kSuspended)); }
Ref<> generatorFrame(Thread& t, Value self) {
  const char* name = isExact(self, &types::Coroutine) ? "cr_frame" : isExact(self, &types::AsyncGenerator) ? "ag_frame" : "gi_frame";
  if (!auditRead(t, self, name)) return kRaised;
  if (self_(self)->state == GeneratorState::kFinished) return share(kNone);
  FrameObject* object = frameObject(t, &self_(self)->frame);
  return object ? share(Value(object)) : Ref<>(kRaised);
}
Ref<> generatorCode(Thread& t, Value self) {
  const char* name = isExact(self, &types::Coroutine) ? "cr_code" : isExact(self, &types::AsyncGenerator) ? "ag_code" : "gi_code";
  return auditRead(t, self, name) ? share(Value(self_(self)->code)) : Ref<>(kRaised);
}

Ref<> generatorRepr(Thread& t, Value self) {
  return strFormat(t, "<%s object %s at %p>", typeName(self), Utf8(asStr(self_(self)->qualname)).c_str(),
                   static_cast<void*>(self.asObject()));
}

// --- death ---

// A suspended generator is closed when it dies, so that its finally clauses run; a coroutine that never ran is a warning.
void generatorFinalize(Thread& t, Object* o) {
  Generator* g = static_cast<Generator*>(o);
  if (g->state == GeneratorState::kFinished || g->state == GeneratorState::kRunning) return;
  // Nothing can react to being closed: releasing the frame does all.
  bool plain = g->type() == &types::Generator && g->code->exception_table->size == 0 && !isTraced(Thread::current());
  if (plain && (g->state == GeneratorState::kCreated || delegateOf(g).empty())) return;
  PreserveException preserve(t);
  if (g->type() == &types::AsyncGenerator) {
    if (g->origin && !g->closed) {
      Ref<> result = call(t, g->origin, Value(o));
      if (!result) writeUnraisable(t, Value(o));
      return;
    }
  }
  if (g->type() == &types::Coroutine && g->state == GeneratorState::kCreated) {
    warnNeverAwaited(t, g);
  }
  Ref<> result = generatorClose(t, Value(o));
  if (!result) writeUnraisable(t, Value(o));
}

void generatorTraverse(Object* o, Visitor& visitor) {
  Generator* g = static_cast<Generator*>(o);
  visitor.visit(g->name);
  visitor.visit(g->qualname);
  visitor.visit(g->origin);
  visitor.visit(g->handled.handled);
  if (g->state == GeneratorState::kCreated || g->state == GeneratorState::kSuspended) traverseFrame(&g->frame, visitor);
}

void generatorClear(Object* o) {
  Generator* g = static_cast<Generator*>(o);
  if (g->state == GeneratorState::kCreated || g->state == GeneratorState::kSuspended) {
    g->state = GeneratorState::kFinished;
    clearFrame(Thread::current(), &g->frame);
  }
}

void generatorDealloc(Object* o) {
  Generator* g = static_cast<Generator*>(o);
  generatorClear(o);
  Value owned[] = {g->name, g->qualname, g->origin, g->handled.handled};
  Code* code = g->code;
  freeObject(o, generatorSize(code), Sort::kCollectable);
  for (Value v : owned) release(v);
  release(code);
}

Ref<> returnSelf(Thread&, Value self) { return share(self); }

namespace {

const GetSetDef kGetSets[] = {
    {"__name__", generatorName, setGeneratorName, "name of the generator"},
    {"__qualname__", generatorQualname, setGeneratorQualname, "qualified name of the generator"},
    {"gi_yieldfrom", generatorDelegate, nullptr, "object being iterated by yield from, or None"},
    {"gi_running", generatorRunning, nullptr, nullptr},
    {"gi_frame", generatorFrame, nullptr, nullptr},
    {"gi_suspended", generatorSuspended, nullptr, nullptr},
    {"gi_code", generatorCode, nullptr, nullptr, true},
    {},
};
const MethodDef kMethods[] = {
    method("send", generatorSendMethod, "($self, arg, /)",
           "send(arg) -> send 'arg' into generator,\nreturn next yielded value or raise StopIteration."),
    method("throw", generatorThrow, nullptr,
           "throw(value)\nthrow(type[,value[,tb]])\n\nRaise exception in generator, return next yielded value or raise\nStopIteration."),
    method("close", generatorClose, "($self, /)", "close() -> raise GeneratorExit inside generator."),
    {},
};

}  // namespace

const TypeSpec& generatorTypeSpec() {
  static const TypeSpec spec{.type = &types::Generator,
                             .basic_size = sizeof(Generator),
                             .doc = nullptr,
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .dealloc = generatorDealloc,
                             .traverse = generatorTraverse,
                             .clear = generatorClear,
                             .fill = [](Slots& s) {
                               s.repr = generatorRepr;
                               s.iter = returnSelf;
                               s.next = generatorNext;
                               s.finalize = generatorFinalize;
                             }};
  return spec;
}

}  // namespace krait
