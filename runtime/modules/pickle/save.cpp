// Saving atoms and containers of the builtin types.
#include <bit>
#include <cstring>

#include "runtime/memory/memory.h"
#include "runtime/modules/pickle/pickler.h"
#include "runtime/objects/codecs.h"
#include "runtime/objects/float.h"
#include "runtime/objects/float_text.h"
#include "runtime/objects/int_internal.h"
#include "runtime/objects/list.h"
#include "runtime/objects/memoryview.h"
#include "runtime/objects/set.h"
#include "runtime/objects/str_builder.h"
#include "runtime/protocols/protocols.h"

namespace krait::pickle {

namespace {
constexpr const char* kWhile = " while pickling an object";
}

bool Saver::dump(Value v) {
  Ref<> reducer = getAttrOrEmpty(t_, Value(p_), internStatic("reducer_override"));
  if (!reducer && t_.raised()) return false;
  assign(p_->reducer_override, std::move(reducer));
  bool good = true;
  if (p_->protocol >= 2) {
    good = put(kProto, uint64_t(p_->protocol), 1);
    p_->framing = p_->protocol >= 4;
  }
  good = good && save(v) && put(kStop);
  if (good) commitFrame();
  p_->framing = false;
  p_->frame_start = -1;
  assign(p_->reducer_override, Ref<>());  // may be a bound method of the pickler
  return good;
}

// --- dispatch ---

bool Saver::save(Value v, bool persistent) {
  NativeScope scope(t_, kWhile);
  if (!scope) return false;
  Ref<> keep = share(v);
  if (persistent && p_->persistent_id.function) {
    int saved = savePersistent(v);
    if (saved) return saved > 0 && opcodeBoundary();
  }
  bool done = true;
  return saveKnown(v, &done) && (done || saveObject(v)) && opcodeBoundary();
}

// 1: saved by its id, 0: it has none, -1: raised.
int Saver::savePersistent(Value v) {
  Ref<> id = callHook(t_, p_->persistent_id, Value(p_), v);
  if (!id) return -1;
  if (id.value().isNone()) return 0;
  if (p_->bin) return save(id, false) && put(kBinPersId) ? 1 : -1;
  Ref<Str> text = str(t_, id);
  if (!text) return -1;
  if (!text->ascii) return raise(t_, *pickling_error, "persistent IDs in protocol 0 must be ASCII strings");
  return put(kPersId) && put(text->data, size_t(text->length)) && put('\n') ? 1 : -1;
}

// *done false: none of the types that are known here.
bool Saver::saveKnown(Value v, bool* done) {
  if (v.isNone()) return put(kOpNone);
  if (v.isBool()) {
    if (p_->protocol >= 2) return put(v == kTrue ? kNewTrue : kNewFalse);
    return putText("I%02d\n", v == kTrue);
  }
  if (v.isInt() || isExact(v, &types::Int)) return saveInt(v);
  if (v.isDouble()) return saveFloat(v.asDouble());
  if (v.isObject()) {
    int64_t number = p_->memo.find(v);
    if (number >= 0) return putGet(number);
    if (isExactStr(v)) return saveStr(v);
    if (isExactBytes(v)) return saveBytes(v);
    if (isExactDict(v)) return saveDict(v);
    if (isExactTuple(v)) return saveTuple(v);
    if (isExactList(v)) return saveList(v);
    if (isExact(v, &types::Set)) return saveSet(v);
    if (isExact(v, &types::FrozenSet)) return saveFrozenSet(v);
    if (isExact(v, &types::ByteArray)) return saveByteArray(v);
    if (isPickleBuffer(v)) return saveBuffer(v);
  }
  *done = false;
  return true;
}

// --- numbers ---

bool Saver::saveInt(Value v) {
  int64_t number;
  if (intFits64(v, &number) && number == int32_t(number)) {
    if (!p_->bin) return putText("I%lld\n", static_cast<long long>(number));
    if (number >= 0 && number <= 0xFF) return put(kBinInt1, uint64_t(number), 1);
    if (number >= 0 && number <= 0xFFFF) return put(kBinInt2, uint64_t(number), 2);
    return put(kBinInt, uint64_t(number), 4);
  }
  if (p_->protocol < 2) {
    Ref<Str> text = repr(t_, v);
    return text && put(kLong) && put(text->data, size_t(text->length)) && put("L\n", 2);
  }
  Digits digits(v);
  size_t size = bitLength(digits) / 8 + 1;
  if (size > INT32_MAX) return raise(t_, exc::OverflowError, "int too large to pickle");
  LimbBuffer copy(t_, digits.count + 1);
  if (!copy) return false;
  memcpy(copy.get(), digits.limbs, digits.count * 8);
  copy[digits.count] = 0;
  if (digits.negative) {
    mpn_neg(copy.data(), copy.data(), mp_size_t(digits.count + 1));
    const uint8_t* bytes = reinterpret_cast<const uint8_t*>(copy.get());
    if (size > 1 && bytes[size - 1] == 0xFF && (bytes[size - 2] & 0x80)) --size;
  }
  bool header = size < 256 ? put(kLong1, size, 1) : put(kLong4, size, 4);
  return header && put(copy.get(), size);
}
bool Saver::saveFloat(double d) {
  if (p_->bin) {
    uint64_t bits = __builtin_bswap64(std::bit_cast<uint64_t>(d));
    return put(kBinFloat, bits, 8);
  }
  FloatText text;
  if (!text.make(d, 'r', 0, kFloatAddPointZero)) return raiseNoMemory(t_);
  return put(kFloat) && put(text.view().data(), text.view().size()) && put('\n');
}

// --- bytes ---

bool Saver::putBytes(Value memo_as, std::string_view data, Value payload) {
  uint8_t header[9];
  uint64_t size = data.size();
  memcpy(header + 1, &size, 8);
  size_t header_size;
  if (size <= 0xFF) {
    header[0] = kShortBinBytes;
    header_size = 2;
  } else if (size <= UINT32_MAX) {
    header[0] = kBinBytes;
    header_size = 5;
  } else if (p_->protocol >= 4) {
    header[0] = kBinBytes8;
    header_size = 9;
  } else {
    return raise(t_, exc::OverflowError,
                 "serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher");
  }
  return putLarge(header, header_size, data.data(), data.size(), payload) && memoize(memo_as);
}
bool Saver::putByteArray(Value memo_as, std::string_view data, Value payload) {
  uint8_t header[9] = {kByteArray8};
  uint64_t size = data.size();
  memcpy(header + 1, &size, 8);
  return putLarge(header, 9, data.data(), data.size(), payload) && memoize(memo_as);
}
bool Saver::saveBytes(Value v) {
  if (p_->protocol >= 3) return putBytes(v, asBytes(v)->view(), v);
  // Older protocols have no opcode: the bytes are made from text, in a way that Python 2 understands too.
  Ref<Tuple> args, parts;
  if (asBytes(v)->size == 0) {
    parts = packTuple(t_, Value(&types::Bytes), Value(emptyTuple()));
  } else {
    Ref<Str> text = newStrLatin1(t_, asBytes(v)->view());
    args = text ? packTuple(t_, text.value(), Value(internStatic("latin1"))) : Ref<Tuple>();
    parts = args ? packTuple(t_, library.codecs_encode, args.value()) : Ref<Tuple>();
  }
  return parts && saveReduce(parts.get(), v);
}
bool Saver::saveByteArray(Value v) {
  if (p_->protocol >= 5) return putByteArray(v, asByteArray(v)->view(), v);
  Ref<Bytes> content = newBytes(t_, asByteArray(v)->view());
  Ref<Tuple> args = !content ? Ref<Tuple>() : content->size == 0 ? share(emptyTuple()) : packTuple(t_, content.value());
  Ref<Tuple> parts = args ? packTuple(t_, Value(&types::ByteArray), args.value()) : Ref<Tuple>();
  return parts && saveReduce(parts.get(), v);
}
bool Saver::saveBuffer(Value v) {
  if (p_->protocol < 5) return raise(t_, *pickling_error, "PickleBuffer can only pickled with protocol >= 5");
  Ref<> view = share(pickleBufferView(t_, v));
  if (!view) return false;
  BufferView structure;
  MemoryView* m = asMemoryView(view);
  structure.bytes = m->bytes;
  structure.item_size = m->item_size;
  structure.dimensions = m->dimensions;
  structure.shape = m->shape;
  structure.strides = m->strides;
  if (!isContiguous(structure, 'A')) {
    return raise(t_, *pickling_error, "PickleBuffer can not be pickled when pointing to a non-contiguous buffer");
  }
  int in_band = 1;
  if (p_->buffer_callback) {
    Ref<> callback = share(p_->buffer_callback);
    Ref<> answer = call(t_, callback, v);
    in_band = answer ? truth(t_, answer) : -1;
    if (in_band < 0) return false;
  }
  if (!in_band) return put(kNextBuffer) && (!m->readonly || put(kReadonlyBuffer));
  std::string_view data{reinterpret_cast<const char*>(m->data), size_t(m->bytes)};
  return m->readonly ? putBytes(v, data, Value()) : putByteArray(v, data, Value());
}

// --- text ---

bool Saver::saveStr(Value v) {
  const Str* s = asStr(v);
  if (!p_->bin) {  // raw_unicode_escape, with escapes also for what would end the line
    if (!put(kUnicode)) return false;
    for (int64_t i = 0; i < s->length; ++i) {
      uint32_t c = s->at(i);
      bool escaped = c >= 0x100 || c == '\\' || c == 0 || c == '\n' || c == '\r' || c == 0x1A;
      if (c >= 0x10000 ? !putText("\\U%08x", c) : escaped ? !putText("\\u%04x", c) : !put(uint8_t(c))) return false;
    }
    return put('\n') && memoize(v);
  }
  Ref<Bytes> encoded;
  std::string_view text;
  if (s->ascii) {
    text = asciiView(s);
  } else {
    encoded = encodeText(t_, asStr(v), NativeCodec::kUtf8, "surrogatepass");
    if (!encoded) return false;
    text = encoded->view();
  }
  uint8_t header[9];
  uint64_t size = text.size();
  memcpy(header + 1, &size, 8);
  size_t header_size = 5;
  if (size <= 0xFF && p_->protocol >= 4) {
    header[0] = kShortBinUnicode;
    header_size = 2;
  } else if (size <= UINT32_MAX) {
    header[0] = kBinUnicode;
  } else if (p_->protocol >= 4) {
    header[0] = kBinUnicode8;
    header_size = 9;
  } else {
    return raise(t_, exc::OverflowError, "serializing a string larger than 4 GiB requires pickle protocol 4 or higher");
  }
  return putLarge(header, header_size, text.data(), text.size(), encoded) && memoize(v);
}

// --- tuples ---

bool Saver::saveItems(const Tuple* tuple) {
  for (int64_t i = 0; i < tuple->size; ++i) {
    if (!save(tuple->items[i])) return false;
  }
  return true;
}
// A tuple that is part of itself is in the memo when its items are saved: then what they left on the stack goes again.
bool Saver::saveTuple(Value v) {
  const Tuple* tuple = asTuple(v);
  int64_t size = tuple->size;
  if (size == 0) return p_->bin ? put(kEmptyTuple) : put("(t", 2);
  bool counted = size <= 3 && p_->protocol >= 2;
  if ((!counted && !put(kMark)) || !saveItems(tuple)) return false;
  int64_t number = p_->memo.find(v);
  if (number < 0) return put(counted ? uint8_t(kTuple1 + size - 1) : uint8_t(kTupleOp)) && memoize(v);
  if (!counted && p_->bin) return put(kPopMark) && putGet(number);
  for (int64_t i = counted ? 1 : 0; i <= size; ++i) {
    if (!put(kPop)) return false;
  }
  return putGet(number);
}

// --- lists, dicts, sets ---

bool Saver::enterFast(Value v) {
  if (++p_->fast_nesting < kFastNestingLimit) return true;
  if (!p_->fast_memo) {
    p_->fast_memo = newDict(t_).leak();
    if (!p_->fast_memo) return false;
  }
  Ref<> key = newIntUnsigned(t_, v.bits);
  int known = key ? dictContains(t_, asDict(p_->fast_memo), key) : -1;
  if (known > 0) {
    return raise(t_, exc::ValueError, "fast mode: can't pickle cyclic objects including object type %.200s at %p",
                 typeName(v), static_cast<void*>(v.asObject()));
  }
  return known == 0 && dictSet(t_, asDict(p_->fast_memo), key, kNone);
}
void Saver::leaveFast(Value v) {
  if (p_->fast_nesting-- < kFastNestingLimit || !p_->fast_memo) return;
  PreserveException preserve(t_);
  Ref<> key = newIntUnsigned(t_, v.bits);
  if (!key || dictDelete(t_, asDict(p_->fast_memo), key) < 0) clearException(t_);
}

bool Saver::saveList(Value v) {
  if (p_->fast && !enterFast(v)) {
    p_->fast_nesting = 0;
    return false;
  }
  bool good = (p_->bin ? put(kEmptyList) : put("(l", 2)) && memoize(v);
  if (good && asList(v)->size > 0) {
    if (p_->protocol == 0) {
      Ref<> iterator = iterate(t_, v);
      good = iterator && batchList(iterator);
    } else if (asList(v)->size == 1) {
      good = save(listGet(asList(v), 0)) && put(kAppend);
    } else {
      int64_t i = 0;
      do {  // the list may change meanwhile
        good = put(kMark);
        for (int n = 0; good && n < kBatch && i < asList(v)->size; ++n, ++i) good = save(listGet(asList(v), i));
        good = good && put(kAppends);
      } while (good && i < asList(v)->size);
    }
  }
  if (p_->fast) leaveFast(v);
  return good;
}
bool Saver::batchList(Value iterator) {
  for (;;) {
    Ref<> first = next(t_, iterator);
    if (!first) return !t_.raised();
    if (p_->protocol == 0) {
      if (!save(first) || !put(kAppend)) return false;
      continue;
    }
    Ref<> item = next(t_, iterator);
    if (!item) return !t_.raised() && save(first) && put(kAppend);
    if (!put(kMark) || !save(first)) return false;
    int n = 1;
    while (item) {
      if (!save(item)) return false;
      if (++n == kBatch) break;
      item = next(t_, iterator);
    }
    if (t_.raised() || !put(kAppends)) return false;
    if (n != kBatch) return true;
  }
}

bool Saver::saveDict(Value v) {
  if (p_->fast && !enterFast(v)) {
    p_->fast_nesting = 0;
    return false;
  }
  Dict* dict = asDict(v);
  bool good = (p_->bin ? put(kEmptyDict) : put("(d", 2)) && memoize(v);
  if (good && dict->size > 0) {
    if (p_->protocol == 0) {
      Ref<> items = callMethod(t_, v, "items");
      Ref<> iterator = items ? iterate(t_, items) : Ref<>();
      good = iterator && batchDict(iterator);
    } else {
      int64_t position = 0, size = dict->size;
      Value key, item;
      int n;
      do {
        good = size == 1 || put(kMark);
        for (n = 0; good && n < kBatch && dictNext(dict, &position, &key, &item); ++n) {
          Ref<> keep_key = share(key), keep_item = share(item);
          good = save(keep_key) && save(keep_item);
          if (good && dict->size != size)
            good = raise(t_, exc::RuntimeError, "dictionary changed size during iteration");
        }
        good = good && put(size == 1 ? kSetItem : kSetItems);
      } while (good && n == kBatch);
    }
  }
  if (p_->fast) leaveFast(v);
  return good;
}
bool Saver::batchDict(Value iterator) {
  auto pair = [&](Ref<>* out) {
    *out = next(t_, iterator);
    if (*out && (!isTuple(*out) || asTuple(*out)->size != 2)) {
      *out = Ref<>();
      (void)raise(t_, exc::TypeError, "dict items iterator must return 2-tuples");
    }
    return bool(*out);
  };
  for (;;) {
    Ref<> first, item;
    if (!pair(&first)) return !t_.raised();
    if (p_->protocol == 0) {
      if (!saveItems(asTuple(first)) || !put(kSetItem)) return false;
      continue;
    }
    if (!pair(&item)) return !t_.raised() && saveItems(asTuple(first)) && put(kSetItem);
    if (!put(kMark) || !saveItems(asTuple(first))) return false;
    int n = 1;
    do {
      if (!saveItems(asTuple(item))) return false;
      if (++n == kBatch) break;
    } while (pair(&item));
    if (t_.raised() || !put(kSetItems)) return false;
    if (n != kBatch) return true;
  }
}

bool Saver::saveSet(Value v) {
  if (p_->protocol < 4) {
    Ref<List> items = sequenceToList(t_, v);
    Ref<Tuple> args = items ? packTuple(t_, items.value()) : Ref<Tuple>();
    Ref<Tuple> parts = args ? packTuple(t_, Value(&types::Set), args.value()) : Ref<Tuple>();
    return parts && saveReduce(parts.get(), v);
  }
  if (!put(kEmptySet) || !memoize(v)) return false;
  Set* set = asSet(v);
  int64_t size = set->used, position = 0;
  if (size == 0) return true;
  Value item;
  int n;
  do {
    if (!put(kMark)) return false;
    for (n = 0; n < kBatch && setNext(set, &position, &item); ++n) {
      Ref<> keep = share(item);
      if (!save(keep)) return false;
      if (set->used != size) return raise(t_, exc::RuntimeError, "set changed size during iteration");
    }
    if (!put(kAddItems)) return false;
  } while (n == kBatch);
  return true;
}
bool Saver::saveFrozenSet(Value v) {
  Ref<List> items = sequenceToList(t_, v);
  if (!items) return false;
  if (p_->protocol < 4) {
    Ref<Tuple> args = packTuple(t_, items.value());
    Ref<Tuple> parts = args ? packTuple(t_, Value(&types::FrozenSet), args.value()) : Ref<Tuple>();
    return parts && saveReduce(parts.get(), v);
  }
  if (!put(kMark)) return false;
  for (int64_t i = 0; i < items->size; ++i) {
    if (!save(listGet(items.get(), i))) return false;
  }
  int64_t number = p_->memo.find(v);  // as with tuples
  if (number >= 0) return put(kPopMark) && putGet(number);
  return put(kFrozenSetOp) && memoize(v);
}

}  // namespace krait::pickle
