"""How clearly routers choose."""

import torch


class Choices:
    """While active, watches every top-k and keeps the smallest gap between the last chosen and the first not chosen.

    Rounding must never flip a choice: a golden file whose gap is small would fail right implementations.
    """

    def __init__(self):
        self.smallest = float("inf")

    def __enter__(self):
        self.kept = torch.topk, torch.Tensor.topk
        torch.topk, torch.Tensor.topk = self._watched, self._watched
        return self

    def __exit__(self, *error):
        torch.topk, torch.Tensor.topk = self.kept

    def _watched(self, scores, k, dim=-1, **options):
        if k < scores.shape[dim]:
            ranked = scores.detach().sort(dim=dim, descending=True).values
            last, next_best = ranked.select(dim, k - 1), ranked.select(dim, k)
            self.smallest = min(self.smallest, (last - next_best).min().item())
        return self.kept[0](scores, k, dim=dim, **options)
