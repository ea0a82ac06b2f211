// Builtin functions that consume or step iterables.
//
// Each loop's body is one function or lambda of its own: that is the step that a resumable form of these builtins repeats.
#include "runtime/builtins/builtins.h"
#include "runtime/builtins/steps.h"
#include "runtime/core/error.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/float.h"
#include "runtime/objects/int.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/iteration.h"

namespace krait {

namespace {

// --- sum ---

// Adds what it can without objects: ints in 64 bits, then floats. What does not fit goes on with the + operator.
class Sum {
 public:
  Sum(Thread& t, Value start) : thread_(t), total_(share(start)) {
    if (start.isInt()) {
      mode_ = Mode::kInt;
      int_ = start.asInt();
    } else if (start.isDouble()) {
      mode_ = Mode::kFloat;
      float_ = start.asDouble();
    }
  }
  // False: raised.
  bool add(Value item) {
    if (mode_ == Mode::kInt) {
      int64_t sum;
      if (item.isInt() && !__builtin_add_overflow(int_, item.asInt(), &sum)) {
        int_ = sum;
        return true;
      }
      if (item.isDouble()) {
        mode_ = Mode::kFloat;
        float_ = double(int_) + item.asDouble();
        return true;
      }
      if (!leaveRaw(newInt(thread_, int_))) return false;
    } else if (mode_ == Mode::kFloat) {
      if (item.isDouble() || item.isInt()) {
        float_ += item.isDouble() ? item.asDouble() : double(item.asInt());
        return true;
      }
      if (!leaveRaw(steal(Value::fromDouble(float_)))) return false;
    }
    total_ = binaryOp(thread_, kOp_add, total_, item);
    // Bools and small results lead back to the fast path.
    if (total_ && total_.value().isInt()) {
      mode_ = Mode::kInt;
      int_ = total_.value().asInt();
    }
    return bool(total_);
  }
  Ref<> result() {
    if (mode_ == Mode::kInt) return newInt(thread_, int_);
    if (mode_ == Mode::kFloat) return steal(Value::fromDouble(float_));
    return std::move(total_);
  }

 private:
  enum class Mode { kObject, kInt, kFloat };
  bool leaveRaw(Ref<> total) {
    total_ = std::move(total);
    mode_ = Mode::kObject;
    return bool(total_);
  }

  Thread& thread_;
  Mode mode_ = Mode::kObject;
  Ref<> total_;
  int64_t int_ = 0;
  double float_ = 0;
};

Ref<> builtinSum(Thread& t, Value, const Value* args) {
  Value start = args[1];
  if (!typeOf(args[0])->slots.iter && !typeOf(args[0])->slots.getitem)
    return iterate(t, args[0]);  // says why it cannot
  if (isStr(start)) return raise(t, exc::TypeError, "sum() can't sum strings [use ''.join(seq) instead]");
  if (isBytes(start)) return raise(t, exc::TypeError, "sum() can't sum bytes [use b''.join(seq) instead]");
  if (isInstance(start, &types::ByteArray)) {
    return raise(t, exc::TypeError, "sum() can't sum bytearray [use b''.join(seq) instead]");
  }
  if (runsAsStep(t, args[0])) return runStep(t, Step::kSum, {args[0], start});
  Sum sum(t, start);
  Iteration items(t, args[0]);
  while (Ref<> item = items.next()) {
    if (!sum.add(item)) return kRaised;
  }
  return t.raised() ? Ref<>() : sum.result();
}

// --- min, max ---

struct Extreme {
  const char* name;
  CompareOp better;
};

// Takes the better of the best so far and an item. False: raised.
bool keepBetter(Thread& t, const Extreme& extreme, Value key, Ref<> item, Ref<>& best, Ref<>& best_key) {
  Ref<> item_key = key.empty() ? share(item) : call(t, key, item);
  if (!item_key) return false;
  if (best) {
    int better;
    Value a = item_key, b = best_key;
    if (bothInts(a, b)) {
      better = extreme.better == CompareOp::kLess ? a.asInt() < b.asInt() : a.asInt() > b.asInt();
    } else {
      better = compareBool(t, a, b, extreme.better);
    }
    if (better <= 0) return better == 0;
  }
  best = std::move(item);
  best_key = std::move(item_key);
  return true;
}

Raised invalidKeyword(Thread& t, Str* name, const char* function) {
  return raise(t, exc::TypeError, "'%s' is an invalid keyword argument for %s()",
               name->ascii ? reinterpret_cast<const char*>(name->data) : "?", function);
}

Ref<> extremeOf(Thread& t, const Extreme& extreme, Args args) {
  if (args.positional == 0) return raise(t, exc::TypeError, "%s expected at least 1 argument, got 0", extreme.name);
  Value key, fallback;
  for (size_t i = 0; i < args.keywords(); ++i) {
    Str* name = asStr(args.names->items[i]);
    Value v = args.values[args.positional + i];
    if (strEqualsAscii(name, "key")) {
      key = v.isNone() ? Value() : v;
    } else if (strEqualsAscii(name, "default")) {
      fallback = v;
    } else {
      return invalidKeyword(t, name, extreme.name);
    }
  }
  Ref<> best, best_key;
  if (args.positional > 1) {
    if (!fallback.empty()) {
      return raise(t, exc::TypeError, "Cannot specify a default for %s() with multiple positional arguments", extreme.name);
    }
    for (size_t i = 0; i < args.positional; ++i) {
      if (!keepBetter(t, extreme, key, share(args[i]), best, best_key)) return kRaised;
    }
    return best;
  }
  if (key.empty() && fallback.empty() && runsAsStep(t, args[0]))
    return runStep(t, extreme.better == CompareOp::kLess ? Step::kMin : Step::kMax, {args[0]});
  Iteration items(t, args[0]);
  while (Ref<> item = items.next()) {
    if (!keepBetter(t, extreme, key, std::move(item), best, best_key)) return kRaised;
  }
  if (t.raised()) return kRaised;
  if (best) return best;
  if (!fallback.empty()) return share(fallback);
  return raise(t, exc::ValueError, "%s() arg is an empty sequence", extreme.name);
}

Ref<> builtinMin(Thread& t, Value, Args args) { return extremeOf(t, {"min", CompareOp::kLess}, args); }
Ref<> builtinMax(Thread& t, Value, Args args) { return extremeOf(t, {"max", CompareOp::kGreater}, args); }

// --- any, all, sorted ---

// Whether some item's truth is `wanted`. -1: raised.
int someTruth(Thread& t, Value iterable, int wanted) {
  Iteration items(t, iterable);
  while (Ref<> item = items.next()) {
    int is_true = truth(t, item);
    if (is_true < 0) return -1;
    if (is_true == wanted) return 1;
  }
  return t.raised() ? -1 : 0;
}

Ref<> builtinAny(Thread& t, Value, Value iterable) {
  if (runsAsStep(t, iterable)) return runStep(t, Step::kAny, {iterable});
  int found = someTruth(t, iterable, 1);
  return found < 0 ? Ref<>() : steal(Value::fromBool(found));
}
Ref<> builtinAll(Thread& t, Value, Value iterable) {
  if (runsAsStep(t, iterable)) return runStep(t, Step::kAll, {iterable});
  int found = someTruth(t, iterable, 0);
  return found < 0 ? Ref<>() : steal(Value::fromBool(!found));
}

Ref<> builtinSorted(Thread& t, Value, Args args) {
  if (!arity(t, "sorted", args, 1, 1)) return kRaised;
  Ref<List> list = sequenceToList(t, args[0]);
  if (!list) return kRaised;
  Value key = kNone, reverse = kFalse;
  for (size_t i = 0; i < args.keywords(); ++i) {
    Str* name = asStr(args.names->items[i]);
    if (strEqualsAscii(name, "key")) {
      key = args.values[1 + i];
    } else if (strEqualsAscii(name, "reverse")) {
      reverse = args.values[1 + i];
    } else {
      return invalidKeyword(t, name, "sort");
    }
  }
  bool descending = reverse.isBool() ? reverse == kTrue : toInt64(t, reverse) != 0;
  if (t.raised() || !listSort(t, list.get(), key, descending)) return kRaised;
  return list;
}

// --- stepping ---

Ref<> builtinIter(Thread& t, Value, const Value* args) {
  if (args[1].empty()) return iterate(t, args[0]);
  if (!isCallable(args[0])) return raise(t, exc::TypeError, "iter(v, w): v must be callable");
  return callIterator(t, args[0], args[1]);
}

Ref<> builtinNext(Thread& t, Value, const Value* args) {
  UnaryFunction step = typeOf(args[0])->slots.next;
  if (!step) return raise(t, exc::TypeError, "'%.200s' object is not an iterator", typeName(args[0]));
  Ref<> item = step(t, args[0]);
  if (item) return item;
  if (!args[1].empty()) {
    if (t.raised()) {
      if (!raisedIs(t, exc::StopIteration)) return kRaised;
      clearException(t);
    }
    return share(args[1]);
  }
  if (!t.raised()) return raiseWith(t, exc::StopIteration, Value());
  return kRaised;
}

Ref<> builtinLen(Thread& t, Value, Value v) {
  int64_t length = lengthOf(t, v);
  return length < 0 ? Ref<>() : newInt(t, length);
}

}  // namespace

const MethodDef kAggregateFunctions[] = {
    method("all", builtinAll, "($module, iterable, /)",
           "Return True if bool(x) is True for all values x in the iterable.\n\nIf the iterable is empty, return True."),
    method("any", builtinAny, "($module, iterable, /)",
           "Return True if bool(x) is True for any x in the iterable.\n\nIf the iterable is empty, return False."),
    method("iter", builtinIter, "($module, object, sentinel=<unrepresentable>, /)",
           "iter(iterable) -> iterator\niter(callable, sentinel) -> iterator\n\n"
           "Get an iterator from an object.  In the first form, the argument must\n"
           "supply its own iterator, or be a sequence.\n"
           "In the second form, the callable is called until it returns the sentinel."),
    method("len", builtinLen, "($module, obj, /)", "Return the number of items in a container."),
    method("max", builtinMax, nullptr,
           "max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value\n\n"
           "With a single iterable argument, return its biggest item. The\n"
           "default keyword-only argument specifies an object to return if\nthe provided iterable is empty.\n"
           "With two or more arguments, return the largest argument."),
    method("min", builtinMin, nullptr,
           "min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value\n\n"
           "With a single iterable argument, return its smallest item. The\n"
           "default keyword-only argument specifies an object to return if\nthe provided iterable is empty.\n"
           "With two or more arguments, return the smallest argument."),
    method("next", builtinNext, "($module, iterator, default=<unrepresentable>, /)",
           "next(iterator[, default])\n\nReturn the next item from the iterator. If default is given and the iterator\n"
           "is exhausted, it is returned instead of raising StopIteration."),
    method("sorted", builtinSorted, "($module, iterable, /, *, key=None, reverse=False)",
           "Return a new list containing all items from the iterable in ascending order.\n\n"
           "A custom key function can be supplied to customize the sort order, and the\n"
           "reverse flag can be set to request the result in descending order."),
    method("sum", builtinSum, "($module, iterable, /, start=0)",
           "Return the sum of a 'start' value (default: 0) plus an iterable of numbers\n\n"
           "When the iterable is empty, return the start value.\n"
           "This function is intended specifically for use with numeric values and may\nreject non-numeric types."),
    {},
};

}  // namespace krait
