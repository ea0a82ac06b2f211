// The _functools module: reduce, cmp_to_key, and the module's definition.
#include "runtime/modules/functools/functools.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/iteration.h"

namespace krait {

namespace functools {

namespace {

Type key_type;

struct Key : Fields<2> {};  // comparison function, object (empty: the factory that cmp_to_key gives)

Ref<> makeKey(Thread& t, Value compare, Value object) {
  Ref<Key> key = makeFields<Key>(t, &key_type);
  if (!key) return kRaised;
  key->v[0] = share(compare).leak();
  key->v[1] = share(object).leak();
  return key;
}

Ref<> keyCall(Thread& t, Value callee, Args args) {
  static const MethodDef kCall = method("K", NativeBound(nullptr), "(obj)");
  Value bound[1];
  Ref<> keep[2];
  if (!bindArguments(t, kCall, args, bound, keep)) return kRaised;
  return makeKey(t, fieldsOf<Key>(callee)->v[0], bound[0]);
}

Ref<> keyCompare(Thread& t, Value a, Value b, CompareOp op) {
  if (!isExact(a, &key_type) || !isExact(b, &key_type)) {
    return raise(t, exc::TypeError, "other argument must be K instance");
  }
  Value x = fieldsOf<Key>(a)->v[1], y = fieldsOf<Key>(b)->v[1];
  if (x.empty() || y.empty()) return raise(t, exc::AttributeError, "object");
  Ref<> order = call(t, fieldsOf<Key>(a)->v[0], x, y);
  return order ? compare(t, order, Value::fromInt(0), op) : kRaised;
}

Ref<> getObject(Thread&, Value self) {
  Value object = fieldsOf<Key>(self)->v[1];
  return object.empty() ? share(kNone) : share(object);
}
bool setObject(Thread&, Value self, Value v) {
  assign(fieldsOf<Key>(self)->v[1], share(v));
  return true;
}
const GetSetDef kKeyGetSets[] = {{"obj", getObject, setObject, "Value wrapped by a key function."}, {}};

Ref<> cmpToKey(Thread& t, Value, const Value* args) { return makeKey(t, args[0], Value()); }

Ref<> reduce(Thread& t, Value, const Value* args) {
  Value iterable = args[1];
  if (!typeOf(iterable)->slots.iter && !typeOf(iterable)->slots.getitem) {
    return raise(t, exc::TypeError, "reduce() arg 2 must support iteration");
  }
  Ref<> total = args[2].empty() ? Ref<>() : share(args[2]);
  Iteration items(t, iterable);
  while (Ref<> item = items.next()) {
    total = total ? call(t, args[0], total, item) : std::move(item);
    if (!total) return kRaised;
  }
  if (t.raised()) return kRaised;
  if (!total) return raise(t, exc::TypeError, "reduce() of empty iterable with no initial value");
  return total;
}

const MethodDef kFunctions[] = {
    method("reduce", reduce, "($module, function, iterable, initial=<unrepresentable>, /)",
           "reduce(function, iterable[, initial]) -> value\n\n"
           "Apply a function of two arguments cumulatively to the items of a sequence\n"
           "or iterable, from left to right, so as to reduce the iterable to a single\n"
           "value.  For example, reduce(lambda x, y: x+y, [1, 2, 3, 4, 5]) calculates\n"
           "((((1+2)+3)+4)+5).  If initial is present, it is placed before the items\n"
           "of the iterable in the calculation, and serves as a default when the\niterable is empty."),
    method("cmp_to_key", cmpToKey, "($module, /, mycmp)", "Convert a cmp= function into a key= function."),
    {},
};

bool init(Thread& t, ModuleObject* module) {
  TypeSpec key{.type = &key_type, .basic_size = sizeof(Key), .doc = nullptr, .getsets = kKeyGetSets, .dealloc = deallocFields<Key>,
               .traverse = traverseFields<Key>, .fill = [](Slots& slots) {
                 slots.call = keyCall;
                 slots.compare = keyCompare;
               }};
  Ref<Type> made = makeNativeType(t, key, "functools.KeyWrapper", &types::Object, kTypeCollectable | kTypeDisallowNew);
  return made && addPartial(t, module) && addLruCache(t, module);
}

}  // namespace

}  // namespace functools

const ModuleDef& functoolsModule() {
  static const ModuleDef def{"_functools", "Tools that operate on functions.", functools::kFunctions, functools::init};
  return def;
}

}  // namespace krait
