// MachOBuilder puts a Mach-O file of one segment together, byte by byte as <mach-o/loader.h> draws it.
//
// The segment __TEXT starts with the header and is mapped whole; a section at offset A from the segment's
// start lies at A in the file too, and at base + A in memory.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "testing/byte_sink.h"

namespace cairn::testing {

class MachOBuilder {
 public:
  static constexpr std::uint32_t kX86 = 7;
  static constexpr std::uint32_t kAmd64 = 0x01000007;
  static constexpr std::uint32_t kArm64 = 0x0100000c;
  static constexpr std::uint32_t kPpc = 18;

  std::uint32_t cpu = kAmd64;
  bool wide = true;  // 64 bits; else 32.
  std::endian order = std::endian::little;
  std::uint64_t base = 0x100000000;
  std::vector<std::byte> uuid;             // 16 bytes; empty: no LC_UUID.
  std::vector<std::byte> function_starts;  // Empty: no LC_FUNCTION_STARTS.

  // `offset` is at least 0x400, and sections are added in ascending order. "__text" is code.
  MachOBuilder& AddSection(std::string_view name, std::uint32_t offset, std::vector<std::byte> bytes) {
    sections_.push_back({std::string(name), offset, std::move(bytes)});
    return *this;
  }
  // A symbol of a section; `type` is n_type.
  MachOBuilder& AddSymbol(std::string_view name, std::uint32_t offset, std::uint8_t type = 0x0f) {
    symbols_.push_back({std::string(name), offset, type});
    return *this;
  }

  std::vector<std::byte> Build() const {
    ByteSink body(order);  // What follows the header and the commands, from kFirstOffset on.
    for (const Section& section : sections_) {
      body.Zeros(section.offset - kFirstOffset - body.size()).Bytes(section.bytes);
    }
    const std::size_t segment_size = kFirstOffset + body.AlignTo(16).size();
    ByteSink commands(order);
    std::uint32_t count = 1;
    WriteSegment(commands, segment_size);
    if (!uuid.empty()) {
      commands.U32(0x1b).U32(24).Bytes(uuid);
      ++count;
    }
    if (!function_starts.empty()) {
      commands.U32(0x26).U32(16).U32(Place(body)).U32(static_cast<std::uint32_t>(function_starts.size()));
      body.Bytes(function_starts).AlignTo(8);
      ++count;
    }
    if (!symbols_.empty()) {
      WriteSymbols(commands, body);
      ++count;
    }
    ByteSink file(order);
    file.U32(wide ? 0xfeedfacf : 0xfeedface).U32(cpu).U32(0).U32(6);
    file.U32(count).U32(static_cast<std::uint32_t>(commands.size())).U32(0).Zeros(wide ? 4 : 0);
    file.Bytes(commands.bytes());
    return file.Zeros(kFirstOffset - file.size()).Bytes(body.bytes()).Take();
  }

 private:
  static constexpr std::size_t kFirstOffset = 0x400;
  struct Section {
    std::string name;
    std::uint32_t offset = 0;
    std::vector<std::byte> bytes;
  };
  struct Symbol {
    std::string name;
    std::uint32_t offset = 0;
    std::uint8_t type = 0;
  };

  static std::uint32_t Place(const ByteSink& body) {
    return static_cast<std::uint32_t>(kFirstOffset + body.size());
  }
  static void Name(ByteSink& sink, std::string_view name) { sink.Text(name).Zeros(16 - name.size()); }
  void Word(ByteSink& sink, std::uint64_t value) const {
    if (wide) {
      sink.U64(value);
    } else {
      sink.U32(static_cast<std::uint32_t>(value));
    }
  }

  void WriteSegment(ByteSink& sink, std::size_t segment_size) const {
    const std::size_t size = (wide ? 72 : 56) + sections_.size() * (wide ? 80 : 68);
    sink.U32(wide ? 0x19 : 0x1).U32(static_cast<std::uint32_t>(size));
    Name(sink, "__TEXT");
    Word(sink, base);
    Word(sink, segment_size);
    Word(sink, 0);
    Word(sink, segment_size);
    sink.U32(5).U32(5).U32(static_cast<std::uint32_t>(sections_.size())).U32(0);
    for (const Section& section : sections_) {
      Name(sink, section.name);
      Name(sink, "__TEXT");
      Word(sink, base + section.offset);
      Word(sink, section.bytes.size());
      sink.U32(section.offset).Zeros(12).U32(section.name == "__text" ? 0x80000400 : 0).Zeros(wide ? 12 : 8);
    }
  }

  void WriteSymbols(ByteSink& commands, ByteSink& body) const {
    std::string strings = " ";
    strings += '\0';
    const std::uint32_t table = Place(body);
    for (const Symbol& symbol : symbols_) {
      body.U32(static_cast<std::uint32_t>(strings.size())).U8(symbol.type).U8(1).U16(0);
      Word(body, base + symbol.offset);
      strings += symbol.name;
      strings += '\0';
    }
    commands.U32(0x2).U32(24).U32(table).U32(static_cast<std::uint32_t>(symbols_.size()));
    commands.U32(Place(body)).U32(static_cast<std::uint32_t>(strings.size()));
    body.Text(strings);
  }

  std::vector<Section> sections_;
  std::vector<Symbol> symbols_;
};

// A fat archive: each member with its CPU type.
inline std::vector<std::byte> MakeFatFile(
    const std::vector<std::pair<std::uint32_t, std::vector<std::byte>>>& members) {
  ByteSink header(std::endian::big);
  ByteSink body;
  header.U32(0xcafebabe).U32(static_cast<std::uint32_t>(members.size()));
  const std::size_t header_size = 8 + members.size() * 20;
  for (const auto& [cpu, bytes] : members) {
    header.U32(cpu).U32(0).U32(static_cast<std::uint32_t>(header_size + body.size()));
    header.U32(static_cast<std::uint32_t>(bytes.size())).U32(0);
    body.Bytes(bytes);
  }
  return header.Bytes(body.bytes()).Take();
}

}  // namespace cairn::testing
