// Substitution of type variables, as PEP 585, 604 and 646 have it in 3.11.
#include "runtime/objects/type_parameters.h"

#include "runtime/core/error.h"
#include "runtime/core/names.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

bool appendOnce(Thread& t, List* list, Value v) {
  for (int64_t i = 0; i < list->size; ++i) {
    if (listGet(list, i).value() == v) return true;
  }
  return listAppend(t, list, share(v));
}

int64_t indexIn(const Tuple* tuple, Value v) {
  for (int64_t i = 0; i < tuple->size; ++i) {
    if (tuple->items[i] == v) return i;
  }
  return -1;
}

Raised withRepr(Thread& t, Value self, const char* format) {
  Ref<Str> shown = repr(t, self);
  if (!shown) return kRaised;
  Utf8 text;
  text.setLossy(shown.get());
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-nonliteral"
  return raise(t, exc::TypeError, format, text.c_str());
#pragma clang diagnostic pop
}

// Unpacked tuples in the item (*tuple[int, str]) are spliced in.
Ref<Tuple> itemTuple(Thread& t, Value item) {
  Ref<Tuple> given = isTuple(item) ? share(asTuple(item)) : packTuple(t, item);
  if (!given) return given;
  Ref<List> result = newList(t, given->size);
  if (!result) return kRaised;
  for (int64_t i = 0; i < given->size; ++i) {
    Value each = given->items[i];
    if (!isType(each)) {
      Ref<> inner = getAttrOrEmpty(t, each, names::dunder_typing_unpacked_tuple_args);
      if (!inner && t.raised()) return kRaised;
      if (inner && isTuple(inner) && asTuple(inner)->size > 0 &&
          asTuple(inner)->items[asTuple(inner)->size - 1] != kEllipsis) {
        if (!listExtend(t, result.get(), inner)) return kRaised;
        continue;
      }
    }
    if (!listAppend(t, result.get(), share(each))) return kRaised;
  }
  return sequenceToTuple(t, result);
}

// An argument that is itself generic over some of the parameters: arg[its share of the items].
Ref<> substituteNested(Thread& t, Value arg, Tuple* parameters, Tuple* items) {
  Ref<> own = getAttrOrEmpty(t, arg, names::dunder_parameters);
  if (!own) return t.raised() ? Ref<>() : share(arg);
  if (!isTuple(own) || asTuple(own)->size == 0) return share(arg);
  Ref<List> chosen = newList(t);
  if (!chosen) return kRaised;
  for (int64_t i = 0; i < asTuple(own)->size; ++i) {
    Value parameter = asTuple(own)->items[i];
    int64_t at = indexIn(parameters, parameter);
    Value v = at >= 0 ? items->items[at] : parameter;
    // A TypeVarTuple, told by being iterable, stands for many; a ParamSpec's tuple is one argument.
    if (at >= 0 && isTuple(v) && typeOf(parameter)->slots.iter) {
      if (!listExtend(t, chosen.get(), v)) return kRaised;
    } else if (!listAppend(t, chosen.get(), share(v))) {
      return kRaised;
    }
  }
  Ref<Tuple> tuple = sequenceToTuple(t, chosen);
  return tuple ? getItem(t, arg, tuple) : Ref<>();
}

}  // namespace

Ref<Tuple> collectParameters(Thread& t, Tuple* args) {
  Ref<List> found = newList(t);
  if (!found) return kRaised;
  for (int64_t i = 0; i < args->size; ++i) {
    Value each = args->items[i];
    if (isType(each)) continue;
    Ref<> substitute = getAttrOrEmpty(t, each, names::dunder_typing_subst);
    if (!substitute && t.raised()) return kRaised;
    if (substitute) {
      if (!appendOnce(t, found.get(), each)) return kRaised;
      continue;
    }
    Ref<> inner = getAttrOrEmpty(t, each, names::dunder_parameters);
    if (!inner && t.raised()) return kRaised;
    for (int64_t k = 0; inner && isTuple(inner) && k < asTuple(inner)->size; ++k) {
      if (!appendOnce(t, found.get(), asTuple(inner)->items[k])) return kRaised;
    }
  }
  return sequenceToTuple(t, found);
}

Ref<Tuple> substituteParameters(Thread& t, Value self, Tuple* args, Tuple* parameters, Value item) {
  if (parameters->size == 0) return withRepr(t, self, "%s is not a generic class");
  Ref<Tuple> items = itemTuple(t, item);
  if (!items) return kRaised;
  for (int64_t i = 0; i < parameters->size; ++i) {
    Ref<> prepare = getAttrOrEmpty(t, parameters->items[i], names::dunder_typing_prepare_subst);
    if (!prepare && t.raised()) return kRaised;
    if (!prepare || prepare.value().isNone()) continue;
    Ref<> prepared = call(t, prepare, self, items);
    if (!prepared) return kRaised;
    items = isTuple(prepared) ? std::move(prepared).as<Tuple>() : packTuple(t, prepared.value());
    if (!items) return kRaised;
  }
  if (items->size != parameters->size) {
    Ref<Str> shown = repr(t, self);
    if (!shown) return kRaised;
    Utf8 text;
    text.setLossy(shown.get());
    return raise(t, exc::TypeError, "Too %s arguments for %s; actual %zd, expected %zd",
                 items->size > parameters->size ? "many" : "few", text.c_str(), size_t(items->size), size_t(parameters->size));
  }
  Ref<List> result = newList(t, args->size);
  if (!result) return kRaised;
  for (int64_t i = 0; i < args->size; ++i) {
    Value each = args->items[i];
    if (isType(each)) {
      if (!listAppend(t, result.get(), share(each))) return kRaised;
      continue;
    }
    Ref<> spread = getAttrOrEmpty(t, each, names::dunder_typing_is_unpacked_typevartuple);
    if (!spread && t.raised()) return kRaised;
    int unpack = spread ? truth(t, spread) : 0;
    if (unpack < 0) return kRaised;
    Ref<> substitute = getAttrOrEmpty(t, each, names::dunder_typing_subst);
    if (!substitute && t.raised()) return kRaised;
    Ref<> replaced;
    if (substitute) {
      int64_t at = indexIn(parameters, each);
      replaced = call(t, substitute, items->items[at < 0 ? 0 : at]);
    } else {
      replaced = substituteNested(t, each, parameters, items.get());
    }
    if (!replaced) return kRaised;
    bool ok = unpack && isTuple(replaced) ? listExtend(t, result.get(), replaced) : listAppend(t, result.get(), std::move(replaced));
    if (!ok) return kRaised;
  }
  return sequenceToTuple(t, result);
}

Ref<Str> reprTypeArgument(Thread& t, Value v) {
  if (v == kEllipsis) return newStrUtf8(t, "...");
  Ref<> origin = getAttrOrEmpty(t, v, names::dunder_origin);
  if (!origin && t.raised()) return kRaised;
  if (origin) {
    Ref<> args = getAttrOrEmpty(t, v, names::dunder_args);
    if (!args && t.raised()) return kRaised;
    if (args) return repr(t, v);
  }
  Ref<> qualname = getAttrOrEmpty(t, v, names::dunder_qualname);
  if (!qualname) return t.raised() ? Ref<Str>() : repr(t, v);
  Ref<> module = getAttrOrEmpty(t, v, names::dunder_module);
  if (!module && t.raised()) return kRaised;
  if (!module || module.value().isNone()) return repr(t, v);
  if (isStr(module) && strEqualsAscii(asStr(module), "builtins")) return str(t, qualname);
  Ref<Str> prefix = str(t, module), name = str(t, qualname);
  if (!prefix || !name) return kRaised;
  Ref<Str> dot = newStrUtf8(t, ".");
  Ref<> whole = dot ? strConcat(t, prefix, dot) : Ref<>();
  return whole ? strConcat(t, whole, name).as<Str>() : Ref<Str>();
}

}  // namespace krait
