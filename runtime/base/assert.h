// Assertions that speak. KRAIT_ASSERT is cheap and stays on in release builds; KRAIT_AUDIT_ASSERT is for the
// audit build, where anything may be checked.
#pragma once

namespace krait {
// Prints the sentence and the place, then aborts: for broken invariants only, never for what a user can cause.
[[noreturn]] void fatal(const char* file, int line, const char* format, ...) __attribute__((format(printf, 3, 4), cold));
}  // namespace krait

#define KRAIT_FATAL(...) ::krait::fatal(__FILE__, __LINE__, __VA_ARGS__)
#define KRAIT_ASSERT(condition, ...)                                   \
  do {                                                                 \
    if (__builtin_expect(!(condition), 0)) KRAIT_FATAL(__VA_ARGS__);   \
  } while (0)
#ifdef KRAIT_AUDIT
#define KRAIT_AUDIT_ASSERT(condition, ...) KRAIT_ASSERT(condition, __VA_ARGS__)
#else
#define KRAIT_AUDIT_ASSERT(condition, ...) \
  do {                                     \
  } while (0)
#endif

#define KRAIT_LIKELY(x) __builtin_expect(!!(x), 1)
#define KRAIT_UNLIKELY(x) __builtin_expect(!!(x), 0)
