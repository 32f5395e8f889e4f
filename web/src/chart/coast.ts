/** The region pack's own coast, for the islands that the world's coast lacks. */
import type { FeatureCollection, Position } from "geojson";
import type { Land } from "./limits";

/** From this zoom on the pack's coast is drawn whole. */
export const NEAR_ZOOM = 7;
const SMALL_DEG = 0.2;
const CELL_DEG = 0.05;
const FINE_DEG = 0.003;

/** The pack's coast. From afar only its islands, thinned, that the world's coast lacks or blurs; the whole from near. */
export function coastFor(land: Land, close: boolean): FeatureCollection {
  const pieces = close ? land : islands(land);
  return {
    type: "FeatureCollection",
    features: pieces.map(({ ring }) => ({
      type: "Feature",
      geometry: { type: "Polygon", coordinates: [close ? [...ring] : thinned(ring)] },
      properties: {},
    })),
  };
}

/** Small islands, the largest of each cell: a rock beside an island adds nothing that an eye could tell from afar. */
function islands(land: Land): Land {
  const size = ({ box: [w, s, e, n] }: Land[number]) => Math.max(e - w, n - s);
  const taken = new Set<string>();
  return [...land]
    .filter((piece) => size(piece) < SMALL_DEG)
    .sort((a, b) => size(b) - size(a))
    .filter(({ box: [w, s] }) => {
      const cell = `${Math.floor(w / CELL_DEG)},${Math.floor(s / CELL_DEG)}`;
      const free = !taken.has(cell);
      taken.add(cell);
      return free;
    });
}

function thinned(ring: readonly Position[]): Position[] {
  const out: Position[] = [];
  for (const at of ring) {
    const last = out.at(-1);
    if (!last || Math.hypot((at[0] ?? 0) - (last[0] ?? 0), (at[1] ?? 0) - (last[1] ?? 0)) > FINE_DEG) out.push(at);
  }
  const [first] = out;
  return out.length < 3 || !first ? [...ring] : [...out, first];
}
