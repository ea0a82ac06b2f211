// Views of dicts and iterators over them.
#pragma once
#include "runtime/core/ref.h"

namespace krait {
class Thread;
struct Dict;
struct Type;

Ref<> dictKeysView(Thread& t, Value dict);
Ref<> dictValuesView(Thread& t, Value dict);
Ref<> dictItemsView(Thread& t, Value dict);
// A view of type dict_keys, dict_values or dict_items, or of one derived from them.
Ref<> dictView(Thread& t, Value dict, Type* type);
Dict* dictOfView(Value view);
Ref<> dictIterator(Thread& t, Value dict);  // iter(dict)
Ref<> dictReversed(Thread& t, Value dict);

}  // namespace krait
