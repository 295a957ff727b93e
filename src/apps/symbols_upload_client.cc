#include "apps/symbols_upload_client.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "apps/command.h"
#include "base/json_view.h"
#include "base/json_writer.h"
#include "os/file.h"
#include "server/symbol_store/content_digest.h"
#include "server/symbol_store/gzip_file.h"

namespace cairn::apps {
namespace {

using base::JsonView;

constexpr std::size_t kFilesAtOnce = 1'000;  // The protocol allows 1,024.
constexpr int kSendTimeoutMs = 60 * 60 * 1000;
constexpr std::size_t kMaxAnswerBytes = 4 << 20;
constexpr int kResumeIncomplete = 308;

bool MayPass(int status) { return status == 408 || status == 429 || status >= 500; }

std::string TextOf(const JsonView& object, std::string_view name) {
  const std::optional<JsonView> member = object.Member(name);
  return member ? member->Text().value_or("") : "";
}

// What a server says went wrong.
std::string Reason(const net::HttpResponse& answer) {
  const std::optional<JsonView> json = JsonView::Read(answer.body);
  const std::string error = json ? TextOf(*json, "error") : "";
  return "the server answered " + std::to_string(answer.status) +
         (error.empty() ? ": " + answer.body.substr(0, 200) : ": " + error);
}

// "bytes=0-99" to 100: how much has arrived; 0 for what is not understood.
std::uint64_t Arrived(const net::HttpResponse& answer) {
  constexpr std::string_view kPrefix = "bytes=0-";
  const std::string_view range = answer.FindHeader("range");
  std::uint64_t last = 0;
  if (!range.starts_with(kPrefix)) return 0;
  const auto [end, error] = std::from_chars(range.data() + kPrefix.size(), range.data() + range.size(), last);
  return error == std::errc() ? last + 1 : 0;
}

struct Described {
  std::string key;
  std::string path;
  symbol_store::Content content;
};

class Upload {
 public:
  Upload(const UploadTarget& target, const FilesToSend& files) : target_(target), files_(files) {}

  UploadOutcome Run() {
    std::vector<Described> batch;
    for (const auto& [key, path] : files_) {
      if (std::optional<Described> described = Describe(key, path)) batch.push_back(*std::move(described));
      if (batch.size() < kFilesAtOnce) continue;
      if (!SendBatch(batch)) return outcome_;
      batch.clear();
    }
    if (!batch.empty()) (void)SendBatch(batch);
    return outcome_;
  }

 private:
  void Fail(const std::string& what) {
    target_.complain(what);
    outcome_.exit_code = kExitFailure;
  }
  void Refuse(const std::string& what) {
    target_.complain(what);
    ++outcome_.refused;
    outcome_.exit_code = std::max<int>(outcome_.exit_code, kExitProblem);
  }

  std::optional<Described> Describe(const std::string& key, const std::string& path) {
    const base::Result<os::MappedFile> file = os::MappedFile::Open(path);
    if (!file) {
      Refuse(path + ": " + base::Describe(file.error()));
      return std::nullopt;
    }
    symbol_store::ContentDigest digest;
    digest.Add(file->bytes());
    return Described{key, path, digest.Finish()};
  }

  // An answer that is no trouble of the moment, after some attempts; nothing: it was complained of.
  std::optional<net::HttpResponse> Order(const std::string& path, const std::string& body) {
    net::HttpRequest request{.method = "POST", .url = target_.url + path};
    request.headers = {{"Auth-Token", target_.token}, {"Content-Type", "application/json"}};
    request.body = base::AsBytes(body);
    request.max_answer_bytes = kMaxAnswerBytes;
    for (int attempt = 1;; ++attempt) {
      const base::Result<net::HttpResponse> answer = net::SendHttp(request);
      if (answer && !MayPass(answer->status)) return *answer;
      if (attempt == kUploadAttempts) {
        Fail(request.url + ": " +
             (answer ? Reason(*answer) : base::Describe(answer.error()) + ": is the server there?"));
        return std::nullopt;
      }
      Pause(attempt);
    }
  }

  static void Pause(int attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds(kFirstPauseMs << (attempt - 1)));
  }

  // Whether the upload goes on.
  bool SendBatch(const std::vector<Described>& batch) {
    base::JsonWriter json;
    json.BeginObject();
    if (!target_.product.empty()) json.TextField("product", target_.product);
    json.Key("files");
    json.BeginArray();
    for (const Described& file : batch) {
      json.BeginObject();
      json.TextField("key", file.key);
      json.NumberField("size", file.content.size);
      json.TextField("md5_hash", file.content.md5);
      json.EndObject();
    }
    json.EndArray();
    json.EndObject();
    const std::optional<net::HttpResponse> answer = Order("/upload/v2/", json.Take());
    if (!answer) return false;
    const std::optional<JsonView> plan = JsonView::Read(answer->body);
    const std::optional<JsonView> actions = plan ? plan->Member("files") : std::nullopt;
    if (answer->status != 201 || !actions) {
      target_.complain(target_.url + "/upload/v2/: " + Reason(*answer));
      // A token that is refused is the caller's to mend; what is no answer of this protocol is the server's.
      const bool is_refused = answer->status >= 400 && answer->status < 500;
      outcome_.exit_code = is_refused ? kExitProblem : kExitFailure;
      return false;
    }
    for (const JsonView& item : actions->Items()) {
      const auto file = std::ranges::find(batch, TextOf(item, "key"), &Described::key);
      const std::optional<JsonView> action = item.Member("action");
      if (file == batch.end() || !action) continue;
      if (!Follow(*file, *action)) return false;
    }
    return End(plan->Member("id"));
  }

  bool Follow(const Described& file, const JsonView& action) {
    target_.sending(++number_, files_.size(), file.key);
    const std::string type = TextOf(action, "type");
    if (type == "skip") {
      ++outcome_.skipped;
    } else if (type == "upload") {
      return Send(file, TextOf(action, "url"), TextOf(action, "content_encoding") == "gzip");
    } else {
      Refuse(file.path + ": the server does not take it as " + file.key + ": " + TextOf(action, "msg"));
    }
    return true;
  }

  base::Result<os::MappedFile> Load(const Described& file, bool is_packed) const {
    if (!is_packed) return os::MappedFile::Open(file.path);
    ASSIGN_OR_RETURN(const os::MappedFile text, os::MappedFile::Open(file.path));
    ASSIGN_OR_RETURN(const os::FileDescriptor packed, os::CreateNameless(target_.folder));
    RETURN_IF_ERROR(symbol_store::Compress(
        text.bytes(), [&packed](base::Bytes bytes) { return os::WriteAll(packed.get(), bytes); }));
    return os::MappedFile::FromDescriptor(packed.get());
  }

  // Whether the upload goes on.
  bool Send(const Described& file, const std::string& url, bool is_packed) {
    const base::Result<os::MappedFile> body = Load(file, is_packed);
    if (!body) {
      Fail(file.path + ": " + base::Describe(body.error()));
      return false;
    }
    const std::uint64_t size = body->bytes().size();
    std::uint64_t arrived = 0;
    std::string trouble;
    for (int attempt = 1; attempt <= kUploadAttempts; ++attempt) {
      if (attempt > 1) {
        Pause(attempt - 1);
        arrived = std::min(size, AskArrived(url, size));
      }
      const base::Result<net::HttpResponse> answer = Put(url, body->bytes(), arrived);
      if (answer && answer->status >= 200 && answer->status < 300) {
        ++outcome_.sent;
        return true;
      }
      trouble = answer ? Reason(*answer) : base::Describe(answer.error());
      if (answer && answer->status != kResumeIncomplete && !MayPass(answer->status)) {
        Refuse(file.path + ": " + trouble);
        return true;
      }
    }
    Fail(file.path + ": " + trouble + ": the same command goes on from here");
    return false;
  }

  base::Result<net::HttpResponse> Put(const std::string& url, base::Bytes file, std::uint64_t arrived) const {
    net::HttpRequest request{.method = "PUT", .url = url};
    const std::string size = std::to_string(file.size());
    // An empty file has no range: all of it is sent.
    if (!file.empty()) {
      const std::string range =
          arrived == file.size() ? "*" : std::to_string(arrived) + "-" + std::to_string(file.size() - 1);
      request.headers = {{"Content-Range", "bytes " + range + "/" + size}};
    }
    request.headers.emplace_back("Content-Type", "application/octet-stream");
    request.body = file.subspan(static_cast<std::size_t>(arrived));
    request.total_timeout_ms = kSendTimeoutMs;
    return net::SendHttp(request);
  }

  static std::uint64_t AskArrived(const std::string& url, std::uint64_t size) {
    net::HttpRequest request{.method = "PUT", .url = url};
    request.headers = {{"Content-Range", "bytes */" + std::to_string(size)}};
    const base::Result<net::HttpResponse> answer = net::SendHttp(request);
    if (answer && answer->status >= 200 && answer->status < 300) return size;
    return answer && answer->status == kResumeIncomplete ? Arrived(*answer) : 0;
  }

  // Servers that know no end of an upload need none.
  bool End(const std::optional<JsonView>& id) {
    if (!id || outcome_.refused > 0) return true;
    const std::optional<net::HttpResponse> answer = Order("/upload/v2/" + id->Minified() + "/complete", "");
    if (!answer) return false;
    if (answer->status == 200 || answer->status == 404 || answer->status == 405) return true;
    Fail(target_.url + "/upload/v2/: " + Reason(*answer));
    return false;
  }

  const UploadTarget& target_;
  const FilesToSend& files_;
  UploadOutcome outcome_;
  std::size_t number_ = 0;
};

}  // namespace

UploadOutcome UploadFiles(const UploadTarget& target, const FilesToSend& files) {
  return Upload(target, files).Run();
}

}  // namespace cairn::apps
