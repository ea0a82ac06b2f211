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

CaretAnchors findCaretAnchors(std::string_view segment) {
  Scanner in{segment};
  int depth = 0, best = 100;
  size_t op_begin = 0, op_end = 0, open_bracket = std::string_view::npos, close_bracket = 0;
  bool operand = false;      // the last token ended an operand
  bool postfix_is_subscript = false;
  while (in.at < segment.size()) {
    char c = segment[in.at];
    if (c == ' ' || c == '\t' || c == '\f' || c == '\\') {
      ++in.at;
    } else if (c == '#') {
      return {};
    } else if (c == '"' || c == '\'') {
      in.string();
      operand = true;
      postfix_is_subscript = false;
    } else if (isalpha(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80)) {
      size_t begin = in.at;
      while (in.at < segment.size() &&
             (isalnum(static_cast<unsigned char>(segment[in.at])) || segment[in.at] == '_' || (segment[in.at] & 0x80))) {
        ++in.at;
      }
      if (depth == 0 && looserWord(segment.substr(begin, in.at - begin))) return {};
      operand = true;
      postfix_is_subscript = false;
    } else if (isdigit(static_cast<unsigned char>(c)) ||
               (c == '.' && in.at + 1 < segment.size() && isdigit(static_cast<unsigned char>(segment[in.at + 1])))) {
      while (in.at < segment.size() && (isalnum(static_cast<unsigned char>(segment[in.at])) || segment[in.at] == '.' || segment[in.at] == '_' ||
                                        ((segment[in.at] == '+' || segment[in.at] == '-') && (segment[in.at - 1] | 32) == 'e' &&
                                         segment.substr(0, 2) != "0x"))) {
        ++in.at;
      }
      operand = true;
      postfix_is_subscript = false;
    } else if (c == '(' || c == '[' || c == '{') {
      if (depth == 0) {
        postfix_is_subscript = c == '[' && operand;
        if (postfix_is_subscript) open_bracket = in.at;
      }
      ++depth;
      ++in.at;
      operand = false;
    } else if (c == ')' || c == ']' || c == '}') {
      if (--depth < 0) return {};
      if (depth == 0 && c == ']') close_bracket = in.at;
      ++in.at;
      operand = true;
    } else if (c == '.') {
      ++in.at;
      operand = false;
    } else {
      std::string_view two = segment.substr(in.at, 2);
      std::string_view op = two == "**" || two == "//" || two == "<<" || two == ">>" || two == "==" || two == "!=" || two == "<=" || two == ">=" || two == ":=" ? two : segment.substr(in.at, 1);
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
  if (best < kUnary || best == 8) {
    if (op_end == 0) return {};
    return {true, characters(segment.substr(0, op_begin)), characters(segment.substr(0, op_end))};
  }
  if (best == kUnary || !postfix_is_subscript || open_bracket == std::string_view::npos) return {};
  return {true, characters(segment.substr(0, open_bracket)), characters(segment.substr(0, close_bracket + 1))};
}

}  // namespace krait
