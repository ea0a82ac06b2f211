// What instructions mean, where that is more than one protocol call: shared by the handlers and the JIT's residual calls.
//
// Operands are borrowed; results are owned; empty or false means raised. `frame` is the running frame.
#pragma once
#include "runtime/core/error.h"
#include "runtime/core/frame.h"

namespace krait {
struct BaseException;
struct List;
struct Set;

// --- names ---
Ref<> opLoadGlobal(Thread& t, Frame* frame, Str* name);
Ref<> opLoadName(Thread& t, Frame* frame, Str* name);
[[nodiscard]] bool opStoreName(Thread& t, Frame* frame, Str* name, Value v);
[[nodiscard]] bool opDeleteName(Thread& t, Frame* frame, Str* name);
[[nodiscard]] bool opStoreGlobal(Thread& t, Frame* frame, Str* name, Value v);
[[nodiscard]] bool opDeleteGlobal(Thread& t, Frame* frame, Str* name);
Ref<> opLoadClassDeref(Thread& t, Frame* frame, int slot);
Ref<> opLoadBuildClass(Thread& t, Frame* frame);
Raised raiseUnboundLocal(Thread& t, Frame* frame, int slot);
Raised raiseUnboundCell(Thread& t, Frame* frame, int slot);  // NameError for free variables, UnboundLocalError for cells
[[nodiscard]] bool opSetupAnnotations(Thread& t, Frame* frame);

// --- functions ---
// stack: [defaults] [kw_defaults] [annotations] [closure] code, those that flags name; all borrowed.
Ref<> opMakeFunction(Thread& t, Frame* frame, Value code, int flags, const Value* extras);

// --- collections ---
Ref<> opBuildList(Thread& t, Value* items, int64_t count);              // takes over the items
Ref<> opBuildSet(Thread& t, const Value* items, int64_t count);
Ref<> opBuildMap(Thread& t, const Value* pairs, int64_t count);
Ref<> opBuildConstKeyMap(Thread& t, Value keys, const Value* values, int64_t count);
Ref<> opBuildString(Thread& t, const Value* parts, int64_t count);
[[nodiscard]] bool opListExtend(Thread& t, Value list, Value iterable);
[[nodiscard]] bool opDictUpdate(Thread& t, Value dict, Value mapping);
[[nodiscard]] bool opDictMerge(Thread& t, Value dict, Value mapping, Value callee);  // f(**mapping)
Ref<> opListToTuple(Thread& t, Value list);
// Items onto the stack, first item on top: out[0] is the deepest. count results.
[[nodiscard]] bool opUnpackSequence(Thread& t, Value v, int64_t count, Value* out);
[[nodiscard]] bool opUnpackEx(Thread& t, Value v, int64_t before, int64_t after, Value* out);
Ref<> opFormatValue(Thread& t, Value v, Value spec /* or empty */, int conversion);

// --- calls ---
Ref<> opCallFunctionEx(Thread& t, Value callee, Value positional, Value keywords /* or empty */);
// Positional arguments of f(*x): the tuple, or raises. keywords likewise as a dict.
Ref<> callTuple(Thread& t, Value callee, Value positional);
Ref<> callDict(Thread& t, Value callee, Value keywords);

// --- operators ---
Ref<> opBinary(Thread& t, int operation, Value a, Value b);             // BINARY_OP's argument
// What BINARY_OP or COMPARE_OP at pc gives when the left operand's method has answered so.
Ref<> opAnswered(Thread& t, const Cell* pc, Value a, Value b, Ref<> answer);

// --- exceptions and with ---
// raise: sets the exception. exception and cause may be empty. Returns false always; *reraise: no traceback entry.
void opRaise(Thread& t, Value exception, Value cause, bool* reraise);
int opCheckExceptionMatch(Thread& t, Value exception, Value type);      // 0, 1, -1
[[nodiscard]] bool opCheckGroupMatch(Thread& t, Value exception, Value type, Ref<>* rest, Ref<>* match);
Ref<> opPrepareReraiseStar(Thread& t, Value original, Value exceptions);
[[nodiscard]] bool opBeforeWith(Thread& t, Value manager, Ref<>* exit, Ref<>* entered);
[[nodiscard]] bool opBeforeAsyncWith(Thread& t, Value manager, Ref<>* exit, Ref<>* entered);
Ref<> opWithExceptStart(Thread& t, Value exit, Value exception);
Ref<> opLoadAssertionError(Thread& t);

// --- iteration, async ---
Ref<> opGetYieldFromIter(Thread& t, Frame* frame, Value v);
Ref<> opGetAwaitable(Thread& t, Value v, int where);
Ref<> opGetAiter(Thread& t, Value v);
Ref<> opGetAnext(Thread& t, Value aiter);

// --- match ---
int opMatchMapping(Value v);
int opMatchSequence(Value v);
Ref<> opMatchKeys(Thread& t, Value subject, Value keys);                // tuple or None
Ref<> opMatchClass(Thread& t, Value subject, Value type, int64_t positional, Value names);  // tuple or None

// --- import, interactive ---
Ref<> opImportName(Thread& t, Frame* frame, Value name, Value from_list, Value level);
Ref<> opImportFrom(Thread& t, Value module, Str* name);
[[nodiscard]] bool opImportStar(Thread& t, Frame* frame, Value module);
[[nodiscard]] bool opPrintExpr(Thread& t, Value v);

}  // namespace krait
