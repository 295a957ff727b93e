// The statements by which a search reads crashes, in DuckDB's SQL.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/search/duckdb_condition.h"
#include "server/search/duckdb_crashes.h"
#include "server/search/duckdb_functions.h"
#include "server/search/query.h"

namespace cairn::search {

// A file of crashes, and which of its rows may be read.
struct CrashPart {
  CrashKind kind = CrashKind::kReport;
  std::string catalog;
  std::int64_t number = 0;  // Among the parts of a search.
  // A condition over the file's rows, in which nobody's text stands; empty: all of them.
  std::string rows;
  bool has_threads = true;  // Some row has stacks of other threads.
};

// All rows of the files; and those in the window: of most files that is all of them, and a condition makes
// reading lists three times slower.
std::vector<CrashPart> PartsOf(std::span<const DuckDbCrashes::File> files);
std::vector<CrashPart> PartsWithin(std::span<const DuckDbCrashes::File> files, const DateWindow& window);

// What a search reads, and which of it.
struct CrashSelection {
  const std::string& dictionary;     // Its catalog.
  std::span<const CrashPart> parts;  // Not empty.
  const Statement& condition;        // Of crash rows c.
  std::string signatures;            // The view for signature_number.
  DuckDbFunctions& functions;
};

// Over crash rows c: the number of the signature.
std::string SignatureNumberOf(const CrashSelection& selection);

// One row: how many there are, and the sums of an Estimate if the query asks for them.
Statement TotalStatement(const Query& query, const CrashSelection& selection);

// The columns of the query, then those of a HitPosition; at most one row more than it asks for.
Statement HitsStatement(const Query& query, const CrashSelection& selection);

// What is read of the selected crashes: expressions over c, and over s with `with_signatures`,
// over t with `with_texts`, comma-separated; and what stands behind the condition.
struct CrashExpressions {
  std::string expressions;
  bool with_signatures = false;
  bool with_texts = false;
  Statement behind = {};
};
Statement SelectCrashes(const CrashExpressions& what, const CrashSelection& selection);

// The crashes of the parts under the name c, with those columns that `statement` reads: it names them as
// "c.column". Each column of each file costs the engine some microseconds, whether it is read or not. "c.key"
// is a number that no other crash of these parts has, for as long as the transaction.
std::string CrashSource(std::span<const CrashPart> parts, std::string_view statement);

// The part that a crash with this key is of, and its row there.
struct CrashPlace {
  std::int64_t part = 0;
  std::int64_t row = 0;
};
CrashPlace PlaceOf(std::int64_t key);

// How many rows a statement may name one by one.
inline constexpr std::size_t kMaxNamedRows = 2'000;

// Of the parts those that have any of the crashes with these keys, each with those rows alone.
std::vector<CrashPart> PartsWithRows(std::span<const CrashPart> parts, std::span<const std::int64_t> keys);

}  // namespace cairn::search
