// super: attribute lookup that starts behind a class in the mro of an object.
#include "runtime/core/error.h"
#include "runtime/core/frame.h"
#include "runtime/core/names.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/descriptors.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

Super* superOf(Value v) { return static_cast<Super*>(v.asObject()); }

void dealloc(Object* o) {
  Super* s = static_cast<Super*>(o);
  releaseIfAny(s->start);
  release(s->self);
  releaseIfAny(s->self_type);
  freeObject(o, sizeof(Super), Sort::kCollectable);
}
void traverse(Object* o, Visitor& visitor) {
  Super* s = static_cast<Super*>(o);
  visitor.visit(static_cast<Object*>(s->start));
  visitor.visit(s->self);
  visitor.visit(static_cast<Object*>(s->self_type));
}

// The type whose mro is searched: self may be a class (class methods) or an instance, also one with a false __class__.
Type* selfType(Thread& t, Type* start, Value self) {
  if (isType(self) && isSubtype(static_cast<Type*>(self.asObject()), start)) return static_cast<Type*>(self.asObject());
  if (isInstance(self, start)) return typeOf(self);
  Ref<> declared = getAttrOrEmpty(t, self, names::dunder_class);
  if (!declared && t.raised()) return nullptr;
  if (declared && isType(declared) && isSubtype(static_cast<Type*>(declared.value().asObject()), start)) {
    return static_cast<Type*>(declared.value().asObject());
  }
  return raise(t, exc::TypeError, "super(type, obj): obj must be an instance or subtype of type");
}

// What stands behind `start` in the mro of type; empty: nothing (or raised).
Ref<> findBehind(Thread& t, Type* start, Value self, Type* type, Str* name) {
  Ref<Tuple> mro = share(type->mro);
  int64_t i = 0;
  while (i < mro->size && mro->items[i].asObject() != start) ++i;
  for (++i; i < mro->size; ++i) {
    Value found = dictGetStr(static_cast<Type*>(mro->items[i].asObject())->dict, name);
    if (found.empty()) continue;
    Ref<> keep = share(found);
    DescrGetFunction get = typeOf(found)->slots.descr_get;
    if (!get) return keep;
    // Looked up through the class itself, functions stay plain.
    return get(t, found, self == Value(type) ? Value() : self, type);
  }
  return Ref<>();
}

bool findInFrame(Thread& t, Type** start, Value* self) {
  Frame* frame = visibleFrame(t);
  if (!frame) return t.raised() ? false : bool(raise(t, exc::RuntimeError, "super(): no current frame"));
  Code* code = frame->code;
  if (code->arg_count == 0) return raise(t, exc::RuntimeError, "super(): no arguments");
  std::string_view kinds = code->slot_kinds->view();
  Value first = frame->slots[0];
  if (!first.empty() && (uint8_t(kinds[0]) & kLocalCell) && isExact(first, &types::Cell)) {
    first = static_cast<CellObject*>(first.asObject())->content;
  }
  if (first.empty()) return raise(t, exc::RuntimeError, "super(): arg[0] deleted");
  for (int i = code->slot_count - code->free_count; i < code->slot_count; ++i) {
    if (!strEqual(asStr(code->slot_names->items[i]), names::dunder_class)) continue;
    Value cell = frame->slots[i];
    if (cell.empty() || !isExact(cell, &types::Cell)) return raise(t, exc::RuntimeError, "super(): bad __class__ cell");
    Value content = static_cast<CellObject*>(cell.asObject())->content;
    if (content.empty()) return raise(t, exc::RuntimeError, "super(): empty __class__ cell");
    if (!isType(content)) return raise(t, exc::RuntimeError, "super(): __class__ is not a type (%s)", typeName(content));
    *start = static_cast<Type*>(content.asObject());
    *self = first;
    return true;
  }
  return raise(t, exc::RuntimeError, "super(): __class__ cell not found");
}

Ref<> superNew(Thread& t, Type* type, Args args) {
  Super* s = allocateInstance<Super>(type);
  if (!s) return raiseNoMemory(t);
  s->start = nullptr;
  s->self = Value();
  s->self_type = nullptr;
  return steal(Value(s));
}

bool superInit(Thread& t, Value v, Args args) {
  if (!noKeywords(t, "super", args) || !arity(t, "super()", args, 0, 2)) return false;
  Type* start = nullptr;
  Value self;
  if (args.positional == 0) {
    if (!findInFrame(t, &start, &self)) return false;
  } else {
    if (!isType(args[0])) return raise(t, exc::TypeError, "super() argument 1 must be a type, not %s", typeName(args[0]));
    start = static_cast<Type*>(args[0].asObject());
    if (args.positional > 1 && !args[1].isNone()) self = args[1];
  }
  Type* self_type = nullptr;
  if (!self.empty() && !(self_type = selfType(t, start, self))) return false;
  Super* s = superOf(v);
  Ref<> old_start = steal(s->start ? Value(s->start) : Value());
  Ref<> old_type = steal(s->self_type ? Value(s->self_type) : Value());
  s->start = share(start).leakObject();
  s->self_type = self_type ? share(self_type).leakObject() : nullptr;
  assign(s->self, share(self));
  return true;
}

Ref<> superGetAttribute(Thread& t, Value v, Str* name) {
  Super* s = superOf(v);
  // super().__class__ is super itself.
  if (s->self_type && name != names::dunder_class) {
    Ref<> keep = share(v);
    Ref<> found = findBehind(t, s->start, s->self, s->self_type, name);
    if (found || t.raised()) return found;
  }
  return genericGetAttr(t, v, name);
}

Ref<> superGet(Thread& t, Value v, Value instance, Type* owner) {
  Super* s = superOf(v);
  if (instance.empty() || instance.isNone() || !s->self.empty()) return share(v);
  if (typeOf(v) != &types::Super) return call(t, typeOf(v), s->start ? Value(s->start) : kNone, instance);
  if (!s->start) return share(v);
  return call(t, &types::Super, s->start, instance);
}

Ref<> superRepr(Thread& t, Value v) {
  Super* s = superOf(v);
  const char* start = s->start ? s->start->cname : "NULL";
  if (s->self_type) return strFormat(t, "<super: <class '%s'>, <%s object>>", start, s->self_type->cname);
  return strFormat(t, "<super: <class '%s'>, NULL>", start);
}

Ref<> getStart(Thread& t, Value v) { return superOf(v)->start ? share(Value(superOf(v)->start)) : steal(kNone); }
Ref<> getSelf(Thread& t, Value v) { return share(superOf(v)->self.empty() ? kNone : superOf(v)->self); }
Ref<> getSelfClass(Thread& t, Value v) { return superOf(v)->self_type ? share(Value(superOf(v)->self_type)) : steal(kNone); }
const GetSetDef kGetSets[] = {
    {"__thisclass__", getStart, nullptr, "the class invoking super()", true},
    {"__self__", getSelf, nullptr, "the instance invoking super(); may be None", true},
    {"__self_class__", getSelfClass, nullptr, "the type of the instance invoking super(); may be None", true},
    {}};

}  // namespace

Ref<> superGetAttr(Thread& t, Type* start, Value self, Str* name) {
  Type* type = selfType(t, start, self);
  if (!type) return kRaised;
  Ref<> found = findBehind(t, start, self, type, name);
  if (found || t.raised()) return found;
  // The error (and super's own attributes) come from a real super object.
  Ref<> object = call(t, &types::Super, start, self);
  if (!object) return kRaised;
  return getAttr(t, object, name);
}

const TypeSpec& superTypeSpec() {
  static const TypeSpec spec{.type = &types::Super, .basic_size = sizeof(Super),
                             .doc = "super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super object\n"
                                    "super(type, obj) -> bound super object; requires isinstance(obj, type)\n"
                                    "super(type, type2) -> bound super object; requires issubclass(type2, type)",
                             .getsets = kGetSets, .dealloc = dealloc, .traverse = traverse, .fill = [](Slots& s) {
                               s.new_ = superNew;
                               s.init = superInit;
                               s.getattr = superGetAttribute;
                               s.descr_get = superGet;
                               s.repr = superRepr;
                             }};
  return spec;
}

}  // namespace krait
