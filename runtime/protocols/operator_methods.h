// Operators whose left operand answers with a method written in Python, in two halves: the method, and what follows when it
// answers NotImplemented. Compiled code runs the method in a frame of its own between the two (docs/traces.md).
#pragma once
#include "runtime/protocols/protocols.h"

namespace krait {

struct Function;

// The function that `a OP b` calls first: the left operand's own method, with no reflected one before it. Borrowed; null: the
// operator begins otherwise.
Function* leftOperatorMethod(BinaryOp op, bool inplace, Value a, Value b);
Function* leftCompareMethod(CompareOp op, Value a, Value b);
// The rest of the operator.
Ref<> binaryOpAfterLeft(Thread& t, BinaryOp op, Value a, Value b, bool inplace);
Ref<> compareAfterLeft(Thread& t, Value a, Value b, CompareOp op);

}  // namespace krait
