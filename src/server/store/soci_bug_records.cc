#include "server/store/soci_bug_records.h"

#include <algorithm>

#include "server/store/soci_store.h"

namespace cairn::store {
namespace {

using base::Code;
using base::Error;

bool IsTextOf(std::string_view text, std::size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max && text.find('\0') == std::string_view::npos;
}

base::Status CheckLink(const std::string& signature, const BugId& id) {
  if (!IsTextOf(signature, kMaxLinkedSignatureBytes)) return Error{Code::kBadValue, 0, "signature"};
  if (!IsTextOf(id.bug, kMaxBugIdBytes)) return Error{Code::kBadValue, 0, "bug"};
  if (!IsTextOf(id.tracker, kMaxDirectoryTextLength)) return Error{Code::kBadValue, 0, "tracker"};
  return {};
}

std::string CutAt(std::string text) {
  text.resize(std::min(text.find('\0'), text.size()));
  if (text.size() <= kMaxBugTextBytes) return text;
  std::size_t size = kMaxBugTextBytes;
  // Not in the middle of a character: its further bytes are 10xxxxxx.
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  text.resize(size);
  return text;
}

}  // namespace

base::Status SociBugRecords::LinkBug(const std::string& signature, const BugId& id) {
  RETURN_IF_ERROR(CheckLink(signature, id));
  return WithoutThrowing("link bug", [&]() -> base::Status {
    const long long now_ms = state_.clock();
    long long linked = 0;
    const std::lock_guard lock(state_.mutex);
    soci::transaction transaction(state_.session);
    state_.session << "INSERT INTO bug_links (signature, tracker, bug, created_ms) VALUES (:signature, "
                      ":tracker, :bug, :now) ON CONFLICT (signature, tracker, bug) DO NOTHING",
        soci::use(signature), soci::use(id.tracker), soci::use(id.bug), soci::use(now_ms);
    state_.session << "SELECT count(*) FROM bug_links WHERE signature = :signature", soci::use(signature),
        soci::into(linked);
    if (linked > static_cast<long long>(kMaxBugsOfSignature))
      return Error{Code::kLimitExceeded, kMaxBugsOfSignature, "bugs of a signature"};
    state_.session << "INSERT INTO bug_states (tracker, bug, status, resolution, summary, asked_ms) VALUES "
                      "(:tracker, :bug, '', '', '', 0) ON CONFLICT (tracker, bug) DO NOTHING",
        soci::use(id.tracker), soci::use(id.bug);
    transaction.commit();
    return {};
  });
}

base::Status SociBugRecords::UnlinkBug(const std::string& signature, const BugId& id) {
  RETURN_IF_ERROR(CheckLink(signature, id));
  return WithoutThrowing("unlink bug", [&]() -> base::Status {
    long long found = 0;
    const std::lock_guard lock(state_.mutex);
    soci::transaction transaction(state_.session);
    state_.session << "SELECT count(*) FROM bug_links WHERE signature = :signature AND tracker = :tracker "
                      "AND bug = :bug",
        soci::use(signature), soci::use(id.tracker), soci::use(id.bug), soci::into(found);
    if (found == 0) return Error{Code::kNotFound, 0, "bug of the signature"};
    state_.session
        << "DELETE FROM bug_links WHERE signature = :signature AND tracker = :tracker AND bug = :bug",
        soci::use(signature), soci::use(id.tracker), soci::use(id.bug);
    state_.session << "DELETE FROM bug_states WHERE tracker = :tracker AND bug = :bug AND NOT EXISTS (SELECT "
                      "1 FROM bug_links WHERE bug_links.tracker = bug_states.tracker AND bug_links.bug = "
                      "bug_states.bug)",
        soci::use(id.tracker), soci::use(id.bug);
    transaction.commit();
    return {};
  });
}

base::Result<std::vector<BugLink>> SociBugRecords::LinksBy(const std::string& column,
                                                           std::span<const std::string> values) const {
  return WithoutThrowing("list bugs", [&]() -> base::Result<std::vector<BugLink>> {
    const std::string select =
        "SELECT signature, bug_links.tracker, bug_links.bug, coalesce(status, ''), coalesce(resolution, ''), "
        "coalesce(summary, '') FROM bug_links LEFT JOIN bug_states ON bug_states.tracker = bug_links.tracker "
        "AND bug_states.bug = bug_links.bug WHERE bug_links." +
        column + " = :value ORDER BY bug_links.id";
    std::vector<BugLink> links;
    const std::lock_guard lock(state_.mutex);
    for (const std::string& value : values) {
      if (!IsTextOf(value, kMaxLinkedSignatureBytes)) continue;  // Nothing is linked by such a text.
      const soci::rowset<soci::row> rows = (state_.session.prepare << select, soci::use(value));
      for (const soci::row& row : rows) {
        links.push_back({row.get<std::string>(0),
                         {row.get<std::string>(1), row.get<std::string>(2)},
                         {row.get<std::string>(3), row.get<std::string>(4), row.get<std::string>(5)}});
      }
    }
    return links;
  });
}

base::Result<std::vector<BugLink>> SociBugRecords::BugsOf(std::span<const std::string> signatures) const {
  return LinksBy("signature", signatures);
}

base::Result<std::vector<BugLink>> SociBugRecords::SignaturesOf(std::span<const std::string> bugs) const {
  return LinksBy("bug", bugs);
}

base::Result<std::vector<BugId>> SociBugRecords::FindStale(const std::string& tracker, std::int64_t before_ms,
                                                           std::size_t bugs_max) const {
  return WithoutThrowing("list bugs", [&]() -> base::Result<std::vector<BugId>> {
    const long long before = before_ms;
    const long long count = static_cast<long long>(std::min<std::size_t>(bugs_max, 10'000));
    std::vector<BugId> bugs;
    const std::lock_guard lock(state_.mutex);
    const soci::rowset<soci::row> rows =
        (state_.session.prepare << "SELECT bug FROM bug_states WHERE tracker = :tracker AND asked_ms < "
                                   ":before ORDER BY asked_ms, bug LIMIT :count",
         soci::use(tracker), soci::use(before), soci::use(count));
    for (const soci::row& row : rows) bugs.push_back({tracker, row.get<std::string>(0)});
    return bugs;
  });
}

base::Status SociBugRecords::NoteStates(std::span<const std::pair<BugId, std::optional<BugState>>> states) {
  return WithoutThrowing("note bugs", [&]() -> base::Status {
    const long long now_ms = state_.clock();
    const std::lock_guard lock(state_.mutex);
    soci::transaction transaction(state_.session);
    for (const auto& [id, state] : states) {
      state_.session << "UPDATE bug_states SET asked_ms = :now WHERE tracker = :tracker AND bug = :bug",
          soci::use(now_ms), soci::use(id.tracker), soci::use(id.bug);
      if (!state) continue;
      const std::string status = CutAt(state->status);
      const std::string resolution = CutAt(state->resolution);
      const std::string summary = CutAt(state->summary);
      state_.session << "UPDATE bug_states SET status = :status, resolution = :resolution, summary = "
                        ":summary WHERE tracker = :tracker AND bug = :bug",
          soci::use(status), soci::use(resolution), soci::use(summary), soci::use(id.tracker),
          soci::use(id.bug);
    }
    transaction.commit();
    return {};
  });
}

}  // namespace cairn::store
