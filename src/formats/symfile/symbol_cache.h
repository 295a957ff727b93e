// SymbolCache answers what a compiled symbol file knows of a module: functions, lines, inlines, unwind rows.
//
// It reads the flat format of docs/formats/symbol-cache.md straight from borrowed bytes, usually a mapped
// file: opening copies nothing, and a lookup is a few binary searches. The bytes are not trusted. Whatever
// they hold, every read stays inside its section, every loop is bounded, and the worst outcome is a wrong or
// missing name.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/byte_reader.h"
#include "base/result.h"
#include "formats/symfile/cache_layout.h"
#include "model/module_symbols.h"
#include "model/system.h"

namespace cairn::symfile {

class SymbolCache final : public model::ModuleSymbols {
 public:
  // Fails with kBadMagic or kUnsupported (another version) for what this code can not read; the caller
  // compiles anew. `cache` must outlive the object.
  static base::Result<SymbolCache> Open(base::Bytes cache);

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

 private:
  struct Symbol {
    std::uint64_t start = 0;
    std::uint32_t name = 0;
    std::uint32_t first_line = 0;
    std::uint32_t line_count = 0;
    std::uint32_t first_inline = 0;
    std::uint32_t inline_count = 0;
    std::uint32_t parameter_bytes = 0;
  };
  struct CfiRange {
    std::uint32_t distance = 0;  // Of the address that was asked for, from the range's start.
    std::uint32_t first_row = 0;
    std::uint32_t row_count = 0;
  };

  struct LineValue {
    std::uint32_t file = kNone;
    std::uint32_t line = 0;
  };

  SymbolCache() = default;

  base::Bytes SectionBytes(Section section) const { return sections_[static_cast<std::size_t>(section)]; }
  std::string_view StringAt(std::uint32_t id) const;
  std::string_view HeadText(HeadField field) const;
  // The text of a slot in kFiles or kOrigins.
  std::string_view SlotText(Section section, std::uint32_t slot) const;
  std::string_view FileText(std::uint32_t slot) const { return SlotText(Section::kFiles, slot); }
  std::string_view OriginText(std::uint32_t slot) const { return SlotText(Section::kOrigins, slot); }
  std::optional<Symbol> FindSymbol(std::uint64_t address) const;
  LineValue FindLine(const Symbol& symbol, std::uint32_t offset) const;
  std::optional<CfiRange> FindCfiRange(std::uint64_t address) const;
  std::optional<model::StackWinRow> FindStackWin(Section section, std::uint32_t offset) const;
  std::optional<model::Rule> ReadRule(std::uint32_t id) const;
  std::optional<model::UnwindRow> ReadRuleSet(std::uint32_t word) const;

  base::Bytes cache_;
  std::array<base::Bytes, kSectionCount> sections_;
  model::Cpu cpu_ = model::Cpu::kUnknown;
};

}  // namespace cairn::symfile
