// npm start: set up what is missing, then open Seedbed: the window where Electron and a display are there, else the browser host.
// npm start -- --headless: no page at all; builds the boot check, boots it, streams its console, prints the verdict.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, checkNode, findElectron, installPackages, installTools, QEMU, ROOT, say } from './setup.mjs';

const args = process.argv.slice(2);
const headless = args.includes('--headless');
const rest = args.filter((arg) => arg !== '--headless');

checkNode();
installPackages();
installTools([QEMU]);
build();

const cli = join(ROOT, 'out', 'cli', 'index.js');
if (headless) {
  start(process.execPath, [cli, 'run', ...rest]);
} else if (!hasDisplay()) {
  say('There is no display here, so no window: opening the browser host instead.');
  start(process.execPath, [cli, 'serve', ...rest]);
} else {
  const electron = findElectron();
  if (electron === null) {
    say('Electron’s program could not be had (no network?), so no window: opening the browser host instead.');
    start(process.execPath, [cli, 'serve', ...rest]);
  } else {
    start(electron, [ROOT, ...rest]);
  }
}

function hasDisplay() {
  if (process.platform !== 'linux') return true;
  return [process.env['DISPLAY'], process.env['WAYLAND_DISPLAY']].some(
    (name) => name !== undefined && name !== '',
  );
}

/**
 * Become that program, as far as a terminal can tell.
 * @param {string} program
 * @param {string[]} argv
 */
function start(program, argv) {
  const child = spawn(program, argv, { stdio: 'inherit' });
  // Ctrl-C reaches the child from the terminal itself; this process only waits for it.
  for (const name of /** @type {const} */ (['SIGINT', 'SIGHUP'])) process.on(name, () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => {
    say(`${program}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}
