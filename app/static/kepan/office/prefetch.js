// Requests for the content of a page; that of a record is fetched while the pointer rests on its name (OFF-13).
const REST_MS = 150;
const LIFETIME_MS = 10000; // after that it is asked for again
const RECORD = '.list-card .c-title a.row-link';
const shell = document.querySelector('meta[name=kepan-shell]');
let kept = null; // {address, answer, since}: the last one that was fetched ahead
let rest = 0;

/** Ask for a page's content; the answer has its text in `html`. */
export async function request(address, {body, signal, headers} = {}) {
  const answer = await fetch(address, {
    method: body ? 'POST' : 'GET',
    body,
    signal,
    credentials: 'same-origin',
    headers: {Accept: 'text/html', 'HX-Request': 'true', 'HX-Shell': shell.content, ...headers},
  });
  const isPage = (answer.headers.get('Content-Type') || '').startsWith('text/html');
  answer.html = isPage ? await answer.text() : '';
  return answer;
}

/** What was fetched ahead of this address, once, and only while it is new. */
export function keptAnswer(address) {
  const found = kept && kept.address === address && Date.now() - kept.since < LIFETIME_MS ? kept.answer : null;
  kept = null;
  return found;
}

function fetchAhead(link) {
  const answer = request(link.href, {headers: {'HX-Preloaded': 'true'}});
  kept = {address: link.href, answer, since: Date.now()};
  answer
    .then(({ok}) => ok || Promise.reject(new Error('refused')))
    .catch(() => {
      kept = null; // asked for again when it is wanted
    });
}

if (shell && window.self === window.top) {
  document.addEventListener('pointerover', (event) => {
    clearTimeout(rest);
    const link = event.pointerType !== 'touch' && event.target.closest && event.target.closest(RECORD);
    if (!link || (kept && kept.address === link.href)) return;
    rest = setTimeout(() => fetchAhead(link), REST_MS);
  });
}
