// From nothing to the first training step: timed as a process, and bundled for its size.
import { adam, dense, sequential } from 'gradus';

const model = sequential([dense({ units: 4 }), dense({ units: 1 })]);
model.compile({ optimizer: adam(), loss: 'mse' });
await model.fit([[0.1, 0.2, 0.3]], [[1.4]], { epochs: 1, verbose: 0 });
console.log('done');
