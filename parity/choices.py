"""How clearly routers choose."""

import torch
from transformers.models.phimoe import modeling_phimoe


class Choices:
    """While active, watches every top-k and keeps the smallest gap between the last chosen and the first not chosen.

    Rounding must never flip a choice: a golden file whose gap is small would fail right implementations.
    """

    def __init__(self):
        self.smallest = float("inf")

    def __enter__(self):
        self.kept = torch.topk, torch.Tensor.topk
        self.mixer = modeling_phimoe.sparsemixer
        modeling_phimoe.sparsemixer = self._watched_mixer
        torch.topk = self._watched
        torch.Tensor.topk = lambda tensor, *args, **options: self._watched(tensor, *args, **options)
        return self

    def __exit__(self, *error):
        torch.topk, torch.Tensor.topk = self.kept
        modeling_phimoe.sparsemixer = self.mixer

    def _watched(self, scores, k, dim=-1, **options):
        if k < scores.shape[dim]:
            ranked = scores.detach().sort(dim=dim, descending=True).values
            last, next_best = ranked.select(dim, k - 1), ranked.select(dim, k)
            self.smallest = min(self.smallest, (last - next_best).min().item())
        return self.kept[0](scores, k, dim=dim, **options)

    def _watched_mixer(self, scores, jitter_eps, training, top_k=2):
        """PhiMoE takes the best twice, and each time leaves out what is far from it: that border must be clear as well."""
        ranked = scores.detach().sort(dim=-1, descending=True).values
        gaps = [ranked[:, 0] - ranked[:, 1], ranked[:, 1] - ranked[:, 2]]
        for best in range(top_k):
            limit = ranked[:, best : best + 1]
            others = ranked[:, best + 1 :]
            share = (limit - others) / torch.maximum(others.abs(), limit)
            gaps.append((share - 2 * jitter_eps).abs())
        self.smallest = min(self.smallest, *(gap.min().item() for gap in gaps))
        return self.mixer(scores, jitter_eps=jitter_eps, training=training, top_k=top_k)
