// Days of the office's calendar, as fields hold them: 2026-01-31.
const ZONE = 'Asia/Shanghai';
const DAY = 24 * 3600 * 1000;
const FORMAT = new Intl.DateTimeFormat('sv-SE', {timeZone: ZONE});

export const MORNING = '09:00';
/** Every half hour of a working day. */
export const TIMES = Array.from(
  {length: 29},
  (_, step) => `${String(8 + Math.floor(step / 2)).padStart(2, '0')}:${step % 2 ? '30' : '00'}`,
);

function textOf(day) {
  return day.toISOString().slice(0, 10);
}

export function today() {
  return FORMAT.format(new Date());
}

/** The day that is so many days ahead. */
export function coming(days) {
  return textOf(new Date(Date.parse(today()) + days * DAY));
}

/** Monday and Sunday. */
export function thisWeek() {
  const past = (new Date(today()).getUTCDay() + 6) % 7;
  return [coming(-past), coming(6 - past)];
}

/** The first and the last day. */
export function thisMonth() {
  const [year, month] = today().split('-').map(Number);
  return [textOf(new Date(Date.UTC(year, month - 1, 1))), textOf(new Date(Date.UTC(year, month, 0)))];
}
