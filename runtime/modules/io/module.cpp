// The _io module's definition, and the standard streams.
#include <fcntl.h>
#include <unistd.h>

#include "runtime/core/runtime.h"
#include "runtime/modules/io/io.h"
#include "runtime/modules/io/standard_streams.h"
#include "runtime/modules/modules.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/tuple.h"

namespace krait {

namespace io {

static const MethodDef kNoFunctions[] = {{}};
static Type* unsupported_operation = nullptr;
Type* unsupportedOperation() { return unsupported_operation; }

static bool initIo(Thread& t, ModuleObject* module) {
  Ref<Dict> space = newDict(t);
  Ref<Str> module_name = space ? newStrUtf8(t, "io") : Ref<Str>();
  if (!module_name || !dictSetStr(t, space.get(), internStatic("__module__"), module_name)) return false;
  Ref<Tuple> bases = packTuple(t, Value(&exc::OSError), Value(&exc::ValueError));
  if (!bases) return false;
  Ref<Type> type = makeClass(t, &types::Type, Value(internStatic("UnsupportedOperation")), bases, space, {});
  if (!type) return false;
  unsupported_operation = type.get();
  // The functions show themselves as those of io.
  for (const MethodDef* def = kOpenFunctions; def->name; ++def) {
    Ref<> function = newNativeFunction(t, def, Value(module), module_name);
    if (!function || !moduleAdd(t, module, def->name, std::move(function))) return false;
  }
  return moduleAdd(t, module, "UnsupportedOperation", std::move(type)) &&
         moduleAdd(t, module, "DEFAULT_BUFFER_SIZE", steal(Value::fromInt(kDefaultBufferSize))) &&
         moduleAdd(t, module, "BlockingIOError", share(Value(&exc::BlockingIOError))) && addBaseTypes(t, module) &&
         addFileType(t, module) && addBytesType(t, module) && addBufferedTypes(t, module) && addStringType(t, module) &&
         addTextTypes(t, module);
}

}  // namespace io

const ModuleDef& ioModule() {
  static const ModuleDef def{"_io",
                             "The io module provides the Python interfaces to stream handling. The\n"
                             "builtin open function is defined in this module.",
                             io::kNoFunctions, io::initIo};
  return def;
}

// --- standard streams ---

namespace {

struct StreamRow {
  int fd;
  const char* name;
  const char* dunder;
  const char* shown;
};
constexpr StreamRow kStreams[] = {
    {0, "stdin", "__stdin__", "<stdin>"}, {1, "stdout", "__stdout__", "<stdout>"}, {2, "stderr", "__stderr__", "<stderr>"}};

// Text over bytes over the descriptor, as CPython's create_stdio makes them; None for a descriptor that is closed.
Ref<> openStream(Thread& t, const StreamRow& row) {
  if (fcntl(row.fd, F_GETFD) < 0) return share(kNone);
  const Config& config = interpreterOf(t).config;
  bool writes = row.fd != 0, unbuffered = config.unbuffered && writes;
  Ref<> raw = io::openFile(t, Value::fromInt(row.fd), writes ? "wb" : "rb", false, kNone);
  if (!raw) return kRaised;
  Ref<Str> shown = newStrUtf8(t, row.shown);
  if (!shown || !setAttr(t, raw, internStatic("name"), shown)) return kRaised;
  int is_tty = io::askStream(t, raw, "isatty");
  if (is_tty < 0) return kRaised;
  Ref<> size = getAttr(t, raw, "_blksize");
  if (!size) return kRaised;
  Ref<> buffered = unbuffered ? share(raw) : call(t, Value(writes ? &io::buffered_writer : &io::buffered_reader), raw, size);
  if (!buffered) return kRaised;
  Ref<Str> encoding = newStrUtf8(t, config.stdio_encoding ? config.stdio_encoding : "utf-8");
  Ref<Str> errors = newStrUtf8(t, row.fd == 2 ? "backslashreplace" : config.stdio_errors ? config.stdio_errors : "strict");
  if (!encoding || !errors) return kRaised;
  Value args[] = {buffered, encoding, errors, writes ? Value(internStatic("\n")) : kNone,
                  Value::fromBool(!unbuffered && (is_tty || row.fd == 2)), Value::fromBool(unbuffered)};
  Ref<> text = call(t, Value(&io::text_io_wrapper), Args{args, 6, nullptr});
  if (!text || !setAttr(t, text, internStatic("mode"), Value(internStatic(writes ? "w" : "r")))) return kRaised;
  return text;
}

}  // namespace

bool openStandardStreams(Thread& t) {
  Ref<> io = loadNativeModule(t, *findNativeModule("_io"));
  Ref<> open = io ? getAttr(t, io, "open") : Ref<>();
  if (!open || !dictSetStr(t, interpreterOf(t).builtins, internStatic("open"), open)) return false;
  Dict* sys = interpreterOf(t).sys->dict;
  for (const StreamRow& row : kStreams) {
    Ref<> stream = openStream(t, row);
    if (!stream || !dictSetStr(t, sys, internStatic(row.name), stream) || !dictSetStr(t, sys, internStatic(row.dunder), stream)) {
      return false;
    }
  }
  return true;
}

bool flushStandardStreams(Thread& t) {
  static bool output_lost = false;  // said once
  Dict* sys = interpreterOf(t).sys->dict;
  bool ok = true;
  for (int fd : {1, 2}) {
    Value stream = dictGetStr(sys, internStatic(kStreams[fd].name));
    if (stream.empty() || stream.isNone()) continue;
    Ref<> kept = share(stream);
    int closed = io::isClosed(t, kept);
    if (closed > 0) continue;
    if (closed < 0) clearException(t);
    if (io::tellStream(t, kept, "flush")) continue;
    if (fd == 1 && !output_lost) {
      writeUnraisable(t, kept);
      output_lost = true;
      ok = false;
    } else {
      clearException(t);
    }
  }
  return ok;
}

}  // namespace krait
