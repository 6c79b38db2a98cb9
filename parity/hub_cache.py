"""Do the hubs' own Python clients and this library share one cache?

usage: python parity/hub_cache.py [WORK]

A server of ours plays the hub (class `HubCacheProgram` of core's test classes, which `mvn -pl core -am test-compile` makes).
Four questions, each an assertion:
1. Our client fills a cache; huggingface_hub opens it offline, file by file, as a snapshot and with `scan_cache_dir`.
2. huggingface_hub fills a cache; our client opens it offline.
3. Both caches are the same, entry for entry: names, link targets, contents. Locks and what is only Python's are named.
4. The same for modelscope_hub, without locks: it opens our cache, we open its, and both hold the same files.
WORK is a folder for both caches; without it a temporary one is used and removed.
"""

import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = "dev.finetune4j.core.testing.hub.HubCacheProgram"
MODEL, DATASET = "acme/small", "acme/rows"
MODEL_FILES = ["config.json", "extra/naïve name.txt", "model.safetensors"]
DATASET_FILES = ["README.md", "data/test.jsonl", "data/train.jsonl"]

# Run in a process of its own: huggingface_hub reads its environment when it is imported.
THEIRS = """
import hashlib, json, sys
import huggingface_hub as hub
asked = json.loads(sys.argv[1])
offline = asked["offline"]
def sha(path):
    return hashlib.sha256(open(path, "rb").read()).hexdigest()
out = {"version": hub.__version__, "files": {}, "snapshots": {}}
for kind, name, revision, files in asked["repos"]:
    for file in files:
        path = hub.hf_hub_download(name, file, repo_type=kind, revision=revision, local_files_only=offline)
        out["files"][f"{kind} {name}@{revision} {file}"] = sha(path)
    out["snapshots"][f"{kind} {name}@{revision}"] = hub.snapshot_download(
        name, repo_type=kind, revision=revision, local_files_only=offline)
    try:
        hub.hf_hub_download(name, "none.bin", repo_type=kind, revision=revision)
    except Exception as error:
        out.setdefault("missing", []).append(type(error).__name__)
    out.setdefault("known_absent", []).append(
        hub.try_to_load_from_cache(name, "none.bin", repo_type=kind, revision=revision) is hub._CACHED_NO_EXIST)
scan = hub.scan_cache_dir()
out["scan"] = {
    "repos": sorted(f"{r.repo_type} {r.repo_id}: {r.nb_files} files, {r.size_on_disk} bytes, "
                    + ", ".join(sorted(f"{rev.commit_hash[:8]}={sorted(rev.refs)}" for rev in r.revisions))
                    for r in scan.repos),
    "incomplete": len(getattr(scan, "incomplete_files", ())),
    "warnings": [str(w) for w in scan.warnings],
}
print(json.dumps(out))
"""

MODELSCOPE = """
import json, sys
from modelscope_hub import HubApi, version
asked = json.loads(sys.argv[1])
api = HubApi()
folders = [str(api.download_repo(name, repo_type=kind, local_files_only=asked["offline"]))
           for kind, name, revision, files in asked["repos"]]
print("\\n" + json.dumps({"version": version.__version__, "folders": folders}))
"""


def class_path():
    entries = [ROOT / "core" / "target" / "test-classes", ROOT / "core" / "target" / "classes"]
    if not entries[0].is_dir():
        sys.exit("core/target/test-classes is missing: mvn -pl core -am test-compile")
    listed = subprocess.run(
        ["mvn", "-o", "-q", "-pl", "core", "dependency:build-classpath", "-Dmdep.outputFile=/dev/stdout"],
        cwd=ROOT, capture_output=True, text=True)
    jars = listed.stdout.strip().splitlines()[-1] if listed.returncode == 0 and listed.stdout.strip() else ""
    if not jars:
        repository = pathlib.Path.home() / ".m2" / "repository"
        wanted = ("com/fasterxml/jackson", "org/slf4j/slf4j-api", "org/slf4j/slf4j-nop", "org/jspecify")
        jars = os.pathsep.join(str(jar) for part in wanted for jar in sorted((repository / part).rglob("*.jar")))
    return os.pathsep.join([*map(str, entries), jars])


def environment(cache, endpoint, offline):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_") and "proxy" not in name.lower()}
    return kept | {"HF_HUB_CACHE": str(cache), "HF_HOME": str(cache.parent / "home"), "HF_ENDPOINT": endpoint,
                   "HF_HUB_OFFLINE": "1" if offline else "0", "HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1",
                   "HF_HUB_DISABLE_PROGRESS_BARS": "1", "MODELSCOPE_ENDPOINT": endpoint, "MODELSCOPE_HOME": str(cache.parent / "home"),
                   "MODELSCOPE_CACHE": str(cache), "USE_MODELSCOPE_HUB": "1" if "modelscope" in cache.name else "0"}


def ours(java, cache, endpoint, offline, *arguments):
    done = subprocess.run([*java, *arguments], env=environment(cache, endpoint, offline), capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{arguments}: {done.stderr}")
    return pathlib.Path(done.stdout.strip())


def theirs(cache, endpoint, offline, repos, program=THEIRS):
    asked = json.dumps({"offline": offline, "repos": repos})
    done = subprocess.run([sys.executable, "-c", program, asked], env=environment(cache, endpoint, offline),
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout.strip().splitlines()[-1])


def entries(cache):
    """Every entry of a cache but locks: link target or hash of the content."""
    found = {}
    for path in sorted(cache.rglob("*")):
        name = path.relative_to(cache).as_posix()
        if path.is_symlink():
            found[name] = "-> " + os.readlink(path)
        elif path.is_file() and not name.startswith(".locks/"):
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def locks(cache):
    return sorted(path.relative_to(cache).as_posix() for path in (cache / ".locks").rglob("*.lock"))


def fill_ours(java, cache, endpoint, repos):
    for kind, name, revision, files in repos:
        for file in files:
            ours(java, cache, endpoint, False, "fetch", kind, name, revision, file)
        ours(java, cache, endpoint, False, "snapshot", kind, name, revision)
        try:
            ours(java, cache, endpoint, False, "fetch", kind, name, revision, "none.bin")
        except AssertionError as error:
            assert "holds no such file" in str(error), error


def read_ours(java, cache, repos):
    nowhere = "http://localhost:9"
    hashes, snapshots = {}, {}
    for kind, name, revision, files in repos:
        for file in files:
            path = ours(java, cache, nowhere, True, "fetch", kind, name, revision, file)
            hashes[f"{kind} {name}@{revision} {file}"] = hashlib.sha256(path.read_bytes()).hexdigest()
        snapshots[f"{kind} {name}@{revision}"] = str(ours(java, cache, nowhere, True, "snapshot", kind, name, revision))
    return hashes, snapshots


def compare(work, java, endpoint):
    repos = [("model", MODEL, "v1", MODEL_FILES), ("model", MODEL, "main", MODEL_FILES),
             ("dataset", DATASET, "main", DATASET_FILES)]
    by_us, by_them = work / "by_us", work / "by_them"

    filled = theirs(by_them, endpoint, False, repos)
    fill_ours(java, by_us, endpoint, repos)

    opened = theirs(by_us, endpoint, True, repos)
    assert opened["files"] == filled["files"], "huggingface_hub reads other contents from our cache"
    assert opened["scan"]["warnings"] == [] and opened["scan"]["incomplete"] == 0, opened["scan"]
    assert opened["scan"]["repos"] == filled["scan"]["repos"], (opened["scan"], filled["scan"])
    assert all(opened["known_absent"]), "our marks of absent files are not seen"
    print(f"1. huggingface_hub {opened['version']} opens our cache offline: {len(opened['files'])} files,"
          f" {len(opened['snapshots'])} snapshots, absent files known; scan_cache_dir without warnings:")
    for line in opened["scan"]["repos"]:
        print("     " + line)

    hashes, snapshots = read_ours(java, by_them, repos)
    assert hashes == filled["files"], "we read other contents from their cache"
    assert snapshots == filled["snapshots"], (snapshots, filled["snapshots"])
    print(f"2. our client opens the cache of huggingface_hub offline: {len(hashes)} files, {len(snapshots)} snapshots")

    mine, others = entries(by_us), entries(by_them)
    different = sorted(name for name in mine.keys() | others.keys() if mine.get(name) != others.get(name))
    assert different == [], {name: (mine.get(name), others.get(name)) for name in different}
    assert locks(by_us) == locks(by_them), (locks(by_us), locks(by_them))
    print(f"3. both caches are the same: {len(mine)} entries (CACHEDIR.TAG, blobs, refs, snapshots, .no_exist, trees),"
          f" {len(locks(by_us))} locks of the same names")


def compare_modelscope(work, java, endpoint):
    repos = [("model", MODEL, "master", MODEL_FILES), ("dataset", DATASET, "master", DATASET_FILES)]
    by_us, by_them = work / "modelscope_by_us", work / "modelscope_by_them"
    for cache in (by_us, by_them):
        cache.mkdir(parents=True)
    filled = theirs(by_them, endpoint, False, repos, MODELSCOPE)
    for kind, name, revision, _ in repos:
        ours(java, by_us, endpoint, False, "snapshot", kind, name, revision)
    opened = theirs(by_us, endpoint, True, repos, MODELSCOPE)
    assert opened["folders"] == [folder.replace("_by_them", "_by_us") for folder in filled["folders"]], (opened, filled)
    mine = [str(ours(java, by_them, endpoint, True, "snapshot", kind, name, revision)) for kind, name, revision, _ in repos]
    assert mine == filled["folders"], (mine, filled)
    files = [{name: content for name, content in entries(cache).items() if not name.startswith(".")}
             for cache in (by_us, by_them)]
    assert files[0] == files[1], files
    print(f"4. modelscope_hub {opened['version']}: each opens the other's cache offline, and both hold the same {len(files[0])} files")


def main():
    java = ["java", "-XX:TieredStopAtLevel=1", "-cp", class_path(), PROGRAM]
    server = subprocess.Popen([*java, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        endpoint = server.stdout.readline().strip()
        with tempfile.TemporaryDirectory() as temporary:
            work = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else temporary).resolve()
            compare(work, java, endpoint)
            compare_modelscope(work, java, endpoint)
    finally:
        server.stdin.close()
        server.wait()


if __name__ == "__main__":
    main()
