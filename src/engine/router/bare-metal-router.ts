// The contract's part for real machines: pure functions over an image's record.
import { implement } from '@orpc/server';
import { bareMetalContract } from '../../shared/contract/bare-metal.ts';
import { composeChecklist } from '../formats/bare-metal/checklist.ts';
import { readScreen } from '../formats/bare-metal/read-screen.ts';
import { formatPaperHtml } from '../formats/paper/paper-html.ts';
import type { ImageStore } from '../image/image-store.ts';
import type { Places } from '../places.ts';
import { guarded } from './guard.ts';
import { namedImage } from './named-image.ts';

export function createBareMetalRouter(needs: { images: ImageStore; places: Places }) {
  const os = implement(bareMetalContract).use(({ next }) => guarded(() => Promise.resolve(next())));
  return os.router({
    checklist: os.checklist.handler(async ({ input, signal }) => {
      const { id, record } = await namedImage(input.image, needs, signal);
      const paper = composeChecklist({ image: { id: id ?? null, record }, drives: input.drives });
      return { paper, html: formatPaperHtml(paper) };
    }),
    explainScreen: os.explainScreen.handler(async ({ input, signal }) => {
      const image = input.image === null ? null : await namedImage(input.image, needs, signal);
      const expected = image?.record.kind === 'boot-check' ? image.record.expectedBootCheck : null;
      return readScreen(input.text, expected);
    }),
  });
}
