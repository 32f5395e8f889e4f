/** The page: the bar, the view that the URL names, the evidence drawer over it, the foot. */
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { dataVersion } from "../api/client";
import { meta, metaAnswer } from "../api/meta";
import { t } from "../i18n/shell";
import { Patterns, Said } from "../marks/states";
import { evidence, lang, theme } from "../state/state";
import { param, type ViewName, view } from "../state/url";
import { Bar, Views } from "./Bar";
import { Export, Help } from "./Dialogs";
import { Foot } from "./Foot";
import { copied } from "./link";
import { Search } from "./Search";

interface Module {
  readonly View: ComponentType;
  readonly Drawer?: ComponentType;
}

const MODULES = import.meta.glob<Module>("../views/*/index.tsx");
const loaded = signal<Partial<Record<ViewName, Module>>>({});
const failed = signal<string | null>(null);

async function load(name: ViewName): Promise<void> {
  const fetcher = MODULES[`../views/${name}/index.tsx`];
  if (!fetcher || loaded.peek()[name]) return;
  try {
    const module = await fetcher();
    loaded.value = { ...loaded.peek(), [name]: module };
  } catch (error) {
    failed.value = String(error);
  }
}

/** Said when the link names other data or another pack than what is here. */
function Changed() {
  const was = param("v");
  const is = dataVersion.value;
  const pack = param("pack");
  const packNow = meta.value?.pack?.hash;
  const said: string[] = [];
  if (was && is && was !== is) said.push(t("changed", { was, is }));
  if (pack && packNow && pack !== packNow) said.push(t("pack_changed", { was: pack, is: packNow }));
  return said.length ? (
    <p class="changed" role="status">
      {said.join(" ")}
    </p>
  ) : null;
}

function Shown({ name }: { name: ViewName }) {
  useEffect(() => {
    load(name);
  }, [name]);
  const View = loaded.value[name]?.View;
  if (failed.value) return <p class="pad">{failed.value}</p>;
  return View ? (
    <View />
  ) : (
    <div class="pad">
      <Said answer={{ state: "loading" }} what={t(name)} />
    </div>
  );
}

function Drawer() {
  const open = evidence.value !== null && view.value !== "evidence";
  useEffect(() => {
    if (open) load("evidence");
  }, [open]);
  const Content = loaded.value.evidence?.Drawer;
  return open && Content ? <Content /> : null;
}

export function Page() {
  useEffect(() => {
    const root = document.documentElement;
    root.dataset.theme = theme.value;
    root.lang = lang.value;
    document.title = `offing · ${t(view.value)}`;
  }, [theme.value, lang.value, view.value]);
  return (
    <>
      <Patterns />
      <Bar />
      <Changed />
      <main>
        {metaAnswer.value.state === "error" ? (
          <div class="pad">
            <Said answer={metaAnswer.value} what={t("unreachable")} />
          </div>
        ) : (
          <Shown name={view.value} />
        )}
      </main>
      <Foot />
      <Views className="tabs" />
      <Drawer />
      <Help />
      <Export />
      <Search />
      <p class="toast" role="status" hidden={!copied.value}>
        {t("copied")}
      </p>
    </>
  );
}
