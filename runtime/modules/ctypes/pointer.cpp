// Pointers: POINTER(c_int) and what they point to.
#include <string>

#include "runtime/modules/ctypes/ctypes.h"
#include "runtime/objects/list.h"

namespace krait::ctypes {

namespace {

uint8_t* targetOf(Value self) {
  uint8_t* target;
  memcpy(&target, asData(self)->memory, sizeof target);
  return target;
}

// --- classes ---

bool setTarget(Thread& t, Layout* layout, Value proto) {
  Layout* inner = layoutOfClass(proto);
  if (!isType(proto)) return raise(t, exc::TypeError, "_type_ must be a type");
  if (!inner) return raise(t, exc::TypeError, "_type_ must have storage info");
  std::string format = "&";
  if (inner->dimensions) {
    format += "(";
    for (int i = 0; i < inner->dimensions; ++i) format += (i ? "," : "") + std::to_string(inner->shape[i]);
    format += ")";
  }
  format += inner->format ? inner->format : "B";
  char* text = copyText(t, format);
  if (!text) return false;
  if (layout->format) freeBuffer(layout->format);
  layout->format = text;
  assign(layout->proto, share(proto));
  return true;
}
Ref<> pointerMetaNew(Thread& t, Type* metatype, Args args) {
  Ref<Type> type = makePlainClass(t, metatype, args);
  if (!type) return kRaised;
  Ref<Layout> layout = newLayout(t, Form::kPointer);
  if (!layout) return kRaised;
  layout->size = sizeof(void*);
  layout->alignment = alignof(void*);
  layout->length = 1;
  layout->flags |= kIsPointer;
  Ref<> proto = share(isDict(args[2]) ? dictGetStr(asDict(args[2]), internStatic("_type_")) : Value());
  if (proto && !setTarget(t, layout.get(), proto)) return kRaised;
  return setLayout(t, type.get(), std::move(layout)) ? std::move(type) : Ref<Type>();
}
Ref<> setType(Thread& t, Value cls, Value proto) {
  Layout* layout = layoutOfClass(cls);
  if (!layout) return raise(t, exc::TypeError, "abstract class");
  if (!setTarget(t, layout, proto) || !setTypeAttribute(t, asClass(cls), internStatic("_type_"), proto)) return kRaised;
  return steal(kNone);
}
Ref<> pointerFromParam(Thread& t, Value cls, Value v) {
  if (v.isNone()) return steal(kNone);
  Layout* layout = layoutOfClass(cls);
  if (!layout || !layout->proto) return fromParameter(t, cls, v);
  int fits = isInstanceOf(t, v, layout->proto);
  if (fits < 0) return kRaised;
  if (fits && isData(v)) {  // as byref(v)
    Ref<Argument> argument = newArgument(t, 'P', &ffi_type_pointer, v);
    if (argument) memcpy(argument->bytes, &asData(v)->memory, sizeof(void*));
    return argument;
  }
  if (isInstance(v, pointer_type) || isInstance(v, array_type)) {
    Layout* given = layoutOfData(v);
    int same = given && given->proto && isType(given->proto) ? isSubclassOf(t, given->proto, layout->proto) : 0;
    if (same) return same < 0 ? Ref<>() : share(v);
  }
  return fromParameter(t, cls, v);
}

// --- instances ---

Ref<> pointerNew(Thread& t, Type* type, Args args) {
  Layout* layout = layoutOf(type);
  if (!layout || !layout->proto) return raise(t, exc::TypeError, "Cannot create instance: has no _type_");
  return newData(t, type, args);
}
bool setContents(Thread& t, Value self, Value v) {
  Layout* layout = layoutOfData(self);
  if (!v) return raise(t, exc::TypeError, "Pointer does not support item deletion");
  int fits = isInstanceOf(t, v, layout->proto);
  if (fits < 0) return false;
  if (!fits || !isData(v))
    return raise(t, exc::TypeError, "expected %s instead of %s", asClass(layout->proto)->cname, typeName(v));
  memcpy(asData(self)->memory, &asData(v)->memory, sizeof(void*));
  Ref<> kept = keptObjects(t, asData(v));
  return kept && keepAlive(t, asData(self), 1, share(v)) && keepAlive(t, asData(self), 0, std::move(kept));
}
Ref<> getContents(Thread& t, Value self) {
  uint8_t* target = targetOf(self);
  if (!target) return raise(t, exc::ValueError, "NULL pointer access");
  return dataInside(t, asClass(layoutOfData(self)->proto), self, 0, target);
}
bool pointerInit(Thread& t, Value self, Args args) {
  if (args.keywords()) return raise(t, exc::TypeError, "%s() takes no keyword arguments", typeName(self));
  if (!arity(t, "POINTER", args, 0, 1)) return false;
  return args.positional == 0 || setContents(t, self, args[0]);
}
int pointerTruth(Thread&, Value self) { return targetOf(self) != nullptr; }

Ref<> itemAt(Thread& t, Value self, Layout* layout, int64_t i) {
  uint8_t* target = targetOf(self);
  if (!target) return raise(t, exc::ValueError, "NULL pointer access");
  Layout* item = layoutOfClass(layout->proto);
  if (!item) return raise(t, exc::TypeError, "abstract class");
  return getData(t, layout->proto, nullptr, self, i, item->size, target + i * item->size);
}
// Slices of pointers have no length to lean on: their bounds must say everything.
bool bounds(Thread& t, Value key, int64_t* start, int64_t* step, int64_t* count) {
  Ref<> parts[3] = {getAttr(t, key, "start"), getAttr(t, key, "stop"), getAttr(t, key, "step")};
  if (!parts[0] || !parts[1] || !parts[2]) return false;
  *step = 1;
  if (!parts[2].value().isNone()) {
    *step = toIndex(t, parts[2], false, &exc::ValueError);
    if (t.raised()) return false;
    if (*step == 0) return raise(t, exc::ValueError, "slice step cannot be zero");
  }
  *start = 0;
  if (!parts[0].value().isNone()) {
    *start = toIndex(t, parts[0], false, &exc::ValueError);
    if (t.raised()) return false;
  } else if (*step < 0) {
    return raise(t, exc::ValueError, "slice start is required for step < 0");
  }
  if (parts[1].value().isNone()) return raise(t, exc::ValueError, "slice stop is required");
  int64_t stop = toIndex(t, parts[1], false, &exc::ValueError);
  if (t.raised()) return false;
  bool none = (*step > 0 && *start > stop) || (*step < 0 && *start < stop);
  *count = none ? 0 : *step > 0 ? (stop - *start + *step - 1) / *step : (*start - stop - *step - 1) / -*step;
  return true;
}
Ref<> pointerItem(Thread& t, Value self, Value key) {
  Layout* layout = layoutOfData(self);
  if (!layout || !layout->proto) return raise(t, exc::TypeError, "abstract class");
  if (!isSlice(key)) {
    if (!isIntLike(key) && !typeOf(key)->slots.index)
      return raise(t, exc::TypeError, "Pointer indices must be integer");
    int64_t i = toIndex(t, key, false, &exc::IndexError);
    return t.raised() ? Ref<>() : itemAt(t, self, layout, i);
  }
  int64_t start, step, count;
  if (!bounds(t, key, &start, &step, &count)) return kRaised;
  Layout* item = layoutOfClass(layout->proto);
  bool bytes = item && item->get == codeOf('c')->get, wide = item && item->get == codeOf('u')->get;
  if (bytes || wide) {
    uint8_t* target = targetOf(self);
    if (count && !target) return raise(t, exc::ValueError, "NULL pointer access");
    Ref<> whole = steal(wide ? Value(emptyStr()) : Value(emptyBytes()));
    if (bytes) {
      Ref<Bytes> made = newBytesBlank(t, count);
      for (int64_t i = 0; made && i < count; ++i) made->data[i] = target[start + i * step];
      return made;
    }
    for (int64_t i = 0; i < count; ++i) {
      Ref<> one = item->get(t, target + (start + i * step) * item->size, item->size);
      if (!one) return kRaised;
      whole = strConcat(t, whole, one);
      if (!whole) return kRaised;
    }
    return whole;
  }
  Ref<List> list = newList(t, count);
  for (int64_t i = 0; list && i < count; ++i) {
    Ref<> one = itemAt(t, self, layout, start + i * step);
    if (!one || !listAppend(t, list.get(), std::move(one))) return kRaised;
  }
  return list;
}
bool pointerSetItem(Thread& t, Value self, Value key, Value v) {
  Layout* layout = layoutOfData(self);
  if (!v) return raise(t, exc::TypeError, "Pointer does not support item deletion");
  if (isSlice(key)) return raise(t, exc::TypeError, "Pointer does not support slice assignment");
  uint8_t* target = targetOf(self);
  int64_t i = toIndex(t, key, false, &exc::IndexError);
  if (t.raised()) return false;
  if (!target) return raise(t, exc::ValueError, "NULL pointer access");
  Layout* item = layout ? layoutOfClass(layout->proto) : nullptr;
  if (!item) return raise(t, exc::TypeError, "abstract class");
  return setData(t, self, layout->proto, nullptr, v, i, item->size, target + i * item->size);
}

}  // namespace

Ref<> pointerTypeTo(Thread& t, Value type) {
  Value known = dictGet(t, pointer_cache, type);
  if (known || t.raised()) return t.raised() ? Ref<>() : share(known);
  Ref<Dict> space = newDict(t);
  if (!space) return kRaised;
  if (isStr(type)) {
    Ref<Str> name = strFormat(t, "LP_%s", Utf8(asStr(type)).c_str());
    Ref<Type> made =
        name ? makeDerived(t, pointer_meta, Utf8(name.get()).c_str(), pointer_type, space.get()) : Ref<Type>();
    Ref<> key = made ? newIntUnsigned(t, made.value().bits) : Ref<>();
    return key && dictSet(t, pointer_cache, key, made) ? std::move(made).as<void>() : Ref<>();
  }
  if (!isType(type)) return raise(t, exc::TypeError, "must be a ctypes type");
  Ref<Str> name = strFormat(t, "LP_%s", asClass(type)->cname);
  if (!name || !dictSetStr(t, space.get(), internStatic("_type_"), type)) return kRaised;
  Ref<Type> made = makeDerived(t, pointer_meta, Utf8(name.get()).c_str(), pointer_type, space.get());
  return made && dictSet(t, pointer_cache, type, made) ? std::move(made).as<void>() : Ref<>();
}

bool addPointerTypes(Thread& t, ModuleObject* m) {
  static const MethodDef kMeta[] = {method("from_param", pointerFromParam, "($self, obj, /)",
                                           "Convert a Python object into a function call parameter."),
                                    method("set_type", setType, "($self, type, /)"),
                                    kMetaMethods[1],
                                    kMetaMethods[2],
                                    kMetaMethods[3],
                                    kMetaMethods[4],
                                    {}};
  static const TypeSpec meta{.type = nullptr,
                             .basic_size = sizeof(Type),
                             .doc = "metatype for the Pointer Objects",
                             .methods = kMeta,
                             .fill = [](Slots& slots) {
                               slots.new_ = pointerMetaNew;
                               slots.repeat = repeatType;
                             }};
  static const GetSetDef kGetSets[] = {
      {"contents", getContents, setContents, "the object this pointer points to (read-write)"}, {}};
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(Data),
                             .doc = "Base class of pointers.",
                             .getsets = kGetSets,
                             .fill = [](Slots& slots) {
                               slots.new_ = pointerNew;
                               slots.init = pointerInit;
                               slots.truth = pointerTruth;
                               slots.getitem = pointerItem;
                               slots.setitem = pointerSetItem;
                             }};
  pointer_meta = addMeta(t, meta, "_ctypes.PyCPointerType");
  pointer_type = pointer_meta ? addBase(t, m, spec, "_ctypes._Pointer", pointer_meta) : nullptr;
  return pointer_type;
}

}  // namespace krait::ctypes
