// The frontend's border: source in, code object or exception out.
#include "interp/compile.h"

#include <string>

#include "frontend/compile.h"
#include "runtime/code/marshal.h"
#include "runtime/core/error.h"
#include "runtime/core/runtime.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/unicode.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

using frontend::CompileResult;
using frontend::Diagnostic;

// SyntaxError(message, (filename, lineno, offset, text, end_lineno, end_offset)). Offsets of -1 and 0 are CPython's too and
// stay numbers; an error without an end is made with the first four.
Raised raiseSyntax(Thread& t, Type& type, const Diagnostic& d) {
  Ref<Str> message = newStrUtf8(t, d.message);
  if (!message) return kRaised;
  if (!d.has_location) return raiseWith(t, type, message);
  Ref<Str> filename = newStrUtf8(t, d.filename);
  Ref<> text = d.has_text ? Ref<>(newStrUtf8(t, d.text)) : share(kNone);
  if (!filename || !text) return kRaised;
  Value line = Value::fromInt(d.lineno), offset = Value::fromInt(d.offset);
  Value end_line = Value::fromInt(d.end_lineno), end = Value::fromInt(d.end_offset);
  Ref<Tuple> details = d.end_lineno < 0 ? packTuple(t, filename.value(), line, offset, text.value())
                                        : packTuple(t, filename.value(), line, offset, text.value(), end_line, end);
  if (!details) return kRaised;
  Ref<> exception = call(t, Value(&type), message, details);
  if (!exception) return kRaised;
  return raiseInstance(t, std::move(exception));
}

Raised raiseDiagnostic(Thread& t, const Diagnostic& d) {
  switch (d.kind) {
    case Diagnostic::Kind::IndentationError: return raiseSyntax(t, exc::IndentationError, d);
    case Diagnostic::Kind::TabError: return raiseSyntax(t, exc::TabError, d);
    case Diagnostic::Kind::ValueError: return raise(t, exc::ValueError, "%s", d.message.c_str());
    case Diagnostic::Kind::OverflowError: return raise(t, exc::OverflowError, "%s", d.message.c_str());
    case Diagnostic::Kind::MemoryError: return raise(t, exc::MemoryError, "%s", d.message.c_str());
    case Diagnostic::Kind::RecursionError: return raise(t, exc::RecursionError, "%s", d.message.c_str());
    case Diagnostic::Kind::SystemError: return raise(t, exc::SystemError, "%s", d.message.c_str());
    case Diagnostic::Kind::Pending: return kRaised;
    default: return raiseSyntax(t, exc::SyntaxError, d);
  }
}

// Warnings of the compiler go through warnings.warn_explicit; one that became an exception is reported as SyntaxError.
bool issueWarnings(Thread& t, const frontend::Warnings& warnings, std::string_view filename) {
  if (warnings.empty()) return true;
  Ref<> module = importModule(t, "_warnings");
  if (!module) {
    clearException(t);
    return true;
  }
  for (const frontend::Warning& w : warnings) {
    Type& category = w.category == frontend::Warning::Category::SyntaxWarning ? exc::SyntaxWarning : exc::DeprecationWarning;
    Ref<Str> message = newStrUtf8(t, w.error.message), file = newStrUtf8(t, filename);
    if (!message || !file) return false;
    Value args[] = {message, Value(&category), file, Value::fromInt(w.error.lineno)};
    Ref<> result = callMethod(t, module, "warn_explicit", Args{args, 4, nullptr});
    if (result) continue;
    if (!raisedIs(t, category)) return false;
    clearException(t);
    return raiseSyntax(t, exc::SyntaxError, w.error);
  }
  return true;
}

// --- what the frontend asks of the runtime ---

bool identifierStart(void*, char32_t c) { return unicode::has(c, unicode::kXidStart) || c == '_'; }
bool identifierContinue(void*, char32_t c) { return unicode::has(c, unicode::kXidContinue); }
bool printable(void*, char32_t c) { return unicode::isPrintable(c); }

// The functions of unicodedata, when there is such a module; nothing is pending afterwards.
Ref<> askUnicodeData(Thread& t, const char* function, Args args) {
  Ref<> module = importModule(t, "unicodedata");
  Ref<> f = module ? getAttr(t, module, function) : Ref<>();
  Ref<> result = f ? call(t, f, args) : Ref<>();
  if (!result) clearException(t);
  return result;
}
void normalize(void* context, std::string& text) {
  Thread& t = *static_cast<Thread*>(context);
  Ref<Str> s = newStrUtf8(t, text);
  Value args[] = {Value(internStatic("NFKC")), s};
  Ref<> result = s ? askUnicodeData(t, "normalize", Args{args, 2, nullptr}) : Ref<>();
  if (result && isStr(result)) text = std::string(Utf8(asStr(result)).view());
}
int32_t nameLookup(void* context, std::string_view name) {
  Thread& t = *static_cast<Thread*>(context);
  Ref<Str> s = newStrUtf8(t, name);
  Value args[] = {s};
  Ref<> result = s ? askUnicodeData(t, "lookup", Args{args, 1, nullptr}) : Ref<>();
  return result && isStr(result) && asStr(result)->length == 1 ? int32_t(asStr(result)->at(0)) : -1;
}
frontend::CompileHooks::Decoded decode(void* context, std::string_view encoding, std::string_view bytes, std::string& utf8) {
  using Decoded = frontend::CompileHooks::Decoded;
  Thread& t = *static_cast<Thread*>(context);
  Ref<Bytes> data = newBytes(t, bytes);
  Ref<Str> name = newStrUtf8(t, encoding);
  if (!data || !name) return Decoded::Raised;
  Ref<> text = callMethod(t, data, "decode", name);
  if (!text) {
    if (!raisedIs(t, exc::LookupError) && !raisedIs(t, exc::UnicodeError)) return Decoded::Raised;
    Ref<> exception = takeException(t);
    Ref<Str> message = str(t, exception);
    if (!message) return Decoded::Raised;
    utf8 = std::string(Utf8(message.get()).view());
    return Decoded::Failed;
  }
  Utf8 view;
  if (!isStr(text) || !view.set(t, asStr(text))) return Decoded::Raised;
  utf8 = std::string(view.view());
  return Decoded::Ok;
}

frontend::CompileHooks hooksOf(Thread& t) {
  frontend::CompileHooks h;
  h.context = &t;
  h.isIdentifierStart = identifierStart;
  h.isIdentifierContinue = identifierContinue;
  h.isPrintable = printable;
  h.normalize = normalize;
  h.unicodeNameLookup = nameLookup;
  h.decode = decode;
  return h;
}

}  // namespace

Ref<> compileText(Thread& t, std::string_view source, std::string_view filename, const char* mode, unsigned flags, int optimize,
                  bool from_file) {
  frontend::CompileOptions options;
  std::string_view m = mode;
  options.mode = m == "eval" ? frontend::CompileMode::Eval : m == "single" ? frontend::CompileMode::Single : frontend::CompileMode::Exec;
  options.flags = flags;
  options.optimize = optimize < 0 ? interpreterOf(t).config.optimize : optimize;
  options.filename = filename;
  options.from_file = from_file;
  options.hooks = hooksOf(t);
  CompileResult result = frontend::compileToMarshal(source, options);
  // A hook's own exception is already pending, and no warning may run on top of it.
  bool pending = result.error.kind == Diagnostic::Kind::Pending;
  if (!pending && !issueWarnings(t, result.warnings, filename)) return kRaised;
  if (!result.ok()) return raiseDiagnostic(t, result.error);
  return marshalLoad(t, result.code);
}

Ref<> compileSource(Thread& t, Value source, Value filename, const char* mode, int flags, int optimize) {
  Utf8 name, text;
  if (!isStr(filename) || !name.set(t, asStr(filename))) return kRaised;
  if (isStr(source)) {
    if (!text.set(t, asStr(source))) return kRaised;
    return compileText(t, text.view(), name.view(), mode,
                       unsigned(flags) | frontend::kFlagSourceIsUtf8 | frontend::kFlagIgnoreCookie, optimize);
  }
  Ref<Bytes> bytes = isBytes(source) ? share(asBytes(source)) : bytesFrom(t, source);
  if (!bytes) return kRaised;
  return compileText(t, bytes->view(), name.view(), mode, unsigned(flags), optimize);
}

}  // namespace krait
