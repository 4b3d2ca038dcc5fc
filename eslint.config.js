// Lint rules. The table below is the one statement of which folder may import what (docs/ARCHITECTURE.md shows it).
import importX from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const NODE = ['node:*', 'node:*/**'];
const ELECTRON = ['electron', 'electron/*'];
const REACT = ['react', 'react-dom', 'react-dom/*', 'react-aria-components', '@xterm/*'];
const hosts = (...names) => names.map((name) => `**/${name}/**`);

/** folder → patterns that it may not import. First match of a file wins nothing: each row names its own files exactly. */
const LAYERS = [
  {
    files: ['src/shared/**'],
    forbid: [...NODE, ...ELECTRON, ...REACT, ...hosts('engine', 'main', 'preload', 'renderer', 'cli', 'web')],
  },
  {
    files: ['src/engine/formats/**'],
    forbid: [
      ...NODE,
      ...ELECTRON,
      ...REACT,
      ...hosts('checkout', 'image', 'run', 'main', 'preload', 'renderer', 'cli', 'web'),
    ],
  },
  {
    files: ['src/engine/**'],
    ignores: ['src/engine/formats/**'],
    forbid: [...ELECTRON, ...REACT, ...hosts('main', 'preload', 'renderer', 'cli', 'web')],
  },
  // Read by auditors and run as root: its own files and Node, nothing else.
  {
    files: ['src/helper/**'],
    forbid: [
      'zod',
      ...ELECTRON,
      ...REACT,
      ...hosts('shared', 'engine', 'main', 'preload', 'renderer', 'cli', 'web'),
    ],
  },
  { files: ['src/main/**'], forbid: [...REACT, ...hosts('renderer', 'cli', 'preload')] },
  {
    files: ['src/preload/**'],
    forbid: [...NODE, ...REACT, ...hosts('engine', 'main', 'renderer', 'cli', 'web')],
  },
  {
    files: ['src/renderer/**'],
    forbid: [...NODE, ...ELECTRON, ...hosts('engine', 'main', 'preload', 'cli', 'web')],
  },
  { files: ['src/cli/**'], forbid: [...ELECTRON, ...REACT, ...hosts('renderer', 'main', 'preload')] },
  { files: ['src/web/**'], forbid: [...ELECTRON, ...REACT, ...hosts('renderer', 'main', 'preload', 'cli')] },
];

export default tseslint.config(
  { ignores: ['out/**', 'dist/**', 'node_modules/**', 'coverage/**', 'test-results/**'] },
  {
    files: ['src/**/*.{ts,tsx}', 'test/**/*.{ts,tsx}', 'bench/**/*.ts', '*.config.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['tsconfig.pure.json', 'tsconfig.node.json', 'tsconfig.web.json', 'tsconfig.ui-test.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver': { node: { extensions: ['.ts', '.tsx', '.js'] } },
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] },
      'import-x/extensions': ['.ts', '.tsx'],
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // Electron's own statics (getAllWindows and the like) give instances that this rule does not know as such.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'no-console': 'error',
      eqeqeq: 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
        {
          selector: "CallExpression[callee.object.name='vi'][callee.property.name=/^(mock|doMock)$/]",
          message: 'No module mocks: use the fakes in test/support.',
        },
      ],
    },
  },
  ...LAYERS.map(({ files, ignores = [], forbid }) => ({
    files: files.map((glob) => `${glob}/*.{ts,tsx}`),
    ignores,
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: forbid, message: 'Not allowed in this layer (eslint.config.js).' }] },
      ],
    },
  })),
  {
    files: ['src/renderer/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: { ...reactHooks.configs.recommended.rules },
  },
  { files: ['*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
