// Traceback objects: one entry for each frame that an exception passed through.
#include "runtime/code/code.h"
#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/core/frame.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

Traceback* asTraceback(Value v) { return static_cast<Traceback*>(v.asObject()); }

// Lines are looked up when asked for (line -2): most tracebacks are never shown.
inline constexpr int32_t kLineUnknown = -2;

Traceback* newTraceback(Thread& t, Value next, FrameObject* frame, int unit, int line) {
  Traceback* tb = allocate<Traceback>(Sort::kCollectable, &types::Traceback, kKindTraceback);
  if (!tb) return raiseNoMemory(t);
  tb->next = next && !next.isNone() ? share(next).leak() : Value();
  retain(frame);
  tb->frame = frame;
  tb->last_unit = unit;
  tb->line = line;
  return tb;
}

}  // namespace

bool addTraceback(Thread& t, BaseException* exception, Frame* frame) {
  if (frame->flags & kFrameHidden) return true;
  Ref<> alive = share(Value(exception));
  PreserveException preserve(t);
  FrameObject* object = frameObject(t, frame);
  if (!object) {
    clearException(t);  // memory is exhausted: the entry is lost, the exception goes on
    return true;
  }
  int line = frame->line_override ? int(frame->line_override) : kLineUnknown;
  Traceback* tb = newTraceback(t, exception->traceback, object, frame->unit(), line);
  if (!tb) {
    clearException(t);
    return true;
  }
  assign(exception->traceback, steal(tb));
  return true;
}

int tracebackLine(Traceback* tb) {
  if (tb->line == kLineUnknown) tb->line = codeLine(tb->frame->frame->code, tb->last_unit);
  return tb->line;
}

void setCauseAndContext(Thread& t, Ref<> cause) {
  if (!t.raised() || !cause) return;
  BaseException* e = asException(t.exception);
  assign(e->context, share(cause));
  assign(e->cause, std::move(cause));
  e->suppress_context = true;
}

namespace {

Ref<> tbNext(Thread&, Value self) {
  Value v = asTraceback(self)->next;
  return v ? share(v) : share(kNone);
}
bool setTbNext(Thread& t, Value self, Value v) {
  if (!v) return raise(t, exc::TypeError, "can't delete tb_next attribute");
  if (!v.isNone() && !isExact(v, &types::Traceback)) return raise(t, exc::TypeError, "expected traceback object, got '%s'", typeName(v));
  for (Value p = v; p && !p.isNone(); p = asTraceback(p)->next) {
    if (p == self) return raise(t, exc::ValueError, "traceback loop detected");
  }
  assign(asTraceback(self)->next, v.isNone() ? Ref<>() : share(v));
  return true;
}
Ref<> tbFrame(Thread& t, Value self) {
  return auditRead(t, self, "tb_frame") ? share(Value(asTraceback(self)->frame)) : Ref<>(kRaised);
}
Ref<> tbLasti(Thread&, Value self) {
  int unit = asTraceback(self)->last_unit;
  return share(Value::fromInt(unit < 0 ? -1 : unit * 2));
}
Ref<> tbLine(Thread&, Value self) {
  int line = tracebackLine(asTraceback(self));
  return line < 0 ? share(kNone) : share(Value::fromInt(line));
}

const GetSetDef kGetSets[] = {
    {"tb_next", tbNext, setTbNext, nullptr},
    {"tb_frame", tbFrame, nullptr, nullptr, true},
    {"tb_lasti", tbLasti, nullptr, nullptr, true},
    {"tb_lineno", tbLine, nullptr, nullptr, true},
    {},
};

Ref<> tracebackNew(Thread& t, Type*, Args args) {
  Value v[4];
  static const char* const kNames[] = {"tb_next", "tb_frame", "tb_lasti", "tb_lineno"};
  for (size_t i = 0; i < args.positional && i < 4; ++i) v[i] = args[i];
  for (size_t k = 0; k < args.keywords(); ++k) {
    for (size_t i = 0; i < 4; ++i) {
      if (strEqualsAscii(asStr(args.names->items[k]), kNames[i])) v[i] = args[args.positional + k];
    }
  }
  for (size_t i = 0; i < 4; ++i) {
    if (!v[i]) return raise(t, exc::TypeError, "traceback() missing required argument '%s' (pos %zu)", kNames[i], i + 1);
  }
  if (!v[0].isNone() && !isExact(v[0], &types::Traceback)) {
    return raise(t, exc::TypeError, "expected traceback object or None, got '%s'", typeName(v[0]));
  }
  if (!isExact(v[1], &types::Frame))
    return raise(t, exc::TypeError, "traceback() argument 'tb_frame' must be frame, not %s", typeName(v[1]));
  int64_t lasti = toInt64(t, v[2]);
  if (t.raised()) return kRaised;
  int64_t line = toInt64(t, v[3]);
  if (t.raised()) return kRaised;
  Traceback* tb = newTraceback(t, v[0], asFrameObject(v[1]), int(lasti) / 2, int(line));
  return tb ? steal(Value(tb)) : Ref<>(kRaised);
}

Ref<> tracebackDir(Thread& t, Value) {
  Ref<List> names = newList(t);
  if (!names) return kRaised;
  for (const char* name : {"tb_frame", "tb_next", "tb_lasti", "tb_lineno"}) {
    if (!listAppend(t, names.get(), share(Value(internStatic(name))))) return kRaised;
  }
  return names;
}
const MethodDef kMethods[] = {method("__dir__", tracebackDir, "($self, /)"), {}};

void tracebackTraverse(Object* o, Visitor& visitor) {
  visitor.visit(static_cast<Traceback*>(o)->next);
  visitor.visit(static_cast<Traceback*>(o)->frame);
}
void tracebackClear(Object* o) { assign(static_cast<Traceback*>(o)->next, Ref<>()); }
void tracebackDealloc(Object* o) {
  Value next = static_cast<Traceback*>(o)->next;
  FrameObject* frame = static_cast<Traceback*>(o)->frame;
  freeObject(o, sizeof(Traceback), Sort::kCollectable);
  release(next);
  release(frame);
}

}  // namespace

const TypeSpec& tracebackTypeSpec() {
  static const TypeSpec spec{.type = &types::Traceback,
                             .basic_size = sizeof(Traceback),
                             .doc = "Create a new traceback object.",
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .dealloc = tracebackDealloc,
                             .traverse = tracebackTraverse,
                             .clear = tracebackClear,
                             .fill = [](Slots& s) { s.new_ = tracebackNew; }};
  return spec;
}

}  // namespace krait
