/** Day: the chart, the time bar under it, the list at its side. Selecting in one selects in all three. */
import { useEffect } from "preact/hooks";
import { meta } from "../../api/meta";
import { t } from "../../i18n/day";
import { sources } from "../../shell/Foot";
import { sel } from "../../state/state";
import { useDay } from "./data";
import "./day.css";
import { List } from "./List";
import { Sheet } from "./Sheet";
import { headAt, stop } from "./state";
import { TimeBar } from "./TimeBar";

export function View() {
  const day = useDay();
  const pack = meta.value?.pack?.label ?? "";
  useEffect(() => {
    sources.value = pack ? t("coast_of", { pack }) : null;
    return () => {
      sources.value = null;
    };
  });
  useEffect(() => stop, []);
  const selected = day.entries.find((e) => e.id === sel.value);
  // a link to an event opens with the head at its beginning
  useEffect(() => {
    if (selected) headAt.value = selected.from_ms;
  }, [selected?.id]);
  return (
    <div class="day">
      <div class="time">
        <TimeBar day={day} />
      </div>
      <List day={day} />
      <div class="map">
        <Sheet day={day} />
      </div>
    </div>
  );
}
