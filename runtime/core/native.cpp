// Native functions: binding arguments by signature text, with the messages of CPython's argument clinic.
//
// Two styles of functions exist in CPython, and their messages differ: those whose parameters are all positional-only
// ("pop expected at most 1 argument, got 2"), and those with keywords ("split() takes at most 2 arguments (3 given)").
#include "runtime/core/native.h"

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "runtime/core/error.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/int.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

struct Parameter {
  Str* name;
  Value fallback;  // immortal or immediate; empty: none
  bool required;
};

struct Signature {
  Parameter* parameters;     // positional-only, positional, keyword-only; then *args, **kwargs
  uint16_t count;            // without *args and **kwargs
  uint16_t positional_only;
  uint16_t positional;       // positional-only included
  uint16_t required;         // leading positional parameters without default
  bool has_args, has_kwargs;
  bool any_required_keyword;
  bool simple;       // no *args, **kwargs or keyword that must be given: short calls only need the fallbacks
  Value* fallbacks;  // of all parameters, one after the other

  bool plain() const { return positional_only == count && !has_kwargs; }  // takes no keywords
  size_t length() const { return size_t(count) + has_args + has_kwargs; }
};

namespace {

constexpr size_t kMostParameters = 32;
constexpr size_t kFewParameters = 4;

class SignatureParser {
 public:
  explicit SignatureParser(const MethodDef& def) : def_(def), at_(def.signature) {}

  Signature* parse() {
    KRAIT_ASSERT(at_ && *at_ == '(', "%s needs a signature", def_.name);
    ++at_;
    while (!done()) parameter();
    Signature* result = static_cast<Signature*>(calloc(1, sizeof(Signature)));
    Parameter* copies = static_cast<Parameter*>(calloc(count_ + 1, sizeof(Parameter)));
    KRAIT_ASSERT(result && copies, "no memory for the signature of %s", def_.name);
    memcpy(static_cast<void*>(copies), parameters_, count_ * sizeof(Parameter));
    result->parameters = copies;
    result->count = uint16_t(count_);
    result->positional_only = uint16_t(positional_only_);
    result->positional = uint16_t(keyword_only_ ? positional_ : count_);
    while (result->required < result->positional && copies[result->required].required) ++result->required;
    for (size_t i = result->positional; i < count_; ++i) result->any_required_keyword |= copies[i].required;
    result->fallbacks = static_cast<Value*>(calloc(count_ + 1, sizeof(Value)));
    KRAIT_ASSERT(result->fallbacks, "no memory for the signature of %s", def_.name);
    for (size_t i = 0; i < count_; ++i) result->fallbacks[i] = copies[i].fallback;
    result->simple = !args_ && !kwargs_ && !result->any_required_keyword;
    result->has_args = args_;
    result->has_kwargs = kwargs_;
    return result;
  }

 private:
  void space() {
    while (*at_ == ' ' || *at_ == ',' || *at_ == '\n') ++at_;
  }
  bool done() {
    space();
    return *at_ == ')' || *at_ == 0;
  }
  void parameter() {
    if (*at_ == '$') {  // self, the module or the class
      word();
      return;
    }
    if (*at_ == '/') {
      ++at_;
      positional_only_ = count_;
      return;
    }
    if (at_[0] == '*' && at_[1] == '*') {
      kwargs_ = true;
      word();
      return;
    }
    if (*at_ == '*') {
      args_ = at_[1] != ',' && at_[1] != ' ' && at_[1] != ')';
      keyword_only_ = true;
      positional_ = count_;
      word();
      return;
    }
    KRAIT_ASSERT(count_ < kMostParameters, "%s has too many parameters", def_.name);
    std::string_view name = word();
    Parameter& p = parameters_[count_++];
    char text[64];
    KRAIT_ASSERT(!name.empty() && name.size() < sizeof(text), "signature of %s: %s", def_.name, def_.signature);
    memcpy(text, name.data(), name.size());
    text[name.size()] = 0;
    p.name = internStatic(text);
    while (*at_ == ' ') ++at_;
    p.required = *at_ != '=';
    if (!p.required) {
      ++at_;
      p.fallback = literal();
    }
  }
  std::string_view word() {
    const char* start = at_;
    while (*at_ == '*' || *at_ == '$') ++at_, ++start;
    while (isalnum(static_cast<unsigned char>(*at_)) || *at_ == '_') ++at_;
    return {start, size_t(at_ - start)};
  }
  // Literals become values; any other text (an attribute, <unrepresentable>) means "absent".
  Value literal() {
    while (*at_ == ' ') ++at_;
    const char* start = at_;
    if (*at_ == '\'' || *at_ == '"') {
      char quote = *at_++;
      while (*at_ && *at_ != quote) ++at_;
      std::string_view text{start + 1, size_t(at_ - start - 1)};
      if (*at_) ++at_;
      char copy[64];
      if (text.size() >= sizeof(copy) || text.find('\\') != text.npos) return Value();
      memcpy(copy, text.data(), text.size());
      copy[text.size()] = 0;
      return internStatic(copy);
    }
    int depth = 0;
    while (*at_ && (depth > 0 || (*at_ != ',' && *at_ != ')'))) {
      if (*at_ == '(' || *at_ == '<') ++depth;
      if (*at_ == ')' || *at_ == '>') --depth;
      ++at_;
    }
    std::string_view text{start, size_t(at_ - start)};
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    if (text == "None") return kNone;
    if (text == "True") return kTrue;
    if (text == "False") return kFalse;
    char* end;
    long number = strtol(start, &end, 10);
    if (end == start + text.size() && end != start && fitsInt(number)) return Value::fromInt(number);
    double real = strtod(start, &end);
    if (end == start + text.size() && end != start) return Value::fromDouble(real);
    return Value();
  }

  const MethodDef& def_;
  const char* at_;
  Parameter parameters_[kMostParameters];
  size_t count_ = 0, positional_only_ = 0, positional_ = 0;
  bool keyword_only_ = false, args_ = false, kwargs_ = false;
};

const Signature& signatureOf(const MethodDef& def) {
  if (KRAIT_UNLIKELY(!def.parsed)) def.parsed = SignatureParser(def).parse();
  return *def.parsed;
}

const char kCalling[] = " while calling a Python object";

const char* plural(size_t n) { return n == 1 ? "" : "s"; }

// "list.append" or "math.gcd" or "len": how messages name the function as a whole. A method is named by the class that
// defines it when called through its descriptor (`owner`), by the class of its instance once it is bound.
Ref<Str> label(Thread& t, const MethodDef& def, Value self, Type* owner) {
  if (self.empty()) return newStrUtf8(t, def.name);
  if (!owner && isInstance(self, &types::Module)) {
    Value name = dictGetStr(asModule(self)->dict, internStatic("__name__"));
    if (name.empty() || !isStr(name) || strEqualsAscii(asStr(name), "builtins")) return newStrUtf8(t, def.name);
    Ref<Str> dotted = strFormat(t, ".%s", def.name);
    return dotted ? strConcat(t, name, dotted).as<Str>() : Ref<Str>();
  }
  if (!owner) owner = isType(self) ? static_cast<Type*>(self.asObject()) : typeOf(self);
  Ref<Str> dotted = strFormat(t, ".%s", def.name);
  return dotted ? strConcat(t, owner->qualname, dotted).as<Str>() : Ref<Str>();
}

// Raises "NAME() takes ...".
Raised refuseCall(Thread& t, const MethodDef& def, Value self, Type* owner, Ref<Str> complaint) {
  Ref<Str> name = label(t, def, self, owner);
  Ref<> text = name && complaint ? strConcat(t, name, complaint) : Ref<>();
  if (text) return raiseWith(t, exc::TypeError, text);
  return kRaised;
}
Raised refuseKeywords(Thread& t, const MethodDef& def, Value self, Type* owner) {
  return refuseCall(t, def, self, owner, newStrUtf8(t, "() takes no keyword arguments"));
}

// Errors of functions whose parameters are positional-only.
Raised wrongCount(Thread& t, const MethodDef& def, const Signature& s, size_t got) {
  size_t limit = got < s.required ? s.required : s.positional;
  const char* how = s.required == s.positional && !s.has_args ? "" : got < s.required ? "at least " : "at most ";
  return raise(t, exc::TypeError, "%s expected %s%zu argument%s, got %zu", def.name, how, limit, plural(limit), got);
}

int parameterIndex(const Signature& s, Value name) {
  for (int i = s.positional_only; i < s.count; ++i) {
    if (Value(s.parameters[i].name) == name) return i;
  }
  for (int i = s.positional_only; i < s.count; ++i) {
    if (isStr(name) && strEqual(s.parameters[i].name, asStr(name))) return i;
  }
  return -1;
}

// "f()", or "function" for one whose messages do not name it.
struct Callee {
  explicit Callee(const MethodDef& def) { snprintf(text, sizeof text, "%s%s", *def.name ? def.name : "function", *def.name ? "()" : ""); }
  char text[80];
};

bool bindKeywords(Thread& t, const MethodDef& def, const Signature& s, Args args, Value* out, Ref<>* keep) {
  size_t keywords = args.keywords();
  Callee callee(def);
  if (!s.has_args && !s.has_kwargs && args.positional + keywords > s.count) {
    return raise(t, exc::TypeError, "%s takes at most %u %sargument%s (%zu given)", callee.text, s.count,
                 args.positional == 0 ? "keyword " : "", plural(s.count), args.positional + keywords);
  }
  if (!s.has_args && args.positional > s.positional) {
    if (s.positional == 0) return raise(t, exc::TypeError, "%s takes no positional arguments", callee.text);
    return raise(t, exc::TypeError, "%s takes %s %u positional argument%s (%zu given)", callee.text,
                 s.required < s.positional ? "at most" : "exactly", s.positional, plural(s.positional), args.positional);
  }
  size_t needed = s.required < s.positional_only ? s.required : s.positional_only;
  if (args.positional < needed) {
    return raise(t, exc::TypeError, "%s takes %s %zu positional argument%s (%zu given)", callee.text,
                 needed < s.positional ? "at least" : "exactly", needed, plural(needed), args.positional);
  }
  size_t bound = args.positional < s.positional ? args.positional : s.positional;
  for (size_t i = 0; i < bound; ++i) out[i] = args[i];
  for (size_t i = bound; i < s.count; ++i) out[i] = Value();

  Ref<Dict> rest;
  if (s.has_kwargs && !(rest = newDict(t))) return false;
  // What does not fit is reported after what is missing.
  Value unknown;
  int given_twice = -1;
  for (size_t k = 0; k < keywords; ++k) {
    Value name = args.names->items[k];
    Value v = args.values[args.positional + k];
    int i = parameterIndex(s, name);
    if (i >= 0 && size_t(i) < bound) {
      if (given_twice < 0 || i < given_twice) given_twice = i;
    } else if (i >= 0) {
      out[i] = v;
    } else if (!s.has_kwargs) {
      if (unknown.empty()) unknown = name;
    } else if (!dictSet(t, rest.get(), name, v)) {
      return false;
    }
  }
  for (size_t i = bound; i < s.count; ++i) {
    if (!out[i].empty()) continue;
    if (s.parameters[i].required) {
      return raise(t, exc::TypeError, "%s missing required argument '%s' (pos %zu)", callee.text,
                   asciiView(s.parameters[i].name).data(), i + 1);
    }
    out[i] = s.parameters[i].fallback;
  }
  if (given_twice >= 0) {
    return raise(t, exc::TypeError, "argument for %s given by name ('%s') and position (%d)", callee.text,
                 asciiView(s.parameters[given_twice].name).data(), given_twice + 1);
  }
  if (!unknown.empty()) {
    Ref<Str> shown = str(t, unknown);
    if (!shown) return false;
    return raise(t, exc::TypeError, "'%s' is an invalid keyword argument for %s%s", Utf8(shown.get()).c_str(),
                 *def.name ? "" : "this ", callee.text);
  }
  size_t next = s.count;
  if (s.has_args) {
    size_t extra = args.positional - bound;
    Ref<Tuple> tuple = newTuple(t, args.values + bound, int64_t(extra));
    if (!tuple) return false;
    out[next++] = tuple;
    keep[0] = std::move(tuple);
  }
  if (s.has_kwargs) {
    out[next] = rest;
    keep[1] = std::move(rest);
  }
  return true;
}

}  // namespace

size_t parameterCount(const MethodDef& def) { return def.convention == Convention::kBound ? signatureOf(def).length() : 0; }

bool bindArguments(Thread& t, const MethodDef& def, Args args, Value* out, Ref<>* keep) {
  const Signature& s = signatureOf(def);
  if (KRAIT_LIKELY(!args.names && !s.has_args && !s.has_kwargs && args.positional >= s.required && args.positional <= s.positional &&
                   !s.any_required_keyword)) {
    for (size_t i = 0; i < args.positional; ++i) out[i] = args.values[i];
    for (size_t i = args.positional; i < s.count; ++i) out[i] = s.parameters[i].fallback;
    return true;
  }
  if (s.plain()) {
    if (args.positional < s.required || (!s.has_args && args.positional > s.positional)) {
      return wrongCount(t, def, s, args.positional);
    }
  }
  return bindKeywords(t, def, s, args, out, keep);
}

Ref<> callNative(Thread& t, const MethodDef& def, Value self, Args args, Type* owner) {
  switch (def.convention) {
    case Convention::kNone: {
      if (KRAIT_LIKELY(args.positional == 0 && args.keywords() == 0)) {
        NativeScope scope(t, kCalling);
        return scope ? reinterpret_cast<NativeNone>(def.function)(t, self) : Ref<>();
      }
      if (args.keywords()) return refuseKeywords(t, def, self, owner);
      return refuseCall(t, def, self, owner, strFormat(t, "() takes no arguments (%zu given)", args.positional));
    }
    case Convention::kOne: {
      if (KRAIT_LIKELY(args.positional == 1 && args.keywords() == 0)) {
        NativeScope scope(t, kCalling);
        return scope ? reinterpret_cast<NativeOne>(def.function)(t, self, args[0]) : Ref<>();
      }
      if (args.keywords()) return refuseKeywords(t, def, self, owner);
      return refuseCall(t, def, self, owner,
                        strFormat(t, "() takes exactly one argument (%zu given)", args.positional));
    }
    case Convention::kBound: {
      const Signature& s = signatureOf(def);
      if (KRAIT_LIKELY(!args.names && s.simple && s.count <= kFewParameters && args.positional >= s.required &&
                       args.positional <= s.positional)) {
        Value few[kFewParameters];
        for (size_t i = 0; i < args.positional; ++i) few[i] = args.values[i];
        for (size_t i = args.positional; i < s.count; ++i) few[i] = s.fallbacks[i];
        return reinterpret_cast<NativeBound>(def.function)(t, self, few);
      }
      if (args.names && s.plain() && args.keywords()) return refuseKeywords(t, def, self, owner);
      Value* out = static_cast<Value*>(__builtin_alloca(sizeof(Value) * (s.length() + 1)));
      Ref<> keep[2];
      if (!bindArguments(t, def, args, out, keep)) return kRaised;
      return reinterpret_cast<NativeBound>(def.function)(t, self, out);
    }
    case Convention::kRaw: return reinterpret_cast<NativeRaw>(def.function)(t, self, args);
  }
  __builtin_unreachable();
}

}  // namespace krait
