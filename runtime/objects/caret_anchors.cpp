// Finds the operator at the root of an expression without parsing it: the loosest binary operator outside all brackets.
//
// Whatever is looser than a binary operation (comparison, `and`, lambda, a call's comma) means that the root is something
// else, and everything gets plain carets.
#include "runtime/objects/caret_anchors.h"

#include <cctype>
#include <string>

namespace krait {

namespace {

struct Scanner {
  std::string_view s;
  size_t at = 0;

  // Skips a string literal that begins at `at` (prefix letters were read as a name).
  void string() {
    char quote = s[at];
    bool triple = s.substr(at, 3) == std::string(3, quote);
    at += triple ? 3 : 1;
    while (at < s.size()) {
      if (s[at] == '\\') {
        at += 2;
      } else if (triple ? s.substr(at, 3) == std::string(3, quote) : s[at] == quote) {
        at += triple ? 3 : 1;
        return;
      } else {
        ++at;
      }
    }
  }
};

// Binding strength; 0: no binary operator.
int strength(std::string_view op) {
  if (op == "|") return 1;
  if (op == "^") return 2;
  if (op == "&") return 3;
  if (op == "<<" || op == ">>") return 4;
  if (op == "+" || op == "-") return 5;
  if (op == "*" || op == "/" || op == "//" || op == "%" || op == "@") return 6;
  if (op == "**") return 8;
  return 0;
}
inline constexpr int kUnary = 7;

bool looserWord(std::string_view w) {
  for (std::string_view word : {"if", "else", "lambda", "and", "or", "not", "in", "is", "for", "yield", "await"}) {
    if (w == word) return true;
  }
  return false;
}

size_t characters(std::string_view s) {
  size_t n = 0;
  for (char c : s) n += (c & 0xc0) != 0x80;
  return n;
}

}  // namespace

namespace {

// Positions where a syntax tree's node ends or begins: grouping parentheses belong to no node.
struct Parentheses {
  std::string grouping;  // one flag a byte of the segment: this parenthesis only groups
  std::string_view s;

  size_t endBefore(size_t at) const {
    while (at > 0 && (s[at - 1] == ' ' || s[at - 1] == '\t' || grouping[at - 1])) --at;
    return at;
  }
  size_t beginAfter(size_t at) const {
    while (at < s.size() && (s[at] == ' ' || s[at] == '\t' || grouping[at])) ++at;
    return at;
  }
};

struct Open {
  size_t at;
  bool call;   // behind an operand
  bool node;   // a comma, a `for`, or nothing inside: the parentheses belong to a tuple or a generator expression
};

}  // namespace

CaretAnchors findCaretAnchors(std::string_view segment) {
  Scanner in{segment};
  Parentheses parentheses{std::string(segment.size(), '\0'), segment};
  Open stack[32];
  int depth = 0, best = 100;
  size_t op_begin = 0, op_end = 0, open_bracket = std::string_view::npos, close_bracket = 0;
  bool operand = false;  // the last token ended an operand
  bool subscript = false;  // the operand that ends here is a subscript
  while (in.at < segment.size()) {
    char c = segment[in.at];
    if (c == ' ' || c == '\t' || c == '\f' || c == '\\') {
      ++in.at;
      continue;
    }
    if (c == '#') return {};
    if (c == '"' || c == '\'') {
      in.string();
      operand = true;
      if (depth == 0) subscript = false;
    } else if (isalpha(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80)) {
      size_t begin = in.at;
      while (in.at < segment.size() &&
             (isalnum(static_cast<unsigned char>(segment[in.at])) || segment[in.at] == '_' || (segment[in.at] & 0x80))) {
        ++in.at;
      }
      std::string_view word = segment.substr(begin, in.at - begin);
      if (depth == 0 && looserWord(word)) return {};
      if (depth > 0 && word == "for") stack[depth - 1].node = true;
      operand = !looserWord(word);
      if (depth == 0) subscript = false;
    } else if (isdigit(static_cast<unsigned char>(c)) ||
               (c == '.' && in.at + 1 < segment.size() && isdigit(static_cast<unsigned char>(segment[in.at + 1])))) {
      size_t begin = in.at;
      bool hex = segment.substr(begin, 2) == "0x" || segment.substr(begin, 2) == "0X";
      auto continues = [&](char d) {
        bool exponent_sign = (d == '+' || d == '-') && !hex && (segment[in.at - 1] | 32) == 'e';
        return isalnum(static_cast<unsigned char>(d)) || d == '.' || d == '_' || exponent_sign;
      };
      ++in.at;
      while (in.at < segment.size() && continues(segment[in.at])) ++in.at;
      operand = true;
      if (depth == 0) subscript = false;
    } else if (c == '(' || c == '[' || c == '{') {
      if (depth == 32) return {};
      if (depth == 0) {
        subscript = c == '[' && operand;
        if (subscript) open_bracket = in.at;
      }
      stack[depth++] = {in.at, operand || c != '(', false};
      ++in.at;
      operand = false;
    } else if (c == ')' || c == ']' || c == '}') {
      if (--depth < 0) return {};
      Open open = stack[depth];
      bool empty = parentheses.beginAfter(open.at + 1) == in.at;
      if (c == ')' && !open.call && !open.node && !empty) parentheses.grouping[open.at] = parentheses.grouping[in.at] = 1;
      if (depth == 0 && c == ']') close_bracket = in.at;
      ++in.at;
      operand = true;
    } else if (c == '.') {
      ++in.at;
      operand = false;
    } else {
      std::string_view two = segment.substr(in.at, 2), op = segment.substr(in.at, 1);
      for (std::string_view pair : {"**", "//", "<<", ">>", "==", "!=", "<=", ">=", ":="}) {
        if (two == pair) op = two;
      }
      if (depth > 0 && op == ",") stack[depth - 1].node = true;
      if (depth == 0) {
        int s = strength(op);
        if (s == 0 && op != "~") return {};
        if (!operand) {
          if (kUnary < best && op_end == 0) best = kUnary;
        } else if (s < best || (s == best && s != 8)) {
          best = s;
          op_begin = in.at;
          op_end = in.at + op.size();
        }
      }
      in.at += op.size();
      operand = false;
    }
  }
  if (depth != 0) return {};
  auto anchors = [&](size_t left, size_t right) {
    return CaretAnchors{true, characters(segment.substr(0, left)), characters(segment.substr(0, right))};
  };
  if (best < kUnary || best == 8) {
    if (op_end == 0) return {};
    // CPython takes the first character between the operands' nodes, which may be a parenthesis, and one more.
    size_t at = parentheses.endBefore(op_begin), right_begin = parentheses.beginAfter(op_end);
    while (segment[at] == ' ' || segment[at] == '\t') ++at;
    size_t end = at + 1;
    if (end < right_begin && segment[end] != ' ' && segment[end] != '\t') ++end;
    return anchors(at, end);
  }
  if (best == kUnary || !subscript || open_bracket == std::string_view::npos) return {};
  return anchors(parentheses.endBefore(open_bracket), parentheses.endBefore(close_bracket) + 1);
}

}  // namespace krait
