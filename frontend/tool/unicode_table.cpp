// See unicode_table.h. Encodings are the C library's.
#include "frontend/tool/unicode_table.h"

#include <iconv.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unordered_map>

#include "frontend/syntax/utf8.h"

namespace krait::frontend {

namespace {

struct Character {
  bool start = false, continues = false, unprintable = false;
  std::string normal;
};

struct Table {
  std::unordered_map<char32_t, Character> characters;
  std::unordered_map<std::string, int32_t> names;

  explicit Table(const char* path) {
    FILE* file = std::fopen(path, "rb");
    if (!file) return;
    char line[512];
    while (std::fgets(line, sizeof line, file)) readRow(line);
    std::fclose(file);
  }

  void readRow(char* line) {
    line[std::strcspn(line, "\n")] = 0;
    char* hex = std::strchr(line, ' ');
    if (!hex) return;
    char* name;
    auto c = static_cast<char32_t>(std::strtoul(hex, &name, 16));
    Character& character = characters[c];
    for (char* flag = line; flag < hex; ++flag) {
      character.start |= *flag == 's';
      character.continues |= *flag == 'c';
      character.unprintable |= *flag == 'n';
    }
    if (*name == ' ') ++name;
    if (char* normal = std::strchr(name, '=')) {
      *normal = 0;
      character.normal = normal + 1;
    }
    if (*name) names[name] = static_cast<int32_t>(c);
  }

  const Character* find(char32_t c) const {
    auto found = characters.find(c);
    return found == characters.end() ? nullptr : &found->second;
  }
};

const Table& table(void* context) { return *static_cast<const Table*>(context); }

bool isStart(void* context, char32_t c) {
  const Character* character = table(context).find(c);
  return character && character->start;
}
bool isContinue(void* context, char32_t c) {
  const Character* character = table(context).find(c);
  return character && character->continues;
}
bool isPrintable(void* context, char32_t c) {
  const Character* character = table(context).find(c);
  return !character || !character->unprintable;
}
// Character by character, which is enough for identifiers without combining marks.
void normalize(void* context, std::string& text) {
  std::string out;
  for (uint32_t i = 0; i < text.size();) {
    uint32_t start = i;
    const Character* character = table(context).find(decodeUtf8(text.data(), i));
    out += character && !character->normal.empty() ? character->normal : text.substr(start, i - start);
  }
  text = out;
}
int32_t lookUp(void* context, std::string_view name) {
  std::string upper;
  for (char c : name) upper += (c >= 'a' && c <= 'z') ? static_cast<char>(c - 32) : c;
  auto found = table(context).names.find(upper);
  return found == table(context).names.end() ? -1 : found->second;
}

CompileHooks::Decoded decode(void*, std::string_view encoding, std::string_view bytes, std::string& utf8) {
  utf8 = "unknown encoding: " + std::string(encoding);
  iconv_t converter = iconv_open("UTF-8", std::string(encoding).c_str());
  if (converter == reinterpret_cast<iconv_t>(-1)) return CompileHooks::Decoded::Failed;
  utf8.resize(bytes.size() * 4);
  char* in = const_cast<char*>(bytes.data());
  char* out = utf8.data();
  size_t in_left = bytes.size(), out_left = utf8.size();
  bool failed = iconv(converter, &in, &in_left, &out, &out_left) == static_cast<size_t>(-1);
  iconv_close(converter);
  utf8.resize(utf8.size() - out_left);
  return failed ? CompileHooks::Decoded::Failed : CompileHooks::Decoded::Ok;
}

}  // namespace

CompileHooks unicodeTableHooks() {
  CompileHooks hooks;
  hooks.decode = decode;
  const char* path = std::getenv("KRAIT_UNICODE");
  if (!path) return hooks;
  static Table table(path);
  hooks.context = &table;
  hooks.isIdentifierStart = isStart;
  hooks.isIdentifierContinue = isContinue;
  hooks.isPrintable = isPrintable;
  hooks.normalize = normalize;
  hooks.unicodeNameLookup = lookUp;
  return hooks;
}

}  // namespace krait::frontend
