// Recording calls of natives: those that are operations of the IR, and those that run no Python code with the operands seen.
#include <cmath>
#include <cstring>
#include "jit/record/recorder.h"
#include "runtime/core/error.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/list.h"
#include "runtime/objects/set.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/quiet.h"

namespace krait::jit {
namespace {

bool isOneOf(const char* name, std::initializer_list<const char*> names) {
  for (const char* candidate : names)
    if (!strcmp(name, candidate)) return true;
  return false;
}

// The functions of math that take and give a double as libm does, but for errors.
struct MathFunction {
  const char* name;
  double (*unary)(double);
  double (*binary)(double, double);
};
constexpr MathFunction kMath[] = {
    {"sin", std::sin, nullptr},     {"cos", std::cos, nullptr},     {"tan", std::tan, nullptr},   {"asin", std::asin, nullptr},
    {"acos", std::acos, nullptr},   {"atan", std::atan, nullptr},   {"sinh", std::sinh, nullptr}, {"cosh", std::cosh, nullptr},
    {"tanh", std::tanh, nullptr},   {"exp", std::exp, nullptr},     {"exp2", std::exp2, nullptr}, {"expm1", std::expm1, nullptr},
    {"log", std::log, nullptr},     {"log2", std::log2, nullptr},   {"log10", std::log10, nullptr}, {"log1p", std::log1p, nullptr},
    {"cbrt", std::cbrt, nullptr},   {"atan2", nullptr, std::atan2}, {"copysign", nullptr, std::copysign},
};
double roundHalfEven(double x) { return std::nearbyint(x); }
constexpr MathFunction kToInt[] = {{"floor", std::floor, nullptr}, {"ceil", std::ceil, nullptr}, {"trunc", std::trunc, nullptr},
                                   {"round", roundHalfEven, nullptr}};

const MathFunction* find(const char* name, const MathFunction* first, size_t count) {
  for (size_t i = 0; i < count; ++i)
    if (!strcmp(name, first[i].name)) return &first[i];
  return nullptr;
}

double numberOf(Value v) { return v.isDouble() ? v.asDouble() : double(v.asInt()); }
bool fitsI64(double d) { return d >= -0x1p63 && d < 0x1p63; }

}  // namespace

// A float function of math: recorded for finite numbers with a finite result; the rest, errors included, is the interpreter's.
Id Recorder::recordMath(const char* name, const std::vector<Id>& args, const Value* concrete_args) {
  for (size_t i = 0; i < args.size(); ++i)
    if (!concrete_args[i].isDouble() && !concrete_args[i].isInt()) return kNoId;
  double x = args.empty() ? 0 : numberOf(concrete_args[0]);
  if (args.size() == 1 && concrete_args[0].isDouble()) {
    if (const MathFunction* f = find(name, kToInt, 3); f && fitsI64(f->unary(x)))
      return b_.op(Op::k_to_int, b_.call(Helper::k_math_1, {b_.constInt(int64_t(f->unary)), asFloat(args[0], concrete_args[0])}));
  }
  const MathFunction* f = find(name, kMath, std::size(kMath));
  if (!f || args.size() != (f->unary ? 1u : 2u)) return kNoId;
  double y = f->unary ? f->unary(x) : f->binary(x, numberOf(concrete_args[1]));
  if (!std::isfinite(x) || !std::isfinite(y)) return kNoId;
  Id a = asFloat(args[0], concrete_args[0]), b = f->unary ? kNoId : asFloat(args[1], concrete_args[1]);
  if (a == kNoId || (b == kNoId && !f->unary)) return kNoId;
  Id result = f->unary ? b_.call(Helper::k_math_1, {b_.constInt(int64_t(f->unary)), a})
                       : b_.call(Helper::k_math_2, {b_.constInt(int64_t(f->binary)), a, b});
  auto finite = [&](Id id) { b_.op(Op::k_guard_true, b_.op(Op::k_flt, b_.op(Op::k_fabs, id), b_.constFloat(__builtin_inf()))); };
  finite(a);
  if (b != kNoId) finite(b);
  finite(result);
  return result;
}

// Guards that the value has the type it has now. False: not recorded.
bool Recorder::guardTypeOf(Id id, Value concrete) {
  if (concrete.isBool()) return asBool(id, concrete) != kNoId;
  if (concrete.isInt() || concrete.isDouble()) return (concrete.isInt() ? asInt(id, concrete) : asFloat(id, concrete)) != kNoId;
  if (!concrete.isObject()) {
    guardIdentical(id, concrete);
    return true;
  }
  if (b_.typeOf(id) == Ty::kI128) return true;
  asKind(id, concrete);
  return true;
}

// isinstance(object, cls) for classes without a hook: the answer follows from the object's type.
Id Recorder::recordIsinstance(Id object, Value concrete_object, Id cls, Value concrete_class) {
  Type* type = typeOf(concrete_object);
  static Str* const dunder = internStatic("__class__");
  if (type->has(kTypeCustomGetattr) || !(lookupType(type, dunder) == lookupType(&types::Object, dunder))) return kNoId;
  const Value* classes = &concrete_class;
  int64_t count = 1;
  if (isExactTuple(concrete_class)) {
    classes = asTuple(concrete_class)->items;
    count = asTuple(concrete_class)->size;
  }
  bool result = false;
  for (int64_t i = 0; i < count; ++i) {
    if (!classes[i].isObject() || typeOf(classes[i]) != &types::Type) return kNoId;
    result |= isSubtype(type, static_cast<Type*>(classes[i].asObject()));
  }
  // A union or tuple made anew each time is not identical: the interpreter looks.
  if (!isConst(cls) && isExactTuple(concrete_class)) return kNoId;
  if (!guardTypeOf(object, concrete_object)) return kNoId;
  guardIdentical(cls, concrete_class);
  if (type->has(kTypeHeap)) assume({Assumption::kType, Value(type)});
  return b_.constBool(result);
}

// Whether conversions of the value run no Python code.
static bool isSimple(Value v) {
  if (!v.isObject()) return true;
  uint32_t kind = v.asObject()->kind;
  return kind == kKindStr || kind == kKindBytes || kind == kKindInt || kind == kKindComplex;
}

// Builtin functions and types that make a new object from simple values. False: the call is not one of them.
bool Recorder::recordQuietCall(Value callee, Id callee_id, const std::vector<Id>& args, const Value* concrete_args, uint32_t popped) {
  if (args.empty() || args.size() > 2) return false;
  for (size_t i = 0; i < args.size(); ++i)
    if (!isSimple(concrete_args[i])) return false;
  if (isType(callee)) {
    auto* type = static_cast<Type*>(callee.asObject());
    if (type == &types::Str && concrete_args[0].isObject() && concrete_args[0].asObject()->kind == kKindBytes) return false;  // -b warns
    if (type != &types::Int && type != &types::Float && type != &types::Str && type != &types::Complex) return false;
  } else {
    if (callee.asObject()->kind != kKindNativeFunction) return false;
    auto* native = static_cast<NativeFunction*>(callee.asObject());
    if (!isExactStr(native->module) || !strEqualsAscii(asStr(native->module), "builtins")) return false;
    if (!isOneOf(native->def->name, {"abs", "ascii", "bin", "chr", "divmod", "hash", "hex", "oct", "pow", "repr", "round"})) return false;
  }
  guardIdentical(callee_id, callee);
  for (size_t i = 0; i < args.size(); ++i)
    if (!guardTypeOf(args[i], concrete_args[i])) return false;
  std::vector<Id> operands{b_.constValue(callee)};
  for (Id id : args) operands.push_back(boxed(id));
  return residualList(args.size() == 1 ? Helper::k_quiet_call_1 : Helper::k_quiet_call_2, std::move(operands), popped, true);
}

// FORMAT_VALUE: simple values are formatted without Python code.
bool Recorder::recordFormat(uint32_t arg) {
  bool has_spec = arg & 4;
  Value v = concrete(has_spec), spec = has_spec ? concrete(0) : Value();
  bool quiet = isSimple(v) && (!has_spec || isExactStr(spec)) && guardTypeOf(peek(has_spec), v) &&
               (!has_spec || guardTypeOf(peek(0), spec));
  Id spec_id = has_spec ? peek(0) : b_.constEmpty();
  return residual(quiet ? Helper::k_quiet_format : Helper::k_format_value,
                  {peek(has_spec), spec_id, b_.constInt(arg & 3)}, 1 + has_spec, true);
}

// int(x), float(x), bool(x) of numbers; type(x).
Id Recorder::recordConversion(Type* type, Id id, Value concrete) {
  if (type == &types::Type) {
    if (!guardTypeOf(id, concrete)) return kNoId;
    return b_.constValue(Value(typeOf(concrete)));
  }
  if (type == &types::Int) {
    if (isInt(concrete)) return asInt(id, concrete);
    if (concrete.isDouble() && fitsI64(concrete.asDouble())) return b_.op(Op::k_to_int, asFloat(id, concrete));
  }
  if (type == &types::Float && (concrete.isDouble() || concrete.isInt() || concrete.isBool())) return asFloat(id, concrete);
  if (type == &types::Bool) return truthOf(id, concrete);
  return kNoId;
}

// The result of a native that is an operation of the IR; kNoId: it is not (or the recording was given up).
Id Recorder::recordKnownNative(Value callee, Id callee_id, const std::vector<Id>& args, const Value* concrete_args) {
  if (isType(callee)) {
    if (args.size() != 1) return kNoId;
    guardIdentical(callee_id, callee);
    return recordConversion(static_cast<Type*>(callee.asObject()), args[0], concrete_args[0]);
  }
  Id result = kNoId;
  if (callee.asObject()->kind == kKindMethodDescr) {
    auto* method = static_cast<MethodDescr*>(callee.asObject());
    if (args.empty() || !concrete_args[0].isObject() || typeOf(concrete_args[0]) != method->owner) return kNoId;
    guardIdentical(callee_id, callee);  // first: what follows may have effects
    const char* name = method->def->name;
    if (method->owner == &types::Dict && !strcmp(name, "get") && (args.size() == 2 || args.size() == 3)) {
      Id dict = asKind(args[0], concrete_args[0]);
      result = dictItem(dict, concrete_args[0], args[1], concrete_args[1]);
      if (result == kNoId && quietContains(thread_, concrete_args[0], concrete_args[1]) == 0) {
        Id found = b_.call(Helper::k_quiet_contains, {dict, boxed(args[1])});
        b_.op(Op::k_guard_true, b_.op(Op::k_eq, found, b_.constInt(0)));
        result = args.size() == 3 ? args[2] : b_.constValue(kNone);
      }
    } else if (method->owner == &types::Set && !strcmp(name, "add") && args.size() == 2) {
      if (!isPlain(concrete_args[1]) || quietContains(thread_, concrete_args[0], concrete_args[1]) < 0) return kNoId;
      Id done = b_.call(Helper::k_set_add, {asKind(args[0], concrete_args[0]), boxed(args[1])});
      b_.op(Op::k_guard_true, b_.op(Op::k_ge, done, b_.constInt(0)));
      result = b_.constValue(kNone);
    } else if (method->owner == &types::List && !strcmp(name, "pop") && args.size() <= 2) {
      int64_t size = asList(concrete_args[0])->size;
      Value at = args.size() == 2 ? concrete_args[1] : Value::fromInt(-1);
      if (!at.isInt() || at.asInt() >= size || at.asInt() < -size) return kNoId;
      Id index = args.size() == 2 ? asInt(args[1], at) : b_.constInt(-1);
      Id list = asKind(args[0], concrete_args[0]);
      result = b_.op(Op::k_guard_nonempty, b_.call(Helper::k_list_pop, {list, index}));
    }
    return result;
  }
  if (callee.asObject()->kind != kKindNativeFunction) return kNoId;
  auto* native = static_cast<NativeFunction*>(callee.asObject());
  const char* name = native->def->name;
  if (!isExactStr(native->module)) return kNoId;
  guardIdentical(callee_id, callee);
  if (strEqualsAscii(asStr(native->module), "math")) {
    result = recordMath(name, args, concrete_args);
  } else if (!strEqualsAscii(asStr(native->module), "builtins")) {
    return kNoId;
  } else if (!strcmp(name, "isinstance") && args.size() == 2) {
    result = recordIsinstance(args[0], concrete_args[0], args[1], concrete_args[1]);
  } else if (!strcmp(name, "chr") && args.size() == 1 && concrete_args[0].isInt()) {
    if (concrete_args[0].asInt() < 0 || concrete_args[0].asInt() > 255) return kNoId;
    Id code = asInt(args[0], concrete_args[0]);
    b_.op(Op::k_guard_true, b_.op(Op::k_below, code, b_.constInt(256)));
    result = b_.call(Helper::k_char_of, {code});
    b_.learnKind(result, kKindStr);
  } else if (!strcmp(name, "round") && args.size() == 1 && concrete_args[0].isDouble() && fitsI64(concrete_args[0].asDouble())) {
    result = b_.op(Op::k_to_int, b_.call(Helper::k_math_1, {b_.constInt(int64_t(&roundHalfEven)), asFloat(args[0], concrete_args[0])}));
  }
  return result;
}

// Makes sure that a method runs no Python code: one of str or bytes that works on its operands alone, all of types without
// any. False: it may.
bool Recorder::guardQuietMethod(const MethodDescr* method, const std::vector<Id>& args, const Value* concrete_args) {
  if (method->owner != &types::Str && method->owner != &types::Bytes) return false;
  const char* name = method->def->name;
  if (isOneOf(name, {"encode", "decode"})) return false;  // codecs are looked up in a registry
  bool join = !strcmp(name, "join");
  for (size_t i = 0; i < args.size(); ++i) {
    Value v = concrete_args[i];
    bool simple = !v.isObject() || isExactStr(v) || v.asObject()->kind == kKindBytes;
    if (!simple && !(join && (isExactList(v) || isExactTuple(v)))) return false;
  }
  for (size_t i = 0; i < args.size(); ++i)
    if (!guardTypeOf(args[i], concrete_args[i])) return false;
  return true;
}

// A native is called through its definition. False: it has a form that is not called so.
bool Recorder::callNativeDirectly(const MethodDef* def, const std::vector<Id>& args, bool quiet, uint32_t popped) {
  size_t given = args.size() - 1;
  Helper helper;
  void* target = def->function;
  if (def->convention == Convention::kNone && given == 0) {
    helper = quiet ? Helper::k_quiet_native_0 : Helper::k_native_0;
  } else if (def->convention == Convention::kOne && given == 1) {
    helper = quiet ? Helper::k_quiet_native_1 : Helper::k_native_1;
  } else if (def->convention == Convention::kBound && given <= 2) {
    static constexpr Helper kBound[] = {Helper::k_native_bound_0, Helper::k_native_bound_1, Helper::k_native_bound_2};
    static constexpr Helper kQuiet[] = {Helper::k_quiet_native_bound_0, Helper::k_quiet_native_bound_1, Helper::k_quiet_native_bound_2};
    helper = quiet ? kQuiet[given] : kBound[given];
    target = const_cast<MethodDef*>(def);
  } else {
    return false;
  }
  std::vector<Id> operands{b_.constInt(int64_t(target))};
  for (Id id : args) operands.push_back(boxed(id));
  return residualList(helper, std::move(operands), popped, true);
}

}  // namespace krait::jit
