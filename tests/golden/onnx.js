#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Write onnx.h: what ONNX Runtime answers for networks that others trained, to
// an input that both sides make up alike. Wants the package onnxruntime-node.
//
//     node tests/golden/onnx.js MODELS > tests/golden/onnx.h
const fs = require('fs');
const ort = require('onnxruntime-node');

const SAMPLES = 6;
const cases = [  // file, rows, columns, lowest and highest number that goes in
  ['mobilefacenet.onnx', 112, 112, -2, 2],
  ['yunet_n_320_320.onnx', 320, 320, 0, 255],
  ['yunet_n_640_640.onnx', 640, 640, 0, 255],
  ['yunet_n_dynamic.onnx', 416, 352, 0, 255],
  ['retinaface_mobilenet025.onnx', 640, 640, -128, 128],
  ['ultralight_rfb_320.onnx', 240, 320, -1, 1],
  ['pfld.onnx', 112, 112, 0, 1],
  ['antispoof_bin_128.onnx', 128, 128, 0, 1],
];

function* numbers() {
  for (let state = 12345;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state;
  }
}

function input(count, low, high) {
  const x = new Float32Array(count), random = numbers();
  for (let i = 0; i < count; i++)
    x[i] = low + (high - low) * (random.next().value / 4294967296);
  return x;
}

function summary(name, y) {
  let most = 0, sum = 0;
  for (const v of y) {
    most = Math.max(most, Math.abs(v));
    sum += v;
  }
  const samples = [], random = numbers();
  for (let i = 0; i < SAMPLES; i++)
    samples.push(y[random.next().value % y.length]);
  const text = v => Number(v.toPrecision(9)).toString();
  return `        {"${name}", ${y.length}, ${text(most)}, ` +
      `${text(sum / y.length)},\n         {${samples.map(text).join(', ')}}},`;
}

async function main() {
  console.log(`/* SPDX-License-Identifier: Apache-2.0 */
/* onnx.h - answers of ONNX Runtime ${ort.env.versions.common}; written by onnx.js. */
static const golden_file golden_files[] = {`);
  for (const [file, rows, columns, low, high] of cases) {
    const session = await ort.InferenceSession.create(
        `${process.argv[2]}/${file}`, {logSeverityLevel: 3});
    const x = input(3 * rows * columns, low, high);
    const feed = {};
    feed[session.inputNames[0]] =
        new ort.Tensor('float32', x, [1, 3, rows, columns]);
    const answer = await session.run(feed);
    console.log(`    {"${file}", ${rows}, ${columns}, ${low}, ${high},
     ${session.outputNames.length}, {`);
    for (const name of session.outputNames)
      console.log(summary(name, answer[name].data));
    console.log('     }},');
  }
  console.log('};');
}

main();
