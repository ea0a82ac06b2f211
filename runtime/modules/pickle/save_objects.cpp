// Saving by name (classes and functions) and by what __reduce_ex__ says.
#include "runtime/core/names.h"
#include "runtime/modules/pickle/pickler.h"
#include "runtime/objects/codecs.h"
#include "runtime/objects/function.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/protocols/protocols.h"

namespace krait::pickle {

bool Saver::saveObject(Value v) {
  if (p_->reducer_override) {
    Ref<> reducer = share(p_->reducer_override);
    Ref<> reduced = call(t_, reducer, v);
    if (!reduced) return false;
    if (reduced.value() != kNotImplemented) return saveByReduction(v, reduced);
  }
  Type* type = typeOf(v);
  if (type == &types::Type) return saveType(v);
  if (isFunction(v)) return saveGlobal(v, Value());
  Ref<> reduce;
  if (!p_->dispatch_table) {
    reduce = share(dictGet(t_, library.dispatch_table, Value(type)));
  } else {
    reduce = getItem(t_, p_->dispatch_table, Value(type));
    if (!reduce && raisedIs(t_, exc::KeyError)) clearException(t_);
  }
  if (t_.raised()) return false;
  Ref<> reduced;
  if (reduce) {
    reduced = call(t_, reduce, v);
  } else if (type->has(kTypeTypeSubclass)) {
    return saveGlobal(v, Value());
  } else if ((reduce = getAttrOrEmpty(t_, v, names::dunder_reduce_ex))) {
    reduced = call(t_, reduce, Value::fromInt(p_->protocol));
  } else if (!t_.raised() && (reduce = getAttrOrEmpty(t_, v, names::dunder_reduce))) {
    reduced = call(t_, reduce);
  } else if (!t_.raised()) {
    Ref<Str> shown = repr(t_, v);
    if (shown)
      (void)raise(t_, *pickling_error, "can't pickle '%.200s' object: %s", type->cname, Utf8(shown.get()).c_str());
  }
  return reduced && saveByReduction(v, reduced);
}
bool Saver::saveByReduction(Value v, Value reduced) {
  if (isStr(reduced)) return saveGlobal(v, reduced);
  if (!isTuple(reduced)) return raise(t_, *pickling_error, "__reduce__ must return a string or tuple");
  return saveReduce(asTuple(reduced), v);
}

// --- reduction ---

bool Saver::saveReduce(Tuple* parts, Value v) {
  if (parts->size < 2 || parts->size > 6) {
    return raise(t_, *pickling_error, "tuple returned by __reduce__ must contain 2 through 6 elements");
  }
  auto part = [&](int64_t i) { return i < parts->size && !parts->items[i].isNone() ? parts->items[i] : Value(); };
  Value callable = parts->items[0], args = parts->items[1], state = part(2), list_items = part(3), dict_items = part(4),
        setter = part(5);
  if (!isCallable(callable))
    return raise(t_, *pickling_error, "first item of the tuple returned by __reduce__ must be callable");
  if (!isTuple(args))
    return raise(t_, *pickling_error, "second item of the tuple returned by __reduce__ must be a tuple");
  if (list_items && !typeOf(list_items)->slots.next) {
    return raise(t_, *pickling_error, "fourth element of the tuple returned by __reduce__ must be an iterator, not %s",
                 typeName(list_items));
  }
  if (dict_items && !typeOf(dict_items)->slots.next) {
    return raise(t_, *pickling_error, "fifth element of the tuple returned by __reduce__ must be an iterator, not %s",
                 typeName(dict_items));
  }
  if (setter && !isCallable(setter)) {
    return raise(t_, *pickling_error, "sixth element of the tuple returned by __reduce__ must be a function, not %s",
                 typeName(setter));
  }
  bool new_obj = false, new_obj_ex = false;
  if (p_->protocol >= 2) {
    Ref<> name = getAttrOrEmpty(t_, callable, names::dunder_name);
    if (!name && t_.raised()) return false;
    if (name && isStr(name)) {
      new_obj_ex = strEqualsAscii(asStr(name), "__newobj_ex__");
      new_obj = strEqualsAscii(asStr(name), "__newobj__");
    }
  }
  bool made = new_obj_ex ? saveNewObjEx(asTuple(args))
              : new_obj  ? saveNewObj(asTuple(args), v)
                         : save(callable) && save(args) && put(kReduce);
  if (!made) return false;
  if (v) {
    // Saving the arguments may have saved the object itself: a tuple of a subclass that contains itself.
    int64_t number = v.isObject() ? p_->memo.find(v) : -1;
    if (number >= 0) return put(kPop) && putGet(number);
    if (!memoize(v)) return false;
  }
  if (list_items && !batchList(list_items)) return false;
  if (dict_items && !batchDict(dict_items)) return false;
  return !state || saveState(state, setter, v);
}
bool Saver::saveState(Value state, Value setter, Value v) {
  if (!setter) return save(state) && put(kBuild);
  // setter(v, state) is called for what it does; its result goes.
  return save(setter) && save(v) && save(state) && put(kTuple2) && put(kReduce) && put(kPop);
}
bool Saver::saveNewObj(Tuple* args, Value v) {
  if (args->size < 1) return raise(t_, *pickling_error, "__newobj__ arglist is empty");
  Value cls = args->items[0];
  if (!isType(cls)) return raise(t_, *pickling_error, "args[0] from __newobj__ args is not a type");
  if (v) {
    Ref<> own = getAttrOrEmpty(t_, v, names::dunder_class);
    if (!own && t_.raised()) return false;
    if (!own) own = share(Value(typeOf(v)));
    if (own.value() != cls) return raise(t_, *pickling_error, "args[0] from __newobj__ args has the wrong class");
  }
  Ref<Tuple> rest = newTuple(t_, args->items + 1, args->size - 1);
  return rest && save(cls) && save(rest) && put(kNewObj);
}
bool Saver::saveNewObjEx(Tuple* args) {
  if (args->size != 3) {
    return raise(t_, *pickling_error, "length of the NEWOBJ_EX argument tuple must be exactly 3, not %zd",
                 size_t(args->size));
  }
  Value cls = args->items[0], positional = args->items[1], keywords = args->items[2];
  if (!isType(cls))
    return raise(t_, *pickling_error, "first item from NEWOBJ_EX argument tuple must be a class, not %.200s",
                 typeName(cls));
  if (!isTuple(positional)) {
    return raise(t_, *pickling_error, "second item from NEWOBJ_EX argument tuple must be a tuple, not %.200s",
                 typeName(positional));
  }
  if (!isDict(keywords)) {
    return raise(t_, *pickling_error, "third item from NEWOBJ_EX argument tuple must be a dict, not %.200s",
                 typeName(keywords));
  }
  if (p_->protocol >= 4) return save(cls) && save(positional) && save(keywords) && put(kNewObjEx);
  // partial(cls.__new__, cls, *args, **kwargs)()
  Ref<> make = getAttr(t_, cls, names::dunder_new);
  Ref<Tuple> all = make ? newTupleBlank(t_, asTuple(positional)->size + 2) : Ref<Tuple>();
  if (!all) return false;
  all->items[0] = make.leak();
  all->items[1] = share(cls).leak();
  for (int64_t i = 0; i < asTuple(positional)->size; ++i)
    all->items[2 + i] = share(asTuple(positional)->items[i]).leak();
  Ref<> partial = callWith(t_, library.partial, all, keywords);
  return partial && save(partial) && save(Value(emptyTuple())) && put(kReduce);
}

// --- names ---

bool Saver::saveType(Value v) {
  Value singleton = v == Value(&types::NoneType)             ? kNone
                    : v == Value(&types::EllipsisType)       ? kEllipsis
                    : v == Value(&types::NotImplementedType) ? kNotImplemented
                                                             : Value();
  if (!singleton) return saveGlobal(v, Value());
  Ref<Tuple> args = packTuple(t_, singleton);
  Ref<Tuple> parts = args ? packTuple(t_, Value(&types::Type), args.value()) : Ref<Tuple>();
  return parts && saveReduce(parts.get(), v);
}

bool Saver::saveGlobal(Value v, Value given) {
  Ref<> name = share(given);
  if (!name) {
    name = getAttrOrEmpty(t_, v, names::dunder_qualname);
    if (!name && t_.raised()) return false;
    if (!name) name = getAttr(t_, v, names::dunder_name);
    if (!name) return false;
  }
  if (!isStr(name)) return raise(t_, exc::TypeError, "__qualname__ must be str, not %.200s", typeName(name));
  if (!checkPath(t_, asStr(name), "pickle", Value())) return false;
  Ref<> module_name = whichModule(t_, v, asStr(name));
  if (!module_name) return false;
  // Imported even if it is there: a module is found by its name alone when this is read.
  Ref<Tuple> nothing = packTuple(t_, Value(emptyStr()));
  Ref<> imported = nothing && isStr(module_name)
                       ? importName(t_, module_name, Value(), Value(), nothing, Value::fromInt(0))
                       : Ref<>();
  if (!imported) {
    if (t_.raised()) clearException(t_);
    Ref<Str> shown = repr(t_, module_name);
    Ref<Str> what = shown ? strFormat(t_, "%s failed", Utf8(shown.get()).c_str()) : Ref<Str>();
    return what && raisePickling(t_, v, "Can't pickle ", ": import of module ", what);
  }
  Ref<> parent;
  Ref<> found = followPath(t_, imported, asStr(name), true, &parent);
  if (!found) {
    Ref<Str> place = strFormat(t_, "%s failed", Utf8(asStr(module_name)).c_str());
    return place && raisePickling(t_, v, "Can't pickle ", ": attribute lookup ", name, " on ", place);
  }
  if (found.value() != v)
    return raisePickling(t_, v, "Can't pickle ", ": it's not the same object as ", module_name, ".", name);
  bool done = false;
  if (p_->protocol >= 2 && !saveExtension(v, module_name, name, &done)) return false;
  if (done) return true;
  bool nested = parent.value() != imported.value();
  int64_t dot = strFind(asStr(name), charStr('.'), 0, asStr(name)->length, true);
  if (!nested && dot >= 0) {  // a path that leads back to the module
    name = strSlice(t_, asStr(name), dot + 1, asStr(name)->length, 1);
    if (!name) return false;
  }
  if (p_->protocol >= 4) {
    if (!save(module_name) || !save(name) || !put(kStackGlobal)) return false;
  } else if (nested) {
    Ref<Str> last = strSlice(t_, asStr(name), dot + 1, asStr(name)->length, 1);
    Ref<Tuple> args = last ? packTuple(t_, parent.value(), last.value()) : Ref<Tuple>();
    Ref<Tuple> parts = args ? packTuple(t_, library.getattr, args.value()) : Ref<Tuple>();
    if (!parts || !saveReduce(parts.get(), Value())) return false;
  } else if (!putGlobal(std::move(module_name), std::move(name))) {
    return false;
  }
  return memoize(v);
}

// Objects of copyreg's extension registry have numbers.
bool Saver::saveExtension(Value v, Value module, Value name, bool* done) {
  Ref<Tuple> key = packTuple(t_, module, name);
  Ref<> code = key ? share(dictGet(t_, library.extension_registry, key)) : Ref<>();
  if (!code) return !t_.raised();
  if (!isIntLike(code)) {
    Ref<Str> shown = repr(t_, code),
             what = shown ? strFormat(t_, "%s isn't an integer", Utf8(shown.get()).c_str()) : Ref<Str>();
    return what && raisePickling(t_, v, "Can't pickle ", ": extension code ", what);
  }
  int64_t number;
  if (!intFits64(code, &number) || number <= 0 || number > INT32_MAX) {
    Ref<Str> shown = repr(t_, code),
             what = shown ? strFormat(t_, "%s is out of range", Utf8(shown.get()).c_str()) : Ref<Str>();
    return what && raisePickling(t_, v, "Can't pickle ", ": extension code ", what);
  }
  *done = true;
  if (number <= 0xFF) return put(kExt1, uint64_t(number), 1);
  return number <= 0xFFFF ? put(kExt2, uint64_t(number), 2) : put(kExt4, uint64_t(number), 4);
}

bool Saver::putGlobal(Ref<> module, Ref<> name) {
  if (p_->fix_imports && p_->protocol < 3 && !mapNames(t_, true, &module, &name)) return false;
  if (!put(kGlobal)) return false;
  for (Value text : {module.value(), name.value()}) {
    Ref<Bytes> encoded =
        encodeText(t_, asStr(text), p_->protocol >= 3 ? NativeCodec::kUtf8 : NativeCodec::kAscii, nullptr);
    if (!encoded) {
      if (!raisedIs(t_, exc::UnicodeEncodeError)) return false;
      clearException(t_);
      return raise(t_, *pickling_error, "can't pickle %s identifier '%s' using pickle protocol %i",
                   text == module.value() ? "module" : "global", Utf8(asStr(text)).c_str(), p_->protocol);
    }
    if (!put(encoded->data, size_t(encoded->size)) || !put('\n')) return false;
  }
  return true;
}

}  // namespace krait::pickle
