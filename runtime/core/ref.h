// Ref<T> owns one reference and gives it back when it goes; Ref<> owns any Value, immediates included.
//
// It is one word and trivial_abi: functions return it in a register, so that native code calls them as functions
// from words to words.  An empty Ref as a result means "an exception is set" unless the function says otherwise.
// A Ref parameter is stolen: the callee owns it.  Value and T* are borrowed; who keeps them alive is the caller.
#pragma once
#include <utility>
#include <type_traits>
#include "runtime/core/object.h"

namespace krait {

template <class T = void>
class [[clang::trivial_abi, nodiscard]] Ref {
 public:
  Ref() = default;
  Ref(decltype(nullptr)) {}
  Ref(Ref&& other) noexcept : word_(other.word_) { other.word_ = Value(); }
  template <class U>
    requires(!std::is_same_v<U, T> && (std::is_void_v<T> || std::is_base_of_v<T, U>))
  Ref(Ref<U>&& other) noexcept : word_(other.leak()) {}
  Ref& operator=(Ref&& other) noexcept {
    Value old = word_;
    word_ = other.leak();
    release(old);
    return *this;
  }
  ~Ref() { release(word_); }

  // Takes over a reference that the caller owns.
  static Ref steal(Value v) {
    Ref r;
    r.word_ = v;
    return r;
  }
  // Adds a reference.
  static Ref share(Value v) {
    retain(v);
    return steal(v);
  }

  Value value() const { return word_; }
  operator Value() const { return word_; }
  T* get() const
    requires(!std::is_void_v<T>)
  {
    return static_cast<T*>(word_.asObject());
  }
  T* operator->() const
    requires(!std::is_void_v<T>)
  {
    return get();
  }
  explicit operator bool() const { return !word_.empty(); }
  bool empty() const { return word_.empty(); }
  // Gives the reference to the caller, who now owns it.
  [[nodiscard]] Value leak() {
    Value v = word_;
    word_ = Value();
    return v;
  }
  [[nodiscard]] T* leakObject()
    requires(!std::is_void_v<T>)
  {
    return static_cast<T*>(leak().asObject());
  }
  void reset() { *this = Ref(); }
  // Reinterprets; the caller knows the type.
  template <class U>
  Ref<U> as() && {
    return Ref<U>::steal(leak());
  }

 private:
  Value word_;
};

inline Ref<> share(Value v) { return Ref<>::share(v); }
inline Ref<> steal(Value v) { return Ref<>::steal(v); }
template <class T>
  requires std::is_base_of_v<Object, T>
Ref<T> share(T* object) {
  retain(static_cast<Object*>(object));
  return Ref<T>::steal(Value(object));
}
template <class T>
  requires std::is_base_of_v<Object, T>
Ref<T> steal(T* object) {
  return Ref<T>::steal(Value(object));
}

// Replaces what a field owns, releasing the old content last (its destruction may look at the field).
inline void assign(Value& field, Ref<> v) {
  Value old = field;
  field = v.leak();
  release(old);
}

}  // namespace krait
