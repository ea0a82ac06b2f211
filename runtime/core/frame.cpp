// The frame stack of a thread, the life of frames, and what Python sees of them as f_locals.
#include "runtime/core/frame.h"

#include <cstdlib>
#include <cstring>

#include "runtime/code/opcodes.h"
#include "runtime/core/error.h"
#include "runtime/core/hooks.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/generator.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

inline constexpr size_t kChunkWords = 32 * 1024 - 8;

StackChunk* chunkOf(Thread& t) { return static_cast<StackChunk*>(t.stack_chunk); }

bool openChunk(Thread& t, size_t words) {
  size_t size = words > kChunkWords ? words : kChunkWords;
  StackChunk* chunk = static_cast<StackChunk*>(malloc(sizeof(StackChunk) + size * sizeof(Value)));
  if (!chunk) return raiseNoMemory(t);
  chunk->previous = chunkOf(t);
  chunk->words = size;
  chunk->saved_top = t.stack_top;
  t.stack_chunk = chunk;
  t.stack_top = chunk->data;
  t.stack_limit = chunk->data + size;
  return true;
}

void closeChunk(Thread& t) {
  StackChunk* chunk = chunkOf(t);
  t.stack_chunk = chunk->previous;
  t.stack_top = chunk->saved_top;
  t.stack_limit = chunk->previous ? chunk->previous->data + chunk->previous->words : nullptr;
  free(chunk);
}

}  // namespace

size_t frameWords(const Code* code) {
  // One word to spare above a full stack: the interpreter puts results there before it drops operands.
  return sizeof(Frame) / sizeof(Value) + size_t(code->slot_count) + size_t(code->stack_size) + 1;
}

Frame* pushFrame(Thread& t, Code* code) {
  size_t words = code->frame_words;
  if (KRAIT_UNLIKELY(size_t(t.stack_limit - t.stack_top) < words) && !openChunk(t, words)) return nullptr;
  Frame* frame = reinterpret_cast<Frame*>(t.stack_top);
  t.stack_top += words;
  return frame;
}

void popFrame(Thread& t, Frame* frame) {
  StackChunk* chunk = chunkOf(t);
  t.stack_top = reinterpret_cast<Value*>(frame);
  // The first chunk stays, so that a loop of calls at its edge does not open and close the second for ever only when deep.
  if (KRAIT_UNLIKELY(t.stack_top == chunk->data) && chunk->previous) closeChunk(t);
}

void freeFrameStack(Thread& t) {
  while (t.stack_chunk) closeChunk(t);
}

namespace {

// The frame is left while somebody holds its object: the contents move into memory that the object owns.
bool moveToObject(Thread& t, Frame* frame) {
  size_t words = frame->code->frame_words;
  Frame* copy = static_cast<Frame*>(allocateBuffer(words * sizeof(Value)));
  if (!copy) return false;
  FrameObject* object = frame->object;
  // f_back must survive the frames below: they get objects, in turn, when they are left.
  Frame* back = frame->previous;
  while (back && (back->flags & kFrameHidden)) back = back->previous;
  if (back && frame->owner == FrameOwner::kThread) {
    // Without memory f_back ends here; the exception that the frame is left by stays as it is.
    PreserveException preserve(t);
    if (FrameObject* back_object = frameObject(t, back)) assign(object->back, share(Value(back_object)));
  }
  size_t used = size_t(frame->top - reinterpret_cast<Value*>(frame));
  memcpy(static_cast<void*>(copy), frame, used * sizeof(Value));
  copy->owner = FrameOwner::kFrameObject;
  copy->previous = nullptr;
  copy->object = nullptr;  // no cycle: the object owns the copy
  copy->top = reinterpret_cast<Value*>(copy) + used;
  object->frame = copy;
  return true;
}

void releaseContents(Frame* frame) {
  Value* top = frame->top;
  for (Value* p = frame->slots; p < top; ++p) {
    Value v = *p;
    *p = Value();
    release(v);
  }
  frame->top = frame->stackBase();
  Value locals = frame->locals;
  frame->locals = Value();
  release(locals);
}

void releaseRest(Frame* frame) {
  if (frame->function) {
    release(frame->function);
  } else {
    releaseIfAny(frame->globals);
    release(frame->builtins);
  }
  release(frame->code);
}

}  // namespace

void clearFrame(Thread& t, Frame* frame) {
  if (KRAIT_UNLIKELY(frame->object != nullptr)) {
    FrameObject* object = frame->object;
    if (object->count > 1) {
      if (moveToObject(t, frame)) {
        frame->object = nullptr;
        release(object);
        return;
      }
    }
    frame->object = nullptr;
    object->frame = nullptr;
    release(object);
  }
  releaseContents(frame);
  releaseRest(frame);
}

// Of a frame that its object owns (frame.clear(), death of the frame object, a collected cycle).
void clearOwnedFrame(Frame* frame) { releaseContents(frame); }
void freeOwnedFrame(Frame* frame) {
  releaseContents(frame);
  releaseRest(frame);
  freeBuffer(frame);
}

void traverseFrame(Frame* frame, Visitor& visitor) {
  for (Value* p = frame->slots; p < frame->top; ++p) visitor.visit(*p);
  visitor.visit(frame->locals);
  visitor.visit(frame->object);
  if (frame->function) {
    visitor.visit(frame->function);
  } else {
    visitor.visit(frame->globals);
    visitor.visit(frame->builtins);
  }
}

FrameObject* frameObject(Thread& t, Frame* frame) {
  if (frame->object) return frame->object;
  FrameObject* object = allocate<FrameObject>(Sort::kCollectable, &types::Frame, kKindFrame);
  if (!object) return raiseNoMemory(t);
  object->frame = frame;
  object->back = Value();
  object->trace = Value();
  object->trace_lines = true;
  object->trace_opcodes = false;
  object->new_line = 0;
  object->resume_unit = -1;
  frame->object = object;
  return object;
}

Frame* visibleFrame(Thread& t) {
  if (t.activation && hooks.force_frames) hooks.force_frames(t);
  Frame* frame = t.frame;
  while (frame && (frame->flags & kFrameHidden)) frame = frame->previous;
  return frame;
}

int frameLine(Frame* frame) {
  if (frame->line_override) return int(frame->line_override);
  int line = codeLine(frame->code, frame->unit());
  return line;
}

namespace {

// Before COPY_FREE_VARS ran, free variables stand in the function's closure.
bool freeVariablesMissing(Frame* frame) {
  Cell* cells = frame->code->cells;
  return frame->function && frame->function->closure && cells && frame->pc < cells && cells[0].op == op_COPY_FREE_VARS;
}

void copyFreeVariables(Frame* frame) {
  Tuple* closure = asTuple(frame->function->closure);
  int first = frame->code->slot_count - frame->code->free_count;
  for (int i = 0; i < frame->code->free_count; ++i) assign(frame->slots[first + i], share(closure->items[i]));
  frame->pc = frame->code->cells;
}

// What a slot shows as: the content of its cell, or the plain value; empty: unbound.
Value slotContent(Frame* frame, int i) {
  Value v = frame->slots[i];
  uint8_t kind = frame->code->slot_kinds->data[i];
  if ((kind & (kLocalCell | kLocalFree)) && isExact(v, &types::Cell)) return static_cast<CellObject*>(v.asObject())->content;
  return v;
}

}  // namespace

bool hasLocals(Frame* frame) {
  if (frame->locals) return true;
  if (frame->code->flags & kCodeOptimized) return false;
  frame->locals = share(Value(frame->globals)).leak();
  return true;
}

Ref<> frameLocals(Thread& t, Frame* frame) {
  if (!hasLocals(frame)) {
    Ref<Dict> fresh = newDict(t);
    if (!fresh) return kRaised;
    frame->locals = fresh.leak();
  }
  if (freeVariablesMissing(frame)) copyFreeVariables(frame);
  Code* code = frame->code;
  Ref<> locals = share(frame->locals);
  for (int i = 0; i < code->slot_count; ++i) {
    uint8_t kind = code->slot_kinds->data[i];
    // Free variables of a class body are not its locals.
    if ((kind & kLocalFree) && !(code->flags & kCodeOptimized)) continue;
    Value name = code->slot_names->items[i];
    Ref<> v = share(slotContent(frame, i));
    if (v) {
      if (!setItem(t, locals, name, v)) return kRaised;
    } else if (isExactDict(locals)) {
      if (dictDelete(t, asDict(locals), name) < 0) return kRaised;
    } else if (!setItem(t, locals, name, Value())) {
      if (!raisedIs(t, exc::KeyError)) return kRaised;
      clearException(t);
    }
  }
  return locals;
}

void frameLocalsToSlots(Thread& t, Frame* frame, bool clear) {
  if (!frame->locals) return;
  PreserveException preserve(t);
  Code* code = frame->code;
  Ref<> locals = share(frame->locals);
  for (int i = 0; i < code->slot_count; ++i) {
    uint8_t kind = code->slot_kinds->data[i];
    if ((kind & kLocalFree) && !(code->flags & kCodeOptimized)) continue;
    Ref<> v = getItem(t, locals, code->slot_names->items[i]);
    if (!v) {
      clearException(t);
      if (!clear) continue;
    }
    Value old = frame->slots[i];
    if ((kind & (kLocalCell | kLocalFree)) && isExact(old, &types::Cell)) {
      CellObject* cell = static_cast<CellObject*>(old.asObject());
      if (cell->content != v.value()) assign(cell->content, std::move(v));
    } else if (old != v.value()) {
      assign(frame->slots[i], std::move(v));
    }
  }
}

}  // namespace krait
