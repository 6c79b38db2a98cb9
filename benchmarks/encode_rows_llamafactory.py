"""The peer of EncodeRows: LLaMA-Factory's get_dataset on the same set. Prints one line of JSON.

usage: python encode_rows_llamafactory.py MODEL_FOLDER DATA_FOLDER SET TEMPLATE WORKERS
"""

import json
import os
import resource
import sys
import tempfile
import threading
import time

os.environ.setdefault("DISABLE_VERSION_CHECK", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
model, folder, name, template_name, workers = sys.argv[1:6]
cache = tempfile.TemporaryDirectory()
os.environ["HF_DATASETS_CACHE"] = cache.name

from transformers import AutoTokenizer, Seq2SeqTrainingArguments  # noqa: E402

from llamafactory.data import get_dataset, get_template_and_fix_tokenizer  # noqa: E402
from llamafactory.hparams import DataArguments, ModelArguments  # noqa: E402


def tree():
    """Resident bytes of this process and its children."""
    total, pids = 0, [os.getpid()]
    while pids:
        pid = pids.pop()
        try:
            with open(f"/proc/{pid}/statm") as f:
                total += int(f.read().split()[1]) * resource.getpagesize()
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/children") as f:
                    pids += [int(p) for p in f.read().split()]
        except OSError:
            pass
    return total


peak, done = 0, threading.Event()


def watch():
    global peak
    while not done.wait(0.05):
        peak = max(peak, tree())


watcher = threading.Thread(target=watch, daemon=True)
watcher.start()
start = time.time()
tokenizer = AutoTokenizer.from_pretrained(model)
data = DataArguments(
    dataset=name,
    dataset_dir=folder,
    template=template_name,
    cutoff_len=2048,
    overwrite_cache=True,
    preprocessing_num_workers=None if workers == "1" else int(workers),
)
template = get_template_and_fix_tokenizer(tokenizer, data)
training = Seq2SeqTrainingArguments(output_dir=cache.name, do_train=True, use_cpu=True, report_to="none")
arguments = ModelArguments(model_name_or_path=model, cache_dir=cache.name)
sys.stdout, keep = open(os.devnull, "w"), sys.stdout
module = get_dataset(template, arguments, data, training, "sft", tokenizer=tokenizer)
sys.stdout = keep
seconds = time.time() - start
done.set()
rows = module["train_dataset"]
print(json.dumps({"rows": len(rows), "seconds": round(seconds, 2), "peak_mb": max(peak, tree()) // 2**20}))
