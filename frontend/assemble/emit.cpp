// Bytes: code units with their EXTENDED_ARG prefixes and caches, and the exception table.
#include "frontend/assemble/assemble.h"

namespace krait::frontend {

namespace {

class ByteWriter {
 public:
  explicit ByteWriter(Arena& arena) : bytes_(arena) {}
  void put(uint32_t byte) { bytes_.push(static_cast<char>(byte)); }
  std::string_view finish() {
    Seq<char> bytes = bytes_.finish();
    return {bytes.data(), bytes.size()};
  }

 private:
  SeqBuilder<char, 256> bytes_;
};

// Six bits a byte, most significant first; 0x40 says that more follow, `marker` goes into the first byte.
void putVarint(ByteWriter& writer, uint32_t value, uint32_t marker) {
  for (int shift = 30; shift > 0; shift -= 6) {
    if (!(value >> shift)) continue;
    writer.put((value >> shift & 0x3f) | 0x40 | marker);
    marker = 0;
  }
  writer.put((value & 0x3f) | marker);
}

void putRegion(ByteWriter& writer, int32_t start, int32_t end, const Block* handler) {
  constexpr uint32_t kStartOfEntry = 0x80;
  int32_t depth = handler->start_depth - 1 - handler->keeps_lasti;
  putVarint(writer, static_cast<uint32_t>(start), kStartOfEntry);
  putVarint(writer, static_cast<uint32_t>(end - start), 0);
  putVarint(writer, static_cast<uint32_t>(handler->offset), 0);
  putVarint(writer, static_cast<uint32_t>(depth << 1 | handler->keeps_lasti), 0);
}

int extendedArgs(int32_t arg) {
  uint32_t value = static_cast<uint32_t>(arg);
  return (value > 0xffffff) + (value > 0xffff) + (value > 0xff);
}

}  // namespace

int instructionSize(const Instruction& instruction) {
  return extendedArgs(instruction.arg) + 1 + cacheSize(instruction.op);
}

// Distances depend on the sizes of jumps, and those on the distances: repeat until nothing grows.
void resolveJumps(FlowGraph& graph) {
  for (bool grown = true; grown;) {
    int32_t offset = 0;
    for (Block* block = graph.entry(); block; block = block->next) {
      block->offset = offset;
      for (const Instruction& instruction : *block) offset += instructionSize(instruction);
    }
    grown = false;
    for (Block* block = graph.entry(); block; block = block->next) {
      if (block->empty() || !isJump(block->last().op)) continue;
      int32_t end = block->offset;
      for (const Instruction& instruction : *block) end += instructionSize(instruction);
      Instruction& jump = block->last();
      int old_size = instructionSize(jump);
      jump.arg = jump.target->offset < end ? end - jump.target->offset : jump.target->offset - end;
      if (instructionSize(jump) != old_size) grown = true;
    }
  }
}

std::string_view emitBytecode(FlowGraph& graph, Arena& arena) {
  ByteWriter writer(arena);
  for (Block* block = graph.entry(); block; block = block->next) {
    for (const Instruction& instruction : *block) {
      uint32_t arg = static_cast<uint32_t>(instruction.arg);
      for (int prefix = extendedArgs(instruction.arg); prefix > 0; --prefix) {
        writer.put(static_cast<uint32_t>(Op::EXTENDED_ARG));
        writer.put(arg >> (8 * prefix) & 0xff);
      }
      writer.put(static_cast<uint32_t>(instruction.op));
      writer.put(arg & 0xff);
      for (int cache = cacheSize(instruction.op); cache > 0; --cache) {
        writer.put(0);
        writer.put(0);
      }
    }
  }
  return writer.finish();
}

std::string_view emitExceptionTable(FlowGraph& graph, Arena& arena) {
  ByteWriter writer(arena);
  const Block* handler = nullptr;
  int32_t offset = 0, start = 0;
  for (Block* block = graph.entry(); block; block = block->next) {
    for (const Instruction& instruction : *block) {
      if (instruction.handler != handler) {
        if (handler) putRegion(writer, start, offset, handler);
        start = offset;
        handler = instruction.handler;
      }
      offset += instructionSize(instruction);
    }
  }
  if (handler) putRegion(writer, start, offset, handler);
  return writer.finish();
}

}  // namespace krait::frontend
