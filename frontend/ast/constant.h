// Constants as plain data: what a Constant node holds, what folding computes with, what the marshal writer writes.
//
// The frontend has no objects, so a constant is a tagged value in the arena. The parser makes all kinds but Tuple and
// FrozenSet; those come from folding (and from trees that a program built itself). Foreign stands in such a tree for an
// object that no source can name; the validator refuses it, so no pass meets one.
#pragma once

#include <cstdint>
#include <string_view>

#include "frontend/ast/arena.h"

namespace krait::frontend {

struct Constant {
  enum class Kind : uint8_t { None, True, False, Ellipsis, Int, BigInt, Float, Complex, Str, Bytes, Tuple, FrozenSet, Foreign };

  // An integer beyond 64 bits: limbs, least significant first, the highest one not zero; reads as mpz_roinit_n(…,
  // limbs, negative ? -count : count).
  struct Big {
    const uint64_t* limbs;
    uint32_t count;
    bool negative;
  };
  struct Pair {
    double real, imag;
  };
  // Str is UTF-8 in which lone surrogates appear as three bytes each (WTF-8); Bytes are raw. Both may hold NULs.
  struct Text {
    const char* data;
    uint64_t size;
  };
  struct Items {
    const Constant* const* data;
    uint64_t size;
  };

  Kind kind;
  union {
    int64_t integer;
    Big big;
    double real;
    Pair complex;
    Text text;
    Items items;
  };

  std::string_view view() const { return {text.data, text.size}; }
  Seq<const Constant* const> elements() const { return {items.data, items.size}; }

  static Constant singleton(Kind kind) {
    Constant constant;
    constant.kind = kind;
    constant.complex = {0, 0};
    return constant;
  }
  static Constant ofInt(int64_t value) {
    Constant constant = singleton(Kind::Int);
    constant.integer = value;
    return constant;
  }
  static Constant ofBig(const uint64_t* limbs, uint32_t count, bool negative) {
    Constant constant = singleton(Kind::BigInt);
    constant.big = {limbs, count, negative};
    return constant;
  }
  static Constant ofFloat(double value) {
    Constant constant = singleton(Kind::Float);
    constant.real = value;
    return constant;
  }
  static Constant ofComplex(double real, double imag) {
    Constant constant = singleton(Kind::Complex);
    constant.complex = {real, imag};
    return constant;
  }
  // `text` must live in the arena (or longer).
  static Constant ofStr(std::string_view text) {
    Constant constant = singleton(Kind::Str);
    constant.text = {text.data(), text.size()};
    return constant;
  }
  static Constant ofBytes(std::string_view text) {
    Constant constant = singleton(Kind::Bytes);
    constant.text = {text.data(), text.size()};
    return constant;
  }
  // `type_name`, in the arena, is what the error message says.
  static Constant foreign(std::string_view type_name) {
    Constant constant = singleton(Kind::Foreign);
    constant.text = {type_name.data(), type_name.size()};
    return constant;
  }
  static Constant ofItems(Kind kind, Seq<const Constant*> elements) {
    Constant constant = singleton(kind);
    constant.items = {elements.data(), elements.size()};
    return constant;
  }
};

}  // namespace krait::frontend
