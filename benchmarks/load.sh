#!/bin/bash
# Memory and time of loading a checkpoint. Usage: load.sh MODEL_FOLDER...
# Each folder is loaded in a process of its own; the exit status is 1 if one took more than its stored size plus one tensor.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folders=()
for folder in "${@:?usage: load.sh MODEL_FOLDER...}"; do
    folders+=("$(cd "$folder" && pwd)")
done
cd "$root"
mvn -q ${MAVEN_ARGS:-} -pl core -am compile dependency:build-classpath \
    -DincludeScope=runtime -Dmdep.outputFile=target/class.path >&2
# As the launcher, so that what is measured is what a run takes.
export MALLOC_ARENA_MAX=4 GLIBC_TUNABLES=glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0 MALLOC_TRIM_THRESHOLD_=2000000000 MALLOC_MMAP_THRESHOLD_=1000000000 MALLOC_TOP_PAD_=67108864
failed=0
for folder in "${folders[@]}"; do
    echo "$folder"
    java -XX:+UseSerialGC -Xmx128m -Xmn32m -cp "core/target/classes:$(cat core/target/class.path)" \
        benchmarks/LoadMemory.java "$folder" || failed=1
done
exit $failed
