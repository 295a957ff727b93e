#include "server/collector/submission.h"

#include <simdjson.h>

#include <algorithm>
#include <optional>

#include "base/json_writer.h"
#include "base/parse_json.h"
#include "server/http/multipart.h"

namespace cairn::collector {
namespace {

// Antenna's bug 2034911: these would lie over the store's own keys.
constexpr std::string_view kReservedDumpNames[] = {"dump_names", "processed_crash", "raw_crash", "raw_ping"};

// Names a person or an installation, and is not needed to understand a crash: dropped on arrival.
constexpr std::string_view kRemovedAnnotations[] = {"Email", "TelemetryClientId", "TelemetryServerURL",
                                                    "TelemetrySessionId"};

std::string CleanDumpName(std::string_view name) {
  std::string clean;
  for (const char c : name) {
    const bool keep = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (keep && clean.size() < kMaxDumpNameLength) clean += c;
  }
  return clean;
}

// A JSON object replaces what was collected so far, as in Antenna.
std::optional<Malformed> TakeJson(std::string_view text, Submission& submission) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (base::ParseJson(parser, text).get(root) != simdjson::SUCCESS) {
    return Malformed{"invalid_json"};
  }
  simdjson::dom::object object;
  if (root.get(object) != simdjson::SUCCESS) return Malformed{"invalid_json_value"};
  submission.annotations.clear();
  submission.has_json = true;
  for (const simdjson::dom::key_value_pair field : object) {
    submission.annotations[std::string(field.key)] = simdjson::minify(field.value);
  }
  return std::nullopt;
}

bool IsDump(const http::Part& part) {
  return part.filename.has_value() || (!part.content_type.empty() && part.content_type != "text/plain");
}

std::optional<Malformed> TakePart(const http::Part& part, Submission& submission) {
  if (part.name.empty()) return std::nullopt;  // Antenna drops it without a word.
  if (part.content_type == "application/json") return TakeJson(part.body, submission);
  if (!IsDump(part)) {
    if (!simdjson::validate_utf8(part.body.data(), part.body.size())) {
      submission.notes.emplace_back("a text part was not UTF-8: its bad bytes were replaced");
    }
    submission.annotations[part.name] = base::QuoteJson(part.body);
    return std::nullopt;
  }
  const std::string name = CleanDumpName(part.name);
  const bool reserved = std::find(std::begin(kReservedDumpNames), std::end(kReservedDumpNames), name) !=
                        std::end(kReservedDumpNames);
  if (reserved || name.empty()) return Malformed{"invalid_dump_name"};
  if (part.content_type != "application/octet-stream")
    submission.notes.emplace_back("unknown content type of a dump");
  submission.dumps.push_back({name, part.body});
  return std::nullopt;
}

void CleanAnnotations(bool mixed, Submission& submission) {
  if (mixed) {
    submission.notes.emplace_back("includes annotations in both json-encoded extra and formdata parts");
  }
  for (const std::string_view name : kRemovedAnnotations) {
    if (submission.annotations.erase(std::string(name)) > 0) {
      submission.notes.emplace_back("Removed " + std::string(name) + " from raw crash.");
    }
  }
  std::size_t all_bytes = 0;
  const std::size_t too_large = std::erase_if(submission.annotations, [&all_bytes](const auto& annotation) {
    const std::size_t bytes = annotation.first.size() + annotation.second.size();
    if (bytes > kMaxAnnotationBytes || bytes > kMaxAllAnnotationBytes - all_bytes) return true;
    all_bytes += bytes;
    return false;
  });
  if (too_large > 0) {
    submission.notes.push_back(std::to_string(too_large) + " annotations were too large and were dropped");
  }
  if (submission.annotations.size() > kMaxAnnotations) {
    submission.notes.emplace_back("there were more than 512 annotations: the last ones by name were dropped");
    auto first_dropped = submission.annotations.begin();
    std::advance(first_dropped, kMaxAnnotations);
    submission.annotations.erase(first_dropped, submission.annotations.end());
  }
}

}  // namespace

std::variant<Submission, Malformed> ReadSubmission(std::string_view content_type, std::string_view body) {
  if (content_type.empty()) return Malformed{"no_content_type"};
  const http::ContentType type = http::ParseContentType(content_type);
  if (type.media_type != "multipart/form-data" && type.media_type != "multipart/mixed") {
    return Malformed{"wrong_content_type"};
  }
  if (type.boundary.empty()) return Malformed{"no_boundary"};
  if (body.empty()) return Malformed{"no_content_length"};
  const base::Result<std::vector<http::Part>> parts = http::ParseMultipart(body, type.boundary);
  if (!parts) return Malformed{"invalid_payload_structure"};
  Submission submission;
  bool has_text = false;
  for (const http::Part& part : *parts) {
    if (const std::optional<Malformed> malformed = TakePart(part, submission)) return *malformed;
    has_text = has_text || (!part.name.empty() && !IsDump(part));
  }
  if (submission.annotations.empty()) return Malformed{"no_annotations"};
  CleanAnnotations(has_text && submission.has_json, submission);
  return submission;
}

}  // namespace cairn::collector
