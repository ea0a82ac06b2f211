// BaseExceptionGroup and ExceptionGroup: derive, split, subgroup.
#include "runtime/core/names.h"
#include "runtime/core/type_internal.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/exceptions.h"
#include "runtime/objects/function.h"
#include "runtime/objects/generic_alias.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

Type exception_group_type{};

namespace {

ExceptionGroupObject* group(Value v) { return static_cast<ExceptionGroupObject*>(v.asObject()); }
bool isGroup(Value v) { return isInstance(v, &exc::BaseExceptionGroup); }

Ref<> groupNew(Thread& t, Type* type, Args args) {
  if (args.positional != 2) {
    return raise(t, exc::TypeError, "BaseExceptionGroup.__new__() takes exactly 2 arguments (%zu given)", args.positional);
  }
  if (!isStr(args[0])) {
    return raise(t, exc::TypeError, "BaseExceptionGroup.__new__() argument 1 must be str, not %s",
                 args[0].isNone() ? "None" : typeName(args[0]));
  }
  if (!isTuple(args[1]) && !isList(args[1]) && !typeOf(args[1])->slots.getitem) {
    return raise(t, exc::TypeError, "second argument (exceptions) must be a sequence");
  }
  Ref<Tuple> exceptions = sequenceToTuple(t, args[1]);
  if (!exceptions) return kRaised;
  if (exceptions->size == 0) return raise(t, exc::ValueError, "second argument (exceptions) must be a non-empty sequence");
  bool plain = true;
  for (int64_t i = 0; i < exceptions->size; ++i) {
    if (!isException(exceptions->items[i])) {
      return raise(t, exc::ValueError, "Item %zd of second argument (exceptions) is not an exception", size_t(i));
    }
    plain = plain && isInstance(exceptions->items[i], &exc::Exception);
  }
  if (type == &exc::BaseExceptionGroup) {
    if (plain) type = &exception_group_type;
  } else if (!plain) {
    if (type == &exception_group_type) return raise(t, exc::TypeError, "Cannot nest BaseExceptions in an ExceptionGroup");
    if (isSubtype(type, &exc::Exception)) return raise(t, exc::TypeError, "Cannot nest BaseExceptions in '%.200s'", type->cname);
  }
  Ref<Tuple> all = newTuple(t, args.values, int64_t(args.positional));
  if (!all) return kRaised;
  Ref<> self = newException(t, type, all.get());
  if (!self) return kRaised;
  group(self)->message = share(args[0]).leak();
  group(self)->exceptions = std::move(exceptions).as<void>().leak();
  return self;
}

bool groupInit(Thread& t, Value self, Args args) {
  if (args.keywords() != 0) return raise(t, exc::TypeError, "%s() takes no keyword arguments", typeName(self));
  return exceptionSetArgs(t, self, args);
}

Ref<> groupStr(Thread& t, Value self) {
  int64_t count = asTuple(group(self)->exceptions)->size;
  Ref<Str> message = str(t, group(self)->message);
  Ref<Str> tail = strFormat(t, " (%ld sub-exception%s)", long(count), count == 1 ? "" : "s");
  if (!message || !tail) return kRaised;
  return strConcat(t, message, tail);
}

Ref<> derive(Thread& t, Value self, Args given) {
  if (!noKeywords(t, "BaseExceptionGroup.derive", given)) return kRaised;
  if (given.positional != 1)
    return raise(t, exc::TypeError, "function takes exactly 1 argument (%zu given)", given.positional);
  Value args[] = {group(self)->message, given[0]};
  return call(t, &exc::BaseExceptionGroup, Args{args, 2});
}

// A group of these exceptions with the metadata of the original; None for an empty list.
Ref<> subset(Thread& t, Value original, List* exceptions) {
  if (exceptions->size == 0) return steal(kNone);
  Ref<> made = callMethod(t, original, "derive", exceptions);
  if (!made) return kRaised;
  if (!isGroup(made)) return raise(t, exc::TypeError, "derive must return an instance of BaseExceptionGroup");
  BaseException *from = asException(original), *to = asException(made);
  assign(to->traceback, share(from->traceback));
  assign(to->context, share(from->context));
  if (!from->cause.empty()) assign(to->cause, share(from->cause));
  to->suppress_context = from->suppress_context;
  Ref<> notes = getAttrOrEmpty(t, original, names::dunder_notes);
  if (!notes) return t.raised() ? Ref<>() : std::move(made);
  if (isList(notes) || isTuple(notes)) {
    Ref<List> copy = sequenceToList(t, notes);
    if (!copy || !setAttr(t, made, names::dunder_notes, copy)) return kRaised;
  }
  return made;
}

enum class Match : uint8_t { kByType, kByPredicate };

bool chooseMatch(Thread& t, Value condition, Match* how) {
  auto isExceptionType = [](Value v) { return isType(v) && static_cast<Type*>(v.asObject())->has(kTypeExceptionSubclass); };
  *how = Match::kByType;
  if (isExceptionType(condition)) return true;
  if (isTuple(condition)) {
    bool all = true;
    for (int64_t i = 0; i < asTuple(condition)->size; ++i) all = all && isExceptionType(asTuple(condition)->items[i]);
    if (all) return true;
  } else if (isCallable(condition) && !isType(condition)) {
    *how = Match::kByPredicate;
    return true;
  }
  return raise(t, exc::TypeError, "expected a function, exception type or tuple of exception types");
}

int matches(Thread& t, Value exception, Value condition, Match how) {
  if (how == Match::kByType) return exceptionMatches(t, exception, condition);
  Ref<> answer = call(t, condition, exception);
  if (!answer) return kRaised;
  return truth(t, answer);
}

// Splits into what matches and (when wanted) the rest; None where there is nothing.
bool split(Thread& t, Value exception, Value condition, Match how, bool want_rest, Ref<>* match, Ref<>* rest) {
  *match = steal(kNone);
  *rest = steal(kNone);
  int whole = matches(t, exception, condition, how);
  if (whole < 0) return false;
  if (whole) {
    *match = share(exception);
    return true;
  }
  if (!isGroup(exception)) {
    if (want_rest) *rest = share(exception);
    return true;
  }
  NativeScope scope(t, " in exceptiongroup_split_recursive");
  if (!scope) return false;
  Ref<List> matching = newList(t), others = newList(t);
  if (!matching || !others) return false;
  Ref<Tuple> parts = share(asTuple(group(exception)->exceptions));
  for (int64_t i = 0; i < parts->size; ++i) {
    Ref<> part, remainder;
    if (!split(t, parts->items[i], condition, how, want_rest, &part, &remainder)) return false;
    if (!part.value().isNone() && !listAppend(t, matching.get(), std::move(part))) return false;
    if (want_rest && !remainder.value().isNone() && !listAppend(t, others.get(), std::move(remainder))) return false;
  }
  *match = subset(t, exception, matching.get());
  if (!*match) return false;
  if (!want_rest) return true;
  *rest = subset(t, exception, others.get());
  return bool(*rest);
}

Ref<> splitMethod(Thread& t, Value self, Args args) {
  if (!noKeywords(t, "BaseExceptionGroup.split", args) || !arity(t, "split", args, 1, 1)) return kRaised;
  Value condition = args[0];
  Match how;
  Ref<> match, rest;
  if (!chooseMatch(t, condition, &how) || !split(t, self, condition, how, true, &match, &rest)) return kRaised;
  return packTuple(t, match.value(), rest.value());
}
Ref<> subgroupMethod(Thread& t, Value self, Args args) {
  if (!noKeywords(t, "BaseExceptionGroup.subgroup", args) || !arity(t, "subgroup", args, 1, 1)) return kRaised;
  Value condition = args[0];
  Match how;
  Ref<> match, rest;
  if (!chooseMatch(t, condition, &how) || !split(t, self, condition, how, false, &match, &rest)) return kRaised;
  return match;
}

const MethodDef kMethods[] = {
    method("__class_getitem__", classGetItem, nullptr, "See PEP 585", MethodKind::kClass),
    method("derive", derive, nullptr, ""),
    method("split", splitMethod, nullptr, ""),
    method("subgroup", subgroupMethod, nullptr, ""),
    {},
};
const MemberDef kMembers[] = {
    {"message", MemberType::kValueOrNone, true, offsetof(ExceptionGroupObject, message), "exception message"},
    {"exceptions", MemberType::kValueOrNone, true, offsetof(ExceptionGroupObject, exceptions), "nested exceptions"},
    {},
};

}  // namespace

const TypeSpec& baseExceptionGroupSpec() {
  static const TypeSpec spec{.type = &exc::BaseExceptionGroup, .basic_size = sizeof(ExceptionGroupObject),
                             .doc = "A combination of multiple unrelated exceptions.", .methods = kMethods, .members = kMembers,
                             .fill = [](Slots& s) {
                               s.new_ = groupNew;
                               s.init = groupInit;
                               s.str = groupStr;
                             }};
  return spec;
}

// The one builtin type with two bases.
void readyExceptionGroup(Thread& t) {
  Type* type = &exception_group_type;
  readyType(t, exceptionSpec(type));
  Ref<Tuple> bases = packTuple(t, Value(&exc::BaseExceptionGroup), Value(&exc::Exception));
  Ref<Tuple> mro = packTuple(t, Value(type), Value(&exc::BaseExceptionGroup), Value(&exc::Exception), Value(&types::BaseException),
                             Value(&types::Object));
  KRAIT_ASSERT(bases && mro, "no memory for type %s", type->cname);
  Ref<> old_bases = steal(Value(type->bases)), old_mro = steal(Value(type->mro));
  type->bases = bases.leakObject();
  type->mro = mro.leakObject();
  KRAIT_ASSERT(addSubclass(t, &exc::Exception, type), "no memory for type %s", type->cname);
}

}  // namespace krait
