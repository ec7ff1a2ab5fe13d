#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""search_faiss.py [MIEN [SIZE [WIDTH]]] - one probe among SIZE x WIDTH templates
on one thread: mien against a flat FAISS index (Debian's python3-faiss), in
turns, medians of all turns. The people are drawn as mien draws them: three
photos each, half of the probes are strangers."""
import json
import os
import statistics
import subprocess
import sys
import time

import faiss
import numpy as np

MIEN = sys.argv[1] if len(sys.argv) > 1 else "build/cli/mien"
SIZE = int(sys.argv[2]) if len(sys.argv) > 2 else 100000
WIDTH = int(sys.argv[3]) if len(sys.argv) > 3 else 512
TURNS = 3
PROBES = 128


def photos_of(people, rng):
    x = people + 0.85 * rng.standard_normal(people.shape, dtype=np.float32)
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def make_index():
    rng = np.random.default_rng(1)
    n = (SIZE + 2) // 3
    index = faiss.IndexFlatIP(WIDTH)
    known = []
    for first in range(0, n, 20000):
        people = rng.standard_normal((min(20000, n - first), WIDTH),
                                     dtype=np.float32)
        known.append(people[:PROBES // 2])
        rows = photos_of(np.repeat(people, 3, 0), rng)
        index.add(rows[:SIZE - index.ntotal])
    strangers = rng.standard_normal((PROBES // 2, WIDTH), dtype=np.float32)
    probes = np.concatenate([np.concatenate(known)[:PROBES // 2], strangers])
    return index, photos_of(probes, rng)


def time_faiss(index, probes):
    times = []
    for i in range(48):
        probe = probes[i % len(probes)][None]
        start = time.perf_counter()
        index.search(probe, 1)
        times.append(1e3 * (time.perf_counter() - start))
    return times[8:]


def main():
    faiss.omp_set_num_threads(1)
    index, probes = make_index()
    ours, theirs, share = [], [], []
    for _ in range(TURNS):
        out = subprocess.run(
            [MIEN, "bench", "search", "--size", str(SIZE), "--width",
             str(WIDTH), "--seconds", "4", "--json"],
            check=True, capture_output=True).stdout
        got = json.loads(out)
        ours.append(got["ms"])
        share.append(got["agreement"])
        theirs.append(statistics.median(time_faiss(index, probes)))
    mien, peer = statistics.median(ours), statistics.median(theirs)
    print(json.dumps({
        "size": SIZE, "width": WIDTH, "threads": 1, "mien_ms": round(mien, 3),
        "faiss_ms": round(peer, 3), "ratio": round(peer / mien, 2),
        "ratios": [round(b / a, 2) for a, b in zip(ours, theirs)],
        "agreement": min(share), "faiss": faiss.__version__,
        "scan": got["scan"]}))


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_CORETYPE", "SkylakeX")
    main()
