#!/bin/bash
# Seconds that the tensors of a GGUF file take to be read and widened. Usage: gguf.sh FILE.gguf [FLOAT32_FOLDER]
# With a folder, also whether its safetensors hold the same bits.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
mvn -q ${MAVEN_ARGS:-} -pl core test-compile dependency:build-classpath \
    -DincludeScope=runtime -Dmdep.outputFile=target/class.path >&2
exec java -XX:+UseSerialGC -Xmx128m -Xmn32m -cp "core/target/classes:$(cat core/target/class.path)" \
    benchmarks/GgufRead.java "$@"
