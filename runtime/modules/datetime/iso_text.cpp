// Texts of dates and times: ISO 8601 in both directions, and strftime.
#include <cstdio>
#include <cstring>

#include "runtime/modules/datetime/datetime.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_builder.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait::datetime {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }
// A number of exactly `count` digits; the place behind it, or null.
const char* digits(const char* p, int count, int* out) {
  *out = 0;
  for (; count > 0; --count, ++p) {
    if (!isDigit(*p)) return nullptr;
    *out = *out * 10 + (*p - '0');
  }
  return p;
}

enum class TimePart { kWhole, kMore, kBad };

// HH[:MM[:SS[.fff...]]] up to `end`, with or without colons. The text is ended by a zero; kMore: something follows.
TimePart parseClock(const char* p, const char* end, int* hour, int* minute, int* second, int* microsecond) {
  int* const parts[3] = {hour, minute, second};
  *hour = *minute = *second = *microsecond = 0;
  bool separated = true;
  for (int i = 0; i < 3; ++i) {
    p = digits(p, 2, parts[i]);
    if (!p) return TimePart::kBad;
    char c = *p++;
    if (i == 0) separated = c == ':';
    if (p >= end) return c != 0 ? TimePart::kMore : TimePart::kWhole;
    if (separated && c == ':') {
      if (i == 2) return TimePart::kBad;
      continue;
    }
    if (c == '.' || c == ',') break;
    if (separated) return TimePart::kBad;
    --p;
  }
  size_t left = size_t(end - p), wanted = left < 6 ? left : 6;
  p = digits(p, int(wanted), microsecond);
  if (!p) return TimePart::kBad;
  for (size_t i = wanted; i < 6; ++i) *microsecond *= 10;
  while (isDigit(*p)) ++p;
  return *p != 0 ? TimePart::kMore : TimePart::kWhole;
}

}  // namespace

bool parseIsoDate(const char* text, size_t size, int* year, int* month, int* day) {
  const char *p = digits(text, 4, year), *end = text + size;
  if (!p) return false;
  bool separated = *p == '-';
  if (separated) ++p;
  if (*p == 'W') {
    int week, weekday = 1;
    p = digits(p + 1, 2, &week);
    if (!p) return false;
    if (p < end) {
      if (separated && *p++ != '-') return false;
      p = digits(p, 1, &weekday);
      if (!p) return false;
    }
    int iso_year = *year;
    return dateOfIsoWeek(iso_year, week, weekday, year, month, day) == IsoResult::kGood;
  }
  p = digits(p, 2, month);
  if (!p || (separated && *p++ != '-')) return false;
  return digits(p, 2, day) != nullptr;  // more may follow, as in CPython
}

bool parseIsoTime(const char* text, size_t size, IsoTime* out) {
  const char *end = text + size, *zone = text;
  do {
    if (*zone == '+' || *zone == '-' || *zone == 'Z') break;
  } while (++zone < end);
  TimePart clock = parseClock(text, zone, &out->hour, &out->minute, &out->second, &out->microsecond);
  if (clock == TimePart::kBad) return false;
  if (zone == end) return clock == TimePart::kWhole;
  out->has_offset = true;
  if (*zone == 'Z') return zone[1] == 0;
  int sign = *zone == '-' ? -1 : 1, hour, minute, second;
  TimePart offset = parseClock(zone + 1, end, &hour, &minute, &second, &out->offset_microseconds);
  out->offset_seconds = sign * (hour * 3600 + minute * 60 + second);
  out->offset_microseconds *= sign;
  return offset == TimePart::kWhole;
}

// Where the date ends: the form of a date shows in its fifth and sixth character.
size_t findIsoSeparator(const char* text, size_t size) {
  if (size == 7) return 7;
  if (text[4] == '-') {
    if (text[5] != 'W') return 10;                 // YYYY-MM-DD
    if (size <= 8 || text[8] != '-') return 8;     // YYYY-Www
    if (size > 10 && isDigit(text[10])) return 8;  // YYYY-Www-## is likely to have the hyphen as separator
    return 10;                                     // YYYY-Www-D
  }
  if (text[4] != 'W') return 8;  // YYYYMMDD
  size_t i = 7;
  while (i < size && isDigit(text[i])) ++i;
  if (i < 9) return i;        // YYYYWww or YYYYWwwd, then the separator
  return i % 2 == 0 ? 7 : 8;  // a digit as separator: the time has an even number of them
}

bool IsoText::set(Thread& t, Value v) {
  if (!isStr(v)) return raise(t, exc::TypeError, "fromisoformat: argument must be str");
  const Str* s = asStr(v);
  size_ = size_t(s->length) < sizeof text_ - 1 ? size_t(s->length) : sizeof text_ - 1;
  for (size_t i = 0; i < size_; ++i) {
    uint32_t c = s->at(int64_t(i));
    bool separator = i == 7 || i == 8 || i == 10;
    text_[i] = c > 0 && c < 128 ? char(c) : separator ? 'T' : '?';
  }
  if (size_t(s->length) > size_) {  // only digits that do not count may stand there
    for (int64_t i = int64_t(size_); i < s->length; ++i) {
      if (s->at(i) < '0' || s->at(i) > '9') text_[size_ - 1] = '?';
    }
  }
  text_[size_] = 0;
  return true;
}
Raised invalidIsoText(Thread& t, Value text) {
  Ref<Str> shown = repr(t, text);
  if (!shown) return kRaised;
  return raise(t, exc::ValueError, "Invalid isoformat string: %s", Utf8(shown.get()).c_str());
}

bool formatClock(const Clock& c, const char* timespec, char* out, size_t room) {
  if (strcmp(timespec, "auto") == 0) timespec = c.microsecond ? "microseconds" : "seconds";
  if (strcmp(timespec, "hours") == 0) {
    snprintf(out, room, "%02d", c.hour);
  } else if (strcmp(timespec, "minutes") == 0) {
    snprintf(out, room, "%02d:%02d", c.hour, c.minute);
  } else if (strcmp(timespec, "seconds") == 0) {
    snprintf(out, room, "%02d:%02d:%02d", c.hour, c.minute, c.second);
  } else if (strcmp(timespec, "milliseconds") == 0) {
    snprintf(out, room, "%02d:%02d:%02d.%03d", c.hour, c.minute, c.second, c.microsecond / 1000);
  } else if (strcmp(timespec, "microseconds") == 0) {
    snprintf(out, room, "%02d:%02d:%02d.%06d", c.hour, c.minute, c.second, c.microsecond);
  } else {
    return false;
  }
  return true;
}

bool formatOffset(Thread& t, Value offset, const char* separator, char* out, size_t room) {
  *out = 0;
  if (!offset) return false;
  if (offset.isNone()) return true;
  __int128 total = deltaMicroseconds(asDelta(offset));
  char sign = total < 0 ? '-' : '+';
  if (total < 0) total = -total;
  int microseconds = int(total % kMicro), seconds = int(total / kMicro);
  int n = snprintf(out, room, "%c%02d%s%02d", sign, seconds / 3600, separator, seconds / 60 % 60);
  if (seconds % 60 || microseconds) n += snprintf(out + n, room - size_t(n), "%s%02d", separator, seconds % 60);
  if (microseconds) snprintf(out + n, room - size_t(n), ".%06d", microseconds);
  return true;
}

namespace {

// %Z: the zone's name, in which a percent sign stands for itself.
bool appendZoneName(Thread& t, StrBuilder& out, Value self, Value argument) {
  Ref<> zone = isTime(self)       ? share(asTime(self)->tzinfo)
               : isDateTime(self) ? share(asDateTime(self)->tzinfo)
                                  : getAttrOrEmpty(t, self, internStatic("tzinfo"));
  if (!zone && t.raised()) return false;
  if (!zone || zone.value().isNone()) return true;
  Ref<> name = callTzName(t, zone, argument);
  if (!name) return false;
  if (name.value().isNone()) return true;
  Ref<Str> percent = newStrUtf8(t, "%"), doubled = newStrUtf8(t, "%%");
  Value pair[] = {percent, doubled};
  Ref<> escaped = percent && doubled ? callMethod(t, name, "replace", Args{pair, 2, nullptr}) : Ref<>();
  if (!escaped) return false;
  if (!isStr(escaped)) return raise(t, exc::TypeError, "tzname.replace() did not return a string");
  out.append(asStr(escaped));
  return true;
}
bool appendOffset(Thread& t, StrBuilder& out, Value self, Value argument) {
  Ref<> zone = isTime(self)       ? share(asTime(self)->tzinfo)
               : isDateTime(self) ? share(asDateTime(self)->tzinfo)
                                  : getAttrOrEmpty(t, self, internStatic("tzinfo"));
  if (!zone && t.raised()) return false;
  if (!zone || zone.value().isNone()) return true;
  char text[40];
  if (!formatOffset(t, callUtcOffset(t, zone, argument), "", text, sizeof text)) return false;
  out.appendAscii(text);
  return true;
}

}  // namespace

Ref<> wrapStrftime(Thread& t, Value self, Value format, Ref<> time_tuple, Value tzinfo_argument) {
  if (!time_tuple) return kRaised;
  const Str* text = asStr(format);
  StrBuilder out(t);
  for (int64_t i = 0; i < text->length; ++i) {
    uint32_t c = text->at(i);
    if (c != '%' || i + 1 == text->length) {
      out.append(c);
      continue;
    }
    c = text->at(++i);
    if (c == 'z') {
      if (!appendOffset(t, out, self, tzinfo_argument)) return kRaised;
    } else if (c == 'Z') {
      if (!appendZoneName(t, out, self, tzinfo_argument)) return kRaised;
    } else if (c == 'f') {
      char digits[16];
      snprintf(digits, sizeof digits, "%06d",
               isTime(self)       ? asTime(self)->clock.microsecond
               : isDateTime(self) ? asDateTime(self)->clock.microsecond
                                  : 0);
      out.appendAscii(digits);
    } else {
      out.append('%');
      out.append(c);
    }
  }
  Ref<Str> whole = out.finish();
  Ref<> time = whole ? importModule(t, "time") : Ref<>();
  Ref<> strftime = time ? getAttr(t, time, "strftime") : Ref<>();
  return strftime ? call(t, strftime, whole, time_tuple) : Ref<>();
}

Ref<> formatByStrftime(Thread& t, Value self, Value format) {
  if (!isStr(format))
    return raise(t, exc::TypeError, "__format__() argument 1 must be str, not %.50s", typeName(format));
  if (asStr(format)->length == 0) return str(t, self);
  return callMethod(t, self, "strftime", format);
}

}  // namespace krait::datetime
