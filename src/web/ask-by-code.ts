// The browser host's question before a drive is written: what will be erased and a code go to the terminal that the host was started from, where no
// page can read them; who types the code in the page has read them. What the page itself says of the drive counts for nothing.
import { randomInt } from 'node:crypto';
import type { AskBeforeFlash } from '../engine/flash/flash.ts';

const CODE_DIGITS = 6;
/** Of a million codes; then the plan is over. */
const MOST_TRIES = 3;
const WHERE = 'the terminal that seedbed serve was started from';

export function askByCode(print: (line: string) => void): AskBeforeFlash {
  const codes = new Map<string, { code: string; tries: number }>();
  return ({ plan, lines }, given) => {
    const asked = codes.get(plan);
    if (asked === undefined || given === null) {
      const code = asked?.code ?? String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');
      if (asked === undefined) codes.set(plan, { code, tries: 0 });
      for (const line of ['A page asks to write a drive.', ...lines]) print(line);
      print(`If that is right, type this code in the page: ${code}   If not, do nothing.`);
      return Promise.resolve({ state: 'code', where: WHERE });
    }
    asked.tries += 1;
    const isRight = given.trim() === asked.code && asked.tries <= MOST_TRIES;
    if (isRight || asked.tries >= MOST_TRIES) codes.delete(plan);
    if (isRight) return Promise.resolve({ state: 'yes', typed: null });
    if (asked.tries >= MOST_TRIES) {
      print('Wrong codes were typed; nothing is written.');
      return Promise.resolve({ state: 'no' });
    }
    return Promise.resolve({ state: 'code', where: WHERE });
  };
}
