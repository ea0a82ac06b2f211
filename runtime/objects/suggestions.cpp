// Suggestions of similar names, by CPython's edit distance: a changed letter costs 2, a changed case 1.
#include "runtime/objects/suggestions.h"

#include <algorithm>
#include <cctype>

#include "runtime/code/code.h"
#include "runtime/core/error.h"
#include "runtime/core/frame.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

inline constexpr size_t kMaxLength = 40, kMoveCost = 2, kCaseCost = 1, kMaxCandidates = 750;

size_t substitution(char a, char b) {
  if (a == b) return 0;
  return tolower(static_cast<unsigned char>(a)) == tolower(static_cast<unsigned char>(b)) ? kCaseCost : kMoveCost;
}

// Edit distance, or more than `most` when it is larger.
size_t distance(std::string_view a, std::string_view b, size_t most) {
  while (!a.empty() && !b.empty() && a.front() == b.front()) a.remove_prefix(1), b.remove_prefix(1);
  while (!a.empty() && !b.empty() && a.back() == b.back()) a.remove_suffix(1), b.remove_suffix(1);
  if (a.empty() || b.empty()) return (a.size() + b.size()) * kMoveCost;
  if (a.size() > kMaxLength || b.size() > kMaxLength) return most + 1;
  if (b.size() < a.size()) std::swap(a, b);
  if ((b.size() - a.size()) * kMoveCost > most) return most + 1;
  size_t row[kMaxLength];
  for (size_t i = 0; i < a.size(); ++i) row[i] = (i + 1) * kMoveCost;
  size_t result = 0;
  for (size_t j = 0; j < b.size(); ++j) {
    size_t diagonal = result = j * kMoveCost, least = SIZE_MAX;
    for (size_t i = 0; i < a.size(); ++i) {
      size_t substitute = diagonal + substitution(b[j], a[i]);
      diagonal = row[i];
      result = std::min(substitute, std::min(result, diagonal) + kMoveCost);
      row[i] = result;
      least = std::min(least, result);
    }
    if (least > most) return most + 1;
  }
  return result;
}

std::string closest(Thread& t, const std::string& name, Value names) {
  if (!isList(names) || size_t(asList(names)->size) >= kMaxCandidates) return {};
  size_t best = SIZE_MAX;
  std::string found;
  for (int64_t i = 0; i < asList(names)->size; ++i) {
    Ref<> item = listGet(asList(names), i);
    if (!isStr(item)) continue;
    std::string candidate(Utf8(asStr(item)).view());
    if (candidate == name) continue;
    size_t most = (name.size() + candidate.size() + 3) * kMoveCost / 6;
    most = std::min(most, best == SIZE_MAX ? most : best - 1);
    size_t d = distance(name, candidate, most);
    if (d > most) continue;
    if (found.empty() || d < best) {
      found = candidate;
      best = d;
    }
  }
  return found;
}

std::string phrase(const std::string& found) { return found.empty() ? "" : ". Did you mean: '" + found + "'?"; }

std::string forAttribute(Thread& t, Value exception) {
  Ref<> name = getAttrOrEmpty(t, exception, internStatic("name")), object = getAttrOrEmpty(t, exception, internStatic("obj"));
  if (!name || !isStr(name) || !object) return {};
  Ref<> dir = builtinFunction(t, "dir");
  Ref<> names = dir ? call(t, dir, object) : Ref<>();
  return names ? phrase(closest(t, std::string(Utf8(asStr(name)).view()), names)) : "";
}

std::string forName(Thread& t, Value exception) {
  Ref<> name_value = getAttrOrEmpty(t, exception, internStatic("name"));
  if (!name_value || !isStr(name_value)) return {};
  std::string name(Utf8(asStr(name_value)).view());
  Value tb = asException(exception)->traceback;
  if (!tb || !isExact(tb, &types::Traceback)) return {};
  Traceback* last = static_cast<Traceback*>(tb.asObject());
  while (last->next && isExact(last->next, &types::Traceback)) last = static_cast<Traceback*>(last->next.asObject());
  Frame* frame = last->frame->frame;
  if (!frame) return {};
  Ref<> names = sequenceToList(t, Value(frame->code->slot_names));
  std::string found = names ? closest(t, name, names) : "";
  if (found.empty()) {
    names = dictKeysList(t, frame->globals);
    if (names) found = closest(t, name, names);
  }
  if (found.empty() && isDict(frame->builtins)) {
    names = dictKeysList(t, asDict(frame->builtins));
    if (names) found = closest(t, name, names);
  }
  return phrase(found);
}

}  // namespace

std::string suggestion(Thread& t, Value exception) {
  std::string text;
  if (isInstance(exception, &exc::AttributeError)) {
    text = forAttribute(t, exception);
  } else if (isInstance(exception, &exc::NameError)) {
    text = forName(t, exception);
  }
  if (t.raised()) clearException(t);
  return text;
}

}  // namespace krait
