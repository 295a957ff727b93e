// The BugRecords of SociDirectory.
#pragma once

#include "server/store/bug_records.h"
#include "server/store/soci_directory.h"

namespace cairn::store {

class SociBugRecords final : public BugRecords {
 public:
  // Borrows the directory's state.
  explicit SociBugRecords(SociDirectory::State& state) : state_(state) {}

  base::Status LinkBug(const std::string& signature, const BugId& id) override;
  base::Status UnlinkBug(const std::string& signature, const BugId& id) override;
  base::Result<std::vector<BugLink>> BugsOf(std::span<const std::string> signatures) const override;
  base::Result<std::vector<BugLink>> SignaturesOf(std::span<const std::string> bugs) const override;
  base::Result<std::vector<BugId>> FindStale(const std::string& tracker, std::int64_t before_ms,
                                             std::size_t bugs_max) const override;
  base::Status NoteStates(std::span<const std::pair<BugId, std::optional<BugState>>> states) override;

 private:
  base::Result<std::vector<BugLink>> LinksBy(const std::string& column,
                                             std::span<const std::string> values) const;

  SociDirectory::State& state_;
};

}  // namespace cairn::store
