#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write layers.h: what PyTorch 1.13 answers for each layer, in double.

Inputs, weights and the gradient that comes in are short binary fractions, so
that float and double start from the same numbers.

    /usr/bin/python3 tests/golden/layers.py > tests/golden/layers.h
"""
import textwrap

import torch
import torch.nn.functional as F

torch.manual_seed(21)
torch.set_default_dtype(torch.float64)


def draw(*shape):
    """Distinct multiples of 1/32 or 1/128 around 0, without 0, shuffled."""
    count = torch.Size(shape).numel()
    grid = torch.cat([torch.arange(1, count + 1), -torch.arange(1, count + 1)])
    step = 1 if count <= 64 else 0.25
    return (grid[torch.randperm(2 * count)][:count] * step / 32).view(shape)


def pad_same(x, kernel, stride):
    """TensorFlow's: the odd zero goes below and to the right."""
    sides = []
    for extent, k, s in zip(x.shape[:1:-1], kernel[::-1], stride[::-1]):
        out = (extent + s - 1) // s
        total = max((out - 1) * s + k - extent, 0)
        sides += [total // 2, total - total // 2]
    return F.pad(x, sides)


cases = []


def case(layer, options, function, x, w=(), infer=False, stats=False):
    """`stats`: the two last of w are running mean and variance."""
    x = [x] if torch.is_tensor(x) else x
    trained = list(w[:-2] if stats else w)
    for t in list(x) + trained:
        t.requires_grad_()
    y = function(*x, *w)
    dy = draw(*y.shape)
    y.backward(dy)
    cases.append(dict(layer=layer, options=options, infer=infer, x=x, w=w,
                      y=y, dy=dy, dx=[t.grad for t in x],
                      dw=[t.grad for t in trained], stats=[]))


def batch_norm(x, train, affine=True, eps=1e-5):
    c = x.shape[1]
    w = [draw(c) / 4 + 1.5, draw(c)] if affine else []
    running = [draw(c), draw(c).abs() + 0.5]
    batch = [torch.zeros(c), torch.ones(c)]

    def run(x, *w):
        gain, shift = w[:2] if affine else (None, None)
        mean, var = batch if train else running
        return F.batch_norm(x, mean, var, gain, shift, train, 1.0, eps)
    options = "{eps: %g, affine: %s}" % (eps, "true" if affine else "false")
    case("bn", options, run, x, w + running, infer=not train, stats=True)
    if train:
        cases[-1]["stats"] = batch


def convolutions():
    case("conv", "{out: 4, kernel: 3}", F.conv2d, draw(2, 3, 5, 6),
         [draw(4, 3, 3, 3), draw(4)])
    case("conv", "{out: 2, kernel: [3, 2], stride: [2, 1], pad: 1x2}",
         lambda x, w, b: F.conv2d(x, w, b, (2, 1), (1, 2)), draw(3, 2, 5, 4),
         [draw(2, 2, 3, 2), draw(2)])
    case("conv", "{out: 2, kernel: [3, 4], stride: 2, pad: same, bias: false}",
         lambda x, w: F.conv2d(pad_same(x, (3, 4), (2, 2)), w, None, 2),
         draw(2, 2, 6, 7), [draw(2, 2, 3, 4)])
    case("conv", "{out: 2, kernel: 3, pad: 0x1x2x3}",
         lambda x, w, b: F.conv2d(F.pad(x, (1, 3, 0, 2)), w, b),
         draw(1, 1, 4, 5), [draw(2, 1, 3, 3), draw(2)])
    case("conv", "{out: 6, kernel: 3, pad: 1, groups: 2}",
         lambda x, w, b: F.conv2d(x, w, b, 1, 1, 1, 2), draw(2, 4, 4, 3),
         [draw(6, 2, 3, 3), draw(6)])
    case("conv", "{out: 4, kernel: 3, stride: 2, pad: 1, depthwise: true}",
         lambda x, w, b: F.conv2d(x, w, b, 2, 1, 1, 4), draw(2, 4, 5, 5),
         [draw(4, 1, 3, 3), draw(4)])
    case("deconv", "{out: 3, kernel: 3}", F.conv_transpose2d,
         draw(2, 2, 3, 4), [draw(2, 3, 3, 3), draw(3)])
    case("deconv", "{out: 4, kernel: [3, 4], stride: [2, 3], pad: [1, 2], "
         "output_pad: [1, 2], groups: 2}",
         lambda x, w, b: F.conv_transpose2d(x, w, b, (2, 3), (1, 2), (1, 2),
                                            2),
         draw(2, 4, 3, 2), [draw(4, 2, 3, 4), draw(4)])
    case("dense", "{out: 5}", lambda x, w, b: F.linear(x.flatten(1), w, b)
         [:, :, None, None], draw(3, 2, 3, 1), [draw(5, 6), draw(5)])


def pools():
    case("maxpool", "{size: 3, stride: 2, pad: 1}",
         lambda x: F.max_pool2d(x, 3, 2, 1), draw(2, 2, 6, 5))
    case("maxpool", "2", lambda x: F.max_pool2d(x, 2), draw(1, 3, 5, 4))
    case("avgpool", "{size: [3, 2], stride: [2, 1], pad: 1}",
         lambda x: F.avg_pool2d(x, (3, 2), (2, 1), 1,
                                count_include_pad=False), draw(2, 2, 5, 4))
    case("globalpool", "avg", lambda x: F.adaptive_avg_pool2d(x, 1),
         draw(2, 3, 3, 4))
    case("globalpool", "max", lambda x: F.adaptive_max_pool2d(x, 1),
         draw(2, 3, 3, 4))
    case("upsample", "2", lambda x: F.interpolate(x, scale_factor=2),
         draw(2, 2, 3, 2))
    case("upsample", "{factor: [2, 3], mode: bilinear}",
         lambda x: F.interpolate(x, scale_factor=(2, 3), mode="bilinear",
                                 align_corners=False), draw(2, 1, 3, 4))
    case("flatten", None, lambda x: x.flatten(1)[:, :, None, None],
         draw(2, 2, 3, 2))
    case("concat", None, lambda *x: torch.cat(x, 1),
         [draw(2, 1, 2, 3), draw(2, 3, 2, 3)])


def normalisations():
    batch_norm(draw(3, 2, 3, 5), train=True)
    batch_norm(draw(4, 3, 1, 1), train=True, affine=False, eps=0.01)
    batch_norm(draw(2, 3, 2, 2), train=False)
    case("layernorm", None,
         lambda x, w, b: F.layer_norm(x, x.shape[1:], w, b), draw(2, 3, 2, 3),
         [draw(3, 2, 3), draw(3, 2, 3)])
    case("l2norm", None, lambda x: F.normalize(x, eps=1e-6), draw(3, 6, 1, 1))


def activations():
    x = draw(2, 3, 3, 2)
    same = (
        ("relu", None, F.relu), ("tanh", None, torch.tanh),
        ("leaky_relu", None, lambda x: F.leaky_relu(x, 0.01)),
        ("sigmoid", None, torch.sigmoid), ("elu", None, F.elu),
        ("elu", "0.5", lambda x: F.elu(x, 0.5)), ("gelu", None, F.gelu),
        ("silu", None, F.silu), ("softmax", None, lambda x: F.softmax(x, 1)))
    for layer, options, function in same:
        case(layer, options, function, x.detach().clone())
    case("prelu", None, F.prelu, x.detach().clone(), [draw(3) / 4])


def numbers(tensors, form):
    values = [v for t in tensors for v in t.detach().flatten().tolist()]
    if not values:
        return "NULL"
    body = ", ".join(form % v for v in values)
    return "(const double[]){\n%s}" % textwrap.fill(
        body, 78, initial_indent="  ", subsequent_indent="  ")


def write():
    print("/* SPDX-License-Identifier: Apache-2.0 */")
    print("/* layers.h - written by layers.py; do not edit. */")
    print("/* clang-format off */")
    print("static const golden goldens[] = {")
    for c in cases:
        shapes = ", ".join("{%d, %d, %d, %d}" % t.shape for t in c["x"])
        options = '"%s"' % c["options"] if c["options"] else "NULL"
        print('{{"%s",\n  %s,\n  {%s}, %s, 0},' % (
            c["layer"], options, shapes, "true" if c["infer"] else "false"))
        for name in ("x", "w", "dy"):
            tensors = c[name] if name != "dy" else [c[name]]
            print(".%s = %s," % (name, numbers(tensors, "%.9g")))
        for name in ("y", "dx", "dw", "stats"):
            tensors = c[name] if name != "y" else [c[name]]
            print(".%s = %s," % (name, numbers(tensors, "%.9g")))
        print("},")
    print("};")


convolutions()
pools()
normalisations()
activations()
write()
