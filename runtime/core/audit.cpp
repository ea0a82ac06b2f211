// The audit hooks, and calling them.
#include "runtime/core/audit.h"

#include "runtime/core/error.h"
#include "runtime/core/runtime.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

bool audit_hooks_present = false;

namespace {

Value hooks_list;  // owned list

// Trace functions do not see hooks, unless a hook asks for it.
class Untraced {
 public:
  Untraced(Thread& t, bool traced) : thread_(t), step_(traced ? 0 : 1) { thread_.tracing += step_; }
  ~Untraced() { thread_.tracing -= step_; }
  Untraced(const Untraced&) = delete;

 private:
  Thread& thread_;
  uint32_t step_;
};

bool callHooks(Thread& t, Value event, Value arguments) {
  Ref<List> all = share(asList(hooks_list));
  for (int64_t i = 0; i < all->size; ++i) {
    Ref<> hook = listGet(all.get(), i);
    Ref<> wish = getAttrOrEmpty(t, hook, internStatic("__cantrace__"));
    int traced = wish ? truth(t, wish) : t.raised() ? -1 : 0;
    if (traced < 0) return false;
    Untraced scope(t, traced > 0);
    if (!call(t, hook, event, arguments)) return false;
  }
  return true;
}

}  // namespace

bool auditSlow(Thread& t, const char* event, const Value* arguments, size_t count) {
  if (!hooks_list) return true;
  // An event may be told while an exception is pending: what happens while it is handled.
  Ref<> pending = takeException(t);
  Ref<Str> name = newStrUtf8(t, event);
  Ref<Tuple> tuple = name ? newTuple(t, arguments, int64_t(count)) : Ref<Tuple>();
  if (!tuple || !callHooks(t, name, tuple)) return false;
  if (pending) restoreException(t, std::move(pending));
  return true;
}

bool auditRead(Thread& t, Value object, const char* name) {
  return !audit_hooks_present || audit(t, "object.__getattr__", object, internStatic(name));
}
bool auditWrite(Thread& t, Value object, const char* name, Value v) {
  if (!audit_hooks_present) return true;
  return v ? audit(t, "object.__setattr__", object, internStatic(name), v)
           : audit(t, "object.__delattr__", object, internStatic(name));
}

bool addAuditHook(Thread& t, Value hook) {
  if (!audit(t, "sys.addaudithook")) {
    if (!raisedIs(t, exc::Exception)) return false;
    clearException(t);  // a hook that objects keeps others out
    return true;
  }
  if (!hooks_list) {
    Ref<List> list = newList(t);
    if (!list) return false;
    hooks_list = list.leak();
  }
  if (!listAppend(t, asList(hooks_list), share(hook))) return false;
  audit_hooks_present = true;
  return true;
}

void clearAuditHooks(Thread& t) {
  if (!hooks_list) return;
  if (!audit(t, "cpython._PySys_ClearAuditHooks")) clearException(t);
  audit_hooks_present = false;
  Value list = hooks_list;
  hooks_list = Value();
  release(list);
}

}  // namespace krait
