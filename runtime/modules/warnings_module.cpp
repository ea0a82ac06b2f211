// _warnings: warn() and the filters, as the warnings module and native code use them.
#include <string>

#include "runtime/core/error.h"
#include "runtime/core/frame.h"
#include "runtime/core/runtime.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/module.h"
#include "runtime/objects/source_line.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// Our own copies count until the warnings module is there; its names may be replaced by the program.
Value filters, once_registry, default_action;  // owned
int64_t filters_version = 0;

// A name of the warnings module, when that was imported (or may be, with `import`); empty without exception else.
Ref<> ofWarnings(Thread& t, const char* name, bool import) {
  if (!dictGetStr(interpreterOf(t).modules, internStatic("warnings")) && !(import && !interpreterOf(t).finalizing)) return {};
  Ref<> module;
  if (import) {
    module = importModule(t, "warnings");
    if (!module) {
      if (raisedIs(t, exc::ImportError)) clearException(t);
      return {};
    }
  } else {
    module = share(dictGetStr(interpreterOf(t).modules, internStatic("warnings")));
  }
  return getAttrOrEmpty(t, module, internStatic(name));
}

// --- filters ---

// Whether a part of a filter (None, a str, or an object with match()) accepts the text. -1: raised.
int matches(Thread& t, Value part, Value text) {
  if (part.isNone()) return 1;
  if (isExact(part, &types::Str)) return compareBool(t, part, text, CompareOp::kEqual);
  Ref<> result = callMethod(t, part, "match", text);
  return result ? truth(t, result) : -1;
}

// The action for a warning, and the filter it came from. Empty: raised.
Ref<> findAction(Thread& t, Value category, Value text, int64_t line, Value module, Ref<>* item) {
  Ref<> list = ofWarnings(t, "filters", false);
  if (!list && t.raised()) return kRaised;
  if (list) assign(filters, share(list));
  if (!isList(filters)) return raise(t, exc::ValueError, "_warnings.filters must be a list");
  Ref<> keep = share(filters);
  for (int64_t i = 0; i < asList(keep)->size; ++i) {
    *item = listGet(asList(keep), i);
    if (!isTuple(*item) || asTuple(*item)->size != 5) {
      return raise(t, exc::ValueError, "_warnings.filters item %lld isn't a 5-tuple", static_cast<long long>(i));
    }
    Value* parts = asTuple(*item)->items;
    if (!isStr(parts[0])) return raise(t, exc::TypeError, "action must be a string, not '%.200s'", typeName(parts[0]));
    int good = matches(t, parts[1], text);
    if (good > 0) good = isSubclassOf(t, category, parts[2]);
    if (good > 0) good = matches(t, parts[3], module);
    if (good < 0) return kRaised;
    int64_t wanted = toIndex(t, parts[4]);
    if (t.raised()) return kRaised;
    if (good && (wanted == 0 || wanted == line)) return share(parts[0]);
  }
  Ref<> action = ofWarnings(t, "defaultaction", false);
  if (!action) {
    if (t.raised()) return kRaised;
    action = share(default_action);
  }
  if (!isStr(action)) return raise(t, exc::TypeError, "_warnings.defaultaction must be a string, not '%.200s'", typeName(action));
  *item = share(kNone);
  return action;
}

// Whether the key was seen in this registry; remembers it if `set`. -1: raised.
int alreadyWarned(Thread& t, Value registry, Value key, bool set) {
  if (registry.isNone()) return 0;
  Dict* seen = asDict(registry);
  Str* version = internStatic("version");
  Value known = dictGetStr(seen, version);
  if (!known || !known.isInt() || known.asInt() != filters_version) {
    dictClear(t, seen);
    if (!dictSetStr(t, seen, version, Value::fromInt(filters_version))) return -1;
  } else {
    Value found = dictGet(t, seen, key);
    if (t.raised()) return -1;
    int yes = found ? truth(t, found) : 0;
    if (yes) return yes;
  }
  return set && !dictSet(t, seen, key, kTrue) ? -1 : 0;
}
int updateRegistry(Thread& t, Value registry, Value text, Value category, bool add_zero) {
  Ref<Tuple> key = add_zero ? packTuple(t, text, category, Value::fromInt(0)) : packTuple(t, text, category);
  return key ? alreadyWarned(t, registry, key, true) : -1;
}

// --- showing ---

// Without the warnings module: "file:line: Category: text" and the source line, to sys.stderr.
bool showPlain(Thread& t, Value filename, int64_t line, Value text, Value category, Value source_line) {
  Ref<> file = share(dictGetStr(interpreterOf(t).sys->dict, internStatic("stderr")));
  if (!file || file.value().isNone()) return true;
  Ref<> name = getAttr(t, category, "__name__");
  Ref<Str> shown_name = name ? str(t, name) : Ref<Str>(), shown_file = shown_name ? str(t, filename) : Ref<Str>();
  Ref<Str> head = shown_file ? strFormat(t, "%s:%lld: %s: ", Utf8(shown_file.get()).c_str(), static_cast<long long>(line),
                                         Utf8(shown_name.get()).c_str())
                             : Ref<Str>();
  if (!head || !callMethod(t, file, "write", head) || !callMethod(t, file, "write", text) ||
      !callMethod(t, file, "write", Value(internStatic("\n")))) {
    return false;
  }
  Ref<> shown_line = share(source_line);
  if (!source_line) {
    std::string found;
    if (!sourceLine(t, std::string(Utf8(shown_file.get()).view()), int(line), &found)) return true;
    shown_line = newStrUtf8(t, found);
    if (!shown_line) return false;
  }
  if (!isStr(shown_line)) return true;
  Ref<> stripped = callMethod(t, shown_line, "strip");
  Ref<Str> shown = stripped ? strFormat(t, "  %s\n", Utf8(asStr(stripped)).c_str()) : Ref<Str>();
  return shown && callMethod(t, file, "write", shown);
}

bool show(Thread& t, Value message, Value text, Value category, Value filename, int64_t line, Value source_line, Value source) {
  Ref<> function = ofWarnings(t, "_showwarnmsg", source && !source.isNone());
  if (!function) return t.raised() ? false : showPlain(t, filename, line, text, category, source_line);
  if (!isCallable(function)) return raise(t, exc::TypeError, "warnings._showwarnmsg() must be set to a callable");
  Ref<> make = ofWarnings(t, "WarningMessage", false);
  if (!make) return t.raised() ? false : raise(t, exc::RuntimeError, "unable to get warnings.WarningMessage").operator bool();
  Value args[] = {message, category, filename, Value::fromInt(line), kNone, kNone, source ? source : kNone};
  Ref<> object = call(t, make, Args{args, 7, nullptr});
  return object && call(t, function, object);
}

// The module's name from its file: without ".py".
Ref<> moduleOfFile(Thread& t, Value filename) {
  Str* name = asStr(filename);
  if (name->length == 0) return newStrUtf8(t, "<unknown>");
  if (name->length >= 3 && name->at(name->length - 3) == '.' && name->at(name->length - 2) == 'p' && name->at(name->length - 1) == 'y') {
    return strSlice(t, name, 0, name->length - 3, 1);
  }
  return share(filename);
}

Ref<> warnExplicit(Thread& t, Value category_given, Value message_given, Value filename, int64_t line, Value module_given, Value registry,
                   Value source_line, Value source) {
  if (module_given && module_given.isNone()) return steal(kNone);
  if (registry && !registry.isNone() && !isDict(registry)) return raise(t, exc::TypeError, "'registry' must be a dict or None");
  if (!registry) registry = kNone;
  Ref<> module = module_given ? share(module_given) : moduleOfFile(t, filename);
  Ref<> message = share(message_given), category = share(category_given), text;
  int is_warning = module ? isInstanceOf(t, message, Value(&exc::Warning)) : -1;
  if (is_warning < 0) return kRaised;
  if (is_warning) {
    text = str(t, message);
    category = share(Value(typeOf(message)));
  } else {
    text = share(message);
    message = call(t, category, message);
  }
  if (!text || !message) return kRaised;
  Ref<> line_value = newInt(t, line);
  Ref<Tuple> key = line_value ? packTuple(t, text.value(), category.value(), line_value.value()) : Ref<Tuple>();
  int seen = key ? alreadyWarned(t, registry, key, false) : -1;
  if (seen) return seen < 0 ? Ref<>(kRaised) : steal(kNone);
  Ref<> item;
  Ref<> action = findAction(t, category, text, line, module, &item);
  if (!action) return kRaised;
  auto is = [&](const char* name) { return strEqualsAscii(asStr(action), name); };
  if (is("error")) return raiseInstance(t, std::move(message));
  if (is("ignore")) return steal(kNone);
  if (!is("always")) {
    if (!registry.isNone() && !dictSet(t, asDict(registry), key, kTrue)) return kRaised;
    if (is("once")) {
      Ref<> once = share(registry);
      if (registry.isNone()) {
        once = ofWarnings(t, "onceregistry", false);
        if (!once) {
          if (t.raised()) return kRaised;
          once = share(once_registry);
        }
        if (!isDict(once)) return raise(t, exc::TypeError, "_warnings.onceregistry must be a dict, not '%.200s'", typeName(once));
      }
      seen = updateRegistry(t, once, text, category, false);
    } else if (is("module")) {
      if (!registry.isNone()) seen = updateRegistry(t, registry, text, category, false);
    } else if (!is("default")) {
      Ref<Str> shown = repr(t, action), where = shown ? repr(t, item) : Ref<Str>();
      if (!where) return kRaised;
      return raise(t, exc::RuntimeError, "Unrecognized action (%s) in warnings.filters:\n %s", Utf8(shown.get()).c_str(),
                   Utf8(where.get()).c_str());
    }
  }
  if (seen < 0) return kRaised;
  if (seen == 0 && !show(t, message, text, category, filename, line, source_line, source)) return kRaised;
  return steal(kNone);
}

// --- warn(): where does the warning come from? ---

bool isInternal(const Frame* f) {
  Utf8 shown(asStr(Value(f->code->filename)));
  const std::string_view name = shown.view();
  return name.find("importlib") != name.npos && name.find("_bootstrap") != name.npos;
}
Frame* outer(Frame* f) {
  do f = f->previous;
  while (f && (f->flags & kFrameHidden));
  return f;
}
Frame* outerExternal(Frame* f) {
  do f = outer(f);
  while (f && isInternal(f));
  return f;
}

Ref<> warnHere(Thread& t, Value category, Value message, int64_t level, Value source) {
  Frame* f = visibleFrame(t);
  if (level <= 0 || !f || isInternal(f)) {
    while (--level > 0 && f) f = outer(f);
  } else {
    while (--level > 0 && f) f = outerExternal(f);
  }
  Dict* globals = f ? f->globals : interpreterOf(t).sys->dict;
  Ref<> filename = f ? share(Value(f->code->filename)) : Ref<>(newStrUtf8(t, "sys"));
  int64_t line = f ? frameLine(f) : 1;
  Ref<Dict> keep = share(globals);
  Str* registry_name = internStatic("__warningregistry__");
  Ref<> registry = share(dictGetStr(globals, registry_name));
  if (!registry) {
    registry = newDict(t);
    if (!registry || !dictSetStr(t, globals, registry_name, registry)) return kRaised;
  }
  Value name = dictGetStr(globals, internStatic("__name__"));
  Ref<> module = name && (name.isNone() || isStr(name)) ? share(name) : Ref<>(newStrUtf8(t, "<string>"));
  if (!filename || !module) return kRaised;
  return warnExplicit(t, category, message, filename, line, module, registry, Value(), source);
}

// Category of warn(): a subclass of Warning, or the class of the message.
Ref<> categoryOf(Thread& t, Value message, Value category) {
  int is_warning = isInstanceOf(t, message, Value(&exc::Warning));
  if (is_warning < 0) return kRaised;
  if (is_warning) return share(Value(typeOf(message)));
  if (!category || category.isNone()) return share(Value(&exc::UserWarning));
  int good = isType(category) ? isSubclassOf(t, category, Value(&exc::Warning)) : 0;
  if (good < 0) return kRaised;
  if (!good) return raise(t, exc::TypeError, "category must be a Warning subclass, not '%s'", typeName(category));
  return share(category);
}

Ref<> warnFunction(Thread& t, Value, const Value* args) {
  int64_t level = toIndex(t, args[2]);
  if (t.raised()) return kRaised;
  Ref<> category = categoryOf(t, args[0], args[1]);
  return category ? warnHere(t, category, args[0], level, args[3]) : Ref<>();
}

// The line of the source, from a loader in module_globals.
Ref<> loadedLine(Thread& t, Value globals, int64_t line) {
  if (!isDict(globals)) return raise(t, exc::TypeError, "module_globals must be a dict, not '%.200s'", typeName(globals));
  Value loader = dictGetStr(asDict(globals), internStatic("__loader__")), name = dictGetStr(asDict(globals), internStatic("__name__"));
  if (!loader || !name) return steal(kNone);
  Ref<> get = getAttrOrEmpty(t, loader, internStatic("get_source"));
  if (!get) return t.raised() ? Ref<>() : steal(kNone);
  Ref<> source = call(t, get, name);
  if (!source || source.value().isNone()) return source;
  Ref<> lines = callMethod(t, source, "splitlines");
  if (!lines) return kRaised;
  Ref<> index = newInt(t, line - 1);
  return index ? getItem(t, lines, index) : Ref<>();
}

Ref<> warnExplicitFunction(Thread& t, Value, const Value* args) {
  if (!isStr(args[2]))
    return raise(t, exc::TypeError, "warn_explicit() argument 3 must be str, not %s", argumentTypeName(args[2]));
  int64_t line = toInt64(t, args[3]);
  if (t.raised()) return kRaised;
  Ref<> source_line;
  if (args[6] && !args[6].isNone()) {
    source_line = loadedLine(t, args[6], line);
    if (!source_line) return kRaised;
  }
  return warnExplicit(t, args[1], args[0], args[2], line, args[4], args[5], source_line, args[7]);
}
Ref<> filtersMutated(Thread&, Value) {
  ++filters_version;
  return steal(kNone);
}

const MethodDef kFunctions[] = {
    method("warn", warnFunction, "($module, /, message, category=None, stacklevel=1, source=None)",
           "Issue a warning, or maybe ignore it or raise an exception."),
    method("warn_explicit", warnExplicitFunction,
           "($module, /, message, category, filename, lineno, module=<none>, registry=<none>, module_globals=None, source=None)",
           "Issue a warning, or maybe ignore it or raise an exception; the place is given."),
    method("_filters_mutated", filtersMutated, "($module, /)"),
    {},
};

bool addFilter(Thread& t, List* list, const char* action, Type& category, const char* module) {
  Ref<Tuple> row = packTuple(t, Value(internStatic(action)), kNone, Value(&category), module ? Value(internStatic(module)) : kNone,
                             Value::fromInt(0));
  return row && listAppend(t, list, std::move(row));
}

bool init(Thread& t, ModuleObject* m) {
  Ref<List> list = newList(t);
  Ref<Dict> once = newDict(t);
  if (!list || !once || !addFilter(t, list.get(), "default", exc::DeprecationWarning, "__main__") ||
      !addFilter(t, list.get(), "ignore", exc::DeprecationWarning, nullptr) ||
      !addFilter(t, list.get(), "ignore", exc::PendingDeprecationWarning, nullptr) ||
      !addFilter(t, list.get(), "ignore", exc::ImportWarning, nullptr) ||
      !addFilter(t, list.get(), "ignore", exc::ResourceWarning, nullptr)) {
    return false;
  }
  filters = list.leak();
  once_registry = once.leak();
  default_action = Value(internStatic("default"));
  return moduleAdd(t, m, "filters", share(filters)) && moduleAdd(t, m, "_onceregistry", share(once_registry)) &&
         moduleAdd(t, m, "_defaultaction", share(default_action));
}

}  // namespace

const ModuleDef& warningsModule() {
  static const ModuleDef def{"_warnings",
                             "_warnings provides basic warning filtering support.\nIt is a helper module to speed up interpreter start-up.",
                             kFunctions, init};
  return def;
}

}  // namespace krait
