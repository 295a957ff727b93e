#include "server/api/product_answers.h"

namespace cairn::api {
namespace {

std::size_t BytesOf(const ProductAnswers::Question& question) {
  std::size_t bytes = question.product.size();
  for (const std::string& product : question.hidden_products) bytes += product.size();
  return bytes;
}

}  // namespace

std::optional<bool> ProductAnswers::Find(const Question& question, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  const auto found = answers_.find(question);
  if (found == answers_.end() || !found->second.IsFresh(now_ms)) {
    ++misses_;
    return std::nullopt;
  }
  ++hits_;
  return found->second.has_crashes;
}

void ProductAnswers::Note(const Question& question, bool has_crashes, std::int64_t now_ms) {
  if (BytesOf(question) > kMaxQuestionBytes) return;
  const std::lock_guard lock(mutex_);
  if (answers_.size() >= kMaxAnswers) {
    std::erase_if(answers_, [&](const auto& entry) { return !entry.second.IsFresh(now_ms); });
    if (answers_.size() >= kMaxAnswers) answers_.clear();
  }
  answers_[question] = {has_crashes, now_ms};
}

std::uint64_t ProductAnswers::hits() const {
  const std::lock_guard lock(mutex_);
  return hits_;
}

std::uint64_t ProductAnswers::misses() const {
  const std::lock_guard lock(mutex_);
  return misses_;
}

}  // namespace cairn::api
