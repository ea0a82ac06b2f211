// The dunder table and the wrappers: native slots seen as special methods (`int.__add__`), and slots of classes kept
// up to date with what stands in their mro.
#include <cstddef>
#include <utility>

#include "runtime/core/error.h"
#include "runtime/core/slot_functions.h"
#include "runtime/core/type_internal.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// --- wrappers: check the arguments as CPython's do, then call the slot ---

bool expectCount(Thread& t, Args args, size_t n) {
  if (args.positional == n) return true;
  return raise(t, exc::TypeError, "expected %zu argument%s, got %zu", n, n == 1 ? "" : "s", args.positional);
}
bool expectRange(Thread& t, Args args, size_t least, size_t most) {
  size_t got = args.positional;
  if (got >= least && got <= most) return true;
  size_t limit = got < least ? least : most;
  const char* how = least == most ? "" : got < least ? "at least " : "at most ";
  return raise(t, exc::TypeError, " expected %s%zu argument%s, got %zu", how, limit, limit == 1 ? "" : "s", got);
}

Ref<> wrapUnary(Thread& t, Value self, Args args, void* slot) {
  if (!expectCount(t, args, 0)) return kRaised;
  return reinterpret_cast<UnaryFunction>(slot)(t, self);
}
Ref<> wrapNext(Thread& t, Value self, Args args, void* slot) {
  if (!expectCount(t, args, 0)) return kRaised;
  Ref<> result = reinterpret_cast<UnaryFunction>(slot)(t, self);
  if (!result && !t.raised()) return raiseWith(t, exc::StopIteration, Value());
  return result;
}
Ref<> wrapBinary(Thread& t, Value self, Args args, void* slot) {
  if (!expectCount(t, args, 1)) return kRaised;
  return reinterpret_cast<BinaryFunction>(slot)(t, self, args[0]);
}
Ref<> wrapRepeat(Thread& t, Value self, Args args, void* slot) {
  if (!expectRange(t, args, 1, 1)) return kRaised;
  return reinterpret_cast<BinaryFunction>(slot)(t, self, args[0]);
}
Ref<> wrapLeft(Thread& t, Value self, Args args, void* slot) { return wrapBinary(t, self, args, slot); }
Ref<> wrapRight(Thread& t, Value self, Args args, void* slot) {
  if (!expectCount(t, args, 1)) return kRaised;
  return reinterpret_cast<BinaryFunction>(slot)(t, args[0], self);
}
Ref<> wrapPower(Thread& t, Value self, Args args, void* slot) {
  if (!expectRange(t, args, 1, 2)) return kRaised;
  return reinterpret_cast<TernaryFunction>(slot)(t, self, args[0], args.positional > 1 ? args[1] : kNone);
}
Ref<> wrapReflectedPower(Thread& t, Value self, Args args, void* slot) {
  if (!expectRange(t, args, 1, 2)) return kRaised;
  return reinterpret_cast<TernaryFunction>(slot)(t, args[0], self, args.positional > 1 ? args[1] : kNone);
}
Ref<> wrapInplacePower(Thread& t, Value self, Args args, void* slot) {
  if (!expectCount(t, args, 1)) return kRaised;
  return reinterpret_cast<TernaryFunction>(slot)(t, self, args[0], kNone);
}
template <CompareOp op>
Ref<> wrapCompare(Thread& t, Value self, Args args, void* slot) {
  if (!expectCount(t, args, 1)) return kRaised;
  return reinterpret_cast<CompareFunction>(slot)(t, self, args[0], op);
}
Ref<> wrapHash(Thread& t, Value self, Args args, void* slot) {
  if (!expectCount(t, args, 0)) return kRaised;
  Hash hash = reinterpret_cast<HashFunction>(slot)(t, self);
  if (hash == -1) return kRaised;
  return newInt(t, hash);
}
Ref<> wrapTruth(Thread& t, Value self, Args args, void* slot) {
  if (!expectCount(t, args, 0)) return kRaised;
  int result = reinterpret_cast<TruthFunction>(slot)(t, self);
  if (result < 0) return kRaised;
  return steal(Value::fromBool(result != 0));
}
Ref<> wrapLength(Thread& t, Value self, Args args, void* slot) {
  if (!expectCount(t, args, 0)) return kRaised;
  int64_t length = reinterpret_cast<LengthFunction>(slot)(t, self);
  if (length < 0) return kRaised;
  return newInt(t, length);
}
Ref<> wrapContains(Thread& t, Value self, Args args, void* slot) {
  if (!expectCount(t, args, 1)) return kRaised;
  int result = reinterpret_cast<ContainsFunction>(slot)(t, self, args[0]);
  if (result < 0) return kRaised;
  return steal(Value::fromBool(result != 0));
}
Ref<> noneIf(bool ok) { return ok ? steal(kNone) : Ref<>(); }

Ref<> wrapSetitem(Thread& t, Value self, Args args, void* slot) {
  if (!expectRange(t, args, 2, 2)) return kRaised;
  return noneIf(reinterpret_cast<SetItemFunction>(slot)(t, self, args[0], args[1]));
}
Ref<> wrapDelitem(Thread& t, Value self, Args args, void* slot) {
  if (!expectCount(t, args, 1)) return kRaised;
  return noneIf(reinterpret_cast<SetItemFunction>(slot)(t, self, args[0], Value()));
}
Ref<> wrapCall(Thread& t, Value self, Args args, void* slot) { return reinterpret_cast<CallFunction>(slot)(t, self, args); }
Ref<> wrapInit(Thread& t, Value self, Args args, void* slot) {
  return noneIf(reinterpret_cast<InitFunction>(slot)(t, self, args));
}
Ref<> wrapFinalize(Thread& t, Value self, Args args, void* slot) {
  if (!expectCount(t, args, 0)) return kRaised;
  reinterpret_cast<FinalizeFunction>(slot)(t, self.asObject());
  return steal(kNone);
}
Ref<> wrapDescrGet(Thread& t, Value self, Args args, void* slot) {
  if (!expectRange(t, args, 1, 2)) return kRaised;
  Value instance = args[0].isNone() ? Value() : args[0];
  Value owner = args.positional > 1 && !args[1].isNone() ? args[1] : Value();
  if (instance.empty() && owner.empty()) return raise(t, exc::TypeError, "__get__(None, None) is invalid");
  Type* type = !owner.empty() && isType(owner) ? static_cast<Type*>(owner.asObject()) : nullptr;
  return reinterpret_cast<DescrGetFunction>(slot)(t, self, instance, type);
}
Ref<> wrapDescrSet(Thread& t, Value self, Args args, void* slot) {
  if (!expectRange(t, args, 2, 2)) return kRaised;
  return noneIf(reinterpret_cast<DescrSetFunction>(slot)(t, self, args[0], args[1]));
}
Ref<> wrapDescrDelete(Thread& t, Value self, Args args, void* slot) {
  if (!expectCount(t, args, 1)) return kRaised;
  return noneIf(reinterpret_cast<DescrSetFunction>(slot)(t, self, args[0], Value()));
}

Ref<Str> attributeName(Thread& t, Value name) {
  if (!isStr(name)) return raise(t, exc::TypeError, "attribute name must be string, not '%s'", typeName(name));
  return intern(t, share(asStr(name)));
}

// object.__setattr__(cls, ...) must not get around the metaclass (Carlo Verre's trick): the slot has to be the one
// that the most derived native type of self would use.
bool mayUseSetattr(Thread& t, Value self, void* slot, const char* what) {
  const Type* type = typeOf(self);
  while (type && type->has(kTypeHeap)) type = type->base;
  if (!type || reinterpret_cast<void*>(type->slots.setattr) == slot) return true;
  return raise(t, exc::TypeError, "can't apply this %s to %s object", what, type->cname);
}

Ref<> wrapGetattr(Thread& t, Value self, Args args, void* slot) {
  if (!expectCount(t, args, 1)) return kRaised;
  Ref<Str> name = attributeName(t, args[0]);
  if (!name) return kRaised;
  return reinterpret_cast<GetAttrFunction>(slot)(t, self, name.get());
}
Ref<> wrapSetattr(Thread& t, Value self, Args args, void* slot) {
  if (!expectRange(t, args, 2, 2) || !mayUseSetattr(t, self, slot, "__setattr__")) return kRaised;
  Ref<Str> name = attributeName(t, args[0]);
  if (!name) return kRaised;
  return noneIf(reinterpret_cast<SetAttrFunction>(slot)(t, self, name.get(), args[1]));
}
Ref<> wrapDelattr(Thread& t, Value self, Args args, void* slot) {
  if (!expectCount(t, args, 1) || !mayUseSetattr(t, self, slot, "__delattr__")) return kRaised;
  Ref<Str> name = attributeName(t, args[0]);
  if (!name) return kRaised;
  return noneIf(reinterpret_cast<SetAttrFunction>(slot)(t, self, name.get(), Value()));
}

constexpr uint16_t slotIndex(size_t offset) { return uint16_t(offset / sizeof(void*)); }
bool takesKeywords(const DunderDef* def) { return def->wrapper == wrapCall || def->wrapper == wrapInit; }

}  // namespace

DunderDef dunders[] = {
#define DUNDER(name, field, generic, wrapper, signature, doc)                                                      \
  {name, slotIndex(offsetof(Slots, field)),                                                                        \
   reinterpret_cast<void*>(static_cast<std::remove_reference_t<decltype(std::declval<Slots&>().field)>>(generic)), \
   wrapper, signature, doc, nullptr},
#define OPERATOR(name, symbol, left, right)                                                                           \
  DUNDER(left, binary[kOp_##name], slotBinary<kOp_##name>, wrapLeft, "($self, value, /)", "Return self" symbol "value.") \
  DUNDER(right, binary[kOp_##name], slotBinary<kOp_##name>, wrapRight, "($self, value, /)", "Return value" symbol "self.")
#define INPLACE(name, symbol, dunder) \
  DUNDER(dunder, inplace[kOp_##name], slotInplace<kOp_##name>, wrapBinary, "($self, value, /)", "Return self" symbol "=value.")
#include "runtime/core/dunders.def"
    {},
};

void internDunders() {
  for (DunderDef* def = dunders; def->name; ++def) def->interned = internStatic(def->name);
}

bool isDunderName(Str* name) {
  return name->width == 1 && name->length > 4 && name->data[0] == '_' && name->data[1] == '_';
}

Ref<> callWrapper(Thread& t, WrapperDescr* descr, Value self, Args args) {
  if (args.keywords() != 0 && !takesKeywords(descr->def)) {
    return raise(t, exc::TypeError, "wrapper %s() takes no keyword arguments", descr->def->name);
  }
  return descr->def->wrapper(t, self, args, descr->function);
}

void addSlotWrappers(Thread& t, Type* type) {
  for (const DunderDef* def = dunders; def->name; ++def) {
    void* function = slotWord(type, def->slot);
    if (!function || !def->wrapper) continue;
    if (type->base && slotWord(type->base, def->slot) == function) continue;
    if (dictGetStr(type->dict, def->interned)) continue;
    if (function == reinterpret_cast<void*>(hashNotImplemented)) {
      KRAIT_ASSERT(dictSetStr(t, type->dict, def->interned, kNone), "no memory for %s", type->cname);
      continue;
    }
    Ref<> descr = newWrapperDescr(t, type, def, function);
    KRAIT_ASSERT(descr && dictSetStr(t, type->dict, def->interned, descr), "no memory for %s", type->cname);
  }
}

// --- slots from what stands in the mro ---

namespace {

// The rule of CPython's update_one_slot: the native function when all methods of the slot are its own wrappers in this
// mro, else the slot function that calls the methods.
void updateSlot(Type* type, const DunderDef* first, uint16_t slot) {
  void* specific = nullptr;
  void* generic = nullptr;
  bool overridden = false;
  for (const DunderDef* def = first; def->name; ++def) {
    if (def->slot != slot) continue;
    Value found = lookupInMro(type, def->interned);
    if (found.empty()) continue;
    if (isExact(found, &types::WrapperDescr) && static_cast<WrapperDescr*>(found.asObject())->def->interned == def->interned) {
      WrapperDescr* descr = static_cast<WrapperDescr*>(found.asObject());
      if (descr->def != def) {
        // The method of another slot with the same name. Where both are called in one form the function serves both:
        // the += of list goes before an __add__ of its subclass; the + of sequences waits behind the numbers'.
        if (descr->def->wrapper == def->wrapper && isSubtype(type, descr->owner)) specific = descr->function;
        continue;
      }
      if ((!specific || specific == descr->function) && isSubtype(type, descr->owner)) {
        specific = descr->function;
        if (!generic) generic = def->generic;
        continue;
      }
    } else if (def->generic == reinterpret_cast<void*>(slotNew) && isExact(found, &types::NativeFunction) &&
               static_cast<NativeFunction*>(found.asObject())->def == newMethodDef()) {
      specific = reinterpret_cast<void*>(static_cast<Type*>(static_cast<NativeFunction*>(found.asObject())->self.asObject())->slots.new_);
      continue;
    } else if (found.isNone() && def->generic == reinterpret_cast<void*>(slotHash)) {
      specific = reinterpret_cast<void*>(hashNotImplemented);
      continue;
    }
    overridden = true;
    generic = def->generic;
  }
  slotWord(type, slot) = overridden ? generic : specific;
}

void forSubclasses(Type* type, Str* name) {
  for (uint32_t i = 0; i < type->subclass_count; ++i) {
    Type* sub = type->subclasses[i];
    // A subclass with a definition of its own does not see the change (but its other methods of the slot may be inherited).
    if (sub->has(kTypeHeap)) updateSlots(sub, name);
  }
}

}  // namespace

void updateTypeFlags(Type* type) {
  auto set = [&](uint32_t flag, bool on) { type->flags = on ? type->flags | flag : type->flags & ~flag; };
  set(kTypeHasFinalizer, type->slots.finalize != nullptr);
  set(kTypeCustomGetattr, type->slots.getattr == slotGetattr);
  set(kTypeCustomSetattr, type->slots.setattr == slotSetattr);
}

void updateSlots(Type* type, Str* name) {
  if (!type->has(kTypeHeap)) return;
  bool had_finalizer = type->has(kTypeHasFinalizer), had_next = type->slots.next != nullptr;
  uint64_t done[(kSlotWords + 63) / 64] = {};
  bool any = false;
  for (const DunderDef* def = dunders; def->name; ++def) {
    if (name && def->interned != name) continue;
    any = true;
    uint64_t& word = done[def->slot / 64];
    uint64_t bit = uint64_t(1) << (def->slot % 64);
    if (word & bit) continue;
    word |= bit;
    updateSlot(type, dunders, def->slot);
  }
  if (!any) return;
  // Loops that run over such an iterator call the slot without looking again.
  if (had_next && !type->slots.next) type->slots.next = nextNotImplemented;
  updateTypeFlags(type);
  if (!had_finalizer && type->has(kTypeHasFinalizer)) markFinalizers(type);
  if (name) forSubclasses(type, name);
}

void inheritSlots(Type* type, const Type* base) {
  // Comparison and hash go together: who defines one of them does not inherit the other.
  bool own_equality = type->slots.compare || type->slots.hash;
  HashFunction hash = type->slots.hash;
  CompareFunction compare = type->slots.compare;
  for (uint32_t i = 0; i < kSlotWords; ++i) {
    if (!slotWord(type, i)) slotWord(type, i) = slotWord(const_cast<Type*>(base), i);
  }
  if (own_equality) {
    type->slots.hash = hash ? hash : hashNotImplemented;
    type->slots.compare = compare ? compare : base->slots.compare;
  }
}

Hash hashNotImplemented(Thread& t, Value self) {
  return int64_t(raise(t, exc::TypeError, "unhashable type: '%s'", typeName(self)));
}

Ref<> nextNotImplemented(Thread& t, Value self) {
  return raise(t, exc::TypeError, "'%s' object is not iterable", typeName(self));
}

}  // namespace krait
