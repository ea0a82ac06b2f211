// Recording subscripts, stores to them and `in`: items of builtin containers are loads and stores, or quiet helpers
// (runtime/protocols/quiet.h), which leave everything that the trace knows as it is.
#include "jit/record/recorder.h"
#include "runtime/core/error.h"
#include "runtime/core/names.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/quiet.h"

namespace krait::jit {
namespace {

// Whether the container is a dict, or of a class that looks its items up as dict does.
bool readsAsDict(Value v) { return isInstance(v, &types::Dict) && typeOf(v)->slots.getitem == types::Dict.slots.getitem; }
bool writesAsDict(Value v) { return isInstance(v, &types::Dict) && typeOf(v)->slots.setitem == types::Dict.slots.setitem; }

// Whether quietGetItem answers now, as far as it shows without doing it.
bool quietItem(Value container, Value key) {
  auto inRange = [&](int64_t size) { return key.asInt() < size && key.asInt() >= -size; };
  auto slice = [&] {
    if (!isSlice(key)) return false;
    auto number = [](Value v) { return v.isInt() || v.isNone(); };
    Slice* s = asSlice(key);
    return number(s->start) && number(s->stop) && number(s->step) && !(s->step.isInt() && s->step.asInt() == 0);
  };
  switch (container.asObject()->kind) {
    case kKindStr: return key.isInt() ? inRange(asStr(container)->length) : slice();
    case kKindBytes: return key.isInt() ? inRange(asBytes(container)->size) : slice();
    case kKindTuple: case kKindList: case kKindListInt: case kKindListFloat: return slice();
    default: return false;
  }
}

}  // namespace

// A list or tuple index as an i64 proved to lie in [0, size); kNoId when it is not an int in range now.
Id Recorder::listIndex(Id size, Id index, Value concrete_index, int64_t concrete_size) {
  if (!concrete_index.isInt()) return kNoId;
  int64_t i = concrete_index.asInt();
  if (i < -concrete_size || i >= concrete_size) return kNoId;
  Id id = asInt(index, concrete_index);
  if (b_.typeOf(id) != Ty::kI64) return kNoId;
  if (i < 0) {
    b_.op(Op::k_guard_true, b_.op(Op::k_lt, id, b_.constInt(0)));
    id = b_.op(Op::k_add_ovf, id, size);
  }
  b_.op(Op::k_guard_true, b_.op(Op::k_below, id, size));
  return id;
}

// The call of a quiet helper; empty means that the interpreter has to do the instruction.
Id Recorder::quiet(Helper helper, std::initializer_list<Id> operands) {
  std::vector<Id> ids;
  for (Id id : operands) ids.push_back(boxed(id));
  return b_.op(Op::k_guard_nonempty, b_.call(helper, ids.data(), ids.size()));
}

// Character i, which is in range, of a text that is 1 byte wide.
Id Recorder::latin1Char(Id text, Id i) {
  // The word of fields behind the hash: 4 bytes of capacity, then the width.
  Id width = b_.op(Op::k_and, b_.op(Op::k_shr, b_.load(Field::k_str_width_word, text), b_.constInt(32)), b_.constInt(0xFF));
  b_.op(Op::k_guard_true, b_.op(Op::k_eq, width, b_.constInt(1)));
  Id c = b_.call(Helper::k_char_of, {b_.op(Op::k_load_byte, text, i, kNoId, uint64_t(Field::k_str_data))});
  b_.learnKind(c, kKindStr);
  return c;
}

// The item of a dict under a plain key that is there; kNoId: the key is absent now, or comparing may run Python code.
Id Recorder::dictItem(Id dict, Value concrete_dict, Id key, Value concrete_key) {
  if (quietDictGet(thread_, asDict(concrete_dict), concrete_key).empty()) return kNoId;
  Type* type = typeOf(concrete_dict);
  Id object = asKind(dict, concrete_dict);
  if (type->has(kTypeHeap)) assume({Assumption::kType, Value(type)});
  return quiet(Helper::k_dict_find, {object, key});
}

bool Recorder::recordSubscr() {
  Value container = concrete(1), key = concrete(0);
  Id c = peek(1), result = kNoId;
  if (container.isObject()) {
    uint32_t kind = container.asObject()->kind;
    if (isExactListKind(kind) && key.isInt()) {
      List* list = asList(container);
      Id object = asKind(c, container);
      Id i = listIndex(b_.load(Field::k_list_size, object), peek(0), key, list->size);
      Ty type = kind == kKindListInt ? Ty::kI64 : kind == kKindListFloat ? Ty::kF64 : Ty::kValue;
      if (i != kNoId) result = b_.op(Op::k_load_item, object, i, kNoId, uint64_t(Field::k_list_items), type);
    } else if (kind == kKindTuple && key.isInt()) {
      Id object = asKind(c, container);
      Id i = listIndex(b_.load(Field::k_tuple_size, object), peek(0), key, asTuple(container)->size);
      if (i != kNoId) result = b_.op(Op::k_load_item, object, i, kNoId, uint64_t(Field::k_tuple_items), Ty::kValue);
    } else if (kind == kKindStr && key.isInt() && asStr(container)->width == 1) {
      Id object = asKind(c, container);
      Id i = listIndex(b_.load(Field::k_str_length, object), peek(0), key, asStr(container)->length);
      if (i != kNoId) result = latin1Char(object, i);
    } else if (readsAsDict(container)) {
      result = dictItem(c, container, peek(0), key);
      if (result == kNoId && kind == kKindDict) return residual(Helper::k_dict_get_item, {asKind(c, container), peek(0)}, 2, true);
    }
    if (result == kNoId && quietItem(container, key)) result = quiet(Helper::k_quiet_item, {c, peek(0)});
  }
  if (result == kNoId) {
    if (Function* method = methodOf(container, names::dunder_getitem)) {
      assumeMethods(c, container);
      if (followMethod(method, 2, false)) return !aborted();
    }
    return residual(Helper::k_get_item, {peek(1), peek(0)}, 2, true);
  }
  pop(2);
  push(result);
  return true;
}

bool Recorder::recordStoreSubscr() {
  // value, container, key
  Value value = concrete(2), container = concrete(1), key = concrete(0);
  if (container.isObject() && isExactListKind(container.asObject()->kind) && key.isInt()) {
    List* list = asList(container);
    uint32_t kind = list->kind;
    bool same_kind = kind == kKindList || (kind == kKindListInt && value.isInt()) || (kind == kKindListFloat && value.isDouble());
    if (same_kind) {
      Id object = asKind(peek(1), container);
      Id i = listIndex(b_.load(Field::k_list_size, object), peek(0), key, list->size);
      if (i != kNoId) {
        Id word;
        Id old = kNoId;
        int64_t n = key.asInt() < 0 ? key.asInt() + list->size : key.asInt();
        if (kind == kKindListInt) {
          word = asInt(peek(2), value);
          if (b_.typeOf(word) != Ty::kI64) return residual(Helper::k_set_item, {peek(1), peek(0), peek(2)}, 3, false);
          if (!b_.range(word).within(kIntMin, kIntMax)) {
            b_.op(Op::k_guard_true, b_.op(Op::k_le, word, b_.constInt(kIntMax)));
            b_.op(Op::k_guard_true, b_.op(Op::k_ge, word, b_.constInt(kIntMin)));
          }
        } else if (kind == kKindListFloat) {
          word = asFloat(peek(2), value);
        } else {
          old = b_.op(Op::k_load_item, object, i, kNoId, uint64_t(Field::k_list_items), Ty::kValue);
          word = boxed(peek(2));
        }
        b_.op(Op::k_store_item, object, i, word, uint64_t(Field::k_list_items));
        if (old != kNoId) b_.op(Op::k_release, old);
        pop(3);
        if (old != kNoId) candidate(old, list->items[n]);
        return true;
      }
    }
  }
  if (container.isObject() && writesAsDict(container)) {
    Dict* dict = asDict(container);
    Value old = quietDictGet(thread_, dict, key);
    Type* type = typeOf(container);
    bool plain = !dict->hasFlag(kFlagKeysWatched) && (!old.empty() || quietContains(thread_, container, key) == 0);
    if (plain && (dict->kind == kKindDict || !old.empty())) {
      Id object = asKind(peek(1), container);
      if (type->has(kTypeHeap)) assume({Assumption::kType, Value(type)});
      Id replaced = quiet(Helper::k_dict_store, {object, peek(0), peek(2)});
      pop(3);
      candidate(replaced, old.empty() ? kNone : old);
      return true;
    }
    if (dict->kind == kKindDict) return residual(Helper::k_dict_set_item, {asKind(peek(1), container), peek(0), peek(2)}, 3, false);
  }
  return residual(Helper::k_set_item, {peek(1), peek(0), peek(2)}, 3, false);
}

bool Recorder::recordContains(uint32_t arg) {
  Value container = concrete(0), item = concrete(1);
  bool plain = quietContains(thread_, container, item) >= 0;
  if (!plain) markGenerators(true);
  Id r = b_.call(plain ? Helper::k_quiet_contains : Helper::k_contains, {boxed(peek(0)), boxed(peek(1))});
  Id found = b_.op(arg ? Op::k_eq : Op::k_ne, r, b_.constInt(0));
  if (plain) b_.op(Op::k_guard_true, b_.op(Op::k_ge, r, b_.constInt(0)));
  pop(2);
  if (!plain) checkRaised(r, true);
  push(found);
  if (!plain) afterRunning();
  return true;
}

}  // namespace krait::jit
