// The next page of a list comes when its end is seen.
async function appendNext(link) {
  const answer = await fetch(link.href, {credentials: 'same-origin'});
  if (!answer.ok) return; // the link stays and can be tapped
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const rows = page.querySelector('[data-rows]');
  const next = page.querySelector('a[data-more]');
  if (!rows) return;
  document.querySelector('[data-rows]').append(...rows.children);
  if (next) {
    link.href = next.getAttribute('href');
    follow(link);
  } else {
    link.remove();
  }
}

function follow(link) {
  const watcher = new IntersectionObserver(
    ([entry]) => {
      if (!entry.isIntersecting) return;
      watcher.disconnect();
      appendNext(link).catch(() => {
        // no connection: the link stays and can be tapped
      });
    },
    {rootMargin: '300px'},
  );
  watcher.observe(link);
}

document.querySelectorAll('a[data-more]').forEach(follow);
