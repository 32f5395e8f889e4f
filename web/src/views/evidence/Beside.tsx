/** What stands beside the evidence in its own view: the track of the hulls that the chain names. */
import { useOne } from "../../api/client";
import { t } from "../../i18n/evidence";
import { ViewLink } from "../../marks/links";
import { Said } from "../../marks/states";
import { iso, phone } from "../../state/state";
import { at, fixes, NONE, type Passage, type Track, type Vessel } from "../vessel/data";
import { inWindow, Sketch } from "../vessel/Sketch";
import { useWidth } from "../vessel/width";
import { type Chain, hullsOf, type Link, stepsOf } from "./chain";
import { readId } from "./figure";
import { sayPlaces } from "./said";

const DAY_MS = 86_400_000;
const MOST_HULLS = 5;
const STAY = /from (\S+Z) \(\w+\) to (\S+Z)/;

/** The window of what the chain tells: from a day before its first instant to a day after its last. */
function windowOf(events: readonly Link[]): { since_ms: number; until_ms: number } | null {
  const instants = events.flatMap((e) => {
    const stay = STAY.exec(e.text);
    const own = /:(\d{8}T\d{6}Z)/.exec(e.id ?? "")?.[1];
    const at_own = own ? own.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z") : undefined;
    return (stay ? [stay[1], stay[2]] : [at_own]).map(at).filter(Number.isFinite);
  });
  if (instants.length === 0) return null;
  return { since_ms: Math.min(...instants) - DAY_MS, until_ms: Math.max(...instants) + DAY_MS };
}

export function Beside({ id }: { id: string }) {
  const { ref, width_px } = useWidth<HTMLDivElement>(620);
  const answer = useOne<Chain>(`why/${id}`, { limit: 10_000 }).value;
  const events = answer.state === "ok" ? stepsOf(answer.data.rows).events : [];
  const hulls = hullsOf(events).slice(0, MOST_HULLS);
  const window = windowOf(events);
  const asked = readId(id);
  const query = window ? { mmsi: hulls.map(String), since: iso(window.since_ms), until: iso(window.until_ms) } : {};
  const tracks = useOne<{ features: Track[] }>(hulls.length && window ? "tracks" : null, query, "geojson").value;
  const one = useOne<Vessel>(hulls.length === 1 ? `vessel/${hulls[0]}` : null).value;
  const vessel = one.state === "ok" ? one.data : null;
  const features = tracks.state === "ok" ? tracks.data.features : [];
  const chosen = vessel?.visits.filter((v) => events.some((e) => e.id === v.event_id)) ?? [];
  const passages: readonly Passage[] =
    vessel && window ? inWindow(vessel.passages, window.since_ms, window.until_ms) : [];
  const gaps = vessel && window ? inWindow(vessel.gaps, window.since_ms, window.until_ms) : [];
  if (phone.value) return null;
  return (
    <div class="beside" ref={ref}>
      <h1>
        <bdi>{vessel?.name ?? (hulls.length ? hulls.join(", ") : (asked?.mmsi ?? asked?.source ?? id))}</bdi>
      </h1>
      <p class="small">
        {asked ? sayPlaces(asked) : ""}
        {hulls.length === 1 ? (
          <>
            {" · "}
            <ViewLink view="vessel" patch={{ sel: String(hulls[0]), evidence: null }} class="fig">
              MMSI {hulls[0]}
            </ViewLink>
          </>
        ) : null}
      </p>
      {features.length && features.flatMap(fixes).length ? (
        <Sketch
          tracks={features}
          visits={chosen}
          passages={passages}
          gaps={gaps}
          width_px={Math.max(width_px, 300)}
          height_px={690}
          label={t("of_hull")}
        />
      ) : answer.state === "ok" && hulls.length === 0 ? (
        <Said answer={NONE} what={t("no_track")} />
      ) : null}
    </div>
  );
}
