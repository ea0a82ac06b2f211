// Builtin functions on numbers and characters.
#include "runtime/builtins/builtins.h"
#include "runtime/core/error.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

Ref<> builtinAbs(Thread& t, Value, Value v) { return absolute(t, v); }

template <int base>
Ref<> inBase(Thread& t, Value, Value v) {
  Ref<> number = toIndexValue(t, v);
  return number ? Ref<>(intToText(t, number, base, true)) : kRaised;
}

Ref<> builtinChr(Thread& t, Value, Value v) {
  int64_t code = toIndex(t, v, true);
  if (code == -1 && t.raised()) return kRaised;
  if (code != int32_t(code)) {  // the argument is a C int
    if (code == INT64_MAX || code == INT64_MIN) return raise(t, exc::OverflowError, "Python int too large to convert to C int");
    return raise(t, exc::OverflowError, "Python int too large to convert to C int");
  }
  if (code < 0 || code > 0x10FFFF) return raise(t, exc::ValueError, "chr() arg not in range(0x110000)");
  return newCharStr(t, uint32_t(code));
}

Ref<> builtinOrd(Thread& t, Value, Value v) {
  int64_t length;
  if (isStr(v)) {
    length = asStr(v)->length;
    if (length == 1) return steal(Value::fromInt(asStr(v)->at(0)));
  } else if (isBytes(v) || isByteArray(v)) {
    std::string_view bytes = isBytes(v) ? asBytes(v)->view() : asByteArray(v)->view();
    length = int64_t(bytes.size());
    if (length == 1) return steal(Value::fromInt(uint8_t(bytes[0])));
  } else {
    return raise(t, exc::TypeError, "ord() expected string of length 1, but %.200s found", typeName(v));
  }
  return raise(t, exc::TypeError, "ord() expected a character, but string of length %zd found", ssize_t(length));
}

Ref<> builtinDivmod(Thread& t, Value, const Value* args) { return binaryOp(t, kOp_divmod, args[0], args[1]); }
Ref<> builtinPow(Thread& t, Value, const Value* args) { return power(t, args[0], args[1], args[2]); }

Ref<> builtinRound(Thread& t, Value, const Value* args) {
  static Str* const name = internStatic("__round__");
  Ref<> self;
  Ref<> round = lookupSpecial(t, args[0], name, &self);
  if (!round) {
    if (t.raised()) return kRaised;
    return raise(t, exc::TypeError, "type %.100s doesn't define __round__ method", typeName(args[0]));
  }
  bool bare = args[1].isNone();
  if (self) return bare ? call(t, round, self) : call(t, round, self, args[1]);
  return bare ? call(t, round) : call(t, round, args[1]);
}

}  // namespace

const MethodDef kNumberFunctions[] = {
    method("abs", builtinAbs, "($module, x, /)", "Return the absolute value of the argument."),
    method("bin", inBase<2>, "($module, number, /)",
           "Return the binary representation of an integer.\n\n   >>> bin(2796202)\n   '0b1010101010101010101010'"),
    method("chr", builtinChr, "($module, i, /)", "Return a Unicode string of one character with ordinal i; 0 <= i <= 0x10ffff."),
    method("divmod", builtinDivmod, "($module, x, y, /)", "Return the tuple (x//y, x%y).  Invariant: div*y + mod == x."),
    method("hex", inBase<16>, "($module, number, /)",
           "Return the hexadecimal representation of an integer.\n\n   >>> hex(12648430)\n   '0xc0ffee'"),
    method("oct", inBase<8>, "($module, number, /)",
           "Return the octal representation of an integer.\n\n   >>> oct(342391)\n   '0o1234567'"),
    method("ord", builtinOrd, "($module, c, /)", "Return the Unicode code point for a one-character string."),
    method("pow", builtinPow, "($module, /, base, exp, mod=None)",
           "Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments.\n\n"
           "Some types, such as ints, are able to use a more efficient algorithm when\n"
           "invoked using the three argument form."),
    method("round", builtinRound, "($module, /, number, ndigits=None)",
           "Round a number to a given precision in decimal digits.\n\n"
           "The return value is an integer if ndigits is omitted or None.  Otherwise\n"
           "the return value has the same type as the number.  ndigits may be negative."),
    {},
};

}  // namespace krait
