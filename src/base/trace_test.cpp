#include "base/trace.hpp"

#include <gtest/gtest.h>

#include "base/ports.hpp"
#include "base/work_context.hpp"

namespace chartroom::base {
namespace {

constexpr const char* kGood = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(Trace, IsReadAndWritten) {
  const auto trace = parse_traceparent(kGood);
  ASSERT_TRUE(trace);
  EXPECT_EQ(trace->trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(trace->span_id, "00f067aa0ba902b7");
  EXPECT_TRUE(trace->sampled);
  EXPECT_EQ(to_traceparent(*trace), kGood);
  EXPECT_FALSE(
      parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-fe")->sampled);
}

TEST(Trace, OfAHigherVersionIsReadAsFarAsItIsKnown) {
  for (const char* header : {"cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                             "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"}) {
    const auto trace = parse_traceparent(header);
    ASSERT_TRUE(trace) << header;
    EXPECT_EQ(to_traceparent(*trace), kGood);
  }
}

TEST(Trace, ThatIsNoneIsIgnored) {
  for (const char* header : {"", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                             "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                             "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                             "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                             "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-010",
                             "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                             "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more"}) {
    EXPECT_FALSE(parse_traceparent(header)) << header;
  }
}

TEST(Trace, GoesOnInSpansOfItsOwn) {
  start_crypto();
  const auto trace = parse_traceparent(kGood).value();
  const Trace next = next_span(trace);
  EXPECT_EQ(next.trace_id, trace.trace_id);
  EXPECT_TRUE(next.sampled);
  EXPECT_NE(next.span_id, trace.span_id);
  EXPECT_TRUE(parse_traceparent(to_traceparent(next)));
}

TEST(WorkScope, NestsAndEnds) {
  EXPECT_EQ(current_work().job, "");
  {
    const WorkScope outer({"request", "", "order", {}});
    {
      const WorkScope inner({"", "job", "order", parse_traceparent(kGood)});
      EXPECT_EQ(current_work().job, "job");
      EXPECT_TRUE(current_work().trace);
    }
    EXPECT_EQ(current_work().request_id, "request");
    EXPECT_FALSE(current_work().trace);
  }
  EXPECT_EQ(current_work().request_id, "");
}

}  // namespace
}  // namespace chartroom::base
