// A program for any system, without headers and libraries: calls inlined several deep, functions that no
// other unit sees, frames with and without a frame pointer, a function that calls nothing.
namespace sample {

extern "C" {
volatile int kept;
int LeafOfC(int value);
}

template <typename T>
inline T Square(T value) {
  return value * value;
}

template <int kPower>
struct Power {
  static inline int Of(int value) {
    kept = kPower;
    return Square(value) * Power<kPower - 1>::Of(value);
  }
};
template <>
struct Power<0> {
  static inline int Of(int value) { return value; }
};

class Counter {
 public:
  explicit Counter(int start) : value_(start) {}
  __attribute__((noinline)) int Next(int step) {
    value_ += Power<2>::Of(step);
    return value_;
  }

 private:
  int value_;
};

namespace {

__attribute__((noinline)) int Hidden(int depth, const int* values) {
  if (depth < 2) return values[0];
  return Hidden(depth - 1, values) + Hidden(depth - 2, values + 1);
}

}  // namespace

__attribute__((noinline)) int ManyLocals(int count) {
  volatile int values[100];
  for (int i = 0; i < 100; ++i) values[i] = count * i;
  int sum = 0;
  for (int i = 0; i < count; ++i) {
    sum += Square(values[i]);
    if (sum == 17) kept = Power<3>::Of(sum);
  }
  return sum;
}

}  // namespace sample

extern "C" __attribute__((noinline)) int LeafOfC(int value) { return value ^ sample::kept; }

extern "C" int Entry(int argument) {
  int values[3] = {argument, argument + 1, argument + 2};
  sample::Counter counter(argument);
  int sum = counter.Next(argument) + sample::ManyLocals(argument & 63);
  sum += sample::Hidden(argument & 1, values);
  return sum + LeafOfC(sum);
}
