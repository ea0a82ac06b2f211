// ast objects that a program made or changed as the frontend's tree.
//
// Here it is decided whether the objects have the form of a tree at all: the fields are there, lists where lists must be,
// instances of the right classes. Attributes are looked up in CPython's order (a sum's position before its fields, a product's
// behind them), because lookups can run Python code and the first fault is the one reported. Whether the tree makes sense is
// for validateTree.
#include "interp/ast/classes.h"
#include "interp/ast/convert.h"
#include "runtime/core/error.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/float.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/set.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

namespace ast = frontend::ast;
using frontend::Arena;
using frontend::Constant;
using frontend::Identifier;
using frontend::Seq;

// Whose attributes are being read, for messages.
struct Owner {
  const char* name;
  const char* where;
};
#define OWNER(name) (Owner{#name, " while traversing '" #name "' node"})

// The interned name of a field; a macro, so that each use has its own static.
#define FIELD_NAME(name) ([] { static Str* const text = internStatic(#name); return text; }())

class Reader {
 public:
  Reader(Thread& t, Arena& arena, List* constants) : t_(t), arena_(arena), constants_(constants) {}

  // A node of a sum: its position, then its class decides which fields it has. None is the null node.
#define AST_SUM(asdl, Cpp, attributes)               \
  bool read(Value v, ast::Cpp*& out) {               \
    if (v.isNone()) return true;                     \
    ast::attributes at{};                            \
    if (!position(v, at, OWNER(asdl))) return false; \
    for (bool by_class : {true, false}) {
#define AST_NODE(asdl, Cpp, Name)                                      \
  if (int found = isA(v, ast_classes.class_##Name, by_class)) {        \
    auto* node = ast::make<ast::Name>(arena_);                         \
    *static_cast<decltype(at)*>(node) = at;                            \
    out = node;                                                        \
    return found > 0 && fields(v, node) && complete(node);             \
  }
#define AST_SUM_END(asdl, Cpp) \
    }                          \
    return notA(#asdl, v);     \
  }
#include "frontend/ast/ast.def"

 private:
  // A product is not asked for its class.
#define AST_PRODUCT(asdl, Cpp, attributes)                                                             \
  bool read(Value v, ast::Cpp*& out) {                                                                 \
    out = ast::make<ast::Cpp>(arena_);                                                                 \
    return fields(v, out) && position(v, *static_cast<ast::attributes*>(out), OWNER(asdl)) && complete(out); \
  }
#include "frontend/ast/ast.def"

#define AST_ENUM(asdl, Cpp)            \
  bool read(Value v, ast::Cpp& out) {  \
    for (bool by_class : {true, false}) {
#define AST_ENUM_VALUE(asdl, Cpp, Name)                         \
  if (int found = isA(v, ast_classes.class_##Name, by_class)) { \
    out = ast::Cpp::Name;                                       \
    return found > 0;                                           \
  }
#define AST_ENUM_END(asdl, Cpp) \
    }                           \
    return notA(#asdl, v);      \
  }
#include "frontend/ast/ast.def"

#define AST_PRODUCT(asdl, Cpp, attributes)       \
  bool fields(Value v, ast::Cpp* node) {         \
    constexpr Owner owner = OWNER(asdl);         \
    return true
#define AST_NODE(asdl, Cpp, Name)                                 \
  bool fields([[maybe_unused]] Value v, [[maybe_unused]] ast::Name* node) { \
    [[maybe_unused]] constexpr Owner owner = OWNER(Name);         \
    return true
#define AST_FIELD(type, name) &&required(v, owner, FIELD_NAME(name), node->name)
#define AST_OPTIONAL(type, name) &&optional(v, owner, FIELD_NAME(name), node->name)
#define AST_SEQUENCE(type, name) &&sequence(v, owner, FIELD_NAME(name), node->name)
#define AST_PRODUCT_END(asdl, Cpp) AST_NODE_END(asdl, Cpp, )
#define AST_NODE_END(asdl, Cpp, Name) ; }
#include "frontend/ast/ast.def"

  // When all fields are read, those that may not be None.
#define AST_PRODUCT(asdl, Cpp, attributes) \
  bool complete([[maybe_unused]] const ast::Cpp* node) { \
    [[maybe_unused]] constexpr Owner owner = OWNER(asdl);   \
    return true
#define AST_NODE(asdl, Cpp, Name)                               \
  bool complete([[maybe_unused]] const ast::Name* node) {       \
    [[maybe_unused]] constexpr Owner owner = OWNER(Name);       \
    return true
#define AST_FIELD(type, name) &&given(isGiven(node->name), #name, owner)
#define AST_OPTIONAL(type, name)
#define AST_PRODUCT_END(asdl, Cpp) AST_NODE_END(asdl, Cpp, )
#define AST_NODE_END(asdl, Cpp, Name) ; }
#include "frontend/ast/ast.def"

  static bool isGiven(const void* node) { return node != nullptr; }
  static bool isGiven(Identifier name) { return bool(name); }
  static bool isGiven(std::string_view text) { return text.data() != nullptr; }
  template <typename T>
    requires(std::is_enum_v<T> || std::is_integral_v<T>)
  static bool isGiven(T) {
    return true;
  }
  bool given(bool is_given, const char* field, const Owner& owner) {
    return is_given || raise(t_, exc::ValueError, "field '%s' is required for %s", field, owner.name).operator bool();
  }

  // ---- classes ----

  // Whether v is of this very class or, in the second round, an instance by what isinstance says. -1: raised.
  int isA(Value v, Type* type, bool by_class) { return by_class ? typeOf(v) == type : isInstanceOf(t_, v, Value(type)); }
  bool notA(const char* sum, Value v) {
    Ref<Str> shown = repr(t_, v);
    return shown && raise(t_, exc::TypeError, "expected some sort of %s, but got %s", sum, Utf8(shown.get()).c_str());
  }

  // ---- attributes ----

  template <typename T>
  bool descend(Value v, const Owner& owner, T& out) {
    NativeScope scope(t_, owner.where);
    return scope && read(v, out);
  }
  bool missing(const char* field, const Owner& owner) {
    return raise(t_, exc::TypeError, "required field \"%s\" missing from %s", field, owner.name);
  }
  template <typename T>
  bool required(Value v, const Owner& owner, Str* name, T& out) {
    Ref<> field = getAttrOrEmpty(t_, v, name);
    if (!field) return !t_.raised() && missing(asciiView(name).data(), owner);
    return descend(field, owner, out);
  }
  template <typename T>
  bool optional(Value v, const Owner& owner, Str* name, T& out) {
    Ref<> field = getAttrOrEmpty(t_, v, name);
    if (!field) return !t_.raised();
    return field.value().isNone() || descend(field, owner, out);
  }
  template <typename T>
  bool sequence(Value v, const Owner& owner, Str* name, Seq<T>& out) {
    Ref<> field = getAttrOrEmpty(t_, v, name);
    if (!field) return !t_.raised() && missing(asciiView(name).data(), owner);
    if (!isList(field)) {
      return raise(t_, exc::TypeError, "%s field \"%s\" must be a list, not a %.200s", owner.name, asciiView(name).data(), typeName(field));
    }
    List* list = asList(field);
    const int64_t size = list->size;
    T* items = static_cast<T*>(arena_.allocate(sizeof(T) * size_t(size), alignof(T)));
    for (int64_t i = 0; i < size; ++i) {
      items[i] = T();
      Ref<> item = listGet(list, i);
      if (!descend(item, owner, items[i])) return false;
      if (list->size != size) {
        return raise(t_, exc::RuntimeError, "%s field \"%s\" changed size during iteration", owner.name, asciiView(name).data());
      }
    }
    out = Seq<T>(items, size_t(size));
    return true;
  }

  // An end that is not given is the start; only patterns must have one.
  bool position(Value, ast::Bare&, const Owner&) { return true; }
  bool position(Value v, ast::Located& at, const Owner& owner) {
    ast::Position& p = at.position;
    if (!required(v, owner, FIELD_NAME(lineno), p.lineno) || !required(v, owner, FIELD_NAME(col_offset), p.col_offset)) return false;
    if (std::string_view(owner.name) == "pattern") {
      return required(v, owner, FIELD_NAME(end_lineno), p.end_lineno) && required(v, owner, FIELD_NAME(end_col_offset), p.end_col_offset);
    }
    p.end_lineno = p.lineno;
    p.end_col_offset = p.col_offset;
    return optional(v, owner, FIELD_NAME(end_lineno), p.end_lineno) && optional(v, owner, FIELD_NAME(end_col_offset), p.end_col_offset);
  }

  // ---- what is not a node ----

  bool read(Value v, int32_t& out) {
    if (!isIntLike(v)) {
      Ref<Str> shown = repr(t_, v);
      return shown && raise(t_, exc::ValueError, "invalid integer value: %s", Utf8(shown.get()).c_str());
    }
    int64_t number;
    if (!intFits64(v, &number) || number != int32_t(number)) {
      return raise(t_, exc::OverflowError, "Python int too large to convert to C int");
    }
    out = int32_t(number);
    return true;
  }
  bool read(Value v, Identifier& out) {
    if (v.isNone()) return true;
    if (!isExactStr(v)) return raise(t_, exc::TypeError, "AST identifier must be of type str");
    out = arena_.intern(text(asStr(v)));
    return true;
  }
  bool read(Value v, std::string_view& out) {
    if (isExactStr(v)) {
      out = text(asStr(v));
    } else if (isExact(v, &types::Bytes)) {
      out = arena_.copy(asBytes(v)->view());
    } else if (!v.isNone()) {
      return raise(t_, exc::TypeError, "AST string must be of type str");
    }
    return true;
  }
  // UTF-8 in the arena, surrogates as three bytes each.
  std::string_view text(const Str* s) {
    if (s->ascii) return arena_.copy(asciiView(s));
    char* const start = static_cast<char*>(arena_.allocate(utf8Size(s) + 1, 1));
    char* p = start;
    for (int64_t i = 0; i < s->length; ++i) p = putUtf8(p, s->at(i));
    return {start, size_t(p - start)};
  }

  bool read(Value v, const Constant*& out) {
    auto* constant = arena_.make<Constant>(Constant::singleton(Constant::Kind::None));
    out = constant;
    if (v.isObject() && !listAppend(t_, constants_, share(v))) return false;
    return readConstant(v, *constant);
  }
  bool readConstant(Value v, Constant& out) {
    using Kind = Constant::Kind;
    int64_t number;
    if (v.isNone()) {
      out = Constant::singleton(Kind::None);
    } else if (v.isBool()) {
      out = Constant::singleton(v == kTrue ? Kind::True : Kind::False);
    } else if (v == kEllipsis) {
      out = Constant::singleton(Kind::Ellipsis);
    } else if (v.isDouble()) {
      out = Constant::ofFloat(v.asDouble());
    } else if (v.isInt() || isExact(v, &types::Int)) {
      if (intFits64(v, &number)) {
        out = Constant::ofInt(number);
      } else {
        const Int* big = static_cast<const Int*>(v.asObject());
        out = Constant::ofBig(arena_.seq(big->limbs, big->limbCount()).data(), uint32_t(big->limbCount()), big->negative());
      }
    } else if (isExact(v, &types::Complex)) {
      const Complex* c = static_cast<const Complex*>(v.asObject());
      out = Constant::ofComplex(c->real, c->imaginary);
    } else if (isExactStr(v)) {
      out = Constant::ofStr(text(asStr(v)));
    } else if (isExact(v, &types::Bytes)) {
      out = Constant::ofBytes(arena_.copy(asBytes(v)->view()));
    } else if (isExactTuple(v)) {
      return readItems(asTuple(v)->items, asTuple(v)->size, Kind::Tuple, out);
    } else if (isExact(v, &types::FrozenSet)) {
      return readFrozenSet(asSet(v), out);
    } else {
      out = Constant::foreign(arena_.copy(lastPart(typeName(v))));
    }
    return true;
  }
  static std::string_view lastPart(std::string_view name) { return name.substr(name.rfind('.') + 1); }
  bool readItems(const Value* values, int64_t size, Constant::Kind kind, Constant& out) {
    NativeScope scope(t_, " during compilation");
    if (!scope) return false;
    auto** items = static_cast<const Constant**>(arena_.allocate(sizeof(Constant*) * size_t(size), alignof(Constant*)));
    for (int64_t i = 0; i < size; ++i) {
      if (!read(values[i], items[i])) return false;
    }
    out = Constant::ofItems(kind, Seq<const Constant*>(items, size_t(size)));
    return true;
  }
  bool readFrozenSet(Set* set, Constant& out) {
    Ref<List> items = sequenceToList(t_, Value(set));
    Ref<Tuple> fixed = items ? sequenceToTuple(t_, items) : Ref<Tuple>();
    return fixed && readItems(fixed->items, fixed->size, Constant::Kind::FrozenSet, out);
  }

  Thread& t_;
  Arena& arena_;
  List* constants_;
};

}  // namespace

ast::ModNode* astFromObjects(Thread& t, Value object, frontend::CompileMode mode, Arena& arena, List* constants) {
  using Mode = frontend::CompileMode;
  Type* wanted = mode == Mode::Exec   ? ast_classes.class_Module
                 : mode == Mode::Eval ? ast_classes.class_Expression
                                      : ast_classes.class_Interactive;
  int found = isInstanceOf(t, object, Value(wanted));
  if (found < 0) return kRaised;
  if (!found) return raise(t, exc::TypeError, "expected %s node, got %.400s", wanted->cname, typeName(object));
  ast::ModNode* tree = nullptr;
  return Reader(t, arena, constants).read(object, tree) ? tree : kRaised;
}

}  // namespace krait
