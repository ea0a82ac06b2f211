// The frontend's public face: source text in, a syntax tree or a CPython 3.11 code object (as marshal data) out.
//
// The frontend includes nothing of the runtime. What it needs to know of Unicode and codecs comes through hooks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "frontend/diagnostic.h"

namespace krait::frontend {

class Arena;
namespace ast {
struct ModNode;
}

enum class CompileMode : uint8_t { Exec, Eval, Single, FunctionType };

// Bits of `CompileOptions::flags`: the numbers are those that Python programs pass to compile().
enum CompileFlag : uint32_t {
  kFlagNested = 0x10,
  kFlagSourceIsUtf8 = 0x100,  // the source was a str: no cookie, no decoding
  kFlagDontImplyDedent = 0x200,
  kFlagOnlyAst = 0x400,
  kFlagIgnoreCookie = 0x800,
  kFlagTypeComments = 0x1000,
  kFlagAllowTopLevelAwait = 0x2000,
  kFlagAllowIncompleteInput = 0x4000,
  kFutureDivision = 0x20000,
  kFutureAbsoluteImport = 0x40000,
  kFutureWithStatement = 0x80000,
  kFuturePrintFunction = 0x100000,
  kFutureUnicodeLiterals = 0x200000,
  kFutureBarryAsBdfl = 0x400000,
  kFutureGeneratorStop = 0x800000,
  kFutureAnnotations = 0x1000000,
  kFutureMask = 0x1fe0000,
};

// Facts about Unicode and codecs that the runtime owns. Each may be null; then the parser takes every character beyond
// ASCII for a letter that is its own normal form, knows no character names, and decodes UTF-8, Latin-1 and ASCII alone.
struct CompileHooks {
  void* context = nullptr;
  bool (*isIdentifierStart)(void* context, char32_t c) = nullptr;     // XID_Start
  bool (*isIdentifierContinue)(void* context, char32_t c) = nullptr;  // XID_Continue
  bool (*isPrintable)(void* context, char32_t c) = nullptr;
  // Replaces `text` (UTF-8) with its NFKC form.
  void (*normalize)(void* context, std::string& text) = nullptr;
  // \N{name}: the character, or -1.
  int32_t (*unicodeNameLookup)(void* context, std::string_view name) = nullptr;
  // Decodes a source whose cookie names an encoding other than UTF-8, Latin-1 and ASCII. Failed: `out` is the text of
  // the LookupError or UnicodeError. Raised: another exception is pending.
  enum class Decoded : uint8_t { Ok, Failed, Raised };
  Decoded (*decode)(void* context, std::string_view encoding, std::string_view bytes, std::string& out) = nullptr;
};

struct CompileOptions {
  CompileMode mode = CompileMode::Exec;
  uint32_t flags = 0;            // CompileFlag
  int32_t optimize = 0;          // 0, 1 (-O), 2 (-OO)
  int32_t feature_version = 11;  // ast.parse(feature_version=(3, n))
  int32_t int_max_str_digits = 4300;
  // Nesting is bounded by the interpreter's recursion limit: how many levels it has, and how many are in use.
  int32_t recursion_limit = 1000;
  int32_t recursion_depth = 0;
  std::string_view filename = "<string>";
  bool from_file = false;  // a script read from a file: bytes that are not UTF-8 are refused wherever they stand
  CompileHooks hooks;
};

// How deep a tree may be nested: three levels for each level of the interpreter's recursion.
inline int32_t nestingLevels(int32_t recursion) { return recursion < INT32_MAX / 3 ? recursion * 3 : recursion; }

struct ParseResult {
  ast::ModNode* tree = nullptr;  // in the arena; null on failure
  Diagnostic error;
  Warnings warnings;
};

struct CompileResult {
  std::string code;  // marshal data of one code object; empty on failure
  Diagnostic error;
  Warnings warnings;
  bool ok() const { return !error.failed(); }
};

ParseResult parse(std::string_view source, const CompileOptions& options, Arena& arena);

CompileResult compileToMarshal(std::string_view source, const CompileOptions& options);

// Compiles a tree that is already there: one that parse() made, or that a program built and validateTree passed.
// Folding changes the tree in place.
CompileResult compileTree(ast::ModNode* tree, Arena& arena, const CompileOptions& options);

// What the `_symtable` module shows of a scope; numbers are CPython's.
struct SymbolTable {
  uint32_t type;  // 0 function, 1 class, 2 module
  std::string name;
  int32_t lineno;
  bool nested;
  std::vector<std::pair<std::string, uint32_t>> symbols;  // flags, with the scope above bit 11
  std::vector<std::string> varnames;
  std::vector<SymbolTable> children;
};

struct SymbolTableResult {
  SymbolTable top;
  Diagnostic error;
  Warnings warnings;
};

SymbolTableResult symbolTable(std::string_view source, const CompileOptions& options);

}  // namespace krait::frontend
