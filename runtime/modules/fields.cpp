// __dict__ of native objects that keep their attributes in a field.
#include "runtime/modules/fields.h"
#include "runtime/objects/dict.h"

namespace krait {

static Dict*& dictField(Value v) {
  return *reinterpret_cast<Dict**>(reinterpret_cast<char*>(v.asObject()) + typeOf(v)->dict_offset);
}

Ref<> getDictField(Thread& t, Value self) {
  Dict*& dict = dictField(self);
  if (!dict) {
    Ref<Dict> fresh = newDict(t);
    if (!fresh) return kRaised;
    dict = fresh.leakObject();
  }
  return share(Value(dict));
}

bool setDictField(Thread& t, Value self, Value to) {
  if (to.empty()) return raise(t, exc::TypeError, "cannot delete __dict__");
  if (!isDict(to)) return raise(t, exc::TypeError, "__dict__ must be set to a dictionary, not a '%.200s'", typeName(to));
  Dict* old = dictField(self);
  dictField(self) = share(asDict(to)).leakObject();
  releaseIfAny(old);
  return true;
}

}  // namespace krait
