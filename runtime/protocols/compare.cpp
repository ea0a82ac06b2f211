// Comparison, identity, truth and hash of any value.
#include "runtime/core/names.h"
#include "runtime/objects/float.h"
#include "runtime/objects/function.h"
#include "runtime/objects/hash_bytes.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/operator_methods.h"

namespace krait {
namespace {

const char* const kCompareSymbols[] = {"<", "<=", "==", "!=", ">", ">="};
const CompareOp kSwapped[] = {CompareOp::kGreater, CompareOp::kGreaterEqual, CompareOp::kEqual,
                              CompareOp::kNotEqual, CompareOp::kLess, CompareOp::kLessEqual};

template <class T>
inline bool holds(T a, T b, CompareOp op) {
  switch (op) {
    case CompareOp::kLess: return a < b;
    case CompareOp::kLessEqual: return a <= b;
    case CompareOp::kEqual: return a == b;
    case CompareOp::kNotEqual: return a != b;
    case CompareOp::kGreater: return a > b;
    default: return a >= b;
  }
}

// Two immediates, doubles or one of each, or two exact strings; -1: something else.
inline int compareCommon(Value a, Value b, CompareOp op) {
  if (bothInts(a, b)) return holds(a.asInt(), b.asInt(), op);
  if (a.isDouble()) {
    if (b.isDouble()) return holds(a.asDouble(), b.asDouble(), op);
    if (b.isInt()) return holds(a.asDouble(), double(b.asInt()), op);
  } else if (a.isInt()) {
    if (b.isDouble()) return holds(double(a.asInt()), b.asDouble(), op);
  } else if (isExactStr(a) && isExactStr(b)) {
    if (op == CompareOp::kEqual) return strEqual(asStr(a), asStr(b));
    if (op == CompareOp::kNotEqual) return !strEqual(asStr(a), asStr(b));
    return holds(strCompare(asStr(a), asStr(b)), 0, op);
  }
  return -1;
}

// When neither operand has an answer: identity for == and !=.
Ref<> compareUnanswered(Thread& t, Value a, Value b, CompareOp op) {
  if (op == CompareOp::kEqual) return steal(Value::fromBool(isSame(a, b)));
  if (op == CompareOp::kNotEqual) return steal(Value::fromBool(!isSame(a, b)));
  return raise(t, exc::TypeError, "'%s' not supported between instances of '%.100s' and '%.100s'", kCompareSymbols[int(op)],
               typeOf(a)->cname, typeOf(b)->cname);
}

Ref<> compareSlots(Thread& t, Value a, Value b, CompareOp op) {
  Type* a_type = typeOf(a);
  Type* b_type = typeOf(b);
  CompareFunction left = a_type->slots.compare, right = b_type->slots.compare;
  bool right_done = false;
  if (a_type != b_type && right && isSubtype(b_type, a_type)) {
    Ref<> result = right(t, b, a, kSwapped[int(op)]);
    if (result.value() != kNotImplemented) return result;
    right_done = true;
  }
  if (left) {
    Ref<> result = left(t, a, b, op);
    if (result.value() != kNotImplemented) return result;
  }
  if (!right_done && right) {
    Ref<> result = right(t, b, a, kSwapped[int(op)]);
    if (result.value() != kNotImplemented) return result;
  }
  return compareUnanswered(t, a, b, op);
}

}  // namespace

Function* leftCompareMethod(CompareOp op, Value a, Value b) {
  static Str* const kMethods[] = {names::dunder_lt, names::dunder_le, names::dunder_eq,
                                  names::dunder_ne, names::dunder_gt, names::dunder_ge};
  Type *left = typeOf(a), *right = typeOf(b);
  if (!left->has(kTypeHeap) || (left != right && isSubtype(right, left))) return nullptr;
  Value method = lookupType(left, kMethods[int(op)]);
  return isFunction(method) ? asFunction(method) : nullptr;
}

Ref<> compareAfterLeft(Thread& t, Value a, Value b, CompareOp op) {
  if (CompareFunction right = typeOf(b)->slots.compare) {
    Ref<> result = right(t, b, a, kSwapped[int(op)]);
    if (result.value() != kNotImplemented) return result;
  }
  return compareUnanswered(t, a, b, op);
}

bool isSame(Value a, Value b) {
  if (a == b) return true;
  if (!a.isObject() || !b.isObject()) return false;
  return a.asObject()->kind == kKindInt && b.asObject()->kind == kKindInt && intEqual(a, b);
}

Ref<> compare(Thread& t, Value a, Value b, CompareOp op) {
  if (int common = compareCommon(a, b, op); common >= 0) return steal(Value::fromBool(common));
  NativeScope scope(t, " in comparison");
  if (!scope) return kRaised;
  return compareSlots(t, a, b, op);
}

int compareBool(Thread& t, Value a, Value b, CompareOp op) {
  if (op == CompareOp::kEqual || op == CompareOp::kNotEqual) {
    if (isSame(a, b)) return op == CompareOp::kEqual;
  }
  if (int common = compareCommon(a, b, op); common >= 0) return common;
  Ref<> result = compare(t, a, b, op);
  if (!result) return -1;
  if (result.value().isBool()) return result.value() == kTrue;
  return truth(t, result);
}

int truth(Thread& t, Value v) {
  if (v.isBool()) return v == kTrue;
  if (v.isInt()) return v.asInt() != 0;
  if (v.isNone()) return 0;
  if (v.isDouble()) return v.asDouble() != 0;
  Slots& slots = typeOf(v)->slots;
  if (slots.truth) return slots.truth(t, v);
  if (slots.length) {
    int64_t length = slots.length(t, v);
    return length > 0 ? 1 : int(length);
  }
  return 1;
}

Hash hashOf(Thread& t, Value v) {
  if (v.isInt()) return v.asInt() == -1 ? -2 : v.asInt();
  if (v.isDouble()) return floatHash(v.asDouble());
  if (isExactStr(v)) return strHash(asStr(v));
  HashFunction hash = typeOf(v)->slots.hash;
  if (!hash) return raise(t, exc::TypeError, "unhashable type: '%.200s'", typeName(v));
  return hash(t, v);
}

}  // namespace krait
