#include "server/api/pci_names.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace cairn::api {
namespace {

constexpr std::size_t kIdDigits = 4;

// Takes a line, without its end, off the front.
std::string_view TakeLine(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

struct Entry {
  std::uint16_t id = 0;
  std::string_view name;
};

// "10de  NVIDIA Corporation".
std::optional<Entry> ReadEntry(std::string_view line) {
  if (line.size() < kIdDigits + 2 || line.substr(kIdDigits, 2) != "  ") return std::nullopt;
  const std::optional<std::uint16_t> id = ParsePciId(line.substr(0, kIdDigits));
  if (!id) return std::nullopt;
  std::string_view name = line.substr(kIdDigits);
  name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
  if (name.ends_with('\r')) name.remove_suffix(1);
  return Entry{*id, name};
}

}  // namespace

std::optional<std::uint16_t> ParsePciId(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  std::uint16_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id, 16);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return id;
}

PciNames::PciNames(std::string text) : text_(std::move(text)) {
  std::string_view rest = text_;
  while (!rest.empty()) {
    const std::size_t at = text_.size() - rest.size();
    const std::string_view line = TakeLine(rest);
    const std::size_t behind = text_.size() - rest.size();
    if (line.starts_with("C ")) break;
    if (const std::optional<Entry> vendor = ReadEntry(line)) {
      vendors_.push_back({.id = vendor->id, .begin = at, .end = behind});
    } else if (line.starts_with('\t') && !vendors_.empty()) {
      vendors_.back().end = behind;
    }
  }
  std::ranges::stable_sort(vendors_, {}, &Vendor::id);
}

const PciNames::Vendor* PciNames::Find(std::uint16_t vendor) const {
  const auto found = std::ranges::lower_bound(vendors_, vendor, {}, &Vendor::id);
  return found == vendors_.end() || found->id != vendor ? nullptr : &*found;
}

std::string_view PciNames::VendorName(std::uint16_t vendor) const {
  const Vendor* const found = Find(vendor);
  if (found == nullptr) return {};
  std::string_view lines = std::string_view(text_).substr(found->begin, found->end - found->begin);
  const std::optional<Entry> entry = ReadEntry(TakeLine(lines));
  return entry ? entry->name : std::string_view();
}

std::string_view PciNames::DeviceName(std::uint16_t vendor, std::uint16_t device) const {
  const Vendor* const found = Find(vendor);
  if (found == nullptr) return {};
  std::string_view lines = std::string_view(text_).substr(found->begin, found->end - found->begin);
  TakeLine(lines);
  while (!lines.empty()) {
    const std::string_view line = TakeLine(lines);
    if (!line.starts_with('\t')) continue;
    const std::optional<Entry> entry = ReadEntry(line.substr(1));
    if (entry && entry->id == device) return entry->name;
  }
  return {};
}

}  // namespace cairn::api
