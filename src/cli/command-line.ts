// How this very command line is run again, for what outlives the command (the mirror of a run).

/** Program, its own options, and the script that it was started with. */
export function ownCommand(): string[] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? ''];
}
