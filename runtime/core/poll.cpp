// Poll points: the rare work that any thread may ask another one to do between two instructions.
#include "runtime/core/poll.h"

#include "runtime/core/error.h"
#include "runtime/memory/gc.h"

namespace krait {

PollHooks poll_hooks{};

namespace {
// Takes the bit out of the word; true when it was set.
bool takeBit(Thread& t, uint32_t bit) { return t.poll.fetch_and(~bit, std::memory_order_acq_rel) & bit; }
}  // namespace

bool serveThreadPolls(Thread& t) {
  uint32_t bits = t.poll.load(std::memory_order_acquire);
  if ((bits & kPollSignal) && takeBit(t, kPollSignal) && poll_hooks.handle_signals && !poll_hooks.handle_signals(t)) return false;
  if ((bits & kPollPending) && takeBit(t, kPollPending) && poll_hooks.pending_calls && !poll_hooks.pending_calls(t)) return false;
  if ((bits & kPollGil) && takeBit(t, kPollGil) && poll_hooks.yield_gil) poll_hooks.yield_gil(t);
  if ((bits & kPollAsync) && takeBit(t, kPollAsync)) {
    Ref<> exception = steal(t.async_exception);
    t.async_exception = Value();
    if (exception) {
      if (isType(exception)) return raiseWith(t, *static_cast<Type*>(exception.value().asObject()), Value());
      return raiseInstance(t, std::move(exception));
    }
  }
  if (bits & kPollGc) serveGcPoll(t);
  if ((bits & kPollJit) && takeBit(t, kPollJit) && poll_hooks.jit) poll_hooks.jit(t);
  return true;
}

}  // namespace krait
