// Views of dicts and iterators over them.
#pragma once
#include "runtime/core/ref.h"

namespace krait {
class Thread;

Ref<> dictKeysView(Thread& t, Value dict);
Ref<> dictValuesView(Thread& t, Value dict);
Ref<> dictItemsView(Thread& t, Value dict);
Ref<> dictIterator(Thread& t, Value dict);  // iter(dict)
Ref<> dictReversed(Thread& t, Value dict);

}  // namespace krait
