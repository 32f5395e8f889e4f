(() => {
  "use strict";
  const box = document.querySelector(".chart"), map = box.querySelector(".map"), frame = box.querySelector(".frame");
  const net = map.querySelector(".graticule path"), here = document.querySelector(".here"), bar = document.querySelector(".scale");
  const d = map.dataset, W = +d.width, H = +d.height, K = +d.pxPerDeg, WEST = +d.west, TOP = +d.top;
  const LEVELS = d.scales.split(" ").map(Number), GRADES = d.grades.split(" ").map((g) => g.split(":").map(Number));
  const ECC = +d.eccentricity, DEEPEST = LEVELS[LEVELS.length - 1], STEP = Math.SQRT2;
  const things = [...map.querySelectorAll(".thing")], names = [...map.querySelectorAll(".name")];
  const byId = new Map(things.map((t) => [t.dataset.id, t]));
  const rows = new Map([...document.querySelectorAll("tr[data-id]")].map((r) => [r.dataset.id, r]));
  const start = () => ({ x: W / 2, y: H / 2, scale: fits()[size()[0] < 700 ? 1 : 0] });

  const rad = (deg) => (deg * Math.PI) / 180;
  const meridional = (lat) => (180 / Math.PI) * (Math.asinh(Math.tan(rad(lat))) - ECC * Math.atanh(ECC * Math.sin(rad(lat))));
  const latitude = (m) => {
    let phi = Math.atan(Math.sinh(rad(m)));
    for (let i = 0; i < 8; i++) phi = Math.atan(Math.sinh(rad(m) + ECC * Math.atanh(ECC * Math.sin(phi))));
    return (phi * 180) / Math.PI;
  };
  let view;
  const size = () => [map.clientWidth || W, map.clientHeight || H];
  const fits = () => [size()[0] / W, size()[1] / H].sort((a, b) => a - b);
  const least = () => fits()[0];
  const made = (name, attributes, text) => {
    const e = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const k in attributes) e.setAttribute(k, attributes[k]);
    if (text !== undefined) e.textContent = text;
    return e;
  };

  function show() {
    const [cw, ch] = size();
    view.scale = Math.min(Math.max(view.scale, least()), Math.max(DEEPEST, least()));
    const w = cw / view.scale, h = ch / view.scale;
    view.x = w > W ? W / 2 : Math.min(Math.max(view.x, w / 2), W - w / 2);
    view.y = h > H ? H / 2 : Math.min(Math.max(view.y, h / 2), H - h / 2);
    const left = view.x - w / 2, top = view.y - h / 2;
    map.setAttribute("viewBox", [left, top, w, h].join(" "));
    map.style.setProperty("--keep", 1 / view.scale);
    let level = 0;
    LEVELS.forEach((s, i) => { if (s <= view.scale * 1.001) level = i; });
    map.dataset.level = level;
    surround(left, top, w, h);
    remember();
  }

  const angle = (minutes, marks) => {
    const a = Math.abs(minutes), rest = a % 60;
    return `${Math.floor(a / 60)}°${rest ? String(rest).padStart(2, "0") + "′" : ""}${minutes ? marks[minutes < 0 ? 1 : 0] : ""}`;
  };

  function surround(viewLeft, viewTop, viewWidth, viewHeight) {
    const left = Math.max(viewLeft, 0), top = Math.max(viewTop, 0);
    const w = Math.min(viewLeft + viewWidth, W) - left, h = Math.min(viewTop + viewHeight, H) - top;
    const cw = w * view.scale, ch = h * view.scale, padX = 28 + (left - viewLeft) * view.scale, padY = 28 + (top - viewTop) * view.scale;
    const perMinute = (K * view.scale) / 60, [step, fine] = GRADES.find((g) => g[0] * perMinute >= 90) || GRADES[GRADES.length - 1];
    const X = (min) => (min / 60 - WEST) * K, Y = (min) => (TOP - meridional(min / 60)) * K;
    const west = (left / K + WEST) * 60, east = ((left + w) / K + WEST) * 60;
    const north = latitude(TOP - top / K) * 60, south = latitude(TOP - (top + h) / K) * 60;
    const out = [], b = 6;
    let lines = "";
    for (const [low, high, upright, at, long] of [[west, east, true, X, cw], [south, north, false, Y, ch]]) {
      const place = (m) => (at(m) - (upright ? left : top)) * view.scale;
      for (let n = Math.floor(low / fine); n * fine < high; n++) {
        const [p, q] = [place(n * fine), place((n + 1) * fine)].map((v) => Math.min(Math.max(v, 0), long)).sort((u, v) => u - v);
        for (const edge of upright ? [padY - b, padY + ch] : [padX - b, padX + cw]) {
          const where = upright ? { x: padX + p, y: edge, width: q - p, height: b } : { x: edge, y: padY + p, width: b, height: q - p };
          out.push(made("rect", { ...where, class: ((n % 2) + 2) % 2 ? "grade-a" : "grade-b" }));
        }
      }
      for (let m = Math.ceil(low / step) * step; m <= high; m += step) {
        lines += upright ? `M${at(m)} 0V${H}` : `M0 ${at(m)}H${W}`;
        const p = place(m);
        if (p < 18 || p > long - 18) continue;
        const edges = upright ? [padY - b - 5, padY + ch + b + 11] : [padX - b - 5, padX + cw + b + 5];
        edges.forEach((edge, i) => {
          const where = upright ? { x: padX + p, y: edge } : { transform: `translate(${edge} ${padY + p})rotate(${i ? 90 : -90})` };
          out.push(made("text", { ...where, class: "text-2", "text-anchor": "middle" }, angle(m, upright ? "EW" : "NS")));
        });
      }
    }
    for (const i of [0, b]) out.push(made("rect", { x: padX - i, y: padY - i, width: cw + 2 * i, height: ch + 2 * i, class: "neat" }));
    net.setAttribute("d", lines);
    frame.replaceChildren(...out);
    scale(latitude(TOP - (top + h / 2) / K));
  }

  function scale(lat) {
    const metres = (rad(6378137) * Math.cos(rad(lat))) / Math.sqrt(1 - (ECC * Math.sin(rad(lat))) ** 2);
    const out = [];
    [["nm", 1852], ["km", 1000]].forEach(([unit, length], row) => {
      const px = (K * view.scale * length) / metres, power = 10 ** Math.floor(Math.log10(200 / px));
      const whole = Math.max(...[1, 2, 4, 8].filter((m) => m * power * px <= 200)) * power, y = 14 + row * 26;
      for (let i = 0; i < 4; i++) out.push(made("rect", { x: 2 + (i * whole * px) / 4, y, width: (whole * px) / 4, height: 4, class: i % 2 === row ? "grade-a" : "grade-b" }));
      out.push(made("rect", { x: 2, y, width: whole * px, height: 4, class: "neat" }));
      for (const part of [0, 2, 4]) {
        const words = `${+((whole * part) / 4).toPrecision(3)}${part === 4 ? ` ${unit}` : ""}`;
        out.push(made("text", { x: 2 + (part * whole * px) / 4, y: y - 4, class: "text-2", "text-anchor": part ? "middle" : "start" }, words));
      }
    });
    out.push(made("text", { x: 2, y: 58, class: "text-3" }, `at ${Math.abs(lat).toFixed(1)}°${lat < 0 ? "S" : "N"}, halfway up the chart`));
    bar.replaceChildren(...out);
  }

  function zoom(by, px, py) {
    const [cw, ch] = size(), x = px ?? cw / 2, y = py ?? ch / 2;
    const [at, before] = [{ x: view.x + (x - cw / 2) / view.scale, y: view.y + (y - ch / 2) / view.scale }, view.scale];
    view.scale = Math.min(Math.max(before * by, least()), DEEPEST);
    view.x = at.x - (x - cw / 2) / view.scale;
    view.y = at.y - (y - ch / 2) / view.scale;
    show();
  }
  const move = (dx, dy) => { view.x += dx / view.scale; view.y += dy / view.scale; show(); };
  const whole = () => { view = start(); show(); };
  const acts = { in: () => zoom(STEP), out: () => zoom(1 / STEP), whole };
  box.querySelectorAll("button[data-act]").forEach((b) => b.addEventListener("click", () => acts[b.dataset.act]()));
  box.addEventListener("keydown", (e) => {
    const keys = {
      "+": acts.in, "=": acts.in, "-": acts.out, _: acts.out, 0: whole,
      ArrowLeft: () => move(-80, 0), ArrowRight: () => move(80, 0), ArrowUp: () => move(0, -80), ArrowDown: () => move(0, 80),
    };
    if (e.ctrlKey || e.metaKey || e.altKey || !keys[e.key]) return;
    e.preventDefault();
    keys[e.key]();
  });
  map.addEventListener("wheel", (e) => {
    e.preventDefault();
    const r = map.getBoundingClientRect();
    zoom(e.deltaY < 0 ? STEP : 1 / STEP, e.clientX - r.left, e.clientY - r.top);
  }, { passive: false });

  const held = new Map();
  let moved = 0;
  map.addEventListener("pointerdown", (e) => { held.set(e.pointerId, [e.clientX, e.clientY]); moved = 0; map.setPointerCapture(e.pointerId); map.classList.add("held"); });
  map.addEventListener("pointermove", (e) => {
    if (!held.has(e.pointerId)) { if (e.pointerType === "mouse") look(e); return; }
    const [ox, oy] = held.get(e.pointerId), others = [...held].filter(([id]) => id !== e.pointerId).map(([, p]) => p);
    held.set(e.pointerId, [e.clientX, e.clientY]);
    moved += Math.abs(e.clientX - ox) + Math.abs(e.clientY - oy);
    if (!others.length) return move(ox - e.clientX, oy - e.clientY);
    const [px, py] = others[0], r = map.getBoundingClientRect();
    const by = Math.hypot(e.clientX - px, e.clientY - py) / (Math.hypot(ox - px, oy - py) || 1);
    zoom(by, px - r.left, py - r.top);
  });
  for (const end of ["pointerup", "pointercancel"]) map.addEventListener(end, (e) => {
    held.delete(e.pointerId);
    if (!held.size) map.classList.remove("held");
    if (end === "pointerup" && moved < 6) look(e);
  });

  function look(e) {
    const found = [...new Set(document.elementsFromPoint(e.clientX, e.clientY).map((x) => x.closest(".thing")).filter(Boolean))];
    tell(found.map((t) => t.dataset.id));
  }
  function tell(ids) {
    document.querySelectorAll(".lit").forEach((x) => x.classList.remove("lit"));
    ids.slice(0, 1).forEach((id) => byId.get(id)?.classList.add("lit"));
    here.replaceChildren(...ids.filter((id) => rows.has(id)).map((id) => {
      const article = document.createElement("article"), head = document.createElement("h3"), list = document.createElement("dl");
      for (const cell of rows.get(id).cells) {
        if (!cell.textContent) continue;
        if (cell.dataset.head === "Names") { head.append(...[...cell.childNodes].map((n) => n.cloneNode(true))); continue; }
        const dt = document.createElement("dt"), dd = document.createElement("dd");
        dt.textContent = cell.dataset.head;
        dd.textContent = cell.textContent;
        list.append(dt, dd);
      }
      article.append(head, list);
      return article;
    }));
    if (!here.children.length) here.append(Object.assign(document.createElement("p"), { textContent: here.dataset.empty }));
  }
  document.querySelectorAll("tr[data-id] button").forEach((b) => {
    const row = b.closest("tr"), id = row.dataset.id;
    b.addEventListener("focus", () => { tell([id]); row.classList.add("lit"); });
    b.addEventListener("click", () => {
      const t = byId.get(id);
      if (!t) return;
      const r = (t.querySelector(".extent") || t).getBBox(), [cw, ch] = size();
      view = { x: r.x + r.width / 2, y: r.y + r.height / 2, scale: Math.min(0.7 * Math.min(cw / (r.width || 1), ch / (r.height || 1)), DEEPEST / 2) };
      show();
      box.scrollIntoView({ block: "nearest" });
    });
  });

  const switches = [...document.querySelectorAll("input[data-layer]")];
  function layers() {
    const off = new Set(switches.filter((s) => !s.checked).map((s) => s.dataset.layer));
    const hidden = new Set();
    for (const t of things) {
      const whose = (t.dataset.claimants || "").split(" ").filter(Boolean).map((c) => `claimant:${c}`);
      const away = off.has(`layer:${t.dataset.layer}`) || (!t.matches(".feature") && whose.length && whose.every((c) => off.has(c)));
      t.classList.toggle("off", !!away);
      if (away) hidden.add(t.dataset.id);
    }
    for (const n of names) n.classList.toggle("off", off.has("names") || hidden.has(n.dataset.for));
    for (const s of map.querySelectorAll("[data-alone]")) {
      s.dataset.shared ??= s.getAttribute("stroke-dasharray");
      s.setAttribute("stroke-dasharray", hidden.size ? s.dataset.alone : s.dataset.shared);
    }
    remember();
  }
  switches.forEach((s) => s.addEventListener("change", layers));

  let ready = false;
  function remember() {
    if (!ready) return;
    const lon = view.x / K + WEST, lat = latitude(TOP - view.y / K);
    const off = switches.filter((s) => !s.checked).map((s) => s.dataset.layer);
    history.replaceState(null, "", `#at=${lat.toFixed(4)},${lon.toFixed(4)},${view.scale.toFixed(3)}${off.length ? `&off=${off.join(",")}` : ""}`);
  }
  function recall() {
    const said = new URLSearchParams(location.hash.slice(1));
    const [lat, lon, s] = (said.get("at") || "").split(",").map(Number);
    if (Number.isFinite(lat + lon + s) && s) view = { x: (lon - WEST) * K, y: (TOP - meridional(lat)) * K, scale: s };
    const off = (said.get("off") || "").split(",");
    switches.forEach((x) => { x.checked = !off.includes(x.dataset.layer); });
  }
  addEventListener("resize", show);
  addEventListener("hashchange", () => { recall(); layers(); show(); });
  view = start();
  recall();
  layers();
  show();
  ready = true;
})();
