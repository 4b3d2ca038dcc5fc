// Seedbed's own version, as package.json says it (the bundler inlines the file).
import packageFile from '../../package.json' with { type: 'json' };

export const SEEDBED_VERSION: string = packageFile.version;
