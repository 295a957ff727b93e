// What tests of this folder share: a dump that is open, and the bytes that it borrows.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "formats/minidump/reader.h"
#include "model/diagnostics.h"

namespace cairn::minidump {

// Asserts that `bytes` can be opened.
struct DumpForTest {
  explicit DumpForTest(std::vector<std::byte> file)
      : bytes(std::move(file)), dump(*Minidump::Open(bytes, diagnostics)) {}
  DumpForTest(const DumpForTest&) = delete;
  DumpForTest& operator=(const DumpForTest&) = delete;
  const Minidump& operator*() const { return dump; }

  std::vector<std::byte> bytes;
  model::Diagnostics diagnostics;
  Minidump dump;
};

}  // namespace cairn::minidump
