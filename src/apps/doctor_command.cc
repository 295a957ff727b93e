#include "apps/doctor_command.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "apps/check_config.h"
#include "apps/command.h"
#include "apps/data_folder.h"
#include "apps/doctor_findings.h"
#include "apps/doctor_machine.h"
#include "apps/server_config.h"
#include "net/http_client.h"
#include "os/lock_file.h"
#include "os/process.h"
#include "server/pings/ledger.h"
#include "server/pings/spool.h"
#include "server/search/duckdb_schema.h"
#include "server/search/duckdb_survey.h"
#include "server/store/file_blob_store.h"
#include "server/store/file_survey.h"
#include "server/store/soci_directory.h"
#include "server/worker/worker_process.h"

namespace cairn::apps {
namespace {

constexpr int kHeartbeatPatienceMs = 15'000;
constexpr std::uint64_t kLargeBacklogBytes = std::uint64_t{1} << 30;
constexpr std::int64_t kLargeQueue = 100'000;
constexpr std::size_t kReasonsShown = 3;
constexpr std::size_t kMaxAddressBytes = 1'000;

// The configuration with --data on top; nothing more can be checked if it cannot be read.
bool LoadConfig(const DoctorOptions& options, LoadedConfig& loaded, Findings& findings) {
  if (const std::string mistake = LoadServerConfig(options.config, loaded); !mistake.empty()) {
    findings.Fail("config", mistake, "`cairn serve --check-config` says more");
    return false;
  }
  if (!options.data.empty()) {
    loaded.config.data = options.data;
    NoteOption(loaded, "data");
  }
  CheckedConfig checked;
  const std::vector<std::string> mistakes = ReadConfigured(loaded, checked);
  if (mistakes.empty()) {
    findings.Ok("config",
                std::to_string(loaded.origins.size()) + " values are set, the others have their defaults");
  } else {
    findings.Fail("config", mistakes[0], "`cairn serve --check-config` says more");
  }
  return true;
}

// `holder` is who has the folder: "process 12".
void AskServer(const std::string& data, const std::string& holder, Findings& findings) {
  const base::Result<std::string> url = os::ReadFile(data + std::string(kAddressName), kMaxAddressBytes);
  if (!url) {
    findings.Warn("server", holder + " has the folder and takes no requests yet, or is no server",
                  "ask again once it has started");
    return;
  }
  const std::string who = holder + " at " + *url;
  const auto answer =
      net::SendHttp({.url = *url + "/__heartbeat__", .total_timeout_ms = kHeartbeatPatienceMs});
  if (!answer) {
    findings.Fail("server", who + " does not answer: " + base::Describe(answer.error()),
                  "look at its log, and start it again");
  } else if (answer->status != 200) {
    findings.Fail("server", who + " is not well: " + answer->body, "look at its log");
  } else {
    findings.Ok("server", who + " is well");
  }
}

void CheckSqliteFiles(const std::string& data, Findings& findings) {
  for (const std::string name : {"queue.sqlite", "directory.sqlite", "pings.sqlite"}) {
    const base::Result<std::string> said = store::QuickCheck(data + "/" + name);
    if (!said && said.error().code == base::Code::kNotFound) {
      findings.Warn(name, "is not there", "it is made when the server starts");
    } else if (!said) {
      findings.Fail(name, base::Describe(said.error()), "put it back from a backup, or move it away");
    } else if (*said != "ok") {
      findings.Fail(name, "is damaged: " + *said, "put it back from a backup, or move it away");
    } else {
      findings.Ok(name, "is whole");
    }
  }
}

base::Status TryBlobs(const std::string& folder) {
  ASSIGN_OR_RETURN(store::FileBlobStore blobs, store::FileBlobStore::Open(folder));
  constexpr std::string_view kKey = "v1/heartbeat/doctor";
  constexpr std::string_view kContent = "doctor";
  RETURN_IF_ERROR(blobs.Put(kKey, base::AsBytes(kContent)));
  ASSIGN_OR_RETURN(const std::string read, blobs.Get(kKey, kContent.size()));
  if (read != kContent) return base::Error{base::Code::kBadValue, 0, "what was written is not what is read"};
  return blobs.Remove(kKey);
}

void CheckBlobs(const std::string& data, Findings& findings) {
  const base::Status tried = TryBlobs(data + "/blobs");
  if (tried) {
    findings.Ok("blobs", "objects can be written, read and removed");
  } else {
    findings.Fail("blobs", base::Describe(tried.error()), "look at " + data + "/blobs and its file system");
  }
}

void CheckIndex(const std::string& data, Findings& findings) {
  const std::string folder = data + std::string(kIndexFolder);
  const std::string rebuild = "`cairn index rebuild --data " + data + "` makes the index anew";
  const auto files = search::SurveyIndexFiles(folder);
  if (!files) {
    findings.Warn("index", base::Describe(files.error()),
                  "it is filled from the blobs when the server starts");
    return;
  }
  std::size_t older = 0;
  for (const search::IndexFile& file : *files) {
    if (!file.status) {
      const bool is_newer = file.status.error().code == base::Code::kUnsupported;
      findings.Fail("index", file.path + ": " + base::Describe(file.status.error()),
                    is_newer ? "a newer Cairn wrote it: use that one" : rebuild);
      return;
    }
    if (file.schema_version < search::kSchemaVersion) ++older;
  }
  findings.Ok("index", std::to_string(files->size()) + " files can be read" +
                           (older == 0 ? std::string()
                                       : ", " + std::to_string(older) +
                                             " of an older version, which the server "
                                             "brings up when it starts"));
}

void CheckQueue(const std::string& data, Findings& findings) {
  const std::string path = data + "/queue.sqlite";
  const auto to_do = store::CountToDo(path);
  const auto set_aside = store::CountSetAside(path);
  if (!to_do || !set_aside) return;  // The check of the file has said so.
  const std::string waiting = std::to_string(*to_do) + " crashes are to be processed";
  if (*to_do > kLargeQueue) {
    findings.Warn("queue", waiting, "the processor does not keep up: look at the workers and at the symbols");
  } else {
    findings.Ok("queue", waiting);
  }
  std::int64_t count = 0;
  std::string reasons;
  for (const store::SetAsideCount& reason : *set_aside) count += reason.count;
  for (std::size_t i = 0; i < std::min(kReasonsShown, set_aside->size()); ++i) {
    const store::SetAsideCount& reason = set_aside->at(i);
    reasons += "; " + std::to_string(reason.count) + " " + reason.kind + ": " + reason.reason;
  }
  if (count == 0) {
    findings.Ok("set_aside", "none");
  } else {
    findings.Warn("set_aside",
                  std::to_string(count) + " could not be processed, for " +
                      std::to_string(set_aside->size()) + " reasons" + reasons,
                  "`cairn reprocess --set-aside` tries them again");
  }
}

void CheckSpool(const std::string& data, Findings& findings) {
  if (!os::Inspect(data + "/pings.sqlite") || !os::Inspect(data + "/pings")) return;
  const auto ledger = pings::Ledger::Open(data + "/pings.sqlite");
  if (!ledger) return;  // The check of the file has said so.
  const auto bytes = pings::Spool::BytesBehind(data + "/pings", (*ledger)->position());
  if (!bytes) {
    findings.Fail("spool", base::Describe(bytes.error()), "look at " + data + "/pings");
  } else if (*bytes > kLargeBacklogBytes) {
    findings.Warn("spool", std::to_string(*bytes >> 20) + " MiB of pings wait to be folded in",
                  "folding in does not keep up: look at the log and at the disk");
  } else {
    findings.Ok("spool", std::to_string(*bytes) + " bytes of pings wait to be folded in");
  }
}

// Has a worker look at what is no dump: it must start, enter its sandbox, and say so.
void CheckWorker(const std::string& data, Findings& findings) {
  const std::string program = os::ExecutableFolder() + "/cairn-worker";
  const std::string spool = data + std::string(kSpoolFolder);
  const std::string folder = os::Inspect(spool) ? spool : std::string("/tmp");
  worker::WorkerProcess process({.program = program, .spool_folder = folder});
  if (const base::Status started = process.Start(); !started) {
    findings.Fail("worker", program + " does not start",
                  "it must lie beside cairn-server, and the kernel must allow seccomp");
    return;
  }
  const base::Result<os::FileDescriptor> no_dump = os::CreateNameless(folder);
  if (!no_dump || !os::WriteAll(no_dump->get(), base::AsBytes(std::string_view("no dump")))) {
    findings.Fail("worker", folder + " takes no files", "look at the file system");
    return;
  }
  const auto result = process.ScrubDump(no_dump->get());
  if (!result || result->may_pass) {
    findings.Fail("worker", "it died at the smallest job",
                  "look for what ends processes: limits of memory, seccomp");
  } else {
    findings.Ok("worker", "starts, and works in its sandbox");
  }
}

void CheckSymbols(const std::string& data, Findings& findings) {
  const auto blobs = store::FileBlobStore::OpenForReading(data + "/blobs");
  const auto keys = blobs ? blobs->List("v1/symbols/", "", 1) : blobs.error();
  if (keys && !keys->empty()) {
    findings.Ok("symbols", "there are some");
  } else {
    findings.Warn("symbols", "there are none: frames have addresses and no names",
                  "`cairn symbols gen` makes them and `cairn symbols upload` sends them");
  }
}

void CheckSite(const std::string& web, Findings& findings) {
  const FoundSite site = FindSite(web);
  if (!site.mistake.empty()) {
    findings.Fail("site", site.mistake, "name its folder by web, or leave it out");
  } else if (site.folder.empty()) {
    findings.Warn("site", "is not built", "`make build` makes web/dist");
  } else {
    findings.Ok("site", site.folder);
  }
}

void CheckData(const ServerConfig& config, Findings& findings) {
  const std::string& data = config.data;
  if (!CheckFolder(data, findings)) return;
  CheckDiskSpace(data, static_cast<std::uint64_t>(config.disk_free_min_mib) << 20, findings);
  CheckSyncTime(data, findings);
  std::string holder;
  const auto lock = os::LockFile::Take(data + std::string(kLockName), "cairn doctor", &holder);
  if (lock) {
    CheckSqliteFiles(data, findings);
    CheckBlobs(data, findings);
    CheckIndex(data, findings);
  } else if (lock.error().code == base::Code::kRefused) {
    AskServer(data, holder, findings);
  } else {
    findings.Fail("lock", base::Describe(lock.error()), "look at " + data + "/lock");
  }
  CheckQueue(data, findings);
  CheckSpool(data, findings);
  CheckSymbols(data, findings);
  CheckClock(data, findings);
}

}  // namespace

int RunDoctor(const DoctorOptions& options) {
  Findings findings;
  LoadedConfig loaded;
  if (LoadConfig(options, loaded, findings)) {
    CheckData(loaded.config, findings);
    CheckSite(loaded.config.web, findings);
  }
  CheckWorker(loaded.config.data, findings);
  CheckOpenFiles(findings);
  const std::string text = options.json ? findings.AsJson() + "\n" : findings.AsText();
  std::fwrite(text.data(), 1, text.size(), stdout);
  return findings.failed() ? kExitProblem : kExitOk;
}

}  // namespace cairn::apps
