// SymbolCache answers what a compiled symbol file knows of a module: functions, lines, inlines, unwind rows.
//
// It reads the flat format of docs/formats/symbol-cache.md straight from borrowed bytes, usually a mapped
// file: opening reads the section table and nothing else, whatever the size, and a lookup touches a handful
// of cache lines. Texts are inflated when they are asked for, and the last ones kept. The bytes are not
// trusted. Whatever they hold, every read stays inside its section, every loop is bounded, and the worst
// outcome is a wrong or missing name. Any number of threads may ask at once.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/byte_reader.h"
#include "base/result.h"
#include "formats/symfile/address_rows.h"
#include "formats/symfile/cache_bytes.h"
#include "formats/symfile/cache_layout.h"
#include "formats/symfile/packed_table.h"
#include "formats/symfile/string_blocks.h"
#include "model/module_symbols.h"
#include "model/system.h"

namespace cairn::symfile {

// What stands at an address, as numbers of one cache; kNone for what is not known.
struct SymbolIds {
  std::uint32_t symbol = kNone;
  std::uint32_t file = kNone;  // Of the innermost function at the address.
  std::uint32_t line = 0;
  std::uint32_t inline_call = kNone;  // The innermost call that was inlined there.
  friend bool operator==(const SymbolIds&, const SymbolIds&) = default;
};

// A call that was inlined.
struct InlineIds {
  std::uint32_t origin = kNone;  // The function that was called.
  std::uint32_t call_file = kNone;
  std::uint32_t call_line = 0;
  std::uint32_t outer = kNone;  // The inlined call around it; kNone: it stands in the function itself.
};

struct SymbolRange {
  model::ModuleOffset start;
  std::uint32_t parameter_bytes = 0;
};

class SymbolCache final : public model::ModuleSymbols {
 public:
  // Fails with kBadMagic or kUnsupported (another version) for what this code can not read; the caller
  // compiles anew. `cache` must outlive the object.
  static base::Result<SymbolCache> Open(base::Bytes cache) { return Open(cache, nullptr); }

  // The same, for few lookups in a mapped file: the large sections, of which a lookup needs a little from
  // anywhere, are asked of `source`, which reads the same file and must outlive the object as well. A mapping
  // would give sixteen pages or more for each place that is touched.
  static base::Result<SymbolCache> Open(base::Bytes cache, const CacheSource& source) {
    return Open(cache, &source);
  }

  // Whether the sections are what the compiler wrote. Reads all of them; Open checks only the header.
  bool ChecksumMatches() const;

  // The texts of the symbol file's head; views into the cache.
  std::string_view os() const { return HeadText(HeadField::kOs); }
  std::string_view arch() const { return HeadText(HeadField::kArch); }
  std::string_view debug_id() const { return HeadText(HeadField::kDebugId); }
  std::string_view debug_file() const { return HeadText(HeadField::kDebugFile); }
  std::string_view code_id() const { return HeadText(HeadField::kCodeId); }
  std::string_view code_file() const { return HeadText(HeadField::kCodeFile); }
  std::string_view generator() const { return HeadText(HeadField::kGenerator); }
  model::Cpu cpu() const { return cpu_; }

  // Lines of the symbol file that could not be read; some of its symbols may be missing.
  std::uint64_t bad_lines() const { return ReadAt<std::uint64_t>(cache_, kBadLinesOffset); }

  std::optional<model::UnwindRow> FindUnwindRow(model::ModuleOffset offset) const override;
  std::optional<model::SymbolizedAddress> Symbolize(model::ModuleOffset offset) const override;
  model::CodeAt FindCode(model::ModuleOffset offset) const override;
  std::optional<model::StackWinRow> FindStackWin(model::ModuleOffset offset) const override;

  // Lookups without texts, for callers who ask for many addresses and need each name once.

  SymbolIds FindIds(model::ModuleOffset offset) const;
  // The same of many offsets at once; several times faster where they ascend. `found` has as many places.
  void FindIds(std::span<const model::ModuleOffset> offsets, std::span<SymbolIds> found) const;

  // What a number in SymbolIds stands for; empty or none for a number that is not in the cache.
  InlineIds InlineAt(std::uint32_t inline_call) const;
  SymbolRange SymbolAt(std::uint32_t symbol) const;
  std::string SymbolName(std::uint32_t symbol) const;
  std::string FileName(std::uint32_t file) const;
  std::string OriginName(std::uint32_t origin) const;

  StringCounts string_counts() const { return strings_->counts(); }

 private:
  struct CfiRange {
    std::uint32_t distance = 0;  // Of the address that was asked for, from the range's start.
    std::uint32_t first_row = 0;
    std::uint32_t row_count = 0;
  };

  SymbolCache() = default;

  static base::Result<SymbolCache> Open(base::Bytes cache, const CacheSource* source);

  base::Bytes SectionBytes(Section section) const { return sections_[static_cast<std::size_t>(section)]; }
  // Of the same section, but asked of the source if there is one.
  CacheBytes ScatteredBytes(Section section, const CacheSource* source) const;
  std::string_view HeadText(HeadField field) const;
  std::string SlotText(const PackedTable<1>& slots, std::uint32_t slot) const;
  SymbolIds IdsOf(const AddressRow& row) const;
  std::optional<CfiRange> FindCfiRange(std::uint64_t address) const;
  std::optional<model::StackWinRow> FindStackWin(const PackedTable<3>& records, std::uint32_t offset) const;
  std::optional<model::Rule> ReadRule(std::uint32_t id) const;
  std::optional<model::UnwindRow> ReadRuleSet(std::uint32_t word) const;

  base::Bytes cache_;
  std::array<base::Bytes, kSectionCount> sections_;
  model::Cpu cpu_ = model::Cpu::kUnknown;
  AddressRows rows_;
  PackedTable<1> spans_;
  PackedTable<5> symbols_;
  PackedTable<4> inline_nodes_;
  PackedTable<1> files_;
  PackedTable<1> origins_;
  PackedTable<6> cfi_ranges_;
  PackedTable<2> cfi_rows_;
  PackedTable<3> frame_data_;
  PackedTable<3> fpo_;
  // Copies of one SymbolCache read the same bytes and share what was inflated of them.
  std::shared_ptr<const StringBlocks> strings_;
};

}  // namespace cairn::symfile
