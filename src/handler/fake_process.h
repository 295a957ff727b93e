// A crashed process made of memory blocks, for tests.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "handler/crashed_process.h"

namespace cairn::handler {

class FakeProcess final : public CrashedProcess {
 public:
  void Put(std::uint64_t address, base::Bytes bytes) { blocks_[address].assign(bytes.begin(), bytes.end()); }
  void PutText(std::uint64_t address, std::string_view text) { Put(address, base::AsBytes(text)); }
  template <typename... Numbers>
  void PutNumbers(std::uint64_t address, Numbers... numbers) {
    std::vector<std::byte> bytes;
    const auto append = [&bytes](auto number) {
      const auto raw = std::as_bytes(std::span(&number, 1));
      bytes.insert(bytes.end(), raw.begin(), raw.end());
    };
    (append(numbers), ...);
    Put(address, bytes);
  }
  void SetMaps(std::string maps) { maps_ = std::move(maps); }
  void SetStat(std::string stat) { stat_ = std::move(stat); }

  std::size_t Read(model::ProcessAddress address, std::span<std::byte> into) const override {
    for (const auto& [start, bytes] : blocks_) {
      if (address.value < start || address.value >= start + bytes.size()) continue;
      const base::Bytes rest = base::Bytes(bytes).subspan(address.value - start);
      const std::size_t size = std::min(rest.size(), into.size());
      std::copy_n(rest.begin(), size, into.begin());
      return size;
    }
    return 0;
  }
  base::Result<std::string> ReadFile(wire::ProcessFile file) const override {
    return file == wire::ProcessFile::kMaps ? maps_ : stat_;
  }

 private:
  std::map<std::uint64_t, std::vector<std::byte>> blocks_;
  std::string maps_;
  std::string stat_;
};

}  // namespace cairn::handler
