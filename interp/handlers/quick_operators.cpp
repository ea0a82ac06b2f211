// Operators on numbers, strings, lists and dicts whose types were seen before.
//
// Immediate ints are worked on shifted left by 14, so that the hardware's overflow flag is that of the 50-bit range.
#include "interp/call.h"
#include "interp/handlers/quick.h"
#include "runtime/core/names.h"
#include "runtime/objects/float.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str.h"

namespace krait {

namespace {

inline constexpr int kShift = 64 - kIntBits;
inline int64_t shifted(Value v) { return int64_t(v.bits << kShift); }
inline Value unshifted(int64_t s) { return Value((uint64_t(s) >> kShift) | kIntBase); }

}  // namespace

// r is the shifted result; `ok` computes it and is false when the generic handler must do the work.
#define INT_OPERATOR(name, ok)                                                        \
  HANDLER(BINARY_OP_##name##_INT) {                                                   \
    Value a = sp[-2], b = sp[-1];                                                     \
    int64_t r;                                                                        \
    if (KRAIT_UNLIKELY(!bothInts(a, b)) || KRAIT_UNLIKELY(!(ok))) {                   \
      TAIL_CALL handle_BINARY_OP(pc, sp, frame, thread, table);                       \
    }                                                                                 \
    sp[-2] = unshifted(r);                                                            \
    TAIL_CALL advance(pc + 2, sp - 1, frame, thread, table);                          \
  }
INT_OPERATOR(ADD, !__builtin_add_overflow(shifted(a), shifted(b), &r))
INT_OPERATOR(SUBTRACT, !__builtin_sub_overflow(shifted(a), shifted(b), &r))
INT_OPERATOR(MULTIPLY, !__builtin_mul_overflow(shifted(a), b.asInt(), &r))
INT_OPERATOR(AND, (r = shifted(a) & shifted(b), true))
INT_OPERATOR(OR, (r = shifted(a) | shifted(b), true))
INT_OPERATOR(XOR, (r = shifted(a) ^ shifted(b), true))
#undef INT_OPERATOR

HANDLER(BINARY_OP_FLOOR_DIVIDE_INT) {
  Value a = sp[-2], b = sp[-1];
  if (KRAIT_UNLIKELY(!bothInts(a, b) || b.asInt() == 0 || a.asInt() == kIntMin)) TAIL_CALL handle_BINARY_OP(pc, sp, frame, thread, table);
  int64_t x = a.asInt(), y = b.asInt(), q = x / y;
  if ((x % y != 0) && ((x < 0) != (y < 0))) --q;
  sp[-2] = Value::fromInt(q);
  TAIL_CALL advance(pc + 2, sp - 1, frame, thread, table);
}

HANDLER(BINARY_OP_REMAINDER_INT) {
  Value a = sp[-2], b = sp[-1];
  if (KRAIT_UNLIKELY(!bothInts(a, b) || b.asInt() == 0)) TAIL_CALL handle_BINARY_OP(pc, sp, frame, thread, table);
  int64_t x = a.asInt(), y = b.asInt(), m;
  // 32-bit division is far quicker than 64-bit on many processors.
  if (uint64_t(x | y) >> 32 == 0) {
    m = int64_t(uint32_t(x) % uint32_t(y));
  } else {
    m = x % y;
    if (m != 0 && ((m < 0) != (y < 0))) m += y;
  }
  sp[-2] = Value::fromInt(m);
  TAIL_CALL advance(pc + 2, sp - 1, frame, thread, table);
}

HANDLER(BINARY_OP_LEFT_SHIFT_INT) {
  Value a = sp[-2], b = sp[-1];
  if (KRAIT_UNLIKELY(!bothInts(a, b) || uint64_t(b.asInt()) >= 50)) TAIL_CALL handle_BINARY_OP(pc, sp, frame, thread, table);
  int64_t x = a.asInt(), n = b.asInt(), r = int64_t(uint64_t(x) << n);
  if (KRAIT_UNLIKELY(r >> n != x || !fitsInt(r))) TAIL_CALL handle_BINARY_OP(pc, sp, frame, thread, table);
  sp[-2] = Value::fromInt(r);
  TAIL_CALL advance(pc + 2, sp - 1, frame, thread, table);
}

HANDLER(BINARY_OP_RIGHT_SHIFT_INT) {
  Value a = sp[-2], b = sp[-1];
  if (KRAIT_UNLIKELY(!bothInts(a, b) || b.asInt() < 0)) TAIL_CALL handle_BINARY_OP(pc, sp, frame, thread, table);
  int64_t n = b.asInt() > 63 ? 63 : b.asInt();
  sp[-2] = Value::fromInt(a.asInt() >> n);
  TAIL_CALL advance(pc + 2, sp - 1, frame, thread, table);
}

HANDLER(BINARY_OP_TRUE_DIVIDE_INT) {
  Value a = sp[-2], b = sp[-1];
  // Both are exact as doubles, so the quotient is rounded once.
  if (KRAIT_UNLIKELY(!bothInts(a, b) || b.asInt() == 0)) TAIL_CALL handle_BINARY_OP(pc, sp, frame, thread, table);
  sp[-2] = Value::fromDouble(double(a.asInt()) / double(b.asInt()));
  TAIL_CALL advance(pc + 2, sp - 1, frame, thread, table);
}

// An exact int of at most 127 bits.
static inline bool asWide(Value v, __int128* out) {
  if (v.isInt()) {
    *out = v.asInt();
    return true;
  }
  if (!v.isObject() || v.asObject()->kind != kKindInt) return false;
  const Int* i = static_cast<const Int*>(v.asObject());
  size_t count = i->limbCount();
  if (count > 2 || (count == 2 && i->limbs[1] >> 63)) return false;
  __int128 magnitude = i->limbs[0];
  if (count == 2) magnitude |= __int128(i->limbs[1]) << 64;
  *out = i->negative() ? -magnitude : magnitude;
  return true;
}

// The result in 127 bits; false: it does not fit, or the operator is not among these.
static bool wideResult(int operation, __int128 x, __int128 y, __int128* r) {
  constexpr __int128 kHalf = __int128(1) << 126;
  auto small = [](__int128 i) { return i >= -kHalf && i < kHalf; };
  auto oneLimb = [](__int128 i) { return (i < 0 ? -i : i) >> 64 == 0; };
  switch (operation) {
    case 0: *r = x + y; return small(x) && small(y);
    case 1: *r = x & y; return true;
    case 5: {
      if (!oneLimb(x) || !oneLimb(y)) return false;
      unsigned __int128 product = static_cast<unsigned __int128>(uint64_t(x < 0 ? -x : x)) * uint64_t(y < 0 ? -y : y);
      if (product >> 127) return false;
      *r = (x < 0) != (y < 0) ? -__int128(product) : __int128(product);
      return true;
    }
    case 6:
      if (x < 0 || y <= 0) return false;
      *r = oneLimb(x) && oneLimb(y) ? __int128(uint64_t(x) % uint64_t(y)) : x % y;
      return true;
    case 2:
      if (x < 0 || y <= 0) return false;
      *r = oneLimb(x) && oneLimb(y) ? __int128(uint64_t(x) / uint64_t(y)) : x / y;
      return true;
    case 7: *r = x | y; return true;
    case 3:
      if (y < 0 || y > 62 || !oneLimb(x)) return false;
      *r = __int128(static_cast<unsigned __int128>(x) << int(y));
      return true;
    case 9:
      if (y < 0) return false;
      *r = x >> (y > 126 ? 126 : int(y));
      return true;
    case 10: *r = x - y; return small(x) && small(y);
    case 12: *r = x ^ y; return true;
    default: return false;
  }
}
static inline int operatorOf(const Cell* pc) { return int(pc->arg) >= 13 ? int(pc->arg) - 13 : int(pc->arg); }

HANDLER(BINARY_OP_WIDE_INT) {
  __int128 x, y, r;
  if (KRAIT_UNLIKELY(!asWide(sp[-2], &x) || !asWide(sp[-1], &y) || !wideResult(operatorOf(pc), x, y, &r))) {
    TAIL_CALL handle_BINARY_OP(pc, sp, frame, thread, table);
  }
  frame->pc = pc;
  *sp = newInt128(*thread, r).leak();
  TAIL_CALL replaced<2, 2>(pc, sp, frame, thread, table);
}

// A float, or an int beside a float.
static inline bool asNumber(Value v, double* out) {
  if (KRAIT_LIKELY(v.isDouble())) {
    *out = v.asDouble();
    return true;
  }
  *out = double(v.asInt());
  return v.isInt();
}

#define FLOAT_OPERATOR(name, expression, condition)                                                    \
  HANDLER(BINARY_OP_##name##_FLOAT) {                                                                  \
    Value a = sp[-2], b = sp[-1];                                                                      \
    double x, y;                                                                                       \
    if (KRAIT_UNLIKELY(!asNumber(a, &x)) || KRAIT_UNLIKELY(!asNumber(b, &y)) ||                        \
        KRAIT_UNLIKELY(a.isInt() && b.isInt()) || KRAIT_UNLIKELY(!(condition))) {                      \
      TAIL_CALL handle_BINARY_OP(pc, sp, frame, thread, table);                                        \
    }                                                                                                  \
    sp[-2] = Value::fromDouble(expression);                                                            \
    TAIL_CALL advance(pc + 2, sp - 1, frame, thread, table);                                           \
  }
FLOAT_OPERATOR(ADD, x + y, true)
FLOAT_OPERATOR(SUBTRACT, x - y, true)
FLOAT_OPERATOR(MULTIPLY, x * y, true)
FLOAT_OPERATOR(TRUE_DIVIDE, x / y, y != 0)
#undef FLOAT_OPERATOR

HANDLER(BINARY_OP_ADD_STR) {
  Value a = sp[-2], b = sp[-1];
  if (KRAIT_UNLIKELY(!isExactStr(a) || !isExactStr(b))) TAIL_CALL handle_BINARY_OP(pc, sp, frame, thread, table);
  frame->pc = pc;
  *sp = strConcat(*thread, a, b).leak();
  TAIL_CALL replaced<2, 2>(pc, sp, frame, thread, table);
}

HANDLER(BINARY_OP_APPEND_STR) {
  Value a = sp[-2], b = sp[-1];
  Value& local = frame->slots[pc[2].arg];
  if (KRAIT_UNLIKELY(!isExactStr(a) || !isExactStr(b) || local != a || pc[2].op != op_STORE_FAST)) {
    TAIL_CALL handle_BINARY_OP(pc, sp, frame, thread, table);
  }
  frame->pc = pc;
  // The local gives its reference up first: with no other owner the text grows in place.
  local = Value();
  release(a.asObject());
  Value r = strAppend(*thread, steal(a), b).leak();
  sp[-2] = Value();
  if (KRAIT_UNLIKELY(r.empty())) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  local = r;
  release(b);
  TAIL_CALL advance(pc + 3, sp - 2, frame, thread, table);
}

HANDLER_TAIL(specialiseBinaryOp) {
  Value a = sp[-2], b = sp[-1];
  int operation = operatorOf(pc), op = 0;
  __int128 x, y, r;
  bool wide = asWide(a, &x) && asWide(b, &y) && wideResult(operation, x, y, &r);
  if (wide && (!bothInts(a, b) || r < kIntMin || r > kIntMax)) {
    op = op_BINARY_OP_WIDE_INT;
  } else if (bothInts(a, b)) {
    static constexpr uint16_t kForms[13] = {op_BINARY_OP_ADD_INT, op_BINARY_OP_AND_INT, op_BINARY_OP_FLOOR_DIVIDE_INT,
                                            op_BINARY_OP_LEFT_SHIFT_INT, 0, op_BINARY_OP_MULTIPLY_INT, op_BINARY_OP_REMAINDER_INT,
                                            op_BINARY_OP_OR_INT, 0, op_BINARY_OP_RIGHT_SHIFT_INT, op_BINARY_OP_SUBTRACT_INT,
                                            op_BINARY_OP_TRUE_DIVIDE_INT, op_BINARY_OP_XOR_INT};
    op = kForms[operation];
  } else if ((a.isDouble() || a.isInt()) && (b.isDouble() || b.isInt())) {
    op = operation == 0    ? op_BINARY_OP_ADD_FLOAT
         : operation == 10 ? op_BINARY_OP_SUBTRACT_FLOAT
         : operation == 5  ? op_BINARY_OP_MULTIPLY_FLOAT
         : operation == 11 ? op_BINARY_OP_TRUE_DIVIDE_FLOAT
                           : 0;
  } else if (operation == 0 && isExactStr(a) && isExactStr(b)) {
    bool to_local = genericOp(pc + 2) == op_STORE_FAST && frame->slots[pc[2].arg] == a;
    if (to_local) pc[2].op = op_STORE_FAST;  // unfused: the form executes it
    op = to_local ? op_BINARY_OP_APPEND_STR : op_BINARY_OP_ADD_STR;
  }
  patch(pc, op);
  TAIL_CALL kHandlers[pc->op].run(pc, sp, frame, thread, table);
}

// --- comparison ---
//
// The outcomes "less, equal, greater, unordered" are bits; the operator's mask of those that make it true stands in the first
// cache cell above the two bits of the jump, so that no branch depends on the operator.

static constexpr uint8_t kMasks[6] = {1, 3, 2, 13, 4, 6};  // < <= == != > >=

static inline bool compareInts(Value a, Value b, Cell* pc) {
  int64_t x = shifted(a), y = shifted(b);
  int outcome = 1 + (x > y) - (x < y);
  return pc[1].op >> (2 + outcome) & 1;
}
static inline bool compareDoubles(double x, double y, Cell* pc) {
  int outcome = x < y ? 0 : x == y ? 1 : x > y ? 2 : 3;
  return pc[1].op >> (2 + outcome) & 1;
}

// The conditional jump at pc (its condition is `truth`) for a fused comparison: sp is without the operands.
#define FUSED_JUMP(truth)                                                                                \
  Cell* jump = pc + 3;                                                                                   \
  bool backward = pc[1].op & 2, if_true = pc[1].op & 1;                                                  \
  if ((truth) != if_true) TAIL_CALL advance(jump + 1, sp - 2, frame, thread, table);                     \
  if (!backward) TAIL_CALL advance(jump + 1 + jump->arg, sp - 2, frame, thread, table);                  \
  TAIL_CALL takeBackwardJump(jump, sp - 2, frame, thread, table);

HANDLER(COMPARE_OP_INT) {
  if (KRAIT_UNLIKELY(!bothInts(sp[-2], sp[-1]))) TAIL_CALL handle_COMPARE_OP(pc, sp, frame, thread, table);
  sp[-2] = Value::fromBool(compareInts(sp[-2], sp[-1], pc));
  TAIL_CALL advance(pc + 3, sp - 1, frame, thread, table);
}
HANDLER(COMPARE_OP_INT_JUMP) {
  if (KRAIT_UNLIKELY(!bothInts(sp[-2], sp[-1]))) TAIL_CALL handle_COMPARE_OP(pc, sp, frame, thread, table);
  FUSED_JUMP(compareInts(sp[-2], sp[-1], pc))
}
HANDLER(COMPARE_OP_FLOAT) {
  double x, y;
  Value a = sp[-2], b = sp[-1];
  if (KRAIT_UNLIKELY(!asNumber(a, &x) || !asNumber(b, &y))) TAIL_CALL handle_COMPARE_OP(pc, sp, frame, thread, table);
  sp[-2] = Value::fromBool(compareDoubles(x, y, pc));
  TAIL_CALL advance(pc + 3, sp - 1, frame, thread, table);
}
HANDLER(COMPARE_OP_FLOAT_JUMP) {
  double x, y;
  Value a = sp[-2], b = sp[-1];
  if (KRAIT_UNLIKELY(!asNumber(a, &x) || !asNumber(b, &y))) TAIL_CALL handle_COMPARE_OP(pc, sp, frame, thread, table);
  FUSED_JUMP(compareDoubles(x, y, pc))
}

static inline bool equalStrs(Value a, Value b) { return a == b || strEqual(asStr(a), asStr(b)); }

HANDLER(COMPARE_OP_STR) {
  Value a = sp[-2], b = sp[-1];
  if (KRAIT_UNLIKELY(!isExactStr(a) || !isExactStr(b))) TAIL_CALL handle_COMPARE_OP(pc, sp, frame, thread, table);
  *sp = Value::fromBool(equalStrs(a, b) == (pc->arg == 2));
  TAIL_CALL replaced<2, 3>(pc, sp, frame, thread, table);
}
HANDLER(COMPARE_OP_STR_JUMP) {
  Value a = sp[-2], b = sp[-1];
  if (KRAIT_UNLIKELY(!isExactStr(a) || !isExactStr(b))) TAIL_CALL handle_COMPARE_OP(pc, sp, frame, thread, table);
  bool outcome = equalStrs(a, b) == (pc->arg == 2);
  release(a.asObject());
  release(b.asObject());
  FUSED_JUMP(outcome)
}
#undef FUSED_JUMP

// Notes the operator's mask and the conditional jump behind the comparison in its first cache cell; false: something else follows.
static bool noteJump(Cell* pc) {
  pc[1].op = uint16_t(kMasks[pc->arg] << 2);
  switch (genericOp(pc + 3)) {
    case op_POP_JUMP_FORWARD_IF_FALSE: return true;
    case op_POP_JUMP_FORWARD_IF_TRUE: pc[1].op |= 1; return true;
    case op_POP_JUMP_BACKWARD_IF_FALSE: pc[1].op |= 2; return true;
    case op_POP_JUMP_BACKWARD_IF_TRUE: pc[1].op |= 3; return true;
    default: return false;
  }
}

HANDLER_TAIL(specialiseCompareOp) {
  Value a = sp[-2], b = sp[-1];
  bool jumps = noteJump(pc);
  int op = 0;
  if (bothInts(a, b)) {
    op = jumps ? op_COMPARE_OP_INT_JUMP : op_COMPARE_OP_INT;
  } else if ((a.isDouble() || a.isInt()) && (b.isDouble() || b.isInt())) {
    op = jumps ? op_COMPARE_OP_FLOAT_JUMP : op_COMPARE_OP_FLOAT;
  } else if (isExactStr(a) && isExactStr(b) && (pc->arg == 2 || pc->arg == 3)) {
    op = jumps ? op_COMPARE_OP_STR_JUMP : op_COMPARE_OP_STR;
  }
  patch(pc, op);
  TAIL_CALL kHandlers[pc->op].run(pc, sp, frame, thread, table);
}

// --- subscripts ---

// The index in range, or -1.
static inline int64_t indexIn(Value key, int64_t size) {
  int64_t i = key.asInt();
  if (i < 0) i += size;
  return uint64_t(i) < uint64_t(size) ? i : -1;
}

HANDLER(BINARY_SUBSCR_LIST_INT) {
  Value container = sp[-2], key = sp[-1];
  if (KRAIT_UNLIKELY(!key.isInt() || !isExactList(container))) TAIL_CALL handle_BINARY_SUBSCR(pc, sp, frame, thread, table);
  List* list = asList(container);
  int64_t i = indexIn(key, list->size);
  if (KRAIT_UNLIKELY(i < 0)) TAIL_CALL handle_BINARY_SUBSCR(pc, sp, frame, thread, table);
  Value v;
  if (list->kind == kKindListInt) {
    v = Value::fromInt(list->ints[i]);
  } else if (list->kind == kKindListFloat) {
    v = Value::fromDouble(list->floats[i]);
  } else {
    v = list->items[i];
    retain(v);
  }
  sp[-2] = v;
  release(container.asObject());
  TAIL_CALL advance(pc + 5, sp - 1, frame, thread, table);
}

HANDLER(BINARY_SUBSCR_TUPLE_INT) {
  Value container = sp[-2], key = sp[-1];
  if (KRAIT_UNLIKELY(!key.isInt() || !isExactTuple(container))) TAIL_CALL handle_BINARY_SUBSCR(pc, sp, frame, thread, table);
  int64_t i = indexIn(key, asTuple(container)->size);
  if (KRAIT_UNLIKELY(i < 0)) TAIL_CALL handle_BINARY_SUBSCR(pc, sp, frame, thread, table);
  Value v = asTuple(container)->items[i];
  retain(v);
  sp[-2] = v;
  release(container.asObject());
  TAIL_CALL advance(pc + 5, sp - 1, frame, thread, table);
}

HANDLER(BINARY_SUBSCR_STR_INT) {
  Value container = sp[-2], key = sp[-1];
  if (KRAIT_UNLIKELY(!key.isInt() || !isExactStr(container))) TAIL_CALL handle_BINARY_SUBSCR(pc, sp, frame, thread, table);
  Str* s = asStr(container);
  int64_t i = indexIn(key, s->length);
  if (KRAIT_UNLIKELY(i < 0 || s->width != 1)) TAIL_CALL handle_BINARY_SUBSCR(pc, sp, frame, thread, table);
  Str* c = charStr(s->data[i]);
  retain(c);
  sp[-2] = Value(c);
  release(container.asObject());
  TAIL_CALL advance(pc + 5, sp - 1, frame, thread, table);
}

HANDLER(BINARY_SUBSCR_DICT) {
  Value container = sp[-2];
  if (KRAIT_UNLIKELY(!isExactDict(container))) TAIL_CALL handle_BINARY_SUBSCR(pc, sp, frame, thread, table);
  frame->pc = pc;
  Value v = dictGet(*thread, asDict(container), sp[-1]);
  if (KRAIT_UNLIKELY(v.empty())) {
    if (!thread->raised()) (void)raiseKeyError(*thread, sp[-1]);
    TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  }
  retain(v);
  *sp = v;
  TAIL_CALL replaced<2, 5>(pc, sp, frame, thread, table);
}

// cache: pc[2] type version, pc[3] the type, pc[4] the function (alive while the version stands)
HANDLER(BINARY_SUBSCR_PYTHON) {
  Value container = sp[-2];
  Type* type = reinterpret_cast<Type*>(pc[3].raw());
  if (KRAIT_UNLIKELY(!container.isObject() || container.asObject()->type() != type || type->version != pc[2].arg)) {
    TAIL_CALL handle_BINARY_SUBSCR(pc, sp, frame, thread, table);
  }
  Function* function = reinterpret_cast<Function*>(pc[4].raw());
  frame->pc = pc;
  frame->return_offset = 5;
  frame->top = sp - 2;
  retain(function);
  if (KRAIT_UNLIKELY(!bindFrame(*thread, function, sp - 2, 2, nullptr))) TAIL_CALL raisedAt(pc, sp - 2, frame, thread, table);
  TAIL_CALL enterCallee(pc, sp, frame, thread, table);
}

HANDLER_TAIL(specialiseBinarySubscr) {
  Value container = sp[-2], key = sp[-1];
  int op = 0;
  if (key.isInt() && isExactList(container)) {
    op = op_BINARY_SUBSCR_LIST_INT;
  } else if (key.isInt() && isExactTuple(container)) {
    op = op_BINARY_SUBSCR_TUPLE_INT;
  } else if (key.isInt() && isExactStr(container)) {
    op = op_BINARY_SUBSCR_STR_INT;
  } else if (isExactDict(container)) {
    op = op_BINARY_SUBSCR_DICT;
  } else if (container.isObject() && typeOf(container)->has(kTypeHeap) && !isType(container)) {
    Type* type = typeOf(container);
    Value function = lookupType(type, names::dunder_getitem);
    uint32_t version = typeVersion(type);
    if (function && isFunction(function) && version) {
      pc[2].arg = version;
      pc[3].raw() = reinterpret_cast<uint64_t>(type);
      pc[4].raw() = function.bits;
      op = op_BINARY_SUBSCR_PYTHON;
    }
  }
  patch(pc, op);
  TAIL_CALL kHandlers[pc->op].run(pc, sp, frame, thread, table);
}

HANDLER(STORE_SUBSCR_LIST_INT) {
  Value v = sp[-3], container = sp[-2], key = sp[-1];
  if (KRAIT_UNLIKELY(!key.isInt() || !isExactList(container))) TAIL_CALL handle_STORE_SUBSCR(pc, sp, frame, thread, table);
  List* list = asList(container);
  int64_t i = indexIn(key, list->size);
  if (KRAIT_UNLIKELY(i < 0)) TAIL_CALL handle_STORE_SUBSCR(pc, sp, frame, thread, table);
  if (list->kind == kKindListInt && v.isInt()) {
    list->ints[i] = v.asInt();
  } else if (list->kind == kKindListFloat && v.isDouble()) {
    list->floats[i] = v.asDouble();
  } else if (KRAIT_LIKELY(list->kind == kKindList)) {
    Value old = list->items[i];
    list->items[i] = v;
    release(old);
  } else {
    TAIL_CALL handle_STORE_SUBSCR(pc, sp, frame, thread, table);
  }
  release(container.asObject());
  TAIL_CALL advance(pc + 2, sp - 3, frame, thread, table);
}

HANDLER(STORE_SUBSCR_DICT) {
  Value container = sp[-2];
  if (KRAIT_UNLIKELY(!isExactDict(container))) TAIL_CALL handle_STORE_SUBSCR(pc, sp, frame, thread, table);
  frame->pc = pc;
  bool ok = dictSet(*thread, asDict(container), sp[-1], sp[-3]);
  if (KRAIT_UNLIKELY(!ok)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL dropped<3, 2>(pc, sp, frame, thread, table);
}

HANDLER_TAIL(specialiseStoreSubscr) {
  Value container = sp[-2], key = sp[-1];
  int op = 0;
  if (key.isInt() && isExactList(container)) {
    op = op_STORE_SUBSCR_LIST_INT;
  } else if (isExactDict(container)) {
    op = op_STORE_SUBSCR_DICT;
  }
  patch(pc, op);
  TAIL_CALL kHandlers[pc->op].run(pc, sp, frame, thread, table);
}

}  // namespace krait
