// str.translate and str.maketrans.
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_internal.h"
#include "runtime/objects/str_methods.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace {

// What the table says for c: empty with LookupError swallowed means unchanged.
bool lookUp(Thread& t, Value table, uint32_t c, Ref<>* out) {
  *out = getItem(t, table, Value::fromInt(c));
  if (*out || !raisedIs(t, exc::LookupError)) return !t.raised();
  clearException(t);
  return true;
}

// Appends what c becomes; *single is the code point when it is exactly one (for the memo of ASCII), else -1.
bool translateChar(Thread& t, Value table, uint32_t c, StrBuilder& out, int64_t* single) {
  Ref<> to;
  *single = -1;
  if (!lookUp(t, table, c, &to)) return false;
  if (to.empty()) {
    out.append(c);
    *single = c;
  } else if (to.value().isNone()) {
    // deleted
  } else if (isIntLike(to)) {
    int64_t code;
    if (!intFits64(to, &code) || code < 0 || code > 0x10FFFF) {
      return raise(t, exc::ValueError, "character mapping must be in range(0x%x)", 0x110000);
    }
    out.append(uint32_t(code));
    *single = code;
  } else if (isStr(to)) {
    out.append(asStr(to));
    if (asStr(to)->length == 1) *single = asStr(to)->at(0);
  } else {
    return raise(t, exc::TypeError, "character mapping must return integer, None or str");
  }
  return true;
}

}  // namespace

Ref<> strTranslateMethod(Thread& t, Value self, Value table) {
  Str* s = asStr(self);
  StrBuilder out(t);
  bool memo = isExactDict(table);  // other tables may answer differently each time
  int32_t known[128];
  for (int32_t& k : known) k = -1;
  for (int64_t i = 0; i < s->length; ++i) {
    uint32_t c = s->at(i);
    if (memo && c < 128 && known[c] >= 0) {
      out.append(uint32_t(known[c]));
      continue;
    }
    int64_t single;
    if (!translateChar(t, table, c, out, &single)) return kRaised;
    if (c < 128) known[c] = int32_t(single);
  }
  return out.finish();
}

Ref<> strMakeTransMethod(Thread& t, Value, Args args) {
  if (args.keywords()) return raise(t, exc::TypeError, "str.maketrans() takes no keyword arguments");
  if (args.positional < 1 || args.positional > 3) {
    return raise(t, exc::TypeError, "maketrans expected at %s argument%s, got %zu", args.positional ? "most 3" : "least 1",
                 args.positional ? "s" : "", args.positional);
  }
  Ref<Dict> table = newDict(t);
  if (!table) return kRaised;
  if (args.positional == 1) {
    if (!isExact(args[0], &types::Dict))
      return raise(t, exc::TypeError, "if you give only one argument to maketrans it must be a dict");
    int64_t position = 0;
    Value key, v;
    while (dictNext(asDict(args[0]), &position, &key, &v)) {
      Value code = key;
      if (isStr(key)) {
        if (asStr(key)->length != 1) return raise(t, exc::ValueError, "string keys in translate table must be of length 1");
        code = Value::fromInt(asStr(key)->at(0));
      } else if (!isIntLike(key)) {
        return raise(t, exc::TypeError, "keys in translate table must be strings or integers");
      }
      if (!dictSet(t, table.get(), code, v)) return kRaised;
    }
    return table;
  }
  for (size_t i = 1; i < args.positional; ++i) {
    if (!isStr(args[i])) {
      return raise(t, exc::TypeError, "maketrans() argument %zu must be str, not %.50s", i + 1,
                   argumentTypeName(args[i]));
    }
  }
  if (!isStr(args[0])) return raise(t, exc::TypeError, "first maketrans argument must be a string if there is a second argument");
  Str* from = asStr(args[0]);
  Str* to = asStr(args[1]);
  if (from->length != to->length) {
    return raise(t, exc::ValueError, "the first two maketrans arguments must have equal length");
  }
  for (int64_t i = 0; i < from->length; ++i) {
    if (!dictSet(t, table.get(), Value::fromInt(from->at(i)), Value::fromInt(to->at(i)))) return kRaised;
  }
  if (args.positional == 3) {
    Str* deleted = asStr(args[2]);
    for (int64_t i = 0; i < deleted->length; ++i) {
      if (!dictSet(t, table.get(), Value::fromInt(deleted->at(i)), kNone)) return kRaised;
    }
  }
  return table;
}

}  // namespace krait
