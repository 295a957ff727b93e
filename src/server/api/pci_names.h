// Names of PCI vendors and devices, such as graphics adapters, by the numbers that crashes have of them.
//
// They come from the list that Debian's package pci.ids has, in its own format: a vendor is a line "10de
// NVIDIA Corporation", and each of its devices a line below it that begins with a tab: "\t1c03  GP106
// [GeForce GTX 1060 6GB]". Lines with two tabs are boards, those with "#" comments; behind the vendors come
// classes, which begin with "C". What is no such line is passed over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::api {

class PciNames {
 public:
  // Knows nothing.
  PciNames() = default;
  explicit PciNames(std::string text);

  // Empty: it has none. What comes back is this object's.
  std::string_view VendorName(std::uint16_t vendor) const;
  std::string_view DeviceName(std::uint16_t vendor, std::uint16_t device) const;

 private:
  struct Vendor {
    std::uint16_t id = 0;
    std::size_t begin = 0;  // Of its line in `text_`.
    std::size_t end = 0;    // Behind its last device.
  };
  const Vendor* Find(std::uint16_t vendor) const;

  std::string text_;
  std::vector<Vendor> vendors_;  // By id.
};

// "0x10de", "10DE". Nothing if it is none of a vendor or device.
std::optional<std::uint16_t> ParsePciId(std::string_view text);

}  // namespace cairn::api
