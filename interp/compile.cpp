// The frontend's border: source or a tree in, code object, tree or exception out.
#include "interp/compile.h"

#include <string>
#include <unordered_map>

#include "frontend/ast/validate.h"
#include "interp/ast/classes.h"
#include "interp/ast/convert.h"
#include "interp/frontend_bridge.h"
#include "runtime/code/code.h"
#include "runtime/code/marshal.h"
#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/list.h"
#include "runtime/objects/set.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"

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

// A code object holds the very constants of a tree that a program made; what came by way of marshal data is equal to them.
// They are found by that data, which is the same for the same type and value.
class OwnConstants {
 public:
  OwnConstants(Thread& t, List* constants) : t_(t) {
    for (int64_t i = 0; i < constants->size; ++i) {
      Ref<> v = listGet(constants, i);
      std::string data;
      bool made_anew = isExact(v, &types::FrozenSet) && asSet(v)->used > 0;  // CPython does that to these, to merge what is inside
      if (!made_anew && describe(v, &data)) known_.emplace(std::move(data), v.value());
    }
  }
  void restore(Code* code) {
    for (int64_t i = 0; i < code->consts->size && !known_.empty(); ++i) {
      Value& v = code->consts->items[i];
      std::string data;
      if (isExact(v, &types::Code)) {
        restore(asCode(v));
      } else if (v.isObject() && describe(v, &data)) {
        auto found = known_.find(data);
        if (found != known_.end()) assign(v, share(found->second));
      }
    }
  }

 private:
  bool describe(Value v, std::string* data) {
    constexpr int kWithoutReferences = 2;
    if (marshalDump(t_, v, kWithoutReferences, data)) return true;
    clearException(t_);
    return false;
  }

  Thread& t_;
  std::unordered_map<std::string, Value> known_;  // supported by the list
};

Ref<> compileObjects(Thread& t, Value tree, const CompileOptions& options) {
  if (options.flags & frontend::kFlagOnlyAst) return share(tree);
  frontend::Arena arena;
  Ref<List> constants = newList(t);
  frontend::ast::ModNode* module = constants ? astFromObjects(t, tree, options.mode, arena, constants.get()) : nullptr;
  if (!module) return kRaised;
  frontend::Diagnostic error = frontend::validateTree(module, arena, options);
  if (!reportDiagnostics(t, {}, error, options.filename)) return kRaised;
  Ref<> code = codeFrom(t, frontend::compileTree(module, arena, options), options.filename);
  if (code && constants->size) OwnConstants(t, constants.get()).restore(asCode(code));
  return code;
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
