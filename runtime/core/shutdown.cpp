// The end of the runtime: modules go in CPython's order, so that __del__ methods and weakref callbacks run while as much as
// possible is still there.
#include <cstdio>

#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/core/runtime.h"
#include "runtime/core/startup.h"
#include "runtime/memory/gc.h"
#include "runtime/modules/atexit_module.h"
#include "runtime/memory/pool.h"
#include "runtime/modules/io/standard_streams.h"
#include "runtime/modules/pickle/pickle.h"
#include "runtime/modules/startup_import.h"
#include "runtime/objects/codec_registry.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/list.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/weakref.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// An error here has nobody to go to.
void note(Thread& t) {
  if (t.raised()) writeUnraisable(t, Value());
}

void setNone(Thread& t, Dict* dict, const char* name) {
  Str* key = internStatic(name);
  if (dictGetStr(dict, key) && !dictSetStr(t, dict, key, kNone)) note(t);
}

// What sys and builtins hold of the user's: hooks, caches, the last exception, replaced streams.
void dropSpecial(Thread& t, Interpreter& interpreter) {
  Dict* sys = interpreter.sys->dict;
  if (interpreter.builtins) setNone(t, interpreter.builtins, "_");
  for (const char* name : {"path", "argv", "ps1", "ps2", "last_type", "last_value", "last_traceback", "path_hooks",
                           "path_importer_cache", "meta_path", "__interactivehook__"}) {
    setNone(t, sys, name);
  }
  const char* const streams[][2] = {{"stdin", "__stdin__"}, {"stdout", "__stdout__"}, {"stderr", "__stderr__"}};
  for (const auto& pair : streams) {
    Value original = dictGetStr(sys, internStatic(pair[1]));
    if (!dictSetStr(t, sys, internStatic(pair[0]), original.empty() ? kNone : original)) note(t);
  }
}

// Names go in two rounds: private ones first (they are often what __del__ methods do not need), __builtins__ never.
void clearModuleDict(Thread& t, Dict* dict) {
  Ref<Dict> keep = share(dict);
  for (int round = 0; round < 2; ++round) {
    int64_t position = 0;
    Value key, v;
    while (dictNext(dict, &position, &key, &v)) {
      if (v.isNone() || !isStr(key)) continue;
      Str* name = asStr(key);
      bool is_private = name->length > 0 && name->at(0) == '_' && !(name->length > 1 && name->at(1) == '_');
      if (round == 0 ? !is_private : strEqualsAscii(name, "__builtins__")) continue;
      if (!dictSet(t, dict, key, kNone)) note(t);
    }
  }
}

// Takes all modules out of sys.modules; weak references to those that may survive, in order.
Ref<List> removeModules(Thread& t, Interpreter& interpreter) {
  Ref<List> left = newList(t);
  Ref<List> names = left ? dictKeysList(t, interpreter.modules).as<List>() : Ref<List>();
  if (!names) return kRaised;
  for (int64_t i = 0; i < names->size; ++i) {
    Ref<> name = listGet(names.get(), i);
    Ref<> module = share(dictGet(t, interpreter.modules, name));
    if (!module || !isInstance(module, &types::Module)) continue;
    Ref<> ref = newWeakref(t, module);
    if (!ref || !listAppend(t, left.get(), std::move(ref))) note(t);
    if (!dictSet(t, interpreter.modules, name, kNone)) note(t);
  }
  dictClear(t, interpreter.modules);
  return left;
}

}  // namespace

void finalizeModules(Thread& t) {
  Interpreter& interpreter = interpreterOf(t);
  if (!interpreter.sys || !interpreter.modules) return;
  dropSpecial(t, interpreter);
  Ref<> sys = share(Value(interpreter.sys));
  Ref<> builtins = share(Value(interpreter.builtins));
  Ref<> modules_dict = share(Value(interpreter.modules));
  Ref<List> left = removeModules(t, interpreter);
  if (!left) return note(t);
  collectGarbage(t, 2);
  for (int64_t i = left->size - 1; i >= 0; --i) {
    Ref<> module = weakrefTarget(listGet(left.get(), i));
    if (!module || module.value() == sys.value() || asModule(module)->dict == interpreter.builtins) continue;
    clearModuleDict(t, asModule(module)->dict);
  }
  endImportlib(t);
  collectGarbage(t, 2);
  if (!flushStandardStreams(t)) clearException(t);  // what __del__ methods printed
  pickle::releaseLibrary();
  releaseCodecs(t);
  clearAuditHooks(t);
  clearModuleDict(t, interpreter.sys->dict);
  clearModuleDict(t, interpreter.builtins);
  collectGarbage(t, 2);
}

// After the modules are gone nothing keeps functions, frames and instances of classes alive: what is left was retained once
// too often. (Classes are not told: caches of native modules may hold them.)
void reportLeaks() {
#ifdef KRAIT_AUDIT
  struct Row {
    Type* type;
    int64_t count;
  };
  static Row rows[256];
  size_t row_count = 0;
  int64_t total = 0;
  eachPool(Sort::kCollectable, [&](Pool* pool) {
    eachLiveCell(pool, [&](Object* o) {
      if (o->immortal() || isType(Value(o))) return;
      bool users = o->type()->has(kTypeHeap) || o->kind == kKindFunction || o->kind == kKindFrame || o->kind == kKindGenerator ||
                   o->kind == kKindCoroutine || o->kind == kKindTraceback || o->kind == kKindMethod || o->kind == kKindCell;
      if (!users) return;
      ++total;
      if (o->kind == kKindFunction && total < 10) {
        Value name = static_cast<Function*>(o)->qualname;
        if (isStr(name) && asStr(name)->ascii) fprintf(stderr, "audit: function %s\n", asciiView(asStr(name)).data());
      }
      for (size_t i = 0; i < row_count; ++i) {
        if (rows[i].type == o->type()) {
          ++rows[i].count;
          return;
        }
      }
      if (row_count < 256) rows[row_count++] = Row{o->type(), 1};
    });
  });
  if (total == 0) return;
  fprintf(stderr, "audit: %ld objects left at exit\n", long(total));
  for (size_t i = 0; i < row_count; ++i) fprintf(stderr, "audit:   %8ld %s\n", long(rows[i].count), rows[i].type->cname);
#endif
}

void endProgram(Thread& t) {
  Ref<> threading = share(dictGetStr(interpreterOf(t).modules, internStatic("threading")));
  if (threading && !callMethod(t, threading, "_shutdown")) writeUnraisable(t, threading);
  runExitFunctions(t);
}

}  // namespace krait
