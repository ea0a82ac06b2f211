// The source text of an expression, from its tree: what `from __future__ import annotations` keeps of an annotation.
//
// Parentheses stand where precedence needs them; spaces and quotes are normalised.
#include <string>

#include "frontend/codegen/generator.h"
#include "frontend/codegen/repr.h"

namespace krait::frontend {

using namespace ast;

namespace {

enum Precedence : int {
  kTuple,
  kTest,
  kOr,
  kAnd,
  kNot,
  kCompare,
  kBitOr,
  kBitXor,
  kBitAnd,
  kShift,
  kArithmetic,
  kTerm,
  kFactor,
  kPower,
  kAwait,
  kAtom,
};
constexpr int kExpression = kBitOr;

struct BinaryInfo {
  const char* text;
  int precedence;
};
// In the order of ast::Operator.
constexpr BinaryInfo kBinary[] = {
    {" + ", kArithmetic}, {" - ", kArithmetic}, {" * ", kTerm},   {" @ ", kTerm},   {" / ", kTerm},
    {" % ", kTerm},       {" ** ", kPower},     {" << ", kShift}, {" >> ", kShift}, {" | ", kBitOr},
    {" ^ ", kBitXor},     {" & ", kBitAnd},     {" // ", kTerm},
};
// In the order of ast::CompareOperator.
constexpr const char* kCompareText[] = {" == ", " != ", " < ",      " <= ", " > ",
                                        " >= ", " is ", " is not ", " in ", " not in "};

class Unparser {
 public:
  explicit Unparser(Session& session) : session_(session), hooks_(session.options.hooks) {}

  void write(ExprNode* node, int level);
  std::string finish() { return std::move(out_); }

 private:
  // Writes with parentheses around when the context binds tighter than the operator.
  template <typename Write>
  void grouped(bool needed, Write write) {
    if (needed) out_ += '(';
    write();
    if (needed) out_ += ')';
  }
  void writeList(Seq<ExprNode*> nodes) {
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (i) out_ += ", ";
      write(nodes[i], kTest);
    }
  }
  void writeConstant(const ConstantValue& value);
  void writeBoolOp(BoolOp* node, int level);
  void writeBinOp(BinOp* node, int level);
  void writeUnaryOp(UnaryOp* node, int level);
  void writeLambda(Lambda* node, int level);
  void writeArguments(Arguments* args);
  void writeArgument(Arg* arg);
  void writeDict(Dict* node);
  void writeTuple(Tuple* node, int level);
  void writeGenerators(Seq<Comprehension*> generators);
  void writeCompare(Compare* node, int level);
  void writeCall(Call* node);
  void writeAttribute(Attribute* node);
  void writeSlice(Slice* node);
  void writeJoinedStr(JoinedStr* node);
  std::string formatText(ExprNode* node);
  std::string formattedValueText(FormattedValue* node);

  Session& session_;
  const CompileHooks& hooks_;
  std::string out_;
};

void Unparser::write(ExprNode* node, int level) {
  Session::Nesting nesting(session_);
  if (session_.failed()) return;
  switch (node->kind) {
    case ExprKind::BoolOp: return writeBoolOp(as<BoolOp>(node), level);
    case ExprKind::BinOp: return writeBinOp(as<BinOp>(node), level);
    case ExprKind::UnaryOp: return writeUnaryOp(as<UnaryOp>(node), level);
    case ExprKind::Lambda: return writeLambda(as<Lambda>(node), level);
    case ExprKind::IfExp:
      return grouped(level > kTest, [&] {
        write(as<IfExp>(node)->body, kTest + 1);
        out_ += " if ";
        write(as<IfExp>(node)->test, kTest + 1);
        out_ += " else ";
        write(as<IfExp>(node)->orelse, kTest);
      });
    case ExprKind::Dict: return writeDict(as<Dict>(node));
    case ExprKind::Set:
      out_ += '{';
      writeList(as<Set>(node)->elts);
      out_ += '}';
      return;
    case ExprKind::GeneratorExp:
      out_ += '(';
      write(as<GeneratorExp>(node)->elt, kTest);
      writeGenerators(as<GeneratorExp>(node)->generators);
      out_ += ')';
      return;
    case ExprKind::ListComp:
      out_ += '[';
      write(as<ListComp>(node)->elt, kTest);
      writeGenerators(as<ListComp>(node)->generators);
      out_ += ']';
      return;
    case ExprKind::SetComp:
      out_ += '{';
      write(as<SetComp>(node)->elt, kTest);
      writeGenerators(as<SetComp>(node)->generators);
      out_ += '}';
      return;
    case ExprKind::DictComp:
      out_ += '{';
      write(as<DictComp>(node)->key, kTest);
      out_ += ": ";
      write(as<DictComp>(node)->value, kTest);
      writeGenerators(as<DictComp>(node)->generators);
      out_ += '}';
      return;
    case ExprKind::Yield:
      out_ += "(yield";
      if (ExprNode* value = as<Yield>(node)->value) {
        out_ += ' ';
        write(value, kTest);
      }
      out_ += ')';
      return;
    case ExprKind::YieldFrom:
      out_ += "(yield from ";
      write(as<YieldFrom>(node)->value, kTest);
      out_ += ')';
      return;
    case ExprKind::Await:
      return grouped(level > kAwait, [&] {
        out_ += "await ";
        write(as<Await>(node)->value, kAtom);
      });
    case ExprKind::Compare: return writeCompare(as<Compare>(node), level);
    case ExprKind::Call: return writeCall(as<Call>(node));
    case ExprKind::Constant:
      out_ += as<ast::Constant>(node)->kind;
      return writeConstant(*as<ast::Constant>(node)->value);
    case ExprKind::JoinedStr: return writeJoinedStr(as<JoinedStr>(node));
    case ExprKind::FormattedValue: out_ += formattedValueText(as<FormattedValue>(node)); return;
    case ExprKind::Attribute: return writeAttribute(as<Attribute>(node));
    case ExprKind::Starred:
      out_ += '*';
      return write(as<Starred>(node)->value, kExpression);
    case ExprKind::Name: out_ += as<Name>(node)->id.view(); return;
    case ExprKind::List:
      out_ += '[';
      writeList(as<List>(node)->elts);
      out_ += ']';
      return;
    case ExprKind::Tuple: return writeTuple(as<Tuple>(node), level);
    case ExprKind::Subscript:
      write(as<Subscript>(node)->value, kAtom);
      out_ += '[';
      write(as<Subscript>(node)->slice, kTuple);
      out_ += ']';
      return;
    case ExprKind::Slice: return writeSlice(as<Slice>(node));
    case ExprKind::NamedExpr:
      return grouped(level > kTuple, [&] {
        write(as<NamedExpr>(node)->target, kAtom);
        out_ += " := ";
        write(as<NamedExpr>(node)->value, kAtom);
      });
  }
}

void Unparser::writeConstant(const ConstantValue& value) {
  if (value.kind == ConstantValue::Kind::Ellipsis) {
    out_ += "...";
    return;
  }
  std::string text = reprConstant(value, hooks_);
  // Infinity has no literal, but too large a number is one.
  bool number = value.kind == ConstantValue::Kind::Float || value.kind == ConstantValue::Kind::Complex;
  for (size_t at; number && (at = text.find("inf")) != text.npos;) text.replace(at, 3, "1e309");
  out_ += text;
}

void Unparser::writeBoolOp(BoolOp* node, int level) {
  bool conjunction = node->op == BoolOperator::And;
  int precedence = conjunction ? kAnd : kOr;
  grouped(level > precedence, [&] {
    for (size_t i = 0; i < node->values.size(); ++i) {
      if (i) out_ += conjunction ? " and " : " or ";
      write(node->values[i], precedence + 1);
    }
  });
}

void Unparser::writeBinOp(BinOp* node, int level) {
  const BinaryInfo& info = kBinary[static_cast<size_t>(node->op)];
  bool right_associative = node->op == Operator::Pow;
  grouped(level > info.precedence, [&] {
    write(node->left, info.precedence + right_associative);
    out_ += info.text;
    write(node->right, info.precedence + !right_associative);
  });
}

void Unparser::writeUnaryOp(UnaryOp* node, int level) {
  static constexpr const char* kText[] = {"~", "not ", "+", "-"};
  int precedence = node->op == UnaryOperator::Not ? kNot : kFactor;
  grouped(level > precedence, [&] {
    out_ += kText[static_cast<size_t>(node->op)];
    write(node->operand, precedence);
  });
}

void Unparser::writeLambda(Lambda* node, int level) {
  grouped(level > kTest, [&] {
    out_ += "lambda";
    // No space before a star: so CPython writes it.
    if (node->args->args.size() + node->args->posonlyargs.size()) out_ += ' ';
    writeArguments(node->args);
    out_ += ": ";
    write(node->body, kTest);
  });
}

void Unparser::writeArgument(Arg* arg) {
  out_ += arg->arg.view();
  if (!arg->annotation) return;
  out_ += ": ";
  write(arg->annotation, kTest);
}

void Unparser::writeArguments(Arguments* args) {
  bool first = true;
  auto separate = [&] {
    if (!first) out_ += ", ";
    first = false;
  };
  auto write_default = [&](ExprNode* value) {
    if (!value) return;
    out_ += '=';
    write(value, kTest);
  };
  size_t positional_only = args->posonlyargs.size(), positional = positional_only + args->args.size();
  for (size_t i = 0; i < positional; ++i) {
    separate();
    writeArgument(i < positional_only ? args->posonlyargs[i] : args->args[i - positional_only]);
    if (i + args->defaults.size() >= positional) write_default(args->defaults[i + args->defaults.size() - positional]);
    if (i + 1 == positional_only) out_ += ", /";
  }
  if (args->vararg || !args->kwonlyargs.empty()) {
    separate();
    out_ += '*';
    if (args->vararg) writeArgument(args->vararg);
  }
  for (size_t i = 0; i < args->kwonlyargs.size(); ++i) {
    separate();
    writeArgument(args->kwonlyargs[i]);
    if (i < args->kw_defaults.size()) write_default(args->kw_defaults[i]);
  }
  if (args->kwarg) {
    separate();
    out_ += "**";
    writeArgument(args->kwarg);
  }
}

void Unparser::writeDict(Dict* node) {
  out_ += '{';
  for (size_t i = 0; i < node->values.size(); ++i) {
    if (i) out_ += ", ";
    if (node->keys[i]) {
      write(node->keys[i], kTest);
      out_ += ": ";
      write(node->values[i], kTest);
    } else {
      out_ += "**";
      write(node->values[i], kExpression);
    }
  }
  out_ += '}';
}

void Unparser::writeTuple(Tuple* node, int level) {
  if (node->elts.empty()) {
    out_ += "()";
    return;
  }
  grouped(level > kTuple, [&] {
    writeList(node->elts);
    if (node->elts.size() == 1) out_ += ',';
  });
}

void Unparser::writeGenerators(Seq<Comprehension*> generators) {
  for (Comprehension* generator : generators) {
    out_ += generator->is_async ? " async for " : " for ";
    write(generator->target, kTuple);
    out_ += " in ";
    write(generator->iter, kTest + 1);
    for (ExprNode* test : generator->ifs) {
      out_ += " if ";
      write(test, kTest + 1);
    }
  }
}

void Unparser::writeCompare(Compare* node, int level) {
  grouped(level > kCompare, [&] {
    write(node->left, kCompare + 1);
    for (size_t i = 0; i < node->ops.size(); ++i) {
      out_ += kCompareText[static_cast<size_t>(node->ops[i])];
      write(node->comparators[i], kCompare + 1);
    }
  });
}

void Unparser::writeCall(Call* node) {
  write(node->func, kAtom);
  // A lone generator expression brings the parentheses of the call.
  if (node->args.size() == 1 && node->keywords.empty() && is<GeneratorExp>(node->args[0]))
    return write(node->args[0], kTest);
  out_ += '(';
  writeList(node->args);
  bool first = node->args.empty();
  for (Keyword* keyword : node->keywords) {
    if (!first) out_ += ", ";
    first = false;
    if (keyword->arg) {
      out_ += keyword->arg.view();
      out_ += '=';
    } else {
      out_ += "**";
    }
    write(keyword->value, kTest);
  }
  out_ += ')';
}

void Unparser::writeAttribute(Attribute* node) {
  write(node->value, kAtom);
  // `1.real` would be a float and a name.
  auto* constant = asIf<ast::Constant>(node->value);
  bool integer = constant && (constant->value->kind == ConstantValue::Kind::Int ||
                              constant->value->kind == ConstantValue::Kind::BigInt);
  out_ += integer ? " ." : ".";
  out_ += node->attr.view();
}

void Unparser::writeSlice(Slice* node) {
  if (node->lower) write(node->lower, kTest);
  out_ += ':';
  if (node->upper) write(node->upper, kTest);
  if (!node->step) return;
  out_ += ':';
  write(node->step, kTest);
}

// ---- f-strings ----

void Unparser::writeJoinedStr(JoinedStr* node) {
  std::string body;
  for (ExprNode* value : node->values) body += formatText(value);
  out_ += 'f';
  out_ += reprText(body, hooks_);
}

// What stands between the quotes of an f-string.
std::string Unparser::formatText(ExprNode* node) {
  switch (node->kind) {
    case ExprKind::Constant: {
      const ConstantValue& value = *as<ast::Constant>(node)->value;
      if (value.kind != ConstantValue::Kind::Str) break;
      std::string text;
      for (char c : value.view()) {
        text += c;
        if (c == '{' || c == '}') text += c;
      }
      return text;
    }
    case ExprKind::JoinedStr: {
      std::string text;
      for (ExprNode* value : as<JoinedStr>(node)->values) text += formatText(value);
      return text;
    }
    case ExprKind::FormattedValue: return formattedValueText(as<FormattedValue>(node));
    default: break;
  }
  session_.fail(Diagnostic::Kind::SystemError, "unknown expression kind inside f-string");
  return "";
}

std::string Unparser::formattedValueText(FormattedValue* node) {
  // Above a plain test, so that a lambda with its colon is parenthesised.
  Unparser inner(session_);
  inner.write(node->value, kTest + 1);
  std::string value = inner.finish();
  std::string text = value.starts_with('{') ? "{ " : "{";
  text += value;
  if (node->conversion > 0) {
    text += '!';
    text += static_cast<char>(node->conversion);
  }
  if (node->format_spec) text += ":" + formatText(node->format_spec);
  return text + "}";
}

}  // namespace

std::string unparse(Session& session, ExprNode* node) {
  Unparser unparser(session);
  unparser.write(node, kTest);
  return unparser.finish();
}

}  // namespace krait::frontend
