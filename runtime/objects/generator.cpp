// Generators and coroutines: state, send, throw, close. The interpreter runs their frames (hooks.resume).
#include "runtime/objects/generator.h"

#include <cstring>

#include "runtime/code/opcodes.h"
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

// As send() and next() report the end: StopIteration with the value.
Ref<> asMethodResult(Thread& t, Generator* g, Resume outcome, Ref<> result) {
  if (outcome == Resume::kReturn) {
    if (g->type() == &types::AsyncGenerator) return raise(t, exc::StopAsyncIteration, "%s", "");
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

Ref<> generatorThrowException(Thread& t, Generator* g, Value type, Value v, Value traceback) {
  Ref<> delegate = share(delegateOf(g));
  if (delegate) {
    Ref<> result;
    if (isType(type) && isSubtype(static_cast<Type*>(type.asObject()), &exc::GeneratorExit)
            ? true
            : isInstance(type, &exc::GeneratorExit)) {
      g->state = GeneratorState::kRunning;
      bool closed = closeDelegate(t, delegate);
      g->state = GeneratorState::kSuspended;
      if (!closed) return throwInto(t, g);
    } else {
      if (isExact(delegate, &types::Generator) || isExact(delegate, &types::Coroutine)) {
        g->state = GeneratorState::kRunning;
        result = generatorThrowException(t, asGenerator(delegate), type, v, traceback);
        g->state = GeneratorState::kSuspended;
      } else {
        Ref<> throw_method = getAttrOrEmpty(t, delegate, internStatic("throw"));
        if (!throw_method) {
          if (t.raised()) return kRaised;
          goto direct;
        }
        g->state = GeneratorState::kRunning;
        Value args[] = {type, v, traceback};
        size_t count = traceback ? 3 : v ? 2 : 1;
        if (count == 3 && !v) args[1] = kNone;
        result = call(t, throw_method, Args{args, count, nullptr});
        g->state = GeneratorState::kSuspended;
      }
      if (result) return result;
      leaveDelegation(g);
      if (raisedIs(t, exc::StopIteration)) {
        Ref<> value = stopIterationValue(t);
        if (!value) return throwInto(t, g);
        Ref<> sent;
        Resume outcome = generatorSend(t, g, value, &sent);
        return asMethodResult(t, g, outcome, std::move(sent));
      }
      return throwInto(t, g);
    }
  }
direct:
  if (traceback && traceback.isNone()) traceback = Value();
  if (traceback && !isExact(traceback, &types::Traceback)) {
    return raise(t, exc::TypeError, "throw() third argument must be a traceback object");
  }
  Ref<> exception;
  if (isType(type) && static_cast<Type*>(type.asObject())->has(kTypeExceptionSubclass)) {
    if (v && isInstance(v, static_cast<Type*>(type.asObject()))) {
      exception = share(v);
    } else if (!v || v.isNone()) {
      exception = call(t, type);
    } else if (isTuple(v)) {
      exception = callWith(t, type, v, Value());
    } else {
      exception = call(t, type, v);
    }
    if (!exception) return kRaised;
    if (!isException(exception)) {
      return raise(t, exc::TypeError, "calling %s should have returned an instance of BaseException, not %s",
                   Utf8(repr(t, type).get()).c_str(), typeName(exception));
    }
  } else if (isException(type)) {
    if (v && !v.isNone()) return raise(t, exc::TypeError, "instance exception may not have a separate value");
    exception = share(type);
  } else {
    return raise(t, exc::TypeError, "exceptions must be classes or instances deriving from BaseException, not %s", typeName(type));
  }
  if (traceback) assign(asException(exception)->traceback, share(traceback));
  // Not raiseInstance: the context is that of the generator, found when the exception meets a handler there.
  restoreException(t, std::move(exception));
  return throwInto(t, g);
}

Ref<> generatorThrow(Thread& t, Value self, Args args) {
  if (args.keywords()) return raise(t, exc::TypeError, "%s.throw() takes no keyword arguments", typeName(self));
  if (args.positional < 1) return raise(t, exc::TypeError, "throw expected at least 1 argument, got 0");
  if (args.positional > 3) return raise(t, exc::TypeError, "throw expected at most 3 arguments, got %zu", args.positional);
  return generatorThrowException(t, self_(self), args[0], args.positional > 1 ? args[1] : Value(),
                                 args.positional > 2 ? args[2] : Value());
}

Ref<> generatorClose(Thread& t, Value self) {
  Generator* g = self_(self);
  if (g->state == GeneratorState::kFinished) return share(kNone);
  if (g->state == GeneratorState::kCreated) {
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
    restoreException(t, std::move(exit));
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
  if (self_(self)->state == GeneratorState::kFinished) return share(kNone);
  FrameObject* object = frameObject(t, &self_(self)->frame);
  return object ? share(Value(object)) : Ref<>(kRaised);
}
Ref<> generatorCode(Thread&, Value self) { return share(Value(self_(self)->code)); }

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
  bool plain = g->type() == &types::Generator && g->code->exception_table->size == 0;
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
    {"gi_code", generatorCode, nullptr, nullptr},
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
