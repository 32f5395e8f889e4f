// Land and coast of the world (Natural Earth 1:10m by way of world-atlas, public domain) as one PMTiles file, zoom 0 to 6.
// Two layers: `land` to fill, and `coast`, lines without the edges that cutting into tiles gives to areas.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import GeoJSONVT from "geojson-vt";
import { zxyToTileId } from "pmtiles";
import { feature, mesh } from "topojson-client";
import vtpbf from "vt-pbf";

const MAX_ZOOM = 6;
const MOST_BYTES = 2_000_000;
const ROOT_BYTES = 16_384 - 127;
const OUT = new URL("../public/land.pmtiles", import.meta.url);

const require = createRequire(import.meta.url);
const topology = JSON.parse(readFileSync(require.resolve("world-atlas/land-10m.json"), "utf8"));
const land = feature(topology, topology.objects.land);
const onCut = ([lon, lat]) => Math.abs(Math.abs(lon) - 180) < 1e-4 || lat < -89.9;

/** Runs of a line that do not follow the antimeridian or the pole, where the map is cut and no coast is. */
function* runs(line) {
  let run = [];
  for (const [i, at] of line.entries()) {
    if (i && onCut(at) && onCut(line[i - 1])) {
      if (run.length > 1) yield run;
      run = [];
    }
    run.push(at);
  }
  if (run.length > 1) yield run;
}

const coast = {
  type: "Feature",
  properties: {},
  geometry: {
    type: "MultiLineString",
    coordinates: mesh(topology, topology.objects.land).coordinates.flatMap((line) => [...runs(line)]),
  },
};
const options = { maxZoom: MAX_ZOOM, indexMaxZoom: MAX_ZOOM, indexMaxPoints: 0, extent: 4096 };
const areas = new GeoJSONVT(land, { ...options, tolerance: 8, buffer: 64 });
const lines = new GeoJSONVT(coast, { ...options, tolerance: 8, buffer: 128 });

const tiles = [];
for (let z = 0; z <= MAX_ZOOM; z++) {
  for (let x = 0; x < 2 ** z; x++) {
    for (let y = 0; y < 2 ** z; y++) {
      const layers = Object.fromEntries(
        [
          ["land", areas.getTile(z, x, y)],
          ["coast", lines.getTile(z, x, y)],
        ].filter(([, tile]) => tile?.features.length),
      );
      if (Object.keys(layers).length === 0) continue;
      const made = vtpbf.fromGeojsonVt(layers, { version: 2, extent: 4096 });
      const bytes = gzipSync(made, { level: 9 });

      tiles.push({ id: zxyToTileId(z, x, y), bytes });
    }
  }
}
tiles.sort((a, b) => a.id - b.id);

function varint(out, value) {
  let rest = value;
  while (rest > 127) {
    out.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
}

/** Entries (id, run, length, offset) as a directory of PMTiles version 3. */
function directory(entries) {
  const out = [];
  varint(out, entries.length);
  entries.forEach((e, i) => {
    varint(out, e.id - (i ? entries[i - 1].id : 0));
  });
  for (const e of entries) varint(out, e.run);
  for (const e of entries) varint(out, e.length);
  entries.forEach((e, i) => {
    const follows = i && e.offset === entries[i - 1].offset + entries[i - 1].length;
    varint(out, follows ? 0 : e.offset + 1);
  });
  return gzipSync(Buffer.from(out), { level: 9 });
}

const chunks = [];
const seen = new Map();
const entries = [];
let offset = 0;
for (const { id, bytes } of tiles) {
  const key = bytes.toString("latin1");
  let at = seen.get(key);
  if (at === undefined) {
    at = offset;
    seen.set(key, at);
    chunks.push(bytes);
    offset += bytes.length;
  }
  const last = entries.at(-1);
  if (last && last.offset === at && last.id + last.run === id) last.run++;
  else entries.push({ id, run: 1, length: bytes.length, offset: at });
}

let root = directory(entries);
let leaves = Buffer.alloc(0);
if (root.length > ROOT_BYTES) {
  const parts = [];
  const heads = [];
  let at = 0;
  for (let i = 0; i < entries.length; i += 1024) {
    const leaf = directory(entries.slice(i, i + 1024));
    heads.push({ id: entries[i].id, run: 0, length: leaf.length, offset: at });
    parts.push(leaf);
    at += leaf.length;
  }
  root = directory(heads);
  leaves = Buffer.concat(parts);
}
const metadata = gzipSync(
  JSON.stringify({
    name: "land",
    attribution: "Natural Earth",
    vector_layers: ["land", "coast"].map((id) => ({ id, fields: {}, minzoom: 0, maxzoom: MAX_ZOOM })),
  }),
);

const header = Buffer.alloc(127);
header.write("PMTiles", 0);
header[7] = 3;
let at = 127;
const lengths = [root.length, metadata.length, leaves.length, offset];
for (const [i, length] of lengths.entries()) {
  header.writeBigUInt64LE(BigInt(at), 8 + 16 * i);
  header.writeBigUInt64LE(BigInt(length), 16 + 16 * i);
  at += length;
}
header.writeBigUInt64LE(BigInt(tiles.length), 72);
header.writeBigUInt64LE(BigInt(entries.length), 80);
header.writeBigUInt64LE(BigInt(chunks.length), 88);
header[96] = 1; // tiles in order of their ids
header[97] = 2; // directories: gzip
header[98] = 2; // tiles: gzip
header[99] = 1; // MVT
header[100] = 0;
header[101] = MAX_ZOOM;
[-180, -85, 180, 85].forEach((deg, i) => {
  header.writeInt32LE(Math.round(deg * 1e7), 102 + 4 * i);
});
header[118] = 3;
header.writeInt32LE(Math.round(122.5 * 1e7), 119);
header.writeInt32LE(Math.round(24 * 1e7), 123);

const file = Buffer.concat([header, root, metadata, leaves, ...chunks]);
if (file.length > MOST_BYTES)
  throw new Error(`land.pmtiles has ${file.length} bytes, more than ${MOST_BYTES}: raise the tolerance`);
writeFileSync(OUT, file);
console.log(`land.pmtiles: ${tiles.length} tiles, ${(file.length / 1e6).toFixed(2)} MB`);
