// csv.writer: rows become lines, given to a write function.
#include "runtime/memory/gc.h"
#include "runtime/modules/csv_dialect.h"
#include "runtime/modules/fields.h"
#include "runtime/objects/str_builder.h"
#include "runtime/protocols/iteration.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

struct CsvWriter : Fields<2> {
  Value write() const { return v[0]; }
  CsvDialect* dialect() const { return asDialect(v[1]); }
};
Type* writer_type = nullptr;

class RowWriter {
 public:
  RowWriter(Thread& t, CsvDialect* dialect) : t_(t), dialect_(share(dialect)), line_(t) {}

  // The line of a row; empty: raised.
  Ref<Str> make(Value row) {
    Iteration fields(t_, row);
    if (t_.raised()) {
      if (raisedIs(t_, exc::TypeError)) {
        clearException(t_);
        return raise(t_, *csv_error, "iterable expected, not %.200s", typeName(row));
      }
      return kRaised;
    }
    while (Ref<> field = fields.next()) {
      if (!appendField(field)) return kRaised;
    }
    if (t_.raised()) return kRaised;
    if (count_ > 0 && line_.length() == 0) {  // one empty field: nothing would be read back as no field
      if (dialect_->quoting == kQuoteNone) return raise(t_, *csv_error, "single empty field record must be quoted");
      --count_;
      if (!append(emptyStr(), true)) return kRaised;
    }
    line_.append(asStr(dialect_->lineterminator));
    return line_.finish();
  }

 private:
  static bool isNumber(Value v) {
    const Slots& slots = typeOf(v)->slots;
    return slots.index || slots.int_ || slots.float_ || typeOf(v) == &types::Complex || isInstance(v, &types::Complex);
  }
  bool appendField(Value field) {
    bool quoted = dialect_->quoting == kQuoteAll || (dialect_->quoting == kQuoteNonNumeric && !isNumber(field));
    if (isStr(field)) return append(asStr(field), quoted);
    if (field.isNone()) return append(emptyStr(), quoted);
    Ref<Str> text = str(t_, field);
    return text && append(text.get(), quoted);
  }
  // Whether the character cannot stand in a field as it is.
  bool isSpecial(uint32_t c) const {
    if (c == dialect_->delimiter || c == dialect_->escapechar || c == dialect_->quotechar) return true;
    const Str* end = asStr(dialect_->lineterminator);
    for (int64_t i = 0; i < end->length; ++i) {
      if (end->at(i) == c) return true;
    }
    return false;
  }
  bool needsEscape(uint32_t c) const {
    if (dialect_->quoting == kQuoteNone) return true;
    return (c == dialect_->quotechar && !dialect_->doublequote) || c == dialect_->escapechar;
  }
  bool append(const Str* field, bool quoted) {
    for (int64_t i = 0; i < field->length && !quoted; ++i) {
      uint32_t c = field->at(i);
      quoted = isSpecial(c) && !needsEscape(c);
    }
    if (count_ > 0) line_.append(dialect_->delimiter);
    if (quoted) line_.append(dialect_->quotechar);
    for (int64_t i = 0; i < field->length; ++i) {
      uint32_t c = field->at(i);
      if (isSpecial(c)) {
        if (needsEscape(c)) {
          if (dialect_->escapechar == kNoChar) return raise(t_, *csv_error, "need to escape, but no escapechar set");
          line_.append(dialect_->escapechar);
        } else if (c == dialect_->quotechar) {
          line_.append(c);
        }
      }
      line_.append(c);
    }
    if (quoted) line_.append(dialect_->quotechar);
    ++count_;
    return true;
  }

  Thread& t_;
  Ref<CsvDialect> dialect_;
  StrBuilder line_;
  int64_t count_ = 0;
};

Ref<> writeRow(Thread& t, Value self, Value row) {
  Ref<CsvWriter> keep = share(fieldsOf<CsvWriter>(self));
  Ref<Str> line = RowWriter(t, keep->dialect()).make(row);
  return line ? call(t, keep->write(), line) : Ref<>();
}
Ref<> writeRows(Thread& t, Value self, Value rows) {
  Iteration each(t, rows);
  while (Ref<> row = each.next()) {
    if (!writeRow(t, self, row)) return kRaised;
  }
  return t.raised() ? Ref<>() : steal(kNone);
}
Ref<> getDialect(Thread&, Value self) { return share(fieldsOf<CsvWriter>(self)->v[1]); }
const GetSetDef kGetSets[] = {{"dialect", getDialect, nullptr, nullptr}, {}};
const MethodDef kMethods[] = {
    method("writerow", writeRow, nullptr,
           "writerow(iterable)\n\nConstruct and write a CSV record from an iterable of fields.  Non-string\nelements "
           "will be converted to string."),
    method("writerows", writeRows, nullptr,
           "writerows(iterable of iterables)\n\nConstruct and write a series of iterables to a csv file.  "
           "Non-string\nelements will be converted to string."),
    {},
};

}  // namespace

Ref<> newCsvWriter(Thread& t, Value, Args args) {
  if (args.positional < 1 || args.positional > 2) {
    return raise(t, exc::TypeError, " expected at %s %d argument%s, got %zu", args.positional ? "most" : "least",
                 args.positional ? 2 : 1, args.positional ? "s" : "", args.positional);
  }
  Ref<CsvWriter> writer = makeFields<CsvWriter>(t, writer_type);
  if (!writer) return kRaised;
  Ref<> write = getAttrOrEmpty(t, args[0], internStatic("write"));
  if (!write && t.raised()) return kRaised;
  if (!write || !isCallable(write)) return raise(t, exc::TypeError, "argument 1 must have a \"write\" method");
  writer->v[0] = write.leak();
  Ref<> dialect =
      makeDialect(t, args.positional > 1 ? args[1] : Value(), Args{args.values + args.positional, 0, args.names});
  if (!dialect) return kRaised;
  writer->v[1] = dialect.leak();
  return writer;
}

bool initCsvWriter(Thread& t, ModuleObject* module) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(CsvWriter),
                             .doc =
                                 "CSV writer\n\nWriter objects are responsible for generating tabular data\nin CSV "
                                 "format from sequence input.\n",
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .dealloc = deallocFields<CsvWriter>,
                             .traverse = traverseFields<CsvWriter>};
  Ref<Type> made = makeNativeType(t, spec, "_csv.writer", nullptr, kTypeCollectable | kTypeDisallowNew);
  if (!made) return false;
  writer_type = made.get();
  return moduleAdd(t, module, "Writer", std::move(made));
}

}  // namespace krait
