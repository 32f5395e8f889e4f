import { useEffect, useRef, useState } from "preact/hooks";

/** The width in pixels of the element that gets `ref`, kept up to date; `first` until it is known. */
export function useWidth<E extends HTMLElement>(first: number) {
  const ref = useRef<E>(null);
  const [width_px, setWidth] = useState(first);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const watch = new ResizeObserver(([entry]) => {
      const wide = Math.floor(entry?.contentRect.width ?? 0);
      if (wide > 0) setWidth(wide);
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return { ref, width_px };
}
