// The fuzzer: random well-typed traces with loops, guards, boxes and memory, run in the evaluator and in both gears.
//
// Operations that demand a proof ("proved not to overflow") get operands for which it holds: operands are masked first. A trace
// always ends: its loop counts down a counter that a guard tests. Every snapshot holds some of the values that are there, so an exit
// compares them all. NaNs compare equal: which NaN an operation makes is the processor's choice, and Python cannot see it.
#include <cstdio>
#include <cstring>
#include "jit/ir/exit_layout.h"
#include "jit/ir/immediate.h"
#include "jit/ir/verify.h"
#include "runtime/objects/list.h"
#include "tests/jit/irtest/run.h"

namespace krait::jit {
namespace {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 0x9E37'79B9'7F4A'7C15 + 1) {}
  uint64_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_ * 0x2545'F491'4F6C'DD1D;
  }
  uint64_t below(uint64_t n) { return next() % n; }
  bool oneIn(uint64_t n) { return below(n) == 0; }

 private:
  uint64_t state_;
};

constexpr int64_t kInterestingInts[] = {0, 1, -1, 2, 3, 7, -8, 10, 63, 64, 255, 1000, kIntMax, kIntMin, kIntMax + 1, kIntMin - 1,
                                        INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN, INT64_MAX - 1, INT64_MIN + 1, 1'000'000'007};
constexpr double kInterestingFloats[] = {0.0, -0.0, 1.0, -1.0, 0.5, 1e300, -1e300, 5e-324, 1.7976931348623157e308, 9.2e18, -9.3e18, 3.25,
                                         __builtin_inf(), -__builtin_inf(), __builtin_nan("")};
constexpr int kListItems = 8;
constexpr uint32_t kManyReferences = 100'000;  // no decrement of the trace is the last
constexpr uint32_t kInstanceKind = kKindFirstDynamic + 7;

class TraceMaker {
 public:
  TraceMaker(Trace* trace, StandIns* stand_ins, Random& random, int size)
      : trace_(*trace), stand_ins_(*stand_ins), random_(random), size_(size) {}

  Setup make() {
    trace_.code_list.push_back({Op::k_exit});
    makeLists();
    Setup setup;
    inputs(&setup);
    int slots = 3 + int(random_.below(6));
    for (int i = 0; i < slots; ++i) {
      setup.slots.push_back(randomBoxed());
      Id slot = emit(Op::k_slot, Ty::kValue, kNoId, kNoId, kNoId, uint64_t(i));
      unboxAsItIs(slot, Value(setup.slots.back()));
    }
    bool loops = !random_.oneIn(4);
    if (loops) loop();
    else {
      body(size_);
      emitGuarded(random_.oneIn(2) ? Op::k_exit : Op::k_link, Ty::kNone);
    }
    return setup;
  }

 private:
  void inputs(Setup* setup) {
    if (!random_.oneIn(3)) return;
    static constexpr Ty kTypes[] = {Ty::kI64, Ty::kF64, Ty::kBool, Ty::kI128, Ty::kValue};
    trace_.kind = TraceKind::kSide;
    for (Ty type : kTypes) {
      uint64_t place = setup->inputs.size();
      emit(Op::k_input, type, kNoId, kNoId, kNoId, place);
      setup->inputs.push_back(type == Ty::kBool    ? random_.below(2)
                              : type == Ty::kF64   ? std::bit_cast<uint64_t>(randomFloat())
                              : type == Ty::kValue ? randomBoxed()
                                                   : random_.next());
      if (type == Ty::kI128) setup->inputs.push_back(uint64_t(randomInt()));
    }
  }

  // --- instructions ---
  Id append(const Ins& ins) {
    trace_.code_list.push_back(ins);
    Id id = Id(trace_.code_list.size() - 1);
    if (ins.type != Ty::kNone) pool_.push_back(id);
    return id;
  }
  Id emit(Op op, Ty type, Id a = kNoId, Id b = kNoId, Id c = kNoId, uint64_t imm = 0) {
    Ins ins{.op = op, .type = type, .a = a, .b = b, .c = c, .imm = imm};
    return append(ins);
  }
  Id emitGuarded(Op op, Ty type, Id a = kNoId, Id b = kNoId, uint64_t imm = 0) {
    Ins ins{.op = op, .type = type, .a = a, .b = b, .snapshot = snapshot(), .imm = imm};
    return append(ins);
  }
  Id constant(Op op, Ty type, uint64_t imm) {
    trace_.constants.push_back({.op = op, .type = type, .imm = imm});
    return kConstBit | Id(trace_.constants.size() - 1);
  }
  Id constantInt(int64_t i, Ty type = Ty::kI64) { return constant(Op::k_const_int, type, uint64_t(i)); }

  // A snapshot of some of the values; sometimes one that a guard had before.
  uint32_t snapshot() {
    if (!trace_.snapshots.empty() && random_.oneIn(3)) return uint32_t(trace_.snapshots.size() - 1);
    Snapshot snap{uint32_t(trace_.snap_frames.size()), 1, false};
    SnapFrame frame{.first_slot = uint32_t(trace_.snap_slots.size())};
    uint32_t count = uint32_t(random_.below(12)) + 1;
    for (uint32_t i = 0; i < count; ++i) {
      Id value = random_.oneIn(12) ? kNoId : random_.oneIn(10) ? constantInt(5) : pool_.empty() ? kNoId : pool_[recent()];
      trace_.snap_slots.push_back({uint16_t(i), false, value});
    }
    frame.slot_count = count;
    trace_.snap_frames.push_back(frame);
    trace_.snapshots.push_back(snap);
    return uint32_t(trace_.snapshots.size() - 1);
  }
  // Young values are used more than old ones, as in real code.
  size_t recent() {
    size_t n = pool_.size();
    return random_.oneIn(2) ? random_.below(n) : n - 1 - random_.below(n < 8 ? n : 8);
  }

  // A value of this type from the pool, or a constant.
  Id pick(Ty type) {
    if (!pool_.empty() && !random_.oneIn(8)) {
      for (int tries = 0; tries < 12; ++tries) {
        Id id = pool_[recent()];
        if (trace_.typeOf(id) == type) return id;
      }
    }
    switch (type) {
      case Ty::kI64: return constantInt(randomInt());
      case Ty::kI128: return randomWide();
      case Ty::kF64: return constant(Op::k_const_float, Ty::kF64, std::bit_cast<uint64_t>(randomFloat()));
      case Ty::kBool: return constant(Op::k_const_bool, Ty::kBool, random_.below(2));
      case Ty::kObj: return constant(Op::k_const_value, Ty::kObj, uint64_t(stand_ins_.memory[random_.below(3) * 2].words));
      default: return boxedConstant(randomBoxed());
    }
  }
  Id boxedConstant(uint64_t bits) { return constant(Op::k_const_value, Value(bits).isObject() ? Ty::kObj : Ty::kValue, bits); }
  Id randomWide() {
    if (random_.oneIn(2)) return constantInt(randomInt(), Ty::kI128);
    trace_.wide_constants.push_back(__int128((unsigned __int128)random_.next() << random_.below(64)) * (random_.oneIn(2) ? -1 : 1));
    return constant(Op::k_const_wide, Ty::kI128, trace_.wide_constants.size() - 1);
  }
  int64_t randomInt() {
    if (random_.oneIn(3)) return kInterestingInts[random_.below(std::size(kInterestingInts))];
    return int64_t(random_.next()) >> random_.below(64);
  }
  double randomFloat() {
    if (random_.oneIn(3)) return kInterestingFloats[random_.below(std::size(kInterestingFloats))];
    if (random_.oneIn(2)) return double(int64_t(random_.next()) >> random_.below(64)) / 16;
    return canonicalNaN(std::bit_cast<double>(random_.next()));
  }
  uint64_t randomBoxed() {
    switch (random_.below(6)) {
      case 0: return Value::fromDouble(randomFloat()).bits;
      case 1: return Value::fromBool(random_.oneIn(2)).bits;
      case 2: return uint64_t(stand_ins_.memory[random_.below(3) * 2].words);
      case 3: return random_.oneIn(3) ? kNone.bits : Value::fromDouble(randomFloat()).bits;
      default: return Value::fromInt(randomInt() % kIntMax).bits;
    }
  }
  void unboxAsItIs(Id id, Value v) {
    if (random_.oneIn(8)) return;  // stays boxed: guards of the body meet it
    if (v.isInt()) emitGuarded(random_.oneIn(4) ? Op::k_unbox_wide : Op::k_unbox_int, Ty::kI64, id);
    else if (v.isDouble()) emitGuarded(Op::k_unbox_float, Ty::kF64, id);
    else if (v.isBool()) emitGuarded(Op::k_unbox_bool, Ty::kBool, id);
    else if (v.isObject()) emitGuarded(Op::k_guard_kind, Ty::kObj, id, kNoId, v.asObject()->kind);
  }

  // --- memory: three lists, one of each kind, each followed by its items ---
  void makeLists() {
    static constexpr uint32_t kKinds[] = {kKindList, kKindListInt, kKindListFloat};
    for (uint32_t kind : kKinds) {
      StandIns::Memory list{.name = kindName(kind), .header = true, .kind = kind, .count = kManyReferences};
      StandIns::Memory items{.name = kindName(kind) + "_items", .header = false};
      addBlock(&items, kListItems);
      addBlock(&list, sizeof(List) / 8);
      for (int i = 0; i < kListItems; ++i) {
        uint64_t word = kind == kKindListInt     ? uint64_t(randomInt() % kIntMax)
                        : kind == kKindListFloat ? std::bit_cast<uint64_t>(randomFloat())
                                                 : Value::fromInt(i).bits;
        items.initial[size_t(i)] = word;
        bool boxed = kind == kKindList;
        items.texts.push_back(boxed ? "box(" + std::to_string(i) + ")"
                                    : kind == kKindListInt ? std::to_string(int64_t(word)) : floatText(std::bit_cast<double>(word)));
      }
      list.initial = {uint64_t(kind) << 32 | list.count, 0, uint64_t(items.words), kListItems, kListItems};
      list.texts = {"@" + items.name, std::to_string(kListItems), std::to_string(kListItems)};
      stand_ins_.memory.push_back(std::move(list));
      stand_ins_.memory.push_back(std::move(items));
    }
    makeInstance();
    stand_ins_.restore();
    constant(Op::k_const_value, Ty::kObj, uint64_t(stand_ins_.memory[0].words));  // there is one for repairs
  }
  // An instance with an AttrBlock at 16, inline slots behind it, and slots in the block; a str of raw bytes.
  void makeInstance() {
    StandIns::Memory block{.name = "block", .header = false, .texts = {"0", "4", "11", "12", "-13", "14"}};
    addBlock(&block, 6);
    block.initial = {0, 4, 11, 12, uint64_t(-13), 14};
    StandIns::Memory instance{.name = "instance", .header = true, .kind = kInstanceKind, .count = kManyReferences};
    instance.texts = {"@block", "1", "2", "3"};
    addBlock(&instance, 6);
    instance.initial = {uint64_t(kInstanceKind) << 32 | instance.count, 0, uint64_t(block.words), 1, 2, 3};
    StandIns::Memory str{.name = "str", .header = true, .kind = kKindStr, .count = kManyReferences};
    str.texts = {"-1", "16", "1", "578437695752307201", "0"};
    addBlock(&str, 7);
    str.initial = {uint64_t(kKindStr) << 32 | str.count, 0, uint64_t(-1), 16, 1, 0x0807'0605'0403'0201, 0};
    StandIns::Memory cells{.name = "cells", .header = false, .texts = {"box(3)", "None"}};
    addBlock(&cells, 2);
    cells.initial = {Value::fromInt(3).bits, kNone.bits};
    for (StandIns::Memory* m : {&block, &instance, &str, &cells}) stand_ins_.memory.push_back(std::move(*m));
  }
  void instanceOperation() {
    Id instance = constant(Op::k_const_value, Ty::kObj, uint64_t(stand_ins_.find("instance")->words));
    uint64_t offset = 24 + 8 * random_.below(3), slot = random_.below(4);
    Id block_offset = constantInt(16);
    switch (random_.below(7)) {
      case 0: emit(Op::k_load_attr, Ty::kI64, instance, kNoId, kNoId, offset); return;
      case 1: emit(Op::k_store_attr, Ty::kNone, instance, pick(Ty::kI64), kNoId, offset); return;
      case 2: emit(Op::k_load_far, Ty::kI64, instance, kNoId, block_offset, slot); return;
      case 3: emit(Op::k_store_far, Ty::kNone, instance, pick(Ty::kI64), block_offset, slot); return;
      case 4: {
        Id str = constant(Op::k_const_value, Ty::kObj, uint64_t(stand_ins_.find("str")->words));
        Id index = emit(Op::k_and, Ty::kI64, pick(Ty::kI64), constantInt(7));
        emit(Op::k_load_byte, Ty::kI64, str, index, kNoId, uint64_t(Field::k_str_data));
        return;
      }
      case 5: emit(Op::k_load_cell, Ty::kValue, kNoId, kNoId, kNoId, uint64_t(stand_ins_.find("cells")->words + random_.below(2))); return;
      default: emitGuarded(Op::k_guard_forced, Ty::kNone); return;
    }
  }
  void addBlock(StandIns::Memory* m, size_t words) {
    stand_ins_.blocks.push_back(std::make_unique<uint64_t[]>(words));
    m->words = stand_ins_.blocks.back().get();
    m->initial.resize(words);
  }
  void memoryOperation() {
    size_t which = random_.below(3);
    static constexpr Ty kItems[] = {Ty::kValue, Ty::kI64, Ty::kF64};
    Id list = constant(Op::k_const_value, Ty::kObj, uint64_t(stand_ins_.memory[which * 2].words));
    if (random_.oneIn(2)) list = emitGuarded(Op::k_guard_kind, Ty::kObj, list, kNoId, stand_ins_.memory[which * 2].kind);
    Id index = emit(Op::k_and, Ty::kI64, pick(Ty::kI64), constantInt(kListItems - 1));
    switch (random_.below(6)) {
      case 0:
      case 1: emit(Op::k_load_item, kItems[which], list, index, kNoId, uint64_t(Field::k_list_items)); return;
      case 2: {
        Id value = which == 0 ? emit(Op::k_box_float, Ty::kValue, pick(Ty::kF64)) : pick(kItems[which]);
        emit(Op::k_store_item, Ty::kNone, list, index, value, uint64_t(Field::k_list_items));
        return;
      }
      case 3: emit(Op::k_load, Ty::kI64, list, kNoId, kNoId, uint64_t(Field::k_list_size)); return;
      case 4: emit(Op::k_store, Ty::kNone, list, pick(Ty::kI64), kNoId, uint64_t(Field::k_list_capacity)); return;
      case 5:
        if (random_.oneIn(2)) {
          emitGuarded(Op::k_dec_live, Ty::kNone, random_.oneIn(2) ? list : pick(Ty::kValue));
          return;
        }
        [[fallthrough]];
      default: {
        static constexpr Op kCounts[] = {Op::k_inc, Op::k_inc, Op::k_dec, Op::k_dec_leaf};
        emit(kCounts[random_.below(4)], Ty::kNone, random_.oneIn(2) ? list : pick(Ty::kValue));
        return;
      }
    }
  }

  // --- operations ---
  void body(int count) {
    for (int i = 0; i < count; ++i) operation();
  }
  void operation() {
    switch (random_.below(13)) {
      case 12:
        if (random_.oneIn(5)) callOperation();
        else instanceOperation();
        return;
      case 0:
      case 1:
      case 2: intOperation(Ty::kI64); return;
      case 3: intOperation(Ty::kI128); return;
      case 4:
      case 5: floatOperation(); return;
      case 6: compare(); return;
      case 7: guardOperation(); return;
      case 8: boxing(); return;
      case 9: boolOperation(); return;
      default: memoryOperation(); return;
    }
  }

  void intOperation(Ty type) {
    static constexpr Op kChecked[] = {Op::k_add_ovf, Op::k_sub_ovf, Op::k_mul_ovf};
    static constexpr Op kBits[] = {Op::k_and, Op::k_or, Op::k_xor};
    static constexpr Op kProved[] = {Op::k_add, Op::k_sub, Op::k_mul};
    switch (random_.below(9)) {
      case 0:
      case 1: {
        Op op = kChecked[random_.below(type == Ty::kI64 ? 3 : 2)];
        emitGuarded(op, type, pick(type), pick(type));
        return;
      }
      case 2: emit(kBits[random_.below(3)], type, pick(type), pick(type)); return;
      case 3: emit(kProved[random_.below(3)], type, masked(type), masked(type)); return;
      case 4: division(type); return;
      case 5: emit(Op::k_shr, type, pick(type), shiftCount(type)); return;
      case 6:
        if (random_.oneIn(2)) emitGuarded(Op::k_shl_ovf, type, pick(type), shiftCount(type));
        else emit(Op::k_shl, type, masked(type), constantInt(int64_t(random_.below(30)), type));
        return;
      case 7:
        if (random_.oneIn(2)) emitGuarded(Op::k_neg_ovf, type, pick(type));
        else if (type == Ty::kI64) emit(Op::k_mul_wide, Ty::kI128, pick(type), pick(type));
        else emitGuarded(Op::k_narrow, Ty::kI64, pick(type));
        return;
      default:
        if (type == Ty::kI64) emit(Op::k_widen, Ty::kI128, pick(type));
        else emit(Op::k_narrow_fit, Ty::kI64, masked(type));
        return;
    }
  }
  // Within 31 bits, negative numbers included.
  Id masked(Ty type) {
    Id small = emit(Op::k_and, type, pick(type), constantInt(0x7FFF'FFFF, type));
    return random_.oneIn(2) ? small : emit(Op::k_sub, type, small, constantInt(0x4000'0000, type));
  }
  Id shiftCount(Ty type) {
    int64_t limit = type == Ty::kI64 ? 63 : 127;
    if (random_.oneIn(2)) return constantInt(int64_t(random_.below(uint64_t(limit) + 1)), type);
    return emit(Op::k_and, type, pick(type), constantInt(limit, type));
  }
  void division(Ty type) {
    Op op = random_.oneIn(2) ? Op::k_div_floor : Op::k_mod_floor;
    if (random_.oneIn(2)) {  // constant divisors, powers of two among them
      int64_t divisor = random_.oneIn(2) ? int64_t(1) << random_.below(62) : randomInt();
      if (divisor == 0 || divisor == -1) divisor = 3;
      emit(op, type, pick(type), constantInt(divisor, type));
      return;
    }
    Id divisor = emit(Op::k_or, type, masked(type), constantInt(1, type));  // odd: not 0; a guard keeps -1 out
    Id minus = emit(Op::k_ne, Ty::kBool, divisor, constantInt(-1, type));
    emitGuarded(Op::k_guard_true, Ty::kNone, minus);
    emit(op, type, pick(type), divisor);
    Id positive = emit(Op::k_or, type, emit(Op::k_and, type, pick(type), constantInt(0xFFFF, type)), constantInt(1, type));
    Id natural = emit(Op::k_and, type, pick(type), constantInt(INT64_MAX, type));
    emit(random_.oneIn(2) ? Op::k_div_pos : Op::k_mod_pos, type, natural, random_.oneIn(2) ? positive : constantInt(1000, type));
  }

  void floatOperation() {
    static constexpr Op kBinary[] = {Op::k_fadd, Op::k_fsub, Op::k_fmul, Op::k_fdiv};
    switch (random_.below(8)) {
      case 0: emit(Op::k_fneg, Ty::kF64, pick(Ty::kF64)); return;
      case 1: emit(Op::k_fabs, Ty::kF64, pick(Ty::kF64)); return;
      case 2: emit(Op::k_fsqrt, Ty::kF64, emit(Op::k_fabs, Ty::kF64, pick(Ty::kF64))); return;
      case 3: emit(Op::k_to_float, Ty::kF64, pick(Ty::kI64)); return;
      case 4: emitGuarded(Op::k_to_int, Ty::kI64, pick(Ty::kF64)); return;
      default: emit(kBinary[random_.below(4)], Ty::kF64, pick(Ty::kF64), pick(Ty::kF64)); return;
    }
  }
  void callOperation() {
    static constexpr Helper kFloats[] = {Helper::k_float_power, Helper::k_float_remainder, Helper::k_float_floor_divide};
    Id a = pick(Ty::kF64), b = pick(Ty::kF64);
    emitGuarded(Op::k_guard_true, Ty::kNone, emit(Op::k_fgt, Ty::kBool, b, constant(Op::k_const_float, Ty::kF64, 0)));
    Id first = Id(trace_.extra.size());
    trace_.extra.insert(trace_.extra.end(), {a, b});
    append({.op = Op::k_call, .type = Ty::kF64, .extra_count = 2, .a = first, .imm = uint64_t(kFloats[random_.below(3)])});
  }
  void compare() {
    static constexpr Op kInts[] = {Op::k_lt, Op::k_le, Op::k_gt, Op::k_ge, Op::k_eq, Op::k_ne, Op::k_below};
    static constexpr Op kFloats[] = {Op::k_flt, Op::k_fle, Op::k_fgt, Op::k_fge, Op::k_feq, Op::k_fne};
    Ty type = random_.oneIn(2) ? Ty::kF64 : random_.oneIn(3) ? Ty::kI128 : Ty::kI64;
    Op op = type == Ty::kF64 ? kFloats[random_.below(6)] : kInts[random_.below(7)];
    Id result = emit(op, Ty::kBool, pick(type), pick(type));
    if (random_.oneIn(3)) emitGuarded(random_.oneIn(2) ? Op::k_guard_true : Op::k_guard_false, Ty::kNone, result);
  }
  void guardOperation() {
    Id value = pick(Ty::kValue);
    switch (random_.below(10)) {
      case 0: emitGuarded(Op::k_unbox_int, Ty::kI64, value); return;
      case 1: emitGuarded(Op::k_unbox_float, Ty::kF64, value); return;
      case 2: emitGuarded(Op::k_unbox_bool, Ty::kBool, value); return;
      case 3: emitGuarded(Op::k_unbox_wide, random_.oneIn(2) ? Ty::kI64 : Ty::kI128, value); return;
      case 4: emitGuarded(Op::k_guard_object, Ty::kObj, value); return;
      case 5: emitGuarded(Op::k_guard_same, Ty::kNone, value, random_.oneIn(2) ? value : pick(Ty::kValue)); return;
      case 6:
        emitGuarded(random_.oneIn(2) ? Op::k_guard_nonempty : Op::k_guard_ok, trace_.typeOf(value), value);
        return;
      case 8: emitGuarded(Op::k_guard_empty, Ty::kNone, random_.oneIn(2) ? value : constant(Op::k_const_empty, Ty::kValue, 0)); return;
      case 7: emitGuarded(Op::k_guard_kind, Ty::kObj, value, kNoId, kKindList + random_.below(2)); return;
      default: emitGuarded(Op::k_poll, Ty::kNone); return;
    }
  }
  void boxing() {
    switch (random_.below(6)) {
      case 0: emit(Op::k_box_int, Ty::kValue, masked(Ty::kI64)); return;
      case 1: emit(Op::k_box_float, Ty::kValue, pick(Ty::kF64)); return;
      case 2: emit(Op::k_box_bool, Ty::kValue, pick(Ty::kBool)); return;
      case 3: emit(Op::k_same, Ty::kBool, pick(Ty::kValue), pick(Ty::kValue)); return;
      case 4: emit(Op::k_is_empty, Ty::kBool, pick(Ty::kValue)); return;
      default: emit(Op::k_kind_of, Ty::kI64, pick(Ty::kObj)); return;
    }
  }
  void boolOperation() {
    if (random_.oneIn(3)) emit(Op::k_not, Ty::kBool, pick(Ty::kBool));
    else if (random_.oneIn(2)) emit(Op::k_bool_to_int, Ty::kI64, pick(Ty::kBool));
    else {
      static constexpr Ty kTypes[] = {Ty::kI64, Ty::kF64, Ty::kI128, Ty::kValue, Ty::kBool};
      Ty type = kTypes[random_.below(5)];
      Id b = pick(type), c = pick(type);
      if (trace_.typeOf(b) == trace_.typeOf(c)) emit(Op::k_select, trace_.typeOf(b), pick(Ty::kBool), b, c);
    }
  }

  void loop() {
    body(size_ / 4);
    Id rounds = constantInt(1 + int64_t(random_.below(20)));
    struct Carried {
      Id phi;
      Ty type;
    };
    static constexpr Ty kTypes[] = {Ty::kI64, Ty::kF64, Ty::kValue, Ty::kBool, Ty::kI128, Ty::kI64};
    std::vector<std::pair<Ty, Id>> starts;
    for (Ty type : kTypes)
      if (random_.oneIn(2)) starts.push_back({type, pick(type)});
    trace_.loop = emit(Op::k_loop, Ty::kNone);
    Id counter = emit(Op::k_phi, Ty::kI64, rounds, kNoId);
    std::vector<Carried> carried;
    for (auto& [type, start] : starts) {
      Ty actual = trace_.typeOf(start);
      carried.push_back({emit(Op::k_phi, actual, start, kNoId), actual});
    }
    Id left = emit(Op::k_sub, Ty::kI64, counter, constantInt(1));
    Id more = emit(Op::k_gt, Ty::kBool, left, constantInt(0));
    body(size_);
    emitGuarded(Op::k_guard_true, Ty::kNone, more);
    trace_.at(counter).b = left;
    for (const Carried& each : carried) trace_.at(each.phi).b = pick(each.type);
    for (const Carried& each : carried)
      if (trace_.typeOf(trace_.at(each.phi).b) != each.type) trace_.at(each.phi).b = each.phi;
    emit(Op::k_jump, Ty::kNone);
  }

  Trace& trace_;
  StandIns& stand_ins_;
  Random& random_;
  int size_;
  std::vector<Id> pool_;
};

Id constantOf(Trace& trace, Ty type) {
  static constexpr Op kRows[] = {Op::kCount_,        Op::k_const_bool,  Op::k_const_int,  Op::k_const_int,
                                Op::k_const_float, Op::k_const_value, Op::k_const_value};
  uint64_t imm = type == Ty::kValue ? kNone.bits : type == Ty::kF64 ? std::bit_cast<uint64_t>(2.5) : 1;
  for (size_t i = 0; type == Ty::kObj && i < trace.constants.size(); ++i)
    if (trace.constants[i].type == Ty::kObj) return kConstBit | Id(i);
  trace.constants.push_back({.op = kRows[int(type)], .type = type, .imm = imm});
  return kConstBit | Id(trace.constants.size() - 1);
}

// Equal but for the bits of NaNs, boxed ones and stored ones included.
bool sameWord(uint64_t a, uint64_t b) {
  auto isNan = [](uint64_t bits) { return (bits & 0x7FFF'FFFF'FFFF'FFFF) == uint64_t(0x7FF8) << 48; };
  return a == b || (isNan(a) && isNan(b)) || (isNan(a - kDoubleOffset) && isNan(b - kDoubleOffset));
}
bool sameOutcome(const Outcome& a, const Outcome& b) {
  if (a.exit != b.exit || a.values.size() != b.values.size()) return false;
  for (size_t i = 0; i < a.values.size(); ++i)
    if (!sameWord(a.values[i], b.values[i])) return false;
  for (size_t i = 0; i < a.memory.size(); ++i)
    if (!sameWord(a.memory[i], b.memory[i])) return false;
  return true;
}

// Random guards fail early. Those that fail in the first run are turned into what holds, a number of times that differs from trace
// to trace, so that exits lie everywhere, the last guard of the loop included.
void repair(Engine& engine, Trace& trace, StandIns* stand_ins, const Setup& setup, Random& random) {
  for (uint64_t rounds = random.below(60 + trace.code_list.size() / 4); rounds > 0; --rounds) {
    Id left_at = kNoId;
    engine.run(trace, stand_ins, setup, nullptr, &left_at);
    Ins& ins = trace.code_list[left_at];
    if (left_at == trace.code_list.size() - 1 || left_at == trace.code_list.size() - 2) return;  // exit, or the loop's own guard
    if (ins.op == Op::k_guard_true || ins.op == Op::k_guard_false) {
      ins.op = ins.op == Op::k_guard_true ? Op::k_guard_false : Op::k_guard_true;
    } else if (ins.type == Ty::kNone) {
      ins = {.op = Op::k_inc, .a = constantOf(trace, Ty::kValue)};
    } else {
      Id value = constantOf(trace, ins.type);
      ins = {.op = Op::k_select, .type = ins.type, .a = constantOf(trace, Ty::kBool), .b = value, .c = value};
    }
  }
}

struct FuzzStatistics {
  uint64_t reached = 0, written = 0;  // instructions before the one that left, and all
  CompileFigures quick, best;
  std::vector<int> rows = std::vector<int>(size_t(Op::kCount_));
};

bool oneTrace(Engine& engine, uint64_t seed, int size, FuzzStatistics* statistics) {
  Random random(seed);
  Trace trace;
  trace.number = uint32_t(seed);
  StandIns stand_ins;
  Setup setup = TraceMaker(&trace, &stand_ins, random, size ? size : 5 + int(random.below(random.oneIn(10) ? 400 : 60))).make();
  uint64_t draws = random.next();
  auto complain = [&](const std::string& what) {
    printf("seed %lu: %s\n%s", (unsigned long)seed, what.c_str(), printTrace(trace, &stand_ins).c_str());
    return false;
  };
  for (const Complaint& complaint : verifyTrace(trace)) return complain("%" + std::to_string(complaint.id) + ": " + complaint.text);
  Random repairs(draws);
  repair(engine, trace, &stand_ins, setup, repairs);
  for (const Complaint& complaint : verifyTrace(trace)) {
    return complain("repaired, %" + std::to_string(complaint.id) + ": " + complaint.text);
  }
  for (const Ins& ins : trace.code_list) ++statistics->rows[size_t(ins.op)];

  ParsedTrace parsed;
  std::string error, text = printTrace(trace, &stand_ins);
  if (!parseTrace(text, &parsed, &error)) return complain("the text form does not parse: " + error);
  if (printTrace(parsed.trace, &parsed.stand_ins) != text) return complain("the text form does not round-trip");

  Id left_at = kNoId;
  Outcome reference = engine.run(trace, &stand_ins, setup, nullptr, &left_at);
  statistics->reached += left_at;
  statistics->written += trace.code_list.size() - 1;
  for (Gear gear : {Gear::kQuick, Gear::kBest}) {
    NativeCode code;
    if (!engine.native()) break;
    if (!engine.compile(trace, gear, &code, &error)) return complain("does not compile: " + error);
    addFigures(gear == Gear::kQuick ? &statistics->quick : &statistics->best, trace, code);
    Outcome outcome = engine.run(trace, &stand_ins, setup, code.entry);
    if (!sameOutcome(outcome, reference))
      return complain(std::string(gear == Gear::kQuick ? "quick" : "best") + " leaves through " + outcomeText(trace, outcome) +
                      "\n   the evaluator through " + outcomeText(trace, reference) +
                      (outcome.memory != reference.memory ? "; memory differs" : ""));
  }
  return true;
}

}  // namespace

void fuzz(Engine& engine, int count, uint64_t seed, int size, Totals* totals) {
  FuzzStatistics statistics;
  for (int i = 0; i < count; ++i) {
    bool good = oneTrace(engine, seed + uint64_t(i), size, &statistics);
    ++(good ? totals->passed : totals->failed);
    if (totals->failed > 3) break;
  }
  printFigures("quick", statistics.quick);
  printFigures("best", statistics.best);
  std::string missing;
  for (size_t i = 0; i < statistics.rows.size(); ++i)
    if (statistics.rows[i] == 0 && !isConstantOp(Op(i))) missing += std::string(" ") + kOps[i].name;
  printf("left at %.0f %% of the trace on average\n", 100.0 * double(statistics.reached) / double(statistics.written));
  if (count >= 100) printf("operations that no trace had:%s\n", missing.c_str());
}

}  // namespace krait::jit
