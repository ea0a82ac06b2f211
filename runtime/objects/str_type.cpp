// str as Python sees it: constructor, slots, iterator.
#include "runtime/memory/gc.h"
#include "runtime/objects/codecs.h"
#include "runtime/objects/int.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/search_arguments.h"
#include "runtime/objects/str_format.h"
#include "runtime/objects/str_internal.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace {

// ---- construction ----

Ref<> unreachable(Thread&, Value, const Value*) { return nullptr; }  // the definition below is only bound, never called

bool textArgument(Thread& t, Value v, const char* name, Utf8* out, const char** text) {
  if (v.empty()) return true;
  if (!isStr(v))
    return raise(t, exc::TypeError, "str() argument '%s' must be str, not %.50s", name, argumentTypeName(v));
  if (!out->set(t, asStr(v))) return false;
  *text = out->c_str();
  return true;
}

Ref<> makeStr(Thread& t, Value object, Value encoding, Value errors) {
  if (object.empty()) return share(Value(emptyStr()));
  if (encoding.empty() && errors.empty()) return str(t, object);
  Utf8 encoding_text, errors_text;
  const char* encoding_name = nullptr;
  const char* errors_name = nullptr;
  if (!textArgument(t, encoding, "encoding", &encoding_text, &encoding_name)) return kRaised;
  if (!textArgument(t, errors, "errors", &errors_text, &errors_name)) return kRaised;
  if (isStr(object)) return raise(t, exc::TypeError, "decoding str is not supported");
  return decodeBytes(t, object, encoding_name, errors_name);
}

Ref<> strNew(Thread& t, Type* type, Args args) {
  Ref<> text;
  if (args.positional == 1 && !args.names) {
    text = str(t, args[0]);
  } else {
    static const MethodDef kNew =
        method("str", unreachable, "($type, object=<unrepresentable>, encoding=<unrepresentable>, errors=<unrepresentable>)");
    Value bound[3];
    Ref<> keep[3];
    if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
    text = makeStr(t, bound[0], bound[1], bound[2]);
  }
  if (!text || type == &types::Str) return text;
  Str* source = asStr(text);
  uint32_t capacity = strCapacityFor(source->length, source->width);
  Str* s = static_cast<Str*>(allocateVariable(type, strSize(capacity)));
  if (!s) return raiseNoMemory(t);
  s->capacity = capacity;
  s->hash = source->hash;
  s->length = source->length;
  s->width = source->width;
  s->ascii = source->ascii;
  s->interned = 0;
  s->reserved = 0;
  memcpy(s->data, source->data, source->bytes() + source->width);
  return steal(Value(s));
}

// ---- slots ----

Ref<> reprSlot(Thread& t, Value self) { return strRepr(t, asStr(self)); }
Ref<> strSlot(Thread& t, Value self) {
  if (isExactStr(self)) return share(self);
  return strSlice(t, asStr(self), 0, asStr(self)->length, 1);
}
Hash hashSlot(Thread&, Value self) { return strHash(asStr(self)); }
int64_t lengthSlot(Thread&, Value self) { return asStr(self)->length; }

Ref<> compareSlot(Thread&, Value a, Value b, CompareOp op) {
  if (!isStr(b)) return steal(kNotImplemented);
  Str* x = asStr(a);
  Str* y = asStr(b);
  bool result = false;
  switch (op) {
    case CompareOp::kEqual: result = strEqual(x, y); break;
    case CompareOp::kNotEqual: result = !strEqual(x, y); break;
    case CompareOp::kLess: result = strCompare(x, y) < 0; break;
    case CompareOp::kLessEqual: result = strCompare(x, y) <= 0; break;
    case CompareOp::kGreater: result = strCompare(x, y) > 0; break;
    case CompareOp::kGreaterEqual: result = strCompare(x, y) >= 0; break;
  }
  return steal(Value::fromBool(result));
}

Ref<> getItemSlot(Thread& t, Value self, Value key) {
  Str* s = asStr(self);
  if (key.isInt() || (!isSlice(key) && typeOf(key)->slots.index)) {
    int64_t i = toIndex(t, key, false, &exc::IndexError);
    if (i == -1 && t.raised()) return kRaised;
    if (i < 0) i += s->length;
    if (i < 0 || i >= s->length) return raise(t, exc::IndexError, "string index out of range");
    return strItem(t, s, i);
  }
  if (isSlice(key)) {
    int64_t start, stop, step;
    if (sliceIndices(t, key, s->length, &start, &stop, &step) < 0) return kRaised;
    return strSlice(t, s, start, stop, step);
  }
  return raise(t, exc::TypeError, "string indices must be integers, not '%.200s'", typeName(key));
}

int containsSlot(Thread& t, Value self, Value item) {
  if (!isStr(item)) {
    return raise(t, exc::TypeError, "'in <string>' requires string as left operand, not %.100s", typeName(item));
  }
  return strFind(asStr(self), asStr(item), 0, asStr(self)->length, false) >= 0;
}

Ref<> concatSlot(Thread& t, Value a, Value b) {
  if (!isStr(b)) return raise(t, exc::TypeError, "can only concatenate str (not \"%.200s\") to str", typeName(b));
  return strConcat(t, a, b);
}

Ref<> repeatSlot(Thread& t, Value self, Value times) {
  int64_t n = toIndex(t, times);
  if (n == -1 && t.raised()) return kRaised;
  Str* s = asStr(self);
  if (n <= 0 || s->length == 0) return share(Value(emptyStr()));
  if (n == 1 && isExactStr(self)) return share(self);
  if (n > INT64_MAX / s->length) return raise(t, exc::OverflowError, "repeated string is too long");
  int64_t length = s->length * n;
  Str* result = allocateStr(length, s->width, s->ascii);
  if (!result) return raiseNoMemory(t);
  size_t unit = s->bytes(), total = unit * size_t(n);
  if (unit == 1) {
    memset(result->data, s->data[0], total);
  } else {  // doubling copies
    memcpy(result->data, s->data, unit);
    for (size_t done = unit; done < total;) {
      size_t piece = done < total - done ? done : total - done;
      memcpy(result->data + done, result->data, piece);
      done += piece;
    }
  }
  return steal(Value(result));
}

Ref<> remainderSlot(Thread& t, Value a, Value b) {
  if (!isStr(a)) return steal(kNotImplemented);
  return percentFormat(t, asStr(a), b);
}

// ---- iterator ----

Ref<> iterSlot(Thread& t, Value self) {
  bool ascii = isExactStr(self) && asStr(self)->ascii;
  StrIterator* it = allocate<StrIterator>(Sort::kCollectable, ascii ? &types::StrAsciiIterator : &types::StrIterator,
                                          ascii ? kKindStrAsciiIterator : kKindStrIterator);
  if (!it) return raiseNoMemory(t);
  it->text = share(self).leak();
  it->index = 0;
  return steal(Value(it));
}
Ref<> iteratorNext(Thread& t, Value self) {
  StrIterator* it = static_cast<StrIterator*>(self.asObject());
  if (it->text.empty()) return {};
  Str* s = asStr(it->text);
  if (it->index < s->length) return strItem(t, s, it->index++);
  assign(it->text, {});
  return {};
}
Ref<> iteratorLengthHint(Thread&, Value self) {
  StrIterator* it = static_cast<StrIterator*>(self.asObject());
  return steal(Value::fromInt(it->text.empty() ? 0 : asStr(it->text)->length - it->index));
}
Ref<> iteratorReduce(Thread& t, Value self) {
  StrIterator* it = static_cast<StrIterator*>(self.asObject());
  if (it->text.empty()) return reduceToIter(t, Value(emptyStr()));
  return reduceToIter(t, it->text, it->index);
}
Ref<> iteratorSetState(Thread& t, Value self, Value state) {
  StrIterator* it = static_cast<StrIterator*>(self.asObject());
  int64_t index = positionParameter(t, state);
  if (index == -1 && t.raised()) return kRaised;
  if (!it->text.empty()) it->index = std::clamp<int64_t>(index, 0, asStr(it->text)->length);
  return steal(kNone);
}
void iteratorDealloc(Object* self) {
  Value text = static_cast<StrIterator*>(self)->text;
  freeObject(self, sizeof(StrIterator), Sort::kCollectable);
  release(text);
}
void iteratorTraverse(Object* self, Visitor& visitor) { visitor.visit(static_cast<StrIterator*>(self)->text); }
void fillIterator(Slots& slots) {
  slots.iter = iteratorSelf;
  slots.next = iteratorNext;
}
const MethodDef kIteratorMethods[] = {
    method("__length_hint__", iteratorLengthHint, "($self, /)"),
    method("__reduce__", iteratorReduce, "($self, /)"),
    method("__setstate__", iteratorSetState, "($self, state, /)"),
    {},
};

}  // namespace

void fillStrSlots(Slots& slots) {
  slots.new_ = strNew;
  slots.repr = reprSlot;
  slots.str = strSlot;
  slots.hash = hashSlot;
  slots.compare = compareSlot;
  slots.iter = iterSlot;
  slots.length = lengthSlot;
  slots.getitem = getItemSlot;
  slots.contains = containsSlot;
  slots.concat = concatSlot;
  slots.repeat = repeatSlot;
  slots.binary[kOp_remainder] = remainderSlot;
}

static TypeSpec iteratorSpec(Type* type) {
  return TypeSpec{.type = type, .basic_size = sizeof(StrIterator), .doc = "", .methods = kIteratorMethods, .dealloc = iteratorDealloc,
                  .traverse = iteratorTraverse, .fill = fillIterator};
}
const TypeSpec& strIteratorTypeSpec() {
  static const TypeSpec spec = iteratorSpec(&types::StrIterator);
  return spec;
}
const TypeSpec& strAsciiIteratorTypeSpec() {
  static const TypeSpec spec = iteratorSpec(&types::StrAsciiIterator);
  return spec;
}

}  // namespace krait
