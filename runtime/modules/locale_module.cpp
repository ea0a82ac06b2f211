// _locale: the C library's locales, and its message catalogs.
#include <langinfo.h>
#include <libintl.h>

#include <cerrno>
#include <climits>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cwchar>

#include "runtime/core/error.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/codecs.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

Type* locale_error = nullptr;

// Text in the encoding of the current LC_CTYPE; bytes that mean nothing there become surrogates.
Ref<> decodeLocale(Thread& t, const char* text) {
  size_t size = strlen(text);
  bool ascii = true;
  for (size_t i = 0; i < size; ++i) ascii &= static_cast<unsigned char>(text[i]) < 128;
  if (ascii || strcmp(nl_langinfo(CODESET), "UTF-8") == 0)
    return decodeText(t, {text, size}, NativeCodec::kUtf8, "surrogateescape");
  size_t length = mbstowcs(nullptr, text, 0);
  if (length == size_t(-1)) return decodeText(t, {text, size}, NativeCodec::kAscii, "surrogateescape");
  wchar_t* wide = static_cast<wchar_t*>(allocateBuffer((length + 1) * sizeof(wchar_t)));
  if (!wide) return raiseNoMemory(t);
  mbstowcs(wide, text, length + 1);
  Ref<> decoded = newStrUcs4(t, reinterpret_cast<const uint32_t*>(wide), int64_t(length));
  freeBuffer(wide);
  return decoded;
}

// A str as wchar_t, for the C library. False: raised.
class WideText {
 public:
  WideText() = default;
  WideText(const WideText&) = delete;
  ~WideText() {
    if (text_) freeBuffer(text_);
  }
  bool set(Thread& t, const Str* s) {
    text_ = static_cast<wchar_t*>(allocateBuffer((size_t(s->length) + 1) * sizeof(wchar_t)));
    if (!text_) return raiseNoMemory(t);
    for (int64_t i = 0; i < s->length; ++i) {
      if (s->at(i) == 0) return raise(t, exc::ValueError, "embedded null character");
      text_[i] = wchar_t(s->at(i));
    }
    text_[s->length] = 0;
    return true;
  }
  const wchar_t* get() const { return text_; }

 private:
  wchar_t* text_ = nullptr;
};

bool intArgument(Thread& t, Value v, int* out) {
  int64_t number = toInt64(t, v);
  if (number == -1 && t.raised()) return false;
  if (number != int(number)) return raise(t, exc::OverflowError, "Python int too large to convert to C int");
  *out = int(number);
  return true;
}
// A C string from a str; None gives null when that is allowed. `number` is the argument's, 0 for an only one. False:
// raised.
bool stringArgument(Thread& t, Value v, const char* function, int number, bool none_allowed, Utf8* text,
                    const char** out) {
  *out = nullptr;
  if (none_allowed && v.isNone()) return true;
  if (!isStr(v)) {
    char place[8] = "";
    if (number) snprintf(place, sizeof place, " %d", number);
    return raise(t, exc::TypeError, "%s() argument%s must be str%s, not %.50s", function, place,
                 none_allowed ? " or None" : "", typeName(v));
  }
  if (!text->set(t, asStr(v))) return false;
  if (text->view().find('\0') != std::string_view::npos) return raise(t, exc::ValueError, "embedded null character");
  *out = text->c_str();
  return true;
}

Ref<> setLocale(Thread& t, Value, const Value* args) {
  int category;
  Utf8 text;
  const char* name = nullptr;
  if (!intArgument(t, args[0], &category)) return kRaised;
  if (args[1] && !stringArgument(t, args[1], "setlocale", 2, true, &text, &name)) return kRaised;
  const char* result = setlocale(category, name);
  if (!result) return raise(t, *locale_error, name ? "unsupported locale setting" : "locale query failed");
  return decodeLocale(t, result);
}

// "\3\3" is [3, 3, 0]; CHAR_MAX ends it without repetition.
Ref<> groupingList(Thread& t, const char* text) {
  Ref<List> list = newList(t);
  if (!list || !*text) return list;
  for (;; ++text) {
    if (!listAppend(t, list.get(), steal(Value::fromInt(*text)))) return kRaised;
    if (*text == 0 || *text == CHAR_MAX) return list;
  }
}
Ref<> localeConv(Thread& t, Value) {
  const lconv* l = localeconv();
  struct Text {
    const char* name;
    const char* text;
  };
  struct Number {
    const char* name;
    char number;
  };
  Ref<Dict> dict = newDict(t);
  if (!dict) return kRaised;
  auto put = [&](const char* name, Ref<> v) { return v && dictSetStr(t, dict.get(), internStatic(name), v); };
  for (const Text& row :
       {Text{"int_curr_symbol", l->int_curr_symbol}, Text{"currency_symbol", l->currency_symbol},
        Text{"mon_decimal_point", l->mon_decimal_point}, Text{"mon_thousands_sep", l->mon_thousands_sep}}) {
    if (!put(row.name, decodeLocale(t, row.text))) return kRaised;
  }
  if (!put("mon_grouping", groupingList(t, l->mon_grouping)) ||
      !put("positive_sign", decodeLocale(t, l->positive_sign)) ||
      !put("negative_sign", decodeLocale(t, l->negative_sign))) {
    return kRaised;
  }
  for (const Number& row : {Number{"int_frac_digits", l->int_frac_digits}, Number{"frac_digits", l->frac_digits},
                            Number{"p_cs_precedes", l->p_cs_precedes}, Number{"p_sep_by_space", l->p_sep_by_space},
                            Number{"n_cs_precedes", l->n_cs_precedes}, Number{"n_sep_by_space", l->n_sep_by_space},
                            Number{"p_sign_posn", l->p_sign_posn}, Number{"n_sign_posn", l->n_sign_posn}}) {
    if (!put(row.name, steal(Value::fromInt(row.number)))) return kRaised;
  }
  bool good = put("decimal_point", decodeLocale(t, l->decimal_point)) &&
              put("thousands_sep", decodeLocale(t, l->thousands_sep)) && put("grouping", groupingList(t, l->grouping));
  return good ? Ref<>(std::move(dict)) : Ref<>();
}

Ref<> compareTexts(Thread& t, Value, const Value* args) {
  WideText a, b;
  for (int i = 0; i < 2; ++i) {
    if (!isStr(args[i]))
      return raise(t, exc::TypeError, "strcoll() argument %d must be str, not %.50s", i + 1, typeName(args[i]));
  }
  if (!a.set(t, asStr(args[0])) || !b.set(t, asStr(args[1]))) return kRaised;
  return newInt(t, wcscoll(a.get(), b.get()));
}
Ref<> transformText(Thread& t, Value, Value v) {
  if (!isStr(v)) return raise(t, exc::TypeError, "strxfrm() argument must be str, not %.50s", typeName(v));
  WideText text;
  if (!text.set(t, asStr(v))) return kRaised;
  errno = 0;
  size_t size = wcsxfrm(nullptr, text.get(), 0);
  if (errno && errno != ERANGE) return raiseOSError(t, errno);
  wchar_t* out = static_cast<wchar_t*>(allocateBuffer((size + 1) * sizeof(wchar_t)));
  if (!out) return raiseNoMemory(t);
  errno = 0;
  wcsxfrm(out, text.get(), size + 1);
  Ref<> result = errno ? Ref<>(raiseOSError(t, errno))
                       : Ref<>(newStrUcs4(t, reinterpret_cast<const uint32_t*>(out), int64_t(size)));
  freeBuffer(out);
  return result;
}

struct Constant {
  const char* name;
  int value;
};
#define ROW(name) {#name, name}
constexpr Constant kCategories[] = {ROW(LC_CTYPE),    ROW(LC_TIME),    ROW(LC_COLLATE), ROW(LC_MONETARY),
                                    ROW(LC_MESSAGES), ROW(LC_NUMERIC), ROW(LC_ALL),     ROW(CHAR_MAX)};
constexpr Constant kLanguageInfo[] = {
    ROW(DAY_1),     ROW(DAY_2),       ROW(DAY_3),     ROW(DAY_4),      ROW(DAY_5),   ROW(DAY_6),      ROW(DAY_7),
    ROW(ABDAY_1),   ROW(ABDAY_2),     ROW(ABDAY_3),   ROW(ABDAY_4),    ROW(ABDAY_5), ROW(ABDAY_6),    ROW(ABDAY_7),
    ROW(MON_1),     ROW(MON_2),       ROW(MON_3),     ROW(MON_4),      ROW(MON_5),   ROW(MON_6),      ROW(MON_7),
    ROW(MON_8),     ROW(MON_9),       ROW(MON_10),    ROW(MON_11),     ROW(MON_12),  ROW(ABMON_1),    ROW(ABMON_2),
    ROW(ABMON_3),   ROW(ABMON_4),     ROW(ABMON_5),   ROW(ABMON_6),    ROW(ABMON_7), ROW(ABMON_8),    ROW(ABMON_9),
    ROW(ABMON_10),  ROW(ABMON_11),    ROW(ABMON_12),  ROW(RADIXCHAR),  ROW(THOUSEP), ROW(CRNCYSTR),   ROW(D_FMT),
    ROW(D_T_FMT),   ROW(T_FMT),       ROW(AM_STR),    ROW(PM_STR),     ROW(CODESET), ROW(T_FMT_AMPM), ROW(ERA),
    ROW(ERA_D_FMT), ROW(ERA_D_T_FMT), ROW(ERA_T_FMT), ROW(ALT_DIGITS), ROW(YESEXPR), ROW(NOEXPR),     ROW(_DATE_FMT),
};
#undef ROW

Ref<> languageInfo(Thread& t, Value, Value key) {
  int item;
  if (!intArgument(t, key, &item)) return kRaised;
  for (const Constant& known : kLanguageInfo) {
    if (known.value != item) continue;
    const char* text = nl_langinfo(item);
    return decodeLocale(t, text ? text : "");
  }
  return raise(t, exc::ValueError, "unsupported langinfo constant");
}
Ref<> getEncoding(Thread& t, Value) {
  const char* codeset = nl_langinfo(CODESET);
  return *codeset ? decodeLocale(t, codeset) : Ref<>(newStrUtf8(t, "UTF-8"));
}

// --- message catalogs ---

Ref<> getText(Thread& t, Value, Value message) {
  Utf8 text;
  const char* in;
  return stringArgument(t, message, "gettext", 0, false, &text, &in) ? decodeLocale(t, gettext(in)) : Ref<>();
}
Ref<> getDomainText(Thread& t, Value, const Value* args) {
  Utf8 texts[2];
  const char *domain, *message;
  if (!stringArgument(t, args[0], "dgettext", 1, true, &texts[0], &domain) ||
      !stringArgument(t, args[1], "dgettext", 2, false, &texts[1], &message)) {
    return kRaised;
  }
  return decodeLocale(t, dgettext(domain, message));
}
Ref<> getCategoryText(Thread& t, Value, const Value* args) {
  Utf8 texts[2];
  const char *domain, *message;
  int category;
  if (!stringArgument(t, args[0], "dcgettext", 1, true, &texts[0], &domain) ||
      !stringArgument(t, args[1], "dcgettext", 2, false, &texts[1], &message) || !intArgument(t, args[2], &category)) {
    return kRaised;
  }
  return decodeLocale(t, dcgettext(domain, message, category));
}
Ref<> textDomain(Thread& t, Value, Value v) {
  Utf8 text;
  const char* name;
  if (!stringArgument(t, v, "textdomain", 0, true, &text, &name)) return kRaised;
  errno = 0;
  const char* domain = textdomain(name);
  return domain ? decodeLocale(t, domain) : Ref<>(raiseOSError(t, errno));
}
Ref<> bindTextDomain(Thread& t, Value, const Value* args) {
  Utf8 texts[2];
  const char *domain, *folder = nullptr;
  if (!stringArgument(t, args[0], "bindtextdomain", 1, false, &texts[0], &domain)) return kRaised;
  if (!*domain) return raise(t, *locale_error, "domain must be a non-empty string");
  Ref<> path;
  if (!args[1].isNone()) {
    Ref<> os = importModule(t, "os");
    path = os ? callMethod(t, os, "fsencode", args[1]) : Ref<>();
    if (!path) return kRaised;
    folder = reinterpret_cast<const char*>(asBytes(path)->data);
    if (asBytes(path)->view().find('\0') != std::string_view::npos)
      return raise(t, exc::ValueError, "embedded null byte");
  }
  errno = 0;
  const char* bound = bindtextdomain(domain, folder);
  return bound ? decodeLocale(t, bound) : Ref<>(raiseOSError(t, errno));
}
Ref<> bindCodeset(Thread& t, Value, const Value* args) {
  Utf8 texts[2];
  const char *domain, *codeset;
  if (!stringArgument(t, args[0], "bind_textdomain_codeset", 1, false, &texts[0], &domain) ||
      !stringArgument(t, args[1], "bind_textdomain_codeset", 2, true, &texts[1], &codeset)) {
    return kRaised;
  }
  const char* bound = bind_textdomain_codeset(domain, codeset);
  return bound ? decodeLocale(t, bound) : steal(kNone);
}

const MethodDef kFunctions[] = {
    method("setlocale", setLocale, "($module, category, locale=<unrepresentable>, /)",
           "Activates/queries locale processing."),
    method("localeconv", localeConv, "($module, /)", "Returns numeric and monetary locale-specific parameters."),
    method("strcoll", compareTexts, "($module, os1, os2, /)", "Compares two strings according to the locale."),
    method("strxfrm", transformText, "($module, string, /)",
           "Return a string that can be used as a key for locale-aware comparisons."),
    method("nl_langinfo", languageInfo, "($module, key, /)",
           "Return the value for the locale information associated with key."),
    method("getencoding", getEncoding, "($module, /)", "Get the current locale encoding."),
    method("gettext", getText, "($module, msg, /)", "gettext(msg) -> string\n\nReturn translation of msg."),
    method("dgettext", getDomainText, "($module, domain, msg, /)",
           "dgettext(domain, msg) -> string\n\nReturn translation of msg in domain."),
    method("dcgettext", getCategoryText, "($module, domain, msg, category, /)",
           "Return translation of msg in domain and category."),
    method("textdomain", textDomain, "($module, domain, /)",
           "Set the C library's textdmain to domain, returning the new domain."),
    method("bindtextdomain", bindTextDomain, "($module, domain, dir, /)", "Bind the C library's domain to dir."),
    method("bind_textdomain_codeset", bindCodeset, "($module, domain, codeset, /)",
           "Bind the C library's domain to codeset."),
    {},
};

bool init(Thread& t, ModuleObject* module) {
  for (const Constant& constant : kCategories) {
    if (!moduleAdd(t, module, constant.name, steal(Value::fromInt(constant.value)))) return false;
  }
  for (const Constant& constant : kLanguageInfo) {
    if (!moduleAdd(t, module, constant.name, steal(Value::fromInt(constant.value)))) return false;
  }
  // A program starts with the characters of its environment; without any, with UTF-8 (PEP 538).
  const char* current = setlocale(LC_CTYPE, "");
  if (!current || strcmp(current, "C") == 0 || strcmp(current, "POSIX") == 0) setlocale(LC_CTYPE, "C.UTF-8");
  locale_error = addException(t, module, "locale.Error", Value(&exc::Exception));
  return locale_error != nullptr;
}

}  // namespace

const ModuleDef& localeModule() {
  static const ModuleDef def{"_locale", "Support for POSIX locales.", kFunctions, init};
  return def;
}

}  // namespace krait
