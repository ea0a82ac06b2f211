// tzinfo, the base of time zones, and timezone, a fixed offset; and how zones are asked.
#include "runtime/modules/datetime/datetime.h"
#include "runtime/modules/fields.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait::datetime {

Type *tzinfo_type = nullptr, *timezone_type = nullptr;
TimeZone* utc = nullptr;

namespace {

bool isWithinDay(const TimeDelta* d) {
  return !(d->days == -1 && d->seconds == 0 && d->microseconds < 1) && (d->days == 0 || d->days == -1);
}

// utcoffset() or dst() of a zone.
Ref<> callForDelta(Thread& t, Value tzinfo, const char* name, Value argument) {
  if (tzinfo.isNone()) return steal(kNone);
  Ref<> offset = callMethod(t, tzinfo, name, argument);
  if (!offset || offset.value().isNone()) return offset;
  if (!isDelta(offset)) {
    return raise(t, exc::TypeError, "tzinfo.%s() must return None or timedelta, not '%.200s'", name, typeName(offset));
  }
  if (!isWithinDay(asDelta(offset))) {
    return raise(t, exc::ValueError,
                 "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).");
  }
  return offset;
}

}  // namespace

Ref<> callUtcOffset(Thread& t, Value tzinfo, Value argument) { return callForDelta(t, tzinfo, "utcoffset", argument); }
Ref<> callDst(Thread& t, Value tzinfo, Value argument) { return callForDelta(t, tzinfo, "dst", argument); }
Ref<> callTzName(Thread& t, Value tzinfo, Value argument) {
  if (tzinfo.isNone()) return steal(kNone);
  Ref<> name = callMethod(t, tzinfo, "tzname", argument);
  if (!name || name.value().isNone() || isStr(name)) return name;
  return raise(t, exc::TypeError, "tzinfo.tzname() must return None or a string, not '%.200s'", typeName(name));
}
bool checkTzInfo(Thread& t, Value v) {
  if (v.isNone() || isTzInfo(v)) return true;
  return raise(t, exc::TypeError, "tzinfo argument must be None or of a tzinfo subclass, not type '%s'", typeName(v));
}

namespace {

// --- tzinfo ---

Ref<> tzinfoNew(Thread& t, Type* type, Args) {
  Object* made = allocateInstance<Object>(type);
  return made ? steal(Value(made)) : Ref<>(raiseNoMemory(t));
}
void tzinfoDealloc(Object* self) { freeInstance(self); }
Ref<> mustImplement(Thread& t, const char* name) {
  return raise(t, exc::NotImplementedError, "a tzinfo subclass must implement %s()", name);
}
Ref<> abstractName(Thread& t, Value, Value) { return mustImplement(t, "tzname"); }
Ref<> abstractOffset(Thread& t, Value, Value) { return mustImplement(t, "utcoffset"); }
Ref<> abstractDst(Thread& t, Value, Value) { return mustImplement(t, "dst"); }

Ref<> tzinfoFromUtc(Thread& t, Value self, Value v) {
  if (!isDateTime(v)) return raise(t, exc::TypeError, "fromutc: argument must be a datetime");
  if (asDateTime(v)->tzinfo != self) return raise(t, exc::ValueError, "fromutc: dt.tzinfo is not self");
  Ref<> offset = callUtcOffset(t, self, v);
  if (!offset) return kRaised;
  if (offset.value().isNone()) return raise(t, exc::ValueError, "fromutc: non-None utcoffset() result required");
  Ref<> dst = callDst(t, self, v);
  if (!dst) return kRaised;
  if (dst.value().isNone()) return raise(t, exc::ValueError, "fromutc: non-None dst() result required");
  Ref<> standard = addDeltas(t, asDelta(offset), asDelta(dst), -1);
  Ref<> result = standard ? shiftDateTime(t, v, asDelta(standard), 1) : Ref<>();
  if (!result) return kRaised;
  if (!isDateTime(result)) return result;
  dst = callDst(t, asDateTime(result)->tzinfo, result);
  if (!dst) return kRaised;
  if (dst.value().isNone())
    return raise(t, exc::ValueError, "fromutc: tz.dst() gave inconsistent results; cannot convert");
  return deltaIsZero(asDelta(dst)) ? std::move(result) : shiftDateTime(t, result, asDelta(dst), 1);
}
Ref<> tzinfoReduce(Thread& t, Value self) {
  Ref<> make = getAttrOrEmpty(t, self, internStatic("__getinitargs__"));
  if (!make && t.raised()) return kRaised;
  Ref<> args = make ? call(t, make) : share(Value(emptyTuple()));
  Ref<> state = args ? callMethod(t, self, "__getstate__") : Ref<>();
  return state ? packTuple(t, Value(typeOf(self)), args.value(), state.value()) : Ref<Tuple>();
}
const MethodDef kTzInfoMethods[] = {
    method("tzname", abstractName, nullptr, "datetime -> string name of time zone."),
    method("utcoffset", abstractOffset, nullptr,
           "datetime -> timedelta showing offset from UTC, negative values indicating West of UTC"),
    method("dst", abstractDst, nullptr, "datetime -> DST offset as timedelta positive east of UTC."),
    method("fromutc", tzinfoFromUtc, nullptr, "datetime in UTC -> datetime in local time."),
    method("__reduce__", tzinfoReduce, nullptr, "-> (cls, state)"),
    {},
};

// --- timezone ---

Ref<> makeZone(Thread& t, Value offset, Value name) {
  TimeZone* zone = allocateInstance<TimeZone>(timezone_type);
  if (!zone) return raiseNoMemory(t);
  zone->offset = asDelta(share(offset).leak());
  zone->name = share(name).leak();
  return steal(Value(zone));
}
void zoneDealloc(Object* self) {
  TimeZone* zone = static_cast<TimeZone*>(self);
  Value offset(zone->offset), name = zone->name;
  freeInstance(self);
  release(offset);
  release(name);
}
Ref<> zoneNew(Thread& t, Type*, Args args) {
  static const MethodDef kNew = method("timezone", ignoredSignature, "($self, offset, name=<none>)");
  Value bound[2];
  Ref<> keep[2];
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  if (!isDelta(bound[0]))
    return raise(t, exc::TypeError, "timezone() argument 1 must be datetime.timedelta, not %.50s", typeName(bound[0]));
  if (bound[1] && !isStr(bound[1]))
    return raise(t, exc::TypeError, "timezone() argument 2 must be str, not %.50s",
                 bound[1].isNone() ? "None" : typeName(bound[1]));
  return newTimeZone(t, bound[0], bound[1]);
}
bool checkMoment(Thread& t, Value v, const char* function) {
  if (v.isNone() || isDateTime(v)) return true;
  return raise(t, exc::TypeError, "%s(dt) argument must be a datetime instance or None, not %.200s", function,
               typeName(v));
}
Ref<> zoneStr(Thread& t, Value self) {
  const TimeZone* zone = asTimeZone(self);
  if (zone->name) return share(zone->name);
  if (zone == utc || deltaIsZero(zone->offset)) return newStrUtf8(t, "UTC");
  char text[40];
  if (!formatOffset(t, Value(zone->offset), ":", text, sizeof text)) return kRaised;
  return strFormat(t, "UTC%s", text);
}
Ref<> zoneRepr(Thread& t, Value self) {
  const TimeZone* zone = asTimeZone(self);
  if (zone == utc) return newStrUtf8(t, "datetime.timezone.utc");
  Ref<Str> offset = repr(t, Value(zone->offset));
  if (!offset) return kRaised;
  if (!zone->name) return strFormat(t, "%s(%s)", typeName(self), Utf8(offset.get()).c_str());
  Ref<Str> name = repr(t, zone->name);
  return name ? strFormat(t, "%s(%s, %s)", typeName(self), Utf8(offset.get()).c_str(), Utf8(name.get()).c_str())
              : Ref<Str>();
}
Ref<> zoneName(Thread& t, Value self, Value moment) {
  return checkMoment(t, moment, "tzname") ? zoneStr(t, self) : Ref<>();
}
Ref<> zoneOffset(Thread& t, Value self, Value moment) {
  return checkMoment(t, moment, "utcoffset") ? share(Value(asTimeZone(self)->offset)) : Ref<>();
}
Ref<> zoneDst(Thread& t, Value, Value moment) { return checkMoment(t, moment, "dst") ? steal(kNone) : Ref<>(); }
Ref<> zoneFromUtc(Thread& t, Value self, Value v) {
  if (!isDateTime(v)) return raise(t, exc::TypeError, "fromutc: argument must be a datetime");
  if (asDateTime(v)->tzinfo != self) return raise(t, exc::ValueError, "fromutc: dt.tzinfo is not self");
  return shiftDateTime(t, v, asTimeZone(self)->offset, 1);
}
Ref<> zoneInitArgs(Thread& t, Value self) {
  const TimeZone* zone = asTimeZone(self);
  return zone->name ? packTuple(t, Value(zone->offset), zone->name) : packTuple(t, Value(zone->offset));
}
Hash zoneHash(Thread& t, Value self) { return hashDelta(t, Value(asTimeZone(self)->offset)); }
Ref<> zoneCompare(Thread&, Value a, Value b, CompareOp op) {
  if (op != CompareOp::kEqual && op != CompareOp::kNotEqual) return steal(kNotImplemented);
  if (!isExact(a, timezone_type) || !isExact(b, timezone_type)) return steal(kNotImplemented);
  bool same = compareDeltas(asTimeZone(a)->offset, asTimeZone(b)->offset) == 0;
  return steal(Value::fromBool(same == (op == CompareOp::kEqual)));
}
const MethodDef kZoneMethods[] = {
    method("tzname", zoneName, nullptr,
           "If name is specified when timezone is created, returns the name.  Otherwise returns offset as "
           "'UTC(+|-)HH:MM'."),
    method("utcoffset", zoneOffset, nullptr, "Return fixed offset."),
    method("dst", zoneDst, nullptr, "Return None."),
    method("fromutc", zoneFromUtc, nullptr, "datetime in UTC -> datetime in local time."),
    method("__getinitargs__", zoneInitArgs, nullptr, "pickle support"),
    {},
};

}  // namespace

Ref<> newTimeZone(Thread& t, Value offset, Value name) {
  if (!name && deltaIsZero(asDelta(offset))) return share(Value(utc));
  if (!isWithinDay(asDelta(offset))) {
    Ref<Str> shown = repr(t, offset);
    if (!shown) return kRaised;
    return raise(t, exc::ValueError,
                 "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not %s.",
                 Utf8(shown.get()).c_str());
  }
  return makeZone(t, offset, name);
}
Ref<> timeZoneOfIso(Thread& t, const IsoTime& parsed) {
  if (!parsed.has_offset) return steal(kNone);
  Ref<> offset = newDelta(t, 0, parsed.offset_seconds, parsed.offset_microseconds);
  return offset ? newTimeZone(t, offset, Value()) : Ref<>();
}

bool addZones(Thread& t, ModuleObject* m) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(Object),
                             .doc = "Abstract base class for time zone info objects.",
                             .methods = kTzInfoMethods,
                             .dealloc = tzinfoDealloc,
                             .fill = [](Slots& slots) { slots.new_ = tzinfoNew; }};
  static const TypeSpec zone_spec{.type = nullptr,
                                  .basic_size = sizeof(TimeZone),
                                  .doc = "Fixed offset from UTC implementation of tzinfo.",
                                  .methods = kZoneMethods,
                                  .dealloc = zoneDealloc,
                                  .fill = [](Slots& slots) {
                                    slots.new_ = zoneNew;
                                    slots.repr = zoneRepr;
                                    slots.str = zoneStr;
                                    slots.hash = zoneHash;
                                    slots.compare = zoneCompare;
                                  }};
  Ref<Type> made = makeNativeType(t, spec, "datetime.tzinfo", nullptr, 0);
  if (!made) return false;
  tzinfo_type = made.get();
  Ref<Type> zone = makeNativeType(t, zone_spec, "datetime.timezone", tzinfo_type, kTypeFinal);
  if (!zone) return false;
  timezone_type = zone.get();
  Ref<> none = newDelta(t, 0, 0, 0), west = newDelta(t, -1, 60, 0), east = newDelta(t, 0, 23 * 3600 + 59 * 60, 0);
  Ref<> zero = none ? makeZone(t, none, Value()) : Ref<>();
  Ref<> least = west ? makeZone(t, west, Value()) : Ref<>(), most = east ? makeZone(t, east, Value()) : Ref<>();
  if (!zero || !least || !most) return false;
  utc = asTimeZone(share(zero).leak());
  return setTypeAttribute(t, timezone_type, internStatic("utc"), zero) &&
         setTypeAttribute(t, timezone_type, internStatic("min"), least) &&
         setTypeAttribute(t, timezone_type, internStatic("max"), most) && moduleAdd(t, m, "tzinfo", std::move(made)) &&
         moduleAdd(t, m, "timezone", std::move(zone)) && moduleAdd(t, m, "UTC", std::move(zero));
}

}  // namespace krait::datetime
