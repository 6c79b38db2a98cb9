#!/bin/bash
# A mixture of experts beside a dense layer of as many active operations, in one run.
# Usage: experts.sh [HIDDEN WIDTH EXPERTS PER_TOKEN TOKENS ROUNDS STORAGE]
# With OMP_NUM_THREADS=1 it reads the processor's clock instead of the wall's.
# Other work on the machine's cores distorts it: OpenMP waits for its slowest thread.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
mvn -q ${MAVEN_ARGS:-} -pl core -am test-compile dependency:build-classpath \
    -DincludeScope=runtime -Dmdep.outputFile=target/class.path >&2
class_path=core/target/classes:$(cat core/target/class.path)
# As the launcher: memory of a tape is used again by the next walk instead of being faulted in anew.
export MALLOC_ARENA_MAX=4 GLIBC_TUNABLES=glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0 MALLOC_TRIM_THRESHOLD_=2000000000 MALLOC_MMAP_THRESHOLD_=1000000000 MALLOC_TOP_PAD_=67108864
exec java -XX:+UseSerialGC -Xmx128m -Xmn32m -cp "$class_path" benchmarks/ExpertProfile.java \
    "${1:-512}" "${2:-256}" "${3:-16}" "${4:-4}" "${5:-1024}" "${6:-100}" "${7:-SEPARATE}"
