// int and bool as Python sees them: constructor, methods, slots.
#include <cmath>
#include <cstring>
#include "runtime/objects/bytes.h"
#include "runtime/objects/float.h"
#include "runtime/objects/int_internal.h"
#include "runtime/objects/number_format.h"
#include "runtime/objects/number_text.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace {

// ---- construction ----

Ref<> unreachable(Thread&, Value, const Value*) { return nullptr; }  // the definitions below are only bound, never called

Ref<> makeInt(Thread& t, Value x, Value base) {
  if (base.empty()) return x.empty() ? steal(Value::fromInt(0)) : toInt(t, x);
  if (x.empty()) return raise(t, exc::TypeError, "int() missing string argument");
  int64_t radix = toIndex(t, base, true);
  if (radix == -1 && t.raised()) return kRaised;
  if ((radix != 0 && radix < 2) || radix > 36) return raise(t, exc::ValueError, "int() base must be >= 2 and <= 36, or 0");
  if (isStr(x)) return intFromStr(t, x, int(radix));
  if (isBytes(x) || isByteArray(x)) {
    Buffer buffer;
    if (!buffer.get(t, x)) return kRaised;
    return newIntFromText(t, buffer.chars(), buffer.size(), int(radix), x);
  }
  return raise(t, exc::TypeError, "int() can't convert non-string with explicit base");
}

Ref<> intNew(Thread& t, Type* type, Args args) {
  Ref<> number;
  if (args.positional == 1 && !args.names) {
    number = toInt(t, args[0]);
  } else if (args.total() == 0) {
    number = steal(Value::fromInt(0));
  } else {
    static const MethodDef kNew = method("int", unreachable, "($type, x=<unrepresentable>, /, base=<unrepresentable>)");
    Value bound[2];
    Ref<> keep[2];
    if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
    number = makeInt(t, bound[0], bound[1]);
  }
  if (!number || type == &types::Int) return number;
  IntInstance* o = allocateInstance<IntInstance>(type);
  if (!o) return raiseNoMemory(t);
  o->number = number.leak();
  return steal(Value(o));
}

void intDealloc(Object* self) {
  if (self->type() == &types::Int) {
    freeObject(self, intObjectSize(static_cast<Int*>(self)->limbCount()), Sort::kPlain);
    return;
  }
  Value number = static_cast<IntInstance*>(self)->number;
  freeInstance(self);
  release(number);
}

// ---- slots ----

template <Ref<> (*f)(Thread&, Value, Value)>
Ref<> binarySlot(Thread& t, Value a, Value b) {
  if (!isIntLike(a) || !isIntLike(b)) return steal(kNotImplemented);
  return f(t, a, b);
}
template <Ref<> (*f)(Thread&, Value, Value)>
Ref<> boolSlot(Thread& t, Value a, Value b) {
  if (!isIntLike(a) || !isIntLike(b)) return steal(kNotImplemented);
  Ref<> result = f(t, a, b);
  if (a.isBool() && b.isBool()) return steal(Value::fromBool(result.value() != Value::fromInt(0)));
  return result;
}

Ref<> powerSlot(Thread& t, Value a, Value b, Value modulus) {
  if (!isIntLike(a) || !isIntLike(b) || !(modulus.isNone() || isIntLike(modulus))) return steal(kNotImplemented);
  return intPower(t, a, b, modulus);
}
Ref<> compareSlot(Thread&, Value a, Value b, CompareOp op) {
  if (!isIntLike(a) || !isIntLike(b)) return steal(kNotImplemented);
  int order = intCompare(a, b);
  bool result = false;
  switch (op) {
    case CompareOp::kLess: result = order < 0; break;
    case CompareOp::kLessEqual: result = order <= 0; break;
    case CompareOp::kEqual: result = order == 0; break;
    case CompareOp::kNotEqual: result = order != 0; break;
    case CompareOp::kGreater: result = order > 0; break;
    case CompareOp::kGreaterEqual: result = order >= 0; break;
  }
  return steal(Value::fromBool(result));
}
Ref<> reprSlot(Thread& t, Value self) { return intToText(t, self); }
Ref<> plainSlot(Thread&, Value self) { return share(intValue(self)); }
Ref<> floatSlot(Thread& t, Value self) {
  double d = intToDouble(t, self);
  if (d == -1.0 && t.raised()) return kRaised;
  return steal(Value::fromDouble(d));
}
Hash hashSlot(Thread&, Value self) { return intHash(self); }
int truthSlot(Thread&, Value self) { return intSign(self) != 0; }

void fillInt(Slots& slots) {
  slots.new_ = intNew;
  slots.repr = reprSlot;
  slots.hash = hashSlot;
  slots.compare = compareSlot;
  slots.truth = truthSlot;
  slots.index = slots.int_ = slots.positive = plainSlot;
  slots.float_ = floatSlot;
  slots.negative = intNegative;
  slots.absolute = intAbsolute;
  slots.invert = intInvert;
  slots.power = powerSlot;
  slots.binary[kOp_add] = binarySlot<intAdd>;
  slots.binary[kOp_subtract] = binarySlot<intSubtract>;
  slots.binary[kOp_multiply] = binarySlot<intMultiply>;
  slots.binary[kOp_true_divide] = binarySlot<intTrueDivide>;
  slots.binary[kOp_floor_divide] = binarySlot<intFloorDivide>;
  slots.binary[kOp_remainder] = binarySlot<intRemainder>;
  slots.binary[kOp_divmod] = binarySlot<intDivmod>;
  slots.binary[kOp_left_shift] = binarySlot<intLeftShift>;
  slots.binary[kOp_right_shift] = binarySlot<intRightShift>;
  slots.binary[kOp_and_] = binarySlot<intAnd>;
  slots.binary[kOp_or_] = binarySlot<intOr>;
  slots.binary[kOp_xor_] = binarySlot<intXor>;
}

// ---- methods ----

Ref<> bitLengthMethod(Thread&, Value self) { return steal(Value::fromInt(int64_t(intBitLength(self)))); }

Ref<> bitCountMethod(Thread&, Value self) {
  Digits d(intValue(self));
  return steal(Value::fromInt(d.count ? int64_t(mpn_popcount(d.data(), mp_size_t(d.count))) : 0));
}

Ref<> conjugateMethod(Thread&, Value self) { return share(intValue(self)); }
Ref<> realGetter(Thread&, Value self) { return share(intValue(self)); }
Ref<> zeroGetter(Thread&, Value) { return steal(Value::fromInt(0)); }
Ref<> oneGetter(Thread&, Value) { return steal(Value::fromInt(1)); }
Ref<> ratioMethod(Thread& t, Value self) { return packTuple(t, intValue(self), Value::fromInt(1)); }
Ref<> newArgsMethod(Thread& t, Value self) { return packTuple(t, intValue(self)); }

// Round half to even at 10**-ndigits.
Ref<> roundMethod(Thread& t, Value self, const Value* args) {
  Value number = intValue(self);
  if (args[0].empty()) return share(number);
  Ref<> digits = toIndexValue(t, args[0]);
  if (!digits) return kRaised;
  if (intSign(digits) >= 0) return share(number);
  Ref<> exponent = intNegative(t, digits);
  if (!exponent) return kRaised;
  // 10**n beyond twice the number rounds to zero; do not compute it.
  if (!exponent.value().isInt() || exponent.value().asInt() > int64_t(intBitLength(number)) + 2) return steal(Value::fromInt(0));
  Ref<> unit = intPower(t, Value::fromInt(10), exponent, kNone);
  if (!unit) return kRaised;
  Ref<> quotient = intFloorDivide(t, number, unit);
  if (!quotient) return kRaised;
  Ref<> floor = intMultiply(t, quotient, unit);
  if (!floor) return kRaised;
  Ref<> rest = intSubtract(t, number, floor);
  if (!rest) return kRaised;
  Ref<> twice = intAdd(t, rest, rest);
  if (!twice) return kRaised;
  int order = intCompare(twice, unit);
  if (order > 0 || (order == 0 && (Digits(quotient).low() & 1))) return intAdd(t, floor, unit);
  return floor;
}

bool littleEndian(Thread& t, const char* function, Value order, bool* little) {
  if (isStr(order)) {
    *little = strEqualsAscii(asStr(order), "little");
    if (*little || strEqualsAscii(asStr(order), "big")) return true;
  } else {
    return raise(t, exc::TypeError, "%s() argument 'byteorder' must be str, not %.50s", function,
                 argumentTypeName(order));
  }
  return raise(t, exc::ValueError, "byteorder must be either 'little' or 'big'");
}

Ref<> toBytesMethod(Thread& t, Value self, const Value* args) {
  int64_t length = sizeParameter(t, args[0]);
  if (length == -1 && t.raised()) return kRaised;
  bool little;
  if (!littleEndian(t, "to_bytes", args[1], &little)) return kRaised;
  int is_signed = truth(t, args[2]);
  if (is_signed < 0) return kRaised;
  if (length < 0) return raise(t, exc::ValueError, "length argument must be non-negative");
  Digits d(intValue(self));
  if (d.negative && !is_signed) return raise(t, exc::OverflowError, "can't convert negative int to unsigned");
  size_t bits = bitLength(d);
  if (is_signed && bits) {
    // A sign bit is needed, but -2**(8n-1) fits n bytes.
    bool power_of_two = mpn_scan1(d.data(), 0) + 1 == bits;
    if (!(d.negative && power_of_two)) ++bits;
  }
  if (bits > size_t(length) * 8) return raise(t, exc::OverflowError, "int too big to convert");
  Ref<Bytes> result = newBytesBlank(t, length);
  if (!result) return kRaised;
  LimbBuffer twos(t, d.count + 1);
  if (!twos) return kRaised;
  memcpy(twos.get(), d.limbs, d.count * 8);
  twos[d.count] = 0;
  if (d.negative) mpn_neg(twos.data(), twos.data(), mp_size_t(d.count + 1));
  const uint8_t* source = reinterpret_cast<const uint8_t*>(twos.get());
  size_t available = (d.count + 1) * 8;
  for (size_t i = 0; i < size_t(length); ++i) {
    uint8_t byte = i < available ? source[i] : d.negative ? 0xFF : 0;
    result->data[little ? i : size_t(length) - 1 - i] = byte;
  }
  return result;
}

Ref<> fromBytesMethod(Thread& t, Value cls, const Value* args) {
  bool little;
  if (!littleEndian(t, "from_bytes", args[1], &little)) return kRaised;
  int is_signed = truth(t, args[2]);
  if (is_signed < 0) return kRaised;
  Ref<Bytes> bytes = bytesFrom(t, args[0]);
  if (!bytes) return kRaised;
  Ref<> number = newIntFromBytes(t, bytes->data, size_t(bytes->size), little, is_signed);
  if (!number || cls == Value(&types::Int)) return number;
  return call(t, cls, number);
}

Ref<> formatMethod(Thread& t, Value self, Value spec) {
  Str* text = formatSpec(t, spec);
  return text ? formatInt(t, self, text) : kRaised;
}

Ref<> sizeofMethod(Thread&, Value self) {
  if (!self.isObject()) return steal(Value::fromInt(int64_t(sizeof(Value))));
  Value number = intValue(self);
  int64_t limbs = number.isObject() ? int64_t(intObjectSize(static_cast<Int*>(number.asObject())->limbCount())) : 0;
  return steal(Value::fromInt(number == self ? limbs : limbs + int64_t(instanceSize(self.asObject()))));
}

// ---- bool ----

Ref<> boolNew(Thread& t, Type*, Args args) {
  if (args.keywords()) return raise(t, exc::TypeError, "bool() takes no keyword arguments");
  if (args.positional > 1) return raise(t, exc::TypeError, "bool expected at most 1 argument, got %zu", args.positional);
  int v = args.positional ? truth(t, args[0]) : 0;
  if (v < 0) return kRaised;
  return steal(Value::fromBool(v));
}
Ref<> boolRepr(Thread&, Value self) {
  static Str* const names[] = {internStatic("False"), internStatic("True")};
  return share(Value(names[self == kTrue]));
}
void fillBool(Slots& slots) {
  slots.new_ = boolNew;
  slots.repr = boolRepr;
  slots.binary[kOp_and_] = boolSlot<intAnd>;
  slots.binary[kOp_or_] = boolSlot<intOr>;
  slots.binary[kOp_xor_] = boolSlot<intXor>;
}

}  // namespace

const MethodDef kIntMethods[] = {
    method("conjugate", conjugateMethod, "($self, /)", "Returns self, the complex conjugate of any int."),
    method("bit_length", bitLengthMethod, "($self, /)",
           "Number of bits necessary to represent self in binary.\n\n>>> (1000).bit_length()\n10"),
    method("bit_count", bitCountMethod, "($self, /)",
           "Number of ones in the binary representation of the absolute value of self.\n\n>>> (13).bit_count()\n3"),
    method("as_integer_ratio", ratioMethod, "($self, /)",
           "A pair of integers whose ratio is equal to the original int.\n\n>>> (-4).as_integer_ratio()\n(-4, 1)"),
    method("to_bytes", toBytesMethod, "($self, /, length=1, byteorder='big', *, signed=False)",
           "An array of bytes representing the integer."),
    method("from_bytes", fromBytesMethod, "($type, /, bytes, byteorder='big', *, signed=False)",
           "The integer represented by the given array of bytes.", MethodKind::kClass),
    method("__trunc__", conjugateMethod, "($self, /)", "Truncating an Integral returns itself."),
    method("__floor__", conjugateMethod, "($self, /)", "Flooring an Integral returns itself."),
    method("__ceil__", conjugateMethod, "($self, /)", "Ceiling of an Integral returns itself."),
    method("__round__", roundMethod, "($self, ndigits=<unrepresentable>, /)",
           "Rounding an Integral returns itself; with negative ndigits, the nearest multiple of a power of ten."),
    method("__getnewargs__", newArgsMethod, "($self, /)"),
    method("__format__", formatMethod, "($self, format_spec, /)"),
    method("__sizeof__", sizeofMethod, "($self, /)", "Size in memory, in bytes."),
    {},
};
const GetSetDef kIntGetSets[] = {
    {"real", realGetter, nullptr, "the real part of a complex number"},
    {"imag", zeroGetter, nullptr, "the imaginary part of a complex number"},
    {"numerator", realGetter, nullptr, "the numerator of a rational number in lowest terms"},
    {"denominator", oneGetter, nullptr, "the denominator of a rational number in lowest terms"},
    {},
};

const TypeSpec& intTypeSpec() {
  static const TypeSpec spec{
      .type = &types::Int,
      .basic_size = sizeof(IntInstance),
      .doc =
          "int([x]) -> integer\nint(x, base=10) -> integer\n\n"
          "A number or text as an integer; floats are truncated towards zero. Base 0 reads the base from the text's "
          "prefix.\n\n"
          ">>> int('-0x1f', base=0)\n-31",
      .methods = kIntMethods,
      .getsets = kIntGetSets,
      .dealloc = intDealloc,
      .fill = fillInt,
  };
  return spec;
}

const TypeSpec& boolTypeSpec() {
  static const TypeSpec spec{
      .type = &types::Bool,
      .basic_size = sizeof(IntInstance),
      .doc = "bool(x) -> bool\n\nTrue when x is true, False otherwise. The builtins True and False are the only two instances.",
      .fill = fillBool,
  };
  return spec;
}

}  // namespace krait
