// Sending an operation from where one is, without leaving the page: what the server says comes back as words.

async function post(address, more = {}) {
  const token = document.querySelector('#post-form [name=csrf_token]').value;
  const {fields = {}, ...how} = more;
  return fetch(address, {
    method: 'POST',
    credentials: 'same-origin',
    headers: {Accept: 'text/html', 'X-Requested-With': 'XMLHttpRequest', ...how.headers},
    body: new URLSearchParams({csrf_token: token, ...fields}),
    keepalive: how.keepalive,
  });
}

/** Post something that has nothing to say, even while the page is being left. */
export async function postQuietly(address) {
  // The header keeps the answer short: it names the next page instead of leading there.
  const answer = await post(address, {headers: {'X-Kepan-Form': '1'}, keepalive: true});
  if (!answer.ok) throw new Error(String(answer.status));
}

function sentenceOf(page) {
  const done = page.querySelector('[data-done-url]');
  if (done) return done.dataset.message;
  const found = ['.form-alert', '.err-text', '[data-flash] span'].map((one) => page.querySelector(one)).find(Boolean);
  return found ? found.textContent.trim() : '';
}

function isRefused(answer, page) {
  const flash = page.querySelector('[data-flash]');
  return !answer.ok || Boolean(flash && /warning|danger/.test(flash.dataset.flash));
}

function waysOf(page) {
  const done = page.querySelector('[data-done-url]');
  return done ? {url: done.dataset.resultUrl, undoUrl: done.dataset.undoUrl} : {};
}

/** Post an operation's form: whether it was done, what was said, and the ways to its result and its undoing. */
export async function perform(address) {
  const answer = await post(address, {fields: {_drawer: '1'}});
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  if (page.querySelector('[data-page=login]')) {
    window.location.reload();
    throw new Error('signed out');
  }
  return {isDone: !isRefused(answer, page), message: sentenceOf(page), ways: waysOf(page)};
}
