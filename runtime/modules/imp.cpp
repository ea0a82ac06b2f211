// _imp: what importlib asks of the interpreter.
#include <semaphore.h>

#include "runtime/code/code.h"
#include "runtime/core/error.h"
#include "runtime/core/runtime.h"
#include "runtime/modules/frozen.h"
#include "runtime/modules/modules.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/hash_bytes.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// The import lock: importlib takes it for moments, to make and drop its locks of single modules; fork() takes it, so
// that the child sees no module half made. It is taken and given back under the GIL; the semaphore only wakes who
// waits.
uint64_t lock_owner = 0;  // Thread::id; 0: free
int lock_depth = 0, lock_waiters = 0;
sem_t lock_free = [] {
  sem_t semaphore;
  sem_init(&semaphore, 0, 0);
  return semaphore;
}();

Ref<> acquireLock(Thread& t, Value) {
  acquireImportLock(t);
  return share(kNone);
}
Ref<> releaseLock(Thread& t, Value) {
  if (lock_owner != t.id) return raise(t, exc::RuntimeError, "not holding the import lock");
  releaseImportLock(t);
  return share(kNone);
}
Ref<> lockHeld(Thread&, Value) { return share(Value::fromBool(lock_owner != 0)); }

Ref<> isBuiltin(Thread& t, Value, Value name) {
  if (!isStr(name))
    return raise(t, exc::TypeError, "is_builtin() argument must be str, not %s", argumentTypeName(name));
  return share(Value::fromInt(findNativeModule(Utf8(asStr(name)).c_str()) != nullptr));
}
Ref<> createBuiltin(Thread& t, Value, Value spec) {
  Ref<> name = getAttr(t, spec, "name");
  if (!name) return kRaised;
  const NativeModuleRow* row = isStr(name) ? findNativeModule(Utf8(asStr(name)).c_str()) : nullptr;
  if (!row) return share(kNone);
  return loadNativeModule(t, *row);
}
Ref<> execBuiltin(Thread&, Value, Value) { return share(Value::fromInt(0)); }

Ref<> extensionSuffixes(Thread& t, Value) { return newList(t); }
Ref<> createDynamic(Thread& t, Value, Args) {
  return raise(t, exc::ImportError, "Krait does not load extension modules that were built for CPython");
}
Ref<> fixFilename(Thread& t, Value, const Value* args) {
  if (!isExact(args[0], &types::Code)) {
    return raise(t, exc::TypeError, "_fix_co_filename() argument 1 must be code, not %.50s", typeName(args[0]));
  }
  if (!isStr(args[1])) return raise(t, exc::TypeError, "_fix_co_filename() argument 2 must be str, not %.50s", typeName(args[1]));
  setCodeFilename(asCode(args[0]), asStr(args[1]));
  return share(kNone);
}

// The hash of a source as .pyc files checked by hash have it.
Ref<> sourceHash(Thread& t, Value, const Value* args) {
  int64_t key = toInt64(t, args[0]);
  if (t.raised()) return kRaised;
  Buffer source;
  if (!source.get(t, args[1])) return kRaised;
  uint64_t h = keyedHash(uint64_t(key), source.data(), source.size());
  return newBytes(t, std::string_view(reinterpret_cast<const char*>(&h), 8));
}

const MethodDef kFunctions[] = {
    method("acquire_lock", acquireLock, "($module, /)"),
    method("release_lock", releaseLock, "($module, /)"),
    method("lock_held", lockHeld, "($module, /)"),
    method("is_builtin", isBuiltin, "($module, name, /)"),
    method("create_builtin", createBuiltin, "($module, spec, /)"),
    method("exec_builtin", execBuiltin, "($module, mod, /)"),
    method("exec_dynamic", execBuiltin, "($module, mod, /)"),
    method("create_dynamic", createDynamic, nullptr),
    method("extension_suffixes", extensionSuffixes, "($module, /)"),
    method("_fix_co_filename", fixFilename, "($module, code, path, /)"),
    method("source_hash", sourceHash, "($module, key, source)"),
    {},
};
bool init(Thread& t, ModuleObject* m) {
  Ref<Str> name = newStrUtf8(t, "_imp");
  for (const MethodDef* def = kFrozenFunctions; name && def->name; ++def) {
    if (!moduleAdd(t, m, def->name, newNativeFunction(t, def, Value(m), name))) return false;
  }
  return moduleAdd(t, m, "check_hash_based_pycs", newStrUtf8(t, interpreterOf(t).config.check_pycs));
}

}  // namespace

void acquireImportLock(Thread& t) {
  while (lock_owner != 0 && lock_owner != t.id) {
    ++lock_waiters;
    {
      WithoutGil released(t);
      sem_wait(&lock_free);  // interrupted or too early: the loop asks again
    }
    --lock_waiters;
  }
  lock_owner = t.id;
  ++lock_depth;
}
void releaseImportLock(Thread&) {
  if (--lock_depth > 0) return;
  lock_owner = 0;
  if (lock_waiters) sem_post(&lock_free);
}
void importLockAfterFork() {
  sem_init(&lock_free, 0, 0);
  lock_waiters = 0;
}

const ModuleDef& impModule() {
  static const ModuleDef def{"_imp", "(Extremely) low-level import machinery bits as used by importlib.", kFunctions,
                             init};
  return def;
}

}  // namespace krait
