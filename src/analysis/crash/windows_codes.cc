#include "analysis/crash/windows_codes.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include "base/hex.h"

namespace cairn::crash {
namespace {

#include "analysis/crash/windows_codes.inc"

// One kind of number: `names` holds the names one behind the other, each ended by a zero.
struct Table {
  std::span<const std::uint32_t> codes;  // Sorted.
  std::span<const std::uint16_t> starts;
  std::string_view names;
};

constexpr Table kFacilities{kFacilityCodes, kFacilityStarts, {kFacilityNames, sizeof(kFacilityNames)}};
constexpr Table kFastFails{kFastFailCodes, kFastFailStarts, {kFastFailNames, sizeof(kFastFailNames)}};
constexpr Table kHresults{kHresultCodes, kHresultStarts, {kHresultNames, sizeof(kHresultNames)}};
constexpr Table kNtStatuses{kNtStatusCodes, kNtStatusStarts, {kNtStatusNames, sizeof(kNtStatusNames)}};
constexpr Table kWin32Errors{kWin32Codes, kWin32Starts, {kWin32Names, sizeof(kWin32Names)}};

std::string_view Find(const Table& table, std::uint32_t code) {
  const auto found = std::lower_bound(table.codes.begin(), table.codes.end(), code);
  if (found == table.codes.end() || *found != code) return {};
  const std::size_t start = table.starts[static_cast<std::size_t>(found - table.codes.begin())];
  return table.names.substr(start, table.names.find('\0', start) - start);
}

// The facilities whose lower 16 bits are a Win32 error: HRESULT_FROM_WIN32 of winerror.h, and the compiler's
// helper for delay-loaded libraries (delayimp.h). Elsewhere those bits are numbers of the facility's own,
// where rust-minidump names the Win32 error that has the same number by chance.
constexpr std::uint32_t kFacilityWin32 = 7;
constexpr std::uint32_t kFacilityVisualCpp = 0x6d;

constexpr std::uint32_t FacilityOf(std::uint32_t code) { return code >> 16 & 0xfff; }

std::string FacilityErrorName(std::uint32_t code) {
  const std::uint32_t facility = FacilityOf(code);
  if (facility != kFacilityWin32 && facility != kFacilityVisualCpp) return {};
  const std::string_view error = Find(kWin32Errors, code & 0xffff);
  if (error.empty()) return {};
  return std::string(Find(kFacilities, facility)).append(" / ").append(error);
}

// An HRESULT that failed and of which only the part of the system is known: "FACILITY_ITF / 0x00001234".
std::string FacilityName(std::uint32_t code) {
  constexpr std::uint32_t kFailed = 8;  // The upper four bits: failed, and made by Microsoft.
  if (code >> 28 != kFailed || FacilityOf(code) == 0) return {};
  const std::string_view facility = Find(kFacilities, FacilityOf(code));
  if (facility.empty()) return {};
  return std::string(facility).append(" / ").append(base::ToAddress(code & 0xffff, 8));
}

}  // namespace

std::string_view NtStatusName(std::uint32_t code) { return Find(kNtStatuses, code); }
std::string_view HresultName(std::uint32_t code) { return Find(kHresults, code); }
std::string_view FastFailName(std::uint32_t code) { return Find(kFastFails, code); }

std::string SeverityCodeName(std::uint32_t code) {
  if (code >> 28 == 0) return {};
  if (const std::string_view name = NtStatusName(code); !name.empty()) return std::string(name);
  if (std::string name = FacilityErrorName(code); !name.empty()) return name;
  if (const std::string_view name = HresultName(code); !name.empty()) return std::string(name);
  return FacilityName(code);
}

std::string_view RpcStatusName(std::uint32_t code) {
  const std::string_view name = Find(kWin32Errors, code);
  return name.starts_with("RPC_") || name.starts_with("EPT_") ? name : std::string_view();
}

std::string Win32ErrorName(std::uint32_t code) {
  if (const std::string_view name = Find(kWin32Errors, code); !name.empty()) return std::string(name);
  // Some functions leave an NTSTATUS: 0x102, STATUS_TIMEOUT, of a wait is the usual one.
  if (const std::string_view name = NtStatusName(code); !name.empty()) return std::string(name);
  if (std::string name = SeverityCodeName(code); !name.empty()) return name;
  return "unknown " + base::ToAddress(code, 8);
}

}  // namespace cairn::crash
