#include "sample_library.h"

#include <algorithm>
#include <vector>

namespace sample {
namespace {

// Inlined into its caller, and with a call inlined into itself.
inline int Clamp(int value) { return std::clamp(value, -1000, 1000); }

struct Doubling : Counter {
  using Counter::Counter;
  int Next(int step) override { return Clamp(Counter::Next(step) * 2); }
};

}  // namespace

int Counter::Next(int step) {
  value_ += Clamp(step);
  return value_;
}

__attribute__((noinline)) int SumOfNext(Counter& counter, int count) {
  std::vector<int> seen;
  Doubling doubling(count);
  for (int i = 0; i < count; ++i) {
    seen.push_back(counter.Next(i));
    seen.push_back(doubling.Next(i));
  }
  int sum = 0;
  for (const int value : seen) sum += Clamp(value);
  return sum;
}

}  // namespace sample
