// What a recording relies on is watched from the moment it is relied on: the instruction that is recorded runs afterwards, and may
// already break it.
#include "jit/record/recorder.h"
#include "runtime/core/kind.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/instance.h"

namespace krait::jit {

void watchAssumption(const Assumption& assumption, Dependent* dependent) {
  Object* subject = assumption.subject.isObject() ? assumption.subject.asObject() : nullptr;
  switch (assumption.kind) {
    case Assumption::kType: watchType(static_cast<Type*>(subject), dependent); break;
    case Assumption::kKey: watchKey(static_cast<Dict*>(subject), assumption.key, dependent); break;
    case Assumption::kFunction: watchFunction(static_cast<Function*>(subject), dependent); break;
    case Assumption::kShape: watchShape(kindInfo(assumption.shape_kind).shape, dependent); break;
    case Assumption::kObject: watchDeath(subject, dependent); break;
  }
}

void Recorder::watch(const Assumption& assumption) {
  auto w = std::make_unique<Watch>();
  w->recorder = this;
  w->dependent.invalidate = [](Dependent* self) { reinterpret_cast<Watch*>(self)->recorder->broken_ = true; };
  watchAssumption(assumption, &w->dependent);
  watches_.push_back(std::move(w));
}

void Recorder::assume(const Assumption& assumption) {
  for (const Assumption& known : assumptions_)
    if (known == assumption) return;
  assumptions_.push_back(assumption);
  watch(assumption);
}

// The heap objects that the trace embeds weakly since the last call.
void Recorder::watchConstants() {
  for (; watched_constants_ < trace_->constants.size(); ++watched_constants_) {
    const Ins& c = trace_->constants[watched_constants_];
    if (c.op == Op::k_const_value && Value(c.imm).isObject() && !Value(c.imm).asObject()->immortal())
      watch({Assumption::kObject, Value(c.imm)});
  }
}

void Recorder::unwatchAll() {
  for (auto& w : watches_) unwatch(&w->dependent);
}

}  // namespace krait::jit
