import tailwind from '@tailwindcss/vite'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [tailwind()],
  build: {
    outDir: '../server/dashboard', emptyOutDir: true, target: 'es2023', reportCompressedSize: false,
    // The Content-Security-Policy lets nothing run that stands in a page: small assets stay files too.
    assetsInlineLimit: 0, modulePreload: { polyfill: false },
    // Libraries mark their client components; there is no server to render them.
    rolldownOptions: { onwarn(warning, warn) { if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning) } },
  },
  server: { proxy: { '/v1': 'http://localhost:4000', '/session': 'http://localhost:4000', '/inspect': 'http://localhost:4000' } },
})
