// The machine's clock and its time zone: timestamps, and local time in both directions.
#include <cerrno>
#include <cmath>

#include "runtime/modules/datetime/datetime.h"
#include "runtime/objects/float.h"
#include "runtime/objects/int.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait::datetime {

namespace {

constexpr int64_t kLongestFold = 24 * 3600;  // no transition of a zone changes the clock by more

Raised outOfRange(Thread& t) { return raise(t, exc::OverflowError, "timestamp out of range for platform time_t"); }

// Local time, in calendar seconds, of a moment in calendar seconds. -1: raised.
int64_t localOf(Thread& t, int64_t u) {
  tm parts;
  if (!brokenDownTime(t, u - kEpoch, true, &parts)) return -1;
  return calendarSeconds(t, parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
                         parts.tm_sec);
}

}  // namespace

bool splitTimestamp(Thread& t, Value timestamp, bool floor, int64_t* seconds, int* microseconds) {
  *microseconds = 0;
  if (!isFloatLike(timestamp)) {
    Ref<> number = toIndexValue(t, timestamp);
    if (!number) return false;
    return intFits64(number, seconds) || outOfRange(t).operator bool();
  }
  double d = floatValue(timestamp), whole;
  if (std::isnan(d)) return raise(t, exc::ValueError, "Invalid value NaN (not a number)");
  double fraction = floor ? (whole = std::floor(d), 0.0) : std::nearbyint(std::modf(d, &whole) * 1e6);
  if (fraction >= 1e6) {
    fraction -= 1e6;
    whole += 1.0;
  } else if (fraction < 0) {
    fraction += 1e6;
    whole -= 1.0;
  }
  if (!(whole >= -0x1p63 && whole < 0x1p63)) return outOfRange(t);
  *seconds = int64_t(whole);
  *microseconds = int(fraction);
  return true;
}

bool brokenDownTime(Thread& t, int64_t seconds, bool local, tm* out) {
  time_t moment = time_t(seconds);
  errno = 0;
  if (local ? localtime_r(&moment, out) : gmtime_r(&moment, out)) return true;
  return raiseOSError(t, errno ? errno : EINVAL);
}

int64_t calendarSeconds(Thread& t, int year, int month, int day, int hour, int minute, int second) {
  if (year < kMinYear || year > kMaxYear) return raise(t, exc::ValueError, "year %i is out of range", year);
  return int64_t(ordinalOf(year, month, day)) * kSecondsPerDay + hour * 3600 + minute * 60 + second;
}

// The moment at which local clocks show d. A clock that is put back shows it twice: fold chooses; one that is put
// forward never does.
int64_t localToSeconds(Thread& t, const DateTime* d, int fold) {
  int64_t wanted = calendarSeconds(t, d->year, d->month, d->day, d->clock.hour, d->clock.minute, d->clock.second);
  int64_t local = wanted < 0 ? -1 : localOf(t, wanted);
  if (local == -1) return -1;
  int64_t offset = local - wanted, first = wanted - offset, other_offset;
  int64_t shown = localOf(t, first);
  if (shown == -1) return -1;
  if (shown == wanted) {  // a solution: is there an earlier or later one?
    int64_t near = fold ? first + kLongestFold : first - kLongestFold;
    local = localOf(t, near);
    if (local == -1) return -1;
    other_offset = local - near;
    if (offset == other_offset) return first;
  } else {
    other_offset = shown - first;
  }
  int64_t second = wanted - other_offset;
  int64_t second_shown = localOf(t, second);
  if (second_shown == -1) return -1;
  if (second_shown == wanted) return second;
  if (shown == wanted) return first;
  return (first < second) == (fold != 0) ? first : second;  // in the gap
}

Ref<> dateTimeOfTimestamp(Thread& t, Value cls, int64_t seconds, int microseconds, bool local, Value tzinfo) {
  tm parts;
  if (!brokenDownTime(t, seconds, local, &parts)) return kRaised;
  int year = parts.tm_year + 1900;
  Clock clock{uint8_t(parts.tm_hour), uint8_t(parts.tm_min), uint8_t(parts.tm_sec < 59 ? parts.tm_sec : 59), 0,
              microseconds};
  if (local && tzinfo.isNone()) {
    // The second of two equal local times is folded: was the same time shown before?
    int64_t shown = calendarSeconds(t, year, parts.tm_mon + 1, parts.tm_mday, clock.hour, clock.minute, clock.second);
    if (shown == -1) return kRaised;
    int64_t before = localOf(t, kEpoch + seconds - kLongestFold);
    if (before == -1) return kRaised;
    int64_t transition = shown - before - kLongestFold;
    if (transition < 0) {
      int64_t probe = localOf(t, kEpoch + seconds + transition);
      if (probe == -1) return kRaised;
      if (probe == shown) clock.fold = 1;
    }
  }
  return newDateTimeOfClass(t, cls, year, parts.tm_mon + 1, parts.tm_mday, clock, tzinfo);
}

Ref<> localTimeZone(Thread& t, int64_t timestamp) {
  tm parts;
  if (!brokenDownTime(t, timestamp, true, &parts)) return kRaised;
  Ref<> offset = newDelta(t, 0, parts.tm_gmtoff, 0);
  Ref<Str> name = offset ? newStrUtf8(t, parts.tm_zone) : Ref<Str>();
  return name ? newTimeZone(t, offset, name) : Ref<>();
}

}  // namespace krait::datetime
