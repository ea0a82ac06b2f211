// _tracemalloc: where each block of memory was allocated.
//
// The allocator tells of every object and buffer (memory/trace.h); the frames are read where they stand (frame_peek.h).
// Everything kept here is in C++ containers, which the allocator does not see.
#include "runtime/modules/tracemalloc_module.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <vector>

#include "runtime/core/error.h"
#include "runtime/core/frame_peek.h"
#include "runtime/memory/trace.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

struct Line {
  Str* filename;  // owned by the traceback; null: unknown
  int line;
  bool operator<(const Line& other) const {
    return filename != other.filename ? filename < other.filename : line < other.line;
  }
};
// The innermost frame first.
struct Origin {
  std::vector<Line> lines;
  int total;  // frames there were, also those beyond the limit
  bool operator<(const Origin& other) const { return total != other.total ? total < other.total : lines < other.lines; }
};
struct Block {
  size_t size;
  const Origin* origin;
};

bool tracing = false;
int frame_limit = 1;
size_t traced = 0, peak = 0;
std::set<Origin>* origins = nullptr;
std::unordered_map<void*, Block>* blocks = nullptr;

const Origin* originNow() {
  Origin origin{{}, 0};
  if (const Thread* t = Thread::currentOrNull()) {
    FramePeek frames(*t);
    for (PeekedFrame frame; frames.next(&frame); ++origin.total) {
      if (origin.total < frame_limit) origin.lines.push_back({frame.code->filename, frame.line < 0 ? 0 : frame.line});
    }
  }
  if (origin.lines.empty()) origin = {{{nullptr, 0}}, 1};
  auto [place, fresh] = origins->insert(std::move(origin));
  if (fresh) {
    for (const Line& line : place->lines) {
      if (line.filename) retain(line.filename);
    }
  }
  return &*place;
}
void freed(void* memory) {
  auto found = blocks->find(memory);
  if (found == blocks->end()) return;
  traced -= found->second.size;
  blocks->erase(found);
}
void allocated(void* memory, size_t size) {
  freed(memory);  // its release may have escaped, e.g. from a thread without the GIL
  (*blocks)[memory] = {size, originNow()};
  traced += size;
  peak = std::max(peak, traced);
}
const MemoryTracer kTracer = {allocated, freed};

void forget() {
  if (!blocks) return;
  // Releasing a name may free memory, which asks for its block: the containers are emptied first.
  std::set<Origin> gone;
  gone.swap(*origins);
  blocks->clear();
  traced = peak = 0;
  for (const Origin& origin : gone) {
    for (const Line& line : origin.lines) releaseIfAny(line.filename);
  }
}

// --- what Python sees ---

Ref<> originTuple(Thread& t, const Origin& origin) {
  Ref<Tuple> all = newTupleBlank(t, int64_t(origin.lines.size()));
  for (size_t i = 0; all && i < origin.lines.size(); ++i) {
    const Line& line = origin.lines[i];
    Ref<Tuple> pair =
        packTuple(t, Value(line.filename ? line.filename : internStatic("<unknown>")), Value::fromInt(line.line));
    if (!pair) return kRaised;
    all->items[i] = pair.leak();
  }
  return all;
}
// Suspends the tracing while its own results are made.
class Suspended {
 public:
  Suspended() : before_(memory_tracer) { memory_tracer = nullptr; }
  ~Suspended() {
    if (before_) traceMemory(before_);
  }

 private:
  const MemoryTracer* before_;
};

Ref<> isTracing(Thread&, Value) { return steal(Value::fromBool(tracing)); }
Ref<> clearTraces(Thread&, Value) {
  forget();
  return steal(kNone);
}
Ref<> getTraces(Thread& t, Value) {
  Suspended suspended;
  Ref<List> list = newList(t);
  if (!blocks) return list;
  // Tuples of one origin are shared.
  std::unordered_map<const Origin*, Ref<>> tuples;
  for (auto& [memory, block] : *blocks) {
    Ref<>& origin = tuples[block.origin];
    if (!origin) origin = originTuple(t, *block.origin);
    Ref<> size = origin ? newInt(t, int64_t(block.size)) : Ref<>();
    if (!list || !size ||
        !listAppend(
            t, list.get(),
            packTuple(t, Value::fromInt(0), size.value(), origin.value(), Value::fromInt(block.origin->total)))) {
      return kRaised;
    }
  }
  return list;
}
Ref<> objectTraceback(Thread& t, Value, Value object) {
  if (!blocks || !object.isObject()) return steal(kNone);
  auto found = blocks->find(object.asObject());
  return found == blocks->end() ? steal(kNone) : originTuple(t, *found->second.origin);
}
Ref<> start(Thread& t, Value, const Value* args) {
  int64_t frames = toInt64(t, args[0]);
  if (t.raised()) {
    if (!raisedIs(t, exc::OverflowError)) return kRaised;
    clearException(t);
    return raise(t, exc::OverflowError, "Python int too large to convert to C int");
  }
  if (frames != int(frames)) return raise(t, exc::OverflowError, "Python int too large to convert to C int");
  if (frames < 1 || frames > kMostTracedFrames) {
    return raise(t, exc::ValueError, "the number of frames must be in range [1; %d]", kMostTracedFrames);
  }
  startTracemalloc(int(frames));
  return steal(kNone);
}
Ref<> stop(Thread&, Value) {
  stopTracemalloc();
  return steal(kNone);
}
Ref<> frameLimit(Thread& t, Value) { return newInt(t, frame_limit); }
Ref<> ownMemory(Thread& t, Value) {
  size_t bytes = 0;
  if (blocks) {
    bytes += blocks->bucket_count() * sizeof(void*) + blocks->size() * (sizeof(void*) * 2 + sizeof(Block));
    for (const Origin& origin : *origins)
      bytes += sizeof(Origin) + origin.lines.size() * sizeof(Line) + 4 * sizeof(void*);
  }
  return newInt(t, int64_t(bytes));
}
Ref<> tracedMemory(Thread& t, Value) {
  size_t now = traced, most = peak;
  return packTuple(t, Value::fromInt(int64_t(now)), Value::fromInt(int64_t(most)));
}
Ref<> resetPeak(Thread&, Value) {
  peak = traced;
  return steal(kNone);
}

const MethodDef kFunctions[] = {
    method("is_tracing", isTracing, "($module, /)",
           "Return True if the tracemalloc module is tracing Python memory allocations."),
    method("clear_traces", clearTraces, "($module, /)", "Forget the traces of all memory blocks."),
    method("_get_traces", getTraces, "($module, /)",
           "A (domain, size, traceback, total_nframe) tuple for each traced block."),
    method("_get_object_traceback", objectTraceback, "($module, obj, /)",
           "Where the memory of an object was allocated, or None."),
    method("start", start, "($module, nframe=1, /)", "Start tracing, with up to nframe frames a traceback."),
    method("stop", stop, "($module, /)", "Stop tracing and forget all traces."),
    method("get_traceback_limit", frameLimit, "($module, /)", "The number of frames that a traceback keeps."),
    method("get_tracemalloc_memory", ownMemory, "($module, /)",
           "The memory that the traces themselves take, in bytes."),
    method("get_traced_memory", tracedMemory, "($module, /)", "(current, peak) size of traced blocks, in bytes."),
    method("reset_peak", resetPeak, "($module, /)", "Set the peak to the current size."),
    {},
};

}  // namespace

void startTracemalloc(int frames) {
  if (tracing) return;
  if (!blocks) {
    blocks = new std::unordered_map<void*, Block>();
    origins = new std::set<Origin>();
  }
  frame_limit = frames;
  tracing = true;
  traceMemory(&kTracer);
}
void stopTracemalloc() {
  if (!tracing) return;
  tracing = false;
  traceMemory(nullptr);
  forget();
}

const ModuleDef& tracemallocModule() {
  static const ModuleDef def{"_tracemalloc", "Debug module to trace memory blocks allocated by Python.", kFunctions,
                             nullptr};
  return def;
}

}  // namespace krait
