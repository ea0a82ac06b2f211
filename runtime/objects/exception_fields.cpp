// The builtin exceptions with fields: StopIteration, SystemExit, ImportError, AttributeError, NameError, OSError, SyntaxError,
// the Unicode errors - their constructors, texts and attributes.
#include <cerrno>

#include "runtime/core/names.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/exceptions.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

template <class T>
T* as(Value v) {
  return static_cast<T*>(v.asObject());
}
Value orNone(Value v) { return v.empty() ? kNone : v; }
void put(Value& field, Value v) { assign(field, share(v)); }
// str(v) appended to text.
Ref<> append(Thread& t, Ref<> text, Value v, bool as_repr = false) {
  if (!text) return text;
  Ref<Str> part = as_repr ? repr(t, v) : str(t, v);
  return part ? strConcat(t, text, part) : Ref<>();
}
Ref<> appendText(Thread& t, Ref<> text, const char* more) {
  if (!text) return text;
  Ref<Str> part = newStrUtf8(t, more);
  return part ? strConcat(t, text, part) : Ref<>();
}
Ref<> text(Thread& t, const char* start) { return newStrUtf8(t, start).as<void>(); }

// Keyword-only fields of a constructor: wanted[i] goes to *fields[i].
bool keywordFields(Thread& t, Value self, Args args, const char* type_name, std::initializer_list<std::pair<Str*, Value*>> wanted) {
  for (const auto& each : wanted) assign(*each.second, Ref<>());
  if (args.keywords() > wanted.size()) {
    return raise(t, exc::TypeError, "%s() takes at most %zu keyword argument%s (%zu given)", type_name, wanted.size(),
                 wanted.size() == 1 ? "" : "s", args.keywords());
  }
  for (size_t k = 0; k < args.keywords(); ++k) {
    Str* name = asStr(args.names->items[k]);
    bool found = false;
    for (const auto& each : wanted) {
      if (each.first != name && !strEqual(each.first, name)) continue;
      put(*each.second, args.values[args.positional + k]);
      found = true;
    }
    if (found) continue;
    Utf8 shown;
    shown.setLossy(name);
    return raise(t, exc::TypeError, "'%s' is an invalid keyword argument for %s()", shown.c_str(), type_name);
  }
  return true;
}

// --- StopIteration, SystemExit ---

bool stopInit(Thread& t, Value self, Args args) {
  if (!exceptionInit(t, self, args)) return false;
  put(as<StopIterationError>(self)->value, args.positional ? args[0] : kNone);
  return true;
}
const MemberDef kStopMembers[] = {
    {"value", MemberType::kValueOrNone, false, offsetof(StopIterationError, value), "generator return value"}, {}};

bool exitInit(Thread& t, Value self, Args args) {
  if (!exceptionInit(t, self, args)) return false;
  if (args.positional) put(as<SystemExitError>(self)->code, args.positional == 1 ? args[0] : asException(self)->args);
  return true;
}
const MemberDef kExitMembers[] = {{"code", MemberType::kValueOrNone, false, offsetof(SystemExitError, code), "exception code"}, {}};

// --- ImportError ---

bool importInit(Thread& t, Value self, Args args) {
  ImportErrorObject* e = as<ImportErrorObject>(self);
  if (!exceptionSetArgs(t, self, args)) return false;
  if (!keywordFields(t, self, args, "ImportError", {{names::name, &e->name}, {names::path, &e->path}})) return false;
  assign(e->msg, args.positional == 1 ? share(args[0]) : Ref<>());
  return true;
}
Ref<> importStr(Thread& t, Value self) {
  Value msg = as<ImportErrorObject>(self)->msg;
  if (!msg.empty() && isExactStr(msg)) return share(msg);
  return exceptionStr(t, self);
}
Ref<> importReduce(Thread& t, Value self) {
  ImportErrorObject* e = as<ImportErrorObject>(self);
  Ref<> state = getAttrOrEmpty(t, self, names::dunder_dict);
  if (!state && t.raised()) return kRaised;
  bool any = state && isDict(state) && asDict(state)->size > 0;
  if (!e->name.empty() || !e->path.empty()) {
    Ref<Dict> copy = any ? dictCopy(t, asDict(state)) : newDict(t);
    if (!copy) return kRaised;
    if (!e->name.empty() && !dictSetStr(t, copy.get(), names::name, e->name)) return kRaised;
    if (!e->path.empty() && !dictSetStr(t, copy.get(), names::path, e->path)) return kRaised;
    return packTuple(t, Value(typeOf(self)), e->args, Value(copy));
  }
  if (any) return packTuple(t, Value(typeOf(self)), e->args, state.value());
  return packTuple(t, Value(typeOf(self)), e->args);
}
const MethodDef kImportMethods[] = {method("__reduce__", importReduce, nullptr), {}};
const MemberDef kImportMembers[] = {
    {"msg", MemberType::kValueOrNone, false, offsetof(ImportErrorObject, msg), "exception message"},
    {"name", MemberType::kValueOrNone, false, offsetof(ImportErrorObject, name), "module name"},
    {"path", MemberType::kValueOrNone, false, offsetof(ImportErrorObject, path), "module path"},
    {}};

// --- AttributeError, NameError, KeyError ---

bool attributeInit(Thread& t, Value self, Args args) {
  AttributeErrorObject* e = as<AttributeErrorObject>(self);
  return exceptionSetArgs(t, self, args) &&
         keywordFields(t, self, args, "AttributeError", {{names::name, &e->name}, {names::obj, &e->obj}});
}
const MemberDef kAttributeMembers[] = {
    {"name", MemberType::kValueOrNone, false, offsetof(AttributeErrorObject, name), "attribute name"},
    {"obj", MemberType::kValueOrNone, false, offsetof(AttributeErrorObject, obj), "object"},
    {}};

bool nameInit(Thread& t, Value self, Args args) {
  return exceptionSetArgs(t, self, args) &&
         keywordFields(t, self, args, "NameError", {{names::name, &as<NameErrorObject>(self)->name}});
}
const MemberDef kNameMembers[] = {{"name", MemberType::kValueOrNone, false, offsetof(NameErrorObject, name), "name"}, {}};

Ref<> keyStr(Thread& t, Value self) {
  Tuple* args = asTuple(asException(self)->args);
  return args->size == 1 ? repr(t, args->items[0]).as<void>() : exceptionStr(t, self);
}

// --- OSError ---

struct ErrnoRow {
  int number;
  Type* type;
};
const ErrnoRow kErrnoTypes[] = {
    {EAGAIN, &exc::BlockingIOError},          {EALREADY, &exc::BlockingIOError},        {EINPROGRESS, &exc::BlockingIOError},
    {EPIPE, &exc::BrokenPipeError},           {ESHUTDOWN, &exc::BrokenPipeError},       {ECHILD, &exc::ChildProcessError},
    {ECONNABORTED, &exc::ConnectionAbortedError}, {ECONNREFUSED, &exc::ConnectionRefusedError}, {ECONNRESET, &exc::ConnectionResetError},
    {EEXIST, &exc::FileExistsError},          {ENOENT, &exc::FileNotFoundError},        {EISDIR, &exc::IsADirectoryError},
    {ENOTDIR, &exc::NotADirectoryError},      {EINTR, &exc::InterruptedError},          {EACCES, &exc::PermissionError},
    {EPERM, &exc::PermissionError},           {ESRCH, &exc::ProcessLookupError},        {ETIMEDOUT, &exc::TimeoutError},
};

bool osInit(Thread& t, Value self, Args args);
Ref<> osNew(Thread& t, Type* type, Args args);

// A subclass with its own __init__ but without __new__ has its arguments read by __init__, when it gets that far.
bool readInInit(const Type* type) { return type->slots.init != osInit && type->slots.new_ == osNew; }

// errno, strerror, filename, winerror (ignored), filename2
bool osRead(Thread& t, Value self, Args args) {
  OSErrorObject* e = as<OSErrorObject>(self);
  size_t count = args.positional;
  e->written = -1;
  if (count < 2 || count > 5) return exceptionSetArgs(t, self, args);
  Value filename = count > 2 ? args[2] : Value();
  Value filename2 = count > 4 ? args[4] : Value();
  put(e->error_number, args[0]);
  put(e->strerror, args[1]);
  bool named = !filename.empty() && !filename.isNone();
  if (named && isSubtype(typeOf(self), &exc::BlockingIOError) && (isIntLike(filename) || typeOf(filename)->slots.index)) {
    e->written = toInt64(t, filename);
    if (e->written == -1 && t.raised()) return false;
    return exceptionSetArgs(t, self, args);
  }
  if (!named) return exceptionSetArgs(t, self, args);
  put(e->filename, filename);
  if (!filename2.empty() && !filename2.isNone()) put(e->filename2, filename2);
  return exceptionSetArgs(t, self, Args{args.values, 2});
}

Ref<> osNew(Thread& t, Type* type, Args args) {
  if (!readInInit(type)) {
    if (args.keywords() != 0) return raise(t, exc::TypeError, "%.200s() takes no keyword arguments", type->cname);
    if (type == &exc::OSError && args.positional >= 2 && args.positional <= 5 && args[0].isInt()) {
      for (const ErrnoRow& row : kErrnoTypes) {
        if (row.number == args[0].asInt()) type = row.type;
      }
    }
  }
  Ref<> self = newException(t, type, emptyTuple());
  if (!self) return kRaised;
  as<OSErrorObject>(self)->written = -1;
  if (!readInInit(type)) {
    if (!osRead(t, self, args)) return kRaised;
  } else if (!exceptionSetArgs(t, self, Args{})) {
    return kRaised;
  }
  return self;
}
bool osInit(Thread& t, Value self, Args args) {
  if (!readInInit(typeOf(self))) return true;
  if (args.keywords() != 0) return raise(t, exc::TypeError, "%.200s() takes no keyword arguments", typeName(self));
  return osRead(t, self, args);
}
Ref<> osStr(Thread& t, Value self) {
  OSErrorObject* e = as<OSErrorObject>(self);
  bool both = !e->error_number.empty() && !e->strerror.empty();
  if (e->filename.empty() && !both) return exceptionStr(t, self);
  Ref<> s = append(t, text(t, "[Errno "), orNone(e->error_number));
  s = append(t, appendText(t, std::move(s), "] "), orNone(e->strerror));
  if (e->filename.empty()) return s;
  s = append(t, appendText(t, std::move(s), ": "), e->filename, true);
  if (e->filename2.empty()) return s;
  return append(t, appendText(t, std::move(s), " -> "), e->filename2, true);
}
Ref<> osReduce(Thread& t, Value self) {
  OSErrorObject* e = as<OSErrorObject>(self);
  Tuple* args = asTuple(e->args);
  Ref<> full = share(e->args);
  if (args->size == 2 && !e->filename.empty()) {
    full = e->filename2.empty() ? packTuple(t, args->items[0], args->items[1], e->filename).as<void>()
                                : packTuple(t, args->items[0], args->items[1], e->filename, kNone, e->filename2).as<void>();
  }
  if (!full) return kRaised;
  Ref<> state = getAttrOrEmpty(t, self, names::dunder_dict);
  if (!state && t.raised()) return kRaised;
  if (state && isDict(state) && asDict(state)->size > 0) return packTuple(t, Value(typeOf(self)), full.value(), state.value());
  return packTuple(t, Value(typeOf(self)), full.value());
}
Ref<> getWritten(Thread& t, Value self) {
  int64_t written = as<OSErrorObject>(self)->written;
  if (written < 0) return raise(t, exc::AttributeError, "characters_written");
  return newInt(t, written);
}
bool setWritten(Thread& t, Value self, Value to) {
  OSErrorObject* e = as<OSErrorObject>(self);
  if (to.empty()) {
    if (e->written < 0) return raise(t, exc::AttributeError, "characters_written");
    e->written = -1;
    return true;
  }
  int64_t n = toInt64(t, to);
  if (n == -1 && t.raised()) return false;
  e->written = n;
  return true;
}
const MethodDef kOsMethods[] = {method("__reduce__", osReduce, nullptr), {}};
const GetSetDef kOsGetSets[] = {{"characters_written", getWritten, setWritten, nullptr}, {}};
const MemberDef kOsMembers[] = {
    {"errno", MemberType::kValueOrNone, false, offsetof(OSErrorObject, error_number), "POSIX exception code"},
    {"strerror", MemberType::kValueOrNone, false, offsetof(OSErrorObject, strerror), "exception strerror"},
    {"filename", MemberType::kValueOrNone, false, offsetof(OSErrorObject, filename), "exception filename"},
    {"filename2", MemberType::kValueOrNone, false, offsetof(OSErrorObject, filename2), "second exception filename"},
    {}};

// --- SyntaxError ---

bool syntaxInit(Thread& t, Value self, Args args) {
  if (!exceptionInit(t, self, args)) return false;
  SyntaxErrorObject* e = as<SyntaxErrorObject>(self);
  if (args.positional >= 1) put(e->msg, args[0]);
  if (args.positional != 2) return true;
  Ref<Tuple> info = sequenceToTuple(t, args[1]);
  if (!info) return false;
  if (info->size < 4) {
    return raise(t, exc::TypeError, "function takes at least 4 arguments (%zd given)", size_t(info->size));
  }
  if (info->size > 6) return raise(t, exc::TypeError, "function takes at most 6 arguments (%zd given)", size_t(info->size));
  Value* const fields[] = {&e->filename, &e->lineno, &e->offset, &e->text, &e->end_lineno, &e->end_offset};
  for (int64_t i = 0; i < 6; ++i) assign(*fields[i], i < info->size ? share(info->items[i]) : Ref<>());
  if (info->size == 5) return raise(t, exc::TypeError, "end_offset must be provided when end_lineno is provided");
  return true;
}
Ref<> syntaxStr(Thread& t, Value self) {
  SyntaxErrorObject* e = as<SyntaxErrorObject>(self);
  Ref<> file;
  if (!e->filename.empty() && isStr(e->filename)) {
    Str* name = asStr(e->filename);
    int64_t slash = -1;
    for (int64_t i = 0; i < name->length; ++i) {
      if (name->at(i) == '/') slash = i;
    }
    file = strSlice(t, name, slash + 1, name->length, 1).as<void>();
    if (!file) return kRaised;
  }
  bool line = !e->lineno.empty() && isIntLike(e->lineno) && !e->lineno.isBool();
  if (!file && !line) return str(t, orNone(e->msg)).as<void>();
  Ref<> s = appendText(t, append(t, text(t, ""), orNone(e->msg)), " (");
  if (file) {
    s = append(t, std::move(s), file);
    if (line) s = appendText(t, std::move(s), ", ");
  }
  if (line) s = append(t, appendText(t, std::move(s), "line "), e->lineno);
  return appendText(t, std::move(s), ")");
}
const MemberDef kSyntaxMembers[] = {
    {"msg", MemberType::kValueOrNone, false, offsetof(SyntaxErrorObject, msg), "exception msg"},
    {"filename", MemberType::kValueOrNone, false, offsetof(SyntaxErrorObject, filename), "exception filename"},
    {"lineno", MemberType::kValueOrNone, false, offsetof(SyntaxErrorObject, lineno), "exception lineno"},
    {"offset", MemberType::kValueOrNone, false, offsetof(SyntaxErrorObject, offset), "exception offset"},
    {"text", MemberType::kValueOrNone, false, offsetof(SyntaxErrorObject, text), "exception text"},
    {"end_lineno", MemberType::kValueOrNone, false, offsetof(SyntaxErrorObject, end_lineno), "exception end lineno"},
    {"end_offset", MemberType::kValueOrNone, false, offsetof(SyntaxErrorObject, end_offset), "exception end offset"},
    {"print_file_and_line", MemberType::kValueOrNone, false, offsetof(SyntaxErrorObject, print_file_and_line),
     "exception print_file_and_line"},
    {}};

// --- Unicode errors ---

bool wantStr(Thread& t, Args args, size_t i) {
  if (isStr(args[i])) return true;
  return raise(t, exc::TypeError, "argument %zu must be str, not %s", i + 1, args[i].isNone() ? "None" : typeName(args[i]));
}
bool wantCount(Thread& t, Args args, size_t n) {
  if (args.positional == n) return true;
  return raise(t, exc::TypeError, "function takes exactly %zu arguments (%zu given)", n, args.positional);
}
// The last three arguments of all of them: start, end, reason.
bool readRange(Thread& t, UnicodeErrorObject* e, Args args, size_t first) {
  e->start = toIndex(t, args[first]);
  if (e->start == -1 && t.raised()) return false;
  e->end = toIndex(t, args[first + 1]);
  if (e->end == -1 && t.raised()) return false;
  if (!wantStr(t, args, first + 2)) return false;
  put(e->reason, args[first + 2]);
  return true;
}
bool encodeInit(Thread& t, Value self, Args args) {
  UnicodeErrorObject* e = as<UnicodeErrorObject>(self);
  if (!exceptionInit(t, self, args) || !wantCount(t, args, 5) || !wantStr(t, args, 0) || !wantStr(t, args, 1)) return false;
  put(e->encoding, args[0]);
  put(e->object, args[1]);
  return readRange(t, e, args, 2);
}
bool decodeInit(Thread& t, Value self, Args args) {
  UnicodeErrorObject* e = as<UnicodeErrorObject>(self);
  if (!exceptionInit(t, self, args) || !wantCount(t, args, 5) || !wantStr(t, args, 0)) return false;
  Ref<> object = share(args[1]);
  if (!isBytes(args[1])) {
    if (!args[1].isObject() || isStr(args[1])) {
      return raise(t, exc::TypeError, "a bytes-like object is required, not '%s'", typeName(args[1]));
    }
    object = bytesFrom(t, args[1]).as<void>();
    if (!object) return false;
  }
  put(e->encoding, args[0]);
  put(e->object, object);
  return readRange(t, e, args, 2);
}
bool translateInit(Thread& t, Value self, Args args) {
  UnicodeErrorObject* e = as<UnicodeErrorObject>(self);
  if (!exceptionInit(t, self, args) || !wantCount(t, args, 4) || !wantStr(t, args, 0)) return false;
  put(e->object, args[0]);
  return readRange(t, e, args, 1);
}

Ref<Str> escaped(Thread& t, uint32_t c) {
  return strFormat(t, c <= 0xFF ? "\\x%02x" : c <= 0xFFFF ? "\\u%04x" : "\\U%08x", c);
}
// "'<codec>' codec can't <verb> character '\xe9' in position 3: reason"
Ref<> unicodeText(Thread& t, Value self, const char* verb) {
  UnicodeErrorObject* e = as<UnicodeErrorObject>(self);
  if (e->object.empty()) return text(t, "");
  bool bytes = isBytes(e->object);
  int64_t length = bytes ? asBytes(e->object)->size : asStr(e->object)->length;
  Ref<> s;
  if (e->encoding.empty()) {
    s = text(t, "can't ");
  } else {
    s = appendText(t, append(t, text(t, "'"), e->encoding), "' codec can't ");
  }
  s = appendText(t, std::move(s), verb);
  char part[96];
  if (e->start < length && e->start >= 0 && e->end == e->start + 1) {
    if (bytes) {
      snprintf(part, sizeof(part), " byte 0x%02x in position %ld: ", asBytes(e->object)->data[e->start], long(e->start));
    } else {
      Ref<Str> shown = escaped(t, asStr(e->object)->at(e->start));
      if (!shown) return kRaised;
      snprintf(part, sizeof(part), " character '%s' in position %ld: ", asciiView(shown.get()).data(), long(e->start));
    }
  } else {
    snprintf(part, sizeof(part), " %s in position %ld-%ld: ", bytes ? "bytes" : "characters", long(e->start), long(e->end - 1));
  }
  return append(t, appendText(t, std::move(s), part), orNone(e->reason));
}
Ref<> encodeStr(Thread& t, Value self) { return unicodeText(t, self, "encode"); }
Ref<> decodeStr(Thread& t, Value self) { return unicodeText(t, self, "decode"); }
Ref<> translateStr(Thread& t, Value self) { return unicodeText(t, self, "translate"); }
const MemberDef kUnicodeMembers[] = {
    {"encoding", MemberType::kValueOrNone, false, offsetof(UnicodeErrorObject, encoding), "exception encoding"},
    {"object", MemberType::kValueOrNone, false, offsetof(UnicodeErrorObject, object), "exception object"},
    {"start", MemberType::kInt64, false, offsetof(UnicodeErrorObject, start), "exception start"},
    {"end", MemberType::kInt64, false, offsetof(UnicodeErrorObject, end), "exception end"},
    {"reason", MemberType::kValueOrNone, false, offsetof(UnicodeErrorObject, reason), "exception reason"},
    {}};

Ref<> newUnicodeError(Thread& t, Type& type, const char* encoding, Value object, int64_t start, int64_t end, const char* reason) {
  Ref<Str> name = newStrUtf8(t, encoding), why = newStrUtf8(t, reason);
  if (!name || !why) return kRaised;
  Value args[] = {name, object, Value::fromInt(start), Value::fromInt(end), why};
  return call(t, &type, Args{args, 5});
}

// --- the table ---

struct FieldRow {
  Type* type;
  uint32_t size;
  uint16_t fields;
  const char* doc;
  const MethodDef* methods;
  const GetSetDef* getsets;
  const MemberDef* members;
  NewFunction new_;
  InitFunction init;
  UnaryFunction str;
};
const FieldRow kFieldRows[] = {
    {&exc::StopIteration, sizeof(StopIterationError), 1, "Signal the end from iterator.__next__().", nullptr, nullptr, kStopMembers,
     nullptr, stopInit, nullptr},
    {&exc::SystemExit, sizeof(SystemExitError), 1, "Request to exit from the interpreter.", nullptr, nullptr, kExitMembers, nullptr,
     exitInit, nullptr},
    {&exc::ImportError, sizeof(ImportErrorObject), 3, "Import can't find module, or can't find name in module.", kImportMethods,
     nullptr, kImportMembers, nullptr, importInit, importStr},
    {&exc::AttributeError, sizeof(AttributeErrorObject), 2, "Attribute not found.", nullptr, nullptr, kAttributeMembers, nullptr,
     attributeInit, nullptr},
    {&exc::NameError, sizeof(NameErrorObject), 1, "Name not found globally.", nullptr, nullptr, kNameMembers, nullptr, nameInit, nullptr},
    {&exc::KeyError, 0, 0, "Mapping key not found.", nullptr, nullptr, nullptr, nullptr, nullptr, keyStr},
    {&exc::OSError, sizeof(OSErrorObject), 4, "Base class for I/O related errors.", kOsMethods, kOsGetSets, kOsMembers, osNew, osInit,
     osStr},
    {&exc::SyntaxError, sizeof(SyntaxErrorObject), 8, "Invalid syntax.", nullptr, nullptr, kSyntaxMembers, nullptr, syntaxInit, syntaxStr},
    {&exc::UnicodeEncodeError, sizeof(UnicodeErrorObject), 3, "Unicode encoding error.", nullptr, nullptr, kUnicodeMembers, nullptr,
     encodeInit, encodeStr},
    {&exc::UnicodeDecodeError, sizeof(UnicodeErrorObject), 3, "Unicode decoding error.", nullptr, nullptr, kUnicodeMembers, nullptr,
     decodeInit, decodeStr},
    {&exc::UnicodeTranslateError, sizeof(UnicodeErrorObject), 3, "Unicode translation error.", nullptr, nullptr, kUnicodeMembers,
     nullptr, translateInit, translateStr},
};

struct DocRow {
  Type* type;
  const char* doc;
};
const DocRow kDocs[] = {
    {&exc::Exception, "Common base class for all non-exit exceptions."},
    {&exc::ArithmeticError, "Base class for arithmetic errors."},
    {&exc::FloatingPointError, "Floating point operation failed."},
    {&exc::OverflowError, "Result too large to be represented."},
    {&exc::ZeroDivisionError, "Second argument to a division or modulo operation was zero."},
    {&exc::AssertionError, "Assertion failed."},
    {&exc::BufferError, "Buffer error."},
    {&exc::EOFError, "Read beyond end of file."},
    {&exc::ModuleNotFoundError, "Module not found."},
    {&exc::LookupError, "Base class for lookup errors."},
    {&exc::IndexError, "Sequence index out of range."},
    {&exc::MemoryError, "Out of memory."},
    {&exc::UnboundLocalError, "Local name referenced but not bound to a value."},
    {&exc::BlockingIOError, "I/O operation would block."},
    {&exc::ChildProcessError, "Child process error."},
    {&exc::ConnectionError, "Connection error."},
    {&exc::BrokenPipeError, "Broken pipe."},
    {&exc::ConnectionAbortedError, "Connection aborted."},
    {&exc::ConnectionRefusedError, "Connection refused."},
    {&exc::ConnectionResetError, "Connection reset."},
    {&exc::FileExistsError, "File already exists."},
    {&exc::FileNotFoundError, "File not found."},
    {&exc::InterruptedError, "Interrupted by signal."},
    {&exc::IsADirectoryError, "Operation doesn't work on directories."},
    {&exc::NotADirectoryError, "Operation only works on directories."},
    {&exc::PermissionError, "Not enough permissions."},
    {&exc::ProcessLookupError, "Process not found."},
    {&exc::TimeoutError, "Timeout expired."},
    {&exc::ReferenceError, "Weak ref proxy used after referent went away."},
    {&exc::RuntimeError, "Unspecified run-time error."},
    {&exc::NotImplementedError, "Method or function hasn't been implemented yet."},
    {&exc::RecursionError, "Recursion limit exceeded."},
    {&exc::StopAsyncIteration, "Signal the end from iterator.__anext__()."},
    {&exc::IndentationError, "Improper indentation."},
    {&exc::TabError, "Improper mixture of spaces and tabs."},
    {&exc::SystemError, "Internal error in the Python interpreter.\n\nPlease report this to the Python maintainer, along with the "
                        "traceback,\nthe Python version, and the hardware/OS platform and version."},
    {&exc::TypeError, "Inappropriate argument type."},
    {&exc::ValueError, "Inappropriate argument value (of correct type)."},
    {&exc::UnicodeError, "Unicode related error."},
    {&exc::Warning, "Base class for warning categories."},
    {&exc::BytesWarning, "Base class for warnings about bytes and buffer related problems, mostly\nrelated to conversion from str or "
                         "comparing to str."},
    {&exc::DeprecationWarning, "Base class for warnings about deprecated features."},
    {&exc::EncodingWarning, "Base class for warnings about encodings."},
    {&exc::FutureWarning, "Base class for warnings about constructs that will change semantically\nin the future."},
    {&exc::ImportWarning, "Base class for warnings about probable mistakes in module imports"},
    {&exc::PendingDeprecationWarning, "Base class for warnings about features which will be deprecated\nin the future."},
    {&exc::ResourceWarning, "Base class for warnings about resource usage."},
    {&exc::RuntimeWarning, "Base class for warnings about dubious runtime behavior."},
    {&exc::SyntaxWarning, "Base class for warnings about dubious syntax."},
    {&exc::UnicodeWarning, "Base class for warnings about Unicode related problems, mostly\nrelated to conversion problems."},
    {&exc::UserWarning, "Base class for warnings generated by user code."},
    {&exc::GeneratorExit, "Request that a generator exit."},
    {&exc::KeyboardInterrupt, "Program interrupted by user."},
};

constexpr size_t kMostSpecs = 80;
TypeSpec specs[kMostSpecs];
size_t spec_count = 0;

TypeSpec makeSpec(Type* type) {
  if (type == &exc::BaseExceptionGroup) return baseExceptionGroupSpec();
  TypeSpec spec{.type = type, .basic_size = 0, .doc = nullptr};
  for (const DocRow& row : kDocs) {
    if (row.type == type) spec.doc = row.doc;
  }
  for (const FieldRow& row : kFieldRows) {
    if (row.type != type) continue;
    spec.basic_size = row.size;
    spec.doc = row.doc;
    spec.methods = row.methods;
    spec.getsets = row.getsets;
    spec.members = row.members;
    if (row.new_) type->slots.new_ = row.new_;
    if (row.init) type->slots.init = row.init;
    if (row.str) type->slots.str = row.str;
  }
  return spec;
}

}  // namespace

size_t exceptionFieldCount(const Type* native_type) {
  for (const Type* type = native_type; type; type = type->base) {
    if (type == &exc::BaseExceptionGroup) return 2;
    for (const FieldRow& row : kFieldRows) {
      if (row.type == type && row.fields) return row.fields;
    }
  }
  return 0;
}

const TypeSpec& exceptionSpec(Type* type) {
  for (size_t i = 0; i < spec_count; ++i) {
    if (specs[i].type == type) return specs[i];
  }
  KRAIT_ASSERT(spec_count < kMostSpecs, "more than %zu builtin exceptions", kMostSpecs);
  specs[spec_count] = makeSpec(type);
  return specs[spec_count++];
}

Ref<> newUnicodeDecodeError(Thread& t, const char* encoding, Value object, int64_t start, int64_t end, const char* reason) {
  return newUnicodeError(t, exc::UnicodeDecodeError, encoding, object, start, end, reason);
}
Ref<> newUnicodeEncodeError(Thread& t, const char* encoding, Value object, int64_t start, int64_t end, const char* reason) {
  return newUnicodeError(t, exc::UnicodeEncodeError, encoding, object, start, end, reason);
}

}  // namespace krait
