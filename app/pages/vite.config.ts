import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import { icons } from "./icons";

/* Everything is a file of its own beside index.html: the server's policy allows nothing inline and nothing from data:. */
export default defineConfig({
    base: "./",
    plugins: [vue({ features: { optionsAPI: true } }), icons()],
    define: { __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" },
    build: {
        target: "es2022",
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        reportCompressedSize: true,
        rollupOptions: {
            output: {
                entryFileNames: "pages/[name]-[hash].js",
                chunkFileNames: "pages/part-[hash].js",
                assetFileNames: "pages/[name]-[hash][extname]",
            },
        },
    },
});
