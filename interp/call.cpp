// Binding arguments to the parameters of Python functions, and the frames that result.
//
// Order of the slots: positional parameters, keyword-only ones, *args, **kwargs, then other locals. Error messages and the order in
// which errors are found are CPython's.
#include "interp/call.h"

#include <string>

#include "interp/jit_link.h"
#include "runtime/code/opcodes.h"
#include "runtime/core/error.h"
#include "runtime/core/hooks.h"
#include "runtime/core/names.h"
#include "runtime/core/runtime.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

Raised raiseRecursion(Thread& t) { return raise(t, exc::RecursionError, "maximum recursion depth exceeded"); }

namespace {

inline bool prepared(Thread& t, Code* code) { return KRAIT_LIKELY(code->cells != nullptr) || prepareCode(t, code); }

void releaseAll(Value* values, size_t count) {
  for (size_t i = 0; i < count; ++i) release(values[i]);
}

// A linked frame whose slots are empty; takes over function's reference. Null: raised (function released).
Frame* openFrame(Thread& t, Function* function) {
  Code* code = function->code;
  if (!prepared(t, code) || !enterPython(t)) {
    release(function);
    return nullptr;
  }
  Frame* frame = pushFrame(t, code);
  if (!frame) {
    leavePython(t);
    release(function);
    return nullptr;
  }
  retain(code);
  initFrame(frame, code, function, function->globals, function->builtins, Value());
  frame->previous = t.frame;
  t.frame = frame;
  return frame;
}

// Undoes openFrame after a failed binding.
Frame* abandonFrame(Thread& t, Frame* frame) {
  PreserveException preserve(t);
  leaveFrame(t, frame);
  return nullptr;
}

std::string utf8(Value name) { return std::string(Utf8(asStr(name)).view()); }

class Binder {
 public:
  Binder(Thread& t, Frame* frame)
      : thread_(t), frame_(frame), code_(frame->code), function_(frame->function), total_(code_->arg_count + code_->keyword_only_count) {}

  // Distributes positional values (taken over), keywords (taken over) and defaults. False: raised.
  bool bind(Value* args, size_t positional, Tuple* names) {
    for (Value *p = frame_->slots, *end = p + code_->slot_count; p < end; ++p) *p = Value();
    bool ok = takePositional(args, positional);
    if (names && !ok) releaseAll(args + positional, size_t(names->size));
    if (!ok) return false;
    if (code_->flags & kCodeVarKeywords) {
      Ref<Dict> rest = newDict(thread_);
      if (!rest) return dropKeywords(args + positional, names, 0);
      frame_->slots[restSlot()] = rest.leak();
    }
    for (int64_t i = 0; names && i < names->size; ++i) {
      Ref<> v = steal(args[positional + size_t(i)]);
      if (!takeKeyword(names->items[i], std::move(v), names)) return dropKeywords(args + positional, names, i + 1);
    }
    return finish(positional);
  }

  bool bindMapping(Value* args, size_t positional, Dict* keywords) {
    for (Value *p = frame_->slots, *end = p + code_->slot_count; p < end; ++p) *p = Value();
    if (!takePositional(args, positional)) return false;
    if (code_->flags & kCodeVarKeywords) {
      Ref<Dict> rest = newDict(thread_);
      if (!rest) return false;
      frame_->slots[restSlot()] = rest.leak();
    }
    int64_t position = 0;
    Value key, v;
    keyword_dict_ = keywords;
    while (dictNext(keywords, &position, &key, &v)) {
      if (!takeKeyword(key, share(v), nullptr)) return false;
    }
    return finish(positional);
  }

 private:
  Thread& thread_;
  Frame* frame_;
  Code* code_;
  Function* function_;
  int total_;
  Dict* keyword_dict_ = nullptr;

  int restSlot() const { return total_ + ((code_->flags & kCodeVarArgs) != 0); }
  std::string name() const { return utf8(function_->qualname); }

  bool dropKeywords(Value* values, Tuple* names, int64_t from) {
    if (names) releaseAll(values + from, size_t(names->size - from));
    return false;
  }

  bool takePositional(Value* args, size_t positional) {
    size_t taken = positional < size_t(code_->arg_count) ? positional : size_t(code_->arg_count);
    for (size_t i = 0; i < taken; ++i) frame_->slots[i] = args[i];
    if (code_->flags & kCodeVarArgs) {
      Ref<Tuple> rest = positional > taken ? newTupleSteal(thread_, args + taken, int64_t(positional - taken)) : share(emptyTuple());
      if (!rest) return false;
      frame_->slots[total_] = rest.leak();
    } else {
      // Kept alive until the error message is made would be pointless: only their number counts.
      releaseAll(args + taken, positional - taken);
    }
    return true;
  }

  bool takeKeyword(Value key, Ref<> v, Tuple* names) {
    if (!isStr(key)) return raise(thread_, exc::TypeError, "keywords must be strings");
    Value* slot_names = code_->slot_names->items;
    int found = -1;
    for (int i = code_->positional_only_count; i < total_ && found < 0; ++i) {
      if (slot_names[i] == key) found = i;
    }
    for (int i = code_->positional_only_count; i < total_ && found < 0; ++i) {
      if (strEqual(asStr(slot_names[i]), asStr(key))) found = i;
    }
    if (found < 0) {
      if (code_->flags & kCodeVarKeywords) return dictSet(thread_, asDict(frame_->slots[restSlot()]), key, v);
      if (code_->positional_only_count && positionalOnlyByName(names)) return false;
      return raise(thread_, exc::TypeError, "%s() got an unexpected keyword argument '%s'", name().c_str(), utf8(key).c_str());
    }
    if (frame_->slots[found]) {
      return raise(thread_, exc::TypeError, "%s() got multiple values for argument '%s'", name().c_str(), utf8(key).c_str());
    }
    frame_->slots[found] = v.leak();
    return true;
  }

  // Raises when keywords name positional-only parameters. True: raised.
  bool positionalOnlyByName(Tuple* names) {
    std::string list;
    for (int p = 0; p < code_->positional_only_count; ++p) {
      Value parameter = code_->slot_names->items[p];
      auto matches = [&](Value key) { return isStr(key) && strEqual(asStr(key), asStr(parameter)); };
      bool found = false;
      for (int64_t i = 0; names && i < names->size; ++i) found |= matches(names->items[i]);
      int64_t position = 0;
      Value key, v;
      while (keyword_dict_ && dictNext(keyword_dict_, &position, &key, &v)) found |= matches(key);
      if (found) list += (list.empty() ? "" : ", ") + utf8(parameter);
    }
    if (list.empty()) return false;
    (void)raise(thread_, exc::TypeError, "%s() got some positional-only arguments passed as keyword arguments: '%s'", name().c_str(),
                list.c_str());
    return true;
  }

  bool finish(size_t positional) {
    size_t count = size_t(code_->arg_count);
    if (positional > count && !(code_->flags & kCodeVarArgs)) return tooMany(positional);
    if (positional < count) {
      Tuple* defaults = function_->defaults ? asTuple(function_->defaults) : nullptr;
      size_t default_count = defaults ? size_t(defaults->size) : 0;
      size_t required = default_count > count ? 0 : count - default_count;
      size_t missing = 0;
      for (size_t i = positional; i < required; ++i) missing += frame_->slots[i].empty();
      if (missing) return missingArguments("positional", 0, required);
      for (size_t i = required; i < count; ++i) {
        if (frame_->slots[i].empty())
          frame_->slots[i] =
              share(defaults->items[i - required + (default_count > count ? default_count - count : 0)]).leak();
      }
    }
    if (code_->keyword_only_count) return keywordOnlyDefaults();
    return true;
  }

  bool keywordOnlyDefaults() {
    bool missing = false;
    for (int i = code_->arg_count; i < total_; ++i) {
      if (frame_->slots[i]) continue;
      if (function_->kw_defaults) {
        Value v = dictGet(thread_, asDict(function_->kw_defaults), code_->slot_names->items[i]);
        if (v) {
          frame_->slots[i] = share(v).leak();
          continue;
        }
        if (thread_.raised()) return false;
      }
      missing = true;
    }
    return !missing || missingArguments("keyword-only", size_t(code_->arg_count), size_t(total_));
  }

  bool tooMany(size_t given) {
    size_t count = size_t(code_->arg_count);
    size_t keyword_only = 0;
    for (int i = code_->arg_count; i < total_; ++i) keyword_only += !frame_->slots[i].empty();
    size_t defaults = function_->defaults ? size_t(asTuple(function_->defaults)->size) : 0;
    std::string takes = defaults ? "from " + std::to_string(count - defaults) + " to " + std::to_string(count) : std::to_string(count);
    bool plural = defaults ? true : count != 1;
    std::string extra;
    if (keyword_only) {
      extra = std::string(" positional argument") + (given != 1 ? "s" : "") + " (and " + std::to_string(keyword_only) +
              " keyword-only argument" + (keyword_only != 1 ? "s" : "") + ")";
    }
    return raise(thread_, exc::TypeError, "%s() takes %s positional argument%s but %zu%s %s given", name().c_str(), takes.c_str(),
                 plural ? "s" : "", given, extra.c_str(), given == 1 && !keyword_only ? "was" : "were");
  }

  bool missingArguments(const char* sort, size_t from, size_t to) {
    std::string list;
    size_t missing = 0, seen = 0;
    for (size_t i = from; i < to; ++i) missing += frame_->slots[i].empty();
    for (size_t i = from; i < to; ++i) {
      if (!frame_->slots[i].empty()) continue;
      ++seen;
      if (seen > 1) list += seen < missing ? ", " : missing == 2 ? " and " : ", and ";
      list += "'" + utf8(code_->slot_names->items[i]) + "'";
    }
    return raise(thread_, exc::TypeError, "%s() missing %zu required %s argument%s: %s", name().c_str(), missing, sort,
                 missing == 1 ? "" : "s", list.c_str());
  }
};

bool simpleParameters(const Code* code, size_t positional, Tuple* names) {
  return !names && positional == size_t(code->arg_count) && !code->keyword_only_count &&
         !(code->flags & (kCodeVarArgs | kCodeVarKeywords));
}

}  // namespace

Frame* enterFunction(Thread& t, Function* function, const Value* args, uint32_t count) {
  Frame* frame = openFrame(t, function);
  if (!frame) {
    for (uint32_t i = 0; i < count; ++i) release(args[i]);
    return nullptr;
  }
  Value* slot = frame->slots;
  for (uint32_t i = 0; i < count; ++i) *slot++ = args[i];
  for (Value* end = frame->slots + frame->code->slot_count; slot < end;) *slot++ = Value();
  return frame;
}

Frame* bindFrame(Thread& t, Function* function, Value* args, size_t positional, Tuple* names) {
  if (simpleParameters(function->code, positional, names)) return enterFunction(t, function, args, uint32_t(positional));
  Frame* frame = openFrame(t, function);
  if (!frame) {
    releaseAll(args, positional + (names ? size_t(names->size) : 0));
    return nullptr;
  }
  if (!Binder(t, frame).bind(args, positional, names)) return abandonFrame(t, frame);
  return frame;
}

Frame* bindFrameFromTuple(Thread& t, Function* function, Tuple* positional, Dict* keywords) {
  size_t count = size_t(positional->size);
  Value small[16];  // the values are taken over: each gets a reference
  Value* args = small;
  Ref<Tuple> holder;
  if (count > 16) {
    holder = newTupleBlank(t, int64_t(count));
    if (!holder) {
      release(function);
      return nullptr;
    }
    args = holder->items;
  }
  for (size_t i = 0; i < count; ++i) args[i] = share(positional->items[i]).leak();
  Frame* frame;
  if (!keywords || keywords->size == 0) {
    frame = bindFrame(t, function, args, count, nullptr);
  } else if ((frame = openFrame(t, function))) {
    if (!Binder(t, frame).bindMapping(args, count, keywords)) frame = abandonFrame(t, frame);
  } else {
    releaseAll(args, count);
  }
  if (holder) {
    for (size_t i = 0; i < count; ++i) holder->items[i] = Value();
  }
  return frame;
}

Frame* bindCode(Thread& t, Code* code, Dict* globals, Value locals, Value closure) {
  if (!prepared(t, code)) return nullptr;
  Str* builtins_name = internStatic("__builtins__");
  Value builtins = dictGetStr(globals, builtins_name);
  if (!builtins) {
    builtins = Value(interpreterOf(t).builtins);
  } else if (isInstance(builtins, &types::Module)) {
    Ref<> dict = getAttr(t, builtins, "__dict__");
    if (!dict) return nullptr;
    builtins = dict;  // the module keeps it
  }
  if (code->arg_count || code->keyword_only_count || (code->flags & (kCodeVarArgs | kCodeVarKeywords))) {
    // exec() of a function's code: it is called without arguments.
    Ref<Function> function = newFunction(t, code, globals, Value());
    Frame* called = function ? bindFrame(t, function.leakObject(), nullptr, 0, nullptr) : nullptr;
    if (called) called->locals = share(locals).leak();
    return called;
  }
  if (!enterPython(t)) return nullptr;
  Frame* frame = pushFrame(t, code);
  if (!frame) {
    leavePython(t);
    return nullptr;
  }
  retain(code);
  retain(globals);
  retain(builtins);
  retain(locals);
  initFrame(frame, code, nullptr, globals, builtins, locals);
  for (Value *p = frame->slots, *end = p + code->slot_count; p < end; ++p) *p = Value();
  // COPY_FREE_VARS finds no function here: the cells are put into their slots at once.
  if (closure && !closure.isNone()) {
    int first = code->slot_count - code->free_count;
    for (int i = 0; i < code->free_count; ++i) frame->slots[first + i] = share(asTuple(closure)->items[i]).leak();
  }
  frame->previous = t.frame;
  t.frame = frame;
  return frame;
}

Function* plainConstructor(Type* type) {
  if (type->slots.new_ != types::Object.slots.new_ || !type->has(kTypeHeap) || type->has(kTypeAbstract)) return nullptr;
  Value init = lookupType(type, names::dunder_init);
  return init && isFunction(init) ? asFunction(init) : nullptr;
}

void leaveFrame(Thread& t, Frame* frame) {
  t.frame = frame->previous;
  clearFrame(t, frame);
  leavePython(t);
  popFrame(t, frame);
}

}  // namespace krait
