import { defineConfig } from "vite";

// Relative addresses, so that the page also works behind a proxy that serves it under a folder.
// Nothing is inlined: the content security policy allows files of this origin only.
export default defineConfig({
  base: "./",
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: false,
    chunkSizeWarningLimit: 2000,
    rollupOptions: { input: ["index.html", "docs.html"] },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8000" } },
});
