// Values of number tokens, whose spelling the lexer has checked.
#include <gmp.h>

#include <charconv>
#include <cstdlib>
#include <limits>

#include "frontend/syntax/literals.h"

namespace krait::frontend {

namespace {

// from_chars reports both overflow and underflow; the decimal exponent of the first digit that is not zero tells them
// apart.
double outOfRange(std::string_view digits) {
  long exponent = 0;
  size_t e = digits.find_first_of("eE");
  if (e != std::string_view::npos) {
    size_t from = digits[e + 1] == '+' ? e + 2 : e + 1;
    auto result = std::from_chars(digits.data() + from, digits.data() + digits.size(), exponent);
    if (result.ec != std::errc()) exponent = digits[e + 1] == '-' ? -1'000'000'000 : 1'000'000'000;
    digits = digits.substr(0, e);
  }
  size_t point = std::min(digits.find('.'), digits.size());
  size_t first = digits.find_first_of("123456789");
  if (first == std::string_view::npos) return 0.0;
  long magnitude = exponent + (first < point ? static_cast<long>(point - first)
                                             : static_cast<long>(point) - static_cast<long>(first));
  return magnitude > 0 ? std::numeric_limits<double>::infinity() : 0.0;
}

double floatValue(std::string_view digits) {
  double value = 0;
  auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return result.ec == std::errc() ? value : outOfRange(digits);
}

Constant bigValue(const std::string& digits, int radix, Arena& arena) {
  mpz_t big;
  mpz_init(big);
  mpz_set_str(big, digits.c_str(), radix);
  size_t count = mpz_size(big);
  auto* limbs = static_cast<uint64_t*>(arena.allocate(count * sizeof(uint64_t), alignof(uint64_t)));
  for (size_t i = 0; i < count; ++i) limbs[i] = mpz_getlimbn(big, i);
  mpz_clear(big);
  if (count == 0) return Constant::ofInt(0);
  if (count == 1 && limbs[0] <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return Constant::ofInt(static_cast<int64_t>(limbs[0]));
  }
  return Constant::ofBig(limbs, static_cast<uint32_t>(count), false);
}

}  // namespace

bool readNumber(std::string_view text, Arena& arena, int32_t max_digits, Constant& value, std::string& message) {
  std::string without_underscores;
  if (text.find('_') != std::string_view::npos) {
    for (char c : text) {
      if (c != '_') without_underscores += c;
    }
    text = without_underscores;
  }
  int radix = 10;
  if (text.size() > 2 && text[0] == '0') {
    char letter = text[1] | 0x20;
    radix = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 10;
  }
  if (radix == 10) {
    if ((text.back() | 0x20) == 'j') {
      value = Constant::ofComplex(0, floatValue(text.substr(0, text.size() - 1)));
      return true;
    }
    if (text.find_first_of(".eE") != std::string_view::npos) {
      value = Constant::ofFloat(floatValue(text));
      return true;
    }
  } else {
    text.remove_prefix(2);
  }
  int64_t small = 0;
  auto result = std::from_chars(text.data(), text.data() + text.size(), small, radix);
  if (result.ec == std::errc()) {
    value = Constant::ofInt(small);
    return true;
  }
  if (radix == 10 && max_digits > 0 && text.size() > static_cast<size_t>(max_digits)) {
    message = "Exceeds the limit (" + std::to_string(max_digits) +
              " digits) for integer string conversion: value has " + std::to_string(text.size()) +
              " digits; use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer "
              "literals to avoid decimal conversion limits.";
    return false;
  }
  value = bigValue(std::string(text), radix, arena);
  return true;
}

}  // namespace krait::frontend
