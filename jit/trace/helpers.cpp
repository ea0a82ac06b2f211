// local
#include "jit/trace/helpers.h"
namespace krait::jit { Ref<> helperAdd(Thread& t, Value a, Value b) { return share(a); } }
