// Coroutines: generators that are awaited instead of iterated.
#include "runtime/core/error.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/generator_internal.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

// sys.set_coroutine_origin_tracking_depth: where the coroutine was made, as tuples of (filename, line, name).
bool noteCoroutineOrigin(Thread& t, Generator* g, Frame* creator) {
  int64_t depth = t.coroutine_origin_depth.isInt() ? t.coroutine_origin_depth.asInt() : 0;
  if (depth <= 0) return true;
  Ref<List> frames = newList(t);
  if (!frames) return false;
  for (Frame* f = creator; f && depth > 0; f = f->previous) {
    if (f->flags & kFrameHidden) continue;
    Ref<Tuple> row = packTuple(t, Value(f->code->filename), Value::fromInt(frameLine(f)), Value(f->code->name));
    if (!row || !listAppend(t, frames.get(), std::move(row))) return false;
    --depth;
  }
  Ref<Tuple> origin = sequenceToTuple(t, frames);
  if (!origin) return false;
  g->origin = origin.leak();
  return true;
}

void warnNeverAwaited(Thread& t, Generator* g) {
  // The Python side knows how to show the origin; without it, a plain warning.
  if (g->origin && isTuple(g->origin)) {
    Ref<> warnings = importModule(t, "warnings");
    if (warnings) {
      Ref<> result = callMethod(t, warnings, "_warn_unawaited_coroutine", Value(g));
      if (result) return;
    }
    if (t.raised()) writeUnraisable(t, Value(g));
    return;
  }
  if (!warn(t, exc::RuntimeWarning, 1, "coroutine '%s' was never awaited", Utf8(asStr(g->qualname)).c_str())) {
    writeUnraisable(t, Value(g));
  }
}

bool isIterableCoroutine(Value v) {
  return isExact(v, &types::Generator) && (asGenerator(v)->code->flags & kCodeIterableCoroutine);
}

Ref<> awaitableIterator(Thread& t, Value v) {
  if (isExact(v, &types::Coroutine) || isIterableCoroutine(v)) return share(v);
  Type* type = typeOf(v);
  if (!type->slots.await) return raise(t, exc::TypeError, "object %s can't be used in 'await' expression", type->cname);
  Ref<> iterator = type->slots.await(t, v);
  if (!iterator) return kRaised;
  if (isExact(iterator, &types::Coroutine) || isIterableCoroutine(iterator)) {
    return raise(t, exc::TypeError, "__await__() returned a coroutine");
  }
  if (!typeOf(iterator)->slots.next) {
    return raise(t, exc::TypeError, "__await__() returned non-iterator of type '%s'", typeName(iterator));
  }
  return iterator;
}

namespace {

struct CoroutineWrapper : Object {  // what coroutine.__await__() gives
  Generator* coroutine;
};
CoroutineWrapper* asWrapper(Value v) { return static_cast<CoroutineWrapper*>(v.asObject()); }

Ref<> coroutineAwait(Thread& t, Value self) {
  CoroutineWrapper* w = allocate<CoroutineWrapper>(Sort::kCollectable, &types::CoroutineWrapper, kKindCoroutineWrapper);
  if (!w) return raiseNoMemory(t);
  w->coroutine = asGenerator(share(self).leak());
  return steal(w);
}
Ref<> coroutineOrigin(Thread&, Value self) {
  Value v = asGenerator(self)->origin;
  return v ? share(v) : share(kNone);
}

const GetSetDef kGetSets[] = {
    {"__name__", generatorName, setGeneratorName, "name of the coroutine"},
    {"__qualname__", generatorQualname, setGeneratorQualname, "qualified name of the coroutine"},
    {"cr_await", generatorDelegate, nullptr, "object being awaited on, or None"},
    {"cr_running", generatorRunning, nullptr, nullptr},
    {"cr_frame", generatorFrame, nullptr, nullptr},
    {"cr_suspended", generatorSuspended, nullptr, nullptr},
    {"cr_code", generatorCode, nullptr, nullptr, true},
    {"cr_origin", coroutineOrigin, nullptr, nullptr, true},
    {},
};
const MethodDef kMethods[] = {
    method("send", generatorSendMethod, "($self, arg, /)",
           "send(arg) -> send 'arg' into coroutine,\nreturn next iterated value or raise StopIteration."),
    method("throw", generatorThrow, nullptr,
           "throw(value)\nthrow(type[,value[,traceback]])\n\nRaise exception in coroutine, return next iterated value or "
           "raise\nStopIteration."),
    method("close", generatorClose, "($self, /)", "close() -> raise GeneratorExit inside coroutine."),
    {},
};

Ref<> wrapperSend(Thread& t, Value self, Value v) { return generatorSendMethod(t, Value(asWrapper(self)->coroutine), v); }
Ref<> wrapperThrow(Thread& t, Value self, Args args) { return generatorThrow(t, Value(asWrapper(self)->coroutine), args); }
Ref<> wrapperClose(Thread& t, Value self) { return generatorClose(t, Value(asWrapper(self)->coroutine)); }
Ref<> wrapperNext(Thread& t, Value self) { return generatorNext(t, Value(asWrapper(self)->coroutine)); }
const MethodDef kWrapperMethods[] = {
    method("send", wrapperSend, "($self, arg, /)"),
    method("throw", wrapperThrow, nullptr),
    method("close", wrapperClose, "($self, /)"),
    {},
};
void wrapperTraverse(Object* o, Visitor& visitor) { visitor.visit(static_cast<CoroutineWrapper*>(o)->coroutine); }
void wrapperDealloc(Object* o) {
  Generator* g = static_cast<CoroutineWrapper*>(o)->coroutine;
  freeObject(o, sizeof(CoroutineWrapper), Sort::kCollectable);
  release(g);
}

}  // namespace

const TypeSpec& coroutineTypeSpec() {
  static const TypeSpec spec{.type = &types::Coroutine,
                             .basic_size = sizeof(Generator),
                             .doc = nullptr,
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .dealloc = generatorDealloc,
                             .traverse = generatorTraverse,
                             .clear = generatorClear,
                             .fill = [](Slots& s) {
                               s.repr = generatorRepr;
                               s.await = coroutineAwait;
                               s.finalize = generatorFinalize;
                             }};
  return spec;
}

const TypeSpec& coroutineWrapperTypeSpec() {
  static const TypeSpec spec{.type = &types::CoroutineWrapper,
                             .basic_size = sizeof(CoroutineWrapper),
                             .doc = "A wrapper object implementing __await__ for coroutines.",
                             .methods = kWrapperMethods,
                             .dealloc = wrapperDealloc,
                             .traverse = wrapperTraverse,
                             .fill = [](Slots& s) {
                               s.iter = returnSelf;
                               s.next = wrapperNext;
                             }};
  return spec;
}

}  // namespace krait
