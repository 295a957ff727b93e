// PeBuilder puts a PE image together, byte by byte as Microsoft's "PE Format" draws it.
//
// A section at address (RVA) A lies at A - kFileShift in the file, so that a reader that mixes up the two
// fails.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "testing/byte_sink.h"

namespace cairn::testing {

class PeBuilder {
 public:
  static constexpr std::uint32_t kFileShift = 0xc00;
  static constexpr std::uint32_t kExportEntry = 0;
  static constexpr std::uint32_t kExceptionEntry = 3;
  static constexpr std::uint32_t kDebugEntry = 6;

  std::uint16_t machine = 0x8664;
  bool wide = true;  // PE32+; else PE32.
  std::uint32_t timestamp = 0x5ab38077;
  std::uint32_t image_size = 0x9000;
  std::uint64_t image_base = 0x140000000;

  // `address` is at least 0x1000, and sections are added in ascending order.
  PeBuilder& AddSection(std::string_view name, std::uint32_t address, std::vector<std::byte> bytes) {
    sections_.push_back({std::string(name), address, std::move(bytes), name == ".text"});
    return *this;
  }
  PeBuilder& SetDirectory(std::uint32_t entry, std::uint32_t address, std::size_t size) {
    directories_.at(entry) = {address, static_cast<std::uint32_t>(size)};
    return *this;
  }
  // A COFF symbol at `value` of section number `section`, from 1; long names go to the string table.
  PeBuilder& AddSymbol(std::string_view name, std::uint32_t value, std::uint16_t section, std::uint16_t type,
                       std::uint8_t storage) {
    if (name.size() <= 8) {
      symbols_.Text(name).Zeros(8 - name.size());
    } else {
      symbols_.U32(0).U32(static_cast<std::uint32_t>(4 + symbol_names_.size()));
      symbol_names_.Text(name).U8(0);
    }
    symbols_.U32(value).U16(section).U16(type).U8(storage).U8(0);
    return *this;
  }
  // A section ".debug" at `address` that holds the debug directory and a CodeView record.
  PeBuilder& AddDebugRecord(std::uint32_t address, const std::vector<std::byte>& record) {
    constexpr std::uint32_t kEntryBytes = 28;
    ByteSink sink;
    sink.Zeros(12).U32(2).U32(static_cast<std::uint32_t>(record.size())).U32(address + kEntryBytes);
    sink.U32(address + kEntryBytes - kFileShift).Bytes(record);
    SetDirectory(kDebugEntry, address, kEntryBytes);
    return AddSection(".debug", address, sink.Take());
  }

  std::vector<std::byte> Build() const {
    const auto optional_size = static_cast<std::uint16_t>(wide ? 240 : 224);
    ByteSink sink;
    sink.Text("MZ").Zeros(58).U32(0x80).Zeros(0x80 - 64);
    sink.Text(std::string_view("PE\0\0", 4)).U16(machine).U16(static_cast<std::uint16_t>(sections_.size()));
    sink.U32(timestamp).U32(SymbolsOffset()).U32(static_cast<std::uint32_t>(symbols_.size() / 18));
    sink.U16(optional_size).U16(0x22);
    sink.U16(wide ? 0x20b : 0x10b).Zeros(22);
    if (wide) {
      sink.U64(image_base);
    } else {
      sink.Zeros(4).U32(static_cast<std::uint32_t>(image_base));
    }
    sink.U32(0x1000).U32(0x200).Zeros(16).U32(image_size).U32(0x400).Zeros(8).Zeros(wide ? 36 : 20);
    sink.U32(static_cast<std::uint32_t>(directories_.size()));
    for (const auto& [address, size] : directories_) sink.U32(address).U32(size);
    for (const Section& section : sections_) {
      const auto size = static_cast<std::uint32_t>(section.bytes.size());
      sink.Text(section.name).Zeros(8 - section.name.size());
      sink.U32(size).U32(section.address).U32(size).U32(section.address - kFileShift).Zeros(12);
      sink.U32(section.executable ? 0x60000020 : 0x40000040);
    }
    for (const Section& section : sections_) {
      sink.Zeros(section.address - kFileShift - sink.size()).Bytes(section.bytes);
    }
    if (SymbolsOffset() != 0) {
      sink.Bytes(symbols_.bytes());
      sink.U32(static_cast<std::uint32_t>(4 + symbol_names_.size())).Bytes(symbol_names_.bytes());
    }
    return sink.Take();
  }

 private:
  struct Section {
    std::string name;  // At most 8 characters.
    std::uint32_t address = 0;
    std::vector<std::byte> bytes;
    bool executable = false;
  };

  // Behind the last section, of which there must be one; 0 without symbols.
  std::uint32_t SymbolsOffset() const {
    if (symbols_.size() == 0) return 0;
    const Section& last = sections_.back();
    return last.address - kFileShift + static_cast<std::uint32_t>(last.bytes.size());
  }

  std::vector<Section> sections_;
  ByteSink symbols_;
  ByteSink symbol_names_;
  std::array<std::pair<std::uint32_t, std::uint32_t>, 16> directories_{};
};

}  // namespace cairn::testing
