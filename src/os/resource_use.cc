#include "os/resource_use.h"

#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "os/file.h"

namespace cairn::os {
namespace {

double SecondsOf(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

base::Result<DiskSpace> InspectDisk(const std::string& path) {
  struct statvfs stats{};
  if (statvfs(path.c_str(), &stats) != 0)
    return base::Error{base::Code::kIo, static_cast<std::uint64_t>(errno), "file system"};
  return DiskSpace{.free_bytes = std::uint64_t{stats.f_bavail} * stats.f_frsize,
                   .size_bytes = std::uint64_t{stats.f_blocks} * stats.f_frsize,
                   .free_files = stats.f_favail};
}

std::optional<ProcessUse> InspectOwnUse() {
  constexpr std::size_t kMaxStatmBytes = 4096;
  const base::Result<std::string> statm = ReadFile("/proc/self/statm", kMaxStatmBytes);
  const auto files = ListDirectory("/proc/self/fd");
  rusage usage{};
  rlimit limit{};
  if (!statm || !files || getrusage(RUSAGE_SELF, &usage) != 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return std::nullopt;
  // "size resident shared ...", in pages.
  const std::size_t blank = statm->find(' ');
  if (blank == std::string::npos) return std::nullopt;
  const std::uint64_t pages = std::strtoull(statm->c_str() + blank + 1, nullptr, 10);
  return ProcessUse{.resident_bytes = pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)),
                    .open_files = files->size() - 1,  // One of them was the listing's own.
                    .open_files_max = limit.rlim_cur,
                    .cpu_seconds = SecondsOf(usage.ru_utime) + SecondsOf(usage.ru_stime)};
}

}  // namespace cairn::os
