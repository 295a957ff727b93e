// What the parts of SociDirectory share: the session with its lock, and SOCI's ways turned into ours.
#pragma once

#include <soci/soci.h>

#include <cerrno>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/store/directory.h"
#include "server/store/soci_directory.h"

namespace cairn::store {

struct SociDirectory::State {
  Clock clock;
  std::mutex mutex;  // Guards session: SOCI's sessions are for one thread at a time.
  soci::session session;
  std::string path;
};

// Runs `work`, which uses SOCI, and turns what it throws into an Error.
template <typename Work>
auto WithoutThrowing(std::string_view what, const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::exception&) {
    return base::Error{base::Code::kIo, EIO, what};
  }
}

// A NUL would end the text early in the engine.
inline bool IsValidText(std::string_view text) {
  return text.size() <= kMaxDirectoryTextLength && text.find('\0') == std::string_view::npos;
}

// Times and numbers that may be missing are kept as 0: SOCI's optional values differ between versions.
inline std::optional<std::int64_t> NumberOrNothing(std::int64_t number) {
  return number == 0 ? std::nullopt : std::optional(number);
}

// Numbers are selected as text: the back ends give different types to the same column.
inline std::int64_t NumberAt(const soci::row& row, std::size_t column) {
  return std::stoll(row.get<std::string>(column));
}

// Names that this version does not know grant nothing.
PermissionSet KnownPermissions(const std::string& text);

// Grants as a column has them: a product a line, a tab between its name and the permissions.
std::string GrantsToColumn(const Grants& grants);
Grants GrantsOfColumn(const std::string& text);

// 256 random bits as hexadecimal text: what cannot be guessed, so that a fast hash of it is enough.
inline constexpr std::size_t kSecretBytes = 32;
inline constexpr std::size_t kSecretLength = 2 * kSecretBytes;
std::string MakeSecret();
// Hexadecimal, of 256 bits.
std::string HashOfSecret(std::string_view text);

}  // namespace cairn::store
