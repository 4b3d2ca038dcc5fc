// Property lists as macOS' tools print them: XML, no attributes that matter, no comments inside values.
// Source of truth: Apple's PropertyList-1.0 DTD (http://www.apple.com/DTDs/PropertyList-1.0.dtd), plist(5).
export type PlistValue = string | number | boolean | PlistValue[] | { [key: string]: PlistValue };

/** Deeper than any list that diskutil prints. */
const DEEPEST = 64;

const TOKEN = /<(\/?)(\w+)([^>]*?)(\/?)>([^<]*)/g;

/** The value of an XML property list. Throws an Error for anything else. */
export function parsePlist(xml: string): PlistValue {
  const start = xml.search(/<plist[\s>]/);
  if (start < 0) throw new Error('no property list');
  const tokens = [...xml.slice(start).matchAll(TOKEN)]
    .map(([, close, name, , empty, text]) => ({
      name: name ?? '',
      isEnd: close === '/',
      isEmpty: empty === '/',
      text: decodeEntities(text ?? ''),
    }))
    .filter(({ name }) => name !== 'plist');
  let at = 0;

  function readValue(depth: number): PlistValue {
    const token = tokens[at];
    if (token === undefined || token.isEnd || depth > DEEPEST) throw new Error('a broken property list');
    at += 1;
    if (token.name === 'true' || token.name === 'false') {
      if (!token.isEmpty) end(token.name);
      return token.name === 'true';
    }
    if (token.name === 'array') return token.isEmpty ? [] : readArray(depth);
    if (token.name === 'dict') return token.isEmpty ? {} : readDict(depth);
    if (!token.isEmpty) end(token.name);
    return token.name === 'integer' || token.name === 'real' ? Number(token.text) : token.text;
  }

  function readArray(depth: number): PlistValue[] {
    const values: PlistValue[] = [];
    while (tokens[at]?.isEnd !== true) values.push(readValue(depth + 1));
    end('array');
    return values;
  }

  function readDict(depth: number): Record<string, PlistValue> {
    const entries: [string, PlistValue][] = [];
    while (tokens[at]?.isEnd !== true) {
      const key = tokens[at];
      if (key?.name !== 'key') throw new Error('a broken property list');
      at += 1;
      if (!key.isEmpty) end('key');
      entries.push([key.text, readValue(depth + 1)]);
    }
    end('dict');
    return Object.fromEntries(entries);
  }

  function end(name: string): void {
    const token = tokens[at];
    if (token?.isEnd !== true || token.name !== name) throw new Error('a broken property list');
    at += 1;
  }

  return readValue(0);
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
