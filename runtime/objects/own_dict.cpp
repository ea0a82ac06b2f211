// Attribute access where the instance's namespace is a dict in a field of the C++ struct.
#include "runtime/objects/own_dict.h"

#include "runtime/core/error.h"
#include "runtime/objects/str_utf8.h"

namespace krait {

Ref<> findAttrWithDict(Thread& t, Value self, Str* name, Dict* dict) {
  Type* type = typeOf(self);
  Ref<> found = share(lookupType(type, name));
  DescrGetFunction get = found ? typeOf(found)->slots.descr_get : nullptr;
  if (get && typeOf(found)->slots.descr_set) return get(t, found, self, type);
  if (dict) {
    Value v = dictGetStr(dict, name);
    if (v) return share(v);
  }
  if (get) return get(t, found, self, type);
  return found;
}

Ref<> getAttrWithDict(Thread& t, Value self, Str* name, Dict* dict) {
  Ref<> v = findAttrWithDict(t, self, name, dict);
  if (!v && !t.raised()) {
    return raise(t, exc::AttributeError, "'%s' object has no attribute '%s'", typeName(self), Utf8(name).c_str());
  }
  return v;
}

bool setAttrWithDict(Thread& t, Value self, Str* name, Value v, Dict** dict) {
  Ref<> found = share(lookupType(typeOf(self), name));
  if (found && typeOf(found)->slots.descr_set) return typeOf(found)->slots.descr_set(t, found, self, v);
  if (v) {
    if (!*dict && !(*dict = newDict(t).leakObject())) return false;
    return dictSetStr(t, *dict, name, v);
  }
  int deleted = *dict ? dictDeleteStr(t, *dict, name) : 0;
  if (deleted == 0) return raise(t, exc::AttributeError, "'%s' object has no attribute '%s'", typeName(self), Utf8(name).c_str());
  return deleted > 0;
}

}  // namespace krait
