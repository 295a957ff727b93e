// The hits of a search as one file: CSV, JSON, JSON lines or Parquet.
//
// Texts are made while they are sent: a page of hits is searched for when the client has taken the one
// before, so that neither they nor the file lie anywhere, and a client that is slow holds no search and no
// thread. What goes wrong in the middle breaks the body off. A Parquet file, which ends with what is in it,
// is written whole into a nameless file first. Each crash is in a file once, whatever arrives meanwhile. A
// file that was cut says so and where it goes on: in headers, which follow on a text (trailers), and in JSON
// and JSON lines at its end.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/api/api.h"

namespace cairn::api {

enum class FileFormat : std::uint8_t { kCsv, kJson, kJsonLines, kParquet };

struct FileFormatRow {
  std::string_view name;  // In the request, and behind the dot of the file's name.
  FileFormat format;
  std::string_view content_type;
};
inline constexpr std::array<FileFormatRow, 4> kFileFormats = {{
    {"csv", FileFormat::kCsv, "text/csv; charset=utf-8"},
    {"json", FileFormat::kJson, "application/json; charset=utf-8"},
    {"jsonl", FileFormat::kJsonLines, "application/x-ndjson; charset=utf-8"},
    {"parquet", FileFormat::kParquet, "application/vnd.apache.parquet"},
}};
inline constexpr std::string_view kNoSuchFormat = "_format: not one of csv, json, jsonl and parquet";

// Null if there is none of that name.
const FileFormatRow* FindFileFormat(std::string_view name);

struct FileColumn {
  std::string name;
  search::FieldId field;
  bool is_day = false;  // Of a date its day alone, as "2026-11-22".
};

struct FileOrder {
  const FileFormatRow& format;
  std::string stem;              // Of the file's name.
  std::string rows = "crashes";  // What the audit log calls them.
  std::vector<FileColumn> columns;
};

// The file, or why there is none: too many are being written, the search fails, it cannot be noted.
http::Response SendHits(const ApiParts& parts, const http::Request& request, search::Query query,
                        const FileOrder& order);

}  // namespace cairn::api
