// How C++ functions are shown to Python: method, attribute and member tables.
//
// A native function has one of four shapes; METHOD picks the calling convention from the function's type:
//
//   Ref<> f(Thread&, Value self)                          no arguments
//   Ref<> f(Thread&, Value self, Value arg)               exactly one, by position
//   Ref<> f(Thread&, Value self, const Value* args)       bound by the signature text: args[i] is parameter i, empty when
//                                                         absent without default; *args is a tuple, **kwargs a dict
//   Ref<> f(Thread&, Value self, Args args)               raw: positional values, then keyword values
//
// The signature is CPython's text signature, "($self, sep=None, maxsplit=-1, /)"; defaults that are literals (None, True,
// False, ints, short strings) are filled in by the binder, so that the function sees them. Functions of a module get the
// module as self; "($module, x, /)". Arity and keyword errors have CPython's messages.
#pragma once
#include <cstddef>
#include "runtime/core/ref.h"

namespace krait {
class Thread;
struct Tuple;
struct Str;

// Arguments of a call in vectorcall form: `positional` values, then one value for each name in `names`.
struct Args {
  const Value* values = nullptr;
  size_t positional = 0;
  Tuple* names = nullptr;  // tuple of str, or null

  Value operator[](size_t i) const { return values[i]; }
  size_t keywords() const;  // number of names
  size_t total() const { return positional + keywords(); }
};

using NativeNone = Ref<> (*)(Thread&, Value self);
using NativeOne = Ref<> (*)(Thread&, Value self, Value arg);
using NativeBound = Ref<> (*)(Thread&, Value self, const Value* args);
using NativeRaw = Ref<> (*)(Thread&, Value self, Args args);

enum class Convention : uint8_t { kNone, kOne, kBound, kRaw };

// What a native function may do, for the JIT; combine with |.
enum NativeEffects : uint8_t {
  kMayRunPython = 0,      // the default: anything
  kNoPython = 1,          // never runs Python code (no callbacks, no destructors of unknown objects)
  kPure = 2,              // result depends on the arguments alone; no side effects but raising
  kNoRaise = 4,
};

// Which kind of descriptor the row becomes in a type's dict.
enum class MethodKind : uint8_t { kInstance, kClass, kStatic };

struct Signature;  // the parsed text, made at first use

struct MethodDef {
  const char* name;
  Convention convention;
  MethodKind kind;
  uint8_t effects;
  void* function;
  const char* signature;        // "($self, /)" form, or null for raw functions without one
  const char* doc;
  mutable Signature* parsed = nullptr;
};

namespace detail {
constexpr MethodDef method(const char* name, const char* signature, const char* doc, MethodKind kind, uint8_t effects,
                           Convention convention, void* f) {
  return MethodDef{name, convention, kind, effects, f, signature, doc};
}
}  // namespace detail

#define KRAIT_METHOD_FORM(FunctionType, CONVENTION)                                                            \
  inline MethodDef method(const char* name, FunctionType f, const char* signature, const char* doc = "",       \
                          MethodKind kind = MethodKind::kInstance, uint8_t effects = kMayRunPython) {          \
    return MethodDef{name, Convention::CONVENTION, kind, effects, reinterpret_cast<void*>(f), signature, doc}; \
  }
KRAIT_METHOD_FORM(NativeNone, kNone)
KRAIT_METHOD_FORM(NativeOne, kOne)
KRAIT_METHOD_FORM(NativeBound, kBound)
KRAIT_METHOD_FORM(NativeRaw, kRaw)
#undef KRAIT_METHOD_FORM

// A computed attribute.  setter: v is empty for deletion; null setter means read-only.
struct GetSetDef {
  const char* name;
  Ref<> (*getter)(Thread&, Value self);
  bool (*setter)(Thread&, Value self, Value v);
  const char* doc;
  bool member = false;  // shown as a member_descriptor: where CPython has a field, we compute
};

// A field of the C++ struct shown as attribute.
enum class MemberType : uint8_t { kValue, kValueOrNone, kInt64, kInt32, kUInt32, kBool, kDouble };
struct MemberDef {
  const char* name;
  MemberType type;
  bool readonly;
  uint32_t offset;
  const char* doc;
};

// Calls a native definition with vectorcall arguments: binds by its signature, or raises TypeError as CPython does.
// `owner` is the class whose descriptor is called, null for bound methods and functions: messages name the callee by it.
Ref<> callNative(Thread& t, const MethodDef& def, Value self, Args args, Type* owner = nullptr);
// The number of parameters of a bound definition (the length of the array its function sees).
size_t parameterCount(const MethodDef& def);
// Binds args into out[parameterCount(def)]; owned values that the binder made (tuples, dicts) go to `keep`. False: raised.
[[nodiscard]] bool bindArguments(Thread& t, const MethodDef& def, Args args, Value* out, Ref<>* keep);

}  // namespace krait
