// The _struct module: Struct objects and functions that make them from format strings (the last hundred are kept).
#include "runtime/modules/struct_format.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/codecs.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/variable.h"
#include "runtime/memory/gc.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace {

struct StructObject : Object {
  StructLayout layout;
  Value format;  // str, owned; empty: not initialised
};
struct UnpackIterator : Object {
  Value source;    // the Struct, owned; empty: exhausted
  Buffer* buffer;  // owned
  int64_t at;
};

Type* struct_type = nullptr;
Type* iterator_type = nullptr;
Dict* cache = nullptr;  // format -> Struct, owned
constexpr int64_t kMostCached = 100;

StructObject* asStruct(Value v) { return static_cast<StructObject*>(v.asObject()); }

// ---- Struct objects ----

// The format as ASCII text: str or bytes. False: raised.
bool setFormat(Thread& t, StructObject* s, Value format) {
  Ref<> text;
  if (isBytes(format)) {
    text = newStrLatin1(t, asBytes(format)->view());
  } else if (isStr(format)) {
    text = share(format);
  } else {
    return raise(t, exc::TypeError, "Struct() argument 1 must be a str or bytes object, not %.200s", typeName(format));
  }
  if (!text) return false;
  Ref<Bytes> ascii = encodeText(t, asStr(text), NativeCodec::kAscii, nullptr);
  if (!ascii) return false;
  StructLayout layout;
  if (!parseStruct(t, ascii->view(), &layout)) {
    if (layout.fields) freeBuffer(layout.fields);
    return false;
  }
  if (s->layout.fields) freeBuffer(s->layout.fields);
  s->layout = layout;
  assign(s->format, std::move(text));
  return true;
}

Ref<> structNew(Thread& t, Type* type, Args) {
  StructObject* s = allocateInstance<StructObject>(type);
  if (!s) return raiseNoMemory(t);
  s->layout = StructLayout();
  s->format = Value();
  return steal(Value(s));
}
Ref<> unreachable(Thread&, Value, const Value*) { return nullptr; }  // the definition below is only bound, never called
bool structInit(Thread& t, Value self, Args args) {
  static const MethodDef kInit = method("Struct", unreachable, "($self, format)");
  Value bound[1];
  Ref<> keep[1];
  return bindArguments(t, kInit, args, bound, keep) && setFormat(t, asStruct(self), bound[0]);
}
void structDealloc(Object* self) {
  StructObject* s = static_cast<StructObject*>(self);
  if (s->layout.fields) freeBuffer(s->layout.fields);
  Value format = s->format;
  freeInstance(s);
  release(format);
}

bool ready(Thread& t, StructObject* s) {
  if (!s->format.empty()) return true;
  return raise(t, exc::RuntimeError, "Struct object is not initialized");
}

// ---- packing ----

bool itemCount(Thread& t, const StructLayout& layout, const char* name, size_t given) {
  if (int64_t(given) == layout.item_count) return true;
  return raise(t, *structError(), "%s expected %lld items for packing (got %zu)", name, static_cast<long long>(layout.item_count), given);
}

Ref<> packValues(Thread& t, StructObject* s, const Value* values, size_t count) {
  if (!ready(t, s) || !itemCount(t, s->layout, "pack", count)) return kRaised;
  Ref<Bytes> bytes = newBytesBlank(t, s->layout.size);
  if (!bytes) return kRaised;
  if (s->layout.size == 1) {  // the one-byte objects are shared: never written to
    uint8_t byte;
    if (!packStruct(t, s->layout, values, &byte)) return kRaised;
    return share(Value(byteBytes(byte)));
  }
  if (s->layout.size && !packStruct(t, s->layout, values, bytes->data)) return kRaised;
  return bytes;
}

// A negative offset counts from the end. False: raised.
bool placeAt(Thread& t, int64_t* offset, int64_t size, int64_t available, bool packing) {
  int64_t given = *offset;
  if (given < 0) {
    if (given + size > 0) {
      return raise(t, *structError(),
                   packing ? "no space to pack %lld bytes at offset %lld"
                           : "not enough data to unpack %lld bytes at offset %lld",
                   static_cast<long long>(size), static_cast<long long>(given));
    }
    if (given + available < 0) {
      return raise(t, *structError(), "offset %lld out of range for %lld-byte buffer", static_cast<long long>(given),
                   static_cast<long long>(available));
    }
    *offset += available;
  }
  if (available - *offset < size) {
    return raise(t, *structError(),
                 packing ? "pack_into requires a buffer of at least %llu bytes for packing %lld bytes at offset %lld "
                           "(actual buffer size is %lld)"
                         : "unpack_from requires a buffer of at least %llu bytes for unpacking %lld bytes at offset "
                           "%lld (actual buffer size is %lld)",
                 static_cast<unsigned long long>(*offset) + static_cast<unsigned long long>(size),
                 static_cast<long long>(size), static_cast<long long>(*offset), static_cast<long long>(available));
  }
  return true;
}

Ref<> packInto(Thread& t, StructObject* s, const Value* values, size_t count) {
  if (!ready(t, s)) return kRaised;
  if (count < 2) return raise(t, *structError(), count ? "pack_into expected offset argument" : "pack_into expected buffer argument");
  if (!itemCount(t, s->layout, "pack_into", count - 2)) return kRaised;
  Buffer buffer;
  if (!buffer.getWritable(t, values[0])) {
    if (!raisedIs(t, exc::TypeError)) return kRaised;
    clearException(t);
    return raise(t, exc::TypeError, "argument must be read-write bytes-like object, not %.50s", typeName(values[0]));
  }
  int64_t offset = toIndex(t, values[1], false, &exc::IndexError);
  if (offset == -1 && t.raised()) return kRaised;
  if (!placeAt(t, &offset, s->layout.size, int64_t(buffer.size()), true)) return kRaised;
  if (!packStruct(t, s->layout, values + 2, buffer.writable() + offset)) return kRaised;
  return steal(kNone);
}

// ---- unpacking ----

Ref<> unpackAll(Thread& t, StructObject* s, Value source) {
  if (!ready(t, s)) return kRaised;
  Buffer buffer;
  if (!buffer.get(t, source)) return kRaised;
  if (int64_t(buffer.size()) != s->layout.size) {
    return raise(t, *structError(), "unpack requires a buffer of %lld bytes", static_cast<long long>(s->layout.size));
  }
  return unpackStruct(t, s->layout, buffer.data());
}

Ref<> unpackFrom(Thread& t, StructObject* s, Value source, Value offset_value) {
  if (!ready(t, s)) return kRaised;
  Buffer buffer;
  if (!buffer.get(t, source)) return kRaised;
  int64_t offset = toIndex(t, offset_value, false, &exc::IndexError);
  if (offset == -1 && t.raised()) return kRaised;
  if (!placeAt(t, &offset, s->layout.size, int64_t(buffer.size()), false)) return kRaised;
  return unpackStruct(t, s->layout, buffer.data() + offset);
}

Ref<> iterUnpack(Thread& t, StructObject* s, Value source) {
  if (!ready(t, s)) return kRaised;
  if (s->layout.size == 0) return raise(t, *structError(), "cannot iteratively unpack with a struct of length 0");
  void* memory = allocateBuffer(sizeof(Buffer));
  if (!memory) return raiseNoMemory(t);
  Buffer* buffer = new (memory) Buffer();
  bool good = buffer->get(t, source);
  if (good && int64_t(buffer->size()) % s->layout.size) {
    good = raise(t, *structError(), "iterative unpacking requires a buffer of a multiple of %lld bytes",
                 static_cast<long long>(s->layout.size));
  }
  UnpackIterator* it = good ? allocateInstance<UnpackIterator>(iterator_type) : nullptr;
  if (!it) {
    if (good) (void)raiseNoMemory(t);
    buffer->~Buffer();
    freeBuffer(buffer);
    return kRaised;
  }
  it->source = share(Value(s)).leak();
  it->buffer = buffer;
  it->at = 0;
  return steal(Value(it));
}

void exhaust(UnpackIterator* it) {
  if (it->buffer) {
    Buffer* buffer = it->buffer;
    it->buffer = nullptr;
    buffer->~Buffer();
    freeBuffer(buffer);
  }
  assign(it->source, {});
}
Ref<> iteratorSelf(Thread&, Value self) { return share(self); }
Ref<> iteratorNext(Thread& t, Value self) {
  UnpackIterator* it = static_cast<UnpackIterator*>(self.asObject());
  if (it->source.empty()) return {};
  StructObject* s = asStruct(it->source);
  if (it->at >= int64_t(it->buffer->size())) {
    exhaust(it);
    return {};
  }
  Ref<> values = unpackStruct(t, s->layout, it->buffer->data() + it->at);
  it->at += s->layout.size;
  return values;
}
Ref<> iteratorLengthHint(Thread&, Value self) {
  UnpackIterator* it = static_cast<UnpackIterator*>(self.asObject());
  if (it->source.empty()) return steal(Value::fromInt(0));
  return steal(Value::fromInt((int64_t(it->buffer->size()) - it->at) / asStruct(it->source)->layout.size));
}
void iteratorDealloc(Object* self) {
  exhaust(static_cast<UnpackIterator*>(self));
  freeInstance(self);
}
void fillIterator(Slots& slots) {
  slots.iter = iteratorSelf;
  slots.next = iteratorNext;
}
const MethodDef kIteratorMethods[] = {method("__length_hint__", iteratorLengthHint, nullptr), {}};

// ---- methods of Struct ----

Ref<> packMethod(Thread& t, Value self, Args args) {
  if (args.keywords()) return raise(t, exc::TypeError, "Struct.pack() takes no keyword arguments");
  return packValues(t, asStruct(self), args.values, args.positional);
}
Ref<> packIntoMethod(Thread& t, Value self, Args args) {
  if (args.keywords()) return raise(t, exc::TypeError, "Struct.pack_into() takes no keyword arguments");
  return packInto(t, asStruct(self), args.values, args.positional);
}
Ref<> unpackMethod(Thread& t, Value self, Value source) { return unpackAll(t, asStruct(self), source); }
Ref<> unpackFromMethod(Thread& t, Value self, const Value* args) { return unpackFrom(t, asStruct(self), args[0], args[1]); }
Ref<> iterUnpackMethod(Thread& t, Value self, Value source) { return iterUnpack(t, asStruct(self), source); }
Ref<> sizeofMethod(Thread&, Value self) {
  return steal(Value::fromInt(int64_t(instanceSize(self.asObject())) + asStruct(self)->layout.field_count * int64_t(sizeof(StructField))));
}
Ref<> formatGetter(Thread& t, Value self) { return ready(t, asStruct(self)) ? share(asStruct(self)->format) : Ref<>(); }
Ref<> sizeGetter(Thread& t, Value self) {
  return ready(t, asStruct(self)) ? steal(Value::fromInt(asStruct(self)->layout.size)) : Ref<>();
}
void fillStruct(Slots& slots) {
  slots.new_ = structNew;
  slots.init = structInit;
}
const MethodDef kStructMethods[] = {
    method("pack", packMethod, nullptr, "S.pack(v1, v2, ...) -> bytes"),
    method("pack_into", packIntoMethod, nullptr, "S.pack_into(buffer, offset, v1, v2, ...)"),
    method("unpack", unpackMethod, "($self, buffer, /)", "A tuple containing unpacked values."),
    method("unpack_from", unpackFromMethod, "($self, /, buffer, offset=0)", "A tuple containing unpacked values, from an offset."),
    method("iter_unpack", iterUnpackMethod, "($self, buffer, /)", "An iterator yielding tuples."),
    method("__sizeof__", sizeofMethod, nullptr, "S.__sizeof__() -> size of S in memory, in bytes"),
    {},
};
const GetSetDef kStructGetSets[] = {
    {"format", formatGetter, nullptr, "struct format string"},
    {"size", sizeGetter, nullptr, "struct size in bytes"},
    {},
};

// ---- functions ----

Ref<> structFor(Thread& t, Value format) {
  if (isExactStr(format) || isExactBytes(format)) {
    Value known = dictGet(t, cache, format);
    if (!known.empty()) return share(known);
    if (t.raised()) return kRaised;
  }
  Ref<> made = structNew(t, struct_type, {});
  if (!made || !setFormat(t, asStruct(made), format)) return kRaised;
  if (cache->size >= kMostCached) dictClear(t, cache);
  if (!dictSet(t, cache, format, made)) return kRaised;
  return made;
}

Ref<> packFunction(Thread& t, Value, Args args) {
  if (args.keywords()) return raise(t, exc::TypeError, "_struct.pack() takes no keyword arguments");
  if (args.positional == 0) return raise(t, exc::TypeError, "missing format argument");
  Ref<> s = structFor(t, args[0]);
  return s ? packValues(t, asStruct(s), args.values + 1, args.positional - 1) : Ref<>();
}
Ref<> packIntoFunction(Thread& t, Value, Args args) {
  if (args.keywords()) return raise(t, exc::TypeError, "_struct.pack_into() takes no keyword arguments");
  if (args.positional == 0) return raise(t, exc::TypeError, "missing format argument");
  Ref<> s = structFor(t, args[0]);
  return s ? packInto(t, asStruct(s), args.values + 1, args.positional - 1) : Ref<>();
}
Ref<> unpackFunction(Thread& t, Value, const Value* args) {
  Ref<> s = structFor(t, args[0]);
  return s ? unpackAll(t, asStruct(s), args[1]) : Ref<>();
}
Ref<> unpackFromFunction(Thread& t, Value, const Value* args) {
  Ref<> s = structFor(t, args[0]);
  return s ? unpackFrom(t, asStruct(s), args[1], args[2]) : Ref<>();
}
Ref<> iterUnpackFunction(Thread& t, Value, const Value* args) {
  Ref<> s = structFor(t, args[0]);
  return s ? iterUnpack(t, asStruct(s), args[1]) : Ref<>();
}
Ref<> calcSizeFunction(Thread& t, Value, Value format) {
  Ref<> s = structFor(t, format);
  return s ? steal(Value::fromInt(asStruct(s)->layout.size)) : Ref<>();
}
Ref<> clearCacheFunction(Thread& t, Value) {
  dictClear(t, cache);
  return steal(kNone);
}

const MethodDef kFunctions[] = {
    method("pack", packFunction, nullptr, "pack(format, v1, v2, ...) -> bytes"),
    method("pack_into", packIntoFunction, nullptr, "pack_into(format, buffer, offset, v1, v2, ...)"),
    method("unpack", unpackFunction, "($module, format, buffer, /)", "A tuple containing values unpacked according to the format string."),
    method("unpack_from", unpackFromFunction, "($module, format, /, buffer, offset=0)", "Like unpack, from an offset."),
    method("iter_unpack", iterUnpackFunction, "($module, format, buffer, /)", "An iterator yielding tuples unpacked from the buffer."),
    method("calcsize", calcSizeFunction, "($module, format, /)", "Size in bytes of the struct described by the format string."),
    method("_clearcache", clearCacheFunction, "($module, /)", "Clears the internal cache."),
    {},
};

bool init(Thread& t, ModuleObject* module) {
  static const TypeSpec struct_spec{.type = nullptr, .basic_size = sizeof(StructObject), .doc = "Struct(fmt) --> compiled struct object",
                                    .methods = kStructMethods, .getsets = kStructGetSets, .dealloc = structDealloc, .fill = fillStruct};
  static const TypeSpec iterator_spec{.type = nullptr, .basic_size = sizeof(UnpackIterator), .doc = "", .methods = kIteratorMethods,
                                      .dealloc = iteratorDealloc, .fill = fillIterator};
  Ref<Dict> formats = newDict(t);
  if (!formats) return false;
  cache = formats.leakObject();
  Ref<Type> made = makeNativeType(t, struct_spec, "_struct.Struct", nullptr, kTypeWeakrefable);
  if (!made) return false;
  struct_type = made.get();
  if (!moduleAdd(t, module, "Struct", std::move(made))) return false;
  made = makeNativeType(t, iterator_spec, "_struct.unpack_iterator", nullptr, kTypeFinal | kTypeDisallowNew);
  if (!made) return false;
  iterator_type = made.leakObject();
  // class error(Exception), of the module "struct"
  Ref<Tuple> bases = packTuple(t, Value(&exc::Exception));
  Ref<Dict> space = newDict(t);
  if (!bases || !space || !dictSetStr(t, space.get(), internStatic("__module__"), Value(internStatic("struct")))) return false;
  Ref<> error = call(t, Value(&types::Type), Value(internStatic("error")), bases, space);
  if (!error) return false;
  setStructError(static_cast<Type*>(error.value().asObject()));
  return moduleAdd(t, module, "error", std::move(error));
}

}  // namespace

const ModuleDef& structModule() {
  static const ModuleDef def{"_struct", "Functions to convert between Python values and C structs.", kFunctions, init};
  return def;
}

}  // namespace krait
