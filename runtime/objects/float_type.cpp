// float as Python sees it: constructor, methods, slots.
#include <cmath>
#include <cstring>
#include "runtime/objects/float.h"
#include "runtime/objects/float_text.h"
#include "runtime/objects/hash_bytes.h"
#include "runtime/objects/int.h"
#include "runtime/objects/number_format.h"
#include "runtime/objects/number_text.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace {

// ---- construction ----

Ref<> floatNew(Thread& t, Type* type, Args args) {
  if (!noKeywords(t, type, &types::Float, args) || !arity(t, "float", args, 0, 1)) return kRaised;
  Ref<> number = args.positional ? toFloat(t, args[0]) : steal(Value::fromDouble(0.0));
  if (!number || type == &types::Float) return number;
  FloatInstance* o = allocateInstance<FloatInstance>(type);
  if (!o) return raiseNoMemory(t);
  o->number = number.value().asDouble();
  return steal(Value(o));
}
void floatDealloc(Object* self) { freeInstance(self); }

// ---- slots ----

// An operand as double; 1 done, 0 not a number (NotImplemented), -1 raised.
int operand(Thread& t, Value v, double* out) {
  if (v.isDouble()) {
    *out = v.asDouble();
  } else if (v.isInt()) {
    *out = double(v.asInt());
  } else if (isFloatLike(v)) {
    *out = floatValue(v);
  } else if (isIntLike(v)) {
    *out = intToDouble(t, v);
    if (*out == -1.0 && t.raised()) return -1;
  } else {
    return 0;
  }
  return 1;
}

template <class F>
Ref<> binary(Thread& t, Value a, Value b, F f) {
  double x, y;
  int state = operand(t, a, &x);
  if (state > 0) state = operand(t, b, &y);
  if (state < 0) return kRaised;
  if (state == 0) return steal(kNotImplemented);
  return f(x, y);
}
Ref<> boxed(double d) { return steal(Value::fromDouble(d)); }

Ref<> addSlot(Thread& t, Value a, Value b) {
  return binary(t, a, b, [](double x, double y) { return boxed(x + y); });
}
Ref<> subtractSlot(Thread& t, Value a, Value b) {
  return binary(t, a, b, [](double x, double y) { return boxed(x - y); });
}
Ref<> multiplySlot(Thread& t, Value a, Value b) {
  return binary(t, a, b, [](double x, double y) { return boxed(x * y); });
}
Ref<> divideSlot(Thread& t, Value a, Value b) {
  return binary(t, a, b, [&t](double x, double y) -> Ref<> {
    if (y == 0) return raise(t, exc::ZeroDivisionError, "float division by zero");
    return boxed(x / y);
  });
}
Ref<> floorDivideSlot(Thread& t, Value a, Value b) {
  return binary(t, a, b, [&t](double x, double y) -> Ref<> {
    if (y == 0) return raise(t, exc::ZeroDivisionError, "float floor division by zero");
    return boxed(floatFloorDivide(x, y));
  });
}
Ref<> remainderSlot(Thread& t, Value a, Value b) {
  return binary(t, a, b, [&t](double x, double y) -> Ref<> {
    if (y == 0) return raise(t, exc::ZeroDivisionError, "float modulo");
    return boxed(floatRemainder(x, y));
  });
}
Ref<> divmodSlot(Thread& t, Value a, Value b) {
  return binary(t, a, b, [&t](double x, double y) -> Ref<> {
    if (y == 0) return raise(t, exc::ZeroDivisionError, "float divmod()");
    return packTuple(t, Value::fromDouble(floatFloorDivide(x, y)), Value::fromDouble(floatRemainder(x, y)));
  });
}
Ref<> powerSlot(Thread& t, Value a, Value b, Value modulus) {
  if (!modulus.isNone()) {
    return raise(t, exc::TypeError, "pow() 3rd argument not allowed unless all arguments are integers");
  }
  return binary(t, a, b, [&t](double x, double y) { return floatPower(t, x, y); });
}

bool holds(int order, CompareOp op) {
  switch (op) {
    case CompareOp::kLess: return order < 0;
    case CompareOp::kLessEqual: return order <= 0;
    case CompareOp::kEqual: return order == 0;
    case CompareOp::kNotEqual: return order != 0;
    case CompareOp::kGreater: return order > 0;
    default: return order >= 0;
  }
}

Ref<> compareSlot(Thread&, Value a, Value b, CompareOp op) {
  double x = floatValue(a);  // compare slots get an operand of their own type first
  if (isFloatLike(b)) {
    double y = floatValue(b);
    if (std::isnan(x) || std::isnan(y)) return steal(Value::fromBool(op == CompareOp::kNotEqual));
    return steal(Value::fromBool(holds((x > y) - (x < y), op)));
  }
  if (!isIntLike(b)) return steal(kNotImplemented);
  if (std::isnan(x)) return steal(Value::fromBool(op == CompareOp::kNotEqual));
  return steal(Value::fromBool(holds(-intCompareDouble(b, x), op)));
}
Ref<> reprSlot(Thread& t, Value self) { return floatRepr(t, floatValue(self)); }
Hash hashSlot(Thread&, Value self) {
  if (self.isObject() && std::isnan(floatValue(self))) return hashPointer(self.asObject());  // NaNs differ from each other
  return floatHash(floatValue(self));
}
int truthSlot(Thread&, Value self) { return floatValue(self) != 0; }
Ref<> intSlot(Thread& t, Value self) { return newIntFromDouble(t, floatValue(self)); }
Ref<> plainSlot(Thread&, Value self) { return boxed(floatValue(self)); }
Ref<> negativeSlot(Thread&, Value self) { return boxed(-floatValue(self)); }
Ref<> absoluteSlot(Thread&, Value self) { return boxed(std::fabs(floatValue(self))); }

void fillFloat(Slots& slots) {
  slots.new_ = floatNew;
  slots.repr = reprSlot;
  slots.hash = hashSlot;
  slots.compare = compareSlot;
  slots.truth = truthSlot;
  slots.int_ = intSlot;
  slots.float_ = slots.positive = plainSlot;
  slots.negative = negativeSlot;
  slots.absolute = absoluteSlot;
  slots.power = powerSlot;
  slots.binary[kOp_add] = addSlot;
  slots.binary[kOp_subtract] = subtractSlot;
  slots.binary[kOp_multiply] = multiplySlot;
  slots.binary[kOp_true_divide] = divideSlot;
  slots.binary[kOp_floor_divide] = floorDivideSlot;
  slots.binary[kOp_remainder] = remainderSlot;
  slots.binary[kOp_divmod] = divmodSlot;
}

// ---- methods ----

Ref<> isIntegerMethod(Thread&, Value self) {
  double d = floatValue(self);
  return steal(Value::fromBool(std::isfinite(d) && std::floor(d) == d));
}

// m * 2**e as a ratio in lowest terms.
Ref<> ratioMethod(Thread& t, Value self) {
  double d = floatValue(self);
  if (std::isinf(d)) return raise(t, exc::OverflowError, "cannot convert Infinity to integer ratio");
  if (std::isnan(d)) return raise(t, exc::ValueError, "cannot convert NaN to integer ratio");
  int exponent;
  double m = std::frexp(d, &exponent);
  for (int i = 0; i < 300 && m != std::floor(m); ++i) {
    m *= 2.0;
    --exponent;
  }
  Ref<> numerator = newInt(t, int64_t(m));
  if (!numerator) return kRaised;
  Ref<> power = intLeftShift(t, Value::fromInt(1), Value::fromInt(exponent < 0 ? -exponent : exponent));
  if (!power) return kRaised;
  if (exponent <= 0) return packTuple(t, numerator.value(), power.value());
  numerator = intMultiply(t, numerator, power);
  if (!numerator) return kRaised;
  return packTuple(t, numerator.value(), Value::fromInt(1));
}

Ref<> truncMethod(Thread& t, Value self) { return newIntFromDouble(t, floatValue(self)); }
Ref<> floorMethod(Thread& t, Value self) { return newIntFromDouble(t, std::floor(floatValue(self))); }
Ref<> ceilMethod(Thread& t, Value self) { return newIntFromDouble(t, std::ceil(floatValue(self))); }

// With ndigits: the nearest decimal with that many digits, which is correctly rounded text read back.
Ref<> roundMethod(Thread& t, Value self, const Value* args) {
  double d = floatValue(self);
  if (args[0].isNone()) return newIntFromDouble(t, std::nearbyint(d));
  int64_t digits = toIndex(t, args[0], true);
  if (digits == -1 && t.raised()) return kRaised;
  if (!std::isfinite(d)) return boxed(d);
  if (digits > 323) return boxed(d);        // no double has digits there
  if (digits < -308) return boxed(0.0 * d);
  double result;
  if (digits >= 0) {
    FloatText text;
    if (!text.make(d, 'f', int(digits))) return raiseNoMemory(t);
    if (!parseFloat(text.view(), &result)) return raiseNoMemory(t);
  } else {
    // Digits before the point: scientific notation with as many significant digits as remain; none or one needs care.
    int exponent = 0;
    FloatText probe;
    if (!probe.make(d, 'e', 25)) return raiseNoMemory(t);
    std::string_view shown = probe.view();
    size_t at = shown.find('e');
    for (size_t i = at + 2; i < shown.size(); ++i) exponent = exponent * 10 + (shown[i] - '0');
    if (shown[at + 1] == '-') exponent = -exponent;
    int64_t significant = exponent + 1 + digits;
    if (significant >= 1) {
      FloatText text;
      if (!text.make(d, 'e', int(significant - 1))) return raiseNoMemory(t);
      if (!parseFloat(text.view(), &result)) return raiseNoMemory(t);
    } else {
      double unit = std::pow(10.0, double(-digits));  // exact for the halves that can occur: ties are 5 * 10**n
      result = significant == 0 && std::fabs(d) > unit / 2 ? std::copysign(unit, d) : std::copysign(0.0, d);
    }
  }
  if (std::isinf(result)) return raise(t, exc::OverflowError, "rounded value too large to represent");
  return boxed(result);
}

Ref<> conjugateMethod(Thread&, Value self) { return boxed(floatValue(self)); }
Ref<> zeroGetter(Thread&, Value) { return boxed(0.0); }
Ref<> newArgsMethod(Thread& t, Value self) { return packTuple(t, Value::fromDouble(floatValue(self))); }

Ref<> hexMethod(Thread& t, Value self) {
  double d = floatValue(self);
  if (!std::isfinite(d)) return floatRepr(t, d);
  const char* sign = std::signbit(d) ? "-" : "";
  if (d == 0) return strFormat(t, "%s0x0.0p+0", sign);
  int exponent;
  double m = std::frexp(std::fabs(d), &exponent);
  int shift = 1 - std::max(-1021 - exponent, 0);  // subnormals keep a leading 0
  m = std::ldexp(m, shift);
  exponent -= shift;
  uint64_t bits = uint64_t(std::ldexp(m, 52));
  return strFormat(t, "%s0x%d.%013llxp%c%d", sign, int(bits >> 52), static_cast<unsigned long long>(bits & ((uint64_t(1) << 52) - 1)),
                   exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
}

int hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  char lower = char(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// [sign] ["0x"] digits ["." digits] ["p" exponent], rounded half to even by collecting 60 bits and a sticky one.
bool parseHexFloat(std::string_view s, double* out, bool* overflow) {
  *overflow = false;
  size_t i = 0;
  bool negative = false;
  if (i < s.size() && (s[i] == '+' || s[i] == '-')) negative = s[i++] == '-';
  double special;
  std::string_view rest = s.substr(i);
  if (!rest.empty() && ((rest[0] | 0x20) == 'i' || (rest[0] | 0x20) == 'n') && parseFloat(rest, &special)) {
    *out = negative ? -special : special;
    return true;
  }
  if (rest.size() >= 2 && rest[0] == '0' && (rest[1] | 0x20) == 'x') i += 2;
  uint64_t mantissa = 0;
  bool sticky = false, point = false;
  int64_t exponent = 0;
  int digits = 0;
  for (; i < s.size(); ++i) {
    if (s[i] == '.' && !point) {
      point = true;
      continue;
    }
    int digit = hexDigit(s[i]);
    if (digit < 0) break;
    ++digits;
    if (mantissa >> 58) {
      sticky |= digit != 0;
      exponent += 4;
    } else {
      mantissa = mantissa << 4 | uint64_t(digit);
    }
    if (point) exponent -= 4;
  }
  if (!digits) return false;
  if (i < s.size() && (s[i] | 0x20) == 'p') {
    ++i;
    bool minus = false;
    if (i < s.size() && (s[i] == '+' || s[i] == '-')) minus = s[i++] == '-';
    if (i >= s.size() || s[i] < '0' || s[i] > '9') return false;
    int64_t power = 0;
    for (; i < s.size() && s[i] >= '0' && s[i] <= '9'; ++i) power = std::min<int64_t>(power * 10 + (s[i] - '0'), int64_t(1) << 50);
    exponent += minus ? -power : power;
  }
  if (i != s.size()) return false;
  double result = 0;
  if (mantissa) {
    int top = 64 - __builtin_clzll(mantissa);
    int64_t leading = exponent + top;  // the number is below 2**leading
    if (leading > 1024) {
      *overflow = true;
      return true;
    }
    if (leading < -1074) {
      result = 0;
    } else {
      // Keep 53 bits, fewer for subnormals.
      int64_t keep = std::min<int64_t>(53, leading + 1074);
      int64_t drop = top - keep;
      if (drop > 0) {
        uint64_t half = uint64_t(1) << (drop - 1);
        uint64_t tail = mantissa & ((half << 1) - 1);
        mantissa >>= drop;
        if (tail > half || (tail == half && (sticky || (mantissa & 1)))) ++mantissa;
        exponent += drop;
      }
      result = std::ldexp(double(mantissa), int(exponent));
      if (std::isinf(result)) {
        *overflow = true;
        return true;
      }
    }
  }
  *out = negative ? -result : result;
  return true;
}

Ref<> fromHexMethod(Thread& t, Value cls, Value text) {
  if (!isStr(text)) return raise(t, exc::TypeError, "bad argument type for built-in operation");
  Utf8 utf8;
  if (!utf8.set(t, asStr(text))) return kRaised;
  std::string_view s = utf8.view();
  auto isSpace = [](char c) { return c == ' ' || (c >= 9 && c <= 13); };
  while (!s.empty() && isSpace(s.front())) s.remove_prefix(1);
  while (!s.empty() && isSpace(s.back())) s.remove_suffix(1);
  double d;
  bool overflow;
  if (!parseHexFloat(s, &d, &overflow)) return raise(t, exc::ValueError, "invalid hexadecimal floating-point string");
  if (overflow) return raise(t, exc::OverflowError, "hexadecimal value too large to represent as a float");
  if (cls == Value(&types::Float)) return boxed(d);
  return call(t, cls, Value::fromDouble(d));
}

Ref<> getFormatMethod(Thread& t, Value, Value which) {
  Str* name = strParameter(t, which, "__getformat__() argument");
  Utf8 text;
  if (!name || !text.set(t, name)) return kRaised;
  if (!strEqualsAscii(name, "double") && !strEqualsAscii(name, "float")) {
    return raise(t, exc::ValueError, "__getformat__() argument 1 must be 'double' or 'float'");
  }
  return newStrLatin1(t, "IEEE, little-endian");
}

Ref<> formatMethod(Thread& t, Value self, Value spec) {
  Str* text = formatSpec(t, spec);
  return text ? formatFloat(t, self, text) : kRaised;
}

const MethodDef kMethods[] = {
    method("conjugate", conjugateMethod, "($self, /)", "Returns self, the complex conjugate of any float."),
    method("as_integer_ratio", ratioMethod, "($self, /)",
           "A pair of integers whose ratio is exactly equal to the original float.\n\n>>> 0.75.as_integer_ratio()\n(3, "
           "4)"),
    method("is_integer", isIntegerMethod, "($self, /)", "Whether the float is an integer."),
    method("hex", hexMethod, "($self, /)",
           "A hexadecimal representation of the number.\n\n>>> (-0.5).hex()\n'-0x1.0000000000000p-1'"),
    method("fromhex", fromHexMethod, "($type, string, /)",
           "The float in a hexadecimal string.\n\n>>> float.fromhex('0x1.8p+1')\n3.0", MethodKind::kClass),
    method("__getformat__", getFormatMethod, "($type, typestr, /)", "The format of C doubles or floats.",
           MethodKind::kClass),
    method("__trunc__", truncMethod, "($self, /)", "The Integral closest to x between 0 and x."),
    method("__floor__", floorMethod, "($self, /)", "The floor as an Integral."),
    method("__ceil__", ceilMethod, "($self, /)", "The ceiling as an Integral."),
    method("__round__", roundMethod, "($self, ndigits=None, /)",
           "The Integral closest to x, rounding half toward even. With an argument, a float with that many decimals."),
    method("__getnewargs__", newArgsMethod, "($self, /)"),
    method("__format__", formatMethod, "($self, format_spec, /)", "Formats the float according to format_spec."),
    {},
};
const GetSetDef kGetSets[] = {
    {"real", plainSlot, nullptr, "the real part of a complex number"},
    {"imag", zeroGetter, nullptr, "the imaginary part of a complex number"},
    {},
};

}  // namespace

const TypeSpec& floatTypeSpec() {
  static const TypeSpec spec{
      .type = &types::Float,
      .basic_size = sizeof(FloatInstance),
      .doc = "A string or number as a floating point number, if possible.",
      .methods = kMethods,
      .getsets = kGetSets,
      .dealloc = floatDealloc,
      .fill = fillFloat,
  };
  return spec;
}

}  // namespace krait
