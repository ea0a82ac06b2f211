// Lexer: lines, indentation, names, strings, operators. Numbers are in lexer_number.cpp.
#include "frontend/syntax/lexer.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

#include "frontend/syntax/utf8.h"

namespace krait::frontend {

namespace {

enum CharClass : uint8_t { kOther = 0, kLetter = 1, kDigit = 2, kWide = 4, kIdentifier = kLetter | kDigit | kWide };

constexpr std::array<uint8_t, 256> makeCharClasses() {
  std::array<uint8_t, 256> classes{};
  for (int c = 'a'; c <= 'z'; ++c) classes[c] = kLetter;
  for (int c = 'A'; c <= 'Z'; ++c) classes[c] = kLetter;
  classes['_'] = kLetter;
  for (int c = '0'; c <= '9'; ++c) classes[c] = kDigit;
  for (int c = 128; c < 256; ++c) classes[c] = kWide;
  return classes;
}
constexpr auto kCharClasses = makeCharClasses();

uint8_t classOf(char c) { return kCharClasses[static_cast<unsigned char>(c)]; }

struct Word {
  const char* text;
  uint8_t size;
  TokenKind kind;
};
constexpr Word kKeywords[] = {
#define TOKEN_KEYWORD(Name, text) {text, sizeof(text) - 1, TokenKind::Name},
#include "frontend/syntax/token.def"
};

// Keywords by a hash of length and first letters that happens to keep them apart well; chains are short and rare.
class KeywordTable {
 public:
  constexpr KeywordTable() {
    for (const Word& word : kKeywords) {
      unsigned slot = hash(word.text, word.size);
      while (slots_[slot].size) slot = (slot + 1) & (kSlots - 1);
      slots_[slot] = word;
    }
  }
  TokenKind find(const char* text, uint32_t size) const {
    if (size < 2 || size > 8) return TokenKind::Name;
    for (unsigned slot = hash(text, size); slots_[slot].size; slot = (slot + 1) & (kSlots - 1)) {
      if (slots_[slot].size == size && std::memcmp(slots_[slot].text, text, size) == 0) return slots_[slot].kind;
    }
    return TokenKind::Name;
  }

 private:
  static constexpr unsigned kSlots = 256;
  static constexpr unsigned hash(const char* text, uint32_t size) {
    return (static_cast<unsigned char>(text[0]) * 7u + static_cast<unsigned char>(text[1]) * 31u +
            static_cast<unsigned char>(text[size - 1]) * 3u + size) &
           (kSlots - 1);
  }
  std::array<Word, kSlots> slots_{};
};
constexpr KeywordTable kKeywordTable;

struct Operator {
  const char* text;
  uint8_t size;
  TokenKind kind;
};
constexpr Operator kOperators[] = {
#define TOKEN_OPERATOR(Name, text) {text, sizeof(text) - 1, TokenKind::Name},
#include "frontend/syntax/token.def"
    {"<>", 2, TokenKind::NotEqual},
};

// For each first character its operators, longest first.
class OperatorTable {
 public:
  struct Match {
    TokenKind kind;
    uint32_t size;
  };
  constexpr OperatorTable() {
    for (int size = 3; size >= 1; --size) {
      for (uint8_t i = 0; i < std::size(kOperators); ++i) {
        if (kOperators[i].size != size) continue;
        auto& list = by_first_[static_cast<unsigned char>(kOperators[i].text[0]) & 127];
        int end = 0;
        while (list[end]) ++end;
        list[end] = i + 1;
      }
    }
  }
  Match find(const char* text) const {
    auto first = static_cast<unsigned char>(text[0]);
    if (first < 128) {
      for (uint8_t index : by_first_[first]) {
        if (!index) break;
        const Operator& candidate = kOperators[index - 1];
        if (candidate.size == 1 ||
            (text[1] == candidate.text[1] && (candidate.size == 2 || text[2] == candidate.text[2]))) {
          return {candidate.kind, candidate.size};
        }
      }
    }
    return {TokenKind::Stray, 1};
  }

 private:
  std::array<std::array<uint8_t, 6>, 128> by_first_{};
};
constexpr OperatorTable kOperatorTable;

}  // namespace

int32_t characterCount(const char* line, size_t bytes) {
  int32_t count = 0;
  for (size_t i = 0; i < bytes; ++i) count += (static_cast<unsigned char>(line[i]) & 0xc0) != 0x80;
  return count;
}

Lexer::Lexer(std::string_view text, const CompileOptions& options, Warnings& warnings, int32_t lineno,
             int32_t first_col)
    : text_(text.data()),
      size_(static_cast<uint32_t>(text.size())),
      options_(options),
      warnings_(warnings),
      lineno_(text.empty() ? lineno - 1 : lineno),
      first_lineno_(lineno),
      first_col_(first_col) {
  indents_[0] = {0, 0};
  tokens_.reserve(text.size() / 5 + 8);
}

void Lexer::run() {
  while (next()) {}
}

int32_t Lexer::column(uint32_t offset) const {
  int32_t col = static_cast<int32_t>(offset - line_start_);
  return lineno_ == first_lineno_ ? col + first_col_ : col;
}

void Lexer::add(TokenKind kind, uint32_t start, uint32_t end) {
  parsing_started_ = true;
  tokens_.push_back({kind, static_cast<uint8_t>(level_), start, end, lineno_, column(start), lineno_, column(end)});
}

void Lexer::addLayout(TokenKind kind) { add(kind, pos_, pos_); }

// Of the current line. What is no UTF-8 counts as CPython's decoder replaces it.
int32_t Lexer::charactersRead() const {
  std::string_view read(text_ + line_start_, pos_ - line_start_);
  if (valid_) return characterCount(read.data(), read.size());
  std::string repaired = repairUtf8(read);
  return characterCount(repaired.data(), repaired.size());
}

bool Lexer::fail(std::string message, int32_t offset, int32_t end_offset) {
  error_.code = LexError::Code::Raised;
  error_.message = std::move(message);
  error_.offset = offset != -1 ? offset : charactersRead();
  error_.end_offset = end_offset != -1 ? end_offset : error_.offset;
  error_.lineno = lineno_;
  error_.line_start = line_start_;
  error_.cursor = pos_;
  addLayout(TokenKind::Error);
  return false;
}

// A warning that, as an error, shows the line up to here.
void Lexer::warnSoFar(std::string message) {
  std::string_view line(text_ + line_start_, size_ - line_start_);
  Diagnostic error;
  error.kind = Diagnostic::Kind::SyntaxError;
  error.message = std::move(message);
  error.filename = options_.filename;
  error.has_location = error.has_text = true;
  error.lineno = error.end_lineno = lineno_;
  error.offset = error.end_offset = charactersRead();
  error.text = repairUtf8(line.substr(0, line.find('\n')));
  warnings_.push_back({Warning::Category::SyntaxWarning, std::move(error)});
}

bool Lexer::stop(LexError::Code code) {
  error_.code = code;
  error_.lineno = lineno_;
  error_.line_start = line_start_;
  error_.cursor = pos_;
  addLayout(TokenKind::Error);
  return false;
}

// Called with pos_ just behind a line end. The line after the last one does not exist: positions there belong to the
// last.
void Lexer::enterNextLine() {
  if (pos_ >= size_) return;
  ++lineno_;
  line_start_ = pos_;
}

bool Lexer::measureIndent(int32_t& col, int32_t& alt_col, int32_t& continued_col) {
  for (;; ++pos_) {
    switch (at(pos_)) {
      case ' ':
        ++col;
        ++alt_col;
        continue;
      case '\t':
        col = (col / 8 + 1) * 8;
        ++alt_col;
        continue;
      case '\f': col = alt_col = 0; continue;
      case '\\':
        // A continued line is indented as its first part is.
        if (!continued_col) continued_col = col;
        if (!continueLine()) return false;
        --pos_;
        continue;
      default: return true;
    }
  }
}

bool Lexer::changeIndent(int32_t col, int32_t alt_col) {
  if (col == indents_[indent_].col) {
    return alt_col == indents_[indent_].alt_col || stop(LexError::Code::TabSpace);
  }
  if (col > indents_[indent_].col) {
    if (indent_ + 1 >= kMaxIndents) {
      pos_ = std::min<uint32_t>(size_, static_cast<uint32_t>(std::strchr(text_ + pos_, '\n') - text_) + 1);
      return stop(LexError::Code::TooDeep);
    }
    if (alt_col <= indents_[indent_].alt_col) return stop(LexError::Code::TabSpace);
    ++pending_indents_;
    indents_[++indent_] = {col, alt_col};
    return true;
  }
  while (indent_ > 0 && col < indents_[indent_].col) {
    --pending_indents_;
    --indent_;
  }
  if (col != indents_[indent_].col) {
    const char* line_end = std::strchr(text_ + pos_, '\n');
    pos_ = line_end ? static_cast<uint32_t>(line_end - text_) + 1 : size_;
    return stop(LexError::Code::Dedent);
  }
  return alt_col == indents_[indent_].alt_col || stop(LexError::Code::TabSpace);
}

bool Lexer::beginLine() {
  int32_t col = 0, alt_col = 0, continued_col = 0;
  at_line_start_ = false;
  if (!measureIndent(col, alt_col, continued_col)) return false;
  char c = at(pos_);
  blank_line_ = c == '#' || c == '\n';
  if (blank_line_ || level_ > 0) return true;
  if (continued_col) col = alt_col = continued_col;
  if (!changeIndent(col, alt_col)) return false;
  if (in_async_def_ && async_signature_ended_ && async_def_indent_ >= indent_)
    in_async_def_ = async_signature_ended_ = false;
  for (; pending_indents_ > 0; --pending_indents_) addLayout(TokenKind::Indent);
  for (; pending_indents_ < 0; ++pending_indents_) addLayout(TokenKind::Dedent);
  return true;
}

bool Lexer::endOfInput() {
  if (level_) {
    error_.at_end_of_source = true;
    return stop(LexError::Code::EndOfFile);
  }
  // An interactive statement ends with the text: supply the line end, and close the blocks unless the caller wants to
  // go on. Behind a block there is one more line end.
  while (options_.mode == CompileMode::Single && parsing_started_) {
    addLayout(TokenKind::Newline);
    parsing_started_ = false;
    if (options_.flags & kFlagDontImplyDedent) break;
    for (; indent_ > 0; --indent_) addLayout(TokenKind::Dedent);
  }
  addLayout(TokenKind::EndMarker);
  return false;
}

bool Lexer::newline(uint32_t start) {
  bool counts = !blank_line_ && level_ == 0;
  if (counts) {
    add(TokenKind::Newline, start, pos_);
    async_signature_ended_ = in_async_def_;
  }
  at_line_start_ = true;
  ++pos_;
  enterNextLine();
  return true;
}

bool Lexer::comment(uint32_t start) {
  const char* line_end = static_cast<const char*>(std::memchr(text_ + pos_, '\n', size_ - pos_));
  pos_ = line_end ? static_cast<uint32_t>(line_end - text_) : size_;
  if ((options_.flags & kFlagTypeComments) && typeComment(start, pos_)) return true;
  return at(pos_) == '\n' ? newline(start) : true;
}

// "# type: ..." becomes a token, "# type: ignore" is noted aside. False when the comment is only a comment.
bool Lexer::typeComment(uint32_t start, uint32_t end) {
  uint32_t p = start;
  for (const char* prefix = "# type: "; *prefix; ++prefix) {
    if (*prefix == ' ') {
      while (p < end && (at(p) == ' ' || at(p) == '\t')) ++p;
    } else if (p < end && at(p) == *prefix) {
      ++p;
    } else {
      return false;
    }
  }
  uint32_t ignore_end = p + 6;
  bool ignore = end >= ignore_end && std::memcmp(text_ + p, "ignore", 6) == 0 &&
                !(end > ignore_end && (classOf(at(ignore_end)) & (kDigit | kWide | kLetter)) && at(ignore_end) != '_');
  if (!ignore) {
    add(TokenKind::TypeComment, p, end);
    blank_line_ = false;  // the comment is a token, so its line has an end
    return true;
  }
  type_ignores_.push_back({lineno_, ignore_end, end});
  if (blank_line_ && at(pos_) == '\n') {
    // Alone on its line it takes the line end with it.
    at_line_start_ = true;
    ++pos_;
    enterNextLine();
  }
  return true;
}

// At a backslash. True: the next line was entered.
bool Lexer::continueLine() {
  ++pos_;
  if (at(pos_) != '\n' || pos_ >= size_) {
    if (pos_ < size_) ++pos_;
    return stop(LexError::Code::LineContinuation);
  }
  ++pos_;
  if (pos_ >= size_) {
    error_.at_end_of_source = true;
    return stop(LexError::Code::EndOfFile);
  }
  enterNextLine();
  return true;
}

bool Lexer::name() {
  uint32_t start = pos_;
  bool b = false, u = false, r = false, f = false;
  // A name of prefix letters before a quote is a string.
  for (;; ++pos_) {
    char c = at(pos_) | 0x20;
    if (at(pos_) == '"' || at(pos_) == '\'') {
      if (pos_ > start) return string(start);
      break;
    }
    if (!(b || u || f) && c == 'b') {
      b = true;
    } else if (!(b || u || r || f) && c == 'u') {
      u = true;
    } else if (!(r || u) && c == 'r') {
      r = true;
    } else if (!(f || b || u) && c == 'f') {
      f = true;
    } else {
      break;
    }
  }
  uint8_t seen = 0;
  while (uint8_t char_class = classOf(at(pos_))) {
    seen |= char_class;
    ++pos_;
  }
  if ((seen & kWide) && !verifyIdentifier(start)) return false;
  TokenKind kind = kKeywordTable.find(text_ + start, pos_ - start);
  if (options_.feature_version < 7 && (kind == TokenKind::Async || kind == TokenKind::Await)) kind = oldAsync(kind);
  add(kind, start, pos_);
  return true;
}

// Whether "def" is the next word on this line.
bool Lexer::defFollows() const {
  uint32_t p = pos_;
  while (at(p) == ' ' || at(p) == '\t' || at(p) == '\f') ++p;
  return std::strncmp(text_ + p, "def", 3) == 0 && !(classOf(at(p + 3)) & kIdentifier);
}

TokenKind Lexer::oldAsync(TokenKind kind) {
  if (in_async_def_) return kind;
  if (kind == TokenKind::Await || !defFollows()) return TokenKind::Name;
  in_async_def_ = true;
  async_def_indent_ = indent_;
  return kind;
}

bool Lexer::verifyIdentifier(uint32_t start) {
  const CompileHooks& hooks = options_.hooks;
  if (!valid_) {
    std::string_view name(text_ + start, pos_ - start);
    size_t invalid = firstInvalidUtf8(name);
    if (invalid != std::string_view::npos) {
      error_.message = utf8Problem(name, invalid);
      stop(LexError::Code::Decode);
      error_.line_start = start;  // the name alone is what CPython decodes
      return false;
    }
  }
  for (uint32_t p = start; p < pos_;) {
    uint32_t here = p;
    char32_t c = decodeUtf8(text_, p);
    auto* test = here == start ? hooks.isIdentifierStart : hooks.isIdentifierContinue;
    if (c < 128 || !test || test(hooks.context, c)) continue;
    pos_ = p;
    char message[80];
    if (!hooks.isPrintable || hooks.isPrintable(hooks.context, c)) {
      std::snprintf(message, sizeof message, "invalid character '%.*s' (U+%04X)", static_cast<int>(p - here),
                    text_ + here, static_cast<unsigned>(c));
    } else {
      std::snprintf(message, sizeof message, "invalid non-printable character U+%04X", static_cast<unsigned>(c));
    }
    return fail(message);
  }
  return true;
}

// At the opening quote; the token began at `start`, with its prefix.
bool Lexer::string(uint32_t start) {
  char quote = at(pos_++);
  uint32_t start_line = line_start_;
  int32_t start_lineno = lineno_;
  bool triple = at(pos_) == quote && at(pos_ + 1) == quote;
  if (triple) pos_ += 2;
  for (;;) {
    char c = at(pos_);
    if (c == quote) {
      ++pos_;
      if (!triple) break;
      if (at(pos_) == quote && at(pos_ + 1) == quote) {
        pos_ += 2;
        break;
      }
      continue;
    }
    if (c == '\\' && pos_ + 1 < size_) {
      ++pos_;
      c = at(pos_);
      ++pos_;
      if (c == '\n') enterNextLine();
      continue;
    }
    bool at_end = pos_ >= size_ || (c == '\\' && pos_ + 1 >= size_);
    if (at_end || (c == '\n' && !triple)) {
      int32_t detected = lineno_;
      pos_ = start + 1;
      line_start_ = start_line;
      lineno_ = start_lineno;
      error_.at_end_of_source = at_end;
      return fail((triple ? "unterminated triple-quoted string literal (detected at line "
                          : "unterminated string literal (detected at line ") +
                  std::to_string(detected) + ")");
    }
    ++pos_;
    if (c == '\n') enterNextLine();
  }
  add(TokenKind::String, start, pos_);
  Token& token = tokens_.back();
  token.lineno = start_lineno;
  // In an f-string's expression CPython shifts the column only when the token also ends on the first line.
  token.col = static_cast<int32_t>(start - start_line) + (lineno_ == first_lineno_ ? first_col_ : 0);
  return true;
}

bool Lexer::open(char c) {
  if (level_ >= kMaxBrackets) return fail("too many nested parentheses");
  brackets_[level_++] = {c, lineno_, static_cast<int32_t>(pos_ - 1 - line_start_)};
  return true;
}

bool Lexer::close(char c) {
  if (!level_) return fail(std::string("unmatched '") + c + "'");
  const OpenBracket& opening = brackets_[--level_];
  if ((opening.bracket == '(' && c == ')') || (opening.bracket == '[' && c == ']') ||
      (opening.bracket == '{' && c == '}')) {
    return true;
  }
  std::string message =
      std::string("closing parenthesis '") + c + "' does not match opening parenthesis '" + opening.bracket + "'";
  if (opening.lineno != lineno_) message += " on line " + std::to_string(opening.lineno);
  return fail(std::move(message));
}

bool Lexer::operatorToken() {
  uint32_t start = pos_;
  char c = at(pos_);
  OperatorTable::Match match = kOperatorTable.find(text_ + pos_);
  pos_ += match.size;
  switch (match.kind) {
    case TokenKind::LeftParen:
    case TokenKind::LeftBracket:
    case TokenKind::LeftBrace:
      if (!open(c)) return false;
      break;
    case TokenKind::RightParen:
    case TokenKind::RightBracket:
    case TokenKind::RightBrace:
      if (!close(c)) return false;
      break;
    case TokenKind::Stray:
      if (static_cast<unsigned char>(c) < 32 || c == 127) {
        char message[64];
        std::snprintf(message, sizeof message, "invalid non-printable character U+%04X", static_cast<unsigned char>(c));
        return fail(message);
      }
      break;
    default: break;
  }
  add(match.kind, start, pos_);
  return true;
}

// One token, or the layout tokens in front of a line. False when the last token was made.
bool Lexer::next() {
  if (at_line_start_ && !beginLine()) return false;
  while (at(pos_) == ' ' || at(pos_) == '\t' || at(pos_) == '\f') ++pos_;
  char c = at(pos_);
  uint8_t char_class = classOf(c);
  if (char_class & (kLetter | kWide)) return name();
  if (char_class & kDigit) return number();
  switch (c) {
    case '#': return comment(pos_);
    case '\n': return newline(pos_);
    case '"':
    case '\'': return string(pos_);
    case '.': return classOf(at(pos_ + 1)) & kDigit ? number() : operatorToken();
    case '\\': return continueLine();
    case '\0':
      if (pos_ >= size_) return endOfInput();
      [[fallthrough]];
    default: return operatorToken();
  }
}

}  // namespace krait::frontend
