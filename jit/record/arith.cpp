// Recording arithmetic and comparison: ints as i64 while the numbers fit, as i128 beyond; floats as f64; the rest is residual.
#include "interp/opcodes.h"
#include "jit/record/recorder.h"
#include "jit/record/wide.h"
#include "runtime/core/names.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/operator_methods.h"

namespace krait::jit {
namespace {

// BINARY_OP's argument below 13; in-place forms are 13 higher.
enum Operation : uint32_t {
  kAdd, kAnd, kFloorDivide, kLeftShift, kMatrixMultiply, kMultiply, kRemainder, kOr, kPower, kRightShift, kSubtract, kTrueDivide, kXor,
  kInplace
};
constexpr BinaryOp kProtocol[] = {kOp_add, kOp_and_, kOp_floor_divide, kOp_left_shift, kOp_matrix_multiply, kOp_multiply, kOp_remainder,
                                  kOp_or_, kBinaryOpCount, kOp_right_shift, kOp_subtract, kOp_true_divide, kOp_xor_};

bool isNumber(Value v) {
  if (!v.isObject()) return v.isInt() || v.isDouble() || v.isBool();
  return v.asObject()->kind == kKindInt || v.asObject()->kind == kKindComplex;
}
// Whether the operation makes a new object from two builtin ones, and runs no Python code.
bool isQuiet(uint32_t operation, bool inplace, Value a, Value b) {
  if (isNumber(a) && isNumber(b)) return true;
  auto kind = [](Value v) { return v.isObject() ? v.asObject()->kind : uint32_t(kKindNone); };
  uint32_t left = kind(a), right = kind(b);
  if (operation == kRemainder) return left == kKindStr && (isNumber(b) || right == kKindStr);
  bool list = isExactListKind(left);
  if (left != kKindStr && left != kKindBytes && left != kKindTuple && (!list || inplace)) return false;
  if (operation == kAdd) return left == right || (list && isExactListKind(right));
  return operation == kMultiply && b.isInt();
}

bool fits64(__int128 v) { return v >= kI64Min && v <= kI64Max; }
constexpr __int128 kExactDouble = __int128(1) << 53;

}  // namespace

// The result as i64 or i128; kNoId: left to the residual call.
Id Recorder::intArithmetic(uint32_t operation, Id a, Id b, Value ca, Value cb) {
  __int128 x, y, r;
  if (a == kNoId || b == kNoId) return kNoId;
  if (!wideOf(ca, &x) || !wideOf(cb, &y)) return kNoId;
  bool wide = b_.typeOf(a) == Ty::kI128 || b_.typeOf(b) == Ty::kI128;
  auto widen = [&](Id id) {
    return b_.typeOf(id) == Ty::kI128 ? id : isConst(id) ? b_.constWide(b_.range(id).low) : b_.op(Op::k_widen, id);
  };
  // A wide result that provably fits goes back to i64.
  auto settle = [&](Id id) {
    return b_.typeOf(id) == Ty::kI128 && b_.range(id).within(kI64Min, kI64Max) ? b_.op(Op::k_narrow, id) : id;
  };
  auto provedWide = [&](Op op, Id p, Id q) -> Id {  // i128 arithmetic that cannot overflow, or kNoId
    IntRange u = b_.range(p), v = b_.range(q);
    auto bad = [](IntRange s) { return s.low == kWideMin || s.high == kWideMax; };
    if (bad(u) || bad(v)) return kNoId;
    __int128 o;
    auto overflows = [&](__int128 m, __int128 n) {
      return op == Op::k_add_ovf   ? __builtin_add_overflow(m, n, &o)
             : op == Op::k_sub_ovf ? __builtin_sub_overflow(m, n, &o)
                                   : __builtin_mul_overflow(m, n, &o);
    };
    if (overflows(u.low, v.low) || overflows(u.low, v.high) || overflows(u.high, v.low) || overflows(u.high, v.high)) return kNoId;
    if (op == Op::k_mul_ovf && b_.typeOf(p) == Ty::kI64 && b_.typeOf(q) == Ty::kI64) return b_.op(Op::k_mul_wide, p, q);
    return b_.op(op, widen(p), widen(q));
  };
  switch (operation) {
    case kAdd: case kSubtract: case kMultiply: {
      Op op = operation == kAdd ? Op::k_add_ovf : operation == kSubtract ? Op::k_sub_ovf : Op::k_mul_ovf;
      bool overflow = operation == kAdd        ? __builtin_add_overflow(x, y, &r)
                      : operation == kSubtract ? __builtin_sub_overflow(x, y, &r)
                                               : __builtin_mul_overflow(x, y, &r);
      if (overflow) return kNoId;
      if (!wide && fits64(r)) return b_.op(op, a, b);
      Id result = provedWide(op, a, b);
      if (result == kNoId && wide && fits64(x) && fits64(y)) {
        a = b_.typeOf(a) == Ty::kI128 ? b_.op(Op::k_narrow, a) : a;
        b = b_.typeOf(b) == Ty::kI128 ? b_.op(Op::k_narrow, b) : b;
        return fits64(r) ? b_.op(op, a, b) : provedWide(op, a, b);
      }
      return result == kNoId ? kNoId : settle(result);
    }
    case kAnd: case kOr: case kXor: {
      Op op = operation == kAnd ? Op::k_and : operation == kOr ? Op::k_or : Op::k_xor;
      if (!wide) return b_.op(op, a, b);
      return settle(b_.op(op, widen(a), widen(b)));
    }
    case kFloorDivide: case kRemainder: {
      if (y == 0) return kNoId;
      Op op = operation == kFloorDivide ? Op::k_div_floor : Op::k_mod_floor;
      if (wide) {
        a = widen(a);
        b = widen(b);
      }
      __int128 constant;
      if (!b_.constantInt(b, &constant)) b_.op(Op::k_guard_true, b_.op(Op::k_ne, b, wide ? b_.constWide(0) : b_.constInt(0)));
      // Powers of two need no division; Python's rounding is that of the shift and the mask.
      if (b_.constantInt(b, &constant) && constant > 0 && (constant & (constant - 1)) == 0) {
        int shift = 0;
        while ((__int128(1) << shift) != constant) ++shift;
        if (op == Op::k_mod_floor)
          return settle(b_.op(Op::k_and, a, wide ? b_.constWide(constant - 1) : b_.constInt(int64_t(constant - 1))));
        return settle(b_.op(Op::k_shr, a, wide ? b_.constWide(shift) : b_.constInt(shift)));
      }
      if (!b_.constantInt(b, &constant) || constant == -1) {
        if (y == -1) return kNoId;
        b_.op(Op::k_guard_true, b_.op(Op::k_ne, b, wide ? b_.constWide(-1) : b_.constInt(-1)));
      }
      return settle(b_.op(op, a, b));
    }
    case kLeftShift: {
      if (y < 0 || y > 62 || b_.typeOf(b) == Ty::kI128) return kNoId;
      if (!isConst(b)) b_.op(Op::k_guard_true, b_.op(Op::k_below, b, b_.constInt(63)));
      __int128 magnitude = x < 0 ? -x : x;
      if (magnitude >= (__int128(1) << 64)) return kNoId;
      r = x << int(y);
      if (!wide && fits64(r)) return b_.op(Op::k_shl_ovf, a, b);
      IntRange range = b_.range(a), by = b_.range(b);
      if (by.high > 62 || range.low < -(__int128(1) << 64) || range.high > (__int128(1) << 64)) return kNoId;
      return settle(b_.op(Op::k_shl_ovf, widen(a), widen(b)));  // proved: asked again by peeling
    }
    case kRightShift: {
      if (y < 0 || y > 63 || b_.typeOf(b) == Ty::kI128) return kNoId;
      if (!isConst(b)) b_.op(Op::k_guard_true, b_.op(Op::k_below, b, b_.constInt(64)));
      if (!wide) return b_.op(Op::k_shr, a, b);
      return settle(b_.op(Op::k_shr, a, widen(b)));
    }
    case kPower: {
      // Small constant exponents by multiplication.
      __int128 exponent;
      if (!b_.constantInt(b, &exponent) || exponent < 1 || exponent > 3) return kNoId;
      Id result = a;
      Value partial = ca;
      for (int i = 1; i < int(exponent); ++i) {
        __int128 p;
        if (!wideOf(partial, &p) || !fits64(p) || __builtin_mul_overflow(p, x, &r) || !fitsInt(int64_t(r)) || !fits64(r)) return kNoId;
        result = intArithmetic(kMultiply, result, a, partial, ca);
        if (result == kNoId) return kNoId;
        partial = Value::fromInt(int64_t(r));
      }
      return result;
    }
    default: return kNoId;
  }
}

Id Recorder::floatArithmetic(uint32_t operation, Id a, Id b, Value ca, Value cb) {
  auto number = [](Value v) { return v.isDouble() ? v.asDouble() : v.isBool() ? double(v == kTrue) : double(v.asInt()); };
  double x = number(ca), y = number(cb);
  switch (operation) {
    case kAdd: return b_.op(Op::k_fadd, a, b);
    case kSubtract: return b_.op(Op::k_fsub, a, b);
    case kMultiply: return b_.op(Op::k_fmul, a, b);
    case kTrueDivide: {
      if (y == 0) return kNoId;
      double constant;
      if (!b_.constantFloat(b, &constant)) b_.op(Op::k_guard_true, b_.op(Op::k_fne, b, b_.constFloat(0.0)));
      return b_.op(Op::k_fdiv, a, b);
    }
    case kRemainder: case kFloorDivide: {
      if (y == 0) return kNoId;
      double constant;
      if (!b_.constantFloat(b, &constant)) b_.op(Op::k_guard_true, b_.op(Op::k_fne, b, b_.constFloat(0.0)));
      return b_.call(operation == kRemainder ? Helper::k_float_remainder : Helper::k_float_floor_divide, {a, b});
    }
    case kPower: {
      // For a positive base pow() neither raises for its operands nor leaves the reals; an infinite result is left to the interpreter.
      double r = __builtin_pow(x, y);
      if (!(x > 0) || !(r < __builtin_inf())) return kNoId;
      b_.op(Op::k_guard_true, b_.op(Op::k_fgt, a, b_.constFloat(0.0)));
      Id result = b_.call(Helper::k_float_power, {a, b});
      b_.op(Op::k_guard_true, b_.op(Op::k_flt, result, b_.constFloat(__builtin_inf())));
      return result;
    }
    default: return kNoId;
  }
}

bool Recorder::recordBinaryOp(uint32_t arg) {
  bool inplace = arg >= kInplace;
  uint32_t operation = inplace ? arg - kInplace : arg;
  Value ca = concrete(1), cb = concrete(0);
  Id a = peek(1), b = peek(0), result = kNoId;
  bool ints = isInt(ca) && isInt(cb);
  bool floats = (ca.isDouble() || isInt(ca)) && (cb.isDouble() || isInt(cb)) && !ints;
  if (ca.isBool() && cb.isBool() && (operation == kAnd || operation == kOr || operation == kXor)) ints = false;  // give bools
  if (ints) {
    Id x = asInt(a, ca), y = asInt(b, cb);
    if (operation == kTrueDivide) {
      // Exact conversions, one rounding: correct while both are within 2^53.
      __int128 p = 0, q = 0;
      wideOf(ca, &p);
      wideOf(cb, &q);
      auto exact = [&](Id id) {
        if (!b_.range(id).within(-kExactDouble, kExactDouble)) {
          b_.op(Op::k_guard_true, b_.op(Op::k_le, id, b_.constInt(int64_t(kExactDouble))));
          b_.op(Op::k_guard_true, b_.op(Op::k_ge, id, b_.constInt(-int64_t(kExactDouble))));
        }
        return b_.op(Op::k_to_float, id);
      };
      bool small = p >= -kExactDouble && p <= kExactDouble && q >= -kExactDouble && q <= kExactDouble;
      if (q != 0 && small && b_.typeOf(x) == Ty::kI64 && b_.typeOf(y) == Ty::kI64) {
        if (!isConst(y)) b_.op(Op::k_guard_true, b_.op(Op::k_ne, y, b_.constInt(0)));
        result = b_.op(Op::k_fdiv, exact(x), exact(y));
      }
    } else {
      result = intArithmetic(operation, x, y, ca, cb);
    }
  } else if (floats) {
    Id x = asFloat(a, ca), y = asFloat(b, cb);
    if (x != kNoId && y != kNoId) result = floatArithmetic(operation, x, y, ca, cb);
  }
  if (result != kNoId) {
    pop(2);
    push(result);
    return true;
  }
  a = peek(1);
  b = peek(0);
  auto isStrKind = [](Value v) { return v.isObject() && v.asObject()->kind == kKindStr; };
  if (operation == kAdd && isStrKind(ca) && isStrKind(cb)) {
    a = asKind(a, ca);
    b = asKind(b, cb);
    // s = s + t with a local s: the local gives its reference up first, so that the text can grow in place (as in CPython).
    const Cell* store = top().code->cells + next_unit_;
    if (top().kind != SnapFrameKind::kGenerator && genericOp(store) == op_STORE_FAST && top().slots[store->arg] != kNoId &&
        b_.root(top().slots[store->arg]) == b_.root(a))
      setSlot(store->arg, b_.constEmpty());
    return residual(Helper::k_str_concat, {a, b}, 2, true);
  }
  if (isQuiet(operation, inplace, ca, cb) && guardTypeOf(a, ca) && guardTypeOf(b, cb)) {
    if (operation == kPower) return residual(Helper::k_quiet_power, {peek(1), peek(0)}, 2, true);
    return residual(Helper::k_quiet_op, {peek(1), peek(0), b_.constInt(kProtocol[operation])}, 2, true);
  }
  if (operation != kPower && ca.isObject()) {
    if (Function* method = leftOperatorMethod(kProtocol[operation], inplace, ca, cb)) {
      assumeMethods(a, ca);
      assumeMethods(b, cb);
      if (followMethod(method, 2, true)) return !aborted();
    }
  }
  if (operation == kPower) return residual(inplace ? Helper::k_inplace_power : Helper::k_power, {a, b}, 2, true);
  return residual(inplace ? Helper::k_inplace_op : Helper::k_binary_op, {a, b, b_.constInt(kProtocol[operation])}, 2, true);
}

// Interned strings are equal when they are one object. False: this one is not interned now.
bool Recorder::guardInterned(Id text, Value concrete) {
  if (asStr(concrete)->interned == 0) return false;
  if (isConst(text)) return true;
  constexpr uint64_t kInternedBits = uint64_t(0xFF) << (8 * (offsetof(Str, interned) - offsetof(Str, capacity)));
  Id flag = b_.op(Op::k_and, b_.load(Field::k_str_width_word, text), b_.constInt(int64_t(kInternedBits)));
  b_.op(Op::k_guard_true, b_.op(Op::k_ne, flag, b_.constInt(0)));
  return true;
}

// The code of a one-character string that the trace made from its code, or that is constant; kNoId: another string.
Id Recorder::charCode(Id id, Value concrete) {
  Str* text = asStr(concrete);
  if (isConst(id)) return text->length == 1 && text->width == 1 ? b_.constInt(text->at(0)) : kNoId;
  const Ins& ins = b_.at(b_.root(id));
  return ins.op == Op::k_call && ins.imm == uint64_t(Helper::k_char_of) ? trace_->extra[ins.a] : kNoId;
}

bool Recorder::recordCompare(uint32_t arg) {
  Value ca = concrete(1), cb = concrete(0);
  Id a = peek(1), b = peek(0), result = kNoId;
  static constexpr Op kInt[] = {Op::k_lt, Op::k_le, Op::k_eq, Op::k_ne, Op::k_gt, Op::k_ge};
  static constexpr Op kFloat[] = {Op::k_flt, Op::k_fle, Op::k_feq, Op::k_fne, Op::k_fgt, Op::k_fge};
  bool equality = arg == 2 || arg == 3;
  if (isInt(ca) && isInt(cb)) {
    Id x = asInt(a, ca), y = asInt(b, cb);
    if (b_.typeOf(x) != b_.typeOf(y)) {
      auto widen = [&](Id id) {
        __int128 c;
        if (b_.typeOf(id) == Ty::kI128) return id;
        return b_.constantInt(id, &c) ? b_.constWide(c) : b_.op(Op::k_widen, id);
      };
      x = widen(x);
      y = widen(y);
    }
    result = b_.op(kInt[arg], x, y);
  } else if ((ca.isDouble() || ca.isInt()) && (cb.isDouble() || cb.isInt())) {
    // An immediate int converts exactly.
    auto operand = [&](Id id, Value c) -> Id {
      if (c.isDouble()) return asFloat(id, c);
      Id i = asInt(id, c);
      if (b_.typeOf(i) != Ty::kI64 || !b_.range(i).within(-kExactDouble, kExactDouble)) return kNoId;
      return b_.op(Op::k_to_float, i);
    };
    Id x = operand(a, ca), y = operand(b, cb);
    if (x != kNoId && y != kNoId) result = b_.op(kFloat[arg], x, y);
  } else if (isExactStr(ca) && isExactStr(cb)) {
    Id x = charCode(a, ca), y = charCode(b, cb);
    if (x != kNoId && y != kNoId) {
      result = b_.op(kInt[arg], x, y);
    } else {
      x = asKind(a, ca);
      y = asKind(b, cb);
      if (equality && guardInterned(x, ca) && guardInterned(y, cb)) {
        result = b_.op(Op::k_same, x, y);
        if (arg == 3) result = b_.op(Op::k_not, result);
      } else if (equality) {
        result = b_.op(arg == 2 ? Op::k_ne : Op::k_eq, b_.call(Helper::k_str_equal, {x, y}), b_.constInt(0));
      } else {
        result = b_.op(kInt[arg], b_.call(Helper::k_str_compare, {x, y}), b_.constInt(0));
      }
    }
  }
  if (result != kNoId) {
    pop(2);
    push(result);
    return true;
  }
  if (ca.isObject()) {
    if (Function* method = leftCompareMethod(CompareOp(arg), ca, cb)) {
      assumeMethods(a, ca);
      assumeMethods(b, cb);
      if (followMethod(method, 2, true)) return !aborted();
    }
  }
  return residual(Helper::k_compare_op, {peek(1), peek(0), b_.constInt(arg)}, 2, true);
}

bool Recorder::recordIs(uint32_t arg) {
  Value ca = concrete(1), cb = concrete(0);
  // Numbers compare by value: only where neither side is an int or a float are words enough.
  auto number = [](Value v) { return v.isInt() || v.isDouble() || (v.isObject() && v.asObject()->kind == kKindInt); };
  Id a = peek(1), b = peek(0), result;
  if (number(ca) && number(cb)) {
    result = b_.op(Op::k_ne, b_.call(Helper::k_is_same, {boxed(a), boxed(b)}), b_.constInt(0));
  } else {
    // One side is a constant or an object: another number cannot be identical to it.
    auto word = [&](Id id, Value c) {
      if (c.isObject() && b_.typeOf(id) == Ty::kValue && !isConst(id)) {
        Id o = b_.op(Op::k_guard_object, id);
        refine(id, o);
        return o;
      }
      return boxed(id);
    };
    Id x = word(a, ca), y = word(b, cb);
    bool special = b_.constantValue(x).isSpecial() || b_.constantValue(y).isSpecial();
    bool objects = b_.typeOf(x) == Ty::kObj && b_.typeOf(y) == Ty::kObj && !number(ca) && !number(cb);
    result = special || objects ? b_.op(Op::k_same, x, y)
                                : b_.op(Op::k_ne, b_.call(Helper::k_is_same, {x, y}), b_.constInt(0));
  }
  if (arg) result = b_.op(Op::k_not, result);
  pop(2);
  push(result);
  return true;
}

bool Recorder::recordUnary(uint8_t op) {
  Value c = concrete(0);
  Id a = peek(0), result = kNoId;
  if (op == op_UNARY_NOT) {
    result = truthOf(a, c);
    if (result == kNoId) {
      markGenerators(true);
      Id r = b_.call(Helper::k_truth, {boxed(a)});
      Id untrue = b_.op(Op::k_eq, r, b_.constInt(0));
      pop(1);
      checkRaised(r, true);
      push(untrue);
      afterRunning();
      return true;
    }
    result = b_.op(Op::k_not, result);
  } else if (op == op_UNARY_NEGATIVE && (c.isInt() || c.isDouble())) {
    result = c.isInt() ? b_.op(Op::k_neg_ovf, asInt(a, c)) : b_.op(Op::k_fneg, asFloat(a, c));
  } else if (op == op_UNARY_INVERT && c.isInt()) {
    Id i = asInt(a, c);
    result = b_.op(Op::k_xor, i, b_.typeOf(i) == Ty::kI64 ? b_.constInt(-1) : b_.constWide(-1));
  }
  if (result == kNoId && op == op_UNARY_NEGATIVE) {
    if (Function* method = methodOf(c, names::dunder_neg)) {
      assumeMethods(a, c);
      if (followMethod(method, 1, false)) return !aborted();
    }
  }
  if (result == kNoId) return residual(Helper::k_unary_op, {a, b_.constInt(op)}, 1, true);
  pop(1);
  push(result);
  return true;
}

}  // namespace krait::jit
