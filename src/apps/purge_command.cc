#include "apps/purge_command.h"

#include <simdjson.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <variant>

#include "apps/command.h"
#include "apps/crash_ids_input.h"
#include "apps/data_folder.h"
#include "apps/load_registry.h"
#include "apps/post_to_server.h"
#include "base/json_writer.h"
#include "base/parse_json.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/lock_file.h"
#include "server/retention/purge.h"
#include "server/retention/purge_routes.h"
#include "server/store/soci_directory.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kVerb = "purge";
constexpr std::string_view kWho = "cairn purge";
constexpr int kTimeoutMs = 30 * 60'000;  // Large files of the index are written anew.
constexpr std::int64_t kTokenMs = 2 * kTimeoutMs;
constexpr std::size_t kMaxAddressBytes = 1000;

using retention::PurgedCrash;

// Purges some; or an exit code, and it has been said why.
using PurgeSome = std::function<std::variant<std::vector<PurgedCrash>, int>(std::vector<std::string> ids)>;

void PrintPurged(const PurgedCrash& crash) {
  if (!crash.was_known()) {
    PrintError(kVerb, crash.id + ": nothing is known of it");
    return;
  }
  const std::string kind(crash.kind ? search::CrashKindName(*crash.kind) : "not in the index");
  std::printf("%s %s: %llu objects, %llu rows, %llu queue items, %llu entries of the edge%s\n",
              crash.id.c_str(), kind.c_str(), static_cast<unsigned long long>(crash.objects),
              static_cast<unsigned long long>(crash.rows), static_cast<unsigned long long>(crash.queue_items),
              static_cast<unsigned long long>(crash.edge_entries),
              crash.was_begun ? "; finishes a purge that was interrupted" : "");
}

// All of them, as many at once as may be.
int PurgeAll(const std::vector<std::string>& texts, const PurgeSome& purge) {
  const bool shows_progress = isatty(STDERR_FILENO) != 0;
  bool all_known = true;
  std::vector<std::string> ids;
  for (const std::string& text : texts) {
    std::string id = retention::CleanCrashId(text);
    if (id.empty()) PrintPurged({.id = text});
    all_known &= !id.empty();
    if (!id.empty()) ids.push_back(std::move(id));
  }
  for (std::size_t begin = 0; begin < ids.size(); begin += retention::kMaxPurgedAtOnce) {
    const std::size_t end = std::min(begin + retention::kMaxPurgedAtOnce, ids.size());
    if (shows_progress)
      std::fprintf(stderr, "purging %zu to %zu of %zu crashes\r", begin + 1, end, ids.size());
    auto purged = purge(
        {ids.begin() + static_cast<std::ptrdiff_t>(begin), ids.begin() + static_cast<std::ptrdiff_t>(end)});
    if (shows_progress) std::fputs("\033[K", stderr);
    if (const int* const exit_code = std::get_if<int>(&purged)) return *exit_code;
    for (const PurgedCrash& crash : std::get<std::vector<PurgedCrash>>(purged)) {
      PrintPurged(crash);
      all_known &= crash.was_known();
    }
  }
  return all_known ? kExitOk : kExitProblem;
}

std::optional<std::vector<PurgedCrash>> ReadAnswer(const std::string& body) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::array purged;
  simdjson::dom::array unknown;
  if (base::ParseJson(parser, body).get(root) != simdjson::SUCCESS ||
      root["purged"].get(purged) != simdjson::SUCCESS || root["unknown"].get(unknown) != simdjson::SUCCESS)
    return std::nullopt;
  std::vector<PurgedCrash> crashes;
  for (const simdjson::dom::element element : purged) {
    PurgedCrash& crash = crashes.emplace_back();
    std::string_view text;
    if (element["crash_id"].get(text) == simdjson::SUCCESS) crash.id = std::string(text);
    for (const search::CrashKind kind : {search::CrashKind::kReport, search::CrashKind::kPing}) {
      if (element["kind"].get(text) == simdjson::SUCCESS && text == search::CrashKindName(kind))
        crash.kind = kind;
    }
    const std::pair<const char*, std::uint64_t*> counts[] = {{"objects", &crash.objects},
                                                             {"rows", &crash.rows},
                                                             {"queue_items", &crash.queue_items},
                                                             {"edge_entries", &crash.edge_entries}};
    for (const auto& [name, count] : counts) {
      if (element[name].get(*count) != simdjson::SUCCESS) return std::nullopt;
    }
    if (!crash.was_known()) crash.was_begun = true;
  }
  for (const simdjson::dom::element element : unknown) {
    std::string_view text;
    if (element.get(text) == simdjson::SUCCESS) crashes.push_back({.id = std::string(text)});
  }
  return crashes;
}

std::variant<std::vector<PurgedCrash>, int> Post(const std::string& url, const std::string& token,
                                                 const std::vector<std::string>& ids,
                                                 bool with_counterparts) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("crash_ids");
  json.BeginArray();
  for (const std::string& id : ids) json.String(id);
  json.EndArray();
  json.Key("with_counterparts");
  json.Bool(with_counterparts);
  json.EndObject();
  const std::variant<ServerAnswer, int> posted =
      PostToServer(kVerb, {url, "/api/Purge/", token, "application/json", json.text(), kTimeoutMs});
  if (const int* const exit_code = std::get_if<int>(&posted)) return *exit_code;
  const ServerAnswer& answer = std::get<ServerAnswer>(posted);
  std::optional<std::vector<PurgedCrash>> purged = ReadAnswer(answer.body);
  if (purged) return *std::move(purged);
  PrintError(kVerb, answer.url + ": the answer is none of Cairn's");
  return kExitFailure;
}

}  // namespace

PurgeVerb::PurgeVerb(CLI::App& app)
    : verb_(app.add_subcommand("purge", "remove every trace of crashes from the data folder")) {
  verb_->add_option("--data", data_, "the server's data folder (default cairn-data)");
  verb_->add_option("--url", url_, "a server, such as http://127.0.0.1:8000, in place of a folder");
  verb_->add_option("--token", token_, "for --url: a token with the permission purge_crashes");
  verb_->add_flag("--with-counterparts", with_counterparts_,
                  "also the pings and reports that were made from the same dumps");
  verb_->add_option("ids", ids_, "crash ids, or pings' document ids; - reads them from standard input")
      ->required();
}

int PurgeVerb::Run() const {
  std::vector<std::string> ids = ids_;
  if (!TakeIdsOfInput(kVerb, ids)) return kExitFailure;
  if (url_.empty() != token_.empty()) {
    PrintError(kVerb, "--url and --token go together");
    return kExitUsage;
  }
  if (!url_.empty()) {
    return PurgeAll(
        ids, [this](std::vector<std::string> some) { return Post(url_, token_, some, with_counterparts_); });
  }
  // A folder of that name that is no server's must not become one.
  if (const auto blobs = os::Inspect(data_ + "/blobs"); !blobs) {
    PrintError(kVerb,
               data_ + ": " + base::Describe(blobs.error()) + ": --data names the server's data folder");
    return kExitFailure;
  }
  std::string holder;
  const base::Result<os::LockFile> lock =
      os::LockFile::Take(data_ + std::string(kLockName), "process " + std::to_string(getpid()), &holder);
  if (!lock && lock.error().code == base::Code::kRefused) return PurgeThroughOwner(ids, holder);
  if (!lock) {
    PrintError(kVerb, data_ + ": " + base::Describe(lock.error()));
    return kExitFailure;
  }
  return PurgeInFolder(ids);
}

int PurgeVerb::PurgeInFolder(const std::vector<std::string>& ids) const {
  SearchForNoAnnotations();
  std::variant<Stores, int> opened = OpenStores(kVerb, data_);
  if (const int* const exit_code = std::get_if<int>(&opened)) return *exit_code;
  Stores& stores = std::get<Stores>(opened);
  std::mutex packs;
  const retention::PurgeParts parts = PurgePartsOf(stores, data_, packs);
  return PurgeAll(ids, [&](std::vector<std::string> some) -> std::variant<std::vector<PurgedCrash>, int> {
    base::Result<std::vector<PurgedCrash>> purged =
        retention::Purge(parts, {std::move(some), with_counterparts_, std::string(kWho)});
    if (purged) return *std::move(purged);
    PrintError(kVerb, data_ + ": " + base::Describe(purged.error()));
    return kExitFailure;
  });
}

// By a token that is made for this alone: whoever may write the folder may make any.
int PurgeVerb::PurgeThroughOwner(const std::vector<std::string>& ids, const std::string& holder) const {
  const base::Result<std::string> address = os::ReadFile(data_ + std::string(kAddressName), kMaxAddressBytes);
  if (!address) {
    PrintError(kVerb,
               data_ + ": " + holder + " owns this folder and serves nothing: try again when it is done");
    return kExitFailure;
  }
  const auto directory = store::SociDirectory::OpenSqlite(data_ + "/directory.sqlite");
  if (!directory) {
    PrintError(kVerb, data_ + ": " + base::Describe(directory.error()));
    return kExitFailure;
  }
  const base::Result<store::CreatedToken> token =
      (*directory)
          ->CreateToken({.label = std::string(kWho),
                         .permissions = {store::Permission::kPurgeCrashes},
                         .expires_ms = os::UnixMillis() + kTokenMs});
  if (!token) {
    PrintError(kVerb, data_ + ": " + base::Describe(token.error()));
    return kExitFailure;
  }
  const int exit_code = PurgeAll(ids, [&](std::vector<std::string> some) {
    return Post(*address, token->text, some, with_counterparts_);
  });
  (void)(*directory)->RevokeToken(token->record.id);  // It expires as well.
  return exit_code;
}

}  // namespace cairn::apps
