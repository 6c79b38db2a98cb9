#!/usr/bin/env bash
# Rows a second and peak memory from a data file to encoded rows, beside LLaMA-Factory's in the same run.
# usage: data.sh MODEL_FOLDER ALPACA_JSON [ROUNDS]     PYTHON: interpreter that has LLaMA-Factory; without it only our side
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
model=$(realpath "$1"); source=$(realpath "$2"); rounds=${3:-1}
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cores=$(nproc)

python3 - "$source" "$work" <<'PY'
import json, sys
rows = json.load(open(sys.argv[1], encoding="utf-8"))
info = {}
for name, count in (("rows52k", 52000), ("rows520k", 520000)):
    with open(f"{sys.argv[2]}/{name}.json", "w", encoding="utf-8") as out:
        json.dump([rows[i % len(rows)] for i in range(count)], out, ensure_ascii=False, indent=2)
    info[name] = {"file_name": f"{name}.json"}
with open(f"{sys.argv[2]}/long.jsonl", "w", encoding="utf-8") as out:
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    while out.tell() < 10 * 10**9:
        out.write(lines * 50)
info["long"] = {"file_name": "long.jsonl"}
json.dump(info, open(f"{sys.argv[2]}/dataset_info.json", "w"))
PY

cd "$root"
mvn -q ${MAVEN_ARGS:-} -pl data -am test-compile dependency:build-classpath \
    -DincludeScope=runtime -Dmdep.outputFile=target/class.path >&2
classpath="$root/data/target/classes:$root/core/target/classes:$(cat data/target/class.path)"
javac -d "$work" -cp "$classpath" "$root/benchmarks/EncodeRows.java"
# The launcher's own settings.
ours() { # set workers [options]
  MALLOC_ARENA_MAX=4 java -Xms96m -Xmx1g -Xmn32m -XX:+UseSerialGC -XX:MinHeapFreeRatio=20 -XX:MaxHeapFreeRatio=40 \
    -XX:TieredStopAtLevel=1 ${3:-} -cp "$work:$classpath" EncodeRows "$model" "$work" "$1" qwen "$2" 2>/dev/null
}
theirs() { "$PYTHON" "$root/benchmarks/encode_rows_llamafactory.py" "$model" "$work" "$1" qwen "$2" 2>/dev/null | tail -1; }

for ((i = 1; i <= rounds; i++)); do
  for workers in 1 "$cores"; do
    echo "ours, $workers threads: $(ours rows52k "$workers")"
    [ -z "${PYTHON:-}" ] || echo "LLaMA-Factory, $workers processes: $(theirs rows52k "$workers")"
  done
done
echo "ours, $cores threads, ten times the rows: $(ours rows520k "$cores")"
echo "ours, first row of a stream of 10 GB: $(ours long "$cores" -Dstream=true)"
