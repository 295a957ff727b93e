#include "os/clock.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace cairn::os {

std::int64_t UnixMillis() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::int64_t MonotonicMillis() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::int64_t MonotonicMicros() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::string FormatIso(std::int64_t unix_millis) {
  const std::int64_t millis = ((unix_millis % 1000) + 1000) % 1000;
  const auto seconds = static_cast<std::time_t>((unix_millis - millis) / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> buffer;
  const std::size_t length = std::strftime(buffer.data(), buffer.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(buffer.data() + length, buffer.size() - length, ".%03dZ", static_cast<int>(millis));
  return buffer.data();
}

}  // namespace cairn::os
