// Struct sequences: tuples whose type names the items, with room for unlisted fields behind them.
//
//   [ Tuple header, size = visible ][ visible items ][ other fields: type->slot_count words, see variable.h ]
#include "runtime/objects/struct_sequence.h"

#include <string>

#include "runtime/core/error.h"
#include "runtime/memory/gc.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

struct Registered {
  Type* type;
  StructSequence* definition;
};
Registered registered[64];
size_t registered_count = 0;

StructSequence* definitionOf(const Type* type) {
  for (size_t i = 0; i < registered_count; ++i) {
    if (registered[i].type == type) return registered[i].definition;
  }
  return nullptr;
}

int fieldCount(const StructSequence& d) {
  int n = 0;
  while (d.fields[n]) ++n;
  return n;
}

Ref<> sequenceNew(Thread& t, Type* type, Args args) {
  StructSequence* d = definitionOf(type);
  if (!d || !d->constructible) return raise(t, exc::TypeError, "cannot create '%s' instances", type->cname);
  Value source = args.positional > 0 ? args[0] : Value();
  Value extra = args.positional > 1 ? args[1] : Value();
  for (size_t k = 0; k < args.keywords(); ++k) {
    (strEqualsAscii(asStr(args.names->items[k]), "dict") ? extra : source) = args[args.positional + k];
  }
  if (!source) return raise(t, exc::TypeError, "%s() missing required argument 'sequence' (pos 1)", type->cname);
  Ref<Tuple> items = sequenceToTuple(t, source);
  if (!items) {
    if (raisedIs(t, exc::TypeError)) {
      clearException(t);
      return raise(t, exc::TypeError, "constructor requires a sequence");
    }
    return kRaised;
  }
  if (extra && !extra.isNone() && !isDict(extra)) return raise(t, exc::TypeError, "%s() takes a dict as second arg, if any", type->cname);
  int total = fieldCount(*d);
  bool exact = total == d->visible;
  if (items->size < d->visible) {
    return raise(t, exc::TypeError, "%s() takes %s%d-sequence (%ld-sequence given)", type->cname, exact ? "a " : "an at least ", d->visible,
                 long(items->size));
  }
  if (items->size > total) {
    return raise(t, exc::TypeError, "%s() takes %s%d-sequence (%ld-sequence given)", type->cname, exact ? "a " : "an at most ", total,
                 long(items->size));
  }
  Value values[40];
  for (int i = 0; i < total; ++i) {
    values[i] = kNone;
    if (i < items->size) {
      values[i] = items->items[i];
    } else if (extra && isDict(extra)) {
      Value v = dictGetStr(asDict(extra), internStatic(d->fields[i]));
      if (v) values[i] = v;
    }
  }
  return newStructSequence(t, *d, values);
}

Ref<> sequenceRepr(Thread& t, Value self) {
  StructSequence* d = definitionOf(typeOf(self));
  std::string text = d->name;
  text += "(";
  for (int i = 0; i < d->visible; ++i) {
    Ref<Str> item = repr(t, asTuple(self)->items[i]);
    if (!item) return kRaised;
    if (i) text += ", ";
    text += d->fields[i];
    text += "=";
    text += Utf8(item.get()).view();
  }
  return newStrUtf8(t, text + ")");
}

Ref<> sequenceReduce(Thread& t, Value self) {
  StructSequence* d = definitionOf(typeOf(self));
  Tuple* tuple = asTuple(self);
  Ref<Tuple> items = newTuple(t, tuple->items, tuple->size);
  Ref<Dict> rest = newDict(t);
  if (!items || !rest) return kRaised;
  for (int i = d->visible; d->fields[i]; ++i) {
    Value v = tuple->items[i];
    if (v && !dictSetStr(t, rest.get(), internStatic(d->fields[i]), v)) return kRaised;
  }
  Ref<Tuple> args = packTuple(t, items.value(), rest.value());
  return args ? packTuple(t, Value(typeOf(self)), args.value()) : Ref<Tuple>(kRaised);
}
const MethodDef kMethods[] = {method("__reduce__", sequenceReduce, "($self, /)"), {}};

void sequenceTraverse(Object* o, Visitor& visitor) {
  Tuple* tuple = static_cast<Tuple*>(o);
  for (int64_t i = 0; i < tuple->size + o->type()->slot_count; ++i) visitor.visit(tuple->items[i]);
}
void sequenceDealloc(Object* o) {
  Tuple* tuple = static_cast<Tuple*>(o);
  for (int64_t i = 0; i < tuple->size + o->type()->slot_count; ++i) {
    Value v = tuple->items[i];
    tuple->items[i] = Value();
    release(v);
  }
  freeInstance(o);
}

}  // namespace

Type* structSequenceType(Thread& t, StructSequence& d) {
  if (d.type) return d.type;
  int total = fieldCount(d);
  MemberDef* members = static_cast<MemberDef*>(allocateBuffer(size_t(total + 1) * sizeof(MemberDef)));
  if (!members) return raiseNoMemory(t);
  for (int i = 0; i < total; ++i) {
    members[i] = MemberDef{d.fields[i], MemberType::kValueOrNone, true, uint32_t(sizeof(Tuple) + size_t(i) * sizeof(Value)), nullptr};
  }
  members[total] = MemberDef{};
  const TypeSpec spec{.type = nullptr,
                      .basic_size = sizeof(Tuple),
                      .doc = d.doc,
                      .methods = kMethods,
                      .members = members,  // lives as long as the type, which is for ever
                      .dealloc = sequenceDealloc,
                      .traverse = sequenceTraverse,
                      .fill = [](Slots& s) {
                        s.new_ = sequenceNew;
                        s.repr = sequenceRepr;
                      }};
  Ref<Type> type = makeNativeType(t, spec, d.name, &types::Tuple,
                                  kTypeFinal | kTypeTupleSubclass | kTypeCollectable | kTypeSequencePattern);
  if (!type) return nullptr;
  type->slot_count = uint16_t(total - d.visible);
  struct Count {
    const char* name;
    int value;
  };
  for (Count c : {Count{"n_sequence_fields", d.visible}, Count{"n_fields", total}, Count{"n_unnamed_fields", 0}}) {
    if (!dictSetStr(t, type->dict, internStatic(c.name), Value::fromInt(c.value))) return nullptr;
  }
  Ref<List> names = newList(t);
  for (int i = 0; names && i < d.visible; ++i) {
    if (!listAppend(t, names.get(), share(Value(internStatic(d.fields[i]))))) return nullptr;
  }
  Ref<Tuple> match_args = names ? sequenceToTuple(t, names) : Ref<Tuple>();
  if (!match_args || !dictSetStr(t, type->dict, internStatic("__match_args__"), match_args)) return nullptr;
  KRAIT_ASSERT(registered_count < sizeof(registered) / sizeof(registered[0]), "more struct sequences than places to register them");
  d.type = type.leakObject();
  registered[registered_count++] = {d.type, &d};
  return d.type;
}

Ref<> newStructSequence(Thread& t, StructSequence& d, const Value* values) {
  Type* type = structSequenceType(t, d);
  if (!type) return kRaised;
  Tuple* tuple = static_cast<Tuple*>(allocateVariable(type, sizeof(Tuple) + size_t(d.visible) * sizeof(Value)));
  if (!tuple) return raiseNoMemory(t);
  tuple->size = d.visible;
  int total = fieldCount(d);
  for (int i = 0; i < total; ++i) tuple->items[i] = share(values[i] ? values[i] : kNone).leak();
  return steal(tuple);
}

}  // namespace krait
