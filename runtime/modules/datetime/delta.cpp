// timedelta: days, seconds and microseconds; arithmetic is done on the number of microseconds.
#include <cmath>

#include "runtime/modules/datetime/datetime.h"
#include "runtime/modules/fields.h"
#include "runtime/objects/float.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait::datetime {

Type* delta_type = nullptr;

namespace {

constexpr int kMostDays = 999999999;
constexpr __int128 kMicroPerDay = __int128(kSecondsPerDay) * kMicro;

__int128 floorDivide(__int128 a, __int128 b, __int128* rest) {
  __int128 q = a / b, r = a % b;
  if (r < 0) {
    r += b;
    --q;
  }
  *rest = r;
  return q;
}
Ref<> allocateDelta(Thread& t, Type* type, int64_t days, int seconds, int microseconds) {
  if (days < -kMostDays || days > kMostDays) {
    return raise(t, exc::OverflowError, "days=%lld; must have magnitude <= %d", static_cast<long long>(days),
                 kMostDays);
  }
  TimeDelta* d = allocateInstance<TimeDelta>(type);
  if (!d) return raiseNoMemory(t);
  d->hash = -1;
  d->days = int32_t(days);
  d->seconds = seconds;
  d->microseconds = microseconds;
  return steal(Value(d));
}
Ref<> deltaOf(Thread& t, __int128 microseconds, Type* type = delta_type) {
  __int128 rest, days = floorDivide(microseconds, kMicroPerDay, &rest);
  if (days != int32_t(days)) return raise(t, exc::OverflowError, "Python int too large to convert to C int");
  return allocateDelta(t, type, int64_t(days), int(rest / kMicro), int(rest % kMicro));
}
void deltaDealloc(Object* self) { freeInstance(self); }
Ref<> microsecondsOf(Thread& t, Value delta) { return newInt128(t, deltaMicroseconds(asDelta(delta))); }

// --- construction ---

struct Unit {
  const char* name;
  int argument;
  int64_t factor;
};
constexpr Unit kUnits[] = {{"microseconds", 2, 1},
                           {"milliseconds", 3, 1000},
                           {"seconds", 1, kMicro},
                           {"minutes", 4, 60 * kMicro},
                           {"hours", 5, 3600 * kMicro},
                           {"days", 0, kSecondsPerDay* kMicro},
                           {"weeks", 6, 7 * kSecondsPerDay* kMicro}};

// sum + number * factor; what a float leaves below a microsecond goes to *rest.
Ref<> accumulate(Thread& t, const Unit& unit, Ref<> sum, Value number, double* rest) {
  Ref<> factor = newInt(t, unit.factor);
  if (!factor) return kRaised;
  if (isIntLike(number)) {
    Ref<> product = intMultiply(t, number, factor);
    return product ? intAdd(t, sum, product) : Ref<>();
  }
  if (!isFloatLike(number)) {
    return raise(t, exc::TypeError, "unsupported type for timedelta %s component: %s", unit.name, typeName(number));
  }
  double whole, fraction = std::modf(floatValue(number), &whole);
  Ref<> x = newIntFromDouble(t, whole);
  Ref<> product = x ? intMultiply(t, x, factor) : Ref<>();
  sum = product ? intAdd(t, sum, product) : Ref<>();
  if (!sum || fraction == 0.0) return sum;
  fraction = std::modf(double(unit.factor) * fraction, &whole);
  *rest += fraction;
  x = newIntFromDouble(t, whole);
  return x ? intAdd(t, sum, x) : Ref<>();
}
Ref<> deltaNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew =
      method("__new__", ignoredSignature,
             "($self, days=<none>, seconds=<none>, microseconds=<none>, milliseconds=<none>, minutes=<none>, "
             "hours=<none>, weeks=<none>)");
  Value bound[7];
  Ref<> keep[2];
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  bool small = true;
  for (Value v : bound)
    small &= v.empty() || (v.isInt() && v.asInt() < (int64_t(1) << 40) && v.asInt() > -(int64_t(1) << 40));
  if (small) {
    __int128 total = 0;
    for (const Unit& unit : kUnits) {
      if (bound[unit.argument]) total += __int128(bound[unit.argument].asInt()) * unit.factor;
    }
    return deltaOf(t, total, type);
  }
  Ref<> sum = steal(Value::fromInt(0));
  double rest = 0;
  for (const Unit& unit : kUnits) {
    if (!bound[unit.argument]) continue;
    sum = accumulate(t, unit, std::move(sum), bound[unit.argument], &rest);
    if (!sum) return kRaised;
  }
  if (rest != 0) {
    double whole = std::round(rest);
    if (std::fabs(whole - rest) == 0.5) {  // a tie: the sum becomes even
      Ref<> low = intAnd(t, sum, Value::fromInt(1));
      if (!low) return kRaised;
      double odd = low.value() == Value::fromInt(1) ? 1 : 0;
      whole = 2.0 * std::round((rest + odd) * 0.5) - odd;
    }
    Ref<> more = newIntFromDouble(t, whole);
    sum = more ? intAdd(t, sum, more) : Ref<>();
    if (!sum) return kRaised;
  }
  return deltaFromMicroseconds(t, sum, type);
}

// --- arithmetic ---

Ref<> deltaAdd(Thread& t, Value a, Value b) {
  return isDelta(a) && isDelta(b) ? addDeltas(t, asDelta(a), asDelta(b), 1) : steal(kNotImplemented);
}
Ref<> deltaSubtract(Thread& t, Value a, Value b) {
  return isDelta(a) && isDelta(b) ? addDeltas(t, asDelta(a), asDelta(b), -1) : steal(kNotImplemented);
}
Ref<> deltaNegative(Thread& t, Value self) { return deltaOf(t, -deltaMicroseconds(asDelta(self))); }
Ref<> deltaPositive(Thread& t, Value self) { return deltaOf(t, deltaMicroseconds(asDelta(self))); }
Ref<> deltaAbsolute(Thread& t, Value self) {
  return asDelta(self)->days < 0 ? deltaNegative(t, self) : deltaPositive(t, self);
}
int deltaTruth(Thread&, Value self) { return !deltaIsZero(asDelta(self)); }

// a / b to the nearest, ties to even; plain ints.
Ref<> divideNearest(Thread& t, Value a, Value b) {
  Ref<> pair = intDivmod(t, a, b);
  if (!pair) return kRaised;
  Ref<> q = share(asTuple(pair)->items[0]);
  Value r = asTuple(pair)->items[1];
  Ref<> twice = intAdd(t, r, r);
  if (!twice) return kRaised;
  int order = intCompare(twice, b);
  if (intSign(b) < 0) order = -order;  // both are negative
  if (order == 0) {
    Ref<> low = intAnd(t, q, Value::fromInt(1));
    if (!low) return kRaised;
    order = low.value() == Value::fromInt(1) ? 1 : -1;
  }
  return order > 0 ? intAdd(t, q, Value::fromInt(1)) : std::move(q);
}
// delta * number or delta / number for a float: its exact ratio decides.
Ref<> scaleByFloat(Thread& t, Value delta, Value number, bool multiply) {
  Ref<> ratio = callMethod(t, number, "as_integer_ratio");
  if (!ratio) return kRaised;
  if (!isTuple(ratio)) {
    return raise(t, exc::TypeError, "unexpected return type from as_integer_ratio(): expected tuple, got '%.200s'",
                 typeName(ratio));
  }
  if (asTuple(ratio)->size != 2)
    return raise(t, exc::ValueError, "unexpected return type from as_integer_ratio(): expected a 2-tuple");
  Value above = asTuple(ratio)->items[multiply ? 0 : 1], below = asTuple(ratio)->items[multiply ? 1 : 0];
  Ref<> micro = microsecondsOf(t, delta);
  Ref<> product = micro ? intMultiply(t, micro, above) : Ref<>();
  Ref<> quotient = product ? divideNearest(t, product, below) : Ref<>();
  return quotient ? deltaFromMicroseconds(t, quotient, delta_type) : Ref<>();
}
Ref<> deltaMultiply(Thread& t, Value a, Value b) {
  if (!isDelta(a)) std::swap(a, b);
  if (!isDelta(a)) return steal(kNotImplemented);
  if (isIntLike(b)) {
    int64_t factor;
    if (intFits64(b, &factor) && factor < (int64_t(1) << 40) && factor > -(int64_t(1) << 40)) {
      return deltaOf(t, deltaMicroseconds(asDelta(a)) * factor);
    }
    Ref<> micro = microsecondsOf(t, a);
    Ref<> product = micro ? intMultiply(t, micro, intValue(b)) : Ref<>();
    return product ? deltaFromMicroseconds(t, product, delta_type) : Ref<>();
  }
  return isFloatLike(b) ? scaleByFloat(t, a, b, true) : steal(kNotImplemented);
}
Ref<> deltaFloorDivide(Thread& t, Value a, Value b) {
  if (!isDelta(a) || (!isDelta(b) && !isIntLike(b))) return steal(kNotImplemented);
  Ref<> x = microsecondsOf(t, a), y = isDelta(b) ? microsecondsOf(t, b) : share(intValue(b));
  Ref<> quotient = x && y ? intFloorDivide(t, x, y) : Ref<>();
  return quotient && !isDelta(b) ? deltaFromMicroseconds(t, quotient, delta_type) : std::move(quotient);
}
Ref<> deltaTrueDivide(Thread& t, Value a, Value b) {
  if (!isDelta(a)) return steal(kNotImplemented);
  if (isFloatLike(b)) return scaleByFloat(t, a, b, false);
  if (!isDelta(b) && !isIntLike(b)) return steal(kNotImplemented);
  Ref<> x = microsecondsOf(t, a), y = isDelta(b) ? microsecondsOf(t, b) : share(intValue(b));
  if (!x || !y) return kRaised;
  if (isDelta(b)) return intTrueDivide(t, x, y);
  Ref<> quotient = divideNearest(t, x, y);
  return quotient ? deltaFromMicroseconds(t, quotient, delta_type) : Ref<>();
}
Ref<> deltaRemainder(Thread& t, Value a, Value b) {
  if (!isDelta(a) || !isDelta(b)) return steal(kNotImplemented);
  Ref<> x = microsecondsOf(t, a), y = microsecondsOf(t, b);
  Ref<> rest = x && y ? intRemainder(t, x, y) : Ref<>();
  return rest ? deltaFromMicroseconds(t, rest, delta_type) : Ref<>();
}
Ref<> deltaDivmod(Thread& t, Value a, Value b) {
  if (!isDelta(a) || !isDelta(b)) return steal(kNotImplemented);
  Ref<> x = microsecondsOf(t, a), y = microsecondsOf(t, b);
  Ref<> pair = x && y ? intDivmod(t, x, y) : Ref<>();
  Ref<> rest = pair ? deltaFromMicroseconds(t, asTuple(pair)->items[1], delta_type) : Ref<>();
  return rest ? packTuple(t, asTuple(pair)->items[0], rest.value()) : Ref<Tuple>();
}

Ref<> deltaCompare(Thread&, Value a, Value b, CompareOp op) {
  if (!isDelta(a) || !isDelta(b)) return steal(kNotImplemented);
  int order = compareDeltas(asDelta(a), asDelta(b));
  bool result[] = {order < 0, order <= 0, order == 0, order != 0, order > 0, order >= 0};
  return steal(Value::fromBool(result[int(op)]));
}
Ref<Tuple> deltaState(Thread& t, const TimeDelta* d) {
  return packTuple(t, Value::fromInt(d->days), Value::fromInt(d->seconds), Value::fromInt(d->microseconds));
}

// --- text, attributes ---

Ref<> deltaRepr(Thread& t, Value self) {
  const TimeDelta* d = asDelta(self);
  char text[100];
  int n = 0;
  auto part = [&](const char* name, int number) {
    if (number) n += snprintf(text + n, sizeof text - size_t(n), "%s%s=%d", n ? ", " : "", name, number);
  };
  part("days", d->days);
  part("seconds", d->seconds);
  part("microseconds", d->microseconds);
  return strFormat(t, "%s(%s)", typeName(self), n ? text : "0");
}
Ref<> deltaStr(Thread& t, Value self) {
  const TimeDelta* d = asDelta(self);
  char text[100];
  int n = 0;
  if (d->days) n = snprintf(text, sizeof text, "%d day%s, ", d->days, d->days == 1 || d->days == -1 ? "" : "s");
  n += snprintf(text + n, sizeof text - size_t(n), "%d:%02d:%02d", d->seconds / 3600, d->seconds / 60 % 60,
                d->seconds % 60);
  if (d->microseconds) snprintf(text + n, sizeof text - size_t(n), ".%06d", d->microseconds);
  return newStrUtf8(t, text);
}
Ref<> totalSeconds(Thread& t, Value self) {
  Ref<> micro = microsecondsOf(t, self);
  return micro ? intTrueDivide(t, micro, Value::fromInt(kMicro)) : Ref<>();
}
Ref<> deltaReduce(Thread& t, Value self) {
  Ref<Tuple> state = deltaState(t, asDelta(self));
  return state ? packTuple(t, Value(typeOf(self)), state.value()) : Ref<Tuple>();
}

const MethodDef kMethods[] = {
    method("total_seconds", totalSeconds, nullptr, "Total seconds in the duration."),
    method("__reduce__", deltaReduce, nullptr, "__reduce__() -> (cls, state)"),
    {},
};
const MemberDef kMembers[] = {
    {"days", MemberType::kInt32, true, offsetof(TimeDelta, days), "Number of days."},
    {"seconds", MemberType::kInt32, true, offsetof(TimeDelta, seconds),
     "Number of seconds (>= 0 and less than 1 day)."},
    {"microseconds", MemberType::kInt32, true, offsetof(TimeDelta, microseconds),
     "Number of microseconds (>= 0 and less than 1 second)."},
    {},
};

}  // namespace

__int128 deltaMicroseconds(const TimeDelta* d) {
  return __int128(d->days) * kMicroPerDay + int64_t(d->seconds) * kMicro + d->microseconds;
}

Ref<> newDelta(Thread& t, int64_t days, int64_t seconds, int64_t microseconds) {
  __int128 rest, whole = floorDivide(__int128(days) * kMicroPerDay + __int128(seconds) * kMicro + microseconds,
                                     kMicroPerDay, &rest);
  return allocateDelta(t, delta_type, int64_t(whole), int(rest / kMicro), int(rest % kMicro));
}
Ref<> deltaFromMicroseconds(Thread& t, Value number, Type* type) {
  int64_t small;
  if (intFits64(number, &small)) return deltaOf(t, small, type);
  Ref<> per_day = newInt128(t, kMicroPerDay);
  Ref<> pair = per_day ? intDivmod(t, number, per_day) : Ref<>();
  if (!pair) return kRaised;
  int64_t days, rest = 0;
  if (!intFits64(asTuple(pair)->items[0], &days) || days != int32_t(days)) {
    return raise(t, exc::OverflowError, "Python int too large to convert to C int");
  }
  if (!intFits64(asTuple(pair)->items[1], &rest)) return kRaised;
  return allocateDelta(t, type, days, int(rest / kMicro), int(rest % kMicro));
}
int compareDeltas(const TimeDelta* a, const TimeDelta* b) {
  if (a->days != b->days) return a->days < b->days ? -1 : 1;
  if (a->seconds != b->seconds) return a->seconds < b->seconds ? -1 : 1;
  return a->microseconds == b->microseconds ? 0 : a->microseconds < b->microseconds ? -1 : 1;
}
Ref<> addDeltas(Thread& t, const TimeDelta* a, const TimeDelta* b, int sign) {
  return newDelta(t, int64_t(a->days) + sign * int64_t(b->days), a->seconds + sign * b->seconds,
                  a->microseconds + sign * b->microseconds);
}
Hash hashDelta(Thread& t, Value self) {
  TimeDelta* d = asDelta(self);
  if (d->hash == -1) {
    Ref<Tuple> state = deltaState(t, d);
    if (!state) return -1;
    d->hash = hashOf(t, state);
  }
  return d->hash;
}

bool addDelta(Thread& t, ModuleObject* m) {
  static const TypeSpec spec{
      .type = nullptr,
      .basic_size = sizeof(TimeDelta),
      .doc =
          "Difference between two datetime values.\n\n"
          "timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)\n\n"
          "All arguments are optional and default to 0.\nArguments may be integers or floats, and may be positive or "
          "negative.",
      .methods = kMethods,
      .members = kMembers,
      .dealloc = deltaDealloc,
      .fill = [](Slots& slots) {
        slots.new_ = deltaNew;
        slots.repr = deltaRepr;
        slots.str = deltaStr;
        slots.hash = hashDelta;
        slots.compare = deltaCompare;
        slots.negative = deltaNegative;
        slots.positive = deltaPositive;
        slots.absolute = deltaAbsolute;
        slots.truth = deltaTruth;
        slots.binary[kOp_add] = deltaAdd;
        slots.binary[kOp_subtract] = deltaSubtract;
        slots.binary[kOp_multiply] = deltaMultiply;
        slots.binary[kOp_floor_divide] = deltaFloorDivide;
        slots.binary[kOp_true_divide] = deltaTrueDivide;
        slots.binary[kOp_remainder] = deltaRemainder;
        slots.binary[kOp_divmod] = deltaDivmod;
      }};
  Ref<Type> made = makeNativeType(t, spec, "datetime.timedelta", nullptr, 0);
  if (!made) return false;
  delta_type = made.get();
  Ref<> least = newDelta(t, -kMostDays, 0, 0), most = newDelta(t, kMostDays, kSecondsPerDay - 1, kMicro - 1),
        step = newDelta(t, 0, 0, 1);
  return least && most && step && setTypeAttribute(t, delta_type, internStatic("min"), least) &&
         setTypeAttribute(t, delta_type, internStatic("max"), most) &&
         setTypeAttribute(t, delta_type, internStatic("resolution"), step) &&
         moduleAdd(t, m, "timedelta", std::move(made));
}

}  // namespace krait::datetime
