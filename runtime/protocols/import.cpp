// import: sys.modules first; then importlib, once it runs; before that, native modules and plain files on sys.path.
//
// importlib (the library's own _bootstrap and _bootstrap_external) is started by startImportlib as soon as the native modules
// that it needs exist. The start-up importer below loads what importlib itself needs, and is all there is without a library.
#include <cstdio>
#include <ctime>

#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/core/frame.h"
#include "runtime/core/hooks.h"
#include "runtime/core/names.h"
#include "runtime/core/runtime.h"
#include "runtime/modules/modules.h"
#include "runtime/modules/startup_import.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/int.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// The absolute name of a relative import, from the importing module's __package__ (or __spec__, __name__).
Ref<Str> absoluteName(Thread& t, Value name, Value globals, int64_t level) {
  if (!isDict(globals)) return raise(t, exc::TypeError, "globals must be a dict");
  Dict* space = asDict(globals);
  Value package = dictGetStr(space, internStatic("__package__"));
  Value spec = dictGetStr(space, internStatic("__spec__"));
  Ref<Str> base;
  if (package && !package.isNone()) {
    if (!isStr(package)) return raise(t, exc::TypeError, "package must be a string");
    base = share(asStr(package));
  } else if (spec && !spec.isNone()) {
    Ref<> parent = getAttr(t, spec, "parent");
    if (!parent) return kRaised;
    if (!isStr(parent)) return raise(t, exc::TypeError, "__spec__.parent must be a string");
    base = std::move(parent).as<Str>();
  } else {
    if (!warn(t, exc::ImportWarning, 1,
              "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__")) {
      return kRaised;
    }
    Value own = dictGetStr(space, names::dunder_name);
    if (!own) return raise(t, exc::KeyError, "'__name__' not in globals");
    if (!isStr(own)) return raise(t, exc::TypeError, "__name__ must be a string");
    base = share(asStr(own));
    if (!dictGetStr(space, internStatic("__path__"))) {
      // A plain module: its package is what stands before the last dot.
      int64_t dot = strFind(base.get(), charStr('.'), 0, base->length, true);
      base = strSlice(t, base.get(), 0, dot < 0 ? 0 : dot, 1);
      if (!base) return kRaised;
    }
  }
  if (base->length == 0) return raise(t, exc::ImportError, "attempted relative import with no known parent package");
  int64_t end = base->length;
  for (int64_t i = 1; i < level; ++i) {
    end = strFind(base.get(), charStr('.'), 0, end, true);
    if (end < 0) return raise(t, exc::ImportError, "attempted relative import beyond top-level package");
  }
  Ref<Str> package_name = strSlice(t, base.get(), 0, end, 1);
  if (!package_name || asStr(name)->length == 0) return package_name;
  return strFormat(t, "%s.%s", Utf8(package_name.get()).c_str(), Utf8(asStr(name)).c_str());
}

// Takes importlib's own frames out of the pending exception's traceback: all of them when the import itself failed
// (ImportError), else those runs of them that end in the function made for that, behind which the module's code stands.
void removeImportlibFrames(Thread& t) {
  if (interpreterOf(t).config.verbose) return;
  Ref<> exception = takeException(t);
  bool always = isInstance(exception, &exc::ImportError), inside = false;
  Value* link = &asException(exception)->traceback;
  Value* run = link;  // where the current run of importlib's entries hangs
  while (*link && isExact(*link, &types::Traceback)) {
    Traceback* entry = static_cast<Traceback*>(link->asObject());
    Frame* frame = entry->frame->frame;
    bool own = frame && (strEqualsAscii(frame->code->filename, "<frozen importlib._bootstrap>") ||
                         strEqualsAscii(frame->code->filename, "<frozen importlib._bootstrap_external>"));
    if (own && !inside) run = link;
    inside = own;
    if (own && (always || strEqualsAscii(frame->code->name, "_call_with_frames_removed"))) {
      assign(*run, share(entry->next));
      link = run;
    } else {
      link = &entry->next;
    }
  }
  restoreException(t, std::move(exception));
}

// Not what sys.modules says: a program may have put something else there.
Value importlib(Thread& t) { return Value(interpreterOf(t).importlib); }

bool isInitializing(Thread& t, Value module) {
  Ref<> spec = getAttrOrEmpty(t, module, internStatic("__spec__"));
  Ref<> flag = spec && !spec.value().isNone() ? getAttrOrEmpty(t, spec, internStatic("_initializing")) : Ref<>();
  int is_true = flag ? truth(t, flag) : 0;
  if (t.raised()) clearException(t);
  return is_true > 0;
}

bool auditImport(Thread& t, Value name) {
  if (!audit_hooks_present) return true;
  auto ofSys = [&](const char* attribute) {
    Value v = dictGetStr(interpreterOf(t).sys->dict, internStatic(attribute));
    return v ? v : kNone;
  };
  return audit(t, "import", name, kNone, ofSys("path"), ofSys("meta_path"), ofSys("path_hooks"));
}

// -X importtime: a line for each import, when it is done; what it imported itself stands above, indented.
class ImportTimer {
 public:
  ImportTimer(Thread& t, Value name) : wanted_(interpreterOf(t).config.import_time), name_(name) {
    if (!wanted_) return;
    if (!header_shown_) fputs("import time: self [us] | cumulative | imported package\n", stderr);
    header_shown_ = true;
    ++depth_;
    inner_before_ = inner_;
    inner_ = 0;
    start_ = now();
  }
  ~ImportTimer() {
    if (!wanted_) return;
    --depth_;
    int64_t whole = now() - start_;
    fprintf(stderr, "import time: %9ld | %10ld | %*s%s\n", long((whole - inner_ + 500) / 1000), long((whole + 500) / 1000), depth_ * 2, "",
            Utf8(asStr(name_)).c_str());
    inner_ = inner_before_ + whole;
  }
  ImportTimer(const ImportTimer&) = delete;

 private:
  static int64_t now() {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return int64_t(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
  }
  static inline bool header_shown_ = false;
  static inline int depth_ = 0;
  static inline int64_t inner_ = 0;  // nanoseconds in imports that the current one made
  bool wanted_;
  Value name_;
  int64_t start_ = 0, inner_before_ = 0;
};

// The module of an absolute name, loaded when needed.
Ref<> load(Thread& t, Value name) {
  Ref<> present = share(dictGet(t, interpreterOf(t).modules, name));
  if (present) {
    if (present.value().isNone()) {
      Ref<Str> message = strFormat(t, "import of %s halted; None in sys.modules", Utf8(asStr(name)).c_str());
      Ref<> exception = message ? call(t, Value(&exc::ModuleNotFoundError), message) : Ref<>();
      if (!exception || !setAttr(t, exception, internStatic("name"), name)) return kRaised;
      return raiseInstance(t, std::move(exception));
    }
    Ref<> bootstrap = share(importlib(t));
    if (bootstrap && isInitializing(t, present)) {
      // Another thread may be importing it: wait for its lock.
      Ref<> waited = callMethod(t, bootstrap, "_lock_unlock_module", name);
      if (!waited) return kRaised;
    }
    return present;
  }
  if (t.raised()) return kRaised;
  Ref<> bootstrap = share(importlib(t));
  if (bootstrap) {
    if (!auditImport(t, name)) return kRaised;
    Value args[] = {name, dictGetStr(interpreterOf(t).builtins, internStatic("__import__"))};
    ImportTimer timer(t, name);
    Ref<> module = callMethod(t, bootstrap, "_find_and_load", Args{args, 2, nullptr});
    if (!module) removeImportlibFrames(t);
    return module;
  }
  return startupImport(t, asStr(name));
}

bool hasFromList(Thread& t, Value from_list, bool* raised) {
  *raised = false;
  if (!from_list || from_list.isNone()) return false;
  int is_true = truth(t, from_list);
  *raised = is_true < 0;
  return is_true > 0;
}

}  // namespace

Ref<> importName(Thread& t, Value name, Value globals, Value locals, Value from_list, Value level_value) {
  if (!isStr(name)) return raise(t, exc::TypeError, "module name must be a string");
  int64_t level = level_value && !level_value.isNone() ? toInt64(t, level_value) : 0;
  if (t.raised()) return kRaised;
  if (level < 0) return raise(t, exc::ValueError, "level must be >= 0");
  Ref<Str> absolute;
  if (level > 0) {
    absolute = absoluteName(t, name, globals, level);
    if (!absolute) return kRaised;
  } else {
    if (asStr(name)->length == 0) return raise(t, exc::ValueError, "Empty module name");
    absolute = share(asStr(name));
  }
  Ref<> module = load(t, absolute);
  if (!module) return kRaised;

  bool raised;
  bool has_list = hasFromList(t, from_list, &raised);
  if (raised) return kRaised;
  if (!has_list) {
    int64_t dot = strFind(asStr(name), charStr('.'), 0, asStr(name)->length, false);
    if (dot < 0 && (level == 0 || asStr(name)->length > 0)) return module;
    if (level == 0) {
      Ref<Str> front = strSlice(t, asStr(name), 0, dot, 1);
      return front ? load(t, front) : Ref<>(kRaised);
    }
    if (asStr(name)->length == 0) return module;
    // `import .a.b` as a function call: the package that the first part names.
    int64_t cut = absolute->length - (asStr(name)->length - dot);
    Ref<Str> front = strSlice(t, absolute.get(), 0, cut, 1);
    if (!front) return kRaised;
    Ref<> top = share(dictGet(t, interpreterOf(t).modules, front));
    if (!top && !t.raised()) return raise(t, exc::KeyError, "'%s' not in sys.modules as expected", Utf8(front.get()).c_str());
    return top;
  }
  Ref<> path = getAttrOrEmpty(t, module, internStatic("__path__"));
  if (!path) return t.raised() ? Ref<>(kRaised) : std::move(module);
  Ref<> bootstrap = share(importlib(t));
  if (bootstrap) {
    Value args[] = {module, from_list, dictGetStr(interpreterOf(t).builtins, internStatic("__import__"))};
    Ref<> result = callMethod(t, bootstrap, "_handle_fromlist", Args{args, 3, nullptr});
    if (!result) removeImportlibFrames(t);
    return result;
  }
  return startupFromList(t, std::move(module), from_list);
}

Ref<> importModule(Thread& t, const char* name) {
  Ref<Str> text = newStrUtf8(t, name);
  if (!text) return kRaised;
  text = intern(t, std::move(text));
  Ref<> module = load(t, text);
  return module;
}

}  // namespace krait
