// double <-> text: shortest repr, fixed precision, parsing.
#pragma once
#include <cstddef>
#include <string_view>

namespace krait {

// Shapes of Py_dg-like formatting: 'r' is repr (shortest), 'e', 'f', 'g' with a precision (after the point, or significant
// digits for 'g').
enum FloatTextFlag : unsigned {
  kFloatSign = 1,        // always a sign
  kFloatAddPointZero = 2,  // "1" becomes "1.0" (repr, str)
  kFloatAlternate = 4,   // '#': keep the point and trailing zeros
  kFloatNoNegativeZero = 8,  // 'z': -0.0 after rounding loses its sign
};

// Text of a double; upper case for 'E', 'F', 'G'. Grows on demand: use through FloatText.
class FloatText {
 public:
  bool make(double d, char code, int precision, unsigned flags = 0);
  ~FloatText();
  FloatText() = default;
  FloatText(const FloatText&) = delete;
  std::string_view view() const { return {text_, size_}; }

 private:
  bool reserve(size_t size);

  char* text_ = local_;
  size_t size_ = 0;
  size_t room_ = sizeof local_;
  char local_[48];
};

// Decimal text (ASCII, no surrounding space, no underscores) as float() reads it: digits, "inf", "nan", ... False: not a number.
// Overflow gives infinity. The whole text must be used unless `used` is given.
bool parseFloat(std::string_view text, double* out, size_t* used = nullptr);

}  // namespace krait
