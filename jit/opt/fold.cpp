// Folding: rewriting rules that the builder applies to every instruction before it is emitted.
//
// In: an instruction and what the builder knows about its operands. Out: another id that has the same value, or the
// instruction, perhaps in a cheaper form. Rules are local, and each is exact for every value that the operands can take:
// float rules hold for nan, -0.0 and infinities.
#include <cmath>
#include "jit/ir/builder.h"
#include "runtime/core/kind.h"
#include "runtime/core/object.h"

namespace krait::jit {
namespace {

bool isIntType(Ty type) { return type == Ty::kI64 || type == Ty::kI128; }
Id intConstant(Builder& b, Ty type, __int128 v) { return type == Ty::kI64 ? b.constInt(int64_t(v)) : b.constWide(v); }
bool fits(Ty type, __int128 v) { return type == Ty::kI128 || (v >= kI64Min && v <= kI64Max); }
bool fitsRange(Ty type, IntRange r) {
  // At the limits of i128 saturation hides overflow: never "proved".
  if (type == Ty::kI64) return r.low >= kI64Min && r.high <= kI64Max;
  return r.low > kWideMin && r.high < kWideMax;
}

__int128 floorDiv(__int128 a, __int128 b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

// The unchecked result range of an addition, subtraction or multiplication.
IntRange unchecked(Builder& b, const Ins& ins) {
  IntRange x = b.range(ins.a), y = b.range(ins.b);
  auto sat = [](bool overflow, __int128 r, bool negative) { return overflow ? (negative ? kWideMin : kWideMax) : r; };
  __int128 r[4];
  switch (ins.op) {
    case Op::k_add_ovf: {
      bool o0 = __builtin_add_overflow(x.low, y.low, &r[0]), o1 = __builtin_add_overflow(x.high, y.high, &r[1]);
      return {sat(o0, r[0], x.low < 0), sat(o1, r[1], x.high < 0)};
    }
    case Op::k_sub_ovf: {
      bool o0 = __builtin_sub_overflow(x.low, y.high, &r[0]), o1 = __builtin_sub_overflow(x.high, y.low, &r[1]);
      return {sat(o0, r[0], x.low < 0), sat(o1, r[1], x.high < 0)};
    }
    default: {
      __int128 p[][2] = {{x.low, y.low}, {x.low, y.high}, {x.high, y.low}, {x.high, y.high}};
      IntRange out{kWideMax, kWideMin};
      for (auto& q : p) {
        __int128 v;
        if (__builtin_mul_overflow(q[0], q[1], &v)) v = (q[0] < 0) != (q[1] < 0) ? kWideMin : kWideMax;
        out.low = std::min(out.low, v);
        out.high = std::max(out.high, v);
      }
      return out;
    }
  }
}

bool foldIntConstants(Builder& b, const Ins& ins, Id* out) {
  __int128 x, y, r;
  if (!b.constantInt(ins.a, &x)) return false;
  switch (ins.op) {
    case Op::k_widen: *out = b.constWide(x); return true;
    case Op::k_narrow: case Op::k_narrow_fit:
      if (!fits(Ty::kI64, x)) return false;
      *out = b.constInt(int64_t(x));
      return true;
    case Op::k_to_float: *out = b.constFloat(double(int64_t(x))); return true;
    case Op::k_box_int:
      if (x < kIntMin || x > kIntMax) return false;
      *out = b.constValue(Value::fromInt(int64_t(x)));
      return true;
    case Op::k_neg_ovf:
      if (!fits(ins.type, -x)) return false;
      *out = intConstant(b, ins.type, -x);
      return true;
    default: break;
  }
  if (!b.constantInt(ins.b, &y)) return false;
  bool overflow = false;
  switch (ins.op) {
    case Op::k_add: case Op::k_add_ovf: overflow = __builtin_add_overflow(x, y, &r); break;
    case Op::k_sub: case Op::k_sub_ovf: overflow = __builtin_sub_overflow(x, y, &r); break;
    case Op::k_mul: case Op::k_mul_ovf: case Op::k_mul_wide: overflow = __builtin_mul_overflow(x, y, &r); break;
    case Op::k_and: r = x & y; break;
    case Op::k_or: r = x | y; break;
    case Op::k_xor: r = x ^ y; break;
    case Op::k_shr: r = x >> int(y); break;
    case Op::k_div_pos: case Op::k_div_floor: if (y == 0) return false; r = floorDiv(x, y); break;
    case Op::k_mod_pos: case Op::k_mod_floor: if (y == 0) return false; r = x - floorDiv(x, y) * y; break;
    default: return false;
  }
  if (overflow || !fits(ins.type, r)) return false;
  *out = intConstant(b, ins.type, r);
  return true;
}

// Comparisons that ranges decide.
bool foldCompare(Builder& b, const Ins& ins, Id* out) {
  IntRange x = b.range(ins.a), y = b.range(ins.b);
  auto answer = [&](bool yes, bool no) {
    if (yes || no) *out = b.constBool(yes);
    return yes || no;
  };
  bool same = ins.a == ins.b;
  switch (ins.op) {
    case Op::k_lt: return answer(x.high < y.low, x.low >= y.high || same);
    case Op::k_le: return answer(x.high <= y.low || same, x.low > y.high);
    case Op::k_gt: return answer(x.low > y.high, x.high <= y.low || same);
    case Op::k_ge: return answer(x.low >= y.high || same, x.high < y.low);
    case Op::k_eq: return answer((x.constant() && y.constant() && x.low == y.low) || same, x.high < y.low || x.low > y.high);
    case Op::k_ne: return answer(x.high < y.low || x.low > y.high, (x.constant() && y.constant() && x.low == y.low) || same);
    case Op::k_below: return answer(x.low >= 0 && x.high < y.low, y.high <= 0 || (x.low >= 0 && x.low >= y.high));
    default: return false;
  }
}

bool foldFloatConstants(Builder& b, const Ins& ins, Id* out) {
  double x, y;
  if (!b.constantFloat(ins.a, &x)) return false;
  switch (ins.op) {
    case Op::k_fneg: *out = b.constFloat(-x); return true;
    case Op::k_fabs: *out = b.constFloat(std::fabs(x)); return true;
    case Op::k_fsqrt: *out = b.constFloat(std::sqrt(x)); return true;
    case Op::k_box_float: *out = b.constValue(Value::fromDouble(x)); return true;
    default: break;
  }
  if (!b.constantFloat(ins.b, &y)) return false;
  switch (ins.op) {
    case Op::k_fadd: *out = b.constFloat(x + y); return true;
    case Op::k_fsub: *out = b.constFloat(x - y); return true;
    case Op::k_fmul: *out = b.constFloat(x * y); return true;
    case Op::k_fdiv: if (y == 0) return false; *out = b.constFloat(x / y); return true;
    case Op::k_flt: *out = b.constBool(x < y); return true;
    case Op::k_fle: *out = b.constBool(x <= y); return true;
    case Op::k_fgt: *out = b.constBool(x > y); return true;
    case Op::k_fge: *out = b.constBool(x >= y); return true;
    case Op::k_feq: *out = b.constBool(x == y); return true;
    case Op::k_fne: *out = b.constBool(x != y); return true;
    default: return false;
  }
}

// x + 0, x * 1, x & -1, ... for ints.
bool foldIdentity(Builder& b, const Ins& ins, Id* out) {
  __int128 y;
  if (!b.constantInt(ins.b, &y)) return false;
  switch (ins.op) {
    case Op::k_add: case Op::k_add_ovf: case Op::k_sub: case Op::k_sub_ovf:
    case Op::k_or: case Op::k_xor: case Op::k_shl: case Op::k_shl_ovf: case Op::k_shr:
      if (y != 0) return false;
      *out = ins.a;
      return true;
    case Op::k_mul: case Op::k_mul_ovf: case Op::k_div_floor: case Op::k_div_pos:
      if (y == 1) { *out = ins.a; return true; }
      return false;
    case Op::k_and: {
      IntRange x = b.range(ins.a);
      // A mask of ones that covers everything the operand can be changes nothing.
      if (x.low >= 0 && y >= 0 && (y & (y + 1)) == 0 && x.high <= y) { *out = ins.a; return true; }
      return false;
    }
    case Op::k_mod_floor: case Op::k_mod_pos: {
      IntRange x = b.range(ins.a);
      if (y > 0 && x.low >= 0 && x.high < y) { *out = ins.a; return true; }
      return false;
    }
    default: return false;
  }
}

// Unboxing what was boxed in this trace, and constants.
bool foldUnbox(Builder& b, Ins& ins, Id* out) {
  // A loop variable is unboxed already; one of another type can never pass.
  Ty unboxed = b.typeOf(ins.a);
  if (unboxed != Ty::kValue && unboxed != Ty::kObj) {
    if (unboxed != ins.type) b.setImpossible();
    *out = ins.a;
    return true;
  }
  Id source = b.root(ins.a);
  Value constant = b.constantValue(source);
  const Ins& made = b.at(source);
  switch (ins.op) {
    case Op::k_unbox_int:
      if (!constant.empty()) {
        if (!constant.isInt()) { b.setImpossible(); *out = ins.a; return true; }
        *out = b.constInt(constant.asInt());
        return true;
      }
      if (made.op == Op::k_box_int ||
          (made.op == Op::k_box_wide && b.typeOf(made.a) == Ty::kI64 && b.range(made.a).within(kIntMin, kIntMax))) {
        *out = made.a;
        return true;
      }
      if (made.op == Op::k_box_float || made.op == Op::k_box_bool || b.typeOf(source) == Ty::kObj) b.setImpossible();
      return false;
    case Op::k_unbox_wide:
      if (!constant.empty() && constant.isInt()) { *out = intConstant(b, ins.type, constant.asInt()); return true; }
      if ((made.op == Op::k_box_int || made.op == Op::k_box_wide) && b.typeOf(made.a) == ins.type) { *out = made.a; return true; }
      if ((made.op == Op::k_box_int || made.op == Op::k_box_wide) && ins.type == Ty::kI128) {
        *out = b.op(Op::k_widen, made.a);
        return true;
      }
      if (made.op == Op::k_box_wide && ins.type == Ty::kI64 && b.typeOf(made.a) == Ty::kI128) {
        *out = b.op(Op::k_narrow, made.a);
        return true;
      }
      return false;
    case Op::k_unbox_float:
      if (!constant.empty()) {
        if (!constant.isDouble()) { b.setImpossible(); *out = ins.a; return true; }
        *out = b.constFloat(constant.asDouble());
        return true;
      }
      if (made.op == Op::k_box_float) { *out = made.a; return true; }
      if (made.op == Op::k_box_int || made.op == Op::k_box_bool || b.typeOf(source) == Ty::kObj) b.setImpossible();
      return false;
    case Op::k_unbox_bool:
      if (!constant.empty()) {
        if (!constant.isBool()) { b.setImpossible(); *out = ins.a; return true; }
        *out = b.constBool(constant == kTrue);
        return true;
      }
      if (made.op == Op::k_box_bool) { *out = made.a; return true; }
      return false;
    default: return false;
  }
}

// Guards on objects that earlier guards or allocation decide.
bool foldObjectGuard(Builder& b, Ins& ins, Id* out) {
  // A loop variable that is a number by now is no object.
  if ((ins.op == Op::k_guard_kind || ins.op == Op::k_guard_object) && b.typeOf(ins.a) != Ty::kValue && b.typeOf(ins.a) != Ty::kObj) {
    b.setImpossible();
    *out = ins.a;
    return true;
  }
  switch (ins.op) {
    case Op::k_guard_kind: {
      uint32_t known = b.knownKind(ins.a);
      if (known == kKindNone) return false;
      if (known != ins.imm) b.setImpossible();
      *out = b.asObject(ins.a);
      return *out != kNoId;
    }
    case Op::k_guard_object:
      *out = b.asObject(ins.a);
      return *out != kNoId;
    case Op::k_guard_nonempty: case Op::k_guard_ok: {
      if (b.typeOf(ins.a) != Ty::kValue && ins.op == Op::k_guard_nonempty) {
        *out = ins.a;
        return true;
      }
      const Ins& made = b.at(b.root(ins.a));
      bool known = (isConst(ins.a) && made.op != Op::k_const_empty) || made.op == Op::k_box_int || made.op == Op::k_box_float ||
                   made.op == Op::k_box_bool || (ins.op == Op::k_guard_nonempty && b.at(ins.a).op == Op::k_guard_ok) ||
                   b.at(ins.a).op == Op::k_guard_kind || b.at(ins.a).op == Op::k_guard_object;
      if (!known) return false;
      *out = ins.a;
      return true;
    }
    case Op::k_guard_empty:
      if (b.at(ins.a).op == Op::k_const_empty) {
        *out = kNoId;
        return true;
      }
      // The slot was unbound in the first iteration only. Of a number nothing is left behind by writing over it; an object
      // would have to be dropped, which the first iteration did not record.
      if (b.typeOf(ins.a) == Ty::kValue || b.typeOf(ins.a) == Ty::kObj) {
        if (b.at(ins.a).op == Op::k_phi) b.setImpossible();
        return false;
      }
      *out = kNoId;
      return true;
    case Op::k_guard_same: {
      Id x = b.root(ins.a), y = b.root(ins.b);
      if (x == y) { *out = kNoId; return true; }
      Value v = b.constantValue(x), w = b.constantValue(y);
      if (!v.empty() && !w.empty() && !(v == w)) b.setImpossible();
      return false;
    }
    case Op::k_same: {
      Id x = b.root(ins.a), y = b.root(ins.b);
      if (x == y) { *out = b.constBool(true); return true; }
      Value v = b.constantValue(x), w = b.constantValue(y);
      if (!v.empty() && !w.empty()) { *out = b.constBool(v == w); return true; }
      // An object is never None or a number.
      if ((b.typeOf(x) == Ty::kObj && !w.empty() && !w.isObject()) || (b.typeOf(y) == Ty::kObj && !v.empty() && !v.isObject())) {
        *out = b.constBool(false);
        return true;
      }
      return false;
    }
    case Op::k_kind_of: {
      uint32_t known = b.knownKind(ins.a);
      if (known == kKindNone) return false;
      *out = b.constInt(known);
      return true;
    }
    default: return false;
  }
}

}  // namespace

Id fold(Builder& b, Ins& ins, bool* done) {
  Id out = kNoId;
  auto replace = [&](Id id) {
    *done = true;
    return id;
  };
  // Constants stand on the right of commutative operations, so that rules and CSE see one form.
  switch (ins.op) {
    case Op::k_add: case Op::k_add_ovf: case Op::k_mul: case Op::k_mul_ovf: case Op::k_mul_wide: case Op::k_and: case Op::k_or:
    case Op::k_xor: case Op::k_eq: case Op::k_ne: case Op::k_feq: case Op::k_fne: case Op::k_fadd: case Op::k_fmul:
      if (isConst(ins.a) && !isConst(ins.b)) std::swap(ins.a, ins.b);
      break;
    default: break;
  }
  if (isIntType(b.typeOf(ins.a)) && foldIntConstants(b, ins, &out)) return replace(out);
  if (b.typeOf(ins.a) == Ty::kF64 && foldFloatConstants(b, ins, &out)) return replace(out);
  if (isIntType(b.typeOf(ins.a)) && ins.b != kNoId && (foldIdentity(b, ins, &out) || foldCompare(b, ins, &out))) return replace(out);

  switch (ins.op) {
    case Op::k_add_ovf: case Op::k_sub_ovf: case Op::k_mul_ovf:
      if (fitsRange(ins.type, unchecked(b, ins)))
        ins.op = ins.op == Op::k_add_ovf ? Op::k_add : ins.op == Op::k_sub_ovf ? Op::k_sub : Op::k_mul;
      break;
    case Op::k_div_floor: case Op::k_mod_floor:
      // Without signs the machine's division is Python's, and by a constant it is a multiplication.
      if (b.range(ins.a).low >= 0 && b.range(ins.b).low > 0) ins.op = ins.op == Op::k_div_floor ? Op::k_div_pos : Op::k_mod_pos;
      break;
    case Op::k_narrow:
      if (b.range(ins.a).within(kI64Min, kI64Max)) ins.op = Op::k_narrow_fit;
      if (b.at(ins.a).op == Op::k_widen) return replace(b.at(ins.a).a);
      break;
    case Op::k_narrow_fit: case Op::k_widen:
      if (b.at(ins.a).op == (ins.op == Op::k_widen ? Op::k_narrow_fit : Op::k_widen)) return replace(b.at(ins.a).a);
      break;
    case Op::k_shl_ovf: {
      IntRange x = b.range(ins.a), s = b.range(ins.b);
      bool narrow = ins.type == Ty::kI64;
      if (s.low >= 0 && s.high <= (narrow ? 62 : 126) && x.low >= ((narrow ? kI64Min : kWideMin) >> int(s.high)) &&
          x.high <= ((narrow ? kI64Max : kWideMax) >> int(s.high)))
        ins.op = Op::k_shl;
      break;
    }
    case Op::k_box_float:
      if (!isConst(ins.a) && b.at(ins.a).op == Op::k_unbox_float) return replace(b.at(ins.a).a);
      break;
    case Op::k_box_wide: case Op::k_box_int:
      if (!isConst(ins.a) && b.at(ins.a).op == Op::k_unbox_int) return replace(b.at(ins.a).a);
      if (isConst(ins.a)) {
        __int128 c;
        if (b.constantInt(ins.a, &c) && c >= kIntMin && c <= kIntMax) return replace(b.constValue(Value::fromInt(int64_t(c))));
      }
      if (b.typeOf(ins.a) == Ty::kI64 && b.range(ins.a).within(kIntMin, kIntMax)) {
        ins.op = Op::k_box_int;
        ins.type = Ty::kValue;
      }
      break;
    case Op::k_guard_true: case Op::k_guard_false: {
      IntRange r = b.range(ins.a);
      if (r.constant()) {
        if ((r.low != 0) != (ins.op == Op::k_guard_true)) b.setImpossible();
        return replace(kNoId);
      }
      if (!isConst(ins.a) && b.at(ins.a).op == Op::k_not) {
        ins.a = b.at(ins.a).a;
        ins.op = ins.op == Op::k_guard_true ? Op::k_guard_false : Op::k_guard_true;
        return fold(b, ins, done);
      }
      break;
    }
    case Op::k_not: {
      IntRange r = b.range(ins.a);
      if (r.constant()) return replace(b.constBool(r.low == 0));
      if (!isConst(ins.a) && b.at(ins.a).op == Op::k_not) return replace(b.at(ins.a).a);
      break;
    }
    case Op::k_small:
      if (b.range(ins.a).within(kIntMin, kIntMax)) return replace(ins.a);
      break;
    case Op::k_bool_to_int: {
      IntRange r = b.range(ins.a);
      if (r.constant()) return replace(b.constInt(int64_t(r.low)));
      break;
    }
    case Op::k_box_bool: {
      if (!isConst(ins.a) && b.at(ins.a).op == Op::k_unbox_bool) return replace(b.at(ins.a).a);
      IntRange r = b.range(ins.a);
      if (r.constant()) return replace(b.constValue(Value::fromBool(r.low != 0)));
      break;
    }
    case Op::k_is_empty: {
      const Ins& made = b.at(ins.a);
      if (made.op == Op::k_const_empty) return replace(b.constBool(true));
      if (isConst(ins.a) || made.op == Op::k_guard_ok || made.op == Op::k_guard_nonempty) return replace(b.constBool(false));
      break;
    }
    case Op::k_fdiv: {
      // Dividing by a power of two is multiplying by its inverse, exactly.
      double d;
      int exponent;
      if (b.constantFloat(ins.b, &d) && std::fabs(std::frexp(d, &exponent)) == 0.5 && exponent > -1000 && exponent < 1000) {
        ins.op = Op::k_fmul;
        ins.b = b.constFloat(1.0 / d);
      }
      break;
    }
    case Op::k_drop: case Op::k_drop_last: case Op::k_release:
      // Immediates and constants (held by the code or by the trace's watch) have no count here.
      if (isConst(ins.a)) return replace(kNoId);
      if (Ty t = b.typeOf(ins.a); t != Ty::kValue && t != Ty::kObj) return replace(kNoId);
      switch (b.at(ins.a).op) {
        case Op::k_box_int: case Op::k_box_float: case Op::k_box_bool: return replace(kNoId);
        default: break;
      }
      break;
    case Op::k_unbox_int: case Op::k_unbox_wide: case Op::k_unbox_float: case Op::k_unbox_bool:
      if (foldUnbox(b, ins, &out)) return replace(out);
      break;
    case Op::k_guard_kind: case Op::k_guard_object: case Op::k_guard_nonempty: case Op::k_guard_ok: case Op::k_guard_empty:
    case Op::k_guard_same: case Op::k_same: case Op::k_kind_of:
      if (foldObjectGuard(b, ins, &out)) return replace(out);
      break;
    default: break;
  }
  return kNoId;
}

}  // namespace krait::jit
