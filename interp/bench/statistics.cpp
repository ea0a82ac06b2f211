// Medians, quartiles, and the last third of the time.
#include "interp/bench/statistics.h"

#include <algorithm>
#include <cmath>

namespace krait::bench {

namespace {

double quantile(const std::vector<double>& sorted, double fraction) {
  double position = fraction * static_cast<double>(sorted.size() - 1);
  size_t below = static_cast<size_t>(std::floor(position));
  size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - static_cast<double>(below));
}

}  // namespace

Spread spreadOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {quantile(values, 0.5), quantile(values, 0.25), quantile(values, 0.75)};
}

double steadyState(const std::vector<double>& iterations) {
  double total = 0;
  for (double each : iterations) total += each;
  std::vector<double> late;
  double began = 0;
  for (double each : iterations) {
    if (began >= total * 2 / 3) late.push_back(each);
    began += each;
  }
  if (late.empty()) late.push_back(iterations.back());
  return spreadOf(late).median;
}

std::vector<double> ratios(const std::vector<double>& one, const std::vector<double>& other) {
  std::vector<double> result;
  for (size_t i = 0; i < std::min(one.size(), other.size()); i++) result.push_back(one[i] / other[i]);
  return result;
}

}  // namespace krait::bench
