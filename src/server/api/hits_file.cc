#include "server/api/hits_file.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "base/csv.h"
#include "base/json_writer.h"
#include "os/clock.h"
#include "os/file.h"
#include "server/api/cursor.h"
#include "server/api/search_answer.h"
#include "server/api/search_request.h"
#include "server/search/parquet_file.h"

namespace cairn::api {
namespace {

using search::FieldType;
using search::Query;
using search::Value;
using Columns = std::vector<FileColumn>;
using Hit = std::vector<Value>;

// A number, date or truth as in JSON, without its quotes; nothing is an empty cell.
std::string CellOf(const FileColumn& column, const Value& value) {
  if (const auto* const text = std::get_if<std::string>(&value)) return base::CsvCell(*text);
  if (std::holds_alternative<std::monostate>(value)) return "";
  base::JsonWriter json;
  WriteValue(column.field, value, json);
  std::string cell = json.Take();
  std::erase(cell, '"');
  return cell;
}

std::string ObjectOf(const Columns& columns, const Hit& hit) {
  base::JsonWriter json;
  json.BeginObject();
  for (std::size_t i = 0; i < hit.size(); ++i) {
    json.Key(columns[i].name);
    WriteValue(columns[i].field, hit[i], json);
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

std::string Head(FileFormat format, const Columns& columns) {
  std::string text;
  if (format == FileFormat::kJson) text = "{\"hits\":[";
  if (format == FileFormat::kCsv) {
    AppendLine(columns.size(), [&](std::size_t i) { return base::CsvCell(columns[i].name); }, text);
  }
  return text;
}

void AppendHit(FileFormat format, const Columns& columns, const Hit& hit, bool is_first, std::string& text) {
  switch (format) {
    case FileFormat::kCsv:
      AppendLine(hit.size(), [&](std::size_t i) { return CellOf(columns[i], hit[i]); }, text);
      break;
    case FileFormat::kJson: text += (is_first ? "\n" : ",\n") + ObjectOf(columns, hit); break;
    case FileFormat::kJsonLines: text += ObjectOf(columns, hit) + "\n"; break;
    case FileFormat::kParquet: break;  // Not a text: WriteParquetHits.
  }
}

struct Written {
  os::FileDescriptor file;
  std::uint64_t rows = 0;
  std::uint64_t total = 0;  // That were found when it began.
  std::string cursor;       // Where it was cut; empty: it is whole.
};

// The hits page by page, until they end or a limit of exports is reached.
class Pages {
 public:
  Pages(const ApiParts& parts, Query query, const Columns& columns)
      : parts_(parts), query_(std::move(query)), columns_(columns) {}

  // `bytes`: how much the hits before came to. Empty behind the last page.
  base::Result<std::vector<Hit>> Next(std::uint64_t bytes) {
    const ExportLimits& limits = parts_.export_limits;
    if (has_ended_) return std::vector<Hit>();
    if (query_.after && rows_ > 0 && (rows_ >= limits.rows || bytes >= limits.bytes)) {
      cursor_ = MakeCursor(query_.sort, *query_.after);
      return std::vector<Hit>();
    }
    query_.hits_max =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(limits.page_rows, limits.rows - rows_));
    ASSIGN_OR_RETURN(search::SearchResult found, parts_.index.Search(query_));
    total_ = std::max(total_, found.total);
    rows_ += found.hits.size();
    has_ended_ = !found.next;
    query_.after = std::move(found.next);
    for (Hit& hit : found.hits) {
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        const auto* const date = std::get_if<std::int64_t>(&hit[i]);
        if (columns_[i].is_day && date != nullptr) hit[i] = os::FormatIso(*date).substr(0, 10);
      }
    }
    return std::move(found.hits);
  }

  Written Sum(os::FileDescriptor file) && { return {std::move(file), rows_, total_, std::move(cursor_)}; }

 private:
  const ApiParts& parts_;
  Query query_;
  const Columns& columns_;
  std::uint64_t rows_ = 0;
  std::uint64_t total_ = 0;
  std::string cursor_;
  bool has_ended_ = false;
};

// What ends the file.
std::string Tail(FileFormat format, const Written& written) {
  if (format != FileFormat::kJson) return "";
  base::JsonWriter json;
  json.BeginObject();
  json.NumberField("total", written.total);
  if (!written.cursor.empty()) {
    json.Key("cut");
    json.BeginObject();
    json.NumberField("rows", written.rows);
    json.TextField("cursor", written.cursor);
    json.EndObject();
  }
  json.EndObject();
  return "\n]," + json.Take().substr(1) + "\n";
}

base::Result<Written> WriteTextHits(const ApiParts& parts, Pages pages, const FileOrder& order) {
  const FileFormat format = order.format.format;
  ASSIGN_OR_RETURN(os::FileDescriptor file, os::CreateNameless(parts.spool_folder));
  std::string text = Head(format, order.columns);
  bool is_first = true;
  for (std::uint64_t bytes = 0;;) {
    bytes += text.size();
    RETURN_IF_ERROR(os::WriteAll(file.get(), base::AsBytes(text)));
    text.clear();
    ASSIGN_OR_RETURN(const std::vector<Hit> hits, pages.Next(bytes));
    if (hits.empty()) break;
    for (const Hit& hit : hits) AppendHit(format, order.columns, hit, std::exchange(is_first, false), text);
  }
  Written written = std::move(pages).Sum(std::move(file));
  RETURN_IF_ERROR(os::WriteAll(written.file.get(), base::AsBytes(Tail(format, written))));
  RETURN_IF_ERROR(os::Rewind(written.file.get()));
  return written;
}

std::uint64_t BytesOf(const Hit& hit) {
  std::uint64_t bytes = 0;
  for (const Value& value : hit) {
    const auto* const text = std::get_if<std::string>(&value);
    bytes += sizeof(std::int64_t) + (text == nullptr ? 0 : text->size());
  }
  return bytes;
}

base::Result<Written> WriteParquetHits(const ApiParts& parts, Pages pages, const FileOrder& order) {
  std::vector<search::ParquetColumn> columns;
  for (const FileColumn& column : order.columns) {
    columns.push_back({column.name, column.is_day ? FieldType::kText : search::FieldOf(column.field).type});
  }
  std::vector<Hit> page;
  std::size_t next = 0;
  std::uint64_t bytes = 0;  // Before they are compressed: as long as the text of another format, about.
  ASSIGN_OR_RETURN(os::FileDescriptor file,
                   search::WriteParquet(parts.spool_folder, columns, [&](Hit& row) -> base::Result<bool> {
                     if (next == page.size()) {
                       ASSIGN_OR_RETURN(page, pages.Next(bytes));
                       next = 0;
                     }
                     if (page.empty()) return false;
                     row = std::move(page[next++]);
                     bytes += BytesOf(row);
                     return true;
                   }));
  return std::move(pages).Sum(std::move(file));
}

http::Response FileOf(const FileOrder& order, Written written) {
  http::Response response;
  response.content_type = order.format.content_type;
  response.headers.push_back({"Content-Disposition", "attachment; filename=\"" + order.stem + "." +
                                                         std::string(order.format.name) + "\""});
  if (!written.cursor.empty()) {
    response.headers.push_back(
        {"Cairn-Cut", std::to_string(written.rows) + " of " + std::to_string(written.total)});
    response.headers.push_back({"Cairn-Cursor", written.cursor});
  }
  response.file = std::move(written.file);
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

const FileFormatRow* FindFileFormat(std::string_view name) {
  const auto* const row = std::ranges::find(kFileFormats, name, &FileFormatRow::name);
  return row == kFileFormats.end() ? nullptr : row;
}

http::Response SendHits(const ApiParts& parts, const http::Request& request, Query query,
                        const FileOrder& order) {
  query.columns.clear();
  for (const FileColumn& column : order.columns) query.columns.push_back(column.field);
  query.facets.clear();
  query.with_estimates = false;
  const Turn turn(*parts.exports);
  if (!turn.is_ours()) {
    http::Response busy = http::ErrorResponse(429, "Other exports are being written: try again soon");
    busy.headers.push_back({"Retry-After", "10"});
    return busy;
  }
  Pages pages(parts, std::move(query), order.columns);
  base::Result<Written> written = order.format.format == FileFormat::kParquet
                                      ? WriteParquetHits(parts, std::move(pages), order)
                                      : WriteTextHits(parts, std::move(pages), order);
  if (!written) return SearchTrouble(written.error());
  const std::string object =
      std::to_string(written->rows) + " " + order.rows + " as " + std::string(order.format.name);
  if (std::optional<http::Response> refusal = NoteInAudit(parts, request, "export", object))
    return *std::move(refusal);
  return FileOf(order, *std::move(written));
}

}  // namespace cairn::api
