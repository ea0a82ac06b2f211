// complex: two doubles.
#include <cerrno>
#include <cmath>
#include "runtime/objects/float.h"
#include "runtime/objects/float_text.h"
#include "runtime/objects/hash_bytes.h"
#include "runtime/objects/int.h"
#include "runtime/objects/number_format.h"
#include "runtime/objects/number_text.h"
#include "runtime/objects/str_builder.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/protocols.h"

namespace krait {

Ref<> newComplex(Thread& t, double real, double imaginary) {
  Complex* c = allocate<Complex>(Sort::kPlain, &types::Complex, kKindComplex);
  if (!c) return raiseNoMemory(t);
  c->real = real;
  c->imaginary = imaginary;
  return steal(Value(c));
}

namespace {

struct Pair {
  double real, imaginary;
};

Pair pairOf(Value v) {
  Complex* c = static_cast<Complex*>(v.asObject());
  return {c->real, c->imaginary};
}
bool isComplex(Value v) { return v.isObject() && isInstance(v, &types::Complex); }
Ref<> boxed(Thread& t, Pair p) { return newComplex(t, p.real, p.imaginary); }

// An operand as complex: 1 done, 0 not a number, -1 raised.
int operand(Thread& t, Value v, Pair* out) {
  if (isComplex(v)) {
    *out = pairOf(v);
  } else if (isFloatLike(v)) {
    *out = {floatValue(v), 0.0};
  } else if (isIntLike(v)) {
    double d = intToDouble(t, v);
    if (d == -1.0 && t.raised()) return -1;
    *out = {d, 0.0};
  } else {
    return 0;
  }
  return 1;
}

template <class F>
Ref<> binary(Thread& t, Value a, Value b, F f) {
  Pair x, y;
  int state = operand(t, a, &x);
  if (state > 0) state = operand(t, b, &y);
  if (state < 0) return kRaised;
  if (state == 0) return steal(kNotImplemented);
  return f(x, y);
}

Pair product(Pair a, Pair b) {
  return {a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real};
}

// Scaled by the larger part of the divisor, so that nothing overflows early. False: division by zero.
bool quotient(Pair a, Pair b, Pair* out) {
  double real = std::fabs(b.real), imaginary = std::fabs(b.imaginary);
  if (real >= imaginary) {
    if (real == 0.0) return false;
    double ratio = b.imaginary / b.real;
    double denominator = b.real + b.imaginary * ratio;
    *out = {(a.real + a.imaginary * ratio) / denominator, (a.imaginary - a.real * ratio) / denominator};
  } else if (imaginary >= real) {
    double ratio = b.real / b.imaginary;
    double denominator = b.real * ratio + b.imaginary;
    *out = {(a.real * ratio + a.imaginary) / denominator, (a.imaginary * ratio - a.real) / denominator};
  } else {
    *out = {NAN, NAN};
  }
  return true;
}

Ref<> addSlot(Thread& t, Value a, Value b) {
  return binary(t, a, b, [&t](Pair x, Pair y) { return newComplex(t, x.real + y.real, x.imaginary + y.imaginary); });
}
Ref<> subtractSlot(Thread& t, Value a, Value b) {
  return binary(t, a, b, [&t](Pair x, Pair y) { return newComplex(t, x.real - y.real, x.imaginary - y.imaginary); });
}
Ref<> multiplySlot(Thread& t, Value a, Value b) {
  return binary(t, a, b, [&t](Pair x, Pair y) { return boxed(t, product(x, y)); });
}
Ref<> divideSlot(Thread& t, Value a, Value b) {
  return binary(t, a, b, [&t](Pair x, Pair y) -> Ref<> {
    Pair result;
    if (!quotient(x, y, &result)) return raise(t, exc::ZeroDivisionError, "complex division by zero");
    return boxed(t, result);
  });
}

// --- power ---

// Both leave in errno what went wrong, as the functions of C do: EDOM or ERANGE.
Pair generalPower(Pair a, Pair b) {
  if (b.real == 0 && b.imaginary == 0) return {1, 0};
  if (a.real == 0 && a.imaginary == 0) {
    if (b.imaginary != 0 || b.real < 0) errno = EDOM;
    return {0, 0};
  }
  double absolute = std::hypot(a.real, a.imaginary);
  double length = std::pow(absolute, b.real);
  double angle = std::atan2(a.imaginary, a.real);
  double phase = angle * b.real;
  if (b.imaginary != 0) {
    length /= std::exp(angle * b.imaginary);
    phase += b.imaginary * std::log(absolute);
  }
  return {length * std::cos(phase), length * std::sin(phase)};
}

Pair integerPower(Pair a, long n) {
  Pair result{1, 0}, power = a;
  for (unsigned long k = n < 0 ? 0 - static_cast<unsigned long>(n) : static_cast<unsigned long>(n); k; k >>= 1) {
    if (k & 1) result = product(result, power);
    power = product(power, power);
  }
  if (n < 0 && !quotient({1, 0}, Pair(result), &result)) errno = EDOM;
  return result;
}

Ref<> powerSlot(Thread& t, Value a, Value b, Value modulus) {
  return binary(t, a, b, [&](Pair x, Pair y) -> Ref<> {
    if (!modulus.isNone()) return raise(t, exc::ValueError, "complex modulo");
    errno = 0;
    bool small_integer = y.imaginary == 0.0 && y.real == std::floor(y.real) && std::fabs(y.real) <= 100.0;
    Pair result = small_integer ? integerPower(x, long(y.real)) : generalPower(x, y);
    bool huge = std::isinf(result.real) || std::isinf(result.imaginary);
    if (errno == EDOM) return raise(t, exc::ZeroDivisionError, "0.0 to a negative or complex power");
    if (huge) return raise(t, exc::OverflowError, "complex exponentiation");
    return boxed(t, result);
  });
}

Ref<> negativeSlot(Thread& t, Value v) { return newComplex(t, -pairOf(v).real, -pairOf(v).imaginary); }
Ref<> positiveSlot(Thread& t, Value v) { return boxed(t, pairOf(v)); }
Ref<> absoluteSlot(Thread& t, Value v) {
  Pair p = pairOf(v);
  double d = std::hypot(p.real, p.imaginary);
  if (std::isinf(d) && std::isfinite(p.real) && std::isfinite(p.imaginary)) return raise(t, exc::OverflowError, "absolute value too large");
  return steal(Value::fromDouble(d));
}
int truthSlot(Thread&, Value v) { return pairOf(v).real != 0 || pairOf(v).imaginary != 0; }

Ref<> compareSlot(Thread&, Value a, Value b, CompareOp op) {
  if (op != CompareOp::kEqual && op != CompareOp::kNotEqual) return steal(kNotImplemented);
  Pair x = pairOf(a);
  bool equal;
  if (isIntLike(b)) {
    equal = x.imaginary == 0 && !std::isnan(x.real) && intCompareDouble(b, x.real) == 0;
  } else if (isFloatLike(b)) {
    equal = x.imaginary == 0 && x.real == floatValue(b);
  } else if (isComplex(b)) {
    equal = x.real == pairOf(b).real && x.imaginary == pairOf(b).imaginary;
  } else {
    return steal(kNotImplemented);
  }
  return steal(Value::fromBool(equal == (op == CompareOp::kEqual)));
}

Hash hashSlot(Thread&, Value v) {
  Pair p = pairOf(v);
  uint64_t hash = uint64_t(floatHash(p.real)) + 1000003 * uint64_t(floatHash(p.imaginary));
  return int64_t(hash) == -1 ? -2 : int64_t(hash);
}

Ref<> reprSlot(Thread& t, Value v) {
  Pair p = pairOf(v);
  FloatText real, imaginary;
  bool short_form = p.real == 0 && !std::signbit(p.real);
  if (!real.make(p.real, 'r', 0) || !imaginary.make(p.imaginary, 'r', 0, short_form ? 0 : kFloatSign)) return raiseNoMemory(t);
  StrBuilder out(t);
  if (!short_form) {
    out.append('(');
    out.appendAscii(real.view());
  }
  out.appendAscii(imaginary.view());
  out.append('j');
  if (!short_form) out.append(')');
  return out.finish();
}

// ---- construction ----

// "1+2j" with spaces and parentheses around; false: malformed.
bool parseComplex(std::string_view s, Pair* out) {
  auto isSpace = [](char c) { return c == ' ' || (c >= 9 && c <= 13); };
  auto trim = [&] {
    while (!s.empty() && isSpace(s.front())) s.remove_prefix(1);
    while (!s.empty() && isSpace(s.back())) s.remove_suffix(1);
  };
  trim();
  if (s.size() >= 2 && s.front() == '(' && s.back() == ')') {
    s = s.substr(1, s.size() - 2);
    trim();
  }
  if (s.empty()) return false;
  auto isUnit = [](char c) { return c == 'j' || c == 'J'; };
  double first;
  size_t used;
  *out = {0, 0};
  if (parseFloat(s, &first, &used)) {
    s.remove_prefix(used);
    if (s.empty()) {
      out->real = first;
      return true;
    }
    if (isUnit(s[0])) {
      out->imaginary = first;
      return s.size() == 1;
    }
    if (s[0] != '+' && s[0] != '-') return false;
    out->real = first;
    double second;
    if (parseFloat(s, &second, &used)) {
      out->imaginary = second;
      s.remove_prefix(used);
    } else {
      out->imaginary = s[0] == '-' ? -1.0 : 1.0;
      s.remove_prefix(1);
    }
    return s.size() == 1 && isUnit(s[0]);
  }
  double sign = 1.0;
  if (s[0] == '+' || s[0] == '-') {
    sign = s[0] == '-' ? -1.0 : 1.0;
    s.remove_prefix(1);
  }
  out->imaginary = sign;
  return s.size() == 1 && isUnit(s[0]);
}

// Underscores between digits go; false: one stands elsewhere.
bool withoutUnderscores(std::string_view text, char* out, size_t* size) {
  auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
  *size = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_') {
      if (i == 0 || i + 1 == text.size() || !isDigit(text[i - 1]) || !isDigit(text[i + 1])) return false;
    } else {
      out[(*size)++] = text[i];
    }
  }
  return true;
}

bool complexFromText(Thread& t, Value text, Pair* out) {
  NumberText number;
  if (!number.set(t, asStr(text))) return false;
  std::string_view s = number.view();
  Ref<Str> clean;
  bool good = true;
  if (s.find('_') != s.npos) {
    clean = newStrBlank(t, int64_t(s.size()), 0x7F);
    if (!clean) return false;
    size_t size;
    good = withoutUnderscores(s, reinterpret_cast<char*>(clean->data), &size);
    s = {reinterpret_cast<const char*>(clean->data), size};
  }
  if (good && parseComplex(s, out)) return true;
  return raise(t, exc::ValueError, "complex() arg is a malformed string");
}

// The result of __complex__; *found tells whether there is one. False: raised.
bool fromComplexMethod(Thread& t, Value v, Pair* out, bool* found) {
  static Str* const complex_name = internStatic("__complex__");
  *found = false;
  if (!v.isObject()) return true;
  if (isExact(v, &types::Complex)) {
    *out = pairOf(v);
    *found = true;
    return true;
  }
  Ref<> self;
  Ref<> function = lookupSpecial(t, v, complex_name, &self);
  if (!function) return !t.raised();
  Ref<> result = self ? call(t, function, self) : call(t, function);
  if (!result) return false;
  if (!isComplex(result)) return raise(t, exc::TypeError, "__complex__ returned non-complex (type %.200s)", typeName(result));
  if (!isExact(result, &types::Complex) && !warn(t, exc::DeprecationWarning, 1,
                                                 "__complex__ returned non-complex (type %.200s).  The ability to "
                                                 "return an instance of a strict subclass of complex is "
                                                 "deprecated, and may be removed in a future version of Python.",
                                                 typeName(result))) {
    return false;
  }
  *out = pairOf(result);
  *found = true;
  return true;
}

bool isReal(Value v) { return typeOf(v)->slots.float_ || typeOf(v)->slots.index; }

bool makeComplex(Thread& t, Value real, Value imaginary, Pair* out) {
  if (!real.empty() && isStr(real)) {
    if (!imaginary.empty()) return raise(t, exc::TypeError, "complex() can't take second arg if first is a string");
    return complexFromText(t, real, out);
  }
  if (!imaginary.empty() && isStr(imaginary)) return raise(t, exc::TypeError, "complex() second arg can't be a string");
  Pair x{0, 0}, y{0, 0};
  bool real_complex = false, imaginary_complex = false;
  if (!real.empty()) {
    if (!fromComplexMethod(t, real, &x, &real_complex)) return false;
    if (!real_complex && isComplex(real)) {
      x = pairOf(real);
      real_complex = true;
    }
    if (!real_complex && !isReal(real)) {
      return raise(t, exc::TypeError, "complex() first argument must be a string or a number, not '%.200s'", typeName(real));
    }
  }
  if (!imaginary.empty()) {
    if (isComplex(imaginary)) {
      y = pairOf(imaginary);
      imaginary_complex = true;
    } else if (!isReal(imaginary)) {
      return raise(t, exc::TypeError, "complex() second argument must be a number, not '%.200s'", typeName(imaginary));
    }
  }
  // As float() reads them: a subclass of float may have a __float__ of its own.
  auto asFloat = [&](Value v, double* out) {
    if (v.isObject() && isFloatLike(v) && !isExact(v, &types::Float)) {
      Ref<> number = call(t, Value(&types::Float), v);
      if (!number) return false;
      *out = floatValue(number);
      return true;
    }
    *out = toDouble(t, v);
    return !t.raised();
  };
  if (!real.empty() && !real_complex && !asFloat(real, &x.real)) return false;
  if (!imaginary.empty() && !imaginary_complex && !asFloat(imaginary, &y.real)) return false;
  // real + imaginary * 1j, with parts that are not there left alone (signed zeros).
  *out = {x.real, imaginary.empty() ? x.imaginary : y.real};
  if (imaginary_complex) out->real -= y.imaginary;
  if (real_complex && !imaginary.empty()) out->imaginary += x.imaginary;
  return true;
}

Ref<> unreachable(Thread&, Value, const Value*) { return nullptr; }  // the definition below is only bound, never called

Ref<> complexNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew = method("complex", unreachable, "($type, real=<unrepresentable>, imag=<unrepresentable>)");
  Value bound[2];
  Ref<> keep[2];
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  if (type == &types::Complex && !bound[0].empty() && bound[1].empty() && isExact(bound[0], &types::Complex)) return share(bound[0]);
  Pair p;
  if (!makeComplex(t, bound[0], bound[1], &p)) return kRaised;
  if (type == &types::Complex) return boxed(t, p);
  Complex* c = allocateInstance<Complex>(type);
  if (!c) return raiseNoMemory(t);
  c->real = p.real;
  c->imaginary = p.imaginary;
  return steal(Value(c));
}
void complexDealloc(Object* self) { freeInstance(self); }

// ---- methods ----

Ref<> conjugateMethod(Thread& t, Value v) { return newComplex(t, pairOf(v).real, -pairOf(v).imaginary); }
Ref<> complexMethod(Thread& t, Value v) { return isExact(v, &types::Complex) ? share(v) : boxed(t, pairOf(v)); }
Ref<> newArgsMethod(Thread& t, Value v) {
  return packTuple(t, Value::fromDouble(pairOf(v).real), Value::fromDouble(pairOf(v).imaginary));
}
Ref<> formatMethod(Thread& t, Value v, Value spec) {
  Str* text = formatSpec(t, spec);
  return text ? formatComplex(t, pairOf(v).real, pairOf(v).imaginary, text, v) : kRaised;
}

void fill(Slots& slots) {
  slots.new_ = complexNew;
  slots.repr = reprSlot;
  slots.hash = hashSlot;
  slots.compare = compareSlot;
  slots.truth = truthSlot;
  slots.negative = negativeSlot;
  slots.positive = positiveSlot;
  slots.absolute = absoluteSlot;
  slots.power = powerSlot;
  slots.binary[kOp_add] = addSlot;
  slots.binary[kOp_subtract] = subtractSlot;
  slots.binary[kOp_multiply] = multiplySlot;
  slots.binary[kOp_true_divide] = divideSlot;
}

const MethodDef kMethods[] = {
    method("conjugate", conjugateMethod, "($self, /)", "The complex conjugate of its argument."),
    method("__complex__", complexMethod, "($self, /)", "Converts this value to exact type complex."),
    method("__getnewargs__", newArgsMethod, "($self, /)"),
    method("__format__", formatMethod, "($self, format_spec, /)", "Converts to a string according to format_spec."),
    {},
};
const MemberDef kMembers[] = {
    {"real", MemberType::kDouble, true, offsetof(Complex, real), "the real part of a complex number"},
    {"imag", MemberType::kDouble, true, offsetof(Complex, imaginary), "the imaginary part of a complex number"},
    {},
};

}  // namespace

const TypeSpec& complexTypeSpec() {
  static const TypeSpec spec{
      .type = &types::Complex,
      .basic_size = sizeof(Complex),
      .doc = "A complex number from a string or numbers.",
      .methods = kMethods,
      .members = kMembers,
      .dealloc = complexDealloc,
      .fill = fill,
  };
  return spec;
}

}  // namespace krait
