// The Pickler type, its memo proxy, and dump() and dumps().
#include "runtime/modules/pickle/pickler.h"

#include <cstring>

#include "runtime/memory/memory.h"
#include "runtime/modules/fields.h"
#include "runtime/objects/int.h"
#include "runtime/protocols/protocols.h"

namespace krait::pickle {

Type* pickler_type = nullptr;

namespace {

Type* proxy_type = nullptr;

// The proxy shows the memo of a pickler, which it keeps alive.
struct MemoProxy : Fields<1> {};

bool chooseProtocol(Thread& t, Pickler* p, Value protocol, bool fix_imports) {
  int64_t number = kDefaultProtocol;
  if (!protocol.isNone()) {
    number = toInt64(t, protocol);
    if (number == -1 && t.raised()) return false;
    if (number < 0) number = kHighestProtocol;
    if (number > kHighestProtocol) return raise(t, exc::ValueError, "pickle protocol must be <= %d", kHighestProtocol);
  }
  p->protocol = int32_t(number);
  p->bin = number > 0;
  p->fix_imports = fix_imports && number < 3;
  return true;
}
bool setWriter(Thread& t, Pickler* p, Value file) {
  Ref<> write = getAttrOrEmpty(t, file, internStatic("write"));
  if (!write)
    return t.raised() ? false : raise(t, exc::TypeError, "file must have a 'write' attribute").operator bool();
  assign(p->write, std::move(write));
  return true;
}
bool setCallback(Thread& t, Pickler* p, Value callback) {
  if (!callback || callback.isNone()) return true;
  if (p->protocol < 5) return raise(t, exc::ValueError, "buffer_callback needs protocol >= 5");
  assign(p->buffer_callback, share(callback));
  return true;
}

Ref<> picklerNew(Thread& t, Type* type, Args) {
  Pickler* p = allocateInstance<Pickler>(type);
  if (!p) return raiseNoMemory(t);
  memset(reinterpret_cast<char*>(p) + sizeof(Object), 0, sizeof(Pickler) - sizeof(Object));
  p->frame_start = -1;
  return steal(Value(p));
}
void clearPickler(Object* self) {
  Pickler* p = static_cast<Pickler*>(self);
  p->memo.clear();
  for (Value* v : {&p->persistent_id.function, &p->dispatch_table, &p->reducer_override, &p->write, &p->buffer_callback,
                   &p->fast_memo}) {
    assign(*v, Ref<>());
  }
}
void picklerDealloc(Object* self) {
  clearPickler(self);
  if (static_cast<Pickler*>(self)->data) freeBuffer(static_cast<Pickler*>(self)->data);
  freeInstance(self);
}
void traversePickler(Object* self, Visitor& visitor) {
  Pickler* p = static_cast<Pickler*>(self);
  p->memo.traverse(visitor);
  for (Value v :
       {p->persistent_id.function, p->dispatch_table, p->reducer_override, p->write, p->buffer_callback, p->fast_memo})
    visitor.visit(v);
}

bool picklerInit(Thread& t, Value self, Args args) {
  static const MethodDef kInit = method(
      "Pickler", [](Thread&, Value, const Value*) -> Ref<> { return nullptr; },
      "($self, file, protocol=None, fix_imports=True, buffer_callback=None)");
  Value bound[4];
  Ref<> keep[2];
  if (!bindArguments(t, kInit, args, bound, keep)) return false;
  int fix_imports = truth(t, bound[2]);
  if (fix_imports < 0) return false;
  Pickler* p = asPickler(self);
  clearPickler(p);
  p->size = 0;
  p->fast = p->fast_nesting = 0;
  p->frame_start = -1;
  p->framing = false;
  if (!chooseProtocol(t, p, bound[1], fix_imports > 0) || !setWriter(t, p, bound[0]) || !setCallback(t, p, bound[3]))
    return false;
  if (!findHook(t, self, "persistent_id", &p->persistent_id)) return false;
  Ref<> table = getAttrOrEmpty(t, self, internStatic("dispatch_table"));
  if (!table && t.raised()) return false;
  assign(p->dispatch_table, std::move(table));
  p->initialised = true;
  return true;
}

// --- methods ---

Ref<> dumpMethod(Thread& t, Value self, Value v) {
  Pickler* p = asPickler(self);
  if (!p->initialised)
    return raise(t, *pickling_error, "Pickler.__init__() was not called by %s.__init__()", typeName(self));
  Ref<> keep = share(self);
  p->size = 0;
  Saver saver(t, p);
  return saver.dump(v) && saver.flush() ? steal(kNone) : Ref<>();
}
Ref<> clearMemo(Thread&, Value self) {
  asPickler(self)->memo.clear();
  return steal(kNone);
}
Ref<> sizeOf(Thread& t, Value self) {
  const Pickler* p = asPickler(self);
  return newInt(t, int64_t(instanceSize(p) + p->room + p->memo.size() * 2 * sizeof(Value)));
}

// --- attributes ---

Ref<> getMemo(Thread& t, Value self) {
  Ref<MemoProxy> proxy = makeFields<MemoProxy>(t, proxy_type);
  if (proxy) proxy->v[0] = share(self).leak();
  return proxy;
}
bool setMemo(Thread& t, Value self, Value v) {
  Pickler* p = asPickler(self);
  if (!v) return raise(t, exc::TypeError, "attribute deletion is not supported");
  if (isExact(v, proxy_type)) return p->memo.copyFrom(t, asPickler(fieldsOf<MemoProxy>(v)->v[0])->memo);
  if (!isDict(v))
    return raise(t, exc::TypeError, "'memo' attribute must be a PicklerMemoProxy object or dict, not %.200s",
                 typeName(v));
  Memo memo{};
  int64_t position = 0;
  Value key, entry;
  while (dictNext(asDict(v), &position, &key, &entry)) {
    int64_t number = -1;
    bool pair = isTuple(entry) && asTuple(entry)->size == 2;
    bool good = pair && isIntLike(asTuple(entry)->items[0]) && intFits64(asTuple(entry)->items[0], &number) &&
                memo.insert(t, asTuple(entry)->items[1], number);
    if (good) continue;
    memo.clear();
    if (t.raised()) return false;
    if (!pair) return raise(t, exc::TypeError, "'memo' values must be 2-item tuples");
    return raise(t, exc::TypeError, "an integer is required");
  }
  Memo old = p->memo;
  p->memo = memo;
  old.clear();
  return true;
}
Ref<> getPersistentId(Thread& t, Value self) {
  return hookValue(t, asPickler(self)->persistent_id, self, "persistent_id");
}
bool setPersistentId(Thread& t, Value self, Value v) {
  if (!v) return raise(t, exc::TypeError, "attribute deletion is not supported");
  if (!isCallable(v)) return raise(t, exc::TypeError, "persistent_id must be a callable taking one argument");
  asPickler(self)->persistent_id.by_self = false;
  assign(asPickler(self)->persistent_id.function, share(v));
  return true;
}
Ref<> getDispatchTable(Thread& t, Value self) {
  if (Value table = asPickler(self)->dispatch_table) return share(table);
  return raise(t, exc::AttributeError, "'%s' object has no attribute 'dispatch_table'", typeName(self));
}
bool setDispatchTable(Thread& t, Value self, Value v) {
  if (!v && !asPickler(self)->dispatch_table) return raise(t, exc::AttributeError, "dispatch_table");
  assign(asPickler(self)->dispatch_table, share(v));
  return true;
}

// --- the memo proxy ---

Pickler* ownerOf(Value proxy) { return asPickler(fieldsOf<MemoProxy>(proxy)->v[0]); }
Ref<> proxyClear(Thread&, Value self) {
  ownerOf(self)->memo.clear();
  return steal(kNone);
}
// {id: (number, object)}
Ref<> proxyCopy(Thread& t, Value self) {
  Ref<Dict> dict = newDict(t);
  if (!dict) return kRaised;
  bool good = ownerOf(self)->memo.each([&](Value v, int64_t number) {
    Ref<> key = newIntUnsigned(t, v.bits);
    Ref<Tuple> entry = packTuple(t, Value::fromInt(number), v);
    return key && entry && dictSet(t, dict.get(), key, entry);
  });
  return good ? Ref<>(std::move(dict)) : Ref<>();
}
Ref<> proxyReduce(Thread& t, Value self) {
  Ref<> contents = proxyCopy(t, self);
  Ref<Tuple> args = contents ? packTuple(t, contents.value()) : Ref<Tuple>();
  return args ? packTuple(t, Value(&types::Dict), args.value()) : Ref<Tuple>();
}

const MethodDef kProxyMethods[] = {
    method("clear", proxyClear, "($self, /)", "Remove all items from memo."),
    method("copy", proxyCopy, "($self, /)", "Copy the memo to a new object."),
    method("__reduce__", proxyReduce, "($self, /)", "Implement pickle support."),
    {},
};
const MethodDef kMethods[] = {
    method("dump", dumpMethod, "($self, obj, /)",
           "Write a pickled representation of the given object to the open file."),
    method("clear_memo", clearMemo, "($self, /)", "Clears the pickler's \"memo\"."),
    method("__sizeof__", sizeOf, "($self, /)", "Returns size in memory, in bytes."),
    {},
};
const GetSetDef kGetSets[] = {{"memo", getMemo, setMemo, nullptr},
                              {"persistent_id", getPersistentId, setPersistentId, nullptr},
                              {"dispatch_table", getDispatchTable, setDispatchTable, nullptr},
                              {}};
const MemberDef kMembers[] = {{"bin", MemberType::kInt32, false, offsetof(Pickler, bin), nullptr},
                              {"fast", MemberType::kInt32, false, offsetof(Pickler, fast), nullptr},
                              {}};

}  // namespace

Ref<> dumpsFunction(Thread& t, Value, const Value* args) {
  int fix_imports = truth(t, args[2]);
  Ref<> pickler = fix_imports < 0 ? Ref<>() : picklerNew(t, pickler_type, {});
  if (!pickler) return kRaised;
  Pickler* p = asPickler(pickler);
  if (!chooseProtocol(t, p, args[1], fix_imports > 0) || !setCallback(t, p, args[3])) return kRaised;
  if (!Saver(t, p).dump(args[0])) return kRaised;
  return newBytes(t, {reinterpret_cast<char*>(p->data), p->size});
}
Ref<> dumpFunction(Thread& t, Value, const Value* args) {
  int fix_imports = truth(t, args[3]);
  Ref<> pickler = fix_imports < 0 ? Ref<>() : picklerNew(t, pickler_type, {});
  if (!pickler) return kRaised;
  Pickler* p = asPickler(pickler);
  if (!chooseProtocol(t, p, args[2], fix_imports > 0) || !setWriter(t, p, args[1]) || !setCallback(t, p, args[4]))
    return kRaised;
  Saver saver(t, p);
  return saver.dump(args[0]) && saver.flush() ? steal(kNone) : Ref<>();
}

bool addPickler(Thread& t, ModuleObject* m) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(Pickler),
                             .doc = "This takes a binary file for writing a pickle data stream.",
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .members = kMembers,
                             .dealloc = picklerDealloc,
                             .traverse = traversePickler,
                             .clear = clearPickler,
                             .fill = [](Slots& slots) {
                               slots.new_ = picklerNew;
                               slots.init = picklerInit;
                             }};
  static const TypeSpec proxy_spec{.type = nullptr,
                                   .basic_size = sizeof(MemoProxy),
                                   .doc = nullptr,
                                   .methods = kProxyMethods,
                                   .dealloc = deallocFields<MemoProxy>,
                                   .traverse = traverseFields<MemoProxy>};
  Ref<Type> made = makeNativeType(t, spec, "_pickle.Pickler", nullptr, kTypeCollectable);
  Ref<Type> proxy =
      made ? makeNativeType(t, proxy_spec, "_pickle.PicklerMemoProxy", nullptr, kTypeCollectable | kTypeDisallowNew)
           : Ref<Type>();
  if (!proxy) return false;
  pickler_type = made.get();
  proxy_type = proxy.leakObject();
  return moduleAdd(t, m, "Pickler", std::move(made));
}

}  // namespace krait::pickle
