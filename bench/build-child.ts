// One image build in a process of its own, which says what memory it took at most. Arguments: checkout, distfiles, image.
import { buildImage, recordPathFor } from '../src/engine/image/build.ts';

const [checkoutPath = '', distfilesPath = '', image = ''] = process.argv.slice(2);
await buildImage(
  {
    kind: 'kernel-bootstrap',
    goal: 'end',
    checkoutPath,
    distfilesPath,
    cores: 2,
    mirrors: [],
    targetSizeMiB: 0,
  },
  image,
  recordPathFor(image),
  { replace: false },
);
// getrusage(2): kibibytes.
process.stdout.write(String(process.resourceUsage().maxRSS * 1024));
