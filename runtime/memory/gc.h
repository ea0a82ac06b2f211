// The cycle collector: trial deletion over the pools of collectable objects, in three generations (DESIGN 3.7).
#pragma once
#include "runtime/core/thread.h"

namespace krait {

// Passed to traverse functions: each owned reference is visited once.
struct Visitor {
  void (*visit_object)(Visitor* self, Object* object);
  void visit(Value v) {
    if (v.isObject()) visit_object(this, v.asObject());
  }
  void visit(Object* object) {
    if (object) visit_object(this, object);
  }
};

// Collects generations 0..generation; returns the number of unreachable objects found. Runs finalizers and callbacks.
int64_t collectGarbage(Thread& t, int generation);
// Serves kPollGc at a poll point.
void serveGcPoll(Thread& t);

bool gcEnabled();
void gcEnable(bool enabled);
bool gcTracked(Object* object);
// Starts / stops considering the object (e.g. tuples of atoms are untracked as in CPython).
void gcTrack(Object* object);
void gcUntrack(Object* object);

}  // namespace krait
