// The opcodes that find classes, make objects and fill them.
#include "runtime/core/names.h"
#include "runtime/modules/pickle/unpickler.h"
#include "runtime/objects/codecs.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/protocols/protocols.h"

namespace krait::pickle {

// --- names ---

Ref<> Loader::findClass(Ref<> module, Ref<> name) {
  if (u_->protocol < 3 && u_->fix_imports && !mapNames(t_, false, &module, &name)) return kRaised;
  Ref<Tuple> nothing = packTuple(t_, Value(emptyStr()));
  Ref<> imported = nothing ? importName(t_, module, Value(), Value(), nothing, Value::fromInt(0)) : Ref<>();
  if (!imported) return kRaised;
  bool dotted = u_->protocol >= 4;
  if (dotted && !checkPath(t_, asStr(name), "get", imported)) return kRaised;
  Ref<> found = followPath(t_, imported, asStr(name), dotted, nullptr);
  if (found || t_.raised()) return found;
  Ref<Str> shown = repr(t_, name), of = shown ? repr(t_, imported) : Ref<Str>();
  if (!of) return kRaised;
  return raise(t_, exc::AttributeError, "Can't get attribute %s on %s", Utf8(shown.get()).c_str(),
               Utf8(of.get()).c_str());
}
// By self.find_class, which a subclass may have to restrict what can be found.
Ref<> Loader::findByMethod(Ref<> module, Ref<> name) {
  if (!module || !name) return kRaised;
  Value values[] = {module, name};
  return callMethod(t_, Value(u_), "find_class", Args{values, 2, nullptr});
}
bool Loader::loadGlobalLines() {
  Ref<> names[2];
  for (Ref<>& name : names) {
    size_t size;
    const char* line = readLine(&size);
    if (!line) return false;
    name = decodeText(t_, {line, size - 1}, NativeCodec::kUtf8, nullptr);
    if (!name) return false;
  }
  return push(findByMethod(std::move(names[0]), std::move(names[1])));
}
bool Loader::loadStackGlobal() {
  Ref<> name = pop(), module = name ? pop() : Ref<>();
  if (!module && t_.raised()) clearException(t_);
  if (!module || !isExactStr(name) || !isExactStr(module))
    return raise(t_, *unpickling_error, "STACK_GLOBAL requires str");
  return push(findByMethod(std::move(module), std::move(name)));
}
bool Loader::loadExtension(int bytes) {
  uint64_t number;
  if (!readNumber(bytes, &number)) return false;
  int64_t code = int32_t(number);
  if (code <= 0) return raise(t_, *unpickling_error, "EXT specifies code <= 0");
  Ref<> key = newInt(t_, code);
  Ref<> known = key ? share(dictGet(t_, library.extension_cache, key)) : Ref<>();
  if (known) return push(std::move(known));
  if (t_.raised()) return false;
  Ref<> pair = share(dictGet(t_, library.inverted_registry, key));
  if (!pair) {
    return !t_.raised() && raise(t_, exc::ValueError, "unregistered extension code %lld", static_cast<long long>(code));
  }
  if (!isTuple(pair) || asTuple(pair)->size != 2 || !isStr(asTuple(pair)->items[0]) ||
      !isStr(asTuple(pair)->items[1])) {
    return raise(t_, exc::ValueError, "_inverted_registry[%lld] isn't a 2-tuple of strings",
                 static_cast<long long>(code));
  }
  Ref<> found = findByMethod(share(asTuple(pair)->items[0]), share(asTuple(pair)->items[1]));
  return found && dictSet(t_, library.extension_cache, key, found) && push(std::move(found));
}

// --- persistent ids ---

bool Loader::loadPersistent(Ref<> id) {
  if (!id) return false;
  if (!u_->persistent_load.function) {
    return raise(t_, *unpickling_error,
                 "A load persistent id instruction was encountered,\nbut no persistent_load function was specified.");
  }
  return push(callHook(t_, u_->persistent_load, Value(u_), id));
}
bool Loader::loadPersistentLine() {
  size_t size;
  const char* line = readLine(&size);
  if (!line) return false;
  if (!u_->persistent_load.function) return loadPersistent(steal(kNone));
  Ref<> id = decodeText(t_, {line, size - 1}, NativeCodec::kAscii, nullptr);
  if (!id) {
    if (!raisedIs(t_, exc::UnicodeDecodeError)) return false;
    clearException(t_);
    return raise(t_, *unpickling_error, "persistent IDs in protocol 0 must be ASCII strings");
  }
  return loadPersistent(std::move(id));
}

// --- objects ---

// A class is called, unless there are no arguments and it does not ask for any: then __init__ is passed over.
Ref<> Loader::instantiate(Value cls, Tuple* args) {
  if (args->size == 0 && isType(cls)) {
    Ref<> asks = getAttrOrEmpty(t_, cls, internStatic("__getinitargs__"));
    if (!asks && t_.raised()) return kRaised;
    if (!asks) return callMethod(t_, cls, "__new__", cls);
  }
  return callWith(t_, cls, Value(args), Value());
}
bool Loader::loadInst() {
  int64_t from = popMark();
  Ref<Tuple> args = from < 0 ? Ref<Tuple>() : popTuple(from);
  if (!args) return false;
  Ref<> names[2];
  for (Ref<>& name : names) {
    size_t size;
    const char* line = readLine(&size);
    if (!line) return false;
    name = decodeText(t_, {line, size - 1}, NativeCodec::kAscii, "strict");
    if (!name) return false;
  }
  Ref<> cls = findByMethod(std::move(names[0]), std::move(names[1]));
  return cls && push(instantiate(cls, args.get()));
}
bool Loader::loadObj() {
  int64_t from = popMark();
  if (from < 0) return false;
  if (u_->stack.size - from < 1) return underflow();
  Ref<Tuple> args = popTuple(from + 1);
  Ref<> cls = args ? pop() : Ref<>();
  return cls && push(instantiate(cls, args.get()));
}
bool Loader::loadNewObj(bool keywords) {
  const char* op = keywords ? "NEWOBJ_EX" : "NEWOBJ";
  Ref<> kwargs = keywords ? pop() : Ref<>();
  if (keywords && !kwargs) return false;
  Ref<> args = pop(), cls = args ? pop() : Ref<>();
  if (!cls) return false;
  if (!isType(cls))
    return raise(t_, *unpickling_error, "%s class argument must be a type, not %.200s", op, typeName(cls));
  Type* type = static_cast<Type*>(cls.value().asObject());
  if (!type->slots.new_)
    return raise(t_, *unpickling_error, "%s class argument '%.200s' doesn't have __new__", op, type->cname);
  if (!isTuple(args))
    return raise(t_, *unpickling_error, "%s args argument must be a tuple, not %.200s", op, typeName(args));
  if (keywords && !isDict(kwargs)) {
    return raise(t_, *unpickling_error, "%s kwargs argument must be a dict, not %.200s", op, typeName(kwargs));
  }
  if (!keywords || asDict(kwargs)->size == 0)
    return push(type->slots.new_(t_, type, Args{asTuple(args)->items, size_t(asTuple(args)->size), nullptr}));
  Ref<> make = getAttr(t_, cls, names::dunder_new);
  Ref<Tuple> one = make ? packTuple(t_, cls.value()) : Ref<Tuple>();
  Ref<> all = one ? concatSequence(t_, one, args) : Ref<>();
  return all && push(callWith(t_, make, all, kwargs));
}
bool Loader::loadReduce() {
  Ref<> args = pop(), callable = args ? pop() : Ref<>();
  if (!callable) return false;
  if (!isTuple(args)) return raise(t_, exc::TypeError, "argument list must be a tuple");
  return push(callWith(t_, callable, args, Value()));
}

// The attributes of a state dict become the object's own.
bool Loader::setAttributes(Value v, Value state) {
  if (!isDict(state)) return raise(t_, *unpickling_error, "state is not a dictionary");
  // Instances with attribute slots are filled directly, as asking for their __dict__ would change how they are kept.
  bool direct = hasAttributes(v) && typeOf(v)->slots.getattr == types::Object.slots.getattr &&
                typeOf(v)->slots.setattr == types::Object.slots.setattr && isExactDict(state);
  Ref<> dict = direct ? Ref<>() : getAttr(t_, v, names::dunder_dict);
  if (!direct && !dict) return false;
  int64_t position = 0;
  Value key, item;
  while (dictNext(asDict(state), &position, &key, &item)) {
    Ref<> name = share(key), content = share(item);
    if (isExactStr(name) && !(name = intern(t_, std::move(name).as<Str>()))) return false;
    if (direct && !isExactStr(name)) {
      direct = false;
      if (!(dict = getAttr(t_, v, names::dunder_dict))) return false;
    }
    if (direct ? !instanceSet(t_, v.asObject(), asStr(name), content) : !setItem(t_, dict, name, content)) return false;
  }
  return true;
}
bool Loader::loadBuild() {
  if (u_->stack.size - 2 < u_->fence) return underflow();
  Ref<> state = pop();
  Ref<> v = share(u_->stack.items[u_->stack.size - 1]);
  Ref<> setter = getAttrOrEmpty(t_, v, names::dunder_setstate);
  if (setter) return bool(call(t_, setter, state));
  if (t_.raised()) return false;
  Ref<> slots;
  if (isTuple(state) && asTuple(state)->size == 2) {
    slots = share(asTuple(state)->items[1]);
    state = share(asTuple(state)->items[0]);
  }
  if (!state.value().isNone() && !setAttributes(v, state)) return false;
  if (!slots) return true;
  if (!isDict(slots)) return raise(t_, *unpickling_error, "slot state is not a dictionary");
  int64_t position = 0;
  Value key, item;
  while (dictNext(asDict(slots), &position, &key, &item)) {
    if (!isStr(key)) return raise(t_, exc::TypeError, "attribute name must be string, not '%.200s'", typeName(key));
    Ref<Str> name = intern(t_, share(asStr(key)));
    Ref<> content = share(item);
    if (!name || !setAttr(t_, v, name.get(), content)) return false;
  }
  return true;
}

}  // namespace krait::pickle
