// raise, except, except*, with.
#include "interp/semantics.h"
#include "runtime/core/names.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/function.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

bool isExceptionClass(Value v) { return isType(v) && static_cast<Type*>(v.asObject())->has(kTypeExceptionSubclass); }

// The instance that `raise v` or `from v` means; empty: raised.
Ref<> instanceToRaise(Thread& t, Value v, const char* complaint) {
  if (isExceptionClass(v)) {
    Ref<> made = call(t, v);
    if (made && !isException(made)) {
      return raise(t, exc::TypeError, "calling %s should have returned an instance of BaseException, not %s",
                   Utf8(repr(t, v).get()).c_str(), Utf8(repr(t, typeOf(made)).get()).c_str());
    }
    return made;
  }
  if (isException(v)) return share(v);
  return raise(t, exc::TypeError, "%s", complaint);
}

}  // namespace

void opRaise(Thread& t, Value exception, Value cause, bool* reraise) {
  *reraise = false;
  if (!exception) {
    // Bare raise: the innermost exception being handled.
    Value handled;
    for (ExceptionState* s = t.handled; s && (!handled || handled.isNone()); s = s->previous) handled = s->handled;
    if (!handled || handled.isNone()) {
      (void)raise(t, exc::RuntimeError, "No active exception to reraise");
      return;
    }
    *reraise = true;
    restoreException(t, share(handled));
    return;
  }
  Ref<> instance = instanceToRaise(t, exception, "exceptions must derive from BaseException");
  if (!instance) return;
  if (cause) {
    Ref<> fixed;
    if (!cause.isNone()) {
      fixed = instanceToRaise(t, cause, "exception causes must derive from BaseException");
      if (!fixed) return;
    }
    BaseException* e = asException(instance);
    e->suppress_context = true;
    assign(e->cause, std::move(fixed));
  }
  (void)raiseInstance(t, std::move(instance));
}

int opCheckExceptionMatch(Thread& t, Value exception, Value type) {
  static const char* kComplaint = "catching classes that do not inherit from BaseException is not allowed";
  if (isTuple(type)) {
    for (int64_t i = 0; i < asTuple(type)->size; ++i) {
      if (!isExceptionClass(asTuple(type)->items[i])) return raise(t, exc::TypeError, "%s", kComplaint);
    }
  } else if (!isExceptionClass(type)) {
    return raise(t, exc::TypeError, "%s", kComplaint);
  }
  return exceptionMatches(t, exception, type);
}

bool opCheckGroupMatch(Thread& t, Value exception, Value type, Ref<>* rest, Ref<>* match) {
  static const char* kComplaint = "catching ExceptionGroup with except* is not allowed. Use except instead.";
  if (isTuple(type)) {
    for (int64_t i = 0; i < asTuple(type)->size; ++i) {
      Value item = asTuple(type)->items[i];
      if (!isExceptionClass(item)) {
        return raise(t, exc::TypeError, "catching classes that do not inherit from BaseException is not allowed");
      }
      if (isSubtype(static_cast<Type*>(item.asObject()), &exc::BaseExceptionGroup)) return raise(t, exc::TypeError, "%s", kComplaint);
    }
  } else if (!isExceptionClass(type)) {
    return raise(t, exc::TypeError, "catching classes that do not inherit from BaseException is not allowed");
  } else if (isSubtype(static_cast<Type*>(type.asObject()), &exc::BaseExceptionGroup)) {
    return raise(t, exc::TypeError, "%s", kComplaint);
  }
  *match = share(kNone);
  *rest = share(exception);
  if (exception.isNone()) return true;
  int whole = exceptionMatches(t, exception, type);
  if (whole < 0) return false;
  bool is_group = isInstance(exception, &exc::BaseExceptionGroup);
  if (whole) {
    if (is_group) {
      *match = share(exception);
    } else {
      // A naked exception is wrapped, so that the handler always sees a group.
      Ref<Tuple> one = packTuple(t, exception);
      if (!one) return false;
      *match = call(t, Value(&exc::BaseExceptionGroup), Value(emptyStr()), one);
      if (!*match) return false;
    }
    *rest = share(kNone);
    return true;
  }
  if (!is_group) return true;
  Ref<> pair = callMethod(t, exception, "split", type);
  if (!pair) return false;
  if (!isTuple(pair) || asTuple(pair)->size < 2) {
    return raise(t, exc::TypeError, "%s.split must return a 2-tuple", typeName(exception));
  }
  *match = share(asTuple(pair)->items[0]);
  *rest = share(asTuple(pair)->items[1]);
  return true;
}

namespace {

// Whether an exception raised in an except* clause is one of the original group, reraised unchanged.
bool sameMetadata(Value a, Value b) {
  BaseException *x = asException(a), *y = asException(b);
  auto none = [](Value v) { return v.isNone() ? Value() : v; };
  Thread& t = Thread::current();
  Ref<> notes = getAttrOrEmpty(t, a, names::dunder_notes), other = getAttrOrEmpty(t, b, names::dunder_notes);
  if (t.raised()) clearException(t);
  return notes.value() == other.value() && none(x->traceback) == none(y->traceback) && none(x->cause) == none(y->cause) &&
         none(x->context) == none(y->context);
}

// Leaves of a group, by identity.
bool collectLeaves(Thread& t, Value exception, List* leaves) {
  if (!isInstance(exception, &exc::BaseExceptionGroup)) return listAppend(t, leaves, share(exception));
  Ref<> parts = getAttr(t, exception, "exceptions");
  if (!parts) return false;
  for (int64_t i = 0; isTuple(parts) && i < asTuple(parts)->size; ++i) {
    if (!collectLeaves(t, asTuple(parts)->items[i], leaves)) return false;
  }
  return true;
}

bool holds(List* leaves, Value v) {
  for (int64_t i = 0; i < leaves->size; ++i) {
    if (leaves->items[i] == v) return true;
  }
  return false;
}

// The part of `group` whose leaves are among `leaves`, keeping its structure; None when there is none.
Ref<> project(Thread& t, Value group, List* leaves) {
  if (!isInstance(group, &exc::BaseExceptionGroup)) return holds(leaves, group) ? share(group) : share(kNone);
  Ref<> parts = getAttr(t, group, "exceptions");
  if (!parts) return kRaised;
  Ref<List> kept = newList(t);
  if (!kept) return kRaised;
  for (int64_t i = 0; isTuple(parts) && i < asTuple(parts)->size; ++i) {
    Ref<> part = project(t, asTuple(parts)->items[i], leaves);
    if (!part) return kRaised;
    if (!part.value().isNone() && !listAppend(t, kept.get(), std::move(part))) return kRaised;
  }
  if (kept->size == 0) return share(kNone);
  Ref<> derived = callMethod(t, group, "derive", kept);
  if (!derived) return kRaised;
  if (!isException(derived)) return raise(t, exc::TypeError, "derive must return an instance of BaseExceptionGroup");
  BaseException *from = asException(group), *to = asException(derived);
  assign(to->traceback, share(from->traceback));
  assign(to->context, share(from->context));
  assign(to->cause, share(from->cause));
  to->suppress_context = from->suppress_context;
  Ref<> notes = getAttrOrEmpty(t, group, names::dunder_notes);
  if (!notes) return t.raised() ? Ref<>() : std::move(derived);
  Ref<List> copy = sequenceToList(t, notes);
  if (!copy || !setAttr(t, derived, names::dunder_notes, copy)) return kRaised;
  return derived;
}

}  // namespace

Ref<> opPrepareReraiseStar(Thread& t, Value original, Value exceptions) {
  if (!isList(exceptions)) return raise(t, exc::SystemError, "bad internal call");
  List* list = asList(exceptions);
  if (list->size == 0) return share(kNone);
  if (!isInstance(original, &exc::BaseExceptionGroup)) {
    // A naked exception was wrapped for the handlers: only one of them can have raised.
    return share(list->items[0]);
  }
  Ref<List> raised = newList(t), reraised_leaves = newList(t);
  if (!raised || !reraised_leaves) return kRaised;
  bool reraised = false;
  for (int64_t i = 0; i < list->size; ++i) {
    Value e = list->items[i];
    if (e.isNone()) continue;
    if (sameMetadata(original, e)) {
      reraised = true;
      if (!collectLeaves(t, e, reraised_leaves.get())) return kRaised;
    } else if (!listAppend(t, raised.get(), share(e))) {
      return kRaised;
    }
  }
  Ref<> again = share(kNone);
  if (reraised && !(again = project(t, original, reraised_leaves.get()))) return kRaised;
  if (raised->size == 0) return again;
  if (!again.value().isNone() && !listAppend(t, raised.get(), std::move(again))) return kRaised;
  return call(t, Value(&exc::BaseExceptionGroup), Value(emptyStr()), raised);
}

namespace {

bool enterManager(Thread& t, Value manager, Str* enter_name, Str* exit_name, bool is_async, Ref<>* exit, Ref<>* entered) {
  const char* protocol = is_async ? "asynchronous context manager" : "context manager";
  Ref<> enter_self;
  Ref<> enter = lookupSpecial(t, manager, enter_name, &enter_self);
  if (!enter) {
    if (t.raised()) return false;
    return raise(t, exc::TypeError, "'%s' object does not support the %s protocol", typeName(manager), protocol);
  }
  Ref<> exit_self;
  Ref<> found = lookupSpecial(t, manager, exit_name, &exit_self);
  if (!found) {
    if (t.raised()) return false;
    return raise(t, exc::TypeError, "'%s' object does not support the %s protocol (missed %s method)", typeName(manager), protocol,
                 Utf8(exit_name).c_str());
  }
  *exit = exit_self ? newMethod(t, found, exit_self) : std::move(found);
  if (!*exit) return false;
  *entered = enter_self ? call(t, enter, enter_self) : call(t, enter);
  return bool(*entered);
}

}  // namespace

bool opBeforeWith(Thread& t, Value manager, Ref<>* exit, Ref<>* entered) {
  static Str* const enter_name = internStatic("__enter__");
  static Str* const exit_name = internStatic("__exit__");
  return enterManager(t, manager, enter_name, exit_name, false, exit, entered);
}

bool opBeforeAsyncWith(Thread& t, Value manager, Ref<>* exit, Ref<>* entered) {
  static Str* const enter_name = internStatic("__aenter__");
  static Str* const exit_name = internStatic("__aexit__");
  return enterManager(t, manager, enter_name, exit_name, true, exit, entered);
}

Ref<> opWithExceptStart(Thread& t, Value exit, Value exception) {
  Value traceback = isException(exception) ? asException(exception)->traceback : kNone;
  return call(t, exit, Value(typeOf(exception)), exception, traceback ? traceback : kNone);
}

Ref<> opLoadAssertionError(Thread&) { return share(Value(&exc::AssertionError)); }

}  // namespace krait
