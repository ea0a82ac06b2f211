// Displays, unpacking, formatted strings, and the operands of f(*args, **kwargs).
#include "interp/semantics.h"
#include "interp/opcodes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/function.h"
#include "runtime/objects/list.h"
#include "runtime/objects/set.h"
#include "runtime/objects/str.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/iteration.h"
#include "runtime/protocols/operator_methods.h"

namespace krait {

Ref<> opBuildList(Thread& t, Value* items, int64_t count) { return newListSteal(t, items, count); }

Ref<> opBuildSet(Thread& t, const Value* items, int64_t count) {
  Ref<Set> set = newSet(t, Value());
  if (!set) return kRaised;
  for (int64_t i = 0; i < count; ++i) {
    if (!setAdd(t, set.get(), items[i])) return kRaised;
  }
  return set;
}

Ref<> opBuildMap(Thread& t, const Value* pairs, int64_t count) {
  Ref<Dict> dict = newDict(t, count);
  if (!dict) return kRaised;
  for (int64_t i = 0; i < count; ++i) {
    if (!dictSet(t, dict.get(), pairs[2 * i], pairs[2 * i + 1])) return kRaised;
  }
  return dict;
}

Ref<> opBuildConstKeyMap(Thread& t, Value keys, const Value* values, int64_t count) {
  if (!isExactTuple(keys) || asTuple(keys)->size != count) return raise(t, exc::SystemError, "bad BUILD_CONST_KEY_MAP keys argument");
  Ref<Dict> dict = newDict(t, count);
  if (!dict) return kRaised;
  for (int64_t i = 0; i < count; ++i) {
    if (!dictSet(t, dict.get(), asTuple(keys)->items[i], values[i])) return kRaised;
  }
  return dict;
}

Ref<> opBuildString(Thread& t, const Value* parts, int64_t count) { return strJoin(t, emptyStr(), parts, size_t(count)); }

bool opListExtend(Thread& t, Value list, Value iterable) {
  if (!isList(list)) return raise(t, exc::SystemError, "bad internal call");
  if (listExtend(t, asList(list), iterable)) return true;
  Type* type = typeOf(iterable);
  if (raisedIs(t, exc::TypeError) && !type->slots.iter && !type->slots.getitem) {
    clearException(t);
    return raise(t, exc::TypeError, "Value after * must be an iterable, not %s", typeName(iterable));
  }
  return false;
}

bool opDictUpdate(Thread& t, Value dict, Value mapping) {
  if (!isDict(dict)) return raise(t, exc::SystemError, "bad internal call");
  if (dictMerge(t, asDict(dict), mapping, true)) return true;
  if (raisedIs(t, exc::AttributeError)) {
    clearException(t);
    return raise(t, exc::TypeError, "'%s' object is not a mapping", typeName(mapping));
  }
  return false;
}

namespace {

// How messages about a call name the callee: module.qualname() of functions, else str().
Ref<Str> functionText(Thread& t, Value callee) {
  Ref<> qualname = getAttrOrEmpty(t, callee, internStatic("__qualname__"));
  if (t.raised()) return kRaised;
  if (!qualname || !isStr(qualname)) return str(t, callee);
  Ref<> module = getAttrOrEmpty(t, callee, internStatic("__module__"));
  if (t.raised()) return kRaised;
  if (module && isStr(module) && !strEqualsAscii(asStr(module), "builtins")) {
    return strFormat(t, "%s.%s()", Utf8(asStr(module)).c_str(), Utf8(asStr(qualname)).c_str());
  }
  return strFormat(t, "%s()", Utf8(asStr(qualname)).c_str());
}

}  // namespace

bool opDictMerge(Thread& t, Value dict, Value mapping, Value callee) {
  if (!isDict(dict)) return raise(t, exc::SystemError, "bad internal call");
  if (dictMerge(t, asDict(dict), mapping, false)) return true;
  if (raisedIs(t, exc::AttributeError)) {
    clearException(t);
    Ref<Str> text = functionText(t, callee);
    if (!text) return false;
    return raise(t, exc::TypeError, "%s argument after ** must be a mapping, not %s", Utf8(text.get()).c_str(), typeName(mapping));
  }
  if (raisedIs(t, exc::KeyError)) {
    Ref<> exception = takeException(t);
    Value args = asException(exception)->args;
    if (isTuple(args) && asTuple(args)->size == 1) {
      Value key = asTuple(args)->items[0];
      Ref<Str> text = functionText(t, callee);
      if (!text) return false;
      Ref<Str> shown = str(t, key);
      if (!shown) return false;
      return raise(t, exc::TypeError, "%s got multiple values for keyword argument '%s'", Utf8(text.get()).c_str(),
                   Utf8(shown.get()).c_str());
    }
    restoreException(t, std::move(exception));
  }
  return false;
}

Ref<> opListToTuple(Thread& t, Value list) {
  if (!isList(list)) return raise(t, exc::SystemError, "bad internal call");
  return sequenceToTuple(t, list);
}

namespace {

bool unpackIterable(Thread& t, Value v, int64_t before, int64_t after, Value* out) {
  int64_t total = after < 0 ? before : before + 1 + after;
  // out[0] is the deepest of the stack and gets the last item.
  auto place = [&](int64_t i) -> Value& { return out[total - 1 - i]; };
  Type* type = typeOf(v);
  if (!type->slots.iter && !type->slots.getitem) {
    return raise(t, exc::TypeError, "cannot unpack non-iterable %s object", type->cname);
  }
  Ref<> iterator = iterate(t, v);
  if (!iterator) return false;
  auto fail = [&](int64_t got) {
    for (int64_t i = 0; i < got; ++i) release(place(i));
    return false;
  };
  for (int64_t i = 0; i < before; ++i) {
    Ref<> item = next(t, iterator);
    if (!item) {
      if (!t.raised()) {
        if (after < 0) {
          (void)raise(t, exc::ValueError, "not enough values to unpack (expected %ld, got %ld)", long(before), long(i));
        } else {
          (void)raise(t, exc::ValueError, "not enough values to unpack (expected at least %ld, got %ld)", long(before + after), long(i));
        }
      }
      return fail(i);
    }
    place(i) = item.leak();
  }
  if (after < 0) {
    Ref<> extra = next(t, iterator);
    if (!extra && !t.raised()) return true;
    if (extra) (void)raise(t, exc::ValueError, "too many values to unpack (expected %ld)", long(before));
    return fail(before);
  }
  Ref<List> rest = sequenceToList(t, iterator);
  if (!rest) return fail(before);
  if (rest->size < after) {
    (void)raise(t, exc::ValueError, "not enough values to unpack (expected at least %ld, got %ld)", long(before + after),
                long(before + rest->size));
    return fail(before);
  }
  for (int64_t i = 0; i < after; ++i) place(before + 1 + i) = listGet(rest.get(), rest->size - after + i).leak();
  if (after > 0 && !listSetSlice(t, rest.get(), rest->size - after, rest->size, Value())) {
    for (int64_t i = 0; i < after; ++i) release(place(before + 1 + i));
    return fail(before);
  }
  place(before) = rest.leak();
  return true;
}

}  // namespace

bool opUnpackSequence(Thread& t, Value v, int64_t count, Value* out) {
  if (isExactTuple(v) && asTuple(v)->size == count) {
    for (int64_t i = 0; i < count; ++i) out[count - 1 - i] = share(asTuple(v)->items[i]).leak();
    return true;
  }
  if (isExactList(v) && asList(v)->size == count) {
    for (int64_t i = 0; i < count; ++i) out[count - 1 - i] = listGet(asList(v), i).leak();
    return true;
  }
  return unpackIterable(t, v, count, -1, out);
}

bool opUnpackEx(Thread& t, Value v, int64_t before, int64_t after, Value* out) { return unpackIterable(t, v, before, after, out); }

Ref<> opFormatValue(Thread& t, Value v, Value spec, int conversion) {
  Ref<> converted;
  switch (conversion) {
    case 1: converted = str(t, v); break;
    case 2: converted = repr(t, v); break;
    case 3: converted = ascii(t, v); break;
    default: converted = share(v); break;
  }
  if (!converted) return kRaised;
  if (!spec && isExactStr(converted)) return converted;
  return format(t, converted, spec);
}

Ref<> callTuple(Thread& t, Value callee, Value positional) {
  if (isExactTuple(positional)) return share(positional);
  Type* type = typeOf(positional);
  if (!type->slots.iter && !type->slots.getitem) {
    Ref<Str> text = functionText(t, callee);
    if (!text) return kRaised;
    return raise(t, exc::TypeError, "%s argument after * must be an iterable, not %s", Utf8(text.get()).c_str(), type->cname);
  }
  return sequenceToTuple(t, positional);
}

Ref<> callDict(Thread& t, Value callee, Value keywords) {
  if (isExactDict(keywords)) return share(keywords);
  Ref<Dict> dict = newDict(t);
  if (!dict || !opDictMerge(t, dict, keywords, callee)) return kRaised;
  return dict;
}

Ref<> opCallFunctionEx(Thread& t, Value callee, Value positional, Value keywords) {
  Ref<> dict;
  if (keywords) {
    dict = callDict(t, callee, keywords);
    if (!dict) return kRaised;
  }
  Ref<> tuple = callTuple(t, callee, positional);
  if (!tuple) return kRaised;
  return callWith(t, callee, tuple, dict);
}

namespace {
// BINARY_OP's argument counts the operators in CPython's order; in-place forms follow at 13.
constexpr uint8_t kOperators[13] = {kOp_add,        kOp_and_,     kOp_floor_divide, kOp_left_shift, kOp_matrix_multiply,
                                    kOp_multiply,   kOp_remainder, kOp_or_,         kBinaryOpCount, kOp_right_shift,
                                    kOp_subtract,   kOp_true_divide, kOp_xor_};
}  // namespace

Ref<> opBinary(Thread& t, int operation, Value a, Value b) {
  bool in_place = operation >= 13;
  int op = kOperators[in_place ? operation - 13 : operation];
  if (op == kBinaryOpCount) return in_place ? inplacePower(t, a, b) : power(t, a, b);
  return in_place ? inplaceOp(t, BinaryOp(op), a, b) : binaryOp(t, BinaryOp(op), a, b);
}

Ref<> opAnswered(Thread& t, const Cell* pc, Value a, Value b, Ref<> answer) {
  if (answer.value() != kNotImplemented) return answer;
  if (genericOp(pc) == op_COMPARE_OP) return compareAfterLeft(t, a, b, CompareOp(pc->arg));
  bool in_place = pc->arg >= 13;
  return binaryOpAfterLeft(t, BinaryOp(kOperators[in_place ? pc->arg - 13 : pc->arg]), a, b, in_place);
}

}  // namespace krait
