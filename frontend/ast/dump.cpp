// The printer behind dump.h, made from ast.def.
#include "frontend/ast/dump.h"

#include <cstdio>

namespace krait::frontend::ast {

namespace {

class Dumper {
 public:
  explicit Dumper(std::string& out) : out_(out) {}

#define AST_ENUM(asdl, Cpp)  \
  void value(Cpp item) {     \
    static const char* const kNames[] = {
#define AST_ENUM_VALUE(asdl, Cpp, Value) #Value,
#define AST_ENUM_END(asdl, Cpp)                           \
  }                                                       \
  ;                                                       \
  out_ += kNames[static_cast<int>(item)];                 \
  out_ += "()";                                           \
  }
#include "frontend/ast/ast.def"

  void value(int32_t number) { out_ += std::to_string(number); }
  void value(Identifier name) { quoted(name.view(), ""); }
  void value(std::string_view text) { quoted(text, ""); }
  void value(const frontend::Constant* constant) { constantValue(*constant); }

#define AST_SUM(asdl, Cpp, attributes) \
  void value(const Cpp* node) {        \
    switch (node->kind) {
#define AST_NODE(asdl, Cpp, Name) \
  case Cpp::Kind::Name: members(as<Name>(node)); break;
#define AST_SUM_END(asdl, Cpp) \
    }                          \
  }
#include "frontend/ast/ast.def"

#define AST_PRODUCT(asdl, Cpp, attributes) \
  void value(const Cpp* node) {            \
    open(#asdl);
#define AST_PRODUCT_END(asdl, Cpp) \
    close(node);                   \
  }
#define AST_NODE(asdl, Cpp, Name)   \
  void members(const Name* node) {  \
    open(#Name);
#define AST_NODE_END(asdl, Cpp, Name) \
    close(node);                      \
  }
#define AST_FIELD(type, name) field(#name, node->name);
#define AST_OPTIONAL(type, name) \
  if (present(node->name)) field(#name, node->name);
#define AST_SEQUENCE(type, name) sequence(#name, node->name);
#include "frontend/ast/ast.def"

 private:
  static bool present(Identifier name) { return static_cast<bool>(name); }
  static bool present(std::string_view text) { return text.data() != nullptr; }
  static bool present(const void* node) { return node != nullptr; }
  static bool present(int32_t) { return true; }

  void open(const char* name) {
    out_ += name;
    out_ += '(';
    first_ = true;
  }
  void label(const char* name) {
    if (!first_) out_ += ", ";
    first_ = false;
    out_ += name;
    out_ += '=';
  }
  template <typename T>
  void field(const char* name, T item) {
    label(name);
    value(item);
    first_ = false;
  }
  template <typename T>
  void sequence(const char* name, Seq<T> items) {
    label(name);
    out_ += '[';
    for (uint32_t i = 0; i < items.size(); ++i) {
      if (i) out_ += ", ";
      if constexpr (std::is_pointer_v<T>) {
        if (!items[i]) {
          out_ += "None";
          continue;
        }
      }
      value(items[i]);
    }
    out_ += ']';
    first_ = false;
  }
  void close(const Located* node) {
    const Position& position = node->position;
    field("lineno", position.lineno);
    field("col_offset", position.col_offset);
    field("end_lineno", position.end_lineno);
    field("end_col_offset", position.end_col_offset);
    out_ += ')';
  }
  void close(const Bare*) { out_ += ')'; }

  void quoted(std::string_view text, const char* prefix) {
    out_ += prefix;
    out_ += '"';
    for (unsigned char c : text) {
      if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
        out_ += static_cast<char>(c);
      } else {
        char escape[8];
        std::snprintf(escape, sizeof escape, "\\x%02x", c);
        out_ += escape;
      }
    }
    out_ += '"';
  }

  void number(double real) {
    char digits[40];
    std::snprintf(digits, sizeof digits, "%.17g", real);
    out_ += digits;
  }

  void constantValue(const frontend::Constant& constant) {
    using Kind = frontend::Constant::Kind;
    char digits[40];
    switch (constant.kind) {
      case Kind::None: out_ += "None"; break;
      case Kind::True: out_ += "True"; break;
      case Kind::False: out_ += "False"; break;
      case Kind::Ellipsis: out_ += "Ellipsis"; break;
      case Kind::Int: out_ += std::to_string(constant.integer); break;
      case Kind::BigInt:
        out_ += constant.big.negative ? "-0x" : "0x";
        for (uint32_t i = constant.big.count; i-- > 0;) {
          std::snprintf(digits, sizeof digits, i + 1 == constant.big.count ? "%lx" : "%016lx",
                        static_cast<unsigned long>(constant.big.limbs[i]));
          out_ += digits;
        }
        break;
      case Kind::Float:
        out_ += "float ";
        number(constant.real);
        break;
      case Kind::Complex:
        out_ += "complex ";
        number(constant.complex.real);
        out_ += ' ';
        number(constant.complex.imag);
        break;
      case Kind::Str: quoted(constant.view(), ""); break;
      case Kind::Bytes: quoted(constant.view(), "b"); break;
      case Kind::Tuple:
      case Kind::FrozenSet:
        out_ += constant.kind == Kind::Tuple ? "tuple(" : "frozenset(";
        for (const frontend::Constant* item : constant.elements()) {
          constantValue(*item);
          out_ += ", ";
        }
        out_ += ')';
        break;
      case Kind::Foreign: out_ += constant.view(); break;
    }
  }

  std::string& out_;
  bool first_ = true;
};

}  // namespace

void dump(const ModNode* tree, std::string& out) { Dumper(out).value(tree); }

}  // namespace krait::frontend::ast
