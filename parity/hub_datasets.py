"""Which files make up which split: what Python's `datasets` finds in folders that look like repositories of the hub.

Writes `data/.../golden/hub_datasets.json`: cases of file names, a readme, subset and folder, with the files of every split in
order, or the kind of error. The files are empty; `datasets` looks at names only. The local and the hub side of `datasets`
share the rules (`LocalDatasetModuleFactory`, `HubDatasetModuleFactory`), so no hub is needed.
"""

import pathlib
import tempfile

from datasets import load_dataset_builder

import golden

SHARDS = ["data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet", "data/test-00000-of-00001.parquet",
          "data/extra-00000-of-00001.parquet"]


def configs(text):
    return "---\nlicense: mit\nconfigs:\n" + text + "---\n# Card\n"


CASES = {
    "one file": dict(files=["rows.jsonl"]),
    "several files are one split": dict(files=["b.csv", "a.csv", "sub/c.csv"]),
    "shards": dict(files=SHARDS),
    "shards win over names": dict(files=[*SHARDS, "validation.csv"]),
    "names": dict(files=["train.jsonl", "test.jsonl", "dev.jsonl"]),
    "numbered names": dict(files=["train_1.json", "train_0.json", "test-0.json", "my-valid.json"]),
    "words inside words": dict(files=["trainer.json", "contest.json"]),
    "names in folders": dict(files=["data/train.csv", "data/eval.csv"]),
    "folders": dict(files=["data/train/b.csv", "data/train/a.csv", "data/test/a.csv", "data/other/x.csv"]),
    "folders win over names": dict(files=["train/a.csv", "test.csv"]),
    "folders with words beside": dict(files=["my_training 2/a.txt", "validation-set/a.txt", "x/y/testing/z/a.txt"]),
    "all words": dict(files=[f"{word}.csv" for word in ("training", "val", "testing")]),
    "upper case is another word": dict(files=["TRAIN.csv", "x.csv"]),
    "most frequent kind": dict(files=["a.csv", "b.csv", "c.json", "LICENSE", "notes.md"]),
    "parquet wins a draw": dict(files=["a.csv", "a.parquet"]),
    "jsonl before json": dict(files=["a.jsonl", "b.json"]),
    "compressed": dict(files=["train.jsonl.gz", "test.jsonl.gz"]),
    "compressed zstd": dict(files=["a.json.zst", "b.json.zst"]),
    "hidden and special files": dict(files=["a.txt", ".b.txt", ".git/c.txt", "__pycache__/d.txt", "x/.e/f.txt"]),
    "descriptions are no data": dict(files=["config.json", "dataset_info.json", "rows.json"]),
    "dots in names": dict(files=["v1.2-train.jsonl", "v1.2-test.jsonl"]),
    "tsv beside csv": dict(files=["a.tsv"]),
    "nothing": dict(files=["LICENSE"]),
    "config with one file": dict(files=["x/a.csv", "train.csv"], readme=configs(
        "- config_name: default\n  data_files: x/a.csv\n")),
    "config with a list": dict(files=["b.csv", "a.csv", "c.csv"], readme=configs(
        "- config_name: main\n  data_files:\n  - b.csv\n  - a.csv\n")),
    "config with splits": dict(files=["x/a.csv", "x/b.csv", "y.csv"], readme=configs(
        "- config_name: main\n  data_files:\n  - split: one\n    path: x/*.csv\n  - split: two\n    path: [y.csv]\n")),
    "config with globs": dict(files=["x/a.csv", "x/y/b.csv", "x/y/c.csv", "d.csv"], readme=configs(
        "- config_name: main\n  data_files: 'x/**'\n")),
    "config glob in the middle": dict(files=["x/a.csv", "x/y/b.csv", "x/y/z/c.csv", "d.csv"], readme=configs(
        "- config_name: main\n  data_files: 'x/**/*.csv'\n")),
    "config with sets": dict(files=["a1.csv", "a2.csv", "a9.csv", "b1.csv"], readme=configs(
        "- config_name: main\n  data_files: 'a[1-3].csv'\n")),
    "config patterns keep their order": dict(files=["a.csv", "b.csv", "c.csv"], readme=configs(
        "- config_name: main\n  data_files: ['c.csv', '[ab].csv']\n")),
    "config names a hidden file": dict(files=[".h/a.csv", "b.csv"], readme=configs(
        "- config_name: main\n  data_files: .h/*.csv\n")),
    "several configs": dict(files=["en/a.csv", "de/a.csv"], subset="de", readme=configs(
        "- config_name: en\n  data_files: en/*.csv\n- config_name: de\n  data_files: de/*.csv\n")),
    "several configs without default": dict(files=["en/a.csv", "de/a.csv"], readme=configs(
        "- config_name: en\n  data_files: en/*.csv\n- config_name: de\n  data_files: de/*.csv\n")),
    "marked default": dict(files=["en/a.csv", "de/a.csv"], readme=configs(
        "- config_name: en\n  data_files: en/*.csv\n- config_name: de\n  data_files: de/*.csv\n  default: true\n")),
    "config called default": dict(files=["en/a.csv", "de/a.csv"], readme=configs(
        "- config_name: en\n  data_files: en/*.csv\n- config_name: default\n  data_files: de/*.csv\n")),
    "two defaults": dict(files=["en/a.csv", "de/a.csv"], readme=configs(
        "- config_name: en\n  data_files: en/*.csv\n  default: true\n"
        "- config_name: default\n  data_files: de/*.csv\n")),
    "unknown subset": dict(files=["en/a.csv"], subset="fr", readme=configs(
        "- config_name: en\n  data_files: en/*.csv\n")),
    "subset without configs": dict(files=["a.csv"], subset="en"),
    "config with a folder": dict(files=["en/train.csv", "en/test.csv", "de/train.csv"], subset="en", readme=configs(
        "- config_name: en\n  data_dir: en\n- config_name: de\n  data_dir: de\n")),
    "config with a folder and files": dict(files=["en/x/a.csv", "x/a.csv", "de/train.csv"], subset="en", readme=configs(
        "- config_name: en\n  data_dir: en\n  data_files: x/*.csv\n- config_name: de\n  data_dir: de\n")),
    "folder": dict(files=["one/train.csv", "one/test.csv", "two/train.csv"], folder="one"),
    "folder below": dict(files=["a/b/x.csv", "a/y.csv", "z.csv"], folder="a/b"),
    "folder wins over configs": dict(files=["en/a.csv", "de/a.csv"], folder="de", readme=configs(
        "- config_name: en\n  data_files: en/*.csv\n")),
    "folder that is not there": dict(files=["en/a.csv"], folder="fr"),
    "standalone yaml": dict(files=["x/a.csv", "y/a.csv"], yaml="configs:\n- config_name: main\n  data_files: y/*.csv\n",
                            readme=configs("- config_name: main\n  data_files: x/*.csv\n")),
    "card without configs": dict(files=["train.csv", "test.csv"], readme="---\nlicense: mit\n---\n# Card\n"),
    "card without head": dict(files=["train.csv", "test.csv"], readme="# Card\n---\nconfigs: 1\n---\n"),
    "configs that are no list": dict(files=["train.csv"], readme="---\nconfigs: train.csv\n---\n"),
    "config without a name": dict(files=["train.csv"], readme=configs("- data_files: train.csv\n")),
    "split that is no name": dict(files=["data/a b-00000-of-00001.csv"]),
}


def resolve(folder, case):
    try:
        builder = load_dataset_builder(str(folder), name=case.get("subset"), data_dir=case.get("folder"))
        files = builder.config.data_files
        return {"splits": {str(split): [str(pathlib.Path(file).relative_to(folder)) for file in names]
                           for split, names in files.items()}}
    except Exception as error:  # The kind of failure is what is recorded.
        return {"error": type(error).__name__}


def main():
    written = []
    for name, case in CASES.items():
        with tempfile.TemporaryDirectory() as temporary:
            folder = pathlib.Path(temporary).resolve() / "rows"
            for file in case["files"]:
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                (folder / file).touch()
            if "readme" in case:
                (folder / "README.md").write_text(case["readme"])
            if "yaml" in case:
                (folder / ".huggingface.yaml").write_text(case["yaml"])
            written.append({"name": name, **case, **resolve(folder, case)})
    golden.write_json(golden.folder("data") / "hub_datasets.json", {
        "about": "files of every split, as datasets resolves names, cards, subsets and folders",
        "versions": golden.versions("datasets", "huggingface_hub", "fsspec"),
        "cases": written,
    })


if __name__ == "__main__":
    main()
