#include "server/symbols/zip_archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <memory>

namespace cairn::symbols {
namespace {

using base::Code;
using base::Error;

struct CloseArchive {
  void operator()(archive* open) const { archive_read_free(open); }
};
using Archive = std::unique_ptr<archive, CloseArchive>;

// Passes on the content of the current member. Sizes are counted as they come: what the headers claim is not
// believed.
base::Status ReadMember(archive* zip, std::uint64_t allowed_total, std::uint64_t& total,
                        const ZipVisitor& visitor) {
  std::uint64_t member = 0;
  for (;;) {
    const void* piece = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int result = archive_read_data_block(zip, &piece, &size, &offset);
    if (result == ARCHIVE_EOF) return {};
    // A warning here is a checksum that does not match.
    if (result != ARCHIVE_OK) return Error{Code::kBadValue, total, "zip: content of a member"};
    member += size;
    total += size;
    if (member > kMaxMemberBytes) return Error{Code::kLimitExceeded, total, "zip: inflated size of a member"};
    if (total > allowed_total) return Error{Code::kLimitExceeded, total, "zip: inflated size"};
    RETURN_IF_ERROR(visitor.data(base::Bytes(static_cast<const std::byte*>(piece), size)));
  }
}

}  // namespace

base::Status VisitZip(base::Bytes zip, const ZipVisitor& visitor) {
  const Archive open(archive_read_new());
  archive_read_support_format_zip(open.get());
  if (archive_read_open_memory(open.get(), zip.data(), zip.size()) != ARCHIVE_OK) {
    return Error{Code::kBadMagic, 0, "zip"};
  }
  const std::uint64_t allowed_total =
      std::min(kMaxInflatedBytes, std::max<std::uint64_t>(kZipRatioFloorBytes, zip.size() * kMaxZipRatio));
  std::uint64_t total = 0;
  for (std::size_t members = 0;; ++members) {
    archive_entry* entry = nullptr;
    const int result = archive_read_next_header(open.get(), &entry);
    if (result == ARCHIVE_EOF) {
      // libarchive takes bytes without any member for an empty archive.
      return members == 0 ? base::Status(Error{Code::kBadMagic, 0, "zip: it has no members"})
                          : base::Status();
    }
    if (result < ARCHIVE_WARN)
      return Error{members == 0 ? Code::kBadMagic : Code::kBadValue, total, "zip: header"};
    if (members == kMaxMembers) return Error{Code::kLimitExceeded, members, "zip: number of members"};
    if (archive_entry_filetype(entry) == AE_IFDIR) continue;
    if (archive_entry_filetype(entry) != AE_IFREG)
      return Error{Code::kBadValue, members, "zip: a member is no file"};
    const char* const name = archive_entry_pathname(entry);
    ASSIGN_OR_RETURN(
        const bool wanted,
        visitor.begin({name == nullptr ? "" : name,
                       static_cast<std::uint64_t>(std::max<la_int64_t>(0, archive_entry_size(entry)))}));
    if (!wanted) continue;
    RETURN_IF_ERROR(ReadMember(open.get(), allowed_total, total, visitor));
    RETURN_IF_ERROR(visitor.end());
  }
}

}  // namespace cairn::symbols
