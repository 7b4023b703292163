import { makeManyModels } from './many-models.browser-page.js';

globalThis.onmessage = ({ data }: MessageEvent<boolean>): void => {
  void makeManyModels(250, data).then((fault) => globalThis.postMessage(fault));
};
