// The abstract syntax tree: structs made from ast.def.
//
// For a sum such as `stmt` there is a base struct `StmtNode` with a kind (`StmtKind`), and one struct a constructor, named
// as in Python's ast module (`ast::If`); products are structs too (`ast::Arguments`). Nodes live in an Arena. Columns are
// UTF-8 byte offsets from 0, lines count from 1, as in CPython.
//
//   if (auto* call = ast::asIf<ast::Call>(expr)) use(call->func);
//   switch (stmt->kind) { case ast::StmtKind::If: visitIf(ast::as<ast::If>(stmt)); … }
#pragma once

#include <cassert>
#include <cstdint>
#include <string_view>

#include "frontend/ast/arena.h"
#include "frontend/ast/constant.h"

namespace krait::frontend::ast {

struct Position {
  int32_t lineno;
  int32_t col_offset;
  int32_t end_lineno;
  int32_t end_col_offset;
};

// The attributes of a node: `Located` nodes know their range in the source, `Bare` ones have none.
struct Located {
  Position position;
};
struct Bare {};

// Enumerations: ExprContext, BoolOperator, Operator, UnaryOperator, CompareOperator.
#define AST_ENUM(asdl, Cpp) enum class Cpp : uint8_t {
#define AST_ENUM_VALUE(asdl, Cpp, Value) Value,
#define AST_ENUM_END(asdl, Cpp) };
#include "frontend/ast/ast.def"

// Kinds: ModKind would be spelled by hand for each sum, so a sum's kind enum is nested: StmtNode::Kind.
#define AST_SUM(asdl, Cpp, attributes) \
  struct Cpp : attributes {            \
    enum class Kind : uint8_t {
#define AST_NODE(asdl, Cpp, Name) Name,
#define AST_SUM_END(asdl, Cpp) \
    };                         \
    Kind kind;                 \
  };
#include "frontend/ast/ast.def"

using ModKind = ModNode::Kind;
using StmtKind = StmtNode::Kind;
using ExprKind = ExprNode::Kind;
using PatternKind = PatternNode::Kind;
using ExceptHandlerKind = ExceptHandlerNode::Kind;
using TypeIgnoreKind = TypeIgnoreNode::Kind;

#define AST_PRODUCT(asdl, Cpp, attributes) struct Cpp;
#define AST_NODE(asdl, Cpp, Name) struct Name;
#include "frontend/ast/ast.def"

// The C++ type of a field, by the ASDL's name for it.
namespace field {
using t_identifier = Identifier;
using t_string = std::string_view;
using t_int = int32_t;
using t_constant = const frontend::Constant*;
#define AST_ENUM(asdl, Cpp) using t_##asdl = Cpp;
#define AST_SUM(asdl, Cpp, attributes) using t_##asdl = Cpp*;
#define AST_PRODUCT(asdl, Cpp, attributes) using t_##asdl = Cpp*;
#include "frontend/ast/ast.def"
}  // namespace field

#define AST_PRODUCT(asdl, Cpp, attributes) struct Cpp : attributes {
#define AST_PRODUCT_END(asdl, Cpp) };
#define AST_NODE(asdl, Cpp, Name) \
  struct Name : Cpp {             \
    using Sum = Cpp;              \
    static constexpr Kind kKind = Kind::Name;
#define AST_NODE_END(asdl, Cpp, Name) };
#define AST_FIELD(type, name) field::t_##type name{};
#define AST_SEQUENCE(type, name) Seq<field::t_##type> name;
#include "frontend/ast/ast.def"

template <typename T, typename Base>
bool is(const Base* node) {
  return node->kind == T::kKind;
}
template <typename T, typename Base>
T* as(Base* node) {
  assert(node->kind == T::kKind);
  return static_cast<T*>(node);
}
template <typename T, typename Base>
const T* as(const Base* node) {
  assert(node->kind == T::kKind);
  return static_cast<const T*>(node);
}
// Null when the node is of another kind (the node itself must not be null).
template <typename T, typename Base>
T* asIf(Base* node) {
  return node->kind == T::kKind ? static_cast<T*>(node) : nullptr;
}
template <typename T, typename Base>
const T* asIf(const Base* node) {
  return node->kind == T::kKind ? static_cast<const T*>(node) : nullptr;
}

// A new node of a located sum, an unlocated sum, and of a product. Fields start empty.
template <typename T>
T* make(Arena& arena, Position position) {
  T* node = new (arena.allocate(sizeof(T), alignof(T))) T;
  node->position = position;
  if constexpr (requires { T::kKind; }) node->T::Sum::kind = T::kKind;
  return node;
}
template <typename T>
T* make(Arena& arena) {
  T* node = new (arena.allocate(sizeof(T), alignof(T))) T;
  if constexpr (requires { T::kKind; }) node->T::Sum::kind = T::kKind;
  return node;
}

}  // namespace krait::frontend::ast
