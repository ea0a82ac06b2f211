// functools.partial.
#include <cstddef>

#include "runtime/modules/functools/functools.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/generic_alias.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/sequence.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait::functools {

namespace {

Type partial_type;

struct Partial : Fields<3> {  // function, arguments (tuple), keywords (dict)
  Dict* dict;
};
Partial* asPartial(Value v) { return fieldsOf<Partial>(v); }
Tuple* argumentsOf(Partial* p) { return asTuple(p->v[1]); }
Dict* keywordsOf(Partial* p) { return asDict(p->v[2]); }

void deallocPartial(Object* self) {
  releaseIfAny(static_cast<Partial*>(self)->dict);
  deallocFields<Partial>(self);
}
void traversePartial(Object* self, Visitor& visitor) {
  visitor.visit(static_cast<Partial*>(self)->dict);
  traverseFields<Partial>(self, visitor);
}

Ref<> partialNew(Thread& t, Type* type, Args args) {
  if (args.positional < 1) return raise(t, exc::TypeError, "type 'partial' takes at least one argument");
  Value function = args[0];
  Ref<Tuple> arguments;
  Ref<Dict> keywords;
  size_t own = args.positional - 1;
  // A partial of a plain partial is flattened.
  if (isExact(function, &partial_type) && type == &partial_type && !asPartial(function)->dict) {
    Partial* inner = asPartial(function);
    function = inner->v[0];
    arguments = newTupleBlank(t, argumentsOf(inner)->size + int64_t(own));
    if (!arguments) return kRaised;
    for (int64_t i = 0; i < argumentsOf(inner)->size; ++i) arguments->items[i] = share(argumentsOf(inner)->items[i]).leak();
    for (size_t i = 0; i < own; ++i) arguments->items[argumentsOf(inner)->size + int64_t(i)] = share(args[i + 1]).leak();
    keywords = dictCopy(t, keywordsOf(inner));
  } else {
    if (!isCallable(function)) return raise(t, exc::TypeError, "the first argument must be callable");
    arguments = newTuple(t, args.values + 1, int64_t(own));
    keywords = newDict(t);
  }
  if (!arguments || !keywords) return kRaised;
  for (size_t i = 0; i < args.keywords(); ++i) {
    if (!dictSet(t, keywords.get(), args.names->items[i], args.values[args.positional + i])) return kRaised;
  }
  Ref<Partial> result = makeFields<Partial>(t, type);
  if (!result) return kRaised;
  result->v[0] = share(function).leak();
  result->v[1] = arguments.leak();
  result->v[2] = keywords.leak();
  return result;
}

Ref<> partialCall(Thread& t, Value callee, Args args) {
  Partial* p = asPartial(callee);
  Ref<> function = share(p->v[0]);
  Ref<Tuple> first = share(argumentsOf(p));
  size_t bound = size_t(first->size);
  if (keywordsOf(p)->size == 0) {
    if (bound == 0) return call(t, function, args);
    // Bound arguments, then the call's, on the C++ stack when they are few.
    size_t total = bound + args.total();
    Value small[10];
    Value* values = total <= 10 ? small : static_cast<Value*>(allocateBuffer(total * sizeof(Value)));
    if (!values) return raiseNoMemory(t);
    memcpy(values, first->items, bound * sizeof(Value));
    memcpy(values + bound, args.values, args.total() * sizeof(Value));
    Ref<> result = call(t, function, Args{values, bound + args.positional, args.names});
    if (values != small) freeBuffer(values);
    return result;
  }
  Ref<Tuple> positional = newTupleBlank(t, int64_t(bound + args.positional));
  Ref<Dict> keywords = positional ? dictCopy(t, keywordsOf(p)) : Ref<Dict>();
  if (!keywords) return kRaised;
  for (size_t i = 0; i < bound; ++i) positional->items[i] = share(first->items[i]).leak();
  for (size_t i = 0; i < args.positional; ++i) positional->items[bound + i] = share(args[i]).leak();
  for (size_t i = 0; i < args.keywords(); ++i) {
    if (!dictSet(t, keywords.get(), args.names->items[i], args.values[args.positional + i])) return kRaised;
  }
  return callWith(t, function, positional, keywords);
}

Ref<> partialRepr(Thread& t, Value self) {
  Partial* p = asPartial(self);
  ReprScope scope(t, self);
  if (scope.failed()) return kRaised;
  StrBuilder out(t);
  if (scope.recursive()) {
    out.appendAscii("...");
    return out.finish();
  }
  bool plain = typeOf(self) == &partial_type;
  if (plain) out.appendAscii("functools.");
  out.append(typeOf(self)->name);
  out.appendAscii("(");
  // Each repr may replace what we hold.
  Ref<> shown = share(p->v[0]), keywords = share(p->v[2]);
  Ref<Tuple> arguments = share(argumentsOf(p));
  Ref<Str> function = repr(t, shown);
  if (!function) return kRaised;
  out.append(function.get());
  for (int64_t i = 0; i < arguments->size; ++i) {
    Ref<Str> text = repr(t, arguments->items[i]);
    if (!text) return kRaised;
    out.appendAscii(", ");
    out.append(text.get());
  }
  int64_t position = 0;
  Value key, v;
  while (dictNext(asDict(keywords), &position, &key, &v)) {
    Ref<> kept_key = share(key), kept_value = share(v);
    Ref<Str> name = str(t, kept_key);
    Ref<Str> text = name ? repr(t, kept_value) : Ref<Str>();
    if (!text) return kRaised;
    out.appendAscii(", ");
    out.append(name.get());
    out.appendAscii("=");
    out.append(text.get());
  }
  out.appendAscii(")");
  return out.finish();
}

Ref<> partialReduce(Thread& t, Value self) {
  Partial* p = asPartial(self);
  Ref<Tuple> arguments = packTuple(t, p->v[0]);
  Ref<Tuple> state = arguments ? packTuple(t, p->v[0], p->v[1], p->v[2], p->dict ? Value(p->dict) : kNone) : Ref<Tuple>();
  return state ? Ref<>(packTuple(t, Value(typeOf(self)), arguments.value(), state.value())) : kRaised;
}

Ref<> partialSetState(Thread& t, Value self, Value state) {
  Tuple* parts = isTuple(state) && asTuple(state)->size == 4 ? asTuple(state) : nullptr;
  if (!parts || !isCallable(parts->items[0]) || !isTuple(parts->items[1]) ||
      (!parts->items[2].isNone() && !isDict(parts->items[2])) || (!parts->items[3].isNone() && !isDict(parts->items[3]))) {
    return raise(t, exc::TypeError, "invalid partial state");
  }
  Partial* p = asPartial(self);
  Ref<Tuple> arguments = sequenceToTuple(t, parts->items[1]);
  Ref<> keywords = !arguments                     ? Ref<>()
                   : parts->items[2].isNone()     ? Ref<>(newDict(t))
                   : isExactDict(parts->items[2]) ? share(parts->items[2])
                                                  : Ref<>(dictCopy(t, asDict(parts->items[2])));
  if (!keywords) return kRaised;
  Ref<> dict = parts->items[3].isNone() ? Ref<>() : share(parts->items[3]);
  assign(p->v[0], share(parts->items[0]));
  assign(p->v[1], std::move(arguments));
  assign(p->v[2], std::move(keywords));
  Dict* old = p->dict;
  p->dict = dict ? asDict(dict.leak()) : nullptr;
  releaseIfAny(old);
  return share(kNone);
}

const MethodDef kMethods[] = {
    method("__reduce__", partialReduce, "($self, /)"),
    method("__setstate__", partialSetState, "($self, state, /)"),
    method("__class_getitem__", classGetItem, "($cls, item, /)", "See PEP 585", MethodKind::kClass),
    {},
};
const GetSetDef kGetSets[] = {{"__dict__", getDictField, setDictField, nullptr}, {}};
const MemberDef kMembers[] = {
    {"func", MemberType::kValue, true, offsetof(Partial, v), "function object to use in future partial calls"},
    {"args", MemberType::kValue, true, offsetof(Partial, v) + 8, "tuple of arguments to future partial calls"},
    {"keywords", MemberType::kValue, true, offsetof(Partial, v) + 16, "dictionary of keyword arguments to future partial calls"},
    {},
};

}  // namespace

bool addPartial(Thread& t, ModuleObject* module) {
  TypeSpec spec{.type = &partial_type, .basic_size = sizeof(Partial),
                .doc = "partial(func, *args, **keywords) - new function with partial application\n"
                       "    of the given arguments and keywords.\n",
                .methods = kMethods, .getsets = kGetSets, .members = kMembers, .dealloc = deallocPartial, .traverse = traversePartial,
                .fill = [](Slots& slots) {
                  slots.new_ = partialNew;
                  slots.call = partialCall;
                  slots.repr = partialRepr;
                }};
  spec.dict_offset = offsetof(Partial, dict);
  return addNativeType(t, module, spec, "functools.partial", kTypeCollectable | kTypeWeakrefable);
}

}  // namespace krait::functools
