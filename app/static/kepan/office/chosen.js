// What is chosen in a list, kept in this tab for one person, list and filter: it survives paging, and goes when
// the filter changes (OFF-4). Either ids, or all that the filter finds without some.
const PREFIX = 'kepan:chosen';
// as in kernel/pages/modes.py: what changes the page or the look, and not which rows the list has
const PAGE_ARGUMENTS = ['page', 'page_size', 'after', 'before', 'order_by', 'list_view', 'columns', 'density', '_drawer'];
const NOTHING = {ids: [], isAll: false};
const withoutStorage = new Map(); // where the tab keeps nothing: until the page is left
const person = document.querySelector('meta[name=kepan-person]')?.content || '';

function keyOf(list) {
  return `${PREFIX}:${person}:${list}`;
}

/** The filter of the page's address: what the rows of a selection have in common. */
export function filterQuery() {
  const pairs = Array.from(new URLSearchParams(window.location.search));
  const kept = pairs.filter(([name, value]) => value && !PAGE_ARGUMENTS.includes(name));
  return new URLSearchParams(kept.sort(([a], [b]) => (a < b ? -1 : Number(a > b)))).toString();
}

function read(list) {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(list)) || 'null');
  } catch {
    return withoutStorage.get(list) || null;
  }
}

/** The selection of a list under its present filter. */
export function chosenIn(list) {
  const kept = read(list);
  return kept && kept.filter === filterQuery() ? kept : NOTHING;
}

export function keepChosen(list, chosen) {
  const kept = chosen.isAll || chosen.ids.length ? {...chosen, filter: filterQuery()} : null;
  try {
    if (kept) sessionStorage.setItem(keyOf(list), JSON.stringify(kept));
    else sessionStorage.removeItem(keyOf(list));
  } catch {
    withoutStorage.set(list, kept);
  }
}

export function forgetChosen(list) {
  keepChosen(list, NOTHING);
}

/** Forget what was chosen under another filter; answers how many rows that were. */
export function forgetOutdated(list) {
  const kept = read(list);
  if (!kept || kept.filter === filterQuery()) return 0;
  forgetChosen(list);
  return kept.isAll ? kept.total - kept.ids.length : kept.ids.length;
}
