// Calls: dispatch on the callee's kind, arguments from tuples and dicts, methods by name.
#include "runtime/core/error.h"
#include "runtime/core/hooks.h"
#include "runtime/core/type_internal.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

constexpr size_t kOnStack = 64;  // values; longer argument lists use the heap

// An array of values that outgrows the stack into a buffer.
class ValueArray {
 public:
  ValueArray(Thread& t, size_t count) : items_(fixed_) {
    if (count <= kOnStack) return;
    items_ = static_cast<Value*>(allocateBuffer(count * sizeof(Value)));
    if (!items_) (void)raiseNoMemory(t);
  }
  ~ValueArray() {
    if (items_ != fixed_) freeBuffer(items_);
  }
  ValueArray(const ValueArray&) = delete;
  Value* get() { return items_; }

 private:
  Value fixed_[kOnStack];
  Value* items_;
};

Raised notCallable(Thread& t, Value callee) {
  return raise(t, exc::TypeError, "'%.200s' object is not callable", typeName(callee));
}

Ref<> callDescriptor(Thread& t, MethodDescr* descr, Args args) {
  if (args.positional == 0) {
    return raise(t, exc::TypeError, "unbound method %s.%s() needs an argument", descr->owner->cname, descr->def->name);
  }
  Value self = args[0];
  if (KRAIT_UNLIKELY(typeOf(self) != descr->owner) && !isSubtype(typeOf(self), descr->owner)) {
    return raise(t, exc::TypeError, "descriptor '%s' for '%.100s' objects doesn't apply to a '%.100s' object", descr->def->name,
                 descr->owner->cname, typeName(self));
  }
  return callNative(t, *descr->def, self, Args{args.values + 1, args.positional - 1, args.names}, descr->owner);
}

}  // namespace

Ref<> callPrepended(Thread& t, Value callee, Value first, Args args) {
  size_t count = args.total();
  ValueArray all(t, count + 1);
  Value* items = all.get();
  if (!items) return kRaised;
  items[0] = first;
  for (size_t i = 0; i < count; ++i) items[i + 1] = args.values[i];
  return call(t, callee, Args{items, args.positional + 1, args.names});
}

Ref<> call(Thread& t, Value callee, Args args) {
  if (KRAIT_UNLIKELY(!callee.isObject())) return notCallable(t, callee);
  Object* o = callee.asObject();
  switch (o->kind) {
    case kKindFunction: return hooks.call_function(t, static_cast<Function*>(o), args);
    case kKindNativeFunction: {
      NativeFunction* function = static_cast<NativeFunction*>(o);
      return callNative(t, *function->def, function->self, args);
    }
    case kKindMethodDescr: return callDescriptor(t, static_cast<MethodDescr*>(o), args);
    case kKindMethod: {
      Method* method = static_cast<Method*>(o);
      Ref<> keep = share(callee);
      return callPrepended(t, method->function, method->self, args);
    }
    case kKindType: return typeCall(t, callee, args);
    default: break;
  }
  CallFunction function = o->type()->slots.call;
  if (!function) return notCallable(t, callee);
  NativeScope scope(t, " while calling a Python object");
  if (!scope) return kRaised;
  return function(t, callee, args);
}

Ref<> call(Thread& t, Value callee) { return call(t, callee, Args{}); }
Ref<> call(Thread& t, Value callee, Value a) { return call(t, callee, Args{&a, 1}); }
Ref<> call(Thread& t, Value callee, Value a, Value b) {
  Value args[] = {a, b};
  return call(t, callee, Args{args, 2});
}
Ref<> call(Thread& t, Value callee, Value a, Value b, Value c) {
  Value args[] = {a, b, c};
  return call(t, callee, Args{args, 3});
}

Ref<> callWith(Thread& t, Value callee, Value positional, Value keywords) {
  Tuple* tuple = asTuple(positional);
  Dict* dict = keywords.empty() ? nullptr : asDict(keywords);
  if (!dict || dict->size == 0) return call(t, callee, Args{tuple->items, size_t(tuple->size)});
  // The dict may change during the call: its values are held here, with the names.
  size_t count = size_t(tuple->size + dict->size);
  ValueArray all(t, count);
  Value* items = all.get();
  if (!items) return kRaised;
  Ref<Tuple> names = newTupleBlank(t, dict->size);
  Ref<Tuple> held = newTupleBlank(t, dict->size);
  if (!names || !held) return kRaised;
  for (int64_t i = 0; i < tuple->size; ++i) items[i] = tuple->items[i];
  int64_t position = 0, k = 0;
  Value key, v;
  while (k < names->size && dictNext(dict, &position, &key, &v)) {
    if (!isStr(key)) return raise(t, exc::TypeError, "keywords must be strings");
    names->items[k] = share(key).leak();
    held->items[k] = share(v).leak();
    items[tuple->size + k] = v;
    ++k;
  }
  return call(t, callee, Args{items, size_t(tuple->size), names.get()});
}

Ref<> callMethod(Thread& t, Value self, const char* name, Args args) {
  Ref<Str> text = newStrUtf8(t, name);
  if (text) text = intern(t, std::move(text));
  if (!text) return kRaised;
  Ref<> receiver;
  Ref<> method = getMethod(t, self, text.get(), &receiver);
  if (!method) return kRaised;
  return receiver ? callPrepended(t, method, receiver, args) : call(t, method, args);
}
Ref<> callMethod(Thread& t, Value self, const char* name, Value a) { return callMethod(t, self, name, Args{&a, 1}); }

bool isCallable(Value v) { return v.isObject() && v.asObject()->type()->slots.call != nullptr; }

}  // namespace krait
