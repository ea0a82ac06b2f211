// The frontend's border: source or a tree in, code object, tree or exception out.
#include "interp/compile.h"

#include "frontend/ast/validate.h"
#include "interp/ast/classes.h"
#include "interp/ast/convert.h"
#include "interp/frontend_bridge.h"
#include "runtime/code/marshal.h"
#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/str_utf8.h"

namespace krait {

namespace {

using frontend::CompileOptions;

static_assert(kCompileDontImplyDedent == frontend::kFlagDontImplyDedent && kCompileIgnoreCookie == frontend::kFlagIgnoreCookie &&
              kCompileIncompleteInput == frontend::kFlagAllowIncompleteInput && kCompileFutures == frontend::kFutureMask);

Ref<> codeFrom(Thread& t, const frontend::CompileResult& result, std::string_view filename) {
  if (!reportDiagnostics(t, result.warnings, result.error, filename)) return kRaised;
  return marshalLoadOwn(t, result.code);
}

Ref<> compileToTree(Thread& t, std::string_view source, const CompileOptions& options) {
  frontend::Arena arena;
  frontend::ParseResult result = frontend::parse(source, options, arena);
  if (!reportDiagnostics(t, result.warnings, result.error, options.filename)) return kRaised;
  return astToObjects(t, result.tree);
}

Ref<> compileObjects(Thread& t, Value tree, const CompileOptions& options) {
  if (options.flags & frontend::kFlagOnlyAst) return share(tree);
  frontend::Arena arena;
  frontend::ast::ModNode* module = astFromObjects(t, tree, options.mode, arena);
  if (!module) return kRaised;
  frontend::Diagnostic error = frontend::validateTree(module, arena, options);
  if (!reportDiagnostics(t, {}, error, options.filename)) return kRaised;
  return codeFrom(t, frontend::compileTree(module, arena, options), options.filename);
}

bool auditCompile(Thread& t, std::string_view source, const CompileOptions& options) {
  if (!audit_hooks_present) return true;
  Ref<> shown = options.from_file ? share(kNone) : Ref<>(newBytes(t, source));
  Ref<Str> name = newStrUtf8(t, options.filename);
  return shown && name && audit(t, "compile", shown, name);
}

Ref<> compileBytes(Thread& t, std::string_view source, const CompileOptions& options) {
  if (!auditCompile(t, source, options)) return kRaised;
  if (options.flags & frontend::kFlagOnlyAst) return compileToTree(t, source, options);
  return codeFrom(t, frontend::compileToMarshal(source, options), options.filename);
}

}  // namespace

Ref<> compileScript(Thread& t, std::string_view source, std::string_view filename, unsigned flags, bool from_file, const char* mode) {
  CompileOptions options = frontendOptions(t, filename, mode, flags);
  options.from_file = from_file;
  return compileBytes(t, source, options);
}

bool isSyntaxTree(Value v) { return isAstNode(v); }

Ref<> compileSource(Thread& t, Value source, Value filename, const CompileRequest& request) {
  std::string name = utf8WithSurrogates(asStr(filename));
  CompileOptions options = frontendOptions(t, name, request.mode, unsigned(request.flags));
  if (request.optimize >= 0) options.optimize = request.optimize;
  if (request.feature_version >= 0 && (options.flags & frontend::kFlagOnlyAst)) options.feature_version = request.feature_version;
  if (isAstNode(source)) return compileObjects(t, source, options);
  if (isStr(source)) {
    Utf8 text;
    if (!text.set(t, asStr(source))) return kRaised;
    options.flags |= frontend::kFlagSourceIsUtf8 | frontend::kFlagIgnoreCookie;
    return compileBytes(t, text.view(), options);
  }
  // A copy: the hooks run Python code, which may change a bytearray.
  Ref<Bytes> bytes = isBytes(source) ? share(asBytes(source)) : bytesFrom(t, source);
  return bytes ? compileBytes(t, bytes->view(), options) : Ref<>();
}

}  // namespace krait
