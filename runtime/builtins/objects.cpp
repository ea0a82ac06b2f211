// Builtin functions on any object: attributes, types, text, identity.
#include "runtime/builtins/builtins.h"
#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/core/frame.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// --- attributes ---

// The interned form of an attribute's name, as attribute lookups want it.
Ref<Str> attributeName(Thread& t, Value name) {
  if (!isStr(name)) return raise(t, exc::TypeError, "attribute name must be string, not '%.200s'", typeName(name));
  if (isExactStr(name) && isInterned(asStr(name))) return share(asStr(name));
  Ref<Str> exact = isExactStr(name) ? share(asStr(name)) : strSlice(t, asStr(name), 0, asStr(name)->length, 1);
  return exact ? intern(t, std::move(exact)) : kRaised;
}

Ref<> builtinGetattr(Thread& t, Value, const Value* args) {
  Ref<Str> name = attributeName(t, args[1]);
  if (!name) return kRaised;
  if (args[2].empty()) return getAttr(t, args[0], name.get());
  Ref<> v = getAttrOrEmpty(t, args[0], name.get());
  if (v || t.raised()) return v;
  return share(args[2]);
}

Ref<> builtinHasattr(Thread& t, Value, const Value* args) {
  Ref<Str> name = attributeName(t, args[1]);
  if (!name) return kRaised;
  Ref<> v = getAttrOrEmpty(t, args[0], name.get());
  return t.raised() ? Ref<>() : steal(Value::fromBool(bool(v)));
}

Ref<> builtinSetattr(Thread& t, Value, const Value* args) {
  Ref<Str> name = attributeName(t, args[1]);
  if (!name || !setAttr(t, args[0], name.get(), args[2])) return kRaised;
  return share(kNone);
}

Ref<> builtinDelattr(Thread& t, Value, const Value* args) {
  Ref<Str> name = attributeName(t, args[1]);
  if (!name || !setAttr(t, args[0], name.get(), Value())) return kRaised;
  return share(kNone);
}

// --- namespaces ---

Frame* callerFrame(Thread& t) {
  Frame* frame = visibleFrame(t);
  if (!frame && !t.raised()) (void)raise(t, exc::SystemError, "frame does not exist");
  return frame;
}

Ref<> builtinGlobals(Thread& t, Value) {
  Frame* frame = callerFrame(t);
  return frame ? share(Value(frame->globals)) : kRaised;
}

Ref<> builtinLocals(Thread& t, Value) {
  Frame* frame = callerFrame(t);
  return frame ? frameLocals(t, frame) : kRaised;
}

Ref<> builtinVars(Thread& t, Value module, const Value* args) {
  if (args[0].empty()) return builtinLocals(t, module);
  Ref<> dict = getAttrOrEmpty(t, args[0], internStatic("__dict__"));
  if (dict || t.raised()) return dict;
  return raise(t, exc::TypeError, "vars() argument must have __dict__ attribute");
}

Ref<> sortedNames(Thread& t, Value names) {
  Ref<List> list = sequenceToList(t, names);
  if (!list || !listSort(t, list.get(), kNone, false)) return kRaised;
  return list;
}

Ref<> builtinDir(Thread& t, Value, const Value* args) {
  if (args[0].empty()) {
    Frame* frame = callerFrame(t);
    Ref<> locals = frame ? frameLocals(t, frame) : Ref<>();
    if (!locals) return kRaised;
    Ref<> keys = callMethod(t, locals, "keys");
    return keys ? sortedNames(t, keys) : kRaised;
  }
  static Str* const name = internStatic("__dir__");
  Ref<> self;
  Ref<> method = lookupSpecial(t, args[0], name, &self);
  if (!method) return t.raised() ? Ref<>() : raise(t, exc::TypeError, "object does not provide __dir__");
  Ref<> names = self ? call(t, method, self) : call(t, method);
  return names ? sortedNames(t, names) : kRaised;
}

// --- types ---

Ref<> builtinIsinstance(Thread& t, Value, const Value* args) {
  int is = isInstanceOf(t, args[0], args[1]);
  return is < 0 ? Ref<>() : steal(Value::fromBool(is));
}
Ref<> builtinIssubclass(Thread& t, Value, const Value* args) {
  int is = isSubclassOf(t, args[0], args[1]);
  return is < 0 ? Ref<>() : steal(Value::fromBool(is));
}
Ref<> builtinCallable(Thread&, Value, Value v) { return steal(Value::fromBool(isCallable(v))); }

// --- text, identity ---

Ref<> builtinRepr(Thread& t, Value, Value v) { return repr(t, v); }
Ref<> builtinAscii(Thread& t, Value, Value v) { return ascii(t, v); }

Ref<> builtinFormat(Thread& t, Value, const Value* args) {
  if (!args[1].empty() && !isStr(args[1])) {
    return raise(t, exc::TypeError, "format() argument 2 must be str, not %.50s", argumentTypeName(args[1]));
  }
  return format(t, args[0], args[1]);
}

Ref<> builtinHash(Thread& t, Value, Value v) {
  Hash hash = hashOf(t, v);
  return hash == -1 ? Ref<>() : newInt(t, hash);
}

// Numbers are identical when they are equal, so their id is made from the value: an immediate's word lies above all addresses,
// a heap int's number is moved above all words.
// The number that id() gives.
Ref<> identity(Thread& t, Value v) {
  if (!isExact(v, &types::Int)) return newIntUnsigned(t, v.bits);
  Ref<> size = intAbsolute(t, v);
  Ref<> moved = size ? intLeftShift(t, size, Value::fromInt(65)) : Ref<>();
  return moved ? intAdd(t, moved, Value::fromInt(intSign(v) < 0)) : kRaised;
}
Ref<> builtinId(Thread& t, Value, Value v) {
  Ref<> number = identity(t, v);
  return number && audit(t, "builtins.id", number) ? std::move(number) : Ref<>(kRaised);
}

}  // namespace

const MethodDef kObjectFunctions[] = {
    method("ascii", builtinAscii, "($module, obj, /)",
           "Return an ASCII-only representation of an object.\n\n"
           "As repr(), return a string containing a printable representation of an\n"
           "object, but escape the non-ASCII characters in the string returned by\n"
           "repr() using \\\\x, \\\\u or \\\\U escapes. This generates a string similar\n"
           "to that returned by repr() in Python 2."),
    method("callable", builtinCallable, "($module, obj, /)",
           "Return whether the object is callable (i.e., some kind of function).\n\n"
           "Note that classes are callable, as are instances of classes with a\n__call__() method."),
    method("delattr", builtinDelattr, "($module, obj, name, /)",
           "Deletes the named attribute from the given object.\n\ndelattr(x, 'y') is equivalent to ``del x.y``"),
    method("dir", builtinDir, "($module, object=<unrepresentable>, /)",
           "dir([object]) -> list of strings\n\n"
           "If called without an argument, return the names in the current scope.\n"
           "Else, return an alphabetized list of names comprising (some of) the attributes\n"
           "of the given object, and of attributes reachable from it.\n"
           "If the object supplies a method named __dir__, it will be used; otherwise\n"
           "the default dir() logic is used and returns:\n"
           "  for a module object: the module's attributes.\n"
           "  for a class object:  its attributes, and recursively the attributes\n    of its bases.\n"
           "  for any other object: its attributes, its class's attributes, and\n"
           "    recursively the attributes of its class's base classes."),
    method("format", builtinFormat, "($module, value, format_spec='', /)",
           "Return value.__format__(format_spec)\n\nformat_spec defaults to the empty string.\n"
           "See the Format Specification Mini-Language section of help('FORMATTING') for\ndetails."),
    method("getattr", builtinGetattr, "($module, object, name, default=<unrepresentable>, /)",
           "getattr(object, name[, default]) -> value\n\n"
           "Get a named attribute from an object; getattr(x, 'y') is equivalent to x.y.\n"
           "When a default argument is given, it is returned when the attribute doesn't\n"
           "exist; without it, an exception is raised in that case."),
    method("globals", builtinGlobals, "($module, /)",
           "Return the dictionary containing the current scope's global variables.\n\n"
           "NOTE: Updates to this dictionary *will* affect name lookups in the current\nglobal scope and vice-versa."),
    method("hasattr", builtinHasattr, "($module, obj, name, /)",
           "Return whether the object has an attribute with the given name.\n\n"
           "This is done by calling getattr(obj, name) and catching AttributeError."),
    method("hash", builtinHash, "($module, obj, /)",
           "Return the hash value for the given object.\n\n"
           "Two objects that compare equal must also have the same hash value, but the\nreverse is not necessarily true."),
    method("id", builtinId, "($module, obj, /)",
           "Return the identity of an object.\n\n"
           "This is guaranteed to be unique among simultaneously existing objects.\n"
           "(CPython uses the object's memory address.)"),
    method("isinstance", builtinIsinstance, "($module, obj, class_or_tuple, /)",
           "Return whether an object is an instance of a class or of a subclass thereof.\n\n"
           "A tuple, as in ``isinstance(x, (A, B, ...))``, may be given as the target to\n"
           "check against. This is equivalent to ``isinstance(x, A) or isinstance(x, B)\nor ...`` etc."),
    method("issubclass", builtinIssubclass, "($module, cls, class_or_tuple, /)",
           "Return whether 'cls' is derived from another class or is the same class.\n\n"
           "A tuple, as in ``issubclass(x, (A, B, ...))``, may be given as the target to\n"
           "check against. This is equivalent to ``issubclass(x, A) or issubclass(x, B)\nor ...``."),
    method("locals", builtinLocals, "($module, /)",
           "Return a dictionary containing the current scope's local variables.\n\n"
           "NOTE: Whether or not updates to this dictionary will affect name lookups in\n"
           "the local scope and vice-versa is *implementation dependent* and not\ncovered by any backwards compatibility guarantees."),
    method("repr", builtinRepr, "($module, obj, /)",
           "Return the canonical string representation of the object.\n\n"
           "For many object types, including most builtins, eval() will return\na valid Python object."),
    method("setattr", builtinSetattr, "($module, obj, name, value, /)",
           "Sets the named attribute on the given object to the specified value.\n\n"
           "setattr(x, 'y', v) is equivalent to ``x.y = v``"),
    method("vars", builtinVars, "($module, object=<unrepresentable>, /)",
           "vars([object]) -> dictionary\n\nWithout arguments, equivalent to locals().\nWith an argument, equivalent to object.__dict__."),
    {},
};

}  // namespace krait
