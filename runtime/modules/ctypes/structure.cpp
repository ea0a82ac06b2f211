// Structures and unions: where their fields stand, and the fields' descriptors.
//
// Fields follow C's rules as GCC applies them on this platform, bit fields included; _pack_ and the byte order of
// BigEndianStructure are CPython's additions.
#include <string>
#include <vector>

#include "runtime/modules/ctypes/ctypes.h"
#include "runtime/objects/list.h"

namespace krait::ctypes {

namespace {

// --- field descriptors ---

FieldObject* asField(Value v) { return castTo<FieldObject>(v); }
void deallocField(Object* self) {
  release(static_cast<FieldObject*>(self)->proto);
  freeInstance(self);
}
Ref<FieldObject> newField(Thread& t, Value proto) {
  FieldObject* field = allocateInstance<FieldObject>(field_type);
  if (!field) return raiseNoMemory(t);
  memset(reinterpret_cast<char*>(field) + sizeof(Object), 0, sizeof(FieldObject) - sizeof(Object));
  field->proto = share(proto).leak();
  return steal(field);
}
Ref<> fieldGet(Thread& t, Value self, Value instance, Type*) {
  if (!instance) return share(self);
  FieldObject* field = asField(self);
  if (!isData(instance)) return raise(t, exc::TypeError, "not a ctype instance");
  Data* data = asData(instance);
  return getData(t, field->proto, field->get, instance, field->index, field->size, data->memory + field->offset);
}
bool fieldSet(Thread& t, Value self, Value instance, Value v) {
  FieldObject* field = asField(self);
  if (!isData(instance)) return raise(t, exc::TypeError, "not a ctype instance");
  if (!v) return raise(t, exc::TypeError, "can't delete attribute");
  return setData(t, instance, field->proto, field->set, v, field->index, field->size,
                 asData(instance)->memory + field->offset);
}
Ref<> fieldRepr(Thread& t, Value self) {
  FieldObject* field = asField(self);
  int64_t bits = field->size >> 16, low = field->size & 0xFFFF;
  const char* name = asClass(field->proto)->cname;
  if (bits) {
    return strFormat(t, "<Field type=%s, ofs=%lld:%lld, bits=%lld>", name, static_cast<long long>(field->offset),
                     static_cast<long long>(low), static_cast<long long>(bits));
  }
  return strFormat(t, "<Field type=%s, ofs=%lld, size=%lld>", name, static_cast<long long>(field->offset),
                   static_cast<long long>(field->size));
}
Ref<> fieldOffset(Thread& t, Value self) { return newInt(t, asField(self)->offset); }
Ref<> fieldSize(Thread& t, Value self) { return newInt(t, asField(self)->size); }

// --- laying out ---

// One item of _fields_.
struct Wish {
  Ref<Str> name;
  Ref<> type;
  Layout* layout;
  int bits;  // 0: no bit field
};

// The place of the next field, and the bit field that is being filled.
struct Cursor {
  int64_t size = 0, offset = 0, alignment = 0;
  int64_t open_bits = 0;  // of the unit that holds the last bit field; 0: none
  int64_t used_bits = 0;
  int64_t pack = 0;
  bool big = false;

  void place(FieldObject* field, Layout* layout, int bits) {
    bool continues = bits && open_bits && layout->size * 8 <= open_bits && used_bits + bits <= open_bits;
    bool expands =
        !continues && bits && open_bits && layout->size * 8 >= open_bits && used_bits + bits <= layout->size * 8;
    if (!continues && !expands) {
      used_bits = 0;
      open_bits = bits ? layout->size * 8 : 0;
      alignment = pack ? std::min(pack, layout->alignment) : layout->alignment;
      if (alignment && offset % alignment) {
        int64_t gap = alignment - offset % alignment;
        size += gap;
        offset += gap;
      }
      field->offset = offset;
      size += layout->size;
      offset += layout->size;
    } else if (expands) {
      offset += layout->size - open_bits / 8;
      size += layout->size - open_bits / 8;
      open_bits = layout->size * 8;
    }
    if (continues || expands) field->offset = offset - layout->size;
    if (bits) {
      int64_t low = big ? open_bits - used_bits - bits : used_bits;
      field->size = (int64_t(bits) << 16) + low;
      used_bits += bits;
    } else {
      field->size = layout->size;
    }
  }
};

// What registers carry: each leaf marks the eightbytes it touches.
struct RegisterClasses {
  bool integer[2] = {}, used[2] = {}, wide_real[2] = {}, memory = false;

  void add(Layout* layout, int64_t at) {
    switch (layout->form) {
      case Form::kArray: {
        Layout* item = layoutOfClass(layout->proto);
        for (int64_t i = 0; item && i < layout->length; ++i) add(item, at + i * item->size);
        return;
      }
      case Form::kStruct:
      case Form::kUnion:
        for (int i = 0; i < 2 && layout->elements[i]; ++i) {
          int64_t begin = at + i * 8;
          if (layout->native.size > 16 || begin / 8 > 1) {
            memory = true;
            continue;
          }
          mark(begin, layout->elements[i] != &ffi_type_double && layout->elements[i] != &ffi_type_float,
               layout->elements[i] == &ffi_type_double);
        }
        return;
      default:
        if (layout->native.type == FFI_TYPE_LONGDOUBLE || at + layout->size > 16) {
          memory = true;
          return;
        }
        mark(at, layout->native.type != FFI_TYPE_DOUBLE && layout->native.type != FFI_TYPE_FLOAT,
             layout->size == 8 || at % 8);
    }
  }
  void mark(int64_t at, bool is_integer, bool whole) {
    used[at / 8] = true;
    integer[at / 8] |= is_integer;
    wide_real[at / 8] |= whole;
  }
};

// --- _fields_ ---

bool readWish(Thread& t, Value item, int64_t index, Wish* out) {
  constexpr const char* kShape = "'_fields_' must be a sequence of (name, C type) pairs";
  if (!isTuple(item) || asTuple(item)->size < 2 || asTuple(item)->size > 3 || !isStr(asTuple(item)->items[0])) {
    return raise(t, exc::TypeError, "%s", kShape);
  }
  Tuple* parts = asTuple(item);
  out->name = intern(t, share(asStr(parts->items[0])));
  out->type = share(parts->items[1]);
  out->layout = layoutOfClass(out->type);
  if (!out->name) return false;
  if (!out->layout)
    return raise(t, exc::TypeError, "second item in _fields_ tuple (index %lld) must be a C type",
                 static_cast<long long>(index));
  out->bits = 0;
  if (parts->size == 2) return true;
  if (!isIntLike(parts->items[2]) && !typeOf(parts->items[2])->slots.index)
    return raise(t, exc::TypeError, "%s", kShape);
  int64_t bits = toInt64(t, parts->items[2]);
  if (t.raised()) return false;
  int kind = out->layout->native.type;
  bool text = out->layout->get == codeOf('c')->get || out->layout->get == codeOf('u')->get;
  bool integer =
      out->layout->form == Form::kSimple && !text &&
      (kind == FFI_TYPE_UINT8 || kind == FFI_TYPE_SINT8 || kind == FFI_TYPE_UINT16 || kind == FFI_TYPE_SINT16 ||
       kind == FFI_TYPE_UINT32 || kind == FFI_TYPE_SINT32 || kind == FFI_TYPE_UINT64 || kind == FFI_TYPE_SINT64);
  if (!integer) return raise(t, exc::TypeError, "bit fields not allowed for type %s", asClass(out->type)->cname);
  if (bits <= 0 || bits > out->layout->size * 8)
    return raise(t, exc::ValueError, "number of bits invalid for bit field");
  out->bits = int(bits);
  return true;
}
bool readPack(Thread& t, Type* type, int64_t* out) {
  Ref<> pack = getAttrOrEmpty(t, type, internStatic("_pack_"));
  if (t.raised()) return false;
  *out = 0;
  if (!pack) return true;
  int64_t number = isIntLike(pack) && intFits64(pack, out) ? *out : -1;
  if (number < 0 || number > INT32_MAX) return raise(t, exc::ValueError, "_pack_ must be a non-negative integer");
  return true;
}
// The fields of an anonymous field are attributes of the whole, too.
bool liftFields(Thread& t, Type* type, FieldObject* outer) {
  Ref<> fields = getAttr(t, outer->proto, "_fields_");
  Ref<Tuple> list = fields ? sequenceToTuple(t, fields) : Ref<Tuple>();
  if (!list) return false;
  for (int64_t i = 0; i < list->size; ++i) {
    Value pair = list->items[i];
    if (!isTuple(pair) || asTuple(pair)->size < 2 || !isStr(asTuple(pair)->items[0]))
      return raise(t, exc::TypeError, "_fields_ must be a sequence of pairs");
    Ref<Str> name = intern(t, share(asStr(asTuple(pair)->items[0])));
    Ref<> inner = name ? getAttr(t, outer->proto, name.get()) : Ref<>();
    if (!inner) return false;
    if (!isExact(inner, field_type)) return raise(t, exc::TypeError, "unexpected type");
    FieldObject* from = asField(inner);
    if (from->anonymous) {
      Ref<FieldObject> deeper = newField(t, from->proto);
      if (!deeper) return false;
      deeper->offset = outer->offset + from->offset;
      deeper->index = outer->index + from->index;
      if (!liftFields(t, type, deeper.get())) return false;
      continue;
    }
    Ref<FieldObject> lifted = newField(t, from->proto);
    if (!lifted) return false;
    lifted->size = from->size;
    lifted->offset = outer->offset + from->offset;
    lifted->index = outer->index + from->index;
    lifted->get = from->get;
    lifted->set = from->set;
    if (!setTypeAttribute(t, type, name.get(), lifted)) return false;
  }
  return true;
}
bool liftAnonymous(Thread& t, Type* type) {
  Ref<> names = getAttrOrEmpty(t, type, internStatic("_anonymous_"));
  if (!names) return !t.raised();
  if (!hasSequenceMethods(typeOf(names))) return raise(t, exc::TypeError, "_anonymous_ must be a sequence");
  Ref<Tuple> list = sequenceToTuple(t, names);
  if (!list) return raise(t, exc::TypeError, "_anonymous_ must be a sequence");
  for (int64_t i = 0; i < list->size; ++i) {
    if (!isStr(list->items[i]))
      return raise(t, exc::TypeError, "attribute name must be string, not '%.200s'", typeName(list->items[i]));
    Ref<Str> name = intern(t, share(asStr(list->items[i])));
    Ref<> field = name ? getAttr(t, type, name.get()) : Ref<>();
    if (!field) return false;
    if (!isExact(field, field_type)) {
      return raise(t, exc::AttributeError, "'%s' is specified in _anonymous_ but not in _fields_",
                   Utf8(name.get()).c_str());
    }
    asField(field)->anonymous = true;
    if (!liftFields(t, type, asField(field))) return false;
  }
  return true;
}

// Format of one member for PEP 3118, with the shape of arrays before it. Like CPython 3.11 without the gaps between
// members.
void appendFormat(std::string* out, const Wish& wish) {
  if (wish.layout->dimensions) {
    *out += "(";
    for (int i = 0; i < wish.layout->dimensions; ++i) *out += (i ? "," : "") + std::to_string(wish.layout->shape[i]);
    *out += ")";
  }
  *out += wish.layout->format ? wish.layout->format : "B";
  *out += ":";
  *out += Utf8(wish.name.get()).view();
  *out += ":";
}

bool layOut(Thread& t, Type* type, Value fields, bool is_struct) {
  Ref<> swapped = getAttrOrEmpty(t, type, internStatic("_swappedbytes_"));
  if (t.raised()) return false;
  Cursor cursor;
  cursor.big = bool(swapped);
  if (!readPack(t, type, &cursor.pack)) return false;
  if (!hasSequenceMethods(typeOf(fields))) return raise(t, exc::TypeError, "'_fields_' must be a sequence of pairs");
  Ref<Tuple> wishes = sequenceToTuple(t, fields);
  if (!wishes) return false;
  // Within __init_subclass__ the class has only what it inherits.
  Value own = dictGetStr(type->dict, internStatic(kLayoutName));
  if (!isExact(own, layout_type)) return raise(t, exc::TypeError, "ctypes state is not initialized");
  Layout* layout = castTo<Layout>(own);
  if (layout->flags & kFinal) return raise(t, exc::AttributeError, "_fields_ is final");
  Ref<> keep = share(Value(layout));
  Layout* base = layoutOf(type->base);
  RegisterClasses classes;
  int64_t first = 0, largest = 1, union_size = 0;
  std::string format = base && base->format && !strncmp(base->format, "T{", 2)
                           ? std::string(base->format, strlen(base->format) - 1)
                           : "T{";
  if (base) {
    cursor.size = cursor.offset = base->size;
    largest = base->alignment ? base->alignment : 1;
    first = base->length;
    layout->flags |= base->flags & (kHasUnion | kHasBits | kHasPointer);
    classes.add(base, 0);
  }
  if (!is_struct) layout->flags |= kHasUnion;
  for (int64_t i = 0; i < wishes->size; ++i) {
    Wish wish;
    if (!readWish(t, wishes->items[i], i, &wish)) return false;
    if (wish.bits) layout->flags |= kHasBits;
    wish.layout->flags |= kFinal;
    if (wish.layout->flags & (kIsPointer | kHasPointer)) layout->flags |= kHasPointer;
    layout->flags |= wish.layout->flags & (kHasUnion | kHasBits);
    Ref<FieldObject> field = newField(t, wish.type);
    if (!field) return false;
    field->index = first + i;
    if (wish.layout->form == Form::kArray) {
      Layout* item = layoutOfClass(wish.layout->proto);
      for (char letter : {'c', 'u'}) {
        if (!item || item->get != codeOf(letter)->get) continue;
        const Code* text = codeOf(letter == 'c' ? 's' : 'U');
        field->get = text->get;
        field->set = text->set;
      }
    } else if (wish.bits) {
      field->get = wish.layout->get;
      field->set = wish.layout->set;
    }
    if (!is_struct) {
      cursor.size = cursor.offset = cursor.alignment = 0;
      cursor.open_bits = 0;
    }
    cursor.place(field.get(), wish.layout, wish.bits);
    union_size = std::max(union_size, cursor.size);
    largest = std::max(largest, cursor.alignment);
    classes.add(wish.layout, field->offset);
    if (is_struct) appendFormat(&format, wish);
    if (!setTypeAttribute(t, type, wish.name.get(), field)) return false;
  }
  if (layout->flags & kFinal) return raise(t, exc::AttributeError, "Structure or union cannot contain itself");
  layout->flags |= kFinal;
  int64_t size = is_struct ? cursor.size : union_size;
  layout->size = (size + largest - 1) / largest * largest;
  format += "}";
  char* text = copyText(t, is_struct && !cursor.pack ? std::string_view(format) : "B");
  if (!text) return false;
  if (layout->format) freeBuffer(layout->format);
  layout->format = text;
  layout->alignment = largest;
  layout->length = first + wishes->size;
  layout->native.size = size_t(layout->size);
  layout->native.alignment = static_cast<unsigned short>(largest);
  layout->native.type = FFI_TYPE_STRUCT;
  layout->native.elements = layout->elements;
  if (classes.memory || layout->size > 16) {
    for (int i = 0; i < 4; ++i) layout->elements[i] = &ffi_type_uint64;  // more than two: always in memory
    layout->elements[4] = nullptr;
    if (classes.memory && layout->size <= 16) layout->elements[0] = &ffi_type_longdouble, layout->elements[1] = nullptr;
  } else {
    int n = 0;
    for (int i = 0; i < 2; ++i) {
      if (!classes.used[i] && i * 8 >= layout->size) continue;
      if (!classes.used[i] && layout->size == 0) continue;
      layout->elements[n++] = classes.integer[i] || !classes.used[i] ? &ffi_type_uint64
                              : classes.wide_real[i]                 ? &ffi_type_double
                                                                     : &ffi_type_float;
    }
    layout->elements[n] = nullptr;
  }
  return liftAnonymous(t, type);
}

// --- classes ---

Ref<> aggregateNew(Thread& t, Type* metatype, Args args, bool is_struct) {
  Ref<Type> type = makePlainClass(t, metatype, args);
  if (!type) return kRaised;
  if (dictGetStr(type->dict, internStatic("_abstract_"))) return type;
  Ref<Layout> layout = newLayout(t, is_struct ? Form::kStruct : Form::kUnion);
  if (!layout) return kRaised;
  layout->native = ffi_type{0, 0, FFI_TYPE_STRUCT, layout->elements};
  Ref<> fields = share(dictGetStr(type->dict, internStatic("_fields_")));
  Layout* base = layoutOf(type->base);
  layout->format = copyText(t, base && base->format ? base->format : "B");
  if (!layout->format) return kRaised;
  if (!fields && base) {
    layout->size = base->size;
    layout->alignment = base->alignment;
    layout->length = base->length;
    layout->flags = base->flags & ~uint32_t(kFinal);
    memcpy(layout->elements, base->elements, sizeof layout->elements);
    layout->native.size = base->native.size;
    layout->native.alignment = base->native.alignment;
    base->flags |= kFinal;
  }
  if (!setLayout(t, type.get(), std::move(layout))) return kRaised;
  if (fields && !setAttr(t, type, internStatic("_fields_"), fields)) return kRaised;
  return type;
}
Ref<> structMetaNew(Thread& t, Type* metatype, Args args) { return aggregateNew(t, metatype, args, true); }
Ref<> unionMetaNew(Thread& t, Type* metatype, Args args) { return aggregateNew(t, metatype, args, false); }
template <bool is_struct>
bool metaSetAttr(Thread& t, Value self, Str* name, Value v) {
  if (!types::Type.slots.setattr(t, self, name, v)) return false;
  return !v || !strEqualsAscii(name, "_fields_") || layOut(t, asClass(self), v, is_struct);
}
// A pointer to the structure is passed for one.
Ref<> aggregateFromParam(Thread& t, Value cls, Value v) { return fromParameter(t, cls, v); }

// --- instances ---

// Sets fields from positional values, those of base classes first. Below 0: raised; else how many values were used.
int64_t initPositional(Thread& t, Value self, Type* type, Args args, int64_t used) {
  if (layoutOf(type->base)) {
    used = initPositional(t, self, type->base, args, used);
    if (used < 0) return -1;
  }
  Value fields = dictGetStr(type->dict, internStatic("_fields_"));
  if (!fields) return used;
  Ref<Tuple> list = sequenceToTuple(t, fields);
  if (!list) return -1;
  for (int64_t i = 0; i < list->size && used < int64_t(args.positional); ++i, ++used) {
    Value pair = list->items[i];
    if (!isTuple(pair) || asTuple(pair)->size < 1 || !isStr(asTuple(pair)->items[0])) {
      return raise(t, exc::TypeError, "_fields_ must be a sequence of pairs");
    }
    Str* name = asStr(asTuple(pair)->items[0]);
    for (size_t k = 0; k < args.keywords(); ++k) {
      if (!strEqual(asStr(args.names->items[k]), name)) continue;
      Ref<Str> shown = strRepr(t, name);
      return shown ? raise(t, exc::TypeError, "duplicate values for field %s", Utf8(shown.get()).c_str()) : kRaised;
    }
    Ref<Str> interned = intern(t, share(name));
    if (!interned || !setAttr(t, self, interned.get(), args[size_t(used)])) return -1;
  }
  return used;
}
bool aggregateInit(Thread& t, Value self, Args args) {
  if (args.positional) {
    int64_t used = initPositional(t, self, typeOf(self), args, 0);
    if (used < 0) return false;
    if (used < int64_t(args.positional)) return raise(t, exc::TypeError, "too many initializers");
  }
  for (size_t k = 0; k < args.keywords(); ++k) {
    Ref<Str> name = intern(t, share(asStr(args.names->items[k])));
    if (!name || !setAttr(t, self, name.get(), args[args.positional + k])) return false;
  }
  return true;
}

}  // namespace

bool addStructTypes(Thread& t, ModuleObject* m) {
  static const GetSetDef kFieldGetSets[] = {{"offset", fieldOffset, nullptr, "offset in bytes of this field"},
                                            {"size", fieldSize, nullptr, "size in bytes of this field"},
                                            {}};
  static const TypeSpec field{
      .type = nullptr,
      .basic_size = sizeof(FieldObject),
      .doc = "Structure/Union member",
      .getsets = kFieldGetSets,
      .dealloc = deallocField,
      .traverse = [](Object* o, Visitor& visitor) { visitor.visit(static_cast<FieldObject*>(o)->proto); },
      .clear = nullptr,
      .fill =
          [](Slots& slots) {
            slots.repr = fieldRepr;
            slots.descr_get = fieldGet;
            slots.descr_set = fieldSet;
          }};
  Ref<Type> made =
      makeNativeType(t, field, "_ctypes.CField", nullptr, kTypeCollectable | kTypeFinal | kTypeDisallowNew);
  if (!made) return false;
  field_type = made.leakObject();
  static const MethodDef kMeta[] = {method("from_param", aggregateFromParam, "($self, obj, /)",
                                           "Convert a Python object into a function call parameter."),
                                    kMetaMethods[1],
                                    kMetaMethods[2],
                                    kMetaMethods[3],
                                    kMetaMethods[4],
                                    {}};
  static const TypeSpec struct_spec{.type = nullptr,
                                    .basic_size = sizeof(Type),
                                    .doc = "metatype for the CData Objects",
                                    .methods = kMeta,
                                    .fill = [](Slots& slots) {
                                      slots.new_ = structMetaNew;
                                      slots.repeat = repeatType;
                                      slots.setattr = metaSetAttr<true>;
                                    }};
  static const TypeSpec union_spec{.type = nullptr,
                                   .basic_size = sizeof(Type),
                                   .doc = "metatype for the Union Objects",
                                   .methods = kMeta,
                                   .fill = [](Slots& slots) {
                                     slots.new_ = unionMetaNew;
                                     slots.repeat = repeatType;
                                     slots.setattr = metaSetAttr<false>;
                                   }};
  static const TypeSpec structure{
      .type = nullptr, .basic_size = sizeof(Data), .doc = "Structure base class", .fill = [](Slots& slots) {
        slots.new_ = newData;
        slots.init = aggregateInit;
      }};
  static const TypeSpec union_base{
      .type = nullptr, .basic_size = sizeof(Data), .doc = "Union base class", .fill = [](Slots& slots) {
        slots.new_ = newData;
        slots.init = aggregateInit;
      }};
  struct_meta = addMeta(t, struct_spec, "_ctypes.PyCStructType");
  union_meta = struct_meta ? addMeta(t, union_spec, "_ctypes.UnionType") : nullptr;
  struct_type = union_meta ? addBase(t, m, structure, "_ctypes.Structure", struct_meta) : nullptr;
  union_type = struct_type ? addBase(t, m, union_base, "_ctypes.Union", union_meta) : nullptr;
  return union_type;
}

}  // namespace krait::ctypes
