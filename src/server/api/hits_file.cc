#include "server/api/hits_file.h"

#include <algorithm>
#include <memory>
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
  if (const auto* const text = std::get_if<std::string>(&value)) {
    if (search::FieldOf(column.field).type != FieldType::kNames) return base::CsvCell(*text);
    std::string names;
    for (const std::string& name : search::SplitNames(*text)) names += (names.empty() ? "" : ", ") + name;
    return base::CsvCell(names);
  }
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

// Where a file ended before the hits did.
struct Cut {
  std::uint64_t rows = 0;
  std::uint64_t total = 0;  // That were found when it began.
  std::string cursor;
};

std::vector<http::Header> HeadersOf(const Cut& cut) {
  return {{"Cairn-Cut", std::to_string(cut.rows) + " of " + std::to_string(cut.total)},
          {"Cairn-Cursor", cut.cursor}};
}

// The hits page by page, until they end or a limit of exports is reached.
class Pages {
 public:
  Pages(const ApiParts& parts, const http::Request& request, Query query, Columns columns)
      : parts_(parts),
        caller_(CallerOf(request)),
        query_(std::move(query)),
        columns_(std::move(columns)),
        page_rows_(std::min(parts.export_limits.first_page_rows, parts.export_limits.page_rows)) {}

  // `bytes`: how much the hits before came to. Empty behind the last page.
  base::Result<std::vector<Hit>> Next(std::uint64_t bytes) {
    const ExportLimits& limits = parts_.export_limits;
    if (has_ended_) return std::vector<Hit>();
    if (query_.after && rows_ > 0 && (rows_ >= limits.rows || bytes >= limits.bytes)) {
      has_ended_ = true;
      cut_ = Cut{rows_, total_, MakeCursor(query_.sort, *query_.after)};
      return std::vector<Hit>();
    }
    if (rows_ > 0) ChoosePageRows(bytes);
    query_.hits_max = static_cast<std::uint32_t>(std::min<std::uint64_t>(page_rows_, limits.rows - rows_));
    query_.deadline = DeadlineOf(parts_, caller_);
    ASSIGN_OR_RETURN(search::SearchResult found, parts_.index.Search(query_));
    if (query_.with_total) total_ = found.total;
    rows_ += found.hits.size();
    has_ended_ = !found.next;
    GoOnBehind(std::move(found.next));
    for (Hit& hit : found.hits) {
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        const auto* const date = std::get_if<std::int64_t>(&hit[i]);
        if (columns_[i].is_day && date != nullptr) hit[i] = os::FormatIso(*date).substr(0, 10);
      }
    }
    return std::move(found.hits);
  }

  const Columns& columns() const { return columns_; }
  std::uint64_t total() const { return total_; }
  const std::optional<Cut>& cut() const { return cut_; }

 private:
  // What says how long a search may take.
  static http::Request CallerOf(const http::Request& request) {
    http::Request caller;
    caller.caller = request.caller;
    caller.client_gone = request.client_gone;
    return caller;
  }

  void ChoosePageRows(std::uint64_t bytes) {
    const ExportLimits& limits = parts_.export_limits;
    const std::uint64_t row_bytes = std::max<std::uint64_t>(1, bytes / rows_);
    page_rows_ = static_cast<std::uint32_t>(
        std::clamp<std::uint64_t>(limits.page_bytes / row_bytes, 1, limits.page_rows));
  }

  // It was counted once. By date, what is left lies at one side of the last hit: less to read each time.
  void GoOnBehind(std::optional<search::HitPosition> last) {
    query_.with_total = false;
    query_.after = std::move(last);
    if (!query_.after) return;
    const search::Sort first = query_.sort.empty() ? search::Sort{} : query_.sort.front();
    if (first.field != search::FieldId::kDate) return;
    if (first.descending) {
      query_.window.to_ms = std::min(query_.window.to_ms, query_.after->date_ms + 1);
    } else {
      query_.window.from_ms = std::max(query_.window.from_ms, query_.after->date_ms);
    }
  }

  const ApiParts parts_;  // A copy: what is sent may outlive the routes.
  http::Request caller_;
  Query query_;
  const Columns columns_;
  std::uint32_t page_rows_;
  std::uint64_t rows_ = 0;
  std::uint64_t total_ = 0;
  std::optional<Cut> cut_;
  bool has_ended_ = false;
};

void WriteCut(const Cut& cut, base::JsonWriter& json) {
  json.Key("cut");
  json.BeginObject();
  json.NumberField("rows", cut.rows);
  json.TextField("cursor", cut.cursor);
  json.EndObject();
}

// What ends the file.
std::string Tail(FileFormat format, const Pages& pages) {
  base::JsonWriter json;
  json.BeginObject();
  if (format == FileFormat::kJson) json.NumberField("total", pages.total());
  if (pages.cut()) WriteCut(*pages.cut(), json);
  json.EndObject();
  if (format == FileFormat::kJson) return "\n]," + json.Take().substr(1) + "\n";
  return format == FileFormat::kJsonLines && pages.cut() ? json.Take() + "\n" : "";
}

// Takes one of a semaphore, if there is one, and gives it back.
class Turn {
 public:
  Turn() = default;
  explicit Turn(std::counting_semaphore<>& turns) : turns_(turns.try_acquire() ? &turns : nullptr) {}
  Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)) {}
  Turn& operator=(Turn&&) = delete;
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (turns_ != nullptr) turns_->release();
  }
  bool is_ours() const { return turns_ != nullptr; }

 private:
  std::counting_semaphore<>* turns_ = nullptr;
};

// One of the exports that may be sent at once. Callers who are known find room beside strangers.
class Place {
 public:
  Place(std::shared_ptr<ExportTurns> turns, const http::Caller& caller)
      : turns_(std::move(turns)),
        is_known_(caller.has_token),
        of_strangers_(is_known_ ? Turn() : Turn(turns_->of_strangers)),
        of_all_(is_known_ || of_strangers_.is_ours() ? Turn(turns_->all) : Turn()) {}
  bool is_ours() const { return of_all_.is_ours(); }

 private:
  std::shared_ptr<ExportTurns> turns_;  // Before the turns that are given back to it.
  bool is_known_;
  Turn of_strangers_;
  Turn of_all_;
};

// A text of hits, made page by page.
class TextOfHits final : public http::BodySource {
 public:
  TextOfHits(Place place, Pages pages, FileFormat format, std::vector<Hit> first_page)
      : place_(std::move(place)),
        pages_(std::move(pages)),
        format_(format),
        page_(std::move(first_page)),
        head_(Head(format, pages_.columns())) {}

  base::Result<std::string> Next() override {
    if (trouble_) return *trouble_;
    if (is_whole_) return std::string();
    if (!page_) {
      base::Result<std::vector<Hit>> next = pages_.Next(bytes_);
      if (!next) return LastWord(next.error());
      page_ = *std::move(next);
    }
    std::string text = std::exchange(head_, {});
    is_whole_ = page_->empty();
    if (is_whole_) text += Tail(format_, pages_);
    for (const Hit& hit : *page_) {
      AppendHit(format_, pages_.columns(), hit, std::exchange(is_first_, false), text);
    }
    page_.reset();
    bytes_ += text.size();
    return text;
  }

  std::vector<http::Header> Trailers() const override {
    return pages_.cut() ? HeadersOf(*pages_.cut()) : std::vector<http::Header>();
  }

 private:
  // JSON lines can say what went wrong before they are broken off.
  base::Result<std::string> LastWord(const base::Error& error) {
    trouble_ = error;
    if (format_ != FileFormat::kJsonLines) return error;
    return SearchTrouble(error).body + "\n";
  }

  const Place place_;
  Pages pages_;
  const FileFormat format_;
  std::optional<std::vector<Hit>> page_;
  std::string head_;
  std::uint64_t bytes_ = 0;
  bool is_first_ = true;
  bool is_whole_ = false;
  std::optional<base::Error> trouble_;
};

std::uint64_t BytesOf(const Hit& hit) {
  std::uint64_t bytes = 0;
  for (const Value& value : hit) {
    const auto* const text = std::get_if<std::string>(&value);
    bytes += sizeof(std::int64_t) + (text == nullptr ? 0 : text->size());
  }
  return bytes;
}

base::Result<os::FileDescriptor> WriteParquetHits(const ApiParts& parts, Pages& pages,
                                                  std::vector<Hit> first_page) {
  std::vector<search::ParquetColumn> columns;
  for (const FileColumn& column : pages.columns()) {
    columns.push_back({column.name, column.is_day ? FieldType::kText : search::FieldOf(column.field).type});
  }
  std::vector<Hit> page = std::move(first_page);
  std::size_t next = 0;
  std::uint64_t bytes = 0;  // Before they are compressed: as long as the text of another format, about.
  return search::WriteParquet(parts.spool_folder, columns, [&](Hit& row) -> base::Result<bool> {
    if (next == page.size() && next > 0) {
      ASSIGN_OR_RETURN(page, pages.Next(bytes));
      next = 0;
    }
    if (page.empty()) return false;
    row = std::move(page[next++]);
    bytes += BytesOf(row);
    return true;
  });
}

http::Response HeadOf(const FileOrder& order) {
  http::Response response;
  response.content_type = order.format.content_type;
  response.headers.push_back({"Content-Disposition", "attachment; filename=\"" + order.stem + "." +
                                                         std::string(order.format.name) + "\""});
  return response;
}

http::Response TooMany(std::string_view sentence) {
  http::Response busy = http::ErrorResponse(429, sentence);
  busy.headers.push_back({"Retry-After", "10"});
  return busy;
}

http::Response SendParquet(const ApiParts& parts, Pages pages, std::vector<Hit> first_page,
                           const FileOrder& order) {
  base::Result<os::FileDescriptor> file = WriteParquetHits(parts, pages, std::move(first_page));
  if (!file) return SearchTrouble(file.error());
  http::Response response = HeadOf(order);
  if (pages.cut()) {
    for (http::Header& header : HeadersOf(*pages.cut())) response.headers.push_back(std::move(header));
  }
  response.file = *std::move(file);
  return response;
}

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
  Place place(parts.export_turns, request.caller);
  if (!place.is_ours()) return TooMany("Too many other exports are being read: try again soon");
  const bool is_parquet = order.format.format == FileFormat::kParquet;
  const Turn turn = is_parquet ? Turn(parts.export_turns->parquet) : Turn();
  if (is_parquet && !turn.is_ours()) return TooMany("Other Parquet files are being written: try again soon");
  const bool goes_on = query.after.has_value();
  Pages pages(parts, request, std::move(query), order.columns);
  base::Result<std::vector<Hit>> first_page = pages.Next(0);
  if (!first_page) return SearchTrouble(first_page.error());
  const std::uint64_t rows_max = parts.export_limits.rows;
  // What a cursor leaves is not counted: it is no more than this.
  const std::string object = std::to_string(std::min(pages.total(), rows_max)) + " " + order.rows + " as " +
                             std::string(order.format.name);
  if (std::optional<http::Response> refusal = NoteInAudit(parts, request, "export", object))
    return *std::move(refusal);
  if (is_parquet) return SendParquet(parts, std::move(pages), *std::move(first_page), order);
  http::Response response = HeadOf(order);
  response.headers.push_back({"Trailer", "Cairn-Cut, Cairn-Cursor"});
  if (!goes_on && pages.total() > rows_max) {
    response.headers.push_back(
        {"Cairn-Cut", std::to_string(rows_max) + " of " + std::to_string(pages.total())});
  }
  response.source = std::make_unique<TextOfHits>(std::move(place), std::move(pages), order.format.format,
                                                 *std::move(first_page));
  return response;
}

}  // namespace cairn::api
