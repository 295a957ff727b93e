#include "server/signing/signing.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "server/store/blob_keys.h"

namespace cairn::signing {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kMaxProgressBytes = 4096;
constexpr std::size_t kMaxNameBytes = 255;  // As of a signature.

// What was noted, if it is of these rules; else nothing is done yet.
base::Result<Progress> ProgressOf(const store::BlobStore& blobs, const SigningRules& rules) {
  const Progress none{.stamp = rules.stamp(), .after = {}, .trouble = {}};
  const base::Result<std::string> text = blobs.Get(store::kSigningProgressKey, kMaxProgressBytes);
  if (!text && text.error().code == Code::kNotFound) return none;
  if (!text) return text.error();
  const base::Result<Progress> noted = ReadProgress(*text);
  return noted && noted->stamp == rules.stamp() ? *noted : none;
}

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameBytes && text.front() != ' ' && text.back() != ' ' &&
         std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7e; });
}

Mistakes CheckAuthor(const Author& author) {
  if (author.why.size() <= kMaxReasonBytes && base::IsUtf8(author.why) && base::IsUtf8(author.who)) return {};
  return {"why: the reason is a text of at most 1,000 bytes"};
}

Mistakes CheckNames(const std::vector<std::string>& from, const std::string& to) {
  Mistakes mistakes;
  if (from.empty() || from.size() > kMaxSourcesOfDecision) {
    mistakes.emplace_back("from: there must be 1 to 100 signatures");
  }
  if (!IsName(to)) mistakes.emplace_back("to: a signature is 1 to 255 printable characters of ASCII");
  if (std::ranges::find(from, to) != from.end()) {
    mistakes.emplace_back("from: `" + to.substr(0, kMaxNameBytes) +
                          "` is where the crashes go: leave it out");
  }
  return mistakes;
}

std::string Join(const std::vector<std::string>& names) {
  std::string joined;
  for (const std::string& name : names) joined += (joined.empty() ? "" : ", ") + name;
  return joined;
}

std::int64_t NextDecisionId(const Settings& settings, std::int64_t revision) {
  // Revisions only rise, and each makes one decision at most.
  std::int64_t id = revision;
  for (const Decision& decision : settings.decisions) id = std::max(id, decision.id);
  return id + 1;
}

}  // namespace

base::Result<std::unique_ptr<Signing>> Signing::Open(SigningParts parts) {
  ASSIGN_OR_RETURN(Revision revision, History(parts.blobs).Newest());
  auto made = SigningRules::Create(revision.settings);
  auto* const rules = std::get_if<std::shared_ptr<const SigningRules>>(&made);
  if (rules == nullptr) return Error{Code::kBadValue, 0, "settings of signatures: they do not hold any more"};
  ASSIGN_OR_RETURN(Progress progress, ProgressOf(parts.blobs, **rules));
  return std::unique_ptr<Signing>(
      new Signing(std::move(parts), std::move(revision), std::move(*rules), std::move(progress)));
}

Signing::Signing(SigningParts parts, Revision revision, std::shared_ptr<const SigningRules> rules,
                 Progress progress)
    : parts_(std::move(parts)),
      signer_(std::make_unique<InputSigner>(rules)),
      revision_(std::move(revision)),
      rules_(std::move(rules)),
      progress_(std::move(progress)),
      thread_([this] { Run(); }) {}

Signing::~Signing() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Revision Signing::Current() const {
  const std::lock_guard lock(mutex_);
  return revision_;
}

std::shared_ptr<const SigningRules> Signing::rules() const {
  const std::lock_guard lock(mutex_);
  return rules_;
}

Progress Signing::progress() const {
  const std::lock_guard lock(mutex_);
  return progress_;
}

void Signing::WaitUntilSigned() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return progress_.is_done || stopping_; });
}

base::Result<std::vector<RevisionHead>> Signing::ListHistory(std::int64_t before,
                                                             std::size_t revisions_max) const {
  return History(parts_.blobs).List(before, revisions_max);
}

base::Result<std::variant<Preview, Mistakes>> Signing::PreviewOf(const SettingsText& text) const {
  using Answer = std::variant<Preview, Mistakes>;
  auto made = SigningRules::Create({text, rules()->settings().decisions});
  if (auto* const mistakes = std::get_if<Mistakes>(&made)) return Answer(std::move(*mistakes));
  const auto go_on = [this] {
    const std::lock_guard lock(mutex_);
    return !stopping_;
  };
  ASSIGN_OR_RETURN(
      Preview preview,
      MakePreview(parts_.index, std::get<std::shared_ptr<const SigningRules>>(std::move(made)), go_on));
  return Answer(std::move(preview));
}

base::Result<Change> Signing::PutInForce(Settings settings, RevisionHead head) {
  head.when_ms = parts_.clock();
  Mistakes mistakes = CheckAuthor({head.who, head.why});
  if (!mistakes.empty()) return Change(std::move(mistakes));
  auto made = SigningRules::Create(settings);
  if (auto* const found = std::get_if<Mistakes>(&made)) return Change(std::move(*found));
  std::shared_ptr<const SigningRules> rules = std::get<std::shared_ptr<const SigningRules>>(std::move(made));
  auto signer = std::make_unique<InputSigner>(rules);
  const std::lock_guard write_lock(write_mutex_);
  Revision revision{std::move(head), std::move(settings)};
  Progress none{.stamp = rules->stamp(), .after = {}, .trouble = {}};
  // Noted first: what was noted for these rules when they were in force before does not hold any more, and
  // what is noted for rules that are not in force makes history be signed again, which does no harm.
  RETURN_IF_ERROR(parts_.blobs.Put(store::kSigningProgressKey, base::AsBytes(WriteProgress(none))));
  RETURN_IF_ERROR(History(parts_.blobs).Put(revision));
  signer_ = std::move(signer);
  const std::lock_guard lock(mutex_);
  progress_ = std::move(none);
  rules_ = std::move(rules);
  revision_ = std::move(revision);
  changed_.notify_all();
  return Change(revision_.head);
}

base::Result<Change> Signing::Save(const SettingsText& text, const Author& author) {
  const std::lock_guard lock(orders_mutex_);
  const Revision now = Current();
  const std::int64_t number = now.head.number + 1;
  return PutInForce({text, now.settings.decisions}, {.number = number,
                                                     .content = number,
                                                     .parent = now.head.content,
                                                     .action = Action::kSave,
                                                     .about = {},
                                                     .who = author.who,
                                                     .why = author.why});
}

base::Result<Change> Signing::Decide(Decision decision, Action action, const Author& author) {
  Mistakes mistakes = CheckNames(decision.from, decision.to);
  if (!mistakes.empty()) return Change(std::move(mistakes));
  const std::lock_guard lock(orders_mutex_);
  for (const std::string& name : decision.from) {
    ASSIGN_OR_RETURN(const std::vector<std::string> present, parts_.index.FollowSignature(name, {}));
    if (!std::ranges::binary_search(present, name)) {
      mistakes.push_back("from: no crash has the signature `" + name.substr(0, kMaxNameBytes) + "`");
    }
  }
  if (decision.kind == DecisionKind::kRename) {
    ASSIGN_OR_RETURN(const std::vector<std::string> present, parts_.index.FollowSignature(decision.to, {}));
    if (std::ranges::binary_search(present, decision.to)) {
      mistakes.push_back("to: crashes have the signature `" + decision.to + "` already: merge the two");
    }
  }
  const Revision now = Current();
  if (now.settings.decisions.size() >= kMaxDecisions) {
    mistakes.emplace_back("there are 10,000 decisions: write rules in the place of some");
  }
  if (!mistakes.empty()) return Change(std::move(mistakes));
  const std::int64_t number = now.head.number + 1;
  Settings settings = now.settings;
  decision.id = NextDecisionId(settings, now.head.number);
  decision.when_ms = parts_.clock();
  decision.who = author.who;
  decision.why = author.why;
  std::string about = Join(decision.from) + " into " + decision.to;
  settings.decisions.push_back(std::move(decision));
  return PutInForce(std::move(settings), {.number = number,
                                          .content = number,
                                          .parent = now.head.content,
                                          .action = action,
                                          .about = std::move(about),
                                          .who = author.who,
                                          .why = author.why});
}

base::Result<Change> Signing::Merge(const std::vector<std::string>& from, const std::string& to,
                                    const Author& author) {
  return Decide({.kind = DecisionKind::kMerge, .from = from, .to = to, .who = {}, .why = {}}, Action::kMerge,
                author);
}

base::Result<Change> Signing::Rename(const std::string& from, const std::string& to, const Author& author) {
  return Decide({.kind = DecisionKind::kRename, .from = {from}, .to = to, .who = {}, .why = {}},
                Action::kRename, author);
}

base::Result<Change> Signing::Split(std::int64_t id, const Author& author) {
  const std::lock_guard lock(orders_mutex_);
  const Revision now = Current();
  Settings settings = now.settings;
  const auto decision = std::ranges::find(settings.decisions, id, &Decision::id);
  if (decision == settings.decisions.end()) {
    return Change(Mistakes{"decision: there is none with the number " + std::to_string(id)});
  }
  const std::string about = Join(decision->from) + " out of " + decision->to;
  settings.decisions.erase(decision);
  const std::int64_t number = now.head.number + 1;
  return PutInForce(std::move(settings), {.number = number,
                                          .content = number,
                                          .parent = now.head.content,
                                          .action = Action::kSplit,
                                          .about = about,
                                          .who = author.who,
                                          .why = author.why});
}

base::Result<Change> Signing::Undo(const Author& author) {
  const std::lock_guard lock(orders_mutex_);
  const Revision now = Current();
  if (now.head.content == 0) return Change(Mistakes{"there is nothing to undo"});
  ASSIGN_OR_RETURN(const Revision before, History(parts_.blobs).Get(now.head.parent));
  return PutInForce(before.settings, {.number = now.head.number + 1,
                                      .content = before.head.content,
                                      .parent = before.head.parent,
                                      .action = Action::kUndo,
                                      .about = "revision " + std::to_string(now.head.content) + ", back to " +
                                               std::to_string(before.head.content),
                                      .who = author.who,
                                      .why = author.why});
}

base::Result<std::vector<std::string>> Signing::Resolve(const std::string& signature,
                                                        const search::Deadline& deadline) const {
  ASSIGN_OR_RETURN(std::vector<std::string> found, parts_.index.FollowSignature(signature, deadline));
  if (!found.empty()) return found;
  // Of a name that was merged, decisions know more than the index if that was made anew.
  const std::string decided = rules()->Decide(signature);
  return decided == signature ? std::vector<std::string>() : parts_.index.FollowSignature(decided, deadline);
}

}  // namespace cairn::signing
