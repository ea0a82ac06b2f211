// CFuncPtr: foreign functions by name, by address, and Python functions for foreign code.
#include <dlfcn.h>

#include <string>

#include "runtime/modules/ctypes/ctypes.h"

namespace krait::ctypes {

namespace {

enum : int64_t { kIn = 1, kOut = 2, kLocale = 4 };  // paramflags

FunctionData* asFunctionData(Value v) { return static_cast<FunctionData*>(v.asObject()); }
void (*addressOf(Value self))() {
  void (*address)();
  memcpy(&address, asData(self)->memory, sizeof address);
  return address;
}

void clearFunction(Object* self) {
  FunctionData* f = static_cast<FunctionData*>(self);
  for (Value* field : {&f->callable, &f->argtypes, &f->converters, &f->restype, &f->checker, &f->errcheck,
                       &f->paramflags, &f->thunk}) {
    assign(*field, Ref<>());
  }
  clearData(f);
}
void deallocFunction(Object* self) {
  clearFunction(self);
  freeInstance(self);
}
void traverseFunction(Object* self, Visitor& visitor) {
  FunctionData* f = static_cast<FunctionData*>(self);
  for (Value v :
       {f->callable, f->argtypes, f->converters, f->restype, f->checker, f->errcheck, f->paramflags, f->thunk})
    visitor.visit(v);
  traverseData(self, visitor);
}

// --- classes ---

// What `restype` must be, and its _check_retval_. False: raised with `message`.
bool restypeParts(Thread& t, Value restype, const char* message, Ref<>* checker) {
  if (!restype.isNone() && !layoutOfClass(restype) && !isCallable(restype))
    return raise(t, exc::TypeError, "%s", message);
  *checker = restype.isNone() ? Ref<>() : getAttrOrEmpty(t, restype, internStatic("_check_retval_"));
  return !t.raised();
}
Ref<> functionMetaNew(Thread& t, Type* metatype, Args args) {
  Ref<Type> type = makePlainClass(t, metatype, args);
  if (!type) return kRaised;
  Ref<Layout> layout = newLayout(t, Form::kFunction);
  if (!layout) return kRaised;
  layout->size = sizeof(void*);
  layout->alignment = alignof(void*);
  layout->length = 1;
  layout->format = copyText(t, "X{}");
  if (!layout->format) return kRaised;
  Ref<> flags = getAttrOrEmpty(t, type, internStatic("_flags_"));
  if (t.raised()) return kRaised;
  int64_t number;
  if (!flags || !isIntLike(flags) || !intFits64(flags, &number)) {
    return raise(t, exc::TypeError, "class must define _flags_ which must be an integer");
  }
  layout->flags = uint32_t(number) | kIsPointer;
  Ref<> types = getAttrOrEmpty(t, type, internStatic("_argtypes_"));
  if (t.raised()) return kRaised;
  if (types) {
    if (!isTuple(types)) return raise(t, exc::TypeError, "_argtypes_ must be a sequence of types");
    Ref<Tuple> converters = convertersOf(t, types);
    if (!converters) return kRaised;
    layout->argtypes = types.leak();
    layout->converters = converters.leak();
  }
  Ref<> restype = getAttrOrEmpty(t, type, internStatic("_restype_"));
  if (t.raised()) return kRaised;
  if (restype) {
    Ref<> checker;
    if (!restypeParts(t, restype, "_restype_ must be a type, a callable, or None", &checker)) return kRaised;
    layout->restype = restype.leak();
    layout->checker = checker.leak();
  }
  return setLayout(t, type.get(), std::move(layout)) ? std::move(type) : Ref<Type>();
}

// --- making ---

bool checkFlags(Thread& t, Layout* layout, Value flags) {
  if (!flags || flags.isNone() || !layout->argtypes) return true;
  if (!isTuple(flags)) return raise(t, exc::TypeError, "paramflags must be a tuple or None");
  Tuple *all = asTuple(flags), *types = asTuple(layout->argtypes);
  if (all->size != types->size) return raise(t, exc::ValueError, "paramflags must have the same length as argtypes");
  for (int64_t i = 0; i < all->size; ++i) {
    Tuple* item = isTuple(all->items[i]) ? asTuple(all->items[i]) : nullptr;
    int64_t flag;
    bool shaped = item && item->size >= 1 && item->size <= 3 && isIntLike(item->items[0]) &&
                  intFits64(item->items[0], &flag) &&
                  (item->size < 2 || isStr(item->items[1]) || item->items[1].isNone());
    if (!shaped) return raise(t, exc::TypeError, "paramflags must be a sequence of (int [,string [,value]]) tuples");
    switch (flag & (kIn | kOut | kLocale)) {
      case 0:
      case kIn:
      case kIn | kLocale:
      case kIn | kOut: continue;
      case kOut: break;
      default: return raise(t, exc::TypeError, "paramflag value %lld not supported", static_cast<long long>(flag));
    }
    Value type = types->items[i];
    Layout* pointed = layoutOfClass(type);
    bool usable = isInstance(type, pointer_meta) || isInstance(type, array_meta);
    if (!usable && pointed && pointed->proto && isStr(pointed->proto)) {
      uint32_t letter = asStr(pointed->proto)->at(0);
      usable = letter == 'P' || letter == 'z' || letter == 'Z';
    }
    if (!usable) {
      return raise(t, exc::TypeError, "'out' parameter %lld must be a pointer type, not %s",
                   static_cast<long long>(i + 1), isType(type) ? asClass(type)->cname : typeName(type));
    }
  }
  return true;
}
Ref<> fromLibrary(Thread& t, Type* type, Args args) {
  Tuple* spec = asTuple(args[0]);
  Layout* layout = layoutOf(type);
  if (spec->size != 2) return raise(t, exc::TypeError, "illegal func_spec argument");
  if (args.positional > 2)
    return raise(t, exc::TypeError, "function takes at most 2 arguments (%zu given)", args.positional);
  Value flags = args.positional > 1 ? args[1] : Value();
  Value library = spec->items[1];
  Utf8 text;
  const char* name = nullptr;
  if (isStr(spec->items[0])) {
    if (!text.set(t, asStr(spec->items[0]))) return kRaised;
    name = text.c_str();
  } else if (isBytes(spec->items[0])) {
    name = reinterpret_cast<const char*>(asBytes(spec->items[0])->data);
  } else {
    return raise(t, exc::TypeError, "illegal func_spec argument");
  }
  Ref<> handle = getAttr(t, library, "_handle");
  if (!handle) return kRaised;
  int64_t number;
  if (!isIntLike(handle) || !intFits64(handle, &number)) {
    return raise(t, exc::TypeError, "the _handle attribute of the second argument must be an integer");
  }
  dlerror();
  void* address = dlsym(reinterpret_cast<void*>(number), name);
  if (!address) {
    const char* why = dlerror();
    return raise(t, exc::AttributeError, "%s", why ? why : "symbol not found");
  }
  if (!checkFlags(t, layout, flags)) return kRaised;
  Ref<> made = newData(t, type, {});
  if (!made) return kRaised;
  FunctionData* f = asFunctionData(made);
  memcpy(f->memory, &address, sizeof address);
  f->paramflags = share(flags).leak();
  return keepAlive(t, f, 0, share(library)) ? std::move(made) : Ref<>();
}
Ref<> functionNew(Thread& t, Type* type, Args args) {
  Layout* layout = layoutOf(type);
  if (!layout) return raise(t, exc::TypeError, "abstract class");
  if (args.positional == 0) return newData(t, type, {});
  if (isTuple(args[0])) return fromLibrary(t, type, args);
  if (args.positional == 1 && isIntLike(args[0])) {
    Ref<> made = newData(t, type, {});
    if (!made || !codeOf('P')->set(t, asData(made)->memory, args[0], 0)) return kRaised;
    return made;
  }
  if (args.positional != 1)
    return raise(t, exc::TypeError, "function takes exactly 1 argument (%zu given)", args.positional);
  if (!isCallable(args[0])) return raise(t, exc::TypeError, "argument must be callable or integer function address");
  if (!layout->argtypes) return raise(t, exc::TypeError, "cannot construct instance of this class: no argtypes");
  void* address;
  Ref<> thunk = newThunk(t, args[0], asTuple(layout->argtypes), layout->restype, layout->flags, &address);
  Ref<> made = thunk ? newData(t, type, {}) : Ref<>();
  if (!made) return kRaised;
  FunctionData* f = asFunctionData(made);
  memcpy(f->memory, &address, sizeof address);
  f->callable = share(args[0]).leak();
  f->thunk = share(thunk).leak();
  return keepAlive(t, f, 0, std::move(thunk)) ? std::move(made) : Ref<>();
}

// --- calling ---

struct Outputs {
  uint32_t out = 0, in_out = 0;  // bits of arguments
  int count = 0;
};
// The next argument of the call: by position, by name, or its default.
Ref<> nextArgument(Thread& t, Args args, size_t* used, Value name, Value fallback) {
  if (*used < args.positional) return share(args[(*used)++]);
  if (name && isStr(name)) {
    for (size_t k = 0; k < args.keywords(); ++k) {
      if (!strEqual(asStr(args.names->items[k]), asStr(name))) continue;
      ++*used;
      return share(args[args.positional + k]);
    }
  }
  if (fallback) return share(fallback);
  if (name && isStr(name)) return raise(t, exc::TypeError, "required argument '%s' missing", Utf8(asStr(name)).c_str());
  return raise(t, exc::TypeError, "not enough arguments");
}
Ref<Tuple> buildArguments(Thread& t, FunctionData* f, Tuple* types, Args args, Outputs* outputs) {
  if (!types || !f->paramflags || f->paramflags.isNone() || types->size == 0)
    return newTuple(t, args.values, int64_t(args.positional));
  Ref<Tuple> flags = share(asTuple(f->paramflags)), keep_types = share(types);
  Ref<Tuple> built = newTupleBlank(t, types->size);
  size_t used = 0;
  for (int64_t i = 0; built && i < types->size; ++i) {
    Tuple* item = asTuple(flags->items[i]);
    int64_t flag = 0;
    intFits64(item->items[0], &flag);
    Value name = item->size > 1 ? item->items[1] : Value(), fallback = item->size > 2 ? item->items[2] : Value();
    Ref<> v;
    switch (flag & (kIn | kOut | kLocale)) {
      case kIn | kLocale: v = fallback ? share(fallback) : steal(Value::fromInt(0)); break;
      case kIn | kOut:
        if (i < 32) outputs->in_out |= 1u << i;
        ++outputs->count;
        [[fallthrough]];
      case 0:
      case kIn: v = nextArgument(t, args, &used, name, fallback); break;
      default: {
        if (i < 32) outputs->out |= 1u << i;
        ++outputs->count;
        if (fallback) {
          v = share(fallback);
          break;
        }
        Value type = types->items[i];
        Layout* layout = layoutOfClass(type);
        if (!layout) return raise(t, exc::RuntimeError, "NULL stgdict unexpected");
        if (isStr(layout->proto)) {
          return raise(t, exc::TypeError, "%s 'out' parameter must be passed as default value", asClass(type)->cname);
        }
        v = call(t, isInstance(type, array_meta) ? type : layout->proto);
      }
    }
    if (!v) return kRaised;
    built->items[i] = v.leak();
  }
  if (built && args.total() != used) {
    return raise(t, exc::TypeError, "call takes exactly %zu arguments (%zu given)", used, args.total());
  }
  return built;
}
Ref<> buildResult(Thread& t, Ref<> result, Tuple* arguments, const Outputs& outputs) {
  if (!outputs.count) return result;
  Ref<Tuple> all = outputs.count > 1 ? newTupleBlank(t, outputs.count) : Ref<Tuple>();
  if (outputs.count > 1 && !all) return kRaised;
  int64_t index = 0;
  for (int64_t i = 0; i < 32 && i < arguments->size; ++i) {
    uint32_t bit = 1u << i;
    Ref<> v;
    if (bit & outputs.in_out) {
      v = share(arguments->items[i]);
    } else if (bit & outputs.out) {
      v = callMethod(t, arguments->items[i], "__ctypes_from_outparam__");
      if (!v) return kRaised;
    } else {
      continue;
    }
    if (outputs.count == 1) return v;
    all->items[index++] = v.leak();
    if (index == outputs.count) break;
  }
  return all;
}
Ref<> functionCall(Thread& t, Value self, Args args) {
  FunctionData* f = asFunctionData(self);
  Layout* layout = layoutOfData(self);
  if (!layout) return raise(t, exc::TypeError, "abstract class");
  Ref<> keep = share(self), restype = share(f->restype ? f->restype : layout->restype);
  Ref<> converters = share(f->converters ? f->converters : layout->converters),
        types = share(f->argtypes ? f->argtypes : layout->argtypes);
  Ref<> checker = share(f->restype ? f->checker : layout->checker), errcheck = share(f->errcheck);
  Outputs outputs;
  Ref<Tuple> type_tuple = types ? sequenceToTuple(t, types) : Ref<Tuple>();
  if (t.raised()) return kRaised;
  Ref<Tuple> built = buildArguments(t, f, type_tuple ? type_tuple.get() : nullptr, args, &outputs);
  if (!built) return kRaised;
  if (converters) {
    int64_t required = asTuple(converters)->size;
    if (required > built->size) {
      return raise(t, exc::TypeError, "this function takes at least %lld argument%s (%lld given)",
                   static_cast<long long>(required), required == 1 ? "" : "s", static_cast<long long>(built->size));
    }
  }
  if (!addressOf(self)) return raise(t, exc::ValueError, "attempt to call a NULL function pointer");
  Ref<> result = callForeign(t, addressOf(self), built.get(), layout->flags, converters, restype, checker);
  if (result && errcheck && !errcheck.value().isNone()) {
    Ref<> checked = call(t, errcheck, result, self, built);
    // The arguments unchanged mean: go on.
    if (!checked || checked.value() != Value(built.get())) return checked;
  }
  return result ? buildResult(t, std::move(result), built.get(), outputs) : Ref<>();
}

// --- attributes ---

bool setRestype(Thread& t, Value self, Value v) {
  FunctionData* f = asFunctionData(self);
  Ref<> checker;
  if (v && !restypeParts(t, v, "restype must be a type, a callable, or None", &checker)) return false;
  assign(f->restype, share(v));
  assign(f->checker, std::move(checker));
  return true;
}
Ref<> getRestype(Thread&, Value self) {
  FunctionData* f = asFunctionData(self);
  Layout* layout = layoutOfData(self);
  Value v = f->restype ? f->restype : layout ? layout->restype : Value();
  return v ? share(v) : steal(kNone);
}
bool setArgtypes(Thread& t, Value self, Value v) {
  FunctionData* f = asFunctionData(self);
  if (!v || v.isNone()) {
    assign(f->converters, Ref<>());
    assign(f->argtypes, Ref<>());
    return true;
  }
  Ref<Tuple> types = sequenceToTuple(t, v);
  if (!types && raisedIs(t, exc::TypeError)) {
    clearException(t);
    return raise(t, exc::TypeError, "_argtypes_ must be a sequence of types");
  }
  Ref<Tuple> converters = types ? convertersOf(t, types) : Ref<Tuple>();
  if (!converters) return false;
  assign(f->converters, std::move(converters));
  assign(f->argtypes, share(v));
  return true;
}
Ref<> getArgtypes(Thread&, Value self) {
  FunctionData* f = asFunctionData(self);
  Layout* layout = layoutOfData(self);
  Value v = f->argtypes ? f->argtypes : layout ? layout->argtypes : Value();
  return v ? share(v) : steal(kNone);
}
bool setErrcheck(Thread& t, Value self, Value v) {
  if (v && !v.isNone() && !isCallable(v)) return raise(t, exc::TypeError, "the errcheck attribute must be callable");
  assign(asFunctionData(self)->errcheck, share(v));
  return true;
}
Ref<> getErrcheck(Thread&, Value self) {
  Value v = asFunctionData(self)->errcheck;
  return v ? share(v) : steal(kNone);
}
Ref<> functionRepr(Thread& t, Value self) {
  return strFormat(t, "<%s object at %p>", typeName(self), static_cast<void*>(self.asObject()));
}
int functionTruth(Thread&, Value self) { return addressOf(self) != nullptr; }

}  // namespace

bool addFunctionTypes(Thread& t, ModuleObject* m) {
  static const TypeSpec meta{.type = nullptr,
                             .basic_size = sizeof(Type),
                             .doc = "metatype for C function pointers",
                             .methods = kMetaMethods,
                             .fill = [](Slots& slots) {
                               slots.new_ = functionMetaNew;
                               slots.repeat = repeatType;
                             }};
  static const GetSetDef kGetSets[] = {{"errcheck", getErrcheck, setErrcheck, "a function to check for errors"},
                                       {"restype", getRestype, setRestype, "specify the result type"},
                                       {"argtypes", getArgtypes, setArgtypes, "specify the argument types"},
                                       {}};
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(FunctionData),
                             .doc = "Function Pointer",
                             .getsets = kGetSets,
                             .dealloc = deallocFunction,
                             .traverse = traverseFunction,
                             .clear = clearFunction,
                             .fill = [](Slots& slots) {
                               slots.new_ = functionNew;
                               slots.call = functionCall;
                               slots.repr = functionRepr;
                               slots.truth = functionTruth;
                             }};
  function_meta = addMeta(t, meta, "_ctypes.PyCFuncPtrType");
  function_type = function_meta ? addBase(t, m, spec, "_ctypes.CFuncPtr", function_meta) : nullptr;
  return function_type;
}

}  // namespace krait::ctypes
