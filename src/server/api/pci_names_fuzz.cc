#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "server/api/pci_names.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const cairn::api::PciNames names{
      std::string(static_cast<const char*>(static_cast<const void*>(data)), size)};
  for (const std::uint16_t vendor : std::initializer_list<std::uint16_t>{0x10de, 0, 0xffff}) {
    names.VendorName(vendor);
    names.DeviceName(vendor, 0x1c03);
  }
  return 0;
}
