// A program with what symbol files must tell apart: templates, calls inlined several deep, a function split
// in a hot and a cold piece, a function that the linker drops, names in namespaces, a recursive lambda's
// type.
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "sample_library.h"

namespace sample {

template <typename T>
inline T Square(T value) {
  return value * value;
}

template <typename T, int kPower>
struct Power {
  static T Of(T value) {
    if constexpr (kPower % 2 == 0) {
      return Square(Power<T, kPower / 2>::Of(value));
    } else {
      return value * Power<T, kPower - 1>::Of(value);
    }
  }
};
template <typename T>
struct Power<T, 0> {
  static T Of(T) { return T{1}; }
};

// The compiler moves what leads to an exception out of the way, into a piece of its own.
__attribute__((noinline)) int HotAndCold(const std::string& text) {
  if (text.empty()) throw std::invalid_argument("no text: " + std::to_string(text.size()));
  int sum = 0;
  for (const char c : text) sum += Power<int, 13>::Of(c);
  return sum;
}

__attribute__((noinline)) double Templated(double value) {
  return Power<double, 6>::Of(value) + Square(value);
}

// Nobody calls it: its section is dropped, but what the compiler said of it stays.
int Dropped(int value) { return std::atoi(std::to_string(value).c_str()); }

namespace {

struct Local {
  __attribute__((noinline)) int operator()(int depth) const {
    return depth < 2 ? 1 : (*this)(depth - 1) + (*this)(depth - 2);
  }
};

}  // namespace
}  // namespace sample

int main(int argc, char** argv) {
  sample::Counter counter(argc);
  const auto twice = [&](int value) { return sample::SumOfNext(counter, value) * 2; };
  try {
    const int sum =
        sample::HotAndCold(argv[0]) + twice(argc) + sample::Local()(argc) + WithoutUnwindTables(argc);
    std::printf("%d %f\n", sum, sample::Templated(argc));
  } catch (const std::exception& error) {
    std::puts(error.what());
  }
}
