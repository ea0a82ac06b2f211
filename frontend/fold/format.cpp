// `"%s is %r" % (a, b)` becomes an f-string, which needs no tuple and no parsing at run time.
//
// Only %s, %r and %a with flags, width and precision: for those, the format specification of an f-string means the same.
#include <string>

#include "frontend/fold/fold.h"

namespace krait::frontend {

namespace {

using namespace ast;

constexpr int kMaxDigits = 3;

struct FormatUnit {
  char conversion;
  bool left_justified = false;
  int width = -1;
  int precision = -1;
};

class FormatReader {
 public:
  explicit FormatReader(std::string_view text) : text_(text) {}

  bool atEnd() const { return position_ >= text_.size(); }

  // Text up to the next unit, with `%%` undone.
  std::string literal() {
    std::string result;
    while (position_ < text_.size()) {
      if (text_[position_] == '%') {
        if (position_ + 1 >= text_.size() || text_[position_ + 1] != '%') break;
        ++position_;
      }
      result += text_[position_++];
    }
    return result;
  }

  bool unit(FormatUnit& unit) {
    ++position_;  // the percent sign
    char c;
    while (true) {
      if (!next(c)) return false;
      if (c == '-')
        unit.left_justified = true;
      else if (c != '+' && c != ' ' && c != '#' && c != '0')
        break;
    }
    if (isDigit(c) && !number(c, unit.width)) return false;
    if (c == '.') {
      if (!next(c)) return false;
      unit.precision = 0;
      if (isDigit(c) && !number(c, unit.precision)) return false;
    }
    unit.conversion = c;
    return c == 's' || c == 'r' || c == 'a';
  }

 private:
  static bool isDigit(char c) { return c >= '0' && c <= '9'; }
  bool next(char& c) {
    if (atEnd()) return false;
    c = text_[position_++];
    return true;
  }
  // Reads a number whose first digit is in `c`, and leaves the character behind it there.
  bool number(char& c, int& value) {
    value = 0;
    for (int digits = 0; isDigit(c);) {
      value = value * 10 + (c - '0');
      if (!next(c) || ++digits >= kMaxDigits) return false;
    }
    return true;
  }

  std::string_view text_;
  size_t position_ = 0;
};

ExprNode* stringNode(Arena& arena, std::string_view text, Position position) {
  auto* node = make<ast::Constant>(arena, position);
  node->value = arena.make<frontend::Constant>(frontend::Constant::ofStr(arena.copy(text)));
  return node;
}

ExprNode* formattedValue(Arena& arena, const FormatUnit& unit, ExprNode* value) {
  std::string spec;
  if (!unit.left_justified && unit.width > 0) spec += '>';
  if (unit.width >= 0) spec += std::to_string(unit.width);
  if (unit.precision >= 0) spec += "." + std::to_string(unit.precision);
  auto* node = make<FormattedValue>(arena, value->position);
  node->value = value;
  node->conversion = unit.conversion;
  if (!spec.empty()) node->format_spec = stringNode(arena, spec, value->position);
  return node;
}

}  // namespace

ExprNode* foldFormat(Arena& arena, ExprNode* node, std::string_view format, Seq<ExprNode*> values) {
  FormatReader reader(format);
  SeqBuilder<ExprNode*> parts(arena);
  size_t used = 0;
  while (true) {
    if (std::string literal = reader.literal(); !literal.empty())
      parts.push(stringNode(arena, literal, Position{-1, -1, -1, -1}));
    if (reader.atEnd()) break;
    FormatUnit unit;
    if (used >= values.size() || !reader.unit(unit)) return nullptr;
    parts.push(formattedValue(arena, unit, values[used++]));
  }
  if (used < values.size()) return nullptr;
  auto* joined = make<JoinedStr>(arena, node->position);
  joined->values = parts.finish();
  return joined;
}

}  // namespace krait::frontend
