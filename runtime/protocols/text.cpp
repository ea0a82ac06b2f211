// repr, str, ascii and format of any value, and the guard against containers that contain themselves.
#include "runtime/objects/int.h"
#include "runtime/objects/number_format.h"
#include "runtime/objects/str_internal.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace {

Ref<Str> checkedText(Thread& t, Ref<> result, const char* method) {
  if (!result || isStr(result)) return std::move(result).as<Str>();
  return raise(t, exc::TypeError, "%s returned non-string (type %.200s)", method, typeName(result));
}

}  // namespace

Ref<Str> repr(Thread& t, Value v) {
  if (v.isInt()) return intToText(t, v);
  if (isExactStr(v)) return strRepr(t, asStr(v));
  UnaryFunction slot = typeOf(v)->slots.repr;
  if (!slot) return strFormat(t, "<%s object at %p>", typeName(v), reinterpret_cast<void*>(v.bits));
  NativeScope scope(t, " while getting the repr of an object");
  if (!scope) return kRaised;
  return checkedText(t, slot(t, v), "__repr__");
}

Ref<Str> str(Thread& t, Value v) {
  if (isExactStr(v)) return share(asStr(v));
  if (v.isInt()) return intToText(t, v);
  UnaryFunction slot = typeOf(v)->slots.str;
  if (!slot) return repr(t, v);
  NativeScope scope(t, " while getting the str of an object");
  if (!scope) return kRaised;
  return checkedText(t, slot(t, v), "__str__");
}

Ref<Str> ascii(Thread& t, Value v) {
  Ref<Str> text = repr(t, v);
  if (!text || text->ascii) return text;
  StrBuilder out(t);
  for (int64_t i = 0; i < text->length; ++i) {
    uint32_t c = text->at(i);
    if (c < 0x80) {
      out.append(c);
    } else {
      putEscape(out, c);
    }
  }
  return out.finish();
}

Ref<> format(Thread& t, Value v, Value spec) {
  bool no_spec = spec.empty() || (isStr(spec) && asStr(spec)->length == 0);
  if (no_spec) {
    if (isExactStr(v)) return share(v);
    if (v.isInt()) return intToText(t, v);
  } else if (isStr(spec)) {  // exact numbers and texts: what their own __format__ does
    if (v.isInt()) return formatInt(t, v, asStr(spec));
    if (v.isDouble()) return formatFloat(t, v, asStr(spec));
    if (isExactStr(v)) return formatStr(t, v, asStr(spec));
  }
  static Str* const format_name = internStatic("__format__");
  Ref<> self;
  Ref<> method = lookupSpecial(t, v, format_name, &self);
  if (!method) {
    if (t.raised()) return kRaised;
    return raise(t, exc::TypeError, "Type %.100s doesn't define __format__", typeName(v));
  }
  Value text = spec.empty() ? Value(emptyStr()) : spec;
  Ref<> result = self ? call(t, method, self, text) : call(t, method, text);
  if (result && !isStr(result)) {
    return raise(t, exc::TypeError, "__format__ must return a str, not %.200s", typeName(result));
  }
  return result;
}

// ---- recursion of reprs ----

namespace {

// The containers whose repr is being made in this thread. Few at a time, so a linear search is best.
struct ReprStack {
  Value* items = nullptr;
  int64_t size = 0, capacity = 0;
};
thread_local ReprStack repr_stack;

}  // namespace

int enterRepr(Thread& t, Value v) {
  ReprStack& stack = repr_stack;
  for (int64_t i = stack.size; i-- > 0;) {
    if (stack.items[i] == v) return 1;
  }
  if (stack.size == stack.capacity) {
    int64_t capacity = stack.capacity * 2 + 16;
    void* grown = stack.items ? resizeBuffer(stack.items, size_t(capacity) * sizeof(Value))
                              : allocateBuffer(size_t(capacity) * sizeof(Value));
    if (!grown) return raiseNoMemory(t);
    stack.items = static_cast<Value*>(grown);
    stack.capacity = capacity;
  }
  stack.items[stack.size++] = v;
  return 0;
}

void leaveRepr(Thread&, Value v) {
  ReprStack& stack = repr_stack;
  for (int64_t i = stack.size; i-- > 0;) {
    if (stack.items[i] == v) {
      stack.items[i] = stack.items[--stack.size];
      return;
    }
  }
}

}  // namespace krait
