// The tables of an index of older schemas, as folders out there have them: of 1, and of sums up to 2.
#pragma once

namespace cairn::search {

inline constexpr const char* kFirstDictionary = R"sql(
  CREATE TABLE frames (id BIGINT, hash BIGINT, module VARCHAR, function VARCHAR, file VARCHAR);
  CREATE TABLE addresses (id BIGINT, hash BIGINT, module VARCHAR, debug_id VARCHAR, module_offset BIGINT);
  CREATE TABLE address_frames (address_id BIGINT, position BIGINT, frame_id BIGINT, line BIGINT);
  CREATE TABLE stacks (id BIGINT, address_ids BIGINT[]);
  CREATE TABLE postings (address_id BIGINT, stack_id BIGINT);
  CREATE TABLE signature_inputs (id BIGINT, stack_id BIGINT, platform VARCHAR, reason VARCHAR, annotations VARCHAR);
  CREATE TABLE signatures (input_id BIGINT, signature VARCHAR, proto_signature VARCHAR);
)sql";
inline constexpr const char* kFirstCrashes = R"sql(
  CREATE TABLE crashes (
    uuid UUID, date_ms BIGINT, input_id BIGINT, stack_id BIGINT,
    product VARCHAR, version VARCHAR, release_channel VARCHAR, build_id VARCHAR, process_type VARCHAR,
    platform VARCHAR, platform_version VARCHAR, cpu_arch VARCHAR, reason VARCHAR, address VARCHAR,
    minidump_sha256_hash VARCHAR, rule VARCHAR, weight DOUBLE
  );
)sql";
inline constexpr const char* kSecondActivity = R"sql(
  CREATE TABLE sums (
    window_ms BIGINT, product VARCHAR, version VARCHAR, display_version VARCHAR, build_id VARCHAR,
    release_channel VARCHAR, platform VARCHAR, platform_version VARCHAR, cpu_arch VARCHAR, country VARCHAR,
    pings BIGINT, main_crashes BIGINT, content_crashes BIGINT, content_shutdown_crashes BIGINT, startup_crashes BIGINT,
    gpu_crashes BIGINT, plugin_crashes BIGINT, gmplugin_crashes BIGINT, sessions BIGINT, clients BIGINT,
    usage_hours DOUBLE
  );
  CREATE TABLE pings (uuid UUID, day BIGINT);
  CREATE TABLE clients (token BIGINT, day BIGINT);
  CREATE TABLE schema_version AS SELECT 2::BIGINT AS version;
)sql";

}  // namespace cairn::search
