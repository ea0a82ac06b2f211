// marshal: reading and writing CPython's serialisation (format version 4), for code objects and plain values.
#pragma once
#include <string>
#include <string_view>
#include "runtime/core/ref.h"

namespace krait {
class Thread;
// Raises EOFError/ValueError/TypeError as marshal.loads does; hostile input cannot crash.
Ref<> marshalLoad(Thread& t, std::string_view data);
// What the compiler wrote a moment ago: functions may be nested deeper than data from outside.
Ref<> marshalLoadOwn(Thread& t, std::string_view data);
// The same from a file object, by its readinto().
Ref<> marshalLoadFile(Thread& t, Value file);
[[nodiscard]] bool marshalDump(Thread& t, Value v, int version, std::string* out);
// The code object in the bytes of a CPython 3.11 .pyc file; ImportError on a wrong magic number, EOFError when truncated.
Ref<> loadPyc(Thread& t, std::string_view file, Value filename);
}  // namespace krait
