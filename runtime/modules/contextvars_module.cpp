// _contextvars: context variables. A context is a dict of variables that is copied when it is shared and changes; each thread has
// a current one.
#include <string>

#include "runtime/modules/fields.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/generic_alias.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// data: dict, shared with other contexts when its count is above one; previous: the context that was current before run()
struct Context : Fields<2> {
  bool entered;
};
struct Variable : Fields<2> {  // name, default or empty
  Hash hash;
};
struct Token : Fields<3> {  // context, variable, old value or empty
  bool used;
};
Type *context_type = nullptr, *variable_type = nullptr, *token_type = nullptr, *missing_type = nullptr;
Value missing;  // Token.MISSING, owned

Context* asContext(Value v) { return fieldsOf<Context>(v); }
Dict* dataOf(Value context) { return asDict(asContext(context)->v[0]); }

Ref<> makeContext(Thread& t, Ref<> data) {
  if (!data) return kRaised;
  Ref<Context> context = makeFields<Context>(t, context_type);
  if (context) context->v[0] = data.leak();
  return context;
}
// The thread's context, made when there is none; borrowed. Empty: raised.
Value currentContext(Thread& t) {
  if (t.context.empty()) {
    Ref<> made = makeContext(t, newDict(t));
    if (!made) return Value();
    t.context = made.leak();
  }
  return t.context;
}
// The context's dict, its own: a copy when it was shared. Null: raised.
Dict* ownData(Thread& t, Value context) {
  Context* c = asContext(context);
  if (c->v[0].asObject()->count > 1) {
    Ref<Dict> copy = dictCopy(t, asDict(c->v[0]));
    if (!copy) return nullptr;
    assign(c->v[0], std::move(copy));
  }
  return asDict(c->v[0]);
}

// --- ContextVar ---

Ref<> variableNew(Thread& t, Type* type, Args args) {
  Value initial;
  for (size_t i = 0; i < args.keywords(); ++i) {
    Str* name = asStr(args.names->items[i]);
    if (!strEqualsAscii(name, "default")) {
      return raise(t, exc::TypeError, "'%s' is an invalid keyword argument for ContextVar()", Utf8(name).c_str());
    }
    initial = args[args.positional + i];
  }
  if (args.positional != 1) {
    return raise(t, exc::TypeError,
                 args.positional ? "ContextVar() takes exactly 1 positional argument (%zu given)"
                                 : "ContextVar() missing required argument 'name' (pos %zu)",
                 args.positional ? args.positional : 1);
  }
  if (!isStr(args[0])) return raise(t, exc::TypeError, "context variable name must be a str");
  Ref<Variable> variable = makeFields<Variable>(t, type);
  if (!variable) return kRaised;
  variable->v[0] = share(args[0]).leak();
  if (initial) variable->v[1] = share(initial).leak();
  return variable;
}
Hash variableHash(Thread&, Value self) {
  Hash h = Hash(uint64_t(self.bits) >> 4);
  return h == -1 ? -2 : h;
}
Ref<> variableGet(Thread& t, Value self, const Value* args) {
  Value found;
  if (!t.context.empty()) {
    found = dictGet(t, dataOf(t.context), self);
    if (!found && t.raised()) return kRaised;
  }
  if (found) return share(found);
  if (args[0]) return share(args[0]);
  Value initial = fieldsOf<Variable>(self)->v[1];
  if (initial) return share(initial);
  return raiseWith(t, exc::LookupError, self);
}
Ref<> variableSet(Thread& t, Value self, Value v) {
  Value context = currentContext(t);
  if (!context) return kRaised;
  Ref<> keep = share(context);
  Value old = dictGet(t, dataOf(context), self);
  if (!old && t.raised()) return kRaised;
  Ref<Token> token = makeFields<Token>(t, token_type);
  if (!token) return kRaised;
  token->v[0] = share(context).leak();
  token->v[1] = share(self).leak();
  if (old) token->v[2] = share(old).leak();
  Dict* data = ownData(t, context);
  return data && dictSet(t, data, self, v) ? Ref<>(std::move(token)) : Ref<>(kRaised);
}
Ref<> variableReset(Thread& t, Value self, Value v) {
  if (!isExact(v, token_type)) return raise(t, exc::TypeError, "expected an instance of Token, got %s", typeName(v));
  Token* token = fieldsOf<Token>(v);
  Ref<Str> shown = repr(t, v);
  if (!shown) return kRaised;
  Utf8 text(shown.get());
  if (token->used) return raise(t, exc::RuntimeError, "%s has already been used once", text.c_str());
  if (token->v[1] != self) return raise(t, exc::ValueError, "%s was created by a different ContextVar", text.c_str());
  Value context = currentContext(t);
  if (!context) return kRaised;
  if (token->v[0] != context) return raise(t, exc::ValueError, "%s was created in a different Context", text.c_str());
  token->used = true;
  Dict* data = ownData(t, context);
  if (!data) return kRaised;
  if (token->v[2]) return dictSet(t, data, self, token->v[2]) ? steal(kNone) : Ref<>();
  int deleted = dictDelete(t, data, self);
  if (deleted < 0) return kRaised;
  if (deleted == 0) return raiseWith(t, exc::LookupError, self);
  return steal(kNone);
}
Ref<> variableRepr(Thread& t, Value self) {
  Variable* variable = fieldsOf<Variable>(self);
  Ref<Str> name = repr(t, variable->v[0]);
  Ref<Str> initial = name && variable->v[1] ? repr(t, variable->v[1]) : Ref<Str>();
  if (t.raised()) return kRaised;
  return strFormat(t, "<ContextVar name=%s%s%s at %p>", Utf8(name.get()).c_str(), initial ? " default=" : "",
                   initial ? Utf8(initial.get()).c_str() : "", static_cast<void*>(variable));
}
Ref<> variableName(Thread&, Value self) { return share(fieldsOf<Variable>(self)->v[0]); }
Ref<> classItem(Thread& t, Value cls, Value item) { return newGenericAlias(t, cls, item); }

const MethodDef kVariableMethods[] = {
    method("get", variableGet, "($self, default=<unrepresentable>, /)", "Return a value for the context variable for the current context."),
    method("set", variableSet, "($self, value, /)", "Call to set a new value for the context variable in the current context."),
    method("reset", variableReset, "($self, token, /)", "Reset the context variable."),
    method("__class_getitem__", classItem, nullptr, "See PEP 585", MethodKind::kClass),
    {},
};
const GetSetDef kVariableGetSets[] = {{"name", variableName, nullptr, nullptr}, {}};

// --- Token ---

Ref<> tokenNew(Thread& t, Type*, Args) { return raise(t, exc::RuntimeError, "Tokens can only be created by ContextVars"); }
Ref<> tokenRepr(Thread& t, Value self) {
  Token* token = fieldsOf<Token>(self);
  Ref<Str> variable = repr(t, token->v[1]);
  return variable ? strFormat(t, "<Token%s var=%s at %p>", token->used ? " used" : "", Utf8(variable.get()).c_str(),
                              static_cast<void*>(token))
                  : Ref<Str>();
}
Ref<> tokenVariable(Thread&, Value self) { return share(fieldsOf<Token>(self)->v[1]); }
Ref<> tokenOld(Thread&, Value self) {
  Value old = fieldsOf<Token>(self)->v[2];
  return share(old ? old : missing);
}
const MethodDef kTokenMethods[] = {method("__class_getitem__", classItem, nullptr, "See PEP 585", MethodKind::kClass), {}};
const GetSetDef kTokenGetSets[] = {{"var", tokenVariable, nullptr, nullptr}, {"old_value", tokenOld, nullptr, nullptr}, {}};
Ref<> missingRepr(Thread& t, Value) { return newStrUtf8(t, "<Token.MISSING>"); }

// --- Context ---

Ref<> contextNew(Thread& t, Type*, Args args) {
  if (args.total()) return raise(t, exc::TypeError, "Context() does not accept any arguments");
  return makeContext(t, newDict(t));
}
Ref<> contextRun(Thread& t, Value self, Args args) {
  if (args.positional < 1) return raise(t, exc::TypeError, "run() missing 1 required positional argument");
  Context* context = asContext(self);
  if (context->entered) {
    Ref<Str> shown = repr(t, self);
    return shown ? Ref<>(raise(t, exc::RuntimeError, "cannot enter context: %s is already entered", Utf8(shown.get()).c_str())) : Ref<>();
  }
  Ref<> keep = share(self);
  context->entered = true;
  Value before = t.context;
  t.context = share(self).leak();
  Ref<> result = call(t, args[0], Args{args.values + 1, args.positional - 1, args.names});
  context->entered = false;
  Value inside = t.context;
  t.context = before;
  release(inside);
  return result;
}
Ref<> contextCopy(Thread& t, Value self) { return makeContext(t, share(asContext(self)->v[0])); }
Ref<> copyContext(Thread& t, Value) {
  Value context = currentContext(t);
  return context ? contextCopy(t, context) : Ref<>();
}
bool checkKey(Thread& t, Value key) {
  if (isExact(key, variable_type)) return true;
  Ref<Str> shown = repr(t, key);
  return shown && raise(t, exc::TypeError, "a ContextVar key was expected, got %s", Utf8(shown.get()).c_str()).operator bool();
}
Ref<> contextItem(Thread& t, Value self, Value key) {
  if (!checkKey(t, key)) return kRaised;
  Value found = dictGet(t, dataOf(self), key);
  if (found) return share(found);
  return t.raised() ? Ref<>(kRaised) : Ref<>(raiseKeyError(t, key));
}
int contextContains(Thread& t, Value self, Value key) { return checkKey(t, key) ? dictContains(t, dataOf(self), key) : -1; }
int64_t contextLength(Thread&, Value self) { return dataOf(self)->size; }
Ref<> contextIter(Thread& t, Value self) { return iterate(t, asContext(self)->v[0]); }
Ref<> contextGet(Thread& t, Value self, const Value* args) {
  if (!checkKey(t, args[0])) return kRaised;
  Value found = dictGet(t, dataOf(self), args[0]);
  if (!found && t.raised()) return kRaised;
  return share(found ? found : args[1]);
}
template <char part>
Ref<> contextView(Thread& t, Value self) {
  return callMethod(t, asContext(self)->v[0], part == 'k' ? "keys" : part == 'v' ? "values" : "items");
}
Ref<> contextCompare(Thread& t, Value a, Value b, CompareOp op) {
  if (!isExact(a, context_type) || !isExact(b, context_type) || (op != CompareOp::kEqual && op != CompareOp::kNotEqual)) {
    return steal(kNotImplemented);
  }
  return compare(t, asContext(a)->v[0], asContext(b)->v[0], op);
}
const MethodDef kContextMethods[] = {
    method("run", contextRun, nullptr),
    method("copy", contextCopy, "($self, /)", "Return a shallow copy of the context object."),
    method("get", contextGet, "($self, key, default=None, /)", "Return the value for `key` if `key` has the value in the context object."),
    method("keys", contextView<'k'>, "($self, /)", "Return a list of all variables in the context object."),
    method("values", contextView<'v'>, "($self, /)", "Return a list of all variables' values in the context object."),
    method("items", contextView<'i'>, "($self, /)", "Return all variables and their values in the context object."),
    {},
};

const MethodDef kFunctions[] = {method("copy_context", copyContext, "($module, /)"), {}};

bool init(Thread& t, ModuleObject* m) {
  static const TypeSpec context_spec{.type = nullptr, .basic_size = sizeof(Context), .doc = nullptr, .methods = kContextMethods,
                                     .dealloc = deallocFields<Context>, .traverse = traverseFields<Context>, .clear = clearFields<Context>,
                                     .fill = [](Slots& slots) {
                                       slots.new_ = contextNew;
                                       slots.getitem = contextItem;
                                       slots.contains = contextContains;
                                       slots.length = contextLength;
                                       slots.iter = contextIter;
                                       slots.compare = contextCompare;
                                     }};
  static const TypeSpec variable_spec{.type = nullptr, .basic_size = sizeof(Variable), .doc = nullptr, .methods = kVariableMethods,
                                      .getsets = kVariableGetSets, .dealloc = deallocFields<Variable>, .traverse = traverseFields<Variable>,
                                      .clear = clearFields<Variable>, .fill = [](Slots& slots) {
                                        slots.new_ = variableNew;
                                        slots.hash = variableHash;
                                        slots.repr = variableRepr;
                                      }};
  static const TypeSpec token_spec{.type = nullptr,
                                   .basic_size = sizeof(Token),
                                   .doc = nullptr,
                                   .methods = kTokenMethods,
                                   .getsets = kTokenGetSets,
                                   .dealloc = deallocFields<Token>,
                                   .traverse = traverseFields<Token>,
                                   .clear = clearFields<Token>,
                                   .fill = [](Slots& slots) {
                                     slots.new_ = tokenNew;
                                     slots.repr = tokenRepr;
                                   }};
  static const TypeSpec missing_spec{.type = nullptr, .basic_size = sizeof(Fields<1>), .doc = nullptr, .dealloc = deallocFields<Fields<1>>,
                                     .fill = [](Slots& slots) { slots.repr = missingRepr; }};
  Ref<Type> context = makeNativeType(t, context_spec, "_contextvars.Context", nullptr, kTypeFinal | kTypeCollectable | kTypeWeakrefable);
  Ref<Type> variable =
      context ? makeNativeType(t, variable_spec, "_contextvars.ContextVar", nullptr, kTypeFinal | kTypeCollectable)
              : Ref<Type>();
  Ref<Type> token = variable ? makeNativeType(t, token_spec, "_contextvars.Token", nullptr, kTypeFinal | kTypeCollectable) : Ref<Type>();
  Ref<Type> absent = token ? makeNativeType(t, missing_spec, "Token.MISSING", nullptr, kTypeFinal | kTypeDisallowNew) : Ref<Type>();
  if (!absent) return false;
  context_type = context.get();
  variable_type = variable.get();
  token_type = token.get();
  missing_type = absent.leakObject();
  Ref<Fields<1>> sentinel = makeFields<Fields<1>>(t, missing_type);
  if (!sentinel) return false;
  missing = sentinel.leak();
  return setTypeAttribute(t, token_type, internStatic("MISSING"), missing) && moduleAdd(t, m, "Context", std::move(context)) &&
         moduleAdd(t, m, "ContextVar", std::move(variable)) && moduleAdd(t, m, "Token", std::move(token));
}

}  // namespace

const ModuleDef& contextvarsModule() {
  static const ModuleDef def{"_contextvars", "Context Variables", kFunctions, init};
  return def;
}

}  // namespace krait
