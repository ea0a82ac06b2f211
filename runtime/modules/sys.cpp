// The sys module: functions.
#include "runtime/modules/sys.h"

#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <string>

#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/core/frame.h"
#include "runtime/core/runtime.h"
#include "runtime/memory/memory.h"
#include "runtime/modules/console_file.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/exception_types.h"
#include "runtime/objects/function.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/module.h"
#include "runtime/objects/set.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/struct_sequence.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

Value handledException(Thread& t) {
  for (ExceptionState* s = t.handled; s; s = s->previous) {
    if (s->handled && !s->handled.isNone()) return s->handled;
  }
  return kNone;
}

Ref<> excInfo(Thread& t, Value) {
  Value e = handledException(t);
  if (e.isNone()) return packTuple(t, kNone, kNone, kNone);
  Value traceback = asException(e)->traceback;
  return packTuple(t, Value(typeOf(e)), e, traceback ? traceback : kNone);
}
Ref<> exception(Thread& t, Value) { return share(handledException(t)); }

Ref<> exitProgram(Thread& t, Value, const Value* args) {
  return raiseWith(t, exc::SystemExit, args[0].isNone() ? Value() : args[0]);
}

Ref<> intern_(Thread& t, Value, Value s) {
  if (!isStr(s)) return raise(t, exc::TypeError, "intern() argument must be str, not %s", argumentTypeName(s));
  if (!isExactStr(s)) return raise(t, exc::TypeError, "can't intern %.400s", typeName(s));
  return intern(t, share(asStr(s)));
}

Ref<> getRefCount(Thread&, Value, Value v) {
  // The argument is borrowed from the stack here: CPython's own count includes the reference of the call.
  if (!v.isObject()) return share(Value::fromInt(int64_t(1) << 30));
  return share(Value::fromInt(v.asObject()->immortal() ? int64_t(1) << 30 : int64_t(v.asObject()->count)));
}

Ref<> getSizeOf(Thread& t, Value, const Value* args) {
  Ref<> self;
  Ref<> method = lookupSpecial(t, args[0], internStatic("__sizeof__"), &self);
  if (!method) {
    if (t.raised()) return kRaised;
    if (args[1]) return share(args[1]);
    return raise(t, exc::TypeError, "Type %.100s doesn't define __sizeof__", typeName(args[0]));
  }
  Ref<> size = self ? call(t, method, self) : call(t, method);
  if (!size) {
    if (args[1] && raisedIs(t, exc::TypeError)) {
      clearException(t);
      return share(args[1]);
    }
    return kRaised;
  }
  if (!isIntLike(size)) return raise(t, exc::TypeError, "an integer is required");
  int64_t n = toInt64(t, size);
  if (t.raised()) return kRaised;
  if (n < 0) return raise(t, exc::ValueError, "__sizeof__() should return >= 0");
  // CPython adds the collector's header of 16 bytes.
  return newInt(t, n + (typeOf(args[0])->has(kTypeCollectable) ? 16 : 0));
}

Ref<> getFrame(Thread& t, Value, const Value* args) {
  int64_t depth = toInt64(t, args[0]);
  if (t.raised()) return kRaised;
  Frame* f = visibleFrame(t);
  while (f && (depth > 0 || (f->flags & kFrameHidden))) {
    if (!(f->flags & kFrameHidden)) --depth;
    f = f->previous;
    while (f && (f->flags & kFrameHidden)) f = f->previous;
  }
  if (!f) return raise(t, exc::ValueError, "call stack is not deep enough");
  FrameObject* object = frameObject(t, f);
  return object && audit(t, "sys._getframe", Value(object)) ? share(Value(object)) : Ref<>(kRaised);
}

// The innermost frame of every thread; the others wait for the GIL, with their frames stored.
Ref<> currentFrames(Thread& t, Value) {
  if (!audit(t, "sys._current_frames")) return kRaised;
  Ref<Dict> frames = newDict(t);
  if (!frames) return kRaised;
  for (Thread* each = interpreterOf(t).threads; each; each = each->next_thread) {
    Frame* f = visibleFrame(*each);
    if (!f) continue;
    FrameObject* object = frameObject(t, f);
    Ref<> id = newIntUnsigned(t, each->ident);
    if (!object || !id || !dictSet(t, frames.get(), id, Value(object))) return kRaised;
  }
  return frames;
}

Ref<> currentExceptions(Thread& t, Value self) {
  if (!audit(t, "sys._current_exceptions")) return kRaised;
  Ref<Dict> all = newDict(t);
  Ref<> id = newIntUnsigned(t, t.ident), info = excInfo(t, self);
  if (!all || !id || !info || !dictSet(t, all.get(), id, info)) return kRaised;
  return all;
}
Ref<> clearTypeCache(Thread&, Value) { return share(kNone); }  // lookups are cached by version: nothing can be stale

int64_t dlopen_flags = RTLD_NOW;
Ref<> getDlopenFlags(Thread&, Value) { return share(Value::fromInt(dlopen_flags)); }
Ref<> setDlopenFlags(Thread& t, Value, Value v) {
  int64_t n = toInt64(t, v);
  if (t.raised()) return kRaised;
  dlopen_flags = n;
  return share(kNone);
}

Ref<> getRecursionLimit(Thread& t, Value) { return share(Value::fromInt(t.recursion_limit)); }
Ref<> setRecursionLimit(Thread& t, Value, Value v) {
  int64_t limit = toInt64(t, v);
  if (t.raised()) return kRaised;
  if (limit < 1) return raise(t, exc::ValueError, "recursion limit must be greater or equal than 1");
  if (limit > INT32_MAX) return raise(t, exc::OverflowError, "Python int too large to convert to C int");
  if (t.recursion_depth >= uint32_t(limit)) {
    return raise(t, exc::RecursionError,
                 "cannot set the recursion limit to %ld at the recursion depth %u: the limit is too low", long(limit),
                 t.recursion_depth);
  }
  t.recursion_limit = uint32_t(limit);
  return share(kNone);
}

Ref<> switchIntervalOf(Thread&, Value) { return share(Value::fromDouble(double(switchInterval()) * 1e-6)); }
Ref<> changeSwitchInterval(Thread& t, Value, Value v) {
  Ref<> f = toFloat(t, v);
  if (!f) return kRaised;
  double seconds = f.value().asDouble();
  if (!(seconds > 0)) return raise(t, exc::ValueError, "switch interval must be strictly positive");
  setSwitchInterval(seconds > 4e12 ? INT64_MAX / 2 : int64_t(seconds * 1e6));
  return share(kNone);
}

// --- tracing ---

void tracingChanged(Thread& t) {
  if (t.trace_function || t.profile_function) {
    t.poll.fetch_or(kPollTrace);
  } else {
    t.poll.fetch_and(~uint32_t(kPollTrace));
  }
}
// The function that goes may have a finalizer, which must not put another one in place meanwhile.
Ref<> install(Thread& t, Value& place, bool* installing, const char* sort, Value f) {
  if (*installing) {
    return raise(t, exc::RuntimeError, "Cannot install a %s function while another %s function is being installed", sort, sort);
  }
  *installing = true;
  assign(place, f.isNone() ? Ref<>() : share(f));
  *installing = false;
  tracingChanged(t);
  return share(kNone);
}
Ref<> setTrace(Thread& t, Value, Value f) {
  static bool installing = false;
  return audit(t, "sys.settrace") ? install(t, t.trace_function, &installing, "trace", f) : Ref<>(kRaised);
}
Ref<> getTrace(Thread& t, Value) { return t.trace_function ? share(t.trace_function) : share(kNone); }
Ref<> setProfile(Thread& t, Value, Value f) {
  static bool installing = false;
  return audit(t, "sys.setprofile") ? install(t, t.profile_function, &installing, "profile", f) : Ref<>(kRaised);
}
Ref<> getProfile(Thread& t, Value) { return t.profile_function ? share(t.profile_function) : share(kNone); }

// --- hooks ---

Ref<> displayHook(Thread& t, Value, Value v) {
  if (v.isNone()) return share(kNone);
  Dict* builtins = interpreterOf(t).builtins;
  Str* underscore = internStatic("_");
  if (!dictSetStr(t, builtins, underscore, kNone)) return kRaised;
  Ref<> out = share(dictGetStr(interpreterOf(t).sys->dict, internStatic("stdout")));
  if (!out || out.value().isNone()) return raise(t, exc::RuntimeError, "lost sys.stdout");
  Ref<Str> text = repr(t, v);
  if (!text) return kRaised;
  Ref<> result = callMethod(t, out, "write", text);
  if (!result) {
    if (!raisedIs(t, exc::UnicodeEncodeError)) return kRaised;
    clearException(t);
    text = ascii(t, v);
    if (!text || !(result = callMethod(t, out, "write", text))) return kRaised;
  }
  result = callMethod(t, out, "write", Value(internStatic("\n")));
  if (!result || !dictSetStr(t, builtins, underscore, v)) return kRaised;
  return share(kNone);
}

Ref<> exceptHook(Thread& t, Value, const Value* args) {
  if (isException(args[1])) {
    Value& own = asException(args[1])->traceback;
    if (isExact(args[2], &types::Traceback) && (own.empty() || own.isNone())) assign(own, share(args[2]));
    printException(t, args[1]);
  } else {
    writeError(t, std::string("TypeError: print_exception(): Exception expected for value, ") + typeName(args[1]) +
                      " found\n");
  }
  return share(kNone);
}

Ref<> unraisableHook(Thread& t, Value, Value info) {
  if (!isUnraisableArgs(info)) return raise(t, exc::TypeError, "sys.unraisablehook argument type must be UnraisableHookArgs");
  Ref<> value = getAttr(t, info, "exc_value"), message = getAttr(t, info, "err_msg"), object = getAttr(t, info, "object");
  if (!value || !message || !object) return kRaised;
  std::string text = !message.value().isNone() && isStr(message) ? std::string(Utf8(asStr(message)).view()) : std::string();
  if (isException(value)) printUnraisable(t, value, object, text.empty() ? nullptr : text.c_str());
  return share(kNone);
}

Ref<> auditEvent(Thread& t, Value, Args args) {
  if (args.positional < 1) return raise(t, exc::TypeError, "audit() missing 1 required positional argument: 'event'");
  if (args.keywords()) return raise(t, exc::TypeError, "sys.audit() takes no keyword arguments");
  if (!isStr(args[0])) return raise(t, exc::TypeError, "expected str for argument 'event', not %.200s", typeName(args[0]));
  if (!audit_hooks_present) return share(kNone);
  Utf8 event;
  if (!event.set(t, asStr(args[0])) || !auditSlow(t, event.c_str(), args.values + 1, args.positional - 1)) return kRaised;
  return share(kNone);
}
Ref<> addHook(Thread& t, Value, Value hook) { return addAuditHook(t, hook) ? share(kNone) : Ref<>(kRaised); }

Ref<> breakpointHook(Thread& t, Value, Args args) {
  const char* setting = getenv("PYTHONBREAKPOINT");
  std::string name = setting && *setting ? setting : "pdb.set_trace";
  if (name == "0") return share(kNone);
  size_t dot = name.rfind('.');
  std::string module_name = dot == std::string::npos ? "builtins" : name.substr(0, dot);
  Ref<> module = importModule(t, module_name.c_str());
  Ref<> f = module ? getAttr(t, module, name.substr(dot == std::string::npos ? 0 : dot + 1).c_str()) : Ref<>();
  if (!f) {
    if (!raisedIs(t, exc::ImportError) && !raisedIs(t, exc::AttributeError)) return kRaised;
    clearException(t);
    if (!warn(t, exc::RuntimeWarning, 0, "Ignoring unimportable $PYTHONBREAKPOINT: \"%s\"", name.c_str())) return kRaised;
    return share(kNone);
  }
  return call(t, f, args);
}

// --- information ---

Ref<> getDefaultEncoding(Thread&, Value) { return share(Value(internStatic("utf-8"))); }
Ref<> getFilesystemEncoding(Thread&, Value) { return share(Value(internStatic("utf-8"))); }
Ref<> getFilesystemErrors(Thread&, Value) { return share(Value(internStatic("surrogateescape"))); }
Ref<> isFinalizing(Thread& t, Value) { return share(Value::fromBool(interpreterOf(t).finalizing)); }
Ref<> getAllocatedBlocks(Thread& t, Value) { return newInt(t, int64_t(memoryStats().live_cells)); }
Ref<> debugMallocStats(Thread& t, Value) {
  MemoryStats s = memoryStats();
  char text[400];
  snprintf(text, sizeof text,
           "arenas: %zu\npools: %zu\nlive cells: %zu\nbytes in live cells: %zu\nlarge blocks: %zu\nbytes in large blocks: %zu\n", s.arenas,
           s.pools, s.live_cells, s.live_bytes, s.large_blocks, s.large_bytes);
  writeError(t, text);
  return share(kNone);
}

Ref<> setCoroutineOrigin(Thread& t, Value, Value depth) {
  int64_t n = toInt64(t, depth);
  if (t.raised()) return kRaised;
  if (n < 0) return raise(t, exc::ValueError, "depth must be >= 0");
  t.coroutine_origin_depth = Value::fromInt(n);
  return share(kNone);
}
Ref<> getCoroutineOrigin(Thread& t, Value) {
  return share(t.coroutine_origin_depth.isInt() ? t.coroutine_origin_depth : Value::fromInt(0));
}

StructSequence asyncgen_hooks{"asyncgen_hooks", "", {"firstiter", "finalizer"}, 2};

Ref<> getAsyncgenHooks(Thread& t, Value) {
  Value v[] = {t.async_firstiter ? t.async_firstiter : kNone, t.async_finalizer ? t.async_finalizer : kNone};
  return newStructSequence(t, asyncgen_hooks, v);
}
Ref<> setAsyncgenHooks(Thread& t, Value, Args args) {
  Value v[2];
  for (size_t i = 0; i < args.positional && i < 2; ++i) v[i] = args[i];
  for (size_t k = 0; k < args.keywords(); ++k) {
    Str* name = asStr(args.names->items[k]);
    if (strEqualsAscii(name, "firstiter")) {
      v[0] = args[args.positional + k];
    } else if (strEqualsAscii(name, "finalizer")) {
      v[1] = args[args.positional + k];
    } else {
      return raise(t, exc::TypeError, "'%s' is an invalid keyword argument for set_asyncgen_hooks()", Utf8(name).c_str());
    }
  }
  Value* fields[] = {&t.async_firstiter, &t.async_finalizer};
  static const char* const kNames[] = {"firstiter", "finalizer"};
  for (int i = 1; i >= 0; --i) {
    if (v[i] && !v[i].isNone() && !isCallable(v[i])) {
      return raise(t, exc::TypeError, "callable %s expected, got %.50s", kNames[i], typeName(v[i]));
    }
  }
  static const char* const kEvents[] = {"sys.set_asyncgen_hook_firstiter", "sys.set_asyncgen_hook_finalizer"};
  for (int i = 1; i >= 0; --i) {
    if (v[i] && !audit(t, kEvents[i])) return kRaised;
    if (v[i]) assign(*fields[i], v[i].isNone() ? Ref<>() : share(v[i]));
  }
  return share(kNone);
}

Ref<> callTracing(Thread& t, Value, const Value* args) {
  if (!isTuple(args[1])) return raise(t, exc::TypeError, "call_tracing() argument 2 must be tuple, not %s", typeName(args[1]));
  uint32_t saved = t.tracing;
  t.tracing = 0;
  Ref<> result = callWith(t, args[0], args[1], Value());
  t.tracing = saved;
  return result;
}

Ref<> getIntMaxStrDigits(Thread& t, Value) { return share(Value::fromInt(interpreterOf(t).int_max_str_digits)); }
Ref<> setIntMaxStrDigits(Thread& t, Value, const Value* args) {
  int64_t n = toInt64(t, args[0]);
  if (t.raised()) return kRaised;
  if (n != 0 && n < 640) return raise(t, exc::ValueError, "maxdigits must be 0 or larger than 640");
  interpreterOf(t).int_max_str_digits = n;
  return share(kNone);
}

}  // namespace

const MethodDef kSysFunctions[] = {
    method("exc_info", excInfo, "($module, /)"),
    method("exception", exception, "($module, /)"),
    method("exit", exitProgram, "($module, status=None, /)"),
    method("intern", intern_, "($module, string, /)"),
    method("getrefcount", getRefCount, "($module, object, /)"),
    method("getsizeof", getSizeOf, "($module, object, default=<unrepresentable>)"),
    method("_getframe", getFrame, "($module, depth=0, /)"),
    method("_current_frames", currentFrames, "($module, /)"),
    method("_current_exceptions", currentExceptions, "($module, /)"),
    method("_clear_type_cache", clearTypeCache, "($module, /)"),
    method("getdlopenflags", getDlopenFlags, "($module, /)"),
    method("setdlopenflags", setDlopenFlags, "($module, flags, /)"),
    method("getrecursionlimit", getRecursionLimit, "($module, /)"),
    method("setrecursionlimit", setRecursionLimit, "($module, limit, /)"),
    method("getswitchinterval", switchIntervalOf, "($module, /)"),
    method("setswitchinterval", changeSwitchInterval, "($module, interval, /)"),
    method("settrace", setTrace, "($module, function, /)"),
    method("gettrace", getTrace, "($module, /)"),
    method("setprofile", setProfile, "($module, function, /)"),
    method("getprofile", getProfile, "($module, /)"),
    method("call_tracing", callTracing, "($module, func, args, /)"),
    method("displayhook", displayHook, "($module, object, /)"),
    method("excepthook", exceptHook, "($module, exctype, value, traceback, /)"),
    method("unraisablehook", unraisableHook, "($module, unraisable, /)"),
    method("audit", auditEvent, nullptr),
    method("addaudithook", addHook, "($module, hook)"),
    method("breakpointhook", breakpointHook, nullptr),
    method("getdefaultencoding", getDefaultEncoding, "($module, /)"),
    method("getfilesystemencoding", getFilesystemEncoding, "($module, /)"),
    method("getfilesystemencodeerrors", getFilesystemErrors, "($module, /)"),
    method("is_finalizing", isFinalizing, "($module, /)"),
    method("getallocatedblocks", getAllocatedBlocks, "($module, /)"),
    method("_debugmallocstats", debugMallocStats, "($module, /)"),
    method("get_int_max_str_digits", getIntMaxStrDigits, "($module, /)"),
    method("set_int_max_str_digits", setIntMaxStrDigits, "($module, maxdigits)"),
    method("set_coroutine_origin_tracking_depth", setCoroutineOrigin, "($module, depth)"),
    method("get_coroutine_origin_tracking_depth", getCoroutineOrigin, "($module, /)"),
    method("get_asyncgen_hooks", getAsyncgenHooks, "($module, /)"),
    method("set_asyncgen_hooks", setAsyncgenHooks, nullptr),
    {},
};

void writeError(Thread& t, std::string_view text) {
  if (text.empty()) return;
  ModuleObject* sys = interpreterOf(t).sys;
  Ref<> file = sys ? share(dictGetStr(sys->dict, internStatic("stderr"))) : Ref<>();
  if (file && !file.value().isNone()) {
    PreserveException preserve(t);
    Ref<Str> s = newStrUtf8(t, text);
    Ref<> result = s ? callMethod(t, file, "write", s) : Ref<>();
    if (result) return;
    clearException(t);
  }
  fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace krait
