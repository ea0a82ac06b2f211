// The marshal module.
#include <string>

#include "runtime/code/marshal.h"
#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/int.h"
#include "runtime/objects/module.h"
#include "runtime/protocols/buffer.h"
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
  Buffer buffer;
  return buffer.get(t, bytes) ? marshalLoad(t, buffer.view()) : Ref<>();
}
Ref<> load(Thread& t, Value, Value file) {
  // A file of text would be noticed late, or not at all.
  Ref<> nothing = callMethod(t, file, "read", Value::fromInt(0));
  if (!nothing) return kRaised;
  if (!isBytes(nothing)) return raise(t, exc::TypeError, "file.read() returned not bytes but %.100s", typeName(nothing));
  return audit(t, "marshal.load") ? marshalLoadFile(t, file) : Ref<>();
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
