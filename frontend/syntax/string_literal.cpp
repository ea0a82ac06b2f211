// String tokens to nodes: prefixes, concatenation, and f-strings.
//
// Python 3.11 has no tokens for f-strings. The expression in braces is found by looking for its end in the raw text,
// then parsed as a text of its own, "(expression)", placed where it stands in the source. The nodes that make up an
// f-string all carry the range of the whole concatenation; only the nodes inside the braces have places of their own.
#include <cstring>

#include "frontend/syntax/explain/report.h"
#include "frontend/syntax/literals.h"
#include "frontend/syntax/utf8.h"

namespace krait::frontend {

namespace {

using namespace ast;

struct Piece {
  std::string_view body;
  uint32_t offset;  // of the body in the source
  bool bytes = false, raw = false, format = false;
};

bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

class StringReader {
 public:
  StringReader(const Unit& unit, const Token* first, const Token* last, bool explain, LiteralError& error)
      : unit_(unit), first_(first), last_(last), explain_(explain), error_(error) {}

  ExprNode* read() {
    if (first_ == last_ && !isFormat(*first_)) return readSingle();
    bool bytes_mode = false;
    for (token_ = first_; token_ <= last_; ++token_) {
      Piece piece;
      if (!openPiece(piece)) return nullptr;
      if (token_ == first_) {
        bytes_mode = piece.bytes;
      } else if (piece.bytes != bytes_mode) {
        return refuse("cannot mix bytes and nonbytes literals");
      }
      if (piece.format) {
        if (unit_.options.feature_version < 6)
          return refuse("Format strings are only supported in Python 3.6 and greater");
        format_mode_ = true;
        size_t at = 0;
        if (!formatted(piece, at, 0, items_)) return nullptr;
      } else if (!decode(piece, items_.text)) {
        return nullptr;
      }
    }
    if (bytes_mode) return bytes(items_.text);
    if (!format_mode_) return str(items_.text);
    return joined(items_, first_, last_);
  }

 private:
  // What an f-string (or a format specification) consists of so far: nodes, and literal text not yet made a node.
  struct Items {
    explicit Items(Arena& arena) : nodes(arena) {}
    SeqBuilder<ExprNode*> nodes;
    std::string text;
  };

  static Position range(const Token* first, const Token* last) {
    return {first->lineno, first->col, last->end_lineno, last->end_col};
  }
  Position position() const { return range(first_, last_); }

  ExprNode* constant(frontend::Constant value, std::string_view kind, Position position) {
    auto* node = make<ast::Constant>(unit_.arena, position);
    node->value = unit_.arena.make<frontend::Constant>(value);
    node->kind = kind;
    return node;
  }

  ExprNode* bytes(std::string_view text) {
    return constant(frontend::Constant::ofBytes(unit_.arena.copy(text)), {}, position());
  }
  ExprNode* str(std::string_view text) { return str(text, first_, last_); }
  ExprNode* str(std::string_view text, const Token* first, const Token* last) {
    bool marked = unit_.text[first->start] == 'u';
    return constant(frontend::Constant::ofStr(unit_.arena.copy(text)),
                    marked ? std::string_view("u") : std::string_view(), range(first, last));
  }

  void flush(Items& items, const Token* first, const Token* last) {
    if (items.text.empty()) return;
    items.nodes.push(str(items.text, first, last));
    items.text.clear();
  }

  // A format specification, and the text at its end, has the range of its own token; everything else the whole range.
  ExprNode* joined(Items& items, const Token* first, const Token* last) {
    flush(items, first, last);
    auto* node = make<JoinedStr>(unit_.arena, range(first, last));
    node->values = items.nodes.finish();
    return node;
  }

  ExprNode* refuse(std::string message) {
    error_.message = std::move(message);
    return nullptr;
  }
  bool fail(std::string message) { return refuse(std::move(message)) != nullptr; }

  bool isFormat(const Token& token) const {
    for (uint32_t i = token.start;; ++i) {
      char c = unit_.text[i];
      if (c == '"' || c == '\'') return false;
      if ((c | 0x20) == 'f') return true;
    }
  }

  // The common case: one plain literal. Without escapes its text goes from the source to the arena in one step.
  ExprNode* readSingle() {
    token_ = first_;
    Piece piece;
    if (!openPiece(piece)) return nullptr;
    bool plain = piece.raw || std::memchr(piece.body.data(), '\\', piece.body.size()) == nullptr;
    if (plain && !checkUtf8(piece.body, true)) return nullptr;
    if (!plain && !decode(piece, items_.text)) return nullptr;
    std::string_view value = plain ? piece.body : std::string_view(items_.text);
    return piece.bytes ? bytes(value) : str(value);
  }

  bool openPiece(Piece& piece) {
    uint32_t i = token_->start;
    for (;; ++i) {
      char c = unit_.text[i] | 0x20;
      if (c == 'b') {
        piece.bytes = true;
      } else if (c == 'r') {
        piece.raw = true;
      } else if (c == 'f') {
        piece.format = true;
      } else if (c != 'u') {
        break;
      }
    }
    char quote = unit_.text[i];
    uint32_t quotes = token_->end - i >= 6 && unit_.text[i + 1] == quote && unit_.text[i + 2] == quote ? 3 : 1;
    piece.offset = i + quotes;
    piece.body = unit_.text.substr(piece.offset, token_->end - quotes - piece.offset);
    if (piece.bytes) {
      for (unsigned char c : piece.body) {
        if (c >= 0x80) return fail("bytes can only contain ASCII literal characters");
      }
    }
    return true;
  }

  void warnInvalidEscape(std::string_view escape) {
    const char* what = escape.size() == 3 ? "invalid octal escape sequence '\\" : "invalid escape sequence '\\";
    const auto& tokens = unit_.lexer.tokens();
    Reporter reporter(unit_);
    // The parser has read one token behind the literals. (The explainer may read them from a copy, and drops warnings.)
    bool read_here = last_ >= tokens.data() && last_ + 1 < tokens.data() + tokens.size();
    reporter.setFetched(static_cast<uint32_t>(read_here ? last_ - tokens.data() + 2 : tokens.size()));
    unit_.warnings.push_back({Warning::Category::DeprecationWarning,
                              reporter.atToken(Diagnostic::Kind::SyntaxError, what + std::string(escape) + "'", *token_)});
  }

  // The text is taken piece by piece as CPython's decoder does, whose messages count from the piece's start: the whole
  // literal when it has no escapes, else each run of characters beyond ASCII.
  bool checkUtf8(std::string_view text, bool raw) {
    if (unit_.valid) return true;
    auto wide = [&](size_t i) { return static_cast<unsigned char>(text[i]) >= 0x80; };
    for (size_t start = 0; start < text.size();) {
      size_t end = text.size();
      if (!raw) {
        while (start < text.size() && !wide(start)) ++start;
        for (end = start; end < text.size() && wide(end);) ++end;
      }
      std::string_view run = text.substr(start, end - start);
      size_t invalid = firstInvalidUtf8(run);
      if (invalid != std::string_view::npos) return fail("(unicode error) " + utf8Problem(run, invalid));
      start = end;
    }
    return true;
  }

  bool decodeText(std::string_view text, bool raw, std::string& out) {
    if (!checkUtf8(text, raw)) return false;
    if (raw) {
      out += text;
      return true;
    }
    std::string_view invalid_escape;
    std::string message;
    if (!decodeStrEscapes(text, unit_.options.hooks, out, invalid_escape, message)) return fail(std::move(message));
    if (!invalid_escape.empty()) warnInvalidEscape(invalid_escape);
    return true;
  }

  bool decode(const Piece& piece, std::string& out) {
    bool plain = piece.raw || piece.body.find('\\') == std::string_view::npos;
    if (!piece.bytes) return decodeText(piece.body, plain, out);
    if (plain) {
      out += piece.body;
      return true;
    }
    std::string_view invalid_escape;
    std::string message;
    if (!decodeBytesEscapes(piece.body, out, invalid_escape, message)) return fail(std::move(message));
    if (!invalid_escape.empty()) warnInvalidEscape(invalid_escape);
    return true;
  }

  // Literal text up to the next expression, the end of the specification, or a doubled brace (which stands for one:
  // then `again` is set, and the scan goes on behind it).
  bool literal(const Piece& piece, size_t& at, int level, std::string& out, bool& again) {
    std::string_view body = piece.body;
    size_t start = at, end = body.size();
    size_t s = at;
    again = false;
    size_t text_end = end, resume = end;
    while (s < end) {
      char c = body[s++];
      if (c == '\\' && !piece.raw && s < end) {
        c = body[s++];
        if (c == 'N') {
          // The braces of \N{name} open no expression.
          if (s < end && body[s++] == '{') {
            while (s < end && body[s++] != '}') {}
          }
          continue;
        }
        if (c == '{') warnInvalidEscape("{");
      }
      if (c != '{' && c != '}') continue;
      if (level == 0) {
        if (s < end && body[s] == c) {
          text_end = s;
          resume = s + 1;
          again = true;
          break;
        }
        if (c == '}') {
          at = s - 1;
          return fail("f-string: single '}' is not allowed");
        }
      }
      text_end = resume = s - 1;
      break;
    }
    at = resume;
    return text_end <= start || decodeText(body.substr(start, text_end - start), piece.raw, out);
  }

  bool formatted(const Piece& piece, size_t& at, int level, Items& items) {
    for (;;) {
      bool again;
      if (!literal(piece, at, level, items.text, again)) return false;
      if (again) continue;
      if (at >= piece.body.size() || piece.body[at] == '}') break;
      if (!expression(piece, at, level, items)) return false;
    }
    if (level != 0 && (at >= piece.body.size() || piece.body[at] != '}')) return fail("f-string: expecting '}'");
    return true;
  }

  // Finds where the expression that starts at `at` ends: at the first !, :, = or } outside of brackets and strings.
  bool findExpressionEnd(std::string_view body, size_t& at) {
    char brackets[Lexer::kMaxBrackets];
    int depth = 0;
    char quote = 0;
    bool triple = false;
    for (; at < body.size(); ++at) {
      char c = body[at];
      if (c == '\\') return fail("f-string expression part cannot include a backslash");
      bool tripled = at + 2 < body.size() && body[at + 1] == c && body[at + 2] == c;
      if (quote) {
        if (c != quote || (triple && !tripled)) continue;
        if (triple) at += 2;
        quote = 0;
        continue;
      }
      switch (c) {
        case '\'':
        case '"':
          quote = c;
          triple = tripled;
          if (triple) at += 2;
          continue;
        case '[':
        case '{':
        case '(':
          if (depth >= Lexer::kMaxBrackets) return fail("f-string: too many nested parenthesis");
          brackets[depth++] = c;
          continue;
        case '#': return fail("f-string expression part cannot include '#'");
        default: break;
      }
      if (depth == 0 && std::strchr("!:}=><", c)) {
        char next = at + 1 < body.size() ? body[at + 1] : '\0';
        if (next == '=' && c != ':' && c != '}') {
          ++at;
          continue;
        }
        if (c == '>' || c == '<') continue;
        break;
      }
      if (c == ']' || c == '}' || c == ')') {
        if (depth == 0) return fail(std::string("f-string: unmatched '") + c + "'");
        char opening = brackets[--depth];
        if (!((opening == '(' && c == ')') || (opening == '[' && c == ']') || (opening == '{' && c == '}'))) {
          return fail(std::string("f-string: closing parenthesis '") + c + "' does not match opening parenthesis '" +
                      opening + "'");
        }
      }
    }
    if (quote) return fail("f-string: unterminated string");
    if (depth) return fail(std::string("f-string: unmatched '") + brackets[depth - 1] + "'");
    if (at >= body.size()) return fail("f-string: expecting '}'");
    return true;
  }

  ExprNode* compileExpression(const Piece& piece, size_t start, size_t end) {
    std::string_view text = piece.body.substr(start, end - start);
    if (text.find_first_not_of(" \t\n\f") == std::string_view::npos) {
      char c = piece.body[end];
      if (c == '!' || c == ':' || c == '=')
        return refuse(std::string("f-string: expression required before '") + c + "'");
      return refuse("f-string: empty expression not allowed");
    }
    char* copy = static_cast<char*>(unit_.arena.allocate(text.size() + 4, 1));
    copy[0] = '(';
    std::memcpy(copy + 1, text.data(), text.size());
    std::memcpy(copy + 1 + text.size(), ")\n", 3);

    // Where the opening brace stands.
    uint32_t brace = piece.offset + static_cast<uint32_t>(start) - 1;
    int32_t lineno = token_->lineno;
    int32_t col = token_->col + static_cast<int32_t>(brace - token_->start);
    for (uint32_t i = token_->start; i < brace; ++i) {
      if (unit_.text[i] != '\n') continue;
      ++lineno;
      col = static_cast<int32_t>(brace - i) - 1;
    }
    // When the expression starts on the next line, CPython does not count the columns before the brace.
    if (text[text.find_first_not_of(" \t\f")] == '\n') col = 0;
    ExprNode* node =
        parseFStringExpression({copy, text.size() + 3}, unit_, lineno, col, explain_ ? &error_.diagnostic : nullptr);
    if (!node) error_.finished = true;
    return node;
  }

  // At an opening brace.
  bool expression(const Piece& piece, size_t& at, int level, Items& items) {
    std::string_view body = piece.body;
    if (level >= 2) return fail("f-string: expressions nested too deeply");
    size_t start = ++at;
    if (!findExpressionEnd(body, at)) return false;
    ExprNode* value = compileExpression(piece, start, at);
    if (!value) return false;

    bool shows_text = body[at] == '=';
    if (shows_text) {
      if (unit_.options.feature_version < 8) {
        return fail("f-string: self documenting expressions are only supported in Python 3.8 and greater");
      }
      ++at;
      while (at < body.size() && isSpace(body[at])) ++at;
      if (at >= body.size()) return fail("f-string: expecting '}'");
      items.text += body.substr(start, at - start);
    }
    int conversion = -1;
    if (body[at] == '!') {
      ++at;
      if (at >= body.size()) return fail("f-string: expecting '}'");
      conversion = body[at++];
      if (conversion != 's' && conversion != 'r' && conversion != 'a') {
        return fail("f-string: invalid conversion character: expected 's', 'r', or 'a'");
      }
    }
    ExprNode* specification = nullptr;
    if (at < body.size() && body[at] == ':') {
      ++at;
      if (at >= body.size()) return fail("f-string: expecting '}'");
      Items inner(unit_.arena);
      if (!formatted(piece, at, level + 1, inner)) return false;
      specification = joined(inner, token_, token_);
    }
    if (at >= body.size() || body[at] != '}') return fail("f-string: expecting '}'");
    ++at;
    if (shows_text && !specification && conversion == -1) conversion = 'r';

    flush(items, first_, last_);
    auto* node = make<FormattedValue>(unit_.arena, position());
    node->value = value;
    node->conversion = conversion;
    node->format_spec = specification;
    items.nodes.push(node);
    return true;
  }

  const Unit& unit_;
  const Token* first_;
  const Token* last_;
  const Token* token_ = nullptr;
  bool explain_;
  bool format_mode_ = false;
  LiteralError& error_;
  Items items_{unit_.arena};
};

}  // namespace

ast::ExprNode* readStrings(const Unit& unit, const Token* first, const Token* last, bool explain, LiteralError& error) {
  return StringReader(unit, first, last, explain, error).read();
}

}  // namespace krait::frontend
