/** The basemap: one PMTiles file beside the page, read in ranges, or whole where the host gives no ranges. */
import { addProtocol, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { PMTiles, Protocol, type RangeResponse, type Source } from "pmtiles";

/** Its address; a site under any prefix has it beside its index. */
export const LAND = new URL("land.pmtiles", new URL(".", document.baseURI)).href;

class File implements Source {
  private whole: Promise<ArrayBuffer> | null = null;
  constructor(private readonly url: string) {}

  getKey(): string {
    return this.url;
  }

  async getBytes(offset: number, length: number): Promise<RangeResponse> {
    if (!this.whole) {
      const response = await fetch(this.url, { headers: { range: `bytes=${offset}-${offset + length - 1}` } });
      if (!response.ok) throw new Error(`land.pmtiles: ${response.status}`);
      if (response.status === 206) return { data: await response.arrayBuffer() };
      this.whole = response.arrayBuffer();
    }
    return { data: (await this.whole).slice(offset, offset + length) };
  }
}

let ready = false;

/** Wires the worker and the protocol, once. */
export function prepare(): void {
  if (ready) return;
  ready = true;
  setWorkerUrl(workerUrl);
  const protocol = new Protocol();
  protocol.add(new PMTiles(new File(LAND)));
  addProtocol("pmtiles", protocol.tile);
}
