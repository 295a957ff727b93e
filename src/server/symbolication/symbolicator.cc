#include "server/symbolication/symbolicator.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "analysis/symbolication/answer.h"
#include "analysis/symbolication/plan.h"
#include "base/parallel.h"
#include "server/symbolication/debug_answer.h"

namespace cairn::symbolication {
namespace {

using Clock = std::chrono::steady_clock;

// Fewer frames are looked up, or written, before a thread has started.
constexpr std::size_t kFramesPerThread = 2'000;

unsigned ThreadsFor(std::size_t frames) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  return static_cast<unsigned>(std::min({Symbolicator::kMaxThreads, cores, 1 + frames / kFramesPerThread}));
}

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

struct Symbolicator::Work {
  FindCache find_cache;
  Request request;
  Plan plan;
  std::vector<ModuleAnswer> answers;  // Of each question of the plan, as are these.
  std::vector<ModuleTiming> timings;
};

http::Response Symbolicator::Answer(std::string_view body, ApiVersion version, Debug debug) {
  const Clock::time_point started = Clock::now();
  const metrics::Timer timer(&metrics_.seconds);
  std::variant<Request, Refusal> read = ReadRequest(body, version);
  if (const auto* const refusal = std::get_if<Refusal>(&read)) return Refuse(refusal->kind, refusal->title);
  Work work{.find_cache = parts_.caches_for_request(),
            .request = std::get<Request>(std::move(read)),
            .plan = {},
            .answers = {},
            .timings = {}};
  std::size_t frames = 0;
  for (const Job& job : work.request.jobs) frames += job.frames.size();
  const unsigned threads = ThreadsFor(frames);
  work.plan = MakePlan(work.request, threads);
  work.answers.resize(work.plan.questions.size());
  work.timings.resize(work.plan.questions.size());
  base::RunParallel(work.plan.questions.size(), threads,
                    [&] { return [&](std::size_t i) { AnswerModule(work, i); }; });
  for (const Job& job : work.request.jobs) metrics_.stacks.Add(job.stack_ends.size());
  metrics_.frames.Add(frames);
  base::Result<AnswerPieces> answer = AnswerPieces();
  if (version == ApiVersion::kV4) {
    answer = WriteAnswerV4(work.request, work.plan, work.answers, threads);
  } else {
    std::string debug_text;
    if (debug == Debug::kIncluded)
      debug_text = WriteDebug(work.request, work.plan, work.timings, SecondsSince(started));
    answer = WriteAnswer(work.request, work.plan, work.answers, debug_text, threads);
  }
  if (!answer) {
    return Refuse("too_large",
                  "please limit number of frames in a single request: the answer would have more than " +
                      std::to_string(kMaxAnswerBytes) + " bytes");
  }
  (version == ApiVersion::kV4 ? metrics_.v4 : metrics_.v5).Add();
  http::Response response = http::JsonResponse(200, {});
  response.more = *std::move(answer);
  return response;
}

void Symbolicator::AnswerModule(Work& work, std::size_t index) {
  const ModuleQuestion& question = work.plan.questions[index];
  const RequestModule& wanted = work.request.modules[question.module];
  ModuleTiming& timing = work.timings[index];
  if (!wanted.may_have_symbols) {
    metrics_.modules_missing.Add();
    return;
  }
  const Clock::time_point started = Clock::now();
  model::Module module;
  module.debug_file = wanted.debug_file;
  module.debug_id.text = wanted.debug_id;
  const std::optional<FoundCache> cache = work.find_cache(module);
  timing.find_seconds = SecondsSince(started);
  if (cache) timing.downloaded_bytes = cache->downloaded_bytes;
  const Clock::time_point found = Clock::now();
  base::Result<OpenedCaches::Found> opened =
      cache ? opened_.Open(ModuleKey(wanted), cache->file) : base::Error{base::Code::kNotFound, 0, "symbols"};
  if (!opened) {
    metrics_.modules_missing.Add();
    return;
  }
  metrics_.modules_found.Add();
  const ModuleNames& names = opened->cache->names();
  work.answers[index] = {.is_found = true,
                         .code_file = std::string(model::BaseName(names.code_file())),
                         .named = names.Name(question.offsets)};
  timing.is_found = true;
  timing.was_open = opened->was_open;
  timing.open_seconds = SecondsSince(found);
}

std::shared_ptr<const ModuleNames> Symbolicator::NamesHere(const model::Module& module) {
  const std::optional<os::FileDescriptor> file =
      parts_.find_here ? parts_.find_here(module) : std::optional<os::FileDescriptor>();
  if (!file) return nullptr;
  base::Result<OpenedCaches::Found> opened =
      opened_.Open(module.debug_file + "/" + module.debug_id.text, *file);
  if (!opened) return nullptr;
  const ModuleNames* const names = &opened->cache->names();
  return {std::move(opened->cache), names};
}

http::Response Symbolicator::Refuse(std::string_view kind, std::string_view title) {
  metrics_.CountRefused(kind);
  return http::JsonResponse(400, WriteRefusal(title));
}

}  // namespace cairn::symbolication
