import brain from 'brain.js';

const net = new brain.NeuralNetwork({ hiddenLayers: [4] });
net.train([{ input: [0.1, 0.2, 0.3], output: [0.5] }], { iterations: 1 });
console.log('done');
