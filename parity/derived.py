"""Templates that LLaMA-Factory reads out of a tokenizer's own chat template. Writes data/.../golden/derived.json.

The chat templates are those of golden/jinja/chats, each given to each of the small tokenizers, and to one that puts its
beginning token in front of every text by itself. An entry is the template's parts, or {"error": kind}.
"""

import datetime
import json
import os

os.environ.setdefault("DISABLE_VERSION_CHECK", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

from tokenizers.processors import TemplateProcessing  # noqa: E402
from transformers import AutoTokenizer  # noqa: E402
from transformers.utils import chat_template_utils  # noqa: E402

from llamafactory.data.template import parse_template  # noqa: E402

import golden  # noqa: E402

NOW = datetime.datetime(2024, 7, 4, 15, 9, 26)
RESOURCES = golden.ROOT / "data/src/test/resources"


class Still(datetime.datetime):
    @classmethod
    def now(cls, zone=None):
        return NOW


def parts(template):
    def text(formatter):
        return "".join(formatter.slots)

    return {
        "kind": "reasoning" if type(template).__name__ == "ReasoningTemplate" else "plain",
        "prefix": text(template.format_prefix),
        "system": text(template.format_system),
        "user": text(template.format_user),
        "assistant": text(template.format_assistant),
        "default_system": template.default_system,
    }


def derive(tokenizer, jinja):
    tokenizer.chat_template = jinja
    try:
        return parts(parse_template(tokenizer))
    except Exception as error:  # whatever it is, ours must refuse, too
        return {"error": type(error).__name__}


def main():
    chat_template_utils.datetime = Still
    tokenizers = {name: AutoTokenizer.from_pretrained(RESOURCES / "tokenizers" / name) for name in ("bytes", "pieces", "unigram")}
    begins = AutoTokenizer.from_pretrained(RESOURCES / "tokenizers" / "pieces")
    begins.backend_tokenizer.post_processor = TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", begins.bos_token_id)])
    tokenizers["begins"] = begins
    result = {"versions": golden.versions("transformers"),
              "post_processor": json.loads(begins.backend_tokenizer.to_str())["post_processor"], "templates": {}}
    for path in sorted((RESOURCES / "golden/jinja/chats").glob("*.jinja")):
        jinja = path.read_text(encoding="utf-8")
        result["templates"][path.stem] = {name: derive(tokenizer, jinja) for name, tokenizer in tokenizers.items()}
    golden.write_json(golden.folder("data") / "derived.json", result)
    print({name: [k for k, v in each.items() if "error" in v] for name, each in result["templates"].items()})


if __name__ == "__main__":
    main()
