// Generators, coroutines and async generators: a heap frame that the interpreter runs in place.
#pragma once
#include <cstddef>
#include "runtime/core/frame.h"

namespace krait {

enum class GeneratorState : int8_t { kCreated, kSuspended, kRunning, kFinished };

struct Generator : Object {   // also Coroutine and AsyncGenerator, told by the kind
  Value name, qualname;
  Code* code;                 // owned, also after the frame is gone
  Value origin;               // coroutines: cr_origin; async generators: finalizer hook
  ExceptionState handled;     // its own exc_info item while it runs
  GeneratorState state;
  bool hooks_inited, closed, running_async;
  Frame frame;                // with slots and stack behind it: the object is allocated to size
};
inline Generator* asGenerator(Value v) { return static_cast<Generator*>(v.asObject()); }
inline Generator* generatorOf(Frame* frame) {
  return reinterpret_cast<Generator*>(reinterpret_cast<char*>(frame) - offsetof(Generator, frame));
}
// Moves the (just started) frame into a new generator of the kind that the code's flags ask for.
Ref<> newGenerator(Thread& t, Frame* frame);
// What a suspended generator delegates to (yield from, await), borrowed; empty: nothing.
Value delegateOf(Generator* generator);
// A generator that types.coroutine made awaitable.
bool isIterableCoroutine(Value v);
// The iterator that `await v` drives: a coroutine, or what __await__ gives; empty: raised.
Ref<> awaitableIterator(Thread& t, Value v);
// The value of the pending StopIteration, which is taken away.
Ref<> stopIterationValue(Thread& t);
// What an async generator yields is told from what it awaits by this wrapper.
Ref<> wrapAsyncValue(Thread& t, Value v);
// Result of resuming: a yielded value, a returned one, or raised.
enum class Resume : uint8_t { kYield, kReturn, kRaise };
Resume generatorSend(Thread& t, Generator* generator, Value v /* empty: raise the pending exception inside */, Ref<>* result);

}  // namespace krait
