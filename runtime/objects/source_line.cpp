// Lines of source files, for tracebacks and warnings: found again by name when they are shown, decoded as the compiler
// decodes them.
#include "runtime/objects/source_line.h"

#include <cstdio>
#include <cstring>
#include <string_view>

#include "runtime/core/error.h"
#include "runtime/core/runtime.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/list.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

std::string textOf(Value v) { return isStr(v) ? std::string(Utf8(asStr(v)).view()) : std::string(); }

// The encoding that a comment in one of the first two lines names ("coding:" or "coding=", after nothing but blanks and
// '#').
std::string declaredEncoding(std::string_view line) {
  size_t start = line.find_first_not_of(" \t\f");
  if (start == line.npos || line[start] != '#') return {};
  for (size_t at = line.find("coding", start); at != line.npos; at = line.find("coding", at + 1)) {
    size_t p = at + 6;
    if (p >= line.size() || (line[p] != ':' && line[p] != '=')) continue;
    p = line.find_first_not_of(" \t", p + 1);
    if (p == line.npos) return {};
    size_t end = p;
    while (end < line.size() && (isalnum(static_cast<unsigned char>(line[end])) || strchr("-_.", line[end]))) ++end;
    return std::string(line.substr(p, end - p));
  }
  return {};
}

bool isUtf8Name(const std::string& encoding) {
  std::string plain;
  for (char c : encoding) {
    if (c != '-' && c != '_') plain += char(tolower(static_cast<unsigned char>(c)));
  }
  return plain.empty() || plain == "utf8" || plain == "utf8sig";
}

// The line in UTF-8, when its encoding is another one; undecodable bytes are replaced.
bool decodeLine(Thread& t, const std::string& encoding, std::string* line) {
  if (isUtf8Name(encoding)) return true;
  PreserveException preserve(t);
  Ref<Bytes> bytes = newBytes(t, *line);
  Ref<Str> name = bytes ? newStrUtf8(t, encoding) : Ref<Str>();
  Value args[] = {name, Value(internStatic("replace"))};
  Ref<> text = name ? callMethod(t, bytes, "decode", Args{args, 2, nullptr}) : Ref<>();
  if (text && isStr(text)) *line = textOf(text);
  if (t.raised()) clearException(t);
  return bool(text);
}

// Lines end at '\n', "\r\n" or '\r'.
bool readLine(Thread& t, const std::string& path, int line, std::string* out) {
  FILE* f = fopen(path.c_str(), "rb");
  if (!f) return false;
  std::string current, encoding;
  int at = 1, c = 0;
  bool found = false;
  while (!found && c != EOF) {
    c = getc_unlocked(f);
    if (c != EOF && c != '\n' && c != '\r') {
      if (at == line || at <= 2) current.push_back(char(c));
      continue;
    }
    if (c == '\r' && (c = getc_unlocked(f)) != '\n') {
      if (c != EOF) ungetc(c, f);
      c = '\n';
    }
    if (at == 1 && current.compare(0, 3, "\xef\xbb\xbf") == 0) current.erase(0, 3);
    if (at <= 2 && encoding.empty()) encoding = declaredEncoding(current);
    found = at == line && (c != EOF || !current.empty());
    if (found) break;
    ++at;
    current.clear();
  }
  if (found && line == 1 && encoding.empty()) {
    std::string second;
    while ((c = getc_unlocked(f)) != EOF && c != '\n' && c != '\r') second.push_back(char(c));
    encoding = declaredEncoding(second);
  }
  fclose(f);
  if (!found || !decodeLine(t, encoding, &current)) return false;
  *out = current;
  return true;
}

}  // namespace

bool sourceLine(Thread& t, const std::string& filename, int line, std::string* out) {
  if (filename.size() > 1 && filename[0] == '<' && filename.back() == '>') return false;
  if (readLine(t, filename, line, out)) return true;
  Value path = dictGetStr(interpreterOf(t).sys->dict, internStatic("path"));
  if (!path || !isExactList(path)) return false;
  std::string base = filename.substr(filename.rfind('/') + 1);
  for (int64_t i = 0; i < asList(path)->size; ++i) {
    Ref<> folder = listGet(asList(path), i);
    if (isStr(folder) && readLine(t, textOf(folder) + "/" + base, line, out)) return true;
  }
  return false;
}

}  // namespace krait
