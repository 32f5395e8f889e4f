/** Names that a chart writes on water and land for orientation. Where they stand is our choice of a free place, not a fact. */
import type { Names } from "../i18n/words";

export interface Word {
  readonly lon_deg: number;
  readonly lat_deg: number;
  readonly names: Names;
  readonly size_px: number;
}

const word = (lon_deg: number, lat_deg: number, en: string, ja: string, zh: string, size_px = 17): Word => ({
  lon_deg,
  lat_deg,
  names: { en, ja, "zh-Hant": zh },
  size_px,
});

export const WATERS: readonly Word[] = [
  word(125.6, 26.55, "East China Sea", "東シナ海", "東海", 18),
  word(125.6, 23.0, "Philippine Sea", "フィリピン海", "菲律賓海", 20),
  word(119.15, 24.35, "Taiwan Strait", "台湾海峡", "臺灣海峽", 15),
  word(121.0, 20.35, "Luzon Strait", "ルソン海峡", "呂宋海峽", 15),
  word(116.2, 18.6, "South China Sea", "南シナ海", "南海", 20),
  word(123.4, 35.2, "Yellow Sea", "黄海", "黃海", 18),
  word(132.5, 27.0, "Pacific Ocean", "太平洋", "太平洋", 20),
];

/** Towns, to a twentieth of a degree. */
export const TOWNS: readonly Word[] = [
  word(121.55, 25.05, "Taipei", "台北", "臺北", 11),
  word(120.3, 22.6, "Kaohsiung", "高雄", "高雄", 11),
  word(121.6, 23.95, "Hualien", "花蓮", "花蓮", 11),
  word(119.3, 26.05, "Fuzhou", "福州", "福州", 11),
  word(118.1, 24.5, "Xiamen", "アモイ", "廈門", 11),
  word(127.7, 26.2, "Naha", "那覇", "那霸", 11),
  word(121.5, 31.2, "Shanghai", "上海", "上海", 11),
  word(114.15, 22.3, "Hong Kong", "香港", "香港", 11),
  word(121.0, 14.6, "Manila", "マニラ", "馬尼拉", 11),
  word(130.55, 31.6, "Kagoshima", "鹿児島", "鹿兒島", 11),
];
