// The _operator module: the operators as functions, itemgetter, attrgetter and methodcaller.
#include <cstddef>

#include "runtime/modules/fields.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/int.h"
#include "runtime/objects/sequence.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/iteration.h"

namespace krait {

namespace {

Type itemgetter_type, attrgetter_type, methodcaller_type;

// --- functions ---

template <BinaryOp op>
Ref<> binary(Thread& t, Value, const Value* args) {
  return binaryOp(t, op, args[0], args[1]);
}
template <BinaryOp op>
Ref<> inplace(Thread& t, Value, const Value* args) {
  return inplaceOp(t, op, args[0], args[1]);
}
template <CompareOp op>
Ref<> comparison(Thread& t, Value, const Value* args) {
  return compare(t, args[0], args[1], op);
}
template <Ref<> (*f)(Thread&, Value)>
Ref<> unary(Thread& t, Value, Value v) {
  return f(t, v);
}
Ref<> boolean(int truth_value) { return truth_value < 0 ? Ref<>() : steal(Value::fromBool(truth_value)); }

Ref<> opTruth(Thread& t, Value, Value v) { return boolean(truth(t, v)); }
Ref<> opNot(Thread& t, Value, Value v) {
  int is_true = truth(t, v);
  return boolean(is_true < 0 ? -1 : !is_true);
}
Ref<> opIs(Thread&, Value, const Value* args) { return boolean(isSame(args[0], args[1])); }
Ref<> opIsNot(Thread&, Value, const Value* args) { return boolean(!isSame(args[0], args[1])); }
Ref<> opPow(Thread& t, Value, const Value* args) { return power(t, args[0], args[1]); }
Ref<> opIpow(Thread& t, Value, const Value* args) { return inplacePower(t, args[0], args[1]); }
Ref<> opIndex(Thread& t, Value, Value v) { return toIndexValue(t, v); }
Ref<> opContains(Thread& t, Value, const Value* args) { return boolean(contains(t, args[0], args[1])); }
Ref<> opGetitem(Thread& t, Value, const Value* args) { return getItem(t, args[0], args[1]); }
Ref<> opSetitem(Thread& t, Value, const Value* args) { return setItem(t, args[0], args[1], args[2]) ? share(kNone) : Ref<>(); }
Ref<> opDelitem(Thread& t, Value, const Value* args) { return setItem(t, args[0], args[1], Value()) ? share(kNone) : Ref<>(); }
Ref<> opConcat(Thread& t, Value, const Value* args) { return concatSequence(t, args[0], args[1]); }
Ref<> opIconcat(Thread& t, Value, const Value* args) {
  if (BinaryFunction f = typeOf(args[0])->slots.inplace_concat) return f(t, args[0], args[1]);
  if (BinaryFunction f = typeOf(args[0])->slots.concat) return f(t, args[0], args[1]);
  if (typeOf(args[0])->slots.getitem && typeOf(args[1])->slots.getitem && !isDict(args[0])) {
    return inplaceOp(t, kOp_add, args[0], args[1]);
  }
  return raise(t, exc::TypeError, "'%.200s' object can't be concatenated", typeName(args[0]));
}

bool searchable(Thread& t, Value v) {
  if (typeOf(v)->slots.iter || typeOf(v)->slots.getitem) return true;
  return raise(t, exc::TypeError, "argument of type '%.200s' is not iterable", typeName(v));
}
Ref<> opIndexOf(Thread& t, Value, const Value* args) {
  if (!searchable(t, args[0])) return kRaised;
  Iteration items(t, args[0]);
  for (int64_t i = 0;; ++i) {
    Ref<> item = items.next();
    if (!item) break;
    int same = compareBool(t, item, args[1], CompareOp::kEqual);
    if (same < 0) return kRaised;
    if (same) return newInt(t, i);
  }
  return t.raised() ? Ref<>() : raise(t, exc::ValueError, "sequence.index(x): x not in sequence");
}
Ref<> opCountOf(Thread& t, Value, const Value* args) {
  int64_t count = 0;
  if (!searchable(t, args[0])) return kRaised;
  Iteration items(t, args[0]);
  while (Ref<> item = items.next()) {
    int same = compareBool(t, item, args[1], CompareOp::kEqual);
    if (same < 0) return kRaised;
    count += same;
  }
  return t.raised() ? Ref<>() : newInt(t, count);
}
Ref<> opLengthHint(Thread& t, Value, const Value* args) {
  int64_t fallback = sizeParameter(t, args[1]);
  if (t.raised()) return kRaised;
  int64_t hint = lengthHint(t, args[0], fallback);
  return hint == -1 && t.raised() ? Ref<>() : newInt(t, hint);
}
Ref<> opCall(Thread& t, Value, Args args) {
  if (args.positional < 1) return raise(t, exc::TypeError, "call expected at least 1 argument, got 0");
  return call(t, args[0], Args{args.values + 1, args.positional - 1, args.names});
}

// Takes the same time wherever the difference is.
Ref<> compareDigest(Thread& t, Value, const Value* args) {
  Buffer x, y;
  std::string_view a, b;
  if (isStr(args[0]) && isStr(args[1])) {
    if (!asStr(args[0])->ascii || !asStr(args[1])->ascii) {
      return raise(t, exc::TypeError, "comparing strings with non-ASCII characters is not supported");
    }
    a = asciiView(asStr(args[0]));
    b = asciiView(asStr(args[1]));
  } else {
    bool has_buffers = !isStr(args[0]) && !isStr(args[1]) && x.tryGet(t, args[0]) && y.tryGet(t, args[1]);
    if (t.raised()) return kRaised;
    if (!has_buffers) {
      return raise(t, exc::TypeError, "unsupported operand types(s) or combination of types: '%.100s' and '%.100s'", typeName(args[0]),
                   typeName(args[1]));
    }
    a = x.view();
    b = y.view();
  }
  volatile unsigned char difference = a.size() != b.size();
  std::string_view compared = a.size() == b.size() ? a : b;
  for (size_t i = 0; i < b.size(); ++i) difference = difference | (compared[i] ^ b[i]);
  return boolean(difference == 0);
}

// --- itemgetter ---

struct ItemGetter : Fields<1> {};  // tuple of keys

Ref<> itemgetterNew(Thread& t, Type* type, Args args) {
  if (!noKeywords(t, type, &itemgetter_type, args)) return kRaised;
  if (args.positional < 1) return raise(t, exc::TypeError, "itemgetter expected 1 argument, got 0");
  Ref<Tuple> keys = newTuple(t, args.values, int64_t(args.positional));
  Ref<ItemGetter> getter = keys ? makeFields<ItemGetter>(t, type) : Ref<ItemGetter>();
  if (getter) getter->v[0] = keys.leak();
  return getter;
}
Ref<> itemgetterCall(Thread& t, Value callee, Args args) {
  if (!noKeywords(t, "itemgetter", args) || !arity(t, "itemgetter", args, 1, 1)) return kRaised;
  Tuple* keys = asTuple(fieldsOf<ItemGetter>(callee)->v[0]);
  if (keys->size == 1) {
    Value key = keys->items[0];
    if (isExactTuple(args[0]) && key.isInt() && uint64_t(key.asInt()) < uint64_t(asTuple(args[0])->size)) {
      return share(asTuple(args[0])->items[key.asInt()]);
    }
    return getItem(t, args[0], key);
  }
  Ref<Tuple> result = newTupleBlank(t, keys->size);
  for (int64_t i = 0; result && i < keys->size; ++i) {
    Ref<> item = getItem(t, args[0], keys->items[i]);
    if (!item) return kRaised;
    result->items[i] = item.leak();
  }
  return result;
}

// "operator.itemgetter(1, 2)" for the arguments that made it.
Ref<> callRepr(Thread& t, Value self, const char* prefix, Tuple* arguments, Dict* keywords = nullptr) {
  ReprScope scope(t, self);
  if (scope.failed()) return kRaised;
  StrBuilder out(t);
  out.appendAscii(prefix);
  if (scope.recursive()) {
    out.appendAscii("(...)");
    return out.finish();
  }
  out.appendAscii("(");
  for (int64_t i = 0; i < arguments->size; ++i) {
    Ref<Str> text = repr(t, arguments->items[i]);
    if (!text) return kRaised;
    if (i) out.appendAscii(", ");
    out.append(text.get());
  }
  int64_t position = 0;
  Value key, v;
  while (keywords && dictNext(keywords, &position, &key, &v)) {
    Ref<Str> text = repr(t, v);
    if (!text) return kRaised;
    out.appendAscii(", ");
    out.append(asStr(key));
    out.appendAscii("=");
    out.append(text.get());
  }
  out.appendAscii(")");
  return out.finish();
}
Ref<> itemgetterRepr(Thread& t, Value self) {
  return callRepr(t, self, "operator.itemgetter", asTuple(fieldsOf<ItemGetter>(self)->v[0]));
}
Ref<> itemgetterReduce(Thread& t, Value self) { return packTuple(t, Value(typeOf(self)), fieldsOf<ItemGetter>(self)->v[0]); }
const MethodDef kItemgetterMethods[] = {
    method("__reduce__", itemgetterReduce, "($self, /)", "Return state information for pickling."), {}};

// --- attrgetter ---

struct AttrGetter : Fields<2> {};  // tuple of names as given, tuple of tuples of interned parts

// The dotted name's parts, interned. Empty: raised.
Ref<Tuple> splitName(Thread& t, Str* name) {
  Ref<List> parts = newList(t);
  if (!parts) return kRaised;
  int64_t start = 0;
  for (int64_t i = 0; i <= name->length; ++i) {
    if (i < name->length && name->at(i) != '.') continue;
    Ref<Str> part = strSlice(t, name, start, i, 1);
    Ref<Str> interned = part ? intern(t, std::move(part)) : Ref<Str>();
    if (!interned || !listAppend(t, parts.get(), std::move(interned))) return kRaised;
    start = i + 1;
  }
  return sequenceToTuple(t, parts);
}
Ref<> attrgetterNew(Thread& t, Type* type, Args args) {
  if (!noKeywords(t, type, &attrgetter_type, args)) return kRaised;
  if (args.positional < 1) return raise(t, exc::TypeError, "attrgetter expected 1 argument, got 0");
  Ref<Tuple> paths = newTupleBlank(t, int64_t(args.positional));
  if (!paths) return kRaised;
  for (size_t i = 0; i < args.positional; ++i) {
    if (!isStr(args[i])) return raise(t, exc::TypeError, "attribute name must be a string");
    Ref<Tuple> path = splitName(t, asStr(args[i]));
    if (!path) return kRaised;
    paths->items[i] = path.leak();
  }
  Ref<Tuple> names = newTuple(t, args.values, int64_t(args.positional));
  Ref<AttrGetter> getter = names ? makeFields<AttrGetter>(t, type) : Ref<AttrGetter>();
  if (!getter) return kRaised;
  getter->v[0] = names.leak();
  getter->v[1] = paths.leak();
  return getter;
}
Ref<> followPath(Thread& t, Value object, Tuple* path) {
  Ref<> v = share(object);
  for (int64_t i = 0; v && i < path->size; ++i) v = getAttr(t, v, asStr(path->items[i]));
  return v;
}
Ref<> attrgetterCall(Thread& t, Value callee, Args args) {
  if (!noKeywords(t, "attrgetter", args) || !arity(t, "attrgetter", args, 1, 1)) return kRaised;
  Tuple* paths = asTuple(fieldsOf<AttrGetter>(callee)->v[1]);
  if (paths->size == 1) return followPath(t, args[0], asTuple(paths->items[0]));
  Ref<Tuple> result = newTupleBlank(t, paths->size);
  for (int64_t i = 0; result && i < paths->size; ++i) {
    Ref<> v = followPath(t, args[0], asTuple(paths->items[i]));
    if (!v) return kRaised;
    result->items[i] = v.leak();
  }
  return result;
}
Ref<> attrgetterRepr(Thread& t, Value self) {
  return callRepr(t, self, "operator.attrgetter", asTuple(fieldsOf<AttrGetter>(self)->v[0]));
}
Ref<> attrgetterReduce(Thread& t, Value self) { return packTuple(t, Value(typeOf(self)), fieldsOf<AttrGetter>(self)->v[0]); }
const MethodDef kAttrgetterMethods[] = {
    method("__reduce__", attrgetterReduce, "($self, /)", "Return state information for pickling."), {}};

// --- methodcaller ---

struct MethodCaller : Fields<3> {};  // name, arguments (tuple), keywords (dict)

Ref<> methodcallerNew(Thread& t, Type* type, Args args) {
  if (args.positional < 1) return raise(t, exc::TypeError, "methodcaller needs at least one argument, the method name");
  if (!isStr(args[0])) return raise(t, exc::TypeError, "method name must be a string");
  Ref<Str> name = intern(t, strSlice(t, asStr(args[0]), 0, asStr(args[0])->length, 1));
  Ref<Tuple> arguments = name ? newTuple(t, args.values + 1, int64_t(args.positional) - 1) : Ref<Tuple>();
  Ref<Dict> keywords = arguments ? newDict(t) : Ref<Dict>();
  if (!keywords) return kRaised;
  for (size_t i = 0; i < args.keywords(); ++i) {
    if (!dictSet(t, keywords.get(), args.names->items[i], args.values[args.positional + i])) return kRaised;
  }
  Ref<MethodCaller> caller = makeFields<MethodCaller>(t, type);
  if (!caller) return kRaised;
  caller->v[0] = name.leak();
  caller->v[1] = arguments.leak();
  caller->v[2] = keywords.leak();
  return caller;
}
Ref<> methodcallerCall(Thread& t, Value callee, Args args) {
  if (!noKeywords(t, "methodcaller", args) || !arity(t, "methodcaller", args, 1, 1)) return kRaised;
  auto* caller = fieldsOf<MethodCaller>(callee);
  Ref<> function = getAttr(t, args[0], asStr(caller->v[0]));
  return function ? callWith(t, function, caller->v[1], asDict(caller->v[2])->size ? caller->v[2] : Value()) : kRaised;
}
// The name and the arguments as one tuple.
Ref<Tuple> callerArguments(Thread& t, MethodCaller* caller) {
  Tuple* rest = asTuple(caller->v[1]);
  Ref<Tuple> all = newTupleBlank(t, rest->size + 1);
  if (!all) return kRaised;
  all->items[0] = share(caller->v[0]).leak();
  for (int64_t i = 0; i < rest->size; ++i) all->items[i + 1] = share(rest->items[i]).leak();
  return all;
}
Ref<> methodcallerRepr(Thread& t, Value self) {
  auto* caller = fieldsOf<MethodCaller>(self);
  Ref<Tuple> all = callerArguments(t, caller);
  return all ? callRepr(t, self, "operator.methodcaller", all.get(), asDict(caller->v[2])) : kRaised;
}
Ref<> methodcallerReduce(Thread& t, Value self) {
  auto* caller = fieldsOf<MethodCaller>(self);
  if (asDict(caller->v[2])->size == 0) {
    Ref<Tuple> all = callerArguments(t, caller);
    return all ? Ref<>(packTuple(t, Value(typeOf(self)), all.value())) : kRaised;
  }
  Ref<> functools = importModule(t, "functools");
  Ref<> partial = functools ? getAttr(t, functools, "partial") : Ref<>();
  Ref<Tuple> head = partial ? packTuple(t, Value(typeOf(self)), caller->v[0]) : Ref<Tuple>();
  Ref<> constructor = head ? callWith(t, partial, head, caller->v[2]) : Ref<>();
  return constructor ? Ref<>(packTuple(t, constructor.value(), caller->v[1])) : kRaised;
}
const MethodDef kMethodcallerMethods[] = {
    method("__reduce__", methodcallerReduce, "($self, /)", "Return state information for pickling."), {}};

// --- the module ---

#define TWO "($module, a, b, /)"
const MethodDef kOperatorFunctions[] = {
    method("truth", opTruth, "($module, a, /)", "Return True if a is true, False otherwise."),
    method("contains", opContains, TWO, "Same as b in a (note reversed operands)."),
    method("indexOf", opIndexOf, TWO, "Return the first index of b in a."),
    method("countOf", opCountOf, TWO, "Return the number of items in a which are, or which equal, b."),
    method("is_", opIs, TWO, "Same as a is b."),
    method("is_not", opIsNot, TWO, "Same as a is not b."),
    method("add", binary<kOp_add>, TWO, "Same as a + b."),
    method("sub", binary<kOp_subtract>, TWO, "Same as a - b."),
    method("mul", binary<kOp_multiply>, TWO, "Same as a * b."),
    method("matmul", binary<kOp_matrix_multiply>, TWO, "Same as a @ b."),
    method("floordiv", binary<kOp_floor_divide>, TWO, "Same as a // b."),
    method("truediv", binary<kOp_true_divide>, TWO, "Same as a / b."),
    method("mod", binary<kOp_remainder>, TWO, "Same as a % b."),
    method("neg", unary<negative>, "($module, a, /)", "Same as -a."),
    method("pos", unary<positive>, "($module, a, /)", "Same as +a."),
    method("abs", unary<absolute>, "($module, a, /)", "Same as abs(a)."),
    method("inv", unary<invert>, "($module, a, /)", "Same as ~a."),
    method("invert", unary<invert>, "($module, a, /)", "Same as ~a."),
    method("lshift", binary<kOp_left_shift>, TWO, "Same as a << b."),
    method("rshift", binary<kOp_right_shift>, TWO, "Same as a >> b."),
    method("not_", opNot, "($module, a, /)", "Same as not a."),
    method("and_", binary<kOp_and_>, TWO, "Same as a & b."),
    method("xor", binary<kOp_xor_>, TWO, "Same as a ^ b."),
    method("or_", binary<kOp_or_>, TWO, "Same as a | b."),
    method("iadd", inplace<kOp_add>, TWO, "Same as a += b."),
    method("isub", inplace<kOp_subtract>, TWO, "Same as a -= b."),
    method("imul", inplace<kOp_multiply>, TWO, "Same as a *= b."),
    method("imatmul", inplace<kOp_matrix_multiply>, TWO, "Same as a @= b."),
    method("ifloordiv", inplace<kOp_floor_divide>, TWO, "Same as a //= b."),
    method("itruediv", inplace<kOp_true_divide>, TWO, "Same as a /= b."),
    method("imod", inplace<kOp_remainder>, TWO, "Same as a %= b."),
    method("ilshift", inplace<kOp_left_shift>, TWO, "Same as a <<= b."),
    method("irshift", inplace<kOp_right_shift>, TWO, "Same as a >>= b."),
    method("iand", inplace<kOp_and_>, TWO, "Same as a &= b."),
    method("ixor", inplace<kOp_xor_>, TWO, "Same as a ^= b."),
    method("ior", inplace<kOp_or_>, TWO, "Same as a |= b."),
    method("concat", opConcat, TWO, "Same as a + b, for a and b sequences."),
    method("iconcat", opIconcat, TWO, "Same as a += b, for a and b sequences."),
    method("getitem", opGetitem, TWO, "Same as a[b]."),
    method("setitem", opSetitem, "($module, a, b, c, /)", "Same as a[b] = c."),
    method("delitem", opDelitem, TWO, "Same as del a[b]."),
    method("pow", opPow, TWO, "Same as a ** b."),
    method("ipow", opIpow, TWO, "Same as a **= b."),
    method("eq", comparison<CompareOp::kEqual>, TWO, "Same as a == b."),
    method("ne", comparison<CompareOp::kNotEqual>, TWO, "Same as a != b."),
    method("lt", comparison<CompareOp::kLess>, TWO, "Same as a < b."),
    method("le", comparison<CompareOp::kLessEqual>, TWO, "Same as a <= b."),
    method("gt", comparison<CompareOp::kGreater>, TWO, "Same as a > b."),
    method("ge", comparison<CompareOp::kGreaterEqual>, TWO, "Same as a >= b."),
    method("index", opIndex, "($module, a, /)", "Same as a.__index__()"),
    method("length_hint", opLengthHint, "($module, obj, default=0, /)",
           "Return an estimate of the number of items in obj.\n\n"
           "This is useful for presizing containers when building from an iterable.\n\n"
           "If the object supports len(), the result will be exact.\nOtherwise, it may over- or under-estimate by an arbitrary amount."),
    method("call", opCall, nullptr, "Same as obj(*args, **kwargs)."),
    method("_compare_digest", compareDigest, TWO, "Return 'a == b'."),
    {},
};
#undef TWO

template <class T, NewFunction make, CallFunction invoke, UnaryFunction show>
TypeSpec callableSpec(Type* type, const MethodDef* methods, const char* doc) {
  return TypeSpec{.type = type, .basic_size = sizeof(T), .doc = doc, .methods = methods, .dealloc = deallocFields<T>,
                  .traverse = traverseFields<T>, .fill = [](Slots& slots) {
                    slots.new_ = make;
                    slots.call = invoke;
                    slots.repr = show;
                  }};
}

bool initOperator(Thread& t, ModuleObject* module) {
  return addNativeType(t, module,
                       callableSpec<ItemGetter, itemgetterNew, itemgetterCall, itemgetterRepr>(
                           &itemgetter_type, kItemgetterMethods,
                           "Return a callable object that fetches the given item(s) from its operand.\n"
                           "After f = itemgetter(2), the call f(r) returns r[2].\n"
                           "After g = itemgetter(2, 5, 3), the call g(r) returns (r[2], r[5], r[3])"),
                       "operator.itemgetter", kTypeCollectable | kTypeFinal) &&
         addNativeType(t, module,
                       callableSpec<AttrGetter, attrgetterNew, attrgetterCall, attrgetterRepr>(
                           &attrgetter_type, kAttrgetterMethods,
                           "Return a callable object that fetches the given attribute(s) from its operand.\n"
                           "After f = attrgetter('name'), the call f(r) returns r.name.\n"
                           "After g = attrgetter('name', 'date'), the call g(r) returns (r.name, r.date).\n"
                           "After h = attrgetter('name.first', 'name.last'), the call h(r) returns\n(r.name.first, r.name.last)."),
                       "operator.attrgetter", kTypeCollectable | kTypeFinal) &&
         addNativeType(t, module,
                       callableSpec<MethodCaller, methodcallerNew, methodcallerCall, methodcallerRepr>(
                           &methodcaller_type, kMethodcallerMethods,
                           "Return a callable object that calls the given method on its operand.\n"
                           "After f = methodcaller('name'), the call f(r) returns r.name().\n"
                           "After g = methodcaller('name', 'date', foo=1), the call g(r) returns\nr.name('date', foo=1)."),
                       "operator.methodcaller", kTypeCollectable | kTypeFinal);
}

}  // namespace

const ModuleDef& operatorModule() {
  static const ModuleDef def{"_operator",
                             "Operator interface.\n\n"
                             "This module exports a set of functions implemented in C corresponding\n"
                             "to the intrinsic operators of Python.  For example, operator.add(x, y)\n"
                             "is equivalent to the expression x+y.",
                             kOperatorFunctions, initOperator};
  return def;
}

}  // namespace krait
