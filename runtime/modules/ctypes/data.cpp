// _CData: memory, what it keeps alive, and the ways to make a window on it.
#include <cstdio>
#include <string>

#include "runtime/modules/ctypes/ctypes.h"
#include "runtime/modules/posix/posix.h"
#include "runtime/objects/memoryview.h"

#include <dlfcn.h>

namespace krait::ctypes {

namespace {

constexpr int64_t kSmall = sizeof(Data::small);

Data* rootOf(Data* data) {
  while (data->base) data = asData(data->base);
  return data;
}
// The key of a window in its root's dict: the indices on the way, in hexadecimal.
Ref<Str> uniqueKey(Thread& t, Data* target, int64_t index) {
  std::string key;
  char part[24];
  snprintf(part, sizeof part, "%llx", static_cast<unsigned long long>(index));
  key = part;
  for (; target->base; target = asData(target->base)) {
    snprintf(part, sizeof part, ":%llx", static_cast<unsigned long long>(target->index));
    key += part;
  }
  return newStrUtf8(t, key);
}
Data* allocateData(Thread& t, Type* type) {
  Layout* layout = layoutOf(type);
  if (!layout) return raise(t, exc::TypeError, "abstract class");
  bool function = layout->form == Form::kFunction;
  size_t size = function ? sizeof(FunctionData) : sizeof(Data);
  Data* data = function ? allocateInstance<FunctionData>(type) : allocateInstance<Data>(type);
  if (!data) return raiseNoMemory(t);
  memset(reinterpret_cast<char*>(data) + sizeof(Object), 0, size - sizeof(Object));
  layout->flags |= kFinal;
  data->length = layout->length;
  data->size = layout->size;
  return data;
}
bool giveMemory(Thread& t, Data* data) {
  data->owns = 1;
  data->memory = data->small;
  if (data->size <= kSmall) return true;
  data->memory = static_cast<uint8_t*>(allocateBuffer(size_t(data->size)));
  if (!data->memory) {
    data->memory = data->small;
    data->size = 0;
    return raiseNoMemory(t);
  }
  data->separate = true;
  memset(data->memory, 0, size_t(data->size));
  return true;
}

}  // namespace

Ref<> newData(Thread& t, Type* type, Args) {
  Data* data = allocateData(t, type);
  if (!data) return kRaised;
  Ref<> owner = steal(Value(data));
  return giveMemory(t, data) ? std::move(owner) : Ref<>();
}
Ref<Data> dataAt(Thread& t, Type* type, uint8_t* address) {
  Data* data = allocateData(t, type);
  if (data) data->memory = address;
  return data ? steal(data) : Ref<Data>();
}
Ref<Data> dataInside(Thread& t, Type* type, Value base, int64_t index, uint8_t* address) {
  Data* data = allocateData(t, type);
  if (!data) return kRaised;
  Ref<Data> owner = steal(data);
  data->index = index;
  if (base) {
    data->memory = address;
    data->base = share(base).leak();
    return owner;
  }
  if (!giveMemory(t, data)) return kRaised;
  memcpy(data->memory, address, size_t(data->size));
  return owner;
}
bool resizeData(Thread& t, Data* data, int64_t size) {
  if (size < layoutOf(data->type())->size) {
    return raise(t, exc::ValueError, "minimum size is %lld", static_cast<long long>(layoutOf(data->type())->size));
  }
  if (!data->owns) return raise(t, exc::ValueError, "Memory cannot be resized because this object doesn't own it");
  if (size <= data->size && !data->separate) {
    data->size = size;
    return true;
  }
  uint8_t* memory =
      static_cast<uint8_t*>(data->separate ? resizeBuffer(data->memory, size_t(size)) : allocateBuffer(size_t(size)));
  if (!memory) return raiseNoMemory(t);
  if (!data->separate) memcpy(memory, data->memory, size_t(data->size));
  if (size > data->size) memset(memory + data->size, 0, size_t(size - data->size));
  data->memory = memory;
  data->separate = true;
  data->size = size;
  return true;
}
void clearData(Data* data) {
  assign(data->objects, Ref<>());
  if (data->separate) freeBuffer(data->memory);
  data->separate = false;
  if (!data->base && data->owns) {
    data->memory = data->small;
    data->size = std::min<int64_t>(data->size, kSmall);
  }
  if (data->base) {
    // The window's memory may go with its base.
    data->memory = data->small;
    data->size = std::min<int64_t>(data->size, kSmall);
    assign(data->base, Ref<>());
  }
}
void deallocData(Object* self) {
  clearData(static_cast<Data*>(self));
  freeInstance(self);
}
void traverseData(Object* self, Visitor& visitor) {
  visitor.visit(static_cast<Data*>(self)->base);
  visitor.visit(static_cast<Data*>(self)->objects);
}

// --- keeping alive ---

Ref<> keptObjects(Thread& t, Data* data) {
  Data* root = rootOf(data);
  if (!root->objects) {
    if (root->length) {
      Ref<Dict> dict = newDict(t);
      if (!dict) return kRaised;
      root->objects = dict.leak();
    } else {
      root->objects = kNone;
    }
  }
  return share(root->objects);
}
bool keepAlive(Thread& t, Data* target, int64_t index, Ref<> what) {
  if (what.value().isNone()) return true;
  Ref<> objects = keptObjects(t, target);
  if (!objects) return false;
  if (!isExactDict(objects)) {
    assign(rootOf(target)->objects, std::move(what));
    return true;
  }
  Ref<Str> key = uniqueKey(t, target, index);
  return key && dictSet(t, asDict(objects), key, what);
}

// --- reading and writing ---

bool isSimpleSubclass(Value type) { return isInstance(type, simple_meta) && asClass(type)->base != simple_type; }

Ref<> getData(Thread& t, Value type, Getter get, Value source, int64_t index, int64_t size, uint8_t* address) {
  if (get) return get(t, address, size);
  Layout* layout = layoutOfClass(type);
  if (layout && layout->get && !isSimpleSubclass(type)) return layout->get(t, address, size);
  if (!isType(type)) return raise(t, exc::TypeError, "abstract class");
  return dataInside(t, asClass(type), source, index, address);
}

static Ref<> incompatible(Thread& t, Value v, Value type) {
  return raise(t, exc::TypeError, "incompatible types, %s instance instead of %s instance", typeName(v),
               asClass(type)->cname);
}
static Ref<> writeData(Thread& t, Value type, Setter set, Value v, int64_t size, uint8_t* address) {
  if (set) return set(t, address, v, size);
  Layout* layout = layoutOfClass(type);
  bool pointer = isInstance(type, pointer_meta);
  if (!isData(v)) {
    if (layout && layout->set) return layout->set(t, address, v, size);
    if (isTuple(v)) {
      Ref<> made = callWith(t, type, v, Value());
      if (made) return writeData(t, type, set, made, size, address);
      Ref<> problem = takeException(t);
      Ref<Str> text = str(t, problem);
      if (!text) return kRaised;
      return raise(t, exc::RuntimeError, "(%s) %s: %s", asClass(type)->cname, typeName(problem),
                   Utf8(text.get()).c_str());
    }
    if (v.isNone() && pointer) {
      memset(address, 0, sizeof(void*));
      return steal(kNone);
    }
    return raise(t, exc::TypeError, "expected %s instance, got %s", asClass(type)->cname, typeName(v));
  }
  int fits = isInstanceOf(t, v, type);
  if (fits < 0) return kRaised;
  Data* source = asData(v);
  if (fits) {
    memmove(address, source->memory, size_t(std::min(size, source->size)));
    return keptObjects(t, source);
  }
  if (!pointer || !isInstance(v, array_type)) return incompatible(t, v, type);
  Layout* array = layoutOfData(v);
  if (!array || !layout || array->proto != layout->proto) return incompatible(t, v, type);
  memcpy(address, &source->memory, sizeof(void*));
  // The pointer field keeps the array itself, and what the array refers to.
  Ref<> kept = keptObjects(t, source);
  if (!kept) return kRaised;
  return packTuple(t, kept.value(), v);
}
bool setData(Thread& t, Value target, Value type, Setter set, Value v, int64_t index, int64_t size, uint8_t* address) {
  Ref<> kept = writeData(t, type, set, v, size, address);
  return kept && keepAlive(t, asData(target), index, std::move(kept));
}

// --- methods of the metatypes ---

namespace {

Ref<> fromAddress(Thread& t, Value cls, const Value* args) {
  uint64_t address;
  if (!isIntLike(args[0])) return raise(t, exc::TypeError, "integer expected");
  if (!toInt64(t, args[0]) && t.raised()) return kRaised;
  int64_t narrow;
  if (intFits64(args[0], &narrow)) {
    address = uint64_t(narrow);
  } else if (intSign(args[0]) > 0 && intBitLength(args[0]) <= 64) {
    clearException(t);
    address = castTo<Int>(intValue(args[0]))->limbs[0];
  } else {
    return kRaised;
  }
  return dataAt(t, asClass(cls), reinterpret_cast<uint8_t*>(address));
}
bool offsetIn(Thread& t, Layout* layout, Value v, int64_t available, int64_t* out) {
  *out = toIndex(t, v);
  if (t.raised()) return false;
  if (*out < 0) return raise(t, exc::ValueError, "offset cannot be negative");
  if (layout->size > available - *out) {
    return raise(t, exc::ValueError, "Buffer size too small (%lld instead of at least %lld bytes)",
                 static_cast<long long>(available), static_cast<long long>(layout->size + *out));
  }
  return true;
}
Ref<> fromBuffer(Thread& t, Value cls, const Value* args) {
  Layout* layout = layoutOfClass(cls);
  if (!layout) return raise(t, exc::TypeError, "abstract class");
  Ref<> view = newMemoryView(t, args[0]);
  if (!view) return kRaised;
  MemoryView* m = asMemoryView(view);
  if (m->readonly) return raise(t, exc::TypeError, "underlying buffer is not writable");
  BufferView shape;
  shape.item_size = m->item_size, shape.bytes = m->bytes, shape.dimensions = m->dimensions, shape.shape = m->shape,
  shape.strides = m->strides;
  if (!isContiguous(shape, 'C')) return raise(t, exc::TypeError, "underlying buffer is not C contiguous");
  int64_t offset;
  if (!offsetIn(t, layout, args[1], m->bytes, &offset)) return kRaised;
  Ref<Data> data = dataAt(t, asClass(cls), m->data + offset);
  if (!data || !keepAlive(t, data.get(), -1, std::move(view))) return kRaised;
  return data;
}
Ref<> fromBufferCopy(Thread& t, Value cls, const Value* args) {
  Layout* layout = layoutOfClass(cls);
  Buffer source;
  if (!source.get(t, args[0])) return kRaised;
  if (!layout) return raise(t, exc::TypeError, "abstract class");
  int64_t offset;
  if (!offsetIn(t, layout, args[1], int64_t(source.size()), &offset)) return kRaised;
  Ref<> made = newData(t, asClass(cls), {});
  if (made) memcpy(asData(made)->memory, source.data() + offset, size_t(asData(made)->size));
  return made;
}
Ref<> inLibrary(Thread& t, Value cls, const Value* args) {
  if (!isStr(args[1])) return raise(t, exc::TypeError, "in_dll() argument 2 must be str, not %s", typeName(args[1]));
  Utf8 name;
  Ref<> handle = getAttr(t, args[0], "_handle");
  if (!handle || !name.set(t, asStr(args[1]))) return kRaised;
  int64_t address;
  if (!isIntLike(handle) || !intFits64(handle, &address)) {
    return raise(t, exc::TypeError, "the _handle attribute of the second argument must be an integer");
  }
  dlerror();
  void* found = dlsym(reinterpret_cast<void*>(address), name.c_str());
  if (!found) {
    const char* why = dlerror();
    return raise(t, exc::ValueError, "%s", why ? why : "symbol not found");
  }
  return dataAt(t, asClass(cls), static_cast<uint8_t*>(found));
}

}  // namespace

Ref<> fromParameter(Thread& t, Value cls, Value v) {
  int fits = isInstanceOf(t, v, cls);
  if (fits) return fits < 0 ? Ref<>() : share(v);
  if (isArgument(v)) {
    Layout* layout = layoutOfClass(cls);
    Value object = castTo<Argument>(v)->object;
    if (layout && layout->proto && isType(layout->proto) && object) {
      fits = isInstanceOf(t, object, layout->proto);
      if (fits) return fits < 0 ? Ref<>() : share(v);
    }
    return raise(t, exc::TypeError, "expected %s instance instead of pointer to %s", asClass(cls)->cname,
                 object ? typeName(object) : "???");
  }
  Ref<> instead = getAttrOrEmpty(t, v, internStatic("_as_parameter_"));
  if (t.raised()) return kRaised;
  if (instead) {
    NativeScope scope(t, " while processing _as_parameter_");
    return scope ? fromParameter(t, cls, instead) : Ref<>();
  }
  return raise(t, exc::TypeError, "expected %s instance instead of %s", asClass(cls)->cname, typeName(v));
}

const MethodDef kMetaMethods[] = {
    method("from_param", fromParameter, "($self, obj, /)", "Convert a Python object into a function call parameter."),
    method("from_address", fromAddress, "($self, address, /)", "C instance from the memory at an address."),
    method("from_buffer", fromBuffer, "($self, object, offset=0, /)",
           "C instance that shares the memory of a writable buffer."),
    method("from_buffer_copy", fromBufferCopy, "($self, object, offset=0, /)", "C instance from a copy of a buffer."),
    method("in_dll", inLibrary, "($self, dll, name, /)", "C instance of a variable that a shared library exports."),
    {},
};

Ref<> repeatType(Thread& t, Value a, Value b) {
  Value type = isInstance(a, &types::Type) ? a : b, count = isInstance(a, &types::Type) ? b : a;
  int64_t length = toIndex(t, count);
  if (t.raised()) return kRaised;
  if (length < 0)
    return raise(t, exc::ValueError, "Array length must be >= 0, not %lld", static_cast<long long>(length));
  return arrayTypeOf(t, type, length);
}

// --- methods of instances ---

namespace {

Ref<> fromOutParameter(Thread&, Value self) { return share(self); }
Hash noHash(Thread& t, Value) { return raise(t, exc::TypeError, "unhashable type"); }
Ref<> reduce(Thread& t, Value self) {
  Layout* layout = layoutOfData(self);
  if (!layout || (layout->flags & (kIsPointer | kHasPointer))) {
    return raise(t, exc::ValueError, "ctypes objects containing pointers cannot be pickled");
  }
  Ref<> dict = getAttrOrEmpty(t, self, internStatic("__dict__"));
  if (t.raised()) return kRaised;
  if (!dict) dict = newDict(t);
  Ref<Bytes> content = newBytes(t, {reinterpret_cast<char*>(asData(self)->memory), size_t(asData(self)->size)});
  Ref<> module = importModule(t, "_ctypes"), restore = module ? getAttr(t, module, "_unpickle") : Ref<>();
  if (!dict || !content || !restore) return kRaised;
  Ref<Tuple> state = packTuple(t, dict.value(), Value(content));
  Ref<Tuple> arguments = state ? packTuple(t, Value(typeOf(self)), Value(state)) : Ref<Tuple>();
  if (!arguments) return kRaised;
  return packTuple(t, restore.value(), Value(arguments));
}
Ref<> setState(Thread& t, Value self, const Value* args) {
  if (!isTuple(args[0]) || asTuple(args[0])->size != 2 || !isDict(asTuple(args[0])->items[0]) ||
      !isBytes(asTuple(args[0])->items[1])) {
    return raise(t, exc::TypeError, "__setstate__ expects a dict and bytes");
  }
  Bytes* content = asBytes(asTuple(args[0])->items[1]);
  memcpy(asData(self)->memory, content->data, size_t(std::min(content->size, asData(self)->size)));
  Ref<> dict = getAttr(t, self, "__dict__");
  if (!dict) return kRaised;
  if (!isDict(dict))
    return raise(t, exc::TypeError, "%.200s.__dict__ must be a dictionary, not %.200s", typeName(self), typeName(dict));
  return dictUpdate(t, asDict(dict), asTuple(args[0])->items[0]) ? steal(kNone) : Ref<>();
}
const MethodDef kMethods[] = {
    method("__ctypes_from_outparam__", fromOutParameter, "($self, /)"),
    method("__reduce__", reduce, "($self, /)"),
    method("__setstate__", setState, "($self, state, /)"),
    {},
};
const MemberDef kMembers[] = {
    {"_b_base_", MemberType::kValueOrNone, true, offsetof(Data, base), "the base object"},
    {"_b_needsfree_", MemberType::kInt32, true, offsetof(Data, owns), "whether the object owns the memory or not"},
    {"_objects", MemberType::kValueOrNone, true, offsetof(Data, objects),
     "internal objects tree (NEVER CHANGE THIS OBJECT!)"},
    {},
};

bool exportData(Thread&, Value v, BufferView* view, bool) {
  Layout* layout = layoutOfData(v);
  Data* data = asData(v);
  Value item = Value(typeOf(v));
  Layout* inner = layout;
  while (inner && inner->form == Form::kArray) {
    item = inner->proto;
    inner = layoutOfClass(item);
  }
  view->data = data->memory;
  view->bytes = data->size;
  view->readonly = false;
  view->item_size = inner ? inner->size : 1;
  view->format = layout && layout->format ? layout->format : "B";
  view->dimensions = layout ? layout->dimensions : 0;
  view->shape = layout ? layout->shape : nullptr;
  return true;
}

}  // namespace

bool addDataType(Thread& t, ModuleObject*) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(Data),
                             .doc = "Base class of all C data.",
                             .methods = kMethods,
                             .members = kMembers,
                             .dealloc = deallocData,
                             .traverse = traverseData,
                             .clear = [](Object* o) { clearData(static_cast<Data*>(o)); },
                             .fill = [](Slots& slots) { slots.hash = noHash; }};
  Ref<Type> type = makeNativeType(t, spec, "_ctypes._CData", nullptr, kTypeCollectable | kTypeDisallowNew);
  if (!type) return false;
  data_type = type.leakObject();
  registerBuffer(data_type, exportData);
  return true;
}

}  // namespace krait::ctypes
