// Command line and environment.
#include "interp/command_line.h"

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "interp/help_text.h"
#include "interp/jit_link.h"
#include "interp/jit_loader.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/hash_bytes.h"

namespace krait {

const char* pythonEnvironment(const Config& config, const char* name) {
  if (config.ignore_environment) return nullptr;
  const char* v = getenv(name);
  return v && *v ? v : nullptr;
}

namespace {

// The whole text is a decimal number.
bool wholeNumber(const char* text, int64_t* out) {
  char* end;
  errno = 0;
  long long n = strtoll(text, &end, 10);
  if (end == text || *end || errno) return false;
  *out = n;
  return true;
}

class Parser {
 public:
  Parser(int argc, char** argv) : argc_(argc), argv_(argv) {}

  CommandLine parse() {
    while (at_ < argc_ && !done_) option();
    if (!done_ && at_ < argc_) {
      line_.run = CommandLine::Run::kScript;
      line_.target = argv_[at_++];
    }
    for (; at_ < argc_; ++at_) line_.arguments.push_back(argv_[at_]);
    if (versions_ && line_.run != CommandLine::Run::kNothing) {
      puts(versions_ > 1 ? "Python 3.11.2 (main, Krait) [Clang 19]" : "Python 3.11.2");
      stop(0);
    }
    if (line_.run != CommandLine::Run::kNothing) configure();
    return line_;
  }

 private:
  int argc_;
  char** argv_;
  int at_ = 1;
  int versions_ = 0;
  bool done_ = false;
  CommandLine line_;

  void stop(int code) {
    line_.run = CommandLine::Run::kNothing;
    line_.exit_code = code;
    done_ = true;
    at_ = argc_;
  }
  void fail(const std::string& message) {
    if (done_ && line_.run == CommandLine::Run::kNothing) return;  // the first mistake is the one that is told
    fprintf(stderr, "%s\n", message.c_str());
    fprintf(stderr, kUsageLine, argv_[0]);
    fprintf(stderr, "Try `krait -h' for more information.\n");
    stop(2);
  }
  // A value that makes the configuration impossible.
  void fatal(const char* where, const char* message) {
    if (line_.run == CommandLine::Run::kNothing) return;
    fprintf(stderr, "Fatal Python error: %s%s\nPython runtime state: preinitialized\n\n", where, message);
    stop(1);
  }

  void option() {
    const char* arg = argv_[at_];
    if (strcmp(arg, "-") == 0) {
      line_.run = CommandLine::Run::kStdin;
      line_.target = "-";
      ++at_;
      done_ = true;
      return;
    }
    if (arg[0] != '-') {
      line_.run = CommandLine::Run::kScript;
      line_.target = arg;
      ++at_;
      done_ = true;
      return;
    }
    ++at_;
    if (strcmp(arg, "--") == 0) {  // whatever comes now is the program
      if (at_ < argc_) {
        line_.run = CommandLine::Run::kScript;
        line_.target = argv_[at_++];
      }
      done_ = true;
      return;
    }
    if (arg[1] == '-') {
      longOption(arg + 2);
      return;
    }
    for (const char* p = arg + 1; *p && !done_; ++p) {
      if (!letter(*p, p)) return;
    }
  }

  void help(bool options, bool environment, bool x) {
    if (options) {
      printf(kUsageLine, argv_[0]);
      fputs(kHelpOptions, stdout);
    }
    if (environment) printf("%s%s", options ? "\n" : "", kHelpEnvironment);
    if (x) printf("%s%s", options ? "\n" : "", kHelpXOptions);
    stop(0);
  }

  void longOption(const char* name) {
    std::string text = name;
    if (text == "help") {
      help(true, false, false);
    } else if (text == "help-env") {
      help(false, true, false);
    } else if (text == "help-xoptions") {
      help(false, false, true);
    } else if (text == "help-all") {
      help(true, true, true);
    } else if (text == "version") {
      ++versions_;
    } else if (text.rfind("jit=", 0) == 0) {
      line_.jit = text.size() > 4 ? text.substr(4) : "=";  // an empty value is a wrong one
    } else if (text.rfind("dump=", 0) == 0) {
      line_.dump = text.substr(5);
    } else if (text == "jit-log") {
      jit_parameters.log = true;
    } else if (text == "jit-stats") {
      jit_parameters.stats = true;
    } else if (text == "check-hash-based-pycs") {
      if (at_ >= argc_) return fail("Argument expected for the --check-hash-based-pycs option");
      line_.config.check_pycs = argv_[at_++];
      for (const char* known : {"always", "never", "default"}) {
        if (strcmp(line_.config.check_pycs, known) == 0) return;
      }
      fail("--check-hash-based-pycs must be one of 'default', 'always', or 'never'");
    } else {
      fail("unknown option --" + text);
    }
  }

  // The rest of the argument, or the next one.
  bool value(const char* rest, char which, std::string* out) {
    if (*rest) {
      *out = rest;
    } else if (at_ < argc_) {
      *out = argv_[at_++];
    } else {
      fail(std::string("Argument expected for the -") + which + " option");
      return false;
    }
    return true;
  }

  // False: the rest of the argument was used.
  bool letter(char c, const char* p) {
    Config& config = line_.config;
    std::string text;
    switch (c) {
      case 'c':
      case 'm':
        if (value(p + 1, c, &line_.target)) {
          line_.run = c == 'c' ? CommandLine::Run::kCommand : CommandLine::Run::kModule;
          done_ = true;
        }
        return false;
      case 'W':
        if (value(p + 1, c, &text)) line_.warnings.push_back(text);
        return false;
      case 'X':
        if (value(p + 1, c, &text)) line_.options.push_back(text);
        return false;
      case 'b': ++config.bytes_warning; return true;
      case 'B': config.dont_write_bytecode = true; return true;
      case 'd': ++config.debug; return true;
      case 'E': config.ignore_environment = true; return true;
      case 'h':
      case '?': help(true, false, false); return false;
      case 'i':
        ++config.inspect;
        ++config.interactive;
        return true;
      case 'I':
        config.isolated = config.ignore_environment = config.no_user_site = config.safe_path = true;
        return true;
      case 'J': fail("-J is reserved for Jython"); return false;
      case 'O': ++config.optimize; return true;
      case 'P': config.safe_path = true; return true;
      case 'q': ++config.quiet; return true;
      case 'R': random_hashes_ = true; return true;
      case 's': config.no_user_site = true; return true;
      case 'S': config.no_site = true; return true;
      case 't': return true;  // of Python 2: ignored
      case 'u': config.unbuffered = true; return true;
      case 'v': ++config.verbose; return true;
      case 'V': ++versions_; return true;
      case 'x': line_.skip_first_line = true; return true;
      default: fail(std::string("Unknown option: -") + c); return false;
    }
  }
  bool random_hashes_ = false;

  // --- what options and variables mean together ---

  const char* environment(const char* name) const { return pythonEnvironment(line_.config, name); }

  // A flag's variable: a number raises it to that, any other text to 1.
  void raiseFlag(int* flag, const char* name) const {
    const char* text = environment(name);
    if (!text) return;
    int64_t n;
    if (!wholeNumber(text, &n) || n < 0) n = 1;
    if (*flag < n) *flag = int(n);
  }

  // The value of -X name: null without one, "" for the name alone; the last one counts.
  const char* xOption(const char* name) const {
    const char* found = nullptr;
    size_t length = strlen(name);
    for (const std::string& option : line_.options) {
      if (option.compare(0, length, name) != 0) continue;
      if (option.size() == length) found = "";
      if (option.size() > length && option[length] == '=') found = option.c_str() + length + 1;
    }
    return found ? strdup(found) : nullptr;  // for the whole process
  }
  bool flagOrOption(const char* option, const char* variable) const { return xOption(option) || environment(variable); }

  void configure() {
    Config& c = line_.config;
    raiseFlag(&c.debug, "PYTHONDEBUG");
    raiseFlag(&c.verbose, "PYTHONVERBOSE");
    raiseFlag(&c.optimize, "PYTHONOPTIMIZE");
    if (environment("PYTHONINSPECT") && !c.inspect) c.inspect = 1;
    c.dont_write_bytecode |= environment("PYTHONDONTWRITEBYTECODE") != nullptr;
    c.no_user_site |= environment("PYTHONNOUSERSITE") != nullptr;
    c.unbuffered |= environment("PYTHONUNBUFFERED") != nullptr;
    c.safe_path |= environment("PYTHONSAFEPATH") != nullptr;
    c.dev_mode = flagOrOption("dev", "PYTHONDEVMODE");
    c.no_debug_ranges = flagOrOption("no_debug_ranges", "PYTHONNODEBUGRANGES");
    c.import_time = flagOrOption("importtime", "PYTHONPROFILEIMPORTTIME");
    c.warn_default_encoding = flagOrOption("warn_default_encoding", "PYTHONWARNDEFAULTENCODING");
    c.faulthandler = c.dev_mode || flagOrOption("faulthandler", "PYTHONFAULTHANDLER");
    c.pycache_prefix = xOption("pycache_prefix");
    if (!c.pycache_prefix) c.pycache_prefix = environment("PYTHONPYCACHEPREFIX");
    if (c.pycache_prefix && !*c.pycache_prefix) c.pycache_prefix = nullptr;
    if (const char* frozen = xOption("frozen_modules")) {
      c.frozen_modules = strcmp(frozen, "off") != 0;
      if (*frozen && c.frozen_modules && strcmp(frozen, "on") != 0) {
        fatal("", "bad value for option -X frozen_modules (expected \"on\" or \"off\")");
      }
    }
    setHashes();
    setIntDigits();
    setTracemalloc();
    setLocale();
    setStreams();
    setWarnings();
    setJit();
  }

  void setHashes() {
    if (!initHashSecret(!line_.config.ignore_environment && !random_hashes_)) {
      fatal("config_init_hash_seed: ", "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]");
    }
    line_.config.hash_randomization = hashesAreRandom();
  }

  void setIntDigits() {
    const char* option = xOption("int_max_str_digits");
    const char* text = option ? option : environment("PYTHONINTMAXSTRDIGITS");
    if (!text) return;
    int64_t n;
    if (wholeNumber(text, &n) && (n == 0 || (n >= 640 && n <= INT32_MAX))) {
      line_.config.int_max_str_digits = n;
      return;
    }
    fatal("config_init_int_max_str_digits: ",
          option ? "-X int_max_str_digits: invalid limit; must be >= 640 or 0 for unlimited."
                 : "PYTHONINTMAXSTRDIGITS: invalid limit; must be >= 640 or 0 for unlimited.");
  }

  void setTracemalloc() {
    const char* option = xOption("tracemalloc");
    const char* text = option ? option : environment("PYTHONTRACEMALLOC");
    if (!text) return;
    int64_t n = 1;
    if (*text && (!wholeNumber(text, &n) || n < 0 || n > INT32_MAX)) {
      fatal("config_init_tracemalloc: ",
            option ? "-X tracemalloc=NFRAME: invalid number of frames" : "PYTHONTRACEMALLOC: invalid number of frames");
    }
    line_.config.tracemalloc = int(n);
  }

  static bool isCLocale() {
    const char* locale = setlocale(LC_CTYPE, nullptr);
    return !locale || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0;
  }

  // PEP 538 and 540: the C locale means UTF-8, by a locale that says so where there is one.
  void setLocale() {
    Config& c = line_.config;
    setlocale(LC_CTYPE, "");
    bool from_c = isCLocale();
    if (const char* option = xOption("utf8")) {
      if (*option && strcmp(option, "0") != 0 && strcmp(option, "1") != 0) {
        fatal("preconfig_init_utf8_mode: ", "invalid -X utf8 option value");
      }
      c.utf8_mode = strcmp(option, "0") != 0;
    } else if (const char* variable = environment("PYTHONUTF8")) {
      if (strcmp(variable, "0") != 0 && strcmp(variable, "1") != 0) {
        fatal("preconfig_init_utf8_mode: ", "invalid PYTHONUTF8 environment variable value");
      }
      c.utf8_mode = strcmp(variable, "0") != 0;
    } else {
      c.utf8_mode = from_c;
    }
    const char* coerce = environment("PYTHONCOERCECLOCALE");
    const char* all = getenv("LC_ALL");
    if (!from_c || (coerce && strcmp(coerce, "0") == 0) || (all && *all)) return;
    for (const char* target : {"C.UTF-8", "C.utf8", "UTF-8"}) {
      if (!setlocale(LC_CTYPE, target)) continue;
      setenv("LC_CTYPE", target, 1);
      setlocale(LC_CTYPE, "");
      if (coerce && strcmp(coerce, "warn") == 0) {
        fprintf(stderr,
                "Python detected LC_CTYPE=C: LC_CTYPE coerced to %s (set another locale or PYTHONCOERCECLOCALE=0 to "
                "disable this locale coercion behavior).\n",
                target);
      }
      // The locale speaks for itself now, as long as nobody asked for the mode.
      if (!xOption("utf8") && !environment("PYTHONUTF8")) c.utf8_mode = false;
      return;
    }
  }

  void setStreams() {
    Config& c = line_.config;
    c.stdio_encoding = "utf-8";
    c.stdio_errors = nullptr;
    if (const char* text = environment("PYTHONIOENCODING")) {
      const char* colon = strchr(text, ':');
      std::string encoding = colon ? std::string(text, size_t(colon - text)) : text;
      if (!encoding.empty()) {
        c.stdio_encoding = strdup(encoding.c_str());
        c.stdio_errors = "strict";
      }
      if (colon && colon[1]) c.stdio_errors = colon + 1;
    }
    if (c.stdio_errors) return;
    const char* locale = setlocale(LC_CTYPE, nullptr);
    bool lenient = c.utf8_mode || isCLocale();
    for (const char* target : {"C.UTF-8", "C.utf8", "UTF-8"}) lenient |= locale && strcmp(locale, target) == 0;
    c.stdio_errors = lenient ? "surrogateescape" : "strict";
  }

  // sys.warnoptions: what comes later counts more.
  void setWarnings() {
    std::vector<std::string> all;
    if (line_.config.dev_mode) all.push_back("default");
    if (const char* text = environment("PYTHONWARNINGS")) {
      std::string rest = text;
      for (size_t comma; (comma = rest.find(',')) != std::string::npos; rest.erase(0, comma + 1))
        all.push_back(rest.substr(0, comma));
      all.push_back(rest);
    }
    all.insert(all.end(), line_.warnings.begin(), line_.warnings.end());
    if (line_.config.bytes_warning)
      all.push_back(line_.config.bytes_warning > 1 ? "error::BytesWarning" : "default::BytesWarning");
    line_.warnings = std::move(all);
  }

  void setJit() {
    const char* option = xOption("jit");
    if (line_.jit.empty() && option) line_.jit = option;
    if (!line_.jit.empty() || line_.config.ignore_environment) return;
    if (const char* mode = environment("KRAIT_JIT")) {
      line_.jit = mode;
    } else if (const char* jit = environment("PYTHON_JIT")) {
      line_.jit = strcmp(jit, "0") == 0 ? "off" : "on";
    }
  }
};

}  // namespace

CommandLine parseCommandLine(int argc, char** argv) { return Parser(argc, argv).parse(); }

}  // namespace krait
