#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""funneled_points.py - where the five points lie in a deep-funneled picture.

Runs YuNet on every 250x250 picture of an LFW folder, keeps the face nearest
to the middle, and prints the median of each coordinate over the pictures,
with the quartiles: mien_align_funneled of src/face/align.c.

usage: funneled_points.py YUNET_640.onnx LFW_FOLDER

The network's input is the picture enlarged to 640x640, BGR, 0 to 255. At
strides 8, 16 and 32 it answers with cls, obj, bbox and kps:
  score = sqrt(cls obj), box centre = (cell + d) stride, size = exp(d) stride,
  point = (cell + d) stride.
Points: the person's right eye, left eye, nose tip, right and left corner of
the mouth; so left to right as seen. Needs python3-opencv and numpy."""
import pathlib
import sys

import cv2
import numpy as np

SIDE = 640
LEAST_SCORE = 0.6


def decode(outputs, names):
    """All cells of all strides: scores, box centres and 5x2 points."""
    by_name = dict(zip(names, outputs))
    scores, centres, points = [], [], []
    for stride in (8, 16, 32):
        cells = SIDE // stride
        grid = np.stack(np.meshgrid(np.arange(cells), np.arange(cells)), -1)
        grid = grid.reshape(-1, 2).astype(np.float32)
        cls, obj, box, kps = (
            by_name[f"{kind}_{stride}"].reshape(cells * cells, -1)
            for kind in ("cls", "obj", "bbox", "kps"))
        product = np.clip(cls, 0, 1) * np.clip(obj, 0, 1)
        scores.append(np.sqrt(product[:, 0]))
        centres.append((grid + box[:, :2]) * stride)
        points.append((kps.reshape(-1, 5, 2) + grid[:, None]) * stride)
    return tuple(np.concatenate(x) for x in (scores, centres, points))


def middle_face(net, names, picture):
    """Points of the face nearest to the middle, in the picture's pixels."""
    height, width = picture.shape[:2]
    large = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    net.setInput(cv2.dnn.blobFromImage(large))
    scores, centres, points = decode(net.forward(names), names)
    sure = scores >= LEAST_SCORE
    if not sure.any():
        return None
    scores, centres, points = scores[sure], centres[sure], points[sure]
    away = np.hypot(*(centres - SIDE / 2).T)
    near = away <= away.min() + 20  # cells that see the same face
    best = np.argmax(np.where(near, scores, 0))
    return points[best] * (width / SIDE, height / SIDE)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    net = cv2.dnn.readNetFromONNX(sys.argv[1])
    names = [f"{kind}_{stride}" for stride in (8, 16, 32)
             for kind in ("cls", "obj", "bbox", "kps")]
    found, seen = [], 0
    for path in sorted(pathlib.Path(sys.argv[2]).glob("*/*.jpg")):
        picture = cv2.imread(str(path))
        if picture is None or picture.shape[:2] != (250, 250):
            continue
        seen += 1
        points = middle_face(net, names, picture)
        if points is not None:
            found.append(points)
    if not found:
        sys.exit("no face found")
    low, middle, high = np.percentile(np.array(found), (25, 50, 75), axis=0)
    print(f"{len(found)} faces in {seen} pictures")
    for i, part in enumerate(("right eye", "left eye", "nose tip",
                              "right corner", "left corner")):
        print(f"{part:13} x {middle[i, 0]:7.2f} ({low[i, 0]:.1f} to "
              f"{high[i, 0]:.1f})  y {middle[i, 1]:7.2f} ({low[i, 1]:.1f} to "
              f"{high[i, 1]:.1f})")


if __name__ == "__main__":
    main()
