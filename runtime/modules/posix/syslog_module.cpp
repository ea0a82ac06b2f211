// syslog: messages for the system's log.
#include <syslog.h>

#include "runtime/core/runtime.h"
#include "runtime/modules/arguments.h"
#include "runtime/modules/posix/posix.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/protocols/arguments.h"

namespace krait::posix {

namespace {

// What openlog() was given: the C library keeps the pointer, so the text lives here until the next openlog() or
// closelog().
Value identity;  // owned, bytes; empty: none
bool is_open = false;

// The name of the running script, without its folder; empty: there is none.
Ref<Str> scriptName(Thread& t) {
  Value arguments = dictGetStr(interpreterOf(t).sys->dict, internStatic("argv"));
  if (!arguments || !isList(arguments) || asList(arguments)->size == 0) return {};
  Ref<> script = listGet(asList(arguments), 0);
  if (!isStr(script) || asStr(script)->length == 0) return {};
  Str* text = asStr(script);
  int64_t slash = strFind(text, charStr('/'), 0, text->length, true);
  return strSlice(t, text, slash + 1, text->length, 1);
}
bool openWith(Thread& t, Value name, int options, int facility) {
  Ref<Str> own;
  if (!name) {
    own = scriptName(t);
    if (t.raised()) return false;
    name = own;
  }
  Ref<Bytes> text;
  if (name) {
    Utf8 utf8;
    if (!utf8.set(t, asStr(name))) return false;
    text = newBytes(t, utf8.view());
    if (!text) return false;
  }
  openlog(text ? reinterpret_cast<const char*>(text->data) : nullptr, options, facility);
  assign(identity, std::move(text));
  is_open = true;
  return true;
}
Ref<> openLog(Thread& t, Value, const Value* args) {
  int64_t options, facility;
  if (args[0] && !isStr(args[0]))
    return raise(t, exc::TypeError, "openlog() argument 1 must be str, not %s", typeName(args[0]));
  if (!int64Argument(t, args[1], &options) || !int64Argument(t, args[2], &facility)) return kRaised;
  return openWith(t, args[0], int(options), int(facility)) ? steal(kNone) : Ref<>();
}
Ref<> writeLog(Thread& t, Value, Args args) {
  constexpr const char* kUsage = "[priority,] message string";
  if (!noKeywords(t, "syslog.syslog", args)) return kRaised;
  int priority = LOG_INFO;
  if (args.positional == 2 && isIntLike(args[0])) {
    if (!intArgument(t, args[0], &priority)) return kRaised;
  } else if (args.positional != 1) {
    return raise(t, exc::TypeError, "%s", kUsage);
  }
  Value message = args[args.positional - 1];
  if (!isStr(message)) return raise(t, exc::TypeError, "%s", kUsage);
  Utf8 text;
  if (!text.set(t, asStr(message))) return kRaised;
  if (!is_open && !openWith(t, Value(), 0, LOG_USER)) return kRaised;
  Ref<> keep = share(identity);  // another thread may call closelog() meanwhile
  {
    WithoutGil released(t);
    syslog(priority, "%s", text.c_str());
  }
  return steal(kNone);
}
Ref<> closeLog(Thread&, Value) {
  if (is_open) {
    closelog();
    assign(identity, Ref<>());
    is_open = false;
  }
  return steal(kNone);
}
Ref<> setMask(Thread& t, Value, Args args) {
  int64_t mask;
  if (args.total() != 1) return raise(t, exc::TypeError, "mask for priority");
  return int64Argument(t, args[0], &mask) ? newInt(t, setlogmask(int(mask))) : Ref<>();
}
Ref<> maskOf(Thread& t, Value, Value priority) {
  int64_t n;
  return int64Argument(t, priority, &n) ? newInt(t, int(1u << (n & 31))) : Ref<>();
}
Ref<> maskUpTo(Thread& t, Value, Value priority) {
  int64_t n;
  return int64Argument(t, priority, &n) ? newInt(t, int((uint64_t(1) << ((n + 1) & 31)) - 1)) : Ref<>();
}

const MethodDef kFunctions[] = {
    method("openlog", openLog, "($module, /, ident=<none>, logoption=0, facility=8)",
           "Choose what precedes the messages that follow."),
    method("syslog", writeLog, nullptr, "syslog([priority,] message): write a message to the system's log."),
    method("closelog", closeLog, "($module, /)", "Go back to the state before the first message."),
    method("setlogmask", setMask, nullptr,
           "setlogmask(mask): choose the priorities that are logged; gives the old mask."),
    method("LOG_MASK", maskOf, "($module, priority, /)", "The mask of one priority."),
    method("LOG_UPTO", maskUpTo, "($module, priority, /)", "The mask of all priorities up to this one."),
    {},
};

const IntConstant kConstants[] = {
#define CONSTANT(name) {#name, name},
    CONSTANT(LOG_ALERT) CONSTANT(LOG_AUTH) CONSTANT(LOG_AUTHPRIV) CONSTANT(LOG_CONS) CONSTANT(LOG_CRIT)
        CONSTANT(LOG_CRON) CONSTANT(LOG_DAEMON) CONSTANT(LOG_DEBUG) CONSTANT(LOG_EMERG) CONSTANT(LOG_ERR)
            CONSTANT(LOG_INFO) CONSTANT(LOG_KERN) CONSTANT(LOG_LOCAL0) CONSTANT(LOG_LOCAL1) CONSTANT(LOG_LOCAL2)
                CONSTANT(LOG_LOCAL3) CONSTANT(LOG_LOCAL4) CONSTANT(LOG_LOCAL5) CONSTANT(LOG_LOCAL6) CONSTANT(LOG_LOCAL7)
                    CONSTANT(LOG_LPR) CONSTANT(LOG_MAIL) CONSTANT(LOG_NDELAY) CONSTANT(LOG_NEWS) CONSTANT(LOG_NOTICE)
                        CONSTANT(LOG_NOWAIT) CONSTANT(LOG_ODELAY) CONSTANT(LOG_PERROR) CONSTANT(LOG_PID)
                            CONSTANT(LOG_SYSLOG) CONSTANT(LOG_USER) CONSTANT(LOG_UUCP) CONSTANT(LOG_WARNING)
#undef CONSTANT
};

bool init(Thread& t, ModuleObject* m) { return addIntConstants(t, m, kConstants); }

}  // namespace

}  // namespace krait::posix

namespace krait {
const ModuleDef& syslogModule() {
  static const ModuleDef def{"syslog", nullptr, posix::kFunctions, posix::init};
  return def;
}
}  // namespace krait
