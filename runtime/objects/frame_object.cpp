// Frame objects: what Python sees of a frame, while it runs and after it was left.
#include "runtime/code/opcodes.h"
#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/core/frame.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/generator.h"
#include "runtime/objects/generator_internal.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_utf8.h"

namespace krait {

void clearOwnedFrame(Frame* frame);
void freeOwnedFrame(Frame* frame);
bool jumpTo(Thread& t, FrameObject* object, int line);  // frame_jump.cpp

namespace {

FrameObject* self_(Value v) { return asFrameObject(v); }

// A frame whose contents went with it (cleared, or lost to a failed allocation) has nothing to show.
Frame* frameOf(Thread& t, Value v) {
  Frame* frame = self_(v)->frame;
  if (!frame) (void)raise(t, exc::RuntimeError, "the frame is gone");
  return frame;
}

Ref<> fBack(Thread& t, Value self) {
  FrameObject* object = self_(self);
  if (object->back) return share(object->back);
  Frame* frame = object->frame;
  Frame* back = frame ? frame->previous : nullptr;
  while (back && (back->flags & kFrameHidden)) back = back->previous;
  if (!back) return share(kNone);
  FrameObject* result = frameObject(t, back);
  return result ? share(Value(result)) : Ref<>(kRaised);
}
Ref<> fCode(Thread& t, Value self) {
  if (!auditRead(t, self, "f_code")) return kRaised;
  Frame* f = frameOf(t, self);
  return f ? share(Value(f->code)) : Ref<>(kRaised);
}
Ref<> fGlobals(Thread& t, Value self) {
  Frame* f = frameOf(t, self);
  return f ? share(Value(f->globals)) : Ref<>(kRaised);
}
Ref<> fBuiltins(Thread& t, Value self) {
  Frame* f = frameOf(t, self);
  return f ? share(f->builtins) : Ref<>(kRaised);
}
Ref<> fLocals(Thread& t, Value self) {
  Frame* f = frameOf(t, self);
  return f ? frameLocals(t, f) : Ref<>(kRaised);
}
Ref<> fLasti(Thread& t, Value self) {
  Frame* f = frameOf(t, self);
  if (!f) return kRaised;
  int unit = f->unit();
  return share(Value::fromInt(unit < 0 ? -1 : unit * 2));
}
Ref<> fLine(Thread& t, Value self) {
  FrameObject* object = self_(self);
  Frame* f = frameOf(t, self);
  if (!f) return kRaised;
  int line = object->new_line ? object->new_line : frameLine(f);
  return line < 0 ? share(kNone) : share(Value::fromInt(line));
}
bool setFLine(Thread& t, Value self, Value v) {
  if (!v) return raise(t, exc::AttributeError, "cannot delete attribute");
  if (!v.isInt() && !isExact(v, &types::Int)) return raise(t, exc::ValueError, "lineno must be an integer");
  int64_t line;
  if (!intFits64(v, &line) || line > INT32_MAX || line < INT32_MIN) return raise(t, exc::ValueError, "lineno out of range");
  return jumpTo(t, self_(self), int(line));
}
Ref<> fTrace(Thread&, Value self) {
  Value v = self_(self)->trace;
  return v ? share(v) : share(kNone);
}
bool setFTrace(Thread&, Value self, Value v) {
  assign(self_(self)->trace, v.isNone() ? Ref<>() : share(v));
  return true;
}
Ref<> fTraceLines(Thread&, Value self) { return share(Value::fromBool(self_(self)->trace_lines)); }
bool setFTraceLines(Thread& t, Value self, Value v) {
  if (!v || !v.isBool()) return raise(t, exc::TypeError, "attribute value type must be bool");
  self_(self)->trace_lines = v == kTrue;
  return true;
}
Ref<> fTraceOpcodes(Thread&, Value self) { return share(Value::fromBool(self_(self)->trace_opcodes)); }
bool setFTraceOpcodes(Thread& t, Value self, Value v) {
  if (!v || !v.isBool()) return raise(t, exc::TypeError, "attribute value type must be bool");
  self_(self)->trace_opcodes = v == kTrue;
  return true;
}

const GetSetDef kGetSets[] = {
    {"f_back", fBack, nullptr, nullptr},
    {"f_code", fCode, nullptr, nullptr},
    {"f_globals", fGlobals, nullptr, nullptr},
    {"f_builtins", fBuiltins, nullptr, nullptr},
    {"f_locals", fLocals, nullptr, nullptr},
    {"f_lasti", fLasti, nullptr, nullptr},
    {"f_lineno", fLine, setFLine, nullptr},
    {"f_trace", fTrace, setFTrace, nullptr},
    {"f_trace_lines", fTraceLines, setFTraceLines, nullptr, true},
    {"f_trace_opcodes", fTraceOpcodes, setFTraceOpcodes, nullptr, true},
    {},
};

Ref<> frameClear(Thread& t, Value self) {
  Frame* f = self_(self)->frame;
  if (!f) return share(kNone);
  if (f->owner == FrameOwner::kThread) return raise(t, exc::RuntimeError, "cannot clear an executing frame");
  if (f->owner == FrameOwner::kGenerator) {
    Generator* g = generatorOf(f);
    if (g->state == GeneratorState::kRunning) return raise(t, exc::RuntimeError, "cannot clear an executing frame");
    Ref<> alive = share(Value(g));
    generatorFinalize(t, g);
    if (g->state != GeneratorState::kFinished) generatorClear(g);
    return share(kNone);
  }
  clearOwnedFrame(f);
  return share(kNone);
}
const MethodDef kMethods[] = {method("clear", frameClear, "($self, /)", "F.clear(): clear most references held by the frame"), {}};

Ref<> frameRepr(Thread& t, Value self) {
  Frame* f = frameOf(t, self);
  if (!f) return kRaised;
  return strFormat(t, "<frame at %p, file '%s', line %d, code %s>", static_cast<void*>(self.asObject()), Utf8(f->code->filename).c_str(),
                   frameLine(f), Utf8(f->code->name).c_str());
}

void frameTraverse(Object* o, Visitor& visitor) {
  FrameObject* object = static_cast<FrameObject*>(o);
  visitor.visit(object->back);
  visitor.visit(object->trace);
  if (object->frame && object->frame->owner == FrameOwner::kFrameObject) traverseFrame(object->frame, visitor);
}
void frameClearObject(Object* o) {
  FrameObject* object = static_cast<FrameObject*>(o);
  assign(object->back, Ref<>());
  assign(object->trace, Ref<>());
  if (object->frame && object->frame->owner == FrameOwner::kFrameObject) clearOwnedFrame(object->frame);
}
void frameDealloc(Object* o) {
  FrameObject* object = static_cast<FrameObject*>(o);
  Frame* frame = object->frame;
  Value back = object->back, trace = object->trace;
  if (frame && frame->owner != FrameOwner::kFrameObject) {
    if (frame->object == object) frame->object = nullptr;
    frame = nullptr;
  }
  freeObject(o, sizeof(FrameObject), Sort::kCollectable);
  if (frame) freeOwnedFrame(frame);
  release(back);
  release(trace);
}

}  // namespace

const TypeSpec& frameTypeSpec() {
  static const TypeSpec spec{.type = &types::Frame,
                             .basic_size = sizeof(FrameObject),
                             .doc = nullptr,
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .dealloc = frameDealloc,
                             .traverse = frameTraverse,
                             .clear = frameClearObject,
                             .fill = [](Slots& s) { s.repr = frameRepr; }};
  return spec;
}

}  // namespace krait
