// The tables behind ops.def, fields.def and helpers.def.
//
// A helper's row repeats its C++ signature, because backends call it by the row; so each row is compared with the function's
// type here, and a row that lies does not compile.
#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <type_traits>
#include "jit/ir/immediate.h"
#include "jit/trace/helpers.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/generator.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"

namespace krait::jit {
namespace {

constexpr const char* kTyNames[] = {"none", "bool", "i64", "i128", "f64", "value", "obj"};

constexpr Ty tyOf(std::string_view name) {
  for (size_t i = 0; i < std::size(kTyNames); ++i)
    if (name == kTyNames[i]) return Ty(i);
  return Ty::kNone;  // same, any
}

// --- helpers: the letters of a C++ signature ---

template <class T>
struct IsRef : std::false_type {};
template <class T>
struct IsRef<Ref<T>> : std::true_type {};

template <class T>
constexpr char argumentLetter() {
  if constexpr (std::is_same_v<T, Thread&>) return 't';
  else if constexpr (std::is_same_v<T, Value> || IsRef<T>::value) return 'v';
  else if constexpr (std::is_same_v<T, bool>) return 'b';
  else if constexpr (std::is_same_v<T, double>) return 'f';
  else if constexpr (std::is_same_v<T, __int128>) return 'w';
  else if constexpr (std::is_same_v<T, int64_t> || std::is_same_v<T, uint64_t>) return 'i';
  else if constexpr (std::is_pointer_v<T>) return std::is_convertible_v<T, const Object*> ? 'o' : 'p';
  else return '?';
}
// An obj may be passed as a Value, and a type's pointer or an object may be a constant ('p').
constexpr bool argumentFits(char row, char function) {
  return row == function || (row == 'o' && function == 'v') || (row == 'p' && (function == 'o' || function == 'i')) ||
         (row == '*' && function == 'p');
}

template <class T>
constexpr bool resultFits(Ty row) {
  if constexpr (std::is_void_v<T>) return row == Ty::kNone;
  else if constexpr (std::is_same_v<T, Value> || IsRef<T>::value) return row == Ty::kValue || row == Ty::kObj;
  else if constexpr (std::is_same_v<T, bool>) return row == Ty::kBool;
  else if constexpr (std::is_same_v<T, double>) return row == Ty::kF64;
  else if constexpr (std::is_same_v<T, __int128>) return row == Ty::kI128;
  else if constexpr (std::is_same_v<T, int64_t>) return row == Ty::kI64;
  else if constexpr (std::is_pointer_v<T>) return row == Ty::kObj || row == Ty::kValue;
  else return false;
}

// Registers that the arguments take: past them the calling convention differs between i128 and words, so a row may not.
inline constexpr int kIntegerRegisters = 6, kFloatRegisters = 8;

template <class R, class... A>
constexpr bool signatureFits(R (*)(A...), std::string_view row, Ty result) {
  constexpr std::array<char, sizeof...(A)> letters = {argumentLetter<A>()...};
  if (!resultFits<R>(result) || row.size() != letters.size()) return false;
  int words = 0, floats = 0;
  bool wide = false;
  for (size_t i = 0; i < letters.size(); ++i) {
    if (!argumentFits(row[i], letters[i])) return false;
    wide |= row[i] == 'w';
    if (row[i] == 'f') ++floats;
    else words += row[i] == 'w' ? 2 : 1;
  }
  return floats <= kFloatRegisters && (!wide || words <= kIntegerRegisters);
}

#define HELPER(name, function, result, arguments, effects, stolen) \
  static_assert(signatureFits(&function, arguments, tyOf(#result)), "the row of " #name " is not the signature of " #function);
#include "jit/ir/helpers.def"
#undef HELPER

OperandRow parseOperands(const char* letters) {
  OperandRow row;
  int next = 0;
  for (const char* p = letters; *p; ++p) {
    if (*p == '.') {
      row.variable = true;
    } else if (*p == '#') {
      row.immediate = true;
    } else {
      row.letter[row.count] = *p;
      row.place[row.count++] = uint8_t(*p == 'c' ? 2 : next++);
    }
  }
  return row;
}

}  // namespace

const OpInfo kOps[] = {
#define IR_OP(name, result, operands, effects, sentence) {#name, #result, operands, effects, sentence},
#include "jit/ir/ops.def"
#undef IR_OP
};

const FieldInfo kFields[] = {
#define FIELD(name, Struct, member, type, mutability) {#name, uint32_t(offsetof(Struct, member)), tyOf(#type), mutability},
#include "jit/ir/fields.def"
#undef FIELD
};

const HelperInfo kHelpers[] = {
#define HELPER(name, function, result, arguments, effects, stolen) \
  {#name, reinterpret_cast<void*>(&function), tyOf(#result), arguments, uint16_t(effects), stolen},
#include "jit/ir/helpers.def"
#undef HELPER
};

const OperandRow& operandsOf(Op op) {
  static const auto rows = [] {
    std::array<OperandRow, size_t(Op::kCount_)> all;
    for (size_t i = 0; i < all.size(); ++i) all[i] = parseOperands(kOps[i].operands);
    return all;
  }();
  return rows[size_t(op)];
}

Immediate immediateOf(Op op) {
  switch (op) {
    case Op::k_load:
    case Op::k_store: return Immediate::kField;
    case Op::k_load_item:
    case Op::k_store_item:
    case Op::k_load_byte: return Immediate::kArray;
    case Op::k_guard_kind:
    case Op::k_set_kind: return Immediate::kKind;
    case Op::k_guard_type: return Immediate::kType;
    case Op::k_load_cell: return Immediate::kAddress;
    case Op::k_call: return Immediate::kHelper;
    default:
      if (isConstantOp(op)) return op == Op::k_const_empty ? Immediate::kNone : Immediate::kConstant;
      return operandsOf(op).immediate ? Immediate::kNumber : Immediate::kNone;
  }
}

const char* tyName(Ty type) { return kTyNames[int(type)]; }

bool tyFromName(const char* name, size_t length, Ty* out) {
  for (size_t i = 0; i < std::size(kTyNames); ++i) {
    if (std::string_view(name, length) != kTyNames[i]) continue;
    *out = Ty(i);
    return true;
  }
  return false;
}

Ty resultType(Op op) { return tyOf(info(op).result); }

}  // namespace krait::jit
