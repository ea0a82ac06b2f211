// _dbm: the ndbm interface, as Berkeley DB has it.
//
// The library is opened by the first import of the module and not linked: programs that need no such file do not pay
// for it, and where it is missing the import fails as that of any missing module.
#include <dlfcn.h>
#include <fcntl.h>

#include <cerrno>
#include <climits>
#include <cstring>

#include "runtime/memory/memory.h"
#include "runtime/modules/fields.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// ndbm's types, and its functions under the names that libdb exports.
struct Datum {
  char* data;
  int size;
};
struct Database;
struct Library {
  Database* (*open)(const char* file, int flags, int mode);
  void (*close)(Database*);
  Datum (*fetch)(Database*, Datum key);
  int (*store)(Database*, Datum key, Datum content, int flags);
  int (*remove)(Database*, Datum key);
  Datum (*first_key)(Database*);
  Datum (*next_key)(Database*);
  int (*error)(Database*);
  int (*clear_error)(Database*);
};
Library library;
constexpr int kStoreReplace = 1, kStoreInsert = 0;

bool loadLibrary() {
  if (library.open) return true;
  void* handle = dlopen("libdb-5.3.so", RTLD_NOW | RTLD_LOCAL);
  if (!handle) return false;
  const struct {
    const char* name;
    void* field;
  } kSymbols[] = {{"__db_ndbm_close", &library.close},        {"__db_ndbm_fetch", &library.fetch},
                  {"__db_ndbm_store", &library.store},        {"__db_ndbm_delete", &library.remove},
                  {"__db_ndbm_firstkey", &library.first_key}, {"__db_ndbm_nextkey", &library.next_key},
                  {"__db_ndbm_error", &library.error},        {"__db_ndbm_clearerr", &library.clear_error},
                  {"__db_ndbm_open", &library.open}};
  for (const auto& symbol : kSymbols) {
    void* address = dlsym(handle, symbol.name);
    if (!address) return false;
    memcpy(symbol.field, &address, sizeof address);
  }
  return true;
}

struct DbmObject : Object {
  Database* database;  // null: closed
};
Type *dbm_type = nullptr, *dbm_error = nullptr;
DbmObject* asDbm(Value v) { return static_cast<DbmObject*>(v.asObject()); }

Raised raiseDbm(Thread& t, const char* message) { return raise(t, *dbm_error, "%s", message); }
Raised raiseErrno(Thread& t, int number, Value path) {
  Ref<> code = newInt(t, number);
  Ref<Str> text = code ? newStrUtf8(t, strerror(number)) : Ref<Str>();
  Ref<> exception = text ? call(t, Value(dbm_error), code, text, path) : Ref<>();
  return exception ? raiseInstance(t, std::move(exception)) : kRaised;
}
bool isOpen(Thread& t, Value self) {
  return asDbm(self)->database || raiseDbm(t, "DBM object has already been closed").operator bool();
}

// A key or content: text in UTF-8, or bytes.
class DatumArgument {
 public:
  bool set(Thread& t, Value v) {
    std::string_view view;
    if (isStr(v)) {
      if (!text_.set(t, asStr(v))) return false;
      view = text_.view();
    } else {
      if (!buffer_.get(t, v)) return false;
      view = buffer_.view();
    }
    if (view.size() > INT_MAX) return raise(t, exc::OverflowError, "size does not fit in an int");
    datum_ = Datum{const_cast<char*>(view.data()), int(view.size())};
    return true;
  }
  Datum get() const { return datum_; }

 private:
  Utf8 text_;
  Buffer buffer_;
  Datum datum_{};
};
Ref<> bytesOf(Thread& t, Datum datum) { return newBytes(t, {datum.data, size_t(datum.size)}); }
// Whether the last operation failed; the database forgets it.
bool failed(Database* database) {
  if (!library.error(database)) return false;
  library.clear_error(database);
  return true;
}

// --- the type ---

void dbmDealloc(Object* self) {
  if (Database* database = static_cast<DbmObject*>(self)->database) library.close(database);
  freeInstance(self);
}
Ref<> closeDbm(Thread&, Value self) {
  Database* database = asDbm(self)->database;
  asDbm(self)->database = nullptr;
  if (database) library.close(database);
  return steal(kNone);
}
int64_t dbmLength(Thread& t, Value self) {
  if (!isOpen(t, self)) return -1;
  int64_t count = 0;
  Database* database = asDbm(self)->database;
  for (Datum key = library.first_key(database); key.data; key = library.next_key(database)) ++count;
  return count;
}
Ref<> dbmItem(Thread& t, Value self, Value key) {
  DatumArgument k;
  if (!k.set(t, key) || !isOpen(t, self)) return kRaised;
  Datum found = library.fetch(asDbm(self)->database, k.get());
  if (!found.data) return raiseKeyError(t, key);
  if (failed(asDbm(self)->database)) return raiseDbm(t, "");
  return bytesOf(t, found);
}
bool dbmSetItem(Thread& t, Value self, Value key, Value content) {
  DatumArgument k, c;
  if (!k.set(t, key)) {
    if (raisedIs(t, exc::TypeError)) clearException(t);
    return t.raised() ? false : raise(t, exc::TypeError, "dbm mappings have bytes or string keys only").operator bool();
  }
  if (!isOpen(t, self)) return false;
  Database* database = asDbm(self)->database;
  if (!content) {
    if (library.remove(database, k.get()) >= 0) return true;
    if (failed(database)) return raiseDbm(t, "cannot delete item from database");
    return raiseKeyError(t, key);
  }
  if (!c.set(t, content)) {
    if (raisedIs(t, exc::TypeError)) clearException(t);
    return t.raised() ? false
                      : raise(t, exc::TypeError, "dbm mappings have bytes or string elements only").operator bool();
  }
  if (!isOpen(t, self)) return false;
  bool stored = library.store(asDbm(self)->database, k.get(), c.get(), kStoreReplace) >= 0;
  if (failed(asDbm(self)->database) || !stored) return raiseDbm(t, "cannot add item to database");
  return true;
}
int dbmContains(Thread& t, Value self, Value key) {
  if (!isOpen(t, self)) return -1;
  if (!isStr(key) && !isBytes(key))
    return raise(t, exc::TypeError, "dbm key must be bytes or string, not %.100s", typeName(key));
  DatumArgument k;
  if (!k.set(t, key)) return -1;
  return library.fetch(asDbm(self)->database, k.get()).data != nullptr;
}
Ref<> keys(Thread& t, Value self) {
  if (!isOpen(t, self)) return kRaised;
  Ref<List> list = newList(t);
  Database* database = asDbm(self)->database;
  for (Datum key = library.first_key(database); list && key.data; key = library.next_key(database)) {
    if (!listAppend(t, list.get(), bytesOf(t, key))) return kRaised;
  }
  return list;
}
Ref<> get(Thread& t, Value self, const Value* args) {
  DatumArgument k;
  if (!k.set(t, args[0]) || !isOpen(t, self)) return kRaised;
  Datum found = library.fetch(asDbm(self)->database, k.get());
  return found.data ? bytesOf(t, found) : share(args[1]);
}
Ref<> setDefault(Thread& t, Value self, const Value* args) {
  DatumArgument k, c;
  if (!k.set(t, args[0]) || !isOpen(t, self)) return kRaised;
  Datum found = library.fetch(asDbm(self)->database, k.get());
  if (found.data) return bytesOf(t, found);
  Ref<> fallback = args[1] ? share(args[1]) : share(Value(emptyBytes()));
  if (!c.set(t, fallback)) {
    if (!raisedIs(t, exc::TypeError)) return kRaised;
    clearException(t);
    return raise(t, exc::TypeError, "dbm mappings have bytes or string elements only");
  }
  if (!isOpen(t, self)) return kRaised;
  bool stored = library.store(asDbm(self)->database, k.get(), c.get(), kStoreInsert) >= 0;
  if (failed(asDbm(self)->database) || !stored) return raiseDbm(t, "cannot add item to database");
  return fallback;
}
// A mapping, which __getitem__ alone would make iterable.
Ref<> refuseIteration(Thread& t, Value self) {
  return raise(t, exc::TypeError, "'%s' object is not iterable", typeName(self));
}
Ref<> enter(Thread&, Value self) { return share(self); }
Ref<> leave(Thread& t, Value self, Args) { return closeDbm(t, self); }

const MethodDef kMethods[] = {
    method("close", closeDbm, "($self, /)", "Close the database."),
    method("keys", keys, "($self, /)", "Return a list of all keys in the database."),
    method("get", get, "($self, key, default=None, /)", "Return the value for key if present, otherwise default."),
    method("setdefault", setDefault, "($self, key, default=<unrepresentable>, /)",
           "Return the value for key if present, otherwise default, which is inserted then."),
    method("__enter__", enter, nullptr),
    method("__exit__", leave, nullptr),
    {},
};

// --- open ---

Ref<> openDbm(Thread& t, Value, const Value* args) {
  Ref<> os = importModule(t, "os");
  Ref<> path = os ? callMethod(t, os, "fsencode", args[0]) : Ref<>();
  if (!path) return kRaised;
  if (!isStr(args[1]))
    return raise(t, exc::TypeError, "open() argument 2 must be str, not %.50s",
                 args[1].isNone() ? "None" : typeName(args[1]));
  int64_t mode = args[2] ? toInt64(t, args[2]) : 0666;
  if (mode == -1 && t.raised()) return kRaised;
  const Str* flags = asStr(args[1]);
  int how = strEqualsAscii(flags, "r")                                  ? O_RDONLY
            : strEqualsAscii(flags, "w")                                ? O_RDWR
            : strEqualsAscii(flags, "c") || strEqualsAscii(flags, "rw") ? O_RDWR | O_CREAT
            : strEqualsAscii(flags, "n")                                ? O_RDWR | O_CREAT | O_TRUNC
                                                                        : -1;
  if (how < 0) return raiseDbm(t, "arg 2 to open should be 'r', 'w', 'c', or 'n'");
  if (asBytes(path)->view().find('\0') != std::string_view::npos)
    return raise(t, exc::ValueError, "embedded null byte");
  DbmObject* dbm = allocateInstance<DbmObject>(dbm_type);
  if (!dbm) return raiseNoMemory(t);
  dbm->database = nullptr;
  Ref<> owner = steal(Value(dbm));
  errno = 0;
  dbm->database = library.open(reinterpret_cast<const char*>(asBytes(path)->data), how, int(mode));
  return dbm->database ? std::move(owner) : Ref<>(raiseErrno(t, errno, args[0]));
}
const MethodDef kFunctions[] = {
    method("open", openDbm, "($module, filename, flags='r', mode=0o666, /)", "Return a database object."),
    {},
};

bool init(Thread& t, ModuleObject* m) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(DbmObject),
                             .doc = nullptr,
                             .methods = kMethods,
                             .dealloc = dbmDealloc,
                             .fill = [](Slots& slots) {
                               slots.iter = refuseIteration;
                               slots.length = dbmLength;
                               slots.getitem = dbmItem;
                               slots.setitem = dbmSetItem;
                               slots.contains = dbmContains;
                             }};
  if (!loadLibrary()) return raise(t, exc::ImportError, "libdb-5.3.so: cannot open shared object file");
  Ref<Type> made = makeNativeType(t, spec, "_dbm.dbm", nullptr, kTypeDisallowNew);
  if (!made) return false;
  dbm_type = made.leakObject();
  dbm_error = addException(t, m, "_dbm.error", Value(&exc::OSError));
  return dbm_error && moduleAdd(t, m, "library", newStrUtf8(t, "Berkeley DB"));
}

}  // namespace

const ModuleDef& dbmModule() {
  static const ModuleDef def{"_dbm", nullptr, kFunctions, init};
  return def;
}

}  // namespace krait
