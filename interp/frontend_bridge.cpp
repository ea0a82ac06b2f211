// Warnings, errors and hooks between the frontend and the runtime.
#include "interp/frontend_bridge.h"

#include "runtime/core/error.h"
#include "runtime/core/runtime.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/unicode.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

using frontend::Diagnostic;

// SyntaxError(message) with the place in its attributes; negative numbers are None there.
Raised raisePlaced(Thread& t, Type& type, Value message, Value filename, Value text, const Diagnostic& d) {
  Ref<> exception = call(t, Value(&type), message);
  if (!exception) return kRaised;
  auto number = [](int32_t n) { return n >= 0 ? Value::fromInt(n) : kNone; };
  const std::pair<const char*, Value> attributes[] = {{"lineno", number(d.lineno)},         {"offset", number(d.offset)},
                                                      {"end_lineno", number(d.end_lineno)}, {"end_offset", number(d.end_offset)},
                                                      {"filename", filename},               {"text", text}};
  for (const auto& [name, v] : attributes) {
    if (!setAttr(t, exception, internStatic(name), v)) return kRaised;
  }
  return raiseInstance(t, std::move(exception));
}

// SyntaxError(message, (filename, lineno, offset, text, end_lineno, end_offset)). Offsets of -1 and 0 are CPython's too and
// stay numbers; an error without an end is made with the first four.
Raised raiseSyntax(Thread& t, Type& type, const Diagnostic& d) {
  Ref<Str> message = newStrUtf8(t, d.message);
  if (!message) return kRaised;
  if (!d.has_location) return raiseWith(t, type, message);
  Ref<Str> filename = newStrUtf8(t, d.filename);
  Ref<> text = d.has_text ? Ref<>(newStrUtf8(t, d.text)) : share(kNone);
  if (!filename || !text) return kRaised;
  if (d.place_is_attributes) return raisePlaced(t, type, message, filename, text, d);
  Value line = Value::fromInt(d.lineno), offset = Value::fromInt(d.offset);
  Value end_line = Value::fromInt(d.end_lineno), end = Value::fromInt(d.end_offset);
  Ref<Tuple> details = d.end_lineno < 0 ? packTuple(t, filename.value(), line, offset, text.value())
                                        : packTuple(t, filename.value(), line, offset, text.value(), end_line, end);
  if (!details) return kRaised;
  Ref<> exception = call(t, Value(&type), message, details);
  if (!exception) return kRaised;
  return raiseInstance(t, std::move(exception));
}

// What the decoder says of these bytes.
Raised raiseUndecodable(Thread& t, std::string_view text) {
  Ref<Bytes> bytes = newBytes(t, text);
  if (bytes) (void)callMethod(t, bytes, "decode");
  return kRaised;
}

Raised raiseDiagnostic(Thread& t, const Diagnostic& d) {
  switch (d.kind) {
    case Diagnostic::Kind::IndentationError: return raiseSyntax(t, exc::IndentationError, d);
    case Diagnostic::Kind::TabError: return raiseSyntax(t, exc::TabError, d);
    case Diagnostic::Kind::TypeError: return raise(t, exc::TypeError, "%s", d.message.c_str());
    case Diagnostic::Kind::ValueError: return raise(t, exc::ValueError, "%s", d.message.c_str());
    case Diagnostic::Kind::OverflowError: return raise(t, exc::OverflowError, "%s", d.message.c_str());
    case Diagnostic::Kind::MemoryError: return raise(t, exc::MemoryError, "%s", d.message.c_str());
    case Diagnostic::Kind::RecursionError: return raise(t, exc::RecursionError, "%s", d.message.c_str());
    case Diagnostic::Kind::SystemError: return raise(t, exc::SystemError, "%s", d.message.c_str());
    case Diagnostic::Kind::UnicodeDecodeError: return raiseUndecodable(t, d.text);
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
    Ref<Str> message = newStrUtf8(t, w.message()), file = newStrUtf8(t, filename);
    if (!message || !file) return false;
    Value args[] = {message, Value(&category), file, Value::fromInt(w.lineno())};
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


frontend::CompileOptions frontendOptions(Thread& t, std::string_view filename, std::string_view mode, unsigned flags) {
  using frontend::CompileMode;
  frontend::CompileOptions options;
  options.mode = mode == "eval"        ? CompileMode::Eval
                 : mode == "single"    ? CompileMode::Single
                 : mode == "func_type" ? CompileMode::FunctionType
                                       : CompileMode::Exec;
  options.flags = flags;
  options.optimize = interpreterOf(t).config.optimize;
  options.filename = filename;
  options.int_max_str_digits = int32_t(interpreterOf(t).int_max_str_digits);
  options.recursion_limit = int32_t(t.recursion_limit);
  options.recursion_depth = int32_t(t.recursion_depth);
  options.hooks = hooksOf(t);
  return options;
}

bool reportDiagnostics(Thread& t, const frontend::Warnings& warnings, const Diagnostic& error, std::string_view filename) {
  // A hook's own exception is already pending, and no warning may run on top of it.
  bool pending = error.kind == Diagnostic::Kind::Pending;
  if (!pending && !issueWarnings(t, warnings, filename)) return false;
  return !error.failed() || raiseDiagnostic(t, error);
}

std::string utf8WithSurrogates(const Str* s) {
  if (s->ascii) return std::string(asciiView(s));
  std::string text(utf8Size(s), '\0');
  char* p = text.data();
  for (int64_t i = 0; i < s->length; ++i) p = putUtf8(p, s->at(i));
  return text;
}

}  // namespace krait
