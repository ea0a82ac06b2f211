// Typed views of symbolic values: guards that unbox, boxes that escape, truth.
#include "interp/opcodes.h"
#include "jit/record/recorder.h"
#include "jit/record/wide.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"

namespace krait::jit {

bool wideOf(Value v, __int128* out) {
  if (v.isInt()) {
    *out = v.asInt();
    return true;
  }
  if (v.isBool()) {
    *out = v == kTrue;
    return true;
  }
  if (!v.isObject() || v.asObject()->kind != kKindInt) return false;
  auto* i = static_cast<Int*>(v.asObject());
  if (i->limbCount() > 2 || (i->limbCount() == 2 && (i->limbs[1] >> 63) != 0)) return false;
  __int128 magnitude = i->limbs[0];
  if (i->limbCount() == 2) magnitude |= __int128(i->limbs[1]) << 64;
  *out = i->negative() ? -magnitude : magnitude;
  return true;
}

// A word for storing and passing on; heap ints made for it are temporaries that the next settleDrops gives back.
Id Recorder::boxed(Id id) {
  switch (b_.typeOf(id)) {
    case Ty::kI64: case Ty::kI128: {
      Id word = b_.op(Op::k_box_wide, id, kNoId, kNoId, 0, Ty::kValue);
      if (!isConst(word) && b_.at(word).op == Op::k_box_wide) noteTemporary(word);
      return word;
    }
    case Ty::kF64: return b_.op(Op::k_box_float, id);
    case Ty::kBool: return b_.op(Op::k_box_bool, id);
    default: return id;
  }
}

// The number in an int or bool as i64, or i128 when it is wider now. kNoId: not an int that fits.
Id Recorder::asInt(Id id, Value concrete) {
  Ty type = b_.typeOf(id);
  if (type == Ty::kI64 || type == Ty::kI128) return id;
  if (type == Ty::kBool) return b_.op(Op::k_bool_to_int, id);
  if (type == Ty::kF64) return kNoId;
  if (concrete.isBool()) return b_.op(Op::k_bool_to_int, asBool(id, concrete));
  __int128 number;
  if (!wideOf(concrete, &number)) return kNoId;
  if (concrete.isInt()) {
    Id i = b_.op(Op::k_unbox_int, id);
    refine(id, i);
    return i;
  }
  if (isConst(id)) {
    Id c = number >= kI64Min && number <= kI64Max ? b_.constInt(int64_t(number)) : b_.constWide(number);
    refine(id, c);
    return c;
  }
  // A heap int: the frames hold the number from now on; the object goes, and an exit makes another.
  Id wide = b_.op(Op::k_unbox_wide, id, kNoId, kNoId, 0, Ty::kI128);
  for (RecFrame& f : frames_)
    for (size_t j = 0; j < f.slots.size(); ++j)
      if (f.slots[j] == id) f.dirty[j] = true;
  // Its size is part of what the trace relies on: products are proved from it.
  bool natural = number >= 0 && number < (__int128(1) << 64);
  __int128 bound = __int128(1) << (natural ? 64 : 100);
  if (natural || (number < bound && number >= -bound)) {
    b_.op(Op::k_guard_true, b_.op(Op::k_ge, wide, b_.constWide(natural ? 0 : -bound)));
    b_.op(Op::k_guard_true, b_.op(Op::k_lt, wide, b_.constWide(bound)));
  }
  refine(id, wide);
  leafCandidate(id, concrete);
  return wide;
}

Id Recorder::asFloat(Id id, Value concrete) {
  Ty type = b_.typeOf(id);
  if (type == Ty::kF64) return id;
  if (type == Ty::kI64 || type == Ty::kI128 || type == Ty::kBool || concrete.isInt() || concrete.isBool()) {
    Id i = asInt(id, concrete);
    if (i == kNoId || b_.typeOf(i) != Ty::kI64) return kNoId;
    return b_.op(Op::k_to_float, i);
  }
  if (!concrete.isDouble()) return kNoId;
  Id d = b_.op(Op::k_unbox_float, id);
  refine(id, d);
  return d;
}

Id Recorder::asBool(Id id, Value concrete) {
  if (b_.typeOf(id) == Ty::kBool) return id;
  if (!concrete.isBool()) return kNoId;
  Id r = b_.op(Op::k_unbox_bool, id);
  refine(id, r);
  return r;
}

// The object with its concrete kind guarded.
Id Recorder::asKind(Id id, Value concrete) {
  Id guarded = b_.op(Op::k_guard_kind, id, kNoId, kNoId, concrete.asObject()->kind);
  refine(id, guarded);
  return guarded;
}

void Recorder::guardIdentical(Id id, Value constant) { b_.op(Op::k_guard_same, id, b_.constValue(constant)); }

bool Recorder::isInt(Value v) const {
  __int128 number;
  return wideOf(v, &number);
}

// Truth of a value whose test cannot run Python code; kNoId when it can.
Id Recorder::truthOf(Id id, Value concrete) {
  switch (b_.typeOf(id)) {
    case Ty::kBool: return id;
    case Ty::kI64: return b_.op(Op::k_ne, id, b_.constInt(0));
    case Ty::kI128: return b_.op(Op::k_ne, id, b_.constWide(0));
    case Ty::kF64: return b_.op(Op::k_fne, id, b_.constFloat(0.0));
    default: break;
  }
  if (concrete.isBool()) return asBool(id, concrete);
  if (concrete.isNone()) {
    guardIdentical(id, kNone);
    return b_.constBool(false);
  }
  if (isInt(concrete)) return truthOf(asInt(id, concrete), concrete);
  if (concrete.isDouble()) return truthOf(asFloat(id, concrete), concrete);
  if (!concrete.isObject()) return kNoId;
  switch (concrete.asObject()->kind) {
    case kKindList: case kKindListInt: case kKindListFloat:
      return b_.op(Op::k_ne, b_.load(Field::k_list_size, asKind(id, concrete)), b_.constInt(0));
    case kKindTuple: return b_.op(Op::k_ne, b_.load(Field::k_tuple_size, asKind(id, concrete)), b_.constInt(0));
    case kKindStr: return b_.op(Op::k_ne, b_.load(Field::k_str_length, asKind(id, concrete)), b_.constInt(0));
    case kKindDict: return b_.op(Op::k_ne, b_.load(Field::k_dict_size, asKind(id, concrete)), b_.constInt(0));
    default: return kNoId;
  }
}

}  // namespace krait::jit
