// What the sample program takes from its shared library.
#pragma once

namespace sample {

class Counter {
 public:
  explicit Counter(int start) : value_(start) {}
  virtual ~Counter() = default;
  virtual int Next(int step);

 protected:
  int value_;
};

int SumOfNext(Counter& counter, int count);

}  // namespace sample

extern "C" int WithoutUnwindTables(int value);
