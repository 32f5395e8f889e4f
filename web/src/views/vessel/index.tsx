/** One hull: its speed, visits and passages on one axis, what it said of itself, a sketch of its track. Or the hulls there are. */
import { useEffect } from "preact/hooks";
import { type Answer, useOne } from "../../api/client";
import { meta } from "../../api/meta";
import { t } from "../../i18n/vessel";
import { ViewLink } from "../../marks/links";
import { Said, StateMark } from "../../marks/states";
import { sources } from "../../shell/Foot";
import { iso, phone, sel, span } from "../../state/state";
import { lasting, offset_ms, say, sayDays } from "../../state/time";
import { param } from "../../state/url";
import { Choose } from "./Choose";
import { at, fixes, meets, mmsiOf, NONE, ownWindow, type Track, type Vessel, type Window } from "./data";
import { Identity } from "./Identity";
import { Passages, Visits } from "./Lists";
import { inWindow, Sketch } from "./Sketch";
import { Strip } from "./Strip";
import { sayHull } from "./said";
import "./vessel.css";

export function View() {
  const mmsi = mmsiOf(sel.value);
  useEffect(() => {
    const pack = meta.value?.pack?.label;
    sources.value = pack ? t("coast", { pack }) : null;
    return () => {
      sources.value = null;
    };
  });
  return mmsi === null ? <Choose /> : <Hull key={mmsi} mmsi={mmsi} />;
}

function Hull({ mmsi }: { mmsi: number }) {
  const answer = useOne<Vessel>(`vessel/${mmsi}`).value;
  const vessel = answer.state === "ok" ? answer.data : null;
  if (!vessel) {
    const unknown = answer.state === "error" && answer.problem.status === 404;
    return (
      <div class="pad">
        <h1>{mmsi}</h1>
        <Said
          answer={unknown ? NONE : (answer as Answer<unknown>)}
          what={unknown ? t("none_hull", { mmsi }) : `MMSI ${mmsi}`}
        />
        <ViewLink patch={{ sel: null }} class="fig">
          {t("choose")}
        </ViewLink>
      </div>
    );
  }
  return <Known vessel={vessel} />;
}

/** The window: that of the URL, else the days on which the hull was heard. */
function windowFor(vessel: Vessel): Window {
  return param("since") ? span.value : (ownWindow(vessel, offset_ms()) ?? span.value);
}

function Known({ vessel }: { vessel: Vessel }) {
  const window = windowFor(vessel);
  const { since_ms, until_ms } = window;
  const asked = { mmsi: vessel.mmsi, since: iso(since_ms), until: iso(until_ms - 1) };
  const tracks = useOne<{ features: Track[] }>("tracks", asked, "geojson").value;
  const name = vessel.name ?? String(vessel.mmsi);
  const visits = vessel.visits.filter((v) => meets(at(v.entry_t_utc), at(v.exit_t_utc), window));
  const passages = inWindow(vessel.passages, since_ms, until_ms);
  const gaps = inWindow(vessel.gaps, since_ms, until_ms);
  const features = tracks.state === "ok" ? tracks.data.features : [];
  const lines = features.map(fixes);
  const longest = Math.max(0, ...gaps.map((g) => g.duration_s));
  const figures: [string, string][] = [
    [tracks.state === "ok" ? String(lines.reduce((sum, l) => sum + l.length, 0)) : "–", t("positions")],
    [String(visits.filter((v) => v.status !== "withdrawn").length), t("visits")],
    [String(passages.filter((p) => p.status !== "withdrawn").length), t("passages")],
    [longest ? lasting(longest) : "–", t("longest")],
  ];
  const gap_h = meta.value?.last_run?.parameters?.["visit.max_gap_h"];
  const small = phone.value;
  return (
    <>
      <div class="pad ves-head">
        <div class="title">
          <div>
            <h1 class={vessel.name ? "" : "unnamed"}>
              <bdi>{name}</bdi>
            </h1>
            <p class="sub">
              {sayHull(vessel)} {t("claims_note")}
            </p>
          </div>
          <dl class="figs">
            {figures.map(([figure, what]) => (
              <div key={what}>
                <dd>{figure}</dd>
                <dt>{what}</dt>
              </div>
            ))}
          </dl>
        </div>
        <Outside vessel={vessel} window={window} empty={features.length === 0 && tracks.state !== "loading"} />
      </div>
      <div class="ves">
        <div>
          <Strip name={name} window={window} lines={lines} visits={visits} passages={passages} gaps={gaps} />
          <div class="two ves-lists">
            <Visits visits={visits} all={vessel.visits.length} />
            <Passages passages={passages} all={vessel.passages.length} />
          </div>
          <Identity vessel={vessel} name={name} />
        </div>
        <aside>
          {features.length ? (
            <Sketch
              tracks={features}
              visits={visits}
              passages={passages}
              gaps={gaps}
              width_px={small ? 358 : 372}
              height_px={small ? 540 : 590}
              label={t("track_of", { name })}
            />
          ) : (
            <Said answer={tracks as Answer<unknown>} what={t("none_track")} />
          )}
          <p class="small cannot">
            <StateMark state="not_covered" size={15} />
            <span>
              {gaps.length ? t("cannot") : gap_h === undefined ? t("cannot") : t("cannot_none", { gap: gap_h })}
            </span>
          </p>
          <p class="small">
            {t("window", { from: say(since_ms, "ymd"), to: say(until_ms - 1, "ymd") })} ·{" "}
            <ViewLink
              view="day"
              patch={{ sel: String(vessel.mmsi), since: iso(since_ms), until: iso(until_ms) }}
              class="fig"
            >
              {t("on_day")}
            </ViewLink>
          </p>
        </aside>
      </div>
    </>
  );
}

function Outside({ vessel, window, empty }: { vessel: Vessel; window: Window; empty: boolean }) {
  const own = ownWindow(vessel, offset_ms());
  if (!empty || !own || !vessel.first_day || meets(at(vessel.first_utc), at(vessel.last_utc), window)) return null;
  return (
    <p class="said">
      <StateMark state="none" />
      <span>
        {t("outside", { from: say(at(vessel.first_utc), "ymd"), to: say(at(vessel.last_utc), "ymd") })}{" "}
        <ViewLink patch={{ since: iso(own.since_ms), until: iso(own.until_ms) }} class="fig">
          {t("to_own")}: {sayDays(own.since_ms, own.until_ms)}
        </ViewLink>
      </span>
    </p>
  );
}
