// os.scandir: an iterator over a directory, and its DirEntry objects, which know their type without a stat call.
#include <dirent.h>
#include <unistd.h>

#include <string>

#include "runtime/core/audit.h"
#include "runtime/modules/fields.h"
#include "runtime/modules/posix/posix.h"
#include "runtime/objects/generic_alias.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_utf8.h"

namespace krait::posix {

namespace {

// name, path (both str or bytes), cached stat, cached lstat
struct Entry : Fields<4> {
  uint64_t inode;
  int dir_fd;            // of the descriptor that was scanned, else AT_FDCWD
  unsigned char d_type;
};
struct Scan : Object {
  DIR* directory;   // null: exhausted or closed
  Value prefix;     // str or bytes with a final slash, or empty for descriptors; owned
  int fd;           // scanned descriptor, -1
  bool as_bytes;
};
Type* entry_type = nullptr;
Type* scan_type = nullptr;
Entry* asEntry(Value v) { return static_cast<Entry*>(v.asObject()); }
Scan* asScan(Value v) { return static_cast<Scan*>(v.asObject()); }

void closeScan(Scan* scan) {
  if (!scan->directory) return;
  if (scan->fd >= 0) rewinddir(scan->directory);
  closedir(scan->directory);
  scan->directory = nullptr;
}

Ref<> fetchStat(Thread& t, Value self, bool follow) {
  Entry* e = asEntry(self);
  Value known = e->v[follow ? 2 : 3];
  if (known) return share(known);
  Ref<> dir = e->dir_fd == AT_FDCWD ? steal(kNone) : newInt(t, e->dir_fd);
  Ref<> result = statPath(t, "DirEntry", e->dir_fd == AT_FDCWD ? e->v[1] : e->v[0], dir, follow);
  if (result) assign(asEntry(self)->v[follow ? 2 : 3], share(result));
  return result;
}
Ref<> entryStat(Thread& t, Value self, const Value* args) {
  bool follow;
  if (!flagArgument(t, args[0], &follow)) return kRaised;
  return fetchStat(t, self, follow && asEntry(self)->d_type == DT_LNK ? true : follow);
}

// Whether the entry is of a type; asks the system only when the directory did not tell. -1: raised.
int testMode(Thread& t, Value self, bool follow, mode_t wanted, unsigned char d_type) {
  Entry* e = asEntry(self);
  if (e->d_type != DT_UNKNOWN && !(follow && e->d_type == DT_LNK)) return e->d_type == d_type;
  Ref<> info = fetchStat(t, self, follow);
  if (!info) {
    if (!raisedIs(t, exc::FileNotFoundError)) return -1;
    clearException(t);  // a broken link, or gone meanwhile
    return 0;
  }
  return (mode_t(asTuple(info)->items[0].asInt()) & S_IFMT) == wanted;
}
template <mode_t wanted, unsigned char d_type>
Ref<> entryIs(Thread& t, Value self, const Value* args) {
  bool follow;
  if (!flagArgument(t, args[0], &follow)) return kRaised;
  int yes = testMode(t, self, follow, wanted, d_type);
  return yes < 0 ? Ref<>(kRaised) : steal(Value::fromBool(yes));
}
Ref<> entryIsLink(Thread& t, Value self) {
  int yes = testMode(t, self, false, S_IFLNK, DT_LNK);
  return yes < 0 ? Ref<>(kRaised) : steal(Value::fromBool(yes));
}
Ref<> entryInode(Thread& t, Value self) { return newIntUnsigned(t, asEntry(self)->inode); }
Ref<> entryPath(Thread&, Value self) { return share(asEntry(self)->v[1]); }
Ref<> entryName(Thread&, Value self) { return share(asEntry(self)->v[0]); }
Ref<> entryRepr(Thread& t, Value self) {
  Ref<Str> name = repr(t, asEntry(self)->v[0]);
  return name ? strFormat(t, "<DirEntry %s>", Utf8(name.get()).c_str()) : Ref<Str>();
}
Ref<> entryClassItem(Thread& t, Value cls, Value item) { return newGenericAlias(t, cls, item); }

const MethodDef kEntryMethods[] = {
    method("is_dir", entryIs<S_IFDIR, DT_DIR>, "($self, /, *, follow_symlinks=True)",
           "Return True if the entry is a directory; cached per entry."),
    method("is_file", entryIs<S_IFREG, DT_REG>, "($self, /, *, follow_symlinks=True)",
           "Return True if the entry is a file; cached per entry."),
    method("is_symlink", entryIsLink, "($self, /)", "Return True if the entry is a symbolic link; cached per entry."),
    method("stat", entryStat, "($self, /, *, follow_symlinks=True)",
           "Return stat_result object for the entry; cached per entry."),
    method("inode", entryInode, "($self, /)", "Return inode of the entry; cached per entry."),
    method("__fspath__", entryPath, "($self, /)", "Returns the path for the entry."),
    method("__class_getitem__", entryClassItem, nullptr, "See PEP 585", MethodKind::kClass),
    {},
};
const GetSetDef kEntryGetSets[] = {
    {"name", entryName, nullptr, "the entry's base filename, relative to scandir() \"path\" argument"},
    {"path", entryPath, nullptr, "the entry's full path name; equivalent to os.path.join(scandir_path, entry.name)"},
    {},
};

Ref<> makeEntry(Thread& t, Scan* scan, const dirent* entry) {
  Ref<> name = decodePath(t, entry->d_name, scan->as_bytes);
  Ref<> path = name ? (scan->prefix ? binaryOp(t, kOp_add, scan->prefix, name) : share(name)) : Ref<>();
  Ref<Entry> made = path ? makeFields<Entry>(t, entry_type) : Ref<Entry>();
  if (!made) return kRaised;
  made->v[0] = name.leak();
  made->v[1] = path.leak();
  made->inode = entry->d_ino;
  made->dir_fd = scan->fd >= 0 ? scan->fd : AT_FDCWD;
  made->d_type = entry->d_type;
  return made;
}

Ref<> scanNext(Thread& t, Value self) {
  Scan* scan = asScan(self);
  while (scan->directory) {
    errno = 0;
    dirent* entry;
    {
      WithoutGil released(t);
      entry = readdir(scan->directory);
    }
    if (!entry) {
      int error = errno;
      closeScan(scan);
      if (error) return raiseOSError(t, error);
      return {};
    }
    std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    return makeEntry(t, scan, entry);
  }
  return {};
}
Ref<> scanClose(Thread&, Value self) {
  closeScan(asScan(self));
  return steal(kNone);
}
Ref<> scanEnter(Thread&, Value self) { return share(self); }
Ref<> scanExit(Thread& t, Value self, Args) { return scanClose(t, self); }
void scanFinalize(Thread& t, Object* self) {
  if (!static_cast<Scan*>(self)->directory) return;
  PreserveException preserve(t);
  Ref<Str> shown = repr(t, Value(self));
  if (!shown || !warn(t, exc::ResourceWarning, 1, "unclosed scandir iterator %s", Utf8(shown.get()).c_str()))
    writeUnraisable(t, Value(self));
  closeScan(static_cast<Scan*>(self));
}
void scanDealloc(Object* self) {
  Scan* scan = static_cast<Scan*>(self);
  closeScan(scan);
  release(scan->prefix);
  freeInstance(self);
}
const MethodDef kScanMethods[] = {
    method("__enter__", scanEnter, "($self, /)"), method("__exit__", scanExit, nullptr), method("close", scanClose, "($self, /)"), {}};

}  // namespace

Ref<> scanDirectory(Thread& t, Value, const Value* args) {
  Path path;
  if (!pathArgument(t, "scandir", "path", args[0], kAllowDescriptor | kAllowNone, &path)) return kRaised;
  if (!audit(t, "os.scandir", path.none ? kNone : args[0])) return kRaised;
  Ref<> prefix;
  if (!path.isDescriptor()) {
    std::string text(path.none ? "." : path.c_str());
    if (!text.empty() && text.back() != '/') text += '/';
    prefix = decodePath(t, text, path.was_bytes);
    if (!prefix) return kRaised;
  }
  Scan* scan = allocateInstance<Scan>(scan_type);
  if (!scan) return raiseNoMemory(t);
  scan->directory = nullptr;
  scan->prefix = prefix.leak();
  scan->fd = path.fd;
  scan->as_bytes = path.was_bytes;
  Ref<> owner = steal(Value(scan));
  {
    WithoutGil released(t);
    if (path.isDescriptor()) {
      int copy = fcntl(path.fd, F_DUPFD_CLOEXEC, 0);
      scan->directory = copy < 0 ? nullptr : fdopendir(copy);
      if (copy >= 0 && !scan->directory) close(copy);
    } else {
      scan->directory = opendir(path.c_str());
    }
  }
  if (!scan->directory) return failed(t, path.none ? Value() : args[0]);
  return owner;
}

bool addScanTypes(Thread& t, ModuleObject* m) {
  static const TypeSpec entry_spec{.type = nullptr,
                                   .basic_size = sizeof(Entry),
                                   .doc = nullptr,
                                   .methods = kEntryMethods,
                                   .getsets = kEntryGetSets,
                                   .dealloc = deallocFields<Entry>,
                                   .fill = [](Slots& slots) { slots.repr = entryRepr; }};
  static const TypeSpec scan_spec{.type = nullptr,
                                  .basic_size = sizeof(Scan),
                                  .doc = nullptr,
                                  .methods = kScanMethods,
                                  .dealloc = scanDealloc,
                                  .fill = [](Slots& slots) {
                                    slots.iter = iteratorSelf;
                                    slots.next = scanNext;
                                    slots.finalize = scanFinalize;
                                  }};
  Ref<Type> entry = makeNativeType(t, entry_spec, "posix.DirEntry", nullptr, kTypeFinal | kTypeDisallowNew);
  Ref<Type> scan = entry ? makeNativeType(t, scan_spec, "posix.ScandirIterator", nullptr, kTypeFinal | kTypeDisallowNew) : Ref<Type>();
  if (!scan) return false;
  entry_type = entry.get();
  scan_type = scan.leakObject();
  return moduleAdd(t, m, "DirEntry", std::move(entry));
}

}  // namespace krait::posix
