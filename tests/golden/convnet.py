#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write convnet.h: how PyTorch 1.13 trains a small network for 100 steps.

conv 8 - relu - pool 2 - conv 16 - relu - pool 2 - flatten - dense 5, softmax
cross-entropy, in double, once for each optimiser. Pictures, labels and first
weights come from a linear congruential generator that the test has too, in
numbers that float holds exactly; so only what training made of them is
written: the loss before each step, and the norm of each weight tensor at the
end. The same in float differs by less than a tenth of the test's tolerance,
which is checked here.

    /usr/bin/python3 tests/golden/convnet.py > tests/golden/convnet.h
"""
import sys

import torch
import torch.nn.functional as F

CLASSES, CHANNELS, SIDE, SAMPLES, BATCH, STEPS = 5, 3, 14, 64, 16, 100
SHAPES = [("conv1.weight", (8, 3, 3, 3), 0.25), ("conv1.bias", (8,), 0.0625),
          ("conv2.weight", (16, 8, 3, 3), 0.125),
          ("conv2.bias", (16,), 0.0625),
          ("dense.weight", (5, 64), 0.125), ("dense.bias", (5,), 0.0625)]
OPTIMISERS = {
    "sgd": lambda w: torch.optim.SGD(w, lr=0.05),
    "momentum": lambda w: torch.optim.SGD(w, lr=0.005, momentum=0.9),
    "nesterov": lambda w: torch.optim.SGD(w, lr=0.005, momentum=0.9,
                                          nesterov=True),
    "adam": lambda w: torch.optim.Adam(w, lr=0.001),
}


class Lcg:
    """Numerical Recipes' quick generator; uniform in [-1, 1), 24 bits."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return (self.state >> 8) / 2**23 - 1

    def tensor(self, shape, scale, dtype):
        count = 1
        for n in shape:
            count *= n
        values = [self.next() * scale for _ in range(count)]
        return torch.tensor(values, dtype=torch.float64).view(shape).to(dtype)


def pictures(dtype):
    """Noise, brighter in the channel and the half that the label says."""
    label = torch.arange(SAMPLES) * 7 % CLASSES
    x = Lcg(1).tensor((SAMPLES, CHANNELS, SIDE, SIDE), 1, dtype)
    for i, y in enumerate(label.tolist()):
        half = slice(0, SIDE // 2) if y < 3 else slice(SIDE // 2, SIDE)
        x[i, y % CHANNELS, half] += 0.25
    return x, label


def train(make, dtype):
    x, label = pictures(dtype)
    lcg = Lcg(2)
    w = [lcg.tensor(shape, scale, dtype).requires_grad_()
         for _, shape, scale in SHAPES]
    optimiser, losses = make(w), []
    for step in range(STEPS):
        part = slice(step * BATCH % SAMPLES, step * BATCH % SAMPLES + BATCH)
        y = F.max_pool2d(F.relu(F.conv2d(x[part], w[0], w[1])), 2)
        y = F.max_pool2d(F.relu(F.conv2d(y, w[2], w[3])), 2)
        y = F.linear(y.flatten(1), w[4], w[5])
        loss = F.cross_entropy(y, label[part])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses, [t.double().norm().item() for t in w]


def apart(a, b):
    return max(abs(x - y) / abs(x) for x, y in zip(a, b))


def main():
    print("/* SPDX-License-Identifier: Apache-2.0 */")
    print("/* convnet.h - written by convnet.py with PyTorch %s. */"
          % torch.__version__)
    print("#ifndef MIEN_TESTS_GOLDEN_CONVNET_H")
    print("#define MIEN_TESTS_GOLDEN_CONVNET_H\n")
    print("enum { CLASSES = %d, CHANNELS = %d, SIDE = %d, SAMPLES = %d," %
          (CLASSES, CHANNELS, SIDE, SAMPLES))
    print("       BATCH = %d, STEPS = %d, TENSORS = %d };\n" %
          (BATCH, STEPS, len(SHAPES)))
    print("static const double first_scale[TENSORS] = {%s};\n" %
          ", ".join("%g" % s for _, _, s in SHAPES))
    print("typedef struct golden {\n    const char *optimiser;\n"
          "    double loss[STEPS], norm[TENSORS];\n} golden;\n")
    print("static const golden goldens[] = {")
    for name, make in OPTIMISERS.items():
        loss, norm = train(make, torch.float64)
        other = train(make, torch.float32)
        worst = max(apart(loss, other[0]), apart(norm, other[1]))
        print("%s: %.3f to %.3f, float differs by %.1e" %
              (name, loss[0], loss[-1], worst), file=sys.stderr)
        assert worst < 1e-6, "too chaotic for a trajectory in float"
        print('    {"%s",\n     {%s},\n     {%s}},' % (
            name, ", ".join("%.12g" % v for v in loss),
            ", ".join("%.12g" % v for v in norm)))
    print("};\n\n#endif")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
