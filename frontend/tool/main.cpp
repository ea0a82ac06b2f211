// krait_compile: looks at the frontend from outside, so that scripts can compare it with CPython.
//
//   krait_compile --ast FILE...       the syntax tree of each file, one line each (see ast/dump.h)
//   krait_compile --sources           reads sources from stdin, separated by NULs, each behind a letter for its mode
//                                     (see optionsFor); prints the tree of each, or what is wrong, one line each
//   krait_compile --compile-errors    the same after a whole compilation, with a line for each warning and `ok` for a tree
//   krait_compile --symbols FILE...   the scopes of each file, one line each, inner ones indented
//   krait_compile --time N FILE...    parses all files N times, prints the seconds of the fastest round
//   krait_compile --compile-time N FILE...   the same, down to marshal data
//   krait_compile --marshal OUT HOW FILE...  compiles each file; HOW is a digit for the optimization level, a letter for the
//                                     mode (as above, e when it is missing), and `a` to allow await at top level. OUT
//                                     gets for each file a line `D number size` and the marshal data, or `X number
//                                     size` and the error
//
// KRAIT_UNICODE names a file with what the runtime would know about characters (tests/frontend/unicode_table.py writes it).
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "frontend/ast/ast.h"
#include "frontend/ast/dump.h"
#include "frontend/compile.h"
#include "frontend/tool/unicode_table.h"

using namespace krait::frontend;

namespace {

bool readFile(const char* path, std::string& text) {
  FILE* file = std::strcmp(path, "-") == 0 ? stdin : std::fopen(path, "rb");
  if (!file) return false;
  char buffer[1 << 16];
  size_t count;
  text.clear();
  while ((count = std::fread(buffer, 1, sizeof buffer, file)) > 0) text.append(buffer, count);
  if (file != stdin) std::fclose(file);
  return true;
}

const char* kindName(Diagnostic::Kind kind) {
  switch (kind) {
    case Diagnostic::Kind::None: return "None";
    case Diagnostic::Kind::SyntaxError: return "SyntaxError";
    case Diagnostic::Kind::IndentationError: return "IndentationError";
    case Diagnostic::Kind::TabError: return "TabError";
    case Diagnostic::Kind::TypeError: return "TypeError";
    case Diagnostic::Kind::ValueError: return "ValueError";
    case Diagnostic::Kind::OverflowError: return "OverflowError";
    case Diagnostic::Kind::MemoryError: return "MemoryError";
    case Diagnostic::Kind::RecursionError: return "RecursionError";
    case Diagnostic::Kind::SystemError: return "SystemError";
    case Diagnostic::Kind::UnicodeDecodeError: return "UnicodeDecodeError";
    case Diagnostic::Kind::Pending: return "Pending";
  }
  return "?";
}

std::string escaped(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\\') {
      out += "\\\\";
    } else {
      out += c;
    }
  }
  return out;
}

// e, v, s: exec, eval, single.  b: exec of bytes.  i: single, as the REPL asks whether more input is needed.
// t: exec with type comments.  f: a function type.  3 to 9: exec, as an older version of Python.
CompileOptions optionsFor(char letter) {
  CompileOptions options;
  options.hooks = unicodeTableHooks();
  switch (letter) {
    case 'v': options.mode = CompileMode::Eval; break;
    case 's':
    case 'i': options.mode = CompileMode::Single; break;
    case 'f': options.mode = CompileMode::FunctionType; break;
    default: break;
  }
  if (letter != 'b') options.flags = kFlagSourceIsUtf8 | kFlagIgnoreCookie;
  if (letter == 'i') options.flags |= kFlagDontImplyDedent | kFlagAllowIncompleteInput;
  if (letter == 't') options.flags |= kFlagTypeComments;
  if (letter >= '3' && letter <= '9') options.feature_version = letter - '0';
  return options;
}

void printError(const Diagnostic& error) {
  std::printf("%s|%s", kindName(error.kind), escaped(error.message).c_str());
  if (error.has_location) {
    std::printf("|%d|%d|%d|%d|%s", error.lineno, error.offset, error.end_lineno, error.end_offset,
                error.has_text ? escaped(error.text).c_str() : "<none>");
  }
  std::putchar('\n');
}

int dumpTrees(int count, char** paths) {
  int failures = 0;
  std::string source, text;
  for (int i = 0; i < count; ++i) {
    if (!readFile(paths[i], source)) {
      std::printf("OSError|cannot read %s\n", paths[i]);
      ++failures;
      continue;
    }
    CompileOptions options;
    options.hooks = unicodeTableHooks();
    options.filename = paths[i];
    Arena arena;
    ParseResult result = parse(source, options, arena);
    if (!result.tree) {
      printError(result.error);
      ++failures;
      continue;
    }
    text.clear();
    ast::dump(result.tree, text);
    std::puts(text.c_str());
  }
  return failures != 0;
}

enum class Stage { Parsing, Compiling };

int readSources(Stage stage) {
  std::string input, text = "ok";
  readFile("-", input);
  size_t start = 0;
  while (start < input.size()) {
    size_t end = std::min(input.find('\0', start), input.size());
    std::string_view source(input.data() + start + 1, end - start - 1);
    CompileOptions options = optionsFor(input[start]);
    CompileResult result;
    if (stage == Stage::Compiling) {
      result = compileToMarshal(source, options);
      for (const Warning& warning : result.warnings)
        std::printf("Warning|%s|%d\n", escaped(warning.message()).c_str(), warning.lineno());
    } else {
      Arena arena;
      ParseResult parsed = parse(source, options, arena);
      result.error = parsed.error;
      text.clear();
      if (parsed.tree) ast::dump(parsed.tree, text);
    }
    if (result.ok()) {
      std::puts(text.c_str());
    } else {
      printError(result.error);
    }
    start = end + 1;
  }
  return 0;
}

int writeMarshal(const char* out_path, std::string_view how, int count, char** paths) {
  FILE* out = std::fopen(out_path, "wb");
  if (!out) return 1;
  std::string source;
  for (int i = 0; i < count; ++i) {
    CompileOptions options = optionsFor(how.size() > 1 ? how[1] : 'e');
    options.flags = 0;
    options.filename = paths[i];
    options.optimize = how[0] - '0';
    if (how.find('a') != how.npos) options.flags |= kFlagAllowTopLevelAwait;
    CompileResult result;
    if (readFile(paths[i], source))
      result = compileToMarshal(source, options);
    else
      result.error.kind = Diagnostic::Kind::SystemError;
    std::string error = std::string(kindName(result.error.kind)) + ": " + result.error.message;
    const std::string& data = result.ok() ? result.code : error;
    std::fprintf(out, "%c %d %zu\n", result.ok() ? 'D' : 'X', i, data.size());
    std::fwrite(data.data(), 1, data.size(), out);
    std::fputc('\n', out);
  }
  return std::fclose(out) != 0;
}

void printScope(const SymbolTable& table, int indent) {
  std::printf("%*s%u %s %d %d", indent, "", table.type, table.name.c_str(), table.lineno, table.nested);
  for (const auto& [name, flags] : table.symbols) std::printf(" %s=%u", name.c_str(), flags);
  std::printf(" |");
  for (const std::string& name : table.varnames) std::printf(" %s", name.c_str());
  std::putchar('\n');
  for (const SymbolTable& child : table.children) printScope(child, indent + 1);
}

int listSymbols(int count, char** paths) {
  std::string source;
  for (int i = 0; i < count; ++i) {
    CompileOptions options;
    options.hooks = unicodeTableHooks();
    options.filename = paths[i];
    readFile(paths[i], source);
    SymbolTableResult result = symbolTable(source, options);
    if (result.error.failed())
      printError(result.error);
    else
      printScope(result.top, 0);
  }
  return 0;
}

int timeRounds(Stage stage, int rounds, int count, char** paths) {
  std::vector<std::string> sources(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) readFile(paths[i], sources[static_cast<size_t>(i)]);
  double best = 1e9;
  for (int round = 0; round < rounds; ++round) {
    auto start = std::chrono::steady_clock::now();
    for (const std::string& source : sources) {
      CompileOptions options;
      options.hooks = unicodeTableHooks();
      if (stage == Stage::Compiling) {
        compileToMarshal(source, options);
      } else {
        Arena arena;
        parse(source, options, arena);
      }
    }
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::printf("%.4f\n", best);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc >= 3 && std::strcmp(argv[1], "--ast") == 0) return dumpTrees(argc - 2, argv + 2);
  if (argc == 2 && std::strcmp(argv[1], "--sources") == 0) return readSources(Stage::Parsing);
  if (argc == 2 && std::strcmp(argv[1], "--compile-errors") == 0) return readSources(Stage::Compiling);
  if (argc >= 4 && std::strcmp(argv[1], "--time") == 0) return timeRounds(Stage::Parsing, std::atoi(argv[2]), argc - 3, argv + 3);
  if (argc >= 4 && std::strcmp(argv[1], "--compile-time") == 0)
    return timeRounds(Stage::Compiling, std::atoi(argv[2]), argc - 3, argv + 3);
  if (argc >= 5 && std::strcmp(argv[1], "--marshal") == 0)
    return writeMarshal(argv[2], argv[3], argc - 4, argv + 4);
  if (argc >= 3 && std::strcmp(argv[1], "--symbols") == 0) return listSymbols(argc - 2, argv + 2);
  std::fputs("usage: krait_compile MODE ...: the first lines of frontend/tool/main.cpp list the modes\n", stderr);
  return 2;
}
