#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write losses.h: what PyTorch 1.13 answers for each loss, in double.

Where PyTorch has the loss it is called; the rest is written here from the
papers and differentiated by autograd, with mining and pairs as plain loops.

    /usr/bin/python3 tests/golden/losses.py > tests/golden/losses.h
"""
import math
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(20)
torch.set_default_dtype(torch.float64)


def numbers(t, kind="double"):
    if t is None:
        return "NULL"
    form = "%.17g" if kind == "double" else "%.9g" if kind == "float" else "%d"
    body = ", ".join(form % v for v in t.detach().flatten().tolist())
    return "(const %s[]){%s}" % (kind, body)


def cross_entropy(x, label, smoothing=0.0, weight=None, mixed=None,
                  share=None):
    def of(y):
        return F.cross_entropy(x, y, weight=weight, reduction="none",
                               label_smoothing=smoothing)
    one = of(label)
    if mixed is not None:
        one = share * one + (1 - share) * of(mixed)
    return one.sum() / len(x)


def cosines(x, w, k=1):
    c = F.linear(F.normalize(x), F.normalize(w))
    return c.view(len(x), -1, k).max(2).values


def arcface(x, w, label, s, m, k=1):
    c = cosines(x, w, k)
    right = c.gather(1, label[:, None])
    moved = torch.where(right > math.cos(math.pi - m),
                        torch.cos(torch.acos(right) + m),
                        right - m * math.sin(m))
    return F.cross_entropy(s * c.scatter(1, label[:, None], moved), label)


def cosface(x, w, label, s, m):
    c = cosines(x, w)
    return F.cross_entropy(s * (c - m * F.one_hot(label, c.shape[1])), label)


def contrastive(x, label, margin, normalise):
    y = F.normalize(x) if normalise else x
    terms = []
    for i in range(len(y)):
        for j in range(i + 1, len(y)):
            d = F.pairwise_distance(y[i:i + 1], y[j:j + 1], eps=0)[0]
            terms.append(d ** 2 / 2 if label[i] == label[j]
                         else F.relu(margin - d) ** 2 / 2)
    return torch.stack(terms).mean()


def triplet(x, label, margin, normalise):
    y = F.normalize(x) if normalise else x
    q = ((y[:, None] - y[None]) ** 2).sum(2)
    terms = []
    for a in range(len(y)):
        strangers = [n for n in range(len(y)) if label[n] != label[a]]
        for p in range(len(y)):
            if p == a or label[p] != label[a] or not strangers:
                continue
            semi = [n for n in strangers if q[a, p] < q[a, n] < q[a, p] + margin]
            n = min(semi or strangers, key=lambda n: q[a, n].item())
            terms.append(F.relu(q[a, p] - q[a, n] + margin))
    return torch.stack(terms).mean()


def nt_xent(x, temperature):
    y = F.normalize(x)
    s = y @ y.T / temperature
    s = s.masked_fill(torch.eye(len(x), dtype=torch.bool), -math.inf)
    return F.cross_entropy(s, torch.arange(len(x)) ^ 1)


def emit(loss, options, value, x, classes=0, label=None, target=None, w=None,
         weight=None, mixed=None, share=None):
    grads = torch.autograd.grad(value, [x] + ([w] if w is not None else []))
    fields = [
        '.in = {.loss = "%s", .options = "%s"' % (loss, options),
        ".n = %d, .d = %d, .classes = %d, .vector = %d" % (
            x.shape[0], x.shape[1], classes,
            0 if target is None else target.shape[1]),
        ".progress = 1",
        ".x = " + numbers(x),
        ".target = " + numbers(target),
        ".w = " + numbers(w),
        ".label = " + numbers(label, "int32_t"),
        ".mixed = " + numbers(mixed, "int32_t"),
        ".share = " + numbers(share, "float"),
        ".class_weight = " + numbers(weight, "float") + "}",
        ".loss = %.17g" % value.item(),
        ".dx = " + numbers(grads[0]),
        ".dw = " + (numbers(grads[1]) if w is not None else "NULL"),
    ]
    print("    {" + ",\n     ".join(fields) + "},")


def randn(*shape):
    """Values that float holds exactly, so that both twins get the same."""
    return torch.randn(*shape).float().double().requires_grad_()


def classified():
    n, c = 6, 5
    label = torch.randint(c, (n,))
    mixed = torch.randint(c, (n,))
    share = torch.rand(n).float().double()
    weight = (torch.rand(c) + 0.3).float().double()
    for e in (0.0, 0.1):
        for w in (None, weight):
            for mix in (False, True):
                x = randn(n, c)
                a, b = (mixed, share) if mix else (None, None)
                v = cross_entropy(x, label, e, w, a, b)
                emit("cross_entropy", "{smoothing: %g}" % e, v, x, c, label,
                     weight=w, mixed=a, share=b)
    yes = torch.randint(2, (n,))
    x = randn(n, 1)
    v = F.binary_cross_entropy_with_logits(x[:, 0], yes.double())
    emit("binary_cross_entropy", "{smoothing: 0}", v, x, 2, yes)
    x = randn(n, 1)
    v = F.binary_cross_entropy_with_logits(
        x[:, 0], yes.double(), reduction="sum",
        weight=weight[:2][yes]) / n
    emit("binary_cross_entropy", "{smoothing: 0}", v, x, 2, yes,
         weight=weight[:2])
    x, t = randn(n, 3), torch.rand(n, 3).float().double()
    v = F.binary_cross_entropy_with_logits(x, t)
    emit("binary_cross_entropy", "{smoothing: 0}", v, x, target=t)
    x = randn(n, c)
    v = F.mse_loss(x, F.one_hot(label, c).double())
    emit("mse", "{form: mean}", v, x, c, label)


def regressed():
    n, d = 5, 4
    for form in ("mean", "half_sum"):
        x, t = randn(n, d), randn(n, d)
        v = F.mse_loss(x, t.detach(), reduction="sum")
        v = v / (n * d) if form == "mean" else v / 2 / n
        emit("mse", "{form: %s}" % form, v, x, target=t)
    x, t = randn(n, d), randn(n, d)
    v = torch.linalg.vector_norm(x - t.detach(), dim=1).mean()
    emit("euclidean", "{eps: 1e-9}", v, x, target=t)
    x, t = randn(n, d), randn(n, d)
    v = F.cosine_embedding_loss(x, t.detach(), torch.ones(n))
    emit("distill", "{form: cosine}", v, x, target=t)
    x, t = randn(n, d), randn(n, d)
    emit("distill", "{form: mse}", F.mse_loss(x, t.detach()), x, target=t)


def embedded():
    n, d, c = 8, 5, 3
    label = torch.tensor([0, 1, 2, 0, 1, 1, 0, 2])
    for normalise, word in ((True, "on"), (False, "off")):
        x = randn(n, d)
        emit("contrastive", "{margin: 1.5, normalise: %s}" % word,
             contrastive(x, label, 1.5, normalise), x, c, label)
        x = randn(n, d)
        emit("triplet", "{margin: 0.7, normalise: %s}" % word,
             triplet(x, label, 0.7, normalise), x, c, label)
    x, w = randn(n, d), randn(c, d)
    emit("cosface", "{s: 16, m: 0.35}", cosface(x, w, label, 16, 0.35), x, c,
         label, w=w)
    for s, m in ((64, 0.5), (8, 1.25)):
        x, w = randn(n, d), randn(c, d)
        emit("arcface", "{s: %g, m: %g}" % (s, m), arcface(x, w, label, s, m),
             x, c, label, w=w)
    x, w = randn(n, d), randn(c * 3, d)
    emit("subcenter_arcface", "{s: 16, m: 0.5, centres: 3}",
         arcface(x, w, label, 16, 0.5, 3), x, c, label, w=w)
    for temperature in (0.5, 0.1):
        x = randn(n, d)
        emit("nt_xent", "{temperature: %g}" % temperature,
             nt_xent(x, temperature), x)


def main():
    assert torch.__version__.startswith("1.13"), torch.__version__
    print("/* SPDX-License-Identifier: Apache-2.0 */")
    print("/* losses.h - written by losses.py; do not edit. */")
    print("/* clang-format off */")
    print("static const golden goldens[] = {")
    classified()
    regressed()
    embedded()
    print("};")


if __name__ == "__main__":
    sys.exit(main())
