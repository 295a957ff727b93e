#include "server/metrics/metrics.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace cairn::metrics {
namespace {

using std::chrono::milliseconds;

constexpr std::array<double, 2> kBounds_s = {0.1, 1};

TEST(DurationHistogramTest, ABoundBelongsToItsBucket) {
  DurationHistogram histogram(kBounds_s);
  for (const int ms : {0, 100, 101, 1000, 1001}) histogram.Observe(milliseconds(ms));
  const DurationHistogram::Snapshot read = histogram.Read();
  EXPECT_EQ(read.buckets, 2U);
  EXPECT_EQ(read.counts_within[0], 2U);
  EXPECT_EQ(read.counts_within[1], 4U);
  EXPECT_EQ(read.count, 5U);
  EXPECT_DOUBLE_EQ(read.sum_s, 2.202);
}

TEST(DurationHistogramTest, AClockThatWasSetBackTakesNothingAway) {
  DurationHistogram histogram(kBounds_s);
  histogram.Observe(milliseconds(-5000));
  EXPECT_EQ(histogram.Read().counts_within[0], 1U);
  EXPECT_EQ(histogram.Read().sum_s, 0);
}

TEST(CounterTest, ThreadsLoseNothing) {
  Counter counter;
  DurationHistogram histogram(kBounds_s);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 10'000; ++j) {
        counter.Add(2);
        histogram.Observe(milliseconds(1));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter.value(), 80'000U);
  EXPECT_EQ(histogram.Read().count, 40'000U);
}

TEST(TimerTest, ObservesOnceAndDoesWithoutAHistogram) {
  DurationHistogram histogram(kBounds_s);
  {
    const Timer timer(&histogram);
  }
  {
    const Timer timer(nullptr);
  }
  EXPECT_EQ(histogram.Read().count, 1U);
}

}  // namespace
}  // namespace cairn::metrics
