// What reader and writer of the _csv module share: dialects and the module's state.
#pragma once
#include "runtime/core/error.h"
#include "runtime/objects/module.h"

namespace krait {

enum CsvQuoting : int { kQuoteMinimal, kQuoteAll, kQuoteNonNumeric, kQuoteNone };
inline constexpr uint32_t kNoChar = 0xFFFFFFFF;  // no such character; no code point is equal to it

struct CsvDialect : Object {
  Value lineterminator;  // str, owned
  uint32_t delimiter, quotechar, escapechar;
  int quoting;
  bool doublequote, skipinitialspace, strict;
};
inline CsvDialect* asDialect(Value v) { return static_cast<CsvDialect*>(v.asObject()); }

extern Type* csv_error;
extern int64_t csv_field_limit;

// A dialect from a name, an object with attributes or none (empty), and keyword arguments that go before them.
Ref<> makeDialect(Thread& t, Value dialect, Args args);
bool initCsvDialect(Thread& t, ModuleObject* module);
bool initCsvReader(Thread& t, ModuleObject* module);
bool initCsvWriter(Thread& t, ModuleObject* module);
// csv.reader(...) and csv.writer(...)
Ref<> newCsvReader(Thread& t, Value module, Args args);
Ref<> newCsvWriter(Thread& t, Value module, Args args);

}  // namespace krait
