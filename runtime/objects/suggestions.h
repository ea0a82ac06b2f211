// "Did you mean: 'x'?" behind the message of a NameError or AttributeError that nobody caught.
#pragma once
#include <string>
#include "runtime/core/ref.h"

namespace krait {
class Thread;
// The text to append, or nothing. Leaves no exception pending.
std::string suggestion(Thread& t, Value exception);
}  // namespace krait
