/* Where is what. Addresses are behind a #, so that the server has one page to hand out; screens that are not on the first
 * picture come when they are asked for. */
import { createRouter, createWebHashHistory, type Router, type RouteRecordRaw } from "vue-router";
import PersonPage from "./screens/PersonPage.vue";
import Persons from "./screens/Persons.vue";

const plan = (path: string, component: RouteRecordRaw["component"]): RouteRecordRaw =>
    ({ path: `/plan/:plan/${path}`, component, props: true }) as RouteRecordRaw;

const objectForm = () => import("./screens/ObjectForm.vue");

/** Made when the ticket is out of the address, which it reads. */
export const makeRouter = (): Router =>
    createRouter({
        history: createWebHashHistory(),
        scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
        routes: [
            { path: "/", redirect: "/personer" },
            { path: "/personer", component: Persons },
            { path: "/personer/ny", component: () => import("./screens/NewPlan.vue") },
            { path: "/nytt", component: () => import("./screens/NewsPage.vue") },
            { path: "/krockar", component: () => import("./screens/Clashes.vue") },
            { path: "/konflikter", component: () => import("./screens/Conflicts.vue") },
            { path: "/konflikt/:object/:field", component: () => import("./screens/ConflictPage.vue"), props: true },
            { path: "/grupper", component: () => import("./screens/Groups.vue") },
            { path: "/grupper/:group", component: () => import("./screens/GroupPage.vue"), props: true },
            { path: "/grupper/:group/:module/:session", component: () => import("./screens/AttendancePage.vue"), props: true },
            { path: "/synka", component: () => import("./screens/SyncPage.vue") },
            { path: "/forbund", component: () => import("./screens/Forbund.vue") },
            { path: "/plan/:plan", component: PersonPage, props: true },
            plan("andra/:type/:id", objectForm),
            plan("ny/:type", objectForm),
            plan("foresla/:target", () => import("./screens/ProposalForm.vue")),
            plan("mote/:id", () => import("./screens/MeetingPage.vue")),
            plan("samtycke", () => import("./screens/ConsentPage.vue")),
            plan("remisser", () => import("./screens/RemissPage.vue")),
            plan("resultat", () => import("./screens/OutcomePage.vue")),
            plan("skydd", () => import("./screens/ProtectPage.vue")),
            plan("avslut", () => import("./screens/ClosingPage.vue")),
            plan("historik", () => import("./screens/HistoryPage.vue")),
            plan("utskrift", () => import("./screens/PrintPage.vue")),
            { path: "/:rest(.*)*", component: () => import("./screens/NotFound.vue") },
        ],
    });
