// time: a time of day.
#include <cstdio>
#include <cstring>

#include "runtime/modules/datetime/datetime.h"
#include "runtime/modules/fields.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/hash_bytes.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait::datetime {

Type* time_type = nullptr;

bool checkClock(Thread& t, int hour, int minute, int second, int microsecond, int fold, Clock* out) {
  if (hour < 0 || hour > 23) return raise(t, exc::ValueError, "hour must be in 0..23");
  if (minute < 0 || minute > 59) return raise(t, exc::ValueError, "minute must be in 0..59");
  if (second < 0 || second > 59) return raise(t, exc::ValueError, "second must be in 0..59");
  if (microsecond < 0 || microsecond > 999999) return raise(t, exc::ValueError, "microsecond must be in 0..999999");
  if (fold != 0 && fold != 1) return raise(t, exc::ValueError, "fold must be either 0 or 1");
  *out = Clock{uint8_t(hour), uint8_t(minute), uint8_t(second), uint8_t(fold), microsecond};
  return true;
}
Ref<> newTime(Thread& t, Type* type, const Clock& clock, Value tzinfo) {
  Time* made = allocateInstance<Time>(type);
  if (!made) return raiseNoMemory(t);
  made->hash = -1;
  made->clock = clock;
  made->tzinfo = share(tzinfo).leak();
  return steal(Value(made));
}

namespace {

constexpr int kStateSize = 6;

Ref<> timeOfClass(Thread& t, Value cls, const Clock& c, Value tzinfo) {
  if (cls == Value(time_type)) return newTime(t, time_type, c, tzinfo);
  Value values[] = {
      Value::fromInt(c.hour), Value::fromInt(c.minute), Value::fromInt(c.second), Value::fromInt(c.microsecond), tzinfo,
      Value::fromInt(c.fold)};
  if (!c.fold) return call(t, cls, Args{values, 5, nullptr});
  Ref<Tuple> names = packTuple(t, Value(internStatic("fold")));
  return names ? call(t, cls, Args{values, 5, names.get()}) : Ref<>();
}

// From pickled state: hour (with the fold in its highest bit), minute, second, microsecond of three bytes.
Ref<> timeFromState(Thread& t, Type* type, const uint8_t* s, Value tzinfo) {
  if (tzinfo && !isTzInfo(tzinfo) && !tzinfo.isNone()) return raise(t, exc::TypeError, "bad tzinfo state arg");
  Clock c{uint8_t(s[0] & 0x7F), s[1], s[2], uint8_t(s[0] >> 7), int32_t(s[3] << 16 | s[4] << 8 | s[5])};
  return newTime(t, type, c, tzinfo ? tzinfo : kNone);
}
// The state bytes when the arguments are those of unpickling. `copy` has room for them.
const uint8_t* pickledState(Args args, size_t size, size_t checked, uint8_t most, uint8_t least, uint8_t* copy) {
  if (args.positional < 1 || args.positional > 2) return nullptr;
  Value v = args[0];
  const uint8_t* state = nullptr;
  if (isBytes(v) && asBytes(v)->size == int64_t(size)) {
    state = asBytes(v)->data;
  } else if (isStr(v) && asStr(v)->length == int64_t(size) && asStr(v)->width == 1) {
    for (size_t i = 0; i < size; ++i) copy[i] = uint8_t(asStr(v)->at(int64_t(i)));
    state = copy;
  }
  uint8_t value = state ? state[checked] & 0x7F : 0;
  return state && value <= most && value >= least ? state : nullptr;
}
Ref<> timeNew(Thread& t, Type* type, Args args) {
  uint8_t copy[kStateSize];
  if (const uint8_t* state = pickledState(args, kStateSize, 0, 23, 0, copy)) {
    return timeFromState(t, type, state, args.positional > 1 ? args[1] : Value());
  }
  static const MethodDef kNew =
      method("", ignoredSignature, "($self, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)");
  Value bound[6];
  Ref<> keep[2];
  int parts[5];
  Clock clock;
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  for (int i = 0; i < 5; ++i) {
    if (!intArgument(t, bound[i == 4 ? 5 : i], &parts[i])) return kRaised;
  }
  if (!checkTzInfo(t, bound[4]) || !checkClock(t, parts[0], parts[1], parts[2], parts[3], parts[4], &clock))
    return kRaised;
  return newTime(t, type, clock, bound[4]);
}
void timeDealloc(Object* self) {
  Value tzinfo = static_cast<Time*>(self)->tzinfo;
  freeInstance(self);
  release(tzinfo);
}
Ref<> fromIsoFormat(Thread& t, Value cls, Value v) {
  IsoText text;
  IsoTime parsed;
  if (!text.set(t, v)) return kRaised;
  size_t skip = text.text()[0] == 'T';
  if (!parseIsoTime(text.text() + skip, text.size() - skip, &parsed)) return invalidIsoText(t, v);
  Ref<> zone = timeZoneOfIso(t, parsed);
  Clock clock;
  if (!zone || !checkClock(t, parsed.hour, parsed.minute, parsed.second, parsed.microsecond, 0, &clock)) return kRaised;
  return timeOfClass(t, cls, clock, zone);
}

// --- text ---

Ref<> timeRepr(Thread& t, Value self) {
  const Time* self_time = asTime(self);
  const Clock& c = self_time->clock;
  Ref<Str> text = c.microsecond
                      ? strFormat(t, "%s(%d, %d, %d, %d)", typeName(self), c.hour, c.minute, c.second, c.microsecond)
                  : c.second ? strFormat(t, "%s(%d, %d, %d)", typeName(self), c.hour, c.minute, c.second)
                             : strFormat(t, "%s(%d, %d)", typeName(self), c.hour, c.minute);
  if (text && !self_time->tzinfo.isNone()) text = appendKeyword(t, std::move(text), "tzinfo", self_time->tzinfo);
  if (text && c.fold) text = appendKeyword(t, std::move(text), "fold", Value::fromInt(1));
  return text;
}
Ref<> isoFormatAs(Thread& t, Value self, const char* timespec) {
  char clock[24], offset[40];
  if (!formatClock(asTime(self)->clock, timespec, clock, sizeof clock))
    return raise(t, exc::ValueError, "Unknown timespec value");
  if (!formatOffset(t, callUtcOffset(t, asTime(self)->tzinfo, kNone), ":", offset, sizeof offset)) return kRaised;
  return strFormat(t, "%s%s", clock, offset);
}
Ref<> isoFormat(Thread& t, Value self, const Value* args) {
  if (!isStr(args[0]))
    return raise(t, exc::TypeError, "isoformat() argument 1 must be str, not %.50s", typeName(args[0]));
  return isoFormatAs(t, self, Utf8(asStr(args[0])).c_str());
}
Ref<> timeStr(Thread& t, Value self) { return callMethod(t, self, "isoformat"); }
Ref<> strfTime(Thread& t, Value self, const Value* args) {
  if (!isStr(args[0]))
    return raise(t, exc::TypeError, "strftime() argument 1 must be str, not %.50s", typeName(args[0]));
  const Clock& c = asTime(self)->clock;
  Value parts[] = {Value::fromInt(1900),   Value::fromInt(1),        Value::fromInt(1),
                   Value::fromInt(c.hour), Value::fromInt(c.minute), Value::fromInt(c.second),
                   Value::fromInt(0),      Value::fromInt(1),        Value::fromInt(-1)};
  return wrapStrftime(t, self, args[0], newTuple(t, parts, 9), kNone);
}

// --- parts ---

Ref<> utcOffset(Thread& t, Value self) { return callUtcOffset(t, asTime(self)->tzinfo, kNone); }
Ref<> dst(Thread& t, Value self) { return callDst(t, asTime(self)->tzinfo, kNone); }
Ref<> tzName(Thread& t, Value self) { return callTzName(t, asTime(self)->tzinfo, kNone); }
Ref<> getHour(Thread& t, Value self) { return newInt(t, asTime(self)->clock.hour); }
Ref<> getMinute(Thread& t, Value self) { return newInt(t, asTime(self)->clock.minute); }
Ref<> getSecond(Thread& t, Value self) { return newInt(t, asTime(self)->clock.second); }
Ref<> getMicrosecond(Thread& t, Value self) { return newInt(t, asTime(self)->clock.microsecond); }
Ref<> getTzInfo(Thread&, Value self) { return share(asTime(self)->tzinfo); }
Ref<> getFold(Thread& t, Value self) { return newInt(t, asTime(self)->clock.fold); }

Ref<> replaceParts(Thread& t, Value self, const Value* args) {
  const Clock& c = asTime(self)->clock;
  int parts[5] = {c.hour, c.minute, c.second, c.microsecond, c.fold};
  for (int i = 0; i < 5; ++i) {
    Value v = args[i == 4 ? 5 : i];
    if (v && !intArgument(t, v, &parts[i])) return kRaised;
  }
  Ref<> zone = share(args[4] ? args[4] : asTime(self)->tzinfo);
  Clock clock;
  if (!checkTzInfo(t, zone) || !checkClock(t, parts[0], parts[1], parts[2], parts[3], parts[4], &clock)) return kRaised;
  return timeOfClass(t, Value(typeOf(self)), clock, zone);
}
void packState(const Clock& c, bool with_fold, uint8_t* s) {
  s[0] = uint8_t(c.hour | (with_fold && c.fold ? 0x80 : 0));
  s[1] = c.minute;
  s[2] = c.second;
  s[3] = uint8_t(c.microsecond >> 16);
  s[4] = uint8_t(c.microsecond >> 8);
  s[5] = uint8_t(c.microsecond);
}
Ref<> reduceFor(Thread& t, Value self, int64_t protocol) {
  uint8_t state[kStateSize];
  packState(asTime(self)->clock, protocol > 3, state);
  Ref<Bytes> bytes = newBytes(t, {reinterpret_cast<char*>(state), kStateSize});
  if (!bytes) return kRaised;
  Value zone = asTime(self)->tzinfo;
  Ref<Tuple> args = zone.isNone() ? packTuple(t, bytes.value()) : packTuple(t, bytes.value(), zone);
  return args ? packTuple(t, Value(typeOf(self)), args.value()) : Ref<Tuple>();
}
Ref<> reduceEx(Thread& t, Value self, const Value* args) {
  int protocol;
  return intArgument(t, args[0], &protocol) ? reduceFor(t, self, protocol) : Ref<>();
}
Ref<> reduce(Thread& t, Value self) { return reduceFor(t, self, 2); }

// --- hash, comparison ---

Hash timeHash(Thread& t, Value self) {
  Time* x = asTime(self);
  if (x->hash != -1) return x->hash;
  Ref<> keep = share(self);
  Ref<> unfolded =
      x->clock.fold
          ? newTime(t, time_type, Clock{x->clock.hour, x->clock.minute, x->clock.second, 0, x->clock.microsecond},
                    x->tzinfo)
          : share(self);
  Ref<> offset = unfolded ? callUtcOffset(t, x->tzinfo, kNone) : Ref<>();
  if (!offset) return -1;
  if (offset.value().isNone()) {
    uint8_t state[kStateSize];
    packState(x->clock, false, state);
    x->hash = hashBytes(state, kStateSize);
  } else {
    Ref<> at = newDelta(t, 0, x->clock.seconds(), x->clock.microsecond);
    Ref<> difference = at ? addDeltas(t, asDelta(at), asDelta(offset), -1) : Ref<>();
    if (!difference) return -1;
    x->hash = hashDelta(t, difference);
  }
  return x->hash;
}
int64_t microsecondsOfDay(const Clock& c) { return c.seconds() * kMicro + c.microsecond; }
Ref<> ordered(int64_t order, CompareOp op) {
  bool result[] = {order < 0, order <= 0, order == 0, order != 0, order > 0, order >= 0};
  return steal(Value::fromBool(result[int(op)]));
}
Ref<> timeCompare(Thread& t, Value a, Value b, CompareOp op) {
  if (!isTime(a) || !isTime(b)) return steal(kNotImplemented);
  const Time *x = asTime(a), *y = asTime(b);
  int64_t difference = microsecondsOfDay(x->clock) - microsecondsOfDay(y->clock);
  if (x->tzinfo == y->tzinfo) return ordered(difference, op);
  Ref<> first = callUtcOffset(t, x->tzinfo, kNone), second = first ? callUtcOffset(t, y->tzinfo, kNone) : Ref<>();
  if (!second) return kRaised;
  bool naive = first.value().isNone(), other_naive = second.value().isNone();
  if (naive && other_naive) return ordered(difference, op);
  if (!naive && !other_naive) {
    return ordered(
        difference - int64_t(deltaMicroseconds(asDelta(first))) + int64_t(deltaMicroseconds(asDelta(second))), op);
  }
  if (op == CompareOp::kEqual) return steal(kFalse);
  if (op == CompareOp::kNotEqual) return steal(kTrue);
  return raise(t, exc::TypeError, "can't compare offset-naive and offset-aware times");
}

const MethodDef kMethods[] = {
    method("isoformat", isoFormat, "($self, timespec='auto')",
           "Return string in ISO 8601 format, [HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM]."),
    method("strftime", strfTime, "($self, format)", "format -> strftime() style string."),
    method("__format__", formatByStrftime, nullptr, "Formats self with strftime."),
    method("utcoffset", utcOffset, nullptr, "Return self.tzinfo.utcoffset(self)."),
    method("tzname", tzName, nullptr, "Return self.tzinfo.tzname(self)."),
    method("dst", dst, nullptr, "Return self.tzinfo.dst(self)."),
    method("replace", replaceParts,
           "($self, hour=<none>, minute=<none>, second=<none>, microsecond=<none>, tzinfo=<none>, *, fold=<none>)",
           "Return time with new specified fields."),
    method("fromisoformat", fromIsoFormat, nullptr, "string -> time from a string in ISO 8601 format",
           MethodKind::kClass),
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

bool addTime(Thread& t, ModuleObject* m) {
  static const TypeSpec spec{
      .type = nullptr,
      .basic_size = sizeof(Time),
      .doc =
          "time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object\n\n"
          "All arguments are optional. tzinfo may be None, or an instance of\na tzinfo subclass. The remaining "
          "arguments may be ints.\n",
      .methods = kMethods,
      .getsets = kGetSets,
      .dealloc = timeDealloc,
      .fill = [](Slots& slots) {
        slots.new_ = timeNew;
        slots.repr = timeRepr;
        slots.str = timeStr;
        slots.hash = timeHash;
        slots.compare = timeCompare;
      }};
  Ref<Type> made = makeNativeType(t, spec, "datetime.time", nullptr, 0);
  if (!made) return false;
  time_type = made.get();
  Ref<> least = newTime(t, time_type, Clock(), kNone),
        most = newTime(t, time_type, Clock{23, 59, 59, 0, 999999}, kNone), step = newDelta(t, 0, 0, 1);
  return least && most && step && setTypeAttribute(t, time_type, internStatic("min"), least) &&
         setTypeAttribute(t, time_type, internStatic("max"), most) &&
         setTypeAttribute(t, time_type, internStatic("resolution"), step) && moduleAdd(t, m, "time", std::move(made));
}

}  // namespace krait::datetime
