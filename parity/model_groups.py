"""The models that LLaMA-Factory knows by name: their ids on each hub and their default templates, as a table."""

import ast
import inspect

from llamafactory.extras import constants
from llamafactory.extras.constants import DownloadSource

import golden

TABLE = golden.ROOT.joinpath(
    "core", "src", "main", "resources", "dev", "finetune4j", "core", "hub", "catalog", "models.tsv"
)
HEADER = """\
# Models by name. Made by parity/model_groups.py from LLaMA-Factory {version}: {groups} groups, {names} names.
# name, default template or -, text or multimodal, id on Hugging Face, on ModelScope, on Modelers; - none, = as the first.
"""


def groups():
    """How many groups the source registers."""
    tree = ast.parse(inspect.getsource(constants))
    calls = (node.value for node in tree.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
    return sum(getattr(call.func, "id", "") == "register_model_group" for call in calls)


def line(name, ids):
    first = ids[DownloadSource.DEFAULT]
    others = [ids.get(hub) for hub in (DownloadSource.MODELSCOPE, DownloadSource.OPENMIND)]
    # The dictionary of templates makes entries of what it is asked for.
    template = constants.DEFAULT_TEMPLATE[name] if name in constants.DEFAULT_TEMPLATE else "-"
    kind = "multimodal" if name in constants.MULTIMODAL_SUPPORTED_MODELS else "text"
    return "\t".join([name, template, kind, first, *("-" if i is None else "=" if i == first else i for i in others)])


def main():
    from importlib.metadata import version

    models = constants.SUPPORTED_MODELS
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    header = HEADER.format(version=version("llamafactory"), groups=groups(), names=len(models))
    TABLE.write_text(header + "".join(line(name, ids) + "\n" for name, ids in models.items()))
    print(header)


if __name__ == "__main__":
    main()
