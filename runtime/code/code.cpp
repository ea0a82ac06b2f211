// Making code objects: the checks of CPython's constructor, interned names, counts.
#include "runtime/code/code.h"

#include <cctype>

#include "runtime/core/error.h"
#include "runtime/core/frame.h"
#include "runtime/core/hooks.h"
#include "runtime/core/runtime.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/set.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"

namespace krait {

namespace {

bool allStrings(Value tuple) {
  for (int64_t i = 0; i < asTuple(tuple)->size; ++i) {
    if (!isExactStr(asTuple(tuple)->items[i])) return false;
  }
  return true;
}

void internItem(Thread& t, Value& item) {
  Ref<Str> canonical = intern(t, steal(item).as<Str>());
  item = canonical.leak();
}

void internNames(Thread& t, Value tuple) {
  Tuple* names = asTuple(tuple);
  for (int64_t i = 0; i < names->size; ++i) internItem(t, names->items[i]);
}

bool looksLikeName(const Str* s) {
  if (!s->ascii) return false;
  for (int64_t i = 0; i < s->length; ++i) {
    if (!isalnum(s->data[i]) && s->data[i] != '_') return false;
  }
  return true;
}

// Constants that look like names are interned, those inside tuples too, as attribute access by getattr() profits from it.
void internConstants(Thread& t, Tuple* consts) {
  for (int64_t i = 0; i < consts->size; ++i) {
    Value& v = consts->items[i];
    if (isExactStr(v)) {
      if (looksLikeName(asStr(v))) internItem(t, v);
    } else if (isExactTuple(v)) {
      internConstants(t, asTuple(v));
    }
  }
}

Raised badPart(Thread& t, const char* what) { return raise(t, exc::ValueError, "code: %s", what); }

bool checkParts(Thread& t, const CodeParts& p) {
  if (p.arg_count < 0 || p.positional_only_count < 0 || p.arg_count < p.positional_only_count || p.keyword_only_count < 0 ||
      p.stack_size < 0 || p.stack_size > 1 << 24) {
    return badPart(t, "bad counts");
  }
  if (!isExactBytes(p.bytecode) || !isExactTuple(p.consts) || !isExactTuple(p.names) || !isExactTuple(p.slot_names) ||
      !isExactBytes(p.slot_kinds) || !isStr(p.filename) || !isExactStr(p.name) || !isExactStr(p.qualname) ||
      !isExactBytes(p.line_table) || !isExactBytes(p.exception_table) || !allStrings(p.names) || !allStrings(p.slot_names)) {
    return badPart(t, "a part has the wrong type");
  }
  if (asBytes(p.slot_kinds)->size != asTuple(p.slot_names)->size) {
    return badPart(t, "localspluskinds and localsplusnames differ in length");
  }
  if (asBytes(p.bytecode)->size % 2 != 0) return badPart(t, "co_code is malformed");
  if (asBytes(p.bytecode)->size > int64_t(1) << 28) return raise(t, exc::OverflowError, "code: co_code larger than INT_MAX");
  return true;
}

}  // namespace

Ref<Code> newCode(Thread& t, const CodeParts& p) {
  if (!checkParts(t, p)) return kRaised;
  int32_t locals = 0, cells = 0, frees = 0;
  const uint8_t* kinds = asBytes(p.slot_kinds)->data;
  int64_t slots = asTuple(p.slot_names)->size;
  for (int64_t i = 0; i < slots; ++i) {
    if (kinds[i] & kLocalPlain) {
      ++locals;
      cells += (kinds[i] & kLocalCell) != 0;
    } else if (kinds[i] & kLocalCell) {
      ++cells;
    } else if (kinds[i] & kLocalFree) {
      if (++frees, i != slots - 1 && !(kinds[i + 1] & kLocalFree)) return badPart(t, "free variables are not last");
    }
  }
  int64_t parameters = int64_t(p.arg_count) + p.keyword_only_count + !!(p.flags & kCodeVarArgs) + !!(p.flags & kCodeVarKeywords);
  if (parameters > locals) return badPart(t, "varnames is too small");
  // Parameters come first among the slots and are plain locals.
  for (int64_t i = 0; i < parameters; ++i) {
    if (!(kinds[i] & kLocalPlain)) return badPart(t, "a parameter is not a local");
  }

  Code* code = allocate<Code>(Sort::kPlain, &types::Code, kKindCode);
  if (!code) return raiseNoMemory(t);
  internNames(t, p.names);
  internNames(t, p.slot_names);
  internConstants(t, asTuple(p.consts));
  code->arg_count = p.arg_count;
  code->positional_only_count = p.positional_only_count;
  code->keyword_only_count = p.keyword_only_count;
  code->stack_size = p.stack_size;
  code->flags = p.flags;
  code->first_line = p.first_line;
  code->local_count = locals;
  code->slot_count = int32_t(slots);
  code->cell_count = cells;
  code->free_count = frees;
  code->bytecode = asBytes(share(p.bytecode).leak());
  code->consts = asTuple(share(p.consts).leak());
  code->names = asTuple(share(p.names).leak());
  code->slot_names = asTuple(share(p.slot_names).leak());
  code->slot_kinds = asBytes(share(p.slot_kinds).leak());
  code->exception_table = asBytes(share(p.exception_table).leak());
  code->line_table = asBytes(share(p.line_table).leak());
  code->filename = asStr(share(p.filename).leak());
  code->name = intern(t, share(asStr(p.name))).leakObject();
  code->qualname = intern(t, share(asStr(p.qualname))).leakObject();
  code->cells = nullptr;
  code->jit_data = nullptr;
  code->watchers = nullptr;
  code->version = 0;
  code->traces = 0;
  code->constants = code->consts->items;
  code->frame_words = uint32_t(frameWords(code));
  Ref<Code> made = steal(code);
  if (interpreterOf(t).config.no_debug_ranges && !dropColumns(t, code)) return kRaised;
  return made;
}

namespace {
void renameFile(Code* code, const Str* old, Str* filename) {
  if (!strEqual(code->filename, old)) return;
  retain(filename);
  release(code->filename);
  code->filename = filename;
  for (int64_t i = 0; i < code->consts->size; ++i) {
    if (isExact(code->consts->items[i], &types::Code)) renameFile(asCode(code->consts->items[i]), old, filename);
  }
}
}  // namespace

void setCodeFilename(Code* code, Str* filename) {
  Ref<Str> old = share(code->filename);
  if (!strEqual(old.get(), filename)) renameFile(code, old.get(), filename);
}

int32_t Code::units() const { return int32_t(bytecode->size / 2); }

void deallocCode(Object* self) {
  Code* code = static_cast<Code*>(self);
  if (hooks.code_dies) hooks.code_dies(code);
  Object* owned[] = {code->bytecode, code->consts,          code->names,      code->slot_names, code->slot_kinds,
                     code->exception_table, code->line_table, code->filename, code->name, code->qualname};
  if (code->cells) freeBuffer(code->cells);
  freeObject(code, sizeof(Code), Sort::kPlain);
  for (Object* o : owned) release(o);
}

}  // namespace krait
