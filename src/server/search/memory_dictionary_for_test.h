// A dictionary in a connection's database in memory, for tests of what refers to one.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "server/search/duckdb_dictionary.h"
#include "server/search/duckdb_schema.h"

namespace cairn::search {

class MemoryDictionary {
 public:
  explicit MemoryDictionary(DuckConnection& connection)
      : made_(connection.Execute(DictionarySchema("memory"))),
        dictionary_(DuckDbDictionary::Load(
            connection, std::make_shared<DuckDbFile>(DuckDbFile{.catalog = "memory"}), signatures_)) {
    EXPECT_TRUE(made_ && dictionary_);
  }

  DuckDbDictionary& operator*() { return *dictionary_; }

  // With what the rows refer to.
  const DuckDbDictionary& With(std::span<const CrashRow> rows) {
    EXPECT_TRUE(dictionary_->Add(rows));
    return *dictionary_;
  }

 private:
  SignatureNumbers signatures_;
  base::Status made_;
  base::Result<DuckDbDictionary> dictionary_;
};

}  // namespace cairn::search
