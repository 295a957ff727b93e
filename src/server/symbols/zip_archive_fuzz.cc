#include <cstddef>
#include <cstdint>
#include <span>

#include "server/symbols/zip_archive.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cairn::symbols::ZipVisitor visitor;
  visitor.begin = [](const cairn::symbols::ZipMember&) { return cairn::base::Result<bool>(true); };
  visitor.data = [](cairn::base::Bytes) { return cairn::base::Status(); };
  visitor.end = [] { return cairn::base::Status(); };
  (void)cairn::symbols::VisitZip(std::as_bytes(std::span(data, size)), visitor).has_value();
  return 0;
}
