#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write optim.h: what PyTorch 1.13 does, in double, for each optimiser over
50 steps, for each schedule, and for the clips.

LARS, LAMB and the clips that PyTorch does not have are written here from
their papers. The problem is in gradient(), and the norms that clips see one
after the other in scale(); both are again in test_golden.c.

    /usr/bin/python3 tests/golden/optim.py > tests/golden/optim.h
"""
import math

import numpy as np
import torch
from torch.optim import lr_scheduler as schedulers

torch.set_default_dtype(torch.float64)

N = 6
STEPS = 50
KEPT = (1, 2, 3, 5, 10, 15, 20, 30, 40, 50)
START = [0.5, -1.0, 0.25, 2.0, -0.125, 0.75]


def gradient(w, step):
    i = torch.arange(N).double()
    return (0.5 + 0.4 * i) * (w - 0.1 * i) + 0.3 * torch.cos(0.7 * step + i)


class Lars(torch.optim.Optimizer):
    """You, Gitman, Ginsburg, arXiv:1708.03888, algorithm 1."""

    def __init__(self, params, lr, momentum, weight_decay, trust):
        super().__init__(params, dict(lr=lr))
        self.m, self.wd, self.trust, self.b = momentum, weight_decay, trust, 0

    def step(self):
        w = self.param_groups[0]["params"][0]
        k = self.trust * w.norm() / (w.grad.norm() + self.wd * w.norm())
        lr = self.param_groups[0]["lr"]
        self.b = self.m * self.b + lr * k * (w.grad + self.wd * w)
        w.data -= self.b


class Lamb(torch.optim.Optimizer):
    """You et al., arXiv:1904.00962, algorithm 2, phi(z) = min(z, 10)."""

    def __init__(self, params, lr, betas, eps, weight_decay):
        super().__init__(params, dict(lr=lr))
        self.betas, self.eps, self.wd = betas, eps, weight_decay
        self.m = self.v = self.t = 0

    def step(self):
        w, (b1, b2) = self.param_groups[0]["params"][0], self.betas
        self.t += 1
        self.m = b1 * self.m + (1 - b1) * w.grad
        self.v = b2 * self.v + (1 - b2) * w.grad ** 2
        r = self.m / (1 - b1 ** self.t)
        r = r / ((self.v / (1 - b2 ** self.t)).sqrt() + self.eps)
        r = r + self.wd * w
        k = min(w.norm(), 10.0) / r.norm()
        w.data -= self.param_groups[0]["lr"] * k * r


def trajectory(make):
    w = torch.tensor(START, requires_grad=True)
    optim = make([w])
    out = []
    for step in range(1, STEPS + 1):
        w.grad = gradient(w.detach(), step)
        optim.step()
        if step in KEPT:
            out += w.detach().tolist()
    return out


def numbers(values):
    return ", ".join("%.17g" % v for v in values)


def optimisers():
    o = torch.optim
    cases = [
        ("gd", "{lr: 0.1}", lambda p: o.SGD(p, 0.1)),
        ("gd", "{lr: 0.1, weight_decay: 0.1}",
         lambda p: o.SGD(p, 0.1, weight_decay=0.1)),
        ("sgd", "0.05", lambda p: o.SGD(p, 0.05)),
        ("sgd", "{lr: 0.05, momentum: 0.8, dampening: 0.3, weight_decay: 0.02}",
         lambda p: o.SGD(p, 0.05, 0.8, 0.3, 0.02)),
        ("sgd", "{lr: 0.05, momentum: 0.8, nesterov: on}",
         lambda p: o.SGD(p, 0.05, 0.8, nesterov=True)),
        ("momentum", "{lr: 0.05}", lambda p: o.SGD(p, 0.05, 0.9)),
        ("nesterov", "{lr: 0.05, weight_decay: 0.01}",
         lambda p: o.SGD(p, 0.05, 0.9, 0, 0.01, True)),
        ("adagrad", "{lr: 0.3}", lambda p: o.Adagrad(p, 0.3)),
        ("adagrad", "{lr: 0.3, lr_decay: 0.01, start: 0.1, weight_decay: 0.1}",
         lambda p: o.Adagrad(p, 0.3, 0.01, 0.1, 0.1)),
        ("rmsprop", "{lr: 0.02}", lambda p: o.RMSprop(p, 0.02)),
        ("rmsprop", "{lr: 0.02, momentum: 0.5, weight_decay: 0.1}",
         lambda p: o.RMSprop(p, 0.02, weight_decay=0.1, momentum=0.5)),
        ("rmsprop", "{lr: 0.02, alpha: 0.9, centred: on}",
         lambda p: o.RMSprop(p, 0.02, alpha=0.9, centered=True)),
        ("adadelta", "{lr: 1}", lambda p: o.Adadelta(p)),
        ("adadelta", "{lr: 0.5, rho: 0.8, weight_decay: 0.1}",
         lambda p: o.Adadelta(p, 0.5, 0.8, weight_decay=0.1)),
        ("adam", "{lr: 0.05}", lambda p: o.Adam(p, 0.05)),
        ("adam", "{lr: 0.05, beta1: 0.8, beta2: 0.99, weight_decay: 0.1}",
         lambda p: o.Adam(p, 0.05, (0.8, 0.99), weight_decay=0.1)),
        ("adam", "{lr: 0.05, beta2: 0.9, amsgrad: on}",
         lambda p: o.Adam(p, 0.05, (0.9, 0.9), amsgrad=True)),
        ("adamw", "{lr: 0.05}", lambda p: o.AdamW(p, 0.05)),
        ("adamw", "{lr: 0.05, weight_decay: 0.5, amsgrad: on}",
         lambda p: o.AdamW(p, 0.05, weight_decay=0.5, amsgrad=True)),
        ("lars", "{lr: 10, weight_decay: 0.01, trust: 0.005}",
         lambda p: Lars(p, 10, 0.9, 0.01, 0.005)),
        ("lamb", "{lr: 0.05}", lambda p: Lamb(p, 0.05, (0.9, 0.999), 1e-6,
                                              0.01)),
    ]
    print("static const int kept_steps[] = {%s};" % ", ".join(map(str, KEPT)))
    print("static const float start[] = {%s};" %
          ", ".join("%gf" % v if "." in "%g" % v else "%g.0f" % v
                    for v in START))
    print("static const optim_golden optim_goldens[] = {")
    for name, options, make in cases:
        print('    {"%s", "%s",\n     {%s}},' % (name, options,
                                                 numbers(trajectory(make))))
    print("};")


TOTAL, PER_EPOCH = 60, 5
METRICS = [1, 0.9, 0.9, 0.89999, 0.95, 0.8, 0.81, 0.82, 0.83, 0.84, 0.85, 0.7]


def rates(make, per_epoch=False, metrics=None):
    optim = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.2)
    schedule = make(optim)
    out = []
    for step in range(TOTAL):
        out.append(optim.param_groups[0]["lr"])
        optim.step()
        if per_epoch and (step + 1) % PER_EPOCH:
            continue
        if metrics:
            schedule.step(metrics[step // PER_EPOCH])
        else:
            schedule.step()
    return out


def schedules():
    s = schedulers
    climb = 12
    cases = [
        ("constant", "{warmup: 0}", rates(lambda o: s.LambdaLR(o, lambda t: 1))),
        ("step", "{every: 3, gamma: 0.5}",
         rates(lambda o: s.StepLR(o, 3, 0.5), True)),
        ("step", "{at: [2, 7, 9], gamma: 0.3}",
         rates(lambda o: s.MultiStepLR(o, [2, 7, 9], 0.3), True)),
        ("exponential", "{gamma: 0.9}",
         rates(lambda o: s.ExponentialLR(o, 0.9), True)),
        ("exponential", "{gamma: 0.9, smooth: on}",
         rates(lambda o: s.ExponentialLR(o, 0.9 ** (1 / PER_EPOCH)))),
        ("polynomial", "{power: 2}",
         rates(lambda o: s.PolynomialLR(o, TOTAL, 2.0))),
        ("cosine", "{end: 0.05}",
         rates(lambda o: s.CosineAnnealingLR(o, TOTAL, 0.05 * 0.2))),
        ("cosine", "{cycles: 3}",
         rates(lambda o: s.CosineAnnealingWarmRestarts(o, TOTAL // 3))),
        ("cosine", "{warmup: 0.2}",
         rates(lambda o: s.SequentialLR(
             o, [s.LinearLR(o, 1 / climb, 1, climb - 1),
                 s.CosineAnnealingLR(o, TOTAL - climb)], [climb]))),
        ("warmup", "{warmup: 0.2}",
         rates(lambda o: s.LinearLR(o, 1 / climb, 1, climb - 1))),
        ("one_cycle", "{rise: 0.3}",
         rates(lambda o: s.OneCycleLR(o, 0.2, TOTAL, cycle_momentum=False))),
        ("one_cycle",
         "{rise: 0.45, div: 10, final_div: 100, shape: linear}",
         rates(lambda o: s.OneCycleLR(
             o, 0.2, TOTAL, pct_start=0.45, anneal_strategy="linear",
             cycle_momentum=False, div_factor=10, final_div_factor=100))),
        ("plateau", "{patience: 2, factor: 0.5, threshold: 0.001}",
         rates(lambda o: s.ReduceLROnPlateau(
             o, patience=2, factor=0.5, threshold=0.001), True, METRICS)),
        ("plateau",
         "{patience: 0, factor: 0.5, threshold: 0, cooldown: 2, min_lr: 0.03}",
         rates(lambda o: s.ReduceLROnPlateau(
             o, patience=0, factor=0.5, threshold=0, cooldown=2, min_lr=0.03),
             True, METRICS)),
        ("range_test", "{from: 1e-5, to: 10}",
         rates(lambda o: s.LambdaLR(
             o, lambda t: 5 * 1e-5 * math.exp(
                 t * math.log(10 / 1e-5) / (TOTAL - 1))))),
    ]
    print("enum { TOTAL = %d, PER_EPOCH = %d };" % (TOTAL, PER_EPOCH))
    print("static const double metrics[] = {%s};" % numbers(METRICS))
    print("static const schedule_golden schedule_goldens[] = {")
    for name, options, lrs in cases:
        print('    {"%s", "%s",\n     {%s}},' % (name, options, numbers(lrs)))
    print("};")


def alpha(g, share, mode):
    t = share * g.abs().max()
    return g * (g.abs() <= t) if mode == "zero" else g.clamp(-t, t)


def agc(g, w):
    """Brock et al., arXiv:2102.06171, equation 3, of one unit."""
    most = 0.01 * max(float(w.norm()), 1e-3)
    return g * min(1.0, most / float(g.norm()))


def clips():
    a, b = torch.tensor([0.5, -2.0, 3.0]), torch.tensor([4.0, -0.25])
    w = torch.tensor([0.5, 1.0, -2.0])
    print("static const clip_golden clip_goldens[] = {")
    rows = []
    for name, options in (("value", 1.5), ("norm", 3), ("global_norm", 2),
                          ("global_norm", 100)):
        p = [torch.zeros(3), torch.zeros(2)]
        p[0].grad, p[1].grad = a.clone(), b.clone()
        if name == "value":
            torch.nn.utils.clip_grad_value_(p, options)
        elif name == "norm":
            for x in p:
                torch.nn.utils.clip_grad_norm_(x, options)
        else:
            torch.nn.utils.clip_grad_norm_(p, options)
        rows.append((name, "%g" % options, [x.grad for x in p]))
    both = torch.cat([a, b])
    rows += [
        ("alpha", "0.6", [alpha(both, 0.6, "zero")]),
        ("alpha", "{alpha: 0.6, mode: clamp}", [alpha(both, 0.6, "clamp")]),
        ("agc", "{head: on}", [agc(a, w), agc(b, torch.zeros(2))]),
        ("agc", "{}", [a, agc(b, torch.zeros(2))]),
    ]
    for name, options, g in rows:
        print('    {"%s", "%s", {%s}},' % (name, options,
                                           numbers(torch.cat(g).tolist())))
    print("};")


SCALES = 80


def scale(step):
    return 1 + 0.3 * math.cos(0.7 * step) + 9 * (step % 17 == 0)


class AutoClip:
    def __init__(self, p):
        self.p, self.seen = p, []

    def __call__(self, norm):
        self.seen.append(norm)
        t = np.percentile(self.seen, self.p)
        return min(norm, norm * t / (norm + 1e-6)) if len(self.seen) >= 20 \
            else norm


class ZClip:
    """Kumar et al., arXiv:2504.02507, algorithm 1."""

    def __init__(self, alpha, z):
        self.alpha, self.z, self.first, self.mean = alpha, z, [], None

    def __call__(self, norm):
        if self.mean is None:
            self.first.append(norm)
            if len(self.first) == 25:
                self.mean, self.var = np.mean(self.first), np.var(self.first)
            return norm
        sigma, after = self.var ** 0.5, norm
        z = (norm - self.mean) / (sigma + 1e-6)
        if z > self.z:
            after = self.mean + self.z * self.z / z * sigma
        self.mean = self.alpha * self.mean + (1 - self.alpha) * after
        self.var = self.alpha * self.var + \
            (1 - self.alpha) * (after - self.mean) ** 2
        return after


def histories():
    length = float(torch.tensor([0.5, -2.0, 3.0, 4.0, -0.25]).norm())
    cases = [
        ("autoclip", "10", AutoClip(10)),
        ("autoclip", "{p: 90, window: 80}", AutoClip(90)),
        ("zclip", "{}", ZClip(0.97, 2.5)),
        ("zclip", "{alpha: 0.8, z_thres: 1}", ZClip(0.8, 1)),
    ]
    print("enum { SCALES = %d };" % SCALES)
    print("static const history_golden history_goldens[] = {")
    for name, options, clip in cases:
        print('    {"%s", "%s", {%s}},' % (name, options, numbers(
            [clip(length * scale(t)) for t in range(1, SCALES + 1)])))
    print("};")


def main():
    assert torch.__version__.startswith("1.13"), torch.__version__
    print("/* SPDX-License-Identifier: Apache-2.0 */")
    print("/* optim.h - written by optim.py; do not edit. */")
    print("/* clang-format off */")
    optimisers()
    schedules()
    clips()
    histories()


if __name__ == "__main__":
    main()
