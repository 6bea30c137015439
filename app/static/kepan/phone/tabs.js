// The chosen tab is in the middle of its bar.
document.querySelectorAll('.tabs .on').forEach((tab) => {
  const bar = tab.parentNode;
  bar.scrollLeft = tab.offsetLeft - (bar.clientWidth - tab.offsetWidth) / 2;
});
