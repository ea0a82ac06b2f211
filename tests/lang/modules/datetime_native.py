"""datetime's native types: construction, arithmetic, comparison, texts in both directions, zones, pickling, errors."""
import _datetime
import copy
import itertools
import pickle
import random
from datetime import *
from datetime import UTC

def attempt(f, *a, **k):
    try:
        return repr(f(*a, **k))
    except Exception as e:
        return f"{type(e).__name__}: {e}"

assert _datetime.date is date
rng = random.Random(2)
class Sub(timedelta): pass
class SubDate(date): pass
class SubTime(time): pass
class SubDateTime(datetime): pass
class Zone(tzinfo):
    def __init__(self, offset=None, name="Zone", saving=None):
        self.offset, self.name, self.saving = offset, name, saving
    def utcoffset(self, dt): return self.offset
    def tzname(self, dt): return self.name
    def dst(self, dt): return self.saving
class Europe(tzinfo):  # a fold at 2:00 of 25 October
    def utcoffset(self, dt):
        if dt is None: return None
        t = dt.replace(tzinfo=None)
        if t < datetime(2020, 3, 29, 3) or t >= datetime(2020, 10, 25, 3): return timedelta(hours=1)
        if datetime(2020, 10, 25, 2) <= t: return timedelta(hours=1 if dt.fold else 2)
        return timedelta(hours=2)
    def dst(self, dt): return self.utcoffset(dt) - timedelta(hours=1)
    def tzname(self, dt): return "CE%T"

# --- timedelta ---
numbers = [0, 1, -1, 7, 86399, 10 ** 6, -10 ** 9, 0.5, -0.25, 1e-7, 2.5e-6, 3.5e-6, 1e9, 10 ** 20, 10 ** 30, True, float("nan"), float("inf"), "a", None, 1 << 50]
names = ["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"]
for name in names:
    for n in numbers:
        print(name, n, attempt(timedelta, **{name: n}), attempt(lambda: str(timedelta(**{name: n}))))
for _ in range(300):
    k = {name: rng.choice(numbers[:13]) for name in rng.sample(names, 3)}
    print(k, attempt(timedelta, **k), attempt(lambda: timedelta(**k).total_seconds()))
print(attempt(timedelta, 1, 2, 3, 4, 5, 6, 7), attempt(timedelta, 1, 2, 3, 4, 5, 6, 7, 8), attempt(timedelta, nothing=1), attempt(timedelta, 1, days=2), timedelta.min, timedelta.max, timedelta.resolution)
deltas = [timedelta(), timedelta(1), timedelta(-1), timedelta(microseconds=1), timedelta(5, 7, 9), timedelta(-3, 80000, 999999), timedelta.max, timedelta.min, Sub(2, 3)]
others = deltas + [0, 1, -3, 2.5, -0.1, 10 ** 15, 10 ** 30, float("nan"), float("inf"), 0.0, "a", None, True, date(2020, 1, 1), 1e-300]
import operator
for a in deltas:
    print(repr(a), str(a), bool(a), attempt(operator.neg, a), attempt(abs, a), attempt(operator.pos, a), a.total_seconds(), hash(a) == hash(copy.copy(a)), a.__reduce__())
    for b in others:
        print([attempt(op, a, b) for op in (operator.add, operator.sub, operator.mul, operator.floordiv, operator.truediv, operator.mod, divmod)])
        print([attempt(op, b, a) for op in (operator.add, operator.sub, operator.mul, operator.floordiv)], [attempt(op, a, b) for op in (operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge)])

# --- date ---
for parts in ((2020, 2, 29), (2021, 2, 29), (0, 1, 1), (10000, 1, 1), (1, 1, 1), (9999, 12, 31), (2020, 13, 1), (2020, 0, 1), (2020, 1, 0), (2020, 1, 32), ("a", 1, 1), (1.0, 1, 1), (2020,), (2020, 1), (), (1, 2, 3, 4), (1 << 40, 1, 1), (1 << 70, 1, 1), (True, True, True), (None, 1, 1)):
    print(parts, attempt(date, *parts))
print(attempt(date, year=2020, month=1, day=5), attempt(date, 2020, 1, day=5), attempt(date, 2020, 1, 5, nothing=5), attempt(date, 2020, year=1), attempt(date, b"\x07\xe4\x01\x02"), attempt(date, "\x07\xe4\x01\x02"), attempt(date, b"\x07\xe4\x0d\x02"), attempt(date, b"abc"))
days = [date(1, 1, 1), date(2020, 2, 29), date(2020, 12, 31), date(2021, 1, 3), date(2026, 1, 1), date(9999, 12, 31), SubDate(2000, 1, 1), date(1900, 2, 28)]
for d in days:
    print(repr(d), str(d), d.isoformat(), d.ctime(), d.timetuple(), d.toordinal(), d.weekday(), d.isoweekday(), d.isocalendar(), tuple(d.isocalendar()), d.__reduce__(), f"{d}", f"{d:%Y/%m/%d %j %U %f %z %Z %%}", hash(d) == hash(copy.copy(d)), d.year, d.month, d.day)
    print(attempt(d.replace, 2001), attempt(d.replace, month=2, day=30), attempt(d.replace, day="a"), attempt(d.replace, 1, 2, 3, 4), attempt(d.strftime, "%d"), attempt(d.strftime, 5), attempt(d.strftime, "%"), attempt(d.strftime, format="%y"), attempt(d.__format__, 5))
    for b in days + deltas + [1, None, datetime(2020, 2, 29)]:
        print([attempt(op, d, b) for op in (operator.add, operator.sub, operator.lt, operator.eq, operator.ge)], attempt(operator.add, b, d), attempt(operator.sub, b, d))
for i in list(range(1, 800, 13)) + list(range(730000, 740000, 171)) + [0, -1, 3652059, 3652060, 1 << 40, "a"]:
    print(i, attempt(date.fromordinal, i), attempt(lambda: date.fromordinal(i).isocalendar()))
for year, week, day in itertools.product((0, 1, 2020, 2021, 9999, 10000), (0, 1, 52, 53, 54), (0, 1, 7, 8)):
    print(attempt(date.fromisocalendar, year, week, day))
print(attempt(date.fromisocalendar, 1 << 40, 1, 1), attempt(date.fromisocalendar, year=2020, week=1, day=1), attempt(date.fromisocalendar, "a", 1, 1), attempt(SubDate.fromisocalendar, 2020, 1, 1))
iso = date(2020, 1, 1).isocalendar()
print(iso, iso.year, iso.week, iso.weekday, pickle.loads(pickle.dumps(iso)), attempt(type(iso), (1, 2, 3)), iso == (2020, 1, 3), type(iso).__mro__)
print(type(date.today()), type(SubDate.today()), attempt(date.fromtimestamp, 86400 * 365), attempt(date.fromtimestamp, 1e20), attempt(date.fromtimestamp, float("nan")), attempt(date.fromtimestamp, "a"), attempt(date.fromtimestamp, -0.5))

# --- texts ---
texts = ["2020-02-29", "20200229", "2020-W01", "2020W01", "2020-W01-5", "2020W015", "2020-2-29", "2020-02-30", "2020-060", "", "2020", "2020-W54", "2020-W01-8", "x020-01-01", "2020-01-01T", "2020-01-01T10", "2020-01-01 10:20", "2020-01-01T10:20:30",
         "2020-01-01T10:20:30.5", "2020-01-01T10:20:30,123456789", "2020-01-01T102030.123", "2020-01-01T10:20:30+01:00", "2020-01-01T10:20:30Z", "2020-01-01T10:20:30-05:30:15.000001", "20200101T102030+0100", "2020-W01-5T10", "2020W0151010", "2020-01-01T25:00", "2020-01-01T10:60",
         "2020-01-01T10:2", "2020-01-01T10:20:3", "2020-01-01T1020:30", "2020-01-01T10:2030", "2020-01-01T10:20:30.", "2020-01-01T10:20:30+", "2020-01-01T10:20:30+24:00", "2020-01-01T10:20:30+00:00", "2020-01-01\U0001f60010:20", "2020-01-01é10:20", "2020-01-0é", "2020-01-01T10:20:30Zx",
         "2020-01-01T10:20:30.12é", "10", "1020", "10:20", "102030", "10:20:30", "T10:20:30", "10:20:30.123+02:00", "10:20:30Z", "24:00", "10:20:30.1234567", "2020-W53", "2015-W53-7", "20200101 10", "2020-001", "\ud800", "2020-01-01\ud80010:00", "2020-01-01T10:20:30.999999999999999999999999999999999999999999999999999999999999999999999999999999999999999"]
for text in texts:
    print(ascii(text), [ascii(attempt(c.fromisoformat, text)) for c in (date, datetime, time)])
for _ in range(3000):
    text = list(rng.choice(texts[:40]))
    for _ in range(rng.randrange(3)):
        if text:
            text[rng.randrange(len(text))] = rng.choice("0129:-+TWZ. é")
    text = "".join(text)
    print(ascii(text), [ascii(attempt(c.fromisoformat, text)) for c in (date, datetime, time)])
print([attempt(c.fromisoformat, v) for c in (date, datetime, time, SubDate, SubDateTime, SubTime) for v in (1, None, b"2020-01-01", "2020-01-01", "10:20")])

# --- timezone ---
zones = [None, UTC, timezone.utc, timezone(timedelta(hours=2)), timezone(timedelta(hours=-5, minutes=-30), "EST"), timezone(timedelta(seconds=1, microseconds=5)), Zone(), Zone(timedelta(hours=1), saving=timedelta(0)), Europe(), timezone.min, timezone.max]
for z in zones[1:]:
    print([attempt(f, *a) if not isinstance(z, (Zone, Europe)) or f not in (repr, str) else 0 for f, a in ((repr, (z,)), (str, (z,)), (z.utcoffset, (None,)), (z.tzname, (None,)), (z.dst, (None,)), (z.utcoffset, (1,)), (z.tzname, (datetime(2020, 7, 1),)), (z.dst, ("a",)))],
          attempt(z.fromutc, datetime(2020, 1, 1)), attempt(z.fromutc, datetime(2020, 7, 1, 1, 30, tzinfo=z)).replace(repr(z), "Z"), attempt(z.fromutc, 1))
print([attempt(timezone, *a) for a in ((), (1,), (timedelta(1),), (timedelta(-1),), (timedelta(0),), (timedelta(0), "x"), (timedelta(hours=1), 5), (timedelta(hours=1), None), (timedelta(hours=1), "a", 1))], attempt(timezone, timedelta(0), name="n"), timezone(timedelta(0)) is timezone.utc)
print(timezone(timedelta(hours=1)) == timezone(timedelta(hours=1), "x"), attempt(operator.lt, UTC, UTC), UTC == 5, hash(UTC) == hash(timedelta(0)), pickle.loads(pickle.dumps(zones[4])), copy.deepcopy(UTC) is UTC, attempt(type, "X", (timezone,), {}), UTC.__getinitargs__(), zones[4].__getinitargs__())
t = tzinfo()
print([attempt(f, None) for f in (t.utcoffset, t.dst, t.tzname)], attempt(t.fromutc, datetime(2020, 1, 1, tzinfo=t)), attempt(t.fromutc, 1), t.__reduce__()[1:], attempt(pickle.loads, pickle.dumps(Zone(timedelta(1), "n")))[:20])
for bad in (Zone(5), Zone(timedelta(2)), Zone(timedelta(1)), Zone(timedelta(hours=1), name=5), Zone(timedelta(hours=1), saving=3)):
    d = datetime(2020, 1, 1, tzinfo=bad)
    print([attempt(f) for f in (d.utcoffset, d.tzname, d.dst, d.isoformat, d.timetuple, d.utctimetuple, d.timestamp)], attempt(d.astimezone, UTC), attempt(bad.fromutc, d), attempt(hash, d), attempt(d.strftime, "%z %Z"))

# --- time ---
for parts in ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), (24,), (-1,), (0, 60), (0, 0, 60), (0, 0, 0, 10 ** 6), (1, 2, 3, 4, UTC), (1, 2, 3, 4, 5), (1, 2, 3, 4, UTC, 1), ("a",), (1.5,), (b"\x01\x02\x03\0\0\5",), (b"\x81\x02\x03\0\0\5", UTC), (b"\x18\x02\x03\0\0\5",), ("\x01\x02\x03\0\0\5",), (b"\x01\x02\x03\0\0\5", 5)):
    print(parts, attempt(time, *parts), attempt(time, *parts, fold=1))
times = [time(), time(1, 2, 3), time(1, 2, 3, 4000), time(23, 59, 59, 999999), time(1, 2, tzinfo=UTC), time(1, 2, tzinfo=zones[3]), time(3, 2, tzinfo=zones[4]), time(1, 2, fold=1), time(1, tzinfo=zones[6]), SubTime(5)]
for a in times:
    print(repr(a).split("<__main__")[0], str(a), a.isoformat(), [attempt(a.isoformat, s) for s in ("hours", "minutes", "seconds", "milliseconds", "microseconds", "auto", "x", 5)], bool(a), a.utcoffset(), a.tzname(), a.dst(), a.__reduce__()[1][0], a.__reduce_ex__(4)[1][0], attempt(a.strftime, "%H:%M:%S.%f %z %Z"), f"{a:%M}", hash(a) == hash(copy.copy(a)), a.hour, a.minute, a.second, a.microsecond, a.fold)
    print(attempt(a.replace, 5).split("<__main__")[0], attempt(a.replace, hour=24), attempt(a.replace, tzinfo=None), attempt(a.replace, fold=1).split("<__main__")[0], attempt(a.replace, tzinfo=5), attempt(a.replace, fold=2))
    print([[attempt(op, a, b) for op in (operator.eq, operator.lt, operator.ge)] for b in times + [1, None, date(2020, 1, 1)]])

# --- datetime ---
for parts in ((2020, 1, 1), (2020, 1), (2020, 1, 1, 24), (2020, 1, 1, 1, 60), (2020, 1, 1, 1, 1, 60), (2020, 1, 1, 1, 1, 1, -1), (2020, 1, 1, 1, 1, 1, 1, UTC), (2020, 1, 1, 1, 1, 1, 1, 1), (2020, 1, 1, 1, 1, 1, 1, UTC, 1), (0, 1, 1), ("a", 1, 1), (b"\x07\xe4\x01\x02\3\4\5\0\0\6",), (b"\x07\xe4\x81\x02\3\4\5\0\0\6", UTC), (b"\x07\xe4\x0d\x02\3\4\5\0\0\6",), ("\x07\xe4\x01\x02\3\4\5\0\0\6",), (b"\x07\xe4\x01\x02\3\4\5\0\0\6", 1)):
    print(parts, attempt(datetime, *parts), attempt(datetime, *parts, fold=1))
print(attempt(datetime, year=2020, month=2, day=3, nothing=1), attempt(datetime, 2020, 1, 1, hour="x"), attempt(datetime, 2020, 1, 1, fold=2), attempt(datetime, 2020, 1, 1, year=5))
moments = [datetime(1, 1, 1), datetime(2020, 2, 29, 1, 2, 3), datetime(2020, 2, 29, 1, 2, 3, 4, UTC), datetime(9999, 12, 31, 23, 59, 59, 999999), datetime(2020, 10, 25, 2, 30, tzinfo=zones[8]), datetime(2020, 10, 25, 2, 30, fold=1, tzinfo=zones[8]), datetime(2020, 7, 1, tzinfo=zones[3]),
           datetime(2020, 7, 1, tzinfo=zones[4]), datetime(2020, 7, 1, tzinfo=zones[6]), SubDateTime(2020, 7, 1, 12, tzinfo=zones[7]), datetime(1970, 1, 1), datetime(1, 1, 1, tzinfo=timezone.max), datetime(9999, 12, 31, 23, tzinfo=timezone.min), datetime(2020, 1, 1, 0, 0, 1)]
def clean(text): return text.replace("<__main__.Europe object at", "<E").split("<__main__")[0].split("<E")[0]
for d in moments:
    print(clean(repr(d)), str(d), d.isoformat(), [attempt(d.isoformat, s) for s in ("hours", " ", "\U0001f600", 5, "")], [attempt(d.isoformat, "T", s) for s in ("hours", "minutes", "milliseconds", "x", 5)], attempt(d.isoformat, timespec="seconds"), d.ctime())
    print(attempt(d.date), attempt(d.time), clean(attempt(d.timetz)), attempt(d.timetuple), attempt(d.utctimetuple), attempt(d.timestamp), d.utcoffset(), d.tzname(), d.dst(), d.__reduce__()[1][0], d.__reduce_ex__(4)[1][0], attempt(d.strftime, "%Y %m %d %H %M %S %f %z %Z"), f"{d:%x}", attempt(lambda: hash(d) == hash(copy.copy(d))), d.fold, d.microsecond)
    print(clean(attempt(d.replace, 2001)), clean(attempt(d.replace, fold=1)), attempt(d.replace, tzinfo=None), attempt(d.replace, month=13), attempt(d.replace, tzinfo=5), [clean(attempt(d.astimezone, z)) for z in zones[1:]], attempt(d.astimezone), attempt(d.astimezone, 5))
    for b in moments + deltas + [date(2020, 2, 29), 1, None]:
        print([clean(attempt(op, d, b)) for op in (operator.add, operator.sub, operator.lt, operator.eq, operator.ge)], clean(attempt(operator.add, b, d)), clean(attempt(operator.sub, b, d)), attempt(operator.eq, b, d), attempt(operator.gt, b, d))
for s in (0, 1, -1, 1.5, 0.0000005, 1.0000015, -0.0000005, 1e9 + 0.1, 1e11, -1e11, 1e20, float("inf"), float("nan"), "a", None, 253402300799, 253402300800, -62135596800, -62135596801, 1 << 70, True):
    print(s, attempt(datetime.fromtimestamp, s), attempt(datetime.fromtimestamp, s, UTC), attempt(datetime.utcfromtimestamp, s), attempt(SubDateTime.fromtimestamp, s, tz=zones[3]), attempt(date.fromtimestamp, s))
print(attempt(datetime.combine, date(2020, 1, 1), time(1, 2, fold=1)), attempt(datetime.combine, date(2020, 1, 1), time(1, tzinfo=UTC), None), attempt(SubDateTime.combine, moments[0], time(1), tzinfo=UTC), attempt(datetime.combine, 1, time()), attempt(datetime.combine, date(1, 1, 1), 1), attempt(datetime.combine, date(1, 1, 1), time(), 5), attempt(datetime.combine, date(1, 1, 1)))
print(attempt(datetime.strptime, "2020-01-02 03:04:05.6 +0100", "%Y-%m-%d %H:%M:%S.%f %z"), attempt(datetime.strptime, "x", "%Y"), attempt(datetime.strptime, 1, "a"), attempt(SubDateTime.strptime, "2020", "%Y"))
print([type(x).__name__ for x in (datetime.now(), datetime.now(UTC), datetime.utcnow(), SubDateTime.now(), datetime.today(), SubDateTime.now(tz=zones[3]))], attempt(datetime.now, 5), abs(datetime.now(UTC).timestamp() - __import__("time").time()) < 5)
for v in deltas + days[:7] + times[:8] + moments[:4]:
    for protocol in range(6):
        w = pickle.loads(pickle.dumps(v, protocol))
        assert w == v and type(w) is type(v) and getattr(w, "fold", 0) in (0, 1), v
assert moments[4] != moments[4].astimezone(UTC) and datetime(2020, 7, 1, tzinfo=zones[8]) == datetime(2020, 6, 30, 22, tzinfo=UTC)
print(_datetime.MINYEAR, _datetime.MAXYEAR, datetime.min, datetime.max, datetime.resolution, time.min, time.max, date.min, date.max, date.resolution)
class Answers:
    def __radd__(self, other): return "radd"
    def __rsub__(self, other): return "rsub"
    def __lt__(self, other): return "lt"
    def __gt__(self, other): return "gt"
    def __eq__(self, other): return "eq"
for v in (deltas[0], days[0], times[0], moments[0]):
    print([attempt(op, v, Answers()) for op in (operator.add, operator.sub, operator.lt, operator.eq)])
import os
import time as clock
for zone in ("Europe/Berlin", "America/New_York"):
    os.environ["TZ"] = zone
    clock.tzset()
    for month, day, hour in ((3, 29, 1), (3, 29, 2), (3, 29, 3), (10, 25, 1), (10, 25, 2), (10, 25, 3), (7, 1, 12), (3, 8, 2), (11, 1, 1)):
        for fold in (0, 1):
            d = datetime(2020, month, day, hour, 30, fold=fold)
            s = d.timestamp()
            print(zone, d, fold, s, repr(datetime.fromtimestamp(s)), d.astimezone(), repr(d.astimezone(UTC)), d.astimezone().tzinfo)
total = timedelta()
d = datetime(2000, 1, 1)
for i in range(3000):
    d += timedelta(hours=i % 7)
    total += d - datetime(2000, 1, 1)
print(d, total)
