import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { remoteMonitor } from './remote-monitor.js';
import { RecordedTraining, series } from './training-context.fixture.js';

it('sends the numbers of each epoch, in a form or as they are', async () => {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      bodies.push(`${request.url} ${body}`);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new RecordedTraining().run(remoteMonitor({ root, sendAsJson: true }), series('loss', [2]));
  await new RecordedTraining().run(remoteMonitor({ root, path: '/in' }), series('loss', [1]));
  await new Promise((resolve) => server.close(resolve));
  expect(bodies).toEqual([
    '/publish/epoch/end/ {"epoch":0,"loss":2}',
    `/in data=${encodeURIComponent('{"epoch":0,"loss":1}')}`,
  ]);
});

it('warns once when nobody listens', async () => {
  const training = new RecordedTraining();
  await training.run(remoteMonitor({ root: 'http://127.0.0.1:1' }), series('loss', [1, 1]));
  expect(training.warnings).toEqual([
    'Warning: could not reach the remote monitor at http://127.0.0.1:1.',
  ]);
});
