#include "server/collector/report_sink.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <memory>

#include "base/json_writer.h"
#include "os/clock.h"
#include "os/random.h"
#include "server/http/limits.h"
#include "server/intake/annotation_names.h"
#include "server/intake/crash_id.h"

namespace cairn::collector {
namespace {

using http::Response;

constexpr std::size_t kGzipBytes = 100 << 10;  // What a GzipReader holds.
constexpr std::string_view kIdAnnotation = "uuid";

bool IsGzip(std::string_view encoding) {
  constexpr std::string_view kGzip = "gzip";
  return std::ranges::equal(encoding, kGzip, [](char a, char b) { return (a | 0x20) == b; });
}

// Why the header alone shows that the body is none of ours; empty if it does not.
std::string_view FaultOf(std::string_view header, const http::ContentType& type) {
  if (header.empty()) return "no_content_type";
  if (type.media_type != "multipart/form-data" && type.media_type != "multipart/mixed") {
    return "wrong_content_type";
  }
  if (type.boundary.empty() || !type.boundary_is_first) return "no_boundary";
  return {};
}

std::string UnquotedText(const std::map<std::string, std::string>& annotations, std::string_view name) {
  const auto found = annotations.find(std::string(name));
  if (found == annotations.end() || found->second.size() < 2 || found->second.front() != '"') return {};
  return found->second.substr(1, found->second.size() - 2);
}

}  // namespace

double DrawFor(std::string_view seed, std::string_view rule) {
  std::array<std::byte, 8> bytes;
  if (seed.empty()) {
    os::FillRandom(bytes);
  } else {
    const intake::Sha256Digest digest = intake::Sha256().AddField(seed).AddField(rule).Finish();
    std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  }
  // A double holds 53 bits of the number exactly.
  return std::ldexp(static_cast<double>(std::bit_cast<std::uint64_t>(bytes) >> 11), -53);
}

ReportSink::ReportSink(const SinkParts& parts, const http::Request& request)
    : parts_(parts), request_(request) {
  const std::string_view header = request.FindHeader("content-type");
  const http::ContentType type = http::ParseContentType(header);
  malformed_ = FaultOf(header, type);
  reader_.emplace(type.boundary, [&blobs = parts_.blobs] { return blobs.Stage(); });
  if (IsGzip(request.FindHeader("content-encoding"))) gzip_.emplace(http::kMaxInflatedReportBytes);
}

std::optional<Response> ReportSink::Take(base::Bytes bytes) {
  const std::string_view text = base::AsText(bytes);
  payload_bytes_ += text.size();
  if (!malformed_.empty() || text.empty()) return std::nullopt;
  if (gzip_) return TakeCompressed(text);
  (void)reader_->Feed(text);
  return std::nullopt;
}

std::optional<Response> ReportSink::TakeCompressed(std::string_view bytes) {
  // A broken gzip is what Antenna names first, so inflating goes on behind a fault in what is inflated.
  const base::Status inflated = gzip_->Feed(bytes, [this](std::string_view piece) {
    (void)reader_->Feed(piece);
    return base::Status();
  });
  if (inflated) return std::nullopt;
  if (inflated.error().code == base::Code::kLimitExceeded) {
    return Refuse({Refusal::Kind::kTooLarge, "the inflated report is larger than this server takes"});
  }
  malformed_ = "bad_gzip";
  return std::nullopt;
}

std::size_t ReportSink::memory_bytes() const { return reader_->memory_bytes() + (gzip_ ? kGzipBytes : 0); }

Response ReportSink::Finish() {
  if (std::optional<Response> refusal = Judge()) return *std::move(refusal);
  Intake intake{.submitted_ms = os::UnixMillis(),
                .compressed = gzip_.has_value(),
                .payload_bytes = payload_bytes_,
                .user_agent = std::string(request_.FindHeader("user-agent"))};
  if (std::optional<Response> refusal = TakeAssignedId(intake.id)) return *std::move(refusal);
  TakeNamesOfPath();
  const std::shared_ptr<const RuleSet> rules = parts_.rules.Current();
  intake.rules_revision = rules->revision;
  if (intake.id.empty()) {
    intake.decision = DecideNow(*rules, intake.submitted_ms);
  } else {
    // It was judged where it came from.
    intake.decision = {intake::IsDeferred(intake.id) ? Verdict::kDefer : Verdict::kAccept, "FROM_CRASHID", 1};
  }
  if (intake.decision.verdict == Verdict::kReject) {
    parts_.metrics.rejected.Add();
    return http::TextResponse(200, "Discarded=rule_" + intake.decision.rule);
  }
  if (intake.decision.verdict == Verdict::kFakeAccept) {
    parts_.metrics.fake_accepted.Add();
    return http::TextResponse(
        200, "CrashID=bp-" + intake::MakeCrashId(intake.submitted_ms, intake::kFakedDigit) + "\n");
  }
  const bool is_deferred = intake.decision.verdict == Verdict::kDefer;
  const base::Result<std::string> id = parts_.keeper.Keep(reader_->submission(), std::move(intake));
  if (!id) return Refuse({Refusal::Kind::kNotStored, "report"});
  (is_deferred ? parts_.metrics.deferred : parts_.metrics.accepted).Add();
  return http::TextResponse(200, "CrashID=bp-" + *id + "\n");
}

Response ReportSink::Malformation(std::string_view word) {
  parts_.metrics.CountMalformed(word);
  return http::TextResponse(400, "Discarded=malformed_" + std::string(word));
}

Response ReportSink::Refuse(const Refusal& refusal) {
  switch (refusal.kind) {
    case Refusal::Kind::kMalformed: return Malformation(refusal.reason);
    case Refusal::Kind::kTooLarge:
      parts_.metrics.too_large.Add();
      return http::ErrorResponse(413, refusal.reason);
    case Refusal::Kind::kNotStored: break;
  }
  // The client must try again; there is nothing that it could be told.
  parts_.metrics.not_stored.Add();
  return http::TextResponse(500, "");
}

// Why the body is refused, in Antenna's order; nothing if it is a report.
std::optional<Response> ReportSink::Judge() {
  if (!malformed_.empty()) return Malformation(malformed_);
  if (payload_bytes_ == 0) return Malformation("no_content_length");
  if (gzip_ && !gzip_->Finish()) return Malformation("bad_gzip");
  if (const std::optional<Refusal> refusal = reader_->Finish()) return Refuse(*refusal);
  const Submission& submission = reader_->submission();
  const bool is_enough = parts_.dump_alone && !submission.dumps.empty();
  if (submission.is_empty && !is_enough) return Malformation("no_annotations");
  return std::nullopt;
}

std::optional<Response> ReportSink::TakeAssignedId(std::string& id) {
  const std::map<std::string, std::string>& annotations = reader_->submission().annotations;
  if (!annotations.contains(std::string(kIdAnnotation))) return std::nullopt;
  if (!request_.caller.Has(kAssignIds)) {
    parts_.metrics.unauthorized.Add();
    return http::TextResponse(401, "Discarded=unauthorized_uuid");
  }
  id = UnquotedText(annotations, kIdAnnotation);
  if (!intake::IsAssignableCrashId(id)) return Malformation("invalid_uuid");
  return std::nullopt;
}

// Crashpad puts product and version into the query as well, and some clients only there.
void ReportSink::TakeNamesOfPath() {
  Submission& submission = reader_->submission();
  const http::QueryFields query = http::ParseQuery(request_.query).value_or(http::QueryFields{});
  const auto take = [&submission](const intake::AnnotationNames& names, std::string_view value,
                                  std::string_view from) {
    const bool is_known = std::ranges::any_of(names, [&submission](std::string_view name) {
      return submission.annotations.contains(std::string(name));
    });
    if (is_known || value.empty()) return;
    submission.annotations[std::string(names[0])] = base::QuoteJson(value);
    submission.notes.push_back(std::string(names[0]) + " was taken from the " + std::string(from));
  };
  for (const auto& [name, value] : query) {
    if (name == "product" || name == "prod") take(intake::kProductNames, value, "query");
    if (name == "version" || name == "ver") take(intake::kVersionNames, value, "query");
  }
  const auto project = request_.captures.find("project");
  if (project != request_.captures.end()) take(intake::kProductNames, project->second, "path");
}

Decision ReportSink::DecideNow(const RuleSet& rules, std::int64_t now_ms) {
  const std::map<std::string, std::string>& annotations = reader_->submission().annotations;
  // Firefox sends both with each report, and one report twice when its first way of sending fails.
  const std::string seed =
      UnquotedText(annotations, "CrashEventID") + UnquotedText(annotations, "MinidumpSha256Hash");
  return Decide(rules, {annotations, now_ms},
                [this, &seed](std::string_view rule) { return parts_.draw(seed, rule); });
}

}  // namespace cairn::collector
