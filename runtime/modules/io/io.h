// The _io module: what its files share. The layers are CPython's - FileIO (descriptors), Buffered* (bytes), TextIOWrapper (text) -
// and each calls the next through its methods, unless it is exactly our own type: then directly.
#pragma once
#include <string_view>
#include "runtime/core/error.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/protocols.h"

namespace krait::io {

inline constexpr int64_t kDefaultBufferSize = 8192;

struct IoObject : Object {
  Dict* dict;        // attributes, or null
  bool base_closed;  // of _IOBase itself, for streams without a state of their own
};

extern Type io_base, raw_io_base, buffered_io_base, text_io_base, file_io, bytes_io, buffered_reader, buffered_writer,
    buffered_random, buffered_pair, string_io, text_io_wrapper, newline_decoder;

// Each makes its types and adds them to the module. False: raised.
[[nodiscard]] bool addBaseTypes(Thread& t, ModuleObject* module);
[[nodiscard]] bool addFileType(Thread& t, ModuleObject* module);
[[nodiscard]] bool addBytesType(Thread& t, ModuleObject* module);
[[nodiscard]] bool addBufferedTypes(Thread& t, ModuleObject* module);
[[nodiscard]] bool addStringType(Thread& t, ModuleObject* module);
[[nodiscard]] bool addTextTypes(Thread& t, ModuleObject* module);
extern const MethodDef kOpenFunctions[];  // open.cpp

// io.UnsupportedOperation, borrowed.
Type* unsupportedOperation();
Raised raiseUnsupported(Thread& t, const char* what);
Raised raiseClosed(Thread& t);  // ValueError: I/O operation on closed file.

// --- helpers for the constructors and destructors of the types ---

// Memory of an instance, zero behind the header. Raises.
Object* allocateStream(Thread& t, Type* type, size_t size);
template <class T>
Ref<> streamNew(Thread& t, Type* type, Args) {
  Object* o = allocateStream(t, type, sizeof(T));
  return o ? steal(Value(o)) : Ref<>();
}
void freeStream(Object* self);                        // dict and memory
void traverseStream(Object* self, Visitor& visitor);  // dict
void finalizeStream(Thread& t, Object* self);         // __del__: closes what is open

// Makes a type from its spec and adds it to the module under its name.
[[nodiscard]] bool addType(Thread& t, ModuleObject* module, const TypeSpec& spec, const char* dotted_name, Type* base);

// --- access to streams of any type ---

// Truth of stream.closed / stream.readable() ...; -1: raised.
int isClosed(Thread& t, Value stream);
int askStream(Thread& t, Value stream, const char* method);
// stream.readable() and the like must answer True, else UnsupportedOperation(message). False: raised.
[[nodiscard]] bool requireAbility(Thread& t, Value stream, const char* method, const char* message);
// The outcome of closing in two steps: `first` is what the first raised (empty: nothing), `second` the result of the other.
// When both raised, the second's error goes on, with the first as its context.
Ref<> closingOutcome(Thread& t, Ref<> first, Ref<> second);
// Calls method() for its effect. False: raised.
[[nodiscard]] bool tellStream(Thread& t, Value stream, const char* method);
// stream.seek / stream.tell as int64; -1: raised.
int64_t seekStream(Thread& t, Value stream, int64_t offset, int whence);
int64_t positionOf(Thread& t, Value stream);
// A size argument: None means -1. False: raised.
[[nodiscard]] bool sizeArgument(Thread& t, Value v, int64_t* out);

// --- FileIO, for the buffered layer ---

// One read(2)/write(2) without objects: bytes done, -1 raised, -2 would block (nothing raised).
int64_t fileRead(Thread& t, Value file, void* to, size_t size);
int64_t fileWrite(Thread& t, Value file, const void* from, size_t size);
bool fileClosed(Value file);  // of a FileIO or a subclass
inline bool isPlainFile(Value v) { return isExact(v, &file_io); }
Ref<> openFile(Thread& t, Value file, const char* mode, bool close_descriptor, Value opener);

// --- buffered streams, for the text layer ---

// Takes all bytes. False: raised. For exact BufferedWriter (and Random) objects.
[[nodiscard]] bool bufferedWrite(Thread& t, Value stream, const void* data, size_t size);
Value bufferedRaw(Value stream);  // of an exact BufferedReader, Writer or Random: its raw stream, empty when there is none
inline bool isPlainBuffered(Value v) {
  return isExact(v, &buffered_reader) || isExact(v, &buffered_writer) || isExact(v, &buffered_random);
}
inline bool isPlainWriter(Value v) { return isExact(v, &buffered_writer) || isExact(v, &buffered_random); }

// --- text, for print ---

// Whether write() of this object is TextIOWrapper's own, unless someone replaced it in the instance; and calling it.
bool isPlainText(Value v);
[[nodiscard]] bool textWriteStr(Thread& t, Value stream, Value str);

// --- newlines ---

enum NewlineSeen : int { kSeenCr = 1, kSeenLf = 2, kSeenCrLf = 4 };
// Decoded text with its line ends noted in *seen, and replaced by \n when `translate`. A \r at the end of an unfinished text is
// held back in *pending_cr.
Ref<Str> decodeNewlines(Thread& t, Ref<Str> text, bool translate, bool final, bool* pending_cr, int* seen);
Ref<> newlinesSeen(Thread& t, int seen);  // the value of `newlines`
// Index after the end of the first line in text[start, end), -1: none there. `universal`: \n, \r and \r\n all end lines.
int64_t findLineEnd(const Str* text, int64_t start, int64_t end, bool translated, bool universal, const char* newline);

}  // namespace krait::io
