// Text as UTF-8 (RFC 3629).

/** What this file uses of the platform's TextEncoder (Encoding Standard 7.4): there in Node and in every browser. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

const encoder = new TextEncoder();

/** Throws a URIError for half of a surrogate pair, which is no character. */
export function encodeUtf8(text: string): Uint8Array {
  if (/\p{Surrogate}/u.test(text)) throw new URIError('half of a surrogate pair');
  return encoder.encode(text);
}
