// TextBudget bounds what the texts of one list take together: in a hostile dump all of them are one place.
#pragma once

#include <cstddef>

namespace cairn::minidump {

class TextBudget {
 public:
  explicit TextBudget(std::size_t bytes) : left_(bytes) {}

  // False once the texts are too long together; from then on for good.
  bool Take(std::size_t bytes) {
    left_ = bytes > left_ ? 0 : left_ - bytes;
    return left_ != 0;
  }

 private:
  std::size_t left_;
};

}  // namespace cairn::minidump
