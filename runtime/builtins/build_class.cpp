// __build_class__: what a class statement calls.
#include "runtime/builtins/builtins.h"
#include "runtime/core/error.h"
#include "runtime/core/hooks.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

struct ClassStatement {
  Ref<Tuple> written_bases, bases;
  Ref<Dict> keywords;  // without metaclass
  Ref<> metaclass;
};

// Bases, keywords and metaclass; false: raised.
bool readHeader(Thread& t, Args args, ClassStatement* out) {
  out->written_bases = newTuple(t, args.values + 2, int64_t(args.positional) - 2);
  if (!out->written_bases) return false;
  out->bases = resolveBases(t, out->written_bases.get());
  if (!out->bases) return false;
  out->keywords = newDict(t);
  if (!out->keywords) return false;
  for (size_t i = 0; i < args.keywords(); ++i) {
    Value v = args.values[args.positional + i];
    if (strEqualsAscii(asStr(args.names->items[i]), "metaclass")) {
      out->metaclass = share(v);
    } else if (!dictSet(t, out->keywords.get(), args.names->items[i], v)) {
      return false;
    }
  }
  if (!out->metaclass) {
    Type* type = out->bases->size ? typeOf(out->bases->items[0]) : &types::Type;
    out->metaclass = share(Value(type));
  }
  if (isType(out->metaclass)) {
    Type* winner = calculateMetaclass(t, static_cast<Type*>(out->metaclass.value().asObject()), out->bases.get());
    if (!winner) return false;
    out->metaclass = share(Value(winner));
  }
  return true;
}

// What the body's names are stored in: metaclass.__prepare__(name, bases, **keywords), or a dict.
Ref<> prepareNamespace(Thread& t, const ClassStatement& statement, Value name) {
  Ref<> prepare = getAttrOrEmpty(t, statement.metaclass, internStatic("__prepare__"));
  if (!prepare) return t.raised() ? Ref<>() : Ref<>(newDict(t));
  Ref<Tuple> arguments = packTuple(t, name, statement.bases.value());
  Ref<> space = arguments ? callWith(t, prepare, arguments, statement.keywords) : Ref<>();
  if (space && !typeOf(space)->slots.getitem) {
    const char* who = isType(statement.metaclass) ? static_cast<Type*>(statement.metaclass.value().asObject())->cname : "<metaclass>";
    return raise(t, exc::TypeError, "%.200s.__prepare__() must return a mapping, not %.200s", who, typeName(space));
  }
  return space;
}

// The body's __class__ cell must hold the class that came out.
bool checkClassCell(Thread& t, Value cell, Value cls, Value name) {
  Value content = static_cast<CellObject*>(cell.asObject())->content;
  if (content == cls) return true;
  Ref<Str> name_text = repr(t, name), class_text = name_text ? repr(t, cls) : Ref<Str>();
  if (!class_text) return false;
  auto text = [](Str* s) { return reinterpret_cast<const char*>(s->data); };
  if (content.empty()) {
    return raise(t, exc::RuntimeError, "__class__ not set defining %.200s as %.200s. Was __classcell__ propagated to type.__new__?",
                 text(name_text.get()), text(class_text.get()));
  }
  Ref<Str> content_text = repr(t, content);
  if (!content_text) return false;
  return raise(t, exc::TypeError, "__class__ set to %.200s defining %.200s as %.200s", text(content_text.get()),
               text(name_text.get()), text(class_text.get()));
}

Ref<> buildClass(Thread& t, Value, Args args) {
  if (args.positional < 2) return raise(t, exc::TypeError, "__build_class__: not enough arguments");
  if (!isFunction(args[0])) return raise(t, exc::TypeError, "__build_class__: func must be a function");
  if (!isStr(args[1])) return raise(t, exc::TypeError, "__build_class__: name is not a string");
  Function* body = asFunction(args[0]);
  Value name = args[1];

  ClassStatement statement;
  if (!readHeader(t, args, &statement)) return kRaised;
  Ref<> space = prepareNamespace(t, statement, name);
  if (!space) return kRaised;
  Ref<> cell = hooks.run_code(t, body->code, body->globals, space, body->closure);
  if (!cell) return kRaised;
  if (statement.bases.value() != statement.written_bases.value() &&
      !setItem(t, space, Value(internStatic("__orig_bases__")), statement.written_bases)) {
    return kRaised;
  }
  Ref<Tuple> arguments = packTuple(t, name, statement.bases.value(), space.value());
  Ref<> cls = arguments ? callWith(t, statement.metaclass, arguments, statement.keywords) : Ref<>();
  if (cls && isType(cls) && isExact(cell, &types::Cell) && !checkClassCell(t, cell, cls, name)) return kRaised;
  return cls;
}

}  // namespace

const MethodDef kClassFunctions[] = {
    method("__build_class__", buildClass, nullptr,
           "__build_class__(func, name, /, *bases, [metaclass], **kwds) -> class\n\n"
           "Internal helper function used by the class statement."),
    {},
};

}  // namespace krait
