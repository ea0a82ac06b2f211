// Async generators: each step is an awaitable (asend, athrow) that drives the generator's frame until it yields a value.
//
// What the generator awaits and what it yields come out of the same frame: ASYNC_GEN_WRAP marks the latter with a wrapper.
#include "runtime/core/error.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/generator_internal.h"
#include "runtime/objects/generic_alias.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

enum class StepState : uint8_t { kInit, kIterating, kClosed };

struct WrappedValue : Object {
  Value content;
};
struct SendStep : Object {  // of __anext__ and asend
  Generator* generator;
  Value sent;  // or empty: None
  StepState state;
};
struct ThrowStep : Object {  // of athrow, and aclose (no arguments)
  Generator* generator;
  Value type, value, traceback;  // type empty: aclose
  StepState state;
};

SendStep* asSend(Value v) { return static_cast<SendStep*>(v.asObject()); }
ThrowStep* asThrow(Value v) { return static_cast<ThrowStep*>(v.asObject()); }

// The first step tells the event loop (sys.set_asyncgen_hooks). False: raised.
bool initHooks(Thread& t, Generator* g) {
  if (g->hooks_inited) return true;
  g->hooks_inited = true;
  if (t.async_finalizer && !t.async_finalizer.isNone()) g->origin = share(t.async_finalizer).leak();
  if (t.async_firstiter && !t.async_firstiter.isNone()) {
    Ref<> result = call(t, share(t.async_firstiter), Value(g));
    if (!result) return false;
  }
  return true;
}

// A value out of the frame: a wrapped one ends the step by StopIteration(value); anything else is awaited from outside.
Ref<> unwrap(Thread& t, Generator* g, Ref<> v) {
  if (!v) {
    if (!t.raised()) return raiseWith(t, exc::StopAsyncIteration, Value());
    if (raisedIs(t, exc::StopAsyncIteration) || raisedIs(t, exc::GeneratorExit)) g->closed = true;
    g->running_async = false;
    return kRaised;
  }
  if (isExact(v, &types::AsyncGenWrappedValue)) {
    g->running_async = false;
    Value content = static_cast<WrappedValue*>(v.value().asObject())->content;
    return raiseStopIteration(t, content);
  }
  return v;
}

Ref<> alreadyRunning(Thread& t, const char* method) {
  return raise(t, exc::RuntimeError, "%s: asynchronous generator is already running", method);
}

// --- asend ---

Ref<> newSendStep(Thread& t, Generator* g, Value sent) {
  if (!initHooks(t, g)) return kRaised;
  SendStep* step = allocate<SendStep>(Sort::kCollectable, &types::AsyncGenASend, kKindAsyncGenASend);
  if (!step) return raiseNoMemory(t);
  retain(g);
  step->generator = g;
  step->sent = share(sent).leak();
  step->state = StepState::kInit;
  return steal(step);
}

Ref<> sendStepSend(Thread& t, Value self, Value v) {
  SendStep* step = asSend(self);
  if (step->state == StepState::kClosed) return raise(t, exc::RuntimeError, "cannot reuse already awaited __anext__()/asend()");
  if (step->state == StepState::kInit) {
    if (step->generator->running_async) return alreadyRunning(t, "anext()");
    if (v.isNone() && step->sent) v = step->sent;
    step->state = StepState::kIterating;
  }
  step->generator->running_async = true;
  Ref<> result = unwrap(t, step->generator, generatorSendMethod(t, Value(step->generator), v));
  if (!result) step->state = StepState::kClosed;
  return result;
}
Ref<> sendStepNext(Thread& t, Value self) { return sendStepSend(t, self, kNone); }
Ref<> sendStepThrow(Thread& t, Value self, Args args) {
  SendStep* step = asSend(self);
  if (step->state == StepState::kClosed) return raise(t, exc::RuntimeError, "cannot reuse already awaited __anext__()/asend()");
  Ref<> result = unwrap(t, step->generator, generatorThrow(t, Value(step->generator), args));
  if (!result) step->state = StepState::kClosed;
  return result;
}
Ref<> sendStepClose(Thread&, Value self) {
  asSend(self)->state = StepState::kClosed;
  return share(kNone);
}
const MethodDef kSendMethods[] = {
    method("send", sendStepSend, "($self, arg, /)"),
    method("throw", sendStepThrow, nullptr),
    method("close", sendStepClose, "($self, /)"),
    {},
};
void sendTraverse(Object* o, Visitor& visitor) {
  visitor.visit(static_cast<SendStep*>(o)->generator);
  visitor.visit(static_cast<SendStep*>(o)->sent);
}
void sendDealloc(Object* o) {
  SendStep* step = static_cast<SendStep*>(o);
  Generator* g = step->generator;
  Value sent = step->sent;
  freeObject(o, sizeof(SendStep), Sort::kCollectable);
  release(g);
  release(sent);
}

// --- athrow and aclose ---

Ref<> newThrowStep(Thread& t, Generator* g, Args args) {
  if (!initHooks(t, g)) return kRaised;
  ThrowStep* step = allocate<ThrowStep>(Sort::kCollectable, &types::AsyncGenAThrow, kKindAsyncGenAThrow);
  if (!step) return raiseNoMemory(t);
  retain(g);
  step->generator = g;
  step->type = args.positional > 0 ? share(args[0]).leak() : Value();
  step->value = args.positional > 1 ? share(args[1]).leak() : Value();
  step->traceback = args.positional > 2 ? share(args[2]).leak() : Value();
  step->state = StepState::kInit;
  return steal(step);
}

Raised ignoredExit(Thread& t) { return raise(t, exc::RuntimeError, "async generator ignored GeneratorExit"); }

// After an aclose step: a yielded value is an error; the end is what was wanted.
Ref<> closeOutcome(Thread& t, ThrowStep* step, Ref<> v) {
  Generator* g = step->generator;
  if (v) {
    if (!isExact(v, &types::AsyncGenWrappedValue)) return v;
    g->running_async = false;
    step->state = StepState::kClosed;
    return ignoredExit(t);
  }
  g->running_async = false;
  step->state = StepState::kClosed;
  if (!t.raised() || raisedIs(t, exc::StopAsyncIteration) || raisedIs(t, exc::GeneratorExit)) {
    // aclose() swallows the end; the awaiting side sees StopIteration.
    if (t.raised()) clearException(t);
    return raiseStopIteration(t, Value());
  }
  return kRaised;
}

Ref<> throwStepSend(Thread& t, Value self, Value v) {
  ThrowStep* step = asThrow(self);
  Generator* g = step->generator;
  if (step->state == StepState::kClosed) return raise(t, exc::RuntimeError, "cannot reuse already awaited aclose()/athrow()");
  if (g->state == GeneratorState::kFinished) {
    step->state = StepState::kClosed;
    return raiseStopIteration(t, Value());
  }
  if (step->state == StepState::kInit) {
    if (g->running_async) {
      step->state = StepState::kClosed;
      return alreadyRunning(t, step->type ? "athrow()" : "aclose()");
    }
    if (g->closed) {
      step->state = StepState::kClosed;
      return raiseWith(t, exc::StopAsyncIteration, Value());
    }
    if (!v.isNone()) return raise(t, exc::RuntimeError, "can't send non-None value to a just-started coroutine");
    step->state = StepState::kIterating;
    g->running_async = true;
    if (!step->type) {
      g->closed = true;
      return closeOutcome(
          t, step, generatorThrowException(t, g, Value(&exc::GeneratorExit), Value(), Value(), DelegateExit::kThrow));
    }
    Ref<> result =
        unwrap(t, g, generatorThrowException(t, g, step->type, step->value, step->traceback, DelegateExit::kThrow));
    if (!result && !g->running_async) step->state = StepState::kClosed;
    return result;
  }
  Ref<> result = generatorSendMethod(t, Value(g), v);
  if (!step->type) return closeOutcome(t, step, std::move(result));
  return unwrap(t, g, std::move(result));
}
Ref<> throwStepNext(Thread& t, Value self) { return throwStepSend(t, self, kNone); }
Ref<> throwStepThrow(Thread& t, Value self, Args args) {
  ThrowStep* step = asThrow(self);
  if (step->state == StepState::kClosed) return raise(t, exc::RuntimeError, "cannot reuse already awaited aclose()/athrow()");
  Ref<> result = generatorThrow(t, Value(step->generator), args);
  if (step->type) return unwrap(t, step->generator, std::move(result));
  return closeOutcome(t, step, std::move(result));
}
Ref<> throwStepClose(Thread&, Value self) {
  asThrow(self)->state = StepState::kClosed;
  return share(kNone);
}
const MethodDef kThrowMethods[] = {
    method("send", throwStepSend, "($self, arg, /)"),
    method("throw", throwStepThrow, nullptr),
    method("close", throwStepClose, "($self, /)"),
    {},
};
void throwTraverse(Object* o, Visitor& visitor) {
  ThrowStep* step = static_cast<ThrowStep*>(o);
  visitor.visit(step->generator);
  for (Value v : {step->type, step->value, step->traceback}) visitor.visit(v);
}
void throwDealloc(Object* o) {
  ThrowStep* step = static_cast<ThrowStep*>(o);
  Value owned[] = {Value(step->generator), step->type, step->value, step->traceback};
  freeObject(o, sizeof(ThrowStep), Sort::kCollectable);
  for (Value v : owned) release(v);
}

// --- the generator ---

Ref<> asyncNext(Thread& t, Value self) { return newSendStep(t, asGenerator(self), Value()); }
Ref<> asyncSend(Thread& t, Value self, Value v) { return newSendStep(t, asGenerator(self), v); }
Ref<> asyncThrow(Thread& t, Value self, Args args) {
  if (args.keywords() || args.positional < 1 || args.positional > 3) {
    return raise(t, exc::TypeError, "athrow expected at least 1 argument, got %zu", args.total());
  }
  return newThrowStep(t, asGenerator(self), args);
}
Ref<> asyncClose(Thread& t, Value self) { return newThrowStep(t, asGenerator(self), Args{}); }
Ref<> asyncRunning(Thread&, Value self) { return share(Value::fromBool(asGenerator(self)->running_async)); }

const GetSetDef kGetSets[] = {
    {"__name__", generatorName, setGeneratorName, "name of the async generator"},
    {"__qualname__", generatorQualname, setGeneratorQualname, "qualified name of the async generator"},
    {"ag_await", generatorDelegate, nullptr, "object being awaited on, or None"},
    {"ag_frame", generatorFrame, nullptr, nullptr},
    {"ag_running", asyncRunning, nullptr, nullptr, true},
    {"ag_code", generatorCode, nullptr, nullptr, true},
    {},
};
const MethodDef kMethods[] = {
    method("asend", asyncSend, "($self, v, /)", "asend(v) -> send 'v' in generator."),
    method("athrow", asyncThrow, nullptr, "athrow(typ[,val[,tb]]) -> raise exception in generator."),
    method("aclose", asyncClose, "($self, /)", "aclose() -> raise GeneratorExit inside generator."),
    method("__class_getitem__", classGetItem, nullptr, "See PEP 585", MethodKind::kClass),
    {},
};

void wrappedTraverse(Object* o, Visitor& visitor) { visitor.visit(static_cast<WrappedValue*>(o)->content); }
void wrappedDealloc(Object* o) {
  Value content = static_cast<WrappedValue*>(o)->content;
  freeObject(o, sizeof(WrappedValue), Sort::kCollectable);
  release(content);
}

}  // namespace

Ref<> wrapAsyncValue(Thread& t, Value v) {
  WrappedValue* w = allocate<WrappedValue>(Sort::kCollectable, &types::AsyncGenWrappedValue, kKindAsyncGenWrappedValue);
  if (!w) return raiseNoMemory(t);
  w->content = share(v).leak();
  return steal(w);
}

const TypeSpec& asyncGeneratorTypeSpec() {
  static const TypeSpec spec{.type = &types::AsyncGenerator,
                             .basic_size = sizeof(Generator),
                             .doc = nullptr,
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .dealloc = generatorDealloc,
                             .traverse = generatorTraverse,
                             .clear = generatorClear,
                             .fill = [](Slots& s) {
                               s.repr = generatorRepr;
                               s.aiter = returnSelf;
                               s.anext = asyncNext;
                               s.finalize = generatorFinalize;
                             }};
  return spec;
}
const TypeSpec& asyncGenASendTypeSpec() {
  static const TypeSpec spec{.type = &types::AsyncGenASend,
                             .basic_size = sizeof(SendStep),
                             .doc = nullptr,
                             .methods = kSendMethods,
                             .dealloc = sendDealloc,
                             .traverse = sendTraverse,
                             .fill = [](Slots& s) {
                               s.await = returnSelf;
                               s.iter = returnSelf;
                               s.next = sendStepNext;
                             }};
  return spec;
}
const TypeSpec& asyncGenAThrowTypeSpec() {
  static const TypeSpec spec{.type = &types::AsyncGenAThrow,
                             .basic_size = sizeof(ThrowStep),
                             .doc = nullptr,
                             .methods = kThrowMethods,
                             .dealloc = throwDealloc,
                             .traverse = throwTraverse,
                             .fill = [](Slots& s) {
                               s.await = returnSelf;
                               s.iter = returnSelf;
                               s.next = throwStepNext;
                             }};
  return spec;
}
const TypeSpec& asyncGenWrappedValueTypeSpec() {
  static const TypeSpec spec{.type = &types::AsyncGenWrappedValue,
                             .basic_size = sizeof(WrappedValue),
                             .doc = nullptr,
                             .dealloc = wrappedDealloc,
                             .traverse = wrappedTraverse};
  return spec;
}

}  // namespace krait
