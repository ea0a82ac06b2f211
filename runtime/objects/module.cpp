// Modules, and how native ones are made from their definitions.
#include "runtime/objects/module.h"

#include <cstring>

#include "runtime/core/error.h"
#include "runtime/core/names.h"
#include "runtime/core/runtime.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/modules/modules.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/own_dict.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

bool fillModule(Thread& t, ModuleObject* module, Value name, Value doc) {
  if (!dictSetStr(t, module->dict, names::dunder_name, name) || !dictSetStr(t, module->dict, names::dunder_doc, doc))
    return false;
  for (const char* empty : {"__package__", "__loader__", "__spec__"}) {
    if (!dictSetStr(t, module->dict, internStatic(empty), kNone)) return false;
  }
  return true;
}

}  // namespace

Ref<ModuleObject> newModule(Thread& t, Value name, Value doc) {
  ModuleObject* module = allocateInstance<ModuleObject>(&types::Module);
  if (!module) return raiseNoMemory(t);
  module->state = nullptr;
  module->dict = nullptr;
  Ref<ModuleObject> owned = steal(module);
  module->dict = newDict(t).leakObject();
  if (!module->dict || !fillModule(t, module, name, doc ? doc : kNone)) return kRaised;
  return owned;
}

Ref<ModuleObject> makeNativeModule(Thread& t, const ModuleDef& def) {
  Str* name = internStatic(def.name);
  Ref<Str> doc;
  if (def.doc && *def.doc && !(doc = newStrUtf8(t, def.doc))) return kRaised;
  Ref<ModuleObject> module = newModule(t, name, doc);
  if (!module) return kRaised;
  for (const MethodDef* f = def.functions; f && f->name; ++f) {
    Ref<> function = newNativeFunction(t, f, module, name);
    if (!function || !dictSetStr(t, module->dict, internStatic(f->name), function)) return kRaised;
  }
  if (def.init && !def.init(t, module.get())) return kRaised;
  return module;
}

bool moduleAdd(Thread& t, ModuleObject* module, const char* name, Ref<> v) {
  return v && dictSetStr(t, module->dict, internStatic(name), v);
}

Type* addException(Thread& t, ModuleObject* module, const char* dotted_name, Value base, const char* doc) {
  const char* dot = strrchr(dotted_name, '.');
  Ref<Tuple> bases = isTuple(base) ? share(asTuple(base)) : packTuple(t, base);
  Ref<Dict> space = newDict(t);
  Ref<Str> owner = newStrUtf8(t, std::string_view(dotted_name, size_t(dot - dotted_name)));
  if (!bases || !space || !owner || !dictSetStr(t, space.get(), names::dunder_module, owner)) return kRaised;
  if (doc) {
    Ref<Str> text = newStrUtf8(t, doc);
    if (!text || !dictSetStr(t, space.get(), names::dunder_doc, text)) return kRaised;
  }
  Ref<> made = call(t, Value(&types::Type), Value(internStatic(dot + 1)), bases, space);
  if (!made || !moduleAdd(t, module, dot + 1, share(made))) return kRaised;
  return static_cast<Type*>(made.leak().asObject());
}

namespace {

Ref<> moduleNew(Thread& t, Type* type, Args) {
  ModuleObject* module = allocateInstance<ModuleObject>(type);
  if (!module) return raiseNoMemory(t);
  module->state = nullptr;
  module->dict = nullptr;
  Ref<> owned = steal(module);
  if (!(module->dict = newDict(t).leakObject())) return kRaised;
  return owned;
}

bool moduleInit(Thread& t, Value self, Args args) {
  Value name, doc = kNone;
  if (args.positional > 2) return raise(t, exc::TypeError, "module() takes at most 2 arguments (%zu given)", args.total());
  if (args.positional > 0) name = args[0];
  if (args.positional > 1) doc = args[1];
  for (size_t k = 0; k < args.keywords(); ++k) {
    Str* key = asStr(args.names->items[k]);
    if (strEqualsAscii(key, "name")) {
      name = args[args.positional + k];
    } else if (strEqualsAscii(key, "doc")) {
      doc = args[args.positional + k];
    } else {
      return raise(t, exc::TypeError, "'%s' is an invalid keyword argument for module()", Utf8(key).c_str());
    }
  }
  if (!name) return raise(t, exc::TypeError, "module() missing required argument 'name' (pos 1)");
  if (!isStr(name))
    return raise(t, exc::TypeError, "module() argument 'name' must be str, not %s", argumentTypeName(name));
  return fillModule(t, asModule(self), name, doc);
}

// A module's __spec__._initializing, for the message about circular imports.
bool isInitializing(Thread& t, ModuleObject* module) {
  Value spec = dictGetStr(module->dict, internStatic("__spec__"));
  if (!spec || spec.isNone()) return false;
  Ref<> flag = getAttrOrEmpty(t, spec, internStatic("_initializing"));
  int is_true = flag ? truth(t, flag) : 0;
  if (t.raised()) clearException(t);
  return is_true > 0;
}

// Whether the name is that of a submodule which is being imported: importlib notes it in __spec__.
bool isUnfinishedSubmodule(Thread& t, ModuleObject* module, Str* name) {
  Value spec = dictGetStr(module->dict, internStatic("__spec__"));
  if (!spec || spec.isNone()) return false;
  Ref<> names = getAttrOrEmpty(t, spec, internStatic("_uninitialized_submodules"));
  int found = names ? contains(t, names, name) : 0;
  if (t.raised()) clearException(t);
  return found > 0;
}

Ref<> moduleGetAttr(Thread& t, Value self, Str* name) {
  ModuleObject* module = asModule(self);
  Ref<> v = findAttrWithDict(t, self, name, module->dict);
  if (v || (t.raised() && !raisedIs(t, exc::AttributeError))) return v;
  if (t.raised()) clearException(t);
  Value fallback = module->dict ? dictGetStr(module->dict, names::dunder_getattr) : Value();
  if (fallback) return call(t, share(fallback), name);
  Value module_name = module->dict ? dictGetStr(module->dict, names::dunder_name) : Value();
  Ref<Str> message;
  if (module_name && isStr(module_name)) {
    Utf8 shown(asStr(module_name)), attribute(name);
    if (isInitializing(t, module)) {
      message = strFormat(t, "partially initialized module '%s' has no attribute '%s' (most likely due to a circular import)",
                          shown.c_str(), attribute.c_str());
    } else if (isUnfinishedSubmodule(t, module, name)) {
      message = strFormat(t, "cannot access submodule '%s' of module '%s' (most likely due to a circular import)", attribute.c_str(),
                          shown.c_str());
    } else {
      message = strFormat(t, "module '%s' has no attribute '%s'", shown.c_str(), attribute.c_str());
    }
  } else {
    message = strFormat(t, "module has no attribute '%s'", Utf8(name).c_str());
  }
  if (!message) return kRaised;
  Ref<> exception = call(t, Value(&exc::AttributeError), message);
  if (!exception || !setAttr(t, exception, internStatic("name"), name) || !setAttr(t, exception, internStatic("obj"), self)) return kRaised;
  return raiseInstance(t, std::move(exception));
}

bool moduleSetAttr(Thread& t, Value self, Str* name, Value v) { return setAttrWithDict(t, self, name, v, &asModule(self)->dict); }

Ref<> moduleRepr(Thread& t, Value self) {
  Ref<> bootstrap = share(Value(interpreterOf(t).importlib));
  if (bootstrap) return callMethod(t, bootstrap, "_module_repr", self);
  // Before importlib: a module is native, or a file, or was made by hand.
  Value name = dictGetStr(asModule(self)->dict, names::dunder_name), file = dictGetStr(asModule(self)->dict, internStatic("__file__"));
  Utf8 shown(name && isStr(name) ? asStr(name) : emptyStr());
  if (file && isStr(file)) return strFormat(t, "<module '%s' from '%s'>", shown.c_str(), Utf8(asStr(file)).c_str());
  return strFormat(t, findNativeModule(shown.c_str()) ? "<module '%s' (built-in)>" : "<module '%s'>", shown.c_str());
}

Ref<> moduleDict(Thread& t, Value self) { return share(Value(asModule(self)->dict)); }
Ref<> moduleAnnotations(Thread& t, Value self) {
  Dict* dict = asModule(self)->dict;
  Value v = dictGetStr(dict, names::dunder_annotations);
  if (v) return share(v);
  Ref<Dict> fresh = newDict(t);
  if (!fresh || !dictSetStr(t, dict, names::dunder_annotations, fresh)) return kRaised;
  return fresh;
}
bool setModuleAnnotations(Thread& t, Value self, Value v) {
  Dict* dict = asModule(self)->dict;
  if (v) return dictSetStr(t, dict, names::dunder_annotations, v);
  int deleted = dictDeleteStr(t, dict, names::dunder_annotations);
  if (deleted == 0) return raise(t, exc::AttributeError, "__annotations__");
  return deleted > 0;
}
const GetSetDef kGetSets[] = {{"__dict__", moduleDict, nullptr, nullptr, true},
                              {"__annotations__", moduleAnnotations, setModuleAnnotations, nullptr},
                              {}};

Ref<> moduleDir(Thread& t, Value self) {
  Ref<> space = getAttr(t, self, "__dict__");
  if (!space) return kRaised;
  if (!isDict(space)) return raise(t, exc::TypeError, "<module>.__dict__ is not a dictionary");
  Ref<> hook = share(dictGetStr(asDict(space), internStatic("__dir__")));
  return hook ? call(t, hook) : dictKeysList(t, asDict(space));
}
const MethodDef kMethods[] = {method("__dir__", moduleDir, "($self, /)", "__dir__() -> list\nspecialized dir() implementation"), {}};

void moduleTraverse(Object* o, Visitor& visitor) { visitor.visit(static_cast<ModuleObject*>(o)->dict); }
void moduleClear(Object* o) {
  Dict* dict = static_cast<ModuleObject*>(o)->dict;
  static_cast<ModuleObject*>(o)->dict = nullptr;
  releaseIfAny(dict);
}
void moduleDealloc(Object* o) {
  Dict* dict = static_cast<ModuleObject*>(o)->dict;
  freeInstance(o);
  releaseIfAny(dict);
}

}  // namespace

const TypeSpec& moduleTypeSpec() {
  static const TypeSpec spec{
      .type = &types::Module,
      .basic_size = sizeof(ModuleObject),
      .doc = "Create a module object.\n\nThe name must be a string; the optional docstring can have any type.",
      .methods = kMethods,
      .getsets = kGetSets,
      .dealloc = moduleDealloc,
      .traverse = moduleTraverse,
      .clear = moduleClear,
      .fill =
          [](Slots& s) {
            s.new_ = moduleNew;
            s.init = moduleInit;
            s.getattr = moduleGetAttr;
            s.setattr = moduleSetAttr;
            s.repr = moduleRepr;
          },
      .dict_offset = offsetof(ModuleObject, dict)};
  return spec;
}

}  // namespace krait
