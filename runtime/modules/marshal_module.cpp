// The marshal module.
#include <string>

#include "runtime/code/marshal.h"
#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/int.h"
#include "runtime/objects/module.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

inline constexpr int kVersion = 4;

Ref<> dumpBytes(Thread& t, Value v, Value version) {
  int64_t n = toInt64(t, version);
  if (t.raised() || !audit(t, "marshal.dumps", v, version)) return kRaised;
  std::string out;
  if (!marshalDump(t, v, int(n), &out)) return kRaised;
  return newBytes(t, out);
}

Ref<> dumps(Thread& t, Value, const Value* args) { return dumpBytes(t, args[0], args[1]); }
Ref<> dump(Thread& t, Value, const Value* args) {
  Ref<> bytes = dumpBytes(t, args[0], args[2]);
  return bytes ? callMethod(t, args[1], "write", bytes) : Ref<>(kRaised);
}
Ref<> loads(Thread& t, Value, Value bytes) {
  if (!audit(t, "marshal.loads", bytes)) return kRaised;
  Ref<Bytes> data = isBytes(bytes) ? share(asBytes(bytes)) : bytesFrom(t, bytes);
  return data ? marshalLoad(t, data->view()) : Ref<>(kRaised);
}
Ref<> load(Thread& t, Value, Value file) {
  if (!audit(t, "marshal.load")) return kRaised;
  Ref<> data = callMethod(t, file, "read");
  if (!data) return kRaised;
  if (!isBytes(data)) return raise(t, exc::TypeError, "file.read() returned not bytes but %s", typeName(data));
  return marshalLoad(t, asBytes(data)->view());
}

const MethodDef kFunctions[] = {
    method("dump", dump, "($module, value, file, version=4, /)"),
    method("dumps", dumps, "($module, value, version=4, /)"),
    method("load", load, "($module, file, /)"),
    method("loads", loads, "($module, bytes, /)"),
    {},
};
bool init(Thread& t, ModuleObject* m) { return moduleAdd(t, m, "version", steal(Value::fromInt(kVersion))); }

}  // namespace

const ModuleDef& marshalModule() {
  static const ModuleDef def{"marshal", "Reading and writing of Python values in a binary form.", kFunctions, init};
  return def;
}

}  // namespace krait
