#include "shapes.h"

namespace shapes {

double Square::Area() const { return side_ * side_; }

double TotalArea(const std::vector<const Shape*>& list) {
  double total = 0;
  for (const Shape* const shape : list) total += shape->Area();
  return total;
}

void ForEachIndex(std::size_t count, const std::function<void(std::size_t)>& visit) {
  for (std::size_t i = 0; i < count; ++i) visit(i);
}

}  // namespace shapes
