// JSON text of strings, for both directions of the _json module.
#pragma once
#include "runtime/core/error.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str_builder.h"

namespace krait {

// Appends the text in quotes, with what JSON wants escaped (and everything beyond ASCII, when `ascii`).
void appendJsonString(StrBuilder& out, const Str* text, bool ascii);
// Reads a string from behind its opening quote; *next is where it ended. Empty: raised.
Ref<Str> scanJsonString(Thread& t, Str* text, int64_t at, bool strict, int64_t* next);
// JSONDecodeError(message, text, position)
Raised raiseJsonError(Thread& t, const char* message, Value text, int64_t position);

bool initJsonScanner(Thread& t, ModuleObject* module);
bool initJsonEncoder(Thread& t, ModuleObject* module);
Ref<> jsonEncodeString(Thread& t, Value, Value text);
Ref<> jsonEncodeStringAscii(Thread& t, Value, Value text);

}  // namespace krait
