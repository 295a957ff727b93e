// Wraps bytes as gzip and cabinet files do, without making them smaller.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace cairn::testing {

// `value` in `size` bytes, the lowest first; more than it has are zero.
inline std::string Number(std::uint64_t value, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < std::min(size, sizeof(value)); ++i) {
    bytes[i] = static_cast<char>(value >> (8 * i) & 0xff);
  }
  return bytes;
}

// A member of RFC 1952 whose data are stored blocks of RFC 1951.
inline std::string GzipOf(std::string_view text) {
  constexpr std::size_t kBlock = 0xffff;
  std::uint32_t crc = 0xffffffff;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (0xedb88320 & (0 - (crc & 1)));
  }
  std::string file("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
  for (std::size_t i = 0; i == 0 || i < text.size(); i += kBlock) {
    const std::string_view block = text.substr(i, kBlock);
    file.push_back(i + kBlock >= text.size() ? 1 : 0);
    file.append(Number(block.size(), 2)).append(Number(~block.size(), 2)).append(block);
  }
  return file.append(Number(~crc, 4)).append(Number(text.size(), 4));
}

// One folder of [MS-CAB], one CFFILE for each of `files` names, all of which are the same `text`. `blocks`
// are CFDATA entries, `method` how they are packed.
inline std::string CabinetWith(std::string_view blocks, std::size_t block_count, std::uint16_t method,
                               std::size_t text_bytes, std::size_t files = 1) {
  constexpr std::size_t kHeader = 36;
  constexpr std::size_t kFolder = 8;
  std::string entries;
  for (std::size_t i = 0; i < files; ++i) {
    entries.append(Number(text_bytes, 4)).append(Number(0, 12)).append("a.sym").append(1, '\0');
  }
  const std::size_t data = kHeader + kFolder + entries.size();
  std::string file = "MSCF";
  file.append(Number(0, 4)).append(Number(data + blocks.size(), 4)).append(Number(0, 4));
  file.append(Number(kHeader + kFolder, 4)).append(Number(0, 4));
  file.append(Number(0x0103, 2)).append(Number(1, 2)).append(Number(files, 2)).append(Number(0, 6));
  file.append(Number(data, 4)).append(Number(block_count, 2)).append(Number(method, 2));
  return file.append(entries).append(blocks);
}

// A CFDATA entry without checksum.
inline std::string CabinetBlock(std::string_view packed, std::size_t unpacked_bytes) {
  return Number(0, 4).append(Number(packed.size(), 2)).append(Number(unpacked_bytes, 2)).append(packed);
}

inline std::string CabinetOf(std::string_view text, std::size_t files = 1) {
  constexpr std::size_t kBlock = 0x8000;
  std::string blocks;
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); i += kBlock, ++count) {
    const std::string_view block = text.substr(i, kBlock);
    blocks += CabinetBlock(block, block.size());
  }
  return CabinetWith(blocks, count, 0, text.size(), files);
}

}  // namespace cairn::testing
