// The steps of start-up that runtime.cpp puts in order; of no use to anyone else.
#pragma once
#include "runtime/core/type.h"

namespace krait {
struct Interpreter;

// The calling native thread becomes the main thread of the interpreter.
Thread* attachMainThread(Interpreter* interpreter);

// First pass: names, bases, flags and kinds of everything in types.def; then what each spec brings, without allocation.
void prepareBuiltinTypes();
void prepareType(const TypeSpec& spec);
void prepareExceptionTypes();
// Second pass: dicts, mro (readyType in type.h).
void readyExceptionTypes(Thread& t);
// Lets all modules go (shutdown.cpp).
void finalizeModules(Thread& t);
// The audit build tells on stderr what the user's program made that is still alive after that; other builds do nothing.
void reportLeaks();
// Aborts when a type of types.def has no row in type_specs.def.
void checkBuiltinTypesReady();

// Makes the MemoryError that is raised when there is no memory for one (error.cpp).
void reserveMemoryError(Thread& t);

}  // namespace krait
