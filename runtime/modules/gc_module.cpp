// The gc module.
#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/memory/collector.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/pool.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

List* garbage_list = nullptr;    // gc.garbage, owned for the process's life once the module exists
List* callback_list = nullptr;   // gc.callbacks

Ref<> none() { return steal(kNone); }

Ref<> enable(Thread& t, Value self) {
  gcEnable(true);
  return none();
}
Ref<> disable(Thread& t, Value self) {
  gcEnable(false);
  return none();
}
Ref<> isEnabled(Thread& t, Value self) { return steal(Value::fromBool(gcEnabled())); }

bool readGeneration(Thread& t, Value v, int64_t* generation) {
  *generation = toInt64(t, v);
  if (*generation == -1 && t.raised()) return false;
  if (*generation < 0 || *generation > 2) return raise(t, exc::ValueError, "invalid generation");
  return true;
}
Ref<> collect(Thread& t, Value self, const Value* a) {
  int64_t generation;
  if (!readGeneration(t, a[0], &generation)) return kRaised;
  return newInt(t, collectGarbage(t, int(generation)));
}
Ref<> getCount(Thread& t, Value self) {
  const int64_t* counts = gc_state.counts;
  return packTuple(t, Value::fromInt(collectable_allocations.objects), Value::fromInt(counts[1]), Value::fromInt(counts[2]));
}
Ref<> getThreshold(Thread& t, Value self) {
  const int64_t* x = gc_state.threshold;
  return packTuple(t, Value::fromInt(x[0]), Value::fromInt(x[1]), Value::fromInt(x[2]));
}
Ref<> setThreshold(Thread& t, Value self, const Value* a) {
  int64_t thresholds[3];
  for (int i = 0; i < 3; ++i) {
    if (a[i].empty()) {
      thresholds[i] = gc_state.threshold[i];
      continue;
    }
    thresholds[i] = toInt64(t, a[i]);
    if (thresholds[i] == -1 && t.raised()) return kRaised;
  }
  gcSetThresholds(t, thresholds);
  return none();
}
Ref<> getDebug(Thread& t, Value self) { return newInt(t, gc_state.debug); }
Ref<> setDebug(Thread& t, Value self, Value flags) {
  int64_t value = toInt64(t, flags);
  if (value == -1 && t.raised()) return kRaised;
  gc_state.debug = value;
  return none();
}
Ref<> isTracked(Thread& t, Value self, Value v) { return steal(Value::fromBool(v.isObject() && gcTracked(v.asObject()))); }
Ref<> isFinalized(Thread& t, Value self, Value v) {
  return steal(Value::fromBool(v.isObject() && v.asObject()->hasFlag(kFlagFinalized)));
}
Ref<> freeze(Thread& t, Value self) {
  gcFreeze(true);
  return none();
}
Ref<> unfreeze(Thread& t, Value self) {
  gcFreeze(false);
  return none();
}
Ref<> getFreezeCount(Thread& t, Value self) { return newInt(t, gcFrozenCount()); }

// Objects are gathered in a buffer first: the list that Python gets must not be made while pools are walked.
class Gathered {
 public:
  ~Gathered() {
    for (size_t i = 0; i < count_; ++i) release(items_[i]);
    freeBuffer(items_);
  }
  static void add(Object* o, void* self) { static_cast<Gathered*>(self)->push(o); }
  void push(Object* o) {
    if (count_ == capacity_) {
      size_t capacity = capacity_ ? capacity_ * 2 : 1024;
      void* grown = resizeBuffer(items_, capacity * sizeof(Object*));
      if (!grown) {
        failed_ = true;
        return;
      }
      items_ = static_cast<Object**>(grown);
      capacity_ = capacity;
    }
    retain(o);
    items_[count_++] = o;
  }
  Ref<> list(Thread& t) {
    if (failed_) return raiseNoMemory(t);
    Ref<List> result = newList(t, int64_t(count_));
    if (!result) return kRaised;
    for (size_t i = 0; i < count_; ++i) {
      if (!listAppend(t, result.get(), share(Value(items_[i])))) return kRaised;
    }
    return std::move(result).as<void>();
  }

 private:
  Object** items_ = nullptr;
  size_t count_ = 0, capacity_ = 0;
  bool failed_ = false;
};

Ref<> getObjects(Thread& t, Value self, const Value* a) {
  int generation = -1;
  if (!a[0].isNone()) {
    int64_t wanted = toInt64(t, a[0]);
    if (wanted == -1 && t.raised()) return kRaised;
    if (wanted < 0) return raise(t, exc::ValueError, "generation parameter cannot be negative");
    if (wanted > 2) return raise(t, exc::ValueError, "generation parameter must be less than the number of available generations (3)");
    generation = int(wanted);
  }
  if (!audit(t, "gc.get_objects", Value::fromInt(generation))) return kRaised;
  Gathered found;
  gcEachObject(
      [](Object* o, void* into) {
        if (gcTracked(o)) Gathered::add(o, into);
      },
      &found, generation);
  return found.list(t);
}

// The objects of a question, as one tuple.
bool auditObjects(Thread& t, const char* event, Args args) {
  if (!audit_hooks_present) return true;
  Ref<Tuple> objects = newTuple(t, args.values, int64_t(args.positional));
  return objects && audit(t, event, objects);
}

struct FindVisitor : Visitor {
  const Value* wanted;
  size_t count;
  bool found;
};
Ref<> getReferrers(Thread& t, Value self, Args args) {
  if (!auditObjects(t, "gc.get_referrers", args)) return kRaised;
  struct Search {
    Args args;
    Gathered found;
  } search{args, {}};
  gcEachObject(
      [](Object* o, void* argument) {
        Search* s = static_cast<Search*>(argument);
        FindVisitor visitor;
        visitor.wanted = s->args.values;
        visitor.count = s->args.positional;
        visitor.found = false;
        visitor.visit_object = [](Visitor* v, Object* target) {
          FindVisitor* f = static_cast<FindVisitor*>(v);
          for (size_t i = 0; i < f->count; ++i) f->found = f->found || f->wanted[i] == Value(target);
        };
        if (TraverseFunction traverse = o->type()->traverse) traverse(o, visitor);
        if (visitor.found) s->found.push(o);
      },
      &search, -1);
  return search.found.list(t);
}

struct GatherVisitor : Visitor {
  Gathered* into;
};
Ref<> getReferents(Thread& t, Value self, Args args) {
  if (!auditObjects(t, "gc.get_referents", args)) return kRaised;
  Gathered found;
  GatherVisitor visitor;
  visitor.into = &found;
  visitor.visit_object = [](Visitor* v, Object* o) { static_cast<GatherVisitor*>(v)->into->push(o); };
  for (size_t i = 0; i < args.positional; ++i) {
    if (!args[i].isObject()) continue;
    Object* o = args[i].asObject();
    if (TraverseFunction traverse = o->type()->traverse) traverse(o, visitor);
  }
  return found.list(t);
}

Ref<> getStats(Thread& t, Value self) {
  Ref<List> result = newList(t, 3);
  if (!result) return kRaised;
  for (const GcState::Stats& s : gc_state.stats) {
    Ref<Dict> row = newDict(t);
    if (!row || !dictSetStr(t, row.get(), internStatic("collections"), Value::fromInt(s.collections)) ||
        !dictSetStr(t, row.get(), internStatic("collected"), Value::fromInt(s.collected)) ||
        !dictSetStr(t, row.get(), internStatic("uncollectable"), Value::fromInt(s.uncollectable)) ||
        !listAppend(t, result.get(), std::move(row).as<void>())) {
      return kRaised;
    }
  }
  return std::move(result).as<void>();
}

const MethodDef kFunctions[] = {
    method("enable", enable, "($module, /)", "Enable automatic garbage collection."),
    method("disable", disable, "($module, /)", "Disable automatic garbage collection."),
    method("isenabled", isEnabled, "($module, /)", "Returns true if automatic garbage collection is enabled."),
    method("collect", collect, "($module, /, generation=2)", "Run the garbage collector."),
    method("get_count", getCount, "($module, /)", "Return a three-tuple of the current collection counts."),
    method("get_threshold", getThreshold, "($module, /)", "Return the current collection thresholds."),
    method("set_threshold", setThreshold, "($module, threshold0, threshold1=<unrepresentable>, threshold2=<unrepresentable>, /)",
           "set_threshold(threshold0, [threshold1, threshold2]) -> None\n\nSets the collection thresholds."),
    method("get_debug", getDebug, "($module, /)", "Get the garbage collection debugging flags."),
    method("set_debug", setDebug, "($module, flags, /)", "Set the garbage collection debugging flags."),
    method("get_objects", getObjects, "($module, /, generation=None)", "Return a list of objects tracked by the collector."),
    method("get_stats", getStats, "($module, /)", "Return a list of dictionaries containing per-generation statistics."),
    method("is_tracked", isTracked, "($module, obj, /)", "Returns true if the object is tracked by the garbage collector."),
    method("is_finalized", isFinalized, "($module, obj, /)", "Returns true if the object has been already finalized by the GC."),
    method("get_referrers", getReferrers, nullptr,
           "get_referrers(*objs) -> list\nReturn the list of objects that directly refer to any of objs."),
    method("get_referents", getReferents, nullptr,
           "get_referents(*objs) -> list\nReturn the list of objects that are directly referred to by objs."),
    method("freeze", freeze, "($module, /)", "Freeze all current tracked objects and ignore them for future collections."),
    method("unfreeze", unfreeze, "($module, /)", "Unfreeze all objects in the permanent generation."),
    method("get_freeze_count", getFreezeCount, "($module, /)", "Return the number of objects in the permanent generation."),
    {},
};

bool init(Thread& t, ModuleObject* module) {
  if (!garbage_list) garbage_list = newList(t).leakObject();
  if (!callback_list) callback_list = newList(t).leakObject();
  if (!garbage_list || !callback_list) return false;
  const struct {
    const char* name;
    int64_t value;
  } constants[] = {{"DEBUG_STATS", 1}, {"DEBUG_COLLECTABLE", 2}, {"DEBUG_UNCOLLECTABLE", 4}, {"DEBUG_SAVEALL", 32}, {"DEBUG_LEAK", 38}};
  for (const auto& each : constants) {
    if (!moduleAdd(t, module, each.name, newInt(t, each.value))) return false;
  }
  return moduleAdd(t, module, "garbage", share(Value(garbage_list))) && moduleAdd(t, module, "callbacks", share(Value(callback_list)));
}

}  // namespace

void gcCallCallbacks(Thread& t, const char* phase, int generation, int64_t collected) {
  if (!callback_list || callback_list->size == 0) return;
  Ref<Dict> info = newDict(t);
  Ref<Str> name = newStrUtf8(t, phase);
  if (!info || !name || !dictSetStr(t, info.get(), internStatic("generation"), Value::fromInt(generation)) ||
      !dictSetStr(t, info.get(), internStatic("collected"), Value::fromInt(collected)) ||
      !dictSetStr(t, info.get(), internStatic("uncollectable"), Value::fromInt(0))) {
    return writeUnraisable(t, Value());
  }
  for (int64_t i = 0; i < callback_list->size; ++i) {
    Ref<> callback = listGet(callback_list, i);
    if (!call(t, callback, name, info)) writeUnraisable(t, callback);
  }
}

void gcKeepGarbage(Thread& t, Object* o) {
  if (!garbage_list) garbage_list = newList(t).leakObject();
  if (!garbage_list || !listAppend(t, garbage_list, share(Value(o)))) clearException(t);
}

const ModuleDef& gcModule() {
  static const ModuleDef def{"gc", "This module provides access to the garbage collector for reference cycles.", kFunctions, init};
  return def;
}

}  // namespace krait
