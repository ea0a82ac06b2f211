// The few numbers that a comparison is made of: medians with their quartiles, and the steady state of a warm-up curve.
#pragma once

#include <vector>

namespace krait::bench {

struct Spread {
  double median = 0;
  double low = 0;   // first quartile
  double high = 0;  // third quartile
};

// Quartiles by linear interpolation. The values must not be empty.
Spread spreadOf(std::vector<double> values);

// The median over the iterations that began in the last third of the time (at least the last one).
double steadyState(const std::vector<double>& iterations);

// one[i] / other[i] for each i that both have: the two were measured one after the other, in the same round.
std::vector<double> ratios(const std::vector<double>& one, const std::vector<double>& other);

}  // namespace krait::bench
