import "@fkui/theme-default/dist/fkui-css-variables.css";
import "@fkui/design/lib/fkui.min.css";
import "./style/base.css";
import "./style/parts.css";
import "./style/axis.css";
import { TranslationPlugin, ValidationPlugin } from "@fkui/vue";
import { createApp } from "vue";
import App from "./App.vue";
import * as api from "./api";
import { keepFocus } from "./focus";
import { registerValidators } from "./forms";
import { makeRouter } from "./router";
import { refresh } from "./session";
import { start } from "./text";

async function open(): Promise<void> {
    await start();
    registerValidators();
    keepFocus();
    await api.connect().catch(() => undefined); // a used or foreign token: state says what is the matter
    await refresh();
    createApp(App).use(TranslationPlugin).use(ValidationPlugin).use(makeRouter()).mount("#pages");
}
void open();
