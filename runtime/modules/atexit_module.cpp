// atexit: functions to be called when the interpreter ends, last registered first.
#include "runtime/modules/atexit_module.h"

#include "runtime/core/error.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/module.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

Value callbacks;  // owned list of (function, args, kwargs); empty before the first import

Ref<> registerFunction(Thread& t, Value, Args args) {
  if (args.positional < 1) return raise(t, exc::TypeError, "register() takes at least 1 argument (0 given)");
  if (!isCallable(args[0])) return raise(t, exc::TypeError, "the first argument must be callable");
  Ref<Tuple> positional = newTuple(t, args.values + 1, int64_t(args.positional) - 1);
  Ref<Dict> keywords = newDict(t);
  if (!positional || !keywords) return kRaised;
  for (size_t i = 0; i < args.keywords(); ++i) {
    if (!dictSet(t, keywords.get(), args.names->items[i], args[args.positional + i])) return kRaised;
  }
  Ref<Tuple> row = packTuple(t, args[0], positional.value(), keywords.value());
  if (!row || !listAppend(t, asList(callbacks), std::move(row))) return kRaised;
  return share(args[0]);
}

Ref<> unregister(Thread& t, Value, Value function) {
  List* list = asList(callbacks);
  for (int64_t i = 0; i < list->size;) {
    Ref<> row = listGet(list, i);
    int same = compareBool(t, asTuple(row)->items[0], function, CompareOp::kEqual);
    if (same < 0) return kRaised;
    if (!same) {
      ++i;
      continue;
    }
    if (i < list->size && listGet(list, i).value() == row.value()) listPop(t, list, i).reset();
  }
  return steal(kNone);
}
Ref<> clearFunctions(Thread&, Value) {
  listClear(asList(callbacks));
  return steal(kNone);
}
Ref<> countFunctions(Thread& t, Value) { return newInt(t, asList(callbacks)->size); }
Ref<> runFunctions(Thread& t, Value) {
  runExitFunctions(t);
  return steal(kNone);
}

const MethodDef kFunctions[] = {
    method("register", registerFunction, nullptr, "Register a function to be executed upon normal program termination."),
    method("_clear", clearFunctions, "($module, /)", "Forget all registered functions."),
    method("unregister", unregister, "($module, func, /)", "Forget a function that was registered."),
    method("_run_exitfuncs", runFunctions, "($module, /)", "Run all registered functions."),
    method("_ncallbacks", countFunctions, "($module, /)", "The number of registered functions."),
    {},
};
bool init(Thread& t, ModuleObject*) {
  if (!callbacks) callbacks = newList(t).leak();
  return !callbacks.empty();
}

}  // namespace

void runExitFunctions(Thread& t) {
  if (!callbacks) return;
  Ref<> keep = share(callbacks);
  List* list = asList(callbacks);
  while (list->size) {
    Ref<> row = listPop(t, list, list->size - 1);
    Value* parts = asTuple(row)->items;
    if (!callWith(t, parts[0], parts[1], parts[2])) writeUnraisable(t, parts[0], "Exception ignored in atexit callback");
  }
}

const ModuleDef& atexitModule() {
  static const ModuleDef def{"atexit", "allow programmer to define multiple exit functions to be executed upon normal program termination.",
                             kFunctions, init};
  return def;
}

}  // namespace krait
