// Decoding of sources: see source.h. UTF-8, Latin-1 and ASCII are read here, everything else by the runtime's hook.
#include "frontend/syntax/source.h"

#include <cstring>

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
    return folded == base || (folded.size() > base.size() && folded.compare(0, base.size(), base) == 0 &&
                              folded[base.size()] == '-');
  };
  if (isOrBegins("utf-8")) return "utf-8";
  if (isOrBegins("latin-1") || isOrBegins("iso-8859-1") || isOrBegins("iso-latin-1")) return "iso-8859-1";
  return std::string(name);
}

// Length of the well-formed UTF-8 sequence at `p`, or 0.
int sequenceLength(const unsigned char* p, const unsigned char* end) {
  unsigned char c = p[0];
  if (c < 0x80) return 1;
  auto continues = [&](int i, unsigned char low = 0x80, unsigned char high = 0xbf) {
    return p + i < end && p[i] >= low && p[i] <= high;
  };
  if (c >= 0xc2 && c <= 0xdf) return continues(1) ? 2 : 0;
  if (c >= 0xe0 && c <= 0xef) {
    unsigned char low = c == 0xe0 ? 0xa0 : 0x80, high = c == 0xed ? 0x9f : 0xbf;
    return continues(1, low, high) && continues(2) ? 3 : 0;
  }
  if (c >= 0xf0 && c <= 0xf4) {
    unsigned char low = c == 0xf0 ? 0x90 : 0x80, high = c == 0xf4 ? 0x8f : 0xbf;
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

// The place of the first byte that is not UTF-8, or npos.
size_t firstInvalid(std::string_view text) {
  auto* begin = reinterpret_cast<const unsigned char*>(text.data());
  auto* end = begin + text.size();
  for (auto* p = begin; p < end;) {
    uint64_t word;
    if (end - p >= 8 && (std::memcpy(&word, p, 8), (word & 0x8080808080808080u) == 0)) {
      p += 8;
      continue;
    }
    int length = sequenceLength(p, end);
    if (length == 0) return static_cast<size_t>(p - begin);
    p += length;
  }
  return std::string_view::npos;
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

Diagnostic encodingProblem(const std::string& name, const CompileOptions& options) {
  Diagnostic error = plainError(Diagnostic::Kind::SyntaxError, "encoding problem: " + name, options);
  error.has_location = true;
  error.lineno = 0;
  error.offset = -1;
  return error;
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
    bool pure = true;
    for (unsigned char c : bytes) pure &= c < 0x80;
    if (pure) {
      text.assign(bytes);
      return true;
    }
  }
  if (options.hooks.decode) {
    switch (options.hooks.decode(options.hooks.context, encoding, bytes, text)) {
      case CompileHooks::Decoded::Ok: return true;
      case CompileHooks::Decoded::Raised: error = plainError(Diagnostic::Kind::Pending, "", options); return false;
      case CompileHooks::Decoded::Unknown: break;
    }
  }
  error = encodingProblem(encoding, options);
  return false;
}

Diagnostic invalidUtf8(std::string_view text, size_t place, const CompileOptions& options) {
  char message[160];
  auto* p = reinterpret_cast<const unsigned char*>(text.data()) + place;
  int lead = p[0] >= 0xf0 && p[0] <= 0xf4 ? 4 : p[0] >= 0xe0 && p[0] < 0xf0 ? 3 : p[0] >= 0xc2 && p[0] < 0xe0 ? 2 : 0;
  if (lead == 0) {
    std::snprintf(message, sizeof message, "(unicode error) 'utf-8' codec can't decode byte 0x%02x in position %zu: invalid start byte",
                  p[0], place);
  } else {
    size_t good = 1;
    while (place + good < text.size() && static_cast<int>(good) < lead && (p[good] & 0xc0) == 0x80 &&
           (good > 1 || !((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
                          (p[0] == 0xf4 && p[1] > 0x8f)))) {
      ++good;
    }
    const char* why = place + good >= text.size() ? "unexpected end of data" : "invalid continuation byte";
    if (good == 1) {
      std::snprintf(message, sizeof message, "(unicode error) 'utf-8' codec can't decode byte 0x%02x in position %zu: %s", p[0],
                    place, why);
    } else {
      std::snprintf(message, sizeof message, "(unicode error) 'utf-8' codec can't decode bytes in position %zu-%zu: %s", place,
                    place + good - 1, why);
    }
  }
  return plainError(Diagnostic::Kind::SyntaxError, message, options);
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
      error = encodingProblem(encoding + " with BOM", options);
      return false;
    }
    source.encoding_known = has_mark || !encoding.empty();
  }
  if (!decodeBytes(bytes, encoding, options, source.text, error)) return false;
  if (!(options.flags & kFlagSourceIsUtf8)) {
    size_t place = firstInvalid(source.text);
    if (place != std::string::npos) {
      error = invalidUtf8(source.text, place, options);
      return false;
    }
  }
  translateLineEnds(source.text);
  if (options.mode == CompileMode::Exec && (source.text.empty() || source.text.back() != '\n')) source.text += '\n';
  return true;
}

}  // namespace krait::frontend
