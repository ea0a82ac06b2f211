// slice objects.
#include "runtime/core/error.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/int.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/str_builder.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

void deallocSlice(Object* self) {
  auto* slice = static_cast<Slice*>(self);
  release(slice->start);
  release(slice->stop);
  release(slice->step);
  freeObject(self, sizeof(Slice), Sort::kCollectable);
}
void traverseSlice(Object* self, Visitor& visitor) {
  auto* slice = static_cast<Slice*>(self);
  visitor.visit(slice->start);
  visitor.visit(slice->stop);
  visitor.visit(slice->step);
}

Ref<> sliceNew(Thread& t, Type*, Args args) {
  if (!noKeywords(t, "slice", args) || !arity(t, "slice", args, 1, 3)) return kRaised;
  if (args.positional == 1) return newSlice(t, kNone, args[0], kNone);
  return newSlice(t, args[0], args[1], args.positional == 3 ? args[2] : kNone);
}

Ref<> sliceRepr(Thread& t, Value self) {
  Slice* slice = asSlice(self);
  StrBuilder out(t);
  const char* before = "slice(";
  for (Value part : {slice->start, slice->stop, slice->step}) {
    Ref<Str> text = repr(t, part);
    if (!text) return kRaised;
    out.appendAscii(before);
    out.append(text.get());
    before = ", ";
  }
  out.appendAscii(")");
  return out.finish();
}

// Slices compare as the tuples of their parts.
Ref<> sliceCompare(Thread& t, Value a, Value b, CompareOp op) {
  if (!isSlice(a) || !isSlice(b)) return share(kNotImplemented);
  if (a == b) {
    return steal(Value::fromBool(op == CompareOp::kEqual || op == CompareOp::kLessEqual || op == CompareOp::kGreaterEqual));
  }
  Ref<Tuple> x = packTuple(t, asSlice(a)->start, asSlice(a)->stop, asSlice(a)->step);
  Ref<Tuple> y = x ? packTuple(t, asSlice(b)->start, asSlice(b)->stop, asSlice(b)->step) : Ref<Tuple>();
  return y ? compare(t, x, y, op) : kRaised;
}

Ref<> sliceIndicesMethod(Thread& t, Value self, Value length_argument) {
  Ref<> length = toIndexValue(t, length_argument);
  if (!length) return kRaised;
  if (intSign(length) < 0) return raise(t, exc::ValueError, "length should not be negative");
  Ref<> start, stop, step;
  if (!sliceIndicesOfInt(t, asSlice(self), length, &start, &stop, &step)) return kRaised;
  return packTuple(t, start.value(), stop.value(), step.value());
}

Ref<> sliceReduce(Thread& t, Value self) {
  Slice* slice = asSlice(self);
  Ref<Tuple> parts = packTuple(t, slice->start, slice->stop, slice->step);
  return parts ? Ref<>(packTuple(t, Value(&types::Slice), parts.value())) : kRaised;
}

const MethodDef kSliceMethods[] = {
    method("indices", sliceIndicesMethod, "($self, object, /)",
           "S.indices(len) -> (start, stop, stride)\n\n"
           "Assuming a sequence of length len, calculate the start and stop\n"
           "indices, and the stride length of the extended slice described by\n"
           "S. Out of bounds indices are clipped in a manner consistent with the\n"
           "handling of normal slices."),
    method("__reduce__", sliceReduce, "($self, /)", "Return state information for pickling."),
    {},
};
const MemberDef kSliceMembers[] = {
    {"start", MemberType::kValue, true, offsetof(Slice, start), nullptr},
    {"stop", MemberType::kValue, true, offsetof(Slice, stop), nullptr},
    {"step", MemberType::kValue, true, offsetof(Slice, step), nullptr},
    {},
};

}  // namespace

Ref<> newSlice(Thread& t, Value start, Value stop, Value step) {
  auto* slice = allocate<Slice>(Sort::kCollectable, &types::Slice, kKindSlice);
  if (!slice) return raiseNoMemory(t);
  slice->start = share(start).leak();
  slice->stop = share(stop).leak();
  slice->step = share(step).leak();
  return steal(Value(slice));
}

const TypeSpec& sliceTypeSpec() {
  static const TypeSpec spec{
      .type = &types::Slice,
      .basic_size = sizeof(Slice),
      .doc = "slice(stop)\nslice(start, stop[, step])\n\n"
             "Create a slice object.  This is used for extended slicing (e.g. a[0:10:2]).",
      .methods = kSliceMethods,
      .members = kSliceMembers,
      .dealloc = deallocSlice,
      .traverse = traverseSlice,
      .fill = [](Slots& slots) {
        slots.new_ = sliceNew;
        slots.repr = sliceRepr;
        slots.compare = sliceCompare;
      },
  };
  return spec;
}

}  // namespace krait
