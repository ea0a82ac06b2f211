// _posixshmem: names for memory that processes share; mmap maps what shm_open gives.
#include <fcntl.h>
#include <sys/mman.h>

#include "runtime/modules/arguments.h"
#include "runtime/modules/posix/posix.h"
#include "runtime/objects/int.h"

namespace krait::posix {

namespace {

Ref<> shmOpen(Thread& t, Value, const Value* args) {
  Ref<Bytes> path = systemTextArgument(t, "shm_open() argument 'path'", args[0], true);
  int flags, mode;
  if (!path || !intArgument(t, args[1], &flags) || !intArgument(t, args[2], &mode)) return kRaised;
  const char* c = reinterpret_cast<const char*>(path->data);
  int fd = systemCall(t, [&] { return shm_open(c, flags, mode_t(mode)); });
  return fd < 0 ? Ref<>(failed(t, args[0])) : newInt(t, fd);
}
Ref<> shmUnlink(Thread& t, Value, const Value* args) {
  Ref<Bytes> path = systemTextArgument(t, "shm_unlink() argument 'path'", args[0], true);
  if (!path) return kRaised;
  const char* c = reinterpret_cast<const char*>(path->data);
  return noneOr(t, systemCall(t, [&] { return shm_unlink(c); }), args[0]);
}

const MethodDef kFunctions[] = {
    method("shm_open", shmOpen, "($module, /, path, flags, mode=511)",
           "Open a shared memory object by its name; gives a file descriptor."),
    method("shm_unlink", shmUnlink, "($module, /, path)", "Remove a shared memory object's name."),
    {},
};

}  // namespace

}  // namespace krait::posix

namespace krait {
const ModuleDef& posixShmemModule() {
  static const ModuleDef def{"_posixshmem", "POSIX shared memory module", posix::kFunctions,
                             [](Thread&, ModuleObject*) { return true; }};
  return def;
}
}  // namespace krait
