// Which operations on constants are computed, and with what limits: see arithmetic.h.
#include "frontend/fold/arithmetic.h"

#include <bit>
#include <cmath>
#include <functional>
#include <unordered_set>

#include "frontend/fold/numbers.h"

namespace krait::frontend {

namespace {

using Kind = Constant::Kind;
using ast::Operator;

// A folded constant must not be much larger than the source that spells it.
constexpr size_t kMaxIntBits = 128;
constexpr size_t kMaxItems = 256;
constexpr size_t kMaxTextSize = 4096;
constexpr int64_t kMaxTotalItems = 1024;

bool isBool(const Constant& c) { return c.kind == Kind::True || c.kind == Kind::False; }
bool isInt(const Constant& c) { return isBool(c) || c.kind == Kind::Int || c.kind == Kind::BigInt; }
bool isText(const Constant& c) { return c.kind == Kind::Str || c.kind == Kind::Bytes; }
bool isItems(const Constant& c) { return c.kind == Kind::Tuple || c.kind == Kind::FrozenSet; }
bool isNumber(const Constant& c) { return isInt(c) || c.kind == Kind::Float || c.kind == Kind::Complex; }

const Constant* store(Arena& arena, Constant constant) { return arena.make<Constant>(constant); }
const Constant* storeBool(Arena& arena, bool value) {
  return store(arena, Constant::singleton(value ? Kind::True : Kind::False));
}

size_t lengthOf(const Constant& c) {
  if (c.kind == Kind::Str) return codePointCount(c.view());
  return c.kind == Kind::Bytes ? c.text.size : c.items.size;
}

// Counts the items of nested tuples against `limit`; negative when there are too many.
int64_t remainingItems(const Constant& c, int64_t limit) {
  if (!isItems(c)) return limit;
  limit -= static_cast<int64_t>(c.items.size);
  for (const Constant* item : c.elements()) {
    if (limit < 0) break;
    limit = remainingItems(*item, limit);
  }
  return limit;
}

// ---- integers ----

const Constant* foldInts(Arena& arena, Operator op, const Constant& left, const Constant& right) {
  Integer a(left), b(right), result;
  switch (op) {
    case Operator::Add: mpz_add(result.get(), a.get(), b.get()); break;
    case Operator::Sub: mpz_sub(result.get(), a.get(), b.get()); break;
    case Operator::Mult:
      if (a.sign() && b.sign() && a.bits() + b.bits() > kMaxIntBits) return nullptr;
      mpz_mul(result.get(), a.get(), b.get());
      break;
    case Operator::FloorDiv:
      if (!b.sign()) return nullptr;
      mpz_fdiv_q(result.get(), a.get(), b.get());
      break;
    case Operator::Mod:
      if (!b.sign()) return nullptr;
      mpz_fdiv_r(result.get(), a.get(), b.get());
      break;
    case Operator::LShift:
      if (b.sign() < 0) return nullptr;
      if (!a.sign()) break;
      if (b.sign() && (!mpz_fits_ulong_p(b.get()) || mpz_get_ui(b.get()) > kMaxIntBits ||
                       a.bits() > kMaxIntBits - mpz_get_ui(b.get())))
        return nullptr;
      mpz_mul_2exp(result.get(), a.get(), mpz_get_ui(b.get()));
      break;
    case Operator::RShift:
      if (b.sign() < 0) return nullptr;
      if (mpz_fits_ulong_p(b.get()))
        mpz_fdiv_q_2exp(result.get(), a.get(), mpz_get_ui(b.get()));
      else
        mpz_set_si(result.get(), a.sign() < 0 ? -1 : 0);
      break;
    case Operator::BitAnd: mpz_and(result.get(), a.get(), b.get()); break;
    case Operator::BitOr: mpz_ior(result.get(), a.get(), b.get()); break;
    case Operator::BitXor: mpz_xor(result.get(), a.get(), b.get()); break;
    case Operator::Pow:
      if (a.sign() && b.sign() > 0) {
        if (!mpz_fits_ulong_p(b.get()) || a.bits() > kMaxIntBits / mpz_get_ui(b.get())) return nullptr;
        mpz_pow_ui(result.get(), a.get(), mpz_get_ui(b.get()));
      } else {
        mpz_set_ui(result.get(), b.sign() == 0);
      }
      break;
    case Operator::Div:
    case Operator::MatMult: return nullptr;
  }
  if (isBool(left) && isBool(right) && (op == Operator::BitAnd || op == Operator::BitOr || op == Operator::BitXor))
    return storeBool(arena, result.sign() != 0);
  return result.toConstant(arena);
}

// ---- floats and complex numbers ----

std::optional<double> asDouble(const Constant& c) {
  return c.kind == Kind::Float ? std::optional<double>(c.real) : Integer(c).toDouble();
}

const Constant* foldFloats(Arena& arena, Operator op, double left, double right) {
  auto result = [&](double value) { return store(arena, Constant::ofFloat(value)); };
  switch (op) {
    case Operator::Add: return result(left + right);
    case Operator::Sub: return result(left - right);
    case Operator::Mult: return result(left * right);
    case Operator::Div: return right == 0 ? nullptr : result(left / right);
    case Operator::FloorDiv: return right == 0 ? nullptr : result(floatFloorDivide(left, right));
    case Operator::Mod: return right == 0 ? nullptr : result(floatModulo(left, right));
    case Operator::Pow: {
      std::optional<Constant> power = floatPower(left, right);
      return power ? store(arena, *power) : nullptr;
    }
    default: return nullptr;
  }
}

const Constant* foldComplexes(Arena& arena, Operator op, ComplexPair left, ComplexPair right) {
  std::optional<ComplexPair> result;
  switch (op) {
    case Operator::Add: result = ComplexPair{left.real + right.real, left.imag + right.imag}; break;
    case Operator::Sub: result = ComplexPair{left.real - right.real, left.imag - right.imag}; break;
    case Operator::Mult: result = complexProduct(left, right); break;
    case Operator::Div: result = complexQuotient(left, right); break;
    case Operator::Pow: result = complexPower(left, right); break;
    default: break;
  }
  return result ? store(arena, Constant::ofComplex(result->real, result->imag)) : nullptr;
}

const Constant* foldNumbers(Arena& arena, Operator op, const Constant& left, const Constant& right) {
  if (isInt(left) && isInt(right)) {
    if (op == Operator::Div) {
      Integer a(left), b(right);
      std::optional<double> quotient = b.sign() ? trueDivide(a, b) : std::nullopt;
      return quotient ? store(arena, Constant::ofFloat(*quotient)) : nullptr;
    }
    if (op != Operator::Pow || Integer(right).sign() >= 0) return foldInts(arena, op, left, right);
  }
  if (left.kind == Kind::Complex || right.kind == Kind::Complex) {
    auto pair = [](const Constant& c) -> std::optional<ComplexPair> {
      if (c.kind == Kind::Complex) return c.complex;
      std::optional<double> real = asDouble(c);
      return real ? std::optional(ComplexPair{*real, 0.0}) : std::nullopt;
    };
    std::optional<ComplexPair> a = pair(left), b = pair(right);
    return a && b ? foldComplexes(arena, op, *a, *b) : nullptr;
  }
  std::optional<double> a = asDouble(left), b = asDouble(right);
  return a && b ? foldFloats(arena, op, *a, *b) : nullptr;
}

// ---- sequences ----

const Constant* concatenate(Arena& arena, const Constant& left, const Constant& right) {
  if (left.kind != right.kind) return nullptr;
  if (left.kind == Kind::Tuple) {
    SeqBuilder<const Constant*> items(arena);
    for (const Constant* item : left.elements()) items.push(item);
    for (const Constant* item : right.elements()) items.push(item);
    return store(arena, Constant::ofItems(Kind::Tuple, items.finish()));
  }
  if (!isText(left)) return nullptr;
  char* data = static_cast<char*>(arena.allocate(left.text.size + right.text.size + 1, 1));
  std::memcpy(data, left.text.data, left.text.size);
  std::memcpy(data + left.text.size, right.text.data, right.text.size);
  std::string_view text(data, left.text.size + right.text.size);
  return store(arena, left.kind == Kind::Str ? Constant::ofStr(text) : Constant::ofBytes(text));
}

const Constant* repeat(Arena& arena, const Constant& sequence, const Constant& times) {
  if (sequence.kind == Kind::FrozenSet) return nullptr;
  Integer count(times);
  size_t length = lengthOf(sequence);
  if (length) {
    size_t limit = isText(sequence) ? kMaxTextSize : kMaxItems;
    if (count.sign() < 0 || !mpz_fits_slong_p(count.get()) || mpz_get_ui(count.get()) > limit / length) return nullptr;
  }
  size_t n = length ? mpz_get_ui(count.get()) : 0;
  if (sequence.kind == Kind::Tuple) {
    if (n && remainingItems(sequence, kMaxTotalItems / static_cast<int64_t>(n)) < 0) return nullptr;
    SeqBuilder<const Constant*> items(arena);
    for (size_t i = 0; i < n; ++i)
      for (const Constant* item : sequence.elements()) items.push(item);
    return store(arena, Constant::ofItems(Kind::Tuple, items.finish()));
  }
  char* data = static_cast<char*>(arena.allocate(sequence.text.size * n + 1, 1));
  for (size_t i = 0; i < n; ++i) std::memcpy(data + i * sequence.text.size, sequence.text.data, sequence.text.size);
  std::string_view text(data, sequence.text.size * n);
  return store(arena, sequence.kind == Kind::Str ? Constant::ofStr(text) : Constant::ofBytes(text));
}

// The bytes of the code point with number `index`.
std::string_view codePointAt(std::string_view text, size_t index) {
  auto is_start = [&](size_t i) { return (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80; };
  size_t start = 0;
  for (; start < text.size(); ++start)
    if (is_start(start) && index-- == 0) break;
  size_t end = start + 1;
  while (end < text.size() && !is_start(end)) ++end;
  return text.substr(start, end - start);
}

}  // namespace

size_t codePointCount(std::string_view text) {
  size_t count = 0;
  for (unsigned char c : text) count += (c & 0xC0) != 0x80;
  return count;
}

bool isTrue(const Constant& c) {
  switch (c.kind) {
    case Kind::None:
    case Kind::False: return false;
    case Kind::True:
    case Kind::Ellipsis:
    case Kind::BigInt: return true;
    case Kind::Int: return c.integer != 0;
    case Kind::Float: return c.real != 0;
    case Kind::Complex: return c.complex.real != 0 || c.complex.imag != 0;
    case Kind::Str:
    case Kind::Bytes: return c.text.size != 0;
    case Kind::Tuple:
    case Kind::FrozenSet: return c.items.size != 0;
    case Kind::Foreign: break;
  }
  return false;
}

bool equalValues(const Constant& left, const Constant& right) {
  if (&left == &right) return true;
  if (isNumber(left) && isNumber(right)) {
    if (left.kind == Kind::Int && right.kind == Kind::Int) return left.integer == right.integer;
    if (isInt(left) && isInt(right)) return mpz_cmp(Integer(left).get(), Integer(right).get()) == 0;
    auto imaginary = [](const Constant& c) { return c.kind == Kind::Complex ? c.complex.imag : 0.0; };
    auto real = [](const Constant& c) { return c.kind == Kind::Complex ? c.complex.real : c.real; };
    if (imaginary(left) != imaginary(right)) return false;
    if (!isInt(left) && !isInt(right)) return real(left) == real(right);
    double value = real(isInt(left) ? right : left);
    return std::isfinite(value) && mpz_cmp_d(Integer(isInt(left) ? left : right).get(), value) == 0;
  }
  if (left.kind != right.kind) return false;
  if (isText(left)) return left.view() == right.view();
  if (!isItems(left)) return true;
  if (left.items.size != right.items.size) return false;
  bool ordered = left.kind == Kind::Tuple;
  for (size_t i = 0; i < left.items.size; ++i) {
    bool found = false;
    for (size_t j = ordered ? i : 0; j < (ordered ? i + 1 : right.items.size) && !found; ++j)
      found = equalValues(*left.items.data[i], *right.items.data[j]);
    if (!found) return false;
  }
  return true;
}

namespace {

// Equal values have equal hashes: a number counts as the double next to it.
size_t hashValue(const Constant& c) {
  auto mix = [](size_t hash, size_t value) { return (hash ^ value) * 0x9E3779B97F4A7C15ull + 1; };
  auto number = [](double value) { return value == 0 ? 0 : std::bit_cast<uint64_t>(value); };
  switch (c.kind) {
    case Kind::True: return mix(0, number(1));
    case Kind::False: return mix(0, number(0));
    case Kind::Int: return mix(0, number(static_cast<double>(c.integer)));
    case Kind::BigInt: return mix(0, number(mpz_get_d(Integer(c).get())));
    case Kind::Float: return mix(0, number(c.real));
    case Kind::Complex: return mix(number(c.complex.imag), number(c.complex.real));
    case Kind::Str:
    case Kind::Bytes: return std::hash<std::string_view>()(c.view());
    case Kind::Tuple:
    case Kind::FrozenSet: {
      size_t hash = c.items.size;
      for (const Constant* item : c.elements())
        hash = c.kind == Kind::Tuple ? mix(hash, hashValue(*item)) : hash + hashValue(*item);
      return hash;
    }
    default: return static_cast<size_t>(c.kind);
  }
}

}  // namespace

const Constant* makeFrozenSet(Arena& arena, Seq<const Constant*> elements) {
  struct Hash {
    size_t operator()(const Constant* c) const { return hashValue(*c); }
  };
  struct Equal {
    bool operator()(const Constant* a, const Constant* b) const { return equalValues(*a, *b); }
  };
  std::unordered_set<const Constant*, Hash, Equal> known;
  SeqBuilder<const Constant*> kept(arena);
  for (const Constant* element : elements)
    if (known.insert(element).second) kept.push(element);
  return store(arena, Constant::ofItems(Kind::FrozenSet, kept.finish()));
}

const Constant* foldBinary(Arena& arena, Operator op, const Constant& left, const Constant& right) {
  if (isNumber(left) && isNumber(right)) return foldNumbers(arena, op, left, right);
  if (op == Operator::Add) return concatenate(arena, left, right);
  if (op != Operator::Mult) return nullptr;
  if (isInt(left) && (isText(right) || isItems(right))) return repeat(arena, right, left);
  if (isInt(right) && (isText(left) || isItems(left))) return repeat(arena, left, right);
  return nullptr;
}

const Constant* foldUnary(Arena& arena, ast::UnaryOperator op, const Constant& operand) {
  using ast::UnaryOperator;
  if (op == UnaryOperator::Not) return storeBool(arena, !isTrue(operand));
  if (isInt(operand)) {
    Integer value(operand), result;
    switch (op) {
      case UnaryOperator::Invert: mpz_com(result.get(), value.get()); break;
      case UnaryOperator::USub: mpz_neg(result.get(), value.get()); break;
      default: mpz_set(result.get(), value.get()); break;
    }
    return result.toConstant(arena);
  }
  if (op == UnaryOperator::Invert) return nullptr;
  bool negate = op == UnaryOperator::USub;
  if (operand.kind == Kind::Float) return store(arena, Constant::ofFloat(negate ? -operand.real : operand.real));
  if (operand.kind == Kind::Complex) {
    ComplexPair value = operand.complex;
    return store(arena, negate ? Constant::ofComplex(-value.real, -value.imag) : operand);
  }
  return nullptr;
}

const Constant* foldSubscript(Arena& arena, const Constant& value, const Constant& index) {
  if (!isInt(index) || index.kind == Kind::BigInt || !(isText(value) || value.kind == Kind::Tuple)) return nullptr;
  int64_t position = index.kind == Kind::Int ? index.integer : index.kind == Kind::True;
  int64_t length = static_cast<int64_t>(lengthOf(value));
  if (position < 0) position += length;
  if (position < 0 || position >= length) return nullptr;
  switch (value.kind) {
    case Kind::Tuple: return value.items.data[position];
    case Kind::Bytes: return store(arena, Constant::ofInt(static_cast<unsigned char>(value.text.data[position])));
    default: return store(arena, Constant::ofStr(codePointAt(value.view(), static_cast<size_t>(position))));
  }
}

}  // namespace krait::frontend
