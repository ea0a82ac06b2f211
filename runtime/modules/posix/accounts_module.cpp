// pwd and grp: the system's databases of users and groups.
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <vector>

#include "runtime/modules/arguments.h"
#include "runtime/modules/posix/posix.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/tuple.h"

namespace krait::posix {

namespace {

StructSequence user_sequence{
    "pwd.struct_passwd",
    "pwd.struct_passwd: Results from getpw*() routines.\n\nThis object may be accessed either as a tuple of\n"
    "  (pw_name,pw_passwd,pw_uid,pw_gid,pw_gecos,pw_dir,pw_shell)\n"
    "or via the object attributes as named in the above tuple.",
    {"pw_name", "pw_passwd", "pw_uid", "pw_gid", "pw_gecos", "pw_dir", "pw_shell"},
    7};
StructSequence group_sequence{
    "grp.struct_group",
    "grp.struct_group: Results from getgr*() routines.\n\nThis object may be accessed either as a tuple of\n"
    "  (gr_name,gr_passwd,gr_gid,gr_mem)\n"
    "or via the object attributes as named in the above tuple.\n",
    {"gr_name", "gr_passwd", "gr_gid", "gr_mem"},
    4};

Ref<> textOrNone(Thread& t, const char* text) { return text ? decodePath(t, text) : steal(kNone); }
Value idValue(uint32_t id) { return Value::fromInt(id == UINT32_MAX ? -1 : int64_t(id)); }

Ref<> makeUser(Thread& t, const passwd& p) {
  Ref<> name = textOrNone(t, p.pw_name), password = textOrNone(t, p.pw_passwd), comment = textOrNone(t, p.pw_gecos),
        folder = textOrNone(t, p.pw_dir), shell = textOrNone(t, p.pw_shell);
  if (!name || !password || !comment || !folder || !shell) return kRaised;
  Value values[] = {name, password, idValue(p.pw_uid), idValue(p.pw_gid), comment, folder, shell};
  return newStructSequence(t, user_sequence, values);
}
Ref<> makeGroup(Thread& t, const group& g) {
  Ref<List> members = newList(t);
  for (char** member = g.gr_mem; members && *member; ++member) {
    Ref<> name = decodePath(t, *member);
    if (!name || !listAppend(t, members.get(), std::move(name))) return kRaised;
  }
  Ref<> name = textOrNone(t, g.gr_name), password = textOrNone(t, g.gr_passwd);
  if (!members || !name || !password) return kRaised;
  Value values[] = {name, password, idValue(g.gr_gid), members};
  return newStructSequence(t, group_sequence, values);
}

// Calls one of the _r functions with a buffer that grows until the entry fits. False: raised; *found null: no such
// entry.
template <class Entry, class Find>
bool lookUp(Thread& t, std::vector<char>& buffer, Entry* entry, Entry** found, Find find) {
  long size = sysconf(std::is_same_v<Entry, passwd> ? _SC_GETPW_R_SIZE_MAX : _SC_GETGR_R_SIZE_MAX);
  buffer.resize(size > 0 ? size_t(size) : 1024);
  for (;;) {
    int status;
    {
      WithoutGil released(t);
      *found = nullptr;
      status = find(entry, buffer.data(), buffer.size(), found);
    }
    if (status != ERANGE) return true;
    if (buffer.size() > SIZE_MAX / 4) return raiseNoMemory(t);
    buffer.resize(buffer.size() * 2);
  }
}

Raised notFound(Thread& t, const char* message, Value what, bool as_repr) {
  Ref<Str> shown = as_repr ? repr(t, what) : str(t, what);
  Ref<Str> text = shown ? strFormat(t, "%s: %s", message, Utf8(shown.get()).c_str()) : Ref<Str>();
  return text ? raiseKeyError(t, text) : kRaised;
}

Ref<> userById(Thread& t, Value, Value id) {
  uint32_t uid;
  if (!idArgument(t, id, "uid", &uid)) {
    if (!raisedIs(t, exc::OverflowError)) return kRaised;
    clearException(t);
    return raise(t, exc::KeyError, "getpwuid(): uid not found");
  }
  std::vector<char> buffer;
  passwd entry, *found;
  if (!lookUp(t, buffer, &entry, &found,
              [&](passwd* e, char* b, size_t n, passwd** f) { return getpwuid_r(uid, e, b, n, f); })) {
    return kRaised;
  }
  if (found) return makeUser(t, *found);
  return notFound(t, "getpwuid(): uid not found", idValue(uid), false);
}
Ref<> userByName(Thread& t, Value, Value name) {
  Ref<Bytes> text = systemTextArgument(t, "getpwnam() argument", name);
  if (!text) return kRaised;
  const char* c = reinterpret_cast<const char*>(text->data);
  std::vector<char> buffer;
  passwd entry, *found;
  if (!lookUp(t, buffer, &entry, &found,
              [&](passwd* e, char* b, size_t n, passwd** f) { return getpwnam_r(c, e, b, n, f); })) {
    return kRaised;
  }
  return found ? makeUser(t, *found) : Ref<>(notFound(t, "getpwnam(): name not found", name, true));
}
Ref<> allUsers(Thread& t, Value) {
  Ref<List> list = newList(t);
  setpwent();
  while (passwd* p = list ? getpwent() : nullptr) {
    Ref<> user = makeUser(t, *p);
    if (!user || !listAppend(t, list.get(), std::move(user))) list.reset();
  }
  endpwent();
  return list;
}

Ref<> groupById(Thread& t, Value, const Value* args) {
  uint32_t gid;
  if (!idArgument(t, args[0], "gid", &gid)) return kRaised;
  std::vector<char> buffer;
  group entry, *found;
  if (!lookUp(t, buffer, &entry, &found,
              [&](group* e, char* b, size_t n, group** f) { return getgrgid_r(gid, e, b, n, f); })) {
    return kRaised;
  }
  if (found) return makeGroup(t, *found);
  return notFound(t, "getgrgid(): gid not found", idValue(gid), false);
}
Ref<> groupByName(Thread& t, Value, const Value* args) {
  Ref<Bytes> text = systemTextArgument(t, "getgrnam() argument 'name'", args[0]);
  if (!text) return kRaised;
  const char* c = reinterpret_cast<const char*>(text->data);
  std::vector<char> buffer;
  group entry, *found;
  if (!lookUp(t, buffer, &entry, &found,
              [&](group* e, char* b, size_t n, group** f) { return getgrnam_r(c, e, b, n, f); })) {
    return kRaised;
  }
  return found ? makeGroup(t, *found) : Ref<>(notFound(t, "getgrnam(): name not found", args[0], true));
}
Ref<> allGroups(Thread& t, Value) {
  Ref<List> list = newList(t);
  setgrent();
  while (group* g = list ? getgrent() : nullptr) {
    Ref<> made = makeGroup(t, *g);
    if (!made || !listAppend(t, list.get(), std::move(made))) list.reset();
  }
  endgrent();
  return list;
}

const MethodDef kUserFunctions[] = {
    method("getpwuid", userById, "($module, uidobj, /)",
           "Return the password database entry for the given numeric user ID."),
    method("getpwnam", userByName, "($module, name, /)", "Return the password database entry for the given user name."),
    method("getpwall", allUsers, "($module, /)",
           "Return a list of all available password database entries, in arbitrary order."),
    {},
};
const MethodDef kGroupFunctions[] = {
    method("getgrgid", groupById, "($module, /, id)",
           "Return the group database entry for the given numeric group ID."),
    method("getgrnam", groupByName, "($module, /, name)", "Return the group database entry for the given group name."),
    method("getgrall", allGroups, "($module, /)", "Return a list of all available group entries, in arbitrary order."),
    {},
};

bool initUsers(Thread& t, ModuleObject* m) {
  Type* type = structSequenceType(t, user_sequence);
  return type && moduleAdd(t, m, "struct_passwd", share(Value(type)));
}
bool initGroups(Thread& t, ModuleObject* m) {
  Type* type = structSequenceType(t, group_sequence);
  return type && moduleAdd(t, m, "struct_group", share(Value(type)));
}

}  // namespace

}  // namespace krait::posix

namespace krait {
const ModuleDef& pwdModule() {
  static const ModuleDef def{
      "pwd", "Access to the database of users. An entry is a tuple with the fields of C's struct passwd.",
      posix::kUserFunctions, posix::initUsers};
  return def;
}
const ModuleDef& grpModule() {
  static const ModuleDef def{
      "grp", "Access to the database of groups. An entry is a tuple with the fields of C's struct group.",
      posix::kGroupFunctions, posix::initGroups};
  return def;
}
}  // namespace krait
