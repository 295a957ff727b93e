#include "server/collector/collector.h"

#include <sodium.h>

#include <array>

#include "base/hex.h"
#include "base/json_writer.h"
#include "os/clock.h"
#include "server/collector/submission.h"
#include "server/http/gzip.h"
#include "server/http/limits.h"
#include "server/intake/crash_id.h"
#include "server/intake/queue_kinds.h"
#include "server/intake/stored_report.h"
#include "server/store/blob_keys.h"

namespace cairn::collector {
namespace {

using http::Request;
using http::Response;

constexpr std::string_view kAcceptRule = "accept_everything";

Response Malformation(std::string_view reason) {
  return http::TextResponse(400, "Discarded=malformed_" + std::string(reason));
}

// The client must try again; there is nothing that it could be told.
Response NotSaved() { return http::TextResponse(500, ""); }

std::string Sha256(std::string_view bytes) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), static_cast<const unsigned char*>(static_cast<const void*>(bytes.data())),
                     bytes.size());
  return base::BytesToHex(std::as_bytes(std::span(hash)));
}

struct Intake {
  std::string id;
  std::int64_t submitted_ms = 0;  // Unix time.
  bool compressed = false;
  std::size_t payload_bytes = 0;
};

void WriteMetadata(base::JsonWriter& json, const Submission& submission, const Intake& intake) {
  json.BeginObject();
  json.Key("collector_notes");
  json.BeginArray();
  for (const std::string& note : submission.notes) json.String(note);
  json.EndArray();
  json.Key("dump_checksums");
  json.BeginObject();
  for (const Dump& dump : submission.dumps) {
    json.Key(dump.name);
    json.String(Sha256(dump.bytes));
  }
  json.EndObject();
  json.Key("payload");
  json.String(submission.has_json ? "json" : "multipart");
  json.Key("payload_compressed");
  json.String(intake.compressed ? "1" : "0");
  json.Key("payload_size");
  json.Number(intake.payload_bytes);
  json.Key("submitted_ms");
  json.Number(intake.submitted_ms);
  json.Key("throttle_rule");
  json.String(kAcceptRule);
  json.EndObject();
}

// The raw crash: annotations at the top, as Socorro's processors and scripts expect, and what the collector
// adds.
std::string WriteRawCrash(Submission& submission, const Intake& intake) {
  base::JsonWriter metadata;
  WriteMetadata(metadata, submission, intake);
  std::map<std::string, std::string>& fields = submission.annotations;
  fields["metadata"] = metadata.Take();
  fields["submitted_timestamp"] = base::QuoteJson(os::FormatIso(intake.submitted_ms));
  fields["uuid"] = base::QuoteJson(intake.id);
  fields["version"] = "2";
  base::JsonWriter json;
  json.BeginObject();
  for (const auto& [name, value] : fields) {
    json.Key(name);
    json.Raw(value);
  }
  json.EndObject();
  return json.Take();
}

std::vector<std::string> NamesOf(const std::vector<Dump>& dumps) {
  std::vector<std::string> names;
  names.reserve(dumps.size());
  for (const Dump& dump : dumps) names.push_back(dump.name);
  return names;
}

// The names of the dumps first, the raw crash last: intake/stored_report.h says why.
base::Status Save(store::BlobStore& blobs, Submission& submission, const Intake& intake) {
  RETURN_IF_ERROR(blobs.Put(store::NamedDumpKey("dump_names", intake.id),
                            base::AsBytes(intake::WriteDumpNames(NamesOf(submission.dumps)))));
  for (const Dump& dump : submission.dumps) {
    RETURN_IF_ERROR(blobs.Put(intake::KeyOfDump(dump.name, intake.id), base::AsBytes(dump.bytes)));
  }
  const std::string day = intake::DayOfCrashId(intake.id).value_or("");
  return blobs.Put(store::RawCrashKey(day, intake.id), base::AsBytes(WriteRawCrash(submission, intake)));
}

Response Submit(const CollectorParts& parts, Request& request) {
  const std::int64_t now = os::UnixMillis();
  Intake intake{intake::MakeCrashId(now), now, request.FindHeader("content-encoding") == "gzip",
                request.body.size()};
  std::string_view body = request.body;
  std::vector<std::byte> inflated_body;
  if (intake.compressed) {
    base::Result<std::vector<std::byte>> inflated =
        http::InflateGzip(request.body, http::kMaxInflatedReportBytes);
    if (!inflated && inflated.error().code == base::Code::kLimitExceeded) {
      return http::ErrorResponse(413, "the inflated report is larger than this server takes");
    }
    if (!inflated) return Malformation("bad_gzip");
    inflated_body = *std::move(inflated);
    body = base::AsText(inflated_body);
    request.body = {};
  }
  std::variant<Submission, Malformed> read = ReadSubmission(request.FindHeader("content-type"), body);
  if (const auto* malformed = std::get_if<Malformed>(&read)) return Malformation(malformed->reason);
  auto& submission = std::get<Submission>(read);
  // Only a submitter that we trust could bring an id of its own, and there is none yet.
  if (submission.annotations.contains("uuid")) return http::TextResponse(401, "Discarded=unauthorized_uuid");

  if (!Save(parts.blobs, submission, intake) ||
      !parts.queue.Push({std::string(intake::kReportKind), intake.id})) {
    // The client will send it all again.
    (void)intake::RemoveReport(parts.blobs, intake.id, NamesOf(submission.dumps));
    return NotSaved();
  }
  if (parts.arrived) parts.arrived();
  return http::TextResponse(200, "CrashID=bp-" + intake.id + "\n");
}

}  // namespace

std::vector<http::Route> MakeRoutes(const CollectorParts& parts) {
  const auto submit = [parts](Request& request) { return Submit(parts, request); };
  return {{"POST", "/submit", std::string(http::kAnybody), http::BodyPlace::kMemory, http::kMaxReportBytes,
           submit}};
}

}  // namespace cairn::collector
