#include "server/symbol_lookup/upstreams.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "os/clock.h"
#include "os/thread.h"
#include "server/symbol_store/convert_file.h"
#include "symbols/module_paths.h"

namespace cairn::symbol_lookup {
namespace {

using base::Code;
using base::Error;

// To walk a folder of a hundred thousand files takes a second.
constexpr std::int64_t kEnforceEveryMs = 30'000;

std::vector<std::string> UrlsOf(const std::vector<Upstream>& servers, UpstreamKind kind) {
  std::vector<std::string> urls;
  for (const Upstream& server : servers) {
    if (server.kind == kind) urls.push_back(server.url);
  }
  return urls;
}

}  // namespace

base::Result<std::unique_ptr<Upstreams>> Upstreams::Create(UpstreamsOptions options) {
  RETURN_IF_ERROR(os::MakeDirectories(options.cache_folder));
  return std::unique_ptr<Upstreams>(new Upstreams(std::move(options)));
}

Upstreams::Upstreams(UpstreamsOptions options)
    : options_(std::move(options)),
      guard_(options_.allowed_addresses),
      compiler_(options_.worker),
      quota_(options_.cache_folder, options_.cache_bytes_max) {
  symbols::SymbolFinderOptions of_servers = FinderOptions();
  symbols::SymbolFinderOptions of_kept = of_servers;
  of_kept.urls.clear();
  of_kept.debuginfod_urls.clear();
  of_kept.symstore_urls.clear();
  servers_ = std::make_unique<symbols::SymbolFinder>(std::move(of_servers));
  kept_ = std::make_unique<symbols::SymbolFinder>(std::move(of_kept));
  for (std::size_t i = 0; i < kThreads; ++i) threads_.emplace_back([this] { Work(); });
}

symbols::SymbolFinderOptions Upstreams::FinderOptions() {
  symbols::SymbolFinderOptions finder;
  finder.cache_folder = options_.cache_folder;
  finder.urls = UrlsOf(options_.servers, UpstreamKind::kBreakpad);
  finder.symstore_urls = UrlsOf(options_.servers, UpstreamKind::kSymstore);
  finder.debuginfod_urls = UrlsOf(options_.servers, UpstreamKind::kDebuginfod);
  finder.download_timeout_ms = options_.download_timeout_ms;
  finder.may_connect = [this](std::string_view ip_address) { return guard_.MayConnect(ip_address); };
  finder.on_event = [this](const symbols::FetchEvent& event) { NoteEvent(event); };
  finder.cancelled = &cancelled_;
  finder.compile_elsewhere = [this](int symbols_fd) { return Compile(symbols_fd); };
  finder.convert_elsewhere = [this](const symbols::DebugFiles& files) { return Convert(files); };
  return finder;
}

Upstreams::~Upstreams() {
  cancelled_ = true;
  {
    const std::lock_guard lock(mutex_);
    queue_.clear();
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

std::optional<FoundCache> Upstreams::FindCache(const model::Module& module, std::int64_t until_ms) {
  const Found found = Find(module, until_ms);
  if (found.file == nullptr) return std::nullopt;
  base::Result<os::FileDescriptor> cache = found.file->OpenCache();
  if (!cache) return std::nullopt;
  return FoundCache{*std::move(cache), found.downloaded_bytes};
}

std::optional<os::FileDescriptor> Upstreams::FindText(const model::Module& module, std::int64_t until_ms) {
  const bool may_wait = ++waiting_downloads_ <= kMaxWaitingDownloads;
  const Found found = Find(module, may_wait ? until_ms : 0);
  --waiting_downloads_;
  if (found.file == nullptr) return std::nullopt;
  base::Result<os::FileDescriptor> text =
      os::OpenForReading(options_.cache_folder + "/" + symbols::ModuleKey(module));
  if (!text) return std::nullopt;
  return *std::move(text);
}

Upstreams::Found Upstreams::Find(const model::Module& module, std::int64_t until_ms) {
  const std::string key = symbols::ModuleKey(module);
  if (key.empty() || cancelled_) return {};
  Found found = FindKept(module);
  if (found.file == nullptr) found = Await(key, module, until_ms);
  if (found.file == nullptr) return {};
  quota_.NoteUse(found.file->cache_path());
  metrics_.found.Add();
  return found;
}

// Without a thread in between: what is here must not wait for what is far away.
Upstreams::Found Upstreams::FindKept(const model::Module& module) {
  const auto found = kept_->Find(module);
  return found ? Found{(*found)->shared_file()} : Found{};
}

Upstreams::Found Upstreams::Await(const std::string& key, const model::Module& module,
                                  std::int64_t until_ms) {
  std::unique_lock lock(mutex_);
  std::shared_ptr<Job>& place = jobs_[key];
  if (place == nullptr) {
    if (jobs_.size() > kMaxWaiting) {
      jobs_.erase(key);
      metrics_.overloaded.Add();
      return {};
    }
    place = std::make_shared<Job>(Job{.module = module, .found = {}});
    queue_.push_back(place);
    changed_.notify_all();
  }
  const std::shared_ptr<Job> job = place;
  const std::int64_t left_ms = std::max<std::int64_t>(0, until_ms - os::MonotonicMillis());
  const bool is_done =
      changed_.wait_for(lock, std::chrono::milliseconds(left_ms), [&] { return job->is_done || cancelled_; });
  if (!is_done) metrics_.not_yet.Add();
  job->is_late |= !is_done;
  return job->found;
}

void Upstreams::TellWhatComesLate(CameLate came_late) {
  const std::lock_guard lock(mutex_);
  came_late_ = std::move(came_late);
}

base::Status Upstreams::ForgetAbsences(std::int64_t until_ms) {
  {
    std::unique_lock lock(mutex_);
    std::vector<std::shared_ptr<Job>> jobs;
    for (const auto& [key, job] : jobs_) jobs.push_back(job);
    const std::int64_t left_ms = std::max<std::int64_t>(0, until_ms - os::MonotonicMillis());
    const bool are_done = changed_.wait_for(lock, std::chrono::milliseconds(left_ms), [&] {
      return cancelled_ || std::ranges::all_of(jobs, [](const auto& job) { return job->is_done; });
    });
    if (!are_done) return Error{Code::kTimeout, 0, "symbols are being fetched: try again"};
  }
  return quota_.RemoveAbsences();
}

void Upstreams::Work() {
  os::NameThread("upstream");
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return cancelled_ || !queue_.empty(); });
    if (cancelled_) return;
    const std::shared_ptr<Job> job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    const bool was_absent = servers_->WasAbsent(job->module);
    Found found = Fetch(job->module);
    lock.lock();
    job->found = std::move(found);
    job->is_done = true;
    jobs_.erase(symbols::ModuleKey(job->module));
    changed_.notify_all();
    if ((job->is_late || was_absent) && job->found.file != nullptr && came_late_) came_late_(job->module);
  }
}

Upstreams::Found Upstreams::Fetch(const model::Module& module) {
  const auto found = servers_->Find(module);
  if (!found) (found.error().code == Code::kNotFound ? metrics_.missing : metrics_.failed).Add();
  const std::int64_t now_ms = os::MonotonicMillis();
  std::int64_t due_ms = next_enforcement_ms_;
  if (now_ms >= due_ms && next_enforcement_ms_.compare_exchange_strong(due_ms, now_ms + kEnforceEveryMs)) {
    if (const auto kept = quota_.Enforce()) metrics_.evicted_bytes.Add(kept->removed_bytes);
  }
  return found ? Found{(*found)->shared_file(), (*found)->downloaded_bytes()} : Found{};
}

base::Result<os::FileDescriptor> Upstreams::Compile(int symbols_fd) {
  const std::lock_guard lock(compile_mutex_);
  ASSIGN_OR_RETURN(worker::JobResult result, compiler_.CompileSymbols(symbols_fd));
  if (result.failure)
    return Error{Code::kBadMagic, result.failure->offset, "symbols: what a symbol server sent"};
  return std::move(result.output);
}

base::Status Upstreams::Convert(const symbols::DebugFiles& files) {
  const std::lock_guard lock(convert_mutex_);
  std::string why;  // Of no interest: nobody here can mend another server's file.
  return symbol_store::ConvertFile(options_.symgen_program,
                                   {.name = files.name,
                                    .file = files.file,
                                    .debug_file = files.debug_file,
                                    .text = files.text,
                                    .cancelled = &cancelled_},
                                   why);
}

void Upstreams::NoteEvent(const symbols::FetchEvent& event) {
  if (event.kind != symbols::FetchEvent::Kind::kDone) return;
  metrics_.downloads.Add();
  metrics_.download_bytes.Add(event.bytes);
}

}  // namespace cairn::symbol_lookup
