// The _csv module: dialects, their registry, and the module itself.
#include "runtime/modules/csv_dialect.h"

#include "runtime/modules/fields.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

Type* csv_error = nullptr;
int64_t csv_field_limit = 128 * 1024;

namespace {

Type* dialect_type = nullptr;
Dict* registry = nullptr;  // name -> Dialect, owned

// --- attributes of a dialect, given and checked ---

enum Attribute {
  kDelimiter,
  kDoubleQuote,
  kEscapeChar,
  kLineTerminator,
  kQuoteChar,
  kQuotingStyle,
  kSkipInitialSpace,
  kStrict,
  kAttributeCount
};
constexpr const char* kAttributeNames[kAttributeCount] = {
    "delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting", "skipinitialspace", "strict"};

bool setBool(Thread& t, Value v, bool fallback, bool* out) {
  if (!v) {
    *out = fallback;
    return true;
  }
  int is_true = truth(t, v);
  *out = is_true > 0;
  return is_true >= 0;
}
bool setChar(Thread& t, const char* name, Value v, uint32_t fallback, bool none_allowed, uint32_t* out) {
  *out = v ? kNoChar : fallback;
  if (!v || (none_allowed && v.isNone())) return true;
  if (!isStr(v)) {
    return raise(t, exc::TypeError,
                 none_allowed ? "\"%s\" must be string or None, not %.200s" : "\"%s\" must be string, not %.200s", name,
                 typeName(v));
  }
  if (asStr(v)->length > 1 || (none_allowed && asStr(v)->length == 0)) {
    return raise(t, exc::TypeError, "\"%s\" must be a 1-character string", name);
  }
  if (asStr(v)->length) *out = asStr(v)->at(0);
  return true;
}
bool setQuoting(Thread& t, Value v, int* out) {
  *out = kQuoteMinimal;
  if (!v) return true;
  if (!v.isInt() && !isExact(v, &types::Int)) return raise(t, exc::TypeError, "\"quoting\" must be an integer");
  int64_t number = toInt64(t, v);
  if (number == -1 && t.raised()) return false;
  if (number != int(number)) return raise(t, exc::OverflowError, "Python int too large to convert to C int");
  *out = int(number);
  return true;
}
bool setTerminator(Thread& t, Value v, CsvDialect* to) {
  if (v && !v.isNone() && !isStr(v)) return raise(t, exc::TypeError, "\"lineterminator\" must be a string");
  if (!v) {
    assign(to->lineterminator, share(Value(internStatic("\r\n"))));
  } else if (isStr(v)) {
    assign(to->lineterminator, share(v));
  }
  return true;
}

bool fillDialect(Thread& t, CsvDialect* d, const Ref<>* given) {
  if (!setChar(t, "delimiter", given[kDelimiter], ',', false, &d->delimiter) ||
      !setBool(t, given[kDoubleQuote], true, &d->doublequote) ||
      !setChar(t, "escapechar", given[kEscapeChar], kNoChar, true, &d->escapechar) ||
      !setTerminator(t, given[kLineTerminator], d) ||
      !setChar(t, "quotechar", given[kQuoteChar], '"', true, &d->quotechar) ||
      !setQuoting(t, given[kQuotingStyle], &d->quoting) ||
      !setBool(t, given[kSkipInitialSpace], false, &d->skipinitialspace) ||
      !setBool(t, given[kStrict], false, &d->strict)) {
    return false;
  }
  if (d->quoting < kQuoteMinimal || d->quoting > kQuoteNone) return raise(t, exc::TypeError, "bad \"quoting\" value");
  if (d->delimiter == kNoChar) return raise(t, exc::TypeError, "\"delimiter\" must be a 1-character string");
  if (given[kQuoteChar].value() == kNone && !given[kQuotingStyle]) d->quoting = kQuoteNone;
  if (d->quoting != kQuoteNone && d->quotechar == kNoChar)
    return raise(t, exc::TypeError, "quotechar must be set if quoting enabled");
  if (!d->lineterminator) return raise(t, exc::TypeError, "lineterminator must be set");
  return true;
}

Ref<> lookupDialect(Thread& t, Value name) {
  Value found = dictGet(t, registry, name);
  if (found) return share(found);
  if (t.raised()) return kRaised;
  return raise(t, *csv_error, "unknown dialect");
}

Ref<> unreachable(Thread&, Value, const Value*) { return nullptr; }  // the definition below is only bound, never called

Ref<> dialectNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew =
      method("Dialect", unreachable,
             "($self, dialect=<none>, delimiter=<none>, doublequote=<none>, escapechar=<none>, "
             "lineterminator=<none>, quotechar=<none>, quoting=<none>, skipinitialspace=<none>, strict=<none>)");
  Value bound[1 + kAttributeCount];
  Ref<> keep[2];
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  Ref<> dialect = share(bound[0]);
  bool any = false;
  for (int i = 0; i < kAttributeCount; ++i) any |= !bound[1 + i].empty();
  Ref<> given[kAttributeCount];
  if (dialect) {
    if (isStr(dialect) && !(dialect = lookupDialect(t, bound[0]))) return kRaised;
    if (typeOf(dialect) == dialect_type && !any) return dialect;
  }
  for (int i = 0; i < kAttributeCount; ++i) {
    given[i] = share(bound[1 + i]);
    if (given[i] || !dialect) continue;
    given[i] = getAttr(t, dialect, kAttributeNames[i]);
    if (!given[i]) clearException(t);
  }
  Ref<CsvDialect> made = makeFields<CsvDialect>(t, type);
  return made && fillDialect(t, made.get(), given) ? Ref<>(std::move(made)) : Ref<>();
}
void dialectDealloc(Object* self) {
  Value terminator = static_cast<CsvDialect*>(self)->lineterminator;
  freeInstance(self);
  release(terminator);
}

Ref<> charOrNone(Thread& t, uint32_t c) { return c == kNoChar ? steal(kNone) : Ref<>(newCharStr(t, c)); }
Ref<> getDelimiter(Thread& t, Value self) { return charOrNone(t, asDialect(self)->delimiter); }
Ref<> getEscapeChar(Thread& t, Value self) { return charOrNone(t, asDialect(self)->escapechar); }
Ref<> getQuoteChar(Thread& t, Value self) { return charOrNone(t, asDialect(self)->quotechar); }
Ref<> getTerminator(Thread&, Value self) { return share(asDialect(self)->lineterminator); }
Ref<> getQuoting(Thread& t, Value self) { return newInt(t, asDialect(self)->quoting); }
const GetSetDef kGetSets[] = {
    {"delimiter", getDelimiter, nullptr, nullptr},       {"escapechar", getEscapeChar, nullptr, nullptr},
    {"lineterminator", getTerminator, nullptr, nullptr}, {"quotechar", getQuoteChar, nullptr, nullptr},
    {"quoting", getQuoting, nullptr, nullptr},           {}};
const MemberDef kMembers[] = {
    {"skipinitialspace", MemberType::kBool, true, offsetof(CsvDialect, skipinitialspace), nullptr},
    {"doublequote", MemberType::kBool, true, offsetof(CsvDialect, doublequote), nullptr},
    {"strict", MemberType::kBool, true, offsetof(CsvDialect, strict), nullptr},
    {}};
Ref<> refusePickle(Thread& t, Value, Args) { return raise(t, exc::TypeError, "cannot pickle 'Dialect' instances"); }
const MethodDef kMethods[] = {method("__reduce__", refusePickle, nullptr, "raises an exception to avoid pickling"),
                              method("__reduce_ex__", refusePickle, nullptr, "raises an exception to avoid pickling"),
                              {}};

// --- functions ---

Ref<> listDialects(Thread& t, Value) { return dictKeysList(t, registry); }
Ref<> registerDialect(Thread& t, Value, Args args) {
  if (args.positional < 1 || args.positional > 2) {
    return raise(t, exc::TypeError, " expected at %s %d argument%s, got %zu", args.positional ? "most" : "least",
                 args.positional ? 2 : 1, args.positional ? "s" : "", args.positional);
  }
  Ref<> name = share(args[0]);
  if (!isStr(name)) return raise(t, exc::TypeError, "dialect name must be a string");
  Args rest{args.values + args.positional, 0, args.names};
  Ref<> dialect = makeDialect(t, args.positional > 1 ? args[1] : Value(), rest);
  return dialect && dictSet(t, registry, name, dialect) ? steal(kNone) : Ref<>();
}
Ref<> unregisterDialect(Thread& t, Value, const Value* args) {
  int deleted = dictDelete(t, registry, args[0]);
  if (deleted == 0) return raise(t, *csv_error, "unknown dialect");
  return deleted > 0 ? steal(kNone) : Ref<>();
}
Ref<> getDialect(Thread& t, Value, const Value* args) { return lookupDialect(t, args[0]); }
Ref<> fieldSizeLimit(Thread& t, Value, const Value* args) {
  Ref<> old = newInt(t, csv_field_limit);
  if (!old || !args[0]) return old;
  if (!args[0].isInt() && !isExact(args[0], &types::Int)) return raise(t, exc::TypeError, "limit must be an integer");
  int64_t limit;
  if (!intFits64(args[0], &limit)) return raise(t, exc::OverflowError, "Python int too large to convert to C long");
  csv_field_limit = limit;
  return old;
}

const MethodDef kFunctions[] = {
    method("reader", newCsvReader, nullptr,
           "csv_reader = reader(iterable [, dialect='excel'] [optional keyword args])"),
    method("writer", newCsvWriter, nullptr,
           "csv_writer = csv.writer(fileobj [, dialect='excel'] [optional keyword args])"),
    method("list_dialects", listDialects, "($module, /)", "Return a list of all known dialect names."),
    method("register_dialect", registerDialect, nullptr, "Create a mapping from a string name to a dialect class."),
    method("unregister_dialect", unregisterDialect, "($module, /, name)",
           "Delete the name/dialect mapping associated with a string name."),
    method("get_dialect", getDialect, "($module, /, name)", "Return the dialect instance associated with name."),
    method("field_size_limit", fieldSizeLimit, "($module, /, new_limit=<unrepresentable>)",
           "Sets an upper limit on parsed fields."),
    {},
};

bool init(Thread& t, ModuleObject* module) {
  static constexpr struct {
    const char* name;
    int value;
  } kStyles[] = {{"QUOTE_MINIMAL", kQuoteMinimal},
                 {"QUOTE_ALL", kQuoteAll},
                 {"QUOTE_NONNUMERIC", kQuoteNonNumeric},
                 {"QUOTE_NONE", kQuoteNone}};
  for (const auto& style : kStyles) {
    if (!moduleAdd(t, module, style.name, newInt(t, style.value))) return false;
  }
  csv_error = addException(t, module, "_csv.Error", Value(&exc::Exception));
  Ref<Dict> dialects = csv_error ? newDict(t) : Ref<Dict>();
  if (!dialects) return false;
  registry = share(dialects.get()).leakObject();
  return moduleAdd(t, module, "_dialects", std::move(dialects)) &&
         moduleAdd(t, module, "__version__", newStrUtf8(t, "1.0")) && initCsvDialect(t, module) &&
         initCsvReader(t, module) && initCsvWriter(t, module);
}

}  // namespace

Ref<> makeDialect(Thread& t, Value dialect, Args args) {
  return dialect ? callPrepended(t, Value(dialect_type), dialect, args) : call(t, Value(dialect_type), args);
}

bool initCsvDialect(Thread& t, ModuleObject* module) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(CsvDialect),
                             .doc = "CSV dialect\n\nThe Dialect type records CSV dialect options.\n",
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .members = kMembers,
                             .dealloc = dialectDealloc,
                             .fill = [](Slots& slots) { slots.new_ = dialectNew; }};
  Ref<Type> made = makeNativeType(t, spec, "_csv.Dialect", nullptr, 0);
  if (!made) return false;
  dialect_type = made.get();
  return moduleAdd(t, module, "Dialect", std::move(made));
}

const ModuleDef& csvModule() {
  static const ModuleDef def{"_csv", "CSV parsing and writing.\n", kFunctions, init};
  return def;
}

}  // namespace krait
