// The proleptic Gregorian calendar: ordinals, months, ISO weeks.
#include "runtime/modules/datetime/datetime.h"

namespace krait::datetime {

namespace {

constexpr int kDaysBefore[13] = {0,   0,   31,  59,  90,  120, 151,
                                 181, 212, 243, 273, 304, 334};  // by month, in a common year
constexpr int kDaysIn[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
constexpr int kDaysIn400Years = 146097, kDaysIn100Years = 36524, kDaysIn4Years = 1461;

int daysBeforeYear(int year) {
  int y = year - 1;
  return y * 365 + y / 4 - y / 100 + y / 400;
}
int daysBeforeMonth(int year, int month) { return kDaysBefore[month] + (month > 2 && isLeap(year)); }

}  // namespace

bool isLeap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
int daysInMonth(int year, int month) { return month == 2 && isLeap(year) ? 29 : kDaysIn[month]; }
int dayOfYear(int year, int month, int day) { return daysBeforeMonth(year, month) + day; }
int ordinalOf(int year, int month, int day) { return daysBeforeYear(year) + daysBeforeMonth(year, month) + day; }

void dateOfOrdinal(int ordinal, int* year, int* month, int* day) {
  int n = ordinal - 1;
  *year = n / kDaysIn400Years * 400 + 1;
  n %= kDaysIn400Years;
  int centuries = n / kDaysIn100Years;
  n %= kDaysIn100Years;
  int fours = n / kDaysIn4Years;
  n %= kDaysIn4Years;
  int years = n / 365;
  n %= 365;
  *year += centuries * 100 + fours * 4 + years;
  if (years == 4 || centuries == 4) {  // the last day of a leap year
    *year -= 1;
    *month = 12;
    *day = 31;
    return;
  }
  *month = (n + 50) >> 5;  // right or one too large
  if (daysBeforeMonth(*year, *month) > n) --*month;
  *day = n - daysBeforeMonth(*year, *month) + 1;
}

int weekdayOf(int year, int month, int day) { return (ordinalOf(year, month, day) + 6) % 7; }
int isoFirstMonday(int year) {
  int first_day = ordinalOf(year, 1, 1), first_weekday = (first_day + 6) % 7;
  int monday = first_day - first_weekday;
  return first_weekday > 3 ? monday + 7 : monday;
}

IsoResult dateOfIsoWeek(int iso_year, int week, int day, int* year, int* month, int* date) {
  if (iso_year < kMinYear || iso_year > kMaxYear) return IsoResult::kYear;
  if (week <= 0 || week >= 53) {
    bool long_year = false;
    if (week == 53) {  // years that begin on a Thursday, and leap years that begin on a Wednesday
      int first_weekday = weekdayOf(iso_year, 1, 1);
      long_year = first_weekday == 3 || (first_weekday == 2 && isLeap(iso_year));
    }
    if (!long_year) return IsoResult::kWeek;
  }
  if (day <= 0 || day >= 8) return IsoResult::kDay;
  int ordinal = isoFirstMonday(iso_year) + (week - 1) * 7 + day - 1;
  if (ordinal < 1) return IsoResult::kYear;
  dateOfOrdinal(ordinal, year, month, date);
  return IsoResult::kGood;
}

const char* dayName(int weekday) {
  static const char* const kNames[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  return kNames[weekday];
}
const char* monthName(int month) {
  static const char* const kNames[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return kNames[month - 1];
}

}  // namespace krait::datetime
