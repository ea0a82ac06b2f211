// The Unpickler type, its memo proxy, and load() and loads().
#include "runtime/modules/pickle/unpickler.h"

#include <cstring>

#include "runtime/memory/memory.h"
#include "runtime/modules/fields.h"
#include "runtime/objects/int.h"
#include "runtime/protocols/protocols.h"

namespace krait::pickle {

Type* unpickler_type = nullptr;

namespace {

Type* proxy_type = nullptr;
struct MemoProxy : Fields<1> {};

Ref<> unpicklerNew(Thread& t, Type* type, Args) {
  Unpickler* u = allocateInstance<Unpickler>(type);
  if (!u) return raiseNoMemory(t);
  memset(reinterpret_cast<char*>(u) + sizeof(Object), 0, sizeof(Unpickler) - sizeof(Object));
  return steal(Value(u));
}
void clearUnpickler(Object* self) {
  Unpickler* u = static_cast<Unpickler*>(self);
  u->stack.clear();
  u->memo.clear();
  u->data = nullptr;
  u->size = u->at = u->peeked = 0;
  for (Value* v : {&u->persistent_load.function, &u->read, &u->read_line, &u->read_into, &u->peek, &u->source,
                   &u->buffers, &u->encoding, &u->errors}) {
    assign(*v, Ref<>());
  }
}
void unpicklerDealloc(Object* self) {
  clearUnpickler(self);
  if (static_cast<Unpickler*>(self)->marks) freeBuffer(static_cast<Unpickler*>(self)->marks);
  freeInstance(self);
}
void traverseUnpickler(Object* self, Visitor& visitor) {
  Unpickler* u = static_cast<Unpickler*>(self);
  u->stack.traverse(visitor);
  u->memo.traverse(visitor);
  for (Value v : {u->persistent_load.function, u->read, u->read_line, u->read_into, u->peek, u->source, u->buffers,
                  u->encoding, u->errors}) {
    visitor.visit(v);
  }
}

// fix_imports, encoding, errors and buffers, as all ways of loading take them.
bool setOptions(Thread& t, Unpickler* u, const char* function, const Value* args) {
  int fix_imports = truth(t, args[0]);
  if (fix_imports < 0) return false;
  for (int i : {1, 2}) {
    if (isStr(args[i])) continue;
    return raise(t, exc::TypeError, "%s() argument '%s' must be str, not %.50s", function,
                 i == 1 ? "encoding" : "errors", args[i].isNone() ? "None" : typeName(args[i]));
  }
  u->fix_imports = fix_imports > 0;
  assign(u->encoding, share(args[1]));
  assign(u->errors, share(args[2]));
  if (!args[3] || args[3].isNone()) return true;
  Ref<> buffers = iterate(t, args[3]);
  bool good = bool(buffers);
  assign(u->buffers, std::move(buffers));
  return good;
}
bool setFile(Thread& t, Unpickler* u, Value file) {
  const struct {
    const char* name;
    Value* field;
  } kMethods[] = {{"peek", &u->peek}, {"readinto", &u->read_into}, {"read", &u->read}, {"readline", &u->read_line}};
  for (const auto& row : kMethods) {
    Ref<> found = getAttrOrEmpty(t, file, internStatic(row.name));
    if (!found && t.raised()) return false;
    assign(*row.field, std::move(found));
  }
  if (u->read && u->read_line) return true;
  for (const auto& row : kMethods) assign(*row.field, Ref<>());
  return raise(t, exc::TypeError, "file must have 'read' and 'readline' attributes");
}

bool unpicklerInit(Thread& t, Value self, Args args) {
  static const MethodDef kInit = method(
      "Unpickler", [](Thread&, Value, const Value*) -> Ref<> { return nullptr; },
      "($self, file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=<none>)");
  Value bound[5];
  Ref<> keep[2];
  if (!bindArguments(t, kInit, args, bound, keep)) return false;
  Unpickler* u = asUnpickler(self);
  if (u->loading) return raise(t, exc::RuntimeError, "Unpickler is busy");
  clearUnpickler(u);
  if (!setFile(t, u, bound[0]) || !setOptions(t, u, "Unpickler", bound + 1)) return false;
  if (!findHook(t, self, "persistent_load", &u->persistent_load)) return false;
  u->protocol = 0;
  u->initialised = true;
  return true;
}

// --- methods ---

Ref<> runLoad(Thread& t, Unpickler* u) {
  Ref<> keep = share(Value(u));
  u->loading = true;
  Ref<> v = Loader(t, u).load();
  u->loading = false;
  return v;
}
Ref<> loadMethod(Thread& t, Value self) {
  Unpickler* u = asUnpickler(self);
  if (!u->initialised)
    return raise(t, *unpickling_error, "Unpickler.__init__() was not called by %s.__init__()", typeName(self));
  if (u->loading) return raise(t, exc::RuntimeError, "Unpickler is busy");
  return runLoad(t, u);
}
Ref<> findClassMethod(Thread& t, Value self, const Value* args) {
  if (!isStr(args[0])) return raise(t, exc::TypeError, "module name must be a string");
  if (!isStr(args[1]))
    return raise(t, exc::TypeError, "attribute name must be string, not '%.200s'", typeName(args[1]));
  return Loader(t, asUnpickler(self)).findClass(share(args[0]), share(args[1]));
}
Ref<> sizeOf(Thread& t, Value self) {
  const Unpickler* u = asUnpickler(self);
  return newInt(t, int64_t(instanceSize(u) + size_t(u->stack.room + u->memo.room + u->mark_room) * sizeof(Value)));
}

Ref<> getMemo(Thread& t, Value self) {
  Ref<MemoProxy> proxy = makeFields<MemoProxy>(t, proxy_type);
  if (proxy) proxy->v[0] = share(self).leak();
  return proxy;
}
// Puts entry `index` into an array that grows to hold it.
bool place(Thread& t, ValueArray* to, int64_t index, Value v) {
  while (to->size <= index) {
    if (!to->push(t, Ref<>())) return false;
  }
  assign(to->items[index], share(v));
  return true;
}
bool setMemo(Thread& t, Value self, Value v) {
  if (!v) return raise(t, exc::TypeError, "attribute deletion is not supported");
  ValueArray memo{};
  bool good = true;
  if (isExact(v, proxy_type)) {
    const ValueArray& other = asUnpickler(fieldsOf<MemoProxy>(v)->v[0])->memo;
    for (int64_t i = 0; good && i < other.size; ++i) good = memo.push(t, share(other.items[i]));
  } else if (isDict(v)) {
    int64_t position = 0, index;
    Value key, item;
    while (good && dictNext(asDict(v), &position, &key, &item)) {
      if (!isIntLike(key)) {
        good = raise(t, exc::TypeError, "memo key must be integers");
      } else if (!intFits64(key, &index) || index < 0 || index > (int64_t(1) << 40)) {
        good = raise(t, exc::ValueError, "memo key must be positive integers.");
      } else {
        good = place(t, &memo, index, item);
      }
    }
  } else {
    return raise(t, exc::TypeError, "'memo' attribute must be an UnpicklerMemoProxy object or dict, not %.200s",
                 typeName(v));
  }
  if (good) std::swap(memo, asUnpickler(self)->memo);
  memo.clear();
  return good;
}
Ref<> getPersistentLoad(Thread& t, Value self) {
  return hookValue(t, asUnpickler(self)->persistent_load, self, "persistent_load");
}
bool setPersistentLoad(Thread& t, Value self, Value v) {
  if (!v) return raise(t, exc::TypeError, "attribute deletion is not supported");
  if (!isCallable(v)) return raise(t, exc::TypeError, "persistent_load must be a callable taking one argument");
  asUnpickler(self)->persistent_load.by_self = false;
  assign(asUnpickler(self)->persistent_load.function, share(v));
  return true;
}

ValueArray& memoOf(Value proxy) { return asUnpickler(fieldsOf<MemoProxy>(proxy)->v[0])->memo; }
Ref<> proxyClear(Thread&, Value self) {
  memoOf(self).clear();
  return steal(kNone);
}
Ref<> proxyCopy(Thread& t, Value self) {
  Ref<Dict> dict = newDict(t);
  const ValueArray& memo = memoOf(self);
  for (int64_t i = 0; dict && i < memo.size; ++i) {
    if (memo.items[i] && !dictSet(t, dict.get(), Value::fromInt(i), memo.items[i])) return kRaised;
  }
  return dict;
}
Ref<> proxyReduce(Thread& t, Value self) {
  Ref<> contents = proxyCopy(t, self);
  Ref<Tuple> args = contents ? packTuple(t, contents.value()) : Ref<Tuple>();
  return args ? packTuple(t, Value(&types::Dict), args.value()) : Ref<Tuple>();
}

const MethodDef kProxyMethods[] = {
    method("clear", proxyClear, "($self, /)", "Remove all items from memo."),
    method("copy", proxyCopy, "($self, /)", "Copy the memo to a new object."),
    method("__reduce__", proxyReduce, "($self, /)", "Implement pickling support."),
    {},
};
const MethodDef kMethods[] = {
    method("load", loadMethod, "($self, /)", "Load a pickle."),
    method("find_class", findClassMethod, "($self, module_name, global_name, /)",
           "Return an object from a specified module."),
    method("__sizeof__", sizeOf, "($self, /)", "Returns size in memory, in bytes."),
    {},
};
const GetSetDef kGetSets[] = {
    {"memo", getMemo, setMemo, nullptr}, {"persistent_load", getPersistentLoad, setPersistentLoad, nullptr}, {}};

}  // namespace

Ref<> loadsFunction(Thread& t, Value, const Value* args) {
  Buffer data;
  if (!data.get(t, args[0])) return kRaised;
  Ref<> made = unpicklerNew(t, unpickler_type, {});
  if (!made || !setOptions(t, asUnpickler(made), "loads", args + 1)) return kRaised;
  asUnpickler(made)->data = data.data();
  asUnpickler(made)->size = data.size();
  return runLoad(t, asUnpickler(made));
}
Ref<> loadFunction(Thread& t, Value, const Value* args) {
  Ref<> made = unpicklerNew(t, unpickler_type, {});
  if (!made || !setFile(t, asUnpickler(made), args[0]) || !setOptions(t, asUnpickler(made), "load", args + 1))
    return kRaised;
  return runLoad(t, asUnpickler(made));
}

bool addUnpickler(Thread& t, ModuleObject* m) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(Unpickler),
                             .doc = "This takes a binary file for reading a pickle data stream.",
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .dealloc = unpicklerDealloc,
                             .traverse = traverseUnpickler,
                             .clear = clearUnpickler,
                             .fill = [](Slots& slots) {
                               slots.new_ = unpicklerNew;
                               slots.init = unpicklerInit;
                             }};
  static const TypeSpec proxy_spec{.type = nullptr,
                                   .basic_size = sizeof(MemoProxy),
                                   .doc = nullptr,
                                   .methods = kProxyMethods,
                                   .dealloc = deallocFields<MemoProxy>,
                                   .traverse = traverseFields<MemoProxy>};
  Ref<Type> made = makeNativeType(t, spec, "_pickle.Unpickler", nullptr, kTypeCollectable);
  Ref<Type> proxy =
      made ? makeNativeType(t, proxy_spec, "_pickle.UnpicklerMemoProxy", nullptr, kTypeCollectable | kTypeDisallowNew)
           : Ref<Type>();
  if (!proxy) return false;
  unpickler_type = made.get();
  proxy_type = proxy.leakObject();
  return moduleAdd(t, m, "Unpickler", std::move(made));
}

}  // namespace krait::pickle
