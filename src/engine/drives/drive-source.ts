// Where facts about drives come from: one reader per platform, and in tests a stand-in that is handed to the engine.
import type { MachineFacts } from '../formats/drives/machine-facts.ts';

export interface DriveSource {
  /** Everything, now. What could not be read stands among the problems. */
  read(signal?: AbortSignal): Promise<MachineFacts>;
  /** A value at once, then one whenever something may have changed since: plugged, mounted, swapped. Ends with the signal. */
  changes(signal: AbortSignal): AsyncGenerator<void, void, void>;
}
