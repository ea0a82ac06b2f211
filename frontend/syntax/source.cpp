// Decoding of sources: see source.h. UTF-8, Latin-1 and ASCII are read here, everything else by the runtime's hook.
#include "frontend/syntax/source.h"

#include <algorithm>
#include <cstdio>

#include "frontend/syntax/utf8.h"

namespace krait::frontend {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool isAlnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The spellings of utf-8 and latin-1 that CPython folds into one name; other names stay as they are.
std::string normalEncodingName(std::string_view name) {
  std::string folded;
  for (char c : name.substr(0, 12)) {
    folded += c == '_' ? '-' : (c >= 'A' && c <= 'Z') ? static_cast<char>(c + 32) : c;
  }
  auto isOrBegins = [&](std::string_view base) {
    return folded == base ||
           (folded.size() > base.size() && folded.compare(0, base.size(), base) == 0 && folded[base.size()] == '-');
  };
  if (isOrBegins("utf-8")) return "utf-8";
  if (isOrBegins("latin-1") || isOrBegins("iso-8859-1") || isOrBegins("iso-latin-1")) return "iso-8859-1";
  return std::string(name);
}

void appendLatin1(std::string_view bytes, std::string& out) {
  for (unsigned char c : bytes) {
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else {
      out += static_cast<char>(0xc0 | (c >> 6));
      out += static_cast<char>(0x80 | (c & 0x3f));
    }
  }
}

void translateLineEnds(std::string& text) {
  size_t out = text.find('\r');
  if (out == std::string::npos) return;
  for (size_t in = out; in < text.size(); ++in) {
    char c = text[in];
    if (c == '\r') {
      if (in + 1 < text.size() && text[in + 1] == '\n') ++in;
      c = '\n';
    }
    text[out++] = c;
  }
  text.resize(out);
}

Diagnostic plainError(Diagnostic::Kind kind, std::string message, const CompileOptions& options) {
  Diagnostic error;
  error.kind = kind;
  error.message = std::move(message);
  error.filename = std::string(options.filename);
  return error;
}

// Nothing was read yet: the place is line 0.
Diagnostic encodingError(std::string message, const CompileOptions& options) {
  Diagnostic error = plainError(Diagnostic::Kind::SyntaxError, std::move(message), options);
  error.has_location = true;
  error.lineno = 0;
  error.offset = -1;
  return error;
}

// Scripts are decoded line by line while they are read, other bytes at once: the messages differ.
Diagnostic decodingError(const std::string& encoding, std::string message, const CompileOptions& options) {
  if (options.from_file) return plainError(Diagnostic::Kind::SyntaxError, "encoding problem: " + encoding, options);
  return encodingError(std::move(message), options);
}

Diagnostic undeclaredEncoding(std::string_view text, size_t place, const CompileOptions& options) {
  char byte[8];
  std::snprintf(byte, sizeof byte, "\\x%02x", static_cast<unsigned char>(text[place]));
  auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(place), '\n') + 1;
  return plainError(Diagnostic::Kind::SyntaxError,
                    std::string("Non-UTF-8 code starting with '") + byte + "' in file " +
                        std::string(options.filename) + " on line " + std::to_string(line) +
                        ", but no encoding declared; see https://peps.python.org/pep-0263/ for details",
                    options);
}

// The codecs module knows many names for the three encodings that are read here.
enum class Native : uint8_t { No, Utf8, Latin1, Ascii };
Native nativeEncoding(const std::string& name) {
  std::string squeezed;
  for (char c : name) {
    if (isAlnum(c)) squeezed += (c >= 'A' && c <= 'Z') ? static_cast<char>(c + 32) : c;
  }
  for (const char* alias : {"", "utf8", "u8", "utf", "utf8ucs2", "utf8ucs4", "cp65001"}) {
    if (squeezed == alias) return Native::Utf8;
  }
  for (const char* alias : {"iso88591", "latin1", "latin", "l1", "iso8859", "8859", "cp819", "isolatin1"}) {
    if (squeezed == alias) return Native::Latin1;
  }
  for (const char* alias : {"ascii", "usascii", "646", "us", "iso646us"}) {
    if (squeezed == alias) return Native::Ascii;
  }
  return Native::No;
}

bool decodeBytes(std::string_view bytes, const std::string& encoding, const CompileOptions& options, std::string& text,
                 Diagnostic& error) {
  Native native = nativeEncoding(encoding);
  if (native == Native::Utf8) {
    text.assign(bytes);
    return true;
  }
  if (native == Native::Latin1) {
    appendLatin1(bytes, text);
    return true;
  }
  if (native == Native::Ascii) {
    auto wide = std::find_if(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    if (wide == bytes.end()) {
      text.assign(bytes);
      return true;
    }
    char message[100];
    std::snprintf(message, sizeof message,
                  "'ascii' codec can't decode byte 0x%02x in position %zu: ordinal not in range(128)",
                  static_cast<unsigned char>(*wide), static_cast<size_t>(wide - bytes.begin()));
    error = decodingError(encoding, message, options);
    return false;
  }
  text.clear();
  auto decoded = CompileHooks::Decoded::Failed;
  if (options.hooks.decode) {
    decoded = options.hooks.decode(options.hooks.context, encoding, bytes, text);
  } else {
    text = "unknown encoding: " + encoding;
  }
  switch (decoded) {
    case CompileHooks::Decoded::Ok: return true;
    case CompileHooks::Decoded::Failed: error = decodingError(encoding, text, options); return false;
    case CompileHooks::Decoded::Raised: error = plainError(Diagnostic::Kind::Pending, "", options); return false;
  }
  return false;
}

}  // namespace

std::string codingCookie(std::string_view line, bool& blank) {
  blank = false;
  size_t i = 0;
  while (i < line.size() && (line[i] == ' ' || line[i] == '\t' || line[i] == '\f')) ++i;
  if (i == line.size()) {
    blank = true;
    return {};
  }
  if (line[i] != '#') return {};
  blank = true;
  for (; i + 6 < line.size(); ++i) {
    if (line.compare(i, 6, "coding") != 0 || (line[i + 6] != ':' && line[i + 6] != '=')) continue;
    size_t begin = i + 7;
    while (begin < line.size() && (line[begin] == ' ' || line[begin] == '\t')) ++begin;
    size_t end = begin;
    while (end < line.size() && (isAlnum(line[end]) || line[end] == '-' || line[end] == '_' || line[end] == '.')) ++end;
    if (end > begin) return normalEncodingName(line.substr(begin, end - begin));
  }
  return {};
}

bool readSource(std::string_view bytes, const CompileOptions& options, SourceText& source, Diagnostic& error) {
  if (bytes.find('\0') != std::string_view::npos) {
    error = plainError(Diagnostic::Kind::ValueError, "source code string cannot contain null bytes", options);
    return false;
  }
  std::string encoding;
  bool has_mark = false;
  if (options.flags & (kFlagIgnoreCookie | kFlagSourceIsUtf8)) {
    source.encoding_known = true;
  } else {
    has_mark = bytes.substr(0, 3) == kByteOrderMark;
    if (has_mark) bytes.remove_prefix(3);
    size_t line_start = 0;
    bool blank = true;
    for (int line = 0; line < 2 && blank && encoding.empty(); ++line) {
      size_t line_end = std::min(bytes.find_first_of("\r\n", line_start), bytes.size());
      encoding = codingCookie(bytes.substr(line_start, line_end - line_start), blank);
      line_start = std::min(line_end + 1, bytes.size());
      if (line_end + 1 < bytes.size() && bytes[line_end] == '\r' && bytes[line_end + 1] == '\n') ++line_start;
    }
    if (has_mark && !encoding.empty() && encoding != "utf-8") {
      error = encodingError("encoding problem: " + encoding + " with BOM", options);
      return false;
    }
    source.encoding_known = has_mark || !encoding.empty();
  }
  if (!decodeBytes(bytes, encoding, options, source.text, error)) return false;
  size_t invalid = options.flags & kFlagSourceIsUtf8 ? std::string::npos : firstInvalidUtf8(source.text);
  source.valid = invalid == std::string::npos;
  if (!source.valid && options.from_file && !source.encoding_known) {
    error = undeclaredEncoding(source.text, invalid, options);
    return false;
  }
  // CPython does not see that a text which ends in \r\n has its line end, and adds one.
  bool ends_in_two = source.text.ends_with("\r\n");
  translateLineEnds(source.text);
  if (options.mode == CompileMode::Exec && (source.text.empty() || source.text.back() != '\n' || ends_in_two))
    source.text += '\n';
  return true;
}

}  // namespace krait::frontend
