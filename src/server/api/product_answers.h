// Whether there are crashes of a product that nobody configured, as far as a caller sees them: remembered for
// a while, because each answer counts crashes of all times, and any name can be asked for.
//
// Any thread may call. An answer may be as old as kLifeMs; errors are not remembered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace cairn::api {

class ProductAnswers {
 public:
  static constexpr std::int64_t kLifeMs = 60'000;
  static constexpr std::size_t kMaxAnswers = 1'000;  // With as many questions of kMaxQuestionBytes: 4 MB.
  static constexpr std::size_t kMaxQuestionBytes = 4'096;  // Of a longer one nothing is remembered.

  // All that an answer depends on beside the crashes.
  struct Question {
    std::string product;
    bool sees_pings = false;
    std::vector<std::string> hidden_products;

    friend bool operator<(const Question& a, const Question& b) {
      return std::tie(a.product, a.sees_pings, a.hidden_products) <
             std::tie(b.product, b.sees_pings, b.hidden_products);
    }
  };

  // `now_ms` is Unix time.
  std::optional<bool> Find(const Question& question, std::int64_t now_ms);
  void Note(const Question& question, bool has_crashes, std::int64_t now_ms);

  std::uint64_t hits() const;
  std::uint64_t misses() const;

 private:
  struct Answer {
    bool has_crashes = false;
    std::int64_t made_ms = 0;
    // A clock that was set back makes no answer live longer.
    bool IsFresh(std::int64_t now_ms) const { return now_ms >= made_ms && now_ms - made_ms < kLifeMs; }
  };

  mutable std::mutex mutex_;  // Guards all below.
  std::map<Question, Answer> answers_;
  std::uint64_t hits_ = 0;
  std::uint64_t misses_ = 0;
};

}  // namespace cairn::api
