// The arrow goes back to the list as it was left: its tab, its search, its place.
document.querySelectorAll('.top-back').forEach((link) => {
  const from = document.referrer && new URL(document.referrer);
  const to = new URL(link.href);
  if (!from || from.origin !== to.origin || from.pathname !== to.pathname) return;
  link.addEventListener('click', (event) => {
    event.preventDefault();
    history.back();
  });
});
