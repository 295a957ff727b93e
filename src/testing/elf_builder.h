// ElfBuilder puts a little-endian ELF file together, byte by byte as the System V gABI draws it.
//
// Sections that a process maps lie at their address in the file, and one PT_LOAD from address 0 covers them;
// the others follow.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "testing/byte_sink.h"

namespace cairn::testing {

class ElfBuilder {
 public:
  static constexpr std::uint32_t kProgramBits = 1;  // sh_type
  static constexpr std::uint64_t kAllocated = 2;    // sh_flags
  static constexpr std::uint64_t kExecutable = 4;
  static constexpr std::uint64_t kCompressed = 0x800;

  bool wide = true;            // 64 bits; else 32.
  std::uint16_t machine = 62;  // x86-64

  // Mapped sections are added first, by ascending addresses from 0x1000 on.
  ElfBuilder& Section(std::string name, std::uint32_t type, std::uint64_t flags, std::uint64_t address,
                      std::vector<std::byte> bytes) {
    sections_.push_back({std::move(name), type, flags, address, std::move(bytes)});
    return *this;
  }
  // A program header beside that of the mapped sections.
  ElfBuilder& Segment(std::uint32_t type, std::uint64_t address, std::uint64_t size) {
    segments_.push_back({type, address, size});
    return *this;
  }

  std::vector<std::byte> Build() const {
    ByteSink body;  // Everything behind the first page, which holds the headers.
    std::vector<Placed> placed;
    std::string names(1, '\0');
    std::uint64_t mapped_end = kFirstPage;
    for (const SectionSpec& section : sections_) {
      const bool is_mapped = (section.flags & kAllocated) != 0;
      if (is_mapped) body.Zeros(static_cast<std::size_t>(section.address - kFirstPage - body.size()));
      placed.push_back({names.size(), kFirstPage + body.size()});
      names += section.name + '\0';
      body.Bytes(section.bytes);
      if (is_mapped) mapped_end = kFirstPage + body.size();
    }
    const std::uint64_t names_name = names.size();
    names += std::string(".shstrtab") + '\0';
    const std::uint64_t names_offset = kFirstPage + body.size();
    body.Text(names);
    const std::uint64_t table_offset = kFirstPage + body.size();

    ByteSink file;
    AppendHeader(file, table_offset);
    AppendSegment(file, {1, 0, mapped_end});
    for (const SegmentSpec& segment : segments_) AppendSegment(file, segment);
    file.Zeros(static_cast<std::size_t>(kFirstPage - file.size())).Bytes(body.bytes());
    AppendSection(file, {}, {0, 0});
    for (std::size_t i = 0; i < sections_.size(); ++i) AppendSection(file, sections_[i], placed[i]);
    SectionSpec strings{"", 3, 0, 0, std::vector<std::byte>(names.size())};
    AppendSection(file, strings, {names_name, names_offset});
    return file.Take();
  }

 private:
  static constexpr std::uint64_t kFirstPage = 0x1000;

  struct SectionSpec {
    std::string name;
    std::uint32_t type = 0;
    std::uint64_t flags = 0;
    std::uint64_t address = 0;
    std::vector<std::byte> bytes;
  };
  struct SegmentSpec {
    std::uint32_t type = 0;
    std::uint64_t address = 0;
    std::uint64_t size = 0;
  };
  struct Placed {
    std::uint64_t name = 0;
    std::uint64_t offset = 0;
  };

  void Word(ByteSink& file, std::uint64_t value) const {
    if (wide) {
      file.U64(value);
    } else {
      file.U32(static_cast<std::uint32_t>(value));
    }
  }

  void AppendHeader(ByteSink& file, std::uint64_t table_offset) const {
    file.Text("\x7f").Text("ELF").U8(wide ? 2 : 1).U8(1).U8(1).Zeros(9);
    file.U16(3).U16(machine).U32(1);
    Word(file, 0);
    Word(file, wide ? 64 : 52);
    Word(file, table_offset);
    file.U32(0).U16(wide ? 64 : 52).U16(wide ? 56 : 32).U16(static_cast<std::uint16_t>(segments_.size() + 1));
    const auto count = static_cast<std::uint16_t>(sections_.size() + 2);
    file.U16(wide ? 64 : 40).U16(count).U16(static_cast<std::uint16_t>(count - 1));
  }

  void AppendSegment(ByteSink& file, const SegmentSpec& segment) const {
    constexpr std::uint32_t kReadAndExecute = 5;
    file.U32(segment.type);
    if (wide) file.U32(kReadAndExecute);
    for (const std::uint64_t word : {segment.address, segment.address, segment.address}) Word(file, word);
    for (const std::uint64_t word : {segment.size, segment.size}) Word(file, word);
    if (!wide) file.U32(kReadAndExecute);
    Word(file, kFirstPage);
  }

  void AppendSection(ByteSink& file, const SectionSpec& section, const Placed& placed) const {
    file.U32(static_cast<std::uint32_t>(placed.name)).U32(section.type);
    Word(file, section.flags);
    Word(file, section.address);
    Word(file, placed.offset);
    Word(file, section.bytes.size());
    file.U32(0).U32(0);
    Word(file, 1);
    Word(file, 0);
  }

  std::vector<SectionSpec> sections_;
  std::vector<SegmentSpec> segments_;
};

}  // namespace cairn::testing
