// What generators, coroutines and async generators share in their implementation.
#pragma once
#include "runtime/objects/generator.h"

namespace krait {

Ref<> generatorSendMethod(Thread& t, Value self, Value v);
Ref<> generatorNext(Thread& t, Value self);
Ref<> generatorThrow(Thread& t, Value self, Args args);
// What a GeneratorExit thrown into a generator does with its delegate first: asynchronous generators let it run on.
enum class DelegateExit : uint8_t { kClose, kThrow };
Ref<> generatorThrowException(Thread& t, Generator* g, Value type, Value v, Value traceback, DelegateExit on_exit);
Ref<> generatorClose(Thread& t, Value self);
const char* generatorSort(const Generator* g);
Ref<> returnSelf(Thread& t, Value self);

Ref<> generatorName(Thread& t, Value self);
bool setGeneratorName(Thread& t, Value self, Value v);
Ref<> generatorQualname(Thread& t, Value self);
bool setGeneratorQualname(Thread& t, Value self, Value v);
Ref<> generatorDelegate(Thread& t, Value self);
Ref<> generatorRunning(Thread& t, Value self);
Ref<> generatorSuspended(Thread& t, Value self);
Ref<> generatorFrame(Thread& t, Value self);
Ref<> generatorCode(Thread& t, Value self);
Ref<> generatorRepr(Thread& t, Value self);
void generatorFinalize(Thread& t, Object* o);
void generatorTraverse(Object* o, Visitor& visitor);
void generatorClear(Object* o);
void generatorDealloc(Object* o);

// coroutine.cpp
[[nodiscard]] bool noteCoroutineOrigin(Thread& t, Generator* g, Frame* creator);
void warnNeverAwaited(Thread& t, Generator* g);

}  // namespace krait
