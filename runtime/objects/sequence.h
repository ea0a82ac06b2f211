// What tuple and list share: comparison and repr over anything that hands out items by index.
#pragma once
#include "runtime/objects/str_builder.h"
#include "runtime/protocols/protocols.h"

namespace krait {

// Compares item by item, as tuple and list do. `Sequence` has size() and item(i) -> Ref<>; both are asked again after each
// comparison, since comparing may change a list.
template <class Sequence>
Ref<> compareSequences(Thread& t, Sequence a, Sequence b, CompareOp op) {
  bool equality = op == CompareOp::kEqual || op == CompareOp::kNotEqual;
  if (equality && a.shortcut() && a.size() != b.size()) return steal(Value::fromBool(op == CompareOp::kNotEqual));
  int64_t i = 0;
  for (; i < a.size() && i < b.size(); ++i) {
    Ref<> x = a.item(i), y = b.item(i);
    if (x.value() == y.value()) continue;
    int same = compareBool(t, x, y, CompareOp::kEqual);
    if (same < 0) return kRaised;
    if (same) continue;
    if (i >= a.size() || i >= b.size()) break;  // comparing emptied them: the sizes decide
    if (equality) return steal(Value::fromBool(op == CompareOp::kNotEqual));
    return compare(t, x, y, op);
  }
  int64_t m = a.size(), n = b.size();
  bool result = false;
  switch (op) {
    case CompareOp::kLess: result = m < n; break;
    case CompareOp::kLessEqual: result = m <= n; break;
    case CompareOp::kEqual: result = m == n; break;
    case CompareOp::kNotEqual: result = m != n; break;
    case CompareOp::kGreater: result = m > n; break;
    case CompareOp::kGreaterEqual: result = m >= n; break;
  }
  return steal(Value::fromBool(result));
}

// Holds the place of a container in the list of those whose repr is being made.
class ReprScope {
 public:
  ReprScope(Thread& t, Value v) : thread_(t), value_(v), state_(enterRepr(t, v)) {}
  ~ReprScope() {
    if (state_ == 0) leaveRepr(thread_, value_);
  }
  ReprScope(const ReprScope&) = delete;
  bool recursive() const { return state_ > 0; }
  bool failed() const { return state_ < 0; }

 private:
  Thread& thread_;
  Value value_;
  int state_;
};

// "item, item, ..." appended to the builder; false: raised.
template <class Sequence>
[[nodiscard]] bool appendReprs(Thread& t, StrBuilder& out, Sequence sequence) {
  for (int64_t i = 0; i < sequence.size(); ++i) {
    Ref<> item = sequence.item(i);
    Ref<Str> text = repr(t, item);
    if (!text) return false;
    if (i) out.appendAscii(", ");
    out.append(text.get());
  }
  return true;
}

}  // namespace krait
