// datetime: a date and a time of day, perhaps in a zone.
#include <cstdio>
#include <cstring>

#include "runtime/modules/datetime/datetime.h"
#include "runtime/modules/fields.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/hash_bytes.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_builder.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait::datetime {

Type* datetime_type = nullptr;

Ref<> newDateTime(Thread& t, Type* type, int year, int month, int day, const Clock& clock, Value tzinfo) {
  if (!checkDate(t, year, month, day)) return kRaised;
  DateTime* d = allocateInstance<DateTime>(type);
  if (!d) return raiseNoMemory(t);
  d->hash = -1;
  d->year = year;
  d->month = uint8_t(month);
  d->day = uint8_t(day);
  d->clock = clock;
  d->tzinfo = share(tzinfo).leak();
  return steal(Value(d));
}
Ref<> newDateTimeOfClass(Thread& t, Value cls, int year, int month, int day, const Clock& c, Value tzinfo) {
  if (cls == Value(datetime_type)) return newDateTime(t, datetime_type, year, month, day, c, tzinfo);
  Value values[] = {
      Value::fromInt(year),     Value::fromInt(month),    Value::fromInt(day),           Value::fromInt(c.hour),
      Value::fromInt(c.minute), Value::fromInt(c.second), Value::fromInt(c.microsecond), tzinfo,
      Value::fromInt(c.fold)};
  if (!c.fold) return call(t, cls, Args{values, 8, nullptr});
  Ref<Tuple> names = packTuple(t, Value(internStatic("fold")));
  return names ? call(t, cls, Args{values, 8, names.get()}) : Ref<>();
}

namespace {

constexpr int kStateSize = 10;

int64_t secondsOf(const DateTime* d) {
  return int64_t(ordinalOf(d->year, d->month, d->day)) * kSecondsPerDay + d->clock.seconds();
}
__int128 microsecondsOf(const DateTime* d) { return __int128(secondsOf(d)) * kMicro + d->clock.microsecond; }
Ref<> offsetOf(Thread& t, Value self) { return callUtcOffset(t, asDateTime(self)->tzinfo, self); }

// The moment that lies so many microseconds after the calendar's beginning, in the class and zone of `like`.
Ref<> fromMicroseconds(Thread& t, Value cls, __int128 total, Value tzinfo) {
  int64_t seconds = int64_t(total / kMicro);
  int64_t ordinal = seconds / kSecondsPerDay;
  if (total < 0 || ordinal < 1 || ordinal > kMaxOrdinal) return raise(t, exc::OverflowError, "date value out of range");
  int year, month, day, rest = int(seconds % kSecondsPerDay);
  dateOfOrdinal(int(ordinal), &year, &month, &day);
  Clock clock{uint8_t(rest / 3600), uint8_t(rest / 60 % 60), uint8_t(rest % 60), 0, int32_t(total % kMicro)};
  return newDateTimeOfClass(t, cls, year, month, day, clock, tzinfo);
}

}  // namespace

Ref<> shiftDateTime(Thread& t, Value self, const TimeDelta* delta, int sign) {
  return fromMicroseconds(t, Value(typeOf(self)), microsecondsOf(asDateTime(self)) + sign * deltaMicroseconds(delta),
                          asDateTime(self)->tzinfo);
}
Ref<> subtractDateTimes(Thread& t, Value a, Value b) {
  const DateTime *x = asDateTime(a), *y = asDateTime(b);
  __int128 difference = microsecondsOf(x) - microsecondsOf(y);
  if (x->tzinfo != y->tzinfo) {
    Ref<> first = offsetOf(t, a), second = first ? offsetOf(t, b) : Ref<>();
    if (!second) return kRaised;
    if (first.value().isNone() != second.value().isNone()) {
      return raise(t, exc::TypeError, "can't subtract offset-naive and offset-aware datetimes");
    }
    if (!first.value().isNone()) difference += deltaMicroseconds(asDelta(second)) - deltaMicroseconds(asDelta(first));
  }
  return newDelta(t, 0, int64_t(difference / kMicro), int64_t(difference % kMicro));
}

namespace {

// --- construction ---

// From pickled state: the year, the month (with the fold in its highest bit), day, hour, minute, second, microsecond.
Ref<> fromState(Thread& t, Type* type, const uint8_t* s, Value tzinfo) {
  if (tzinfo && !isTzInfo(tzinfo) && !tzinfo.isNone()) return raise(t, exc::TypeError, "bad tzinfo state arg");
  DateTime* d = allocateInstance<DateTime>(type);
  if (!d) return raiseNoMemory(t);
  d->hash = -1;
  d->year = s[0] << 8 | s[1];
  d->month = s[2] & 0x7F;
  d->day = s[3];
  d->clock = Clock{s[4], s[5], s[6], uint8_t(s[2] >> 7), int32_t(s[7] << 16 | s[8] << 8 | s[9])};
  d->tzinfo = share(tzinfo ? tzinfo : kNone).leak();
  return steal(Value(d));
}
const uint8_t* pickledState(Args args, uint8_t* copy) {
  if (args.positional < 1 || args.positional > 2) return nullptr;
  Value v = args[0];
  const uint8_t* state = nullptr;
  if (isBytes(v) && asBytes(v)->size == kStateSize) {
    state = asBytes(v)->data;
  } else if (isStr(v) && asStr(v)->length == kStateSize && asStr(v)->width == 1) {
    for (int i = 0; i < kStateSize; ++i) copy[i] = uint8_t(asStr(v)->at(i));
    state = copy;
  }
  uint8_t month = state ? state[2] & 0x7F : 0;
  return month >= 1 && month <= 12 ? state : nullptr;
}
Ref<> dateTimeNew(Thread& t, Type* type, Args args) {
  uint8_t copy[kStateSize];
  if (const uint8_t* state = pickledState(args, copy))
    return fromState(t, type, state, args.positional > 1 ? args[1] : Value());
  static const MethodDef kNew =
      method("", ignoredSignature,
             "($self, year, month, day, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)");
  Value bound[9];
  Ref<> keep[2];
  int p[8];
  Clock clock;
  if (!checkFirstParts(t, args) || !bindArguments(t, kNew, args, bound, keep)) return kRaised;
  for (int i = 0; i < 8; ++i) {
    if (!intArgument(t, bound[i == 7 ? 8 : i], &p[i])) return kRaised;
  }
  if (!checkDate(t, p[0], p[1], p[2]) || !checkClock(t, p[3], p[4], p[5], p[6], p[7], &clock) ||
      !checkTzInfo(t, bound[7]))
    return kRaised;
  return newDateTime(t, type, p[0], p[1], p[2], clock, bound[7]);
}
void dateTimeDealloc(Object* self) {
  Value tzinfo = static_cast<DateTime*>(self)->tzinfo;
  freeInstance(self);
  release(tzinfo);
}

Ref<> fromSeconds(Thread& t, Value cls, int64_t seconds, int microseconds, Value tzinfo) {
  Ref<> made = dateTimeOfTimestamp(t, cls, seconds, microseconds, tzinfo.isNone(), tzinfo);
  return made && !tzinfo.isNone() ? callMethod(t, tzinfo, "fromutc", made) : std::move(made);
}
void currentTime(int64_t* seconds, int* microseconds) {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  *seconds = now.tv_sec;
  *microseconds = int(now.tv_nsec / 1000);
}
Ref<> now(Thread& t, Value cls, const Value* args) {
  int64_t seconds;
  int microseconds;
  if (!checkTzInfo(t, args[0])) return kRaised;
  currentTime(&seconds, &microseconds);
  return fromSeconds(t, cls, seconds, microseconds, args[0]);
}
Ref<> utcNow(Thread& t, Value cls) {
  int64_t seconds;
  int microseconds;
  currentTime(&seconds, &microseconds);
  return dateTimeOfTimestamp(t, cls, seconds, microseconds, false, kNone);
}
Ref<> fromTimestamp(Thread& t, Value cls, const Value* args) {
  int64_t seconds;
  int microseconds;
  if (!checkTzInfo(t, args[1]) || !splitTimestamp(t, args[0], false, &seconds, &microseconds)) return kRaised;
  return fromSeconds(t, cls, seconds, microseconds, args[1]);
}
Ref<> utcFromTimestamp(Thread& t, Value cls, Value timestamp) {
  int64_t seconds;
  int microseconds;
  if (!splitTimestamp(t, timestamp, false, &seconds, &microseconds)) return kRaised;
  return dateTimeOfTimestamp(t, cls, seconds, microseconds, false, kNone);
}
Ref<> strpTime(Thread& t, Value cls, const Value* args) {
  for (int i = 0; i < 2; ++i) {
    if (!isStr(args[i]))
      return raise(t, exc::TypeError, "strptime() argument %d must be str, not %.50s", i + 1, typeName(args[i]));
  }
  Ref<> module = importModule(t, "_strptime");
  Value values[] = {cls, args[0], args[1]};
  return module ? callMethod(t, module, "_strptime_datetime", Args{values, 3, nullptr}) : Ref<>();
}
Ref<> combine(Thread& t, Value cls, const Value* args) {
  if (!isDate(args[0]))
    return raise(t, exc::TypeError, "combine() argument 1 must be datetime.date, not %.50s", typeName(args[0]));
  if (!isTime(args[1]))
    return raise(t, exc::TypeError, "combine() argument 2 must be datetime.time, not %.50s", typeName(args[1]));
  Ref<> zone = share(args[2] ? args[2] : asTime(args[1])->tzinfo);
  if (!checkTzInfo(t, zone)) return kRaised;
  const Date* d = asDate(args[0]);
  return newDateTimeOfClass(t, cls, d->year, d->month, d->day, asTime(args[1])->clock, zone);
}
Ref<> fromIsoFormat(Thread& t, Value cls, Value v) {
  IsoText text;
  int year, month, day;
  IsoTime parsed;
  if (!text.set(t, v)) return kRaised;
  if (text.size() < 7) return invalidIsoText(t, v);
  size_t separator = findIsoSeparator(text.text(), text.size());
  if (separator > text.size()) return invalidIsoText(t, v);
  if (!parseIsoDate(text.text(), separator, &year, &month, &day)) return invalidIsoText(t, v);
  if (text.size() > separator && !parseIsoTime(text.text() + separator + 1, text.size() - separator - 1, &parsed))
    return invalidIsoText(t, v);
  Ref<> zone = timeZoneOfIso(t, parsed);
  Clock clock;
  if (!zone || !checkDate(t, year, month, day) ||
      !checkClock(t, parsed.hour, parsed.minute, parsed.second, parsed.microsecond, 0, &clock)) {
    return kRaised;
  }
  return newDateTimeOfClass(t, cls, year, month, day, clock, zone);
}

// --- text ---

Ref<> dateTimeRepr(Thread& t, Value self) {
  const DateTime* d = asDateTime(self);
  const Clock& c = d->clock;
  char text[80];
  int n = snprintf(text, sizeof text, "(%d, %d, %d, %d, %d", d->year, d->month, d->day, c.hour, c.minute);
  if (c.second || c.microsecond) n += snprintf(text + n, sizeof text - size_t(n), ", %d", c.second);
  if (c.microsecond) snprintf(text + n, sizeof text - size_t(n), ", %d", c.microsecond);
  Ref<Str> whole = strFormat(t, "%s%s)", typeName(self), text);
  if (whole && c.fold) whole = appendKeyword(t, std::move(whole), "fold", Value::fromInt(1));
  if (whole && !d->tzinfo.isNone()) whole = appendKeyword(t, std::move(whole), "tzinfo", d->tzinfo);
  return whole;
}
Ref<> isoFormat(Thread& t, Value self, const Value* args) {
  uint32_t separator = 'T';
  if (args[0]) {
    if (!isStr(args[0]))
      return raise(t, exc::TypeError, "isoformat() argument 1 must be a unicode character, not %.50s",
                   typeName(args[0]));
    if (asStr(args[0])->length != 1)
      return raise(t, exc::TypeError, "isoformat() argument 1 must be a unicode character, not str");
    separator = asStr(args[0])->at(0);
  }
  if (args[1] && !isStr(args[1]))
    return raise(t, exc::TypeError, "isoformat() argument 2 must be str, not %.50s", typeName(args[1]));
  const DateTime* d = asDateTime(self);
  char date[16], clock[24], offset[40];
  if (!formatClock(d->clock, args[1] ? Utf8(asStr(args[1])).c_str() : "auto", clock, sizeof clock)) {
    return raise(t, exc::ValueError, "Unknown timespec value");
  }
  if (!formatOffset(t, offsetOf(t, self), ":", offset, sizeof offset)) return kRaised;
  snprintf(date, sizeof date, "%04d-%02d-%02d", d->year, d->month, d->day);
  StrBuilder out(t);
  out.appendAscii(date);
  out.append(separator);
  out.appendAscii(clock);
  out.appendAscii(offset);
  return out.finish();
}
Ref<> dateTimeStr(Thread& t, Value self) {
  Ref<Str> space = newStrUtf8(t, " ");
  return space ? callMethod(t, self, "isoformat", space) : Ref<>();
}
Ref<> cTime(Thread& t, Value self) {
  const DateTime* d = asDateTime(self);
  return strFormat(t, "%s %s %2d %02d:%02d:%02d %04d", dayName(weekdayOf(d->year, d->month, d->day)),
                   monthName(d->month), d->day, d->clock.hour, d->clock.minute, d->clock.second, d->year);
}

// --- parts ---

Ref<> utcOffset(Thread& t, Value self) { return offsetOf(t, self); }
Ref<> dst(Thread& t, Value self) { return callDst(t, asDateTime(self)->tzinfo, self); }
Ref<> tzName(Thread& t, Value self) { return callTzName(t, asDateTime(self)->tzinfo, self); }
Ref<> datePart(Thread& t, Value self) {
  return newDate(t, date_type, asDate(self)->year, asDate(self)->month, asDate(self)->day);
}
Ref<> timePart(Thread& t, Value self) { return newTime(t, time_type, asDateTime(self)->clock, kNone); }
Ref<> timeWithZone(Thread& t, Value self) {
  return newTime(t, time_type, asDateTime(self)->clock, asDateTime(self)->tzinfo);
}
Ref<> timeTuple(Thread& t, Value self) {
  int flag = -1;
  Ref<> saving = callDst(t, asDateTime(self)->tzinfo, self);
  if (!saving) return kRaised;
  if (!saving.value().isNone()) flag = !deltaIsZero(asDelta(saving));
  const DateTime* d = asDateTime(self);
  return buildStructTime(t, d->year, d->month, d->day, d->clock, flag);
}
Ref<> utcTimeTuple(Thread& t, Value self) {
  Ref<> offset = offsetOf(t, self);
  if (!offset) return kRaised;
  const DateTime* d = asDateTime(self);
  if (offset.value().isNone()) return buildStructTime(t, d->year, d->month, d->day, d->clock, 0);
  Ref<> moved =
      fromMicroseconds(t, Value(datetime_type), microsecondsOf(d) - deltaMicroseconds(asDelta(offset)), kNone);
  if (!moved) return kRaised;
  d = asDateTime(moved);
  return buildStructTime(t, d->year, d->month, d->day, d->clock, 0);
}
Ref<> timestamp(Thread& t, Value self) {
  const DateTime* d = asDateTime(self);
  Ref<> offset = d->tzinfo.isNone() ? steal(kNone) : offsetOf(t, self);
  if (!offset) return kRaised;
  if (offset.value().isNone() && !d->tzinfo.isNone()) {
    return raise(t, exc::TypeError, "can't subtract offset-naive and offset-aware datetimes");
  }
  if (offset.value().isNone()) {
    int64_t seconds = localToSeconds(t, d, d->clock.fold);
    if (seconds == -1) return kRaised;
    return steal(Value::fromDouble(double(seconds - kEpoch) + d->clock.microsecond / 1e6));
  }
  __int128 total = microsecondsOf(d) - deltaMicroseconds(asDelta(offset)) - __int128(kEpoch) * kMicro;
  Ref<> number = newInt128(t, total);
  return number ? intTrueDivide(t, number, Value::fromInt(kMicro)) : Ref<>();
}
Ref<> getHour(Thread& t, Value self) { return newInt(t, asDateTime(self)->clock.hour); }
Ref<> getMinute(Thread& t, Value self) { return newInt(t, asDateTime(self)->clock.minute); }
Ref<> getSecond(Thread& t, Value self) { return newInt(t, asDateTime(self)->clock.second); }
Ref<> getMicrosecond(Thread& t, Value self) { return newInt(t, asDateTime(self)->clock.microsecond); }
Ref<> getTzInfo(Thread&, Value self) { return share(asDateTime(self)->tzinfo); }
Ref<> getFold(Thread& t, Value self) { return newInt(t, asDateTime(self)->clock.fold); }

Ref<> replaceParts(Thread& t, Value self, const Value* args) {
  const DateTime* d = asDateTime(self);
  int p[8] = {d->year,      d->month, d->day, d->clock.hour, d->clock.minute, d->clock.second, d->clock.microsecond,
              d->clock.fold};
  for (int i = 0; i < 8; ++i) {
    Value v = args[i == 7 ? 8 : i];
    if (v && !intArgument(t, v, &p[i])) return kRaised;
  }
  Ref<> zone = share(args[7] ? args[7] : d->tzinfo);
  Clock clock;
  if (!checkDate(t, p[0], p[1], p[2]) || !checkClock(t, p[3], p[4], p[5], p[6], p[7], &clock) || !checkTzInfo(t, zone))
    return kRaised;
  return newDateTimeOfClass(t, Value(typeOf(self)), p[0], p[1], p[2], clock, zone);
}
Ref<> localZoneOf(Thread& t, const DateTime* d) {
  int64_t seconds = localToSeconds(t, d, d->clock.fold);
  return seconds == -1 ? Ref<>() : localTimeZone(t, seconds - kEpoch);
}
Ref<> asTimezone(Thread& t, Value self, const Value* args) {
  Ref<> target = share(args[0]);
  if (!checkTzInfo(t, target)) return kRaised;
  const DateTime* d = asDateTime(self);
  Ref<> own = d->tzinfo.isNone() ? localZoneOf(t, d) : share(d->tzinfo);
  if (!own) return kRaised;
  if (own.value() == target.value()) return share(self);
  Ref<> offset = callUtcOffset(t, own, self);
  if (!offset) return kRaised;
  if (offset.value().isNone()) {  // the zone does not know: local time is meant
    own = localZoneOf(t, d);
    offset = own ? callUtcOffset(t, own, self) : Ref<>();
    if (!offset) return kRaised;
  }
  if (!isDelta(offset)) return raise(t, exc::TypeError, "Expected timedelta, got %.200s", typeName(offset));
  __int128 moment = microsecondsOf(d) - deltaMicroseconds(asDelta(offset));
  if (target.value().isNone()) {
    int64_t seconds = int64_t(moment / kMicro) - (moment < 0) - kEpoch;
    target = localTimeZone(t, seconds);
    if (!target) return kRaised;
  }
  Ref<> in_utc = fromMicroseconds(t, Value(typeOf(self)), moment, target);
  return in_utc ? callMethod(t, target, "fromutc", in_utc) : Ref<>();
}

void packState(const DateTime* d, bool with_fold, uint8_t* s) {
  const Clock& c = d->clock;
  const uint8_t state[kStateSize] = {uint8_t(d->year >> 8),
                                     uint8_t(d->year),
                                     uint8_t(d->month | (with_fold && c.fold ? 0x80 : 0)),
                                     d->day,
                                     c.hour,
                                     c.minute,
                                     c.second,
                                     uint8_t(c.microsecond >> 16),
                                     uint8_t(c.microsecond >> 8),
                                     uint8_t(c.microsecond)};
  memcpy(s, state, kStateSize);
}
Ref<> reduceFor(Thread& t, Value self, int64_t protocol) {
  uint8_t state[kStateSize];
  packState(asDateTime(self), protocol > 3, state);
  Ref<Bytes> bytes = newBytes(t, {reinterpret_cast<char*>(state), kStateSize});
  if (!bytes) return kRaised;
  Value zone = asDateTime(self)->tzinfo;
  Ref<Tuple> args = zone.isNone() ? packTuple(t, bytes.value()) : packTuple(t, bytes.value(), zone);
  return args ? packTuple(t, Value(typeOf(self)), args.value()) : Ref<Tuple>();
}
Ref<> reduceEx(Thread& t, Value self, const Value* args) {
  int protocol;
  return intArgument(t, args[0], &protocol) ? reduceFor(t, self, protocol) : Ref<>();
}
Ref<> reduce(Thread& t, Value self) { return reduceFor(t, self, 2); }

// --- hash, comparison, arithmetic ---

// The same moment with this fold, for questions about zones.
Ref<> withFold(Thread& t, Value self, int fold) {
  const DateTime* d = asDateTime(self);
  Clock clock = d->clock;
  clock.fold = uint8_t(fold);
  return newDateTime(t, datetime_type, d->year, d->month, d->day, clock, d->tzinfo);
}
Hash dateTimeHash(Thread& t, Value self) {
  DateTime* d = asDateTime(self);
  if (d->hash != -1) return d->hash;
  Ref<> unfolded = d->clock.fold ? withFold(t, self, 0) : share(self);
  Ref<> offset = unfolded ? offsetOf(t, unfolded) : Ref<>();
  if (!offset) return -1;
  if (offset.value().isNone()) {
    uint8_t state[kStateSize];
    packState(d, false, state);
    d->hash = hashBytes(state, kStateSize);
  } else {
    Ref<> since = newDelta(t, ordinalOf(d->year, d->month, d->day), d->clock.seconds(), d->clock.microsecond);
    Ref<> difference = since ? addDeltas(t, asDelta(since), asDelta(offset), -1) : Ref<>();
    if (!difference) return -1;
    d->hash = hashDelta(t, difference);
  }
  return d->hash;
}
// PEP 495: times whose offset depends on the fold are equal to none of another zone. 0, 1; -1: raised.
int offsetDependsOnFold(Thread& t, Value self, Value offset) {
  Ref<> other = withFold(t, self, !asDateTime(self)->clock.fold);
  Ref<> flipped = other ? offsetOf(t, other) : Ref<>();
  if (!flipped) return -1;
  if (offset.isNone() || flipped.value().isNone()) return offset != flipped.value();
  return compareDeltas(asDelta(offset), asDelta(flipped)) != 0;
}
Ref<> ordered(__int128 order, CompareOp op) {
  bool result[] = {order < 0, order <= 0, order == 0, order != 0, order > 0, order >= 0};
  return steal(Value::fromBool(result[int(op)]));
}
Ref<> dateTimeCompare(Thread& t, Value a, Value b, CompareOp op) {
  bool equality = op == CompareOp::kEqual || op == CompareOp::kNotEqual;
  if (!isDateTime(a) || !isDateTime(b)) {
    if (!isDate(a) || !isDate(b)) return steal(kNotImplemented);
    // A date is no moment.
    if (equality) return steal(Value::fromBool(op == CompareOp::kNotEqual));
    return raise(t, exc::TypeError, "can't compare %s to %s", typeName(a), typeName(b));
  }
  const DateTime *x = asDateTime(a), *y = asDateTime(b);
  __int128 difference = microsecondsOf(x) - microsecondsOf(y);
  if (x->tzinfo == y->tzinfo) return ordered(difference, op);
  Ref<> first = offsetOf(t, a), second = first ? offsetOf(t, b) : Ref<>();
  if (!second) return kRaised;
  bool naive = first.value().isNone(), other_naive = second.value().isNone();
  bool same_offset =
      (naive && other_naive) || (!naive && !other_naive && compareDeltas(asDelta(first), asDelta(second)) == 0);
  if (naive != other_naive) {
    if (equality) return steal(Value::fromBool(op == CompareOp::kNotEqual));
    return raise(t, exc::TypeError, "can't compare offset-naive and offset-aware datetimes");
  }
  if (!same_offset) difference += deltaMicroseconds(asDelta(second)) - deltaMicroseconds(asDelta(first));
  if (equality && difference == 0) {
    int exception = offsetDependsOnFold(t, a, first);
    if (exception == 0) exception = offsetDependsOnFold(t, b, second);
    if (exception < 0) return kRaised;
    if (exception) difference = 1;
  }
  return ordered(difference, op);
}
Ref<> dateTimeAdd(Thread& t, Value a, Value b) {
  if (isDateTime(b)) std::swap(a, b);
  return isDateTime(a) && isDelta(b) ? shiftDateTime(t, a, asDelta(b), 1) : steal(kNotImplemented);
}
Ref<> dateTimeSubtract(Thread& t, Value a, Value b) {
  if (!isDateTime(a)) return steal(kNotImplemented);
  if (isDateTime(b)) return subtractDateTimes(t, a, b);
  return isDelta(b) ? shiftDateTime(t, a, asDelta(b), -1) : steal(kNotImplemented);
}

constexpr MethodKind kClass = MethodKind::kClass;
const MethodDef kMethods[] = {
    method("now", now, "($type, /, tz=None)", "Returns new datetime object representing current time local to tz.",
           kClass),
    method("utcnow", utcNow, nullptr, "Return a new datetime representing UTC day and time.", kClass),
    method("fromtimestamp", fromTimestamp, "($type, timestamp, tz=None)",
           "timestamp[, tz] -> tz's local time from POSIX timestamp.", kClass),
    method("utcfromtimestamp", utcFromTimestamp, nullptr, "Construct a naive UTC datetime from a POSIX timestamp.",
           kClass),
    method("strptime", strpTime, "($type, date_string, format, /)",
           "string, format -> new datetime parsed from a string (like time.strptime()).", kClass),
    method("combine", combine, "($type, date, time, tzinfo=<none>)",
           "date, time -> datetime with same date and time fields", kClass),
    method("fromisoformat", fromIsoFormat, nullptr, "string -> datetime from a string in most ISO 8601 formats",
           kClass),
    method("date", datePart, nullptr, "Return date object with same year, month and day."),
    method("time", timePart, nullptr, "Return time object with same time but with tzinfo=None."),
    method("timetz", timeWithZone, nullptr, "Return time object with same time and tzinfo."),
    method("ctime", cTime, nullptr, "Return ctime() style string."),
    method("timetuple", timeTuple, nullptr, "Return time tuple, compatible with time.localtime()."),
    method("timestamp", timestamp, nullptr, "Return POSIX timestamp as float."),
    method("utctimetuple", utcTimeTuple, nullptr, "Return UTC time tuple, compatible with time.localtime()."),
    method("isoformat", isoFormat, "($self, sep=<none>, timespec=<none>)",
           "[sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM]."),
    method("utcoffset", utcOffset, nullptr, "Return self.tzinfo.utcoffset(self)."),
    method("tzname", tzName, nullptr, "Return self.tzinfo.tzname(self)."),
    method("dst", dst, nullptr, "Return self.tzinfo.dst(self)."),
    method("replace", replaceParts,
           "($self, year=<none>, month=<none>, day=<none>, hour=<none>, minute=<none>, second=<none>, "
           "microsecond=<none>, tzinfo=<none>, *, "
           "fold=<none>)",
           "Return datetime with new specified fields."),
    method("astimezone", asTimezone, "($self, tz=None)", "tz -> convert to local time in new timezone tz\n"),
    method("__reduce_ex__", reduceEx, "($self, protocol, /)", "__reduce_ex__(proto) -> (cls, state)"),
    method("__reduce__", reduce, nullptr, "__reduce__() -> (cls, state)"),
    {},
};
const GetSetDef kGetSets[] = {{"hour", getHour, nullptr, nullptr},
                              {"minute", getMinute, nullptr, nullptr},
                              {"second", getSecond, nullptr, nullptr},
                              {"microsecond", getMicrosecond, nullptr, nullptr},
                              {"tzinfo", getTzInfo, nullptr, nullptr},
                              {"fold", getFold, nullptr, nullptr},
                              {}};

}  // namespace

bool addDateTime(Thread& t, ModuleObject* m) {
  static const TypeSpec spec{
      .type = nullptr,
      .basic_size = sizeof(DateTime),
      .doc =
          "datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])\n\n"
          "The year, month and day arguments are required. tzinfo may be None, or an\ninstance of a tzinfo subclass. "
          "The remaining arguments may be ints.\n",
      .methods = kMethods,
      .getsets = kGetSets,
      .dealloc = dateTimeDealloc,
      .fill = [](Slots& slots) {
        slots.new_ = dateTimeNew;
        slots.repr = dateTimeRepr;
        slots.str = dateTimeStr;
        slots.hash = dateTimeHash;
        slots.compare = dateTimeCompare;
        slots.binary[kOp_add] = dateTimeAdd;
        slots.binary[kOp_subtract] = dateTimeSubtract;
      }};
  Ref<Type> made = makeNativeType(t, spec, "datetime.datetime", date_type, 0);
  if (!made) return false;
  datetime_type = made.get();
  Ref<> least = newDateTime(t, datetime_type, 1, 1, 1, Clock(), kNone);
  Ref<> most = newDateTime(t, datetime_type, 9999, 12, 31, Clock{23, 59, 59, 0, 999999}, kNone),
        step = newDelta(t, 0, 0, 1);
  return least && most && step && setTypeAttribute(t, datetime_type, internStatic("min"), least) &&
         setTypeAttribute(t, datetime_type, internStatic("max"), most) &&
         setTypeAttribute(t, datetime_type, internStatic("resolution"), step) &&
         moduleAdd(t, m, "datetime", std::move(made));
}

}  // namespace krait::datetime
