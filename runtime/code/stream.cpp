// The execution stream: one 8-byte cell for each code unit, made at a code object's first run, after every instruction was checked.
//
// The check follows every path with the depth of the value stack, so that a stream that was made can be executed without
// bounds checks. CPython trusts co_code; we do not, since a damaged .pyc must give an exception.
#include <cstring>

#include "runtime/code/code.h"
#include "runtime/code/opcodes.h"
#include "runtime/core/error.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/tuple.h"

namespace krait {

uint16_t loop_counter_start = 1039;
uint16_t function_counter_start = 1619;

namespace {

inline constexpr uint16_t kFirstSpecialisation = 8;  // executions before a cache is tried

class StreamBuilder {
 public:
  StreamBuilder(Thread& t, Code* code) : thread_(t), code_(code), units_(code->units()) {}
  ~StreamBuilder() {
    if (cells_) freeBuffer(cells_);
    if (depths_) freeBuffer(depths_);
    if (work_) freeBuffer(work_);
  }

  bool run() {
    if (units_ == 0) return bad("no instructions", 0);
    cells_ = static_cast<Cell*>(allocateBuffer(size_t(units_) * sizeof(Cell)));
    depths_ = static_cast<int32_t*>(allocateBuffer(size_t(units_) * sizeof(int32_t)));
    work_ = static_cast<int32_t*>(allocateBuffer(size_t(units_) * sizeof(int32_t)));
    if (!cells_ || !depths_ || !work_) return raiseNoMemory(thread_);
    if (!decode() || !checkPaths()) return false;
    code_->cells = cells_;
    cells_ = nullptr;
    return true;
  }

 private:
  static constexpr int32_t kUnseen = -1, kInside = -2;  // depths_: not reached yet; not the start of an instruction

  bool bad(const char* what, int unit) {
    return raise(thread_, exc::ValueError, "code: %s at offset %d", what, unit * 2);
  }

  // Cells, and which units are starts of instructions.
  bool decode() {
    const uint8_t* bytes = code_->bytecode->data;
    uint32_t extension = 0;
    int extensions = 0;
    for (int unit = 0; unit < units_;) {
      int op = bytes[2 * unit];
      const OpcodeInfo& info = kOpcodeInfo[op];
      if (!info.name || op == op_CACHE) return bad("unknown instruction", unit);
      uint32_t arg = extension | bytes[2 * unit + 1];
      cells_[unit] = Cell{uint16_t(op), 0, arg};
      depths_[unit] = kUnseen;
      if (unit + info.caches >= units_) return bad("truncated instruction", unit);
      if (!checkOperand(op, info, arg, unit)) return false;
      initCell(op, unit, arg);
      for (int i = 1; i <= info.caches; ++i) {
        cells_[unit + i] = Cell{};
        depths_[unit + i] = kInside;
      }
      if (info.caches) cells_[unit + 1].counter = kFirstSpecialisation;
      if (op == op_EXTENDED_ARG) {
        if (++extensions > 3) return bad("too many EXTENDED_ARG", unit);
        extension = arg << 8;
      } else {
        if (op == op_CALL && names_) {
          cells_[unit + 1].arg = names_;
          names_ = 0;
        }
        extension = 0;
        extensions = 0;
      }
      unit += 1 + info.caches;
    }
    return true;
  }

  void initCell(int op, int unit, uint32_t arg) {
    switch (op) {
      case op_JUMP_BACKWARD: case op_POP_JUMP_BACKWARD_IF_FALSE: case op_POP_JUMP_BACKWARD_IF_TRUE:
      case op_POP_JUMP_BACKWARD_IF_NONE: case op_POP_JUMP_BACKWARD_IF_NOT_NONE: cells_[unit].counter = loop_counter_start; break;
      case op_RESUME: cells_[unit].counter = function_counter_start; break;
      case op_FOR_ITER: cells_[unit].counter = kFirstSpecialisation; break;
      case op_KW_NAMES: names_ = arg + 1; break;  // of the next CALL: its first cache cell keeps them
      default: break;
    }
  }

  bool checkOperand(int op, const OpcodeInfo& info, uint32_t arg, int unit) {
    bool ok = true;
    switch (info.argument) {
      case OpArgument::konst: ok = arg < uint64_t(code_->consts->size); break;
      case OpArgument::name: ok = (op == op_LOAD_GLOBAL ? arg >> 1 : arg) < uint64_t(code_->names->size); break;
      case OpArgument::local:
      case OpArgument::cell: ok = arg < uint32_t(code_->slot_count); break;
      case OpArgument::compare: ok = arg < 6; break;
      default: ok = checkRaw(op, arg); break;
    }
    if (ok && op == op_KW_NAMES) ok = isExactTuple(code_->consts->items[arg]);
    return ok || bad("operand out of range", unit);
  }

  bool checkRaw(int op, uint32_t arg) {
    switch (op) {
      case op_BINARY_OP: return arg < 26;
      case op_COPY:
      case op_SWAP:
      case op_LIST_APPEND:
      case op_SET_ADD:
      case op_MAP_ADD:
      case op_LIST_EXTEND:
      case op_SET_UPDATE:
      case op_DICT_UPDATE:
      case op_DICT_MERGE: return arg >= 1;
      case op_COPY_FREE_VARS: return arg == uint32_t(code_->free_count);
      case op_RAISE_VARARGS: return arg <= 2;
      case op_BUILD_SLICE: return arg == 2 || arg == 3;
      case op_MAKE_FUNCTION: return arg < 16;
      case op_UNPACK_EX: return true;
      default: return arg <= uint32_t(1) << 28;
    }
  }

  bool reach(int unit, int depth, int from) {
    if (unit < 0 || unit >= units_ || depths_[unit] == kInside) return bad("jump to the middle of an instruction", from);
    if (depth > code_->stack_size) return bad("value stack too small", from);
    if (depths_[unit] == kUnseen) {
      depths_[unit] = depth;
      work_[work_count_++] = unit;
    } else if (depths_[unit] != depth) {
      return bad("paths meet with different stack depths", from);
    }
    return true;
  }

  // How many items the instruction looks at below the top: it must not see beyond the bottom.
  static int64_t looksAt(int op, uint32_t arg) {
    switch (op) {
      case op_COPY:
      case op_SWAP: return arg;
      case op_LIST_APPEND:
      case op_SET_ADD:
      case op_LIST_EXTEND:
      case op_SET_UPDATE:
      case op_DICT_UPDATE: return int64_t(arg) + 1;
      case op_DICT_MERGE: return int64_t(arg) + 3;  // the callable stands below, for its name in messages
      case op_MAP_ADD: return int64_t(arg) + 2;
      case op_CALL:
      case op_PRECALL: return int64_t(arg) + 2;
      case op_RERAISE: return int64_t(arg) + 1;
      case op_WITH_EXCEPT_START: return 4;
      case op_MATCH_KEYS: return 2;
      case op_MATCH_CLASS: return 3;
      case op_CALL_FUNCTION_EX: return 3 + (arg & 1);
      case op_CHECK_EXC_MATCH:
      case op_CHECK_EG_MATCH:
      case op_SEND:
      case op_END_ASYNC_FOR:
      case op_JUMP_IF_FALSE_OR_POP: return 2 - (op == op_JUMP_IF_FALSE_OR_POP);
      case op_GET_AITER:
      case op_GET_ANEXT:
      case op_GET_ITER:
      case op_GET_LEN:
      case op_GET_YIELD_FROM_ITER:
      case op_GET_AWAITABLE:
      case op_FOR_ITER:
      case op_UNARY_INVERT:
      case op_UNARY_NEGATIVE:
      case op_UNARY_NOT:
      case op_UNARY_POSITIVE:
      case op_LIST_TO_TUPLE:
      case op_YIELD_VALUE:
      case op_ASYNC_GEN_WRAP:
      case op_LOAD_ATTR:
      case op_LOAD_METHOD:
      case op_IMPORT_FROM:
      case op_MATCH_MAPPING:
      case op_MATCH_SEQUENCE:
      case op_BEFORE_WITH:
      case op_BEFORE_ASYNC_WITH:
      case op_PUSH_EXC_INFO:
      case op_JUMP_IF_TRUE_OR_POP:
      case op_UNPACK_EX:
      case op_UNPACK_SEQUENCE: return 1;
      case op_BUILD_CONST_KEY_MAP: return int64_t(arg) + 1;
      case op_BUILD_STRING:
      case op_BUILD_LIST:
      case op_BUILD_TUPLE:
      case op_BUILD_SET: return arg;
      case op_BUILD_MAP: return 2 * int64_t(arg);
      case op_FORMAT_VALUE: return 1 + ((arg & 4) != 0);
      case op_MAKE_FUNCTION: return 1 + __builtin_popcount(arg);
      case op_BUILD_SLICE: return arg;
      case op_STORE_ATTR: return 2;
      case op_PREP_RERAISE_STAR: return 2;
      case op_IMPORT_NAME: return 2;
      default: return 0;
    }
  }

  bool checkPaths() {
    if (!reach(0, 0, 0)) return false;
    // Handlers are reached from any instruction of their range; with which depth, the table says.
    const uint8_t* cursor = code_->exception_table->data;
    HandlerEntry entry;
    while (nextHandler(code_, &cursor, &entry)) {
      if (entry.start < 0 || entry.end < entry.start || entry.end > units_ || entry.depth > code_->stack_size) {
        return bad("exception table leads outside", entry.start);
      }
    }
    while (work_count_ > 0) {
      int unit = work_[--work_count_];
      if (!checkInstruction(unit)) return false;
    }
    return true;
  }

  bool reachHandler(int unit, int depth) {
    HandlerEntry entry;
    if (!findHandler(code_, unit, &entry)) return true;
    if (entry.depth > depth) return bad("exception table expects a deeper stack", unit);
    return reach(entry.target, entry.depth + entry.push_lasti + 1, unit);
  }

  bool checkInstruction(int unit) {
    int op = cells_[unit].op;
    uint32_t arg = cells_[unit].arg;
    const OpcodeInfo& info = kOpcodeInfo[op];
    int depth = depths_[unit];
    int next = unit + 1 + info.caches;
    int effect = stackEffect(op, arg, false);
    // PRECALL's effect is CPython's bookkeeping with CALL's; in the stream CALL takes everything.
    if (op == op_PRECALL) effect = 0;
    if (op == op_CALL) effect = -1 - int(arg);
    if (depth < looksAt(op, arg) || depth + effect < 0) return bad("value stack underflow", unit);
    if (op == op_SEND && depth < 2) return bad("value stack underflow", unit);
    if (!reachHandler(unit, depth)) return false;

    if (info.argument == OpArgument::forward || info.argument == OpArgument::backward) {
      int64_t target = info.argument == OpArgument::forward ? int64_t(next) + arg : int64_t(next) - arg;
      if (target < 0 || target >= units_) return bad("jump leads outside", unit);
      if (!reach(int(target), depth + stackEffect(op, arg, true), unit)) return false;
    }
    switch (op) {
      case op_RETURN_VALUE:
      case op_RERAISE:
      case op_RAISE_VARARGS:
      case op_JUMP_FORWARD:
      case op_JUMP_BACKWARD:
      case op_JUMP_BACKWARD_NO_INTERRUPT: return true;
      default: break;
    }
    if (op == op_RETURN_GENERATOR) effect = 1;  // resuming pushes what was sent
    if (next >= units_) return bad("execution runs off the end", unit);
    return reach(next, depth + effect, unit);
  }

  Thread& thread_;
  Code* code_;
  int units_;
  Cell* cells_ = nullptr;
  int32_t* depths_ = nullptr;
  int32_t* work_ = nullptr;
  int work_count_ = 0;
  uint32_t names_ = 0;
};

}  // namespace

void (*stream_made)(Code* code) = nullptr;

bool prepareCode(Thread& t, Code* code) {
  if (!StreamBuilder(t, code).run()) return false;
  if (stream_made) stream_made(code);
  return true;
}

}  // namespace krait
