// _queue: SimpleQueue, a queue without bound for threads, signal handlers and destructors.
//
// A semaphore counts the items: whoever took one of it owns one item, so that put() never waits and may run anywhere,
// also inside a get() of the same thread.
#include <cmath>

#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/modules/fields.h"
#include "runtime/modules/thread_module.h"
#include "runtime/objects/float.h"
#include "runtime/objects/generic_alias.h"
#include "runtime/objects/int.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

Type* empty_type = nullptr;

//  items is a ring of `capacity` (a power of two) Values, `size` of them owned, from `first` on
struct SimpleQueue : Object {
  Value* items;
  int64_t first, size, capacity;
  sem_t available;
};
SimpleQueue* asQueue(Value v) { return static_cast<SimpleQueue*>(v.asObject()); }

Ref<> queueNew(Thread& t, Type* type, Args args) {
  if (args.positional) return raise(t, exc::TypeError, "SimpleQueue() takes no positional arguments");
  if (!noKeywords(t, "SimpleQueue", args)) return kRaised;
  SimpleQueue* queue = allocateInstance<SimpleQueue>(type);
  if (!queue) return raiseNoMemory(t);
  queue->items = nullptr;
  queue->first = queue->size = queue->capacity = 0;
  sem_init(&queue->available, 0, 0);
  return steal(Value(queue));
}
Value& itemAt(SimpleQueue* queue, int64_t i) { return queue->items[(queue->first + i) & (queue->capacity - 1)]; }

bool reserve(SimpleQueue* queue) {
  if (queue->size < queue->capacity) return true;
  int64_t capacity = queue->capacity ? queue->capacity * 2 : 8;
  Value* items = static_cast<Value*>(allocateBuffer(size_t(capacity) * sizeof(Value)));
  if (!items) return false;
  for (int64_t i = 0; i < queue->size; ++i) items[i] = itemAt(queue, i);
  if (queue->items) freeBuffer(queue->items);
  queue->items = items;
  queue->first = 0;
  queue->capacity = capacity;
  return true;
}
Ref<> takeFirst(SimpleQueue* queue) {
  Value item = itemAt(queue, 0);
  queue->first = (queue->first + 1) & (queue->capacity - 1);
  --queue->size;
  return steal(item);
}

void clearQueue(Object* self) {
  SimpleQueue* queue = static_cast<SimpleQueue*>(self);
  while (sem_trywait(&queue->available) == 0) takeFirst(queue).reset();
}
void queueDealloc(Object* self) {
  clearQueue(self);
  SimpleQueue* queue = static_cast<SimpleQueue*>(self);
  if (queue->items) freeBuffer(queue->items);
  sem_destroy(&queue->available);
  freeInstance(self);
}
void traverseQueue(Object* self, Visitor& visitor) {
  SimpleQueue* queue = static_cast<SimpleQueue*>(self);
  for (int64_t i = 0; i < queue->size; ++i) visitor.visit(itemAt(queue, i));
}

Ref<> putItem(Thread& t, Value self, Value item) {
  SimpleQueue* queue = asQueue(self);
  if (!reserve(queue)) return raiseNoMemory(t);
  itemAt(queue, queue->size) = share(item).leak();
  ++queue->size;
  sem_post(&queue->available);
  return steal(kNone);
}
Ref<> put(Thread& t, Value self, const Value* args) { return putItem(t, self, args[0]); }
Ref<> putNow(Thread& t, Value self, const Value* args) { return putItem(t, self, args[0]); }

Ref<> takeWithin(Thread& t, Value self, int64_t nanoseconds) {
  Ref<> keep = share(self);
  int taken = waitSemaphore(t, &asQueue(self)->available, nanoseconds);
  if (taken < 0) return kRaised;
  if (!taken) return raiseInstance(t, call(t, Value(empty_type)));
  return takeFirst(asQueue(self));
}
Ref<> get(Thread& t, Value self, const Value* args) {
  int block = truth(t, args[0]);
  if (block < 0) return kRaised;
  if (!block) return takeWithin(t, self, 0);
  if (args[1].isNone()) return takeWithin(t, self, -1);
  double nanoseconds;
  if (isFloatLike(args[1])) {
    nanoseconds = std::ceil(floatValue(args[1]) * 1e9);
  } else {
    Ref<> seconds = toIndexValue(t, args[1]);
    if (!seconds) return kRaised;
    int64_t whole;
    nanoseconds = intFits64(seconds, &whole) ? double(whole) * 1e9 : HUGE_VAL;
  }
  if (std::isnan(nanoseconds)) return raise(t, exc::ValueError, "Invalid value NaN (not a number)");
  if (std::fabs(nanoseconds) >= 0x1p63)
    return raise(t, exc::OverflowError, "timestamp too large to convert to C _PyTime_t");
  if (nanoseconds < 0) return raise(t, exc::ValueError, "'timeout' must be a non-negative number");
  return takeWithin(t, self, int64_t(nanoseconds));
}
Ref<> getNow(Thread& t, Value self) { return takeWithin(t, self, 0); }
Ref<> isEmpty(Thread&, Value self) { return steal(Value::fromBool(asQueue(self)->size == 0)); }
Ref<> sizeOf(Thread& t, Value self) { return newInt(t, asQueue(self)->size); }

const MethodDef kMethods[] = {
    method("__class_getitem__", classGetItem, nullptr, "See PEP 585", MethodKind::kClass),
    method("empty", isEmpty, "($self, /)", "Return True if the queue is empty, False otherwise (not reliable!)."),
    method("get", get, "($self, /, block=True, timeout=None)",
           "Remove and return an item from the queue; waits for one, at most `timeout` seconds, if 'block' is true."),
    method("get_nowait", getNow, "($self, /)", "Remove and return an item from the queue without blocking."),
    method(
        "put", put, "($self, /, item, block=True, timeout=None)",
        "Put the item on the queue. The arguments 'block' and 'timeout' are there for compatibility with Queue.put."),
    method("put_nowait", putNow, "($self, /, item)", "Put an item into the queue without blocking."),
    method("qsize", sizeOf, "($self, /)", "Return the approximate size of the queue (not reliable!)."),
    {},
};

bool init(Thread& t, ModuleObject* module) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(SimpleQueue),
                             .doc = "Simple, unbounded, reentrant FIFO queue.",
                             .methods = kMethods,
                             .dealloc = queueDealloc,
                             .traverse = traverseQueue,
                             .clear = clearQueue,
                             .fill = [](Slots& slots) { slots.new_ = queueNew; }};
  empty_type = addException(t, module, "_queue.Empty", Value(&exc::Exception),
                            "Exception raised by Queue.get(block=0)/get_nowait().");
  return empty_type && addNativeType(t, module, spec, "_queue.SimpleQueue", kTypeCollectable | kTypeWeakrefable);
}

}  // namespace

const ModuleDef& queueModule() {
  static const ModuleDef def{"_queue", "C implementation of the Python queue module.", nullptr, init};
  return def;
}

}  // namespace krait
