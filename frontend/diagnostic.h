// What the frontend has to say about a source: the one error that stops it, and warnings.
//
// The fields are those of Python's SyntaxError, so that the runtime makes the exception without computing anything:
// offsets count characters from 1, `text` is the source line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace krait::frontend {

struct Diagnostic {
  enum class Kind : uint8_t {
    None,
    SyntaxError,
    IndentationError,
    TabError,
    ValueError,
    TypeError,
    OverflowError,
    MemoryError,
    RecursionError,
    SystemError,
    UnicodeDecodeError,  // of `text`, which is not UTF-8
    // A decode hook raised an exception of its own: it is pending in the runtime, and is the error.
    Pending,
  };

  Kind kind = Kind::None;
  std::string message;
  std::string filename;
  // A SyntaxError with has_location false has the message as its only argument; one with end_lineno -1 has no end (both
  // attributes are None). Offsets of 0 and -1 are real: CPython reports them.
  bool has_location = false;
  // The place is set as attributes of a SyntaxError(message), where another one gets it as arguments.
  bool place_is_attributes = false;
  int32_t lineno = -1;
  int32_t offset = -1;
  int32_t end_lineno = -1;
  int32_t end_offset = -1;
  bool has_text = false;
  std::string text;

  bool failed() const { return kind != Kind::None; }
};

// A warning is issued by the caller after the compilation (warnings.warn_explicit), in this order. When the filters
// turn it into an exception of its category, the caller raises `error` instead, as CPython does.
struct Warning {
  enum class Category : uint8_t { SyntaxWarning, DeprecationWarning };

  Category category;
  Diagnostic error;

  const std::string& message() const { return error.message; }
  int32_t lineno() const { return error.lineno; }
};

using Warnings = std::vector<Warning>;

}  // namespace krait::frontend
