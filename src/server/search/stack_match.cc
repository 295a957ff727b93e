#include "server/search/stack_match.h"

#include <cstddef>
#include <optional>

namespace cairn::search {
namespace {

// Where each address of the stack begins among its frames.
std::vector<std::size_t> BeginsOf(std::span<const std::int64_t> addresses, const FrameCounts& counts) {
  std::vector<std::size_t> begins;
  std::size_t begin = 0;
  for (const std::int64_t address : addresses) {
    begins.push_back(begin);
    const auto count = counts.find(address);
    begin += count == counts.end() ? 1 : count->second;
  }
  return begins;
}

// The places of frames that pass the step's tests, in rising order.
std::vector<std::size_t> PlacesOf(std::span<const std::int64_t> addresses,
                                  std::span<const std::size_t> begins, const StepFrames& frames) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto found = frames.find(addresses[i]);
    if (found == frames.end()) continue;
    for (const std::uint32_t place : found->second) places.push_back(begins[i] + place);
  }
  return places;
}

// Those of `places` that a step may take when the one before took any of `before`.
std::vector<std::size_t> Reachable(std::span<const std::size_t> before, std::span<const std::size_t> places,
                                   std::optional<std::uint32_t> gap_max) {
  std::vector<std::size_t> reached;
  std::size_t next = 0;
  std::optional<std::size_t> latest;  // The nearest of `before` is the best.
  for (const std::size_t place : places) {
    while (next < before.size() && before[next] < place) latest = before[next++];
    if (latest && (!gap_max || place - *latest - 1 <= *gap_max)) reached.push_back(place);
  }
  return reached;
}

}  // namespace

bool HasSteps(std::span<const std::int64_t> addresses, std::span<const StackStep> steps,
              std::span<const StepFrames> frames, const FrameCounts& counts) {
  const std::vector<std::size_t> begins = BeginsOf(addresses, counts);
  std::vector<std::size_t> reached;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    std::vector<std::size_t> places = PlacesOf(addresses, begins, frames[i]);
    reached = i == 0 ? std::move(places) : Reachable(reached, places, steps[i].gap_max);
    if (reached.empty()) return false;
  }
  return true;
}

}  // namespace cairn::search
