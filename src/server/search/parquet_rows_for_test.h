// The rows of a Parquet file, as DuckDB reads them.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "server/search/duckdb_connection.h"

namespace cairn::search {

// `columns` are expressions over the file's columns, of BIGINT, DOUBLE, BOOLEAN or VARCHAR.
inline std::vector<std::vector<Value>> ReadParquet(int file, const std::vector<std::string>& columns) {
  std::vector<std::vector<Value>> rows;
  std::string message;
  auto database = DuckDatabase::Open("", {}, [&](std::string_view text) { message = text; });
  auto connection = database->Connect();
  EXPECT_TRUE(connection->Execute("LOAD parquet; SET preserve_insertion_order = true")) << message;
  std::string list;
  for (const std::string& column : columns) list += (list.empty() ? "" : ", ") + column;
  auto found = connection->Query("SELECT " + list + " FROM read_parquet('/proc/self/fd/" +
                                 std::to_string(file) + "')");
  EXPECT_TRUE(found) << message;
  if (!found) return rows;
  while (found->Next()) {
    std::vector<Value>& row = rows.emplace_back();
    for (std::size_t i = 0; i < columns.size(); ++i) row.push_back(found->At(i));
  }
  return rows;
}

}  // namespace cairn::search
