// Errors of sandboxes: the data that each code carries, what happened, and what to do now.
import type { ErrorTexts } from './text.ts';

export interface SandboxErrorData {
  SANDBOX_UNAVAILABLE: { name: string; reason: string; hint: string };
  SANDBOX_START_FAILED: { name: string; output: string; exit: string };
}

export const SANDBOX_TEXTS: ErrorTexts<SandboxErrorData> = {
  SANDBOX_UNAVAILABLE: {
    message: (d) => `A run in a sandbox (${d.name}) cannot be had here: ${d.reason}.`,
    hint: (d) => d.hint,
  },
  SANDBOX_START_FAILED: {
    message: (d) =>
      `What looks after the sandbox (${d.name}) ended at once (${d.exit})${d.output === '' ? '.' : `: ${d.output}`}`,
    hint: () => 'Read the words above; the checks of this computer say which sandboxes can be had here.',
  },
};
