// date, and the tuples that isocalendar() gives.
#include <cstdio>

#include "runtime/modules/datetime/datetime.h"
#include "runtime/modules/fields.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/hash_bytes.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait::datetime {

Type *date_type = nullptr, *isocalendar_type = nullptr;

bool checkDate(Thread& t, int year, int month, int day) {
  if (year < kMinYear || year > kMaxYear) return raise(t, exc::ValueError, "year %i is out of range", year);
  if (month < 1 || month > 12) return raise(t, exc::ValueError, "month must be in 1..12");
  if (day < 1 || day > daysInMonth(year, month)) return raise(t, exc::ValueError, "day is out of range for month");
  return true;
}
Ref<> newDate(Thread& t, Type* type, int year, int month, int day) {
  if (!checkDate(t, year, month, day)) return kRaised;
  Date* d = allocateInstance<Date>(type);
  if (!d) return raiseNoMemory(t);
  d->hash = -1;
  d->year = year;
  d->month = uint8_t(month);
  d->day = uint8_t(day);
  return steal(Value(d));
}
Ref<> newDateOfClass(Thread& t, Value cls, int year, int month, int day) {
  if (cls == Value(date_type)) return newDate(t, date_type, year, month, day);
  return call(t, cls, Value::fromInt(year), Value::fromInt(month), Value::fromInt(day));
}
Ref<> shiftDate(Thread& t, Value date, int64_t days) {
  const Date* d = asDate(date);
  int64_t ordinal = ordinalOf(d->year, d->month, d->day) + days;
  if (ordinal < 1 || ordinal > kMaxOrdinal) return raise(t, exc::OverflowError, "date value out of range");
  int year, month, day;
  dateOfOrdinal(int(ordinal), &year, &month, &day);
  return newDateOfClass(t, Value(typeOf(date)), year, month, day);
}

namespace {

// --- construction ---

constexpr int kStateSize = 4;
// A pickled date: year high and low, month, day. As str it comes from Python 2.
const char* stateOf(Value v, char* copy, size_t size) {
  if (isBytes(v)) return asBytes(v)->size == int64_t(size) ? reinterpret_cast<const char*>(asBytes(v)->data) : nullptr;
  if (!isStr(v) || asStr(v)->length != int64_t(size)) return nullptr;
  for (size_t i = 0; i < size; ++i) {
    if (asStr(v)->at(int64_t(i)) > 0xFF) return nullptr;
    copy[i] = char(asStr(v)->at(int64_t(i)));
  }
  return copy;
}
Ref<> dateNew(Thread& t, Type* type, Args args) {
  if (args.positional == 1) {
    char copy[kStateSize];
    const char* state = stateOf(args[0], copy, kStateSize);
    if (state && state[2] >= 1 && state[2] <= 12) {
      Date* d = allocateInstance<Date>(type);
      if (!d) return raiseNoMemory(t);
      d->hash = -1;
      d->year = uint8_t(state[0]) << 8 | uint8_t(state[1]);
      d->month = uint8_t(state[2]);
      d->day = uint8_t(state[3]);
      return steal(Value(d));
    }
  }
  static const MethodDef kNew = method("", ignoredSignature, "($self, year, month, day)");
  Value bound[3];
  Ref<> keep[2];
  int parts[3];
  if (!checkFirstParts(t, args) || !bindArguments(t, kNew, args, bound, keep)) return kRaised;
  for (int i = 0; i < 3; ++i) {
    if (!intArgument(t, bound[i], &parts[i])) return kRaised;
  }
  return newDate(t, type, parts[0], parts[1], parts[2]);
}
void dateDealloc(Object* self) { freeInstance(self); }

Ref<> fromTimestamp(Thread& t, Value cls, Value timestamp) {
  int64_t seconds;
  int microseconds;
  tm parts;
  if (!splitTimestamp(t, timestamp, true, &seconds, &microseconds) || !brokenDownTime(t, seconds, true, &parts))
    return kRaised;
  return newDateOfClass(t, cls, parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}
Ref<> today(Thread& t, Value cls) {
  Ref<> time = importModule(t, "time");
  Ref<> now = time ? callMethod(t, time, "time") : Ref<>();
  return now ? callMethod(t, cls, "fromtimestamp", now) : Ref<>();
}
Ref<> fromOrdinal(Thread& t, Value cls, Value v) {
  int ordinal, year, month, day;
  if (!intArgument(t, v, &ordinal)) return kRaised;
  if (ordinal < 1) return raise(t, exc::ValueError, "ordinal must be >= 1");
  dateOfOrdinal(ordinal, &year, &month, &day);
  if (!checkDate(t, year, month, day)) return kRaised;
  return newDateOfClass(t, cls, year, month, day);
}
Ref<> fromIsoFormat(Thread& t, Value cls, Value v) {
  IsoText text;
  int year, month, day;
  if (!text.set(t, v)) return kRaised;
  size_t size = text.size();
  if ((size != 7 && size != 8 && size != 10) || !parseIsoDate(text.text(), size, &year, &month, &day))
    return invalidIsoText(t, v);
  return newDateOfClass(t, cls, year, month, day);
}
Ref<> fromIsoCalendar(Thread& t, Value cls, const Value* args) {
  int parts[3];
  for (int i = 0; i < 3; ++i) {
    if (intArgument(t, args[i], &parts[i])) continue;
    if (!raisedIs(t, exc::OverflowError)) return kRaised;
    clearException(t);
    return raise(t, exc::ValueError, "ISO calendar component out of range");
  }
  int year, month, day;
  switch (dateOfIsoWeek(parts[0], parts[1], parts[2], &year, &month, &day)) {
    case IsoResult::kYear: return raise(t, exc::ValueError, "Year is out of range: %d", parts[0]);
    case IsoResult::kWeek: return raise(t, exc::ValueError, "Invalid week: %d", parts[1]);
    case IsoResult::kDay: return raise(t, exc::ValueError, "Invalid day: %d (range is [1, 7])", parts[2]);
    case IsoResult::kGood: break;
  }
  return newDateOfClass(t, cls, year, month, day);
}

// --- text ---

Ref<> dateRepr(Thread& t, Value self) {
  const Date* d = asDate(self);
  return strFormat(t, "%s(%d, %d, %d)", typeName(self), d->year, d->month, d->day);
}
Ref<> isoFormat(Thread& t, Value self) {
  const Date* d = asDate(self);
  return strFormat(t, "%04d-%02d-%02d", d->year, d->month, d->day);
}
Ref<> dateStr(Thread& t, Value self) { return callMethod(t, self, "isoformat"); }
Ref<> cTime(Thread& t, Value self) {
  const Date* d = asDate(self);
  return strFormat(t, "%s %s %2d 00:00:00 %04d", dayName(weekdayOf(d->year, d->month, d->day)), monthName(d->month),
                   d->day, d->year);
}
Ref<> strfTime(Thread& t, Value self, const Value* args) {
  if (!isStr(args[0]))
    return raise(t, exc::TypeError, "strftime() argument 1 must be str, not %.50s", typeName(args[0]));
  return wrapStrftime(t, self, args[0], callMethod(t, self, "timetuple"), self);
}

// --- parts ---

Ref<> timeTuple(Thread& t, Value self) {
  const Date* d = asDate(self);
  return buildStructTime(t, d->year, d->month, d->day, Clock(), -1);
}
Ref<> toOrdinal(Thread& t, Value self) {
  return newInt(t, ordinalOf(asDate(self)->year, asDate(self)->month, asDate(self)->day));
}
Ref<> weekday(Thread& t, Value self) {
  return newInt(t, weekdayOf(asDate(self)->year, asDate(self)->month, asDate(self)->day));
}
Ref<> isoWeekday(Thread& t, Value self) {
  return newInt(t, weekdayOf(asDate(self)->year, asDate(self)->month, asDate(self)->day) + 1);
}
Ref<> newIsoDate(Thread& t, Type* type, int year, int week, int weekday) {
  Tuple* made = static_cast<Tuple*>(allocateVariable(type, sizeof(Tuple) + 3 * sizeof(Value)));
  if (!made) return raiseNoMemory(t);
  made->size = 3;
  made->items[0] = Value::fromInt(year);
  made->items[1] = Value::fromInt(week);
  made->items[2] = Value::fromInt(weekday);
  return steal(Value(made));
}
Ref<> isoNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew = method("IsoCalendarDate", ignoredSignature, "($self, year, week, weekday)");
  Value bound[3];
  Ref<> keep[2];
  int parts[3];
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  for (int i = 0; i < 3; ++i) {
    if (!intArgument(t, bound[i], &parts[i])) return kRaised;
  }
  return newIsoDate(t, type, parts[0], parts[1], parts[2]);
}
Ref<> isoCalendar(Thread& t, Value self) {
  const Date* d = asDate(self);
  int year = d->year, monday = isoFirstMonday(year), today = ordinalOf(d->year, d->month, d->day);
  if (today < monday) {
    monday = isoFirstMonday(--year);
  } else if (today >= isoFirstMonday(year + 1)) {
    monday = isoFirstMonday(++year);
  }
  int days = today - monday;
  return newIsoDate(t, isocalendar_type, year, days / 7 + 1, days % 7 + 1);
}
Ref<> replaceParts(Thread& t, Value self, const Value* args) {
  const Date* d = asDate(self);
  int parts[3] = {d->year, d->month, d->day};
  for (int i = 0; i < 3; ++i) {
    if (args[i] && !intArgument(t, args[i], &parts[i])) return kRaised;
  }
  return newDateOfClass(t, Value(typeOf(self)), parts[0], parts[1], parts[2]);
}
Ref<> getYear(Thread& t, Value self) { return newInt(t, asDate(self)->year); }
Ref<> getMonth(Thread& t, Value self) { return newInt(t, asDate(self)->month); }
Ref<> getDay(Thread& t, Value self) { return newInt(t, asDate(self)->day); }

void packState(const Date* d, char* out) {
  out[0] = char(d->year >> 8);
  out[1] = char(d->year);
  out[2] = char(d->month);
  out[3] = char(d->day);
}
Ref<> reduce(Thread& t, Value self) {
  char state[kStateSize];
  packState(asDate(self), state);
  Ref<Bytes> bytes = newBytes(t, {state, kStateSize});
  Ref<Tuple> args = bytes ? packTuple(t, bytes.value()) : Ref<Tuple>();
  return args ? packTuple(t, Value(typeOf(self)), args.value()) : Ref<Tuple>();
}

// --- comparison, arithmetic ---

Hash dateHash(Thread&, Value self) {
  Date* d = asDate(self);
  if (d->hash == -1) {
    char state[kStateSize];
    packState(d, state);
    d->hash = hashBytes(state, kStateSize);
  }
  return d->hash;
}
Ref<> dateCompare(Thread&, Value a, Value b, CompareOp op) {
  if (!isDate(a) || !isDate(b)) return steal(kNotImplemented);
  const Date *x = asDate(a), *y = asDate(b);
  int order = (x->year - y->year) * 512 + (x->month - y->month) * 32 + (x->day - y->day);
  bool result[] = {order < 0, order <= 0, order == 0, order != 0, order > 0, order >= 0};
  return steal(Value::fromBool(result[int(op)]));
}
Ref<> dateAdd(Thread& t, Value a, Value b) {
  if (isDateTime(a) || isDateTime(b)) return steal(kNotImplemented);
  if (isDate(b)) std::swap(a, b);
  return isDate(a) && isDelta(b) ? shiftDate(t, a, asDelta(b)->days) : steal(kNotImplemented);
}
Ref<> dateSubtract(Thread& t, Value a, Value b) {
  if (isDateTime(a) || isDateTime(b) || !isDate(a)) return steal(kNotImplemented);
  if (isDelta(b)) return shiftDate(t, a, -int64_t(asDelta(b)->days));
  if (!isDate(b)) return steal(kNotImplemented);
  const Date *x = asDate(a), *y = asDate(b);
  return newDelta(t, ordinalOf(x->year, x->month, x->day) - ordinalOf(y->year, y->month, y->day), 0, 0);
}

constexpr MethodKind kClass = MethodKind::kClass;
const MethodDef kMethods[] = {
    method("fromtimestamp", fromTimestamp, "($type, timestamp, /)", "Create a date from a POSIX timestamp.", kClass),
    method("fromordinal", fromOrdinal, nullptr, "int -> date corresponding to a proleptic Gregorian ordinal.", kClass),
    method("fromisoformat", fromIsoFormat, nullptr, "str -> Construct a date from a string in ISO 8601 format.",
           kClass),
    method("fromisocalendar", fromIsoCalendar, "($type, year, week, day)",
           "int, int, int -> Construct a date from the ISO year, week number and weekday.", kClass),
    method("today", today, nullptr, "Current date or datetime:  same as self.__class__.fromtimestamp(time.time()).",
           kClass),
    method("ctime", cTime, nullptr, "Return ctime() style string."),
    method("strftime", strfTime, "($self, format)", "format -> strftime() style string."),
    method("__format__", formatByStrftime, nullptr, "Formats self with strftime."),
    method("timetuple", timeTuple, nullptr, "Return time tuple, compatible with time.localtime()."),
    method("isocalendar", isoCalendar, nullptr, "Return a named tuple containing ISO year, week number, and weekday."),
    method("isoformat", isoFormat, nullptr, "Return string in ISO 8601 format, YYYY-MM-DD."),
    method("isoweekday", isoWeekday, nullptr,
           "Return the day of the week represented by the date.\nMonday == 1 ... Sunday == 7"),
    method("toordinal", toOrdinal, nullptr, "Return proleptic Gregorian ordinal.  January 1 of year 1 is day 1."),
    method("weekday", weekday, nullptr,
           "Return the day of the week represented by the date.\nMonday == 0 ... Sunday == 6"),
    method("replace", replaceParts, "($self, year=<none>, month=<none>, day=<none>)",
           "Return date with new specified fields."),
    method("__reduce__", reduce, nullptr, "__reduce__() -> (cls, state)"),
    {},
};
const GetSetDef kGetSets[] = {
    {"year", getYear, nullptr, nullptr}, {"month", getMonth, nullptr, nullptr}, {"day", getDay, nullptr, nullptr}, {}};

// --- IsoCalendarDate ---

Ref<> isoRepr(Thread& t, Value self) {
  Ref<Str> parts[3];
  for (int i = 0; i < 3; ++i) {
    if (!(parts[i] = repr(t, asTuple(self)->items[i]))) return kRaised;
  }
  return strFormat(t, "%.200s(year=%s, week=%s, weekday=%s)", typeName(self), Utf8(parts[0].get()).c_str(),
                   Utf8(parts[1].get()).c_str(), Utf8(parts[2].get()).c_str());
}
Ref<> isoReduce(Thread& t, Value self) {
  Ref<Tuple> parts = newTuple(t, asTuple(self)->items, 3);
  Ref<Tuple> args = parts ? packTuple(t, parts.value()) : Ref<Tuple>();
  return args ? packTuple(t, Value(&types::Tuple), args.value()) : Ref<Tuple>();
}
template <int i>
Ref<> isoPart(Thread&, Value self) {
  return share(asTuple(self)->items[i]);
}
const MethodDef kIsoMethods[] = {method("__reduce__", isoReduce, nullptr, nullptr), {}};
const GetSetDef kIsoGetSets[] = {{"year", isoPart<0>, nullptr, nullptr},
                                 {"week", isoPart<1>, nullptr, nullptr},
                                 {"weekday", isoPart<2>, nullptr, nullptr},
                                 {}};

}  // namespace

bool addDate(Thread& t, ModuleObject* m) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(Date),
                             .doc = "date(year, month, day) --> date object",
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .dealloc = dateDealloc,
                             .fill = [](Slots& slots) {
                               slots.new_ = dateNew;
                               slots.repr = dateRepr;
                               slots.str = dateStr;
                               slots.hash = dateHash;
                               slots.compare = dateCompare;
                               slots.binary[kOp_add] = dateAdd;
                               slots.binary[kOp_subtract] = dateSubtract;
                             }};
  static const TypeSpec iso_spec{.type = nullptr,
                                 .basic_size = sizeof(Tuple),
                                 .doc = "The result of date.isocalendar() or datetime.isocalendar()",
                                 .methods = kIsoMethods,
                                 .getsets = kIsoGetSets,
                                 .fill = [](Slots& slots) {
                                   slots.new_ = isoNew;
                                   slots.repr = isoRepr;
                                 }};
  Ref<Type> made = makeNativeType(t, spec, "datetime.date", nullptr, 0);
  Ref<Type> iso =
      made ? makeNativeType(t, iso_spec, "datetime.IsoCalendarDate", &types::Tuple, kTypeFinal | kTypeCollectable)
           : Ref<Type>();
  if (!iso) return false;
  date_type = made.get();
  isocalendar_type = iso.leakObject();
  Ref<> least = newDate(t, date_type, 1, 1, 1), most = newDate(t, date_type, 9999, 12, 31), step = newDelta(t, 1, 0, 0);
  return least && most && step && setTypeAttribute(t, date_type, internStatic("min"), least) &&
         setTypeAttribute(t, date_type, internStatic("max"), most) &&
         setTypeAttribute(t, date_type, internStatic("resolution"), step) && moduleAdd(t, m, "date", std::move(made));
}

}  // namespace krait::datetime
