#include "server/symbols/upload_run.h"

#include <utility>

#include "os/clock.h"
#include "server/symbols/stored_response.h"

namespace cairn::symbols {
namespace {

using base::Code;

// Tecken's name for the place; here there is one.
constexpr std::string_view kBucket = "cairn";

}  // namespace

store::SymbolClass ClassFor(const http::Caller& caller, bool wants_try) {
  const bool is_try = wants_try || !caller.Has("upload_symbols");
  return is_try ? store::SymbolClass::kTry : store::SymbolClass::kRegular;
}

base::Result<UploadRun> UploadRun::Begin(symbol_store::SymbolIntake& intake, store::UploadRecord record) {
  record.created_ms = os::UnixMillis();
  ASSIGN_OR_RETURN(record.id, intake.records().AddUpload(record));
  return UploadRun(intake, std::move(record));
}

base::Status UploadRun::Add(const symbol_store::SymbolName& name, int fd) {
  symbol_store::Arrival arrival;
  arrival.name = name;
  arrival.symbol_class = record_.symbol_class;
  arrival.product = record_.product;
  arrival.upload_id = record_.id;
  ASSIGN_OR_RETURN(const symbol_store::Added added, intake_->Add(arrival, fd, why_));
  if (added == symbol_store::Added::kSame) {
    ++record_.skipped;
    if (record_.skipped_keys.size() < store::kMaxSkippedKeys) record_.skipped_keys.push_back(name.Path());
  } else {
    stored_keys_.push_back(name.Path());
  }
  return {};
}

base::Status UploadRun::Complete() {
  record_.completed_ms = os::UnixMillis();
  return intake_->records().CompleteUpload(record_);
}

void WriteUpload(base::JsonWriter& json, const store::UploadRecord& upload) {
  const auto null = [&json](std::string_view key) {
    json.Key(key);
    json.Null();
  };
  json.NumberField("id", upload.id);
  json.NumberField("size", upload.size);
  json.TextField("filename", upload.filename);
  json.TextField("bucket", kBucket);
  if (upload.protocol == "url") {
    json.TextField("download_url", upload.filename);
  } else {
    null("download_url");
  }
  json.Key("try_symbols");
  json.Bool(upload.symbol_class == store::SymbolClass::kTry);
  json.Key("redirect_urls");
  json.BeginArray();
  json.EndArray();
  if (upload.completed_ms) {
    json.TextField("completed_at", os::FormatIso(*upload.completed_ms));
  } else {
    null("completed_at");
  }
  json.TextField("created_at", os::FormatIso(upload.created_ms));
  json.TextField("user", upload.user);
  json.TextField("product", upload.product);
  json.Key("skipped_keys");
  json.BeginArray();
  for (const std::string& key : upload.skipped_keys) json.String(key);
  json.EndArray();
}

http::Response RefuseUpload(const base::Error& error, const std::string& why) {
  if (why.empty() &&
      (error.code == Code::kIo || error.code == Code::kNotFound || error.code == Code::kTimeout)) {
    return TryAgainLater();
  }
  const int status = error.code == Code::kLimitExceeded ? 413 : 400;
  return http::ErrorResponse(status, why.empty() ? base::Describe(error) : why);
}

}  // namespace cairn::symbols
