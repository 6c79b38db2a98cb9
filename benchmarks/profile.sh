#!/bin/bash
# The profile of one training step. Usage: profile.sh MODEL_FOLDER [KEEP|RECOMPUTE|OFFLOAD] [fp32|bf16] [STEPS]
# Other work on the machine's cores distorts it: OpenMP waits for its slowest thread.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
model=$(cd "${1:?usage: profile.sh MODEL_FOLDER [KEEP|RECOMPUTE|OFFLOAD] [fp32|bf16] [STEPS]}" && pwd)
cd "$root"
mvn -q ${MAVEN_ARGS:-} -pl adapters,training -am test-compile dependency:build-classpath \
    -DincludeScope=runtime -Dmdep.outputFile=target/class.path >&2
class_path=adapters/target/classes:training/target/classes:core/target/classes:$(cat training/target/class.path):$(cat adapters/target/class.path)
# As the launcher: memory of a tape is used again by the next walk instead of being faulted in anew.
export MALLOC_ARENA_MAX=4 GLIBC_TUNABLES=glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0 MALLOC_TRIM_THRESHOLD_=2000000000 MALLOC_MMAP_THRESHOLD_=1000000000 MALLOC_TOP_PAD_=67108864
exec java -XX:+UseSerialGC -Xmx128m -Xmn32m -cp "$class_path" benchmarks/StepProfile.java \
    "$model" "${2:-KEEP}" "${3:-fp32}" "${4:-4}"
