// What the files of the _pickle module share: opcodes, errors, and what is known of other modules.
#pragma once
#include "runtime/core/error.h"
#include "runtime/memory/gc.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"

namespace krait::pickle {

inline constexpr int kHighestProtocol = 5, kDefaultProtocol = 4;
inline constexpr int kBatch = 1000;                // items that one APPENDS or SETITEMS takes
inline constexpr size_t kFrameTarget = 64 * 1024;  // a frame is closed when it is this large
inline constexpr size_t kFrameLeast = 4;           // smaller frames are written without a header
inline constexpr size_t kFrameHeader = 9;
inline constexpr int kFastNestingLimit = 50;  // in fast mode cycles are looked for from this depth on

enum Op : uint8_t {
  kMark = '(',
  kStop = '.',
  kPop = '0',
  kPopMark = '1',
  kDup = '2',
  kFloat = 'F',
  kInt = 'I',
  kBinInt = 'J',
  kBinInt1 = 'K',
  kLong = 'L',
  kBinInt2 = 'M',
  kOpNone = 'N',
  kPersId = 'P',
  kBinPersId = 'Q',
  kReduce = 'R',
  kString = 'S',
  kBinString = 'T',
  kShortBinString = 'U',
  kUnicode = 'V',
  kBinUnicode = 'X',
  kAppend = 'a',
  kBuild = 'b',
  kGlobal = 'c',
  kDictOp = 'd',
  kEmptyDict = '}',
  kAppends = 'e',
  kGet = 'g',
  kBinGet = 'h',
  kInst = 'i',
  kLongBinGet = 'j',
  kListOp = 'l',
  kEmptyList = ']',
  kObj = 'o',
  kPut = 'p',
  kBinPut = 'q',
  kLongBinPut = 'r',
  kSetItem = 's',
  kTupleOp = 't',
  kEmptyTuple = ')',
  kSetItems = 'u',
  kBinFloat = 'G',
  // protocol 2
  kProto = 0x80,
  kNewObj = 0x81,
  kExt1 = 0x82,
  kExt2 = 0x83,
  kExt4 = 0x84,
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kNewTrue = 0x88,
  kNewFalse = 0x89,
  kLong1 = 0x8a,
  kLong4 = 0x8b,
  // protocol 3
  kBinBytes = 'B',
  kShortBinBytes = 'C',
  // protocol 4
  kShortBinUnicode = 0x8c,
  kBinUnicode8 = 0x8d,
  kBinBytes8 = 0x8e,
  kEmptySet = 0x8f,
  kAddItems = 0x90,
  kFrozenSetOp = 0x91,
  kNewObjEx = 0x92,
  kStackGlobal = 0x93,
  kMemoize = 0x94,
  kFrame = 0x95,
  // protocol 5
  kByteArray8 = 0x96,
  kNextBuffer = 0x97,
  kReadonlyBuffer = 0x98,
};

extern Type *pickle_error, *pickling_error, *unpickling_error;
extern Type *pickler_type, *unpickler_type, *pickle_buffer_type;

// What pickling needs of the standard library, looked up when the module is made. All owned.
struct Library {
  Dict *dispatch_table, *extension_registry, *inverted_registry, *extension_cache;      // copyreg
  Dict *name_mapping, *import_mapping, *reverse_name_mapping, *reverse_import_mapping;  // _compat_pickle
  Value getattr, codecs_encode, partial;
};
extern Library library;

// --- names (names.cpp) ---
// Follows "a.b.c" from `from`; *parent is what holds the last name. Empty: absent without exception, or raised (a local
// name).
Ref<> followPath(Thread& t, Value from, Str* path, bool dotted, Ref<>* parent);
// AttributeError("Can't pickle local object ...") for names with <locals>. False: raised.
[[nodiscard]] bool checkPath(Thread& t, Str* path, const char* verb, Value of);
// The module that a class or function says it is of, or in which it is found.
Ref<> whichModule(Thread& t, Value v, Str* path);
// Python 2's name of a global for Python 3's (reverse) or the other way. False: raised.
[[nodiscard]] bool mapNames(Thread& t, bool reverse, Ref<>* module, Ref<>* name);
Raised raisePickling(Thread& t, Value about, const char* before, const char* after, Value first = Value(),
                     const char* between = "", Value second = Value());
bool loadLibrary(Thread& t);
void releaseLibrary();  // at the end of the runtime

// --- PickleBuffer (pickle_buffer.cpp) ---
bool isPickleBuffer(Value v);
Value pickleBufferView(Thread& t, Value v);  // its memoryview, borrowed; empty: released, raised
bool addPickleBuffer(Thread& t, ModuleObject* m);

bool addPickler(Thread& t, ModuleObject* m);
bool addUnpickler(Thread& t, ModuleObject* m);
Ref<> dumpsFunction(Thread& t, Value module, const Value* args);
Ref<> dumpFunction(Thread& t, Value module, const Value* args);
Ref<> loadsFunction(Thread& t, Value module, const Value* args);
Ref<> loadFunction(Thread& t, Value module, const Value* args);

// A method that an object was given by its class or itself: `function` is called with self first when `by_self`, so
// that a bound method of the object does not keep it alive.
struct Hook {
  Value function;  // owned; empty: none
  bool by_self;
};
[[nodiscard]] bool findHook(Thread& t, Value self, const char* name, Hook* hook);
Ref<> callHook(Thread& t, const Hook& hook, Value self, Value argument);
Ref<> hookValue(Thread& t, const Hook& hook, Value self,
                const char* name);  // for the attribute; AttributeError when absent

}  // namespace krait::pickle
