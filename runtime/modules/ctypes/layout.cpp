// Layouts: what a class knows of its instances' memory, and the making of classes.
#include <string>

#include "runtime/modules/ctypes/ctypes.h"

namespace krait::ctypes {

Type *layout_type = nullptr, *argument_type = nullptr, *field_type = nullptr, *thunk_type = nullptr,
     *argument_error = nullptr;
Type *data_type = nullptr, *struct_type = nullptr, *union_type = nullptr, *array_type = nullptr,
     *pointer_type = nullptr, *simple_type = nullptr, *function_type = nullptr;
Type *struct_meta = nullptr, *union_meta = nullptr, *array_meta = nullptr, *pointer_meta = nullptr,
     *simple_meta = nullptr, *function_meta = nullptr;
Dict* pointer_cache = nullptr;

namespace {

Str* layoutName() {
  static Str* const name = internStatic(kLayoutName);
  return name;
}

void clearLayout(Object* self) {
  Layout* l = static_cast<Layout*>(self);
  for (Value* field : {&l->proto, &l->argtypes, &l->converters, &l->restype, &l->checker}) assign(*field, Ref<>());
}
void deallocLayout(Object* self) {
  Layout* l = static_cast<Layout*>(self);
  clearLayout(l);
  if (l->shape) freeBuffer(l->shape);
  if (l->format) freeBuffer(l->format);
  freeInstance(self);
}
void traverseLayout(Object* self, Visitor& visitor) {
  Layout* l = static_cast<Layout*>(self);
  for (Value v : {l->proto, l->argtypes, l->converters, l->restype, l->checker}) visitor.visit(v);
}

}  // namespace

Layout* layoutOf(const Type* type) {
  Value v = lookupType(const_cast<Type*>(type), layoutName());
  return isExact(v, layout_type) ? castTo<Layout>(v) : nullptr;
}
Layout* layoutOfClass(Value v) { return isType(v) ? layoutOf(asClass(v)) : nullptr; }

Ref<Layout> newLayout(Thread& t, Form form) {
  Layout* l = allocateInstance<Layout>(layout_type);
  if (!l) return raiseNoMemory(t);
  memset(reinterpret_cast<char*>(l) + sizeof(Object), 0, sizeof(Layout) - sizeof(Object));
  l->form = form;
  l->native = ffi_type_pointer;
  return steal(l);
}
bool setLayout(Thread& t, Type* type, Ref<Layout> layout) { return setTypeAttribute(t, type, layoutName(), layout); }

char* copyText(Thread& t, std::string_view text) {
  char* copy = static_cast<char*>(allocateBuffer(text.size() + 1));
  if (!copy) return raiseNoMemory(t);
  memcpy(copy, text.data(), text.size());
  copy[text.size()] = 0;
  return copy;
}

Ref<Type> makePlainClass(Thread& t, Type* metatype, Args args) {
  Ref<> made = types::Type.slots.new_(t, metatype, args);
  if (made && !isType(made)) return raise(t, exc::TypeError, "type.__new__() did not make a class");
  return std::move(made).as<Type>();
}
Ref<Type> makeDerived(Thread& t, Type* metatype, const char* name, Type* base, Dict* space) {
  Ref<Str> text = newStrUtf8(t, name);
  Ref<Tuple> bases = packTuple(t, Value(base));
  if (!text || !bases) return kRaised;
  return call(t, Value(metatype), text, bases, Value(space)).as<Type>();
}

Type* addMeta(Thread& t, const TypeSpec& spec, const char* dotted_name) {
  Ref<Type> made = makeNativeType(t, spec, dotted_name, &types::Type, kTypeCollectable);
  return made ? made.leakObject() : nullptr;
}
Type* addBase(Thread& t, ModuleObject* m, const TypeSpec& spec, const char* dotted_name, Type* metatype) {
  Ref<Type> made = makeNativeType(t, spec, dotted_name, data_type, kTypeCollectable);
  if (!made) return nullptr;
  made->setType(metatype);
  made->kind = metatype->instance_kind;
  Type* type = made.get();
  return moduleAdd(t, m, strrchr(dotted_name, '.') + 1, std::move(made)) ? type : nullptr;
}

bool addLayoutTypes(Thread& t, ModuleObject*) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(Layout),
                             .doc = nullptr,
                             .dealloc = deallocLayout,
                             .traverse = traverseLayout,
                             .clear = clearLayout};
  Ref<Type> type = makeNativeType(t, spec, "_ctypes.Layout", nullptr, kTypeCollectable | kTypeFinal | kTypeDisallowNew);
  if (!type) return false;
  layout_type = type.leakObject();
  return true;
}

}  // namespace krait::ctypes
