#include "apps/doctor_machine.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

#include "os/append_file.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/resource_use.h"

namespace cairn::apps {
namespace {

constexpr std::uint64_t kFreeFilesMin = 10'000;
constexpr rlim_t kOpenFilesMin = 4'096;  // 2,000 connections and as many objects that are written.
constexpr std::int64_t kBuiltAfterMs = 1'767'225'600'000;  // 2026-01-01: before this program was written.
constexpr std::int64_t kClockStepMs = 120'000;
constexpr int kSyncs = 21;
constexpr std::int64_t kSlowSyncUs = 50'000;

std::string Milliseconds(std::int64_t us) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f ms", static_cast<double>(us) / 1000);
  return text.data();
}

base::Result<std::vector<std::int64_t>> TimeSyncs(const std::string& path) {
  ASSIGN_OR_RETURN(os::AppendFile file, os::AppendFile::Create(path));
  const std::string block(4096, 'd');
  const std::array<base::Bytes, 1> pieces = {base::AsBytes(block)};
  std::vector<std::int64_t> times_us;
  for (int i = 0; i < kSyncs; ++i) {
    const std::int64_t started_us = os::MonotonicMicros();
    RETURN_IF_ERROR(file.Append(pieces));
    RETURN_IF_ERROR(file.Sync());
    times_us.push_back(os::MonotonicMicros() - started_us);
  }
  std::ranges::sort(times_us);
  return times_us;
}

}  // namespace

bool CheckFolder(const std::string& data, Findings& findings) {
  struct stat info{};
  if (stat(data.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    findings.Fail("folder", data + " is no folder",
                  "name it by --data or --config, or start `cairn serve`, which makes it");
    return false;
  }
  std::array<char, 8> mode{};
  std::snprintf(mode.data(), mode.size(), "%03o", static_cast<unsigned>(info.st_mode & 0777));
  if (info.st_uid != geteuid()) {
    findings.Fail("folder",
                  data + " belongs to user " + std::to_string(info.st_uid) + ", and this is user " +
                      std::to_string(geteuid()),
                  "run this as the server's user, or change the owner of all that is in it");
    return false;
  }
  if (access(data.c_str(), R_OK | W_OK | X_OK) != 0) {
    findings.Fail("folder", data + " cannot be written", "mount it for writing, with mode 700");
  } else if ((info.st_mode & 077) != 0) {
    findings.Warn("folder", data + " has mode " + mode.data() + ": others may look into it",
                  "chmod 700 " + data);
  } else {
    findings.Ok("folder", data + ", mode " + mode.data());
  }
  return true;
}

void CheckDiskSpace(const std::string& data, std::uint64_t free_min_bytes, Findings& findings) {
  const base::Result<os::DiskSpace> disk = os::InspectDisk(data);
  if (!disk) {
    findings.Fail("disk", base::Describe(disk.error()), "look at the file system");
    return;
  }
  const std::string found = std::to_string(disk->free_bytes >> 20) + " of " +
                            std::to_string(disk->size_bytes >> 20) + " MiB are free";
  if (disk->free_bytes < free_min_bytes) {
    findings.Fail("disk", found + ", and " + std::to_string(free_min_bytes >> 20) + " should be",
                  "make room, or lower disk_free_min_mib");
  } else if (disk->free_files < kFreeFilesMin && disk->free_files > 0) {
    findings.Warn("disk", found + ", but only " + std::to_string(disk->free_files) + " files may be added",
                  "make room: each crash is some files");
  } else {
    findings.Ok("disk", found);
  }
}

void CheckSyncTime(const std::string& data, Findings& findings) {
  const std::string path = data + "/.doctor-" + std::to_string(getpid());
  const auto times_us = TimeSyncs(path);
  (void)os::RemoveFile(path);
  if (!times_us) {
    findings.Fail("sync", "a small file cannot be made durable: " + base::Describe(times_us.error()),
                  "look at the file system");
    return;
  }
  const std::int64_t median_us = (*times_us)[times_us->size() / 2];
  const std::string found = "a small write is durable after " + Milliseconds(median_us) + ", at worst " +
                            Milliseconds(times_us->back());
  if (median_us > kSlowSyncUs) {
    findings.Warn("sync", found, "each report and ping waits so long for its answer: use a faster disk");
  } else {
    findings.Ok("sync", found);
  }
}

void CheckOpenFiles(Findings& findings) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const std::string found = limit.rlim_max == RLIM_INFINITY
                                ? std::string("as many files may be open as there are")
                                : std::to_string(limit.rlim_max) + " files may be open";
  if (limit.rlim_max < kOpenFilesMin) {
    findings.Warn("open_files", found + ", and a busy server has " + std::to_string(kOpenFilesMin),
                  "raise the hard limit, as by LimitNOFILE= of systemd");
  } else {
    findings.Ok("open_files", found);
  }
}

void CheckClock(const std::string& data, Findings& findings) {
  const std::int64_t now_ms = os::UnixMillis();
  const std::string shown = os::FormatIso(now_ms);
  if (now_ms < kBuiltAfterMs) {
    findings.Fail("clock", "it is " + shown + " by this machine",
                  "set the clock: days of crashes come from it");
    return;
  }
  for (const std::string name :
       {"/queue.sqlite-wal", "/queue.sqlite", "/pings.sqlite-wal", "/pings.sqlite"}) {
    const base::Result<os::FileInfo> info = os::Inspect(data + name);
    if (!info || info->modified_ns / 1'000'000 <= now_ms + kClockStepMs) continue;
    findings.Fail("clock", "it is " + shown + " by this machine, and " + data + name + " was written later",
                  "the clock was set back: set it right");
    return;
  }
  timex state{};
  if (adjtimex(&state) == TIME_ERROR) {
    findings.Warn("clock", "nothing keeps this machine's clock in step",
                  "run chrony or another client of NTP");
  } else {
    findings.Ok("clock", shown + ", kept in step");
  }
}

}  // namespace cairn::apps
