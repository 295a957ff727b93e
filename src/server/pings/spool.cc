#include "server/pings/spool.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <future>
#include <utility>

#include "os/clock.h"
#include "os/file.h"
#include "os/thread.h"
#include "server/intake/record.h"

namespace cairn::pings {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kSuffix = ".pings";
// In the names of files that Blank had under way when it was killed: os::WriteFileDurably's.
constexpr std::string_view kUnfinished = ".pings.new-";
// Together in one write, so that nobody waits for long behind large ones.
constexpr std::size_t kMaxBatchBytes = 8 << 20;
// A file grows by at most a batch beyond where it is closed.
constexpr std::size_t kMaxSegmentBytes = kSegmentBytes + 2 * kMaxBatchBytes;

std::optional<std::uint64_t> NumberOf(std::string_view name) {
  if (!name.ends_with(kSuffix)) return std::nullopt;
  name.remove_suffix(kSuffix.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size() || number == 0) return std::nullopt;
  return number;
}

// Takes whole records from the front of `bytes`; how many bytes they had.
std::size_t TakeRecords(std::string_view bytes, std::size_t records_max, std::vector<std::string>& records) {
  std::size_t taken = 0;
  while (records.size() < records_max) {
    const std::optional<std::string_view> record = intake::FirstRecord(bytes.substr(taken));
    if (!record) break;
    records.emplace_back(*record);
    taken += intake::kRecordHeadBytes + record->size();
  }
  return taken;
}

}  // namespace

base::Result<std::unique_ptr<Spool>> Spool::Open(const std::string& folder, SpoolPosition done,
                                                 int quiet_ms) {
  RETURN_IF_ERROR(os::MakeDirectories(folder));
  ASSIGN_OR_RETURN(const std::vector<std::string> names, os::ListDirectory(folder));
  std::unique_ptr<Spool> spool(new Spool(folder, quiet_ms));
  for (const std::string& name : names) {
    if (const std::optional<std::uint64_t> number = NumberOf(name)) {
      spool->segments_.insert(*number);
    } else if (name.find(kUnfinished) != std::string::npos) {
      RETURN_IF_ERROR(os::RemoveFile(folder + "/" + name));
    }
  }
  spool->last_ = done.segment;
  if (!spool->segments_.empty()) spool->last_ = std::max(spool->last_, *spool->segments_.rbegin());
  RETURN_IF_ERROR(spool->RemoveBefore(done));
  spool->thread_ = std::thread([&spool = *spool] { spool.Run(); });
  return spool;
}

std::string Spool::PathOf(std::uint64_t segment) const {
  constexpr std::size_t kDigits = 12;
  std::string digits = std::to_string(segment);
  digits.insert(0, kDigits - std::min(kDigits, digits.size()), '0');
  return folder_ + "/" + digits + std::string(kSuffix);
}

Spool::~Spool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Spool::Append(std::string record, Kept kept) {
  if (record.empty() || record.size() > intake::kMaxRecordBytes) {
    kept(Error{Code::kLimitExceeded, intake::kMaxRecordBytes, "spool record"});
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({std::move(record), std::move(kept)});
    if (waiting_.size() > 1 || writing_) return;  // The thread knows.
  }
  changed_.notify_all();
}

base::Status Spool::Append(std::string record) {
  std::promise<base::Status> kept;
  Append(std::move(record), [&kept](base::Status status) { kept.set_value(status); });
  return kept.get_future().get();
}

void Spool::Run() {
  os::NameThread("spool");
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return !waiting_.empty() || stopping_; });
    if (waiting_.empty()) return;
    writing_ = true;
    if (!stopping_) {
      lock.unlock();
      std::this_thread::sleep_for(std::chrono::milliseconds(kGatherMs));
      lock.lock();
    }
    const std::vector<Waiting> batch = TakeBatch();
    lock.unlock();
    const base::Status status = Write(batch);
    lock.lock();
    if (status) durable_bytes_ = file_->size();
    appended_ms_ = os::MonotonicMillis();
    if (!status || durable_bytes_ >= kSegmentBytes) {
      // After a failure nobody knows what of the file is on the disk: whatever comes goes into another one.
      active_ = 0;
      file_.reset();
    }
    writing_ = false;
    changed_.notify_all();
    lock.unlock();
    for (const Waiting& one : batch) one.kept(status);
    lock.lock();
  }
}

// The caller has the lock.
std::vector<Spool::Waiting> Spool::TakeBatch() {
  std::vector<Waiting> batch;
  for (std::size_t bytes = 0; !waiting_.empty() && bytes < kMaxBatchBytes; waiting_.pop_front()) {
    bytes += waiting_.front().record.size();
    batch.push_back(std::move(waiting_.front()));
  }
  return batch;
}

// On the spool's thread, without the lock.
base::Status Spool::Write(const std::vector<Waiting>& batch) {
  if (!file_) RETURN_IF_ERROR(OpenSegment());
  std::vector<std::array<char, intake::kRecordHeadBytes>> heads(batch.size());
  std::vector<base::Bytes> pieces;
  pieces.reserve(2 * batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const std::string_view record = batch[i].record;
    heads[i] = intake::RecordHead(record);
    pieces.push_back(base::AsBytes(std::string_view(heads[i].data(), heads[i].size())));
    pieces.push_back(base::AsBytes(record));
  }
  RETURN_IF_ERROR(file_->Append(pieces));
  return file_->Sync();
}

base::Status Spool::OpenSegment() {
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = ++last_;
  }
  ASSIGN_OR_RETURN(os::AppendFile file, os::AppendFile::Create(PathOf(number)));
  file_ = std::move(file);
  const std::lock_guard lock(mutex_);
  segments_.insert(number);
  active_ = number;
  durable_bytes_ = 0;
  return {};
}

std::optional<std::uint64_t> Spool::SegmentFrom(std::uint64_t segment) const {
  const std::lock_guard lock(mutex_);
  const auto found = segments_.lower_bound(segment);
  return found == segments_.end() ? std::nullopt : std::optional(*found);
}

base::Result<std::optional<Spool::Extent>> Spool::ExtentOf(std::uint64_t segment) const {
  {
    const std::lock_guard lock(mutex_);
    if (!segments_.contains(segment)) return std::optional<Extent>();
    if (segment == active_) return std::optional<Extent>({durable_bytes_, true});
  }
  ASSIGN_OR_RETURN(const os::FileInfo info, os::Inspect(PathOf(segment)));
  return std::optional<Extent>({info.size, false});
}

base::Result<SpoolBatch> Spool::Read(SpoolPosition position, std::size_t records_max,
                                     std::size_t bytes_max) const {
  SpoolBatch batch{.records = {}, .next = position};
  for (;;) {
    const std::optional<std::uint64_t> segment = SegmentFrom(batch.next.segment);
    if (!segment) return batch;
    if (*segment != batch.next.segment) batch.next = {*segment, 0};
    ASSIGN_OR_RETURN(const std::optional<Extent> extent, ExtentOf(*segment));
    if (!extent) continue;
    if (batch.next.offset < extent->bytes) {
      ASSIGN_OR_RETURN(const os::FileDescriptor file, os::OpenForReading(PathOf(*segment)));
      // At least one whole record, whatever its size.
      const std::size_t wanted = std::max(bytes_max, intake::kRecordHeadBytes + intake::kMaxRecordBytes);
      ASSIGN_OR_RETURN(const std::string bytes,
                       os::ReadRange(file.get(), batch.next.offset,
                                     std::min<std::uint64_t>(wanted, extent->bytes - batch.next.offset)));
      batch.next.offset += TakeRecords(bytes, records_max, batch.records);
      if (!batch.records.empty()) return batch;
      // What was answered is whole: bytes that are no record are the end of a write that failed or was
      // killed.
      batch.unreadable_bytes += extent->bytes - batch.next.offset;
    }
    if (extent->is_growing) return batch;
    batch.next = {*segment + 1, 0};
  }
}

base::Result<std::uint64_t> Spool::BytesBehind(SpoolPosition position) const {
  return BytesBehind(folder_, position);
}

base::Result<std::uint64_t> Spool::BytesBehind(const std::string& folder, SpoolPosition position) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, os::ListDirectory(folder));
  std::uint64_t bytes = 0;
  for (const std::string& name : names) {
    const std::optional<std::uint64_t> number = NumberOf(name);
    if (!number || *number < position.segment) continue;
    const base::Result<os::FileInfo> info = os::Inspect(folder + "/" + name);
    if (!info) continue;  // It was read to its end meanwhile.
    const std::uint64_t read = *number == position.segment ? std::min(position.offset, info->size) : 0;
    bytes += info->size - read;
  }
  return bytes;
}

base::Result<SpoolPosition> Spool::CloseSegment() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !writing_; });
  active_ = 0;
  file_.reset();
  return SpoolPosition{last_ + 1, 0};
}

base::Result<bool> Spool::IsRemovedBefore(SpoolPosition position) const {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, os::ListDirectory(folder_));
  return std::ranges::none_of(names, [&](const std::string& name) {
    const std::optional<std::uint64_t> number = NumberOf(name);
    return number && *number < position.segment;
  });
}

base::Status Spool::Blank(const std::function<bool(std::string_view record)>& is_meant) {
  ASSIGN_OR_RETURN([[maybe_unused]] const SpoolPosition end, CloseSegment());
  for (const std::uint64_t segment : segments_) {
    ASSIGN_OR_RETURN(std::string bytes, os::ReadFile(PathOf(segment), kMaxSegmentBytes));
    bool is_changed = false;
    for (std::size_t at = 0; at < bytes.size();) {
      const std::optional<std::string_view> record = intake::FirstRecord(std::string_view(bytes).substr(at));
      if (!record) break;
      const std::size_t size = record->size();
      if (is_meant(*record)) {
        const std::string blank(size, ' ');
        const auto head = intake::RecordHead(blank);
        bytes.replace(at, head.size(), head.data(), head.size());
        bytes.replace(at + head.size(), size, blank);
        is_changed = true;
      }
      at += intake::kRecordHeadBytes + size;
    }
    if (is_changed) RETURN_IF_ERROR(os::WriteFileDurably(PathOf(segment), base::AsBytes(bytes)));
  }
  return {};
}

base::Status Spool::RemoveBefore(SpoolPosition position) {
  std::vector<std::uint64_t> finished;
  {
    const std::lock_guard lock(mutex_);
    const bool all_read = active_ != 0 && position == SpoolPosition{active_, durable_bytes_};
    const bool is_quiet = os::MonotonicMillis() - appended_ms_ >= quiet_ms_ && !writing_ && waiting_.empty();
    if (all_read && is_quiet) {
      finished.push_back(active_);
      segments_.erase(active_);
      active_ = 0;
      file_.reset();
    }
    while (!segments_.empty() && *segments_.begin() < position.segment) {
      finished.push_back(*segments_.begin());
      segments_.erase(segments_.begin());
    }
  }
  for (const std::uint64_t segment : finished) RETURN_IF_ERROR(os::RemoveFile(PathOf(segment)));
  return {};
}

}  // namespace cairn::pings
