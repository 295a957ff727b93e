// ReportSink takes one submission as it comes, and answers it: inflates, reads, asks the rules, stores.
//
// It holds the annotations, and of each dump at most kMaxDumpMemoryBytes. A malformed body is read to its end
// before it is refused, as Antenna does: so a client that sends all before it listens hears why.
#pragma once

#include <optional>
#include <string>

#include "server/collector/collector_metrics.h"
#include "server/collector/report_keeper.h"
#include "server/collector/rule_source.h"
#include "server/collector/submission.h"
#include "server/http/gzip.h"
#include "server/http/router.h"

namespace cairn::collector {

// Who may send reports under ids of their own choice (the annotation "uuid").
inline constexpr std::string_view kAssignIds = "assign_crash_ids";

// A number from 0 up to but not including 1: the same for the same seed and rule, so that a report that is
// sent twice meets the same fate. By chance if the seed is empty.
double DrawFor(std::string_view seed, std::string_view rule);

struct SinkParts {
  store::BlobStore& blobs;
  RuleSource& rules;
  ReportKeeper& keeper;
  std::function<double(std::string_view seed, std::string_view rule)> draw;
  CollectorMetrics& metrics;
  // What Sentry's endpoint allows: a dump without a word, of the project in the path.
  bool dump_alone = false;
};

class ReportSink final : public http::BodySink {
 public:
  // `request` and what `parts` refers to outlive it.
  ReportSink(const SinkParts& parts, const http::Request& request);

  std::optional<http::Response> Take(base::Bytes bytes) override;
  http::Response Finish() override;
  std::size_t memory_bytes() const override;

 private:
  std::optional<http::Response> TakeCompressed(std::string_view bytes);
  std::optional<http::Response> Judge();
  http::Response Malformation(std::string_view word);
  http::Response Refuse(const Refusal& refusal);
  std::optional<http::Response> TakeAssignedId(std::string& id);
  void TakeNamesOfPath();
  Decision DecideNow(const RuleSet& rules, std::int64_t now_ms);

  SinkParts parts_;
  const http::Request& request_;
  std::string_view malformed_;  // A reason that is known already.
  std::uint64_t payload_bytes_ = 0;
  std::optional<http::GzipReader> gzip_;  // If the body is compressed.
  std::optional<SubmissionReader> reader_;
};

}  // namespace cairn::collector
