"""Six steps of torch's AdamW and SGD on two small tensors. Writes training/.../golden/adamw.* and sgd.*.

usage: python parity/optimizers.py
"""

import torch

import golden

STEPS = 6
SEED = 2000
SHAPES = {"matrix": (3, 5), "vector": (7,)}
# The rate moves from step to step, as under a schedule with warm-up; the decay must use the step's own rate.
RATES = [0.0, 1e-2, 2e-2, 1.5e-2, 1e-2, 5e-3]
ADAMW = {
    "plain": {"weight_decay": 0.0},
    "decay": {"weight_decay": 0.1},
    "decay_large_eps": {"weight_decay": 0.1, "eps": 1e-3},
    "tiny_eps": {"weight_decay": 0.0, "eps": 1e-12},
    "other_betas": {"weight_decay": 0.1, "betas": (0.8, 0.95), "eps": 1e-6},
    "amsgrad": {"weight_decay": 0.1, "amsgrad": True},
}
SGD = {
    "plain": {},
    "decay": {"weight_decay": 0.1},
    "momentum": {"momentum": 0.9},
    "momentum_decay": {"momentum": 0.9, "weight_decay": 0.1},
    "dampening": {"momentum": 0.9, "dampening": 0.3},
    "nesterov_decay": {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
}


def given():
    """Start values and gradients; some gradients are zero or far below eps, where implementations part ways."""
    generator = torch.Generator().manual_seed(SEED)
    tensors = {}
    for name, shape in SHAPES.items():
        tensors[f"start.{name}"] = torch.randn(shape, generator=generator)
        for step in range(STEPS):
            gradient = torch.randn(shape, generator=generator)
            gradient.view(-1)[0] = 0.0
            gradient.view(-1)[1] *= 1e-9
            gradient.view(-1)[2] *= 10
            if step == 3:
                gradient *= -20
            tensors[f"grad.{name}.{step}"] = gradient
    return tensors


def trajectory(optimizer_class, options, tensors, dtype):
    parameters = {name: torch.nn.Parameter(tensors[f"start.{name}"].to(dtype, copy=True)) for name in SHAPES}
    optimizer = optimizer_class(parameters.values(), lr=1.0, foreach=False, **options)
    seen = {}
    for step, rate in enumerate(RATES):
        optimizer.param_groups[0]["lr"] = rate
        for name, parameter in parameters.items():
            parameter.grad = tensors[f"grad.{name}.{step}"].to(dtype, copy=True)
        optimizer.step()
        seen.update({f"after.{name}.{step}": value.detach().clone() for name, value in parameters.items()})
    for name, parameter in parameters.items():
        state = optimizer.state[parameter]
        seen.update({f"state.{name}.{key}": v.clone() for key, v in state.items() if torch.is_tensor(v) and v.dim()})
    return seen


def write(stem, optimizer_class, cases):
    tensors = given()
    noise = {}
    for case, options in cases.items():
        seen = trajectory(optimizer_class, options, tensors, torch.float32)
        noise[case], _ = golden.largest_difference(seen, trajectory(optimizer_class, options, tensors, torch.float64))
        tensors.update({f"{case}.{name}": value for name, value in seen.items()})
    path = golden.folder("training")
    golden.write_tensors(path / f"{stem}.safetensors", tensors)
    golden.write_json(path / f"{stem}.json", sheet(optimizer_class, cases, noise))
    print(stem, {case: f"{value:.0e}" for case, value in noise.items()})


def sheet(optimizer_class, cases, noise):
    defaults = optimizer_class([torch.nn.Parameter(torch.zeros(1))], lr=1.0).defaults
    kept = ("betas", "eps", "weight_decay", "amsgrad", "momentum", "dampening", "nesterov")
    filled = {name: {k: defaults[k] for k in kept if k in defaults} | options for name, options in cases.items()}
    return {
        "what": f"torch.optim.{optimizer_class.__name__} over {STEPS} steps with given gradients",
        "made_by": "parity/optimizers.py",
        "versions": golden.versions("torch", "safetensors"),
        "seed": SEED,
        "dtype": "float32",
        "learning_rates": RATES,
        "cases": filled,
        "tensors": {
            "start.T, grad.T.i": "start value of tensor T and its gradient in step i, the same for every case",
            "<case>.after.T.i": "T after step i",
            "<case>.state.T.<key>": "the optimizer's state of T after the last step, under torch's key",
        },
        "measure": golden.MEASURE,
        "tolerance": 1e-6,
        "noise": noise,
        "noise_of": "float32 against float64",
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    write("adamw", torch.optim.AdamW, ADAMW)
    write("sgd", torch.optim.SGD, SGD)
