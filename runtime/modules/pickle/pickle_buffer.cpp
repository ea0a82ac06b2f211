// PickleBuffer: an object whose memory may travel beside the pickle.
#include <cstring>

#include "runtime/modules/fields.h"
#include "runtime/modules/pickle/pickle.h"
#include "runtime/objects/memoryview.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait::pickle {

Type* pickle_buffer_type = nullptr;

namespace {

// The field is a memoryview of the object; empty: released.
struct PickleBuffer : Fields<1> {};

Ref<> bufferNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew =
      method("PickleBuffer", [](Thread&, Value, const Value*) -> Ref<> { return nullptr; }, "($self, object, /)");
  Value bound[1];
  Ref<> keep[2];
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  if (!hasBuffer(bound[0]))
    return raise(t, exc::TypeError, "a bytes-like object is required, not '%.100s'", typeName(bound[0]));
  Ref<> view = newMemoryView(t, bound[0]);
  Ref<PickleBuffer> made = view ? makeFields<PickleBuffer>(t, type) : Ref<PickleBuffer>();
  if (!made) return kRaised;
  made->v[0] = view.leak();
  return made;
}
void releaseView(Object* self) { assign(static_cast<PickleBuffer*>(self)->v[0], Ref<>()); }

bool exportBuffer(Thread& t, Value v, BufferView* out, bool writable) {
  Ref<> view = share(pickleBufferView(t, v));
  Ref<> source = view ? getAttr(t, view, "obj") : Ref<>();
  if (!source || !bufferFunction(typeOf(view))(t, view, out, writable)) return false;
  // Who looks at the memory sees the object that owns it; the view is told at the end.
  out->exporter = source.leak();
  out->internal = asMemoryView(view.leak());
  out->done = [](BufferView* ended) {
    MemoryView* m = static_cast<MemoryView*>(ended->internal);
    --m->exports;
    release(m);
  };
  return true;
}

Ref<> rawMethod(Thread& t, Value self) {
  Ref<> view = share(pickleBufferView(t, self));
  if (!view) return kRaised;
  MemoryView* m = asMemoryView(view);
  BufferView structure;
  structure.bytes = m->bytes;
  structure.item_size = m->item_size;
  structure.dimensions = m->dimensions;
  structure.shape = m->shape;
  structure.strides = m->strides;
  if (!isContiguous(structure, 'A'))
    return raise(t, exc::BufferError, "cannot extract raw buffer from non-contiguous buffer");
  if (m->dimensions == 1 && strcmp(m->format, "B") == 0 && !m->long_format) return newMemoryView(t, view);
  Ref<> cast = callMethod(t, view, "cast", Value(charStr('B')));
  if (cast || !raisedIs(t, exc::TypeError)) return cast;
  clearException(t);  // Fortran order, or a format that cast() does not know
  return newMemoryViewOf(t, m->data, m->bytes, m->readonly, view);
}
Ref<> releaseMethod(Thread&, Value self) {
  releaseView(self.asObject());
  return steal(kNone);
}
const MethodDef kMethods[] = {
    method("raw", rawMethod, "($self, /)", "Return a memoryview of the raw memory underlying this buffer."),
    method("release", releaseMethod, "($self, /)", "Release the underlying buffer exposed by the PickleBuffer object."),
    {},
};

}  // namespace

bool isPickleBuffer(Value v) { return isExact(v, pickle_buffer_type); }
Value pickleBufferView(Thread& t, Value v) {
  Value view = fieldsOf<PickleBuffer>(v)->v[0];
  if (view) return view;
  return raise(t, exc::ValueError, "operation forbidden on released PickleBuffer object");
}

bool addPickleBuffer(Thread& t, ModuleObject* m) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(PickleBuffer),
                             .doc = "Wrapper for potentially out-of-band buffers",
                             .methods = kMethods,
                             .dealloc = deallocFields<PickleBuffer>,
                             .traverse = traverseFields<PickleBuffer>,
                             .clear = clearFields<PickleBuffer>,
                             .fill = [](Slots& slots) { slots.new_ = bufferNew; }};
  Ref<Type> made =
      makeNativeType(t, spec, "pickle.PickleBuffer", nullptr, kTypeCollectable | kTypeFinal | kTypeWeakrefable);
  if (!made) return false;
  pickle_buffer_type = made.get();
  registerBuffer(pickle_buffer_type, exportBuffer);
  return moduleAdd(t, m, "PickleBuffer", std::move(made));
}

}  // namespace krait::pickle
