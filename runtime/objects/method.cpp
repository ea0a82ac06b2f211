// Bound methods of Python functions (and of any callable: types.MethodType), and cells.
#include "runtime/core/error.h"
#include "runtime/core/names.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/function.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

Ref<> newMethod(Thread& t, Value function, Value self) {
  Method* m = allocate<Method>(Sort::kCollectable, &types::Method, kKindMethod);
  if (!m) return raiseNoMemory(t);
  m->function = share(function).leak();
  m->self = share(self).leak();
  return steal(m);
}

Ref<CellObject> newCell(Thread& t, Ref<> content) {
  CellObject* cell = allocate<CellObject>(Sort::kCollectable, &types::Cell, kKindCell);
  if (!cell) return raiseNoMemory(t);
  cell->content = content.leak();
  return steal(cell);
}

namespace {

Method* asMethod(Value v) { return static_cast<Method*>(v.asObject()); }

const MemberDef kMethodMembers[] = {
    {"__func__", MemberType::kValue, true, offsetof(Method, function), "the function (or other callable) implementing a method"},
    {"__self__", MemberType::kValue, true, offsetof(Method, self), "the instance to which a method is bound"},
    {},
};

Ref<> methodCall(Thread& t, Value callee, Args args) {
  Method* m = asMethod(callee);
  size_t total = args.total() + 1;
  Value small[8];
  Value* values = small;
  if (total > 8 && !(values = static_cast<Value*>(allocateBuffer(total * sizeof(Value))))) return raiseNoMemory(t);
  values[0] = m->self;
  for (size_t i = 1; i < total; ++i) values[i] = args.values[i - 1];
  Ref<> alive = share(callee);
  Ref<> result = call(t, m->function, Args{values, args.positional + 1, args.names});
  if (values != small) freeBuffer(values);
  return result;
}

Ref<> methodGetAttr(Thread& t, Value self, Str* name) {
  // What the method does not have, its function may.
  Ref<> found = share(lookupType(&types::Method, name));
  if (found) {
    DescrGetFunction get = typeOf(found)->slots.descr_get;
    return get ? get(t, found, self, &types::Method) : std::move(found);
  }
  return getAttr(t, asMethod(self)->function, name);
}

Ref<> methodDoc(Thread& t, Value self) { return getAttr(t, asMethod(self)->function, "__doc__"); }
const GetSetDef kMethodGetSets[] = {{"__doc__", methodDoc, nullptr, nullptr}, {}};

Ref<> methodReduce(Thread& t, Value self) {
  Ref<> name = getAttr(t, asMethod(self)->function, "__name__");
  if (!name) return kRaised;
  Ref<> builtins = importModule(t, "builtins");
  if (!builtins) return kRaised;
  Ref<> getter = getAttr(t, builtins, "getattr");
  Ref<Tuple> args = packTuple(t, asMethod(self)->self, name.value());
  if (!getter || !args) return kRaised;
  return packTuple(t, getter.value(), args.value());
}
const MethodDef kMethodMethods[] = {method("__reduce__", methodReduce, "($self, /)"), {}};

Ref<> methodRepr(Thread& t, Value self) {
  Method* m = asMethod(self);
  Ref<> name = getAttrOrEmpty(t, m->function, names::dunder_qualname);
  if (!name && !t.raised()) name = getAttrOrEmpty(t, m->function, names::dunder_name);
  if (t.raised()) return kRaised;
  Ref<Str> shown = repr(t, m->self);
  if (!shown) return kRaised;
  return strFormat(t, "<bound method %s of %s>", name && isStr(name) ? Utf8(asStr(name)).c_str() : "?", Utf8(shown.get()).c_str());
}
Hash methodHash(Thread& t, Value self) {
  Hash function = hashOf(t, asMethod(self)->function);
  if (function == -1) return -1;
  // By identity of self, as its __eq__ must not run.
  uint64_t bits = asMethod(self)->self.bits;
  Hash h = Hash((bits >> 4) | (bits << 60)) ^ function;
  return h == -1 ? -2 : h;
}
Ref<> methodCompare(Thread& t, Value a, Value b, CompareOp op) {
  if ((op != CompareOp::kEqual && op != CompareOp::kNotEqual) || !isExact(a, &types::Method) || !isExact(b, &types::Method)) {
    return share(kNotImplemented);
  }
  int equal = compareBool(t, asMethod(a)->function, asMethod(b)->function, CompareOp::kEqual);
  if (equal < 0) return kRaised;
  if (equal) equal = isSame(asMethod(a)->self, asMethod(b)->self);
  return share(Value::fromBool(bool(equal) == (op == CompareOp::kEqual)));
}
Ref<> methodNew(Thread& t, Type*, Args args) {
  if (args.keywords()) return raise(t, exc::TypeError, "method() takes no keyword arguments");
  if (args.positional != 2) return raise(t, exc::TypeError, "method expected 2 arguments, got %zu", args.positional);
  if (!isCallable(args[0])) return raise(t, exc::TypeError, "first argument must be callable");
  if (args[1].isNone()) return raise(t, exc::TypeError, "instance must not be None");
  return newMethod(t, args[0], args[1]);
}
void methodTraverse(Object* o, Visitor& visitor) {
  visitor.visit(static_cast<Method*>(o)->function);
  visitor.visit(static_cast<Method*>(o)->self);
}
void methodDealloc(Object* o) {
  Value function = static_cast<Method*>(o)->function, self = static_cast<Method*>(o)->self;
  freeObject(o, sizeof(Method), Sort::kCollectable);
  release(function);
  release(self);
}

// --- cells ---

CellObject* asCell(Value v) { return static_cast<CellObject*>(v.asObject()); }

Ref<> cellContents(Thread& t, Value self) {
  if (!asCell(self)->content) return raise(t, exc::ValueError, "Cell is empty");
  return share(asCell(self)->content);
}
bool setCellContents(Thread&, Value self, Value v) {
  assign(asCell(self)->content, share(v));
  return true;
}
const GetSetDef kCellGetSets[] = {{"cell_contents", cellContents, setCellContents, nullptr}, {}};

Ref<> cellRepr(Thread& t, Value self) {
  Value v = asCell(self)->content;
  if (!v) return strFormat(t, "<cell at %p: empty>", static_cast<void*>(self.asObject()));
  return strFormat(t, "<cell at %p: %s object at %p>", static_cast<void*>(self.asObject()), typeName(v), reinterpret_cast<void*>(v.bits));
}
Ref<> cellCompare(Thread& t, Value a, Value b, CompareOp op) {
  if (!isExact(a, &types::Cell) || !isExact(b, &types::Cell)) return share(kNotImplemented);
  Value x = asCell(a)->content, y = asCell(b)->content;
  if (x && y) return compare(t, x, y, op);
  // Empty cells come first.
  int order = int(!x.empty()) - int(!y.empty());
  switch (op) {
    case CompareOp::kLess: return share(Value::fromBool(order < 0));
    case CompareOp::kLessEqual: return share(Value::fromBool(order <= 0));
    case CompareOp::kEqual: return share(Value::fromBool(order == 0));
    case CompareOp::kNotEqual: return share(Value::fromBool(order != 0));
    case CompareOp::kGreater: return share(Value::fromBool(order > 0));
    default: return share(Value::fromBool(order >= 0));
  }
}
Ref<> cellNew(Thread& t, Type*, Args args) {
  if (args.keywords()) return raise(t, exc::TypeError, "cell() takes no keyword arguments");
  if (args.positional > 1) return raise(t, exc::TypeError, "cell expected at most 1 argument, got %zu", args.positional);
  return newCell(t, args.positional ? share(args[0]) : Ref<>());
}
void cellTraverse(Object* o, Visitor& visitor) { visitor.visit(static_cast<CellObject*>(o)->content); }
void cellClear(Object* o) { assign(static_cast<CellObject*>(o)->content, Ref<>()); }
void cellDealloc(Object* o) {
  Value content = static_cast<CellObject*>(o)->content;
  freeObject(o, sizeof(CellObject), Sort::kCollectable);
  release(content);
}

}  // namespace

const TypeSpec& methodTypeSpec() {
  static const TypeSpec spec{.type = &types::Method,
                             .basic_size = sizeof(Method),
                             .doc = "method(function, instance)\n\nCreate a bound instance method object.",
                             .methods = kMethodMethods,
                             .getsets = kMethodGetSets,
                             .members = kMethodMembers,
                             .dealloc = methodDealloc,
                             .traverse = methodTraverse,
                             .fill =
                                 [](Slots& s) {
                                   s.new_ = methodNew;
                                   s.call = methodCall;
                                   s.repr = methodRepr;
                                   s.hash = methodHash;
                                   s.compare = methodCompare;
                                   s.getattr = methodGetAttr;
                                 }};
  return spec;
}

const TypeSpec& cellTypeSpec() {
  static const TypeSpec spec{
      .type = &types::Cell,
      .basic_size = sizeof(CellObject),
      .doc =
          "Create a new cell object.\n\n  contents\n    the contents of the cell. If not specified, the cell will "
          "be empty,\n    and further attempts to access its cell_contents attribute will\n    raise a "
          "ValueError.",
      .getsets = kCellGetSets,
      .dealloc = cellDealloc,
      .traverse = cellTraverse,
      .clear = cellClear,
      .fill = [](Slots& s) {
        s.new_ = cellNew;
        s.repr = cellRepr;
        s.compare = cellCompare;
      }};
  return spec;
}

}  // namespace krait
