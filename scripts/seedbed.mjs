// npm run -s seedbed -- …: the command line from a clone, built first when its sources are newer.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, checkNode, installPackages, ROOT } from './setup.mjs';

checkNode();
installPackages();
build();
const cli = join(ROOT, 'out', 'cli', 'index.js');
process.argv.splice(1, 1, cli);
await import(pathToFileURL(cli).href);
