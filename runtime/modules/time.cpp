// The time module.
#include <cerrno>
#include <cmath>
#include <ctime>
#include <string>
#include <sys/resource.h>
#include <sys/select.h>

#include "runtime/core/error.h"
#include "runtime/core/thread.h"
#include "runtime/objects/float.h"
#include "runtime/objects/function.h"
#include "runtime/objects/int.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/struct_sequence.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

inline constexpr int64_t kBillion = 1'000'000'000;

StructSequence struct_time{
    "time.struct_time",
    "The time value as returned by gmtime(), localtime(), and strptime(), and\n accepted by asctime(), mktime() and strftime().",
    {"tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst", "tm_zone", "tm_gmtoff"},
    9};

int64_t clockNanoseconds(clockid_t clock) {
  timespec ts;
  clock_gettime(clock, &ts);
  return int64_t(ts.tv_sec) * kBillion + ts.tv_nsec;
}
template <clockid_t clock>
Ref<> seconds(Thread&, Value) {
  return steal(Value::fromDouble(double(clockNanoseconds(clock)) * 1e-9));
}
template <clockid_t clock>
Ref<> nanoseconds(Thread& t, Value) {
  return newInt(t, clockNanoseconds(clock));
}

Ref<> sleepFor(Thread& t, Value, Value duration) {
  double s;
  if (isFloatLike(duration)) {
    s = floatValue(duration);
  } else {
    Ref<> whole = toIndexValue(t, duration);
    if (!whole) return kRaised;
    int64_t seconds;
    s = intFits64(whole, &seconds) ? double(seconds) : intSign(whole) < 0 ? -1.0 : 1e30;
  }
  if (std::isnan(s)) return raise(t, exc::ValueError, "Invalid value NaN (not a number)");
  if (s < 0) return raise(t, exc::ValueError, "sleep length must be non-negative");
  if (s > 9.2e9) return raise(t, exc::OverflowError, "timestamp too large to convert to C _PyTime_t");
  int64_t end = clockNanoseconds(CLOCK_MONOTONIC) + int64_t(s * 1e9);
  for (;;) {
    int result;
    {
      WithoutGil released(t);
      timespec until{time_t(end / kBillion), long(end % kBillion)};
      result = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
    }
    if (result == 0) return share(kNone);
    if (result != EINTR) return raiseOSError(t, result);
    if (!servePoll(t)) return kRaised;  // a signal handler may raise; else the sleep goes on
  }
}

Ref<> makeTime(Thread& t, const tm& parts) {
  Ref<Str> zone = newStrUtf8(t, parts.tm_zone ? parts.tm_zone : "");
  if (!zone) return kRaised;
  Value v[] = {Value::fromInt(parts.tm_year + 1900), Value::fromInt(parts.tm_mon + 1), Value::fromInt(parts.tm_mday),
               Value::fromInt(parts.tm_hour),        Value::fromInt(parts.tm_min),     Value::fromInt(parts.tm_sec),
               Value::fromInt((parts.tm_wday + 6) % 7), Value::fromInt(parts.tm_yday + 1), Value::fromInt(parts.tm_isdst),
               zone.value(),                         Value::fromInt(parts.tm_gmtoff)};
  return newStructSequence(t, struct_time, v);
}

// Seconds since the epoch from an optional argument.
bool secondsArgument(Thread& t, Value v, time_t* out) {
  if (!v || v.isNone()) {
    *out = time(nullptr);
    return true;
  }
  if (isFloatLike(v)) {
    double d = std::floor(floatValue(v));
    if (std::isnan(d)) return raise(t, exc::ValueError, "Invalid value NaN (not a number)");
    if (!(d > -9.2e18 && d < 9.2e18)) return raise(t, exc::OverflowError, "timestamp out of range for platform time_t");
    *out = time_t(d);
    return true;
  }
  int64_t i = toInt64(t, v);
  if (t.raised()) return false;
  *out = time_t(i);
  return true;
}

Ref<> localTime(Thread& t, Value, const Value* args) {
  time_t at;
  tm parts;
  if (!secondsArgument(t, args[0], &at)) return kRaised;
  if (!localtime_r(&at, &parts)) return raiseOSError(t, errno);
  return makeTime(t, parts);
}
Ref<> gmTime(Thread& t, Value, const Value* args) {
  time_t at;
  tm parts;
  if (!secondsArgument(t, args[0], &at)) return kRaised;
  if (!gmtime_r(&at, &parts)) return raiseOSError(t, errno);
  return makeTime(t, parts);
}

// The nine numbers of a time tuple.
bool readTime(Thread& t, Value v, tm* out) {
  if (!isTuple(v)) return raise(t, exc::TypeError, "Tuple or struct_time argument required");
  if (asTuple(v)->size < 9) return raise(t, exc::TypeError, "function takes exactly 9 arguments (%ld given)", long(asTuple(v)->size));
  int64_t n[9];
  for (int i = 0; i < 9; ++i) {
    n[i] = toInt64(t, asTuple(v)->items[i]);
    if (t.raised()) return false;
  }
  *out = tm{};
  out->tm_year = int(n[0] - 1900);
  out->tm_mon = int(n[1] - 1);
  out->tm_mday = int(n[2]);
  out->tm_hour = int(n[3]);
  out->tm_min = int(n[4]);
  out->tm_sec = int(n[5]);
  out->tm_wday = int((n[6] + 1) % 7);
  out->tm_yday = int(n[7] - 1);
  out->tm_isdst = int(n[8]);
  return true;
}

// For formatting: zero month and day are allowed; others must be in range.
bool checkTime(Thread& t, tm* p) {
  if (p->tm_mon == -1) p->tm_mon = 0;
  if (p->tm_mday == 0) p->tm_mday = 1;
  if (p->tm_yday == -1) p->tm_yday = 0;
  if (p->tm_mon < 0 || p->tm_mon > 11) return raise(t, exc::ValueError, "month out of range");
  if (p->tm_mday < 1 || p->tm_mday > 31) return raise(t, exc::ValueError, "day of month out of range");
  if (p->tm_hour < 0 || p->tm_hour > 23) return raise(t, exc::ValueError, "hour out of range");
  if (p->tm_min < 0 || p->tm_min > 59) return raise(t, exc::ValueError, "minute out of range");
  if (p->tm_sec < 0 || p->tm_sec > 61) return raise(t, exc::ValueError, "seconds out of range");
  if (p->tm_wday < 0) return raise(t, exc::ValueError, "day of week out of range");
  if (p->tm_yday < 0 || p->tm_yday > 365) return raise(t, exc::ValueError, "day of year out of range");
  if (p->tm_isdst < -1) p->tm_isdst = -1;
  if (p->tm_isdst > 1) p->tm_isdst = 1;
  return true;
}

bool nowOr(Thread& t, Value v, tm* parts) {
  if (v && !v.isNone()) return readTime(t, v, parts) && checkTime(t, parts);
  time_t at = time(nullptr);
  localtime_r(&at, parts);
  return true;
}

Ref<> makeSeconds(Thread& t, Value, Value v) {
  tm parts;
  if (!readTime(t, v, &parts)) return kRaised;
  parts.tm_wday = -1;
  time_t at = mktime(&parts);
  if (at == -1 && parts.tm_wday == -1) return raise(t, exc::OverflowError, "mktime argument out of range");
  return steal(Value::fromDouble(double(at)));
}

Ref<> asciiTime(Thread& t, Value, const Value* args) {
  static const char* const kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static const char* const kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  tm p;
  if (!nowOr(t, args[0], &p)) return kRaised;
  return strFormat(t, "%s %s%3d %.2d:%.2d:%.2d %d", kDays[p.tm_wday], kMonths[p.tm_mon], p.tm_mday, p.tm_hour, p.tm_min, p.tm_sec,
                   1900 + p.tm_year);
}
Ref<> cTime(Thread& t, Value self, const Value* args) {
  time_t at;
  if (!secondsArgument(t, args[0], &at)) return kRaised;
  tm parts;
  localtime_r(&at, &parts);
  Ref<> tuple = makeTime(t, parts);
  if (!tuple) return kRaised;
  Value v = tuple;
  return asciiTime(t, self, &v);
}

Ref<> formatTime(Thread& t, Value, const Value* args) {
  if (!isStr(args[0]))
    return raise(t, exc::TypeError, "strftime() argument 1 must be str, not %s", argumentTypeName(args[0]));
  tm parts;
  if (!nowOr(t, args[1], &parts)) return kRaised;
  Utf8 format;
  if (!format.set(t, asStr(args[0]))) return kRaised;
  if (format.size() == 0) return share(Value(emptyStr()));
  for (size_t room = 1024;; room *= 2) {
    std::string out(room, 0);
    size_t n = strftime(out.data(), room, format.c_str(), &parts);
    if (n || room >= 256 * format.size() + 1024) return newStrUtf8(t, std::string_view(out.data(), n));
  }
}

bool clockOf(Thread& t, Value v, clockid_t* out) {
  int64_t i = toInt64(t, v);
  if (t.raised()) return false;
  *out = clockid_t(i);
  return true;
}
Ref<> clockGetTime(Thread& t, Value, Value id) {
  clockid_t clock;
  timespec ts;
  if (!clockOf(t, id, &clock)) return kRaised;
  if (clock_gettime(clock, &ts)) return raiseOSError(t, errno);
  return steal(Value::fromDouble(double(ts.tv_sec) + double(ts.tv_nsec) * 1e-9));
}
Ref<> clockGetTimeNs(Thread& t, Value, Value id) {
  clockid_t clock;
  timespec ts;
  if (!clockOf(t, id, &clock)) return kRaised;
  if (clock_gettime(clock, &ts)) return raiseOSError(t, errno);
  return newInt(t, int64_t(ts.tv_sec) * kBillion + ts.tv_nsec);
}
Ref<> clockGetRes(Thread& t, Value, Value id) {
  clockid_t clock;
  timespec ts;
  if (!clockOf(t, id, &clock)) return kRaised;
  if (clock_getres(clock, &ts)) return raiseOSError(t, errno);
  return steal(Value::fromDouble(double(ts.tv_sec) + double(ts.tv_nsec) * 1e-9));
}

Ref<> clockInfo(Thread& t, Value, Value name) {
  if (!isStr(name))
    return raise(t, exc::TypeError, "get_clock_info() argument 1 must be str, not %s", argumentTypeName(name));
  struct Row {
    const char *name, *implementation;
    clockid_t clock;
    bool monotonic, adjustable;
  };
  static const Row kRows[] = {
      {"time", "clock_gettime(CLOCK_REALTIME)", CLOCK_REALTIME, false, true},
      {"monotonic", "clock_gettime(CLOCK_MONOTONIC)", CLOCK_MONOTONIC, true, false},
      {"perf_counter", "clock_gettime(CLOCK_MONOTONIC)", CLOCK_MONOTONIC, true, false},
      {"process_time", "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", CLOCK_PROCESS_CPUTIME_ID, true, false},
      {"thread_time", "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", CLOCK_THREAD_CPUTIME_ID, true, false},
  };
  for (const Row& row : kRows) {
    if (!strEqualsAscii(asStr(name), row.name)) continue;
    Ref<> types_module = importModule(t, "types");
    if (!types_module) return kRaised;
    Ref<> info = callMethod(t, types_module, "SimpleNamespace");
    timespec resolution;
    clock_getres(row.clock, &resolution);
    Ref<Str> text = newStrUtf8(t, row.implementation);
    if (!info || !text || !setAttr(t, info, internStatic("implementation"), text) ||
        !setAttr(t, info, internStatic("monotonic"), Value::fromBool(row.monotonic)) ||
        !setAttr(t, info, internStatic("adjustable"), Value::fromBool(row.adjustable)) ||
        !setAttr(t, info, internStatic("resolution"), Value::fromDouble(double(resolution.tv_nsec) * 1e-9))) {
      return kRaised;
    }
    return info;
  }
  return raise(t, exc::ValueError, "unknown clock");
}

bool addZone(Thread& t, ModuleObject* m) {
  tzset();
  time_t now = time(nullptr);
  // Offsets of January and July tell standard time from daylight time.
  tm parts;
  localtime_r(&now, &parts);
  long offsets[2];
  std::string zones[2];
  for (int i = 0; i < 2; ++i) {
    tm probe{};
    probe.tm_year = parts.tm_year;
    probe.tm_mon = i ? 6 : 0;
    probe.tm_mday = 1;
    probe.tm_isdst = -1;
    mktime(&probe);
    offsets[i] = -probe.tm_gmtoff;
    zones[i] = probe.tm_zone ? probe.tm_zone : "";
  }
  int standard = offsets[0] < offsets[1] ? 1 : 0;  // the southern half of the earth
  Ref<Str> a = newStrUtf8(t, zones[standard]), b = newStrUtf8(t, zones[1 - standard]);
  return a && b && moduleAdd(t, m, "timezone", newInt(t, offsets[standard])) &&
         moduleAdd(t, m, "altzone", newInt(t, offsets[1 - standard])) &&
         moduleAdd(t, m, "daylight", newInt(t, offsets[0] != offsets[1])) &&
         moduleAdd(t, m, "tzname", packTuple(t, a.value(), b.value()));
}
Ref<> resetZone(Thread& t, Value self) { return addZone(t, asModule(self)) ? share(kNone) : Ref<>(kRaised); }

const MethodDef kFunctions[] = {
    method("time", seconds<CLOCK_REALTIME>, "($module, /)"),
    method("time_ns", nanoseconds<CLOCK_REALTIME>, "($module, /)"),
    method("monotonic", seconds<CLOCK_MONOTONIC>, "($module, /)"),
    method("monotonic_ns", nanoseconds<CLOCK_MONOTONIC>, "($module, /)"),
    method("perf_counter", seconds<CLOCK_MONOTONIC>, "($module, /)"),
    method("perf_counter_ns", nanoseconds<CLOCK_MONOTONIC>, "($module, /)"),
    method("process_time", seconds<CLOCK_PROCESS_CPUTIME_ID>, "($module, /)"),
    method("process_time_ns", nanoseconds<CLOCK_PROCESS_CPUTIME_ID>, "($module, /)"),
    method("thread_time", seconds<CLOCK_THREAD_CPUTIME_ID>, "($module, /)"),
    method("thread_time_ns", nanoseconds<CLOCK_THREAD_CPUTIME_ID>, "($module, /)"),
    method("sleep", sleepFor, "($module, seconds, /)"),
    method("localtime", localTime, "($module, seconds=None, /)"),
    method("gmtime", gmTime, "($module, seconds=None, /)"),
    method("mktime", makeSeconds, "($module, tuple, /)"),
    method("asctime", asciiTime, "($module, tuple=None, /)"),
    method("ctime", cTime, "($module, seconds=None, /)"),
    method("strftime", formatTime, "($module, format, tuple=None, /)"),
    method("clock_gettime", clockGetTime, "($module, clk_id, /)"),
    method("clock_gettime_ns", clockGetTimeNs, "($module, clk_id, /)"),
    method("clock_getres", clockGetRes, "($module, clk_id, /)"),
    method("get_clock_info", clockInfo, "($module, name, /)"),
    method("tzset", resetZone, "($module, /)"),
    {},
};

Ref<> strptime(Thread& t, Value, Args args) {
  Ref<> helper = importModule(t, "_strptime");
  if (!helper) return kRaised;
  return callMethod(t, helper, "_strptime_time", args);
}
const MethodDef kStrptime = method("strptime", strptime, nullptr);

bool init(Thread& t, ModuleObject* m) {
  Ref<Str> name = newStrUtf8(t, "time");
  if (!name || !moduleAdd(t, m, "strptime", newNativeFunction(t, &kStrptime, m, name))) return false;
  Type* type = structSequenceType(t, struct_time);
  if (!type || !moduleAdd(t, m, "struct_time", share(Value(type)))) return false;
  struct Row {
    const char* name;
    int64_t value;
  };
  static const Row kConstants[] = {{"CLOCK_REALTIME", CLOCK_REALTIME},
                                   {"CLOCK_MONOTONIC", CLOCK_MONOTONIC},
                                   {"CLOCK_MONOTONIC_RAW", CLOCK_MONOTONIC_RAW},
                                   {"CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID},
                                   {"CLOCK_THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID},
                                   {"CLOCK_BOOTTIME", CLOCK_BOOTTIME},
                                   {"CLOCK_TAI", CLOCK_TAI},
                                   {"_STRUCT_TM_ITEMS", 11}};
  for (const Row& row : kConstants) {
    if (!moduleAdd(t, m, row.name, newInt(t, row.value))) return false;
  }
  return addZone(t, m);
}

}  // namespace

const ModuleDef& timeModule() {
  static const ModuleDef def{"time",
                             "This module provides various functions to manipulate time values.", kFunctions, init};
  return def;
}

}  // namespace krait
