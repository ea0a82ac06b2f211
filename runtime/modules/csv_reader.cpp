// csv.reader: an iterator of rows over an iterator of lines.
#include "runtime/memory/gc.h"
#include "runtime/modules/csv_dialect.h"
#include "runtime/modules/fields.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_builder.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// What the parser has seen of the row.
enum class State : uint8_t {
  kStartRecord,
  kStartField,
  kEscaped,
  kInField,
  kInQuoted,
  kEscapedInQuoted,
  kQuoteInQuoted,
  kEatNewlines,
  kAfterEscapedNewline,  // in a field whose lines do not end it: so it stays up to the delimiter, as in CPython
};
constexpr uint32_t kEndOfLine = 0xFFFFFFFE;  // no code point, and not kNoChar

struct CsvReader : Fields<2> {
  Value lines() const { return v[0]; }
  CsvDialect* dialect() const { return asDialect(v[1]); }
  int64_t line_number;
};
Type* reader_type = nullptr;

class RowParser {
 public:
  RowParser(Thread& t, CsvReader* reader) : t_(t), reader_(reader), dialect_(share(reader->dialect())), field_(t) {}

  // The next row; empty without exception at the end of the lines.
  Ref<> parse() {
    row_ = newList(t_);
    if (!row_) return kRaised;
    do {
      Ref<> line = krait::next(t_, reader_->lines());
      if (!line) return finish();
      if (!isStr(line)) {
        return raise(t_, *csv_error,
                     "iterator should return strings, not %.200s (the file should be opened in text mode)",
                     typeName(line));
      }
      ++reader_->line_number;
      const Str* text = asStr(line);
      for (int64_t i = 0; i < text->length; ++i) {
        if (!process(text->at(i))) return kRaised;
      }
      if (!process(kEndOfLine)) return kRaised;
    } while (state_ != State::kStartRecord);
    return std::move(row_);
  }

 private:
  Ref<> finish() {
    if (t_.raised() || (length_ == 0 && state_ != State::kInQuoted)) return {};
    if (dialect_->strict) return raise(t_, *csv_error, "unexpected end of data");
    return save() ? Ref<>(std::move(row_)) : Ref<>();
  }
  static bool isBreak(uint32_t c) { return c == '\n' || c == '\r'; }

  bool add(uint32_t c) {
    if (length_ >= csv_field_limit) {
      return raise(t_, *csv_error, "field larger than field limit (%lld)", static_cast<long long>(csv_field_limit));
    }
    field_.append(c);
    ++length_;
    return true;
  }
  bool save() {
    Ref<> field = field_.finish();
    length_ = 0;
    if (field && numeric_) {
      numeric_ = false;
      field = toFloat(t_, field);
    }
    return field && listAppend(t_, row_.get(), std::move(field));
  }
  // A field ends here, with the line or in front of the delimiter.
  bool endField(uint32_t c) {
    state_ = c == kEndOfLine ? State::kStartRecord : isBreak(c) ? State::kEatNewlines : State::kStartField;
    return save();
  }
  bool addTo(State next, uint32_t c) {
    state_ = next;
    return add(c);
  }

  bool startField(uint32_t c) {
    const CsvDialect& d = *dialect_.get();
    state_ = State::kStartField;
    if (c == kEndOfLine || isBreak(c)) return endField(c);
    if (c == d.quotechar && d.quoting != kQuoteNone) {
      state_ = State::kInQuoted;
    } else if (c == d.escapechar) {
      state_ = State::kEscaped;
    } else if (c == ' ' && d.skipinitialspace) {
      // stays at the start
    } else if (c == d.delimiter) {
      return save();
    } else {
      if (d.quoting == kQuoteNonNumeric) numeric_ = true;
      return addTo(State::kInField, c);
    }
    return true;
  }
  bool inField(uint32_t c) {
    const CsvDialect& d = *dialect_.get();
    if (c == kEndOfLine || isBreak(c)) return endField(c);
    if (c == d.escapechar) {
      state_ = State::kEscaped;
      return true;
    }
    return c == d.delimiter ? endField(c) : add(c);
  }
  bool inQuoted(uint32_t c) {
    const CsvDialect& d = *dialect_.get();
    if (c == kEndOfLine) return true;
    if (c == d.escapechar) {
      state_ = State::kEscapedInQuoted;
    } else if (c == d.quotechar && d.quoting != kQuoteNone) {
      state_ = d.doublequote ? State::kQuoteInQuoted : State::kInField;
    } else {
      return add(c);
    }
    return true;
  }
  bool quoteInQuoted(uint32_t c) {
    const CsvDialect& d = *dialect_.get();
    if (d.quoting != kQuoteNone && c == d.quotechar) return addTo(State::kInQuoted, c);
    if (c == d.delimiter || c == kEndOfLine || isBreak(c)) return endField(c);
    if (!d.strict) return addTo(State::kInField, c);
    char delimiter[5] = {}, quote[5] = {};
    putUtf8(delimiter, d.delimiter);
    putUtf8(quote, d.quotechar);
    return raise(t_, *csv_error, "'%s' expected after '%s'", delimiter, quote);
  }

  bool process(uint32_t c) {
    switch (state_) {
      case State::kStartRecord:
        if (c == kEndOfLine) return true;  // an empty line is an empty row
        if (!isBreak(c)) return startField(c);
        state_ = State::kEatNewlines;
        return true;
      case State::kStartField: return startField(c);
      case State::kEscaped:
        if (isBreak(c)) return addTo(State::kAfterEscapedNewline, c);
        return addTo(State::kInField, c == kEndOfLine ? '\n' : c);
      case State::kAfterEscapedNewline: return c == kEndOfLine || inField(c);
      case State::kInField: return inField(c);
      case State::kInQuoted: return inQuoted(c);
      case State::kEscapedInQuoted: return addTo(State::kInQuoted, c == kEndOfLine ? '\n' : c);
      case State::kQuoteInQuoted: return quoteInQuoted(c);
      case State::kEatNewlines:
        if (c == kEndOfLine) state_ = State::kStartRecord;
        if (c == kEndOfLine || isBreak(c)) return true;
        return raise(
            t_, *csv_error,
            "new-line character seen in unquoted field - do you need to open the file in universal-newline mode?");
    }
    return true;
  }

  Thread& t_;
  CsvReader* reader_;
  Ref<CsvDialect> dialect_;
  StrBuilder field_;
  Ref<List> row_;
  int64_t length_ = 0;
  State state_ = State::kStartRecord;
  bool numeric_ = false;
};

Ref<> readerNext(Thread& t, Value self) {
  Ref<CsvReader> keep = share(fieldsOf<CsvReader>(self));
  return RowParser(t, keep.get()).parse();
}
Ref<> getDialect(Thread&, Value self) { return share(fieldsOf<CsvReader>(self)->v[1]); }
const GetSetDef kGetSets[] = {{"dialect", getDialect, nullptr, nullptr}, {}};
const MemberDef kMembers[] = {{"line_num", MemberType::kInt64, true, offsetof(CsvReader, line_number), nullptr}, {}};

}  // namespace

Ref<> newCsvReader(Thread& t, Value, Args args) {
  if (args.positional < 1 || args.positional > 2) {
    return raise(t, exc::TypeError, " expected at %s %d argument%s, got %zu", args.positional ? "most" : "least",
                 args.positional ? 2 : 1, args.positional ? "s" : "", args.positional);
  }
  Ref<CsvReader> reader = makeFields<CsvReader>(t, reader_type);
  if (!reader) return kRaised;
  Ref<> lines = iterate(t, args[0]);
  if (!lines) return kRaised;
  reader->v[0] = lines.leak();
  Ref<> dialect =
      makeDialect(t, args.positional > 1 ? args[1] : Value(), Args{args.values + args.positional, 0, args.names});
  if (!dialect) return kRaised;
  reader->v[1] = dialect.leak();
  return reader;
}

bool initCsvReader(Thread& t, ModuleObject* module) {
  static const TypeSpec spec{
      .type = nullptr,
      .basic_size = sizeof(CsvReader),
      .doc = "CSV reader\n\nReader objects are responsible for reading and parsing tabular data\nin CSV format.\n",
      .getsets = kGetSets,
      .members = kMembers,
      .dealloc = deallocFields<CsvReader>,
      .traverse = traverseFields<CsvReader>,
      .fill = [](Slots& slots) {
        slots.iter = iteratorSelf;
        slots.next = readerNext;
      }};
  Ref<Type> made = makeNativeType(t, spec, "_csv.reader", nullptr, kTypeCollectable | kTypeDisallowNew);
  if (!made) return false;
  reader_type = made.get();
  return moduleAdd(t, module, "Reader", std::move(made));
}

}  // namespace krait
