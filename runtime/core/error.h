// Raising, looking at and clearing exceptions.
#pragma once
#include "runtime/core/thread.h"
#include "runtime/core/type.h"

namespace krait {
struct Str;

// What a raising function returns: converts to every "an exception is set" result.
struct [[nodiscard]] Raised {
  template <class T>
  operator Ref<T>() const {
    return Ref<T>();
  }
  operator Value() const { return Value(); }
  operator bool() const { return false; }
  operator int() const { return -1; }
  operator int64_t() const { return -1; }
  template <class T>
  operator T*() const {
    return nullptr;
  }
};
inline constexpr Raised kRaised{};

// Exception types: exc::TypeError and so on, from exceptions.def.
namespace exc {
using types::BaseException;
#define EXCEPTION(Name, Base) extern ::krait::Type Name;
#include "runtime/core/exceptions.def"
#undef EXCEPTION
}  // namespace exc

// Raises type(message). The text is UTF-8; %-formats as printf.
Raised raise(Thread& t, Type& type, const char* format, ...) __attribute__((format(printf, 3, 4), cold));
// Raises type(argument) or type() when argument is empty.
Raised raiseWith(Thread& t, Type& type, Value argument) __attribute__((cold));
// Sets an exception instance that exists; chains __context__ to the exception being handled, as raise does.
Raised raiseInstance(Thread& t, Ref<> exception) __attribute__((cold));
Raised raiseNoMemory(Thread& t) __attribute__((cold));
// OSError from errno, with an optional file name (empty for none): the subclass that errno selects.
Raised raiseOSError(Thread& t, int error, Value filename = Value()) __attribute__((cold));
Raised raiseKeyError(Thread& t, Value key) __attribute__((cold));
Raised raiseStopIteration(Thread& t, Value v) __attribute__((cold));
Raised raiseBadArgument(Thread& t, const char* function, const char* expected, Value got) __attribute__((cold));

// Whether the pending exception is an instance of type.
bool raisedIs(Thread& t, Type& type);
// Takes the pending exception away from the thread (empty when none).
Ref<> takeException(Thread& t);
void restoreException(Thread& t, Ref<> exception);
inline void clearException(Thread& t) { takeException(t).reset(); }
// Matches as an except clause does: type may be a tuple of types. -1: raised (bad match value).
int exceptionMatches(Thread& t, Value exception, Value type);
// The pending exception cannot be reported to anyone: sys.unraisablehook(…), then it is gone. `where` may be empty.
void writeUnraisable(Thread& t, Value where, const char* message = nullptr);
// warnings.warn as C code does it: false when the warning was turned into an exception.
[[nodiscard]] bool warn(Thread& t, Type& category, int stack_level, const char* format, ...) __attribute__((format(printf, 4, 5), cold));

// Saves the pending exception over code that must not disturb it (finalizers, destructors).
class PreserveException {
 public:
  explicit PreserveException(Thread& t) : thread_(t), saved_(takeException(t)) {}
  ~PreserveException() { restoreException(thread_, std::move(saved_)); }

 private:
  Thread& thread_;
  Ref<> saved_;
};

}  // namespace krait
