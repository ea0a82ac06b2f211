// Calls of foreign functions, and Python functions that foreign code calls.
#include <cerrno>
#include <vector>

#include "runtime/core/runtime.h"
#include "runtime/modules/arguments.h"
#include "runtime/modules/ctypes/ctypes.h"

namespace krait::ctypes {

thread_local Thread* outside = nullptr;

int& errnoCopy() {
  static thread_local int copy = 0;
  return copy;
}

namespace {

constexpr int64_t kMostArguments = 1024;

// --- arguments ---

void deallocArgument(Object* self) {
  Argument* a = static_cast<Argument*>(self);
  if (a->block) freeBuffer(a->block);
  release(a->object);
  freeInstance(self);
}
Ref<> argumentRepr(Thread& t, Value self) {
  Argument* a = castTo<Argument>(self);
  auto as = [&]<class T>(T) {
    T v;
    memcpy(&v, a->bytes, sizeof v);
    return v;
  };
  switch (a->tag) {
    case 'b':
    case 'B': return strFormat(t, "<cparam '%c' (%d)>", a->tag, int(as(int8_t())));
    case 'h':
    case 'H': return strFormat(t, "<cparam '%c' (%d)>", a->tag, int(as(int16_t())));
    case 'i':
    case 'I': return strFormat(t, "<cparam '%c' (%d)>", a->tag, as(int32_t()));
    case 'l':
    case 'L':
    case 'q':
    case 'Q': return strFormat(t, "<cparam '%c' (%lld)>", a->tag, static_cast<long long>(as(int64_t())));
    case 'f':
    case 'd': {
      Ref<Str> shown = repr(t, Value::fromDouble(canonicalNaN(a->tag == 'd' ? as(double()) : double(as(float())))));
      return shown ? strFormat(t, "<cparam '%c' (%s)>", a->tag, Utf8(shown.get()).c_str()) : Ref<Str>();
    }
    case 'c': {
      unsigned char c = a->bytes[0];
      if (c >= ' ' && c < 127 && c != '\\' && c != '\'') return strFormat(t, "<cparam '%c' ('%c')>", a->tag, c);
      return strFormat(t, "<cparam '%c' ('\\x%02x')>", a->tag, c);
    }
    case 'z':
    case 'Z':
    case 'P': {
      void* p = as(static_cast<void*>(nullptr));
      return p ? strFormat(t, "<cparam '%c' (%p)>", a->tag, p) : strFormat(t, "<cparam '%c' (0x(nil))>", a->tag);
    }
    default: return strFormat(t, "<cparam '%c' at %p>", a->tag, static_cast<void*>(a));
  }
}
Ref<> argumentObject(Thread&, Value self) {
  Value object = castTo<Argument>(self)->object;
  return object ? share(object) : steal(kNone);
}

// Any Python value as an argument, when no argument type says how.
Ref<Argument> convert(Thread& t, Value v, int64_t index) {
  if (isData(v)) return argumentOf(t, v);
  if (isArgument(v)) return share(castTo<Argument>(v));
  if (v.isNone()) return newArgument(t, 'P', &ffi_type_pointer, Value());
  if (isIntLike(v)) {
    int64_t narrow;
    uint64_t bits;
    if (intFits64(v, &narrow)) {
      bits = uint64_t(narrow);
    } else if (intSign(v) > 0 && intBitLength(v) <= 64) {
      if (!maskArgument(t, v, &bits)) return kRaised;
    } else {
      return raise(t, exc::OverflowError, "int too long to convert");
    }
    Ref<Argument> a = newArgument(t, 'i', &ffi_type_sint, Value());
    int32_t word = int32_t(bits);
    if (a) memcpy(a->bytes, &word, sizeof word);
    return a;
  }
  if (isBytes(v) || isStr(v)) {
    Ref<Argument> a = newArgument(t, isStr(v) ? 'Z' : 'z', &ffi_type_pointer, Value());
    if (!a) return kRaised;
    Ref<> kept = codeOf(isStr(v) ? 'Z' : 'z')->set(t, a->bytes, v, 0);
    if (!kept) return kRaised;
    assign(a->object, std::move(kept));
    return a;
  }
  Ref<> instead = getAttrOrEmpty(t, v, internStatic("_as_parameter_"));
  if (t.raised()) return kRaised;
  if (instead) {
    NativeScope scope(t, " while processing _as_parameter_");
    return scope ? convert(t, instead, index) : Ref<Argument>();
  }
  return raise(t, exc::TypeError, "Don't know how to convert parameter %lld", static_cast<long long>(index));
}
// The pending exception becomes an ArgumentError that names the argument.
Raised wrongArgument(Thread& t, int64_t index) {
  Ref<> problem = takeException(t);
  Ref<Str> text = str(t, problem);
  if (!text) clearException(t);
  return raise(t, *argument_error, "argument %lld: %s: %s", static_cast<long long>(index), typeName(problem),
               text ? Utf8(text.get()).c_str() : "???");
}

Ref<> resultOf(Thread& t, uint8_t* memory, Value restype, Value checker) {
  if (!restype) {
    int32_t word;
    memcpy(&word, memory, sizeof word);
    return newInt(t, word);
  }
  if (restype.isNone()) return steal(kNone);
  Layout* layout = layoutOfClass(restype);
  if (!layout) {
    int32_t word;
    memcpy(&word, memory, sizeof word);
    Ref<> number = newInt(t, word);
    return number ? call(t, restype, number) : Ref<>();
  }
  Ref<> result;
  if (layout->get && !isSimpleSubclass(restype)) {
    result = layout->get(t, memory, layout->size);
    // A py_object that a function returns is ours already.
    if (result && layout->get == codeOf('O')->get) release(result.value());
  } else {
    result = dataInside(t, asClass(restype), Value(), 0, memory);
  }
  if (!result || !checker || checker.isNone()) return result;
  return call(t, checker, result);
}

}  // namespace

Ref<Argument> newArgument(Thread& t, char tag, ffi_type* native, Value object) {
  Argument* a = allocateInstance<Argument>(argument_type);
  if (!a) return raiseNoMemory(t);
  a->native = native;
  a->tag = tag;
  memset(a->bytes, 0, sizeof a->bytes);
  a->object = share(object).leak();
  a->block = nullptr;
  return steal(a);
}
Ref<Argument> argumentOf(Thread& t, Value v) {
  Data* data = asData(v);
  Layout* layout = layoutOfData(v);
  if (!layout) return raise(t, exc::TypeError, "abstract class");
  Ref<Argument> a = newArgument(t, 'P', &ffi_type_pointer, v);
  if (!a) return kRaised;
  switch (layout->form) {
    case Form::kArray: memcpy(a->bytes, &data->memory, sizeof(void*)); return a;
    case Form::kPointer:
    case Form::kFunction: memcpy(a->bytes, data->memory, sizeof(void*)); return a;
    case Form::kSimple:
      a->tag = char(asStr(layout->proto)->at(0));
      a->native = codeOf(a->tag)->native;
      memcpy(a->bytes, data->memory, size_t(layout->size));
      return a;
    default: break;
  }
  a->tag = 'V';
  a->native = &layout->native;
  uint8_t* to = a->bytes;
  if (data->size > int64_t(sizeof a->bytes)) {
    to = a->block = static_cast<uint8_t*>(allocateBuffer(size_t(data->size)));
    if (!to) return raiseNoMemory(t);
  }
  memcpy(to, data->memory, size_t(data->size));
  return a;
}

Ref<> callForeign(Thread& t, void (*function)(), Tuple* args, uint32_t flags, Value argument_types, Value restype,
                  Value checker) {
  int64_t count = args->size;
  if (count > kMostArguments) {
    return raise(t, *argument_error, "too many arguments (%lld), maximum is %lld", static_cast<long long>(count),
                 static_cast<long long>(kMostArguments));
  }
  Tuple* types = argument_types && isTuple(argument_types) ? asTuple(argument_types) : nullptr;
  std::vector<Ref<Argument>> converted;
  std::vector<ffi_type*> natives;
  std::vector<void*> values;
  converted.reserve(size_t(count));
  for (int64_t i = 0; i < count; ++i) {
    Ref<> v = share(args->items[i]);
    if (types && i < types->size) v = call(t, types->items[i], v);
    Ref<Argument> a = v ? convert(t, v, i + 1) : Ref<Argument>();
    if (!a) return wrongArgument(t, i + 1);
    natives.push_back(a->native);
    values.push_back(a->block ? a->block : a->bytes);
    converted.push_back(std::move(a));
  }
  Layout* layout = restype && !restype.isNone() ? layoutOfClass(restype) : nullptr;
  ffi_type* native_result = restype && restype.isNone() ? &ffi_type_void : layout ? &layout->native : &ffi_type_sint;
  ffi_cif cif;
  if (ffi_prep_cif(&cif, FFI_DEFAULT_ABI, unsigned(count), native_result, natives.data()) != FFI_OK) {
    return raise(t, exc::RuntimeError, "ffi_prep_cif failed");
  }
  std::vector<uint64_t> result(std::max<size_t>(native_result->size, sizeof(ffi_arg)) / 8 + 2);
  auto run = [&] {
    int& copy = errnoCopy();
    if (flags & kUseErrno) std::swap(errno, copy);
    ffi_call(&cif, function, result.data(), values.data());
    if (flags & kUseErrno) std::swap(errno, copy);
  };
  if (flags & kPythonApi) {
    run();
    if (t.raised()) return kRaised;
  } else {
    Thread* before = outside;
    {
      WithoutGil released(t);
      outside = &t;
      run();
      outside = before;
    }
  }
  // A result that is narrower than a register comes in its low bytes.
  return resultOf(t, reinterpret_cast<uint8_t*>(result.data()), restype, checker);
}

// --- callbacks ---

namespace {

struct Thunk : Object {
  ffi_closure* closure;
  ffi_cif* cif;
  ffi_type** natives;  // owned buffer
  Value callable;      // owned
  Value types;         // owned tuple of classes
  Value restype;       // owned
  uint32_t flags;
};
void deallocThunk(Object* self) {
  Thunk* thunk = static_cast<Thunk*>(self);
  if (thunk->closure) ffi_closure_free(thunk->closure);
  freeBuffer(thunk->cif);
  freeBuffer(thunk->natives);
  for (Value v : {thunk->callable, thunk->types, thunk->restype}) release(v);
  freeInstance(self);
}
void traverseThunk(Object* self, Visitor& visitor) {
  Thunk* thunk = static_cast<Thunk*>(self);
  for (Value v : {thunk->callable, thunk->types, thunk->restype}) visitor.visit(v);
}
void clearThunk(Object* self) {
  Thunk* thunk = static_cast<Thunk*>(self);
  assign(thunk->callable, share(kNone));
}

void unraisable(Thread& t, Value where, const char* message) { writeUnraisable(t, where, message); }
// The value of one argument that foreign code passed. Empty: reported.
Ref<> parameterOf(Thread& t, Value type, void* from) {
  Layout* layout = layoutOfClass(type);
  if (!layout) return raise(t, exc::TypeError, "cannot build parameter");
  if (layout->get && !isSimpleSubclass(type)) return layout->get(t, static_cast<uint8_t*>(from), layout->size);
  Ref<> made = call(t, type);
  if (!made) return kRaised;
  if (!isData(made)) return raise(t, exc::TypeError, "cannot build parameter");
  memcpy(asData(made)->memory, from, size_t(std::min(layout->size, asData(made)->size)));
  return made;
}
void storeResult(Thread& t, Thunk* thunk, Value result, void* to) {
  if (thunk->restype.isNone() || !thunk->restype) return;
  Layout* layout = layoutOfClass(thunk->restype);
  uint8_t memory[16] = {};
  Ref<> kept = layout->set(t, memory, result, 0);
  if (!kept)
    return unraisable(t, thunk->callable, "Exception ignored on converting result of ctypes callback function");
  // Narrow integers fill a register, extended as their type says.
  uint64_t word = 0;
  memcpy(&word, memory, size_t(std::min<int64_t>(layout->size, 8)));
  switch (layout->native.type) {
    case FFI_TYPE_SINT8: word = uint64_t(int64_t(int8_t(word))); break;
    case FFI_TYPE_SINT16: word = uint64_t(int64_t(int16_t(word))); break;
    case FFI_TYPE_SINT32: word = uint64_t(int64_t(int32_t(word))); break;
    default: break;
  }
  memcpy(memory, &word, sizeof word);
  memcpy(to, memory, size_t(std::max<int64_t>(layout->size, layout->native.type == FFI_TYPE_FLOAT ? 4 : 8)));
  if (layout->set == codeOf('O')->set) {
    (void)kept.leak();  // the caller's
  } else if (!kept.value().isNone() && !warn(t, exc::RuntimeWarning, 1, "memory leak in callback function.")) {
    (void)kept.leak();
    unraisable(t, thunk->callable, "Exception ignored on converting result of ctypes callback function");
  } else if (!kept.value().isNone()) {
    (void)kept.leak();  // the caller may look at it as long as it likes
  }
}
void runCallback(Thread& t, Thunk* thunk, void* result, void** arguments) {
  Ref<> alive = share(Value(thunk));
  Tuple* types = asTuple(thunk->types);
  std::vector<Value> values;
  auto drop = [&] {
    for (Value v : values) release(v);
  };
  for (int64_t i = 0; i < types->size; ++i) {
    Ref<> v = parameterOf(t, types->items[i], arguments[i]);
    if (!v) {
      Ref<Str> message = strFormat(t, "Exception ignored on creating argument %lld of ctypes callback function",
                                   static_cast<long long>(i + 1));
      unraisable(t, thunk->callable, message ? Utf8(message.get()).c_str() : nullptr);
      return drop();
    }
    values.push_back(v.leak());
  }
  if (thunk->flags & kUseErrno) std::swap(errno, errnoCopy());
  Ref<> answer = call(t, thunk->callable, Args{values.data(), values.size(), nullptr});
  if (thunk->flags & kUseErrno) std::swap(errno, errnoCopy());
  drop();
  if (answer) return storeResult(t, thunk, answer, result);
  unraisable(t, thunk->callable, "Exception ignored on calling ctypes callback function");
}

Interpreter* home = nullptr;  // of threads that come from elsewhere

void enter(ffi_cif*, void* result, void** arguments, void* data) {
  Thunk* thunk = static_cast<Thunk*>(data);
  int saved = errno;
  if (thunk->restype && !thunk->restype.isNone()) memset(result, 0, sizeof(ffi_arg));
  if (Thread* here = Thread::currentOrNull()) {  // called with the GIL held: PyDLL
    PreserveException preserve(*here);
    errno = saved;
    runCallback(*here, thunk, result, arguments);
  } else if (Thread* mine = outside) {
    acquireGil(*mine);
    errno = saved;
    runCallback(*mine, thunk, result, arguments);
    saved = errno;
    releaseGil(*mine);
    errno = saved;
    outside = mine;
  } else if (Thread* made = newThread(home)) {
    attachThread(made);
    errno = saved;
    runCallback(*made, thunk, result, arguments);
    saved = errno;
    detachThread(made);
    errno = saved;
  }
}

}  // namespace

Ref<> newThunk(Thread& t, Value callable, Tuple* types, Value restype, uint32_t flags, void** address) {
  home = t.interpreter;
  Layout* result = nullptr;
  if (restype && !restype.isNone()) {
    result = layoutOfClass(restype);
    if (!result || !result->set) return raise(t, exc::TypeError, "invalid result type for callback function");
  }
  Thunk* thunk = allocateInstance<Thunk>(thunk_type);
  if (!thunk) return raiseNoMemory(t);
  memset(reinterpret_cast<char*>(thunk) + sizeof(Object), 0, sizeof(Thunk) - sizeof(Object));
  thunk->callable = share(callable).leak();
  thunk->types = share(Value(types)).leak();
  thunk->restype = share(restype).leak();
  thunk->flags = flags;
  thunk->cif = static_cast<ffi_cif*>(allocateBuffer(sizeof(ffi_cif)));
  thunk->natives = static_cast<ffi_type**>(allocateBuffer(sizeof(ffi_type*) * size_t(types->size + 1)));
  Ref<> owner = steal(Value(thunk));
  if (!thunk->cif || !thunk->natives) return raiseNoMemory(t);
  for (int64_t i = 0; i < types->size; ++i) {
    Layout* layout = layoutOfClass(types->items[i]);
    thunk->natives[i] = !layout ? &ffi_type_sint : layout->form == Form::kArray ? &ffi_type_pointer : &layout->native;
  }
  thunk->closure = static_cast<ffi_closure*>(ffi_closure_alloc(sizeof(ffi_closure), address));
  if (!thunk->closure) return raiseNoMemory(t);
  ffi_type* native_result = restype && restype.isNone() ? &ffi_type_void : result ? &result->native : &ffi_type_sint;
  if (ffi_prep_cif(thunk->cif, FFI_DEFAULT_ABI, unsigned(types->size), native_result, thunk->natives) != FFI_OK ||
      ffi_prep_closure_loc(thunk->closure, thunk->cif, enter, thunk, *address) != FFI_OK) {
    return raise(t, exc::RuntimeError, "ffi_prep_closure failed");
  }
  return owner;
}

Ref<Tuple> convertersOf(Thread& t, Value types) {
  Ref<Tuple> given = sequenceToTuple(t, types);
  if (!given) return kRaised;
  if (given->size > kMostArguments) {
    return raise(t, *argument_error, "_argtypes_ has too many arguments (%lld), maximum is %lld",
                 static_cast<long long>(given->size), static_cast<long long>(kMostArguments));
  }
  Ref<Tuple> converters = newTupleBlank(t, given->size);
  for (int64_t i = 0; converters && i < given->size; ++i) {
    Ref<> converter = getAttrOrEmpty(t, given->items[i], internStatic("from_param"));
    if (!converter) {
      if (t.raised()) return kRaised;
      return raise(t, exc::TypeError, "item %lld in _argtypes_ has no from_param method",
                   static_cast<long long>(i + 1));
    }
    converters->items[i] = converter.leak();
  }
  return converters;
}

bool addCallTypes(Thread& t) {
  static const GetSetDef kGetSets[] = {{"_obj", argumentObject, nullptr, "the wrapped object"}, {}};
  static const TypeSpec argument{
      .type = nullptr,
      .basic_size = sizeof(Argument),
      .doc = nullptr,
      .getsets = kGetSets,
      .dealloc = deallocArgument,
      .traverse = [](Object* o, Visitor& visitor) { visitor.visit(static_cast<Argument*>(o)->object); },
      .clear = [](Object* o) { assign(static_cast<Argument*>(o)->object, Ref<>()); },
      .fill = [](Slots& slots) { slots.repr = argumentRepr; }};
  static const TypeSpec thunk{.type = nullptr,
                              .basic_size = sizeof(Thunk),
                              .doc = "CThunkObject",
                              .dealloc = deallocThunk,
                              .traverse = traverseThunk,
                              .clear = clearThunk};
  constexpr uint32_t kHidden = kTypeCollectable | kTypeFinal | kTypeDisallowNew;
  Ref<Type> argument_made = makeNativeType(t, argument, "CArgObject", nullptr, kHidden);
  Ref<Type> thunk_made =
      argument_made ? makeNativeType(t, thunk, "_ctypes.CThunkObject", nullptr, kHidden) : Ref<Type>();
  if (!thunk_made) return false;
  argument_type = argument_made.leakObject();
  thunk_type = thunk_made.leakObject();
  return true;
}

}  // namespace krait::ctypes
