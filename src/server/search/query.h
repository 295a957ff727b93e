// Query is a search as a tree of values. Each engine turns it into its own language; no text of a query
// language is shared, and no value from a caller ever becomes part of one.
#pragma once

#include <cstdint>
#include <vector>

#include "server/search/crash_row.h"
#include "server/search/field.h"
#include "server/search/value.h"

namespace cairn::search {

enum class Operator : std::uint8_t {
  kMatches,  // The field type's own meaning of a bare value (FieldType).
  kEquals,
  kContains,
  kStartsWith,
  kEndsWith,
  kRegex,     // RE2, over the whole value.
  kIsAbsent,  // No operand.
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
};

// "The field is ..."; an absent value passes only kIsAbsent.
struct Test {
  Operator op = Operator::kEquals;
  Value operand;
};

enum class Combine : std::uint8_t { kAnyOf, kAllOf, kNoneOf };

struct Clause {
  FieldId field = FieldId::kUuid;
  Combine combine = Combine::kAnyOf;
  std::vector<Test> tests;  // Not empty.
};

struct Sort {
  FieldId field = FieldId::kDate;
  bool descending = true;
};

// Half-open, in Unix milliseconds. Every query has one: it chooses the files to read.
struct DateWindow {
  std::int64_t from_ms = 0;
  std::int64_t to_ms = 0;
};

struct Query {
  DateWindow window;
  std::vector<CrashKind> kinds;  // What the caller may see; empty finds nothing.
  std::vector<Clause> clauses;   // All must hold.
  std::vector<FieldId> columns;
  std::vector<Sort> sort;        // Ties, and an empty list, are newest first, then by uuid.
  std::uint32_t hits_max = 100;  // 0: none.
  std::uint32_t hits_offset = 0;
  std::vector<FieldId> facets;
  std::uint32_t facet_size =
      50;  // Terms per facet, the most frequent first, equal counts in the terms' byte order.
};

struct FacetTerm {
  Value term;  // Never absent: crashes without the field are in no bucket.
  std::uint64_t count = 0;
};

struct Facet {
  FieldId field = FieldId::kSignature;
  std::vector<FacetTerm> terms;
};

struct SearchResult {
  std::uint64_t total = 0;
  std::vector<std::vector<Value>> hits;  // Each as long as Query::columns, in that order.
  std::vector<Facet> facets;             // In the order of Query::facets.
};

}  // namespace cairn::search
