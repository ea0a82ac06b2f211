// The _heapq module: heaps in lists.
//
// Lists of raw ints and floats are sifted in place; in others each comparison may run Python, which may change the list: then
// the operation stops with an error.
#include "runtime/core/error.h"
#include "runtime/objects/less.h"
#include "runtime/objects/list_storage.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// Whether item a goes nearer to the root than b.
template <bool max>
struct Order {
  static bool before(int64_t a, int64_t b) { return max ? b < a : a < b; }
  static bool before(double a, double b) { return max ? b < a : a < b; }
  static int before(Thread& t, Value a, Value b) { return max ? lessThan(t, b, a) : lessThan(t, a, b); }
};

template <bool max, class T>
void siftTowardsRoot(T* items, int64_t start, int64_t i) {
  T item = items[i];
  while (i > start) {
    int64_t parent = (i - 1) >> 1;
    if (!Order<max>::before(item, items[parent])) break;
    items[i] = items[parent];
    i = parent;
  }
  items[i] = item;
}
// The hole goes down to a leaf along the better children, then the item up from there: fewer comparisons than stopping early.
template <bool max, class T>
void siftFromRoot(T* items, int64_t size, int64_t i) {
  const int64_t start = i, limit = size >> 1;
  T item = items[i];
  while (i < limit) {
    int64_t child = 2 * i + 1;
    if (child + 1 < size && !Order<max>::before(items[child], items[child + 1])) ++child;
    items[i] = items[child];
    i = child;
  }
  items[i] = item;
  siftTowardsRoot<max>(items, start, i);
}

// 1, 0; -1: raised, also when the list changed under the comparison.
template <bool max>
int compareItems(Thread& t, List* heap, int64_t i, int64_t j) {
  int64_t size = heap->size;
  Ref<> a = listGet(heap, i), b = listGet(heap, j);
  int before = Order<max>::before(t, a, b);
  if (before < 0) return -1;
  if (heap->size != size || isRawListKind(heap->kind)) return raise(t, exc::RuntimeError, "list changed size during iteration");
  return before;
}

template <bool max>
bool towardsRoot(Thread& t, List* heap, int64_t start, int64_t i) {
  if (heap->kind == kKindListInt) return siftTowardsRoot<max>(heap->ints, start, i), true;
  if (heap->kind == kKindListFloat) return siftTowardsRoot<max>(heap->floats, start, i), true;
  while (i > start) {
    int64_t parent = (i - 1) >> 1;
    int before = compareItems<max>(t, heap, i, parent);
    if (before < 0) return false;
    if (!before) break;
    std::swap(heap->items[i], heap->items[parent]);
    i = parent;
  }
  return true;
}
template <bool max>
bool fromRoot(Thread& t, List* heap, int64_t i) {
  if (heap->kind == kKindListInt) return siftFromRoot<max>(heap->ints, heap->size, i), true;
  if (heap->kind == kKindListFloat) return siftFromRoot<max>(heap->floats, heap->size, i), true;
  const int64_t start = i, size = heap->size, limit = size >> 1;
  while (i < limit) {
    int64_t child = 2 * i + 1;
    if (child + 1 < size) {
      int before = compareItems<max>(t, heap, child, child + 1);
      if (before < 0) return false;
      if (!before) ++child;
    }
    std::swap(heap->items[i], heap->items[child]);
    i = child;
  }
  return towardsRoot<max>(t, heap, start, i);
}

bool checkHeap(Thread& t, Value heap, const char* parameter) {
  if (isList(heap)) return true;
  return raise(t, exc::TypeError, "%s must be list, not %.50s", parameter, argumentTypeName(heap));
}
Raised emptyHeap(Thread& t) { return raise(t, exc::IndexError, "index out of range"); }

Ref<> heapPush(Thread& t, Value, const Value* args) {
  if (!checkHeap(t, args[0], "heappush() argument 1")) return kRaised;
  List* heap = asList(args[0]);
  if (!listAppend(t, heap, share(args[1])) || !towardsRoot<false>(t, heap, 0, heap->size - 1)) return kRaised;
  return share(kNone);
}

template <bool max>
Ref<> pop(Thread& t, Value v) {
  List* heap = asList(v);
  if (heap->size == 0) return emptyHeap(t);
  Ref<> last = listPop(t, heap, heap->size - 1);
  if (heap->size == 0) return last;
  Ref<> root = listGet(heap, 0);
  if (!listSet(t, heap, 0, std::move(last)) || !fromRoot<max>(t, heap, 0)) return kRaised;
  return root;
}
Ref<> heapPop(Thread& t, Value, Value heap) {
  return checkHeap(t, heap, "heappop() argument") ? pop<false>(t, heap) : kRaised;
}
Ref<> heapPopMax(Thread& t, Value, Value heap) {
  return checkHeap(t, heap, "_heappop_max() argument") ? pop<true>(t, heap) : kRaised;
}

template <bool max>
Ref<> replace(Thread& t, Value v, Value item) {
  List* heap = asList(v);
  if (heap->size == 0) return emptyHeap(t);
  Ref<> root = listGet(heap, 0);
  if (!listSet(t, heap, 0, share(item)) || !fromRoot<max>(t, heap, 0)) return kRaised;
  return root;
}
Ref<> heapReplace(Thread& t, Value, const Value* args) {
  return checkHeap(t, args[0], "heapreplace() argument 1") ? replace<false>(t, args[0], args[1]) : kRaised;
}
Ref<> heapReplaceMax(Thread& t, Value, const Value* args) {
  return checkHeap(t, args[0], "_heapreplace_max() argument 1") ? replace<true>(t, args[0], args[1]) : kRaised;
}

Ref<> heapPushPop(Thread& t, Value, const Value* args) {
  if (!checkHeap(t, args[0], "heappushpop() argument 1")) return kRaised;
  List* heap = asList(args[0]);
  if (heap->size == 0) return share(args[1]);
  Ref<> root = listGet(heap, 0);
  int less = compareBool(t, root, args[1], CompareOp::kLess);
  if (less < 0) return kRaised;
  if (!less) return share(args[1]);
  if (heap->size == 0) return emptyHeap(t);
  return replace<false>(t, args[0], args[1]);
}

template <bool max>
Ref<> heapify(Thread& t, Value v) {
  List* heap = asList(v);
  for (int64_t i = (heap->size >> 1) - 1; i >= 0; --i) {
    if (i >= heap->size) return raise(t, exc::RuntimeError, "list changed size during iteration");
    if (!fromRoot<max>(t, heap, i)) return kRaised;
  }
  return share(kNone);
}
Ref<> heapHeapify(Thread& t, Value, Value heap) {
  return checkHeap(t, heap, "heapify() argument") ? heapify<false>(t, heap) : kRaised;
}
Ref<> heapHeapifyMax(Thread& t, Value, Value heap) {
  return checkHeap(t, heap, "_heapify_max() argument") ? heapify<true>(t, heap) : kRaised;
}

const MethodDef kHeapFunctions[] = {
    method("heappush", heapPush, "($module, heap, item, /)", "Push item onto heap, maintaining the heap invariant."),
    method("heappushpop", heapPushPop, "($module, heap, item, /)",
           "Push item on the heap, then pop and return the smallest item from the heap.\n\n"
           "The combined action runs more efficiently than heappush() followed by\na separate call to heappop()."),
    method("heappop", heapPop, "($module, heap, /)", "Pop the smallest item off the heap, maintaining the heap invariant."),
    method("heapreplace", heapReplace, "($module, heap, item, /)",
           "Pop and return the current smallest value, and add the new item."),
    method("heapify", heapHeapify, "($module, heap, /)", "Transform list into a heap, in-place, in O(len(heap)) time."),
    method("_heappop_max", heapPopMax, "($module, heap, /)", "Maxheap variant of heappop."),
    method("_heapify_max", heapHeapifyMax, "($module, heap, /)", "Maxheap variant of heapify."),
    method("_heapreplace_max", heapReplaceMax, "($module, heap, item, /)", "Maxheap variant of heapreplace."),
    {},
};

bool initHeapq(Thread& t, ModuleObject* module) {
  Ref<Str> about = newStrUtf8(t, "Heap queues: lists in which a[k] <= a[2*k+1] and a[k] <= a[2*k+2] for all k.");
  return about && moduleAdd(t, module, "__about__", std::move(about));
}

}  // namespace

const ModuleDef& heapqModule() {
  static const ModuleDef def{"_heapq", "Heap queue algorithm (a.k.a. priority queue).", kHeapFunctions, initHeapq};
  return def;
}

}  // namespace krait
