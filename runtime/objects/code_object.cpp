// Code objects as Python sees them: attributes, replace(), co_lines(), comparison.
#include <cstddef>

#include "runtime/code/code.h"
#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/float.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/set.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/iteration.h"
#include "runtime/protocols/protocols.h"

namespace krait {

void deallocCode(Object* self);  // code.cpp

namespace {

// Names of the slots with one of these kinds, in order.
Ref<Tuple> slotNames(Thread& t, const Code* code, uint8_t kind) {
  Ref<List> names = newList(t);
  if (!names) return kRaised;
  for (int i = 0; i < code->slot_count; ++i) {
    if ((code->slot_kinds->data[i] & kind) && !listAppend(t, names.get(), share(code->slot_names->items[i]))) return kRaised;
  }
  return sequenceToTuple(t, names);
}

Ref<> integer(int64_t i) { return steal(Value::fromInt(i)); }
Ref<> argCount(Thread&, Value v) { return integer(asCode(v)->arg_count); }
Ref<> posOnly(Thread&, Value v) { return integer(asCode(v)->positional_only_count); }
Ref<> kwOnly(Thread&, Value v) { return integer(asCode(v)->keyword_only_count); }
Ref<> nlocals(Thread&, Value v) { return integer(asCode(v)->local_count); }
Ref<> stackSize(Thread&, Value v) { return integer(asCode(v)->stack_size); }
Ref<> codeFlags(Thread&, Value v) { return integer(asCode(v)->flags); }
Ref<> firstLine(Thread&, Value v) { return integer(asCode(v)->first_line); }
Ref<> varNames(Thread& t, Value v) { return slotNames(t, asCode(v), kLocalPlain); }
Ref<> cellVars(Thread& t, Value v) { return slotNames(t, asCode(v), kLocalCell); }
Ref<> freeVars(Thread& t, Value v) { return slotNames(t, asCode(v), kLocalFree); }
Ref<> filename(Thread&, Value v) { return share(Value(asCode(v)->filename)); }
Ref<> lnotab(Thread& t, Value v);

const GetSetDef kGetSets[] = {
    {"co_argcount", argCount, nullptr, nullptr, true},
    {"co_posonlyargcount", posOnly, nullptr, nullptr, true},
    {"co_kwonlyargcount", kwOnly, nullptr, nullptr, true},
    {"co_nlocals", nlocals, nullptr, nullptr, true},
    {"co_stacksize", stackSize, nullptr, nullptr, true},
    {"co_flags", codeFlags, nullptr, nullptr, true},
    {"co_firstlineno", firstLine, nullptr, nullptr, true},
    {"co_varnames", varNames, nullptr, nullptr},
    {"co_cellvars", cellVars, nullptr, nullptr},
    {"co_freevars", freeVars, nullptr, nullptr},
    {"co_lnotab", lnotab, nullptr, nullptr},
    {"co_filename", filename, nullptr, nullptr, true},
    {},
};
const MemberDef kMembers[] = {
    {"co_code", MemberType::kValue, true, offsetof(Code, bytecode), nullptr},
    {"_co_code_adaptive", MemberType::kValue, true, offsetof(Code, bytecode), nullptr},
    {"co_consts", MemberType::kValue, true, offsetof(Code, consts), nullptr},
    {"co_names", MemberType::kValue, true, offsetof(Code, names), nullptr},
    {"co_name", MemberType::kValue, true, offsetof(Code, name), nullptr},
    {"co_qualname", MemberType::kValue, true, offsetof(Code, qualname), nullptr},
    {"co_linetable", MemberType::kValue, true, offsetof(Code, line_table), nullptr},
    {"co_exceptiontable", MemberType::kValue, true, offsetof(Code, exception_table), nullptr},
    {},
};

// The old line table (pairs of byte and line increments), derived.
Ref<> lnotab(Thread& t, Value v) {
  Code* code = asCode(v);
  std::string table;
  LocationTable rows(code);
  LocationRow row;
  int line = code->first_line, last_offset = 0;
  while (rows.next(&row)) {
    if (row.position.line < 0 || row.position.line == line) continue;
    int bytes = row.start * 2 - last_offset, lines = row.position.line - line;
    last_offset = row.start * 2;
    line = row.position.line;
    while (bytes > 255) {
      table += {char(255), 0};
      bytes -= 255;
    }
    while (lines < -128 || lines > 127) {
      int step = lines < 0 ? -128 : 127;
      table += {char(bytes), char(step)};
      bytes = 0;
      lines -= step;
    }
    table += {char(bytes), char(lines)};
  }
  return newBytes(t, table);
}

Ref<> lineOrNone(int line) { return line < 0 ? share(kNone) : integer(line); }

// co_lines() and co_positions() give iterators; the tables are small, so a list is made at once.
Ref<> codeLines(Thread& t, Value self) {
  Ref<List> lines = newList(t);
  if (!lines) return kRaised;
  LocationTable rows(asCode(self));
  LocationRow row;
  while (rows.next(&row)) {
    Ref<Tuple> item = packTuple(t, Value::fromInt(row.start * 2), Value::fromInt(row.end * 2), lineOrNone(row.position.line).leak());
    if (!item || !listAppend(t, lines.get(), std::move(item))) return kRaised;
  }
  return iterate(t, lines);
}

Ref<> codePositions(Thread& t, Value self) {
  Ref<List> positions = newList(t);
  if (!positions) return kRaised;
  LocationTable rows(asCode(self));
  LocationRow row;
  while (rows.next(&row)) {
    const Position& p = row.position;
    for (int i = row.start; i < row.end; ++i) {
      Ref<Tuple> item = packTuple(t, lineOrNone(p.line).leak(), lineOrNone(p.end_line).leak(), lineOrNone(p.column).leak(),
                                  lineOrNone(p.end_column).leak());
      if (!item || !listAppend(t, positions.get(), std::move(item))) return kRaised;
    }
  }
  return iterate(t, positions);
}

// Slots from separate tuples of names, as the public constructor gets them.
bool joinSlots(Thread& t, Value locals, Value cells, Value frees, Ref<Tuple>* names, Ref<Bytes>* kinds) {
  Ref<List> all = newList(t);
  std::string bytes;
  if (!all) return false;
  auto find = [](Tuple* tuple, Value name) {
    for (int64_t i = 0; i < tuple->size; ++i) {
      if (strEqual(asStr(tuple->items[i]), asStr(name))) return true;
    }
    return false;
  };
  for (Value group : {locals, cells, frees}) {
    for (int64_t i = 0; i < asTuple(group)->size; ++i) {
      if (!isExactStr(asTuple(group)->items[i])) {
        return raise(t, exc::TypeError, "name tuples must contain only strings, not '%s'", typeName(asTuple(group)->items[i]));
      }
    }
  }
  for (int64_t i = 0; i < asTuple(locals)->size; ++i) {
    Value name = asTuple(locals)->items[i];
    bytes.push_back(char(find(asTuple(cells), name) ? kLocalPlain | kLocalCell : kLocalPlain));
    if (!listAppend(t, all.get(), share(name))) return false;
  }
  for (int64_t i = 0; i < asTuple(cells)->size; ++i) {
    Value name = asTuple(cells)->items[i];
    if (find(asTuple(locals), name)) continue;
    bytes.push_back(char(kLocalCell));
    if (!listAppend(t, all.get(), share(name))) return false;
  }
  for (int64_t i = 0; i < asTuple(frees)->size; ++i) {
    bytes.push_back(char(kLocalFree));
    if (!listAppend(t, all.get(), share(asTuple(frees)->items[i]))) return false;
  }
  *names = sequenceToTuple(t, all);
  *kinds = newBytes(t, bytes);
  return *names && *kinds;
}

// The constructor's parameters in order; replace() knows them by name.
constexpr const char* kParameters[] = {"co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_nlocals",  "co_stacksize",
                                       "co_flags",    "co_code",            "co_consts",         "co_names",    "co_varnames",
                                       "co_filename", "co_name",            "co_qualname",       "co_firstlineno",
                                       "co_linetable", "co_exceptiontable", "co_freevars",       "co_cellvars"};
inline constexpr size_t kParameterCount = sizeof(kParameters) / sizeof(kParameters[0]);

Ref<> makeCode(Thread& t, const Value* v) {
  int64_t numbers[7];
  static constexpr size_t kNumbers[] = {0, 1, 2, 3, 4, 5, 13};
  for (size_t i = 0; i < 7; ++i) {
    numbers[i] = toInt64(t, v[kNumbers[i]]);
    if (t.raised()) return kRaised;
    if (numbers[i] < INT32_MIN || numbers[i] > INT32_MAX) return raise(t, exc::OverflowError, "Python int too large to convert to C int");
  }
  for (size_t i : {size_t(7), size_t(8), size_t(9), size_t(16), size_t(17)}) {
    if (!isTuple(v[i])) return raise(t, exc::TypeError, "code() argument %zu must be tuple, not %s", i + 1, typeName(v[i]));
  }
  for (size_t i : {size_t(6), size_t(14), size_t(15)}) {
    if (!isBytes(v[i])) return raise(t, exc::TypeError, "code() argument %zu must be bytes, not %s", i + 1, typeName(v[i]));
  }
  if (numbers[0] < 0) return raise(t, exc::ValueError, "code: argcount must not be negative");
  if (numbers[3] != asTuple(v[9])->size) return raise(t, exc::ValueError, "code: co_nlocals != len(co_varnames)");
  if (!audit(t, "code.__new__", v[6], v[10], v[11], v[0], v[1], v[2], v[3], v[4], v[5])) return kRaised;
  Ref<Tuple> names;
  Ref<Bytes> kinds;
  if (!joinSlots(t, v[9], v[17], v[16], &names, &kinds)) return kRaised;
  CodeParts parts{.arg_count = int32_t(numbers[0]),
                  .positional_only_count = int32_t(numbers[1]),
                  .keyword_only_count = int32_t(numbers[2]),
                  .stack_size = int32_t(numbers[4]),
                  .first_line = int32_t(numbers[6]),
                  .flags = uint32_t(numbers[5]),
                  .bytecode = v[6],
                  .consts = v[7],
                  .names = v[8],
                  .slot_names = names,
                  .slot_kinds = kinds,
                  .filename = v[10],
                  .name = v[11],
                  .qualname = v[12],
                  .line_table = v[14],
                  .exception_table = v[15]};
  return newCode(t, parts);
}

Ref<> codeNew(Thread& t, Type*, Args args) {
  if (args.keywords()) return raise(t, exc::TypeError, "code() takes no keyword arguments");
  if (args.positional < 16) return raise(t, exc::TypeError, "code expected at least 16 arguments, got %zu", args.positional);
  if (args.positional > 18) return raise(t, exc::TypeError, "code expected at most 18 arguments, got %zu", args.positional);
  Value v[kParameterCount];
  for (size_t i = 0; i < kParameterCount; ++i) v[i] = i < args.positional ? args[i] : Value(emptyTuple());
  return makeCode(t, v);
}

Ref<> codeReplace(Thread& t, Value self, Args args) {
  if (args.positional) return raise(t, exc::TypeError, "replace() takes 0 positional arguments");
  Ref<> owned[kParameterCount];
  Value v[kParameterCount];
  for (size_t i = 0; i < kParameterCount; ++i) {
    owned[i] = getAttr(t, self, kParameters[i]);
    if (!owned[i]) return kRaised;
    v[i] = owned[i];
  }
  bool nlocals_given = false;
  for (size_t k = 0; k < args.keywords(); ++k) {
    Str* key = asStr(args.names->items[k]);
    size_t i = 0;
    while (i < kParameterCount && !strEqualsAscii(key, kParameters[i])) ++i;
    if (i == kParameterCount) return raise(t, exc::TypeError, "'%s' is an invalid keyword argument for replace()", Utf8(key).c_str());
    v[i] = args[k];
    nlocals_given |= i == 3;
  }
  if (!nlocals_given && isTuple(v[9])) v[3] = Value::fromInt(asTuple(v[9])->size);
  return makeCode(t, v);
}

Ref<> varnameFromOparg(Thread& t, Value self, Value arg) {
  int64_t i = toInt64(t, arg);
  if (t.raised()) return kRaised;
  if (i < 0 || i >= asCode(self)->slot_count) return raise(t, exc::IndexError, "tuple index out of range");
  return share(asCode(self)->slot_names->items[i]);
}

const MethodDef kMethods[] = {
    method("co_lines", codeLines, "($self, /)"),
    method("co_positions", codePositions, "($self, /)"),
    method("replace", codeReplace, nullptr, "Return a copy of the code object with new values for the specified fields."),
    method("_varname_from_oparg", varnameFromOparg, "($self, /, oparg)"),
    {},
};

Ref<> codeRepr(Thread& t, Value self) {
  Code* code = asCode(self);
  return strFormat(t, "<code object %s at %p, file \"%s\", line %d>", Utf8(code->name).c_str(), static_cast<void*>(code),
                   Utf8(code->filename).c_str(), code->first_line ? code->first_line : -1);
}

// Equality of constants distinguishes 1, True and 1.0, and 0.0 from -0.0.
int sameConstant(Thread& t, Value a, Value b) {
  if (typeOf(a) != typeOf(b)) return 0;
  if (a.isDouble()) return a == b;
  if (isExact(a, &types::Complex)) {
    Complex *x = static_cast<Complex*>(a.asObject()), *y = static_cast<Complex*>(b.asObject());
    return Value::fromDouble(x->real) == Value::fromDouble(y->real) && Value::fromDouble(x->imaginary) == Value::fromDouble(y->imaginary);
  }
  if (isExactTuple(a)) {
    if (asTuple(a)->size != asTuple(b)->size) return 0;
    for (int64_t i = 0; i < asTuple(a)->size; ++i) {
      int same = sameConstant(t, asTuple(a)->items[i], asTuple(b)->items[i]);
      if (same <= 0) return same;
    }
    return 1;
  }
  return compareBool(t, a, b, CompareOp::kEqual);
}

Ref<> codeCompare(Thread& t, Value a, Value b, CompareOp op) {
  if ((op != CompareOp::kEqual && op != CompareOp::kNotEqual) || !isExact(a, &types::Code) || !isExact(b, &types::Code)) {
    return share(kNotImplemented);
  }
  Code *x = asCode(a), *y = asCode(b);
  bool equal = strEqual(x->name, y->name) && x->arg_count == y->arg_count && x->positional_only_count == y->positional_only_count &&
               x->keyword_only_count == y->keyword_only_count && x->flags == y->flags && x->first_line == y->first_line &&
               x->bytecode->view() == y->bytecode->view() && x->slot_kinds->view() == y->slot_kinds->view() &&
               x->line_table->view() == y->line_table->view() && x->exception_table->view() == y->exception_table->view();
  if (equal) {
    int same = sameConstant(t, x->consts, y->consts);
    for (auto [m, n] : {std::pair{x->names, y->names}, std::pair{x->slot_names, y->slot_names}}) {
      if (same > 0) same = sameConstant(t, m, n);
    }
    if (same < 0) return kRaised;
    equal = same;
  }
  return share(Value::fromBool(equal == (op == CompareOp::kEqual)));
}

Hash codeHash(Thread& t, Value self) {
  Code* code = asCode(self);
  uint64_t h = uint64_t(strHash(code->name)) ^ uint64_t(code->arg_count) << 8 ^ uint64_t(code->first_line) << 16 ^ code->flags;
  for (int64_t i = 0; i < code->bytecode->size; ++i) h = h * 1000003 ^ code->bytecode->data[i];
  return Hash(h) == -1 ? -2 : Hash(h);
}

}  // namespace

const TypeSpec& codeTypeSpec() {
  static const TypeSpec spec{
      .type = &types::Code,
      .basic_size = sizeof(Code),
      .doc = "Create a code object.  Not for mere mortals.",
      .methods = kMethods,
      .getsets = kGetSets,
      .members = kMembers,
      .dealloc = deallocCode,
      .fill =
          [](Slots& s) {
            s.new_ = codeNew;
            s.repr = codeRepr;
            s.compare = codeCompare;
            s.hash = codeHash;
          }};
  return spec;
}

}  // namespace krait
