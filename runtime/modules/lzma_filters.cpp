// Filter specifiers of the _lzma module: dicts <-> liblzma's structs.
#include "runtime/modules/lzma_filters.h"

#include <cstdlib>
#include <cstring>

#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/int_internal.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/iteration.h"
#include "runtime/protocols/protocols.h"

namespace krait {

Type* lzma_error = nullptr;

bool checkLzma(Thread& t, lzma_ret result) {
  switch (result) {
    case LZMA_OK:
    case LZMA_GET_CHECK:
    case LZMA_NO_CHECK:
    case LZMA_STREAM_END: return true;
    case LZMA_UNSUPPORTED_CHECK: return raise(t, *lzma_error, "Unsupported integrity check");
    case LZMA_MEM_ERROR: return raiseNoMemory(t);
    case LZMA_MEMLIMIT_ERROR: return raise(t, *lzma_error, "Memory usage limit exceeded");
    case LZMA_FORMAT_ERROR: return raise(t, *lzma_error, "Input format not supported by decoder");
    case LZMA_OPTIONS_ERROR: return raise(t, *lzma_error, "Invalid or unsupported options");
    case LZMA_DATA_ERROR: return raise(t, *lzma_error, "Corrupt input data");
    case LZMA_BUF_ERROR: return raise(t, *lzma_error, "Insufficient buffer space");
    case LZMA_PROG_ERROR: return raise(t, *lzma_error, "Internal error");
    default: return raise(t, *lzma_error, "Unrecognized error from liblzma: %d", int(result));
  }
}

namespace {

bool uint64Argument(Thread& t, Value v, uint64_t* out) {
  if (!isIntLike(v)) return raise(t, exc::TypeError, "an integer is required");
  Digits digits(intValue(v));
  if (digits.negative) return raise(t, exc::OverflowError, "can't convert negative int to unsigned");
  if (digits.count > 1) return raise(t, exc::OverflowError, "int too big to convert");
  *out = digits.low();
  return true;
}

// A field of an options struct that a specifier may set.
template <class Options>
struct OptionField {
  const char* name;
  void (*set)(Options*, uint32_t);
};
const OptionField<lzma_options_lzma> kLzmaFields[] = {
    {"dict_size", [](lzma_options_lzma* o, uint32_t v) { o->dict_size = v; }},
    {"lc", [](lzma_options_lzma* o, uint32_t v) { o->lc = v; }},
    {"lp", [](lzma_options_lzma* o, uint32_t v) { o->lp = v; }},
    {"pb", [](lzma_options_lzma* o, uint32_t v) { o->pb = v; }},
    {"mode", [](lzma_options_lzma* o, uint32_t v) { o->mode = lzma_mode(v); }},
    {"nice_len", [](lzma_options_lzma* o, uint32_t v) { o->nice_len = v; }},
    {"mf", [](lzma_options_lzma* o, uint32_t v) { o->mf = lzma_match_finder(v); }},
    {"depth", [](lzma_options_lzma* o, uint32_t v) { o->depth = v; }},
    {"preset", [](lzma_options_lzma*, uint32_t) {}},  // was looked at before
};
const OptionField<lzma_options_delta> kDeltaFields[] = {
    {"dist", [](lzma_options_delta* o, uint32_t v) { o->dist = v; }}};
const OptionField<lzma_options_bcj> kBcjFields[] = {
    {"start_offset", [](lzma_options_bcj* o, uint32_t v) { o->start_offset = v; }}};

// Sets the fields that the dict has; every key must be known. False: raised, always the same error.
template <class Options, size_t count>
bool setFields(Thread& t, Value spec, const OptionField<Options> (&fields)[count], const char* what, Options* options) {
  auto failed = [&] {
    clearException(t);
    return raise(t, exc::ValueError, "Invalid filter specifier for %s filter", what).operator bool();
  };
  if (!isDict(spec)) return failed();
  Ref<Dict> copy = dictCopy(t, asDict(spec));
  if (!copy) return false;
  int64_t position = 0;
  Value key, v;
  while (dictNext(copy.get(), &position, &key, &v)) {
    if (!isStr(key)) return failed();
    if (strEqualsAscii(asStr(key), "id")) continue;
    const OptionField<Options>* field = nullptr;
    for (const auto& each : fields) {
      if (strEqualsAscii(asStr(key), each.name)) field = &each;
    }
    uint32_t number = 0;
    if (!field || !lzmaUint32(t, v, &number)) return failed();
    field->set(options, number);
  }
  return true;
}

template <class Options>
Options* newOptions(Thread& t) {
  Options* options = static_cast<Options*>(calloc(1, sizeof(Options)));
  if (!options) (void)raiseNoMemory(t);
  return options;
}

bool lzmaOptions(Thread& t, Value spec, lzma_options_lzma* options) {
  uint32_t preset = LZMA_PRESET_DEFAULT;
  Ref<> key = share(Value(internStatic("preset")));
  Ref<> given = getItem(t, spec, key);
  if (!given) {
    if (!raisedIs(t, exc::KeyError)) return false;
    clearException(t);
  } else if (!lzmaUint32(t, given, &preset)) {
    return false;
  }
  if (lzma_lzma_preset(options, preset)) return raise(t, *lzma_error, "Invalid compression preset: %u", preset);
  return setFields(t, spec, kLzmaFields, "LZMA", options);
}

// Fills one filter; its options belong to the caller then, also when it fails.
bool parseFilter(Thread& t, Value spec, lzma_filter* filter) {
  filter->options = nullptr;
  if (!typeOf(spec)->slots.getitem)
    return raise(t, exc::TypeError, "Filter specifier must be a dict or dict-like object");
  Ref<> id = getItem(t, spec, Value(internStatic("id")));
  if (!id) {
    if (!raisedIs(t, exc::KeyError)) return false;
    clearException(t);
    return raise(t, exc::ValueError, "Filter specifier must have an \"id\" entry");
  }
  uint64_t number;
  if (!uint64Argument(t, id, &number)) return false;
  filter->id = number;
  switch (filter->id) {
    case LZMA_FILTER_LZMA1:
    case LZMA_FILTER_LZMA2: {
      auto* options = newOptions<lzma_options_lzma>(t);
      filter->options = options;
      return options && lzmaOptions(t, spec, options);
    }
    case LZMA_FILTER_DELTA: {
      auto* options = newOptions<lzma_options_delta>(t);
      filter->options = options;
      if (!options) return false;
      options->type = LZMA_DELTA_TYPE_BYTE;
      options->dist = 1;
      return setFields(t, spec, kDeltaFields, "delta", options);
    }
    case LZMA_FILTER_X86:
    case LZMA_FILTER_POWERPC:
    case LZMA_FILTER_IA64:
    case LZMA_FILTER_ARM:
    case LZMA_FILTER_ARMTHUMB:
    case LZMA_FILTER_SPARC: {
      auto* options = newOptions<lzma_options_bcj>(t);
      filter->options = options;
      return options && setFields(t, spec, kBcjFields, "BCJ", options);
    }
    default: return raise(t, exc::ValueError, "Invalid filter ID: %llu", static_cast<unsigned long long>(filter->id));
  }
}

bool putNumber(Thread& t, Dict* dict, const char* name, uint64_t number) {
  Ref<> v = newIntUnsigned(t, number);
  return v && dictSetStr(t, dict, internStatic(name), v);
}
Ref<> describe(Thread& t, const lzma_filter& filter) {
  Ref<Dict> dict = newDict(t);
  if (!dict || !putNumber(t, dict.get(), "id", filter.id)) return kRaised;
  bool good = true;
  switch (filter.id) {
    case LZMA_FILTER_LZMA1: {
      const auto* o = static_cast<const lzma_options_lzma*>(filter.options);
      good = putNumber(t, dict.get(), "lc", o->lc) && putNumber(t, dict.get(), "lp", o->lp) &&
             putNumber(t, dict.get(), "pb", o->pb) && putNumber(t, dict.get(), "dict_size", o->dict_size);
      break;
    }
    case LZMA_FILTER_LZMA2:
      good = putNumber(t, dict.get(), "dict_size", static_cast<const lzma_options_lzma*>(filter.options)->dict_size);
      break;
    case LZMA_FILTER_DELTA:
      good = putNumber(t, dict.get(), "dist", static_cast<const lzma_options_delta*>(filter.options)->dist);
      break;
    case LZMA_FILTER_X86:
    case LZMA_FILTER_POWERPC:
    case LZMA_FILTER_IA64:
    case LZMA_FILTER_ARM:
    case LZMA_FILTER_ARMTHUMB:
    case LZMA_FILTER_SPARC:
      if (filter.options)
        good = putNumber(t, dict.get(), "start_offset",
                         static_cast<const lzma_options_bcj*>(filter.options)->start_offset);
      break;
    default: good = raise(t, exc::ValueError, "Invalid filter ID: %llu", static_cast<unsigned long long>(filter.id));
  }
  return good ? Ref<>(std::move(dict)) : Ref<>();
}

}  // namespace

bool lzmaUint32(Thread& t, Value v, uint32_t* out) {
  uint64_t number;
  if (!uint64Argument(t, v, &number)) return false;
  if (number > UINT32_MAX) return raise(t, exc::OverflowError, "Value too large for uint32_t type");
  *out = uint32_t(number);
  return true;
}

FilterChain::~FilterChain() {
  for (lzma_filter* f = filters_; f->id != LZMA_VLI_UNKNOWN; ++f) free(f->options);
}
bool FilterChain::parse(Thread& t, Value specs) {
  if (isDict(specs)) return raise(t, exc::TypeError, "%.200s is not a sequence", typeName(specs));
  int64_t count = lengthOf(t, specs);
  if (count < 0) return false;
  if (count > LZMA_FILTERS_MAX)
    return raise(t, exc::ValueError, "Too many filters - liblzma supports a maximum of %d", LZMA_FILTERS_MAX);
  for (int64_t i = 0; i < count; ++i) {
    Ref<> spec = getItem(t, specs, Value::fromInt(i));
    if (!spec) return false;
    lzma_filter filter{};
    bool good = parseFilter(t, spec, &filter);
    if (!good) {
      free(filter.options);
      return false;
    }
    filters_[i] = filter;
    filters_[i + 1].id = LZMA_VLI_UNKNOWN;
  }
  return true;
}
bool FilterChain::parseOne(Thread& t, Value spec) {
  lzma_filter filter{};
  if (!parseFilter(t, spec, &filter)) {
    free(filter.options);
    return false;
  }
  filters_[0] = filter;
  filters_[1].id = LZMA_VLI_UNKNOWN;
  return true;
}

Ref<> encodeFilterProperties(Thread& t, Value, Value spec) {
  FilterChain chain;
  uint32_t size;
  if (!chain.parseOne(t, spec) || !checkLzma(t, lzma_properties_size(&size, chain.get()))) return kRaised;
  uint8_t properties[256];  // the largest has five bytes
  if (size > sizeof properties) return raise(t, *lzma_error, "Internal error");
  if (!checkLzma(t, lzma_properties_encode(chain.get(), properties))) return kRaised;
  return newBytes(t, {reinterpret_cast<char*>(properties), size});
}
Ref<> decodeFilterProperties(Thread& t, Value, const Value* args) {
  uint64_t id;
  Buffer encoded;
  if (!uint64Argument(t, args[0], &id) || !encoded.get(t, args[1])) return kRaised;
  lzma_filter filter{};
  filter.id = id;
  if (!checkLzma(t, lzma_properties_decode(&filter, nullptr, encoded.data(), encoded.size()))) return kRaised;
  Ref<> description = describe(t, filter);
  free(filter.options);
  return description;
}

}  // namespace krait
