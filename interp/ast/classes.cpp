// _ast: makes the classes of the abstract syntax tree from the rows of the frontend's ast.def.
#include "interp/ast/classes.h"

#include <string>
#include <vector>

#include "runtime/memory/gc.h"
#include "runtime/modules/modules.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/protocols.h"

namespace krait {

AstClasses ast_classes;

namespace {

// --- AST, the base class ---

Ref<> nodeNew(Thread& t, Type* type, Args) { return newAstNode(t, type); }
void nodeDealloc(Object* self) {
  instanceRelease(self);
  freeInstance(self);
}
void nodeTraverse(Object* self, Visitor& visitor) { instanceTraverse(self, visitor); }
void nodeClear(Object* self) { instanceClear(self); }

Ref<> getNodeDict(Thread& t, Value self) { return instanceDict(t, self.asObject()); }
bool setNodeDict(Thread& t, Value self, Value dict) {
  if (dict.empty()) return raise(t, exc::TypeError, "cannot delete __dict__");
  return instanceSetDict(t, self.asObject(), dict);
}
const GetSetDef kNodeGetSets[] = {{"__dict__", getNodeDict, setNodeDict, nullptr}, {}};

// Positional arguments are the fields in order; keywords may be anything.
bool nodeInit(Thread& t, Value self, Args args) {
  Ref<> fields_value = getAttrOrEmpty(t, Value(typeOf(self)), internStatic("_fields"));
  if (!fields_value && t.raised()) return false;
  if (fields_value && lengthOf(t, fields_value) < 0) return false;  // its message, not that of an iteration
  Ref<Tuple> fields = fields_value ? sequenceToTuple(t, fields_value) : share(emptyTuple());
  if (!fields) return false;
  if (int64_t(args.positional) > fields->size) {
    return raise(t, exc::TypeError, "%.400s constructor takes at most %lld positional argument%s", typeName(self),
                 static_cast<long long>(fields->size), fields->size == 1 ? "" : "s");
  }
  for (size_t i = 0; i < args.positional; ++i) {
    if (!isStr(fields->items[i])) return raise(t, exc::TypeError, "attribute name must be string, not '%s'", typeName(fields->items[i]));
    if (!setAttr(t, self, asStr(fields->items[i]), args[i])) return false;
  }
  for (size_t k = 0; k < args.keywords(); ++k) {
    Str* name = asStr(args.names->items[k]);
    for (size_t i = 0; i < args.positional; ++i) {
      if (strEqual(asStr(fields->items[i]), name)) {
        return raise(t, exc::TypeError, "%.400s got multiple values for argument '%s'", typeName(self), Utf8(name).c_str());
      }
    }
    if (!setAttr(t, self, name, args[args.positional + k])) return false;
  }
  return true;
}
Ref<> nodeReduce(Thread& t, Value self) {
  Ref<> dict = getAttr(t, self, "__dict__");
  if (!dict) return kRaised;
  return packTuple(t, Value(typeOf(self)), Value(emptyTuple()), dict.value());
}
const MethodDef kNodeMethods[] = {method("__reduce__", nodeReduce, "($self, /)"), {}};

// --- the classes ---

struct Field {
  const char* type;
  const char* name;
  char form;  // ' ' plain, '?' optional, '*' sequence
};
// Makes classes one after the other, as the rows of ast.def come.
class Maker {
 public:
  explicit Maker(Thread& t) : t_(t) {}
  bool good() const { return good_; }

  void beginSum(Type*& type, const char* name, bool located) { sum_type_ = &type; sum_ = name; located_ = located; }
  void field(const char* type, const char* name, char form) { fields_.push_back({type, name, form}); }
  // A constructor of the sum: made when the sum is complete, because the sum's docstring lists all of them.
  void node(Type*& type, const char* name, Value* instance = nullptr) {
    nodes_.push_back({&type, instance, name, std::move(fields_)});
    fields_.clear();
  }
  void endSum() {
    std::string indent(std::string(sum_).size() + 1, ' '), doc = std::string(sum_) + " = ";
    for (size_t i = 0; i < nodes_.size(); ++i) doc += (i ? "\n" + indent + "| " : "") + describe(nodes_[i].name, nodes_[i].fields);
    make(*sum_type_, sum_, ast_classes.class_AST, doc, {}, true);
    for (Node& n : nodes_) make(*n.type, n.name, *sum_type_, describe(n.name, n.fields), n.fields, false);
    nodes_.clear();
  }
  void product(Type*& type, const char* name, bool located) {
    located_ = located;
    make(type, name, ast_classes.class_AST, describe(name, fields_), fields_, true);
    fields_.clear();
  }
  void enumeration(Type*& type, const char* name) {
    std::string doc = std::string(name) + " = ";
    for (size_t i = 0; i < nodes_.size(); ++i) doc += (i ? " | " : "") + std::string(nodes_[i].name);
    located_ = false;
    make(type, name, ast_classes.class_AST, doc, {}, true);
    for (Node& n : nodes_) {
      make(*n.type, n.name, type, n.name, {}, false);
      if (good_) makeInstance(*n.type, *n.instance);
    }
    nodes_.clear();
  }

 private:
  struct Node {
    Type** type;
    Value* instance;  // of an enumeration's value
    const char* name;
    std::vector<Field> fields;
  };

  static std::string describe(const char* name, const std::vector<Field>& fields) {
    std::string text = name;
    for (size_t i = 0; i < fields.size(); ++i) {
      text += i ? ", " : "(";
      text += fields[i].type;
      if (fields[i].form != ' ') text += fields[i].form;
      text += " ";
      text += fields[i].name;
    }
    return fields.empty() ? text : text + ")";
  }

  bool put(Dict* space, const char* name, Value v) { return good_ = good_ && !v.empty() && dictSetStr(t_, space, internStatic(name), v); }

  void makeInstance(Type* type, Value& instance) {
    Ref<> made = newAstNode(t_, type);
    good_ = bool(made);
    if (!good_) return;
    instance = made.leak();
    instance.asObject()->count = kImmortalCount;
  }

  void make(Type*& type, const char* name, Type* base, const std::string& doc, const std::vector<Field>& fields, bool top) {
    if (!good_) return;
    Ref<Dict> space = newDict(t_);
    Ref<Str> doc_text = newStrUtf8(t_, doc);
    Ref<Tuple> names = newTupleBlank(t_, int64_t(fields.size())), bases = packTuple(t_, Value(base));
    good_ = space && doc_text && names && bases;
    if (!good_) return;
    for (size_t i = 0; i < fields.size(); ++i) names->items[i] = Value(internStatic(fields[i].name));
    put(space.get(), "_fields", names);
    put(space.get(), "__match_args__", names);
    put(space.get(), "__module__", Value(internStatic("ast")));
    put(space.get(), "__doc__", doc_text);
    if (top) {
      Ref<Tuple> attributes = located_ ? packTuple(t_, Value(internStatic("lineno")), Value(internStatic("col_offset")),
                                                   Value(internStatic("end_lineno")), Value(internStatic("end_col_offset")))
                                       : share(emptyTuple());
      put(space.get(), "_attributes", attributes ? attributes.value() : Value());
      bool has_type_ignore = std::string_view(name) == "type_ignore";
      if (located_ && !has_type_ignore && optionalEnd(name)) {
        put(space.get(), "end_lineno", kNone);
        put(space.get(), "end_col_offset", kNone);
      }
    }
    for (const Field& f : fields) {
      if (f.form == '?') put(space.get(), f.name, kNone);
    }
    if (!good_) return;
    Ref<Type> made = makeClass(t_, &types::Type, Value(internStatic(name)), bases, space, Args{});
    good_ = bool(made);
    if (!good_) return;
    type = made.leakObject();
    type->count = kImmortalCount;
  }
  // Patterns must have an end; the others may be without.
  static bool optionalEnd(const char* name) { return std::string_view(name) != "pattern"; }

  Thread& t_;
  bool good_ = true;
  Type** sum_type_ = nullptr;
  const char* sum_ = "";
  bool located_ = false;
  std::vector<Field> fields_;
  std::vector<Node> nodes_;
};

bool makeClasses(Thread& t) {
  Maker maker(t);
  [[maybe_unused]] constexpr bool Located = true, Bare = false;
#define CLASS(name) ast_classes.class_##name, #name
#define AST_ENUM_VALUE(asdl, Cpp, Name) maker.node(CLASS(Name), &ast_classes.instance_##Name);
#define AST_ENUM_END(asdl, Cpp) maker.enumeration(CLASS(asdl));
#define AST_SUM(asdl, Cpp, attributes) maker.beginSum(CLASS(asdl), attributes);
#define AST_SUM_END(asdl, Cpp) maker.endSum();
#define AST_NODE_END(asdl, Cpp, Name) maker.node(CLASS(Name));
#define AST_PRODUCT(asdl, Cpp, attributes) { constexpr bool located = attributes;
#define AST_PRODUCT_END(asdl, Cpp) maker.product(CLASS(asdl), located); }
#define AST_FIELD(type, name) maker.field(#type, #name, ' ');
#define AST_OPTIONAL(type, name) maker.field(#type, #name, '?');
#define AST_SEQUENCE(type, name) maker.field(#type, #name, '*');
#include "frontend/ast/ast.def"
#undef CLASS
  return maker.good();
}

bool makeBase(Thread& t) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(Object),
                             .doc = nullptr,
                             .methods = kNodeMethods,
                             .getsets = kNodeGetSets,
                             .dealloc = nodeDealloc,
                             .traverse = nodeTraverse,
                             .clear = nodeClear,
                             .fill = [](Slots& slots) {
                               slots.new_ = nodeNew;
                               slots.init = nodeInit;
                             }};
  Ref<Type> base = makeNativeType(t, spec, "ast.AST", nullptr, kTypeCollectable | kTypeHasDict);
  if (!base) return false;
  for (const char* name : {"_fields", "__match_args__", "_attributes"}) {
    if (!setTypeAttribute(t, base.get(), internStatic(name), Value(emptyTuple()))) return false;
  }
  base->flags &= ~kTypeImmutable;
  ast_classes.class_AST = base.leakObject();
  return true;
}

const MethodDef kFunctions[] = {{}};

bool init(Thread& t, ModuleObject* m) {
  if (!loadAst(t)) return false;
#define ADD(name) && moduleAdd(t, m, #name, share(ast_classes.class_##name))
#define AST_ENUM(asdl, Cpp) ADD(asdl)
#define AST_ENUM_VALUE(asdl, Cpp, Name) ADD(Name)
#define AST_SUM(asdl, Cpp, attributes) ADD(asdl)
#define AST_NODE(asdl, Cpp, Name) ADD(Name)
#define AST_PRODUCT(asdl, Cpp, attributes) ADD(asdl)
  bool added = true ADD(AST)
#include "frontend/ast/ast.def"
      ;
#undef ADD
  return added && moduleAdd(t, m, "PyCF_ALLOW_TOP_LEVEL_AWAIT", newInt(t, 0x2000)) &&
         moduleAdd(t, m, "PyCF_ONLY_AST", newInt(t, 0x400)) && moduleAdd(t, m, "PyCF_TYPE_COMMENTS", newInt(t, 0x1000));
}

const ModuleDef& astModule() {
  static const ModuleDef def{"_ast", nullptr, kFunctions, init};
  return def;
}

}  // namespace

Ref<> newAstNode(Thread& t, Type* type) {
  Object* node = allocateInstance<Object>(type);
  if (!node) return raiseNoMemory(t);
  return steal(Value(node));
}

bool loadAst(Thread& t) {
  static bool made = false;
  if (!made) made = makeBase(t) && makeClasses(t);
  return made;
}

void addAstModule() { addNativeModule({"_ast", astModule}); }

}  // namespace krait
