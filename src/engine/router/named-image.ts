// An image as a host names one: by its id in the data folder, or by the token of a file.
import type { ImageStore } from '../image/image-store.ts';
import type { Places } from '../places.ts';
import type { StartableImage } from '../run/prepare-run.ts';

export async function namedImage(
  image: { id: string } | { place: string },
  { images, places }: { images: ImageStore; places: Places },
  signal = new AbortController().signal,
): Promise<StartableImage> {
  if ('id' in image) return images.get(image.id);
  return images.fromFile(places.resolve(image.place), { signal, report: () => undefined });
}
