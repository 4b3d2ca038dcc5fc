// Runs before every test file: stray console output is a fault.
import { afterEach, beforeEach, expect, vi } from 'vitest';

let calls: string[] = [];
beforeEach(() => {
  calls = [];
  for (const name of ['log', 'warn', 'error', 'info', 'debug'] as const) {
    vi.spyOn(console, name).mockImplementation((...args: unknown[]) => {
      calls.push(`console.${name}: ${args.map(String).join(' ')}`);
    });
  }
});
afterEach(() => {
  expect(calls).toEqual([]);
  vi.restoreAllMocks();
});
