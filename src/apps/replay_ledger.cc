#include "apps/replay_ledger.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>

namespace cairn::apps {
namespace {

constexpr std::size_t kFlushBytes = 64 << 10;
constexpr std::size_t kMaxLedgerBytes = std::size_t{4} << 30;
constexpr std::size_t kWords = 5;

std::optional<ShotKind> KindOf(std::string_view name) {
  for (std::size_t i = 0; i < kShotKinds; ++i) {
    if (NameOf(static_cast<ShotKind>(i)) == name) return static_cast<ShotKind>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string LedgerEntry::Line() const {
  const std::string_view mark = IsUnknown() ? "unknown" : is_again ? "again" : "first";
  return std::to_string(time_ms) + " " + std::string(NameOf(kind)) + " " + key + " " + answer + " " +
         std::string(mark) + "\n";
}

base::Result<LedgerEntry> ReadLedgerLine(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::string_view rest = line; words.size() < kWords;) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    words.push_back(rest.substr(0, end));
    if (end == rest.size()) break;
    rest.remove_prefix(end + 1);
    if (words.size() == kWords) words.clear();  // A sixth word.
    if (words.empty()) break;
  }
  LedgerEntry entry;
  const auto bad = base::Error{base::Code::kBadValue, 0, "ledger line"};
  if (words.size() != kWords || words[2].empty() || words[3].empty()) return bad;
  const auto [end, error] =
      std::from_chars(words[0].data(), words[0].data() + words[0].size(), entry.time_ms);
  const std::optional<ShotKind> kind = KindOf(words[1]);
  if (error != std::errc() || end != words[0].data() + words[0].size() || !kind) return bad;
  if (words[4] != "first" && words[4] != "again" && words[4] != "unknown") return bad;
  entry.kind = *kind;
  entry.key = std::string(words[2]);
  entry.answer = std::string(words[3]);
  entry.is_again = words[4] == "again";
  if (entry.IsUnknown() != (words[4] == "unknown")) return bad;
  return entry;
}

base::Result<std::vector<LedgerEntry>> ReadLedgerFile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, os::ReadFile(path, kMaxLedgerBytes));
  std::vector<LedgerEntry> entries;
  std::size_t start = 0;
  for (;;) {
    const std::size_t end = text.find('\n', start);
    if (end == std::string::npos) return entries;
    base::Result<LedgerEntry> entry = ReadLedgerLine(std::string_view(text).substr(start, end - start));
    if (!entry) return base::Error{base::Code::kBadValue, start, "ledger line"};
    entries.push_back(*std::move(entry));
    start = end + 1;
  }
}

base::Result<LedgerFile> LedgerFile::Open(const std::string& path) {
  os::FileDescriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!file.valid()) return base::Error{base::Code::kIo, static_cast<std::uint64_t>(errno), "open ledger"};
  return LedgerFile(std::move(file));
}

base::Status LedgerFile::Append(const LedgerEntry& entry) {
  waiting_ += entry.Line();
  return waiting_.size() < kFlushBytes ? base::Status() : Flush();
}

base::Status LedgerFile::Flush() {
  const std::string lines = std::exchange(waiting_, {});
  return os::WriteAll(file_.get(), base::AsBytes(lines));
}

base::Status LedgerFile::Finish() {
  RETURN_IF_ERROR(Flush());
  if (fsync(file_.get()) != 0)
    return base::Error{base::Code::kIo, static_cast<std::uint64_t>(errno), "sync ledger"};
  return {};
}

}  // namespace cairn::apps
