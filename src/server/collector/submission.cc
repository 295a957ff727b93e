#include "server/collector/submission.h"

#include <simdjson.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/json_writer.h"
#include "base/parse_json.h"
#include "server/store/blob_keys.h"

namespace cairn::collector {
namespace {

// Antenna's bug 2034911: these would lie over the store's own keys.
constexpr std::string_view kRefusedDumpNames[] = {"dump_names", "processed_crash", "raw_crash"};

// Names a person or an installation, and is not needed to understand a crash; and what the collector itself
// writes into the raw crash. Dropped on arrival.
constexpr std::string_view kRemovedAnnotations[] = {
    "Email",    "TelemetryClientId",  "TelemetryServerURL", "TelemetrySessionId",
    "metadata", "submitted_timestamp"};

// Parsing takes up to 14 times the text, so of large texts one is parsed at a time. Firefox's have about 100
// KB.
constexpr std::size_t kLargeJsonBytes = 256 << 10;
std::mutex large_json_mutex;

constexpr std::size_t kMaxNotedTypeLength = 100;

template <typename Range>
bool Contains(const Range& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

std::string CleanDumpName(std::string_view name) {
  std::string clean;
  for (const char c : name) {
    const bool keep = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (keep && clean.size() < kMaxDumpNameLength) clean += c;
  }
  return clean;
}

// What Antenna takes a part for that does not say: RFC 7578, section 4.4.
std::string_view TypeOf(const http::PartHead& head) {
  return head.content_type.empty() ? "text/plain" : std::string_view(head.content_type);
}

}  // namespace

SubmissionReader::SubmissionReader(std::string_view boundary, StageBlob stage)
    : stage_(std::move(stage)), multipart_(boundary, *this) {}

bool SubmissionReader::Feed(std::string_view bytes) {
  if (refusal_) return false;
  if (!multipart_.Feed(bytes) && !refusal_) (void)Refuse({.reason = "invalid_payload_structure"});
  return !refusal_;
}

std::optional<Refusal> SubmissionReader::Finish() {
  if (!refusal_ && !multipart_.Finish()) (void)Refuse({.reason = "invalid_payload_structure"});
  if (refusal_) return refusal_;
  submission_.is_empty = submission_.annotations.empty() && too_large_ + too_many_ == 0;
  RemoveWhatIsNotKept();
  if (has_text_ && submission_.has_json) {
    Note("includes annotations in both json-encoded extra and formdata parts");
  }
  if (too_large_ > 0) Note(std::to_string(too_large_) + " annotations were too large and were dropped");
  if (too_many_ > 0) {
    Note(std::to_string(too_many_) + " annotations were dropped: at most 512 are kept, the first that came");
  }
  if (dropped_dumps_ > 0) Note(std::to_string(dropped_dumps_) + " dumps were dropped: at most 32 are kept");
  return std::nullopt;
}

std::size_t SubmissionReader::memory_bytes() const {
  std::size_t bytes = annotation_bytes_ + part_text_.capacity();
  for (const Dump& dump : submission_.dumps) bytes += dump.bytes->memory_bytes();
  return bytes;
}

base::Status SubmissionReader::BeginPart(http::PartHead head) {
  part_name_ = std::move(head.name);
  part_text_.clear();
  part_is_too_large_ = false;
  part_ = PartKind::kIgnored;
  if (part_name_.empty()) return {};  // Antenna drops it without a word.
  if (head.content_type == "application/json") {
    part_ = PartKind::kJson;
  } else if (!head.filename && TypeOf(head) == "text/plain") {
    part_ = PartKind::kText;
  } else {
    part_ = PartKind::kDump;
    return BeginDump(head);
  }
  return {};
}

base::Status SubmissionReader::BeginDump(const http::PartHead& head) {
  std::string name = CleanDumpName(part_name_);
  if (name.empty() || Contains(kRefusedDumpNames, name)) return Refuse({.reason = "invalid_dump_name"});
  // More names of ours than Antenna has: no reason to lose a crash.
  if (Contains(store::kKeyFolders, name)) name += "_";
  if (TypeOf(head) != "application/octet-stream") {
    Note("unknown content type: " + name + " " + std::string(TypeOf(head).substr(0, kMaxNotedTypeLength)));
  }
  std::vector<Dump>& dumps = submission_.dumps;
  auto place = std::ranges::find(dumps, name, &Dump::name);
  if (place != dumps.end()) {
    Note("there were several dumps " + name + ": the last is kept");
  } else if (dumps.size() == kMaxDumps) {
    ++dropped_dumps_;
    part_ = PartKind::kIgnored;
    return {};
  } else {
    place = dumps.insert(dumps.end(), Dump{name, nullptr});
  }
  place->bytes = std::make_unique<DumpSpool>(stage_);
  part_dump_ = place->bytes.get();
  return {};
}

base::Status SubmissionReader::TakePartBytes(std::string_view bytes) {
  if (part_ == PartKind::kIgnored || part_is_too_large_) return {};
  if (part_ == PartKind::kDump) {
    if (!part_dump_->Append(bytes)) return Refuse({Refusal::Kind::kNotStored, "dump"});
    return {};
  }
  const std::size_t bytes_max = part_ == PartKind::kJson ? kMaxAllAnnotationBytes : kMaxAnnotationBytes;
  if (bytes.size() > bytes_max - part_text_.size()) {
    part_is_too_large_ = true;
    std::string().swap(part_text_);
    return {};
  }
  part_text_ += bytes;
  return {};
}

base::Status SubmissionReader::EndPart() {
  if (part_ == PartKind::kJson) return TakeJson();
  if (part_ == PartKind::kText) TakeText();
  return {};
}

// A JSON object replaces what was collected so far, as in Antenna.
base::Status SubmissionReader::TakeJson() {
  if (part_is_too_large_) {
    return Refuse({Refusal::Kind::kTooLarge, "the annotations are larger than this server takes"});
  }
  std::unique_lock lock(large_json_mutex, std::defer_lock);
  if (part_text_.size() > kLargeJsonBytes) lock.lock();
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (base::ParseJson(parser, part_text_).get(root) != simdjson::SUCCESS) {
    return Refuse({.reason = "invalid_json"});
  }
  simdjson::dom::object object;
  if (root.get(object) != simdjson::SUCCESS) return Refuse({.reason = "invalid_json_value"});
  submission_.annotations.clear();
  annotation_bytes_ = too_large_ = too_many_ = 0;
  submission_.has_json = true;
  for (const simdjson::dom::key_value_pair field : object) {
    Keep(std::string(field.key), simdjson::minify(field.value));
  }
  std::string().swap(part_text_);
  return {};
}

void SubmissionReader::TakeText() {
  has_text_ = true;
  if (part_is_too_large_) {
    ++too_large_;
    return;
  }
  if (!simdjson::validate_utf8(part_text_.data(), part_text_.size())) {
    Note("extract payload text part exception: a text was not UTF-8, and its bad bytes were replaced");
  }
  Keep(std::move(part_name_), base::QuoteJson(part_text_));
}

void SubmissionReader::Keep(std::string name, std::string json) {
  std::map<std::string, std::string>& annotations = submission_.annotations;
  const auto same = annotations.find(name);
  if (same == annotations.end() && annotations.size() == kMaxAnnotations) {
    ++too_many_;
    return;
  }
  const std::size_t replaced = same == annotations.end() ? 0 : name.size() + same->second.size();
  const std::size_t bytes = name.size() + json.size();
  if (bytes > kMaxAnnotationBytes || bytes > kMaxAllAnnotationBytes - (annotation_bytes_ - replaced)) {
    ++too_large_;
    return;
  }
  annotation_bytes_ += bytes - replaced;
  annotations.insert_or_assign(std::move(name), std::move(json));
}

void SubmissionReader::Note(std::string note) {
  if (submission_.notes.size() < kMaxNotes) submission_.notes.push_back(std::move(note));
}

void SubmissionReader::RemoveWhatIsNotKept() {
  std::map<std::string, std::string>& annotations = submission_.annotations;
  // The raw crash has a "version" of its own; some clients call the program's so.
  const bool has_other = annotations.contains("Version") || annotations.contains("ver");
  if (auto version = annotations.extract("version"); version && !has_other) {
    version.key() = "Version";
    annotations.insert(std::move(version));
  } else if (version) {
    Note("Removed version from raw crash.");
  }
  for (const std::string_view name : kRemovedAnnotations) {
    if (annotations.erase(std::string(name)) > 0) Note("Removed " + std::string(name) + " from raw crash.");
  }
}

base::Error SubmissionReader::Refuse(Refusal refusal) {
  refusal_ = refusal;
  return {base::Code::kRefused, 0, "report"};
}

}  // namespace cairn::collector
