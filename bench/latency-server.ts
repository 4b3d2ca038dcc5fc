// Serves a folder as a mirror does, with a wait before each answer, in a process of its own. Arguments: folder, milliseconds. Prints its address.
import { setTimeout as sleep } from 'node:timers/promises';
import { startFileServer } from '../src/engine/mirror/file-server.ts';
import { serveFolder } from '../src/engine/mirror/served-files.ts';

const [folder = '', milliseconds = '0'] = process.argv.slice(2);
const files = await serveFolder(folder);
const server = await startFileServer(
  {
    ...files,
    find: async (name) => {
      await sleep(Number(milliseconds));
      return files.find(name);
    },
  },
  { host: '127.0.0.1', port: 0 },
);
process.stdout.write(`${server.url}\n`);
