// Simple types: numbers, characters, pointers to text, Python objects - one type code each.
#include <cwchar>
#include <string>

#include "runtime/modules/arguments.h"
#include "runtime/modules/ctypes/ctypes.h"
#include "runtime/objects/descriptors.h"
#include "runtime/objects/float.h"
#include "runtime/objects/str.h"

namespace krait::ctypes {

namespace {

// --- numbers ---

// A bit field's size: its width in the upper half, its lowest bit in the lower one.
int bitCount(int64_t size) { return int(size >> 16); }
int lowBit(int64_t size) { return int(size & 0xFFFF); }

template <class T>
T loadNumber(const uint8_t* from, bool swapped) {
  uint8_t bytes[sizeof(T)];
  for (size_t i = 0; i < sizeof(T); ++i) bytes[i] = from[swapped ? sizeof(T) - 1 - i : i];
  T v;
  memcpy(&v, bytes, sizeof v);
  return v;
}
template <class T>
void storeNumber(uint8_t* to, T v, bool swapped) {
  uint8_t bytes[sizeof(T)];
  memcpy(bytes, &v, sizeof v);
  for (size_t i = 0; i < sizeof(T); ++i) to[i] = bytes[swapped ? sizeof(T) - 1 - i : i];
}
template <class T, bool swapped>
Ref<> getInteger(Thread& t, const uint8_t* from, int64_t size) {
  T v = loadNumber<T>(from, swapped);
  if (int bits = bitCount(size)) {
    constexpr int kAll = int(sizeof(T)) * 8;
    using U = std::make_unsigned_t<T>;
    v = T(U(v) << (kAll - lowBit(size) - bits));
    v = T(v >> (kAll - bits));  // arithmetic for signed types
  }
  if constexpr (std::is_signed_v<T>) return newInt(t, int64_t(v));
  return newIntUnsigned(t, uint64_t(v));
}
template <class T, bool swapped>
Ref<> setInteger(Thread& t, uint8_t* to, Value v, int64_t size) {
  uint64_t number;
  if (!isIntLike(v)) {
    if (isFloatLike(v)) return raise(t, exc::TypeError, "'float' object cannot be interpreted as an integer");
    if (!typeOf(v)->slots.index)
      return raise(t, exc::TypeError, "'%.200s' object cannot be interpreted as an integer", typeName(v));
  }
  if (!maskArgument(t, v, &number)) return kRaised;
  using U = std::make_unsigned_t<T>;
  U bits = U(number);
  if (int count = bitCount(size)) {
    U mask = U(count >= int(sizeof(T)) * 8 ? ~U(0) : U((U(1) << count) - 1));
    U old = loadNumber<U>(to, swapped);
    bits = U((old & ~U(mask << lowBit(size))) | ((bits & mask) << lowBit(size)));
  }
  storeNumber<U>(to, bits, swapped);
  return steal(kNone);
}
template <class T, bool swapped>
Ref<> getReal(Thread&, const uint8_t* from, int64_t) {
  return steal(Value::fromDouble(canonicalNaN(double(loadNumber<T>(from, swapped)))));
}
template <class T, bool swapped>
Ref<> setReal(Thread& t, uint8_t* to, Value v, int64_t) {
  if (!isFloatLike(v) && !isIntLike(v) && !typeOf(v)->slots.float_ && !typeOf(v)->slots.index) {
    return raise(t, exc::TypeError, "must be real number, not %s", typeName(v));
  }
  double d = toDouble(t, v);
  if (t.raised()) return kRaised;
  storeNumber<T>(to, T(d), swapped);
  return steal(kNone);
}
Ref<> getLongDouble(Thread&, const uint8_t* from, int64_t) {
  long double v;
  memcpy(&v, from, sizeof v);
  return steal(Value::fromDouble(canonicalNaN(double(v))));
}
Ref<> setLongDouble(Thread& t, uint8_t* to, Value v, int64_t) {
  uint8_t narrow[8];
  if (!setReal<double, false>(t, narrow, v, 0)) return kRaised;
  long double wide = loadNumber<double>(narrow, false);
  memset(to, 0, sizeof wide);
  memcpy(to, &wide, 10);
  return steal(kNone);
}
Ref<> getBool(Thread&, const uint8_t* from, int64_t) { return steal(Value::fromBool(*from != 0)); }
Ref<> setBool(Thread& t, uint8_t* to, Value v, int64_t) {
  int yes = truth(t, v);
  if (yes < 0) return kRaised;
  *to = uint8_t(yes);
  return steal(kNone);
}

// Windows' VARIANT_BOOL: a short that is 0 or -1.
Ref<> getVariantBool(Thread&, const uint8_t* from, int64_t) {
  return steal(Value::fromBool(loadNumber<int16_t>(from, false) != 0));
}
Ref<> setVariantBool(Thread& t, uint8_t* to, Value v, int64_t) {
  int yes = truth(t, v);
  if (yes < 0) return kRaised;
  storeNumber<int16_t>(to, yes ? -1 : 0, false);
  return steal(kNone);
}

// --- characters and text ---

Ref<> getChar(Thread&, const uint8_t* from, int64_t) { return share(Value(byteBytes(*from))); }
Ref<> setChar(Thread& t, uint8_t* to, Value v, int64_t) {
  int64_t number;
  if (isBytes(v) && asBytes(v)->size == 1) {
    *to = asBytes(v)->data[0];
  } else if (isByteArray(v) && asByteArray(v)->size == 1) {
    *to = asByteArray(v)->data[0];
  } else if (isIntLike(v) && intFits64(v, &number) && number >= 0 && number < 256) {
    *to = uint8_t(number);
  } else {
    return raise(t, exc::TypeError, "one character bytes, bytearray or integer expected");
  }
  return steal(kNone);
}
Ref<> wideText(Thread& t, const wchar_t* text, size_t length) {
  for (size_t i = 0; i < length; ++i) {
    if (uint32_t(text[i]) > 0x10FFFF) {
      return raise(t, exc::ValueError, "character U+%x is not in range [U+0000; U+10ffff]", unsigned(text[i]));
    }
  }
  return newStrUcs4(t, reinterpret_cast<const uint32_t*>(text), int64_t(length));
}
Ref<> getWide(Thread& t, const uint8_t* from, int64_t) {
  wchar_t c;
  memcpy(&c, from, sizeof c);
  return wideText(t, &c, 1);
}
Ref<> setWide(Thread& t, uint8_t* to, Value v, int64_t) {
  if (!isStr(v)) return raise(t, exc::TypeError, "unicode string expected instead of %s instance", typeName(v));
  if (asStr(v)->length != 1) return raise(t, exc::TypeError, "one character unicode string expected");
  wchar_t c = wchar_t(asStr(v)->at(0));
  memcpy(to, &c, sizeof c);
  return steal(kNone);
}
// The value as an address, when it is None or an int; 1: done, 0: something else, -1: raised.
int setAddress(Thread& t, uint8_t* to, Value v) {
  uint64_t address = 0;
  if (!v.isNone() && !isIntLike(v)) return 0;
  if (!v.isNone() && !maskArgument(t, v, &address)) return -1;
  memcpy(to, &address, sizeof address);
  return 1;
}
Ref<> getText(Thread& t, const uint8_t* from, int64_t) {
  const char* text;
  memcpy(&text, from, sizeof text);
  return text ? Ref<>(newBytes(t, text)) : steal(kNone);
}
Ref<> setText(Thread& t, uint8_t* to, Value v, int64_t) {
  if (isBytes(v)) {
    const uint8_t* text = asBytes(v)->data;
    memcpy(to, &text, sizeof text);
    return share(v);
  }
  int done = setAddress(t, to, v);
  if (done) return done < 0 ? Ref<>() : steal(kNone);
  return raise(t, exc::TypeError, "bytes or integer address expected instead of %s instance", typeName(v));
}
// The text as wchar_t, ended by zero, in a bytes object.
Ref<Bytes> wideBytes(Thread& t, Str* s) {
  Ref<Bytes> buffer = newBytesBlank(t, (s->length + 1) * int64_t(sizeof(wchar_t)));
  for (int64_t i = 0; buffer && i <= s->length; ++i) {
    wchar_t c = i < s->length ? wchar_t(s->at(i)) : 0;
    memcpy(buffer->data + size_t(i) * sizeof c, &c, sizeof c);
  }
  return buffer;
}
Ref<> getWideText(Thread& t, const uint8_t* from, int64_t) {
  const wchar_t* text;
  memcpy(&text, from, sizeof text);
  return text ? wideText(t, text, wcslen(text)) : steal(kNone);
}
Ref<> setWideText(Thread& t, uint8_t* to, Value v, int64_t) {
  if (isStr(v)) {
    Ref<Bytes> buffer = wideBytes(t, asStr(v));
    if (!buffer) return kRaised;
    const uint8_t* text = buffer->data;
    memcpy(to, &text, sizeof text);
    return buffer;
  }
  int done = setAddress(t, to, v);
  if (done) return done < 0 ? Ref<>() : steal(kNone);
  return raise(t, exc::TypeError, "unicode string or integer address expected instead of %s instance", typeName(v));
}
// 's' and 'U': character arrays as fields of structures.
Ref<> getTextArray(Thread& t, const uint8_t* from, int64_t size) {
  return newBytes(t, {reinterpret_cast<const char*>(from), strnlen(reinterpret_cast<const char*>(from), size_t(size))});
}
Ref<> setTextArray(Thread& t, uint8_t* to, Value v, int64_t size) {
  if (!isBytes(v)) return raise(t, exc::TypeError, "expected bytes, %s found", typeName(v));
  int64_t given = int64_t(strlen(reinterpret_cast<const char*>(asBytes(v)->data)));
  if (given > size) {
    return raise(t, exc::ValueError, "bytes too long (%lld, maximum length %lld)", static_cast<long long>(given),
                 static_cast<long long>(size));
  }
  memcpy(to, asBytes(v)->data, size_t(given < size ? given + 1 : given));
  return steal(kNone);
}
Ref<> getWideArray(Thread& t, const uint8_t* from, int64_t size) {
  auto* text = reinterpret_cast<const wchar_t*>(from);
  return wideText(t, text, wcsnlen(text, size_t(size) / sizeof(wchar_t)));
}
Ref<> setWideArray(Thread& t, uint8_t* to, Value v, int64_t size) {
  if (!isStr(v)) return raise(t, exc::TypeError, "unicode string expected instead of %s instance", typeName(v));
  int64_t room = size / int64_t(sizeof(wchar_t)), given = asStr(v)->length;
  if (given > room) {
    return raise(t, exc::ValueError, "string too long (%lld, maximum length %lld)", static_cast<long long>(given),
                 static_cast<long long>(room));
  }
  Ref<Bytes> wide = wideBytes(t, asStr(v));
  if (!wide) return kRaised;
  memcpy(to, wide->data, size_t(given < room ? given + 1 : given) * sizeof(wchar_t));
  return steal(kNone);
}

// --- addresses and objects ---

Ref<> getAddress(Thread& t, const uint8_t* from, int64_t) {
  uint64_t address = loadNumber<uint64_t>(from, false);
  return address ? newIntUnsigned(t, address) : steal(kNone);
}
Ref<> setPointer(Thread& t, uint8_t* to, Value v, int64_t) {
  int done = setAddress(t, to, v);
  if (done) return done < 0 ? Ref<>() : steal(kNone);
  return raise(t, exc::TypeError, "cannot be converted to pointer");
}
// A py_object's memory is a Value as it is; zero bits are C's NULL.
Ref<> getObject(Thread& t, const uint8_t* from, int64_t) {
  Value v(loadNumber<uint64_t>(from, false));
  if (v.empty()) return t.raised() ? Ref<>() : Ref<>(raise(t, exc::ValueError, "PyObject is NULL"));
  return share(v);
}
Ref<> setObject(Thread&, uint8_t* to, Value v, int64_t) {
  storeNumber<uint64_t>(to, v.bits, false);
  return share(v);
}

#define INTEGER(letter, T, native) \
  {letter, &native, sizeof(T), getInteger<T, false>, setInteger<T, false>, getInteger<T, true>, setInteger<T, true>}
const Code kCodes[] = {
    {'c', &ffi_type_schar, 1, getChar, setChar, nullptr, nullptr},
    {'b', &ffi_type_schar, 1, getInteger<int8_t, false>, setInteger<int8_t, false>, nullptr, nullptr},
    {'B', &ffi_type_uchar, 1, getInteger<uint8_t, false>, setInteger<uint8_t, false>, nullptr, nullptr},
    INTEGER('h', int16_t, ffi_type_sshort),
    INTEGER('H', uint16_t, ffi_type_ushort),
    INTEGER('i', int32_t, ffi_type_sint),
    INTEGER('I', uint32_t, ffi_type_uint),
    INTEGER('l', int64_t, ffi_type_slong),
    INTEGER('L', uint64_t, ffi_type_ulong),
    INTEGER('q', int64_t, ffi_type_sint64),
    INTEGER('Q', uint64_t, ffi_type_uint64),
    {'d', &ffi_type_double, 8, getReal<double, false>, setReal<double, false>, getReal<double, true>,
     setReal<double, true>},
    {'f', &ffi_type_float, 4, getReal<float, false>, setReal<float, false>, getReal<float, true>, setReal<float, true>},
    {'g', &ffi_type_longdouble, sizeof(long double), getLongDouble, setLongDouble, nullptr, nullptr},
    {'?', &ffi_type_uchar, 1, getBool, setBool, nullptr, nullptr},
    {'v', &ffi_type_sshort, 2, getVariantBool, setVariantBool, nullptr, nullptr},
    {'u', &ffi_type_sint, sizeof(wchar_t), getWide, setWide, nullptr, nullptr},
    {'z', &ffi_type_pointer, 8, getText, setText, nullptr, nullptr},
    {'Z', &ffi_type_pointer, 8, getWideText, setWideText, nullptr, nullptr},
    {'P', &ffi_type_pointer, 8, getAddress, setPointer, nullptr, nullptr},
    {'O', &ffi_type_pointer, 8, getObject, setObject, nullptr, nullptr},
    {'X', &ffi_type_pointer, 8, getAddress, setPointer, nullptr, nullptr},
    {'s', &ffi_type_pointer, 8, getTextArray, setTextArray, nullptr, nullptr},
    {'U', &ffi_type_pointer, 8, getWideArray, setWideArray, nullptr, nullptr},
};
#undef INTEGER
constexpr const char* kSimpleCodes = "cbBhHiIlLdfuzZqQPXOv?g";

}  // namespace

const Code* codeOf(char letter) {
  for (const Code& code : kCodes) {
    if (code.letter == letter) return &code;
  }
  return nullptr;
}
std::string_view simpleFormat(char letter, bool big, char* buffer) {
  buffer[0] = big ? '>' : '<';
  buffer[1] = letter == 'l' ? 'q' : letter == 'L' ? 'Q' : letter;
  return {buffer, 2};
}

namespace {

// --- from_param ---

Ref<> argumentFrom(Thread& t, const Code* code, Value v) {
  Ref<Argument> argument = newArgument(t, code->letter, code->native, Value());
  if (!argument) return kRaised;
  Ref<> kept = code->set(t, argument->bytes, v, 0);
  if (!kept) return kRaised;
  assign(argument->object, std::move(kept));
  return argument;
}
Ref<> viaAsParameter(Thread& t, Value cls, Value v, NativeOne again) {
  Ref<> instead = getAttrOrEmpty(t, v, internStatic("_as_parameter_"));
  if (t.raised()) return kRaised;
  if (!instead) return raise(t, exc::TypeError, "wrong type");
  NativeScope scope(t, " while processing _as_parameter_");
  return scope ? again(t, cls, instead) : Ref<>();
}
Ref<> simpleFromParam(Thread& t, Value cls, Value v) {
  int fits = isInstanceOf(t, v, cls);
  if (fits) return fits < 0 ? Ref<>() : share(v);
  Layout* layout = layoutOfClass(cls);
  if (!layout || !isStr(layout->proto)) return raise(t, exc::TypeError, "abstract class");
  Ref<> argument = argumentFrom(t, codeOf(char(asStr(layout->proto)->at(0))), v);
  if (argument) return argument;
  clearException(t);
  return viaAsParameter(t, cls, v, simpleFromParam);
}
// Whether v points to items with this code: an array or a pointer of them, or byref() of one.
bool pointsTo(Value v, Setter set) {
  if (isInstance(v, array_type) || isInstance(v, pointer_type)) {
    Layout* layout = layoutOfData(v);
    Layout* item = layout ? layoutOfClass(layout->proto) : nullptr;
    return item && item->set == set;
  }
  if (!isArgument(v)) return false;
  Value object = castTo<Argument>(v)->object;
  Layout* layout = object && isData(object) ? layoutOfData(object) : nullptr;
  return layout && layout->set == set;
}
template <char letter>
Ref<> textFromParam(Thread& t, Value cls, Value v) {
  if (v.isNone()) return steal(kNone);
  if (letter == 'z' ? isBytes(v) : isStr(v)) return argumentFrom(t, codeOf(letter), v);
  int fits = isInstanceOf(t, v, cls);
  if (fits) return fits < 0 ? Ref<>() : share(v);
  if (pointsTo(v, letter == 'z' ? setChar : setWide)) return share(v);
  return viaAsParameter(t, cls, v, textFromParam<letter>);
}
Ref<> pointerFromParam(Thread& t, Value cls, Value v) {
  if (v.isNone()) return steal(kNone);
  if (isIntLike(v)) return argumentFrom(t, codeOf('P'), v);
  if (isBytes(v)) return argumentFrom(t, codeOf('z'), v);
  if (isStr(v)) return argumentFrom(t, codeOf('Z'), v);
  int fits = isInstanceOf(t, v, cls);
  if (fits) return fits < 0 ? Ref<>() : share(v);
  if (isInstance(v, array_type) || isInstance(v, pointer_type)) return share(v);
  if (isArgument(v) && castTo<Argument>(v)->tag == 'P') return share(v);
  bool function = isInstance(v, function_type);
  Layout* layout = isInstance(v, simple_type) ? layoutOfData(v) : nullptr;
  bool text = layout && (layout->set == setText || layout->set == setWideText);
  if (function || text) {
    Ref<Argument> argument = newArgument(t, text ? 'Z' : 'P', &ffi_type_pointer, v);
    if (argument) memcpy(argument->bytes, asData(v)->memory, sizeof(void*));
    return argument;
  }
  return viaAsParameter(t, cls, v, pointerFromParam);
}

// --- classes ---

Ref<Layout> simpleLayout(Thread& t, const Code* code, Value letter, bool swapped) {
  Ref<Layout> layout = newLayout(t, Form::kSimple);
  if (!layout) return kRaised;
  layout->proto = share(letter).leak();
  layout->native = *code->native;
  layout->size = code->size;
  layout->alignment = code->native->alignment;
  layout->get = swapped ? code->get_swapped : code->get;
  layout->set = swapped ? code->set_swapped : code->set;
  if (code->letter == 'O' || code->letter == 'z' || code->letter == 'Z' || code->letter == 'P')
    layout->flags |= kIsPointer;
  char buffer[2];
  layout->format = copyText(t, simpleFormat(code->letter, swapped, buffer));
  return layout->format ? std::move(layout) : Ref<Layout>();
}
// c_int gets a twin with the other byte order, for structures of that order.
bool addSwapped(Thread& t, Type* type, const Code* code, Value letter, Args args) {
  Ref<Str> name = strFormat(t, "%s_be", type->cname);
  Ref<Tuple> bases = packTuple(t, Value(simple_type));
  Ref<Dict> space = newDict(t);
  if (!name || !bases || !space || !dictUpdate(t, space.get(), args[2])) return false;
  Value parts[] = {name, bases, space};
  Ref<Type> twin = makePlainClass(t, simple_meta, Args{parts, 3, nullptr});
  if (!twin || !setLayout(t, twin.get(), simpleLayout(t, code, letter, true))) return false;
  Str *little = internStatic("__ctype_le__"), *big = internStatic("__ctype_be__");
  return setTypeAttribute(t, type, little, Value(type)) && setTypeAttribute(t, type, big, twin) &&
         setTypeAttribute(t, twin.get(), little, Value(type)) && setTypeAttribute(t, twin.get(), big, twin);
}
Ref<> simpleMetaNew(Thread& t, Type* metatype, Args args) {
  Ref<Type> type = makePlainClass(t, metatype, args);
  if (!type) return kRaised;
  Ref<> letter = getAttrOrEmpty(t, type, internStatic("_type_"));
  if (t.raised()) return kRaised;
  if (!letter) return raise(t, exc::AttributeError, "class must define a '_type_' attribute");
  if (!isStr(letter)) return raise(t, exc::TypeError, "class must define a '_type_' string attribute");
  if (asStr(letter)->length != 1) {
    return raise(t, exc::ValueError, "class must define a '_type_' attribute which must be a string of length 1");
  }
  uint32_t c = asStr(letter)->at(0);
  if (c == 0 || c > 127 || !strchr(kSimpleCodes, int(c))) {
    return raise(
        t, exc::AttributeError,
        "class must define a '_type_' attribute which must be\na single character string containing one of '%s'.",
        kSimpleCodes);
  }
  const Code* code = codeOf(char(c));
  Ref<Layout> layout = simpleLayout(t, code, letter, false);
  if (!layout || !setLayout(t, type.get(), std::move(layout))) return kRaised;
  if (metatype != simple_meta) return type;
  if (type->base == simple_type) {
    // The direct ones of these accept more than their instances' values.
    static const MethodDef kFromParam[] = {
        method("from_param", textFromParam<'z'>, "($type, obj, /)",
               "Convert a Python object into a function call parameter.", MethodKind::kClass),
        method("from_param", textFromParam<'Z'>, "($type, obj, /)",
               "Convert a Python object into a function call parameter.", MethodKind::kClass),
        method("from_param", pointerFromParam, "($type, obj, /)",
               "Convert a Python object into a function call parameter.", MethodKind::kClass)};
    const MethodDef* own = c == 'z' ? &kFromParam[0] : c == 'Z' ? &kFromParam[1] : c == 'P' ? &kFromParam[2] : nullptr;
    if (own && !setTypeAttribute(t, type.get(), internStatic("from_param"), newMethodDescr(t, type.get(), own)))
      return kRaised;
  }
  if (code->get_swapped && !addSwapped(t, type.get(), code, letter, args)) return kRaised;
  return type;
}

// --- instances ---

bool simpleInit(Thread& t, Value self, Args args) {
  if (!arity(t, "__init__", args, 0, 1)) return false;
  if (args.keywords()) return raise(t, exc::TypeError, "%s() takes no keyword arguments", typeName(self));
  if (!args.positional) return true;
  Layout* layout = layoutOfData(self);
  if (!layout) return raise(t, exc::TypeError, "abstract class");
  Ref<> kept = layout->set(t, asData(self)->memory, args[0], layout->size);
  return kept && keepAlive(t, asData(self), 0, std::move(kept));
}
Ref<> getValue(Thread& t, Value self) {
  Layout* layout = layoutOfData(self);
  return layout ? layout->get(t, asData(self)->memory, asData(self)->size)
                : Ref<>(raise(t, exc::TypeError, "abstract class"));
}
bool setValue(Thread& t, Value self, Value v) {
  Layout* layout = layoutOfData(self);
  if (!v) return raise(t, exc::TypeError, "can't delete attribute");
  Ref<> kept = layout->set(t, asData(self)->memory, v, layout->size);
  return kept && keepAlive(t, asData(self), 0, std::move(kept));
}
Ref<> simpleRepr(Thread& t, Value self) {
  if (typeOf(self)->base != simple_type)
    return strFormat(t, "<%s object at %p>", typeName(self), static_cast<void*>(self.asObject()));
  Ref<> v = getValue(t, self);
  Ref<Str> shown = v ? repr(t, v) : Ref<Str>();
  return shown ? strFormat(t, "%s(%s)", typeName(self), Utf8(shown.get()).c_str()) : Ref<Str>();
}
int simpleTruth(Thread&, Value self) {
  Data* data = asData(self);
  for (int64_t i = 0; i < data->size; ++i) {
    if (data->memory[i]) return 1;
  }
  return 0;
}
Ref<> simpleFromOut(Thread& t, Value self) {
  return isSimpleSubclass(Value(typeOf(self))) ? share(self) : getValue(t, self);
}

}  // namespace

bool addSimpleTypes(Thread& t, ModuleObject* m) {
  static const MethodDef kMeta[] = {method("from_param", simpleFromParam, "($self, obj, /)",
                                           "Convert a Python object into a function call parameter."),
                                    kMetaMethods[1],
                                    kMetaMethods[2],
                                    kMetaMethods[3],
                                    kMetaMethods[4],
                                    {}};
  static const TypeSpec meta{.type = nullptr,
                             .basic_size = sizeof(Type),
                             .doc = "metatype for the PyCSimpleType Objects",
                             .methods = kMeta,
                             .fill = [](Slots& slots) {
                               slots.new_ = simpleMetaNew;
                               slots.repeat = repeatType;
                             }};
  static const MethodDef kMethods[] = {method("__ctypes_from_outparam__", simpleFromOut, "($self, /)"), {}};
  static const GetSetDef kGetSets[] = {{"value", getValue, setValue, "current value"}, {}};
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(Data),
                             .doc = "Base class of the simple types.",
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .fill = [](Slots& slots) {
                               slots.new_ = newData;
                               slots.init = simpleInit;
                               slots.repr = simpleRepr;
                               slots.truth = simpleTruth;
                             }};
  simple_meta = addMeta(t, meta, "_ctypes.PyCSimpleType");
  simple_type = simple_meta ? addBase(t, m, spec, "_ctypes._SimpleCData", simple_meta) : nullptr;
  return simple_type;
}

}  // namespace krait::ctypes
