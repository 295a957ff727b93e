// Any query string as a search: it is refused, or becomes a query within the limits.
#include "server/api/search_parameters.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  constexpr std::int64_t kNow_ms = 1'800'000'000'000;
  constexpr std::int64_t kDay_ms = std::int64_t{24} * 3600 * 1000;
  const auto fields = http::ParseQuery({static_cast<const char*>(static_cast<const void*>(data)), size});
  if (!fields) return 0;
  const auto read = api::ReadSearchParameters(*fields, {.permissions = {"view_pings"}}, kNow_ms);
  const auto* const query = std::get_if<search::Query>(&read);
  if (query == nullptr) return 0;
  std::size_t tests = 0;
  for (const search::Clause& clause : query->clauses) {
    if (clause.tests.empty()) std::abort();
    tests += clause.tests.size();
  }
  const std::int64_t window_ms = query->window.to_ms - query->window.from_ms;
  if (tests > api::kMaxTests || query->hits_max > api::kMaxHits || query->facets.size() > api::kMaxFacets ||
      query->stacks.size() > search::kMaxStackClauses || window_ms > api::kMaxWindowDays * kDay_ms) {
    std::abort();
  }
  return 0;
}
