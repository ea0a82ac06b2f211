// Command line and environment.
#include "interp/jit_link.h"
#include "interp/command_line.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace krait {

namespace {

constexpr const char* kUsage =
    "usage: %s [option] ... [-c cmd | -m mod | file | -] [arg] ...\n"
    "Options (and corresponding environment variables):\n"
    "-b     : issue warnings about str(bytes_instance), str(bytearray_instance)\n"
    "         and comparing bytes/bytearray with str. (-bb: issue errors)\n"
    "-B     : don't write .pyc files on import; also PYTHONDONTWRITEBYTECODE=x\n"
    "-c cmd : program passed in as string (terminates option list)\n"
    "-E     : ignore PYTHON* environment variables (such as PYTHONPATH)\n"
    "-h     : print this help message and exit (also -? or --help)\n"
    "-i     : inspect interactively after running script\n"
    "-I     : isolate Krait from the user's environment (implies -E and -s)\n"
    "-m mod : run library module as a script (terminates option list)\n"
    "-O     : remove assert and __debug__-dependent statements\n"
    "-OO    : do -O changes and also discard docstrings\n"
    "-P     : don't prepend a potentially unsafe path to sys.path\n"
    "-q     : don't print version and copyright messages on interactive startup\n"
    "-s     : don't add user site directory to sys.path\n"
    "-S     : don't imply 'import site' on initialization\n"
    "-u     : force the stdout and stderr streams to be unbuffered\n"
    "-v     : verbose (trace import statements)\n"
    "-V     : print the version number and exit (also --version)\n"
    "-W arg : warning control; arg is action:message:category:module:lineno\n"
    "-x     : skip first line of source\n"
    "-X opt : set implementation-specific option\n"
    "--jit=on|off|sync|stress : whether and how hot code is compiled\n"
    "--jit-log : one line on stderr for each event of the JIT\n"
    "--jit-stats : totals of the JIT at exit\n"
    "--dump=KIND[,KIND...][:FILE]   : show bytecode, trace, ir, llvm, llvm-opt, asm\n"
    "file   : program read from script file\n"
    "-      : program read from stdin\n"
    "arg ...: arguments passed to program in sys.argv[1:]\n";

bool environment(const Config& c, const char* name) {
  if (c.ignore_environment || c.isolated) return false;
  const char* v = getenv(name);
  return v && *v;
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
    readEnvironment();
    return line_;
  }

 private:
  int argc_;
  char** argv_;
  int at_ = 1;
  bool done_ = false;
  CommandLine line_;

  void stop(int code) {
    line_.run = CommandLine::Run::kNothing;
    line_.exit_code = code;
    done_ = true;
    at_ = argc_;
  }
  void fail(const std::string& message) {
    fprintf(stderr, "%s\n", message.c_str());
    fprintf(stderr, "usage: %s [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `krait -h' for more information.\n", argv_[0]);
    stop(2);
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
    if (arg[1] == '-') {
      longOption(arg + 2);
      return;
    }
    for (const char* p = arg + 1; *p && !done_; ++p) {
      if (!letter(*p, p)) return;
    }
  }

  void longOption(const char* name) {
    std::string text = name;
    if (text == "help") {
      printf(kUsage, argv_[0]);
      stop(0);
    } else if (text == "version") {
      version();
    } else if (text.rfind("jit=", 0) == 0) {
      line_.jit = text.size() > 4 ? text.substr(4) : "=";  // an empty value is a wrong one
    } else if (text.rfind("dump=", 0) == 0) {
      line_.dump = text.substr(5);
    } else if (text == "jit-log") {
      jit_parameters.log = true;
    } else if (text == "jit-stats") {
      jit_parameters.stats = true;
    } else if (text == "check-hash-based-pycs") {
      if (at_ < argc_) ++at_;
    } else {
      fail("unknown option --" + text);
    }
  }

  void version() {
    puts("Python 3.11.2 (Krait)");
    stop(0);
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
      case 'b': config.bytes_warning = true; return true;
      case 'B': config.dont_write_bytecode = true; return true;
      case 'd': return true;
      case 'E': config.ignore_environment = true; return true;
      case 'h':
      case '?':
        printf(kUsage, argv_[0]);
        stop(0);
        return false;
      case 'i': config.inspect = config.interactive = true; return true;
      case 'I': config.isolated = config.ignore_environment = config.no_user_site = config.safe_path = true; return true;
      case 'O': ++config.optimize; return true;
      case 'P': config.safe_path = true; return true;
      case 'q': config.quiet = true; return true;
      case 's': config.no_user_site = true; return true;
      case 'S': config.no_site = true; return true;
      case 't': return true;
      case 'u': config.unbuffered = true; return true;
      case 'v': config.verbose = true; return true;
      case 'V': version(); return false;
      case 'x': line_.skip_first_line = true; return true;
      default:
        fail(std::string("Unknown option: -") + c);
        return false;
    }
  }

  void readEnvironment() {
    Config& c = line_.config;
    if (environment(c, "PYTHONDONTWRITEBYTECODE")) c.dont_write_bytecode = true;
    if (environment(c, "PYTHONUNBUFFERED")) c.unbuffered = true;
    if (environment(c, "PYTHONINSPECT")) c.inspect = true;
    if (environment(c, "PYTHONNOUSERSITE")) c.no_user_site = true;
    if (environment(c, "PYTHONVERBOSE")) c.verbose = true;
    if (environment(c, "PYTHONSAFEPATH")) c.safe_path = true;
    if (environment(c, "PYTHONDEVMODE")) c.dev_mode = true;
    if (environment(c, "PYTHONOPTIMIZE")) {
      int level = atoi(getenv("PYTHONOPTIMIZE"));
      if (level < 1) level = 1;
      if (c.optimize < level) c.optimize = level;
    }
    if (c.optimize > 2) c.optimize = 2;
    for (const std::string& option : line_.options) {
      if (option == "dev") c.dev_mode = true;
      if (option == "faulthandler") line_.faulthandler = true;
      if (option == "utf8" || option == "utf8=1") c.utf8_mode = true;
      if (option.rfind("jit=", 0) == 0 && line_.jit.empty()) line_.jit = option.substr(4);
    }
    if (c.dev_mode || environment(c, "PYTHONFAULTHANDLER")) line_.faulthandler = true;
    if (line_.jit.empty() && environment(c, "KRAIT_JIT")) line_.jit = getenv("KRAIT_JIT");
    if (line_.jit.empty() && environment(c, "PYTHON_JIT")) line_.jit = strcmp(getenv("PYTHON_JIT"), "0") == 0 ? "off" : "on";
  }
};

}  // namespace

CommandLine parseCommandLine(int argc, char** argv) { return Parser(argc, argv).parse(); }

}  // namespace krait
