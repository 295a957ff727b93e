// Addition and multiplication of sizes and addresses that say so when the result does not fit.
#pragma once

#include <concepts>
#include <optional>

namespace cairn::base {

template <std::unsigned_integral T>
constexpr std::optional<T> CheckedAdd(T a, T b) {
  T result;
  if (__builtin_add_overflow(a, b, &result)) return std::nullopt;
  return result;
}

template <std::unsigned_integral T>
constexpr std::optional<T> CheckedMultiply(T a, T b) {
  T result;
  if (__builtin_mul_overflow(a, b, &result)) return std::nullopt;
  return result;
}

// Whether [offset, offset + size) lies in [0, total).
template <std::unsigned_integral T>
constexpr bool RangeFits(T offset, T size, T total) {
  return offset <= total && size <= total - offset;
}

}  // namespace cairn::base
