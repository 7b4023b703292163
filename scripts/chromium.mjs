// Finds the Chromium that browser tests run in, or brings it where that takes no more than one command.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';

const usual = {
  linux: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
  win32: [
    'C:/Program Files/Google/Chrome/Application/chrome.exe',
    'C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe',
  ],
};

/** Whether it starts here: a container may lack what it needs. */
function starts(program) {
  const flags = '--headless --no-sandbox --disable-gpu --disable-dev-shm-usage'.split(' ');
  const { status } = spawnSync(program, [...flags, '--dump-dom', 'about:blank'], {
    stdio: 'ignore',
    timeout: 60_000,
  });
  return status === 0;
}

/** As root on Debian and its relatives: 115 MB, about 20 seconds. */
function bring() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return 'there is none on this machine';
  console.error('Bringing Chromium with apt-get (once).');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Without a network it should not take minutes to find that out.
  const patience = ['-o', 'Acquire::Retries=0', '-o', 'Acquire::http::Timeout=20'];
  const run = (args, timeout) =>
    spawnSync('apt-get', [...patience, ...args], { env, stdio: 'ignore', timeout }).status === 0;
  const install = ['install', '-y', '-qq', '--no-install-recommends', 'chromium'];
  return run(install, 150_000) || (run(['update', '-qq'], 60_000) && run(install, 150_000))
    ? undefined
    : 'apt-get could not install it';
}

/**
 * @returns {{ program: string } | { missing: string }} the program, or why there is none.
 */
export function findChromium({ mayBring }) {
  if (process.env.GRADUS_BROWSER === '0') return { missing: 'GRADUS_BROWSER is 0' };
  const wanted = process.env.CHROMIUM_PATH;
  const find = () => (wanted ? [wanted] : (usual[process.platform] ?? [])).find(existsSync);
  let reason = 'it was not looked for';
  if (find() === undefined && mayBring) reason = bring();
  const program = find();
  if (program === undefined)
    return { missing: wanted ? `CHROMIUM_PATH names no file: ${wanted}` : reason };
  return starts(program) ? { program } : { missing: `${program} does not start` };
}
