// DuckDbFiles is a folder of DuckDB files that are made, replaced and removed whole, while searches go on.
//
//   report-2026-11-16.duckdb      "report-2026-11-16" is the file's stem
//   report-2026-11-16.3.duckdb    what took its place: its third successor
//
// A file never shrinks and keeps the bytes of deleted rows, so what must go for good is left out of a copy.
// The copy is whole and durable before it counts; a kill in between leaves either only the old file or both,
// and then the successor is the one that counts. One thread at a time may call this; files themselves are
// held by any.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/search/duckdb_connection.h"

namespace cairn::search {

// A file that is attached under a name. It stays attached, and on disk, while anybody holds it.
struct DuckDbFile {
  std::string stem;
  std::uint32_t generation = 0;  // How many files of this stem came before it.
  std::string catalog;           // Its name in statements: letters, digits and underscores.
  std::string path;
};
// Shared: a search goes on with the files that it began with when others take their place.
using DuckDbFileRef = std::shared_ptr<const DuckDbFile>;

class DuckDbFiles {
 public:
  // Both are borrowed; the connection is used for nothing but the files while a method runs.
  DuckDbFiles(std::string folder, DuckConnection& connection)
      : folder_(std::move(folder)), connection_(&connection) {}

  // Makes the folder if it is not there, removes what was never finished and what has a successor, and
  // returns the stems that are left, sorted. Files with names of another form are left alone.
  base::Result<std::vector<std::string>> Open();

  // Attaches the file of that stem.
  base::Result<DuckDbFileRef> Attach(const std::string& stem);

  // Runs the statements that give a new file its content; its catalog is `unfinished`.
  static constexpr std::string_view kUnfinished = "unfinished";
  using Fill = std::function<base::Status(DuckConnection&)>;

  // Makes and attaches a file of a stem that has none yet.
  base::Result<DuckDbFileRef> Create(const std::string& stem, const Fill& fill);

  // Makes and attaches the successor of `old`, which is removed once nobody holds it: see RemoveRetired.
  base::Result<DuckDbFileRef> Replace(DuckDbFileRef old, const Fill& fill);

  // The file is to go once nobody holds it any more.
  void Retire(DuckDbFileRef old);

  // Detaches and unlinks what is retired and that nobody holds. False: something is still held.
  base::Result<bool> RemoveRetired();

 private:
  std::string PathOf(const std::string& stem, std::uint32_t generation) const;
  base::Result<DuckDbFileRef> MakeAndAttach(const std::string& stem, std::uint32_t generation,
                                            const Fill& fill);
  base::Result<DuckDbFileRef> AttachGeneration(const std::string& stem, std::uint32_t generation);

  std::string folder_;
  DuckConnection* connection_;
  std::vector<DuckDbFileRef> retired_;
};

}  // namespace cairn::search
