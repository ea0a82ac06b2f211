// The formatting mini-language for numbers and str: what __format__ of the builtin types does.
#pragma once
#include "runtime/core/error.h"
#include "runtime/objects/str.h"

namespace krait {

Ref<> formatInt(Thread& t, Value v, Str* spec);       // also bool
Ref<> formatFloat(Thread& t, Value v, Str* spec);
Ref<> formatComplex(Thread& t, double real, double imaginary, Str* spec, Value v);
Ref<> formatStr(Thread& t, Value v, Str* spec);

// What a __format__ method does with its argument: a str, else TypeError; null: raised.
Str* formatSpec(Thread& t, Value spec);

}  // namespace krait
