// The reference evaluator: runs a trace operation by operation, on real memory, with the semantics that ops.def states.
//
// It is what the native backends are compared with (krait_irtest, stress mode), so it is written to be plainly right: no caching of
// facts, no shortcuts. Where a row says "proved", it asserts.
#include <cmath>
#include <cstring>
#include <optional>
#include "jit/backend/backend.h"
#include "jit/backend/support.h"
#include "jit/ir/exit_layout.h"
#include "jit/ir/immediate.h"
#include "runtime/core/frame.h"
#include "runtime/objects/instance.h"

namespace krait::jit {
namespace {

using Word = uint64_t;
using Wide = __int128;

// One result: bool, i64, f64, value and obj in the low word.
struct Result {
  Word low = 0, high = 0;
};

template <class T>
T& memory(Word address, uint64_t offset = 0) {
  return *reinterpret_cast<T*>(address + offset);
}

class Evaluator {
 public:
  Evaluator(const Trace& trace, Thread* thread, Frame* frame, Activation* activation)
      : trace_(trace), thread_(thread), frame_(frame), activation_(activation), results_(trace.code_list.size()),
        layouts_(trace.snapshots.size()) {}

  Id at() const { return id_; }
  uint32_t run() {
    for (id_ = 1;; ++id_) {
      const Ins& ins = trace_.code_list[id_];
      if (ins.op == Op::k_jump) {
        backEdge();
      } else if (!step(ins)) {
        saveSnapshot(ins.snapshot);
        if (trace_.counters) {
          ++trace_.counters->entries;
          trace_.counters->bytecodes += trace_.snapshots[ins.snapshot].bytecodes;
        }
        return ins.snapshot;
      }
    }
  }

 private:
  // --- operands and results ---
  Result get(Id id) const {
    if (!isConst(id)) return results_[id];
    const Ins& c = trace_.at(id);
    if (c.op == Op::k_const_wide) return split(trace_.wide_constants[c.imm]);
    if (c.op == Op::k_const_int && c.type == Ty::kI128) return split(int64_t(c.imm));
    return {c.imm};
  }
  Word word(Id id) const { return get(id).low; }
  int64_t i64(Id id) const { return int64_t(word(id)); }
  bool boolean(Id id) const { return word(id) != 0; }
  double f64(Id id) const { return std::bit_cast<double>(word(id)); }
  Wide wide(Id id) const {
    Result r = get(id);
    return trace_.typeOf(id) == Ty::kI128 ? join(r) : Wide(int64_t(r.low));
  }
  static Result split(Wide number) { return {Word(number), Word(number >> 64)}; }
  static Wide join(Result r) { return Wide((unsigned __int128)r.high << 64 | r.low); }

  bool setWord(Word word) {
    results_[id_] = {word};
    return true;
  }
  bool setFloat(double d) { return setWord(std::bit_cast<Word>(d)); }
  // An int of the instruction's type.
  bool setInt(Wide number) {
    results_[id_] = type() == Ty::kI128 ? split(number) : Result{Word(number)};
    return true;
  }
  Ty type() const { return trace_.code_list[id_].type; }

  // --- leaving ---
  void saveSnapshot(uint32_t snapshot) {
    std::optional<ExitLayout>& layout = layouts_[snapshot];
    if (!layout) layout = exitLayout(trace_, snapshot);
    for (const ExitValue& v : layout->values) {
      Result r = results_[v.id];
      activation_->buffer[v.word] = r.low;
      if (v.type == Ty::kI128) activation_->buffer[v.word + 1] = r.high;
    }
  }
  bool countPass() {
    if (trace_.counters) ++trace_.counters->passes;
    return true;
  }
  void backEdge() {
    countPass();
    std::vector<Result> next;
    for (Id id = trace_.loop + 1; trace_.code_list[id].op == Op::k_phi; ++id) next.push_back(get(trace_.code_list[id].b));
    for (size_t i = 0; i < next.size(); ++i) results_[trace_.loop + 1 + i] = next[i];
    id_ = trace_.loop + Id(next.size());
  }

  // False: leave through the instruction's snapshot.
  bool step(const Ins& ins) {
    switch (ins.op) {
      case Op::k_slot: return setWord(frame_->slots[ins.imm].bits);
      case Op::k_input: return input(ins);
      case Op::k_loop: return countPass();
      case Op::k_phi:
        results_[id_] = get(ins.a);
        return true;
      case Op::k_exit:
      case Op::k_ret:
      case Op::k_link: return false;
      case Op::k_poll: return thread_->poll.load(std::memory_order_relaxed) == 0;
      case Op::k_guard_forced: return (activation_->state | thread_->poll.load(std::memory_order_relaxed)) == 0;
      case Op::k_select:
        results_[id_] = boolean(ins.a) ? get(ins.b) : get(ins.c);
        return true;
      case Op::k_call: return call(ins);
      case Op::k_result: return setWord(array_[ins.imm].bits);
      case Op::k_drop:
      case Op::k_release:
      case Op::k_drop_last: return true;
      default: break;
    }
    if (ins.op < Op::k_add) return valueGuard(ins);
    if (ins.op < Op::k_fadd) return intOperation(ins);
    if (ins.op < Op::k_not) return floatOperation(ins);
    if (ins.op < Op::k_load) return boxing(ins);
    if (ins.op < Op::k_call) return memoryOperation(ins);
    return countOperation(ins);
  }

  bool input(const Ins& ins) {
    uint64_t word = ins.imm & ~kInputOwned;
    results_[id_] = {activation_->buffer[word]};
    if (ins.type == Ty::kI128) results_[id_].high = activation_->buffer[word + 1];
    return true;
  }

  // --- guards on values ---
  bool isObject(Id id) const {
    Value v(word(id));
    KRAIT_ASSERT(!v.empty(), "trace %u, %%%u: the empty word where a value is expected", trace_.number, id_);
    return v.isObject();
  }
  bool valueGuard(const Ins& ins) {
    Value a(ins.a != kNoId ? word(ins.a) : 0);
    switch (ins.op) {
      case Op::k_unbox_int: return a.isInt() && setWord(Word(a.asInt()));
      case Op::k_unbox_wide: {
        Wide number;
        if (!unboxWide(a.bits, &number) || (ins.type == Ty::kI64 && number != int64_t(number))) return false;
        return setInt(number);
      }
      case Op::k_unbox_float: return a.isDouble() && setFloat(a.asDouble());
      case Op::k_unbox_bool: return a.isBool() && setWord(a.bits & 1);
      case Op::k_guard_kind: return isObject(ins.a) && a.asObject()->kind == ins.imm && setWord(a.bits);
      case Op::k_guard_object: return isObject(ins.a) && setWord(a.bits);
      case Op::k_guard_type: return isObject(ins.a) && Word(a.asObject()->type()) == ins.imm && setWord(a.bits);
      case Op::k_guard_same: return a.bits == word(ins.b);
      case Op::k_guard_true: return a.bits != 0;
      case Op::k_guard_false: return a.bits == 0;
      case Op::k_guard_nonempty:
      case Op::k_guard_ok: return !a.empty() && setWord(a.bits);
      case Op::k_guard_empty: return a.empty();
      default: KRAIT_FATAL("%s is not evaluated", info(ins.op).name);
    }
  }

  // --- ints: computed in i128, with its own overflow seen ---
  bool intOperation(const Ins& ins) {
    Wide a = wide(ins.a), b = ins.b != kNoId ? wide(ins.b) : 0, r = 0;
    switch (ins.op) {
      case Op::k_add: return proved(ins, !overflows(ins, __builtin_add_overflow(a, b, &r), r)) && setInt(r);
      case Op::k_sub: return proved(ins, !overflows(ins, __builtin_sub_overflow(a, b, &r), r)) && setInt(r);
      case Op::k_mul: return proved(ins, !overflows(ins, __builtin_mul_overflow(a, b, &r), r)) && setInt(r);
      case Op::k_add_ovf: return !overflows(ins, __builtin_add_overflow(a, b, &r), r) && setInt(r);
      case Op::k_sub_ovf: return !overflows(ins, __builtin_sub_overflow(a, b, &r), r) && setInt(r);
      case Op::k_mul_ovf: return !overflows(ins, __builtin_mul_overflow(a, b, &r), r) && setInt(r);
      case Op::k_small: return setInt(a);
      case Op::k_neg_ovf: return !overflows(ins, __builtin_sub_overflow(Wide(0), a, &r), r) && setInt(r);
      case Op::k_widen:
      case Op::k_mul_wide: return setInt(ins.op == Op::k_widen ? a : a * b);
      case Op::k_narrow: return a == int64_t(a) && setInt(a);
      case Op::k_narrow_fit: return proved(ins, a == int64_t(a)) && setInt(a);
      case Op::k_and: return setInt(a & b);
      case Op::k_or: return setInt(a | b);
      case Op::k_xor: return setInt(a ^ b);
      case Op::k_shl: return proved(ins, shifted(ins, a, b, &r)) && setInt(r);
      case Op::k_shl_ovf: return shifted(ins, a, b, &r) && setInt(r);
      case Op::k_shr: return proved(ins, b >= 0 && b < width(ins)) && setInt(a >> int(b));
      case Op::k_div_pos: return proved(ins, a >= 0 && b > 0) && setInt(a / b);
      case Op::k_mod_pos: return proved(ins, a >= 0 && b > 0) && setInt(a % b);
      case Op::k_div_floor: return proved(ins, divisible(ins, a, b)) && setInt(divFloorWide(a, b));
      case Op::k_mod_floor: return proved(ins, divisible(ins, a, b)) && setInt(modFloorWide(a, b));
      case Op::k_lt: return setWord(a < b);
      case Op::k_le: return setWord(a <= b);
      case Op::k_gt: return setWord(a > b);
      case Op::k_ge: return setWord(a >= b);
      case Op::k_eq: return setWord(a == b);
      case Op::k_ne: return setWord(a != b);
      case Op::k_below: return setWord((unsigned __int128)a < (unsigned __int128)b);  // sign extension keeps the order
      default: KRAIT_FATAL("%s is not evaluated", info(ins.op).name);
    }
  }
  int width(const Ins& ins) const { return ins.type == Ty::kI128 ? 128 : 64; }
  static bool overflows(const Ins& ins, bool wide_overflow, Wide r) {
    return wide_overflow || (ins.type == Ty::kI64 && r != int64_t(r));
  }
  bool shifted(const Ins& ins, Wide a, Wide b, Wide* out) const {
    proved(ins, b >= 0 && b < width(ins));
    *out = Wide((unsigned __int128)a << int(b));
    return (*out >> int(b)) == a && !overflows(ins, false, *out);
  }
  bool divisible(const Ins& ins, Wide a, Wide b) const {
    Wide minimum = Wide((unsigned __int128)1 << (width(ins) - 1));
    if (ins.type == Ty::kI64) minimum = INT64_MIN;
    return b != 0 && !(b == -1 && a == minimum);
  }
  bool proved(const Ins& ins, bool condition) const {
    KRAIT_ASSERT(condition, "trace %u, %%%u: %s is proved not to happen, and happened", trace_.number, id_, info(ins.op).name);
    return true;
  }

  // --- floats ---
  bool floatOperation(const Ins& ins) {
    if (ins.op == Op::k_to_float) return setFloat(double(i64(ins.a)));
    double a = f64(ins.a), b = ins.b != kNoId ? f64(ins.b) : 0;
    switch (ins.op) {
      case Op::k_fadd: return setFloat(a + b);
      case Op::k_fsub: return setFloat(a - b);
      case Op::k_fmul: return setFloat(a * b);
      case Op::k_fdiv: return setFloat(a / b);
      case Op::k_fneg: return setWord(word(ins.a) ^ uint64_t(1) << 63);
      case Op::k_fabs: return setWord(word(ins.a) & ~(uint64_t(1) << 63));
      case Op::k_fsqrt: return setFloat(std::sqrt(a));
      case Op::k_flt: return setWord(a < b);
      case Op::k_fle: return setWord(a <= b);
      case Op::k_fgt: return setWord(a > b);
      case Op::k_fge: return setWord(a >= b);
      case Op::k_feq: return setWord(a == b);
      case Op::k_fne: return setWord(a != b);
      case Op::k_to_int: return a >= -0x1p63 && a < 0x1p63 && setWord(Word(int64_t(a)));
      default: KRAIT_FATAL("%s is not evaluated", info(ins.op).name);
    }
  }

  // --- bools and boxing ---
  bool boxing(const Ins& ins) {
    switch (ins.op) {
      case Op::k_not: return setWord(!boolean(ins.a));
      case Op::k_bool_to_int: return setWord(boolean(ins.a));
      case Op::k_same: return setWord(word(ins.a) == word(ins.b));
      case Op::k_is_empty: return setWord(word(ins.a) == 0);
      case Op::k_box_int: return proved(ins, fitsInt(i64(ins.a))) && setWord(Value::fromInt(i64(ins.a)).bits);
      case Op::k_box_wide: return setWord(boxWide(*thread_, wide(ins.a)).bits);
      case Op::k_box_float: return setWord(Value::fromDouble(f64(ins.a)).bits);
      case Op::k_box_bool: return setWord(Value::fromBool(boolean(ins.a)).bits);
      default: KRAIT_FATAL("%s is not evaluated", info(ins.op).name);
    }
  }

  // --- memory ---
  Word array(const Ins& ins) const {
    const FieldInfo& field = kFields[ins.imm];
    Word place = word(ins.a) + field.offset;
    return field.mutability == kInline ? place : memory<Word>(place);
  }
  Word farSlot(const Ins& ins) const {
    Word block = memory<Word>(word(ins.a), word(ins.c));
    return block + offsetof(AttrBlock, slots) + ins.imm * sizeof(Word);
  }
  bool memoryOperation(const Ins& ins) {
    switch (ins.op) {
      case Op::k_load: return setWord(memory<Word>(word(ins.a), kFields[ins.imm].offset));
      case Op::k_load_attr: return setWord(memory<Word>(word(ins.a), ins.imm));
      case Op::k_load_far: return setWord(memory<Word>(farSlot(ins)));
      case Op::k_load_item: return setWord(memory<Word>(array(ins), word(ins.b) * sizeof(Word)));
      case Op::k_load_byte: return setWord(memory<uint8_t>(array(ins), word(ins.b)));
      case Op::k_load_cell: return setWord(memory<Word>(ins.imm));
      case Op::k_kind_of: return setWord(memory<Object>(word(ins.a)).kind);
      case Op::k_set_kind: memory<Object>(word(ins.a)).kind = uint32_t(ins.imm); return true;
      case Op::k_store: memory<Word>(word(ins.a), kFields[ins.imm].offset) = word(ins.b); return true;
      case Op::k_store_attr: memory<Word>(word(ins.a), ins.imm) = word(ins.b); return true;
      case Op::k_store_far: memory<Word>(farSlot(ins)) = word(ins.b); return true;
      case Op::k_store_item: memory<Word>(array(ins), word(ins.b) * sizeof(Word)) = word(ins.c); return true;
      default: KRAIT_FATAL("%s is not evaluated", info(ins.op).name);
    }
  }

  // --- reference counts ---
  bool countOperation(const Ins& ins) {
    Value a(word(ins.a));
    switch (ins.op) {
      case Op::k_inc: retain(a); return true;
      case Op::k_dec_live:
        if (a.isObject() && a.asObject()->count == 1) return false;
        release(a);
        return true;
      case Op::k_dec:
        if (a.isObject() && a.asObject()->count == 1) enterSite(ins);
        release(a);
        leaveSite();
        return true;
      case Op::k_dec_leaf: release(a); return true;
      default: KRAIT_FATAL("%s is not evaluated", info(ins.op).name);
    }
  }

  // --- calls ---
  // Whoever looks at this thread's frames during the call finds the live values in the buffer.
  void enterSite(const Ins& ins) {
    if (ins.snapshot == kNoSnapshot) return;
    saveSnapshot(ins.snapshot);
    activation_->site = ins.snapshot;
  }
  void leaveSite() { activation_->site = kNoSite; }

  // The convention passes words and doubles in registers of their own kind; a callee ignores those that it does not take, so one
  // type of function with enough of both serves all helpers.
  __attribute__((no_sanitize("function"))) bool call(const Ins& ins) {
    const HelperInfo& helper = kHelpers[ins.imm];
    constexpr int kWords = 10, kFloats = 8;
    Word words[kWords] = {};
    double floats[kFloats] = {};
    int word_count = 0, float_count = 0;
    uint32_t next = 0;
    for (const char* letter = helper.arguments; *letter; ++letter) {
      KRAIT_ASSERT(word_count + 2 <= kWords && float_count < kFloats, "%s has too many arguments", helper.name);
      if (*letter == 't') {
        words[word_count++] = Word(thread_);
        continue;
      }
      if (*letter == '*') {
        array_.assign(arrayWords(trace_), Value());
        for (size_t i = 0; next < ins.extra_count; ++i) array_[i] = Value(get(trace_.extra[ins.a + next++]).low);
        words[word_count++] = Word(array_.data());
        continue;
      }
      Result r = get(trace_.extra[ins.a + next++]);
      if (*letter == 'f') floats[float_count++] = std::bit_cast<double>(r.low);
      else words[word_count++] = r.low;
      if (*letter == 'w') words[word_count++] = r.high;
    }
    if (helper.effects & kHelperRuns) enterSite(ins);
    results_[id_] = invoke(helper, words, floats);
    if (helper.effects & kHelperRuns) leaveSite();
    return true;
  }

#define KRAIT_WORDS Word, Word, Word, Word, Word, Word, Word, Word, Word, Word
#define KRAIT_FLOATS double, double, double, double, double, double, double, double
  template <class R>
  __attribute__((no_sanitize("function"))) static R invokeAs(void* function, const Word* w, const double* d) {
    auto* f = reinterpret_cast<R (*)(KRAIT_WORDS, KRAIT_FLOATS)>(function);
    return f(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9], d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7]);
  }
#undef KRAIT_WORDS
#undef KRAIT_FLOATS
  static Result invoke(const HelperInfo& helper, const Word* words, const double* floats) {
    switch (helper.result) {
      case Ty::kNone: invokeAs<void>(helper.function, words, floats); return {};
      case Ty::kF64: return {std::bit_cast<Word>(invokeAs<double>(helper.function, words, floats))};
      case Ty::kI128: return split(invokeAs<Wide>(helper.function, words, floats));
      case Ty::kBool: return {Word(invokeAs<bool>(helper.function, words, floats))};
      default: return {invokeAs<Word>(helper.function, words, floats)};
    }
  }

  const Trace& trace_;
  Thread* thread_;
  Frame* frame_;
  Activation* activation_;
  std::vector<Result> results_;
  std::vector<std::optional<ExitLayout>> layouts_;
  std::vector<Value> array_;  // operands and results of the last call that takes an array
  Id id_ = kNoId;
};

}  // namespace

uint32_t evaluate(const Trace& trace, Thread* thread, Frame* frame, Activation* activation, Id* left_at) {
  Evaluator evaluator(trace, thread, frame, activation);
  uint32_t snapshot = evaluator.run();
  if (left_at) *left_at = evaluator.at();
  return snapshot;
}

}  // namespace krait::jit
