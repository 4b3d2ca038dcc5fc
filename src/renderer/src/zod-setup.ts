// zod without generated code: the page's Content-Security-Policy forbids eval. Must be the first module of the page,
// since zod decides when a schema is made (zod issues #4461, #5414).
import { config } from 'zod';

export const ZOD_SETTINGS = config({ jitless: true });
