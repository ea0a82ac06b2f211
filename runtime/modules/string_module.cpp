// The _string module: the grammar of format strings, for string.Formatter.
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/field_parser.h"
#include "runtime/objects/list.h"
#include "runtime/objects/module.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace {

Ref<Str> part(Thread& t, Str* s, int64_t start, int64_t length) { return strSlice(t, s, start, start + length, 1); }

// The pieces, parsed at once.
Ref<> formatterParser(Thread& t, Value, Value text) {
  if (!isStr(text)) return raise(t, exc::TypeError, "expected str, got %.50s", typeName(text));
  Str* s = asStr(text);
  Ref<List> pieces = newList(t);
  if (!pieces) return kRaised;
  MarkupParser parser(s, 0, s->length);
  MarkupPiece piece;
  int state;
  while ((state = parser.next(t, &piece)) > 0) {
    Ref<Str> literal = part(t, s, piece.literal_start, piece.literal_length);
    Ref<> name = steal(kNone), spec = steal(kNone), conversion = steal(kNone);
    if (piece.has_field) {
      name = part(t, s, piece.name_start, piece.name_length);
      spec = part(t, s, piece.spec_start, piece.spec_length);
      if (piece.conversion) conversion = newCharStr(t, piece.conversion);
    }
    if (!literal || !name || !spec || !conversion) return kRaised;
    Ref<Tuple> row = packTuple(t, literal.value(), name.value(), spec.value(), conversion.value());
    if (!row || !listAppend(t, pieces.get(), std::move(row))) return kRaised;
  }
  return state < 0 ? Ref<>() : iterate(t, pieces);
}

// (first, rest): the name or number, and an iterator over (is_attribute, name or number).
Ref<> fieldNameSplit(Thread& t, Value, Value text) {
  if (!isStr(text)) return raise(t, exc::TypeError, "expected str, got %.50s", typeName(text));
  Str* s = asStr(text);
  FieldParser parser(s, 0, s->length);
  FieldStep step;
  if (!parser.first(t, &step)) return kRaised;
  Ref<> first = step.number >= 0 ? steal(Value::fromInt(step.number)) : Ref<>(part(t, s, step.start, step.length));
  Ref<List> rest = newList(t);
  if (!first || !rest) return kRaised;
  int state;
  while ((state = parser.next(t, &step)) > 0) {
    bool number = !step.attribute && step.number >= 0;
    Ref<> name = number ? steal(Value::fromInt(step.number)) : Ref<>(part(t, s, step.start, step.length));
    if (!name) return kRaised;
    Ref<Tuple> row = packTuple(t, Value::fromBool(step.attribute), name.value());
    if (!row || !listAppend(t, rest.get(), std::move(row))) return kRaised;
  }
  if (state < 0) return kRaised;
  Ref<> iterator = iterate(t, rest);
  return iterator ? Ref<>(packTuple(t, first.value(), iterator.value())) : Ref<>();
}

const MethodDef kFunctions[] = {
    method("formatter_field_name_split", fieldNameSplit, "($module, field_name, /)", "Splits the argument as a field name."),
    method("formatter_parser", formatterParser, "($module, format_string, /)", "Parses the argument as a format string."),
    {},
};

}  // namespace

const ModuleDef& stringModule() {
  static const ModuleDef def{"_string", "string helper module", kFunctions, nullptr};
  return def;
}

}  // namespace krait
