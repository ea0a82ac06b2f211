// What the files of the _datetime module share: the objects, the calendar, and how the types make each other.
#pragma once
#include <ctime>

#include "runtime/core/error.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str.h"

namespace krait {

struct TimeDelta : Object {
  Hash hash;  // -1: not computed
  int32_t days, seconds, microseconds;
};
struct Date : Object {
  Hash hash;
  int32_t year;
  uint8_t month, day;
};
// Hour to fold, shared by time and datetime.
struct Clock {
  uint8_t hour = 0, minute = 0, second = 0, fold = 0;
  int32_t microsecond = 0;

  int32_t seconds() const { return hour * 3600 + minute * 60 + second; }
};
struct Time : Object {
  Hash hash;
  Clock clock;
  Value tzinfo;  // owned; None for naive ones
};
struct DateTime : Date {
  Clock clock;
  Value tzinfo;
};
struct TimeZone : Object {
  TimeDelta* offset;
  Value name;  // str or empty
};

namespace datetime {

extern Type *delta_type, *date_type, *time_type, *datetime_type, *tzinfo_type, *timezone_type, *isocalendar_type;
extern TimeZone* utc;

inline TimeDelta* asDelta(Value v) { return static_cast<TimeDelta*>(v.asObject()); }
inline Date* asDate(Value v) { return static_cast<Date*>(v.asObject()); }
inline Time* asTime(Value v) { return static_cast<Time*>(v.asObject()); }
inline DateTime* asDateTime(Value v) { return static_cast<DateTime*>(v.asObject()); }
inline TimeZone* asTimeZone(Value v) { return static_cast<TimeZone*>(v.asObject()); }
inline bool isDelta(Value v) { return v.isObject() && isInstance(v, delta_type); }
inline bool isDate(Value v) { return v.isObject() && isInstance(v, date_type); }
inline bool isTime(Value v) { return v.isObject() && isInstance(v, time_type); }
inline bool isDateTime(Value v) { return v.isObject() && isInstance(v, datetime_type); }
inline bool isTzInfo(Value v) { return v.isObject() && isInstance(v, tzinfo_type); }

inline constexpr int kMinYear = 1, kMaxYear = 9999, kMaxOrdinal = 3652059;
inline constexpr int64_t kSecondsPerDay = 86400, kMicro = 1000000;
inline constexpr int64_t kEpoch = int64_t(719163) * kSecondsPerDay;  // seconds from the first day of year 1 to 1970

// --- the calendar (calendar.cpp); no Python ---
bool isLeap(int year);
int daysInMonth(int year, int month);
int dayOfYear(int year, int month, int day);
int ordinalOf(int year, int month, int day);  // 1 is the first day of year 1
void dateOfOrdinal(int ordinal, int* year, int* month, int* day);
int weekdayOf(int year, int month, int day);  // 0 is Monday
int isoFirstMonday(int year);                 // ordinal of the Monday that begins ISO week 1
enum class IsoResult { kGood, kYear, kWeek, kDay };
IsoResult dateOfIsoWeek(int iso_year, int week, int day, int* year, int* month, int* date);

// --- texts of ISO 8601 (iso_text.cpp) ---
// The parts of a text; false: it is malformed.
bool parseIsoDate(const char* text, size_t size, int* year, int* month, int* day);
struct IsoTime {
  int hour = 0, minute = 0, second = 0, microsecond = 0;
  bool has_offset = false;
  int offset_seconds = 0, offset_microseconds = 0;
};
bool parseIsoTime(const char* text, size_t size, IsoTime* out);
size_t findIsoSeparator(const char* text, size_t size);
// The characters as one byte each: a separator outside ASCII becomes 'T', other such characters something that no part
// allows.
class IsoText {
 public:
  [[nodiscard]] bool set(Thread& t, Value v);  // TypeError for what is no str
  const char* text() const { return text_; }
  size_t size() const { return size_; }

 private:
  char text_[80];
  size_t size_ = 0;
};
Raised invalidIsoText(Thread& t, Value text);
// "HH:MM:SS.ffffff" as the name of the last part says. False: an unknown name.
bool formatClock(const Clock& clock, const char* timespec, char* out, size_t room);
// "+HH:MM[:SS[.ffffff]]" of an offset, nothing for None. False: raised.
[[nodiscard]] bool formatOffset(Thread& t, Value offset, const char* separator, char* out, size_t room);
// obj.strftime(format): what the C library does not know is put into the format first.
Ref<> wrapStrftime(Thread& t, Value self, Value format, Ref<> time_tuple, Value tzinfo_argument);
Ref<> formatByStrftime(Thread& t, Value self, Value format);  // __format__
const char* dayName(int weekday);
const char* monthName(int month);

// --- making objects ---
Ref<> newDelta(Thread& t, int64_t days, int64_t seconds, int64_t microseconds);  // normalised; OverflowError
Ref<> deltaFromMicroseconds(Thread& t, Value number, Type* type);
__int128 deltaMicroseconds(const TimeDelta* d);
inline bool deltaIsZero(const TimeDelta* d) { return d->days == 0 && d->seconds == 0 && d->microseconds == 0; }
int compareDeltas(const TimeDelta* a, const TimeDelta* b);
Ref<> addDeltas(Thread& t, const TimeDelta* a, const TimeDelta* b, int sign);
Hash hashDelta(Thread& t, Value delta);
// new...: fields are checked (ValueError). `type` of a subclass is called.
Ref<> newDate(Thread& t, Type* type, int year, int month, int day);
Ref<> newDateOfClass(Thread& t, Value cls, int year, int month, int day);
Ref<> newTime(Thread& t, Type* type, const Clock& clock, Value tzinfo);
Ref<> newDateTime(Thread& t, Type* type, int year, int month, int day, const Clock& clock, Value tzinfo);
Ref<> newDateTimeOfClass(Thread& t, Value cls, int year, int month, int day, const Clock& clock, Value tzinfo);
Ref<> newTimeZone(Thread& t, Value offset, Value name /* or empty */);
[[nodiscard]] bool checkDate(Thread& t, int year, int month, int day);
[[nodiscard]] bool checkClock(Thread& t, int hour, int minute, int second, int microsecond, int fold, Clock* out);
[[nodiscard]] bool checkTzInfo(Thread& t, Value v);
Ref<> timeZoneOfIso(Thread& t, const IsoTime& parsed);
// date + days; datetime + delta. OverflowError beyond the calendar.
Ref<> shiftDate(Thread& t, Value date, int64_t days);
Ref<> shiftDateTime(Thread& t, Value self, const TimeDelta* delta, int sign);
Ref<> subtractDateTimes(Thread& t, Value a, Value b);

// --- what a tzinfo answers: None or a checked value; empty: raised ---
Ref<> callUtcOffset(Thread& t, Value tzinfo, Value argument);
Ref<> callDst(Thread& t, Value tzinfo, Value argument);
Ref<> callTzName(Thread& t, Value tzinfo, Value argument);

// --- arguments ---
[[nodiscard]] bool intArgument(Thread& t, Value v, int* out);  // as CPython's format "i"
// Of a constructor with too few arguments those that are there are looked at first.
[[nodiscard]] bool checkFirstParts(Thread& t, Args args);
Ref<> buildStructTime(Thread& t, int year, int month, int day, const Clock& clock, int dst);
Ref<Str> appendKeyword(Thread& t, Ref<Str> repr, const char* name, Value v);  // "x(1)" -> "x(1, name=...)"
Ref<> ignoredSignature(Thread&, Value, const Value*);  // the function of definitions that are only bound

// --- the machine's clock (local_time.cpp) ---
// Seconds since 1970 and microseconds of a timestamp, rounded to even (floor: seconds alone, rounded down). False:
// raised.
[[nodiscard]] bool splitTimestamp(Thread& t, Value timestamp, bool floor, int64_t* seconds, int* microseconds);
[[nodiscard]] bool brokenDownTime(Thread& t, int64_t seconds, bool local, tm* out);
// Seconds of the calendar (not since 1970). -1: raised.
int64_t calendarSeconds(Thread& t, int year, int month, int day, int hour, int minute, int second);
int64_t localToSeconds(Thread& t, const DateTime* d, int fold);
Ref<> dateTimeOfTimestamp(Thread& t, Value cls, int64_t seconds, int microseconds, bool local, Value tzinfo);
Ref<> localTimeZone(Thread& t, int64_t timestamp);

// Types' own parts, for the module's init. False: raised.
bool addDelta(Thread& t, ModuleObject* m);
bool addDate(Thread& t, ModuleObject* m);
bool addZones(Thread& t, ModuleObject* m);
bool addTime(Thread& t, ModuleObject* m);
bool addDateTime(Thread& t, ModuleObject* m);

}  // namespace datetime
}  // namespace krait
