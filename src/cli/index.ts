#!/usr/bin/env node
// `seedbed …`: the command-line host. Exit codes: 0 well, 1 an error or a run that did not pass, 2 wrong usage, 130 interrupted.
import { createProgram } from './program.ts';
import { runProgram } from './run-program.ts';

process.exitCode = await runProgram(createProgram(), process.argv);
