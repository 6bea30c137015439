// An export shows itself in the dock from the click on: written at once, or beside the page with its progress.
import {dropLocal, showLocal, want} from './dock.js';
import {isInDrawer} from './dom.js';
import {askNow, followUpOwnWork} from './live.js';
import {text} from './text.js';

const NAME = /filename\*=UTF-8''([^;]+)/i;
let number = 0;

function save(blob, answer) {
  const name = NAME.exec(answer.headers.get('Content-Disposition') || '');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name ? decodeURIComponent(name[1]) : 'export';
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

function reasonIn(html) {
  const page = new DOMParser().parseFromString(html, 'text/html');
  if (page.querySelector('[data-page=login]')) window.location.reload();
  const found = page.querySelector('.err-text, .err-title, h1');
  return (found && found.textContent.trim()) || text.load_failed;
}

async function take(answer, key, title) {
  if (answer.status === 202) {
    const {run} = await answer.json();
    want(run);
    dropLocal(key);
    followUpOwnWork();
    return;
  }
  if (answer.ok && /attachment/.test(answer.headers.get('Content-Disposition') || '')) {
    save(await answer.blob(), answer);
    showLocal(key, {title, state: 'done', words: text.saved_file});
    askNow();
    return;
  }
  showLocal(key, {title, state: 'failed', words: reasonIn(await answer.text())});
}

async function send(address, token, title) {
  const key = `export-${++number}`;
  const control = new AbortController();
  showLocal(key, {title, state: 'running', words: text.making_file, cancel: () => control.abort()});
  try {
    const answer = await fetch(address, {
      method: 'POST',
      credentials: 'same-origin',
      headers: {'X-Kepan-Export': '1', 'X-Requested-With': 'XMLHttpRequest'},
      body: new URLSearchParams({csrf_token: token}),
      signal: control.signal,
    });
    await take(answer, key, title);
  } catch {
    if (control.signal.aborted) dropLocal(key);
    else showLocal(key, {title, state: 'failed', words: text.load_failed});
  }
}

// After submit.js, which asks first and lets a form go once.
document.addEventListener('submit', (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || isInDrawer || !button || !('download' in button.dataset)) return;
  event.preventDefault();
  const heading = document.querySelector('h1');
  const title = [button.textContent.trim(), heading && heading.textContent.trim()].filter(Boolean).join(' · ');
  send(button.formAction, event.target.querySelector('[name=csrf_token]').value, title);
});
