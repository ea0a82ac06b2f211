// The frontend's tree as ast objects.
//
// Attributes are set in the order of ast.def, as CPython sets them: `__dict__` shows it. Contexts and operators are the same
// objects in every tree.
#include "interp/ast/classes.h"
#include "interp/ast/convert.h"
#include "runtime/core/error.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/float.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str.h"

namespace krait {

namespace {

namespace ast = frontend::ast;

// The interned name of a field; a macro, so that each use has its own static.
#define FIELD_NAME(name) ([] { static Str* const text = internStatic(#name); return text; }())

class Converter {
 public:
  explicit Converter(Thread& t)
      : t_(t), depth_(frontend::nestingLevels(int32_t(t.recursion_depth))), limit_(frontend::nestingLevels(int32_t(t.recursion_limit))) {}

#define AST_SUM(asdl, Cpp, attributes)    \
  Ref<> object(const ast::Cpp* node) {    \
    if (!node) return share(kNone);       \
    Level level(*this);                   \
    if (!level.entered()) return kRaised; \
    switch (node->kind) {
#define AST_NODE(asdl, Cpp, Name) case ast::Cpp::Kind::Name: return members(ast::as<ast::Name>(node));
#define AST_SUM_END(asdl, Cpp) \
    }                          \
    __builtin_unreachable();   \
  }
#include "frontend/ast/ast.def"

 private:
  // Nesting is bounded as in the compiler's passes.
  class Level {
   public:
    explicit Level(Converter& converter) : converter_(converter) { ++converter_.depth_; }
    ~Level() { --converter_.depth_; }
    bool entered() {
      if (converter_.depth_ > converter_.limit_) {
        return raise(converter_.t_, exc::RecursionError, "maximum recursion depth exceeded during ast construction");
      }
      return checkNativeStack(converter_.t_, " during ast construction");
    }

   private:
    Converter& converter_;
  };

#define AST_ENUM(asdl, Cpp)     \
  Ref<> object(ast::Cpp item) { \
    switch (item) {
#define AST_ENUM_VALUE(asdl, Cpp, Name) case ast::Cpp::Name: return share(ast_classes.instance_##Name);
#define AST_ENUM_END(asdl, Cpp) \
    }                           \
    __builtin_unreachable();    \
  }
#include "frontend/ast/ast.def"

  Ref<> object(int32_t number) { return steal(Value::fromInt(number)); }
  Ref<> object(frontend::Identifier name) {
    if (!name) return share(kNone);
    Ref<Str> text = newStrUtf8(t_, name.view());
    return text ? Ref<>(intern(t_, std::move(text))) : Ref<>();
  }
  Ref<> object(std::string_view text) { return text.data() ? Ref<>(newStrUtf8(t_, text)) : share(kNone); }
  Ref<> object(const frontend::Constant* constant) {
    using Kind = frontend::Constant::Kind;
    switch (constant->kind) {
      case Kind::None: return share(kNone);
      case Kind::True: return share(kTrue);
      case Kind::False: return share(kFalse);
      case Kind::Ellipsis: return share(kEllipsis);
      case Kind::Int: return newInt(t_, constant->integer);
      case Kind::BigInt:
        return newIntFromBytes(t_, reinterpret_cast<const uint8_t*>(constant->big.limbs), constant->big.count * sizeof(uint64_t), true,
                               false);
      case Kind::Float: return steal(Value::fromDouble(constant->real));
      case Kind::Complex: return newComplex(t_, constant->complex.real, constant->complex.imag);
      case Kind::Str: return newStrUtf8(t_, constant->view());
      case Kind::Bytes: return newBytes(t_, constant->view());
      case Kind::Tuple:
      case Kind::FrozenSet:
      case Kind::Foreign: break;  // the parser makes none of these, nor a negative number
    }
    __builtin_unreachable();
  }

  bool set(Value made, Str* name, Ref<> v) { return v && instanceSet(t_, made.asObject(), name, v); }
  template <typename T>
  Ref<> list(frontend::Seq<T> items) {
    Ref<List> made = newList(t_, items.size());
    for (uint32_t i = 0; made && i < items.size(); ++i) {
      Ref<> item = object(items[i]);
      if (!item || !listAppend(t_, made.get(), std::move(item))) return kRaised;
    }
    return made;
  }
  bool setPosition(Value, const ast::Bare*) { return true; }
  bool setPosition(Value made, const ast::Located* node) {
    const ast::Position& p = node->position;
    return set(made, FIELD_NAME(lineno), object(p.lineno)) && set(made, FIELD_NAME(col_offset), object(p.col_offset)) &&
           set(made, FIELD_NAME(end_lineno), object(p.end_lineno)) && set(made, FIELD_NAME(end_col_offset), object(p.end_col_offset));
  }

  // A product is converted where it stands, a constructor of a sum by way of object(); both have fields and a position.
#define AST_PRODUCT(asdl, Cpp, attributes)                 \
  Ref<> object(const ast::Cpp* node) {                     \
    if (!node) return share(kNone);                        \
    Level level(*this);                                    \
    if (!level.entered()) return kRaised;                  \
    Ref<> made = newAstNode(t_, ast_classes.class_##asdl); \
    bool good = made
#define AST_PRODUCT_END(asdl, Cpp) AST_NODE_END(asdl, Cpp, )
#define AST_NODE(asdl, Cpp, Name)                          \
  Ref<> members(const ast::Name* node) {                   \
    Ref<> made = newAstNode(t_, ast_classes.class_##Name); \
    bool good = made
#define AST_FIELD(type, name) &&set(made, FIELD_NAME(name), object(node->name))
#define AST_SEQUENCE(type, name) &&set(made, FIELD_NAME(name), list(node->name))
#define AST_NODE_END(asdl, Cpp, Name)        \
    &&setPosition(made, node);               \
    return good ? std::move(made) : Ref<>(); \
  }
#include "frontend/ast/ast.def"

  Thread& t_;
  int32_t depth_;
  const int32_t limit_;
};

}  // namespace

Ref<> astToObjects(Thread& t, const ast::ModNode* tree) { return loadAst(t) ? Converter(t).object(tree) : Ref<>(); }

}  // namespace krait
