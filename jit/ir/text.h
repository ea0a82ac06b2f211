// The text form of traces: complete, so that what is printed parses back to the same trace. Dumps show it, tests are written in it.
//
//   trace 3 loop "f" unit 12                             kind loop, function or side; side: parent 2 exit 5
//   code "f" "x.py" line 3 slots 2 stack 4               the code objects that frames name
//   object @o1 0x55d0 "function g"                       heap objects that constants name: address and a description
//   object @l kind list_int count 2 { @a, 3, 3 }         a stand-in of tests: header, then words; `words @a { 1, 2, 3 }` has no header
//   virtual v0 tuple(%1, v1)                             objects that only exits build
//   snap s0 { entry "f" unit 12 depth 1 { l0=%3 l1=- s0=v0! } inlined "g" function @o1 unit 4 depth 0 { } drops(%4) }
//     %1 = slot 0 : value
//     %2 = unbox_int %1 : i64 -> s0
//     loop
//     %4 = phi %2, %5 : i64
//     %5 = add_ovf %4, 1 : i64 -> s0
//     jump
//
// Literals: 7 (i64), 7w (i128), 1.5 inf nan, true false (bool), None True False Ellipsis NotImplemented box(7) box(1.5) (value),
// @o1 (obj), empty. Slots: l is a local, cell or free variable, s a stack word; `-` is an empty slot, `!` one whose reference moves
// in. A semicolon starts a comment.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include "jit/ir/ir.h"

namespace krait::jit {

// What tests write instead of real code objects and heap objects: memory that looks like them.
class StandIns {
 public:
  struct Memory {
    std::string name;               // without @
    bool header;
    uint32_t kind, count;
    std::vector<std::string> texts; // of the words behind the header, as written
    std::vector<uint64_t> initial;  // all words, header included
    uint64_t* words;                // what traces see
    uint64_t address = 0;           // a dumped object: no memory of ours
    std::string description;
  };
  StandIns() = default;
  StandIns(StandIns&&) = default;
  StandIns& operator=(StandIns&&) = default;

  Code* code(const std::string& name) const;
  const Memory* find(const std::string& name) const;
  const Memory* containing(uint64_t address) const;
  void restore();                   // every word as written

  std::vector<Memory> memory;
  std::vector<std::pair<std::string, Code*>> codes;
  std::vector<std::unique_ptr<uint64_t[]>> blocks;
};

struct ParsedTrace {
  Trace trace;
  StandIns stand_ins;
  std::vector<int> lines;           // of instructions, by index
  std::vector<std::pair<std::string, Id>> names;  // %name as written
};

std::string printTrace(const Trace& trace, const StandIns* stand_ins = nullptr);
std::string printIns(const Trace& trace, Id id, const StandIns* stand_ins = nullptr);
std::string printLiteral(const Ins& constant, const Trace& trace);
// False: *error says "line N: ...".
bool parseTrace(std::string_view text, ParsedTrace* out, std::string* error);

// Kinds by name: list_int, tuple, ...; numbers for those of Python classes.
std::string kindName(uint32_t kind);
bool kindFromName(std::string_view name, uint32_t* out);
std::string floatText(double d);    // the shortest text that reads back to the same bits

}  // namespace krait::jit
