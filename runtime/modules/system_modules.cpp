// _uuid and _crypt: one function each, of libuuid and libcrypt.
#include <crypt.h>
#include <uuid/uuid.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "runtime/core/error.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"

namespace krait {

namespace {

// --- _uuid ---

Ref<> generateTimeSafe(Thread& t, Value) {
  uuid_t uuid;
  int status = uuid_generate_time_safe(uuid);
  Ref<Bytes> bytes = newBytes(t, {reinterpret_cast<const char*>(uuid), sizeof uuid});
  return bytes ? packTuple(t, bytes.value(), Value::fromInt(status)) : Ref<Tuple>();
}
const MethodDef kUuidFunctions[] = {method("generate_time_safe", generateTimeSafe, nullptr), {}};
bool initUuid(Thread& t, ModuleObject* module) {
  return moduleAdd(t, module, "has_uuid_generate_time_safe", steal(Value::fromInt(1)));
}

// --- _crypt ---

bool textArgument(Thread& t, Value v, int number, Utf8* out) {
  if (!isStr(v)) return raise(t, exc::TypeError, "crypt() argument %d must be str, not %.50s", number, typeName(v));
  if (!out->set(t, asStr(v))) return false;
  if (out->view().find('\0') != std::string_view::npos) return raise(t, exc::ValueError, "embedded null character");
  return true;
}
Ref<> cryptWord(Thread& t, Value, const Value* args) {
  Utf8 word, salt;
  if (!textArgument(t, args[0], 1, &word) || !textArgument(t, args[1], 2, &salt)) return kRaised;
  crypt_data* data =
      static_cast<crypt_data*>(calloc(1, sizeof(crypt_data)));  // 32 KiB, and it holds the password: not on the stack
  if (!data) return raiseNoMemory(t);
  errno = 0;
  const char* hashed = crypt_r(word.c_str(), salt.c_str(), data);
  Ref<> result = hashed ? Ref<>(newStrUtf8(t, hashed)) : Ref<>(raiseOSError(t, errno));
  explicit_bzero(data, sizeof *data);
  free(data);
  return result;
}
const MethodDef kCryptFunctions[] = {method("crypt", cryptWord, "($module, word, salt, /)",
                                            "Hash a *word* with the given *salt* and return the hashed password."),
                                     {}};

}  // namespace

const ModuleDef& uuidModule() {
  static const ModuleDef def{"_uuid", nullptr, kUuidFunctions, initUuid};
  return def;
}
const ModuleDef& cryptModule() {
  static const ModuleDef def{"_crypt", nullptr, kCryptFunctions, nullptr};
  return def;
}

}  // namespace krait
