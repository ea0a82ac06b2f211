// The builder's machinery: constants, common subexpressions, memory, ranges. The rewriting rules stand in opt/fold.cpp.
#include "jit/ir/builder.h"
#include <algorithm>
#include "runtime/base/assert.h"
#include "runtime/core/kind.h"
#include "runtime/core/object.h"

namespace krait::jit {
namespace {

bool isList(uint32_t kind) { return kind == kKindList || kind == kKindListInt || kind == kKindListFloat; }

IntRange typeRange(Ty type) {
  if (type == Ty::kBool) return {0, 1};
  return type == Ty::kI64 ? IntRange{kI64Min, kI64Max} : IntRange{kWideMin, kWideMax};
}

// Sums and products saturate at the limits of i128, which stand for "unknown".
__int128 addSat(__int128 a, __int128 b) {
  __int128 r;
  if (__builtin_add_overflow(a, b, &r)) return a < 0 ? kWideMin : kWideMax;
  return r;
}
__int128 subSat(__int128 a, __int128 b) {
  __int128 r;
  if (__builtin_sub_overflow(a, b, &r)) return a < 0 ? kWideMin : kWideMax;
  return r;
}
__int128 mulSat(__int128 a, __int128 b) {
  __int128 r;
  if (__builtin_mul_overflow(a, b, &r)) return (a < 0) != (b < 0) ? kWideMin : kWideMax;
  return r;
}

// The smallest 2^k - 1 that is not below v >= 0.
__int128 maskAbove(__int128 v) {
  __int128 mask = 0;
  while (mask < v) mask = mask * 2 + 1;
  return mask;
}

// Bit operations on numbers of k bits and a sign have k bits and a sign.
IntRange signedBits(IntRange x, IntRange y) {
  __int128 mask = maskAbove(std::max({x.high, ~x.low, y.high, ~y.low, __int128(0)}));
  return {~mask, mask};
}

Field fieldOf(uint64_t imm) { return Field(uint16_t(imm)); }

bool isListField(Field f) { return f == Field::k_list_items || f == Field::k_list_size || f == Field::k_list_capacity; }

}  // namespace

bool kindCanChange(uint32_t kind) { return isList(kind) || kind >= kKindFirstDynamic; }

Builder::Builder(Trace& trace, SnapshotSource& snapshots) : trace_(trace), snapshots_(snapshots) {
  if (trace_.code_list.empty()) trace_.code_list.push_back(Ins{Op::k_const_empty, Ty::kNone});
}

Builder::Builder(const Builder& known, Trace& trace, SnapshotSource& snapshots)
    : trace_(trace), snapshots_(snapshots), seen_(known.seen_), constants_(known.constants_), ranges_(known.ranges_), kinds_(known.kinds_),
      objects_(known.objects_), memory_(known.memory_) {}

void Builder::carry(Id old, Id phi) {
  for (Memory& m : memory_)
    if (root(m.content) == root(old)) m.content = phi;
}

Id Builder::constant(Op op, Ty type, uint64_t imm) {
  Key key{uint64_t(op) | uint64_t(type) << 8, imm, 0};
  auto [it, fresh] = constants_.try_emplace(key, kNoId);
  if (fresh) {
    // A trace may come with constants from an earlier builder (peeling): look among them first.
    for (size_t i = 0; i < trace_.constants.size() && it->second == kNoId; ++i) {
      const Ins& c = trace_.constants[i];
      if (c.op == op && c.type == type && c.imm == imm) it->second = Id(i) | kConstBit;
    }
    if (it->second == kNoId) {
      Ins ins{op, type};
      ins.imm = imm;
      it->second = Id(trace_.constants.size()) | kConstBit;
      trace_.constants.push_back(ins);
    }
  }
  return it->second;
}

Id Builder::constWide(__int128 i) {
  if (i >= kI64Min && i <= kI64Max) return constant(Op::k_const_int, Ty::kI128, uint64_t(int64_t(i)));
  size_t index = 0;
  while (index < trace_.wide_constants.size() && trace_.wide_constants[index] != i) ++index;
  if (index == trace_.wide_constants.size()) trace_.wide_constants.push_back(i);
  return constant(Op::k_const_wide, Ty::kI128, index);
}

Id Builder::root(Id id) const {
  while (!isConst(id)) {
    const Ins& ins = trace_.code_list[id];
    switch (ins.op) {
      case Op::k_guard_kind:
      case Op::k_guard_object:
      case Op::k_guard_type:
      case Op::k_guard_nonempty:
      case Op::k_guard_ok: id = ins.a; break;
      default: return id;
    }
  }
  return id;
}

bool Builder::constantInt(Id id, __int128* out) const {
  if (!isConst(id)) return false;
  const Ins& ins = trace_.at(id);
  if (ins.op == Op::k_const_int) *out = int64_t(ins.imm);
  else if (ins.op == Op::k_const_wide) *out = trace_.wide_constants[ins.imm];
  else return false;
  return true;
}
bool Builder::constantFloat(Id id, double* out) const {
  if (!isConst(id) || trace_.at(id).op != Op::k_const_float) return false;
  *out = std::bit_cast<double>(trace_.at(id).imm);
  return true;
}
bool Builder::constantBool(Id id, bool* out) const {
  if (!isConst(id) || trace_.at(id).op != Op::k_const_bool) return false;
  *out = trace_.at(id).imm != 0;
  return true;
}
Value Builder::constantValue(Id id) const {
  if (!isConst(id) || trace_.at(id).op != Op::k_const_value) return Value();
  return Value(trace_.at(id).imm);
}

uint32_t Builder::knownKind(Id id) const {
  id = root(id);
  if (auto it = kinds_.find(id); it != kinds_.end()) return it->second;
  Value v = constantValue(id);
  if (v.isObject() && !kindCanChange(v.asObject()->kind)) return v.asObject()->kind;
  return kKindNone;
}
Id Builder::asObject(Id id) const {
  if (trace_.typeOf(id) == Ty::kObj) return id;
  auto it = objects_.find(root(id));
  return it == objects_.end() ? kNoId : it->second;
}
void Builder::learnContent(Field field, Id object, Id content) {
  memory_.push_back({Op::k_load, kFields[int(field)].type, root(object), kNoId, uint64_t(field), content});
}
void Builder::learnKind(Id id, uint32_t kind) { kinds_[root(id)] = kind; }

IntRange Builder::range(Id id) const {
  __int128 c;
  bool truth;
  if (constantInt(id, &c)) return {c, c};
  if (constantBool(id, &truth)) return {truth, truth};
  auto it = ranges_.find(id);
  return it != ranges_.end() ? it->second : typeRange(trace_.typeOf(id));
}
void Builder::refine(Id id, IntRange r) {
  if (isConst(id)) return;
  IntRange old = range(id);
  IntRange narrowed{std::max(old.low, r.low), std::min(old.high, r.high)};
  if (narrowed.low <= narrowed.high) ranges_[id] = narrowed;
}

IntRange Builder::rangeOf(const Ins& ins) const {
  auto a = [&] { return range(ins.a); };
  auto b = [&] { return range(ins.b); };
  IntRange full = typeRange(ins.type);
  auto clip = [&](IntRange r) {
    return IntRange{std::max(r.low, full.low), std::min(r.high, full.high)};
  };
  switch (ins.op) {
    case Op::k_unbox_int:
      // A slot's number is a loop variable in the body, where it may be any i64: the first iteration must not know more,
      // or it would leave out guards that the body needs.
      return trace_.at(ins.a).op == Op::k_slot ? full : IntRange{kIntMin, kIntMax};
    case Op::k_add: case Op::k_add_ovf: return clip({addSat(a().low, b().low), addSat(a().high, b().high)});
    case Op::k_sub: case Op::k_sub_ovf: return clip({subSat(a().low, b().high), subSat(a().high, b().low)});
    case Op::k_mul: case Op::k_mul_ovf: case Op::k_mul_wide: {
      IntRange x = a(), y = b();
      __int128 p[] = {mulSat(x.low, y.low), mulSat(x.low, y.high), mulSat(x.high, y.low), mulSat(x.high, y.high)};
      return clip({*std::min_element(p, p + 4), *std::max_element(p, p + 4)});
    }
    case Op::k_neg_ovf: return clip({subSat(0, a().high), subSat(0, a().low)});
    case Op::k_widen: case Op::k_narrow_fit: return clip(a());
    case Op::k_narrow: return clip(a());
    case Op::k_and: {
      IntRange x = a(), y = b();
      if (x.low >= 0 && y.low >= 0) return {0, std::min(x.high, y.high)};
      if (y.low >= 0) return {0, y.high};
      if (x.low >= 0) return {0, x.high};
      return clip(signedBits(x, y));
    }
    case Op::k_or: case Op::k_xor: {
      IntRange x = a(), y = b();
      if (x.low >= 0 && y.low >= 0) return clip({0, maskAbove(std::max(x.high, y.high))});
      return clip(signedBits(x, y));
    }
    case Op::k_shl: case Op::k_shl_ovf: {
      IntRange x = a(), y = b();
      if (y.low < 0 || y.high > 126) return full;
      __int128 least = (__int128)1 << int(y.low), most = (__int128)1 << int(y.high);
      return clip({x.low < 0 ? mulSat(x.low, most) : mulSat(x.low, least),
                   x.high < 0 ? mulSat(x.high, least) : mulSat(x.high, most)});
    }
    case Op::k_shr: {
      IntRange x = a(), y = b();
      if (y.low < 0 || y.high > 127) return full;
      return {std::min(x.low >> int(y.low), x.low >> int(y.high)), std::max(x.high >> int(y.low), x.high >> int(y.high))};
    }
    case Op::k_mod_floor: case Op::k_mod_pos: {
      IntRange y = b();
      if (y.low > 0) return {0, std::min(y.high - 1, a().low >= 0 ? a().high : y.high - 1)};
      return full;
    }
    case Op::k_div_floor: case Op::k_div_pos: {
      IntRange x = a(), y = b();
      if (y.low > 0) {
        auto floorDiv = [](__int128 n, __int128 d) { return n / d - (n % d != 0 && n < 0); };
        return {std::min(floorDiv(x.low, y.low), floorDiv(x.low, y.high)),
                std::max(floorDiv(x.high, y.low), floorDiv(x.high, y.high))};
      }
      return full;
    }
    case Op::k_bool_to_int: return {0, 1};
    case Op::k_small: return {std::max<__int128>(a().low, kIntMin), std::min<__int128>(a().high, kIntMax)};
    case Op::k_load_byte: return {0, 255};
    case Op::k_load: return ins.type == Ty::kI64 ? IntRange{fieldOf(ins.imm) == Field::k_list_size ? 0 : kI64Min, kI64Max} : full;
    case Op::k_load_item: return {kIntMin, kIntMax};  // raw ints of lists are within the immediate range
    case Op::k_load_attr: case Op::k_load_far: return {kIntMin, kIntMax};
    default: return full;
  }
}

Id Builder::append(const Ins& ins) {
  Id id = Id(trace_.code_list.size());
  trace_.code_list.push_back(ins);
  if (ins.type == Ty::kI64 || ins.type == Ty::kI128) {
    IntRange r = rangeOf(ins);
    if (ins.op == Op::k_load && ins.type == Ty::kI64) {
      Field f = fieldOf(ins.imm);
      if (f == Field::k_list_size || f == Field::k_tuple_size || f == Field::k_str_length || f == Field::k_dict_size)
        r = {0, (__int128)1 << 47};
    }
    ranges_[id] = r;
  }
  return id;
}

Id Builder::raw(const Ins& ins) { return append(ins); }

Id Builder::op(Op op, Id a, Id b, Id c, uint64_t imm, Ty type) {
  Ins ins{op, type};
  ins.a = a;
  ins.b = b;
  ins.c = c;
  ins.imm = imm;
  const OpInfo& row = info(op);
  if (type == Ty::kNone) {
    const char* result = row.result;
    if (!__builtin_strcmp(result, "i64")) ins.type = Ty::kI64;
    else if (!__builtin_strcmp(result, "i128")) ins.type = Ty::kI128;
    else if (!__builtin_strcmp(result, "f64")) ins.type = Ty::kF64;
    else if (!__builtin_strcmp(result, "bool")) ins.type = Ty::kBool;
    else if (!__builtin_strcmp(result, "value")) ins.type = Ty::kValue;
    else if (!__builtin_strcmp(result, "obj")) ins.type = Ty::kObj;
    else if (!__builtin_strcmp(result, "same")) ins.type = trace_.typeOf(a);
  }
  if (impossible_) return append(ins);  // keeps ids valid; the trace is given up
  bool done = false, checks = row.effect == kGuard;
  Id folded = fold(*this, ins, &done);
  if (done) return folded;
  if (ins.op == Op::k_drop || ins.op == Op::k_drop_last) {
    // What is still in memory comes back under another name, borrowed: this one's reference is gone.
    Id word = root(ins.a);
    std::erase_if(memory_, [&](const Memory& m) { return root(m.content) == word; });
  }
  if (ins.op == Op::k_set_kind) {
    learnKind(ins.a, uint32_t(ins.imm));
    return append(ins);
  }
  if (info(ins.op).effect == kLoad) return loadFrom(ins);
  if (info(ins.op).effect == kStore) return storeTo(ins);
  const Effect effect = info(ins.op).effect;
  if (effect != kPure && effect != kGuard) return append(ins);

  Key key{uint64_t(ins.op) | uint64_t(ins.type) << 8 | uint64_t(ins.a) << 32, uint64_t(ins.b) | uint64_t(ins.c) << 32, ins.imm};
  bool reusable = ins.op != Op::k_poll && ins.op != Op::k_guard_forced && ins.op != Op::k_drop && ins.op != Op::k_guard_kind;
  if (reusable)
    if (auto it = seen_.find(key); it != seen_.end()) return it->second;
  // A check that was proved away keeps its snapshot: peeling asks it again, where the proof may not hold.
  if (effect == kGuard || checks) ins.snapshot = snapshots_.snapshot();
  Id id = append(ins);
  if (reusable) seen_[key] = id;
  learn(id, ins);
  return id;
}

// What a guard that was just emitted proves for the rest of the code.
void Builder::learn(Id id, const Ins& ins) {
  if (ins.op == Op::k_guard_kind) learnKind(ins.a, uint32_t(ins.imm));
  if (ins.type == Ty::kObj) objects_[root(id)] = id;
  if (ins.op != Op::k_guard_true && ins.op != Op::k_guard_false) return;
  if (isConst(ins.a)) return;
  const Ins test = trace_.at(ins.a);
  bool holds = ins.op == Op::k_guard_true;
  ranges_[ins.a] = holds ? IntRange{1, 1} : IntRange{0, 0};
  Op op = test.op;
  if (op == Op::k_below && holds) {  // 0 <= a < b
    refine(test.a, {0, range(test.b).high - 1});
    return;
  }
  if (!holds) {
    switch (op) {
      case Op::k_lt: op = Op::k_ge; break;
      case Op::k_le: op = Op::k_gt; break;
      case Op::k_gt: op = Op::k_le; break;
      case Op::k_ge: op = Op::k_lt; break;
      case Op::k_eq: op = Op::k_ne; break;
      case Op::k_ne: op = Op::k_eq; break;
      default: return;
    }
  }
  IntRange a{}, b{};
  switch (op) {
    case Op::k_lt: case Op::k_le: case Op::k_gt: case Op::k_ge: case Op::k_eq:
      a = range(test.a);
      b = range(test.b);
      break;
    default: return;
  }
  IntRange all{kWideMin, kWideMax};
  switch (op) {
    case Op::k_lt:
      refine(test.a, {all.low, subSat(b.high, 1)});
      refine(test.b, {addSat(a.low, 1), all.high});
      break;
    case Op::k_le:
      refine(test.a, {all.low, b.high});
      refine(test.b, {a.low, all.high});
      break;
    case Op::k_gt:
      refine(test.a, {addSat(b.low, 1), all.high});
      refine(test.b, {all.low, subSat(a.high, 1)});
      break;
    case Op::k_ge:
      refine(test.a, {b.low, all.high});
      refine(test.b, {all.low, a.high});
      break;
    default:
      refine(test.a, b);
      refine(test.b, a);
      break;
  }
}

Id Builder::loadFrom(Ins ins) {
  Id object = root(ins.a);
  if (ins.op == Op::k_load_cell) object = kNoId;
  for (const Memory& m : memory_)
    if (m.op == ins.op && m.object == object && m.index == ins.b && m.imm == ins.imm && m.type == ins.type) return m.content;
  Id id = append(ins);
  memory_.push_back({ins.op, ins.type, object, ins.b, ins.imm, id});
  return id;
}

bool Builder::mayAlias(const Memory& m, const Ins& store) const {
  Op load_op = store.op == Op::k_store ? Op::k_load
               : store.op == Op::k_store_attr ? Op::k_load_attr
               : store.op == Op::k_store_far ? Op::k_load_far
                                             : Op::k_load_item;
  if (m.op != load_op || m.imm != store.imm) return false;
  Id object = root(store.a);
  if (m.object != object) {
    uint32_t k1 = knownKind(m.object), k2 = knownKind(object);
    if (k1 != kKindNone && k2 != kKindNone && k1 != k2) return false;
    return true;
  }
  if (load_op != Op::k_load_item) return true;
  // The same array: distinct when the indices differ by a known amount.
  __int128 x, y;
  Id i = m.index, j = store.b;
  if (constantInt(i, &x) && constantInt(j, &y)) return x == y;
  auto offset = [&](Id id, Id* base) -> __int128 {
    __int128 c;
    *base = id;
    if (!isConst(id)) {
      const Ins& ins = trace_.at(id);
      if ((ins.op == Op::k_add || ins.op == Op::k_add_ovf) && constantInt(ins.b, &c)) { *base = ins.a; return c; }
      if ((ins.op == Op::k_sub || ins.op == Op::k_sub_ovf) && constantInt(ins.b, &c)) { *base = ins.a; return -c; }
    }
    return 0;
  };
  Id base1, base2;
  __int128 o1 = offset(i, &base1), o2 = offset(j, &base2);
  if (base1 == base2) return o1 == o2;
  return true;
}

// The object has another kind from here on; so may every other name that could be its own.
Id Builder::changeKind(const Ins& ins) {
  Id object = root(ins.a);
  uint32_t old = knownKind(object);
  bool fresh =
      !isConst(object) && trace_.at(object).op == Op::k_call && Helper(trace_.at(object).imm) == Helper::k_new_instance;
  if (!fresh)
    boost::unordered::erase_if(
        kinds_, [&](const auto& fact) { return old == kKindNone ? kindCanChange(fact.second) : fact.second == old; });
  learnKind(object, uint32_t(ins.imm));
  return append(ins);
}

Id Builder::storeTo(Ins ins) {
  if (ins.op == Op::k_set_kind) return changeKind(ins);
  std::erase_if(memory_, [&](const Memory& m) { return mayAlias(m, ins); });
  Op load_op = ins.op == Op::k_store ? Op::k_load
               : ins.op == Op::k_store_attr ? Op::k_load_attr
               : ins.op == Op::k_store_far ? Op::k_load_far
                                           : Op::k_load_item;
  Id content = ins.op == Op::k_store_item ? ins.c : ins.b;
  Id index = ins.op == Op::k_store_item ? ins.b : kNoId;
  memory_.push_back({load_op, trace_.typeOf(content), root(ins.a), index, ins.imm, content});
  return append(ins);
}

void Builder::clobber(uint16_t effects) {
  if (effects & (kHelperRuns | kHelperWrites)) return clobberAll();
  if (effects & kHelperListWrites) {
    std::erase_if(memory_, [](const Memory& m) {
      return (m.op == Op::k_load && isListField(fieldOf(m.imm))) || (m.op == Op::k_load_item && fieldOf(m.imm) == Field::k_list_items);
    });
    boost::unordered::erase_if(kinds_, [](const auto& fact) { return isList(fact.second); });
  }
  if (effects & kHelperDictWrites)
    std::erase_if(memory_, [](const Memory& m) {
      return m.op == Op::k_load_cell ||
             (m.op == Op::k_load && (fieldOf(m.imm) == Field::k_dict_size || fieldOf(m.imm) == Field::k_set_size));
    });
}

void Builder::clobberAll() {
  std::erase_if(memory_, [](const Memory& m) {
    if (m.op == Op::k_load || m.op == Op::k_load_item) return kFields[uint16_t(m.imm)].mutability == kMutable;
    return true;
  });
  boost::unordered::erase_if(kinds_, [](const auto& fact) { return kindCanChange(fact.second); });
}

Id Builder::call(Helper helper, const Id* operands, size_t count) {
  const HelperInfo& row = kHelpers[int(helper)];
  Ins ins{Op::k_call, row.result};
  ins.imm = uint64_t(helper);
  ins.extra_count = uint16_t(count);
  if (row.effects & kHelperPure) {
    uint64_t h = 0;
    for (size_t i = 0; i < count; ++i) h = (h ^ operands[i]) * 0x100000001B3u;
    Key key{uint64_t(Op::k_call), h, ins.imm};
    if (auto it = seen_.find(key); it != seen_.end()) {
      const Ins& old = trace_.at(it->second);
      if (old.extra_count == count && std::equal(operands, operands + count, trace_.extra.begin() + old.a)) return it->second;
    }
    seen_[key] = Id(trace_.code_list.size());
  }
  ins.a = Id(trace_.extra.size());
  trace_.extra.insert(trace_.extra.end(), operands, operands + count);
  if (row.effects & kHelperRuns) ins.snapshot = snapshots_.snapshot();
  clobber(row.effects);
  return append(ins);
}

void Builder::rollback(Id size, Id answer) {
  trace_.code_list.resize(size);
  auto gone = [&](Id id) { return !isConst(id) && id >= size; };
  boost::unordered::erase_if(seen_, [&](const auto& e) { return gone(e.second); });
  boost::unordered::erase_if(ranges_, [&](const auto& e) { return gone(e.first) || e.first == answer; });
  boost::unordered::erase_if(kinds_, [&](const auto& e) { return gone(e.first) || e.first == answer; });
  boost::unordered::erase_if(objects_,
                             [&](const auto& e) { return gone(e.first) || gone(e.second) || e.first == answer; });
  std::erase_if(memory_, [&](const Memory& m) { return gone(m.object) || gone(m.index) || gone(m.content); });
}

}  // namespace krait::jit
