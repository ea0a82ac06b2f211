// _lsprof: the profiler under cProfile. It is the thread's profile function: a native one, called at each call and
// return.
#include <ctime>
#include <map>

#include "runtime/core/audit.h"
#include "runtime/modules/fields.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/float.h"
#include "runtime/objects/function.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/struct_sequence.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

StructSequence entry_sequence{
    "_lsprof.profiler_entry", nullptr, {"code", "callcount", "reccallcount", "totaltime", "inlinetime", "calls"}, 6};
StructSequence subentry_sequence{
    "_lsprof.profiler_subentry", nullptr, {"code", "callcount", "reccallcount", "totaltime", "inlinetime"}, 5};

// What was measured of a function, or of its calls from one caller. Times are in units of the timer.
struct Measure {
  int64_t total = 0, own = 0;  // total: outermost calls only
  int64_t calls = 0, recursive = 0;
  int64_t level = 0;  // running calls
  void end(int64_t spent, int64_t inside) {
    if (--level == 0) {
      total += spent;
    } else {
      ++recursive;
    }
    own += inside;
    ++calls;
  }
};
struct Entry : Measure {
  Value object;  // owned: code object, or how a native function is shown
  std::map<Entry*, Measure> callees;
};
struct Running {
  Running* previous;
  Entry* entry;
  int64_t start, below;  // below: spent in calls from here
};
struct Profiler : Object {
  std::map<uint64_t, Entry>* entries;  // by code object or native definition; owned
  Running* running;                    // owned chain, innermost first
  Value timer;                         // owned or empty
  double unit;                         // of the timer's ints; 0: it gives seconds
  bool subcalls, builtins, enabled;
};
Type* profiler_type = nullptr;
Profiler* asProfiler(Value v) { return static_cast<Profiler*>(v.asObject()); }

int64_t now(Thread& t, Profiler* p) {
  if (!p->timer) {
    timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return int64_t(ts.tv_sec) * 1'000'000'000 + ts.tv_nsec;
  }
  Ref<> timer = share(p->timer), result = call(t, timer);
  int64_t ticks = 0;
  if (result && p->unit > 0) {
    ticks = toInt64(t, result);
  } else if (result) {
    double seconds = toDouble(t, result);
    if (!t.raised()) ticks = int64_t(seconds * 1e9);
  }
  if (!t.raised()) return ticks;
  writeUnraisable(t, timer);
  return 0;
}

void enterCall(Thread& t, Profiler* p, uint64_t key, Ref<> (*show)(Thread&, Value), Value object) {
  auto [place, fresh] = p->entries->try_emplace(key);
  Entry* entry = &place->second;
  if (fresh) {
    Ref<> shown = show(t, object);
    if (!shown) clearException(t);
    entry->object = shown ? shown.leak() : kNone;
  }
  Running* call = new Running{p->running, entry, 0, 0};
  p->running = call;
  ++entry->level;
  if (p->subcalls && call->previous) ++call->previous->entry->callees[entry].level;
  call->start = now(t, p);
}
void leaveCall(Thread& t, Profiler* p) {
  Running* call = p->running;
  if (!call) return;  // it began before the profiler did
  int64_t spent = now(t, p) - call->start, inside = spent - call->below;
  p->running = call->previous;
  if (p->running) p->running->below += spent;
  call->entry->end(spent, inside);
  if (p->subcalls && p->running) p->running->entry->callees[call->entry].end(spent, inside);
  delete call;
}

// --- the profile function ---

Ref<> itself(Thread&, Value v) { return share(v); }
Ref<> showNative(Thread& t, Value v) {
  if (!isExact(v, &types::NativeFunction)) return repr(t, v);
  NativeFunction* f = static_cast<NativeFunction*>(v.asObject());
  bool of_module = !f->self || isInstance(f->self, &types::Module);
  if (of_module) {
    Str* module = f->module && isStr(f->module) ? asStr(f->module) : nullptr;
    return strFormat(t, "<built-in method %s.%s>", module ? Utf8(module).c_str() : "builtins", f->def->name);
  }
  Value method = lookupType(typeOf(f->self), internStatic(f->def->name));
  if (method) return repr(t, method);
  return strFormat(t, "<built-in method %s>", f->def->name);
}
uint64_t nativeKey(Value v) {
  if (isExact(v, &types::NativeFunction)) return uint64_t(static_cast<NativeFunction*>(v.asObject())->def);
  return uint64_t(static_cast<MethodDescr*>(v.asObject())->def);
}
Ref<> onEvent(Thread& t, Value self, const Value* args) {
  Profiler* p = asProfiler(self);
  if (!isStr(args[1])) return steal(kNone);
  std::string_view event = asStr(args[1])->ascii ? asciiView(asStr(args[1])) : "";
  if (event == "call") {
    Ref<> code = getAttr(t, args[0], "f_code");
    if (!code) return kRaised;
    enterCall(t, p, code.value().bits, itself, code);
  } else if (event == "return") {
    leaveCall(t, p);
  } else if (p->builtins && event == "c_call") {
    bool known = isExact(args[2], &types::NativeFunction) || isExact(args[2], &types::MethodDescr);
    if (known) enterCall(t, p, nativeKey(args[2]), showNative, args[2]);
  } else if (p->builtins && (event == "c_return" || event == "c_exception")) {
    leaveCall(t, p);
  }
  return steal(kNone);
}
const MethodDef kOnEvent = method("profile", onEvent, "($self, frame, event, arg, /)");

// --- methods ---

void setProfile(Thread& t, Ref<> function) {
  assign(t.profile_function, std::move(function));
  if (t.trace_function || t.profile_function) {
    t.poll.fetch_or(kPollTrace);
  } else {
    t.poll.fetch_and(~uint32_t(kPollTrace));
  }
}
// Calls that are still running count up to now.
void flush(Thread& t, Profiler* p) {
  while (p->running) leaveCall(t, p);
}
Ref<> enable(Thread& t, Value self, const Value* args) {
  Profiler* p = asProfiler(self);
  int subcalls = truth(t, args[0]), builtins = subcalls < 0 ? -1 : truth(t, args[1]);
  if (builtins < 0 || !audit(t, "sys.setprofile")) return kRaised;
  Ref<> function = newNativeFunction(t, &kOnEvent, self, Value());
  if (!function) return kRaised;
  p->subcalls = subcalls;
  p->builtins = builtins;
  p->enabled = true;
  setProfile(t, std::move(function));
  return steal(kNone);
}
Ref<> disable(Thread& t, Value self) {
  Profiler* p = asProfiler(self);
  if (!audit(t, "sys.setprofile")) return kRaised;
  if (p->enabled) setProfile(t, Ref<>());
  p->enabled = false;
  flush(t, p);
  return steal(kNone);
}
void forget(Profiler* p) {
  while (Running* call = p->running) {
    p->running = call->previous;
    delete call;
  }
  // Releasing an object may run code that looks at this profiler.
  std::map<uint64_t, Entry> gone;
  gone.swap(*p->entries);
  for (auto& [key, entry] : gone) release(entry.object);
}
Ref<> clear(Thread&, Value self) {
  forget(asProfiler(self));
  return steal(kNone);
}
Ref<> measureTuple(Thread& t, StructSequence& sequence, const Entry& of, const Measure& m, double factor, Value calls) {
  Value values[] = {of.object,
                    Value::fromInt(m.calls),
                    Value::fromInt(m.recursive),
                    Value::fromDouble(factor * double(m.total)),
                    Value::fromDouble(factor * double(m.own)),
                    calls};
  return newStructSequence(t, sequence, values);
}
Ref<> getStats(Thread& t, Value self) {
  Profiler* p = asProfiler(self);
  double factor = p->timer && p->unit > 0 ? p->unit : 1e-9;
  Ref<List> all = newList(t);
  for (auto& [key, entry] : *p->entries) {
    if (!all) return kRaised;
    if (entry.calls == 0) continue;
    Ref<> calls = steal(kNone);
    if (!entry.callees.empty()) {
      Ref<List> list = newList(t);
      for (auto& [callee, measure] : entry.callees) {
        if (measure.calls &&
            (!list ||
             !listAppend(t, list.get(), measureTuple(t, subentry_sequence, *callee, measure, factor, Value()))))
          return kRaised;
      }
      calls = std::move(list);
    }
    if (!calls || !listAppend(t, all.get(), measureTuple(t, entry_sequence, entry, entry, factor, calls)))
      return kRaised;
  }
  return all;
}

// --- the type ---

Ref<> profilerNew(Thread& t, Type* type, Args) {
  Profiler* p = allocateInstance<Profiler>(type);
  if (!p) return raiseNoMemory(t);
  memset(reinterpret_cast<char*>(p) + sizeof(Object), 0, sizeof(Profiler) - sizeof(Object));
  p->entries = new std::map<uint64_t, Entry>();
  return steal(Value(p));
}
Ref<> onlyBound(Thread&, Value, const Value*) { return nullptr; }  // the definition below is only bound, never called
bool profilerInit(Thread& t, Value self, Args args) {
  static const MethodDef kInit =
      method("Profiler", onlyBound, "($self, /, timer=None, timeunit=0.0, subcalls=True, builtins=True)");
  Value bound[4];
  Ref<> keep[4];
  if (!bindArguments(t, kInit, args, bound, keep)) return false;
  double unit = bound[1] && !bound[1].isNone() ? toDouble(t, bound[1]) : 0;
  if (t.raised()) return false;
  int subcalls = bound[2] ? truth(t, bound[2]) : 1, builtins = subcalls < 0 ? -1 : bound[3] ? truth(t, bound[3]) : 1;
  if (builtins < 0) return false;
  Profiler* p = asProfiler(self);
  assign(p->timer, bound[0] && !bound[0].isNone() ? share(bound[0]) : Ref<>());
  p->unit = unit;
  p->subcalls = subcalls;
  p->builtins = builtins;
  return true;
}
void profilerDealloc(Object* self) {
  Profiler* p = static_cast<Profiler*>(self);
  forget(p);
  delete p->entries;
  release(p->timer);
  freeInstance(self);
}

const MethodDef kMethods[] = {
    method("enable", enable, "($self, /, subcalls=True, builtins=True)", "Start collecting profiling information."),
    method("disable", disable, "($self, /)", "Stop collecting profiling information."),
    method("clear", clear, "($self, /)", "Clear all profiling information collected so far."),
    method("getstats", getStats, "($self, /)", "A profiler_entry for each function that was called."),
    {},
};

bool init(Thread& t, ModuleObject* m) {
  static const TypeSpec spec{
      .type = nullptr,
      .basic_size = sizeof(Profiler),
      .doc =
          "Profiler(timer=None, timeunit=None, subcalls=True, builtins=True)\n\nMeasures calls with the given timer, "
          "or "
          "with the system's clock.",
      .methods = kMethods,
      .dealloc = profilerDealloc,
      .traverse = [](Object* o, Visitor& visitor) { visitor.visit(static_cast<Profiler*>(o)->timer); },
      .clear = [](Object* o) { assign(static_cast<Profiler*>(o)->timer, Ref<>()); },
      .fill =
          [](Slots& slots) {
            slots.new_ = profilerNew;
            slots.init = profilerInit;
          }};
  Ref<Type> type = makeNativeType(t, spec, "_lsprof.Profiler", nullptr, kTypeCollectable);
  Type *entry = structSequenceType(t, entry_sequence),
       *subentry = entry ? structSequenceType(t, subentry_sequence) : nullptr;
  if (!type || !subentry) return false;
  profiler_type = type.get();
  return moduleAdd(t, m, "Profiler", std::move(type)) && moduleAdd(t, m, "profiler_entry", share(Value(entry))) &&
         moduleAdd(t, m, "profiler_subentry", share(Value(subentry)));
}

}  // namespace

const ModuleDef& lsprofModule() {
  static const MethodDef kFunctions[] = {{}};
  static const ModuleDef def{"_lsprof", "Fast profiler", kFunctions, init};
  return def;
}

}  // namespace krait
