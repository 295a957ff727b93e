#include "server/api/export.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <variant>

#include "base/csv.h"
#include "base/json_writer.h"
#include "os/file.h"
#include "server/api/cursor.h"
#include "server/api/search_answer.h"
#include "server/api/search_request.h"

namespace cairn::api {
namespace {

using search::FieldId;
using search::Query;
using search::Value;

enum class Format : std::uint8_t { kCsv, kJson, kJsonLines };

struct FormatRow {
  std::string_view name;  // In the request, and behind the dot of the file's name.
  Format format;
  std::string_view content_type;
};
constexpr std::array<FormatRow, 3> kFormats = {{
    {"csv", Format::kCsv, "text/csv; charset=utf-8"},
    {"json", Format::kJson, "application/json; charset=utf-8"},
    {"jsonl", Format::kJsonLines, "application/x-ndjson; charset=utf-8"},
}};

// A number, date or truth as in JSON, without its quotes; nothing is an empty cell.
std::string CellOf(FieldId field, const Value& value) {
  if (const auto* const text = std::get_if<std::string>(&value)) return base::CsvCell(*text);
  if (std::holds_alternative<std::monostate>(value)) return "";
  base::JsonWriter json;
  WriteValue(field, value, json);
  std::string cell = json.Take();
  std::erase(cell, '"');
  return cell;
}

std::string ObjectOf(const std::vector<FieldId>& columns, const std::vector<Value>& hit) {
  base::JsonWriter json;
  json.BeginObject();
  for (std::size_t i = 0; i < hit.size(); ++i) {
    json.Key(search::FieldOf(columns[i]).name);
    WriteValue(columns[i], hit[i], json);
  }
  json.EndObject();
  return json.Take();
}

template <typename CellAt>
void AppendLine(std::size_t cells, const CellAt& cell_at, std::string& text) {
  for (std::size_t i = 0; i < cells; ++i) {
    if (i > 0) text += ',';
    text += cell_at(i);
  }
  text += base::kCsvLineEnd;
}

std::string Head(Format format, const std::vector<FieldId>& columns) {
  std::string text;
  if (format == Format::kJson) text = "{\"hits\":[";
  if (format == Format::kCsv) {
    AppendLine(
        columns.size(), [&](std::size_t i) { return base::CsvCell(search::FieldOf(columns[i]).name); }, text);
  }
  return text;
}

void AppendHit(Format format, const std::vector<FieldId>& columns, const std::vector<Value>& hit,
               bool is_first, std::string& text) {
  switch (format) {
    case Format::kCsv:
      AppendLine(hit.size(), [&](std::size_t i) { return CellOf(columns[i], hit[i]); }, text);
      break;
    case Format::kJson: text += (is_first ? "\n" : ",\n") + ObjectOf(columns, hit); break;
    case Format::kJsonLines: text += ObjectOf(columns, hit) + "\n"; break;
  }
}

struct Exported {
  os::FileDescriptor file;
  std::uint64_t rows = 0;
  std::uint64_t total = 0;  // That were found when it began.
  std::string cursor;       // Where it was cut; empty: it is whole.
};

// What ends the file.
std::string Tail(Format format, const Exported& exported) {
  if (format != Format::kJson) return "";
  base::JsonWriter json;
  json.BeginObject();
  json.NumberField("total", exported.total);
  if (!exported.cursor.empty()) {
    json.Key("cut");
    json.BeginObject();
    json.NumberField("rows", exported.rows);
    json.TextField("cursor", exported.cursor);
    json.EndObject();
  }
  json.EndObject();
  return "\n]," + json.Take().substr(1) + "\n";
}

base::Result<Exported> WriteHits(const ApiParts& parts, Query query, Format format) {
  const ExportLimits& limits = parts.export_limits;
  Exported exported;
  ASSIGN_OR_RETURN(exported.file, os::CreateNameless(parts.spool_folder));
  std::string text = Head(format, query.columns);
  for (std::uint64_t bytes = 0;;) {
    query.hits_max =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(limits.page_rows, limits.rows - exported.rows));
    ASSIGN_OR_RETURN(const search::SearchResult found, parts.index.Search(query));
    exported.total = std::max(exported.total, found.total);
    for (const std::vector<Value>& hit : found.hits) {
      AppendHit(format, query.columns, hit, exported.rows == 0, text);
      ++exported.rows;
    }
    bytes += text.size();
    RETURN_IF_ERROR(os::WriteAll(exported.file.get(), base::AsBytes(text)));
    text.clear();
    if (!found.next) break;
    query.after = found.next;
    if (exported.rows < limits.rows && bytes < limits.bytes) continue;
    exported.cursor = MakeCursor(query.sort, *found.next);
    break;
  }
  RETURN_IF_ERROR(os::WriteAll(exported.file.get(), base::AsBytes(Tail(format, exported))));
  RETURN_IF_ERROR(os::Rewind(exported.file.get()));
  return exported;
}

http::Response FileOf(const FormatRow& format, Exported exported) {
  http::Response response;
  response.content_type = format.content_type;
  response.headers.push_back(
      {"Content-Disposition", "attachment; filename=\"crashes." + std::string(format.name) + "\""});
  if (!exported.cursor.empty()) {
    response.headers.push_back(
        {"Cairn-Cut", std::to_string(exported.rows) + " of " + std::to_string(exported.total)});
    response.headers.push_back({"Cairn-Cursor", exported.cursor});
  }
  response.file = std::move(exported.file);
  return response;
}

// Gives back what it took of a semaphore.
class Turn {
 public:
  explicit Turn(std::counting_semaphore<>& turns) : turns_(turns), is_ours_(turns.try_acquire()) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (is_ours_) turns_.release();
  }
  bool is_ours() const { return is_ours_; }

 private:
  std::counting_semaphore<>& turns_;
  bool is_ours_;
};

}  // namespace

http::Response Export(const ApiParts& parts, const http::Request& request) {
  std::variant<http::QueryFields, http::Response> given = ParametersOf(request);
  if (auto* const refusal = std::get_if<http::Response>(&given)) return std::move(*refusal);
  auto& parameters = std::get<http::QueryFields>(given);
  const std::string name = TakeParameter(parameters, "_format", "csv");
  const auto* const format = std::ranges::find(kFormats, name, &FormatRow::name);
  if (format == kFormats.end()) return http::ErrorResponse(400, "_format: not one of csv, json and jsonl");
  // So that the parameters of any search can be exported: pages and counts have no meaning here.
  for (const std::string_view unused : {"_results_number", "_results_offset", "_facets_size"}) {
    TakeParameters(parameters, unused);
  }
  std::variant<Query, http::Response> read = ReadSearch(parts, request, parameters);
  if (auto* const refusal = std::get_if<http::Response>(&read)) return std::move(*refusal);
  auto& query = std::get<Query>(read);
  query.facets.clear();
  query.with_estimates = false;
  const Turn turn(*parts.exports);
  if (!turn.is_ours()) {
    http::Response busy = http::ErrorResponse(429, "Other exports are being written: try again soon");
    busy.headers.push_back({"Retry-After", "10"});
    return busy;
  }
  base::Result<Exported> exported = WriteHits(parts, std::move(query), format->format);
  if (!exported) return SearchTrouble(exported.error());
  const std::string object = std::to_string(exported->rows) + " crashes as " + name;
  if (std::optional<http::Response> refusal = NoteInAudit(parts, request, "export", object))
    return *std::move(refusal);
  return FileOf(*format, *std::move(exported));
}

}  // namespace cairn::api
