// _symtable: the compiler's scopes as objects, for the library's `symtable`.
//
// An entry is a plain copy of what the frontend tells of a scope (frontend::SymbolTable); the numbers are CPython's, and so are
// the constants that explain them.
#include "interp/symtable_module.h"

#include "interp/frontend_bridge.h"
#include "runtime/builtins/builtins.h"
#include "runtime/core/error.h"
#include "runtime/memory/gc.h"
#include "runtime/modules/modules.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

struct Entry : Object {
  Value name, symbols, varnames, children;  // owned
  int32_t lineno;
  int32_t block;  // TYPE_FUNCTION and so on
  int32_t nested;
};
Type* entry_type = nullptr;

Entry* asEntry(Value v) { return static_cast<Entry*>(v.asObject()); }
void eachField(Entry* e, auto&& f) {
  for (Value* field : {&e->name, &e->symbols, &e->varnames, &e->children}) f(*field);
}
void entryDealloc(Object* o) {
  eachField(static_cast<Entry*>(o), [](Value& field) { assign(field, Ref<>()); });
  freeInstance(o);
}
void entryTraverse(Object* o, Visitor& visitor) {
  eachField(static_cast<Entry*>(o), [&](Value& field) { visitor.visit(field); });
}
void entryClear(Object* o) {
  eachField(static_cast<Entry*>(o), [](Value& field) { assign(field, Ref<>()); });
}

Ref<> entryId(Thread& t, Value self) { return newIntUnsigned(t, reinterpret_cast<uintptr_t>(self.asObject())); }
Ref<> entryRepr(Thread& t, Value self) {
  Ref<Str> name = str(t, asEntry(self)->name);
  if (!name) return kRaised;
  return strFormat(t, "<symtable entry %s(%lu), line %d>", Utf8(name.get()).c_str(),
                   static_cast<unsigned long>(reinterpret_cast<uintptr_t>(self.asObject())), int(asEntry(self)->lineno));
}
const GetSetDef kEntryGetSets[] = {{"id", entryId, nullptr, nullptr}, {}};
const MemberDef kEntryMembers[] = {
    {"name", MemberType::kValue, true, offsetof(Entry, name), nullptr},
    {"symbols", MemberType::kValue, true, offsetof(Entry, symbols), nullptr},
    {"varnames", MemberType::kValue, true, offsetof(Entry, varnames), nullptr},
    {"children", MemberType::kValue, true, offsetof(Entry, children), nullptr},
    {"nested", MemberType::kInt32, true, offsetof(Entry, nested), nullptr},
    {"type", MemberType::kInt32, true, offsetof(Entry, block), nullptr},
    {"lineno", MemberType::kInt32, true, offsetof(Entry, lineno), nullptr},
    {},
};

Ref<> newEntry(Thread& t, const frontend::SymbolTable& table) {
  NativeScope scope(t, " in symbol table");
  Entry* raw = scope ? allocateInstance<Entry>(entry_type) : nullptr;
  if (!raw) return t.raised() ? kRaised : raiseNoMemory(t);
  raw->name = raw->symbols = raw->varnames = raw->children = Value();
  Ref<Entry> entry = steal(raw);
  Ref<Dict> symbols = newDict(t);
  Ref<List> varnames = newList(t), children = newList(t);
  Ref<Str> name = newStrUtf8(t, table.name);
  if (!symbols || !varnames || !children || !name) return kRaised;
  for (const auto& [symbol, flags] : table.symbols) {
    Ref<Str> key = newStrUtf8(t, symbol);
    if (!key || !dictSet(t, symbols.get(), key, Value::fromInt(flags))) return kRaised;
  }
  for (const std::string& each : table.varnames) {
    if (!listAppend(t, varnames.get(), newStrUtf8(t, each))) return kRaised;
  }
  for (const frontend::SymbolTable& each : table.children) {
    Ref<> child = newEntry(t, each);
    if (!child || !listAppend(t, children.get(), std::move(child))) return kRaised;
  }
  raw->name = name.leak();
  raw->symbols = symbols.leak();
  raw->varnames = varnames.leak();
  raw->children = children.leak();
  raw->lineno = table.lineno;
  raw->block = int32_t(table.type);
  raw->nested = table.nested;
  return entry;
}

Ref<> symtable(Thread& t, Value, const Value* args) {
  Ref<> filename = sourceName(t, args[1]);
  if (!filename) return kRaised;
  if (!isStr(args[2])) return raise(t, exc::TypeError, "symtable() argument 3 must be str, not %.50s", typeName(args[2]));
  std::string mode = utf8WithSurrogates(asStr(args[2])), name = utf8WithSurrogates(asStr(filename));
  Utf8 text;
  Ref<Bytes> bytes;
  unsigned flags = 0;
  std::string_view source;
  if (isStr(args[0])) {
    if (!text.set(t, asStr(args[0]))) return kRaised;
    source = text.view();
    flags = frontend::kFlagSourceIsUtf8 | frontend::kFlagIgnoreCookie;
  } else {
    if (!hasBuffer(args[0])) return raise(t, exc::TypeError, "symtable() arg 1 must be a string or bytes object");
    if (!(bytes = bytesFrom(t, args[0]))) return kRaised;
    source = bytes->view();
  }
  if (source.find('\0') != source.npos) return raise(t, exc::ValueError, "source code string cannot contain null bytes");
  if (mode != "exec" && mode != "eval" && mode != "single") {
    return raise(t, exc::ValueError, "symtable() arg 3 must be 'exec' or 'eval' or 'single'");
  }
  frontend::SymbolTableResult result = frontend::symbolTable(source, frontendOptions(t, name, mode, flags));
  if (!reportDiagnostics(t, result.warnings, result.error, name)) return kRaised;
  return newEntry(t, result.top);
}

const MethodDef kFunctions[] = {
    method("symtable", symtable, "($module, source, filename, startstr, /)",
           "Return symbol and scope dictionaries used internally by compiler."),
    {},
};

const struct {
  const char* name;
  int value;
} kConstants[] = {
    {"USE", 16},           {"DEF_GLOBAL", 1},      {"DEF_NONLOCAL", 8},    {"DEF_LOCAL", 2},     {"DEF_PARAM", 4},
    {"DEF_FREE", 32},      {"DEF_FREE_CLASS", 64}, {"DEF_IMPORT", 128},    {"DEF_BOUND", 134},   {"DEF_ANNOT", 256},
    {"TYPE_FUNCTION", 0},  {"TYPE_CLASS", 1},      {"TYPE_MODULE", 2},     {"LOCAL", 1},         {"GLOBAL_EXPLICIT", 2},
    {"GLOBAL_IMPLICIT", 3}, {"FREE", 4}, {"CELL", 5}, {"SCOPE_OFF", 11}, {"SCOPE_MASK", 15},
};

bool init(Thread& t, ModuleObject* m) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(Entry),
                             .doc = nullptr,
                             .getsets = kEntryGetSets,
                             .members = kEntryMembers,
                             .dealloc = entryDealloc,
                             .traverse = entryTraverse,
                             .clear = entryClear,
                             .fill = [](Slots& slots) { slots.repr = entryRepr; }};
  if (!entry_type) {
    Ref<Type> made = makeNativeType(t, spec, "symtable entry", nullptr, kTypeCollectable);
    if (!made) return false;
    entry_type = made.leakObject();
  }
  for (const auto& constant : kConstants) {
    if (!moduleAdd(t, m, constant.name, steal(Value::fromInt(constant.value)))) return false;
  }
  return true;
}

const ModuleDef& symtableModule() {
  static const ModuleDef def{"_symtable", nullptr, kFunctions, init};
  return def;
}

}  // namespace

void addSymtableModule() { addNativeModule({"_symtable", symtableModule}); }

}  // namespace krait
