// SPDX-License-Identifier: Apache-2.0
// onnxruntime.js FILE "N C H W" THREADS SECONDS - time ONNX Runtime.
const ort = require('onnxruntime-node');

async function main([file, shape, threads, seconds]) {
  const dims = shape.split(' ').map(Number);
  const session = await ort.InferenceSession.create(file, {
    intraOpNumThreads: Number(threads),
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
  });
  const x = new Float32Array(dims.reduce((a, b) => a * b, 1));
  for (let i = 0; i < x.length; i++) x[i] = 2 * Math.random() - 1;
  const feed = {[session.inputNames[0]]: new ort.Tensor('float32', x, dims)};
  const times = [];
  for (let i = 0; i < 3; i++) await session.run(feed);
  const end = Date.now() + 1000 * Number(seconds);
  while (Date.now() < end || times.length < 5) {
    const start = process.hrtime.bigint();
    await session.run(feed);
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  times.sort((a, b) => a - b);
  const ms = times[times.length >> 1];
  console.log(JSON.stringify({ms, min_ms: times[0], rounds: times.length}));
}

main(process.argv.slice(2)).catch((error) => {
  console.error(String(error));
  process.exit(2);
});
