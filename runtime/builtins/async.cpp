// aiter and anext.
#include "runtime/builtins/builtins.h"
#include "runtime/core/error.h"
#include "runtime/modules/fields.h"
#include "runtime/objects/generator.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

Type awaitable_type;

Ref<> builtinAIter(Thread& t, Value, Value v) {
  UnaryFunction iter = typeOf(v)->slots.aiter;
  if (!iter) return raise(t, exc::TypeError, "'%.200s' object is not an async iterable", typeName(v));
  Ref<> iterator = iter(t, v);
  if (iterator && !typeOf(iterator)->slots.anext) {
    return raise(t, exc::TypeError, "aiter() returned not an async iterator of type '%.100s'", typeName(iterator));
  }
  return iterator;
}

// --- anext(iterator, default): an awaitable that gives the default when the iterator is exhausted ---

struct AnextAwaitable : Fields<2> {};  // what __anext__ gave, default

// The iterator that steps the awaitable. Coroutines have no __next__: what their __await__ gives has.
Ref<> awaitIterator(Thread& t, Value v) {
  Ref<> iterator = awaitableIterator(t, v);
  if (!iterator || typeOf(iterator)->slots.next) return iterator;
  return typeOf(iterator)->slots.await(t, iterator);
}

// The end of the asynchronous iteration becomes the end of the await, with the default as its value.
Ref<> orDefault(Thread& t, Value self, Ref<> result) {
  if (result || !t.raised() || !raisedIs(t, exc::StopAsyncIteration)) return result;
  clearException(t);
  return raiseStopIteration(t, fieldsOf<AnextAwaitable>(self)->v[1]);
}

Ref<> awaitableNext(Thread& t, Value self) {
  Ref<> iterator = awaitIterator(t, fieldsOf<AnextAwaitable>(self)->v[0]);
  if (!iterator) return kRaised;
  return orDefault(t, self, typeOf(iterator)->slots.next(t, iterator));
}

template <int which>
Ref<> forward(Thread& t, Value self, Args args) {
  constexpr const char* kNames[] = {"send", "throw", "close"};
  Ref<> iterator = awaitIterator(t, fieldsOf<AnextAwaitable>(self)->v[0]);
  return iterator ? orDefault(t, self, callMethod(t, iterator, kNames[which], args)) : kRaised;
}

Ref<> builtinANext(Thread& t, Value, const Value* args) {
  UnaryFunction anext = typeOf(args[0])->slots.anext;
  if (!anext) return raise(t, exc::TypeError, "'%.200s' object is not an async iterator", typeName(args[0]));
  Ref<> awaitable = anext(t, args[0]);
  if (!awaitable || args[1].empty()) return awaitable;
  Ref<AnextAwaitable> wrapper = makeFields<AnextAwaitable>(t, &awaitable_type);
  if (!wrapper) return kRaised;
  wrapper->v[0] = awaitable.leak();
  wrapper->v[1] = share(args[1]).leak();
  return wrapper;
}

const MethodDef kAwaitableMethods[] = {
    method("send", forward<0>, nullptr, "send(arg) -> send 'arg' into the wrapped iterator,\nreturn next yielded value "
           "or raise StopIteration."),
    method("throw", forward<1>, nullptr, "throw(value)\nthrow(typ[,val[,tb]])"),
    method("close", forward<2>, nullptr, "close() -> raise GeneratorExit inside generator."),
    {},
};

}  // namespace

bool makeAsyncTypes(Thread& t) {
  TypeSpec spec{.type = &awaitable_type, .basic_size = sizeof(AnextAwaitable), .doc = nullptr, .methods = kAwaitableMethods,
                .dealloc = deallocFields<AnextAwaitable>, .traverse = traverseFields<AnextAwaitable>, .fill = [](Slots& slots) {
                  slots.await = iteratorSelf;
                  slots.iter = iteratorSelf;
                  slots.next = awaitableNext;
                }};
  Ref<Type> made = makeNativeType(t, spec, "builtins.anext_awaitable", &types::Object, kTypeCollectable | kTypeDisallowNew);
  return bool(made);
}

const MethodDef kAsyncFunctions[] = {
    method("aiter", builtinAIter, "($module, async_iterable, /)", "Return an AsyncIterator for an AsyncIterable object."),
    method("anext", builtinANext, "($module, aiterator, default=<unrepresentable>, /)",
           "async anext(aiterator[, default])\n\nReturn the next item from the async iterator.  If default is given and the async\n"
           "iterator is exhausted, it is returned instead of raising StopAsyncIteration."),
    {},
};

}  // namespace krait
