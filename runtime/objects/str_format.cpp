// str.format and format_map: replacement fields {name.attribute[index]!conversion:spec}, nested specs, and the parts that the
// _string module shows to string.Formatter.
#include "runtime/objects/str_format.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/field_parser.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_internal.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/unicode.h"
#include "runtime/protocols/protocols.h"

namespace krait {

// ---- parsing (field_parser.h) ----

int MarkupParser::next(Thread& t, MarkupPiece* piece) {
  *piece = MarkupPiece();
  if (at_ >= end_) return 0;
  const Str* s = text_;
  // Literal text, up to a brace; doubled braces end it with one of them.
  piece->literal_start = at_;
  uint32_t c = 0;
  bool markup = false;
  while (at_ < end_) {
    c = s->at(at_++);
    if (c == '{' || c == '}') {
      markup = true;
      break;
    }
  }
  bool at_end = at_ >= end_;
  int64_t length = at_ - piece->literal_start;
  if (c == '}' && (at_end || s->at(at_) != '}')) {
    return raise(t, exc::ValueError, "Single '}' encountered in format string");
  }
  if (at_end && c == '{') return raise(t, exc::ValueError, "Single '{' encountered in format string");
  if (!at_end && markup) {
    if (s->at(at_) == c) {  // doubled
      ++at_;
      markup = false;
    } else {
      --length;
    }
  } else if (at_end) {
    markup = false;
  }
  piece->literal_length = length;
  if (!markup) return 1;
  return field(t, piece);
}

// The field's name ends at '!' or ':' outside of brackets, the whole at the matching brace.
int MarkupParser::field(Thread& t, MarkupPiece* piece) {
  const Str* s = text_;
  piece->has_field = true;
  piece->name_start = at_;
  int depth = 1;
  uint32_t c = 0;
  for (; at_ < end_; ++at_) {
    c = s->at(at_);
    if (c == '{') return raise(t, exc::ValueError, "unexpected '{' in field name");
    if (c == '[') {
      while (at_ < end_ && s->at(at_) != ']') ++at_;
      if (at_ == end_) break;
      continue;
    }
    if (c == '}' || c == ':' || c == '!') break;
  }
  piece->name_length = at_ - piece->name_start;
  if (at_ >= end_ || (c != '}' && c != ':' && c != '!')) return raise(t, exc::ValueError, "expected '}' before end of string");
  ++at_;
  if (c == '}') return 1;
  if (c == '!') {
    if (at_ >= end_) return raise(t, exc::ValueError, "end of string while looking for conversion specifier");
    piece->conversion = s->at(at_++);
    if (at_ >= end_) return raise(t, exc::ValueError, "unmatched '{' in format spec");
    c = s->at(at_++);
    if (c == '}') return 1;
    if (c != ':') return raise(t, exc::ValueError, "expected ':' after conversion specifier");
  }
  piece->spec_start = at_;
  for (; at_ < end_; ++at_) {
    c = s->at(at_);
    if (c == '{') {
      piece->nested = true;
      ++depth;
    } else if (c == '}' && --depth == 0) {
      piece->spec_length = at_ - piece->spec_start;
      ++at_;
      return 1;
    }
  }
  return raise(t, exc::ValueError, "unmatched '{' in format spec");
}

namespace {

// A decimal number in s[from:to]; -1: none, -2: raised.
int64_t decimalIn(Thread& t, const Str* s, int64_t from, int64_t to) {
  if (from == to) return -1;
  int64_t number = 0;
  for (int64_t i = from; i < to; ++i) {
    int digit = unicode::decimalValue(s->at(i));
    if (digit < 0) return -1;
    if (__builtin_mul_overflow(number, 10, &number) || __builtin_add_overflow(number, digit, &number)) {
      (void)raise(t, exc::ValueError, "Too many decimal digits in format string");
      return -2;
    }
  }
  return number;
}

}  // namespace

bool FieldParser::first(Thread& t, FieldStep* step) {
  int64_t begin = at_;
  while (at_ < end_ && text_->at(at_) != '.' && text_->at(at_) != '[') ++at_;
  step->start = begin;
  step->length = at_ - begin;
  step->number = decimalIn(t, text_, begin, at_);
  return step->number != -2;
}

int FieldParser::next(Thread& t, FieldStep* step) {
  if (at_ >= end_) return 0;
  uint32_t c = text_->at(at_++);
  step->number = -1;
  step->start = at_;
  if (c == '.') {
    step->attribute = true;
    while (at_ < end_ && text_->at(at_) != '.' && text_->at(at_) != '[') ++at_;
    step->length = at_ - step->start;
  } else if (c == '[') {
    step->attribute = false;
    bool closed = false;
    while (at_ < end_) {
      if (text_->at(at_++) == ']') {
        closed = true;
        break;
      }
    }
    if (!closed) return raise(t, exc::ValueError, "Missing ']' in format string");
    step->length = at_ - 1 - step->start;
    step->number = decimalIn(t, text_, step->start, step->start + step->length);
    if (step->number == -2) return -1;
  } else {
    return raise(t, exc::ValueError, "Only '.' or '[' may follow ']' in format field specifier");
  }
  if (step->length == 0) return raise(t, exc::ValueError, "Empty attribute in format string");
  return 1;
}

// ---- formatting ----

namespace {

class Formatter {
 public:
  Formatter(Thread& t, const Value* positional, size_t count, Value mapping)
      : t_(t), positional_(positional), count_(count), mapping_(mapping) {}
  Formatter(Thread& t, Args args) : t_(t), positional_(args.values), count_(args.positional), keywords_(args) {}

  Ref<Str> format(const Str* text, int64_t start, int64_t end, int depth) {
    if (depth <= 0) return raise(t_, exc::ValueError, "Max string recursion exceeded");
    StrBuilder out(t_);
    MarkupParser parser(text, start, end);
    MarkupPiece piece;
    int state;
    while ((state = parser.next(t_, &piece)) > 0) {
      out.append(text, piece.literal_start, piece.literal_start + piece.literal_length);
      if (piece.has_field && !field(text, piece, depth, out)) return kRaised;
    }
    return state < 0 ? Ref<Str>() : out.finish();
  }

 private:
  bool field(const Str* text, const MarkupPiece& piece, int depth, StrBuilder& out) {
    Ref<> v = lookUp(text, piece);
    if (!v) return false;
    if (piece.conversion) {
      v = converted(v, piece.conversion);
      if (!v) return false;
    }
    Ref<Str> spec;
    if (piece.nested) {
      spec = format(text, piece.spec_start, piece.spec_start + piece.spec_length, depth - 1);
      if (!spec) return false;
    } else if (piece.spec_length) {
      spec = strSlice(t_, const_cast<Str*>(text), piece.spec_start, piece.spec_start + piece.spec_length, 1);
      if (!spec) return false;
    }
    Ref<> shown = krait::format(t_, v, spec);
    if (!shown) return false;
    out.append(asStr(shown));
    return true;
  }

  Ref<> converted(Value v, uint32_t conversion) {
    switch (conversion) {
      case 'r': return repr(t_, v);
      case 's': return str(t_, v);
      case 'a': return ascii(t_, v);
      default: break;
    }
    if (conversion > 32 && conversion < 127) {
      return raise(t_, exc::ValueError, "Unknown conversion specifier %c", char(conversion));
    }
    return raise(t_, exc::ValueError, "Unknown conversion specifier \\x%x", conversion);
  }

  // Automatic and explicit numbers must not be mixed.
  bool number(bool automatic) {
    if (numbering_ == kUndecided) numbering_ = automatic ? kAutomatic : kManual;
    if (numbering_ == (automatic ? kAutomatic : kManual)) return true;
    return raise(t_, exc::ValueError, automatic ? "cannot switch from manual field specification to automatic field numbering"
                                                : "cannot switch from automatic field numbering to manual field specification");
  }

  Ref<> lookUp(const Str* text, const MarkupPiece& piece) {
    FieldParser parser(text, piece.name_start, piece.name_start + piece.name_length);
    FieldStep step;
    if (!parser.first(t_, &step)) return kRaised;
    int64_t index = step.number;
    if (step.length == 0 || index >= 0) {
      if (!number(step.length == 0)) return kRaised;
      if (step.length == 0) index = next_number_++;
    }
    Ref<> v = index >= 0 ? positional(index) : named(text, step);
    int state = 0;
    while (v && (state = parser.next(t_, &step)) > 0) v = part(v, text, step);
    return state < 0 ? Ref<>() : std::move(v);
  }

  Ref<> positional(int64_t index) {
    if (!positional_) {
      return raise(t_, exc::ValueError, "Format string contains positional fields");
    }
    if (uint64_t(index) >= count_) {
      return raise(t_, exc::IndexError, "Replacement index %lld out of range for positional args tuple", static_cast<long long>(index));
    }
    return share(positional_[index]);
  }

  Ref<> named(const Str* text, const FieldStep& step) {
    Ref<Str> name = strSlice(t_, const_cast<Str*>(text), step.start, step.start + step.length, 1);
    if (!name) return kRaised;
    if (!mapping_.empty()) return getItem(t_, mapping_, name);
    for (size_t i = 0; i < keywords_.keywords(); ++i) {
      if (strEqual(asStr(keywords_.names->items[i]), name.get())) return share(keywords_.values[keywords_.positional + i]);
    }
    return raiseKeyError(t_, name);
  }

  Ref<> part(Value v, const Str* text, const FieldStep& step) {
    if (!step.attribute && step.number >= 0) return getItem(t_, v, Value::fromInt(step.number));
    Ref<Str> name = strSlice(t_, const_cast<Str*>(text), step.start, step.start + step.length, 1);
    if (!name) return kRaised;
    if (!step.attribute) return getItem(t_, v, name);
    name = intern(t_, std::move(name));
    return name ? getAttr(t_, v, name.get()) : Ref<>();
  }

  enum Numbering { kUndecided, kAutomatic, kManual };

  Thread& t_;
  const Value* positional_;
  size_t count_;
  Value mapping_;
  Args keywords_;
  Numbering numbering_ = kUndecided;
  int64_t next_number_ = 0;
};

}  // namespace

Ref<> strFormatMethod(Thread& t, Value self, Args args) {
  Value none;
  if (!args.values) args.values = &none;
  Str* s = asStr(self);
  return Formatter(t, args).format(s, 0, s->length, 2);
}

Ref<> strFormatMapMethod(Thread& t, Value self, Value mapping) {
  Str* s = asStr(self);
  return Formatter(t, nullptr, 0, mapping).format(s, 0, s->length, 2);
}

}  // namespace krait
