#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""check_synth.py - what networks that never saw them make of an album.

usage: check_synth.py [--json] ALBUM YUNET_640.onnx [MOBILEFACENET.onnx]

ALBUM is what `mien synth` wrote. YuNet is asked for the face of every picture:
which share of the true faces it finds (IoU of .5 or more with the true box)
and how far its five points lie from the true ones, over the distance of the
eyes; beyond 30 degrees of yaw, where that shrinks, over what it would be from
the front.
It is told apart by the kind of photo, and groups from portraits.

With the second network, faces are aligned by their true points, embedded
together with their mirror image, and the pairs of ALBUM/pairs.txt verified:
the mean accuracy over the folds, each at the threshold of the others.

YuNet takes BGR, 0 to 255, and answers at strides 8, 16 and 32:
  score = sqrt(cls obj), centre = (cell + d) stride, size = exp(d) stride,
  point = (cell + d) stride.
MobileFaceNet takes RGB of 112x112 by the mean and deviation of ImageNet.
Needs python3-opencv and numpy."""
import collections
import json
import pathlib
import sys

import cv2
import numpy as np

SIDE = 640
LEAST_SCORE = 0.5
PROFILE = 30  # degrees
FRONTAL_EYES = 0.35  # of the height of a face's box, the median
REFERENCE = np.array([[38.2946, 51.6963], [73.5318, 51.5014],
                      [56.0252, 71.7366], [41.5493, 92.3655],
                      [70.7299, 92.2041]])  # of src/face/align.c
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)


# ---- detector ---------------------------------------------------------------

class Yunet:
    KINDS = ("cls", "obj", "bbox", "kps")

    def __init__(self, path):
        self.net = cv2.dnn.readNetFromONNX(path)
        self.names = [f"{kind}_{stride}" for stride in (8, 16, 32)
                      for kind in self.KINDS]

    def decode(self, outputs):
        """Scores, boxes (x1 y1 x2 y2) and points of all cells."""
        by_name = dict(zip(self.names, outputs))
        scores, boxes, points = [], [], []
        for stride in (8, 16, 32):
            n = SIDE // stride
            cell = np.stack(np.meshgrid(np.arange(n), np.arange(n)), -1)
            cell = cell.reshape(-1, 2).astype(np.float32)
            cls, obj, box, kps = (by_name[f"{kind}_{stride}"].reshape(n * n, -1)
                                  for kind in self.KINDS)
            product = np.clip(cls, 0, 1) * np.clip(obj, 0, 1)
            scores.append(np.sqrt(product[:, 0]))
            centre = (cell + box[:, :2]) * stride
            half = np.exp(box[:, 2:]) * stride / 2
            boxes.append(np.concatenate([centre - half, centre + half], 1))
            points.append((kps.reshape(-1, 5, 2) + cell[:, None]) * stride)
        return tuple(np.concatenate(x) for x in (scores, boxes, points))

    def find(self, picture):
        """Boxes and points in the picture's pixels, best first."""
        height, width = picture.shape[:2]
        scale = SIDE / max(height, width)
        small = cv2.resize(picture, None, fx=scale, fy=scale,
                           interpolation=cv2.INTER_AREA if scale < 1
                           else cv2.INTER_LINEAR)
        canvas = np.zeros((SIDE, SIDE, 3), np.uint8)
        canvas[:small.shape[0], :small.shape[1]] = small
        self.net.setInput(cv2.dnn.blobFromImage(canvas))
        scores, boxes, points = self.decode(self.net.forward(self.names))
        keep = np.flatnonzero(scores >= LEAST_SCORE)
        keep = keep[np.argsort(-scores[keep], kind="stable")]
        chosen = []
        for i in keep:
            if all(overlap(boxes[i], boxes[j]) < 0.45 for j in chosen):
                chosen.append(i)
        # Pixel n of the picture has its middle at (n + .5) scale - .5.
        return tuple((x[chosen] + 0.5) / scale - 0.5 for x in (boxes, points))


def overlap(a, b):
    """Intersection over union of two boxes."""
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    common = np.prod(np.maximum(high - low, 0))
    both = np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2])
    return common / (both - common)


def match(truth, boxes, points):
    """IoU with the nearest found box, and the error of its points."""
    x, y, w, h = truth["box"]
    box = np.array([x, y, x + w, y + h])
    ious = [overlap(box, b) for b in boxes]
    if not ious:
        return 0.0, None
    best = int(np.argmax(ious))
    five = np.array(truth["five"]).reshape(5, 2)
    eyes = np.hypot(*(five[1] - five[0]))
    if abs(truth["yaw"]) > PROFILE:
        eyes = max(eyes, FRONTAL_EYES * h)
    error = np.hypot(*(points[best] - five).T).mean() / eyes
    return ious[best], error


def detection(album, truths, detector):
    """Results by kind, "hard" or "hard groups"."""
    results = collections.defaultdict(list)
    for file, faces in truths.items():
        boxes, points = detector.find(cv2.imread(str(album / file)))
        for face in faces:
            group = " groups" if file.startswith("groups/") else ""
            results[face["kind"] + group].append(match(face, boxes, points))
    out = {}
    for kind, matches in results.items():
        found = [(iou, error) for iou, error in matches if iou >= 0.5]
        out[kind] = {"faces": len(matches),
                     "found": len(found) / len(matches)}
        if found:
            out[kind]["iou"] = float(np.median([f[0] for f in found]))
            out[kind]["points"] = float(np.median([f[1] for f in found]))
    return out


# ---- embedding --------------------------------------------------------------

def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def put_varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def fields(data):
    """(number, wire type, value) of a protobuf message."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        else:
            size = {1: 8, 5: 4}.get(key & 7)
            if size is None:
                size, at = varint(data, at)
            value = data[at:at + size]
            at += size
        yield key >> 3, key & 7, value


def message(parts):
    out = bytearray()
    for number, wire, value in parts:
        out += put_varint(number << 3 | wire)
        if wire == 0:
            out += put_varint(value)
        else:
            out += (put_varint(len(value)) if wire == 2 else b"") + value
    return bytes(out)


def constants(graph):
    """The raw bytes of each constant of four bytes, by name."""
    out = {}
    for number, _, node in graph:
        parts = list(fields(node)) if number == 1 else []
        if (4, 2, b"Constant") not in parts:
            continue
        name = next(v for n, _, v in parts if n == 2)
        for n, _, attribute in parts:
            for k, _, tensor in fields(attribute) if n == 5 else ():
                raw = [v for t, _, v in fields(tensor) if t == 9] \
                    if k == 5 else []
                if raw and len(raw[0]) == 4:
                    out[name] = raw[0]
    return out


def plain_clip(node, known):
    """A clip whose bounds are inputs, with them as attributes instead, which
    is how OpenCV before 4.7 wants it."""
    parts = list(fields(node))
    inputs = [v for n, _, v in parts if n == 1]
    if (4, 2, b"Clip") not in parts or len(inputs) != 3:
        return node
    parts = [p for p in parts if p[0] != 1 or p[2] == inputs[0]]
    for name, bound in ((b"min", known[inputs[1]]), (b"max", known[inputs[2]])):
        parts.append((5, 2, message([(1, 2, name), (2, 5, bound),
                                     (20, 0, 1)])))
    return message(parts)


def read_network(path):
    model = []
    for number, wire, value in fields(pathlib.Path(path).read_bytes()):
        if number == 7:
            graph = list(fields(value))
            known = constants(graph)
            value = message([(n, w, plain_clip(v, known) if n == 1 else v)
                             for n, w, v in graph])
        model.append((number, wire, value))
    return cv2.dnn.readNetFromONNX(np.frombuffer(message(model), np.uint8))


def similarity(points):
    """2x3: the points onto the reference, by least squares (Umeyama 1991)."""
    p = points[:, 0] + 1j * points[:, 1]
    q = REFERENCE[:, 0] + 1j * REFERENCE[:, 1]
    pc, qc = p - p.mean(), q - q.mean()
    c = (np.conj(pc) * qc).sum() / (abs(pc) ** 2).sum()
    t = q.mean() - c * p.mean()
    return np.array([[c.real, -c.imag, t.real], [c.imag, c.real, t.imag]])


def embed(net, album, truth):
    picture = cv2.imread(str(album / truth["file"]))
    points = np.array(truth["five"]).reshape(5, 2)
    face = cv2.warpAffine(picture, similarity(points), (112, 112))
    rgb = (face[:, :, ::-1].astype(np.float32) / 255 - MEAN) / DEVIATION
    total = 0
    for x in (rgb, rgb[:, ::-1]):
        net.setInput(np.ascontiguousarray(x.transpose(2, 0, 1))[None])
        total = total + net.forward().ravel()
    return total / np.linalg.norm(total)


def read_pairs(path):
    """(fold, same, file, file) of a list as LFW has it."""
    lines = path.read_text().split("\n")
    head = [int(x) for x in lines[0].split()]
    n = head[-1]
    for i, line in enumerate(lines[1:]):
        w = line.split()
        if not w:
            continue
        fold = i // (2 * n) if len(head) == 2 else i % n % 10
        if len(w) == 3:
            w = [w[0], w[1], w[0], w[2]]
        yield (fold, len(line.split()) == 3, f"{w[0]}_{int(w[1]):04d}",
               f"{w[2]}_{int(w[3]):04d}")


def best_threshold(scores, same):
    candidates = np.unique(scores)
    right = [((scores >= t) == same).mean() for t in candidates]
    return candidates[int(np.argmax(right))]


def verification(album, truths, net):
    pairs = list(read_pairs(album / "pairs.txt"))
    by_name = {pathlib.Path(f).stem: t[0] for f, t in truths.items()}
    vectors = {name: embed(net, album, by_name[name])
               for name in sorted({n for p in pairs for n in p[2:]})}
    fold = np.array([p[0] for p in pairs])
    same = np.array([p[1] for p in pairs])
    scores = np.array([vectors[p[2]] @ vectors[p[3]] for p in pairs])
    accuracy = []
    for k in np.unique(fold):
        t = best_threshold(scores[fold != k], same[fold != k])
        accuracy.append(((scores[fold == k] >= t) == same[fold == k]).mean())
    return {"pairs": len(pairs), "accuracy": float(np.mean(accuracy)),
            "deviation": float(np.std(accuracy)),
            "same": float(scores[same].mean()),
            "different": float(scores[~same].mean())}


# ---- report -----------------------------------------------------------------

def main():
    words = [w for w in sys.argv[1:] if w != "--json"]
    if len(words) not in (2, 3):
        sys.exit(__doc__)
    album = pathlib.Path(words[0])
    truths = collections.defaultdict(list)
    for line in (album / "truth.jsonl").read_text().splitlines():
        truth = json.loads(line)
        truths[truth["file"]].append(truth)
    result = {"detection": detection(album, truths, Yunet(words[1]))}
    if len(words) == 3 and (album / "pairs.txt").exists():
        result["verification"] = verification(album, truths,
                                              read_network(words[2]))
    if "--json" in sys.argv:
        print(json.dumps(result))
        return
    for kind, r in result["detection"].items():
        print(f"{kind:16} {r['faces']:5} faces  found {100 * r['found']:5.1f} %"
              f"  IoU {r.get('iou', 0):.2f}  points "
              f"{100 * r.get('points', float('nan')):.1f} % of the eyes'"
              " distance")
    if "verification" in result:
        v = result["verification"]
        print(f"{'verification':16} {v['pairs']:5} pairs  accuracy "
              f"{100 * v['accuracy']:.2f} +- {100 * v['deviation']:.2f} %  "
              f"cosine {v['same']:.3f} same, {v['different']:.3f} different")


if __name__ == "__main__":
    main()
