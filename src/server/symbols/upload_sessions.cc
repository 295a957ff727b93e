#include "server/symbols/upload_sessions.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/json_view.h"
#include "base/json_writer.h"
#include "os/append_file.h"
#include "os/directory.h"
#include "os/random.h"

namespace cairn::symbols {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kSessionFile = "/session.json";
constexpr std::string_view kPart = ".part";
constexpr std::string_view kDone = ".done";
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kSessionMs = kSessionDays * 24 * kHourMs;

constexpr Error kNoSession{Code::kNotFound, 0, "upload session"};
constexpr Error kBadSession{Code::kBadValue, 0, "upload session"};

// "17.550e8400-e29b-41d4-a716-446655440000": the upload and a secret. Nothing else can name a folder.
bool IsSessionId(std::string_view id) {
  return id.size() <= 64 && id.find('.') != 0 && std::ranges::count(id, '.') == 1 &&
         std::ranges::all_of(id, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-' || c == '.';
         });
}

std::optional<std::uint64_t> NumberIn(const base::JsonView& object, std::string_view name) {
  const std::optional<base::JsonView> member = object.Member(name);
  if (!member) return std::nullopt;
  const std::string digits = member->Minified();
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool is_whole = error == std::errc() && end == digits.data() + digits.size();
  if (!is_whole || number > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  return number;
}

std::optional<std::string> TextIn(const base::JsonView& object, std::string_view name) {
  const std::optional<base::JsonView> member = object.Member(name);
  return member ? member->Text() : std::nullopt;
}

}  // namespace

std::string WriteSession(const Session& session) {
  base::JsonWriter json;
  json.BeginObject();
  json.TextField("user", session.user);
  json.TextField("protocol", session.protocol);
  json.NumberField("upload_id", session.upload_id);
  json.TextField("class", store::SymbolClassName(session.symbol_class));
  json.TextField("product", session.product);
  json.NumberField("created_ms", session.created_ms);
  json.Key("files");
  json.BeginArray();
  for (const SessionFile& file : session.files) {
    json.BeginObject();
    json.TextField("key", file.key);
    json.NumberField("size", file.size);
    json.TextField("md5", file.md5);
    json.EndObject();
  }
  json.EndArray();
  json.Key("skipped_keys");
  json.BeginArray();
  for (const std::string& key : session.skipped_keys) json.String(key);
  json.EndArray();
  json.EndObject();
  return json.Take();
}

base::Result<Session> ReadSession(std::string_view text) {
  const std::optional<base::JsonView> json = base::JsonView::Read(text);
  if (!json) return kBadSession;
  const auto user = TextIn(*json, "user");
  const auto protocol = TextIn(*json, "protocol");
  const auto symbol_class = TextIn(*json, "class");
  const auto product = TextIn(*json, "product");
  const auto upload_id = NumberIn(*json, "upload_id");
  const auto created_ms = NumberIn(*json, "created_ms");
  const auto files = json->Member("files");
  const auto skipped = json->Member("skipped_keys");
  if (!user || !protocol || !symbol_class || !product || !upload_id || !created_ms || !files || !skipped) {
    return kBadSession;
  }
  Session session{
      .id = {},
      .user = *user,
      .protocol = *protocol,
      .upload_id = static_cast<std::int64_t>(*upload_id),
      .symbol_class = *symbol_class == "try" ? store::SymbolClass::kTry : store::SymbolClass::kRegular,
      .product = *product,
      .created_ms = static_cast<std::int64_t>(*created_ms),
      .files = {},
      .skipped_keys = {}};
  for (const base::JsonView& item : files->Items()) {
    const auto key = TextIn(item, "key");
    const auto size = NumberIn(item, "size");
    const auto md5 = TextIn(item, "md5");
    if (!key || !size || !md5) return kBadSession;
    session.files.push_back({*key, *size, *md5});
  }
  for (const base::JsonView& item : skipped->Items())
    session.skipped_keys.push_back(item.Text().value_or(""));
  return session;
}

base::Result<std::unique_ptr<UploadSessions>> UploadSessions::Open(std::string folder, Clock clock) {
  RETURN_IF_ERROR(os::MakeDirectories(folder));
  std::unique_ptr<UploadSessions> sessions(new UploadSessions(std::move(folder), std::move(clock)));
  RETURN_IF_ERROR(sessions->RemoveEnded());
  return sessions;
}

base::Result<Session> UploadSessions::Create(Session session) {
  const std::lock_guard lock(mutex_);  // A session that is being made looks like one that has ended.
  if (clock_() - removed_ended_at_ms_ >= kHourMs) {
    RETURN_IF_ERROR(RemoveEnded());
    removed_ended_at_ms_ = clock_();
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> names, os::ListDirectory(folder_));
  if (names.size() >= kMaxSessions)
    return Error{Code::kLimitExceeded, names.size(), "number of upload sessions"};
  session.created_ms = clock_();
  session.id = std::to_string(session.upload_id) + "." + os::RandomUuid();
  const std::string path = folder_ + "/" + session.id;
  RETURN_IF_ERROR(os::MakeDirectories(path));
  RETURN_IF_ERROR(
      os::WriteFileDurably(path + std::string(kSessionFile), base::AsBytes(WriteSession(session))));
  return session;
}

base::Result<Session> UploadSessions::Find(std::string_view id) const {
  if (!IsSessionId(id)) return kNoSession;
  ASSIGN_OR_RETURN(
      const std::string json,
      os::ReadFile(folder_ + "/" + std::string(id) + std::string(kSessionFile), kMaxSessionBytes));
  ASSIGN_OR_RETURN(Session session, ReadSession(json));
  if (session.created_ms + kSessionMs <= clock_()) return kNoSession;
  session.id = id;
  return session;
}

base::Result<Session> UploadSessions::FindByUpload(std::int64_t upload_id) const {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, os::ListDirectory(folder_));
  const std::string prefix = std::to_string(upload_id) + ".";
  for (const std::string& name : names) {
    if (name.starts_with(prefix)) return Find(name);
  }
  return kNoSession;
}

base::Status UploadSessions::Remove(const std::string& id) {
  if (!IsSessionId(id)) return kNoSession;
  const std::string path = folder_ + "/" + id;
  ASSIGN_OR_RETURN(const std::vector<std::string> names, os::ListDirectory(path));
  // What the session is goes first: killed in the middle, it is none any more.
  RETURN_IF_ERROR(os::RemoveFile(path + std::string(kSessionFile)));
  for (const std::string& name : names) RETURN_IF_ERROR(os::RemoveFile(path + "/" + name));
  return os::RemoveEmptyDirectory(path);
}

base::Status UploadSessions::RemoveEnded() {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, os::ListDirectory(folder_));
  for (const std::string& name : names) {
    const base::Result<Session> session = Find(name);
    const bool has_ended =
        !session && (session.error().code == Code::kNotFound || session.error() == kBadSession);
    if (has_ended && IsSessionId(name)) RETURN_IF_ERROR(Remove(name));
  }
  return {};
}

UploadSessions::Hold::~Hold() {
  if (sessions_ == nullptr) return;
  const std::lock_guard lock(sessions_->mutex_);
  sessions_->held_.erase(place_);
}

std::optional<UploadSessions::Hold> UploadSessions::TakeHold(const SessionPlace& place) {
  const std::lock_guard lock(mutex_);
  if (!held_.insert(place).second) return std::nullopt;
  return std::optional<Hold>(std::in_place, *this, place);
}

std::string UploadSessions::PathOf(const SessionPlace& place, std::string_view extension) const {
  return folder_ + "/" + place.session_id + "/" + std::to_string(place.index) + std::string(extension);
}

base::Result<os::FileDescriptor> UploadSessions::OpenPart(const SessionPlace& place) const {
  return os::OpenToAppend(PathOf(place, kPart));
}

base::Status UploadSessions::DropPart(const SessionPlace& place) const {
  return os::RemoveFile(PathOf(place, kPart));
}

base::Status UploadSessions::MarkDone(const SessionPlace& place) const {
  RETURN_IF_ERROR(os::WriteFileDurably(PathOf(place, kDone), {}));
  return DropPart(place);
}

bool UploadSessions::IsDone(const SessionPlace& place) const {
  return os::Inspect(PathOf(place, kDone)).has_value();
}

}  // namespace cairn::symbols
