// See dump.h. The format is CPython's; other programs parse it.
#include "runtime/modules/posix/dump.h"

#include <unistd.h>

#include <cstring>

#include "runtime/core/frame_peek.h"
#include "runtime/core/runtime.h"
#include "runtime/memory/collector.h"
#include "runtime/modules/modules.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/set.h"
#include "runtime/objects/str.h"

namespace krait {

namespace {

constexpr int kMostFrames = 100, kMostThreads = 100;
constexpr int64_t kMostCharacters = 500;

void dumpFrames(int fd, const Thread& t) {
  FramePeek frames(t);
  PeekedFrame frame;
  int shown = 0;
  for (; frames.next(&frame); ++shown) {
    if (shown == kMostFrames) return dumpText(fd, "  ...\n");
    dumpText(fd, "  File ");
    if (frame.code->filename) {
      dumpText(fd, "\"");
      dumpStr(fd, frame.code->filename);
      dumpText(fd, "\"");
    } else {
      dumpText(fd, "???");
    }
    dumpText(fd, ", line ");
    if (frame.line >= 0) {
      dumpNumber(fd, uint64_t(frame.line), 10);
    } else {
      dumpText(fd, "???");
    }
    dumpText(fd, " in ");
    if (frame.code->name) {
      dumpStr(fd, frame.code->name);
    } else {
      dumpText(fd, "???");
    }
    dumpText(fd, "\n");
  }
  if (shown == 0) dumpText(fd, "  <no Python frame>\n");
}

}  // namespace

void dumpText(int fd, const char* text) { (void)!write(fd, text, strlen(text)); }

void dumpNumber(int fd, uint64_t number, unsigned base, int width) {
  char digits[65];
  char* p = digits + sizeof digits - 1;
  *p = 0;
  do {
    *--p = "0123456789abcdef"[number % base];
    number /= base;
    --width;
  } while ((number || width > 0) && p > digits);
  dumpText(fd, p);
}

void dumpStr(int fd, const Str* text) {
  int64_t length = text->length < kMostCharacters ? text->length : kMostCharacters;
  for (int64_t i = 0; i < length; ++i) {
    uint32_t c = text->at(i);
    if (c >= ' ' && c <= 126) {
      char one[2] = {char(c), 0};
      dumpText(fd, one);
    } else {
      dumpText(fd, c <= 0xFF ? "\\x" : c <= 0xFFFF ? "\\u" : "\\U");
      dumpNumber(fd, c, 16, c <= 0xFF ? 2 : c <= 0xFFFF ? 4 : 8);
    }
  }
  if (length < text->length) dumpText(fd, "...");
}

void dumpStack(int fd, const Thread* t) {
  if (!t) return;
  dumpText(fd, "Stack (most recent call first):\n");
  dumpFrames(fd, *t);
}

void dumpThreads(int fd, const Thread* threads, const Thread* current) {
  int shown = 0;
  for (const Thread* t = threads; t; t = t->next_thread, ++shown) {
    if (shown) dumpText(fd, "\n");
    if (shown == kMostThreads) return dumpText(fd, "...\n");
    dumpText(fd, t == current ? "Current thread 0x" : "Thread 0x");
    dumpNumber(fd, t->ident, 16, 16);
    dumpText(fd, " (most recent call first):\n");
    if (t == current && gc_state.collecting) dumpText(fd, "  Garbage-collecting\n");
    dumpFrames(fd, *t);
  }
}

void dumpNativeModules(int fd, const Interpreter* interpreter) {
  if (!interpreter->modules || !interpreter->sys) return;
  Value library;
  Value key, v;
  for (int64_t i = 0; dictNext(interpreter->sys->dict, &i, &key, &v);) {
    if (isExactStr(key) && strEqualsAscii(asStr(key), "stdlib_module_names") && isInstance(v, &types::FrozenSet))
      library = v;
  }
  int shown = 0;
  for (int64_t i = 0; dictNext(interpreter->modules, &i, &key, &v);) {
    if (!isExactStr(key) || !asStr(key)->ascii) continue;
    bool native = false, known = false;
    for (size_t row = 0; row < native_module_count; ++row)
      native = native || strEqualsAscii(asStr(key), native_modules[row].name);
    Value name;
    for (int64_t j = 0; native && library && setNext(asSet(library), &j, &name);) {
      known = known || (isExactStr(name) && strEqual(asStr(name), asStr(key)));
    }
    if (!native || known) continue;
    dumpText(fd, shown++ ? ", " : "\nExtension modules: ");
    dumpStr(fd, asStr(key));
  }
  if (!shown) return;
  dumpText(fd, " (total: ");
  dumpNumber(fd, uint64_t(shown), 10);
  dumpText(fd, ")\n");
}

}  // namespace krait
