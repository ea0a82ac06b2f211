// Audit events (PEP 578): what the program does that an observer may want to know, or to forbid.
#pragma once
#include <cstddef>
#include "runtime/core/ref.h"

namespace krait {
class Thread;

extern bool audit_hooks_present;  // sys.addaudithook was called
bool auditSlow(Thread& t, const char* event, const Value* arguments, size_t count) __attribute__((cold));

// Tells the hooks of an event. False: a hook raised, and what was about to happen must not.
template <class... V>
[[nodiscard]] inline bool audit(Thread& t, const char* event, V&&... arguments) {
  if (__builtin_expect(!audit_hooks_present, 1)) return true;
  const Value values[] = {Value(arguments)..., Value()};
  return auditSlow(t, event, values, sizeof...(V));
}
// An attribute that tells more than most is read, or written (v empty: deleted).
[[nodiscard]] bool auditRead(Thread& t, Value object, const char* name);
[[nodiscard]] bool auditWrite(Thread& t, Value object, const char* name, Value v);
// Adds a hook, unless those that are there object. False: raised.
[[nodiscard]] bool addAuditHook(Thread& t, Value hook);
// The interpreter ends: the hooks hear of it, and go.
void clearAuditHooks(Thread& t);

}  // namespace krait
