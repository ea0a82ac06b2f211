// A small text file over a descriptor: what print() and tracebacks write to until sys.stdout is an io object.
#include "runtime/modules/console_file.h"

#include <cerrno>
#include <string>
#include <unistd.h>

#include "runtime/core/error.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/str_utf8.h"

namespace krait {

namespace {

struct ConsoleFile : Object {
  int descriptor;
  bool writable;
  bool line_buffered;
  std::string* buffer;
  Value name;
  ConsoleFile* next;  // all that are alive, for the flush at the end
};
ConsoleFile* all_files = nullptr;
ConsoleFile* self_(Value v) { return static_cast<ConsoleFile*>(v.asObject()); }

// 0, or errno.
int drain(ConsoleFile* file) {
  size_t done = 0;
  int error = 0;
  while (done < file->buffer->size()) {
    ssize_t n = ::write(file->descriptor, file->buffer->data() + done, file->buffer->size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      error = errno;
      break;
    }
    done += size_t(n);
  }
  file->buffer->clear();
  return error;
}

Ref<> fileWrite(Thread& t, Value self, Value text) {
  ConsoleFile* file = self_(self);
  if (!isStr(text)) return raise(t, exc::TypeError, "write() argument must be str, not %s", typeName(text));
  Utf8 utf8;
  if (!utf8.set(t, asStr(text))) return kRaised;
  file->buffer->append(utf8.view());
  bool newline = utf8.view().find('\n') != std::string_view::npos;
  if (file->buffer->size() > 8192 || (file->line_buffered && newline)) {
    if (int error = drain(file)) return raiseOSError(t, error);
  }
  return share(Value::fromInt(asStr(text)->length));
}
Ref<> fileFlush(Thread& t, Value self) {
  if (int error = drain(self_(self))) return raiseOSError(t, error);
  return share(kNone);
}
Ref<> fileDescriptor(Thread&, Value self) { return share(Value::fromInt(self_(self)->descriptor)); }
Ref<> fileIsTerminal(Thread&, Value self) { return share(Value::fromBool(isatty(self_(self)->descriptor))); }
Ref<> fileReadLine(Thread& t, Value self) {
  std::string line;
  char c;
  while (::read(self_(self)->descriptor, &c, 1) == 1) {
    line.push_back(c);
    if (c == '\n') break;
  }
  return newStrUtf8(t, line);
}
Ref<> fileRead(Thread& t, Value self) {
  std::string text;
  char chunk[4096];
  ssize_t n;
  while ((n = ::read(self_(self)->descriptor, chunk, sizeof chunk)) > 0) text.append(chunk, size_t(n));
  return newStrUtf8(t, text);
}
Ref<> fileEncoding(Thread&, Value) { return share(Value(internStatic("utf-8"))); }
Ref<> fileErrors(Thread&, Value) { return share(Value(internStatic("strict"))); }
Ref<> fileName(Thread&, Value self) { return share(self_(self)->name); }

const MethodDef kMethods[] = {
    method("write", fileWrite, "($self, text, /)"),   method("flush", fileFlush, "($self, /)"),
    method("fileno", fileDescriptor, "($self, /)"),   method("isatty", fileIsTerminal, "($self, /)"),
    method("readline", fileReadLine, "($self, /)"),   method("read", fileRead, "($self, /)"),
    {},
};
const GetSetDef kGetSets[] = {{"encoding", fileEncoding, nullptr, nullptr},
                              {"errors", fileErrors, nullptr, nullptr},
                              {"name", fileName, nullptr, nullptr},
                              {}};

void fileDealloc(Object* o) {
  ConsoleFile* file = static_cast<ConsoleFile*>(o);
  drain(file);
  for (ConsoleFile** p = &all_files; *p; p = &(*p)->next) {
    if (*p == file) {
      *p = file->next;
      break;
    }
  }
  delete file->buffer;
  Value name = file->name;
  freeObject(o, sizeof(ConsoleFile), Sort::kPlain);
  release(name);
}

Type* fileType(Thread& t) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(ConsoleFile),
                             .doc = "text file over a descriptor",
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .dealloc = fileDealloc};
  static Type* type = nullptr;
  if (!type) type = makeNativeType(t, spec, "sys.ConsoleFile", nullptr, kTypeFinal | kTypeDisallowNew).leakObject();
  return type;
}

}  // namespace

Ref<> newConsoleFile(Thread& t, int descriptor, const char* name, bool writable) {
  Type* type = fileType(t);
  if (!type) return kRaised;
  ConsoleFile* file = static_cast<ConsoleFile*>(allocateObject(sizeof(ConsoleFile), Sort::kPlain, type, type->instance_kind));
  if (!file) return raiseNoMemory(t);
  file->descriptor = descriptor;
  file->writable = writable;
  file->line_buffered = descriptor == 2 || isatty(descriptor);
  file->buffer = new std::string();
  file->name = share(Value(internStatic(name))).leak();
  file->next = all_files;
  all_files = file;
  return steal(file);
}

void flushConsoleFiles() {
  for (ConsoleFile* file = all_files; file; file = file->next) drain(file);
}

}  // namespace krait
