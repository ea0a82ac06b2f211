// Builtin functions that run code: compile, eval, exec, __import__, breakpoint.
#include <algorithm>

#include "runtime/builtins/builtins.h"
#include "runtime/code/code.h"
#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/core/frame.h"
#include "runtime/core/hooks.h"
#include "runtime/core/runtime.h"
#include "runtime/modules/posix/posix.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// Flags of compile(): what `from __future__` sets in code, and how to compile.
enum CompileFlag : int {
  kFutureMask = 0x1FE0000,
  kNested = 0x10,  // without meaning, and allowed
  kDontImplyDedent = 0x200,
  kOnlyAst = 0x400,
  kTypeComments = 0x1000,
  kAllowTopLevelAwait = 0x2000,
  kAllowIncompleteInput = 0x4000,
};
constexpr int kKnownFlags =
    kFutureMask | kNested | kDontImplyDedent | kOnlyAst | kTypeComments | kAllowTopLevelAwait | kAllowIncompleteInput;

int inheritedFlags(Thread& t) {
  Frame* frame = visibleFrame(t);
  return frame ? int(frame->code->flags & kFutureMask) : 0;
}

bool isSource(Value v) { return isStr(v) || isBytes(v) || hasBuffer(v); }

// The mode in static storage; null: raised.
const char* compileMode(Thread& t, Value v, int flags) {
  for (const char* known : {"exec", "eval", "single"}) {
    if (strEqualsAscii(asStr(v), known)) return known;
  }
  if (strEqualsAscii(asStr(v), "func_type")) {
    if (flags & kOnlyAst) return "func_type";
    return raise(t, exc::ValueError, "compile() mode 'func_type' requires flag PyCF_ONLY_AST");
  }
  return raise(t, exc::ValueError, "compile() mode must be %s",
               (flags & kOnlyAst) ? "'exec', 'eval', 'single' or 'func_type'" : "'exec', 'eval' or 'single'");
}

Ref<> builtinCompile(Thread& t, Value, const Value* args) {
  Ref<> filename = sourceName(t, args[1]);
  if (!filename) return kRaised;
  if (!isStr(args[2])) {
    return raise(t, exc::TypeError, "compile() argument 'mode' must be str, not %.50s", argumentTypeName(args[2]));
  }
  int flags, dont_inherit, optimize, feature_version;
  if (!posix::intArgument(t, args[3], &flags) || !posix::intArgument(t, args[4], &dont_inherit) ||
      !posix::intArgument(t, args[5], &optimize) || !posix::intArgument(t, args[6], &feature_version)) {
    return kRaised;
  }
  if (flags & ~kKnownFlags) return raise(t, exc::ValueError, "compile(): unrecognised flags");
  if (optimize < -1 || optimize > 2) return raise(t, exc::ValueError, "compile(): invalid optimize value");
  if (!dont_inherit) flags |= inheritedFlags(t);
  const char* mode = compileMode(t, args[2], flags);
  if (!mode) return kRaised;
  if (!isSource(args[0]) && !hooks.is_syntax_tree(args[0])) {
    return raise(t, exc::TypeError, "compile() arg 1 must be a string, bytes or AST object");
  }
  return hooks.compile(t, args[0], filename,
                       {.mode = mode, .flags = flags, .optimize = optimize, .feature_version = feature_version});
}

// --- eval, exec ---

struct Namespaces {
  Ref<> globals, locals;
};

// Namespaces that are given or the caller's; __builtins__ is put into the globals.
bool fillNamespaces(Thread& t, Value globals, Value locals, Namespaces* out) {
  Frame* frame = visibleFrame(t);
  if (globals.isNone()) {
    if (!frame) return raise(t, exc::SystemError, "globals and locals cannot be NULL");
    out->globals = share(Value(frame->globals));
    out->locals = locals.isNone() ? frameLocals(t, frame) : share(locals);
    if (!out->locals) return false;
  } else {
    out->globals = share(globals);
    out->locals = share(locals.isNone() ? globals : locals);
  }
  static Str* const name = internStatic("__builtins__");
  int present = dictContains(t, asDict(out->globals), Value(name));
  if (present < 0) return false;
  if (present) return true;
  Value builtins = frame ? frame->builtins : Value(interpreterOf(t).builtins);
  return dictSetStr(t, asDict(out->globals), name, builtins);
}

// Source without leading blanks, as eval() wants it.
Ref<> stripped(Thread& t, Value source) {
  if (!isStr(source)) {
    Buffer buffer;
    if (!buffer.get(t, source)) return kRaised;
    std::string_view text = buffer.view();
    return newBytes(t, text.substr(std::min(text.find_first_not_of(" \t"), text.size())));
  }
  Str* text = asStr(source);
  int64_t start = 0;
  while (start < text->length && (text->at(start) == ' ' || text->at(start) == '\t')) ++start;
  return start ? Ref<>(strSlice(t, text, start, text->length, 1)) : share(source);
}

Ref<> compileString(Thread& t, Value source, const char* mode) {
  Ref<Str> filename = newStrUtf8(t, "<string>");
  return filename ? hooks.compile(t, source, filename, {.mode = mode, .flags = inheritedFlags(t)}) : kRaised;
}

Ref<> builtinEval(Thread& t, Value, const Value* args) {
  Value globals = args[1], locals = args[2];
  if (!locals.isNone() && !typeOf(locals)->slots.getitem) return raise(t, exc::TypeError, "locals must be a mapping");
  if (!globals.isNone() && !isDict(globals)) {
    return raise(t, exc::TypeError, "globals must be a %s",
                 typeOf(globals)->slots.getitem ? "real dict; try eval(expr, {}, mapping)" : "dict");
  }
  Namespaces spaces;
  if (!fillNamespaces(t, globals, locals, &spaces)) return kRaised;
  Ref<> code;
  if (isExact(args[0], &types::Code)) {
    if (asCode(args[0])->free_count > 0) {
      return raise(t, exc::TypeError, "code object passed to eval() may not contain free variables");
    }
    code = share(args[0]);
  } else {
    if (!isSource(args[0])) return raise(t, exc::TypeError, "eval() arg 1 must be a string, bytes or code object");
    Ref<> source = stripped(t, args[0]);
    code = source ? compileString(t, source, "eval") : Ref<>();
    if (!code) return kRaised;
  }
  if (!audit(t, "exec", code)) return kRaised;
  return hooks.run_code(t, asCode(code), asDict(spaces.globals), spaces.locals, Value());
}

// The closure that exec() of a code object needs, checked. False: raised.
bool checkClosure(Thread& t, Code* code, Value closure) {
  if (code->free_count == 0) {
    return closure.isNone() || raise(t, exc::TypeError, "cannot use a closure with this code object").operator bool();
  }
  bool fits = isExactTuple(closure) && asTuple(closure)->size == code->free_count;
  for (int64_t i = 0; fits && i < code->free_count; ++i) fits = isExact(asTuple(closure)->items[i], &types::Cell);
  if (!fits) return raise(t, exc::TypeError, "code object requires a closure of exactly length %d", int(code->free_count));
  return true;
}

Ref<> builtinExec(Thread& t, Value, const Value* args) {
  Value globals = args[1], locals = args[2], closure = args[3];
  if (!globals.isNone() && !isDict(globals)) {
    return raise(t, exc::TypeError, "exec() globals must be a dict, not %.100s", typeName(globals));
  }
  if (!locals.isNone() && !typeOf(locals)->slots.getitem) {
    return raise(t, exc::TypeError, "locals must be a mapping or None, not %.100s", typeName(locals));
  }
  Namespaces spaces;
  if (!fillNamespaces(t, globals, locals, &spaces)) return kRaised;
  Ref<> code;
  if (isExact(args[0], &types::Code)) {
    if (!checkClosure(t, asCode(args[0]), closure)) return kRaised;
    code = share(args[0]);
  } else {
    if (!closure.isNone()) return raise(t, exc::TypeError, "closure can only be used when source is a code object");
    if (!isSource(args[0])) return raise(t, exc::TypeError, "exec() arg 1 must be a string, bytes or code object");
    code = compileString(t, args[0], "exec");
    if (!code) return kRaised;
  }
  if (!audit(t, "exec", code)) return kRaised;
  Value cells = closure.isNone() ? Value() : closure;
  Ref<> result = hooks.run_code(t, asCode(code), asDict(spaces.globals), spaces.locals, cells);
  return result ? share(kNone) : kRaised;
}

// --- import, breakpoint ---

Ref<> builtinImport(Thread& t, Value, const Value* args) {
  if (!isStr(args[0])) return raise(t, exc::TypeError, "module name must be a string");
  return importName(t, args[0], args[1], args[2], args[3].empty() ? Value(emptyTuple()) : args[3], args[4]);
}

Ref<> builtinBreakpoint(Thread& t, Value, Args args) {
  Value hook = dictGetStr(interpreterOf(t).sys->dict, internStatic("breakpointhook"));
  if (hook.empty()) return raise(t, exc::RuntimeError, "lost sys.breakpointhook");
  Ref<> kept = share(hook);
  return audit(t, "builtins.breakpoint", kept) ? call(t, kept, args) : Ref<>(kRaised);
}

}  // namespace

Ref<> sourceName(Thread& t, Value v) {
  Ref<> path = share(v);
  if (!isStr(v) && !isBytes(v)) {
    Ref<> self;
    Ref<> fspath = lookupSpecial(t, v, internStatic("__fspath__"), &self);
    if (t.raised()) return kRaised;
    if (fspath) {
      path = self ? call(t, fspath, self) : call(t, fspath);
      if (!path) return kRaised;
      if (!isStr(path) && !isBytes(path)) {
        return raise(t, exc::TypeError, "expected %.200s.__fspath__() to return str or bytes, not %.200s", typeName(v), typeName(path));
      }
    } else if (hasBuffer(v)) {
      if (!warn(t, exc::DeprecationWarning, 1, "path should be string, bytes, or os.PathLike, not %.200s", typeName(v))) return kRaised;
      path = bytesFrom(t, v);
    } else {
      return raise(t, exc::TypeError, "expected str, bytes or os.PathLike object, not %.200s", typeName(v));
    }
  }
  if (path && isBytes(path)) path = posix::decodePath(t, asBytes(path)->view());
  if (path && strFind(asStr(path), charStr(0), 0, asStr(path)->length, false) >= 0) {
    return raise(t, exc::ValueError, "embedded null character");
  }
  return path;
}

const MethodDef kExecutionFunctions[] = {
    method("__import__", builtinImport, "($module, /, name, globals=None, locals=None, fromlist=(), level=0)",
           "Import a module.\n\nBecause this function is meant for use by the Python\n"
           "interpreter and not for general use, it is better to use\n"
           "importlib.import_module() to programmatically import a module."),
    method("breakpoint", builtinBreakpoint, nullptr,
           "breakpoint(*args, **kws)\n\nCall sys.breakpointhook(*args, **kws).  sys.breakpointhook() must accept\n"
           "whatever arguments are passed.\n\nBy default, this drops you into the pdb debugger."),
    method("compile", builtinCompile,
           "($module, /, source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)",
           "Compile source into a code object that can be executed by exec() or eval().\n\n"
           "The source code may represent a Python module, statement or expression.\n"
           "The filename will be used for run-time error messages.\n"
           "The mode must be 'exec' to compile a module, 'single' to compile a\n"
           "single (interactive) statement, or 'eval' to compile an expression."),
    method("eval", builtinEval, "($module, source, globals=None, locals=None, /)",
           "Evaluate the given source in the context of globals and locals.\n\n"
           "The source may be a string representing a Python expression\n"
           "or a code object as returned by compile().\n"
           "The globals must be a dictionary and locals can be any mapping,\n"
           "defaulting to the current globals and locals.\n"
           "If only globals is given, locals defaults to it."),
    method("exec", builtinExec, "($module, source, globals=None, locals=None, /, *, closure=None)",
           "Execute the given source in the context of globals and locals.\n\n"
           "The source may be a string representing one or more Python statements\n"
           "or a code object as returned by compile().\n"
           "The globals must be a dictionary and locals can be any mapping,\n"
           "defaulting to the current globals and locals.\n"
           "If only globals is given, locals defaults to it.\n"
           "The closure must be a tuple of cellvars, and can only be used\n"
           "when source is a code object requiring exactly that many cellvars."),
    {},
};

}  // namespace krait
