// A batch in the background shows how far it is, while its page is open: often at first, then more and more rarely.
import {onContent, onLeave} from '../shared/content.js';

const PAUSES_MS = [1000, 1000, 2000, 2000, 3000, 5000, 8000, 13000];
const SELDOM_MS = 20000;
const PARTS = ['[data-batch-state]', '.twrap'];
let timer = 0;

function isRunning(result) {
  return Boolean(result.querySelector('.batch-run'));
}

async function refresh(result) {
  const answer = await fetch(window.location.href, {credentials: 'same-origin', headers: {Accept: 'text/html'}});
  const page = answer.ok && !answer.redirected && new DOMParser().parseFromString(await answer.text(), 'text/html');
  PARTS.forEach((part) => {
    const shown = result.querySelector(part);
    const fresh = page && page.querySelector(`[data-result] ${part}`);
    if (shown && fresh && shown.innerHTML !== fresh.innerHTML) shown.replaceChildren(...fresh.childNodes);
  });
}

function follow(result, step = 0) {
  timer = setTimeout(async () => {
    if (!result.isConnected) return;
    if (!document.hidden) {
      await refresh(result).catch(() => {
        // tried again after the next pause
      });
    }
    if (isRunning(result)) follow(result, step + 1);
  }, PAUSES_MS[step] || SELDOM_MS);
}

onContent((root) => {
  const result = root.querySelector('.batch[data-result]');
  if (!result || !isRunning(result)) return;
  clearTimeout(timer);
  follow(result);
});
onLeave((root) => {
  if (root.querySelector('.batch[data-result]')) clearTimeout(timer);
});
