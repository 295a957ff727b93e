#include "net/download.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <utility>
#include <vector>

#include "base/byte_reader.h"
#include "net/body_decoder.h"
#include "net/libcurl.h"

namespace cairn::net {
namespace {

using base::Code;
using base::Error;
using Clock = std::chrono::steady_clock;

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

char LowerCase(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool StartsWithIgnoringCase(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() &&
         std::ranges::equal(text.substr(0, lower.size()), lower, {}, LowerCase);
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Of "bytes 100-199/200".
std::optional<std::uint64_t> FirstNumber(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_of("0123456789"), text.size()));
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return number;
}

// Whether a redirect from one to the other may be followed. Down from https a listener could put in a file of
// its own.
bool MayFollow(std::string_view from, std::string_view to) {
  if (StartsWithIgnoringCase(to, "https://")) return true;
  return StartsWithIgnoringCase(to, "http://") && !StartsWithIgnoringCase(from, "https://");
}

base::Status WriteBytes(int fd, base::Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Error{Code::kIo, static_cast<std::uint64_t>(errno), "write a download"};
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

DownloadOutcome OutcomeOf(const Error& error) {
  switch (error.code) {
    case Code::kTimeout: return DownloadOutcome::kTimeout;
    case Code::kLimitExceeded: return DownloadOutcome::kTooLarge;
    case Code::kIo: return DownloadOutcome::kNotWritten;
    case Code::kBadValue:
    case Code::kUnsupported:
    case Code::kTruncated: return DownloadOutcome::kBadBody;
    default: return DownloadOutcome::kNetwork;
  }
}

}  // namespace

// What has come of the body, over all transfers that it takes.
struct Downloader::Received {
  std::string
      validator;  // An entity tag or a date that tells this file from a later one; empty: there is none.
  std::optional<BodyDecoder> decoder;  // Empty until something came.
  std::uint64_t raw_bytes = 0;         // Before decoding.

  bool can_go_on() const { return raw_bytes > 0 && !validator.empty(); }
};

// One hop, from the side of libcurl's callbacks.
struct Downloader::Transfer {
  const DownloadRequest& request;
  CURL* handle;
  const Libcurl& curl;
  int fd;
  off_t start;  // Of the body in the file.
  Received& received;
  std::uint64_t goes_on_at =
      0;  // What the body before lacks begins here; zero: it is asked for from its start.
  std::string encoding;
  std::string entity_tag;
  std::string last_modified;
  std::optional<std::uint64_t> range_start;
  bool began = false;               // A byte of the body came.
  std::optional<Error> body_error;  // Why the body was not taken.
  bool cancelled = false;
  DownloadAnswer answer;
  std::string location;

  int Status() const {
    long status = 0;
    curl.easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    return static_cast<int>(status);
  }

  // A line of the head; several heads may come: of a proxy, of "100 Continue", of the answer.
  void TakeHeader(std::string_view line) {
    if (line.starts_with("HTTP/")) {
      encoding.clear();
      entity_tag.clear();
      last_modified.clear();
      range_start.reset();
    }
    const auto value_of = [line](std::string_view name) -> std::optional<std::string> {
      if (!StartsWithIgnoringCase(line, name)) return std::nullopt;
      return std::string(Trim(line.substr(name.size())));
    };
    if (auto value = value_of("content-encoding:")) {
      std::ranges::transform(*value, value->begin(), LowerCase);
      encoding = *std::move(value);
    } else if (auto tag = value_of("etag:")) {
      // A weak one tells only what means the same, not what has the same bytes.
      if (tag->starts_with('"')) entity_tag = *std::move(tag);
    } else if (auto date = value_of("last-modified:")) {
      last_modified = *std::move(date);
    } else if (const auto range = value_of("content-range:")) {
      range_start = FirstNumber(*range);
    }
  }

  // The file is whole from its start or goes on where it broke off.
  bool HasBody() const {
    const int status = Status();
    return status == 200 || (status == 206 && goes_on_at > 0);
  }

  // At the body's first byte.
  base::Status Begin() {
    began = true;
    if (Status() == 206) {
      if (range_start == goes_on_at) return {};
      return Error{Code::kTruncated, goes_on_at, "the rest of a download"};
    }
    received.decoder.reset();
    received.raw_bytes = 0;
    received.validator = entity_tag.empty() ? last_modified : entity_tag;
    if (goes_on_at > 0 && (ftruncate(fd, start) != 0 || lseek(fd, start, SEEK_SET) != start))
      return Error{Code::kIo, static_cast<std::uint64_t>(errno), "begin a download anew"};
    ASSIGN_OR_RETURN(BodyDecoder created,
                     BodyDecoder::Create(encoding, request.max_bytes, [target = fd](base::Bytes decoded) {
                       return WriteBytes(target, decoded);
                     }));
    received.decoder.emplace(std::move(created));
    return {};
  }

  bool TakeBody(base::Bytes bytes) {
    if (!HasBody()) return true;  // The page that explains an error is of no use.
    base::Status taken;
    if (!began) taken = Begin();
    received.raw_bytes += bytes.size();
    if (taken && received.raw_bytes > request.max_bytes)
      taken = Error{Code::kLimitExceeded, request.max_bytes, "the server's answer"};
    if (taken) taken = received.decoder->Feed(bytes);
    if (!taken) body_error = taken.error();
    return !body_error;
  }

  static std::size_t OnHeader(char* bytes, std::size_t, std::size_t count, void* user) {
    static_cast<Transfer*>(user)->TakeHeader({bytes, count});
    return count;
  }
  static std::size_t OnBody(char* bytes, std::size_t, std::size_t count, void* user) {
    return static_cast<Transfer*>(user)->TakeBody(base::AsBytes({bytes, count})) ? count : 0;
  }
  static int OnProgress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    Transfer& transfer = *static_cast<Transfer*>(user);
    const std::atomic<bool>* const flag = transfer.request.cancelled;
    transfer.cancelled = flag != nullptr && flag->load(std::memory_order_relaxed);
    return transfer.cancelled ? 1 : 0;
  }
};

Downloader::~Downloader() {
  if (handle_ != nullptr) LoadLibcurl()->easy_cleanup(handle_);
}

DownloadAnswer Downloader::Get(const DownloadRequest& request, int fd) {
  const Libcurl* const curl = LoadLibcurl();
  if (curl == nullptr)
    return {.outcome = DownloadOutcome::kNoLibrary, .url = request.url, .error = kNoLibcurl};
  if (handle_ == nullptr) handle_ = curl->easy_init();
  const auto deadline = Clock::now() + std::chrono::milliseconds(request.total_timeout_ms);
  const off_t start = std::max<off_t>(0, lseek(fd, 0, SEEK_CUR));
  std::string url = request.url;
  Received received;
  int resumes = 0;
  for (int hop = 0;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    const std::uint64_t goes_on_at = resumes > 0 ? received.raw_bytes : 0;
    Transfer transfer{.request = request,
                      .handle = handle_,
                      .curl = *curl,
                      .fd = fd,
                      .start = start,
                      .received = received,
                      .goes_on_at = goes_on_at};
    transfer.answer.url = url;
    transfer.answer.resumes = resumes;
    if (request.may_visit && !request.may_visit(url)) {
      transfer.answer.outcome = DownloadOutcome::kBlocked;
      transfer.answer.error = {Code::kRefused, 0, "a URL that may not be asked for"};
      return transfer.answer;
    }
    if (left.count() <= 0) {
      transfer.answer.outcome = DownloadOutcome::kTimeout;
      transfer.answer.error = {Code::kTimeout, 0, "the download"};
      return transfer.answer;
    }
    GetOnce(request, static_cast<int>(left.count()), transfer);
    DownloadAnswer& answer = transfer.answer;
    const bool broke_off =
        answer.outcome == DownloadOutcome::kNetwork || answer.outcome == DownloadOutcome::kTimeout;
    if (broke_off && transfer.began && received.can_go_on() && received.raw_bytes > goes_on_at &&
        resumes < request.max_resumes) {
      ++resumes;
      continue;
    }
    if (answer.outcome != DownloadOutcome::kStatus || !IsRedirect(answer.status)) {
      // Whatever it says of the rest, it had the file a moment ago.
      if (answer.outcome == DownloadOutcome::kStatus && goes_on_at > 0) {
        answer.outcome = DownloadOutcome::kNetwork;
        answer.error = {Code::kTruncated, goes_on_at, "the rest of a download"};
      }
      return answer;
    }
    if (hop++ >= request.max_redirects || !MayFollow(url, transfer.location)) {
      transfer.answer.outcome = DownloadOutcome::kBlocked;
      transfer.answer.error = {Code::kRefused, static_cast<std::uint64_t>(transfer.answer.status),
                               "a redirect that may not be followed (HTTP status)"};
      return transfer.answer;
    }
    url = transfer.location;
  }
}

// Fills in the answer of one request.
void Downloader::GetOnce(const DownloadRequest& request, int total_timeout_ms, Transfer& transfer) {
  const Libcurl& curl = transfer.curl;
  CURL* const handle = transfer.handle;
  curl.easy_reset(handle);
  SetCommonOptions(curl, handle, transfer.answer.url);
  std::vector<std::pair<std::string, std::string>> fields = {{"Accept-Encoding", "gzip, deflate"}};
  if (transfer.goes_on_at > 0) {
    fields.emplace_back("Range", "bytes=" + std::to_string(transfer.goes_on_at) + "-");
    fields.emplace_back("If-Range", transfer.received.validator);
  }
  const HeaderList headers = MakeHeaders(curl, fields);
  curl.easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl.easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout_ms));
  curl.easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(total_timeout_ms));
  curl.easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl.easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.stall_timeout_s));
  curl.easy_setopt(handle, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request.max_bytes));
  curl.easy_setopt(handle, CURLOPT_HEADERFUNCTION, Transfer::OnHeader);
  curl.easy_setopt(handle, CURLOPT_HEADERDATA, &transfer);
  curl.easy_setopt(handle, CURLOPT_WRITEFUNCTION, Transfer::OnBody);
  curl.easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
  SocketOpener sockets(request.may_connect);
  sockets.Serve(curl, handle);
  curl.easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, Transfer::OnProgress);
  curl.easy_setopt(handle, CURLOPT_XFERINFODATA, &transfer);
  curl.easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  const CURLcode code = curl.easy_perform(handle);

  DownloadAnswer& answer = transfer.answer;
  answer.status = transfer.Status();
  const std::optional<BodyDecoder>& decoder = transfer.received.decoder;
  if (decoder) answer.bytes = decoder->bytes_out();
  if (code != CURLE_OK) {
    answer.error = transfer.body_error ? *transfer.body_error : ErrorOf(code);
    if (code == CURLE_FILESIZE_EXCEEDED)
      answer.error = {Code::kLimitExceeded, request.max_bytes, "the server's answer"};
    answer.outcome = OutcomeOf(answer.error);
    if (code == CURLE_PARTIAL_FILE) answer.outcome = DownloadOutcome::kNetwork;
    if (transfer.cancelled) answer.outcome = DownloadOutcome::kCancelled;
    if (sockets.has_refused()) {
      answer.outcome = DownloadOutcome::kBlocked;
      answer.error = kAddressRefused;
    }
    return;
  }
  curl_off_t retry_after_s = 0;
  curl.easy_getinfo(handle, CURLINFO_RETRY_AFTER, &retry_after_s);
  constexpr curl_off_t kLongestWait_s = 86'400;  // Whoever asks for more is asked again tomorrow.
  if (retry_after_s > 0) answer.retry_after_s = static_cast<int>(std::min(retry_after_s, kLongestWait_s));
  const char* location = nullptr;
  curl.easy_getinfo(handle, CURLINFO_REDIRECT_URL, &location);
  if (location != nullptr) transfer.location = location;
  answer.outcome = DownloadOutcome::kStatus;
  if (!transfer.HasBody()) return;
  answer.outcome = DownloadOutcome::kDone;
  if (!decoder) return;
  if (const base::Status finished = decoder->Finish(); !finished) {
    answer.error = finished.error();
    answer.outcome = DownloadOutcome::kNetwork;  // The end is missing, whatever the length said.
  }
}

std::string WithoutCredentials(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::string(url);
  const std::size_t host = scheme + 3;
  const std::size_t host_end = std::min(url.find_first_of("/?#", host), url.size());
  const std::size_t at = url.substr(host, host_end - host).rfind('@');
  if (at == std::string_view::npos) return std::string(url);
  return std::string(url.substr(0, host)).append(url.substr(host + at + 1));
}

}  // namespace cairn::net
