// A small shared library of the example's own, so that crashes cross module borders.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace shapes {

class Shape {
 public:
  virtual ~Shape() = default;
  virtual double Area() const = 0;
};

class Square final : public Shape {
 public:
  explicit Square(double side) : side_(side) {}
  double Area() const override;

 private:
  double side_;
};

// Adds up the areas; a null pointer in the list is the caller's mistake and crashes here.
double TotalArea(const std::vector<const Shape*>& list);

// Calls `visit` with 0, 1, ... `count` - 1.
void ForEachIndex(std::size_t count, const std::function<void(std::size_t)>& visit);

}  // namespace shapes
