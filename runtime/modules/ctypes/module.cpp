// _ctypes: the module's functions, and what ctypes/__init__.py calls by address.
#include <dlfcn.h>

#include <cwchar>

#include "runtime/modules/arguments.h"
#include "runtime/modules/ctypes/ctypes.h"
#include "runtime/modules/posix/posix.h"

// Libraries that were built as CPython extensions and hold ordinary functions besides refer to this variable: with it
// they can at least be loaded and those functions be called.
extern "C" __attribute__((visibility("default"))) uint64_t _Py_NoneStruct[2];
uint64_t _Py_NoneStruct[2] = {1, 0};

namespace krait::ctypes {

bool addCallTypes(Thread& t);

namespace {

Ref<> sizeOf(Thread& t, Value, Value v) {
  if (Layout* layout = layoutOfClass(v)) return newInt(t, layout->size);
  if (isData(v)) return newInt(t, asData(v)->size);
  return raise(t, exc::TypeError, "this type has no size");
}
Ref<> alignmentOf(Thread& t, Value, Value v) {
  Layout* layout = isData(v) ? layoutOfData(v) : layoutOfClass(v);
  return layout ? newInt(t, layout->alignment) : Ref<>(raise(t, exc::TypeError, "no alignment info"));
}
Ref<> byReference(Thread& t, Value, const Value* args) {
  int64_t offset = toIndex(t, args[1], false, &exc::OverflowError);
  if (t.raised()) return kRaised;
  if (!isData(args[0]))
    return raise(t, exc::TypeError, "byref() argument must be a ctypes instance, not '%s'", typeName(args[0]));
  Ref<Argument> a = newArgument(t, 'P', &ffi_type_pointer, args[0]);
  uint8_t* address = asData(args[0])->memory + offset;
  if (a) memcpy(a->bytes, &address, sizeof address);
  return a;
}
Ref<> addressFunction(Thread& t, Value, Value v) {
  if (!isData(v)) return raise(t, exc::TypeError, "invalid type");
  return newIntUnsigned(t, uint64_t(asData(v)->memory));
}
Ref<> resizeFunction(Thread& t, Value, const Value* args) {
  int64_t size = toIndex(t, args[1], false, &exc::OverflowError);
  if (t.raised()) return kRaised;
  if (!isData(args[0]) || !layoutOfData(args[0])) return raise(t, exc::TypeError, "excepted ctypes instance");
  return resizeData(t, asData(args[0]), size) ? steal(kNone) : Ref<>();
}
Ref<> getErrno(Thread& t, Value) { return newInt(t, errnoCopy()); }
Ref<> setErrno(Thread& t, Value, Value v) {
  int number;
  if (!posix::intArgument(t, v, &number)) return kRaised;
  return newInt(t, std::exchange(errnoCopy(), number));
}
Ref<> pointerTypeFunction(Thread& t, Value, Value type) { return pointerTypeTo(t, type); }
Ref<> pointerFunction(Thread& t, Value, Value v) {
  Ref<> type = pointerTypeTo(t, Value(typeOf(v)));
  return type ? call(t, type, v) : Ref<>();
}

// --- libraries ---

Raised libraryError(Thread& t) {
  const char* why = dlerror();
  return raise(t, exc::OSError, "%s", why ? why : "dlopen() error");
}
Ref<> openLibrary(Thread& t, Value, const Value* args) {
  int mode;
  posix::Path path;
  if (!posix::intArgument(t, args[1], &mode)) return kRaised;
  if (!args[0].isNone() && !posix::pathArgument(t, "dlopen", "name", args[0], posix::kPathOnly, &path)) return kRaised;
  // A library that calls functions of CPython's C interface cannot be resolved at once; what it has besides works all
  // the same.
  const char* name = args[0].isNone() ? nullptr : path.c_str();
  void* handle = dlopen(name, mode | RTLD_NOW);
  if (!handle) handle = dlopen(name, (mode & ~RTLD_NOW) | RTLD_LAZY);
  return handle ? newIntUnsigned(t, uint64_t(handle)) : Ref<>(libraryError(t));
}
Ref<> closeLibrary(Thread& t, Value, Value handle) {
  uint64_t address;
  if (!maskArgument(t, handle, &address)) return kRaised;
  if (dlclose(reinterpret_cast<void*>(address))) return libraryError(t);
  return steal(kNone);
}
Ref<> findSymbol(Thread& t, Value, const Value* args) {
  uint64_t address;
  Utf8 name;
  if (!maskArgument(t, args[0], &address) || !textArgument(t, "dlsym() argument 2", args[1], &name)) return kRaised;
  dlerror();
  void* found = dlsym(reinterpret_cast<void*>(address), name.c_str());
  return found ? newIntUnsigned(t, uint64_t(found)) : Ref<>(libraryError(t));
}
template <uint32_t flags>
Ref<> callAddress(Thread& t, Value, const Value* args) {
  uint64_t address;
  if (!maskArgument(t, args[0], &address)) return kRaised;
  if (!isTuple(args[1]))
    return raise(t, exc::TypeError, "call_function() argument 2 must be tuple, not %s", typeName(args[1]));
  return callForeign(t, reinterpret_cast<void (*)()>(address), asTuple(args[1]), flags, Value(), Value(), Value());
}

// --- objects by address ---

Ref<> objectAt(Thread& t, Value, Value v) {
  uint64_t bits;
  if (!maskArgument(t, v, &bits)) return kRaised;
  return share(Value(bits));
}
Ref<> increment(Thread&, Value, Value v) {
  retain(v);
  return share(v);
}
Ref<> decrement(Thread&, Value, Value v) {
  Ref<> result = share(v);
  release(v);
  return result;
}
Ref<> unpickle(Thread& t, Value, const Value* args) {
  Ref<> made = callMethod(t, args[0], "__new__", args[0]);
  if (!made || !callMethod(t, made, "__setstate__", args[1])) return kRaised;
  return made;
}
Ref<> bufferInfo(Thread& t, Value, Value v) {
  Layout* layout = isData(v) ? layoutOfData(v) : layoutOfClass(v);
  if (!layout) return raise(t, exc::TypeError, "not a ctypes type or object");
  Ref<Tuple> shape = newTupleBlank(t, layout->dimensions);
  for (int i = 0; shape && i < layout->dimensions; ++i) {
    Ref<> length = newInt(t, layout->shape[i]);
    if (!length) return kRaised;
    shape->items[i] = length.leak();
  }
  Ref<Str> format = newStrUtf8(t, layout->format ? layout->format : "B");
  return shape && format ? packTuple(t, Value(format), Value::fromInt(layout->dimensions), Value(shape)) : Ref<Tuple>();
}

// --- what ctypes calls by address, through PyDLL: objects are passed as their bits, a new reference comes back ---

uint64_t castPointer(void* address, uint64_t source_bits, uint64_t type_bits) {
  Thread& t = Thread::current();
  Value source(source_bits), type(type_bits);
  Layout* layout = layoutOfClass(type);
  bool text = layout && isStr(layout->proto) && strchr("sPzUZXO", int(asStr(layout->proto)->at(0)));
  if (!isInstance(type, pointer_meta) && !isInstance(type, function_meta) && !text) {
    Ref<> shown = isType(type) ? Ref<>() : repr(t, type).as<void>();
    raise(t, exc::TypeError, "cast() argument 2 must be a pointer type, not %s",
          isType(type) ? asClass(type)->cname
          : shown      ? Utf8(asStr(shown)).c_str()
                       : "?");
    return 0;
  }
  Ref<> result = call(t, type);
  if (!result) return 0;
  // The result keeps alive what the source keeps alive, and the source.
  Data* made = asData(result);
  if (isData(source)) {
    Data* from = asData(source);
    Ref<> kept = keptObjects(t, from);
    if (!kept) return 0;
    if (kept.value().isNone()) {
      Ref<Dict> fresh = newDict(t);
      if (!fresh) return 0;
      assign(from->objects, std::move(fresh));
      kept = share(from->objects);
    }
    assign(made->objects, share(kept));
    if (isDict(kept)) {
      Ref<> key = newIntUnsigned(t, source.bits);
      if (!key || !dictSet(t, asDict(kept), key, source)) return 0;
    }
  }
  memcpy(made->memory, &address, sizeof address);
  return result.leak().bits;
}
uint64_t bytesAt(const char* text, int size) {
  Thread& t = Thread::current();
  Ref<Bytes> made = newBytes(t, size < 0 ? std::string_view(text) : std::string_view(text, size_t(size)));
  return made.leak().bits;
}
uint64_t wideTextAt(const wchar_t* text, int size) {
  Thread& t = Thread::current();
  size_t length = size < 0 ? wcslen(text) : size_t(size);
  for (size_t i = 0; i < length; ++i) {
    if (uint32_t(text[i]) <= 0x10FFFF) continue;
    raise(t, exc::ValueError, "character U+%x is not in range [U+0000; U+10ffff]", unsigned(text[i]));
    return 0;
  }
  return newStrUcs4(t, reinterpret_cast<const uint32_t*>(text), int64_t(length)).leak().bits;
}

bool init(Thread& t, ModuleObject* m) {
  if (!addLayoutTypes(t, m) || !addCallTypes(t) || !addDataType(t, m) || !addStructTypes(t, m) ||
      !addPointerTypes(t, m) || !addArrayTypes(t, m) || !addSimpleTypes(t, m) || !addFunctionTypes(t, m)) {
    return false;
  }
  argument_error = addException(t, m, "ctypes.ArgumentError", Value(&exc::Exception));
  Ref<Dict> cache = newDict(t);
  if (!argument_error || !cache) return false;
  pointer_cache = share(cache.get()).leakObject();
  static const IntConstant kConstants[] = {{"RTLD_LOCAL", RTLD_LOCAL},
                                           {"RTLD_GLOBAL", RTLD_GLOBAL},
                                           {"CTYPES_MAX_ARGCOUNT", 1024},
                                           {"FUNCFLAG_CDECL", 1},
                                           {"FUNCFLAG_PYTHONAPI", kPythonApi},
                                           {"FUNCFLAG_USE_ERRNO", kUseErrno},
                                           {"FUNCFLAG_USE_LASTERROR", 16},
                                           {"_cast_addr", int64_t(castPointer)},
                                           {"_string_at_addr", int64_t(bytesAt)},
                                           {"_wstring_at_addr", int64_t(wideTextAt)},
                                           {"_memmove_addr", int64_t(memmove)},
                                           {"_memset_addr", int64_t(memset)}};
  return moduleAdd(t, m, "_pointer_type_cache", std::move(cache)) &&
         moduleAdd(t, m, "__version__", newStrUtf8(t, "1.1.0")) && addIntConstants(t, m, kConstants);
}

}  // namespace

const MethodDef kFunctions[] = {
    method("sizeof", sizeOf, "($module, type_or_obj, /)", "Return the size in bytes of a C instance."),
    method("alignment", alignmentOf, "($module, type_or_obj, /)", "Return the alignment requirements of a C instance."),
    method("byref", byReference, "($module, obj, offset=0, /)",
           "Return a pointer lookalike to a C instance, only usable as function argument."),
    method("addressof", addressFunction, "($module, obj, /)", "Return the address of the C instance internal buffer."),
    method("resize", resizeFunction, "($module, obj, size, /)", "Resize the memory buffer of a ctypes instance."),
    method("get_errno", getErrno, "($module, /)"),
    method("set_errno", setErrno, "($module, value, /)"),
    method("POINTER", pointerTypeFunction, "($module, type, /)"),
    method("pointer", pointerFunction, "($module, obj, /)"),
    method("dlopen", openLibrary, "($module, name, flag=0, /)", "Open a shared library; gives its handle."),
    method("dlclose", closeLibrary, "($module, handle, /)", "Close a shared library."),
    method("dlsym", findSymbol, "($module, handle, name, /)", "Find a symbol in a shared library."),
    method("call_function", callAddress<0>, "($module, address, args, /)"),
    method("call_cdeclfunction", callAddress<1>, "($module, address, args, /)"),
    method("PyObj_FromPtr", objectAt, "($module, address, /)"),
    method("Py_INCREF", increment, "($module, obj, /)"),
    method("Py_DECREF", decrement, "($module, obj, /)"),
    method("_unpickle", unpickle, "($module, type, state, /)"),
    method("buffer_info", bufferInfo, "($module, obj, /)", "Return buffer interface information"),
    {},
};

}  // namespace krait::ctypes

namespace krait {
const ModuleDef& ctypesModule() {
  static const ModuleDef def{"_ctypes", "Create and manipulate C compatible data types in Python.", ctypes::kFunctions,
                             ctypes::init};
  return def;
}
}  // namespace krait
