#include "server/worker/serve_jobs.h"

#include <map>
#include <optional>
#include <string>

#include "formats/symfile/compile.h"
#include "formats/symfile/symbol_cache.h"
#include "os/file.h"
#include "server/worker/jobs.h"
#include "server/worker/object_facts.h"
#include "server/worker/ping_reader.h"
#include "server/worker/protocol.h"

namespace cairn::worker {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kMaxKeptSymbols = 128;  // Modules, between jobs; each may hold some 200 KB.

// The symbols that the server gave. They stay mapped for the next job, which often has the same modules; what
// was not there is asked for again.
class SymbolsFromServer {
 public:
  explicit SymbolsFromServer(int socket) : socket_(socket) {}

  // What it gives lives until EndJob. Asks once a job for each module: the pings of a job have many in
  // common.
  const model::ModuleSymbols* Find(const model::Module& module) {
    const std::string key = module.debug_file + "\n" + module.debug_id.text;
    const std::string question = WriteModuleNames(module);
    if (question.size() > kMaxMessageText || module.debug_id.empty()) return nullptr;
    const auto [answer, is_new] = answers_.try_emplace(key);
    if (is_new) Ask(question, answer->second);
    answer->second.used = true;
    return answer->second.cache ? &*answer->second.cache : nullptr;
  }

  void EndJob() {
    std::erase_if(answers_, [](const auto& answer) { return !answer.second.cache; });
    if (answers_.size() > kMaxKeptSymbols)
      std::erase_if(answers_, [](const auto& answer) { return !answer.second.used; });
    if (answers_.size() > kMaxKeptSymbols) answers_.clear();
    for (auto& [question, answer] : answers_) answer.used = false;
  }

 private:
  struct Answer {
    std::optional<os::MappedFile> file;
    std::optional<symfile::SymbolCache> cache;  // Borrows from the file. Nothing: there are none.
    bool used = false;                          // In this job.
  };

  void Ask(const std::string& question, Answer& answer) {
    if (!Send(socket_, Verb::kNeedSymbols, question, {})) return;
    const base::Result<Message> message = Receive(socket_, -1);
    if (!message || message->verb != Verb::kSymbols || message->files.empty()) return;
    base::Result<os::MappedFile> file = os::MappedFile::FromDescriptor(message->files[0].get());
    if (!file) return;
    answer.file = *std::move(file);
    base::Result<symfile::SymbolCache> cache = symfile::SymbolCache::Open(answer.file->bytes());
    if (cache) answer.cache = *std::move(cache);
  }

  int socket_;
  std::map<std::string, Answer> answers_;  // Never moves what it holds.
};

base::Status Compile(base::Bytes symbol_text, int output) {
  ASSIGN_OR_RETURN(const symfile::CompiledSymbols compiled, symfile::CompileSymbolCache(symbol_text));
  return os::WriteAll(output, compiled.cache);
}

base::Status DoJob(const Message& job, SymbolsFromServer& symbols) {
  if (job.files.size() != 2) return Error{Code::kBadValue, job.files.size(), "worker: files of a job"};
  ASSIGN_OR_RETURN(const os::MappedFile input, os::MappedFile::FromDescriptor(job.files[0].get()));
  const int output = job.files[1].get();
  const GiveSymbols give = [&symbols](const model::Module& module) { return symbols.Find(module); };
  switch (job.verb) {
    case Verb::kProcessReport: {
      ASSIGN_OR_RETURN(const std::string outcome,
                       ProcessReport(input.bytes(), ReadAnnotations(job.text), give));
      return os::WriteAll(output, base::AsBytes(outcome));
    }
    case Verb::kProcessPing: {
      ASSIGN_OR_RETURN(const std::string outcome, ProcessPing(base::AsText(input.bytes()), give));
      return os::WriteAll(output, base::AsBytes(outcome));
    }
    case Verb::kNameStacks: {
      ASSIGN_OR_RETURN(const std::string stacks, NameStacks(base::AsText(input.bytes()), give));
      return os::WriteAll(output, base::AsBytes(stacks));
    }
    case Verb::kScrubDump: {
      ASSIGN_OR_RETURN(const std::optional<std::vector<std::byte>> clean, ScrubDump(input.bytes()));
      return clean ? os::WriteAll(output, *clean) : base::Status();
    }
    case Verb::kInspectObject: {
      ASSIGN_OR_RETURN(const ObjectFacts facts, InspectObject(input.bytes()));
      return os::WriteAll(output, base::AsBytes(WriteObjectFacts(facts)));
    }
    case Verb::kCompileSymbols: return Compile(input.bytes(), output);
    default: return Error{Code::kUnsupported, 0, "worker: verb of a job"};
  }
}

}  // namespace

base::Status ServeJobs(int socket) {
  SymbolsFromServer symbols(socket);
  RETURN_IF_ERROR(Send(socket, Verb::kReady, "", {}));
  for (;;) {
    const base::Result<Message> job = Receive(socket, -1);
    if (!job) return job.error().code == Code::kNotFound ? base::Status() : base::Status(job.error());
    const base::Status done = DoJob(*job, symbols);
    symbols.EndJob();
    if (done) {
      RETURN_IF_ERROR(Send(socket, Verb::kDone, "", {}));
    } else {
      RETURN_IF_ERROR(SendFailure(socket, done.error().code, done.error().offset, done.error().what));
    }
  }
}

}  // namespace cairn::worker
