// ReplayPopulation is who sends in a load test: clients, builds, stacks and the bodies that are made of them.
//
// Sizes are those of a large browser: a crash ping has about 9.5 kB, 1.5 kB compressed; a report's dump
// 100 KB, 18 KB compressed. Which stack comes how often is skewed. All bodies are made ahead.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apps/replay_body.h"
#include "apps/replay_modules.h"
#include "apps/replay_random.h"

namespace cairn::apps {

enum class ShotKind : std::uint8_t { kCrashPing, kMainPing, kBadPing, kReport, kBadReport };
inline constexpr std::size_t kShotKinds = 5;
std::string_view NameOf(ShotKind kind);  // "crash", "main", "bad-ping", "report", "bad-report"

// What tells one ping or report from all others: from it follow ids, hash and client.
struct ShotKey {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  std::string Uuid() const;  // Version 4, lower case.
  friend auto operator<=>(const ShotKey&, const ShotKey&) = default;
};

struct PopulationOptions {
  std::uint64_t seed = 0;
  std::size_t stacks = 20'000;
  std::size_t dumps = 300;
  std::size_t clients = 200'000;
  std::vector<ReplayModule> ping_modules;  // Not empty, each with functions.
  std::int64_t now_ms = 0;                 // Builds are some days older.
};

class ReplayPopulation {
 public:
  explicit ReplayPopulation(const PopulationOptions& options);

  // Which of a kind's bodies comes next.
  std::uint32_t Draw(ShotKind kind, ReplayRandom& random) const;
  const ReplayBody& BodyOf(ShotKind kind, std::uint32_t number) const;

  // What the body of that shot begins with, in front of BodyOf's rest. Of a report, `is_kept` says whether
  // its ReleaseChannel is one that rules keep ("beta"), or not ("release").
  void AppendBeginning(ShotKind kind, ShotKey key, bool is_kept, std::string& text) const;
  // Path and query to post it to.
  void AppendTarget(ShotKind kind, ShotKey key, std::uint32_t number, std::string& text) const;

  // Distinct stacks of crash pings.
  std::size_t stacks() const { return bodies_[0].size(); }
  std::size_t bytes() const;  // Of all bodies.

 private:
  std::vector<ReplayBody>& Bodies(ShotKind kind) { return bodies_[static_cast<std::size_t>(kind)]; }
  void MakePings(const PopulationOptions& options, ReplayRandom& random);
  void MakeReports(const PopulationOptions& options, ReplayRandom& random);

  std::array<std::vector<ReplayBody>, kShotKinds> bodies_;
  std::array<std::vector<std::string>, kShotKinds> target_ends_;  // Of pings: what follows the document id.
  SkewedDraw stack_draw_;
  SkewedDraw dump_draw_;
  std::size_t clients_;
};

// Rules of the collector that keep exactly those reports whose `is_kept` was set.
std::string_view RulesThatKeepBeta();

inline constexpr std::string_view kReportBoundary = "----cairn-replay-5c1f0d7a";

}  // namespace cairn::apps
