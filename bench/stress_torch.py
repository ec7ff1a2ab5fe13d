#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The stress suite's trainings in PyTorch, plain and with clip_grad_norm_.

  mien stress --export peer --data photos
  stress_torch.py peer [CASE...] [--seeds 5] [--csv peer.csv] [--json]

Reads the recipes that `mien stress --export` wrote, and the very pixels, and
does what they say with PyTorch's own layers, optimisers and clipping: same
networks, batches of the same size, number of steps, starting rule and faults.
A training that raises, or ends with weights that are not finite, has R = 0.
16-bit arithmetic is rounded after each layer, forward and backward, as mien
does, since PyTorch's CPU kernels know no half precision.
"""
import argparse
import copy
import csv
import json
import math
import os
import statistics
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

ARMS = ("plain", "norm")
HALF = {"fp16": torch.float16, "bf16": torch.bfloat16}


def item(entry, default=None):
    """A recipe's "name" or {name: options} as (name, options)."""
    if entry is None:
        return default, {}
    if isinstance(entry, str):
        return entry, {}
    (name, options), = entry.items()
    return name, options if isinstance(options, dict) else {"value": options}


# ---- network ---------------------------------------------------------------

class Rounded(torch.autograd.Function):
    """Values and their gradients as 16 bits hold them."""

    @staticmethod
    def forward(ctx, x, dtype):
        ctx.dtype = dtype
        return x.to(dtype).float()

    @staticmethod
    def backward(ctx, dy):
        return dy.to(ctx.dtype).float(), None


class Rounding(nn.Module):
    def __init__(self, dtype):
        super().__init__()
        self.dtype = dtype

    def forward(self, x):
        return Rounded.apply(x, self.dtype)


def flat_items(model):
    for entry in model:
        name, options = item(entry)
        if name == "repeat":
            for _ in range(options["times"]):
                yield from flat_items(options["body"])
        else:
            yield name, options


def layer(name, options, shape, classes):
    """A module and the shape that comes out of it, without the batch."""
    if name == "conv":
        out, pad = options["out"], options.get("pad", 0)
        edge = 2 * pad - options["kernel"] + 1
        return (nn.Conv2d(shape[0], out, options["kernel"], padding=pad),
                (out, shape[1] + edge, shape[2] + edge))
    if name == "dense":
        out = classes if options["out"] == "classes" else options["out"]
        return nn.Linear(shape[0], out), (out,)
    if name == "maxpool":
        by = options["value"]
        return nn.MaxPool2d(by), (shape[0], shape[1] // by, shape[2] // by)
    if name == "bn":
        kind = nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d
        return kind(shape[0]), shape
    if name == "flatten":
        return nn.Flatten(), (math.prod(shape),)
    return {"relu": nn.ReLU, "sigmoid": nn.Sigmoid,
            "tanh": nn.Tanh}[name](), shape


def network(recipe, classes):
    rows, columns, channels = recipe["input"]["size"]
    dtype = HALF.get(recipe.get("precision", {}).get("type"))
    layers, shape = [], (channels, rows, columns)
    for name, options in flat_items(recipe["model"]):
        module, shape = layer(name, options, shape, classes)
        layers.append(module)
        if dtype:
            layers.append(Rounding(dtype))
    net = nn.Sequential(*layers).to(memory_format=torch.channels_last)
    return net, shape[0]


class CrossEntropy(nn.Module):
    def scores(self, y):
        return y

    def forward(self, y, label, _progress):
        return functional.cross_entropy(y, label)


class ArcFace(nn.Module):
    def __init__(self, width, classes, options):
        super().__init__()
        self.centres = nn.Parameter(
            math.sqrt(2 / width) * torch.randn(classes, width))
        self.s = options.get("s", 64)
        self.m = options.get("m", 0.5)
        self.warmup = options.get("warmup", 0)
        self.bounded = options.get("bounded", True)

    def scores(self, y):
        return functional.linear(functional.normalize(y),
                                 functional.normalize(self.centres))

    def forward(self, y, label, progress):
        m = self.m * min(1, progress / self.warmup) if self.warmup else self.m
        cosine = self.scores(y)
        own = cosine.gather(1, label[:, None])
        safe = own.clamp(-1 + 1e-7, 1 - 1e-7) if self.bounded else own
        wider = torch.where(own > -math.cos(m),
                            torch.cos(torch.acos(safe) + m),
                            own - m * math.sin(m))
        return functional.cross_entropy(
            self.s * cosine.scatter(1, label[:, None], wider), label)


def start(net, loss, recipe):
    """He's normal rule, zero biases, then the faults of the start."""
    _, options = item(recipe.get("init"))
    gain = options.get("gain", 1)
    faults = dict(item(f) for f in recipe.get("faults", []))
    factor = faults.get("init_scale", {}).get("by", 1)
    bias = faults.get("bias", {}).get("value", 0)
    with torch.no_grad():
        for module in net:
            if not isinstance(module, (nn.Conv2d, nn.Linear, nn.BatchNorm1d,
                                       nn.BatchNorm2d)):
                continue
            module.bias.fill_(bias)
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                fan_in = module.weight[0].numel()
                module.weight.normal_(0, gain * factor *
                                      math.sqrt(2 / fan_in))
        if isinstance(loss, ArcFace):
            loss.centres.mul_(gain)


# ---- data ------------------------------------------------------------------

class Data:
    def __init__(self, folder, recipe, seed):
        self.recipe = recipe
        self.faults = [item(f) for f in recipe.get("faults", [])]
        self.x, self.y = self.part(folder, "train")
        self.test_x, self.test_y = self.part(folder, "test")
        self.random = numpy.random.default_rng(seed)
        for name, options in self.faults:
            self.spoil(name, options)

    def part(self, folder, part):
        size = self.recipe["input"]["size"]
        x = torch.from_numpy(numpy.load(f"{folder}/{part}-x.npy")).float()
        y = torch.from_numpy(numpy.load(f"{folder}/{part}-y.npy"))
        x = x[:, None].repeat(1, size[2], 1, 1) / self.recipe["input"]["scale"]
        x -= self.recipe["input"].get("mean", [0])[0]
        return x / self.recipe["input"].get("std", [1])[0], y

    def spoil(self, name, options):
        if name == "constant_labels":
            self.y = torch.zeros_like(self.y)
        elif name == "one_class":
            self.x, self.y = self.x[self.y == 0], self.y[self.y == 0]
        elif name == "duplicates":
            n = options["copies"]
            self.x = torch.cat([self.x[:1].expand(n, -1, -1, -1), self.x])
            self.y = torch.cat([self.y[:1].expand(n), self.y])
        elif name == "flat_channel":
            self.x[:, options["channel"]] = options["value"]
            self.test_x[:, options["channel"]] = options["value"]
        elif name == "label_noise":
            self.mix_labels(options["share"])

    def mix_labels(self, share):
        """The same samples and labels for every seed of the training."""
        random = numpy.random.default_rng(1)
        classes = int(self.y.max()) + 1
        drawn = random.permutation(len(self.y))[:round(share * len(self.y))]
        away = random.integers(1, classes, len(drawn))
        self.y[drawn] = (self.y[drawn] + torch.from_numpy(away)) % classes

    def epoch(self, batch):
        """Indices of full batches; the last is filled up from the first."""
        order = numpy.arange(len(self.x))
        if self.recipe.get("order") != "sequential":
            order = self.random.permutation(order)
        steps = -(-len(order) // batch)
        return numpy.resize(order, steps * batch).reshape(steps, batch)

    def batch(self, indices, number):
        x, y = self.x[indices], self.y[indices]
        for name, options in self.faults:
            if options.get("at") != number:
                continue
            if name == "nan_batch":
                x[0].view(-1)[x[0].numel() // 2] = math.nan
            elif name == "scale_batch":
                x = x * options["by"]
        return x.contiguous(memory_format=torch.channels_last), y


# ---- a training ------------------------------------------------------------

def optimiser(recipe, parameters):
    name, o = item(recipe["optim"])
    if name == "adam":
        return torch.optim.Adam(parameters, o["lr"], eps=o.get("eps", 1e-8),
                                weight_decay=o.get("weight_decay", 0))
    momentum = o.get("momentum", 0.9) if name == "momentum" else 0
    return torch.optim.SGD(parameters, o["lr"], momentum,
                           weight_decay=o.get("weight_decay", 0))


class Training:
    def __init__(self, case, folder, seed, arm, classes):
        recipe = case["recipe"]
        torch.manual_seed(seed)
        self.recipe, self.arm = recipe, arm
        self.data = Data(folder, recipe, seed)
        self.net, width = network(recipe, classes)
        name, options = item(recipe["loss"])
        self.loss = (ArcFace(width, classes, options) if name == "arcface"
                     else CrossEntropy())
        start(self.net, self.loss, recipe)
        self.parameters = [*self.net.parameters(), *self.loss.parameters()]
        self.optimiser = optimiser(recipe, self.parameters)
        precision = recipe.get("precision", {})
        self.dtype = HALF.get(precision.get("type"))
        self.master = precision.get("master", True)
        self.scale = precision.get("loss_scale", 1)
        self.stop_at = case.get("stop_at", 0)
        self.saved = None

    def align_centres(self, first_epoch):
        """Each centre on the first photo of its class."""
        seen = set()
        self.net.train()
        with torch.no_grad():
            for indices in first_epoch:
                x, y = self.data.x[indices], self.data.y[indices]
                for e, label in zip(functional.normalize(self.net(x)),
                                    y.tolist()):
                    if label not in seen:
                        seen.add(label)
                        self.loss.centres[label] = e

    def rounded(self):
        """Run on rounded weights; returns the float32 ones."""
        if not self.dtype:
            return None
        kept = [p.data for p in self.parameters]
        for p in self.parameters:
            p.data = p.data.to(self.dtype).float()
        return kept if self.master else None

    def gradient(self, batches, progress):
        self.optimiser.zero_grad(set_to_none=True)
        kept = self.rounded()
        for x, y in batches:
            loss = self.loss(self.net(x), y, progress)
            (self.scale * loss / len(batches)).backward()
        if kept:
            for p, value in zip(self.parameters, kept):
                p.data = value
        for p in self.parameters:
            if self.dtype and p.grad is not None:
                p.grad = p.grad.to(self.dtype).float() / self.scale

    def step(self, batches, progress):
        self.net.train()
        self.gradient(batches, progress)
        if self.arm == "norm":
            nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimiser.step()

    def state(self):
        return copy.deepcopy((self.net.state_dict(), self.loss.state_dict(),
                              self.optimiser.state_dict()))

    def restore(self, state):
        net, loss, optim = copy.deepcopy(state)
        self.net.load_state_dict(net)
        self.loss.load_state_dict(loss)
        self.optimiser.load_state_dict(optim)

    def finite(self):
        return all(bool(torch.isfinite(p).all()) for p in self.parameters)

    def steps(self):
        """The indices of all batches of all steps, epoch by epoch."""
        settings = self.recipe["train"]
        accumulate = settings.get("accumulate", 1)
        for epoch in range(settings["epochs"]):
            batches = self.data.epoch(settings["batch"])
            for i in range(0, len(batches), accumulate):
                yield epoch, i == 0, batches[i:i + accumulate]

    def run(self):
        """Train; returns whether the weights stayed finite."""
        plan = list(self.steps())
        if any(name == "align_centres" for name, _ in self.data.faults):
            self.align_centres([b for _, _, s in plan for b in s])
        save_every = self.recipe["train"]["save_every"]
        saved, at, killed = (0, self.state()), 0, False
        while at < len(plan):
            epoch, first, indices = plan[at]
            if first and self.stop_at:
                if not self.finite():
                    return False
                if epoch % save_every == 0:
                    saved = at, self.state()
            elif first and not self.finite():
                return False
            batches = [self.data.batch(i, at) for i in indices]
            self.step(batches, at / len(plan))
            at += 1
            if at == self.stop_at and not killed:
                killed, at = True, saved[0]
                self.restore(saved[1])
        return self.finite()

    def accuracy(self):
        self.net.eval()
        kept = self.rounded()
        with torch.no_grad():
            scores = self.loss.scores(self.net(self.data.test_x))
        if kept:
            for p, value in zip(self.parameters, kept):
                p.data = value
        hits = scores.argmax(1) == self.data.test_y
        return hits[torch.isfinite(scores).all(1)].sum().item() / len(hits)


def train(case, folder, seed, arm, classes):
    """Accuracy, whether it broke, and the seconds it took."""
    began = time.perf_counter()
    try:
        training = Training(case, folder, seed, arm, classes)
        sound = training.run()
        accuracy = training.accuracy() if sound else None
    except (ValueError, RuntimeError):
        accuracy = None
    return accuracy, time.perf_counter() - began


# ---- the suite -------------------------------------------------------------

def judge(case, folder, arm, options, chance, healthy):
    rs, seconds, broken = [], 0, 0
    for seed in range(1, options.seeds + 1):
        accuracy, took = train(case, folder, seed, arm, options.classes)
        seconds += took
        broken += accuracy is None
        rs.append(0 if accuracy is None
                  else (accuracy - chance) / (healthy - chance))
    median, worst = statistics.median(rs), min(rs)
    passed = median >= 0.9 and worst >= 0.7 and not broken
    if case["hopeless"]:
        median, worst, passed = None, None, False
    return {"case": case["name"], "title": case["title"], "arm": arm,
            "chance": chance, "healthy": healthy, "median_r": median,
            "worst_r": worst, "pass": passed, "non_finite": broken,
            "seconds": round(seconds, 2)}


def healthy_accuracy(name, recipe, options):
    case = {"recipe": recipe}
    found = [train(case, options.folder, seed, "plain", options.classes)[0]
             for seed in range(1, options.seeds + 1)]
    if None in found:
        sys.exit(f"the healthy training '{name}' does not work")
    return statistics.median(found)


def show(row):
    figures = ("    -     -" if row["median_r"] is None else
               f"{row['median_r']:5.2f} {row['worst_r']:5.2f}")
    mark = "ok" if row["pass"] else "!!" if row["non_finite"] else "- "
    print(f"{row['title']:37s}  {row['arm']:6s} {figures} {mark}"
          f"  {row['seconds']:6.1f} s", flush=True)


def options_of():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", help="what mien stress --export wrote")
    parser.add_argument("cases", nargs="*", help="names [all]")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--csv")
    parser.add_argument("--json", action="store_true")
    return parser.parse_intermixed_args()


def main():
    options = options_of()
    torch.set_num_threads(options.threads)
    with open(os.path.join(options.folder, "cases.json"),
              encoding="utf-8") as file:
        suite = json.load(file)
    options.classes = suite["classes"]
    names = [case["name"] for case in suite["cases"]]
    for name in options.cases:
        if name not in names:
            sys.exit(f"no case is called '{name}'")
    healthy, rows = {}, []
    for case in suite["cases"]:
        if options.cases and case["name"] not in options.cases:
            continue
        name = case["healthy"]
        if name not in healthy:
            healthy[name] = healthy_accuracy(name, suite["references"][name],
                                             options)
        for arm in ARMS:
            rows.append(judge(case, options.folder, arm, options,
                              1 / options.classes, healthy[name]))
            if not options.json:
                show(rows[-1])
    if options.csv:
        with open(options.csv, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
    if options.json:
        print(json.dumps({"peer": "torch " + torch.__version__,
                          "seeds": options.seeds, "rows": rows}, indent=1))
    else:
        for arm in ARMS:
            passed = sum(r["pass"] for r in rows if r["arm"] == arm)
            total = sum(r["arm"] == arm for r in rows)
            print(f"{arm}: {passed} of {total} passed")


if __name__ == "__main__":
    main()
