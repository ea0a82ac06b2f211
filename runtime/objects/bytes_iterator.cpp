// Iterators over bytes and bytearray.
#include <algorithm>
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/bytes_internal.h"
#include "runtime/objects/int.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/search_arguments.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace {

ByteIterator* asIterator(Value v) { return static_cast<ByteIterator*>(v.asObject()); }

Ref<> make(Thread& t, Value self, Type* type, uint32_t kind) {
  ByteIterator* it = allocate<ByteIterator>(Sort::kCollectable, type, kind);
  if (!it) return raiseNoMemory(t);
  it->sequence = share(self).leak();
  it->index = 0;
  return steal(Value(it));
}

Ref<> selfSlot(Thread&, Value self) { return share(self); }
Ref<> nextSlot(Thread&, Value self) {
  ByteIterator* it = asIterator(self);
  if (it->sequence.empty()) return {};
  std::string_view content = contentOf(it->sequence);
  if (size_t(it->index) < content.size()) return steal(Value::fromInt(uint8_t(content[size_t(it->index++)])));
  assign(it->sequence, {});
  return {};
}
Ref<> lengthHint(Thread&, Value self) {
  ByteIterator* it = asIterator(self);
  int64_t size = it->sequence.empty() ? 0 : int64_t(contentOf(it->sequence).size());
  return steal(Value::fromInt(std::max<int64_t>(size - it->index, 0)));
}
Ref<> reduce(Thread& t, Value self) {
  ByteIterator* it = asIterator(self);
  if (!it->sequence.empty()) return reduceToIter(t, it->sequence, it->index);
  return reduceToIter(t, Value(emptyTuple()));
}
Ref<> setState(Thread& t, Value self, Value state) {
  int64_t index = positionParameter(t, state);
  if (index == -1 && t.raised()) return kRaised;
  ByteIterator* it = asIterator(self);
  if (!it->sequence.empty()) it->index = std::clamp<int64_t>(index, 0, int64_t(contentOf(it->sequence).size()));
  return steal(kNone);
}
void dealloc(Object* self) {
  Value sequence = static_cast<ByteIterator*>(self)->sequence;
  freeObject(self, sizeof(ByteIterator), Sort::kCollectable);
  release(sequence);
}
void traverse(Object* self, Visitor& visitor) { visitor.visit(static_cast<ByteIterator*>(self)->sequence); }
void fill(Slots& slots) {
  slots.iter = selfSlot;
  slots.next = nextSlot;
}
const MethodDef kMethods[] = {
    method("__length_hint__", lengthHint, "($self, /)"),
    method("__reduce__", reduce, "($self, /)"),
    method("__setstate__", setState, "($self, state, /)"),
    {},
};

TypeSpec specFor(Type* type) {
  return TypeSpec{.type = type, .basic_size = sizeof(ByteIterator), .doc = "", .methods = kMethods, .dealloc = dealloc,
                  .traverse = traverse, .fill = fill};
}

}  // namespace

Ref<> bytesIterator(Thread& t, Value self) { return make(t, self, &types::BytesIterator, kKindBytesIterator); }
Ref<> byteArrayIterator(Thread& t, Value self) { return make(t, self, &types::ByteArrayIterator, kKindByteArrayIterator); }

const TypeSpec& bytesIteratorTypeSpec() {
  static const TypeSpec spec = specFor(&types::BytesIterator);
  return spec;
}
const TypeSpec& byteArrayIteratorTypeSpec() {
  static const TypeSpec spec = specFor(&types::ByteArrayIterator);
  return spec;
}

}  // namespace krait
