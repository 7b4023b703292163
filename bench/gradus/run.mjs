// Gradus on one work: node bench/gradus/run.mjs <work>. Threads and wide kernels are chosen by the environment
// (GRADUS_THREADS, GRADUS_WIDE), as a user would.
import process from 'node:process';
import { compile, tensor } from 'gradus';
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
// What the backend found this machine to do: the head of what it says of any program.
const probe = compile((x) => x.add(1));
const [backend] = probe.explain(tensor([1])).split(/[:\n]/);
reportAbout({ backend, node: process.version });
process.exit(0);
