// Gradus on one work: node bench/gradus/run.mjs <work>. Threads and wide kernels are chosen by the environment
// (GRADUS_THREADS, GRADUS_WIDE), as a user would.
import process from 'node:process';
import { ops } from 'gradus';
import { reportAbout } from '../measure.mjs';
import { eager, elementwise, matmul } from './kernels.mjs';
import { cnn, lstmTraining, mlp, subnormal } from './networks.mjs';
import { minibatch, online, regression } from './regression.mjs';

const works = {
  regression,
  minibatch,
  online,
  mlp,
  cnn,
  matmul,
  elementwise,
  lstm: lstmTraining,
  eager,
  subnormal,
};

await works[process.argv[2]]();
// After the work, so that a backend that is chosen on first use is the one named.
reportAbout({ backend: ops.getDefaultBackend().name, node: process.version });
process.exit(0);
