// yield from, await, async for: what they iterate.
#include "interp/semantics.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/generator.h"
#include "runtime/protocols/protocols.h"

namespace krait {

Ref<> opGetYieldFromIter(Thread& t, Frame* frame, Value v) {
  if (isExact(v, &types::Coroutine)) {
    if (!(frame->code->flags & (kCodeCoroutine | kCodeIterableCoroutine))) {
      return raise(t, exc::TypeError, "cannot 'yield from' a coroutine object in a non-coroutine generator");
    }
    return share(v);
  }
  if (isExact(v, &types::Generator)) return share(v);
  return iterate(t, v);
}

Ref<> opGetAwaitable(Thread& t, Value v, int where) {
  Type* type = typeOf(v);
  if (where && !type->slots.await && !isExact(v, &types::Coroutine) && !isIterableCoroutine(v)) {
    return raise(t, exc::TypeError,
                 where == 1 ? "'async with' received an object from __aenter__ that does not implement __await__: %s"
                            : "'async with' received an object from __aexit__ that does not implement __await__: %s",
                 type->cname);
  }
  Ref<> iterator = awaitableIterator(t, v);
  if (iterator && isExact(iterator, &types::Coroutine)) {
    // Awaited by somebody already: it stands in a delegation.
    if (delegateOf(asGenerator(iterator))) return raise(t, exc::RuntimeError, "coroutine is being awaited already");
  }
  return iterator;
}

Ref<> opGetAiter(Thread& t, Value v) {
  Type* type = typeOf(v);
  if (!type->slots.aiter) {
    return raise(t, exc::TypeError, "'async for' requires an object with __aiter__ method, got %s", type->cname);
  }
  Ref<> iterator = type->slots.aiter(t, v);
  if (iterator && !typeOf(iterator)->slots.anext) {
    return raise(t, exc::TypeError, "'async for' received an object from __aiter__ that does not implement __anext__: %s",
                 typeName(iterator));
  }
  return iterator;
}

Ref<> opGetAnext(Thread& t, Value aiter) {
  Type* type = typeOf(aiter);
  if (!type->slots.anext) {
    return raise(t, exc::TypeError, "'async for' requires an iterator with __anext__ method, got %s", type->cname);
  }
  Ref<> step = type->slots.anext(t, aiter);
  if (!step || isExact(aiter, &types::AsyncGenerator)) return step;
  Ref<> awaitable = awaitableIterator(t, step);
  if (awaitable) return awaitable;
  Ref<> cause = takeException(t);
  (void)raise(t, exc::TypeError, "'async for' received an invalid object from __anext__: %s", typeName(step));
  setCauseAndContext(t, std::move(cause));
  return kRaised;
}

}  // namespace krait
