// What a caller may do beyond what anybody may. Default deny: whoever brings no token has only the
// permissions that the configuration gives to anonymous callers, by default none.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn::store {

enum class Permission : std::uint8_t {
  kUploadSymbols,     // Send symbol files.
  kUploadTrySymbols,  // Send symbol files of try builds, which are kept apart and for less time.
  kViewPings,         // See single crash pings, their document ids, and counts of fewer than 10 clients.
  kViewPii,           // See annotations and fields that are not public.
  kViewRawDump,       // Fetch minidumps, and crashes as they were submitted.
  kRunCustomQueries,  // Ask in the engine's own language, of public columns.
  kRunLongQueries,    // Search longer than anybody may.
  kReprocessCrashes,  // Ask for crashes to be processed again.
  kAdminister,        // Users, tokens, products.
  kAssignIds,    // Send reports under crash ids of one's own choice, as a collector that passes them on does.
  kViewMetrics,  // Read what the server counts of its own work.
  kPurgeCrashes,        // Have every trace of crashes removed.
  kViewAllUploads,      // See the uploads of symbols of others, too.
  kEditBugs,            // Say which bugs are about which signatures.
  kViewClosedProducts,  // See products whose crashes are not for everybody. Who administers may.
};

// What fewer clients have, or did, is told only to who may view pings.
inline constexpr std::uint64_t kFewestClients = 10;

struct PermissionName {
  Permission permission;
  std::string_view name;  // In configuration, tokens and error texts.
};

// Those that Crash Stats and Tecken have keep their names, so that their users' habits and scripts do as
// well.
inline constexpr std::array<PermissionName, 15> kPermissionNames = {{
    {Permission::kUploadSymbols, "upload_symbols"},
    {Permission::kUploadTrySymbols, "upload_try_symbols"},
    {Permission::kViewPings, "view_pings"},
    {Permission::kViewPii, "view_pii"},
    {Permission::kViewRawDump, "view_rawdump"},
    {Permission::kRunCustomQueries, "run_custom_queries"},
    {Permission::kRunLongQueries, "run_long_queries"},
    {Permission::kReprocessCrashes, "reprocess_crashes"},
    {Permission::kAdminister, "administer"},
    {Permission::kAssignIds, "assign_crash_ids"},
    {Permission::kViewMetrics, "view_metrics"},
    {Permission::kPurgeCrashes, "purge_crashes"},
    {Permission::kViewAllUploads, "view_all_uploads"},
    {Permission::kEditBugs, "edit_bugs"},
    {Permission::kViewClosedProducts, "view_closed_products"},
}};

// Names that stand in older files and mean one of the above.
inline constexpr std::array<PermissionName, 3> kFormerPermissionNames = {{
    {Permission::kViewPii, "view_protected"},
    {Permission::kViewRawDump, "view_dumps"},
    {Permission::kReprocessCrashes, "reprocess"},
}};

constexpr std::string_view NameOf(Permission permission) {
  for (const PermissionName& row : kPermissionNames) {
    if (row.permission == permission) return row.name;
  }
  return {};
}

class PermissionSet {
 public:
  constexpr PermissionSet() = default;
  constexpr PermissionSet(std::initializer_list<Permission> permissions) {
    for (const Permission permission : permissions) Add(permission);
  }

  // "upload_symbols,view_pings"; blanks around names are skipped, an empty text is the empty set. Former
  // names are taken as well.
  static base::Result<PermissionSet> Parse(std::string_view comma_separated_names);

  constexpr bool Has(Permission permission) const { return (bits_ & Bit(permission)) != 0; }
  constexpr void Add(Permission permission) { bits_ |= Bit(permission); }
  constexpr void AddAll(PermissionSet other) { bits_ |= other.bits_; }
  constexpr void Remove(Permission permission) { bits_ &= ~Bit(permission); }
  // With what these bring along: who administers sees every product.
  constexpr PermissionSet WithImplied() const {
    PermissionSet all = *this;
    if (Has(Permission::kAdminister)) all.Add(Permission::kViewClosedProducts);
    return all;
  }
  // What is in both.
  constexpr PermissionSet And(PermissionSet other) const {
    PermissionSet both;
    both.bits_ = bits_ & other.bits_;
    return both;
  }
  constexpr bool empty() const { return bits_ == 0; }

  // The names, comma-separated, in the order of kPermissionNames.
  std::string ToText() const;

  friend constexpr bool operator==(PermissionSet, PermissionSet) = default;

 private:
  static constexpr std::uint32_t Bit(Permission permission) {
    return std::uint32_t{1} << static_cast<std::uint8_t>(permission);
  }

  std::uint32_t bits_ = 0;
};

// What may be given for single products; the others are about the server as a whole.
inline constexpr PermissionSet kProductPermissions = {Permission::kViewClosedProducts, Permission::kViewPings,
                                                      Permission::kViewPii, Permission::kViewRawDump,
                                                      Permission::kReprocessCrashes};

// What somebody may do with single products, by their names, beside what holds for all of them. Whoever has
// anything here for a product sees its crashes, though they are closed to others.
using Grants = std::map<std::string, PermissionSet, std::less<>>;

inline constexpr std::size_t kMaxGrants = 500;  // Of a user or a token.

// kBadValue for what is none of kProductPermissions, a product without a name, with one that is too long or
// has control characters, and more than kMaxGrants.
base::Status CheckGrants(const Grants& grants);

// "Fenix: view_pii,view_pings; Focus: view_pings"
std::string GrantsInWords(const Grants& grants);

// "view_pings; Fenix: view_pii", for the audit.
std::string RightsInWords(PermissionSet permissions, const Grants& grants);

// With what each brings along: to see the product.
Grants WithImplied(Grants grants);

// What somebody may do with one product who has these.
PermissionSet RightsFor(std::string_view product, PermissionSet permissions, const Grants& grants);

// What a token may do that was made with `token` and belongs to who has `permissions` and `grants`. It brings
// along to see a product only if its user does.
Grants GrantsInForce(const Grants& token, PermissionSet permissions, const Grants& grants);

}  // namespace cairn::store
