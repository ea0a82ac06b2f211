// Method resolution order (C3), the metaclass and the base whose layout a new class extends.
#include "runtime/core/error.h"
#include "runtime/core/names.h"
#include "runtime/core/type_internal.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

Type* typeAt(const Tuple* tuple, int64_t i) { return static_cast<Type*>(tuple->items[i].asObject()); }

// One list of the merge: the part of a tuple from `head` on.
struct Sequence {
  const Tuple* tuple;
  int64_t head;
};

bool inTail(const Sequence& s, const Type* type) {
  for (int64_t i = s.head + 1; i < s.tuple->size; ++i) {
    if (typeAt(s.tuple, i) == type) return true;
  }
  return false;
}

Raised inconsistent(Thread& t, const Sequence* sequences, int64_t count) {
  // The heads that are left, each once.
  Ref<List> heads = newList(t);
  if (!heads) return kRaised;
  for (int64_t i = 0; i < count; ++i) {
    if (sequences[i].head >= sequences[i].tuple->size) continue;
    Type* head = typeAt(sequences[i].tuple, sequences[i].head);
    bool known = false;
    for (int64_t k = 0; k < heads->size; ++k) known |= listGet(heads.get(), k).value() == Value(head);
    if (!known && !listAppend(t, heads.get(), share(head).as<void>())) return kRaised;
  }
  Ref<> text = newStrUtf8(t, "Cannot create a consistent method resolution\norder (MRO) for bases").as<void>();
  for (int64_t k = 0; text && k < heads->size; ++k) {
    Type* head = static_cast<Type*>(listGet(heads.get(), k).value().asObject());
    Ref<Str> part = strFormat(t, "%s %s", k ? "," : "", head->cname);
    if (!part) return kRaised;
    text = strConcat(t, text, part);
  }
  if (text) (void)raiseWith(t, exc::TypeError, text);
  return kRaised;
}

bool checkDuplicates(Thread& t, const Tuple* bases) {
  for (int64_t i = 0; i < bases->size; ++i) {
    for (int64_t k = i + 1; k < bases->size; ++k) {
      if (bases->items[i] == bases->items[k]) return raise(t, exc::TypeError, "duplicate base class %s", typeAt(bases, i)->cname);
    }
  }
  return true;
}

}  // namespace

Ref<Tuple> linearise(Thread& t, Type* type) {
  const Tuple* bases = type->bases;
  Ref<List> result = newList(t, 8);
  if (!result || !listAppend(t, result.get(), share(type).as<void>())) return kRaised;
  if (bases->size == 1) {
    const Tuple* inherited = typeAt(bases, 0)->mro;
    for (int64_t i = 0; i < inherited->size; ++i) {
      if (!listAppend(t, result.get(), share(inherited->items[i]))) return kRaised;
    }
    return sequenceToTuple(t, result);
  }
  if (!checkDuplicates(t, bases)) return kRaised;
  int64_t count = bases->size + 1;
  Sequence* sequences = static_cast<Sequence*>(__builtin_alloca(sizeof(Sequence) * size_t(count)));
  for (int64_t i = 0; i < bases->size; ++i) sequences[i] = Sequence{typeAt(bases, i)->mro, 0};
  sequences[bases->size] = Sequence{bases, 0};
  for (;;) {
    Type* next = nullptr;
    bool left = false;
    for (int64_t i = 0; i < count && !next; ++i) {
      if (sequences[i].head >= sequences[i].tuple->size) continue;
      left = true;
      Type* candidate = typeAt(sequences[i].tuple, sequences[i].head);
      bool blocked = false;
      for (int64_t k = 0; k < count && !blocked; ++k) blocked = inTail(sequences[k], candidate);
      if (!blocked) next = candidate;
    }
    if (!left) break;
    if (!next) return inconsistent(t, sequences, count);
    if (!listAppend(t, result.get(), share(next).as<void>())) return kRaised;
    for (int64_t i = 0; i < count; ++i) {
      Sequence& s = sequences[i];
      if (s.head < s.tuple->size && typeAt(s.tuple, s.head) == next) ++s.head;
    }
  }
  return sequenceToTuple(t, result);
}

Ref<Tuple> computeMro(Thread& t, Type* type) {
  Type* metatype = type->type();
  if (metatype == &types::Type) return linearise(t, type);
  Ref<> self;
  Ref<> method = lookupSpecial(t, type, names::mro, &self);
  if (!method) return t.raised() ? Ref<Tuple>() : linearise(t, type);
  Ref<> given = self ? call(t, method, self) : call(t, method);
  if (!given) return kRaised;
  Ref<Tuple> mro = sequenceToTuple(t, given);
  if (!mro) return kRaised;
  if (mro->size == 0) return raise(t, exc::TypeError, "type MRO must not be empty");
  const Type* layout = layoutBase(type);
  for (int64_t i = 0; i < mro->size; ++i) {
    Value each = mro->items[i];
    if (!isType(each)) return raise(t, exc::TypeError, "mro() returned a non-class ('%.500s')", typeName(each));
    if (!isSubtype(layout, layoutBase(static_cast<Type*>(each.asObject())))) {
      return raise(t, exc::TypeError, "mro() returned base with unsuitable layout ('%.500s')",
                   static_cast<Type*>(each.asObject())->cname);
    }
  }
  return mro;
}

Type* calculateMetaclass(Thread& t, Type* candidate, Tuple* bases) {
  Type* winner = candidate;
  for (int64_t i = 0; i < bases->size; ++i) {
    Type* metatype = typeOf(bases->items[i]);
    if (isSubtype(winner, metatype)) continue;
    if (isSubtype(metatype, winner)) {
      winner = metatype;
      continue;
    }
    return raise(t, exc::TypeError,
                 "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all "
                 "its bases");
  }
  return winner;
}

Ref<Tuple> resolveBases(Thread& t, Tuple* bases) {
  Ref<List> result;
  for (int64_t i = 0; i < bases->size; ++i) {
    Value base = bases->items[i];
    if (isType(base)) {
      if (result && !listAppend(t, result.get(), share(base))) return kRaised;
      continue;
    }
    Ref<> method = getAttrOrEmpty(t, base, names::dunder_mro_entries);
    if (!method) {
      if (t.raised()) return kRaised;
      if (result && !listAppend(t, result.get(), share(base))) return kRaised;
      continue;
    }
    Ref<> entries = call(t, method, bases);
    if (!entries) return kRaised;
    if (!isTuple(entries)) return raise(t, exc::TypeError, "__mro_entries__ must return a tuple");
    if (!result && !(result = newListFrom(t, bases->items, i))) return kRaised;
    if (!listExtend(t, result.get(), entries)) return kRaised;
  }
  return result ? sequenceToTuple(t, result) : share(bases);
}

const Type* layoutBase(const Type* type) {
  const Type* base = type->base ? layoutBase(type->base) : &types::Object;
  if (type == &types::Object) return type;
  bool own_items = (type->flags & kTypeVariableSize) != (base->flags & kTypeVariableSize);
  bool extends = type->has(kTypeHeap) ? type->slot_count != type->base->slot_count
                                      : type->basic_size != base->basic_size || own_items;
  return extends ? type : base;
}

Type* bestBase(Thread& t, Tuple* bases) {
  Type* best = nullptr;
  const Type* winner = nullptr;
  for (int64_t i = 0; i < bases->size; ++i) {
    Value each = bases->items[i];
    if (!isType(each)) return raise(t, exc::TypeError, "bases must be types");
    Type* base = static_cast<Type*>(each.asObject());
    if (base->has(kTypeFinal)) return raise(t, exc::TypeError, "type '%.100s' is not an acceptable base type", base->cname);
    const Type* candidate = layoutBase(base);
    if (!winner) {
      winner = candidate;
      best = base;
    } else if (isSubtype(winner, candidate)) {
    } else if (isSubtype(candidate, winner)) {
      winner = candidate;
      best = base;
    } else {
      return raise(t, exc::TypeError, "multiple bases have instance lay-out conflict");
    }
  }
  return best;
}

}  // namespace krait
