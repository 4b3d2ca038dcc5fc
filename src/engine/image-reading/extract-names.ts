// Which names and links of an untrusted disk may become files here.
import { nameOfText, textOfName } from '../ext/name-text.ts';

/** Names that mean something else on Windows (Microsoft, "Naming Files, Paths, and Namespaces"). */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** The file name for a name as text (name-text.ts): its own where it is UTF-8, else the text with its escapes; null when no file can have it. */
export function fileNameFor(text: string, platform: NodeJS.Platform = process.platform): string | null {
  const bytes = nameOfText(text);
  const own = bytes.toString('utf8');
  const name = Buffer.from(own).equals(bytes) ? own : textOfName(bytes);
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) return null;
  if (Buffer.byteLength(name) > 255) return null;
  if (platform === 'win32' && (/[<>:"\\|?*\x01-\x1f]|[. ]$/.test(name) || WINDOWS_DEVICE.test(name)))
    return null;
  return name;
}

/**
 * Does a link that lies `depth` folders deep stay inside? Parent folders may only be named at its beginning: behind a name, which may be a link
 * itself, they would lead to that link's parent.
 */
export function isInsideLink(target: string, depth: number): boolean {
  if (target === '' || target.startsWith('/') || /[\0\\]/.test(target) || /^[a-z]:/i.test(target))
    return false;
  const parts = target.split('/').filter((part) => part !== '' && part !== '.');
  const ups = parts.findIndex((part) => part !== '..');
  const leading = ups < 0 ? parts.length : ups;
  return leading <= depth && !parts.slice(leading).includes('..');
}
