import { defineConfig, type Options } from 'tsup';

/** ESM-only library build; declarations come from `tsc` (TypeScript 7 has no JS API for tsup's dts). */
export function library(options: Options = {}): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry: ['src/index.ts'],
    format: ['esm'],
    platform: 'neutral',
    target: 'es2022',
    // Node's own modules are reached by dynamic import, so browsers never see them.
    external: [/^node:/],
    // Bundlers tell Node's modules apart by the prefix: keep it.
    removeNodeProtocol: false,
    dts: false,
    sourcemap: true,
    clean: true,
    treeshake: false,
    splitting: true,
    ...options,
  });
}
