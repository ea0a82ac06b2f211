// The collector's state and the services of the gc module.
#pragma once
#include "runtime/core/thread.h"

namespace krait {

inline constexpr int64_t kGcDebugStats = 1, kGcDebugCollectable = 2, kGcDebugUncollectable = 4, kGcDebugSaveAll = 32;

struct GcState {
  bool enabled = true;
  bool collecting = false;
  bool thresholds_set = false;       // by the user: then they are obeyed to the letter
  int64_t threshold[3] = {700, 10, 10};
  int64_t counts[3] = {0, 0, 0};     // collections of the next younger generation; [0] is collectable_allocations.objects
  int64_t target = 700;              // size of the young generation while thresholds are not set
  int64_t long_lived = 0;            // objects that survived the last full collection
  int64_t long_lived_pending = 0;    // and those that became old since
  int64_t debug = 0;
  struct Stats {
    int64_t collections, collected, uncollectable;
  } stats[3] = {};
};
extern GcState gc_state;

void gcSetThresholds(Thread& t, const int64_t* thresholds);
void gcFreeze(bool frozen);
int64_t gcFrozenCount();
// Every tracked object of a generation (-1: all). f must not allocate or free collectable objects.
void gcEachObject(void (*f)(Object* o, void* argument), void* argument, int generation);

// modules/gc_module.cpp
void gcCallCallbacks(Thread& t, const char* phase, int generation, int64_t collected);
void gcKeepGarbage(Thread& t, Object* o);

}  // namespace krait
