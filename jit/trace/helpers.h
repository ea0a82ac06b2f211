// The functions that traces call, named by the rows of jit/ir/helpers.def. ops.cpp checks each against its row when it is compiled.
#pragma once
#include "runtime/core/thread.h"

namespace krait::jit {

Ref<> helperAdd(Thread& t, Value a, Value b);

}  // namespace krait::jit
