// Names: globals, class bodies, cells; functions made by def and lambda.
#include "interp/semantics.h"
#include "runtime/code/opcodes.h"
#include "runtime/core/hooks.h"
#include "runtime/core/runtime.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/str.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

Raised raiseNameError(Thread& t, Str* name) {
  Ref<Str> message = strFormat(t, "name '%s' is not defined", Utf8(name).c_str());
  if (!message) return kRaised;
  Ref<> exception = call(t, Value(&exc::NameError), message);
  if (!exception || !setAttr(t, exception, internStatic("name"), name)) return kRaised;
  return raiseInstance(t, std::move(exception));
}

// Looks into a namespace that may be any mapping; empty without exception: absent.
Ref<> lookup(Thread& t, Value space, Str* name) {
  if (isExactDict(space)) return share(dictGetStr(asDict(space), name));
  Ref<> v = getItem(t, space, name);
  if (!v && raisedIs(t, exc::KeyError)) clearException(t);
  return v;
}

Ref<> lookupGlobalOrBuiltin(Thread& t, Frame* frame, Str* name) {
  Ref<> v = share(dictGetStr(frame->globals, name));
  if (v) return v;
  v = lookup(t, frame->builtins, name);
  if (!v && !t.raised()) return raiseNameError(t, name);
  return v;
}

}  // namespace

Ref<> opLoadGlobal(Thread& t, Frame* frame, Str* name) { return lookupGlobalOrBuiltin(t, frame, name); }

Ref<> opLoadName(Thread& t, Frame* frame, Str* name) {
  if (!hasLocals(frame)) return raise(t, exc::SystemError, "no locals when loading '%s'", Utf8(name).c_str());
  Ref<> v = lookup(t, frame->locals, name);
  if (v || t.raised()) return v;
  return lookupGlobalOrBuiltin(t, frame, name);
}

bool opStoreName(Thread& t, Frame* frame, Str* name, Value v) {
  if (!hasLocals(frame)) return raise(t, exc::SystemError, "no locals found when storing '%s'", Utf8(name).c_str());
  if (isExactDict(frame->locals)) return dictSetStr(t, asDict(frame->locals), name, v);
  return setItem(t, frame->locals, name, v);
}

bool opDeleteName(Thread& t, Frame* frame, Str* name) {
  if (!hasLocals(frame)) return raise(t, exc::SystemError, "no locals when deleting '%s'", Utf8(name).c_str());
  if (setItem(t, frame->locals, name, Value())) return true;
  return raiseNameError(t, name);
}

bool opStoreGlobal(Thread& t, Frame* frame, Str* name, Value v) { return dictSetStr(t, frame->globals, name, v); }

bool opDeleteGlobal(Thread& t, Frame* frame, Str* name) {
  int deleted = dictDeleteStr(t, frame->globals, name);
  if (deleted == 0) return raiseNameError(t, name);
  return deleted > 0;
}

Raised raiseUnboundLocal(Thread& t, Frame* frame, int slot) {
  return raise(t, exc::UnboundLocalError, "cannot access local variable '%s' where it is not associated with a value",
               Utf8(asStr(frame->code->slot_names->items[slot])).c_str());
}

Raised raiseUnboundCell(Thread& t, Frame* frame, int slot) {
  if (!(frame->code->slot_kinds->data[slot] & kLocalFree)) return raiseUnboundLocal(t, frame, slot);
  return raise(t, exc::NameError, "cannot access free variable '%s' where it is not associated with a value in enclosing scope",
               Utf8(asStr(frame->code->slot_names->items[slot])).c_str());
}

Ref<> opLoadClassDeref(Thread& t, Frame* frame, int slot) {
  Str* name = asStr(frame->code->slot_names->items[slot]);
  if (!hasLocals(frame)) return raise(t, exc::SystemError, "no locals when loading '%s'", Utf8(name).c_str());
  Ref<> v = lookup(t, frame->locals, name);
  if (v || t.raised()) return v;
  Value cell = frame->slots[slot];
  Value content = isExact(cell, &types::Cell) ? static_cast<CellObject*>(cell.asObject())->content : Value();
  if (!content) return raiseUnboundCell(t, frame, slot);
  return share(content);
}

Ref<> opLoadBuildClass(Thread& t, Frame* frame) {
  Ref<> v = lookup(t, frame->builtins, internStatic("__build_class__"));
  if (!v && !t.raised()) return raise(t, exc::NameError, "__build_class__ not found");
  return v;
}

bool opSetupAnnotations(Thread& t, Frame* frame) {
  if (!hasLocals(frame)) return raise(t, exc::SystemError, "no locals found when setting up annotations");
  Str* name = internStatic("__annotations__");
  Ref<> present = lookup(t, frame->locals, name);
  if (present || t.raised()) return bool(present);
  Ref<Dict> fresh = newDict(t);
  return fresh && setItem(t, frame->locals, name, fresh);
}

Ref<> opMakeFunction(Thread& t, Frame* frame, Value code, int flags, const Value* extras) {
  if (!isExact(code, &types::Code)) return raise(t, exc::TypeError, "MAKE_FUNCTION expects a code object");
  Ref<Function> f = newFunction(t, asCode(code), frame->globals, Value());
  if (!f) return kRaised;
  assign(f->builtins, share(frame->builtins));
  if (flags & 1) f->defaults = share(*extras++).leak();
  if (flags & 2) f->kw_defaults = share(*extras++).leak();
  if (flags & 4) f->annotations = share(*extras++).leak();
  if (flags & 8) f->closure = share(*extras++).leak();
  return f;
}

}  // namespace krait
