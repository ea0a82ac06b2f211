// The _datetime module, and small things that its types share.
#include "runtime/modules/datetime/datetime.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_builder.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace datetime {

Ref<> ignoredSignature(Thread&, Value, const Value*) { return nullptr; }

bool intArgument(Thread& t, Value v, int* out) {
  Ref<> number = toIndexValue(t, v);
  if (!number) return false;
  int64_t wide;
  if (!intFits64(number, &wide)) return raise(t, exc::OverflowError, "Python int too large to convert to C long");
  if (wide != int(wide)) {
    return raise(t, exc::OverflowError,
                 wide < 0 ? "signed integer is less than minimum" : "signed integer is greater than maximum");
  }
  *out = int(wide);
  return true;
}
bool checkFirstParts(Thread& t, Args args) {
  int ignored;
  for (size_t i = 0; args.total() < 3 && i < args.positional; ++i) {
    if (!intArgument(t, args[i], &ignored)) return false;
  }
  return true;
}
Ref<> buildStructTime(Thread& t, int year, int month, int day, const Clock& c, int dst) {
  Value parts[] = {Value::fromInt(year),
                   Value::fromInt(month),
                   Value::fromInt(day),
                   Value::fromInt(c.hour),
                   Value::fromInt(c.minute),
                   Value::fromInt(c.second),
                   Value::fromInt(weekdayOf(year, month, day)),
                   Value::fromInt(dayOfYear(year, month, day)),
                   Value::fromInt(dst)};
  Ref<> time = importModule(t, "time");
  Ref<> make = time ? getAttr(t, time, "struct_time") : Ref<>();
  Ref<Tuple> tuple = make ? newTuple(t, parts, 9) : Ref<Tuple>();
  return tuple ? call(t, make, tuple) : Ref<>();
}
Ref<Str> appendKeyword(Thread& t, Ref<Str> text, const char* name, Value v) {
  Ref<Str> shown = repr(t, v);
  if (!shown) return kRaised;
  StrBuilder out(t);
  out.append(text.get(), 0, text->length - 1);
  out.appendAscii(", ");
  out.appendAscii(name);
  out.append('=');
  out.append(shown.get());
  out.append(')');
  return out.finish();
}

namespace {
bool init(Thread& t, ModuleObject* m) {
  return addDelta(t, m) && addDate(t, m) && addZones(t, m) && addTime(t, m) && addDateTime(t, m) &&
         moduleAdd(t, m, "MINYEAR", newInt(t, kMinYear)) && moduleAdd(t, m, "MAXYEAR", newInt(t, kMaxYear));
}
}  // namespace

}  // namespace datetime

const ModuleDef& datetimeModule() {
  static const ModuleDef def{"_datetime", "Fast implementation of the datetime type.", nullptr, datetime::init};
  return def;
}

}  // namespace krait
