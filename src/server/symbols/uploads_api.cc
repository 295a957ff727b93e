#include "server/symbols/uploads_api.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/json_writer.h"
#include "os/clock.h"
#include "server/symbols/stored_response.h"
#include "server/symbols/upload_run.h"

namespace cairn::symbols {
namespace {

using http::Request;
using http::Response;
using store::SymbolClass;
using store::SymbolFileRecord;
using store::UploadRecord;

constexpr std::size_t kUploadsPerPage = 20;  // Tecken's pages.
constexpr std::size_t kFilesPerPage = 40;
constexpr std::size_t kFilesOfUpload = 1'000;
constexpr std::size_t kDuplicates = 100;
constexpr std::int64_t kMaxPage = 1'000'000;
constexpr std::size_t kMaxWords = 10;

bool SeesAll(const Request& request) {
  return request.caller.Has("view_all_uploads") || request.caller.Has("administer");
}

// What a request asks for; nothing: `refusal` says why not.
struct Question {
  http::QueryFields fields;
  std::string user;  // Whose uploads; empty: everybody's.
  std::size_t page = 0;
  std::optional<SymbolClass> symbol_class;
  std::vector<std::string> in_key;
  DaysKept days;
  std::optional<Response> refusal;

  std::string_view Find(std::string_view name) const { return http::FindQueryField(fields, name); }
};

std::optional<std::int64_t> ParseNumber(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (!word.empty()) words.emplace_back(word);
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return words;
}

Question Ask(const Request& request) {
  Question question;
  if (!request.caller.has_token && !SeesAll(request)) {
    question.refusal = http::ErrorResponse(403, "This requires an Auth-Token to authenticate the request");
    return question;
  }
  question.fields = http::ParseQuery(request.query).value_or(http::QueryFields());
  question.user = SeesAll(request) ? std::string(question.Find("user")) : request.caller.name;
  const std::string_view page = question.Find("page");
  const std::int64_t number = page.empty() ? 1 : ParseNumber(page).value_or(0);
  if (number < 1 || number > kMaxPage) question.refusal = http::ErrorResponse(400, "page: give 1 or more");
  question.page = static_cast<std::size_t>(number - 1);
  const std::string_view is_try = question.Find("try");
  if (!is_try.empty()) question.symbol_class = is_try == "0" ? SymbolClass::kRegular : SymbolClass::kTry;
  question.in_key = WordsOf(question.Find("key"));
  if (question.in_key.size() > kMaxWords)
    question.refusal = http::ErrorResponse(400, "key: give at most 10 words");
  return question;
}

void WriteFile(base::JsonWriter& json, const SymbolFileRecord& file) {
  json.BeginObject();
  json.NumberField("id", file.id);
  json.TextField("key", file.debug_file + "/" + file.debug_id + "/" + file.symbol_file);
  json.NumberField("size", file.size);
  json.NumberField("stored_size", file.stored_bytes);
  json.Key("compressed");
  json.Bool(file.is_symbol_text);
  json.Key("try_symbols");
  json.Bool(file.symbol_class == SymbolClass::kTry);
  json.TextField("created_at", os::FormatIso(file.stored_ms));
  json.NumberField("upload_id", file.upload_id);
  json.TextField("product", file.product);
  json.TextField("code_file", file.code_file);
  json.TextField("code_id", file.code_id);
  json.TextField("generator", file.generator);
  json.TextField("build_id", file.build_id);
  json.TextField("md5_hash", file.md5);
  json.TextField("sha256_hash", file.sha256);
  json.EndObject();
}

// With what Tecken does not tell.
void WriteWholeUpload(base::JsonWriter& json, const UploadRecord& upload) {
  WriteUpload(json, upload);
  json.TextField("protocol", upload.protocol);
  json.NumberField("files", upload.files);
  json.NumberField("skipped", upload.skipped);
}

void WritePage(base::JsonWriter& json, std::uint64_t total, std::size_t batch_size) {
  json.NumberField("total", total);
  json.NumberField("batch_size", batch_size);
}

base::Result<Response> ListUploads(const store::SymbolRecords& records, const Request& request,
                                   const Question& question) {
  store::UploadFilter filter;
  filter.user = question.user;
  filter.symbol_class = question.symbol_class;
  filter.product = question.Find("product");
  if (const std::string_view complete = question.Find("complete"); !complete.empty())
    filter.is_complete = complete != "0";
  filter.in_key = question.in_key;
  filter.by_size = question.Find("sort") == "size";
  filter.page = {question.page * kUploadsPerPage, kUploadsPerPage};
  ASSIGN_OR_RETURN(const std::vector<UploadRecord> uploads, records.ListUploads(filter));
  ASSIGN_OR_RETURN(const std::uint64_t total, records.CountUploads(filter));
  base::JsonWriter json;
  json.BeginObject();
  json.Key("uploads");
  json.BeginArray();
  for (const UploadRecord& upload : uploads) {
    json.BeginObject();
    WriteWholeUpload(json, upload);
    json.EndObject();
  }
  json.EndArray();
  json.Key("can_view_all");
  json.Bool(SeesAll(request));
  WritePage(json, total, kUploadsPerPage);
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

base::Result<Response> ShowUpload(const store::SymbolRecords& records, const Request& request,
                                  const Question& question) {
  const std::int64_t id = ParseNumber(request.captures.at("id")).value_or(0);
  ASSIGN_OR_RETURN(const std::optional<UploadRecord> upload, records.FindUpload(id));
  if (!upload || (!SeesAll(request) && upload->user != question.user))
    return http::ErrorResponse(404, "Not Found");
  store::SymbolFileFilter filter;
  filter.upload_id = id;
  filter.page.count = kFilesOfUpload;
  ASSIGN_OR_RETURN(const std::vector<SymbolFileRecord> files, records.ListSymbolFiles(filter));
  base::JsonWriter json;
  json.BeginObject();
  json.Key("upload");
  json.BeginObject();
  WriteWholeUpload(json, *upload);
  json.Key("file_uploads");
  json.BeginArray();
  for (const SymbolFileRecord& file : files) WriteFile(json, file);
  json.EndArray();
  json.EndObject();
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

base::Result<Response> ListFiles(const store::SymbolRecords& records, const Request&,
                                 const Question& question) {
  store::SymbolFileFilter filter;
  filter.user = question.user;
  filter.symbol_class = question.symbol_class;
  filter.page = {question.page * kFilesPerPage, kFilesPerPage};
  filter.in_key = question.in_key;
  ASSIGN_OR_RETURN(const std::vector<SymbolFileRecord> files, records.ListSymbolFiles(filter));
  ASSIGN_OR_RETURN(const std::uint64_t total, records.CountSymbolFiles(filter));
  base::JsonWriter json;
  json.BeginObject();
  json.Key("files");
  json.BeginArray();
  for (const SymbolFileRecord& file : files) WriteFile(json, file);
  json.EndArray();
  WritePage(json, total, kFilesPerPage);
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

base::Result<Response> ShowFile(const store::SymbolRecords& records, const Request& request,
                                const Question& question) {
  const std::int64_t id = ParseNumber(request.captures.at("id")).value_or(0);
  ASSIGN_OR_RETURN(const std::optional<SymbolFileRecord> file, records.FindSymbolFileById(id));
  std::optional<UploadRecord> upload;
  if (file) {
    ASSIGN_OR_RETURN(upload, records.FindUpload(file->upload_id));
  }
  const bool is_own = upload && upload->user == question.user;
  if (!file || (!SeesAll(request) && !is_own)) return http::ErrorResponse(404, "Not Found");
  base::JsonWriter json;
  json.BeginObject();
  json.Key("file");
  WriteFile(json, *file);
  if (upload) {
    json.Key("upload");
    json.BeginObject();
    WriteUpload(json, *upload);
    json.EndObject();
  }
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

base::Result<Response> ShowUsage(const store::SymbolRecords& records, const Request& request,
                                 const Question& question) {
  if (!SeesAll(request))
    return http::ErrorResponse(403, "Forbidden: the token lacks the permission view_all_uploads");
  ASSIGN_OR_RETURN(const std::vector<store::SymbolUsage> sums, records.SumSymbolFiles());
  base::JsonWriter json;
  json.BeginObject();
  json.Key("usage");
  json.BeginArray();
  for (const store::SymbolUsage& sum : sums) {
    json.BeginObject();
    json.TextField("product", sum.product);
    json.Key("try_symbols");
    json.Bool(sum.symbol_class == SymbolClass::kTry);
    json.NumberField("files", sum.files);
    json.NumberField("size", sum.bytes);
    json.NumberField("stored_size", sum.stored_bytes);
    json.NumberField("skipped", sum.skipped);
    const bool is_try = sum.symbol_class == SymbolClass::kTry;
    json.NumberField("days_kept", is_try ? question.days.of_try : question.days.regular);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

base::Result<Response> ShowDuplicates(const store::SymbolRecords& records, const Request& request,
                                      const Question&) {
  if (!SeesAll(request))
    return http::ErrorResponse(403, "Forbidden: the token lacks the permission view_all_uploads");
  ASSIGN_OR_RETURN(const std::vector<store::DuplicateSymbols> groups, records.ListDuplicates(kDuplicates));
  base::JsonWriter json;
  json.BeginObject();
  json.Key("duplicates");
  json.BeginArray();
  for (const store::DuplicateSymbols& group : groups) {
    json.BeginObject();
    json.TextField("sha256_hash", group.sha256);
    json.NumberField("files", group.files);
    json.NumberField("stored_size", group.stored_bytes);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

}  // namespace

std::vector<http::Route> MakeUploadsApiRoutes(const store::SymbolRecords& records, const DaysKept& days) {
  std::vector<http::Route> routes;
  using Work = base::Result<Response> (*)(const store::SymbolRecords&, const Request&, const Question&);
  const auto add = [&](std::string pattern, Work work) {
    routes.push_back({.method = "GET",
                      .pattern = std::move(pattern),
                      .permission = std::string(http::kAnybody),  // Ask looks closer.
                      .handler = [&records, days, work](Request& request) {
                        Question question = Ask(request);
                        question.days = days;
                        if (question.refusal) return *std::move(question.refusal);
                        base::Result<Response> response = work(records, request, question);
                        return response ? *std::move(response) : TryAgainLater();
                      }});
  };
  add("/api/uploads/", ListUploads);
  add("/api/uploads/upload/{id}", ShowUpload);
  add("/api/uploads/files/", ListFiles);
  add("/api/uploads/files/file/{id}", ShowFile);
  add("/api/uploads/usage/", ShowUsage);
  add("/api/uploads/duplicates/", ShowDuplicates);
  return routes;
}

}  // namespace cairn::symbols
