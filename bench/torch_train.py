#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The training step that `mien bench train` times, in PyTorch.

  torch_train.py --net mobilefacenet --batch 64 --threads 1 \
      --layout channels_last --rounds 3

Prints one JSON line. Same layers, loss, optimiser and warm-up as mien's; the
batch is random and in memory. A tuned peer runs with OPENBLAS_CORETYPE and
OMP_WAIT_POLICY set (see train.sh); the line says what they were.
"""
import argparse
import json
import os
import statistics
import time

import torch
from torch import nn
from torch.nn import functional

CLASSES = 1000
WARM_UP = 2


def unit(channels, out, kernel=1, stride=1, pad=0, groups=1, act=True):
    """Convolution, batch norm and, if wanted, PReLU."""
    layers = [nn.Conv2d(channels, out, kernel, stride, pad, groups=groups,
                        bias=False), nn.BatchNorm2d(out)]
    return nn.Sequential(*layers, *([nn.PReLU(out)] if act else []))


class Skip(nn.Module):
    """body(x) + side(x)"""

    def __init__(self, body, side=None):
        super().__init__()
        self.body = body
        self.side = side or nn.Identity()

    def forward(self, x):
        return self.body(x) + self.side(x)


def bottleneck(channels, wide, out, stride):
    return nn.Sequential(unit(channels, wide),
                         unit(wide, wide, 3, stride, 1, groups=wide),
                         unit(wide, out, act=False))


def mobilefacenet():
    layers = [unit(3, 64, 3, 2, 1), unit(64, 64, 3, 1, 1, groups=64)]
    channels = 64
    for wide, out, more in ((128, 64, 4), (256, 128, 6), (512, 128, 2)):
        layers.append(bottleneck(channels, wide, out, 2))
        inner = 2 * out
        layers += [Skip(bottleneck(out, inner, out, 1)) for _ in range(more)]
        channels = out
    layers += [unit(128, 512), unit(512, 512, 7, groups=512, act=False),
               unit(512, 128, act=False), nn.Flatten()]
    return nn.Sequential(*layers)


def residual(channels, out, stride):
    body = nn.Sequential(nn.BatchNorm2d(channels),
                         unit(channels, out, 3, 1, 1),
                         unit(out, out, 3, stride, 1, act=False))
    same = stride == 1 and channels == out
    return Skip(body, None if same
                else unit(channels, out, 1, stride, act=False))


def iresnet18():
    layers, channels = [unit(3, 64, 3, 1, 1)], 64
    for out in (64, 128, 256, 512):
        layers += [residual(channels, out, 2), residual(out, out, 1)]
        channels = out
    layers += [nn.BatchNorm2d(512), nn.Flatten(), nn.Linear(512 * 7 * 7, 512),
               nn.BatchNorm1d(512)]
    return nn.Sequential(*layers)


def s64():
    layers, channels = [], 3
    for out in (32, 64, 128):
        layers += [nn.Conv2d(channels, out, 3), nn.ReLU(), nn.MaxPool2d(2)]
        channels = out
    layers += [nn.Flatten(), nn.Linear(128 * 6 * 6, 512), nn.ReLU(),
               nn.Dropout(0.5), nn.Linear(512, 1)]
    return nn.Sequential(*layers)


class ArcFace(nn.Module):
    """Cross-entropy of s cos(angle), the angle to the own class m wider."""

    def __init__(self, width, s=64.0, m=0.5):
        super().__init__()
        self.centres = nn.Parameter(0.01 * torch.randn(CLASSES, width))
        self.s, self.m = s, m

    def forward(self, x, label):
        cosine = functional.linear(functional.normalize(x),
                                   functional.normalize(self.centres))
        own = cosine.gather(1, label[:, None]).clamp(-1 + 1e-7, 1 - 1e-7)
        wider = torch.cos(torch.acos(own) + self.m)
        return functional.cross_entropy(
            self.s * cosine.scatter(1, label[:, None], wider), label)


class Binary(nn.Module):
    def forward(self, x, label):
        return functional.binary_cross_entropy_with_logits(
            x[:, 0], (label % 2).float())


def build(name):
    """The network, its loss, its optimiser and the side of its images."""
    if name == "s64":
        net, loss, side = s64(), Binary(), 64
    elif name == "mobilefacenet":
        net, loss, side = mobilefacenet(), ArcFace(128), 112
    else:
        net, loss, side = iresnet18(), ArcFace(512), 112
    trained = [*net.parameters(), *loss.parameters()]
    if name == "s64":
        return net, loss, torch.optim.Adam(trained, 1e-3), side
    return net, loss, torch.optim.SGD(trained, 0.01, 0.9,
                                      weight_decay=5e-4), side


def peak_mb():
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    return None


def measure(args):
    net, loss, optimiser, side = build(args.net)
    x = torch.randn(args.batch, 3, side, side)
    label = torch.randint(0, CLASSES, (args.batch,))
    if args.layout == "channels_last":
        net = net.to(memory_format=torch.channels_last)
        x = x.contiguous(memory_format=torch.channels_last)
    net.train()
    times = []
    for _ in range(WARM_UP + args.rounds):
        start = time.perf_counter()
        optimiser.zero_grad(set_to_none=True)
        loss(net(x), label).backward()
        optimiser.step()
        times.append(1e3 * (time.perf_counter() - start))
    count = sum(p.numel() for g in optimiser.param_groups for p in g["params"])
    return times[WARM_UP:], count


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--net", required=True,
                        choices=["mobilefacenet", "iresnet18", "s64"])
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--layout", choices=["nchw", "channels_last"],
                        default="channels_last")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(args.threads)
    times, count = measure(args)
    step = statistics.median(times)
    print(json.dumps({
        "peer": "torch " + torch.__version__, "net": args.net,
        "batch": args.batch, "threads": args.threads, "layout": args.layout,
        "rounds": args.rounds, "step_ms": step, "step_min_ms": min(times),
        "step_max_ms": max(times), "images_per_s": 1e3 * args.batch / step,
        "peak_mb": peak_mb(), "weights": count,
        "openblas": os.environ.get("OPENBLAS_CORETYPE", "not set"),
        "omp_wait": os.environ.get("OMP_WAIT_POLICY", "not set")}))


if __name__ == "__main__":
    main()
