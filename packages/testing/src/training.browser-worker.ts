import { train } from './training.browser-page.js';

void train().then((report) => globalThis.postMessage(report));
