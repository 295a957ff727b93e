// Writes a Parquet file of rows that come one by one, so that neither they nor the file lie in memory: DuckDB
// takes them as a table function and copies that into a file without a name.
//
// Texts are strings, several names (FieldType::kNames) a list of them, dates timestamps in UTC (milliseconds
// that DuckDB keeps as microseconds), whole numbers 64 bits, others doubles, truths booleans; what is absent
// is null. Compressed by zstd, kParquetGroupRows rows a group. Each call has an engine of its own, which no
// statement of anybody else reaches.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "os/file.h"
#include "server/search/duckdb_connection.h"
#include "server/search/field.h"
#include "server/search/value.h"

namespace cairn::search {

inline constexpr std::uint32_t kParquetGroupRows = 20'000;  // Together in memory, some 2 KB each.
inline constexpr std::uint32_t kParquetMemoryMb = 256;

struct ParquetColumn {
  std::string name;
  FieldType type = FieldType::kText;
};

// Gives the next row, as long as there are columns; false: there is none. A value that is none of its
// column's type is absent in the file; texts must be UTF-8.
using NextParquetRow = std::function<base::Result<bool>(std::vector<Value>& row)>;

// The whole file, at its start. An Error of `next` is that of the call.
base::Result<os::FileDescriptor> WriteParquet(const std::string& folder,
                                              std::span<const ParquetColumn> columns,
                                              const NextParquetRow& next, EngineMessageSink messages = {});

}  // namespace cairn::search
