#include "server/worker/serve_jobs.h"

#include <deque>
#include <map>
#include <string>

#include "formats/symfile/compile.h"
#include "formats/symfile/symbol_cache.h"
#include "os/file.h"
#include "server/worker/jobs.h"
#include "server/worker/ping_reader.h"
#include "server/worker/protocol.h"

namespace cairn::worker {
namespace {

using base::Code;
using base::Error;

// The symbols that the server gave for one job; they stay mapped until the job is done.
class SymbolsOfJob {
 public:
  explicit SymbolsOfJob(int socket) : socket_(socket) {}

  // Once for each module: the pings of a job have many in common.
  const model::ModuleSymbols* Find(const model::Module& module) {
    const std::string question = module.debug_file + "\n" + module.debug_id.text;
    if (question.size() > kMaxMessageText || module.debug_id.empty()) return nullptr;
    const auto known = answers_.find(question);
    if (known != answers_.end()) return known->second;
    return answers_[question] = Ask(question);
  }

 private:
  const model::ModuleSymbols* Ask(const std::string& question) {
    if (!Send(socket_, Verb::kNeedSymbols, question, {})) return nullptr;
    const base::Result<Message> answer = Receive(socket_, -1);
    if (!answer || answer->verb != Verb::kSymbols || answer->files.empty()) return nullptr;
    base::Result<os::MappedFile> file = os::MappedFile::FromDescriptor(answer->files[0].get());
    if (!file) return nullptr;
    const base::Bytes bytes = file->bytes();
    base::Result<symfile::SymbolCache> cache = symfile::SymbolCache::Open(bytes);
    if (!cache) return nullptr;
    loaded_.push_back({*std::move(file), *std::move(cache)});
    return &loaded_.back().cache;
  }

  struct Loaded {
    os::MappedFile file;
    symfile::SymbolCache cache;  // Borrows from file's memory, which does not move.
  };

  int socket_;
  std::deque<Loaded> loaded_;  // Never moves what it holds.
  std::map<std::string, const model::ModuleSymbols*> answers_;
};

base::Status Compile(base::Bytes symbol_text, int output) {
  ASSIGN_OR_RETURN(const symfile::CompiledSymbols compiled, symfile::CompileSymbolCache(symbol_text));
  return os::WriteAll(output, compiled.cache);
}

base::Status DoJob(int socket, const Message& job) {
  if (job.files.size() != 2) return Error{Code::kBadValue, job.files.size(), "worker: files of a job"};
  ASSIGN_OR_RETURN(const os::MappedFile input, os::MappedFile::FromDescriptor(job.files[0].get()));
  const int output = job.files[1].get();
  SymbolsOfJob symbols(socket);
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
    case Verb::kCompileSymbols: return Compile(input.bytes(), output);
    default: return Error{Code::kUnsupported, 0, "worker: verb of a job"};
  }
}

}  // namespace

base::Status ServeJobs(int socket) {
  RETURN_IF_ERROR(Send(socket, Verb::kReady, "", {}));
  for (;;) {
    const base::Result<Message> job = Receive(socket, -1);
    if (!job) return job.error().code == Code::kNotFound ? base::Status() : base::Status(job.error());
    const base::Status done = DoJob(socket, *job);
    if (done) {
      RETURN_IF_ERROR(Send(socket, Verb::kDone, "", {}));
    } else {
      RETURN_IF_ERROR(SendFailure(socket, done.error().code, done.error().offset, done.error().what));
    }
  }
}

}  // namespace cairn::worker
