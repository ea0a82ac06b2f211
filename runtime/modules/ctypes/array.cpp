// Arrays: c_int * 3, and their items, slices and texts.
#include <cwchar>
#include <string>

#include "runtime/modules/ctypes/ctypes.h"
#include "runtime/objects/descriptors.h"
#include "runtime/objects/function.h"
#include "runtime/objects/generic_alias.h"
#include "runtime/objects/list.h"
#include "runtime/objects/weakref.h"

namespace krait::ctypes {

namespace {

bool isText(Layout* layout, char letter) {
  Layout* item = layoutOfClass(layout->proto);
  return item && item->get == codeOf(letter)->get;
}

// --- the texts of character arrays ---

Ref<> getRaw(Thread& t, Value self) {
  return newBytes(t, {reinterpret_cast<char*>(asData(self)->memory), size_t(asData(self)->size)});
}
bool setRaw(Thread& t, Value self, Value v) {
  if (!v) return raise(t, exc::AttributeError, "cannot delete attribute");
  Buffer content;
  if (!content.get(t, v)) return false;
  if (int64_t(content.size()) > asData(self)->size) return raise(t, exc::ValueError, "byte string too long");
  memmove(asData(self)->memory, content.data(), content.size());
  return true;
}
Ref<> getText(Thread& t, Value self) { return codeOf('s')->get(t, asData(self)->memory, asData(self)->size); }
bool setText(Thread& t, Value self, Value v) {
  Data* data = asData(self);
  if (!v) return raise(t, exc::TypeError, "can't delete attribute");
  if (!isBytes(v)) return raise(t, exc::TypeError, "bytes expected instead of %s instance", typeName(v));
  int64_t size = asBytes(v)->size;
  if (size > data->size) return raise(t, exc::ValueError, "byte string too long");
  memcpy(data->memory, asBytes(v)->data, size_t(size < data->size ? size + 1 : size));
  return true;
}
Ref<> getWide(Thread& t, Value self) { return codeOf('U')->get(t, asData(self)->memory, asData(self)->size); }
bool setWide(Thread& t, Value self, Value v) {
  if (!v) return raise(t, exc::TypeError, "can't delete attribute");
  if (!isStr(v)) return raise(t, exc::TypeError, "unicode string expected instead of %s instance", typeName(v));
  if (asStr(v)->length * int64_t(sizeof(wchar_t)) > asData(self)->size)
    return raise(t, exc::ValueError, "string too long");
  return bool(codeOf('U')->set(t, asData(self)->memory, v, asData(self)->size));
}
const GetSetDef kBytesGetSets[] = {{"raw", getRaw, setRaw, "value"}, {"value", getText, setText, "string value"}};
const GetSetDef kWideGetSets[] = {{"value", getWide, setWide, "string value"}};

// --- classes ---

bool lengthOfClass(Thread& t, Type* type, int64_t* out) {
  Ref<> length = getAttrOrEmpty(t, type, internStatic("_length_"));
  if (t.raised()) return false;
  if (!length) return raise(t, exc::AttributeError, "class must define a '_length_' attribute");
  if (!isIntLike(length)) return raise(t, exc::TypeError, "The '_length_' attribute must be an integer");
  if (intSign(length) < 0) return raise(t, exc::ValueError, "The '_length_' attribute must not be negative");
  return intFits64(length, out) ||
         raise(t, exc::OverflowError, "The '_length_' attribute is too large").operator bool();
}
Ref<> arrayMetaNew(Thread& t, Type* metatype, Args args) {
  Ref<Type> type = makePlainClass(t, metatype, args);
  if (!type) return kRaised;
  if (type->base == data_type) return type;  // Array itself
  int64_t length;
  if (!lengthOfClass(t, type.get(), &length)) return kRaised;
  Ref<> item = getAttrOrEmpty(t, type, internStatic("_type_"));
  if (t.raised()) return kRaised;
  if (!item) return raise(t, exc::AttributeError, "class must define a '_type_' attribute");
  Layout* inner = layoutOfClass(item);
  if (!inner) return raise(t, exc::TypeError, "_type_ must have storage info");
  Ref<Layout> layout = newLayout(t, Form::kArray);
  if (!layout) return kRaised;
  if (__builtin_mul_overflow(inner->size, length, &layout->size))
    return raise(t, exc::OverflowError, "array too large");
  layout->proto = share(item).leak();
  layout->length = length;
  layout->alignment = inner->alignment;
  layout->flags = inner->flags & (kIsPointer | kHasPointer) ? uint32_t(kHasPointer) : 0;
  layout->dimensions = inner->dimensions + 1;
  layout->shape = static_cast<int64_t*>(allocateBuffer(sizeof(int64_t) * size_t(layout->dimensions)));
  if (!layout->shape) return raiseNoMemory(t);
  layout->shape[0] = length;
  if (inner->dimensions) memcpy(layout->shape + 1, inner->shape, sizeof(int64_t) * size_t(inner->dimensions));
  layout->format = copyText(t, inner->format ? inner->format : "B");
  if (!layout->format) return kRaised;
  bool bytes = inner->get == codeOf('c')->get, wide = inner->get == codeOf('u')->get;
  inner->flags |= kFinal;
  if (!setLayout(t, type.get(), std::move(layout))) return kRaised;
  for (const GetSetDef& def : kBytesGetSets) {
    if (bytes && !setTypeAttribute(t, type.get(), internStatic(def.name), newGetSetDescr(t, type.get(), &def)))
      return kRaised;
  }
  for (const GetSetDef& def : kWideGetSets) {
    if (wide && !setTypeAttribute(t, type.get(), internStatic(def.name), newGetSetDescr(t, type.get(), &def)))
      return kRaised;
  }
  return type;
}

// --- items ---

Ref<> itemAt(Thread& t, Value self, Layout* layout, int64_t i) {
  Data* data = asData(self);
  Layout* item = layoutOfClass(layout->proto);
  if (i < 0 || i >= data->length || !item || (i + 1) * item->size > data->size)
    return raise(t, exc::IndexError, "invalid index");
  return getData(t, layout->proto, nullptr, self, i, item->size, data->memory + i * item->size);
}
bool setItemAt(Thread& t, Value self, Layout* layout, int64_t i, Value v) {
  Data* data = asData(self);
  Layout* item = layoutOfClass(layout->proto);
  if (i < 0 || i >= data->length || !item || (i + 1) * item->size > data->size)
    return raise(t, exc::IndexError, "invalid index");
  return setData(t, self, layout->proto, nullptr, v, i, item->size, data->memory + i * item->size);
}
bool indexOf(Thread& t, Data* data, Value key, int64_t* out) {
  if (!isIntLike(key) && !typeOf(key)->slots.index) return raise(t, exc::TypeError, "indices must be integers");
  *out = toIndex(t, key, false, &exc::IndexError);
  if (t.raised()) return false;
  if (*out < 0) *out += data->length;
  return true;
}
Ref<> sliceOf(Thread& t, Value self, Layout* layout, Value key) {
  Data* data = asData(self);
  int64_t start, stop, step, count = sliceIndices(t, key, data->length, &start, &stop, &step);
  if (count < 0) return kRaised;
  if (isText(layout, 'c')) {
    Ref<Bytes> bytes = newBytesBlank(t, count);
    for (int64_t i = 0; bytes && i < count; ++i) bytes->data[i] = data->memory[start + i * step];
    return bytes;
  }
  if (isText(layout, 'u')) {
    std::wstring text;
    auto* memory = reinterpret_cast<wchar_t*>(data->memory);
    for (int64_t i = 0; i < count; ++i) text.push_back(memory[start + i * step]);
    Ref<> whole = steal(Value(emptyStr()));
    for (wchar_t c : text) {
      Ref<> one = codeOf('u')->get(t, reinterpret_cast<uint8_t*>(&c), sizeof c);
      if (!one) return kRaised;
      whole = strConcat(t, whole, one);
      if (!whole) return kRaised;
    }
    return whole;
  }
  Ref<List> list = newList(t, count);
  for (int64_t i = 0; list && i < count; ++i) {
    Ref<> item = itemAt(t, self, layout, start + i * step);
    if (!item || !listAppend(t, list.get(), std::move(item))) return kRaised;
  }
  return list;
}
int64_t arrayLength(Thread&, Value self) { return asData(self)->length; }
Ref<> arrayItem(Thread& t, Value self, Value key) {
  Layout* layout = layoutOfData(self);
  if (!layout) return raise(t, exc::TypeError, "abstract class");
  if (isSlice(key)) return sliceOf(t, self, layout, key);
  int64_t i;
  return indexOf(t, asData(self), key, &i) ? itemAt(t, self, layout, i) : Ref<>();
}
bool arraySetItem(Thread& t, Value self, Value key, Value v) {
  Layout* layout = layoutOfData(self);
  if (!v) return raise(t, exc::TypeError, "Array does not support item deletion");
  if (!layout) return raise(t, exc::TypeError, "abstract class");
  int64_t i;
  if (!isSlice(key)) return indexOf(t, asData(self), key, &i) && setItemAt(t, self, layout, i, v);
  int64_t start, stop, step, count = sliceIndices(t, key, asData(self)->length, &start, &stop, &step);
  if (count < 0) return false;
  int64_t given = lengthOf(t, v);
  if (given < 0) return false;
  if (given != count) return raise(t, exc::ValueError, "Can only assign sequence of same size");
  for (i = 0; i < count; ++i) {
    Ref<> item = getItem(t, v, Value::fromInt(i));
    if (!item || !setItemAt(t, self, layout, start + i * step, item)) return false;
  }
  return true;
}
bool arrayInit(Thread& t, Value self, Args args) {
  if (args.keywords()) return raise(t, exc::TypeError, "%s() takes no keyword arguments", typeName(self));
  Layout* layout = layoutOfData(self);
  for (size_t i = 0; i < args.positional; ++i) {
    if (!layout || !setItemAt(t, self, layout, int64_t(i), args[i])) return false;
  }
  return true;
}

Dict* array_types = nullptr;  // (item type, length) -> weak reference to the array type

}  // namespace

Ref<> arrayTypeOf(Thread& t, Value item_type, int64_t length) {
  if (!isType(item_type)) return raise(t, exc::TypeError, "Expected a type object");
  if (!array_types) array_types = newDict(t).leakObject();
  Ref<> count = newInt(t, length);
  Ref<Tuple> key = count ? packTuple(t, item_type, count.value()) : Ref<Tuple>();
  if (!key || !array_types) return kRaised;
  if (Value known = dictGet(t, array_types, key)) {
    Ref<> target = weakrefTarget(known);
    if (target) return target;
  }
  if (t.raised()) return kRaised;
  Ref<Str> name = strFormat(t, "%s_Array_%lld", asClass(item_type)->cname, static_cast<long long>(length));
  Ref<Dict> space = newDict(t);
  if (!name || !space || !dictSetStr(t, space.get(), internStatic("_length_"), count) ||
      !dictSetStr(t, space.get(), internStatic("_type_"), item_type)) {
    return kRaised;
  }
  Ref<Type> made = makeDerived(t, array_meta, Utf8(name.get()).c_str(), array_type, space.get());
  if (!made) return kRaised;
  // The key would keep the item type alive: the entry goes with the array type.
  static const MethodDef kForget = method(
      "forget",
      +[](Thread& t, Value self, Value) -> Ref<> {
        if (dictDelete(t, array_types, self) < 0) clearException(t);
        return steal(kNone);
      },
      "($self, reference, /)");
  Ref<> forget = newNativeFunction(t, &kForget, key, Value());
  Ref<> reference = forget ? newWeakref(t, made, forget) : Ref<>();
  if (!reference || !dictSet(t, array_types, key, reference)) return kRaised;
  return made;
}

bool addArrayTypes(Thread& t, ModuleObject* m) {
  static const TypeSpec meta{.type = nullptr,
                             .basic_size = sizeof(Type),
                             .doc = "metatype for the Array Objects",
                             .methods = kMetaMethods,
                             .fill = [](Slots& slots) {
                               slots.new_ = arrayMetaNew;
                               slots.repeat = repeatType;
                             }};
  static const MethodDef kMethods[] = {
      method("__class_getitem__", classGetItem, "($type, item, /)", "See PEP 585", MethodKind::kClass), {}};
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(Data),
                             .doc = "Abstract base class for arrays.",
                             .methods = kMethods,
                             .fill = [](Slots& slots) {
                               slots.new_ = newData;
                               slots.init = arrayInit;
                               slots.length = arrayLength;
                               slots.getitem = arrayItem;
                               slots.setitem = arraySetItem;
                             }};
  array_meta = addMeta(t, meta, "_ctypes.PyCArrayType");
  array_type = array_meta ? addBase(t, m, spec, "_ctypes.Array", array_meta) : nullptr;
  return array_type;
}

}  // namespace krait::ctypes
