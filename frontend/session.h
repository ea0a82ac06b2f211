// What the passes behind the parser share during one compilation: memory, options, and the place where errors end up.
//
// Errors are sticky: the first one wins, the passes go on over a tree that stays well-formed, and the caller looks once
// at the end. So no function of the compiler returns "did it work", except where going on would make no sense.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "frontend/ast/ast.h"
#include "frontend/compile.h"
#include "frontend/stack_limit.h"

namespace krait::frontend {

// As the end column of an error's position: the error has none.
inline constexpr int32_t kNoEndColumn = -2;

class Session {
 public:
  Session(Arena& arena, const CompileOptions& options)
      : arena(arena),
        options(options),
        depth_(nestingLevels(options.recursion_depth)),
        max_depth_(nestingLevels(options.recursion_limit)) {}

  Arena& arena;
  const CompileOptions& options;
  // CompileFlag: what the caller passed, and what the source's own `from __future__` statements add.
  uint32_t features = 0;
  // The last line with a `from __future__` statement that counts.
  int32_t future_line = -1;

  Diagnostic error;
  Warnings warnings;

  bool failed() const { return error.failed(); }
  bool futureAnnotations() const { return features & kFutureAnnotations; }

  // As it reads when it stops the compilation; the text is read from the file again.
  Diagnostic errorAt(const ast::Position& position, std::string message) const;
  void syntaxError(const ast::Position& position, std::string message);
  void fail(Diagnostic::Kind kind, std::string message);
  void syntaxWarning(const ast::Position& position, std::string message);

  // Nesting is bounded as in CPython, by the recursion limit (nestingLevels), and by the stack of the thread. Everything
  // that recurses with the tree makes one of these, and then asks failed().
  class Nesting {
   public:
    explicit Nesting(Session& session) : session_(session) {
      if (++session_.depth_ > session_.max_depth_ || stackIsDeep(session_.stack_floor_)) session_.tooDeep();
    }
    ~Nesting() { --session_.depth_; }

   private:
    Session& session_;
  };

 private:
  void tooDeep();

  int32_t depth_;
  const int32_t max_depth_;
  const uintptr_t stack_floor_ = stackFloor();
};

// Notes the features that `from __future__ import ...` at the start of the source switches on (scope/future.cpp).
void readFutureFeatures(Session& session, ast::ModNode* tree);

}  // namespace krait::frontend
