// import statements, and the echo of the interactive mode.
#include "interp/semantics.h"
#include "runtime/core/runtime.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/iteration.h"
#include "runtime/protocols/protocols.h"

namespace krait {

Ref<> opImportName(Thread& t, Frame* frame, Value name, Value from_list, Value level) {
  Str* import_name = internStatic("__import__");
  Ref<> import = isExactDict(frame->builtins) ? share(dictGetStr(asDict(frame->builtins), import_name))
                                              : getItem(t, frame->builtins, import_name);
  if (!import) {
    if (t.raised()) clearException(t);
    return raise(t, exc::ImportError, "__import__ not found");
  }
  Value locals = frame->locals ? frame->locals : kNone;
  if (import.value() == dictGetStr(interpreterOf(t).builtins, import_name) && isExact(import, &types::NativeFunction)) {
    return importName(t, name, frame->globals, locals, from_list, level);
  }
  Value args[] = {name, frame->globals, locals, from_list, level};
  return call(t, import, Args{args, 5, nullptr});
}

Ref<> opImportFrom(Thread& t, Value module, Str* name) {
  Ref<> v = getAttrOrEmpty(t, module, name);
  if (v || t.raised()) return v;
  // A submodule that is being imported (circularly) is in sys.modules already, but not yet an attribute.
  Ref<> package_name = getAttrOrEmpty(t, module, internStatic("__name__"));
  if (t.raised()) return kRaised;
  if (package_name && isStr(package_name)) {
    Ref<Str> full = strFormat(t, "%s.%s", Utf8(asStr(package_name)).c_str(), Utf8(name).c_str());
    if (!full) return kRaised;
    v = share(dictGet(t, interpreterOf(t).modules, full));
    if (v || t.raised()) return v;
  }
  Ref<> path;
  Ref<> spec = getAttrOrEmpty(t, module, internStatic("__spec__"));
  if (t.raised()) return kRaised;
  path = getAttrOrEmpty(t, module, internStatic("__file__"));
  if (t.raised()) return kRaised;
  Utf8 shown_name(name);
  std::string package = package_name && isStr(package_name) ? std::string(Utf8(asStr(package_name)).view()) : "<unknown module name>";
  Ref<Str> message;
  if (!path || !isStr(path)) {
    message = strFormat(t, "cannot import name '%s' from '%s' (unknown location)", shown_name.c_str(), package.c_str());
  } else {
    bool initializing = false;
    if (spec && !spec.value().isNone()) {
      Ref<> flag = getAttrOrEmpty(t, spec, internStatic("_initializing"));
      if (t.raised()) return kRaised;
      if (flag) initializing = truth(t, flag) > 0;
      if (t.raised()) return kRaised;
    }
    message = strFormat(t,
                        initializing ? "cannot import name '%s' from partially initialized module '%s' (most likely due to a circular "
                                       "import) (%s)"
                                     : "cannot import name '%s' from '%s' (%s)",
                        shown_name.c_str(), package.c_str(), Utf8(asStr(path)).c_str());
  }
  if (!message) return kRaised;
  Ref<> exception = call(t, Value(&exc::ImportError), message);
  if (!exception) return kRaised;
  if (package_name && !setAttr(t, exception, internStatic("name"), package_name)) return kRaised;
  if (path && !setAttr(t, exception, internStatic("path"), path)) return kRaised;
  return raiseInstance(t, std::move(exception));
}

bool opImportStar(Thread& t, Frame* frame, Value module) {
  if (!hasLocals(frame)) return raise(t, exc::SystemError, "no locals found during 'import *'");
  Ref<> all = getAttrOrEmpty(t, module, internStatic("__all__"));
  if (t.raised()) return false;
  bool skip_private = !all;
  if (!all) {
    Ref<> dict = getAttrOrEmpty(t, module, internStatic("__dict__"));
    if (t.raised()) return false;
    if (!dict) return raise(t, exc::ImportError, "from-import-* object has no __dict__ and no __all__");
    all = isExactDict(dict) ? dictKeysList(t, asDict(dict)) : callMethod(t, dict, "keys");
    if (!all) return false;
  }
  Iteration names(t, all);
  while (Ref<> name = names.next()) {
    if (!isStr(name)) {
      Ref<> module_name = getAttrOrEmpty(t, module, internStatic("__name__"));
      if (t.raised()) return false;
      std::string shown = module_name && isStr(module_name) ? std::string(Utf8(asStr(module_name)).view()) : "?";
      return raise(t, exc::TypeError, skip_private ? "Key in %s.__dict__ must be str, not %s" : "Item in %s.__all__ must be str, not %s",
                   shown.c_str(), typeName(name));
    }
    if (skip_private && asStr(name)->length > 0 && asStr(name)->at(0) == '_') continue;
    Ref<Str> interned = isExactStr(name) ? intern(t, share(asStr(name))) : intern(t, str(t, name));
    if (!interned) return false;
    Ref<> v = getAttr(t, module, interned.get());
    if (!v || !opStoreName(t, frame, interned.get(), v)) return false;
  }
  return !t.raised();
}

bool opPrintExpr(Thread& t, Value v) {
  Ref<> hook = interpreterOf(t).sys ? share(dictGetStr(interpreterOf(t).sys->dict, internStatic("displayhook"))) : Ref<>();
  if (!hook) return raise(t, exc::RuntimeError, "lost sys.displayhook");
  Ref<> result = call(t, hook, v);
  return bool(result);
}

}  // namespace krait
